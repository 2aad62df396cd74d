"""What ``catalog show`` says of contracts, and with ``--explain`` of every field: layer, place, source, age."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import groupby

from costcalc.catalog.catalog import Catalog
from costcalc.catalog.fields import Field, Origin, fields_of
from costcalc.catalog.things import SoldModel
from costcalc.cost.rates import Rate, describe, rate_card
from costcalc.errors import UndecidableError
from costcalc.findings import Path
from costcalc.render.report import Block, Bullets, Column, Heading, Json, Paragraph, Table
from costcalc.units import full_usd, how_many

_CONTRACTED = (
    Column("meter"),
    Column("conditions"),
    Column("list", "right"),
    Column("contracted", "right"),
    Column("by", rank=1),
    Column("place", rank=2),
)
_FIELDS = (Column("field"), Column("value", "right"), Column("place"), Column("layer", rank=1))
_OF_ONE_FILE = (*_FIELDS[:2], Column("line", "right"), _FIELDS[3])
_LONG = 28  # characters of a value from which on it is text, which stands below the table
_PAGE = 80  # characters that field, value and place fill at most; else the file is named once, above the table
_SOURCES = ("source", "retired_source", "last_listed_source")


def contracted_rows(catalog: Catalog, sold: SoldModel, day: date) -> list[dict[str, Json]]:
    """Set the list price beside the contracted one, meter by meter, plain and where a condition changes it.

    Nothing where no contract is in force, or no price is known for the day.
    """
    if sold.contract is None or not sold.contract.in_force(day):
        return []
    try:
        index, price = sold.price_on(day)
    except UndecidableError:
        return []
    plain = rate_card(sold, index, (), sold.contract, day=day)
    rows = [_contracted(catalog, "", rate) for meter, rate in plain.items() if rate.item == meter]
    for when in price.when:
        # what holds under fewer conditions holds under all of them too
        active = tuple(i for i, one in enumerate(price.when) if set(one.conditions) <= set(when.conditions))
        card = rate_card(sold, index, active, sold.contract, day=day)
        changed = (rate for meter, rate in card.items() if rate.item == meter and plain.get(meter) != rate)
        rows += [_contracted(catalog, describe(when), rate) for rate in changed]
    return rows


def _contracted(catalog: Catalog, conditions: str, rate: Rate) -> dict[str, Json]:
    decided = rate.also[-1] if rate.also and rate.also[-1][0] == "contracts" else rate.path
    place = catalog.place(decided)
    return {
        "meter": rate.item,
        "conditions": conditions,
        "unit": rate.unit,
        "list_usd": rate.list_usd,
        "usd": rate.usd,
        "by": rate.conditions,
        "path": place.document.name,
        "line": place.line,
        "column": place.column,
    }


def contracted_blocks(rows: Sequence[Mapping[str, Json]], day: date, *, every: bool) -> Iterator[Block]:
    """Show list and contracted prices of a day side by side; the plain ones alone, or those under conditions too."""
    shown = [row for row in rows if every or not row["conditions"]]
    if not shown:
        return
    cells = tuple(
        (
            str(row["meter"]),
            str(row["conditions"]) or "standard",
            _usd(row["list_usd"]),
            _usd(row["usd"]),
            str(row["by"]) or "the list",
            f"{row['path']}:{row['line']}",
        )
        for row in shown
    )
    yield Heading(f"List and contracted prices on {day}")
    hidden = () if every else (f"{len(rows) - len(shown)} more under conditions: --explain",)
    yield Table(_CONTRACTED, cells, ("USD per Mtok, per thousand calls", *(hidden if len(rows) > len(shown) else ())))


def _usd(value: Json) -> str:
    return full_usd(value) if isinstance(value, Decimal) else "–"


def field_rows(catalog: Catalog, paths: Sequence[Path], day: date) -> list[dict[str, Json]]:
    """Give every value of some entries as data."""
    return [_field_row(path, field, day) for path in paths for field in fields_of(catalog, path)]


def _field_row(root: Path, field: Field, day: date) -> dict[str, Json]:
    place, origin = field.place, field.origin
    return {
        "field": ".".join(map(str, (*root, *field.path))),
        "value": field.value,
        "layer": place.document.layer,
        "path": place.document.name,
        "line": place.line,
        "column": place.column,
        "source": origin.source or None,
        "checked": origin.checked.isoformat() if origin.checked is not None else None,
        "age_days": origin.age(day),
    }


def field_blocks(catalog: Catalog, paths: Sequence[Path], day: date) -> Iterator[Block]:
    """Show every value of some entries, part by part, each part under its source."""
    layers: dict[str, str] = {}
    for path in paths:
        yield Heading(f"Every field of {'.'.join(map(str, path))}")
        for origin, group in groupby(fields_of(catalog, path), key=lambda field: field.origin):
            fields = [field for field in group if not _is_source(field)]
            layers |= {field.place.document.name: field.place.document.layer for field in fields}
            yield from _part(origin, fields, day)
    yield Paragraph(f"Layers: {', '.join(f'{name} is {layer}' for name, layer in layers.items())}.")


def _is_source(field: Field) -> bool:
    return any(step in _SOURCES for step in field.path)


def _part(origin: Origin, fields: Sequence[Field], day: date) -> Iterator[Block]:
    if not fields:
        return
    part = ".".join(map(str, origin.part))
    yield Paragraph(f"{f'{part}: ' if part else ''}{_said(origin, day)}")
    short = [field for field in fields if len(str(field.value)) <= _LONG]
    if short:
        yield from _table(short, origin)
    long = [f"{_shown(field, origin)} ({_place(field)}): {field.value}" for field in fields if field not in short]
    if long:
        yield Bullets("Texts", tuple(long))


def _table(fields: Sequence[Field], origin: Origin) -> Iterator[Block]:
    files = {field.place.document.name for field in fields}
    rows = tuple(_cells(field, origin) for field in fields)
    if len(files) > 1 or sum(max(map(len, cells)) for cells in list(zip(*rows, strict=True))[:3]) + 4 <= _PAGE:
        yield Table(_FIELDS, rows)
        return
    yield Paragraph(f"All in {files.pop()}:")
    lines = (str(field.place.line) for field in fields)
    yield Table(_OF_ONE_FILE, tuple((*row[:2], line, row[3]) for row, line in zip(rows, lines, strict=True)))


def _said(origin: Origin, day: date) -> str:
    """Say where a part comes from and how old that is."""
    if origin.place is None:
        return "no source of its own"
    age = origin.age(day)
    looked = f"checked {origin.checked}, {_days(age)}" if age is not None else "never checked"
    named = f"source {origin.source}" if origin.source else "no source: a judgement or a number of one's own"
    return f"{named} ({origin.place.document.name}:{origin.place.line}), {looked}"


def _days(age: int) -> str:
    if age < 0:
        return f"{how_many(-age, 'day')} from now"
    return "today" if age == 0 else f"{how_many(age, 'day')} ago"


def _cells(field: Field, origin: Origin) -> tuple[str, ...]:
    return _shown(field, origin), _value(field), _place(field), field.place.document.layer


def _shown(field: Field, origin: Origin) -> str:
    inside = field.path[: len(origin.part)] == origin.part
    return ".".join(map(str, field.path[len(origin.part) :] if inside else field.path)) or str(field.path[-1])


def _value(field: Field) -> str:
    return f"{field.value:f}" if isinstance(field.value, Decimal) else str(field.value)


def _place(field: Field) -> str:
    return f"{field.place.document.name}:{field.place.line}"
