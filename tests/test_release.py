"""What a release rests on: one version everywhere, and files that say what they must."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import yaml

from costcalc import __version__

ROOT = Path(__file__).parents[1]


def test_the_version_is_the_same_everywhere() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["version"] == __version__
    assert citation["license"] == "Apache-2.0"
    newest = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert newest is not None
    assert newest[1] == __version__


def test_every_part_of_the_changelog_is_one_of_five() -> None:
    parts = re.findall(r"^### (.*)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert set(parts) <= {"Added", "Changed", "Fixed", "Prices", "Corrected"}
    assert len(parts) == len(set(parts))  # one of each for the one version that there is


def test_every_python_that_is_named_was_tested() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = re.findall(r"Python :: (3\.\d+)", "\n".join(project["classifiers"]))
    assert project["requires-python"] == f">={named[0]}"  # .ci/matrix tests the least versions on the first
    page = (ROOT / "docs" / "release.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| (3\.\d+)\.\d+ \| (newest)", page, re.MULTILINE))
    assert list(rows) == named
    (least,) = re.findall(r"^\| 3\.11\.\d+ \| least: (.*?) \|", page, re.MULTILINE)
    allowed = [*project["dependencies"], *(each for extra in ("usage", "sql", "png") for each in project["optional-dependencies"][extra])]  # fmt: skip
    assert least == ", ".join(re.sub(r">=([^,]*).*", r" \1", each) for each in allowed)
