"""The answer of ``report``: that of each command that it puts together."""

from typing import Any, Literal

from pydantic import BaseModel, Field

from costcalc.render.documents.breakeven import BreakEvenResult
from costcalc.render.documents.capability import CapabilityResult
from costcalc.render.documents.compare import CompareResult
from costcalc.render.documents.envelope import Envelope, LeftOut
from costcalc.render.documents.project import ProjectResult
from costcalc.render.documents.recommend import RecommendResult
from costcalc.render.documents.sensitivity import SensitivityResult
from costcalc.render.documents.tco import RestsOn


class Missing(BaseModel):
    """A section with nothing to show, and why."""

    section: str
    reason: str


class ReportResult(BaseModel):
    """The result of each command; null where it has none. Charts are the figures that the pictures show."""

    verdict: list[str]
    recommend: RecommendResult
    compare: CompareResult | None
    breakeven: BreakEvenResult | None
    capability: CapabilityResult | None
    sensitivity: SensitivityResult | None
    project: ProjectResult | None
    charts: dict[str, list[dict[str, Any]]]
    missing: list[Missing]
    left_out: list[LeftOut]
    assumptions: list[RestsOn]


class ReportDocument(Envelope):
    """``costcalc report --format json``."""

    schema_: Literal["costcalc/report@1"] = Field(alias="schema")
    result: ReportResult | None


class ChartResult(BaseModel):
    """The figures that a picture shows, and the finding that is its title."""

    chart: Literal["breakeven", "breakdown", "tornado", "projection", "capability", "map"]
    title: str
    rows: list[dict[str, Any]]
    left_out: list[LeftOut]


class ChartDocument(Envelope):
    """``costcalc chart --format json``."""

    schema_: Literal["costcalc/chart@1"] = Field(alias="schema")
    result: ChartResult | None
