"""Canonical rows of files that are read together, in SQL: raw fields, then meters that are disjoint, then faults."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from costcalc.usage.aggregate import KEYS
from costcalc.usage.groups import COUNTED, FAULTS, FaultKind
from costcalc.usage.reader import NO_AMOUNT, Reader
from costcalc.usage.relation import (
    PAIRS,
    Relation,
    csv_source,
    documents_source,
    lines_source,
    parquet_source,
    records,
)
from costcalc.usage.sniff import Kind
from costcalc.workload import PROMPT_METERS

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

AT = {kind: -1 - at for at, kind in enumerate(FAULTS)}
OWN_ID = "CAST(uuid() AS VARCHAR)"  # of a record that says none: it repeats nothing
_WORDS = re.compile(r"'[^']*'|[A-Za-z_][A-Za-z_0-9]*")


class Fields(Protocol):
    """Where records have their fields, in the SQL of an engine."""

    @property
    def source(self) -> str:
        """What stands after FROM, so that each record is one row."""

    @property
    def tells_broken(self) -> bool:
        """Whether some rows may be no records: ``is_broken`` says which."""

    def text(self, paths: Sequence[str]) -> str:
        """Read words: the first path that has some; "" where no record can have the field."""

    def name(self, paths: Sequence[str]) -> str:
        """Read a name, where "" need not be told from none."""

    def count(self, paths: Sequence[str]) -> str:
        """Read a whole number; what stands there and is none becomes -1."""

    def moment(self, paths: Sequence[str]) -> str:
        """Read a moment in whole seconds since 1970, UTC."""

    def amount(self, paths: Sequence[str]) -> str:
        """Read US dollars as whole 1e-9 USD."""

    def listed(self, name: str) -> str:
        """Show a list of tags without the marks of JSON."""


class Rows(NamedTuple):
    """Canonical rows.

    Args:
        source: What stands after FROM.
        columns: Its columns.
    """

    source: str
    columns: tuple[str, ...]


class Choice(NamedTuple):
    """What is chosen for a reading.

    Args:
        label: By what the rows are labelled, or None.
        fields: Where that stands too, by the user's word: before the places that the format has.
        otherwise: Whether cached tokens lie otherwise than the reader takes them to.
        numbered: Whether each row carries its number in its file, to be named by; rows that repeat others stay then.
    """

    label: str | None = None
    fields: tuple[str, ...] = ()
    otherwise: bool = False
    numbered: bool = False

    def label_paths(self, reader: Reader) -> tuple[str, ...]:
        """Give the paths at which the label may stand, the first that has one wins."""
        return (*self.fields, *reader.labels.get(self.label, ())) if self.label is not None else ()


def rows_of(engine: "DuckDBPyConnection", paths: Sequence[str], kind: Kind, choice: Choice) -> Rows:
    """Write canonical rows of files of one kind."""
    return rows_in(relation_of(engine, paths, kind, choice), kind.reader, choice)


def rows_in(relation: Fields, reader: Reader, choice: Choice) -> Rows:
    """Write canonical rows of records, in SQL that every engine understands if the reader is plain."""
    fields = dict(_fields(relation, reader, choice))
    stage = _stage(relation, reader, fields, choice)
    row = dict(_row(relation, reader, fields, choice))
    fault = _fault(reader, fields, row, is_json=relation.tells_broken)
    shown = {**row, "fault": fault}
    if _is_once(reader, fields, choice):
        shown |= {"repeats": "repeats", **({} if reader.grows else {"differs": "differs"})}
    if choice.numbered:
        shown["record"] = "record"
    selected = ", ".join(f"{expression} AS {name}" for name, expression in shown.items())
    return Rows(f"(SELECT {selected} FROM {stage})", tuple(shown))


def relation_of(engine: "DuckDBPyConnection", paths: Sequence[str], kind: Kind, choice: Choice) -> Relation:
    """Open files of one kind."""
    reader = kind.reader
    if kind.container in {"json", "jsonl"}:
        is_document = kind.container == "json"
        lines = documents_source(paths) if is_document else lines_source(paths, keeps_rejects=not choice.numbered)
        if choice.numbered and not is_document:
            lines = _numbered(lines)
        tree = _tree(reader, choice)
        within = reader.within or (("data",) if is_document else ())
        source = records(lines, tree, within, is_document=is_document)
        source = _numbered(source) if choice.numbered and is_document else source
        return Relation(source, {"is_broken": "BOOLEAN"}, tree, reader.packed, reader.pairs)
    if kind.table is not None:
        source = csv_source(paths, kind.table, keeps_rejects=not choice.numbered)
        columns = dict.fromkeys(kind.table.names, "VARCHAR")
    else:
        source = parquet_source(paths)
        columns = {name: kind for name, kind, *_ in engine.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()}
    return Relation(_numbered(source) if choice.numbered else source, columns, None, reader.packed, reader.pairs)


def _numbered(source: str) -> str:
    return f"(SELECT *, row_number() OVER () AS record FROM {source})"


def _tree(reader: Reader, choice: Choice) -> dict[str, Any]:
    """Write the shape of what is read of a record."""
    tree: dict[str, Any] = {}
    for path in reader.paths(choice.label_paths(reader)):
        roots = (*reader.packed, *reader.pairs)
        held = next((each for each in roots if path.startswith(f"{each}/")), path)
        *above, last = held.split("/")
        place = tree
        for step in above:
            place = place.setdefault(step, {})
        # fields of the engine's structs do not differ by case alone: the first spelling is read
        if last.lower() not in {name.lower() for name in place}:
            place[last] = PAIRS if held in reader.pairs else "VARCHAR"
    return tree


def _fields(relation: Fields, reader: Reader, choice: Choice) -> Iterator[tuple[str, str]]:
    """Write where the raw fields are that these files have."""
    words = {**reader.texts, "label": choice.label_paths(reader)}
    kinds = (
        (words, relation.text), (reader.numbers, relation.count), (reader.times, relation.moment),
        (reader.amounts, relation.amount),
    )  # fmt: skip
    for named_paths, read in kinds:
        for name, paths in named_paths.items():
            is_name = name == "model" and "model" not in reader.row
            if found := relation.name(paths) if is_name else read(paths):
                yield name, found


def _stage(relation: Fields, reader: Reader, fields: Mapping[str, str], choice: Choice) -> str:
    """Write the raw fields of what is a request.

    A record that is repeated is taken once, with the largest of its counts: of one that grows those are all of it.
    """
    more = [*(["is_broken"] if relation.tells_broken else []), *(["record"] if choice.numbered else [])]
    raw = ", ".join([*(f"{expression} AS {name}" for name, expression in fields.items()), *more])
    stage = f"(SELECT {raw} FROM {relation.source})"
    if reader.keep:
        broken = "is_broken OR " if "is_broken" in more else ""
        stage = f"(SELECT * FROM {stage} WHERE {broken}({_present(reader, reader.keep, fields)}))"
    if not _is_once(reader, fields, choice):
        return stage
    kept = ["MIN(moment) AS moment" if name == "moment" else f"MAX({name}) AS {name}" for name in (*fields, *more)]
    counts = [name for name in ("model", *reader.numbers) if name in fields and not reader.grows]
    differs = " OR ".join(f"MIN({name}) <> MAX({name})" for name in counts)
    told = [f"CASE WHEN {differs} THEN 1 ELSE 0 END AS differs"] if differs else []
    once = f"COALESCE({_present(reader, reader.once_by, fields)}, {OWN_ID})"
    return f"(SELECT {', '.join([*kept, 'COUNT(*) - 1 AS repeats', *told])} FROM {stage} GROUP BY {once})"


def _is_once(reader: Reader, fields: Mapping[str, str], choice: Choice) -> bool:
    """Say whether these files tell which records repeat one another."""
    return bool(_used(reader, reader.once_by) & fields.keys()) and not choice.numbered


def _row(relation: Fields, reader: Reader, fields: Mapping[str, str], choice: Choice) -> Iterator[tuple[str, str]]:
    yield "model", _present(reader, reader.row.get("model", "model"), fields) if "model" in fields else "''"
    if "at_s" not in reader.row:
        yield "at_s", "moment" if "moment" in fields else "CAST(NULL AS BIGINT)"
    for name in KEYS[1:]:
        if name in fields and name not in reader.row:
            yield name, relation.listed(name) if name == "label" else name
    written = {**reader.row, **(reader.otherwise if choice.otherwise else {})}
    for name, expression in written.items():
        used = _used(reader, expression)
        if name == "until_s" and "until" in used and "until" not in fields:
            continue  # a column of ends that nobody states would pass for one
        if name != "model" and (used & fields.keys() or not used):
            yield name, _present(reader, expression, fields)


def _raw(reader: Reader) -> set[str]:
    return {*reader.texts, *reader.numbers, *reader.times, *reader.amounts}


def _used(reader: Reader, expression: str) -> set[str]:
    return {*_WORDS.findall(expression)} & _raw(reader)


def _present(reader: Reader, expression: str, fields: Mapping[str, str]) -> str:
    """Put NULL for the raw fields that these files do not have."""
    absent = _raw(reader) - fields.keys()
    left = _WORDS.sub(lambda word: "NULL" if word[0] in absent else word[0], expression) if absent else expression
    return left.replace(" - COALESCE(NULL, 0)", "")  # an engine would subtract nothing from every row


def _fault(reader: Reader, fields: Mapping[str, str], row: Mapping[str, str], *, is_json: bool) -> str:
    """Write why a row is not counted: a negative number, or 0."""
    tests: list[tuple[FaultKind, str]] = [("broken", "is_broken")] if is_json else []
    tests += [(kind, _present(reader, test, fields)) for kind, test in reader.asides.items() if _used(reader, test)]
    if missing := " OR ".join(_missing(reader, fields)):
        tests.append(("no usage", missing))
    if wrong := " OR ".join(_wrong(reader, fields, row)):
        tests.append(("not a count", wrong))
    parts = [row[name] for name in row if name in PROMPT_METERS and " - " in row[name]]
    if parts:
        tests.append(("cached exceeds input", " OR ".join(f"({part}) < 0" for part in parts)))
    cases = " ".join(f"WHEN {test} THEN {AT[kind]}" for kind, test in tests)
    return f"CASE {cases} ELSE 0 END" if cases else "0"


def _missing(reader: Reader, fields: Mapping[str, str]) -> Iterator[str]:
    """Test what a request must have; a table without such a column has no such thing to count."""
    needs = [need for need in reader.needs if _used(reader, need) & fields.keys()]
    if needs:  # a sum of which a part is absent is absent
        yield f"({' + '.join(_present(reader, need, fields) for need in needs)}) IS NULL"


def _wrong(reader: Reader, fields: Mapping[str, str], row: Mapping[str, str]) -> Iterator[str]:
    """Test the numbers that do not become a meter as they are: the GROUP BY tests those that do."""
    plain = {row[meter] for meter in COUNTED if meter in row}
    for name in reader.numbers:
        if name in fields and not {name, f"COALESCE({name}, 0)"} & plain:
            yield f"{name} < 0"
    for name in reader.amounts:
        if name in fields:
            yield f"{name} = {NO_AMOUNT}"
    if "nano" in fields:
        yield f"{row['recorded_nano_usd']} = {NO_AMOUNT}"
