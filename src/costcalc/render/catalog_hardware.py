"""What the ``catalog`` commands say of open models and GPUs."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import get_args

from costcalc.catalog.catalog import Catalog
from costcalc.catalog.forms.hardware import GpuFile, Offer, Placement
from costcalc.catalog.forms.open_models import AttentionEntry, OpenModelFile
from costcalc.catalog.forms.quality import Score, Unit
from costcalc.catalog.forms.scalars import Trust
from costcalc.catalog.scores import Scores
from costcalc.cost.hardware import ModelShape, shape_of
from costcalc.cost.memory import kv_bytes_per_token, state_bytes
from costcalc.render.report import Block, Bullets, Column, Json, Table
from costcalc.units import full_usd

_GPU_COLUMNS = (
    Column("GPU"),
    Column("GB", "right"),
    Column("GB/s", "right"),
    Column("bf16 TFLOP/s", "right", rank=2),
    Column("$/hour", "right"),
    Column("since"),
    Column("offer", rank=1),
)
_MODEL_COLUMNS = (
    Column("open model"),
    Column("parameters", "right"),
    Column("active", "right"),
    Column("context", "right"),
    Column("licence", wraps=True),
)
_PRICE_COLUMNS = (
    Column("offer"),
    Column("terms", means="with (GPU) are for the GPU alone: the machine around it is billed apart"),
    Column("$/hour", "right"),
    Column("since", rank=1, means="is ≥ the earliest day where the list carries none"),
    Column("cloud", rank=2),
    Column("machine", rank=4),
    Column("region", rank=3),
)

_STANDS: dict[Placement, str] = {
    "datacenter": "",
    "workstation": "a card for a workstation: an owned one pays for no rack (placement)",
    "complete_machine": "a complete machine: an owned one pays for no rack, and for no server around it (placement)",
}


def gpu_row(gpu: GpuFile, day: date) -> dict[str, Json]:
    """Say of a GPU what a list has room for, at the day's reference price."""
    rental = gpu.rentals[gpu.reference] if gpu.reference is not None else None
    dated = rental.price_on(day) if rental is not None else None
    return {
        "gpu": gpu.name,
        "memory_gb": gpu.memory_gb,
        "bandwidth_gb_per_s": gpu.bandwidth_gb_per_s,
        "bf16_tflops": gpu.dense_tflops.bf16,
        "usd_per_gpu_hour": dated[1].usd_per_gpu_hour if dated is not None else None,
        "since": dated[1].since if dated is not None else None,
        "offer": rental.offer.replace("_", " ") if rental is not None else None,
    }


def open_model_row(model: OpenModelFile) -> dict[str, Json]:
    """Say of an open model what a list has room for."""
    return {
        "open_model": model.name,
        "parameters_b": model.parameters_b,
        "active_parameters_b": model.active_parameters_b,
        "context_window": model.context_window,
        "licence": model.licence,
    }


def open_model_table(models: Sequence[OpenModelFile]) -> Table:
    """List open models."""
    return Table(_MODEL_COLUMNS, tuple(map(_model_cells, models)))


def gpu_table(gpus: Sequence[GpuFile], day: date) -> Table:
    """List GPUs."""
    return Table(_GPU_COLUMNS, tuple(_gpu_cells(gpu, day) for gpu in gpus))


def _model_cells(model: OpenModelFile) -> tuple[str, ...]:
    context = f"{model.context_window:,}" if model.context_window is not None else "–"
    return (model.name, f"{model.parameters_b}B", f"{model.active_parameters_b}B", context, model.licence or "–")


def _gpu_cells(gpu: GpuFile, day: date) -> tuple[str, ...]:
    row = gpu_row(gpu, day)
    figures = (gpu.memory_gb, gpu.bandwidth_gb_per_s, gpu.dense_tflops.bf16)
    hourly = row["usd_per_gpu_hour"]
    price = "–" if hourly is None else full_usd(hourly)  # type: ignore[arg-type]  # a Decimal of the form
    return (
        gpu.name,
        *(f"{figure:,f}" for figure in figures),
        price,
        str(row["since"] or "–"),
        str(row["offer"] or "no price"),
    )


def gpu_blocks(catalog: Catalog, gpu: GpuFile) -> Iterator[Block]:
    """Show a GPU in full: its figures, and every dated price of every offer."""
    peaks = ", ".join(f"{name} {peak:,f}" for name, peak in gpu.dense_tflops.model_dump(exclude_none=True).items())
    facts = [
        f"place: {catalog.place(('gpus', gpu.gpu))}",
        f"also called {', '.join(gpu.aliases)}" if gpu.aliases else "",
        f"{gpu.memory_gb:,f} GB at {gpu.bandwidth_gb_per_s:,f} GB/s; dense TFLOP/s: {peaks}",
        f"board power {gpu.tdp_w:,f} W" if gpu.tdp_w is not None else "board power unknown",
        f"link {gpu.link_gb_per_s:,f} GB/s one way" if gpu.link_gb_per_s is not None else "no link known",
        f"{gpu.gpus_per_node} to a node; {gpu.vendor}, architecture {gpu.architecture}; figures {gpu.trust}",
        _STANDS[gpu.placement],
        f"source: {gpu.source}, {gpu.source.looked_at}",
        gpu.note or "",
    ]
    yield Bullets(gpu.name, tuple(fact for fact in facts if fact))
    if gpu.rentals:
        yield Table(_PRICE_COLUMNS, tuple(_offers(gpu)))
    for index, price in enumerate(gpu.purchase.prices if gpu.purchase is not None else ()):
        place = catalog.place(("gpus", gpu.gpu, "purchase", "prices", index))
        title = f"To buy from {price.effective} on ({place})"
        said = f"${full_usd(price.usd)}, ${full_usd(price.low)} to ${full_usd(price.high)}; {price.source}"
        yield Bullets(title, (said, *([price.note] if price.note else ())))


def _offers(gpu: GpuFile) -> Iterator[tuple[str, ...]]:
    """List the offers by their terms, the one that is taken first; of each the newest price first."""
    terms = {offer: rank for rank, offer in enumerate(get_args(Offer))}
    for name in sorted(gpu.rentals, key=lambda name: (name != gpu.reference, terms[gpu.rentals[name].offer])):
        rental = gpu.rentals[name]
        marked = f"{name} (taken)" if name == gpu.reference else name
        machine = " in ".join(filter(None, (f"{rental.gpus_in_sku}×" if rental.gpus_in_sku else "", rental.sku))) or "–"
        for price in reversed(rental.prices):
            yield (
                marked,
                f"{rental.offer.replace('_', ' ')}{' (GPU)' if rental.host_apart else ''}",
                full_usd(price.usd_per_gpu_hour),
                price.since,
                rental.provider,
                machine,
                rental.region or "–",
            )


def open_model_blocks(catalog: Catalog, model: OpenModelFile) -> Iterator[Block]:
    """Show an open model in full: its shape, what it keeps for a token, its published scores."""
    experts = f", {model.experts_per_token} of {model.experts} experts a token" if model.experts else ""
    layers = "; ".join(map(_layers, model.attention))
    facts = [
        f"place: {catalog.place(('models', model.model))}",
        f"also called {', '.join(model.aliases)}" if model.aliases else "",
        f"{model.publisher or 'publisher unknown'}, {_licence(model)}",
        f"context window {model.context_window:,} tokens" if model.context_window else "",
        _whose_shape(catalog, model),
        f"{model.parameters_b}B parameters, {model.active_parameters_b}B active{experts}",
        f"{model.layers} layers: {layers}; {_cache(shape_of(model))}",
        f"published in {model.published_weights}",
        f"shape {_TRUSTED[model.trust]}: {model.source}, {model.source.looked_at}",
        model.note or "",
    ]
    yield Bullets(model.name, tuple(fact for fact in facts if fact))
    yield from score_blocks(catalog, [model.name, model.model, *model.aliases])


def score_blocks(catalog: Catalog, names: Iterable[str]) -> Iterator[Block]:
    """Show the published scores of a model."""
    scores = Scores.of(catalog.quality()).of_model(names)
    if scores:
        title = "Published scores; of different versions, variants or reporters, not comparable"
        yield Bullets(title, tuple(map(_score, scores)))


_TRUSTED: dict[Trust, str] = {
    "primary": "primary",
    "secondary": "secondary",
    "recalled": "a judgement, recalled and not read",
    "judgement": "a judgement, from its name and the note below",
}


def _licence(model: OpenModelFile) -> str:
    if model.licence is None:
        return "licence unknown"
    if model.licence_source is None:
        return f"{model.licence} (a judgement: no source was read; its model card decides)"
    return f"{model.licence}, by {model.licence_source}"


def _whose_shape(catalog: Catalog, model: OpenModelFile) -> str:
    """Name the model that gives the shape, where it is another one."""
    if model.shape_of is None:
        return ""
    return f"shape of {catalog.models[model.shape_of].name} ({catalog.place(('models', model.shape_of))})"


def _cache(shape: ModelShape) -> str:
    """Say what a sequence keeps: so much for each token, and states of constant size."""
    state = state_bytes(shape)
    beside = f", and {state / 1e6:,.0f} MB of state a sequence" if state else ""
    return f"{kv_bytes_per_token(shape):,.0f} bytes of bf16 cache a token{beside}"


def _layers(entry: AttentionEntry) -> str:
    window = f" (window {entry.window})" if entry.window and entry.kind == "sliding" else ""
    few = f" (one entry per {entry.tokens_per_entry} tokens, window {entry.window})" if entry.tokens_per_entry else ""
    index = f" with an index of {entry.index_dim}" if entry.index_dim else ""
    return f"{entry.layers} {entry.kind}{window}{few}{index}"


def _score(score: Score) -> str:
    unit = _UNITS[score.unit]
    effort = f"{score.effort} effort" if score.effort is not None else ""
    how = ", ".join(filter(None, (score.version, score.variant or "variant not stated", effort)))
    standing = f" ({score.standing})" if score.standing != "unknown" else ""
    day = f", {score.date}" if score.date is not None else ""
    note = f" ({score.note})" if score.note else ""
    return f"{score.benchmark} {score.score}{unit}: {how}, by {score.reported_by}{standing}{day}{note}"


_UNITS: dict[Unit, str] = {"percent": " %", "index_points": " points", "elo": " Elo"}
