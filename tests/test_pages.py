"""Pages of the docs: every link and anchor exists, every command can be typed, every key, rule and fact is there."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer

from costcalc.catalog.catalog import Catalog
from costcalc.catalog.forms.rates import ALL_TABLES
from costcalc.catalog.rules.entries import EFFECTS_OF
from costcalc.catalog.rules.vocabulary import FACTS
from costcalc.cli.app import app

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), ROOT / "examples" / "README.md", ROOT / "benchmarks" / "README.md"])  # fmt: skip
SCHEMAS = sorted(path for path in (ROOT / "pricing" / "schema").glob("*.json") if path.stem != "costcalc")


@cache
def prose(page: Path) -> str:
    """A page without its blocks of code and its comments, in which nothing is a heading or a link."""
    return re.sub(r"^ *```.*?^ *```|<!--.*?-->", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)


@cache
def anchors(page: Path) -> frozenset[str]:
    """The anchors that GitHub makes of a page's headings; a second heading of the same words gets a number."""
    found: dict[str, int] = {}
    for heading in re.findall(r"^#{1,6} +(.*?)#* *$", prose(page), re.MULTILINE):
        words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
        anchor = re.sub(r"[^\w\- ]", "", words.lower()).strip().replace(" ", "-")
        found[anchor] = found.get(anchor, -1) + 1
    return frozenset(f"{name}-{at}" if at else name for name, times in found.items() for at in range(times + 1))


def dead(page: Path) -> Iterator[str]:
    """Links and pictures of a page that lead nowhere."""
    for link in re.findall(r"\]\(([^)\s]+)\)", prose(page)):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if "://" not in link and not (target.exists() and (not anchor or anchor in anchors(target))):
            yield link


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_anchors_and_pictures_exist(page: Path) -> None:
    assert list(dead(page)) == []


def test_a_dead_anchor_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# One\n## Two `words`, one?\n## One\n```sh\n# no heading\n```\n[a](#one-1) [b](#two-words-one) [c](#three) [d](x.md) [e](#no-heading)\n")  # fmt: skip
    assert list(dead(page)) == ["#three", "x.md", "#no-heading"]


def test_the_index_has_every_page() -> None:
    linked = {(DOCS / link.partition("#")[0]).resolve() for link in re.findall(r"\]\(([^)]+)\)", prose(DOCS / "README.md"))}  # fmt: skip
    pages = {page for page in DOCS.glob("**/*.md") if page.parent.name != "decisions"} - {DOCS / "README.md"}
    assert sorted(str(page.relative_to(DOCS)) for page in pages - linked) == []


def commands_of(page: Path) -> Iterator[str]:
    """The lines of costcalc in a page's blocks of shell commands."""
    for block in re.findall(r"^ *```sh[^\n]*\n(.*?)^ *```", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE):
        for line in block.replace("\\\n", " ").splitlines():
            yield from (part for part in re.split(r"&&|\|\|?|;", line.partition(" #")[0]) if part.split()[:1] == ["costcalc"])  # fmt: skip


@cache
def root() -> Any:  # noqa: ANN401  # typer does not export the type of a command
    """The command line with all its commands, made once."""
    return typer.main.get_command(app)


def parsed(line: str) -> None:
    """Read a command line as costcalc would, without running it."""
    words = shlex.split(re.sub(r" \d?>>? ?\S+", "", line))[1:]
    command, context = root(), None
    while hasattr(command, "commands") and words and not words[0].startswith("-"):
        context = typer.Context(command, info_name="costcalc", parent=context)
        name, command, words = command.resolve_command(context, words)
        assert command is not None, name
    if hasattr(command, "commands") or "--help" in words or "--help-all" in words:
        return
    command.make_context("costcalc", list(words), parent=context)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_of_the_docs_can_be_typed(page: Path) -> None:
    for line in commands_of(page):
        try:
            parsed(line)
        except Exception as error:  # noqa: BLE001  # typer does not export the class of what it raises
            pytest.fail(f"{line}: {error!r} {error}")


@pytest.mark.parametrize(
    "line", ["costcalc compare --tokenz 1e6", "costcalc compere", "costcalc catalog shew gpt-5.2", "costcalc diff"]
)
def test_a_command_that_cannot_be_typed_is_found(line: str) -> None:
    with pytest.raises(Exception, match=r"(?i)no such|missing"):
        parsed(line)


@cache
def rows_of_forms() -> dict[str, set[str]]:
    """The keys in each part of the catalog reference, by its heading."""
    text = (DOCS / "reference" / "catalog.md").read_text(encoding="utf-8")
    parts = re.split(r"^#{2,3} (.*)$", text, flags=re.MULTILINE)[1:]
    return {name: set(re.findall(r"^\| `(\w+)` \|", part, re.MULTILINE)) for name, part in zip(parts[::2], parts[1::2], strict=True)}  # fmt: skip


@pytest.mark.parametrize("path", SCHEMAS, ids=lambda path: path.stem)
def test_every_key_of_a_schema_is_in_the_reference(path: Path) -> None:
    schema = json.loads(path.read_text(encoding="utf-8"))
    rows = rows_of_forms()
    (title,) = [name for name in rows if re.fullmatch(rf"(pricing/)?{path.stem}(/|\.yaml)", name)]
    for name, form in {title: schema, **schema["definitions"]}.items():
        known = rows[name] | (set(ALL_TABLES) if rows[name] < form["properties"].keys() else set())
        assert form["properties"].keys() - known == set(), name
        assert rows[name] - form["properties"].keys() == set(), name
    assert set(ALL_TABLES) == rows["Rate tables"]


def test_every_key_of_a_project_file_is_in_the_reference() -> None:
    schema = json.loads((ROOT / "pricing" / "schema" / "costcalc.json").read_text(encoding="utf-8"))
    rows = rows_of_forms()
    assert set(schema["properties"]) == rows["costcalc.yaml"]
    own = {name: form for name, form in schema["definitions"].items() if not name.startswith("Overlay")}
    assert {name for name in own if not own[name]["properties"].keys() <= rows[name] | set(ALL_TABLES)} == set()


def test_every_rule_kind_and_fact_is_in_the_reference(catalog: Catalog) -> None:
    text = (DOCS / "reference" / "rules.md").read_text(encoding="utf-8")
    assert [fact.name for fact in FACTS.values() if f"| `{fact.name}` |" not in text or fact.means not in text] == []
    assert [name for name in (*catalog.rules(), *catalog.kinds()) if f"| `{name}` |" not in text] == []
    told = (DOCS / "method" / "recommend.md").read_text(encoding="utf-8")
    assert [level for level in EFFECTS_OF if level not in told] == []
