"""Breaches that are put up with for a while."""

from datetime import date

from costcalc.budget.verdict import Verdict
from costcalc.scenario import Scenario


def suppressed(verdict: Verdict, scenario: Scenario, today: date) -> Verdict:
    """Turn a breach into a note where that is put up with; an increase is put up with by raising ``max_increase``."""
    if verdict.status != "over" or verdict.limited == "max_increase":
        return verdict
    reason = next((o.reason for o in scenario.suppressions if o.budget == verdict.budget and o.holds_on(today)), None)
    return verdict._replace(status="suppressed", reason=reason) if reason is not None else verdict
