"""The answer of ``calibrate``."""

from typing import Literal

from pydantic import BaseModel, Field

from costcalc.render.documents.envelope import Envelope


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
    caveats: list[str]


class CalibrateResult(BaseModel):
    """The answer of ``calibrate``."""

    measurements: list[ComparedMeasurement]
    saved: str | None


class CalibrateDocument(Envelope):
    """``costcalc calibrate --format json``."""

    schema_: Literal["costcalc/calibrate@1"] = Field(alias="schema")
    result: CalibrateResult | None
