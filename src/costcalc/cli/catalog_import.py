"""``costcalc catalog import``: prices of another library's file as an overlay of ours."""

import os
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from costcalc.cli.answer import Answer
from costcalc.cli.context import check_project, day_in_force, load, scratch
from costcalc.cli.flags import PriceFlags
from costcalc.cli.values import day, one_of
from costcalc.errors import FlagError
from costcalc.paths import here

Checked = Annotated[
    date | None,
    typer.Option(parser=day, metavar="DAY", help="When their file was fetched (default: the day of --as-of)."),
]
Save = Annotated[
    Path | None,
    typer.Option("--save", metavar="FILE", help="Write the overlay; over an earlier import, never over another file."),
]
Only = Annotated[
    list[str] | None,
    typer.Option("--only", metavar="PROVIDER/MODEL", help="Only these; * stands for anything; as often as wanted."),
]
Every = Annotated[bool, typer.Option("--all", help="Name everything that was left out, each with its line.")]


def import_command(
    prices: PriceFlags,
    library: Annotated[str, typer.Argument(help="litellm, genai-prices, models-dev or openrouter.")],
    file: Annotated[Path, typer.Argument(help="Its price list, as JSON; nothing is fetched.")],
    save: Save = None,
    only: Only = None,
    checked: Checked = None,
    every: Every = False,
) -> Answer:
    """Take prices over from another library's file.

    It says line by line what could not be read. A model that we have gets a dated price over ours, from the day of
    --as-of on: what theirs says, meter by meter, and the rest as ours has it. Others are added. The overlay is a
    file of yours for --catalog.
    """
    from costcalc.catalog.refresh.laid import overlaid
    from costcalc.catalog.refresh.overlay import overlay_text
    from costcalc.catalog.refresh.read import PEERS, read_theirs
    from costcalc.render.catalog_import import Import, import_report

    peer = one_of(library, PEERS, "LIBRARY")
    loaded = load(prices.catalog, as_of=prices.as_of)
    today = day_in_force(loaded, prices.as_of)
    theirs = read_theirs(peer, here() / file, day=today, checked=checked or today, shown=str(file))
    models, left = overlaid(theirs, loaded.catalog, only or ())
    if save is not None:
        if not models:
            raise FlagError("nothing can be taken over, so there is nothing to save")
        _save(save, overlay_text(theirs, models, loaded.catalog), prices.catalog)
    saved = str(save) if save is not None else None
    done = Import(theirs, tuple(models), tuple(left), saved, tuple(only or ()))
    return Answer(import_report(done, loaded.catalog, every=every))


def _save(file: Path, text: str, catalog: list[str] | None) -> None:
    """Write an overlay that has been loaded over the layers in force; an earlier import may be replaced."""
    from costcalc.catalog.edit.replace import only_editor, read_text, replace_whole
    from costcalc.catalog.layers.load import load_layers
    from costcalc.catalog.layers.stack import Layer, layers_in_force
    from costcalc.catalog.refresh.overlay import MARK

    with only_editor(here() / file) as path, scratch() as folder:
        was, old = read_text(path)
        if was and not old.startswith(MARK):
            raise FlagError(f"{file} exists already and is no import; name a new file")
        trial = folder / path.name
        trial.write_text(text, encoding="utf-8", newline="")
        layers = layers_in_force(cwd=here(), env=os.environ, catalog=catalog)
        load_layers([*layers, Layer("overlay", trial, str(file))], check_project=check_project)
        replace_whole(path, text, was=was)
