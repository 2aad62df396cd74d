"""``costcalc doctor``: what is there, in force, broken and old."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from conftest import Cli, Write

from costcalc.render.doctor import EXTRAS, Installed
from costcalc.render.documents import document_schema

FOR_DEVELOPERS = {"dev", "browser", "lint", "mutation"}


def found(cli: Cli, *args: str, status: int = 0) -> dict[str, Any]:
    run = cli("doctor", *args, "--format", "json")
    document = json.loads(run.out)
    jsonschema.Draft7Validator(document_schema("doctor")).validate(document)
    assert run.status == status
    result: dict[str, Any] = document["result"]
    return result


def test_every_extra_of_the_project_is_looked_for() -> None:
    extras = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"][
        "optional-dependencies"
    ]
    assert set(EXTRAS) == set(extras) - FOR_DEVELOPERS
    for extra, (package, _) in EXTRAS.items():
        assert any(line.startswith(package) for line in extras[extra])


def test_layers_stand_in_their_order(cli: Cli, written: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    written("workloads: {}\n")
    written("assumptions: {}\n", "team.yaml")
    written("assumptions: {}\n", "mine.yaml")
    monkeypatch.setenv("COSTCALC_CATALOG", "team.yaml")
    layers = found(cli, "--catalog", "mine.yaml")["layers"]
    assert [one["name"] for one in layers] == ["shipped", "project", "$COSTCALC_CATALOG", "--catalog"]
    assert [one["path"] for one in layers[1:]] == ["costcalc.yaml", "team.yaml", "mine.yaml"]


def test_a_broken_file_is_an_answer(cli: Cli, written: Write) -> None:
    written("api: 5\n", "my prices.yaml")
    shown = cli("doctor", "--catalog", "my prices.yaml")
    assert shown.status == 1
    assert shown.out.startswith("costcalc 0.1.0 cannot read a file of yours: 1 problem.")
    assert "  - what is broken: costcalc catalog validate --catalog 'my prices.yaml'\n" in shown.out
    assert "error: my prices.yaml:1:6: api: expected a mapping" in shown.err
    assert found(cli, "--catalog", "my prices.yaml", status=1)["problems"] == 1


@pytest.mark.parametrize(("day", "is_old"), [("2026-11-28", False), ("2028-01-01", True)])
def test_the_age_of_prices_is_said(day: str, is_old: bool, cli: Cli) -> None:
    sources = found(cli, "--as-of", day)["sources"]
    assert sources["newest"] == "2026-11-27"
    assert (sources["stale"] == sources["current"]) is is_old
    assert ("what is old: costcalc catalog lint --max-age 180d" in cli("doctor", "--as-of", day).out) is is_old


def test_what_is_not_installed_is_named_with_what_to_type(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    extras: Mapping[str, str | None] = {"usage": "2.0", "spark": None, "sql": None, "png": "0.5"}
    monkeypatch.setattr(Installed, "here", lambda: Installed("3.11.7", {"typer": "0.28.0"}, extras))
    shown = cli("doctor").out
    assert "Python 3.11.7, typer 0.28.0; not installed: spark, sql." in " ".join(shown.split())
    assert "  - what is not installed: pip install 'costcalc[spark,sql]'\n" in shown
