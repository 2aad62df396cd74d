"""``costcalc usage workload``: what it writes is a costcalc.yaml like any other."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from conftest import Cli
from usage.calls import MONDAY, Call, write_log

from costcalc.render.documents import document_schema

DAY = ("--as-of", "2026-11-27")
WRITE = ("usage", "workload", "log.csv", "-o", "costcalc.yaml", *DAY)
# 730 requests in 730 h less a second: as good as a month
CALLS = [Call(MONDAY + at * 3_600, 1_000 if at % 2 else 300_000, 100, model="gpt-5.4" if at % 2 else "b#1") for at in range(731)]  # fmt: skip


def test_what_it_writes_is_compared_and_validated(cli: Cli, tmp_path: Path) -> None:
    write_log(tmp_path / "log.csv", CALLS)
    run = cli(*WRITE, "--per", "model")
    assert (run.status, run.err) == (0, "")
    assert "Wrote costcalc.yaml: 2 workloads with 2 shapes." in " ".join(run.out.split())
    assert cli("catalog", "validate", *DAY).status == 0
    for name, usd in (
        ("gpt-5.4", 365 * (1_000 * 2.5 + 100 * 15) / 1e6),  # below 272,000 tokens $2.50 and $15.00 a million
        ("b#1", 366 * (300_000 * 5 + 100 * 22.5) / 1e6),  # above it $5.00 and $22.50
    ):
        args = ("compare", "--workload", f"costcalc.yaml#{name}", "--options", "openai/gpt-5.4", *DAY)
        (row,) = json.loads(cli(*args, "--format", "json").out)["result"]["estimates"]
        assert row["monthly_usd"] == pytest.approx(usd, rel=1e-6)
    text = (tmp_path / "costcalc.yaml").read_text()
    assert "read on 2026-11-27: 731 requests in 1 file (csv), 2026-11-02 00:00 to 2026-12-02 10:00 UTC" in text
    assert "option: gpt-5.4\n" in text  # the catalog has it, and no 'b#1'


def test_its_document_has_its_schema(cli: Cli, tmp_path: Path) -> None:
    write_log(tmp_path / "log.csv", CALLS[:5])
    document = json.loads(cli(*WRITE, "--per", "team", "--format", "json").out)
    jsonschema.Draft7Validator(document_schema("usage-workload")).validate(document)
    (workload,) = document["result"]["workloads"]
    # 5 requests in 4 h; 2 of 1,000 tokens, 3 of 300,000; less than a week, so without hours
    assert (workload["workload"], workload["requests"], workload["has_load"]) == ("red", 912.5, False)
    assert [shape["share"] for shape in workload["shapes"]] == [0.4, 0.6]


def test_a_pack_gives_the_file_of_its_log(cli: Cli, tmp_path: Path) -> None:
    write_log(tmp_path / "log.csv", CALLS[:99])
    assert cli(*WRITE).status == 0
    of_log = (tmp_path / "costcalc.yaml").read_text()
    assert cli("usage", "pack", "log.csv", "-o", "p.parquet").status == 0
    assert cli("usage", "workload", "p.parquet", "-o", "costcalc.yaml", "--force", *DAY).status == 0
    assert (tmp_path / "costcalc.yaml").read_text() == of_log


def test_rows_that_are_not_counted_are_said(cli: Cli, tmp_path: Path) -> None:
    write_log(tmp_path / "log.csv", [*CALLS[:3], Call(MONDAY, -1, 5)])
    assert "1 row is not counted (a number of tokens that is none, or is negative)" in " ".join(cli(*WRITE).out.split())


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("-o", "there.yaml"), "there.yaml exists already; name a new file"),
        (("-o", "log.csv", "--force"), "log.csv is one of the logs"),
        (("-o", "new.yaml", "--per", "user"), "expected --per model, team, key or tag, found user"),
        (("-o", "new.yaml", "--per", "colour"), "it has team, key, tag, user"),
    ],
)
def test_it_refuses(args: tuple[str, ...], words: str, cli: Cli, tmp_path: Path) -> None:
    write_log(tmp_path / "log.csv", CALLS[:3])
    (tmp_path / "there.yaml").write_text("mine: true\n")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    run = cli("usage", "workload", "log.csv", *args)
    assert (run.status, run.out) == (2, "")
    assert words in " ".join(run.err.split())
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_its_help_fits_a_screen(cli: Cli) -> None:
    assert len(cli("usage", "workload", "--help").out.strip().splitlines()) <= 40
