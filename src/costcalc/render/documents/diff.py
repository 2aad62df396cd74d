"""The answer of ``diff``."""

from typing import Literal

from pydantic import BaseModel, Field

from costcalc.render.documents.envelope import Envelope


class ChangedLine(BaseModel):
    """A line of a workload's cost on both sides [USD/month]; null where it does not stand."""

    item: str
    base_usd: float | None
    head_usd: float | None


class ChangedWorkload(BaseModel):
    """What changed in a workload's cost; the three effects sum to the change [USD/month]."""

    workload: str
    status: Literal["added", "removed", "changed", "same"]
    base_option: str | None
    head_option: str | None
    base_usd: float | None
    head_usd: float | None
    change_usd: float | None
    price_usd: float | None
    volume_usd: float | None
    option_usd: float | None
    lines: list[ChangedLine]
    note: str | None


class LoosenedLimit(BaseModel):
    """A limit that lets more pass than before."""

    budget: str
    limit: str
    change: str


class LaterTotals(BaseModel):
    """What both sides cost from a day to come on, where the change is another one then [USD/month]."""

    day: str
    base_usd: float | None
    head_usd: float | None
    change_usd: float | None


class DiffResult(BaseModel):
    """The answer of ``diff``; totals are null where a price is missing."""

    base: str
    head: str
    base_usd: float | None
    head_usd: float | None
    change_usd: float | None
    change_percent: float | None
    price_usd: float | None
    volume_usd: float | None
    option_usd: float | None
    later: list[LaterTotals]
    workloads: list[ChangedWorkload]
    limits: list[LoosenedLimit]


class DiffDocument(Envelope):
    """``costcalc diff --format json``."""

    schema_: Literal["costcalc/diff@1"] = Field(alias="schema")
    result: DiffResult | None
