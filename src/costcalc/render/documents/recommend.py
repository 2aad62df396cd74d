"""The answer of ``recommend``."""

from typing import Literal

from pydantic import BaseModel, Field

from costcalc.render.documents.envelope import AnnouncedChange, Envelope

FactValues = dict[str, float | str | bool]


class RoutedTo(BaseModel):
    """A part of the answer: which option serves which share of the requests."""

    option: str
    share: float


class RunnerUp(BaseModel):
    """The next best; the regret is what choosing it costs more."""

    option: str
    side: Literal["build", "buy"]
    monthly_usd: float
    low_usd: float
    high_usd: float
    regret_usd: float
    probability: float | None = Field(
        ge=0, le=1, description="That the answer is cheaper, by ranges of first order; null where nothing is uncertain."
    )


class SavedAgainst(BaseModel):
    """What the answer saves; negative where the baseline is cheaper."""

    baseline: str
    why: str
    baseline_usd: float
    usd: float
    percent: float | None


class LookAgain(BaseModel):
    """When the answer may change: a volume [Mtok/month], a day, or a factor on the answer's price."""

    what: Literal["volume", "date", "price"]
    at: float | str
    because: str


class Recommended(BaseModel):
    """The answer, or the best guess where the evidence does not decide it."""

    option: str
    side: Literal["build", "buy"]
    parts: list[RoutedTo]
    monthly_usd: float
    low_usd: float
    high_usd: float
    usd_per_mtok: float | None
    costs: Literal["all", "hardware"]
    router_upkeep_usd: float
    runner_up: RunnerUp | None
    saving: SavedAgainst | None
    too_close: list[str]
    measure_first: list[str]
    look_again: list[LookAgain]
    probability_cheapest: float | None
    facts: FactValues


class Considered(BaseModel):
    """An option that passed every gate and is known to suffice; cheapest first."""

    option: str
    side: Literal["build", "buy"]
    monthly_usd: float
    probability_cheapest: float | None


class SetAside(BaseModel):
    """An option that passed every gate and of which something is not known."""

    option: str
    side: Literal["build", "buy"]
    monthly_usd: float
    cheaper: bool
    missing: list[str]


class Excluded(BaseModel):
    """An option that a gate stopped, and what the gate saw."""

    option: str
    rule: str | None
    level: str
    said: str
    because: str
    facts: FactValues


class RuleFired(BaseModel):
    """A rule that fired, of which options, and what it saw."""

    id: str
    level: Literal["gate", "suit", "shape", "cost", "lock_in"]
    effect: str | None
    options: list[str]
    said: str
    because: str
    facts: FactValues


class BreakEvenAt(BaseModel):
    """Where building pays against buying, output tokens in Mtok a month."""

    build: str
    buy: str
    first_win_mtok: float | None
    durable_mtok: float | None
    build_slope_usd: float
    buy_slope_usd: float


class RecommendedWorkload(BaseModel):
    """One of several workloads: what serves it today, and what should."""

    workload: str
    today: str | None
    today_usd: float | None
    option: str | None
    side: Literal["build", "buy"] | None
    monthly_usd: float | None
    saving_usd: float | None
    saving_percent: float | None
    verdict: Literal["decided", "too close to call", "nothing is left"]
    why: str


class RecommendedTotal(BaseModel):
    """The sums; all but the first are of the workloads whose cost today is known."""

    monthly_usd: float
    compared_workloads: int
    today_usd: float
    planned_usd: float
    saving_usd: float
    saving_percent: float | None


class RecommendResult(BaseModel):
    """The answer of ``recommend``, with every fact that its sentences are made of.

    Of several workloads, `workloads` and `total` have the answer for each; the rest is of one option for all of them.
    """

    verdict: Literal["decided", "too close to call", "nothing is left"]
    verdict_sentences: list[str]
    announced: AnnouncedChange | None
    recommendation: Recommended | None
    break_even: BreakEvenAt | None
    rules: list[RuleFired]
    considered: list[Considered]
    set_aside: list[SetAside]
    excluded: list[Excluded]
    facts: FactValues
    notes: list[str]
    workloads: list[RecommendedWorkload]
    total: RecommendedTotal | None


class RecommendDocument(Envelope):
    """``costcalc recommend --format json``."""

    schema_: Literal["costcalc/recommend@1"] = Field(alias="schema")
    result: RecommendResult | None
