"""What the machines of an option are paid month by month: by the hour, for a term, or bought."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from costcalc.catalog.catalog import Catalog
from costcalc.catalog.forms.options import SelfHostOption
from costcalc.catalog.things import NamedOption
from costcalc.cost.assumed import value
from costcalc.cost.estimate import Estimate, Part, total_usd
from costcalc.cost.finance import MONTHS_PER_YEAR, after_months, residual_share
from costcalc.cost.fleet import hours_of
from costcalc.cost.machines import Price, price_of
from costcalc.errors import UndecidableError
from costcalc.units import decimal
from costcalc.workload import Workload

TERMS = {"reserved_1y": 12, "reserved_3y": 36}  # months for which a reservation binds


class Month(NamedTuple):
    """A month counted from 0, its first day, its traffic, what that costs; what exceeds a reservation, by the hour."""

    number: int
    day: date
    workload: Workload
    estimate: Estimate
    beyond: Price | None


class Machines(NamedTuple):
    """What the machines cost by the month: paid at the beginning and at the end; None for no machines."""

    upfront: dict[int, Decimal]
    running: dict[int, Decimal] | None
    residual: Decimal = Decimal(0)
    caveats: tuple[str, ...] = ()


def usd_of(estimate: Estimate, part: Part) -> Decimal:
    """Add up the lines of one part of the bill [USD/month]."""
    return total_usd([line for line in estimate.lines if line.part == part])


def beyond_reservation(name: str, option: SelfHostOption, catalog: Catalog, day: date) -> Price:
    """Find what an hour beyond a reservation costs: on demand, by the GPU's list, since a quote is for the term alone.

    Where nobody lists one on demand, the user's own quote is taken, with a caveat.
    """
    on_demand = option.model_copy(update={"tenure": "on_demand", "rental": None})
    if option.usd_per_gpu_hour is None:
        return price_of(name, on_demand, catalog, as_of=day)
    if option.gpu is not None:
        try:
            listed = price_of(name, on_demand.model_copy(update={"usd_per_gpu_hour": None}), catalog, as_of=day)
        except UndecidableError:  # nobody lists it, or not on that day
            listed = None
        if listed is not None and listed.instead is None:
            return listed
    text = "no price on demand is known: what exceeds the reservation is at your own quote for it"
    return price_of(name, on_demand, catalog, as_of=day)._replace(caveats=(text,))


def machines_of(named: NamedOption, months: Sequence[Month], catalog: Catalog, *, change: Decimal) -> Machines:
    """Follow what an option's machines are paid: rent by the hour, a reservation by the term, or purchases.

    Args:
        named: The option.
        months: Its months up to the horizon, from the first in which it serves on.
        catalog: Assumptions on what a machine lives and still fetches.
        change: By how much rents and prices of GPUs change [1/year].
    """
    option = named.option
    if not isinstance(option, SelfHostOption):
        return Machines({}, None)
    if option.tenure == "own":
        return _owned(months, catalog, change)
    if option.tenure in TERMS:
        return _reserved(option, months, change)
    rents = {
        month.number: _rent(month.estimate) * _gpus(month.estimate) * after_months(change, month.number)
        for month in months
    }
    return Machines({}, rents)


def _gpus(estimate: Estimate) -> Decimal:
    assert estimate.deployment is not None  # asked only of self-hosting
    return decimal(estimate.deployment.gpus)


def _rent(estimate: Estimate) -> Decimal:
    """What one GPU costs a month."""
    assert estimate.deployment is not None  # asked only of self-hosting
    return estimate.deployment.machines_usd / decimal(estimate.deployment.gpus)


def _reserved(option: SelfHostOption, months: Sequence[Month], change: Decimal) -> Machines:
    """A reservation is paid whether used or not, at the price of its first month; more is rented on demand."""
    term, running, caveats = TERMS[option.tenure], {}, dict[str, None]()
    for index, month in enumerate(months):
        first = months[index - index % term]
        reserved = _gpus(first.estimate) * _rent(first.estimate) * after_months(change, first.number)
        running[month.number] = reserved
        missing = _gpus(month.estimate) - _gpus(first.estimate)
        assert month.beyond is not None  # of a reservation both prices are known
        if missing > 0:
            on_top = 1 + (option.overhead or Decimal(0))
            hourly = month.beyond.usd / decimal(month.beyond.gpu_hours) * on_top * after_months(change, month.number)
            running[month.number] += missing * hourly * decimal(hours_of(option))
            caveats |= dict.fromkeys(month.beyond.caveats)
    return Machines({}, running, caveats=tuple(caveats))


class _Purchase(NamedTuple):
    month: int
    gpus: Decimal
    usd: Decimal


def _owned(months: Sequence[Month], catalog: Catalog, change: Decimal) -> Machines:
    """Machines are bought when they are needed, and replaced at the end of their life."""
    life = int(value(catalog, "economic_life") * MONTHS_PER_YEAR)
    held: list[_Purchase] = []
    upfront, running = {}, {}
    for number, _, _, found, _ in months:
        ended = [purchase for purchase in held if number - purchase.month >= life]
        held = [purchase for purchase in held if number - purchase.month < life]
        missing = _gpus(found) - sum((purchase.gpus for purchase in held), start=Decimal(0))
        spent = Decimal(0)
        if missing > 0:
            assert found.deployment is not None  # asked only of self-hosting
            price = found.deployment.upfront_usd / decimal(found.deployment.gpus)
            spent = missing * price * after_months(change, number)
            held.append(_Purchase(number, missing, spent))
        upfront[number] = spent - sum((_left(purchase, life, catalog) for purchase in ended), start=Decimal(0))
        running[number] = _rent(found) * _gpus(found) - usd_of(found, "purchase")
    left = (_left(purchase, months[-1].number + 1 - purchase.month, catalog) for purchase in held)
    return Machines(upfront, running, sum(left, start=Decimal(0)))


def _left(purchase: _Purchase, months: int, catalog: Catalog) -> Decimal:
    """What a purchase still fetches after some months [USD]."""
    at_3, at_5 = (value(catalog, f"residual_share_{years}y") for years in (3, 5))
    share = residual_share(Decimal(months) / MONTHS_PER_YEAR, at_3_years=at_3, at_5_years=at_5)
    return purchase.usd * share
