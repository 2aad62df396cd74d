"""The answer of ``catalog diff``."""

from typing import Literal

from pydantic import BaseModel, Field

from costcalc.render.documents.envelope import Envelope


class RateGap(BaseModel):
    """A rate of a model that both lists have [USD/Mtok, or per thousand calls]; null where one list has none."""

    model: str
    meter: str
    condition: str
    base: float | None
    head: float | None
    change_percent: float | None
    base_since: str | None
    head_since: str | None


class CatalogDiffResult(BaseModel):
    """The answer of ``catalog diff``: rates beyond the tolerance, and whatever only one list has."""

    base: str
    head: str
    tolerance: str
    differs: bool
    compared: int
    gaps: list[RateGap]
    one_sided: list[RateGap]
    only_base: list[str]
    only_head: list[str]
    unpriced: list[str]


class CatalogDiffDocument(Envelope):
    """``costcalc catalog diff --format json``."""

    schema_: Literal["costcalc/catalog-diff@1"] = Field(alias="schema")
    result: CatalogDiffResult | None
