"""A log on the models that served it, and on any option, for the time of the log."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from costcalc.case.case import Case, LeftOut
from costcalc.case.usual import USUAL_PEAK, peak_inputs, peak_of_kind
from costcalc.catalog.catalog import Catalog
from costcalc.cost.estimate import Estimate
from costcalc.units import Count, whole
from costcalc.usage.difference import Difference, differences
from costcalc.usage.groups import Usage
from costcalc.usage.mix import MONTH_S, Spread, hours_of, workload_of
from costcalc.usage.owed import Owed, owed
from costcalc.usage.reprice import Cost, cost_of_log
from costcalc.workload import Workload


class Repriced(NamedTuple):
    """What the log's traffic costs on some options, for the time of the log.

    Args:
        usage: The log.
        case: The month that it makes at its pace.
        cost: What it did cost.
        estimates: A month at its pace, of each option that has a price.
        high: The same, where sums leave open how long prompts were, by option; empty where they do not.
        left_out: The options without a price.
        differences: Models of which the log records another cost than list prices, or the user's contract, give.
        owed: What contracts with the log's sellers bill for its time, whatever is used.
    """

    usage: Usage
    case: Case
    cost: Cost
    estimates: tuple[Estimate, ...]
    high: Mapping[str, Estimate]
    left_out: tuple[LeftOut, ...]
    differences: tuple[Difference, ...]
    owed: tuple[Owed, ...] = ()

    @property
    def months(self) -> Fraction:
        """How long the log is [months]."""
        return Fraction(self.usage.span_s, MONTH_S)

    def in_period(self, month: Estimate) -> Estimate:
        """Give an estimate for the time of the log: every line of it, exactly."""
        lines = tuple(line._replace(amount=whole(Fraction(line.amount) * self.months)) for line in month.lines)
        return replace(month, lines=lines)

    def month(self, estimate: Estimate) -> tuple[Decimal, Decimal] | None:
        """Give the least and the most of a month at the log's pace [USD]; None where the log is too short for one."""
        found = [each.monthly_usd for each in (estimate, self.high.get(estimate.option, estimate))]
        return (min(found), max(found)) if self.usage.makes_month else None

    def low_and_high(self, month: Estimate) -> tuple[Fraction, Fraction]:
        """Give the least and the most that an option costs for the time of the log [USD]."""
        sides = (month, self.high.get(month.option, month))
        found = [self.in_period(each).exact_usd for each in sides]
        return min(found), max(found)


def _least(month: Estimate, high: Mapping[str, Estimate]) -> Decimal:
    return min(month.monthly_usd, high.get(month.option, month).monthly_usd)


def case_of_usage(usage: Usage, catalog: Catalog, *, as_of: date, peak: Count | None, spread: Spread = "even") -> Case:
    """Make the month that a log makes at its pace the case of any command.

    Args:
        usage: The log.
        catalog: Prices, options and assumptions.
        as_of: The day whose prices are in force.
        peak: The busiest time's rate of requests over the mean rate; None for a log of sums, which do not tell it:
            then it is the assumption.
        spread: How the tokens of sums lie in their requests.
    """
    usual = peak_of_kind("general", catalog)
    workload = workload_of(
        usage,
        usage.groups,
        hours_of(catalog),
        typical_prompt=catalog.assumption("input_tokens_per_request").value,
        scale=Fraction(MONTH_S, usage.span_s),
        spread=spread,
        peak=Fraction(usual.value) if peak is None else peak,
    )
    workload = replace(workload, logged="elsewhere")
    if peak is not None:
        return Case(workload, catalog, as_of)

    def rebuild(values: Mapping[str, Decimal]) -> Workload:
        return replace(workload, peak_to_mean=Fraction(values.get(USUAL_PEAK, usual.value)), has_usual_peak=True)

    return Case(rebuild({}), catalog, as_of, tuple(peak_inputs(usual, catalog)), rebuild)


def reprice(usage: Usage, case: Case, options: Sequence[str], *, peak: Count | None, by_day: bool = False) -> Repriced:
    """Price a log on the models that served it, and on options.

    Args:
        usage: The log.
        case: The month that it makes at its pace.
        options: What else it is priced on.
        peak: The busiest time's rate of requests over the mean rate; None for a log of sums.
        by_day: Whether what it did cost is told day by day.

    Raises:
        UnknownNameError: An option of that name does not exist; with all such names.
    """
    priced = case.priced(options)
    high: Mapping[str, Estimate] = {}
    if any(group.is_pooled and group.above > 0 for group in usage.groups):
        skewed = case_of_usage(usage, case.catalog, as_of=case.as_of, peak=peak, spread="one")
        skewed = skewed.demanding(region=case.workload.region)
        high = {each.option: each for each in skewed.priced(priced.options).estimates}
    cost = cost_of_log(usage, case.catalog, as_of=case.as_of, by_day=by_day)
    estimates = tuple(
        sorted(priced.estimates, key=lambda each: (bool(each.unfit), _least(each, high), each.monthly_usd, each.option))
    )
    found = tuple(differences(usage, cost, case.catalog, as_of=case.as_of))
    months = Fraction(usage.span_s, MONTH_S)
    bound = tuple(owed(cost, case.catalog, months=months, as_of=case.as_of))
    return Repriced(usage, case, cost, estimates, high, priced.left_out, found, bound)
