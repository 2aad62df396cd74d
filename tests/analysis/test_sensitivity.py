"""The tornado: ends by the pencil, what flips the winner and where, and what a staircase hides."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from analysis.uncertain import CATALOG, month
from conftest import Overlay

from costcalc import Catalog
from costcalc.analysis.sensitivity import Swing, Tornado, tornado
from costcalc.errors import UnknownNameError


@pytest.fixture
def small(overlay: Overlay) -> Catalog:
    return overlay(CATALOG)


def swing(found: Tornado, path: str) -> Swing:
    return next(one for one in found.swings if one.input.path == path)


def test_each_input_goes_to_its_ends_alone(small: Catalog) -> None:
    found = tornado(month(small, "1e9"), ["large", "mine"])
    # mine at √8 an hour is $2,064.75 and large $2,400: mine is the cheapest, by $335.25
    assert (found.option, found.runner_up) == ("mine", "large")
    assert found.central.lead_usd == Decimal("335.2461")  # 2,400 − 730 × 2.82843
    (rent,) = found.swings
    assert [end.usd for end in (rent.low, rent.high)] == [1460, 2920]  # 730 h × $2 and × $4
    assert [end.lead_usd for end in (rent.low, rent.high)] == [940, -520]
    assert [end.winner for end in (rent.low, rent.high)] == ["mine", "large"]
    assert rent.width == 1460


def test_a_flip_is_found_to_a_thousandth_of_the_way(small: Catalog) -> None:
    (rent,) = tornado(month(small, "1e9"), ["large", "mine"]).swings
    (flip,) = rent.flips
    assert flip.winner == "large"
    assert float(flip.value) == pytest.approx(2400 / 730, abs=(4 - 2.83) / 1000)


def test_the_widest_stands_first_and_a_volume_moves_all_options(small: Catalog) -> None:
    found = tornado(month(small, "250M to 4B"), ["large", "mine", "a.b"])
    assert found.swings[0].input.path == "workload.output_tokens"
    volume = swing(found, "workload.output_tokens")
    # at 250 Mtok large costs $600; at 4,000 Mtok three replicas of mine cost 3 × 2,064.75 = $6,194, a.b 3 × 1,825
    assert (volume.low.winner, volume.high.winner) == ("large", "a.b")
    widths = [one.width for one in found.swings]
    assert widths == sorted(widths, reverse=True)


def test_a_staircase_may_hide_an_effect(small: Catalog) -> None:
    found = tornado(month(small, "1e9"), ["large", "a.b"])
    (speed,) = found.swings
    # 500 to 700 tokens/s × 2.628e6 s carry 1,314 to 1,840 Mtok: one replica either way for 1,000
    assert [speed.width, speed.is_idle, speed.is_hidden_by_stairs, speed.flips] == [0, True, True, ()]
    (speed,) = tornado(month(small, "1.5e9"), ["large", "a.b"]).swings
    assert [speed.low.usd, speed.high.usd, speed.is_hidden_by_stairs] == [3650, 1825, False]


def test_what_moves_no_cost_is_not_hidden_by_stairs(small: Catalog) -> None:
    whole = small.options["mine"].model_copy(update={"costs": "all", "usd_per_gpu_hour": Decimal(2)})
    catalog = month(small, "1e9").catalog
    case = month(replace(catalog, options={**catalog.options, "mine": whole}), "1e9")
    labels = swing(tornado(case, ["large", "mine"]), "assumptions.label_cost")  # nothing is fine-tuned
    assert (labels.is_idle, labels.is_hidden_by_stairs) == (True, False)


def test_an_option_may_be_asked_for_by_name(small: Catalog) -> None:
    found = tornado(month(small, "1e9"), ["large", "small"], of="mine")
    assert (found.option, found.runner_up, found.options) == ("mine", "small", ("large", "small", "mine"))
    assert found.central.winner == "small"
    alone = tornado(month(small, "1e9"), ["mine"])
    assert [alone.runner_up, alone.central.lead_usd, alone.swings[0].lead] == [None, None, 0]
    assert alone.swings[0].usd == 1460
    with pytest.raises(UnknownNameError, match="'fixed' cannot be chosen: too few: 1 replica"):
        tornado(month(small, "2e9"), ["large"], of="fixed")


def test_an_end_at_which_an_option_cannot_serve_has_no_cost(small: Catalog) -> None:
    found = tornado(month(small, "700M to 2B"), ["fixed", "large"])
    volume = swing(found, "workload.output_tokens")
    assert [found.option, volume.low.usd, volume.high.usd, volume.high.lead_usd] == ["fixed", 1825, None, None]
    assert [volume.high.winner, volume.usd, volume.lead] == ["large", 0, 0]
    to_low, to_high = volume.flips
    assert (to_low.winner, to_high.winner) == ("large", "large")
    assert float(to_low.value) == pytest.approx(760.4e6, rel=0.002)  # 1,825 ÷ 2.40
    assert float(to_high.value) == pytest.approx(1500e6, rel=0.002)  # one replica is full
    alone = tornado(month(small, "700M to 2B"), ["fixed"])
    assert alone.swings[0].flips[0].winner is None
