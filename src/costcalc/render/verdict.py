"""Verdicts: how long one may be, and on what it rests: quality, and people who run machines."""

import textwrap
from collections.abc import Iterable

from costcalc.catalog.forms.options import Costs

SENTENCES, LINES, COLUMNS = 3, 3, 80


def fits(sentences: Iterable[str]) -> bool:
    """Whether sentences are three at most, and stand in three lines of 80 columns.

    Example:
        >>> fits(["Short."]), fits(["word " * 100]), fits(["Short."] * 4)
        (True, False, False)
    """
    written = list(sentences)
    text = " ".join(written)
    return (
        len(written) <= SENTENCES
        and len(textwrap.wrap(text, COLUMNS, break_long_words=False, break_on_hyphens=False)) <= LINES
    )


def fitting(*versions: Iterable[str]) -> tuple[str, ...]:
    """Take the fullest version of a verdict that fits, else the shortest; what it leaves out stands below it.

    Args:
        versions: The same verdict in whole sentences, from the fullest to the shortest.

    Example:
        >>> fitting(["word " * 100], ["Short."])
        ('Short.',)
    """
    written = [tuple(version) for version in versions]
    return next((version for version in written if fits(version)), written[-1])


WHATEVER = "whatever its quality"  # of what is the cheapest where nobody asked for evidence
_PEOPLE: dict[Costs | None, str] = {"all": "with people", "hardware": "without people", None: ""}


def people(costs: Costs | None) -> str:
    """Say whether the cost of one's own GPUs has the people who run them; nothing of what is bought.

    Example:
        >>> people("hardware"), people(None)
        (' without people', '')
    """
    return f" {_PEOPLE[costs]}".rstrip()
