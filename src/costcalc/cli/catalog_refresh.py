"""``costcalc catalog refresh``: prices of other libraries' lists written into a catalog, as one diff to be reviewed."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from costcalc.cli.answer import Answer
from costcalc.cli.catalog_import import Every, Only
from costcalc.cli.context import check_project, day_in_force, load, scratch
from costcalc.cli.editing import DryRun, Target, diff_of, is_same, is_shipped, target_of
from costcalc.cli.flags import PriceFlags
from costcalc.cli.values import day, one_of
from costcalc.errors import FlagError
from costcalc.paths import changed_on, here, listed, look

if TYPE_CHECKING:
    from costcalc.catalog.catalog import Catalog
    from costcalc.catalog.forms.disputed import Disputed
    from costcalc.catalog.layers.stack import Layer
    from costcalc.catalog.refresh.installed import Found
    from costcalc.catalog.refresh.plan import Listed, Refreshed
    from costcalc.catalog.refresh.read import Peer

From = Annotated[
    list[str],
    typer.Option(
        "--from", metavar="LIBRARY", help="litellm, genai-prices, models-dev, openrouter; as often as wanted."
    ),
]
Effective = Annotated[
    date | None,
    typer.Option(parser=day, metavar="DAY", help="The day of the lists, and the first one of new prices."),
]
Checked = Annotated[
    date | None,
    typer.Option(parser=day, metavar="DAY", help="When the lists were compared (default: the day of --as-of)."),
]
Goal = Annotated[
    Path | None,
    typer.Option("--file", metavar="PATH", help="What to change: a catalog's folder (pricing/), or a costcalc.yaml."),
]


class Change(NamedTuple):
    """What becomes of one file: where it is, how it is called, what it said and will say."""

    path: Path
    shown: str
    was: bytes
    old: str
    new: str


def refresh_command(
    prices: PriceFlags,
    library: From,
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[FILE]…", help="Their lists, one for each --from; left out: those of installed packages."
        ),
    ] = None,
    effective: Effective = None,
    checked: Checked = None,
    only: Only = None,
    every: Every = False,
    dry_run: DryRun = False,
    file: Goal = None,
) -> Answer:
    """Write what other libraries' lists say of the models in a catalog, dated and in place; nothing is fetched.

    What a list states is laid over the newest entry, meter by meter, where it is newer than the evidence
    for that; what it cannot say stays. Where lists disagree, nothing is written. What stays is listed.
    """
    from costcalc.catalog.layers.load import load_layers
    from costcalc.catalog.refresh.plan import Refresh
    from costcalc.render.catalog_refresh import Outcome, refresh_report

    loaded = load(prices.catalog)
    today = checked or day_in_force(loaded, prices.as_of)
    target = target_of(file, "pricing", prices.catalog, kinds=("file", "folder"))
    catalog = load_layers(_layers(target, None), check_project=check_project).catalog
    lists = tuple(_lists(library, files or (), catalog, today, effective, only or ()))
    plan = Refresh(lists, catalog, today, _disputed(target), effective)
    models = tuple(plan.models())
    diff = _changed(target, models, today, write=not dry_run)
    done = Outcome(target.shown, lists, models, tuple(diff), bool(diff) and not dry_run)
    return Answer(refresh_report(done, catalog, as_of=today, every=every))


def _lists(
    libraries: Sequence[str],
    files: Sequence[Path],
    catalog: "Catalog",
    today: date,
    effective: date | None,
    only: Sequence[str],
) -> "Iterator[Listed]":
    from costcalc.catalog.refresh.installed import Found, installed
    from costcalc.catalog.refresh.read import PEERS

    peers = [one_of(library, PEERS, "--from") for library in libraries]
    if len(set(peers)) < len(peers):
        raise FlagError("--from names a library twice")
    if files and len(files) != len(peers):
        raise FlagError(f"{len(files)} files for {len(peers)} libraries: give one for each --from, or none")
    for index, peer in enumerate(peers):
        named = files[index] if files else None
        found = Found(here() / named, str(named), f"{peer}, {named.name}") if named is not None else installed(peer)
        yield _list(peer, found, catalog, today, effective, only)


def _list(
    peer: "Peer", found: "Found", catalog: "Catalog", today: date, effective: date | None, only: Sequence[str]
) -> "Listed":
    """Read a list; its day is the newest that it names, else that of its file, and never after today's."""
    from costcalc.catalog.refresh.plan import listed as listed_in
    from costcalc.catalog.refresh.read import newest_day, opened, theirs_in
    from costcalc.catalog.refresh.record import Reading

    root = opened(peer, found.path, shown=found.shown)
    written = min(changed_on(found.path) or today, today)
    seen = min(effective or newest_day(peer, root, until=written) or written, today)
    theirs = theirs_in(peer, root, found.path.name, Reading(peer, found.title, seen, today, seen))
    return listed_in(theirs, seen, catalog, only)


def _disputed(target: Target) -> "tuple[Disputed, ...]":
    """Read what was looked at and not taken: in the shipped catalog, and in the folder that is refreshed."""
    from costcalc.catalog.layers.load import shipped_pricing
    from costcalc.catalog.refresh.disputed import disputed_in

    shipped = disputed_in(shipped_pricing(), "pricing")
    if is_shipped(target.path) or look(target.path).kind != "folder":
        return shipped
    return (*shipped, *disputed_in(target.path, target.shown))


def _changed(target: Target, models: "Sequence[Refreshed]", today: date, *, write: bool) -> list[str]:
    """Try the new texts with the whole catalog around them, write them where nothing is wrong, and give the diff."""
    from costcalc.catalog.edit.replace import only_editor, replace_whole
    from costcalc.catalog.layers.load import load_layers

    by_provider: dict[str, list[Refreshed]] = {}
    for model in models:
        if model.entries or model.confirmed is not None or model.ended is not None:
            by_provider.setdefault(model.provider, []).append(model)
    is_folder = look(target.path).kind == "folder"
    inside = target.path / "api" / "any.yaml" if is_folder else target.path
    with only_editor(inside) if by_provider else nullcontext(), scratch() as folder:
        changes = _changes(target, by_provider, today, is_folder=is_folder)
        if changes:
            load_layers(
                _layers(target, _trial(target, changes, folder, is_folder=is_folder)), check_project=check_project
            )
        for change in changes if write else ():
            replace_whole(change.path, change.new, was=change.was)
    return [line for change in changes for line in diff_of(change.old, change.new, change.shown)]


def _changes(
    target: Target, by_provider: "Mapping[str, Sequence[Refreshed]]", today: date, *, is_folder: bool
) -> list[Change]:
    from costcalc.catalog.edit.replace import read_text
    from costcalc.catalog.refresh.written import refreshed_text
    from costcalc.paths import real

    found: dict[Path, Change] = {}
    for provider, models in by_provider.items():
        path, shown = target.path, target.shown
        if is_folder:
            path, shown = path / "api" / f"{provider}.yaml", f"{shown.rstrip('/')}/api/{provider}.yaml"
        path = real(path)
        change = found.get(path)
        if change is None:
            was, old = read_text(path)
            change = Change(path, shown, was, old, old)
        new = refreshed_text(change.new, provider, models, in_folder=is_folder, today=today)
        found[path] = change._replace(new=new)
    return [change for change in found.values() if change.new != change.old]


def _trial(target: Target, changes: Sequence[Change], folder: Path, *, is_folder: bool) -> Path:
    """Write the new texts where they are only tried: one file, or a folder with those that change."""
    if not is_folder:
        trial = folder / target.path.name
        trial.write_bytes(changes[0].new.encode())
        return trial
    (folder / "api").mkdir()
    for change in changes:
        (folder / "api" / change.path.name).write_bytes(change.new.encode())
    return folder


def _layers(target: Target, trial: Path | None) -> "Iterator[Layer]":
    """Give the layers with the target in force, and over it what is tried.

    A file of a folder is laid over itself: a new text holds all that the old one said.
    """
    from costcalc.catalog.layers.stack import Layer

    edited = [Layer("edited", trial, target.shown)] if trial is not None else []
    if look(target.path).kind != "folder":
        yield from (
            target.layers_with(trial or target.path) if trial or look(target.path).kind != "nothing" else target.layers
        )
        return
    own = next((layer for layer in target.layers if is_same(layer.path, target.path)), None)
    if own is None and is_shipped(target.path):
        yield from edited
    for layer in target.layers:
        yield layer
        if layer is own:
            yield from edited
    if own is None and not is_shipped(target.path):
        if _holds_prices(target.path):
            yield Layer("edited", target.path, target.shown)
        yield from edited


def _holds_prices(folder: Path) -> bool:
    """Say whether a folder holds a file that may be laid over the catalog; a new one holds none."""
    from costcalc.catalog.forms.kinds import FILE_KEYS, FOLDERS

    files = [*listed(folder).paths, *(path for name in FOLDERS for path in listed(folder / name).paths)]
    return any(path.suffix == ".yaml" and (path.parent != folder or path.name in FILE_KEYS) for path in files)
