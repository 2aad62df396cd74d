"""Markdown of a report's blocks, for pull requests and wikis."""

import re
from typing import assert_never

from costcalc.render.report import Block, Bullets, Drawing, Heading, Paragraph, Report, Table, Verdict

_ENTITIES = {"<": "&lt;", ">": "&gt;", "&": "&amp;", "$": "&#36;"}
_SPECIAL = re.compile(
    r"""(?P<address>\bhttps?://[^\s`|\\]*[\w/])
    | [\\`*\[\]<>|\#~&]
    | (?<![^\W_])_ | _(?![^\W_])  # inside a word an underscore is only itself
    | (?<=\S)\$(?!\d)    # the end of mathematics; $5 is an amount
    | (?<=@)(?=\w) | (?<=\#)(?=\d) | (?<=\bGH)(?=-\d) | (?<=:)(?=//) | (?<=\bwww)(?=\.)
    """,
    re.VERBOSE | re.IGNORECASE,
)
# A space without width, as an entity: GitHub and GitLab look for @team, #1 and www.a.com in the finished page, where
# an escape is gone.
_ENTITIES = {"": "&#8203;", "<": "&lt;", ">": "&gt;", "&": "&amp;", "$": "&#36;"}
_BEGINNING = re.compile(
    r"\A(?: (?=[-+](?:\s|\Z)) | (?=[-=]+\s*\Z) | (?=/\w) | (\d{1,9})(?=[.)](?:\s|\Z)) )", re.VERBOSE
)


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
            return _paragraph(text)
        case Bullets(title, items):
            return "\n".join([f"{_paragraph(title)}:", "", *(f"- {_paragraph(item)}" for item in items)])
        case Drawing(drawn):
            fence = "`" * max(3, 1 + max(len(run) for run in re.findall("`*", "".join(drawn))))
            return "\n".join([f"{fence}text", *drawn, fence])
        case Table(columns, rows, _):
            marks = ["---:" if column.align == "right" else "---" for column in columns]
            lines = [
                [escape(column.title) for column in columns],
                marks,
                *([escape(cell) for cell in row] for row in rows),
            ]
            legend = ["", _paragraph(block.legend)] if block.legend else []
            return "\n".join([*(f"| {' | '.join(cells)} |" for cells in lines), *legend])
        case _:
            assert_never(block)


def escape(text: str) -> str:
    r"""Escape what Markdown and HTML read as markup, part what would be a mention or a link, and fold line breaks.

    Example:
        >>> print(escape("a|b `c` <script>"))
        a\|b \`c\` &lt;script&gt;
        >>> escape("@team, see https://example.com")
        '@&#8203;team, see `https://example.com`'
    """
    return " ".join(_SPECIAL.sub(_escaped, text).split())


def _escaped(match: re.Match[str]) -> str:
    if match["address"]:
        return f"`{match[0]}`"  # as code it is no link, and can be copied
    return _ENTITIES.get(match[0], f"\\{match[0]}")


def _paragraph(text: str) -> str:
    r"""Escape a text that begins a block, where Markdown sees a list or a rule and GitLab a quick action.

    Example:
        >>> print(_paragraph("/close"), _paragraph("1. a"))
        \/close 1\. a
    """
    return _BEGINNING.sub(r"\1\\", escape(text))
