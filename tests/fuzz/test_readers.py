"""The readers of numbers: whatever is written, a number within its bounds, or the reason why it is none."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

import pytest
import typer
from endings import numbers, often
from hypothesis import given
from hypothesis import strategies as st

from costcalc.catalog.forms.scalars import Interval
from costcalc.cli import values
from costcalc.files import resolve_scalar
from costcalc.units import LEAST_AMOUNT, MAX_AMOUNT, parse_amount, rounded, short

pytestmark = pytest.mark.no_cover  # many draws of what other tests cover

texts = st.one_of(numbers, st.text(max_size=12))
BOUNDS: dict[Callable[[str], Decimal | Fraction], tuple[Fraction | int, Fraction | int]] = {
    values.amount: (0, 10**18),
    values.positive: (LEAST_AMOUNT, 10**18),
    values.price: (LEAST_AMOUNT, 10**9),
    values.usd: (0, 10**15),
    values.usd_or_range: (0, 10**15),
    values.share: (0, 1),
    values.yearly: (Fraction(-99, 100), 99),
    values.decline: (0, Fraction(99, 100)),
    values.times_a_year: (Fraction(1, 100), 10**4),
    values.factor: (1, 10**6),
    values.at_least_one: (1, 10**18),
    values.amount_or_range: (LEAST_AMOUNT, 10**18),
    values.zero_or_more: (0, 10**18),
    values.price_or_range: (LEAST_AMOUNT, 10**9),
    values.share_or_range: (0, 1),
    values.peak_or_range: (1, 10**6),
    values.count_or_range: (1, 10**18),
}


@pytest.mark.parametrize("read", BOUNDS, ids=lambda read: read.__name__)
@often(60)
@given(text=texts)
def test_a_flag_gives_a_number_within_its_bounds_or_the_reason(
    read: Callable[[str], Decimal | Fraction], text: str
) -> None:
    least, most = BOUNDS[read]
    try:
        number = read(text)
    except typer.BadParameter as error:
        assert "found" in str(error)
        return
    ends = (number.low, number, number.high) if isinstance(number, Interval) else (number,)
    assert all(least <= Fraction(end) <= most for end in ends), (text, ends)


@often(100)
@given(text=texts)
def test_an_amount_is_exact_or_refused(text: str) -> None:
    try:
        amount = parse_amount(text)
    except ValueError:
        return
    assert amount == 0 or LEAST_AMOUNT <= amount <= MAX_AMOUNT


@often(100)
@given(text=texts)
def test_an_interval_is_in_order_or_refused(text: str) -> None:
    try:
        interval = Interval.parse(text)
    except ValueError:
        return
    slack = Decimal("1.00001")  # the median has six digits
    assert 0 < interval.low <= interval.high
    assert interval.low / slack <= interval <= interval.high * slack


@often(100)
@given(text=texts.filter(bool))
def test_a_yaml_scalar_is_always_something(text: str) -> None:
    assert resolve_scalar(text) is None or isinstance(resolve_scalar(text), bool | int | Decimal | str)


@often(200)
@given(number=st.decimals(), places=st.integers(-30, 30))
def test_rounding_never_raises(number: Decimal, places: int) -> None:
    unit = Decimal(1).scaleb(-places)
    for cut in (rounded(number, unit), short(number, places)):
        assert not number.is_finite() or abs(cut - number) <= unit / 2 or cut == number
