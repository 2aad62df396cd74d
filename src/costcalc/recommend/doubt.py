"""How sure an answer is: where costs may lie, and how likely the cheaper of two options is really the cheaper one."""

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from math import erf, sqrt
from typing import NamedTuple

from costcalc.analysis.tco import Range
from costcalc.case.case import Case
from costcalc.case.inputs import Input
from costcalc.cost.estimate import Estimate
from costcalc.errors import UndecidableError
from costcalc.recommend.prices import Seller, price_of_lists, usd_at
from costcalc.units import Z90

Chances = Callable[[Case, Sequence[str]], dict[str, float]]

ALIKE = (0.35, 0.65)  # a chance between these decides nothing


class Swing(NamedTuple):
    """What one uncertain number does to the difference of two costs [USD/month].

    Args:
        input: The number, with its 90 % interval.
        usd: The largest change of the difference within that interval.
        flips: Whether the other option is cheaper at one end.
    """

    input: Input
    usd: Decimal
    flips: bool


class Doubt(NamedTuple):
    """How sure it is that one option is cheaper than another.

    Args:
        chance: The probability.
        range: Where the first option's cost may lie, as a 90 % interval.
        other_range: Where the other one's may lie.
        swings: What every uncertain number does to the difference, the largest first.
    """

    chance: float
    range: Range
    other_range: Range
    swings: tuple[Swing, ...]

    @property
    def is_close(self) -> bool:
        """Whether the chance decides nothing."""
        return ALIKE[0] <= self.chance <= ALIKE[1]

    @property
    def is_uncertain(self) -> bool:
        """Whether any number behind the two costs is uncertain; else there is no chance to speak of."""
        return any(swing.usd for swing in self.swings)


def doubt_between(case: Case, first: str, other: str) -> Doubt:
    """Say how sure it is that the first of two options is the cheaper one.

    Every uncertain number that either of them rests on goes to its low and its high by itself; both are priced
    there, so what they share cancels. So does what each seller's list price may really be. Changes of the difference
    add up in quadrature, as those of independent numbers do, and the chance is that of a normal difference. At equal
    cost it is a half.

    Leaves out that numbers may depend on each other and that a cost climbs in stairs; `simulate` draws instead.

    Args:
        case: The workload, the catalog and the day.
        first: The option that is taken to be cheaper.
        other: The option that it is compared with.
    """
    costs = case.cost(first), case.cost(other)
    gap = costs[1] - costs[0]
    ends = [*_ends(case, first, other), *_price_ends(case, first, other)]
    gaps = [(each, one, high - low) for each, one, (low, high) in ends]
    swings: dict[str, Swing] = {}
    for each, _, at in gaps:
        moved = Swing(each, abs(at - gap), (at < 0) != (gap < 0) and at != 0)
        known = swings.get(each.path)
        if known is None or (moved.flips, moved.usd) > (known.flips, known.usd):
            swings[each.path] = moved
    towards = sum((min(Decimal(0), at - gap) ** 2 for _, _, at in gaps), start=Decimal(0)).sqrt()
    return Doubt(
        _chance(gap, towards),
        _range(costs[0], [pair[0] for _, _, pair in ends]),
        _range(costs[1], [pair[1] for _, _, pair in ends]),
        tuple(sorted(swings.values(), key=lambda one: (-one.usd, one.input.path))),
    )


def range_of(case: Case, option: str) -> Range:
    """Say where one option's cost may lie, as a 90 % interval of first order [USD/month]."""
    ends = (*_ends(case, option, option), *_price_ends(case, option, option))
    return _range(case.cost(option), [pair[0] for _, _, pair in ends])


_End = tuple[Input, Decimal, tuple[Decimal, Decimal]]


def _price_ends(case: Case, first: str, other: str) -> Iterator[_End]:
    """Move each seller's list price to its low and to its high: what is bought there costs so much less or more."""
    estimates = case.estimate(first), case.estimate(other)
    for seller, moved in price_of_lists(estimates, case.catalog, as_of=case.as_of).items():
        for end in dict.fromkeys((moved.low, moved.high)):
            if end != moved.value:
                yield moved, end, (_at(estimates[0], seller, end), _at(estimates[1], seller, end))


def _at(estimate: Estimate, seller: Seller, factor: Decimal) -> Decimal:
    """What an option costs where a seller's prices are so many times as high [USD/month]."""
    return estimate.monthly_usd + (factor - 1) * usd_at(estimate, seller)


def _ends(case: Case, first: str, other: str) -> Iterator[_End]:
    """Price both options with every uncertain number at its low and at its high; what has no price is left out."""
    for one in case.inputs((first, other)):
        for end in dict.fromkeys((one.low, one.high)):
            if end == one.value:
                continue
            moved = case.at({one.path: end})
            try:
                yield one, end, (moved.cost(first), moved.cost(other))
            except UndecidableError:
                continue


def _chance(gap: Decimal, towards: Decimal) -> float:
    """The chance that a normal difference is above 0, whose 90 % interval reaches so far towards 0."""
    if gap == 0:
        return 0.5
    if towards == 0:
        return 1.0
    return (1 + erf(float(Z90) * float(gap / towards) / sqrt(2))) / 2


def _range(central: Decimal, others: Sequence[Decimal]) -> Range:
    """Add up in quadrature what each change does downwards, and likewise upwards."""
    down = sum((min(Decimal(0), other - central) ** 2 for other in others), start=Decimal(0)).sqrt()
    up = sum((max(Decimal(0), other - central) ** 2 for other in others), start=Decimal(0)).sqrt()
    return Range(max(Decimal(0), central - down), central + up)
