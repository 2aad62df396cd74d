"""Who is cheapest at every volume, against brute force."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest
from curves import Drawn, chance, drawn, fleet, line, mixed, overage, reference, seats, stairs, tiers

from costcalc.analysis import envelope as module
from costcalc.analysis.envelope import Reign, contenders, envelope
from costcalc.cost.curve import ZERO, Affine, Breaks, CostCurve
from costcalc.errors import UndecidableError

F = Fraction
Number = Fraction | int
UP_TO = F(40)


def found(*curves: Drawn, up_to: Fraction | None = UP_TO) -> list[tuple[Number, Number | None, str | None]]:
    return [tuple(reign) for reign in envelope([one.curve for one in curves], up_to=up_to)]  # type: ignore[misc]


@pytest.mark.no_cover  # a table of what other tests cover
@pytest.mark.parametrize("block", range(10))
def test_a_thousand_random_pairs_agree_with_brute_force(block: int) -> None:
    for seed in range(block * 100, (block + 1) * 100):
        random = chance(seed)
        pair = [drawn("first", random), drawn("second", random)]
        assert found(*pair) == [tuple(one) for one in reference(pair, UP_TO)], seed


@pytest.mark.no_cover  # a table of what other tests cover
def test_random_sets_of_five_agree_with_brute_force() -> None:
    for seed in range(100):
        random = chance(seed)
        five = [drawn(name, random) for name in "abcde"]
        assert found(*five, up_to=F(25)) == [tuple(one) for one in reference(five, F(25))], seed


@pytest.mark.no_cover  # a table of what other tests cover
def test_what_can_be_the_cheapest_nowhere_need_not_be_looked_at() -> None:
    left_out = 0
    for seed in range(200):
        random = chance(seed)
        curves = [drawn(name, random).curve for name in "abcd"] + [
            line(name, F(random.randint(1, 9))).curve for name in "ef"
        ]
        kept = contenders(curves)
        left_out += len(curves) - len(kept)
        assert envelope(kept, up_to=F(25)) == envelope(curves, up_to=F(25)), seed
    assert left_out > 200  # one of the two lines each time, and more


def test_without_a_straight_line_everything_contends() -> None:
    curves = [stairs("a", F(10), F(5)).curve, stairs("b", F(11), F(5)).curve]
    assert contenders(curves) == curves


@pytest.mark.no_cover  # a table of what other tests cover
def test_for_all_volumes_is_what_it_is_up_to_a_large_one() -> None:
    """Without a largest volume the answer goes on as it does up to any: every switch is among those below it."""
    undecided = 0
    for seed in range(400):
        random = chance(seed)
        pair = [drawn("first", random), drawn("second", random)]
        try:
            reigns = found(*pair, up_to=None)
        except UndecidableError:
            undecided += 1
            continue
        far = max(F(reigns[-1][0]) + 30, UP_TO)
        expected = [tuple(one) for one in reference(pair, far)]
        assert [*expected[:-1], (expected[-1][0], None, expected[-1][2])] == reigns, seed
    assert 0 < undecided < 60  # pairs of one slope that take turns for ever


def test_reigns_follow_on_one_another_and_cover_every_volume() -> None:
    for seed in range(200):
        random = chance(seed)
        reigns = found(*(drawn(name, random) for name in "abc"))
        assert reigns[0][0] == 0
        assert reigns[-1][1] == UP_TO
        for (_, hi, option), (lo, _, following) in pairwise(reigns):
            assert hi == lo
            assert option != following


def test_one_curve_reigns_everywhere() -> None:
    assert found(line("a", F(1)), up_to=None) == [(0, None, "a")]


def test_without_curves_nobody_reigns() -> None:
    assert envelope([]) == (Reign(ZERO, None, None),)


@pytest.mark.parametrize(
    ("first", "second", "winner"),
    [
        (line("a", F(2)), line("b", F(2)), "a"),
        (line("b", F(2)), line("a", F(2)), "b"),
        (stairs("a", F(3), F(2)), stairs("b", F(3), F(2)), "a"),
        (seats("a", F(3), 1, F(2)), stairs("b", F(3), F(2)), "a"),
    ],
)
def test_a_tie_goes_to_the_one_that_stands_first(first: Drawn, second: Drawn, winner: str) -> None:
    assert found(first, second, up_to=None) == [(0, None, winner)]


def test_a_single_tie_is_no_change() -> None:
    # $6 for 2 units each: at 2, 4, … the stair costs what the line does, and nowhere less
    assert found(line("buy", F(3)), stairs("build", F(6), F(2)), up_to=None) == [(0, None, "buy")]
    # the other way round each stair is won where it lies below the line: nowhere either
    assert found(stairs("build", F(6), F(2)), line("buy", F(3)), up_to=None) == [(0, None, "buy")]


def test_at_a_crossing_the_one_that_was_cheaper_below_it_keeps_the_volume() -> None:
    # 3 v and 6 meet at 2, where both cost 6: (0, 2] is the line's although the other stands first
    assert found(line("flat", F(0), F(6)), line("buy", F(3)), up_to=None) == [(0, 2, "buy"), (2, None, "flat")]


def test_seats_of_one_cost_in_the_long_run_are_decided_in_a_period() -> None:
    # $20 for 1 unit and $100 for 5: five small ones cost as much as a large one, and four less
    small, large = seats("small", F(20), 1, F(1)), seats("large", F(100), 1, F(5))
    assert found(small, large, up_to=None) == [(0, None, "small")]
    assert found(small, large, up_to=F(10**9)) == [(0, 10**9, "small")]  # and not a billion of steps
    with pytest.raises(UndecidableError, match="large and small cross without end: set a largest volume"):
        found(large, small, up_to=None)  # the large one wins ties, for ever again
    assert found(large, small, up_to=F(11)) == [
        (0, 4, "small"), (4, 5, "large"), (5, 9, "small"), (9, 10, "large"), (10, 11, "small"),
    ]  # fmt: skip


def test_where_nobody_can_serve_so_much_nobody_reigns() -> None:
    small, large = fleet("small", F(1), F(3)), fleet("large", F(5), F(7))
    assert found(small, large, up_to=None) == [(0, 3, "small"), (3, 7, "large"), (7, None, None)]
    assert found(small, large, up_to=F(3)) == [(0, 3, "small")]


def test_a_blend_ends_where_a_part_of_it_does() -> None:
    # a fleet for a quarter of the volume ends at 3, so the blend does at 12
    blend = mixed("blend", ((fleet("own", F(1), F(3)), F(1, 4)), (line("api", F(1)), F(3, 4))))
    assert found(blend, line("buy", F(1)), up_to=None) == [(0, 4, "buy"), (4, 12, "blend"), (12, None, "buy")]


def test_an_allowance_and_a_tier_may_be_won_in_the_middle() -> None:
    # $6 for 4 units, then $3 each, against $2 each: (3, 6): at 6 both cost 12
    assert found(line("api", F(2)), overage("plan", F(6), F(4), F(3)), up_to=None) == [
        (0, 3, "api"), (3, 6, "plan"), (6, None, "api"),
    ]  # fmt: skip
    # $3 for each of the first 2, then $1: 6 + (v − 2) = 2 v at 4
    assert found(line("api", F(2)), tiers("tiered", (F(3), F(1)), F(2)), up_to=None) == [
        (0, 4, "api"), (4, None, "tiered"),
    ]  # fmt: skip


def test_nodes_are_filled_before_another_one_is_paid() -> None:
    # replicas of 3 GPUs in nodes of 8, $1 a GPU, 1 unit a replica: 8, 8, 16, 16, 16, 24, … against $5 a unit:
    # 8/5; 2; 16/5; then 16 to 5, 24 from 24/5 on, of which the line has none
    expected = [(0, F(8, 5), "buy"), (F(8, 5), 2, "build"), (2, F(16, 5), "buy"), (F(16, 5), None, "build")]
    assert found(line("buy", F(5)), stairs("build", F(1), F(1), gpus=3, node=8), up_to=None) == expected


def test_only_steps_inside_the_undecided_band_are_visited() -> None:
    asked = 0

    def cost(v: Fraction) -> Fraction:
        nonlocal asked
        asked += 1
        return F(1825) * -(-v // 1500)

    build = stairs("build", F(1825), F(1500)).curve
    counted = CostCurve("build", cost, build.breaks, build.regular)
    reigns = envelope([line("buy", F(12, 5)).curve, counted], up_to=F(10**13))  # 6.7 billion steps below it
    assert [str(reign.lo) for reign in reigns] == ["0", "9125/12", "1500", "9125/6"]
    assert asked < 20


def test_what_crosses_too_often_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_STEPS", 100)
    nearly = stairs("build", F(1000), F(10))
    with pytest.raises(
        UndecidableError, match="buy and build may cross more than 100 times: set a smaller largest volume"
    ):
        found(line("buy", F(100_001, 1000)), nearly, up_to=None)
    assert len(found(line("buy", F(100_001, 1000)), nearly, up_to=F(500))) == 100  # two a stair, of 50


def test_a_curve_whose_end_is_tiny_is_still_a_curve() -> None:
    assert found(fleet("own", F(1), F(1, 10)), line("buy", F(20)), up_to=None) == [
        (0, F(1, 20), "buy"), (F(1, 20), F(1, 10), "own"), (F(1, 10), None, "buy"),
    ]  # fmt: skip
    assert CostCurve("x", lambda _: F(2), Breaks(end=F(1, 10))).line(ZERO) == Affine(F(2), ZERO)


def test_up_to_nothing_nobody_reigns() -> None:
    assert envelope([CostCurve("buy", lambda volume: volume)], up_to=ZERO) == ()
