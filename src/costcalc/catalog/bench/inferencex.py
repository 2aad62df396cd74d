"""InferenceX (InferenceMAX before): one object per run with rates per GPU, alone, in a list, or as rows of its site.

Source: SemiAnalysisAI/InferenceX, ``utils/process_result.py`` and ``utils/summarize.py``; rows of
SemiAnalysisAI/InferenceX-app; looked at 2026-11-28.
"""

from collections.abc import Sequence

from costcalc.catalog.bench import faults
from costcalc.catalog.bench.figures import count, has, needed, number, part, switch, text
from costcalc.catalog.bench.reading import Format, Known, Reading, Row, UnreadError

_PRECISIONS = {"fp4": "nvfp4"}
# a row of the site, by what the same thing is called in a result
_SITE = {
    "hw": "hardware",
    "tp": "decode_tp",
    "ep": "decode_ep",
    "dp_attention": "decode_dp_attention",
    "spec_decoding": "spec_method",
}


def _runs(rows: Sequence[Row]) -> Sequence[Row]:
    """Write rows of the site as results are written."""
    return [
        {**row, **{ours: row.get(theirs) for ours, theirs in _SITE.items()}, **part(row, "metrics")}
        if has(row, "metrics")
        else row
        for row in rows
    ]


def _read(row: Row, known: Known) -> Reading:  # noqa: ARG001  # it says its lengths
    if text(row, "benchmark_type") not in {None, "single_turn", "fixed_seq_len"}:
        raise UnreadError(
            f"a run of {text(row, 'benchmark_type')}, whose requests share prompts; expected fixed lengths"
        )
    gpus = count(row, "tp")
    if not gpus:
        raise UnreadError("tp is missing; expected how many GPUs serve together")
    spread = switch(row, "dp_attention")
    precision, total = (text(row, "precision") or "").lower(), number(row, "tput_per_gpu")
    return Reading(
        output_tokens_per_s=needed(row, "output_tput_per_gpu") * gpus,  # rates are per GPU
        input_tokens=number(row, "isl"),
        output_tokens=number(row, "osl"),
        concurrency=number(row, "conc"),
        model=text(row, "model"),
        gpu=text(row, "hw"),
        gpus=gpus,
        # attention in data parallel: each GPU takes requests of its own, and experts are spread over all
        tp=1 if spread else gpus,
        dp=gpus if spread else 1,
        ep=count(row, "ep") or 1,
        weights=_PRECISIONS.get(precision, precision) or None,
        engine=text(row, "framework"),
        total_tokens_per_s=total * gpus if total is not None else None,
        speculative=faults.speculation(row),
        faults=tuple(filter(None, [_split(row)])),
    )


def _split(row: Row) -> str | None:
    over_nodes = switch(row, "is_multinode")
    return faults.split(disaggregated=switch(row, "disagg") or over_nodes, nodes=None)


FORMAT = Format(
    "InferenceX",
    "InferenceX: agg_*.json, one or a list; rows of its site",
    "model, GPU, GPUs, precision, engine, lengths, requests in flight",
    "(--kv)",
    lambda row: has(row, "output_tput_per_gpu") or has(row, "metrics", "output_tput_per_gpu"),
    _read,
    _runs,
)
