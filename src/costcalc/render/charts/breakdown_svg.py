"""Where the money goes, as SVG: a stacked bar an option, idle GPUs hatched."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from costcalc.render.charts.frame import Drawn, Entry, Plot, Sheet, box, grid, key, longest
from costcalc.render.charts.ink import label, path, tag, words
from costcalc.render.charts.palette import colour, hatch_id, hatches
from costcalc.render.charts.pictures import IDLE_GPUS, Bar, Breakdown, Part
from costcalc.render.charts.ruler import Ruler, amount, money
from costcalc.render.charts.typeface import LINE, SMALL, shortened, wide

_NAMES = 190.0
_TALL = 20.0  # a bar
_GAP = 10.0
_IDLE = 4  # the number of the colour and the hatch of idle GPUs: grey diagonals


def breakdown_svg(picture: Breakdown, sheet: Sheet) -> Drawn:
    """Draw the bars, cheapest first, from 0 on a linear axis."""
    looks = {each: number for number, each in enumerate(picture.labels)}
    left = 10.0 if sheet.is_narrow else longest([bar.option for bar in picture.bars], _NAMES)
    step = _TALL + _GAP + (LINE if sheet.is_narrow else 0)
    top, bottom = 4.0, 4.0 + step * len(picture.bars)
    totals = max((wide(amount(bar.total, picture.currency)) for bar in picture.bars), default=0.0)
    low = min((sum(min(0.0, part.amount) for part in bar.parts) for bar in picture.bars), default=0.0)
    high = max((sum(max(0.0, part.amount) for part in bar.parts) for bar in picture.bars), default=0.0)
    x = Ruler(low, high or 1.0, left, sheet.width - totals - 12)
    plot = Plot(x, Ruler(0, 1, bottom, top))
    parts = [
        hatches(sheet.prefix, "wash", set(looks.values())),
        hatches(sheet.prefix, "hatch", {_IDLE} if IDLE_GPUS in looks else set()),
        grid(plot, x=lambda value: money(value, picture.currency), y=None),
    ]
    for row, bar in enumerate(picture.bars):
        at = top + step * row + _GAP / 2
        name = shortened(bar.option, sheet.width - 8 if sheet.is_narrow else left - 10)
        if sheet.is_narrow:
            parts.append(label(name, left, at + 12, full=bar.option))
            at += LINE
        else:
            parts.append(label(name, left - 8, at + _TALL / 2 + 4, anchor="end", full=bar.option))
        parts.append(_bar(bar, at, _Drawing(picture, looks, x, sheet.prefix)))
    zero = path([(x.at(0), top), (x.at(0), bottom)])
    below = bottom + 2 * LINE + 2
    entries = [Entry(_sample(each, looks[each], sheet.prefix), each) for each in picture.labels]
    written, height = key(entries, 4, below + 10, sheet.width - 8)
    parts += [
        tag("path", d=zero, class_="axis"),
        label(f"{picture.currency} a month", (plot.left + plot.right) / 2, below, anchor="middle"),
        written,
    ]
    return Drawn("".join(parts), below + height + 14, _says(picture), {})


class _Drawing(NamedTuple):
    """What every bar needs: the picture, the number of each label, the axis and the prefix of ids."""

    picture: Breakdown
    looks: dict[str, int]
    x: Ruler
    prefix: str


def _bar(bar: Bar, top: float, drawing: _Drawing) -> str:
    parts = [_segment(part, start, end, top, drawing) for part, start, end in _stacked(bar)]
    end = drawing.x.at(max([0.0, *(end for _, _, end in _stacked(bar))]))
    total = label(amount(bar.total, drawing.picture.currency), end + 6, top + _TALL / 2 + 4)
    return tag("g", *parts, total, data_option=bar.option)


def _stacked(bar: Bar) -> Iterator[tuple[Part, float, float]]:
    """Walk the parts with their ends; what is negative is stacked to the left of 0."""
    right = left = 0.0
    for part in bar.parts:
        if part.amount >= 0:
            yield part, right, right + part.amount
            right += part.amount
        else:
            yield part, left + part.amount, left
            left += part.amount


def _segment(part: Part, start: float, end: float, top: float, drawing: _Drawing) -> str:
    number = drawing.looks[part.label]
    first, last = drawing.x.at(start), drawing.x.at(end)
    size = max(0.0, last - first - (1 if last - first > 3 else 0))  # noqa: PLR2004  # a gap between two parts
    cost = amount(part.amount, drawing.picture.currency)
    title = tag("title", words(f"{part.label}: {cost}"))
    texts = [text for text in (f"{part.label} {cost}", cost) if wide(text, SMALL) + 10 <= size]
    filled = _filled(part.label, number, drawing.prefix)(first, top, size, _TALL)
    return tag("g", title, filled, _inside(part, texts[0], first + size / 2, top, number) if texts else "")


def _inside(part: Part, text: str, middle: float, top: float, number: int) -> str:
    """Write on a segment: in the background's colour, or in that of text on a veil where it is hatched."""
    base = top + _TALL / 2 + 4
    if part.label != IDLE_GPUS:
        return label(text, middle, base, class_=f"small inside h{colour(number)}", anchor="middle")
    width = wide(text, SMALL) + 6
    veil = box(middle - width / 2, top + 2, width, _TALL - 4, "paper veil", rx="3")
    return veil + label(text, middle, base, class_="small", anchor="middle")


def _filled(name: str, number: int, prefix: str) -> Callable[[float, float, float, float], str]:
    """Choose how a part is filled: in its colour with its pattern; idle GPUs as an outline with a hatch."""
    if name == IDLE_GPUS:
        fill = f"url(#{hatch_id(prefix, 'hatch', _IDLE)})"
        return lambda x, y, width, height: (
            box(x, y, width, height, "paper")
            + tag("rect", x=x, y=y, width=width, height=height, fill=fill, class_=f"e{_IDLE}")
        )
    fill = f"url(#{hatch_id(prefix, 'wash', number)})"
    return lambda x, y, width, height: (
        box(x, y, width, height, f"f{colour(number)}") + box(x, y, width, height, "", fill=fill)
    )


def _sample(name: str, number: int, prefix: str) -> Callable[[float, float], str]:
    filled = _filled(name, number, prefix)
    return lambda x, y: filled(x, y - 6, 20, 12)


def _says(picture: Breakdown) -> str:
    return " ".join(f"{bar.option}: {_bill(bar, picture.currency)}." for bar in picture.bars)


def _bill(bar: Bar, currency: str) -> str:
    parts = ", ".join(f"{part.label} {amount(part.amount, currency)}" for part in bar.parts)
    return f"{amount(bar.total, currency)} a month ({parts})"
