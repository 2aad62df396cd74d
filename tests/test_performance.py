"""docs/performance.md names every command, and what writes it runs; its figures are no test."""

from __future__ import annotations

import sys
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from costcalc.cli.commands import CATALOG, COMMANDS, GROUPS, USAGE

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))  # benchmarks/ stand beside src/, and are no part of what is installed

from benchmarks import measures, performance, steps  # noqa: E402  # found by the line above

if TYPE_CHECKING:
    from benchmarks.measures import Figure

PAGE = (ROOT / "docs" / "performance.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "command",
    [
        *(name for name in COMMANDS if name not in GROUPS),
        *(f"{group} {name}" for group, table in (("catalog", CATALOG), ("usage", USAGE)) for name in table),
    ],
)
def test_the_page_says_how_soon_every_command_starts(command: str) -> None:
    assert f"| `costcalc {command}" in PAGE
    assert command in measures.examples()


def test_the_page_says_what_it_was_measured_against() -> None:
    assert all(bar in PAGE for bar in ("(bar 10 ×)", "(bar 12 ×)", "÷ genai-prices", "÷ litellm", "÷ a bare scan"))


def test_calls_are_counted_where_nothing_else_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measures, "_has", lambda _: False)
    found = measures.estimates(2, 1)
    assert {each.name.split(":")[0] for each in found} == {*measures.MODELS}
    assert "Not measured, since not installed: genai-prices, litellm." in performance.calling(found)


def test_small_sizes_are_measured_and_written(tmp_path: Path) -> None:
    loaded = measures.loads(tmp_path, (2,), 1)
    assert [each.name for each in loaded] == ["shipped", "2 models"]
    assert "÷ `yaml.CSafeLoader`" in performance.loading(loaded)
    assert "| 36 months of ten options |" in performance.computing(measures.analyses(1, Fraction(10**6)))


@pytest.mark.clock  # starts a process
def test_what_fails_is_not_timed(tmp_path: Path) -> None:
    with pytest.raises(ChildProcessError, match="exit status 2"):
        measures.child_cpu([sys.executable, "-c", "exit(2)"], tmp_path)


def test_ratios_are_medians_of_those_within_a_run() -> None:
    slow, fast = iter([9.0, 2.0, 9.0, 4.0]), iter([9.0, 1.0, 3.0, 4.0])  # the first of each warms up: 2, 3, 1
    found: list[Figure] = measures.interleaved({"a": lambda: next(slow), "b": lambda: next(fast)}, ("b",), 3)
    assert (found[0].value, found[0].ratios) == (4.0, {"b": 2.0})


def test_python_s_own_modules_are_counted_apart_from_those_of_pass() -> None:
    rows = steps.table({"Python's own": (10, 8.0), "typer": (2, 3.5)}, {"Python's own": (4, 5.0)})
    assert [row[1:] for row in rows] == [("4", "5.0 ms"), ("6", "3.0 ms"), ("2", "3.5 ms")]
