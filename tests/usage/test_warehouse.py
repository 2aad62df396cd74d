"""The GROUP BY as text for a warehouse, and its answer read back: the same counts as reading the rows here."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
import sqlglot
from usage.warehouse_calls import FLAT, QUESTIONS, THRESHOLDS, write_result, write_tables

from costcalc.errors import CostcalcError, FlagError
from costcalc.usage.result import read_result
from costcalc.usage.scan import scan
from costcalc.usage.warehouse import DIALECTS, Dialect, Question, columns_of, sql_for, usual_columns


def scanned(folder: Path, name: str) -> object:
    """Count the rows of a table here."""
    question = QUESTIONS[name]
    return scan(
        [str(folder / f"{name}.parquet")], thresholds=THRESHOLDS, log_format=question.log_format, label=question.label
    )


@pytest.mark.parametrize("name", QUESTIONS)
def test_an_answer_of_duckdb_read_back_is_what_a_scan_counts(name: str, tmp_path: Path) -> None:
    write_tables(tmp_path)
    engine = duckdb.connect()
    engine.execute("SET TimeZone = 'Asia/Kathmandu'")
    engine.execute(f"CREATE VIEW {name} AS FROM '{tmp_path / name}.parquet'")
    answer = engine.execute(sql_for(QUESTIONS[name], "duckdb"))
    result = write_result(tmp_path / "result.csv", [column[0] for column in answer.description], answer.fetchall())
    assert read_result(result) == scanned(tmp_path, name)
    assert {fault.kind: fault.rows for fault in read_result(result).faults} == {"no time": 1, "cached exceeds input": 1}


CHDB = """
import sys
from chdb import session
engine = session.Session()
engine.query("CREATE DATABASE logs ENGINE = Atomic")
engine.query(f"CREATE VIEW logs.{sys.argv[1]} AS SELECT * FROM file('{sys.argv[2]}', Parquet)")
engine.query("USE logs")
engine.query("SET session_timezone = 'Asia/Kathmandu'")
sys.stdout.write(str(engine.query(sys.stdin.read(), "CSVWithNames")))
"""


def by_clickhouse(question: Question, table: Path, result: Path) -> str:
    """Ask ClickHouse, in a process of its own: it stays in one for good."""
    command = [sys.executable, "-c", CHDB, question.table, str(table)]
    asked = subprocess.run(
        command, input=sql_for(question, "clickhouse"), capture_output=True, text=True, check=False
    )  # fmt: skip
    assert asked.returncode == 0, asked.stderr
    result.write_text(asked.stdout, encoding="utf-8")
    return str(result)


needs_chdb = pytest.mark.skipif(importlib.util.find_spec("chdb") is None, reason="chdb is not installed")


@needs_chdb
@pytest.mark.clock
@pytest.mark.parametrize("name", QUESTIONS)
def test_an_answer_of_clickhouse_is_what_a_scan_counts(name: str, tmp_path: Path) -> None:
    write_tables(tmp_path)
    result = by_clickhouse(QUESTIONS[name], tmp_path / f"{name}.parquet", tmp_path / "result.csv")
    assert read_result(result) == scanned(tmp_path, name)


@needs_chdb
@pytest.mark.clock
def test_a_sum_of_clickhouse_is_wider_than_64_bits_and_does_not_wrap(tmp_path: Path) -> None:
    rows = f"(1, 2, {2**63 - 1}), (2, 2, 1)"
    duckdb.sql(
        f"COPY (SELECT * FROM (VALUES {rows}) AS r(created, output_tokens, input_tokens)) TO '{tmp_path}/c.parquet'"
    )
    question = Question("c", "csv", columns_of("created:number,output_tokens,input_tokens", "csv"), ())
    usage = read_result(by_clickhouse(question, tmp_path / "c.parquet", tmp_path / "result.csv"))
    assert (usage.total("input"), usage.requests) == (2**63, 2)  # 2^63 - 1 and 1 more


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)
def test_the_text_of_each_dialect_parses_as_its_own(question: Question, dialect: Dialect) -> None:
    *_, statement = sqlglot.parse(sql_for(question, dialect), read=dialect)
    assert statement is not None
    selected = statement.find(sqlglot.exp.Select)
    assert selected is not None
    names = [each.alias_or_name for each in selected.expressions]
    assert names == ["*", "bucket_s", "thresholds", "log_format", "labelled_by"]
    assert "COSTCALC" not in statement.sql(dialect)


@pytest.mark.parametrize(
    ("dialect", "parts"),
    [
        ("bigquery", ("UNIX_SECONDS(CAST(`at` AS TIMESTAMP))", "SUM(CAST(input AS INT64))", "FROM `my-project`.logs.calls")),
        ("snowflake", ("DATE_PART(EPOCH_SECOND, at)", "CAST(input_tokens AS BIGINT)", 'FROM "my-project".logs.calls')),
        # an integer divided by an integer is one in Trino
        ("trino", ('TO_UNIXTIME("at")', "CAST(FLOOR(CAST(at_s AS DOUBLE) / 600) AS BIGINT)")),
        ("clickhouse", ("SUM(CAST(input AS Nullable(Int128)))", "SETTINGS prefer_column_name_to_alias = 1;")),
        ("databricks", ("SET TIME ZONE 'UTC';\nSELECT", "UNIX_SECONDS(CAST(`at` AS TIMESTAMP))")),
        ("spark", ("SET TIME ZONE 'UTC';\nSELECT", "'200000 272000' AS thresholds")),
        ("duckdb", ('EPOCH("at")', "600 AS bucket_s", "'team' AS labelled_by")),
    ],
)  # fmt: skip
def test_each_dialect_has_its_own_seconds_widths_and_names(dialect: Dialect, parts: tuple[str, ...]) -> None:
    text = sql_for(QUESTIONS["calls"]._replace(table="my-project.logs.calls"), dialect)
    assert [part for part in parts if part not in text] == []
    assert text.startswith("-- costcalc: tokens by model and 600 s of my-project.logs.calls (format csv), for ")


def test_the_columns_of_a_formats_own_table_need_not_be_named() -> None:
    assert [(column.name, column.kind) for column in usual_columns("openai")] == [
        ("model", "text"), ("service_tier", "text"), ("usage", "json"), ("created", "timestamp"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ("model,imput_tokens", "the format csv reads no column 'imput_tokens'; did you mean 'input_tokens'"),
        ("model,at:moment", "column at: expected the type text, number, timestamp, json, found 'moment'"),
        ("model,at,model", "column model is given twice"),
        ("", "the format csv reads no column ''; it reads model,"),
    ],
)
def test_columns_that_nobody_reads_are_refused(columns: str, reason: str) -> None:
    with pytest.raises(FlagError, match=reason):
        columns_of(columns, "csv")


def test_what_sql_cannot_say_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(FlagError, match="say which columns the table has: --columns model,at"):
        usual_columns("csv")
    calls = QUESTIONS["calls"]
    with pytest.raises(FlagError, match=r"expected a table such as logs\.calls, found 'calls; DROP'"):
        sql_for(calls._replace(table="calls; DROP"), "trino")
    with pytest.raises(FlagError, match="has no 'colour' to show costs by"):
        sql_for(calls._replace(label="colour"), "trino")
    texts = columns_of(FLAT.replace("at,", "at:text,"), "csv")
    with pytest.raises(FlagError, match="a time must be a timestamp or a number; cast it in a view"):
        sql_for(calls._replace(columns=texts), "trino")
    monkeypatch.setitem(sys.modules, "sqlglot", None)
    with pytest.raises(CostcalcError, match=r"needs sqlglot: pip install 'costcalc\[sql\]'"):
        sql_for(calls, "trino")
