"""The answers about budgets: ``check``, ``diff``, ``init``."""

from typing import Literal

from pydantic import BaseModel, Field

from costcalc.render.documents.envelope import Envelope
from costcalc.render.documents.estimates import Line


class SpentOn(BaseModel):
    """What a workload costs with the option that serves it today; null where that is not known."""

    file: str
    workload: str
    option: str
    tags: list[str]
    requests: float
    output_tokens: float
    monthly_usd: float | None
    usd_per_mtok: float | None
    usd_per_request: float | None
    price_date: str | None
    reason: str | None
    lines: list[Line]


class JudgedBudget(BaseModel):
    """One limit of one budget [USD]; headroom is negative where it is over."""

    file: str
    budget: str
    scope: str
    limit: Literal["monthly_usd", "usd_per_mtok", "usd_per_request", "max_increase"]
    warn_usd: float | None
    deny_usd: float | None
    actual_usd: float | None
    base_usd: float | None
    headroom_usd: float | None
    status: Literal["inside", "warning", "over", "over as before", "suppressed", "undecided", "no baseline"]
    reason: str | None


class CheckResult(BaseModel):
    """The answer of ``check``; the total is null where a price is missing."""

    status: Literal["inside", "broken", "undecided"]
    total_usd: float | None
    budgets: list[JudgedBudget]
    workloads: list[SpentOn]


class CheckDocument(Envelope):
    """``costcalc check --format json``."""

    schema_: Literal["costcalc/check@1"] = Field(alias="schema")
    result: CheckResult | None


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
    workloads: list[ChangedWorkload]


class DiffDocument(Envelope):
    """``costcalc diff --format json``."""

    schema_: Literal["costcalc/diff@1"] = Field(alias="schema")
    result: DiffResult | None


class InitResult(BaseModel):
    """The answer of ``init``."""

    path: str
    workload: str
    option: str
    monthly_usd: float
    limit_usd: float


class InitDocument(Envelope):
    """``costcalc init --format json``."""

    schema_: Literal["costcalc/init@1"] = Field(alias="schema")
    result: InitResult | None
