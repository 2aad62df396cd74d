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


_MUCH = 2  # machines that cost so many times an unproven option are not bought before that one was tested


def picked(options: Sorted) -> Pick:
    """Take the cheapest of what is known to suffice; without evidence nobody buys machines.

    Where the cheapest that is known to suffice is to build, and something unproven is to buy for less, or to build for
    less than half, it is undecided: a test is cheaper than machines. The best guess is then what is proven where that
    includes anything to buy, and else the cheapest of the unproven. Where nothing is known to suffice, the cheapest of
    what might is a guess, and one that has evidence and only a gate leaves open comes first.
    """
    known, aside = options.contenders, options.aside
    if not known:
        return _guessed(options)
    cheaper = tuple(one for one in aside if one.order < known[0].order)
    test = next(_worth_a_test(known[0], cheaper), None)
    if test is None:
        return Pick(known[0], _second(known, known[0]), known, cheaper, ())
    doubts = tuple(unknown_of(options, test))
    if any(one.side == "buy" for one in known):
        return Pick(known[0], _second(known, known[0]), known, cheaper, doubts)
    return Pick(test, known[0], (test, *known), tuple(one for one in cheaper if one.order < test.order), doubts)


def _guessed(options: Sorted) -> Pick:
    """Take the cheapest of what might suffice, and first what has evidence and only a gate leaves open."""
    choice = min(options.aside, key=lambda one: (not _vouched(one), one.order), default=None)
    if choice is None:
        return Pick(None, None, (), (), ())
    cheaper = tuple(one for one in options.aside if one.order < choice.order)
    pool = (choice, *(one for one in options.aside if one.order > choice.order))
    return Pick(choice, _second(pool, choice), pool, cheaper, tuple(unknown_of(options, choice)))


def _worth_a_test(proven: Candidate, cheaper: Sequence[Candidate]) -> Iterator[Candidate]:
    """Walk unproven options that are tested before machines are paid for: those to buy, then far cheaper machines."""
    if proven.side == "build":
        yield from (one for one in cheaper if one.side == "buy")
        yield from (one for one in cheaper if one.usd * _MUCH < proven.usd)


def _vouched(one: Candidate) -> bool:
    return bool(one.facts["suited"] or one.facts["frontier"])


def _second(pool: Sequence[Candidate], choice: Candidate | None) -> Candidate | None:
    return next((one for one in pool if one is not choice), None)


def unknown_of(options: Sorted, one: Candidate) -> Iterator[str]:
    """Say what is not known of an option."""
    for gate in options.open.get(one.id, ()):
        yield f"not known of {one.id}: {', '.join(gate.missing)} (gate {gate.rule})"
    if not _vouched(one):
        yield f"not known of {one.id}: whether it suffices (no rule and no score says so)"
