"""Bands: P10 and P90 of a cost at every volume, over everything uncertain but the volume."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import isfinite

import pytest
from conftest import Overlay

from costcalc.analysis.bands import bands
from costcalc.case.case import Case
from costcalc.case.month import Size, Traffic
from costcalc.case.traffic import traffic_case
from costcalc.catalog.forms.scalars import Interval
from costcalc.cli.pictures import Drawn, breakeven_picture
from costcalc.money import USD
from costcalc.render.charts.svg import as_svg
from costcalc.render.scale import Scale
from costcalc.units import Volume

DAY = date(2026, 11, 27)
VOLUMES = [Fraction(10**power) for power in (6, 8, 10)]
RANGED = """
options:
  quoted: {kind: self_host, tokens_per_s: 1000, usd_per_gpu_hour: "2 to 4", spares: 0}
  small: {kind: self_host, tokens_per_s: 1000, usd_per_gpu_hour: "2 to 4", replicas: 1}
"""
SIZES = (Size(Decimal(100), Decimal(1_000)),)


def question(overlay: Overlay, output_tokens: Decimal) -> Case:
    asked = Traffic(sizes=SIZES, peak_to_mean=Decimal(2), output_tokens=output_tokens)
    return traffic_case(asked, overlay(RANGED), as_of=DAY)


def test_a_band_of_a_ranged_rent_lies_about_the_central_cost(overlay: Overlay) -> None:
    case = question(overlay, output_tokens=Decimal(10**8))
    found = bands(case, ["quoted"], VOLUMES, draws=400)["quoted"]
    first = found[0]
    # one replica at 2 to 4 $/h over 730 hours: the 90 % interval is $1,460 to $2,920, and P10 to P90 lies inside
    assert 1_460 < first.low < 2_065 < first.high < 2_920  # the median is √(2 × 4) × 730 = $2,064.75
    assert [each.volume for each in found] == VOLUMES


def test_the_volume_itself_is_not_drawn(overlay: Overlay) -> None:
    case = question(overlay, output_tokens=Interval.parse("10M to 1B"))
    assert bands(case, ["gpt-6.1-terra-api"], VOLUMES) == {}  # nothing else of it is uncertain
    assert bands(case, [], VOLUMES) == {}


def test_a_band_ends_where_a_fleet_of_a_fixed_size_can_serve_no_more(overlay: Overlay) -> None:
    case = question(overlay, output_tokens=Decimal(10**8))
    found = bands(case, ["small"], VOLUMES)["small"]
    assert [each.volume for each in found] == VOLUMES[:2]  # 10,000 Mtok a month are beyond one replica
    assert all(isfinite(each.high) for each in found)
    assert bands(case, ["small"], VOLUMES[2:]) == {}


def test_the_picture_of_such_a_fleet_is_drawn(overlay: Overlay) -> None:
    case = question(overlay, output_tokens=Decimal(10**8))
    volume = Fraction(10**8)
    scale = Scale.of(case.workload, Volume(volume, volume, volume))
    picture = breakeven_picture(Drawn(case, ("small", "gpt-6.1-terra-api"), scale, USD))
    assert picture is not None
    for per_unit in (False, True):
        assert 'data-option="small"' in as_svg(picture, standalone=False, per_unit=per_unit)


def test_the_same_seed_gives_the_same_band(overlay: Overlay) -> None:
    case = question(overlay, output_tokens=Decimal(10**8))
    assert bands(case, ["quoted"], VOLUMES) == bands(case, ["quoted"], VOLUMES)
    assert bands(case, ["quoted"], VOLUMES) != bands(case, ["quoted"], VOLUMES, seed=1)


@pytest.mark.parametrize("per_request", [Decimal(1_000), Interval.parse("500 to 2000")])
def test_volumes_count_output_tokens_whatever_a_request_has(overlay: Overlay, per_request: Decimal) -> None:
    sizes = (Size(Decimal(0), per_request),)
    asked = Traffic(sizes=sizes, requests=Decimal(1_000), peak_to_mean=Decimal(2))
    case = traffic_case(asked, overlay(RANGED), as_of=DAY)
    # of output alone a million tokens cost the same, however they are split into requests
    assert bands(case, ["gpt-6.1-terra-api"], VOLUMES) == {}
