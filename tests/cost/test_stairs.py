"""Every kind of option: its curve is what its estimate says, exactly, at whatever volume."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from functools import cache
from pathlib import Path
from random import Random
from typing import get_args

import pytest
from curves import chance
from endings import LONG_RUN

from costcalc import Catalog, Shape, Workload, load_catalog
from costcalc.analysis.breakeven import break_even
from costcalc.case.case import Case
from costcalc.cost.curve import ZERO, CostCurve
from costcalc.cost.estimate import Part, exact_usd
from costcalc.cost.option import cost_curve, estimate
from costcalc.errors import UndecidableError

F = Fraction
TODAY = date(2026, 11, 22)
QUOTE = "source: {title: a quote, checked: 2026-11-01}"
PTU = "usd_per_hour: 0.9, tokens_per_minute: 3_001, weights: {input: 1, cache_read: 0.3, output: 4}, least: 15, step: 5"
INPUT_UNIT = "usd_per_day: 110, input_tokens_per_minute: 30_000, least: 2"
OUTPUT_UNIT = "usd_per_day: 36, output_tokens_per_minute: 2_500, step: 7"
RENTED = f"kind: self_host, tokens_per_s: 37.7, usd_per_gpu_hour: 2.69, {QUOTE}"
OWNED = f"kind: self_host, tokens_per_s: 37.7, tenure: own, usd_per_gpu: 30_000, gpu_kw: 0.7, {QUOTE}"
OWN_CATALOG = f"""
api:
  acme:
    provider: acme
    models:
      tiered:
        prices:
          - effective: 2026-01-01
            usd_per_mtok: {{input: 1.10, cache_read: 0.10, output: 3.30}}
            usd_per_thousand: {{request: 0.07}}
            when:
              - {{prompt_tokens_above: 3_000, usd_per_mtok: {{input: 2.20, output: 5.50}}}}
              - {{processing: batch, multiply: 0.5}}
              - {{utc: "01:00-04:00", multiply: 1.7}}
            {QUOTE}
plans:
  acme:
    provider: acme
    plans:
      capped:
        name: Capped
        prices: [{{effective: 2026-01-01, usd_per_seat: 19.90, {QUOTE}}}]
        allowance: {{value: 700_001, low: 500_000, high: 900_000, basis: judgement}}
        limit: hard
        data_policy: unknown
      metered:
        name: Metered
        prices: [{{effective: 2026-01-01, usd_per_seat: 20, {QUOTE}}}]
        allowance: {{value: 17, low: 17, high: 17, unit: usd, basis: vendor, {QUOTE}}}
        limit: overage
        overage: acme/tiered
        data_policy: no_training
      pooled:
        name: Pooled
        prices: [{{effective: 2026-01-01, usd_per_seat: 19.90, {QUOTE}}}]
        allowance: {{value: 700_001, low: 500_000, high: 900_000, pooled: true, basis: judgement}}
        limit: hard
        min_seats: 5
        data_policy: unknown
      fewest:
        name: Fewest
        prices: [{{effective: 2026-01-01, usd_per_seat: 19.90, {QUOTE}}}]
        allowance: {{value: 700_001, low: 500_000, high: 900_000, basis: judgement}}
        limit: hard
        min_seats: 5
        data_policy: unknown
      unlimited:
        name: Unlimited
        prices: [{{effective: 2026-01-01, usd_per_seat: 39, {QUOTE}}}]
        limit: hard
        data_policy: unknown
options:
  api: {{kind: api, model: acme/tiered}}
  rate: {{kind: rate, side: buy, usd_per_mtok: {{input: 0.13, cache_read: 0.01, output: 0.5}}, effective: 2026-01-01, {QUOTE}}}
  rented: {{{RENTED}, spares: 0, headroom: 1}}
  usual: {{kind: self_host, model: DeepSeek-R1-Distill-Qwen-32B, gpu: H100 SXM, weights: fp8}}
  whole-bill: {{{RENTED}, costs: all, spares: 1, gpus: 3, headroom: 1}}
  nodes: {{{RENTED}, gpus: 3, node_gpus: 8, costs: all, headroom: 1.3, spares: 0}}
  owned: {{{OWNED}, gpus: 2, costs: all}}
  owned-nodes: {{{OWNED}, gpus: 3, node_gpus: 4}}
  following: {{{RENTED}, autoscale: true, headroom: 1.2, spares: 0}}
  following-bill: {{{RENTED}, autoscale: true, costs: all, spares: 2, headroom: 1}}
  following-nodes: {{{RENTED}, spares: 0, headroom: 1, autoscale: true, gpus: 3, node_gpus: 8, costs: all}}
  following-owned: {{{OWNED}, gpus: 3, node_gpus: 4, autoscale: true, costs: all}}
  fixed: {{{RENTED}, spares: 0, headroom: 1, replicas: 5}}
  following-three: {{{RENTED}, autoscale: true, min_replicas: 3, costs: all, headroom: 1}}
  by-second: {{kind: self_host, model: Llama-3.1-8B, gpu: H100 SXM, rental: modal-serverless}}
  by-second-kept: {{kind: self_host, tokens_per_s: 37.7, usd_per_gpu_second: 0.0011, min_replicas: 1, {QUOTE}}}
  to-zero: {{{RENTED}, autoscale: true, min_replicas: 0, warm_s: 0, cold_start_s: 0}}
  to-zero-bill: {{kind: self_host, tokens_per_s: 3_770, gpus: 80, usd_per_gpu_second: 0.001, warm_s: 600, cold_start_s: 90, overhead: 0.15, costs: all, {QUOTE}}}
  to-zero-nodes: {{{RENTED}, autoscale: true, min_replicas: 0, gpus: 3, node_gpus: 8, warm_s: 7, costs: all}}
  to-zero-far-ahead: {{{RENTED}, autoscale: true, min_replicas: 0, headroom: 9, warm_s: 0, cold_start_s: 0}}
  by-month: {{kind: self_host, tokens_per_s: 37.7, gpus: 3, node_gpus: 8, usd_per_month: 1_999, overhead: 0.07, costs: all, {QUOTE}}}
  quarter-by-month: {{kind: self_host, tokens_per_s: 37.7, gpus: 0.25, usd_per_month: 1_999, {QUOTE}}}
  quarter: {{{RENTED}, gpus: 0.25, costs: all}}
  slice: {{kind: self_host, tokens_per_s: 37.7, gpu: H100 SXM, mig: 2g.20gb, usd_per_slice_hour: 0.61, {QUOTE}}}
  spot: {{kind: self_host, tokens_per_s: 37.7, gpu: H100 SXM, rental: vast-spot}}
  seats: {{kind: plan, plan: acme/capped}}
  one-seat: {{kind: plan, plan: acme/capped, seats: 1, allowance: 300_000 to 500_000}}
  pooled: {{kind: plan, plan: acme/pooled}}
  fewest: {{kind: plan, plan: acme/fewest}}
  metered: {{kind: plan, plan: acme/metered}}
  overflow: {{kind: plan, plan: acme/capped, limit: overage, model: acme/tiered}}
  unlimited: {{kind: plan, plan: acme/unlimited}}
  units: {{kind: provisioned, model: acme/tiered, units: {{PTU: {{{PTU}}}}}}}
  units-for-the-mean: {{kind: provisioned, model: acme/tiered, size_for: mean, hours_per_month: 300, units: {{PTU: {{{PTU}}}}}}}
  units-spilling: {{kind: provisioned, model: acme/tiered, overflow: true, units: {{PTU: {{{PTU}}}}}}}
  units-spilling-over: {{kind: provisioned, model: acme/tiered, overflow: api, size_for: peak, units: {{PTU: {{{PTU}}}}}}}
  units-fixed: {{kind: provisioned, model: acme/tiered, units: {{PTU: {{{PTU}, count: 40}}}}}}
  units-fixed-spilling: {{kind: provisioned, model: acme/tiered, overflow: true, units: {{PTU: {{{PTU}, count: 40}}}}}}
  two-units: {{kind: provisioned, model: acme/tiered, units: {{in: {{{INPUT_UNIT}}}, out: {{{OUTPUT_UNIT}}}}}}}
  two-units-spilling: {{kind: provisioned, model: acme/tiered, overflow: true, units: {{in: {{{INPUT_UNIT}}}, out: {{{OUTPUT_UNIT}}}}}}}
  two-limits: {{kind: provisioned, model: acme/tiered, units: {{MU: {{usd_per_hour: 21.18, input_tokens_per_minute: 90_000, output_tokens_per_minute: 7_000}}}}}}
  units-for-nothing: {{kind: provisioned, model: acme/tiered, overflow: true, units: {{PTU: {{usd_per_year: 2_652, tokens_per_second: 50, weights: {{input: 0, output: 0}}}}}}}}
  two-units-one-of-them-free: {{kind: provisioned, model: acme/tiered, units: {{in: {{{INPUT_UNIT}, weights: {{input: 0}}}}, out: {{{OUTPUT_UNIT}}}}}}}
  routed: {{kind: blend, routes: [{{option: api, share: 0.1}}, {{option: rented, share: 0.9}}]}}
  two-fleets: {{kind: blend, routes: [{{option: nodes, share: 0.37, output_times: 1.5}}, {{option: rented, input_times: 2}}]}}
  seats-and-api: {{kind: blend, routes: [{{option: seats, share: 0.7}}, {{option: api, shapes: [{{input_tokens: 9_000, output_tokens: 100}}]}}], router_usd_per_million_requests: 39}}
  to-the-fleet: {{kind: blend, routes: [{{option: fixed, share: 0.4}}, {{option: following-nodes, share: 0.6}}], router_usd_per_million_requests: 0}}
  units-and-api: {{kind: blend, routes: [{{option: units-spilling, share: 0.7}}, {{option: api}}]}}
  escalated: {{kind: blend, escalation: {{first: rented, then: api, rate: 0.13, input_times: 1.25}}}}
  usually-escalated: {{kind: blend, escalation: {{first: whole-bill, then: following}}, router_usd_per_million_requests: 2}}
"""
MIX = Workload(
    requests=1,
    shapes=(
        Shape.of(input_tokens=2_000, cached_share=0.25, output_tokens=300, share=0.7),
        Shape.of(input_tokens=4_100, output_tokens=900, share=0.3),
    ),
    batchable_share=F(1, 5),
    peak_to_mean=F(7, 3),
    kind="coding_assistant",
    seats=3,
)
KINDS = {
    "api": ("api",),
    "rate": ("rate",),
    "self_host": (
        "rented", "usual", "whole-bill", "nodes", "owned", "owned-nodes", "following", "following-bill",
        "following-nodes", "following-owned", "fixed", "following-three", "by-second", "by-second-kept", "to-zero",
        "to-zero-bill", "to-zero-nodes", "to-zero-far-ahead", "by-month", "quarter-by-month", "quarter", "slice", "spot",
    ),
    "plan": ("seats", "one-seat", "pooled", "fewest", "metered", "overflow", "unlimited"),
    "provisioned": (
        "units", "units-for-the-mean", "units-spilling", "units-spilling-over", "units-fixed", "units-fixed-spilling",
        "two-units", "two-units-spilling", "two-limits", "units-for-nothing", "two-units-one-of-them-free",
    ),
    "blend": (
        "routed", "two-fleets", "seats-and-api", "to-the-fleet", "units-and-api", "escalated", "usually-escalated",
    ),
}  # fmt: skip
NAMES = [name for names in KINDS.values() for name in names]
VOLUMES = 10_000 if LONG_RUN else 2_500  # of every kind of option


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    path: Path = tmp_path_factory.mktemp("own") / "costcalc.yaml"
    path.write_text(OWN_CATALOG)
    return load_catalog(path)


def priced(name: str, requests: Fraction, catalog: Catalog) -> Fraction:
    return exact_usd(estimate(name, replace(MIX, requests=requests), catalog, as_of=TODAY).lines)


def scale_of(curve: CostCurve) -> Fraction:
    """A volume within which the curve has some of its breaks, and repeats itself where it does."""
    steps = [curve.breaks.end, *curve.breaks.points, *(ladder.step * 40 for ladder in curve.breaks.ladders)]
    return max((step for step in steps if step is not None), default=F(10**6))


def volumes(curve: CostCurve, count: int, random: Random) -> list[Fraction]:
    """Draw volumes below and far above the breaks, and those at which a piece ends or has just ended."""
    most = curve.breaks.end or scale_of(curve) * 3
    edges = list(curve.breaks.between(ZERO, most))[: count // 4]
    near = [at + shift for at in edges for shift in (0, F(1, 1000), -F(1, 1000))][: count // 2]
    far = [] if curve.breaks.end is not None else [F(random.randrange(1, 10**18), 997) for _ in range(count // 10)]
    rest = [F(random.randrange(1, 10**9), 10**9) * most for _ in range(count - len(near) - len(far))]
    return [at for at in (*near, *far, *rest) if at > 0 and (curve.breaks.end is None or at <= curve.breaks.end)]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.no_cover
def test_a_curve_is_what_the_estimate_says_at_thousands_of_volumes_of_its_kind(name: str, own: Catalog) -> None:
    kind = own.options[name].kind
    curve = cost_curve(name, MIX, own, as_of=TODAY)
    drawn = volumes(curve, -(-VOLUMES // len(KINDS[kind])) + 100, chance(name))
    assert len(drawn) >= VOLUMES // len(KINDS[kind])
    for volume in drawn:
        covering = list(curve.pieces(volume - F(1, 10**6), volume))[-1]
        exactly = priced(name, volume, own)
        assert covering.line.at(volume) == exactly, volume
        lower, upper = curve.band
        assert lower.at(volume) <= exactly <= upper.at(volume), volume


@pytest.mark.parametrize("name", NAMES)
def test_a_curve_asks_its_option_at_the_same_volumes(name: str, own: Catalog) -> None:
    curve = cost_curve(name, MIX, own, as_of=TODAY)
    volume = (curve.breaks.end or scale_of(curve)) * F(7, 11)
    assert curve.at(volume) == priced(name, volume, own)


def test_every_kind_of_option_is_among_them(own: Catalog) -> None:
    assert {name: own.options[name].kind for name in NAMES} == {
        name: kind for kind, some in KINDS.items() for name in some
    }


def test_every_price_of_every_kind_of_option_has_a_source_or_is_said_to_be_a_judgement(own: Catalog) -> None:
    work = replace(MIX, requests=F(10_000))
    lines = {(name, line) for name in NAMES for line in estimate(name, work, own, as_of=TODAY).lines}
    assert {line.part for _, line in lines} == {*get_args(Part)} - {"fee", "rounding"}  # which rest on other lines
    unsourced = {line.path for _, line in lines if line.source is None}
    assert unsourced == {("assumptions", name, "value") for name in ("label_cost", "judge_price")}
    assert {own.assumption(str(path[1])).basis for path in unsourced} == {"judgement"}


def test_a_fleet_of_fixed_size_serves_no_more_than_it_can(own: Catalog) -> None:
    for name, share in (("fixed", F(1)), ("to-the-fleet", F(2, 5))):
        end = cost_curve(name, MIX, own, as_of=TODAY).breaks.end
        assert end is not None
        assert end * share == cost_curve("fixed", MIX, own, as_of=TODAY).breaks.end
        assert priced(name, end, own) > 0
        with pytest.raises(UndecidableError, match="too few: 5 replicas"):
            priced(name, end * F(1_000_001, 1_000_000), own)


def test_stairs_break_where_one_replica_more_is_needed(own: Catalog) -> None:
    ladder = cost_curve("rented", MIX, own, as_of=TODAY).breaks.ladders[0]
    # 37.7 tokens/s × 730 × 3,600 s ÷ 480 tokens = 206,407.5 requests; at a peak of 7/3 the mean may be 3/7 of it
    assert ladder == (F(206_407) * 3 / 7, F(206_407) * 3 / 7)
    for full, replicas in ((ladder.step * 4, 4), (ladder.step * 4 + F(1, 1000), 5)):
        deployment = estimate("rented", replace(MIX, requests=full), own, as_of=TODAY).deployment
        assert deployment is not None
        assert deployment.replicas == replicas


# --- the worked staircase: an API at p against F = $3,000 and g = $1,825 for a replica of c = 1,500 Mtok a month.
# A replica is one GPU at $2.50 × 730 h = $1,825; 1.5e9 tokens ÷ (730 × 3,600 s) = 570.7763 tokens/s. What is fixed is one
# person at $36,000 a year; the rest of the bill is 0.
WORKED = f"""
options:
  build:
    kind: self_host
    tokens_per_s: 570.77625570776256
    usd_per_gpu_hour: 2.50
    spares: 0
    headroom: 1
    people_fte: 1
    costs: all
    {QUOTE}
  buy-240: {{kind: rate, side: buy, usd_per_mtok: {{output: 2.40}}, effective: 2026-01-01, {QUOTE}}}
  buy-130: {{kind: rate, side: buy, usd_per_mtok: {{output: 1.30}}, effective: 2026-01-01, {QUOTE}}}
  buy-121: {{kind: rate, side: buy, usd_per_mtok: {{output: 1.21}}, effective: 2026-01-01, {QUOTE}}}
assumptions:
  mlops_engineer_cost: 36_000
  initial_build: 0
  model_upgrade_effort: 0
  evaluation_tokens: 0
  judge_share: 0
  observability: 0
  gpu_software_licence: 0
  stored_data: 0
  egress_price: 0
"""
THOUSAND = Workload.single(requests=1, output_tokens=1_000)  # 1,000 requests are a Mtok


@cache
def worked() -> Catalog:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "costcalc.yaml"
        path.write_text(WORKED)
        return load_catalog(path)


def test_the_worked_staircase_has_three_crossings() -> None:
    found = break_even("build", "buy-240", Case(THOUSAND, worked(), TODAY))
    ends = [(one.option, one.lo / 1000) for one in found.reigns]
    # (3,000 + 2 × 1,825) ÷ 2.40 = 2,770.8; at 3,000 the third replica; (3,000 + 3 × 1,825) ÷ 2.40 = 3,531.25
    assert ends == [("buy-240", 0), ("build", F(16625, 6)), ("buy-240", 3000), ("build", F(14125, 4))]
    assert (found.first_win, found.durable_win, found.switches) == (F(16625, 6) * 1000, F(14125, 4) * 1000, 3)
    # F ÷ (p − g/c) = 3,000 ÷ 1.183333 = 2,535.211 and (F + g) ÷ (p − g/c) = 4,077.465
    assert found.bounds is not None
    assert [float(at) for at in found.bounds] == pytest.approx([2_535_211.27, 4_077_464.79])
    # one division, (F + g) ÷ p = 2,010 Mtok, is wrong: there the API costs $4,825 and two replicas $6,650
    assert found.cheaper_at(F(2_010_417)) == "buy-240"
    assert [found.cheaper_at(F(at)) for at in (2_770_833, 2_770_834, 3_000_000, 3_000_001, 3_531_251)] == [
        "buy-240", "build", "build", "buy-240", "build",
    ]  # fmt: skip


def test_at_a_lower_price_it_switches_29_times() -> None:
    found = break_even("build", "buy-130", Case(THOUSAND, worked(), TODAY))
    assert found.switches == 29
    # 25 replicas: (3,000 + 25 × 1,825) ÷ 1.30 = 37,403.8 Mtok; 39 of them: (3,000 + 39 × 1,825) ÷ 1.30 = 57,057.7
    assert (found.first_win, found.durable_win) == (F(48_625_000) * 10 / 13, F(74_175_000) * 10 / 13)


def test_below_the_cost_of_a_full_replica_there_is_no_durable_win() -> None:
    found = break_even("build", "buy-121", Case(THOUSAND, worked(), TODAY))  # $1,825 ÷ 1,500 Mtok = $1.2167
    assert (found.first_win, found.durable_win, found.bounds, found.switches) == (None, None, None, 0)
