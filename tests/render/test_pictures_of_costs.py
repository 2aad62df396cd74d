"""Where the money goes and the winner map, from what the cost model found."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from conftest import Overlay

from costcalc.analysis.envelope import Reign
from costcalc.analysis.winners import Busy
from costcalc.case.case import Case
from costcalc.money import USD, Money
from costcalc.render.charts.pictures import IDLE_GPUS, Place
from costcalc.render.pictures.breakdown import BILLED, BUSY, breakdown
from costcalc.render.pictures.winners import winner_map
from costcalc.render.scale import Scale
from costcalc.units import Volume
from costcalc.workload import Workload

DAY = date(2026, 11, 27)
WORLD = """
options:
  ours: {kind: self_host, tokens_per_s: 1000, usd_per_gpu_hour: 2, spares: 0, headroom: 1}
  mixed: {kind: blend, routes: [{option: gpt-5.2-api, share: 0.5}, {option: ours, share: 0.5}]}
"""
MONTH = replace(Workload.single(requests=657_000, output_tokens=1_000), peak_to_mean=Fraction(2))
FREE = Money("EUR", Decimal(2), DAY, "pencil")


def parts_of(overlay: Overlay, option: str, money: Money = USD) -> dict[str, float]:
    case = Case(MONTH, overlay(WORLD), DAY)
    (bar,) = breakdown([case.estimate(option)], money).bars
    return {part.label: part.amount for part in bar.parts}


@pytest.mark.parametrize(("money", "times"), [(USD, 1), (FREE, 2)])
def test_what_the_mean_load_does_not_keep_busy_is_idle(overlay: Overlay, money: Money, times: int) -> None:
    # 1,000 tokens/s × 2,628,000 s = 2,628 Mtok a month; 657 Mtok keep a quarter of the one replica busy, at $1,460
    assert parts_of(overlay, "ours", money) == pytest.approx({BUSY: 365 * times, IDLE_GPUS: 1095 * times})


def test_an_api_is_what_its_meters_cost(overlay: Overlay) -> None:
    assert parts_of(overlay, "gpt-5.2-api") == {"output": 9198}  # 657 Mtok × $14


def test_the_parts_of_each_bar_are_its_cost(overlay: Overlay) -> None:
    case = Case(MONTH, overlay(WORLD), DAY)
    estimates = [case.estimate(name) for name in ("ours", "mixed", "gpt-5.2-api")]
    picture = breakdown(estimates, USD)
    for bar, estimate in zip(picture.bars, estimates, strict=True):
        assert bar.total == pytest.approx(float(estimate.monthly_usd))
    assert picture.labels[-1] == IDLE_GPUS
    assert BILLED in picture.labels
    assert picture.title == "75 % of what ours costs is idle GPUs"


def test_the_title_says_what_idle_gpus_cost_beside_the_cheapest(overlay: Overlay) -> None:
    case = Case(MONTH, overlay(WORLD), DAY)
    dear, own = case.estimate("gpt-5.2-api"), case.estimate("ours")
    assert breakdown([dear, own], USD).title == (
        "100 % of what gpt-5.2-api costs is output; idle GPUs of ours cost $1,095 a month"
    )
    free = replace(case.estimate("gpt-5.2-api"), lines=())
    assert breakdown([free], USD).title == "gpt-5.2-api costs nothing"


SCALE = Scale(Fraction(100), "output_tokens", 10**6, Volume(Fraction(50), Fraction(100), Fraction(200)))


def row(percent: int, *reigns: tuple[int, int | None, str | None]) -> Busy:
    found = tuple(Reign(Fraction(lo), Fraction(hi) if hi else None, option) for lo, hi, option in reigns)
    return Busy(Fraction(percent, 100), Fraction(1), found)


ROWS = (row(10, (0, 40, "api"), (40, None, "big")), row(50, (0, 7, "api"), (7, 9, "own"), (9, None, "api")))


def test_rows_are_cut_at_the_ends_of_the_axis_and_nowhere_else() -> None:
    picture = winner_map(ROWS, SCALE, ["own"], use=Fraction(1, 4), up_to=Fraction(20))
    # 20 requests of 100 tokens; four decades below them
    assert (picture.lo, picture.hi, picture.unit) == (0.2, 2000, "output tokens")
    assert [(each.lo, each.hi, each.option) for each in picture.rows[1].reigns] == [
        (0.2, 700, "api"),
        (700, 900, "own"),
        (900, 2000, "api"),
    ]
    assert [(each.lo, each.hi) for each in picture.rows[0].reigns] == [(0.2, 2000)]  # 40 requests lie beyond
    assert picture.you == (Place(50, 100, 200), 0.25)


@pytest.mark.parametrize(
    ("rows", "builds", "title"),
    [
        (ROWS, ["own"], "Own GPUs are never the cheapest here unless they are busy 50 % of the time or more"),
        (ROWS, ["api"], "Own GPUs can be the cheapest even when they are busy 10 % of the time"),
        (ROWS, ["else"], "No option to build is the cheapest anywhere here, however busy its GPUs are"),
        (ROWS, [], "No option to build is among these"),
    ],
)
def test_the_title_says_how_busy_gpus_must_be(rows: tuple[Busy, ...], builds: list[str], title: str) -> None:
    assert winner_map(rows, SCALE, builds, use=Fraction(1), up_to=Fraction(20)).title == title


def test_requests_are_counted_where_nothing_is_generated() -> None:
    scale = SCALE._replace(unit="requests", volume=None)
    picture = winner_map(ROWS, scale, ["own"], use=Fraction(1), up_to=Fraction(20))
    assert (picture.unit, picture.you) == ("requests", None)
