"""A chart of lines: each a letter, over an axis of volumes or months."""

from collections.abc import Sequence
from typing import NamedTuple

_MARKS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_TOGETHER = "*"


class Axis(NamedTuple):
    """An axis: what its ends are called, and what it shows."""

    title: str
    low: str
    high: str


class Series(NamedTuple):
    """One line: its name, and its value in each column of the chart; None where there is none."""

    name: str
    values: tuple[float | None, ...]


def line_chart(
    series: Sequence[Series], x: Axis, y_title: str, *, unicode: bool, height: int = 14, log: bool = False
) -> tuple[str, ...]:
    r"""Draw lines as letters, and name them below; where two fall together stands a star.

    Args:
        series: The lines, each with as many values as the others.
        x: The horizontal axis.
        y_title: What the vertical axis shows.
        unicode: Whether lines of boxes can be shown.
        height: Rows of the chart.
        log: Whether equal distances upwards are equal ratios; then no value is 0.

    Example:
        >>> print("\n".join(line_chart(
        ...     [Series("buy", (0, 1, 2, 3, 4)), Series("build", (2, 2, 2, 2, 2))],
        ...     Axis("Mtok", "0", "4"), "USD", unicode=False, height=5)))
        USD
        4 |    A
          |   A
          |BB*BB
          | A
        0 |A
          +-----
           0   4
           Mtok
        A buy, B build, * several
    """
    from math import log10

    known = [value for one in series for value in one.values if value is not None and (value > 0 or not log)]
    scale = log10 if log else float
    low, high = (scale(end(known)) for end in (min, max)) if known else (0.0, 1.0)
    grid = [[" "] * len(series[0].values) for _ in range(height)]
    for mark, one in zip(_MARKS, series, strict=False):
        for column, value in enumerate(one.values):
            if value is not None and (value > 0 or not log):
                share = (scale(value) - low) / (high - low) if high > low else 0.5
                row = height - 1 - round(share * (height - 1))
                grid[row][column] = mark if grid[row][column] == " " else _TOGETHER
    return _framed(grid, series, x, y_title, (min(known, default=0), max(known, default=1)), unicode=unicode)


def _framed(
    grid: list[list[str]],
    series: Sequence[Series],
    x: Axis,
    y_title: str,
    ends: tuple[float, float],
    *,
    unicode: bool,
) -> tuple[str, ...]:
    wall, corner, floor = ("│", "└", "─") if unicode else ("|", "+", "-")
    labels = [f"{ends[1]:,.4g}" if ends[1] < 10_000 else f"{ends[1]:,.0f}"]  # noqa: PLR2004  # four digits
    labels += [""] * (len(grid) - 2)
    labels += [f"{ends[0]:,.4g}" if ends[0] < 10_000 else f"{ends[0]:,.0f}"]  # noqa: PLR2004
    margin, width = max(map(len, labels)), len(grid[0])
    rows = [f"{label:>{margin}} {wall}{''.join(row)}".rstrip() for label, row in zip(labels, grid, strict=True)]
    gap = " " * max(1, width - len(x.low) - len(x.high))
    names = [f"{mark} {one.name}" for mark, one in zip(_MARKS, series, strict=False)]
    together = [f"{_TOGETHER} several"] if any(_TOGETHER in row for row in grid) else []
    return (
        y_title,
        *rows,
        f"{'':{margin}} {corner}{floor * width}",
        f"{'':{margin}}  {x.low}{gap}{x.high}",
        f"{'':{margin}}  {x.title}",
        *_wrapped([*names, *together]),
    )


def _wrapped(names: list[str], width: int = 78) -> list[str]:
    import textwrap

    return textwrap.wrap(", ".join(names), width, break_on_hyphens=False, break_long_words=False)
