"""What a page lets its reader try: the exact curve of every option at every setting of a few drivers."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import product
from typing import NamedTuple

from costcalc.case.case import Case
from costcalc.case.inputs import Input
from costcalc.cost.curve import ZERO, Affine, CostCurve, Piece
from costcalc.errors import UndecidableError

LEVELS = ("low", "base", "high")
_BASE = LEVELS.index("base")
_ONE = Fraction(1)


class Repeating(NamedTuple):
    """A curve as finitely many pieces and what comes again: cost(v + period) = cost(v) + rise above ``start``.

    Args:
        pieces: Its pieces from 0 on, in the unit of the page, up to ``start`` + ``period`` or the largest volume.
        start: Where it begins to repeat itself.
        period: After how much volume; None for a curve whose pieces are all here.
        rise: What one more period costs [USD/month].
        end: The largest volume that can be served, or None.
    """

    pieces: tuple[Piece, ...]
    start: Fraction = ZERO
    period: Fraction | None = None
    rise: Fraction = ZERO
    end: Fraction | None = None

    def at(self, volume: Fraction) -> Fraction | None:
        """Its height at a volume above 0; None where it cannot serve so much [USD/month]."""
        if self.end is not None and volume > self.end:
            return None
        back = 0
        if self.period is not None and volume > self.start + self.period:
            # the piece that ends at a break still counts as the one before it: pieces are (lo, hi]
            back = -((self.start - volume) // self.period) - 1
            volume -= back * self.period
        line = next(piece.line for piece in self.pieces if piece.hi is None or volume <= piece.hi)
        return line.at(volume) + back * self.rise


class Total(NamedTuple):
    """An option's cost: a line, and parts that each get a share of the volume; one part for all but blends."""

    line: Affine
    parts: tuple[tuple[Fraction, Repeating], ...]

    def at(self, volume: Fraction) -> Fraction | None:
        """What the option costs at a volume above 0; None where a part cannot serve so much [USD/month]."""
        total = self.line.at(volume)
        for share, part in self.parts:
            cost = part.at(volume * share)
            if cost is None:
                return None
            total += cost
        return total


class WhatIf(NamedTuple):
    """Settings that a page offers.

    Args:
        drivers: The inputs that can be moved, each to its low, its base (central) and its high value.
        options: The options, in the order of the page.
        volumes: Volumes that can be chosen, ascending [output tokens or requests a month].
        home: Which of them is the user's own.
        totals: The curves; many settings share one.
        settings: For each choice of levels (0 low, 1 base, 2 high; one a driver), which curve each option has; None
            where it cannot serve.
    """

    drivers: tuple[Input, ...]
    options: tuple[str, ...]
    volumes: tuple[Fraction, ...]
    home: int
    totals: tuple[Total, ...]
    settings: dict[tuple[int, ...], tuple[int | None, ...]]

    def cost(self, option: str, levels: tuple[int, ...], volume: Fraction) -> Fraction | None:
        """What an option costs at a setting and a volume; None where it cannot serve [USD/month]."""
        index = self.settings[levels][self.options.index(option)]
        return self.totals[index].at(volume) if index is not None else None


def what_if(
    case: Case, options: Sequence[str], drivers: Sequence[Input], volumes: Sequence[Fraction], *, home: Fraction
) -> WhatIf:
    """Find every option's exact curve at every setting of some drivers.

    Volumes count output tokens, or requests of a mix that generates none, whatever a setting makes of the size of a
    request. An option may rest on a driver at one volume and not at another, so each setting has its curves made anew;
    equal ones are kept once.

    Args:
        case: The workload with its ranges, the catalog and the day.
        options: The options.
        drivers: Inputs of the case, the volume excepted.
        volumes: The volumes that the page offers.
        home: The user's own volume.
    """
    offered = tuple(sorted({*volumes, home}))
    totals: dict[Total, int] = {}
    settings: dict[tuple[int, ...], tuple[int | None, ...]] = {}
    for levels in product(range(len(LEVELS)), repeat=len(drivers)):
        values = _values(drivers, levels)
        found = [_total_at(case, option, values, most=offered[-1]) for option in options]
        settings[levels] = tuple(
            totals.setdefault(total, len(totals)) if total is not None else None for total in found
        )
    return WhatIf(tuple(drivers), tuple(options), offered, offered.index(home), tuple(totals), settings)


def _values(drivers: Sequence[Input], levels: Sequence[int]) -> dict[str, Decimal]:
    """Give the values of a setting; what stays at its base is as the case has it."""
    return {
        driver.path: (driver.low, driver.value, driver.high)[level]
        for driver, level in zip(drivers, levels, strict=True)
        if level != _BASE
    }


def offered_volumes(home: Fraction, *, down: int = 2, up: int = 1) -> tuple[Fraction, ...]:
    """Give round volumes around one's own: ten a decade, by the preferred numbers R10 of ISO 3.

    Args:
        home: The user's own volume.
        down: How many decades below it.
        up: How many above it: traffic grows, and each decade more has ten times the steps.

    Example:
        >>> len(offered_volumes(Fraction(10_000_000))), int(offered_volumes(Fraction(30_000_000))[0])
        (31, 315000)
    """
    steps = [Fraction(each) for each in ("1", "1.25", "1.6", "2", "2.5", "3.15", "4", "5", "6.3", "8")]
    lo, hi = home / 10**down, home * 10**up
    least = len(str(int(lo))) - 1 if lo >= 1 else 0
    most = len(str(int(hi)))
    grid = (step * 10**power for power in range(least, most + 1) for step in steps)
    return tuple(volume for volume in grid if lo <= volume <= hi and volume.denominator == 1)


def _total_at(case: Case, option: str, values: Mapping[str, Decimal], *, most: Fraction) -> Total | None:
    try:
        moved = case.at(values)
        curve = moved.curve(option)
        per_request = Fraction(moved.workload.output_tokens) / Fraction(moved.workload.requests) or _ONE
        return _total(curve, per_request, most)
    except (UndecidableError, ValueError):  # ValueError: a value that its form would not have taken beside others
        return None


def _total(curve: CostCurve, per_request: Fraction, most: Fraction) -> Total:
    """Write a curve of requests as one of the page's unit, a sum of curves as its parts."""
    line = _summed(curve, _ONE)
    parts = ((share, _repeating(leaf, per_request, most * share)) for leaf, share in _leaves(curve, _ONE))
    return Total(Affine(line.fixed, line.slope / per_request), tuple(parts))


def _leaves(curve: CostCurve, share: Fraction) -> Iterator[tuple[CostCurve, Fraction]]:
    if not curve.parts:
        yield curve, share
    for part, by in curve.parts:
        yield from _leaves(part, share * by)


def _summed(curve: CostCurve, share: Fraction) -> Affine:
    """Add up what sums have on top of their parts; a part's own volume is its share of the whole."""
    fixed, slope = curve.fixed.fixed, curve.fixed.slope * share
    for part, by in curve.parts:
        below = _summed(part, share * by)
        fixed, slope = fixed + below.fixed, slope + below.slope
    return Affine(fixed, slope)


def _repeating(curve: CostCurve, per_request: Fraction, most: Fraction) -> Repeating:
    """Give the pieces up to the second period's end, or up to the largest volume where that comes first.

    The first period may differ from all others: people are counted by the GPU only from some size on.
    """
    end, regular, largest = curve.breaks.end, curve.regular, most / per_request
    again = regular is not None and regular.start + 2 * regular.period < largest
    until = regular.start + 2 * regular.period if regular is not None and again else largest
    until = min(until, end) if end is not None else until
    pieces = tuple(
        Piece(
            piece.lo * per_request,
            piece.hi * per_request if piece.hi is not None else None,
            Affine(piece.line.fixed, piece.line.slope / per_request),
        )
        for piece in curve.pieces(ZERO, until)
    )
    served = end * per_request if end is not None else None
    if regular is None or not again:
        return Repeating(pieces, end=served)
    start = regular.start + regular.period
    return Repeating(pieces, start * per_request, regular.period * per_request, curve.rise, served)
