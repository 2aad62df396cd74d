"""``costcalc catalog validate``: every file of every layer, every problem at once."""

from pathlib import Path
from typing import Annotated

import typer

from costcalc.catalog.catalog import MAX_AGE_DAYS
from costcalc.cli.answer import Answer
from costcalc.cli.context import day_in_force, load
from costcalc.cli.flags import MaxAge, PriceFlags
from costcalc.errors import FlagError

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
) -> Answer:
    """Check every file of the catalog: forms, names that lead nowhere, stale and future dates."""
    from costcalc.catalog.validate import refuse, validate
    from costcalc.render.catalog_show import validate_report

    if paths and prices.catalog is not None:
        raise FlagError("give files to check, or --catalog, not both")
    loaded = load(prices.catalog, only=paths)
    day = day_in_force(loaded, prices.as_of)
    if strict:
        from costcalc.cli.catalog_lint import linted_by

        findings = refuse(linted_by(loaded, day, max_age, own_only=bool(paths)).findings)
    else:
        findings = validate(loaded.catalog, today=day, max_age_days=max_age)
    status = 0
    if strict and findings:
        status = STALE if any(one.rule == "stale" for one in findings) else BROKEN
    return Answer(validate_report(loaded.catalog, findings, as_of=day), status, findings)
