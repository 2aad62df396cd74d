"""The answer of ``breakeven``."""

from typing import Literal

from pydantic import BaseModel, Field

from costcalc.render.documents.envelope import AnnouncedChange, Envelope, LeftOut


class CheapestOn(BaseModel):
    """One option is cheapest above ``from`` up to and including ``to``; null is without end, and nobody."""

    option: str | None
    from_: float = Field(alias="from")
    to: float | None
    utilisation_from: float | None
    utilisation_to: float | None


class AtVolume(BaseModel):
    """What is cheapest at the user's own volume, and what each option costs there; null where it cannot serve it.

    The lead is how much less the cheapest costs than the runner-up.
    """

    volume: float
    cheapest: str | None
    monthly_usd: dict[str, float | None]
    runner_up: str | None
    lead_usd: float | None


class WinsAtPeak(BaseModel):
    """A lower peak at which building would be cheaper for good, and above which volume."""

    peak_to_mean: int
    from_: float = Field(alias="from")


class PairOf(BaseModel):
    """Two options: where building wins, and what a further unit costs on each in the long run [USD/Mtok or request]."""

    build: str
    buy: str
    first_win: float | None
    durable_win: float | None
    switches: int
    never_below: float | None
    always_above: float | None
    build_serves_up_to: float | None
    full_utilisation: float | None
    wins_at_peak: WinsAtPeak | None
    build_usd_per_unit: float
    buy_usd_per_unit: float


class BreakEvenResult(BaseModel):
    """The answer of ``breakeven``; volumes are a month's, in the unit that is named."""

    verdict: list[str]
    unit: Literal["output_tokens", "requests"]
    intervals: list[CheapestOn]
    announced: AnnouncedChange | None
    pair: PairOf | None
    at_your_volume: list[AtVolume]
    left_out: list[LeftOut]
    caveats: list[str]
    notes: list[str]


class BreakEvenDocument(Envelope):
    """``costcalc breakeven --format json``."""

    schema_: Literal["costcalc/breakeven@1"] = Field(alias="schema")
    result: BreakEvenResult | None
