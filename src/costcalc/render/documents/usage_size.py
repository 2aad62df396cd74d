"""The answer of ``usage size``."""

from typing import Literal

from pydantic import BaseModel, Field

from costcalc.render.documents.envelope import Envelope, LeftOut
from costcalc.render.documents.usage_log import CountedLog


class SizedPolicy(BaseModel):
    """What one policy does; ``peak_to_mean`` (with a headroom of 1) or ``headroom`` is what an estimate takes."""

    policy: Literal["p95", "p99", "peak", "fixed", "autoscaled", "hindsight"]
    target: float | None
    cold_start_s: float | None
    replicas: float
    most_replicas: int
    gpus: float
    monthly_usd: float
    cost_over_ideal: float
    utilisation: float
    above_capacity: float
    peak_to_mean: float | None
    headroom: float | None


class SizedOption(BaseModel):
    """An option under the log's load; ``chosen`` is the place in ``policies`` of the cheapest that is allowed."""

    option: str
    mean_load: float
    windows: int
    window_s: int
    output_tokens_per_s: float
    measured: bool
    too_long_requests: int
    chosen: int
    policies: list[SizedPolicy]


class UsageSizeResult(BaseModel):
    """The answer of ``usage size``."""

    verdict: list[str]
    log: CountedLog
    options: list[SizedOption]
    left_out: list[LeftOut]


class UsageSizeDocument(Envelope):
    """``costcalc usage size --format json``."""

    schema_: Literal["costcalc/usage-size@1"] = Field(alias="schema")
    result: UsageSizeResult | None
