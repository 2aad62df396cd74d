"""``costcalc catalog show``: everything that the catalog says of one name."""

from typing import Annotated

import typer

from costcalc.cli import complete
from costcalc.cli.answer import Answer
from costcalc.cli.context import day_in_force, load
from costcalc.cli.flags import OUTPUT_PANEL, PriceFlags


def show_command(
    prices: PriceFlags,
    name: Annotated[
        str,
        typer.Argument(help="An option, a model (openai/gpt-5.4) or an assumption.", autocompletion=complete.things),
    ],
    explain: Annotated[
        bool,
        typer.Option(
            "--explain", help="Every field with its layer, file, line, source and age.", rich_help_panel=OUTPUT_PANEL
        ),
    ] = False,
) -> Answer:
    """Show one entry: every dated price, condition, source, place.

    Of an option, a model, a GPU, a plan or an assumption.
    """
    from costcalc.render.catalog_show import show_report

    loaded = load(prices.catalog, as_of=prices.as_of)
    report = show_report(loaded.catalog, name, as_of=day_in_force(loaded, prices.as_of), explain=explain)
    return Answer(report)
