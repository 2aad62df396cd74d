"""The load of a log, window by window: in requests, and in the time of one replica."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from functools import cache
from math import ceil, exp, log
from typing import NamedTuple

from costcalc.errors import UndecidableError
from costcalc.usage.groups import COUNTED, Group, Usage
from costcalc.workload import OUTPUT_METERS

MICRO = 10**6  # physics ends in whole microseconds of one replica, so that all that follows is exact
MOST_WINDOWS = 10**6  # 19 years of ten minutes
_YEAR_S = 31_536_000
_STEP = log(1.02)  # sizes within 1 % of each other ask the throughput model once


class Size(NamedTuple):
    """The mean request of some [tokens].

    Args:
        fresh: What is computed of the prompt.
        cached: What a prefix cache provides of it.
        output: What is generated.
    """

    fresh: Fraction
    cached: Fraction
    output: Fraction


Speed = Callable[[Size], float]  # output tokens a second of one replica that serves such requests


class LoadCurve(NamedTuple):
    """How much of one replica's time each window takes at full speed.

    Args:
        window_s: How long a window is [s].
        busy_us: That time, window by window, without a gap; 0 where nothing was asked [µs of one replica].
    """

    window_s: int
    busy_us: tuple[int, ...]

    @property
    def window_us(self) -> int:
        """How long a window is [µs]."""
        return self.window_s * MICRO

    @property
    def mean(self) -> Fraction:
        """The mean load over all windows [replicas]."""
        return Fraction(sum(self.busy_us), self.window_us * len(self.busy_us))

    def at_mean(self, replicas: Fraction) -> "LoadCurve":
        """Give the curve in its shape, at another mean load [replicas]."""
        times = replicas / self.mean
        return self._replace(busy_us=tuple(round(busy * times) for busy in self.busy_us))

    def at_rank(self, share: Fraction) -> Fraction:
        """Give the load that a share of the windows does not exceed: the nearest rank [replicas].

        Example:
            Of 20 windows the 19th by size, 95 % of them:

            >>> LoadCurve(1, tuple(range(0, 20_000_000, 1_000_000))).at_rank(Fraction(95, 100))
            Fraction(18, 1)
        """
        rank = max(1, ceil(share * len(self.busy_us)))
        return Fraction(sorted(self.busy_us)[rank - 1], self.window_us)


def peak_to_mean(usage: Usage) -> Fraction | None:
    """The busiest window's rate of requests over the mean rate; None where the log has sums and not single requests.

    It counts requests, as a workload's peak does and as published ratios do: a longer prompt is another shape. The
    mean is over every window from the first request to the last, those without requests among them: over the busy
    ones alone it would hide that a fleet stands idle.
    """
    if usage.is_pooled:
        return None
    asked = usage.load or ((group.start_s, group.requests) for group in usage.groups)
    windows = _windows(usage, asked)
    total = sum(windows)
    return Fraction(max(windows) * len(windows), total) if total else Fraction(1)


def load_curve(usage: Usage, speed: Speed) -> LoadCurve:
    """Say how much of a replica's time each window takes.

    A window's requests of one class of prompts take their output ÷ the throughput at their mean size; the classes
    add up, as the shapes of a workload do. The time outside the log's span does not count. The first and the last
    window are taken as whole ones, so that an edge never makes a peak.

    Args:
        usage: What was counted.
        speed: What one replica generates [output tokens/s] when it serves requests of a shape.

    Raises:
        UndecidableError: The log has sums over several requests, spans too long a time, or holds a request that a
            replica cannot serve.
    """
    if usage.is_pooled:
        raise UndecidableError("the log has sums over hours or days: a fleet is sized from single requests")
    remembered = cache(speed)

    def busy(group: Group) -> int:
        return round(generated(group) * MICRO / remembered(typical(group)))

    return LoadCurve(usage.bucket_s, _windows(usage, ((group.start_s, busy(group)) for group in _alike(usage.groups))))


def _windows(usage: Usage, amounts: Iterable[tuple[int, int]]) -> tuple[int, ...]:
    """Add up amounts by window, from the one of the first request to that of the last."""
    placed = [(start // usage.bucket_s, amount) for start, amount in amounts]
    first = min([usage.first_s // usage.bucket_s, *(at for at, _ in placed)])
    last = max([usage.last_s // usage.bucket_s, *(at for at, _ in placed)])
    if last - first >= MOST_WINDOWS:
        years = (last - first) * usage.bucket_s / _YEAR_S
        raise UndecidableError(f"the log spans {years:,.0f} years: the time of its first or last request is wrong")
    windows = [0] * (last - first + 1)
    for at, amount in placed:
        windows[at - first] += amount
    return tuple(windows)


def _alike(groups: Iterable[Group]) -> Iterator[Group]:
    """Add up the requests of one window and one class, whatever model the log names and whoever asked."""
    classes: dict[tuple[int, int], list[Group]] = defaultdict(list)
    for group in groups:
        if group.requests:
            classes[group.start_s, group.above].append(group)
    for alike in classes.values():
        counts = {meter: sum(group.counts.get(meter, 0) for group in alike) for meter in COUNTED}
        yield alike[0]._replace(requests=sum(group.requests for group in alike), counts=counts)


def typical(group: Group) -> Size:
    """Give the mean request of a group, its sizes within 1 %, so that like windows are one question."""
    cached = sum(amount for meter, amount in group.counts.items() if meter.startswith("cache_read"))
    return Size(*(_near(amount, group.requests) for amount in (group.prompt_tokens - cached, cached, generated(group))))


def generated(group: Group) -> int:
    """What is generated; a request that generates nothing has its first token computed, like any other."""
    return max(sum(amount for meter, amount in group.counts.items() if meter in OUTPUT_METERS), group.requests)


def _near(amount: int, requests: int) -> Fraction:
    if not amount:
        return Fraction(0)
    step = round(log(amount / requests) / _STEP)
    return Fraction(exp(step * _STEP)).limit_denominator(1000)
