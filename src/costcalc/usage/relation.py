"""What lies in a file as a table: where a record has a field, whatever holds it (Parquet, CSV, lines of JSON, JSON).

A path such as ``usage/prompt_tokens`` leads through structs, through JSON that a column holds as text, and through the
objects of JSON. Everything here is SQL of DuckDB.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Container = Literal["parquet", "csv", "jsonl", "json"]
_INTEGERS = frozenset({"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"})
_WIDE = frozenset({"UBIGINT", "HUGEINT", "UHUGEINT", "DOUBLE", "FLOAT"})
_MOMENTS = ("TIMESTAMP", "DATE")
# above these, a number is not seconds since 1970 but thousandths and millionths of them: both begin in the year 5138
_MILLIS, _MICROS = 10**11, 10**14
LONGEST_LINE = 64 * 2**20  # a request with its prompts [bytes]


def quoted(text: str) -> str:
    """Write a text as a literal.

    Example:
        >>> quoted("it's")
        "'it''s'"
    """
    return "'" + text.replace("'", "''") + "'"


def named(name: str) -> str:
    """Write a name as an identifier."""
    return '"' + name.replace('"', '""') + '"'


@dataclass(frozen=True, slots=True)
class Relation:
    """Records of some files of one container.

    Args:
        source: What stands after FROM, so that each record is one row.
        columns: Its columns, with their types.
        tree: The fields of an object that are read, where the record is JSON: column ``j``; None elsewhere.
    """

    source: str
    columns: Mapping[str, str]
    tree: Mapping[str, Any] | None = None

    def find(self, path: str) -> tuple[str, str] | None:
        """Say in SQL where a field is, and its type; None where no record can have it."""
        steps = path.split("/")
        if self.tree is not None:
            return ".".join(("j", *map(named, steps))), "VARCHAR"
        column, rest = steps[0], steps[1:]
        flat = ".".join(steps)
        if flat in self.columns:
            return named(flat), self.columns[flat]
        if column not in self.columns:
            return None
        kind = self.columns[column]
        if not rest:
            return named(column), kind
        if kind.startswith("STRUCT"):
            return _in_struct(column, rest, kind)
        pointer = quoted("$" + "".join(f'."{step}"' for step in rest))
        return f"json_extract_string(TRY_CAST({named(column)} AS JSON), {pointer})", "VARCHAR"

    def text(self, paths: Sequence[str]) -> str:
        """Read words: the first path that has some; "" is none."""
        found = [place for path in paths if (place := self.find(path)) is not None]
        reads = [where if kind == "VARCHAR" else f"CAST({where} AS VARCHAR)" for where, kind in found]
        return f"NULLIF({_first(reads)}, '')" if reads else ""

    def count(self, paths: Sequence[str]) -> str:
        """Read a whole number; what stands there and is none becomes -1, which no count is."""
        return _first([_as_count(*place) for path in paths if (place := self.find(path)) is not None])

    def moment(self, paths: Sequence[str]) -> str:
        """Read a moment in whole seconds since 1970, UTC."""
        return _first([_as_seconds(*place) for path in paths if (place := self.find(path)) is not None])


def _first(reads: Sequence[str]) -> str:
    return reads[0] if len(reads) == 1 else f"COALESCE({', '.join(reads)})" if reads else ""


def _in_struct(column: str, rest: Sequence[str], kind: str) -> tuple[str, str] | None:
    where = named(column)
    for step in rest:
        fields = struct_fields(kind)
        if step not in fields:
            return None
        where, kind = f"{where}.{named(step)}", fields[step]
    return where, kind


def struct_fields(kind: str) -> dict[str, str]:
    """Read the fields of a struct's type.

    Example:
        >>> struct_fields('STRUCT(a BIGINT, "b c" STRUCT(d VARCHAR, e DECIMAL(18,3)))')
        {'a': 'BIGINT', 'b c': 'STRUCT(d VARCHAR, e DECIMAL(18,3))'}
    """
    if not kind.startswith("STRUCT("):
        return {}
    fields = {}
    for part in _split(kind[len("STRUCT(") : -1]):
        name, _, rest = part[1:].partition('" ') if part.startswith('"') else part.partition(" ")
        fields[name] = rest
    return fields


def _split(text: str) -> Iterator[str]:
    depth, quoted_name, begin = 0, False, 0
    for at, char in enumerate(text):
        quoted_name ^= char == '"'
        depth += (char == "(") - (char == ")")
        if char == "," and not depth and not quoted_name:
            yield text[begin:at].strip()
            begin = at + 1
    yield text[begin:].strip()


def _as_count(where: str, kind: str) -> str:
    if kind in _INTEGERS:
        return f"CAST({where} AS BIGINT)"
    if kind in _WIDE or kind.startswith("DECIMAL"):
        return f"CASE WHEN {where} IS NULL THEN NULL ELSE COALESCE(TRY_CAST({where} AS BIGINT), -1) END"
    text = f"NULLIF(TRIM({where}), '')" if kind == "VARCHAR" else f"CAST({where} AS VARCHAR)"
    return f"CASE WHEN {text} IS NULL THEN NULL ELSE COALESCE(TRY_CAST({text} AS BIGINT), -1) END"


def _as_seconds(where: str, kind: str) -> str:
    if kind.startswith(_MOMENTS):
        return f"CAST(FLOOR(epoch({where})) AS BIGINT)"
    if kind in _INTEGERS or kind in _WIDE or kind.startswith("DECIMAL"):
        return f"CAST(FLOOR({_scaled(where)}) AS BIGINT)"
    number = f"TRY_CAST({where} AS DOUBLE)"
    moment = f"epoch(TRY_CAST({where} AS TIMESTAMPTZ))"
    return f"CAST(FLOOR(CASE WHEN {number} IS NULL THEN {moment} ELSE {_scaled(number)} END) AS BIGINT)"


def _scaled(number: str) -> str:
    return (
        f"CASE WHEN {number} >= {_MICROS} THEN {number} / 1000000 "
        f"WHEN {number} >= {_MILLIS} THEN {number} / 1000 ELSE {number} END"
    )


def listing(files: Sequence[str]) -> str:
    """Write the files as a list."""
    return "[" + ", ".join(map(quoted, files)) + "]"


def parquet_source(files: Sequence[str]) -> str:
    """Read Parquet; files may have columns of their own."""
    return f"read_parquet({listing(files)}, union_by_name = true)"


def csv_source(files: Sequence[str]) -> str:
    """Read CSV files of one header, every cell as text; a row that breaks the table is kept aside."""
    options = "header = true, all_varchar = true, store_rejects = true, rejects_limit = 0"
    return f"read_csv({listing(files)}, {options}, max_line_size = {LONGEST_LINE})"


def lines_source(files: Sequence[str]) -> str:
    """Read lines as they stand, one column ``line``; an empty line is NULL."""
    options = "columns = {'line': 'VARCHAR'}, delim = '\x01', quote = '', escape = '', header = false"
    more = f"auto_detect = false, filename = true, max_line_size = {LONGEST_LINE}, strict_mode = false"
    return f"read_csv({listing(files)}, {options}, {more})"


def documents_source(files: Sequence[str]) -> str:
    """Read whole files, one column ``line``."""
    return f"(SELECT filename, content AS line FROM read_text({listing(files)}))"


def records(lines: str, tree: Mapping[str, Any], within: Sequence[str], *, is_whole: bool) -> str:
    """Take lines of JSON apart: column ``j`` has the fields that are read, ``is_broken`` whether the line is no object.

    Args:
        lines: Where the lines are.
        tree: The fields that are read.
        within: The lists in which a document holds its records, outermost first.
        is_whole: Whether each line is a whole file, which may be a list of records.
    """
    valid = f"(SELECT *, NOT json_valid(line) AS is_broken FROM {lines} WHERE line IS NOT NULL)"
    if not within and not is_whole:
        shape = quoted(json.dumps(tree))
        return f"(SELECT *, CASE WHEN is_broken THEN NULL ELSE json_transform(line, {shape}) END AS j FROM {valid})"
    return _nested(valid, tree, within)


def _nested(valid: str, tree: Mapping[str, Any], within: Sequence[str]) -> str:
    """Walk down the lists; a field of a document on the way is merged into each of its records."""
    whole = "CASE WHEN is_broken THEN NULL ELSE CAST(line AS JSON) END"
    inner = f"(SELECT * EXCLUDE (line), {_unnested(whole, '')} AS doc FROM {valid})"
    for key in within:
        inner = f"(SELECT * EXCLUDE (doc), {_unnested('doc', key)} AS doc FROM {inner})"
    shape = quoted(json.dumps(tree))
    return f"(SELECT * EXCLUDE (doc), json_transform(doc, {shape}) AS j FROM {inner})"


def _unnested(doc: str, key: str) -> str:
    """Give the records of a list: of the document itself, or of one of its fields; else the document."""
    if not key:
        return f"unnest(CASE WHEN json_type({doc}) = 'ARRAY' THEN CAST({doc} AS JSON[]) ELSE [{doc}] END)"
    at = quoted(f'$."{key}"')
    held = f"json_extract({doc}, {at})"
    outside = f"json_merge_patch({doc}, {quoted(json.dumps({key: None}))})"
    each = f"list_transform(CAST({held} AS JSON[]), lambda one: json_merge_patch({outside}, one))"
    return f"unnest(CASE WHEN json_type({held}) = 'ARRAY' THEN {each} ELSE [{doc}] END)"
