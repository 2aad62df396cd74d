"""What a check comes to: what each workload costs, how each limit stands, what there is to say."""

from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from typing import Literal, NamedTuple

from costcalc.cost.estimate import Estimate, exact_usd
from costcalc.findings import Finding, Node, Place
from costcalc.limits import BudgetEntry, Increase, Measure, Percentile, Severity
from costcalc.workload import Workload

Status = Literal["inside", "warning", "over", "over as before", "suppressed", "undecided", "no baseline"]
Limited = Measure | Literal["max_increase"]


class Spent(NamedTuple):
    """What one workload costs with the option that it uses today.

    Args:
        workload: The workload.
        option: The option.
        tags: Its tags.
        estimate: Its estimate; None where it has none.
        reason: Why it has none, or cannot be compared; "" where it has one.
        place: Where its option stands in the file.
        share: Its share of a fleet that others are served by too, 0 to 1; 1 where it shares nothing.
    """

    workload: Workload
    option: str
    tags: tuple[str, ...]
    estimate: Estimate | None
    reason: str
    place: Place
    share: Fraction = Fraction(1)

    @property
    def usd(self) -> Fraction | None:
        """What it costs, exactly [USD/month]; None where that is not known."""
        return exact_usd(self.estimate.lines) if self.estimate is not None and not self.reason else None


class Verdict(NamedTuple):
    """One limit of one budget.

    Args:
        budget: The budget's name.
        scope: What it is about, in words.
        limited: Which of its limits.
        warn: Above it is a warning [USD].
        deny: Above it the budget is broken [USD].
        actual: What is spent [USD]; None where that is not known.
        base: What was spent on the baseline [USD]; None where there is none.
        status: How it stands.
        reason: Why it is not decided, or put up with, or that all of it is new.
        place: Where the limit stands in the file.
        severity: Whether a breach fails or warns.
        increase: How much more than on the baseline may be spent, for ``max_increase``.
        at: At which percentile the ranges are that it rests on.
        ranged: Whether they move what is spent.
    """

    budget: str
    scope: str
    limited: Limited
    warn: Fraction | None
    deny: Fraction | None
    actual: Fraction | None
    base: Fraction | None
    status: Status
    reason: str
    place: Place
    severity: Severity = "deny"
    increase: Increase | None = None
    at: Percentile = "p95"
    ranged: bool = False

    @property
    def headroom(self) -> Fraction | None:
        """What may still be spent [USD]; negative where it is over."""
        limit = self.deny if self.deny is not None else self.warn
        return limit - self.actual if limit is not None and self.actual is not None else None


class Measured(NamedTuple):
    """One limit of one budget, judged by a log.

    Args:
        verdict: How it stands; what is spent is the month's end at the present pace.
        so_far: What was spent in the month so far [USD]; None where the log does not tell.
    """

    verdict: Verdict
    so_far: Fraction | None


class Checked(NamedTuple):
    """One file, judged.

    Args:
        file: The file's name.
        as_of: The day whose prices are in force.
        spent: What each workload costs.
        verdicts: How each limit stands.
        findings: What there is to say, each at its place.
        unused: What commitments leave unused, by the provider that it is owed to [USD/month].
        measured: How each limit stands by a log, where one was given.
    """

    file: str
    as_of: date
    spent: tuple[Spent, ...]
    verdicts: tuple[Verdict, ...]
    findings: tuple[Finding, ...]
    unused: tuple[tuple[str, Fraction], ...] = ()
    measured: tuple[Measured, ...] = ()

    @property
    def total(self) -> Fraction | None:
        """What all workloads cost together, unused commitments included [USD/month]; None where that is not known."""
        return sum_of((*(one.usd for one in self.spent), *(usd for _, usd in self.unused)))

    @property
    def undecided(self) -> bool:
        """Whether something that is needed is missing."""
        verdicts = (*self.verdicts, *(each.verdict for each in self.measured))
        return any(one.reason for one in self.spent) or any(one.status == "undecided" for one in verdicts)


def sum_of(amounts: Iterable[Fraction | None]) -> Fraction | None:
    """Add amounts up; None where one of them is not known."""
    known = list(amounts)
    return sum((one for one in known if one is not None), start=Fraction(0)) if None not in known else None


def as_written(amount: Fraction) -> Fraction:
    """Give an amount as a baseline has it: to twelve digits behind the point."""
    return round(amount * 10**12) * Fraction(1, 10**12)


def scope_of(budget: BudgetEntry) -> str:
    """Say what a budget is about."""
    parts = [
        ", ".join(budget.workloads) if budget.workloads is not None else "",
        f"option {budget.option}" if budget.option is not None else "",
        f"tag {budget.tag}" if budget.tag is not None else "",
    ]
    return ", ".join(part for part in parts if part) or "everything"


def place_of(tree: Node, *path: str | int) -> Place:
    """Where something stands: its key, where it holds more than a value."""
    node = tree.nearest(path)
    return node.key or node.place if isinstance(node.value, dict | list) else node.place
