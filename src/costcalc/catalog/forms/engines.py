"""The serving engines that the throughput model knows: one row each; any other counts as vLLM, and is said to."""

import re

from costcalc.findings import did_you_mean

LLAMA_CPP = "llama.cpp"

# each with what else it is called, or what runs it inside; one without coefficients of its own is none of them
ENGINES: dict[str, tuple[str, ...]] = {
    "vllm": (),
    "sglang": (),
    "trtllm": ("trt", "tensorrt", "tensorrt-llm"),
    LLAMA_CPP: ("llama-cpp", "llamacpp", "ollama"),
}
ENGINE_NAMES: dict[str, str] = {name: engine for engine, others in ENGINES.items() for name in (engine, *others)}
# engines that exist, though nobody measured them: near to a name of ours, but no typing errors
OTHERS = frozenset({"exllamav2", "exllamav3", "fastllm", "rtp-llm", "triton", "xllm"})
_NAME = r"[a-z0-9][a-z0-9._-]{0,39}"


def engine_named(text: str) -> str:
    """Give the engine of a name; one that is none of ours, nor near one, stands as it is and counts as vLLM.

    What stands behind a name of ours names a build of it, such as ``vllm-rocm``.

    Raises:
        ValueError: It is nearly the name of an engine, or no name.

    Example:
        >>> engine_named("TensorRT-LLM"), engine_named("vllm-rocm"), engine_named("mango")
        ('trtllm', 'vllm', 'mango')
        >>> engine_named("vlm")
        Traceback (most recent call last):
        ValueError: expected vllm, sglang, trtllm, llama.cpp or another engine, found 'vlm'; did you mean 'vllm'?
    """
    name = text.strip().lower()
    if name in ENGINE_NAMES:
        return ENGINE_NAMES[name]
    build = re.split(r"[-_+:@=]", name, maxsplit=1)[0]
    if build in ENGINES:
        return build
    if name in OTHERS:
        return name
    hint = did_you_mean(name, ENGINE_NAMES)
    if hint or not re.fullmatch(_NAME, name):
        expected = f"expected {', '.join(ENGINES)} or another engine"
        raise ValueError(f"{expected}, found '{text}'{f'; {hint}' if hint else ''}")
    return name
