"""An option's monthly cost as an exact piecewise-affine function of volume. Everything here is a rational number.

Pieces are (lo, hi]: open at their lower end, closed at their upper end, because a replica carries exactly its capacity
and one token more needs the next one.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from heapq import merge
from math import gcd, lcm
from typing import NamedTuple

ZERO = Fraction(0)


class Affine(NamedTuple):
    """A straight line: fixed + slope × volume.

    Args:
        fixed: Its value at no volume [USD/month].
        slope: What one more unit costs [USD/unit].
    """

    fixed: Fraction
    slope: Fraction

    def at(self, volume: Fraction) -> Fraction:
        """Its value at a volume [USD/month]."""
        return self.fixed + self.slope * volume

    def meets(self, other: "Affine") -> Fraction | None:
        """The volume at which two lines cross, or None for parallels."""
        if self.slope == other.slope:
            return None
        return (other.fixed - self.fixed) / (self.slope - other.slope)


class Piece(NamedTuple):
    """A line that holds on (lo, hi]; without an upper end it holds for ever."""

    lo: Fraction
    hi: Fraction | None
    line: Affine


class Ladder(NamedTuple):
    """Breaks at first, first + step, first + 2 × step and so on for ever.

    Args:
        first: The first of them.
        step: The distance between them; above 0.
    """

    first: Fraction
    step: Fraction

    def between(self, lo: Fraction, hi: Fraction | None) -> Iterator[Fraction]:
        """Give the breaks above lo, up to hi where there is one."""
        at = self.first + self._passed(lo) * self.step
        while hi is None or at <= hi:
            yield at
            at += self.step

    def last(self, at: Fraction) -> Fraction:
        """Give the last break up to a volume; 0 where there is none."""
        passed = self._passed(at)
        return self.first + (passed - 1) * self.step if passed else ZERO

    def _passed(self, at: Fraction) -> int:
        return max(0, int((at - self.first) // self.step) + 1)


class Breaks(NamedTuple):
    """Where the pieces of a curve end.

    Args:
        points: Single breaks.
        ladders: Breaks that come again and again.
        end: The largest volume that can be served at all, or None.
    """

    points: tuple[Fraction, ...] = ()
    ladders: tuple[Ladder, ...] = ()
    end: Fraction | None = None

    def between(self, lo: Fraction, hi: Fraction | None) -> Iterator[Fraction]:
        """Give every break above lo, up to hi where there is one, in order and once."""
        singles = sorted(point for point in self.points if point > lo and (hi is None or point <= hi))
        last: Fraction | None = None
        for point in merge(singles, *(ladder.between(lo, hi) for ladder in self.ladders)):
            if point != last:
                yield point
            last = point

    def last(self, at: Fraction) -> Fraction:
        """Give the last break up to a volume: where the piece that goes on above it begins."""
        singles = (point for point in self.points if point <= at)
        return max((*singles, *(ladder.last(at) for ladder in self.ladders)), default=ZERO)


class Regular(NamedTuple):
    """From a volume on a curve repeats itself: cost(v + period) = cost(v) + rise.

    Args:
        start: The volume from which it does.
        period: After how much volume; above 0.
    """

    start: Fraction
    period: Fraction


class Settled(NamedTuple):
    """The end of a curve's beginnings.

    Args:
        start: From there on it is one line, or repeats itself.
        period: After how much volume it does; None for one line.
    """

    start: Fraction
    period: Fraction | None


class Band(NamedTuple):
    """Two parallel lines between which the whole curve lies."""

    lower: Affine
    upper: Affine


NOWHERE = Breaks()
FLAT = Affine(ZERO, ZERO)


@dataclass(frozen=True, eq=False)
class CostCurve:
    """What an option costs at every volume, for a fixed mix of requests.

    Args:
        option: The option's id.
        evaluate: Gives the exact cost at a volume above 0 [USD/month].
        breaks: Where its pieces end.
        regular: Where it begins to repeat itself; None for a curve of finitely many pieces, or a sum of others.
        parts: The curves that it is the sum of, each with its share of the volume.
        fixed: What a sum has on top of its parts.

    Example:
        A replica at $100 for every 150 requests:

        >>> stairs = CostCurve("build", lambda v: Fraction(100) * -(-v // 150),
        ...                    Breaks(ladders=(Ladder(Fraction(150), Fraction(150)),)),
        ...                    Regular(Fraction(0), Fraction(150)))
        >>> [(int(piece.lo), int(piece.hi), int(piece.line.fixed)) for piece in stairs.pieces(ZERO, Fraction(400))]
        [(0, 150, 100), (150, 300, 200), (300, 400, 300)]
        >>> stairs.band.lower, stairs.band.upper == Affine(Fraction(100), Fraction(2, 3))
        (Affine(fixed=Fraction(0, 1), slope=Fraction(2, 3)), True)
    """

    option: str
    evaluate: Callable[[Fraction], Fraction]
    breaks: Breaks = NOWHERE
    regular: Regular | None = None
    parts: tuple[tuple["CostCurve", Fraction], ...] = ()
    fixed: Affine = FLAT
    _lines: dict[Fraction, Affine] = field(default_factory=dict, repr=False)

    def at(self, volume: Fraction) -> Fraction:
        """The exact cost at a volume [USD/month]."""
        return self.evaluate(volume)

    def pieces(self, lo: Fraction, hi: Fraction | None) -> Iterator[Piece]:
        """Walk the pieces on (lo, hi], the first and the last one cut there; breaks beyond are not looked at."""
        start = lo
        for end in self.breaks.between(lo, hi):
            yield Piece(start, end, self.line(start))
            start = end
        if hi is None or start < hi:
            yield Piece(start, hi, self.line(start))

    def line(self, lo: Fraction) -> Affine:
        """The line that holds just above a volume, up to the next break; a period earlier it was the same.

        A sum's line is the sum of its parts' lines, so that its own pieces, however many, cost no evaluation.
        """
        if self.parts:
            return _sum(self.fixed, [(curve.line(lo * by), by) for curve, by in self.parts])
        back = self._periods_back(lo)
        if back:
            assert self.regular is not None  # else there is no period to go back
            shift = back * self.regular.period
            line = self.line(lo - shift)
            return Affine(line.fixed + back * self.rise - line.slope * shift, line.slope)
        start = self.breaks.last(lo)
        if start not in self._lines:
            self._lines[start] = self._through(start)
        return self._lines[start]

    def _through(self, start: Fraction) -> Affine:
        """Put a line through two points of the piece that begins at a break."""
        end = next(self.breaks.between(start, None), start + 2)
        if self.breaks.end is not None:
            end = min(end, self.breaks.end)
        middle = (start + end) / 2
        first, second = self.evaluate(middle), self.evaluate(end)
        slope = (second - first) / (end - middle)
        return Affine(second - slope * end, slope)

    def _periods_back(self, lo: Fraction) -> int:
        """How many periods earlier the curve looks the same, the first period excepted."""
        if self.regular is None or lo < self.regular.start + self.regular.period:
            return 0
        return int((lo - self.regular.start) // self.regular.period)

    @cached_property
    def rise(self) -> Fraction:
        """What one more period costs [USD/month]."""
        assert self.regular is not None  # asked only of curves that repeat themselves
        start = self.regular.start + self.regular.period
        return self.evaluate(start + self.regular.period) - self.evaluate(start)

    @cached_property
    def settled(self) -> "Settled":
        """From which volume on nothing new comes, and after how much volume it all comes again."""
        if not self.parts:
            start = self.regular.start if self.regular is not None else max(self.breaks.points, default=ZERO)
            return Settled(start, self.regular.period if self.regular is not None else None)
        settled = [(curve.settled, by) for curve, by in self.parts]
        periods = [one.period / by for one, by in settled if one.period is not None]
        return Settled(max(one.start / by for one, by in settled), common_multiple(periods) if periods else None)

    @cached_property
    def slope(self) -> Fraction:
        """What one more unit costs in the long run [USD/unit]."""
        if self.parts:
            return sum((curve.slope * by for curve, by in self.parts), start=self.fixed.slope)
        if self.regular is not None:
            return self.rise / self.regular.period
        if self.breaks == NOWHERE:  # one line
            return self.at(Fraction(2)) - self.at(Fraction(1))
        return self.line(max(self.breaks.points, default=ZERO)).slope

    @cached_property
    def is_straight(self) -> bool:
        """Whether it is a line through the origin, as that of an API is."""
        bare = not self.breaks.points and not self.breaks.ladders and self.breaks.end is None
        return bare and self.at(Fraction(1)) == self.slope

    @cached_property
    def band(self) -> Band:
        """Two lines of the long-run slope between which the whole curve lies; the narrowest, but for a sum."""
        if self.parts:
            bands = [(curve.band, by) for curve, by in self.parts]
            lower = _sum(self.fixed, [(band.lower, by) for band, by in bands])
            return Band(lower, _sum(self.fixed, [(band.upper, by) for band, by in bands]))
        horizon = self.regular.start + self.regular.period if self.regular is not None else None
        above = [
            value - self.slope * volume
            for piece in self.pieces(ZERO, horizon)
            for volume in (piece.lo, piece.hi if piece.hi is not None else piece.lo)
            for value in (piece.line.at(volume),)
        ]
        return Band(Affine(min(above), self.slope), Affine(max(above), self.slope))


def _sum(fixed: Affine, lines: Sequence[tuple[Affine, Fraction]]) -> Affine:
    """Add up lines that each take a share of the volume."""
    slope = sum((line.slope * by for line, by in lines), start=fixed.slope)
    return Affine(sum((line.fixed for line, _ in lines), start=fixed.fixed), slope)


def combined(option: str, parts: Sequence[tuple[CostCurve, Fraction]], *, fixed: Affine) -> CostCurve:
    """Add up curves that each take a share of the volume, and a line of their own.

    Args:
        option: The id of the sum.
        parts: Curves with the share of the volume that each one gets; above 0.
        fixed: What comes on top.
    """

    def evaluate(volume: Fraction) -> Fraction:
        return sum((curve.at(volume * by) for curve, by in parts), start=fixed.at(volume))

    points = {point / by for curve, by in parts for point in curve.breaks.points}
    ladders = [Ladder(one.first / by, one.step / by) for curve, by in parts for one in curve.breaks.ladders]
    ends = [curve.breaks.end / by for curve, by in parts if curve.breaks.end is not None]
    breaks = Breaks(tuple(sorted(points)), tuple(dict.fromkeys(ladders)), min(ends, default=None))
    return CostCurve(option, evaluate, breaks, parts=tuple(parts), fixed=fixed)


def common_multiple(periods: Iterable[Fraction]) -> Fraction:
    """Give the least common multiple of rational numbers.

    Example:
        >>> common_multiple([Fraction(3, 2), Fraction(5, 4)])
        Fraction(15, 2)
    """
    whole = list(periods)
    return Fraction(lcm(*(one.numerator for one in whole)), gcd(*(one.denominator for one in whole)))
