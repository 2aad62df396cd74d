"""Payments added up over months, as SVG."""

from costcalc.render.charts.frame import (
    EDGE,
    Drawn,
    Entry,
    Name,
    Plot,
    Sheet,
    at_the_end,
    grid,
    key,
    longest,
    margin,
)
from costcalc.render.charts.ink import label, path, tag, words
from costcalc.render.charts.palette import colour, mark
from costcalc.render.charts.pictures import Path, Paths
from costcalc.render.charts.ruler import Ruler, amount, money, pixel
from costcalc.render.charts.signs import Sign, signs
from costcalc.render.charts.typeface import LINE, shortened
from costcalc.units import how_many

_HEIGHT = 300.0
_NAMES = 220.0
_QUARTERS = 6  # months between two marks of a line


def paths_svg(picture: Paths, sheet: Sheet) -> Drawn:
    """Draw what each option has cost in all after each month; the baseline is dashed."""
    numbers = sheet.numbers([each.option for each in picture.paths])
    plot, backs = _plot(picture, sheet), _backs(picture)
    parts = [
        grid(plot, x=lambda value: f"{value:g}", steps=_months(plot), y=lambda value: money(value, picture.currency)),
        label(f"{picture.currency} in all", 2, LINE - 4),
        *(_line(each, numbers[each.option], plot) for each in reversed(picture.paths)),
        signs([_sign(each, month, numbers[each.option], plot) for each, month, _ in backs], plot, 2 * LINE - 2),
        *(_ring(month, paid, numbers[each.option], plot) for each, month, paid in backs),
    ]
    below = plot.bottom + 2 * LINE + 2
    title = f"months from {picture.begins}{'; a ring: paid back' if backs else ''}"
    parts.append(label(title, (plot.left + plot.right) / 2, below, anchor="middle"))
    names = [
        Name(each.option, numbers[each.option], plot.x.at(len(each.paid)), plot.y.at(each.paid[-1]), _tail(each))
        for each in picture.paths
        if each.paid
    ]
    if not sheet.is_narrow:
        written, height = at_the_end(names, plot, sheet.width - plot.right), 0.0
    else:
        entries = [_entry(each, numbers[each.option]) for each in picture.paths]
        written, height = key(entries, 4, below + 8, sheet.width - 8)
    return Drawn("".join((*parts, written)), below + height + 14, _says(picture), plot.data())


def _months(plot: Plot) -> tuple[float, ...]:
    """Choose the months that are marked: the first, and every so many that years are among them."""
    last = int(plot.x.high)
    every = next((step for step in (1, 2, 3, 6, 12, 24, 60) if last / step * 28 <= plot.right - plot.left), 120)
    return (1.0, *map(float, range(every, last + 1, every))) if every > 1 else tuple(map(float, range(1, last + 1)))


def _named(each: Path) -> str:
    return each.option + _tail(each)


def _tail(each: Path) -> str:
    return " (baseline)" if each.is_baseline else ""


def _plot(picture: Paths, sheet: Sheet) -> Plot:
    paid = [amount_ for each in picture.paths for amount_ in each.paid]
    months = max((len(each.paid) for each in picture.paths), default=1)
    tall = max(_HEIGHT, LINE * len(picture.paths)) if not sheet.is_narrow else _HEIGHT
    top = LINE + 6 + (LINE if _backs(picture) else 0)
    y = Ruler(min([0.0, *paid]), max([0.0, *paid]) or 1.0, top + tall, top)
    left = margin(y, lambda value: money(value, picture.currency))
    names = EDGE if sheet.is_narrow else longest([_named(each) for each in picture.paths], _NAMES)
    return Plot(Ruler(1, months, pixel(left), pixel(sheet.width - names)), y)


def _style(each: Path, number: int) -> str:
    """Choose how a path is drawn: solid, since its marks tell it apart; the baseline alone is dashed."""
    return f"line {'baseline' if each.is_baseline else ''} e{colour(number)}".replace("  ", " ")


def _line(each: Path, number: int, plot: Plot) -> str:
    points = [(plot.x.at(month), plot.y.at(paid)) for month, paid in enumerate(each.paid, start=1)]
    if not points:
        return ""
    last = len(points)
    marked = sorted({last, *range(_QUARTERS, last, _QUARTERS)})
    line = tag(
        "path", tag("title", words(each.option)), d=path(points), class_=_style(each, number), data_option=each.option
    )
    marks = (mark(number, *points[month - 1], class_=f"mark f{colour(number)}", size=3.5) for month in marked)
    return line + "".join(marks)


def _backs(picture: Paths) -> list[tuple[Path, int, float]]:
    """List the paths that have paid back, each with its month and what it has cost by then."""
    return [
        (each, each.pays_back, each.paid[each.pays_back - 1])
        for each in picture.paths
        if each.pays_back is not None and 0 < each.pays_back <= len(each.paid)
    ]


def _ring(month: int, paid: float, number: int, plot: Plot) -> str:
    return tag(
        "circle",
        cx=plot.x.at(month),
        cy=plot.y.at(paid),
        r=5,
        class_=f"crossing e{colour(number)}",
        data_x=repr(month),
        data_y=repr(paid),
    )


def _sign(each: Path, month: int, number: int, plot: Plot) -> Sign:
    text = f"{shortened(each.option, 150)}: month {month}"
    down_to = plot.y.at(each.paid[month - 1]) - 6
    return Sign(plot.x.at(month), text, f"month {month}", down_to, f"t{colour(number)}")


def _entry(each: Path, number: int) -> Entry:
    def sample(x: float, y: float) -> str:
        line = tag("path", d=path([(x, y), (x + 20, y)]), class_=_style(each, number))
        return line + mark(number, x + 10, y, class_=f"mark f{colour(number)}", size=3.5)

    return Entry(sample, _named(each))


def _says(picture: Paths) -> str:
    return " ".join(f"{each.option}: {_course(each, picture.currency)}." for each in picture.paths)


def _course(each: Path, currency: str) -> str:
    total = amount(each.paid[-1], currency) if each.paid else "nothing"
    backs = f", paid back by month {each.pays_back}" if each.pays_back is not None else ""
    return f"{total} in {how_many(len(each.paid), 'month')}{backs}{', the baseline' if each.is_baseline else ''}"
