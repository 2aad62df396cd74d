"""Hours of the week, in which some prices differ, and how a load spreads over them. All times are UTC."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from typing import Literal, NamedTuple, Self, get_args

from costcalc.units import Count, Number, exact, whole

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = get_args(Weekday)

WINDOW_PATTERN = r"^([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)$"

_DAY = 24 * 60
WEEK = 7 * _DAY  # [minutes]


class Window(NamedTuple):
    """A span of the UTC day [minutes]: start included, end excluded; it may wrap past midnight."""

    start: int
    end: int

    def __str__(self) -> str:
        """Write it as it is written in a price list."""
        return "-".join(f"{minute // 60:02}:{minute % 60:02}" for minute in self)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``"16:30-00:30"``.

        Raises:
            ValueError: It is not two times of day.

        Example:
            >>> Window.parse("16:30-00:30")
            Window(start=990, end=30)
        """
        if re.fullmatch(WINDOW_PATTERN, text) is None:
            raise ValueError(f"expected two UTC times such as \"01:00-04:00\", found '{text}'")
        start, end = (int(time[:2]) * 60 + int(time[3:]) for time in text.split("-"))
        return cls(start, end % _DAY)

    def holds(self, minute_of_day: int) -> bool:
        """Say whether a minute lies inside; ``00:00-00:00`` is the whole day."""
        if self.start < self.end:
            return self.start <= minute_of_day < self.end
        return minute_of_day >= self.start or minute_of_day < self.end


class Hours(NamedTuple):
    """Hours of the week: on these weekdays and, where given, inside one of these windows."""

    weekdays: tuple[Weekday, ...] | None
    windows: tuple[Window, ...] | None

    def holds(self, minute_of_week: int) -> bool:
        """Say whether a minute (0 is Monday 00:00 UTC) lies inside; the weekday is the minute's own."""
        day, minute = divmod(minute_of_week, _DAY)
        if self.weekdays is not None and WEEKDAYS[day] not in self.weekdays:
            return False
        return self.windows is None or any(window.holds(minute) for window in self.windows)

    def within(self, other: "Hours") -> bool:
        """Say whether every minute of these hours is one of the other's too."""
        edges = {*self.edges(), *other.edges()}
        return all(other.holds(edge % WEEK) for edge in edges if self.holds(edge % WEEK))

    def edges(self) -> Iterable[int]:
        """Give every minute of the week at which `holds` may change."""
        for day in range(7):
            yield day * _DAY
            for window in self.windows or ():
                yield day * _DAY + window.start
                yield day * _DAY + window.end


@dataclass(frozen=True, eq=False, slots=True)
class Load:
    """When requests come, as shares over one week.

    Args:
        segments: (first minute, minute after the last, share of requests); the shares sum to 1.
        label: How it is called in notes.
    """

    segments: tuple[tuple[int, int, Count], ...]
    label: str

    @classmethod
    def at(cls, moment: datetime) -> Self:
        """All requests at one moment, to price one call as it was billed.

        Raises:
            ValueError: The moment has no time zone.
        """
        if moment.tzinfo is None:
            raise ValueError(f"expected a moment with a time zone, found {moment.isoformat()}")
        utc = moment.astimezone(UTC)
        minute = utc.weekday() * _DAY + utc.hour * 60 + utc.minute
        return cls(((minute, minute + 1, 1),), f"all at {utc:%Y-%m-%d %H:%M} UTC")

    @classmethod
    def weighted(cls, weights: Iterable[tuple[Hours, Number]]) -> Self:
        """Relative request rates by hours of the week; hours not named weigh 1, later ones win.

        Raises:
            ValueError: No request would ever come.

        Example:
            Three times the load in office hours, 50 of 168 hours: 150 of 268 requests.

            >>> office = Hours(("mon", "tue", "wed", "thu", "fri"), (Window.parse("08:00-18:00"),))
            >>> busy = Load.weighted([(office, 3)])
            >>> dict(busy.shares((office,)))[(True,)]
            Fraction(75, 134)
        """
        rules = [(hours, exact(weight)) for hours, weight in weights]

        def weight_at(minute: int) -> Count:
            return next((weight for hours, weight in reversed(rules) if hours.holds(minute)), 1)

        edges = sorted({0, WEEK, *(edge for hours, _ in rules for edge in hours.edges())})
        spans = [(start, end, weight_at(start) * (end - start)) for start, end in pairwise(edges)]
        total = sum((weight for _, _, weight in spans), start=Fraction(0))
        if total == 0:
            raise ValueError("every hour of the load profile weighs 0: no request would ever come")
        return cls(
            tuple((start, end, Fraction(weight) / total) for start, end, weight in spans), "as the workload states"
        )

    @classmethod
    def mixed(cls, loads: Iterable[tuple["Load", Count]]) -> "Load":
        """The load of several streams of requests together, each with its share of them.

        Example:
            >>> Load.mixed([(UNIFORM, Fraction(1, 2)), (UNIFORM, Fraction(1, 2))]) is UNIFORM
            True
        """
        parts = [(load, Fraction(share)) for load, share in loads]
        first = parts[0][0]
        if all(load is first for load, _ in parts):
            return first
        edges = sorted({edge for load, _ in parts for start, end, _ in load.segments for edge in (start, end)})
        spans = [
            (start, end, sum((load.share_between(start, end) * share for load, share in parts), start=Fraction(0)))
            for start, end in pairwise(edges)
        ]
        return cls(tuple(spans), "as the workloads state")

    def share_between(self, start: int, end: int) -> Fraction:
        """Share of the requests between two minutes of the week, within which the rate does not change."""
        return sum(
            (
                Fraction(share) * (end - start) / (last - first)
                for first, last, share in self.segments
                if first <= start and end <= last
            ),
            start=Fraction(0),
        )

    @property
    def peak_to_mean(self) -> Count:
        """The rate of requests in the busiest hours over the mean rate.

        Example:
            >>> UNIFORM.peak_to_mean
            1
        """
        return whole(max(Fraction(share) * WEEK / (end - start) for start, end, share in self.segments))

    def shares(self, rules: tuple[Hours, ...]) -> tuple[tuple[tuple[bool, ...], Count], ...]:
        """Split the requests by which of the given hours hold: ((holds, …), share) with shares above 0."""
        return _shares(self, rules)


@lru_cache(maxsize=1024)
def _shares(load: Load, rules: tuple[Hours, ...]) -> tuple[tuple[tuple[bool, ...], Count], ...]:
    if not rules:
        return (((), 1),)
    edges = {0, WEEK, *(edge for hours in rules for edge in hours.edges())}
    edges |= {edge for start, end, _ in load.segments for edge in (start, end)}
    bounds = sorted(edges)
    found: dict[tuple[bool, ...], Fraction] = {}
    for start, end in pairwise(bounds):
        held = tuple(hours.holds(start) for hours in rules)
        for first, last, share in load.segments:
            if first <= start and end <= last and share:
                found[held] = found.get(held, Fraction(0)) + Fraction(share) * (end - start) / (last - first)
    return tuple((held, whole(share)) for held, share in sorted(found.items()))


UNIFORM = Load(((0, WEEK, 1),), "evenly over the week")
