"""What lies in a file as a table: where a record has a field, whatever holds it (Parquet, CSV, lines of JSON, JSON).

A path such as ``usage/prompt_tokens`` leads through structs, through JSON that a column holds as text, and through the
objects of JSON. Everything here is SQL of DuckDB.
"""

import csv
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from costcalc.usage.reader import NO_AMOUNT

Container = Literal["parquet", "csv", "jsonl", "json"]
_INTEGERS = frozenset({"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"})
_WIDE = frozenset({"UBIGINT", "HUGEINT", "UHUGEINT", "DOUBLE", "FLOAT"})
_MOMENTS = ("TIMESTAMP", "DATE")
PACKED = (".gz", ".zst", ".zstd")
_SPECIAL = re.compile(r"[*?\[]")  # of patterns
_DELIMITERS = (",", ";", "\t", "|")
# above these, a number is not seconds since 1970 but billionths, millionths or thousandths: as seconds, the year 5138
_PARTS = ((10**17, 10**9), (10**14, 10**6), (10**11, 10**3))
_LAST_SECOND = 253_402_300_799  # of the year 9999, where calendars of programs end
MOST = 10**17  # of one record; a larger number is no count, and the meters of a record would overflow when added
LONGEST_LINE = 32 * 2**20  # a request with its prompts [bytes]


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
        packed: Fields that hold JSON as an object or as a text.
        pairs: Fields that hold a list of keys and values.
    """

    source: str
    columns: Mapping[str, str]
    tree: Mapping[str, Any] | None = None
    packed: tuple[str, ...] = ()
    pairs: tuple[str, ...] = ()

    @property
    def tells_broken(self) -> bool:
        """Whether some rows may be no records: ``is_broken`` says which."""
        return self.tree is not None

    def find(self, path: str) -> tuple[str, str] | None:
        """Say in SQL where a field is, and its type; None where no record can have it."""
        if self.tree is not None:
            found = self._in_object(path, self.tree)
            return (found, "VARCHAR") if found else None
        column, *rest = path.split("/")
        flat = ".".join((column, *rest))
        if flat in self.columns:
            return named(flat), self.columns[flat]
        if column not in self.columns:
            return None
        return _in_column(named(column), self.columns[column], rest)

    def _in_object(self, path: str, tree: Mapping[str, Any]) -> str:
        for held in self.packed:
            if path.startswith(f"{held}/"):
                return _in_json(_inside_j(held), path.removeprefix(f"{held}/").split("/"))
        for held in self.pairs:
            if path.startswith(f"{held}/"):
                return _in_pairs(_inside_j(held), path.removeprefix(f"{held}/"))
        return _inside_j(path) if _has(tree, path.split("/")) else ""

    def text(self, paths: Sequence[str]) -> str:
        """Read words: the first path that has some; "" is none."""
        return _first([f"NULLIF({text}, '')" for text in self._texts(paths)])

    def name(self, paths: Sequence[str]) -> str:
        """Read a name, where "" need not be told from none."""
        found = self._texts(paths)
        return found[0] if len(found) == 1 else self.text(paths)

    def _texts(self, paths: Sequence[str]) -> list[str]:
        return [_as_text(*place) for path in paths if (place := self.find(path)) is not None]

    def count(self, paths: Sequence[str]) -> str:
        """Read a whole number; what stands there and is none becomes -1, which no count is."""
        return _first([_as_count(*place) for path in paths if (place := self.find(path)) is not None])

    def moment(self, paths: Sequence[str]) -> str:
        """Read a moment in whole seconds since 1970, UTC."""
        return _first([_as_seconds(*place) for path in paths if (place := self.find(path)) is not None])

    def amount(self, paths: Sequence[str]) -> str:
        """Read US dollars as whole 1e-9 USD, so that no sum of them depends on its order."""
        return _first([_as_nano(*place) for path in paths if (place := self.find(path)) is not None])

    def listed(self, name: str) -> str:
        """Show a list of tags without the marks of JSON."""
        bare = f"""array_to_string(json_transform({name}, '["VARCHAR"]'), ', ')"""
        return f"CASE WHEN starts_with({name}, '[') AND json_valid({name}) THEN {bare} ELSE {name} END"


def _has(tree: Mapping[str, Any], steps: Sequence[str]) -> bool:
    below = tree.get(steps[0])
    return below is not None and (len(steps) == 1 or _has(below, steps[1:]))


def _inside_j(path: str) -> str:
    return ".".join(("j", *map(named, path.split("/"))))


def _in_json(text: str, steps: Sequence[str]) -> str:
    pointer = quoted("$" + "".join(f'."{step}"' for step in steps))
    return f"json_extract_string(TRY_CAST({text} AS JSON), {pointer})"


def _in_pairs(listed: str, key: str) -> str:
    """Find the value of a key; OTLP writes whole numbers as texts."""
    value = f"list_extract(list_filter({listed}, lambda each: each.key = {quoted(key)}), 1).value"
    return f"COALESCE({value}.intValue, {value}.stringValue, {value}.doubleValue)"


PAIRS = [{"key": "VARCHAR", "value": {"intValue": "VARCHAR", "stringValue": "VARCHAR", "doubleValue": "VARCHAR"}}]


def _in_column(where: str, kind: str, rest: Sequence[str]) -> tuple[str, str] | None:
    if not rest:
        return where, kind
    if kind.startswith("STRUCT"):
        fields = struct_fields(kind)
        return _in_column(f"{where}.{named(rest[0])}", fields[rest[0]], rest[1:]) if rest[0] in fields else None
    if kind.startswith("MAP("):
        _, value = _split(kind[len("MAP(") : -1])
        return f"list_extract(map_extract({where}, {quoted('.'.join(rest))}), 1)", value
    return _in_json(where, rest), "VARCHAR"


def _first(reads: Sequence[str]) -> str:
    return reads[0] if len(reads) == 1 else f"COALESCE({', '.join(reads)})" if reads else ""


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


def _as_text(where: str, kind: str) -> str:
    if kind == "VARCHAR":
        return where
    return f"CAST({f'to_json({where})' if _is_nested(kind) else where} AS VARCHAR)"


def _is_nested(kind: str) -> bool:
    return kind.startswith(("STRUCT", "MAP")) or kind.endswith("[]")


def _as_count(where: str, kind: str) -> str:
    if kind == "BIGINT":
        return f"CASE WHEN {where} > {MOST} THEN -1 ELSE {where} END"
    if kind in _INTEGERS:
        return f"CAST({where} AS BIGINT)"
    if kind in _WIDE or kind.startswith("DECIMAL"):
        number, exact = where, where
    else:
        number = f"NULLIF(TRIM({where}), '')" if kind == "VARCHAR" else f"CAST({where} AS VARCHAR)"
        exact = f"TRY_CAST({number} AS DECIMAL(38, 9))"
    # a cast rounds: what it changes was no whole number; 1.000 may be a thousand or one, so it is neither
    count = f"TRY_CAST({number} AS BIGINT)"
    whole = f"{exact} = {count} AND {count} <= {MOST}"
    unclear = f" WHEN {number} LIKE '%.___' THEN -1" if kind == "VARCHAR" else ""
    return f"CASE WHEN {number} IS NULL THEN NULL{unclear} WHEN {whole} THEN {count} ELSE -1 END"


def _as_nano(where: str, kind: str) -> str:
    text = f"NULLIF(TRIM({where}), '')" if kind == "VARCHAR" else where
    nano = f"TRY_CAST(ROUND(TRY_CAST({text} AS DOUBLE) * 1e9) AS BIGINT)"
    return f"CASE WHEN {text} IS NULL THEN NULL ELSE COALESCE({nano}, {NO_AMOUNT}) END"


def _as_seconds(where: str, kind: str) -> str:
    if kind.startswith(_MOMENTS):
        moment = where if kind.startswith("TIMESTAMP") else f"CAST({where} AS TIMESTAMP)"
        return _on_calendar(f"epoch_us({moment}) // 1000000")
    if kind in _INTEGERS:
        return _on_calendar(_scaled(f"CAST({where} AS BIGINT)", "//"))
    if kind in _WIDE or kind.startswith("DECIMAL"):
        return _on_calendar(f"TRY_CAST(FLOOR({_scaled(f'CAST({where} AS DOUBLE)', '/')}) AS BIGINT)")
    number = f"TRY_CAST({where} AS DOUBLE)"
    moment = f"epoch(TRY_CAST({where} AS TIMESTAMPTZ))"
    seconds = f"CASE WHEN {number} IS NULL THEN {moment} ELSE {_scaled(number, '/')} END"
    return _on_calendar(f"TRY_CAST(FLOOR({seconds}) AS BIGINT)")


def _on_calendar(seconds: str) -> str:
    """Leave out what is no time of a log: before 1970, and past the year 9999."""
    return f"CASE WHEN {seconds} BETWEEN 0 AND {_LAST_SECOND} THEN {seconds} END"


def _scaled(number: str, over: str) -> str:
    steps = " ".join(f"WHEN {number} >= {least} THEN {number} {over} {parts}" for least, parts in _PARTS)
    return f"CASE {steps} ELSE {number} END"


def listing(files: Sequence[str]) -> str:
    """Write files as a list; a name is no pattern, even where it has a bracket.

    Example:
        >>> listing(["a[1].csv"])
        "['a[[]1].csv']"
    """
    return "[" + ", ".join(quoted(_SPECIAL.sub(lambda found: f"[{found[0]}]", file)) for file in files) + "]"


def parquet_source(files: Sequence[str]) -> str:
    """Read Parquet; a column may have different types in different files."""
    return f"read_parquet({listing(files)}, union_by_name = true, hive_partitioning = false)"


class Table(NamedTuple):
    """How a text is a table.

    Args:
        names: Its columns.
        delimiter: What stands between them.
    """

    names: tuple[str, ...]
    delimiter: str


def table_of(header: str) -> Table:
    """Read the header of a table; of delimiters, the one that makes most columns.

    Example:
        >>> table_of('model;"input; all";input')
        Table(names=('model', 'input; all', 'input'), delimiter=';')
    """
    delimiter, cells = max(((each, next(csv.reader([header], delimiter=each), [])) for each in _DELIMITERS), key=_width)
    names: list[str] = []
    for at, cell in enumerate(cells):
        name = cell.strip() or f"column {at + 1}"
        taken = {other.lower() for other in names}
        names.append(name if name.lower() not in taken else f"{name} ({at + 1})")
    return Table(tuple(names), delimiter)


def _width(split: tuple[str, list[str]]) -> int:
    return len(split[1])


def csv_source(files: Sequence[str], table: Table, *, keeps_rejects: bool = True) -> str:
    """Read tables of one header, every cell as text; a row that breaks the table is kept aside, or passed over."""
    columns = ", ".join(f"{quoted(name)}: 'VARCHAR'" for name in table.names)
    options = f"columns = {{{columns}}}, delim = {quoted(table.delimiter)}, quote = '\"', escape = '\"', skip = 1"
    return f"read_csv({listing(files)}, {options}, {_reading(keeps_rejects=keeps_rejects)})"


def lines_source(files: Sequence[str], *, keeps_rejects: bool = False) -> str:
    """Read lines as they stand, one column ``line``; an empty line is NULL."""
    options = "columns = {'line': 'VARCHAR'}, delim = '\x01', quote = '', escape = '', strict_mode = false"
    return f"read_csv({listing(files)}, {options}, {_reading(keeps_rejects=keeps_rejects)})"


def _reading(*, keeps_rejects: bool) -> str:
    rejects = "store_rejects = true, rejects_limit = 0" if keeps_rejects else "ignore_errors = true"
    plain = "header = false, auto_detect = false, hive_partitioning = false, filename = true"
    return f"{plain}, {rejects}, max_line_size = {LONGEST_LINE}"


def documents_source(files: Sequence[str]) -> str:
    """Read whole files, one column ``line``; packed ones by their lines, since the engine unpacks lines alone."""
    packed = [file for file in files if file.lower().endswith(PACKED)]
    plain = [file for file in files if file not in packed]
    lines = f"(SELECT *, row_number() OVER () AS line_number FROM {lines_source(packed)})"
    joined = f"SELECT filename, string_agg(line, chr(10) ORDER BY line_number) AS line FROM {lines} GROUP BY filename"
    texts = f"SELECT filename, content AS line FROM read_text({listing(plain)})"
    return f"({' UNION ALL '.join([*([texts] if plain else []), *([joined] if packed else [])])})"


def records(lines: str, tree: Mapping[str, Any], within: Sequence[str], *, is_document: bool) -> str:
    """Take lines of JSON apart: column ``j`` has the fields that are read, ``is_broken`` whether the line is no object.

    Args:
        lines: Where the lines are.
        tree: The fields that are read.
        within: The lists in which a document holds its records, outermost first.
        is_document: Whether each line is a file, which may be a list of records.
    """
    begins = "'{', '['" if is_document else "'{'"
    good = f"json_valid(line) AND LEFT(LTRIM(line), 1) IN ({begins})"
    valid = f"(SELECT *, NOT ({good}) AS is_broken FROM {lines} WHERE line IS NOT NULL)"
    told = f"(SELECT * FROM {valid} WHERE NOT is_broken OR TRIM(line) <> '')"
    if not within and not is_document:
        shape = quoted(json.dumps(tree))
        return f"(SELECT *, CASE WHEN is_broken THEN NULL ELSE json_transform(line, {shape}) END AS j FROM {told})"
    return _nested(told, tree, within)


def _nested(valid: str, tree: Mapping[str, Any], within: Sequence[str]) -> str:
    """Walk down the lists; a field of a document on the way is merged into each of its records."""
    document = "CASE WHEN is_broken THEN NULL ELSE CAST(line AS JSON) END"
    inner = f"(SELECT * EXCLUDE (line), {_unlisted(document)} AS doc FROM {valid})"
    for key in within:
        inner = _unnested(inner, key)
    shape = quoted(json.dumps(tree))
    return f"(SELECT * EXCLUDE (doc), json_transform(doc, {shape}) AS j FROM {inner})"


def _unlisted(doc: str) -> str:
    return f"unnest(CASE WHEN json_type({doc}) = 'ARRAY' THEN CAST({doc} AS JSON[]) ELSE [{doc}] END)"


def _unnested(inner: str, key: str) -> str:
    """Give the records of a list in a document, each with the document's other fields; else the document."""
    place = quoted('$."' + key + '"')
    held = f"json_extract(doc, {place})"
    is_list = f"json_type({held}) = 'ARRAY'"
    outside = f"CASE WHEN {is_list} THEN json_merge_patch(doc, {quoted(json.dumps({key: None}))}) END"
    each = f"unnest(CASE WHEN {is_list} THEN CAST({held} AS JSON[]) ELSE [doc] END)"
    apart = f"(SELECT * EXCLUDE (doc), {outside} AS outside, {each} AS each FROM {inner})"
    merged = "CASE WHEN outside IS NULL THEN each ELSE json_merge_patch(outside, each) END"
    return f"(SELECT * EXCLUDE (outside, each), {merged} AS doc FROM {apart})"
