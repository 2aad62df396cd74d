"""Result files of serving benchmarks, read as measurements: vLLM's ``bench serve`` and InferenceX."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError

from costcalc.catalog.forms.engines import ENGINE_NAMES
from costcalc.catalog.forms.hardware import Measurement
from costcalc.errors import InputError, Problem
from costcalc.findings import Document, Finding

# a run of bench serve names the protocol that it spoke, by default to vLLM itself
_PROTOCOLS: dict[str, str] = {"openai": "vllm", "openai-chat": "vllm"}
_PRECISIONS = {"fp4": "nvfp4", "int4": "int4"}
_PATCHED = ("mtp", "eagle", "draft")  # speculative decoding, which the throughput model leaves out


class Known(NamedTuple):
    """What a result file does not say, or says in names of its own; None takes the file's word.

    Args:
        model: The open model.
        gpu: The GPU.
        gpus: GPUs of the deployment.
        tp: Tensor parallel.
        weights: The precision of the weights.
        kv: The precision of the KV cache.
        engine: The serving engine.
    """

    model: str | None = None
    gpu: str | None = None
    gpus: int | None = None
    tp: int | None = None
    weights: str | None = None
    kv: str | None = None
    engine: str | None = None


def all_measurements(
    files: Iterable[Path], read: Callable[[Path], Document], known: Known, *, day: date
) -> dict[str, Measurement]:
    """Read the measurements of several result files; of two that would be called alike, the later gets a number.

    Raises:
        InputError: With every problem of every file.
    """
    found: dict[str, Measurement] = {}
    problems: list[Problem] = []
    for file in files:
        try:
            for name, one in measurements_of(read(file), known, day=day).items():
                found[_free(name, found)] = one
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return found


def _free(name: str, taken: Mapping[str, Measurement]) -> str:
    numbered = (f"{name}-{number}" for number in count(2))
    return name if name not in taken else next(one for one in numbered if one not in taken)


def measurements_of(document: Document, known: Known, *, day: date) -> dict[str, Measurement]:
    """Read the measurements of a result file.

    vLLM's file says nothing of the hardware, so its GPU, number of GPUs and precision must be known. Its lengths
    are means over the requests that were completed. A run at a request rate, and one with failed requests, is no
    measurement of what a deployment can do, and is refused; so are speculative decoding and disaggregated prefill.

    Args:
        document: The file.
        known: What the file does not say.
        day: The day on which it is read.

    Raises:
        InputError: It is no such file, or something is missing; with every problem of it.
    """
    entries = list(_entries(document))
    found: dict[str, Measurement] = {}
    problems: list[Finding] = []
    stem = document.name.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    for index, entry in enumerate(entries):
        name = stem if len(entries) == 1 else f"{stem}-{index + 1}"
        try:
            found[name] = _measurement(entry, known, document.name, day)
        except ValidationError as error:
            problems += [_missing(document, name, problem) for problem in error.errors(include_url=False)]
        except (KeyError, TypeError) as error:
            message = f"{document.name}: {name}: a figure is missing or is no number: {error}"
            problems.append(Finding("bench", "error", message))
        except (ValueError, ArithmeticError) as error:  # Infinity is no count
            problems.append(Finding("bench", "error", f"{document.name}: {name}: {error}"))
    if problems:
        raise InputError(problems)
    return found


def _entries(document: Document) -> Iterator[Mapping[str, Any]]:
    """Take a document, a list of them, or one a line, apart."""
    try:
        parsed = _parsed(document)
    except UnicodeError as error:
        raise InputError([Finding("bench", "error", f"{document.name}: {error}")]) from None
    except (RecursionError, ValueError):  # what Python's reader gives up on, though it may be JSON
        message = f"{document.name}: nested too deep, or a number of too many digits"
        raise InputError([Finding("bench", "error", message)]) from None
    entries = parsed if isinstance(parsed, list) else [parsed]
    if not entries or not all(isinstance(entry, dict) for entry in entries):
        raise InputError([Finding("bench", "error", f"{document.name}: expected a result, or a list of results")])
    yield from entries


def _parsed(document: Document) -> Any:  # noqa: ANN401  # whatever the file holds
    from costcalc.files import parse_figures

    try:
        return parse_figures(document.text, exact=False)
    except json.JSONDecodeError:
        return _lines(document)


def _lines(document: Document) -> list[Any]:
    from costcalc.files import parse_figures

    try:
        return [parse_figures(line, exact=False) for line in document.text.splitlines() if line.strip()]
    except json.JSONDecodeError as error:
        message = f"{document.name}:{error.lineno}: not JSON: {error.msg}"
        raise InputError([Finding("bench", "error", message)]) from None


def _measurement(entry: Mapping[str, Any], known: Known, file: str, day: date) -> Measurement:
    if "output_tput_per_gpu" in entry:
        read = _inferencex(entry, known)
    elif "output_throughput" in entry:
        read = _bench_serve(entry, known)
    else:
        raise ValueError("neither vLLM's bench serve (output_throughput) nor InferenceX (output_tput_per_gpu)")
    stated = {key: value for key, value in known._asdict().items() if value is not None}
    read |= stated
    if "tp" not in stated and "gpus" in stated:
        read.pop("tp", None)
    source = {"title": f"{file}, a measurement of your own", "checked": day}
    return Measurement.model_validate(
        {**{key: value for key, value in read.items() if value is not None}, "source": source}
    )


def _bench_serve(entry: Mapping[str, Any], known: Known) -> dict[str, Any]:
    completed = int(entry.get("completed") or 0)
    failed = int(entry.get("failed") or 0) or int(entry.get("num_prompts") or completed) - completed
    rate, concurrency = entry.get("request_rate"), entry.get("max_concurrency")
    if completed < 1 or failed > 0:
        raise ValueError(f"{completed} requests were completed and {failed} failed; expected all to be completed")
    if rate not in {None, "inf"} and rate != float("inf") and concurrency is None:
        raise ValueError(f"a run at {rate} requests a second says what was asked for, not what can be served")
    engine = str(entry.get("backend") or entry.get("endpoint_type") or "").lower()
    return {
        "model": known.model or entry.get("model_id"),
        "engine": ENGINE_NAMES.get(engine) or _PROTOCOLS.get(engine, engine) or None,
        "input_tokens": _rounded(entry["total_input_tokens"] / completed),
        "output_tokens": _rounded(entry["total_output_tokens"] / completed),
        "concurrency": min(int(concurrency), completed) if concurrency else None,
        "output_tokens_per_s": _rounded(entry["output_throughput"]),
    }


def _inferencex(entry: Mapping[str, Any], known: Known) -> dict[str, Any]:
    speculative = str(entry.get("spec_decoding") or entry.get("mtp") or "none").lower()
    if any(word in speculative for word in _PATCHED):
        raise ValueError(f"measured with speculative decoding ({speculative}), which the throughput model leaves out")
    if entry.get("disagg") in {True, "true"} or entry.get("is_multinode") in {True, "true"}:
        raise ValueError("measured with disaggregated prefill or over several nodes, which the model leaves out")
    gpus = known.gpus or int(entry["tp"])
    attention = str(entry.get("dp_attention") or "false").lower() == "true"
    framework, precision = str(entry.get("framework") or "").lower(), str(entry.get("precision") or "").lower()
    return {
        "model": entry.get("model"),
        "gpu": str(entry.get("hw") or "").split("-")[0].split("_")[0] or None,
        "gpus": gpus,
        "tp": 1 if attention else gpus,
        "dp": gpus if attention else 1,
        "ep": int(entry.get("ep") or 1),
        "weights": _PRECISIONS.get(precision, precision) or None,
        "engine": ENGINE_NAMES.get(framework, framework) or None,
        "input_tokens": entry.get("isl"),
        "output_tokens": entry.get("osl"),
        "concurrency": entry.get("conc"),
        "output_tokens_per_s": _rounded(float(entry["output_tput_per_gpu"]) * gpus),
    }


def _rounded(number: float) -> Decimal:
    return Decimal(f"{number:.6g}")


_FLAGS = {"gpu": "--gpu", "weights": "--weights", "engine": "--engine", "model": "--model", "gpus": "--gpus"}


def _missing(document: Document, name: str, problem: Any) -> Finding:  # noqa: ANN401  # pydantic's ErrorDetails
    key = str(problem["loc"][0]) if problem["loc"] else "?"
    flag = f"; say it with {_FLAGS[key]}" if key in _FLAGS else ""
    if problem["type"] == "missing":
        return Finding("bench", "error", f"{document.name}: {name} does not say its {key}{flag}")
    what = problem["ctx"]["error"] if "error" in problem.get("ctx", {}) else problem["msg"]
    return Finding("bench", "error", f"{document.name}: {name}: {key}: {what}, found '{problem['input']}'{flag}")


def as_yaml(measurements: Mapping[str, Measurement]) -> str:
    """Write measurements as a layer's ``measurements.yaml``, or as a part of a ``costcalc.yaml``."""
    lines = ["measurements:"]
    for name, one in measurements.items():
        lines.append(f"  {json.dumps(name)}:")
        fields = one.model_dump(exclude_none=True, exclude_defaults=True, exclude={"source"})
        lines += [f"    {key}: {_scalar(value)}" for key, value in fields.items()]
        title = json.dumps(one.source.title, ensure_ascii=False)
        lines.append(f"    source: {{title: {title}, checked: {one.source.checked}}}")
    return "\n".join([*lines, ""])


def _scalar(value: object) -> str:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else f"{value}"
