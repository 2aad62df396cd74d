"""Tokens a second that a deployment reads where nothing is generated: embeddings, rerankers, classifiers."""

from collections.abc import Callable
from math import exp

from costcalc.cost.coefficients import Coefficients
from costcalc.cost.hardware import GpuSpec, Layout, ModelShape, Serving
from costcalc.cost.memory import fit
from costcalc.cost.roofline import CHUNK_TOKENS, overlapped, prefill_of, rank_of
from costcalc.cost.spread import Z80, Spread, caveats_of
from costcalc.cost.throughput import Throughput, nothing

OVERLAP = 2.0  # the host reads the next prompts while GPUs work on these: the norm of both (judgement)
NOTHING_GENERATED = "nothing is generated, so tokens are those read; few embedding models were measured"


def reader(
    model: ModelShape,
    gpu: GpuSpec,
    serving: Serving,
    layout: Layout,
    *,
    n_gpus: int,
    input_tokens: float,
    coefficients: Coefficients,
    spread: Spread,
    cached_tokens: float = 0.0,
) -> Callable[[float | None], Throughput]:
    """Predict how many prompt tokens a second a deployment reads at any load, with an 80 % interval [input tokens/s].

    A pass takes as many prompts as engines put together (8,192 tokens), or as are in flight; each waits for its pass
    alone. There is no decode, so no target of time per output token applies. Leaves out attention in both directions,
    which doubles the small part of attention, pooling, and a reranker's repeated query.

    Args:
        model: Its shape.
        gpu: What one GPU has.
        serving: Precisions and engine.
        layout: How one replica lies on its GPUs.
        n_gpus: GPUs of the whole deployment.
        input_tokens: Mean prompt [tokens].
        coefficients: What was fitted.
        spread: How far measurements lie from predictions.
        cached_tokens: The part of the prompt that a prefix cache provides [tokens].

    Source:
        The prefill of `costcalc.cost.roofline`; docs/method/throughput.md sets it beside published embedding rates.

    Raises:
        ValueError: No such precision is known.
    """
    room, c = fit(model, gpu, serving, layout, tokens=input_tokens), coefficients
    width = spread.wider(spread.encoder, model, gpu, serving, layout)
    if not room.fits or n_gpus < layout.gpus:
        return lambda _concurrency: nothing(room, layout, n_gpus, width)
    rank = rank_of(model, gpu, serving, layout, input_tokens=input_tokens, output_tokens=0.0, coefficients=c)
    on_gpus = rank._replace(request_s=0.0)
    ranks = n_gpus // layout.gpus * layout.dp * layout.pp
    fresh = max(input_tokens - cached_tokens, 1.0)
    together = max(CHUNK_TOKENS / fresh, 1.0)
    waits = 1 + c.pipeline_loss * (layout.pp - 1)
    cached = min(cached_tokens / input_tokens, 1.0)
    caveats = (NOTHING_GENERATED, *caveats_of(model, gpu, serving, layout, n_gpus=n_gpus, longest=input_tokens))

    def at(concurrency: float | None) -> Throughput:
        asked = ranks * together if concurrency is None else max(concurrency, 0.0)
        batch, busy = max(min(asked / ranks, together), 1.0), min(asked / ranks, 1.0)
        on_gpu = prefill_of(on_gpus, batch, input_tokens=input_tokens, sharing=1.0, cached_share=cached)
        prompt_s = overlapped(on_gpu, rank.request_s, norm=OVERLAP) * waits / c.speed(serving.engine)
        tokens_per_s = busy * ranks * input_tokens / prompt_s
        return Throughput(
            output_tokens_per_s=tokens_per_s,
            low=tokens_per_s * exp(-Z80 * width),
            high=tokens_per_s * exp(Z80 * width),
            bottleneck="prefill",
            batch=batch,
            in_flight=min(asked, ranks * batch),
            tpot_s=0.0,
            ttft_s=batch * prompt_s,
            fit=room,
            spread=width,
            caveats=caveats,
            counts="input",
        )

    return at
