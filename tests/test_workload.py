from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from costcalc.week import Hours, Load
from costcalc.workload import Shape, Workload


@pytest.mark.parametrize(
    ("usage", "tokens"),
    [
        # cached tokens are part of the input: 100 000 = 10 000 fresh + 90 000 read
        ({"input_tokens": 100_000, "cache_read_tokens": 90_000}, {"input": 10_000, "cache_read": 90_000}),
        # 50 000 = 10 000 fresh + 10 000 read + 20 000 written for 5 minutes + 10 000 for an hour
        (
            {
                "input_tokens": 50_000,
                "cache_read_tokens": 10_000,
                "cache_write_tokens": 30_000,
                "cache_write_1h_tokens": 10_000,
            },
            {"input": 10_000, "cache_read": 10_000, "cache_write": 20_000, "cache_write_1h": 10_000},
        ),
        # audio is part of the input, cached audio of the audio and of the cached: 400 text, 300 read, 200 audio, 100 both
        (
            {"input_tokens": 1000, "cache_read_tokens": 400, "input_audio_tokens": 300, "cache_audio_read_tokens": 100},
            {"input": 400, "cache_read": 300, "input_audio": 200, "cache_read_audio": 100},
        ),
        # reasoning is part of the output
        ({"output_tokens": 1578, "output_reasoning_tokens": 952}, {"output": 626, "reasoning": 952}),
        # without a total the prompt is what its parts sum to
        ({"cache_write_5m_tokens": 10}, {"cache_write": 10}),
    ],
)
def test_a_usage_record_is_taken_apart(usage: dict[str, Any], tokens: dict[str, int]) -> None:
    assert Shape.from_usage(**usage).tokens == tokens


@pytest.mark.parametrize(
    ("usage", "message"),
    [
        ({"input_tokens": 10, "cache_read_tokens": 20}, "cache_read 20 exceeds input_tokens 10"),
        ({"input_tokens": 10, "input_audio_tokens": 20}, "input_audio 20 exceeds input_tokens 10"),
        ({"output_tokens": 10, "output_reasoning_tokens": 11}, "reasoning 11 exceeds output_tokens 10"),
        ({"input_tokens": -10}, "not negative"),
        (
            {"input_tokens": 30_000, "cache_write_5m_tokens": 10_000, "cache_write_1h_tokens": 10_000},
            "cache_write_tokens is missing",
        ),
        (
            {"input_tokens": 30_000, "cache_write_tokens": 9, "cache_write_5m_tokens": 5, "cache_write_1h_tokens": 5},
            "is not what",
        ),
        ({"input_tokens": float("nan")}, "finite"),
    ],
)
def test_an_inconsistent_record_is_refused(usage: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Shape.from_usage(**usage)


@given(
    total=st.integers(0, 10**9),
    read=st.fractions(0, 1, max_denominator=1000),
    written=st.fractions(0, 1, max_denominator=1000),
)
def test_the_parts_of_a_prompt_sum_to_it(total: int, read: Fraction, written: Fraction) -> None:
    written *= 1 - read
    shape = Shape.of(input_tokens=total, cached_share=read, cache_write_share=written)
    assert shape.prompt_tokens == total


@settings(max_examples=40)
@given(prompt=st.integers(0, 10**9), cached=st.fractions(0, 1, max_denominator=1000), output=st.integers(0, 10**6))
def test_text_without_parts_is_taken_apart_as_a_record_is(prompt: int, cached: Fraction, output: int) -> None:
    recorded = Shape.from_usage(input_tokens=prompt, cache_read_tokens=prompt * cached, output_tokens=output)
    shape = Shape.of(input_tokens=prompt, cached_share=cached, output_tokens=output)
    assert shape == recorded
    assert [*shape.tokens] == [*recorded.tokens]  # the order of the lines of a bill


def test_cached_and_written_shares_are_of_one_prompt() -> None:
    with pytest.raises(ValueError, match=r"sum to 1\.1"):
        Shape.of(input_tokens=100, cached_share=0.6, cache_write_share=0.5)


def test_totals_are_exact_for_sizes_that_do_not_divide() -> None:
    month = Workload(Fraction(10**6, 300), (Shape.of(input_tokens=Fraction(10**6, 7), output_tokens=300),))
    assert month.output_tokens == 10**6
    assert month.input_tokens == Fraction(10**12, 2100)


@pytest.mark.parametrize(
    ("shares", "batchable", "message"),
    [
        ((Decimal("0.5"), Decimal("0.4")), 0, r"sum to 0\.9; expected 1"),
        ((Decimal(1),), 1.5, "batchable share from 0 to 1"),
    ],
)
def test_shares_outside_their_range_are_refused(shares: tuple[Decimal, ...], batchable: float, message: str) -> None:
    shapes = tuple(Shape.of(output_tokens=1, share=share) for share in shares)
    with pytest.raises(ValueError, match=message):
        Workload(1, shapes, batchable)  # type: ignore[arg-type]  # made exact by the workload


def test_a_shape_of_negative_tokens_is_refused() -> None:
    with pytest.raises(ValueError, match="expected a number that is not negative, found output -100"):
        Shape({"output": -100})


ONE = (Shape.of(output_tokens=1),)
WEEKDAYS_ONLY = Load.weighted([(Hours(("sat", "sun"), None), 0)])


@pytest.mark.parametrize(
    ("stated", "load", "peak"),
    [
        (None, Load.weighted([]), 1),  # evenly over the week
        (None, WEEKDAYS_ONLY, Fraction(7, 5)),  # seven days' requests in five
        (Decimal("2.5"), Load.weighted([]), Fraction(5, 2)),
        (3, WEEKDAYS_ONLY, 3),  # what is stated wins
        (1, WEEKDAYS_ONLY, 1),
        (1.226, Load.weighted([]), Fraction(613, 500)),  # as it was written, not as a binary fraction
    ],
)
def test_the_peak_is_what_is_stated_else_what_the_load_says(stated: float | None, load: Load, peak: Fraction) -> None:
    assert Workload(1, ONE, load=load, peak_to_mean=stated).peak == peak  # type: ignore[arg-type]  # made exact


@pytest.mark.parametrize("stated", [0, 0.5, Decimal("0.999")])
def test_a_peak_below_the_mean_is_refused(stated: float) -> None:
    with pytest.raises(ValueError, match="a peak is at least the mean: expected 1 or more, found 0"):
        Workload(1, ONE, peak_to_mean=stated)  # type: ignore[arg-type]  # made exact by the workload


def test_a_peak_that_is_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match="expected a finite number, found nan"):
        Workload(1, ONE, peak_to_mean=float("nan"))  # type: ignore[arg-type]  # made exact by the workload
