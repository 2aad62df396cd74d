"""Assumptions, each with its 90 % interval, what it rests on, and the day: as data and as a table."""

from collections.abc import Sequence

from costcalc.catalog.catalog import Catalog
from costcalc.catalog.forms.assumptions import Assumption
from costcalc.render.compare_explain import origin
from costcalc.render.numbers import quantity
from costcalc.render.report import Column, Json, Table


def assumption_data(catalog: Catalog, name: str) -> dict[str, Json]:
    """Give an assumption as data."""
    assumed = catalog.assumption(name)
    day = assumed.source.checked if assumed.source is not None else assumed.checked
    return {
        "assumption": name,
        "value": assumed.value,
        "low": assumed.low,
        "high": assumed.high,
        "unit": assumed.unit,
        "basis": assumed.basis,
        "source": str(assumed.source) if assumed.source is not None else None,
        "checked": day.isoformat() if day is not None else None,
    }


def assumption_table(catalog: Catalog, names: Sequence[str]) -> Table:
    """List assumptions."""
    return Table(
        (
            Column("assumption"),
            Column("value"),
            Column("range", means="is a 90 % interval"),
            Column("basis", means="judgement is nobody's figure but ours"),
            Column("source and day", rank=1, wraps=True),
        ),
        tuple(_row(name, catalog.assumption(name)) for name in names),
    )


def _row(name: str, assumed: Assumption) -> tuple[str, ...]:
    span = f"{quantity(assumed.low)} to {quantity(assumed.high)}" if assumed.low < assumed.high else "–"
    said = origin(assumed.source)
    if assumed.source is None and assumed.checked is not None:
        said = f"{said}, thought over {assumed.checked}"
    return name, f"{quantity(assumed.value)} {assumed.unit}", span, assumed.basis, said
