"""The answer of ``usage price``."""

from typing import Literal

from pydantic import BaseModel, Field

from costcalc.render.documents.compare import Line, UnpricedOption
from costcalc.render.documents.envelope import Envelope


class CostOfSome(BaseModel):
    """What some of the requests did cost: those of one model, one day or one team."""

    name: str
    models: list[str]
    requests: int
    tokens: int
    usd: float
    high_usd: float
    recorded_usd: float | None


class UnpricedModel(BaseModel):
    """Requests whose model has no price, so that no total holds them."""

    model: str
    requests: int
    tokens: int
    reason: str


class RecordedDifferently(BaseModel):
    """A model of which the log records another cost than list prices give; the cause is null where none is known."""

    model: str
    recorded_usd: float
    list_usd: float
    cause: str | None


class DidCost(BaseModel):
    """What it did cost at the list prices of its days; up to ``high_usd`` where sums hide how long prompts were."""

    usd: float | None
    high_usd: float | None
    recorded_usd: float | None
    by: list[CostOfSome]
    differences: list[RecordedDifferently]
    unpriced: list[UnpricedModel]


class RepricedOption(BaseModel):
    """What the same traffic would cost on an option, for the time of the log and in a month at its pace.

    The month is null where the log is too short for a pace; up to ``monthly_high_usd`` as ``usd`` up to ``high_usd``.
    """

    option: str
    kind: Literal["api", "rate", "self_host", "plan", "provisioned", "blend"]
    side: Literal["build", "buy"]
    usd: float
    high_usd: float
    monthly_usd: float | None
    monthly_high_usd: float | None
    price_date: str
    not_comparable: Literal["part", "too long", "too small", "limit unknown", "bound"] | None
    lines: list[Line]
    caveats: list[str]


class UsagePriceResult(BaseModel):
    """The answer; ``first`` and ``last`` are seconds since 1970 in UTC."""

    verdict: list[str]
    first: int
    last: int
    span_hours: float
    requests: int
    rows: int
    rows_repeated: int
    rows_not_counted: dict[str, int]
    files: int
    formats: list[str]
    tokens: dict[str, int]
    did_cost: DidCost
    options: list[RepricedOption]
    unpriced: list[UnpricedOption]


class UsagePriceDocument(Envelope):
    """``costcalc usage price --format json``; the result is null where the command could not start."""

    schema_: Literal["costcalc/usage-price@1"] = Field(alias="schema")
    result: UsagePriceResult | None
