"""Prices of genai-prices: its ``data.json``, a list of providers with USD per million tokens, some of them dated.

Its hours know no weekdays and win over every date; DeepSeek's are bounded here by what DeepSeek itself says.
"""

from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from typing import Any, NamedTuple

from costcalc.catalog.refresh.record import (
    FREE,
    UNPRICED,
    Json,
    Rates,
    Reading,
    Taken,
    clean,
    items,
    text,
    whole_number,
)
from costcalc.catalog.sellers import our_provider
from costcalc.findings import Node
from costcalc.units import MINUTES_PER_HOUR
from costcalc.workload import Meter

_METERS: dict[str, Meter] = {
    "input_mtok": "input",
    "output_mtok": "output",
    "cache_read_mtok": "cache_read",
    "cache_write_mtok": "cache_write",
    "cache_write_1h_mtok": "cache_write_1h",
    "output_reasoning_mtok": "reasoning",
    "input_audio_mtok": "input_audio",
    "cache_audio_read_mtok": "cache_read_audio",
    "output_audio_mtok": "output_audio",
    "input_image_mtok": "input_image",
    "cache_image_read_mtok": "cache_read_image",
    "output_image_mtok": "output_image",
    "input_video_mtok": "input_video",
    "requests_kcount": "request",
    "web_searches_kcount": "web_search",
    "storage_searches_kcount": "file_search",
    "input_document_kpages": "page",
    "input_audio_hours": "input_duration",
    "input_mchars": "input_character",
}
_BY_THE_HOUR = "input_audio_hours"  # ours is by the minute
_OF_BOTH_WAYS = "audio_hours"  # stands beside it, and says the same of a recording
_TERMS = {
    ("processing", "batch"): ("processing", "batch"),
    ("speed", "fast"): ("service_tier", "fast"),
    **{("service_tier", tier): ("service_tier", tier) for tier in ("priority", "flex", "fast", "ultrafast")},
}
_STANDARD = {("service_tier", "default"), ("service_tier", "standard")}
_WORKDAYS = ("mon", "tue", "wed", "thu", "fri")
# Peak hours hold from Monday to Friday, says https://api-docs.deepseek.com/quick_start/pricing (since 2026-08-23)
_WEEKDAYS = {("deepseek", "01:00-04:00"): _WORKDAYS, ("deepseek", "06:00-10:00"): _WORKDAYS}


class _Price(NamedTuple):
    """One of a model's prices: its rates, and from which day, in which hours or on which terms it holds."""

    rates: Node
    start: date | None
    hours: str
    term: tuple[str, str] | None = None


def looks_like(root: Node) -> bool:
    """Say whether a file is genai-prices'."""
    providers = root.value if isinstance(root.value, list) else []
    return any(one.child("models") is not None and one.child("id") is not None for one in providers)


def days(root: Node) -> Iterator[str]:
    """Walk the days by which the age of a file shows: those on which its prices began."""
    for provider in items(root):
        for model in items(provider.child("models")):
            for price in (*items(model.child("prices")), *items(model.child("price_variants"))):
                yield text(price.nearest(["constraint", "start_date"]))


def read(root: Node, reading: Reading) -> Iterator[Taken]:
    """Read every model of every provider."""
    for provider in items(root):
        page = next((text(url) for url in items(provider.child("pricing_urls"))), "")
        for model in items(provider.child("models")):
            taken = _Model(text(provider.child("id")), page, model, reading).taken()
            if taken is not None:
                yield taken


class _Model:
    """One model while it is read."""

    def __init__(self, provider: str, page: str, node: Node, reading: Reading) -> None:
        self.provider = our_provider(provider)
        self.page = page
        self.node = node
        self.reading = reading
        self.name = text(node.child("id"))
        self.key = f"{provider}/{self.name}"
        reading.names[self.key] = f"{self.provider}/{self.name}"
        self.standard = [*self._prices()]
        self.variants = [*self._variants()]

    def taken(self) -> Taken | None:
        day = self.reading.day
        later = {one.start for one in (*self.standard, *self.variants) if one.start is not None and one.start > day}
        days = [day] if self._base(day) is not None else []
        dated = [(each, self._rates(each)) for each in (*days, *sorted(later))]
        reason = self._nothing([rates for _, rates in dated])
        if reason:
            self.reading.refuse(self.key, reason, self.node)
            return None
        since = self._since(day)
        prices = [self._entry(since if each == day and since else each, rates) for each, rates in dated]
        self._say_what_is_left()
        entry = {**self._about(), "prices": prices}
        return Taken(self.provider, self.name, self.key, entry, since, self.node.place)

    def _prices(self) -> Iterator[_Price]:
        node = self.node.child("prices")
        if node is not None and isinstance(node.value, dict):
            yield _Price(node, None, "")
        for one in items(node):
            price = self._price(one)
            if price is not None:
                yield price

    def _price(self, node: Node) -> _Price | None:
        """Read one price; None where it holds under a constraint that is not understood."""
        rates, limit = node.nearest(["prices"]), node.child("constraint")
        stated = {key: text(value) for key, value in limit.items()} if limit is not None else {}
        if not stated:
            return _Price(rates, None, "")
        if stated.keys() == {"start_time", "end_time"}:
            return _Price(rates, None, "-".join(stated[end][:5] for end in ("start_time", "end_time")))
        if stated.keys() == {"start_date"}:
            with suppress(ValueError):
                return _Price(rates, date.fromisoformat(stated["start_date"]), "")
        self.reading.leave(self.key, "constraint", f"not understood: {', '.join(stated)}", node)
        return None

    def _variants(self) -> Iterator[_Price]:
        for node in items(self.node.child("price_variants")):
            wanted = [(key, text(value)) for key, value in node.nearest(["when"]).items()]
            price = self._price(node)
            if price is not None and len(wanted) == 1 and wanted[0] in _TERMS:
                yield price._replace(term=_TERMS[wanted[0]])
            elif price is not None and any(one not in _STANDARD for one in wanted):
                shown = ", ".join(f"{key} {value}" for key, value in wanted)
                self.reading.leave(self.key, "price_variants", f"a condition without a word here: {shown}", node)

    def _base(self, day: date) -> _Price | None:
        """Find the price that holds on a day: the last one that has begun."""
        begun = (one for one in reversed(self.standard) if not one.hours and (one.start is None or one.start <= day))
        return next(begun, None)

    def _since(self, day: date) -> date | None:
        base = self._base(day)
        if base is None or base.start is None:
            return None
        return max([base.start, *(one.start for one in self.variants if one.start is not None and one.start <= day)])

    def _rates(self, day: date) -> Rates:
        rates = Rates()
        base = self._base(day)
        if base is not None:
            self._put_all(rates, base.rates)
        for price in self.standard:
            if price.hours:
                days = _WEEKDAYS.get((self.provider, price.hours))
                weekdays = (("weekdays", days),) if days else ()
                self._put_all(rates, price.rates, *weekdays, ("utc", price.hours))
        for variant in reversed(self.variants):  # the first of them wins, meter by meter
            if variant.start is None or variant.start <= day:
                assert variant.term is not None  # the others were left out
                self._put_all(rates, variant.rates, variant.term)
        return rates

    def _put_all(self, rates: Rates, node: Node, *terms: tuple[str, Any]) -> None:
        for key, price in node.items():
            meter = _METERS.get(key)
            if meter is None:
                continue
            base = price.child("base") or price
            self._put(rates, meter, base, key, terms)
            for tier in items(price.child("tiers")):
                start = self.reading.tokens(tier.nearest(["start"]), f"{self.key}.{key}")
                if start is not None:
                    self._put(rates, meter, tier.nearest(["price"]), key, (("prompt_tokens_above", start), *terms))

    def _put(self, rates: Rates, meter: Meter, node: Node, key: str, terms: tuple[tuple[str, Any], ...]) -> None:
        usd = self.reading.amount(node, f"{self.key}.{key}")
        if usd is not None:
            rates.put(meter, clean(usd / MINUTES_PER_HOUR) if key == _BY_THE_HOUR else usd, *terms)

    def _nothing(self, dated: list[Rates]) -> str:
        keys = sorted({key for price in self.standard for key, _ in price.rates.items() if key not in _METERS})
        is_free = all(rates.is_free for rates in dated) and not self.name.endswith(":free")
        if not dated or not all(rates.plain for rates in dated) or (is_free and keys):
            return UNPRICED + (f", but {', '.join(keys)}" if keys else "")
        return FREE if is_free else ""

    def _entry(self, day: date, rates: Rates) -> Json:
        source = self.reading.source(self.page)
        return {"effective": day.isoformat(), **rates.entry(written_as_input=True), "source": source}

    def _about(self) -> Json:
        window = whole_number(self.node.child("context_window"))
        others = [name for name in _equals(self.node.child("match")) if name != self.name]
        return ({"aliases": others} if others else {}) | ({"context_window": window} if window else {})

    def _say_what_is_left(self) -> None:
        base = self._base(self.reading.day)
        older = [one for one in self.standard if not one.hours and one is not base and not self._is_later(one)]
        if older:
            words = f"{len(older)} older: a price is taken from {self.reading.day} on"
            self.reading.leave(self.key, "prices", words, older[0].rates)
        for price in (*self.standard, *self.variants):
            for key, node in price.rates.items():
                is_said = key == _OF_BOTH_WAYS and price.rates.child(_BY_THE_HOUR) is not None
                if key not in _METERS and price not in older and not is_said:
                    self.reading.leave(self.key, key, "no meter for it", node)
            if price.hours and (self.provider, price.hours) not in _WEEKDAYS:
                self.reading.leave(self.key, "constraint", "taken for every day: theirs has no weekdays", price.rates)

    def _is_later(self, price: _Price) -> bool:
        return price.start is not None and price.start > self.reading.day


def _equals(match: Node | None) -> Iterator[str]:
    """Give the names that a model is matched by, where they stand in full."""
    if match is not None:
        name = text(match.child("equals"))
        if name:
            yield name
        for one in items(match.child("or")):
            yield from _equals(one)
