"""The dated prices of one thing, meter by meter: what it cost from which day on, and by how much that changed."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal, NamedTuple, get_args

from costcalc.catalog.catalog import Catalog
from costcalc.catalog.forms.hardware import GpuFile
from costcalc.catalog.forms.options import ApiOption, BlendOption, Option, PlanOption, RateOption, SelfHostOption
from costcalc.catalog.forms.provisioned import ProvisionedOption
from costcalc.catalog.forms.rates import RateEntry, RateTable
from costcalc.catalog.forms.schema import Source, When
from costcalc.catalog.names import ambiguous
from costcalc.catalog.things import SoldModel, SoldPlan
from costcalc.errors import UnknownNameError
from costcalc.findings import Path

Status = Literal["past", "in force", "announced"]
Unit = Literal[
    "Mtok", "thousand calls", "second", "minute", "hour", "million characters", "Mtok-hour",
    "GPU-hour", "GPU", "seat and month",
    "unit-hour", "unit-day", "unit-week", "unit-month", "unit-year",
]  # fmt: skip


class Dated(NamedTuple):
    """What one meter costs from one day on.

    Args:
        effective: The first day on which it holds.
        until: The last day on which it holds; None where no other price is known.
        usd: The price [USD/unit].
        source: Where it was read.
        path: Where it stands in the catalog.
        before: What the meter cost until then [USD/unit]; None for its first price.
        is_dated: Whether that first day is known; else it is one before which the price cannot have held.
    """

    effective: date
    until: date | None
    usd: Decimal
    source: Source
    path: Path
    before: Decimal | None = None
    is_dated: bool = True

    def status(self, day: date) -> Status:
        """Say how it stands on a day."""
        if self.effective > day:
            return "announced"
        return "past" if self.until is not None and self.until < day else "in force"

    @property
    def change(self) -> Decimal | None:
        """The change from the price before, as a share of it; None where there was none, or it was free."""
        return self.usd / self.before - 1 if self.before else None


class Series(NamedTuple):
    """The prices of one meter, oldest first.

    Args:
        meter: The meter, or the offer of a machine.
        unit: What the prices are per.
        when: The conditions under which they hold; None for the plain ones.
        prices: The prices.
    """

    meter: str
    unit: Unit
    when: When | None
    prices: tuple[Dated, ...]

    def on(self, day: date) -> Decimal | None:
        """Give the price of a day [USD/unit]; None where none is known."""
        held = (one.usd for one in self.prices if one.effective <= day and (one.until is None or day <= one.until))
        return next(held, None)


class History(NamedTuple):
    """What is known of one thing's prices.

    Args:
        ref: What it is, by its full name.
        path: Where it stands in the catalog.
        series: Its meters, or its offers.
        retired: The first day on which it is no longer sold, where it is.
        sold: The model, where it is one of a provider, for its contract.
    """

    ref: str
    path: Path
    series: tuple[Series, ...]
    retired: date | None = None
    sold: SoldModel | None = None


class _Entry(NamedTuple):
    """One dated price as its form has it: which meters cost what."""

    effective: date
    source: Source
    path: Path
    rates: tuple[tuple[str, Unit, When | None, Path, Decimal], ...]
    is_dated: bool = True


def history_of(catalog: Catalog, name: str) -> History:
    """Find the dated prices of a model, a GPU, a plan, or of what stands behind an option.

    Raises:
        UnknownNameError: Nothing of that name has dated prices.

    Example:
        >>> from costcalc.catalog.layers.load import load_catalog
        >>> found = history_of(load_catalog(), "gpt-5.2")
        >>> [(series.meter, str(series.prices[0].usd)) for series in found.series if series.when is None][:3]
        [('input', '1.75'), ('cache_read', '0.175'), ('output', '14.00')]
    """
    thing = catalog.thing(name)
    match thing.kind:
        case "option":
            return _of_option(catalog, name, thing.entry)
        case "model":
            return _of_model(thing.entry)
        case "plan":
            return _of_plan(thing.entry)
        case "GPU":
            return _of_gpu(thing.entry)
        case "open model" if len(sellers := catalog.sold_as(name)) > 1:  # it has no prices; theirs may be meant
            raise ambiguous(name, (sold.offer for sold in sellers))
        case _:
            raise UnknownNameError(f"'{name}' has no dated prices; catalog show says what it has")


def _of_option(catalog: Catalog, name: str, option: Option) -> History:
    """Find the prices behind an option."""
    match option:
        case ApiOption():
            return _of_model(catalog.sold_model(option.model))
        case PlanOption():
            return _of_plan(catalog.plan(option.plan))
        case SelfHostOption(gpu=str(gpu)):
            return _of_gpu(catalog.gpu(gpu))
        case RateOption():
            return _of_rate(name, option)
        case ProvisionedOption():
            return _of_capacity(name, option)
        case BlendOption():
            raise UnknownNameError(f"'{name}' is a blend; ask for what it is made of: {', '.join(option.members)}")
        case _:
            raise UnknownNameError(f"'{name}' names no GPU, so it has no dated prices")


def _of_rate(name: str, option: RateOption) -> History:
    path: Path = ("options", name)
    entry = _Entry(
        option.effective, option.source, path, tuple(_rates(RateEntry(usd_per_mtok=option.usd_per_mtok), None, path))
    )
    return History(name, path, tuple(_series([entry], None)))


def _of_capacity(name: str, option: ProvisionedOption) -> History:
    if option.effective is None or option.source is None:
        raise UnknownNameError(f"'{name}' has no dated prices: it says no effective day, or no source")
    path: Path = ("options", name)
    rates = [
        (unit, f"unit-{key.removeprefix('usd_per_')}", None, (*path, "units", unit, key), sold.usd)
        for unit, sold in option.units.items()
        for key in (sold.price_key,)
    ]
    entry = _Entry(option.effective, option.source, path, tuple(rates))  # type: ignore[arg-type]  # a Unit
    return History(name, path, tuple(_series([entry], None)))


def _of_model(sold: SoldModel) -> History:
    entries = []
    for index, price in enumerate(sold.model.prices):
        path: Path = (*sold.path, "prices", index)
        rates = [*_rates(price, None, path)]
        for step, when in enumerate(price.when):
            rates += _rates(when, when, (*path, "when", step))
        entries.append(_Entry(price.effective, price.source, path, tuple(rates)))
    retired = sold.model.retired
    return History(sold.ref, sold.path, tuple(_series(entries, retired)), retired, sold)


_Rates = Iterator[tuple[str, Unit, When | None, Path, Decimal]]


def _unit(table: RateTable) -> Unit:
    assert table.unit in get_args(Unit)  # as every table's is
    return table.unit  # type: ignore[return-value]


def _rates(entry: RateEntry, when: When | None, path: Path) -> _Rates:
    for meter, usd, table in entry.rates():
        yield meter, _unit(table), when, (*path, table.key, meter), usd


def _of_plan(sold: SoldPlan) -> History:
    entries = []
    for index, price in enumerate(sold.plan.prices):
        path: Path = (*sold.path, "prices", index)
        rate = ("seat", "seat and month", None, (*path, "usd_per_seat"), price.usd_per_seat)
        entries.append(_Entry(price.effective, price.source, path, (rate,)))  # type: ignore[arg-type]  # a Unit
    return History(sold.ref, sold.path, tuple(_series(entries, None)))


def _of_gpu(gpu: GpuFile) -> History:
    """Give every offer by the hour as a meter, the reference first, and the purchase."""
    series: list[Series] = []
    root: Path = ("gpus", gpu.gpu)
    for offer in sorted(gpu.rentals, key=lambda one: one != gpu.reference):
        entries = []
        for index, price in enumerate(gpu.rentals[offer].prices):
            path: Path = (*root, "rentals", offer, "prices", index)
            rate = (offer, "GPU-hour", None, (*path, "usd_per_gpu_hour"), price.usd_per_gpu_hour)
            entry = _Entry(price.effective, price.source, path, (rate,), price.date is None)  # type: ignore[arg-type]
            entries.append(entry)
        series += _series(entries, None)
    bought = []
    for index, sale in enumerate(gpu.purchase.prices if gpu.purchase is not None else ()):
        path = (*root, "purchase", "prices", index)
        rate = ("purchase", "GPU", None, (*path, "usd"), sale.usd)
        bought.append(_Entry(sale.effective, sale.source, path, (rate,)))  # type: ignore[arg-type]
    series += _series(bought, None)
    if not series:
        raise UnknownNameError(f"no price of {gpu.name} is known; catalog show says what is")
    return History(gpu.name, root, tuple(series))


def _series(entries: Sequence[_Entry], retired: date | None) -> Iterator[Series]:
    """Sort entries by meter; a price holds until the next entry, which is the whole price, or the last day of sale."""
    ends = [*(entry.effective for entry in entries[1:]), *([retired] if entries else [])]
    found: dict[tuple[object, ...], list[Dated]] = {}
    heads: dict[tuple[object, ...], tuple[str, Unit, When | None]] = {}
    for entry, end in zip(entries, ends, strict=True):
        last = min((one for one in (end, retired) if one is not None), default=None)
        until = last - timedelta(days=1) if last is not None else None
        for meter, unit, when, path, usd in entry.rates:
            key = (meter, when.conditions if when is not None else ())
            prices = found.setdefault(key, [])
            heads.setdefault(key, (meter, unit, when))
            before = prices[-1].usd if prices else None
            prices.append(Dated(entry.effective, until, usd, entry.source, path, before, entry.is_dated))
    for head, dated in zip(heads.values(), found.values(), strict=True):
        yield Series(*head, tuple(dated))
