"""``costcalc catalog refresh``: prices of other libraries' lists written into a catalog, as one diff to be reviewed."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
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
    from costcalc.catalog.refresh.plan import Kind, Listed, Refreshed
    from costcalc.catalog.refresh.read import ListName, Peer
    from costcalc.catalog.refresh.rents import Rents

From = Annotated[
    list[str],
    typer.Option(
        "--from",
        metavar="LIBRARY",
        help="litellm, genai-prices, models-dev, openrouter, skypilot[:CLOUD]; as often as wanted.",
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
    """Write newer prices of other libraries' lists into a catalog.

    Dated and in place; nothing is fetched. What a list states is laid over the newest entry, meter by meter, where
    it is newer than the evidence for that; what it cannot say stays. Where lists disagree, nothing is written. What
    stays is listed. SkyPilot's lists (--from skypilot aws/vms.csv) have rents of GPUs, by cloud.
    """
    from costcalc.catalog.layers.load import load_layers
    from costcalc.catalog.refresh.plan import Listed, Refresh
    from costcalc.catalog.refresh.rents import RentRefresh, Rents
    from costcalc.render.catalog_refresh import Outcome, refresh_report

    loaded = load(prices.catalog, as_of=prices.as_of)
    today = checked or day_in_force(loaded, prices.as_of)
    target = target_of(file, "pricing", prices.catalog, kinds=("file", "folder"))
    catalog = load_layers(_layers(target, None), check_project=check_project).catalog
    read = tuple(_lists(library, files or (), catalog, today, effective, only or ()))
    lists = tuple(each for each in read if isinstance(each, Listed))
    rents = tuple(each for each in read if isinstance(each, Rents))
    models = tuple(Refresh(lists, catalog, today, _disputed(target), effective).models())
    rented = tuple(RentRefresh(rents, catalog, today, effective).rents())
    diff = _changed(target, (*models, *rented), today, write=not dry_run)
    done = Outcome(target.shown, lists, models, rents, rented, tuple(diff), bool(diff) and not dry_run)
    return Answer(refresh_report(done, catalog, as_of=today, every=every))


def _lists(
    libraries: Sequence[str],
    files: Sequence[Path],
    catalog: "Catalog",
    today: date,
    effective: date | None,
    only: Sequence[str],
) -> "Iterator[Listed | Rents]":
    from costcalc.catalog.refresh.installed import Found, installed

    if files and len(files) != len(libraries):
        raise FlagError(f"{len(files)} files for {len(libraries)} libraries: give one for each --from, or none")
    named = [files[index] if files else None for index in range(len(libraries))]
    wanted = [_source(library, path) for library, path in zip(libraries, named, strict=True)]
    if len(set(wanted)) < len(wanted):
        raise FlagError("--from names a library twice")
    for (peer, cloud), path in zip(wanted, named, strict=True):
        found = Found(here() / path, str(path), f"{peer}, {path.name}") if path is not None else installed(peer)
        if peer == "skypilot":
            yield _rents(cloud, found, catalog, today, effective, only)
        else:
            yield _list(peer, found, catalog, today, effective, only)


def _source(library: str, path: Path | None) -> "tuple[ListName, str]":
    """Read a value of --from: whose list it is, and of SkyPilot's, of which cloud."""
    from costcalc.catalog.refresh.accelerators import CLOUDS
    from costcalc.catalog.refresh.read import LISTS

    name, colon, cloud = library.partition(":")
    peer = one_of(name if name.lower() == "skypilot" else library, LISTS, "--from")
    if peer != "skypilot" or path is None:
        return peer, ""
    folder = (here() / path).parent.name
    if not colon:
        if folder in CLOUDS:
            return peer, folder
        advice = f"in a folder of its name (aws/{path.name}), or write --from skypilot:aws {path}"
        raise FlagError(f"{path}: whose prices are these? SkyPilot's file does not name the cloud: keep it {advice}")
    chosen = one_of(cloud, tuple(CLOUDS), "--from skypilot:CLOUD")
    if folder in CLOUDS and folder != chosen:
        raise FlagError(f"--from {library}: {path} stands in the folder of {folder}")
    return peer, chosen


def _rents(
    cloud: str, found: "Found", catalog: "Catalog", today: date, effective: date | None, only: Sequence[str]
) -> "Rents":
    """Read a list of SkyPilot's, which names no day: it is of that of its file, and never after today's."""
    from costcalc.catalog.refresh.rents import rents_in
    from costcalc.catalog.refresh.skypilot import read_skypilot

    seen = min(effective or changed_on(found.path) or today, today)
    return rents_in(read_skypilot(cloud, found.path, shown=found.shown, seen=seen), catalog, only)


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

    by_file: dict[tuple[Kind, str], list[Refreshed]] = {}
    for model in models:
        if model.entries or model.confirmed is not None or model.ended is not None:
            by_file.setdefault((model.kind, model.provider), []).append(model)
    is_folder = look(target.path).kind == "folder"
    kinds = sorted({kind for kind, _ in by_file})
    held = [target.path / kind / "any.yaml" for kind in kinds] if is_folder else [target.path for _ in kinds[:1]]
    with ExitStack() as locks, scratch() as folder:
        for path in held:
            locks.enter_context(only_editor(path))
        changes = _changes(target, by_file, today, is_folder=is_folder)
        if changes:
            load_layers(
                _layers(target, _trial(target, changes, folder, is_folder=is_folder)), check_project=check_project
            )
        for change in changes if write else ():
            replace_whole(change.path, change.new, was=change.was)
    return [line for change in changes for line in diff_of(change.old, change.new, change.shown)]


def _changes(
    target: Target, by_file: "Mapping[tuple[Kind, str], Sequence[Refreshed]]", today: date, *, is_folder: bool
) -> list[Change]:
    from costcalc.catalog.edit.replace import read_text
    from costcalc.catalog.refresh.written import refreshed_text
    from costcalc.paths import real

    found: dict[Path, Change] = {}
    for (kind, name), models in by_file.items():
        path, shown = target.path, target.shown
        if is_folder:
            path, shown = path / kind / f"{name}.yaml", f"{shown.rstrip('/')}/{kind}/{name}.yaml"
        path = real(path)
        change = found.get(path)
        if change is None:
            was, old = read_text(path)
            change = Change(path, shown, was, old, old)
        new = refreshed_text(change.new, name, models, in_folder=is_folder, today=today, kind=kind)
        found[path] = change._replace(new=new)
    return [change for change in found.values() if change.new != change.old]


def _trial(target: Target, changes: Sequence[Change], folder: Path, *, is_folder: bool) -> Path:
    """Write the new texts where they are only tried: one file, or a folder with those that change."""
    if not is_folder:
        trial = folder / target.path.name
        trial.write_bytes(changes[0].new.encode())
        return trial
    for change in changes:
        inside = folder / change.path.parent.name
        inside.mkdir(exist_ok=True)
        (inside / change.path.name).write_bytes(change.new.encode())
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
