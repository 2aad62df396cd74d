"""What the GPUs of a self-hosted option cost: rent by the hour, or an annuity with power, space and support."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import NamedTuple

from costcalc.catalog.catalog import Catalog
from costcalc.catalog.forms.hardware import GpuFile, Offer, Placement, Rental, RentalPrice
from costcalc.catalog.forms.options import SelfHostOption
from costcalc.catalog.forms.schema import Source
from costcalc.cost.assumed import assumed_line, assumed_paths, value
from costcalc.cost.estimate import CostLine, Part
from costcalc.cost.finance import annuity, residual_share
from costcalc.cost.fleet import Fleet, hours_of, terms_of
from costcalc.cost.interruptions import restart_ids, restart_share
from costcalc.errors import UndecidableError
from costcalc.findings import Path
from costcalc.units import SECONDS_PER_HOUR, Count, exact, whole

GPUS_PER_HOST = 8  # what the assumption host_power_8gpu is about
_DISCOUNTS = {"reserved_1y": "commit_discount_1y", "reserved_3y": "commit_discount_3y"}
_SPOT = {
    "spot_discount": "spot at the full discount of {}: all of the work can wait until a machine is free again",
    "spot_saving_realised": (
        "spot at a saving of {}: serving needs machines on demand for the time in which spot has none"
    ),
}
_SPREAD = "rental_price_spread"
_MARKUPS: tuple[str, ...] = ("server_share_of_gpu_price", "sales_tax")


class Price(NamedTuple):
    """What one GPU costs, by the hour or to buy.

    Args:
        usd: The price [USD/GPU-hour, or USD/GPU].
        source: Where it was read.
        since: Since when it has held; where its day is unknown, since when at the earliest.
        path: Where it stands in the catalog.
        conditions: Under which terms.
        also: Assumptions that are applied to it, in this order.
        caveats: What must be said of it.
        instead: The terms of the offer that stands in for one of the wanted kind, where none of that is known.
        is_dated: Whether the day since which it has held is known.
        unit: What a rent is per, in words.
        gpu_hours: GPU-hours that one such unit pays for.
        is_interrupted: Whether it is a rent on spot in which interruptions are not counted yet.
    """

    usd: Decimal
    source: Source
    since: date
    path: Path
    conditions: str
    also: tuple[str, ...] = ()
    caveats: tuple[str, ...] = ()
    instead: Offer | None = None
    is_dated: bool = True
    unit: str = "GPU-hour"
    gpu_hours: Count = 1
    is_interrupted: bool = False


def price_of(name: str, option: SelfHostOption, catalog: Catalog, *, as_of: date, interruptible: bool = False) -> Price:
    """Find what one GPU of an option costs on a day, assumptions applied: see `listed_price`."""
    return applied(listed_price(name, option, catalog, as_of=as_of, interruptible=interruptible), catalog)


def applied(listed: Price, catalog: Catalog) -> Price:
    """Apply to a listed price what is assumed of it, and say what must be said of that."""
    shares = {name: value(catalog, name) * 100 for name in listed.also if name in _SPOT}
    spot = tuple(_SPOT[name].format(f"{share.normalize():f} %") for name, share in shares.items())
    return listed._replace(usd=applied_usd(listed, catalog), caveats=(*listed.caveats, *spot))


def applied_usd(listed: Price, catalog: Catalog) -> Decimal:
    """Apply to a listed price what is assumed of it [USD]: a discount takes a share off, a markup adds one."""
    usd = listed.usd
    for name in listed.also:
        share = value(catalog, name)
        usd *= share if name == _SPREAD else 1 + share if name in _MARKUPS else 1 - share
    return usd


def listed_price(
    name: str, option: SelfHostOption, catalog: Catalog, *, as_of: date, interruptible: bool = False
) -> Price:
    """Find what is listed for one GPU of an option on a day: rent by the hour, or its purchase.

    The option's own figure wins, then the offer that it names, then the GPU's reference where that is of the
    wanted kind, then any offer of that kind. Only where none is known, another kind stands in, and that is said. A
    reservation that nobody lists is the price on demand less the usual discount. Spot is the price on demand less
    the discount that vendors state (assumption spot_discount) where the work can be interrupted, and less what
    serving saves in the end (spot_saving_realised) where it cannot: requests that wait for nobody need machines on
    demand beside those on spot.

    Args:
        name: The option's id.
        option: The option.
        catalog: GPUs, offers and assumptions.
        as_of: The day whose prices are in force.
        interruptible: Whether all of the work can wait, so that a machine may be taken away in the middle of it.

    Raises:
        UndecidableError: No price is known for the day.
    """
    gpu = catalog.gpu(option.gpu) if option.gpu is not None else None
    if option.tenure == "own":
        return _purchase(name, option, gpu, catalog, as_of)
    if (own := _own_rent(name, option, catalog, as_of)) is not None:
        return own
    assert gpu is not None  # the option's form asks for a price where there is no GPU
    offer = _offer(gpu, option)
    if offer is None:
        raise UndecidableError(f"no rental price of {gpu.name} is known; give usd_per_gpu_hour", subject=name)
    wanted, found = option.tenure, gpu.rentals[offer]
    dated = found.price_on(as_of)
    if dated is None:
        first = found.prices[0].effective
        reason = f"no rental price of {gpu.name} ({offer}) is known for {as_of}; the earliest is of {first}"
        raise UndecidableError(reason, subject=name)
    index, price = dated
    discounts = _discounts(option, found, interruptible=interruptible)
    instead = None if discounts or option.rental is not None or found.offer == wanted else found.offer
    path = ("gpus", gpu.gpu, "rentals", offer, "prices", index, "usd_per_gpu_hour")
    terms = f"{found.where}, {words(wanted if discounts else found.offer)}"
    also, caveats = (*discounts, _SPREAD), tuple(_doubts(gpu, found, price, wanted=wanted, instead=instead))
    # of an unknown day, the evidence is as old as it can be: what goes by its age calls the price stale
    source = price.source if price.date is None else price.source.model_copy(update={"seen": price.effective})
    dated_price = Price(
        price.usd_per_gpu_hour, source, price.effective, path, terms, also, caveats, instead, price.date is None
    )
    # the saving that serving realises was measured with interruptions in it
    return dated_price._replace(is_interrupted=found.offer == "spot" or "spot_discount" in discounts)


def _discounts(option: SelfHostOption, found: Rental, *, interruptible: bool) -> tuple[str, ...]:
    """Name the discount that a price on demand has under the option's terms; no other price has one."""
    wanted = option.tenure
    if found.offer != "on_demand" or wanted == "on_demand" or option.rental is not None:
        return ()
    spot = "spot_discount" if interruptible else "spot_saving_realised"
    return (spot if wanted == "spot" else _DISCOUNTS[wanted],)


def _doubts(gpu: GpuFile, found: Rental, price: RentalPrice, *, wanted: str, instead: Offer | None) -> Iterator[str]:
    """Say what must be said of an offer: of another kind than wanted, of an unknown day, of a part of a machine."""
    if instead is not None:
        yield f"no price {KINDS[wanted]} of {gpu.name} is known: this one is {KINDS[instead]}, {found.provider}"
    if price.date is not None:
        yield f"the day of the rent of {gpu.name} is unknown: the list is from {price.effective} or later"
    if found.host_apart:
        yield f"the rent of {gpu.name} is for the GPU alone: {found.provider} bills the machine around it apart"


KINDS: dict[str, str] = {
    "on_demand": "on demand",
    "reserved_1y": "for a reservation of 1 year",
    "reserved_3y": "for a reservation of 3 years",
    "spot": "on spot",
    "serverless": "by the second, without a machine of one's own",
    "owner_cost": "an operator's own cost, which nobody sells",
}


def words(offer: Offer | str) -> str:
    """Say an offer in words.

    Example:
        >>> words("reserved_3y")
        'reserved 3y'
    """
    return offer.replace("_", " ")


def _offer(gpu: GpuFile, option: SelfHostOption) -> str | None:
    """Choose an offer: the one that is named, the reference if it is of the wanted kind, else one of that kind."""
    if option.rental is not None or gpu.reference is None:
        return option.rental
    # what is rented on spot, or reserved where nobody lists that, is taken off the price on demand
    for kind in (option.tenure, "on_demand") if option.tenure != "spot" else ("on_demand",):
        if gpu.rentals[gpu.reference].offer == kind:
            return gpu.reference
        of_kind = (name for name, rental in gpu.rentals.items() if rental.offer == kind and not rental.host_apart)
        if (found := next(of_kind, None)) is not None:
            return found
    return gpu.reference


def _own_figure(path: Path, usd: Decimal, source: Source | None, catalog: Catalog, day: date) -> Price:
    read = source or Source(title=f"your own figure, {catalog.place(path)}", checked=day)
    return Price(usd, read, day if source is None else source.checked, path, "your own figure")


def _own_rent(name: str, option: SelfHostOption, catalog: Catalog, day: date) -> Price | None:
    """Find the rent that an option states, with what one unit of it pays for."""
    for field, unit, hours in (
        ("usd_per_gpu_hour", "GPU-hour", 1),
        ("usd_per_gpu_second", "GPU-second", Fraction(1, SECONDS_PER_HOUR)),
        ("usd_per_slice_hour", "slice-hour", None),
        ("usd_per_month", "server-month", None),
    ):
        usd: Decimal | None = getattr(option, field)
        if usd is not None:
            paid = hours if hours is not None else _paid_by(unit, option, catalog)
            price = _own_figure(("options", name, field), usd, option.source, catalog, day)
            return price._replace(unit=unit, gpu_hours=paid, is_interrupted=option.tenure == "spot")
    return None


def _paid_by(unit: str, option: SelfHostOption, catalog: Catalog) -> Count:
    """GPU-hours that a slice's hour or a server's month pays for."""
    terms = terms_of(option, catalog)
    return terms.gpus if unit == "slice-hour" else terms.together * hours_of(option)


def _purchase(name: str, option: SelfHostOption, gpu: GpuFile | None, catalog: Catalog, day: date) -> Price:
    if option.usd_per_gpu is not None:
        return _own_figure(("options", name, "usd_per_gpu"), option.usd_per_gpu, option.source, catalog, day)
    assert gpu is not None  # the option's form asks for a price where there is no GPU
    found = gpu.purchase.price_on(day) if gpu.purchase is not None else None
    if found is None:
        raise UndecidableError(f"no purchase price of {gpu.name} is known for {day}; give usd_per_gpu", subject=name)
    index, price = found
    path = ("gpus", gpu.gpu, "purchase", "prices", index, "usd")
    # the price of a complete machine has its processor, memory and disk in it
    is_complete = placement_of(option, catalog) == "complete_machine"
    terms = "bought, a complete machine" if is_complete else "bought, with its share of the server"
    markups = _MARKUPS[1:] if is_complete else _MARKUPS
    return Price(price.usd, price.source, price.effective, path, terms, markups)


def placement_of(option: SelfHostOption, catalog: Catalog) -> Placement:
    """Say where owned machines stand: as the option says, else as the GPU's file does, else in a data centre."""
    if option.placement is not None:
        return option.placement
    return catalog.gpu(option.gpu).placement if option.gpu is not None else "datacenter"


def rent_lines(price: Price, fleet: Fleet, option: SelfHostOption, catalog: Catalog) -> tuple[CostLine, ...]:
    """Give the lines of rent: hours in use, idle and spare, all of one price, since rent is paid whatever is served.

    Starts after interruptions come on top, and then a share of everything, where the option states one.
    """
    idle = whole(Fraction(fleet.paid - fleet.spare) - fleet.used)
    restarts = restart_share(option, catalog) if price.is_interrupted else 0
    ids = restart_ids(option, catalog) if restarts else ()
    rows = (
        ("GPU rent, in use", fleet.used, ()),
        ("GPU rent, idle", idle, ()),
        ("GPU rent, spare", fleet.spare, ()),
        ("GPU rent, restarts after interruptions", fleet.paid * restarts, ids),
    )
    lines = [
        _line(item, whole(Fraction(hours) / price.gpu_hours), price.unit, price.usd, _also(price, also), part="rent")
        for item, hours, also in rows
        if hours
    ]
    if option.overhead:
        units = whole(Fraction(fleet.paid) * (1 + restarts) / price.gpu_hours)
        item = f"on top of the rent, {(option.overhead * 100).normalize():f} %"
        lines.append(_line(item, units, price.unit, price.usd * option.overhead, price, part="rent"))
    return tuple(lines)


def _also(price: Price, ids: tuple[str, ...]) -> Price:
    return price._replace(also=(*price.also, *ids)) if ids else price


def rent_usd(usd: Decimal, price: Price, fleet: Fleet, option: SelfHostOption, catalog: Catalog) -> Fraction:
    """Add up the lines of rent, exactly [USD/month]: one price for all hours that are paid, however they are used.

    Args:
        usd: The price with what is assumed of it [USD/unit].
        price: What one unit pays for.
        fleet: The GPUs.
        option: With what comes on top.
        catalog: Where the assumptions stand.
    """
    top, bottom = usd.as_integer_ratio()
    paid = Fraction(top * fleet.paid, bottom) / price.gpu_hours
    if price.is_interrupted:
        paid *= 1 + restart_share(option, catalog)
    return paid * (1 + Fraction(option.overhead)) if option.overhead else paid


def owned_lines(option: SelfHostOption, price: Price, fleet: Fleet, catalog: Catalog) -> tuple[CostLine, ...]:
    """Give the lines that pay for machines that are owned."""
    return tuple(line for line in _owned(option, price, fleet, catalog) if line.amount)


def _owned(option: SelfHostOption, price: Price, fleet: Fleet, catalog: Catalog) -> Iterator[CostLine]:
    """Price machines that are owned, by where they stand.

    In a data centre every node pays for its place in a rack and for the network. A workstation, or a complete machine
    such as a Mac, stands on a desk of an office that has both, so it pays for power and a support contract alone.
    """

    def figure(name: str) -> Decimal:
        return value(catalog, name)

    life = figure("economic_life")
    kept = residual_share(life, at_3_years=figure("residual_share_3y"), at_5_years=figure("residual_share_5y"))
    monthly = annuity(price.usd, residual_usd=price.usd * kept, years=life, yearly_rate=figure("discount_rate"))
    ids = ("economic_life", "residual_share_3y", "residual_share_5y", "discount_rate")
    spread = price._replace(also=price.also + ids)
    yield _line("hardware, annuity less residual", fleet.gpus, "GPU-month", monthly, spread, part="purchase")
    yield from _power(option, fleet, catalog)
    if placement_of(option, catalog) == "datacenter":
        nodes = ceil(Fraction(fleet.gpus) / gpus_per_node(option, catalog))
        yield assumed_line(
            catalog, "space and remote hands", nodes, "node-month", "rack_space_and_remote_hands", part="site"
        )
        yield assumed_line(catalog, "network and storage", nodes, "node-month", "network_and_storage", part="site")
    yearly = price.usd * figure("hardware_support")
    supported = price._replace(also=(*price.also, "hardware_support"))
    yield _line("hardware support", fleet.gpus, "GPU-month", yearly / 12, supported, part="support")


def _power(option: SelfHostOption, fleet: Fleet, catalog: Catalog) -> Iterator[CostLine]:
    """Power follows the utilisation: busy hours at the busy draw, all others idle, and the host around the clock."""
    placement = placement_of(option, catalog)
    busy, idle, ids = _draw(option, catalog)
    # PUE is what a data centre's cooling and distribution add; an office is not cooled for one machine
    pue, cooled = (exact(value(catalog, "pue")), ("pue",)) if placement == "datacenter" else (1, ())
    # the power of a complete machine has its host in it
    hosted = 0 if placement == "complete_machine" else 1
    host = exact(value(catalog, "host_power_8gpu")) / Fraction(GPUS_PER_HOST) * hosted
    for item, kwh, used in (
        ("electricity, GPUs in use", fleet.used * busy * pue, ids[0]),
        ("electricity, GPUs idle", (fleet.paid - fleet.used) * idle * pue, ids[1]),
        ("electricity, hosts", fleet.paid * host * pue, ("host_power_8gpu",)),
    ):
        amount, also = whole(Fraction(kwh)), (*cooled, *used)
        yield assumed_line(catalog, item, amount, "kWh", "electricity_price", also=also, part="power")


def _draw(option: SelfHostOption, catalog: Catalog) -> tuple[Count, Count, tuple[tuple[str, ...], tuple[str, ...]]]:
    """Say what a busy and an idle GPU draw [kW], and which assumptions that rests on."""
    busy_share, idle_share = (value(catalog, f"gpu_power_{state}_share") for state in ("busy", "idle"))
    if option.gpu_kw is not None:
        idle = option.gpu_kw * idle_share / busy_share
        return exact(option.gpu_kw), exact(idle), ((), ("gpu_power_idle_share", "gpu_power_busy_share"))
    gpu = catalog.gpu(option.gpu) if option.gpu is not None else None
    if gpu is None or gpu.tdp_w is None:
        raise UndecidableError("the power of the GPU is unknown; give gpu_kw")
    board = gpu.tdp_w / 1000
    return exact(board * busy_share), exact(board * idle_share), (("gpu_power_busy_share",), ("gpu_power_idle_share",))


def gpus_per_node(option: SelfHostOption, catalog: Catalog) -> int:
    """GPUs of one node that pays for its place in a data centre, eight where the GPU is unknown."""
    return catalog.gpu(option.gpu).gpus_per_node if option.gpu is not None else GPUS_PER_HOST


def _line(item: str, amount: Count, unit: str, usd: Decimal, price: Price, *, part: Part) -> CostLine:
    return CostLine(
        item=item,
        part=part,
        amount=amount,
        per=1,
        unit=unit,
        unit_price_usd=usd,
        list_unit_price_usd=usd,
        source=price.source,
        conditions=price.conditions,
        path=price.path,
        also=assumed_paths(price.also),
    )
