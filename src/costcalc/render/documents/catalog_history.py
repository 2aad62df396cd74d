"""The answer of ``catalog history``."""

from typing import Literal

from pydantic import BaseModel, Field

from costcalc.catalog.history import Unit
from costcalc.render.documents.envelope import Envelope


class DatedPrice(BaseModel):
    """What one meter costs from one day on [USD/unit], or from some later one; ``until`` is its last day."""

    meter: str
    conditions: str
    unit: Unit
    effective: str
    is_dated: bool
    until: str | None
    usd: float
    change_percent: float | None
    status: Literal["past", "in force", "announced"]
    source: str
    checked: str
    layer: str
    path: str
    line: int
    column: int


class ContractTerms(BaseModel):
    """What a contract says beside the list prices."""

    terms: str
    effective: str
    until: str | None
    place: str


class HistoryResult(BaseModel):
    """The answer of ``catalog history``: list prices, oldest first, meter by meter."""

    name: str
    retired: str | None
    contract: ContractTerms | None
    prices: list[DatedPrice]


class HistoryDocument(Envelope):
    """``costcalc catalog history --format json``."""

    schema_: Literal["costcalc/catalog-history@1"] = Field(alias="schema")
    result: HistoryResult | None
