"""GuideLLM: one report with a benchmark per load, each with distributions by the status of its requests.

Source: vllm-project/guidellm, ``src/guidellm/benchmark/schemas/generative/report.py``, ``benchmark.py`` and
``metrics.py``, looked at 2026-11-28.
"""

from collections.abc import Sequence

from costcalc.catalog.bench import faults
from costcalc.catalog.bench.figures import has, items, needed, number, part, text, value
from costcalc.catalog.bench.load import Load
from costcalc.catalog.bench.reading import Format, Known, Reading, Row, UnreadError

# what was in flight is what was measured: at a rate, and where a limit on streams may be out of reach
_MEASURED = {"constant", "poisson", "async", "incremental", "trace", "replay", "throughput"}


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
    metrics = part(row, "metrics")
    load, totals = _load(row, metrics), _totals(row)
    # what a time limit cut off is incomplete, and has not failed
    failed = faults.failed(number(totals, "successful") or 0, number(totals, "errored") or 0)
    return Reading(
        output_tokens_per_s=needed(metrics, "output_tokens_per_second", "successful", "mean"),
        input_tokens=_mean(metrics, "prompt_token_count"),
        output_tokens=_mean(metrics, "output_token_count"),
        concurrency=load.concurrency,
        model=_model(row),
        requests_per_s=number(metrics, "requests_per_second", "successful", "mean"),
        total_tokens_per_s=number(metrics, "tokens_per_second", "successful", "mean"),
        faults=tuple(filter(None, [failed, *load.faults, _prefix(row)])),
    )


def _totals(row: Row) -> Row:
    """Find how many requests succeeded and failed, which reports have kept in several places."""
    places = (("metrics", "request_totals"), ("scheduler_metrics", "requests_made"), ("run_stats", "requests_made"))
    for place in places:
        if has(row, *place):
            return part(row, *place)
    raise UnreadError("metrics.request_totals is missing; expected how many requests succeeded and failed")


def _load(row: Row, metrics: Row) -> Load:
    """Read the load: one request at a time, a number of streams, or at a rate the mean that was in flight."""
    strategy = part(row, "config", "strategy") if has(row, "config", "strategy") else part(row, "args", "strategy")
    kind = text(strategy, "type_")
    if kind == "synchronous":
        return Load(1)
    streams = number(strategy, "streams") or number(strategy, "max_concurrency")
    if streams and kind not in _MEASURED:
        return Load(streams)
    mean = number(metrics, "request_concurrency", "successful", "mean")
    if mean is None:
        return Load(None, (faults.idle(f"{number(strategy, 'rate') or 0:g}"),))
    return Load(mean, tuple(filter(None, [faults.in_flight(mean)])))


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
        ("args", "spec", "backend", "model"),
        ("args", "model"),
        ("worker", "backend_model"),
    )
    return next((text(row, *place) for place in places if has(row, *place)), None)


def _prefix(row: Row) -> str | None:
    data = [value(row, "args", *place) for place in (("data",), ("spec", "data")) if has(row, "args", *place)]
    return faults.shared_prefix("data with prefix_tokens") if "prefix_tokens" in f"{data}" else None


FORMAT = Format(
    "GuideLLM",
    "guidellm benchmark: benchmarks.json",
    "model, lengths, requests in flight of every load, errors",
    "--gpu --weights --engine (--gpus, --tp)",
    lambda row: isinstance(row.get("benchmarks"), list) and not has(row, "output_throughput"),
    _read,
    _runs,
)
