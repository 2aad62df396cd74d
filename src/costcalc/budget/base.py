"""What a file came to on the base of a change: its limits, and its workloads."""

from collections.abc import Collection, Mapping
from fractions import Fraction
from typing import NamedTuple

from costcalc.budget.loosened import Bound, Key
from costcalc.budget.verdict import scope_of, sum_of
from costcalc.limits import BudgetEntry

EVERYTHING = "everything"


class BaseWorkload(NamedTuple):
    """What a workload was on the base.

    Args:
        option: The option that served it.
        tags: Its tags.
        usd: What it cost [USD/month]; None where that was not known.
    """

    option: str
    tags: frozenset[str]
    usd: Fraction | None


class Before(NamedTuple):
    """What the scope of a budget cost on the base.

    Args:
        usd: The cost [USD/month]; None where that is not known.
        reason: Why it is not known, or that the base has none of its workloads; "" otherwise.
        is_central: Whether ranges stand at their median in it, whatever the budget says.
    """

    usd: Fraction | None
    reason: str = ""
    is_central: bool = False


class Base(NamedTuple):
    """The baseline of one file.

    Args:
        usd: What each limit came to [USD].
        bounds: How strict each limit was.
        workloads: What each workload was, by name.
        unused: What commitments left unused [USD/month].
    """

    usd: Mapping[Key, Fraction]
    bounds: Mapping[Key, Bound]
    workloads: Mapping[str, BaseWorkload]
    unused: Fraction = Fraction(0)

    def cost_of(self, name: str, budget: BudgetEntry, workloads: Collection[str]) -> Before:
        """Give what the scope of a budget cost on the base, whether or not the base has the budget.

        A limit in USD a month on the same scope says it. Without one it is the sum of the base's workloads in the
        scope: those that were in it, and those that are in it now, so that a new tag is no increase.

        Args:
            name: The budget's name; its own limit says it before another one does.
            budget: The budget as it is now.
            workloads: The names of its workloads now.
        """
        scope = scope_of(budget)
        rows = [
            (key[0] != name, self.usd[key])
            for key, bound in self.bounds.items()
            if key[1] in {"max_increase", "monthly_usd"} and (bound.scope, bound.at) == (scope, budget.at)
        ]
        if rows:
            return Before(min(rows)[1])
        inside = {
            key: each
            for key, each in self.workloads.items()
            if key in workloads or budget.takes(key, each.option, each.tags)
        }
        unknown = [key for key, each in inside.items() if each.usd is None]
        if unknown:
            return Before(None, f"the baseline has no cost of {', '.join(unknown)}")
        total = sum_of(each.usd for each in inside.values()) or Fraction(0)
        nothing = "" if inside else "the baseline has none of its workloads"
        return Before(total + (self.unused if scope == EVERYTHING else 0), nothing, is_central=True)
