"""``usage sql`` as a user types it: SQL on standard output and nothing else, and what is wrong with a flag."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import duckdb
import pytest
from conftest import Cli

from costcalc import Catalog
from costcalc.usage.mix import thresholds_of
from costcalc.usage.result import read_result
from costcalc.usage.warehouse import DIALECTS

COLUMNS = ("--columns", "model,at,input_tokens,output_tokens,team")


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_query_says_what_to_do_with_its_answer(dialect: str, cli: Cli) -> None:
    run = cli("usage", "sql", "--dialect", dialect, "--table", "logs.calls", *COLUMNS)
    assert (run.status, run.err) == (0, "")
    assert run.out.startswith("-- costcalc: tokens by model and 600 s of logs.calls (format csv), for ")
    assert "costcalc usage pack --from result.csv -o pack.parquet\n" in run.out
    assert run.out.endswith(";\n")


def test_it_counts_under_the_prompt_lengths_of_the_catalogs_prices(cli: Cli, catalog: Catalog, tmp_path: Path) -> None:
    run = cli("usage", "sql", "--dialect", "duckdb", "--bucket", "1h", "--by", "team", *COLUMNS)
    engine = duckdb.connect()
    engine.execute("CREATE TABLE calls AS SELECT 'm' AS model, TIMESTAMP '2026-11-27 10:59:59' AS at, 300000 AS input_tokens, 7 AS output_tokens, 'eu' AS team")  # fmt: skip
    engine.sql(run.out.removesuffix(";\n")).write_csv(str(tmp_path / "result.csv"))
    usage = read_result(str(tmp_path / "result.csv"))
    assert (usage.bucket_s, usage.label) == (3600, "team")
    assert set(thresholds_of(catalog)) < set(usage.thresholds)
    (group,) = usage.groups
    assert (group.start_s % 3600, group.label, group.counts) == (0, "eu", {"input": 300_000, "output": 7})
    assert group.above == sum(step < 300_000 for step in usage.thresholds)


def test_an_answer_becomes_a_pack_that_other_commands_take(cli: Cli, tmp_path: Path) -> None:
    run = cli("usage", "sql", "--dialect", "duckdb", *COLUMNS)
    engine = duckdb.connect()
    engine.execute("""CREATE TABLE calls AS SELECT 'openai/gpt-5.4' AS model, 'eu' AS team, 1000 AS input_tokens,
      TIMESTAMP '2026-11-26 10:00:00' + to_hours(CAST(i AS INTEGER)) AS at, 100 AS output_tokens FROM range(10) AS r(i)""")
    engine.sql(run.out.removesuffix(";\n")).write_csv(str(tmp_path / "result.csv"))
    packed = cli("usage", "pack", "--from", "result.csv", "-o", "pack.parquet")
    assert (packed.status, packed.err) == (0, "")
    priced = cli("usage", "price", "pack.parquet", "--as-of", "2026-11-27", "--format", "json")
    # ten times 1,000 × $2.50/M + 100 × $15/M
    assert '"usd": 0.04' in priced.out


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (("--from", "nowhere.csv"), "nowhere.csv: cannot be read: No such file or directory"),
        (("--from", "result.csv", "log.csv"), "--from has what was counted already: give it without logs"),
        ((), "name the logs, or a warehouse's answer with --from"),
        (("log.csv", "--engine", "flink"), "expected the engine 'spark' or 'spark://HOST:PORT', not 'flink'"),
        (("log.csv", "--engine", "spark"), "this engine needs Spark: pip install 'costcalc[spark]'"),
        (("--from", "user.csv"), "a pack is made to be passed on and never names people"),
    ],
)  # fmt: skip
def test_what_cannot_become_a_pack_is_said(
    flags: tuple[str, ...], message: str, cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "log.csv").write_text("at,input,output\n2026-11-26,1,1\n")
    header = "model,start_s,above,row_count,first_s,last_s,requests,input,bucket_s,thresholds,log_format,labelled_by"
    (tmp_path / "user.csv").write_text(f"{header}\nm,600,0,1,601,601,1,5,600,200000,csv,user\n")
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    run = cli("usage", "pack", *flags, "-o", "pack.parquet")
    assert (run.status, run.out) == (2, "")
    assert message in re.sub(r"\s+", " ", run.err)
    assert not (tmp_path / "pack.parquet").exists()


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (("--dialect", "click", *COLUMNS), "expected one of bigquery, snowflake, trino, clickhouse, databricks, spark, duckdb, found 'click'; did you mean 'clickhouse'?"),
        (("--dialect", "trino"), "say which columns the table has: --columns model,at,input_tokens,cached_tokens,output_tokens"),
        (("--dialect", "trino", "--bucket", "7m", *COLUMNS), "expected a time bucket of 1m, 2m, 5m, 10m, 15m, 30m, 1h, found '7m'"),
        (("--dialect", "trino", "--format-in", "litelm"), "did you mean 'litellm'"),
        (("--dialect", "trino", "--by", "colour", *COLUMNS), "a log of the format csv has no 'colour' to show costs by"),
        (("--dialect", "trino", "--cached", "above", *COLUMNS), "expected one of inside, beside, found 'above'"),
        (("--dialect", "trino", "--format-in", "helicone"), "say it with --cached inside or --cached beside"),
        (("--dialect", "trino", "--table", "a b", *COLUMNS), "expected a table such as logs.calls, found 'a b'"),
    ],
)  # fmt: skip
def test_a_wrong_flag_is_named(flags: tuple[str, ...], message: str, cli: Cli) -> None:
    run = cli("usage", "sql", *flags)
    assert (run.status, run.out) == (2, "")
    assert message in re.sub(r"\s+", " ", run.err)
