"""``costcalc sensitivity``: what each uncertain input does by itself."""

from typing import Annotated

import typer

from costcalc.cli import complete
from costcalc.cli.answer import Answer
from costcalc.cli.flags import OPTIONS_PANEL, Chart, MoneyFlags, PriceFlags, ServingFlags, TrafficFlags
from costcalc.cli.question import question
from costcalc.cli.values import filled

Of = Annotated[
    str | None,
    typer.Option(
        "--of",
        parser=filled,
        metavar="ID",
        help="The option whose cost is asked for (default: what serves today, else the cheapest).",
        autocompletion=complete.option,
        rich_help_panel=OPTIONS_PANEL,
    ),
]


def sensitivity_command(
    traffic: TrafficFlags,
    serving: ServingFlags,
    prices: PriceFlags,
    shown: MoneyFlags,
    of: Of = None,
    chart: Chart = False,
) -> Answer:
    """Move each uncertain input alone: what it moves, what it flips.

    A tornado: each input at its low and at its high, the widest first. Uncertain are the numbers that you give as a
    range ("100M to 2B"), and the assumptions that an option rests on.
    """
    from costcalc.analysis.sensitivity import tornado
    from costcalc.render.sensitivity import tornado_report

    asked = question(traffic, serving, prices, shown)
    names = asked.compared(asked.case.usual)
    found = tornado(asked.case, names, of=of, today=asked.today)
    inputs = {**asked.inputs, "options": names, "of": of}
    report = tornado_report(found, inputs=inputs, said=asked.said, chart=chart, money=asked.money)
    return Answer(report, catalog=asked.case.catalog)
