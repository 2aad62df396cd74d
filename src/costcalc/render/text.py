"""Text for a terminal or a pipe: columns give way where the page is narrow, amounts never do."""

import textwrap
from typing import assert_never

from costcalc.render.report import Block, Bullets, Column, Drawing, Figure, Heading, Paragraph, Report, Table, Verdict

GAP = "  "
_WIDEST_CHART = 100  # lines are no clearer on a wider page
_LEAST = 8  # a column whose words would have less room gives way like any other


def as_text(report: Report, *, width: int, color: bool, notes: bool = False, unicode: bool = True) -> str:
    """Render a report's page.

    Args:
        report: What to say.
        width: The width of the page [characters]; a table that is wider loses columns, highest rank first.
        color: Whether the reader is a terminal that shows colour.
        notes: Whether to show what a page leaves out otherwise.
        unicode: Whether charts may have characters beyond ASCII.
    """
    blocks = report.page(notes=notes)
    return "\n\n".join(_block(block, width, color=color, unicode=unicode) for block in blocks) + "\n"


def _block(block: Block, width: int, *, color: bool, unicode: bool) -> str:
    match block:
        case Heading() | Verdict() | Paragraph():
            text = _fill(block.text, width)
            return _bold(text) if color and not isinstance(block, Paragraph) else text
        case Bullets(title, items):
            bullets = [_fill(item, width, first="  - ", rest="    ") for item in items]
            return "\n".join([_fill(f"{title}:", width), *bullets])
        case Drawing(lines):
            return "\n".join(lines)
        case Figure(picture):
            from costcalc.render.charts.terminal import as_characters

            return "\n".join(as_characters(picture, unicode=unicode, width=min(width, _WIDEST_CHART)))
        case Table():
            shown = fitted(block, width)
            header, *below = table_lines(shown)
            titled = [_bold(header), *below[1:]] if color else [header, *below]  # bold stands for the rule below it
            return "\n".join([*titled, *(["", _fill(shown.legend, width)] if shown.legend else [])])
        case _:
            assert_never(block)


def _bold(text: str) -> str:
    return "\n".join(f"\x1b[1m{line}\x1b[0m" for line in text.split("\n"))


def _fill(text: str, width: int, *, first: str = "", rest: str = "") -> str:
    return textwrap.fill(
        text, width, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
    )


def fitted(table: Table, width: int) -> Table:
    """Wrap words where a column may, then drop columns, highest rank first, until the table fits; cells are never cut.

    Example:
        >>> wide = Table((Column("option"), Column("USD", "right"), Column("source", rank=1)),
        ...              (("gpt-5.2", "1,234,567.89", "https://example.com/pricing"),))
        >>> [column.title for column in fitted(wide, 30).columns]
        ['option', 'USD']
    """
    while (over := _width(table) - width) > 0:
        wrapping = next((index for index, column in enumerate(table.columns) if column.wraps), None)
        if wrapping is not None and (room := widths(table)[wrapping] - over) >= _LEAST:
            table = _wrapped(table, wrapping, room)
            continue
        worst = max(table.columns, key=lambda column: column.rank)
        if worst.rank == 0:
            break
        table = _without(table, table.columns.index(worst))
    return table


def _width(table: Table) -> int:
    return sum(widths(table)) + len(GAP) * (len(table.columns) - 1)


def _wrapped(table: Table, index: int, room: int) -> Table:
    """Let a column's words go over several rows, the other cells of which are empty."""
    columns = (*table.columns[:index], table.columns[index]._replace(wraps=False), *table.columns[index + 1 :])
    rows: list[tuple[str, ...]] = []
    for row in table.rows:
        first, *more = textwrap.wrap(_cell(row[index]), room, break_long_words=False, break_on_hyphens=False) or [""]
        rows.append((*row[:index], first, *row[index + 1 :]))
        rows += [tuple(line if at == index else "" for at in range(len(row))) for line in more]
    return Table(columns, tuple(rows), table.notes)


def _without(table: Table, index: int) -> Table:
    columns = table.columns[:index] + table.columns[index + 1 :]
    rows = (row[:index] + row[index + 1 :] for row in table.rows)
    return Table(columns, tuple(row for row in rows if any(row)), table.notes)  # without lines of its words alone


def widths(table: Table) -> list[int]:
    """Give the width that each column needs."""
    cells = zip(*table.rows, strict=True) if table.rows else [() for _ in table.columns]
    return [
        max(len(column.title), *(len(_cell(cell)) for cell in column_cells), 0)
        for column, column_cells in zip(table.columns, cells, strict=True)
    ]


def _cell(text: str) -> str:
    """Keep a cell on one line."""
    return " ".join(text.split())


def table_lines(table: Table) -> list[str]:
    """Lay a table out in plain characters."""
    sizes = widths(table)
    header = _row(table.columns, [column.title for column in table.columns], sizes)
    rule = GAP.join("-" * size for size in sizes)
    return [header, rule, *(_row(table.columns, row, sizes) for row in table.rows)]


def _row(columns: tuple[Column, ...], cells: list[str] | tuple[str, ...], sizes: list[int]) -> str:
    padded = [
        _cell(cell).rjust(size) if column.align == "right" else _cell(cell).ljust(size)
        for column, cell, size in zip(columns, cells, sizes, strict=True)
    ]
    return GAP.join(padded).rstrip()
