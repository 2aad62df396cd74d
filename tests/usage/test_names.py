"""A table whose columns or times have other names says what to rename, and shows no more of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from costcalc.errors import InputError
from costcalc.render.usage_log import fault_text
from costcalc.usage.scan import scan
from costcalc.usage.source import added_up

HOW = "write times as 2026-11-01 or 2026-11-01T09:30:00Z"


@pytest.mark.parametrize(
    ("header", "words"),
    [
        (
            "date,model,prompt,completion",
            "rename 'date' to at, 'prompt' to input_tokens, 'completion' to output_tokens",
        ),
        (
            "Day,Model,Input Tokens,Output Tokens",
            "rename 'Day' to at, 'Model' to model, 'Input Tokens' to input_tokens",
        ),
        ("at,model,tokens_in,tokens_out", "rename 'tokens_in' to input_tokens, 'tokens_out' to output_tokens"),
    ],
)
def test_a_table_that_is_nearly_ours_is_told_what_to_rename(header: str, words: str, tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    log.write_text(f"{header}\n2026-11-01,gpt-5.4,5,1\n", encoding="utf-8")
    with pytest.raises(InputError, match=words):
        scan([str(log)], thresholds=())


def test_what_is_no_table_of_requests_is_told_nothing_more(tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    log.write_text("date,colour\n2026-11-01,red\n", encoding="utf-8")
    with pytest.raises(InputError) as error:
        scan([str(log)], thresholds=())
    assert "rename" not in str(error.value)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("at", "01.11.2026", f"'at' holds '01.11.2026': {HOW}"),
        ("timestamp", "Nov 1st", f"'timestamp' holds no time: {HOW}"),
        ("at", "sk-planted-secret-0123456789", f"'at' holds no time: {HOW}"),
        ("day", "2026-11-01", f"created: rename 'day' to at; {HOW}"),
        ("colour", "red", "there is no column at, timestamp, started, start_time, time, created"),
        ("at", "", "1 row is not counted (no time): log.csv: record 1"),
    ],
)
def test_a_time_that_cannot_be_read_is_shown_with_its_column(
    name: str, value: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("log.csv").write_text(f"{name},model,input,output\n{value},gpt-5.4,5,1\n", encoding="utf-8")
    usage = scan(["log.csv"], thresholds=())
    (fault,) = usage.faults
    assert words in fault_text(fault)
    assert "planted" not in fault_text(fault)
    (together,) = added_up([usage, usage]).faults
    assert (together.rows, together.found) == (2, fault.found)


@pytest.mark.parametrize(
    ("text", "unread"),
    [
        ("at,model,input,output,usage_cache_read\n2026-11-01,gpt-5.4,5,1,124", "'usage_cache_read'"),
        ("at;model;input;output;Reads cached\n2026-11-01;gpt-5.4;5;1;1.240", "'Reads cached'"),
        ("at,model,input_tokens,output_tokens,cache_write\n2026-11-01,gpt-5.4,5,1,9", "'cache_write'"),
        ('{"at": 1, "model": "m", "input": 5, "output": 1, "cached": 7}\n', "'cached'"),
        ("at,model,input,output,prompt,total_tokens,output_cost,cached\n2026-11-01,gpt-5.4,5,1,hi,6,2,0", ""),
        ('{"at": 1, "model": "m", "input": 5, "output": 1, "cached": 0, "prompt": "hi"}\n', ""),
    ],
)
def test_tokens_that_nobody_reads_are_refused(text: str, unread: str, tmp_path: Path) -> None:
    log = tmp_path / f"log.{'jsonl' if text.startswith('{') else 'csv'}"
    log.write_text(text, encoding="utf-8")
    if not unread:
        assert scan([str(log)], thresholds=()).rows == 1
        return
    with pytest.raises(InputError, match=rf"would not be counted: {unread}; rename them \("):
        scan([str(log)], thresholds=())


def test_a_number_with_separators_is_no_count(tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    rows = [f"2026-11-01;gpt-5.4;{number};1" for number in ("1.000", "2.000.000", "3.0", "999", "1,000")]
    log.write_text("\n".join(["at;model;input;output", *rows]), encoding="utf-8")
    usage = scan([str(log)], thresholds=())
    assert (usage.rows, usage.total("input")) == (2, 1_002)  # 3 + 999
    (fault,) = usage.faults
    assert (fault.kind, fault.rows) == ("not a count", 3)
    assert fault.found == "'input' holds '1.000': write whole numbers without separators, as 1000"


def test_a_time_in_a_line_of_json_is_shown_likewise(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    log.write_text('{"at": "1/11/26", "model": "gpt-5.4", "input": 5, "output": 1}\n', encoding="utf-8")
    (fault,) = scan([str(log)], thresholds=()).faults
    assert fault.found == f"'at' holds '1/11/26': {HOW}"
