"""A model on GPUs, as an option or a measurement says it: precisions, engine, memory beside the weights, layout."""

from typing import NamedTuple

from costcalc.catalog.catalog import Catalog
from costcalc.catalog.forms.engines import LLAMA_CPP
from costcalc.catalog.forms.hardware import GpuFile, Measurement
from costcalc.catalog.forms.open_models import OpenModelFile
from costcalc.catalog.forms.options import SelfHostOption
from costcalc.catalog.forms.scalars import KvPrecision, Precision
from costcalc.catalog.forms.served import engine_for
from costcalc.cost.adapters import adapter_bytes
from costcalc.cost.hardware import Layout, Serving, shape_of
from costcalc.cost.memory import weight_bytes
from costcalc.cost.slices import cut, part_of
from costcalc.errors import UndecidableError, UnsuitableError


class Setup(NamedTuple):
    """One way of putting a model on GPUs.

    Args:
        model: The open model.
        gpu: The GPU.
        serving: Precisions and engine.
        layout: How one replica lies on its GPUs.
        gpus: GPUs of the whole deployment.
    """

    model: OpenModelFile
    gpu: GpuFile
    serving: Serving
    layout: Layout
    gpus: int


def splits(model: OpenModelFile, tp: int, engine: str) -> bool:
    """Say whether an engine can split a model over a tensor-parallel group.

    Each GPU takes as many query heads as the others, and as many key-value heads; where those are fewer than GPUs,
    each is kept by as many GPUs as the others. llama.cpp splits rows and layers, in any proportion.

    Source:
        vLLM and SGLang refuse to start otherwise: "Total number of attention heads (32) must be divisible by tensor
        parallel size (3)" (vllm/config.py), and the attention of each model asserts it of key-value heads.

    Example:
        >>> from costcalc.catalog.layers.load import load_catalog
        >>> qwen = load_catalog().open_model("Qwen2.5-7B")  # 28 query heads, 4 key-value heads
        >>> [tp for tp in range(1, 9) if splits(qwen, tp, "vllm")]
        [1, 2, 4]
    """
    if engine == LLAMA_CPP:
        return True
    heads = [(each.query_heads, each.kv_heads) for each in shape_of(model).attention]
    return all(asked % tp == 0 and (kept % tp == 0 or tp % kept == 0) for asked, kept in heads)


def check_split(model: OpenModelFile, tp: int, engine: str) -> None:
    """Check that an engine can split a model over a tensor-parallel group.

    Raises:
        UnsuitableError: Its heads do not divide among the GPUs; it names the numbers of GPUs that would do.
    """
    if splits(model, tp, engine):
        return
    first = shape_of(model).attention[0]
    others = ", ".join(str(other) for other in range(1, 2 * tp) if splits(model, other, engine))
    raise UnsuitableError(
        f"tensor parallel {tp} does not divide the {first.query_heads} query and {first.kv_heads} key-value heads of"
        f" {model.name}, and {engine} would not start: tp of {others} does; pp spreads layers over further GPUs"
    )


def setup_of(option: SelfHostOption, catalog: Catalog) -> Setup:
    """Put an option's model on its GPUs; one replica is the whole deployment.

    Raises:
        UnsuitableError: The model cannot be split over so many GPUs.
        UndecidableError: Adapters do not go with it.
    """
    assert option.model is not None  # the option's form asks for both where nothing was measured
    assert option.gpu is not None
    gpu = cut(catalog.gpu(option.gpu), part_of(option, catalog))
    model = catalog.open_model(option.model)
    layout, serving = layout_of(option), _serving(option, model, gpu)
    check_split(model, layout.tp, serving.engine)
    return Setup(model, gpu, serving, layout, option.devices)


def _serving(option: SelfHostOption, model: OpenModelFile, gpu: GpuFile) -> Serving:
    """Say how an option serves its model, and what it says of its memory."""
    serving, shape = served(option, option.kv or usual_kv(option.weights, gpu)), shape_of(model)
    if option.weights_gb is not None:
        ours = weight_bytes(shape, option.weights, engine=serving.engine)
        serving = serving._replace(weights=ours.times(float(option.weights_gb) * 1e9 / ours.total))
    if option.adapters is not None:
        try:
            held = adapter_bytes(shape, number=option.adapters.number, rank=option.adapters.rank)
        except ValueError as error:
            raise UndecidableError(str(error), subject="adapters") from None
        serving = serving._replace(adapter_bytes=held)
    return serving


def usual_kv(weights: Precision, gpu: GpuFile) -> KvPrecision:
    """Say in which precision a cache is usually kept beside such weights; vLLM must be told (``--kv-cache-dtype``)."""
    return "fp8" if weights in {"fp8", "nvfp4"} and gpu.dense_tflops.fp8 is not None else "bf16"


def served(one: Measurement | SelfHostOption, kv: KvPrecision | str) -> Serving:
    """Say how a deployment is served, with a precision of its cache."""
    return Serving(
        one.weights,
        kv,
        engine_for(one.engine, one.weights, one.kv),
        one.engine_year,
        float(one.network_gb_per_s) * 1e9 if one.network_gb_per_s is not None else None,
        float(one.accepted_tokens or 1),
        float(one.speculative_speedup or 1),
        one.disaggregated,
    )


def layout_of(one: Measurement | SelfHostOption) -> Layout:
    """Say how a deployment lies on its GPUs; tensor parallel takes what dp and pp leave."""
    gpus = one.devices if isinstance(one, SelfHostOption) else one.gpus
    return Layout(one.tp or max(1, gpus // (one.dp * one.pp)), one.dp, one.ep, one.pp)


def trust_of(setup: Setup) -> tuple[str, ...]:
    """Say where the figures behind a prediction were not read from their publisher, or lie outside the model."""
    rows = (
        (setup.gpu.trust == "recalled", f"the figures of {setup.gpu.name} are recalled, not read: check them"),
        (setup.model.trust == "recalled", f"the shape of {setup.model.name} is recalled, not read: check it"),
        (setup.model.trust == "judgement", f"the shape of {setup.model.name} is a judgement: its own was not found"),
        (setup.model.sparse_attention, f"{setup.model.name} attends sparsely, which the throughput model leaves out"),
    )
    return tuple(text for holds, text in rows if holds)
