"""Pictures as SVG: our own small drawing, no library, no script, readable without colours and on any screen."""

from collections.abc import Sequence
from typing import NamedTuple, assert_never

from costcalc.render.charts.breakdown_svg import breakdown_svg
from costcalc.render.charts.frame import Drawn, Sheet
from costcalc.render.charts.frontier_svg import frontier_svg
from costcalc.render.charts.ink import label, px, tag, words
from costcalc.render.charts.map_svg import map_svg
from costcalc.render.charts.palette import stylesheet
from costcalc.render.charts.paths_svg import paths_svg
from costcalc.render.charts.pictures import Breakdown, Frontier, Paths, Picture, Stairs, Swings, WinnerMap
from costcalc.render.charts.stairs_svg import stairs_svg
from costcalc.render.charts.swings_svg import swings_svg
from costcalc.render.charts.typeface import TITLE, wrapped

WIDTH = 720
_BOLD = 1.08  # how much wider a bold title is
_EDGE = 14.0
_TITLE_LINE = TITLE + 5


def as_svg(
    picture: Picture,
    *,
    standalone: bool,
    prefix: str = "",
    width: int = WIDTH,
    per_unit: bool = False,
    order: Sequence[str] = (),
    dark: bool | None = None,
) -> str:
    """Draw a picture.

    Args:
        picture: The figures.
        standalone: Whether it is a file of its own, with title, background and stylesheet; else it is part of a page
            that has `palette.stylesheet`, a heading, and the full width for it.
        prefix: Of every id, so that several charts can stand on a page.
        width: For which it is laid out [pixels]; below 520 names stand under the chart.
        per_unit: Whether `Stairs` show the cost of a unit in place of that of a month.
        order: Options in the order of their colours, so that an option has one colour in every chart of a page.
        dark: Whether a file of its own is dark; None leaves it to the reader's screen.
    """
    edge = _EDGE if standalone else 0.0
    drawn = _drawn(picture, Sheet(width - 2 * edge, prefix, tuple(order)), per_unit=per_unit)
    if not standalone:
        return _rooted(picture, drawn, drawn.body, View(0, 0, width, drawn.height), prefix)
    lines = wrapped(picture.title, (width - 2 * edge) / _BOLD, TITLE)
    head = edge + _TITLE_LINE * len(lines) + 4  # above the chart, whose own y begins at 0
    view = View(-edge, -head, width, head + drawn.height + edge)
    title = (
        label(line, 0, edge - head + TITLE + _TITLE_LINE * row - 3, class_="title") for row, line in enumerate(lines)
    )
    inside = (
        tag("style", stylesheet(dark=dark)),
        tag("rect", x=view.x, y=view.y, width=view.width, height=view.height, class_="paper"),
        *title,
        drawn.body,
    )
    return _rooted(picture, drawn, "".join(inside), view, prefix, width=px(view.width), height=px(view.height))


class View(NamedTuple):
    """The part of the plane that is shown [pixels]."""

    x: float
    y: float
    width: float
    height: float


def _drawn(picture: Picture, sheet: Sheet, *, per_unit: bool) -> Drawn:
    match picture:
        case Stairs():
            return stairs_svg(picture, sheet, per_unit=per_unit)
        case Breakdown():
            return breakdown_svg(picture, sheet)
        case Swings():
            return swings_svg(picture, sheet)
        case Paths():
            return paths_svg(picture, sheet)
        case Frontier():
            return frontier_svg(picture, sheet)
        case WinnerMap():
            return map_svg(picture, sheet)
        case _:
            assert_never(picture)


def _rooted(picture: Picture, drawn: Drawn, inside: str, view: View, prefix: str, **size: str) -> str:
    """Put a chart into its outer element; the title is the finding, the description what is drawn."""
    title, says = f"{prefix}{picture.name}-title", f"{prefix}{picture.name}-desc"
    attributes = {
        "xmlns": "http://www.w3.org/2000/svg",
        "class": f"chart {picture.name}",
        "role": "img",
        "aria-labelledby": f"{title} {says}",
        "viewBox": " ".join(map(px, view)),
        **size,
        **drawn.data,
    }
    told = tag("title", words(picture.title), id=title) + tag("desc", words(drawn.says), id=says)
    return tag("svg", told, inside, **attributes) + "\n"
