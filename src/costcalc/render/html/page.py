"""A report as one HTML file: its blocks, a style, and a script where there is something to try."""

from collections.abc import Iterator, Sequence
from functools import cache
from html import escape
from pathlib import Path
from typing import assert_never

from costcalc.render.html.figures import figure, order_of, style_of_figures
from costcalc.render.html.offer import Offer, offer_of
from costcalc.render.html.panel import data_of, panel
from costcalc.render.html.tables import style_of_tables, table
from costcalc.render.report import Block, Bullets, Drawing, Figure, Heading, Paragraph, Report, Table, Verdict

_LEAST_PARTS = 3  # headings, from which on a page has a table of contents


def as_html(report: Report) -> str:
    """Render the blocks; whatever HTML would interpret is escaped.

    The page asks for nothing: its style, its script and its charts stand in it, and its icon is empty. Every figure is
    on it without the script, which only lets its reader try other settings.
    """
    blocks = report.page(notes=True)
    offer = offer_of(report.what_if, blocks, report.money)
    script = f"\n{data_of(offer)}\n<script>\n{_beside('what_if.js')}</script>" if offer is not None else ""
    day = f" · prices of {report.as_of}" if report.as_of is not None else ""
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{escape(_title(report))}</title>
<link rel="icon" href="data:,">
<style>
{_beside("page.css")}{style_of_tables()}{style_of_figures(blocks)}</style>
</head>
<body>
<main>
<h1>costcalc {escape(report.command)}{escape(day)}</h1>
{"".join(_body(blocks, offer))}</main>{script}
</body>
</html>
"""


def _title(report: Report) -> str:
    """Name the page by its answer, which a list of tabs or of files shows."""
    name = f"costcalc {report.command}"
    return f"{report.verdict[0]} ({name})" if report.verdict else name


@cache
def _beside(name: str) -> str:
    return Path(__file__).with_name(name).read_text(encoding="utf-8")


def _body(blocks: Sequence[Block], offer: Offer | None) -> Iterator[str]:
    """Write the blocks: contents stand below the verdict, what can be tried below the chart that it moves."""
    order, is_under = order_of(blocks), False
    for at, block in enumerate(blocks):
        is_under = is_under or isinstance(block, Heading)
        yield _block(block, at, order=order, is_under=is_under)
        if isinstance(block, Verdict):
            yield _contents(blocks)
        if offer is not None and isinstance(block, Figure) and block.picture is offer.picture:
            yield panel(offer)


def _contents(blocks: Sequence[Block]) -> str:
    parts = [(at, block.text) for at, block in enumerate(blocks) if isinstance(block, Heading)]
    if len(parts) < _LEAST_PARTS:
        return ""
    items = "".join(f'<li><a href="#part-{at}">{escape(text)}</a></li>\n' for at, text in parts)
    return f'<nav aria-label="On this page">\n<ul>\n{items}</ul>\n</nav>\n'


def _block(block: Block, at: int, *, order: Sequence[str], is_under: bool) -> str:
    """Write a block.

    Args:
        block: The block.
        at: Its place on the page, from which its ids are made.
        order: Options in the order of their colours.
        is_under: Whether a heading stands above it.
    """
    match block:
        case Verdict():
            made = f'<p class="verdict">{escape(block.text)}</p>\n'
        case Heading(text):
            made = f'<h2 id="part-{at}">{escape(text)}</h2>\n'
        case Paragraph(text):
            made = f"<p>{escape(text)}</p>\n"
        case Bullets(title, items):
            level = "h3" if is_under else "h2"
            listed = "".join(f"<li>{escape(item)}</li>\n" for item in items)
            made = f"<{level}>{escape(title)}</{level}>\n<ul>\n{listed}</ul>\n"
        case Drawing(lines):
            drawn = escape("\n".join(lines))
            made = f'<pre tabindex="0" role="region" aria-label="Chart">\n{drawn}</pre>\n'
        case Table():
            made = table(block)
        case Figure(picture):
            made = figure(picture, at, order)
        case _:
            assert_never(block)
    return made
