"""The answer of ``compare``, and the estimates that other answers hold as well."""

from typing import Literal

from pydantic import BaseModel, Field

from costcalc.cost.estimate import Part
from costcalc.render.documents.envelope import AnnouncedChange, Envelope, OwedTo
from costcalc.render.documents.scores import EvidenceOf, ScoresShown


class SourceRead(BaseModel):
    """Where a figure was read, and when."""

    url: str | None
    title: str | None
    checked: str
    seen: str | None


class PlaceOfPrice(BaseModel):
    """Where a price stands in the catalog, then its multipliers and discounts; with ``--explain``."""

    layer: str
    path: str
    line: int


class Line(BaseModel):
    """One thing that is paid for: quantity × unit price."""

    item: str
    part: Part
    quantity: float
    unit: str
    unit_price_usd: float
    list_unit_price_usd: float
    usd: float
    conditions: str
    source: SourceRead | None
    places: list[PlaceOfPrice] | None = None


class HoldsAtUse(BaseModel):
    """The share of full load at which a published unit cost holds; above 1 it never does."""

    rate: str
    usd_per_mtok: float
    utilisation: float


class DeployedOn(BaseModel):
    """The hardware behind a self-hosted option; throughput is that of one replica, with its 80 % interval."""

    model: str | None
    gpu: str | None
    weights: str | None
    gpus: float
    gpus_per_replica: float
    replicas: float
    spares: int
    policy: str
    availability: float
    utilisation: float
    counts: Literal["output", "input"]
    output_tokens_per_s: float
    low: float
    high: float
    measured: bool
    tpot_ms: float | None
    bottleneck: str | None
    machines_usd: float
    full_load_mtok: float
    full_load_usd_per_mtok: float
    upfront_usd: float
    holds_at: list[HoldsAtUse]


class PricedOption(BaseModel):
    """What one option costs in a month."""

    option: str
    kind: Literal["api", "rate", "self_host", "plan", "provisioned", "blend"]
    side: Literal["build", "buy"]
    models: list[str]
    monthly_usd: float = Field(ge=0)
    usd_per_mtok: float | None
    times_cheapest: float | None
    price_date: str
    with_prompts_usd: float | None
    in_all_usd: float | None
    deployment: DeployedOn | None
    retired: str | None
    last_listed: str | None
    not_comparable: Literal["part", "too long", "too small", "limit unknown", "bound"] | None
    source: SourceRead
    lines: list[Line]
    caveats: list[str]
    evidence: EvidenceOf | None = None


class SavingAgainst(BaseModel):
    """How much less one option costs than a named baseline."""

    option: str
    baseline: str
    percent: float
    times: float | None


class UnpricedOption(BaseModel):
    """An option without a price, and why."""

    option: str
    reason: str


class Chosen(BaseModel):
    """An option that the verdict names, and how much its month differs from today's."""

    option: str
    monthly_usd: float
    change_percent: float | None


class CheapestInAll(BaseModel):
    """The cheapest option where what commitments leave unused counts [USD/month]."""

    option: str
    in_all_usd: float


class DecisionFigures(BaseModel):
    """The figures of the verdict; costs are those with prompts."""

    today: Chosen | None
    cheapest: Chosen | None
    equal_to_cheapest: list[str]
    cheapest_with_evidence: Chosen | None
    cheapest_output_alone: Chosen | None
    cheapest_to_build: Chosen | None
    cheapest_in_all: CheapestInAll | None
    build_from_mtok: float | None
    your_mtok: float
    cheapest_if_even: Chosen | None
    cheapest_if_even_at_peak: Chosen | None


class CostOfWorkload(BaseModel):
    """What one of several workloads costs on one option."""

    option: str
    monthly_usd: float


class ComparedWorkload(BaseModel):
    """One of several workloads; the estimates of the result are their sum."""

    workload: str
    requests: float
    estimates: list[CostOfWorkload]


class CompareResult(BaseModel):
    """The answer of ``compare``; estimates stand cheapest first."""

    verdict: list[str]
    announced: AnnouncedChange | None
    answer: DecisionFigures
    workloads: list[ComparedWorkload]
    output_tokens: float
    input_tokens: float
    hours_per_month: int
    estimates: list[PricedOption]
    savings: list[SavingAgainst]
    owed: list[OwedTo]
    unpriced: list[UnpricedOption]
    notes: list[str]
    scores: ScoresShown | None = None


class CompareDocument(Envelope):
    """``costcalc compare --format json``; the result is null where the command could not start."""

    schema_: Literal["costcalc/compare@1"] = Field(alias="schema")
    result: CompareResult | None
