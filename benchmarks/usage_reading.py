"""How fast, and in how much memory, a log is read: lines of JSON of which some are broken, Parquet, many small files.

Run: python benchmarks/usage_reading.py [--megabytes 500] [--rows 20000000]
Each reading is a process of its own, so that its peak memory is its own. Files are made in a temporary folder.
"""

import argparse
import json
import random
import resource
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from costcalc.usage.scan import scan

BROKEN = 0.001  # share of the lines
THRESHOLDS = (128_000, 200_000, 256_000, 272_000)
START = 1_793_577_600  # 2026-11-02
_CALLS = """SELECT
  ['gpt-5.2', 'gemini-3.1-pro', 'deepseek-v3.2', 'claude-sonnet-4-5', 'qwen3-32b'][1 + i % 5] AS model,
  make_timestamp({start}::BIGINT * 1000000 + i * 130000) AS started,
  CAST(100 + hash(i) % (CASE WHEN i % 50 = 0 THEN 400000 ELSE 4000 END) AS INTEGER) AS input,
  CAST(hash(i + 1) % 3000 AS INTEGER) AS cache_read, CAST(hash(i + 2) % 900 AS INTEGER) AS output
FROM range({rows}) t(i)"""
FLOOR = "SELECT SUM(input), SUM(output) FROM read_parquet(?)"


def main() -> None:
    """Make the files, read each in a process of its own, and print one row a reading."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=500)
    parser.add_argument("--rows", type=int, default=20_000_000)
    parser.add_argument("--read", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.read:
        measure(chosen.read)
        return
    with TemporaryDirectory(prefix="costcalc-benchmark-") as folder:
        made = (
            lines(Path(folder) / "chat.jsonl", chosen.megabytes),
            parquet(Path(folder) / "calls.parquet", chosen.rows),
            many(Path(folder) / "many", 1_000),
        )
        for path in made:
            subprocess.run([sys.executable, __file__, "--read", str(path)], check=True)


def measure(name: str) -> None:
    """Read a log once and print what it took."""
    begin, wall = time.process_time(), time.perf_counter()
    usage = scan([name], thresholds=THRESHOLDS, bucket_s=3_600)
    cpu, took = time.process_time() - begin, time.perf_counter() - wall
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    faults = ", ".join(f"{fault.rows} {fault.kind}, first {Path(fault.places[0]).name}" for fault in usage.faults)
    used = f"{cpu:.2f} CPU-s, {took:.2f} s, {peak:.0f} MB resident"
    print(f"{Path(name).name}: {usage.rows:,} rows, {used}; {faults or 'no fault'}")
    if name.endswith(".parquet"):
        begin = time.process_time()
        duckdb.execute(FLOOR, [name]).fetchall()
        floor = time.process_time() - begin
        print(f"  the engine's bare sum of two columns: {floor:.2f} CPU-s; {cpu / floor:.1f} times")


def lines(path: Path, megabytes: int) -> Path:
    """Write responses as lines, of which some break off."""
    chance, size, at = random.Random(7), 0, 0  # noqa: S311  # the same file each time
    with path.open("w", encoding="utf-8") as file:
        while size < megabytes * 2**20:
            line = json.dumps(_response(at))
            line = line[: len(line) // 2] if chance.random() < BROKEN else line
            size += file.write(line + "\n")
            at += 1
    return path


def _response(at: int) -> dict[str, object]:
    usage = {
        "prompt_tokens": 1_000 + at % 5_000,
        "completion_tokens": at % 700,
        "total_tokens": 1_000 + at % 5_000 + at % 700,
        "prompt_tokens_details": {"cached_tokens": at % 900},
    }
    answer = {"index": 0, "message": {"role": "assistant", "content": "lorem ipsum dolor sit amet " * 12}}
    return {"id": f"chatcmpl-{at}", "created": START + at, "model": "gpt-5.2", "choices": [answer], "usage": usage}


def parquet(path: Path, rows: int) -> Path:
    """Write rows that are disjoint already, of five models."""
    made = duckdb.query(_CALLS.format(rows=rows, start=START))
    made.write_parquet(str(path))  # type: ignore[union-attr]  # a query has an answer
    return path


def many(folder: Path, files: int) -> Path:
    """Write small files."""
    folder.mkdir()
    for number in range(files):
        text = "".join(json.dumps(_response(number * 8 + at)) + "\n" for at in range(8))
        (folder / f"{number}.jsonl").write_text(text, encoding="utf-8")
    return folder


if __name__ == "__main__":
    main()
