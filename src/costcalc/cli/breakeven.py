"""``costcalc breakeven``: at which volumes the cheaper option changes."""

from fractions import Fraction
from typing import TYPE_CHECKING, Annotated

import typer

from costcalc.cli import complete
from costcalc.cli.answer import Answer
from costcalc.cli.check import UNDECIDED
from costcalc.cli.flags import OPTIONS_PANEL, WORKLOAD_PANEL, Chart, MoneyFlags, PriceFlags, ServingFlags, TrafficFlags
from costcalc.cli.question import Question, question
from costcalc.cli.values import positive
from costcalc.errors import FlagError
from costcalc.units import decimal, whole

if TYPE_CHECKING:
    from costcalc.analysis.ahead import Ahead
    from costcalc.render.report import Json, Report
    from costcalc.render.scale import Scale

BuildId = Annotated[
    str | None,
    typer.Option(
        "--build",
        metavar="ID",
        help="The option to build.",
        autocompletion=complete.option,
        rich_help_panel=OPTIONS_PANEL,
    ),
]
BuyId = Annotated[
    str | None,
    typer.Option(
        "--buy", metavar="ID", help="The option to buy.", autocompletion=complete.option, rich_help_panel=OPTIONS_PANEL
    ),
]
UpTo = Annotated[
    Fraction | None,
    typer.Option(
        "--up-to",
        parser=positive,
        metavar="AMOUNT",
        help="The largest volume that matters, output tokens a month (default: all volumes).",
        rich_help_panel=WORKLOAD_PANEL,
    ),
]


def breakeven_command(
    traffic: TrafficFlags,
    serving: ServingFlags,
    prices: PriceFlags,
    shown: MoneyFlags,
    up_to: UpTo = None,
    build: BuildId = None,
    buy: BuyId = None,
    chart: Chart = False,
) -> Answer:
    """Find every volume at which the cheaper option changes, exactly.

    With --build and --buy two options are compared, with --own and --buy yours is the one to build; without them, the
    cheapest of all at every volume is found. The mix of requests stays as it is, and only their number changes.
    """
    from costcalc.render.ahead import with_announced
    from costcalc.render.scale import Scale

    _check_flags(build, buy, serving)
    asked = question(traffic, serving, prices, shown, mix=True, compares=buy is None)
    build = _own_side(asked) if buy is not None and build is None else build
    scale = Scale.of(asked.case.workload, asked.volume)
    pair = [asked.case.catalog.resolved(name) for name in (buy, build) if name is not None]
    report = with_announced(_report(asked, scale, build, buy, up_to, chart), _announced(asked, pair))
    return Answer(report, 0 if report.records else UNDECIDED, catalog=asked.case.catalog)


def _report(
    asked: Question, scale: "Scale", build: str | None, buy: str | None, up_to: Fraction | None, chart: bool
) -> "Report":
    from costcalc.analysis.breakeven import break_even, cheapest
    from costcalc.analysis.stretches import detail_of
    from costcalc.render.breakeven import break_even_report, cheapest_report

    limit = scale.requests(up_to) if up_to is not None else None
    most = decimal(whole(up_to)) if up_to is not None else None
    inputs: dict[str, Json] = {**asked.inputs, **scale.inputs(), "up_to": most}
    if build is not None and buy is not None:
        named = asked.case.catalog.resolved
        pair = break_even(named(build), named(buy), asked.case, up_to=limit)
        detail = detail_of(pair, asked.case, scale.volumes)
        return break_even_report(
            pair, detail, asked.case.catalog, scale, inputs=inputs, said=asked.said, chart=chart, money=asked.money
        )
    found = cheapest(asked.compared(asked.case.usual), asked.case, up_to=limit)
    detail = detail_of(found, asked.case, scale.volumes, today=asked.today)
    return cheapest_report(
        found, detail, asked.case.catalog, scale, inputs=inputs, said=asked.said, chart=chart, money=asked.money
    )


def _announced(asked: Question, pair: list[str]) -> "Ahead | None":
    """Find what announced prices will make of the cheapest option at the volume that was given."""
    from costcalc.analysis.ahead import of_cheapest

    if asked.volume is None:
        return None
    return of_cheapest(asked.case, pair or asked.compared(asked.case.usual), pair=bool(pair))


def _check_flags(build: str | None, buy: str | None, serving: ServingFlags) -> None:
    if build is not None and buy is None:
        raise FlagError("--build is one side; give --buy as well, or neither for the cheapest of all")
    if buy is not None and build is None and not serving.own:
        raise FlagError("--buy is one side; give --build or --own as well, or neither for the cheapest of all")
    if buy is not None and serving.options is not None:
        raise FlagError("--build and --buy name the options; leave out --options")


def _own_side(asked: Question) -> str:
    """Give the option to build: the one that --own describes."""
    if len(asked.own) > 1:
        raise FlagError(f"--own describes {', '.join(asked.own)}; say with --build which is compared with --buy")
    return asked.own[0]
