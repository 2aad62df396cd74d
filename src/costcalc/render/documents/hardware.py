"""The answers about hardware: ``size``, ``tco``, ``calibrate``."""

from typing import Literal

from pydantic import BaseModel, Field

from costcalc.cost.estimate import Part
from costcalc.render.documents.envelope import Envelope
from costcalc.render.documents.estimates import DeployedOn


class SizedDeployment(BaseModel):
    """One way of putting a model on GPUs; throughput is null where it does not fit, cost where no price is known."""

    gpu: str
    gpus: int
    tp: int
    dp: int
    ep: int
    pp: int
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
    part: Part
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
