"""MLPerf Inference: rows of a round's summary (CSV or JSON), as its submission checker writes them.

Source: mlcommons/inference, ``tools/submission/submission_checker/results.py`` (the columns), looked at 2026-11-28.
Tokens/s of language models count generated tokens.
"""

import re

from costcalc.catalog.bench.faults import split
from costcalc.catalog.bench.figures import count, needed, number, shown, switch, text
from costcalc.catalog.bench.reading import Format, Known, Reading, Row

_ACCURACY = re.compile(r"-99(\.9)?$")  # the share of the reference's accuracy that a result keeps, not the model
_PRECISIONS = {"fp4": "nvfp4", "fp16": "bf16", "bfloat16": "bf16"}  # 16 bits are 16 bits to the throughput model


def _read(row: Row, known: Known) -> Reading:
    units, scenario = text(row, "Units"), (text(row, "Scenario") or "").lower()
    per_node, nodes = count(row, "accelerators_per_node"), number(row, "number_of_nodes")
    found = [
        None if units == "Tokens/s" else f"Units: expected Tokens/s, found {shown(units)}",
        split(disaggregated=False, nodes=nodes),
        "the result is inferred from another scenario's" if switch(row, "inferred") else None,
        None
        if scenario == "offline" or (known.concurrency and scenario in {"server", "interactive"})
        else f"scenario {shown(scenario)}: requests come at a rate; say how many were in flight with --concurrency",
        None if (per_node or 0) <= 1 or known.tp else "a row does not say how many GPUs share the model: --tp",
    ]
    precision = (text(row, "weight_data_types") or "").lower()
    name = text(row, "MlperfModel") or text(row, "Model")
    return Reading(
        output_tokens_per_s=needed(row, "Result"),
        model=_ACCURACY.sub("", name) if name else None,
        gpu=text(row, "accelerator_model_name"),
        gpus=per_node,
        weights=_PRECISIONS.get(precision, precision) or None,
        engine=(text(row, "framework") or "").split(" ")[0].lower() or None,
        faults=tuple(filter(None, found)),
    )


FORMAT = Format(
    "MLPerf Inference",
    "a round's summary: CSV or JSON, Tokens/s",
    "model, GPU, GPUs, engine; precision where it has weight_data_types",
    "--shape --tp (--weights; --concurrency for Server)",
    lambda row: "Scenario" in row and "Units" in row and "Result" in row,
    _read,
)
