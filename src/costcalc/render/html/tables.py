"""A table of a page: as wide as its cells, or a card for each row where the page is too narrow for it."""

import re
from collections.abc import Iterable
from html import escape

from costcalc.render.report import Column, Table

_CHAR, _BESIDE = 9, 12  # pixels of a figure in the widest of usual fonts, and of the space beside a cell
_LONGEST = 16  # characters; longer words are broken anywhere
_WORD = re.compile(r"[^\s-]+-?")  # up to where a browser begins a new line
_NARROW, _MIDDLE, _WIDE = 325, 640, 900  # pixels: what a phone, a printed page and a screen have for a table


def table(shown: Table, *, caption: str = "", best: int | None = None) -> str:
    """Write a table; its legend stands below.

    Roles are said outright: where rows are shown as cards, style sheets take away what ``<table>`` means.

    Args:
        shown: The table.
        caption: What it shows, where no heading says so.
        best: The place of the row that stands out.
    """
    sides = _sides(shown)
    head = "".join(
        f'<th scope="col" role="columnheader"{side}>{escape(column.title)}</th>'
        for column, side in zip(shown.columns, sides, strict=True)
    )
    rows = "".join(
        f'<tr role="row" class="{"best" if at == best else "row"}">{_cells(shown, row, sides)}</tr>\n'
        for at, row in enumerate(shown.rows)
    )
    title = f"<caption>{escape(caption)}</caption>\n" if caption else ""
    legend = f'<p class="legend">{escape(shown.legend)}</p>\n' if shown.legend else ""
    return (
        f'<table role="table" class="{width_of(shown)}">\n{title}'
        f'<thead role="rowgroup"><tr role="row">{head}</tr></thead>\n'
        f'<tbody role="rowgroup">\n{rows}</tbody>\n</table>\n{legend}'
    )


def _cells(shown: Table, row: tuple[str, ...], sides: tuple[str, ...]) -> str:
    """Write a row: its first cell names it; each other one has its column's title, which a card shows."""
    first, *others = zip(shown.columns, row, sides, strict=True)
    cells = "".join(
        f'<td role="cell" data-title="{escape(column.title)}"{side}>{escape(cell)}</td>'
        for column, cell, side in others
    )
    return f'<th scope="row" role="rowheader"{first[2]}>{escape(first[1])}</th>{cells}'


def _sides(shown: Table) -> tuple[str, ...]:
    """Say of each column where its cells stand, and whether it has words that must be broken."""
    cells = zip(*shown.rows, strict=True) if shown.rows else [() for _ in shown.columns]
    return tuple(
        ' class="number"'
        if column.align == "right"
        else ' class="long"'
        if _longest_word((column.title, *column_cells)) > _LONGEST
        else ""
        for column, column_cells in zip(shown.columns, cells, strict=True)
    )


def width_of(shown: Table) -> str:
    """Say on which pages a table's columns stand side by side: all of them, or those from a size on, or none.

    Example:
        >>> width_of(Table((Column("option"), Column("$/month", "right")), (("gpt", "1.00"),)))
        'narrow'
        >>> width_of(Table(tuple(Column(f"column {n}", "right") for n in range(12)), ()))
        'wide'
    """
    cells = zip(*shown.rows, strict=True) if shown.rows else [() for _ in shown.columns]
    need = sum(
        _BESIDE + _CHAR * _least(column, column_cells)
        for column, column_cells in zip(shown.columns, cells, strict=True)
    )
    sizes = ((_NARROW, "narrow"), (_MIDDLE, "middle"), (_WIDE, "wide"))
    return next((name for most, name in sizes if need <= most), "cards")


def _least(column: Column, cells: tuple[str, ...]) -> int:
    """Give the characters that a column needs: a figure is never broken, of words only those that are too long."""
    longest = _longest_word((column.title,))
    if column.align == "right":
        return max((longest, *map(len, cells)))
    return min(_LONGEST, max(longest, _longest_word(cells)))


def _longest_word(texts: Iterable[str]) -> int:
    return max((len(word) for text in texts for word in _WORD.findall(text)), default=0)


# what follows the columns of a table on a page that is too narrow for them: a card for each row
_CARDS = """{at} {{
  .{name}, .{name} tbody, .{name} tr, .{name} th, .{name} caption {{ display: block; }}
  .{name} thead {{ position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }}
  .{name} tr {{ padding: .5rem 0; border-bottom: 1px solid var(--rule); }}
  .{name} tbody th {{ padding: 0 0 .1rem; border: 0; font-weight: 600; text-align: left; }}
  .{name} td {{ display: flex; justify-content: space-between; gap: 1rem; padding: .1rem 0; border: 0; }}
  .{name} td::before {{ content: attr(data-title); flex: 1 0 auto; max-width: 55%; color: var(--quiet);
    text-align: left; white-space: normal; }}
  .{name} td:empty {{ display: none; }}
}}
"""


def style_of_tables() -> str:
    """Give the style of tables on pages that are too narrow for them."""
    sizes = (
        ("@media screen and (max-width: 46rem)", "middle"),
        ("@media print, screen and (max-width: 60rem)", "wide"),
        ("@media all", "cards"),
    )
    return "".join(_CARDS.format(at=at, name=name) for at, name in sizes)
