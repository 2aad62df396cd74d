"""A load curve as a table: requests of one window after the other, as monitoring exports them."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from costcalc.errors import InputError
from costcalc.files import read_bytes, text_of
from costcalc.findings import Finding, did_you_mean
from costcalc.units import SECONDS_PER_HOUR, parse_amount
from costcalc.usage.groups import CountedMeter, Group, Usage

_KINDS = ("model", "category")  # what rows of one window are told apart by
_HOUR = "hour"
_SUMS = ("input_tokens", "output_tokens")


class RequestSize(NamedTuple):
    """The mean request, where the table has no tokens [tokens]."""

    input_tokens: int
    output_tokens: int


def load_usage(path: Path, *, window_s: int | None, size: RequestSize | None) -> Usage:
    """Read a load curve.

    It is CSV with a header: ``requests`` of each window, one row a window in order; ``input_tokens`` and
    ``output_tokens``, sums over it; ``hour``, the number of the hour, and then windows are hours; ``model`` or
    ``category``, where rows of several stand in one table. Other columns are passed over.

    Args:
        path: The file.
        window_s: How long a window is [s]; None for what the table says.
        size: The mean request, for a table without tokens.

    Raises:
        InputError: It cannot be read, or it is no load curve; with every problem.
    """
    table = _table(str(path), text_of(read_bytes(path), str(path)), window_s, size)
    problems: list[Finding] = []
    groups = tuple(_groups(table, problems))
    if problems:
        raise InputError(problems)
    kept = tuple(group for group in groups if group.requests)
    if not kept:
        raise InputError([_problem(table.name, "no request in it")])
    last = max(group.start_s for group in groups) + table.window_s - 1
    return Usage(kept, table.window_s, (), 0, last, len(table.rows), formats=("load curve",))


class _Table(NamedTuple):
    """A table of windows.

    Args:
        name: The file.
        rows: Its rows, each by column.
        window_s: How long a window is [s].
        numbered: Whether a column says which window a row is of.
        kind: The column that tells several of one window apart, or None.
        size: The mean request, in place of the table's own.
    """

    name: str
    rows: Sequence[Mapping[str, str | None]]
    window_s: int
    numbered: bool
    kind: str | None
    size: RequestSize | None

    @property
    def needed(self) -> tuple[str, ...]:
        """Columns of counts that each row must have."""
        return ("requests", *((_HOUR,) if self.numbered else ()), *(_SUMS if self.size is None else ()))


def _table(name: str, text: str, window_s: int | None, size: RequestSize | None) -> _Table:
    """Check that a table says what a load curve needs."""
    rows = list(csv.DictReader(text.splitlines()))
    columns = [column for column in (rows[0] if rows else ()) if column]
    found = f"found {', '.join(columns) or 'none'}"
    near = did_you_mean("requests", columns)
    missing = (
        ("requests" not in columns, f"a load curve has a column 'requests', {found}{f'; {near}' if near else ''}"),
        (
            window_s is None and _HOUR not in columns,
            f"nothing says how long a window is: give --window, or a column '{_HOUR}'; {found}",
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
    numbered = _HOUR in columns and window_s in {None, SECONDS_PER_HOUR}
    return _Table(name, rows, window_s or SECONDS_PER_HOUR, numbered, kind, size)


def _problem(name: str, text: str, line: int | None = None) -> Finding:
    return Finding("load", "error", f"{name}{f':{line}' if line is not None else ''}: {text}")


def _groups(table: _Table, problems: list[Finding]) -> Iterator[Group]:
    """Walk the rows; what is no count is a problem, each with its line."""
    seen: dict[str, int] = {}
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
        window = counts[_HOUR] if table.numbered else seen.get(of, 0)
        seen[of] = window + 1
        yield _group(of, window * table.window_s, counts, table.size)


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
