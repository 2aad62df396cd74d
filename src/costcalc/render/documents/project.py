"""The answer of ``project``."""

from typing import Literal

from pydantic import BaseModel, Field

from costcalc.render.documents.envelope import Envelope, LeftOut, OwedTo


class ProjectedMonth(BaseModel):
    """A month's payments [USD]: at its beginning, at its end, all since the first; moving and what is owed apart."""

    month: int
    day: str
    output_tokens: float
    upfront_usd: float
    running_usd: float
    cumulative_usd: float
    moving_usd: float
    owed_usd: float


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

    verdict: list[str]
    baseline: str
    options: list[ProjectedOption]
    owed: list[OwedTo]
    left_out: list[LeftOut]
    notes: list[str]


class ProjectDocument(Envelope):
    """``costcalc project --format json``."""

    schema_: Literal["costcalc/project@1"] = Field(alias="schema")
    result: ProjectResult | None
