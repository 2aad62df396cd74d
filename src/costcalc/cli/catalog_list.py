"""``costcalc catalog list``: what there is a price for."""

from typing import Annotated

import typer

from costcalc.cli.context import day_in_force, load
from costcalc.cli.flags import AsOf, CatalogPath, NoColor, OutputFiles, OutputFormat
from costcalc.cli.output import emit


def list_command(
    text: Annotated[str, typer.Argument(help="Only what has this text in its name.", metavar="[TEXT]")] = "",
    as_of: AsOf = None,
    catalog: CatalogPath = None,
    form: OutputFormat = "text",
    output: OutputFiles = None,
    no_color: NoColor = False,
) -> int:
    """List options and models, with the list prices of the day."""
    from costcalc.render.catalog_show import list_report

    loaded = load(catalog)
    emit(list_report(loaded.catalog, text, as_of=day_in_force(loaded, as_of)), form, output, no_color=no_color)
    return 0
