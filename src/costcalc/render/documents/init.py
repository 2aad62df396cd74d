"""The answer of ``init``."""

from typing import Literal

from pydantic import BaseModel, Field

from costcalc.render.documents.envelope import Envelope


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
