"""The value of information: worked samples, a case with a closed form, and how far noise may mislead."""

from __future__ import annotations

from decimal import Decimal
from math import pi, sqrt
from random import Random

import pytest

from costcalc.analysis.information import Worth, mean_of, undominated, worth_of_all, worth_of_one


def normals(seed: int, draws: int = 10_000) -> list[float]:
    random = Random(seed)  # noqa: S311
    return [random.gauss(0, 1) for _ in range(draws)]


def test_perfect_information_saves_what_hindsight_would_have() -> None:
    costs = {"a": [10.0, 20.0, 30.0], "b": [15.0, 15.0, 15.0]}
    # a costs 20 on average, b 15; hindsight pays 10, 15, 15 = 13.33
    assert worth_of_all(costs).usd == pytest.approx(15 - 40 / 3)
    # the savings are 5, 0, 0: their standard deviation is √(25/3) and the error √(25/9)
    assert worth_of_all(costs).error == pytest.approx(5 / 3)


def test_one_option_leaves_nothing_to_learn() -> None:
    assert worth_of_all({"a": [1.0, 2.0]}) == Worth(0.0, 0.0)
    assert worth_of_one({"a": [float(one) for one in range(100)]}, [Decimal(one) for one in range(100)]).usd == 0


def test_one_input_of_two_is_worth_what_theory_says() -> None:
    # Costs 0 and x + y with independent standard normals. Knowing x: the choice saves E[max(0, −x)] = 1/√(2π) = 0.3989;
    # knowing both: √2 as much = 0.5642. Bins of 500 lose a little of x, noise adds a little.
    x, y = normals(1), normals(2)
    costs = {"sure": [0.0] * len(x), "bet": [a + b for a, b in zip(x, y, strict=True)]}
    known = worth_of_one(costs, [Decimal(one) for one in x])
    assert known.usd == pytest.approx(1 / sqrt(2 * pi), abs=3 * known.error + 0.01)
    assert not known.is_noise
    assert worth_of_all(costs).usd == pytest.approx(sqrt(2) / sqrt(2 * pi), abs=0.03)
    assert worth_of_all(costs).usd >= known.usd


def test_an_input_without_bearing_is_noise_and_the_bias_says_how_much() -> None:
    # Costs 0 and y: knowing x is worth nothing. The mean of 500 draws has the standard error 1/√500 = 0.0447, and the
    # better of two equal means is too low by 0.0447 / √(2π) = 0.0178, which is what the estimate shows.
    x, y = normals(1), normals(2)
    known = worth_of_one({"sure": [0.0] * len(x), "bet": y}, [Decimal(one) for one in x])
    assert 0 < known.usd < 0.04
    assert 0.25 * 0.0178 < known.bias < 1.5 * 0.0178
    assert known.is_noise


def test_few_draws_are_cut_into_few_bins() -> None:
    coin = [Decimal(one % 2) for one in range(100)]
    bet = [30.0 * float(one) for one in coin]
    assert worth_of_one({"sure": [10.0] * 100, "bet": bet}, coin).usd == 5


def test_options_that_are_never_better_do_not_matter() -> None:
    costs = {"a": [1.0, 3.0], "b": [1.0, 3.0], "c": [2.0, 4.0], "d": [3.0, 2.0]}
    assert undominated(costs) == [[1.0, 3.0], [3.0, 2.0]]


def test_the_standard_error_of_a_mean() -> None:
    # 1, 2, 3, 4: mean 2.5, variance 5/3, error √(5/12)
    assert list(mean_of([1, 2, 3, 4])) == pytest.approx([2.5, sqrt(5 / 12)])
