"""Which option is cheapest at every volume: exact, and only where it is not already clear."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from costcalc.cost.curve import ZERO, CostCurve, Piece, common_multiple
from costcalc.errors import UndecidableError

MAX_STEPS = 100_000  # pieces that are looked at before giving up: two curves of one slope may cross for ever


class Reign(NamedTuple):
    """One option is cheapest on (lo, hi]; without an upper end it stays so.

    Args:
        lo: Where it begins, not included.
        hi: Where it ends, included; None for ever.
        option: The cheapest option; None where none can serve so much.
    """

    lo: Fraction
    hi: Fraction | None
    option: str | None


def envelope(curves: Sequence[CostCurve], *, up_to: Fraction | None = None) -> tuple[Reign, ...]:
    """Find the cheapest option at every volume above 0, exactly.

    Every curve lies between two parallel lines. Where one curve's upper line is below all others' lower lines nothing
    need be looked at; elsewhere the pieces of the curves that may still win are walked and their lines crossed. There
    may be many changes: whole replicas are paid for, so a staircase crosses a straight line again and again; a change
    at a break is a jump. A tie goes to the option that stands first.

    Args:
        curves: The options' curves, preferred ones first.
        up_to: The largest volume that matters; None for all of them.

    Raises:
        UndecidableError: Two curves cross so often that they cannot all be walked.

    Example:
        An API at $1 a request against a replica of $100 that serves 150 requests:

        >>> from costcalc.cost.curve import Breaks, Ladder, Regular
        >>> stairs = CostCurve("build", lambda v: Fraction(100) * -(-v // 150),
        ...                    Breaks(ladders=(Ladder(Fraction(150), Fraction(150)),)), Regular(ZERO, Fraction(150)))
        >>> straight = CostCurve("buy", lambda v: v)
        >>> [(str(one.lo), str(one.hi), one.option) for one in envelope([straight, stairs])]
        [('0', '100', 'buy'), ('100', '150', 'build'), ('150', '200', 'buy'), ('200', 'None', 'build')]
    """
    reigns: list[Reign] = []
    for lo, hi in pairwise([*_edges(curves, up_to), up_to]):
        assert lo is not None  # only the last edge may be open
        if hi is not None and hi <= lo:
            continue
        for reign in _within(curves, lo, hi):
            if reigns and reigns[-1].option == reign.option:
                reigns[-1] = reigns[-1]._replace(hi=reign.hi)
            else:
                reigns.append(reign)
    return tuple(reigns)


def contenders(curves: Sequence[CostCurve]) -> list[CostCurve]:
    """Keep the cheapest of the straight lines through the origin, and whatever is not above it at every volume.

    The envelope of what is kept is that of all.

    Args:
        curves: The options' curves, preferred ones first.
    """
    lines = [curve for curve in curves if curve.is_straight]
    best = min(lines, key=lambda curve: curve.slope, default=None)
    if best is None:
        return list(curves)
    return [curve for curve in curves if curve is best or not (curve in lines or _is_above(curve, best.slope))]


def _is_above(curve: CostCurve, slope: Fraction) -> bool:
    """Say whether a curve costs more than a line through the origin at every volume, by the band that it lies in."""
    lower = curve.band.lower
    return lower.fixed >= 0 and lower.slope > slope


def _edges(curves: Sequence[CostCurve], up_to: Fraction | None) -> list[Fraction]:
    """Give the volumes between which the order of all bands' lines, and who can serve at all, stays the same."""
    lines = [line for curve in curves for line in curve.band]
    crossings = {line.meets(other) for line in lines for other in lines}
    ends = {curve.breaks.end for curve in curves}
    inside = {at for at in crossings | ends if at is not None and at > 0 and (up_to is None or at < up_to)}
    return [ZERO, *sorted(inside)]


def _within(curves: Sequence[CostCurve], lo: Fraction, hi: Fraction | None) -> Iterator[Reign]:
    able = [curve for curve in curves if curve.breaks.end is None or curve.breaks.end > lo]
    probe = (lo + hi) / 2 if hi is not None else lo + 1
    lowest = min((curve.band.upper.at(probe) for curve in able), default=ZERO)
    rivals = [curve for curve in able if curve.band.lower.at(probe) <= lowest]
    if not rivals:
        yield Reign(lo, hi, None)
    elif len(rivals) == 1:
        yield Reign(lo, hi, rivals[0].option)
    else:
        yield from _contested(rivals, lo, hi)


def _contested(rivals: Sequence[CostCurve], lo: Fraction, hi: Fraction | None) -> Iterator[Reign]:
    """Walk what several rivals may win; where all of them repeat themselves at one slope, one period stands for all."""
    round_ = _round(rivals, lo)
    if round_ is None or (hi is not None and hi <= round_.end):
        yield from _walked(rivals, lo, hi)
        return
    walked = list(_walked(rivals, lo, round_.end))
    winners = {reign.option for reign in walked if reign.hi is not None and reign.hi > round_.start}
    if len(winners) == 1:
        yield from walked[:-1]
        yield walked[-1]._replace(hi=hi)
    elif hi is None:
        names = " and ".join(curve.option for curve in rivals)
        raise UndecidableError(f"{names} cross without end: set a largest volume")
    else:
        yield from walked
        yield from _walked(rivals, round_.end, hi)


class _Round(NamedTuple):
    """One period of several curves of one slope, after their beginnings: (start, end]."""

    start: Fraction
    end: Fraction


def _round(rivals: Sequence[CostCurve], lo: Fraction) -> _Round | None:
    """Find the first common period above a volume; None for curves that part, or of which none repeats itself."""
    periods = [curve.settled.period for curve in rivals if curve.settled.period is not None]
    if not periods or len({curve.slope for curve in rivals}) > 1:
        return None
    start = max(lo, *(curve.settled.start for curve in rivals))
    return _Round(start, start + common_multiple(periods))


def _walked(rivals: Sequence[CostCurve], lo: Fraction, hi: Fraction | None) -> Iterator[Reign]:
    """Walk the pieces of all rivals together, and cross their lines on each stretch.

    Without an upper end only finitely many pieces are left: endless stairs of one slope are decided by a period.
    """
    if hi is not None and sum(_steps(curve, hi - lo) for curve in rivals) > MAX_STEPS:
        names = " and ".join(curve.option for curve in rivals)
        raise UndecidableError(f"{names} may cross more than {MAX_STEPS:,} times: set a smaller largest volume")
    walks = [curve.pieces(lo, hi) for curve in rivals]
    current = [next(walk) for walk in walks]
    start = lo
    while True:
        end = min((piece.hi for piece in current if piece.hi is not None), default=None)
        yield from _crossed(rivals, current, start, end)
        if end is None or end == hi:
            return
        current = [next(walk) if piece.hi == end else piece for walk, piece in zip(walks, current, strict=True)]
        start = end


def _steps(curve: CostCurve, width: Fraction) -> int:
    """Say how many pieces a stretch of a curve may have."""
    return 1 + len(curve.breaks.points) + sum(int(width / ladder.step) for ladder in curve.breaks.ladders)


def _crossed(
    rivals: Sequence[CostCurve], pieces: Sequence[Piece], lo: Fraction, hi: Fraction | None
) -> Iterator[Reign]:
    """Find who is cheapest on a stretch without breaks: the lower envelope of some straight lines."""
    start, lines = lo, [piece.line for piece in pieces]
    while True:
        # just above the start: the least value, then the least slope, then who stands first
        best = min(range(len(lines)), key=lambda index: (lines[index].at(start), lines[index].slope))
        meets = (lines[best].meets(line) for line in lines if line.slope < lines[best].slope)
        ends = [at for at in meets if at is not None and at > start and (hi is None or at < hi)]
        end = min(ends, default=hi)
        yield Reign(start, end, rivals[best].option)
        if end is None or end == hi:
            return
        start = end
