"""``catalog history`` as a user types it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from conftest import Cli, Write

from costcalc.render.documents import document_schema

DAY = ("--as-of", "2026-11-25")


def prices(cli: Cli, *args: str) -> list[dict[str, Any]]:
    run = cli("catalog", "history", *args, *DAY, "--format", "json")
    assert (run.status, run.err) == (0, "")
    document = json.loads(run.out)
    jsonschema.Draft7Validator(document_schema("catalog-history")).validate(document)
    found: list[dict[str, Any]] = document["result"]["prices"]
    return found


def test_every_price_with_its_days_and_its_change(cli: Cli) -> None:
    found = prices(cli, "openrouter/google/gemma-4-31b-it")
    # input 0.12 → 0.09 is -25 %; 0.09 → 0.20 is 0.11 / 0.09 = +122.2222 %; 0.20 → 0.15 is -25 %
    said = [(one["effective"], one["until"], one["usd"], one["change_percent"], one["status"]) for one in found if one["meter"] == "input"]  # fmt: skip
    assert said == [
        ("2026-06-09", "2026-08-26", 0.12, None, "past"),
        ("2026-08-27", "2026-10-18", 0.09, -25, "past"),
        ("2026-10-19", "2026-11-02", 0.2, 122.2222, "past"),
        ("2026-11-03", None, 0.15, -25, "in force"),
    ]
    assert {(one["layer"], one["path"], one["checked"]) for one in found} == {("shipped", "pricing/api/openrouter.yaml", "2026-11-22")}  # fmt: skip


def test_an_announced_price_is_marked_and_holds_nothing_yet(cli: Cli) -> None:
    found = prices(cli, "gemini-4-argon-api")
    output = [one for one in found if one["meter"] == "output" and not one["conditions"]]
    assert [(one["usd"], one["until"], one["status"]) for one in output] == [(10, "2026-11-30", "in force"), (20, None, "announced")]  # fmt: skip
    text = cli("catalog", "history", "gemini-4-argon", *DAY).out
    assert "output      2026-12-01  –           20.00  +100.0 %  announced" in text
    assert "┊ 2026-11-25" in text
    after = cli("catalog", "history", "gemini-4-argon", "--as-of", "2026-12-01").out
    assert "┊" not in after
    assert "output      2026-12-01  –           20.00  +100.0 %  in force" in after


def test_conditions_are_in_the_data_and_shown_when_asked_for(cli: Cli) -> None:
    batch = [one for one in prices(cli, "gpt-5.2") if one["conditions"] == "batch"]
    assert {one["meter"]: one["usd"] for one in batch}["output"] == 7
    plain = cli("catalog", "history", "gpt-5.2", *DAY).out
    shown = cli("catalog", "history", "gpt-5.2", "--conditions", *DAY).out
    assert "output, batch" not in plain
    assert "more rates hold under conditions" in plain
    assert "output, batch" in shown
    assert "more rates" not in shown


def test_a_layers_price_says_where_it_came_from(cli: Cli, written: Write) -> None:
    written(
        "api: {openai: {models: {gpt-5.2: {prices: [\n"
        "  {effective: 2025-12-11, usd_per_mtok: {output: 12}, source: {title: ours, checked: 2026-11-01}}]}}}}\n"
        "contracts:\n"
        "  openai: {discount: 0.1, effective: 2026-01-01, until: 2026-12-31, source: {title: t, checked: 2026-11-01}}\n"
    )
    (output,) = [one for one in prices(cli, "gpt-5.2") if one["meter"] == "output" and not one["conditions"]]
    assert (output["usd"], output["layer"], output["path"], output["line"], output["column"]) == (12, "project", "costcalc.yaml", 2, 50)  # fmt: skip
    text = " ".join(cli("catalog", "history", "gpt-5.2", *DAY).out.split())
    assert "Not as costcalc ships it: - output from 2025-12-11: costcalc.yaml:2:50 (project)" in text
    assert "a contract is in costcalc.yaml:4:3: 10.0 % off the list, 2026-01-01 to 2026-12-31" in text


@pytest.mark.parametrize(
    ("models", "discount", "terms"),
    [
        ("{gpt-5.2: {usd_per_mtok: {output: 9}}}", "0", "contracted prices for this model, 2026-01-01"),
        ("{gpt-5.4: {usd_per_mtok: {output: 9}}}", "0", "nothing for this model, 2026-01-01"),
        ("{gpt-5.2: {usd_per_mtok: {output: 9}}}", "0.2", "contracted prices for this model and 20.0 % off the list, 2026-01-01"),
    ],
)  # fmt: skip
def test_what_a_contract_says_beside_it(models: str, discount: str, terms: str, cli: Cli, written: Write) -> None:
    written(
        f"contracts: {{openai: {{discount: {discount}, models: {models}, effective: 2026-01-01, source: {{title: t, checked: 2026-11-01}}}}}}"
    )
    document = json.loads(cli("catalog", "history", "gpt-5.2", *DAY, "--format", "json").out)
    jsonschema.Draft7Validator(document_schema("catalog-history")).validate(document)
    assert document["result"]["contract"]["terms"] == terms


def test_machines_and_seats_have_a_history_too(cli: Cli) -> None:
    h100 = prices(cli, "r1-distill-32b-h100")  # the GPU behind the option
    assert [(one["meter"], one["usd"], one["until"]) for one in h100[:2]] == [("runpod-secure", 2.69, "2026-05-21"), ("runpod-secure", 2.69, None)]  # fmt: skip
    assert {one["unit"] for one in h100} == {"GPU-hour", "GPU"}
    assert [(one["meter"], one["usd"], one["unit"]) for one in prices(cli, "claude-pro-seats")] == [("seat", 20, "seat and month")]  # fmt: skip
    assert prices(cli, "anthropic/claude-pro") == prices(cli, "claude-pro-seats")
    assert [(one["meter"], one["usd"], one["effective"]) for one in prices(cli, "deepseek-r1-32b-self-hosted")] == [("output", 0.5, "2026-03-01")]  # fmt: skip


def test_a_price_holds_up_to_the_last_day_of_sale(cli: Cli) -> None:
    found = prices(cli, "deepseek/deepseek-r1")
    newest = max(one["effective"] for one in found)
    ends = {(one["until"], one["status"]) for one in found if one["effective"] == newest}
    assert ends == {("2026-07-23", "past")}  # retired on 2026-07-24
    text = cli("catalog", "history", "deepseek/deepseek-r1", *DAY).out
    assert "retired on 2026-07-24: no longer sold from that day on" in text
    assert "no price from" not in text


def test_the_last_day_of_sale_comes_before_a_price_that_begins_later(cli: Cli, written: Write) -> None:
    written(
        "api: {acme: {provider: acme, models: {m: {retired: 2026-02-01, retired_source: {title: t, checked: 2026-11-01}, prices: [\n"
        "  {effective: 2026-01-01, usd_per_mtok: {input: 1}, source: {title: t, checked: 2026-11-01}},\n"
        "  {effective: 2026-03-01, usd_per_mtok: {input: 2}, source: {title: t, checked: 2026-11-01}}]}}}}\n"
    )
    assert [(one["effective"], one["until"]) for one in prices(cli, "m")] == [("2026-01-01", "2026-01-31"), ("2026-03-01", "2026-01-31")]  # fmt: skip


def test_a_free_price_has_no_change_in_per_cent(cli: Cli, written: Write) -> None:
    written(
        "api: {acme: {provider: acme, models: {m: {prices: [\n"
        "  {effective: 2026-01-01, usd_per_mtok: {input: 0}, source: {title: t, checked: 2026-11-01}},\n"
        "  {effective: 2026-02-01, usd_per_mtok: {input: 1, output: 4}, source: {title: t, checked: 2026-11-01}},\n"
        "  {effective: 2026-03-01, usd_per_mtok: {input: 0.5}, source: {title: t, checked: 2026-11-01}}]}}}}\n"
    )
    lines = cli("catalog", "history", "m", *DAY).out.splitlines()
    assert [line.split()[:6] for line in lines if line.startswith(("input ", "output "))][:4] == [
        ["input", "2026-01-01", "2026-01-31", "0.00", "first", "past"],
        ["input", "2026-02-01", "2026-02-28", "1.00", "was", "free"],
        ["input", "2026-03-01", "–", "0.50", "-50.0", "%"],
        ["output", "2026-02-01", "2026-02-28", "4.00", "first", "past"],  # the newest entry is the whole price
    ]
    assert [line.split()[:4] for line in lines if line.startswith("output ")][1] == ["output", "4.00", "–", "–"]
    assert "  - no price from 2026-03-01 on: output; the entry of that day is the whole" in lines


def test_an_ascii_terminal_gets_an_ascii_line(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C")
    out = cli("catalog", "history", "gemini-4-argon", *DAY).out
    assert "=====================|==#" in out
    assert "▄" not in out


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("gpt-5.22", "did you mean 'gpt-5.2' or"),
        ("claude-prl", "is called so; did you mean 'claude-opus-5' or 'claude-pro-seats'"),
        ("nothing-of-the-kind", "open model, GPU or currency is called so; costcalc catalog list names what there is"),
        ("pue", "'pue' has no dated prices; catalog show says what it has"),
        ("Llama-3.3-70B", "'Llama-3.3-70B' has no dated prices"),
        ("EUR", "'EUR' is a currency; catalog show has its rates of exchange"),
        ("A30", "no price of A30 is known"),
        ("r1-base-opus-4.6-premium", "is a blend; ask for what it is made of: claude-opus-4.6-api, r1-0528-novita"),
        ("openai/gpt-oss-120b", "several providers sell 'openai/gpt-oss-120b'"),
        ("mine", "'mine' names no GPU, so it has no dated prices"),
    ],
)
def test_what_has_no_history_is_2(name: str, message: str, cli: Cli, written: Write) -> None:
    written(
        "options: {mine: {kind: self_host, tokens_per_s: 5, usd_per_gpu_hour: 2, source: {title: t, checked: 2026-11-01}}}\n"
    )
    run = cli("catalog", "history", name, *DAY)
    assert (run.status, run.out) == (2, "")
    assert message in run.err


def test_a_commitment_is_shown_beside_the_prices(cli: Cli, tmp_path: Path) -> None:
    contract = "commitment_usd: 5000, effective: 2026-01-01, source: {title: t, checked: 2026-01-01}"
    (tmp_path / "costcalc.yaml").write_text(f"contracts: {{openai: {{{contract}}}}}\n")
    assert "$5,000.00 a month committed" in " ".join(cli("catalog", "history", "gpt-5.2").out.split())
    assert "$5,000.00 a month committed" in " ".join(cli("catalog", "show", "gpt-5.2").out.split())
