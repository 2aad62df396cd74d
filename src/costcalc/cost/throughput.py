"""Tokens a second of a self-hosted deployment, in closed form: what fits, what a step takes, what that gives.

A request takes its output tokens' decode steps, and in that time each sequence of the batch is prefilled once:
``T = (O − 1) × step + batch × prefill``. The coefficients are global, so a model or a GPU that nobody measured gets
the same physics; ``benchmarks/throughput_accuracy.py`` measures what that is worth.
"""

from collections.abc import Callable, Iterable, Mapping
from math import exp, log
from typing import Any, Literal, NamedTuple

from costcalc.cost.coefficients import Coefficients
from costcalc.cost.hardware import GpuSpec, Layout, ModelShape, Serving
from costcalc.cost.memory import Fit, fit, kv_bytes_per_sequence
from costcalc.cost.roofline import Rank, Step, prefill_of, rank_of, step_of
from costcalc.cost.spread import Z80, Spread, caveats_of, is_unmeasured

__all__ = [
    "Z80",
    "Coefficients",
    "Spread",
    "Throughput",
    "calibrated",
    "coefficients_from",
    "is_unmeasured",
    "predictor",
    "spread_from",
]


_SAME = 1e-9  # loads that differ by less are one: so much floats lose


class Throughput(NamedTuple):
    """What a deployment delivers.

    Args:
        output_tokens_per_s: Of all its GPUs [tokens/s]; 0 where the model does not fit. Where nothing is generated it
            is the input that they read: see ``counts``.
        low: 80 % of measurements lie above this … [tokens/s].
        high: … and below this, those beyond either end in equal parts [tokens/s].
        bottleneck: What most of the time goes to, or "KV capacity" where a larger batch would pay and does not fit.
        batch: Sequences that one rank decodes together.
        in_flight: Requests that the deployment serves at once.
        tpot_s: Time per output token as a user sees it, other prompts' prefills included [s].
        ttft_s: Time to the first token [s]; rough, within a factor of about two: queueing is not simulated.
        fit: What fits into one GPU.
        spread: Standard deviation of log(predicted ÷ measured).
        caveats: What must be known before the figure is trusted.
        counts: Which tokens those are: ``output``, or ``input`` where nothing is generated.
    """

    output_tokens_per_s: float
    low: float
    high: float
    bottleneck: str
    batch: float
    in_flight: float
    tpot_s: float
    ttft_s: float
    fit: Fit
    spread: float
    caveats: tuple[str, ...]
    counts: Literal["output", "input"] = "output"


# The throughput by the requests in progress in the whole deployment; None is as many as fit.
ByLoad = Callable[[float | None], Throughput]


class _Load(NamedTuple):
    """How the requests lie on the ranks.

    Args:
        batch: Sequences in one pass of a rank; at least 1.
        in_flight: Requests that one replica serves at once.
        replicas: Replicas.
        waiting: Requests that do not fit, for each that does.
        by_memory: The cache, not the requests, sets the batch.
    """

    batch: float
    in_flight: float
    replicas: int
    waiting: float
    by_memory: bool


def predictor(
    model: ModelShape,
    gpu: GpuSpec,
    serving: Serving,
    layout: Layout,
    *,
    n_gpus: int,
    input_tokens: float,
    output_tokens: float,
    coefficients: Coefficients,
    spread: Spread,
    scale: float = 1.0,
    cached_tokens: float = 0.0,
) -> ByLoad:
    """Predict the throughput of a deployment at any load, with an interval that covers 80 % of measurements.

    A replica takes ``layout.gpus`` = tp × dp × pp GPUs and ``n_gpus`` hold as many whole replicas as they can; each
    has an equal part of the requests and any GPUs left over stand idle. ``ep`` takes no GPUs of its own: it says
    over how many of them whole experts are spread. Speculative decoding gets several tokens from a step. Requests
    beyond what the cache can hold wait. What does not depend on the load is worked out once: a search for the largest
    load asks ten times.

    Args:
        model: Its shape.
        gpu: What one GPU has.
        serving: Precisions and engine.
        layout: How one replica lies on its GPUs.
        n_gpus: GPUs of the whole deployment.
        input_tokens: Mean prompt, whole [tokens].
        output_tokens: Mean answer, at least one [tokens].
        coefficients: What was fitted.
        spread: How far measurements lie from predictions.
        scale: Factor from measurements of one's own: see `calibrated`.
        cached_tokens: The part of the prompt that a prefix cache provides: it is held, but not computed [tokens].

    Source:
        Williams, Waterman and Patterson, "Roofline", CACM 52(4), 2009, doi:10.1145/1498765.1498785; the
        coefficients: benchmarks/throughput. With disaggregated prefill the GPUs are taken as split as the load needs,
        and the way of the cache between them as free. Leaves out offloading.

    Raises:
        ValueError: No such precision is known.
    """
    output = max(output_tokens, 1.0)
    usual = fit(model, gpu, serving, layout, tokens=input_tokens + output)
    width = {full: spread.of(model, gpu, serving, layout, full=full) for full in (False, True)}
    if not usual.fits or n_gpus < layout.gpus:
        return lambda concurrency: nothing(usual, layout, n_gpus, width[concurrency is None])
    c = coefficients
    rank = rank_of(
        model, gpu, serving, layout, input_tokens=input_tokens, output_tokens=output, coefficients=coefficients
    )
    held = input_tokens + c.output_reserved * output
    capacity = _capacity(model, serving, layout, tokens=held, free=usual.free_bytes * c.kv_fill)
    cached = min(cached_tokens / input_tokens, 1.0) if input_tokens else 0.0
    held_up = 0.0 if serving.disaggregated else 1.0  # GPUs for prompts alone take that time from nobody's decoding
    waits = 1 + c.pipeline_loss * (layout.pp - 1)  # each further stage adds waiting to all
    caveats = caveats_of(model, gpu, serving, layout, n_gpus=n_gpus, longest=max(input_tokens, output))

    def at(concurrency: float | None) -> Throughput:
        full = concurrency is None
        load = _load(capacity, layout, n_gpus, concurrency, c)
        step = step_of(rank, load.batch)
        token_s = step.total_s / (serving.accepted * serving.speedup)
        prefill = prefill_of(rank, load.batch, input_tokens=input_tokens, cached_share=cached, sharing=c.prompt_sharing)
        speed = scale * c.speed(serving.engine) * (c.speed_full if full else 1.0) / waits
        request_s = ((output - 1) * token_s + load.batch * prefill) / speed
        tokens_per_s = load.in_flight * load.replicas * output / request_s
        return Throughput(
            output_tokens_per_s=tokens_per_s,
            low=tokens_per_s * exp(-Z80 * width[full]),
            high=tokens_per_s * exp(Z80 * width[full]),
            bottleneck=_bottleneck(rank, step, load, output, prefill),
            batch=load.batch,
            in_flight=load.in_flight * load.replicas,
            tpot_s=(token_s + held_up * (load.batch - 1) * prefill / max(output - 1, 1.0)) / speed,
            ttft_s=(prefill + step.total_s) / speed + load.waiting * request_s,
            fit=usual,
            spread=width[full],
            caveats=(*caveats, *_waiting(load)),
        )

    return at


def calibrated(
    throughput: Throughput, measured: Iterable[tuple[float, float]], spread: Spread, *, direct: bool = False
) -> Throughput:
    """Move a prediction towards measurements of the same model, GPU, precision and engine.

    The log error of a prediction is a part that the whole cell shares, of variance between_cells², and one of its
    own, of variance within_cell². The mean of k measured errors then tells the shared part with weight
    between² ÷ (between² + within² ÷ k). A measurement of this very configuration wins: its weight is 1, and what
    remains is half of the variance within the cell, about that of a re-measurement.

    Args:
        throughput: A prediction at scale 1.
        measured: Pairs of measured and, at scale 1, predicted output tokens/s of the cell.
        spread: The two variances.
        direct: The pairs are of this very configuration.

    Source:
        Normal-normal shrinkage: Gelman et al., Bayesian Data Analysis, section 5.4.

    Example:
        One point of the cell was 20 % faster than predicted; 0.2² ÷ (0.2² + 0.1²) = 0.8 of that (in logarithms) counts:

        >>> near = Spread(0.22, 0.22, 0.22, 0.22, 0.22, between_cells=0.2, within_cell=0.1, unmeasured=0)
        >>> nothing = Fit(0, 0, 0, 1, 0, True)
        >>> before = Throughput(1000.0, 750.0, 1300.0, "compute", 8, 8, 0.01, 0.1, nothing, 0.22, ())
        >>> round(calibrated(before, [(1200.0, 1000.0)], near).output_tokens_per_s)  # 1.2 ** 0.8
        1157
    """
    errors = [log(value / expected) for value, expected in measured if value > 0 and expected > 0]
    if not errors or throughput.output_tokens_per_s <= 0:
        return throughput
    between, within = spread.between_cells**2, spread.within_cell**2
    weight = 1.0 if direct else between / (between + within / len(errors))
    remaining = within / 2 if direct else (1 - weight) * between + within
    scale = exp(weight * sum(errors) / len(errors))
    # the class's own spread may exceed the mean one, and keeps its proportion to it
    width = min(throughput.spread, throughput.spread * (remaining / (between + within)) ** 0.5)
    tokens_per_s = throughput.output_tokens_per_s * scale
    return throughput._replace(
        output_tokens_per_s=tokens_per_s,
        low=tokens_per_s * exp(-Z80 * width),
        high=tokens_per_s * exp(Z80 * width),
        tpot_s=throughput.tpot_s / scale,
        ttft_s=throughput.ttft_s / scale,
        spread=width,
    )


def coefficients_from(data: Mapping[str, Any]) -> Coefficients:
    """Take the coefficients out of ``pricing/throughput.json``.

    Raises:
        ValueError: One is missing or too many.
    """
    given = data["coefficients"]
    if set(given) != set(Coefficients._fields):
        different = ", ".join(sorted(set(given) ^ set(Coefficients._fields)))
        raise ValueError(f"expected the coefficients of this version, found a difference in {different}")
    return Coefficients(**{name: float(given[name]["value"]) for name in Coefficients._fields})


def spread_from(data: Mapping[str, Any]) -> Spread:
    """Take the spreads out of ``pricing/throughput.json``."""
    return Spread(**{name: float(data["spread"][name]) for name in Spread._fields})


def nothing(usual: Fit, layout: Layout, n_gpus: int, width: float) -> Throughput:
    """Give the throughput of what does not fit: none, with the reason."""
    if n_gpus < layout.gpus:
        reason = f"one replica takes {layout.gpus} GPUs, there are {n_gpus}"
    else:
        reason = f"one sequence needs {usual.needed_bytes / 1e9:.1f} GB of memory on each GPU, more than one has"
    return Throughput(0.0, 0.0, 0.0, "does not fit", 0.0, 0.0, 0.0, 0.0, usual, width, (reason,))


def _capacity(model: ModelShape, serving: Serving, layout: Layout, *, tokens: float, free: float) -> float:
    """How many sequences one rank's cache holds at once: a float, because lengths differ."""
    held = kv_bytes_per_sequence(model, tokens=tokens, kv_precision=serving.kv_precision, tp=layout.tp) / layout.pp
    return max(free / max(held, 1.0), 1.0)


def _load(capacity: float, layout: Layout, n_gpus: int, concurrency: float | None, c: Coefficients) -> _Load:
    """Spread the requests over replicas, ranks and the stages of a pipeline, which each work on their own batch."""
    replicas = n_gpus // layout.gpus
    if concurrency is None:
        asked = layout.dp * min(capacity, c.sequence_limit * layout.pp)
    else:
        asked = max(concurrency, 0.0) / replicas
    in_flight = min(asked, layout.dp * capacity)
    batch = max(in_flight / (layout.dp * layout.pp), 1.0)
    by_memory = asked >= layout.dp * capacity * (1 - _SAME)
    waiting = asked / in_flight - 1 if in_flight else 0.0
    return _Load(batch, in_flight, replicas, waiting if waiting > _SAME else 0.0, by_memory)


def _bottleneck(rank: Rank, step: Step, load: _Load, output: float, prefill: float) -> str:
    """Name what most of a request's time goes to."""
    steps = output - 1
    times = {
        "memory bandwidth": steps * step.memory_s,
        "compute": steps * step.compute_s,
        "communication": steps * step.communication_s,
        "overhead": steps * step.overhead_s,
        "prefill": load.batch * prefill,
    }
    once_per_pass = rank.dense_read_s + rank.expert_read_s + rank.wait_s + rank.fixed_s
    if load.by_memory and steps * min(once_per_pass, step.total_s) > sum(times.values()) / 2:
        return "KV capacity"
    return max(times, key=lambda name: times[name])


def _waiting(load: _Load) -> tuple[str, ...]:
    if not load.waiting > 0:
        return ()
    return (f"the cache holds {load.in_flight * load.replicas:.0f} requests at once; the others wait",)
