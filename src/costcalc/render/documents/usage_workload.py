"""The answer of ``usage workload``."""

from typing import Literal

from pydantic import BaseModel, Field

from costcalc.render.documents.envelope import Envelope
from costcalc.render.documents.usage_log import CountedLog


class WrittenWorkload(BaseModel):
    """A workload as it was written; shapes have the fields of a shape in a costcalc.yaml."""

    workload: str
    option: str | None
    requests: float
    shapes: list[dict[str, float]]
    batchable_share: float
    service_tier: str | None
    has_load: bool
    peak_to_mean: float | None


class UsageWorkloadResult(BaseModel):
    """The answer of ``usage workload``."""

    verdict: list[str]
    path: str
    log: CountedLog
    workloads: list[WrittenWorkload]


class UsageWorkloadDocument(Envelope):
    """``costcalc usage workload --format json``."""

    schema_: Literal["costcalc/usage-workload@1"] = Field(alias="schema")
    result: UsageWorkloadResult | None
