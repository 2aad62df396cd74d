"""What goes together in how a model is served: an engine with its types, one way of stating speculative decoding."""

from decimal import Decimal

from costcalc.catalog.forms.engines import LLAMA_CPP
from costcalc.catalog.forms.scalars import LLAMA_CPP_CACHES, LLAMA_CPP_TYPES, OF_LLAMA_CPP

_MOST_SPECULATED = 20  # no draft was reported to be accepted so far


def engine_for(named: str | None, weights: str | None, kv: str | None) -> str:
    """Give the engine that serves: the one that is named, else llama.cpp where types are its own, else vLLM.

    Args:
        named: The engine that somebody named.
        weights: The precision of the weights, where it is known.
        kv: The precision of the cache, where it is known.

    Raises:
        ValueError: The engine that is named has no such type: llama.cpp has types of its own, and few others.

    Example:
        >>> engine_for(None, "q4_k_m", None), engine_for(None, "fp8", None), engine_for("sglang", "fp8", "fp8")
        ('llama.cpp', 'vllm', 'sglang')
    """
    is_own = weights in LLAMA_CPP_TYPES or kv in LLAMA_CPP_CACHES
    engine = named or (LLAMA_CPP if is_own else "vllm")
    _check_engine(engine, weights or "bf16", kv)
    return engine


def _check_engine(engine: str, weights: str, kv: str | None) -> None:
    if engine == LLAMA_CPP:
        if weights not in OF_LLAMA_CPP:
            raise ValueError(f"llama.cpp has no {weights}; expected bf16, mxfp4 or a type of its own such as q4_k_m")
        if kv not in {None, "bf16", *LLAMA_CPP_CACHES}:
            raise ValueError(f"llama.cpp has no {kv} cache; expected bf16, {' or '.join(LLAMA_CPP_CACHES)}")
        return
    if weights in LLAMA_CPP_TYPES:
        raise ValueError(f"{weights} is a type of llama.cpp alone; give engine llama.cpp")
    if kv in LLAMA_CPP_CACHES:
        raise ValueError(f"a {kv} cache is llama.cpp's alone; give engine llama.cpp")


def check_speculation(accepted: Decimal | None, speedup: Decimal | None) -> None:
    """Check what is said of speculative decoding: one number, and tokens of a whole step.

    Raises:
        ValueError: Two numbers were given, or a share of accepted drafts in place of tokens.
    """
    if accepted is not None and speedup is not None:
        raise ValueError("give accepted_tokens or speculative_speedup, not both")
    for key, number in (("accepted_tokens", accepted), ("speculative_speedup", speedup)):
        if number is not None and number > _MOST_SPECULATED:
            raise ValueError(f"{key}: expected at most {_MOST_SPECULATED}, found {number}")
    if accepted is not None and accepted < 1:
        of_one = f"; with one draft token of which {accepted:%} are accepted it is {1 + accepted}"
        raise ValueError(
            f"accepted_tokens counts the model's own token too: expected at least 1, found {accepted}{of_one}"
        )
