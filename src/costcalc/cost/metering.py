"""What a workload uses of every meter of a model, under the prices that each part of it meets."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction
from math import ceil, lcm
from typing import NamedTuple

from costcalc.catalog.forms.options import ApiOption
from costcalc.catalog.things import SoldModel
from costcalc.cost.estimate import CostLine
from costcalc.cost.rates import Rate, RateCard
from costcalc.cost.tariff import STANDARD, Tariff, Terms, tariff_on
from costcalc.errors import UndecidableError, UnknownNameError
from costcalc.units import Count, exact, times, whole
from costcalc.workload import FRESH, PROMPT_METERS, Meter, Shape, TokenMeter, UnitMeter, Workload

_CONTAINER = frozenset({"container_session", "container_duration"})
_STORED: Meter = "cache_storage"
LONGER_WRITES: frozenset[Meter] = frozenset({"cache_write_1h", "cache_write_12h"})

_PLAIN = Terms()
_ANY_HOUR: tuple[tuple[tuple[bool, ...], Count], ...] = (((), 1),)  # where no hour has a price of its own

Usage = Mapping[Rate, Count]  # what a month uses of each rate, in the unit of its meter


class Part(NamedTuple):
    """Requests of one shape that are priced alike.

    Args:
        requests: How many of them there are in a month.
        shape: What each of them uses.
        tariff: The prices of the day, on the terms on which they are processed.
        held: Which hours with a price of their own they fall into.
        card: The rates that hold for them.
    """

    requests: Count
    shape: Shape
    tariff: Tariff
    held: tuple[bool, ...]
    card: RateCard

    @property
    def is_by_request(self) -> bool:
        """Whether a request has a price and no token has one."""
        return self.card.is_by_request


def parts_of(option: ApiOption, sold: SoldModel, workload: Workload, day: date) -> list[Part]:
    """Split a month of requests into parts that are priced alike; those of a batch stand first.

    Raises:
        UndecidableError: No price is known for the day.
        UnknownNameError: The provider sells no such tier or region of this model.
    """
    terms = _terms(option, workload)
    tariff = tariff_on(sold, day, terms)
    parts: list[Part] = []
    # what needs a tier does not wait for a batch
    if terms.service_tier is not None or not tariff.sells_batch or not _waits(workload):
        for shape in workload.shapes:
            parts += _split(workload, shape, tariff, workload.requests)
        return parts
    batch = tariff_on(sold, day, Terms("batch", None, terms.region))
    for shape in workload.shapes:
        waiting = _batchable(shape, workload)
        for priced, share in ((batch, waiting), (tariff, 1 - waiting)):
            if share:
                parts += _split(workload, shape, priced, workload.requests * share)
    return sorted(parts, key=lambda part: part.tariff is not batch)


def _terms(option: ApiOption, workload: Workload) -> Terms:
    if option.service_tier is option.region is workload.service_tier is workload.region is None:
        return _PLAIN
    return Terms(None, _tier(option.service_tier, workload.service_tier), _place(option.region, workload.region))


def _waits(workload: Workload) -> bool:
    """Say whether a request may wait for a batch, as far as shapes and workload say it each for itself."""
    for shape in workload.shapes:  # asked for every estimate: a generator takes four times as long
        if shape.batchable_share:
            return True
    return bool(workload.batchable_share)


def _batchable(shape: Shape, workload: Workload) -> Count:
    return workload.batchable_share if shape.batchable_share is None else shape.batchable_share


def _tier(option: str | None, workload: str | None) -> str | None:
    """Take the option's or the workload's wish; two different ones cannot both be met."""
    if option not in STANDARD and workload not in STANDARD and option != workload:
        raise UnknownNameError(f"the option is bound to service tier '{option}'; the workload asks for '{workload}'")
    return option if option not in STANDARD else workload if workload not in STANDARD else None


def _place(option: str | None, workload: str | None) -> str | None:
    if option is not None and workload is not None and option != workload:
        raise UnknownNameError(f"the option is bound to region '{option}'; the workload asks for '{workload}'")
    return option or workload


def _split(workload: Workload, shape: Shape, tariff: Tariff, requests: Count) -> list[Part]:
    # a length decides what is assumed to be cached; what a log of this model recorded as cached was cached
    if shape.prompt_tokens < tariff.cacheable_from and workload.logged != "here":
        shape = uncached(shape)
    alike = requests * shape.share
    parts = []
    for held, share in (shape.load or workload.load).shares(tariff.hours) if tariff.hours else _ANY_HOUR:
        card = tariff.card(shape.prompt_tokens, held)
        priced = as_sold(shape, card) if workload.logged == "elsewhere" else shape
        parts.append(Part(times(alike, share) if held else alike, priced, tariff, held, card))
    return parts


def uncached(shape: Shape) -> Shape:
    """Give a request with everything that is cached counted as fresh input.

    Example:
        >>> uncached(Shape.of(input_tokens=2_000, cached_share=0.25, output_tokens=300)).tokens
        {'input': 2000, 'output': 300}
    """
    if FRESH.keys().isdisjoint(shape.tokens):
        return shape
    tokens: dict[TokenMeter, Count] = {}
    for meter, amount in shape.tokens.items():
        fresh = FRESH.get(meter, meter)
        tokens[fresh] = tokens.get(fresh, 0) + amount
    return replace(shape, tokens=tokens)


def as_sold(shape: Shape, card: Collection[Meter]) -> Shape:
    """Give a request that another model served as this one would bill it: what it wrote to a cache, as it sells it.

    A time to live that it does not sell is its own; where it bills no writes, but reads, a write is fresh input.

    Example:
        >>> asked = Shape({"input": 10, "cache_write_1h": 90})
        >>> [as_sold(asked, {"input", "cache_read", *more}).tokens for more in (("cache_write",), ())]
        [{'input': 10, 'cache_write': 90}, {'input': 100}]
    """
    is_free = "cache_write" not in card and "cache_read" in card
    tokens: dict[TokenMeter, Count] = {}
    for meter, amount in shape.tokens.items():
        sold: TokenMeter = "cache_write" if meter in LONGER_WRITES and meter not in card else meter
        sold = "input" if sold == "cache_write" and is_free else sold
        tokens[sold] = tokens.get(sold, 0) + amount
    return replace(shape, tokens=tokens) if tokens.keys() != shape.tokens.keys() else shape


def usage_of(parts: list[Part]) -> dict[Rate, Count]:
    """Add up what the requests use of each rate, in the order of their first use.

    Raises:
        UndecidableError: A meter that they use has no rate.
    """
    return in_full(*tally(parts))


def in_full(used: Usage, per: int) -> dict[Rate, Count]:
    """Give what is used of each rate, of so many times as much."""
    return dict(used) if per == 1 else {rate: whole(Fraction(amount) / per) for rate, amount in used.items()}


def tally(parts: list[Part]) -> tuple[dict[Rate, Count], int]:
    """Add up what the requests use of each rate, so many times over that the requests of every part are whole.

    Hours with another price make fractions of the requests of a month, which cost ten times as much to add up.

    Returns:
        What they use, in the order of their first use, and how many times over.

    Raises:
        UndecidableError: A meter that they use has no rate.
    """
    per = lcm(*[part.requests.denominator for part in parts]) if len(parts) > 1 else 1
    totals: dict[Rate, Count] = {}
    for part in parts:
        shape, card = part.shape, part.card
        requests = part.requests if per == 1 else times(part.requests, per)
        for meter, quantity in shape.tokens.items() if card.is_by_token and not shape.units else _quantities(part):
            rate = card[meter] if meter in card else _rate(part, meter)
            amount = requests * quantity
            totals[rate] = totals[rate] + amount if rate in totals else amount
    return totals, per


def ratio_of(used: Usage) -> tuple[int, int]:
    """Add up what is used × its price, exactly: a numerator and a denominator [USD], as `exact_usd` of its lines."""
    total, scale = 0, 1
    for rate, amount in used.items():
        top, bottom = rate.ratio
        if type(amount) is not int:
            amount, bottom = amount.numerator, bottom * amount.denominator  # noqa: PLW2901  # both whole from here on
        if scale % bottom:
            wider = lcm(scale, bottom)
            total, scale = total * (wider // scale), wider
        total += top * amount * (scale // bottom)
    return total, scale


def stored_of(parts: list[Part], workload: Workload) -> dict[Rate, Count]:
    """Give what a month keeps in a cache, however many requests read it; nothing where no seller of it asks a fee.

    A provider that bills no storage of any of its models keeps prompts without a fee, or does not keep them at all:
    what is read then is billed as `usage_of` says.

    Raises:
        UndecidableError: The provider bills storage of other models, and that of this one is not known.
    """
    first = parts[0]
    if not workload.stored or (_STORED not in first.card and not first.tariff.sold.provider_stores):
        return {}
    return {_rate(first, _STORED): workload.stored}


def free_units(parts: list[Part]) -> Mapping[Meter, Count]:
    """Give what of each meter costs nothing in a month."""
    free: Mapping[Meter, Count] = parts[0].tariff.free
    return free


def billed(used: Usage, free: Mapping[Meter, Count]) -> dict[Rate, Count]:
    """Take off what is free; where a meter has several rates, each bears the part that it has of the month.

    Example:
        Without an allowance all of it is billed; a rate is its own key, so any will do:

        >>> billed({"a rate": 3}, {})
        {'a rate': 3}
    """
    if not free:
        return dict(used)
    totals: dict[str, Count] = {}
    for rate, amount in used.items():
        totals[rate.item] = totals.get(rate.item, 0) + amount
    shares = {item: _billed_share(total, free.get(item, 0)) for item, total in totals.items()}  # type: ignore[call-overload]  # an item is a meter
    return {rate: amount * shares[rate.item] for rate, amount in used.items()}


def _billed_share(total: Count, free: Count) -> Fraction:
    return max(Fraction(0), 1 - Fraction(free) / Fraction(total)) if total else Fraction(1)


def line_of(rate: Rate, total: Count) -> CostLine:
    """Write what is used of a rate as a line of the bill."""
    return CostLine(
        item=rate.item,
        part="meter",
        amount=whole(total),
        per=rate.per,
        unit=rate.unit,
        unit_price_usd=rate.usd,
        list_unit_price_usd=rate.list_usd,
        source=rate.source,
        conditions=rate.conditions,
        path=rate.path,
        also=rate.also,
    )


def _quantities(part: Part) -> Iterator[tuple[Meter, Count]]:
    """Walk what a request uses; a prompt costs nothing where a request has a price and no token has one."""
    by_request = part.is_by_request
    for meter, amount in part.shape.tokens.items():
        if not (by_request and meter in PROMPT_METERS):
            yield meter, amount
    if part.shape.units:
        yield from _units(part)
    if "request" in part.card:
        yield "request", 1


def _units(part: Part) -> Iterator[tuple[UnitMeter, Count]]:
    units = part.shape.units
    for meter, amount in units.items():
        if meter not in _CONTAINER:
            yield meter, _counted(part, meter, amount)
    if "container_session" in units:
        yield _container(part, units["container_session"], units.get("container_duration"))


def _container(part: Part, sessions: Count, seconds: Count | None) -> tuple[UnitMeter, Count]:
    """Bill containers by their time where it has a rate, else by the session; how long a full one is, a tariff says."""
    if "container_duration" not in part.card:
        return "container_session", _counted(part, "container_session", sessions)
    each = Fraction(seconds) / Fraction(sessions) if seconds is not None else full_session(part.tariff)
    if each is None:
        message = "containers are billed by time: the workload says how many (container_sessions), not how long each is"
        raise UndecidableError(f"{message}; add container_minutes", subject=part.tariff.sold.ref)
    return "container_duration", sessions * _counted(part, "container_duration", each)


def full_session(tariff: Tariff) -> Count | None:
    """How long a full session of a container is, where the tariff says so [s]."""
    return tariff.session


def _counted(part: Part, meter: UnitMeter, amount: Count) -> Count:
    """Count the units of one request as the vendor does: at least so many, in whole steps."""
    counting = part.tariff.counted.get(meter)
    if counting is None:
        return amount
    if counting.step is not None:
        step = exact(counting.step)
        amount = ceil(Fraction(amount) / step) * step
    return max(amount, exact(counting.least)) if counting.least is not None else amount


def _rate(part: Part, meter: Meter) -> Rate:
    """Find a meter's rate; one that is missing is an error, never $0."""
    rate = part.card.get(meter)
    if rate is None and (meter == "cache_read" or (meter == "cache_write" and "cache_read" not in part.card)):
        rate = part.card.get("input")  # a model without caching reads every token afresh, and writes none to a cache
    if rate is None:
        known = ", ".join(part.card)
        price = part.tariff.price
        message = f"no rate for '{meter}', which the workload uses; its price of {price.effective} has {known}"
        raise UndecidableError(message, subject=part.tariff.sold.ref)
    return rate
