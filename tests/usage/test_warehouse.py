"""The GROUP BY as text for a warehouse, and its answer read back: the same counts as reading the rows here."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
import sqlglot
from usage.warehouse_calls import FLAT, QUESTIONS, THRESHOLDS, unplaced, write_result, write_tables

from costcalc.errors import CostcalcError, FlagError
from costcalc.usage.reader import Cached, LogFormat
from costcalc.usage.result import read_result
from costcalc.usage.scan import scan
from costcalc.usage.warehouse import DIALECTS, Dialect, Question, columns_of, sql_for, usual_columns


def scanned(folder: Path, name: str) -> object:
    """Count the rows of a table here."""
    question = QUESTIONS[name]
    file = str(folder / f"{name}.parquet")
    return unplaced(scan([file], thresholds=THRESHOLDS, log_format=question.log_format, label=question.label))


# of the rows 0 to 4,999 every seventh has no answer: 715. The gateway's cache answered the last of each hundred: 50, of
# which 7 are a seventh too (399, 1099, …). The last hundred failed: 99 of them beside the cache, of which 15 are a
# seventh too: 715 - 7 + 99 - 15 = 792
FAULTS: dict[str, dict[str, int]] = {
    "calls": {"no usage": 715}, "records": {"no usage": 715}, "spend": {"no usage": 792, "gateway cache": 50},
}  # fmt: skip


@pytest.mark.parametrize("name", QUESTIONS)
def test_an_answer_of_duckdb_read_back_is_what_a_scan_counts(name: str, tmp_path: Path) -> None:
    write_tables(tmp_path)
    engine = duckdb.connect()
    engine.execute("SET TimeZone = 'Asia/Kathmandu'")
    engine.execute(f"CREATE VIEW {name} AS FROM '{tmp_path / name}.parquet'")
    answer = engine.execute(sql_for(QUESTIONS[name], "duckdb"))
    result = write_result(tmp_path / "result.csv", [column[0] for column in answer.description], answer.fetchall())
    assert read_result(result) == scanned(tmp_path, name)
    faults = {fault.kind: fault.rows for fault in read_result(result).faults}
    assert (faults.pop("no time"), faults.pop("cached exceeds input")) == (1, 1)
    assert faults == FAULTS[name]


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


# what the documentation of each engine has
FUNCTIONS = {
    "CAST", "COALESCE", "CONCAT", "COUNT", "FLOOR", "LOWER", "MAX", "MIN", "NULLIF", "ROUND", "SUM", "TRY_CAST", "UPPER",
    "VARCHAR", "IN", "OR", "AND", "NOT", "FROM",
}  # fmt: skip
FUNCTIONS_OF: dict[Dialect, set[str]] = {
    "bigquery": {"GENERATE_UUID", "SAFE_CAST", "UNIX_SECONDS", "JSON_EXTRACT_SCALAR", "STARTS_WITH"},
    "snowflake": {"UUID_STRING", "DATE_PART", "JSON_EXTRACT_PATH_TEXT", "STARTSWITH"},
    "trino": {"UUID", "TO_UNIXTIME", "JSON_EXTRACT_SCALAR", "STARTS_WITH"},
    "clickhouse": {"GENERATEUUIDV4", "DATETIME64", "NULLABLE", "JSONEXTRACT", "STARTSWITH"},
    "databricks": {"UUID", "UNIX_SECONDS", "GET_JSON_OBJECT", "STARTSWITH"},
    "spark": {"UUID", "UNIX_SECONDS", "GET_JSON_OBJECT", "STARTSWITH"},
    "duckdb": {"UUID", "EPOCH", "STARTS_WITH"},
}
PLAIN: tuple[LogFormat, ...] = ("openai", "anthropic", "litellm", "helicone", "otel", "focus", "mooncake")


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("log_format", PLAIN)
def test_the_own_table_of_every_plain_format_can_be_counted_in_every_dialect(
    log_format: LogFormat, dialect: Dialect
) -> None:
    cached: Cached | None = "inside" if log_format == "helicone" else None
    text = sql_for(Question("t", log_format, usual_columns(log_format), THRESHOLDS, cached=cached), dialect)
    assert sqlglot.parse(text, read=dialect)[-1] is not None
    # sqlglot leaves a function that it does not know as DuckDB has it
    found = {name.upper() for name in re.findall(r"\w+(?=\()", text.partition("SELECT")[2])}
    assert found - FUNCTIONS - FUNCTIONS_OF[dialect] == set()
    assert ("TRUE AS is_pooled" in text) == (log_format == "focus")


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)
@pytest.mark.parametrize("dialect", DIALECTS)
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
    assert [(column.name, column.kind) for column in usual_columns("litellm")] == [
        ("model", "text"), ("custom_llm_provider", "text"), ("status", "text"), ("cache_hit", "text"),
        ("metadata", "json"), ("api_base", "text"), ("request_id", "text"), ("prompt_tokens", "number"), ("completion_tokens", "number"),
        ("startTime", "timestamp"), ("spend", "number"),
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
    with pytest.raises(FlagError, match="a table of the format csv has the columns input or input, output or"):
        sql_for(calls._replace(columns=columns_of("model,at", "csv")), "trino")
    with pytest.raises(FlagError, match="langfuse is not one of a table with a row for each request"):
        sql_for(Question("t", "langfuse", usual_columns("langfuse"), ()), "trino")
    with pytest.raises(FlagError, match="say it with --cached inside or --cached beside"):
        sql_for(Question("t", "helicone", usual_columns("helicone"), ()), "trino")
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
