"""``costcalc capability``: score beside cost, and what a further point costs."""

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated

import typer

from costcalc.cli import complete
from costcalc.cli.answer import Answer
from costcalc.cli.compare import AllOptions
from costcalc.cli.flags import NEEDS_PANEL, OPTIONS_PANEL, Chart, Explain, MoneyFlags, PriceFlags, ServingFlags, TrafficFlags  # fmt: skip
from costcalc.cli.output import draws_unicode
from costcalc.cli.question import Question, question
from costcalc.cli.values import amount, filled, usd_or_range
from costcalc.errors import FlagError, UnknownNameError
from costcalc.units import decimal, whole

if TYPE_CHECKING:
    from costcalc.analysis.tradeoff import Asked, Tradeoff
    from costcalc.case.case import Case

UNDECIDED = 3  # exit status: could not be decided

ScoreOf = Annotated[
    str | None,
    typer.Option(
        "--score",
        parser=filled,
        metavar="BENCHMARK",
        help="The benchmark, such as swe-bench-verified (default: that of the kind of work).",
        autocompletion=complete.benchmarks,
        rich_help_panel=NEEDS_PANEL,
    ),
]
ReporterOf = Annotated[
    str | None,
    typer.Option(
        "--reporter",
        parser=filled,
        metavar="NAME",
        help="Whose scores: a reporter's; vendor, each vendor's own, or any, both not comparable; own, your tests.",
        rich_help_panel=NEEDS_PANEL,
    ),
]
AtLeast = Annotated[
    Fraction | None,
    typer.Option(
        "--at-least",
        parser=amount,
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
    list[str] | None,
    typer.Option(
        "--blend",
        parser=filled,
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
    cost_of_failure: CostOfFailure = None,
    all_options: AllOptions = False,
    chart: Chart = False,
    explain: Explain = False,
) -> Answer:
    """Put each option's score beside its cost: which no other beats, and what a further point costs.

    Only scores of one board are compared: one version of a benchmark, run in one way by one reporter. What has no
    score has no evidence, which is not a score of 0.
    """
    from costcalc.analysis.compare import usual_options
    from costcalc.analysis.tradeoff import Asked, weigh
    from costcalc.render.capability import capability_report

    if serving.options is not None and all_options:
        raise FlagError("give --options ID,ID,… or --all, not both")
    asked = question(traffic, serving, prices, shown)
    case = asked.case
    names = asked.chosen(tuple(case.catalog.options) if all_options else usual_options(case.workload, case.catalog))
    bar = decimal(whole(at_least)) if at_least is not None else None
    wanted = Asked(benchmark_of(score, case), reporter, score is None and reporter is None, bar, cost_of_failure)
    found = _weighed(case, names, wanted)
    inputs = {
        **asked.inputs,
        "options": sorted(names),
        "score": wanted.benchmark,
        "reporter": reporter,
        "at_least": bar,
        "cost_of_failure": [getattr(cost_of_failure, end, cost_of_failure) for end in ("low", "real", "high")]
        if cost_of_failure is not None
        else None,
        "explain": explain,
    }
    report = capability_report(
        found,
        inputs=inputs,
        said=asked.said,
        every_row=all_options or asked.options is not None,
        explain=explain,
        unicode=draws_unicode() if chart else None,
        money=asked.money,
    )
    named = {*names} if asked.options is not None else {*asked.own}
    diagnostics = tuple(
        each._replace(level="error") if each.subject in named else each for each in report.diagnostics
    )
    aloud = tuple(each for each in diagnostics if each.subject in named)
    return Answer(report._replace(diagnostics=diagnostics), _status(found, named), aloud, catalog=case.catalog)


def benchmark_of(text: str | None, case: "Case") -> str:
    """Find the benchmark that was named, else that of the kind of work.

    Raises:
        BadParameter: There is none of that name.
    """
    from costcalc.catalog.boards import benchmark_named

    if text is None:
        return case.catalog.kinds()[case.workload.kind].quality.benchmark
    try:
        return benchmark_named(text, case.catalog.quality())
    except UnknownNameError as error:
        raise typer.BadParameter(error.reason, param_hint="'--score'") from None


def _weighed(case: "Case", names: list[str], wanted: "Asked") -> "Tradeoff":
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
