"""Several workloads: an answer for each, what is paid today, and the sum."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
from conftest import Cli, Write

from costcalc.render.documents import document_schema

DAY = ("--as-of", "2026-11-22")
BOT = "kind: customer_service, requests: 250_000, shapes: [{input_tokens: 2_000, output_tokens: 300}]"
WORK = "requests: 100_000, shapes: [{input_tokens: 2_000, output_tokens: 300}]"
FEW = ("--options", "gemma-4-31b-novita,claude-sonnet-5.5-api,gpt-5.2-api")


def file_of(**workloads: str) -> str:
    each = "\n".join(f"  {name.replace('_', '-')}: {{{text}}}" for name, text in workloads.items())
    return f"workloads:\n{each}\n"


def asked(cli: Cli, *args: str, status: int = 0) -> dict[str, Any]:
    run = cli("recommend", "--workload", "costcalc.yaml", *args, *DAY, "--format", "json")
    assert (run.status, run.err) == (status, "")
    document = json.loads(run.out)
    jsonschema.validate(document, document_schema("recommend"))
    result: dict[str, Any] = document["result"]
    return result


def page(cli: Cli, *args: str) -> str:
    return " ".join(cli("recommend", "--workload", "costcalc.yaml", *args, *DAY).out.split())


def test_each_workload_has_a_row_and_the_rows_add_up(cli: Cli, written: Write) -> None:
    written(file_of(bot=f"option: gpt-5.2-api, {BOT}", work=f"option: claude-sonnet-5.5-api, {WORK}"))
    result = asked(cli, *FEW)
    rows, total = result["workloads"], result["total"]
    # bot today: 500 Mtok × $1.75 + 75 × $14 = $1,925; then on Gemma at Novita: 500 × $0.14 + 75 × $0.40 = $100
    assert [rows[0][key] for key in ("workload", "today", "today_usd", "option", "monthly_usd", "saving_usd", "why")] == [
        "bot", "gpt-5.2-api", 1925.0, "gemma-4-31b-novita", 100.0, 1825.0, "cheaper",
    ]  # fmt: skip
    # work: 200 Mtok × $2 + 30 × $10 = $700, and nothing that suffices is cheaper
    assert [rows[1][key] for key in ("today_usd", "option", "monthly_usd", "saving_usd", "why")] == [
        700.0, "claude-sonnet-5.5-api", 700.0, 0.0, "stays",
    ]  # fmt: skip
    assert total == {
        "monthly_usd": 800.0, "compared_workloads": 2, "today_usd": 2625.0, "planned_usd": 800.0, "saving_usd": 1825.0,
        "saving_percent": 69.5238,
    }  # fmt: skip
    # 800 / 2,625 − 1 = −69.5 %
    assert result["verdict_sentences"][0] == "Today $2,625.00 a month on 2 options; $800.00 with this change (−70 %)."
    assert result["recommendation"]["option"] == "claude-sonnet-5.5-api"  # one option for both: general work
    assert result["verdict_sentences"][1] == "One option for all of them: claude-sonnet-5.5-api, $2,450.00 a month."


def test_each_answer_is_that_of_the_workload_alone(cli: Cli, written: Write) -> None:
    written(file_of(bot=f"option: gpt-5.2-api, {BOT}", work=f"option: gpt-5.2-api, needs: {{data: private}}, {WORK}"))
    for row in asked(cli)["workloads"]:
        alone = json.loads(
            cli("recommend", "--workload", f"costcalc.yaml#{row['workload']}", *DAY, "--format", "json").out
        )["result"]
        assert row["verdict"] == alone["verdict"]
        assert row["option"] == alone["recommendation"]["option"]
        assert row["monthly_usd"] == alone["recommendation"]["monthly_usd"]
        assert row["saving_usd"] == pytest.approx(alone["recommendation"]["saving"]["usd"])
        assert (alone["workloads"], alone["total"]) == ([], None)


def test_workloads_without_a_sum_have_answers_of_their_own(cli: Cli, written: Write) -> None:
    written(file_of(here=f"tokens_as: gpt-5.2, {WORK}", there=WORK))
    result = asked(cli, *FEW)
    assert [row["option"] for row in result["workloads"]] == ["claude-sonnet-5.5-api"] * 2
    assert (result["recommendation"], result["verdict"]) == (None, "decided")
    assert any("differ in tokens_as" in note for note in result["notes"])
    written(file_of(here=f"needs: {{tools: true}}, {WORK}", there=WORK))
    assert asked(cli, *FEW)["recommendation"] is None  # they ask for different things


@pytest.mark.parametrize(
    ("workloads", "options", "said", "why"),
    [
        # Novita has evidence for customer service and none for other work: the answer there costs more
        (
            {"work": f"option: gemma-4-31b-novita, {WORK}", "bot": f"option: gemma-4-31b-novita, {BOT}"},
            FEW,
            "Of these, work costs $660.00 more (unproven now).",  # $700 − (200 × $0.14 + 30 × $0.40 = $40)
            ["unproven now", "stays"],
        ),
        (
            {"old": f"option: deepseek-r1-api, {BOT}", "bot": BOT},
            ("--options", "gemma-4-31b-novita,deepseek-r1-api"),
            "for 1 of 2 workloads",
            ["retired", "cheapest"],
        ),
        (
            {"one": BOT, "two": WORK},
            FEW,
            "$800.00 a month for 2 workloads, each on the cheapest option with evidence; to see a saving,",
            ["cheapest", "cheapest"],
        ),
        (
            {"one": f"option: gpt-5.2-api, {WORK}", "two": f"option: gpt-5.2-api, {WORK}"},
            ("--options", "gpt-5.2-api"),
            "Today $1,540.00 a month on gpt-5.2-api, and nothing to change.",  # 2 × (200 × $1.75 + 30 × $14)
            ["stays", "stays"],
        ),
        (
            {"one": f"option: gpt-5.2-api, {WORK}", "two": WORK},
            ("--options", "gpt-5.2-api"),
            "Today $770.00 a month on gpt-5.2-api for 1 of 2 workloads, and nothing to change; all of them $1,540.00",
            ["stays", "cheapest"],
        ),
        # two frontier models at one price: the one that serves it today stays
        (
            {"one": f"option: gemini-4-argon-api, {WORK}", "two": WORK},
            ("--options", "gemini-4-argon-api,claude-sonnet-5.5-api"),
            "and nothing to change",
            ["stays", "too close"],
        ),
        # no score of it is published for this work
        (
            {"one": f"option: gpt-5.2-api, {WORK}", "two": f"option: gpt-5.2-api, {WORK}"},
            ("--options", "gemma-4-31b-novita"),
            "Test the option for one and two first, which is $1,460.00 of the saving.",  # $1,540 − 2 × $40
            ["test first", "test first"],
        ),
        # what serves it today suffices for a part of it only
        (
            {"one": f"option: claude-sonnet-5.5-api, {WORK}", "two": f"option: r1-0528-deepinfra, {WORK}"},
            ("--options", "claude-sonnet-5.5-api,r1-0528-deepinfra"),
            "Of these, two costs $535.50 more (falls short).",  # $700 − (200 × $0.50 + 30 × $2.15 = $164.50)
            ["stays", "falls short"],
        ),
    ],
)
def test_the_verdict_says_what_the_change_rests_on(
    workloads: dict[str, str], options: tuple[str, ...], said: str, why: list[str], cli: Cli, written: Write
) -> None:
    written(file_of(**workloads))
    assert said in page(cli, *options)
    assert [row["why"] for row in asked(cli, *options)["workloads"]] == why


def test_a_workload_for_which_nothing_is_left_ends_with_3(cli: Cli, written: Write) -> None:
    written(file_of(bot=BOT, secret=f"needs: {{data: private}}, {BOT}"))
    result = asked(cli, *FEW, status=3)
    assert [(row["option"], row["why"]) for row in result["workloads"]] == [("gemma-4-31b-novita", "cheapest"), (None, "none left")]  # fmt: skip
    assert result["verdict_sentences"][1] == "Nothing is left for secret."


def test_every_format_has_the_rows(cli: Cli, written: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    written(file_of(bot=f"option: gpt-5.2-api, {BOT}", work=f"option: claude-sonnet-5.5-api, {WORK}"))
    run = ("recommend", "--workload", "costcalc.yaml", *FEW, *DAY)
    text = cli(*run).out
    assert max(map(len, text.splitlines())) <= 80
    assert "bot          1,925.00  gemma-4-31b-novita      100.00  1,825.00  cheaper" in text
    assert "all of them  2,625.00                          800.00  1,825.00" in text
    assert "bot: Use gemma-4-31b-novita" in cli(*run, "--explain").out
    header, *rows = cli(*run, "--format", "csv").out.splitlines()
    assert header.startswith("workload,today,today_usd,option,side,monthly_usd,saving_usd")
    assert [row.split(",")[0] for row in rows] == ["bot", "work"]
    assert "| bot | gpt-5.2-api | 1,925.00 | gemma-4-31b-novita | 100.00 | 1,825.00 | cheaper |" in cli(*run, "--format", "markdown").out  # fmt: skip


OWED = "contracts: {openai: {commitment_usd: 5_000, effective: 2026-01-01, source: {title: x, checked: 2026-01-01}}}\n"


def test_what_is_owed_anyway_is_counted_in(cli: Cli, written: Write) -> None:
    written(OWED + file_of(bot=f"option: gpt-5.2-api, {BOT}", work=f"option: claude-sonnet-5.5-api, {WORK}"))
    # today $1,925 + $700, and $3,075 of $5,000 unused; then $100 + $700, and all of it
    assert asked(cli, *FEW)["verdict_sentences"][1] == (
        "Counting in what you owe openai anyway: today $5,700.00, then $5,800.00."
    )
    alone = cli("recommend", "--workload", "costcalc.yaml#bot", *FEW, *DAY)
    # $100 and $5,000; $1,925 and $3,075
    assert "what you owe openai anyway it comes to $5,100.00, gpt-5.2-api to $5,000.00." in " ".join(alone.out.split())


def test_machines_that_serve_two_workloads_are_paid_once_today(cli: Cli, written: Write) -> None:
    mine = "options: {mine: {kind: self_host, tokens_per_s: 1000, usd_per_gpu_hour: 2, spares: 1, headroom: 1}}\n"
    one = "option: mine, peak_to_mean: 1, shapes: [{output_tokens: 1_000}]"
    written(f"{mine}{file_of(a=f'requests: 1e6, {one}', b=f'requests: 5e5, {one}')}")
    rows = asked(cli, "--costs", "hardware")["workloads"]
    # 1,500 Mtok of 2,628 that a replica makes: with the spare 2 × 730 h × $2 = $2,920, by GPU time 2 : 1
    assert [row["today_usd"] for row in rows] == [pytest.approx(1946.67, abs=0.01), pytest.approx(973.33, abs=0.01)]
