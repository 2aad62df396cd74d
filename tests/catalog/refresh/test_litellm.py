from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
from theirs import from_text, named, reasons, sample

from costcalc.errors import InputError

ENTRY = {"litellm_provider": "sail", "input_cost_per_token": 1e-6, "output_cost_per_token": 2e-6}


def one(tmp_path: Path, **fields: object) -> dict[str, object]:
    """The price of one entry with these fields."""
    theirs = from_text("litellm", json.dumps({"sail/m": ENTRY | fields}), tmp_path)
    price: dict[str, object] = named(theirs, "sail/m").entry["prices"][0]
    return price


def test_a_price_is_per_million_tokens_without_a_floats_noise(tmp_path: Path) -> None:
    price = one(tmp_path, input_cost_per_token=2.9999999999999997e-06, cache_read_input_token_cost=1.75e-07)
    assert {key: str(usd) for key, usd in price["usd_per_mtok"].items()} == {  # type: ignore[attr-defined]
        "input": "3.00",
        "cache_read": "0.175",
        "output": "2.00",
    }
    assert price["billed_as"] == {"cache_write": "input"}  # its calculator's rule where no price is published
    assert price["source"] == {"title": "litellm, theirs.json", "checked": "2026-11-25"}


def test_thresholds_tiers_and_batch_are_conditions_in_the_order_in_which_they_win() -> None:
    price = named(sample("litellm"), "gpt-5.4").entry["prices"][0]
    held = [
        {key: value for key, value in when.items() if not key.startswith("usd") and key != "multiply"}
        for when in price["when"]
    ]
    assert held[:6] == [
        {"prompt_tokens_above": 272_000},
        {"processing": "batch"},
        {"prompt_tokens_above": 272_000, "processing": "batch"},
        {"service_tier": "fast"},  # OpenAI's newer name of priority
        {"service_tier": "flex"},
        {"prompt_tokens_above": 272_000, "service_tier": "flex"},
    ]
    assert {"region": "eu"} in held
    assert price["source"]["url"].startswith("https://")


def test_xai_bills_the_longer_tier_from_the_threshold_on() -> None:
    keys = {key for when in named(sample("litellm"), "xai/grok-4.3").entry["prices"][0].get("when", ()) for key in when}
    assert "prompt_tokens_above" not in keys
    assert "prompt_tokens_from" in keys


def test_a_table_of_tiers_begins_above_the_end_of_the_one_before() -> None:
    price = named(sample("litellm"), "dashscope/qwen-plus-2025-07-28").entry["prices"][0]
    assert price["usd_per_mtok"] == {"input": Decimal("0.40"), "output": Decimal("1.20"), "reasoning": Decimal("4.00")}
    [when] = price["when"]
    assert when["prompt_tokens_above"] == 256_000
    assert when["usd_per_mtok"]["reasoning"] == Decimal("12.00")


def test_reasoning_costs_what_output_costs_in_every_tier_unless_it_has_a_price_of_its_own(tmp_path: Path) -> None:
    same = one(tmp_path, output_cost_per_reasoning_token=2e-6, output_cost_per_token_flex=1e-6)
    assert "reasoning" not in same["usd_per_mtok"]  # type: ignore[operator]
    own = one(tmp_path, output_cost_per_reasoning_token=3e-6, output_cost_per_token_flex=1e-6, input_cost_per_token_flex=1e-6)  # fmt: skip
    assert own["when"][0]["usd_per_mtok"]["reasoning"] == Decimal("1.00")  # type: ignore[index]


def test_off_peak_hours_are_read_with_their_weekdays(tmp_path: Path) -> None:
    block = {"input_cost_per_token": 5e-7, "windows": [{"hours_utc": ["00:00-01:00", "10:00-00:00"], "weekdays": [1, 2]}, {"hours_utc": "00:00-00:00"}]}  # fmt: skip
    price = one(tmp_path, off_peak_pricing=block)
    assert price["when"] == [
        {"utc": "00:00-00:00", "usd_per_mtok": {"input": Decimal("0.50")}},
        {"weekdays": ["mon", "tue"], "utc": ["00:00-01:00", "10:00-00:00"], "usd_per_mtok": {"input": Decimal("0.50")}},
    ]


def test_hours_of_every_day_may_stand_without_a_list_of_windows(tmp_path: Path) -> None:
    price = one(tmp_path, off_peak_pricing={"input_cost_per_token": 5e-7, "hours_utc": "16:30-00:30"})
    assert price["when"] == [{"utc": "16:30-00:30", "usd_per_mtok": {"input": Decimal("0.50")}}]


@pytest.mark.parametrize("day", [9, "x", 0])
def test_a_weekday_that_is_none_leaves_the_model_out(day: object, tmp_path: Path) -> None:
    block = {"input_cost_per_token": 5e-7, "windows": [{"hours_utc": "00:00-01:00", "weekdays": [1, day]}]}
    theirs = from_text("litellm", json.dumps({"m": ENTRY, "n": ENTRY | {"off_peak_pricing": block}}), tmp_path)
    assert reasons(theirs, "n") == {"": "its price depends on weekdays that are none"}


def test_an_id_loses_the_prefix_that_names_its_provider_once(tmp_path: Path) -> None:
    keys = {"perplexity/perplexity/sonar": "perplexity", "vertex_ai/a/b": "vertex_ai-llama_models", "azure/c": "azure_text", "d/e": "xai"}  # fmt: skip
    theirs = from_text(
        "litellm", json.dumps({key: ENTRY | {"litellm_provider": by} for key, by in keys.items()}), tmp_path
    )
    assert [named(theirs, key).name for key in keys] == ["perplexity/sonar", "a/b", "c", "d/e"]


def test_uplifts_by_region_and_speed_are_factors(tmp_path: Path) -> None:
    price = one(
        tmp_path,
        regional_processing_uplift_multiplier_eu=1.1,
        provider_specific_entry={"us": 1.1, "fast": 2, "x": 1},
        fedramp_uplift_multiplier=0,
    )
    assert price["when"] == [
        {"region": "eu", "multiply": Decimal("1.10")},
        {"region": "us", "multiply": Decimal("1.10")},
        {"service_tier": "fast", "multiply": Decimal("2.00")},
    ]


def test_fees_are_per_thousand_calls(tmp_path: Path) -> None:
    sizes = {f"search_context_size_{size}": 0.01 for size in ("low", "medium", "high")}
    price = one(tmp_path, input_cost_per_request=0.005, search_context_cost_per_query=sizes)
    assert price["usd_per_thousand"] == {"request": Decimal("5.00"), "web_search": Decimal("10.00")}


def test_the_older_name_of_cache_reads_is_taken_where_the_newer_one_is_missing(tmp_path: Path) -> None:
    older = one(tmp_path, input_cost_per_token_cache_hit=1e-7)
    both = one(tmp_path, input_cost_per_token_cache_hit=1e-7, cache_read_input_token_cost=2e-7)
    assert older["usd_per_mtok"]["cache_read"] == Decimal("0.10")  # type: ignore[index]
    assert both["usd_per_mtok"]["cache_read"] == Decimal("0.20")  # type: ignore[index]


def test_everything_that_is_not_taken_over_has_a_reason(tmp_path: Path) -> None:
    sizes = {"search_context_size_low": 0.01, "search_context_size_high": 0.02}
    fields = {
        "output_cost_per_second": 0.1,
        "output_cost_per_image": 0.0,
        "input_cost_per_character": 1e-6,
        "ocr_cost_per_page": 0.1,
        "annotation_cost_per_page": 0.1,
        "input_cost_per_video_per_second": 0.1,
        "input_cost_per_pixel": 1e-9,
        "input_dbu_cost_per_token": 1e-6,
        "search_free_requests": {"count": 1},
        "explicit_cache_read_input_token_cost": 1e-7,
        "input_cost_per_token_decisions": 1e-7,
        "google_maps_grounding_cost_per_query": 0.1,
        "pricing_note": "x",
        "odd_multiplier": 2,
        "search_context_cost_per_query": sizes,
        "input_cost_per_token_flex": None,
        "tiered_pricing": [{"range": [0, 8], "input_cost_per_query": 1}, {"max_results": [0, 1]}],
        "provider_specific_entry": {"eu": 1.2, "realtime_only": 1},
        "off_peak_pricing": {"input_cost_per_image": 1},
    }
    theirs = from_text("litellm", json.dumps({"m": ENTRY | fields}), tmp_path)
    assert reasons(theirs, "m") == {
        "output_cost_per_second": "an estimate of what is billed by the token",
        "input_cost_per_character": "an estimate of what is billed by the token",
        "ocr_cost_per_page": "its mode is not said: what it is the price of is not known",
        "annotation_cost_per_page": "priced by the page, for more than reading it: no meter for it",
        "input_cost_per_video_per_second": "priced by the second, by what is seen or heard in it: no meter for it",
        "input_cost_per_pixel": "priced by the size of the picture: no meter for it",
        "input_dbu_cost_per_token": "in Databricks units, not in USD; the USD rate beside it is taken",
        "search_free_requests": "an allowance that is neither by the month nor by the day",
        "explicit_cache_read_input_token_cost": "a second price of cache reads, by how they were cached: no meter for it",
        "input_cost_per_token_decisions": "of an endpoint of its own, no tier",
        "google_maps_grounding_cost_per_query": "no meter for it",
        "pricing_note": "not understood",
        "odd_multiplier": "not understood",
        "search_context_cost_per_query": "by the size of the search's context, from 10.00 to 20.00 a thousand: the largest is taken",
        "tiered_pricing.0.input_cost_per_query": "a fee by tiers of a call: only what every call costs alike is taken",
        "tiered_pricing.1": "a tier by something else than the prompt",
        "provider_specific_entry.eu": "not understood",
        "off_peak_pricing.input_cost_per_image": "priced by the size of the picture: no meter for it",
    }


def test_a_model_that_is_left_out_says_why_once() -> None:
    left = sample("litellm")
    assert reasons(left, "github_copilot/gpt-4o") in ({"": "no price per token and none per request"}, {"": "every price is 0: free and unknown look alike in theirs"})  # fmt: skip
    assert reasons(left, "tencent/deepseek-v4-pro-0813") == {"": "its price depends on weekdays in another time zone; ours are UTC"}  # fmt: skip
    assert reasons(left, "gemini-3.8-live") == {"": "the same model as gemini/gemini-3.8-live, which has another price; that one is taken"}  # fmt: skip


@pytest.mark.parametrize(
    ("mode", "fields", "rates"),
    [
        ("audio_transcription", {"input_cost_per_second": 0.0001, "output_cost_per_second": 0.0001}, {"usd_per_minute": {"input_duration": Decimal("0.006")}}),
        ("audio_transcription", {"input_cost_per_second": 0, "output_cost_per_second": 0.0001}, {"usd_per_minute": {"input_duration": Decimal("0.006")}}),
        ("audio_speech", {"input_cost_per_character": 1.5e-5}, {"usd_per_million_characters": {"input_character": Decimal("15.00")}}),
        ("video_generation", {"output_cost_per_video_per_second": 0.1}, {"usd_per_minute": {"output_duration": Decimal("6.00")}}),
        ("image_generation", {"output_cost_per_image": 0.04}, {"usd_per_thousand": {"output_picture": Decimal("40.00")}}),
        ("ocr", {"ocr_cost_per_page": 0.004, "ocr_cost_per_page_batches": 0.002}, {"usd_per_thousand": {"page": Decimal("4.00")}, "when": [{"processing": "batch", "usd_per_thousand": {"page": Decimal("2.00")}}]}),
        ("chat", {"code_interpreter_cost_per_session": 0.03}, {"usd_per_thousand": {"container_session": Decimal("30.00")}}),
    ],
)  # fmt: skip
def test_what_is_not_billed_by_the_token(
    mode: str, fields: dict[str, float], rates: dict[str, object], tmp_path: Path
) -> None:
    theirs = from_text("litellm", json.dumps({"m": {"litellm_provider": "sail", "mode": mode, **fields}}), tmp_path)
    price = named(theirs, "m").entry["prices"][0]
    assert {key: price[key] for key in price if key not in {"effective", "source"}} == rates


def test_free_searches_stand_beside_their_fee(tmp_path: Path) -> None:
    sizes = {"search_context_size_medium": 0.014}
    free = one(tmp_path, search_context_cost_per_query=sizes, search_free_requests={"count": 5000, "period": "month"})
    assert free["free_per_month"] == {"web_search": 5000}
    assert "free_per_day" not in one(tmp_path, search_free_requests={"count": 5000, "period": "day"})  # no fee, no gift


def test_nobody_sells_what_names_no_provider_and_an_alias_joins_its_model(tmp_path: Path) -> None:
    text = {
        "a": {"input_cost_per_token": 1},
        "sail/m": ENTRY,
        "sail/x": {"alias_of": "sail/m"},
        "sail/y": {"alias_of": "z"},
    }
    theirs = from_text("litellm", json.dumps(text), tmp_path)
    assert named(theirs, "sail/m").entry["aliases"] == ["x"]
    assert reasons(theirs, "a") == {"": "no litellm_provider: nobody knows who sells it"}
    assert reasons(theirs, "sail/y") == {"": "another name of z, which was not taken over"}


def test_a_last_day_is_taken_with_its_source(tmp_path: Path) -> None:
    theirs = from_text("litellm", json.dumps({"m": ENTRY | {"deprecation_date": "2027-01-31", "deprecation_source": "https://example.com/x"}, "n": ENTRY | {"deprecation_date": "soon"}}), tmp_path)  # fmt: skip
    entry = named(theirs, "m").entry
    assert (entry["retired"], entry["retired_source"]["url"]) == ("2027-01-31", "https://example.com/x")
    assert "retired" not in named(theirs, "n").entry


def test_cache_writes_at_0_do_not_make_a_prompt_free(tmp_path: Path) -> None:
    fields = {"cache_creation_input_token_cost": 0.0}
    theirs = from_text("litellm", json.dumps({"m": ENTRY | fields}), tmp_path)
    price = named(theirs, "m").entry["prices"][0]
    assert (price["billed_as"], "cache_write" in price["usd_per_mtok"]) == ({"cache_write": "input"}, False)
    assert reasons(theirs, "m") == {
        "cache_creation_input_token_cost": "0 would make a part of the prompt free: billed as input"
    }


def test_an_embedding_has_no_output(tmp_path: Path) -> None:
    assert list(one(tmp_path, mode="embedding", output_cost_per_token=0)["usd_per_mtok"]) == ["input"]  # type: ignore[call-overload]


def test_what_is_no_price_stops_the_import_and_is_said_at_once(tmp_path: Path) -> None:
    fields = {
        "input_cost_per_token": "3e-6",
        "output_cost_per_token": -1,
        "cache_read_input_token_cost": True,
        "input_cost_per_audio_token": 15.0,
        "input_cost_per_request": 500,
        "output_cost_per_token_flex": [],
        "search_context_cost_per_query": {"low": None},
        "tiered_pricing": [{"range": ["a", 8]}],
    }
    with pytest.raises(InputError) as raised:
        from_text("litellm", json.dumps({"m": ENTRY | fields}, indent=1), tmp_path)
    assert [one.message for one in raised.value.problems] == [
        "m.input_cost_per_token: expected a price in USD, found text '3e-6'",
        "m.output_cost_per_token: expected a price in USD of at least 0, found -1",
        "m.cache_read_input_token_cost: expected a price in USD, found the boolean 'true'",
        "m.input_cost_per_audio_token: $15000000.00 per million tokens; nobody charges that: the price is in another unit",
        "m.input_cost_per_request: $500000.00; nobody charges that: the price is in another unit",
        "m.output_cost_per_token_flex: expected a price in USD, found a list",
        "m.search_context_cost_per_query.low: expected a price in USD, found nothing",
        "m.tiered_pricing.0.range: expected a number of tokens above 0, found text 'a'",
    ]
    assert raised.value.problems[0].place.line == 4  # type: ignore[attr-defined]


def test_what_our_own_form_refuses_is_left_out_in_its_words(tmp_path: Path) -> None:
    text = json.dumps({"m": ENTRY, "n": ENTRY | {"off_peak_pricing": {"input_cost_per_token": 1e-7, "windows": [{"hours_utc": "late"}]}}})  # fmt: skip
    theirs = from_text("litellm", text, tmp_path)
    [left] = theirs.left
    assert left.model == "n"
    assert left.reason.startswith("our form refuses it: expected two UTC times")
