"""The winner map: who is cheapest by volume and by how busy GPUs can be kept."""

from collections.abc import Sequence
from fractions import Fraction

from costcalc.analysis.winners import Busy
from costcalc.render.charts.pictures import Place, Reign, Row, WinnerMap
from costcalc.render.scale import Scale


def winner_map(
    rows: Sequence[Busy], scale: Scale, builds: Sequence[str], *, use: Fraction, up_to: Fraction
) -> WinnerMap:
    """Draw exact rows.

    Args:
        rows: The rows, from the least busy to the busiest.
        scale: How volumes are shown.
        builds: The options to build, which the title is about.
        use: How busy a full fleet is at the workload's own peak, 0 to 1.
        up_to: Where the horizontal axis ends [requests/month].
    """
    hi = scale.units(up_to)
    lo = hi / 10**4
    drawn = tuple(Row(float(row.use), _reigns(row, scale, lo, hi)) for row in rows)
    volume = Place(*map(float, scale.volume)) if scale.volume is not None else None
    unit = "output tokens" if scale.unit == "output_tokens" else "requests"
    you = (volume, float(use)) if volume is not None else None
    return WinnerMap(_finding(rows, builds), drawn, float(lo), float(hi), unit, you)


def _reigns(row: Busy, scale: Scale, lo: Fraction, hi: Fraction) -> tuple[Reign, ...]:
    found = []
    for reign in row.reigns:
        start = max(lo, scale.units(reign.lo))
        end = min(hi, scale.units(reign.hi)) if reign.hi is not None else hi
        if start < end:
            found.append(Reign(float(start), float(end), reign.option))
    return tuple(found)


def _finding(rows: Sequence[Busy], builds: Sequence[str]) -> str:
    """Say how busy GPUs must be for an option to build to be the cheapest anywhere on the map."""
    wins = next((row for row in rows if any(reign.option in builds for reign in row.reigns)), None)
    if not builds:
        return "No option to build is among these"
    if wins is None:
        return "No option to build is the cheapest anywhere here, however busy its GPUs are"
    if wins is rows[0]:
        return f"Own GPUs can be the cheapest even when they are busy {float(wins.use * 100):g} % of the time"
    return f"Own GPUs are never the cheapest here unless they are busy {float(wins.use * 100):g} % of the time or more"
