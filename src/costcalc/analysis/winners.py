"""Who is cheapest by volume and by how busy GPUs can be kept: one exact row for each peak."""

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from costcalc.analysis.breakeven import cheapest
from costcalc.analysis.envelope import Reign
from costcalc.case.case import Case
from costcalc.catalog.catalog import Catalog
from costcalc.units import decimal

USES = tuple(Fraction(percent, 100) for percent in (5, 10, 15, 20, 25, 30, 40, 50, 60, 80))


class Busy(NamedTuple):
    """A row: how busy a full fleet is on average, the peak that this means, and who is cheapest at which volume.

    Args:
        use: Mean use of the GPUs of a full fleet, 0 to 1.
        peak: The busiest hour's traffic over the mean.
        reigns: Who is cheapest on each (lo, hi] [requests/month].
    """

    use: Fraction
    peak: Fraction
    reigns: tuple[Reign, ...]


def use_at(peak: Fraction, catalog: Catalog) -> Fraction:
    """How busy GPUs are on average once a fleet is full: 1 ÷ (peak-to-mean × headroom), 0 to 1.

    A fleet is bought for its busiest hour and for the headroom above that, so the mean keeps no more of it busy. An
    option with a headroom of its own differs from the assumption; spares are not counted.
    """
    return 1 / (peak * Fraction(catalog.assumption("headroom").value))


def winners(
    case: Case, options: Sequence[str], *, up_to: Fraction, uses: Sequence[Fraction] = USES
) -> tuple[Busy, ...]:
    """Find the cheapest option for every volume, at each of several uses of GPUs.

    Args:
        case: The mix, the catalog and the day.
        options: The options.
        up_to: The largest volume that matters [requests/month].
        uses: How busy a full fleet is; those that no peak gives (a peak is at least the mean) are left out.

    Raises:
        UndecidableError: Two options cross without end below the largest volume.
    """
    full = use_at(Fraction(1), case.catalog)
    kept = sorted({use for use in uses if use < full} | {min(full, Fraction(1))})
    return tuple(_row(case, options, use, full / use, up_to) for use in kept)


def _row(case: Case, options: Sequence[str], use: Fraction, peak: Fraction, up_to: Fraction) -> Busy:
    return Busy(use, peak, cheapest(options, case.with_peak(decimal(peak)), up_to=up_to).reigns)
