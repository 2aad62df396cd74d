"""``costcalc calibrate``: what a benchmark of your own says of the throughput model."""

from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any, get_args

import typer

from costcalc.cli import complete
from costcalc.cli.answer import Answer
from costcalc.cli.context import day_in_force, load
from costcalc.cli.flags import OPTIONS_PANEL, WORKLOAD_PANEL, PriceFlags
from costcalc.cli.output import write_new
from costcalc.cli.speed import engine_of
from costcalc.cli.values import at_least_one, filled, mean_size, one_of

Files = Annotated[
    list[Path],
    typer.Argument(
        help="Results of vLLM, SGLang, AIPerf, GenAI-Perf, GuideLLM, inference-perf, InferenceX, llama-bench or MLPerf."
    ),
]
Model = Annotated[
    str | None,
    typer.Option(
        "--model",
        parser=filled,
        metavar="MODEL",
        help="The open model.",
        autocompletion=complete.open_models,
        rich_help_panel=OPTIONS_PANEL,
    ),
]
Gpu = Annotated[
    str | None,
    typer.Option(
        "--gpu",
        parser=filled,
        metavar="GPU",
        help="The GPU.",
        autocompletion=complete.gpus,
        rich_help_panel=OPTIONS_PANEL,
    ),
]
Gpus = Annotated[int | None, typer.Option("--gpus", min=1, help="How many of them.", rich_help_panel=OPTIONS_PANEL)]
Tp = Annotated[
    int | None, typer.Option("--tp", min=1, help="Tensor parallel (default: all GPUs).", rich_help_panel=OPTIONS_PANEL)
]
Weights = Annotated[
    str | None, typer.Option("--weights", metavar="PRECISION", help="Of the weights.", rich_help_panel=OPTIONS_PANEL)
]
Kv = Annotated[
    str | None, typer.Option("--kv", metavar="PRECISION", help="Of the KV cache.", rich_help_panel=OPTIONS_PANEL)
]
EngineFlag = Annotated[
    str | None,
    typer.Option(
        "--engine", parser=engine_of, metavar="ENGINE", help="The serving engine.", rich_help_panel=OPTIONS_PANEL
    ),
]
ShapeFlag = Annotated[
    Any | None,
    typer.Option(
        "--shape",
        parser=mean_size,
        metavar="IN:OUT",
        help="Mean tokens in and out of a request.",
        rich_help_panel=WORKLOAD_PANEL,
    ),
]
Concurrency = Annotated[
    Fraction | None,
    typer.Option(parser=at_least_one, metavar="N", help="Requests in flight.", rich_help_panel=WORKLOAD_PANEL),
]
Save = Annotated[
    Path | None,
    typer.Option(
        "--save", metavar="FILE", help="Write the measurements as a layer; never over a file.", rich_help_panel="Output"
    ),
]


def calibrate_command(
    prices: PriceFlags,
    files: Files,
    model: Model = None,
    gpu: Gpu = None,
    gpus: Gpus = None,
    tp: Tp = None,
    weights: Weights = None,
    kv: Kv = None,
    engine: EngineFlag = None,
    shape: ShapeFlag = None,
    concurrency: Concurrency = None,
    save: Save = None,
) -> Answer:
    """Compare a benchmark of your own with the throughput model.

    With --save it moves and narrows later predictions. What a file does not say of the deployment or the load is said
    by flags; one that contradicts it is an error.
    """
    from costcalc.analysis.calibration import compared
    from costcalc.catalog.bench.layer import as_yaml
    from costcalc.catalog.bench.measure import all_measurements
    from costcalc.catalog.bench.reading import Known
    from costcalc.catalog.forms.scalars import KvPrecision, Precision
    from costcalc.files import read_document
    from costcalc.render.calibrate import calibration_report

    known = Known(
        model,
        gpu,
        gpus,
        tp,
        one_of(weights, get_args(Precision), "--weights") if weights is not None else None,
        one_of(kv, get_args(KvPrecision), "--kv") if kv is not None else None,
        engine,
        float(shape[0]) if shape is not None else None,
        float(shape[1]) if shape is not None else None,
        float(concurrency) if concurrency is not None else None,
    )
    loaded = load(prices.catalog, as_of=prices.as_of)
    day = day_in_force(loaded, prices.as_of)
    found = all_measurements(files, read_document, known, loaded.catalog, day=day)
    rows = compared(found, loaded.catalog)
    if save is not None:
        write_new(save, as_yaml(found))
    inputs = {"files": [str(file) for file in files], **known._asdict()}
    saved = str(save) if save is not None else None
    return Answer(calibration_report(rows, loaded.catalog, inputs=inputs, saved=saved, day=day))
