"""Axes: which pixel a value stands at, and which values are marked."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise
from math import ceil, floor, log10
from typing import NamedTuple

from costcalc.render.numbers import compact

_FEW_DECADES = 3
_STEPS = (1.0, 2.0, 5.0, 10.0)
_SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥"}


class Ruler(NamedTuple):
    """An axis.

    Args:
        low: The value at its beginning; above 0 where it is logarithmic.
        high: The value at its end.
        first: The pixel of its beginning.
        last: The pixel of its end.
        is_log: Whether equal distances are equal ratios.
    """

    low: float
    high: float
    first: float
    last: float
    is_log: bool = False

    def at(self, value: float) -> float:
        """Give the pixel of a value; what lies outside stands at the nearer end."""
        inside = min(max(value, self.low), self.high)
        return self.first + (self.last - self.first) * self._share(inside)

    def _share(self, value: float) -> float:
        if self.high <= self.low:
            return 0.5
        if self.is_log:
            return log10(value / self.low) / log10(self.high / self.low)
        return (value - self.low) / (self.high - self.low)

    def ticks(self, room: float) -> tuple[float, ...]:
        """Choose the values that are marked: round ones, no two nearer to each other than ``room`` pixels."""
        most = max(2, int(abs(self.last - self.first) / room))
        if not self.is_log or log10(self.high / self.low) < 1:
            choices = (_linear(self.low, self.high, count) for count in range(most, 1, -1))
            return next((values for values in choices if self._is_apart(values, room)), (self.low, self.high))
        powers = _powers(self.low, self.high, (1,))
        finer = _powers(self.low, self.high, (1, 2, 5))
        if log10(self.high / self.low) < _FEW_DECADES and self._is_apart(finer, room):
            return finer
        every = next(step for step in (1, 3, 6, 9, 12, 600) if len(powers) <= step * most)  # 1, 1k, 1M before 1, 100
        return tuple(value for value in powers if round(log10(value)) % every == 0)

    def _is_apart(self, values: Sequence[float], room: float) -> bool:
        return all(abs(self.at(second) - self.at(first)) >= room for first, second in pairwise(values))


def pixel(place: float) -> float:
    """Round a place on the sheet to hundredths: what the SVG says and what its root says of the axes are the same."""
    return round(place, 2)


def _powers(low: float, high: float, digits: Sequence[int]) -> tuple[float, ...]:
    """Give the digits × 10ⁿ from one value to another, ascending."""
    exponents = range(floor(log10(low)), ceil(log10(high)) + 1)
    values = (float(f"{digit}e{exponent}") for exponent in exponents for digit in digits)
    return tuple(value for value in values if low * (1 - 1e-9) <= value <= high * (1 + 1e-9))


def _linear(low: float, high: float, most: int) -> tuple[float, ...]:
    """Choose round values, at most so many."""
    if high <= low:
        return (low,)
    rough = (high - low) / most
    size = 10.0 ** floor(log10(rough))
    step = next(digit * size for digit in _STEPS if digit * size >= rough * (1 - 1e-9))
    return tuple(round(number * step, 12) for number in range(ceil(low / step - 1e-9), floor(high / step + 1e-9) + 1))


def rounded_down(value: float) -> float:
    """Give the next 1, 2 or 5 × 10ⁿ below a value above 0.

    Example:
        >>> [rounded_down(value) for value in (0.03, 7, 50)]
        [0.02, 5.0, 50.0]
    """
    size = 10.0 ** floor(log10(value))
    return max(float(f"{digit * size:.6g}") for digit in _STEPS[:3] if digit * size <= value * (1 + 1e-9))


def rounded_up(value: float) -> float:
    """Give the next 1, 2 or 5 × 10ⁿ above a value above 0.

    Example:
        >>> [rounded_up(value) for value in (0.03, 7, 50)]
        [0.05, 10.0, 50.0]
    """
    size = 10.0 ** floor(log10(value))
    return min(float(f"{digit * size:.6g}") for digit in _STEPS if digit * size >= value * (1 - 1e-9))


def volume(value: float) -> str:
    """Write a volume in a few characters: 1M, 2.77B.

    Example:
        >>> volume(1e9), volume(2.7708e9), volume(1000), volume(0.5)
        ('1B', '2.77B', '1k', '0.5')
    """
    if value >= 1e3 and value < 1e4:  # noqa: PLR2004  # 1k on an axis, where a table writes 1,000
        return f"{_digits(value / 1e3)}k"
    return compact(Decimal(repr(value)))


def money(value: float, currency: str) -> str:
    """Write an amount in a few characters, as on an axis.

    Example:
        >>> [money(value, "USD") for value in (0.001, 2.5, 1e4, 1_500_000, -30)]
        ['$0.001', '$2.50', '$10k', '$1.5M', '-$30']
        >>> money(1000, "CHF")
        'CHF 1k'
    """
    sign = "-" if value < 0 else ""
    size = abs(value)
    text = f"{size:.2f}" if 1 <= size < 10 and size != int(size) else volume(float(f"{size:.3g}"))  # noqa: PLR2004
    return f"{sign}{symbol(currency)}{text}"


def amount(value: float, currency: str) -> str:
    """Write an amount as on a bill that is not to the cent from a hundred on.

    Example:
        >>> [amount(value, "USD") for value in (12345.6, 234.5, 2.4, 0.0123, 0)]
        ['$12,346', '$234', '$2.40', '$0.012', '$0']
    """
    size = abs(value)
    small = f"{size:.2f}" if size >= 1 else _digits(size)
    text = f"{size:,.0f}" if size >= 100 or not size else small  # noqa: PLR2004  # cents say nothing then
    return f"{'-' if value < 0 else ''}{symbol(currency)}{text}"


def symbol(currency: str) -> str:
    """Give what stands before an amount."""
    return _SYMBOLS.get(currency, f"{currency} ")


def _digits(value: float) -> str:
    return f"{Decimal(f'{value:.3g}' if value >= 1 else f'{value:.2g}'):f}"
