"""What list prices may really be: an old one may have moved since, and a large buyer pays less than the list."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from costcalc.case.inputs import Input
from costcalc.catalog.catalog import Catalog
from costcalc.cost.estimate import CostLine, Estimate

Seller = tuple[str, str]  # the first two steps of a price's path: api/openai, plans/anthropic, options/gpt-4.1-ptu
_LISTS = frozenset({"api", "plans"})
_UNITS = "capacity"  # units of provisioned throughput stand in their option
_DAYS_PER_YEAR = 365


def price_of_lists(estimates: Sequence[Estimate], catalog: Catalog, *, as_of: date) -> dict[Seller, Input]:
    """Say by which factor each seller's prices may be off the list, as a 90 % interval.

    A price that was last seen some time ago may have moved since, by the assumption api_price_decline_same_model; and
    who spends enough with one seller (negotiated_discount_from) may pay up to negotiated_discount less. Sellers move
    independently of each other. A contract's prices are the user's own, and certain; so are free ones.

    Leaves out that several prices of one seller may move apart from each other.

    Args:
        estimates: What is compared.
        catalog: Where the assumptions stand.
        as_of: The day on which it is bought.
    """
    found: dict[Seller, list[CostLine]] = {}
    for estimate in estimates:
        for line in estimate.lines:
            seller = _seller(line)
            if seller is not None and line.usd:
                found.setdefault(seller, []).append(line)
    spent = {seller: max(usd_at(estimate, seller) for estimate in estimates) for seller in found}
    factors = {seller: _factor(seller, lines, spent[seller], catalog, as_of) for seller, lines in found.items()}
    return {seller: moved for seller, moved in factors.items() if moved.low < moved.high}


def usd_at(estimate: Estimate, seller: Seller) -> Decimal:
    """What an option pays by a seller's list [USD/month]."""
    return sum((line.usd for line in estimate.lines if _seller(line) == seller), start=Decimal(0))


def _seller(line: CostLine) -> Seller | None:
    """Say whose list a line is priced by; None for what is no list price, or is contracted."""
    room, name = str(line.path[0]), str(line.path[1])
    contracted = any(path[0] == "contracts" for path in line.also)
    if contracted or not (room in _LISTS or line.part == _UNITS):
        return None
    return room, name


def _factor(seller: Seller, lines: Iterable[CostLine], spent: Decimal, catalog: Catalog, as_of: date) -> Input:
    seen = [line.source.evidence_day for line in lines if line.source is not None]
    years = max((Decimal((as_of - day).days) / _DAYS_PER_YEAR for day in seen), default=Decimal(0))
    change = catalog.assumption("api_price_decline_same_model")
    years = max(years, Decimal(0))  # a day before the evidence knows the price as well
    fallen, risen = (1 - change.high) ** years, (1 - change.low) ** years
    if spent >= catalog.assumption("negotiated_discount_from").value:
        fallen *= 1 - catalog.assumption("negotiated_discount").high
    unit = f"times the list price of {seller[1]}"
    return Input(f"prices.{seller[1]}", Decimal(1), _short(fallen), _short(risen), unit)


def _short(factor: Decimal) -> Decimal:
    return Decimal(f"{factor:.4g}")
