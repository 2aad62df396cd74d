"""Markdown of a report's blocks, for pull requests and wikis."""

import re
from bisect import bisect_left
from typing import assert_never

from costcalc.render.report import Block, Bullets, Drawing, Figure, Heading, Paragraph, Report, Table, Verdict

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
    return _within(head, _that_fit(report))


# GitHub takes comments of 65,536 characters; the Action puts a check and a diff into one, with a few lines of its own
MOST_BYTES = 32_000
_FOLDED_ROWS = 20


def _that_fit(report: Report) -> list[str]:
    """Render the blocks with as many rows of each as fit into a comment."""
    blocks = report.page(notes=True)

    def cut(rows: int) -> list[str]:
        return [part for block in blocks for part in _cut(block, rows, report.command)]

    def is_too_long(rows: int) -> bool:
        return sum(len(f"\n{part}\n".encode()) for part in cut(rows)) > MOST_BYTES - 200

    longest = max(map(_length, blocks), default=0)
    if is_too_long(longest):  # pictures give way first: their numbers stand in a table
        blocks = tuple(block for block in blocks if not isinstance(block, Figure))
    if not is_too_long(longest):
        return cut(longest)
    return cut(max(1, bisect_left(range(longest), 1, key=is_too_long) - 1))


def _length(block: Block) -> int:
    return len(block.rows) if isinstance(block, Table) else len(block.items) if isinstance(block, Bullets) else 0


def _cut(block: Block, rows: int, command: str) -> list[str]:
    """Keep the first rows of a table and its last, which has the total, or the first items of a list."""
    left_out = _length(block) - rows
    if isinstance(block, Table):
        left_out -= 1
        gap = ("…",) * len(block.columns)
        shorter: Block = block._replace(rows=(*block.rows[:rows], gap, *block.rows[-1:]))
    elif isinstance(block, Bullets):
        shorter = block._replace(items=block.items[:rows])
    if left_out <= 0:
        return [_folded(block)]
    what = "rows" if isinstance(block, Table) else "items"
    count = f"{left_out:,} of {_length(block):,} {what} are left out, since a comment is too short for them"
    return [_folded(shorter), f"{count}: `costcalc {command.replace('-', ' ')}` prints them all."]


def _folded(block: Block) -> str:
    """Fold a table of many rows, or a long list, behind a line that can be opened."""
    rows = _length(block)
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
        case Drawing() | Figure():
            return _fenced(block)
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


def _fenced(block: Drawing | Figure) -> str:
    """Show lines as they are; no run of backticks in them closes the fence."""
    from costcalc.render.charts.terminal import as_characters

    lines = block.lines if isinstance(block, Drawing) else as_characters(block.picture, unicode=True)
    fence = "`" * max(3, 1 + max(len(run) for run in re.findall("`*", "".join(lines))))
    return "\n".join([f"{fence}text", *lines, fence])


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
