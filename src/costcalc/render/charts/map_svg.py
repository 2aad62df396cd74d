"""The winner map as SVG: the cheapest option by volume and by how busy GPUs can be kept."""

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import NamedTuple

from costcalc.render.charts.frame import Drawn, Entry, Plot, Sheet, box, grid, key, middle_of
from costcalc.render.charts.ink import label, path, tag, words
from costcalc.render.charts.palette import colour, hatch_id, hatches
from costcalc.render.charts.pictures import Place, Reign, Row, WinnerMap
from costcalc.render.charts.ruler import Ruler, pixel, volume
from costcalc.render.charts.typeface import LINE, shortened, wide

_HEIGHT = 300.0
_LEAST, _MOST = 16.0, 44.0  # a row
_NOBODY = "no option serves so much"


class _Drawing(NamedTuple):
    """What every row needs: the plot, the height of a row, the numbers of the options, the prefix of ids."""

    plot: Plot
    step: float
    numbers: dict[str, int]
    prefix: str

    def top(self, row: int) -> float:
        """Give the upper edge of a row; the least busy stands lowest."""
        return self.plot.bottom - self.step * (row + 1)


def map_svg(picture: WinnerMap, sheet: Sheet) -> Drawn:
    """Draw a band of rectangles for each row, from the least busy below to the busiest above."""
    names = list(dict.fromkeys(reign.option for row in picture.rows for reign in row.reigns if reign.option))
    drawing = _laid_out(picture, sheet, names)
    plot = drawing.plot
    used = {drawing.numbers[name] for name in names}
    written = {name: _label(name, picture, drawing) for name in names}
    parts = [
        hatches(sheet.prefix, "hatch", used),
        _nobody_tile(sheet.prefix),
        label("how busy GPUs are once the fleet is full", 2, LINE - 4),
        *(_row(row, number, drawing) for number, row in enumerate(picture.rows)),
        grid(plot._replace(y=plot.y._replace(first=plot.bottom, last=plot.bottom + 5)), x=volume, y=None),
        *written.values(),
        _you(*picture.you, picture, drawing) if picture.you else "",
    ]
    below = plot.bottom + 2 * LINE + 2
    parts.append(label(f"{picture.unit} a month", (plot.left + plot.right) / 2, below, anchor="middle"))
    entries = [Entry(_sample(name, drawing), name) for name in names if not written[name]]
    if any(reign.option is None for row in picture.rows for reign in row.reigns):
        entries.append(Entry(_sample(None, drawing), _NOBODY))
    shown, height = key(entries, 4, below + 10, sheet.width - 8)
    return Drawn("".join((*parts, shown)), below + height + 14, _says(picture), plot.data())


def _laid_out(picture: WinnerMap, sheet: Sheet, names: list[str]) -> _Drawing:
    step = max(_LEAST, min(_MOST, _HEIGHT / max(1, len(picture.rows))))
    top = LINE + 4 + (LINE if picture.you else 0)
    uses = [row.use for row in picture.rows] or [0.0, 1.0]
    y = Ruler(min(uses), max(uses), top + step * max(1, len(picture.rows)), top)
    left = max(wide(_percent(use)) for use in uses) + 10
    x = Ruler(picture.lo, picture.hi, pixel(left), sheet.width - 20, is_log=True)
    return _Drawing(Plot(x, y), step, sheet.numbers(names), sheet.prefix)


def _percent(use: float) -> str:
    return f"{100 * use:.3g} %"


def _row(row: Row, number: int, drawing: _Drawing) -> str:
    top = drawing.top(number)
    cells = (_cell(reign, row, top, drawing) for reign in row.reigns)
    name = label(_percent(row.use), drawing.plot.left - 6, top + drawing.step / 2 + 4, anchor="end")
    return name + "".join(cells)


def _cell(reign: Reign, row: Row, top: float, drawing: _Drawing) -> str:
    first, last = drawing.plot.x.at(reign.lo), drawing.plot.x.at(reign.hi)
    says = f"{volume(reign.lo)} to {volume(reign.hi)} at {_percent(row.use)}: {reign.option or _NOBODY}"
    return tag(
        "g",
        tag("title", words(says)),
        _filled(reign.option, drawing)(first, top + 0.5, last - first, drawing.step - 1),
        data_option=reign.option,
        data_lo=repr(reign.lo),
        data_hi=repr(reign.hi),
        data_use=repr(row.use),
    )


def _filled(option: str | None, drawing: _Drawing) -> Callable[[float, float, float, float], str]:
    """Choose how a cell is filled: in an option's tint and hatch; blank with diagonals where none serves."""
    if option is None:
        fill = f"url(#{drawing.prefix}nobody)"
        return lambda x, y, width, height: box(x, y, width, height, "nobody", fill=fill)
    number = drawing.numbers[option]
    fill = f"url(#{hatch_id(drawing.prefix, 'hatch', number)})"
    tint, edge = f"tint f{colour(number)}", f"e{colour(number)}"
    return lambda x, y, width, height: (
        box(x, y, width, height, "paper") + box(x, y, width, height, tint) + box(x, y, width, height, edge, fill=fill)
    )


def _nobody_tile(prefix: str) -> str:
    line = tag("path", d="M0 12L12 0", class_="hatch nobody")
    return tag("defs", tag("pattern", line, id=f"{prefix}nobody", width=12, height=12, patternUnits="userSpaceOnUse"))


def _sample(option: str | None, drawing: _Drawing) -> Callable[[float, float], str]:
    filled = _filled(option, drawing)
    return lambda x, y: filled(x, y - 6, 20, 12)


def _label(name: str, picture: WinnerMap, drawing: _Drawing) -> str:
    """Write an option's name in the middle of the rows in which it fits; "" where it fits in none."""
    text = shortened(name, 220)
    places = [place for place in _places(name, picture, drawing.plot.x) if place[2] >= wide(text) + 12]
    if not places:
        return ""
    row, middle, _ = sorted(places)[len(places) // 2]
    base = drawing.top(row) + drawing.step / 2 + 4
    behind = box(middle - wide(text) / 2 - 4, base - 12, wide(text) + 8, 16, "paper veil", rx="3")
    return behind + label(text, middle, base, anchor="middle", class_=f"t{colour(drawing.numbers[name])}", full=name)


def _places(name: str, picture: WinnerMap, x: Ruler) -> Iterator[tuple[int, float, float]]:
    """Walk where an option reigns: row, middle and width [pixels]."""
    for number, row in enumerate(picture.rows):
        for reign in row.reigns:
            if reign.option == name:
                first, last = x.at(reign.lo), x.at(reign.hi)
                yield number, (first + last) / 2, last - first


def _you(you: Place, use: float, picture: WinnerMap, drawing: _Drawing) -> str:
    """Mark the user's own volume and use; between two rows it stands between them in proportion."""
    plot = drawing.plot
    at, low, high = plot.x.at(you.central), plot.x.at(you.low), plot.x.at(you.high)
    y = drawing.top(0) + drawing.step / 2 - drawing.step * _between([row.use for row in picture.rows], use)
    text = f"you: {volume(you.central)} at {_percent(use)}"
    return (
        tag("path", d=path([(at, 2 * LINE), (at, y)]), class_="you")
        + tag("path", d=path([(low, y), (high, y)]), class_="line ink")
        + tag("circle", cx=at, cy=y, r=5.5, class_="crossing", data_x=repr(you.central), data_y=repr(use))
        + label(text, middle_of(text, at, plot.left, plot.right), 2 * LINE - 4, anchor="middle")
    )


def _between(uses: list[float], use: float) -> float:
    """Give the row of a use, a fraction between two rows; the nearest end outside them.

    Example:
        >>> [_between([0.25, 0.5, 1.0], use) for use in (0.1, 0.375, 0.75, 1.1)]
        [0.0, 0.5, 1.5, 2.0]
    """
    for number, (low, high) in enumerate(pairwise(uses)):
        if use <= high:
            return number + max(0.0, use - low) / (high - low)
    return float(max(0, len(uses) - 1))


def _says(picture: WinnerMap) -> str:
    return f"The cheapest option by {picture.unit} a month. " + " ".join(map(_sentence, picture.rows))


def _sentence(row: Row) -> str:
    reigns = ", ".join(f"{reign.option or 'none'} up to {volume(reign.hi)}" for reign in row.reigns)
    return f"GPUs {_percent(row.use)} busy: {reigns}."
