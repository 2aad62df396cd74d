"""The answers about uncertainty: ``sensitivity``, ``simulate``."""

from typing import Literal

from pydantic import BaseModel, Field

from costcalc.render.documents.decisions import LeftOut
from costcalc.render.documents.envelope import Envelope


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

    option: str
    runner_up: str | None
    monthly_usd: float | None
    lead_usd: float | None
    winner: str | None
    inputs: list[MovedInput]
    options: list[str]
    left_out: list[LeftOut]
    notes: list[str]


class Estimated(BaseModel):
    """A figure from the sample, with no more digits than its Monte Carlo standard error supports."""

    value: float
    standard_error: float


class Information(Estimated):
    """What knowing something before choosing would save [USD/month], and what noise adds to that figure."""

    bias: float
    is_noise: bool


class SimulatedOption(BaseModel):
    """What an option came to [USD/month]; figures are null where it cannot serve in so many draws."""

    option: str
    central_usd: float
    p10_usd: Estimated | None
    p50_usd: Estimated | None
    p90_usd: Estimated | None
    mean_usd: Estimated | None
    cheapest: Estimated
    regret_usd: Estimated | None
    regret_p90_usd: Estimated | None
    cannot_serve: float


class DrawnInput(BaseModel):
    """An input that was drawn, and what knowing it alone would be worth."""

    input: str
    unit: str
    low: float
    value: float
    high: float
    information: Information


class SimulateResult(BaseModel):
    """The answer of ``simulate``: options by their probability of being the cheapest, inputs by what they are worth."""

    draws: int
    seed: int
    choice: str | None
    options: list[SimulatedOption]
    perfect_information: Information | None
    inputs: list[DrawnInput]
    left_out: list[LeftOut]
    notes: list[str]


class SensitivityDocument(Envelope):
    """``costcalc sensitivity --format json``."""

    schema_: Literal["costcalc/sensitivity@1"] = Field(alias="schema")
    result: SensitivityResult | None


class SimulateDocument(Envelope):
    """``costcalc simulate --format json``."""

    schema_: Literal["costcalc/simulate@1"] = Field(alias="schema")
    result: SimulateResult | None
