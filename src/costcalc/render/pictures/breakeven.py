"""The picture of a break-even: every option's exact curve, where the cheapest changes, and the user's own volume."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import islice, pairwise
from typing import NamedTuple

from costcalc.analysis.breakeven import BreakEven, Cheapest
from costcalc.analysis.envelope import Reign
from costcalc.cost.curve import CostCurve, Piece
from costcalc.money import Money
from costcalc.render.charts.pictures import Band, Crossing, Line, Place, Stairs, Stretch
from costcalc.render.numbers import compact
from costcalc.render.scale import Scale
from costcalc.render.traffic import request_of
from costcalc.units import decimal, whole
from costcalc.workload import Workload

MOST_LINES = 6  # in one chart, unless more of them win
MOST_PIECES = 400  # of one line: a further step is lower than a 400th of the line's height
_REACH = 3  # how many times lower and higher than what matters the axis goes on, before its ends are round
_ALONE = 10  # the same around a single volume
_PAIR = 2


class _Range(NamedTuple):
    """The volumes that are shown [requests/month]."""

    lo: Fraction
    hi: Fraction


def stairs(
    curves: Sequence[CostCurve],
    reigns: Sequence[Reign],
    mix: Workload,
    scale: Scale,
    money: Money,
    *,
    bands: Sequence[Band] = (),
) -> Stairs | None:
    """Draw curves over the volumes that matter: every change of the cheapest option, and the user's own volume.

    Corners and crossings are those of the exact curves. Where a line has more than 400 pieces, those beyond are
    replaced by the middle of the two parallel lines between which its steps lie, and `what_counts` says so.

    Args:
        curves: The options' curves; whoever reigns is among them.
        reigns: The cheapest option on each (lo, hi].
        mix: The workload.
        scale: How volumes are counted, and the user's own.
        money: In which currency amounts are shown.
        bands: P10–P90 of lines that have one, in the unit of the axis and in that currency.
    """
    shown = _range(reigns, scale)
    if not curves or shown is None:
        return None
    drawn = [(_line(curve, shown, scale, money)) for curve in curves]
    too_fine = [f"{line.name} above {_volume(scale, at)}" for line, at in drawn if at is not None]
    what_counts = _what_counts(mix, scale)
    if too_fine:
        what_counts += f"; steps too fine to draw, their middle is drawn instead: {', '.join(too_fine)}"
    return Stairs(
        title=_title(reigns, [curve.option for curve in curves], scale),
        lines=_in_order([line for line, _ in drawn if line.stretches], reigns, scale),
        crossings=tuple(_crossings(curves, reigns, scale, money)),
        lo=float(scale.units(shown.lo)),
        hi=float(scale.units(shown.hi)),
        unit=scale.unit.replace("_", " "),
        what_counts=what_counts,
        currency=money.code,
        you=_place(scale, shown),
        bands=tuple(bands),
        per=float(scale.shown),
    )


def to_draw(found: BreakEven | Cheapest, scale: Scale) -> tuple[CostCurve, ...]:
    """Choose the curves of a chart: whoever reigns anywhere, and the cheapest others at the user's volume."""
    if isinstance(found, BreakEven):
        return found.curves
    winners = {reign.option for reign in found.reigns}
    shown = _range(found.reigns, scale)
    if shown is None:
        return ()
    at = _home(scale) or shown.hi
    able = [curve for curve in found.curves if curve.breaks.end is None or curve.breaks.end >= at]
    others = sorted((curve for curve in able if curve.option not in winners), key=lambda curve: curve.at(at))
    chosen = {curve.option for curve in others[: max(0, MOST_LINES - len(winners))]} | winners
    return tuple(curve for curve in found.curves if curve.option in chosen)


def _home(scale: Scale) -> Fraction | None:
    """Give the user's central volume [requests/month]; None for none or 0."""
    return (scale.requests(scale.volume.value) or None) if scale.volume is not None else None


def _range(reigns: Sequence[Reign], scale: Scale) -> _Range | None:
    """Find a range with room on both sides of what matters; never beyond the largest volume that was looked at."""
    if not reigns:
        return None
    limit = reigns[-1].hi
    matter = [reign.lo for reign in reigns[1:]]
    matter += [at for at in scale.volumes if at > 0 and (limit is None or at <= limit)]
    if limit is not None:
        matter.append(limit)
    matter = matter or [scale.requests(Fraction(10**8))]
    reach = _REACH if min(matter) < max(matter) else _ALONE
    ends = _round_down(scale.units(min(matter)) / reach), _round_up(scale.units(max(matter)) * reach)
    lo, hi = map(scale.requests, ends)
    return _Range(lo, hi if limit is None else min(hi, limit))


def _round_down(volume: Fraction) -> Fraction:
    """Round to 1, 2 or 5 times a power of ten.

    Example:
        >>> _round_down(Fraction(923)), _round_up(Fraction(923)), _round_down(Fraction(1, 3))
        (Fraction(500, 1), Fraction(1000, 1), Fraction(1, 5))
    """
    return max(at for at in _marks(volume) if at <= volume)


def _round_up(volume: Fraction) -> Fraction:
    return min(at for at in _marks(volume) if at >= volume)


def _marks(volume: Fraction) -> list[Fraction]:
    decade = Fraction(10) ** decimal(volume).adjusted()
    return [decade * step for step in (1, 2, 5, 10)]


def _line(curve: CostCurve, shown: _Range, scale: Scale, money: Money) -> tuple[Line, Fraction | None]:
    """Take a curve's pieces within a range, and say from where on only the middle of its steps is drawn."""
    end = curve.breaks.end
    if end is not None and end <= shown.lo:
        return Line(curve.option, ()), None
    hi = shown.hi if end is None else min(shown.hi, end)
    pieces = list(islice(curve.pieces(shown.lo, hi), MOST_PIECES))
    begins = pieces[-1].hi
    if begins is None or begins >= hi:
        begins = None
    else:
        pieces.append(_middle(curve, begins, hi))
    stretches = tuple(_stretch(piece, hi, scale, money) for piece in pieces)
    return Line(curve.option, stretches, is_cut=end is not None and end < shown.hi), begins


def _middle(curve: CostCurve, lo: Fraction, hi: Fraction) -> Piece:
    lower, upper = curve.band
    return Piece(lo, hi, lower._replace(fixed=(lower.fixed + upper.fixed) / 2))


def _stretch(piece: Piece, end: Fraction, scale: Scale, money: Money) -> Stretch:
    """Turn a piece into figures of the axes; each is rounded once, from the exact one."""
    lo, hi = (float(scale.units(at)) for at in (piece.lo, piece.hi if piece.hi is not None else end))
    fixed, slope = piece.line
    return Stretch(lo, hi, _amount(fixed, money), _amount(slope / scale.per_request, money))


def _amount(usd: Fraction, money: Money) -> float:
    return float(usd * Fraction(money.per_usd))


def _in_order(lines: Sequence[Line], reigns: Sequence[Reign], scale: Scale) -> tuple[Line, ...]:
    """Order lines by cost at the user's volume, else where the last reign begins; those that end before come last."""
    at = float(scale.units(_home(scale) or reigns[-1].lo))

    def cost(line: Line) -> tuple[bool, float]:
        here = line.at(at)
        return here is None, here if here is not None else line.stretches[-1].at(line.stretches[-1].hi)

    return tuple(sorted(lines, key=cost))


def _crossings(curves: Sequence[CostCurve], reigns: Sequence[Reign], scale: Scale, money: Money) -> Iterator[Crossing]:
    """Mark each change; where the next option costs something else there, it is a jump at a riser."""
    by_name = {curve.option: curve for curve in curves}
    for before, after in pairwise(reigns):
        if before.option is None or after.option is None:  # beyond it nobody serves: a line ends, none crosses
            continue
        cost, other = (by_name[option].at(after.lo) for option in (before.option, after.option))
        yield Crossing(float(scale.units(after.lo)), _amount(cost, money), after.option, cost != other)


def _place(scale: Scale, shown: _Range) -> Place | None:
    """Give the user's own volume; None for none, for 0, or beyond the largest volume that was looked at."""
    home = _home(scale)
    if scale.volume is None or home is None or home > shown.hi:
        return None
    return Place(*map(float, scale.volume))


def _what_counts(mix: Workload, scale: Scale) -> str:
    requests = request_of(mix)
    return f"a token is one of output, in {requests}" if scale.unit == "output_tokens" else requests


def _volume(scale: Scale, requests: Fraction) -> str:
    return compact(decimal(whole(scale.units(requests))))


def _title(reigns: Sequence[Reign], options: Sequence[str], scale: Scale) -> str:
    """Say who is the cheapest from where on."""
    unit = f"{scale.unit.replace('_', ' ')} a month"
    last = reigns[-1]
    if len(reigns) == 1:
        return f"{last.option or 'No option'} is the cheapest at every volume{_up_to(last, unit, scale)}"
    since = f"{_volume(scale, last.lo)} {unit}"
    if last.option is None:
        return f"{reigns[-2].option} is the cheapest up to {since}; above that no option serves so much"
    beaten = [option for option in options if option != last.option]
    what = f"cheaper than {beaten[0]}" if len(options) == _PAIR else "the cheapest"
    if len(reigns) == _PAIR:
        return f"{last.option} is {what} above {since}{_up_to(last, unit, scale)}"
    if len(options) == _PAIR and last.hi is None:
        first = next(reign.lo for reign in reigns if reign.option == last.option)
        begins = f"above {_volume(scale, first)} {unit}" if first else "from the first token on"
        return f"{last.option} is {what} {begins}, for good above {_volume(scale, last.lo)}"
    changes = f"The cheapest option changes {len(reigns) - 1} times"
    return f"{changes}: {last.option} above {since}{_up_to(last, unit, scale)}"


def _up_to(last: Reign, unit: str, scale: Scale) -> str:
    return f", up to {_volume(scale, last.hi)} {unit}" if last.hi is not None else ""
