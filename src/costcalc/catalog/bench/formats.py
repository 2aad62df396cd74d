"""The table of formats: what is read, and what is known and refused with where to look instead."""

from collections.abc import Callable
from typing import NamedTuple

from costcalc.catalog.bench import aiperf, guidellm, inference_perf, inferencex, llama_bench, mlperf, sglang, vllm
from costcalc.catalog.bench.reading import Format, Row, UnreadError

FORMATS: tuple[Format, ...] = (
    vllm.SERVE,
    vllm.THROUGHPUT,
    vllm.LATENCY,
    sglang.SERVING,
    sglang.ONE_BATCH,
    aiperf.AIPERF,
    aiperf.GENAI_PERF,
    guidellm.FORMAT,
    inference_perf.FORMAT,
    inferencex.FORMAT,
    llama_bench.FORMAT,
    mlperf.FORMAT,
)


class _Elsewhere(NamedTuple):
    """What a tool also writes, which holds no rate of a deployment, and which of its files does."""

    fits: Callable[[Row], bool]
    sentence: str


_ELSEWHERE = (
    _Elsewhere(
        lambda row: "metadata" in row and "metrics" in row and "error" in row,
        "single requests, as AIPerf's profile_export.jsonl has them; give its profile_export_aiperf.json",
    ),
    _Elsewhere(
        lambda row: "Metric" in row,
        "a table of metrics, as AIPerf's CSV is, names neither model nor load; give the JSON beside it",
    ),
    _Elsewhere(
        lambda row: "output_throughput" in row,
        "an output_throughput without the requests that were completed; give the result as vLLM or SGLang wrote it",
    ),
)


def format_of(row: Row) -> Format:
    """Find the format of a row by its structure.

    Raises:
        UnreadError: It has none, or one that holds no rate of a deployment.

    Example:
        >>> format_of({"output_tput_per_gpu": 650, "tp": 8}).name
        'InferenceX'
    """
    for form in FORMATS:
        if form.fits(row):
            return form
    for other in _ELSEWHERE:
        if other.fits(row):
            raise UnreadError(other.sentence)
    raise UnreadError(f"no result of a benchmark that is read: {', '.join(form.name for form in FORMATS)}")
