"""Files that a command writes: whole or not at all, where the user says, and never over what it has read."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
from conftest import Cli, Write

from costcalc.cli.flags import PrintFlags
from costcalc.cli.output import emit
from costcalc.render.report import Report

MONTH = ("compare", "--tokens", "1e6", "--options", "gpt-5.2-api", "--as-of", "2026-11-27")
PLAN = (
    "as_of: 2026-11-27\nworkloads: {bot: {option: gpt-5.2-api, requests: 1_000, shapes: [{output_tokens: 1_000}]}}\n"
    "budgets: {all: {monthly_usd: 20}}\n"
)


@pytest.mark.parametrize("ci", ["", "true"])
def test_no_output_leaves_the_repository_through_a_link(
    ci: str, cli: Cli, written: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written("", "repo/.git/config")
    outside = written("precious", "outside/x.json")
    monkeypatch.setenv("CI", ci)
    monkeypatch.chdir(tmp_path / "repo")
    Path("out.json").symlink_to("../outside/x.json")
    Path("linked").symlink_to("../outside")
    Path("new.json").symlink_to("../outside/new.json")
    Path("config.json").symlink_to(".git/config")
    for target in ("out.json", "linked/x.json", "new.json", "config.json"):
        run = cli(*MONTH, "--output", f"json={target}")
        assert (run.status, run.out) == (2, "")
        assert f"{target} leads out of the repository, to {tmp_path}" in " ".join(run.err.split())
    assert cli("init", "linked/costcalc.yaml").status == 2
    assert outside.read_text() == "precious"
    assert list(outside.parent.iterdir()) == [outside]
    Path("inside.json").symlink_to("real.json")
    assert cli(*MONTH, "--output", "inside.json", "--output", f"json={outside}").status == 0  # named by its own path
    assert Path("inside.json").is_symlink()
    assert Path("real.json").exists()


def test_no_output_replaces_what_was_read(cli: Cli, written: Write) -> None:
    plan = written(PLAN)
    base = written(cli("check", "--format", "json").out, "base.json")
    os.link(plan, plan.with_name("also.json"))
    prices = written("options: {mine: {kind: api, model: openai/gpt-5.2}}\n", "prices.txt")
    before = {path: path.read_bytes() for path in (plan, base, prices)}
    for target in ("text=costcalc.yaml", "json=also.json", "json=base.json", "json=./base.json", "text=prices.txt"):
        run = cli("check", "--baseline", "base.json", "--catalog", "prices.txt", "--output", target)
        assert (run.status, run.out) == (2, ""), target
        assert "was read in this run: name another file" in " ".join(run.err.split())
    assert {path: path.read_bytes() for path in before} == before
    assert cli(*MONTH, "--output", "json=base.json").status == 0  # not read now


@pytest.mark.parametrize(
    "args",
    [
        ("check", "costcalc.yaml", "--output", "text=costcalc.yaml", "--no-such-flag"),
        ("check", "--output", "text=costcalc.yaml", "--no-such-flag"),
        ("check", "--baseline", "base.json", "--output", "json=base.json", "--no-such-flag"),
        ("check", "--baseline", "base.json", "--output", "json=base.json"),
        ("check", "--baseline", "base.json", "--output", "json=link.json"),
    ],
)
def test_no_failure_is_written_over_an_input(args: tuple[str, ...], cli: Cli, written: Write) -> None:
    plan, base = written(PLAN), written("{}", "base.json")
    base.with_name("link.json").symlink_to("base.json")
    assert cli(*args).status == 2
    assert (plan.read_text(), base.read_text()) == (PLAN, "{}")
    assert cli(*args, "--output", "json=failed.json").status == 2
    assert json.loads(Path("failed.json").read_text())["diagnostics"]
    Path("failed.json").write_text("of an earlier run")
    assert cli(*args, "--output", "failed.json").status == 2
    assert json.loads(Path("failed.json").read_text())["diagnostics"]


def test_two_formats_need_two_files(cli: Cli) -> None:
    run = cli(*MONTH, "--output", "json=x", "--output", "csv=./x")
    assert (run.status, run.out) == (2, "")
    assert "x is named twice; name a file for each format" in run.err
    assert cli(*MONTH, "--output", "json=/dev/null", "--output", "csv=/dev/null").status == 0


def test_who_may_read_a_file_stays(cli: Cli) -> None:
    before = os.umask(0o027)
    try:
        assert cli(*MONTH, "--output", "new.json").status == 0
        assert Path("new.json").stat().st_mode & 0o777 == 0o640
        Path("new.json").chmod(0o600)
        assert cli(*MONTH, "--output", "new.json").status == 0
        assert Path("new.json").stat().st_mode & 0o777 == 0o600
    finally:
        os.umask(before)


def test_an_unfinished_file_is_gone_after_the_next_run_or_an_interrupt(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    ended = subprocess.Popen(["git", "--version"], stdout=subprocess.DEVNULL)
    ended.wait()
    for left in (ended.pid, os.getpid(), 2**70):  # killed ones, one of which had our number
        (tmp_path / f".x[1].json.{left}.tmp").write_text("half")
    running = tmp_path / f".x[1].json.{os.getppid()}.tmp"
    others = [running, tmp_path / ".y.json.1.tmp", tmp_path / ".x[1].json.tmp"]
    for other in others:
        other.write_text("of another run")
    Path(f".z.json.{os.getpid()}.tmp").symlink_to("precious")  # a link that somebody put there is not followed
    assert cli(*MONTH, "--output", "x[1].json", "--output", "z.json").status == 0
    assert sorted(tmp_path.iterdir()) == sorted([*others, tmp_path / "x[1].json", tmp_path / "z.json"])

    def interrupted(*_: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        emit(Report("x", None, None, {}, {}), PrintFlags("text", ["json=x[1].json"], False, False))
    assert sorted(tmp_path.iterdir()) == sorted([*others, tmp_path / "x[1].json", tmp_path / "z.json"])


def test_on_a_terminal_the_files_are_named_that_were_written(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    command = (*MONTH, "-o", "costs.json", "-o", "costs.csv")
    assert cli(*command).err == ""
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    assert cli(*command).err == ""  # of a pipe a script may read both ends
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    assert cli(*command).err == "Written: costs.json, costs.csv\n"
    assert cli(*MONTH).err == ""
