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

_TRIED = 2  # options to build whose whole curves are walked: those that promise the lowest volume


class Margin(NamedTuple):
    """The break-even of the option to build that pays from the lowest volume on, against the cheapest to buy.

    Args:
        build: The option to build.
        buy: The option to buy.
        first_mtok: Output from which building is cheaper for the first time, or None [Mtok/month].
        durable_mtok: Output from which it stays cheaper, or None [Mtok/month].
        build_slope_usd: What a further million output tokens costs to build in the long run [USD/Mtok].
        buy_slope_usd: What it costs to buy [USD/Mtok].
    """

    build: Candidate
    buy: Candidate
    first_mtok: Decimal | None
    durable_mtok: Decimal | None
    build_slope_usd: Decimal
    buy_slope_usd: Decimal

    @property
    def same_model(self) -> bool:
        """Whether both serve the same open model."""
        model = self.build.facts.get("model")
        return model is not None and model == self.buy.facts.get("model")


def margin_of(question: Question, pool: Sequence[Candidate]) -> Margin | None:
    """Find the break-even among some options; None where they are all to build or all to buy.

    The whole curve is walked for the options to build that promise the lowest volume, as a straight line through
    their fixed cost would have it; whoever costs no less per token than buying has no durable break-even at all.
    """
    builds = [one for one in pool if one.side == "build"]
    buys = [one for one in pool if one.side == "buy"]
    if not builds or not buys:
        return None
    buy = min(buys, key=lambda one: one.order)
    line = _curve(question, buy)
    curves = [_curve(question, one) for one in builds]
    promising = sorted(
        ((_promise(curve, line), index) for index, curve in enumerate(curves)),
        key=lambda pair: (pair[0] is None, pair[0] or curves[pair[1]].slope, builds[pair[1]].id),
    )
    durable = [builds[index] for promise, index in promising if promise is not None][:_TRIED]
    if not durable and line.is_straight:  # nothing that costs more a unit in the long run ever costs less in all
        slopes = [_usd_per_mtok(question, curve) for curve in (curves[promising[0][1]], line)]
        return Margin(builds[promising[0][1]], buy, None, None, slopes[0], slopes[1])
    tried = [_walked(question, one, buy) for one in durable or [builds[promising[0][1]]]]
    return min(tried, key=lambda one: (one.durable_mtok is None, one.durable_mtok or 0, one.build.order))


def _curve(question: Question, one: Candidate) -> CostCurve:
    return _case(question, one).curve(one.id)


def _case(question: Question, *candidates: Candidate) -> Case:
    """Give the case with some candidates among its options: those that were composed for this answer are not."""
    options = {**question.catalog.options, **{each.id: each.named.option for each in candidates}}
    return Case(question.workload, replace(question.catalog, options=options), question.as_of)


def _promise(build: CostCurve, buy: CostCurve) -> Fraction | None:
    """The volume at which a straight line through what little traffic costs would meet the line to buy."""
    gain = buy.slope - build.slope
    return build.at(Fraction(1)) / gain if gain > 0 else None


def _usd_per_mtok(question: Question, curve: CostCurve) -> Decimal:
    """What a further million output tokens costs in the long run [USD/Mtok]."""
    month = question.workload
    return decimal(curve.slope * MTOK * Fraction(month.requests) / Fraction(month.output_tokens))


def _walked(question: Question, build: Candidate, buy: Candidate) -> Margin:
    workload = question.workload
    curves = [_curve(question, one) for one in (build, buy)]
    first, durable = None, None
    try:
        found = break_even(build.id, buy.id, _case(question, build, buy))
        first, durable = found.first_win, found.durable_win
    except UndecidableError:
        pass  # they cross without end, so neither is cheaper for good
    slopes = [_usd_per_mtok(question, curve) for curve in curves]
    mtok = [tokens_of(at, workload) / MTOK if at is not None else None for at in (first, durable)]
    return Margin(build, buy, mtok[0], mtok[1], slopes[0], slopes[1])


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
