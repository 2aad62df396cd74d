"""``costcalc tco``: everything that running a model oneself costs, line by line."""

from dataclasses import replace
from typing import Annotated, get_args

import typer

from costcalc.cli import complete
from costcalc.cli.answer import Answer
from costcalc.cli.flags import OPTIONS_PANEL, Explain, MoneyFlags, PriceFlags, ServingFlags, TrafficFlags
from costcalc.cli.question import Question, question
from costcalc.cli.values import one_of
from costcalc.errors import FlagError

MAX_MONTHS = 120  # ten years: beyond it no machine and no model of today is in use

Months = Annotated[
    int,
    typer.Option(
        min=1, max=MAX_MONTHS, help="The horizon, over which one-off work is spread.", rich_help_panel=OPTIONS_PANEL
    ),
]
TenureFlag = Annotated[
    str | None,
    typer.Option(
        "--tenure",
        metavar="TENURE",
        help="on_demand, reserved_1y, reserved_3y, spot or own (default: as the option says).",
        rich_help_panel=OPTIONS_PANEL,
    ),
]
FineTuned = Annotated[
    bool | None,
    typer.Option(
        "--fine-tune/--no-fine-tune", help="Whether it is fine-tuned and refreshed.", rich_help_panel=OPTIONS_PANEL
    ),
]
Option = Annotated[
    str | None,
    typer.Argument(
        help="A self-hosted option, such as r1-distill-32b-h100; --own describes one.",
        show_default=False,
        autocompletion=complete.option,
    ),
]


def tco_command(
    traffic: TrafficFlags,
    serving: ServingFlags,
    prices: PriceFlags,
    shown: MoneyFlags,
    option: Option = None,
    months: Months = 36,
    tenure: TenureFlag = None,
    fine_tune: FineTuned = None,
    explain: Explain = False,
) -> Answer:
    """Show the whole bill of self-hosting.

    Machines, people, engineering, evaluation and support, each a line with its source.
    """
    from costcalc.analysis.tco import bill_of
    from costcalc.catalog.forms.options import Tenure
    from costcalc.render.tco import tco_report

    asked = question(traffic, serving, prices, shown, costs="all", compares=False)
    name = _named(option, asked)
    catalog = asked.case.catalog
    changes = {
        "tenure": one_of(tenure, get_args(Tenure), "--tenure") if tenure is not None else None,
        "fine_tuned": fine_tune,
    }
    named = catalog.option(name)
    changed = named.option.model_copy(update={key: value for key, value in changes.items() if value is not None})
    catalog = replace(catalog, options={**catalog.options, named.id: changed})
    bill = bill_of(named.id, replace(asked.case, catalog=catalog), months=months)
    inputs = {
        **asked.inputs,
        "option": name,
        "months": months,
        "tenure": getattr(changed, "tenure", None),
        "fine_tuned": getattr(changed, "fine_tuned", None),
    }
    return Answer(
        tco_report(bill, catalog, inputs=inputs, said=asked.said, explain=explain, money=asked.money), catalog=catalog
    )


def _named(option: str | None, asked: Question) -> str:
    """Give the one option whose bill is asked for: the argument, or the hardware of --own."""
    names = list(dict.fromkeys(name for name in (option, *asked.own) if name is not None))
    if asked.options is not None:
        raise FlagError("tco is the bill of one option: name it as the argument, or with --own, in place of --options")
    if len(names) != 1:
        given = f"found {', '.join(names)}" if names else "found none, such as r1-distill-32b-h100"
        raise FlagError(f"name one self-hosted option, as the argument or with --own; {given}")
    if asked.costs != "all":
        raise FlagError("tco is the whole bill; costcalc compare --costs hardware has the hardware alone")
    return names[0]
