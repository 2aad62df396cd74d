"""vLLM's three benchmarks: ``bench serve``, ``bench throughput`` and ``bench latency``.

Source: vllm-project/vllm, ``vllm/benchmarks/serve.py``, ``throughput.py`` and ``latency.py``, looked at 2026-11-28.
"""

from costcalc.catalog.bench import faults
from costcalc.catalog.bench.figures import count, has, needed, number, text, value
from costcalc.catalog.bench.load import Load, load_of
from costcalc.catalog.bench.reading import Format, Known, Reading, Row, UnreadError

# a protocol names no engine: vLLM's own benchmark speaks them to vLLM unless it is told otherwise
_PROTOCOLS = {"openai", "openai-chat", "openai-comp", "vllm-chat"}


def _serves(row: Row) -> bool:
    return "output_throughput" in row and "completed" in row and not is_of_sglang(row)


def is_of_sglang(row: Row) -> bool:
    """Say whether a result of a serving benchmark is SGLang's, which grew out of vLLM's and names no model."""
    return "model_id" not in row and any(key in row for key in ("total_output_tokens_retokenized", "server_info"))


def _serve(row: Row, known: Known) -> Reading:  # noqa: ARG001  # it says its lengths
    completed = count(row, "completed") or 0
    lost = (count(row, "failed") or 0) or max(0, (count(row, "num_prompts") or completed) - completed)
    fault = faults.failed(completed, lost)
    if fault is not None:
        raise UnreadError(fault)
    load = load_in(row, completed, mean_ms=number(row, "mean_e2el_ms"))
    backend = (text(row, "backend") or text(row, "endpoint_type") or "").lower()
    return Reading(
        output_tokens_per_s=needed(row, "output_throughput"),
        input_tokens=needed(row, "total_input_tokens") / completed,
        output_tokens=needed(row, "total_output_tokens") / completed,
        model=text(row, "model_id"),
        engine=None if backend in _PROTOCOLS else backend or None,
        usual_engine="vllm" if backend in _PROTOCOLS else None,
        requests_per_s=number(row, "request_throughput"),
        total_tokens_per_s=number(row, "total_token_throughput"),
        concurrency=load.concurrency,
        speculative=faults.speculation(row),
        faults=load.faults,
    )


def load_in(row: Row, completed: int, *, mean_ms: float | None) -> Load:
    """Read the load of a result; more than there are requests are never in flight."""
    limit = number(row, "max_concurrency")
    return load_of(
        min(limit, completed) if limit else None,
        value(row, "request_rate"),
        requests_per_s=number(row, "request_throughput"),
        mean_s=mean_ms / 1000 if mean_ms is not None else None,
    )


def _throughput(row: Row, known: Known) -> Reading:
    requests, total = needed(row, "requests_per_second"), needed(row, "tokens_per_second")
    out = known.output_tokens
    return Reading(
        output_tokens_per_s=requests * out if out is not None else None,
        usual_engine="vllm",
        requests_per_s=requests,
        total_tokens_per_s=total,
        speculative=faults.speculation(row),
        faults=() if out is not None else (faults.offline_total(total, "--shape IN:OUT"),),
    )


def _latency(row: Row, known: Known) -> Reading:
    seconds, out, batch = needed(row, "avg_latency"), known.output_tokens, known.concurrency
    asked = f"a batch took {seconds:g} s, and nothing says its size and lengths: --concurrency N --shape IN:OUT"
    return Reading(
        output_tokens_per_s=out * batch / seconds if out and batch else None,
        usual_engine="vllm",
        speculative=faults.speculation(row),
        faults=() if out and batch else (asked,),
    )


SERVE = Format(
    "vLLM bench serve",
    "vllm bench serve --save-result",
    "model, lengths, requests in flight",
    "--gpu --weights (--gpus, --tp, --kv)",
    _serves,
    _serve,
)
THROUGHPUT = Format(
    "vLLM bench throughput",
    "vllm bench throughput --output-json",
    "requests/s, tokens/s of prompts and outputs together",
    "--model --gpu --weights --shape",
    lambda row: has(row, "requests_per_second") and has(row, "tokens_per_second") and "elapsed_time" in row,
    _throughput,
)
LATENCY = Format(
    "vLLM bench latency",
    "vllm bench latency --output-json",
    "seconds of a batch",
    "--model --gpu --weights --shape --concurrency",
    lambda row: "avg_latency" in row and "latencies" in row,
    _latency,
)
