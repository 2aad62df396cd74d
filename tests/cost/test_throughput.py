"""Throughput: the claims, what physics forbids, and what a measurement of one's own changes."""

from __future__ import annotations

import json
from math import exp, isclose
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costcalc import load_catalog
from costcalc.catalog.forms.engines import ENGINES
from costcalc.cost import links, roofline
from costcalc.cost.hardware import AttentionLayers, GpuSpec, Layout, ModelShape, Serving, shape_of, spec_of
from costcalc.cost.throughput import (
    Z80,
    Coefficients,
    Spread,
    Throughput,
    calibrated,
    coefficients_from,
    predictor,
    spread_from,
)

SHIPPED = json.loads((Path(__file__).parents[2] / "pricing" / "throughput.json").read_text(encoding="utf-8"))
FITTED, SPREAD = coefficients_from(SHIPPED), spread_from(SHIPPED)

GQA = AttentionLayers(64, 2048, 8, None, 40, 128)
DENSE = ModelShape("32B", 32.76e9, 31.98e9, 32.76e9, 0.778e9, 64, 5120, (GQA,))
LLAMA_70B = ModelShape(
    "70B", 70.55e9, 69.5e9, 70.55e9, 1.05e9, 80, 8192, (AttentionLayers(80, 2048, 8, None, 64, 128),)
)
LLAMA_8B = ModelShape("8B", 8.03e9, 7.5e9, 8.03e9, 0.525e9, 32, 4096, (AttentionLayers(32, 2048, 8, None, 32, 128),))
MLA = AttentionLayers(61, 576, 1, None, 128, 576)
DEEPSEEK = ModelShape("R1", 671e9, 37e9, 17.4e9, 0.927e9, 61, 7168, (MLA,), 256, 8)
WINDOWED = ModelShape(
    "gpt-oss",
    116.8e9,
    5.1e9,
    2.1e9,
    0.579e9,
    36,
    2880,
    (AttentionLayers(18, 1024, 8, None, 64, 64), AttentionLayers(18, 1024, 8, 128, 64, 64)),
    128,
    4,
)
LINEAR = DENSE._replace(attention=(GQA._replace(layers=16), AttentionLayers(48, 0, 1, 0, 64, 128)))

H100 = GpuSpec("H100 SXM", 80e9, 3.35e12, {"bf16": 989e12, "fp8": 1979e12, "int8": 1979e12}, 700, 450e9, "9.0")
H200 = H100._replace(name="H200 SXM", memory_bytes=141e9, bandwidth=4.8e12)
B200 = GpuSpec("B200 SXM", 180e9, 8e12, {"bf16": 2250e12, "fp8": 4500e12, "fp4": 9000e12}, 1000, 900e9, "10.0")
MI300X = GpuSpec("MI300X", 192e9, 5.3e12, {"bf16": 1307e12, "fp8": 2615e12}, 750, 448e9, "gfx942")
A100 = GpuSpec("A100 80GB SXM", 80e9, 2.039e12, {"bf16": 312e12}, 400, 300e9, "8.0")
L40S = GpuSpec("L40S", 48e9, 0.864e12, {"bf16": 362e12, "fp8": 733e12}, 350, None, "8.9")
RTX_3090 = GpuSpec("RTX 3090", 24e9, 0.936e12, {"bf16": 71e12, "int8": 284e12}, 350, 32e9, "8.6")
RTX_4070_TI = GpuSpec("RTX 4070 Ti", 12e9, 0.504e12, {"bf16": 80e12}, 285, 32e9, "8.9")
FP8 = Serving("fp8", "fp8")


ALONE = Layout()


def asked(
    model: ModelShape = DENSE,
    gpu: GpuSpec = H100,
    serving: Serving = FP8,
    layout: Layout = ALONE,
    *,
    n_gpus: int | None = None,
    lengths: tuple[float, float] = (1_000, 1_000),
    concurrency: float | None = None,
    scale: float = 1.0,
    cached: float = 0.0,
) -> Throughput:
    return predictor(
        model,
        gpu,
        serving,
        layout,
        n_gpus=n_gpus or layout.gpus,
        input_tokens=lengths[0],
        output_tokens=lengths[1],
        coefficients=FITTED,
        spread=SPREAD,
        scale=scale,
        cached_tokens=cached,
    )(concurrency)


def test_half_a_dollar_per_mtok_needs_about_half_of_an_h100() -> None:
    # $2.69/h ÷ $0.50/Mtok = 1,494 tokens/s; that is 35 to 60 % of what it can do: 2,490 to 4,270 tokens/s
    assert 1_494 / 0.60 < asked().output_tokens_per_s < 1_494 / 0.35


def test_one_h100_in_8_bits_does_nearly_what_two_do_in_16() -> None:
    two = asked(serving=Serving("bf16"), layout=Layout(tp=2)).output_tokens_per_s
    assert 0.77 < asked().output_tokens_per_s / two < 0.97


def test_one_h100_in_16_bits_is_short_of_cache() -> None:
    alone = asked(serving=Serving("bf16"))
    assert alone.bottleneck == "KV capacity"
    assert alone.output_tokens_per_s < asked().output_tokens_per_s / 3


@pytest.mark.parametrize(
    ("result", "published"),
    [
        # TensorRT-LLM 1.0
        (asked(LLAMA_70B, H100, Serving("fp8", "fp8", "trtllm"), Layout(tp=2)), 4_205),
        # GPU-Benchmarks-on-LLM-Inference
        (asked(LLAMA_8B, RTX_3090, Serving("bf16", engine="llama.cpp"), lengths=(0, 1_024), concurrency=1), 46.51),
        # InferenceX
        (asked(WINDOWED, H100, Serving("mxfp4"), Layout(tp=2), lengths=(921.6, 921.6), concurrency=64), 4_267),
        (
            asked(DEEPSEEK, B200, Serving("fp8", "fp8", "sglang"), Layout(8), lengths=(921.6, 921.6), concurrency=64),
            2_738,
        ),
    ],
)
def test_published_measurements_are_met_within_30_percent(result: Throughput, published: float) -> None:
    assert abs(result.output_tokens_per_s / published - 1) < 0.30


def test_the_interval_is_symmetric_in_logarithms() -> None:
    result = asked()
    assert isclose(result.high / result.output_tokens_per_s, result.output_tokens_per_s / result.low)
    assert isclose(result.high / result.output_tokens_per_s, exp(Z80 * SPREAD.dense_full))


def test_the_interval_is_wider_for_experts_and_for_hardware_that_nobody_measured() -> None:
    assert asked(concurrency=8).spread == SPREAD.dense
    assert asked(DEEPSEEK, B200, FP8, Layout(8), concurrency=8).spread == SPREAD.experts
    assert asked(DEEPSEEK, B200, FP8, Layout(8)).spread == SPREAD.experts_full
    llama = Serving("bf16", engine="llama.cpp")
    assert asked(LLAMA_8B, L40S, llama, concurrency=1).spread == SPREAD.llama_cpp
    # variances add: sqrt(dense² + unmeasured²)
    assert isclose(asked(gpu=MI300X, concurrency=8).spread ** 2, SPREAD.dense**2 + SPREAD.unmeasured**2)
    # what a sparse model reads is left out, wherever it runs; both reasons together widen it once
    sparse = DENSE._replace(sparse=True)
    assert asked(model=sparse, concurrency=8).spread == asked(gpu=MI300X, concurrency=8).spread
    assert asked(model=sparse, gpu=MI300X, concurrency=8).spread == asked(gpu=MI300X, concurrency=8).spread


@pytest.mark.parametrize(
    ("result", "bottleneck"),
    [
        (asked(lengths=(20_000, 10), concurrency=8), "prefill"),
        (asked(concurrency=1), "memory bandwidth"),
        (asked(LLAMA_8B, B200, layout=Layout(tp=8), concurrency=8), "overhead"),
        (asked(LLAMA_70B, B200, lengths=(8, 500), concurrency=900), "compute"),
        (asked(LLAMA_8B, H100._replace(link=2e9), layout=Layout(tp=8), concurrency=64), "communication"),
    ],
)
def test_the_bottleneck_is_where_the_time_goes(result: Throughput, bottleneck: str) -> None:
    assert result.bottleneck == bottleneck


def test_what_does_not_fit_serves_nothing_and_says_why() -> None:
    result = asked(gpu=RTX_4070_TI, serving=Serving("int4"))
    assert (result.output_tokens_per_s, result.low, result.high, result.bottleneck) == (0.0, 0.0, 0.0, "does not fit")
    # 19.32 GB of weights + 2,000 × 262,144 bytes + 8 % of 12 GB
    assert result.caveats == ("one sequence needs 20.8 GB of memory on each GPU, more than one has",)
    assert asked(layout=Layout(tp=4), n_gpus=2).caveats == ("one replica takes 4 GPUs, there are 2",)


def test_replicas_share_the_requests_and_gpus_left_over_stand_idle() -> None:
    one, four = asked(concurrency=16), asked(n_gpus=4, concurrency=64)
    assert isclose(four.output_tokens_per_s, 4 * one.output_tokens_per_s)
    assert four.batch == one.batch == 16
    odd = asked(layout=Layout(tp=2), n_gpus=5, concurrency=32)
    assert odd.caveats == ("1 of 5 GPUs are left over and stand idle",)
    assert isclose(odd.output_tokens_per_s, asked(layout=Layout(tp=2), n_gpus=4, concurrency=32).output_tokens_per_s)


def test_prefill_of_its_own_holds_up_nobody() -> None:
    together, apart = asked(concurrency=64), asked(serving=FP8._replace(disaggregated=True), concurrency=64)
    # the same work on the same GPUs, but a token waits for no prompt
    assert isclose(together.output_tokens_per_s, apart.output_tokens_per_s)
    assert apart.tpot_s < together.tpot_s
    assert isclose(apart.spread**2, SPREAD.dense**2 + SPREAD.unmeasured**2)


def test_requests_beyond_the_cache_wait() -> None:
    full, crowded = asked(concurrency=1_000), asked(concurrency=10_000)
    assert isclose(full.output_tokens_per_s, crowded.output_tokens_per_s)
    assert crowded.ttft_s > full.ttft_s > asked(concurrency=1).ttft_s
    assert crowded.caveats == (f"the cache holds {crowded.batch:.0f} requests at once; the others wait",)
    assert crowded.batch < 1_000
    assert asked(concurrency=0).output_tokens_per_s == 0


def test_no_answer_counts_as_one_token() -> None:
    assert asked(lengths=(100, 0), concurrency=4) == asked(lengths=(100, 1), concurrency=4)


@pytest.mark.parametrize(
    ("result", "caveat"),
    [
        (asked(gpu=A100), "A100 80GB SXM has no units for fp8; it computes in bf16"),
        (asked(serving=Serving("nvfp4")), "H100 SXM has no units for nvfp4; it computes in bf16"),
        (asked(serving=Serving("int4")), "4-bit integers were measured three times"),
        (
            asked(serving=Serving("bf16", engine="tgi")),
            "tgi was never measured; it is taken for vLLM, with a wider interval",
        ),
        (asked(gpu=MI300X), "no AMD GPU was measured; its efficiency is a judgement"),
        (asked(gpu=L40S), "no GPU like L40S was measured with batches"),
        (asked(layout=Layout(tp=8, dp=2)), "a replica lies on 2 nodes; they pass activations only"),
        (
            asked(layout=Layout(tp=16)),
            "layers lie on 2 nodes: few measurements of the network between them, a wider interval",
        ),
        (
            asked(gpu=H100._replace(peer_to_peer=False), layout=Layout(tp=2)),
            "H100 SXMs reach each other through the host's memory: few measurements",
        ),
        (
            asked(serving=FP8._replace(year=2024)),
            "vLLM of 2024 spent more time on the host: a judgement, not fitted",
        ),
        (
            asked(serving=FP8._replace(accepted=1.81)),
            "1.81 tokens a step with speculative decoding: what drafts cost is judged",
        ),
        (
            asked(serving=FP8._replace(disaggregated=True)),
            "prefill on GPUs of its own: they are taken as split as the load needs, nobody measured it",
        ),
        (
            asked(serving=FP8._replace(speedup=1.6)),
            "decoding is taken 1.6 times as fast at every load, as stated",
        ),
        (asked(gpu=L40S, layout=Layout(tp=2)), "no link is known between the GPUs; 16 GB/s are assumed"),
        (asked(lengths=(60_000, 10)), "prompts and answers beyond 33,000 tokens were not measured"),
        (asked(DEEPSEEK, B200, layout=Layout(tp=4, pp=2)), "no mixture of experts was measured over a pipeline"),
    ],
)
def test_caveats_name_what_was_not_measured(result: Throughput, caveat: str) -> None:
    assert caveat in result.caveats
    assert result.output_tokens_per_s > 0


def test_measured_ground_needs_no_caveat() -> None:
    assert asked().caveats == ()
    assert asked(gpu=L40S, serving=Serving("q4_k_m", engine="llama.cpp"), concurrency=1).caveats == ()


def test_an_engine_that_was_never_measured_counts_as_vllm() -> None:
    tgi, vllm = asked(serving=Serving("fp8", "fp8", "tgi")), asked()
    assert tgi.output_tokens_per_s == vllm.output_tokens_per_s


@pytest.mark.parametrize(
    ("precision", "gpu", "flops"),
    [
        ("bf16", B200, 2250e12 * FITTED.flops_share_bf16),
        ("fp8", B200, 4500e12 * FITTED.flops_share_fp8),
        ("nvfp4", B200, 9000e12 * FITTED.flops_share_fp4),
        ("mxfp4", B200, 4500e12 * FITTED.flops_share_fp8),  # its activations have 8 bits
        ("int8", H100, 1979e12 * FITTED.flops_share_fp8),
        ("int4", B200, 2250e12 * FITTED.flops_share_dequantised),
        ("fp8", A100, 312e12 * FITTED.flops_share_dequantised),
        ("mxfp4", H100, 989e12 * FITTED.flops_share_dequantised),
    ],
)
def test_arithmetic_runs_at_the_precision_that_the_gpu_has(precision: str, gpu: GpuSpec, flops: float) -> None:
    assert isclose(roofline.peak_flops(gpu, precision, FITTED), flops)


@pytest.mark.parametrize(
    ("precision", "gpu"), [("int8", H100), ("fp8", H100), ("nvfp4", B200), ("mxfp4", B200), ("bf16", A100)]
)
def test_a_gpu_that_has_the_units_gets_no_caveat_about_them(precision: str, gpu: GpuSpec) -> None:
    assert not [text for text in asked(gpu=gpu, serving=Serving(precision)).caveats if "no units" in text]


PARTS = roofline.Rank(
    dense_read_s=2, expert_read_s=1, missed=1, sharing_ranks=1, flop_s=0.01, cache_read_s=0, cache_flop_s=0, wire_s=0.001,
    wait_s=0.1, activation_s=0.002, fixed_s=0.2, sequence_s=0, prompt_attention_s=0.5, request_s=0.3, prefill_gain=2, norm=1,
)  # fmt: skip


@pytest.mark.parametrize(
    ("batch", "sharing", "seconds"),
    [
        # 100 tokens of which half are cached: the weights are read in 2 + 1 s and 50 tokens take 50 × 0.01 ÷ 2 = 0.25 s;
        # attention 0.5 × (1 − 0.5²) = 0.375, tokens 50 × 0.003 = 0.15, the pass 0.1 + 0.2, the request 0.3
        (1, 1.0, 3 + 0.25 + 0.375 + 0.15 + 0.3 + 0.3),
        (0.1, 1.0, 3 + 0.25 + 0.375 + 0.15 + 0.3 + 0.3),  # less than one at a time is one
        (4, 1.0, 3 / 4 + 0.25 + 0.375 + 0.15 + 0.3 / 4 + 0.3),  # four share a reading and a pass
        (4, 0.5, 3 / 2 + 0.25 + 0.375 + 0.15 + 0.3 / 2 + 0.3),  # and half of them as much as two
        (1_000, 1.0, 3 * 50 / 8192 + 0.25 + 0.375 + 0.15 + 0.3 * 50 / 8192 + 0.3),  # a pass takes 8,192 tokens
    ],
)
def test_prompts_that_start_together_share_a_reading(batch: float, sharing: float, seconds: float) -> None:
    assert roofline.prefill_of(PARTS, batch, input_tokens=100, sharing=sharing, cached_share=0.5) == pytest.approx(
        seconds
    )


def rank_of(model: ModelShape, layout: Layout) -> roofline.Rank:
    serving = Serving("bf16")
    return roofline.rank_of(model, H100, serving, layout, input_tokens=1_000, output_tokens=100, coefficients=FITTED)


def test_a_token_meets_the_active_parameters_of_a_mixture_and_all_others_outside_the_table() -> None:
    peak = 989e12 * FITTED.flops_share_bf16
    # 17.4 − 0.927 outside the experts and 37 − 16.473 of the experts: 37 billion, two operations each, on 8 GPUs
    assert rank_of(DEEPSEEK, Layout(tp=8)).flop_s == pytest.approx(2 * 37e9 / peak / 8)
    # experts on GPUs of their own are busy unevenly: 20.527 billion of them count for more
    spread = rank_of(DEEPSEEK, Layout(tp=8, ep=8)).flop_s
    assert spread == pytest.approx(2 * (16.473e9 + (1 + FITTED.expert_imbalance) * 20.527e9) / peak / 8)
    assert rank_of(DENSE, Layout(tp=2)).flop_s == pytest.approx(2 * (32.76e9 - 0.778e9) / peak / 2)


def test_layers_of_experts_and_of_sparse_attention_take_longer() -> None:
    dense, sparse = (rank_of(DEEPSEEK._replace(sparse=sparse), Layout(tp=8)).fixed_s for sparse in (False, True))
    assert sparse - dense == pytest.approx(FITTED.overhead("vllm") * 61 * FITTED.sparse_layer_s)
    without = rank_of(DEEPSEEK._replace(experts=0, experts_per_token=0), Layout(tp=8)).fixed_s
    assert dense - without == pytest.approx(FITTED.overhead("vllm") * 61 * FITTED.expert_layer_s)


def test_an_amd_gpu_has_its_own_losses() -> None:
    same = MI300X._replace(architecture="9.0")
    amd, other = (
        roofline.rank_of(
            DENSE, gpu, Serving("bf16"), Layout(), input_tokens=1_000, output_tokens=100, coefficients=FITTED
        )
        for gpu in (MI300X, same)
    )
    for part in ("fixed_s", "sequence_s", "request_s"):
        assert getattr(amd, part) == pytest.approx(FITTED.amd_overhead * getattr(other, part)), part
    assert amd.dense_read_s == pytest.approx(other.dense_read_s / FITTED.amd_bandwidth_gain)
    assert amd.flop_s == pytest.approx(other.flop_s / FITTED.amd_flops_gain)


def test_a_shape_and_a_specification_have_what_their_entries_say() -> None:
    catalog = load_catalog()
    for model in catalog.models.values():
        shape = shape_of(model)
        entry = (model.name, model.sparse_attention, model.tied_embeddings, model.published_weights)
        assert (shape.name, shape.sparse, shape.tied, shape.published) == entry
        assert (shape.experts, shape.experts_per_token) == (model.experts or 0, model.experts_per_token or 0)
    for gpu in catalog.gpus.values():
        spec = spec_of(gpu)
        entry_of_gpu = (gpu.name, gpu.architecture, gpu.gpus_per_node, gpu.peer_to_peer)
        assert (spec.name, spec.architecture, spec.gpus_per_node, spec.peer_to_peer) == entry_of_gpu
        assert (spec.tdp_w, spec.link) == (gpu.tdp_w, gpu.link_gb_per_s and float(gpu.link_gb_per_s) * 1e9)


def test_attention_counts_windows_and_states() -> None:
    # one new token: 4 × kept × layers × query heads × head dim, spread over tiles of 16 rows of which 40 ÷ 8 = 5 are full
    assert roofline.cache_flop(DENSE, 1_000) == pytest.approx(4 * 1_000 * 64 * 40 * 128 / (5 / 16))
    # a state costs as much as 256 tokens
    state = 4 * 256 * 48 * 64 * 128
    assert roofline.cache_flop(LINEAR, 1_000) == pytest.approx(4 * 1_000 * 16 * 40 * 128 / (5 / 16) + state)
    # 8 heads share one of the cache: 8 ÷ 16 of a tile; (1,000 + 128) tokens × 18 layers
    assert roofline.cache_flop(WINDOWED, 1_000) == pytest.approx(4 * 1_128 * 18 * 64 * 64 / (8 / 16))
    # a prompt: each token sees half of it, or a whole window: 2 × 1,000 × (1,000 + 2 × 128) × 18 × 64 × 64
    assert roofline.prompt_flop(WINDOWED, 1_000) == pytest.approx(2 * 1_000 * 1_256 * 18 * 64 * 64)
    assert roofline.prompt_flop(LINEAR, 10) == pytest.approx(2 * 10 * (10 * 16 * 40 * 128 + 256 * 48 * 64 * 128))
    # in prefill MLA attends with heads 160 wide
    assert roofline.prompt_flop(DEEPSEEK, 1_000) == pytest.approx(2 * 1_000 * 1_000 * 61 * 128 * 160)


COMPRESSED = DEEPSEEK._replace(
    attention=(
        AttentionLayers(30, 512, 1, None, 128, 512, tokens_per_entry=4, recent=128, index_elements=128),
        AttentionLayers(31, 512, 1, None, 128, 512, tokens_per_entry=128, recent=128),
    ),
    sparse=True,
)
STATEFUL = LINEAR._replace(attention=(GQA, AttentionLayers(48, 0, 1, 0, 64, 128, state_elements=64 * 128 * 128)))


def test_compressed_attention_counts_entries_and_the_window_at_full_width() -> None:
    # one new token: 4 × (1000/4 + 128) × 30 layers × 128 heads × 512, and 1000/128 in place of 1000/4 in 31 layers
    entries = 30 * (1000 / 4 + 128) + 31 * (1000 / 128 + 128)
    assert isclose(roofline.cache_flop(COMPRESSED, 1000), 4 * entries * 128 * 512)
    # a prompt: half of the entries and a full window on average, twice for keys and values
    seen = 30 * (1000 / 4 + 256) + 31 * (1000 / 128 + 256)
    assert isclose(roofline.prompt_flop(COMPRESSED, 1000), 2 * 1000 * seen * 128 * 512)


MODELS = st.sampled_from([DENSE, LLAMA_70B, LLAMA_8B, DEEPSEEK, WINDOWED, LINEAR, COMPRESSED, STATEFUL])
GPUS = st.sampled_from([H100, H200, B200, MI300X, A100, L40S])
SERVINGS = st.builds(
    Serving,
    st.sampled_from(["bf16", "fp8", "int8", "int4", "nvfp4", "mxfp4", "q4_k_m", "q8_0"]),
    st.sampled_from(["bf16", "fp8"]),
    st.sampled_from(tuple(ENGINES)),
    year=st.sampled_from([None, 2024]),
    network=st.sampled_from([None, 12.5e9]),
    accepted=st.sampled_from([1.0, 1.81, 3.2]),
    speedup=st.just(1.0),
    weights=st.none(),
    adapter_bytes=st.sampled_from([0.0, 1e9]),
    draft=st.none(),
)
LAYOUTS = st.sampled_from(
    [
        Layout(8),
        Layout(4, 2, 8),
        Layout(1, 8, 8),
        Layout(8, 1, 8),
        Layout(4, 1, 1, 2),
        Layout(2),
        Layout(16),
        Layout(8, 2, 16),
    ]
)
LENGTHS = st.tuples(st.floats(0, 30_000), st.floats(1, 8_000))
DEPLOYMENTS = st.tuples(MODELS, GPUS, SERVINGS, LAYOUTS)


@given(DEPLOYMENTS, LENGTHS, st.floats(1, 4_000), st.floats(1, 4))
def test_more_requests_never_lower_the_throughput(
    deployment: tuple[ModelShape, GpuSpec, Serving, Layout],
    lengths: tuple[float, float],
    concurrency: float,
    factor: float,
) -> None:
    few = asked(*deployment, lengths=lengths, concurrency=concurrency)
    many = asked(*deployment, lengths=lengths, concurrency=concurrency * factor)
    assert many.output_tokens_per_s >= few.output_tokens_per_s * (1 - 1e-9)


@given(DEPLOYMENTS, LENGTHS, st.floats(1, 4_000) | st.none(), st.floats(1, 3))
def test_better_hardware_is_never_slower(
    deployment: tuple[ModelShape, GpuSpec, Serving, Layout],
    lengths: tuple[float, float],
    concurrency: float | None,
    factor: float,
) -> None:
    model, gpu, serving, layout = deployment
    before = asked(*deployment, lengths=lengths, concurrency=concurrency)
    better = (
        gpu._replace(bandwidth=gpu.bandwidth * factor),
        gpu._replace(flops={name: peak * factor for name, peak in gpu.flops.items()}),
        gpu._replace(memory_bytes=gpu.memory_bytes * factor),
        gpu._replace(link=(gpu.link or links.NO_LINK) * factor),
    )
    for changed in better:
        after = asked(model, changed, serving, layout, lengths=lengths, concurrency=concurrency)
        assert after.output_tokens_per_s >= before.output_tokens_per_s * (1 - 1e-9)


@given(DEPLOYMENTS, LENGTHS, st.floats(1, 4_000) | st.none())
def test_every_figure_is_finite_and_ordered(
    deployment: tuple[ModelShape, GpuSpec, Serving, Layout],
    lengths: tuple[float, float],
    concurrency: float | None,
) -> None:
    result = asked(*deployment, lengths=lengths, concurrency=concurrency)
    if result.fit.fits:
        assert 0 < result.low < result.output_tokens_per_s < result.high < 1e8
        assert 0 < result.tpot_s < 1e4
        assert result.batch >= 1
    else:
        assert result.output_tokens_per_s == 0


def test_a_point_of_the_cell_counts_for_its_share() -> None:
    before = asked()
    after = calibrated(before, [(1_200.0, 1_000.0)], SPREAD)
    # weight = between² ÷ (between² + within²)
    weight = SPREAD.between_cells**2 / (SPREAD.between_cells**2 + SPREAD.within_cell**2)
    assert isclose(after.output_tokens_per_s, before.output_tokens_per_s * 1.2**weight)
    assert isclose(after.tpot_s * after.output_tokens_per_s, before.tpot_s * before.output_tokens_per_s)
    assert after.spread < before.spread


def test_more_points_count_for_more_and_narrow_the_interval() -> None:
    before = asked()
    one, three = (calibrated(before, [(1_200.0, 1_000.0)] * points, SPREAD) for points in (1, 3))
    assert before.output_tokens_per_s < one.output_tokens_per_s < three.output_tokens_per_s
    assert three.output_tokens_per_s < 1.2 * before.output_tokens_per_s
    assert three.spread < one.spread


def test_a_measurement_of_the_configuration_itself_wins() -> None:
    before = asked()
    after = calibrated(before, [(2_000.0, before.output_tokens_per_s)], SPREAD, direct=True)
    assert isclose(after.output_tokens_per_s, 2_000)
    assert after.spread < calibrated(before, [(2_000.0, before.output_tokens_per_s)], SPREAD).spread


def test_nothing_measured_changes_nothing() -> None:
    before, none = asked(), asked(gpu=RTX_4070_TI)
    assert calibrated(before, [], SPREAD) == before
    assert calibrated(before, [(0.0, 1_000.0), (1_000.0, 0.0)], SPREAD) == before
    assert calibrated(none, [(1_000.0, 1_000.0)], SPREAD) == none


def test_a_cached_prompt_is_held_but_not_computed() -> None:
    fresh, cached = asked(lengths=(8_000, 100)), asked(lengths=(8_000, 100), cached=6_000)
    assert cached.batch == fresh.batch
    assert cached.output_tokens_per_s > 2 * fresh.output_tokens_per_s  # a quarter of the prompt is left to compute
    # all of it cached, more than all of it, no prompt at all
    assert asked(cached=1_000) == asked(cached=2_000)
    assert asked(lengths=(0, 100), cached=10) == asked(lengths=(0, 100))


def test_a_scale_multiplies_the_throughput() -> None:
    assert isclose(asked(scale=1.5).output_tokens_per_s, 1.5 * asked().output_tokens_per_s)


def test_the_shipped_file_has_exactly_the_coefficients_of_this_version() -> None:
    assert tuple(SHIPPED["coefficients"]) == Coefficients._fields
    names = SHIPPED["covariance_names"]
    assert [len(row) for row in SHIPPED["covariance"]] == list(range(1, len(names) + 1))
    assert all(row[-1] > 0 for row in SHIPPED["covariance"])
    assert set(Spread._fields) == set(SHIPPED["spread"])
    missing = {"coefficients": {name: {"value": 1.0} for name in Coefficients._fields[1:]} | {"spare": {"value": 1.0}}}
    with pytest.raises(ValueError, match=r"a difference in bandwidth_share, spare"):
        coefficients_from(missing)
