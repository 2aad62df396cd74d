"""Calls of a team as a table of a warehouse: for every engine that runs here."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import duckdb

from costcalc.usage.warehouse import Question, columns_of

THRESHOLDS = (200_000, 272_000)
# prompts on both sides of the thresholds; models and answers of which some are NULL, and names that need quoting; two
# faults: more cached than read, and no time
CALLS = """SELECT ['gpt-5.4', NULL, 'o''brien "x", y', ''][1 + i % 4] AS model,
  CASE WHEN i <> 7 THEN TIMESTAMP '2026-03-28 22:00:00.25' + to_seconds(i * 37) END AS "at",
  CAST(i * 97 AS INTEGER) AS input_tokens, CAST(CASE WHEN i = 9 THEN 100000 ELSE i * 5 END AS BIGINT) AS cached_tokens,
  CASE WHEN i % 7 = 0 THEN NULL ELSE i % 300 END AS output_tokens, ['eu', 'us', NULL][1 + i % 3] AS team
FROM range(5000) AS rows(i)"""
# the same, as a gateway writes it: what was used stands in a column as JSON
RECORDS = f"""SELECT model, "at" AS created, CAST(to_json({{'prompt_tokens': input_tokens, 'completion_tokens': output_tokens,
  'prompt_tokens_details': {{'cached_tokens': cached_tokens}}}}) AS VARCHAR) AS usage FROM ({CALLS})"""
FLAT = "model,at,input_tokens,cached_tokens,output_tokens,team"
QUESTIONS = {
    "calls": Question("calls", "csv", columns_of(FLAT, "csv"), THRESHOLDS, label="team"),
    "records": Question("records", "openai", columns_of("model,created,usage", "openai"), THRESHOLDS),
}


def write_tables(folder: Path) -> None:
    """Write both tables as Parquet."""
    for name, query in (("calls", CALLS), ("records", RECORDS)):
        duckdb.sql(f"COPY ({query}) TO '{folder / name}.parquet'")


def write_result(path: Path, names: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Write a warehouse's answer as it would."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(names)
        writer.writerows(rows)
    return str(path)
