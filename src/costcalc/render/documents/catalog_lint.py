"""The answer of ``catalog lint``."""

from typing import Literal

from pydantic import BaseModel, Field

from costcalc.render.documents.catalog import ValidateResult
from costcalc.render.documents.envelope import Envelope


class RuleCount(BaseModel):
    """A rule, and how often it fired; the findings themselves are the diagnostics."""

    rule: str
    level: Literal["error", "warning", "note"]
    says: str
    findings: int


class Suppressed(BaseModel):
    """A finding that is put up with, for a reason and up to a day."""

    rule: str
    subject: str
    message: str
    reason: str
    expires: str


class LintResult(BaseModel):
    """The answer of ``catalog lint``."""

    checked: ValidateResult
    rules: list[RuleCount]
    suppressed: list[Suppressed]


class LintDocument(Envelope):
    """``costcalc catalog lint --format json``."""

    schema_: Literal["costcalc/catalog-lint@1"] = Field(alias="schema")
    result: LintResult | None
