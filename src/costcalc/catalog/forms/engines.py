"""The serving engines that the throughput model knows: one row each."""

from typing import Literal

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
