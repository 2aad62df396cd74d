"""The answer of ``tco``."""

from typing import Literal

from pydantic import BaseModel, Field

from costcalc.cost.estimate import Part
from costcalc.render.documents.compare import DeployedOn
from costcalc.render.documents.envelope import Envelope


class RestsOn(BaseModel):
    """An assumption behind a line, with its 90 % interval."""

    assumption: str
    value: float
    low: float
    high: float
    unit: str
    basis: str
    source: str | None
    checked: str | None


class BilledLine(BaseModel):
    """One line of a bill: USD a month with its range, and over the horizon."""

    item: str
    part: Part
    quantity: float
    unit: str
    unit_price_usd: float
    usd: float
    low_usd: float
    high_usd: float
    total_usd: float
    basis: str
    source: str | None
    checked: str | None
    rests_on: list[RestsOn]


class TcoResult(BaseModel):
    """The answer of ``tco``: the whole bill of one self-hosted option."""

    verdict: list[str]
    option: str
    months: int
    output_tokens: float
    monthly_usd: float
    machines_usd: float
    people_usd: float
    other_usd: float
    low_usd: float
    high_usd: float
    total_usd: float
    usd_per_mtok: float | None
    deployment: DeployedOn | None
    lines: list[BilledLine]
    caveats: list[str]
    notes: list[str]


class TcoDocument(Envelope):
    """``costcalc tco --format json``."""

    schema_: Literal["costcalc/tco@1"] = Field(alias="schema")
    result: TcoResult | None
