"""Where a record has a field on Spark: `costcalc.usage.relation` in Spark's SQL, with the same answers.

Spark differs from DuckDB in how it quotes, in what a cast takes for a number or a moment, and in JSON, which it holds
as a variant. ANSI mode is on, so that a number that does not fit is an error and never another number.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from costcalc.usage.reader import NO_AMOUNT
from costcalc.usage.relation import MOST

if TYPE_CHECKING:
    from pyspark.sql.types import DataType

_INTEGERS = frozenset({"tinyint", "smallint", "int", "bigint"})
_FRACTIONS = ("double", "float", "decimal")
_TEXT_MAP = "map<string,"
# above these, a number is not seconds since 1970 but billionths, millionths or thousandths: as seconds, the year 5138
_PARTS = ((10**17, 10**9), (10**14, 10**6), (10**11, 10**3))
_LAST_SECOND = 253_402_300_799  # of the year 9999, where calendars of programs end
# a day must lead: Spark takes a time alone for one of today, and a month for its first day
_DAY = r"^\\s*\\d{4}-\\d{1,2}-\\d{1,2}(\\D|$)"


def quoted(text: str) -> str:
    r"""Write a text as a literal; Spark's backslash escapes.

    Example:
        >>> quoted("it's a \\")
        "'it\\'s a \\\\'"
    """
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def named(name: str) -> str:
    """Write a name as an identifier."""
    return "`" + name.replace("`", "``") + "`"


def fields_of(kind: "DataType", above: str = "") -> Iterator[tuple[str, str]]:
    """Walk the fields of a schema, those within structs too: path and type."""
    for field in getattr(kind, "fields", ()):
        path = f"{above}/{field.name}" if above else field.name
        yield path, field.dataType.simpleString()
        yield from fields_of(field.dataType, path)


@dataclass(frozen=True, slots=True)
class SparkRelation:
    """Records of some files of one container.

    Args:
        source: What stands after FROM, so that each record is one row.
        columns: The paths of its fields, with their types.
        document: The column that holds the record as a variant, where it is JSON; "" elsewhere.
        packed: Fields of such a record that hold JSON as an object or as a text.
        tells_broken: Whether some rows may be no records: ``is_broken`` says which.
    """

    source: str
    columns: Mapping[str, str]
    document: str = ""
    packed: tuple[str, ...] = ()
    tells_broken: bool = False

    def find(self, path: str) -> tuple[str, str] | None:
        """Say in SQL where a field is, and its type; None where no record can have it."""
        steps = path.split("/")
        if self.document:
            return self._in_document(path), "string"
        if (flat := ".".join(steps)) in self.columns:
            return named(flat), self.columns[flat]
        if path in self.columns:
            return ".".join(map(named, steps)), self.columns[path]
        for depth in range(len(steps) - 1, 0, -1):
            if (kind := self.columns.get("/".join(steps[:depth]))) is not None:
                return _below(".".join(map(named, steps[:depth])), kind, steps[depth:])
        return None

    def _in_document(self, path: str) -> str:
        for held in self.packed:
            if path.startswith(f"{held}/"):
                text = _within(named(self.document), held.split("/"))
                return _within(f"TRY_PARSE_JSON({text})", path.removeprefix(f"{held}/").split("/"))
        return _within(named(self.document), path.split("/"))

    def text(self, paths: Sequence[str]) -> str:
        """Read words: the first path that has some; "" is none."""
        reads = [_as_text(*place) for place in self._places(paths)]
        return f"NULLIF({_first(reads)}, '')" if reads else ""

    def name(self, paths: Sequence[str]) -> str:
        """Read a name, where "" need not be told from none."""
        return self.text(paths)

    def count(self, paths: Sequence[str]) -> str:
        """Read a whole number; what stands there and is none becomes -1, which no count is."""
        return _first([_as_count(*place) for place in self._places(paths)])

    def moment(self, paths: Sequence[str]) -> str:
        """Read a moment in whole seconds since 1970, UTC."""
        return _first([_as_seconds(*place) for place in self._places(paths)])

    def amount(self, paths: Sequence[str]) -> str:
        """Read US dollars as whole 1e-9 USD, so that no sum of them depends on its order."""
        return _first([_as_nano(*place) for place in self._places(paths)])

    def listed(self, name: str) -> str:
        """Show a list of tags without the marks of JSON."""
        tags = f"CAST(TRY_PARSE_JSON({name}) AS ARRAY<STRING>)"
        return f"CASE WHEN LEFT({name}, 1) = '[' THEN COALESCE(ARRAY_JOIN({tags}, ', '), {name}) ELSE {name} END"

    def _places(self, paths: Sequence[str]) -> Iterator[tuple[str, str]]:
        return (place for path in paths if (place := self.find(path)) is not None)


def _first(reads: Sequence[str]) -> str:
    return reads[0] if len(reads) == 1 else f"COALESCE({', '.join(reads)})" if reads else ""


def _within(document: str, steps: Sequence[str]) -> str:
    pointer = "$" + "".join(f'["{step}"]' for step in steps)
    return f"TRY_VARIANT_GET({document}, {quoted(pointer)}, 'string')"


def _below(where: str, kind: str, steps: Sequence[str]) -> tuple[str, str] | None:
    """Read on below a column that holds JSON as text, a variant, or a map."""
    if kind == "string":
        return _within(f"TRY_PARSE_JSON({where})", steps), "string"
    if kind == "variant":
        return _within(where, steps), "string"
    if kind.startswith(_TEXT_MAP) and len(steps) == 1:
        return f"TRY_ELEMENT_AT({where}, {quoted(steps[0])})", kind[len(_TEXT_MAP) : -1]
    return None


def _as_text(where: str, kind: str) -> str:
    if kind == "string":
        return where
    return f"TO_JSON({where})" if kind.startswith(("struct<", "map<", "array<")) else f"CAST({where} AS STRING)"


def _as_count(where: str, kind: str) -> str:
    if kind in _INTEGERS:
        return f"CASE WHEN {where} > {MOST} THEN -1 ELSE CAST({where} AS BIGINT) END"
    if kind.startswith(_FRACTIONS):
        return f"CASE WHEN {where} IS NULL THEN NULL ELSE COALESCE({_if_whole(where)}, -1) END"
    text = f"NULLIF(TRIM({_as_text(where, kind)}), '')"
    number = _if_whole(f"TRY_CAST({text} AS DECIMAL(38, 9))")  # some exports write 3.0
    return f"CASE WHEN {text} IS NULL THEN NULL WHEN {text} LIKE '%.___' THEN -1 ELSE COALESCE({number}, -1) END"


def _if_whole(number: str) -> str:
    return f"CASE WHEN {number} = FLOOR({number}) AND {number} <= {MOST} THEN TRY_CAST({number} AS BIGINT) END"


def _as_nano(where: str, kind: str) -> str:
    text = f"NULLIF(TRIM({where}), '')" if kind == "string" else where
    nano = f"TRY_CAST(ROUND(TRY_CAST({text} AS DOUBLE) * 1e9) AS BIGINT)"
    return f"CASE WHEN {text} IS NULL THEN NULL ELSE COALESCE({nano}, {NO_AMOUNT}) END"


def _as_seconds(where: str, kind: str) -> str:
    if kind.startswith(("timestamp", "date")):
        return _on_calendar(f"UNIX_SECONDS(CAST({where} AS TIMESTAMP))")
    if kind in _INTEGERS:
        return _on_calendar(_scaled(f"CAST({where} AS BIGINT)", "DIV"))
    if kind.startswith(_FRACTIONS):
        return _on_calendar(f"TRY_CAST(FLOOR({_scaled(f'CAST({where} AS DOUBLE)', '/')}) AS BIGINT)")
    number = f"TRY_CAST({where} AS DOUBLE)"
    moment = f"CASE WHEN {where} RLIKE '{_DAY}' THEN UNIX_SECONDS(TRY_CAST({where} AS TIMESTAMP)) END"
    return _on_calendar(f"CASE WHEN {number} IS NULL THEN {moment} ELSE FLOOR({_scaled(number, '/')}) END")


def _on_calendar(seconds: str) -> str:
    """Leave out what is no time of a log: before 1970, and past the year 9999."""
    return f"CASE WHEN {seconds} BETWEEN 0 AND {_LAST_SECOND} THEN {seconds} END"


def _scaled(number: str, over: str) -> str:
    steps = " ".join(f"WHEN {number} >= {least} THEN {number} {over} {parts}" for least, parts in _PARTS)
    return f"CASE {steps} ELSE {number} END"
