"""llama.cpp's ``llama-bench``: rows of prompt processing (pp), generation (tg) and both (pg), as JSON, JSONL or CSV.

A pp and a tg row of one configuration together make a request alone: its prompt, then its output. Where a tg row was
measured behind a prompt of that length (``-d``), it is taken, else the one behind nothing. A pp row at a depth is part
of no request from its start, and is left out.

Source: ggml-org/llama.cpp, ``tools/llama-bench/README.md``, looked at 2026-11-28. Its rates leave out tokenising and
sampling.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from costcalc.catalog.bench.figures import count, items, needed, number, shown, text, value
from costcalc.catalog.bench.reading import Format, Known, Reading, Row, UnreadError

_CONFIGURATION = (
    "model_filename", "model_type", "gpu_info", "backends", "devices", "split_mode", "n_gpu_layers", "type_k", "type_v",
    "n_batch", "n_ubatch", "flash_attn", "n_threads", "tensor_split", "n_cpu_moe", "tensor_buft_overrides",
)  # fmt: skip
_WEIGHTS = {"f16": "bf16", "bf16": "bf16", "mxfp4": "mxfp4"}  # 16 bits are 16 bits to the throughput model
_FILE = re.compile(r"[-._](?:Q\d|IQ\d|F16|BF16|F32|MXFP4|UD-)[\w.-]*$|-\d{5}-of-\d{5}$", re.IGNORECASE)
_ON_GPU = re.compile(r"cuda|rocm|hip|metal|mtl|vulkan|sycl|musa", re.IGNORECASE)
_ALL_LAYERS = 99  # what people write for "all of them"; -1 says so since 2026


def _runs(rows: Sequence[Row]) -> Sequence[Row]:
    """Put the rows of each configuration together into requests."""
    found: list[Row] = []
    for _, like in groupby(sorted(rows, key=_of), key=_of):
        found += _requests(list(like))
    return found


def _of(row: Row) -> tuple[str, ...]:
    return tuple(f"{row.get(key)}" for key in _CONFIGURATION)


def _requests(rows: list[Row]) -> Iterator[Row]:
    """Walk the requests of one configuration: a row of both is one, and so is each tg row after each pp row."""
    sized = [(count(row, "n_prompt") or 0, count(row, "n_gen") or 0, count(row, "n_depth") or 0, row) for row in rows]
    both = [(into, out, [row]) for into, out, depth, row in sized if into and out and not depth]
    prompts = {into: row for into, out, depth, row in sized if into and not out and not depth}
    outputs = {(out, depth): row for into, out, depth, row in sized if out and not into}
    for into, prompt in prompts.items():
        for out in dict.fromkeys(out for out, _ in outputs):
            behind = outputs.get((out, into)) or outputs.get((out, 0))
            both += [(into, out, [prompt, behind])] if behind is not None else []
    if not both:
        raise UnreadError(
            "rows of prompts alone or outputs alone; run both for one configuration (-p 512 -n 128, or -pg 512,128)"
        )
    for into, out, parts in both:
        yield {**rows[0], "n_prompt": into, "n_gen": out, "parts": parts}


def _read(row: Row, known: Known) -> Reading:  # noqa: ARG001  # it says its lengths
    into, out = needed(row, "n_prompt"), needed(row, "n_gen")
    seconds = sum(_seconds(part) for part in items(row, "parts"))
    gpus = _gpus(row)
    apart = gpus is not None and gpus > 1 and (text(row, "split_mode") or "layer") == "layer"
    return Reading(
        output_tokens_per_s=out / seconds,
        input_tokens=into,
        output_tokens=out,
        concurrency=1,
        model=_model(row),
        gpu=(text(row, "gpu_info") or "").split(",")[0].strip() or None,
        gpus=gpus,
        tp=1 if apart else gpus,
        pp=gpus if apart else 1,
        weights=_weights(text(row, "model_type") or ""),
        kv=_cache(row),
        engine="llama.cpp",
        faults=tuple(_faults(row)),
    )


def _seconds(part: Row) -> float:
    """Work out how long one row took: its rate counts what it processed, prompts or outputs or both."""
    tokens = (count(part, "n_prompt") or 0) + (count(part, "n_gen") or 0)
    return tokens / needed(part, "avg_ts")


def _gpus(row: Row) -> int | None:
    """Count the GPUs: those that were chosen, else all that llama.cpp sees, unless it was told to use one."""
    devices = text(row, "devices")
    if text(row, "split_mode") == "none":
        return 1
    if devices is not None and devices != "auto":
        return len(devices.split("/"))
    info = text(row, "gpu_info")
    return len(info.split(",")) if info is not None else None


def _model(row: Row) -> str | None:
    name = (text(row, "model_filename") or "").replace("\\", "/").rpartition("/")[2]
    name = re.sub(r"\.gguf$", "", name, flags=re.IGNORECASE)
    while (shorter := _FILE.sub("", name)) != name:
        name = shorter
    return name or None


def _weights(described: str) -> str | None:
    """Read the type of the weights from a description such as ``qwen2 7B Q4_K - Medium``."""
    word = described.lower()
    if medium := re.search(r"\b(i?q\d\w*)(?: - (small|medium|large))?", word):
        size = {"small": "_s", "medium": "_m", "large": "_l", None: ""}[medium[2]]
        return f"{medium[1]}{size}"
    plain = re.search(r"\b(bf16|f16|mxfp4)\b", word)
    return _WEIGHTS[plain[1]] if plain else None


def _cache(row: Row) -> str | None:
    keys, values = text(row, "type_k"), text(row, "type_v")
    if keys != values:
        raise UnreadError(f"type_k and type_v: expected one type of the KV cache, found {keys} and {values}")
    return "bf16" if keys in {"f16", "bf16"} else keys


def _faults(row: Row) -> Iterable[str]:
    """Walk what lies beside the GPU, which the throughput model leaves out."""
    layers, backends = _layers(row), text(row, "backends") or ""
    if not _ON_GPU.search(backends):
        yield f"backends: expected one that computes on a GPU, found {shown(backends)}"
    if 0 <= layers < _ALL_LAYERS:
        yield f"n_gpu_layers {layers}: layers beyond them lie on the CPU, which the model leaves out; expected -ngl 99"
    if number(row, "n_cpu_moe"):
        yield "n_cpu_moe: experts lie on the CPU, which the model leaves out"
    overrides = text(row, "tensor_buft_overrides")
    if overrides not in {None, "none"}:
        yield f"tensor_buft_overrides: tensors lie elsewhere ({shown(overrides)}), which the model leaves out"
    names = {name.strip() for name in (text(row, "gpu_info") or "").split(",")}
    if len(names) > 1:
        yield f"gpu_info: expected GPUs of one kind, found {', '.join(sorted(names))}"


def _layers(row: Mapping[str, Any]) -> int:
    """Give how many layers lie on the GPU; -1 is all of them.

    Raises:
        UnreadError: It is no number.
    """
    found = value(row, "n_gpu_layers")
    try:
        return int(found) if found is not None else -1
    except (TypeError, ValueError, OverflowError):
        raise UnreadError(f"n_gpu_layers: expected a whole number, found {shown(found)}") from None


FORMAT = Format(
    "llama-bench",
    "llama-bench -o json, jsonl or csv",
    "model, GPU, GPUs, precision, KV cache, engine, lengths; one request at a time",
    "-",
    lambda row: "n_prompt" in row and "n_gen" in row and "avg_ts" in row,
    _read,
    _runs,
)
