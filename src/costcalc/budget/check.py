"""Does the plan stay inside its budgets? Every budget is judged; what cannot be judged is said, never passed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction

from costcalc.budget.said import about, about_prices, expired
from costcalc.budget.verdict import Checked, Spent, Status, Verdict, as_written, place_of, sum_of
from costcalc.case.file import case_of
from costcalc.catalog.catalog import Catalog
from costcalc.errors import UndecidableError, UnknownNameError
from costcalc.findings import Finding, Node, did_you_mean
from costcalc.limits import BudgetEntry, Measure
from costcalc.scenario import Scenario
from costcalc.units import MTOK

Base = Mapping[tuple[str, str], Fraction]  # what (budget, limit) came to on the baseline [USD]


def problems_of(scenario: Scenario, tree: Node, catalog: Catalog) -> tuple[Finding, ...]:
    """Find what keeps a scenario from being judged: names that lead nowhere, workloads without an option.

    Args:
        scenario: The scenario.
        tree: Its tree, for places.
        catalog: Prices and options.
    """
    return (*_missing(scenario, tree), *_unknown(scenario, tree, catalog))


def _missing(scenario: Scenario, tree: Node) -> Iterator[Finding]:
    if not scenario.budgets:
        yield Finding("no-budgets", "error", "the file has no budgets, so there is nothing to check", tree.place)
    for name, entry in scenario.workloads.items():
        if entry.option is None:
            message = f"workloads.{name}: no option: say which one serves it today"
            yield Finding("no-option", "error", message, place_of(tree, "workloads", name), subject=name)
    if not scenario.workloads:
        yield Finding("no-workloads", "error", "the file has no workloads, so there is nothing to check", tree.place)


def _unknown(scenario: Scenario, tree: Node, catalog: Catalog) -> Iterator[Finding]:
    for name, entry in scenario.workloads.items():
        yield from _unknown_option(entry.option, catalog, tree, ("workloads", name, "option"))
    tags = {tag for entry in scenario.workloads.values() for tag in entry.tags}
    used = {entry.option for entry in scenario.workloads.values() if entry.option is not None}
    for name, budget in scenario.budgets.items():
        for index, workload in enumerate(budget.workloads or ()):
            path = ("budgets", name, "workloads", index)
            yield from _near(workload, scenario.workloads, "workload", tree, path)
        yield from _near(budget.tag, tags, "tag", tree, ("budgets", name, "tag"))
        yield from _near(budget.option, used, "option of a workload", tree, ("budgets", name, "option"))
    for index, one in enumerate(scenario.suppressions):
        yield from _near(one.budget, scenario.budgets, "budget", tree, ("suppressions", index, "budget"))


def _unknown_option(option: str | None, catalog: Catalog, tree: Node, path: tuple[str, ...]) -> Iterator[Finding]:
    try:
        if option is not None:
            catalog.option(option)
    except UnknownNameError as error:
        yield Finding(
            "unknown-name", "error", f"{'.'.join(path)}: {error.reason}", place_of(tree, *path), subject=option or ""
        )


def _near(
    name: str | None, known: Iterable[str], word: str, tree: Node, path: tuple[str | int, ...]
) -> Iterator[Finding]:
    names = sorted(known)
    if name is not None and name not in names:
        shown = ".".join(map(str, path))
        message = f"{shown}: unknown {word} '{name}'; expected one of {', '.join(names) or '(there are none)'}"
        yield Finding("unknown-name", "error", message, place_of(tree, *path), did_you_mean(name, names), subject=name)


def check(
    scenario: Scenario, tree: Node, catalog: Catalog, *, as_of: date, base: Base | None = None, strict: bool = False
) -> Checked:
    """Judge every budget of a scenario.

    Money compares exactly: what equals the limit is inside. A breach that was one on the baseline too and has not
    grown does not fail again; an increase always does. A price that is missing leaves every budget that needs it
    undecided, and no total is shown without it.

    Args:
        scenario: Workloads and budgets, without `problems_of`.
        tree: Its tree, for places.
        catalog: Prices and options.
        as_of: The day whose prices are in force.
        base: What each limit came to on the baseline; None where there is none.
        strict: Whether a stale price leaves a budget undecided.
    """
    spent = tuple(_spent(scenario, name, tree, catalog, as_of) for name in scenario.workloads)
    verdicts = [
        _suppressed(verdict, scenario, as_of)
        for name, budget in scenario.budgets.items()
        for verdict in _judged(name, budget, spent, tree, base)
    ]
    findings = (
        *about_prices(spent, as_of, strict=strict),
        *(one for verdict in verdicts for one in about(verdict, scenario.budgets[verdict.budget])),
        *expired(scenario, tree, as_of),
    )
    return Checked(tree.place.document.name, as_of, spent, tuple(verdicts), findings)


def _spent(scenario: Scenario, name: str, tree: Node, catalog: Catalog, as_of: date) -> Spent:
    entry = scenario.workloads[name]
    case = case_of(entry, name, catalog, as_of=as_of)
    workload = case.workload
    option = entry.option or ""
    place = place_of(tree, "workloads", name, "option")
    try:
        one = case.estimate(option)
    except UndecidableError as error:
        return Spent(workload, option, entry.tags, None, error.reason, place)
    reason = "the option leaves out a part of it, or cannot hold its requests" if one.unfit else ""
    return Spent(workload, option, entry.tags, one, reason, place)


def _in_scope(budget: BudgetEntry, spent: Sequence[Spent]) -> list[Spent]:
    return [
        one
        for one in spent
        if (budget.workloads is None or one.workload.name in budget.workloads)
        and (budget.option is None or one.option == budget.option)
        and (budget.tag is None or budget.tag in one.tags)
    ]


def scope_of(budget: BudgetEntry) -> str:
    """Say what a budget is about."""
    parts = [
        ", ".join(budget.workloads) if budget.workloads is not None else "",
        f"option {budget.option}" if budget.option is not None else "",
        f"tag {budget.tag}" if budget.tag is not None else "",
    ]
    return ", ".join(part for part in parts if part) or "everything"


def _judged(name: str, budget: BudgetEntry, spent: Sequence[Spent], tree: Node, base: Base | None) -> Iterator[Verdict]:
    inside = _in_scope(budget, spent)
    missing = [f"{one.workload.name}: {one.reason}" for one in inside if one.reason]
    for limited, levels in budget.limits.items():
        actual, reason = _measured(limited, inside) if not missing else (None, "; ".join(missing))
        warn, deny = (Fraction(one) if one is not None else None for one in (levels.warn, levels.deny))
        before = base.get((name, limited)) if base is not None else None
        status = _status(actual, warn, deny, before)
        place = place_of(tree, "budgets", name, limited)
        yield Verdict(name, scope_of(budget), limited, warn, deny, actual, before, status, reason, place)
    if budget.max_increase is not None:
        yield _increase(name, budget, sum_of(one.usd for one in inside), "; ".join(missing), tree=tree, base=base)


def _measured(limited: Measure, inside: Sequence[Spent]) -> tuple[Fraction | None, str]:
    """Give what is spent by a measure [USD], or why that is not known."""
    usd = sum_of(one.usd for one in inside)
    assert usd is not None  # missing prices were sorted out before
    if limited == "monthly_usd":
        return usd, ""
    requests = sum((Fraction(one.workload.requests) for one in inside), start=Fraction(0))
    tokens = sum((Fraction(one.workload.output_tokens) for one in inside), start=Fraction(0))
    units = tokens / MTOK if limited == "usd_per_mtok" else requests
    return (usd / units, "") if units else (None, "there is no output to divide by")


def _status(actual: Fraction | None, warn: Fraction | None, deny: Fraction | None, base: Fraction | None) -> Status:
    if actual is None:
        return "undecided"
    if deny is not None and actual > deny:
        return "over as before" if base is not None and deny < base and as_written(actual) <= base else "over"
    return "warning" if warn is not None and actual > warn else "inside"


def _increase(
    name: str, budget: BudgetEntry, actual: Fraction | None, missing: str, *, tree: Node, base: Base | None
) -> Verdict:
    """Judge the increase since the baseline; a budget that the baseline does not have begins at 0."""
    assert budget.max_increase is not None  # asked only of budgets that have it
    usd, share = budget.max_increase
    before = base.get((name, "max_increase"), Fraction(0)) if base is not None else None
    place = place_of(tree, "budgets", name, "max_increase")
    if before is None:
        reason = "no baseline was given"
        return Verdict(name, scope_of(budget), "max_increase", None, None, actual, None, "no baseline", reason, place)
    allowed = before + (Fraction(usd) if usd is not None else before * Fraction(share or 0))
    status: Status = "undecided" if actual is None else "over" if as_written(actual) > allowed else "inside"
    return Verdict(name, scope_of(budget), "max_increase", None, allowed, actual, before, status, missing, place)


def _suppressed(verdict: Verdict, scenario: Scenario, as_of: date) -> Verdict:
    if verdict.status != "over":
        return verdict
    reason = next((o.reason for o in scenario.suppressions if o.budget == verdict.budget and o.holds_on(as_of)), None)
    return verdict._replace(status="suppressed", reason=reason) if reason is not None else verdict
