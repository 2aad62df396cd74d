"""The answer of ``catalog import``."""

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
    """The answer of ``catalog import``: the file, what was taken over by kind, everything that was not.

    ``agrees`` names the models whose prices are ours, ``stays`` those that differ and whose price stays
    ours; ``kept`` says what of ours stays beside what was taken over.
    """

    peer: PeerName
    file: str
    checked: str
    saved: str | None
    rates: dict[str, int]
    taken: list[TakenModel]
    left_out: list[LeftOut]
    agrees: list[str]
    stays: list[str]
    kept: dict[str, str]
    ours_later: dict[str, list[str]]


class ImportDocument(Envelope):
    """``costcalc catalog import --format json``."""

    schema_: Literal["costcalc/catalog-import@1"] = Field(alias="schema")
    result: ImportResult | None
