"""SGLang's benchmarks: ``bench_serving`` (a line per run), ``bench_one_batch`` and ``bench_one_batch_server``.

Source: sgl-project/sglang, ``python/sglang/bench_serving.py``, ``bench_one_batch.py`` and
``bench_one_batch_server.py``, looked at 2026-11-28.
"""

from collections.abc import Iterator
from typing import Any

from costcalc.catalog.bench import faults
from costcalc.catalog.bench.figures import count, needed, number, part, switch, text
from costcalc.catalog.bench.reading import Format, Known, Reading, Row, UnreadError
from costcalc.catalog.bench.vllm import is_of_sglang, load_in

_SHARED = "generated-shared-prefix"


def _serving(row: Row, known: Known) -> Reading:  # noqa: ARG001  # it says its lengths
    completed = count(row, "completed") or 0
    asked = count(row, "num_prompts") or completed
    fault = faults.failed(completed, (count(row, "failed") or 0) or max(0, asked - completed))
    if fault is not None:
        raise UnreadError(fault)
    load, server = load_in(row, completed, mean_ms=number(row, "mean_e2e_latency_ms")), part(row, "server_info")
    return Reading(
        output_tokens_per_s=needed(row, "output_throughput"),
        input_tokens=needed(row, "total_input_tokens") / completed,
        output_tokens=needed(row, "total_output_tokens") / completed,
        concurrency=load.concurrency,
        engine=_engine(row),
        requests_per_s=number(row, "request_throughput"),
        total_tokens_per_s=number(row, "total_throughput"),
        speculative=faults.speculation(row) or faults.speculation(server),
        faults=(*load.faults, *_faults(row, server)),
        **_deployment(server),
    )


def _faults(row: Row, server: Row) -> Iterator[str]:
    if text(row, "dataset_name") == _SHARED and not switch(server, "disable_radix_cache"):
        yield faults.shared_prefix(f"dataset {_SHARED}")
    apart = (text(server, "disaggregation_mode") or "null").lower() not in {"null", "none"}
    if (over := faults.split(disaggregated=apart, nodes=number(server, "nnodes"))) is not None:
        yield over


def _engine(row: Row) -> str | None:
    """Take the engine from the backend, of which ``sglang-oai`` and ``sglang-native`` are spellings."""
    backend = (text(row, "backend") or "").lower()
    return backend.removesuffix("-chat").removesuffix("-oai").removesuffix("-native") or None


def _deployment(server: Row) -> dict[str, Any]:
    """Read what the server says of itself: attention in data parallel spreads over the GPUs of tensor parallel."""
    tp, dp, pp = (count(server, key) for key in ("tp_size", "dp_size", "pp_size"))
    found: dict[str, Any] = {
        "model": text(server, "model_path"),
        "weights": _if_told(text(server, "quantization"), "modelopt", "compressed-tensors"),
        "kv": _if_told(text(server, "kv_cache_dtype"), "auto"),
        "ep": count(server, "ep_size"),
    }
    if tp is None:
        return found
    if switch(server, "enable_dp_attention"):
        return found | {"gpus": tp, "tp": max(1, tp // (dp or 1)), "dp": dp}
    return found | {"gpus": tp * (dp or 1) * (pp or 1), "tp": tp, "dp": dp, "pp": pp}


def _if_told(word: str | None, *untold: str) -> str | None:
    """Leave out a word that names a way of storing and no precision."""
    return None if word in untold else word


def _one_batch(row: Row, known: Known) -> Reading:  # noqa: ARG001  # it says its lengths
    batch, into, out = (needed(row, key) for key in ("batch_size", "input_len", "output_len"))
    if out <= 1:
        raise UnreadError("a batch of one token out measures the prompt alone; expected output_len above 1")
    seconds = number(row, "total_latency") or needed(row, "latency")
    hits = number(row, "cache_hit_rate") or 0
    return Reading(
        output_tokens_per_s=out * batch / seconds,
        input_tokens=into,
        output_tokens=out,
        concurrency=batch,
        engine="sglang",
        total_tokens_per_s=number(row, "overall_throughput"),
        speculative=faults.speculation(row),
        faults=tuple(filter(None, [faults.cached(hits * into, into)])),
    )


SERVING = Format(
    "SGLang bench_serving",
    "python -m sglang.bench_serving --output-file",
    "lengths, requests in flight; model, tensor parallel and quantization where it holds server_info",
    "--gpu --weights (--model, --gpus)",
    lambda row: "output_throughput" in row and is_of_sglang(row),
    _serving,
)
ONE_BATCH = Format(
    "SGLang bench_one_batch",
    "python -m sglang.bench_one_batch --result-filename",
    "batch, lengths, seconds",
    "--model --gpu --weights (--gpus)",
    lambda row: "batch_size" in row and "overall_throughput" in row and "input_len" in row,
    _one_batch,
)
