"""The verdict of `capability`: in at most three sentences."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction

from costcalc.analysis.capability import Point, Preferred, Step
from costcalc.analysis.tradeoff import Failures, Tradeoff, Weighed
from costcalc.catalog.scores import folded
from costcalc.money import Money
from costcalc.render.numbers import times
from costcalc.render.scores import points
from costcalc.render.verdict import fitting
from costcalc.units import decimal, how_many, whole

_BRIEF = 2  # up to this much room amounts are left out that the table has
_UNPROVEN = {"no evidence", "not comparable"}


def verdict(found: Tradeoff, money: Money) -> tuple[str, ...]:
    """Say the answer, in the fullest version that fits."""
    return fitting(*(tuple(_sentences(found, money, room)) for room in (3, 2, 1, 0)))


def _sentences(found: Tradeoff, money: Money, room: int) -> Iterator[str]:
    """Give the sentences, with more or less detail."""
    if not found.front:
        yield from _nothing(found, room)
    elif found.failures is not None:
        yield from _with_failures(found, found.failures, money, room)
    elif found.bar is not None:
        yield from _at_least(found, found.bar, money, room)
    else:
        yield from _frontier(found, money, room)


def _nothing(found: Tradeoff, room: int) -> Iterator[str]:
    """Say what to do where no option has a score that may be compared."""
    benchmark, several = found.basis.benchmark, _none_of(len(found.options))
    if not found.options:
        yield "None of the options has a price for this traffic."
    elif found.basis.mode == "own":
        yield f"{several} has a test of yours (evaluations in costcalc.yaml)."
    elif found.of("not comparable"):
        yield f"{several} has a score on {benchmark} that may be compared; --reporter any shows those that may not."
    else:
        yield f"{several} has a score on {benchmark}."
    if found.larger:
        yield _larger(found, room)
    elif found.of("no evidence") and found.basis.mode != "own":
        yield "Choose another benchmark with --score, or put tests of your own into evaluations of costcalc.yaml."


def _none_of(options: int) -> str:
    return "None of the options" if options == 1 else f"None of the {options} options"


def _frontier(found: Tradeoff, money: Money, room: int) -> Iterator[str]:
    scored = len(found.of("frontier", "dominated"))
    first, last = found.front[0], found.front[-1]
    where = f"On {found.basis.benchmark}" if found.basis.mode != "own" else "By your own tests"
    if _is_of_one_model(found):
        yield f"{_caution(found)}{_named(first, money)} is the cheapest of one."
    elif scored == 1:
        yield f"{_caution(found)}{where}: {_named(first, money)}; no other option has a score beside it."
    elif first.score == last.score:
        yield f"{_caution(found)}{where} no other of {scored} scored options beats {_named(first, money)}."
    else:
        many = f"{len(found.front)} of {scored} scored options are beaten by none"
        yield f"{_caution(found)}{where} {many}: {_named(first, money)} to {_named(last, money, brief=True)}."
    if found.steps and room:
        yield _last_step(found, found.steps[-1], money, room)
    if found.larger and room:
        yield _larger(found, room)
    elif room > 1:
        yield _unproven(found)


def _is_of_one_model(found: Tradeoff) -> bool:
    models = {each.model for one in found.of("frontier", "dominated") for each in one.evidence.results}
    return found.basis.mode == "board" and len(models) == 1 and len(found.options) > 1


def _larger(found: Tradeoff, room: int) -> str:
    """Name one or two benchmarks on which more of these models have scores that may be compared."""
    boards = [f"{folded(each.board.benchmark)} compares {len(each.models)}" for each in found.larger]
    return f"--score {', '.join(boards[: 2 if room > 1 else 1])} of them."


def _unproven(found: Tradeoff) -> str:
    """Count the options without a score that may be compared."""
    elsewhere, none = len(found.of("not comparable")), len(found.of("no evidence"))
    if elsewhere:
        others = f"; {none} {'has' if none == 1 else 'have'} none" if none else ""
        return f"{elsewhere} more {'has' if elsewhere == 1 else 'have'} scores on other boards only{others}."
    return f"{none} more {'has' if none == 1 else 'have'} no score." if none else ""


def _caution(found: Tradeoff) -> str:
    """Begin with what must not be overlooked: scores that may not be compared, or those of one model alone."""
    if _is_of_one_model(found):
        return f"{found.basis.benchmark} has no board with two of these models: "
    if found.basis.is_comparable:
        return ""
    boards = {board for each in found.of("frontier", "dominated") for board in each.evidence.boards}
    counts = (
        (len({board.reported_by for board in boards}), "reporter"),
        (len({(board.version, board.variant) for board in boards}), "variant"),
    )
    reporters, variants = (how_many(number, word) for number, word in counts)
    return f"{reporters}, {variants}: not comparable. "


def _last_step(found: Tradeoff, step: Step, money: Money, room: int) -> str:
    """Say what the last step of the frontier costs."""
    if room == 1 and step.times is not None:
        return f"The last {points(step.points)} points cost {times(step.times)}."
    ratio = f" ({times(step.times)})" if step.times is not None else ""
    last = f"The last {points(step.points)} points cost {money.text(step.usd)} more{ratio}"
    if not found.is_comparable(step):
        return f"{last}, if they are any."
    return f"{last}, {money.text(step.usd_per_point)} each." if room > _BRIEF else f"{last}."


def _at_least(found: Tradeoff, bar: Decimal, money: Money, room: int) -> Iterator[str]:
    """Say which option is the cheapest at or above a bar, and what costs less without having shown as much."""
    choice, name = found.choice, found.basis.benchmark
    if choice is None:
        best = _named(max(found.front, key=lambda point: point.score), money)
        yield f"{_caution(found)}No option is known to reach {points(bar)} on {name}; the best is {best}."
    else:
        yield f"{_caution(found)}Cheapest with at least {points(bar)} on {name}: {_named(choice, money)}."
    yield _cheaper(found, choice, money, room)


def _cheaper(found: Tradeoff, choice: Point | None, money: Money, room: int) -> str:
    """Name what costs less than the choice: the best below the bar, and the cheapest that nobody has scored."""
    cheaper = [each for each in found.options if choice is None or each.usd < choice.usd]
    below = [each for each in cheaper if each.stands in {"frontier", "dominated"}] if choice is not None else []
    unproven = sorted((each for each in cheaper if each.stands in _UNPROVEN), key=lambda each: each.usd)
    if not (below or unproven):
        return ""
    best = max(below, key=lambda each: (each.evidence.score or 0, -each.usd), default=None)
    words = "Cheaper" if choice is not None else "Others"
    if not room:
        counts = ((len(below), "below it"), (len(unproven), "without proof"))
        return f"{words}: {', '.join(f'{number} {what}' for number, what in counts if number)}."
    parts = [f"{_and_more(best, below, money, room)} below it"] if best is not None else []
    parts += [f"{_and_more(unproven[0], unproven, money, room)} without proof"] if unproven else []
    return f"{words}: {'; '.join(parts)}."


def _and_more(first: Weighed, of: Sequence[Weighed], money: Money, room: int) -> str:
    amount = f" ({money.text(first.usd)})" if room > _BRIEF else ""
    return f"{first.option}{amount}{f' and {len(of) - 1} more' if len(of) > 1 else ''}"


def _with_failures(found: Tradeoff, failures: Failures, money: Money, room: int) -> Iterator[str]:
    """Say which option is the cheapest with its failures, and at which cost of a failure that changes."""
    best = found.by_option[failures.at_value.option]
    low, high = getattr(failures.usd, "low", None), getattr(failures.usd, "high", None)
    if failures.at_low.option != failures.at_high.option and low is not None and high is not None:
        yield (
            f"{_caution(found)}With failures at {money.text(low)} each {failures.at_low.option} is cheapest,"
            f" at {money.text(high)} {failures.at_high.option}."
        )
    else:
        span = money.text(failures.usd) if low is None else f"{money.text(low)} to {money.text(high or low)}"
        total = _expected(best.expected.value if best.expected is not None else None, money)
        month = f"{total} a month, {money.text(best.usd)} of it for serving" if room else f"{total} a month"
        yield f"{_caution(found)}With failures at {span} each, cheapest is {best.option}: {month}."
    yield _flips(failures, money)
    if room:
        unknown = "that it is the same at your work is an assumption"
        yield f"A score stands for the share that succeeds; {unknown}." if not _is_tested(found) else ""


def _flips(failures: Failures, money: Money) -> str:
    """Say at which costs of a failure the answer changes."""
    reigns = failures.reigns
    if len(reigns) == 1:
        return "No other cost of a failure changes that."
    at = failures.reigns.index(failures.at_value)
    below = f"below {_flip(reigns[at], money)} {reigns[at - 1].option}" if at else ""
    above = f"above {_flip(reigns[at + 1], money)} {reigns[at + 1].option}" if at + 1 < len(reigns) else ""
    return f"The answer flips: {', '.join(filter(None, (below, above)))}."


def _flip(reign: Preferred, money: Money) -> str:
    return money.text(decimal(whole(reign.above)))


def _expected(usd: Fraction | None, money: Money) -> str:
    return money.text(decimal(whole(usd))) if usd is not None else "–"


def _is_tested(found: Tradeoff) -> bool:
    known = [each.evidence.success for each in found.options if each.evidence.success is not None]
    return all(success.is_tested for success in known)


def _named(point: Point, money: Money, *, brief: bool = False) -> str:
    month = "" if brief else " a month"
    return f"{point.option} ({points(point.score)}, {money.text(point.usd)}{month})"
