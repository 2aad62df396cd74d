"""``costcalc catalog history``: what a model, a GPU or a seat cost, from which day on."""

from typing import Annotated

import typer

from costcalc.cli.context import day_in_force, load
from costcalc.cli.flags import OUTPUT_PANEL, AsOf, CatalogPath, NoColor, OutputFiles, OutputFormat
from costcalc.cli.output import draws_unicode, emit


def history_command(
    name: Annotated[str, typer.Argument(help="A model (openai/gpt-5.4), a GPU, a plan, or an option of one of them.")],
    conditions: Annotated[
        bool,
        typer.Option(
            "--conditions", help="Rates of batch, tiers, long prompts and hours too.", rich_help_panel=OUTPUT_PANEL
        ),
    ] = False,
    as_of: AsOf = None,
    catalog: CatalogPath = None,
    form: OutputFormat = "text",
    output: OutputFiles = None,
    no_color: NoColor = False,
) -> int:
    """Show every dated price of a model, a GPU or a plan, announced ones too, with its change and a line."""
    from costcalc.catalog.history import history_of
    from costcalc.render.catalog_history import history_report

    loaded = load(catalog)
    report = history_report(
        loaded.catalog,
        history_of(loaded.catalog, name),
        name=name,
        conditions=conditions,
        as_of=day_in_force(loaded, as_of),
        unicode=draws_unicode(),
    )
    emit(report, form, output, no_color=no_color)
    return 0
