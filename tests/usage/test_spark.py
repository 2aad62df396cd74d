"""Spark in local mode beside DuckDB: the same counts of the same files, whatever the time zone."""

from __future__ import annotations

import importlib.util
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from usage.warehouse_calls import QUESTIONS, THRESHOLDS, unplaced, write_result, write_tables

from costcalc.errors import CostcalcError, FlagError, InputError
from costcalc.usage.reader import LogFormat
from costcalc.usage.result import read_result
from costcalc.usage.scan import scan
from costcalc.usage.spark import check_java, master_of, scan_spark, started
from costcalc.usage.warehouse import sql_for

needs_spark = pytest.mark.skipif(
    importlib.util.find_spec("pyspark") is None or shutil.which("java") is None,
    reason="Spark needs pyspark and a Java runtime",
)
# 5,000 calls in the nights in which Europe changed its clocks; prompts on both sides of the thresholds, answers of
# which some are NULL, models of which some are NULL, empty, or need quoting
CALLS = """
CREATE TABLE calls AS SELECT
  ['gpt-5.4', 'claude-opus-4-6', NULL, 'o''brien "x", \\y', ''][1 + i % 5] AS model,
  TIMESTAMP '2026-03-28 22:00:00.25' + to_milliseconds(CAST(random() * 4e8 AS BIGINT)) AS moment,
  CAST(random() * 400000 AS INTEGER) AS fresh,
  CAST(random() * 250000 AS BIGINT) AS cached,
  CASE WHEN i % 7 = 0 THEN NULL ELSE CAST(random() * 300 AS INTEGER) END AS generated,
  CASE WHEN i % 11 = 0 THEN 'batch' END AS processing,
  ['eu', 'us', NULL][1 + i % 3] AS team
FROM range(5000) AS rows(i)
"""
PARTS = "fresh AS input, cached AS cache_read, generated AS output, processing, team"
TABLES = {
    "naive.parquet": f"SELECT model, moment AS at, {PARTS} FROM calls",
    "zoned.parquet": f"SELECT model, CAST(moment AS TIMESTAMPTZ) AS at, {PARTS} FROM calls",
    "nanoseconds.parquet": f"SELECT model, CAST(moment AS TIMESTAMP_NS) AS at, {PARTS} FROM calls",
    "unsigned.parquet": """SELECT model, CAST(moment AS DATE) AS at, CAST(fresh AS UINTEGER) AS input,
      CAST(cached AS UBIGINT) AS cache_read, CAST(generated AS DOUBLE) AS output FROM calls""",
    "edges.parquet": """SELECT * FROM (VALUES
      ('m', TIMESTAMP '2026-03-28 22:00:00', 2147483647, 9223372036854775807),
      ('m', TIMESTAMP '2026-03-28 22:00:01', 2147483647, 0), ('m', NULL, 1, 1), ('m', TIMESTAMP '1969-12-31 23:59:58.5', 1, 1),
      (NULL, TIMESTAMP '2026-03-28 22:00:02', NULL, NULL)) AS edges(model, "at", output, input)""",
    "nested.parquet": """SELECT 'm' AS model, epoch_ms(moment) AS created, {'prompt_tokens': fresh + cached,
      'completion_tokens': COALESCE(generated, 0), 'prompt_tokens_details': {'cached_tokens': cached}} AS usage FROM calls""",
    "text.parquet": """SELECT 'm' AS model, CAST(moment AS VARCHAR) || '+05:45' AS created,
      CAST(to_json({'prompt_tokens': fresh, 'completion_tokens': 1}) AS VARCHAR) AS usage FROM calls""",
    "zoned.csv": f"SELECT model, CAST(moment AS TIMESTAMPTZ) AS at, {PARTS} FROM calls",
    "naive.csv": f"SELECT model, moment AS at, {PARTS} FROM calls",
    "semicolons.csv": f"SELECT model, moment AS at, {PARTS} FROM calls",
    "lines.jsonl": """SELECT COALESCE(model, 'm') AS model, epoch_ms(moment) AS created, {'prompt_tokens': fresh + cached,
      'completion_tokens': COALESCE(generated, 0), 'prompt_tokens_details': {'cached_tokens': cached}} AS usage FROM calls""",
    "messages.jsonl": """SELECT model, moment AS created_at, {'input_tokens': fresh, 'cache_read_input_tokens': cached,
      'output_tokens': generated, 'cache_creation_input_tokens': 7, 'cache_creation': {'ephemeral_1h_input_tokens': 3}}
      AS usage FROM calls""",
}  # fmt: skip
FAULTY = r"""
{"model": "x", "usage": {"prompt_tokens": 5, broken
{"model": "no usage"}

["no record"]
{"model": "b", "created": 1000.0, "usage": {"prompt_tokens": 5, "completion_tokens": 1, "prompt_tokens_details": {"cached_tokens": 9}}}
{"model": "b", "created": "soon", "usage": {"prompt_tokens": "5", "completion_tokens": 1}}
{"model": "b", "created": "2026-11-27T10:00:00.123456Z", "usage": {"prompt_tokens": "5", "completion_tokens": 1}}
{"model": "b", "created": 1, "usage": {"prompt_tokens": 3.0, "completion_tokens": "many"}}
{"model": "b", "created": 1, "usage": {"prompt_tokens": 3.0, "completion_tokens": 9223372036854775808}}
{"model": "b", "created": 1, "usage": 7}
"""


@pytest.fixture(scope="module")
def session() -> Iterator[Any]:
    """One session for all tests: starting Java takes seconds. The machine's time zone is an odd one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", "Asia/Kathmandu")
        time.tzset()
        spark = started("local[2]")
        yield spark
        spark.stop()
    time.tzset()


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("logs")
    engine = duckdb.connect()
    engine.execute("SET TimeZone = 'Asia/Kathmandu'")
    engine.execute("SELECT setseed(0.42)")
    engine.execute(CALLS)
    for name, query in TABLES.items():
        delimiter = "(DELIMITER ';')" if name.startswith("semicolons") else ""
        engine.execute(f"COPY ({query}) TO '{folder / name}' {delimiter}")
    with (folder / "lines.jsonl").open("a", encoding="utf-8") as stream:
        stream.write(FAULTY)
    return folder


@needs_spark
@pytest.mark.usefixtures("session")
def test_spark_counts_what_duckdb_counts(logs: Path) -> None:
    names = [*TABLES, "*.csv"]
    by_spark = {name: scan_spark([str(logs / name)], thresholds=THRESHOLDS) for name in names}
    by_duckdb = {name: unplaced(scan([str(logs / name)], thresholds=THRESHOLDS)) for name in names}
    assert [name for name in names if by_spark[name] != by_duckdb[name]] == []
    # the lines of FAULTY, beside 5,000 calls and the one of them that is sound
    assert by_spark["lines.jsonl"].rows == 5_001
    assert {fault.kind: fault.rows for fault in by_spark["lines.jsonl"].faults} == {
        "broken": 2, "no usage": 2, "cached exceeds input": 1, "no time": 1, "not a count": 2,
    }  # fmt: skip
    zoned = [str(logs / "zoned.parquet")]
    labelled = scan_spark(zoned, thresholds=THRESHOLDS, label="team", bucket_s=3600)
    assert labelled == unplaced(scan(zoned, thresholds=THRESHOLDS, label="team", bucket_s=3600))


@needs_spark
@pytest.mark.parametrize("name", QUESTIONS)
def test_the_text_for_spark_counts_what_a_scan_counts(name: str, session: Any, tmp_path: Path) -> None:  # noqa: ANN401  # Spark's types may be absent
    write_tables(tmp_path)
    *_, statement = sql_for(QUESTIONS[name], "spark").split(";\n", 1)
    spark = session.newSession()
    spark.conf.set("spark.sql.session.timeZone", "UTC")  # as the statement before it says
    spark.read.parquet(str(tmp_path / f"{name}.parquet")).createOrReplaceTempView(name)
    answer = spark.sql(statement.rstrip().rstrip(";"))
    result = write_result(tmp_path / "result.csv", answer.columns, answer.collect())
    file, question = str(tmp_path / f"{name}.parquet"), QUESTIONS[name]
    counted = scan([file], thresholds=THRESHOLDS, log_format=question.log_format, label=question.label)
    assert read_result(result) == unplaced(counted)
    by_spark = scan_spark([file], thresholds=THRESHOLDS, log_format=question.log_format, label=question.label)
    assert by_spark == unplaced(counted)


@needs_spark
@pytest.mark.usefixtures("session")
def test_a_sum_beyond_64_bits_is_an_error_on_spark_and_wider_on_duckdb(tmp_path: Path) -> None:
    name = str(tmp_path / "calls.csv")
    row = f"2026-11-27,{10**17},1\n"  # the largest count of one request: a hundred of them exceed 2**63
    Path(name).write_text(f"at,input,output\n{row * 100}")
    assert scan([name], thresholds=()).total("input") == 10**19
    with pytest.raises(CostcalcError, match=r"^Spark: \[ARITHMETIC_OVERFLOW") as raised:
        scan_spark([name], thresholds=())
    assert "\n" not in raised.value.reason
    assert "java." not in raised.value.reason


@needs_spark
@pytest.mark.usefixtures("session")
def test_a_row_that_breaks_a_table_is_counted_as_broken(tmp_path: Path) -> None:
    name = tmp_path / "calls.csv"
    name.write_text('at,input,output\n2026-11-27,1,1\n2026-11-27,2\n2026-11-27,2,2,2\n"2026-11-27",4,"4"\n')
    usage = scan_spark([f"file://{name}"], thresholds=(), log_format="csv")
    assert (usage.total("input"), usage.rows) == (5, 2)  # 1 + 4: a cell too few, and one too many, are no calls
    assert [(fault.kind, fault.rows) for fault in usage.faults] == [("broken", 2)]


@needs_spark
@pytest.mark.usefixtures("session")
def test_what_spark_cannot_open_is_named_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(CostcalcError, match=r"^Spark: \[PATH_NOT_FOUND\] .*nowhere\.parquet") as raised:
        scan_spark([f"file://{tmp_path}/nowhere.parquet"], thresholds=(), log_format="csv")
    assert "\n" not in raised.value.reason
    for name, header in (("a", "at,input,output"), ("b", "at,output,input")):
        (tmp_path / f"{name}.csv").write_text(f"{header}\n2026-11-27,1,2\n")
    with pytest.raises(CostcalcError, match="CSV header") as raised:
        scan_spark([f"file://{tmp_path}/*.csv"], thresholds=(), log_format="csv")
    assert "\n" not in raised.value.reason


def test_without_spark_its_absence_is_the_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "calls.csv").write_text("at,input,output\n2026-11-27,1,1\n")
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    with pytest.raises(CostcalcError, match=r"^this engine needs Spark: pip install 'costcalc\[spark\]'$"):
        scan_spark([str(tmp_path / "calls.csv")], thresholds=())


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ('openjdk version "11.0.2" 2019-01-15', r"Spark needs Java 17 or later: .*/bin/java is Java 11"),
        ('java version "1.8.0_441"', r"Spark needs Java 17 or later: .*/bin/java is Java 8"),
        ("what?", r"Spark needs Java 17 or later: .*/bin/java does not say its version"),
        (None, r"Spark needs Java 17 or later: JAVA_HOME is .*, and .*/bin/java is no program"),
    ],
)
@pytest.mark.clock
def test_a_java_that_is_missing_or_too_old_is_named(
    answer: str | None, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if answer is not None:
        (tmp_path / "bin").mkdir()
        (tmp_path / "bin" / "java").write_text(f"#!/bin/sh\necho '{answer}' >&2\n")
        (tmp_path / "bin" / "java").chmod(0o755)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(CostcalcError, match=reason):
        check_java()


def test_without_any_java_the_path_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CostcalcError, match="Spark needs Java 17 or later: there is no 'java' on the PATH"):
        check_java()


@pytest.mark.parametrize(
    ("names", "log_format", "reason"),
    [
        (["s3a://logs/day"], "csv", r"ends in \.parquet, \.csv or \.jsonl, such as s3a://logs/day/\*\.parquet"),
        (["s3a://logs/day.json"], "openai", "Spark reads JSON by the line"),
        (["s3a://logs/day.csv"], "openai", None),
    ],
)
def test_what_spark_does_not_read_is_refused_before_it_starts(
    names: list[str], log_format: LogFormat | None, reason: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    with pytest.raises((FlagError, InputError) if reason else CostcalcError, match=reason or "needs Spark"):
        scan_spark(names, thresholds=(), log_format=log_format)


def test_only_spark_has_a_master() -> None:
    with pytest.raises(FlagError, match="expected the engine 'spark' or 'spark://HOST:PORT', not 'flink'"):
        master_of("flink")
