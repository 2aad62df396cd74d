"""What the physics of serving needs to know of a model, of a GPU and of how one is put on the other. All floats."""

from collections.abc import Mapping
from functools import lru_cache
from math import ceil
from typing import Generic, NamedTuple, TypeVar

from costcalc.catalog.forms.hardware import GpuFile
from costcalc.catalog.forms.open_models import AttentionEntry, OpenModelFile

_Form = TypeVar("_Form", GpuFile, OpenModelFile)


class AttentionLayers(NamedTuple):
    """Layers of a model that keep the same cache.

    Args:
        layers: How many of them there are.
        kv_elements: Numbers that one layer caches for one token: 2 × KV heads × head dim, or MLA's latent.
        kv_heads: Over how many GPUs of a tensor-parallel group the cache can be split; 1 for MLA.
        window: How many tokens a layer keeps at most; None keeps all, 0 keeps a state of constant size.
        query_heads: Query heads of one layer.
        head_dim: Width of one head, in MLA the width of the latent [numbers].
        tokens_per_entry: For how many tokens it caches one entry; more than one in compressed attention.
        recent: How many of the last tokens it caches singly beside those entries.
        index_elements: Numbers that it caches for each entry to choose entries by, in sparse attention.
        state_elements: Numbers in a state of constant size; 0 where it has none, or its size is unknown.
    """

    layers: int
    kv_elements: int
    kv_heads: int
    window: int | None
    query_heads: int
    head_dim: int
    tokens_per_entry: int = 1
    recent: int = 0
    index_elements: int = 0
    state_elements: int = 0

    def entries(self, tokens: float) -> float:
        """How many entries a layer caches of so many tokens: all of them, a window, or one for a few and the last."""
        if self.window is not None:
            return min(tokens, self.window)
        return tokens / self.tokens_per_entry + min(tokens, self.recent)

    def index_entries(self, tokens: float) -> float:
        """How many of them it can be chosen from, each with a key of ``index_elements``."""
        return tokens / self.tokens_per_entry if self.index_elements else 0.0


class ModelShape(NamedTuple):
    """An open model's shape.

    Args:
        name: Its name in the catalog.
        parameters: All of them.
        active_parameters: Those that one token is multiplied with; the embedding table is looked up, not multiplied.
        non_expert_parameters: Those outside the experts, embeddings included; all of them for a dense model.
        embedding_parameters: The embedding table.
        layers: How many layers it has.
        hidden: The width of the residual stream.
        attention: Its layers by how they attend.
        experts: Experts of one layer; 0 for a dense model.
        experts_per_token: How many of them one token goes through.
        sparse: Whether a token attends to a selection of the others, of which the cost is left out.
        tied: Whether the embedding table is the output layer too; then it is counted once.
        published: The precision in which it is published.
    """

    name: str
    parameters: float
    active_parameters: float
    non_expert_parameters: float
    embedding_parameters: float
    layers: int
    hidden: int
    attention: tuple[AttentionLayers, ...]
    experts: int = 0
    experts_per_token: int = 0
    sparse: bool = False
    tied: bool = False
    published: str = "bf16"


class GpuSpec(NamedTuple):
    """A GPU's specification.

    Args:
        name: Its name in the catalog.
        memory_bytes: Memory of one GPU [bytes].
        bandwidth: Of that memory [bytes/s].
        flops: Dense peaks by precision: ``bf16`` always, ``fp8`` and ``fp4`` where it has them [FLOP/s].
        tdp_w: Board power, None where it is unknown [W].
        link: To another GPU of the node, one direction; None where it has none [bytes/s].
        architecture: The vendor's name or number of the architecture, such as ``9.0`` or ``gfx942``.
        gpus_per_node: How many of them one node, or one rack with a common fabric, holds.
        peer_to_peer: Whether those of a node send to each other without passing through the host's memory.
    """

    name: str
    memory_bytes: float
    bandwidth: float
    flops: Mapping[str, float]
    tdp_w: float | None
    link: float | None
    architecture: str
    gpus_per_node: int = 8
    peer_to_peer: bool = True


class Layout(NamedTuple):
    """How one replica lies on its GPUs; it has ``tp × dp × pp`` of them, and experts spread over ``ep``.

    Args:
        tp: Tensor parallel: GPUs that share every layer.
        dp: Data parallel: groups that each take their own requests.
        ep: Expert parallel: GPUs over which the experts are spread.
        pp: Pipeline parallel: groups that each hold some layers.
    """

    tp: int = 1
    dp: int = 1
    ep: int = 1
    pp: int = 1

    @property
    def gpus(self) -> int:
        """GPUs of one replica."""
        return self.tp * self.dp * self.pp


class WeightBytes(NamedTuple):
    """Weights of a model as an engine loads them on its GPUs, by part [bytes].

    Args:
        embedding: The table that is looked up and no more; 0 where it is also the output layer, or not on a GPU.
        output: The output layer, which each token reads.
        body: Every other weight outside the experts: each token reads all of it.
        experts: Experts of all layers together: a token reads a few of them.
        padding: What an engine adds to the experts so that their matrices fill its tiles.
        host: The embedding table where the engine leaves it in host memory; on no GPU.
    """

    embedding: float
    output: float
    body: float
    experts: float
    padding: float = 0.0
    host: float = 0.0

    @property
    def shared(self) -> float:
        """What each token reads whole [bytes]."""
        return self.output + self.body

    @property
    def tables(self) -> float:
        """The embedding table and the output layer [bytes]."""
        return self.embedding + self.output

    @property
    def total(self) -> float:
        """All that is on GPUs [bytes]."""
        return self.embedding + self.output + self.body + self.experts + self.padding

    def times(self, factor: float) -> "WeightBytes":
        """Give every part times a factor."""
        return WeightBytes(*(part * factor for part in self))


class Serving(NamedTuple):
    """How a model is served.

    Args:
        weight_precision: ``bf16``, ``fp8``, ``int8``, ``int4``, ``nvfp4``, ``mxfp4``, or a type of llama.cpp.
        kv_precision: Of the KV cache: ``bf16``, ``fp8``, or llama.cpp's ``q8_0`` and ``q4_0``.
        engine: ``vllm``, ``sglang``, ``trtllm`` or ``llama.cpp``; any other counts as vLLM, with a wider interval.
        year: The year of the engine's version; None is one of today.
        network: Between nodes, for each GPU; None is 50 GB/s, InfiniBand of 400 Gbit/s [bytes/s].
        accepted: Tokens that a step of speculative decoding yields on average, the model's own included; 1 is without.
        speedup: Factor on the speed of decoding, as somebody measured it, in place of ``accepted``.
        disaggregated: Whether prompts are prefilled on GPUs of their own, so that they hold up nobody's decoding.
        weights: Its weights as a file has them, in place of those that its shape and precision give.
        adapter_bytes: LoRA adapters that stay loaded beside it, all together [bytes].
        draft: A smaller model that drafts for it, on the same GPUs.
    """

    weight_precision: str
    kv_precision: str = "bf16"
    engine: str = "vllm"
    year: int | None = None
    network: float | None = None
    accepted: float = 1.0
    speedup: float = 1.0
    disaggregated: bool = False
    weights: WeightBytes | None = None
    adapter_bytes: float = 0.0
    draft: ModelShape | None = None

    @property
    def drafts(self) -> int:
        """Draft tokens of a step: the fewest that can yield so many accepted ones.

        Example:
            One draft token of which 81 % are accepted yields 1.81 tokens a step:

            >>> Serving("fp8", accepted=1.81).drafts, Serving("fp8", accepted=2.5).drafts, Serving("fp8").drafts
            (1, 2, 0)
        """
        return ceil(self.accepted) - 1


class _Entry(Generic[_Form]):
    """An entry of a catalog, equal to itself alone: to compare forms takes longer than what is remembered of them."""

    __slots__ = ("form",)

    def __init__(self, form: _Form) -> None:
        self.form: _Form = form

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Entry) and self.form is other.form

    def __hash__(self) -> int:
        return id(self.form)


def shape_of(model: OpenModelFile) -> ModelShape:
    """Take a model's shape from its catalog entry."""
    return _shape_of(_Entry(model))


@lru_cache(maxsize=256)
def _shape_of(entry: _Entry[OpenModelFile]) -> ModelShape:
    model = entry.form
    return ModelShape(
        name=model.name,
        parameters=float(model.parameters_b) * 1e9,
        active_parameters=float(model.active_parameters_b) * 1e9,
        non_expert_parameters=float(model.non_expert_parameters_b) * 1e9,
        embedding_parameters=float(model.embedding_parameters_b) * 1e9,
        layers=model.layers,
        hidden=model.hidden_size,
        attention=tuple(map(_attention, model.attention)),
        experts=model.experts or 0,
        experts_per_token=model.experts_per_token or 0,
        sparse=model.sparse_attention,
        tied=model.tied_embeddings,
        published=model.published_weights,
    )


def _attention(entry: AttentionEntry) -> AttentionLayers:
    """Count what one layer caches for a token; a latent is one head that cannot be split over GPUs."""
    heads = entry.kv_heads or 1
    tensors = 1 if entry.shared_kv or entry.kind in {"latent", "compressed"} else 2
    compressed, linear = entry.kind == "compressed", entry.kind == "linear"
    return AttentionLayers(
        layers=entry.layers,
        kv_elements=0 if linear else tensors * heads * entry.head_dim,
        kv_heads=heads,
        window=0 if linear else None if compressed else entry.window,
        query_heads=entry.query_heads,
        head_dim=entry.head_dim,
        tokens_per_entry=entry.tokens_per_entry or 1,
        recent=(entry.window or 0) if compressed else 0,
        index_elements=entry.index_dim or 0,
        state_elements=entry.query_heads * entry.head_dim * (entry.state_dim or 0),
    )


def spec_of(gpu: GpuFile) -> GpuSpec:
    """Take a GPU's specification from its catalog entry."""
    return _spec_of(_Entry(gpu))


@lru_cache(maxsize=256)
def _spec_of(entry: _Entry[GpuFile]) -> GpuSpec:
    gpu = entry.form
    peaks = gpu.dense_tflops.model_dump(exclude_none=True)
    return GpuSpec(
        name=gpu.name,
        memory_bytes=float(gpu.memory_gb) * 1e9,
        bandwidth=float(gpu.bandwidth_gb_per_s) * 1e9,
        flops={precision: float(peak) * 1e12 for precision, peak in peaks.items()},
        tdp_w=float(gpu.tdp_w) if gpu.tdp_w is not None else None,
        link=float(gpu.link_gb_per_s) * 1e9 if gpu.link_gb_per_s is not None else None,
        architecture=gpu.architecture,
        gpus_per_node=gpu.gpus_per_node,
        peer_to_peer=gpu.peer_to_peer,
    )
