"""The answer of ``sensitivity``."""

from typing import Literal

from pydantic import BaseModel, Field

from costcalc.render.documents.envelope import Envelope, LeftOut


class AtEnd(BaseModel):
    """What holds with an input at one end [USD/month]; null where an option cannot serve, or has no rival."""

    value: float
    monthly_usd: float | None
    lead_usd: float | None
    winner: str | None


class FlipsAt(BaseModel):
    """About where an input alone makes another option the cheapest; null where none can serve any more."""

    at: float
    winner: str | None


class MovedInput(BaseModel):
    """One input at its ends, all others at their central values."""

    input: str
    unit: str
    value: float
    low: AtEnd
    high: AtEnd
    width_usd: float
    flips: list[FlipsAt]
    same_replicas: bool


class SensitivityResult(BaseModel):
    """The answer of ``sensitivity``; inputs stand widest first, a lead is how much cheaper than the best other."""

    verdict: list[str]
    option: str
    runner_up: str | None
    monthly_usd: float | None
    lead_usd: float | None
    winner: str | None
    inputs: list[MovedInput]
    options: list[str]
    left_out: list[LeftOut]
    notes: list[str]


class SensitivityDocument(Envelope):
    """``costcalc sensitivity --format json``."""

    schema_: Literal["costcalc/sensitivity@1"] = Field(alias="schema")
    result: SensitivityResult | None
