"""Curves by themselves: their pieces, their bands, their sums."""

from __future__ import annotations

from fractions import Fraction
from math import gcd

import pytest
from curves import Drawn, chance, drawn, fleet, line, mixed, overage, seats, stairs
from hypothesis import given
from hypothesis import strategies as st

from costcalc.cost.curve import (
    FLAT,
    ZERO,
    Affine,
    Breaks,
    CostCurve,
    Ladder,
    Piece,
    Settled,
    combined,
    common_multiple,
)

F = Fraction


def test_lines_cross_once_or_never() -> None:
    assert Affine(F(6), F(0)).meets(Affine(F(0), F(3))) == 2
    assert Affine(F(6), F(3)).meets(Affine(F(0), F(3))) is None
    assert Affine(F(6), F(3)).at(F(1, 3)) == 7


@pytest.mark.parametrize(
    ("lo", "hi", "breaks"),
    [
        (0, 9, [2, 5, 8]),
        (1, 5, [2, 5]),  # the upper end belongs to it
        (2, 5, [5]),  # and the lower does not
        (5, 7, []),
        (F(21, 2), 20, [11, 14, 17, 20]),
    ],
)
def test_a_ladder_gives_the_breaks_above_one_volume_up_to_another(lo: int, hi: int, breaks: list[int]) -> None:
    assert list(Ladder(F(2), F(3)).between(F(lo), F(hi))) == breaks


@pytest.mark.parametrize(("at", "last"), [(0, 0), (1, 0), (2, 2), (4, 2), (5, 5), (100, 98)])
def test_a_ladder_gives_the_last_break_up_to_a_volume(at: int, last: int) -> None:
    assert Ladder(F(2), F(3)).last(F(at)) == last


def test_breaks_of_several_kinds_come_in_order_and_once() -> None:
    breaks = Breaks((F(7), F(4)), (Ladder(F(2), F(2)), Ladder(F(3), F(3))))
    assert list(breaks.between(F(2), F(9))) == [3, 4, 6, 7, 8, 9]
    assert [breaks.last(F(at)) for at in (1, 2, 5, 7, 9)] == [0, 2, 4, 7, 9]
    assert [breaks.last(F(at)) for at in (F(15, 2), F(19, 2))] == [7, 9]


def test_the_first_and_the_last_piece_are_cut() -> None:
    flat, rising = Affine(F(4), ZERO), Affine(F(0), F(2))
    curve = overage("plan", F(4), F(2), F(2)).curve
    assert list(curve.pieces(ZERO, None)) == [Piece(ZERO, F(2), flat), Piece(F(2), None, rising)]
    assert list(curve.pieces(F(1), F(2))) == [Piece(F(1), F(2), flat)]
    assert list(curve.pieces(F(1), F(3))) == [Piece(F(1), F(2), flat), Piece(F(2), F(3), rising)]


def covering(one: Drawn, volume: Fraction) -> Piece:
    """The piece that a volume belongs to: it is the last of those up to it."""
    return list(one.curve.pieces(volume * F(999, 1000), volume))[-1]


@pytest.mark.no_cover  # a table of what other tests cover
def test_at_ten_thousand_volumes_the_pieces_say_what_the_formula_does() -> None:
    for seed in range(500):
        random = chance(seed)
        one = drawn("x", random)
        most = one.end or F(60)
        volumes = [F(random.randrange(1, 1000), 1000) * most for _ in range(15)]
        edges = random.choices(sorted(one.breaks(most)) or [most], k=5)  # at a break, where a replica is full
        for volume in (*volumes, *edges):
            assert covering(one, volume).line.at(volume) == one.cost(volume) == one.curve.at(volume), (seed, volume)


def test_a_curve_lies_in_its_band_and_touches_it() -> None:
    for seed in range(300):
        random = chance(seed)
        one = drawn("x", random)
        most = one.end or F(60)
        lower, upper = one.curve.band
        assert lower.slope == upper.slope == one.curve.slope
        for _ in range(20):
            volume = F(random.randrange(1, 1000), 1000) * most
            assert lower.at(volume) <= one.cost(volume) <= upper.at(volume), seed
        if not one.curve.parts:  # a sum's band is the sum of bands, which need not be the narrowest
            pieces = list(one.curve.pieces(ZERO, most))
            above = [piece.line.at(at) - lower.slope * at for piece in pieces for at in (piece.lo, piece.hi or ZERO)]
            assert (min(above), max(above)) == (lower.fixed, upper.fixed), seed


def test_the_band_of_stairs_is_the_one_of_the_design() -> None:
    # F = 3,000, g = 1,825, c = 1,500: F + (g/c) v and F + g + (g/c) v
    band = stairs("build", F(1825), F(1500), fixed=F(3000)).curve.band
    assert band == (Affine(F(3000), F(1825, 1500)), Affine(F(4825), F(1825, 1500)))


def test_pieces_far_out_cost_no_evaluation() -> None:
    asked = []

    def cost(v: Fraction) -> Fraction:
        asked.append(v)
        return F(100) * -(-v // 150)

    like = stairs("build", F(100), F(150)).curve
    curve = CostCurve("build", cost, like.breaks, like.regular)
    far = F(150 * 10**9)
    assert [piece.line.fixed for piece in curve.pieces(far, far + 450)] == [F(100) * (10**9 + k) for k in (1, 2, 3)]
    assert len(asked) < 8
    assert max(asked) <= 450


def test_a_sum_breaks_where_its_parts_do() -> None:
    own, api = stairs("own", F(100), F(150)), line("api", F(2))
    blend = mixed("blend", ((own, F(3, 4)), (api, F(1, 4))), F(1, 100)).curve
    # three quarters fill a replica at 200; per unit 2/4 for the API and 0.01 for the router
    assert list(blend.pieces(ZERO, F(500))) == [
        Piece(F(0), F(200), Affine(F(100), F(51, 100))),
        Piece(F(200), F(400), Affine(F(200), F(51, 100))),
        Piece(F(400), F(500), Affine(F(300), F(51, 100))),
    ]
    assert blend.slope == F(51, 100) + F(100, 200)
    assert blend.at(F(200)) == 202
    assert blend.settled == Settled(ZERO, F(200))


def test_a_sum_ends_where_the_first_of_its_parts_does() -> None:
    parts = [(fleet("a", F(1), F(3)).curve, F(1, 4)), (fleet("b", F(1), F(3)).curve, F(3, 4))]
    assert combined("sum", parts, fixed=FLAT).breaks.end == 4
    assert combined("sum", [(line("a", F(1)).curve, F(1))], fixed=FLAT).breaks.end is None


def test_what_settles_settles_late_enough() -> None:
    assert line("a", F(1)).curve.settled == Settled(ZERO, None)
    assert overage("a", F(1), F(5), F(1)).curve.settled == Settled(F(5), None)
    assert seats("a", F(1), 3, F(5)).curve.settled == Settled(F(10), F(5))
    both = mixed("x", ((overage("a", F(1), F(5), F(1)), F(1, 2)), (seats("b", F(1), 3, F(5)), F(1, 2)))).curve
    assert both.settled == Settled(F(20), F(10))
    assert mixed("x", ((line("a", F(1)), F(1, 2)), (line("b", F(2)), F(1, 2)))).curve.settled == Settled(ZERO, None)


FRACTIONS = st.builds(F, st.integers(1, 50), st.integers(1, 50))


@given(st.lists(FRACTIONS, min_size=1, max_size=4))
def test_a_common_multiple_is_the_least_that_all_divide(numbers: list[Fraction]) -> None:
    found = common_multiple(numbers)
    counts = [found / number for number in numbers]
    assert all(count.denominator == 1 for count in counts)
    assert gcd(*(count.numerator for count in counts)) == 1  # else a smaller one would do
