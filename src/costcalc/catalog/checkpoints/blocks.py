"""What each layer of a configured model is: how it mixes tokens, and whether its feed-forward part has experts."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from costcalc.catalog.checkpoints.fields import MAX_LAYERS, Fields

Mixer = Literal["full", "sliding", "linear", "none"]

# how `layer_types`, `layers_block_type` and `attn_type_list` call a layer
_MIXERS: dict[object, Mixer] = {
    "full_attention": "full",
    "attention": "full",
    "sliding_attention": "sliding",
    "chunked_attention": "sliding",
    "linear_attention": "linear",
    "mamba": "linear",
    0: "linear",
    1: "full",
}
# Nemotron-H writes one letter for each block: Mamba-2, attention, a feed-forward part, experts
_LETTERS: dict[str, tuple[Mixer, str]] = {
    "M": ("linear", ""),
    "*": ("full", ""),
    "-": ("none", "dense"),
    "E": ("none", "experts"),
}
# every so many layers one is full, where the configuration does not say it (transformers, the families' defaults)
_PATTERNS = {"gemma2": 2, "gemma3": 6, "gemma3_text": 6, "cohere2": 4}
# families whose every layer has the window that their configuration names
_ALL_SLIDING = frozenset({"mistral", "mixtral", "phi3", "starcoder2"})
# keys of layers with a state of constant size
STATES = ("mamba_d_state", "ssm_state_size", "linear_num_value_heads", "mamba_d_ssm", "state_size", "conv_kernel_size")


class Block(NamedTuple):
    """One layer, or one block where a family counts the two halves of a layer apart.

    Args:
        mixer: How its tokens see each other, and so what it caches; none for a feed-forward block alone.
        feed: ``dense``, ``experts``, or "" for no feed-forward part.
    """

    mixer: Mixer
    feed: str


def blocks_of(fields: Fields, family: str, *, experts: int) -> tuple[Block, ...]:
    """Say what each layer is.

    Args:
        fields: The configuration.
        family: Its model_type.
        experts: Experts of one layer; 0 for a dense model.

    Raises:
        InputError: A layer is of a kind that is not known, or it is not said which layers are.
    """
    letters = fields.text("hybrid_override_pattern")
    if letters:
        if len(letters) > MAX_LAYERS or set(letters) - _LETTERS.keys():
            fields.refuse("hybrid_override_pattern", f"one of the letters {', '.join(_LETTERS)} for each block")
        return tuple(Block(*_LETTERS[letter]) for letter in letters)
    layers = fields.whole("num_hidden_layers", "n_layer", "n_layers", "num_layers")
    fields.check_complete()
    if layers > MAX_LAYERS:
        fields.refuse("num_hidden_layers", f"at most {MAX_LAYERS:,} layers")
    mixers = _mixers(fields, family, layers)
    return tuple(Block(mixer, _feed(fields, at, experts)) for at, mixer in enumerate(mixers))


def _mixers(fields: Fields, family: str, layers: int) -> Sequence[Mixer]:
    kinds = _by_list(fields, layers)
    if kinds:
        return kinds
    if "attn_layer_period" in fields:  # Jamba
        period, offset = fields.whole("attn_layer_period"), fields.whole("attn_layer_offset", least=0)
        return ["full" if at % period == offset else "linear" for at in range(layers)]
    if "full_attention_interval" in fields:  # Qwen3-Next, Qwen3.5
        interval = fields.whole("full_attention_interval")
        return ["full" if (at + 1) % interval == 0 else "linear" for at in range(layers)]
    linear = fields.inner("linear_attn_config")  # Kimi Linear, which counts layers from 1
    if linear is not None:
        full = {at for at in linear.list("full_attn_layers") if isinstance(at, int)}
        return ["full" if at + 1 in full else "linear" for at in range(layers)]
    if "attention_chunk_size" in fields:  # Llama 4: the layers without rotary positions see everything
        seen = fields.list("no_rope_layers")
        chunked = [bool(each) for each in seen] if seen else [(at + 1) % 4 != 0 for at in range(layers)]
        if len(chunked) != layers:
            fields.refuse("no_rope_layers", f"0 or 1 for each of the {layers} layers")
        return ["sliding" if each else "full" for each in chunked]
    return _windows(fields, family, layers)


def _by_list(fields: Fields, layers: int) -> Sequence[Mixer]:
    keys = ("layer_types", "layers_block_type", "attn_type_list")
    kinds = fields.list(*keys)
    if not kinds:
        return ()
    key = next(key for key in keys if key in fields)
    if len(kinds) != layers:
        fields.refuse(key, f"one kind for each of the {layers} layers")
    if any(not isinstance(kind, str | int) or kind not in _MIXERS for kind in kinds):
        fields.refuse(key, f"only {', '.join(str(kind) for kind in _MIXERS)}")
    return [_MIXERS[kind] for kind in kinds]


def _windows(fields: Fields, family: str, layers: int) -> Sequence[Mixer]:
    """Say which layers keep a window only, where one is named; that some keep a state must have been said."""
    for key in STATES:
        if key in fields:
            fields.refuse(key, "layer_types beside it, or another key that says which layers have it")
    window = fields.whole("sliding_window", least=0, default=0)
    reach = fields.whole("max_position_embeddings", default=window + 1)
    if not 0 < window < reach or not fields.flag("use_sliding_window", default=True):
        return ["full"] * layers
    pattern = fields.whole("sliding_window_pattern", "_sliding_window_pattern", default=_PATTERNS.get(family, 0))
    if pattern:
        return ["full" if (at + 1) % pattern == 0 else "sliding" for at in range(layers)]
    if family in _ALL_SLIDING:
        return ["sliding"] * layers
    if "max_window_layers" not in fields:
        expected = "layer_types or sliding_window_pattern beside it, which say what layers have it"
        fields.refuse("sliding_window", expected)
    first = fields.whole("max_window_layers", least=0)  # Qwen2: the layers from here on
    return ["full" if at < first else "sliding" for at in range(layers)]


def _feed(fields: Fields, at: int, experts: int) -> str:
    """Say whether a layer has experts: by the first dense ones, by a step, or by a list."""
    if not experts or at < fields.whole("first_k_dense_replace", least=0, default=0):
        return "dense"
    if at in fields.list("mlp_only_layers"):
        return "dense"
    step = fields.whole("decoder_sparse_step", "interleave_moe_layer_step", default=1)
    if "expert_layer_period" in fields:  # Jamba
        period, offset = fields.whole("expert_layer_period"), fields.whole("expert_layer_offset", least=0)
        return "experts" if at % period == offset else "dense"
    return "experts" if (at + 1) % step == 0 else "dense"
