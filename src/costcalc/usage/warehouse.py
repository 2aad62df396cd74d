"""The GROUP BY for a table of a warehouse: its text, for whoever runs it; costcalc itself connects to nothing.

The text is written once, in DuckDB's SQL, over columns whose types are stated; sqlglot translates it. What it cannot
know of an engine stands in `_SECONDS` and `_adapted`: how a moment becomes seconds, and what adds up without wrapping.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple, get_args

from costcalc.errors import CostcalcError, FlagError
from costcalc.findings import clean, did_you_mean
from costcalc.usage.aggregate import grouping
from costcalc.usage.reader import Cached, LogFormat, Reader
from costcalc.usage.readers import READERS
from costcalc.usage.relation import named, quoted
from costcalc.usage.rows import Choice, Rows, rows_in
from costcalc.usage.scan import check_flags

if TYPE_CHECKING:
    from sqlglot.expressions import Expr

Dialect = Literal["bigquery", "snowflake", "trino", "clickhouse", "databricks", "spark", "duckdb"]
DIALECTS: tuple[Dialect, ...] = get_args(Dialect)
ColumnType = Literal["text", "number", "timestamp", "json"]
COLUMN_TYPES: tuple[ColumnType, ...] = get_args(ColumnType)

_SHOWN: Mapping[Dialect, str] = {
    "bigquery": "BigQuery", "snowflake": "Snowflake", "trino": "Trino", "clickhouse": "ClickHouse",
    "databricks": "Databricks", "spark": "Spark SQL", "duckdb": "DuckDB",
}  # fmt: skip
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_TABLE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_$-]*")
_HOLDS = re.compile(r"contains\((\w+), '([^'%_]+)'\)")  # a function of lists in Trino
_MOMENT = "COSTCALC_SECONDS"
# whole seconds since 1970 of a moment {}; a time without a zone is UTC
_SECONDS: Mapping[Dialect, str] = {
    "bigquery": "UNIX_SECONDS(CAST({} AS TIMESTAMP))",
    "snowflake": "DATE_PART(EPOCH_SECOND, {})",
    "trino": "CAST(FLOOR(TO_UNIXTIME({})) AS BIGINT)",
    "clickhouse": "CAST(CAST({} AS Nullable(DateTime64(6, 'UTC'))) AS Nullable(Int64))",
    "databricks": "UNIX_SECONDS(CAST({} AS TIMESTAMP))",
    "spark": "UNIX_SECONDS(CAST({} AS TIMESTAMP))",
    "duckdb": "CAST(FLOOR(EPOCH({})) AS BIGINT)",
}
# in Spark a time without a zone is one of the session's
_UTC_FIRST: frozenset[Dialect] = frozenset({"databricks", "spark"})


class Column(NamedTuple):
    """A column of a table.

    Args:
        name: Its name.
        kind: What it holds: words, whole numbers, a timestamp, or JSON (as text or as a type of the warehouse's own).
    """

    name: str
    kind: ColumnType


def columns_of(text: str, log_format: LogFormat) -> tuple[Column, ...]:
    """Read the columns that a table has, such as ``model, created:number, input_tokens``.

    The types are those that the format gives its fields, unless one is stated.

    Raises:
        FlagError: A type that nobody knows, a column that no field of the format is read from, or a name twice.
    """
    usual: dict[str, ColumnType] = {}
    for reader in READERS[log_format]:
        usual |= {name: kind for name, kind in _columns(reader, every=True).items() if name not in usual}
    columns: dict[str, Column] = {}
    for part in text.split(","):
        name, _, kind = (each.strip() for each in part.partition(":"))
        if name not in usual:
            hint = did_you_mean(name, usual)
            more = f"; {hint}" if hint else f"; it reads {', '.join(usual)}"
            raise FlagError(f"the format {log_format} reads no column '{clean(name)}'{more}")
        if kind and kind not in COLUMN_TYPES:
            raise FlagError(f"column {name}: expected the type {', '.join(COLUMN_TYPES)}, found '{clean(kind)}'")
        if name in columns:
            raise FlagError(f"column {name} is given twice")
        columns[name] = Column(name, next((each for each in COLUMN_TYPES if each == kind), usual[name]))
    return tuple(columns.values())


def usual_columns(log_format: LogFormat) -> tuple[Column, ...]:
    """Give the columns of a format's own table.

    Raises:
        FlagError: The format is not one of a table, or every team names its columns otherwise.
    """
    if log_format == "csv":
        raise FlagError("say which columns the table has: --columns model,at,input_tokens,cached_tokens,output_tokens")
    return tuple(Column(name, kind) for name, kind in _columns(READERS[log_format][0], every=False).items())


def _columns(reader: Reader, *, every: bool) -> dict[str, ColumnType]:
    """Give the columns from which a reader's fields come: of each field the first place, or every one."""
    kinds: dict[str, ColumnType] = {}
    labels = reader.labels if every else {}
    fields: tuple[tuple[Mapping[str, tuple[str, ...]], ColumnType], ...] = (
        (reader.texts, "text"), (reader.numbers, "number"), (reader.times, "timestamp"),
        (reader.amounts, "number"), (labels, "text"),
    )  # fmt: skip
    for group, kind in fields:
        for paths in group.values():
            for path in paths if every else paths[:1]:
                name, _, below = path.partition("/")
                kinds[name] = "json" if below else kinds.get(name, kind)
    return kinds


def reader_of(log_format: LogFormat, columns: Sequence[Column]) -> Reader:
    """Give the reader that takes a table: the one that matches most of its columns.

    Raises:
        FlagError: None does, or what it reads are no requests by themselves.
    """
    has = {column.name for column in columns}
    needed = [
        ({path.partition("/")[0] for path in mark}, reader) for reader in READERS[log_format] for mark in reader.marks
    ]
    found = [(len(names), reader) for names, reader in needed if names <= has]
    if not found:
        sets = " or ".join(dict.fromkeys(", ".join(sorted(names)) for names, _ in needed))
        raise FlagError(f"a table of the format {log_format} has the columns {sets}")
    reader = max(found, key=lambda each: each[0])[1]
    if not reader.is_plain:
        raise FlagError(f"the format {log_format} is not one of a table with a row for each request")
    return reader


@dataclass(frozen=True, slots=True)
class TableFields:
    """Where a table has a format's fields.

    Args:
        source: The table.
        columns: Its columns, with their types.
        tells_broken: Never: each row of a table is a record.
    """

    source: str
    columns: Mapping[str, ColumnType]
    tells_broken: bool = False

    def text(self, paths: Sequence[str]) -> str:
        """Read words: the first path that has some; "" is none."""
        reads = (where if kind == "json" else f"CAST({where} AS VARCHAR)" for where, kind in self._places(paths))
        return _first([f"NULLIF({read}, '')" for read in reads])

    def name(self, paths: Sequence[str]) -> str:
        """Read a name, where "" need not be told from none."""
        return self.text(paths)

    def count(self, paths: Sequence[str]) -> str:
        """Read a whole number; the warehouse itself refuses what is none."""
        return _first([f"CAST({_number(*place)} AS BIGINT)" for place in self._places(paths)])

    def moment(self, paths: Sequence[str]) -> str:
        """Read a moment in whole seconds since 1970, UTC."""
        return _first([_as_seconds(*place) for place in self._places(paths)])

    def amount(self, paths: Sequence[str]) -> str:
        """Read US dollars as whole 1e-9 USD, so that no sum of them depends on its order."""
        reads = [_number(*place) for place in self._places(paths)]
        return _first([f"CAST(ROUND(CAST({read} AS DOUBLE) * 1000000000) AS BIGINT)" for read in reads])

    def listed(self, name: str) -> str:
        """Show a list of tags without the marks of JSON."""
        bare = f"REPLACE(REPLACE(REPLACE(REPLACE({name}, '[', ''), ']', ''), '\"', ''), ',', ', ')"
        return f"CASE WHEN LEFT({name}, 1) = '[' THEN {bare} ELSE {name} END"

    def _places(self, paths: Sequence[str]) -> Iterator[tuple[str, ColumnType]]:
        for path in paths:
            name, *below = path.split("/")
            kind = self.columns.get(name)
            if kind is not None and below:
                yield f"({named(name)} ->> {quoted('$.' + '.'.join(below))})", "json"
            elif kind is not None:
                yield named(name), kind


def _first(reads: Sequence[str]) -> str:
    return reads[0] if len(reads) == 1 else f"COALESCE({', '.join(reads)})" if reads else ""


def _number(where: str, kind: ColumnType) -> str:
    return where if kind == "number" else f"NULLIF({where}, '')"


def _as_seconds(where: str, kind: ColumnType) -> str:
    if kind == "timestamp":
        return f"{_MOMENT}({where})"
    if kind == "number":
        # above these, a number is not seconds since 1970 but millionths or thousandths of them
        scaled = f"CASE WHEN {where} >= 100000000000000 THEN {where} / 1000000"
        return f"CAST(FLOOR({scaled} WHEN {where} >= 100000000000 THEN {where} / 1000 ELSE {where} END) AS BIGINT)"
    raise FlagError(f"column {where}: a time must be a timestamp or a number; cast it in a view")


class Question(NamedTuple):
    """What a warehouse is asked.

    Args:
        table: The table, with the names of its database and schema before it where it needs them.
        log_format: The format whose columns it has.
        columns: Those columns.
        thresholds: The prompt lengths above which some price differs [tokens], ascending.
        bucket_s: How long a time bucket is [s].
        label: By what the groups are labelled, or None.
        cached: Whether the input holds the cached tokens, for formats that do not settle it.
    """

    table: str
    log_format: LogFormat
    columns: tuple[Column, ...]
    thresholds: tuple[int, ...]
    bucket_s: int = 600
    label: str | None = None
    cached: Cached | None = None


def sql_for(question: Question, dialect: Dialect) -> str:
    """Write the GROUP BY for a warehouse, with a comment that says what to do with its answer.

    Raises:
        FlagError: The format has no such label, or is not one of flat rows.
        CostcalcError: sqlglot is missing.
    """
    try:
        import sqlglot
    except ImportError:
        raise CostcalcError("SQL for a warehouse needs sqlglot: pip install 'costcalc[sql]'") from None
    tree = sqlglot.parse_one(_in_duckdb(question), read="duckdb")
    text = _adapted(tree, dialect).sql(dialect=dialect, pretty=True, comments=False)
    text = re.sub(rf"{_MOMENT}\(([^()]+)\)", lambda found: _SECONDS[dialect].format(found[1]), text)
    first = "SET TIME ZONE 'UTC';\n" if dialect in _UTC_FIRST else ""
    # an alias may hide a column of its name in ClickHouse
    last = "\nSETTINGS prefer_column_name_to_alias = 1" if dialect == "clickhouse" else ""
    return f"{_comment(question, dialect)}{first}{text}{last};\n"


def _comment(question: Question, dialect: Dialect) -> str:
    what = f"tokens by model and {question.bucket_s:,} s of {question.table} (format {question.log_format})"
    lines = (
        f"costcalc: {what}, for {_SHOWN[dialect]}.",
        "Save the answer as a CSV file with a header, then: costcalc usage pack --from result.csv -o pack.parquet",
        "The last columns say how it was counted: leave them as they are. A time without a zone is taken as UTC.",
    )
    return "".join(f"-- {line}\n" for line in lines)


def _in_duckdb(question: Question) -> str:
    """Write it in DuckDB's SQL; its last columns say how it was counted."""
    check_flags(question.log_format, READERS[question.log_format], question.label, question.cached)
    reader = reader_of(question.log_format, question.columns)
    if reader.must_say and question.cached is None:
        raise FlagError(
            f"the format {question.log_format} does not say whether its input holds the cached tokens;"
            " say it with --cached inside or --cached beside"
        )
    fields = TableFields(_table(question.table), {column.name: column.kind for column in question.columns})
    choice = Choice(question.label, otherwise=question.cached is not None and question.cached != reader.cached)
    rows = rows_in(fields, reader, choice)
    if reader.is_pooled:  # which a CSV file does not say by itself
        rows = Rows(f"(SELECT *, TRUE AS is_pooled FROM {rows.source})", (*rows.columns, "is_pooled"))
    text = grouping(rows.source, rows.columns, bucket_s=question.bucket_s, thresholds=question.thresholds)
    constants = {
        "bucket_s": str(question.bucket_s),
        "thresholds": quoted(" ".join(map(str, question.thresholds))),
        "log_format": quoted(question.log_format),
        "labelled_by": quoted(question.label or ""),
    }
    more = ", ".join(f"{value} AS {name}" for name, value in constants.items())
    return _HOLDS.sub(r"\1 LIKE '%\2%'", f"SELECT counted.*, {more} FROM ({text}) AS counted")


def _table(name: str) -> str:
    """Write a table's name, each part of it apart."""
    parts = name.split(".")
    if not all(map(_TABLE.fullmatch, parts)):
        raise FlagError(f"expected a table such as logs.calls, found '{clean(name)}'")
    return ".".join(part if _PLAIN.fullmatch(part) else named(part) for part in parts)


def _adapted(tree: "Expr", dialect: Dialect) -> "Expr":
    from sqlglot import exp

    if dialect == "snowflake":
        # a quoted name is none of a column that was created without quotes
        for name in tree.find_all(exp.Identifier):
            if _PLAIN.fullmatch(name.name):
                name.set("quoted", None)
    if dialect == "clickhouse":
        # its sums of 64 bits wrap silently; those of 128 hold every sum of 64-bit counts
        for cast in tree.find_all(exp.Cast):
            if cast.to.is_type("bigint"):
                cast.set("to", exp.DataType.build("Nullable(Int128)", dialect="clickhouse"))
        return tree.transform(_nullable_json).transform(_own_uuid)
    return tree


def _own_uuid(node: "Expr") -> "Expr":
    """Name what gives each row without an id one of its own in ClickHouse."""
    from sqlglot import exp

    return exp.Anonymous(this="generateUUIDv4") if isinstance(node, exp.Uuid) else node


def _nullable_json(node: "Expr") -> "Expr":
    """Read JSON in ClickHouse so that a number is read too, and what is absent or null is NULL."""
    from sqlglot import exp

    if not isinstance(node, exp.JSONExtractScalar):
        return node
    keys = [exp.Literal.string(key.this) for key in node.expression.find_all(exp.JSONPathKey)]
    return exp.Anonymous(this="JSONExtract", expressions=[node.this, *keys, exp.Literal.string("Nullable(String)")])
