"""The form of an open model: its shape, or the name of the model that has the same shape, and its terms."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from costcalc.catalog.forms.entry import NOT_EMPTY, Entry, form_check
from costcalc.catalog.forms.scalars import Day, Factor, Items, Precision, Text, Trust, Whole
from costcalc.catalog.forms.schema import Reads, Source
from costcalc.findings import Finding

if TYPE_CHECKING:
    from costcalc.findings import Node

_SHAPE: Any = None  # the default of a figure that another model's entry gives: see `SHAPE_KEYS`


class AttentionEntry(Entry):
    """Layers of a model that keep the same cache.

    Args:
        kind: What a layer keeps: every token, a sliding window, one latent per token (MLA), one latent per few tokens
            beside a window of single ones, or a constant state.
        layers: How many such layers there are.
        query_heads: Query heads of one layer.
        kv_heads: Key-value heads of one layer; not for latent, compressed and linear layers.
        head_dim: The width of one head, or of the latent that stands for all keys and values of a token.
        shared_kv: Whether one tensor serves as key and as value, so that it is cached once.
        window: How many single tokens a sliding or a compressed layer keeps [tokens].
        tokens_per_entry: For how many tokens a compressed layer keeps one latent [tokens].
        index_dim: Numbers that a layer caches for each entry to choose entries by, in sparse attention.
        state_dim: The other width of a linear layer's state, which has query_heads × head_dim × state_dim numbers.
    """

    kind: Literal["full", "sliding", "latent", "compressed", "linear"]
    layers: Whole
    query_heads: Whole
    kv_heads: Whole | None = None
    head_dim: Whole
    shared_kv: bool = False
    window: Whole | None = None
    tokens_per_entry: Whole | None = None
    index_dim: Whole | None = None
    state_dim: Whole | None = None

    @form_check
    def _is_consistent(self) -> Self:
        if (self.kind in {"full", "sliding"}) != (self.kv_heads is not None):
            raise ValueError("full and sliding layers have kv_heads; latent, compressed and linear ones have none")
        if (self.kind in {"sliding", "compressed"}) != (self.window is not None):
            raise ValueError("sliding and compressed layers have a window, and only they")
        if (self.kind == "compressed") != (self.tokens_per_entry is not None):
            raise ValueError("compressed layers have tokens_per_entry, and only they")
        if self.index_dim is not None and self.kind == "linear":
            raise ValueError("a linear layer keeps no entries to choose from: no index_dim")
        if self.state_dim is not None and self.kind != "linear":
            raise ValueError("only linear layers keep a state: state_dim")
        return self


SHAPE_KEYS = (
    "parameters_b",
    "active_parameters_b",
    "non_expert_parameters_b",
    "embedding_parameters_b",
    "tied_embeddings",
    "layers",
    "hidden_size",
    "attention",
    "experts",
    "experts_per_token",
    "sparse_attention",
)
_NEEDED = tuple(key for key in SHAPE_KEYS[:8] if key != "tied_embeddings")


def _with_shape(schema: dict[str, Any]) -> None:
    """Let the JSON Schema ask for the shape, or for the name of the model that has it."""
    taken = {"required": ["shape_of"]}
    forbidden = {"properties": dict.fromkeys(SHAPE_KEYS, False)}
    schema |= {"if": taken, "then": forbidden, "else": {"required": list(_NEEDED)}}


class OpenModelFile(Entry, schema=_with_shape):
    """An open model's shape and terms: ``pricing/models/<model>.yaml``.

    Args:
        model: The model's id; the name of the file.
        name: How its publisher calls it.
        aliases: Other names under which it is looked up, such as its repository.
        publisher: Who published it.
        licence: Under which licence its weights may be used.
        licence_source: Where the licence was read; without it the licence is a judgement, and shown as such.
        context_window: The longest prompt and output together [tokens].
        released: The day of publication.
        shape_of: The id of another model with the very same shape, which is then given there alone.
        parameters_b: All its parameters [billions].
        active_parameters_b: Those that one token is multiplied with [billions].
        non_expert_parameters_b: Those outside the experts; all of them for a dense model [billions].
        embedding_parameters_b: The embedding table [billions].
        tied_embeddings: Whether that table is the output layer too (tie_word_embeddings), and counted once.
        layers: How many layers it has.
        hidden_size: The width of the residual stream.
        attention: Its layers by how they attend.
        experts: Experts of one layer, for a mixture of experts.
        experts_per_token: How many of them one token goes through.
        sparse_attention: Whether a token attends to a selection of the others, which the throughput model leaves out.
        published_weights: The precision in which the weights are published.
        reads: What prompts may hold beside text; nothing for a model of text, left out where nobody looked.
        generates: Whether it generates tokens; false for models that embed or rerank.
        tools: Whether it calls tools; left out where nobody looked.
        trust: How the shape was read: from the publisher, from somebody else, from memory, or not at all (a judgement).
        source: Where it was read, and when.
        note: What else is to be known, such as how a figure was derived.
    """

    model: Text
    name: Text
    aliases: Annotated[tuple[Text, ...], Items] = ()
    publisher: Text | None = None
    licence: Text | None = None
    licence_source: Source | None = None
    context_window: Whole | None = None
    released: Day | None = None
    shape_of: Text | None = None
    parameters_b: Factor = _SHAPE
    active_parameters_b: Factor = _SHAPE
    non_expert_parameters_b: Factor = _SHAPE
    embedding_parameters_b: Factor = _SHAPE
    tied_embeddings: bool = False
    layers: Whole = _SHAPE
    hidden_size: Whole = _SHAPE
    attention: Annotated[tuple[AttentionEntry, ...], NOT_EMPTY, Items] = _SHAPE
    experts: Whole | None = None
    experts_per_token: Whole | None = None
    sparse_attention: bool = False
    published_weights: Precision = "bf16"
    reads: Annotated[tuple[Reads, ...], Items] | None = None
    generates: bool = True
    tools: bool | None = None
    trust: Trust
    source: Source
    note: Text | None = None

    @classmethod
    def findings_in(cls, tree: "Node") -> Iterator[Finding]:
        """Find figures of the shape that are missing, or that stand beside the name of another model's shape."""
        taken = tree.child("shape_of")
        for key in SHAPE_KEYS:
            given = tree.child(key)
            if taken is not None and given is not None:
                message = f"{key}: the shape is that of '{taken.value}' (shape_of); give all of it here, or none of it"
                yield Finding("value", "error", message, given.key or given.place)
            elif taken is None and given is None and key in _NEEDED:
                yield Finding("missing-key", "error", f"the file: missing key '{key}'", tree.key or tree.place)

    @form_check
    def _adds_up(self) -> Self:
        if any(getattr(self, key) is None for key in _NEEDED):
            return self  # it stands in another entry, or is found to be missing
        counted = sum(entry.layers for entry in self.attention)
        if counted != self.layers:
            raise ValueError(f"attention describes {counted} layers; the model has {self.layers}")
        if (self.experts is None) != (self.experts_per_token is None):
            raise ValueError("a mixture of experts has both experts and experts_per_token")
        if not self.non_expert_parameters_b <= self.parameters_b >= self.active_parameters_b:
            raise ValueError("active and non-expert parameters are part of parameters_b")
        if self.experts is None and self.non_expert_parameters_b != self.parameters_b:
            raise ValueError("a dense model has no parameters outside non_expert_parameters_b")
        return self

    def shaped_as(self, other: "OpenModelFile") -> "OpenModelFile":
        """Give the model with the shape of another one."""
        return self.model_copy(update={key: getattr(other, key) for key in SHAPE_KEYS})
