"""The one result shape: whatever the option, its cost is a tuple of lines."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from math import lcm
from typing import Literal, NamedTuple

from costcalc.catalog.schema import Source
from costcalc.findings import Path
from costcalc.units import Count, cost_of, decimal

Kind = Literal["api", "rate"]
Side = Literal["build", "buy"]
Unfit = Literal["", "part", "too long"]


class CostLine(NamedTuple):
    """One thing that is paid for in a month.

    Args:
        item: What it is: a meter for an API.
        amount: How much of it in a month, exactly [tokens, requests, …].
        per: How many of them one unit price buys.
        unit: What the price is per, in words: ``Mtok`` is one million tokens.
        unit_price_usd: What one unit costs, contract and conditions applied [USD/unit].
        list_unit_price_usd: What one unit costs without the user's contract [USD/unit].
        source: Where the price was read, and when.
        conditions: Under which conditions the price holds, empty for the plain list price.
        path: Where the price stands in the catalog.
        also: Where multipliers and discounts stand that were applied to it.
    """

    item: str
    amount: Count
    per: int
    unit: str
    unit_price_usd: Decimal
    list_unit_price_usd: Decimal
    source: Source
    conditions: str
    path: Path
    also: tuple[Path, ...] = ()

    @property
    def quantity(self) -> Decimal:
        """How much is paid for in a month [unit]."""
        return decimal(self.amount) / self.per

    @property
    def usd(self) -> Decimal:
        """Quantity × unit price [USD/month]."""
        return cost_of(self.amount, usd=self.unit_price_usd, per=self.per)


class Estimate(NamedTuple):
    """What an option costs for a workload in a month.

    Args:
        option: The option's id.
        kind: Which cost model priced it.
        side: Whether it is to build (run it yourself) or to buy.
        lines: What is paid for; their sum is the cost.
        caveats: What the reader must know before trusting the number.
        price_date: Since when the price has been in force.
        source: Where the price was read.
        retired: The first day on which it can no longer be bought, where that day has come.
        unfit: Why it cannot be compared with the others (it leaves out meters, requests exceed its context), or "".
        via: Against what the figure was checked, where the source itself was not opened.
        assumptions: Ids of the assumptions that the caveats or lines rest on.
    """

    option: str
    kind: Kind
    side: Side
    lines: tuple[CostLine, ...]
    caveats: tuple[str, ...]
    price_date: date
    source: Source
    retired: date | None = None
    unfit: Unfit = ""
    via: str | None = None
    assumptions: tuple[str, ...] = ()

    @property
    def monthly_usd(self) -> Decimal:
        """The sum of the lines [USD/month]."""
        return total_usd(self.lines)


def total_usd(lines: Sequence[CostLine]) -> Decimal:
    """Add up cost lines [USD] over their common denominator: thirds of a dollar make a dollar again."""
    base = lcm(*(line.amount.denominator * line.per for line in lines))
    parts = (
        line.unit_price_usd * (line.amount.numerator * (base // (line.amount.denominator * line.per))) for line in lines
    )
    return sum(parts, start=Decimal(0)) / base
