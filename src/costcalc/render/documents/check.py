"""The answer of ``check``."""

from typing import Literal

from pydantic import BaseModel, Field

from costcalc.render.documents.compare import Line
from costcalc.render.documents.envelope import Envelope


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
    share: float
    lines: list[Line]
    caveats: list[str]


class MostIncrease(BaseModel):
    """How much more than on the baseline may be spent: USD a month, or a share of it."""

    usd: float | None
    share: float | None


class JudgedBudget(BaseModel):
    """One limit of one budget [USD]; headroom is negative where it is over.

    ``at`` is the percentile at which ranges are taken; ``ranged`` says whether they move the amount.
    """

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
    severity: Literal["warn", "deny"]
    max_increase: MostIncrease | None
    at: Literal["p50", "p75", "p90", "p95"]
    ranged: bool


class BudgetByLog(JudgedBudget):
    """The same by a log: ``actual_usd`` is the month's end at the present pace, at most; ``so_far_usd`` at least."""

    so_far_usd: float | None


class UnusedCommitment(BaseModel):
    """What a contract owes a provider and no workload uses; it is part of the total."""

    file: str
    provider: str
    unused_usd: float


class CheckResult(BaseModel):
    """The answer of ``check``; the total is null where a price is missing."""

    status: Literal["inside", "broken", "undecided"]
    total_usd: float | None
    budgets: list[JudgedBudget]
    commitments: list[UnusedCommitment]
    workloads: list[SpentOn]
    by_log: list[BudgetByLog]


class CheckDocument(Envelope):
    """``costcalc check --format json``."""

    schema_: Literal["costcalc/check@1"] = Field(alias="schema")
    result: CheckResult | None
