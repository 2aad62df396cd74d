"""Files and folders as they should not be: whatever stands at a path, a command says so, and ends with 2."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import socket
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Cli

from costcalc.catalog.layers import stack
from costcalc.paths import Listed, listed

LONG = "x" * 300  # a name may have 255 bytes
CATALOG_ONLY = "provider: mine\nmodels: {}\n"


def _socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(path.name)  # an address has at most 108 bytes: the name alone


ODD: dict[str, Callable[[Path], object]] = {
    "pipe": os.mkfifo,
    "folder": Path.mkdir,
    "socket": _socket,
    "loop": lambda path: path.symlink_to(path),
    "latin-1": lambda path: path.write_bytes(b"model: caf\xe9\n"),
    "zero": lambda path: path.symlink_to("/dev/zero"),
    "nowhere": lambda path: path.symlink_to("gone.yaml"),
    "null bytes": lambda path: path.write_bytes(b"\0" * 100),
    "binary": lambda path: path.write_bytes(bytes(range(256))),
    "empty": lambda path: path.touch(),
    "huge": lambda path: os.truncate(os.open(path, os.O_CREAT | os.O_WRONLY), 2**40),
}
READERS = {
    "set": ("catalog", "set", "gpt-5.2", "output=1", "--source", "https://x.example", "--file", "ODD"),
    "add": ("catalog", "add", "assumption", "mine", "value=1", "--source", "https://x.example", "--file", "ODD"),
    "import": ("catalog", "import", "litellm", "ODD"),
    "validate": ("catalog", "validate", "ODD"),
    "lint": ("catalog", "lint", "ODD"),
    "catalog diff": ("catalog", "diff", "ODD"),
    "catalog": ("compare", "--tokens", "1e6", "--catalog", "ODD"),
    "workload": ("compare", "--workload", "ODD#bot"),
    "check": ("check", "ODD"),
    "baseline": ("check", "plan.yaml", "--baseline", "ODD"),
    "diff": ("diff", "ODD", "plan.yaml"),
    "diff of results": ("diff", "ODD.json", "ODD.json"),
    "calibrate": ("calibrate", "ODD", "--gpu", "h100", "--weights", "bf16"),
}
PLAN = """
workloads: {bot: {requests: 100, shapes: [{input_tokens: 100, output_tokens: 100}], option: gpt-5.2-api}}
budgets: {all: {monthly_usd: 100}}
"""
MAY_BE_NEW = {("set", "nowhere"), ("add", "nowhere"), ("add", "empty"), ("set", "empty")}  # the file is made


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("reader", READERS)
def test_what_is_no_file_of_ours_ends_with_2(reader: str, odd: str, cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").write_text(PLAN)
    for name in ("ODD", "ODD.json"):
        ODD[odd](tmp_path / name)
    run = cli(*READERS[reader])
    if (reader, odd) in MAY_BE_NEW:
        assert run.status in {0, 2}, run.err
    else:
        assert run.status == 2, run.err
    assert "internal error" not in run.err


@pytest.mark.parametrize(
    "args",
    [
        ("compare", "--tokens", "1e6", "--catalog", LONG),
        ("compare", "--workload", f"{LONG}.yaml#bot"),
        ("check", LONG),
        ("check", f"{LONG}/*.yaml"),
        ("diff", LONG, LONG),
        ("catalog", "diff", LONG),
        ("catalog", "set", "gpt-5.2", "output=1", "--source", "https://x.example", "--file", LONG),
        ("catalog", "import", "litellm", LONG),
        ("catalog", "validate", LONG),
        ("calibrate", LONG),
        ("init", LONG),
        ("init", f"{LONG}/costcalc.yaml"),
        ("compare", "--tokens", "1e6", "--output", f"json={LONG}"),
    ],
    ids=lambda args: " ".join(args).replace(LONG, "LONG"),
)
def test_a_name_that_is_too_long_ends_with_2(args: tuple[str, ...], cli: Cli) -> None:
    run = cli(*args)
    assert (run.status, "internal error" in run.err) == (2, False), run.err


@pytest.mark.parametrize("variable", ["HOME", "XDG_CONFIG_HOME"])
def test_a_home_that_cannot_be_looked_at_holds_no_layer(
    variable: str, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("XDG_CONFIG_HOME")
    monkeypatch.setenv(variable, f"/{LONG}")
    assert cli("compare", "--tokens", "1e6").status == 0


def test_a_layer_that_cannot_be_found_is_never_passed_over(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COSTCALC_CATALOG", f"/{LONG}")
    run = cli("compare", "--tokens", "1e6")
    assert (run.status, "File name too long" in run.err) == (2, True)


def test_a_folder_that_cannot_be_listed_is_never_an_empty_layer(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "own" / "api").mkdir(parents=True)
    may_list = listed
    forbidden = Listed((), "Permission denied")  # root may list everything, and tests may run as root
    monkeypatch.setattr(stack, "listed", lambda path: forbidden if path.name == "api" else may_list(path))
    run = cli("catalog", "validate", "own")
    assert (run.status, "own/api: cannot be read: Permission denied" in run.err) == (2, True), run.err


def test_a_folder_below_that_cannot_be_listed_is_not_passed_over(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "plans" / "secret").mkdir(parents=True)
    (tmp_path / "plans" / "costcalc.yaml").write_text(PLAN)
    may_list = os.scandir

    def scandir(path: str) -> object:
        if path.endswith("secret"):
            raise PermissionError(13, "Permission denied", path)
        return may_list(path)

    monkeypatch.setattr(os, "scandir", scandir)
    run = cli("check", "plans")
    assert (run.status, "plans/secret: cannot be read: Permission denied" in run.err) == (2, True), run.err


def test_a_file_system_without_locks_is_no_bug(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def flock(*_: object) -> None:
        raise OSError(37, "No locks available")

    (tmp_path / "own.yaml").write_text("assumptions: {pue: 1.2}\n")
    monkeypatch.setattr(fcntl, "flock", flock)
    run = cli("catalog", "set", "pue", "value=1.3", "--source", "https://x.example", "--file", "own.yaml")
    assert (run.status, "No locks available" in run.err) == (2, True), run.err


def test_without_a_place_for_temporary_files_nothing_is_tried(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", f"/{LONG}")
    run = cli("catalog", "set", "pue", "value=1.3", "--source", "https://x.example", "--file", "own.yaml")
    assert (run.status, "set TMPDIR" in run.err) == (2, True), run.err


@pytest.mark.parametrize(
    ("args", "status"),
    [
        (("compare", "--tokens", "1e6"), 0),
        (("check",), 2),
        (("diff", "git:main"), 2),
        (("catalog", "diff", "x.yaml"), 2),
        (("catalog", "validate", "x.yaml"), 2),
        (("compare", "--tokens", "1e6", "--output", "json=x.json"), 2),
        (("init",), 2),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_a_folder_that_was_deleted_is_no_bug(
    args: tuple[str, ...], status: int, cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    shutil.rmtree(gone)
    run = cli(*args)
    assert "internal error" not in run.err
    assert run.status == status, run.err


@pytest.mark.parametrize("args", [("check", "mine.yaml"), ("diff", "mine.yaml", "mine.yaml"), ("compare", "--workload", "mine.yaml#bot")], ids=" ".join)  # fmt: skip
def test_a_file_of_a_catalog_is_no_project(args: tuple[str, ...], cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(CATALOG_ONLY)
    run = cli(*args)
    assert (run.status, "internal error" in run.err) == (2, False), run.err


def test_without_a_summary_file_check_prints_one_document(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    (tmp_path / "costcalc.yaml").write_text(PLAN)
    run = cli("check", "--summary", "--format", "json")
    assert (run.status, json.loads(run.out)["schema"]) == (2, "costcalc/check@1")


@pytest.mark.parametrize(
    "text",
    [
        '{"output_throughput": 1, "completed": Infinity}',
        '{"output_throughput": 1e999, "completed": 5, "total_input_tokens": 5, "total_output_tokens": 5}',
        '{"output_throughput": 1, "completed": 5, "total_input_tokens": NaN, "total_output_tokens": 5}',
        '{"output_tput_per_gpu": 1, "tp": Infinity, "hw": "h100"}',
        '{"output_tput_per_gpu": 1e308, "tp": 1e308, "hw": "h100"}',
        '{"output_tput_per_gpu": 1, "tp": 1, "hw": "\\ud800", "model": "\\udfff"}',
    ],
)
def test_a_benchmark_that_holds_no_figure_ends_with_2(text: str, cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text(text)
    run = cli("calibrate", "run.json", "--gpu", "h100", "--weights", "bf16", "--model", "qwen3-32b", "--format", "json")
    assert (run.status, "internal error" in run.err) == (2, False), run.err


def test_half_a_character_of_an_import_is_no_name(cli: Cli, tmp_path: Path) -> None:
    entry = (
        '{"litellm_provider": "openai", "mode": "chat", "input_cost_per_token": 1e-6, "output_cost_per_token": 1e-6}'
    )
    (tmp_path / "theirs.json").write_text(f'{{"gpt-\\ud800": {entry}}}')
    run = cli("catalog", "import", "litellm", "theirs.json", "--save", "own.yaml")
    assert (run.status, "theirs.json:1:2" in run.err, "half of a character" in run.err) == (2, True, True)


@pytest.mark.parametrize("number", ["1e99999999", "-1e99999999", "1e-99999999", "NaN", "Infinity"])
def test_a_baseline_holds_numbers_that_can_be_added(number: str, cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "costcalc.yaml").write_text(PLAN)
    base = json.loads(cli("check", "--format", "json").out)
    text = json.dumps(base).replace('"actual_usd": ', f'"actual_usd": {number}, "was": ', 1)
    assert number in text
    (tmp_path / "base.json").write_text(text)
    run = cli("check", "--baseline", "base.json")
    assert (run.status, "base.json" in run.err) == (2, True), run.err
