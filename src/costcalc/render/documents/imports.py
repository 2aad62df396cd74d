"""The answers about other price lists: ``catalog import`` and ``catalog diff``."""

from typing import Literal

from pydantic import BaseModel, Field

from costcalc.render.documents.envelope import Envelope

PeerName = Literal["litellm", "genai-prices", "models-dev", "openrouter"]


class TakenModel(BaseModel):
    """A model that the overlay holds: over a price of ours, or new; ``effective`` is the first day of its price."""

    model: str
    theirs: str
    effect: Literal["overrides", "adds"]
    effective: str


class LeftOut(BaseModel):
    """What could not be taken over: a field, or with ``field`` null a whole model."""

    theirs: str
    field: str | None
    reason: str
    line: int | None


class ImportResult(BaseModel):
    """The answer of ``catalog import``: the file, what was taken over by kind, everything that was not."""

    peer: PeerName
    file: str
    checked: str
    saved: str | None
    rates: dict[str, int]
    taken: list[TakenModel]
    left_out: list[LeftOut]
    ours_later: dict[str, list[str]]


class ImportDocument(Envelope):
    """``costcalc catalog import --format json``."""

    schema_: Literal["costcalc/catalog-import@1"] = Field(alias="schema")
    result: ImportResult | None


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
