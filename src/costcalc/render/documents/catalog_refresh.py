"""The answer of ``catalog refresh``."""

from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, Field

from costcalc.render.documents.catalog_import import PeerName
from costcalc.render.documents.envelope import Envelope


class ListRead(BaseModel):
    """A list that was read: what sources call it, its day, how many models of ours it has and how many others."""

    peer: PeerName
    title: str
    seen: str
    ours: int
    others: int


class RateMoved(BaseModel):
    """A rate of a model: written where ``outcome`` is ``written``, else as ours has it, with the reason.

    ``behind``: ours is newer. ``disagree``: another list says something else. ``kept``: theirs is not taken.
    """

    model: str
    rate: str
    ours: Decimal | None
    theirs: Decimal
    outcome: Literal["written", "behind", "disagree", "kept"]
    reason: str
    by: str


class NoGpu(BaseModel):
    """An accelerator of a list that is no GPU of the catalog, or of which nobody can tell which, with its rows."""

    name: str
    reason: str
    rows: int


class RentsRead(BaseModel):
    """A list of rents that was read.

    ``unpriced`` says why rents of ours have no price in it that can be taken; ``absent`` names those that do not
    stand in it; ``not_added`` counts the offers that the catalog lacks, by GPU.
    """

    cloud: str
    title: str
    seen: str
    ours: int
    unpriced: dict[str, str]
    absent: list[str]
    not_added: dict[str, int]
    no_gpu: list[NoGpu]


class RefreshResult(BaseModel):
    """The answer of ``catalog refresh``: the lists, the diff, every rate that differs, and what of ours stays.

    A rent stands among the rates as GPU/rental. ``dated`` names rents of an unknown day that have one now, at the
    same price. ``silent`` says of models whose price moves what no list states; ``last_listed`` names models that a
    list left off, ``relisted`` those that a full list has again.
    """

    target: str
    written: bool
    lists: list[ListRead]
    rents: list[RentsRead]
    rates: list[RateMoved]
    confirmed: list[str]
    dated: list[str]
    last_listed: dict[str, str]
    relisted: list[str]
    silent: dict[str, str]
    diff: str


class RefreshDocument(Envelope):
    """``costcalc catalog refresh --format json``."""

    schema_: Literal["costcalc/catalog-refresh@1"] = Field(alias="schema")
    result: RefreshResult | None
