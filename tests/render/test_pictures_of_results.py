"""Pictures of a tornado, a projection and a trade-off: the figures are those of the result, the title its finding."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from analysis.uncertain import CATALOG, month
from capability_world import OPTIONS, WORLD
from conftest import Overlay

from costcalc import Workload
from costcalc.analysis.projection import Projection, project
from costcalc.analysis.sensitivity import tornado
from costcalc.analysis.tradeoff import Asked, Tradeoff, weigh
from costcalc.case.case import Case
from costcalc.cost.cash import Cash, Flow
from costcalc.cost.finance import months_later
from costcalc.money import USD, Money
from costcalc.render.charts.pictures import Point
from costcalc.render.pictures.capability import frontier
from costcalc.render.pictures.projection import MOST_PATHS, paths
from costcalc.render.pictures.tornado import swings

DAY = date(2026, 11, 22)
YUAN = Money("CNY", Decimal(7), date(2026, 10, 6), "example.com")
TESTS = """
evaluations:
  new-2026-11: {model: acme/new, passed: 90, of: 100, date: 2026-11-20}
  tiny-2026-11: {model: acme/tiny, passed: 50, of: 100, date: 2026-11-20}
"""


def test_a_swing_has_the_options_cost_at_both_ends_and_where_the_winner_changes(overlay: Overlay) -> None:
    found = tornado(month(overlay(CATALOG), "1e9"), ["large", "mine"])
    picture = swings(found, USD)
    assert picture is not None
    (rent,) = picture.swings
    assert (picture.option, round(picture.central, 2)) == ("mine", 2064.75)  # 730 h × √8
    assert (rent.input, rent.low, rent.high) == ("options.mine.usd_per_gpu_hour", 1460, 2920)  # 730 h × $2 and × $4
    assert (rent.low_value, rent.high_value) == ("2", "4")
    (flip,) = rent.flips
    assert flip.option == "large"
    assert flip.at == pytest.approx(2400, abs=1)  # where mine costs what large does, to a thousandth of the way
    assert picture.title == (
        "options.mine.usd_per_gpu_hour moves the cost of mine most, $1,460.00 to $2,920.00 a month;"
        " options.mine.usd_per_gpu_hour alone changes the cheapest option"
    )


def test_a_tornado_in_another_currency_is_converted(overlay: Overlay) -> None:
    picture = swings(tornado(month(overlay(CATALOG), "1e9"), ["large", "mine"]), YUAN)
    assert picture is not None
    assert (picture.currency, picture.swings[0].low) == ("CNY", 10_220)  # 7 × 1,460


def test_where_nothing_moves_the_cost_there_is_no_picture(overlay: Overlay) -> None:
    found = tornado(month(overlay(CATALOG), "1e9"), ["large", "a.b"])  # one replica at either speed
    assert swings(found, USD) is None


def test_an_end_at_which_the_option_cannot_serve_has_no_cost(overlay: Overlay) -> None:
    found = tornado(month(overlay(CATALOG), "800M to 2B"), ["fixed"])  # its one replica serves 1,500 Mtok
    picture = swings(found, USD)
    assert picture is not None
    assert (picture.swings[0].low, picture.swings[0].high) == (1825, None)
    assert picture.title.startswith("With workload.output_tokens at an end fixed cannot serve; ")


def cash(option: str, running: str, upfront: str = "0", *, months: int = 12) -> Cash:
    rows = [Flow(months_later(DAY, index), 1, Decimal(0), Decimal(running)) for index in range(months)]
    rows[0] = rows[0]._replace(upfront=Decimal(upfront))
    return Cash(option, "buy", tuple(rows), Decimal(0), ())


def projected(*options: Cash, baseline: str) -> Projection:
    by_name = {each.option: each for each in options}
    return project(list(by_name), by_name.__getitem__, baseline=baseline, rate=Decimal(0), as_of=DAY)


def test_a_path_has_what_was_paid_after_each_month_and_when_it_pays_back() -> None:
    picture = paths(projected(cash("api", "100"), cash("own", "10", "500"), baseline="api"), USD)
    own, api = picture.paths
    assert (own.option, own.paid, own.pays_back) == ("own", tuple(500.0 + 10 * index for index in range(1, 13)), 6)
    assert (api.option, api.paid[-1], api.pays_back, api.is_baseline) == ("api", 1200, None, True)
    assert (picture.begins, picture.currency) == ("2026-11", "USD")
    # 500 + 12 × 10; 500 + 6 × 10 = 560 is below 6 × 100
    assert picture.title == "own costs the least in 12 months: $620; it pays back in month 6 against api"


def test_what_never_pays_back_is_said() -> None:
    picture = paths(projected(cash("api", "1"), cash("own", "10", "500"), baseline="api"), YUAN)
    assert picture.title == "api costs the least in 12 months: CNY 84; nothing pays back against api"  # 12 × 7


def test_the_baseline_is_always_drawn() -> None:
    many = [cash(f"option-{index}", str(index)) for index in range(1, 10)]
    picture = paths(projected(*many, cash("dear", "1000"), baseline="dear"), USD)
    assert len(picture.paths) == MOST_PATHS
    assert [path.option for path in picture.paths] == [*(f"option-{index}" for index in range(1, 6)), "dear"]


def weighed(overlay: Overlay, *, bar: Decimal | None = None, own: bool = False) -> Tradeoff:
    catalog = overlay(WORLD + (TESTS if own else ""))
    case = Case(Workload.single(requests=1_000, output_tokens=1_000), catalog, DAY)
    return weigh(case, OPTIONS, Asked("Bench One", "own" if own else None, bar=bar))


def test_points_have_their_cost_and_score_and_whether_another_beats_them(overlay: Overlay) -> None:
    picture = frontier(weighed(overlay), USD)
    assert picture is not None
    by_name = {point.option: point for point in picture.points}
    assert by_name["tiny"] == Point("tiny", 1, 60, None, None, is_on_frontier=True)
    assert by_name["beaten"] == Point("beaten", 200, 80, None, None, is_on_frontier=False)  # large: as good at $100
    assert [point.cost for point in picture.points] == sorted(point.cost for point in picture.points)
    assert picture.benchmark == "Bench One (plain, reported by Lab)"
    assert picture.title == ("4 of 7 scored options are beaten by none, from tiny ($1.00 a month) to large ($100.00)")


def test_a_score_that_is_needed_is_in_the_picture_and_its_title(overlay: Overlay) -> None:
    picture = frontier(weighed(overlay, bar=Decimal(75)), USD)
    assert picture is not None
    assert picture.at_least == 75
    # small costs and scores the same; the first by name speaks, as in the verdict
    assert picture.title == "equal is the cheapest with at least 75: $10.00 a month"
    beyond = frontier(weighed(overlay, bar=Decimal(99)), USD)
    assert beyond is not None
    assert beyond.title == "No option is known to reach 99"


def test_a_test_of_the_users_own_has_its_interval(overlay: Overlay) -> None:
    picture = frontier(weighed(overlay, own=True), USD)
    assert picture is not None
    new = next(point for point in picture.points if point.option == "new")
    # Wilson, z = 1.6449: (0.9 + z²/200 ± z √(0.09/100 + z²/40,000)) ÷ (1 + z²/100) = 0.88946 ± 0.04982
    assert new.score == 90
    assert new.low == pytest.approx(83.964, abs=0.001)
    assert new.high == pytest.approx(93.928, abs=0.001)


def test_without_a_score_there_is_no_picture(overlay: Overlay) -> None:
    case = Case(Workload.single(requests=1_000, output_tokens=1_000), overlay(WORLD), DAY)
    assert frontier(weigh(case, ["new"], Asked("Bench One")), USD) is None
