"""Throughput of an open model on GPUs, asked from Python by the names of the catalog."""

from functools import cache

from costcalc.catalog.catalog import Catalog
from costcalc.catalog.forms.engines import ENGINE_NAMES, ENGINES
from costcalc.catalog.layers.load import load_catalog
from costcalc.cost.hardware import Layout, Serving
from costcalc.cost.replica import Request, Setup, predicted, trust_of
from costcalc.cost.throughput import Throughput
from costcalc.errors import UnknownNameError
from costcalc.findings import did_you_mean


@cache
def _shipped() -> Catalog:
    return load_catalog()


def throughput(
    *,
    model: str,
    gpu: str,
    n_gpus: int = 1,
    tp: int | None = None,
    dp: int | None = None,
    ep: int | None = None,
    pp: int | None = None,
    weight_precision: str = "bf16",
    kv_precision: str = "bf16",
    engine: str = "vllm",
    input_tokens: float,
    output_tokens: float,
    concurrency: float | None = None,
    cached_tokens: float = 0.0,
    catalog: Catalog | None = None,
) -> Throughput:
    """Predict how many output tokens a second a deployment generates, with an 80 % interval.

    Args:
        model: An open model by its name, id or alias, such as ``Qwen3-32B``.
        gpu: A GPU by its name, id or alias, such as ``H100 SXM``.
        n_gpus: GPUs of the whole deployment; it holds as many replicas of tp × dp × pp GPUs as fit.
        tp: Tensor parallel; all GPUs where no layout is given.
        dp: Data parallel.
        ep: Expert parallel.
        pp: Pipeline parallel.
        weight_precision: ``bf16``, ``fp8``, ``int8``, ``int4``, ``nvfp4``, ``mxfp4``, or a type of llama.cpp.
        kv_precision: ``bf16`` or ``fp8``; ``q8_0`` or ``q4_0`` on llama.cpp.
        engine: ``vllm``, ``sglang``, ``trtllm`` or ``llama.cpp``; a version behind it is passed over.
        input_tokens: The mean prompt [tokens].
        output_tokens: What a request generates [tokens].
        concurrency: Requests in flight in the whole deployment; None is as many as fit.
        cached_tokens: The part of the prompt that a prefix cache provides [tokens].
        catalog: Where models, GPUs and your measurements stand; the shipped catalog if it is left out.

    Returns:
        The throughput: ``output_tokens_per_s``, ``low`` and ``high`` (80 %), ``bottleneck``, ``tpot_s``, ``fit``,
        ``caveats``. Where the model does not fit it is 0, with bottleneck "does not fit".

    Raises:
        UnknownNameError: No such model, GPU, precision or engine is known.

    Source:
        docs/method/throughput.md, with what it was measured against and how far off it is.

    Example:
        >>> answer = throughput(model="Qwen3-32B", gpu="H100 SXM", n_gpus=1, tp=1, dp=1, ep=1, pp=1,
        ...                     weight_precision="fp8", kv_precision="bf16", engine="vllm",
        ...                     input_tokens=1024, output_tokens=512, concurrency=128)
        >>> answer.low < answer.output_tokens_per_s < answer.high, answer.bottleneck
        (True, 'memory bandwidth')
    """
    known = catalog or _shipped()
    serving = Serving(weight_precision.lower(), kv_precision.lower(), _engine(engine))
    layout = Layout(tp or _width(n_gpus, dp or 1, pp or 1), dp or 1, ep or 1, pp or 1)
    setup = Setup(known.open_model(model), known.gpu(gpu), serving, layout, n_gpus)
    request = Request(float(input_tokens), float(output_tokens), float(cached_tokens))
    try:
        answer = predicted(setup, request, known, concurrency)
    except ValueError as error:
        raise UnknownNameError(str(error)) from None
    return answer._replace(caveats=(*answer.caveats, *trust_of(setup)))


def _width(n_gpus: int, dp: int, pp: int) -> int:
    return max(1, n_gpus // (dp * pp))


def _engine(text: str) -> str:
    """Read an engine's name, without its version."""
    name = text.lower().split()[0] if text.strip() else ""
    if name not in ENGINE_NAMES:
        hint = did_you_mean(name, ENGINE_NAMES)
        message = f"unknown engine '{text}'; expected one of {', '.join(ENGINES)}"
        raise UnknownNameError(f"{message}; {hint}" if hint else message)
    return ENGINE_NAMES[name]
