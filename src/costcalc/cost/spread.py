"""How far measurements lie from predictions of throughput, and what a prediction leaves unmeasured."""

from math import hypot
from typing import NamedTuple

from costcalc.catalog.forms.engines import ENGINES, LLAMA_CPP
from costcalc.cost.coefficients import is_old
from costcalc.cost.hardware import GpuSpec, Layout, ModelShape, Serving
from costcalc.cost.links import spans_of, through_host
from costcalc.cost.roofline import FOUR_BIT_INTEGERS

Z80 = 1.2816  # standard normal: 80 % lie within ± this many standard deviations
MEASURED_ARCHITECTURES = frozenset({"8.0", "8.6", "9.0", "10.0", "10.3", "12.0"})  # with batches; one user: others too
LONGEST_MEASURED = 33_000  # prompt or answer [tokens]


class Spread(NamedTuple):
    """How far measurements lie from predictions, as standard deviations of log(predicted ÷ measured).

    Args:
        dense: Of a dense model at a given concurrency.
        dense_full: Of a dense model, as many sequences as fit.
        experts: Of a mixture of experts at a given concurrency.
        experts_full: Of a mixture of experts, as many sequences as fit.
        llama_cpp: Of any model under llama.cpp, which was measured with one user.
        between_cells: Part that a model, GPU, precision and engine have in common.
        within_cell: Part in which measurements of one such cell differ.
        unmeasured: What comes on top on an architecture, or with an engine or a way of serving, that nobody measured,
            and for sparse attention, of which one model was measured; a judgement.
        nodes: What comes on top where layers or experts lie on more than one node; a judgement from few measurements.
        host_link: What comes on top where all-reduces pass through the host; a judgement from few measurements.
        encoder: Of a model that reads and generates nothing: embeddings, rerankers; from few measurements.
    """

    dense: float
    dense_full: float
    experts: float
    experts_full: float
    llama_cpp: float
    between_cells: float
    within_cell: float
    unmeasured: float
    nodes: float = 0.0
    host_link: float = 0.0
    encoder: float = 0.0

    def of(self, model: ModelShape, gpu: GpuSpec, serving: Serving, layout: Layout, *, full: bool) -> float:
        """Take the one that holds for a model and a way of loading it, wider for every reason to know less."""
        if serving.engine == LLAMA_CPP:
            return self.llama_cpp
        dense, experts = (self.dense_full, self.experts_full) if full else (self.dense, self.experts)
        return self.wider(experts if model.experts else dense, model, gpu, serving, layout)

    def wider(self, width: float, model: ModelShape, gpu: GpuSpec, serving: Serving, layout: Layout) -> float:
        """Widen a class's figure: variances add, and all that nobody measured counts once."""
        spans = spans_of(model, gpu, layout)
        return hypot(
            width,
            self.unmeasured if _is_beyond(model, gpu, serving, layout) else 0.0,
            self.nodes if max(spans.reduce, spans.exchange) > 1 else 0.0,
            self.host_link if through_host(gpu, layout) else 0.0,
        )


def is_unmeasured(gpu: GpuSpec, engine: str) -> bool:
    """Say whether nobody measured a GPU of its architecture with batches, so that the model is not calibrated to it."""
    return gpu.architecture not in MEASURED_ARCHITECTURES and engine != LLAMA_CPP


def _is_beyond(model: ModelShape, gpu: GpuSpec, serving: Serving, layout: Layout) -> bool:
    """Say whether a term is left out, or was never measured."""
    return (
        model.sparse
        or is_unmeasured(gpu, serving.engine)
        or serving.engine not in ENGINES
        or (model.experts > 0 and layout.pp > 1)
        or is_old(serving.engine, serving.year)
        or serving.accepted > 1
        or serving.speedup != 1
        or serving.disaggregated
    )


def caveats_of(
    model: ModelShape, gpu: GpuSpec, serving: Serving, layout: Layout, *, n_gpus: int, longest: float
) -> tuple[str, ...]:
    """Say where a prediction leaves what was measured, whatever the load."""
    idle, rows = n_gpus % layout.gpus, (*_of_serving(gpu, serving), *_of_layout(model, gpu, layout))
    rows = (
        (idle > 0, f"{idle} of {n_gpus} GPUs are left over and stand idle"),
        *rows,
        (longest > LONGEST_MEASURED, "prompts and answers beyond 33,000 tokens were not measured"),
    )
    return tuple(text for holds, text in rows if holds)


def _of_serving(gpu: GpuSpec, serving: Serving) -> tuple[tuple[bool, str], ...]:
    precision, engine = serving.weight_precision, serving.engine
    units = {"fp8": "fp8", "nvfp4": "fp4", "mxfp4": "fp4", "int8": "int8"}.get(precision, "bf16")
    amd, unmeasured = gpu.architecture.startswith("gfx"), is_unmeasured(gpu, engine)
    return (
        (units not in gpu.flops, f"{gpu.name} has no units for {precision}; it computes in bf16"),
        (precision in FOUR_BIT_INTEGERS and engine != LLAMA_CPP, "4-bit integers were measured three times"),
        (engine not in ENGINES, f"{engine} was never measured; it is taken for vLLM, with a wider interval"),
        (is_old(engine, serving.year), f"vLLM of {serving.year} spent more time on the host: a judgement, not fitted"),
        (
            serving.accepted > 1,
            f"{serving.accepted:g} tokens a step with speculative decoding: what drafts cost is judged",
        ),
        (serving.speedup != 1, f"decoding is taken {serving.speedup:g} times as fast at every load, as stated"),
        (
            serving.disaggregated,
            "prefill on GPUs of its own: they are taken as split as the load needs, nobody measured it",
        ),
        (amd, "no AMD GPU was measured; its efficiency is a judgement"),
        (unmeasured and not amd, f"no GPU like {gpu.name} was measured with batches"),
    )


def _of_layout(model: ModelShape, gpu: GpuSpec, layout: Layout) -> tuple[tuple[bool, str], ...]:
    spans = spans_of(model, gpu, layout)
    crossing = max(spans.reduce, spans.exchange)
    return (
        (
            crossing > 1,
            f"layers lie on {crossing} nodes: few measurements of the network between them, a wider interval",
        ),
        (crossing == 1 < spans.replica, f"a replica lies on {spans.replica} nodes; they pass activations only"),
        (layout.gpus > 1 and gpu.link is None, "no link is known between the GPUs; 16 GB/s are assumed"),
        (through_host(gpu, layout), f"{gpu.name}s reach each other through the host's memory: few measurements"),
        (model.experts > 0 and layout.pp > 1, "no mixture of experts was measured over a pipeline"),
    )
