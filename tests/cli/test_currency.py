"""``--currency``: every command that prints money shows it at a dated rate of exchange; data stays in USD."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from conftest import Cli, Write

BUDGETS = Path(__file__).parents[1] / "data" / "budgets"
DAY = ("--as-of", "2026-11-27")
NOTE = "in EUR, 0.88739 per USD on 2026-10-06 (www.ecb.europa.eu); caveats, findings and list prices in $"
OPTIONS = "gpt-5.2-api,r1-distill-32b-novita,r1-distill-32b-h100"
COMMANDS = (
    ("compare", "--tokens", "1e6", "--options", OPTIONS, *DAY),
    ("breakeven", "--tokens", "1e9", "--options", OPTIONS, "--chart", *DAY),
    ("breakeven", "--tokens", "1e9", "--build", "r1-distill-32b-h100", "--buy", "gpt-5.2-api", "--chart", *DAY),
    ("capability", "--tokens", "1e9", "--score", "gpqa-diamond", "--reporter", "any", "--chart", *DAY),
    ("capability", "--tokens", "1e9", "--score", "gpqa-diamond", "--cost-of-failure", "1 to 5", *DAY),
    ("capability", "--tokens", "1e9", "--score", "gpqa-diamond", "--reporter", "any", "--at-least", "80", *DAY),
    ("project", "--tokens", "1e9", "--options", OPTIONS, "--from", "gpt-5.2-api", "--chart", "--monthly", *DAY),
    ("tco", "r1-distill-32b-h100", "--tokens", "1e9", *DAY),
    ("recommend", "--kind", "customer_service", "--tokens", "1e6", "--options", OPTIONS, *DAY),
    ("sensitivity", "--tokens", "1e9", "--options", OPTIONS, "--chart", *DAY),
    ("sensitivity", "--tokens", "1e9", "--options", "r1-distill-32b-h100", *DAY),
    ("simulate", "--tokens", "1e9", "--options", OPTIONS, "--draws", "200", *DAY),
    ("size", "DeepSeek-R1-Distill-Qwen-32B", *DAY),
    ("size", "DeepSeek-R1-Distill-Qwen-32B", "--gpu", "H100", "--weights", "fp8", *DAY),
    ("size", "DeepSeek-R1-Distill-Qwen-32B", "--gpu", "RTX 4070 Ti", "--weights", "int4", *DAY),
    ("check", "head.yaml", "--no-baseline", *DAY),
    ("diff", "base.yaml", "head.yaml", *DAY),
)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_amount_is_in_the_currency_and_the_heading_says_the_rate(command: tuple[str, ...], cli: Cli) -> None:
    for file in BUDGETS.iterdir():
        shutil.copy(file, file.name)
    run, plain = cli(*command, "--currency", "EUR"), cli(*command)
    page = " ".join(run.out.split())
    assert run.status == plain.status
    assert page.count(NOTE) == 1
    above = page.partition("Findings:")[0].partition("Assumed:")[0].partition("Fits:")[0]
    assert "$" not in above.replace(NOTE, "")
    assert "EUR" in above.replace(NOTE, "") or "$" not in plain.out.partition("Findings:")[0]
    assert "€" not in run.out  # a pipe in ASCII has no such sign


@pytest.mark.no_cover  # a table of what other tests cover
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_without_the_flag_and_in_dollars_nothing_changes(command: tuple[str, ...], cli: Cli) -> None:
    for file in BUDGETS.iterdir():
        shutil.copy(file, file.name)
    assert cli(*command, "--currency", "USD") == cli(*command)


def test_amounts_are_those_in_dollars_times_the_rate(cli: Cli) -> None:
    month = ("compare", "--tokens", "1e6", "--input-tokens", "0", "--options", "gpt-5.2-api", *DAY)
    assert "$14.00" in cli(*month).out
    assert "EUR 12.42" in cli(*month, "--currency", "EUR").out  # 14.00 × 0.887390 = 12.42346
    assert "CNY 93.86" in cli(*month, "--currency", "CNY").out  # 14.00 × 6.70459 = 93.86426


def test_json_stays_in_dollars_and_gives_the_rate(cli: Cli) -> None:
    month = ("compare", "--tokens", "1e6", "--options", "gpt-5.2-api", "--format", "json", *DAY)
    plain, shown = (json.loads(cli(*month, *flags).out) for flags in ((), ("--currency", "EUR")))
    assert "currency" not in plain["inputs"]
    assert shown["inputs"].pop("currency") == {"code": "EUR", "per_usd": 0.88739, "day": "2026-10-06", "source": "www.ecb.europa.eu"}  # fmt: skip
    assert shown["result"].pop("verdict") != plain["result"].pop("verdict")  # sentences for people
    assert shown == plain


def test_csv_stays_in_dollars_with_the_rate_beside_it(cli: Cli) -> None:
    run = cli("compare", "--tokens", "1e6", "--options", "gpt-5.2-api", "--format", "csv", "--currency", "EUR", *DAY)
    (row,) = csv.DictReader(run.out.splitlines())
    rate = (row["currency"], row["to_currency"], row["to_per_usd"], row["to_day"])
    assert (row["monthly_usd"], *rate) == ("14.00", "USD", "EUR", "0.887390", "2026-10-06")


def test_markdown_titles_its_columns_in_the_currency(cli: Cli) -> None:
    out = cli("compare", "--tokens", "1e6", "--currency", "EUR", "--format", "markdown", *DAY).out
    assert "| EUR/month |" in out
    assert "$/month" not in out


def test_explained_lines_stay_as_published(cli: Cli) -> None:
    run = cli("compare", "--tokens", "1e6", "--input-tokens", "0", "--options", "gpt-5.2-api", "--explain", "--currency", "EUR", *DAY)  # fmt: skip
    page = " ".join(run.out.split())
    assert "gpt-5.2-api: EUR 12.42 a month" in page
    assert "output: 1 Mtok × $14.00 = $14.00" in page


@pytest.mark.parametrize(
    ("flags", "status", "says"),
    [
        (("--currency", "EUR", "--as-of", "2026-03-01"), 3, "no rate of exchange for EUR is known on 2026-03-01"),
        (("--currency", "PLN"), 3, "add it to costcalc.yaml: exchange_rates: {PLN: {prices: [{effective: 2026-11-27, per_usd: PLN PER USD"),
        (("--currency", "EURO"), 2, "did you mean 'EUR'?"),
        (("--currency", ""), 2, "expected a name, found an empty text"),
        (("--currency", "€"), 2, "unknown currency '€'"),
    ],
)  # fmt: skip
def test_a_currency_without_a_rate(flags: tuple[str, ...], status: int, says: str, cli: Cli) -> None:
    run = cli("compare", "--tokens", "1e6", *flags)
    assert (run.status, says in run.err, run.out) == (status, True, "")


def test_a_rate_of_your_own_wins(cli: Cli, written: Write) -> None:
    written("exchange_rates: {EUR: {prices: [{effective: 2026-11-20, per_usd: 1.5, source: {title: our bank, checked: 2026-11-20}}]}}\n")  # fmt: skip
    run = cli("compare", "--tokens", "1e6", "--input-tokens", "0", "--options", "gpt-5.2-api", "--currency", "EUR")
    page = " ".join(run.out.split())
    assert "EUR 21.00" in page  # 14.00 × 1.5
    assert "in EUR, 1.5 per USD on 2026-11-20 (our bank)" in page


@pytest.mark.parametrize("command", [("compare", "--tokens", "1e6", "--options", "mine"), ("check", "--no-baseline")])
def test_under_strict_a_stale_rate_decides_nothing(command: tuple[str, ...], cli: Cli, written: Write) -> None:
    """A price that is fresh, beside a rate that is not."""
    written(
        "api: {mine: {provider: mine, models: {m: {prices: [{effective: 2027-06-01, usd_per_mtok: {input: 1, output: 1},"
        " source: {title: t, checked: 2027-06-01}}]}}}}\n"
        "options: {mine: {kind: api, model: mine/m}}\n"
        "workloads: {w: {requests: 1, option: mine, shapes: [{input_tokens: 1, output_tokens: 1}]}}\n"
        "budgets: {all: {monthly_usd: 1}}\n"
    )
    day = ("--as-of", "2027-06-01", "--strict")
    assert cli(*command, *day).status == 0
    assert cli(*command, *day, "--currency", "EUR").status == 3
    assert "stale: the rate of EUR is 238 days older than 2027-06-01" in " ".join(cli(*command, *day, "--currency", "EUR").out.split())  # fmt: skip


@pytest.mark.clock
def test_a_pipe_without_unicode_has_every_amount(tmp_path: Path) -> None:
    env = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": "ascii"}
    command = [sys.executable, "-m", "costcalc", *COMMANDS[0], "--currency", "EUR"]
    run = subprocess.run(command, env=env, cwd=tmp_path, capture_output=True, check=True)
    assert run.stdout.isascii()
    assert re.search(rb"gpt-5\.2-api +buy +12\.42", run.stdout)
    assert Decimal("12.42") == (Decimal(14) * Decimal("0.887390")).quantize(Decimal("0.01"))
