"""Limits that let more pass than before: raised, removed, about less, or judged more mildly."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import NamedTuple

from costcalc.budget.verdict import Limited, scope_of
from costcalc.limits import BudgetEntry, Increase
from costcalc.units import full_usd

Key = tuple[str, str]  # budget and limit


class Bound(NamedTuple):
    """How strict a limit is; None where a result of an older version does not say so.

    Args:
        scope: What the budget is about, in words.
        warn: Above it is a warning [USD].
        deny: Above it the budget is broken [USD].
        increase: How much more than on the baseline may be spent, for ``max_increase``.
        severity: Whether a breach fails or warns.
        at: At which percentile ranges are judged.
    """

    scope: str | None
    warn: Fraction | None
    deny: Fraction | None
    increase: Increase | None = None
    severity: str | None = None
    at: str | None = None


def bounds_of(budgets: Mapping[str, BudgetEntry]) -> dict[Key, Bound]:
    """Give how strict every limit of some budgets is."""
    found: dict[Key, Bound] = {}
    for name, budget in budgets.items():
        common = Bound(scope_of(budget), None, None, severity=budget.severity, at=budget.at)
        for limited, levels in budget.limits.items():
            warn, deny = (Fraction(end) if end is not None else None for end in (levels.warn, levels.deny))
            found[name, limited] = common._replace(warn=warn, deny=deny)
        if budget.max_increase is not None:
            found[name, "max_increase"] = common._replace(increase=budget.max_increase)
    return found


def loosened(before: Mapping[Key, Bound], after: Mapping[Key, Bound]) -> Iterator[tuple[Key, str]]:
    """Find limits of a base that are gone, raised, about something else, or judged more mildly.

    Example:
        >>> tight, loose = (Bound("everything", None, Fraction(limit)) for limit in (50, 90))
        >>> list(loosened({("all", "monthly_usd"): tight}, {("all", "monthly_usd"): loose}))
        [(('all', 'monthly_usd'), "budget 'all': monthly_usd is raised from $50.00 to $90.00")]
    """
    for key, old in before.items():
        name, limited = key
        new = after.get(key)
        if new is None:
            yield key, f"budget '{name}': {limited} is removed"
            continue
        for change in _changes(limited, old, new):
            yield key, f"budget '{name}': {change}"


def _changes(limited: Limited | str, old: Bound, new: Bound) -> Iterator[str]:
    for level, was, now in (("", old.deny, new.deny), (" (warn)", old.warn, new.warn)):
        if was is not None and now is None:
            yield f"{limited}{level} of ${full_usd(was)} is removed"
        elif was is not None and now is not None and now > was:
            yield f"{limited}{level} is raised from ${full_usd(was)} to ${full_usd(now)}"
    if old.increase is not None and new.increase is not None and _is_more(old.increase, new.increase):
        yield f"{limited} is raised from {old.increase} to {new.increase}"
    if old.scope is not None and old.scope != new.scope:
        yield f"it was about {old.scope}, and is about {new.scope}"
    if old.severity == "deny" and new.severity == "warn":
        yield "a breach failed, and is now a warning (severity)"
    if old.at is not None and new.at is not None and old.at > new.at:
        yield f"ranges were judged at {old.at}, and are at {new.at}"


def _is_more(old: Increase, new: Increase) -> bool:
    """Compare two increases; one in USD and one as a share cannot be compared, so any such change is named."""
    if (old.usd is None) != (new.usd is None):
        return True
    return (new.usd or new.share or 0) > (old.usd or old.share or 0)
