"""What a workload costs over a provider's API."""

from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from costcalc.catalog.catalog import MAX_AGE_DAYS
from costcalc.catalog.forms.options import ApiOption
from costcalc.catalog.forms.schema import Contract, Source
from costcalc.catalog.things import SoldModel
from costcalc.cost.estimate import CostLine, Estimate, too_long, total_usd
from costcalc.cost.fees import fee_caveats, roundings, surcharges
from costcalc.cost.rates import Rate, RateCard, describe
from costcalc.cost.tariff import STANDARD, Tariff, Terms, tariff_on
from costcalc.errors import UndecidableError, UnknownNameError
from costcalc.units import MTOK, THOUSAND, Count, full_usd, whole
from costcalc.week import Load
from costcalc.workload import CALL_METERS, PROMPT_METERS, Meter, Shape, Workload

_CALLS = frozenset(CALL_METERS)


def api_estimate(
    name: str, option: ApiOption, sold: SoldModel, workload: Workload, *, as_of: date, open_window: int | None = None
) -> Estimate:
    """Price a month of requests over an API [USD/month].

    Every shape is priced as single requests: its meters × the rates in force for its own prompt length. The
    sum over shapes, batchable and other requests, and hours with another price is the month. A month's total
    is never priced as one prompt: 1M tokens in and 100k out cost $4.00 as a hundred GPT-5.4 requests and
    $7.25 as one, because the long-context price holds for a prompt above 272,000 tokens.

    Leaves out taxes, support plans, volume discounts that are not in a contract, storage of caches by the
    hour, and failed requests. What a commitment leaves unused is a caveat and no part of the cost: it is owed whichever
    option is chosen, so it decides nothing between them.

    Args:
        name: The option's id.
        option: The option.
        sold: The model that it names.
        workload: Requests a month, their shapes, and when they come.
        as_of: The day whose prices are in force.
        open_window: The context window of the open model that is sold, for a seller who publishes none [tokens].

    Raises:
        UndecidableError: A meter that the workload uses has no rate, or no price is known for the day.
        UnknownNameError: The provider sells no such tier or region of this model.

    Source:
        The providers' price pages, each in its entry of ``pricing/api/``.

    Example:
        100 × (10,000 tokens × $2.50 + 1,000 tokens × $15.00) per million:

        >>> from costcalc.catalog.layers.load import load_catalog
        >>> sold = load_catalog().sold_model("openai/gpt-5.4")
        >>> month = Workload.single(requests=100, input_tokens=10_000, output_tokens=1_000)
        >>> api_estimate("gpt-5.4", ApiOption(kind="api", model="gpt-5.4"), sold, month,
        ...              as_of=date(2026, 11, 22)).monthly_usd
        Decimal('4.00')
    """
    window = sold.model.context_window if sold.model.context_window is not None else open_window
    parts = _parts(option, sold, workload, as_of)
    if all(map(_is_by_request, parts)):  # what is billed by the request reads each document apart
        window = None
    exact = _billed(parts)
    lines = (*exact, *roundings(sold, exact))
    tariff = parts[0].tariff
    price = tariff.price
    contracted = (
        *fee_caveats(sold, tariff.contract),
        *_contract_caveats(sold, lines),
        *_commitment_caveats(sold, tariff.contract, lines),
    )
    caveats = dict.fromkeys([*_caveats(sold, workload, parts, as_of, window), *contracted])
    return Estimate(
        option=name,
        kind="api",
        side="buy",
        lines=lines,
        caveats=tuple(caveats),
        price_date=price.effective,
        source=price.source,
        retired=sold.model.retired if sold.retired_on(as_of) else None,
        last_listed=sold.model.last_listed if sold.unlisted_on(as_of) else None,
        unfit="too long" if window is not None and workload.longest_request > window else "",
        via=_via(sold, price.source),
    )


def api_lines(option: ApiOption, sold: SoldModel, workload: Workload, *, as_of: date) -> tuple[CostLine, ...]:
    """Give the lines of `api_estimate` alone, exact: an analysis that asks thousands of times reads no caveats.

    Raises:
        UndecidableError: A meter that the workload uses has no rate, or no price is known for the day.
        UnknownNameError: The provider sells no such tier or region of this model.
    """
    return _billed(_parts(option, sold, workload, as_of))


def _via(sold: SoldModel, source: Source) -> str | None:
    """Say who has read the page: the price's own source, where it has a title, else its provider's file."""
    if source.title is None:
        return sold.via
    return source.title if source.url is not None else None


class _Part(NamedTuple):
    """Requests of one shape that are priced alike."""

    requests: Count
    shape: Shape
    tariff: Tariff
    held: tuple[bool, ...]
    card: RateCard


def _parts(option: ApiOption, sold: SoldModel, workload: Workload, day: date) -> list[_Part]:
    tier = _tier(option.service_tier, workload.service_tier)
    region = _place(option.region, workload.region)
    tariff = tariff_on(sold, day, Terms(None, tier, region))
    waits = any(_batchable(shape, workload) for shape in workload.shapes)
    if not waits or not tariff.sells_batch or tier is not None:  # what needs a tier does not wait for a batch
        return [part for shape in workload.shapes for part in _split(workload, shape, tariff, workload.requests)]
    batch = tariff_on(sold, day, Terms("batch", None, region))
    parts: list[_Part] = []
    for shape in workload.shapes:
        waiting = _batchable(shape, workload)
        for priced, share in ((batch, waiting), (tariff, 1 - waiting)):
            if share:
                parts += _split(workload, shape, priced, workload.requests * share)
    return sorted(parts, key=lambda part: part.tariff is not batch)  # the batch's lines stand first


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


def _split(workload: Workload, shape: Shape, tariff: Tariff, requests: Count) -> Iterator[_Part]:
    load = workload.load if shape.load is None else shape.load
    if shape.prompt_tokens < tariff.sold.cacheable_from:
        shape = shape.uncached()
    for held, share in load.shares(tariff.hours):
        yield _Part(requests * (shape.share * share), shape, tariff, held, tariff.card(shape.prompt_tokens, held))


def _billed(parts: list[_Part]) -> tuple[CostLine, ...]:
    """Add up what the parts use of each rate: one line for each, in the order of their first use; then a surcharge."""
    totals: dict[Rate, Count] = {}
    for part in parts:
        for meter, quantity in _quantities(part):
            rate = _rate(part, meter)
            amount = part.requests * quantity
            totals[rate] = totals[rate] + amount if rate in totals else amount
    lines = tuple(_line(rate, total) for rate, total in totals.items())
    return (*lines, *surcharges(parts[0].tariff.sold, parts[0].tariff.contract, lines))


def _quantities(part: _Part) -> Iterator[tuple[Meter, Count]]:
    """Walk what a request uses; a prompt costs nothing where a request has a price and no token has one."""
    by_request = _is_by_request(part)
    for meter, amount in part.shape.tokens.items():
        if not (by_request and meter in PROMPT_METERS):
            yield meter, amount
    yield from part.shape.calls.items()
    if "request" in part.card:
        yield "request", 1


def _is_by_request(part: _Part) -> bool:
    return "request" in part.card and part.card.keys() <= _CALLS


def _rate(part: _Part, meter: Meter) -> Rate:
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


def _line(rate: Rate, total: Count) -> CostLine:
    return CostLine(
        item=rate.item,
        part="meter",
        amount=whole(total),
        per=MTOK if rate.unit == "Mtok" else THOUSAND,
        unit=rate.unit,
        unit_price_usd=rate.usd,
        list_unit_price_usd=rate.list_usd,
        source=rate.source,
        conditions=rate.conditions,
        path=rate.path,
        also=rate.also,
    )


def _caveats(sold: SoldModel, workload: Workload, parts: list[_Part], day: date, window: int | None) -> Iterator[str]:
    model, first = sold.model, parts[0]
    if sold.retired_on(day):
        yield f"retired by {sold.provider} on {model.retired}: cannot be bought any more"
    elif model.retired is not None:
        yield f"{sold.provider} retires it on {model.retired}"
    if sold.unlisted_on(day) and not sold.retired_on(day):
        yield f"no list of {sold.provider}'s prices has had it since {model.last_listed}: ask whether it is still sold"
    if sold.contract is not None and first.tariff.contract is None:
        until = sold.contract.until
        when = f"ended on {until}" if until and until < day else f"begins on {sold.contract.effective}"
        yield f"the contract '{sold.contract.source}' {when}: these are list prices"
    if (age := (day - first.tariff.price.source.evidence_day).days) > MAX_AGE_DAYS:
        yield f"stale: the price was last seen {age} days before {day}"
    yield from _announced(first.tariff)
    if workload.batchable_share and first.tariff.terms.processing != "batch":
        bound = f"needs the {first.tariff.terms.service_tier} tier" if first.tariff.sells_batch else None
        yield f"{bound or 'no batch price is published'}: batchable requests are priced as all others"
    yield from _hour_caveats(first.tariff, workload.load)
    yield from _cache_caveats(parts)
    yield from _unbilled(sold, workload, parts)
    if window is not None and workload.longest_request > window:
        yield too_long(workload, window)


def _unbilled(sold: SoldModel, workload: Workload, parts: list[_Part]) -> Iterator[str]:
    """Say which prompts are too short to be cached, and whether prompts cost nothing at all."""
    short = [shape for shape in workload.shapes if shape.prompt_tokens < sold.cacheable_from]
    cached = [shape.prompt_tokens for shape in short if shape.uncached().tokens != shape.tokens]
    if cached:
        longest = f"{float(max(cached)):,.0f} tokens"
        yield f"it caches prompts from {sold.cacheable_from:,} tokens on: those of {longest} are billed as fresh input"
    if all(map(_is_by_request, parts)) and any(part.shape.prompt_tokens for part in parts):
        yield "it is billed by the request, whatever its tokens"


def _contract_caveats(sold: SoldModel, lines: tuple[CostLine, ...]) -> Iterator[str]:
    if sold.contract is None:
        return
    at_list = tuple(line._replace(unit_price_usd=line.list_unit_price_usd) for line in lines if line.part == "meter")
    listed = total_usd((*at_list, *surcharges(sold, None, at_list)))
    if listed != total_usd([line for line in lines if line.part != "rounding"]):
        yield f"contract '{sold.contract.source}': at list prices it would be ${full_usd(listed)}"


def _commitment_caveats(sold: SoldModel, contract: Contract | None, lines: tuple[CostLine, ...]) -> Iterator[str]:
    """Say how much of a commitment a month uses up; what is left of it is owed whichever option is chosen."""
    if contract is None or contract.commitment_usd is None:
        return
    metered = [line for line in lines if line.part == "meter"]  # a surcharge on payments buys nothing
    committed, used = contract.commitment_usd, total_usd(metered)
    owed = f"contract '{contract.source}' commits you to ${full_usd(committed)} a month with {sold.provider}"
    if used >= committed:
        yield f"{owed}: this month uses it up"
    else:
        left = f"${full_usd(committed - used)} is owed whatever you choose, unless other workloads use it"
        yield f"{owed}, and this month uses ${full_usd(used)} of it: {left}"


def _announced(tariff: Tariff) -> Iterator[str]:
    """Say what the next price will be, where it is known already."""
    later = tariff.sold.model.prices[tariff.index + 1 :]
    if later:
        now, then = tariff.price.usd_per_mtok or {}, later[0].usd_per_mtok or {}
        changes = [
            f"{meter} ${full_usd(now[meter])} → ${full_usd(then[meter])}"
            for meter in now
            if meter in then and now[meter] != then[meter]
        ]
        yield f"another price holds from {later[0].effective} on: {', '.join(changes) or 'its conditions change'}"


@lru_cache(maxsize=256)
def _hour_caveats(tariff: Tariff, load: Load) -> tuple[str, ...]:
    return tuple(
        f"{float(sum(share for held, share in load.shares((when.hours,)) if held[0])) * 100:.1f} % of requests"
        f" fall into {describe(when)} (load: {load.label})"
        for when in tariff.price.when
        if when.hours is not None
    )


def _cache_caveats(parts: list[_Part]) -> Iterator[str]:
    reading = [part for part in parts if "cache_read" in part.shape.tokens]
    cached = [part for part in parts if {"cache_read", "cache_write"} & part.shape.tokens.keys()]
    if any("cache_read" not in part.card for part in cached):
        yield "it publishes no price for cached input: cached tokens are billed as fresh input"
    unwritten = [part.card for part in reading if "cache_write" not in part.shape.tokens and "cache_write" in part.card]
    dearer = [card["cache_write"].usd for card in unwritten if card["cache_write"].usd != card["input"].usd]
    if dearer:
        cost = f"writing to the cache costs ${full_usd(dearer[0])} per Mtok"
        yield f"{cost} and is not counted: the workload states no cache writes"
