"""What LoRA adapters take, on every linear layer of a model. All floats."""

from costcalc.cost.hardware import ModelShape

ADAPTER_BYTES = 2.0  # engines hold adapters in 16 bits


def adapter_numbers(model: ModelShape, rank: int) -> float:
    """Numbers of one LoRA adapter on all linear layers.

    A matrix of a inputs and b outputs gets one of a × rank and one of rank × b. The width of the
    feed-forward part is what its parameters leave after attention and tables, in three matrices.
    Experts get no adapter, as engines load them.

    Args:
        model: Its shape.
        rank: The rank that the engine keeps room for (max_lora_rank).

    Raises:
        ValueError: It has layers whose projections its shape does not tell: MLA, linear ones.

    Source:
        Hu et al., "LoRA", arXiv:2106.09685.

    Example:
        Llama-2-7B at rank 16: (4 × 8,192 + 3 × 15,104) × 16 × 32 layers:

        >>> from costcalc.cost.hardware import AttentionLayers
        >>> heads = AttentionLayers(32, 8192, 32, None, 32, 128)
        >>> seven = ModelShape("7B", 6.738e9, 6.607e9, 6.738e9, 0.1311e9, 32, 4096, (heads,))
        >>> round(adapter_numbers(seven, 16) / 1e6, 1)
        40.0
    """
    around = weights = 0.0
    for group in model.attention:
        if group.window == 0 or group.tokens_per_entry > 1 or group.kv_elements == group.head_dim:
            raise ValueError(f"{model.name} has layers that keep a latent or a state; their projections are not known")
        asked, kept = group.query_heads * group.head_dim, group.kv_heads * group.head_dim
        around += group.layers * (2 * (model.hidden + asked) + 2 * (model.hidden + kept))
        weights += group.layers * model.hidden * 2 * (asked + kept)
    if not model.experts:
        tables = model.embedding_parameters * (1 if model.tied else 2)
        inner = (model.non_expert_parameters - tables - weights) / (3 * model.hidden * model.layers)
        around += model.layers * 3 * (model.hidden + max(inner, 0.0))
    return rank * around


def adapter_bytes(model: ModelShape, *, number: int, rank: int) -> float:
    """Memory of some adapters of one rank, over all GPUs [bytes]: see `adapter_numbers`.

    Raises:
        ValueError: The shape does not tell.
    """
    return number * ADAPTER_BYTES * adapter_numbers(model, rank)
