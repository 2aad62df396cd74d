"""What provisioned capacity costs: units that are sized for the requests, and what spills over from them."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from costcalc.catalog.catalog import MAX_AGE_DAYS, Catalog
from costcalc.catalog.forms.options import ApiOption
from costcalc.catalog.forms.provisioned import ProvisionedOption
from costcalc.catalog.forms.schema import Source
from costcalc.catalog.things import SoldModel
from costcalc.cost.api import metered_lines
from costcalc.cost.capacity import Capacity, Peaks, capacity_of, peaks_of
from costcalc.cost.estimate import CostLine, Demand, Estimate, Monthly, Unfit, exact_usd, too_long
from costcalc.cost.finance import months_later
from costcalc.errors import UndecidableError, UnsuitableError
from costcalc.units import Count, decimal, how_many, usd, whole
from costcalc.workload import Workload

_LARGE = 100  # from here on a number is written without decimals
_MEAN = Fraction(1)


class Spill(NamedTuple):
    """What bills the requests that the units do not carry.

    Args:
        name: How it is called.
        option: An option over an API.
        sold: Its model.
    """

    name: str
    option: ApiOption
    sold: SoldModel

    def lines(self, workload: Workload, requests: Count, *, as_of: date) -> tuple[CostLine, ...]:
        """Price some requests of a mix by the token."""
        billed = metered_lines(self.option, self.sold, replace(workload, requests=requests), as_of=as_of)
        return tuple(line._replace(item=f"overflow: {line.item}") for line in billed)


class Offer(NamedTuple):
    """An option, ready to be priced for one mix at any volume and peak.

    Args:
        name: The option's id.
        option: The option.
        workload: The mix of requests.
        capacity: What its units carry of the mix.
        sold: The model that it serves.
        spill: What bills the rest, or None.
        source: Where its figures were read.
        as_of: The day whose prices are in force.
    """

    name: str
    option: ProvisionedOption
    workload: Workload
    capacity: Capacity
    sold: SoldModel
    spill: Spill | None
    source: Source
    as_of: date

    @property
    def outlives_its_model(self) -> bool:
        """Whether the units are owed beyond the day on which the model, still sold today, is retired."""
        months, retired = self.option.commitment_months, self.sold.model.retired
        return months is not None and retired is not None and self.as_of < retired < months_later(self.as_of, months)

    def sized_for(self, peak: Count) -> Fraction:
        """The rate that the units are to carry, over the mean rate."""
        wanted = self.option.size_for
        if wanted is None:
            wanted = "mean" if self.spill is not None or self.workload.has_usual_peak else "peak"
        return Fraction(peak) if wanted == "peak" else _MEAN

    def sized(self, demand: Demand) -> "Sized":
        """Choose the units of a month, and say what they do not carry."""
        peaks = peaks_of(self.workload, demand.peak)
        rate, times = self.capacity.rate(demand.requests), self.sized_for(demand.peak)
        numbers = self.capacity.bought(rate * times)
        spilled = self.capacity.spilled(demand.requests, numbers, peaks.levels)
        return Sized(rate, times, numbers, self.capacity.carried(numbers), spilled, peaks)

    def lines(self, month: "Sized") -> tuple[CostLine, ...]:
        """Give the lines of a month: the units, and what spills over from them."""
        units = zip(self.capacity.units, month.numbers, strict=True)
        lines = [self._unit_line(unit.name, number) for unit, number in units if number]
        if self.spill is not None and month.spilled:
            lines += self.spill.lines(self.workload, whole(month.spilled), as_of=self.as_of)
        return tuple(lines)

    def _unit_line(self, unit: str, number: int) -> CostLine:
        entry, months = self.option.units[unit], self.option.commitment_months
        return CostLine(
            item=unit,
            part="capacity",
            amount=whole(number * self.capacity.hours),
            per=entry.hours,
            unit=f"{unit}-{entry.price_key.removeprefix('usd_per_')}",
            unit_price_usd=entry.usd,
            list_unit_price_usd=entry.usd,
            source=self.source,
            conditions=f"committed for {how_many(months, 'month')}" if months else "",
            path=("options", self.name, "units", unit, entry.price_key),
        )


class Sized(NamedTuple):
    """The units of a month.

    Args:
        rate: The mean rate of requests [requests/minute].
        times: The rate that the units were sized for, over the mean rate.
        numbers: How many units of each kind are bought.
        carried: The rate that they carry [requests/minute]; None without a limit.
        spilled: Requests that come while they are full [requests/month].
        peaks: When requests come.
    """

    rate: Fraction
    times: Fraction
    numbers: tuple[int, ...]
    carried: Fraction | None
    spilled: Fraction
    peaks: Peaks

    def exceeds(self, times: Fraction) -> bool:
        """Say whether a rate over the mean rate is more than the units carry."""
        return self.carried is not None and self.rate * times > self.carried


class ProvisionedMonth(NamedTuple):
    """A month of capacity: its lines. It rests on no assumption."""

    lines: tuple[CostLine, ...]
    assumptions: tuple[str, ...] = ()

    @property
    def exact_usd(self) -> Fraction:
        """The exact sum of the lines [USD/month]."""
        return exact_usd(self.lines)


def offer_of(name: str, option: ProvisionedOption, workload: Workload, catalog: Catalog, *, as_of: date) -> Offer:
    """Make an option ready for a mix of requests.

    Raises:
        UndecidableError: Its prices are younger than the day, or no unit weighs a meter of the requests.
        UnsuitableError: What overflows is to be billed by an option that is not over an API.
    """
    if option.effective is not None and option.effective > as_of:
        raise UndecidableError(f"its prices are of {option.effective}; none is known for {as_of}", subject=name)
    source = option.source
    if source is None:
        source = Source(title=f"your own figure, {catalog.place(('options', name))}", checked=as_of)
    try:
        capacity = capacity_of(option, workload.shapes)
    except UndecidableError as error:
        raise UndecidableError(str(error), subject=name) from None
    sold = catalog.sold_model(option.model)
    return Offer(name, option, workload, capacity, sold, _spill(name, option, catalog), source, as_of)


def _spill(name: str, option: ProvisionedOption, catalog: Catalog) -> Spill | None:
    if not option.overflow:
        return None
    if option.overflow is True:
        same = ApiOption.model_construct(kind="api", model=option.model)
        return Spill(option.model, same, catalog.sold_model(option.model))
    named = catalog.option(option.overflow)
    if not isinstance(named.option, ApiOption):
        raise UnsuitableError(
            f"overflow is billed over an API; '{named.id}' is of kind {named.option.kind}", subject=name
        )
    return Spill(named.id, named.option, catalog.sold_model(named.option.model))


def provisioned_estimate(
    name: str, option: ProvisionedOption, workload: Workload, catalog: Catalog, *, as_of: date
) -> Estimate:
    """Price a month of provisioned capacity [USD/month].

    A request takes of a unit the sum of its tokens × their weights. The units are the smallest number that is sold
    and carries the rate of requests: that of the peak where one is stated and nothing spills over, else the mean. All
    are paid for, used or not. What comes while they are full is billed by the token where the option says so; else
    it is throttled, and neither served nor paid for.

    Leaves out bursts within an hour, queues that carry a burst into a quieter minute, a commitment's end, and that
    what overflows at some hours may have another price by the token at those.

    Args:
        name: The option's id.
        option: The option.
        workload: Requests a month, their shapes, and when they come.
        catalog: Options, and the API's prices.
        as_of: The day whose prices are in force.

    Raises:
        UndecidableError: A price or a weight is missing.
        UnsuitableError: What overflows is to be billed by an option that is not over an API.

    Source:
        docs/method/provisioned.md.
    """
    offer = offer_of(name, option, workload, catalog, as_of=as_of)
    month = offer.sized(Demand(workload.requests, workload.peak))
    sold, source = offer.sold, offer.source
    return Estimate(
        option=name,
        kind="provisioned",
        side="buy",
        lines=offer.lines(month),
        caveats=tuple(_caveats(offer, month)),
        price_date=option.effective or source.checked,
        source=source,
        retired=sold.model.retired if sold.retired_on(as_of) else None,
        last_listed=sold.model.last_listed if sold.unlisted_on(as_of) else None,
        unfit=_unfit(offer, month),
        via=source.title if source.url is not None else None,
    )


def provisioned_monthly(
    name: str, option: ProvisionedOption, workload: Workload, catalog: Catalog, *, as_of: date
) -> Monthly:
    """Make an option ready to be priced for one mix at any volume and peak; no assumption moves it.

    Raises:
        UndecidableError: A price or a weight is missing.
        UnsuitableError: What overflows is to be billed by an option that is not over an API.
    """
    offer = offer_of(name, option, workload, catalog, as_of=as_of)

    def month(demand: Demand, _at: Catalog) -> ProvisionedMonth:
        sized = offer.sized(demand)
        if offer.spill is None and sized.exceeds(_MEAN):
            raise UndecidableError("its units are too few for the mean rate of requests", subject=name)
        return ProvisionedMonth(offer.lines(sized))

    return month


def _unfit(offer: Offer, month: Sized) -> Unfit:
    workload, option = offer.workload, offer.option
    window = offer.sold.model.context_window
    longest = max(shape.prompt_tokens for shape in workload.shapes)
    if window is not None and workload.longest_request > window:
        return "too long"
    if option.longest_prompt is not None and longest > option.longest_prompt:
        return "too long"
    if offer.spill is None and month.exceeds(_MEAN):
        return "too small"
    if _calls(workload):
        return "part"
    return "bound" if offer.outlives_its_model else ""


def _calls(workload: Workload) -> tuple[str, ...]:
    return tuple(dict.fromkeys(call for shape in workload.shapes for call, amount in shape.units.items() if amount))


def _caveats(offer: Offer, month: Sized) -> Iterator[str]:
    yield _sizing(offer, month)
    yield from _use(offer, month)
    if (months := offer.option.commitment_months) is not None:
        owed = usd(decimal(offer.capacity.usd(month.numbers) * months))
        yield f"committed for {how_many(months, 'month')}: ${owed} is owed whatever is served"
    if not offer.capacity.is_cache_weighed:
        yield "cached input takes as much of the units as fresh input: they have no weight for it"
    yield from _not_served(offer)
    yield from _of_the_price(offer)


def _sizing(offer: Offer, month: Sized) -> str:
    """Say for which rate of requests there are so many units, and what the peak would need."""
    units, mean = _units(offer, month.numbers), f"the mean of {_number(month.rate)} requests a minute"
    if offer.capacity.is_fixed:
        return f"{units} as given, for {mean}: they carry {_carried(month)}"
    if month.times > 1:
        return f"{units} carry the peak: {_number(month.times)} times {mean}"
    peak = Fraction(offer.workload.peak)
    if peak == 1:
        return f"{units} carry {mean}, at an even rate"
    numbers = offer.capacity.bought(month.rate * peak)
    more = f"{_units(offer, numbers)} for ${usd(decimal(offer.capacity.usd(numbers)))} a month"
    if offer.workload.has_usual_peak:
        usual = f"no peak is stated (peak_to_mean, --peak-to-mean), and the usual {_number(peak)} times the mean needs"
        return f"{units} carry {mean} and no more: {usual} {more}"
    return f"{units} carry {mean}; its peak of {_number(peak)} times that needs {more}"


def _units(offer: Offer, numbers: Sequence[int]) -> str:
    each = zip(offer.capacity.units, numbers, strict=True)
    return " and ".join(f"{number:,} {unit.name}" for unit, number in each if number)


def _carried(month: Sized) -> str:
    return "any number" if month.carried is None else f"{_number(month.carried)}"


def _number(number: Fraction) -> str:
    return f"{float(number):,.0f}" if number >= _LARGE else f"{float(number):.3g}"


def _percent(share: Fraction) -> str:
    return f"{float(share) * 100:.3g} %"


def _use(offer: Offer, month: Sized) -> Iterator[str]:
    """Say how much of the units is used, and what becomes of the requests that they do not carry."""
    for unit, number in zip(offer.capacity.units, month.numbers, strict=True):
        needed = month.rate * month.times * unit.per_request
        if unit.entry.least > 1 and number == unit.entry.least and needed <= number - 1:
            yield f"at least {number:,} {unit.name} are sold: this work needs {_number(needed)}"
    served = month.rate - month.spilled / offer.capacity.minutes
    if month.carried:
        yield f"{_percent(served / month.carried)} of the units' capacity is used, and all of it is paid for"
    if offer.spill is not None:
        yield from _overflow(offer.spill, offer.workload, month)
    elif month.exceeds(_MEAN):
        yield f"not comparable here: the units carry {_carried(month)} requests a minute, fewer than the mean"
    elif month.exceeds(month.peaks.times):
        yield f"at the peak, requests above {_carried(month)} a minute are throttled: neither served nor paid for"


def _overflow(spill: Spill, workload: Workload, month: Sized) -> Iterator[str]:
    if not month.spilled:
        yield f"what exceeds the units would be billed at the rates of {spill.name}: nothing does at the rates stated"
        return
    share = month.spilled / workload.requests
    text = f"{_percent(share)} of the requests exceed the units and are billed at the rates of {spill.name}"
    if month.peaks.is_hourly and month.carried is not None:
        # requests that come at the peak's rate or not at all spill over most
        most = 1 - month.carried / month.rate / month.peaks.times
        text += f", if the peak lasts an hour a day; at most {_percent(most)}, if it lasts longer"
    yield text


def _not_served(offer: Offer) -> Iterator[str]:
    """Say what of the workload the units do not serve."""
    workload, window, limit = offer.workload, offer.sold.model.context_window, offer.option.longest_prompt
    longest = max(shape.prompt_tokens for shape in workload.shapes)
    if window is not None and workload.longest_request > window:
        yield too_long(workload, window)
    elif limit is not None and longest > limit:
        yield f"a prompt of {float(longest):,.0f} tokens exceeds the {limit:,} that its units take"
    if calls := _calls(workload):
        yield f"not comparable here: it leaves out {', '.join(calls)}"
    if workload.batchable_share or workload.service_tier or workload.region:
        yield "it says nothing of batches, service tiers and regions"


def _of_the_price(offer: Offer) -> Iterator[str]:
    sold, day = offer.sold, offer.as_of
    if sold.retired_on(day):
        yield f"retired by {sold.provider} on {sold.model.retired}: cannot be bought any more"
    elif sold.model.retired is not None:
        yield f"{sold.provider} retires it on {sold.model.retired}"
        if offer.outlives_its_model:
            yield f"not comparable here: its term of {offer.option.commitment_months} months ends after that day"
    if (age := (day - offer.source.evidence_day).days) > MAX_AGE_DAYS:
        yield f"stale: the price was last seen {age} days before {day}"
