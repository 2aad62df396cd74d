"""A user's own files: shapes out of configurations, bytes out of headers, and what a hostile file can do."""

from __future__ import annotations

import json
import os
import struct
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from checkpoint_files import GEMMA, a_gguf, a_header, a_safetensors, text
from hypothesis import given, settings
from hypothesis import strategies as st

from costcalc import Catalog
from costcalc.catalog.checkpoints.config import parse_config
from costcalc.catalog.checkpoints.gguf import gguf
from costcalc.catalog.checkpoints.read import read_checkpoint
from costcalc.catalog.checkpoints.safetensors import safetensors
from costcalc.catalog.checkpoints.tensors import part_of
from costcalc.cost.hardware import shape_of
from costcalc.cost.memory import kv_bytes_per_sequence, weights_held
from costcalc.errors import InputError

DAY = date(2026, 11, 27)
HEADS: dict[str, Any] = {"num_attention_heads": 32, "num_key_value_heads": 8}
DELTA = {"linear_num_value_heads": 32, "linear_num_key_heads": 16, "linear_key_head_dim": 128, "linear_value_head_dim": 128, "full_attention_interval": 4, "num_attention_heads": 16, "head_dim": 256}  # fmt: skip
MLA = {"kv_lora_rank": 512, "qk_rope_head_dim": 64, "qk_nope_head_dim": 128, "v_head_dim": 128, "first_k_dense_replace": 1}  # fmt: skip
# the keys of each family's configuration, with the figures of the catalog's model: parameters must come out as there
CONFIGS: dict[str, dict[str, Any]] = {
    "llama-3.1-8b": {"model_type": "llama", "hidden_size": 4096, "num_hidden_layers": 32, **HEADS, "intermediate_size": 14336, "vocab_size": 128256},
    "phi-4": {"model_type": "phi3", "hidden_size": 5120, "num_hidden_layers": 40, "num_attention_heads": 40, "num_key_value_heads": 10, "intermediate_size": 17920, "vocab_size": 100352, "sliding_window": None},
    "gemma-3-27b": {"hidden_size": 5376, "num_hidden_layers": 62, "num_attention_heads": 32, "num_key_value_heads": 16, "head_dim": 128, "sliding_window": 1024, "sliding_window_pattern": 6, "vocab_size": 262208, "intermediate_size": 21504, "tie_word_embeddings": True},
    "gemma-4-31b": {"model_type": "gemma4", "text_config": {"model_type": "gemma4_text", "hidden_size": 5376, "num_hidden_layers": 60, "num_attention_heads": 32, "num_key_value_heads": 16, "num_global_key_value_heads": 4, "head_dim": 256, "global_head_dim": 512, "attention_k_eq_v": True, "intermediate_size": 21504, "sliding_window": 1024, "layer_types": (["sliding_attention"] * 5 + ["full_attention"]) * 10, "vocab_size": 262144}},
    "mixtral-8x7b": {"model_type": "mixtral", "hidden_size": 4096, "num_hidden_layers": 32, **HEADS, "intermediate_size": 14336, "num_local_experts": 8, "num_experts_per_tok": 2, "vocab_size": 32000},
    "qwen3-30b-a3b": {"model_type": "qwen3_moe", "hidden_size": 2048, "num_hidden_layers": 48, "num_attention_heads": 32, "num_key_value_heads": 4, "head_dim": 128, "intermediate_size": 6144, "moe_intermediate_size": 768, "num_experts": 128, "num_experts_per_tok": 8, "decoder_sparse_step": 1, "mlp_only_layers": [], "vocab_size": 151936},
    "qwen3-next-80b-a3b": {"model_type": "qwen3_next", "hidden_size": 2048, "num_hidden_layers": 48, **DELTA, "num_key_value_heads": 2, "moe_intermediate_size": 512, "shared_expert_intermediate_size": 512, "num_experts": 512, "num_experts_per_tok": 10, "vocab_size": 151936},
    "qwen3.5-4b": {"model_type": "qwen3_5", "tie_word_embeddings": True, "text_config": {"hidden_size": 2560, "num_hidden_layers": 32, **DELTA, "num_key_value_heads": 4, "intermediate_size": 9216, "vocab_size": 248320}},
    "deepseek-r1": {"model_type": "deepseek_v3", "hidden_size": 7168, "num_hidden_layers": 61, "num_attention_heads": 128, **MLA, "q_lora_rank": 1536, "first_k_dense_replace": 3, "intermediate_size": 18432, "moe_intermediate_size": 2048, "n_routed_experts": 256, "n_shared_experts": 1, "num_experts_per_tok": 8, "vocab_size": 129280, "quantization_config": {"quant_method": "fp8"}},
    "kimi-linear-48b-a3b": {"model_type": "kimi_linear", "hidden_size": 2304, "num_hidden_layers": 27, "num_attention_heads": 32, **MLA, "intermediate_size": 9216, "moe_intermediate_size": 1024, "num_experts": 256, "num_shared_experts": 1, "num_experts_per_token": 8, "linear_attn_config": {"full_attn_layers": [4, 8, 12, 16, 20, 24, 27], "num_heads": 32, "head_dim": 128}, "vocab_size": 163840},
    "gpt-oss-120b": {"model_type": "gpt_oss", "hidden_size": 2880, "num_hidden_layers": 36, "num_attention_heads": 64, "num_key_value_heads": 8, "head_dim": 64, "intermediate_size": 2880, "num_local_experts": 128, "num_experts_per_tok": 4, "vocab_size": 201088, "sliding_window": 128, "layer_types": ["sliding_attention", "full_attention"] * 18, "quantization_config": {"quant_method": "mxfp4"}},
    "glm-4.5-air": {"model_type": "glm4_moe", "hidden_size": 4096, "num_hidden_layers": 46, "num_attention_heads": 96, "num_key_value_heads": 8, "head_dim": 128, "intermediate_size": 10944, "moe_intermediate_size": 1408, "n_routed_experts": 128, "n_shared_experts": 1, "num_experts_per_tok": 8, "first_k_dense_replace": 1, "vocab_size": 151552},
    "minimax-m2.5": {"model_type": "minimax_m2", "hidden_size": 3072, "num_hidden_layers": 62, "num_attention_heads": 48, "num_key_value_heads": 8, "head_dim": 128, "intermediate_size": 1536, "num_local_experts": 256, "num_experts_per_tok": 8, "vocab_size": 200064, "quantization_config": {"quant_method": "fp8"}},
    "nemotron-3-nano-30b-a3b": {"model_type": "nemotron_h", "hidden_size": 2688, "hybrid_override_pattern": "ME" * 17 + "M*E" * 6, "num_attention_heads": 32, "num_key_value_heads": 2, "head_dim": 128, "mamba_num_heads": 64, "mamba_head_dim": 64, "ssm_state_size": 128, "n_groups": 8, "n_routed_experts": 128, "num_experts_per_tok": 6, "moe_intermediate_size": 1856, "moe_shared_expert_intermediate_size": 3712, "vocab_size": 131072},
    "granite-4.0-h-micro": {"model_type": "granitemoehybrid", "hidden_size": 2048, "num_hidden_layers": 40, "layer_types": (["mamba"] * 9 + ["attention"]) * 4, **HEADS, "shared_intermediate_size": 8192, "num_local_experts": 0, "mamba_n_heads": 64, "mamba_d_head": 64, "mamba_d_state": 128, "mamba_n_groups": 1, "vocab_size": 100352, "tie_word_embeddings": True},
}  # fmt: skip
SMALL = CONFIGS["llama-3.1-8b"]


def read(config: dict[str, Any]) -> Any:  # noqa: ANN401  # a model whose fields are asked for by name
    return parse_config(json.dumps(config), "config.json", model="mine", day=DAY).model


@pytest.mark.parametrize("name", CONFIGS)
def test_a_configuration_gives_the_shape_that_the_catalog_has(name: str, catalog: Catalog) -> None:
    mine, ours = read(CONFIGS[name]), catalog.open_model(name)
    for key in ("parameters_b", "embedding_parameters_b"):
        assert float(getattr(mine, key)) == pytest.approx(float(getattr(ours, key)), rel=0.005)
    for key in ("active_parameters_b", "non_expert_parameters_b"):  # the catalog has some of them as published
        assert float(getattr(mine, key)) == pytest.approx(float(getattr(ours, key)), rel=0.10)
    assert sorted(map(repr, mine.attention)) == sorted(map(repr, ours.attention))
    kept = ("layers", "hidden_size", "experts", "experts_per_token", "tied_embeddings", "published_weights")
    assert [getattr(mine, key) for key in kept] == [getattr(ours, key) for key in kept]


SCOUT = {"hidden_size": 5120, "num_hidden_layers": 48, "num_attention_heads": 40, "num_key_value_heads": 8, "head_dim": 128, "intermediate_size": 8192, "intermediate_size_mlp": 16384, "num_local_experts": 16, "num_experts_per_tok": 1, "interleave_moe_layer_step": 1, "attention_chunk_size": 8192, "vocab_size": 202048}  # fmt: skip


def test_llama_4_has_an_expert_for_every_token_and_chunks_in_three_of_four_layers(catalog: Catalog) -> None:
    scout = read({"text_config": SCOUT})
    # 108.6 with the encoder of pictures, which has 0.86
    assert float(scout.parameters_b) == pytest.approx(float(catalog.open_model("llama-4-scout").parameters_b) - 0.86, rel=0.001)  # fmt: skip
    assert {entry.kind: (entry.layers, entry.window) for entry in scout.attention} == {
        "sliding": (36, 8192),
        "full": (12, None),
    }


def test_one_head_of_keys_serves_all_queries_where_it_is_said() -> None:
    several = {key: value for key, value in SMALL.items() if key != "num_key_value_heads"}
    assert [read({**several, **more}).attention[0].kv_heads for more in ({}, {"multi_query": True})] == [32, 1]


def test_the_cache_of_gemma_3_27b_is_as_others_have_counted_it() -> None:
    # 10 × 2 × 16 × 128 × 2 bytes × 131,072 + 52 × the same × 1,024 = 11.17 GB (unslothai/unsloth#4757: 10.41 GiB)
    shape = shape_of(read(CONFIGS["gemma-3-27b"]))
    assert kv_bytes_per_sequence(shape, tokens=131_072) == 11_173_625_856


JAMBA = {**SMALL, "attn_layer_period": 8, "attn_layer_offset": 4, "expert_layer_period": 2, "expert_layer_offset": 1, "num_experts": 16, "num_experts_per_tok": 2, "mamba_expand": 2, "mamba_d_state": 16, "mamba_dt_rank": 256}  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "kinds"),
    [
        (JAMBA, {"full": 4, "linear": 28}),  # one of eight attends
        ({**SMALL, "model_type": "mistral", "sliding_window": 4096}, {"sliding": 32}),
        ({**SMALL, "model_type": "gemma2", "sliding_window": 4096}, {"sliding": 16, "full": 16}),
        ({**SMALL, "sliding_window": 4096, "use_sliding_window": False}, {"full": 32}),
        ({**SMALL, "sliding_window": 4096, "max_window_layers": 28}, {"full": 28, "sliding": 4}),
        ({**SMALL, "sliding_window": 4096, "max_position_embeddings": 4096}, {"full": 32}),
        ({**SMALL, "attn_type_list": [0, 0, 0, 1] * 8}, {"linear": 24, "full": 8}),
        ({**SMALL, "attention_chunk_size": 8192, "no_rope_layers": [1, 0] * 16}, {"sliding": 16, "full": 16}),
    ],
)
def test_layers_are_told_apart(changed: dict[str, Any], kinds: dict[str, int]) -> None:
    assert {entry.kind: entry.layers for entry in read(changed).attention} == kinds


MIXTURE = {**SMALL, "num_experts": 8, "num_experts_per_tok": 2, "moe_intermediate_size": 1000}
ONE_EXPERT = 3 * 4096 * 1000


@pytest.mark.parametrize(
    ("changed", "experts", "around"),
    [
        # 32 layers × 8 experts; the router of each layer has 8 rows
        (MIXTURE, 32 * 8, 32 * 8 * 4096),
        # two layers without experts have a dense part of 3 × 4096 × 14,336
        ({**MIXTURE, "mlp_only_layers": [0, 1]}, 30 * 8, 30 * 8 * 4096 + 2 * 3 * 4096 * 14336),
        ({**MIXTURE, "decoder_sparse_step": 2}, 16 * 8, 16 * 8 * 4096 + 16 * 3 * 4096 * 14336),
        # beside the experts of every layer: two shared ones, or a dense part
        ({**MIXTURE, "n_shared_experts": 2}, 32 * 8, 32 * (8 * 4096 + 2 * ONE_EXPERT)),
        ({**MIXTURE, "enable_moe_block": True}, 32 * 8, 32 * (8 * 4096 + 3 * 4096 * 14336)),
    ],
)
def test_weights_of_a_mixture_are_counted_by_where_they_stand(
    changed: dict[str, Any], experts: int, around: int
) -> None:
    model = read(changed)
    # attention: 4096 × 128 × (2 × 32 + 2 × 8) in each of 32 layers; two tables of 128,256 × 4096
    other = 32 * 4096 * 128 * 80 + 2 * 128256 * 4096
    assert (model.parameters_b - model.non_expert_parameters_b) * 10**9 == experts * ONE_EXPERT
    assert model.non_expert_parameters_b * 10**9 == other + around


def test_an_index_of_sparse_attention_is_cached_and_weighed() -> None:
    plain = CONFIGS["deepseek-r1"]
    sparse = read({**plain, "index_head_dim": 128, "index_n_heads": 64, "index_topk": 2048})
    assert (sparse.sparse_attention, sparse.attention[0].index_dim) == (True, 128)
    # 61 layers × (1,536 × 64 × 128 + 7,168 × (128 + 64))
    assert (sparse.parameters_b - read(plain).parameters_b) * 10**9 == 61 * (1536 * 64 * 128 + 7168 * 192)


def groups(*weights: dict[str, Any]) -> dict[str, Any]:
    """Write groups of layers as compressed-tensors does."""
    return {"config_groups": {f"group_{at}": {"weights": each} for at, each in enumerate(weights)}}


@pytest.mark.parametrize(
    ("quantised", "precision"),
    [
        ({"quant_method": "awq", "bits": 4}, "int4"),
        ({"quant_method": "gptq", "bits": 8}, "int8"),
        ({"quant_method": "compressed-tensors", "format": "pack-quantized", **groups({"num_bits": 4})}, "int4"),
        ({"quant_method": "compressed-tensors", "format": "pack-quantized", **groups({"num_bits": 8})}, "int8"),
        ({"quant_method": "compressed-tensors", **groups({"num_bits": 8, "type": "float"})}, "fp8"),
        ({"quant_method": "compressed-tensors", **groups({"num_bits": 8}, {"num_bits": 8})}, "int8"),
        ({"quant_method": "bitsandbytes", "load_in_4bit": False, "load_in_8bit": True}, "int8"),
        ({"quant_method": "compressed-tensors", "format": "float-quantized"}, "fp8"),
        ({"quant_method": "compressed-tensors", "format": "nvfp4-pack-quantized"}, "nvfp4"),
        ({"quant_method": "modelopt", "quant_algo": "FP8"}, "fp8"),
        ({"quant_method": "bitsandbytes", "load_in_4bit": True}, "int4"),
    ],
)
def test_a_quantised_checkpoint_says_in_which_precision(quantised: dict[str, Any], precision: str) -> None:
    assert read({**SMALL, "quantization_config": quantised}).published_weights == precision


@pytest.mark.parametrize(
    "quantised",
    [
        {"quant_method": "gptq"},
        {"quant_method": "gptq", "bits": 3},
        {"quant_method": "nobody's"},
        {"quant_method": "compressed-tensors", **groups({"num_bits": 4}, {"num_bits": 8})},
        {"quant_method": "compressed-tensors", "config_groups": {"group_0": {"targets": []}, "group_1": None}},
    ],
)
def test_a_quantisation_that_does_not_say_its_bits_is_refused_with_what_to_give(quantised: dict[str, Any]) -> None:
    with pytest.raises(InputError, match=r"quantization_config: expected one width .* and give --weights, found"):
        read({**SMALL, "quantization_config": quantised})


@pytest.mark.parametrize(
    ("left_out", "assumed"),
    [
        ({"num_key_value_heads", "head_dim"}, ["num_key_value_heads 32 (as", "head_dim 128 (width"]),
        ({"num_key_value_heads"}, ["num_key_value_heads 32 (as"]),
        (set(), []),
    ],
)
def test_what_is_assumed_of_a_configuration_is_noted(left_out: set[str], assumed: list[str]) -> None:
    config = {key: value for key, value in {**SMALL, "head_dim": 128}.items() if key not in left_out}
    found = parse_config(json.dumps(config), "config.json", model="mine", day=DAY).assumed
    assert [f"{key} {value}".startswith(start) for (key, value), start in zip(found, assumed, strict=True)] == [
        True for _ in assumed
    ]


WITHOUT_TABLE = {key: value for key, value in SMALL.items() if key not in {"vocab_size", "intermediate_size"}}


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ("{", "config.json: not JSON that can be used"),
        ("[1]", "config.json: expected a mapping, found a list"),
        ('{"a": NaN}', "NaN is no number"),
        ('{"a": 1, "a": 2}', "the key 'a' stands there twice"),
        ('{"a": ' + "[" * 100_000 + "]" * 100_000 + "}", "nested too deep"),
        ('{"hidden_size": ' + "9" * 5000 + "}", "config.json: "),
        ("{}", "missing num_hidden_layers or n_layer"),
        (WITHOUT_TABLE, "missing vocab_size or padded_vocab_size, intermediate_size_mlp or intermediate_size"),
        ({**SMALL, "hidden_size": -1}, "hidden_size: expected a whole number from 1 to 1,000,000,000, found -1"),
        ({**SMALL, "hidden_size": True}, "hidden_size: expected a whole number"),
        ({**SMALL, "hidden_size": "x" * 500}, "xxx…"),
        ({**SMALL, "num_hidden_layers": 10**8}, "num_hidden_layers: expected at most 10,000 layers"),
        ({**SMALL, "layer_types": ["rwkv"] * 32}, "layer_types: expected only full_attention, "),
        ({**SMALL, "layer_types": ["mamba"]}, "layer_types: expected one kind for each of the 32 layers"),
        ({**SMALL, "layer_types": "mamba"}, "layer_types: expected a list of at most 10,000 items"),
        ({**SMALL, "sliding_window": 4096}, "sliding_window: expected layer_types or sliding_window_pattern beside it"),
        ({**SMALL, "attention_chunk_size": 8192, "no_rope_layers": [1]}, "no_rope_layers: expected 0 or 1 for each"),
        ({**SMALL, "is_encoder_decoder": True}, "is_encoder_decoder: expected a model that only decodes"),
        ({**SMALL, "mamba_d_state": 16}, "mamba_d_state: expected layer_types beside it"),
        ({**SMALL, "moe_num_experts": 64}, "moe_num_experts: expected the number of experts as num_experts"),
        ({**SMALL, "hidden_size_per_layer_input": 256}, "hidden_size_per_layer_input: expected no weights beyond"),
        ({**SMALL, "tie_word_embeddings": "no"}, "tie_word_embeddings: expected true or false, found no"),
        ({**SMALL, "hybrid_override_pattern": "M?"}, "hybrid_override_pattern: expected one of the letters"),
        ({**SMALL, "linear_attn_config": {"full_attn_layers": [1]}}, "missing linear_attn_config.num_heads"),
    ],
)
def test_a_configuration_that_says_too_little_is_refused(config: Any, message: str) -> None:  # noqa: ANN401  # any JSON
    text = config if isinstance(config, str) else json.dumps(config)
    with pytest.raises(InputError) as raised:
        parse_config(text, "config.json", model="mine", day=DAY)
    assert message in str(raised.value)


# --- headers ----------------------------------------------------------------------------------------------------------


TENSORS: dict[str, tuple[str, list[int], int]] = {
    "model.embed_tokens.weight": ("BF16", [1000, 64], 128_000),
    "lm_head.weight": ("BF16", [1000, 64], 128_000),
    "model.layers.0.mlp.experts.0.up_proj.weight": ("F8_E4M3", [64, 64], 4096),
    "model.layers.31.self_attn.q_proj.weight": ("F8_E4M3", [64, 64], 4096),
    "model.layers.32.eh_proj.weight": ("BF16", [64, 64], 8192),
}


def test_a_folder_is_weighed_by_the_headers_of_its_files(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps(SMALL))
    names = list(TENSORS)
    for part in (0, 1):
        some = {name: TENSORS[name] for name in names[part::2]}
        a_safetensors(tmp_path / f"model-{part}.safetensors", some)
    a_safetensors(tmp_path / "consolidated.safetensors", TENSORS)  # the same weights once more, in Mistral's layout
    found = read_checkpoint(tmp_path, model=None, day=DAY)
    assert {(each.part, each.kind): each.size for each in found.held} == {
        ("embedding", "BF16"): 128_000, ("output", "BF16"): 128_000, ("draft", "BF16"): 8192,
        ("experts", "F8_E4M3"): 4096, ("body", "F8_E4M3"): 4096,
    }  # fmt: skip
    loaded = weights_held(found.held, shape_of(found.model), engine="vllm")
    assert (loaded.total, loaded.embedding, loaded.experts) == (128_000 * 2 + 4096 * 2, 128_000, 4096)
    assert found.model.name == tmp_path.name
    one = read_checkpoint(tmp_path / "model-1.safetensors", model="m", day=DAY)
    assert {each.part for each in one.held} == {"output", "body"}


def test_an_index_names_the_files_and_a_missing_one_is_refused(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps(SMALL))
    a_safetensors(tmp_path / "a.safetensors", TENSORS)
    a_safetensors(tmp_path / "another.safetensors", TENSORS)
    index = tmp_path / "model.safetensors.index.json"
    index.write_text(json.dumps({"weight_map": {"lm_head.weight": "a.safetensors"}}))
    assert sum(each.size for each in read_checkpoint(tmp_path, model="m", day=DAY).held) == 272_384
    for wrong, message in (({"weight_map": {"x": "b.safetensors"}}, "b.safetensors is named"), ({}, "weight_map")):
        index.write_text(json.dumps(wrong))
        with pytest.raises(InputError, match=message):
            read_checkpoint(tmp_path, model="m", day=DAY)


HYBRID: dict[str, Any] = {
    "general.architecture": "nemotron_h_moe", "nemotron_h_moe.block_count": 4, "nemotron_h_moe.embedding_length": 256,
    "nemotron_h_moe.attention.head_count": [0, 4, 0, 0], "nemotron_h_moe.attention.head_count_kv": [0, 2, 0, 0],
    "nemotron_h_moe.attention.key_length": 64, "nemotron_h_moe.feed_forward_length": [0, 0, 512, 0],
    "nemotron_h_moe.ssm.inner_size": 512, "nemotron_h_moe.ssm.state_size": 128, "nemotron_h_moe.ssm.time_step_rank": 8,
    "nemotron_h_moe.expert_count": 8, "nemotron_h_moe.expert_used_count": 2,
}  # fmt: skip
LATENT: dict[str, Any] = {
    "general.architecture": "deepseek2", "general.file_type": 15, "deepseek2.block_count": 3,
    "deepseek2.nextn_predict_layers": 1, "deepseek2.embedding_length": 256, "deepseek2.attention.head_count": 4,
    "deepseek2.attention.head_count_kv": 1, "deepseek2.attention.kv_lora_rank": 512, "deepseek2.rope.dimension_count": 64,
    "deepseek2.attention.indexer.key_length": 128,
}  # fmt: skip


def test_a_gguf_is_weighed_by_its_types_and_ties_what_has_no_output(tmp_path: Path) -> None:
    tensors = {"token_embd.weight": (14, [256, 1000]), "blk.0.attn_q.weight": (12, [256, 256])}
    path = a_gguf(tmp_path / "g.gguf", GEMMA, tensors, room=400_000)
    found = read_checkpoint(path, model=None, day=DAY)
    # Q6_K takes 210 bytes for 256 numbers, Q4_K 144
    assert {each.part: (each.kind, each.size) for each in found.held} == {
        "embedding": ("Q6_K", 210_000), "body": ("Q4_K", 36_864),
    }  # fmt: skip
    model = found.model
    assert (model.name, model.published_weights, model.tied_embeddings) == ("g", "q4_k_m", True)
    assert {entry.kind: entry.layers for entry in model.attention} == {"sliding": 10, "full": 2}  # 5 to 1
    loaded = weights_held(found.held, shape_of(model), engine="llama.cpp")
    assert (loaded.total, loaded.host) == (246_864, 210_000)  # the one table is on the GPU and in host memory


@pytest.mark.parametrize(
    ("changed", "kinds"),
    [
        ({"gemma3.attention.sliding_window_pattern": [1, 0] * 6}, {"sliding": 6, "full": 6}),
        ({"gemma3.attention.sliding_window_pattern": 3}, {"sliding": 8, "full": 4}),
        ({"gemma3.full_attention_interval": 4, "gemma3.ssm.inner_size": 512, "gemma3.ssm.state_size": 64, "gemma3.ssm.time_step_rank": 4}, {"linear": 9, "sliding": 2, "full": 1}),
        ({"gemma3.attention.kv_lora_rank": 512, "gemma3.rope.dimension_count": 64}, {"latent": 12}),
    ],
)  # fmt: skip
def test_a_gguf_says_which_layers_keep_what(changed: dict[str, Any], kinds: dict[str, int], tmp_path: Path) -> None:
    path = a_gguf(tmp_path / "g.gguf", {**GEMMA, **changed}, {"token_embd.weight": (0, [256, 10])}, room=20_000)
    found = read_checkpoint(path, model="g", day=DAY).model.attention
    assert {entry.kind: sum(other.layers for other in found if other.kind == entry.kind) for entry in found} == kinds


def test_a_split_gguf_is_read_whole(tmp_path: Path) -> None:
    first = a_gguf(tmp_path / "m-00001-of-00002.gguf", LATENT, {"output.weight": (0, [256, 10])}, room=20_000)
    more = {"blk.0.ffn_up_exps.weight": (39, [256, 32]), "blk.2.attn_q.weight": (0, [256, 2])}
    a_gguf(tmp_path / "m-00002-of-00002.gguf", {"split.no": 1}, more, room=20_000)
    found = read_checkpoint(first, model="m", day=DAY)
    # MXFP4: 17 bytes for 32 numbers; the third block drafts
    assert {each.part: each.size for each in found.held} == {"output": 10_240, "experts": 4352, "draft": 2048}
    assert [(entry.kind, entry.layers, entry.head_dim, entry.index_dim) for entry in found.model.attention] == [
        ("latent", 2, 576, 128)
    ]
    assert read_checkpoint(tmp_path, model="m", day=DAY).model.layers == 2  # a folder without a config.json
    a_gguf(tmp_path / "other.gguf", LATENT, {}, room=0)
    with pytest.raises(InputError, match=r"holds 3 GGUF files, such as m-00001-of-00002.gguf and other.gguf; name one"):
        read_checkpoint(tmp_path, model="m", day=DAY)


def test_a_hybrid_gguf_says_of_each_layer_what_it_keeps(tmp_path: Path) -> None:
    tensors = {"token_embd.weight": (1, [256, 10]), "output.weight": (1, [256, 10]), "blk.0.ffn_up_exps.weight": (1, [8, 8, 8])}  # fmt: skip
    found = read_checkpoint(a_gguf(tmp_path / "h.gguf", HYBRID, tensors, room=20_000), model="h", day=DAY)
    kept = {entry.kind: (entry.layers, entry.query_heads, entry.head_dim) for entry in found.model.attention}
    assert kept == {"linear": (2, 8, 64), "full": (1, 4, 64)}  # the third block is a feed-forward part alone
    assert (found.model.experts, found.model.experts_per_token, found.model.tied_embeddings) == (8, 2, False)
    # 10,240 tensors' numbers less the table; two of eight experts
    assert found.model.active_parameters_b * 10**9 == 2560 + 512 * 2 // 8


@pytest.mark.parametrize(
    ("header", "length", "message"),
    [
        (b"", 2**63, "expected a header of 2 to"),
        (b"{}", 0, "expected a header of 2 to"),
        (b"{}", 10**9, "expected a header of 2 to"),
        (b"[]", None, "expected a mapping"),
        (b'{"a": 1}', None, "a: expected a mapping of dtype"),
        (b'{"a": {"dtype": "F99", "shape": [], "data_offsets": [0, 0]}}', None, "dtype: expected one of BOOL"),
        (
            b'{"a": {"dtype": "F32", "shape": [-1], "data_offsets": [0, 4]}}',
            None,
            "expected whole numbers of at least 0",
        ),
        (
            b'{"a": {"dtype": "F32", "shape": [1], "data_offsets": [-4, 0]}}',
            None,
            "expected whole numbers of at least 0",
        ),
        (b'{"a": {"dtype": "F32", "shape": [1], "data_offsets": [4]}}', None, "expected whole numbers of at least 0"),
        (
            b'{"a": {"dtype": "F32", "shape": "x", "data_offsets": [0, 4]}}',
            None,
            "expected whole numbers of at least 0",
        ),
        (b'{"a": {"dtype": "F32", "shape": [9], "data_offsets": [0, 4]}}', None, "the file has 0 behind its header"),
        (b'{"a": {"dtype": "F32", "shape": [9], "data_offsets": [0, 0]}}', None, "does not take 0 bytes"),
        (b'{"a": NaN}', None, "NaN is no number"),
        (b"\xff\xfe", None, "not UTF-8"),
    ],
)
def test_a_damaged_safetensors_is_refused(header: bytes, length: int | None, message: str, tmp_path: Path) -> None:
    path = a_header(tmp_path / "x.safetensors", header, length=length)
    with pytest.raises(InputError) as raised:
        list(safetensors(path))
    assert message in str(raised.value)


START = b"GGUF" + struct.pack("<I", 3)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"GGML", "expected b'GGUF'"),
        (b"GGUF", "ends in the middle of a value"),
        (b"GGUF" + struct.pack("<IQQ", 9, 0, 0), "expected version 2 or 3 of the format, found 9"),
        (START + struct.pack("<QQ", 2**60, 0), "at most 100,000 of each are read"),
        (START + struct.pack("<QQ", 0, 1) + struct.pack("<Q", 2**62), "goes beyond the header"),
        (START + struct.pack("<QQ", 0, 1) + text("a") + struct.pack("<I", 77), "a value of type 77"),
        (START + struct.pack("<QQ", 0, 1) + text("a") + struct.pack("<IIQ", 9, 4, 2**60), "goes beyond the header"),
        (START + struct.pack("<QQ", 0, 1) + text("a") + struct.pack("<IIQ", 9, 8, 2**60), "goes beyond the header"),
        (START + struct.pack("<QQ", 0, 1) + text("a") + struct.pack("<I", 9) + struct.pack("<IQ", 9, 1) * 5, "deep"),
        (START + struct.pack("<QQ", 1, 0) + text("a") + struct.pack("<I", 99), "99 dimensions"),
        (START + struct.pack("<QQ", 1, 0) + text("a") + struct.pack("<IQIQ", 1, 8, 99, 0), "type 99 of ggml"),
        (START + struct.pack("<QQ", 1, 0) + text("a") + struct.pack("<IQIQ", 1, 2**50, 0, 0), "a dimension of"),
        (START + struct.pack("<QQ", 1, 0) + text("a") + struct.pack("<IQIQ", 1, 8, 0, 0), "it is cut short"),
    ],
)
def test_a_damaged_gguf_is_refused(data: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / "x.gguf"
    path.write_bytes(data)
    with pytest.raises(InputError) as raised:
        gguf(path)
    assert message in str(raised.value)


@pytest.mark.parametrize(
    ("metadata", "message"),
    [
        ({}, "missing .block_count, .embedding_length"),
        ({**GEMMA, "gemma3.block_count": 2**31}, "block_count: expected a whole number"),
        ({**GEMMA, "gemma3.block_count": 20_000}, "block_count: expected at most 10,000 layers"),
        ({**GEMMA, "gemma3.attention.head_count_kv": [1]}, "expected one whole number for each of the 12 layers"),
        ({**GEMMA, "general.architecture": "new", **{key.replace("gemma3", "new"): value for key, value in GEMMA.items() if "." in key[:7]}}, "sliding_window_pattern beside it"),
    ],
)  # fmt: skip
def test_a_gguf_that_says_too_little_is_refused(metadata: dict[str, Any], message: str, tmp_path: Path) -> None:
    path = a_gguf(tmp_path / "x.gguf", metadata, {"token_embd.weight": (0, [4])}, room=16)
    with pytest.raises(InputError) as raised:
        read_checkpoint(path, model="m", day=DAY)
    assert message in str(raised.value)


def test_only_regular_files_are_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "x.gguf")
    os.mkfifo(tmp_path / "config.json")
    for path in (tmp_path / "x.gguf", tmp_path / "config.json", tmp_path / "none.safetensors", tmp_path / "m-00001-of-99999.gguf"):  # fmt: skip
        with pytest.raises(InputError):
            read_checkpoint(path, model="m", day=DAY)


def test_a_disk_that_fails_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = a_header(tmp_path / "x.safetensors", b"{}")

    def fails(*_: object, **__: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fdopen", fails)
    with pytest.raises(InputError, match="cannot be read: Input/output error"):
        list(safetensors(path))


def test_a_part_is_told_by_whole_words() -> None:
    names = {
        "model.visual.patch_embed.proj.weight": "body",
        "model.vision_tower.embeddings.position_embedding.weight": "body",
        "model.layers.0.self_attn.output.weight": "body",
        "model.visual.blocks.99.attn.qkv.weight": "body",
        "transformer.wte.weight": "embedding",
        "model.layers.3.mlp.shared_experts.up_proj.weight": "body",
        "mtp.layers.0.mlp.experts.gate_up_proj": "draft",
    }
    assert {name: part_of(name, 61) for name in names} == names


@settings(max_examples=40)
@given(header=st.binary(max_size=200), length=st.integers(0, 2**64 - 1) | st.none(), at=st.integers(0, 300))
def test_whatever_stands_in_a_file_it_is_read_or_refused(
    header: bytes, length: int | None, at: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.getbasetemp()
    with pytest.raises(InputError):
        list(safetensors(a_header(folder / "f.safetensors", b"\x00" + header, length=length)))
    path = a_gguf(folder / "f.gguf", GEMMA, {"token_embd.weight": (0, [4])}, room=16)
    data = path.read_bytes()
    path.write_bytes(data[:at] + header + data[at + len(header) :])
    try:
        read_checkpoint(path, model="m", day=DAY)
    except InputError as error:
        assert str(error).startswith(str(path))
