"""A damaged file is a diagnosis or an answer; benchmarks/mutations.py runs ten thousand of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from damage import WELL, mutations, outcome

from costcalc.findings import Document, Finding, Place
from costcalc.render.diagnostics import as_diagnostics

pytestmark = pytest.mark.no_cover  # many draws of what other tests cover


def test_a_damaged_file_ends_in_no_traceback(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("COSTCALC_CATALOG", "COSTCALC_AS_OF"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "none"))
    monkeypatch.setenv("_TYPER_FORCE_DISABLE_TERMINAL", "1")
    found = [(done, outcome(data, tmp_path).what) for done, data in mutations(120, seed=1)]
    assert [(done, what) for done, what in found if what not in WELL] == []
    assert {what for _, what in found} >= {"answered", "diagnosed"}  # the damage is neither always fatal nor never


def test_a_file_that_is_wrong_in_every_line_is_cut_short() -> None:
    text = Document("x.yaml", "a: 1\n" * 1500)
    findings = tuple(Finding("duplicate-key", "error", "twice", Place(text, line, 1)) for line in range(1, 1501))
    said = as_diagnostics(findings).splitlines()
    assert (said[:2], said[-1]) == (["error: x.yaml:1:1: twice", " 1 | a: 1"], "and 500 more like these")
    assert len(said) == 3001
