"""What the reader must know before trusting an API's row."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache

from costcalc.catalog.catalog import MAX_AGE_DAYS
from costcalc.catalog.exchange import exchange_of, stale_rate
from costcalc.catalog.forms.contracts import Contract
from costcalc.catalog.forms.rates import METER_WORDS
from costcalc.catalog.forms.schema import Price
from costcalc.catalog.things import SoldModel
from costcalc.cost.estimate import CostLine, LeftOut, Silence, too_long, total_usd
from costcalc.cost.fees import fee_caveats, surcharges
from costcalc.cost.metering import LONGER_WRITES, Part, free_units, full_session, uncached, usage_of
from costcalc.cost.rates import Rate, describe
from costcalc.cost.tariff import Tariff
from costcalc.units import HOURS_PER_MONTH, MTOK, SECONDS_PER_HOUR, Count, cost_of, exact, full_usd, usd, whole
from costcalc.week import Load
from costcalc.workload import Meter, TokenMeter, Workload

_STORED: Meter = "cache_storage"
_MATTERS = 100  # what is left out matters from a hundredth of the cost on
_MEDIA_IN: tuple[Meter, ...] = ("input_audio", "input_image", "input_video")
_MEDIA_OUT: tuple[Meter, ...] = ("output_audio", "output_image")
_MEDIA = frozenset((*_MEDIA_IN, *_MEDIA_OUT))
_DEAR = frozenset((*_MEDIA_OUT, _STORED))
# meters of which a workload may say nothing though it uses them, each with another that says the same
_SILENT: dict[Meter, Meter] = {
    "web_search": "web_search",
    "file_search": "file_search",
    "container_session": "container_duration",
    "container_duration": "container_session",
    "page": "page",
    "input_picture": "input_picture",
    "output_picture": "output_picture",
    "input_duration": "input_duration",
    "output_duration": "output_duration",
    "input_character": "input_character",
    "output_character": "output_character",
}
_ONE: dict[Meter, int] = {
    "input_duration": 60,
    "output_duration": 60,
    "input_character": 1_000,
    "output_character": 1_000,
}


def caveats_of(
    sold: SoldModel,
    workload: Workload,
    parts: list[Part],
    day: date,
    *,
    lines: tuple[CostLine, ...],
    window: int | None,
) -> Iterator[str]:
    """Say what the reader must know before trusting an API's row.

    Args:
        sold: The model.
        workload: What is served.
        parts: Its requests, as they are priced.
        day: The day whose prices are in force.
        lines: What they cost.
        window: The longest request that the model takes [tokens], or None.
    """
    yield from _of_sale(sold, parts[0].tariff, day)
    yield from _of_terms(parts[0].tariff, workload)
    yield from _cache_caveats(parts)
    yield from _unbilled(sold, workload, parts)
    yield from _written(workload, parts)
    yield from _free(parts)
    yield from _uncounted(parts, workload)
    if window is not None and workload.longest_request > window:
        yield too_long(workload, window)
    yield from fee_caveats(sold, parts[0].tariff.contract)
    yield from _contract_caveats(sold, lines)
    yield from _commitment_caveats(sold, parts[0].tariff.contract, lines)


def _of_sale(sold: SoldModel, tariff: Tariff, day: date) -> Iterator[str]:
    """Say whether it is still sold, under which contract, and how old the price is."""
    model = sold.model
    if sold.retired_on(day):
        yield f"retired by {sold.provider} on {model.retired}: cannot be bought any more"
    elif model.retired is not None:
        yield f"{sold.provider} retires it on {model.retired}"
    if sold.unlisted_on(day) and not sold.retired_on(day):
        yield f"no list of {sold.provider}'s prices has had it since {model.last_listed}: ask whether it is still sold"
    if sold.contract is not None and tariff.contract is None:
        until = sold.contract.until
        when = f"ended on {until}" if until and until < day else f"begins on {sold.contract.effective}"
        yield f"the contract '{sold.contract.source}' {when}: these are list prices"
    if (age := (day - tariff.price.source.evidence_day).days) > MAX_AGE_DAYS:
        yield f"stale: the price was last seen {age} days before {day}"
    yield from _of_currency(sold, tariff.price.currency, day)
    yield from _announced(tariff)


def _of_currency(sold: SoldModel, currency: str | None, day: date) -> Iterator[str]:
    """Say at which rate of exchange prices were converted, and whether it is too old."""
    rate = exchange_of(sold, currency, day)
    if rate is None or currency is None:
        return
    yield f"its prices are in {currency}: {rate.per_usd.normalize():f} per USD on {rate.effective} ({rate.source})"
    if stale := stale_rate(rate, currency, day):
        yield stale


def _of_terms(tariff: Tariff, workload: Workload) -> Iterator[str]:
    """Say what becomes of batchable requests, and how many fall into hours with a price of their own."""
    if workload.batchable_share and tariff.terms.processing != "batch":
        bound = f"needs the {tariff.terms.service_tier} tier" if tariff.sells_batch else None
        yield f"{bound or 'no batch price is published'}: batchable requests are priced as all others"
    yield from _hour_caveats(tariff, workload.load)


def _unbilled(sold: SoldModel, workload: Workload, parts: list[Part]) -> Iterator[str]:
    """Say which prompts are too short to be cached, and whether prompts cost nothing at all."""
    is_fact = workload.logged == "here"
    short = [shape for shape in workload.shapes if shape.prompt_tokens < sold.cacheable_from and not is_fact]
    cached = [shape.prompt_tokens for shape in short if uncached(shape).tokens != shape.tokens]
    if cached:
        longest = f"{float(max(cached)):,.0f} tokens"
        yield f"it caches prompts from {sold.cacheable_from:,} tokens on: those of {longest} are billed as fresh input"
    if all(part.is_by_request for part in parts) and any(part.shape.prompt_tokens for part in parts):
        yield "it is billed by the request, whatever its tokens"


def _written(workload: Workload, parts: list[Part]) -> Iterator[str]:
    """Say how it bills what a log wrote to another model's cache."""
    if workload.logged != "elsewhere":
        return
    card, used = parts[0].card, {meter for shape in workload.shapes for meter in shape.tokens}
    if "cache_write" not in card and "cache_read" in card and used & {"cache_write", *LONGER_WRITES}:
        yield "it bills no writes to its cache: what the log wrote to one is billed as fresh input"
    elif used & (LONGER_WRITES - card.keys()):
        yield "it sells no cache for as long as the log's: what the log wrote to one is billed at its own time to live"


def _free(parts: list[Part]) -> Iterator[str]:
    """Say how much of a month an allowance covers; other workloads use up the same one."""
    free = free_units(parts)
    totals: dict[str, Count] = {}
    for rate, amount in usage_of(parts).items() if free else ():
        totals[rate.item] = totals.get(rate.item, 0) + amount
    for meter, amount in free.items():
        if used := totals.get(meter):
            words = f"the first {_number(amount)} {METER_WORDS.get(meter, meter)} of a month are free"
            words += " (by the day, as if each day used all of it)" if meter in parts[0].tariff.daily else ""
            counted = f"{_number(min(amount, used))} of {_number(used)} here"
            yield f"{words}: {counted}; other workloads use up the same allowance"


def _uncounted(parts: list[Part], workload: Workload) -> Iterator[str]:
    """Say what the model prices and the workload is silent about, with the size of the risk."""
    first, requests = parts[0], workload.requests
    units = {meter for shape in workload.shapes for meter in shape.units}
    dear = tuple(
        (meter, rate)
        for meter, rate in first.card.items()
        if meter in _SILENT and meter not in units and _SILENT[meter] not in units
    )
    if dear:
        yield _silence(dear, requests, full_session(first.tariff) or SECONDS_PER_HOUR)
    if not _MEDIA.isdisjoint(first.card):
        yield from _media(first, workload)
    if _STORED in first.card and not workload.stored:
        yield from _unkept(first.card[_STORED], workload)
    container = first.card.get("container_duration")
    if container is not None and "container_session" in units and "container_duration" not in units:
        yield from _session(first, container, workload)


@lru_cache(maxsize=256)
def _silence(dear: tuple[tuple[Meter, Rate], ...], requests: Count, session: Count) -> Silence:
    """Say what each of some meters would cost if every request used it once."""
    words = [
        f"{METER_WORDS.get(meter, meter)} (${full_usd(rate.usd)} per {rate.unit}, one a request adds"
        f" ${usd(cost_of(whole(requests * _one(meter, session)), usd=rate.usd, per=rate.per))})"
        for meter, rate in dear
    ]
    return Silence(f"not counted, none is stated: {', '.join(words)}")


def _media(part: Part, workload: Workload) -> Iterator[str]:
    """Say what prompts and outputs would cost more if they were not text."""
    stated = {meter for shape in workload.shapes for meter in shape.tokens}
    sides: tuple[tuple[Meter, tuple[Meter, ...], Count], ...] = (
        ("input", _MEDIA_IN, workload.input_tokens),
        ("output", _MEDIA_OUT, workload.output_tokens),
    )
    for plain, media, total in sides:
        if plain not in part.card or not total:
            continue
        text = part.card[plain].usd
        for meter in media:
            rate = part.card.get(meter)
            if rate is not None and rate.usd > text and not stated & {meter, *media}:
                more = cost_of(total, usd=rate.usd - text, per=MTOK)
                words = f"{METER_WORDS.get(meter, meter)} cost ${full_usd(rate.usd)} per Mtok, text ${full_usd(text)}"
                yield f"{words}; all {plain} is counted as text: it would be up to ${usd(more)} more"


def leaves_out(parts: list[Part], workload: Workload, lines: tuple[CostLine, ...]) -> LeftOut:
    """Say what the seller bills, the workload may use and does not state, where that would move its cost by 1 %."""
    card = parts[0].card
    if _DEAR.isdisjoint(card):
        return ""
    made = {meter for part in parts for meter in part.shape.tokens}
    dear = [card[meter].usd for meter in _MEDIA_OUT if meter in card and "output" in card]
    if "output" in made and not made & {*_MEDIA_OUT} and any(usd > card["output"].usd for usd in dear):
        return "text only"
    if _STORED in card and not workload.stored:
        month = _kept_all_month(card[_STORED], workload)
        return "no storage" if month * _MATTERS > total_usd(lines) else ""
    return ""


def _kept_all_month(rate: Rate, workload: Workload) -> Decimal:
    """What it costs to keep the longest prefix that is read from a cache for a whole month [USD]."""
    longest = max(shape.tokens.get("cache_read", 0) for shape in workload.shapes)
    return cost_of(whole(longest * HOURS_PER_MONTH), usd=rate.usd, per=rate.per)


def _unkept(rate: Rate, workload: Workload) -> Iterator[str]:
    """Say what keeping the longest prefix that is read from a cache would cost, where its hours are not stated."""
    longest = max(shape.tokens.get("cache_read", 0) for shape in workload.shapes)
    if longest:
        words = f"keeping a cache costs ${full_usd(rate.usd)} per Mtok and hour and is not counted (cache_storage)"
        yield f"{words}: {_number(longest)} tokens kept all month would cost ${usd(_kept_all_month(rate, workload))}"


def _session(part: Part, rate: Rate, workload: Workload) -> Iterator[str]:
    """Say that full sessions were counted, and what the shortest would cost."""
    counting = part.tariff.counted["container_duration"]
    full = full_session(part.tariff)
    assert full is not None  # else there was no way to bill them
    sessions = sum(shape.share * shape.units.get("container_session", 0) for shape in workload.shapes)
    month = cost_of(whole(workload.requests * sessions * exact(counting.least or 0)), usd=rate.usd, per=rate.per)
    least = (
        f"; of the shortest, {_minutes(exact(counting.least))}, they would cost ${usd(month)}" if counting.least else ""
    )
    yield f"containers are counted as full sessions of {_minutes(full)}{least} (container_minutes)"


def _minutes(seconds: Count) -> str:
    return f"{float(seconds) / 60:g} minutes"


def _number(amount: Count) -> str:
    return f"{float(amount):,.10g}"


def _one(meter: Meter, session: Count) -> Count:
    """How much one use of a meter is: a session of a container, a minute of sound, a thousand characters."""
    return session if meter == "container_duration" else _ONE.get(meter, 1)


def _contract_caveats(sold: SoldModel, lines: tuple[CostLine, ...]) -> Iterator[str]:
    if sold.contract is None:
        return
    at_list = tuple(line._replace(unit_price_usd=line.list_unit_price_usd) for line in lines if line.part == "meter")
    listed = total_usd((*at_list, *surcharges(sold, None, at_list)))
    if listed != total_usd([line for line in lines if line.part != "rounding"]):
        yield f"contract '{sold.contract.source}': at list prices it would be ${usd(listed)}"


def _commitment_caveats(sold: SoldModel, contract: Contract | None, lines: tuple[CostLine, ...]) -> Iterator[str]:
    """Say how much of a commitment a month uses up; what is left of it is owed whichever option is chosen."""
    if contract is None or contract.commitment_usd is None:
        return
    metered = [line for line in lines if line.part == "meter"]  # a surcharge on payments buys nothing
    committed, used = contract.commitment_usd, total_usd(metered)
    owed = f"contract '{contract.source}' commits you to ${usd(committed)} a month with {sold.provider}"
    if used >= committed:
        yield f"{owed}: this month uses it up"
    else:
        left = f"${usd(committed - used)} is owed whatever you choose, unless other workloads use it"
        yield f"{owed}, and this month uses ${usd(used)} of it: {left}"


def _announced(tariff: Tariff) -> Iterator[str]:
    """Say what the next price will be, where it is known already."""
    later = tariff.sold.model.prices[tariff.index + 1 :]
    if later:
        (before, now), (after, then) = _published(tariff.price), _published(later[0])
        changes = [
            f"{meter} {before}{full_usd(now[meter])} → {after}{full_usd(then[meter])}"
            for meter in now
            if meter in then and (before, now[meter]) != (after, then[meter])
        ]
        yield f"another price holds from {later[0].effective} on: {', '.join(changes) or 'its conditions change'}"


def _published(price: Price) -> tuple[str, Mapping[TokenMeter, Decimal]]:
    """Give a price's plain rates of tokens as they were published, after what stands before each of them."""
    if price.currency is None:
        return "$", price.usd_per_mtok or {}
    return f"{price.currency} ", price.per_mtok or {}


@lru_cache(maxsize=256)
def _hour_caveats(tariff: Tariff, load: Load) -> tuple[str, ...]:
    return tuple(
        f"{float(sum(share for held, share in load.shares((when.hours,)) if held[0])) * 100:.1f} % of requests"
        f" fall into {describe(when)} (load: {load.label})"
        for when in tariff.price.when
        if when.hours is not None
    )


def _cache_caveats(parts: list[Part]) -> Iterator[str]:
    reading = [part for part in parts if "cache_read" in part.shape.tokens]
    cached = [part for part in parts if {"cache_read", "cache_write"} & part.shape.tokens.keys()]
    if any("cache_read" not in part.card for part in cached):
        yield "it publishes no price for cached input: cached tokens are billed as fresh input"
    unwritten = [part.card for part in reading if "cache_write" not in part.shape.tokens and "cache_write" in part.card]
    dearer = [card["cache_write"].usd for card in unwritten if card["cache_write"].usd != card["input"].usd]
    if dearer:
        cost = f"writing to the cache costs ${full_usd(dearer[0])} per Mtok"
        yield f"{cost} and is not counted: the workload states no cache writes"
