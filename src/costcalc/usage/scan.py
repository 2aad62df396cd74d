"""DuckDB reads a log and counts it: the rows of each file by its mapping, then one GROUP BY."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from costcalc.errors import CostcalcError, FlagError, InputError
from costcalc.findings import Finding
from costcalc.usage.aggregate import grouping
from costcalc.usage.counted import Counting, counted_rows
from costcalc.usage.groups import COUNTED, FAULTS, Usage
from costcalc.usage.readers import READERS, LogFormat, Reader
from costcalc.usage.relation import (
    Relation,
    csv_source,
    documents_source,
    lines_source,
    parquet_source,
    records,
)
from costcalc.usage.sniff import format_of
from costcalc.usage.sources import LogFile, log_files

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_BROKEN = -1 - FAULTS.index("broken")
_AT = {kind: -1 - at for at, kind in enumerate(FAULTS)}


def connected() -> "DuckDBPyConnection":
    """Open DuckDB in memory, with the clock in UTC.

    Raises:
        CostcalcError: It is not installed.
    """
    try:
        import duckdb
    except ImportError:
        raise CostcalcError("reading a log needs DuckDB: pip install 'costcalc[usage]'") from None
    engine = duckdb.connect()
    engine.execute("SET TimeZone = 'UTC'")
    return engine


class Fields(Protocol):
    """Where records have their fields, in the SQL of an engine."""

    @property
    def source(self) -> str:
        """What stands after FROM, so that each record is one row."""

    @property
    def columns(self) -> Mapping[str, str]:
        """Its columns, with their types; ``is_broken`` where some records may be none."""

    def text(self, paths: Sequence[str]) -> str:
        """Read words: the first path that has some; "" where no record can have the field."""

    def count(self, paths: Sequence[str]) -> str:
        """Read a whole number; what stands there and is none becomes -1."""

    def moment(self, paths: Sequence[str]) -> str:
        """Read a moment in whole seconds since 1970, UTC."""


class Rows(NamedTuple):
    """Canonical rows of some files of one format.

    Args:
        source: What stands after FROM.
        columns: Its columns.
    """

    source: str
    columns: tuple[str, ...]


def scan(
    names: Sequence[str],
    *,
    thresholds: Sequence[int],
    bucket_s: int = 600,
    log_format: LogFormat | None = None,
    label: str | None = None,
) -> Usage:
    """Read a log and count it.

    Args:
        names: Its files, patterns and folders.
        thresholds: The prompt lengths above which some price differs [tokens].
        bucket_s: How long a time bucket is [s].
        log_format: Its format; told from the records where it is None.
        label: By what the groups are labelled: a name that the format knows (team, key, tag), or None.

    Raises:
        InputError: A file cannot be read, or has a format that nobody knows.
        FlagError: A format has no such label.
    """
    check_label(label, log_format)
    engine = connected()
    steps = tuple(sorted(set(thresholds)))
    files = log_files(names)
    by_kind = told_apart(engine, files, log_format)
    counting = Counting()
    for (kind, _, _), some in by_kind.items():
        check_label(label, kind)
        rows = canonical(relation_of(engine, some, READERS[kind], label), READERS[kind], label)
        text = grouping(rows.source, rows.columns, bucket_s=bucket_s, thresholds=steps)
        answer = engine.execute(text)
        names_of_columns = [column[0] for column in answer.description]
        counting.add(counted_rows(names_of_columns, answer.fetchall()), is_pooled=READERS[kind].is_pooled)
    formats = tuple(dict.fromkeys(kind for kind, _, _ in by_kind))
    return counting.usage(bucket_s, steps, files=len(files), formats=formats, label=label)


def told_apart(
    engine: "DuckDBPyConnection", files: Sequence[LogFile], log_format: LogFormat | None
) -> dict[tuple[LogFormat, str, tuple[str, ...]], list[LogFile]]:
    """Tell files apart by format, container and header.

    Raises:
        InputError: With every file whose format nobody knows.
    """
    by_kind: dict[tuple[LogFormat, str, tuple[str, ...]], list[LogFile]] = defaultdict(list)
    problems: list[Finding] = []
    for file in files:
        try:
            kind, header = format_of(engine, file, log_format)
            by_kind[kind, file.container, header].append(file)
        except InputError as error:
            problems += [problem for problem in error.problems if isinstance(problem, Finding)]
    if problems:
        raise InputError(problems)
    return by_kind


def canonical(relation: Fields, reader: Reader, label: str | None) -> Rows:
    """Write canonical rows of records in SQL that every engine understands."""
    fields = dict(_fields(relation, reader, label))
    raw = ", ".join(f"{expression} AS {name}" for name, expression in fields.items())
    more = ", is_broken" if "is_broken" in relation.columns else ""
    keep = f" WHERE {reader.keep}" if reader.keep else ""
    stage = f"(SELECT {raw}{more} FROM {relation.source})"
    row = dict(_row(reader, fields))
    fault = _fault(reader, fields, row, is_json=bool(more))
    shown = ", ".join(f"{expression} AS {name}" for name, expression in {**row, "fault": fault}.items())
    return Rows(f"(SELECT {shown} FROM {stage}{keep})", (*row, "fault"))


def relation_of(engine: "DuckDBPyConnection", files: Sequence[LogFile], reader: Reader, label: str | None) -> Relation:
    """Open files of one container."""
    paths = [file.path for file in files]
    container = files[0].container
    if container in {"json", "jsonl"}:
        lines = documents_source(paths) if container == "json" else lines_source(paths)
        tree = _tree(reader.paths(label))
        source = records(lines, tree, reader.within, is_whole=container == "json")
        return Relation(source, {"is_broken": "BOOLEAN"}, tree)
    source = parquet_source(paths) if container == "parquet" else csv_source(paths)
    found = engine.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()
    return Relation(source, {name: kind for name, kind, *_ in found})


def _tree(paths: Iterable[str]) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for path in paths:
        *above, last = path.split("/")
        place = tree
        for step in above:
            place = place.setdefault(step, {})
        place[last] = "VARCHAR"
    return tree


def _fields(relation: Fields, reader: Reader, label: str | None) -> Iterator[tuple[str, str]]:
    """Write where the raw fields are that these files have."""
    words = {**reader.texts, **({"label": reader.labels[label]} if label is not None else {})}
    for name, paths in words.items():
        if found := relation.text(paths):
            yield name, found
    for name, paths in reader.numbers.items():
        if found := relation.count(paths):
            yield name, found
    for name, paths in reader.times.items():
        if found := relation.moment(paths):
            yield name, found


def _row(reader: Reader, fields: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    yield "model", "COALESCE(model, '')" if "model" in fields else "''"
    if "at_s" not in reader.row:
        yield "at_s", "moment" if "moment" in fields else "CAST(NULL AS BIGINT)"
    for name in ("processing", "service_tier", "label"):
        if name in fields and name not in reader.row:
            yield name, name
    numbers = {*reader.numbers, *reader.times}
    for name, expression in reader.row.items():
        used = {word for word in re.findall(r"[a-z_0-9]+", expression) if word in numbers}
        if used & fields.keys() or not used:
            yield name, _without(expression, used - fields.keys())


def _without(expression: str, absent: set[str]) -> str:
    """Put NULL for the raw fields that these files do not have."""
    return re.sub(r"[a-z_0-9]+", lambda word: "NULL" if word[0] in absent else word[0], expression)


def _fault(reader: Reader, fields: Mapping[str, str], row: Mapping[str, str], *, is_json: bool) -> str:
    """Write why a row is not counted: a negative number, or 0."""
    numbers = [name for name in reader.numbers if name in fields]
    parts = [name for name, expression in row.items() if " - " in expression and name in COUNTED]
    tests = [(_BROKEN, "is_broken")] if is_json else []
    if numbers:
        tests.append(
            (
                _AT["no usage"],
                f"COALESCE({', '.join(numbers)}) IS NULL" if len(numbers) > 1 else f"{numbers[0]} IS NULL",
            )
        )
    if parts:
        tests.append((_AT["not a count"], " OR ".join(f"{name} < 0" for name in numbers)))
        tests.append((_AT["cached exceeds input"], " OR ".join(f"({row[name]}) < 0" for name in parts)))
    cases = " ".join(f"WHEN {test} THEN {number}" for number, test in tests)
    return f"CASE {cases} ELSE 0 END"


def check_label(label: str | None, kind: LogFormat | None) -> None:
    """Check that a format has what costs shall be shown by.

    Raises:
        FlagError: It does not.
    """
    if kind is not None and label is not None and label not in READERS[kind].labels:
        has = ", ".join(READERS[kind].labels) or "none"
        raise FlagError(f"a log of the format {kind} has no '{label}' to show costs by; it has {has}")
