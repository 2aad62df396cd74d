from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costcalc.week import UNIFORM, WEEK, WEEKDAYS, Hours, Load, Window

PEAK = Hours(("mon", "tue", "wed", "thu", "fri"), (Window.parse("01:00-04:00"), Window.parse("06:00-10:00")))
NIGHT = Hours(None, (Window.parse("16:30-00:30"),))
WEEKEND = Hours(("sat", "sun"), None)


def test_a_uniform_load_meets_the_peak_in_35_of_168_hours() -> None:
    # 5 days × (3 h + 4 h) = 35 h
    assert dict(UNIFORM.shares((PEAK,))) == {(True,): Fraction(35, 168), (False,): Fraction(133, 168)}


def test_overlapping_hours_are_split_jointly() -> None:
    # the weekend has 48 h; 16:30-00:30 takes 8 h of each day, so 16 h of it
    shares = dict(UNIFORM.shares((WEEKEND, NIGHT)))
    assert shares[True, True] == Fraction(16, 168)
    assert shares[True, False] == Fraction(32, 168)
    assert sum(shares.values()) == 1


@pytest.mark.parametrize(
    ("moment", "held"),
    [
        ("2026-01-01T00:15:00+00:00", True),  # before the wrapped end
        ("2026-01-01T00:30:00+00:00", False),  # the end is excluded
        ("2026-01-01T16:29:59+00:00", False),
        ("2026-01-01T16:30:00+00:00", True),  # the start is included
        ("2026-01-01T01:30:00+01:00", False),  # 00:30 UTC
    ],
)
def test_a_moment_lies_inside_or_outside(moment: str, held: bool) -> None:
    assert Load.at(datetime.fromisoformat(moment)).shares((NIGHT,)) == (((held,), 1),)


def test_a_moment_needs_a_time_zone() -> None:
    with pytest.raises(ValueError, match="time zone"):
        Load.at(datetime(2026, 1, 1))  # noqa: DTZ001  # that is the point


def test_the_weekday_is_the_moments_own_in_utc() -> None:
    monday_in_tokyo = datetime(2026, 11, 23, 5, tzinfo=timezone(timedelta(hours=9)))  # Sunday 20:00 UTC
    assert Load.at(monday_in_tokyo).shares((WEEKEND,)) == (((True,), 1),)


def test_a_whole_day_is_midnight_to_midnight() -> None:
    whole = Hours(("sat",), (Window.parse("00:00-24:00"),))
    assert dict(UNIFORM.shares((whole,)))[(True,)] == Fraction(24, 168)


@pytest.mark.parametrize("text", ["1:00-4:00", "01:00", "25:00-26:00", "01:60-02:00", "01:00-24:30", "01:00–04:00"])
def test_a_window_is_two_times_of_day(text: str) -> None:
    with pytest.raises(ValueError, match="expected two UTC times"):
        Window.parse(text)


def test_later_weights_win_and_a_load_needs_some() -> None:
    all_week, monday = Hours(None, (Window.parse("00:00-24:00"),)), Hours(("mon",), None)
    only_monday = Load.weighted([(all_week, 0), (monday, 1)])
    assert dict(only_monday.shares((monday,))) == {(True,): 1}
    with pytest.raises(ValueError, match="no request would ever come"):
        Load.weighted([(all_week, 0)])


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 23), st.integers(0, 20)), max_size=5))
def test_shares_of_any_load_sum_to_one(rules: list[tuple[int, int, int]]) -> None:
    weights = [
        (Hours((WEEKDAYS[day],), (Window(hour * 60, (hour * 60 + 90) % 1440),)), weight) for day, hour, weight in rules
    ]
    load = Load.weighted(weights)
    assert sum(share for _, _, share in load.segments) == 1
    assert sum(share for _, share in load.shares((PEAK, NIGHT))) == 1
    assert load.segments[-1][1] == WEEK


def test_a_moment_is_one_minute() -> None:
    assert Load.at(datetime(2026, 11, 23, 0, 0, tzinfo=UTC)).segments == ((0, 1, 1),)


@pytest.mark.parametrize(
    ("rules", "peak"),
    [
        ([], 1),
        # twice the load on 2 of 7 days: 2 ÷ (9/7)
        ([(WEEKEND, 2)], Fraction(14, 9)),
        # half the load on 2 of 7 days: the others are the peak, 1 ÷ (6/7)
        ([(WEEKEND, Fraction(1, 2))], Fraction(7, 6)),
        # nothing at the weekend: seven days' requests in five
        ([(WEEKEND, 0)], Fraction(7, 5)),
        # three times the load in 35 of 168 hours: 3 ÷ ((133 + 3 × 35) / 168)
        ([(PEAK, 3)], Fraction(3 * 168, 238)),
        # a peak in the night, and another on Saturday that wins there: 5 ÷ ((6 × 16 + 6 × 8 × 2 + 24 × 5) / 168)
        ([(NIGHT, 2), (Hours(("sat",), None), 5)], Fraction(5 * 168, 312)),
    ],
)
def test_the_peak_is_the_busiest_rate_over_the_mean(rules: list[tuple[Hours, int]], peak: Fraction) -> None:
    assert Load.weighted(rules).peak_to_mean == peak


def test_a_load_at_one_moment_is_all_peak() -> None:
    assert Load.at(datetime(2026, 11, 23, 0, 0, tzinfo=UTC)).peak_to_mean == WEEK  # one minute of 10,080


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 20)), max_size=5))
def test_a_peak_is_never_below_the_mean(rules: list[tuple[int, int]]) -> None:
    load = Load.weighted([(Hours((WEEKDAYS[day],), None), weight) for day, weight in rules])
    assert load.peak_to_mean >= 1
    # no span of the week has a higher rate, and one has it
    rates = [Fraction(share) * WEEK / (end - start) for start, end, share in load.segments]
    assert max(rates) == load.peak_to_mean
