"""One replica: what is asked of the throughput model, what a measurement changes, how far a target loads it."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from conftest import Overlay
from hypothesis import given
from hypothesis import strategies as st

from costcalc import Catalog, Shape, UndecidableError, Workload, load_catalog
from costcalc.catalog.forms.options import SelfHostOption
from costcalc.cost.hardware import Layout
from costcalc.cost.hosting import hosting_for
from costcalc.cost.memory import Fit
from costcalc.cost.replica import Request, predicted, predictions, replica_of, within_target
from costcalc.cost.setup import layout_of, setup_of, trust_of
from costcalc.cost.throughput import Throughput

MODELLED: dict[str, object] = {"model": "Qwen3-32B", "gpu": "H100 SXM", "weights": "fp8", "kv": "bf16"}
REQUEST = Request(1_000, 1_000)
MEASURED = """
measurements:
  ours:
    model: qwen/qwen3-32b
    gpu: h100
    weights: fp8
    engine: vllm
    input_tokens: 1_000
    output_tokens: 1_000
    concurrency: 64
    output_tokens_per_s: 1_234
    source: {title: our own bench, checked: 2026-11-01}
"""


def option(**fields: object) -> SelfHostOption:
    return SelfHostOption.model_validate({"kind": "self_host", **MODELLED, **fields})


def of(shape: Shape, requests: int = 1) -> Workload:
    return Workload(requests, (shape,))


# --- what an option says of its memory --------------------------------------------------------------------------


def test_weights_by_hand_and_adapters_leave_less_room(catalog: Catalog) -> None:
    said = setup_of(option(weights_gb=60, adapters={"number": 4, "rank": 16}), catalog).serving
    assert said.weights is not None
    assert said.weights.total == pytest.approx(60e9)
    assert said.weights.tables / said.weights.total == pytest.approx(3.11 / 34.3, rel=0.01)  # parts in proportion
    # 64 layers of 64 query and 8 key heads × 128: (2 × (5120 + 8192) + 2 × (5120 + 1024) + 3 × (5120 + 25,600)) × 16
    assert said.adapter_bytes == pytest.approx(4 * 2 * 16 * 64 * (26_624 + 12_288 + 92_160), rel=0.005)
    less = predicted(setup_of(option(weights_gb=60), catalog), REQUEST, catalog, None)
    assert less.batch < predicted(setup_of(option(), catalog), REQUEST, catalog, None).batch


def test_adapters_of_a_model_whose_projections_are_not_known_are_undecidable(catalog: Catalog) -> None:
    latent = option(model="DeepSeek-R1", gpus=8, adapters={"number": 1, "rank": 8})
    with pytest.raises(UndecidableError, match="adapters: DeepSeek-R1 has layers that keep a latent"):
        setup_of(latent, catalog)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"weights": "q4_k_m", "engine": "vllm"}, "q4_k_m is a type of llama.cpp alone; give engine llama.cpp"),
        ({"weights": "fp8", "engine": "llama.cpp"}, "llama.cpp has no fp8"),
        ({"weights": "bf16", "kv": "q4_0", "engine": "vllm"}, "a q4_0 cache is llama.cpp's alone"),
    ],
)
def test_an_engine_has_its_types(fields: dict[str, str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        option(**fields)


def test_a_type_of_llama_cpp_chooses_it(catalog: Catalog) -> None:
    engines = [
        setup_of(option(**fields), catalog).serving.engine
        for fields in ({"weights": "q4_k_m"}, {"weights": "bf16", "kv": "q8_0"}, {})
    ]
    assert engines == ["llama.cpp", "llama.cpp", "vllm"]


# --- a throughput that the option states ------------------------------------------------------------------------


def test_a_stated_throughput_wins_over_the_model(catalog: Catalog) -> None:
    shapes = (Shape.of(output_tokens=500, share=Fraction(3, 4)), Shape.of(output_tokens=2_500, share=Fraction(1, 4)))
    found = replica_of(option(tokens_per_s=2_000), Workload(8, shapes), catalog)
    assert found.requests_per_s == 2.0  # 0.75 × 500 + 0.25 × 2,500 = 1,000 tokens a request
    assert (found.tokens_per_s, found.low, found.high) == (2_000, 2_000, 2_000)
    assert (found.measured, found.tpot_ms, found.bottleneck) == (True, None, None)
    assert [text[:60] for text in found.caveats] == [
        "the stated 2,000 tokens/s are below the 80 % interval of the pre"[:60]
    ]


# --- the model --------------------------------------------------------------------------------------------------


def test_a_mix_takes_the_mean_of_the_time_that_its_shapes_take(catalog: Catalog) -> None:
    short, long = Shape.of(input_tokens=500, output_tokens=200), Shape.of(input_tokens=4_000, output_tokens=800)
    alone = [replica_of(option(), of(shape), catalog) for shape in (short, long)]
    half = Fraction(1, 2)
    mix = Workload(2, tuple(Shape(shape.tokens, share=half) for shape in (short, long)))
    both = replica_of(option(), mix, catalog)
    # a request of each takes 1 / (requests a second) of the replica
    assert 1 / both.requests_per_s == pytest.approx(sum(1 / one.requests_per_s for one in alone) / 2)
    assert both.tokens_per_s == pytest.approx(both.requests_per_s * 500)  # (200 + 800) / 2
    assert both.low < both.tokens_per_s < both.high
    slowest = max(alone, key=lambda one: one.tpot_ms or 0)
    assert (both.tpot_ms, both.bottleneck) == (slowest.tpot_ms, slowest.bottleneck)


def test_the_factor_scales_the_figure_and_its_interval(overlay: Overlay, catalog: Catalog) -> None:
    slow = overlay("assumptions: {throughput_factor: 0.5}")
    shape = of(Shape.of(input_tokens=1_000, output_tokens=1_000))
    hosting = hosting_for("mine", option(), shape, catalog, as_of=date(2026, 11, 22))
    before, after = (hosting.replica(known) for known in (catalog, slow))
    ratios = [
        two / one
        for one, two in zip(
            (before.tokens_per_s, before.low, before.high, before.requests_per_s),
            (after.tokens_per_s, after.low, after.high, after.requests_per_s),
            strict=True,
        )
    ]
    assert ratios == pytest.approx([0.5] * 4)


def test_what_is_read_from_a_cache_is_not_computed_again(catalog: Catalog) -> None:
    shape = Shape.of(input_tokens=8_000, cached_share=0.75, output_tokens=200)
    assert Request.of(shape) == (8_000, 200, 6_000)
    fresh = Shape.of(input_tokens=8_000, output_tokens=200)
    cached, computed = (replica_of(option(), of(one), catalog).tokens_per_s for one in (shape, fresh))
    assert cached > computed


def test_a_request_of_nothing_has_no_throughput(catalog: Catalog) -> None:
    shapes = (Shape.of(output_tokens=500, share=Fraction(1, 2)), Shape.of(input_tokens=0, share=Fraction(1, 2)))
    with pytest.raises(UndecidableError, match="a shape has neither a prompt nor an output"):
        replica_of(option(), Workload(2, shapes), catalog)


def test_where_nothing_is_generated_tokens_are_those_read(catalog: Catalog) -> None:
    embeds = option(model="Qwen3-Embedding-0.6B", gpu="L4", weights="bf16")
    short, long = Shape.of(input_tokens=100), Shape.of(input_tokens=900)
    alone = [replica_of(embeds, of(shape), catalog) for shape in (short, long)]
    half = Fraction(1, 2)
    both = replica_of(embeds, Workload(2, tuple(Shape(one.tokens, share=half) for one in (short, long))), catalog)
    assert 1 / both.requests_per_s == pytest.approx(sum(1 / one.requests_per_s for one in alone) / 2)
    assert both.tokens_per_s == pytest.approx(both.requests_per_s * 500)  # (100 + 900) / 2
    assert both.tpot_ms is None
    # a mix of answers and of prompts that are only read counts the output
    mixed = Workload(2, (Shape.of(input_tokens=100, output_tokens=50, share=half), Shape(long.tokens, share=half)))
    assert (found := replica_of(option(), mixed, catalog)).tokens_per_s == pytest.approx(found.requests_per_s * 25)
    measured = replica_of(option(tokens_per_s=50_000), of(long), catalog)
    assert measured.requests_per_s == pytest.approx(50_000 / 900)
    with pytest.raises(UndecidableError, match=r"Qwen3-Embedding-0\.6B reads text and generates nothing"):
        replica_of(embeds, of(Shape.of(input_tokens=100, output_tokens=1)), catalog)


def test_speculation_and_the_network_move_the_replica(catalog: Catalog) -> None:
    shape = of(Shape.of(input_tokens=128, output_tokens=1_024))
    nodes = {"model": "DeepSeek-R1", "gpu": "H100 SXM", "gpus": 16, "tp": 16, "weights": "fp8"}
    plain, slow, drafts = (
        replica_of(option(**nodes, **more), shape, catalog).tokens_per_s
        for more in ({}, {"network_gb_per_s": Decimal("12.5")}, {"accepted_tokens": Decimal("1.81")})
    )
    assert slow < plain < drafts


def test_a_model_that_does_not_fit_is_named_with_its_hardware(catalog: Catalog) -> None:
    with pytest.raises(UndecidableError, match=r"Qwen3-32B at bf16 on 2× L4 does not fit: one sequence needs"):
        replica_of(option(gpu="L4", gpus=2, weights="bf16"), of(Shape.of(output_tokens=1)), catalog)


def test_a_layout_takes_what_data_and_pipeline_parallel_leave() -> None:
    assert layout_of(option(gpus=8)) == Layout(8, 1, 1, 1)
    assert layout_of(option(gpus=8, dp=2, pp=2, ep=8)) == Layout(2, 2, 8, 2)
    assert layout_of(option(gpus=8, tp=4, dp=2)) == Layout(4, 2, 1, 1)
    assert layout_of(option(gpus=8)).gpus == 8


@pytest.mark.parametrize(
    ("weights", "gpu", "stated", "kv"),
    [
        ("fp8", "H100 SXM", None, "fp8"),
        ("nvfp4", "B200 SXM", None, "fp8"),
        ("bf16", "H100 SXM", None, "bf16"),
        ("fp8", "A100 80GB SXM", None, "bf16"),  # no 8-bit floats in its hardware
        ("fp8", "H100 SXM", "bf16", "bf16"),
    ],
)
def test_the_cache_has_its_usual_precision_unless_the_option_names_one(
    catalog: Catalog, weights: str, gpu: str, stated: str | None, kv: str
) -> None:
    assert setup_of(option(weights=weights, gpu=gpu, kv=stated), catalog).serving.kv_precision == kv


def test_figures_that_nobody_read_are_flagged(overlay: Overlay) -> None:
    catalog = overlay(
        "gpus: {h100-sxm: {trust: recalled}}\nmodels: {qwen3-32b: {trust: recalled, sparse_attention: true}}"
    )
    assert trust_of(setup_of(option(), catalog)) == (
        "the figures of H100 SXM are recalled, not read: check them",
        "the shape of Qwen3-32B is recalled, not read: check it",
        "Qwen3-32B attends sparsely, which the throughput model leaves out",
    )
    shape = of(Shape.of(output_tokens=500))
    assert replica_of(option(), shape, catalog).caveats[-3:] == trust_of(setup_of(option(), catalog))
    primary = overlay("gpus: {h100-sxm: {trust: primary}}\nmodels: {qwen3-32b: {trust: primary}}")
    assert trust_of(setup_of(option(), primary)) == ()


# --- how far a target loads it ----------------------------------------------------------------------------------


def answer(*, in_flight: float, tpot_s: float, tokens_per_s: float = 1.0) -> Throughput:
    nothing = Fit(0, 0, 0, 1, 0, fits=True)
    return Throughput(tokens_per_s, 0.5, 2.0, "compute", in_flight, in_flight, tpot_s, 0.1, nothing, 0.2, ("a caveat",))


def deployment(*, limit: int, step_s: float) -> tuple[Callable[[float | None], Throughput], list[float]]:
    """Decode a token for each request in a step that grows with their number, and note what was asked."""
    asked: list[float] = []

    def ask(concurrency: float | None) -> Throughput:
        load = float(limit) if concurrency is None else concurrency
        asked.append(load)
        return answer(in_flight=load, tpot_s=load * step_s, tokens_per_s=1 / step_s)

    return ask, asked


@pytest.mark.parametrize(
    ("limit", "target_s", "in_flight"),
    [
        (100, 0.100, 100),  # 100 requests × 1 ms are exactly 100 ms
        (100, 0.500, 100),  # no more than fit
        (100, 0.0505, 50),  # 51 would take 51 ms
        (100, 0.099, 99),
        (100, 0.001, 1),
        (2, 0.0015, 1),
        (1, 0.0005, 1),  # by one at least
    ],
)
def test_a_target_is_met_by_the_most_requests_that_still_meet_it(limit: int, target_s: float, in_flight: int) -> None:
    ask, asked = deployment(limit=limit, step_s=0.001)
    assert within_target(ask, tpot_s=target_s).in_flight == in_flight
    assert len(asked) <= 10  # halving 100 takes 7, and the two ends


@given(st.lists(st.floats(0, 0.01), min_size=2, max_size=300), st.floats(0.001, 0.5), st.sampled_from([0.5, 1.0, 2.0]))
def test_the_largest_concurrency_within_the_target_is_found(steps: list[float], target_s: float, full: float) -> None:
    times = [0.01 + sum(steps[: index + 1]) for index in range(len(steps))]  # never falls, may stand still

    def ask(concurrency: float | None) -> Throughput:
        at = len(times) if concurrency is None else int(concurrency)
        held = min(at, len(times))
        return answer(in_flight=held, tpot_s=times[held - 1] * (full if concurrency is None else 1), tokens_per_s=1)

    if times[-1] * full <= target_s:
        return
    brute = max((index + 1 for index, one in enumerate(times) if one <= target_s), default=1)
    assert within_target(ask, tpot_s=target_s).in_flight == brute


def test_a_target_that_even_one_request_misses_is_said() -> None:
    ask, _ = deployment(limit=100, step_s=0.080)
    best = within_target(ask, tpot_s=0.050)
    assert best.in_flight == 1
    assert best.caveats == ("a caveat", "even alone a request takes 80 ms per token; the target is 50")


def test_a_model_that_does_not_fit_meets_no_target() -> None:
    nothing = answer(in_flight=0, tpot_s=0, tokens_per_s=0)
    assert within_target(lambda _: nothing, tpot_s=0.05) is nothing


@pytest.mark.parametrize(("tpot_s", "tolerance"), [(10.0, 1e-9), (0.050, 0.07)])  # of 16 in flight one is 1/16
def test_less_free_memory_is_never_faster(tpot_s: float, tolerance: float) -> None:
    catalog = load_catalog()
    setup = setup_of(option(gpus=2, weights="bf16"), catalog)
    rates = []
    for adapters in range(0, 30, 3):  # GB that stay loaded beside the model
        loaded = setup._replace(serving=setup.serving._replace(adapter_bytes=adapters * 1e9))
        ask = predictions(loaded, Request(1_500, 300), catalog)
        best = within_target(ask, tpot_s=tpot_s)
        assert best.output_tokens_per_s == ask(best.in_flight).output_tokens_per_s  # the same batch, the same speed
        rates.append(best.output_tokens_per_s)
    assert all(less <= more * (1 + tolerance) for more, less in pairwise(rates))


# --- measurements of one's own ----------------------------------------------------------------------------------


def test_a_measurement_of_this_very_configuration_wins(overlay: Overlay) -> None:
    catalog = overlay(MEASURED)
    found = predicted(setup_of(option(), catalog), REQUEST, catalog, 64)
    assert found.output_tokens_per_s == pytest.approx(1_234)
    near = predicted(setup_of(option(), catalog), Request(1_040, 960), catalog, 62)  # within 5 % each
    raw = predicted(setup_of(option(), load_catalog()), Request(1_040, 960), load_catalog(), 62)
    measured_raw = predicted(setup_of(option(), load_catalog()), REQUEST, load_catalog(), 64)
    scale = 1_234 / measured_raw.output_tokens_per_s
    assert near.output_tokens_per_s == pytest.approx(raw.output_tokens_per_s * scale)
    assert near.high / near.low < raw.high / raw.low  # and the interval narrows


@pytest.mark.parametrize(
    ("request_", "concurrency", "fields"),
    [
        (Request(1_200, 1_000), 64, {}),  # another prompt
        (Request(1_000, 700), 64, {}),  # another answer
        (Request(1_000, 1_000, 500), 64, {}),  # a prompt that is half cached
        (REQUEST, 128, {}),  # another concurrency
        (REQUEST, None, {}),  # as many as fit
        (REQUEST, 64, {"kv": "fp8"}),
        (REQUEST, 64, {"gpus": 2}),
    ],
)
def test_a_measurement_moves_its_like_part_of_the_way(
    overlay: Overlay, catalog: Catalog, request_: Request, concurrency: float | None, fields: dict[str, object]
) -> None:
    taught = overlay(MEASURED)
    before = predicted(setup_of(option(**fields), catalog), request_, catalog, concurrency)
    after = predicted(setup_of(option(**fields), taught), request_, taught, concurrency)
    ratio = 1_234 / predicted(setup_of(option(), catalog), REQUEST, catalog, 64).output_tokens_per_s
    moved = after.output_tokens_per_s / before.output_tokens_per_s
    assert min(ratio, 1) < moved < max(ratio, 1)


@pytest.mark.parametrize(
    "fields", [{"weights": "int4"}, {"engine": "sglang"}, {"gpu": "H200 SXM"}, {"model": "Qwen3-14B"}]
)
def test_a_measurement_says_nothing_of_others(overlay: Overlay, catalog: Catalog, fields: dict[str, object]) -> None:
    taught = overlay(MEASURED)
    before, after = (predicted(setup_of(option(**fields), known), REQUEST, known, 64) for known in (catalog, taught))
    assert after == before


def test_a_measurement_at_full_load_is_of_full_load(overlay: Overlay) -> None:
    full = overlay(MEASURED.replace("    concurrency: 64\n", ""))
    found = predicted(setup_of(option(), full), REQUEST, full, None)
    assert found.output_tokens_per_s == pytest.approx(1_234)
    assert predicted(setup_of(option(), full), REQUEST, full, 64).output_tokens_per_s != pytest.approx(1_234)


def test_an_estimate_follows_the_measurement(overlay: Overlay) -> None:
    full = overlay(MEASURED.replace("    concurrency: 64\n", ""))
    shape = of(Shape.of(input_tokens=1_000, output_tokens=1_000))
    found = replica_of(option(tpot_ms=Decimal(10_000)), shape, full)  # a target that never binds
    assert found.tokens_per_s == pytest.approx(1_234)
    assert not found.measured  # the model gave it, as the measurement moved it


def test_a_process_that_goes_through_catalogs_keeps_the_last_two(overlay: Overlay) -> None:
    seen = weakref.WeakSet[Catalog]()
    for speed in range(1_000, 1_005):
        catalog = overlay(MEASURED.replace("1_234", str(speed)))
        replica_of(option(), of(Shape.of(output_tokens=100)), catalog)
        seen.add(catalog)
    del catalog
    gc.collect()
    assert len(seen) <= 2
