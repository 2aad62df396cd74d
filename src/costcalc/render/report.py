"""What a command has to say, once: as data for machines and as blocks for people."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeVar

from costcalc.findings import Finding
from costcalc.money import USD, Money

if TYPE_CHECKING:  # few reports have a picture, or let a reader try anything
    from costcalc.analysis.what_if import WhatIf
    from costcalc.render.charts.pictures import Picture

ASSUMED_LINES = 3  # of what was assumed, below the table; the rest is among the notes

_Row = TypeVar("_Row")

Json = str | int | float | bool | Decimal | None | Sequence["Json"] | Mapping[str, "Json"]


class Column(NamedTuple):
    """One column of a table.

    Args:
        title: Its header.
        align: Where its cells stand.
        rank: Which columns give way first where the page is narrow: the highest; 0 always stays.
        means: What its figures are, for the legend below the table; a column that gave way is not explained.
        wraps: Whether its words may go over several lines, before any column gives way.
    """

    title: str
    align: Literal["left", "right"] = "left"
    rank: int = 0
    means: str = ""
    wraps: bool = False


class Table(NamedTuple):
    """Rows of cells, as many as there are columns.

    Args:
        columns: The columns.
        rows: The rows.
        notes: What the legend says beside the columns' meanings.
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()

    @property
    def legend(self) -> str:
        """What the columns mean, and the notes; empty where there is nothing to say."""
        said = [*(f"{column.title} {column.means}" for column in self.columns if column.means), *self.notes]
        return f"{'; '.join(said)}." if said else ""


class Heading(NamedTuple):
    """A line that names what follows."""

    text: str


class Paragraph(NamedTuple):
    """Running text."""

    text: str


class Bullets(NamedTuple):
    """Several things to say under one title."""

    title: str
    items: tuple[str, ...]


class Verdict(NamedTuple):
    """The answer itself, in at most three sentences: the first block of a page."""

    sentences: tuple[str, ...]

    @property
    def text(self) -> str:
        """The sentences as one paragraph."""
        return " ".join(self.sentences)


class Drawing(NamedTuple):
    """Lines that stand as they are: a chart."""

    lines: tuple[str, ...]


def marker_of(command: str) -> str:
    """Name the hidden marker by which a comment in a pull request is found again."""
    return f"costcalc:{command}"


def listed(title: str, items: Iterable[str]) -> Iterator[Bullets]:
    """Give a list under a title, unless there is nothing to list."""
    lines = tuple(items)
    if lines:
        yield Bullets(title, lines)


class Figure(NamedTuple):
    """A picture: SVG on a page, drawn in characters in a terminal, listed as a table where nothing can be drawn."""

    picture: "Picture"


Block = Verdict | Heading | Paragraph | Table | Bullets | Drawing | Figure


def at_most(rows: Sequence[_Row], most: int, kept: Callable[[_Row], bool]) -> list[_Row]:
    """Give the first of many rows and, behind them, one that is to be kept in any case.

    Example:
        >>> at_most("abcde", 3, lambda row: row == "e"), at_most("abcde", 3, lambda row: row == "a")
        (['a', 'b', 'e'], ['a', 'b', 'c'])
    """
    late = [row for row in rows[most:] if kept(row)]
    return [*rows[: most - len(late)], *late]


class Report(NamedTuple):
    """The result of a command.

    Args:
        command: The command, as in ``costcalc schema <command>``.
        as_of: The day whose prices are in force, where the command has one.
        digest_of: Works out the digest of the catalog, where one was loaded; only JSON shows it.
        inputs: What was asked, after defaults were filled in.
        result: The answer, as JSON would have it.
        records: The answer as flat rows, for CSV and JSON lines.
        blocks: What stands below the verdict: one table, where possible.
        diagnostics: What there is to say about the input.
        marker: By what a comment with this report is found again, or "".
        verdict: The answer in at most three sentences; JSON has it as ``result.verdict``.
        assumed: What was assumed, in at most three lines.
        more: What a page leaves out and counts unless ``--notes`` asks for it: caveats, sources, further tables.
        focus: What things cost as rows of FOCUS; None for a command that has none.
        money: In which currency the verdict and the blocks have their amounts; data has them in USD.
        what_if: What a page lets its reader try; None for nothing.
        passed: What was checked and is as it has to be, by name: the tests that passed of a format that has tests.
    """

    command: str
    as_of: date | None
    digest_of: Callable[[], str] | None
    inputs: Mapping[str, Json]
    result: Mapping[str, Json] | None
    records: tuple[Mapping[str, Json], ...] = ()
    blocks: tuple[Block, ...] = ()
    diagnostics: tuple[Finding, ...] = ()
    marker: str = ""
    verdict: tuple[str, ...] = ()
    assumed: tuple[str, ...] = ()
    more: tuple[Block, ...] = ()
    money: Money = USD
    focus: tuple[Mapping[str, Json], ...] | None = None
    what_if: "WhatIf | None" = None
    passed: tuple[str, ...] = ()

    def page(self, *, notes: bool) -> tuple[Block, ...]:
        """Give the blocks of a page in their order: verdict, table, what was assumed, then the rest or its counts.

        Args:
            notes: Whether to show the rest, not only how much of it there is.
        """
        first = (Verdict(self.verdict),) if self.verdict else ()
        left_out = counts_of(self.more)
        rest = self.more if notes or not left_out else (Paragraph(f"With --notes: {left_out}."),)
        return (*first, *_with_rate(self.blocks, self.money), *listed("Assumed", self.assumed), *rest)


def _with_rate(blocks: Sequence[Block], money: Money) -> Iterator[Block]:
    """Let the first heading say at which rate of exchange amounts are shown."""
    is_said = False
    for block in blocks:
        if isinstance(block, Heading) and not is_said:
            is_said = True
            yield Heading(f"{block.text}{money.note}")
        else:
            yield block


def counts_of(blocks: Sequence[Block]) -> str:
    """Say how much some blocks hold, by their titles.

    Example:
        >>> counts_of([Bullets("Caveats", ("a", "b")), Heading("Machines"), Table((Column("gpu"),), (("L4",),))])
        'caveats (2), machines (1)'
    """
    counts: dict[str, int] = {}
    title = "rows"
    for block in blocks:
        match block:
            case Heading(text):
                title = text
            case Bullets(text, items):
                counts[text] = counts.get(text, 0) + len(items)
            case Table():
                counts[title] = counts.get(title, 0) + len(block.rows)
            case _:
                pass
    return ", ".join(f"{name.lower()} ({number})" for name, number in counts.items())


class Said(NamedTuple):
    """What a command has to say of its inputs: notes, and the ids of the assumptions that filled them in."""

    notes: tuple[str, ...]
    assumptions: tuple[str, ...] = ()
