"""The answer of ``size``."""

from typing import Literal

from pydantic import BaseModel, Field

from costcalc.render.documents.envelope import Envelope


class SizedDeployment(BaseModel):
    """One way of putting a model on GPUs; throughput is null where it does not fit, cost where no price is known."""

    gpu: str
    gpus: int
    tp: int
    dp: int
    ep: int
    pp: int
    weights: str
    kv: str
    engine: str
    fits: bool
    memory_gb: float
    usable_gb: float
    needed_gb: float
    weights_gb: float
    tables_gb: float
    body_gb: float
    experts_gb: float
    padding_gb: float
    adapters_gb: float
    draft_gb: float
    reserve_gb: float
    kv_mb_per_sequence: float
    sequences: int
    counts: Literal["output", "input"] | None
    output_tokens_per_s: float | None
    low: float | None
    high: float | None
    batch: float | None
    tpot_ms: float | None
    ttft_ms: float | None
    bottleneck: str | None
    usd_per_hour: float | None
    monthly_usd: float | None
    price_date: str | None
    offer: str | None
    price_source: str | None
    usd_per_mtok: dict[str, float | None]
    usd_per_mtok_at_target: float | None
    fleet_usd: float | None
    fleet_replicas: float | None
    caveats: list[str]


class SizeResult(BaseModel):
    """The answer of ``size``: what was asked about, or all that fits, cheapest token first; and what would fit."""

    verdict: list[str]
    model: str
    target_utilisation: float
    deployments: list[SizedDeployment]
    alternatives: list[SizedDeployment]


class SizeDocument(Envelope):
    """``costcalc size --format json``."""

    schema_: Literal["costcalc/size@1"] = Field(alias="schema")
    result: SizeResult | None
