"""``costcalc catalog list``: what there is a price for."""

from typing import Annotated

import typer

from costcalc.cli.answer import Answer
from costcalc.cli.context import day_in_force, load
from costcalc.cli.flags import PriceFlags


def list_command(
    prices: PriceFlags,
    text: Annotated[str, typer.Argument(help="Only what has this text in its name.", metavar="[TEXT]")] = "",
) -> Answer:
    """List options and models, with the list prices of the day."""
    from costcalc.render.catalog_show import list_report

    loaded = load(prices.catalog)
    return Answer(list_report(loaded.catalog, text, as_of=day_in_force(loaded, prices.as_of)))
