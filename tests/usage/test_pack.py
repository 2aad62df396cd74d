"""Packs: what was counted comes back as it was, nothing else is in the file, and no file is ever half-written."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from usage.calls import MONDAY, Call, write_log

from costcalc.errors import CostcalcError, InputError
from costcalc.usage import pack
from costcalc.usage.groups import COUNTED, Fault, Group, Usage
from costcalc.usage.pack import is_pack, read_pack, write_pack
from costcalc.usage.scan import connected, scan

EACH = {meter: at for at, meter in enumerate(COUNTED, 1)}
EVERYTHING = Usage(
    groups=(
        Group("a", 0, 0, False, None, None, "red", 3, {"input": 7, "output": 2**62}, None),
        Group("a", 600, 2, False, "batch", "priority", None, 1, EACH, 5, "eu"),
        Group("", 1200, 2, True, None, None, "Ü'; DROP", 0, {"input": 1}, -4),
    ),
    bucket_s=600,
    thresholds=(1_000, 200_000),
    first_s=0,
    last_s=1_799,
    rows=5,
    faults=(Fault("no time", 2, ("/home/ada/log.csv:7",)), Fault("broken", 1)),
    repeated=4,
    differing=3,
    files=3,
    formats=("csv", "openai"),
    label="team",
)
LOG = (Call(MONDAY, 900, 10), Call(MONDAY + 700, 250_000, 20, team="blue"), Call(MONDAY + 701, 5_000, 30, cached=4_000))


def test_a_pack_says_what_was_counted_but_not_where_faults_stand(tmp_path: Path) -> None:
    path = tmp_path / "pack.parquet"
    write_pack(EVERYTHING, path)
    faults = tuple(fault._replace(places=()) for fault in EVERYTHING.faults)  # a path may name a person
    assert read_pack(str(path)) == replace(EVERYTHING, faults=faults)
    assert b"ada" not in path.read_bytes()


def test_without_a_label_none_is_written(tmp_path: Path) -> None:
    path = tmp_path / "pack.parquet"
    write_pack(replace(EVERYTHING, label=None), path)
    assert {group.label for group in read_pack(str(path)).groups} == {None}


def test_the_same_log_gives_the_same_bytes_and_no_secret(tmp_path: Path) -> None:
    log = write_log(tmp_path / "log.csv", LOG)
    packs = [tmp_path / name for name in ("a.parquet", "b.parquet")]
    for path in packs:
        write_pack(scan([log], thresholds=(200_000,)), path)
    first, second = (path.read_bytes() for path in packs)
    assert first == second
    assert not [secret for secret in (b"sk-planted", b"ada@", b"red", b"log.csv") if secret in first]


def test_a_pack_is_told_from_other_files(tmp_path: Path) -> None:
    write_pack(EVERYTHING, tmp_path / "pack.parquet")
    other = tmp_path / "rows.parquet"
    connected().execute(f"COPY (SELECT 1 AS input) TO '{other}' (FORMAT parquet)")
    (tmp_path / "text.parquet").write_text("no Parquet")
    found = [is_pack(str(path)) for path in sorted(tmp_path.iterdir())]
    assert found == [True, False, False]  # pack, rows, text
    assert not is_pack(str(tmp_path / "pack.csv"))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("'costcalc.pack': '{\"version\": 3}'", "a pack of version 3, and this costcalc reads 2"),
        ("'costcalc.pack': '{\"version\": 2}'", "a damaged pack"),
        ("'costcalc.pack': 'no JSON'", "a damaged pack"),
        ("'costcalc.pack': '[]'", "a damaged pack"),
        ("'another': 'x'", "expected a pack, as costcalc usage pack writes it"),
    ],
)
def test_a_damaged_pack_is_an_error_and_no_number(change: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / "pack.parquet"
    connected().execute(f"COPY (SELECT 1 AS model) TO '{path}' (FORMAT parquet, KV_METADATA {{{change}}})")
    with pytest.raises(InputError, match=words):
        read_pack(str(path))


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"rows": -1}, "a damaged pack"),
        ({"bucket_s": 0}, "a damaged pack"),
        ({"faults": (Fault("odd", 1),)}, "unknown kind of fault 'odd'"),  # type: ignore[arg-type]  # as a newer one may have it
    ],
)
def test_impossible_numbers_are_refused(wrong: dict[str, Any], words: str, tmp_path: Path) -> None:
    path = tmp_path / "pack.parquet"
    write_pack(replace(EVERYTHING, **wrong), path)
    with pytest.raises(InputError, match=words):
        read_pack(str(path))


def test_a_pack_that_was_cut_short_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "pack.parquet"
    write_pack(EVERYTHING, path)
    path.write_bytes(path.read_bytes()[:-20])
    assert not is_pack(str(path))
    with pytest.raises(InputError, match="a damaged pack"):
        read_pack(str(path))


def test_a_sum_that_no_column_holds_is_refused(tmp_path: Path) -> None:
    group = EVERYTHING.groups[0]._replace(counts={"input": 2**63})
    with pytest.raises(CostcalcError, match="above what a column of 64 bits holds; nothing was changed"):
        write_pack(replace(EVERYTHING, groups=(group,)), tmp_path / "pack.parquet")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("step", ["_copy", "_flush"])
def test_a_full_disk_leaves_the_old_pack(step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "pack.parquet"
    write_pack(EVERYTHING, path)
    before, done = path.read_bytes(), getattr(pack, step)

    def fill(*args: Any) -> None:  # noqa: ANN401
        done(*args)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pack, step, fill)
    with pytest.raises(CostcalcError, match=r"cannot write .*: No space left on device; nothing was changed"):
        write_pack(replace(EVERYTHING, rows=6), path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


_CHILD = """
import os, resource, signal, sys
from dataclasses import replace
from pathlib import Path
from costcalc.usage import pack
usage = replace(pack.read_pack(sys.argv[1]), rows=6)
if sys.argv[2] == "kill":
    done = pack._copy
    def killed(*args):
        done(*args)
        os.kill(os.getpid(), signal.SIGKILL)
    pack._copy = killed
else:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200, 200))  # as a disk that is full after 200 bytes
pack.write_pack(usage, Path(sys.argv[1]))
"""


@pytest.mark.clock  # starts processes
@pytest.mark.parametrize(("how", "status", "left"), [("kill", -9, 2), ("full", 1, 1)])
def test_a_killed_writer_leaves_the_old_pack(how: str, status: int, left: int, tmp_path: Path) -> None:
    path = tmp_path / "pack.parquet"
    write_pack(EVERYTHING, path)
    before = path.read_bytes()
    run = subprocess.run([sys.executable, "-c", _CHILD, str(path), how], capture_output=True, text=True, check=False)
    assert run.returncode == status, run.stderr
    assert "nothing was changed" in run.stderr or how == "kill"
    assert path.read_bytes() == before
    assert len(list(tmp_path.iterdir())) == left
    write_pack(EVERYTHING, path)  # the next writer removes what a killed one left
    assert list(tmp_path.iterdir()) == [path]
