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


class RefreshResult(BaseModel):
    """The answer of ``catalog refresh``: the lists, the diff, every rate that differs, and what of ours stays.

    ``silent`` says of models whose price moves what no list states; ``last_listed`` names models that a list left off,
    ``relisted`` those that a full list has again.
    """

    target: str
    written: bool
    lists: list[ListRead]
    rates: list[RateMoved]
    confirmed: list[str]
    last_listed: dict[str, str]
    relisted: list[str]
    silent: dict[str, str]
    diff: str


class RefreshDocument(Envelope):
    """``costcalc catalog refresh --format json``."""

    schema_: Literal["costcalc/catalog-refresh@1"] = Field(alias="schema")
    result: RefreshResult | None
