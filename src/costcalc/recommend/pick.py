"""The answer among the options that were sorted out, and what is not known of it."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from costcalc.recommend.pool import Sorted
from costcalc.recommend.question import Candidate


class Pick(NamedTuple):
    """The answer, what it was chosen from, and why that may not decide it."""

    choice: Candidate | None
    runner_up: Candidate | None
    pool: tuple[Candidate, ...]
    cheaper_if: tuple[Candidate, ...]
    close: tuple[str, ...]


def picked(options: Sorted) -> Pick:
    """Take the cheapest of what is known to suffice; without evidence nobody buys machines.

    Where only an option to build is known to suffice and one to buy might for less, and where nothing is known to
    suffice, the cheapest of what might is a guess.
    """
    known, aside = options.contenders, options.aside
    if not known:
        choice = aside[0] if aside else None
        return Pick(choice, _second(aside, choice), aside, (), tuple(unknown_of(options, choice)) if choice else ())
    cheaper = tuple(one for one in aside if one.order < known[0].order)
    buy = next((one for one in cheaper if one.side == "buy"), None)
    if known[0].side == "build" and buy is not None:
        pool = (buy, *known)
        return Pick(buy, known[0], pool, cheaper, tuple(unknown_of(options, buy)))
    return Pick(known[0], _second(known, known[0]), known, cheaper, ())


def _second(pool: Sequence[Candidate], choice: Candidate | None) -> Candidate | None:
    return next((one for one in pool if one is not choice), None)


def unknown_of(options: Sorted, one: Candidate) -> Iterator[str]:
    """Say what is not known of an option."""
    for gate in options.open.get(one.id, ()):
        yield f"not known of {one.id}: {', '.join(gate.missing)} (gate {gate.rule})"
    if not one.facts["suited"] and not one.facts["frontier"]:
        yield f"not known of {one.id}: whether it suffices (no rule and no score says so)"
