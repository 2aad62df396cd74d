"""The answer of ``usage pack``."""

from typing import Literal

from pydantic import BaseModel, Field

from costcalc.render.documents.envelope import Envelope
from costcalc.render.documents.usage_log import CountedLog


class UsagePackResult(BaseModel):
    """The answer of ``usage pack``: what was written, and what was counted for it."""

    verdict: list[str]
    path: str
    bytes: int
    groups: int
    bucket_s: int
    thresholds: list[int]
    by: str | None
    log: CountedLog


class UsagePackDocument(Envelope):
    """``costcalc usage pack --format json``."""

    schema_: Literal["costcalc/usage-pack@1"] = Field(alias="schema")
    result: UsagePackResult | None
