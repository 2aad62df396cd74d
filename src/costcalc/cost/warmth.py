"""A replica that scales to zero: for how much of the time it is up, by how often somebody asks."""

from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache
from math import ceil, exp, log
from typing import NamedTuple

from costcalc.units import Count

# Points of the curve, as a share of the rate at which requests would follow each other without a pause: 1 / 1000, and a
# quarter more each time. Between two of them the curve bends by less than 0.5 % from a line.
_FIRST, _RATIO = 0.001, 1.25
_DIGITS = 10**6  # points are rational numbers of six decimals
_EXACT = 10**12  # physics ends here, in a rational number of twelve decimals


@lru_cache(maxsize=256)
def _share_at(number: int) -> Fraction:
    return Fraction(round(_FIRST * _RATIO**number * _DIGITS), _DIGITS) if number >= 0 else Fraction(0)


class Warmth(NamedTuple):
    """How long one replica is up for a request, and for how much of a month.

    A request finds the replica up, or starts it. It takes ``alone_s``; then the replica waits for the next one and goes
    after ``warm_s``. Starts and waits are paid. Requests come at random and one after the other, as in a queue M/G/1
    with setup and delayed off: of each pause a share exp(−λ × warm) is long enough to switch it off, so it is up

        1 − (1 − λ × alone) × exp(−λ × warm) ÷ (1 + λ × cold × exp(−λ × warm))

    of the time, λ being requests a second; all of it from λ = 1 ÷ alone on.

    Leaves out bursts: the same requests in fewer hours need it less, so the figure is rather high.

    Args:
        alone_s: What one request takes by itself [s].
        cold_s: What a start takes [s].
        warm_s: How long it stays after its last request [s].
        month_s: Seconds of the month in which somebody may ask [s].

    Source:
        Renewal reward over pauses, starts and busy periods; Gandhi, Harchol-Balter and Adan, "Server farms with setup
        costs", Performance Evaluation 67 (2010), 1123-1138.

    Example:
        30,000 requests of 2 s that start nothing and keep nothing warm take 60,000 s of 2,628,000 s:

        >>> bare = Warmth(Fraction(2), Fraction(0), Fraction(0), Fraction(2_628_000))
        >>> bare.up(30_000) * bare.month_s
        Fraction(60000, 1)
    """

    alone_s: Fraction
    cold_s: Fraction
    warm_s: Fraction
    month_s: Fraction

    @property
    def full(self) -> Fraction:
        """Requests of a month that follow each other without a pause: from there on it is always up."""
        return self.month_s / self.alone_s

    def up(self, requests: Count) -> Fraction:
        """Give the share of the month in which it is up, 0 to 1; between two points of the curve, a line."""
        if not requests or requests >= self.full:
            return Fraction(int(bool(requests)))
        lo, hi = self._around(requests)
        low, high = self._exactly(lo), self._exactly(hi)
        return low + (high - low) * (requests - lo) / (hi - lo)

    def points(self) -> Iterator[Fraction]:
        """Walk the volumes at which the curve bends, the last of which is where it is always up [requests/month]."""
        number = 0
        while (at := self._point(number)) < self.full:
            yield at
            number += 1
        yield self.full

    @property
    def longest_s(self) -> Fraction:
        """For how long a request keeps it up that comes alone [s]."""
        return self.alone_s + self.cold_s + self.warm_s

    def _point(self, number: int) -> Fraction:
        """Give one of the points; number -1 is no volume, and none is above the last."""
        return min(self.full, _share_at(number) * self.month_s / self.longest_s)

    def _around(self, requests: Count) -> tuple[Fraction, Fraction]:
        """Give the points on either side of a volume below the last."""
        share = float(requests * self.longest_s / self.month_s)
        number = max(-1, ceil(log(share / _FIRST) / log(_RATIO)) - 2)  # a float, and rounded points: one too low or two
        while self._point(number + 1) < requests:
            number += 1
        return self._point(number), self._point(number + 1)

    def _exactly(self, requests: Fraction) -> Fraction:
        """Give the share at one point of the curve; it rises from 0 to 1."""
        if requests >= self.full:
            return Fraction(1)
        if not self.cold_s and not self.warm_s:
            return requests / self.full  # a line
        rate = float(requests / self.month_s)
        off = exp(-rate * float(self.warm_s))
        idle = (1 - rate * float(self.alone_s)) * off / (1 + rate * float(self.cold_s) * off)
        return 1 - Fraction(round(idle * _EXACT), _EXACT)
