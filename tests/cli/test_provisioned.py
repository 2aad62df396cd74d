"""Capacity by the hour, as people ask for it: public case B4 and what the other commands make of such an option."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from conftest import Cli, Write

from costcalc import Workload, compare, load_catalog

F = Fraction

B4 = str(Path(__file__).parents[1] / "data" / "public" / "B4-provisioned.yaml")
DAY = ("--as-of", "2026-11-27")
MONTH = ("--workload", f"{B4}#chat", *DAY)
EVEN = ("--peak-to-mean", "1")
BOTH = ("--options", "gpt-4.1-ptu,azure/gpt-4.1")
FLAGS = ("--requests", "43.8M", "--shape", "200:400", *DAY)
OWN = """
options:
  mine:
    kind: provisioned
    model: azure/gpt-4.1
    units:
      PTU:
        usd_per_month: 200 to 300
        tokens_per_minute: 2_500 to 3_600
        weights: {input: 1, cache_read: 0, output: 4}
        least: 15
        step: 5
    source: {title: quote 7, checked: 2026-11-27}
"""


def result(cli: Cli, *args: str) -> dict[str, Any]:
    run = cli(*args, "--format", "json")
    assert (run.status, run.err) == (0, ""), run.err
    said: dict[str, Any] = json.loads(run.out)["result"]
    return said


@pytest.mark.parametrize("traffic", [MONTH, FLAGS], ids=["file", "flags"])
def test_public_case_b4_costs_what_azure_bills(traffic: tuple[str, ...], cli: Cli) -> None:
    rows = {row["option"]: row for row in result(cli, "compare", *traffic, *BOTH)["estimates"]}
    assert rows["gpt-4.1-ptu"]["monthly_usd"] == 438_000  # 600 x $1.00 x 730 h
    assert rows["azure/gpt-4.1"]["monthly_usd"] == 157_680  # 8,760 Mtok x $2 + 17,520 Mtok x $8
    row = rows["gpt-4.1-ptu"]
    assert (row["kind"], row["side"]) == ("provisioned", "buy")
    (line,) = row["lines"]
    assert (line["item"], line["quantity"], line["unit"], line["unit_price_usd"]) == ("PTU", 438_000, "PTU-hour", 1)
    assert row["caveats"][0].startswith(
        "600 PTU carry the mean of 1,000 requests a minute and no more: no peak is stated"
    )


def test_public_case_b4_in_python() -> None:
    month = Workload.single(requests=43_800_000, input_tokens=200, output_tokens=400)
    found = compare(month, load_catalog(), options=["gpt-4.1-ptu"], as_of=date(2026, 11, 27))
    assert found.estimates[0].monthly_usd == Decimal("438000.00")


def test_a_peak_on_the_command_line_is_carried(cli: Cli) -> None:
    for traffic in (MONTH, FLAGS):
        (row,) = result(cli, "compare", *traffic, "--options", "gpt-4.1-ptu", "--peak-to-mean", "3")["estimates"]
        assert row["monthly_usd"] == 1_314_000  # 1,800 x 730


def test_the_table_says_that_capacity_is_paid_for_unused(cli: Cli) -> None:
    run = cli("compare", *MONTH, *BOTH, "--notes")
    assert "gpt-4.1-ptu    buy (capacity)  438,000.00   25.00  2025-11-05" in run.out
    assert "(capacity) is paid for used or not, and sized for the mean where no peak is stated" in " ".join(
        run.out.split()
    )


def test_output_alone_is_sized_with_its_prompts(cli: Cli) -> None:
    found = result(cli, "compare", "--tokens", "17.52B", *DAY, "--options", "gpt-4.1-ptu")["estimates"][0]
    same = result(cli, "compare", "--tokens", "17.52B", "--input-tokens", "0", *DAY, "--options", "gpt-4.1-ptu")
    assert found["monthly_usd"] > same["estimates"][0]["monthly_usd"]


def test_break_even_by_the_year(cli: Cli) -> None:
    args = ("breakeven", *MONTH, *EVEN, "--build", "gpt-4.1-ptu-yearly", "--buy", "azure/gpt-4.1")
    found = result(cli, *args)
    # 15 units are 15 x $221 = $3,315: 920,833.3 requests of $0.0036, 368.333 Mtok of output; for good from 25 units on:
    # 30 cost 1,841,666.7 requests' worth and 25 carry 1,825,000 (730 Mtok)
    wins = [row["from"] for row in found["intervals"] if row["option"] == "gpt-4.1-ptu-yearly"]
    assert (wins[0], wins[-1]) == (
        pytest.approx(F(3_315) / F("0.0036") * 400),
        pytest.approx(30 * 221 / F("0.0036") * 400),
    )


def test_ranges_of_a_unit_enter_simulation_and_tornado(cli: Cli, written: Write) -> None:
    written(OWN)
    options = ("--options", "mine,azure/gpt-4.1")
    inputs = {
        row["input"]: row for row in result(cli, "sensitivity", *FLAGS, *EVEN, *options)["inputs"] if row["width_usd"]
    }
    price, carried = "options.mine.units.PTU.usd_per_month", "options.mine.units.PTU.tokens_per_minute"
    assert inputs.keys() == {price, carried}
    assert (inputs[price]["low"]["monthly_usd"], inputs[price]["high"]["monthly_usd"]) == (120_000, 180_000)  # 600 x
    # 1,800,000 / 2,500 = 720 units and / 3,600 = 500, at the median of $200 to $300, $244.949
    assert [inputs[carried][end]["monthly_usd"] for end in ("low", "high")] == [176_363.28, 122_474.5]
    found = result(cli, "simulate", *FLAGS, *EVEN, *options, "--draws", "200")["options"]
    mine = next(row for row in found if row["option"] == "mine")
    assert mine["p10_usd"]["value"] < mine["central_usd"] < mine["p90_usd"]["value"]


def test_simulation_follows_a_peak_stated_or_assumed(cli: Cli) -> None:
    args = ("simulate", *FLAGS, *BOTH, "--draws", "100")
    ptu = next(
        row for row in result(cli, *args, "--peak-to-mean", "2 to 4")["options"] if row["option"] == "gpt-4.1-ptu"
    )
    assert 730_000 < ptu["p10_usd"]["value"] < ptu["p90_usd"]["value"] < 1_900_000  # about 1,200 to 2,400 units x 730
    ptu = next(row for row in result(cli, *args)["options"] if row["option"] == "gpt-4.1-ptu")
    # the assumption is 3, between 1.23 and 6: 740 to 3,600 units x 730
    assert 540_000 < ptu["p10_usd"]["value"] < 1_314_000 < ptu["p90_usd"]["value"] < 2_630_000


MONTHLY = ("--options", "gpt-4.1-ptu-monthly,azure/gpt-4.1")


def test_units_for_an_even_load_are_the_cheapest_only_where_it_is_stated(cli: Cli) -> None:
    found = result(cli, "compare", *MONTH, *MONTHLY)
    # 600 x $260, and 1,800 x $260 for three times the mean, as a fleet beside them is sized
    assert [row["monthly_usd"] for row in found["estimates"]] == [156_000, 157_680]
    assert found["answer"]["cheapest"]["option"] == "azure/gpt-4.1"
    assert found["verdict"] == [
        "Cheapest of 2 options, whatever its quality: azure/gpt-4.1, $157,680.00 a month.",
        "gpt-4.1-ptu-monthly: $156,000.00 if the load is even, $468,000.00 with the assumed peak of 3.",
        "From 2027-04-14 azure/gpt-4.1 can no longer be bought.",
    ]
    assert (found["answer"]["cheapest_if_even"]["monthly_usd"], found["answer"]["cheapest_if_even_at_peak"]) == (
        156_000, {"option": "gpt-4.1-ptu-monthly", "monthly_usd": 468_000, "change_percent": None},
    )  # fmt: skip
    even = result(cli, "compare", *MONTH, *EVEN, *MONTHLY)
    assert even["answer"]["cheapest"]["option"] == "gpt-4.1-ptu-monthly"
    assert even["answer"]["cheapest_if_even"] is None
    for stated, costs in (((), 468_000), (EVEN, 156_000)):
        row = next(
            row for row in result(cli, "breakeven", *MONTH, *stated, *MONTHLY)["at_your_volume"][0]["monthly_usd"].items()
            if row[0] == "gpt-4.1-ptu-monthly"
        )  # fmt: skip
        assert row[1] == costs


def test_units_that_cost_more_even_then_have_no_sentence(cli: Cli) -> None:
    found = result(cli, "compare", *MONTH, *BOTH)
    assert found["answer"]["cheapest_if_even"] is None
    assert not any("if the load is even" in sentence for sentence in found["verdict"])


def test_units_of_a_fixed_number_cost_the_same_at_any_peak(cli: Cli, written: Write) -> None:
    written(
        OWN.replace("200 to 300", "260")
        .replace("2_500 to 3_600", "3_000")
        .replace("step: 5", "step: 5\n        count: 600")
    )
    found = result(cli, "compare", *FLAGS, "--options", "mine,azure/gpt-4.1")
    assert (found["answer"]["cheapest"]["option"], found["answer"]["cheapest_if_even"]) == ("mine", None)


def test_a_term_beyond_the_models_end_is_not_the_cheapest(cli: Cli) -> None:
    # 12 months from 2026-11-27 end after 2027-04-14; a month does not
    options = ("--options", "gpt-4.1-ptu-yearly,gpt-4.1-ptu-monthly,azure/gpt-4.1")
    found = result(cli, "compare", *MONTH, *EVEN, *options)
    assert found["answer"]["cheapest"]["option"] == "gpt-4.1-ptu-monthly"
    last = found["estimates"][-1]
    assert (last["option"], last["monthly_usd"], last["not_comparable"]) == ("gpt-4.1-ptu-yearly", 132_600, "bound")
    assert "not comparable here: its term of 12 months ends after that day" in last["caveats"]


def test_it_is_recommended_where_it_is_cheaper_and_never_where_it_is_too_small(cli: Cli, written: Write) -> None:
    written(OWN.replace("step: 5", "step: 5\n        count: 300"))
    found = result(cli, "recommend", *FLAGS, "--options", "mine,gpt-4.1-ptu-yearly,azure/gpt-4.1")
    assert found["recommendation"]["option"] == "azure/gpt-4.1"
    assert "its term ends after its model is retired" in json.dumps(found["excluded"])
    assert "its units carry fewer requests than the mean rate" in json.dumps(found["excluded"])


def test_projection_and_tco_and_check_take_it(cli: Cli, written: Write) -> None:
    found = result(cli, "project", *MONTH, *BOTH, "--months", "3")
    assert {row["option"] for row in found["options"]} == {"gpt-4.1-ptu", "azure/gpt-4.1"}
    written(
        "workloads:\n  chat:\n    requests: 43_800_000\n    option: gpt-4.1-ptu\n"
        "    shapes: [{input_tokens: 200, output_tokens: 400}]\nbudgets: {all: {monthly_usd: 400_000}}\n"
    )
    over = cli("check", *DAY)
    assert over.status == 1, over.err
    assert "438,000" in over.out
    assert cli("tco", "gpt-4.1-ptu", *MONTH).status == 2  # it has no machines


def test_the_catalog_shows_lists_and_changes_it(cli: Cli, written: Write) -> None:
    listed = result(cli, "catalog", "list", "gpt-4.1-ptu")
    row = listed["options"][0]
    assert (row["option"], row["kind"], row["serves"]) == ("gpt-4.1-ptu", "provisioned", "azure/gpt-4.1")
    shown = cli("catalog", "show", "gpt-4.1-ptu")
    assert "usd_per_hour 1.00" in shown.out
    assert "azure/gpt-4.1" in shown.out
    history = cli("catalog", "history", "gpt-4.1-ptu", *DAY)
    assert "PTU" in history.out
    written(OWN)
    assert cli("catalog", "set", "mine", "units.PTU.usd_per_month=250").status == 0
    (row,) = result(cli, "compare", *FLAGS, "--options", "mine")["estimates"]
    assert row["monthly_usd"] == pytest.approx(250 * 600)  # 1,800,000 / 3,000 (the median of the range)


def test_a_price_of_ones_own_lies_over_the_shipped_option(cli: Cli, written: Write) -> None:
    written("options: {gpt-4.1-ptu: {units: {PTU: {usd_per_hour: 0.80}}}}\n")
    (row,) = result(cli, "compare", *FLAGS, "--options", "gpt-4.1-ptu")["estimates"]
    assert row["monthly_usd"] == 350_400  # 600 x $0.80 x 730


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("usd_per_hour: 1, tokens_per_minute: 3000", "tokens_per_minute needs weights, such as {input: 1, output: 4}"),
        ("usd_per_hour: 1, usd_per_yaer: 9", "unknown key 'usd_per_yaer'"),
        ("usd_per_hour: nan, tokens_per_minute: 1", "usd_per_hour: "),
        ("tokens_per_minute: 3000, weights: {input: 1}", "give one price, usd_per_hour or"),
    ],
)
def test_what_is_wrong_is_said_at_its_line(text: str, problem: str, cli: Cli, written: Write) -> None:
    written(f"options:\n  mine:\n    kind: provisioned\n    model: azure/gpt-4.1\n    units:\n      PTU: {{{text}}}\n")
    run = cli("compare", *FLAGS, "--options", "mine")
    assert (run.status, run.out) == (2, "")
    assert "costcalc.yaml:6:" in run.err
    assert problem in run.err


def test_lint_asks_for_a_source_and_sees_what_is_retired(cli: Cli, written: Write) -> None:
    unsourced = OWN.replace("    source: {title: quote 7, checked: 2026-11-27}\n", "    overflow: deepseek-r1-api\n")
    written(unsourced)
    found = " ".join(cli("catalog", "lint", *DAY).out.split())
    assert "options.mine: prices and capacities without a source" in found
    assert "options.mine.overflow: names deepseek/deepseek-r1, which was retired on" in found
    written(OWN)
    assert "options.mine" not in cli("catalog", "lint", *DAY).out


@pytest.mark.parametrize(("peak", "usd"), [("", 438_000), ("peak_to_mean: 5, ", 1_752_000)])
def test_the_sum_of_workloads_has_a_peak_where_one_of_them_states_it(
    peak: str, usd: int, cli: Cli, written: Write
) -> None:
    half = "requests: 21_900_000, shapes: [{input_tokens: 200, output_tokens: 400}]"
    written(f"workloads:\n  a: {{{peak}{half}}}\n  b: {{{half}}}\n", "two.yaml")
    (row,) = result(cli, "compare", "--workload", "two.yaml", *DAY, "--options", "gpt-4.1-ptu")["estimates"]
    assert row["monthly_usd"] == usd  # 600 x 730; or (5 + the usual 3) / 2 = 4 times 600
