"""Files, patterns, folders and standard input: what cannot be read is said of all files at once, and never as a traceback."""

import gzip
import io
import json
import os
import shutil
import sys
from pathlib import Path

import duckdb
import pytest
from traffic import CALLS, SAMPLES, chat, lines

from costcalc.errors import InputError
from costcalc.usage.engine import meaning
from costcalc.usage.reader import LogFormat
from costcalc.usage.scan import scan
from costcalc.usage.sources import container_of, log_files

CHAT = SAMPLES / "openai/chat.jsonl"
PLAIN = CHAT.read_bytes()


def refused(*names: str | Path, log_format: LogFormat | None = None) -> list[str]:
    with pytest.raises(InputError) as error:
        scan([str(name) for name in names], thresholds=(200_000,), log_format=log_format)
    assert error.value.__cause__ is None
    return [problem.message for problem in error.value.problems]


def written(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("log.jsonl", b"", "the file is empty"),
        ("log.jsonl", b"\n\n", "the file has nothing but empty lines"),
        ("log.csv", b"", "the file is empty"),
        (
            "log.txt",
            PLAIN,
            "expected a file that ends in .parquet, .csv, .tsv, .jsonl, .ndjson, .json, perhaps with .gz",
        ),
        ("log.json", b'{"data": [', "log.json:1: is no JSON: a document breaks off, or has a mistake, here"),
        ("log.json", b'[\n{"a": 1},\n{"a": }\n]', "log.json:3: is no JSON"),
        ("log.parquet", b"PAR1 and then nothing", "is no Parquet file, or is cut off"),
        ("log.jsonl.gz", b"no gzip at all", "cannot be read"),
        ("log.jsonl.gz", gzip.compress(PLAIN)[:400], "is no file of its packing, or is cut off"),
        ("log.jsonl.zst", b"no zstd at all", "cannot be read"),
        ("log.csv", b"colour,shape\nred,round\n", "found the fields colour, shape"),
        ("log.jsonl", b'{"colour": "red", "data": [{"shape": 1}]}\n', "found the fields colour, data, shape"),
        ("log.jsonl", b"7\n", "found the fields none"),
    ],
)
def test_a_file_that_is_no_log_is_refused_by_its_name(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    path = written(tmp_path / name, content)
    (problem,) = refused(path)
    assert problem.startswith(str(path))
    assert message in problem


@pytest.mark.parametrize("name", ["none.jsonl", "*.jsonl", "folder"])
def test_nothing_by_a_name_is_said(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    (problem,) = refused(tmp_path / name)
    assert problem == f"{tmp_path / name}: no such file, or a pattern or folder without a log"


def test_a_header_without_rows_has_no_requests(tmp_path: Path) -> None:
    path = written(tmp_path / "calls.csv", b"at,model,input,output\n")
    usage = scan([str(path)], thresholds=())
    assert (usage.rows, usage.groups, usage.faults) == (0, (), ())


def test_an_export_without_usage_has_four_columns_of_time_and_no_requests(tmp_path: Path) -> None:
    times = "1793577600,1793577660,2026-11-02T00:00:00+00:00,2026-11-02T00:01:00+00:00"
    path = tmp_path / "completions_usage.csv"
    path.write_text(f"start_time,end_time,start_time_iso,end_time_iso\n{times}\n")
    usage = scan([str(path)], thresholds=())
    assert (usage.rows, usage.formats, usage.faults) == (0, ("openai",), ())


def test_one_row_is_a_log(tmp_path: Path) -> None:
    path = written(tmp_path / "calls.csv", b"at,model,input,output\n2026-11-02T00:00:00+01:00,m,5,2\n")
    usage = scan([str(path)], thresholds=())
    # midnight in Berlin is 23:00 of the day before in UTC
    assert (usage.rows, usage.first_s, usage.last_s, usage.span_s) == (1, 1_793_574_000, 1_793_574_000, 1)


def test_times_may_be_out_of_order_and_in_any_unit(tmp_path: Path) -> None:
    times = (
        "1793577660",
        "1793577661000",
        "1793577662000000",
        "1793577663000000000",
        "2026-11-02 00:00:59",
        "1793577600.9",
    )
    rows = "".join(f"{at},m,1,1\n" for at in times)
    path = written(tmp_path / "calls.csv", f"at,model,input,output\n{rows}".encode())
    usage = scan([str(path)], thresholds=(), bucket_s=1)
    assert [group.start_s - 1_793_577_600 for group in usage.groups] == [0, 59, 60, 61, 62, 63]


def test_all_files_that_cannot_be_read_are_named_at_once(tmp_path: Path) -> None:
    for at in range(60):
        written(tmp_path / f"{at:02}.jsonl", PLAIN)
    written(tmp_path / "20.jsonl", b"")
    written(tmp_path / "30.jsonl", b"")
    assert [problem.split("/")[-1] for problem in refused(tmp_path)] == [
        "20.jsonl: the file is empty", "30.jsonl: the file is empty",
    ]  # fmt: skip
    written(tmp_path / "20.jsonl", b'{"colour": 1}\n')
    written(tmp_path / "30.parquet", b"PAR1")
    shutil.rmtree(tmp_path / "30.jsonl", ignore_errors=True)
    (tmp_path / "30.jsonl").unlink()
    assert len(refused(tmp_path)) == 2


def test_files_that_break_off_far_behind_their_beginning_are_named_too(tmp_path: Path) -> None:
    whole = gzip.compress(lines(chat(CALLS[at % 8], at) for at in range(20_000)).encode(), 1)
    written(tmp_path / "a.jsonl.gz", whole)
    for name in ("b", "c"):
        written(tmp_path / f"{name}.jsonl.gz", whole[: len(whole) * 2 // 3])
    problems = refused(tmp_path)
    assert [problem.split("/")[-1].partition(":")[0] for problem in problems] == ["b.jsonl.gz", "c.jsonl.gz"]
    assert {problem.partition(": ")[2] for problem in problems} == {
        "cannot be read: is no file of its packing, or is cut off"
    }


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads every file")
def test_a_file_without_permission_is_named(tmp_path: Path) -> None:
    path = written(tmp_path / "log.jsonl", PLAIN)
    path.chmod(0)
    assert refused(path) == [f"{path}: cannot be read: Permission denied"]


def test_a_file_is_read_once_however_often_it_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path / "logs/log.jsonl", PLAIN)
    (tmp_path / "logs/again.jsonl").symlink_to(tmp_path / "logs/log.jsonl")
    monkeypatch.chdir(tmp_path)
    usage = scan(["logs", "logs/log.jsonl", "./logs/log.jsonl", "logs/*.jsonl"], thresholds=())
    assert (usage.files, usage.rows) == (1, len(CALLS))


def test_a_pattern_and_a_folder_find_files_below(tmp_path: Path) -> None:
    for name in ("a/1.jsonl", "a/b/2.jsonl", "a/b/notes.txt", "model=x/3.jsonl"):
        written(tmp_path / name, PLAIN)
    assert scan([str(tmp_path)], thresholds=()).files == 3
    assert scan([f"{tmp_path}/**/[12].jsonl"], thresholds=()).files == 2


@pytest.mark.parametrize("name", ["log[1].jsonl", "log*.jsonl", "log?.jsonl", "it's.jsonl", "ä ö.jsonl"])
def test_a_name_is_no_pattern_and_no_sql(tmp_path: Path, name: str) -> None:
    for each in (name, "log1.jsonl", "logs.jsonl"):
        written(tmp_path / each, PLAIN)
    usage = scan([str(tmp_path / name)], thresholds=())
    assert (usage.files, usage.rows) == (1, len(CALLS))


def test_files_of_several_formats_are_one_usage() -> None:
    usage = scan([str(CHAT), str(SAMPLES / "anthropic/messages.jsonl"), str(SAMPLES / "csv/calls.csv")], thresholds=())
    assert usage.formats == ("openai", "anthropic", "csv")
    assert (usage.rows, usage.files, usage.total("cache_read")) == (24, 3, 3 * 355_408)  # 200 + 800 + 200,000 … each


def test_columns_may_stand_in_any_order_and_be_separated_otherwise(tmp_path: Path) -> None:
    written(tmp_path / "a.csv", b"at;model;input;output\n2026-11-02;m;5;2\n")
    written(tmp_path / "b.csv", b"\xef\xbb\xbfoutput,input,model,at\r\n2,5,m,2026-11-02\r\n")
    written(tmp_path / "c.tsv", b"at\tmodel\tinput\toutput\n2026-11-02\tm\t5\t2\n")
    usage = scan([str(tmp_path)], thresholds=())
    assert (usage.rows, usage.total("input"), usage.total("output")) == (3, 15, 6)


class _Stream:
    def __init__(self, content: bytes) -> None:
        self.buffer = io.BytesIO(content)


@pytest.mark.parametrize(
    ("name", "packs"),
    [
        ("openai/chat.jsonl", False), ("openai/chat.jsonl", True), ("openai/responses.json", False),
        ("openai/usage.json", False), ("csv/calls.csv", False), ("deepseek/amount-2026-11.csv", False),
    ],
)  # fmt: skip
def test_standard_input_is_told_by_how_it_begins(monkeypatch: pytest.MonkeyPatch, name: str, packs: bool) -> None:
    content = (SAMPLES / name).read_bytes()
    monkeypatch.setattr(sys, "stdin", _Stream(gzip.compress(content) if packs else content))
    assert scan(["-"], thresholds=()).groups == scan([str(SAMPLES / name)], thresholds=()).groups


def test_parquet_comes_through_standard_input_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    row = "SELECT 'm' AS model, DATE '2026-11-02' AS at, 5 AS input, 2 AS output"
    duckdb.query(row).write_parquet(str(tmp_path / "calls.parquet"))  # type: ignore[union-attr]  # a query has an answer
    monkeypatch.setattr(sys, "stdin", _Stream((tmp_path / "calls.parquet").read_bytes()))
    assert scan(["-"], thresholds=()).total("input") == 5


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"", "the file is empty"), (b"hello\n", "found the fields hello"), (b"\x1f\x8bno gzip", "cannot be read")],
)
def test_standard_input_is_called_by_its_name(monkeypatch: pytest.MonkeyPatch, content: bytes, message: str) -> None:
    monkeypatch.setattr(sys, "stdin", _Stream(content))
    (problem,) = refused("-")
    assert problem.startswith("standard input: ")
    assert message in problem


def test_a_broken_line_of_standard_input_has_its_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", _Stream(PLAIN + b"{broken\n"))
    assert scan(["-"], thresholds=()).faults[0].places == (f"standard input:{len(CALLS) + 1}",)


def test_a_link_is_shown_without_its_signature(tmp_path: Path) -> None:
    link = "https://store.example/logs/calls.jsonl.gz?X-Signature=planted"
    (file,) = log_files([link], tmp_path)
    assert (file.path, file.shown, container_of(link)) == (link, "https://store.example/logs/calls.jsonl.gz", "jsonl")
    (problem,) = refused("https://127.0.0.1:1/calls.parquet?X-Signature=planted")
    assert problem.startswith("https://127.0.0.1:1/calls.parquet: cannot be read: ")
    assert "planted" not in problem


@pytest.mark.parametrize(
    ("error", "message"),
    [
        ("HTTP Error: HTTP GET error on 'https://x/planted' (HTTP 403)", "the store refuses access"),
        ("IO Error: HTTP 404 planted", "the store has no such file"),
        ("Out of Memory Error: planted", "needs more memory than there is"),
        ("Conversion Error: Could not convert string 'planted'", "DuckDB stops with ValueError"),
    ],
)
def test_an_error_of_the_engine_is_told_without_its_text(error: str, message: str) -> None:
    assert message in meaning(ValueError(error))
    assert "planted" not in meaning(ValueError(error))


def test_a_long_line_is_a_broken_one_and_a_long_document_is_read(tmp_path: Path) -> None:
    record = json.dumps(chat(CALLS[0], 1))
    long = record.replace("planted", "x" * (33 * 2**20))
    other = json.dumps(chat(CALLS[0], 2))
    path = written(tmp_path / "log.jsonl", f"{record}\n{long}\n{other}\n".encode())
    usage = scan([str(path)], thresholds=())
    assert (usage.rows, [(fault.kind, fault.rows) for fault in usage.faults]) == (2, [("broken", 1)])
    document = written(tmp_path / "log.json", f"[{other},{long}]".encode())
    assert scan([str(document)], thresholds=()).rows == 2


def test_a_document_that_is_nested_too_deep_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "log.json", b"[" * 200_000 + b"]" * 200_000)
    (problem,) = refused(path)
    assert "nested too deep" in problem


def test_files_that_are_damaged_far_behind_their_beginning_are_all_named(tmp_path: Path) -> None:
    for name in ("a", "b", "c", "d"):
        path = tmp_path / f"{name}.parquet"
        rows = "SELECT 'm' AS model, 1793577600 + i AS at, (hash(i) % 1000000)::INT32 AS input, 2 AS output FROM range(300000) t(i)"
        duckdb.query(rows).write_parquet(str(path))  # type: ignore[union-attr]  # a query has an answer
        if name in "bd":  # pages of a later row group
            content = bytearray(path.read_bytes())
            content[-200_000:-100_000] = b"\xff" * 100_000
            path.write_bytes(content)
    problems = refused(tmp_path)
    assert [problem.partition(": ")[0] for problem in problems] == [f"{tmp_path}/b.parquet", f"{tmp_path}/d.parquet"]
    assert {problem.partition(": ")[2][:14] for problem in problems} == {"cannot be read"}
