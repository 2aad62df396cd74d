"""Where a record has a field on Spark: `costcalc.usage.relation` in Spark's SQL, with the same answers.

Spark differs from DuckDB in how it quotes, in what a cast takes for a number or a moment, and in JSON, which it holds
as a variant. ANSI mode is on, so that a number that does not fit is an error and never another number.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyspark.sql.types import DataType

_INTEGERS = frozenset({"tinyint", "smallint", "int", "bigint"})
_FRACTIONS = ("double", "float", "decimal")
_TEXT_MAP = "map<string,"
# above these, a number is not seconds since 1970 but thousandths, millionths and billionths of them; Spark gives the
# billionths of Parquet's TIMESTAMP(NANOS) as whole numbers
_PER_SECOND = ((10**17, 10**9), (10**14, 10**6), (10**11, 10**3))
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
    """

    source: str
    columns: Mapping[str, str]
    document: str = ""

    def find(self, path: str) -> tuple[str, str] | None:
        """Say in SQL where a field is, and its type; None where no record can have it."""
        steps = path.split("/")
        if self.document:
            return _within(named(self.document), steps), "string"
        if (flat := ".".join(steps)) in self.columns:
            return named(flat), self.columns[flat]
        if path in self.columns:
            return ".".join(map(named, steps)), self.columns[path]
        for depth in range(len(steps) - 1, 0, -1):
            if (kind := self.columns.get("/".join(steps[:depth]))) is not None:
                return _below(".".join(map(named, steps[:depth])), kind, steps[depth:])
        return None

    def text(self, paths: Sequence[str]) -> str:
        """Read words: the first path that has some; "" is none."""
        reads = [where if kind == "string" else f"CAST({where} AS STRING)" for where, kind in self._places(paths)]
        return f"NULLIF({_first(reads)}, '')" if reads else ""

    def count(self, paths: Sequence[str]) -> str:
        """Read a whole number; what stands there and is none becomes -1, which no count is."""
        return _first([_as_count(*place) for place in self._places(paths)])

    def moment(self, paths: Sequence[str]) -> str:
        """Read a moment in whole seconds since 1970, UTC."""
        return _first([_as_seconds(*place) for place in self._places(paths)])

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


def _as_count(where: str, kind: str) -> str:
    if kind in _INTEGERS:
        return f"CAST({where} AS BIGINT)"
    if kind.startswith(_FRACTIONS):
        return f"CASE WHEN {where} IS NULL THEN NULL ELSE COALESCE({_if_whole(where)}, -1) END"
    text = f"NULLIF(TRIM({where if kind == 'string' else f'CAST({where} AS STRING)'}), '')"
    number = _if_whole(f"TRY_CAST({text} AS DECIMAL(38, 6))")  # some exports write 3.0
    return f"CASE WHEN {text} IS NULL THEN NULL ELSE COALESCE(TRY_CAST({text} AS BIGINT), {number}, -1) END"


def _if_whole(number: str) -> str:
    return f"CASE WHEN {number} = FLOOR({number}) THEN TRY_CAST({number} AS BIGINT) END"


def _as_seconds(where: str, kind: str) -> str:
    if kind.startswith(("timestamp", "date")):
        return f"UNIX_SECONDS(CAST({where} AS TIMESTAMP))"
    if kind in _INTEGERS or kind.startswith(_FRACTIONS):
        return _scaled(where)
    number = f"TRY_CAST({where} AS DOUBLE)"
    moment = f"CASE WHEN {where} RLIKE '{_DAY}' THEN UNIX_SECONDS(TRY_CAST({where} AS TIMESTAMP)) END"
    return f"CASE WHEN {number} IS NULL THEN {moment} ELSE {_scaled(number)} END"


def _scaled(number: str) -> str:
    cases = " ".join(f"WHEN {number} >= {least} THEN {number} / {per}" for least, per in _PER_SECOND)
    # what is beyond every clock ('inf', NaN) is no moment
    return f"CASE WHEN ABS({number}) < 1e19 THEN CAST(FLOOR(CASE {cases} ELSE {number} END) AS BIGINT) END"
