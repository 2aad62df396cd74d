"""A request that an export has twice is billed once."""

import json
import shutil
from pathlib import Path

import pytest
from traffic import CALLS, SAMPLES

from costcalc.render.usage_log import differ_words, repeat_words
from costcalc.usage.groups import Usage
from costcalc.usage.reader import LogFormat
from costcalc.usage.scan import scan


def counted(*paths: Path, log_format: LogFormat | None = None) -> Usage:
    return scan([str(path) for path in paths], thresholds=(), log_format=log_format)


def words_of(usage: Usage) -> list[str]:
    return [*repeat_words(usage), *differ_words(usage)]


@pytest.mark.parametrize(
    "name",
    ["openai/chat.jsonl", "openai/batch.jsonl", "anthropic/messages.jsonl", "litellm/spend.csv", "langfuse/observations.jsonl",
     "otel/spans.jsonl", "otel/otlp.json"],
)  # fmt: skip
def test_a_copy_of_a_file_counts_nothing_twice(name: str, tmp_path: Path) -> None:
    copy = tmp_path / Path(name).name
    shutil.copy(SAMPLES / name, copy)
    once, twice = counted(SAMPLES / name), counted(SAMPLES / name, copy)
    assert twice.groups == once.groups
    assert (once.repeated, twice.repeated, twice.differing) == (0, len(CALLS), 0)


def table(folder: Path, *rows: str) -> Path:
    path = folder / "calls.csv"
    path.write_text("\n".join(["request_id,at,model,input,output", *rows]), encoding="utf-8")
    return path


def test_rows_without_an_id_are_each_a_request(tmp_path: Path) -> None:
    row = ",2026-11-03T10:00:00Z,gpt-5.4,5,1"
    usage = counted(table(tmp_path, row, row, f"a{row}", f"a{row}", f"a{row}"))
    assert (usage.requests, usage.total("input"), usage.repeated) == (3, 15, 2)  # two without, and one of a
    assert words_of(usage) == ["2 rows repeat an earlier id: counted once"]


def test_an_id_with_different_counts_is_counted_once_and_told(tmp_path: Path) -> None:
    at = "2026-11-03T10:00:00Z,gpt-5.4"
    usage = counted(table(tmp_path, f"a,{at},5,1", f"a,{at},5,9", f"b,{at},7,1", f"b,{at},7,1"))
    assert (usage.requests, usage.total("input"), usage.total("output")) == (2, 12, 10)  # 5 + 7; 9 + 1
    assert words_of(usage) == [
        "2 rows repeat an earlier id: counted once",
        "1 id stands in rows whose counts or models differ: each is counted once, with its largest counts",
    ]


def test_a_line_that_is_broken_repeats_nothing(tmp_path: Path) -> None:
    usage = {"prompt_tokens": 5, "completion_tokens": 1}
    record = json.dumps({"id": "a", "model": "gpt-5.4", "created": 1_793_577_600, "usage": usage})
    path = tmp_path / "calls.jsonl"
    path.write_text(f"{record}\n{{broken\n{{worse\n{record}\n", encoding="utf-8")
    found = counted(path)
    assert (found.rows, found.repeated, [(fault.kind, fault.rows) for fault in found.faults]) == (1, 1, [("broken", 2)])
