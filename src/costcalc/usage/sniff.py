"""Which format a file is in, told from the names of the fields of its first records."""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from costcalc.errors import InputError
from costcalc.usage.names import table_words, tokens_among, unread_words
from costcalc.usage.reader import LogFormat, Reader
from costcalc.usage.readers import READERS
from costcalc.usage.relation import (
    Container,
    Table,
    csv_source,
    documents_source,
    lines_source,
    named,
    parquet_source,
    table_of,
)
from costcalc.usage.sources import LogFile, problem_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

LOOKED_AT = 50  # records; the first lines of some logs are no requests
_LONGEST_NAME = 40  # of a field, in a message
LISTS = {"data"}.union(*(reader.within for readers in READERS.values() for reader in readers))
# exports of costs: what they have no tokens of cannot be priced
_COSTS = (
    (
        frozenset({"amount_value", "line_item"}),
        "is OpenAI's export of costs, which has no tokens: export usage (completions_usage_….csv) from the same page",
    ),
    (
        frozenset({"usage_date_utc", "token_type", "cost_usd"}),
        "is Anthropic's export of costs, which has no tokens: export the CSV of the console's page of usage",
    ),
)
_ANY_TABLE: LogFormat = "csv"  # its names are so plain that records of other formats have them too


class Kind(NamedTuple):
    """What files have in common that are read together.

    Args:
        log_format: Their format.
        at: Which of the format's readers takes them.
        container: What they hold.
        table: Their header, where they are tables of text.
        columns: Their columns, where they are Parquet.
    """

    log_format: LogFormat
    at: int
    container: Container
    table: Table | None = None
    columns: tuple[str, ...] = ()

    @property
    def reader(self) -> Reader:
        """The reader that takes them."""
        return READERS[self.log_format][self.at]


def kind_of(engine: "DuckDBPyConnection", file: LogFile, stated: LogFormat | None) -> Kind:
    """Tell what a file is.

    Raises:
        InputError: It is in no known format, in several, or no file of its container.
    """
    container = _lines_or_document(engine, file)
    if container == "parquet":
        source = parquet_source([file.path])
        names = tuple(name for name, *_ in engine.execute(f"DESCRIBE SELECT * FROM {source}").fetchall())
        kind = Kind(*told(file, _table_paths(engine, source, names), stated), container, columns=names)
        _check_read(file, kind, [*_with_numbers(engine, source, _unread(kind, names))])
        return kind
    lines = _first_lines(engine, file, container)
    if container == "csv":
        table = table_of(lines[0])
        source = csv_source([file.path], table, keeps_rejects=False)
        kind = Kind(*told(file, _table_paths(engine, source, table.names), stated), container, table)
        _check_read(file, kind, [*_with_numbers(engine, source, _unread(kind, table.names))])
        return kind
    kind = Kind(*told(file, {path for line in lines for path in json_paths(line)}, stated), container)
    records = [record for line in lines if isinstance(record := _parsed(line), dict)]
    numbers = dict.fromkeys(name for record in records for name, value in record.items() if _is_number(value))
    _check_read(file, kind, _unread(kind, numbers))
    return kind


def _with_numbers(engine: "DuckDBPyConnection", source: str, names: Iterable[str]) -> Iterator[str]:
    """Find columns in which some row has a number that is not 0."""
    for name in names:
        where = f"regexp_full_match(TRIM(CAST({named(name)} AS VARCHAR)), '[0-9., ]*[1-9][0-9., ]*')"
        if engine.execute(f"SELECT 1 FROM {source} WHERE {where} LIMIT 1").fetchone() is not None:
            yield name


def _is_number(value: Any) -> bool:  # noqa: ANN401  # what JSON holds
    return isinstance(value, int | float) and not isinstance(value, bool) and value != 0


def _unread(kind: Kind, names: Iterable[str]) -> list[str]:
    """Find what looks like tokens in a table of one's own and is not read."""
    read = {*kind.reader.paths()}
    return [name for name in tokens_among(names) if name not in read] if kind.log_format == _ANY_TABLE else []


def _check_read(file: LogFile, kind: Kind, unread: Sequence[str]) -> None:
    """Refuse tokens that nobody reads: the cost would lack them.

    Raises:
        InputError: There are some.
    """
    if unread:
        known = (name for paths in kind.reader.numbers.values() for name in paths[:1])
        raise InputError([problem_of(file.shown, unread_words(unread, known))])


def _table_paths(engine: "DuckDBPyConnection", source: str, names: Sequence[str]) -> set[str]:
    """Walk the columns of a table, and the fields in those that hold structs, maps or JSON as text."""
    flat = {spelled for name in names for spelled in (name, name.replace(".", "/"), name.replace(".", "/", 1))}
    rows = engine.execute(f"SELECT to_json(each) FROM (FROM {source} LIMIT {LOOKED_AT}) AS each").fetchall()
    records = [_parsed(row) for (row,) in rows]
    cells = ((name, cell) for record in records for name, cell in record.items())
    held = ((name, _parsed(cell) if isinstance(cell, str) and cell.startswith("{") else cell) for name, cell in cells)
    return flat.union(f"{name}/{path}" for name, cell in held if isinstance(cell, dict) for path in _paths_in(cell, ""))


def _lines_or_document(engine: "DuckDBPyConnection", file: LogFile) -> Container:
    """Tell lines of JSON, which many tools write into a .json, from one document."""
    if file.container != "json":
        return file.container
    from duckdb import Error

    try:
        lines = engine.execute(
            f"SELECT line FROM {lines_source([file.path])} WHERE line IS NOT NULL LIMIT 2"
        ).fetchall()
    except Error:  # a document in one line that is longer than lines of a log are
        return "json"
    texts = [line for (line,) in lines]
    is_list = bool(texts) and texts[0].lstrip().startswith("[")
    return (
        "jsonl" if len(texts) > 1 and not is_list and any(isinstance(_parsed(text), dict) for text in texts) else "json"
    )


def _first_lines(engine: "DuckDBPyConnection", file: LogFile, container: Container) -> list[str]:
    if container == "json":
        ((text,),) = engine.execute(f"SELECT line FROM {documents_source([file.path])}").fetchall()
        _check_document(file, text)
        return [text]
    source = f"{lines_source([file.path])} WHERE line IS NOT NULL"
    lines = [line for (line,) in engine.execute(f"SELECT line FROM {source} LIMIT {LOOKED_AT}").fetchall()]
    if not lines:
        raise InputError([problem_of(file.shown, "the file has nothing but empty lines")])
    return lines


def _check_document(file: LogFile, text: str) -> None:
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        where = f"{file.shown}:{error.lineno}"
        raise InputError([problem_of(where, "is no JSON: a document breaks off, or has a mistake, here")]) from None
    except RecursionError:
        raise InputError([problem_of(file.shown, "is JSON that is nested too deep")]) from None


def told(file: LogFile, paths: set[str], stated: LogFormat | None) -> tuple[LogFormat, int]:
    """Tell a format, and which of its readers, from the paths of fields.

    Raises:
        InputError: They are of no known format, or of several.
    """
    for mark, words in _COSTS:
        if mark <= paths:
            raise InputError([problem_of(file.shown, words)])
    names = [stated] if stated is not None else [name for name in READERS if name != _ANY_TABLE]
    best = _best(names, paths) or ([] if stated is not None else _best([_ANY_TABLE], paths))
    if not best and stated is not None:
        best = [(stated, 0)]
    if len(best) == 1:
        return best[0]
    if best:
        reason = f"could be of the formats {', '.join(name for name, _ in best)}; choose with --format-in"
    else:
        names_of_fields = ", ".join(_shown(paths)) or "none"
        reason = f"expected records of one of the formats {', '.join(READERS)}; found the fields {names_of_fields}"
        reason += table_words(sorted(paths))
    raise InputError([problem_of(file.shown, reason)])


def _best(names: Iterable[LogFormat], paths: set[str]) -> list[tuple[LogFormat, int]]:
    """Find the readers that match most exactly: those whose set of marks is largest."""
    found = [
        (max(sizes), (name, at))
        for name in names
        for at, reader in enumerate(READERS[name])
        if (sizes := [len(mark) for mark in reader.marks if mark <= paths])
    ]
    return [reader for size, reader in found if size == max(found)[0]]


def _shown(paths: Iterable[str]) -> Sequence[str]:
    """Name a few fields; a cell of a table without a header may be anything, and is no name."""
    names = (path for path in sorted(paths) if "/" not in path and path.isidentifier())
    return [name for name in names if len(name) <= _LONGEST_NAME][:8]


def _parsed(line: str) -> Any:  # noqa: ANN401  # what JSON holds
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def json_paths(line: str) -> Iterator[str]:
    """Walk the paths of the fields of a line of JSON."""
    yield from _paths_in(_parsed(line), "")


def _paths_in(value: Any, above: str) -> Iterator[str]:  # noqa: ANN401  # what JSON holds
    """Walk the paths of a record's fields; a list of records is looked into, its own name left out."""
    if isinstance(value, dict):
        for name, inner in value.items():
            path = f"{above}/{name}" if above else name
            yield path
            yield from _paths_in(inner, "" if name in LISTS and isinstance(inner, list) else path)
    elif isinstance(value, list):
        for inner in value[:LOOKED_AT]:
            yield from _paths_in(inner, above)
