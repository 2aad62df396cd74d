"""Does the plan stay inside its budgets? Every budget is judged; what cannot be judged is said, never passed."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from costcalc.analysis.ahead import days_ahead
from costcalc.budget.base import EVERYTHING, Base
from costcalc.budget.commitments import owed_by
from costcalc.budget.loosened import bounds_of, loosened
from costcalc.budget.measured import Logged, measured
from costcalc.budget.names import about_names, in_scope
from costcalc.budget.own import own_day, own_prices
from costcalc.budget.plan import CENTRAL, Plan, Values, ends_at, plan_of
from costcalc.budget.said import about, about_prices, caveats, expired, fleets
from costcalc.budget.suppressed import suppressed
from costcalc.budget.verdict import Checked, Limited, Status, Verdict, as_written, place_of, scope_of, sum_of
from costcalc.catalog.catalog import Catalog
from costcalc.findings import Finding, Level, Node
from costcalc.limits import BudgetEntry, Increase, Measure, Percentile
from costcalc.scenario import Scenario
from costcalc.units import MTOK


class Rules(NamedTuple):
    """How a plan is judged.

    Args:
        as_of: The day whose prices are in force.
        today: The day of the check, by which suppressions expire and prices are stale: never the file's own.
        base: The baseline; None where there is none.
        strict: Whether what only warns is an error, and a stale price leaves a budget undecided.
        shipped_only: Whether a price of the user's own is an error.
    """

    as_of: date
    today: date
    base: Base | None = None
    strict: bool = False
    shipped_only: bool = False


def check(
    scenario: Scenario,
    tree: Node,
    catalog: Catalog,
    rules: Rules,
    logged: Callable[[BudgetEntry], Logged] | None = None,
) -> Checked:
    """Judge every budget of a scenario.

    Money compares exactly: what equals the limit is inside. A breach that was one on the baseline too and has not
    grown does not fail again; an increase always does. A price that is missing leaves every budget that needs it
    undecided, and no total is shown without it.

    Args:
        scenario: Workloads and budgets, without `names.problems_of`.
        tree: Its tree, for places.
        catalog: Prices and options.
        rules: How it is judged.
        logged: Gives what a log says of a budget's requests; None where there is no log.
    """
    plan = plan_of(scenario, tree, catalog, as_of=rules.as_of)
    spent = tuple(plan.spent(name) for name in scenario.workloads)
    owed = owed_by(spent, catalog, as_of=rules.as_of)
    verdicts = [
        suppressed(verdict, scenario, rules.today)
        for name, budget in scenario.budgets.items()
        for verdict in _judged(name, budget, plan, rules)
    ]
    by_log = tuple(measured(scenario, tree, rules.today, logged)) if logged is not None else ()
    findings = (
        *about_prices(spent, rules.today, strict=rules.strict),
        *(
            found
            for verdict in (*verdicts, *(each.verdict for each in by_log))
            for found in about(verdict, scenario.budgets[verdict.budget])
        ),
        *_announced(plan, rules, verdicts),
        *expired(scenario, tree, rules.today),
        *about_names(scenario, tree, catalog, strict=rules.strict),
        *_loosened(scenario, tree, rules),
        *own_day(scenario, tree, as_of=rules.as_of, today=rules.today, shipped_only=rules.shipped_only),
        *fleets(plan),
        *own_prices(spent, owed, catalog, shipped_only=rules.shipped_only),
        *caveats(spent),
    )
    unused = tuple((commitment.provider, commitment.unused) for commitment in owed if commitment.unused)
    return Checked(tree.place.document.name, rules.as_of, spent, tuple(verdicts), findings, unused, by_log)


_HOLDS = ("inside", "warning")


def _announced(plan: Plan, rules: Rules, verdicts: Sequence[Verdict]) -> Iterator[Finding]:
    """Say of limits that hold today from which day on announced prices break them."""
    days = (days_ahead(plan.spent(name).option, case) for name, case in plan.cases.items())
    holding = {(each.budget, each.limited) for each in verdicts if each.status in _HOLDS}
    for day in sorted(set().union(*days)):
        later = plan_of(plan.scenario, plan.tree, plan.catalog, as_of=day)
        budgets = plan.scenario.budgets
        judged = (each for name, budget in budgets.items() for each in _judged(name, budget, later, rules))
        broken = [each for each in judged if each.status not in _HOLDS and (each.budget, each.limited) in holding]
        for verdict in broken:
            holding.remove((verdict.budget, verdict.limited))
            budget = budgets[verdict.budget]
            level: Level = "error" if rules.strict and budget.severity == "deny" else "warning"
            for found in about(verdict, budget):
                message = f"from {day} on, at announced prices: {found.message}"
                yield found._replace(rule="announced", level=level, message=message)


def _loosened(scenario: Scenario, tree: Node, rules: Rules) -> Iterator[Finding]:
    level: Level = "error" if rules.strict else "warning"
    before = rules.base.bounds if rules.base is not None else {}
    for (budget, limited), message in loosened(before, bounds_of(scenario.budgets)):
        place = place_of(tree, "budgets", budget, limited)
        yield Finding("limit-loosened", level, f"{message} against the baseline", place, subject=f"{budget}.{limited}")


def _judged(name: str, budget: BudgetEntry, plan: Plan, rules: Rules) -> Iterator[Verdict]:
    base = rules.base.usd if rules.base is not None else None
    for limited, levels in budget.limits.items():
        actual, reason, ranged = _actual(plan, budget, limited)
        warn, deny = (Fraction(end) if end is not None else None for end in (levels.warn, levels.deny))
        before = base.get((name, limited)) if base is not None else None
        status = _status(actual, warn, deny, before)
        verdict = _verdict(name, budget, limited, plan, ranged=ranged)
        yield verdict._replace(warn=warn, deny=deny, actual=actual, base=before, status=status, reason=reason)
    if budget.max_increase is not None:
        yield _increase(name, budget, budget.max_increase, plan, rules.base)


def _verdict(name: str, budget: BudgetEntry, limited: Limited, plan: Plan, *, ranged: bool) -> Verdict:
    """Begin a verdict with what the budget says."""
    return Verdict(
        budget=name,
        scope=scope_of(budget),
        limited=limited,
        warn=None,
        deny=None,
        actual=None,
        base=None,
        status="undecided",
        reason="",
        place=place_of(plan.tree, "budgets", name, limited),
        severity=budget.severity,
        increase=budget.max_increase if limited == "max_increase" else None,
        at=budget.at,
        ranged=ranged,
    )


_Figure = tuple[Fraction | None, str]


def _actual(plan: Plan, budget: BudgetEntry, measure: Measure) -> tuple[Fraction | None, str, bool]:
    """Give what is spent by a measure [USD] or why that is not known, and whether ranges move it."""
    names = in_scope(budget, plan.scenario)
    ranged = any(plan.ranges(name) for name in names)  # the peak that a kind usually has is one, stated by nobody

    def figure(values: Values) -> _Figure:
        return _measured(plan, budget, names, measure, values)

    central = figure(CENTRAL)
    if not ranged:
        return *central, False
    dear = figure(_dearer(plan, names, figure, "p95" if budget.at == "p50" else budget.at))
    return *(central if budget.at == "p50" else dear), dear != central


def _dearer(plan: Plan, names: tuple[str, ...], figure: Callable[[Values], _Figure], at: Percentile) -> Values:
    """Put every range at the end that costs more, which bounds the cost at that percentile from above.

    With one range it is that percentile of the cost, since the cost rises or falls with each range alone; with several
    it is what they cost together where all of them turn out that badly. An end at which nothing can be decided is the
    worse one.
    """
    values: dict[str, Decimal] = {}
    for path, one in {path: one for name in names for path, one in plan.ranges(name).items()}.items():
        found = {end: figure({path: end})[0] for end in ends_at(one, at)}
        values[path] = max(found, key=lambda end: (found[end] is None, found[end] or Fraction(0)))
    return values


def _measured(plan: Plan, budget: BudgetEntry, names: tuple[str, ...], measure: Measure, values: Values) -> _Figure:
    inside = [plan.spent(name, values) for name in names]
    usd = sum_of(plan.usd(name, values) for name in names)
    if usd is None:
        return None, "; ".join(f"{one.workload.name}: {one.reason}" for one in inside if one.reason)
    if any(contract.commitment_usd is not None for contract in plan.catalog.contracts.values()):
        every = [plan.spent(name, values) for name in plan.scenario.workloads]
        owed = owed_by(every, plan.catalog, as_of=plan.cases[names[0]].as_of)
        is_total = scope_of(budget) == EVERYTHING
        usd += sum((one.unused_of(names, every=is_total) for one in owed), start=Fraction(0))
    if measure == "monthly_usd":
        return usd, ""
    requests = sum((Fraction(one.workload.requests) for one in inside), start=Fraction(0))
    tokens = sum((Fraction(one.workload.output_tokens) for one in inside), start=Fraction(0))
    units = tokens / MTOK if measure == "usd_per_mtok" else requests
    return (usd / units, "") if units else (None, "there is no output to divide by")


def _status(actual: Fraction | None, warn: Fraction | None, deny: Fraction | None, base: Fraction | None) -> Status:
    if actual is None:
        return "undecided"
    if deny is not None and actual > deny:
        return "over as before" if base is not None and deny < base and as_written(actual) <= base else "over"
    return "warning" if warn is not None and actual > warn else "inside"


def _increase(name: str, budget: BudgetEntry, most: Increase, plan: Plan, base: Base | None) -> Verdict:
    """Judge the increase since the baseline."""
    before = base.cost_of(name, budget, in_scope(budget, plan.scenario)) if base is not None else None
    actual, reason, ranged = _actual(plan, budget, "monthly_usd")
    if ranged and before is not None and before.is_central:  # both sides take ranges at the same percentile
        budget = budget.model_copy(update={"at": "p50"})
        actual, reason, ranged = _actual(plan, budget, "monthly_usd")
    verdict = _verdict(name, budget, "max_increase", plan, ranged=ranged)._replace(actual=actual)
    if before is None:
        return verdict._replace(status="no baseline", reason="no baseline was given")
    if before.usd is None or actual is None:
        return verdict._replace(base=before.usd, reason=reason or before.reason)
    allowed = before.usd + most.over(before.usd)
    status: Status = "over" if as_written(actual) > allowed else "inside"
    return verdict._replace(deny=allowed, base=before.usd, status=status, reason=before.reason)
