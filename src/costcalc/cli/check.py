"""``costcalc check``: does the plan stay inside its budgets."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from costcalc.cli.answer import Answer
from costcalc.cli.baseline import of_file, read_bases
from costcalc.cli.context import day_of_check, money_of
from costcalc.cli.flags import OUTPUT_PANEL, PRICES_PANEL, MoneyFlags, PriceFlags
from costcalc.cli.output import rendered
from costcalc.errors import FlagError, InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import date

    from costcalc.budget.base import Base
    from costcalc.budget.check import Rules
    from costcalc.budget.measured import Logged
    from costcalc.budget.verdict import Checked
    from costcalc.cli.scenarios import Loaded
    from costcalc.findings import Finding
    from costcalc.limits import BudgetEntry
    from costcalc.render.report import Report

BROKEN, UNDECIDED = 1, 3

Files = Annotated[
    list[str] | None,
    typer.Argument(help="Scenario files, patterns, or folders to search for costcalc.yaml (default: the nearest)."),
]
Baseline = Annotated[
    Path | None,
    typer.Option(
        "--baseline",
        metavar="FILE",
        help="What check --format json said of the base: what was broken there does not fail again, more of it does.",
    ),
]
NoBaseline = Annotated[
    bool, typer.Option("--no-baseline", help="Leave max_increase unchecked, with a warning instead of an error.")
]
ExitZero = Annotated[
    bool, typer.Option("--exit-zero", help="A broken budget does not fail; whatever could not be decided still does.")
]
SkipContracts = Annotated[
    bool,
    typer.Option("--skip-contracts", help="Set a file aside, with a note, that has neither workloads nor budgets."),
]
Strict = Annotated[
    bool,
    typer.Option(
        "--strict",
        help="Stale prices end with 3; workloads, tags and limits that a gate could overlook are errors.",
        rich_help_panel=PRICES_PANEL,
    ),
]
ShippedOnly = Annotated[
    bool,
    typer.Option(
        "--shipped-prices-only",
        help="A figure that rests on a price, option, assumption or day of your own files is an error.",
        rich_help_panel=PRICES_PANEL,
    ),
]
Summary = Annotated[
    bool,
    typer.Option(
        "--summary", help="Append the report to $GITHUB_STEP_SUMMARY as Markdown.", rich_help_panel=OUTPUT_PANEL
    ),
]


Log = Annotated[
    list[str] | None,
    typer.Option(
        metavar="LOG",
        help="Judge the budgets by logs or packs too: the month so far, and its end at the present pace.",
    ),
]
By = Annotated[
    str | None,
    typer.Option(
        "--by",
        metavar="LABEL",
        help="What in the log has the names or tags of workloads: team, key, tag, project, …",
    ),
]


def check_command(
    prices: PriceFlags,
    shown: MoneyFlags,
    files: Files = None,
    baseline: Baseline = None,
    no_baseline: NoBaseline = False,
    exit_zero: ExitZero = False,
    strict: Strict = False,
    shipped_prices_only: ShippedOnly = False,
    skip_contracts: SkipContracts = False,
    summary: Summary = False,
    log: Log = None,
    by: By = None,
) -> Answer:
    """Check every budget of a costcalc.yaml; fail if one is broken.

    Exit status 0: all inside. 1: one is broken. 2: could not start. 3: one could not be decided.
    """
    from costcalc.budget.check import Rules
    from costcalc.budget.names import problems_of
    from costcalc.cli.scenarios import files_of, load_scenarios, with_budgets
    from costcalc.render.check import check_report

    base = read_bases(baseline) if baseline is not None else None
    scenarios = load_scenarios(files_of(files or []), catalog=prices.catalog, as_of=prices.as_of)
    aside: tuple[Finding, ...] = ()
    if skip_contracts:
        scenarios, aside = with_budgets(scenarios)
        if not scenarios:
            return _nothing_to_check(aside)
    today = day_of_check(prices.as_of)
    problems = [one for each in scenarios for one in problems_of(each.scenario, each.tree, each.catalog, today=today)]
    if problems:
        raise InputError(problems)
    if base is None and not no_baseline:
        _ask_for_baseline([name for each in scenarios for name, b in each.scenario.budgets.items() if b.max_increase])
    rules = Rules(scenarios[0].day, today, None, strict=strict, shipped_only=shipped_prices_only)
    results = _judged(scenarios, rules, base, _logged(scenarios, log or (), by, today))
    results = [
        found._replace(findings=(*found.findings, *_far_off(each, found, today)))
        for each, found in zip(scenarios, results, strict=True)
    ]
    results[0] = results[0]._replace(findings=(*results[0].findings, *aside))
    inputs = {
        "files": [each.file for each in scenarios],
        "baseline": str(baseline) if baseline else None,
        "strict": strict,
        "shipped_prices_only": shipped_prices_only,
        "log": log or [],
        "by": by,
    }
    money = money_of(shown.currency, scenarios[0].catalog, scenarios[0].day)
    report = check_report(results, scenarios[0].catalog, inputs=inputs, money=money)
    if summary:
        _append_summary(report)
    stale = strict and bool(money.caveat)  # the rate of exchange is as old as a price may not be
    status = UNDECIDED if stale else _status(results, report, exit_zero=exit_zero, strict=strict)
    return Answer(report, status, report.diagnostics, aloud_in=("csv",))  # the other formats hold what was found


def _logged(
    scenarios: "Sequence[Loaded]", logs: "Sequence[str]", by: str | None, today: "date"
) -> "Callable[[BudgetEntry], Logged] | None":
    """Read the logs, and give what they say of a budget's requests."""
    if not logs:
        if by is not None:
            raise FlagError("--by says what the requests of a log are shown by: give --log as well")
        return None
    if len(scenarios) > 1:
        raise FlagError(f"--log is judged against one file; {len(scenarios)} were named")
    from costcalc.budget.measured import Logged
    from costcalc.cli.logs import read_logs
    from costcalc.usage.actual import actual, part_of
    from costcalc.usage.mix import thresholds_of

    (only,) = scenarios
    usage = read_logs(logs, thresholds_of(only.catalog), label=by)

    def logged(budget: "BudgetEntry") -> Logged:
        found = actual(usage, only.catalog, today, part_of(budget, only.scenario, only.catalog, usage))
        return Logged(found.so_far_usd, found.at_end_usd, found.requests, found.output_tokens, found.unpriced)

    return logged


def _judged(
    scenarios: "Sequence[Loaded]",
    rules: "Rules",
    base: "Mapping[str, Base] | None",
    logged: "Callable[[BudgetEntry], Logged] | None",
) -> "list[Checked]":
    """Judge each file on its own day, against its own part of the baseline."""
    from costcalc.budget.check import check

    several = len(scenarios) > 1
    judged = []
    for each in scenarios:
        before = of_file(base, each.file, several=several) if base is not None else None
        own = rules._replace(as_of=each.day, base=before)
        found = check(each.scenario, each.tree, each.catalog, own, logged)
        judged.append(found._replace(findings=(*found.findings, *each.converted)))
    return judged


def _far_off(each: "Loaded", found: "Checked", today: "date") -> "Iterator[Finding]":
    """Find prices of the user's own that are ten times off those of their kind: a slip of the unit looks so."""
    from costcalc.budget.own import entries_of
    from costcalc.catalog.catalog import MAX_AGE_DAYS
    from costcalc.catalog.layers.load import load_catalog
    from costcalc.catalog.lint.question import Question
    from costcalc.catalog.lint.table import own_outliers, own_suppressions

    if not each.catalog.laid:
        return
    suppressions = own_suppressions(each.tree, each.scenario.suppressions, is_own=True)
    asked = Question(each.catalog, today, MAX_AGE_DAYS, load_catalog())
    yield from own_outliers(asked, suppressions, entries_of(found.spent, each.catalog))


def _nothing_to_check(aside: "tuple[Finding, ...]") -> Answer:
    from costcalc.render.report import Paragraph, Report, marker_of

    lines = tuple(Paragraph(f"{note.place}: {note.message}") for note in aside)
    return Answer(Report("check", None, None, {}, None, (), lines, aside, marker_of("check")))


def _ask_for_baseline(names: "Sequence[str]") -> None:
    if names:
        shown = ", ".join(f"'{name}'" for name in names)
        raise FlagError(f"max_increase of {shown} needs --baseline FILE; --no-baseline leaves it unchecked")


def _status(results: "Sequence[Checked]", report: "Report", *, exit_zero: bool, strict: bool) -> int:
    """What could not be decided says more than a broken budget; --exit-zero softens the latter only."""
    stale = strict and any(one.rule == "price-stale" for one in report.diagnostics)
    if stale or any(one.undecided for one in results):
        return UNDECIDED
    broken = any(one.level == "error" for one in report.diagnostics)
    return BROKEN if broken and not exit_zero else 0


def _append_summary(report: "Report") -> None:
    target = os.environ.get("GITHUB_STEP_SUMMARY")
    if not target:
        raise FlagError("--summary needs the environment variable GITHUB_STEP_SUMMARY")
    try:
        with open(target, "a", encoding="utf-8", errors="replace") as stream:  # noqa: PTH123  # appended, as GitHub asks
            stream.write(rendered(report, "markdown"))
    except OSError as error:
        raise FlagError(f"cannot write {target}: {error.strerror}") from None
