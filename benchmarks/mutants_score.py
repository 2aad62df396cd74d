"""The score of a sample of changes, with its interval, and what survived, as docs/mutation.md shows them."""

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

Z = 1.96  # of a 95 % interval


class Verdict(NamedTuple):
    """What became of one change."""

    room: str
    file: str
    line: int
    change: str
    killed: bool
    tests: int


def page(verdicts: Sequence[Verdict], sizes: Mapping[str, int], *, seed: int) -> str:
    """Write the scores by room, and the survivors by file."""
    rows = [_row(f"`{room}/`", [each for each in verdicts if each.room == room], size) for room, size in sizes.items()]
    table = [
        "| Room | Changes | Tried | Noticed | Score | 95 % interval |",
        "|---|---:|---:|---:|---:|---|",
        *rows,
        _all(verdicts, sizes),
    ]
    return "\n".join((f"Seed {seed}", "", *table, "", *_survivors(verdicts)))


def wilson(killed: int, tried: int) -> tuple[float, float]:
    """Give the 95 % interval of a share.

    Source:
        E. B. Wilson, "Probable inference", Journal of the American Statistical Association 22, 1927.

    Example:
        >>> [round(end, 3) for end in wilson(90, 100)]
        [0.826, 0.945]
    """
    share, spread = killed / tried, Z * Z / tried
    half = Z * math.sqrt(share * (1 - share) / tried + spread / (4 * tried))
    return (share + spread / 2 - half) / (1 + spread), (share + spread / 2 + half) / (1 + spread)


def _row(name: str, verdicts: Sequence[Verdict], size: int) -> str:
    killed = sum(each.killed for each in verdicts)
    low, high = wilson(killed, len(verdicts))
    return (
        f"| {name} | {size:,} | {len(verdicts)} | {killed} | {killed / len(verdicts):.1%} | {low:.1%} to {high:.1%} |"
    )


def _all(verdicts: Sequence[Verdict], sizes: Mapping[str, int]) -> str:
    # each room counts by its number of changes: a small room is sampled more densely
    score = variance = 0.0
    for room, size in sizes.items():
        of_room = [each.killed for each in verdicts if each.room == room]
        share, weight = sum(of_room) / len(of_room), size / sum(sizes.values())
        score += weight * share
        variance += weight**2 * share * (1 - share) / len(of_room)
    half = Z * math.sqrt(variance)
    interval = f"{score - half:.1%} to {score + half:.1%}"
    killed = sum(each.killed for each in verdicts)
    return f"| all, by size | {sum(sizes.values()):,} | {len(verdicts)} | {killed} | {score:.1%} | {interval} |"


def _survivors(verdicts: Iterable[Verdict]) -> list[str]:
    lines = list[str]()
    for file, found in groupby((each for each in verdicts if not each.killed), key=lambda each: each.file):
        lines += [f"### {file}", ""]
        for each in found:
            lines += [f"line {each.line}, {each.tests} tests", "```diff", each.change, "```"]
    return lines
