"""Curves for tests, each beside the plain formula of its cost and of its breaks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor
from random import Random
from typing import NamedTuple

from costcalc.cost.curve import FLAT, ZERO, Affine, Breaks, CostCurve, Ladder, Regular, combined


def chance(seed: int | str) -> Random:
    """Give random numbers that are the same in every run."""
    return Random(seed)  # noqa: S311  # nothing is kept secret with them


class Drawn(NamedTuple):
    """A curve, its cost by a formula of one line, and every volume at which that formula may break or jump."""

    curve: CostCurve
    cost: Callable[[Fraction], Fraction]
    breaks: Callable[[Fraction], set[Fraction]]  # up to a volume
    end: Fraction | None = None


def _none(_up_to: Fraction) -> set[Fraction]:
    return set()


def line(name: str, price: Fraction, fixed: Fraction = ZERO) -> Drawn:
    """A price per unit, and a fee whatever is used."""

    def cost(v: Fraction) -> Fraction:
        return fixed + price * v

    return Drawn(CostCurve(name, cost), cost, _none)


def stairs(
    name: str,
    step_usd: Fraction,
    every: Fraction,
    *,
    fixed: Fraction = ZERO,
    price: Fraction = ZERO,
    gpus: int = 1,
    node: int = 1,
) -> Drawn:
    """Whole replicas of some GPUs, in whole nodes of others."""

    def cost(v: Fraction) -> Fraction:
        return fixed + price * v + step_usd * ceil(Fraction(ceil(v / every) * gpus, node)) * node

    def breaks(up_to: Fraction) -> set[Fraction]:
        return {every * k for k in range(1, floor(up_to / every) + 1)}

    cycle = next(k for k in range(1, node + 1) if k * gpus % node == 0)
    curve = CostCurve(name, cost, Breaks(ladders=(Ladder(every, every),)), Regular(ZERO, cycle * every))
    return Drawn(curve, cost, breaks)


def seats(name: str, fee: Fraction, users: int, held: Fraction) -> Drawn:
    """Seats with a hard limit: paid for every user, and one more wherever the allowance of all is used up."""

    def cost(v: Fraction) -> Fraction:
        return fee * max(users, ceil(v / held))

    def breaks(up_to: Fraction) -> set[Fraction]:
        return {held * k for k in range(users, floor(up_to / held) + 1)}

    ladder, regular = Ladder(users * held, held), Regular((users - 1) * held, held)
    return Drawn(CostCurve(name, cost, Breaks(ladders=(ladder,)), regular), cost, breaks)


def overage(name: str, fee: Fraction, held: Fraction, price: Fraction) -> Drawn:
    """A fee that holds some volume, and a price for what exceeds it; as well the curve of a fleet that follows."""

    def cost(v: Fraction) -> Fraction:
        return fee + price * max(ZERO, v - held)

    return Drawn(CostCurve(name, cost, Breaks(points=(held,))), cost, lambda up_to: {held} if held <= up_to else set())


def tiers(name: str, prices: tuple[Fraction, ...], width: Fraction) -> Drawn:
    """Another price for the part of the volume in each tier."""

    def cost(v: Fraction) -> Fraction:
        last = len(prices) - 1
        parts = [max(ZERO, (v if k == last else min(v, width * (k + 1))) - width * k) for k in range(len(prices))]
        return sum((price * part for price, part in zip(prices, parts, strict=True)), start=ZERO)

    points = tuple(width * k for k in range(1, len(prices)))
    return Drawn(CostCurve(name, cost, Breaks(points=points)), cost, lambda up_to: {p for p in points if p <= up_to})


def fleet(name: str, usd: Fraction, end: Fraction) -> Drawn:
    """A fleet of fixed size, which serves so much and no more."""

    def cost(v: Fraction) -> Fraction:
        assert v <= end
        return usd

    return Drawn(CostCurve(name, cost, Breaks(end=end)), cost, lambda up_to: {end} if end <= up_to else set(), end)


def mixed(name: str, parts: tuple[tuple[Drawn, Fraction], ...], router: Fraction = ZERO) -> Drawn:
    """A blend: each part at its share of the volume."""

    def cost(v: Fraction) -> Fraction:
        return router * v + sum((part.cost(v * share) for part, share in parts), start=ZERO)

    def breaks(up_to: Fraction) -> set[Fraction]:
        return {at / share for part, share in parts for at in part.breaks(up_to * share)}

    ends = [part.end / share for part, share in parts if part.end is not None]
    curve = combined(name, [(part.curve, share) for part, share in parts], fixed=FLAT._replace(slope=router))
    return Drawn(curve, cost, breaks, min(ends, default=None))


def drawn(name: str, random: Random, *, blends: bool = True) -> Drawn:
    """Draw a curve; figures come from few small numbers, so that ties and common breaks are frequent."""

    def number(*choices: int) -> Fraction:
        return Fraction(random.choice(choices), random.choice((1, 1, 1, 2, 3)))

    usd, every, price = number(1, 2, 3, 6), number(1, 2, 3, 4), number(1, 2, 3)
    kinds: list[Callable[[], Drawn]] = [
        lambda: line(name, price, number(0, 0, 2)),
        lambda: stairs(name, usd, every, fixed=number(0, 1, 5), price=number(0, 0, 1) / 4),
        lambda: stairs(name, usd, every, gpus=random.choice((1, 2, 3)), node=random.choice((2, 4, 8))),
        lambda: seats(name, usd, random.choice((1, 2, 5)), every),
        lambda: overage(name, usd, every, price),
        lambda: tiers(name, tuple(number(1, 2, 3) for _ in range(random.choice((2, 3)))), every),
        lambda: fleet(name, usd, number(3, 7, 12)),
    ]
    if blends:
        kinds.append(lambda: _blend(name, random))
    return random.choice(kinds)()


def _blend(name: str, random: Random) -> Drawn:
    share = Fraction(random.choice((1, 1, 2, 3)), 4)
    first = Fraction(1) if random.random() < 0.25 else 1 - share  # some are escalations: all, and some again
    parts = ((drawn("a", random, blends=False), first), (drawn("b", random, blends=False), share))
    return mixed(name, parts, Fraction(random.choice((0, 0, 1)), 10))


class Won(NamedTuple):
    """Who is cheapest on (lo, hi]."""

    lo: Fraction
    hi: Fraction
    option: str | None


def reference(found: list[Drawn], up_to: Fraction) -> list[Won]:
    """Find the cheapest on every stretch by brute force: cut at every break and crossing, and ask in the middle."""
    cuts = sorted({ZERO, up_to, *(at for one in found for at in one.breaks(up_to) if at < up_to)})
    won: list[Won] = []
    for lo, hi in pairwise(cuts):
        able = [one for one in found if one.end is None or hi <= one.end]
        inner = sorted({lo, hi, *_crossings(able, lo, hi)})
        for start, end in pairwise(inner):
            middle = (start + end) / 2
            best = min(able, key=lambda one: one.cost(middle), default=None)  # the first of equals
            won.append(Won(start, end, best.curve.option if best is not None else None))
    return _merged(won)


def _crossings(found: list[Drawn], lo: Fraction, hi: Fraction) -> Iterator[Fraction]:
    """Cross the lines through two inner points of each curve."""
    near, far = lo + (hi - lo) / 3, lo + (hi - lo) * 2 / 3
    lines = []
    for one in found:
        slope = (one.cost(far) - one.cost(near)) / (far - near)
        lines.append(Affine(one.cost(near) - slope * near, slope))
    for first in lines:
        for second in lines:
            if first.slope != second.slope:
                at = (second.fixed - first.fixed) / (first.slope - second.slope)
                if lo < at < hi:
                    yield at


def _merged(won: list[Won]) -> list[Won]:
    merged: list[Won] = []
    for one in won:
        if merged and merged[-1].option == one.option:
            merged[-1] = merged[-1]._replace(hi=one.hi)
        else:
            merged.append(one)
    return merged
