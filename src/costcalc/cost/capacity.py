"""How many units of provisioned capacity a rate of requests needs, what they carry, and what spills over."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from math import ceil
from typing import NamedTuple

from costcalc.catalog.forms.provisioned import CapacityUnit, ProvisionedOption
from costcalc.cost.curve import ZERO
from costcalc.errors import UndecidableError
from costcalc.units import HOURS_PER_MONTH, Count
from costcalc.week import UNIFORM, WEEK, Load
from costcalc.workload import FRESH, OUTPUT_METERS, PROMPT_METERS, Shape, TokenMeter, Workload

MINUTES_PER_HOUR = 60
SECONDS_PER_MINUTE = 60
# a meter without a weight of its own weighs as much as this one
_COUNTS_AS: dict[TokenMeter, TokenMeter] = {**FRESH, "reasoning": "output"}


class Level(NamedTuple):
    """A part of the time in which requests come at one rate.

    Args:
        share: Its share of the time; those of all levels sum to 1.
        times: The rate over the mean rate.
    """

    share: Fraction
    times: Fraction


class Sold(NamedTuple):
    """One kind of unit, for one mix of requests.

    Args:
        name: How it is called.
        entry: What is sold.
        per_request: Units that one request a minute takes; 0 where the mix takes none of its capacity.
        is_used: Whether the mix has a meter that it weighs; else none is bought.
    """

    name: str
    entry: CapacityUnit
    per_request: Fraction
    is_used: bool

    def bought(self, rate: Fraction) -> int:
        """The smallest number that is sold and carries a rate of requests [requests/minute]; a fixed count as it is."""
        entry = self.entry
        if entry.count is not None:
            return entry.count
        if not self.is_used:
            return 0
        above = rate * self.per_request - entry.least
        return entry.least + max(0, ceil(above / entry.step)) * entry.step

    def carried(self, number: int) -> Fraction | None:
        """The rate of requests that some units carry [requests/minute]; None without a limit."""
        return Fraction(number) / self.per_request if self.per_request else None


class Capacity(NamedTuple):
    """The units of an option, for one mix of requests.

    Args:
        units: The kinds of unit that are sold.
        hours: Hours of the month in which they are kept, and requests come [h/month].
        is_cache_weighed: Whether cached input that the mix reads has a weight of its own.
    """

    units: tuple[Sold, ...]
    hours: Fraction
    is_cache_weighed: bool

    @property
    def is_fixed(self) -> bool:
        """Whether the numbers of units are given: they are for every kind, or for none."""
        return self.units[0].entry.count is not None

    @property
    def minutes(self) -> Fraction:
        """Minutes of the month in which requests come."""
        return self.hours * MINUTES_PER_HOUR

    def rate(self, requests: Count) -> Fraction:
        """The mean rate of a month's requests [requests/minute]."""
        return Fraction(requests) / self.minutes

    def bought(self, rate: Fraction) -> tuple[int, ...]:
        """How many units of each kind carry a rate of requests [requests/minute]."""
        return tuple(unit.bought(rate) for unit in self.units)

    def carried(self, numbers: Sequence[int]) -> Fraction | None:
        """The rate that all kinds of unit carry together, which is that of the scarcest [requests/minute]."""
        limits = (unit.carried(number) for unit, number in zip(self.units, numbers, strict=True) if unit.is_used)
        return min((limit for limit in limits if limit is not None), default=None)

    def spilled(self, requests: Count, numbers: Sequence[int], levels: Iterable[Level]) -> Fraction:
        """Requests of a month that come while the units are full [requests]."""
        limit, rate = self.carried(numbers), self.rate(requests)
        if limit is None:
            return ZERO
        above = (level.share * max(ZERO, level.times * rate - limit) for level in levels)
        return self.minutes * sum(above, start=ZERO)

    def usd(self, numbers: Sequence[int]) -> Fraction:
        """What some units cost [USD/month]."""
        each = (
            Fraction(unit.entry.usd) * self.hours / unit.entry.hours * number
            for unit, number in zip(self.units, numbers, strict=True)
        )
        return sum(each, start=ZERO)


def capacity_of(option: ProvisionedOption, shapes: Sequence[Shape]) -> Capacity:
    """Say what the units of an option carry of a mix of requests.

    Raises:
        UndecidableError: No unit weighs a meter of the requests, or they have no tokens.
    """
    used = dict.fromkeys(meter for shape in shapes for meter, tokens in shape.tokens.items() if tokens)
    if not used:
        raise UndecidableError("its units carry tokens, and the workload has none")
    every = [_weights(entry) for entry in option.units.values()]
    missing = [meter for meter in used if all(_weight(meter, weights) is None for weights in every)]
    if missing:
        known = ", ".join(dict.fromkeys(meter for weights in every for meter in weights))
        raise UndecidableError(f"no unit weighs '{missing[0]}', which the workload uses; there are weights of {known}")
    return Capacity(
        tuple(_sold(name, entry, shapes) for name, entry in option.units.items()),
        Fraction(option.hours_per_month or HOURS_PER_MONTH),
        "cache_read" not in used or any("cache_read" in weights for weights in every),
    )


def _sold(name: str, entry: CapacityUnit, shapes: Sequence[Shape]) -> Sold:
    """Add up what the mean request takes of a unit; of limits that hold apart, the one that is reached first."""
    weights = _weights(entry)
    meters = dict.fromkeys(meter for shape in shapes for meter, tokens in shape.tokens.items() if tokens)
    return Sold(
        name,
        entry,
        max(_tokens(shapes, weights, counted) / per_minute for per_minute, counted in _limits(entry)),
        any(_weight(meter, weights) is not None for meter in meters),
    )


def _weights(entry: CapacityUnit) -> Mapping[TokenMeter, Fraction]:
    """Give what a token takes of a unit; of prompts and outputs that are limited apart, a token takes one."""
    plain: dict[TokenMeter, Fraction] = {}
    if entry.input_tokens_per_minute is not None:
        plain["input"] = Fraction(1)
    if entry.output_tokens_per_minute is not None:
        plain["output"] = Fraction(1)
    return plain | {meter: Fraction(weight) for meter, weight in (entry.weights or {}).items()}


def _weight(meter: TokenMeter, weights: Mapping[TokenMeter, Fraction]) -> Fraction | None:
    return weights.get(meter, weights.get(_COUNTS_AS.get(meter, meter)))


def _limits(entry: CapacityUnit) -> Iterator[tuple[Fraction, Sequence[TokenMeter]]]:
    """Give what a unit carries [tokens/minute], and the meters that share it."""
    if entry.tokens_per_minute is not None:
        yield Fraction(entry.tokens_per_minute), (*PROMPT_METERS, *OUTPUT_METERS)
    if entry.tokens_per_second is not None:
        yield Fraction(entry.tokens_per_second) * SECONDS_PER_MINUTE, (*PROMPT_METERS, *OUTPUT_METERS)
    if entry.input_tokens_per_minute is not None:
        yield Fraction(entry.input_tokens_per_minute), PROMPT_METERS
    if entry.output_tokens_per_minute is not None:
        yield Fraction(entry.output_tokens_per_minute), OUTPUT_METERS


def _tokens(shapes: Sequence[Shape], weights: Mapping[TokenMeter, Fraction], meters: Sequence[TokenMeter]) -> Fraction:
    """Tokens that the mean request takes of a capacity, each by its weight."""
    return sum(
        (
            Fraction(shape.share) * Fraction(tokens) * (_weight(meter, weights) or ZERO)
            for shape in shapes
            for meter, tokens in shape.tokens.items()
            if meter in meters
        ),
        start=ZERO,
    )


class Peaks(NamedTuple):
    """How a workload's requests are spread over the time, as far as it says so.

    Args:
        levels: The rates at which they come.
        times: The highest rate over the mean; 1 where no peak is stated.
        is_hourly: Whether the levels are made of the peak alone.
    """

    levels: tuple[Level, ...]
    times: Fraction
    is_hourly: bool = False


EVEN = Peaks((Level(Fraction(1), Fraction(1)),), Fraction(1))
_BUSIEST = Fraction(1, 24)  # a peak is the rate of the busiest hour: judged to be one hour of each day


def peaks_of(workload: Workload, peak: Count) -> Peaks:
    """Say at which rates requests come.

    Hours that the workload states are taken as they are. Of a peak alone nobody knows how long it lasts: it is the
    busiest hour of each day, and the rest is spread evenly over the other 23. That leaves out the hours beside the
    busiest one, so that more may spill over. A peak that nobody stated moves nothing.

    Args:
        workload: The workload.
        peak: The busiest hour's rate over the mean rate, where it is stated.

    Example:
        Three times the mean in one hour of 24; in the others (24 − 3) ÷ 23 of it:

        >>> peaks_of(Workload.single(requests=1), 3).levels[1]
        Level(share=Fraction(23, 24), times=Fraction(21, 23))
    """
    if workload.has_usual_peak:
        return EVEN
    times = Fraction(peak)
    if workload.load is not UNIFORM:
        return Peaks(_levels(workload.load), times)
    if times == 1:
        return EVEN
    share = min(_BUSIEST, 1 / times)
    rest = (1 - share * times) / (1 - share)
    return Peaks((Level(share, times), Level(1 - share, rest)), times, is_hourly=True)


def _levels(load: Load) -> tuple[Level, ...]:
    """Add up the time of a week in which requests come at the same rate; none come outside its segments."""
    found: dict[Fraction, Fraction] = {}
    for start, end, share in load.segments:
        time = Fraction(end - start, WEEK)
        times = Fraction(share) / time
        found[times] = found.get(times, ZERO) + time
    return tuple(Level(time, times) for times, time in sorted(found.items(), reverse=True))
