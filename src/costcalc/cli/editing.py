"""What ``catalog set`` and ``catalog add`` share: which file is changed, the change tried, shown and written."""

import os
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple

import typer

from costcalc.cli.context import check_project, scratch
from costcalc.cli.values import day, filled
from costcalc.errors import FlagError
from costcalc.paths import here, look, real

if TYPE_CHECKING:
    from decimal import Decimal

    from costcalc.catalog.catalog import Catalog
    from costcalc.catalog.layers.load import Loaded
    from costcalc.catalog.layers.stack import Layer
    from costcalc.findings import Finding
    from costcalc.findings import Path as Entry
    from costcalc.render.catalog_edit import Effect
    from costcalc.render.report import Report
    from costcalc.workload import Workload

Effective = Annotated[
    date | None, typer.Option(parser=day, metavar="DAY", help="The first day on which the new price holds.")
]
SourceUrl = Annotated[
    str | None,
    typer.Option(
        "--source", parser=filled, metavar="URL|TITLE", help="Where it was read: https://…, or 'Mail of 3 March'."
    ),
]
Checked = Annotated[
    date | None, typer.Option(parser=day, metavar="DAY", help="When it was read (default: the day of --as-of).")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show the change and its effect; write nothing.")]
File = Annotated[
    Path | None,
    typer.Option("--file", metavar="PATH", help="The file to change: costcalc.yaml, or one of a catalog's."),
]


class Edit(NamedTuple):
    """One edit of one file.

    Args:
        command: Which command it is.
        entry: Where what it changes stands in the catalog.
        option: The option whose months show its effect beside those of the headline, or None.
        new_text: Gives the file's new text for the old one.
        notes: How values were read that could be read otherwise.
    """

    command: Literal["set", "add"]
    entry: "Entry"
    option: str | None
    new_text: Callable[[str], str]
    notes: tuple[str, ...]


class Target(NamedTuple):
    """The file that is changed, and the user's layers once its new text is taken from elsewhere."""

    path: Path
    shown: str
    layers: "tuple[Layer, ...]"

    @property
    def is_apart(self) -> bool:
        """Whether it is a file that exists and is not in force here: its effect is against itself as it stands."""
        own = any(is_same(layer.path, self.path) for layer in self.layers)
        return not own and look(self.path).kind != "nothing" and not is_shipped(self.path)

    def layers_with(self, text: Path) -> "Iterator[Layer]":
        """Give the layers with the file's text read from another place: in its own layer, else above the one around.

        A file of a directory is laid over itself: a new text holds all that the old one said.
        """
        from costcalc.catalog.layers.stack import Layer

        own = next((layer for layer in self.layers if is_same(layer.path, self.path)), None)
        around = next((layer for layer in self.layers if real(layer.path) in real(self.path).parents), None)
        edited = Layer("edited", text, self.shown)
        if own is None and around is None and is_shipped(self.path):
            yield edited
        for layer in self.layers:
            yield layer._replace(path=text) if layer is own else layer
            if layer is around and own is None:
                yield edited
        if own is None and around is None and not is_shipped(self.path):
            yield Layer("project", text, self.shown)


def read_source(source: str | None, checked: date | None, as_of: date, *, today: date) -> dict[str, str] | None:
    """Say where the figures were read, and when; a source is an address, or the title of what has none.

    Raises:
        FlagError: A day without a source, or a day to come.
    """
    if checked is not None and source is None:
        raise FlagError("--checked is the day on which --source was read: give both")
    if checked is not None and checked > today:
        raise FlagError(f"--checked is the day on which --source was read: expected {today} or before, found {checked}")
    if source is None:
        return None
    is_title = " " in source.strip() and "://" not in source
    return {"title" if is_title else "url": source, "checked": (checked or as_of).isoformat()}


def changed(target: Target, edit: Edit, loaded: "Loaded", *, dry_run: bool, as_of: date) -> "Report":
    """Try an edit on a copy, with the whole catalog around it; write it where nothing is wrong with it."""
    from costcalc.catalog.edit.replace import only_editor, read_text, replace_whole
    from costcalc.catalog.layers.load import load_layers
    from costcalc.findings import Finding
    from costcalc.render.catalog_edit import Outcome, edit_report

    with only_editor(target.path) as path, scratch() as folder:
        was, old = read_text(path)
        new = edit.new_text(old)
        diff = diff_of(old, new, target.shown)
        before = load_layers(target.layers_with(path), check_project=check_project) if target.is_apart else loaded
        trial = folder / path.name
        trial.write_bytes(new.encode())
        after = load_layers(target.layers_with(trial), check_project=check_project) if diff else before
        effects = tuple(_effects(before, after, edit, as_of)) if diff else ()
        findings = [Finding("number-read", "note", note) for note in edit.notes]
        findings += _outliers(before, after, edit, as_of) if diff else ()
        if diff and not dry_run:
            replace_whole(path, new, was=was)
    outcome = Outcome(target.shown, diff, effects, bool(diff) and not dry_run, tuple(findings))
    return edit_report(edit.command, after.catalog, outcome, as_of=as_of)


def target_of(
    file: Path | None, own_file: str, catalog: list[str] | None, *, kinds: Sequence[str] = ("file",)
) -> Target:
    """Choose the file: the one that was named, the clone's own, or the user's highest layer that is one file.

    Args:
        file: The file that was named.
        own_file: The file of a clone in which the entry stands: pricing/api/openai.yaml.
        catalog: What --catalog names.
        kinds: What a layer must be to be changed: a file, or a folder too.

    Raises:
        FlagError: There is no file that could be changed.
    """
    from costcalc.catalog.layers.load import shipped_pricing
    from costcalc.catalog.layers.stack import layers_in_force

    layers = layers_in_force(cwd=here(), env=os.environ, catalog=catalog)
    if file is not None:
        return Target(here() / file, str(file), layers)
    own = [layer for layer in layers if layer.name != "user" and look(layer.path).kind in kinds]
    if own:
        return Target(own[-1].path, own[-1].shown, layers)
    repository = shipped_pricing().parent
    if look(repository / "pyproject.toml").kind == "file" and repository in (here(), *here().parents):
        return Target(repository / own_file, own_file, layers)
    raise FlagError(
        "the shipped prices are not changed: name a file of your own, --file costcalc.yaml;"
        " in a clone of costcalc, pip install -e . makes its pricing/ the one in force"
    )


def is_shipped(path: Path) -> bool:
    """Say whether something belongs to the shipped catalog."""
    from costcalc.catalog.layers.load import shipped_pricing

    return real(shipped_pricing()) in (real(path), *real(path).parents)


def is_same(one: Path, other: Path) -> bool:
    """Say whether two paths lead to the same."""
    return real(one) == real(other)


def diff_of(old: str, new: str, name: str) -> tuple[str, ...]:
    """Give a change as the lines of a unified diff."""
    from difflib import unified_diff

    lines = unified_diff(old.splitlines(), new.splitlines(), name, name, n=2, lineterm="")
    return tuple(lines)


def _effects(before: "Loaded", after: "Loaded", edit: Edit, as_of: date) -> "Iterator[Effect]":
    """Price the user's workloads on both catalogs, and give the options whose cost is another."""
    from costcalc.render.catalog_edit import Effect

    old = [name for name in before.catalog.headline if name in after.catalog.headline]
    new = [edit.option] if edit.option is not None else []
    for name, workload in _workloads(after, as_of):
        was = _costs(workload, before.catalog, [*old, *(new if edit.command == "set" else ())], as_of)
        will = _costs(workload, after.catalog, [*old, *new], as_of)
        for option in dict.fromkeys([*old, *new]):
            if was.get(option) != will.get(option):
                yield Effect(name, option, was.get(option), will.get(option))


def _outliers(before: "Loaded", after: "Loaded", edit: Edit, as_of: date) -> "Iterator[Finding]":
    from costcalc.catalog.edit.outliers import outliers
    from costcalc.catalog.layers.load import load_catalog

    return outliers(edit.entry, before.catalog, after.catalog, load_catalog(), today=as_of)


def _costs(workload: "Workload", catalog: "Catalog", options: Sequence[str], as_of: date) -> "dict[str, Decimal]":
    from costcalc.analysis.compare import compare

    result = compare(workload, catalog, options=options, as_of=as_of)
    return {estimate.option: estimate.monthly_usd for estimate in result.estimates}


def _workloads(loaded: "Loaded", day: date) -> "Sequence[tuple[str, Workload]]":
    """The workloads of the project file, else a month of a million output tokens."""
    from costcalc.case.file import case_of
    from costcalc.scenario import parse_scenario

    scenario = parse_scenario(loaded.project) if loaded.project is not None else None
    if scenario is not None and scenario.workloads:
        entries = scenario.workloads.items()
        return [(name, case_of(entry, name, loaded.catalog, as_of=day).workload) for name, entry in entries]
    from costcalc.workload import Workload

    return [("1 Mtok of output", Workload.single(requests=1_000, output_tokens=1_000))]
