"""What a dated price bills under conditions, as plain data: the rules of `costcalc.cost.rates`, without contracts.

A cell is a set of conditions that a request meets: ``{"processing": "batch", "prompt": 200_000}``.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from costcalc.catalog.forms.rates import RATE_TABLES, in_usual
from costcalc.catalog.refresh.record import Json
from costcalc.week import WEEK, WEEKDAYS, Hours, Window
from costcalc.workload import TOKEN_METERS

Cell = Mapping[str, Any]
_LENGTHS = ("prompt_tokens_above", "prompt_tokens_from")
_SETS = ("utc", "weekdays")
_OTHERS = ("processing", "service_tier", "region", "region_other_than")
_WORKDAYS = 5
_NEAR = Decimal("1e-3")  # relative: prices move by more; rates worked out from others' units are rounded by less
CONDITIONS = (*_LENGTHS, *_OTHERS, "weekdays", "utc")


def stated(when: Json) -> Json:
    """Give the conditions of an entry of ``when`` as it states them."""
    return {key: when[key] for key in CONDITIONS if when.get(key) is not None}


def cell_of(when: Json) -> Cell:
    """Give the conditions of an entry of ``when``, comparable: "above" and "from" one length are one tier.

    Example:
        >>> cell_of({"prompt_tokens_from": 200_000, "utc": "01:00-04:00", "multiply": 2})
        {'prompt': 200000, 'utc': frozenset({'01:00-04:00'})}
    """
    length = next((when[key] for key in _LENGTHS if when.get(key) is not None), None)
    cell: dict[str, Any] = {} if length is None else {"prompt": _round(length)}
    cell |= {key: when[key] for key in _OTHERS if when.get(key) is not None}
    for key in _SETS:
        value = when.get(key)
        if value is not None:
            cell[key] = frozenset([value] if isinstance(value, str) else value)
    return cell


def _round(length: int) -> int:
    """Give the round number that a length means: above 199,999 is from 200,000."""
    return length + 1 if not (length + 1) % 1000 or not (length + 1) % 1024 else length


def holds(conditions: Cell, cell: Cell) -> bool:
    """Say whether conditions hold wherever those of a cell do; a cell may be one minute of the week."""
    hours = hours_of(conditions) if "minute" in cell else None
    if hours is not None and not hours.holds(cell["minute"]):
        return False
    return all(_holds(key, wanted, cell) for key, wanted in conditions.items() if hours is None or key not in _SETS)


def hours_of(cell: Cell) -> Hours | None:
    """Give the hours to which conditions are bound; None for all."""
    if not any(key in cell for key in _SETS):
        return None
    days, windows = cell.get("weekdays"), cell.get("utc")
    return Hours(tuple(days) if days else None, tuple(map(Window.parse, windows)) if windows else None)


def _holds(key: str, wanted: Any, cell: Cell) -> bool:  # noqa: ANN401  # a number, a text or a set of texts
    if key == "prompt":
        return int(cell.get(key, 0)) >= int(wanted)
    if key in _SETS:
        return key in cell and cell[key] <= wanted
    if key == "region_other_than":
        return cell.get(key) == wanted or cell.get("region") not in {None, wanted}
    return bool(cell.get(key) == wanted)


def rates_of(entry: Json) -> dict[str, Decimal]:
    """Give the absolute rates of a price, or of an entry of its ``when``, by meter, as they are quoted most.

    Example:
        >>> rates_of({"usd_per_mtok": {"input": Decimal(4)}, "usd_per_hour": {"input_duration": Decimal("0.24")}})
        {'input': Decimal('4'), 'input_duration': Decimal('0.004')}
    """
    return {
        meter: in_usual(meter, Decimal(usd), RATE_TABLES[key])
        for key in RATE_TABLES
        for meter, usd in (entry.get(key) or {}).items()
    }


def whens(price: Json) -> list[Json]:
    """Give the conditional entries of a price."""
    return list(price.get("when") or ())


def rate(price: Json, cell: Cell, meter: str) -> Decimal | None:
    """Work out what a meter costs under conditions; None where it has no rate.

    Later entries win; multipliers apply, unless the rate that won was published for their own conditions.

    Example:
        >>> batch = {"processing": "batch", "multiply": Decimal("0.5")}
        >>> price = {"usd_per_mtok": {"input": Decimal(4)}, "when": [batch]}
        >>> rate(price, {"processing": "batch"}, "input")
        Decimal('2.0')
    """
    active = [(cell_of(when), when) for when in whens(price) if holds(cell_of(when), cell)]
    usd, by = rates_of(price).get(meter), None
    for conditions, when in active:
        if meter in rates_of(when):
            usd, by = rates_of(when)[meter], conditions
    if usd is None:
        same = (price.get("billed_as") or {}).get(meter) or {"reasoning": "output"}.get(meter)
        return rate(price, cell, same) if same else None
    for conditions, when in active:
        if meter in TOKEN_METERS and not (by is not None and holds(conditions, by)):
            usd *= _factor(when, meter)
    return usd


def _factor(when: Json, meter: str) -> Decimal:
    """Give the factor of an entry on a meter."""
    multiply = when.get("multiply")
    if multiply is None:
        return Decimal(1)
    return Decimal(multiply.get(meter, 1) if isinstance(multiply, dict) else multiply)


def by_hour(price: Json, meter: str) -> list[Hours]:
    """Give the hours under which a meter has rates of its own."""
    found = (hours_of(cell_of(when)) for when in whens(price) if meter in rates_of(when))
    return [hours for hours in found if hours is not None]


def same_by_hour(one: Json, other: Json, meter: str) -> bool:
    """Say whether two prices bill a meter alike at every minute of the week, however each writes its hours."""
    edges = {edge % WEEK for hours in (*by_hour(one, meter), *by_hour(other, meter)) for edge in hours.edges()}
    pairs = ((rate(one, {"minute": edge}, meter), rate(other, {"minute": edge}, meter)) for edge in edges)
    return all(a is not None and b is not None and is_near(a, b) for a, b in pairs)


def is_near(one: Decimal, other: Decimal) -> bool:
    """Say whether two rates are the same but for a rest of rounding."""
    return abs(one - other) <= _NEAR * max(abs(one), abs(other))


def figures(price: Json) -> Iterator[tuple[Json, str, Decimal]]:
    """Walk every absolute rate of a price: under which conditions, of which meter, how much."""
    for entry in (price, *whens(price)):
        for meter, usd in rates_of(entry).items():
            yield stated(entry), meter, usd


def words(conditions: Json) -> str:
    """Say conditions in words; empty for the plain price.

    Example:
        >>> words({"processing": "batch", "prompt_tokens_above": 200_000})
        'prompt above 200,000, batch'
    """
    cell = cell_of(conditions)
    length = "from" if "prompt_tokens_from" in conditions else "above"
    said = [f"prompt {length} {cell['prompt']:,}"] if "prompt" in cell else []
    said += [cell[key] for key in ("processing", "service_tier") if key in cell]
    said += [f"region {cell['region']}"] if "region" in cell else []
    said += [f"any region but {cell['region_other_than']}"] if "region_other_than" in cell else []
    days = sorted(cell.get("weekdays", ()), key=WEEKDAYS.index)
    said += [f"{days[0]}-{days[-1]}" if len(days) == _WORKDAYS else "+".join(days)] if days else []
    said += [" + ".join(sorted(cell["utc"])) + " UTC"] if "utc" in cell else []
    return ", ".join(said)
