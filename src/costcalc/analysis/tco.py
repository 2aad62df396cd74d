"""The whole bill of running a model oneself: every line with its range, its basis and its source."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from costcalc.case.case import Case
from costcalc.catalog.catalog import Catalog
from costcalc.catalog.forms.options import SelfHostOption
from costcalc.cost.estimate import CostLine, Estimate
from costcalc.cost.finance import MONTHS_PER_YEAR
from costcalc.errors import UndecidableError, UnknownNameError
from costcalc.workload import Workload

_WAGE = ("assumptions", "mlops_engineer_cost", "value")
_WEAKEST_FIRST = ("judgement", "user", "literature", "vendor", "measured")


class Range(NamedTuple):
    """Where a monthly cost may lie [USD/month]."""

    low: Decimal
    high: Decimal


class BillLine(NamedTuple):
    """One line of the bill.

    Args:
        line: What is paid for in a month.
        range: Where its cost may lie.
        basis: The weakest basis among the assumptions that it rests on; ``vendor`` for a price alone.
        rests_on: Ids of the assumptions that it rests on.
    """

    line: CostLine
    range: Range
    basis: str
    rests_on: tuple[str, ...]


class Bill(NamedTuple):
    """The bill of one self-hosted option.

    Args:
        estimate: What it costs in a month.
        workload: What is served.
        lines: Every line, with its range.
        range: Where a month may lie.
        months: The horizon [months].
        as_of: The day whose prices are in force.
    """

    estimate: Estimate
    workload: Workload
    lines: tuple[BillLine, ...]
    range: Range
    months: int
    as_of: date

    @property
    def total_usd(self) -> Decimal:
        """The bill over the whole horizon at today's prices [USD]."""
        return self.estimate.monthly_usd * self.months

    @property
    def machines_usd(self) -> Decimal:
        """What the machines cost [USD/month]: rent, or annuity, power, space and support."""
        return self.estimate.deployment.machines_usd if self.estimate.deployment is not None else Decimal(0)

    @property
    def people_usd(self) -> Decimal:
        """What people cost [USD/month]: every line that is priced at an engineer's cost."""
        work = [each.line for each in self.lines if each.line.path == _WAGE]
        return sum((line.usd for line in work), start=Decimal(0))

    @property
    def other_usd(self) -> Decimal:
        """What is neither machines nor people [USD/month]."""
        return self.estimate.monthly_usd - self.machines_usd - self.people_usd


def bill_of(name: str, case: Case, *, months: int) -> Bill:
    """Price everything that a self-hosted option costs over some months.

    Ranges are of first order: every uncertain input (of the traffic, of the option, an assumption that is drawn) goes
    to its low and its high by itself, and the changes of a line add up in quadrature, as those of independent numbers
    do. Machines and people come in steps that several inputs take, so an end is never beyond what all inputs together
    come to where each lowers, or raises, the month. The range of the month is got likewise, so it is narrower than the
    sum of the lines' ranges. Where an end cannot be priced (a slower replica no longer carries the load of a fixed
    fleet), it is left out.

    Args:
        name: The option; whatever it says of costs, the whole bill is priced.
        case: What is served in a month, with its ranges; the catalog and the day.
        months: The horizon, over which one-off work is spread.

    Raises:
        UnknownNameError: The option is not one of self-hosting.
        UndecidableError: It cannot be priced.
    """
    named = case.catalog.option(name)
    if not isinstance(named.option, SelfHostOption):
        options = case.catalog.options.items()
        known = ", ".join(name for name, option in options if isinstance(option, SelfHostOption))
        raise UnknownNameError(f"'{named.id}' is of kind {named.option.kind}, not self_host; of that kind are {known}")
    option = named.option.model_copy(update={"costs": "all"})
    whole = replace(case.catalog, options={**case.catalog.options, named.id: option})
    priced = replace(case, catalog=whole.with_assumptions({"horizon": Decimal(months) / MONTHS_PER_YEAR}))
    estimate = priced.estimate(named.id)
    found = _ends(priced, estimate)
    lines = tuple(_bill_line(line, found.of_item(line.item), case.catalog) for line in estimate.lines)
    month = _range(estimate.monthly_usd, found.in_all())
    return Bill(estimate, case.workload, lines, month, months, case.as_of)


class _Ends(NamedTuple):
    """An option with inputs at their ends: each alone, then all that lower and all that raise the month."""

    alone: list[Estimate]
    together: list[Estimate]

    def of_item(self, item: str) -> tuple[list[Decimal], list[Decimal]]:
        """Give what a line costs there [USD/month]."""

        def usd(end: Estimate) -> Decimal:
            return sum((line.usd for line in end.lines if line.item == item), start=Decimal(0))

        return [usd(end) for end in self.alone], [usd(end) for end in self.together]

    def in_all(self) -> tuple[list[Decimal], list[Decimal]]:
        """Give what a month costs there [USD/month]."""
        return [end.monthly_usd for end in self.alone], [end.monthly_usd for end in self.together]


def _ends(case: Case, central: Estimate) -> _Ends:
    """Price an option with every input that it rests on at its low, and at its high."""
    alone, lowering, raising = list[Estimate](), dict[str, Decimal](), dict[str, Decimal]()
    for one in case.inputs([central.option]):
        for value in {one.low, one.high} - {one.value}:
            found = _priced(case, central.option, {one.path: value})
            if found is not None:
                alone.append(found)
                (lowering if found.monthly_usd < central.monthly_usd else raising)[one.path] = value
    together = (_priced(case, central.option, values) for values in (lowering, raising))
    return _Ends(alone, [found for found in together if found is not None])


def _priced(case: Case, option: str, values: Mapping[str, Decimal]) -> Estimate | None:
    try:
        return case.at(values).estimate(option)
    except UndecidableError:
        return None


def _range(central: Decimal, ends: tuple[list[Decimal], list[Decimal]]) -> Range:
    """Add up in quadrature what each change does downwards, and likewise upwards, within what is possible at all."""
    alone, together = ends
    down = sum(((central - other) ** 2 for other in alone if other < central), start=Decimal(0)).sqrt()
    up = sum(((other - central) ** 2 for other in alone if other > central), start=Decimal(0)).sqrt()
    possible = (central, *alone, *together)
    return Range(max(min(possible), central - down), min(max(possible), central + up))


def _bill_line(line: CostLine, ends: tuple[list[Decimal], list[Decimal]], catalog: Catalog) -> BillLine:
    paths = (line.path, *line.also)
    rests_on = tuple(str(path[1]) for path in paths if path[0] == "assumptions")
    found = {catalog.assumption(name).basis for name in rests_on}
    basis = next((one for one in _WEAKEST_FIRST if one in found), "vendor")
    return BillLine(line, _range(line.usd, ends), basis, rests_on)
