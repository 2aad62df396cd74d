"""Fleets under a real load: each policy by pencil, published ratios by file, and one function for what a replica serves."""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from conftest import Overlay
from usage.calls import MONDAY, Call, write_log

from costcalc import Catalog
from costcalc.catalog.forms.options import SelfHostOption
from costcalc.cost.replica import replica_of
from costcalc.cost.selfhost import self_host_estimate
from costcalc.errors import UndecidableError
from costcalc.usage.curve import MICRO, LoadCurve, load_curve, peak_to_mean
from costcalc.usage.groups import Group, Usage
from costcalc.usage.scan import scan
from costcalc.usage.sizing import Policy, SizedLog, SizeTerms, mix_of, run_of, sized_log
from costcalc.workload import Shape, Workload

TRACES = Path(__file__).parents[3] / "shared" / "traces"
beside_traces = pytest.mark.skipif(not TRACES.is_dir(), reason="the public traces are not beside this checkout")
DAY = date(2026, 11, 27)
WINDOW = 600
# one replica that makes 1 output token a second for $2 an hour: what it is busy with is what the log generates
OWN = """
options:
  slow: {kind: self_host, tokens_per_s: 1, usd_per_gpu_hour: 2, headroom: 1, spares: 0, source: {title: ours, checked: 2026-11-27}}
"""


def curve_of(*loads: float, window_s: int = WINDOW) -> LoadCurve:
    return LoadCurve(window_s, tuple(round(load * window_s * MICRO) for load in loads))


def shed(policy: Policy, curve: LoadCurve) -> Fraction:
    return Fraction(run_of(policy, curve).above_us, sum(curve.busy_us))


def terms(*targets: str, cold_s: int = 0, most: str = "0.01", name: str = "slow") -> SizeTerms:
    return SizeTerms(tuple(map(Fraction, targets)), {name: Fraction(cold_s)}, Fraction(most))


# 20 windows: sixteen of 1 replica, then 2, 3, 4 and 5: together 16 + 14 = 30, the mean is 1.5
TWENTY = curve_of(*[1] * 16, 2, 3, 4, 5)


@pytest.mark.parametrize(
    ("policy", "replicas", "above"),
    [
        (Policy("p95"), 4, Fraction(1, 30)),  # the 19th of 20 is 4; of the window with 5 one is too many
        (Policy("p99"), 5, 0),  # the 20th, as 99 % of 20 is 19.8
        (Policy("peak"), 5, 0),
        (Policy("fixed", number=2), 2, Fraction(1 + 2 + 3, 30)),  # 3 − 2, 4 − 2 and 5 − 2
    ],
)
def test_a_standing_fleet(policy: Policy, replicas: int, above: Fraction) -> None:
    assert run_of(policy, TWENTY).replicas == (replicas,) * 20
    assert shed(policy, TWENTY) == above


def test_hindsight_has_whole_replicas_for_each_window_and_one_at_least() -> None:
    curve = curve_of(0, 0.2, 1, 1.01, 2.5)
    run = run_of(Policy("hindsight"), curve)
    assert (run.replicas, run.above_us) == ((1, 1, 1, 2, 3), Fraction(0))


@pytest.mark.parametrize(
    ("target", "cold_s", "asked", "above"),
    [
        # each window asks for what the next has: 1 ÷ 0.5 = 2 replicas, 3 ÷ 0.5 = 6, 6 again, 2
        ("0.5", 0, (2, 2, 6, 6, 2), Fraction(1)),  # the second window has 3, and 2 replicas for it
        ("0.5", 300, (2, 2, 6, 6, 2), Fraction(1) + Fraction(1, 2)),  # and half of the third has 2 still
        ("0.5", 600, (2, 2, 6, 6, 2), Fraction(2)),  # all of the third
        ("0.5", 900, (2, 2, 6, 6, 2), Fraction(2)),  # the fourth asks for 1, which 2 serve
        ("1", 0, (1, 1, 3, 3, 1), Fraction(2)),  # 3 − 1
        ("1", 1200, (1, 1, 3, 3, 1), Fraction(4)),  # the second and the third
    ],
)
def test_an_autoscaler_follows_one_window_and_a_cold_start_behind(
    target: str, cold_s: int, asked: tuple[int, ...], above: Fraction
) -> None:
    curve = curve_of(1, 3, 3, 1, 1)
    run = run_of(Policy("autoscaled", Fraction(target), Fraction(cold_s)), curve)
    assert run.replicas == asked
    assert run.above_us == above * curve.window_us


def test_a_replica_that_is_given_back_does_not_finish_its_start() -> None:
    # asked for: 1, 1, 4, 1, 1 of loads 1, 4, 1, 1, 4; the three more of the third window are ready in none
    curve = curve_of(1, 4, 1, 1, 4)
    run = run_of(Policy("autoscaled", Fraction(1), Fraction(600)), curve)
    assert run.replicas == (1, 1, 4, 1, 1)
    assert run.above_us == 6 * curve.window_us  # 4 − 1, twice


def log(tmp_path: Path, *calls: Call) -> Usage:
    return scan([write_log(tmp_path / "log.csv", calls)], thresholds=(1_000,))


def test_the_curve_has_every_window_of_the_span_and_no_other(tmp_path: Path) -> None:
    # 300 s of output in the first window, nothing in the second and third, 900 s in the fourth
    usage = log(tmp_path, Call(MONDAY + 599, 10, 300), Call(MONDAY + 1_800, 10, 900))
    curve = load_curve(usage, lambda _size: 1.0)
    assert curve.busy_us == (300 * MICRO, 0, 0, 900 * MICRO)
    assert curve.mean == Fraction(1_200, 4 * 600)


def test_a_request_without_output_has_its_first_token_computed(tmp_path: Path) -> None:
    assert load_curve(log(tmp_path, Call(MONDAY, 10, 0)), lambda _size: 1.0).busy_us == (MICRO,)


def test_each_class_of_prompts_has_its_own_speed(tmp_path: Path) -> None:
    usage = log(tmp_path, Call(MONDAY, 10, 100), Call(MONDAY, 5_000, 100))
    curve = load_curve(usage, lambda size: 10.0 if size.fresh < 1_000 else 1.0)
    assert curve.busy_us == (110 * MICRO,)  # 100 ÷ 10 + 100 ÷ 1


def sized(overlay: Overlay, usage: Usage, terms_: SizeTerms, text: str = OWN) -> SizedLog:
    catalog = overlay(text)
    option = catalog.options["slow"]
    assert isinstance(option, SelfHostOption)
    return sized_log("slow", option, usage, catalog, as_of=DAY, terms=terms_)


def steps(tmp_path: Path) -> Usage:
    """Write four windows with a load of 1, 1, 4 and 2 replicas of one token a second: 8 together, 2 on average."""
    loads = (1, 1, 4, 2)
    return log(tmp_path, *(Call(MONDAY + at * 600, 100, load * 600, cached=50) for at, load in enumerate(loads)))


def test_a_month_costs_what_its_replicas_cost(overlay: Overlay, tmp_path: Path) -> None:
    found = sized(overlay, steps(tmp_path), terms("0.5", cold_s=600, most="0.3"))
    assert [outcome.policy.kind for outcome in found.outcomes] == ["p95", "p99", "peak", "autoscaled", "hindsight"]
    peak, follows, hindsight = found.outcomes[2:]
    # 4 replicas × 730 h × $2; 4 ÷ 2 of the ideal, busy half of the time
    assert (peak.monthly_usd, peak.over_ideal, peak.utilisation) == (Decimal(5_840), Fraction(2), Fraction(1, 2))
    # asked for: 2, 2, 2, 8 replicas, 3.5 on average, × 730 h × $2; the third window has 4 and 2 replicas
    # ready, the fourth has 2 and 2 ready: 2 of 8 above; what is served keeps 6 ÷ 8 × 2 of 3.5 busy
    assert (follows.monthly_usd, follows.replicas, follows.most) == (Decimal(5_110), Fraction(7, 2), 8)
    assert (follows.above, follows.utilisation) == (Fraction(1, 4), Fraction(3, 7))
    assert hindsight.monthly_usd == 2_920  # 2 on average × 730 h × $2
    assert found.chosen is follows  # a quarter above is allowed here, and it is cheaper


@pytest.mark.parametrize(
    ("most", "kind"),
    [("0.3", "autoscaled"), ("0.24", "peak")],  # a quarter of the load comes above capacity
)
def test_the_cheapest_that_leaves_little_enough_above_is_chosen(
    most: str, kind: str, overlay: Overlay, tmp_path: Path
) -> None:
    assert sized(overlay, steps(tmp_path), terms("0.5", cold_s=600, most=most)).chosen.policy.kind == kind


def test_of_equal_ones_the_one_that_stands_for_every_window_is_chosen(overlay: Overlay, tmp_path: Path) -> None:
    usage = log(tmp_path, Call(MONDAY, 10, 30), Call(MONDAY + 1_200, 10, 60))  # one replica is more than enough
    assert sized(overlay, usage, terms("0.65", "0.8")).chosen.policy.kind == "peak"


@pytest.mark.parametrize("kind", ["p95", "peak", "autoscaled"])
def test_an_estimate_that_takes_what_was_found_has_the_same_fleet(kind: str, overlay: Overlay, tmp_path: Path) -> None:
    found = sized(overlay, steps(tmp_path), terms("0.5"))
    outcome = next(each for each in found.outcomes if each.policy.kind == kind)
    catalog = overlay(OWN)
    option = found.option.model_copy(
        update={"autoscale": outcome.headroom is not None, "headroom": _number(outcome.headroom or Fraction(1))}
    )
    month = Workload(
        # a load of 2 replicas of one token a second, all month: 2 × 730 × 3600 tokens in requests of 1200
        Fraction(2 * 730 * 3600, 1200),
        (Shape({"input": 100, "output": 1200}),),
        peak_to_mean=outcome.peak_to_mean,
    )
    estimate = self_host_estimate("slow", option, month, catalog, as_of=DAY)
    assert estimate.monthly_usd == outcome.monthly_usd
    assert estimate.deployment is not None
    assert estimate.deployment.replicas == outcome.replicas


def _number(factor: Fraction) -> Decimal:
    return Decimal(factor.numerator) / Decimal(factor.denominator)


def test_spares_and_whole_nodes_are_paid_for(overlay: Overlay, tmp_path: Path) -> None:
    text = OWN.replace("spares: 0", "spares: 1, gpus: 2, node_gpus: 8")
    peak = sized(overlay, steps(tmp_path), terms("0.5"), text).outcomes[2]
    # 4 + 1 replicas × 2 GPUs = 10, in whole nodes 16, × 730 h × $2; the mean load keeps 2 × 2 busy
    assert (peak.gpus, peak.monthly_usd, peak.over_ideal) == (Fraction(16), Decimal(23_360), Fraction(4))


def test_what_is_owned_does_not_follow_the_load(overlay: Overlay, tmp_path: Path) -> None:
    text = OWN.replace("usd_per_gpu_hour: 2", "gpu: H100, tenure: own, usd_per_gpu: 30_000, replicas: 3")
    kinds = [outcome.policy.kind for outcome in sized(overlay, steps(tmp_path), terms("0.5"), text).outcomes]
    assert kinds == ["fixed", "p95", "p99", "peak"]


def test_hours_of_a_part_of_the_month_are_refused(overlay: Overlay, tmp_path: Path) -> None:
    text = OWN.replace("spares: 0", "spares: 0, hours_per_month: 220")
    with pytest.raises(UndecidableError, match="a part of the month's hours"):
        sized(overlay, steps(tmp_path), terms("0.5"), text)


def test_sums_over_hours_are_refused_and_have_no_peak(tmp_path: Path) -> None:
    usage = steps(tmp_path)
    pooled = usage.only(group._replace(is_pooled=True) for group in usage.groups)
    assert peak_to_mean(pooled) is None
    with pytest.raises(UndecidableError, match="sums over hours or days"):
        load_curve(pooled, lambda _size: 1.0)
    with pytest.raises(UndecidableError, match="of how many requests"):
        mix_of(usage.only(group._replace(requests=0) for group in usage.groups))


def test_a_time_that_is_wrong_makes_no_curve(tmp_path: Path) -> None:
    usage = log(tmp_path, Call(0, 10, 10), Call(MONDAY, 10, 10))
    with pytest.raises(UndecidableError, match=r"spans 57 years: the time of its first or last request is wrong"):
        load_curve(usage, lambda _size: 1.0)


def test_what_a_replica_serves_is_what_an_estimate_says(catalog: Catalog, tmp_path: Path) -> None:
    """One class of equal requests: the curve asks the function behind every self-hosted estimate, within its 1 %."""
    option = catalog.options["r1-distill-32b-h100"]
    assert isinstance(option, SelfHostOption)
    usage = log(tmp_path, *(Call(MONDAY + at, 3_000, 400, cached=1_000) for at in range(50)))
    terms_ = terms("0.65", name="r1-distill-32b-h100")
    found = sized_log("r1-distill-32b-h100", option, usage, catalog, as_of=DAY, terms=terms_)
    shape = Shape({"input": 2_000, "cache_read": 1_000, "output": 400})
    expected = replica_of(option, Workload(1, (shape,)), catalog)
    assert found.replica == expected.times(float(catalog.assumption("throughput_factor").value))
    assert found.tokens_per_s == pytest.approx(found.replica.tokens_per_s, rel=0.02)


def test_requests_that_do_not_fit_are_named(catalog: Catalog, tmp_path: Path) -> None:
    option = catalog.options["r1-distill-8b-l4"]
    assert isinstance(option, SelfHostOption)
    usage = log(tmp_path, Call(MONDAY, 900_000, 100))
    terms_ = terms("0.65", name="r1-distill-8b-l4")
    with pytest.raises(UndecidableError, match=r"requests of about 894,000 tokens in and 101 out: .* does not fit"):
        sized_log("r1-distill-8b-l4", option, usage, catalog, as_of=DAY, terms=terms_)


def test_requests_beyond_the_context_window_are_counted(catalog: Catalog, tmp_path: Path) -> None:
    option = catalog.options["r1-distill-32b-h100"]
    assert isinstance(option, SelfHostOption)
    window = catalog.open_model("DeepSeek-R1-Distill-Qwen-32B").context_window
    assert window is not None
    usage = log(tmp_path, Call(MONDAY, window, 1), Call(MONDAY, 10, 10))
    terms_ = terms("0.65", name="r1-distill-32b-h100")
    assert sized_log("r1-distill-32b-h100", option, usage, catalog, as_of=DAY, terms=terms_).too_long == 1


@pytest.mark.parametrize(
    ("requests", "expected"),
    [((3, 0, 1), Fraction(9, 4)), ((5,), Fraction(1))],  # 3 over a mean of 4 ÷ 3
)
def test_a_peak_is_over_the_mean_of_all_windows(requests: tuple[int, ...], expected: Fraction) -> None:
    groups = tuple(
        Group("", at * WINDOW, 0, False, None, None, None, number, {"input": 1}, None)
        for at, number in enumerate(requests)
        if number
    )
    last = (len(requests) - 1) * WINDOW
    assert peak_to_mean(Usage(groups, WINDOW, (), 0, last, len(groups))) == expected
    assert peak_to_mean(Usage((), WINDOW, (), 0, last, 0)) == 1


@beside_traces
@pytest.mark.parametrize(
    ("name", "seconds", "expected"),
    [  # ratios as published with the traces: busiest window over the mean of all windows
        # of the code trace 2.99 is over the 45 minutes that have requests; over its 58 minutes 2.99 × 58 ÷ 45 = 3.85
        ("AzureLLMInferenceTrace_code.csv", 60, "3.85"),
        ("AzureLLMInferenceTrace_code.csv", 300, "1.62"),
        ("AzureLLMInferenceTrace_conv.csv", 60, "1.56"),
        ("AzureLLMInferenceTrace_conv.csv", 300, "1.39"),
        ("mooncake_conversation_trace.jsonl", 60, "1.21"),
    ],
)
def test_public_traces_peak_as_published(name: str, seconds: int, expected: str) -> None:
    found = peak_to_mean(scan([str(TRACES / name)], thresholds=(), bucket_s=seconds))
    assert f"{float(found or 0):.2f}" == expected


@beside_traces
def test_over_busy_minutes_alone_the_code_trace_peaks_as_published() -> None:
    usage = scan([str(TRACES / "AzureLLMInferenceTrace_code.csv")], thresholds=(), bucket_s=60)
    busy: dict[int, int] = {}
    for group in usage.groups:
        busy[group.start_s] = busy.get(group.start_s, 0) + group.requests
    assert (len(busy), (max(busy) - min(busy)) // 60 + 1) == (45, 58)  # 13 of 58 minutes are empty
    assert f"{max(busy.values()) * len(busy) / usage.requests:.2f}" == "2.99"


def hourly(category: str) -> LoadCurve:
    """Read the hourly requests of a trace as a load whose mean is 4 replicas."""
    with (TRACES / "servegen_hourly.csv").open(encoding="utf-8") as file:
        requests = [int(row["requests"]) for row in csv.DictReader(file) if row["category"] == category]
    mean = Fraction(sum(requests), len(requests))
    return LoadCurve(3_600, tuple(round(4 * number / mean * 3_600 * MICRO) for number in requests))


@beside_traces
@pytest.mark.parametrize(
    ("category", "policy", "over_mean", "cost_over_ideal"),
    [
        ("language/m-large", Policy("p95"), "1.69", "1.75"),  # 4 × 1.69 = 6.8: 7 replicas ÷ 4
        ("language/m-large", Policy("p99"), "1.82", "2.00"),  # 4 × 1.82 = 7.3: 8 ÷ 4
        ("language/m-large", Policy("peak"), "1.86", "2.00"),  # of the hours; 10 minutes peak at 2.98, 12 ÷ 4 = 3.00
        ("language/m-small", Policy("peak"), "2.06", "2.25"),  # 4 × 2.06 = 8.3: 9 ÷ 4
        ("language/m-large", Policy("hindsight"), None, "1.12"),
        ("language/m-large", Policy("fixed", number=6), None, "1.50"),  # mean ÷ 0.7 = 5.7: 6 ÷ 4
    ],
)
def test_the_published_table_of_policies(
    category: str, policy: Policy, over_mean: str | None, cost_over_ideal: str
) -> None:
    """The file has hours: shares above capacity, and autoscaling, which need its ten minutes, are not in it."""
    curve = hourly(category)
    replicas = run_of(policy, curve).replicas
    assert float(curve.mean) == pytest.approx(4, abs=1e-9)
    assert f"{sum(replicas) / len(replicas) / 4:.2f}" == cost_over_ideal
    if over_mean is not None:
        rank = {"p95": "0.95", "p99": "0.99", "peak": "1"}[policy.kind]
        assert f"{float(curve.at_rank(Fraction(rank)) / curve.mean):.2f}" == over_mean
