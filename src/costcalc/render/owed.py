"""What is owed to providers whatever is chosen, in words and as data."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING

from costcalc.money import Money
from costcalc.render.report import Json
from costcalc.units import short

if TYPE_CHECKING:
    from costcalc.cost.owed import Commitment


def owed_words(owed: "Sequence[Commitment]", day: date, money: Money) -> Iterator[str]:
    """Say what is owed on a day, and what other workloads of the file use of it."""
    for each in owed:
        if each.holds_on(day):
            until = f" until {each.until}" if each.until is not None else ""
            beside = f", beside {money.text(each.elsewhere)} that other workloads use" if each.elsewhere else ""
            yield f"owed to {each.provider} however little is used{until}: {money.text(each.usd)} a month{beside}"


def owed_data(owed: "Sequence[Commitment]") -> list[Json]:
    """Give commitments as data."""
    return [
        {
            "provider": each.provider,
            "usd": short(each.usd, 6),
            "elsewhere_usd": short(each.elsewhere, 6),
            "effective": each.effective.isoformat(),
            "until": each.until.isoformat() if each.until is not None else None,
        }
        for each in owed
    ]
