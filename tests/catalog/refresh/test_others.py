"""genai-prices, models.dev and OpenRouter."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from theirs import PEERS, from_text, named, reasons, sample

from costcalc.catalog.refresh.read import Peer, TheirFile
from costcalc.errors import InputError


def genai(tmp_path: Path, day: date = date(2026, 11, 25), **model: object) -> TheirFile:
    provider = {"id": "deepseek", "name": "D", "api_pattern": "x", "models": [{"id": "m", **model}]}
    keeps = {"id": "sail", "models": [{"id": "k", "prices": {"input_mtok": 1}}]}
    return from_text("genai-prices", json.dumps([provider, keeps]), tmp_path, day)


def test_announced_prices_are_dated_with_the_variants_of_their_day() -> None:
    prices = named(sample("genai-prices"), "google/gemini-4-argon").entry["prices"]
    assert [price["effective"] for price in prices] == ["2026-11-25", "2026-12-01"]
    assert [price["usd_per_mtok"]["output"] for price in prices] == [Decimal("10.00"), Decimal("20.00")]
    assert [when["processing"] for price in prices for when in price["when"]] == ["batch", "batch"]


def test_the_first_of_several_variants_wins_price_by_price(tmp_path: Path) -> None:
    flex = {"service_tier": "flex"}
    theirs = genai(
        tmp_path,
        prices={
            "input_mtok": {"base": 4, "tiers": [{"start": 100, "price": 8}]},
            "output_mtok": 9,
        },
        price_variants=[
            {"when": flex, "prices": {"input_mtok": 1}},
            {"when": flex, "prices": {"input_mtok": 2, "output_mtok": 3}},
            {"when": flex, "prices": {"input_mtok": 0.5}, "constraint": {"start_date": "2027-01-01"}},
            {"when": {"service_tier": "default"}, "prices": {}},
            {"when": {"route": "eu"}, "prices": {"input_mtok": 7}},
        ],
    )
    now, later = named(theirs, "deepseek/m").entry["prices"]
    assert now["when"] == [
        {"prompt_tokens_above": 100, "usd_per_mtok": {"input": Decimal("8.00")}},
        {"service_tier": "flex", "usd_per_mtok": {"input": Decimal("1.00"), "output": Decimal("3.00")}},
    ]
    assert (later["effective"], later["when"]) == ("2027-01-01", now["when"])
    assert reasons(theirs, "deepseek/m") == {"price_variants": "a condition without a word here: route eu"}


def test_peak_hours_of_deepseek_are_those_of_weekdays_and_others_say_that_they_are_of_every_day(tmp_path: Path) -> None:
    limit = {"start_time": "00:30:00+00:00", "end_time": "16:30:00+00:00"}
    peak = {"start_time": "01:00:00Z", "end_time": "04:00:00Z"}
    prices = [{"prices": {"input_mtok": 1}}, {"constraint": limit, "prices": {"input_mtok": 2}}, {"constraint": peak, "prices": {"input_mtok": 3}}]  # fmt: skip
    theirs = genai(tmp_path, prices=prices)
    assert named(theirs, "deepseek/m").entry["prices"][0]["when"] == [
        {"utc": "00:30-16:30", "usd_per_mtok": {"input": Decimal("2.00")}},
        {
            "weekdays": ["mon", "tue", "wed", "thu", "fri"],
            "utc": "01:00-04:00",
            "usd_per_mtok": {"input": Decimal("3.00")},
        },
    ]
    assert reasons(theirs, "deepseek/m") == {"constraint": "taken for every day: theirs has no weekdays"}


def test_a_price_is_taken_from_the_day_on_and_older_ones_are_counted(tmp_path: Path) -> None:
    prices = [
        {"prices": {"input_mtok": 3}},
        {"constraint": {"start_date": "2026-01-01"}, "prices": {"input_mtok": 2, "audio_hours": 1}},
        {"constraint": {"start_date": "2026-12-24"}, "prices": {"input_mtok": 1}},
    ]
    theirs = genai(
        tmp_path, prices=prices, match={"or": [{"equals": "m"}, {"equals": "m-1"}, {"contains": "x"}]}, context_window=9
    )
    taken = named(theirs, "deepseek/m")
    assert [price["effective"] for price in taken.entry["prices"]] == ["2026-01-01", "2026-12-24"]
    assert (taken.since, taken.entry["aliases"], taken.entry["context_window"]) == (date(2026, 1, 1), ["m-1"], 9)
    assert reasons(theirs, "deepseek/m") == {
        "prices": "1 older: a price is taken from 2026-11-25 on",
        "audio_hours": "no meter for it",
    }
    ahead = genai(tmp_path, date(2025, 1, 1), prices=prices[1:])
    assert [price["effective"] for price in named(ahead, "deepseek/m").entry["prices"]] == ["2026-01-01", "2026-12-24"]
    assert named(ahead, "deepseek/m").since is None


@pytest.mark.parametrize(
    ("prices", "reason"),
    [
        ({}, "no price per token and none per request"),
        ([], "no price per token and none per request"),
        ({"input_mtok": 0}, "every price is 0: free and unknown look alike in theirs"),
        ({"audio_hours": 3}, "no price per token and none per request, but audio_hours"),
    ],
)
def test_a_model_of_genai_prices_without_a_price_is_left_out(prices: object, reason: str, tmp_path: Path) -> None:
    assert reasons(genai(tmp_path, prices=prices), "deepseek/m") == {"": reason}


def test_a_model_of_genai_prices_with_variants_alone_is_left_out(tmp_path: Path) -> None:
    variant = {"when": {"processing": "batch"}, "prices": {"input_mtok": 1}, "constraint": {"start_date": "2027-01-01"}}
    theirs = genai(tmp_path, prices=[], price_variants=[variant])
    assert reasons(theirs, "deepseek/m") == {"": "no price per token and none per request"}


@pytest.mark.parametrize("limit", [{"end_date": "2027-01-01"}, {"start_date": "soon"}, {"start_time": "01:00"}])
def test_a_constraint_that_is_not_understood_is_left_out_with_its_price(limit: object, tmp_path: Path) -> None:
    prices = [{"prices": {"input_mtok": 1}}, {"constraint": limit, "prices": {"input_mtok": 2}}]
    variants = [{"when": {"processing": "batch"}, "constraint": limit, "prices": {"input_mtok": 3}}]
    theirs = genai(tmp_path, prices=prices, price_variants=variants)
    [price] = named(theirs, "deepseek/m").entry["prices"]
    assert (price["usd_per_mtok"], "when" in price) == ({"input": Decimal("1.00")}, False)
    assert [one.field for one in theirs.left] == ["constraint", "constraint"]


def test_a_tier_without_a_number_of_tokens_stops_the_import(tmp_path: Path) -> None:
    tiers = [{"start": "x", "price": 9}, {"start": 0, "price": 9}]
    with pytest.raises(InputError) as raised:
        genai(tmp_path, prices={"input_mtok": {"base": 4, "tiers": tiers}})
    assert [one.message for one in raised.value.problems] == [
        "deepseek/m.input_mtok: expected a number of tokens above 0, found text 'x'",
        "deepseek/m.input_mtok: expected a number of tokens above 0, found the number 0",
    ]


def test_what_is_no_price_in_genai_prices_stops_the_import(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"deepseek/m\.input_mtok: expected a price in USD, found text '3'"):
        genai(tmp_path, prices={"input_mtok": "3"})


def test_models_dev_is_read_with_its_tiers_of_both_forms() -> None:
    theirs = sample("models-dev")
    pro = named(theirs, "google/gemini-3.1-pro-preview").entry
    assert pro["context_window"] == 1_048_576
    assert pro["prices"][0]["when"] == [
        {"prompt_tokens_above": 200_000, "usd_per_mtok": {"input": Decimal("4.00"), "cache_read": Decimal("0.40"), "output": Decimal("18.00")}}
    ]  # fmt: skip
    newer = named(theirs, "openai/gpt-5.4").entry["prices"][0]
    assert [when["prompt_tokens_above"] for when in newer["when"]] == [272_000]  # not the older form's 200,000 too
    assert newer["source"]["url"] == "https://platform.openai.com/docs/models"
    assert "url" not in named(theirs, "sail/kimi-k3").entry["prices"][0]["source"]
    audio = named(theirs, "openai/gpt-realtime").entry["prices"][0]["usd_per_mtok"]
    assert (audio["input_audio"], audio["output_audio"]) == (Decimal("32.00"), Decimal("64.00"))
    assert named(theirs, "togetherai/meta-llama/Llama-3.3-70B-Instruct-Turbo").provider == "together"


def test_what_models_dev_says_and_we_cannot_is_listed() -> None:
    theirs = sample("models-dev")
    assert reasons(theirs, "alibaba/qwen-plus-thinking") == {
        "per_image": "no meter for it",
        "tiers": "a tier by something else than the prompt's length",
    }
    assert reasons(theirs, "google/gemma-4-31b-it") == {"": "every price is 0: free and unknown look alike in theirs"}
    assert reasons(theirs, "sail/unpriced") == {"": "no price"}


def test_what_is_no_price_at_models_dev_stops_the_import(tmp_path: Path) -> None:
    text = '{"sail": {"models": {"m": {"cost": {"input": "1", "output": 2}}}}}'
    with pytest.raises(InputError, match=r"sail/m\.cost\.input: expected a price in USD, found text '1'"):
        from_text("models-dev", text, tmp_path)


def test_a_model_without_a_name_or_a_seller_is_left_out(tmp_path: Path) -> None:
    cost = {"cost": {"input": 1}}
    text = json.dumps({"": {"models": {"m": cost}}, "sail": {"models": {" ": cost, "n": cost}}})
    theirs = from_text("models-dev", text, tmp_path)
    assert [one.name for one in theirs.taken] == ["n"]
    assert {one.reason for one in theirs.left} == {"no name of the model, or of who sells it"}


def test_openrouter_writes_prices_as_text_per_token() -> None:
    theirs = sample("openrouter")
    entry = named(theirs, "anthropic/claude-opus-5.5").entry
    assert entry["aliases"] == ["anthropic/claude-5.5-opus-20260922"]
    assert entry["prices"][0]["usd_per_mtok"] == {
        "input": Decimal("4.00"),
        "cache_read": Decimal("0.20"),
        "cache_write": Decimal("5.00"),
        "output": Decimal("20.00"),
    }
    assert entry["prices"][0]["usd_per_thousand"] == {"web_search": Decimal("10.00")}
    sonar = named(theirs, "perplexity/sonar-reasoner").entry["prices"][0]
    assert sonar["usd_per_thousand"] == {"request": Decimal("5.00")}
    assert sonar["usd_per_mtok"]["reasoning"] == Decimal("3.00")
    free = named(theirs, "google/gemma-4-31b-it:free").entry["prices"][0]
    assert free["usd_per_mtok"] == {"input": Decimal("0.00"), "output": Decimal("0.00")}  # its name says so


def test_what_openrouter_says_and_we_cannot_is_listed() -> None:
    theirs = sample("openrouter")
    assert reasons(theirs, "anthropic/claude-opus-5.5") == {"image": "no meter for it"}
    assert reasons(theirs, "openrouter/auto") == {"": "its price depends on the model that a request is routed to"}
    assert reasons(theirs, "stealth/alpha") == {"": "every price is 0: free and unknown look alike in theirs"}
    assert reasons(theirs, "nobody/unpriced") == {"": "no price"}


@pytest.mark.parametrize("price", ['"a lot"', '"NaN"', '"-2"', '"7"', "true"])
def test_what_is_no_price_at_openrouter_stops_the_import(price: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"m\.pricing\.prompt: "):
        from_text("openrouter", f'{{"data": [{{"id": "m", "pricing": {{"prompt": {price}}}}}]}}', tmp_path)


@pytest.mark.parametrize("peer", PEERS)
@pytest.mark.parametrize("other", PEERS)
def test_the_file_of_another_library_is_named(peer: Peer, other: Peer, tmp_path: Path) -> None:
    text = (Path(__file__).parents[2] / "data" / "imports" / f"{other}.json").read_text(encoding="utf-8")
    if peer == other:
        assert from_text(peer, text, tmp_path).taken
    else:
        with pytest.raises(InputError, match=f"not the price list of {peer}; it looks like that of {other}"):
            from_text(peer, text, tmp_path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"a": 1}', "not the price list of litellm; nor that of any library known here"),
        ("[]", "not the price list of litellm; nor that of any library known here"),
        ("3", "not JSON: the price list of litellm begins with '{' or '['"),
        ("providers: []", "not JSON: the price list of litellm begins with '{' or '['"),
        ('{"sail/m": {"litellm_provider": "sail"}}', "no prices that can be taken over"),
    ],
)
def test_what_is_no_price_list_is_refused(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as raised:
        from_text("litellm", text, tmp_path)
    assert message in str(raised.value)
