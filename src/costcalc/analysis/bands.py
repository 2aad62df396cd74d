"""How sure a cost is at every volume: P10 and P90 over draws of everything that is uncertain but the volume."""

from collections.abc import Sequence
from fractions import Fraction
from math import ceil, isfinite
from typing import NamedTuple

from costcalc.analysis.montecarlo import QUANTILES
from costcalc.analysis.sample import Sample
from costcalc.case.case import Case

DRAWS = 100  # a picture: the rank of P10 is known to ±3 of 100


class Likely(NamedTuple):
    """What an option costs at a volume in nine draws of ten, on either side.

    Args:
        volume: Output tokens a month, or requests of a mix that generates none.
        low: P10 [USD/month].
        high: P90 [USD/month].
    """

    volume: Fraction
    low: float
    high: float


def bands(
    case: Case, options: Sequence[str], volumes: Sequence[Fraction], *, draws: int = DRAWS, seed: int = 0
) -> dict[str, tuple[Likely, ...]]:
    """Draw every input but the volume, and give each option's P10 and P90 at some volumes.

    Options and volumes see the same draws. An option that rests on nothing uncertain has no band and is left out, as
    is one whose P10 and P90 are the same everywhere. A band ends where the option cannot serve in a tenth of the draws:
    a fleet of a fixed size costs nothing beyond its limit, it is not there.

    Args:
        case: The workload with its ranges, the catalog and the day.
        options: The options.
        volumes: Where to look [output tokens or requests a month].
        draws: How many draws.
        seed: Where the streams of random numbers begin.
    """
    uncertain = [option for option in options if any(one.path != case.volume for one in case.inputs([option]))]
    if not uncertain:
        return {}
    columns = Sample(case, draws, seed).costs_by_volume(uncertain, volumes)
    found = {
        option: tuple(
            likely
            for volume, costs in zip(volumes, columns[option], strict=True)
            if isfinite((likely := _likely(volume, costs)).high)
        )
        for option in uncertain
    }
    return {option: band for option, band in found.items() if any(each.low < each.high for each in band)}


def _likely(volume: Fraction, costs: Sequence[float]) -> Likely:
    ranked = sorted(costs)
    low, high = (ranked[ceil(len(ranked) * share) - 1] for share in (QUANTILES[0], QUANTILES[-1]))
    return Likely(volume, low, high)
