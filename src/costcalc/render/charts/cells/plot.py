"""A grid of characters with two axes: lines in dots of Braille or in letters, marks, and names beside them."""

import textwrap
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from costcalc.render.charts.cells.axis import Axis
from costcalc.render.charts.pictures import Line

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_DOTS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))  # of Unicode's Braille patterns: by column, then by row
_BRAILLE = 0x2800
_ACROSS, _DOWN = 2, 4  # dots of a cell
TOGETHER = "*"


class Signs(NamedTuple):
    """What a chart is drawn with beside its lines."""

    wall: str
    tick: str
    corner: str
    floor: str
    below: str
    range: str
    crossing: str
    you: str
    shade: str
    arrow: str
    cut: str
    full: str
    empty: str
    dash: str


UNICODE = Signs("│", "┤", "└", "─", "┬", "═", "✕", "┊", "·", "→", "…", "●", "○", "┄")
ASCII = Signs("|", "+", "+", "-", "+", "=", "X", ":", ".", "->", "~", "#", "o", "-")


class Span(NamedTuple):
    """The rows that a line covers in a column, the upper and the lower one, counted from the top."""

    top: int
    bottom: int


class Plot:
    """The inner part of a chart."""

    def __init__(self, columns: int, rows: int, x: Axis, y: Axis, *, unicode: bool) -> None:
        self.columns, self.rows, self.x, self.y = columns, rows, x, y
        self.unicode = unicode
        self.signs = UNICODE if unicode else ASCII
        self.cells = [[" "] * columns for _ in range(rows)]

    def column(self, x: float) -> int | None:
        """The column in which a value stands."""
        return self.x.cell(x, self.columns)

    def row(self, y: float) -> int | None:
        """The row in which a value stands, counted from the top."""
        cell = self.y.cell(y, self.rows)
        return None if cell is None else self.rows - 1 - cell

    def draw(self, lines: Sequence[Line]) -> None:
        """Draw lines: in Braille, where dots of several may share a cell; else in letters, and a star for several."""
        if not self.unicode:
            for letter, line in zip(LETTERS, lines, strict=False):
                self._letters(letter, line)
            return
        dots = [[0] * self.columns for _ in range(self.rows)]
        for line in lines:
            for column, row in _dots(line, self):
                dots[row // _DOWN][column // _ACROSS] |= _DOTS[column % _ACROSS][row % _DOWN]
        for cells, bits in zip(self.cells, dots, strict=True):
            cells[:] = [chr(_BRAILLE + each) if each else cell for cell, each in zip(cells, bits, strict=True)]

    def _letters(self, letter: str, line: Line) -> None:
        for column, span in enumerate(spans(line, self.x, self.y, self.columns, self.rows)):
            for row in range(span.top, span.bottom + 1) if span is not None else ():
                self.cells[row][column] = letter if self.cells[row][column] == " " else TOGETHER

    def mark(self, x: float, y: float, sign: str) -> None:
        """Put a mark over whatever stands there; where such a mark stands already, in the next column."""
        column, row = self.column(x), self.row(y)
        if column is None or row is None:
            return
        free = next((at for at in (column, column + 1) if at < self.columns and self.cells[row][at] != sign), column)
        self.cells[row][free] = sign

    def upright(self, x: float, sign: str) -> int | None:
        """Draw a vertical line where nothing stands; give its column."""
        column = self.column(x)
        for cells in self.cells if column is not None else ():
            if column is not None and cells[column] == " ":
                cells[column] = sign
        return column

    @property
    def together(self) -> str:
        """What the sign for several lines in one cell means, where it stands; else ""."""
        return f"; {TOGETHER} several lines" if any(TOGETHER in cells for cells in self.cells) else ""

    def write(self, row: int, column: int, text: str) -> bool:
        """Write where there is nothing, with a blank on either side; False where there is no room."""
        if not (0 <= row < self.rows and 0 <= column <= self.columns - len(text)):
            return False
        if "".join(self.cells[row][max(0, column - 1) : column + len(text) + 1]).strip():
            return False
        self.cells[row][column : column + len(text)] = text
        return True


def _dots(line: Line, plot: Plot) -> Iterator[tuple[int, int]]:
    every = spans(line, plot.x, plot.y, plot.columns * _ACROSS, plot.rows * _DOWN)
    for column, span in enumerate(every):
        for row in range(span.top, span.bottom + 1) if span is not None else ():
            yield column, row


def spans(line: Line, x: Axis, y: Axis, columns: int, rows: int) -> list[Span | None]:
    """Give the rows that a line covers in each column: its height in the middle, and every riser in full.

    A column in which the line does not touch the last one is drawn up or down to it.

    Example:
        >>> from costcalc.render.charts.pictures import Stretch
        >>> line = Line("build", (Stretch(0, 2, 0, 0), Stretch(2, 4, 3, 0)))
        >>> [tuple(span) for span in spans(line, Axis(0, 4, False), Axis(0, 4, False), 4, 4) if span]
        [(3, 3), (0, 3), (0, 0), (0, 0)]
    """
    ends = [stretch.hi for stretch in line.stretches]
    found: list[Span | None] = []
    for column in range(columns):
        heights = _heights(line, ends, x, (column / columns, (column + 1) / columns))
        cells = [cell for height in heights if (cell := y.cell(height, rows)) is not None]
        span = Span(rows - 1 - max(cells), rows - 1 - min(cells)) if cells else None
        found.append(_joined(found[-1] if found else None, span))
    return found


def _heights(line: Line, ends: Sequence[float], x: Axis, within: tuple[float, float]) -> Iterator[float]:
    """Give a line's height in the middle of a column, and before and behind each end of a stretch in it."""
    left, right = map(x.at, within)
    middle = x.at(sum(within) / 2)
    at = bisect_left(ends, middle)
    if at < len(ends) and line.stretches[at].lo < middle:
        yield line.stretches[at].at(middle)
    for index in range(bisect_left(ends, left), len(ends)):
        if ends[index] > right:
            return
        if ends[index] > left:
            yield line.stretches[index].at(ends[index])
            yield from (stretch.at(ends[index]) for stretch in line.stretches[index + 1 : index + 2])


def _joined(last: Span | None, span: Span | None) -> Span | None:
    if last is None or span is None:
        return span
    if last.top > span.bottom + 1:
        return Span(span.top, last.top - 1)
    if last.bottom < span.top - 1:
        return Span(last.bottom + 1, span.bottom)
    return span


def framed(plot: Plot, y_names: Sequence[tuple[float, str]], beside: Sequence[str]) -> list[str]:
    """Put the axes around a plot, with their named values, and what stands to the right of each row.

    Args:
        plot: The plot.
        y_names: The values that are named at the left.
        beside: What stands to the right of each row.
    """
    signs, margin = plot.signs, margin_of(y_names)
    rows = {row: name for value, name in y_names if (row := plot.row(value)) is not None}
    lines = [
        f"{rows.get(row, ''):>{margin}} {signs.tick if row in rows else signs.wall}{''.join(cells)}{text}".rstrip()
        for row, (cells, text) in enumerate(zip(plot.cells, beside, strict=True))
    ]
    floor, names = [signs.floor] * plot.columns, [" "] * (plot.columns + 1)
    for value, name in plot.x.ticks():
        column = plot.column(value)
        start = min(max(0, (column or 0) - len(name) // 2), max(0, plot.columns - len(name)))
        if column is not None and not "".join(names[max(0, start - 1) : start + len(name) + 1]).strip():
            floor[column] = signs.below
            names[start : start + len(name)] = name
    return [*lines, f"{'':{margin}} {signs.corner}{''.join(floor)}", f"{'':{margin}}  {''.join(names)}".rstrip()]


def margin_of(y_names: Sequence[tuple[float, str]]) -> int:
    """Give the room that the names of the vertical axis need."""
    return max((len(name) for _, name in y_names), default=0)


def beside(names: Sequence[tuple[int, str]], rows: int, width: int, cut: str) -> tuple[list[str], list[str]]:
    """Put names to the right of the rows in which their lines end, moved apart, in the order of the lines.

    Args:
        names: Each with its row.
        rows: Rows of the chart.
        width: Room for a name.
        cut: What stands for what is left out of a long name.

    Returns:
        The text for each row, and the names for which there is no row.
    """
    ordered = sorted(names, key=lambda each: each[0])
    placed = ordered[:rows]
    taken: list[int] = []
    for row, _ in placed:
        taken.append(max(row, taken[-1] + 1 if taken else 0))
    for index in reversed(range(len(taken))):  # what was pushed out at the bottom moves up again
        taken[index] = min(taken[index], rows - len(taken) + index)
    texts = [""] * rows
    for row, (_, name) in zip(taken, placed, strict=True):
        texts[row] = f" {shortened(name, width - 1, cut)}"
    return texts, [name for _, name in ordered[rows:]]


def shortened(name: str, width: int, cut: str) -> str:
    """Cut the middle out of a name that is too long: how it begins and ends tells options apart.

    Example:
        >>> shortened("r1-distill-32b-a100-int4", 16, "…"), shortened("short", 16, "…")
        ('r1-disti…00-int4', 'short')
    """
    if len(name) <= width:
        return name
    last = (width - len(cut)) // 2
    return f"{name[: width - len(cut) - last]}{cut}{name[len(name) - last :]}"


def wrapped(text: str, width: int, *, indent: str = "") -> list[str]:
    """Break a text into lines; a word that is longer than a line is broken too."""
    return textwrap.wrap(text, width, subsequent_indent=indent, break_on_hyphens=False)
