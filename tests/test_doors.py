"""What may be done in one place only: looking at paths, reading files, rounding amounts.

Each call here raises on what a user may give: a name that is too long, a forbidden folder, an amount of 29 digits. The
lint rules of ruff see functions, not the methods of a value, so the source itself is searched.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "costcalc"
LOOKING = {
    "exists", "is_file", "is_dir", "is_fifo", "is_symlink", "is_socket", "is_mount", "is_block_device",
    "is_char_device", "iterdir", "glob", "rglob", "resolve", "stat", "lstat", "samefile", "readlink", "expanduser",
    "cwd", "getcwd", "home", "walk", "listdir", "scandir", "abspath", "realpath", "relpath",
}  # fmt: skip
READING = {"open", "fdopen", "read_text", "read_bytes"}
WRITING = {"write_text", "write_bytes", "mkdir", "touch", "TemporaryDirectory", "NamedTemporaryFile", "mkstemp"}
ROUNDING = {"quantize", "round"}  # round(number, digits); of an amount to an integer it never raises
# where a call may stand, and why it cannot end in a traceback there
ALLOWED = {
    ("paths.py", "*"): "it is the place that looks",
    ("files.py", "*"): "it is the place that reads",
    ("units.py", "quantize"): "it is the place that rounds",
    ("units.py", "round"): "the same",
    ("render/charts/ruler.py", "round"): "pixels and ticks, no amounts",
    ("render/html/page.py", "read_text"): "the page's style and script, which lie beside the code",
    ("catalog/layers/kept.py", "*"): "what the build wrote beside the code; no user names it",
    ("catalog/layers/folder.py", "is_dir"): "the shipped catalog",
    ("catalog/layers/folder.py", "listdir"): "the shipped catalog",
    ("catalog/layers/load.py", "is_dir"): "the shipped catalog",
    ("catalog/layers/load.py", "read_text"): "the shipped catalog",
    ("catalog/layers/load.py", "read_bytes"): "the shipped catalog",
    ("catalog/layers/load.py", "exists"): "the shipped catalog",
    ("catalog/layers/table.py", "exists"): "the shipped catalog",
    ("catalog/edit/replace.py", "open"): "writes; the system's refusal is caught there",
    ("catalog/edit/replace.py", "fdopen"): "the same",
    ("catalog/edit/replace.py", "scandir"): "the same",
    ("catalog/edit/replace.py", "read_bytes"): "costcalc.files.read_bytes",
    ("catalog/edit/replace.py", "read_text"): "of that file, which reads through costcalc.files",
    ("cli/editing.py", "read_text"): "the same",
    ("cli/catalog_import.py", "read_text"): "the same",
    ("cli/catalog_refresh.py", "read_text"): "the same",
    ("cli/editing.py", "write_bytes"): "into a folder of its own, just made",
    ("cli/catalog_import.py", "write_text"): "the same",
    ("cli/catalog_refresh.py", "write_bytes"): "the same",
    ("cli/catalog_refresh.py", "mkdir"): "the same",
    ("cli/revisions.py", "write_bytes"): "the same",
    ("cli/context.py", "TemporaryDirectory"): "makes that folder; the system's refusal is caught there",
    ("cli/output.py", "open"): "/dev/null",
    ("cli/output.py", "write_bytes"): "the system's refusal is caught there",
    ("cli/check.py", "open"): "appends to the summary; the system's refusal is caught there",
    ("cli/scenarios.py", "walk"): "what cannot be listed is an error there",
    ("cli/scenarios.py", "glob"): "glob passes over what it may not see",
    ("cli/scenarios.py", "relpath"): "of two paths from the root",
    ("usage/sources.py", "open"): "the system's refusal is a problem there, with those of all other logs",
    ("usage/sources.py", "glob"): "glob passes over what it may not see",
    ("usage/sources.py", "walk"): "what cannot be listed is an error there",
    ("usage/engine.py", "TemporaryDirectory"): "makes the engine's folder; the system's refusal is caught there",
    ("usage/faults.py", "open"): "a file that the engine has just read, to count its lines",
    ("usage/pack.py", "open"): "the file that was just written; the system's refusal is caught where it is written",
    ("usage/result.py", "open"): "the system's refusal is caught there; an answer is CSV and no YAML",
    ("cli/revisions.py", "relpath"): "names as git gives them; git has refused a folder that is gone",
}  # fmt: skip


@cache
def calls() -> tuple[tuple[str, str, int], ...]:
    """Give every call that may stand in one place only: its file, its name, its line."""
    return tuple(_calls())


def _calls() -> Iterator[tuple[str, str, int]]:
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in LOOKING | READING | WRITING | ROUNDING and not (name == "round" and len(node.args) == 1):
                yield path.relative_to(SOURCE).as_posix(), name, node.lineno


def test_paths_are_looked_at_files_read_and_amounts_rounded_in_one_place_each() -> None:
    elsewhere = [
        f"src/costcalc/{file}:{line}: {name}"
        for file, name, line in calls()
        if (file, name) not in ALLOWED and (file, "*") not in ALLOWED
    ]
    assert elsewhere == [], "ask costcalc.paths, costcalc.files or costcalc.units"


@pytest.mark.parametrize("allowed", ALLOWED, ids="-".join)
def test_no_exception_outlives_its_call(allowed: tuple[str, str]) -> None:
    file, name = allowed
    assert any(each == file and name in {"*", called} for each, called, _ in calls())
