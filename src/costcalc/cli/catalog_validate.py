"""``costcalc catalog validate``: every file of every layer, every problem at once."""

from pathlib import Path
from typing import Annotated

import typer

from costcalc.catalog.catalog import MAX_AGE_DAYS
from costcalc.cli.context import day_in_force, load
from costcalc.cli.flags import AsOf, CatalogPath, MaxAge, NoColor, OutputFiles, OutputFormat
from costcalc.cli.output import emit, write_stderr
from costcalc.errors import FlagError

BROKEN, STALE = 1, 3


def validate_command(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(help="Files or directories to lay over the shipped catalog (default: the layers in force)."),
    ] = None,
    strict: Annotated[
        bool,
        typer.Option("--strict", help="Ask every rule of catalog lint, and fail: 3 for what is stale, else 1."),
    ] = False,
    max_age: MaxAge = f"{MAX_AGE_DAYS}d",  # type: ignore[assignment]  # the parser reads it
    as_of: AsOf = None,
    catalog: CatalogPath = None,
    form: OutputFormat = "text",
    output: OutputFiles = None,
    no_color: NoColor = False,
) -> int:
    """Check every file of the catalog: forms, names that lead nowhere, stale and future dates."""
    from costcalc.catalog.validate import refuse, validate
    from costcalc.render.catalog_show import validate_report
    from costcalc.render.diagnostics import as_diagnostics

    if paths and catalog is not None:
        raise FlagError("give files to check, or --catalog, not both")
    loaded = load(catalog, only=paths)
    day = day_in_force(loaded, as_of)
    if strict:
        from costcalc.cli.catalog_lint import linted_by

        findings = refuse(linted_by(loaded, day, max_age, own_only=bool(paths)).findings)
    else:
        findings = validate(loaded.catalog, today=day, max_age_days=max_age)
    if findings:
        write_stderr(as_diagnostics(findings))
    emit(validate_report(loaded.catalog, findings, as_of=day), form, output, no_color=no_color)
    if not strict or not findings:
        return 0
    return STALE if any(one.rule == "stale" for one in findings) else BROKEN
