"""The form of what ``--format json`` prints, as types; ``costcalc schema`` is generated from them.

Within one major version fields are only added, so readers must not mind fields that they do not know.
"""

from typing import Any, Literal

from pydantic import BaseModel, Field

from costcalc.catalog.json_schema import schema_of


class Tool(BaseModel):
    """The program that wrote the document."""

    name: Literal["costcalc"]
    version: str


class CatalogDigest(BaseModel):
    """Which catalog was used: a hash over every file of every layer."""

    digest: str


class Diagnostic(BaseModel):
    """Something to say about the input."""

    rule: str
    level: Literal["error", "warning", "note"]
    message: str
    path: str | None
    line: int | None
    column: int | None


class Envelope(BaseModel):
    """What every document has."""

    tool: Tool
    as_of: str | None
    catalog: CatalogDigest | None
    inputs: dict[str, Any]
    diagnostics: list[Diagnostic]


class SourceRead(BaseModel):
    """Where a figure was read, and when."""

    url: str | None
    title: str | None
    checked: str


class PlaceOfPrice(BaseModel):
    """Where a price stands in the catalog, then its multipliers and discounts; with ``--explain``."""

    layer: str
    path: str
    line: int


class Line(BaseModel):
    """One thing that is paid for: quantity × unit price."""

    item: str
    quantity: float
    unit: str
    unit_price_usd: float
    list_unit_price_usd: float
    usd: float
    conditions: str
    source: SourceRead | None
    places: list[PlaceOfPrice] | None = None


class HoldsAtUse(BaseModel):
    """The share of full load at which a published unit cost holds; above 1 it never does."""

    rate: str
    usd_per_mtok: float
    utilisation: float


class DeployedOn(BaseModel):
    """The hardware behind a self-hosted option; throughput is that of one replica, with its 80 % interval."""

    model: str | None
    gpu: str | None
    weights: str | None
    gpus: float
    gpus_per_replica: int
    replicas: float
    spares: int
    utilisation: float
    output_tokens_per_s: float
    low: float
    high: float
    measured: bool
    tpot_ms: float | None
    bottleneck: str | None
    machines_usd: float
    full_load_mtok: float
    full_load_usd_per_mtok: float
    upfront_usd: float
    holds_at: list[HoldsAtUse]


class PricedOption(BaseModel):
    """What one option costs in a month."""

    option: str
    kind: Literal["api", "rate", "self_host"]
    side: Literal["build", "buy"]
    monthly_usd: float = Field(ge=0)
    usd_per_mtok: float | None
    times_cheapest: float | None
    price_date: str
    deployment: DeployedOn | None
    retired: str | None
    not_comparable: Literal["part", "too long"] | None
    source: SourceRead
    lines: list[Line]
    caveats: list[str]


class SavingAgainst(BaseModel):
    """How much less one option costs than a named baseline."""

    option: str
    baseline: str
    percent: float
    times: float | None


class UnpricedOption(BaseModel):
    """An option without a price, and why."""

    option: str
    reason: str


class CompareResult(BaseModel):
    """The answer of ``compare``; estimates stand cheapest first."""

    output_tokens: float
    input_tokens: float
    hours_per_month: int
    estimates: list[PricedOption]
    savings: list[SavingAgainst]
    unpriced: list[UnpricedOption]
    notes: list[str]


class ListedModel(BaseModel):
    """A model and the plain list price of the day [USD/Mtok]."""

    model: str
    input: float | None
    cache_read: float | None
    output: float | None
    since: str | None
    checked: str | None
    status: Literal["sold", "retired", "no price yet"]


class ListedOption(BaseModel):
    """An option, and what it serves."""

    option: str
    kind: Literal["api", "rate", "self_host"]
    serves: str | None
    headline: bool


class ListedOpenModel(BaseModel):
    """An open model that can be run on GPUs of one's own."""

    open_model: str
    parameters_b: float
    active_parameters_b: float
    context_window: int | None
    licence: str | None


class ListedGpu(BaseModel):
    """A GPU, and what an hour of it costs by its reference offer."""

    gpu: str
    memory_gb: float
    bandwidth_gb_per_s: float
    bf16_tflops: float
    usd_per_gpu_hour: float | None
    offer: str | None


class ListResult(BaseModel):
    """The answer of ``catalog list``."""

    options: list[ListedOption]
    models: list[ListedModel]
    open_models: list[ListedOpenModel]
    gpus: list[ListedGpu]


class ShowResult(BaseModel):
    """The answer of ``catalog show``: the entry as its file has it, all layers merged."""

    name: str
    path: list[str]
    entry: dict[str, Any]


class ValidateResult(BaseModel):
    """The answer of ``catalog validate``: how much was checked."""

    providers: int
    models: int
    prices: int
    open_models: int
    gpus: int
    options: int
    assumptions: int


class SizedDeployment(BaseModel):
    """One way of putting a model on GPUs; throughput is null where it does not fit, cost where no price is known."""

    gpu: str
    gpus: int
    tp: int
    weights: str
    kv: str
    engine: str
    fits: bool
    memory_gb: float
    needed_gb: float
    weights_gb: float
    kv_mb_per_sequence: float
    sequences: int
    output_tokens_per_s: float | None
    low: float | None
    high: float | None
    batch: float | None
    tpot_ms: float | None
    ttft_ms: float | None
    bottleneck: str | None
    usd_per_hour: float | None
    price_date: str | None
    price_source: str | None
    usd_per_mtok: dict[str, float | None]
    caveats: list[str]


class SizeResult(BaseModel):
    """The answer of ``size``: what was asked about, or all that fits, cheapest token first; and what would fit."""

    model: str
    deployments: list[SizedDeployment]
    alternatives: list[SizedDeployment]


class RestsOn(BaseModel):
    """An assumption behind a line, with its 90 % interval."""

    assumption: str
    value: float
    low: float
    high: float
    unit: str
    basis: str
    source: str | None


class BilledLine(BaseModel):
    """One line of a bill: USD a month with its range, and over the horizon."""

    item: str
    quantity: float
    unit: str
    unit_price_usd: float
    usd: float
    low_usd: float
    high_usd: float
    total_usd: float
    basis: str
    source: str | None
    checked: str | None
    rests_on: list[RestsOn]


class TcoResult(BaseModel):
    """The answer of ``tco``: the whole bill of one self-hosted option."""

    option: str
    months: int
    monthly_usd: float
    low_usd: float
    high_usd: float
    total_usd: float
    usd_per_mtok: float | None
    deployment: DeployedOn | None
    lines: list[BilledLine]
    caveats: list[str]
    notes: list[str]


class ComparedMeasurement(BaseModel):
    """A measurement beside the prediction [output tokens/s]; intervals are half widths of the 80 % interval."""

    measurement: str
    model: str
    gpu: str
    gpus: int
    weights: str
    kv: str
    engine: str
    input_tokens: float
    output_tokens: float
    concurrency: float | None
    measured: float
    predicted: float
    low: float
    high: float
    ratio: float
    factor: float
    interval_before_percent: float
    interval_after_percent: float


class CalibrateResult(BaseModel):
    """The answer of ``calibrate``."""

    measurements: list[ComparedMeasurement]
    saved: str | None


class CompareDocument(Envelope):
    """``costcalc compare --format json``; the result is null where the command could not start."""

    schema_: Literal["costcalc/compare@1"] = Field(alias="schema")
    result: CompareResult | None


class SizeDocument(Envelope):
    """``costcalc size --format json``."""

    schema_: Literal["costcalc/size@1"] = Field(alias="schema")
    result: SizeResult | None


class TcoDocument(Envelope):
    """``costcalc tco --format json``."""

    schema_: Literal["costcalc/tco@1"] = Field(alias="schema")
    result: TcoResult | None


class CalibrateDocument(Envelope):
    """``costcalc calibrate --format json``."""

    schema_: Literal["costcalc/calibrate@1"] = Field(alias="schema")
    result: CalibrateResult | None


class ListDocument(Envelope):
    """``costcalc catalog list --format json``."""

    schema_: Literal["costcalc/catalog-list@1"] = Field(alias="schema")
    result: ListResult | None


class ShowDocument(Envelope):
    """``costcalc catalog show --format json``."""

    schema_: Literal["costcalc/catalog-show@1"] = Field(alias="schema")
    result: ShowResult | None


class ValidateDocument(Envelope):
    """``costcalc catalog validate --format json``."""

    schema_: Literal["costcalc/catalog-validate@1"] = Field(alias="schema")
    result: ValidateResult | None


DOCUMENTS: dict[str, type[BaseModel]] = {
    "compare": CompareDocument,
    "size": SizeDocument,
    "tco": TcoDocument,
    "calibrate": CalibrateDocument,
    "catalog-list": ListDocument,
    "catalog-show": ShowDocument,
    "catalog-validate": ValidateDocument,
}


def document_schema(command: str) -> dict[str, Any]:
    """Give the JSON Schema of a command's document."""
    return schema_of(DOCUMENTS[command])
