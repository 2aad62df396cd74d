"""Bars in characters: costs in parts, and what each input does to a cost."""

from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise

from costcalc.render.charts.cells.axis import Axis, written
from costcalc.render.charts.cells.plot import ASCII, LETTERS, UNICODE, shortened, wrapped
from costcalc.render.charts.pictures import IDLE_GPUS, Bar, Breakdown, Flipping, Swing, Swings

_FILLS = "█▓▒▞═●◇▚□+"  # neighbours differ in their grey
_IDLE = {True: "░", False: "."}
_SWING = {True: ("░", "█", "│", "◆"), False: ("-", "#", "|", "!")}  # low, high, all central, flip
_NAMES = 4  # tenths of the width, at most, for the names of bars


def breakdown_lines(picture: Breakdown, *, unicode: bool, width: int) -> list[str]:
    """Draw one stacked bar an option from 0 on, idle machines in a fill of their own, the total behind it."""
    signs = UNICODE if unicode else ASCII
    names = _names([bar.option for bar in picture.bars], width, signs.cut)
    room = max(map(len, names), default=0)
    totals = [_amount(bar.total, picture.currency) for bar in picture.bars]
    columns = width - room - 3 - max(map(len, totals), default=0)
    fills = _fills(picture.labels, unicode=unicode)
    most = max((sum(max(0.0, part.amount) for part in bar.parts) for bar in picture.bars), default=0.0)
    rows = (
        f"{name:<{room}} {signs.wall}{_stacked(bar, fills, columns, most)} {total}"
        for name, bar, total in zip(names, picture.bars, totals, strict=True)
    )
    shown = {part.label for bar in picture.bars for part in bar.parts if part.amount > 0}
    legend = ", ".join(f"{fill} {label}" for label, fill in fills.items() if label in shown)
    return [*wrapped(picture.title, width), "", f"{picture.currency} a month", *rows, *wrapped(legend, width)]


def _names(names: Sequence[str], width: int, cut: str) -> list[str]:
    return [shortened(name, width * _NAMES // 10, cut) for name in names]


def _amount(amount: float, currency: str) -> str:
    sign = "$" if currency == "USD" else ""
    return f"{'-' if amount < 0 else ''}{sign}{written(abs(amount), 3)}"


def _fills(labels: Sequence[str], *, unicode: bool) -> dict[str, str]:
    """Give each part its fill; idle machines have the lightest, which no other part has."""
    others = [label for label in labels if label != IDLE_GPUS]
    signs = f"{_FILLS}{LETTERS}" if unicode else f"{LETTERS}{LETTERS.lower()}"
    fills = {label: signs[index % len(signs)] for index, label in enumerate(others)}
    return {label: fills.get(label, _IDLE[unicode]) for label in labels}


def _stacked(bar: Bar, fills: dict[str, str], columns: int, most: float) -> str:
    """Stack the parts; each ends where the sum up to it stands, so that roundings never add up."""
    amounts = [max(0.0, part.amount) for part in bar.parts]
    ends = [round(end / most * columns) if most > 0 else 0 for end in (0.0, *accumulate(amounts))]
    parts = zip(bar.parts, pairwise(ends), strict=True)
    return "".join(fills.get(part.label, "?") * (end - start) for part, (start, end) in parts)


def swings_lines(picture: Swings, *, unicode: bool, width: int) -> list[str]:
    """Draw a bar for each input, from the cost at its low to that at its high, and where it changes the cheapest."""
    signs = UNICODE if unicode else ASCII
    names = _names([swing.input for swing in picture.swings], width, signs.cut)
    room = max(map(len, names), default=0)
    axis = _axis(picture)
    columns = width - room - 2
    rows = (
        f"{name:<{room}}  {_row(swing, picture.central, axis, columns, unicode=unicode)}"
        for name, swing in zip(names, picture.swings, strict=True)
    )
    return [
        *wrapped(picture.title, width),
        "",
        f"{picture.currency} a month of {shortened(picture.option, width - 20, signs.cut)}",
        *rows,
        f"{'':{room}}  {_ends(axis, picture, columns)}",
        *_legend(picture, unicode=unicode, width=width),
    ]


def _axis(picture: Swings) -> Axis:
    ends = [picture.central]
    for swing in picture.swings:
        ends += [end for end in (swing.low, swing.high, *(flip.at for flip in swing.flips)) if end is not None]
    return Axis(min(ends), max(ends), is_log=False)


def _row(swing: Swing, central: float, axis: Axis, columns: int, *, unicode: bool) -> str:
    """Draw one bar; where both ends lie on the same side, the nearer one is drawn over the farther."""
    low, high, line, flips = _SWING[unicode]
    cells = [" "] * columns
    middle = axis.cell(central, columns) or 0
    halves = [(end, sign) for end, sign in ((swing.low, low), (swing.high, high)) if end is not None]
    for end, sign in sorted(halves, key=lambda half: -abs(half[0] - central)):
        first, last = sorted((middle, axis.cell(end, columns) or 0))
        cells[first : last + 1] = sign * (last + 1 - first)
    cells[middle] = line
    for flip in swing.flips:
        cells[axis.cell(flip.at, columns) or 0] = flips
    return "".join(cells)


def _ends(axis: Axis, picture: Swings, columns: int) -> str:
    """Name the ends of the axis, and the central cost where there is room between them."""
    names = [_amount(value, picture.currency) for value in (axis.lo, picture.central, axis.hi)]
    cells = [" "] * columns
    cells[: len(names[0])] = names[0]
    if axis.hi > axis.lo:
        cells[columns - len(names[2]) :] = names[2]
    middle = axis.cell(picture.central, columns) or 0
    start = min(max(0, middle - len(names[1]) // 2), columns - len(names[1]))
    if not "".join(cells[max(0, start - 1) : start + len(names[1]) + 1]).strip():
        cells[start : start + len(names[1])] = names[1]
    return "".join(cells)


def _legend(picture: Swings, *, unicode: bool, width: int) -> Iterator[str]:
    low, high, line, mark = _SWING[unicode]
    yield from wrapped(
        f"{low} at its low, {high} at its high, {line} all central ({_amount(picture.central, picture.currency)})",
        width,
    )
    flips = [_flip(swing, flip) for swing in picture.swings for flip in swing.flips]
    if flips:
        yield from wrapped(f"{mark} another is cheapest from about: {'; '.join(flips)}", width, indent="  ")
    for swing in picture.swings:
        at = [name for name, end in (("low", swing.low), ("high", swing.high)) if end is None]
        if at:
            yield from wrapped(f"{swing.input}: cannot serve at its {' and its '.join(at)}", width, indent="  ")


def _flip(swing: Swing, flip: Flipping) -> str:
    return f"{swing.input} {flip.value} ({flip.option})"
