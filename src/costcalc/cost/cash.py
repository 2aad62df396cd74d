"""What an option pays month by month: bills at each month's end, purchases and one-off work when they fall due."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from costcalc.catalog.catalog import Catalog
from costcalc.catalog.forms.options import SelfHostOption
from costcalc.catalog.things import NamedOption
from costcalc.cost.assumed import value
from costcalc.cost.bill import WORKDAYS_PER_YEAR
from costcalc.cost.estimate import CostLine, Estimate, total_usd
from costcalc.cost.finance import MONTHS_PER_YEAR, after_months, residual_share
from costcalc.cost.option import estimate
from costcalc.errors import UndecidableError
from costcalc.units import Count, decimal, exact
from costcalc.workload import Workload

TERMS = {"reserved_1y": 12, "reserved_3y": 36}  # months for which a reservation binds


class Requalify(NamedTuple):
    """Switching to the cheapest model of the same capability, again and again.

    Args:
        every: Months between two switches.
        times_cheaper: How many times cheaper the same capability is a year later.
        usd: What qualifying another model costs each time [USD].
    """

    every: int
    times_cheaper: Decimal
    usd: Decimal


class Course(NamedTuple):
    """How traffic and prices move. Rates are effective, per year; 0 is no change.

    Args:
        months: The horizon [months].
        growth: Growth of the traffic, -1 excluded [1/year].
        price_decline: By how much the list price of one and the same model falls, beside what is announced [1/year].
        hardware_change: By how much rents and prices of GPUs change [1/year].
        requalify: Whether the buyer switches to cheaper models of the same capability.
    """

    months: int
    growth: Decimal = Decimal(0)
    price_decline: Decimal = Decimal(0)
    hardware_change: Decimal = Decimal(0)
    requalify: Requalify | None = None


class Flow(NamedTuple):
    """What is paid in a month [USD].

    Args:
        day: The month's first day, whose prices are in force.
        requests: How many requests are served in it.
        upfront: Paid at its beginning: machines, one-off work; negative for what a machine still fetches.
        running: Paid at its end.
    """

    day: date
    requests: Count
    upfront: Decimal
    running: Decimal


class Cash(NamedTuple):
    """An option's payments.

    Args:
        option: The option's id.
        side: Whether it is to build or to buy.
        flows: Month by month.
        residual: What its machines still fetch at the end [USD].
        caveats: What must be known of its first month's estimate.
    """

    option: str
    side: str
    flows: tuple[Flow, ...]
    residual: Decimal
    caveats: tuple[str, ...]


def cash_of(named: NamedOption, workload: Workload, catalog: Catalog, course: Course, *, as_of: date) -> Cash:
    """Follow an option's payments month by month [USD].

    Every month has its own traffic, and the prices in force on its first day, announced changes among them. Beside
    these, two kinds of decline are kept apart: the list price of the same model falls by ``price_decline``; the price
    of the same capability falls much faster, but only for who switches, every so often and at a cost (``requalify``).

    Machines that are owned are bought when the load needs them and replaced at the end of their life; what they still
    fetch comes back then, or at the horizon. A reservation is made for what the first month of each term needs: it is
    paid whether used or not, and what is needed beyond it is rented on demand. Building is paid at the beginning.

    Leaves out taxes, and machines that are sold early: a fleet that has become too large is kept.

    Args:
        named: The option.
        workload: The traffic of the first month.
        catalog: Prices and assumptions.
        course: How traffic and prices move.
        as_of: The first day.

    Raises:
        UndecidableError: A price that is needed is missing in some month.

    Example:
        Gemini 4 Argon costs twice as much from December 2026 on, as announced:

        >>> from costcalc.catalog.layers.load import load_catalog
        >>> catalog = load_catalog()
        >>> month = Workload.single(requests=1_000, output_tokens=1_000)
        >>> cash = cash_of(catalog.option("gemini-4-argon-api"), month, catalog, Course(3), as_of=date(2026, 11, 22))
        >>> [str(flow.running) for flow in cash.flows]
        ['10.00', '20.00', '20.00']
    """
    # one-off work is spread over the horizon, so that its monthly line × the months is all of it
    catalog = catalog.with_assumptions({"horizon": Decimal(course.months) / MONTHS_PER_YEAR})
    estimates = [_month(named, workload, catalog, course, month=month, as_of=as_of) for month in range(course.months)]
    first = estimates[0].estimate
    if first.unfit:
        raise UndecidableError("it cannot serve this workload, or leaves out a part of it", subject=first.option)
    fleet = _fleet_of(named, estimates, catalog, course)
    flows = tuple(_flow(one, month, fleet, course) for month, one in enumerate(estimates))
    return Cash(first.option, first.side, flows, fleet.residual, first.caveats)


def requalification_usd(catalog: Catalog) -> Decimal:
    """Give what qualifying another model costs: an engineer's days, and the judge's tokens of one suite [USD]."""
    days = value(catalog, "model_upgrade_effort") * value(catalog, "mlops_engineer_cost") / WORKDAYS_PER_YEAR
    return days + value(catalog, "evaluation_tokens") * value(catalog, "judge_price")


class _Month(NamedTuple):
    """A month's traffic and its estimate; and, for a reservation, what the same machines cost on demand."""

    day: date
    workload: Workload
    estimate: Estimate
    on_demand: Estimate | None


class _Fleet(NamedTuple):
    """What the machines cost, month by month: paid at the beginning and at the end; None for no machines."""

    upfront: tuple[Decimal, ...]
    running: tuple[Decimal, ...] | None
    residual: Decimal = Decimal(0)


def _month(
    named: NamedOption, workload: Workload, catalog: Catalog, course: Course, *, month: int, as_of: date
) -> _Month:
    switched = course.requalify is not None and month >= course.requalify.every
    day = months_later(as_of, month)
    factor = exact(after_months(course.growth, month))
    grown = replace(workload, requests=Fraction(workload.requests) * factor)
    option = named.option
    on_demand = None
    if isinstance(option, SelfHostOption) and option.tenure in TERMS:
        other = option.model_copy(update={"tenure": "on_demand", "rental": None})
        on_demand = estimate(named._replace(option=other), grown, catalog, as_of=day)
    # who has switched no longer pays what the first model costs on that day, but a share of what it cost on the first
    return _Month(day, grown, estimate(named, grown, catalog, as_of=as_of if switched else day), on_demand)


def months_later(day: date, months: int) -> date:
    """Give the same day some months later, or the last one of that month where it is shorter.

    Example:
        >>> months_later(date(2026, 11, 30), 3)
        datetime.date(2027, 2, 28)
    """
    index = day.year * MONTHS_PER_YEAR + day.month - 1 + months
    year, month = divmod(index, MONTHS_PER_YEAR)
    following = date(year + (month == MONTHS_PER_YEAR - 1), (month + 1) % MONTHS_PER_YEAR + 1, 1)
    last = (following - date(year, month + 1, 1)).days
    return date(year, month + 1, min(day.day, last))


def _flow(one: _Month, month: int, fleet: _Fleet, course: Course) -> Flow:
    lines = one.estimate.lines
    build = total_usd([line for line in lines if _is_build(line)])
    bought = total_usd([line for line in lines if line.path[0] == "api"])
    machines = one.estimate.deployment.machines_usd if one.estimate.deployment is not None else Decimal(0)
    others = one.estimate.monthly_usd - build - bought - machines
    running = others + bought * _price_factor(course, month)
    upfront = build * course.months if month == 0 else Decimal(0)
    if course.requalify is not None and bought and month and month % course.requalify.every == 0:
        upfront += course.requalify.usd
    running += fleet.running[month] if fleet.running is not None else machines
    return Flow(one.day, one.workload.requests, upfront + fleet.upfront[month], _plain(running))


def _plain(usd: Decimal) -> Decimal:
    """Keep cents, and no more digits than a bill could ever need."""
    return total if (total := usd.quantize(Decimal("0.01"))) == usd else usd.quantize(Decimal("1e-9"))


def _is_build(line: CostLine) -> bool:
    return ("assumptions", "initial_build", "value") in line.also


def _is_hardware(line: CostLine) -> bool:
    return ("assumptions", "economic_life", "value") in line.also


def _price_factor(course: Course, month: int) -> Decimal:
    """What an API costs in a month, over what its dated prices say."""
    last = month - month % course.requalify.every if course.requalify is not None else 0
    same_model = after_months(-course.price_decline, month - last)
    if course.requalify is None or not last:
        return same_model
    return same_model * after_months(1 / course.requalify.times_cheaper - 1, last)


def _fleet_of(named: NamedOption, months: Sequence[_Month], catalog: Catalog, course: Course) -> _Fleet:
    option = named.option
    still = tuple(Decimal(0) for _ in months)
    if not isinstance(option, SelfHostOption):
        return _Fleet(still, None)
    if option.tenure == "own":
        return _owned(months, catalog, course)
    if option.tenure in TERMS:
        return _Fleet(still, tuple(_reserved(months, TERMS[option.tenure], course)))
    rents = [_rent(one.estimate) * _gpus(one.estimate) for one in months]
    moved = (rent * after_months(course.hardware_change, month) for month, rent in enumerate(rents))
    return _Fleet(still, tuple(moved))


def _gpus(one: Estimate) -> Decimal:
    assert one.deployment is not None  # asked only of self-hosting
    return decimal(one.deployment.gpus)


def _rent(one: Estimate) -> Decimal:
    """What one GPU costs a month."""
    assert one.deployment is not None  # asked only of self-hosting
    return one.deployment.machines_usd / decimal(one.deployment.gpus)


def _reserved(months: Sequence[_Month], term: int, course: Course) -> Iterator[Decimal]:
    """A reservation is paid whether used or not, at the price of its first month; more is rented on demand."""
    for month, one in enumerate(months):
        start = month - month % term
        first = months[start].estimate
        reserved = _gpus(first) * _rent(first) * after_months(course.hardware_change, start)
        beyond = max(Decimal(0), _gpus(one.estimate) - _gpus(first))
        assert one.on_demand is not None  # a reservation was priced both ways
        yield reserved + beyond * _rent(one.on_demand) * after_months(course.hardware_change, month)


class _Purchase(NamedTuple):
    month: int
    gpus: Decimal
    usd: Decimal


def _owned(months: Sequence[_Month], catalog: Catalog, course: Course) -> _Fleet:
    """Machines are bought when they are needed, and replaced at the end of their life."""
    life = int(value(catalog, "economic_life") * MONTHS_PER_YEAR)
    held: list[_Purchase] = []
    upfront, running = [], []
    for month, one in enumerate(months):
        hardware = [line for line in one.estimate.lines if _is_hardware(line)]
        ended = [purchase for purchase in held if month - purchase.month >= life]
        held = [purchase for purchase in held if month - purchase.month < life]
        missing = _gpus(one.estimate) - sum((purchase.gpus for purchase in held), start=Decimal(0))
        spent = Decimal(0)
        if missing > 0:
            spent = missing * _price(one.estimate) * after_months(course.hardware_change, month)
            held.append(_Purchase(month, missing, spent))
        upfront.append(spent - sum((_left(purchase, life, catalog) for purchase in ended), start=Decimal(0)))
        running.append(_rent(one.estimate) * _gpus(one.estimate) - total_usd(hardware))
    left = (_left(purchase, len(months) - purchase.month, catalog) for purchase in held)
    return _Fleet(tuple(upfront), tuple(running), sum(left, start=Decimal(0)))


def _price(one: Estimate) -> Decimal:
    """What one GPU costs to buy."""
    assert one.deployment is not None  # asked only of machines that are owned
    return one.deployment.upfront_usd / decimal(one.deployment.gpus)


def _left(purchase: _Purchase, months: int, catalog: Catalog) -> Decimal:
    """What a purchase still fetches after some months [USD]."""
    at_3, at_5 = (value(catalog, f"residual_share_{years}y") for years in (3, 5))
    share = residual_share(Decimal(months) / MONTHS_PER_YEAR, at_3_years=at_3, at_5_years=at_5)
    return purchase.usd * share
