"""Does a model fit? Weights, the cache of keys and values, and what the engine keeps for itself. All floats."""

from collections.abc import Sequence
from math import ceil
from typing import TYPE_CHECKING, NamedTuple

from costcalc.catalog.forms.engines import LLAMA_CPP
from costcalc.cost.hardware import GpuSpec, Layout, ModelShape, Serving, WeightBytes
from costcalc.cost.precisions import cache_bytes, form_of

if TYPE_CHECKING:
    from costcalc.catalog.checkpoints.tensors import Held

STATE_BYTES = 4.0  # of a number in a linear layer's state
EXPERTS_ONLY = frozenset({"int4", "nvfp4", "mxfp4"})  # the arithmetic outside such experts of a mixture is in bf16
MXFP4_TILE = 256  # engines round an expert's width up to it (vLLM, quantization/mxfp4.py: round_up(hidden_size, 256))

USABLE = 0.985  # of the nominal memory; the driver's own pages and fragments are lost (judgement)
RESERVE_SHARE = 0.08  # activations, CUDA graphs and communication buffers on a small card (judgement) …
RESERVE_BYTES = 5.2e9  # … and at most this much: vLLM's default of 0.9 leaves 5 to 8 GB of an 80 GB card
LLAMA_CPP_RESERVE_BYTES = 0.4e9  # llama.cpp allocates what it needs and no pool


class Parts(NamedTuple):
    """What is held on one GPU of a replica, beside the cache, by part [bytes].

    Args:
        tables: The embedding table and the output layer.
        body: Weights outside tables and experts.
        experts: Experts.
        padding: What the engine adds to the weights.
        adapters: LoRA adapters.
        draft: The weights of a draft model.
        reserve: Activations, graphs and buffers of the engine.
    """

    tables: float = 0.0
    body: float = 0.0
    experts: float = 0.0
    padding: float = 0.0
    adapters: float = 0.0
    draft: float = 0.0
    reserve: float = 0.0

    @property
    def weights(self) -> float:
        """The weights of the model itself, as the engine loads them [bytes]."""
        return self.tables + self.body + self.experts + self.padding

    @property
    def total(self) -> float:
        """All of them [bytes]."""
        return sum(self)


class Fit(NamedTuple):
    """Whether a model and its cache fit; every figure is for one GPU of the replica.

    Args:
        weights_bytes: Its share of the weights [bytes].
        kv_bytes_per_sequence: Its share of the cache of one whole sequence [bytes].
        free_bytes: What the weights and the engine leave for the cache; below 0 the weights do not fit [bytes].
        sequences: Whole sequences of that length that one data-parallel rank can hold at once.
        needed_bytes: All parts, and one sequence [bytes].
        fits: One sequence fits.
        parts: What is held beside the cache.
    """

    weights_bytes: float
    kv_bytes_per_sequence: float
    free_bytes: float
    sequences: int
    needed_bytes: float
    fits: bool
    parts: Parts = Parts()


def weight_bytes(model: ModelShape, precision: str, *, engine: str = "vllm") -> WeightBytes:
    """Weights of a whole model at a precision, scales included [bytes].

    Quantisers of most engines leave the embedding table and the output layer in bf16, and with
    4-bit floats everything outside the experts. A model that ties both tables has one of them.
    llama.cpp quantises both, looks the first up in host memory, and loads a tied one once more, as
    the output layer, on the GPU. Leaves out encoders of pictures and sound, draft layers (MTP), and
    that some parts of a checkpoint in fp8 stay in bf16.

    Args:
        model: Its shape.
        precision: One of ``costcalc.cost.precisions.FORMS``.
        engine: The serving engine.

    Source:
        Checked against what engines report: docs/method/memory.md, "As loaded".

    Raises:
        ValueError: No such precision is known.

    Example:
        32.76e9 parameters, of which two tables of 0.778e9 stay in bf16, and the rest in 4.156 bits:

        >>> dense = ModelShape("32B", 32.76e9, 31.98e9, 32.76e9, 0.778e9, 64, 5120, ())
        >>> round(weight_bytes(dense, "int4").total / 1e9, 2)
        19.32
    """
    on_llama_cpp = engine == LLAMA_CPP
    form = form_of(precision, on_llama_cpp=on_llama_cpp, published=model.published)
    table = model.embedding_parameters
    first = table * (form.output if model.tied else form.table) / 8
    output = table * form.output / 8
    tables = table if model.tied else 2 * table
    body = (model.non_expert_parameters - tables) * (form.around if model.experts else form.body) / 8
    experts = (model.parameters - model.non_expert_parameters) * form.experts / 8
    if on_llama_cpp:
        return WeightBytes(0.0, output, body, experts, host=first)
    padding = experts * _wider(model) if precision == "mxfp4" else 0.0
    return WeightBytes(0.0 if model.tied else first, output, body, experts, padding)


def _wider(model: ModelShape) -> float:
    """By which share an engine widens experts in mxfp4, so that they fill its tiles."""
    return ceil(model.hidden / MXFP4_TILE) * MXFP4_TILE / model.hidden - 1


def weights_held(held: "Sequence[Held]", model: ModelShape, *, engine: str) -> WeightBytes:
    """Weights of a checkpoint as an engine loads them, by what the headers of its files list [bytes].

    Leaves out draft layers, which are loaded only to speculate, and that an engine may hold a table
    or a scale in another type than the file has it in.

    Args:
        held: What the files hold, by part and type.
        model: The shape of their model.
        engine: The serving engine.

    Example:
        >>> dense = ModelShape("32B", 32.76e9, 31.98e9, 32.76e9, 0.778e9, 64, 5120, ())
        >>> from costcalc.catalog.checkpoints.tensors import Held
        >>> held = [Held("body", "BF16", 31_204_000_000, 62_408_000_000), Held("output", "BF16", 778, 1556)]
        >>> weights_held(held, dense, engine="vllm").body
        62408000000.0
    """
    sizes: dict[str, float] = {}
    for each in held:
        sizes[each.part] = sizes.get(each.part, 0.0) + each.size
    first, body, experts = (sizes.get(part, 0.0) for part in ("embedding", "body", "experts"))
    output = sizes.get("output") or first  # one table is both
    if engine == LLAMA_CPP:
        return WeightBytes(0.0, output, body, experts, host=first)
    padding = experts * _wider(model) if any(each.part == "experts" and each.kind == "U8" for each in held) else 0.0
    return WeightBytes(first if "output" in sizes else 0.0, output, body, experts, padding)


def weights_of(model: ModelShape, serving: Serving) -> WeightBytes:
    """Weights of a whole model as it is served: as its file has them, or at its precision [bytes].

    Raises:
        ValueError: No such precision is known.
    """
    return serving.weights or weight_bytes(model, serving.weight_precision, engine=serving.engine)


def kv_bytes_per_token(model: ModelShape, kv_precision: str = "bf16") -> float:
    """Cache that one more token takes while no window is full yet, over all layers and GPUs [bytes/token].

    Example:
        2 × 8 heads × 128 numbers × 2 bytes × 64 layers:

        >>> from costcalc.cost.hardware import AttentionLayers
        >>> layers = AttentionLayers(64, 2048, 8, None, 40, 128)
        >>> kv_bytes_per_token(ModelShape("32B", 32.76e9, 31.98e9, 32.76e9, 0.778e9, 64, 5120, (layers,)))
        262144.0
    """
    element = cache_bytes(kv_precision)
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
        kv_precision: ``bf16``, ``fp8``, ``q8_0`` or ``q4_0``.
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
    element = cache_bytes(kv_precision)
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


def parts_per_gpu(model: ModelShape, gpu: GpuSpec, serving: Serving, layout: Layout) -> Parts:
    """What one GPU holds beside the cache, by part [bytes].

    Tensor and pipeline parallel GPUs share all weights, adapters and a draft model's weights among
    them. Data-parallel ranks of a mixture of experts share the experts and repeat the rest; ranks of
    a dense model repeat everything.

    Raises:
        ValueError: No such precision is known.
    """
    weights, gpus = weights_of(model, serving), layout.tp * layout.pp
    ranks = layout.dp if model.experts else 1
    return Parts(
        tables=weights.tables / gpus,
        body=weights.body / gpus,
        experts=weights.experts / ranks / gpus,
        padding=weights.padding / ranks / gpus,
        adapters=serving.adapter_bytes / gpus,
        draft=_draft_bytes(serving) / gpus,
        reserve=reserve_bytes(gpu, serving.engine),
    )


def _draft_bytes(serving: Serving) -> float:
    """Weights of the draft model, in the precision in which it is published [bytes]."""
    draft = serving.draft
    return weight_bytes(draft, draft.published, engine=serving.engine).total if draft is not None else 0.0


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
    parts = parts_per_gpu(model, gpu, serving, layout)
    caching = (model, serving.draft) if serving.draft is not None else (model,)
    sequence = sum(
        kv_bytes_per_sequence(each, tokens=tokens, kv_precision=serving.kv_precision, tp=layout.tp) / layout.pp
        for each in caching
    )
    free = USABLE * gpu.memory_bytes - parts.total
    sequences = int(free / max(sequence, 1.0)) if free > 0 else 0  # a cache of nothing counts as one byte
    return Fit(parts.weights, sequence, free, sequences, parts.total + sequence, sequences > 0, parts)
