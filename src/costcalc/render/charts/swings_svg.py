"""A tornado as SVG: what each input does to an option's cost, and where it changes the answer."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from costcalc.render.charts.frame import Drawn, Entry, Plot, Sheet, box, grid, key, longest, middle_of
from costcalc.render.charts.ink import label, path, tag, words
from costcalc.render.charts.palette import hatch_id, hatches
from costcalc.render.charts.pictures import Flipping, Swing, Swings
from costcalc.render.charts.ruler import Ruler, amount, money
from costcalc.render.charts.typeface import LINE, SMALL, shortened, wide

_NAMES = 200.0
_VALUES = 150.0  # the most that a value at an end of a bar takes
_CLEAR = 24.0  # pixels from a mark within which a value moves away from it
_TALL = 16.0
_GAP = 12.0
_LOW, _HIGH = 0, 1  # the numbers of their colours and patterns


class _Side(NamedTuple):
    """One end of a swing.

    Args:
        number: Of its colour.
        cost: The cost there; None where the option cannot serve.
        value: The input's value there.
        towards: −1 where its text stands on the left, 1 on the right.
        is_inner: Whether its text stands at the central line, since the other end lies on the same side.
    """

    number: int
    cost: float | None
    value: str
    towards: int
    is_inner: bool


def swings_svg(picture: Swings, sheet: Sheet) -> Drawn:
    """Draw a bar for each input about the central cost, the widest first."""
    left = _left(picture, sheet)
    top = LINE + 6.0
    heights = [_height(swing, sheet) for swing in picture.swings]
    x = _axis(picture, left, sheet.width - 4)
    plot = Plot(x, Ruler(0, 1, top + sum(heights), top))
    central, text = x.at(picture.central), f"central: {amount(picture.central, picture.currency)}"
    parts = [
        hatches(sheet.prefix, "wash", {_LOW, _HIGH}),
        grid(plot, x=lambda value: money(value, picture.currency), y=None),
        tag("path", d=path([(central, top - 4), (central, plot.bottom)]), class_="axis ink"),
        label(text, middle_of(text, central, 0, sheet.width), LINE - 4, anchor="middle"),
    ]
    at = top
    for swing, height in zip(picture.swings, heights, strict=True):
        parts.append(_swing(swing, picture, plot, at, sheet))
        at += height
    below = plot.bottom + 2 * LINE + 2
    title = f"{picture.currency} a month of {picture.option}"
    middle = (x.first + x.last) / 2
    written, height = key(_entries(picture, sheet), 4, below + 10, sheet.width - 8)
    shown = shortened(title, sheet.width - 8)
    parts += [label(shown, middle_of(shown, middle, 4, sheet.width - 4), below, anchor="middle", full=title), written]
    return Drawn("".join(parts), below + height + 14, _says(picture), {})


def _left(picture: Swings, sheet: Sheet) -> float:
    """Give where the names of the inputs end; on a narrow chart they stand above the bars."""
    return 4.0 if sheet.is_narrow else longest([swing.input for swing in picture.swings], _NAMES)


def _entries(picture: Swings, sheet: Sheet) -> list[Entry]:
    entries = [
        Entry(lambda x, y: _filled(_LOW, sheet.prefix)(x, y - 6, 20, 12), "input at its low"),
        Entry(lambda x, y: _filled(_HIGH, sheet.prefix)(x, y - 6, 20, 12), "input at its high"),
    ]
    if any(swing.flips for swing in picture.swings):
        entries.append(Entry(lambda x, y: _diamond(x + 10, y), "another option becomes the cheapest"))
    return entries


def _height(swing: Swing, sheet: Sheet) -> float:
    return _TALL + _GAP + LINE * (len(swing.flips) + sheet.is_narrow)


def _axis(picture: Swings, left: float, right: float) -> Ruler:
    """Lay out the axis, with room for the values at the outer ends."""
    costs = [picture.central]
    for swing in picture.swings:
        costs += [cost for cost in (swing.low, swing.high) if cost is not None]
        costs += [flip.at for flip in swing.flips]
    sides = [side for swing in picture.swings for side in _sides(swing, picture.central)]
    most = _most(right - left)
    before, after = (
        max((wide(_brief(side.value, most), SMALL) for side in sides if side.towards == towards), default=0.0) + 10
        for towards in (-1, 1)
    )
    least, greatest = min(costs), max(costs)
    if least == greatest:
        least, greatest = least - 1, greatest + 1
    return Ruler(least, greatest, left + before, right - after)


def _most(room: float) -> float:
    """Give the most that a value at an end of a bar takes [pixels]."""
    return min(_VALUES, room / 4)


def _brief(value: str, room: float) -> str:
    """Write a value in a room: without its unit, which the input's name tells, before it is cut."""
    return value if wide(value, SMALL) <= room else shortened(value.partition(" ")[0], room, SMALL)


def _sides(swing: Swing, central: float) -> tuple[_Side, _Side]:
    """Say on which side each end is written: outside its bar, and the shorter of two on one side opposite."""
    low, high = swing.low, swing.high
    low_to = -1 if low is None or low < central or (low == central and (high or central) >= central) else 1
    high_to = 1 if high is None or high >= central else -1
    if low is None and high is not None:
        low_to = -high_to
    if high is None and low is not None:
        high_to = -low_to
    first = _Side(_LOW, low, swing.low_value, low_to, is_inner=False)
    second = _Side(_HIGH, high, swing.high_value, high_to, is_inner=False)
    if low_to != high_to or low is None or high is None:
        return first, second
    if abs(low - central) >= abs(high - central):
        return first, second._replace(towards=-low_to, is_inner=True)
    return first._replace(towards=-low_to, is_inner=True), second


def _swing(swing: Swing, picture: Swings, plot: Plot, top: float, sheet: Sheet) -> str:
    parts = [tag("title", words(_sentence(swing, picture)))]
    top += _GAP / 2
    if sheet.is_narrow:
        parts.append(label(shortened(swing.input, sheet.width - 8), 4, top + 11, full=swing.input))
        top += LINE
    else:
        edge = _left(picture, sheet) - 10
        parts.append(label(shortened(swing.input, edge), edge, top + 12, anchor="end", full=swing.input))
    sides = _sides(swing, picture.central)
    flips = [plot.x.at(flip.at) for flip in swing.flips]
    is_split = any(side.is_inner for side in sides)
    for row, side in enumerate(sides):
        tall = _TALL / 2 if is_split else _TALL
        rows = (top + tall * row * is_split, tall, top)
        parts.append(_half(side, picture, plot.x, rows=rows, flips=flips, sheet=sheet))
    for row, flip in enumerate(swing.flips):
        parts.append(_flip(flip, plot.x, top, top + _TALL + LINE * (row + 1) - 4, sheet))
    return tag("g", *parts, data_input=swing.input)


def _half(
    side: _Side, picture: Swings, x: Ruler, *, rows: tuple[float, float, float], flips: Sequence[float], sheet: Sheet
) -> str:
    """Draw one end: its bar, and the input's value beside it, clear of the marks of flips."""
    top, tall, upper = rows
    middle = x.at(picture.central)
    end = x.at(picture.central if side.cost is None else side.cost)
    bar = _filled(side.number, sheet.prefix)(min(middle, end), top, abs(end - middle), tall)
    at = (middle if side.is_inner else end) + 5 * side.towards
    near = [flip + 10 * side.towards for flip in flips if abs(flip - at) < _CLEAR]
    at = (max if side.towards > 0 else min)([at, *near])
    room = sheet.width - at - 2 if side.towards > 0 else at - _left(picture, sheet)
    if side.cost is None:
        shown = shortened(f"{_brief(side.value, _VALUES / 2)}: cannot serve", room, SMALL)
    else:
        shown = _brief(side.value, min(room, _VALUES))
    anchor = "end" if side.towards < 0 else None
    return bar + label(
        shown, at, upper + 12, class_="small", anchor=anchor, full=side.value if side.cost is not None else ""
    )


def _filled(number: int, prefix: str) -> Callable[[float, float, float, float], str]:
    fill = f"url(#{hatch_id(prefix, 'wash', number)})"
    return lambda x, y, width, height: box(x, y, width, height, f"f{number}") + box(x, y, width, height, "", fill=fill)


def _diamond(x: float, y: float) -> str:
    return tag("path", d=f"M{x:.2f} {y - 6:.2f}l6 6l-6 6l-6 -6Z", class_="mark open ink")


def _flip(flip: Flipping, x: Ruler, top: float, base: float, sheet: Sheet) -> str:
    text = f"{flip.value}: {flip.option}"
    shown = shortened(text, min(260.0, sheet.width - 8), SMALL)
    at = x.at(flip.at)
    return _diamond(at, top + _TALL / 2) + label(
        shown, middle_of(shown, at, 2, sheet.width - 2, SMALL), base, class_="small", anchor="middle", full=text
    )


def _sentence(swing: Swing, picture: Swings) -> str:
    ends = [
        f"{value}: {'cannot serve' if cost is None else amount(cost, picture.currency)}"
        for value, cost in ((swing.low_value, swing.low), (swing.high_value, swing.high))
    ]
    flips = [f"at {flip.value} the cheapest is {flip.option}" for flip in swing.flips]
    return f"{swing.input}: {', '.join([*ends, *flips])}"


def _says(picture: Swings) -> str:
    lines = "; ".join(_sentence(swing, picture) for swing in picture.swings)
    return (
        f"{picture.option} costs {amount(picture.central, picture.currency)} a month. By one input at a time: {lines}."
    )
