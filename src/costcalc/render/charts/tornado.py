"""A tornado: a bar for each input, from what holds at its low to what holds at its high."""

from collections.abc import Callable, Sequence
from typing import NamedTuple


class Bar(NamedTuple):
    """One input: its name, and the figure with it at its low and at its high."""

    name: str
    low: float
    high: float


class _Signs(NamedTuple):
    """What the parts of a bar are drawn with: towards the low, towards the high, where the line of an axis stands."""

    low: str
    high: str
    axis: str
    zero: str


_UNICODE = _Signs("░", "█", "│", "┊")
_ASCII = _Signs("-", "#", "|", ":")


def tornado_chart(
    bars: Sequence[Bar], central: float, *, title: str, unicode: bool, width: int = 78
) -> tuple[str, ...]:
    r"""Draw bars about the central figure, in the order given.

    Args:
        bars: The bars.
        central: The figure with every input at its central value.
        title: What the figure is.
        unicode: Whether blocks can be shown.
        width: Of the chart with its names [characters].

    Example:
        >>> print("\n".join(tornado_chart(
        ...     [Bar("volume", -40, 60), Bar("rent", 30, 5)], 20, title="USD", unicode=False, width=40)))
        USD
        volume  -------------------|############
        rent                : #####|---
                -40         0                 60
        - at its low, # at its high, | all central (20), : 0
    """
    signs = _UNICODE if unicode else _ASCII
    ends = [0.0, central, *(end for bar in bars for end in (bar.low, bar.high))]
    least, most = min(ends), max(ends)
    names = max((len(bar.name) for bar in bars), default=0)
    columns = max(10, width - names - 2)

    def at(figure: float) -> int:
        return round((figure - least) / (most - least) * (columns - 1)) if most > least else 0

    rows = [f"{bar.name:<{names}}  {_row(bar, central, at, columns, signs)}".rstrip() for bar in bars]
    ends_of = f"{signs.low} at its low, {signs.high} at its high"
    legend = f"{ends_of}, {signs.axis} all central ({_figure(central)}), {signs.zero} 0"
    labels = _labels(least, most, at(0.0), columns)
    return (title, *rows, f"{'':{names}}  {labels}".rstrip(), legend)


def _row(bar: Bar, central: float, at: Callable[[float], int], columns: int, signs: _Signs) -> str:
    """Draw one bar; where both ends lie on the same side, the nearer one is drawn over the farther."""
    cells = [" "] * columns
    cells[at(0.0)] = signs.zero
    middle = at(central)
    halves = sorted([(bar.low, signs.low), (bar.high, signs.high)], key=lambda half: -abs(half[0] - central))
    for end, sign in halves:
        first, last = sorted((middle, at(end)))
        cells[first : last + 1] = sign * (last + 1 - first)
    cells[middle] = signs.axis
    return "".join(cells)


def _labels(least: float, most: float, zero: int, columns: int) -> str:
    """Write the ends of the axis, and its 0 where there is room between them."""
    low, high = _figure(least), _figure(most)
    between = columns - len(low) - len(high)
    if least < 0 < most and len(low) < zero < columns - len(high) - 1:
        return f"{low}{'0':>{zero + 1 - len(low)}}{high:>{columns - zero - 1}}"
    return f"{low}{' ' * max(1, between)}{high}"


def _figure(number: float) -> str:
    return f"{number:,.3g}" if abs(number) < 1000 else f"{number:,.0f}"  # noqa: PLR2004  # three digits
