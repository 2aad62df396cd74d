"""Cost against capability as SVG: points with their names, intervals and the frontier."""

from collections.abc import Iterator
from typing import NamedTuple

from costcalc.render.charts.frame import Drawn, Entry, Plot, Sheet, grid, key, margin, notes
from costcalc.render.charts.ink import label, path, tag, words
from costcalc.render.charts.pictures import Frontier, Point
from costcalc.render.charts.ruler import Ruler, amount, money, rounded_down, rounded_up
from costcalc.render.charts.typeface import LINE, SMALL, shortened, wide

_HEIGHT = 320.0
_NAME = 170.0
_FRONTIER, _BEATEN = 0, 4  # the numbers of their colours


def frontier_svg(picture: Frontier, sheet: Sheet) -> Drawn:
    """Draw each option at its cost and score; those that no other beats are filled and joined by a step line."""
    plot = _plot(picture, sheet)
    placed, left_out = _placed(picture, plot)
    parts = [
        grid(plot, x=lambda value: money(value, picture.currency), y=lambda value: f"{value:g}"),
        label(shortened(picture.benchmark, sheet.width - 4), 2, LINE - 4, full=picture.benchmark),
        _needed(picture.at_least, plot) if picture.at_least is not None else "",
        _frontier(picture, plot),
        *(_point(point, plot, picture.currency) for point in picture.points),
        *(_written(name) for name in placed),
    ]
    below = plot.bottom + 2 * LINE + 2
    parts.append(label(f"{picture.currency} a month", (plot.left + plot.right) / 2, below, anchor="middle"))
    entries = [
        Entry(lambda x, y: tag("circle", cx=x + 10, cy=y, r=5, class_=f"f{_FRONTIER}"), "no other option beats it"),
        Entry(lambda x, y: _hollow(x + 10, y, 5), "another costs no more and scores no less"),
    ]
    written, height = key(entries, 4, below + 8, sheet.width - 8)
    text = f"No room for the names of: {'; '.join(_listed(point) for point in left_out)}." if left_out else ""
    bars = "Bars: the interval of a score." if any(point.low is not None for point in picture.points) else ""
    small, more = notes([f"The cost axis is logarithmic. {bars}", text], 4, below + 10 + height, sheet.width - 8)
    return Drawn("".join((*parts, written, small)), below + height + more + 16, _says(picture), plot.data())


def _listed(point: Point) -> str:
    return f"{shortened(point.option, 240)} ({point.score:.4g})"


def _plot(picture: Frontier, sheet: Sheet) -> Plot:
    costs = [point.cost for point in picture.points if point.cost > 0] or [1.0]
    low, high = rounded_down(min(costs) / 1.15), rounded_up(max(costs) * 1.15)
    scores = [end for point in picture.points for end in (point.score, point.low, point.high) if end is not None]
    scores += [picture.at_least] if picture.at_least is not None else []
    least, most = min(scores, default=0.0), max(scores, default=1.0)
    air = (most - least) * 0.08 or 1.0
    y = Ruler(least - air, most + air, LINE + 6 + _HEIGHT, LINE + 6)
    left = margin(y, lambda value: f"{value:g}")
    return Plot(Ruler(low, high, round(left, 2), sheet.width - 16, is_log=True), y)


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
    """Draw the best score that each cost buys: level up to the next option of the frontier, then upwards."""
    points: list[tuple[float, float]] = []
    for point in picture.points:
        if point.is_on_frontier:
            x, y = _at(point, plot)
            points += [(x, points[-1][1]), (x, y)] if points else [(x, y)]
    if not points:
        return ""
    points.append((plot.right, points[-1][1]))
    return tag("path", d=path(points), class_=f"line e{_FRONTIER}", stroke_opacity="0.55")


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
    """Place the names, those of the frontier first; and say which have no room."""
    taken = [_around(point, plot) for point in picture.points]
    if picture.at_least is not None:
        y = plot.y.at(picture.at_least)
        taken.append(_Box(plot.right - wide(f"at least {picture.at_least:g}", SMALL) - 4, y - 16, plot.right, y + 2))
    placed: list[_Label] = []
    left_out: list[Point] = []
    for point in sorted(picture.points, key=lambda each: not each.is_on_frontier):
        text, at = shortened(point.option, _NAME, SMALL), _at(point, plot)
        free = (each for each in _beside(at, wide(text, SMALL)) if _is_free(each, taken, plot))
        place = next(free, None)
        if place is None:
            left_out.append(point)
        else:
            taken.append(place)
            placed.append(_Label(text, place, point, at))
    return placed, left_out


def _around(point: Point, plot: Plot) -> _Box:
    x, y = _at(point, plot)
    return _Box(x - 5, y - 5, x + 5, y + 5)


def _beside(at: tuple[float, float], width: float) -> Iterator[_Box]:
    """Walk where a name may stand: on the right, the left, above, below, then farther away."""
    x, y = at
    for away in (0.0, 14.0, 28.0, 42.0, 56.0):
        for left, middle in (
            (x + 8, y - away),
            (x + 8, y + away),
            (x - 8 - width, y - away),
            (x - 8 - width, y + away),
            (x - width / 2, y - 13 - away),
            (x - width / 2, y + 13 + away),
        ):
            yield _Box(left, middle - 7, left + width, middle + 7)


def _is_free(place: _Box, taken: list[_Box], plot: Plot) -> bool:
    inside = plot.left + 2 <= place.left and place.right <= plot.right + 14
    return inside and plot.top <= place.top and place.bottom <= plot.bottom and not any(map(place.meets, taken))


def _written(name: _Label) -> str:
    """Write a name; one that stands away from its point has a leader."""
    (x, y), box = name.at, name.box
    middle = (box.top + box.bottom) / 2
    class_ = f"small {f't{_FRONTIER}' if name.point.is_on_frontier else 'quiet'}"
    text = label(name.text, box.left, middle + 4, class_=class_, full=name.point.option)
    if abs(middle - y) < LINE:
        return text
    near = box.left - 2 if box.left > x else min(box.right + 2, x)
    return tag("path", d=path([(x, y), (near, middle)]), class_="leader") + text


def _says(picture: Frontier) -> str:
    points = "; ".join(
        f"{point.option} {amount(point.cost, picture.currency)} a month, {point.score:.4g}"
        f"{', on the frontier' if point.is_on_frontier else ''}"
        for point in picture.points
    )
    return f"Cost a month against {picture.benchmark}: {points}."
