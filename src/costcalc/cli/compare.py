"""``costcalc compare``: what a workload costs on each option."""

from typing import TYPE_CHECKING, Annotated

import typer

from costcalc.cli.answer import Answer
from costcalc.cli.evidence import ReporterOf, ScoreBeside, benchmark_of
from costcalc.cli.flags import OPTIONS_PANEL, Explain, MoneyFlags, PriceFlags, ServingFlags, Strict, TrafficFlags
from costcalc.cli.question import Question, question
from costcalc.errors import FlagError, UndecidableError

if TYPE_CHECKING:
    from costcalc.analysis.breakeven import Cheapest
    from costcalc.analysis.compare import Comparison
    from costcalc.analysis.evidence import Basis
    from costcalc.case.case import Case

STALE = 3  # exit status: could not be decided

AllOptions = Annotated[
    bool,
    typer.Option(
        "--all",
        help="Every option and every row, not only 12 of the headline.",
        rich_help_panel=OPTIONS_PANEL,
    ),
]


def compare_command(
    traffic: TrafficFlags,
    serving: ServingFlags,
    prices: PriceFlags,
    shown: MoneyFlags,
    score: ScoreBeside = None,
    reporter: ReporterOf = None,
    all_options: AllOptions = False,
    strict: Strict = False,
    explain: Explain = False,
) -> Answer:
    """Compare what a month costs on each option, cheapest first.

    --tokens N alone counts output tokens; beside that stands the month with the prompts of typical requests, on which
    the verdict rests.
    """
    from costcalc.analysis.ahead import of_comparison
    from costcalc.analysis.compare import comparison
    from costcalc.analysis.decision import decide
    from costcalc.render.ahead import with_announced
    from costcalc.render.compare import Shown, comparison_report

    asked = question(traffic, serving, prices, shown, mean=True)
    case, names = asked.case, weighed(asked, all_options=all_options)
    result = comparison(case, names)
    by_volume = _by_volume(result, asked)
    basis = _scores(score, reporter, result, case)
    decision = decide(result, case, by_volume, today=asked.today, vouched=_vouched(asked, names))
    inputs = {**asked.inputs, "options": sorted(names), "explain": explain}
    if basis is not None:
        inputs |= {"score": basis.benchmark, "reporter": reporter}
    every_row = all_options or asked.options is not None
    rows = Shown(every_row=every_row, explain=explain, today=asked.today, own=asked.own, basis=basis)
    parts = [comparison(part, names) for part in asked.parts]
    report = comparison_report(
        result, case, decision, by_volume, inputs=inputs, said=asked.said, shown=rows, parts=parts, money=asked.money
    )
    report = with_announced(report, of_comparison(result, decision, case))
    named = {*names} if asked.options is not None else {*asked.own}
    status = _status(result, named, strict=strict, stale=bool(result.stale or asked.money.caveat))
    # what was named must have a price; where the headline has none at all, the reasons are said as well
    missing = {each.option for each in result.unpriced if each.option in named or status}
    diagnostics = tuple(
        each._replace(level="error") if each.subject in missing else each for each in report.diagnostics
    )
    aloud = tuple(each for each in diagnostics if each.subject in missing)
    return Answer(report._replace(diagnostics=diagnostics), status, aloud, catalog=case.catalog)


def weighed(asked: Question, *, all_options: bool) -> list[str]:
    """Name the options that are put side by side: those that were named, all of the catalog, or the usual ones.

    Raises:
        FlagError: Both some and all were asked for.
    """
    from costcalc.analysis.compare import usual_options

    if asked.options is not None and all_options:
        raise FlagError("give --options ID,ID,… or --all, not both")
    usual = usual_options(asked.case)
    return asked.compared((*asked.case.catalog.options, *usual) if all_options else usual)


def _scores(text: str | None, reporter: str | None, result: "Comparison", case: "Case") -> "Basis | None":
    """Look up the scores of the compared options, where a benchmark was named."""
    if text is None:
        if reporter is not None:
            raise FlagError("--reporter says whose scores are shown; give --score BENCHMARK as well")
        return None
    from costcalc.analysis.evidence import look_up
    from costcalc.case.case import why_unfit

    names = [estimate.option for estimate in result.estimates]
    unfit = {estimate.option for estimate in result.estimates if why_unfit(estimate)}
    return look_up(case, names, benchmark_of(text, case), reporter, unfit=unfit)


def _by_volume(result: "Comparison", asked: Question) -> "Cheapest | None":
    """Find which of the compared options is cheapest at which volume; None where two cross without end."""
    from costcalc.analysis.breakeven import cheapest
    from costcalc.case.case import Priced

    decisive = {each.option: each for estimate in result.estimates if (each := result.decisive(estimate)) is not None}
    ordered = tuple(decisive[name] for name in result.asked if name in decisive)
    try:
        return cheapest([each.option for each in ordered], asked.case.at_peak, known=Priced(ordered, ()))
    except UndecidableError:
        return None


def _vouched(asked: Question, names: list[str]) -> frozenset[str] | None:
    """Find the options with evidence, where the work is known: its kind, or what serves it today."""
    if asked.today is None and asked.case.workload.kind == "general":
        return None
    from costcalc.recommend.evidence import vouched_for
    from costcalc.scenario import Needs

    needs = asked.entry.needs if asked.entry is not None else Needs()
    return vouched_for(asked.case, needs, names)


def _status(result: "Comparison", named: set[str], *, strict: bool, stale: bool) -> int:
    """An option that was named must have a price; of the headline, some API must; under --strict none may be stale."""
    priced = any(estimate.kind == "api" for estimate in result.estimates)
    missing = [each for each in result.unpriced if each.option in named or not (priced or named)]
    if not missing:
        return STALE if strict and stale else 0
    return min(each.exit_status for each in missing)  # 2, a wrong name, says more than 3, a missing price
