"""A warehouse's answer to `costcalc usage sql`, taken back as a CSV file."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from costcalc.errors import InputError
from costcalc.findings import Finding, clean, did_you_mean
from costcalc.usage.aggregate import COLUMNS, KEYS, REPEATS
from costcalc.usage.counted import Counted, Counting, counted_rows
from costcalc.usage.groups import COUNTED, FAULTS, Usage
from costcalc.usage.reader import LOG_FORMATS, LogFormat

CONSTANTS = ("bucket_s", "thresholds", "log_format", "labelled_by")  # how it was counted, the same in each row
_NEEDED = ("model", "start_s", "above", "row_count", "first_s", "last_s", "requests", *CONSTANTS)
_ALL = (*dict.fromkeys((*COLUMNS, *_NEEDED)), *COUNTED, "recorded_nano_usd", *REPEATS)
_NULLS = frozenset({"", "\\N"})  # Hive, Snowflake and ClickHouse write \N
_FLAGS = {"true": True, "t": True, "1": True, "false": False, "f": False, "0": False}
_LAST_SECOND = 253_402_300_799  # of the year 9999


class _How(NamedTuple):
    """How an answer was counted."""

    bucket_s: int
    thresholds: tuple[int, ...]
    log_format: LogFormat
    label: str | None


def read_result(path: str) -> Usage:
    """Read an answer; its thresholds and time buckets are those that it says it was counted by.

    Raises:
        InputError: With everything in it that no such answer has.
    """
    header, lines = _table(path)
    problems = [f":1: {text}" for text in _wrong_header(header)]
    if problems:
        raise _error(path, problems)
    rows = [_Row(number, dict(zip(header, cells, strict=False)), len(cells)) for number, cells in lines]
    problems = [f":{row.line}: {text}" for row in rows for text in _wrong_row(row, len(header))]
    if not rows:
        problems.append(": has a header and no rows: nothing was counted")
    if problems:
        raise _error(path, problems)
    return _usage(path, rows)


class _Row(NamedTuple):
    """A row of the table."""

    line: int
    cells: Mapping[str, str]
    width: int


def _table(path: str) -> tuple[tuple[str, ...], list[tuple[int, list[str]]]]:
    """Read the cells; some warehouses write the names of columns in capitals."""
    try:
        with Path(path).open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.reader(stream, strict=True)
            header = tuple(name.strip().lower() for name in next(reader, []))
            return header, [(reader.line_num, cells) for cells in reader if cells]
    except OSError as error:
        raise _error(path, [f": cannot be read: {error.strerror}"]) from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise _error(path, [f": is no CSV file of UTF-8: {error}"]) from None
    except ValueError:
        raise _error(path, [": is not the name of a file"]) from None


def _wrong_header(header: Sequence[str]) -> Iterator[str]:
    for name in _NEEDED:
        if name not in header:
            yield f"expected the column '{name}', as costcalc usage sql selects it"
    for name in dict.fromkeys(header):
        if name not in _ALL:
            hint = did_you_mean(name, _ALL)
            yield f"an unknown column '{clean(name)}'{f'; {hint}' if hint else ''}"
        if header.count(name) > 1:
            yield f"the column '{clean(name)}' stands there twice"


def _wrong_row(row: _Row, width: int) -> Iterator[str]:
    if row.width != width:
        yield f"expected {width} cells, found {row.width}"
        return
    for name, text in row.cells.items():
        if text not in _NULLS:
            yield from _wrong_cell(name, text)
    yield from _wrong_constants(row.cells)
    if (above := _whole(row.cells["above"])) is None:
        yield "above: expected a whole number, found nothing"
    elif above >= 0:
        yield from _wrong_counts(row.cells, above)
    elif -above > len(FAULTS):
        yield f"above: {above} stands for no fault that this costcalc knows"
    if (_whole(row.cells["row_count"]) or 0) < 1:
        yield "row_count: expected a whole number from 1 on"


def _wrong_cell(name: str, text: str) -> Iterator[str]:
    if name == "is_pooled" and text.lower() not in _FLAGS:
        yield f"is_pooled: expected true or false, found '{clean(text)}'"
    if name not in {*KEYS, *CONSTANTS, "is_pooled"} and _whole(text) is None:
        yield f"{name}: expected a whole number, found '{clean(text)}' (a spreadsheet may have changed it)"


def _wrong_constants(cells: Mapping[str, str]) -> Iterator[str]:
    if (_whole(cells["bucket_s"]) or 0) < 1:
        yield f"bucket_s: expected the seconds of a time bucket, found '{clean(cells['bucket_s'])}'"
    steps = [_whole(step) for step in cells["thresholds"].split()]
    ascending = [step for step in steps if step is not None]
    if len(ascending) < len(steps) or ascending != sorted(set(ascending)):
        yield f"thresholds: expected prompt lengths, ascending, found '{clean(cells['thresholds'])}'"
    if cells["log_format"] not in LOG_FORMATS:
        yield f"log_format: expected one of {', '.join(LOG_FORMATS)}, found '{clean(cells['log_format'])}'"


def _wrong_counts(cells: Mapping[str, str], above: int) -> Iterator[str]:
    """Check a row of requests: what counts is not negative, and its bucket and its place among the prices exist."""
    for name in ("requests", *COUNTED):
        if (_whole(cells.get(name, "")) or 0) < 0:
            yield f"{name}: expected a whole number from 0 on, found {cells[name]}"
    if above > len(cells["thresholds"].split()):
        yield f"above: {above} is more than there are thresholds"
    start, first, last, bucket = (_whole(cells[name]) for name in ("start_s", "first_s", "last_s", "bucket_s"))
    if start is None or first is None or last is None:
        yield "start_s, first_s, last_s: expected the times of a bucket, found nothing"
        return
    # a sum over several requests lasts until its end, which may be days later
    is_sum = _FLAGS.get(cells.get("is_pooled", "").lower(), False)
    end = start + (bucket or 0)
    inside = 0 <= start <= first < end and first <= last <= _LAST_SECOND and (is_sum or last < end)
    if bucket and (start % bucket or not inside):
        yield f"start_s, first_s, last_s: {first} to {last} do not lie in a bucket of {bucket} s from {start} on"


def _whole(text: str) -> int | None:
    """Read a whole number, with nothing else beside it."""
    digits = text.removeprefix("-")
    return int(text) if digits.isascii() and digits.isdigit() and len(digits) <= 38 else None  # noqa: PLR2004  # 128 bits


def _usage(path: str, rows: Sequence[_Row]) -> Usage:
    hows = {_how(row.cells): row.line for row in reversed(rows)}
    if len(hows) > 1:
        (_, first), (_, second) = sorted(hows.items(), key=lambda item: item[1])[:2]
        raise _error(path, [f":{second}: is counted otherwise than line {first}: {', '.join(CONSTANTS)} differ"])
    (how,) = hows
    counting = Counting()
    counted = list(_counted(rows))
    # a row of one moment that is a sum does not say when its time ends
    has_ends = any(each.group.is_pooled and each.first_s != each.last_s for each in counted)
    counting.add(counted, is_pooled=False, has_ends=has_ends)
    return counting.usage(how.bucket_s, how.thresholds, files=1, formats=(how.log_format,), label=how.label)


def _how(cells: Mapping[str, str]) -> _How:
    log_format = next(name for name in LOG_FORMATS if name == cells["log_format"])
    steps = tuple(map(int, cells["thresholds"].split()))
    label = cells["labelled_by"]
    return _How(int(cells["bucket_s"]), steps, log_format, None if label in _NULLS else label)


def _counted(rows: Sequence[_Row]) -> Iterator[Counted]:
    names = [name for name in rows[0].cells if name not in CONSTANTS]
    return counted_rows(names, ([_value(name, row.cells[name]) for name in names] for row in rows))


def _value(name: str, text: str) -> str | int | bool | None:
    if text in _NULLS:
        return None
    if name == "is_pooled":
        return _FLAGS[text.lower()]
    return text if name in KEYS else int(text)


def _error(path: str, problems: Sequence[str]) -> InputError:
    return InputError([Finding("log-result", "error", f"{path}{text}") for text in problems])
