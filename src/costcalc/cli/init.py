"""``costcalc init``: a first costcalc.yaml, from flags or a few questions."""

import sys
from decimal import ROUND_CEILING, Decimal
from fractions import Fraction
from pathlib import Path
from typing import Annotated

import typer

from costcalc.cli.answer import Answer
from costcalc.cli.context import day_in_force, load
from costcalc.cli.flags import DayFlags
from costcalc.cli.output import write_new
from costcalc.cli.values import amount, filled, positive, usd
from costcalc.units import decimal, whole

_NAME, _OPTION, _REQUESTS, _IN, _OUT = (
    "support-bot",
    "gpt-6.1-terra-api",
    Fraction(100_000),
    Fraction(1_500),
    Fraction(300),
)

Target = Annotated[Path, typer.Argument(help="The file to write; never over another.")]
Name = Annotated[
    str | None, typer.Option("--name", parser=filled, metavar="NAME", help=f"The workload (default: {_NAME}).")
]
OptionId = Annotated[
    str | None,
    typer.Option("--option", parser=filled, metavar="ID", help=f"What serves it today (default: {_OPTION})."),
]
Requests = Annotated[
    Fraction | None, typer.Option(parser=positive, metavar="N", help="Requests a month (default: 100,000).")
]
PerRequestIn = Annotated[
    Fraction | None,
    typer.Option("--input-tokens", parser=amount, metavar="N", help="Prompt tokens of one request (default: 1,500)."),
]
PerRequestOut = Annotated[
    Fraction | None,
    typer.Option("--output-tokens", parser=positive, metavar="N", help="Output tokens of one request (default: 300)."),
]
Budget = Annotated[
    Fraction | None,
    typer.Option(
        "--monthly-usd", parser=usd, metavar="USD", help="The budget (default: a quarter above today's cost)."
    ),
]


def init_command(
    prices: DayFlags,
    path: Target = Path("costcalc.yaml"),
    name: Name = None,
    option: OptionId = None,
    requests: Requests = None,
    input_tokens: PerRequestIn = None,
    output_tokens: PerRequestOut = None,
    monthly_usd: Budget = None,
) -> Answer:
    """Write a commented costcalc.yaml: a workload and its budget.

    On a terminal it asks for what no flag says; elsewhere it takes the defaults that the help page names.
    """
    from costcalc.cost.option import estimate
    from costcalc.render.init import Starter, starter_report, starter_text
    from costcalc.workload import Workload

    ask = _Ask(_on_terminal())
    start = Starter(
        name=ask.text("Name of the workload", name, _NAME),
        option=ask.text("Option that serves it today", option, _OPTION),
        requests=whole(ask.number("Requests a month", requests, _REQUESTS)),
        input_tokens=whole(ask.number("Prompt tokens of one request", input_tokens, _IN)),
        output_tokens=whole(ask.number("Output tokens of one request", output_tokens, _OUT)),
    )
    loaded = load(None)
    day = day_in_force(loaded, prices.as_of)
    month = Workload.single(requests=start.requests, input_tokens=start.input_tokens, output_tokens=start.output_tokens)
    cost = estimate(start.option, month, loaded.catalog, as_of=day).monthly_usd
    limit = decimal(whole(monthly_usd)) if monthly_usd is not None else _above(cost)
    write_new(path, starter_text(start, cost, limit, day), flag="PATH")
    return Answer(starter_report(start, str(path), cost, limit, loaded.catalog, day))


def _on_terminal() -> bool:
    return sys.stdin is not None and sys.stdin.isatty() and sys.stdout.isatty()


def _above(cost: Decimal) -> Decimal:
    """A quarter above the cost, in whole dollars."""
    return (cost * Decimal("1.25")).to_integral_value(ROUND_CEILING)


class _Ask:
    """Asks on a terminal; elsewhere takes the default."""

    def __init__(self, on_terminal: bool) -> None:
        self.on_terminal = on_terminal

    def text(self, question: str, given: str | None, default: str) -> str:
        if given is not None or not self.on_terminal:
            return given or default
        return str(typer.prompt(question, default=default, err=True))

    def number(self, question: str, given: Fraction | None, default: Fraction) -> Fraction:
        if given is not None or not self.on_terminal:
            return given if given is not None else default
        return Fraction(typer.prompt(question, default=str(default), value_proc=positive, err=True))
