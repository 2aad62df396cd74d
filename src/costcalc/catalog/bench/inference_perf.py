"""inference-perf of Kubernetes: a summary of the requests of a run, or of one of its stages.

Source: kubernetes-sigs/inference-perf, ``docs/reports.md`` and ``inference_perf/reportgen/base.py``, looked at
2026-11-28. Lengths stand in ``prompt_len`` and ``output_len`` in older reports, in ``prompt_tokens`` and
``output_tokens`` in newer ones.
"""

from costcalc.catalog.bench import faults
from costcalc.catalog.bench.figures import has, needed, number, part
from costcalc.catalog.bench.reading import Format, Known, Reading, Row


def _read(row: Row, known: Known) -> Reading:  # noqa: ARG001  # it says its lengths
    done, rates = part(row, "successes"), part(row, "successes", "throughput")
    requests = needed(rates, "requests_per_sec")
    stage = number(row, "load_summary", "concurrency")
    # requests in flight of a summary: arrivals × their mean time in the system (Little's law)
    mean = stage or requests * needed(done, "latency", "request_latency", "mean")
    prompts = number(done, "prompt_tokens", "total")
    found = [
        faults.failed(number(done, "count") or 0, number(row, "failures", "count") or 0),
        None if stage else faults.in_flight(mean),
        faults.cached(number(done, "prompt_tokens", "cached") or 0, prompts),
    ]
    return Reading(
        output_tokens_per_s=needed(rates, "output_tokens_per_sec"),
        input_tokens=_mean(done, "prompt_tokens", "prompt_len"),
        output_tokens=_mean(done, "output_tokens", "output_len"),
        concurrency=mean,
        requests_per_s=requests,
        total_tokens_per_s=number(rates, "total_tokens_per_sec"),
        faults=tuple(filter(None, found)),
    )


def _mean(done: Row, newer: str, older: str) -> float | None:
    return number(done, newer, "mean") or number(done, older, "mean")


FORMAT = Format(
    "inference-perf",
    "inference-perf: summary_lifecycle_metrics.json, stage_N_lifecycle_metrics.json",
    "lengths, requests in flight (as arrivals × latency), errors, cached prompts",
    "--model --gpu --weights --engine (--gpus, --tp)",
    lambda row: has(row, "successes", "throughput") or ("successes" in row and "failures" in row),
    _read,
)
