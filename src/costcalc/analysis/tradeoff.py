"""A case's options by cost and evidence: where each stands, which suffices, and what failures make of it."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Literal, NamedTuple

from costcalc.analysis.capability import (
    Point,
    Preferred,
    Step,
    Tried,
    cheapest_at_least,
    dominant,
    frontier,
    preferred,
    preferred_at,
    steps,
    with_failures,
)
from costcalc.analysis.evidence import Basis, Coverage, Evidence, best_boards, look_up
from costcalc.case.case import Case, LeftOut, why_unfit
from costcalc.catalog.forms.scalars import Interval
from costcalc.cost.estimate import Estimate

Stands = Literal["frontier", "dominated", "not comparable", "no evidence", "cannot be chosen"]
_ORDER: tuple[Stands, ...] = ("frontier", "dominated", "not comparable", "no evidence", "cannot be chosen")


class Asked(NamedTuple):
    """What is asked of a trade-off.

    Args:
        benchmark: The benchmark.
        reporter: Whose scores (`costcalc.analysis.evidence.look_up`), or None.
        prefers_tests: Whether the user's own tests go before a published board.
        bar: The least score that suffices, or None.
        usd_per_failure: What a request costs that must be done again or by a person; None where that is not asked.
    """

    benchmark: str
    reporter: str | None = None
    prefers_tests: bool = False
    bar: Decimal | None = None
    usd_per_failure: Decimal | None = None


class Expected(NamedTuple):
    """What an option costs with its failures [USD/month].

    Args:
        low: At the low cost of a failure and the high end of the share that succeeds.
        value: At the central values.
        high: At the high cost of a failure and the low end of that share.
    """

    low: Fraction
    value: Fraction
    high: Fraction


class Weighed(NamedTuple):
    """An option with its cost and its evidence.

    Args:
        estimate: What it costs.
        evidence: What is known of its quality.
        stands: Where it stands.
        unfit: Why nobody can choose it, or "".
        beaten_by: The cheapest option of the frontier that beats it, or None.
        expected: What it costs with its failures, where that was asked and its success is known.
    """

    estimate: Estimate
    evidence: Evidence
    stands: Stands
    unfit: str
    beaten_by: str | None
    expected: Expected | None

    @property
    def option(self) -> str:
        """The option's id."""
        return self.estimate.option

    @property
    def usd(self) -> Decimal:
        """What it costs [USD/month]."""
        return self.estimate.monthly_usd


class Failures(NamedTuple):
    """What failures make of the answer.

    Args:
        usd: What a failure costs [USD]; perhaps a range.
        reigns: The cheapest option with its failures, from which cost of a failure on.
        at_low: The answer at the low end of that cost.
        at_value: The answer at its central value.
        at_high: The answer at its high end.
    """

    usd: Decimal
    reigns: tuple[Preferred, ...]
    at_low: Preferred
    at_value: Preferred
    at_high: Preferred


class Tradeoff(NamedTuple):
    """Cost against capability, for one workload.

    Args:
        case: The workload, the catalog and the day.
        basis: The evidence.
        options: The options that have a price: the frontier first, what cannot be chosen last; each group by cost.
        front: The frontier.
        steps: The steps between its neighbours.
        bar: The least score that suffices, or None.
        choice: The cheapest option at or above it, or None.
        failures: What failures make of the answer; None where that was not asked, or of no option known.
        left_out: The options without a price.
        larger: Where the board compares no two models: boards of other benchmarks that do, the largest first.
    """

    case: Case
    basis: Basis
    options: tuple[Weighed, ...]
    front: tuple[Point, ...]
    steps: tuple[Step, ...]
    bar: Decimal | None
    choice: Point | None
    failures: Failures | None
    left_out: tuple[LeftOut, ...]
    larger: tuple[Coverage, ...] = ()

    def of(self, *stands: Stands) -> tuple[Weighed, ...]:
        """Give the options that stand somewhere."""
        return tuple(each for each in self.options if each.stands in stands)

    @property
    def by_option(self) -> Mapping[str, Weighed]:
        """The options by id."""
        return {each.option: each for each in self.options}

    def is_comparable(self, step: Step) -> bool:
        """Whether the scores of a step may be compared: the user's tests, or of one board."""
        return self.basis.mode == "own" or len(self.boards_of(step)) == 1

    def boards_of(self, step: Step) -> frozenset[object]:
        """Give the boards on which the two options of a step were scored."""
        found = [self.basis.evidence[point.option].boards for point in (step.cheaper, step.better)]
        return frozenset(found[0] | found[1])


def weigh(case: Case, options: Sequence[str], asked: Asked) -> Tradeoff:
    """Put options side by side by what they cost and by what is known of their quality.

    Raises:
        UnknownNameError: An option of that name does not exist; or a reporter.
    """
    priced = case.priced(options)
    names = [estimate.option for estimate in priced.estimates]
    unfit = {estimate.option for estimate in priced.estimates if why_unfit(estimate)}
    basis = look_up(case, names, asked.benchmark, asked.reporter, prefers_tests=asked.prefers_tests, unfit=unfit)
    points = [
        Point(each.option, each.monthly_usd, score)
        for each in priced.estimates
        if (score := basis.evidence[each.option].score) is not None and each.option not in unfit
    ]
    front = frontier(points)
    weighed = [_weighed(each, basis, front, case, asked.usd_per_failure) for each in priced.estimates]
    weighed.sort(key=lambda each: (_ORDER.index(each.stands), each.usd, each.option))
    return Tradeoff(
        case=case,
        basis=basis,
        options=tuple(weighed),
        front=front,
        steps=steps(front),
        bar=asked.bar,
        choice=cheapest_at_least(points, asked.bar) if asked.bar is not None else None,
        failures=_failures(weighed, case, asked),
        left_out=priced.left_out,
        larger=best_boards(case, names, unfit=unfit) if basis.mode == "board" and len(_models(weighed)) <= 1 else (),
    )


def _models(weighed: Sequence[Weighed]) -> set[str]:
    """Name the models that are compared."""
    return {each.model for one in weighed if one.stands in {"frontier", "dominated"} for each in one.evidence.results}


def _weighed(
    estimate: Estimate, basis: Basis, front: Sequence[Point], case: Case, usd_per_failure: Decimal | None
) -> Weighed:
    evidence, unfit, beaten_by = basis.evidence[estimate.option], why_unfit(estimate), None
    if unfit:
        stands: Stands = "cannot be chosen"
    elif evidence.score is None:
        stands = "no evidence" if evidence.unknown else "not comparable"
    else:
        better = dominant(Point(estimate.option, estimate.monthly_usd, evidence.score), front)
        stands = "frontier" if better is None else "dominated"
        beaten_by = better.option if better is not None else None
    return Weighed(estimate, evidence, stands, unfit, beaten_by, _expected(estimate, evidence, case, usd_per_failure))


def _expected(estimate: Estimate, evidence: Evidence, case: Case, usd: Decimal | None) -> Expected | None:
    if usd is None or evidence.success is None:
        return None
    low, high = (usd.low, usd.high) if isinstance(usd, Interval) else (usd, usd)
    success = evidence.success
    requests = Fraction(case.workload.requests)

    def total(share: Decimal, per_failure: Decimal) -> Fraction:
        return with_failures(Tried(estimate.option, estimate.monthly_usd, share), requests, per_failure)

    return Expected(total(success.high, low), total(success.value, usd), total(success.low, high))


def _failures(weighed: Sequence[Weighed], case: Case, asked: Asked) -> Failures | None:
    """Find who is cheapest with failures, of those that can be chosen and reach the bar."""
    usd = asked.usd_per_failure
    tried = [
        Tried(each.option, each.usd, each.evidence.success.value)
        for each in weighed
        if each.evidence.success is not None and not each.unfit and _reaches(each.evidence.score, asked.bar)
    ]
    if usd is None or not tried:
        return None
    reigns = preferred(tried, Fraction(case.workload.requests))
    ends = (usd.low, usd.high) if isinstance(usd, Interval) else (usd, usd)
    at_low, at_value, at_high = (preferred_at(reigns, at) for at in (ends[0], usd, ends[1]))
    return Failures(usd, reigns, at_low, at_value, at_high)


def _reaches(score: Decimal | None, bar: Decimal | None) -> bool:
    return bar is None or (score is not None and score >= bar)
