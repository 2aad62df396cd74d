"""Repricing a log, as ratios within one run: against a bare scan of the same files, by options, by rows, against peers.

    python benchmarks/usage.py [--rows 20_000_000] [--folder /tmp/usage-bench] [--peers]

It writes synthetic Parquet (five models, a month, prompts from 100 tokens to 250,000) and prints CPU seconds, each the
least of three. ``--peers`` prices 20,000 of the rows with genai-prices and litellm, one by one, where they are
installed; they are no dependency of ours.
"""

from __future__ import annotations

import argparse
import importlib
import resource
import time
from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from pathlib import Path

import duckdb

from costcalc import Catalog, load_catalog
from costcalc.usage.curve import peak_to_mean
from costcalc.usage.mix import alike_of, bucket_of, thresholds_of
from costcalc.usage.repriced import case_of_usage, reprice
from costcalc.usage.scan import scan

DAY = date(2026, 11, 27)
TEN = (
    "gpt-5.2-api", "gpt-5.4-api", "gemini-3.1-pro-api", "deepseek-v4-pro-api", "claude-haiku-5.5-api",
    "claude-sonnet-5.5-api", "claude-opus-5.5-api", "gpt-6.1-terra-api", "gemini-4-argon-api", "r1-distill-32b-h100",
)  # fmt: skip
ROWS = """
SELECT TIMESTAMP '2026-10-01' + INTERVAL (i * 2592000000 // {rows}) MILLISECOND AS started,
  ['openai/gpt-5.2', 'anthropic/claude-opus-5.5', 'google/gemini-3.1-pro-preview', 'deepseek/deepseek-v4-pro',
   'openai/gpt-5.4'][1 + (hash(i) % 5)::INT] AS model,
  (100 + exp(5 + 3 * (hash(i + 1) % 1000000) / 1000000.0)
    + CASE WHEN hash(i + 2) % 200 = 0 THEN 250000 ELSE 0 END)::BIGINT AS input,
  (hash(i + 3) % 100)::BIGINT AS cache_read,
  exp(3 + 4 * (hash(i + 4) % 1000000) / 1000000.0)::BIGINT AS output
FROM range({rows}) t(i)
"""


def cpu_s(work: Callable[[], object], times: int = 3) -> float:
    """Give the least CPU time of some runs [s]."""
    found = []
    for _ in range(times):
        begin = time.process_time()
        work()
        found.append(time.process_time() - begin)
    return min(found)


def written(folder: Path, rows: int) -> str:
    """Write so many rows, once."""
    file = folder / f"{rows}.parquet"
    if not file.exists():
        duckdb.connect().execute(f"COPY ({ROWS.format(rows=rows)}) TO '{file}' (FORMAT parquet)")
    return str(file)


def figures(folder: Path, rows: int) -> list[tuple[str, str, str]]:
    """Give rows of a table: what was run, its CPU, and that by a bare scan of the same file."""
    catalog, file, engine = load_catalog(), written(folder, rows), duckdb.connect()
    scanned = f"SELECT sum(input), sum(output) FROM '{file}'"  # noqa: S608  # our own file
    floor = cpu_s(lambda: engine.execute(scanned).fetchall(), 7)
    ten = cpu_s(partial(repriced, catalog, file, TEN, bucket_of(catalog)))
    return [
        ("a bare scan", f"{floor:.2f} s", ""),
        ("ten options", f"{ten:.2f} s", f"{ten / floor:.1f} ×"),
    ]


def repriced(catalog: Catalog, file: str, options: Sequence[str], bucket_s: int) -> None:
    """Read a log, and price it under some options."""
    usage = scan([file], thresholds=thresholds_of(catalog), bucket_s=bucket_s, alike=alike_of(catalog))
    peak = peak_to_mean(usage)
    reprice(usage, case_of_usage(usage, catalog, as_of=DAY, peak=peak), options, peak=peak)


def main() -> None:
    """Measure and print."""
    read = argparse.ArgumentParser()
    read.add_argument("--rows", type=int, default=20_000_000)
    read.add_argument("--folder", type=Path, default=Path("/tmp/usage-bench"))  # noqa: S108  # large files, the user's to choose
    read.add_argument("--peers", action="store_true")
    asked = read.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    catalog = load_catalog()
    every = [
        *catalog.options,
        *(f"{name}/{model}" for name, file in catalog.providers.items() for model in file.models),
    ]
    file = written(asked.folder, asked.rows)
    engine = duckdb.connect()
    scanned = f"SELECT sum(input), sum(output) FROM '{file}'"  # noqa: S608  # our own file
    floor = cpu_s(lambda: engine.execute(scanned).fetchall(), 7)
    print(f"{asked.rows:,} rows, bare scan: {floor:.2f} CPU-s")
    for words, bucket_s in (("half hours", bucket_of(catalog)), ("ten minutes", 600)):
        ten = cpu_s(partial(repriced, catalog, file, TEN, bucket_s))
        print(f"ten options, {words}: {ten:.2f} CPU-s, {ten / floor:.1f} x the scan")
    thousand = cpu_s(partial(repriced, catalog, file, every, 600))
    print(f"{len(every):,} options: {thousand:.2f} CPU-s, {thousand / ten:.2f} x ten options")
    print(f"peak of memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    for rows in (asked.rows // 10, asked.rows, asked.rows * 5):
        each = cpu_s(partial(repriced, catalog, written(asked.folder, rows), TEN, 600), 1)
        print(f"{rows:,} rows, ten options: {each / rows * 1e9:.0f} ns of CPU a row")
    if asked.peers:
        print_peers(file, ten / asked.rows / len(TEN))


def print_peers(file: str, ours_s: float) -> None:
    """Price rows one by one with others' functions, one option a row."""
    first = f"SELECT input, cache_read, output FROM '{file}' LIMIT 20000"  # noqa: S608  # our own file
    rows = duckdb.connect().execute(first).fetchall()
    genai, litellm = importlib.import_module("genai_prices"), importlib.import_module("litellm")
    usage = genai.Usage

    def by_genai() -> None:
        for fresh, cached, output in rows:
            genai.calc_price(
                usage(input_tokens=fresh + cached, cache_read_tokens=cached, output_tokens=output),
                model_ref="gpt-5.2",
                provider_id="openai",
            )

    def by_litellm() -> None:
        for fresh, cached, output in rows:
            litellm.cost_per_token(
                model="gpt-5.2",
                prompt_tokens=fresh + cached,
                completion_tokens=output,
                cache_read_input_tokens=cached,
            )

    for name, work in (("genai-prices", by_genai), ("litellm", by_litellm)):
        each = cpu_s(work, 1) / len(rows)
        print(f"{name}: {each * 1e6:.1f} us a row and option, {each / ours_s:,.0f} x ours")


if __name__ == "__main__":
    main()
