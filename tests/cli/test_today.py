"""What serves a workload today is what every answer is set against, and has its row; of equals the first by id stands."""

from __future__ import annotations

import json
from typing import Any

import pytest
from conftest import Cli, Write

DAY = ("--as-of", "2026-11-22")
# 500,000 requests of 1,000 tokens in and 300 out: gpt-5.2 500 x $1.75 + 150 x $14 = $2,975
BOT = """
workloads:
  bot: {option: gpt-5.2-api, kind: customer_service, requests: 500_000, shapes: [{input_tokens: 1000, output_tokens: 300}]}
  old: {option: deepseek-r1-api, kind: customer_service, requests: 500_000, shapes: [{input_tokens: 1000, output_tokens: 300}]}
"""
OTHER = ("--options", "claude-haiku-5.5-api,gemma-4-31b-novita")


@pytest.fixture
def file(written: Write) -> str:
    return str(written(BOT))


def result(cli: Cli, *args: str) -> Any:  # noqa: ANN401  # JSON
    run = cli(*args, *DAY, "--format", "json")
    assert (run.status, run.err) == (0, "")
    return json.loads(run.out)["result"]


@pytest.mark.parametrize("named", [(), OTHER], ids=["usual", "named"])
def test_every_analysis_has_it(named: tuple[str, ...], file: str, cli: Cli) -> None:
    bot = ("--workload", f"{file}#bot", *named)
    project = result(cli, "project", *bot, "--months", "3")
    assert project["baseline"] == "gpt-5.2-api"
    swings = result(cli, "sensitivity", *bot)
    assert (swings["option"], swings["monthly_usd"], swings["runner_up"]) == (
        "gpt-5.2-api",
        2_975,
        "claude-haiku-5.5-api",
    )
    here = result(cli, "breakeven", *bot)["at_your_volume"][0]
    assert (here["cheapest"], here["runner_up"], here["lead_usd"]) == ("claude-haiku-5.5-api", "gpt-5.2-api", 2_850)
    page = cli("simulate", *bot, *DAY, "--draws", "100").out
    assert "\ngpt-5.2-api " in page.partition("Assumed:")[0]
    assert result(cli, "compare", *bot)["answer"]["today"]["monthly_usd"] == 2_975


def test_what_can_no_longer_be_followed_is_no_baseline(file: str, cli: Cli) -> None:
    project = result(cli, "project", "--workload", f"{file}#old", "--months", "3", *OTHER)
    assert project["baseline"] == "claude-haiku-5.5-api"
    assert [each["option"] for each in project["left_out"]] == ["deepseek-r1-api"]
    assert result(cli, "sensitivity", "--workload", f"{file}#old", *OTHER)["option"] == "claude-haiku-5.5-api"


def test_what_the_command_line_asks_for_comes_first(file: str, cli: Cli) -> None:
    bot = ("--workload", f"{file}#bot", *OTHER)
    assert result(cli, "project", *bot, "--against", "gemma-4-31b-novita")["baseline"] == "gemma-4-31b-novita"
    assert result(cli, "sensitivity", *bot, "--of", "gemma-4-31b-novita")["option"] == "gemma-4-31b-novita"


# both cost $2 and $10 per Mtok up to December
EQUAL = ("--tokens", "50M", "--input-tokens", "0", "--options", "gemini-4-argon-api,claude-sonnet-5.5-api")
OCTOBER = ("--as-of", "2026-10-20")


def test_of_equals_the_first_by_id_stands_everywhere(cli: Cli) -> None:
    first = "claude-sonnet-5.5-api"
    compared = result(cli, "compare", *EQUAL)
    assert compared["answer"]["cheapest"]["option"] == first
    assert compared["answer"]["equal_to_cheapest"] == ["gemini-4-argon-api"]
    assert compared["verdict"] == [
        f"Cheapest of 2 options, whatever its quality: {first}, $500.00 a month (equal: gemini-4-argon-api)."
    ]
    assert f"cheapest at every volume: {first}" in compared["notes"]
    assert result(cli, "breakeven", *EQUAL)["intervals"][0]["option"] == first
    assert result(cli, "sensitivity", *EQUAL)["option"] == first
    assert result(cli, "project", *EQUAL, "--months", "1")["options"][0]["option"] == first


def test_equal_payments_are_called_equal(cli: Cli) -> None:
    page = cli("project", *EQUAL, "--months", "1", *OCTOBER).out
    assert "gemini-4-argon-api, the next (NPV $496.42), costs the same as claude-sonnet-5.5-api." in " ".join(
        page.split()
    )
    assert [line.split()[-1] for line in page.splitlines() if line.startswith("gemini-4-argon-api  ")] == ["equal"]


def test_a_recommended_mix_can_be_pasted_as_an_option(written: Write, cli: Cli) -> None:
    work = ("--kind", "coding_swe_bench_critical", "--tokens", "300M", *DAY)
    page = cli("recommend", *work, "--notes").out
    written("options: " + page.split("options: ")[1].partition("}]}}")[0] + "}]}}")
    answer = json.loads(cli("recommend", *work, "--format", "json").out)["result"]["recommendation"]
    assert len(answer["parts"]) == 2
    row = json.loads(cli("compare", *work, "--options", answer["option"], "--format", "json").out)["result"][
        "estimates"
    ][0]
    assert row["monthly_usd"] == answer["monthly_usd"]
    assert answer["router_upkeep_usd"] == 937.5  # 0.05 of an engineer at $225,000 a year
