"""Lines in characters: cost by volume with its crossings, and payments added up over months."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from costcalc.render.charts.cells.axis import Axis, written
from costcalc.render.charts.cells.plot import (
    ASCII,
    LETTERS,
    UNICODE,
    Plot,
    Signs,
    beside,
    framed,
    margin_of,
    shortened,
    wrapped,
)
from costcalc.render.charts.pictures import Band, Crossing, Line, Path, Paths, Place, Stairs, Stretch

_ROWS = 18
_MOST_DECADES = 6  # upwards; what is below is so near to 0 that nothing else could be told apart
_LISTED = 3  # crossings, from the first and from the last
_LEAST_NAMES, _NAMES = 10, 3  # room for names: tenths of the width


def stairs_lines(picture: Stairs, *, unicode: bool, width: int) -> list[str]:
    """Draw costs by volume on logarithmic axes, with every change of the cheapest and the user's volume."""
    x, y = Axis(picture.lo, picture.hi, is_log=True), _heights_axis(picture)
    plot, names = _plot(picture.lines, x, y, picture.currency, unicode=unicode, width=width)
    plot.draw(picture.lines)
    for band in picture.bands:
        _shade(plot, band)
    head = [f"{picture.currency} a month"]
    if picture.you is not None and (column := plot.upright(picture.you.central, plot.signs.you)) is not None:
        head = _over(f"{picture.currency} a month", "you", margin_of(names) + 2 + column, width)
    for crossing in picture.crossings:
        plot.mark(crossing.x, crossing.y, plot.signs.crossing)
    body = _named(plot, names, picture.lines, width)
    if picture.you is not None:
        body = _ranged(body, plot, picture.you, margin_of(names))
    return [*wrapped(picture.title, width), "", *head, *body, *_said_below(picture, plot, width)]


def _plot(
    lines: Sequence[Line], x: Axis, y: Axis, currency: str, *, unicode: bool, width: int
) -> tuple[Plot, list[tuple[float, str]]]:
    """Make room for the names of both axes and of the lines."""
    sign = "$" if currency == "USD" else ""
    names = [(value, f"{sign}{name}" if value >= 0 else f"-{sign}{name[1:]}") for value, name in y.ticks()]
    columns = width - margin_of(names) - 2 - _room(lines, width, unicode=unicode)
    return Plot(columns, _ROWS, x, y, unicode=unicode), names


def _room(lines: Sequence[Line], width: int, *, unicode: bool) -> int:
    """Give the room for the names to the right of the lines, a blank included."""
    longest = max((len(_label(line, index, unicode=unicode)) for index, line in enumerate(lines)), default=0)
    return min(longest, max(_LEAST_NAMES, width * _NAMES // 10)) + 1


def _label(line: Line, index: int, *, unicode: bool) -> str:
    return line.name if unicode or index >= len(LETTERS) else f"{LETTERS[index]} {line.name}"


def _heights_axis(picture: Stairs) -> Axis:
    ends = [
        height
        for line in picture.lines
        for stretch in line.stretches
        for height in (stretch.at(stretch.lo), stretch.at(stretch.hi))
        if height > 0
    ]
    if not ends:
        return Axis(1.0, 10.0, is_log=True)
    lo, hi = max(min(ends), max(ends) / 10**_MOST_DECADES), max(ends)
    return Axis(lo, hi, is_log=True) if hi > lo else Axis(lo / 2, hi * 2, is_log=True)


def _over(title: str, mark: str, column: int, width: int) -> list[str]:
    """Write a mark over its column, beside the title where there is room."""
    start = min(column, width - len(mark))
    if start > len(title) + 1:
        return [f"{title}{mark:>{start - len(title) + len(mark)}}"]
    return [title, f"{'':{start}}{mark}"]


def _ranged(body: list[str], plot: Plot, you: Place, margin: int) -> list[str]:
    """Mark the range of the user's volume on the axis, where it is one."""
    ends = [plot.column(min(max(at, plot.x.lo), plot.x.hi)) for at in (you.low, you.high)]
    if you.low == you.high or None in ends:
        return body
    first, last = (margin + 2 + (end or 0) for end in ends)
    floor = body[plot.rows]
    return [
        *body[: plot.rows],
        f"{floor[:first]}{plot.signs.range * (last - first + 1)}{floor[last + 1 :]}",
        *body[plot.rows + 1 :],
    ]


def _named(plot: Plot, y_names: Sequence[tuple[float, str]], lines: Sequence[Line], width: int) -> list[str]:
    """Name each line where it ends: to the right of the chart, or inside it where it can serve no more."""
    room = width - plot.columns - margin_of(y_names) - 2
    outside: list[tuple[int, float, str]] = []
    missing: list[str] = []
    for index, line in enumerate(lines):
        name = shortened(_label(line, index, unicode=plot.unicode), room, plot.signs.cut)
        at = _end(plot, line)
        if at is not None and at[1] == plot.columns - 1:
            last = line.stretches[-1]
            outside.append((at[0], -last.at(last.hi), name))
        elif at is None or not _written_inside(plot, at, name):
            missing.append(name)
    texts, more = beside([(row, name) for row, _, name in sorted(outside)], plot.rows, room, plot.signs.cut)
    listed = wrapped(f"no room for the names of: {', '.join([*missing, *more])}", width) if missing or more else []
    return [*framed(plot, y_names, texts), *listed]


def _written_inside(plot: Plot, end: tuple[int, int], name: str) -> bool:
    """Write a name where its line ends inside the chart: on the right, above, below or on the left."""
    row, column = end
    places = ((row, column + 2), (row - 1, column + 1), (row + 1, column + 1), (row - 1, column - len(name)))
    return any(plot.write(*place, name) for place in places)


def _end(plot: Plot, line: Line) -> tuple[int, int] | None:
    """Give the row and the column in which a line ends."""
    if not line.stretches:
        return None
    last = line.stretches[-1]
    row, column = plot.row(last.at(last.hi)), plot.column(last.hi)
    return (row, column) if row is not None and column is not None else None


def _shade(plot: Plot, band: Band) -> None:
    """Fill what lies between P10 and P90 where nothing stands, straight between two volumes that were drawn."""
    for column in range(plot.columns):
        at = (column + 0.5) / plot.columns
        for before, after in pairwise(band.spreads):
            left, right = plot.x.share(before.x), plot.x.share(after.x)
            if left is None or right is None or not left <= at <= right or left == right:
                continue
            part = (at - left) / (right - left)
            if min(before.low, after.low) > 0:
                low, high = (a ** (1 - part) * b**part for a, b in zip(before[1:], after[1:], strict=True))
                _fill(plot, column, low, high)


def _fill(plot: Plot, column: int, low: float, high: float) -> None:
    bottom, top = plot.row(max(low, plot.y.lo)), plot.row(min(high, plot.y.hi))
    for row in range(top, bottom + 1) if top is not None and bottom is not None else ():
        if plot.cells[row][column] == " ":
            plot.cells[row][column] = plot.signs.shade


def _said_below(picture: Stairs, plot: Plot, width: int) -> Iterator[str]:
    """Say what the axes count, where the cheapest changes, where the user is, and what is shaded."""
    counts, signs = f"; {picture.what_counts}" if picture.what_counts else "", plot.signs
    yield from wrapped(f"{picture.unit} a month{counts}; both axes logarithmic{plot.together}", width)
    if picture.crossings:
        yield from wrapped(f"{signs.crossing} {'; '.join(_changes(picture, signs))}", width, indent="  ")
    if picture.you is not None:
        yield from wrapped(f"{signs.you} you: {_place(picture.you)}", width, indent="  ")
    if picture.bands:
        names = ", ".join(band.name for band in picture.bands)
        yield from wrapped(f"{signs.shade} P10 to P90 of {names}", width, indent="  ")


def _place(you: Place) -> str:
    central = written(you.central, 5)
    return central if you.low == you.high else f"{central}, {written(you.low, 5)} to {written(you.high, 5)}"


def _changes(picture: Stairs, signs: Signs) -> Iterator[str]:
    """Write the changes of the cheapest; of many the first and the last."""
    every = picture.crossings
    first, last = every, every[:0]
    if len(every) > 2 * _LISTED:
        first, last = every[:_LISTED], every[-_LISTED:]
    yield from (_change(crossing, picture, signs) for crossing in first)
    if last:
        yield f"{len(every) - 2 * _LISTED} more"
    yield from (_change(crossing, picture, signs) for crossing in last)


def _change(crossing: Crossing, picture: Stairs, signs: Signs) -> str:
    costs = [(cost, line.name) for line in picture.lines if (cost := line.at(crossing.x)) is not None]
    before = min((each for each in costs if each[1] != crossing.above), default=(0.0, ""))[1]
    return f"{before}{signs.arrow}{crossing.above} at {written(crossing.x, 5)}"


def paths_lines(picture: Paths, *, unicode: bool, width: int) -> list[str]:
    """Draw payments added up over months on linear axes, with the month in which each option pays back."""
    lines = [_path(path) for path in picture.paths]
    amounts = [amount for path in picture.paths for amount in path.paid]
    months = max((len(path.paid) for path in picture.paths), default=1)
    x = Axis(1.0, float(months), is_log=False) if months > 1 else Axis(0.5, 1.5, is_log=False)
    lo, hi = min([0.0, *amounts]), max([0.0, *amounts])
    y = Axis(lo, hi if hi > lo else lo + 1, is_log=False)
    plot, names = _plot(lines, x, y, picture.currency, unicode=unicode, width=width)
    plot.draw(lines)
    for path in picture.paths:
        if path.pays_back is not None and 0 < path.pays_back <= len(path.paid):
            plot.mark(float(path.pays_back), path.paid[path.pays_back - 1], plot.signs.crossing)
    return [
        *wrapped(picture.title, width),
        "",
        f"{picture.currency} paid since the beginning",
        *_named(plot, names, lines, width),
        *wrapped(f"month, the first is {picture.begins}{plot.together}", width),
        *_paybacks(picture, UNICODE if unicode else ASCII, width),
    ]


def _path(path: Path) -> Line:
    """Turn months into stretches; a single month is a flat one."""
    name = f"{path.option} (baseline)" if path.is_baseline else path.option
    if len(path.paid) == 1:
        return Line(name, (Stretch(0.5, 1.5, path.paid[0], 0.0),))
    rises = ((month, old, new - old) for month, (old, new) in enumerate(pairwise(path.paid), start=1))
    return Line(name, tuple(Stretch(month, month + 1, old - rise * month, rise) for month, old, rise in rises))


def _paybacks(picture: Paths, signs: Signs, width: int) -> list[str]:
    found = [f"{path.option} in month {path.pays_back}" for path in picture.paths if path.pays_back is not None]
    return wrapped(f"{signs.crossing} pays back: {', '.join(found)}", width, indent="  ") if found else []
