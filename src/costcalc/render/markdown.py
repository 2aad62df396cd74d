"""Markdown of a report's blocks, for pull requests and wikis."""

import re
from typing import assert_never

from costcalc.render.report import Block, Bullets, Drawing, Heading, Paragraph, Report, Table

_SPECIAL = re.compile(r"[\\`*\[\]<>|#]|(?<!\w)_|_(?!\w)")  # inside a word an underscore is only itself


def as_markdown(report: Report) -> str:
    """Render the blocks; whatever Markdown or HTML would interpret is escaped."""
    return "\n\n".join(_block(block) for block in report.blocks) + "\n"


def _block(block: Block) -> str:
    match block:
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
