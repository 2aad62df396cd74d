"""The sample: what it remembers between draws moves no cost, and what the user decides is not drawn."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from math import inf
from typing import Any

import pytest
from conftest import Overlay

from costcalc import Catalog, UndecidableError
from costcalc.analysis.sample import Sample
from costcalc.case.case import Case
from costcalc.case.file import case_of, case_of_all
from costcalc.case.month import Size, Traffic
from costcalc.case.traffic import traffic_case
from costcalc.catalog.forms.options import BlendOption, Option, SelfHostOption
from costcalc.catalog.forms.scalars import Interval
from costcalc.cost.estimate import Demand, exact_usd
from costcalc.cost.option import monthly
from costcalc.scenario import Scenario, WorkloadEntry

DAY = date(2026, 11, 22)
DRAWS = 40
PREDICTED = {"kind": "self_host", "model": "DeepSeek-R1-Distill-Qwen-32B", "gpu": "H100 SXM", "weights": "fp8"}
MEASURED = {"kind": "self_host", "tokens_per_s": 900, "usd_per_gpu_hour": Decimal("2.5"), "gpus": 2}
HOSTED: dict[str, dict[str, Any]] = {
    "on demand": {},
    "on demand, whole bill": {"costs": "all", "fine_tuned": True},
    "reserved for a year": {"tenure": "reserved_1y"},
    "reserved for three years": {"tenure": "reserved_3y"},
    "spot": {"tenure": "spot", "gpu": "L40S", "gpus": 2},
    "owned": {"tenure": "own"},
    "owned, whole bill": {"tenure": "own", "costs": "all"},
    "follows the load": {"autoscale": True, "costs": "all"},
    "follows the load, by the node": {"autoscale": True, "node_gpus": 8},
    "by the node": {"node_gpus": 8, "spares": 2},
    "some hours": {"hours_per_month": 200},
    "a fixed fleet": {"replicas": 8},
    "a latency of its own": {"tpot_ms": 25},
    "no headroom": {"headroom": 1, "spares": 0},
}
OWN: dict[str, dict[str, Any]] = {
    "measured": MEASURED,
    "measured, owned": {**MEASURED, "tenure": "own", "usd_per_gpu": 20_000, "gpu_kw": Decimal("0.9")},
    "ranges of its own": {**MEASURED, "tokens_per_s": "600 to 1200", "usd_per_gpu_hour": "2 to 4", "costs": "all"},
    "ranges of its own, predicted": {**PREDICTED, "usd_per_gpu_hour": "2 to 4"},
}
BLENDS: dict[str, dict[str, Any]] = {
    "routed": {"routes": [{"option": "gpt-5.2-api", "share": Decimal("0.3")}, {"option": "on demand"}]},
    "routed by a range": {"routes": [{"option": "gpt-5.2-api", "share": "0.1 to 0.4"}, {"option": "owned"}]},
    "escalated": {"escalation": {"first": "on demand, whole bill", "then": "gpt-5.2-api", "output_times": 2}},
    "escalated by a rate of its own": {"escalation": {"first": "measured", "then": "spot", "rate": Decimal("0.2")}},
}
NAMES = (*HOSTED, *OWN, *BLENDS)


@pytest.fixture(scope="module")
def options() -> dict[str, Option]:
    hosted = {name: SelfHostOption.model_validate({**PREDICTED, **fields}) for name, fields in HOSTED.items()}
    own = {name: SelfHostOption.model_validate(fields) for name, fields in OWN.items()}
    blends = {name: BlendOption.model_validate({"kind": "blend", **fields}) for name, fields in BLENDS.items()}
    return {**hosted, **own, **blends}


@pytest.fixture(scope="module")
def every(catalog: Catalog, options: dict[str, Option]) -> Catalog:
    return replace(catalog, options={**catalog.options, **options})


def of_flags(catalog: Catalog) -> Case:
    """Tokens of a month and of an answer as ranges; the prompt and the peak are assumed."""
    traffic = Traffic(output_tokens=Interval.parse("200M to 20B"), output_per_request=Interval.parse("100 to 900"))
    return traffic_case(traffic, catalog, as_of=DAY)


def of_a_file(catalog: Catalog) -> Case:
    """Two shapes, a peak and a share that can wait, the volume and one prompt as ranges."""
    shapes = [
        {
            "input_tokens": "1000 to 4000",
            "cached_share": Decimal("0.5"),
            "output_tokens": 500,
            "share": Decimal("0.75"),
        },
        {"input_tokens": 300, "output_tokens": 90, "share": Decimal("0.25")},
    ]
    fields = {"requests": "1e6 to 4e7", "peak_to_mean": "1.5 to 5", "batchable_share": Decimal("0.2"), "shapes": shapes}
    return case_of(WorkloadEntry.model_validate(fields), "bot", catalog, as_of=DAY)


def of_two_workloads(catalog: Catalog) -> Case:
    """A sum, one part of which peaks as usual: the peak of the sum follows the volumes, so it is no input."""
    shapes = [{"input_tokens": "1000 to 4000", "output_tokens": 500}]
    parts = {
        "bot": WorkloadEntry.model_validate({"requests": "1e6 to 4e6", "shapes": shapes}),
        "rush": WorkloadEntry.model_validate({"requests": "1e6 to 4e6", "peak_to_mean": 8, "shapes": shapes}),
    }
    return case_of_all(Scenario(workloads=parts), catalog, as_of=DAY)


def of_people(catalog: Catalog) -> Case:
    """What a person sends, and how much of it is sent again: neither moves a request, and neither is the volume."""
    return traffic_case(Traffic(seats=Decimal(20_000), kind="research"), catalog, as_of=DAY)


def fixed(catalog: Catalog) -> Case:
    """A month that is known."""
    known = Traffic(
        output_tokens=Decimal(3 * 10**9), sizes=(Size(Decimal(3_000), Decimal(1_000)),), peak_to_mean=Decimal(2)
    )
    return traffic_case(known, catalog, as_of=DAY)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "case_for",
    [
        of_two_workloads,
        *(pytest.param(each, marks=pytest.mark.no_cover) for each in (of_flags, of_a_file, of_people, fixed)),
    ],
)
def test_every_draw_costs_what_the_estimate_says(every: Catalog, name: str, case_for: Any) -> None:  # noqa: ANN401
    case = case_for(every)
    sample = Sample(case, DRAWS, 5)
    (costs,) = sample.costs([name]).values()
    assert name == "measured" or len(sample.drawn) > len(case.traffic)  # it rests on more than the traffic
    for number, cost in enumerate(costs):
        at = case.at({path: drawn[number] for path, drawn in sample.drawn.items()})
        try:
            expected = float(exact_usd(at.estimate(name).lines))
        except UndecidableError:
            expected = float("inf")
        assert cost == expected, number


@pytest.mark.parametrize("name", NAMES)
def test_a_month_that_was_made_ready_has_the_lines_of_the_estimate(every: Catalog, name: str) -> None:
    case = of_flags(every)
    ready = monthly(name, case.workload, every, as_of=DAY)
    for requests, peak in ((1, 1), (10**6, 3), (10**8, 2)):
        demand = Demand(requests, peak)
        served = replace(case, workload=replace(case.workload, requests=requests, peak_to_mean=peak))
        try:
            expected = served.estimate(name)
        except UndecidableError:
            with pytest.raises(UndecidableError):
                ready(demand, every)
            continue
        got = ready(demand, every)
        assert (got.lines, got.assumptions) == (expected.lines, expected.assumptions)
        assert got.exact_usd == expected.exact_usd == exact_usd(expected.lines)


@pytest.mark.parametrize("name", [name for name in NAMES if name not in BLENDS])
def test_a_month_follows_the_assumptions_that_it_is_asked_with(every: Catalog, name: str) -> None:
    case = fixed(every)
    ready = monthly(name, case.workload, every, as_of=DAY)
    for assumption in case.estimate(name).assumptions:
        one = every.assumption(assumption)
        for end in (one.low, one.high, one.value):
            at = case.at({f"assumptions.{assumption}": end})
            assert (
                ready(Demand(case.workload.requests, case.workload.peak), at.catalog).lines == at.estimate(name).lines
            ), assumption


def test_a_fleet_that_is_too_small_for_a_draw_costs_infinity_there(every: Catalog) -> None:
    costs = Sample(of_flags(every), 200, 5).costs(["a fixed fleet"])["a fixed fleet"]
    assert 0 < costs.count(inf) < 200


def test_options_that_are_priced_together_cost_what_each_costs_alone(every: Catalog) -> None:
    case = of_flags(every)
    names = ["gpt-5.2-api", "on demand", "owned, whole bill", "ranges of its own", "escalated"]
    together = Sample(case, DRAWS, 5).costs(names)
    assert together == {name: Sample(case, DRAWS, 5).costs([name])[name] for name in names}


def test_progress_is_the_share_of_the_draws(every: Catalog) -> None:
    seen: list[float] = []
    Sample(fixed(every), 4, 0).costs(["on demand"], seen.append)
    assert seen == [0.25, 0.5, 0.75, 1.0]


def test_the_traffic_is_drawn_on_a_grid_except_for_its_volume_and_its_peak(every: Catalog) -> None:
    case = of_flags(every)
    sample = Sample(case, 2_000, 0)
    for one in case.traffic:
        values = set(sample.drawn[one.path])
        if one.path in {"workload.output_tokens", "assumptions.peak_to_mean"}:
            assert len(values) > 500  # the peak has 3 digits, from 1.00 on
            continue
        # 5 steps from the value to either end, and some beyond: 11 of them, 11 / 5 × 1.645 = 3.62 standard deviations,
        # are passed once in 3,400 draws
        assert len(values) <= 2 * 13 + 1
        for end in (one.low, one.value, one.high):
            assert min(abs(value / end - 1) for value in values) <= Decimal("0.005")  # it is one of them, to 3 digits


def test_what_the_user_decides_is_not_drawn(catalog: Catalog, options: dict[str, Option], overlay: Overlay) -> None:
    own = {"mine": options["on demand, whole bill"]}

    def paths(of: Catalog) -> set[str]:
        case = fixed(replace(of, options={**of.options, **own}))
        return {one.path.removeprefix("assumptions.") for one in case.inputs(["mine"])}

    decided = {"tpot_target", "horizon", "spare_replicas", "headroom"}
    # these move no cost: how often machines are up, what a price may be, from where on a mix is worth a router
    apart = {"replica_availability", "negotiated_discount", "negotiated_discount_from", "routing_upkeep_fte"}
    assert {name for name, one in catalog.assumptions.items() if not one.drawn} - apart == decided
    assert not paths(catalog) & decided
    assert decided <= set(fixed(replace(catalog, options=own)).estimate("mine").assumptions)
    # a range of one's own is what one does not know; a number is what one decides
    ranged = overlay("assumptions: {headroom: 1.1 to 1.5, tpot_target: 30, horizon: {low: 2}}")
    assert paths(ranged) & decided == {"headroom", "horizon"}
    kept = overlay("assumptions: {horizon: {low: 2, high: 4, drawn: false}}")
    assert not paths(kept) & decided
