"""The published measurements, with the shapes of their models and GPUs."""

import csv
import re
from pathlib import Path
from typing import NamedTuple

from costcalc import load_catalog
from costcalc.cost.hardware import GpuSpec, Layout, ModelShape, Serving, shape_of, spec_of

HERE = Path(__file__).parent
LARGEST_BLANK_REPLICA = 8  # MLPerf publishes no layout; a mixture of experts is taken as data parallel over a node


class Row(NamedTuple):
    """One measurement.

    Args:
        model: The model's shape.
        gpu: The GPU's specification.
        serving: Precisions and engine.
        layout: Of one replica.
        n_gpus: GPUs of the whole deployment.
        input_tokens: Mean prompt.
        output_tokens: Mean answer.
        concurrency: Requests in progress; None is as many as fit, also where only a latency bound is published.
        tokens_per_s: Output of the whole deployment.
        source: Its key in sources.csv.
        engine_version: The engine with its version, as published; the model knows the engine only.
        scored: Whether it counts.
        sparse: Whether the model attends to a selection of tokens, which the physics does not know.
    """

    model: ModelShape
    gpu: GpuSpec
    serving: Serving
    layout: Layout
    n_gpus: int
    input_tokens: float
    output_tokens: float
    concurrency: float | None
    tokens_per_s: float
    source: str
    engine_version: str
    scored: bool
    sparse: bool

    @property
    def cell(self) -> tuple[str, ...]:
        """What measurements of one cell have in common; whoever measures for themselves runs one version."""
        return (*self.mixed_cell, self.engine_version)

    @property
    def mixed_cell(self) -> tuple[str, ...]:
        """The same, with the versions of an engine thrown together."""
        return (self.model.name, self.gpu.name, self.serving.weight_precision, self.serving.engine)

    @property
    def sweep(self) -> tuple[str, str, str, str]:
        """What rows of one sweep have in common; a large sweep must not decide alone."""
        return (self.source, self.model.name, self.gpu.name, self.serving.weight_precision)


class Shapes(NamedTuple):
    """Models and GPUs by name, and which of the models attend sparsely."""

    models: dict[str, ModelShape]
    gpus: dict[str, GpuSpec]
    sparse: frozenset[str]


def load_shapes() -> Shapes:
    """Give the shapes of models and GPUs: the one place that knows where they are kept."""
    catalog = load_catalog()
    models = {model.name: shape_of(model) for model in catalog.models.values()}
    gpus = {gpu.name: spec_of(gpu) for gpu in catalog.gpus.values()}
    sparse = frozenset(model.name for model in catalog.models.values() if model.sparse_attention)
    return Shapes(models, gpus, sparse)


def load_rows() -> tuple[Row, ...]:
    """Read measurements.csv."""
    shapes = load_shapes()
    with (HERE / "measurements.csv").open(encoding="utf-8", newline="") as file:
        return tuple(_row(entry, shapes) for entry in csv.DictReader(file))


def _row(entry: dict[str, str], shapes: Shapes) -> Row:
    model, loaded = shapes.models[entry["model"]], entry["concurrency"]
    prompt, output = float(entry["input_tokens"]), float(entry["output_tokens"])
    # "total" counts prompt and output; "per user" is one user alone, so it is the output
    share = output / (prompt + output) if entry["metric"] == "total" else 1.0
    return Row(
        model=model,
        gpu=shapes.gpus[entry["gpu"]],
        serving=Serving(entry["weights"], entry["kv"], entry["engine"].split()[0], _year(entry["engine"])),
        layout=_layout(entry, model),
        n_gpus=int(entry["gpus"]),
        input_tokens=prompt,
        output_tokens=output,
        concurrency=None if loaded in {"max", "sla"} else float(loaded),
        tokens_per_s=float(entry["tokens_per_s"]) * share,
        source=entry["source"],
        engine_version=entry["engine"],
        scored=not entry["not_scored"],
        sparse=model.name in shapes.sparse,
    )


def _year(engine: str) -> int | None:
    """Read the year of an engine's version where it is one, such as "vllm 2024"."""
    found = re.search(r"\b20\d\d\b", engine)
    return int(found[0]) if found else None


def _layout(entry: dict[str, str], model: ModelShape) -> Layout:
    if entry["tp"]:
        return Layout(*(int(entry[axis]) for axis in ("tp", "dp", "ep", "pp")))
    ranks = min(LARGEST_BLANK_REPLICA, int(entry["gpus"])) if model.experts else 1
    return Layout(dp=ranks, ep=ranks)
