"""Where the faults of a log stand: the first of each kind, by file and line, found after the rows are counted."""

import gzip
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from costcalc.usage.counted import NAMED
from costcalc.usage.groups import COUNTED, Fault, FaultKind
from costcalc.usage.names import GROUPED, count_words, no_time_words, time_words
from costcalc.usage.rows import AT, Choice, relation_of, rows_of
from costcalc.usage.sniff import Kind
from costcalc.usage.sources import LogFile

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_BLOCK = 2**20


class Reject(NamedTuple):
    """A row that breaks its table, or a line that cannot be read.

    Args:
        path: Its file.
        line: Its line, as the engine counts them: a row of a table is one, however many lines it has.
        begins: Where it begins in the file [bytes].
    """

    path: str
    line: int
    begins: int


def rejects_of(engine: "DuckDBPyConnection") -> tuple[Reject, ...]:
    """Take what the engine kept aside in its last reading; what stood in the lines is left where it is."""
    tables = engine.execute("SELECT table_name FROM duckdb_tables() WHERE table_name = 'reject_errors'").fetchall()
    if not tables:
        return ()
    found = engine.execute(
        "SELECT DISTINCT file_path, line, line_byte_position FROM reject_errors"
        " JOIN (SELECT DISTINCT scan_id, file_id, file_path FROM reject_scans) USING (scan_id, file_id)"
        " ORDER BY ALL"
    ).fetchall()
    engine.execute("DROP TABLE reject_errors; DROP TABLE reject_scans")
    return tuple(Reject(*each) for each in found)


def broken(files: Sequence[LogFile], rejects: Sequence[Reject]) -> Fault:
    """Say which rows were kept aside."""
    shown = {file.path: file for file in files}
    places = (f"{shown[each.path].shown}:{_line(shown[each.path], each)}" for each in rejects[:NAMED])
    return Fault("broken", len(rejects), tuple(places))


def _line(file: LogFile, reject: Reject) -> int:
    """Count the lines before a row: a cell may have several."""
    name = file.path.lower()
    if "://" in name or (file.is_packed and not name.endswith(".gz")):
        return reject.line
    line, left = 1, reject.begins
    with gzip.open(file.path) if file.is_packed else open(file.path, "rb") as stream:  # noqa: PTH123  # either of two
        while left > 0 and (block := stream.read(min(_BLOCK, left))):
            line += block.count(b"\n")
            left -= len(block)
    return line


class Search(NamedTuple):
    """Where faults are looked for.

    Args:
        files: Files of one kind.
        kind: What they are.
        choice: How they were read.
        rejects: What was kept aside of them.
    """

    files: Sequence[LogFile]
    kind: Kind
    choice: Choice
    rejects: Sequence[Reject]


def places(
    engine: "DuckDBPyConnection", search: Search, faults: Sequence[FaultKind]
) -> dict[FaultKind, tuple[str, ...]]:
    """Find the first records of each kind of fault."""
    return {fault: tuple(islice(_of_kind(engine, search, fault), NAMED)) for fault in dict.fromkeys(faults)}


def _of_kind(engine: "DuckDBPyConnection", search: Search, fault: FaultKind) -> Iterator[str]:
    choice = search.choice._replace(numbered=True)
    for file in search.files:
        rows = rows_of(engine, [file.path], search.kind, choice)
        negative = " OR ".join(f"{meter} < 0" for meter in COUNTED if meter in rows.columns)
        why = (
            f"CASE WHEN fault < 0 THEN fault WHEN at_s IS NULL THEN {AT['no time']}"
            f" WHEN {negative} THEN {AT['not a count']} END"
        )
        text = f"SELECT record FROM {rows.source} WHERE ({why}) = {AT[fault]} LIMIT {NAMED}"
        rejected = [reject.line for reject in search.rejects if reject.path == file.path]
        for (record,) in engine.execute(text).fetchall():
            yield _named(file, search.kind, record, rejected)


def why_no_time(engine: "DuckDBPyConnection", search: Search) -> str:
    """Say what the first record without a time has in its place, "" where it has nothing there."""
    expected = search.kind.reader.times["moment"]
    for file in search.files:
        relation = relation_of(engine, [file.path], search.kind, search.choice._replace(numbered=True))
        paths = [path for path in expected if relation.find(path) is not None]
        if not paths:
            return no_time_words([name for name in relation.columns if name != "record"], expected)
        texts = [relation.text([path]) for path in paths]
        where = f"{relation.moment(paths)} IS NULL AND COALESCE({', '.join(texts)}, NULL) IS NOT NULL"
        row = engine.execute(f"SELECT {', '.join(texts)} FROM {relation.source} WHERE {where} LIMIT 1").fetchone()
        if row is not None:
            path, value = next((path, text) for path, text in zip(paths, row, strict=True) if text is not None)
            return time_words(path, str(value))
    return ""


def why_no_count(engine: "DuckDBPyConnection", search: Search) -> str:
    """Say which number has separators of thousands, "" where none has."""
    for file in search.files:
        relation = relation_of(engine, [file.path], search.kind, search.choice._replace(numbered=True))
        for path in (path for paths in search.kind.reader.numbers.values() for path in paths):
            if not (text := relation.text([path])):
                continue
            where = f"regexp_full_match(TRIM({text}), '{GROUPED}')"
            row = engine.execute(f"SELECT {text} FROM {relation.source} WHERE {where} LIMIT 1").fetchone()
            if row is not None:
                return count_words(path, str(row[0]))
    return ""


def _named(file: LogFile, kind: Kind, record: int, rejected: Sequence[int]) -> str:
    if kind.container != "jsonl":
        return f"{file.shown}: record {record}"
    line = record
    for other in sorted(rejected):
        line += other <= line
    return f"{file.shown}:{line}"
