"""``costcalc catalog validate``: every file of every layer, every problem at once."""

from collections.abc import Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from costcalc.catalog.catalog import MAX_AGE_DAYS
from costcalc.cli.answer import Answer
from costcalc.cli.context import day_in_force, load
from costcalc.cli.flags import MaxAge, PriceFlags
from costcalc.errors import FlagError
from costcalc.findings import Finding

if TYPE_CHECKING:
    from costcalc.catalog.catalog import Catalog

PRICE_FOLDER = "pricing"  # what a directory of price files is called, here and in a repository of yours

BROKEN, STALE = 1, 3


def validate_command(
    prices: PriceFlags,
    paths: Annotated[
        list[Path] | None,
        typer.Argument(help="Files or directories to lay over the shipped catalog (default: the layers in force)."),
    ] = None,
    strict: Annotated[
        bool,
        typer.Option("--strict", help="Ask every rule of catalog lint, and fail: 3 for what is stale, else 1."),
    ] = False,
    max_age: MaxAge = f"{MAX_AGE_DAYS}d",  # type: ignore[assignment]  # the parser reads it
    changed: Annotated[
        bool,
        typer.Option(
            "--changed",
            help="Files of a commit: each costcalc.yaml is checked alone, one of a folder pricing/ with the folder.",
        ),
    ] = False,
) -> Answer:
    """Check every file of the catalog: forms, names, dates."""
    from costcalc.catalog.layers.stack import Problems
    from costcalc.render.catalog_show import validate_report

    if paths and prices.catalog is not None:
        raise FlagError("give files to check, or --catalog, not both")
    problems = Problems()
    judge = partial(_judged, prices, strict=strict, max_age=max_age)
    judged = [problems.attempt(partial(judge, layers)) for layers in _apart(paths or [], changed=changed)]
    problems.stop_if_any()
    (catalog, day, _), *_ = found = [each for each in judged if each is not None]
    findings = tuple(dict.fromkeys(finding for each in found for finding in each[2]))
    status = 0
    if strict and findings:
        status = STALE if any(one.rule == "stale" for one in findings) else BROKEN
    return Answer(validate_report(catalog, findings, as_of=day), status, findings)


def _apart(paths: Sequence[Path], *, changed: bool) -> list[tuple[Path, ...]]:
    """Give the files that are laid over each other: all, or, of a commit, those that are in force together.

    Of several costcalc.yaml only the nearest is in force, and the files of a folder of prices name one another.
    """
    from costcalc.catalog.layers.stack import PROJECT_FILES

    if not changed:
        return [tuple(paths)]
    if not paths:
        raise FlagError("--changed needs the files that changed")
    alone = [path for path in paths if path.name in PROJECT_FILES]
    others = [path for path in paths if path.name not in PROJECT_FILES]
    folders = [next((up for up in path.parents if up.name == PRICE_FOLDER), path) for path in others]
    return [(path,) for path in dict.fromkeys((*alone, *folders))]


def _judged(
    prices: PriceFlags, layers: Sequence[Path], *, strict: bool, max_age: int
) -> "tuple[Catalog, date, tuple[Finding, ...]]":
    from costcalc.catalog.validate import refuse, validate

    loaded = load(prices.catalog, only=layers, as_of=prices.as_of)
    day = day_in_force(loaded, prices.as_of)
    if not strict:
        return loaded.catalog, day, validate(loaded.catalog, today=day, max_age_days=max_age)
    from costcalc.cli.catalog_lint import linted_by

    return loaded.catalog, day, refuse(linted_by(loaded, day, max_age, own_only=bool(layers)).findings)
