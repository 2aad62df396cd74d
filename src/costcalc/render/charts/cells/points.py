"""Points in characters: scores over a logarithmic axis of costs, each with its name beside it."""

from collections.abc import Sequence

from costcalc.render.charts.cells.axis import Axis
from costcalc.render.charts.cells.plot import Plot, framed, margin_of, wrapped
from costcalc.render.charts.pictures import Frontier, Point

_ROWS = 14
_ROOM = 0.06  # of an axis, left free on each side


def frontier_lines(picture: Frontier, *, unicode: bool, width: int) -> list[str]:
    """Draw score over cost, filled where no other option beats it; a name without room is listed below.

    Where a score has an interval, a thin line shows it; the score that is needed is a line across.
    """
    points = [point for point in picture.points if point.cost > 0]
    scores = [score for each in points for score in (each.low, each.score, each.high) if score is not None]
    scores += [picture.at_least] if picture.at_least is not None else []
    x, y = _roomy([point.cost for point in points], is_log=True), _roomy(scores, is_log=False)
    sign = "$" if picture.currency == "USD" else ""
    y_names = y.ticks()
    plot = Plot(width - margin_of(y_names) - 2, _ROWS, x, y, unicode=unicode)
    unnamed = _drawn(plot, points, picture.at_least)
    *rows, floor, costs = framed(plot, y_names, [""] * _ROWS)
    signs = plot.signs
    needed = f", {signs.dash} at least {picture.at_least:g}" if picture.at_least is not None else ""
    marks = f"{signs.full} no other beats it, {signs.empty} beaten{needed}"
    legend = f"{picture.currency} a month (logarithmic); {marks}"
    return [
        *wrapped(picture.title, width),
        "",
        *wrapped(picture.benchmark, width),
        *rows,
        floor,
        _signed(costs, sign),
        *wrapped(legend, width),
        *_listed(unnamed, width),
    ]


def _roomy(values: Sequence[float], *, is_log: bool) -> Axis:
    """Leave room beside the first and the last value."""
    inner = Axis(min(values, default=1.0), max(values, default=1.0), is_log=is_log)
    if inner.hi > inner.lo:
        ratio = (inner.hi / inner.lo) ** _ROOM if is_log else (inner.hi - inner.lo) * _ROOM
    else:
        ratio = 2.0 if is_log else max(1.0, abs(inner.hi) * _ROOM)
    ends = (inner.lo / ratio, inner.hi * ratio) if is_log else (inner.lo - ratio, inner.hi + ratio)
    return Axis(*ends, is_log=is_log)


def _signed(costs: str, sign: str) -> str:
    """Put the sign of the dollar before each named cost, where a blank stands there."""
    cells = list(costs)
    for index, (before, char) in enumerate(zip(f" {costs}", costs, strict=False)):
        if sign and char != " " and before == " " and index:
            cells[index - 1] = sign
    return "".join(cells)


def _drawn(plot: Plot, points: Sequence[Point], at_least: float | None) -> list[Point]:
    """Put points, intervals and names on the plot; give the points whose names had no room."""
    signs = plot.signs
    if at_least is not None and (row := plot.row(at_least)) is not None:
        plot.cells[row] = [signs.dash] * plot.columns
    for point in points:
        column = plot.column(point.cost)
        rows = [plot.row(end) for end in (point.high, point.low) if end is not None]
        if column is not None and len(rows) > 1 and rows[0] is not None and rows[1] is not None:
            for row in range(rows[0], rows[1] + 1):
                plot.cells[row][column] = signs.wall
    beaten_first = sorted(points, key=lambda point: point.is_on_frontier)  # so that the frontier lies on top
    for point in beaten_first:
        column, row = plot.column(point.cost), plot.row(point.score)
        if column is not None and row is not None:
            plot.cells[row][column] = signs.full if point.is_on_frontier else signs.empty
    return [point for point in reversed(beaten_first) if not _named(plot, point)]


def _named(plot: Plot, point: Point) -> bool:
    """Write a name beside its point: on the right, the left, below or above; False where all are taken."""
    row, column = plot.row(point.score), plot.column(point.cost)
    if row is None or column is None:
        return False
    name = point.option
    places = ((row, column + 2), (row, column - 1 - len(name)), (row + 1, column + 1), (row - 1, column + 1))
    return any(plot.write(*place, name) for place in places)


def _listed(points: Sequence[Point], width: int) -> list[str]:
    if not points:
        return []
    names = (f"{point.option} ({point.score:,.4g})" for point in sorted(points, key=lambda point: point.cost))
    return wrapped(f"no room for the names of: {', '.join(names)}", width)
