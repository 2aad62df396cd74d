"""``costcalc catalog lint``: what is wrong with a catalog that can be loaded."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from costcalc.catalog.catalog import MAX_AGE_DAYS
from costcalc.cli.answer import Answer
from costcalc.cli.context import day_in_force, load
from costcalc.cli.flags import MaxAge, PriceFlags
from costcalc.errors import FlagError

if TYPE_CHECKING:
    from datetime import date

    from costcalc.catalog.layers.load import Loaded
    from costcalc.catalog.lint.table import Linted
    from costcalc.render.report import Json

FOUND = 1


def lint_command(
    prices: PriceFlags,
    paths: Annotated[
        list[Path] | None,
        typer.Argument(help="Files or directories to judge alone (default: the whole catalog, all layers)."),
    ] = None,
    max_age: MaxAge = f"{MAX_AGE_DAYS}d",  # type: ignore[assignment]  # the parser reads it
) -> Answer:
    """Find what is stale, unsourced, retired or ten times off.

    Retired is named where something uses it; ten times off is measured by its neighbours. Exit status 0: clean. 1:
    something was found. 2: could not be loaded.
    """
    from costcalc.render.catalog_lint import lint_report

    if paths and prices.catalog is not None:
        raise FlagError("give files to judge, or --catalog, not both")
    loaded = load(prices.catalog, only=paths, as_of=prices.as_of)
    day = day_in_force(loaded, prices.as_of)
    linted = linted_by(loaded, day, max_age, own_only=bool(paths))
    inputs: dict[str, Json] = {"paths": [str(path) for path in paths or ()], "max_age_days": max_age}
    return Answer(lint_report(loaded.catalog, linted, inputs=inputs, as_of=day), FOUND if linted.findings else 0)


def linted_by(loaded: "Loaded", day: "date", max_age_days: int, *, own_only: bool) -> "Linted":
    """Ask every rule of a catalog, with what its project file and costcalc's own put up with."""
    from costcalc.catalog.layers.load import load_catalog
    from costcalc.catalog.lint.question import Question
    from costcalc.catalog.lint.shipped import shipped_suppressions
    from costcalc.catalog.lint.table import lint, own_suppressions
    from costcalc.catalog.validate import read_whole
    from costcalc.scenario import parse_scenario

    read_whole(loaded.catalog)
    entries = parse_scenario(loaded.project).suppressions if loaded.project is not None else ()
    suppressions = [*own_suppressions(loaded.project, entries, is_own=True), *shipped_suppressions()]
    asked = Question(loaded.catalog, day, max_age_days, load_catalog())
    return lint(asked, suppressions, own_only=own_only)
