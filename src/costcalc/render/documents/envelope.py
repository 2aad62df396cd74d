"""What every JSON document has, and what several have."""

from typing import Any, Literal

from pydantic import BaseModel


class Tool(BaseModel):
    """The program that wrote the document."""

    name: Literal["costcalc"]
    version: str


class CatalogDigest(BaseModel):
    """Which catalog was used: a hash over every file of every layer."""

    digest: str


class Diagnostic(BaseModel):
    """Something to say about the input."""

    rule: str
    level: Literal["error", "warning", "note"]
    message: str
    path: str | None
    line: int | None
    column: int | None


class Envelope(BaseModel):
    """What every document has."""

    tool: Tool
    as_of: str | None
    catalog: CatalogDigest | None
    inputs: dict[str, Any]
    diagnostics: list[Diagnostic]


class AnnouncedChange(BaseModel):
    """The first announced change that alters the answer; no cost where nobody can choose the option any more."""

    day: str
    option: str
    monthly_usd: float | None
    cheapest: str | None
    cheapest_monthly_usd: float | None


class LeftOut(BaseModel):
    """An option that was not compared, and why."""

    option: str
    reason: str


class OwedTo(BaseModel):
    """A commitment, as far as other workloads of the file leave it, and what they use of it [USD/month]."""

    provider: str
    usd: float
    elsewhere_usd: float
    effective: str
    until: str | None
