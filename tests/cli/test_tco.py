"""``costcalc tco`` as a user types it: the whole bill, its ranges, what is a judgement, in every format."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from conftest import Cli

from costcalc import load_catalog
from costcalc.render.documents import document_schema

OPTION = "r1-distill-32b-h100"
DAY = ("--as-of", "2026-11-22")
BILL = ("tco", OPTION, "--tokens", "500M", *DAY)
LARGE = ("tco", OPTION, "--tokens", "9876543M", *DAY)
SCENARIO = """
as_of: 2026-11-22
workloads:
  bot:
    requests: 1_000_000
    shapes: [{input_tokens: 1_000, output_tokens: 500}]
options:
  mine:
    kind: self_host
    tokens_per_s: 3000
    usd_per_gpu_hour: 2.00
    spares: 0
    headroom: 1
    source: {title: a quote, checked: 2026-11-01}
"""
SELF_HOSTED = [name for name, option in load_catalog().options.items() if option.kind == "self_host"]


def answer(cli: Cli, *args: str) -> dict[str, Any]:
    run = cli(*args, "--format", "json")
    document = json.loads(run.out)
    jsonschema.Draft7Validator(document_schema("tco")).validate(document)
    assert run.status == 0
    result: dict[str, Any] = document["result"]
    return result


def flat(text: str) -> str:
    return " ".join(text.split())


def test_the_bill_adds_up(cli: Cli) -> None:
    bill = answer(cli, *BILL)
    assert sum(line["usd"] for line in bill["lines"]) == pytest.approx(bill["monthly_usd"])
    assert bill["total_usd"] == pytest.approx(36 * bill["monthly_usd"])
    assert bill["usd_per_mtok"] == pytest.approx(bill["monthly_usd"] / 500)
    for line in bill["lines"]:
        assert line["quantity"] * line["unit_price_usd"] == pytest.approx(line["usd"])
        assert line["low_usd"] <= line["usd"] <= line["high_usd"]
        assert line["total_usd"] == pytest.approx(36 * line["usd"])
    assert bill["low_usd"] < bill["monthly_usd"] < bill["high_usd"]
    # independent changes add up in quadrature: the month's range is narrower than its lines' together
    assert bill["high_usd"] < sum(line["high_usd"] for line in bill["lines"])
    # one H100 around the clock, whatever it serves: $2.69 × 730 h
    machines = [line["usd"] for line in bill["lines"] if line["item"].startswith("GPU rent")]
    assert sum(machines) == pytest.approx(1963.70)


def test_every_line_names_what_it_rests_on(cli: Cli) -> None:
    known = load_catalog().assumptions
    for line in answer(cli, *BILL)["lines"]:
        rests_on = {one["assumption"]: one for one in line["rests_on"]}
        weakest = {one["basis"] for one in rests_on.values()}
        for name, one in rests_on.items():
            assert (one["value"], one["unit"], one["basis"]) == (float(known[name].value), known[name].unit, known[name].basis)  # fmt: skip
        assert line["basis"] == ("judgement" if "judgement" in weakest else line["basis"])
        assert line["basis"] in weakest | {"vendor"}


@pytest.mark.parametrize("width", ["80", "120"])
def test_a_judgement_is_visible_without_asking(width: str, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", width)
    run = cli(*BILL)
    judged = [line["item"] for line in answer(cli, *BILL)["lines"] if line["basis"] == "judgement"]
    rows = {line[: line.index("  ")]: line for line in run.out.splitlines() if "  " in line}
    assert len(judged) > 3
    assert all("judgement" in rows[item] for item in judged)


def test_explain_shows_every_assumption_with_its_basis_and_place(cli: Cli) -> None:
    run = cli(*BILL, "--explain")
    text = flat(run.out)
    known = load_catalog().assumptions
    used = {one["assumption"] for line in answer(cli, *BILL)["lines"] for one in line["rests_on"]}
    assert {"rental_price_spread", "mlops_engineer_cost"} <= used
    for name in used:
        found = re.search(
            rf"- {name} = (.*?); shipped pricing/assumptions\.yaml:\d+:\d+; (.*?)(?= - | Assumed:|$)", text
        )
        assert found is not None, name
        assert found[1].endswith(known[name].basis)
        assert (found[2] == "no citable source") == (known[name].source is None)
    assert "judgement" in text
    assert "--explain shows every line" not in text
    assert "--explain shows every line" in flat(cli(*BILL).out)


def test_months_tenure_and_fine_tuning_are_taken(cli: Cli) -> None:
    year, ten = (answer(cli, *BILL, "--months", months) for months in ("12", "120"))
    spread = [
        next(line["usd"] for line in bill["lines"] if line["item"].startswith("engineering")) for bill in (year, ten)
    ]
    assert spread[0] == pytest.approx(10 * spread[1])  # the same work over ten times as many months
    assert year["total_usd"] == pytest.approx(12 * year["monthly_usd"])
    tuned = {line["item"]: line["usd"] for line in answer(cli, *BILL, "--fine-tune")["lines"]}
    plain = {line["item"]: line["usd"] for line in answer(cli, *BILL, "--no-fine-tune")["lines"]}
    assert tuned["fine-tuning and refreshes"] > 0 == plain["fine-tuning and refreshes"]
    owned = answer(cli, *BILL, "--tenure", "own")
    assert owned["deployment"]["upfront_usd"] > 0 == answer(cli, *BILL)["deployment"]["upfront_usd"]
    document = json.loads(cli(*BILL, "--tenure", "OWN", "--fine-tune", "--format", "json").out)
    assert (document["inputs"]["tenure"], document["inputs"]["fine_tuned"]) == ("own", True)


@pytest.mark.no_cover  # a table of what other tests cover
@pytest.mark.parametrize("tenure", ["on_demand", "reserved_1y", "reserved_3y", "spot", "own"])
@pytest.mark.parametrize("option", SELF_HOSTED)
def test_every_shipped_option_has_a_bill_for_every_tenure(option: str, tenure: str, cli: Cli) -> None:
    run = cli("tco", option, "--tokens", "100M", "--tenure", tenure, "--format", "json", *DAY)
    document = json.loads(run.out)
    if run.status == 0:
        assert document["result"]["monthly_usd"] > 0
    else:
        assert run.status == 3  # nobody sells that GPU on those terms
        assert "price" in run.err


def test_a_higher_peak_needs_more_machines(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "costcalc.yaml").write_text(SCENARIO)
    # 3,000 tokens/s × 3,600 s × 730 h are 7,884 Mtok a month; 4,000 of them at four times the mean need 2.03 replicas
    even, peaky = (answer(cli, "tco", "mine", "--tokens", "4000M", "--peak-to-mean", peak) for peak in ("1", "4"))
    assert (even["deployment"]["replicas"], peaky["deployment"]["replicas"]) == (1, 3)
    assert even["deployment"]["machines_usd"] == pytest.approx(1460)  # $2 × 730 h
    assert peaky["deployment"]["machines_usd"] == pytest.approx(3 * 1460)


def test_a_throughput_of_ones_own_is_said_to_be_measured(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "costcalc.yaml").write_text(SCENARIO)
    run = cli("tco", "mine", "--tokens", "4000M", "--format", "markdown")
    assert "| measured |" in run.out
    assert "sized for requests without a prompt" not in run.out
    assert "4,000 Mtok of output a month" in flat(run.out)


def test_the_bill_is_machines_people_and_the_rest(cli: Cli) -> None:
    result = answer(cli, *BILL)
    by_item = {line["item"]: line["usd"] for line in result["lines"]}
    machines = sum(usd for item, usd in by_item.items() if item.startswith("GPU rent"))
    people = by_item["people who run it"] + by_item["engineering to build it, spread"] + by_item["model upgrades"]
    assert result["machines_usd"] == pytest.approx(machines)  # one H100: $2.69 × 730 h = $1,963.70
    assert result["people_usd"] == pytest.approx(people)
    parts = result["machines_usd"] + result["people_usd"] + result["other_usd"]
    assert parts == pytest.approx(result["monthly_usd"]) == pytest.approx(sum(by_item.values()))


def test_a_workload_from_a_file(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "costcalc.yaml").write_text(SCENARIO)
    document = json.loads(cli("tco", "mine", "--workload", "costcalc.yaml#bot", "--format", "json").out)
    assert (document["inputs"]["workload"], document["inputs"]["output_tokens"]) == ("bot", 500_000_000)
    assert (document["inputs"]["input_tokens"], document["as_of"]) == (1_000_000_000, "2026-11-22")
    peaky = json.loads(cli("tco", "mine", "--workload", "costcalc.yaml#bot", "--peak-to-mean", "20", "--format", "json").out)  # fmt: skip
    # 500 Mtok ÷ 7,884 Mtok × 20 = 1.27 replicas
    assert (peaky["inputs"]["peak_to_mean"], peaky["result"]["deployment"]["replicas"]) == (20, 2)


def test_an_assumption_of_ones_own_is_shown_as_such(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "costcalc.yaml").write_text("assumptions: {mlops_engineer_cost: 100_000 to 120_000, fte_share_small: 0.2}\n")  # fmt: skip
    people = next(line for line in answer(cli, *BILL)["lines"] if line["item"] == "people who run it")
    assert people["basis"] == "user"
    assert people["low_usd"] < people["usd"] < people["high_usd"]
    assert re.search(r"people who run it .* user\n", cli(*BILL).out)
    assert "user; project costcalc.yaml:1:" in flat(cli(*BILL, "--explain").out)


KINDS = f"'gpt-5.2-api' is of kind api, not self_host; of that kind are {', '.join(SELF_HOSTED)}"
BAD = [
    (("tco", "--tokens", "1M"), 2, "name one self-hosted option, as the argument or with --own; found none, such as r1-distill-32b-h100"),
    (("tco", OPTION), 2, "say how much is to be served: --tokens 1e6 (output tokens a month), --requests 240k"),
    (("tco", OPTION, "--tokens", "1M", "--workload", "x.yaml"), 2, "--workload says what is to be served; leave out --tokens"),
    (("tco", "gpt-5.2-api", "--tokens", "1M"), 2, KINDS),
    (("tco", "openai/gpt-5.2", "--tokens", "1M"), 2, "'openai/gpt-5.2' is of kind api, not self_host"),
    (("tco", "deepseek-r1-32b-self-hosted", "--tokens", "1M"), 2, "'deepseek-r1-32b-self-hosted' is of kind rate, not self_host"),
    (("tco", "gpt-5.2-api", "--tokens", "1M", "--tenure", "own"), 2, "is of kind api, not self_host"),
    (("tco", "r1-distill-32b-h10", "--tokens", "1M"), 2, "did you mean 'r1-distill-32b-h100'"),
    (("tco", OPTION, "--tokens", "1M", "--tenure", "owned"), 2, "Invalid value for '--tenure': expected one of on_demand, reserved_1y, reserved_3y, spot, own, found 'owned'; did you mean 'own'?"),
    (("tco", OPTION, "--tokens", "1M", "--months", "0"), 2, "Invalid value for '--months': 0 is not in the range"),
    (("tco", OPTION, "--tokens", "1M", "--months", "1000"), 2, "Invalid value for '--months': 1000 is not in the range"),
    (("tco", OPTION, "--tokens", "1M", "--peak-to-mean", "0"), 2, "Invalid value for '--peak-to-mean': a peak is at least the mean: expected 1 or more, found '0'"),
    (("tco", OPTION, "--tokens", "0"), 2, "Invalid value for '--tokens': expected an amount above 0, found 0"),
    (("tco", OPTION, "--workload", "gone.yaml#x"), 2, "gone.yaml: cannot be read: No such file or directory"),
    (("tco", OPTION, "--tokens", "1M", "--as-of", "2020-01-01"), 3, OPTION),
]  # fmt: skip


@pytest.mark.parametrize(("args", "status", "message"), BAD)
def test_bad_input_is_one_json_document_too(args: tuple[str, ...], status: int, message: str, cli: Cli) -> None:
    run = cli(*args)
    assert (run.status, run.out) == (status, "")
    assert run.err.startswith("error: ")
    assert message in run.err
    as_data = cli(*args, "--format", "json")
    document = json.loads(as_data.out)
    jsonschema.Draft7Validator(document_schema("tco")).validate(document)
    assert (as_data.status, document["result"], document["schema"]) == (status, None, "costcalc/tco@1")


def test_a_fixed_fleet_that_is_too_small_is_undecidable(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "costcalc.yaml").write_text(SCENARIO.replace("spares: 0", "replicas: 1"))
    run = cli("tco", "mine", "--tokens", "10B")
    assert (run.status, run.out) == (3, "")
    assert "too few: 1 replica" in run.err


def test_every_format_says_the_same(cli: Cli) -> None:
    lines = answer(cli, *BILL)["lines"]
    table = list(csv.DictReader(cli(*BILL, "--format", "csv").out.splitlines()))
    head, *records = (json.loads(line) for line in cli(*BILL, "--format", "jsonl").out.splitlines())
    assert head["schema"] == "costcalc/tco@1"
    assert [row["item"] for row in table] == [one["item"] for one in records] == [line["item"] for line in lines]
    assert [float(row["usd"]) for row in table] == pytest.approx([line["usd"] for line in lines])
    assert {"basis", "low_usd", "high_usd", "total_usd", "source", "checked"} <= set(table[0])
    markdown = cli(*BILL, "--format", "markdown").out
    assert all(f"| {line['item']} |" in markdown for line in lines)


@pytest.mark.no_cover  # a table of what other tests cover
@pytest.mark.parametrize("width", [40, 60, 80, 100, 120, 200])
@pytest.mark.parametrize("bill", [BILL, (*LARGE, "--explain")])
def test_no_width_cuts_an_amount(width: int, bill: tuple[str, ...], cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "1000")
    whole = cli(*bill).out
    monkeypatch.setenv("COLUMNS", str(width))
    narrow = cli(*bill).out
    amounts = re.compile(r"\d[\d,]*(?:\.\d+)?")
    assert set(amounts.findall(narrow)) <= set(amounts.findall(whole))
    assert "\x1b" not in narrow + whole
    assert "$ in all" in whole
    for line in (one for one in answer(cli, *bill)["lines"] if one["usd"] >= 1):
        assert f"{line['usd']:,.2f}" in narrow  # what gives way is never the month's amount
