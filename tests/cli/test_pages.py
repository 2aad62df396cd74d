"""Help pages: every command has one of 40 lines, whose examples run as they stand."""

from __future__ import annotations

import csv
import json
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Cli

from costcalc.cli.commands import CATALOG, COMMANDS, GROUPS, USAGE, Where
from costcalc.cli.pages import LONGEST
from costcalc.render.documents import DOCUMENTS

DATA = Path(__file__).parents[1] / "data"
EXAMPLES = Path(__file__).parents[2] / "examples"


def commands() -> Iterator[tuple[str, Where]]:
    yield from COMMANDS.items()
    yield from ((f"catalog {name}", where) for name, where in CATALOG.items())
    yield from ((f"usage {name}", where) for name, where in USAGE.items())


def lines() -> list[str]:
    return [line for _, where in commands() for line in where.examples]


@pytest.mark.parametrize("command", ["", *(name for name, _ in commands())])
def test_a_page_keeps_within_its_lines_and_columns(command: str, cli: Cli) -> None:
    shown = cli(*command.split(), "--help")
    assert (shown.status, shown.err) == (0, "")
    page = shown.out.rstrip().split("\n")
    assert len(page) <= LONGEST
    assert "For example:" in page
    assert max(len(line) for line in page if not line.startswith("  costcalc ")) <= 80


def test_help_all_describes_every_flag_that_the_page_names(cli: Cli) -> None:
    page, whole = (cli("simulate", flag).out for flag in ("--help", "--help-all"))
    named = {word.strip(",.") for word in page.split() if word.startswith("--")}
    assert len(named) > 30
    assert [flag for flag in sorted(named) if flag not in whole] == []
    assert "Exit status: 0 done; 1 a budget or check was broken" in " ".join(whole.split())


@pytest.mark.parametrize("group", ["", *GROUPS])
def test_a_group_alone_says_what_to_type_next(group: str, cli: Cli) -> None:
    alone = cli(*group.split())
    assert (alone.status, alone.err) == (0, "")
    assert alone == cli(*group.split(), "--help")


def test_schema_alone_names_the_commands_that_have_one(cli: Cli) -> None:
    alone = cli("schema")
    assert (alone.status, alone.out.split(), alone.err) == (0, list(DOCUMENTS), "")


def test_what_is_missing_is_named_with_an_example(cli: Cli) -> None:
    missing = cli("diff")
    assert missing.status == 2
    assert missing.err.startswith("error: Missing argument 'base'; for example: costcalc diff git:HEAD costcalc.yaml\n")


@pytest.fixture
def at_work(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder with what the examples name: a plan in git, logs, a benchmark, another library's list."""
    assert cli("init").status == 0
    (tmp_path / "logs").mkdir()
    with (EXAMPLES / "log.csv").open(encoding="utf-8", newline="") as calls:
        text = "".join(f"{json.dumps(row)}\n" for row in csv.DictReader(calls))
    (tmp_path / "logs" / "calls.jsonl").write_text(text, encoding="utf-8")
    shutil.copy(DATA / "bench" / "vllm-bench-serve.json", tmp_path / "bench.json")
    shutil.copy(DATA / "imports" / "litellm.json", tmp_path / "model_prices.json")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "none"))
    git = ["git", "-c", "user.name=t", "-c", "user.email=t@example.com"]
    for step in (["init", "-qb", "main"], ["add", "costcalc.yaml"], ["commit", "-qm", "A plan"]):
        subprocess.run([*git, *step], cwd=tmp_path, check=True)


@pytest.mark.no_cover  # what other tests cover
@pytest.mark.parametrize("line", lines())
@pytest.mark.usefixtures("at_work")
def test_an_example_runs_as_it_stands(line: str, cli: Cli, tmp_path: Path) -> None:
    if line.split()[1] == "init":
        (tmp_path / "costcalc.yaml").unlink()
    name, *args = shlex.split(line, comments=True)
    assert name == "costcalc"
    typed = [file for arg in args for file in (sorted(map(str, Path().glob(arg))) if "*" in arg else [arg])]
    run = cli(*typed)
    assert (run.status in {0, 1}, run.err if run.status not in {0, 1} else "") == (True, "")
    assert run.out or "--format github" in line  # which has a line for each finding, and here there is none


_LIBRARIES = {"usage", "chart", "diff"}  # DuckDB, sqlglot, git
AS_A_SHELL_DOES = """
import glob, io, json, sys
from costcalc.cli.start import give_way, start
start()
from costcalc.cli.app import main
give_way()
sys.stdout = io.TextIOWrapper(io.BytesIO(), "utf-8")
for line in json.loads(sys.argv[1]):
    args = [file for arg in line for file in (sorted(glob.glob(arg)) if "*" in arg else [arg])]
    status = main(args)
    assert status in {0, 1}, (line, status)
"""


@pytest.mark.no_cover  # what other tests cover
@pytest.mark.clock
@pytest.mark.usefixtures("at_work")
def test_what_takes_further_libraries_runs_behind_the_stand_ins_of_a_start(tmp_path: Path) -> None:
    typed = [shlex.split(line, comments=True)[1:] for line in dict.fromkeys(lines()) if line.split()[1] in _LIBRARIES]
    ran = subprocess.run(
        [sys.executable, "-c", AS_A_SHELL_DOES, json.dumps(typed)], cwd=tmp_path, capture_output=True, check=False
    )
    assert (ran.returncode, ran.stderr.decode()[-2_000:]) == (0, "")
