"""Budgets against what a log says was spent: the month so far, and its end at the present pace."""

from collections.abc import Callable, Iterator
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from costcalc.budget.suppressed import suppressed
from costcalc.budget.verdict import Measured, Verdict, place_of, scope_of
from costcalc.errors import UndecidableError
from costcalc.findings import Node
from costcalc.limits import BudgetEntry, Measure
from costcalc.scenario import Scenario
from costcalc.units import MTOK


class Logged(NamedTuple):
    """What a log says of the requests that a budget is about.

    Args:
        so_far_usd: What they did cost in the month so far, at least [USD].
        at_end_usd: What the month comes to at their pace, at most [USD].
        requests: Requests of the month at that pace.
        output_tokens: What they generate [tokens].
        unpriced: Models without a price, whose requests are in no figure.
    """

    so_far_usd: Fraction
    at_end_usd: Fraction
    requests: Fraction
    output_tokens: Fraction
    unpriced: tuple[str, ...]


def measured(
    scenario: Scenario, tree: Node, today: date, logged: Callable[[BudgetEntry], Logged]
) -> Iterator[Measured]:
    """Judge every limit of every budget by a log; what the log cannot tell stays undecided.

    A month is over its limit as soon as what was spent is, whatever the pace; otherwise its end at the pace decides.

    Args:
        scenario: The budgets.
        tree: Their tree, for places.
        today: The day of the check, by which suppressions expire.
        logged: Gives what the log says of a budget's requests.
    """
    for name, budget in scenario.budgets.items():
        for limited, levels in budget.limits.items():
            try:
                spent, reason = logged(budget), ""
            except UndecidableError as error:
                spent, reason = None, error.reason
            verdict = Verdict(
                budget=name,
                scope=f"{scope_of(budget)}, by the log",
                limited=limited,
                warn=Fraction(levels.warn) if levels.warn is not None else None,
                deny=Fraction(levels.deny) if levels.deny is not None else None,
                actual=None,
                base=None,
                status="undecided",
                reason=reason,
                place=place_of(tree, "budgets", name, limited),
                severity=budget.severity,
            )
            if spent is not None:
                verdict = _judged(verdict, spent, limited)
            yield Measured(suppressed(verdict, scenario, today), spent.so_far_usd if spent is not None else None)


def _judged(verdict: Verdict, spent: Logged, measure: Measure) -> Verdict:
    units = {"monthly_usd": Fraction(1), "usd_per_mtok": spent.output_tokens / MTOK, "usd_per_request": spent.requests}
    unit = units[measure]
    if not unit:
        return verdict._replace(reason="there is no output to divide by")
    actual = spent.at_end_usd / unit
    certain = spent.so_far_usd if measure == "monthly_usd" else actual
    verdict = verdict._replace(actual=actual)
    if verdict.deny is not None and certain > verdict.deny:
        return verdict._replace(status="over")
    if spent.unpriced:
        models = ", ".join(spent.unpriced)
        return verdict._replace(reason=f"the log has models without a price ({models}); what it says is the least")
    over = verdict.deny is not None and actual > verdict.deny
    warned = verdict.warn is not None and actual > verdict.warn
    return verdict._replace(status="over" if over else "warning" if warned else "inside")
