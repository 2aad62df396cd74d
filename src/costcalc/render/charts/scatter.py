"""A chart of points with their names beside them, over a logarithmic axis."""

import textwrap
from collections.abc import Sequence
from math import log10
from typing import NamedTuple

from costcalc.render.charts.lines import Axis

_MARKS = {True: ("●", "○"), False: ("#", "o")}
_FRAME = {True: ("│", "└", "─"), False: ("|", "+", "-")}
_ROOM = 0.06  # of the axis, left free on each side
_HALF = 0.5  # where everything stands that does not differ


class Dot(NamedTuple):
    """A point.

    Args:
        name: Its name.
        x: Where it stands on the logarithmic axis, above 0.
        y: Its height.
        is_marked: Whether it stands out.
    """

    name: str
    x: float
    y: float
    is_marked: bool


def scatter_chart(
    dots: Sequence[Dot], x: Axis, y_title: str, *, unicode: bool, width: int = 78, height: int = 14
) -> tuple[str, ...]:
    r"""Draw points over a logarithmic axis, those that stand out filled, each with its name where there is room.

    A name that has none is listed below with its place in the order of the chart, from left to right.

    Args:
        dots: The points.
        x: The horizontal axis; its ends are those of the points.
        y_title: What the vertical axis shows.
        unicode: Whether circles and lines of boxes can be shown.
        width: Columns of the chart, the labels of its axis included.
        height: Rows of the chart.

    Example:
        >>> print("\n".join(scatter_chart(
        ...     [Dot("cheap", 1, 60, True), Dot("dear", 100, 80, True), Dot("beaten", 60, 70, False)],
        ...     Axis("USD", "1", "100"), "score", unicode=False, width=40, height=5)))
        score
        80 |                            dear #
           |
           |                      beaten o
           |
        60 |  # cheap
           +------------------------------------
              1                              100
            USD (log), # no other beats it, o beaten
    """
    top, bottom = (f"{end(dot.y for dot in dots):,.4g}" for end in (max, min))
    titles = [top, *[""] * (height - 2), bottom] if top != bottom else _in_the_middle(top, height)
    margin = max(map(len, titles))
    columns = width - margin - 2
    grid = [[" "] * columns for _ in range(height)]
    places = [_place(dot, dots, columns, height) for dot in dots]
    for dot, (row, column) in sorted(zip(dots, places, strict=True), key=lambda each: each[0].is_marked):
        grid[row][column] = _MARKS[unicode][0 if dot.is_marked else 1]
    marked_first = sorted(zip(dots, places, strict=True), key=lambda each: (not each[0].is_marked, each[1]))
    unnamed = [dot for dot, place in marked_first if not _named(grid, place, dot.name)]
    wall, corner, floor = _FRAME[unicode]
    first, last = (end(column for _, column in places) for end in (min, max))
    ends = f"{'':{first}}{x.low}"
    if last > first:
        ends = f"{ends:<{max(len(ends) + 1, min(last, columns - len(x.high)))}}{x.high}"
    filled, empty = _MARKS[unicode]
    return (
        y_title,
        *(f"{title:>{margin}} {wall}{''.join(row)}".rstrip() for title, row in zip(titles, grid, strict=True)),
        f"{'':{margin}} {corner}{floor * columns}",
        f"{'':{margin}}  {ends}",
        f"{'':{margin}}  {x.title} (log), {filled} no other beats it, {empty} beaten",
        *_listed(sorted(unnamed, key=lambda dot: dot.x)),
    )


def _in_the_middle(title: str, height: int) -> list[str]:
    """Title the row on which all points stand, where they have one height."""
    middle = height - 1 - round(_HALF * (height - 1))
    return [title if row == middle else "" for row in range(height)]


def _place(dot: Dot, dots: Sequence[Dot], columns: int, height: int) -> tuple[int, int]:
    """Give a point's row, from the top, and its column."""
    across = _share(log10(dot.x), [log10(each.x) for each in dots])
    up = _share(dot.y, [each.y for each in dots])
    return height - 1 - round(up * (height - 1)), round((_ROOM + across * (1 - 2 * _ROOM)) * (columns - 1))


def _share(value: float, values: Sequence[float]) -> float:
    low, high = min(values), max(values)
    return (value - low) / (high - low) if high > low else _HALF


def _named(grid: list[list[str]], place: tuple[int, int], name: str) -> bool:
    """Write a name beside its point: on the right, the left, below or above; False where all are taken."""
    row, column = place
    beside = ((row, column + 2), (row, column - 1 - len(name)), (row + 1, column + 1), (row - 1, column + 1))
    for at, start in beside:
        if not (0 <= at < len(grid) and 0 <= start <= len(grid[at]) - len(name)):
            continue
        if not "".join(grid[at][max(0, start - 1) : start + len(name) + 1]).strip():  # a blank on either side
            grid[at][start : start + len(name)] = name
            return True
    return False


def _listed(dots: Sequence[Dot]) -> list[str]:
    if not dots:
        return []
    text = f"no room for the names of: {', '.join(f'{dot.name} ({dot.y:,.4g})' for dot in dots)}"
    return textwrap.wrap(text, 78, break_on_hyphens=False, break_long_words=False)
