"""Markdown of a report's blocks, for pull requests and wikis."""

import re
from typing import assert_never

from costcalc.render.report import Block, Bullets, Drawing, Heading, Paragraph, Report, Table, Verdict

_SPECIAL = re.compile(r"[\\`*\[\]<>|#]|(?<!\w)_|_(?!\w)")  # inside a word an underscore is only itself


def as_markdown(report: Report) -> str:
    """Render the blocks; whatever Markdown or HTML would interpret is escaped.

    A report that is posted as a comment begins with a hidden marker, folds long tables and stays below GitHub's limit.
    """
    if not report.marker:
        return "\n\n".join(map(_block, report.page(notes=True))) + "\n"
    head = f"<!-- {report.marker} -->\n"
    return _within(head, [_folded(block) for block in report.page(notes=True)])


MOST_BYTES = 65_536  # of a comment on GitHub
_FOLDED_ROWS = 20


def _folded(block: Block) -> str:
    """Fold a table of many rows, or a long list, behind a line that can be opened."""
    rows = len(block.rows) if isinstance(block, Table) else len(block.items) if isinstance(block, Bullets) else 0
    if rows <= _FOLDED_ROWS:
        return _block(block)
    return f"<details><summary>{rows} rows</summary>\n\n{_block(block)}\n\n</details>"


def _within(head: str, blocks: list[str]) -> str:
    """Keep whole blocks as long as they fit, and say how many do not."""
    kept = head
    for index, block in enumerate(blocks):
        if len((kept + block).encode()) > MOST_BYTES - 200:
            return f"{kept}\n{len(blocks) - index} more parts do not fit into a comment; see the report of the run.\n"
        kept += f"\n{block}\n"
    return kept


def _block(block: Block) -> str:
    match block:
        case Verdict():
            return f"**{escape(block.text)}**"
        case Heading(text):
            return f"**{escape(text)}**"
        case Paragraph(text):
            return escape(text)
        case Bullets(title, items):
            return "\n".join([f"{escape(title)}:", "", *(f"- {escape(item)}" for item in items)])
        case Drawing(drawn):
            return "\n".join(["```text", *drawn, "```"])
        case Table(columns, rows, _):
            marks = ["---:" if column.align == "right" else "---" for column in columns]
            lines = [
                [escape(column.title) for column in columns],
                marks,
                *([escape(cell) for cell in row] for row in rows),
            ]
            legend = ["", escape(block.legend)] if block.legend else []
            return "\n".join([*(f"| {' | '.join(cells)} |" for cells in lines), *legend])
        case _:
            assert_never(block)


def escape(text: str) -> str:
    r"""Escape what Markdown and HTML read as markup, and fold line breaks.

    Example:
        >>> print(escape("a|b `c` <script>"))
        a\|b \`c\` &lt;script&gt;
    """
    marked = _SPECIAL.sub(lambda match: {"<": "&lt;", ">": "&gt;"}.get(match[0], f"\\{match[0]}"), text)
    return " ".join(marked.split())
