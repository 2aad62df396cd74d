"""Calls of a team as a table of a warehouse: for every engine that runs here."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb

from costcalc.usage.groups import Usage
from costcalc.usage.warehouse import Question, columns_of, usual_columns

THRESHOLDS = (200_000, 272_000)
# prompts on both sides of the thresholds; models and answers of which some are NULL, and names that need quoting; three
# kinds of faults: no answer, more cached than read, no time
CALLS = """SELECT ['gpt-5.4', NULL, 'o''brien "x", y', ''][1 + i % 4] AS model,
  CASE WHEN i <> 8 THEN TIMESTAMP '2026-03-28 22:00:00.25' + to_seconds(i * 37) END AS "at",
  CAST(i * 97 AS INTEGER) AS input_tokens, CAST(CASE WHEN i = 9 THEN 100000 ELSE i * 5 END AS BIGINT) AS cached_tokens,
  CASE WHEN i % 7 = 0 THEN NULL ELSE i % 300 END AS output_tokens, ['eu', 'us', NULL][1 + i % 3] AS team
FROM range(5000) AS rows(i)"""
# the same, as a gateway writes it: what was used stands in a column as JSON
RECORDS = f"""SELECT model, "at" AS created, CAST(to_json({{'prompt_tokens': input_tokens, 'completion_tokens': output_tokens,
  'prompt_tokens_details': {{'cached_tokens': cached_tokens}}}}) AS VARCHAR) AS usage FROM ({CALLS})"""
# and as LiteLLM keeps it: some calls failed, some were answered from its own cache, and some stand there twice
SPEND = f"""SELECT CASE WHEN i % 50 <> 49 THEN CAST(i AS VARCHAR) END AS request_id, model,
  ['openai', NULL][1 + i % 2] AS custom_llm_provider, ['success', 'failure'][1 + i // 4900] AS status,
  ['None', 'True'][1 + (i % 100) // 99] AS cache_hit, "at" AS "startTime", input_tokens AS prompt_tokens,
  output_tokens AS completion_tokens, input_tokens * 1e-6 AS spend,
  ['https://eu.api.openai.com/v1', 'https://api.openai.com', NULL][1 + i % 3] AS api_base, CAST(to_json({{'user_api_key_team_alias': team,
  'usage_object': {{'cache_read_input_tokens': cached_tokens}}}}) AS VARCHAR) AS metadata
FROM (SELECT *, row_number() OVER () - 1 AS i FROM ({CALLS})), range(2) AS copies(copy)
WHERE copy = 0 OR i BETWEEN 1000 AND 1999 AND i % 50 <> 49"""
FLAT = "model,at,input_tokens,cached_tokens,output_tokens,team"
QUESTIONS = {
    "calls": Question("calls", "csv", columns_of(FLAT, "csv"), THRESHOLDS, label="team"),
    "spend": Question("spend", "litellm", usual_columns("litellm"), THRESHOLDS, label="team"),
    "records": Question("records", "openai", columns_of("model,created,usage", "openai"), THRESHOLDS),
}


def unplaced(usage: Usage) -> Usage:
    """Leave out where faults stand and what stands there, which only DuckDB tells."""
    return replace(usage, faults=tuple(fault._replace(places=(), found="") for fault in usage.faults))


def write_tables(folder: Path) -> None:
    """Write the tables as Parquet."""
    for name, query in (("calls", CALLS), ("records", RECORDS), ("spend", SPEND)):
        duckdb.sql(f"COPY ({query}) TO '{folder / name}.parquet'")


def write_result(path: Path, names: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Write a warehouse's answer as it would."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(names)
        writer.writerows(rows)
    return str(path)
