"""``costcalc capability``: score beside cost, and what a further point costs."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from costcalc.cli.answer import Answer
from costcalc.cli.blends import FLAG, Premium, premium, with_blends
from costcalc.cli.compare import AllOptions, weighed
from costcalc.cli.evidence import ReporterOf, ScoreOf, benchmark_of
from costcalc.cli.flags import (  # fmt: skip
    NEEDS_PANEL,
    OPTIONS_PANEL,
    Chart,
    Explain,
    MoneyFlags,
    PriceFlags,
    ServingFlags,
    TrafficFlags,
)
from costcalc.cli.question import question
from costcalc.cli.values import number, usd_or_range
from costcalc.errors import FlagError, UndecidableError
from costcalc.units import decimal, whole

if TYPE_CHECKING:
    from costcalc.analysis.tradeoff import Asked, Tradeoff
    from costcalc.case.case import Case
    from costcalc.render.report import Json

UNDECIDED = 3  # exit status: could not be decided

AtLeast = Annotated[
    Fraction | None,
    typer.Option(
        "--at-least",
        parser=number,
        metavar="SCORE",
        help="Find the cheapest option with at least this score.",
        rich_help_panel=NEEDS_PANEL,
    ),
]
CostOfFailure = Annotated[
    Decimal | None,
    typer.Option(
        "--cost-of-failure",
        parser=usd_or_range,
        metavar="USD",
        help='What a request costs that must be done again or by a person: 5, "5 to 20".',
        rich_help_panel=NEEDS_PANEL,
    ),
]
Blends = Annotated[
    list[Any] | None,
    typer.Option(
        "--blend",
        parser=premium,
        metavar="ID:SHARE",
        help="Send a share of the requests to this option and the rest to the cheapest of the frontier: ID:10%.",
        rich_help_panel=OPTIONS_PANEL,
    ),
]


def capability_command(
    traffic: TrafficFlags,
    serving: ServingFlags,
    prices: PriceFlags,
    shown: MoneyFlags,
    score: ScoreOf = None,
    reporter: ReporterOf = None,
    at_least: AtLeast = None,
    blend: Blends = None,
    cost_of_failure: CostOfFailure = None,
    all_options: AllOptions = False,
    chart: Chart = False,
    explain: Explain = False,
) -> Answer:
    """Put each option's score beside its cost.

    It says which options no other beats, and what a further point costs. Only scores of one board are compared: one
    version of a benchmark, run in one way by one reporter.
    """
    from costcalc.analysis.tradeoff import Asked
    from costcalc.render.capability import capability_report

    asked = question(traffic, serving, prices, shown)
    names = weighed(asked, all_options=all_options)
    benchmark = benchmark_of(score, asked.case)
    bar = decimal(whole(at_least)) if at_least is not None else None
    wanted = Asked(benchmark, reporter, score is None and reporter is None, bar, cost_of_failure)
    mixed = _mixed(_weighed(asked.case, names, wanted), names, wanted, blend or ())
    report = capability_report(
        mixed.found,
        inputs={**asked.inputs, **_inputs(wanted, names, blend or ()), "explain": explain},
        said=asked.said._replace(notes=(*mixed.notes, *asked.said.notes)),
        every_row=all_options or asked.options is not None,
        explain=explain,
        chart=chart,
        money=asked.money,
    )
    named = {*names} if asked.options is not None else {*asked.own}
    diagnostics = tuple(each._replace(level="error") if each.subject in named else each for each in report.diagnostics)
    aloud = tuple(each for each in diagnostics if each.subject in named)
    status = _status(mixed.found, named)
    return Answer(report._replace(diagnostics=diagnostics), status, aloud, catalog=asked.case.catalog)


def _inputs(wanted: "Asked", names: Sequence[str], blends: Sequence[Premium]) -> "dict[str, Json]":
    """What was asked, for the document."""
    usd = wanted.usd_per_failure
    ends: list[Json] = [] if usd is None else [getattr(usd, "low", usd), Decimal(usd), getattr(usd, "high", usd)]
    return {
        "options": sorted(names),
        "score": wanted.benchmark,
        "reporter": wanted.reporter,
        "at_least": wanted.bar,
        "cost_of_failure": ends or None,
        "blends": [f"{each.option}:{each.share:f}" for each in blends],
    }


class _Mixed(NamedTuple):
    """The result with the blends that were asked for, and what is to be said of them."""

    found: "Tradeoff"
    notes: tuple[str, ...] = ()


def _mixed(found: "Tradeoff", names: Sequence[str], wanted: "Asked", blends: Sequence[Premium]) -> _Mixed:
    """Add blends of some options with the cheapest of the frontier, which only the result without them tells."""
    if not blends:
        return _Mixed(found)
    if not found.front:
        raise UndecidableError(f"{FLAG} sends the rest to the cheapest of the frontier, and no option stands on it")
    base = found.front[0].option
    added = with_blends(blends, base, found.case.catalog)
    case = replace(found.case, catalog=added.catalog)
    rest = f"{', '.join(added.names)}: the rest of the requests goes to {base}, the cheapest of the frontier"
    return _Mixed(_weighed(case, [*names, *added.names], wanted), (rest,))


def _weighed(case: "Case", names: Sequence[str], wanted: "Asked") -> "Tradeoff":
    from costcalc.analysis.tradeoff import weigh

    found = weigh(case, names, wanted)
    is_known = any(each.evidence.success is not None for each in found.options)
    if wanted.usd_per_failure is not None and found.basis.unit != "percent" and not is_known:
        raise FlagError(
            f"--cost-of-failure needs the share of tasks that are done right, and {found.basis.benchmark} is measured"
            f" in {found.basis.unit.replace('_', ' ')}; name a benchmark in per cent with --score"
        )
    return found


def _status(found: "Tradeoff", named: set[str]) -> int:
    """An option that was named must have a price; some option must have evidence, and one must reach the bar."""
    missing = [each.exit_status for each in found.left_out if each.option in named]
    if missing:
        return min(missing)  # 2, a wrong name, says more than 3, a missing price
    is_answered = found.front and (found.bar is None or found.choice is not None)
    return 0 if is_answered else UNDECIDED
