"""Scores as several answers hold them."""

from typing import Literal

from pydantic import BaseModel

from costcalc.catalog.forms.quality import ScoredEffort, Standing, Unit


class PlaceOfScore(BaseModel):
    """Where a score stands in the catalog."""

    layer: str
    path: str
    line: int


class PublishedScore(BaseModel):
    """A published score, and how it was reached."""

    model: str
    score: float
    version: str | None
    variant: str | None
    effort: ScoredEffort | None
    reported_by: str
    standing: Standing
    date: str | None
    confidence: Literal["high", "medium", "low"]
    source: str
    checked: str
    place: PlaceOfScore | None = None


class YourTest(BaseModel):
    """A test of the user's own."""

    model: str
    passed: int
    of: int
    date: str


class ScoreBoard(BaseModel):
    """Scores that may be compared: one reporter's, run in one way."""

    benchmark: str
    version: str | None
    variant: str | None
    reported_by: str


class ScoresShown(BaseModel):
    """Whose scores of which benchmark are shown, and whether they may be compared."""

    benchmark: str
    unit: Unit
    basis: Literal["board", "vendor", "any", "own"]
    board: ScoreBoard | None
    comparable: bool


class EvidenceOf(BaseModel):
    """An option's score, null where it has none that may be compared; with what it rests on, and what it has beside."""

    score: float | None
    results: list[PublishedScore]
    elsewhere: list[PublishedScore]
    your_tests: list[YourTest]
