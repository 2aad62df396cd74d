"""How long the parts of one forward pass take: a roofline with losses. All floats, all times in seconds.

One rank is what decodes a batch together: one tensor-parallel group, all its pipeline stages in turn. Every part is
either once per pass, or proportional to the tokens in it.
"""

from math import log2
from typing import NamedTuple

from costcalc.catalog.forms.engines import ENGINES
from costcalc.catalog.forms.scalars import LLAMA_CPP_TYPES
from costcalc.cost.hardware import AttentionLayers, GpuSpec, Layout, ModelShape, Serving
from costcalc.cost.memory import EXPERTS_ONLY, kv_bytes_per_sequence, weights_of

FOUR_BIT_FLOATS = frozenset({"nvfp4", "mxfp4"})
FOUR_BIT_INTEGERS = frozenset({"int4", *LLAMA_CPP_TYPES}) - {"q8_0"}  # llama.cpp unpacks all its mixes alike
BF16_BYTES = 2.0
STATE_TOKENS = 256  # a constant state costs about as much arithmetic as attending to this many tokens (judgement)
TILE_ROWS = 16  # query heads that share one key-value head fill a tensor core's tile of so many rows
MLA_PREFILL_WIDTH = 160  # mean of 192 and 128: prefill attends with whole heads, not with the latent (arXiv:2405.04434)
FAST_LINK = 450e9  # NVLink 4, one direction; the latencies below are fitted at or above it [bytes/s]
NO_LINK = 16e9  # PCIe 4 ×8, taken where no link is known [bytes/s]
CHUNK_TOKENS = 8192  # engines put prompts together into passes of about so many tokens


class Coefficients(NamedTuple):
    """What the physics leaves open: one set for every model, GPU and engine, fitted to published measurements.

    A *share* is a fraction of a published peak, a *gain* and a *loss* are factors on another coefficient.

    Args:
        bandwidth_share: Of the memory bandwidth, when weights are read.
        bandwidth_gain_fp4: The same for 4-bit floats, as a factor.
        bandwidth_gain_int4: The same for 4-bit integers, as a factor.
        bandwidth_share_kv: Of the memory bandwidth, when the cache is read.
        flops_share_bf16: Of the bf16 peak.
        flops_share_fp8: Of the fp8 peak.
        flops_share_fp4: Of the fp4 peak.
        flops_share_dequantised: Of the bf16 peak, when weights of few bits are unpacked first.
        prefill_gain: Factor on those four in prefill, whose matrices are larger.
        attention_share_decode: Of the bf16 peak, in attention over the cache.
        attention_share_prefill: Of the bf16 peak, in attention within a prompt.
        overlap: Reading and arithmetic overlap as a norm with exponent 1 + overlap; 0 is no overlap.
        pass_s: Once per pass [s].
        layer_s: Once per layer and pass [s].
        expert_layer_s: Once more per layer of a mixture of experts [s].
        sequence_s: Per sequence and step: sampling, scheduling [s].
        request_s: Per request, once [s].
        prompt_token_s: Per token of the prompt [s].
        all_reduce_s: Latency of one all-reduce between two GPUs; grows with log2 of the group [s].
        link_share: Of the link's bandwidth, in an all-reduce.
        slow_link_power: Latencies grow with (450 GB/s ÷ link) to this power.
        exchange_s: Latency of dispatching to experts on other GPUs and combining, per layer [s].
        exchange_link_share: Of the link's bandwidth, in that exchange.
        expert_imbalance: Extra time of the GPU with the busiest experts.
        expert_slice_loss: Extra reading time when every expert is cut into slices.
        activation_passes: How often a layer moves its activations through memory.
        activation_passes_per_expert: The same, for each expert that a token goes through.
        kv_fill: Share of the free memory that fills with cache.
        output_reserved: Share of the output for which cache is held from the start.
        sequence_limit: Sequences that a rank decodes at once when nobody sets a limit.
        prompt_sharing: Prompts that start together share a pass, to this power; 0 is never.
        overhead_vllm: Factor on the fixed times.
        overhead_sglang: The same.
        overhead_trtllm: The same.
        overhead_llama_cpp: The same.
        speed_vllm: Factor on the throughput.
        speed_sglang: The same.
        speed_trtllm: The same.
        speed_llama_cpp: The same.
        speed_full: Factor on the throughput of a deployment that is always full.
        amd_flops_gain: Factor on all shares of a peak on AMD's GPUs; a judgement, not fitted.
        amd_bandwidth_gain: Factor on both shares of the bandwidth there; a judgement, not fitted.
        amd_overhead: Factor on the fixed times there; a judgement, not fitted.
    """

    bandwidth_share: float
    bandwidth_gain_fp4: float
    bandwidth_gain_int4: float
    bandwidth_share_kv: float
    flops_share_bf16: float
    flops_share_fp8: float
    flops_share_fp4: float
    flops_share_dequantised: float
    prefill_gain: float
    attention_share_decode: float
    attention_share_prefill: float
    overlap: float
    pass_s: float
    layer_s: float
    expert_layer_s: float
    sequence_s: float
    request_s: float
    prompt_token_s: float
    all_reduce_s: float
    link_share: float
    slow_link_power: float
    exchange_s: float
    exchange_link_share: float
    expert_imbalance: float
    expert_slice_loss: float
    activation_passes: float
    activation_passes_per_expert: float
    kv_fill: float
    output_reserved: float
    sequence_limit: float
    prompt_sharing: float
    overhead_vllm: float
    overhead_sglang: float
    overhead_trtllm: float
    overhead_llama_cpp: float
    speed_vllm: float
    speed_sglang: float
    speed_trtllm: float
    speed_llama_cpp: float
    speed_full: float
    amd_flops_gain: float
    amd_bandwidth_gain: float
    amd_overhead: float

    def overhead(self, engine: str) -> float:
        """Factor on the fixed times of an engine; one that was never measured counts as vLLM."""
        return float(getattr(self, f"overhead_{_field(engine)}"))

    def speed(self, engine: str) -> float:
        """Factor on the throughput of an engine; one that was never measured counts as vLLM."""
        return float(getattr(self, f"speed_{_field(engine)}"))


class Rank(NamedTuple):
    """Times of the parts of a pass on one rank.

    Args:
        dense_read_s: Reading the weights outside the experts, per pass [s].
        expert_read_s: Reading every expert, per pass [s].
        missed: Share of the experts that one token does not touch; 1 for a dense model.
        sharing_ranks: Data-parallel ranks that share the experts, and so read them for each other's tokens.
        flop_s: Matrix arithmetic, per token [s].
        cache_read_s: Reading the cache, per sequence and step [s].
        cache_flop_s: Attention arithmetic over the cache, per sequence and step [s].
        wire_s: Bytes between GPUs, per token [s].
        wait_s: Latencies between GPUs, per pass [s].
        activation_s: Moving activations, per token [s].
        fixed_s: Overheads, per pass [s].
        sequence_s: Overhead, per sequence and step [s].
        prompt_attention_s: Attention within a prompt, for a whole prompt [s].
        request_s: Overhead, per request [s].
        prefill_gain: Factor on the speed of the arithmetic in prefill.
        norm: Exponent of the overlap of reading and arithmetic.
    """

    dense_read_s: float
    expert_read_s: float
    missed: float
    sharing_ranks: int
    flop_s: float
    cache_read_s: float
    cache_flop_s: float
    wire_s: float
    wait_s: float
    activation_s: float
    fixed_s: float
    sequence_s: float
    prompt_attention_s: float
    request_s: float
    prefill_gain: float
    norm: float


class Step(NamedTuple):
    """One decode step of a batch, by what it waits for [s]."""

    memory_s: float
    compute_s: float
    communication_s: float
    overhead_s: float

    @property
    def total_s(self) -> float:
        """All of it [s]."""
        return self.memory_s + self.compute_s + self.communication_s + self.overhead_s


def rank_of(
    model: ModelShape,
    gpu: GpuSpec,
    serving: Serving,
    layout: Layout,
    *,
    input_tokens: float,
    output_tokens: float,
    coefficients: Coefficients,
) -> Rank:
    """Work out how long the parts of a pass take on one rank.

    Leaves out the time in which GPUs of a pipeline wait for each other, speculative decoding and
    prefixes found in a cache.

    Args:
        model: Its shape.
        gpu: What one GPU has.
        serving: Precisions and engine.
        layout: How one replica lies on its GPUs.
        input_tokens: Length of the prompt [tokens].
        output_tokens: Length of the answer; attention sees half of it on average [tokens].
        coefficients: What was fitted.
    """
    c, context = coefficients, input_tokens + output_tokens / 2
    amd = gpu.architecture.startswith("gfx")
    bandwidth = gpu.bandwidth * (c.amd_bandwidth_gain if amd else 1.0)
    peak_gain = c.amd_flops_gain if amd else 1.0
    overhead = c.overhead(serving.engine) * (c.amd_overhead if amd else 1.0)
    dense_read, expert_read = _reading(model, serving, layout, bandwidth, c)
    cache = kv_bytes_per_sequence(model, tokens=context, kv_precision=serving.kv_precision, tp=layout.tp)
    attention_peak = gpu.flops["bf16"] * peak_gain * layout.tp
    wire, wait = _wires(model, gpu, layout, c)
    per_layer = c.layer_s + (c.expert_layer_s if model.experts else 0.0)
    passes = c.activation_passes + c.activation_passes_per_expert * model.experts_per_token
    return Rank(
        dense_read_s=dense_read,
        expert_read_s=expert_read,
        missed=1 - model.experts_per_token / model.experts if model.experts else 1.0,
        sharing_ranks=layout.dp if model.experts else 1,
        flop_s=_arithmetic(model, gpu, serving, layout, c) / peak_gain,
        cache_read_s=cache / (bandwidth * c.bandwidth_share_kv),
        cache_flop_s=cache_flop(model, context) / (attention_peak * c.attention_share_decode),
        wire_s=wire,
        wait_s=wait,
        activation_s=model.layers * model.hidden * BF16_BYTES * passes / bandwidth,
        fixed_s=overhead * (c.pass_s + model.layers * per_layer),
        sequence_s=overhead * c.sequence_s,
        prompt_attention_s=prompt_flop(model, input_tokens) / (attention_peak * c.attention_share_prefill),
        request_s=overhead * (c.request_s + c.prompt_token_s * input_tokens),
        prefill_gain=c.prefill_gain,
        norm=1 + c.overlap,
    )


def step_of(rank: Rank, batch: float) -> Step:
    """Work out one decode step of a batch, one token for each sequence [s].

    A small batch reads few of a mixture's experts: of each layer, 1 − (1 − k/E)^tokens of them.
    """
    covered: float = 1 - rank.missed ** (batch * rank.sharing_ranks)
    read, flop = rank.dense_read_s + rank.expert_read_s * covered, rank.flop_s * batch
    cache_read, cache_flop = rank.cache_read_s * batch, rank.cache_flop_s * batch
    both = overlapped(read, flop, norm=rank.norm) + overlapped(cache_read, cache_flop, norm=rank.norm)
    reads = both * (read + cache_read) / (read + flop + cache_read + cache_flop)
    return Step(
        memory_s=reads,
        compute_s=both - reads + rank.activation_s * batch,
        communication_s=rank.wait_s + rank.wire_s * batch,
        overhead_s=rank.fixed_s + rank.sequence_s * batch,
    )


def prefill_of(rank: Rank, batch: float, *, input_tokens: float, sharing: float, cached_share: float = 0.0) -> float:
    """Work out for how long one prompt holds up its rank [s].

    Prompts that start together share one reading of the weights and one pass's overheads. What a
    prefix cache provides is not computed, but the tokens behind it attend to it.
    """
    fresh = input_tokens * (1 - cached_share)
    together: float = max(min(batch, CHUNK_TOKENS / max(fresh, 1.0)), 1.0) ** sharing
    read = (rank.dense_read_s + rank.expert_read_s) / together
    flop = rank.flop_s * fresh / rank.prefill_gain
    per_token = rank.wire_s + rank.activation_s
    per_pass = (rank.wait_s + rank.fixed_s) / together
    attention = rank.prompt_attention_s * (1 - cached_share**2)
    parts = attention + fresh * per_token + per_pass + rank.request_s
    return overlapped(read, flop, norm=rank.norm) + parts


def overlapped(left: float, right: float, *, norm: float) -> float:
    """Time of two things that overlap in part: their norm, between the longer one and the sum.

    Example:
        >>> overlapped(3.0, 4.0, norm=1.0), overlapped(3.0, 4.0, norm=2.0)
        (7.0, 5.0)
    """
    longer = max(left, right, 1e-30)
    return float(longer * ((left / longer) ** norm + (right / longer) ** norm) ** (1 / norm))


def _field(engine: str) -> str:
    """Say how the coefficients of an engine end."""
    return engine.replace(".", "_") if engine in ENGINES else "vllm"


def _reading(
    model: ModelShape, serving: Serving, layout: Layout, bandwidth: float, c: Coefficients
) -> tuple[float, float]:
    """Time to read the weights outside the experts, and every expert [s]."""
    precision = serving.weight_precision
    share = c.bandwidth_share
    if precision in FOUR_BIT_FLOATS:
        share *= c.bandwidth_gain_fp4
    elif precision in FOUR_BIT_INTEGERS:
        share *= c.bandwidth_gain_int4
    weights = weights_of(model, serving)
    slices = max(layout.tp * layout.dp / layout.ep, 1.0)
    loss = 1 + c.expert_slice_loss * (1 - 1 / slices)
    speed = bandwidth * share * layout.tp
    return weights.shared / speed, loss * weights.experts / (speed * layout.dp)


def _arithmetic(model: ModelShape, gpu: GpuSpec, serving: Serving, layout: Layout, c: Coefficients) -> float:
    """Time of the matrix products of one token [s]: two operations for each parameter that it meets."""
    peak = peak_flops(gpu, serving.weight_precision, c)
    shared_peak = peak
    if model.experts and serving.weight_precision in EXPERTS_ONLY:
        shared_peak = gpu.flops["bf16"] * c.flops_share_bf16
    shared = model.non_expert_parameters - model.embedding_parameters
    routed = max(model.active_parameters - shared, 0.0) if model.experts else 0.0
    spread = model.experts > 0 and (layout.ep > 1 or layout.dp > 1)
    imbalance = 1 + c.expert_imbalance if spread else 1.0
    return 2 * (shared / shared_peak + imbalance * routed / peak) / layout.tp


def peak_flops(gpu: GpuSpec, precision: str, c: Coefficients) -> float:
    """What a GPU reaches in matrix products at a precision [FLOP/s].

    Without units for a precision it unpacks the weights and computes in bf16. Weights in mxfp4 and in
    int8 meet 8-bit activations.
    """
    peaks = gpu.flops
    if precision == "bf16":
        return peaks["bf16"] * c.flops_share_bf16
    if precision == "nvfp4" and "fp4" in peaks:
        return peaks["fp4"] * c.flops_share_fp4
    if (precision == "fp8" and "fp8" in peaks) or (precision == "mxfp4" and {"fp4", "fp8"} <= peaks.keys()):
        return peaks["fp8"] * c.flops_share_fp8
    if precision == "int8" and "int8" in peaks:
        return peaks["int8"] * c.flops_share_fp8
    return peaks["bf16"] * c.flops_share_dequantised


def cache_flop(model: ModelShape, context: float) -> float:
    """Attention of one new token to the tokens before it [FLOP]: a product with the keys, one with the values."""
    return sum(
        4.0 * _attended(group, context) * group.layers * group.query_heads * group.head_dim / _filled(group)
        for group in model.attention
    )


def prompt_flop(model: ModelShape, prompt: float) -> float:
    """Attention within a prompt [FLOP]: each token sees half of the others, or a whole window."""
    return sum(
        2.0
        * prompt
        * _seen(group, prompt)
        * group.layers
        * group.query_heads
        * (MLA_PREFILL_WIDTH if _is_latent(group) else group.head_dim)
        for group in model.attention
    )


def _attended(group: AttentionLayers, context: float) -> float:
    """Tokens that one new token attends to; a constant state counts as so many."""
    return STATE_TOKENS if group.window == 0 else group.entries(context)


def _seen(group: AttentionLayers, prompt: float) -> float:
    """Twice the tokens that one of a prompt attends to on average: half of all before it, or a full window."""
    if group.window is None:
        return prompt / group.tokens_per_entry + min(prompt, 2 * group.recent)
    return min(prompt, 2 * group.window) if group.window else STATE_TOKENS


def _filled(group: AttentionLayers) -> float:
    """Share of a tensor core's tile that the query heads of one key-value head fill."""
    if group.window == 0 or _is_latent(group):
        return 1.0
    return min(1.0, group.query_heads / group.kv_heads / TILE_ROWS)


def _is_latent(group: AttentionLayers) -> bool:
    """MLA caches one vector of every token for all heads: as many numbers as one head is wide."""
    of_every_token = group.window is None and group.tokens_per_entry == 1
    return of_every_token and group.kv_heads == 1 and group.kv_elements == group.head_dim


def _wires(model: ModelShape, gpu: GpuSpec, layout: Layout, c: Coefficients) -> tuple[float, float]:
    """Time between GPUs: per token, and per pass [s]. Two all-reduces a layer, and the experts' exchange."""
    tp, dp, link = layout.tp, layout.dp, gpu.link or NO_LINK
    exchanges = model.experts > 0 and (layout.ep > 1 or dp > 1)
    slower = max(1.0, FAST_LINK / link) ** c.slow_link_power
    wait = model.layers * slower * (c.all_reduce_s * log2(tp) + (c.exchange_s if exchanges else 0.0))
    reduced = 4 * (tp - 1) / tp * model.layers * model.hidden * BF16_BYTES / (link * c.link_share)
    # an exchange sends a token to k experts in 8 bits and takes it back in 16, unless they are on its own rank
    sent = 3 * model.experts_per_token * (dp - 1) / dp * model.layers * model.hidden / (link * c.exchange_link_share)
    return reduced + sent if exchanges else reduced, wait
