"""The winner map in characters: one row for each use of the machines, a fill and a letter for each option."""

from itertools import groupby

from costcalc.render.charts.cells.axis import Axis, written
from costcalc.render.charts.cells.plot import LETTERS, Plot, framed, wrapped
from costcalc.render.charts.pictures import Row, WinnerMap

_FILLS = "░▒▓█"
_YOU = {True: "◉", False: "@"}
_NONE = " "
_LEAST_NAMED = 3  # cells of a run that has its letter in the middle


def winners_lines(picture: WinnerMap, *, unicode: bool, width: int) -> list[str]:
    """Draw who is the cheapest in the middle of each column, the busiest machines on top, and the user's place."""
    rows = tuple(reversed(picture.rows))
    names = [f"{row.use * 100:.3g} %" for row in rows]
    margin = max(map(len, names), default=0)
    options = list(dict.fromkeys(reign.option for row in picture.rows for reign in row.reigns if reign.option))
    marks = dict(zip(options, LETTERS, strict=False))
    axis = Axis(picture.lo, picture.hi, is_log=True)
    plot = Plot(width - margin - 2, len(rows), axis, Axis(0.0, 1.0, is_log=False), unicode=unicode)
    for cells, row in zip(plot.cells, rows, strict=True):
        cells[:] = _filled(row, axis, plot.columns, options, unicode=unicode)
    head = ["how busy machines are"]
    if picture.you is not None and rows:
        _put_you(plot, picture, rows)
    framing = framed(plot, (), [""] * plot.rows)
    walls = [f"{name:>{margin}}{line}" for name, line in zip(names, framing, strict=False)]
    legend = [f"{marks.get(option, '?')} {option}" for option in options]
    if any(reign.option is None for row in rows for reign in row.reigns):
        legend.append("blank: none serves so much")
    return [
        *wrapped(picture.title, width),
        "",
        *head,
        *walls,
        *(f"{'':{margin}}{line}" for line in framing[len(rows) :]),
        *wrapped(f"{picture.unit} a month, logarithmic; a row stands for its use alone", width),
        *wrapped(f"cheapest: {', '.join(legend)}", width, indent="  "),
        *_you(picture, unicode=unicode, width=width),
    ]


def _filled(row: Row, axis: Axis, columns: int, options: list[str], *, unicode: bool) -> str:
    """Give a row's cells: fills with a letter in the middle of each run, or letters alone."""
    middles = [axis.at((column + 0.5) / columns) for column in range(columns)]
    winners = [next((reign.option for reign in row.reigns if reign.lo < x <= reign.hi), None) for x in middles]
    return "".join(_run(option, len(list(run)), options, unicode=unicode) for option, run in groupby(winners))


def _run(option: str | None, length: int, options: list[str], *, unicode: bool) -> str:
    if option is None:
        return _NONE * length
    index = options.index(option)
    letter = LETTERS[index] if index < len(LETTERS) else "?"
    if not unicode or length < _LEAST_NAMED:
        return letter * length
    fill = _FILLS[index % len(_FILLS)]
    before = (length - 1) // 2
    return f"{fill * before}{letter}{fill * (length - 1 - before)}"


def _put_you(plot: Plot, picture: WinnerMap, rows: tuple[Row, ...]) -> None:
    """Mark the user's volume on the row whose use is nearest to theirs."""
    assert picture.you is not None
    place, use = picture.you
    column = plot.column(place.central)
    nearest = min(range(len(rows)), key=lambda index: abs(rows[index].use - use))
    if column is not None:
        plot.cells[nearest][column] = _YOU[plot.unicode]


def _you(picture: WinnerMap, *, unicode: bool, width: int) -> list[str]:
    if picture.you is None:
        return []
    place, use = picture.you
    text = f"{_YOU[unicode]} you: {written(place.central, 5)}, machines {use * 100:.3g} % busy; the nearest row"
    return wrapped(text, width, indent="  ")
