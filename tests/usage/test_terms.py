"""Where requests were processed, and what was cached, are facts of a log: what it did cost follows them."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from conftest import Cli

from costcalc import Catalog
from costcalc.units import decimal
from costcalc.usage.reprice import Cost, cost_of_log
from costcalc.usage.scan import scan

DAY = date(2026, 11, 27)
AT = "2026-11-03T10:00:00Z"


def cost_of(path: Path, catalog: Catalog, *, region: str | None = None) -> Cost:
    return cost_of_log(scan([str(path)], thresholds=(1_023, 200_000)).in_region(region), catalog, as_of=DAY)


def table(folder: Path, *rows: str) -> Path:
    path = folder / "calls.csv"
    path.write_text("\n".join(["at,model,input,cache_read,output,region", *rows]) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("model", "region", "flag", "usd", "unsaid"),
    [
        ("gpt-5.4", "", None, "5", frozenset({"eu", "us"})),  # 2 requests of 1 Mtok × $2.50, wherever they were
        ("gpt-5.4", "eu", None, "5.5", frozenset()),  # × 1.10
        ("gpt-5.4", "EU", "us", "5.5", frozenset()),  # the row's own word wins, in any case
        ("gpt-5.4", "", "us", "5.5", frozenset()),
        ("gpt-5.4", "global", None, "5", frozenset()),
        ("claude-opus-4-8", "us", None, "11", frozenset()),  # $5 × 1.10
        ("claude-opus-4-8", "not_available", "us", "10", frozenset()),
        ("gpt-4.1-mini", "eu", None, "0.8", frozenset()),  # $0.40; it has one price for all regions
    ],
)
def test_a_region_is_a_condition_of_the_price(
    model: str, region: str, flag: str | None, usd: str, unsaid: frozenset[str], catalog: Catalog, tmp_path: Path
) -> None:
    rows = [f"{AT},{model},200000,0,0,{region}"] * 10  # 10 × 200,000 = 2 Mtok
    (served,) = cost_of(table(tmp_path, *rows), catalog, region=flag).served
    assert (decimal(served.exact_usd), served.regions) == (Decimal(usd), unsaid)


def test_a_region_that_the_seller_does_not_price_has_no_price(catalog: Catalog, tmp_path: Path) -> None:
    path = table(tmp_path, f"{AT},gpt-5.4,10,0,1,mars", f"{AT},gpt-5.4,10,0,1,")
    (left,) = cost_of(path, catalog).unpriced
    assert left.reason.startswith("unknown region 'mars': it sells eu, us")


_LITELLM = (
    "spend,prompt_tokens,completion_tokens,startTime,model,api_base,metadata\n"
    f'0,100000,0,{AT},claude-opus-4-8,,"{{""usage_object"": {{""inference_geo"": ""us""}}}}"\n'
    f"0,100000,0,{AT},gpt-5.4,https://eu.api.openai.com/v1,\n"
)
_MESSAGE = (
    '{"type": "message", "role": "assistant", "model": "claude-opus-5", "created_at": "%s", "usage": {"input_tokens":'
    ' 100000, "output_tokens": 0, "cache_read_input_tokens": 0, "service_tier": "standard", %s}}\n'
)
_SUM = '{"model": "claude-opus-4-8", "uncached_input_tokens": 9, "output_tokens": 1, "inference_geo": "%s"}'
_REPORT = (
    '{"data": [{"starting_at": "2026-11-03T00:00:00Z", "ending_at": "2026-11-04T00:00:00Z", "results":'
    f" [{_SUM % 'us'}, {_SUM % 'not_available'}]}}]}}"
)
_SPAN = '{{"startTime": "{at}", "attributes": {{"gen_ai.usage.input_tokens": 100000, "gen_ai.usage.output_tokens": 0, \
"gen_ai.request.model": "gpt-5.4", "gen_ai.operation.name": "chat", "server.address": "us.api.openai.com", \
"cloud.region": "eu-west-1"}}}}\n'


@pytest.mark.parametrize(
    ("name", "text", "regions"),
    [
        (
            "messages.jsonl",
            _MESSAGE % (AT, '"inference_geo": "us"'),
            {"us"},
        ),
        (
            "report.json",
            _REPORT,
            {"us", "global"},
        ),
        ("spend.csv", _LITELLM, {"us", "eu"}),
        ("spans.jsonl", _SPAN.format(at=AT), {"us"}),
    ],
)  # fmt: skip
def test_each_format_says_the_region_in_its_own_field(name: str, text: str, regions: set[str], tmp_path: Path) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert {group.region for group in scan([str(tmp_path / name)], thresholds=()).groups} == regions


def test_a_faster_answer_of_claude_is_a_tier(catalog: Catalog, tmp_path: Path) -> None:
    path = tmp_path / "messages.jsonl"
    path.write_text(_MESSAGE % (AT, '"speed": "fast"') + _MESSAGE % (AT, '"speed": "standard"'), encoding="utf-8")
    (served,) = cost_of(path, catalog).served
    assert decimal(served.exact_usd) == Decimal("1.5")  # 0.1 Mtok × $10 + 0.1 Mtok × $5


@pytest.mark.parametrize(("prompt", "cached"), [(900, 500), (1_100, 1_000)])
def test_what_a_log_says_was_cached_was_cached(prompt: int, cached: int, catalog: Catalog, tmp_path: Path) -> None:
    # GPT-5.4 caches prompts from 1,024 tokens on: that decides what is assumed, not what was recorded
    rows = [f"{AT},gpt-5.4,{prompt - cached},{cached},0,global"] * 1_000
    (served,) = cost_of(table(tmp_path, *rows), catalog).served
    usd = (Decimal(prompt - cached) * Decimal("2.50") + Decimal(cached) * Decimal("0.25")) / 1_000
    assert decimal(served.exact_usd) == usd  # fresh × $2.50 + read × $0.25, of 1,000 requests
    assert not [each for each in served.estimates[0].caveats if "caches prompts" in each]


def test_a_workload_of_a_log_says_its_region(cli: Cli, tmp_path: Path) -> None:
    path = table(
        tmp_path, *(f"2026-11-0{day}T10:00:00Z,gpt-5.4,100,0,1,{place}" for day, place in ((1, "eu"), (2, "global")))
    )
    out = tmp_path / "costcalc.yaml"
    assert cli("usage", "workload", str(path), "-o", str(out)).status == 0
    text = out.read_text(encoding="utf-8")
    assert "  log eu:\n" in text
    assert text.count("region:") == text.count("    region: eu  # the log says that these were processed there\n") == 1
