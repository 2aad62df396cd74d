"""The answer of ``capability``."""

from typing import Literal

from pydantic import BaseModel, Field

from costcalc.render.documents.envelope import Envelope, LeftOut
from costcalc.render.documents.scores import PublishedScore, ScoreBoard, ScoresShown, YourTest


class ShareDoneRight(BaseModel):
    """The share of requests that succeed; the 90 % interval of a test, no interval of a published score."""

    low: float
    value: float
    high: float
    your_test: bool


class WithFailures(BaseModel):
    """What an option costs with the requests that fail; from the low to the high end of what is uncertain."""

    low: float
    value: float
    high: float


class WeighedOption(BaseModel):
    """An option with its cost and its score; null where it has none that may be compared."""

    option: str
    kind: str
    side: Literal["build", "buy"]
    monthly_usd: float = Field(ge=0)
    score: float | None
    stands: Literal["frontier", "dominated", "not_comparable", "no_evidence", "cannot_be_chosen"]
    beaten_by: str | None
    cannot_be_chosen: str | None
    no_evidence_of: list[str]
    results: list[PublishedScore]
    elsewhere: list[PublishedScore]
    your_tests: list[YourTest]
    success: ShareDoneRight | None
    with_failures_usd: WithFailures | None


class StepBetween(BaseModel):
    """From one option of the frontier to the next; without a price of a point where scores may not be compared."""

    from_: str = Field(alias="from")
    to: str
    usd: float
    points: float
    times: float | None
    usd_per_point: float | None
    comparable: bool


class CheapestAtLeast(BaseModel):
    """The cheapest option with at least a score; null where none is known to have it."""

    score: float
    option: str | None
    monthly_usd: float | None


class CheapestAbove(BaseModel):
    """The cheapest option with its failures, above a cost of a failure."""

    option: str
    above_usd: float


class FailuresAnswer(BaseModel):
    """What failures make of the answer; figures and options at the low, the central and the high cost of a failure."""

    usd_per_failure: list[float]
    cheapest: list[str]
    reigns: list[CheapestAbove]


class CoveringBoard(ScoreBoard):
    """A board, and how much of the comparison it covers."""

    models: int
    options: list[str]


class CapabilityResult(ScoresShown):
    """The answer of ``capability``; options stand by where they stand and then by cost."""

    verdict: list[str]
    requests: float
    options: list[WeighedOption]
    steps: list[StepBetween]
    at_least: CheapestAtLeast | None
    failures: FailuresAnswer | None
    boards: list[CoveringBoard]
    larger_boards: list[CoveringBoard]
    left_out: list[LeftOut]
    notes: list[str]


class CapabilityDocument(Envelope):
    """``costcalc capability --format json``."""

    schema_: Literal["costcalc/capability@1"] = Field(alias="schema")
    result: CapabilityResult | None
