"""Monte Carlo: it prices what the scalar model prices, draws no more than it must, and says how sure it is."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from math import sqrt
from statistics import NormalDist, quantiles

import pytest
from analysis.uncertain import CATALOG, DAY, month
from conftest import Overlay

from costcalc import Catalog
from costcalc.analysis.distribution import draws_of
from costcalc.analysis.montecarlo import Outcome, Simulation, simulate
from costcalc.analysis.sample import Sample
from costcalc.case.case import Case
from costcalc.case.file import case_of
from costcalc.errors import UndecidableError
from costcalc.scenario import WorkloadEntry
from costcalc.workload import Workload

MTOK = 10**6


@pytest.fixture
def small(overlay: Overlay) -> Catalog:
    return overlay(CATALOG)


def outcome(found: Simulation, option: str) -> Outcome:
    return next(one for one in found.outcomes if one.option == option)


def test_quantiles_and_the_probability_are_those_of_the_distribution(small: Catalog) -> None:
    # Volume: lognormal, median 1e9, 90 % within × or ÷ 4; sigma = ln 4 / 1.645 = 0.843. small costs $1.20 a Mtok:
    # P10, P90 = 1,200 × exp(∓1.2816 × 0.843) = 407.4 and 3,535. A full replica of mine costs $1,825 / 1,500 = $1.2167
    # a Mtok, so it never wins.
    case = month(small, "250M to 4B").at({"options.mine.usd_per_gpu_hour": Decimal("2.5")})
    found = simulate(case, ["small", "mine"], draws=10_000, seed=1)
    low, middle, high = outcome(found, "small").quantiles
    for got, expected in ((low, 407.4), (middle, 1200), (high, 3535)):
        assert abs(got.value - expected) < 4 * got.error
    assert outcome(found, "mine").cheapest.value == 0
    assert found.choice == "small"


def test_the_probability_of_a_threshold_is_met(small: Catalog) -> None:
    # large costs $2.40 a Mtok and one replica $1,825: it is worth it on (760.4; 1,500] and above 1,520.8 Mtok
    case = month(small, "250M to 4B").at({"options.mine.usd_per_gpu_hour": Decimal("2.5")})
    found = simulate(case, ["large", "mine"], draws=10_000, seed=2)
    law = NormalDist(0, 0.8428)
    wins = 1 - law.cdf(-0.27391) - (law.cdf(0.41923) - law.cdf(0.40547))  # ln 0.7604; ln 1.5208; ln 1.5
    got = outcome(found, "mine").cheapest
    assert abs(got.value - wins) < 4 * got.error
    assert got.error == pytest.approx(sqrt(wins * (1 - wins) / 10_000), rel=0.02)
    assert sum(one.cheapest.value for one in found.outcomes) == pytest.approx(1)


def test_every_cost_is_the_scalar_models(small: Catalog) -> None:
    shape = {"input_tokens": "100 to 4000", "output_tokens": 500}
    entry = WorkloadEntry.model_validate({"requests": "1e6 to 4e6", "shapes": [shape]})
    case = case_of(entry, "bot", small, as_of=DAY)
    sample = Sample(case, 100, 3)
    for option in ("large", "small", "mine"):
        costs = sample.costs([option])[option]
        for index in range(0, 100, 7):
            values = {path: drawn[index] for path, drawn in sample.drawn.items()}
            assert costs[index] == pytest.approx(float(case.at(values).cost(option)), rel=1e-14)


def test_a_shape_that_varies_needs_no_volume_that_does(small: Catalog) -> None:
    case = month(small, "1e9", inputs="1e9 to 4e9")
    sample = Sample(case, 100, 0)
    assert sample.costs(["large"])["large"][5] == float(case.at({"workload.input_tokens": sample.drawn["workload.input_tokens"][5]}).cost("large"))  # fmt: skip


def test_one_more_option_or_input_moves_nothing_else(small: Catalog) -> None:
    case = month(small, "250M to 4B")
    two = simulate(case, ["large", "mine"], draws=200, seed=0)
    three = simulate(case, ["a.b", "large", "mine"], draws=200, seed=0)
    assert outcome(two, "large").quantiles == outcome(three, "large").quantiles
    assert outcome(two, "mine").mean_usd == outcome(three, "mine").mean_usd
    assert [one.path for one in three.inputs] == [
        "workload.output_tokens",
        "options.a.b.tokens_per_s",
        "options.mine.usd_per_gpu_hour",
    ]


def test_what_nothing_moves_costs_the_same_in_every_draw(small: Catalog) -> None:
    found = simulate(month(small, "1e9"), ["large", "small"], draws=100, seed=0)
    assert found.inputs == ()
    one = outcome(found, "small")
    assert [one.central_usd, *(each.value for each in one.quantiles), one.quantiles[0].error] == [1200, *[1200] * 3, 0]
    assert (one.cheapest.value, one.regret) == (1, (0, 0))
    assert outcome(found, "large").regret == (1200, 0)
    assert outcome(found, "large").cheapest == (0, 0.01)  # of none in a hundred, the error is that of one
    assert found.information is not None
    assert found.information.usd == 0


def test_a_tie_goes_to_the_first_option_by_id(small: Catalog) -> None:
    for names in (["large", "acme/large"], ["acme/large", "large"]):
        assert simulate(month(small, "1e9"), names, draws=100, seed=0).outcomes[0].option == "acme/large"


def test_an_option_that_cannot_serve_every_draw_has_a_probability_and_no_regret(small: Catalog) -> None:
    # one replica carries 1,500 Mtok; P(v > 1,500) = P(z > ln 1.5 / 0.8428) = P(z > 0.4811) = 31.5 %
    found = simulate(month(small, "250M to 4B"), ["large", "fixed"], draws=4_000, seed=0)
    fixed = outcome(found, "fixed")
    assert fixed.unserved == pytest.approx(0.315, abs=0.03)
    assert (fixed.mean_usd, fixed.regret, fixed.regret_p90) == (None, None, None)
    assert fixed.quantiles[0].value == 1825
    assert fixed.quantiles[2].value == float("inf")
    assert 0.2 < fixed.cheapest.value < 0.4  # it wins on (760.4; 1,500]
    assert found.choice == "large"
    alone = simulate(month(small, "250M to 4B"), ["fixed"], draws=400, seed=0)
    assert (alone.choice, alone.information, alone.by_input) == (None, None, ())


def test_an_option_that_serves_no_draw_of_a_mix_costs_infinity(small: Catalog) -> None:
    # where requests have no tokens, machines cannot be sized: the curve of that mix does not exist
    case = month(small, "1e6 to 4e6", inputs="1e6")
    nothing = Workload.single(requests=1)
    silent = replace(case, rebuild=lambda _: nothing, traffic=(*case.traffic, case.traffic[0]._replace(path="workload.x")))  # fmt: skip
    assert set(Sample(silent, 100, 0).costs(["fixed"])["fixed"]) == {float("inf")}
    rented = replace(silent, volume="")
    assert set(Sample(rented, 100, 0).costs(["fixed"])["fixed"]) == {float("inf")}


def test_a_draw_may_rest_on_assumptions_on_which_the_centre_does_not(catalog: Catalog) -> None:
    whole = catalog.options["r1-distill-32b-h100"].model_copy(update={"costs": "all"})
    case = month(replace(catalog, options={**catalog.options, "whole": whole}), "500M to 50B", inputs="1e9")
    one = case.at({"workload.output_tokens": Decimal(500 * MTOK)})  # a single replica takes a small share of a person
    known = [each.path for each in one.inputs(["whole"])]
    assert "assumptions.fte_share_small" in known
    assert "assumptions.fte_share_production" not in known
    found = simulate(one, ["whole"], draws=100, seed=0)
    paths = [each.path for each in found.inputs]
    assert "assumptions.fte_share_production" in paths  # several replicas need a production share
    sample = Sample(one, 100, 0)
    costs = sample.costs(["whole"])["whole"]
    values = [{path: drawn[index] for path, drawn in sample.drawn.items()} for index in range(100)]
    assert costs[::9] == [float(one.at(each).cost("whole")) for each in values[::9]]


def test_regret_is_what_hindsight_would_have_saved(small: Catalog) -> None:
    case = month(small, "1e9")
    found = simulate(case, ["large", "mine"], draws=1_000, seed=0)
    # large costs $2,400; mine 730 h × rent, $2 to $4 an hour, median √8: cheaper below 2,400 / 730 = $3.2877
    drawn = [float(rent) * 730 for rent in draws_of(case.inputs(["mine"])[0], 1_000, 0)]
    regrets = [max(0.0, 2400 - cost) for cost in drawn]
    one = outcome(found, "large")
    assert one.regret is not None
    assert one.regret.value == pytest.approx(sum(regrets) / 1_000)
    assert one.regret_p90 is not None
    assert one.regret_p90.value == pytest.approx(quantiles(regrets, n=10)[-1], rel=0.02)
    assert found.choice == "mine"
    assert found.information is not None
    mine = outcome(found, "mine").regret
    assert mine is not None
    assert found.information.usd == pytest.approx(mine.value)  # EVPI is the regret of the best choice
    # the rent alone is uncertain: knowing it is worth almost as much as knowing everything
    (pair,) = found.by_input
    assert pair[0].path == "options.mine.usd_per_gpu_hour"
    assert pair[1].usd == pytest.approx(found.information.usd, rel=0.05)


def test_there_must_be_enough_draws(small: Catalog) -> None:
    with pytest.raises(ValueError, match="expected at least 100 draws, found 99"):
        simulate(month(small, "1e9"), ["large"], draws=99, seed=0)


def test_without_an_option_there_is_nothing_to_simulate(small: Catalog) -> None:
    case = Case(Workload.single(requests=10**7, output_tokens=1000), small, DAY)
    with pytest.raises(UndecidableError, match="no option can be chosen"):
        simulate(case, ["fixed"], draws=100, seed=0)


TWIN = "  twin: {kind: self_host, tokens_per_s: 570.77625571, usd_per_gpu_hour: 2.0 to 4.0, spares: 0, headroom: 1}\n"


def test_two_leaders_within_the_sampling_error_are_not_told_apart(overlay: Overlay) -> None:
    # Two rents of the same distribution, each with draws of its own: either is the cheaper in half of the draws, and
    # their expected costs are equal, 730 × $2.83 × 1.02. Of large, $2,400 in every draw, that can be said:
    # it costs $290 more on average, and the standard error is 2,065 × 0.21 ÷ √2,000 = $10.
    case = month(overlay(CATALOG + TWIN), "1e9")
    found = simulate(case, ["mine", "twin", "large"], draws=2_000, seed=0)
    assert {found.choice, *found.alike} == {"mine", "twin"}
    assert not found.has_clear_leader
    told = simulate(case, ["mine", "large"], draws=2_000, seed=0)
    assert (told.choice, told.alike, told.has_clear_leader) == ("mine", (), True)
    assert simulate(case, ["large"], draws=100, seed=0).has_clear_leader  # nobody is beside it
