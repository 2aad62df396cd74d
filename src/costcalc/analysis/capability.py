"""Cost against capability: which options no other beats, what a further point costs, and what failures change."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple


class Point(NamedTuple):
    """An option's cost and score.

    Args:
        option: The option.
        usd: What it costs [USD/month].
        score: Its score; higher is better.
    """

    option: str
    usd: Decimal
    score: Decimal


class Step(NamedTuple):
    """From one option of the frontier to the next, dearer and better one.

    Args:
        cheaper: The cheaper option.
        better: The better one.
    """

    cheaper: Point
    better: Point

    @property
    def usd(self) -> Decimal:
        """What the better one costs more [USD/month]."""
        return self.better.usd - self.cheaper.usd

    @property
    def points(self) -> Decimal:
        """By how much it scores more."""
        return self.better.score - self.cheaper.score

    @property
    def usd_per_point(self) -> Decimal:
        """What each further point costs [USD/month per point]."""
        return self.usd / self.points

    @property
    def times(self) -> Decimal | None:
        """The better one's cost as a multiple of the cheaper one's; None where that is free."""
        return self.better.usd / self.cheaper.usd if self.cheaper.usd else None


def beats(point: Point, other: Point) -> bool:
    """Say whether an option costs no more and scores no less than another, and is not equal to it in both.

    Example:
        >>> cheap, dear = Point("a", Decimal(1), Decimal(70)), Point("b", Decimal(2), Decimal(70))
        >>> beats(cheap, dear), beats(dear, cheap), beats(cheap, cheap)
        (True, False, False)
    """
    no_worse = point.usd <= other.usd and point.score >= other.score
    return no_worse and (point.usd, point.score) != (other.usd, other.score)


def frontier(points: Iterable[Point]) -> tuple[Point, ...]:
    """Give the options that no other beats, cheapest first; those that are equal in both stand together.

    Example:
        >>> [point.option for point in frontier([
        ...     Point("dear", Decimal(9), Decimal(80)), Point("cheap", Decimal(1), Decimal(60)),
        ...     Point("beaten", Decimal(9), Decimal(70)), Point("alike", Decimal(1), Decimal(60))])]
        ['alike', 'cheap', 'dear']
    """
    found: list[Point] = []
    # in this order only what comes before can beat an option, and of that the last that stands has the highest score
    for point in sorted(points, key=lambda each: (each.usd, -each.score, each.option)):
        if not found or not beats(found[-1], point):
            found.append(point)
    return tuple(found)


def dominant(point: Point, front: Sequence[Point]) -> Point | None:
    """Give the cheapest option of a frontier that beats an option; None where none does."""
    return next((each for each in front if beats(each, point)), None)


def steps(front: Sequence[Point]) -> tuple[Step, ...]:
    """Give the steps between neighbours of a frontier; of options that are equal in both the first is taken."""
    first = [point for index, point in enumerate(front) if index == 0 or point.score > front[index - 1].score]
    return tuple(Step(cheaper, better) for cheaper, better in pairwise(first))


def cheapest_at_least(points: Iterable[Point], bar: Decimal) -> Point | None:
    """Give the cheapest option with at least a score, of several the best; None where none has it."""
    able = (point for point in points if point.score >= bar)
    return min(able, key=lambda each: (each.usd, -each.score, each.option), default=None)


class Tried(NamedTuple):
    """An option whose requests fail at a rate.

    Args:
        option: The option.
        usd: What it costs, failures not counted [USD/month].
        success: The share of requests that it does right, 0 to 1.
    """

    option: str
    usd: Decimal
    success: Decimal


class Preferred(NamedTuple):
    """Which option is the cheapest with its failures, from a cost of a failure on.

    Args:
        option: The option.
        above: From which cost of a failure on, exclusive unless it is 0 [USD].
    """

    option: str
    above: Fraction


def with_failures(tried: Tried, requests: Fraction, usd_per_failure: Decimal) -> Fraction:
    """What an option costs with the requests that must be done again or by a person [USD/month]."""
    return Fraction(tried.usd) + requests * (1 - Fraction(tried.success)) * Fraction(usd_per_failure)


def flip(cheaper: Tried, better: Tried, requests: Fraction) -> Fraction | None:
    """The cost of a failure at which two options cost the same [USD]; None where they fail alike.

    It is the difference of their costs over the failures that the better one avoids.

    Example:
        >>> flip(Tried("a", Decimal(100), Decimal("0.70")), Tried("b", Decimal(400), Decimal("0.80")), Fraction(1000))
        Fraction(3, 1)
    """
    avoided = requests * (Fraction(better.success) - Fraction(cheaper.success))
    return (Fraction(better.usd) - Fraction(cheaper.usd)) / avoided if avoided else None


def preferred(options: Iterable[Tried], requests: Fraction) -> tuple[Preferred, ...]:
    """Say which option is the cheapest with its failures, for every cost of a failure, exactly.

    Each option's expected cost is a straight line in the cost of a failure, so that the answer changes only where two
    lines cross; options of the frontier in between may be the answer nowhere.
    """
    left = sorted(options, key=lambda each: (each.usd, -each.success, each.option))
    if not left:
        return ()
    now, above = left[0], Fraction(0)
    found = [Preferred(now.option, above)]
    while better := [each for each in left if each.success > now.success]:
        crossings = [(_crossing(now, each, requests), -each.success, each.option, each) for each in better]
        above, _, _, now = min(crossings, key=lambda each: each[:3])
        found.append(Preferred(now.option, above))
    return tuple(found)


def _crossing(now: Tried, better: Tried, requests: Fraction) -> Fraction:
    at = flip(now, better, requests)
    assert at is not None  # one that succeeds more often avoids failures
    return at


def preferred_at(found: Sequence[Preferred], usd_per_failure: Decimal) -> Preferred:
    """Give the preferred option at a cost of a failure; at a crossing, the cheaper of the two."""
    at = Fraction(usd_per_failure)
    return next(each for each in reversed(found) if each.above < at or each.above == 0)
