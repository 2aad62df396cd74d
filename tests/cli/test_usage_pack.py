"""``costcalc usage pack``: what it says, what it refuses, and that it never writes over a log."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from conftest import Cli
from usage.calls import MONDAY, Call, write_log

from costcalc.render.documents import document_schema
from costcalc.usage.pack import read_pack
from costcalc.usage.scan import scan

CALLS = (Call(MONDAY, 900, 10), Call(MONDAY + 90, 250_000, 20, team="blue"), Call(MONDAY + 3_436, 5_000, 30))


def test_it_counts_a_log_and_says_so(cli: Cli, tmp_path: Path) -> None:
    write_log(tmp_path / "log.csv", CALLS)
    run = cli("usage", "pack", "log.csv", "-o", "pack.parquet")
    assert (run.status, run.err) == (0, "")
    said = " ".join(run.out.split())
    # three requests, each alone in its ten minutes or its class of prompts
    assert "Wrote pack.parquet: 3 sums in" in said
    assert "Counted: 3 requests in 1 file (csv), 2026-11-02 00:00 to 00:57 UTC (57.3 min)." in said
    usage = read_pack(str(tmp_path / "pack.parquet"))
    assert (usage.requests, usage.label) == (3, None)
    assert {1_023, 4_095, 16_383, 272_000} <= set(usage.thresholds)


def test_its_document_has_its_schema(cli: Cli, tmp_path: Path) -> None:
    write_log(tmp_path / "log.csv", [*CALLS, Call(MONDAY, -1, 5)])
    run = cli("usage", "pack", "log.csv", "--save", "pack.parquet", "--by", "team", "--format", "json")
    document = json.loads(run.out)
    jsonschema.Draft7Validator(document_schema("usage-pack")).validate(document)
    result = document["result"]
    assert (result["by"], result["log"]["faults"]) == ("team", [{"kind": "not a count", "rows": 1}])
    assert result["bytes"] == (tmp_path / "pack.parquet").stat().st_size


def test_it_says_which_rows_are_not_in_it(cli: Cli, tmp_path: Path) -> None:
    write_log(tmp_path / "log.csv", [*CALLS, Call(MONDAY, -1, 5)])
    assert (
        "1 row is not counted (a number of tokens that is none, or is negative)"
        in cli("usage", "pack", "log.csv", "-o", "p.parquet").out
    )


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("-o", "pack.parquet", "--by", "user"), "never names people: expected --by team, key or tag, found user"),
        (("-o", "pack.parquet", "--by", "colour"), "has no 'colour' to show costs by; it has team, key, tag, user"),
        (("-o", "there.parquet"), "there.parquet exists already; name a new file"),
        (("-o", "log.csv", "--force"), "log.csv is one of the logs: name another file"),
        (("-o", "linked.csv", "--force"), "linked.csv is one of the logs: name another file"),
        (("-o", "no/such/folder/p.parquet"), "cannot write"),
        (("-o", "p.parquet", "--format-in", "csvv"), "did you mean 'csv'?"),
        ((), "Missing option"),
    ],
)
def test_it_refuses(args: tuple[str, ...], words: str, cli: Cli, tmp_path: Path) -> None:
    write_log(tmp_path / "log.csv", CALLS)
    (tmp_path / "there.parquet").write_text("mine")
    (tmp_path / "linked.csv").symlink_to("log.csv")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    run = cli("usage", "pack", "log.csv", *args)
    assert (run.status, run.out) == (2, "")
    assert words in " ".join(run.err.split())
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_log_without_a_countable_request_is_no_pack(cli: Cli, tmp_path: Path) -> None:
    write_log(tmp_path / "log.csv", [Call(MONDAY, -1, 5)])
    run = cli("usage", "pack", "log.csv", "-o", "pack.parquet")
    assert run.status == 2
    assert (
        "log.csv: no request in it; 1 row is not counted (a number of tokens that is none, or is negative)"
        in " ".join(run.err.split())
    )
    assert not (tmp_path / "pack.parquet").exists()


def test_with_force_a_pack_is_replaced_by_itself_and_more(cli: Cli, tmp_path: Path) -> None:
    write_log(tmp_path / "log.csv", CALLS)
    assert cli("usage", "pack", "log.csv", "-o", "pack.parquet").status == 0
    first = (tmp_path / "pack.parquet").read_bytes()
    assert cli("usage", "pack", "log.csv", "-o", "pack.parquet", "--force").status == 0
    assert (tmp_path / "pack.parquet").read_bytes() == first


def test_a_log_whose_times_are_no_days_has_only_a_length(cli: Cli, tmp_path: Path) -> None:
    write_log(tmp_path / "log.csv", [Call(0, 900, 10), Call(300_000_000_000, 900, 10)])  # beyond the year 9999
    run = cli("usage", "pack", "log.csv", "-o", "pack.parquet")
    assert run.status == 0, run.err


def test_its_help_fits_a_screen(cli: Cli) -> None:
    assert len(cli("usage", "pack", "--help").out.strip().splitlines()) <= 40


def test_the_answer_of_a_warehouse_becomes_the_same_pack(cli: Cli, tmp_path: Path) -> None:
    import duckdb

    log = write_log(tmp_path / "log.csv", CALLS)
    columns = "timestamp:number,model:text,input_tokens:number,cached_tokens:number,output_tokens:number"
    sql = cli("usage", "sql", "--dialect", "duckdb", "--table", "calls", "--columns", columns).out
    engine = duckdb.connect()
    engine.read_csv(log).create("calls")
    engine.sql(sql.removesuffix(";\n")).write_csv(str(tmp_path / "answer.csv"))
    run = cli("usage", "pack", "--from", "answer.csv", "-o", "pack.parquet")
    assert (run.status, run.err) == (0, "")
    usage = read_pack(str(tmp_path / "pack.parquet"))
    direct = scan([log], thresholds=usage.thresholds)
    assert (usage.groups, usage.rows, usage.span_s) == (direct.groups, direct.rows, direct.span_s)


@pytest.mark.parametrize("args", [("log.csv", "--from", "answer.csv"), (), ("--from", "answer.csv", "--by", "team")])
def test_logs_and_an_answer_are_two_ways(args: tuple[str, ...], cli: Cli, tmp_path: Path) -> None:
    write_log(tmp_path / "log.csv", CALLS)
    assert cli("usage", "pack", *args, "-o", "pack.parquet").status == 2
    assert not (tmp_path / "pack.parquet").exists()
