"""Layers by how they attend: what each caches, and how many weights it has."""

from typing import Any, NamedTuple

from costcalc.catalog.checkpoints.fields import Fields


class Mixing(NamedTuple):
    """The mixing half of a layer.

    Args:
        entry: The layer as an `AttentionEntry` has it, without how many there are.
        weights: Its weights.
    """

    entry: dict[str, Any]
    weights: int


def full(fields: Fields, hidden: int) -> Mixing:
    """Read a layer that attends to everything: with heads of keys and values, or with one latent (MLA)."""
    if "kv_lora_rank" in fields:
        return _latent(fields, hidden)
    wide = "global_head_dim" in fields  # Gemma 4: full layers have heads of their own
    heads = fields.whole("num_attention_heads", "n_head")
    groups = _groups(fields, heads)
    if wide:
        groups = fields.whole("num_global_key_value_heads", default=groups)
    width = fields.whole("global_head_dim") if wide else _head_dim(fields, hidden, heads)
    one = wide and fields.flag("attention_k_eq_v", default=False)
    entry = {"kind": "full", "query_heads": heads, "kv_heads": groups, "head_dim": width}
    return Mixing(entry, _heads(fields, hidden, heads, groups, width, tensors=1 if one else 2))


def sliding(fields: Fields, hidden: int) -> Mixing:
    """Read a layer that attends to the last tokens only."""
    heads = fields.whole("num_attention_heads", "n_head")
    groups = _groups(fields, heads)
    width = _head_dim(fields, hidden, heads)
    entry = {"kind": "sliding", "query_heads": heads, "kv_heads": groups, "head_dim": width}
    return Mixing(
        {**entry, "window": fields.whole("sliding_window", "attention_chunk_size")},
        _heads(fields, hidden, heads, groups, width, tensors=2),
    )


def linear(fields: Fields, hidden: int) -> Mixing:
    """Read a layer with a state of constant size, of one of the families that have such.

    Raises:
        InputError: It is none of them.
    """
    if "linear_num_value_heads" in fields:
        return _gated_delta(fields, hidden)
    if "linear_attn_config" in fields.keys():  # noqa: SIM118  # a mapping of checked keys, not a dict
        return _kimi_delta(fields, hidden)
    if "mamba_expand" in fields and "mamba_dt_rank" in fields:
        return _mamba_1(fields, hidden)
    if "attn_type_list" in fields:
        return _lightning(fields, hidden)
    return _mamba_2(fields, hidden)


def _groups(fields: Fields, heads: int) -> int:
    """Say how many heads of keys and values there are: as many as of queries, or one, where it is not said."""
    usual = 1 if fields.flag("multi_query", default=False) else heads
    keys = ("num_key_value_heads", "num_kv_heads", "n_head_kv", "multi_query_group_num")
    why = "multi_query" if "multi_query" in fields else "as many as query heads"
    return fields.whole(*keys, default=usual, why=why)


def _head_dim(fields: Fields, hidden: int, heads: int) -> int:
    usual = max(hidden // heads, 1)
    return fields.whole("head_dim", "kv_channels", default=usual, why="width of the model ÷ query heads")


def _heads(fields: Fields, hidden: int, heads: int, groups: int, width: int, *, tensors: int) -> int:
    """Count the projections of queries, keys, values and the output; a gate is as wide as the queries."""
    queries = 2 if fields.flag("attn_output_gate", default="linear_num_value_heads" in fields) else 1
    return hidden * width * (queries * heads + tensors * groups + heads)


def _latent(fields: Fields, hidden: int) -> Mixing:
    """Read MLA: one latent and one rotary key for all heads (arXiv:2405.04434)."""
    heads, rank = fields.whole("num_attention_heads"), fields.whole("kv_lora_rank")
    rotary, plain = fields.whole("qk_rope_head_dim"), fields.whole("qk_nope_head_dim")
    values, squeezed = fields.whole("v_head_dim"), fields.whole("q_lora_rank", least=0, default=0)
    asked = heads * (plain + rotary)
    queries = squeezed * (hidden + asked) if squeezed else hidden * asked
    entry: dict[str, Any] = {"kind": "latent", "query_heads": heads, "head_dim": rank + rotary}
    weights = queries + hidden * (rank + rotary) + rank * heads * (plain + values) + heads * values * hidden
    if "index_head_dim" in fields:  # DeepSeek-V3.2: keys to choose tokens by
        width, askers = fields.whole("index_head_dim"), fields.whole("index_n_heads")
        entry["index_dim"] = width
        weights += squeezed * askers * width + hidden * (width + askers)
    return Mixing(entry, weights)


def _state(heads: int, width: int, state: int) -> dict[str, Any]:
    return {"kind": "linear", "query_heads": heads, "head_dim": width, "state_dim": state}


def _gated_delta(fields: Fields, hidden: int) -> Mixing:
    """Read Gated DeltaNet, as Qwen3-Next and Qwen3.5 have it."""
    heads, width = fields.whole("linear_num_value_heads"), fields.whole("linear_value_head_dim")
    keys, state = fields.whole("linear_num_key_heads"), fields.whole("linear_key_head_dim")
    kernel = fields.whole("linear_conv_kernel_dim", default=4)
    asked, held = keys * state, heads * width
    weights = hidden * (2 * asked + 2 * held + 2 * heads) + kernel * (2 * asked + held) + held * hidden
    return Mixing(_state(heads, width, state), weights)


def _kimi_delta(fields: Fields, hidden: int) -> Mixing:
    """Read Kimi Delta Attention: two gates of low rank beside queries, keys and values (arXiv:2510.26692)."""
    inner = fields.inner("linear_attn_config")
    assert inner is not None  # the caller has seen it
    heads, width = inner.whole("num_heads"), inner.whole("head_dim")
    inner.check_complete()
    all_heads = heads * width
    weights = 4 * hidden * all_heads + 2 * width * (hidden + all_heads) + hidden * heads
    return Mixing(_state(heads, width, width), weights)


def _lightning(fields: Fields, hidden: int) -> Mixing:
    """Read lightning attention, as MiniMax-01 has it: queries, keys, values, a gate and the output."""
    heads = fields.whole("num_attention_heads")
    width = _head_dim(fields, hidden, heads)
    return Mixing(_state(heads, width, width), 5 * hidden * heads * width)


def _mamba_1(fields: Fields, hidden: int) -> Mixing:
    """Read Mamba, as Jamba has it: a state of so many numbers for each inner channel (arXiv:2312.00752)."""
    inner, state = fields.whole("mamba_expand") * hidden, fields.whole("mamba_d_state")
    rank, kernel = fields.whole("mamba_dt_rank"), fields.whole("mamba_d_conv", default=4)
    weights = inner * (3 * hidden + kernel + (rank + 2 * state) + rank + state)
    return Mixing(_state(inner, 1, state), weights)


def _mamba_2(fields: Fields, hidden: int) -> Mixing:
    """Read Mamba-2, as Nemotron-H and Granite 4 have it (arXiv:2405.21060)."""
    heads = fields.whole("mamba_num_heads", "mamba_n_heads")
    width = fields.whole("mamba_head_dim", "mamba_d_head")
    state = fields.whole("ssm_state_size", "mamba_d_state")
    groups = fields.whole("n_groups", "mamba_n_groups", default=1)
    kernel = fields.whole("conv_kernel", "mamba_d_conv", default=4)
    inner, mixed = heads * width, heads * width + 2 * groups * state
    return Mixing(_state(heads, width, state), hidden * (inner + mixed + heads) + kernel * mixed + inner * hidden)
