"""``costcalc catalog history``: what a model, a GPU or a seat cost, from which day on."""

from typing import Annotated

import typer

from costcalc.cli import complete
from costcalc.cli.answer import Answer
from costcalc.cli.context import day_in_force, load
from costcalc.cli.flags import OUTPUT_PANEL, PriceFlags
from costcalc.cli.output import draws_unicode


def history_command(
    prices: PriceFlags,
    name: Annotated[
        str,
        typer.Argument(
            help="A model (openai/gpt-5.4), a GPU, a plan, or an option of one of them.", autocompletion=complete.things
        ),
    ],
    conditions: Annotated[
        bool,
        typer.Option(
            "--conditions", help="Rates of batch, tiers, long prompts and hours too.", rich_help_panel=OUTPUT_PANEL
        ),
    ] = False,
) -> Answer:
    """Show every dated price of one model, GPU or plan.

    Announced ones too, each with its change and a line.
    """
    from costcalc.catalog.history import history_of
    from costcalc.render.catalog_history import history_report

    loaded = load(prices.catalog, as_of=prices.as_of)
    report = history_report(
        loaded.catalog,
        history_of(loaded.catalog, name),
        name=name,
        conditions=conditions,
        as_of=day_in_force(loaded, prices.as_of),
        unicode=draws_unicode(),
    )
    return Answer(report)
