"""Does a model fit? Weights, the cache of keys and values, and what the engine keeps for itself. All floats."""

from typing import NamedTuple

from costcalc.catalog.forms.engines import LLAMA_CPP
from costcalc.cost.hardware import GpuSpec, Layout, ModelShape, Serving

BYTES_PER_WEIGHT = {
    "bf16": 2.0,
    "fp8": 1.0,
    "int8": 1.0,
    "int4": 4.156 / 8,  # groups of 128 share a 16-bit scale and a 4-bit zero: 4 + 20/128 bits (AWQ, arXiv:2306.00978)
    "nvfp4": 4.5 / 8,  # blocks of 16 share an 8-bit scale: 4 + 8/16 bits (NVIDIA, "Introducing NVFP4", 2025)
    "mxfp4": 4.25 / 8,  # blocks of 32 share an 8-bit scale: 4 + 8/32 bits (OCP Microscaling 1.0)
    "q4_k_m": 4.85 / 8,  # mean of a mix of 4-bit and 6-bit blocks (llama.cpp, tools/quantize)
}
BYTES_PER_EXPERT_WEIGHT = {"int4": 4.5 / 8}  # experts go in groups of 32 with a 16-bit scale (Kimi-K2's int4)
BYTES_PER_KV_ELEMENT = {"bf16": 2.0, "fp8": 1.0}
BF16_BYTES = 2.0
STATE_BYTES = 4.0  # of a number in a linear layer's state
EXPERTS_ONLY = frozenset({"int4", "nvfp4", "mxfp4"})  # in these a mixture of experts keeps everything else in bf16

USABLE = 0.985  # of the nominal memory; the driver's own pages and fragments are lost (judgement)
RESERVE_SHARE = 0.08  # activations, CUDA graphs and communication buffers on a small card (judgement) …
RESERVE_BYTES = 5.2e9  # … and at most this much: vLLM's default of 0.9 leaves 5 to 8 GB of an 80 GB card
LLAMA_CPP_RESERVE_BYTES = 0.4e9  # llama.cpp allocates what it needs and no pool


class WeightBytes(NamedTuple):
    """Weights of a whole model by how they are spread over GPUs [bytes].

    Args:
        embedding: The table that is looked up; 0 where the engine leaves it in host memory.
        shared: Every other weight outside the experts: each token reads all of it.
        experts: Experts of all layers together: a token reads a few of them.
    """

    embedding: float
    shared: float
    experts: float

    @property
    def total(self) -> float:
        """All of them [bytes]."""
        return self.embedding + self.shared + self.experts


class Fit(NamedTuple):
    """Whether a model and its cache fit; every figure is for one GPU of the replica.

    Args:
        weights_bytes: Its share of the weights [bytes].
        kv_bytes_per_sequence: Its share of the cache of one whole sequence [bytes].
        free_bytes: What the weights and the engine leave for the cache; below 0 the weights do not fit [bytes].
        sequences: Whole sequences of that length that one data-parallel rank can hold at once.
        needed_bytes: Weights, one sequence and the engine's reserve [bytes].
        fits: One sequence fits.
    """

    weights_bytes: float
    kv_bytes_per_sequence: float
    free_bytes: float
    sequences: int
    needed_bytes: float
    fits: bool


def weight_bytes(model: ModelShape, precision: str, *, engine: str = "vllm") -> WeightBytes:
    """Weights of a whole model at a precision, scales included [bytes].

    The embedding table stays in bf16, and so does everything outside the experts where only
    experts are quantised to 4 bits. Leaves out an output head that a quantiser spares: for a
    32B model in int4 that is 1.2 GB more.

    Args:
        model: Its shape.
        precision: One of ``BYTES_PER_WEIGHT``.
        engine: llama.cpp quantises the embedding table too and leaves it in host memory.

    Source:
        Checked against the published sizes of Kimi-K2.5 in int4 (595 GB) and DeepSeek-R1 in
        nvfp4 (about 410 GB).

    Raises:
        ValueError: No such precision is known.

    Example:
        32.76e9 parameters, of which 0.78e9 are the embedding table, in 4.156 bits:

        >>> dense = ModelShape("32B", 32.76e9, 31.98e9, 32.76e9, 0.778e9, 64, 5120, ())
        >>> round(weight_bytes(dense, "int4").total / 1e9, 2)
        18.17
    """
    usual_bytes = _bytes_of(precision, BYTES_PER_WEIGHT, "weight precision")
    shared_bytes = BF16_BYTES if model.experts and precision in EXPERTS_ONLY else usual_bytes
    return WeightBytes(
        0.0 if engine == LLAMA_CPP else model.embedding_parameters * BF16_BYTES,
        (model.non_expert_parameters - model.embedding_parameters) * shared_bytes,
        (model.parameters - model.non_expert_parameters) * BYTES_PER_EXPERT_WEIGHT.get(precision, usual_bytes),
    )


def kv_bytes_per_token(model: ModelShape, kv_precision: str = "bf16") -> float:
    """Cache that one more token takes while no window is full yet, over all layers and GPUs [bytes/token].

    Example:
        2 × 8 heads × 128 numbers × 2 bytes × 64 layers:

        >>> from costcalc.cost.hardware import AttentionLayers
        >>> layers = AttentionLayers(64, 2048, 8, None, 40, 128)
        >>> kv_bytes_per_token(ModelShape("32B", 32.76e9, 31.98e9, 32.76e9, 0.778e9, 64, 5120, (layers,)))
        262144.0
    """
    element = _bytes_of(kv_precision, BYTES_PER_KV_ELEMENT, "KV precision")
    return element * sum(
        group.layers * (group.kv_elements * group.entries(1) + group.index_elements * group.index_entries(1))
        for group in model.attention
    )


def kv_bytes_per_sequence(model: ModelShape, *, tokens: float, kv_precision: str = "bf16", tp: int = 1) -> float:
    """Cache of one sequence on one GPU of a tensor-parallel group [bytes].

    A layer with a window keeps its last tokens only and one with a constant state none. Key-value
    heads split over the group until each GPU has one; MLA's latent and the keys of an index do not
    split. A state is kept in 32 bits, as the published configurations of Qwen3.5 and Nemotron 3 say
    (mamba_ssm_dtype, mamba_ssm_cache_dtype), and its heads split over the group. Leaves out padding
    to whole blocks, and the inputs of a linear layer's short convolution.

    Args:
        model: Its shape.
        tokens: Length of the sequence, prompt and answer [tokens].
        kv_precision: ``bf16`` or ``fp8``.
        tp: GPUs of the tensor-parallel group.

    Raises:
        ValueError: No such precision is known.

    Example:
        18 layers keep 1,000 tokens and 18 keep the last 128: (18 × 1000 + 18 × 128) × 1024 × 2 bytes:

        >>> from costcalc.cost.hardware import AttentionLayers
        >>> layers = (AttentionLayers(18, 1024, 8, None, 64, 64), AttentionLayers(18, 1024, 8, 128, 64, 64))
        >>> kv_bytes_per_sequence(ModelShape("120b", 117e9, 5e9, 2e9, 6e8, 36, 2880, layers), tokens=1000)
        41582592.0
    """
    element = _bytes_of(kv_precision, BYTES_PER_KV_ELEMENT, "KV precision")
    total = 0.0
    for group in model.attention:
        cached = group.kv_elements * group.entries(tokens) / min(tp, group.kv_heads)
        index = group.index_elements * group.index_entries(tokens)
        total += group.layers * element * (cached + index)
    return total + state_bytes(model) / tp


def state_bytes(model: ModelShape) -> float:
    """The constant states of one sequence, over all layers and GPUs, however long it is [bytes].

    Example:
        Qwen3.5-27B: 48 layers × 48 heads × 128 × 128 numbers × 4 bytes:

        >>> from costcalc.cost.hardware import AttentionLayers
        >>> linear = AttentionLayers(48, 0, 1, 0, 48, 128, state_elements=48 * 128 * 128)
        >>> state_bytes(ModelShape("27B", 26.9e9, 25.6e9, 26.9e9, 1.27e9, 64, 5120, (linear,)))
        150994944.0
    """
    return STATE_BYTES * sum(group.layers * group.state_elements for group in model.attention)


def weight_bytes_per_gpu(model: ModelShape, serving: Serving, layout: Layout) -> float:
    """One GPU's share of the weights [bytes].

    Tensor and pipeline parallel GPUs share all weights. Data-parallel ranks of a mixture of experts
    share the experts and repeat the rest; ranks of a dense model repeat everything.
    """
    weights = weight_bytes(model, serving.weight_precision, engine=serving.engine)
    ranks = layout.dp if model.experts else 1
    return (weights.embedding + weights.shared + weights.experts / ranks) / (layout.tp * layout.pp)


def reserve_bytes(gpu: GpuSpec, engine: str) -> float:
    """What an engine keeps for itself on one GPU: activations, graphs, buffers [bytes]."""
    return LLAMA_CPP_RESERVE_BYTES if engine == LLAMA_CPP else min(RESERVE_BYTES, RESERVE_SHARE * gpu.memory_bytes)


def fit(model: ModelShape, gpu: GpuSpec, serving: Serving, layout: Layout, *, tokens: float) -> Fit:
    """Say whether a model fits its GPUs, and with how many sequences of a length.

    Memory is taken at its nominal figure (80 GB = 80e9 bytes). Leaves out offloading to the host
    and prefixes that sequences share.

    Args:
        model: Its shape.
        gpu: What one GPU has.
        serving: Precisions and engine.
        layout: How one replica lies on its GPUs.
        tokens: Length of a whole sequence, prompt and answer [tokens].

    Raises:
        ValueError: No such precision is known.

    Example:
        >>> from costcalc.cost.hardware import AttentionLayers
        >>> layers = AttentionLayers(64, 2048, 8, None, 40, 128)
        >>> dense = ModelShape("32B", 32.76e9, 31.98e9, 32.76e9, 0.778e9, 64, 5120, (layers,))
        >>> h100 = GpuSpec("H100 SXM", 80e9, 3.35e12, {"bf16": 989e12}, 700, 450e9, "9.0")
        >>> fit(dense, h100, Serving("bf16"), Layout(), tokens=2_000).sequences
        15
    """
    weights = weight_bytes_per_gpu(model, serving, layout)
    sequence = kv_bytes_per_sequence(model, tokens=tokens, kv_precision=serving.kv_precision, tp=layout.tp) / layout.pp
    reserve = reserve_bytes(gpu, serving.engine)
    free = USABLE * gpu.memory_bytes - reserve - weights
    sequences = int(free / max(sequence, 1.0)) if free > 0 else 0  # a cache of nothing counts as one byte
    return Fit(weights, sequence, free, sequences, weights + sequence + reserve, sequences > 0)


def _bytes_of(precision: str, table: dict[str, float], what: str) -> float:
    """Look a precision up, or say which there are."""
    if precision not in table:
        raise ValueError(f"expected a {what} of {', '.join(table)}, found '{precision}'")
    return table[precision]
