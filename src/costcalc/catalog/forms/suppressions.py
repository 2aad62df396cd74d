"""What is put up with for a while, for a reason and up to a day: a broken budget, or a finding of ``catalog lint``."""

from datetime import date
from typing import Literal, Self

from costcalc.catalog.forms.entry import Entry, form_check
from costcalc.catalog.forms.scalars import Day, Text

MAX_DAYS_AHEAD = 366  # a year, in a leap year too
RuleId = Literal[
    "duplicate-name",
    "future-checked",
    "old-scores",
    "out-of-order",
    "outside-range",
    "price-outlier",
    "recalled",
    "retired-successor",
    "retired-used",
    "similar-names",
    "stale",
    "unconfirmed",
    "undated",
    "unlisted-used",
    "unsourced",
]


class SuppressionEntry(Entry, schema={"oneOf": [{"required": ["budget"]}, {"required": ["rule", "at"]}]}):
    """A breach that is put up with for a while: of a budget, or of a rule of ``catalog lint`` at one place.

    Args:
        budget: Which budget.
        rule: Which rule of ``catalog lint``.
        at: Where in the catalog, as the finding names it; what stands below it is put up with too.
        reason: Why.
        expires: The last day on which it holds; later it is a finding of its own. At most a year ahead.
    """

    budget: Text | None = None
    rule: RuleId | None = None
    at: Text | None = None
    reason: Text
    expires: Day

    @form_check
    def _names_one_thing(self) -> Self:
        if (self.budget is None) == (self.rule is None) or (self.rule is None) != (self.at is None):
            raise ValueError("a suppression names a budget, or a rule and where it is put up with: rule and at")
        return self

    def covers(self, rule: str, shown: str) -> bool:
        """Say whether it is about a finding of a rule at a place, or below one."""
        return rule == self.rule and (shown == self.at or shown.startswith(f"{self.at}."))

    def is_too_long_on(self, day: date) -> bool:
        """Say whether it would hold for more than a year from a day on: what nobody looks at again is no exception."""
        return (self.expires - day).days > MAX_DAYS_AHEAD

    def holds_on(self, day: date) -> bool:
        """Say whether it still holds."""
        return day <= self.expires


class SuppressionsFile(Entry):
    """Findings of ``catalog lint`` that the shipped catalog puts up with: ``pricing/suppressions.yaml``.

    Args:
        suppressions: The suppressions.
    """

    suppressions: tuple[SuppressionEntry, ...]
