"""What a command has to say, once: as data for machines and as blocks for people."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Literal, NamedTuple

from costcalc.findings import Finding

Json = str | int | float | bool | Decimal | None | Sequence["Json"] | Mapping[str, "Json"]


class Column(NamedTuple):
    """One column of a table.

    Args:
        title: Its header.
        align: Where its cells stand.
        rank: Which columns give way first where the page is narrow: the highest; 0 always stays.
        means: What its figures are, for the legend below the table; a column that gave way is not explained.
    """

    title: str
    align: Literal["left", "right"] = "left"
    rank: int = 0
    means: str = ""


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


class Drawing(NamedTuple):
    """Lines that stand as they are: a chart."""

    lines: tuple[str, ...]


def listed(title: str, items: Iterable[str]) -> Iterator[Bullets]:
    """Give a list under a title, unless there is nothing to list."""
    lines = tuple(items)
    if lines:
        yield Bullets(title, lines)


Block = Heading | Paragraph | Table | Bullets | Drawing


class Report(NamedTuple):
    """The result of a command.

    Args:
        command: The command, as in ``costcalc schema <command>``.
        as_of: The day whose prices are in force, where the command has one.
        digest_of: Works out the digest of the catalog, where one was loaded; only JSON shows it.
        inputs: What was asked, after defaults were filled in.
        result: The answer, as JSON would have it.
        records: The answer as flat rows, for CSV and JSON lines.
        blocks: The answer for people.
        diagnostics: What there is to say about the input.
        marker: By what a comment with this report is found again, or "".
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


class Said(NamedTuple):
    """What a command has to say of its inputs: notes, and the ids of the assumptions that filled them in."""

    notes: tuple[str, ...]
    assumptions: tuple[str, ...] = ()
