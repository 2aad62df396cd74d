"""Memory: published shapes to the byte, and the claims that people make of cards."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costcalc.cost.adapters import adapter_bytes
from costcalc.cost.hardware import AttentionLayers, GpuSpec, Layout, ModelShape, Serving
from costcalc.cost.memory import (
    fit,
    kv_bytes_per_sequence,
    kv_bytes_per_token,
    parts_per_gpu,
    reserve_bytes,
    state_bytes,
    weight_bytes,
)
from costcalc.cost.precisions import FORMS, cache_bytes, form_of


def full(layers: int, kv_heads: int, head_dim: int, *, window: int | None = None, queries: int = 64) -> AttentionLayers:
    return AttentionLayers(layers, 2 * kv_heads * head_dim, kv_heads, window, queries, head_dim)


def latent(layers: int) -> AttentionLayers:
    return AttentionLayers(layers, 576, 1, None, 128, 576)  # 512 of the latent + 64 of the rotary key


def shape(*attention: AttentionLayers) -> ModelShape:
    return ModelShape("a model", 1e9, 1e9, 1e9, 0.0, sum(group.layers for group in attention), 4096, attention)


QWEN_32B = ModelShape("32B", 32.76e9, 31.98e9, 32.76e9, 0.778e9, 64, 5120, (full(64, 8, 128, queries=40),))
LLAMA_70B = ModelShape("70B", 70.55e9, 69.5e9, 70.55e9, 1.05e9, 80, 8192, (full(80, 8, 128),))
LLAMA_8B = ModelShape("8B", 8.03e9, 7.5e9, 8.03e9, 0.525e9, 32, 4096, (full(32, 8, 128, queries=32),))
DEEPSEEK = ModelShape("R1", 671e9, 37e9, 17.4e9, 0.927e9, 61, 7168, (latent(61),), 256, 8)
KIMI = ModelShape("Kimi-K2.5", 1026e9, 32e9, 11.4e9, 1.17e9, 61, 7168, (latent(61),), 384, 8, published="int4")
QWEN_30B_A3B = ModelShape("30B-A3B", 30.53e9, 3e9, 1.54e9, 0.311e9, 48, 2048, (full(48, 4, 128),), 128, 8)
QWEN_4B = ModelShape("Qwen3.5-4B", 4.21e9, 4.21e9, 4.21e9, 0.636e9, 32, 2560, (full(8, 4, 256),), tied=True)
GPT_OSS = ModelShape("gpt-oss-120b", 116.8e9, 5.1e9, 2.1e9, 0.579e9, 36, 2880, (full(36, 8, 64),), 128, 4)
H100 = GpuSpec("H100 SXM", 80e9, 3.35e12, {"bf16": 989e12, "fp8": 1979e12}, 700, 450e9, "9.0")
RTX_4070_TI = GpuSpec("RTX 4070 Ti", 12e9, 0.504e12, {"bf16": 80e12, "fp8": 160e12}, 285, 32e9, "8.9")
RTX_4080 = GpuSpec("RTX 4080", 16e9, 0.717e12, {"bf16": 97e12}, 320, None, "8.9")


@pytest.mark.parametrize(
    ("model", "kv_bytes"),
    [
        (shape(full(32, 8, 128)), 131_072),  # Llama-3.1-8B: 2 × 8 × 128 × 2 bytes × 32 layers
        (shape(full(80, 8, 128)), 327_680),  # Llama-3.1-70B, Llama-2-70B: the same × 80
        (shape(full(126, 8, 128)), 516_096),  # Llama-3.1-405B: the same × 126
        (shape(full(32, 32, 128)), 524_288),  # Llama-2-7B: 32 heads of 128, none shared
        (shape(full(64, 8, 128)), 262_144),  # Qwen2.5-32B, Qwen3-32B: 8 × 128 × 64 layers
        (shape(full(94, 4, 128)), 192_512),  # Qwen3-235B-A22B: 2 × 4 × 128 × 2 × 94
        (shape(full(62, 8, 128)), 253_952),  # MiniMax-M2.5: 2 × 8 × 128 × 2 × 62
        (DEEPSEEK, 70_272),  # MLA: 576 × 2 × 61
        (shape(full(18, 8, 64), full(18, 8, 64, window=128)), 73_728),  # gpt-oss-120b: 2 × 8 × 64 × 2 × 36
        (
            shape(full(15, 2, 256), full(45, 64, 128, window=0)),
            30_720,
        ),  # Qwen3.5-397B: 2 × 2 × 256 × 2 × 15 full layers
    ],
)
def test_kv_bytes_per_token_of_published_shapes(model: ModelShape, kv_bytes: int) -> None:
    assert kv_bytes_per_token(model) == kv_bytes
    assert kv_bytes_per_token(model, "fp8") == kv_bytes / 2


def test_a_window_caps_and_a_constant_state_costs_nothing() -> None:
    mixed = shape(full(2, 1, 10), full(3, 1, 10, window=100), full(5, 1, 10, window=0))
    # 20 numbers × 2 bytes × (2 layers × 1000 tokens + 3 layers × 100 tokens)
    assert kv_bytes_per_sequence(mixed, tokens=1000) == 20 * 2 * 2300
    assert kv_bytes_per_sequence(mixed, tokens=50) == 20 * 2 * 250  # both kinds are below the window


@pytest.mark.parametrize(("tp", "share"), [(1, 1.0), (4, 0.25), (8, 0.125), (16, 0.125)])
def test_key_value_heads_split_until_each_gpu_has_one(tp: int, share: float) -> None:
    assert kv_bytes_per_sequence(QWEN_32B, tokens=1, tp=tp) == 262_144 * share


def test_a_latent_is_repeated_on_every_gpu() -> None:
    assert kv_bytes_per_sequence(DEEPSEEK, tokens=1, tp=8) == kv_bytes_per_sequence(DEEPSEEK, tokens=1)


@pytest.mark.parametrize(
    ("model", "precision", "low", "high"),
    [
        (QWEN_32B, "int4", 19.2, 19.4),  # (32.76 − 2 × 0.778) × 4.156/8 + 2 × 0.778 × 2 = 19.32
        (QWEN_30B_A3B, "int4", 16.6, 17.0),  # (30.53 − 0.62) × 4.156/8 + 0.62 × 2 = 16.78; published in bf16
        (QWEN_32B, "fp8", 34.2, 34.4),  # 31.2 + 1.556 × 2 = 34.32: both tables stay in bf16
        (QWEN_32B, "bf16", 65.5, 65.6),  # 32.76 × 2
        (KIMI, "int4", 590, 600),  # published: 595 GB; (1026 − 11.4) × 4.5/8 + 11.4 × 2 = 593.5
        (DEEPSEEK, "nvfp4", 395, 415),  # (671 − 17.4) × 4.5/8 + 17.4 × 2 = 402.5
        (DEEPSEEK, "fp8", 672, 673),  # 669.15 + 1.854 × 2 = 672.9; published: 688 GB with the layer for MTP
        (GPT_OSS, "mxfp4", 69.1, 69.3),  # 114.7 × 4.25/8 × 3072/2880 + 2.1 × 2 = 69.2; vLLM loads 69.1 to 70.8
    ],
)
def test_weights_are_as_large_as_published(model: ModelShape, precision: str, low: float, high: float) -> None:
    assert low <= weight_bytes(model, precision).total / 1e9 <= high


def test_llama_cpp_leaves_the_embedding_table_in_host_memory() -> None:
    assert weight_bytes(LLAMA_8B, "bf16", engine="llama.cpp").total == (8.03e9 - 0.525e9) * 2
    assert weight_bytes(LLAMA_8B, "bf16").total == 8.03e9 * 2


@pytest.mark.parametrize(
    ("precision", "gb"),
    [
        ("bf16", 8.42),  # 3.574 × 2 + 0.636 × 2: the tied table again, on the GPU, as the output layer
        ("q4_k_m", 2.67),  # 3.574 × 4.80/8 + 0.636 × 6.5625/8; one published file has 2.74
        ("q5_k_m", 3.05),  # 3.574 × 5.65/8 + 0.636 × 6.5625/8; 3.14
        ("q6_k", 3.45),  # 4.21 × 6.5625/8; 3.53
    ],
)
def test_a_tied_table_is_loaded_once_more_by_llama_cpp(precision: str, gb: float) -> None:
    loaded = weight_bytes(QWEN_4B, precision, engine="llama.cpp")
    assert loaded.total / 1e9 == pytest.approx(gb, rel=0.002)
    assert loaded.host == loaded.output  # one table, twice
    assert weight_bytes(QWEN_4B, "bf16").total == 4.21e9 * 2  # other engines keep one
    assert weight_bytes(QWEN_4B, "bf16").embedding == 0


def test_llama_cpp_keeps_8_bits_around_experts_in_mxfp4_and_pads_nothing() -> None:
    loaded = weight_bytes(GPT_OSS, "mxfp4", engine="llama.cpp")
    # 114.7 × 4.25/8 + 2.1 × 8.5/8 = 63.17; published file: 59.02 GiB = 63.37 GB (ggml-org/llama.cpp#15253)
    assert (loaded.total + loaded.host) / 1e9 == pytest.approx(63.17, rel=0.001)
    assert loaded.padding == 0


def test_the_tables_of_a_mix_are_not_in_its_body() -> None:
    # (4.8944 × 8.0303 − (4.5 + 6.5625) × 0.52534) ÷ (8.0303 − 2 × 0.52534) = 4.799 bits
    assert form_of("q4_k_m").body == pytest.approx(4.799, abs=0.001)
    assert [cache_bytes(name) * 8 for name in ("bf16", "fp8", "q8_0", "q4_0")] == [16, 8, 8.5, 4.5]


def test_experts_get_no_adapter() -> None:
    # 4 heads of keys: 48 layers × rank 8 × (2 × (2048 + 64 × 128) + 2 × (2048 + 4 × 128)) × 2 bytes
    assert adapter_bytes(QWEN_30B_A3B, number=1, rank=8) == 2 * 8 * 48 * (2 * (2048 + 8192) + 2 * (2048 + 512))
    with pytest.raises(ValueError, match="R1 has layers that keep a latent or a state"):
        adapter_bytes(DEEPSEEK, number=1, rank=8)


def test_adapters_lie_on_the_layers_of_every_kind_of_attention() -> None:
    (kind,) = LLAMA_70B.attention
    halves = (kind._replace(layers=40), kind._replace(layers=40, window=1_024))  # a window changes no projection
    both = LLAMA_70B._replace(attention=halves)
    assert adapter_bytes(both, number=2, rank=16) == adapter_bytes(LLAMA_70B, number=2, rank=16)


def test_experts_are_shared_by_data_parallel_ranks_and_nothing_else_is() -> None:
    experts, others = 653.6e9, 15.546e9 + 4 * 0.927e9  # fp8, both tables in bf16
    assert on_one_gpu(DEEPSEEK, "fp8", Layout(tp=1, dp=8, ep=8)) == pytest.approx(experts / 8 + others)
    assert on_one_gpu(DEEPSEEK, "fp8", Layout(tp=8)) == pytest.approx((experts + others) / 8)
    # a dense model is repeated on every rank, and cut by tensor and pipeline parallelism
    assert on_one_gpu(LLAMA_8B, "bf16", Layout(tp=2, dp=4, pp=2)) == pytest.approx(8.03e9 * 2 / 4)


def on_one_gpu(model: ModelShape, precision: str, layout: Layout) -> float:
    return parts_per_gpu(model, H100, Serving(precision), layout).weights


def test_a_32b_model_in_4_bits_does_not_fit_12_gb() -> None:
    result = fit(QWEN_32B, RTX_4070_TI, Serving("int4"), Layout(), tokens=2_000)
    # 19.32 GB + 2,000 × 262,144 bytes + 8 % of 12 GB = 20.8 GB
    assert (result.fits, result.sequences) == (False, 0)
    assert result.free_bytes < 0
    assert 20.7e9 <= result.needed_bytes <= 20.9e9


@pytest.mark.parametrize(
    ("model", "serving", "low", "high"),
    [
        (QWEN_32B, Serving("fp8"), 20, 100),  # one H100 is enough
        (QWEN_32B, Serving("bf16"), 5, 16),  # (78.8 − 5.2 − 65.5) GB ÷ 0.524 GB = 15.4
        (LLAMA_70B, Serving("fp8", "fp8"), 1, 3),  # (78.8 − 5.2 − 72.65) GB ÷ 0.328 GB = 2.9
    ],
)
def test_sequences_of_2000_tokens_on_one_h100(model: ModelShape, serving: Serving, low: int, high: int) -> None:
    result = fit(model, H100, serving, Layout(), tokens=2_000)
    assert result.fits
    assert low <= result.sequences <= high


def test_llama_cpp_fits_where_a_pool_would_not() -> None:
    # measured: 8B in 16 bits runs on 16 GB under llama.cpp: 15.01 + 0.13 + 0.4 < 15.76
    assert fit(LLAMA_8B, RTX_4080, Serving("bf16", engine="llama.cpp"), Layout(), tokens=1_024).fits
    assert not fit(LLAMA_8B, RTX_4080, Serving("bf16"), Layout(), tokens=1_024).fits
    assert reserve_bytes(RTX_4080, "llama.cpp") == 0.4e9
    assert reserve_bytes(RTX_4080, "vllm") == 0.08 * 16e9
    assert reserve_bytes(H100, "vllm") == 5.2e9


def test_a_model_without_a_cache_holds_any_number_of_sequences() -> None:
    result = fit(shape(full(4, 1, 10, window=0)), H100, Serving("bf16"), Layout(), tokens=10)
    assert result.fits
    assert result.kv_bytes_per_sequence == 0


def test_an_unknown_precision_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(ValueError, match=r"expected a weight precision of bf16, fp8, .*iq4_nl, found 'fp3'"):
        weight_bytes(QWEN_32B, "fp3")
    with pytest.raises(ValueError, match="expected a KV precision of bf16, fp8, q8_0, q4_0, found 'int4'"):
        kv_bytes_per_token(QWEN_32B, "int4")
    with pytest.raises(ValueError, match="KV precision"):
        kv_bytes_per_sequence(QWEN_32B, tokens=1, kv_precision="int4")


@given(
    precision=st.sampled_from(sorted(FORMS)),
    tp=st.sampled_from([1, 2, 4, 8]),
    tokens=st.floats(1, 1e6),
    more=st.floats(0, 1e6),
)
def test_longer_sequences_never_fit_more_often(precision: str, tp: int, tokens: float, more: float) -> None:
    short = fit(LLAMA_70B, H100, Serving(precision), Layout(tp), tokens=tokens)
    long = fit(LLAMA_70B, H100, Serving(precision), Layout(tp), tokens=tokens + more)
    assert long.sequences <= short.sequences
    assert long.needed_bytes >= short.needed_bytes


# --- what layers keep beside keys and values --------------------------------------------------------------------------

V4_PRO = (  # DeepSeek-V4-Pro: 30 layers with one entry per 4 tokens and an index, 31 with one per 128 tokens
    AttentionLayers(30, 512, 1, None, 128, 512, tokens_per_entry=4, recent=128, index_elements=128),
    AttentionLayers(31, 512, 1, None, 128, 512, tokens_per_entry=128, recent=128),
)


@pytest.mark.parametrize(
    ("tokens", "numbers"),
    [
        # entries: 30 × 640 × 100/4 + 31 × 512 × 100/128; single tokens: 61 × 512 × 100
        (100, 480_000 + 12_400 + 3_123_200),
        # 30 × 640 × 12 800/4 + 31 × 512 × 100; the window is full: 61 × 512 × 128
        (12_800, 61_440_000 + 1_587_200 + 3_997_696),
    ],
)
def test_compressed_layers_keep_entries_and_a_window(tokens: int, numbers: int) -> None:
    assert kv_bytes_per_sequence(shape(*V4_PRO), tokens=tokens) == pytest.approx(2 * numbers)
    assert kv_bytes_per_sequence(shape(*V4_PRO), tokens=tokens, tp=8) == pytest.approx(2 * numbers)  # one head each


def test_an_index_is_cached_beside_a_latent_and_is_not_split() -> None:
    indexed = shape(latent(61)._replace(index_elements=128))
    assert kv_bytes_per_token(indexed) == 2 * 61 * (576 + 128)
    heads = shape(full(57, 4, 128)._replace(index_elements=128))  # MiniMax-M3: 1 024 numbers in 4 heads, and the index
    assert kv_bytes_per_sequence(heads, tokens=10, tp=4) == 2 * 57 * 10 * (1024 / 4 + 128)


def test_a_state_is_as_large_for_one_token_as_for_many() -> None:
    linear = AttentionLayers(48, 0, 1, 0, 48, 128, state_elements=48 * 128 * 128)
    state = 48 * 48 * 128 * 128 * 4  # Qwen3.5-27B, 151 MB
    assert state_bytes(shape(linear)) == state
    assert [kv_bytes_per_sequence(shape(linear), tokens=tokens) for tokens in (1, 100_000)] == [state, state]
    assert kv_bytes_per_sequence(shape(linear), tokens=1, tp=4) == state / 4
    assert kv_bytes_per_token(shape(linear)) == 0


@given(
    tokens=st.integers(1, 1_000_000), few=st.integers(1, 128), recent=st.integers(0, 4096), index=st.integers(0, 256)
)
def test_a_longer_sequence_never_takes_less(tokens: int, few: int, recent: int, index: int) -> None:
    group = AttentionLayers(2, 512, 1, None, 64, 512, tokens_per_entry=few, recent=recent, index_elements=index)
    shorter, longer = (kv_bytes_per_sequence(shape(group), tokens=length) for length in (tokens, tokens + 1))
    assert 0 < shorter < longer
