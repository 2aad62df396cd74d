"""What every chart has around its data: the plot's area, its axes, its grid, a key, labels at the right end."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from costcalc.render.charts.ink import label, path, px, tag
from costcalc.render.charts.palette import colour, stroke
from costcalc.render.charts.ruler import Ruler
from costcalc.render.charts.typeface import LINE, SIZE, SMALL, shortened, spread, wide, wrapped

NARROW = 520  # pixels; below it names stand in a key under the chart
EDGE = 20.0  # to the right of a plot without names, for half of the last label
_TICK_GAP = 14.0


class Sheet(NamedTuple):
    """What a chart is drawn on.

    Args:
        width: Its width [pixels].
        prefix: Of every id.
        order: Options in the order of their colours; a chart's others come after them.
    """

    width: float
    prefix: str
    order: tuple[str, ...]

    @property
    def is_narrow(self) -> bool:
        """Whether names stand in a key under the chart."""
        return self.width < NARROW

    def numbers(self, names: Sequence[str]) -> dict[str, int]:
        """Number options by colour, so that an option has one colour in every chart of a page."""
        return {name: number for number, name in enumerate(dict.fromkeys((*self.order, *names)))}


class Drawn(NamedTuple):
    """A chart without its outer element.

    Args:
        body: Its markup, from y = 0 downwards.
        height: What it takes [pixels].
        says: What it shows, for those who cannot see it.
        data: Attributes of the outer element: how values and pixels belong together.
    """

    body: str
    height: float
    says: str
    data: dict[str, str]


class Plot(NamedTuple):
    """The area of the data: its two axes."""

    x: Ruler
    y: Ruler

    @property
    def left(self) -> float:
        """Its left edge [pixels]."""
        return self.x.first

    @property
    def right(self) -> float:
        """Its right edge [pixels]."""
        return self.x.last

    @property
    def top(self) -> float:
        """Its upper edge [pixels]."""
        return self.y.last

    @property
    def bottom(self) -> float:
        """Its lower edge [pixels]."""
        return self.y.first

    def data(self) -> dict[str, str]:
        """Say how values and pixels belong together: exact values, pixels to a hundredth."""
        return {
            "data-x-lo": repr(self.x.low),
            "data-x-hi": repr(self.x.high),
            "data-y-lo": repr(self.y.low),
            "data-y-hi": repr(self.y.high),
            "data-left": px(self.left),
            "data-right": px(self.right),
            "data-top": px(self.top),
            "data-bottom": px(self.bottom),
        }


def margin(ruler: Ruler, write: Callable[[float], str]) -> float:
    """Give the room that the labels of a vertical axis need [pixels]."""
    return max(wide(write(value)) for value in ruler.ticks(2 * LINE)) + 10


def grid(
    plot: Plot,
    *,
    x: Callable[[float], str],
    y: Callable[[float], str] | None,
    steps: Sequence[float] = (),
) -> str:
    """Draw lines and labels at the round values of both axes.

    Args:
        plot: The plot.
        x: Writes a value of the horizontal axis.
        y: Writes a value of the vertical one; None where the chart labels its own rows.
        steps: The values that are marked on the horizontal axis, where they are not the usual ones.
    """
    widest = max(wide(x(value)) for value in plot.x.ticks(40))
    columns = [_column(plot, value, x(value)) for value in steps or plot.x.ticks(max(40, widest + _TICK_GAP))]
    floor = tag("path", d=path([(plot.left, plot.bottom), (plot.right, plot.bottom)]), class_="axis")
    return "".join((*columns, floor, _rows(plot, y) if y else ""))


def _column(plot: Plot, value: float, text: str) -> str:
    at = plot.x.at(value)
    line = tag("path", d=path([(at, plot.top), (at, plot.bottom)]), class_="grid")
    return line + label(text, middle_of(text, at, 0, plot.right + EDGE), plot.bottom + LINE, anchor="middle")


def _rows(plot: Plot, write: Callable[[float], str]) -> str:
    lines = []
    for value in plot.y.ticks(2 * LINE):
        at = plot.y.at(value)
        lines.append(tag("path", d=path([(plot.left, at), (plot.right, at)]), class_="grid"))
        lines.append(label(write(value), plot.left - 6, at + 4, anchor="end"))
    return "".join(lines)


def notes(texts: Sequence[str], left: float, top: float, room: float) -> tuple[str, float]:
    """Write small lines under a chart; the height that they take."""
    lines = [line for text in texts if text for line in wrapped(text, room, SMALL)]
    written = (label(line, left, top + 11 + LINE * row, class_="small quiet") for row, line in enumerate(lines))
    return "".join(written), LINE * len(lines)


class Name(NamedTuple):
    """A name to write beside or under a chart.

    Args:
        text: The name.
        number: Of its series.
        x: Where its line ends.
        y: Likewise.
        tail: What stands behind it and is never cut.
    """

    text: str
    number: int
    x: float
    y: float
    tail: str = ""


def at_the_end(names: Sequence[Name], plot: Plot, room: float) -> str:
    """Write names to the right of a plot, none over another, each with a leader from where its line ends."""
    ordered = sorted(names, key=lambda name: name.y)
    places = spread([name.y for name in ordered], [LINE] * len(ordered), plot.top - 4, plot.bottom + 4)
    return "".join(_named(name, place, plot.right, room) for name, place in zip(ordered, places, strict=True))


def _named(name: Name, place: float, right: float, room: float) -> str:
    start = right + 14
    line = path([(name.x + 3, name.y), (right + 3, name.y), (start - 3, place)])
    text = shortened(name.text, room - 16 - wide(name.tail)) + name.tail
    number = colour(name.number)
    return tag("path", d=line, class_=f"leader e{number}") + label(
        text, start, place + 4, class_=f"t{number}", full=name.text + name.tail
    )


def longest(names: Sequence[str], most: float) -> float:
    """Give the room that names need at the right, at most so much [pixels]."""
    return min(most, 18 + max((wide(name) for name in names), default=0))


class Entry(NamedTuple):
    """An entry of a key: its sample, drawn at a place, and its name."""

    sample: Callable[[float, float], str]
    text: str


_SAMPLE = 26.0


def key(entries: Sequence[Entry], left: float, top: float, room: float) -> tuple[str, float]:
    """Write a key in as many rows as it takes; the height of it."""
    parts, x, y = [], left, top
    for entry in entries:
        text = shortened(entry.text, room - _SAMPLE - 4)
        needs = _SAMPLE + wide(text) + 14
        if x > left and x + needs - 14 > left + room:
            x, y = left, y + LINE + 2
        parts.append(entry.sample(x, y + LINE / 2) + label(text, x + _SAMPLE, y + LINE / 2 + 4, full=entry.text))
        x += needs
    return "".join(parts), (y - top + LINE + 2) if entries else 0.0


def line_sample(number: int) -> Callable[[float, float], str]:
    """Give a sample of a series' line."""
    return lambda x, y: tag("path", d=path([(x, y), (x + 20, y)]), class_=f"line {stroke(number)}")


def box(x: float, y: float, width: float, height: float, class_: str, **more: str | None) -> str:
    """Draw a rectangle."""
    return tag("rect", x=x, y=y, width=max(0.0, width), height=max(0.0, height), class_=class_, **more)


def middle_of(text: str, x: float, left: float, right: float, size: float = SIZE) -> float:
    """Give where the middle of a text stands, as near to ``x`` as fits between two edges."""
    half = wide(text, size) / 2
    return max(left + half, min(x, right - half))
