"""A load curve as a table: requests of one window after the other, as monitoring exports them."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from costcalc.errors import InputError
from costcalc.files import read_document
from costcalc.findings import Finding, did_you_mean
from costcalc.units import SECONDS_PER_HOUR, SECONDS_PER_MINUTE, parse_amount
from costcalc.usage.groups import CountedMeter, Group, Usage

_KINDS = ("model", "category")  # what rows of one window are told apart by
_TIMES = {"minute": SECONDS_PER_MINUTE, "hour": SECONDS_PER_HOUR}
_SUMS = ("input_tokens", "output_tokens")


class RequestSize(NamedTuple):
    """The mean request, where the table has no tokens [tokens]."""

    input_tokens: int
    output_tokens: int


def load_usage(path: Path, *, size: RequestSize | None) -> Usage:
    """Read a load curve.

    It is CSV with a header: ``requests`` of each window; ``hour`` or ``minute``, when it begins, counted from
    anywhere; ``input_tokens`` and ``output_tokens``, sums over it; ``model`` or ``category``, where rows of several
    stand in one table. Other columns are passed over. Windows are as long as the shortest step between two of them.

    Args:
        path: The file.
        size: The mean request, in place of the table's tokens.

    Raises:
        InputError: It cannot be read, or it is no load curve; with every problem.
    """
    document = read_document(path)
    table = _table(document.name, document.text, size)
    problems: list[Finding] = []
    groups = tuple(_groups(table, problems))
    if problems:
        raise InputError(problems)
    kept = tuple(group for group in groups if group.requests)
    if not kept:
        raise InputError([_problem(table.name, "no request in it")])
    starts = sorted({group.start_s for group in groups})
    window_s = min((later - sooner for sooner, later in pairwise(starts)), default=table.unit_s)
    off = next((start for start in starts if (start - starts[0]) % window_s), None)
    if off is not None:
        step = f"{window_s // table.unit_s}, so {off // table.unit_s} is in the middle of one"
        raise InputError([_problem(table.name, f"windows begin every {step} ({table.time})")])
    moved = tuple(group._replace(start_s=group.start_s - starts[0]) for group in kept)
    last = starts[-1] - starts[0] + window_s - 1
    return Usage(moved, window_s, (), 0, last, len(table.rows), formats=("load curve",))


class _Table(NamedTuple):
    """A table of windows.

    Args:
        name: The file.
        rows: Its rows, each by column.
        time: The column that says when a window begins.
        kind: The column that tells several of one window apart, or None.
        size: The mean request, in place of the table's own.
    """

    name: str
    rows: Sequence[Mapping[str, str | None]]
    time: str
    kind: str | None
    size: RequestSize | None

    @property
    def needed(self) -> tuple[str, ...]:
        """Columns of counts that each row must have."""
        return ("requests", self.time, *(_SUMS if self.size is None else ()))

    @property
    def unit_s(self) -> int:
        """How long one of its times is [s]."""
        return _TIMES[self.time]


def _table(name: str, text: str, size: RequestSize | None) -> _Table:
    """Check that a table says what a load curve needs."""
    rows = list(csv.DictReader(text.splitlines()))
    columns = [column for column in (rows[0] if rows else ()) if column]
    found = f"found {', '.join(columns) or 'none'}"
    near = did_you_mean("requests", columns)
    missing = (
        ("requests" not in columns, f"a load curve has a column 'requests', {found}{f'; {near}' if near else ''}"),
        (
            not _TIMES.keys() & set(columns),
            f"nothing says when a window begins: it needs a column {' or '.join(_TIMES)}; {found}",
        ),
        (
            size is None and not set(_SUMS) <= set(columns),
            f"nothing says how long a request is: give --shape IN:OUT, or the columns {' and '.join(_SUMS)}; {found}",
        ),
    )
    for holds, message in missing:
        if holds:
            raise InputError([_problem(name, message)])
    kind = next((column for column in _KINDS if column in columns), None)
    time = next(column for column in _TIMES if column in columns)
    return _Table(name, rows, time, kind, size)


def _problem(name: str, text: str, line: int | None = None) -> Finding:
    return Finding("load", "error", f"{name}{f':{line}' if line is not None else ''}: {text}")


def _groups(table: _Table, problems: list[Finding]) -> Iterator[Group]:
    """Walk the rows; what is no count is a problem, each with its line."""
    for line, row in enumerate(table.rows, start=2):
        of = (row[table.kind] or "") if table.kind is not None else ""
        counts: dict[str, int] = {}
        for column in table.needed:
            try:
                counts[column] = round(parse_amount(row[column] or ""))  # a mean of many windows may have decimals
            except ValueError as error:
                problems.append(_problem(table.name, f"{column}: {error}", line))
        if counts.keys() != set(table.needed):
            continue
        yield _group(of, counts[table.time] * table.unit_s, counts, table.size)


def _group(of: str, start_s: int, counts: Mapping[str, int], size: RequestSize | None) -> Group:
    requests = counts["requests"]
    if size is not None:
        counts = {"input_tokens": size.input_tokens * requests, "output_tokens": size.output_tokens * requests}
    used: dict[CountedMeter, int] = {"input": counts["input_tokens"], "output": counts["output_tokens"]}
    return Group(
        model=of,
        start_s=start_s,
        above=0,
        is_pooled=False,
        processing=None,
        service_tier=None,
        label=None,
        requests=requests,
        counts=used,
        recorded_nano_usd=None,
    )
