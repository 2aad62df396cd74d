"""Cost by volume as SVG: stairs with exact risers, crossings, bands and the user's own volume."""

from collections.abc import Callable, Iterator
from math import sqrt
from typing import NamedTuple

from costcalc.render.charts.frame import (
    EDGE,
    Drawn,
    Entry,
    Name,
    Plot,
    Sheet,
    at_the_end,
    box,
    grid,
    key,
    line_sample,
    longest,
    margin,
    notes,
)
from costcalc.render.charts.ink import label, path, tag, words
from costcalc.render.charts.palette import colour, stroke
from costcalc.render.charts.pictures import Band, Crossing, Line, Place, Stairs, Stretch
from costcalc.render.charts.ruler import Ruler, money, pixel, rounded_down, rounded_up, volume
from costcalc.render.charts.signs import Sign, signs
from costcalc.render.charts.typeface import LINE, shortened

_BEND = 0.04  # pixels between a curve and what is drawn of it, at the middle of a piece
_THIN = 0.5  # pixels; steps below it in both directions cannot be told apart
_HEIGHT = 300.0
_NAMES = 190.0

Points = list[tuple[float, float]]


class _Shown(NamedTuple):
    """A picture as it is shown: a month, or for a unit.

    Args:
        picture: The picture.
        per: 0 for a month; else for how many units the cost is shown.
    """

    picture: Stairs
    per: float

    def y(self, x: float, cost: float) -> float:
        """Turn a month's cost into what the vertical axis shows."""
        return cost / x * self.per if self.per else cost

    @property
    def title(self) -> str:
        """What the vertical axis shows."""
        picture = self.picture
        if not self.per:
            return f"{picture.currency} a month"
        singular = picture.unit.removesuffix("s")
        return f"{picture.currency} per {f'{volume(self.per)} {picture.unit}' if self.per != 1 else singular}"


def stairs_svg(picture: Stairs, sheet: Sheet, *, per_unit: bool) -> Drawn:
    """Draw the cost of a month by volume, or the cost of a unit."""
    shown = _Shown(picture, picture.per if per_unit else 0)
    plot, row = _plot(shown, sheet)
    numbers = sheet.numbers([line.name for line in picture.lines])
    parts = [
        _range(picture.you, plot) if picture.you else "",
        grid(plot, x=volume, y=lambda value: money(value, picture.currency)),
        label(shown.title, 2, LINE - 4),
        *(_band(band, numbers[band.name], shown, plot) for band in picture.bands if band.name in numbers),
        tag("path", d=_upright(picture.you.central, plot), class_="you", data_x=repr(picture.you.central))
        if picture.you
        else "",
        *(_line(line, numbers[line.name], shown, plot) for line in reversed(picture.lines)),
        signs(_signs(shown, plot), plot, row),
        *(_ring(crossing, shown, plot) for crossing in picture.crossings),
    ]
    below = plot.bottom + 2 * LINE + 2
    parts.append(label(f"{picture.unit} a month", (plot.left + plot.right) / 2, below, anchor="middle"))
    names = [Name(line.name, numbers[line.name], *_end(line, shown, plot)) for line in picture.lines if line.stretches]
    if sheet.is_narrow:
        entries = [Entry(line_sample(name.number), name.text) for name in names]
        written, height = key(entries, 4, below + 8, sheet.width - 8)
        below += height + 8
    else:
        written = at_the_end(names, plot, sheet.width - plot.right)
    small, height = notes([picture.what_counts, _how(picture)], 4, below + 6, sheet.width - 8)
    return Drawn("".join((*parts, written, small)), below + height + 12, _says(picture), plot.data())


def _how(picture: Stairs) -> str:
    parts = ["Both axes are logarithmic."]
    if picture.bands:
        parts.append("Shaded along a line: P10 to P90.")
    if any(line.is_cut for line in picture.lines):
        parts.append("A line that ends in a bar can serve no more.")
    return " ".join(parts)


def _plot(shown: _Shown, sheet: Sheet) -> tuple[Plot, float]:
    """Lay out the plot; the second value is where the labels of the crossings stand."""
    picture = shown.picture
    heights = [height for height in _heights(shown) if height > 0] or [1.0]
    low, high = rounded_down(min(heights)), rounded_up(max(heights))
    low, high = (low, high) if low < high else (low / 2, high * 2)
    labels = LINE * (1 + bool(picture.you or picture.crossings)) + 6
    tall = max(_HEIGHT, LINE * len(picture.lines)) if not sheet.is_narrow else _HEIGHT
    y = Ruler(low, high, pixel(labels + tall), pixel(labels), is_log=True)
    left = margin(y, lambda value: money(value, picture.currency))
    names = EDGE if sheet.is_narrow else longest([line.name for line in picture.lines], _NAMES)
    x = Ruler(picture.lo, picture.hi, pixel(left), pixel(sheet.width - names), is_log=True)
    return Plot(x, y), labels - 8


def _heights(shown: _Shown) -> Iterator[float]:
    """Walk the heights of the corners: between two of them a line is monotone or bends downwards at most once."""
    picture = shown.picture
    for line in picture.lines:
        for stretch in _inside(line, picture):
            yield shown.y(stretch.lo, stretch.at(stretch.lo))
            yield shown.y(stretch.hi, stretch.at(stretch.hi))
    for band in picture.bands:
        for spread_ in band.spreads:
            yield from (shown.y(spread_.x, spread_.low), shown.y(spread_.x, spread_.high))


def _inside(line: Line, picture: Stairs) -> Iterator[Stretch]:
    """Walk the pieces of a line that lie inside the chart, cut at its edges."""
    for stretch in line.stretches:
        lo, hi = max(stretch.lo, picture.lo), min(stretch.hi, picture.hi)
        if lo < hi:
            yield stretch._replace(lo=lo, hi=hi)


def _line(line: Line, number: int, shown: _Shown, plot: Plot) -> str:
    points: Points = []
    for stretch in _inside(line, shown.picture):
        points += _thinned(_curve(stretch, shown, plot), points[-1] if points else None)
    if not points:
        return ""
    ends = _end(line, shown, plot)
    points.append(ends)
    bar = path([(ends[0], ends[1] - 6), (ends[0], ends[1] + 6)])
    drawn = tag(
        "path",
        tag("title", words(line.name)),
        d=path(points),
        class_=f"line {stroke(number)}",
        data_option=line.name,
    )
    return drawn + (tag("path", d=bar, class_=f"line e{colour(number)}") if line.is_cut else "")


def _curve(stretch: Stretch, shown: _Shown, plot: Plot) -> Points:
    """Give the pixels of a piece: its ends exactly, and between them as many as its bend needs."""

    def at(x: float) -> tuple[float, float]:
        return plot.x.at(x), plot.y.at(shown.y(x, stretch.at(x)))

    return [at(stretch.lo), *_bent(at, stretch.lo, stretch.hi), at(stretch.hi)]


def _bent(at: Callable[[float], tuple[float, float]], lo: float, hi: float) -> Iterator[tuple[float, float]]:
    """Halve a piece until it is as good as straight.

    On logarithmic axes a + b·x is convex, so that it lies at most twice as far from its chord as in the middle.
    """
    middle = sqrt(lo * hi)
    here = at(middle)
    if abs(here[1] - (at(lo)[1] + at(hi)[1]) / 2) > _BEND:
        yield from _bent(at, lo, middle)
        yield here
        yield from _bent(at, middle, hi)


def _thinned(piece: Points, last: tuple[float, float] | None) -> Points:
    """Leave out a step that is too small to be seen, so that a thousand replicas do not make a thousand corners."""
    if last is None or any(max(abs(x - last[0]), abs(y - last[1])) >= _THIN for x, y in piece):
        return piece
    return []


def _end(line: Line, shown: _Shown, plot: Plot) -> tuple[float, float]:
    """Give the pixel at which a line ends."""
    pieces = list(_inside(line, shown.picture))
    if not pieces:
        return plot.right, plot.bottom
    last = pieces[-1]
    return plot.x.at(last.hi), plot.y.at(shown.y(last.hi, last.at(last.hi)))


def _band(band: Band, number: int, shown: _Shown, plot: Plot) -> str:
    inside = [each for each in band.spreads if shown.picture.lo <= each.x <= shown.picture.hi]
    upper = [(plot.x.at(each.x), plot.y.at(shown.y(each.x, each.high))) for each in inside]
    lower = [(plot.x.at(each.x), plot.y.at(shown.y(each.x, each.low))) for each in reversed(inside)]
    if not inside:
        return ""
    return tag("path", d=f"{path(upper + lower)}Z", class_=f"band f{colour(number)}", data_option=band.name)


def _range(you: Place, plot: Plot) -> str:
    low, high = plot.x.at(you.low), plot.x.at(you.high)
    return box(low, plot.top, high - low, plot.bottom - plot.top, "range")


def _upright(x: float, plot: Plot) -> str:
    return path([(plot.x.at(x), plot.top), (plot.x.at(x), plot.bottom)])


def _signs(shown: _Shown, plot: Plot) -> list[Sign]:
    """Name the user's own volume and those of the crossings."""
    picture = shown.picture
    crossings = [
        Sign(
            plot.x.at(each.x),
            f"{volume(each.x)}: {shortened(each.above, 120)}",
            volume(each.x),
            plot.y.at(shown.y(each.x, each.y)) - 5,
        )
        for each in picture.crossings
    ]
    if picture.you is None:
        return crossings
    text = f"you: {volume(picture.you.central)}"
    return [Sign(plot.x.at(picture.you.central), text, text, plot.top), *crossings]


def _ring(crossing: Crossing, shown: _Shown, plot: Plot) -> str:
    return tag(
        "circle",
        tag("title", words(_sentence(crossing, shown.picture))),
        cx=plot.x.at(crossing.x),
        cy=plot.y.at(shown.y(crossing.x, crossing.y)),
        r=4,
        class_="crossing",
        data_x=repr(crossing.x),
        data_y=repr(shown.y(crossing.x, crossing.y)),
    )


def _sentence(crossing: Crossing, picture: Stairs) -> str:
    return f"above {volume(crossing.x)} {picture.unit} a month the cheapest is {crossing.above}"


def _says(picture: Stairs) -> str:
    crossings = [_sentence(crossing, picture) for crossing in picture.crossings]
    return f"Cost by {picture.unit} of {', '.join(line.name for line in picture.lines)}. " + (
        f"{'; '.join(crossings)}." if crossings else "The cheapest option never changes."
    )
