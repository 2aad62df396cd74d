"""The shape of a model out of the header of its GGUF files."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from costcalc.catalog.checkpoints.config import Configured, as_entry, as_source, billions
from costcalc.catalog.checkpoints.fields import MAX_LAYERS, Fields
from costcalc.catalog.checkpoints.tensors import Held
from costcalc.catalog.forms.open_models import OpenModelFile

# by general.file_type (llama.cpp, include/llama.h, enum llama_ftype)
_FILE_TYPES: Mapping[int, str] = {
    2: "q4_0", 3: "q4_1", 7: "q8_0", 8: "q5_0", 9: "q5_1", 10: "q2_k", 11: "q3_k_s", 12: "q3_k_m", 13: "q3_k_l",
    14: "q4_k_s", 15: "q4_k_m", 16: "q5_k_s", 17: "q5_k_m", 18: "q6_k", 19: "iq2_xxs", 20: "iq2_xs", 21: "q2_k",
    22: "iq3_xs", 23: "iq3_xxs", 24: "iq1_s", 25: "iq4_nl", 26: "iq3_s", 27: "iq3_m", 28: "iq2_s", 29: "iq2_m",
    30: "iq4_xs", 31: "iq1_m", 38: "mxfp4",
}  # fmt: skip
# every so many layers one is full (llama.cpp, src/llama-model.cpp, set_swa_pattern); 1 where it ignores the window
_PATTERNS = {"gemma2": 2, "gemma3": 6, "gpt-oss": 2, "cohere2": 4, "llama": 1, "phi3": 1, "qwen2": 1}
_INTERVALS = {"qwen3next": 4, "qwen35": 4, "qwen35moe": 4}
_INNER_STATES = frozenset({"mamba", "jamba"})  # a state for each inner channel, not for each head


def gguf_model(
    metadata: Mapping[str, Any], held: Sequence[Held], name: str, *, model: str, day: date
) -> tuple[Configured, str]:
    """Read a model's shape, and the type of its file.

    Args:
        metadata: Keys and values of the header.
        held: Its tensors by part and type.
        name: The file, as the user knows it.
        model: What the model is called.
        day: The day on which it is read.

    Raises:
        InputError: A key has no usable value, or keys are missing that are needed.
    """
    arch = str(metadata.get("general.architecture") or "")
    fields = Fields(name, {key.removeprefix(f"{arch}."): value for key, value in metadata.items()}, f"{arch}.")
    layers = fields.whole("block_count") - fields.whole("nextn_predict_layers", least=0, default=0)
    hidden, used = fields.whole("embedding_length"), fields.whole("expert_used_count", least=0, default=0)
    experts = fields.whole("expert_count", least=0, default=0)
    fields.check_complete()
    if layers > MAX_LAYERS:
        fields.refuse("block_count", f"at most {MAX_LAYERS:,} layers")
    groups = Counter(_layers(fields, arch, layers, hidden))
    fields.check_complete()
    reach = fields.whole("context_length", least=0, default=0)
    made = OpenModelFile.model_construct(
        model=model,
        name=model,
        context_window=reach or None,
        layers=sum(groups.values()),
        hidden_size=hidden,
        attention=tuple(as_entry({**dict(entry), "layers": number}) for entry, number in groups.items()),
        trust="primary",
        source=as_source(name, day),
        note="Read from the header of a GGUF file, by its tensors.",
        **_counts(held, experts, used),
    )
    kind = _FILE_TYPES.get(metadata.get("general.file_type", -1), "bf16")
    return Configured(made, tuple(fields.taken.values())), kind


def layers_of(metadata: Mapping[str, Any]) -> int:
    """How many layers a header names; those behind them draft."""
    arch = metadata.get("general.architecture")
    blocks, drafting = metadata.get(f"{arch}.block_count"), metadata.get(f"{arch}.nextn_predict_layers", 0)
    return blocks - drafting if isinstance(blocks, int) and isinstance(drafting, int) else MAX_LAYERS


def _counts(held: Sequence[Held], experts: int, used: int) -> dict[str, Any]:
    """Count parameters by the tensors; draft layers are not counted."""
    numbers: Counter[str] = Counter()
    for each in held:
        numbers[each.part] += each.numbers
    tied = not numbers["output"]
    around = numbers["embedding"] + numbers["output"] + numbers["body"]
    active = around - (0 if tied else numbers["embedding"])
    values = {
        "parameters_b": billions(around + numbers["experts"]),
        "non_expert_parameters_b": billions(around),
        "embedding_parameters_b": billions(numbers["embedding"]),
        "tied_embeddings": tied,
        "active_parameters_b": billions(active + (numbers["experts"] * used // experts if experts else 0)),
    }
    return {**values, "experts": experts, "experts_per_token": used} if numbers["experts"] and experts else values


_Entry = tuple[tuple[str, Any], ...]  # an entry of `attention`, but for how many layers it has


def _layers(fields: Fields, arch: str, layers: int, hidden: int) -> list[_Entry]:
    """Say what each layer keeps; a block without a mixer keeps nothing, and is none."""
    heads, groups = (_each(fields, key, layers) for key in ("attention.head_count", "attention.head_count_kv"))
    feeds = _each(fields, "feed_forward_length", layers, default=0)
    sliding, linear = _sliding(fields, arch, layers), _linear(fields, arch, layers, groups)
    return [
        _state(fields, arch, hidden) if linear[at] else _attention(fields, hidden, heads[at], groups[at], sliding[at])
        for at in range(layers)
        if groups[at] or (linear[at] and not (arch.startswith("nemotron_h") and feeds[at]))
    ]


def _each(fields: Fields, key: str, layers: int, default: int | None = None) -> list[int]:
    """Take a figure that is one for all layers, or a list with one for each."""
    if key in fields and isinstance(fields.raw(key), list):
        values = fields.list(key)
        if len(values) < layers or any(not isinstance(value, int) or not 0 <= value < 2**31 for value in values):
            fields.refuse(key, f"one whole number for each of the {layers} layers")
        return list(values[:layers])
    return [fields.whole(key, least=0, default=default)] * layers


def _sliding(fields: Fields, arch: str, layers: int) -> list[bool]:
    """Say which layers keep a window only."""
    if not fields.whole("attention.sliding_window", least=0, default=0):
        return [False] * layers
    key = "attention.sliding_window_pattern"
    if key in fields and isinstance(fields.raw(key), list):
        return [bool(value) for value in _each(fields, key, layers)]
    pattern = fields.whole(key, default=_PATTERNS.get(arch, 0))
    if not pattern:
        fields.refuse("attention.sliding_window", "sliding_window_pattern beside it, which says what layers have it")
    return [pattern > 1 and (at + 1) % pattern != 0 for at in range(layers)]


def _linear(fields: Fields, arch: str, layers: int, groups: Sequence[int]) -> list[bool]:
    """Say which layers keep a state of constant size."""
    interval = fields.whole("full_attention_interval", least=0, default=_INTERVALS.get(arch, 0))
    if interval:
        return [(at + 1) % interval != 0 for at in range(layers)]
    return [not each for each in groups]


def _state(fields: Fields, arch: str, hidden: int) -> _Entry:
    """Read a state: of inner channels × state numbers, whichever way they lie in heads."""
    inner, state = fields.whole("ssm.inner_size", default=hidden), fields.whole("ssm.state_size")
    heads = inner if arch in _INNER_STATES else fields.whole("ssm.time_step_rank")
    entry = {"kind": "linear", "query_heads": heads, "head_dim": max(inner // heads, 1), "state_dim": state}
    return tuple(entry.items())


def _attention(fields: Fields, hidden: int, heads: int, groups: int, is_sliding: bool) -> _Entry:
    if "attention.kv_lora_rank" in fields:
        width = fields.whole("attention.kv_lora_rank") + fields.whole("rope.dimension_count")
        latent: dict[str, Any] = {"kind": "latent", "query_heads": max(heads, 1), "head_dim": width}
        if "attention.indexer.key_length" in fields:
            latent["index_dim"] = fields.whole("attention.indexer.key_length")
        return tuple(latent.items())
    keys = ("attention.key_length_swa", "attention.key_length") if is_sliding else ("attention.key_length",)
    width = fields.whole(*keys, default=max(hidden // max(heads, 1), 1))
    entry: dict[str, Any] = {"kind": "full", "query_heads": max(heads, 1), "kv_heads": groups, "head_dim": width}
    if is_sliding:
        entry |= {"kind": "sliding", "window": fields.whole("attention.sliding_window")}
    return tuple(entry.items())
