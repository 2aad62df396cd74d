"""``catalog set`` as a user types it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
from conftest import Cli

from costcalc import load_catalog
from costcalc.render.documents import document_schema

ROOT = Path(__file__).parents[2]
SOURCE = ("--source", "https://example.com/p", "--checked", "2026-11-24")
NEXT = ("--effective", "2026-12-01", *SOURCE)
PROJECT = """# ours
workloads:
  bot: {requests: 1000, shapes: [{input_tokens: 1000, output_tokens: 1000}]}
assumptions:
  pue: 1.3   # the landlord's
"""


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    path = tmp_path / "costcalc.yaml"
    path.write_text(PROJECT)
    return path


def numstat(path: Path, before: str) -> str:
    old = path.with_name("before")
    old.write_bytes(before.encode())
    ran = subprocess.run(["git", "diff", "--no-index", "--numstat", str(old), str(path)], capture_output=True, text=True, check=False)  # fmt: skip
    return " ".join(ran.stdout.split()[:2])


def test_a_new_price_is_laid_over_the_shipped_one(cli: Cli, mine: Path) -> None:
    run = cli("catalog", "set", "gpt-5.2", "output=12.00", *NEXT)
    assert (run.status, run.err) == (0, "")
    # 1 Mtok of input at 1.75 and 1 Mtok of output: 15.75, then 13.75
    assert "bot       openai/gpt-5.2   15.75  13.75" in run.out
    assert "were carried over" in run.out
    assert numstat(mine, PROJECT) == "15 0"
    prices = load_catalog(mine).sold_model("gpt-5.2").model.prices
    assert [(str(one.effective), str((one.usd_per_mtok or {})["output"])) for one in prices] == [("2025-12-11", "14.00"), ("2026-12-01", "12.00")]  # fmt: skip
    assert prices[1].when == prices[0].when
    again = cli("catalog", "set", "gpt-5.2", "output=11", "--effective", "2027-01-01", *SOURCE)
    between = cli("catalog", "set", "gpt-5.2", "output=13", "--effective", "2026-11-25", *SOURCE)
    assert (again.status, between.status) == (0, 0)
    found = load_catalog(mine).sold_model("gpt-5.2").model.prices
    assert [str((one.usd_per_mtok or {})["output"]) for one in found] == ["14.00", "13", "12.00", "11"]


def test_a_dry_run_writes_nothing_and_json_says_so(cli: Cli, mine: Path) -> None:
    run = cli("catalog", "set", "gpt-5.2", "output=12.00", *NEXT, "--dry-run", "--format", "json")
    document = json.loads(run.out)
    jsonschema.validate(document, document_schema("catalog-set"))
    assert document["result"]["written"] is False
    assert document["result"]["effect"][-1] == {"workload": "bot", "option": "openai/gpt-5.2", "usd_before": 15.75, "usd_after": 13.75}  # fmt: skip
    assert mine.read_text() == PROJECT


def test_the_same_price_changes_no_byte(cli: Cli, mine: Path) -> None:
    run = cli("catalog", "set", "gpt-5.2", "output=14", *NEXT)
    assert (run.status, run.out) == (0, "costcalc.yaml says that already; nothing was changed.\n")
    assert mine.read_text() == PROJECT


def test_a_correction_changes_one_figure(cli: Cli, mine: Path) -> None:
    assert cli("catalog", "set", "gpt-5.2", "output=13", "--correct").status == 0
    assert mine.read_text() == PROJECT + "api:\n  openai:\n    models:\n      gpt-5.2:\n        prices:\n          - effective: 2025-12-11\n            usd_per_mtok: {output: 13}\n"  # fmt: skip
    before = mine.read_text()
    assert cli("catalog", "set", "gpt-5.2", "output=12", "--correct").status == 0
    assert numstat(mine, before) == "1 1"
    before = mine.read_text()
    assert cli("catalog", "set", "gpt-5.2", "output=11", "--correct", *SOURCE).status == 0
    assert "+            source: {url:" in "".join(f"+{line}\n" for line in mine.read_text().splitlines())
    before = mine.read_text()
    assert cli("catalog", "set", "gpt-5.2", "output=11.0", "--correct").status == 0
    assert mine.read_text() == before


def test_a_correction_takes_its_source_along(cli: Cli, mine: Path) -> None:
    assert cli("catalog", "set", "gpt-5.2", "when.0.output=6", "--correct", "--effective", "2025-12-11", *SOURCE).status == 2  # fmt: skip
    assert cli("catalog", "set", "gpt-5.2", "input=1.5", "--correct", *SOURCE).status == 0
    found = load_catalog(mine).sold_model("gpt-5.2").model.prices[0]
    assert (str((found.usd_per_mtok or {})["input"]), found.source.url) == ("1.5", "https://example.com/p")


def test_a_gpu_a_plan_and_an_assumption(cli: Cli, mine: Path) -> None:
    for words in (
        ("h100-sxm", "rentals.runpod-secure.usd_per_gpu_hour=2.50", *NEXT),
        ("anthropic/claude-pro", "usd_per_seat=21", *NEXT),
        ("gpt-5.2-api", "model=openai/gpt-5.4"),
        ("deepseek-r1-distill-qwen-32b", "licence=MIT-0"),
        ("gpt-5.2", "context_window=500_000"),
    ):
        run = cli("catalog", "set", *words)
        assert (run.status, run.err) == (0, ""), words
    found = load_catalog(mine)
    assert str(found.gpus["h100-sxm"].rentals["runpod-secure"].prices[-1].usd_per_gpu_hour) == "2.50"
    assert found.sold_model("gpt-5.2").model.context_window == 500_000
    before = mine.read_text()
    assert cli("catalog", "set", "pue", "value=1.25").status == 0
    assert mine.read_text() == before.replace("pue: 1.3 ", "pue: 1.25")  # the comment keeps its column
    run = cli("catalog", "set", "output_tokens_per_request", "value=9", *SOURCE)
    assert (run.status, "expected low ≤ value ≤ high" in run.err) == (2, True)
    assert cli("catalog", "set", "output_tokens_per_request", "value=200", *SOURCE).status == 0
    assert load_catalog(mine).assumptions["output_tokens_per_request"].value == 200


def test_the_commented_lines_of_init_stay_whole(cli: Cli, tmp_path: Path) -> None:
    assert cli("init", "--as-of", "2026-11-25").status == 0
    file = tmp_path / "costcalc.yaml"
    before = file.read_text()
    run = cli("catalog", "set", "gpt-5.2", "output=12.00", *NEXT, "--file", "costcalc.yaml")
    assert (run.status, run.err) == (0, "")
    assert file.read_text().startswith(before + "\napi:\n  openai:\n")  # not a line among what init wrote
    assert cli("check").status == 0


def test_a_file_of_a_catalog_is_edited_in_place(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "prices" / "api" / "acme.yaml"
    file.parent.mkdir(parents=True)
    text = (
        'provider: acme\r\nmodels:\r\n  größe:\r\n    prices:\r\n      - effective: 2026-01-01\r\n'
        '        usd_per_mtok: {input: 1.00, output: 2.00}   # list\r\n'
        '        when: [{processing: batch, usd_per_mtok: {output: 1.00}}]\r\n'
        '        source: {title: "Page", checked: \'2026-01-02\'}\r\n'
    )  # fmt: skip
    file.write_bytes(text.encode())
    where = ("--catalog", "prices", "--file", "prices/api/acme.yaml")
    assert cli("catalog", "set", "acme/größe", "when.0.output=0.9", "--correct", *where).status == 0
    assert file.read_bytes().decode() == text.replace("{output: 1.00}}]", "{output: 0.9}}]")
    before = file.read_bytes().decode()
    assert cli("catalog", "set", "acme/größe", "output=1.5", "when.0.output=0.75", *NEXT, *where).status == 0
    assert numstat(file, before) == "5 0"
    assert file.read_bytes().startswith(before.encode())


def test_the_day_that_was_named_dates_the_entry_and_prices_its_effect(cli: Cli, mine: Path) -> None:
    flags = ("--effective", "2026-12-01", *SOURCE[:2], "--as-of", "2026-12-24", "--format", "json")
    document = json.loads(cli("catalog", "set", "gpt-5.2", "output=12", *flags).out)
    assert str(load_catalog(mine).sold_model("gpt-5.2").model.prices[-1].source.checked) == "2026-12-24"
    assert document["as_of"] == "2026-12-24"


def test_a_new_file_may_be_named(cli: Cli, tmp_path: Path) -> None:
    run = cli("catalog", "set", "gpt-5.2", "output=12", *NEXT, "--file", "mine.yaml")
    assert (run.status, run.err) == (0, "")
    assert len(load_catalog(tmp_path / "mine.yaml").sold_model("gpt-5.2").model.prices) == 2


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("gpt-5.22", "output=1", *NEXT), "did you mean"),
        (
            ("power-prise", "value=1"),
            "unknown name 'power-prise': no option, assumption, plan, model, open model, GPU or currency is called so",
        ),
        (("zzzzz", "value=1"), "is called so; costcalc catalog list names what there is\n"),
        (("deepseek-ai/DeepSeek-V4.1-Flash", "output=1", *NEXT), "several providers sell"),
        (("gpt-5.2", "output", *NEXT), "expected KEY=VALUE"),
        (("pue", "value=1.2", *SOURCE), "pue stands in its short form, which holds no source"),
        (("H100 SXM", "rentals.runpod-secur.usd_per_gpu_hour=2", *NEXT), "rentals has no 'runpod-secur', only"),
        (("H100 SXM", "rentals.zzzzz.usd_per_gpu_hour=2", *NEXT), "rentals has no 'zzzzz', only"),
        (("gpt-5.2", "output=1", *SOURCE), "needs --effective"),
        (("gpt-5.2", "output=1", "--effective", "2026-12-01"), "needs --source"),
        (("gpt-5.2", "output=1", "--effective", "2025-12-11", *SOURCE), "--correct changes it"),
        (("gpt-5.2", "output=1", "--effective", "2020-01-01", *SOURCE), "written by hand"),
        (("gpt-5.2", "output=1", "--effective", "2020-01-01", "--correct"), "there is no entry of 2020-01-01"),
        (("gpt-5.2", "output=-1", *NEXT), "at least 0"),
        (("gpt-5.2", "outptu=1"), "outptu: unknown key 'outptu'; did you mean 'output' or 'output_picture'?\n"),
        (
            ("gpt-5.2", "outptu=4,5", "--checked", "2026-11-24"),
            "error: outptu: unknown key 'outptu'; did you mean 'output'",
        ),
        (("gpt-5.2", "when.0.usd_per_mtok.outptu=1"), "unknown key 'outptu'; did you mean 'output'?"),
        (("gpt-5.2", "zzzzz=1", *NEXT), "unknown key 'zzzzz'; expected a meter such as output, or one of: aliases, "),
        (("gpt-5.2-api", "modle=openai/gpt-5.4"), "modle: unknown key 'modle'; did you mean 'model'?"),
        (("H100 SXM", "rentals.runpod-secure.usd_per_gpu_huor=2"), "did you mean 'usd_per_gpu_hour'?"),
        (("gpt-5.2", "output=4,5", *NEXT), "output=4,5: commas stand only between thousands, as in 1,000; write 4.5\n"),
        (("gpt-5.2", "output=0,500", *NEXT), "write 0.500\n"),
        (("gpt-5.2", "output=1000,500", *NEXT), "write 1000.500\n"),
        (("gpt-5.2", "output=1.000,50", *NEXT), "write 1000.50\n"),
        (("gpt-5.2", "output=12,34,567", *NEXT), "as in 1,000\n"),
        (("gpt-5.2", "output=$4,50", *NEXT), "write 4.50\n"),
        (("gpt-5.2", "when.9.output=1", *NEXT), "there is no entry 9"),
        (("gpt-5.2", "context_window=1", *NEXT), "leave --effective out"),
        (("gpt-5.2", "context_window=1", *SOURCE), "leave --source out"),
        (("gpt-5.2", "output=1", "--effective", "2026-12-01", "--checked", "2026-11-24"), "give both"),
        (
            ("gpt-5.2", "output=1", *NEXT[:2], *SOURCE[:2], "--checked", "2026-11-28", "--as-of", "2026-11-27"),
            "expected 2026-11-27 or before, found 2026-11-28",
        ),
        (
            ("gpt-5.2", "output=1", *NEXT[:2], "--source", "example.com/p"),
            "expected an address that begins with https://",
        ),
    ],
)
def test_what_cannot_be_set_is_said_and_nothing_written(cli: Cli, mine: Path, words: tuple[str, ...], message: str) -> None:  # fmt: skip
    run = cli("catalog", "set", *words)
    assert (run.status, message in run.err) == (2, True), run.err
    assert mine.read_text() == PROJECT


@pytest.mark.no_cover  # a table of what other tests cover
@pytest.mark.parametrize(
    ("words", "adds"),
    [
        (("anthropic/claude-pro", "usd_per_seat=25", *NEXT), "usd_per_seat: 25"),
        (("H100 SXM", "rentals.runpod-secure.usd_per_gpu_hour=2.20", *NEXT), "usd_per_gpu_hour: 2.20"),
        (("H100 SXM", "purchase.usd=29000", *NEXT), "usd: 29_000"),
        (("r1-distill-32b-h100", "gpus=2"), "gpus: 2"),
        (("label_cost", "value=10", "low=5", "high=20", *SOURCE), "value: 10"),
        (
            ("gpt-5.2", "output=9", *NEXT[:2], "--source", "Mail of 3 March"),
            "source: {title: Mail of 3 March, checked: ",
        ),
    ],
)
def test_every_kind_of_figure_can_be_set(cli: Cli, mine: Path, words: tuple[str, ...], adds: str) -> None:
    run = cli("catalog", "set", *words)
    assert (run.status, run.err) == (0, "")
    assert adds in mine.read_text()
    assert numstat(mine, PROJECT).endswith(" 0")  # only added lines


@pytest.mark.parametrize(
    ("text", "value", "note"),
    [
        ("context_window=300,000", 300_000, "300,000 was read as 300000, without the commas; for a decimal point write 300.000"),
        ("context_window=1,000,000", 1_000_000, "1,000,000 was read as 1000000, without the commas\n"),
    ],
)  # fmt: skip
def test_commas_between_thousands_are_read_and_said(cli: Cli, mine: Path, text: str, value: int, note: str) -> None:
    run = cli("catalog", "set", "gpt-5.2", text)
    assert (run.status, f"note: context_window={note}" in run.err) == (0, True), run.err
    assert load_catalog(mine).sold_model("gpt-5.2").model.context_window == value


@pytest.mark.parametrize(
    ("words", "warning"),
    [
        # the shipped output is $14.00: ten times off either way is warned of, what lies between is not
        (("gpt-5.2", "output=140", *NEXT), "prices.1.usd_per_mtok.output: $140.00 is 10 times the $14.00 of 2025-12-11 before it\n"),
        (("gpt-5.2", "output=1.40", *NEXT), "$1.40 is 10 times less than the $14.00 of 2025-12-11 before it\n"),
        (("gpt-5.2", "output=65", *NEXT), ""),
        (("gpt-5.2", "output=140", "--correct"), "prices.0.usd_per_mtok.output: $140.00 is 10 times the $14.00 that stood there\n"),
        (("H100 SXM", "purchase.usd=290", "purchase.low=250", "purchase.high=400", *NEXT), "gpus.h100-sxm.purchase.prices.1.usd: $290.00 is "),
        (("anthropic/claude-pro", "usd_per_seat=200", *NEXT), "$200.00 is 10 times the $20.00 of "),
    ],
)  # fmt: skip
def test_a_price_ten_times_off_the_last_one_is_warned_of_and_written(cli: Cli, mine: Path, words: tuple[str, ...], warning: str) -> None:  # fmt: skip
    run = cli("catalog", "set", *words, "--format", "json")
    assert run.status == 0
    assert mine.read_text() != PROJECT
    assert (warning in run.err, run.err.count("warning: ")) == (True, 1 if warning else 0), run.err
    document = json.loads(run.out)
    jsonschema.validate(document, document_schema("catalog-set"))
    assert [found["rule"] for found in document["diagnostics"]] == (["price-outlier"] if warning else [])


def test_shipped_prices_are_not_changed_from_elsewhere(cli: Cli) -> None:
    run = cli("catalog", "set", "gpt-5.2", "output=12", *NEXT)
    assert (run.status, "--file costcalc.yaml" in run.err) == (2, True)


@pytest.mark.clock
def test_a_clone_shows_what_its_own_file_would_become(tmp_path: Path) -> None:
    """In a process of its own, as a user has it: no other test has moved this one's working directory."""
    own = {name: text for name, text in os.environ.items() if not name.startswith(("COSTCALC", "GITHUB", "COV"))}
    env = {**own, "XDG_CONFIG_HOME": str(tmp_path), "COLUMNS": "80"}

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "costcalc", "catalog", "set", *words]
        return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)

    assert run("gpu_hours_nobody", "value=1").returncode == 2
    shown = run("gpt-5.2", "output=12", *NEXT, "--as-of", "2026-11-25", "--dry-run")
    assert shown.returncode == 0, shown.stderr
    assert "pricing/api/openai.yaml: not written" in shown.stdout
    assert "1 Mtok of output  openai/gpt-5.2   14.00  12.00" in shown.stdout
