"""An axis of a chart in characters: where a value stands on it, and which values are named."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import count, takewhile
from math import ceil, floor, isfinite, log10
from typing import NamedTuple

from costcalc.render.numbers import significant
from costcalc.units import rounded

_SUFFIXES = ((Decimal(10**12), "T"), (Decimal(10**9), "B"), (Decimal(10**6), "M"), (Decimal(10**3), "k"))
_IN_A_DECADE = ((1,), (1, 2, 5), range(1, 10))
_ENOUGH = 3  # named values; where there would be fewer, more of a decade are named
_STEPS = 4  # about so many on a linear axis
_LEAST, _MOST = 1e-4, 1e18  # beyond them only powers of ten are short
_CLOSE = 1e-9  # what rounding may put beside an end


class Axis(NamedTuple):
    """An axis; on a logarithmic one equal distances are equal ratios, and no value is 0.

    Args:
        lo: Where it begins.
        hi: Where it ends.
        is_log: Whether it is logarithmic.
    """

    lo: float
    hi: float
    is_log: bool

    def share(self, value: float) -> float | None:
        """Give a value's place, 0 at the beginning and 1 at the end; None where it has none inside."""
        if not isfinite(value) or (self.is_log and value <= 0):
            return None
        lo, hi, at = map(self._scaled, (self.lo, self.hi, value))
        place = (at - lo) / (hi - lo) if hi > lo else 0.5
        return min(1.0, max(0.0, place)) if -_CLOSE <= place <= 1 + _CLOSE else None

    def at(self, share: float) -> float:
        """Give the value at a place; the ends are exact."""
        if share in {0, 1}:
            return self.hi if share else self.lo
        lo, hi = self._scaled(self.lo), self._scaled(self.hi)
        between = lo + share * (hi - lo)
        return float(10**between) if self.is_log else between

    def cell(self, value: float, cells: int) -> int | None:
        """Give the cell in which a value stands, of so many; None where it has no place inside."""
        share = self.share(value)
        return None if share is None else min(cells - 1, floor(share * cells))

    def ticks(self) -> tuple[tuple[float, str], ...]:
        """Give the values that are named, ascending.

        Example:
            >>> [name for _, name in Axis(5e8, 2e10, is_log=True).ticks()]
            ['500M', '1B', '2B', '5B', '10B', '20B']
            >>> [name for _, name in Axis(1, 36, is_log=False).ticks()]
            ['10', '20', '30']
        """
        found = [value for value in self._round() if self.share(value) is not None]
        marks = found if len(found) > 1 else sorted({self.lo, *found, self.hi})
        return tuple((value, named(value)) for value in marks)

    def _scaled(self, value: float) -> float:
        return log10(value) if self.is_log else value

    def _round(self) -> Iterator[float]:
        if self.is_log:
            decades = [10.0**power for power in range(floor(log10(self.lo)), ceil(log10(self.hi)) + 1)]
            finer = ([value * by for value in decades for by in steps] for steps in _IN_A_DECADE)
            inside = ([value for value in values if self.share(value) is not None] for values in finer)
            yield from next((values for values in inside if len(values) >= _ENOUGH), ())
        elif self.hi > self.lo:
            step = _step((self.hi - self.lo) / _STEPS)
            first = ceil(self.lo / step - _CLOSE)
            yield from takewhile(lambda value: value <= self.hi + step * _CLOSE, (at * step for at in count(first)))


def _step(least: float) -> float:
    decade = 10.0 ** floor(log10(least))
    return next(decade * by for by in (1, 2, 5, 10) if decade * by >= least * (1 - _CLOSE))


def named(value: float) -> str:
    """Write a number in three digits, with the suffix that the command line takes.

    Example:
        >>> [named(value) for value in (0, 0.05, 100, 1e3, 2.5e6, 1e9, -4e12)]
        ['0', '0.05', '100', '1k', '2.5M', '1B', '-4T']
    """
    return written(value, 3)


def written(value: float, digits: int) -> str:
    """Write a number in so many digits, half up, with a suffix.

    Example:
        >>> written(377_594_123, 5), written(3e9, 5), written(3_531_250_000, 5)
        ('377.59M', '3B', '3.5313B')
    """
    if value and not _LEAST <= abs(value) < _MOST:
        return f"{value:.{digits}g}"
    exact = Decimal(str(value))
    size, suffix = next(((size, suffix) for size, suffix in _SUFFIXES if abs(exact) >= size), (Decimal(1), ""))
    scaled = exact / size
    return f"{significant(rounded(scaled, Decimal(1).scaleb(scaled.adjusted() - digits + 1)), digits)}{suffix}"
