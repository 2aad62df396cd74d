"""GuideLLM: one report with a benchmark per load, each with distributions by the status of its requests.

Source: vllm-project/guidellm, ``src/guidellm/benchmark/schemas/generative/report.py``, ``benchmark.py`` and
``metrics.py``, looked at 2026-11-28.
"""

from collections.abc import Sequence

from costcalc.catalog.bench import faults
from costcalc.catalog.bench.figures import has, items, needed, number, part, text
from costcalc.catalog.bench.reading import Format, Known, Reading, Row, UnreadError


def _runs(rows: Sequence[Row]) -> Sequence[Row]:
    """Take each report apart into its benchmarks, each with the report's arguments."""
    found = []
    for row in rows:
        benchmarks = items(row, "benchmarks")
        if not benchmarks or not all(isinstance(one, dict) for one in benchmarks):
            raise UnreadError("benchmarks: expected a benchmark for each load, found none")
        shared = part(row, "args") or part(row, "config")
        found += [{**one, "args": one.get("args") or shared} for one in benchmarks]
    return found


def _read(row: Row, known: Known) -> Reading:  # noqa: ARG001  # it says its lengths
    metrics, strategy = part(row, "metrics"), part(row, "config", "strategy") or part(row, "scheduler", "strategy")
    totals = part(metrics, "request_totals")
    lost = number(totals, "errored") or 0
    mean = number(metrics, "request_concurrency", "successful", "mean")
    limit = number(strategy, "streams") or number(strategy, "max_concurrency")
    kind = text(strategy, "type_")
    at_rate = kind in {"constant", "poisson", "async", "incremental"}
    found = [faults.failed(number(totals, "successful") or 0, lost)]  # what a time limit cut off has not failed
    if at_rate or limit is None:
        if mean is None:
            found.append(faults.idle(number(strategy, "rate") or "unknown"))
        else:
            found.append(faults.in_flight(mean))
    return Reading(
        output_tokens_per_s=needed(metrics, "output_tokens_per_second", "successful", "mean"),
        input_tokens=_mean(metrics, "prompt_token_count"),
        output_tokens=_mean(metrics, "output_token_count"),
        concurrency=1 if kind == "synchronous" else mean if at_rate or limit is None else limit,
        model=_model(row),
        requests_per_s=number(metrics, "requests_per_second", "successful", "mean"),
        total_tokens_per_s=number(metrics, "tokens_per_second", "successful", "mean"),
        faults=tuple(filter(None, [*found, _prefix(row)])),
    )


def _mean(metrics: Row, key: str) -> float:
    """Read a mean length, which some reports hold as a sum and a count."""
    found = number(metrics, key, "successful", "mean")
    if found:
        return found
    return needed(metrics, key, "successful", "total_sum") / needed(metrics, key, "successful", "count")


def _model(row: Row) -> str | None:
    places = (
        ("config", "backend", "model"),
        ("args", "backend_kwargs", "model"),
        ("args", "model"),
        ("benchmarker", "backend", "model"),
        ("worker", "backend_model"),
    )
    return next((name for place in places if (name := text(row, *place))), None)


def _prefix(row: Row) -> str | None:
    data = f"{part(row, 'args').get('data', '')}"
    return faults.shared_prefix("data with prefix_tokens") if "prefix_tokens" in data else None


FORMAT = Format(
    "GuideLLM",
    "guidellm benchmark: benchmarks.json",
    "model, lengths, requests in flight of every load, errors",
    "--gpu --weights --engine (--gpus, --tp)",
    lambda row: isinstance(row.get("benchmarks"), list) and not has(row, "output_throughput"),
    _read,
    _runs,
)
