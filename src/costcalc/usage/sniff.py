"""Which format a file is in, told from the names of the fields of its first records."""

import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from costcalc.errors import InputError
from costcalc.findings import Finding
from costcalc.usage.readers import READERS, LogFormat
from costcalc.usage.relation import csv_source, documents_source, lines_source, parquet_source
from costcalc.usage.sources import LogFile

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_LOOKED_AT = 50  # records; the first lines of some logs are no requests


def format_of(
    engine: "DuckDBPyConnection", file: LogFile, stated: LogFormat | None
) -> tuple[LogFormat, tuple[str, ...]]:
    """Tell the format of a file, and give its header where it is a table.

    Raises:
        InputError: It is in no known format, or in several.
    """
    paths, header = _paths(engine, file)
    if stated is not None:
        return stated, header
    found = [
        (max(map(len, matching)), name)
        for name, reader in READERS.items()
        if (matching := [mark for mark in reader.marks if mark <= paths])
    ]
    best = [name for size, name in found if size == max(found)[0]]
    if len(best) == 1:
        return best[0], header
    if best:
        reason = f"could be of the formats {', '.join(best)}; say which with --format-in"
    else:
        names = ", ".join(sorted(path for path in paths if "/" not in path)[:8]) or "nothing"
        reason = f"expected records of one of the formats {', '.join(READERS)}; found the fields {names}"
    raise InputError([Finding("log-format", "error", f"{file.path}: {reason}")])


def _paths(engine: "DuckDBPyConnection", file: LogFile) -> tuple[set[str], tuple[str, ...]]:
    if file.container in {"json", "jsonl"}:
        source = lines_source([file.path]) if file.container == "jsonl" else documents_source([file.path])
        lines = engine.execute(f"SELECT line FROM {source} WHERE line IS NOT NULL LIMIT {_LOOKED_AT}").fetchall()
        return {path for (line,) in lines for path in _json_paths(line)}, ()
    source = parquet_source([file.path]) if file.container == "parquet" else csv_source([file.path])
    found = engine.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()
    header = tuple(name for name, *_ in found)
    return {*header}, header


def _json_paths(line: str) -> Iterator[str]:
    try:
        document = json.loads(line)
    except ValueError:
        return
    yield from _paths_in(document, "")


def _paths_in(value: Any, above: str) -> Iterator[str]:  # noqa: ANN401  # what JSON holds
    """Walk the paths of a record's fields; a list of records is looked into, its own name left out."""
    if isinstance(value, dict):
        for name, inner in value.items():
            path = f"{above}/{name}" if above else name
            yield path
            yield from _paths_in(inner, "" if _is_list_of_records(inner) else path)
    elif isinstance(value, list):
        for inner in value[:_LOOKED_AT]:
            yield from _paths_in(inner, above)


def _is_list_of_records(value: Any) -> bool:  # noqa: ANN401
    records: Sequence[Any] = value if isinstance(value, list) else ()
    return bool(records) and isinstance(records[0], dict)
