"""``costcalc catalog validate``: every file of every layer, every problem at once."""

from pathlib import Path
from typing import Annotated

import typer

from costcalc.cli.context import day_in_force, load
from costcalc.cli.options import AsOf, CatalogPath, NoColor, OutputFiles, OutputFormat, Strict
from costcalc.cli.output import emit, write_stderr
from costcalc.errors import FlagError

STALE = 3


def validate_command(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(help="Files or directories to lay over the shipped catalog (default: the layers in force)."),
    ] = None,
    strict: Strict = False,
    as_of: AsOf = None,
    catalog: CatalogPath = None,
    form: OutputFormat = "text",
    output: OutputFiles = None,
    no_color: NoColor = False,
) -> int:
    """Check every file of the catalog: forms, names that lead nowhere, stale and future dates."""
    from costcalc.catalog.validate import validate
    from costcalc.render.catalog_views import validate_report
    from costcalc.render.diagnostics import as_diagnostics

    if paths and catalog is not None:
        raise FlagError("give files to check, or --catalog, not both")
    loaded = load(catalog, only=paths)
    day = day_in_force(loaded, as_of)
    findings = validate(loaded.catalog, today=day)
    if findings:
        write_stderr(as_diagnostics(findings))
    emit(validate_report(loaded.catalog, findings, as_of=day), form, output, no_color=no_color)
    return STALE if strict and findings else 0
