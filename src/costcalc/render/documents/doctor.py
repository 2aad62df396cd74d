"""The answer of ``doctor``."""

from typing import Literal

from pydantic import BaseModel, Field

from costcalc.render.documents.envelope import Envelope


class LayerFound(BaseModel):
    """One layer of the catalog, later ones winning."""

    name: str
    path: str


class SourcesFound(BaseModel):
    """How old the sources are that still say what somebody would be billed."""

    current: int
    stale: int
    oldest: str
    newest: str
    max_days: int


class DoctorResult(BaseModel):
    """The answer of ``doctor``."""

    verdict: list[str]
    python: str
    packages: dict[str, str]
    extras: dict[str, str | None]
    layers: list[LayerFound]
    sources: SourcesFound
    problems: int


class DoctorDocument(Envelope):
    """``costcalc doctor --format json``."""

    schema_: Literal["costcalc/doctor@1"] = Field(alias="schema")
    result: DoctorResult | None
