"""``costcalc project``: what it prints, where its defaults come from, and what is refused."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
from conftest import Cli, Write

from costcalc.render.documents import document_schema

DAY = ("--as-of", "2026-11-22")
MONTH = ("--tokens", "1e6", "--input-tokens", "0")
TWO = ("--options", "gpt-5.2-api,gemini-3.1-pro-api")


def document(cli: Cli, *args: str, day: tuple[str, str] = DAY) -> Any:  # noqa: ANN401  # JSON
    run = cli("project", *MONTH, *args, *day, "--format", "json")
    assert (run.status, run.err) == (0, "")
    found = json.loads(run.out)
    jsonschema.Draft7Validator(document_schema("project")).validate(found)
    return found


def test_totals_are_the_sum_of_the_months(cli: Cli) -> None:
    result = document(cli, *TWO, "--months", "12", "--price-decline", "0", "--discount-rate", "0")["result"]
    assert result["baseline"] == "gemini-3.1-pro-api"
    gemini, gpt = result["options"]
    assert (gemini["total_usd"], gpt["total_usd"]) == (144, 168)  # 12 × $12 and 12 × $14
    assert gpt["npv_usd"] == 168
    assert [month["cumulative_usd"] for month in gpt["months"]][:3] == [14, 28, 42]
    assert gpt["months"][1]["day"] == "2026-12-22"
    assert gpt["months"][0]["output_tokens"] == pytest.approx(1e6)
    assert gpt["payback"] == {
        "first": None,
        "last": None,
        "never": True,
        "behind": None,
    }  # dearer from the start, and nothing moves


def test_what_no_flag_says_the_assumptions_do_and_the_page_says_it(cli: Cli) -> None:
    inputs = document(cli, *TWO)["inputs"]
    assert (inputs["price_decline"], inputs["discount_rate"], inputs["growth"], inputs["months"]) == (0, 0.09, 0, 36)
    text = " ".join(cli("project", *MONTH, *TWO, *DAY).out.split())
    assert "list price of the same model unchanged beside announced changes (--price-decline)" in text
    assert "traffic unchanged (--growth)" in text
    assert "payments discounted by 9 % a year (--discount-rate)" in text
    switched = document(cli, *TWO, "--requalify-every", "12")["inputs"]
    assert (switched["capability_decline"], round(switched["requalify_usd"], 2)) == (10, 1790.77)


def test_the_headline_without_what_nobody_offers(cli: Cli) -> None:
    result = document(cli, "--months", "2")["result"]
    assert {one["option"]: one["reason"] for one in result["left_out"]} == {
        "deepseek-r1-api": "retired on 2026-07-24",
        "deepseek-r1-32b-self-hosted": "a published figure that nobody sells",
    }
    worth = [one["npv_usd"] for one in result["options"]]
    assert worth == sorted(worth)


def test_leaving_an_option_is_said_and_paid(cli: Cli) -> None:
    found = document(cli, *TWO, "--from", "gpt-5.2-api", "--months", "3", "--price-decline", "0%")
    gemini = next(one for one in found["result"]["options"] if one["option"] == "gemini-3.1-pro-api")
    assert found["result"]["baseline"] == "gpt-5.2-api"
    assert gemini["months"][0]["upfront_usd"] == 42  # 3 months of $14: the assumption migration_months
    assert gemini["months"][1]["running_usd"] == 26  # both bills: the assumption dual_running_months
    assert gemini["months"][2]["running_usd"] == 12


def test_what_moving_costs_is_named(cli: Cli, written: Write) -> None:
    written(
        "assumptions: {lead_time: 2, dual_running_months: 1.5}\n"
        "options: {mac: {kind: self_host, gpu: M3 Ultra, tokens_per_s: 100, tenure: own, usd_per_gpu: 9499}}\n"
    )
    asked = ("--options", "gemini-3.1-pro-api,mac", "--from", "gpt-5.2-api", "--months", "12", "--price-decline", "0")  # fmt: skip
    options = {each["option"]: each for each in document(cli, *asked)["result"]["options"]}
    # GPT-5.2: 1 Mtok at $14 a month; 3 months of work, 2 months of waiting, one and a half of both
    assert options["mac"]["moving"] == {
        "migration_usd": 42,
        "waiting_months": 2,
        "waiting_usd": 28,
        "dual_running_usd": 21,
    }
    assert [month["moving_usd"] for month in options["mac"]["months"]][:5] == [56, 14, 14, 7, 0]
    assert options["gemini-3.1-pro-api"]["moving"]["waiting_usd"] == 0
    assert options["gpt-5.2-api"]["moving"] is None
    text = " ".join(cli("project", *MONTH, *asked, *DAY).out.split())
    assert (
        "leaving gpt-5.2-api, in these figures: $42.00 of work at the beginning (migration_months), $28.00 of today's"
        " bills for 2 months of waiting (lead_time), $21.00 of today's bills while both run (dual_running_months); of mac"
    ) in text


def test_switching_may_cost_nothing(cli: Cli) -> None:
    inputs = document(cli, *TWO, "--requalify-every", "12", "--requalify-cost", "0")["inputs"]
    assert inputs["requalify_usd"] == 0


def test_an_option_that_falls_behind_is_not_ahead_at_once(cli: Cli) -> None:
    # Gemini 4 Argon: $10 up to December and $20 from then on, GPT-5.2 $14: 10 < 14, 30 > 28
    asked = ("--options", "gpt-5.2-api,gemini-4-argon-api", "--against", "gpt-5.2-api", "--months", "6")
    november = ("--as-of", "2026-11-01")
    argon = next(
        each
        for each in document(cli, *asked, "--price-decline", "0", day=november)["result"]["options"]
        if each["option"] == "gemini-4-argon-api"
    )
    assert argon["payback"] == {"first": 1, "last": None, "never": False, "behind": 2}
    text = cli("project", *MONTH, *asked, *november).out
    assert "month 1, behind from 2" in text
    assert "at once" not in text


def test_an_option_whose_model_is_retired_is_left_out(cli: Cli) -> None:
    asked = ("--options", "gpt-5.4-nano,gpt-5.2-api")
    result = document(cli, *asked)["result"]
    assert [each["option"] for each in result["options"]] == ["gpt-5.2-api"]
    assert result["left_out"][0]["reason"].startswith("retired on 2027-04-01, in month 5 of 36")
    today = cli("project", *MONTH, *asked, "--from", "gpt-5.4-nano", *DAY)
    assert (today.status, "retired on 2027-04-01" in today.err) == (3, True)


def test_monthly_and_chart_at_80_columns(cli: Cli) -> None:
    run = cli("project", *MONTH, *TWO, "--months", "12", "--growth", "50%", "--monthly", "--chart", *DAY)
    assert run.status == 0
    assert "12     2027-10-22" in run.out
    assert "USD paid since the beginning" in run.out
    assert max(map(len, run.out.splitlines())) <= 80
    many = cli("project", *MONTH, "--months", "120", "--chart", *DAY).out
    assert "Drawn are 6: the options that cost the least in all, and the baseline." in many
    assert max(map(len, many.splitlines())) <= 80


def test_csv_has_a_row_for_every_month(cli: Cli) -> None:
    run = cli("project", *MONTH, *TWO, "--months", "7", *DAY, "--format", "csv")
    assert len(run.out.splitlines()) == 1 + 2 * 7
    assert run.out.startswith(
        "option,month,day,output_tokens,upfront_usd,running_usd,cumulative_usd,moving_usd,owed_usd\n"
    )


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("--growth", "-100%"), "expected a change per year such as 50% or -0.2, from -99% to 9900%, found '-100%'"),
        (("--growth", "much"), "expected a change per year such as 50% or -0.2"),
        (("--growth", "nan"), "expected a change per year such as 50% or -0.2"),
        (
            ("--price-decline", "100%"),
            "expected a fall per year such as 5%, or -5% for a rise, from -100% to 99%, found '100%'",
        ),
        (
            ("--price-decline", "-101%"),
            "expected a fall per year such as 5%, or -5% for a rise, from -100% to 99%, found '-101%'",
        ),
        (("--months", "0"), "0 is not in the range"),
        (("--months", "121"), "121 is not in the range"),
        (("--capability-decline", "3"), "say how often: --requalify-every"),
        (("--requalify-cost", "3"), "say how often: --requalify-every"),
        (("--from", "gpt-5.2-api", "--against", "gpt-5.4-api"), "--from is the baseline; leave out --against"),
        (("--against", "gtp-5.2-api"), "unknown option 'gtp-5.2-api'"),
        (("--options", "gtp-5.2-api"), "unknown option 'gtp-5.2-api'"),
    ],
)
def test_bad_input_ends_with_2(args: tuple[str, ...], message: str, cli: Cli) -> None:
    run = cli("project", *MONTH, *args, *DAY)
    assert (run.status, run.out) == (2, "")
    assert message in " ".join(run.err.split())


def test_without_traffic_there_is_nothing_to_project(cli: Cli) -> None:
    run = cli("project", *DAY)
    assert (run.status, run.out) == (2, "")
    assert "say how much is to be served" in run.err


def test_a_price_that_is_missing_is_3(cli: Cli) -> None:
    run = cli("project", *MONTH, "--options", "gpt-6.1-sol-api", "--as-of", "2026-01-01")
    assert (run.status, run.out) == (3, "")
    assert "no price is known for 2026-01-01" in run.err


OWING = """
contracts:
  openai: {commitment_usd: 40, effective: 2026-01-01, until: 2027-01-31, source: {title: order form, checked: 2026-11-01}}
workloads:
  bot: {option: gpt-5.2-api, requests: 1_000, shapes: [{output_tokens: 1_000}]}
  pad: {option: gpt-5.2-api, requests: 500, shapes: [{output_tokens: 1_000}]}
"""  # bot $14, pad $7: of $40 the other one leaves $33


def test_what_is_owed_anyway_is_paid_and_said(cli: Cli, written: Write) -> None:
    written(OWING)
    args = ("--workload", "costcalc.yaml#bot", *TWO, *DAY)
    found = json.loads(cli("project", *args, "--from", "gpt-5.2-api", "--months", "4", "--format", "json").out)[
        "result"
    ]
    assert found["owed"] == [
        {"provider": "openai", "usd": 33, "elsewhere_usd": 7, "effective": "2026-01-01", "until": "2027-01-31"}
    ]
    stay = next(one for one in found["options"] if one["option"] == "gpt-5.2-api")
    assert [(month["running_usd"], month["owed_usd"]) for month in stay["months"]] == [
        (33, 19),
        (33, 19),
        (33, 19),
        (14, 0),
    ]
    text = " ".join(cli("project", *args).out.split())
    assert "what you owe anyway included" in text
    assert "owed to openai however little is used until 2027-01-31: $33.00 a month, beside $7.00" in text


def test_compare_counts_in_what_is_owed(cli: Cli, written: Write) -> None:
    written(OWING)
    args = ("--workload", "costcalc.yaml#bot", *TWO, *DAY)
    found = json.loads(cli("compare", *args, "--format", "json").out)["result"]
    assert [(one["option"], one["monthly_usd"], one["in_all_usd"]) for one in found["estimates"]] == [
        ("gemini-3.1-pro-api", 12, 45),  # $12, and $33 that nobody uses
        ("gpt-5.2-api", 14, 33),
    ]
    assert found["answer"]["cheapest_in_all"] == {"option": "gpt-5.2-api", "in_all_usd": 33}
    assert "anyway, none costs less than today's $33.00." in found["verdict"][-1]
    by_flags = " ".join(cli("compare", *MONTH, *TWO, *DAY).out.split())  # the nearest file's contract
    assert "owe openai anyway: gpt-5.2-api, $40.00." in by_flags
    dear = OWING.replace("commitment_usd: 40", "commitment_usd: 8")
    written(dear)
    assert "owe openai anyway: gemini-3.1-pro-api, $13.00, today's $14.00." in " ".join(
        cli("compare", *args).out.split()
    )
