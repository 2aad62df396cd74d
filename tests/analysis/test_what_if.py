"""The what-if of a page: its curves are the cost model's own, at every setting and volume."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from conftest import Overlay

from costcalc import Catalog
from costcalc.analysis.sensitivity import tornado
from costcalc.analysis.what_if import Repeating, WhatIf, offered_volumes, what_if
from costcalc.case.case import Case
from costcalc.case.month import Traffic
from costcalc.case.traffic import traffic_case
from costcalc.cost.curve import Affine, Piece
from costcalc.cost.policy import Policy, with_policy
from costcalc.errors import UndecidableError

DAY = date(2026, 11, 27)
HOME = Fraction(10**9)
BLEND = """
options:
  mixed: {kind: blend, routes: [{option: deepseek-v4-pro-api, share: 0.6}, {option: r1-distill-32b-h100, share: 0.4}]}
  fixed: {kind: self_host, model: DeepSeek-R1-Distill-Qwen-32B, gpu: H100 SXM, weights: fp8, replicas: 2}
  following: {kind: self_host, model: DeepSeek-R1-Distill-Qwen-32B, gpu: H100 SXM, weights: fp8, autoscale: true}
"""
OPTIONS = ("r1-distill-32b-h100", "gpt-6.1-terra-api", "mixed", "fixed", "following")


def question(catalog: Catalog, costs: str = "hardware") -> Case:
    catalog = with_policy(catalog, Policy(costs=costs))  # type: ignore[arg-type]  # one of the two words
    return traffic_case(Traffic(output_tokens=Decimal(10**9)), catalog, as_of=DAY)


def estimated(case: Case, option: str, found: WhatIf, levels: tuple[int, ...], volume: Fraction) -> Fraction | None:
    """Ask the cost model itself."""
    ends = {
        each.path: (each.low, each.value, each.high)[level]
        for each, level in zip(found.drivers, levels, strict=True)
        if level != 1
    }
    moved = case.at(ends)
    per_request = Fraction(moved.workload.output_tokens) / Fraction(moved.workload.requests)
    try:
        return (
            replace(moved, workload=replace(moved.workload, requests=volume / per_request)).estimate(option).exact_usd
        )
    except UndecidableError:
        return None


@pytest.mark.parametrize("costs", ["hardware", "all"])
def test_every_figure_of_a_page_is_the_estimate_at_that_setting(overlay: Overlay, costs: str) -> None:
    case = question(overlay(BLEND), costs)
    drivers = [each.input for each in tornado(case, OPTIONS[:2]).swings if each.input.path != case.volume][:3]
    found = what_if(case, OPTIONS, drivers, offered_volumes(HOME), home=HOME)
    assert len(found.settings) == 27  # three levels of three drivers
    for levels in list(found.settings)[::2]:
        for option in OPTIONS:
            for volume in found.volumes[::4]:
                assert found.cost(option, levels, volume) == estimated(case, option, found, levels, volume)


def test_a_fleet_of_fixed_size_serves_nothing_above_its_end(overlay: Overlay) -> None:
    case = question(overlay(BLEND))
    found = what_if(case, ["fixed"], [], offered_volumes(HOME), home=HOME)
    served = [found.cost("fixed", (), volume) is not None for volume in found.volumes]
    assert served[0]
    assert not served[-1]
    assert served == sorted(served, reverse=True)


def test_equal_curves_are_kept_once(overlay: Overlay) -> None:
    case = question(overlay(BLEND))
    rent = next(each for each in case.inputs(OPTIONS) if each.path == "assumptions.rental_price_spread")
    found = what_if(case, OPTIONS[:2], [rent], [HOME], home=HOME)
    build, buy = zip(*(found.settings[level,] for level in range(3)), strict=True)
    assert len(set(buy)) == 1
    assert len(set(build)) == 3
    assert len(found.totals) == 4  # one curve to buy, three to build


def test_what_cannot_be_priced_at_a_setting_has_no_curve(overlay: Overlay) -> None:
    case = question(overlay("options: {full: {kind: self_host, tokens_per_s: 900, usd_per_gpu_hour: 2}}"))
    peak = next(each for each in case.inputs(["full"]) if each.path == "assumptions.peak_to_mean")
    broken = peak._replace(low=Decimal("0.5"))  # a peak below the mean
    found = what_if(case, ["full"], [broken], [HOME], home=HOME)
    assert found.settings[0,] == (None,)
    assert found.cost("full", (0,), HOME) is None
    assert found.cost("full", (1,), HOME) is not None


def test_whole_periods_are_taken_back_and_an_end_of_a_piece_still_belongs_to_it() -> None:
    # $100 for every 150: pieces up to 300, and from 150 on cost(v + 150) = cost(v) + 100
    hundred, two = Affine(Fraction(100), Fraction(0)), Affine(Fraction(200), Fraction(0))
    pieces = (Piece(Fraction(0), Fraction(150), hundred), Piece(Fraction(150), Fraction(300), two))
    stairs = Repeating(pieces, Fraction(150), Fraction(150), Fraction(100), Fraction(1_000))
    volumes = (1, 150, 151, 300, 301, 450, 451, 1_000, 1_001)
    assert [stairs.at(Fraction(volume)) for volume in volumes] == [100, 100, 200, 200, 300, 300, 400, 700, None]


@pytest.mark.parametrize(
    ("home", "first", "last", "number"),
    [
        (10**7, 10**5, 10**8, 31),  # ten a decade over three decades, and the last of them
        # parts of a token are no volume: 2, 4, 5, 8, then eight without 12.5 and 31.5, ten, 1,000 and 1,250
        (150, 2, 1_250, 4 + 8 + 10 + 2),
        (1, 1, 10, 5 + 1),  # 1, 2, 4, 5, 8, and 10
    ],
)
def test_offered_volumes_are_whole_and_round(home: int, first: int, last: int, number: int) -> None:
    volumes = offered_volumes(Fraction(home))
    assert (int(volumes[0]), int(volumes[-1]), len(volumes)) == (first, last, number)
    assert all(volume.denominator == 1 for volume in volumes)
