"""``costcalc catalog set``: a new dated price, with its diff and what it does to the user's own months."""

import os
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from costcalc.cli.context import check_project, here, load
from costcalc.cli.options import CatalogPath, NoColor, OutputFiles, OutputFormat, day, filled
from costcalc.cli.output import emit
from costcalc.errors import FlagError

if TYPE_CHECKING:
    from costcalc.catalog.change import Change
    from costcalc.catalog.layers import Layer
    from costcalc.catalog.load import Loaded
    from costcalc.render.edit_views import Effect
    from costcalc.render.report import Report
    from costcalc.workload import Workload

Effective = Annotated[
    date | None, typer.Option(parser=day, metavar="DAY", help="The first day on which the new price holds.")
]
SourceUrl = Annotated[str | None, typer.Option("--source", parser=filled, metavar="URL", help="Where it was read.")]
Checked = Annotated[
    date | None, typer.Option(parser=day, metavar="DAY", help="When it was read (default: today, UTC).")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show the change and its effect; write nothing.")]
Correct = Annotated[bool, typer.Option("--correct", help="Change an old entry, which was wrong when it was written.")]
File = Annotated[
    Path | None,
    typer.Option("--file", metavar="PATH", help="The file to change: costcalc.yaml, or one of a catalog's."),
]


class Target(NamedTuple):
    """The file that is changed, and the user's layers once its new text is taken from elsewhere."""

    path: Path
    shown: str
    layers: "tuple[Layer, ...]"

    def layers_with(self, text: Path) -> "Iterator[Layer]":
        """Give the layers with the file's text read from another place: in its own layer, else above the one around.

        A file of a directory is laid over itself: a new text holds all that the old one said.
        """
        from costcalc.catalog.layers import Layer

        own = next((layer for layer in self.layers if _same(layer.path, self.path)), None)
        around = next((layer for layer in self.layers if layer.path.resolve() in self.path.resolve().parents), None)
        edited = Layer("edited", text, self.shown)
        if own is None and around is None and _is_shipped(self.path):
            yield edited
        for layer in self.layers:
            yield layer._replace(path=text) if layer is own else layer
            if layer is around and own is None:
                yield edited
        if own is None and around is None and not _is_shipped(self.path):
            yield Layer("project", text, self.shown)


def set_command(
    name: Annotated[str, typer.Argument(help="A model (gpt-5.2), GPU, plan, option or assumption.")],
    values: Annotated[list[str], typer.Argument(help="New figures: output=12.00, value=1.2.", metavar="KEY=VALUE…")],
    effective: Effective = None,
    source: SourceUrl = None,
    checked: Checked = None,
    dry_run: DryRun = False,
    correct: Correct = False,
    file: File = None,
    catalog: CatalogPath = None,
    form: OutputFormat = "text",
    output: OutputFiles = None,
    no_color: NoColor = False,
) -> int:
    """Change a price: append a dated entry, show the diff and what it does to your own months.

    An old entry stays as it is, except with --correct. In a clone of costcalc the files of pricing/ are
    changed, anywhere else $COSTCALC_CATALOG or the nearest costcalc.yaml, where the entry overrides the shipped one.
    """
    from costcalc.catalog.change import Assignment, Change, entry_named

    if checked is not None and source is None:
        raise FlagError("--checked is the day on which --source was read: give both")
    loaded = load(catalog)
    today = datetime.now(UTC).date()
    entry = entry_named(loaded.catalog, name)
    assigned = tuple(Assignment.parse(value) for value in values)
    read = {"url": source, "checked": (checked or today).isoformat()} if source is not None else None
    change = Change(entry, assigned, effective, read, correct)
    target = _target(file, loaded, change, catalog)
    report = _changed(target, change, loaded, dry_run=dry_run, as_of=max(today, effective or today))
    emit(report, form, output, no_color=no_color)
    return 0


def _changed(target: Target, change: "Change", loaded: "Loaded", *, dry_run: bool, as_of: date) -> "Report":
    from costcalc.catalog.change import edited
    from costcalc.catalog.edit import only_editor, read_text, replace_whole
    from costcalc.catalog.load import load_layers
    from costcalc.render.edit_views import set_report

    with only_editor(target.path) as path, TemporaryDirectory() as scratch:
        was, old = read_text(path)
        new = edited(old, change, loaded.catalog)
        diff = _diff(old, new, target.shown)
        trial = Path(scratch) / path.name
        trial.write_bytes(new.encode())
        after = load_layers(target.layers_with(trial), check_project=check_project) if diff else loaded
        effects = tuple(_effects(loaded, after, change, as_of)) if diff else ()
        if diff and not dry_run:
            replace_whole(path, new, was=was)
    return set_report(after.catalog, target.shown, diff, effects, written=bool(diff) and not dry_run, as_of=as_of)


def _target(file: Path | None, loaded: "Loaded", change: "Change", catalog: str | None) -> Target:
    """Choose the file: the one that was named, the clone's own, or the user's highest layer that is one file."""
    from costcalc.catalog.layers import layers_in_force
    from costcalc.catalog.load import shipped_pricing

    layers = layers_in_force(cwd=here(), env=os.environ, catalog=catalog)
    if file is not None:
        return Target(here() / file, str(file), layers)
    own = [layer for layer in layers if layer.name != "user" and layer.path.is_file()]
    if own:
        return Target(own[-1].path, own[-1].shown, layers)
    place = loaded.catalog.place(change.entry)
    repository = shipped_pricing().parent
    if (repository / "pyproject.toml").exists() and repository in (here(), *here().parents):
        return Target(repository / place.document.name, place.document.name, layers)
    raise FlagError("the shipped prices are not changed: name a file of your own, --file costcalc.yaml")


def _is_shipped(path: Path) -> bool:
    from costcalc.catalog.load import shipped_pricing

    return shipped_pricing().resolve() in path.resolve().parents


def _same(one: Path, other: Path) -> bool:
    return one.resolve() == other.resolve()


def _diff(old: str, new: str, name: str) -> tuple[str, ...]:
    from difflib import unified_diff

    lines = unified_diff(old.splitlines(), new.splitlines(), name, name, n=2, lineterm="")
    return tuple(lines)


def _effects(before: "Loaded", after: "Loaded", change: "Change", as_of: date) -> "Iterator[Effect]":
    """Price the user's workloads on both catalogs, and give the options whose cost is another."""
    from costcalc.analysis.compare import compare
    from costcalc.render.edit_views import Effect

    options = [*after.catalog.headline]
    if change.entry[0] == "api":
        options.append(f"{change.entry[1]}/{change.entry[3]}")
    for name, workload in _workloads(after):
        costs = []
        for catalog in (before.catalog, after.catalog):
            result = compare(workload, catalog, options=options, as_of=as_of)
            costs.append({one.option: one.monthly_usd for one in result.estimates})
        for option in options:
            was, will = (cost.get(option) for cost in costs)
            if was != will:
                yield Effect(name, option, was, will)


def _workloads(loaded: "Loaded") -> "Sequence[tuple[str, Workload]]":
    """The workloads of the project file, else a month of a million output tokens."""
    from costcalc.cli.traffic import Sizes, asked_for
    from costcalc.scenario import parse_scenario

    scenario = parse_scenario(loaded.project) if loaded.project is not None else None
    if scenario is not None and scenario.workloads:
        return [(name, scenario.workload(name)) for name in scenario.workloads]
    from fractions import Fraction

    return [("1 Mtok of output", asked_for(loaded, Sizes(Fraction(10**6), None, None, None), None).workload)]
