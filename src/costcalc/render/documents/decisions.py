"""The answers about decisions: ``breakeven``, ``project``."""

from typing import Literal

from pydantic import BaseModel, Field

from costcalc.render.documents.envelope import Envelope


class CheapestOn(BaseModel):
    """One option is cheapest above ``from`` up to and including ``to``; null is without end, and nobody."""

    option: str | None
    from_: float = Field(alias="from")
    to: float | None
    utilisation_from: float | None
    utilisation_to: float | None


class AtVolume(BaseModel):
    """What is cheapest at the user's own volume, and what each option costs there; null where it cannot serve it."""

    volume: float
    cheapest: str | None
    monthly_usd: dict[str, float | None]


class PairOf(BaseModel):
    """Two options: where building wins, and what a further unit costs on each in the long run [USD/Mtok or request]."""

    build: str
    buy: str
    first_win: float | None
    durable_win: float | None
    switches: int
    never_below: float | None
    always_above: float | None
    build_usd_per_unit: float
    buy_usd_per_unit: float


class LeftOut(BaseModel):
    """An option that was not compared, and why."""

    option: str
    reason: str


class BreakEvenResult(BaseModel):
    """The answer of ``breakeven``; volumes are a month's, in the unit that is named."""

    unit: Literal["output_tokens", "requests"]
    intervals: list[CheapestOn]
    pair: PairOf | None
    at_your_volume: list[AtVolume]
    left_out: list[LeftOut]
    caveats: list[str]
    notes: list[str]


class ProjectedMonth(BaseModel):
    """A month's payments [USD]: at its beginning, at its end, all since the first, and what moving costs of it."""

    month: int
    day: str
    output_tokens: float
    upfront_usd: float
    running_usd: float
    cumulative_usd: float
    moving_usd: float


class PaybackOf(BaseModel):
    """The month by which an option has cost no more than the baseline, first and for good; null for none in time.

    After the first, ``behind`` is the month by which it has cost more again; null for none.
    """

    first: int | None
    last: int | None
    never: bool
    behind: int | None


class MovingOf(BaseModel):
    """What leaving today's option costs, in the option's totals already [USD]: work, then today's bills for a time."""

    migration_usd: float
    waiting_months: float
    waiting_usd: float
    dual_running_usd: float


class ProjectedOption(BaseModel):
    """An option over the horizon [USD]; totals have the residual value taken off."""

    option: str
    side: Literal["build", "buy"]
    total_usd: float
    npv_usd: float
    residual_usd: float
    moving: MovingOf | None
    payback: PaybackOf | None
    discounted_payback: PaybackOf | None
    months: list[ProjectedMonth]
    caveats: list[str]


class ProjectResult(BaseModel):
    """The answer of ``project``; options stand by their present value, least first."""

    baseline: str
    options: list[ProjectedOption]
    left_out: list[LeftOut]
    notes: list[str]


class BreakEvenDocument(Envelope):
    """``costcalc breakeven --format json``."""

    schema_: Literal["costcalc/breakeven@1"] = Field(alias="schema")
    result: BreakEvenResult | None


class ProjectDocument(Envelope):
    """``costcalc project --format json``."""

    schema_: Literal["costcalc/project@1"] = Field(alias="schema")
    result: ProjectResult | None
