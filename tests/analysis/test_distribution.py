"""Distributions: three quantiles that are met, bounds that hold, streams that do not move each other."""

from __future__ import annotations

from decimal import Decimal
from math import exp, log, sqrt
from statistics import NormalDist, fmean, median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costcalc import Catalog
from costcalc.analysis.distribution import Z90, draws_of, quantile_of
from costcalc.case.inputs import Input, assumed_input


def one(low: str, value: str, high: str, **fields: object) -> Input:
    return Input("x", Decimal(value), Decimal(low), Decimal(high), **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "known",
    [
        one("2", "2.828427125", "4"),  # a range: lognormal
        one("0.55", "1", "2.6"),  # an assumption whose value is not its geometric mean
        one("0.02", "0.042", "0.30", most=Decimal(1)),  # a share
        one("0.6", "0.8", "1", most=Decimal(1)),  # a share that may be the whole
        one("0", "0.1", "0.2", most=Decimal(1)),  # a share that may be nothing
        one("-0.4", "-0.1", "0.2", least=None),
        one("0", "0", "0.25"),  # its median is its low
    ],
)
def test_low_value_and_high_are_met_at_5_50_and_95_percent(known: Input) -> None:
    quantile = quantile_of(known)
    got = [float(quantile(at)) for at in (0.05, 0.5, 0.95)]
    assert got == pytest.approx([float(end) for end in (known.low, known.value, known.high)], rel=1e-8)


def test_a_range_is_lognormal() -> None:
    # median √8, sigma = ln(4 / √8) / 1.644854 = 0.21070; the mean is the median × exp(sigma² / 2) = 2.8919
    sigma = log(4 / sqrt(8)) / 1.6448536
    drawn = [float(value) for value in draws_of(one("2", str(sqrt(8)), "4"), 20_000, 0)]
    assert fmean(drawn) == pytest.approx(sqrt(8) * exp(sigma**2 / 2), rel=0.01)
    assert median(drawn) == pytest.approx(sqrt(8), rel=0.01)


@given(st.floats(1e-15, 1, exclude_max=True))
def test_bounds_hold_at_every_probability(probability: float) -> None:
    for known in (
        one("0.6", "0.8", "1", most=Decimal(1)),
        one("0.02", "0.9", "0.95", most=Decimal(1)),
        one("1.1", "1.54", "1.8", least=Decimal(1)),
        one("0", "0.1", "0.2"),
    ):
        value = quantile_of(known)(probability)
        assert known.least is not None
        assert known.least <= value <= (known.most or value)


def test_what_is_counted_is_whole() -> None:
    # sigma = 1 / 1.645 = 0.608: below 0.5 and above 1.5 lie P(z > 0.8224) = 20.5 % each
    drawn = draws_of(one("0", "1", "2", whole=True), 10_000, 0)
    assert set(drawn) == {0, 1, 2, 3}
    assert sum(value == 0 for value in drawn) / 10_000 == pytest.approx(0.205, abs=0.012)


def test_sizes_of_requests_are_drawn_to_a_few_digits() -> None:
    assert len(set(draws_of(one("28", "211", "343", digits=2), 1_000, 0))) < 150


def test_the_same_seed_and_path_draw_the_same_and_others_do_not() -> None:
    rent = one("2", "3", "4")
    assert draws_of(rent, 5, 7) == draws_of(rent, 10, 7)[:5]
    assert draws_of(rent, 5, 7) != draws_of(rent, 5, 8)
    assert draws_of(rent, 5, 7) != draws_of(rent._replace(path="y"), 5, 7)
    # sha256("7:x") begins a Mersenne twister, which is the same on every platform and in every process
    assert [str(value) for value in draws_of(rent, 3, 7)] == ["1.97084105", "2.77718800", "3.69863126"]


def test_every_shipped_assumption_can_be_drawn(catalog: Catalog) -> None:
    for name, known in catalog.assumptions.items():
        drawn = draws_of(assumed_input(name, known), 50, 0)
        assert all(value.is_finite() for value in drawn)
        if known.unit.startswith("share"):
            assert all(0 <= value <= 1 for value in drawn)


@pytest.mark.parametrize(
    ("way", "expected"),
    [
        (0, 4),  # a lognormal of 1 to 16 has the median 4, and half-way to 16 on its scale lies 8
        ("0.24", 4),
        ("0.26", 8),  # the nearest of 0, 1/2 and 1 of the way
        ("0.76", 16),
        ("1.3", 32),  # beyond the end the grid goes on
        ("-0.74", 2),
        ("-1", 1),
    ],
)
def test_on_a_grid_a_draw_is_the_nearest_of_its_values(way: str, expected: int) -> None:
    assert quantile_of(one("1", "4", "16"), steps=2)(NormalDist().cdf(float(way) * Z90)) == expected
