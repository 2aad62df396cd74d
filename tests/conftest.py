"""What tests share: the shipped catalog, small catalogs of their own, and the command line."""

from __future__ import annotations

import gc
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from costcalc import Catalog, load_catalog
from costcalc.catalog.forms.json_schema import schema_of
from costcalc.catalog.forms.kinds import KINDS
from costcalc.catalog.layers import folder, stack, table
from costcalc.catalog.layers.kept import kept
from costcalc.catalog.layers.stack import Problems, mapping_root
from costcalc.catalog.layers.written import _reader
from costcalc.cli.app import main
from costcalc.findings import Document, Node
from costcalc.scenario import project_schema

sys.path.insert(0, str(Path(__file__).parent))  # tests import one another's tables
settings.register_profile("costcalc", deadline=None, derandomize=True, print_blob=True)
# by hand: pytest tests/fuzz -n 1 --hypothesis-profile=long, or any file that has `often` or LONG_RUN; each run draws anew
settings.register_profile(
    "long",
    deadline=None,
    derandomize=False,
    print_blob=True,
    max_examples=20_000,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.generate),  # to shrink what was found takes longer than to find more
)
settings.load_profile("costcalc")

Overlay = Callable[[str], Catalog]


class Run(NamedTuple):
    """What a command printed, and its exit status."""

    status: int
    out: str
    err: str


NEWEST = max(
    day
    for path in (Path(__file__).parents[1] / "pricing").rglob("*.yaml")
    for day in re.findall(r"checked: (\d{4}-\d\d-\d\d)", path.read_text(encoding="utf-8"))
)


class StoppedClock(datetime):
    """A clock that always shows one day."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> StoppedClock:
        """Give the day of the newest figures of the shipped catalog, so that a price of today needs no other change."""
        return cls.fromisoformat(NEWEST).replace(tzinfo=tz)


Cli = Callable[..., Run]
Write = Callable[..., Path]


@pytest.fixture(autouse=True, scope="session")
def what_a_process_keeps() -> None:
    """Make it before the first test, so that coverage sees it made, whichever test comes first."""
    load_catalog()
    project_schema()
    for kind in KINDS.values():
        schema_of(kind.form)
        _reader(kind.form)  # type: ignore[arg-type]  # a class, which mypy finds not hashable
    # hypothesis makes its random numbers at the first property, and looks who holds them: not among what is frozen
    given(st.none())(lambda _: None)()
    gc.collect()
    gc.freeze()  # none of it is ever garbage: the collector need not look through it again and again


@pytest.fixture(autouse=True)
def no_test_depends_on_the_day(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stop the clock; a test with the mark ``clock`` sees the real one, and may start processes, which see it too.

    So ``pytest -m clock`` is all that could differ from one day to the next: .ci/run repeats it on another day.
    """
    if request.node.get_closest_marker("clock") is not None:
        return
    start = subprocess.Popen.__init__

    def start_git_only(process: subprocess.Popen[Any], args: Any, *rest: Any, **named: Any) -> None:  # noqa: ANN401  # as subprocess has it
        assert args[0] == "git", f"{args} may read the clock: mark the test with pytest.mark.clock"
        start(process, args, *rest, **named)

    monkeypatch.setattr("costcalc.cli.context.datetime", StoppedClock)  # the only place that reads the clock
    monkeypatch.setattr(subprocess.Popen, "__init__", start_git_only)


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    """Load the shipped catalog once."""
    return load_catalog()


_READ: dict[object, Any] = {}  # what shipped files say, for tests that run thousands of commands


def _kept_once(path: Path, form: Any, read: Callable[[], Any]) -> Any:  # noqa: ANN401  # each kind has a form of its own
    seen = path.stat()
    key = (path, seen.st_mtime_ns, seen.st_size)
    if key not in _READ:
        _READ[key] = kept(path, form, read)
    return _READ[key]


def _parsed_once(document: Document, problems: Problems) -> Node:
    if document in _READ:
        found: Node = _READ[document]
        return found
    before = len(problems.found)
    tree = mapping_root(document, problems)
    if document.layer == "shipped" and len(problems.found) == before:
        _READ[document] = tree
    return tree


@pytest.fixture(autouse=True)
def read_once(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read every shipped file once for all commands; a test with the mark ``reads_anew`` reads them as a command does.

    A file that has changed is another one, so that a test may change a copy.
    """
    if request.node.get_closest_marker("reads_anew") is not None:
        return
    for module in (folder, table):
        monkeypatch.setattr(module, "kept", _kept_once)
    for module in (stack, table):
        monkeypatch.setattr(module, "mapping_root", _parsed_once)


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
    for name in ("COSTCALC_CATALOG", "COSTCALC_AS_OF", "NO_COLOR", "GITHUB_ACTIONS", "CI"):
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
