"""What a price is compared with, and from when on it is too far off."""

from collections.abc import Iterable
from decimal import ROUND_HALF_EVEN, Decimal
from statistics import median
from typing import NamedTuple

from costcalc.units import full_usd, rounded

FACTOR = Decimal(10)  # a unit slip is one of 1,000 or a million; no honest neighbours of the catalog are 10 apart
FAMILY = Decimal(100)  # models of one provider lie up to 25 times from their middle: the smallest and the largest
CROWD = 10  # so many others must there be before the dearest and the cheapest of them say anything


class Neighbour(NamedTuple):
    """A price that another one is compared with.

    Args:
        usd: What it is [USD/unit].
        said: What it is, in words.
        factor: How far from it is too far.
    """

    usd: Decimal
    said: str
    factor: Decimal = FACTOR


def typical(others: Iterable[Decimal], said: str, factor: Decimal = FACTOR) -> Neighbour | None:
    """Give the median of prices; what is free says nothing of what others cost."""
    paid = [usd for usd in others if usd]
    return Neighbour(Decimal(median(paid)), said, factor) if paid else None


def off(usd: Decimal, neighbours: Iterable[Neighbour | None]) -> str:
    """Say how far a price is off, or nothing where it is off from none of its neighbours.

    Example:
        >>> off(Decimal("0.00175"), [Neighbour(Decimal("1.75"), "before it"), Neighbour(Decimal("0.017"), "elsewhere")])
        '$0.00175 is 1,000 times less than the $1.75 before it'
        >>> off(Decimal("2"), [Neighbour(Decimal("1.75"), "before it"), None])
        ''
    """
    said = [one for neighbour in neighbours if neighbour is not None and (one := _compared(usd, neighbour))]
    return f"${full_usd(usd)} is {' and '.join(said)}" if said else ""


def _compared(usd: Decimal, other: Neighbour) -> str:
    if not other.usd:
        return ""
    shown = f"the ${full_usd(_short(other.usd))} {other.said}"
    if not usd:
        return f"free, against {shown}"
    if usd >= other.usd * other.factor:
        return f"{_times(usd / other.usd)} times {shown}"
    return f"{_times(other.usd / usd)} times less than {shown}" if usd * other.factor <= other.usd else ""


class Crowd(NamedTuple):
    """Many prices of one meter.

    Args:
        size: How many there are, free ones left out.
        cheapest: The least of them [USD/unit].
        dearest: The largest of them [USD/unit].
    """

    size: int
    cheapest: Decimal
    dearest: Decimal


def beyond(usd: Decimal, crowd: Crowd | None, word: str) -> Neighbour | None:
    """Give the end of a crowd of prices that a price lies ten times beyond, if it does."""
    if crowd is None or crowd.size < CROWD or not usd:
        return None
    if usd > crowd.dearest * FACTOR:
        return Neighbour(crowd.dearest, f"of the dearest {word}")
    return Neighbour(crowd.cheapest, f"of the cheapest {word}") if usd * FACTOR < crowd.cheapest else None


def _times(ratio: Decimal) -> str:
    digits = Decimal(1) if ratio >= 100 else Decimal("0.1")  # noqa: PLR2004  # three digits
    return f"{rounded(ratio, digits, rounding=ROUND_HALF_EVEN):,f}".removesuffix(".0")


def _short(usd: Decimal) -> Decimal:
    """Cut a median of many digits to five."""
    if len(usd.as_tuple().digits) <= 5:  # noqa: PLR2004
        return usd
    return rounded(usd, Decimal(1).scaleb(usd.adjusted() - 4), rounding=ROUND_HALF_EVEN)
