"""The frontier of cost and score: against brute force, its steps, and what failures make of it."""

from __future__ import annotations

import random
from decimal import Decimal
from fractions import Fraction

import pytest

from costcalc.analysis.capability import (
    Point,
    Preferred,
    Tried,
    beats,
    cheapest_at_least,
    dominant,
    flip,
    frontier,
    preferred,
    preferred_at,
    steps,
    with_failures,
)


def point(option: str, usd: str, score: str) -> Point:
    return Point(option, Decimal(usd), Decimal(score))


A, B, C, D = point("a", "1", "60"), point("b", "10", "75"), point("c", "100", "80"), point("d", "200", "80")


def test_the_frontier_equals_brute_force() -> None:
    """A thousand sets of up to 12 options, with costs and scores that tie, and options without a score."""
    for seed in range(1_000):
        draw = random.Random(seed)  # noqa: S311  # a test's draws
        drawn = [
            (f"option-{number}", Decimal(draw.randint(0, 6)), draw.choice([None, *range(5)]))
            for number in range(draw.randint(0, 12))
        ]
        points = [Point(option, usd, Decimal(score)) for option, usd, score in drawn if score is not None]
        expected = {
            one.option
            for one in points
            if not any(
                other.usd <= one.usd and other.score >= one.score and (other.usd < one.usd or other.score > one.score)
                for other in points
            )
        }
        found = frontier(points)
        assert {one.option for one in found} == expected, seed
        assert len(found) == len(expected)
        for one in points:
            assert (dominant(one, found) is None) == (one.option in expected), seed


def test_equal_options_stand_together_and_none_beats_the_other() -> None:
    twin = point("twin", "10", "75")
    assert frontier([twin, B, D, A]) == (A, B, twin, D)
    assert not beats(B, twin)
    assert [(step.cheaper.option, step.better.option) for step in steps(frontier([twin, B, A]))] == [("a", "b")]


def test_the_cheapest_that_beats_an_option_is_named() -> None:
    assert dominant(point("e", "150", "60"), frontier([A, B, C])) == A
    assert dominant(D, frontier([A, B, C])) == C
    assert dominant(B, frontier([A, B, C])) is None


def test_a_step_has_the_price_of_a_point() -> None:
    first, second = steps(frontier([A, B, C]))
    assert (first.usd, first.points, first.usd_per_point) == (Decimal(9), Decimal(15), Decimal("0.6"))  # $9 / 15 points
    assert (second.usd_per_point, second.times) == (Decimal(18), Decimal(10))  # $90 / 5 points; $100 / $10
    free = steps(frontier([point("free", "0", "10"), A]))
    assert free[0].times is None
    assert steps(()) == ()


@pytest.mark.parametrize(
    ("bar", "option"),
    [("0", "a"), ("60", "a"), ("60.1", "b"), ("75", "b"), ("80", "c"), ("80.1", None)],
)
def test_the_cheapest_at_least(bar: str, option: str | None) -> None:
    found = cheapest_at_least([D, C, B, A], Decimal(bar))
    assert (found.option if found is not None else None) == option


REQUESTS = Fraction(1_000)
TINY, SMALL, LARGE = (
    Tried("tiny", Decimal(1), Decimal("0.60")),
    Tried("small", Decimal(10), Decimal("0.75")),
    Tried("large", Decimal(100), Decimal("0.80")),
)


def test_a_month_with_failures_adds_what_they_cost() -> None:
    assert with_failures(TINY, REQUESTS, Decimal("0.05")) == 21  # $1 + 1,000 × 40 % × $0.05


def test_the_answer_flips_where_two_cost_the_same() -> None:
    at = flip(TINY, SMALL, REQUESTS)
    assert at == Fraction(9, 150)  # ($10 − $1) / (1,000 × 15 %) = $0.06
    assert at is not None
    usd = Decimal(at.numerator) / at.denominator
    assert with_failures(TINY, REQUESTS, usd) == with_failures(SMALL, REQUESTS, usd)
    assert flip(TINY, Tried("alike", Decimal(5), Decimal("0.60")), REQUESTS) is None


def test_reigns_follow_the_cost_of_a_failure() -> None:
    found = preferred([LARGE, TINY, SMALL], REQUESTS)
    # $0.06 as above; ($100 − $10) / (1,000 × 5 %) = $1.80
    assert found == (
        Preferred("tiny", Fraction(0)),
        Preferred("small", Fraction(6, 100)),
        Preferred("large", Fraction(180, 100)),
    )
    answers = [preferred_at(found, Decimal(usd)).option for usd in ("0", "0.06", "0.0601", "1.80", "1.81", "1e9")]
    assert answers == ["tiny", "tiny", "small", "small", "large", "large"]
    assert preferred([], REQUESTS) == ()


def test_an_option_between_two_may_be_the_answer_nowhere() -> None:
    """From $1 at 60 % to $100 at 80 % a failure avoided costs $0.495; $90 at 65 % is above that line."""
    dull = Tried("dull", Decimal(90), Decimal("0.65"))
    found = preferred([TINY, dull, LARGE], REQUESTS)
    assert [(one.option, one.above) for one in found] == [("tiny", 0), ("large", Fraction(99, 200))]


def test_reigns_equal_brute_force() -> None:
    for seed in range(300):
        draw = random.Random(seed)  # noqa: S311  # a test's draws
        tried = [
            Tried(f"option-{number}", Decimal(draw.randint(1, 9)), Decimal(draw.randint(0, 10)) / 10)
            for number in range(draw.randint(1, 8))
        ]
        found = preferred(tried, REQUESTS)
        assert [one.above for one in found] == sorted({one.above for one in found})
        for cents in range(0, 200, 7):
            usd = Decimal(cents) / 10_000
            least = min(with_failures(each, REQUESTS, usd) for each in tried)
            answer = preferred_at(found, usd).option
            assert with_failures(next(each for each in tried if each.option == answer), REQUESTS, usd) == least, seed
