"""The forms of assumptions and of judgements: numbers that no price list gives."""

from decimal import Decimal
from typing import Literal, Self

from costcalc.catalog.forms.entry import Entry, form_check
from costcalc.catalog.forms.scalars import (
    LEAST_NUMBER,
    MAX_NUMBER,
    MAX_UNIT_USD,
    Amount,
    Change,
    Day,
    Text,
)
from costcalc.catalog.forms.schema import Source
from costcalc.units import MAX_SPARES


class Ranged(Entry):
    """A number with its 90 % interval.

    Args:
        value: The best single value.
        low: The lower end of the 90 % interval.
        high: The upper end of the 90 % interval.
    """

    value: Amount
    low: Amount
    high: Amount

    @form_check
    def _is_ordered(self) -> Self:
        if not self.low <= self.value <= self.high:
            raise ValueError(
                f"expected low ≤ value ≤ high, found {self.low}, {self.value}, {self.high}; give all three"
            )
        return self


class Judged(Ranged):
    """A number that no price list gives: its 90 % interval and what it rests on. Each such form says what it counts."""

    unit: Text
    basis: Literal["measured", "vendor", "literature", "judgement", "user"]
    source: Source | None = None
    checked: Day | None = None
    note: Text | None = None

    @form_check
    def _has_basis(self) -> Self:
        if self.source is None and self.basis not in {"judgement", "user"}:
            raise ValueError(f"basis '{self.basis}' needs a source; without one the basis is 'judgement'")
        return self


class Assumption(Judged):
    """A number that a cost depends on and no price list gives, with its 90 % interval.

    Args:
        value: The best single value.
        low: The lower end of the 90 % interval.
        high: The upper end of the 90 % interval.
        unit: The unit of all three.
        basis: What it rests on; judgement is shown as such, and ``user`` is a number of the user's own.
        drawn: Whether analyses of what is uncertain move it: false for what is decided, not found out, and for what
            moves no cost. A range of the user's own over such a one is what he does not know, and is drawn.
        source: Where it was read; a judgement and a user's own number may lack one.
        checked: For a figure without a source: the day on which it was last thought over.
        note: How it was got.
    """

    value: Change
    low: Change
    high: Change
    drawn: bool = True

    @form_check
    def _is_possible(self) -> Self:
        least, most = bounds_of_unit(self.unit)
        for key, number in (("low", self.low), ("high", self.high)):
            if not least <= number <= most:
                expected = f"from {least:f} to {most:f}" if most < MAX_NUMBER else f"of at least {least:f}"
                raise ValueError(f"{key}: expected a number {expected}, as its unit is '{self.unit}', found {number}")
        return self


_FROM_ONE = ("ratio",)  # of the total to a part, as PUE and the peak to the mean
_CHANGE = "fall/year"  # below 0 it is a rise
_ABOVE_ZERO = ("GPU/FTE", "years", "factor", "ms/output token", "output tokens/", "tokens/token")
_MOST = {
    "share of generated tokens": 1 - LEAST_NUMBER,  # thrown away; what is kept is divided by
    "share": Decimal(1),
    "USD": Decimal(MAX_UNIT_USD),
    "replicas": Decimal(MAX_SPARES),
}


def bounds_of_unit(unit: str) -> tuple[Decimal, Decimal]:
    """Say between which numbers a quantity of some unit lies; only what changes by the year may be below 0.

    A share lies between 0 and 1, a ratio is never below 1, the price of a unit is bounded as all prices are, what
    others are divided or multiplied by is above 0, and what is thrown away is never all.

    Example:
        >>> [tuple(map(str, bounds_of_unit(unit))) for unit in ("share of TDP", "USD/GB")]
        [('0', '1'), ('0', '1000000000')]
    """
    least = Decimal(1) if unit in _FROM_ONE else LEAST_NUMBER if unit.startswith(_ABOVE_ZERO) else Decimal(0)
    if unit == _CHANGE:
        least = Decimal(-1)
    most = next((number for start, number in _MOST.items() if unit.startswith(start)), Decimal(MAX_NUMBER))
    return least, most


class AssumptionsFile(Entry):
    """Everything else that a cost depends on: ``pricing/assumptions.yaml``.

    Args:
        assumptions: The assumptions by id.
    """

    assumptions: dict[str, Assumption]
