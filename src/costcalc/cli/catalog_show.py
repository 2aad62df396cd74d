"""``costcalc catalog show``: everything that the catalog says of one name."""

from typing import Annotated

import typer

from costcalc.cli.context import day_in_force, load
from costcalc.cli.flags import OUTPUT_PANEL, AsOf, CatalogPath, NoColor, OutputFiles, OutputFormat
from costcalc.cli.output import emit


def show_command(
    name: Annotated[str, typer.Argument(help="An option, a model (openai/gpt-5.4) or an assumption.")],
    explain: Annotated[
        bool,
        typer.Option(
            "--explain", help="Every field with its layer, file, line, source and age.", rich_help_panel=OUTPUT_PANEL
        ),
    ] = False,
    as_of: AsOf = None,
    catalog: CatalogPath = None,
    form: OutputFormat = "text",
    output: OutputFiles = None,
    no_color: NoColor = False,
) -> int:
    """Show an option, a model or an assumption: every dated price, condition, source and place."""
    from costcalc.render.catalog_show import show_report

    loaded = load(catalog)
    report = show_report(loaded.catalog, name, as_of=day_in_force(loaded, as_of), explain=explain)
    emit(report, form, output, no_color=no_color)
    return 0
