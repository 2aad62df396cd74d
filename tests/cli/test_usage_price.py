"""``costcalc usage price`` and ``--log`` as a user types them."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from conftest import Cli, Write

from costcalc.render.documents import document_schema

EXAMPLE = str(Path(__file__).parents[2] / "examples" / "log.csv")
DAY = ("--as-of", "2026-11-27")
HEADER = "timestamp,model,team,input_tokens,cached_tokens,output_tokens\n"
# GPT-5.4: input $2.50, read from the cache $0.25, output $15.00 a Mtok
ONE = "2026-11-02T10:00:00Z,openai/gpt-5.4,search,1000000,0,100000\n"  # 2.50 + 1.50; but above 272,000: 5.00 + 2.25
SHORT = "2026-11-02T10:00:00Z,openai/gpt-5.4,search,200000,100000,10000\n"  # 0.25 + 0.025 + 0.15 = 0.425
LATER = "2026-11-09T10:00:00Z,openai/gpt-5.4,support,100000,0,0\n"  # 0.25


def answer(cli: Cli, *args: str, status: int = 0) -> dict[str, Any]:
    run = cli("usage", "price", *args, *DAY, "--format", "json")
    assert run.status == status, run.err
    document: dict[str, Any] = json.loads(run.out)
    jsonschema.Draft7Validator(document_schema("usage-price")).validate(document)
    return document


def test_a_log_is_priced_to_the_last_decimal(cli: Cli, written: Write) -> None:
    log = written(HEADER + SHORT + LATER, "log.csv")
    result = answer(cli, str(log), "--options", "openai/gpt-5.4")["result"]
    assert (result["requests"], result["did_cost"]["usd"], result["did_cost"]["high_usd"]) == (2, 0.675, 0.675)
    (option,) = result["options"]
    assert (option["option"], option["usd"]) == ("openai/gpt-5.4", 0.675)
    assert option["monthly_usd"] == pytest.approx(0.675 * 730 / 168)  # a week, as a month of 730 h
    assert result["tokens"] == {"input": 200_000, "cache_read": 100_000, "output": 10_000}


def test_a_long_prompt_pays_the_price_of_long_prompts(cli: Cli, written: Write) -> None:
    log = written(HEADER + ONE + LATER, "log.csv")
    # 1 Mtok × 5.00 + 0.1 × 22.50 above 272,000 tokens, and 0.1 × 2.50
    assert answer(cli, str(log), "--options", "gpt-5.4")["result"]["did_cost"]["usd"] == 7.5


@pytest.mark.parametrize(
    ("by", "names"),
    [
        ("model", ["openai/gpt-5.4"]),
        ("team", ["search", "support"]),
        ("day", ["2026-11-02", "2026-11-09"]),
    ],
)
def test_cost_is_shown_by_what_was_asked_for(by: str, names: list[str], cli: Cli, written: Write) -> None:
    log = written(HEADER + SHORT + LATER, "log.csv")
    did_cost = answer(cli, str(log), "--by", by)["result"]["did_cost"]
    assert [each["name"] for each in did_cost["by"]] == names
    assert sum(each["usd"] for each in did_cost["by"]) == pytest.approx(0.675)


def test_an_unknown_model_is_in_no_total_and_said_aloud(cli: Cli, written: Write) -> None:
    log = written(HEADER + SHORT + LATER.replace("openai/gpt-5.4", "our-llama"), "log.csv")
    run = cli("usage", "price", str(log), *DAY, "--options", "gpt-5.4")
    assert run.status == 0
    text = " ".join(run.out.split())
    assert "The log's 1 request did cost $0.425 at list prices. On gpt-5.4 the same traffic costs $0.675." in text
    assert "No total holds 32.3 % of the tokens" in text  # 100,000 of 310,000
    assert "our-llama" in run.err
    assert "$0.00" not in run.out


def test_rows_that_cannot_be_counted_are_said_and_fatal_under_strict(cli: Cli, written: Write) -> None:
    log = written(HEADER + SHORT + LATER + "2026-11-09T11:00:00Z,openai/gpt-5.4,support,100,200,1\n", "log.csv")
    run = cli("usage", "price", str(log), *DAY, "--options", "gpt-5.4")
    assert (run.status, "1 row is not counted (a cached part that exceeds the input" in run.err) == (0, True)
    strict = cli("usage", "price", str(log), *DAY, "--options", "gpt-5.4", "--strict")
    assert strict.status == 1
    assert "did cost" in strict.out  # the report is printed before the gate


def test_a_log_of_one_row_and_one_of_the_future_are_priced_and_doubted(cli: Cli, written: Write) -> None:
    one = cli("usage", "price", str(written(HEADER + SHORT, "log.csv")), *DAY, "--options", "gpt-5.4")
    assert (one.status, "did cost $0.425" in one.out) == (0, True)
    assert "the log lasts 1 s: a month at its pace" in " ".join(one.err.split())
    rows = SHORT.replace("2026", "2036") + LATER.replace("2026", "2036")
    late = cli("usage", "price", str(written(HEADER + rows, "late.csv")), *DAY, "--options", "gpt-5.4")
    assert (late.status, "the last request is of 2036-11-09, in the future" in late.err) == (0, True)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "the file is empty"),
        (HEADER, "no request in it"),
        ("a,b\n1,2\n", "expected records of one of the formats"),
        (HEADER + "yesterday,m,t,1,0,1\n", "no request in it; 1 row is not counted (no time)"),
    ],
)
def test_what_is_no_log_is_refused(text: str, words: str, cli: Cli, written: Write) -> None:
    log = written(text, "log.csv")
    run = cli("usage", "price", str(log), *DAY)
    assert (run.status, run.out) == (2, "")
    assert words in " ".join(run.err.split())


def test_every_missing_file_is_named_at_once(cli: Cli) -> None:
    run = cli("usage", "price", "gone.csv", "*.jsonl", "notes.txt", *DAY)
    assert run.status == 2
    assert all(name in run.err for name in ("gone.csv", "*.jsonl", "notes.txt"))


def test_an_option_that_was_named_must_have_a_price(cli: Cli, written: Write) -> None:
    log = written(HEADER + SHORT + LATER, "log.csv")
    run = cli("usage", "price", str(log), "--as-of", "2026-11-27", "--options", "gpt-5.4-api,cursor-pro-seats")
    assert (run.status, "cursor-pro-seats is not compared: " in run.err) == (2, True), run.err
    assert "gpt-5.4-api" in run.out  # the report is printed all the same
    assert cli("usage", "price", str(log), *DAY).status == 0  # of the usual options some may have none


def test_flags_that_contradict_each_other_are_refused(cli: Cli) -> None:
    assert cli("usage", "price", EXAMPLE, "--all", "--options", "gpt-5.4").status == 2
    unknown = cli("usage", "price", EXAMPLE, "--by", "colour")
    assert (unknown.status, "has no 'colour'" in unknown.err) == (2, True)
    assert cli("usage", "price", EXAMPLE, "--format-in", "excel").status == 2


def test_a_page_stands_on_one_screen(cli: Cli) -> None:
    run = cli("usage", "price", EXAMPLE, *DAY)
    assert run.status == 0
    lines = run.out.splitlines()
    assert len(lines) <= 40
    assert max(map(len, lines)) <= 80


COMMANDS = (
    ("compare",),
    ("breakeven",),
    ("project",),
    ("sensitivity",),
    ("simulate", "--draws", "200"),
    ("recommend",),
    ("tco", "r1-distill-32b-h100"),
)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_every_command_takes_a_log_in_place_of_tokens(command: tuple[str, ...], cli: Cli) -> None:
    options = () if command[0] in {"recommend", "tco"} else ("--options", "gpt-5.2-api,claude-haiku-5.5-api")
    run = cli(*command, "--log", EXAMPLE, *options, *DAY, "--format", "json")
    assert run.status == 0, run.err
    inputs = json.loads(run.out)["inputs"]
    assert (inputs["workload"], inputs["log"]) == ("log", [EXAMPLE])
    beside = cli(*command, "--log", EXAMPLE, "--tokens", "1e6", *DAY)
    assert (beside.status, "leave out --tokens" in beside.err) == (2, True)


def test_a_month_at_the_pace_of_a_log_costs_what_the_log_does_times_its_pace(cli: Cli, written: Write) -> None:
    log = written(HEADER + SHORT + LATER, "log.csv")
    run = cli("compare", "--log", str(log), *DAY, "--format", "json")
    result = json.loads(run.out)["result"]
    assert result["answer"]["today"]["option"] == "gpt-5.4-api"  # the option whose model served all of it
    months = {each["option"]: each["monthly_usd"] for each in result["estimates"]}
    assert months["gpt-5.4-api"] == pytest.approx(0.675 * 730 / 168)


def test_a_moment_makes_no_month(cli: Cli, written: Write) -> None:
    log = written(HEADER + SHORT, "log.csv")
    run = cli("compare", "--log", str(log), *DAY)
    assert (run.status, "a month at its pace needs at least" in " ".join(run.err.split())) == (3, True)


BUDGETS = """
workloads:
  search: {requests: 10, shapes: [{input_tokens: 100, output_tokens: 10}], option: openai/gpt-5.4}
  support: {requests: 10, shapes: [{input_tokens: 100, output_tokens: 10}], option: openai/gpt-5.4}
budgets:
  all: {monthly_usd: LIMIT}
  searches: {workloads: [search], monthly_usd: {warn: 0.5, deny: 100}}
"""


@pytest.mark.parametrize(
    ("limit", "status", "all_of_it"),
    [
        # $0.675 from the 2nd at 10:00 to the 9th at 10:00; at that pace (168 h) to the end of the 30th (686 h): 2.756…
        ("3.00", 0, "inside"),
        ("2.75", 1, "over"),
    ],
)
def test_budgets_are_judged_by_a_log(limit: str, status: int, all_of_it: str, cli: Cli, written: Write) -> None:
    log = written(HEADER + SHORT + LATER, "log.csv")
    written(BUDGETS.replace("LIMIT", limit))
    run = cli("check", "--log", str(log), "--by", "team", "--as-of", "2026-11-09", "--format", "json")
    assert run.status == status, run.err
    document = json.loads(run.out)
    jsonschema.Draft7Validator(document_schema("check")).validate(document)
    judged = {each["budget"]: each for each in document["result"]["by_log"]}
    assert judged["all"]["so_far_usd"] == 0.675
    assert judged["all"]["actual_usd"] == pytest.approx(0.675 * 686 / 168)
    assert (judged["all"]["status"], judged["searches"]["status"]) == (all_of_it, "warning")


def test_a_log_that_does_not_tell_workloads_apart_leaves_their_budgets_undecided(cli: Cli, written: Write) -> None:
    log = written(HEADER + SHORT + LATER, "log.csv")
    written(BUDGETS.replace("LIMIT", "100"))
    run = cli("check", "--log", str(log), "--as-of", "2026-11-09")
    assert run.status == 3
    assert "does not say which requests are of search" in " ".join(run.out.split())
    assert cli("check", "--by", "team").status == 2  # a label of no log


def test_rows_of_focus_are_what_it_did_cost_and_read_back_within_their_range(cli: Cli, written: Write) -> None:
    log = written(HEADER + SHORT + LATER, "log.csv")
    run = cli("usage", "price", str(log), *DAY, "--options", "gpt-5.4", "--format", "focus")
    rows = list(csv.DictReader(run.out.splitlines()))
    assert [(row["x_Meter"], row["ConsumedQuantity"], row["BilledCost"]) for row in rows] == [
        ("input", "200000", "0.50"),  # 0.2 Mtok × 2.50
        ("cache_read", "100000", "0.025"),  # 0.1 × 0.25
        ("output", "10000", "0.15"),  # 0.01 × 15.00
    ]
    back = written(run.out, "focus.csv")
    result = answer(cli, str(back), "--options", "gpt-5.4")["result"]
    did_cost = result["did_cost"]
    assert result["span_hours"] == 168  # a sum lasts until its end
    # a sum of two requests hides that neither was long: at most one with everything, above 272,000 tokens
    assert (did_cost["usd"], did_cost["recorded_usd"]) == (0.675, 0.675)
    assert did_cost["high_usd"] == pytest.approx(0.675 + 0.2 * 2.50 + 0.1 * 0.25 + 0.01 * 7.50)
    page = " ".join(cli("usage", "price", str(back), *DAY, "--options", "gpt-5.4").out.split())
    assert "did cost $0.675 to $1.28 at list prices (recorded: $0.675)." in page


def test_focus_is_a_format_of_usage_price_alone(cli: Cli, written: Write) -> None:
    log = written(HEADER + SHORT + LATER, "log.csv")
    assert cli("compare", "--tokens", "1e6", *DAY, "--format", "focus").status == 2
    assert cli("usage", "price", str(log), *DAY, "--format", "focus", "--focus-version", "2").status == 2
    older = cli("usage", "price", str(log), *DAY, "--options", "gpt-5.4", "--format", "focus", "--focus-version", "1.2")
    assert "ProviderName" in older.out.splitlines()[0].split(",")


@pytest.mark.parametrize("command", [("usage", "price"), ("compare", "--log"), ("usage", "pack", "-o", "p.parquet")])
@pytest.mark.parametrize("name", ["log.csv", "log.parquet"])
def test_without_duckdb_a_log_says_what_to_install(
    command: tuple[str, ...], name: str, cli: Cli, written: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = written(HEADER + SHORT, name)
    monkeypatch.setitem(sys.modules, "duckdb", None)
    run = cli(*command, str(log))
    assert (run.status, "pip install 'costcalc[usage]'" in run.err) == (2, True), run.err


# a day of 1,000 requests of GPT-5.4: its prompts together exceed 272,000 tokens, one of them alone may or may not
SUM = "timestamp,model,team,requests,input_tokens,output_tokens\n2026-11-02,gpt-5.4,search,1000,1000000,100000\n"


def test_the_month_of_a_range_is_a_range_and_the_cheapest_may_be_another(cli: Cli, written: Write) -> None:
    log = written(SUM, "log.csv")
    # 1 Mtok × 2.50 + 0.1 × 15.00 = 4.00; as one long prompt 5.00 + 2.25 = 7.25; a month has 730 / 24 such days
    (option,) = answer(cli, str(log), "--options", "gpt-5.4")["result"]["options"]
    assert (option["usd"], option["high_usd"]) == (4, 7.25)
    assert option["monthly_usd"] == pytest.approx(4 * 730 / 24)
    assert option["monthly_high_usd"] == pytest.approx(7.25 * 730 / 24)
    page = " ".join(cli("usage", "price", str(log), *DAY, "--options", "gpt-5.4,gpt-5.2").out.split())
    assert "121.67–220.52" in page
    # GPT-5.2 has no price of long prompts: 1.75 + 1.40 = 3.15, less than 4.00
    assert "Cheapest of 2 options for the same traffic, whatever its quality: gpt-5.2, $3.15." in page
    page = " ".join(cli("usage", "price", str(log), *DAY, "--options", "gpt-5.4,claude-sonnet-4-6").out.split())
    assert "may be gpt-5.4, $4.00 to $7.25: 1 other may cost less." in page  # Sonnet 4.6: 3.00 + 1.50 = 4.50


def test_a_moment_has_no_month_in_its_table_either(cli: Cli, written: Write) -> None:
    log = written(HEADER + SHORT, "log.csv")
    assert "/month" not in cli("usage", "price", str(log), *DAY, "--options", "gpt-5.4").out
    (option,) = answer(cli, str(log), "--options", "gpt-5.4")["result"]["options"]
    assert (option["usd"], option["monthly_usd"], option["monthly_high_usd"]) == (0.425, None, None)
    written(BUDGETS.replace("LIMIT", "100"))
    run = cli("check", "--log", str(log), "--by", "team", "--as-of", "2026-11-09")
    assert (run.status, "a pace needs at least 60 s" in " ".join(run.out.split())) == (3, True), run.out + run.err


CONTRACT = """
contracts:
  openai: {discount: 0.1, effective: EFFECTIVE, source: {title: ours, checked: 2026-11-01}}
"""


@pytest.mark.parametrize(
    ("effective", "rows", "words"),
    [
        ("2026-11-01", SHORT, "did cost $0.383 at your contract's prices."),  # 0.425 × 0.9 = 0.3825
        ("2026-11-05", SHORT + LATER, "did cost $0.65 at your contract's prices, and list prices elsewhere."),
        ("2026-12-01", SHORT, "did cost $0.425 at list prices."),  # the contract begins later
    ],
)
def test_the_prices_that_were_applied_are_named(
    effective: str, rows: str, words: str, cli: Cli, written: Write
) -> None:
    log = written(HEADER + rows, "log.csv")
    written(CONTRACT.replace("EFFECTIVE", effective))
    run = cli("usage", "price", str(log), *DAY, "--options", "gpt-5.4")
    assert words in " ".join(run.out.split()), run.out + run.err


def test_a_log_of_which_most_is_lost_says_so_first(cli: Cli, written: Write) -> None:
    wrong = "2026-11-09T11:00:00Z,openai/gpt-5.4,support,100,200,1\n"
    log = written(HEADER + SHORT + wrong * 2 + "yesterday,openai/gpt-5.4,support,100,0,1\n", "log.csv")
    run = cli("usage", "price", str(log), *DAY, "--options", "gpt-5.4")
    text = " ".join(run.out.split())
    assert text.startswith(
        "3 of 4 rows are not counted: a cached part that exceeds the input which contains it; no time."
    )
    half = written(HEADER + SHORT + wrong, "half.csv")
    assert cli("usage", "price", str(half), *DAY, "--options", "gpt-5.4").out.startswith("The log's 1 request")


@pytest.mark.parametrize("by", ["team", "Team", " TEAM "])
def test_what_was_asked_for_are_the_rows_of_csv(by: str, cli: Cli, written: Write) -> None:
    log = written(HEADER + SHORT + LATER, "log.csv")
    run = cli("usage", "price", str(log), *DAY, "--by", by, "--options", "gpt-5.4", "--format", "csv")
    rows = [(row["team"], row["requests"], row["usd"], row["models"]) for row in csv.DictReader(run.out.splitlines())]
    assert rows == [("search", "1", "0.425", "openai/gpt-5.4"), ("support", "1", "0.25", "openai/gpt-5.4")]
    plain = cli("usage", "price", str(log), *DAY, "--options", "gpt-5.4", "--format", "csv")
    assert [row["option"] for row in csv.DictReader(plain.out.splitlines())] == ["gpt-5.4"]


def test_an_unknown_label_names_all_that_there_are(cli: Cli, written: Write) -> None:
    log = written(HEADER + SHORT, "log.csv")
    run = cli("usage", "price", str(log), *DAY, "--by", "teem")
    assert (run.status, "it has model, day, team, key," in " ".join(run.err.split())) == (2, True), run.err
    assert "did you mean 'team'" in " ".join(run.err.split())
    assert cli("usage", "price", str(log), *DAY, "--by", "Day", "--options", "gpt-5.4").status == 0
