"""The serving engines that the throughput model knows: one row each."""

from typing import Literal

from costcalc.catalog.forms.scalars import LLAMA_CPP_CACHES, LLAMA_CPP_TYPES, OF_LLAMA_CPP

Engine = Literal["vllm", "sglang", "trtllm", "llama.cpp"]
LLAMA_CPP: Engine = "llama.cpp"

# each with what else it is called; one without coefficients of its own is none of them
ENGINES: dict[Engine, tuple[str, ...]] = {
    "vllm": (),
    "sglang": (),
    "trtllm": ("trt", "tensorrt", "tensorrt-llm"),
    LLAMA_CPP: (),
}
ENGINE_NAMES: dict[str, Engine] = {name: engine for engine, others in ENGINES.items() for name in (engine, *others)}


def check_engine(engine: str, weights: str, kv: str | None) -> None:
    """Check that an engine has a precision of weights and of the cache: llama.cpp has types of its own, and no others.

    Raises:
        ValueError: It has not.
    """
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
