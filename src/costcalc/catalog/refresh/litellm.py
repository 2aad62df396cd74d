"""Prices of litellm: ``model_prices_and_context_window.json``, USD per token, a flat mapping of models.

Its field names are a small grammar, ``<meter>[_above_1hr][_above_272k_tokens][_priority]``, which is read as
such; so a new threshold needs no new code. What its calculator does beyond the file (a misspelt tier at the
standard price, $0 for an unknown model) is not taken over.
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from costcalc.catalog.refresh.record import (
    FREE,
    UNPRICED,
    Json,
    Rates,
    Reading,
    Taken,
    items,
    text,
    texts,
    whole_number,
)
from costcalc.catalog.sellers import our_provider
from costcalc.findings import Node
from costcalc.units import MTOK, SECONDS_PER_MINUTE, THOUSAND
from costcalc.week import WEEKDAYS
from costcalc.workload import Meter

_NO_MODELS = ("sample_spec", "fallback_generalizations")
_METERS: dict[str, Meter] = {
    "input_cost_per_token": "input",
    "output_cost_per_token": "output",
    "cache_read_input_token_cost": "cache_read",
    "cache_creation_input_token_cost": "cache_write",
    "cache_creation_input_token_cost_above_1hr": "cache_write_1h",
    "cache_creation_input_token_cost_above_12hr": "cache_write_12h",
    "output_cost_per_reasoning_token": "reasoning",
    "input_cost_per_audio_token": "input_audio",
    "cache_read_input_audio_token_cost": "cache_read_audio",
    "input_cost_per_image_token": "input_image",
    "cache_read_input_image_token_cost": "cache_read_image",
    "input_cost_per_video_token": "input_video",
    "output_cost_per_audio_token": "output_audio",
    "output_cost_per_image_token": "output_image",
}
_TIERS: dict[str, tuple[tuple[str, str], ...]] = {
    "batches": (("processing", "batch"),),
    "priority": (("service_tier", "priority"), ("service_tier", "fast")),  # OpenAI's newer name of it
    "flex": (("service_tier", "flex"),),
    "balanced": (("service_tier", "balanced"),),
    "ultrafast": (("service_tier", "ultrafast"),),
}
_FIELD = re.compile(
    rf"(?P<meter>{'|'.join(sorted(_METERS, key=len, reverse=True))})"
    rf"(?:_above_(?P<above>\d+)(?P<thousand>k?)_tokens)?(?:_(?P<tier>{'|'.join(_TIERS)}))?"
)
_FROM_THRESHOLD = {"x-ai"}  # it bills the longer tier from the threshold on, all others above it
_ABOUT_PRICE = re.compile(r"cost|pric|multiplier|search_free|provider_specific_entry")
_REGIONS = {
    "regional_processing_uplift_multiplier_eu": ("region", "eu"),
    "regional_processing_uplift_multiplier_us": ("region", "us"),
    "fedramp_uplift_multiplier": ("region", "fedramp"),
    "regional_endpoint_uplift_multiplier": ("region_other_than", "global"),
}
_FACTORS = {"us": ("region", "us"), "fast": ("service_tier", "fast")}  # of provider_specific_entry
# what is not billed by the token: its meter, and how many of theirs one price of ours buys
_UNITS: dict[str, tuple[Meter, int]] = {
    "input_cost_per_request": ("request", THOUSAND),
    "input_cost_per_query": ("request", THOUSAND),  # a query is what a rerank or search call is
    "code_interpreter_cost_per_session": ("container_session", THOUSAND),
    "ocr_cost_per_page": ("page", THOUSAND),
    "input_cost_per_image": ("input_picture", THOUSAND),
    "output_cost_per_image": ("output_picture", THOUSAND),
    "input_cost_per_second": ("input_duration", SECONDS_PER_MINUTE),
    "output_cost_per_second": ("output_duration", SECONDS_PER_MINUTE),
    "output_cost_per_video_per_second": ("output_duration", SECONDS_PER_MINUTE),
    "input_cost_per_character": ("input_character", MTOK),
    "output_cost_per_character": ("output_character", MTOK),
}
_BATCHES = "_batches"
# in which modes they mean that; in others they stand for something else, such as capacity by the second
_MODES: dict[Meter, tuple[str, ...]] = {
    "page": ("ocr",),
    "input_picture": ("embedding",),
    "output_picture": ("image_generation",),
    "input_duration": ("audio_transcription", "realtime"),
    "output_duration": ("audio_speech", "video_generation", "realtime"),
    "input_character": ("audio_speech",),
    "output_character": ("audio_speech",),
}
# by which tokens something is billed already: the rate by the piece or the second is an estimate of the same thing
_BY_TOKENS: dict[Meter, tuple[str, ...]] = {
    "output_picture": ("output_cost_per_image_token",),
    "input_picture": ("input_cost_per_image_token",),
    "input_duration": ("input_cost_per_audio_token", "input_cost_per_token"),
    "output_duration": ("output_cost_per_audio_token", "output_cost_per_token"),
    "input_character": ("input_cost_per_token",),
    "output_character": ("output_cost_per_token",),
}
_BATCH = ("processing", "batch")
_FEE_OF_REQUEST = ("perplexity", "chat")  # every Sonar request searches: its fee is per request, by the context's size
_REASONS = (
    (r"tiered_pricing.*per_query", "a fee by tiers of a call: only what every call costs alike is taken"),
    (r"per_second", "priced by the second, by what is seen or heard in it: no meter for it"),
    (r"per_image|per_pixel", "priced by the size of the picture: no meter for it"),
    (r"per_page|per_credit", "priced by the page, for more than reading it: no meter for it"),
    (r"dbu", "in Databricks units, not in USD; the USD rate beside it is taken"),
    (r"explicit_cache_read", "a second price of cache reads, by how they were cached: no meter for it"),
    (r"_decisions", "of an endpoint of its own, no tier"),
    (r"cost|price", "no meter for it"),
)


def looks_like(root: Node) -> bool:
    """Say whether a file is litellm's."""
    return any(entry.child("litellm_provider") is not None for _, entry in root.items())


def days(_: Node) -> Iterator[str]:
    """Walk the days by which the age of a file shows: none, its only ones are announced."""
    yield from ()


def read(root: Node, reading: Reading) -> Iterator[Taken]:
    """Read every model; aliases last, since they name another one."""
    models: dict[str, Taken] = {}
    aliases: list[tuple[str, Node]] = []
    for key, node in root.items():
        if key in _NO_MODELS:
            continue
        if node.child("alias_of") is not None:
            aliases.append((key, node))
        elif (taken := _Model(key, node, reading).taken()) is not None:
            models[key] = taken
    for key, node in aliases:
        target = models.get(text(node.child("alias_of")))
        if target is None:
            reading.refuse(key, f"another name of {text(node.child('alias_of'))}, which was not taken over", node)
        else:
            target.entry.setdefault("aliases", []).append(_name(key, key.split("/")[0]))
    yield from sorted(models.values(), key=_precedence)


def _precedence(taken: Taken) -> tuple[bool, bool, str]:
    """Rank entries of one name: with the provider in front, as its router asks; Bedrock's second endpoint last."""
    return taken.theirs.startswith("bedrock_mantle/"), "/" not in taken.theirs, taken.theirs


def _name(key: str, provider: str) -> str:
    """Give the id at the provider: theirs without the prefix that names the provider."""
    seller, _, _ = provider.partition("-")  # vertex_ai-language-models writes vertex_ai/…
    prefixes = (f"{name}/" for name in (provider, seller, our_provider(provider)))
    return next((key.removeprefix(prefix) for prefix in prefixes if key.startswith(prefix)), key)


class _Model:
    """One entry while it is read, field by field."""

    def __init__(self, key: str, node: Node, reading: Reading) -> None:
        self.key = key
        self.node = node
        self.reading = reading
        self.theirs = text(node.child("litellm_provider"))
        self.provider = our_provider(self.theirs)
        self.rates = Rates()
        self.refused = ""
        if self.theirs:
            reading.names[key] = f"{self.provider}/{_name(key, self.theirs)}"

    def taken(self) -> Taken | None:
        if not self.theirs:
            self.reading.refuse(self.key, "no litellm_provider: nobody knows who sells it", self.node)
            return None
        for name, node in self.node.items():
            if _ABOUT_PRICE.search(name) and node.value is not None:
                self._field(name, node)
        self._reasoning()
        self.rates.drop_free_tokens()
        reason = self.refused or self._nothing()
        if reason:
            self.reading.refuse(self.key, reason, self.node)
            return None
        self._free_writes()
        return Taken(self.provider, _name(self.key, self.theirs), self.key, self._entry(), None, self.node.place)

    def _nothing(self) -> str:
        if not self.rates.plain or (self.rates.is_free and self.reading.has_left(self.key)):
            return UNPRICED
        return FREE if self.rates.is_free else ""

    def _entry(self) -> Json:
        price = {
            "effective": self.reading.day.isoformat(),
            **self.rates.entry(written_as_input=True),
            "source": self.reading.source(self.node.nearest(["source"]).value),
        }
        entry: Json = {"prices": [price]}
        last_day = text(self.node.child("deprecation_date"))
        if re.fullmatch(r"\d{4}-\d\d-\d\d", last_day):
            page = self.node.nearest(["deprecation_source"]).value
            entry = {"retired": last_day, "retired_source": self.reading.source(page), **entry}
        return entry

    def _field(self, name: str, node: Node) -> None:
        match = _FIELD.fullmatch(name)
        special = {
            "search_context_cost_per_query": self._search,
            "off_peak_pricing": self._off_peak,
            "tiered_pricing": self._tiered,
            "provider_specific_entry": self._specific,
            "search_free_requests": self._free_searches,
        }
        if match is not None:
            self._rate(match, name, node)
        elif name in special:
            special[name](name, node)
        elif name in _REGIONS:
            self._factor(name, node, _REGIONS[name])
        elif name.removesuffix(_BATCHES) in _UNITS and not _is_zero(node):
            self._unit(name, node)
        elif name == "input_cost_per_token_cache_hit":
            self._cache_hit(name, node)
        elif not _is_zero(node):
            self._leave(name, node)

    def _leave(self, name: str, node: Node) -> None:
        reason = next((words for pattern, words in _REASONS if re.search(pattern, name)), "not understood")
        self.reading.leave(self.key, name, reason, node)

    def _rate(self, match: "re.Match[str]", name: str, node: Node) -> None:
        length: tuple[tuple[str, Any], ...] = ()
        if match["above"]:
            tokens = int(match["above"]) * (THOUSAND if match["thousand"] else 1)
            length = (("prompt_tokens_from" if self.provider in _FROM_THRESHOLD else "prompt_tokens_above", tokens),)
        for term in _TIERS.get(match["tier"] or "", (None,)):
            if term == ("service_tier", "fast") and self.provider != "openai":
                continue
            self._put(_METERS[match["meter"]], name, node, *length, *([term] if term else []))

    def _put(self, meter: Meter, name: str, node: Node, *conditions: tuple[str, Any], per: int = MTOK) -> None:
        usd = self.reading.amount(node, f"{self.key}.{name}", per=per)
        if usd is None or (meter == "output" and not usd and text(self.node.child("mode")) == "embedding"):
            return
        self.rates.put(meter, usd, *conditions)

    def _unit(self, name: str, node: Node) -> None:
        """Take what is not billed by the token, unless the same thing has a price by the token."""
        meter, per = _UNITS[name.removesuffix(_BATCHES)]
        mode = text(self.node.child("mode"))
        if (meter, mode) == ("output_duration", "audio_transcription"):  # what is paid for is the recording
            meter = "input_duration"
        tokens = (self.node.child(token) for token in _BY_TOKENS.get(meter, ()))
        if any(token is not None and not _is_zero(token) for token in tokens):
            self.reading.leave(self.key, name, "an estimate of what is billed by the token", node)
        elif mode not in _MODES.get(meter, (mode,)):
            words = f"its mode is {mode or 'not said'}: what it is the price of is not known"
            self.reading.leave(self.key, name, words, node)
        else:
            self._put(meter, name, node, *((_BATCH,) if name.endswith(_BATCHES) else ()), per=per)

    def _cache_hit(self, name: str, node: Node) -> None:
        """Take the older name of cache reads where the newer one is missing."""
        if self.node.child("cache_read_input_token_cost") is None:
            self._put("cache_read", name, node)

    def _search(self, name: str, node: Node) -> None:
        """Take the fee of a search; where it goes by the size of the context, the largest: no bill is higher."""
        read = [self.reading.amount(fee, f"{self.key}.{name}.{size}", per=THOUSAND) for size, fee in node.items()]
        fees = sorted(fee for fee in read if fee is not None)
        if not fees:
            return
        is_per_request = (self.provider, text(self.node.child("mode"))) == _FEE_OF_REQUEST and fees[0] != fees[-1]
        self.rates.put("request" if is_per_request else "web_search", fees[-1])
        if fees[0] != fees[-1]:
            words = (
                f"by the size of the search's context, from {fees[0]} to {fees[-1]} a thousand: the largest is taken"
            )
            self.reading.leave(self.key, name, words, node)

    def _factor(self, name: str, node: Node, condition: tuple[str, str]) -> None:
        factor = self.reading.amount(node, f"{self.key}.{name}")
        if factor:
            self.rates.factors[condition,] = factor

    def _specific(self, name: str, node: Node) -> None:
        for key, child in node.items():
            if key in _FACTORS:
                self._factor(f"{name}.{key}", child, _FACTORS[key])
            elif isinstance(child.value, int | Decimal) and child.value not in {0, 1}:  # those are switches
                self._leave(f"{name}.{key}", child)

    def _free_searches(self, name: str, node: Node) -> None:
        """Take how many searches of a month or a day cost nothing."""
        count, period = whole_number(node.child("count")), text(node.child("period"))
        if count is None or period not in {"month", "day"}:
            self.reading.leave(self.key, name, "an allowance that is neither by the month nor by the day", node)
        else:
            self.rates.free[f"free_per_{period}"] = {"web_search": Decimal(count)}

    def _off_peak(self, name: str, node: Node) -> None:
        if node.child("weekday_timezone") is not None:
            self.refused = "its price depends on weekdays in another time zone; ours are UTC"
            return
        every_day = [node] if node.child("hours_utc") is not None else []
        for window in (*every_day, *items(node.child("windows"))):
            hours = _hours(window)
            if hours is None:
                self.refused = "its price depends on weekdays that are none"
                return
            for key, rate in node.items():
                if key in _METERS:
                    self._put(_METERS[key], f"{name}.{key}", rate, *hours)
        for key, rate in node.items():
            if key not in {*_METERS, "hours_utc", "windows"}:
                self._leave(f"{name}.{key}", rate)

    def _tiered(self, name: str, node: Node) -> None:
        """Take a table of tiers, each for the whole request: above the end of the one before."""
        for index, tier in enumerate(items(node)):
            bounds = tier.child("range")
            low = bounds.child(0) if bounds is not None else None
            if low is None:
                self.reading.leave(self.key, f"{name}.{index}", "a tier by something else than the prompt", tier)
                continue
            start = None if _is_zero(low) else self.reading.tokens(low, f"{self.key}.{name}.{index}.range")
            length = (("prompt_tokens_above", start),) if start else ()
            for key, child in tier.items():
                if key in _METERS:
                    self._put(_METERS[key], f"{name}.{index}.{key}", child, *length)
                elif key != "range":
                    self._leave(f"{name}.{index}.{key}", child)

    def _free_writes(self) -> None:
        """Let cache writes at 0 cost what input costs: a provider that charges no extra for them still bills them."""
        name = "cache_creation_input_token_cost"
        node = self.node.child(name)
        plain = self.rates.under.get((), {})
        if node is not None and plain.get("input") and plain.get("cache_write") == 0:
            del plain["cache_write"]
            self.reading.leave(self.key, name, "0 would make a part of the prompt free: billed as input", node)

    def _reasoning(self) -> None:
        """Let reasoning cost what output costs, in a tier too, unless theirs has a price of its own for it."""
        own = self.rates.plain.get("reasoning")
        for key, rates in self.rates.under.items():
            if own == self.rates.plain.get("output"):
                rates.pop("reasoning", None)
            elif own is not None and key and "output" in rates:
                rates.setdefault("reasoning", rates["output"])


def _hours(window: Node) -> tuple[tuple[str, Any], ...] | None:
    """Give the hours of a window as conditions; None where a weekday is none (theirs are 1 to 7)."""
    spans = window.child("hours_utc")
    numbers = [whole_number(day) for day in items(window.child("weekdays"))]
    days = tuple(WEEKDAYS[number - 1] for number in numbers if number is not None and number <= len(WEEKDAYS))
    if len(days) < len(numbers):
        return None
    return (*((("weekdays", days),) if days else ()), ("utc", tuple(texts(spans)) or text(spans)))


def _is_zero(node: Node) -> bool:
    return isinstance(node.value, int | Decimal) and not node.value
