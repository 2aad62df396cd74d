"""Cost lines whose unit price is an assumption of the catalog."""

from decimal import Decimal
from functools import lru_cache

from costcalc.catalog.catalog import Catalog
from costcalc.cost.estimate import CostLine, Part
from costcalc.findings import Path
from costcalc.units import Count


def value(catalog: Catalog, name: str) -> Decimal:
    """Give an assumption's value."""
    return catalog.assumption(name).value


@lru_cache(maxsize=256)
def assumed_paths(names: tuple[str, ...]) -> tuple[Path, ...]:
    """Say where the values of some assumptions stand."""
    return tuple(("assumptions", name, "value") for name in names)


def assumed_line(
    catalog: Catalog,
    item: str,
    amount: Count,
    unit: str,
    name: str,
    *,
    part: Part,
    per: int = 1,
    also: tuple[str, ...] = (),
) -> CostLine:
    """Price an amount at an assumption.

    Args:
        catalog: Where the assumption stands.
        item: What it is.
        amount: How much of it in a month.
        unit: What the price is per.
        name: The assumption that is the price.
        part: Which part of the bill it belongs to.
        per: How many of the amount one unit price buys.
        also: Assumptions that the amount rests on.
    """
    found = catalog.assumption(name)
    return CostLine(
        item=item,
        part=part,
        amount=amount,
        per=per,
        unit=unit,
        unit_price_usd=found.value,
        list_unit_price_usd=found.value,
        source=found.source,
        conditions=found.basis,
        path=("assumptions", name, "value"),
        also=assumed_paths(also),
    )
