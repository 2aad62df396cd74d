"""Price cards in the words of other libraries, turned into price lists of ours.

genai-prices says ``{input_mtok: {base, tiers: [[start_exclusive, rate]]}}`` per million tokens, litellm says
``input_cost_per_token_above_272k_tokens_batches`` per token, inline cards say ``{input: {base, tiers}}``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

Rates = dict[str, Decimal]

GENAI_METERS = {
    "input_mtok": "input",
    "cache_read_mtok": "cache_read",
    "cache_write_mtok": "cache_write",
    "cache_write_1h_mtok": "cache_write_1h",
    "output_mtok": "output",
    "web_searches_kcount": "web_search",
    "storage_searches_kcount": "file_search",
}
CARD_METERS = {
    "input": "input",
    "cache_read": "cache_read",
    "cache_write_5m": "cache_write",
    "output": "output",
    "input_audio": "input_audio",
    "cache_audio_read": "cache_read_audio",
}
LITELLM_METERS = {
    "input_cost_per_token": "input",
    "cache_read_input_token_cost": "cache_read",
    "cache_creation_input_token_cost": "cache_write",
    "output_cost_per_token": "output",
}
LITELLM_MODES: dict[str, dict[str, Any]] = {
    "": {},
    "_batches": {"processing": "batch"},
    "_flex": {"service_tier": "flex"},
    "_priority": {"service_tier": "priority"},
    "_ultrafast": {"service_tier": "ultrafast"},
}
CALLS = ("web_search", "file_search")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WHOLE_DAY = "00:00-00:00"


class Entry(NamedTuple):
    """Rates and the conditions under which they hold."""

    conditions: dict[str, Any]
    rates: Rates
    multiply: Decimal | None = None


def price_list(model: str, card: Mapping[str, Any]) -> str:
    """Write a provider ``case`` that sells one model at the rates of a card; JSON is YAML too."""
    base, *whens = entries(card)
    price: dict[str, Any] = {
        "effective": "2000-01-01",
        **_rates(base.rates),
        "source": {"title": "case", "checked": "2026-11-22"},
    }
    price["when"] = [{**when.conditions, **_effect(when)} for when in whens]
    # numbers stay as they are written: 1.75 must not pass through a float
    text = json.dumps(
        {"provider": "case", "models": {model: {"prices": [price]}}}, default=lambda number: f"<{number:f}>"
    )
    return re.sub(r'"<([^>]*)>"', r"\1", text)


def entries(card: Mapping[str, Any]) -> Iterator[Entry]:
    """Give the plain rates, then every conditional entry, weakest first."""
    if any(key.endswith("_per_token") for key in card):
        yield from _litellm(card)
    elif any(key in GENAI_METERS for key in card):
        yield from _tiered(card, GENAI_METERS, Decimal(1))
    else:
        scale = Decimal(10**6) if card.get("unit") == "USD/token" else Decimal(1)
        yield from _tiered(card, CARD_METERS, scale)
        yield from _off_peak(card.get("off_peak"), scale)


def _tiered(card: Mapping[str, Any], meters: Mapping[str, str], scale: Decimal) -> Iterator[Entry]:
    plain: Rates = {}
    tiers: dict[int, Rates] = {}
    for key, meter in meters.items():
        value = card.get(key)
        if isinstance(value, Mapping):
            plain[meter] = Decimal(value["base"]) * scale
            for start, rate in value["tiers"]:
                tiers.setdefault(start, {})[meter] = Decimal(rate) * scale
        elif value is not None:
            plain[meter] = Decimal(value) * scale
    yield Entry({}, plain)
    for start in sorted(tiers):
        yield Entry({"prompt_tokens_above": start}, tiers[start])


def _off_peak(block: Mapping[str, Any] | None, scale: Decimal) -> Iterator[Entry]:
    if block is None:
        return
    rates = {CARD_METERS[key]: Decimal(block[key]) * scale for key in CARD_METERS if key in block}
    for rule in block.get("rules", [block]):
        days = {"weekdays": [WEEKDAYS[day - 1] for day in rule["weekdays"]]} if "weekdays" in rule else {}
        yield Entry({**days, "utc": rule["windows_utc"]}, rates)


def _litellm(card: Mapping[str, Any]) -> Iterator[Entry]:
    groups: dict[tuple[int, str], Rates] = {(0, ""): {}}
    for key, value in card.items():
        match = re.fullmatch(r"(.+?)(?:_above_(\d+)k_tokens)?(_batches|_flex|_priority|_ultrafast)?", key)
        if match and match[1] in LITELLM_METERS and value:
            rate = Decimal(str(value)) * 10**6
            groups.setdefault((int(match[2] or 0) * 1000, match[3] or ""), {})[LITELLM_METERS[match[1]]] = rate
    for above, mode in sorted(groups, key=lambda group: (group[1], group[0])):
        tier = {"prompt_tokens_above": above} if above else {}
        yield Entry({**tier, **LITELLM_MODES[mode]}, groups[above, mode])
    for key, value in card.items():
        if key.startswith("regional_processing_uplift_multiplier_"):
            yield Entry({"region": key.rsplit("_", 1)[1]}, {}, Decimal(str(value)))


def _effect(entry: Entry) -> dict[str, Any]:
    return {"multiply": entry.multiply} if entry.multiply is not None else _rates(entry.rates)


def _rates(rates: Rates) -> dict[str, Rates]:
    tokens = {meter: usd for meter, usd in rates.items() if meter not in CALLS}
    calls = {meter: usd for meter, usd in rates.items() if meter in CALLS}
    return {key: table for key, table in (("usd_per_mtok", tokens), ("usd_per_thousand", calls)) if table}
