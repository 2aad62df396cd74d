"""``costcalc init``: what it writes passes its own check, and it never writes over a file."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from conftest import Cli, Write

from costcalc.render.documents import document_schema

DAY = ("--as-of", "2026-11-22")


def test_what_it_writes_passes_its_check(cli: Cli, tmp_path: Path) -> None:
    run = cli("init", *DAY)
    assert (run.status, run.err) == (0, "")
    # 150 Mtok × $1 + 30 Mtok × $5 = $300; a quarter above is $375
    assert "costs $300.00 a month, within its budget of $375.00. Next: costcalc check" in " ".join(run.out.split())
    assert cli("check", *DAY).status == 0
    assert (tmp_path / "costcalc.yaml").read_text().count("#") > 8  # it explains itself


def test_flags_say_what_it_holds(cli: Cli, tmp_path: Path) -> None:
    name = 'odd: "name" #1'
    args = ("--name", name, "--option", "gpt-5.2", "--requests", "1k", "--input-tokens", "0", "--output-tokens", "1000")
    run = cli("init", "plan.yaml", *args, "--monthly-usd", "13.99", *DAY, "--format", "json")
    document = json.loads(run.out)
    jsonschema.Draft7Validator(document_schema("init")).validate(document)
    assert document["result"] == {
        "path": "plan.yaml",
        "workload": name,
        "option": "gpt-5.2",
        "monthly_usd": 14,
        "limit_usd": 13.99,
    }
    checked = json.loads(cli("check", str(tmp_path / "plan.yaml"), *DAY, "--format", "json").out)
    assert checked["result"]["workloads"][0]["workload"] == name
    assert checked["result"]["status"] == "broken"


def test_it_never_writes_over_a_file(cli: Cli, written: Write) -> None:
    path = written("mine: true\n", "plan.yaml")
    run = cli("init", "plan.yaml", *DAY)
    assert (run.status, run.out) == (2, "")
    assert "plan.yaml exists already; name a new file" in run.err
    assert path.read_text() == "mine: true\n"


def test_an_unknown_option_writes_nothing(cli: Cli, tmp_path: Path) -> None:
    run = cli("init", "--option", "gpt-5.22", *DAY)
    assert (run.status, run.out) == (2, "")
    assert "unknown option 'gpt-5.22'" in run.err
    assert list(tmp_path.iterdir()) == []


def test_on_a_terminal_it_asks(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter(["helpdesk", "gpt-5.2-api", "2k", "100", "1000"])
    monkeypatch.setattr("costcalc.cli.init._on_terminal", lambda: True)

    def prompt(_question: str, **settings: object) -> object:
        answer = next(answers)
        read = settings.get("value_proc")
        return read(answer) if callable(read) else answer

    monkeypatch.setattr("typer.prompt", prompt)
    assert cli("init", *DAY).status == 0
    assert "helpdesk" in (tmp_path / "costcalc.yaml").read_text()
    assert "requests: 2_000" in (tmp_path / "costcalc.yaml").read_text()
