"""The forms of evidence: published scores of models, and tests of the user's own."""

import datetime as dt
from decimal import Decimal
from typing import Annotated, Literal, Self

from costcalc.catalog.forms.entry import EMPTY, Constraint, Entry, form_check
from costcalc.catalog.forms.scalars import Amount, Day, Items, Share, Text, Whole
from costcalc.catalog.forms.schema import Source
from costcalc.units import Z90
from costcalc.workload import WorkloadKind

Standing = Literal["vendor", "rival", "independent", "unknown"]
Unit = Literal["percent", "index_points", "elo"]
ScoredEffort = Literal["none", "minimal", "low", "medium", "high", "xhigh", "max"]


class Score(Entry):
    """One published result. Scores of different versions, variants or reporters are not comparable.

    Args:
        benchmark: Which benchmark, under the name of its edition: Terminal-Bench 2.1 is another one than 4.0.
        version: The benchmark's own version, where it was rescaled or changed under one name.
        variant: How it was run: attempts, tools, harness, split.
        effort: The effort of reasoning at which it was reached, where that is stated.
        score: The result, in its unit.
        unit: What the result is measured in: per cent of tasks, points of an index, or an Elo rating.
        reported_by: Who published it.
        standing: Whether that is the model's own vendor, a rival in a table of its own, or somebody independent.
        date: The month or day of the publication.
        confidence: How sure the reading is.
        source: Where it was read, and when.
        note: What else is to be known.
    """

    benchmark: Text
    version: Text | None = None
    variant: Text | None = None
    effort: ScoredEffort | None = None
    score: Amount
    unit: Unit = "percent"
    reported_by: Text
    standing: Standing = "unknown"
    date: Annotated[str, Constraint(pattern=r"^\d{4}(-\d\d(-\d\d)?)?$")] | None = None
    confidence: Literal["high", "medium", "low"]
    source: Source
    note: Text | None = None

    @form_check
    def _is_of_a_day(self) -> Self:
        try:
            _ = self.evidence_day
        except ValueError:
            raise ValueError(f"date is no day, month or year of the calendar: {self.date}") from None
        return self

    @property
    def evidence_day(self) -> dt.date:
        """The day from which its age counts: of a month or a year of publication the first, else its source's."""
        if self.date is None:
            return self.source.evidence_day
        year, month, day = (*map(int, self.date.split("-")), 1, 1)[:3]
        return dt.date(year, month, day)


class Searched(Entry):
    """That somebody looked for scores of a model that are newer or more than those that stand here, and found none.

    Args:
        found: What was found, in words.
        checked: The day on which somebody looked.
    """

    found: Text
    checked: Day


class QualityFile(Entry):
    """Published benchmark scores by model: ``pricing/quality.yaml``.

    Args:
        quality: The scores by the model's name.
        searched: Models of which somebody looked for current scores and found too few, by the same names.
    """

    quality: dict[str, Annotated[tuple[Score, ...], Items]] = EMPTY
    searched: dict[str, Searched] = EMPTY


class Evaluation(Entry):
    """A test of the user's own: of how many tasks a model did how many right.

    Args:
        model: The model, by any of its names.
        kind: The kind of work that it speaks for; left out where it speaks for all work.
        workload: The workload that it speaks for, by its name; left out likewise.
        passed: How many tasks it did right.
        of: How many tasks there were.
        least: The share of tasks, 0 to 1, that must be right for it to suffice.
        date: The day of the test.
        note: What else is to be known, such as which tasks.
    """

    model: Text
    kind: WorkloadKind | None = None
    workload: Text | None = None
    passed: Annotated[int, Constraint(ge=0)]
    of: Whole
    least: Share | None = None
    date: Day
    note: Text | None = None

    @form_check
    def _passed_no_more_than_there_were(self) -> Self:
        if self.passed > self.of:
            raise ValueError(f"passed is {self.passed}, more than the {self.of} tasks that there were")
        if self.kind is not None and self.workload is not None:
            raise ValueError("give a kind of work or a workload, not both")
        return self

    @property
    def rate(self) -> Decimal:
        """The share of tasks that were done right."""
        return Decimal(self.passed) / self.of

    @property
    def interval(self) -> tuple[Decimal, Decimal]:
        """Where that share may lie with more tasks of the same kind: Wilson's 90 % interval.

        Source:
            Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22(158), 1927,
            doi:10.1080/01621459.1927.10502953. Leaves out that the tasks may not be those of the workload.

        Example:
            >>> test = Evaluation(model="a", passed=190, of=200, date="2026-11-20")
            >>> [f"{end:.4f}" for end in test.interval]
            ['0.9181', '0.9699']
        """
        n, p = Decimal(self.of), self.rate
        middle = p + Z90**2 / (2 * n)
        half = Z90 * (p * (1 - p) / n + Z90**2 / (4 * n**2)).sqrt()
        scale = 1 + Z90**2 / n
        return max(Decimal(0), (middle - half) / scale), min(Decimal(1), (middle + half) / scale)


class EvaluationsFile(Entry):
    """The user's own tests by id: ``evaluations.yaml`` of a layer; costcalc ships none.

    Args:
        evaluations: The tests by id.
    """

    evaluations: dict[str, Evaluation]
