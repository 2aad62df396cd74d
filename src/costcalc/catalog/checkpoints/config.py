"""The shape of a model out of its ``config.json``, as Hugging Face writes it."""

import json
from collections import Counter
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from costcalc.catalog.checkpoints import mixers
from costcalc.catalog.checkpoints.blocks import Block, blocks_of
from costcalc.catalog.checkpoints.fields import Fields, Taken
from costcalc.catalog.forms.open_models import AttentionEntry, OpenModelFile
from costcalc.catalog.forms.schema import Source
from costcalc.errors import InputError
from costcalc.findings import Finding

# families whose embedding table is the output layer too where the configuration does not say (their classes' default)
TIED = frozenset({"gemma", "gemma2", "gemma3", "gemma3_text", "gemma4", "gemma4_text", "cohere", "cohere2", "phi4mm"})
# families whose feed-forward part is two matrices; that of all others is three, one of them a gate
UNGATED = frozenset({"nemotron", "nemotron_h", "gpt_neox", "gptj", "gpt2", "opt", "falcon", "phi", "starcoder2"})
# weights that are counted nowhere here; a model that has them is told by its files alone
UNCOUNTED = ("hidden_size_per_layer_input", "altup_num_inputs", "conv_L_cache", "rwkv_version", "block_configs")
_EXPERT_KEYS = ("num_experts", "num_local_experts", "n_routed_experts")
_FOUR_BITS, _EIGHT_BITS = 4, 8
_BITS = ("bits", "w_bit", "num_bits")
_KINDS = {("int", _FOUR_BITS): "int4", ("int", _EIGHT_BITS): "int8", ("float", _EIGHT_BITS): "fp8"}
_QUANTISERS = {"fp8": "fp8", "fbgemm_fp8": "fp8", "mxfp4": "mxfp4", "nvfp4": "nvfp4"}


class Configured(NamedTuple):
    """A model as its configuration has it.

    Args:
        model: Its shape.
        taken: Every figure that was taken, with its key.
        assumed: Every figure that the configuration does not have, with what it was taken to be.
    """

    model: OpenModelFile
    taken: tuple[Taken, ...]
    assumed: tuple[Taken, ...] = ()


class _Width(NamedTuple):
    """Widths that every layer shares."""

    hidden: int
    experts: int
    gates: int


def parse_config(text: str, name: str, *, model: str, day: date) -> Configured:
    """Read a ``config.json``.

    Leaves out biases, norms, encoders of pictures and sound, and draft layers (MTP).

    Args:
        text: What the file holds.
        name: The file, as the user knows it.
        model: What the model is called.
        day: The day on which it is read.

    Raises:
        InputError: It is no JSON of a mapping, a key has no usable value, or keys are missing that are needed.
    """
    return configured(mapping_of(text, name), name, model=model, day=day)


def mapping_of(text: str, name: str) -> dict[str, Any]:
    """Read JSON that must be a mapping, in which no key stands twice.

    Raises:
        InputError: It is something else.
    """
    try:
        data = json.loads(text, parse_constant=_no_figure, object_pairs_hook=_without_twins)
    except RecursionError:
        raise _wrong(name, "nested too deep") from None
    except ValueError as error:  # what is not JSON too
        raise _wrong(name, f"not JSON that can be used: {error}") from None
    if not isinstance(data, dict):
        raise _wrong(name, "expected a mapping, found a list or a single value")
    return data


def configured(data: Mapping[str, Any], name: str, *, model: str, day: date) -> Configured:
    """Read the keys of a configuration: see `parse_config`.

    Raises:
        InputError: A key has no usable value, or keys are missing that are needed.
    """
    outer = Fields(name, data)
    fields = outer.inner("text_config", "llm_config", "language_config") or outer
    family = fields.text("model_type") or outer.text("model_type")
    _check_counted(fields)
    experts = fields.whole(*_EXPERT_KEYS, least=0, default=0)
    blocks = blocks_of(fields, family, experts=experts)
    width = _Width(fields.whole("hidden_size", "n_embd", "d_model"), experts, 2 if family in UNGATED else 3)
    vocabulary = fields.whole("vocab_size", "padded_vocab_size")
    tied = _is_tied(fields, outer, family)
    values = _shape(fields, blocks, width, table=vocabulary * width.hidden, tied=tied)
    fields.check_complete()
    published = _published(outer if "quantization_config" in outer else fields)
    reach = fields.whole("max_position_embeddings", "n_positions", least=0, default=0)
    made = OpenModelFile.model_construct(
        model=model,
        name=model,
        context_window=reach or None,
        published_weights=published,
        tied_embeddings=tied,
        trust="primary",
        source=as_source(name, day),
        note="Read from a configuration; biases, norms, encoders of other media and draft layers are not counted.",
        **values,
    )
    return Configured(made, tuple(fields.taken.values()), tuple(fields.assumed.values()))


def _check_counted(fields: Fields) -> None:
    for key in UNCOUNTED:
        if key in fields and fields.whole(key, least=0) > 0:
            fields.refuse(key, "no weights beyond those of standard layers; give the folder with its *.safetensors")
    if fields.flag("is_encoder_decoder", default=False):
        fields.refuse("is_encoder_decoder", "a model that only decodes")
    if not any(key in fields for key in _EXPERT_KEYS):
        for key in fields.keys():  # noqa: SIM118  # Fields is no mapping
            if "expert" in key and isinstance(number := fields.raw(key), int) and number > 1:
                fields.refuse(key, f"the number of experts as {' or '.join(_EXPERT_KEYS)}")


def _is_tied(fields: Fields, outer: Fields, family: str) -> bool:
    """Say whether both tables are one; a family that does not say so has two."""
    for each in (fields, outer):
        if "tie_word_embeddings" in each:
            return each.flag("tie_word_embeddings", default=False)
    return family in TIED


def _shape(fields: Fields, blocks: tuple[Block, ...], width: _Width, *, table: int, tied: bool) -> dict[str, Any]:
    """Count the weights, and put layers together that keep the same."""
    kinds = Counter(block.mixer for block in blocks if block.mixer != "none")
    read = {"full": mixers.full, "sliding": mixers.sliding, "linear": mixers.linear}
    mixed = {kind: read[kind](fields, width.hidden) for kind in kinds}
    feeds = Counter(block.feed for block in blocks)
    one, used = _experts(fields, width) if width.experts else (0, 0)
    shared = _beside(fields, width) if width.experts else 0
    body = sum(mixed[kind].weights * layers for kind, layers in kinds.items())
    body += feeds["dense"] * _dense(fields, width) if feeds["dense"] else 0
    body += feeds["experts"] * (shared + width.hidden * width.experts)  # the router has a row for each expert
    around = body + (table if tied else 2 * table)
    in_experts = feeds["experts"] * width.experts * one
    active = body + feeds["experts"] * used * one + table  # the output layer is multiplied with, the table is not
    values: dict[str, Any] = {
        "parameters_b": billions(around + in_experts),
        "active_parameters_b": billions(active),
        "non_expert_parameters_b": billions(around),
        "embedding_parameters_b": billions(table),
        "layers": sum(kinds.values()),
        "hidden_size": width.hidden,
        "attention": tuple(as_entry({**mixed[kind].entry, "layers": layers}) for kind, layers in kinds.items()),
        "sparse_attention": "index_topk" in fields,
    }
    return {**values, "experts": width.experts, "experts_per_token": used} if feeds["experts"] else values


def as_entry(values: Mapping[str, Any]) -> AttentionEntry:
    """Make an entry of layers of values that were checked."""
    return AttentionEntry.model_construct(**values)


def _dense(fields: Fields, width: _Width) -> int:
    """Count the weights of a feed-forward part without experts."""
    keys: tuple[str, ...] = ("intermediate_size_mlp", "intermediate_size", "ffn_hidden_size", "n_inner")
    if not width.experts and "shared_intermediate_size" in fields:  # Granite 4 without experts
        keys = ("shared_intermediate_size",)
    return width.gates * width.hidden * fields.whole(*keys)


def _experts(fields: Fields, width: _Width) -> tuple[int, int]:
    """Count the weights of one expert, and how many a token goes through."""
    inner = fields.whole("moe_intermediate_size", "expert_ffn_hidden_size", "intermediate_size")
    keys = ("num_experts_per_tok", "num_experts_per_token", "experts_per_token", "top_k_experts", "moe_topk")
    return width.gates * width.hidden * inner, fields.whole(*keys)


def _beside(fields: Fields, width: _Width) -> int:
    """Count what stands beside the experts of a layer: experts that every token goes through, or a dense part."""
    keys = ("shared_expert_intermediate_size", "moe_shared_expert_intermediate_size", "shared_intermediate_size")
    inner = fields.whole(*keys, least=0, default=0)
    if not inner:
        number = fields.whole("n_shared_experts", "num_shared_experts", least=0, default=0)
        inner = number * fields.whole("moe_intermediate_size", default=1) if number else 0
    # Gemma 4 has a dense part in every layer, Llama 4 an expert that every token goes through
    if fields.flag("enable_moe_block", default=False) or "interleave_moe_layer_step" in fields:
        inner += fields.whole("intermediate_size")
    return width.gates * width.hidden * inner


def _published(fields: Fields) -> str:
    """Say in which precision the weights are kept; a configuration that says it in no known way is refused."""
    inner = fields.inner("quantization_config")
    if inner is None:
        return "bf16"
    method = inner.text("quant_method").lower()
    if method in _QUANTISERS:
        return _QUANTISERS[method]
    words = " ".join(inner.text(key) for key in ("quant_algo", "format", "quant_type", "weight_format")).lower()
    for word, precision in (("nvfp4", "nvfp4"), ("mxfp4", "mxfp4"), ("float-quantized", "fp8"), ("fp8", "fp8")):
        if word in words:
            return precision
    kinds = _kinds(inner)
    if len(kinds) != 1 or not kinds <= _KINDS.keys():
        expected = "one width of weights, as bits or config_groups: 4 or 8; leave it out and give --weights"
        fields.refuse("quantization_config", expected)
    return _KINDS[kinds.pop()]


def _kinds(inner: Fields) -> set[tuple[str, int]]:
    """Say of which type and how many bits weights are: of all, or of each group (compressed-tensors)."""
    for bits in (_FOUR_BITS, _EIGHT_BITS):
        if inner.flag(f"load_in_{bits}bit", default=False):
            return {("int", bits)}
    if any(key in inner for key in _BITS):
        return {("int", inner.whole(*_BITS))}
    groups = inner.inner("config_groups")
    each = [group.inner("weights") for key in groups.keys() if (group := groups.inner(key))] if groups else []  # noqa: SIM118  # Fields is no mapping
    return {(one.text("type") or "int", one.whole("num_bits", default=0)) for one in each if one is not None}


def billions(number: int) -> Decimal:
    """Write a count of parameters as the forms have it [billions]."""
    return Decimal(number) / 10**9


def as_source(name: str, day: date) -> Source:
    """Name a file as the source of what was read in it."""
    return Source.model_construct(title=name, checked=day)


def _no_figure(word: str) -> None:
    raise ValueError(f"{word} is no number")


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        twin, _ = Counter(key for key, _ in pairs).most_common(1)[0]
        raise ValueError(f"the key '{twin[:80]}' stands there twice")
    return found


def _wrong(name: str, what: str) -> InputError:
    return InputError([Finding("json", "error", f"{name}: {what}")])
