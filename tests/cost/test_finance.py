"""Money over time: annuities against their present value, residual values, schedules of depreciation."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costcalc.cost.finance import (
    MACRS_5_YEARS,
    annuity,
    depreciation,
    monthly_rate,
    residual_share,
    straight_line,
)

TINY = Decimal("1e-18")
PRICES = st.decimals(1, 10**9, places=2)
RATES = st.decimals("-0.5", "1", places=4)
YEARS = st.integers(1, 60).map(lambda quarters: Decimal(quarters) / 4)


@pytest.mark.parametrize(
    ("residual", "rate", "monthly"),
    [
        (0, "0", "1000"),  # 36,000 / 36
        (7_200, "0", "800"),  # (36,000 − 7,200) / 36
        (36_000, "0", "0"),  # what keeps its price costs nothing without interest …
        # … and else the interest alone: 36,000 × (1.21^(1/12) − 1) = 36,000 × 0.0160119
        (36_000, "0.21", "576.43"),
        (0, "0.09", "1138.91"),  # 36,000 × 0.00720732 / 0.2278165
    ],
)
def test_an_annuity_is_price_less_residual_with_interest(residual: int, rate: str, monthly: str) -> None:
    found = annuity(Decimal(36_000), residual_usd=Decimal(residual), years=Decimal(3), yearly_rate=Decimal(rate))
    assert round(found, 2) == Decimal(monthly)


@given(PRICES, st.decimals(0, 1, places=2), YEARS, RATES)
def test_its_payments_and_the_residual_are_worth_the_price_today(
    price: Decimal, kept: Decimal, years: Decimal, rate: Decimal
) -> None:
    residual = price * kept
    payment = annuity(price, residual_usd=residual, years=years, yearly_rate=rate)
    discount = 1 / (1 + monthly_rate(rate))
    worth, factor = Decimal(0), Decimal(1)
    for _ in range(int(years * 12)):
        factor *= discount
        worth += payment * factor
    assert abs(worth + residual * factor - price) < price * TINY


@given(RATES)
def test_twelve_months_compound_to_the_year(rate: Decimal) -> None:
    assert abs((1 + monthly_rate(rate)) ** 12 - (1 + rate)) < TINY


@pytest.mark.parametrize(
    ("years", "rate", "message"),
    [
        ("0", "0.09", "expected a life above 0 years, found 0"),
        ("-1", "0.09", "expected a life above 0 years, found -1"),
        ("3", "-1", "expected a rate above -1, found -1"),
    ],
)
def test_a_life_and_a_rate_that_mean_nothing_are_refused(years: str, rate: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        annuity(Decimal(36_000), years=Decimal(years), yearly_rate=Decimal(rate))


@pytest.mark.parametrize(
    ("years", "share"),
    [
        ("0", "1"),
        ("1.5", "0.64"),  # half-way from 1 to 0.28
        ("3", "0.28"),
        ("4", "0.19"),
        ("5", "0.10"),
        ("6", "0.01"),  # 0.28 − 0.18 × 3 / 2
        ("7", "0"),  # 0.28 − 0.18 × 4 / 2 would be below nothing
    ],
)
def test_what_is_left_of_a_price_lies_on_two_straight_lines(years: str, share: str) -> None:
    shares = {"at_3_years": Decimal("0.28"), "at_5_years": Decimal("0.10")}
    assert residual_share(Decimal(years), **shares) == Decimal(share)


def test_the_tax_schedule_writes_off_everything_in_six_years() -> None:
    # 20, 32, 19.2, 11.52, 11.52 and 5.76 per cent of $10,000
    assert depreciation(Decimal(10_000), MACRS_5_YEARS) == tuple(map(Decimal, (2000, 3200, 1920, 1152, 1152, 576)))


@given(PRICES, st.integers(1, 40))
def test_equal_shares_write_off_everything(price: Decimal, years: int) -> None:
    schedule = depreciation(price, straight_line(years))
    assert len(schedule) == years
    assert abs(sum(schedule) - price) < price * TINY


def test_a_schedule_that_leaves_something_is_refused() -> None:
    with pytest.raises(ValueError, match=r"sum to 0\.9; expected 1"):
        depreciation(Decimal(100), [Decimal("0.5"), Decimal("0.4")])
