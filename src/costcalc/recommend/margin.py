"""Where in the break-even between building and buying a volume falls, with the user's own prices."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from costcalc.analysis.breakeven import break_even, tokens_of
from costcalc.case.case import Case
from costcalc.cost.curve import CostCurve
from costcalc.errors import UndecidableError
from costcalc.recommend.question import Candidate, Question
from costcalc.units import MTOK, decimal
from costcalc.workload import Workload


class Stretch(NamedTuple):
    """Volumes of output above ``lo`` up to and including ``hi`` at which building is cheaper [Mtok/month].

    Args:
        lo: Where it begins.
        hi: Where it ends; None for never.
    """

    lo: Decimal
    hi: Decimal | None

    def holds(self, mtok: Decimal) -> bool:
        """Whether a volume lies in it."""
        return self.lo < mtok and (self.hi is None or mtok <= self.hi)


class Margin(NamedTuple):
    """The break-even of the option to build that pays from the lowest volume on, against the cheapest to buy.

    Args:
        build: The option to build.
        buy: The option to buy.
        wins: Every stretch of volumes on which building is cheaper, ascending.
        build_slope_usd: What a further million output tokens costs to build in the long run [USD/Mtok].
        buy_slope_usd: What it costs to buy [USD/Mtok].
    """

    build: Candidate
    buy: Candidate
    wins: tuple[Stretch, ...]
    build_slope_usd: Decimal
    buy_slope_usd: Decimal

    @property
    def first_mtok(self) -> Decimal | None:
        """Output from which building is cheaper for the first time, or None [Mtok/month]."""
        return self.wins[0].lo if self.wins else None

    @property
    def durable_mtok(self) -> Decimal | None:
        """Output from which it stays cheaper, or None [Mtok/month]."""
        return self.wins[-1].lo if self.wins and self.wins[-1].hi is None else None

    @property
    def same_model(self) -> bool:
        """Whether both serve the same open model."""
        model = self.build.facts.get("model")
        return model is not None and model == self.buy.facts.get("model")


def margin_of(question: Question, pool: Sequence[Candidate]) -> Margin | None:
    """Find the break-even among some options; None where they are all to build or all to buy, or nothing is generated.

    Of the options to build the one that stays cheaper from the lowest volume on is taken. Whatever the stairs do, that
    volume is not below the one where their lower line meets the upper line to buy; so options are walked in the order
    of that bound, until no other can be lower. Whoever costs no less per token than buying has no durable break-even.
    """
    builds = [one for one in pool if one.side == "build"]
    buys = [one for one in pool if one.side == "buy"]
    if not builds or not buys or not question.workload.output_tokens:
        return None
    buy = min(buys, key=lambda one: one.order)
    line = _curve(question, buy)
    curves = {one.id: _curve(question, one) for one in builds}
    bounds = {one.id: _durable_from(curves[one.id], line) for one in builds}
    able = sorted((one for one in builds if bounds[one.id] is not None), key=lambda one: (bounds[one.id], one.order))
    if not able:
        cheapest = min(builds, key=lambda one: (curves[one.id].slope, one.order))
        if line.is_straight:  # nothing that costs more a unit in the long run ever costs less in all
            slopes = [_usd_per_mtok(question, curve) for curve in (curves[cheapest.id], line)]
            return Margin(cheapest, buy, (), slopes[0], slopes[1])
        return _walked(question, cheapest, buy)
    return _lowest(question, buy, [(one, bounds[one.id]) for one in able])


def _lowest(question: Question, buy: Candidate, able: Sequence[tuple[Candidate, Fraction | None]]) -> Margin:
    """Walk options to build in the order of their bounds, until no other can stay cheaper from a lower volume on."""
    best: Margin | None = None
    for build, bound in able:
        assert bound is not None  # only those that have one are walked
        durable = best.durable_mtok if best is not None else None
        if durable is not None and _mtok(bound, question.workload) > durable:
            break
        found = _walked(question, build, buy)
        if best is None or _order(found) < _order(best):
            best = found
    assert best is not None  # there is at least one
    return best


def _order(margin: Margin) -> tuple[bool, Decimal, tuple[Decimal, str]]:
    durable = margin.durable_mtok
    return durable is None, durable or Decimal(0), margin.build.order


def _curve(question: Question, one: Candidate) -> CostCurve:
    return _case(question, one).curve(one.id)


def _case(question: Question, *candidates: Candidate) -> Case:
    """Give the case with some candidates among its options: those that were composed for this answer are not."""
    options = {**question.catalog.options, **{each.id: each.named.option for each in candidates}}
    return Case(question.workload, replace(question.catalog, options=options), question.as_of)


def _durable_from(build: CostCurve, buy: CostCurve) -> Fraction | None:
    """The volume below which building cannot yet stay cheaper; None where it never does."""
    if build.slope >= buy.slope:
        return None
    at = build.band.lower.meets(buy.band.upper)
    assert at is not None  # their slopes differ
    return max(Fraction(0), at)


def _usd_per_mtok(question: Question, curve: CostCurve) -> Decimal:
    """What a further million output tokens costs in the long run [USD/Mtok]."""
    month = question.workload
    return decimal(curve.slope * MTOK * Fraction(month.requests) / Fraction(month.output_tokens))


def _walked(question: Question, build: Candidate, buy: Candidate) -> Margin:
    workload = question.workload
    slopes = [_usd_per_mtok(question, _curve(question, one)) for one in (build, buy)]
    try:
        reigns = break_even(build.id, buy.id, _case(question, build, buy)).reigns
    except UndecidableError:  # they cross without end, so neither is cheaper for good
        reigns = ()
    wins = (
        Stretch(_mtok(reign.lo, workload), _mtok(reign.hi, workload) if reign.hi is not None else None)
        for reign in reigns
        if reign.option == build.id
    )
    return Margin(build, buy, tuple(wins), slopes[0], slopes[1])


def _mtok(requests: Fraction, workload: Workload) -> Decimal:
    return tokens_of(requests, workload) / MTOK


def next_step(question: Question, one: Candidate) -> tuple[Decimal, Decimal] | None:
    """Find the volume that the machines of an option carry, and what it costs just above it.

    Returns:
        Output tokens [Mtok/month] and the cost [USD/month], or None where it has no stairs.
    """
    curve = _curve(question, one)
    requests = Fraction(question.workload.requests)
    # a volume on a break is still carried: pieces are closed at their upper end
    at = next(curve.breaks.between(requests, None), None)
    if requests in curve.breaks.points:
        at = requests
    if at is None:
        return None
    above = curve.at(at + Fraction(at, 10**9))
    return tokens_of(at, question.workload) / MTOK, decimal(above)
