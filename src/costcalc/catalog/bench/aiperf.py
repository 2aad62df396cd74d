"""NVIDIA's AIPerf and its forerunner GenAI-Perf: one object of metrics, each with its unit and its mean.

Source: ai-dynamo/aiperf, ``docs/tutorials/working-with-profile-exports.md`` and ``docs/metrics-reference.md``;
triton-inference-server/perf_analyzer, ``genai-perf/docs/process_export_files.md`` and
``genai-perf/tests/test_exporters/test_json_exporter.py``; looked at 2026-11-28. Both have written their configuration
in two forms.
"""

from collections.abc import Iterator
from typing import Any

from costcalc.catalog.bench import faults
from costcalc.catalog.bench.figures import has, items, needed, number, part, shown, text, value
from costcalc.catalog.bench.load import Load, load_of
from costcalc.catalog.bench.reading import Format, Known, Reading, Row, UnreadError

_UNITS = {"tokens/sec", "tok/s", "tokens/s"}


def _fits(row: Row) -> bool:
    return has(row, "output_token_throughput", "avg") or has(row, "request_throughput", "avg")


def _figures(row: Row) -> dict[str, Any]:
    """Read the means; a percentile of a rate is no rate of the deployment."""
    unit = text(row, "output_token_throughput", "unit")
    if unit is not None and unit not in _UNITS:
        raise UnreadError(f"output_token_throughput: expected tokens/sec of the deployment, found {unit}")
    return {
        "output_tokens_per_s": needed(row, "output_token_throughput", "avg"),
        "input_tokens": number(row, "input_sequence_length", "avg"),
        "output_tokens": number(row, "output_sequence_length", "avg"),
        "requests_per_s": number(row, "request_throughput", "avg"),
        "total_tokens_per_s": number(row, "total_token_throughput", "avg"),
        "speculative": faults.speculation(row),
    }


def _load(row: Row, limit: float | None, rate: object) -> Load:
    """Read the load: the limit or the rate that was asked for, and what became of it."""
    if text(row, "request_latency", "unit") not in {None, "ms"}:
        raise UnreadError(f"request_latency: expected ms, found {text(row, 'request_latency', 'unit')}")
    done, latency = number(row, "request_count", "avg"), number(row, "request_latency", "avg")
    return load_of(
        min(limit, done) if limit and done else limit,
        rate,
        requests_per_s=number(row, "request_throughput", "avg"),
        mean_s=latency / 1000 if latency is not None else None,
    )


def _lost(row: Row) -> Iterator[str | None]:
    counted = ("error_request_count",) if not has(row, "error_request_count", "avg") else ("error_request_count", "avg")
    errors = number(row, *counted) or len(items(row, "error_summary"))
    if errors:
        yield faults.failed(number(row, "request_count", "avg") or 1, errors)
    if value(row, "was_cancelled") is True:
        yield "the run was cancelled before its end; expected a whole run"


def _aiperf(row: Row, known: Known) -> Reading:  # noqa: ARG001  # it says its lengths
    config = part(row, "input_config")
    load = _load(row, *_asked(config))
    prefix = number(config, "input", "prompt", "prefix_prompt", "length")
    shared = faults.shared_prefix(f"prefix prompts of {prefix:g} tokens") if prefix else None
    return Reading(
        **_figures(row),
        concurrency=load.concurrency,
        model=_one_of(config),
        faults=tuple(filter(None, [*_lost(row), *load.faults, shared])),
    )


def _asked(config: Row) -> tuple[float | None, object]:
    """Read the load: of the older form in ``loadgen``, of the newer the one phase that counts."""
    phases = [phase for phase in items(config, "phases") if isinstance(phase, dict)]
    counted = [phase for phase in phases if value(phase, "exclude_from_results") is not True]
    if len(counted) > 1:
        raise UnreadError(f"input_config.phases: {len(counted)} phases count; expected one load for the whole run")
    asked = counted[0] if counted else part(config, "loadgen")
    rate = value(asked, "request_rate")
    return number(asked, "concurrency"), rate if rate is not None else value(asked, "rate")


def _one_of(config: Row) -> str | None:
    """Read the model: one, since a run over several measures none of them."""
    older = items(config, "endpoint", "model_names")
    newer = [value(model, "name") for model in items(config, "models", "items") if isinstance(model, dict)]
    return _only(older or newer)


def _only(names: list[Any]) -> str | None:
    if len(names) > 1 or not all(isinstance(name, str) for name in names):
        raise UnreadError(f"expected one model, found {shown(names)}")
    return names[0] if names else None


def _genai_perf(row: Row, known: Known) -> Reading:  # noqa: ARG001  # it says its lengths
    config = part(row, "input_config")
    stimulus = part(config, "perf_analyzer", "stimulus") or config  # in the older form all stands at the top
    limit = value(stimulus, "concurrency")
    only = {"concurrency": limit[0]} if isinstance(limit, list) and len(limit) == 1 else stimulus
    load = _load(row, number(only, "concurrency"), value(stimulus, "request_rate"))
    models = value(config, "model_names") or value(config, "model") or []
    shared = number(config, "num_prefix_prompts")
    return Reading(
        **_figures(row),
        concurrency=load.concurrency,
        model=_only(models if isinstance(models, list) else [models]),
        engine=_behind_triton(part(config, "endpoint") if has(config, "perf_analyzer") else config),
        faults=tuple(
            filter(None, [*_lost(row), *load.faults, faults.shared_prefix("prefix prompts") if shared else None])
        ),
    )


def _behind_triton(config: Row) -> str | None:
    """Read the engine; ``backend`` names one only behind Triton, and stands there for other services as a default."""
    backend = text(config, "backend") if text(config, "service_kind") == "triton" else None
    return {"tensorrtllm": "trtllm"}.get(backend, backend) if backend is not None else None


def _is_genai_perf(row: Row) -> bool:
    return any(has(row, "input_config", key) for key in ("perf_analyzer", "service_kind", "model"))


AIPERF = Format(
    "AIPerf",
    "aiperf profile: profile_export_aiperf.json",
    "model, lengths, requests in flight, errors",
    "--gpu --weights --engine (--gpus, --tp)",
    lambda row: _fits(row) and not _is_genai_perf(row),
    _aiperf,
)
GENAI_PERF = Format(
    "GenAI-Perf",
    "genai-perf profile: profile_export_genai_perf.json",
    "model, lengths, requests in flight; the engine behind Triton",
    "--gpu --weights (--engine, --gpus)",
    lambda row: _fits(row) and _is_genai_perf(row),
    _genai_perf,
)
