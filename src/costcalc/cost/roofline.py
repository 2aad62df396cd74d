"""How long the parts of one forward pass take: a roofline with losses. All floats, all times in seconds.

One rank is what decodes a batch together: one tensor-parallel group, all its pipeline stages in turn. Every part is
either once per pass, or proportional to the tokens in it.
"""

from typing import NamedTuple

from costcalc.catalog.forms.scalars import LLAMA_CPP_TYPES
from costcalc.cost.coefficients import Coefficients
from costcalc.cost.hardware import AttentionLayers, GpuSpec, Layout, ModelShape, Serving
from costcalc.cost.links import exchanges, wires
from costcalc.cost.memory import EXPERTS_ONLY, kv_bytes_per_sequence, weights_of

FOUR_BIT_FLOATS = frozenset({"nvfp4", "mxfp4"})
FOUR_BIT_INTEGERS = frozenset({"int4", *LLAMA_CPP_TYPES}) - {"q8_0"}  # llama.cpp unpacks all its mixes alike
BF16_BYTES = 2.0
STATE_TOKENS = 256  # a constant state costs about as much arithmetic as attending to this many tokens (judgement)
TILE_ROWS = 16  # query heads that share one key-value head fill a tensor core's tile of so many rows
MLA_PREFILL_WIDTH = 160  # mean of 192 and 128: prefill attends with whole heads, not with the latent (arXiv:2405.04434)
CHUNK_TOKENS = 8192  # engines put prompts together into passes of about so many tokens


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
        checked: Tokens of one sequence in a decode step: its newest one, and those that a draft proposes.
        draft_share: Time of all draft passes of a step, as a share of the step.
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
    checked: int = 1
    draft_share: float = 0.0


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

    Leaves out the time in which GPUs of a pipeline wait for each other and prefixes found in a cache.

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
    slower = c.amd_overhead if amd else 1.0
    overhead, scheduling = c.overhead(serving.engine) * slower, c.scheduling(serving.engine, serving.year) * slower
    dense_read, expert_read = _reading(model, serving, layout, bandwidth, c)
    cache = kv_bytes_per_sequence(model, tokens=context, kv_precision=serving.kv_precision, tp=layout.tp)
    attention_peak = gpu.flops["bf16"] * peak_gain * layout.tp
    wire, wait = wires(model, gpu, serving, layout, c)
    per_layer = c.layer_s + (c.expert_layer_s if model.experts else 0.0) + (c.sparse_layer_s if model.sparse else 0.0)
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
        sequence_s=scheduling * c.sequence_s,
        prompt_attention_s=prompt_flop(model, input_tokens) / (attention_peak * c.attention_share_prefill),
        request_s=scheduling * (c.request_s + c.prompt_token_s * input_tokens),
        prefill_gain=c.prefill_gain,
        norm=1 + c.overlap,
        checked=1 + serving.drafts,
        draft_share=c.draft_share * serving.drafts,
    )


def step_of(rank: Rank, batch: float) -> Step:
    """Work out one decode step of a batch, one token for each sequence [s].

    A small batch reads few of a mixture's experts: of each layer, 1 − (1 − k/E)^tokens of them. Speculative decoding
    checks several tokens of a sequence in one step: weights and cache are read once for them, which pays while a step
    is bound by reading, and more experts are read.
    """
    tokens = batch * rank.checked
    covered: float = 1 - rank.missed ** (tokens * rank.sharing_ranks)
    read, flop = rank.dense_read_s + rank.expert_read_s * covered, rank.flop_s * tokens
    cache_read, cache_flop = rank.cache_read_s * batch, rank.cache_flop_s * tokens
    both = overlapped(read, flop, norm=rank.norm) + overlapped(cache_read, cache_flop, norm=rank.norm)
    reads = both * (read + cache_read) / (read + flop + cache_read + cache_flop)
    drafted = 1 + rank.draft_share
    return Step(
        memory_s=reads * drafted,
        compute_s=(both - reads + rank.activation_s * tokens) * drafted,
        communication_s=(rank.wait_s + rank.wire_s * tokens) * drafted,
        overhead_s=(rank.fixed_s + rank.sequence_s * batch) * drafted,
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
    imbalance = 1 + c.expert_imbalance if exchanges(model, layout) else 1.0
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
