"""A picture on a page: drawn twice, for wide pages and for narrow ones, with its table and its records beside it."""

from collections.abc import Iterator, Sequence
from html import escape
from urllib.parse import quote

from costcalc.render.charts.palette import stylesheet
from costcalc.render.charts.pictures import Picture, Stairs
from costcalc.render.charts.svg import as_svg
from costcalc.render.csv import as_csv
from costcalc.render.html.tables import table
from costcalc.render.pictures.tables import records_of, table_of
from costcalc.render.report import Block, Figure, Json, Report

_WIDE, _NARROW = 720, 340  # pixels for which a picture is laid out, so that its letters are as large as they should be
_PLAIN = "/,:;()"  # what may stand in an address as it is, beside letters and digits


def figure(picture: Picture, at: int, order: Sequence[str]) -> str:
    """Write a picture; of costs by volume also the cost of a unit.

    Args:
        picture: The picture.
        at: Its place on the page, from which its ids are made.
        order: Options in the order of their colours.
    """
    drawn = "".join(_drawings(picture, at, order))
    return (
        f'<figure class="{picture.name}">\n<figcaption>{escape(picture.title)}</figcaption>\n{drawn}'
        f"<details>\n<summary>The figures</summary>\n{table(table_of(picture), caption=picture.title)}</details>\n"
        f"{_records(picture)}</figure>\n"
    )


def _drawings(picture: Picture, at: int, order: Sequence[str]) -> Iterator[str]:
    for is_unit_cost in (False, True) if isinstance(picture, Stairs) else (False,):
        for size, width in (("for-wide", _WIDE), ("for-narrow", _NARROW)):
            prefix = f"f{at}{size[4]}{'u' if is_unit_cost else ''}-"
            svg = as_svg(picture, standalone=False, prefix=prefix, width=width, per_unit=is_unit_cost, order=order)
            yield f'<div class="{size}" data-per="{_per(picture, is_unit_cost=is_unit_cost)}">\n{svg}\n</div>\n'


def _per(picture: Picture, *, is_unit_cost: bool) -> str:
    """Say per how many units of volume a drawing's heights are; 0 for a month's cost."""
    return f"{picture.per:.17g}" if isinstance(picture, Stairs) and is_unit_cost else "0"


def _records(picture: Picture) -> str:
    """Write the records as CSV, to read and to save."""
    records = tuple({key: _digits(value) for key, value in record.items()} for record in records_of(picture))
    text = as_csv(Report(picture.name, None, None, {}, None, records=records))
    return (
        f'<details class="csv">\n<summary>As CSV</summary>\n<p><a download="{picture.name}.csv"'
        f' href="data:text/csv;charset=utf-8,{quote(text, safe=_PLAIN)}">Save {picture.name}.csv</a></p>\n'
        f'<pre tabindex="0" role="region" aria-label="{picture.name}.csv">\n{escape(text)}</pre>\n</details>\n'
    )


def _digits(value: Json) -> Json:
    """Cut a number to the digits that are exact in it."""
    return float(f"{value:.12g}") if isinstance(value, float) else value


def order_of(blocks: Sequence[Block]) -> tuple[str, ...]:
    """Give options in the order of their colours on a page: that of its chart of costs by volume."""
    charts = (block.picture for block in blocks if isinstance(block, Figure))
    return next((tuple(line.name for line in chart.lines) for chart in charts if isinstance(chart, Stairs)), ())


def style_of_figures(blocks: Sequence[Block]) -> str:
    """Give the style of the pictures, where there is one."""
    return f"{stylesheet(dark=None)}\n" if any(isinstance(block, Figure) for block in blocks) else ""
