"""Throughput of an open model on GPUs, asked from Python by the names of the catalog."""

from decimal import Decimal
from functools import cache

from costcalc.catalog.catalog import Catalog
from costcalc.catalog.forms.engines import engine_named
from costcalc.catalog.forms.served import check_speculation
from costcalc.catalog.layers.load import load_catalog
from costcalc.cost.hardware import Layout, Serving
from costcalc.cost.replica import Request, check_asked, predicted
from costcalc.cost.setup import Setup, check_split, trust_of
from costcalc.cost.throughput import Throughput
from costcalc.errors import UnknownNameError


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
    engine_year: int | None = None,
    network_gb_per_s: float | None = None,
    accepted_tokens: float = 1.0,
    speculative_speedup: float = 1.0,
    disaggregated: bool = False,
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
        engine: ``vllm``, ``sglang``, ``trtllm`` or ``llama.cpp``; a version behind it is passed over. Any other name
            counts as vLLM, with a wider interval and a caveat.
        input_tokens: The mean prompt [tokens].
        output_tokens: What a request generates [tokens].
        concurrency: Requests in flight in the whole deployment; None is as many as fit.
        cached_tokens: The part of the prompt that a prefix cache provides [tokens].
        engine_year: The year of the engine's version; None is of today.
        network_gb_per_s: Network between nodes for each GPU; None is 50, InfiniBand [GB/s].
        accepted_tokens: Tokens that a step of speculative decoding yields, the model's own included; 1 is without.
        speculative_speedup: How many times as fast decoding was measured with it, in place of ``accepted_tokens``.
        disaggregated: Whether prompts are prefilled on GPUs of their own.
        catalog: Where models, GPUs and your measurements stand; the shipped catalog if it is left out.

    Returns:
        The throughput: ``output_tokens_per_s``, ``low`` and ``high`` (80 %), ``bottleneck``, ``tpot_s``, ``fit``,
        ``caveats``. Where the model does not fit it is 0, with bottleneck "does not fit".

    Raises:
        UnknownNameError: No such model, GPU or precision is known, the engine's name is mistyped, or a number of
            speculative decoding cannot be.
        UndecidableError: A request has no token, or the model reads and generates nothing.
        UnsuitableError: Its heads do not divide among so many GPUs.

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
    serving = Serving(
        weight_precision.lower(),
        kv_precision.lower(),
        _engine(engine),
        engine_year,
        network_gb_per_s * 1e9 if network_gb_per_s is not None else None,
        accepted_tokens,
        speculative_speedup,
        disaggregated,
    )
    layout = Layout(tp or _width(n_gpus, dp or 1, pp or 1), dp or 1, ep or 1, pp or 1)
    setup = Setup(known.open_model(model), known.gpu(gpu), serving, layout, n_gpus)
    check_split(setup.model, layout.tp, serving.engine)
    request = Request(float(input_tokens), float(output_tokens), float(cached_tokens))
    check_asked(setup.model, request)
    speculation = (accepted_tokens, speculative_speedup)
    try:
        check_speculation(*(Decimal(str(number)) if number != 1 else None for number in speculation))
        answer = predicted(setup, request, known, concurrency)
    except ValueError as error:
        raise UnknownNameError(str(error)) from None
    return answer._replace(caveats=(*answer.caveats, *trust_of(setup)))


def _width(n_gpus: int, dp: int, pp: int) -> int:
    return max(1, n_gpus // (dp * pp))


def _engine(text: str) -> str:
    """Read an engine's name, without its version."""
    try:
        return engine_named(text.split(maxsplit=1)[0] if text.strip() else "")
    except ValueError as error:
        raise UnknownNameError(f"unknown engine '{text}': {error}") from None
