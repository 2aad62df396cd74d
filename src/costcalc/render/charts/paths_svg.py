"""Payments added up over months, as SVG."""

from costcalc.render.charts.frame import (
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
from costcalc.render.charts.ruler import Ruler, amount, money
from costcalc.render.charts.typeface import LINE, SMALL, shortened, wide

_HEIGHT = 300.0
_NAMES = 190.0
_QUARTERS = 6  # months between two marks of a line


def paths_svg(picture: Paths, sheet: Sheet) -> Drawn:
    """Draw what each option has cost in all after each month; the baseline is dashed."""
    numbers = sheet.numbers([each.option for each in picture.paths])
    plot = _plot(picture, sheet)
    parts = [
        grid(plot, x=lambda value: f"{value:g}", y=lambda value: money(value, picture.currency)),
        label(f"{picture.currency} in all", 2, LINE - 4),
        *(_line(each, numbers[each.option], plot) for each in reversed(picture.paths)),
        *_paybacks(picture, numbers, plot),
    ]
    below = plot.bottom + 2 * LINE + 2
    title = f"months from {picture.begins}"
    parts.append(label(title, (plot.left + plot.right) / 2, below, anchor="middle"))
    names = [
        Name(_named(each), numbers[each.option], plot.x.at(len(each.paid)), plot.y.at(each.paid[-1]))
        for each in picture.paths
        if each.paid
    ]
    if not sheet.is_narrow:
        written, height = at_the_end(names, plot, sheet.width - plot.right), 0.0
    else:
        entries = [_entry(each, numbers[each.option]) for each in picture.paths]
        written, height = key(entries, 4, below + 8, sheet.width - 8)
    return Drawn("".join((*parts, written)), below + height + 14, _says(picture), plot.data())


def _named(each: Path) -> str:
    return f"{each.option} (baseline)" if each.is_baseline else each.option


def _plot(picture: Paths, sheet: Sheet) -> Plot:
    paid = [amount_ for each in picture.paths for amount_ in each.paid]
    months = max((len(each.paid) for each in picture.paths), default=1)
    tall = max(_HEIGHT, LINE * len(picture.paths)) if not sheet.is_narrow else _HEIGHT
    y = Ruler(min([0.0, *paid]), max([0.0, *paid]) or 1.0, LINE + 6 + tall, LINE + 6)
    left = margin(y, lambda value: money(value, picture.currency))
    names = 14.0 if sheet.is_narrow else longest([_named(each) for each in picture.paths], _NAMES)
    return Plot(Ruler(1, months, round(left, 2), round(sheet.width - names, 2)), y)


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


def _paybacks(picture: Paths, numbers: dict[str, int], plot: Plot) -> list[str]:
    """Mark the month by which each path has paid back, with a label where none stands yet."""
    parts: list[str] = []
    taken: list[tuple[float, float, float]] = []
    for each in picture.paths:
        if each.pays_back is None or not 0 < each.pays_back <= len(each.paid):
            continue
        x, y = plot.x.at(each.pays_back), plot.y.at(each.paid[each.pays_back - 1])
        text = shortened(f"month {each.pays_back}: {each.option} pays back", plot.right - plot.left - 8, SMALL)
        half = wide(text, SMALL) / 2
        middle = max(plot.left + half + 2, min(x, plot.right - half - 2))
        base = _free(taken, middle, half, y - 12, plot)
        taken.append((middle, half, base))
        parts += [
            tag("path", d=path([(x, y - 7), (middle if abs(middle - x) > half else x, base + 3)]), class_="leader"),
            mark(0, x, y, class_=f"crossing e{colour(numbers[each.option])}", size=5),
            label(text, middle, base, class_="small", anchor="middle"),
        ]
    return parts


def _free(taken: list[tuple[float, float, float]], middle: float, half: float, base: float, plot: Plot) -> float:
    """Find a base line for a label at which no other one stands: upwards, then downwards."""
    rows = [base - LINE * row for row in range(30)] + [base + LINE * row for row in range(1, 30)]

    def is_free(row: float) -> bool:
        inside = plot.top + 10 <= row <= plot.bottom - 4
        return inside and not any(abs(row - at) < LINE and abs(middle - x) < half + wide_ for x, wide_, at in taken)

    return next((row for row in rows if is_free(row)), base)


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
    return f"{total} in {len(each.paid)} months{backs}{', the baseline' if each.is_baseline else ''}"
