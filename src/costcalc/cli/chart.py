"""``costcalc chart``: one picture of a question, in a file or in the terminal."""

from dataclasses import replace
from typing import Annotated, get_args

import typer

from costcalc.cli import complete
from costcalc.cli.answer import Answer
from costcalc.cli.flags import MoneyFlags, PriceFlags, ServingFlags, TrafficFlags
from costcalc.cli.pictures import FEW, Drawn, picture_of
from costcalc.cli.question import Question, question
from costcalc.cli.values import one_of
from costcalc.render.charts.pictures import PictureName

Name = Annotated[
    str,
    typer.Argument(
        metavar="CHART",
        help=f"Which one: {', '.join(get_args(PictureName))}.",
        autocompletion=complete.among(*get_args(PictureName)),
        show_default=False,
    ),
]


def chart_command(
    name: Name,
    traffic: TrafficFlags,
    serving: ServingFlags,
    prices: PriceFlags,
    shown: MoneyFlags,
) -> Answer:
    """Draw one picture, in the terminal or to a file (-o chart.svg).

    breakeven: cost by volume. breakdown: where the money goes. tornado: what each uncertain input moves. projection:
    two years. capability: score against cost. map: who is cheapest, by volume and by how busy GPUs are.
    """
    from costcalc.render.full import chart_report

    chosen: PictureName = one_of(name, get_args(PictureName), "CHART")
    asked = question(traffic, serving, prices, shown)
    drawn = _drawn(asked)
    report = chart_report(
        picture_of(chosen, drawn),
        drawn.case,
        inputs={**asked.inputs, "chart": chosen, "options": list(drawn.options)},
        left_out=drawn.left_out,
        notes=asked.said.notes,
        money=asked.money,
    )
    return Answer(report, catalog=drawn.case.catalog)


def _drawn(asked: Question) -> Drawn:
    """Draw the options that were named, or the cheapest of the usual ones, with the cheapest to build among them."""
    from costcalc.render.scale import Scale

    case = replace(asked.case, counted=None)
    scale = Scale.of(case.workload, asked.volume)
    if asked.options is not None:
        named = case.priced(asked.chosen(())).to_choose()
        return Drawn(case, named.options, scale, asked.money, left_out=named.reasons)
    usual = case.priced(asked.chosen(case.usual)).to_choose().estimates
    ranked = sorted(usual, key=lambda each: (each.monthly_usd, each.option))
    first = [each.option for each in ranked if each.side == "build"][:1]
    first += [each for each in (asked.today, *asked.own) if each is not None]
    options = tuple(dict.fromkeys((*first, *(each.option for each in ranked))))[: max(FEW, len(first))]
    return Drawn(case, options, scale, asked.money, draws_all=False)
