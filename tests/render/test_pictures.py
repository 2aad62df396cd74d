"""Pictures show what was computed: every corner, crossing and amount is the float nearest to the exact figure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from random import Random

import pytest
from curves import chance, drawn, fleet, line, stairs

from costcalc import load_catalog, load_project
from costcalc.analysis.breakeven import break_even, cheapest
from costcalc.analysis.envelope import Reign, envelope
from costcalc.case.case import Case
from costcalc.cost.curve import CostCurve
from costcalc.money import USD, Money
from costcalc.render.charts.pictures import Crossing, Place, Stairs
from costcalc.render.pictures import breakeven as pictures
from costcalc.render.pictures.tables import records_of, table_of
from costcalc.render.scale import Scale
from costcalc.units import Volume
from costcalc.workload import Workload

F = Fraction
TODAY = date(2026, 11, 22)
CASES = Path(__file__).parents[1] / "cases" / "tco"
MIX = Workload.single(requests=1, input_tokens=100, output_tokens=1_000)
YUAN = Money("CNY", Decimal(7), date(2026, 10, 6), "example.com")


def scale_of(volume: int | None = None) -> Scale:
    return Scale.of(MIX, Volume(F(volume), F(volume), F(volume)) if volume is not None else None)


def picture_of(
    curves: Sequence[CostCurve], scale: Scale, *, money: Money = USD, up_to: Fraction | None = None
) -> Stairs:
    picture = pictures.stairs(curves, envelope(curves, up_to=up_to), MIX, scale, money)
    assert picture is not None
    return picture


def worked(volume: int | None = None) -> Stairs:
    """Draw the staircase of $3,000 and $1,825 a replica of 1,500 Mtok against $2.40 per Mtok."""
    catalog, scenario = load_project(CASES / "step-three-crossings.yaml")
    mix = scenario.workload("a-million")
    found = break_even("build", "buy", Case(mix, catalog, TODAY))
    scale = Scale.of(mix, Volume(F(volume), F(volume), F(volume)) if volume is not None else None)
    picture = pictures.stairs(found.curves, found.reigns, mix, scale, USD)
    assert picture is not None
    return picture


def test_the_worked_staircase_is_drawn_with_its_three_crossings() -> None:
    picture = worked(3_000_000_000)
    assert picture.crossings == (
        Crossing(float(F(6_650_000_000, 1) / F("2.4")), 6_650, "build", is_jump=False),  # (3,000 + 2 × 1,825) / 2.4
        Crossing(3e9, 6_650, "buy", is_jump=True),  # the third replica; buying costs 7,200 there
        Crossing(3_531_250_000, 8_475, "build", is_jump=False),  # (3,000 + 3 × 1,825) / 2.4
    )
    assert picture.you == Place(3e9, 3e9, 3e9)
    assert (picture.unit, picture.currency, picture.per) == ("output tokens", "USD", 1e6)
    assert picture.title == (
        "build is cheaper than buy above 2.77B output tokens a month, for good above 3.53B"  # not 2,010 Mtok
    )
    assert [one.name for one in picture.lines] == ["build", "buy"]  # the cheaper at 3,000 Mtok first
    build = picture.lines[0]
    # a replica more after every 1,500 Mtok, from 500 Mtok (2,770 ÷ 3, rounded down) to 20,000 (3,531 × 3, rounded up)
    assert [one.lo for one in build.stretches] == [5e8, *(1.5e9 * step for step in range(1, 14))]
    assert [one.fixed for one in build.stretches] == [3_000 + 1_825 * step for step in range(1, 15)]
    assert (picture.lo, picture.hi, build.stretches[-1].hi) == (5e8, 2e10, 2e10)


@pytest.mark.parametrize("seed", range(40))
def test_every_corner_and_every_height_is_the_exact_one_rounded_once(seed: int) -> None:
    random: Random = chance(f"pictures {seed}")
    curves = [drawn(name, random).curve for name in ("one", "two", "three")]
    scale = scale_of(random.choice((2_000, 5_000, 20_000)))
    money = random.choice((USD, YUAN))
    picture = picture_of(curves, scale, money=money, up_to=F(30))
    by_name = {curve.option: curve for curve in curves}
    for shown in picture.lines:
        curve = by_name[shown.name]
        lo, hi = F(picture.lo) / 1_000, F(picture.hi) / 1_000  # a request generates 1,000 tokens
        end = min(hi, curve.breaks.end) if curve.breaks.end is not None else hi
        exact = list(curve.pieces(lo, end))
        assert [one.lo for one in shown.stretches] == [float(piece.lo * 1_000) for piece in exact]
        assert [one.hi for one in shown.stretches] == [float((piece.hi or end) * 1_000) for piece in exact]
        assert shown.is_cut == (end < hi)
        for stretch, piece in zip(shown.stretches, exact, strict=True):
            at = piece.hi or end
            assert stretch.at(stretch.hi) == pytest.approx(float(curve.at(at) * F(money.per_usd)), rel=1e-12, abs=1e-9)


def test_the_user_and_every_change_lie_inside_with_room() -> None:
    straight, fixed = line("buy", F(1)).curve, line("build", F(0), F(100)).curve  # they meet at 100 requests
    picture = picture_of([straight, fixed], scale_of(1_000_000))  # 1,000 requests
    # 100,000 ÷ 3 → 20,000 and 1,000,000 × 3 → 5,000,000 tokens, each to the next of 1, 2, 5 × 10^n
    assert (picture.lo, picture.hi) == (20_000, 5_000_000)
    assert [(one.x, one.y, one.is_jump) for one in picture.crossings] == [(100_000, 100, False)]
    assert picture.title == "build is cheaper than buy above 100k output tokens a month"


def test_without_a_change_the_users_volume_has_a_decade_on_both_sides() -> None:
    picture = picture_of([line("buy", F(1)).curve], scale_of(1_000_000))
    assert (picture.lo, picture.hi, picture.crossings) == (1e5, 1e7, ())
    assert picture.title == "buy is the cheapest at every volume"


def test_without_a_change_and_without_a_volume_there_is_still_something_to_see() -> None:
    picture = picture_of([line("buy", F(1)).curve], scale_of())
    assert (picture.lo, picture.hi, picture.you) == (1e7, 1e9, None)  # a decade around 100 Mtok


def test_nothing_is_shown_beyond_the_largest_volume_that_was_looked_at() -> None:
    picture = picture_of([line("buy", F(1)).curve], scale_of(1_000_000), up_to=F(100))
    assert (picture.hi, picture.you) == (100_000, None)
    assert picture.title == "buy is the cheapest at every volume, up to 100k output tokens a month"


def test_a_fleet_that_can_serve_no_more_ends_inside() -> None:
    picture = picture_of([fleet("own", F(10), F(50)).curve], scale_of(20_000))
    own = picture.lines[0]
    assert (own.is_cut, own.stretches[-1].hi, own.at(60_000)) == (True, 50_000, None)
    assert picture.crossings == ()  # a line ends; none crosses it
    assert picture.title == "own is the cheapest up to 50k output tokens a month; above that no option serves so much"


def test_steps_too_fine_to_draw_are_replaced_by_their_middle_and_that_is_said() -> None:
    curves = [stairs("build", F(100), F(1)).curve]  # from 1e5 to 1e7 tokens: 9,900 replicas of 1,000 tokens
    picture = picture_of(curves, scale_of(1_000_000))
    *steps, rest = picture.lines[0].stretches
    assert len(steps) == 400
    assert steps[-1].hi == rest.lo == 500_000  # 100,000 + 400 × 1,000
    assert rest[2:] == (50.0, 0.1)  # $100 per 1,000 tokens, half a step above the lower line
    assert picture.what_counts.endswith("steps too fine to draw, their middle is drawn instead: build above 500k")


def test_no_curves_make_no_picture() -> None:
    assert pictures.stairs((), (), MIX, scale_of(1), USD) is None
    assert pictures.stairs((), (Reign(F(0), None, None),), MIX, scale_of(1), USD) is None


def test_the_chart_of_the_cheapest_has_the_winners_and_the_next_ones() -> None:
    mix = Workload.single(requests=1_000_000, input_tokens=1_155, output_tokens=211)
    catalog = load_catalog()
    found = cheapest(catalog.headline, Case(mix, catalog, TODAY))
    scale = Scale.of(mix, Volume(F(10**9), F(10**9), F(10**9)))
    chosen = pictures.to_draw(found, scale)
    costs = sorted(curve.at(scale.requests(F(10**9))) for curve in found.curves if curve.breaks.end is None)
    assert {reign.option for reign in found.reigns} <= {curve.option for curve in chosen}
    assert sorted(curve.at(scale.requests(F(10**9))) for curve in chosen) == costs[:6]


def test_the_table_of_stairs_has_the_costs_at_each_change_and_at_the_users_volume() -> None:
    table = table_of(worked(1_000_000_000))
    assert [column.title for column in table.columns] == ["option", "at 1B", "at 2.77B", "at 3B", "at 3.53B"]
    assert set(table.rows) == {
        ("build", "4,825.00", "6,650.00", "6,650.00", "8,475.00"),  # 3,000 + 1,825 × 1, 2, 2 and 3 replicas
        ("buy", "2,400.00", "6,650.00", "7,200.00", "8,475.00"),  # 2.40 × 1,000, 2,770.8, 3,000 and 3,531.25
    }
    assert "above 3,531,250,000 build is the cheapest" in table.legend


def test_the_records_of_stairs_are_complete() -> None:
    picture = worked(1_000_000_000)
    rows = records_of(picture)
    kinds = [row["row"] for row in rows]
    stretches = sum(len(one.stretches) for one in picture.lines)
    assert [kinds.count(kind) for kind in ("stretch", "crossing", "you")] == [stretches, 3, 1]
    first = next(row for row in rows if row["row"] == "stretch" and row["option"] == "build")
    assert (first["cost_above_from"], first["cost_at_to"], first["slope"]) == (4_825, 4_825, 0)
