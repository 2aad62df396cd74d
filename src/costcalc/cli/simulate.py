"""``costcalc simulate``: what options may cost, and how probably each is the cheapest."""

from typing import Annotated

import typer

from costcalc.cli.answer import Answer
from costcalc.cli.flags import SAMPLE_PANEL, MoneyFlags, PriceFlags, ServingFlags, TrafficFlags
from costcalc.cli.question import question

SEEDS = 2**32

Draws = Annotated[
    int,
    typer.Option(min=100, max=1_000_000, help="How often every input is drawn.", rich_help_panel=SAMPLE_PANEL),
]
Seed = Annotated[
    int,
    typer.Option(
        min=0,
        max=SEEDS - 1,
        help="Where random numbers begin; the same seed gives the same answer.",
        rich_help_panel=SAMPLE_PANEL,
    ),
]


def simulate_command(
    traffic: TrafficFlags,
    serving: ServingFlags,
    prices: PriceFlags,
    shown: MoneyFlags,
    draws: Draws = 10_000,
    seed: Seed = 0,
) -> Answer:
    """Draw every uncertain input: P10 to P90, P(cheapest), regret.

    It says what to measure first. Uncertain are the numbers that you give as a range ("100M to 2B"), and the
    assumptions that an option rests on.
    """
    from costcalc.analysis.montecarlo import simulate
    from costcalc.cli.progress import progress_of
    from costcalc.render.simulate import simulation_report

    asked = question(traffic, serving, prices, shown)
    names = asked.compared(asked.case.usual)
    with progress_of(f"{draws:,} draws") as progress:
        found = simulate(asked.case, names, draws=draws, seed=seed, progress=progress)
    inputs = {**asked.inputs, "options": names}
    report = simulation_report(found, inputs=inputs, said=asked.said, today=asked.today, money=asked.money)
    return Answer(report, catalog=asked.case.catalog)
