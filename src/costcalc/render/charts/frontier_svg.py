"""Cost against capability as SVG: points with their names, intervals and the frontier."""

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from costcalc.render.charts.frame import EDGE, Drawn, Entry, Plot, Sheet, grid, key, margin, notes
from costcalc.render.charts.ink import label, path, tag, words
from costcalc.render.charts.pictures import Frontier, Point
from costcalc.render.charts.ruler import Ruler, amount, money, pixel
from costcalc.render.charts.typeface import LINE, SMALL, shortened, wide, wrapped

_HEIGHT = 320.0
_NAME = 170.0
_AIR = 1.4  # how many times the axis reaches below the lowest and above the highest cost
_ON_A_LINE = 24.0  # pixels that a name may move away from its point rather than stand on a line
_FRONTIER, _BEATEN = 0, 4  # the numbers of their colours


def frontier_svg(picture: Frontier, sheet: Sheet) -> Drawn:
    """Draw each option at its cost and score; those that no other beats are filled and joined by a step line."""
    plot = _plot(picture, sheet)
    placed, left_out = _placed(picture, plot)
    parts = [
        grid(plot, x=lambda value: money(value, picture.currency), y=lambda value: f"{value:g}"),
        *(label(line, 2, LINE * (row + 1) - 4) for row, line in enumerate(_benchmark(picture, sheet))),
        _needed(picture.at_least, plot) if picture.at_least is not None else "",
        _frontier(picture, plot),
        *map(_leader, placed),
        *(_point(point, plot, picture.currency) for point in picture.points),
        *map(_written, placed),
    ]
    below = plot.bottom + 2 * LINE + 2
    parts.append(label(f"{picture.currency} a month", (plot.left + plot.right) / 2, below, anchor="middle"))
    entries = [
        Entry(lambda x, y: tag("circle", cx=x + 10, cy=y, r=5, class_=f"f{_FRONTIER}"), "no other option beats it"),
    ]
    if not all(point.is_on_frontier for point in picture.points):
        entries.append(Entry(lambda x, y: _hollow(x + 10, y, 5), "another costs no more and scores no less"))
    written, height = key(entries, 4, below + 8, sheet.width - 8)
    text = f"No room for the names of: {'; '.join(_listed(point) for point in left_out)}." if left_out else ""
    bars = "Bars: the interval of a score." if any(point.low is not None for point in picture.points) else ""
    small, more = notes([f"The cost axis is logarithmic. {bars}", text], 4, below + 10 + height, sheet.width - 8)
    return Drawn("".join((*parts, written, small)), below + height + more + 16, _says(picture), plot.data())


def _listed(point: Point) -> str:
    return f"{shortened(point.option, 240)} ({point.score:.4g})"


def _plot(picture: Frontier, sheet: Sheet) -> Plot:
    costs = [point.cost for point in picture.points if point.cost > 0] or [1.0]
    low, high = min(costs) / _AIR, max(costs) * _AIR
    scores = [end for point in picture.points for end in (point.score, point.low, point.high) if end is not None]
    scores += [picture.at_least] if picture.at_least is not None else []
    least, most = min(scores, default=0.0), max(scores, default=1.0)
    air = (most - least) * 0.08 or 1.0
    top = LINE * len(_benchmark(picture, sheet)) + 6
    y = Ruler(least - air, most + air, top + _HEIGHT, top)
    left = margin(y, lambda value: f"{value:g}")
    return Plot(Ruler(low, high, pixel(left), sheet.width - EDGE, is_log=True), y)


def _benchmark(picture: Frontier, sheet: Sheet) -> tuple[str, ...]:
    return wrapped(picture.benchmark, sheet.width - 4)


def _at(point: Point, plot: Plot) -> tuple[float, float]:
    """Give a point's pixels; what costs nothing stands at the left edge."""
    return plot.x.at(max(point.cost, plot.x.low)), plot.y.at(point.score)


def _point(point: Point, plot: Plot, currency: str) -> str:
    x, y = _at(point, plot)
    number = _FRONTIER if point.is_on_frontier else _BEATEN
    bar = ""
    if point.low is not None and point.high is not None:
        ends = plot.y.at(point.low), plot.y.at(point.high)
        lines = [[(x, ends[0]), (x, ends[1])], *([(x - 3, end), (x + 3, end)] for end in ends)]
        bar = tag("path", d="".join(map(path, lines)), class_=f"axis e{number}")
    sign = tag("circle", cx=x, cy=y, r=5, class_=f"f{_FRONTIER}") if point.is_on_frontier else _hollow(x, y, 4.5)
    says = f"{point.option}: {amount(point.cost, currency)} a month, {point.score:.4g}"
    return tag("g", tag("title", words(says)), bar, sign, data_option=point.option)


def _hollow(x: float, y: float, size: float) -> str:
    return tag("circle", cx=x, cy=y, r=size, class_=f"mark open e{_BEATEN}")


def _frontier(picture: Frontier, plot: Plot) -> str:
    points = _steps(picture, plot)
    return tag("path", d=path(points), class_=f"line e{_FRONTIER}", stroke_opacity="0.55") if points else ""


def _steps(picture: Frontier, plot: Plot) -> list[tuple[float, float]]:
    """Give the best score that each cost buys: level up to the next option of the frontier, then upwards."""
    points: list[tuple[float, float]] = []
    for point in picture.points:
        if point.is_on_frontier:
            x, y = _at(point, plot)
            points += [(x, points[-1][1]), (x, y)] if points else [(x, y)]
    return [*points, (plot.right, points[-1][1])] if points else []


def _needed(score: float, plot: Plot) -> str:
    y = plot.y.at(score)
    return tag("path", d=path([(plot.left, y), (plot.right, y)]), class_="you") + label(
        f"at least {score:g}", plot.right - 2, y - 5, class_="small", anchor="end"
    )


class _Box(NamedTuple):
    """A rectangle of the plane."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "_Box") -> bool:
        """Say whether two overlap."""
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )


class _Label(NamedTuple):
    """A name at its place: the text, its box, and the point that it belongs to."""

    text: str
    box: _Box
    point: Point
    at: tuple[float, float]


def _placed(picture: Frontier, plot: Plot) -> tuple[list[_Label], list[Point]]:
    """Place the names, those of the frontier first; and say which have no room.

    A name never stands on a point or on another name, and on a line only where other room is far away.
    """
    taken = [_around(point, plot) for point in picture.points]
    if picture.at_least is not None:
        y = plot.y.at(picture.at_least)
        taken.append(_Box(plot.right - wide(f"at least {picture.at_least:g}", SMALL) - 4, y - 16, plot.right, y + 2))
    lines = list(_lines(picture, plot))
    placed: list[_Label] = []
    left_out: list[Point] = []
    for point in sorted(picture.points, key=lambda each: not each.is_on_frontier):
        text, at = shortened(point.option, _NAME, SMALL), _at(point, plot)
        boxes = list(_beside(at, wide(text, SMALL)))
        free = [
            (away + _ON_A_LINE * any(map(each.meets, lines)), number, each)
            for number, (away, each) in enumerate(boxes)
            if _is_free(each, taken, plot)
        ]
        place = min(free)[2] if free else None
        if place is None:
            left_out.append(point)
        else:
            taken.append(place)
            placed.append(_Label(text, place, point, at))
    return placed, left_out


def _around(point: Point, plot: Plot) -> _Box:
    x, y = _at(point, plot)
    return _Box(x - 5, y - 5, x + 5, y + 5)


def _lines(picture: Frontier, plot: Plot) -> Iterator[_Box]:
    """Walk the boxes of what names had better not stand on: intervals, the step line, the score that is needed."""
    for point in picture.points:
        if point.low is not None and point.high is not None:
            x = _at(point, plot)[0]
            yield _Box(x - 3, plot.y.at(point.high), x + 3, plot.y.at(point.low))
    corners = _steps(picture, plot)
    for (x, y), (right, top) in pairwise(corners):
        yield _Box(x - 1, min(y, top) - 1, right + 1, max(y, top) + 1)
    if picture.at_least is not None:
        y = plot.y.at(picture.at_least)
        yield _Box(plot.left, y - 1, plot.right, y + 1)


def _beside(at: tuple[float, float], width: float) -> Iterator[tuple[float, _Box]]:
    """Walk where a name may stand, and how far from its point: on the right, the left, above, below, then farther."""
    x, y = at
    for away in (0.0, 10.0, 20.0, 32.0, 44.0, 58.0):
        for left, middle in (
            (x + 8, y - away),
            (x + 8, y + away),
            (x - 8 - width, y - away),
            (x - 8 - width, y + away),
            (x - width / 2, y - 13 - away),
            (x - width / 2, y + 13 + away),
        ):
            yield away, _Box(left, middle - 7, left + width, middle + 7)


def _is_free(place: _Box, taken: list[_Box], plot: Plot) -> bool:
    inside = plot.left + 2 <= place.left and place.right <= plot.right + 14
    return inside and plot.top <= place.top and place.bottom <= plot.bottom and not any(map(place.meets, taken))


def _leader(name: _Label) -> str:
    """Join a name that stands away from its point to it."""
    (x, y), box = name.at, name.box
    middle = (box.top + box.bottom) / 2
    if abs(middle - y) < LINE:
        return ""
    near = box.left - 2 if box.left > x else min(box.right + 2, x)
    return tag("path", d=path([(x, y), (near, middle)]), class_="leader")


def _written(name: _Label) -> str:
    class_ = f"small {f't{_FRONTIER}' if name.point.is_on_frontier else 'quiet'}"
    middle = (name.box.top + name.box.bottom) / 2
    return label(name.text, name.box.left, middle + 4, class_=class_, full=name.point.option)


def _says(picture: Frontier) -> str:
    points = "; ".join(
        f"{point.option} {amount(point.cost, picture.currency)} a month, {point.score:.4g}"
        f"{', on the frontier' if point.is_on_frontier else ''}"
        for point in picture.points
    )
    return f"Cost a month against {picture.benchmark}: {points}."
