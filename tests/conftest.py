"""What tests share: the shipped catalog, small catalogs of their own, and the command line."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import settings

from costcalc import Catalog, load_catalog
from costcalc.cli.app import main

sys.path.insert(0, str(Path(__file__).parent))  # tests import one another's tables
settings.register_profile("costcalc", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("costcalc")

Overlay = Callable[[str], Catalog]


class Run(NamedTuple):
    """What a command printed, and its exit status."""

    status: int
    out: str
    err: str


Cli = Callable[..., Run]
Write = Callable[..., Path]


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    """Load the shipped catalog once."""
    return load_catalog()


@pytest.fixture
def overlay(tmp_path: Path) -> Overlay:
    """Lay a YAML text over the shipped catalog."""

    def lay(text: str) -> Catalog:
        path = tmp_path / "overlay.yaml"
        path.write_text(text, encoding="utf-8")
        return load_catalog(path)

    return lay


@pytest.fixture
def written(tmp_path: Path) -> Write:
    """Write a file into the folder in which commands run, ``costcalc.yaml`` if it is not named."""

    def write(text: str, name: str = "costcalc.yaml") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Cli:
    """Run a command in an empty directory, as a user with no configuration, 80 columns wide."""
    for name in ("COSTCALC_CATALOG", "COSTCALC_AS_OF", "NO_COLOR", "GITHUB_ACTIONS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "no-config"))
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("_TYPER_FORCE_DISABLE_TERMINAL", "1")
    monkeypatch.chdir(tmp_path)

    def run(*args: str) -> Run:
        status = main(args)
        printed = capsys.readouterr()
        return Run(status, printed.out, printed.err)

    return run
