from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from costcalc.units import cost_of, decimal, exact, parse_amount, times


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1e6", 1_000_000),
        ("1M", 1_000_000),
        ("1m", 1_000_000),
        ("1_000_000", 1_000_000),
        ("1,000,000", 1_000_000),
        ("2.5B", 2_500_000_000),
        ("250k", 250_000),
        ("1.5e3", 1_500),
        ("3T", 3_000_000_000_000),
        ("0.5", Fraction(1, 2)),
        ("0", 0),
    ],
)
def test_amounts_as_people_type_them(text: str, amount: int) -> None:
    assert parse_amount(text) == amount


@pytest.mark.parametrize(
    "text", ["", "nan", "inf", "-1", "1X", "1,00", "1e", "1 000", "0x10", "1e-3", "$3", "1__0", "1e99", "1e6k1", "1e6M"]
)
def test_everything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"expected"):
        parse_amount(text)


@pytest.mark.parametrize(("text", "hint"), [("4,5", "; write 4.5"), ("0,34", "; write 0.34"), ("2,5k", "; write 2.5k"), ("4,5,6", ""), ("4.5.", "")])  # fmt: skip
def test_a_decimal_comma_is_named(text: str, hint: str) -> None:
    with pytest.raises(ValueError, match=re.escape(f"found '{text}'{hint}") + "$"):
        parse_amount(text)


@given(st.integers(min_value=0, max_value=10**15))
def test_every_whole_number_reads_back(number: int) -> None:
    assert parse_amount(str(number)) == number
    assert parse_amount(f"{number:,}") == number
    assert parse_amount(f"{number:_}") == number


@pytest.mark.parametrize(
    "number",
    [
        -1,
        -0.5,
        Fraction(-1, 3),
        float("nan"),
        float("inf"),
        Decimal("NaN"),
        Decimal("-Infinity"),
        Decimal("1e999999999"),
    ],
)
def test_exact_refuses_what_is_no_amount(number: float) -> None:
    with pytest.raises(ValueError, match="expected a"):
        exact(number)


@settings(max_examples=40)
@given(*[st.one_of(st.integers(0, 10**12), st.fractions(0, 10**6, max_denominator=10**6).map(exact))] * 2)
def test_a_product_is_that_of_fractions_and_whole_where_it_can_be(one: int | Fraction, other: int | Fraction) -> None:
    product = times(one, other)
    assert product == Fraction(one) * Fraction(other)
    assert (type(product) is int) == (product.denominator == 1)


@given(st.integers(1, 10**12), st.integers(1, 10**6), st.decimals("0.000001", "1000", places=6))
def test_cost_is_rounded_at_most_once(numerator: int, denominator: int, usd: Decimal) -> None:
    amount = Fraction(numerator, denominator)
    assert cost_of(amount, usd=usd, per=10**6) == decimal(Fraction(usd) * amount / 10**6)
