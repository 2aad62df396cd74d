"""The answer of ``simulate``."""

from typing import Literal

from pydantic import BaseModel, Field

from costcalc.render.documents.envelope import Envelope, LeftOut


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
    below_central: float


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

    verdict: list[str]
    draws: int
    seed: int
    choice: str | None
    not_told_apart: list[str]
    has_clear_leader: bool
    options: list[SimulatedOption]
    perfect_information: Information | None
    inputs: list[DrawnInput]
    left_out: list[LeftOut]
    notes: list[str]


class SimulateDocument(Envelope):
    """``costcalc simulate --format json``."""

    schema_: Literal["costcalc/simulate@1"] = Field(alias="schema")
    result: SimulateResult | None
