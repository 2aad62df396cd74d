"""What there is to say of a check, as findings at their places."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction

from costcalc.budget.verdict import Limited, Spent, Status, Verdict, place_of
from costcalc.catalog.catalog import MAX_AGE_DAYS
from costcalc.findings import Finding, Level, Node
from costcalc.limits import BudgetEntry
from costcalc.scenario import Scenario
from costcalc.units import written_usd

_ABOUT: dict[Limited, str] = {
    "monthly_usd": "a month",
    "usd_per_mtok": "per million output tokens",
    "usd_per_request": "per request",
    "max_increase": "a month",
}


def usd_text(amount: Fraction | None) -> str:
    """Write an amount in full; one that does not end, to nine digits behind the point."""
    if amount is None:
        return "?"
    exact = Decimal(amount.numerator) / Decimal(amount.denominator)
    return written_usd(exact if exact == round(exact, 9) else round(exact, 9))


def about(verdict: Verdict, budget: BudgetEntry) -> Iterator[Finding]:
    """Say how a limit stands, unless it is simply inside."""
    if verdict.status not in _SAID:
        return
    rule, level, say = _SAID[verdict.status]
    if verdict.limited == "max_increase" and verdict.status == "over":
        rule, say = "budget-increase", _increased
    is_soft = verdict.status == "over" and budget.severity == "warn"
    subject = f"{verdict.budget}.{verdict.limited}"
    message = f"budget '{verdict.budget}' ({verdict.scope}): {say(verdict)}"
    yield Finding(rule, "warning" if is_soft else level, message, verdict.place, subject=subject)


def _spent(verdict: Verdict) -> str:
    return f"${usd_text(verdict.actual)} {_ABOUT[verdict.limited]}"


def _increased(verdict: Verdict) -> str:
    more = verdict.actual - verdict.base if verdict.actual is not None and verdict.base is not None else None
    return (
        f"{_spent(verdict)} is ${usd_text(more)} more than ${usd_text(verdict.base)} on the baseline;"
        f" up to ${usd_text(verdict.deny)} is allowed"
    )


def _exceeded(verdict: Verdict) -> str:
    over = -verdict.headroom if verdict.headroom is not None else None
    return f"{_spent(verdict)} is ${usd_text(over)} over the limit of ${usd_text(verdict.deny)}"


def _before(verdict: Verdict) -> str:
    limit, base = usd_text(verdict.deny), usd_text(verdict.base)
    return f"{_spent(verdict)} is over the limit of ${limit}, as on the baseline (${base})"


def _warned(verdict: Verdict) -> str:
    return f"{_spent(verdict)} is above ${usd_text(verdict.warn)}, where warnings begin"


def _put_up_with(verdict: Verdict) -> str:
    return f"{_spent(verdict)} is over ${usd_text(verdict.deny)}, put up with: {verdict.reason}"


_SAID: dict[Status, tuple[str, Level, Callable[[Verdict], str]]] = {
    "over": ("budget-exceeded", "error", _exceeded),
    "over as before": ("budget-exceeded-before", "warning", _before),
    "warning": ("budget-warning", "warning", _warned),
    "suppressed": ("budget-suppressed", "note", _put_up_with),
    "undecided": ("undecided", "error", lambda verdict: f"cannot be decided: {verdict.reason}"),
    "no baseline": ("no-baseline", "warning", lambda _: "max_increase is not checked: no baseline was given"),
}


def about_prices(spent: Sequence[Spent], as_of: date, *, strict: bool) -> Iterator[Finding]:
    """Say which prices are missing, stale, retired or nobody's offer."""
    for one in spent:
        name = one.workload.name
        if one.reason:
            message = f"workload '{name}' has no cost on {one.option}: {one.reason}"
            yield Finding("price-missing", "error", message, one.place, subject=name)
        if one.estimate is None:
            continue
        age = (as_of - one.estimate.source.checked).days
        if age > MAX_AGE_DAYS:
            message = f"workload '{name}': nobody has checked the price of {one.option} for {age} days"
            yield Finding("price-stale", "error" if strict else "warning", message, one.place, subject=name)
        if one.estimate.retired is not None:
            message = f"workload '{name}': {one.option} was retired on {one.estimate.retired}"
            yield Finding("option-retired", "warning", message, one.place, subject=name)
        if one.estimate.kind == "rate":
            message = f"workload '{name}': {one.option} is a published figure that nobody sells"
            yield Finding("option-rate", "warning", message, one.place, subject=name)


def expired(scenario: Scenario, tree: Node, as_of: date) -> Iterator[Finding]:
    """Say which suppressions no longer hold."""
    for index, one in enumerate(scenario.suppressions):
        if one.budget is not None and not one.holds_on(as_of):
            message = (
                f"the suppression of budget '{one.budget}' expired on {one.expires} ({one.reason}); remove or renew it"
            )
            place = place_of(tree, "suppressions", index, "expires")
            yield Finding("suppression-expired", "error", message, place, subject=one.budget)
