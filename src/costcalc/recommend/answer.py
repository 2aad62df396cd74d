"""The form of an answer."""

from datetime import date
from decimal import Decimal
from typing import Literal, NamedTuple

from costcalc.analysis.ahead import Ahead, ahead
from costcalc.analysis.tco import Range
from costcalc.case.case import Case
from costcalc.catalog.forms.options import BlendOption, Costs
from costcalc.cost.owed import with_unused
from costcalc.money import USD, Money
from costcalc.recommend.commitments import Commitment
from costcalc.recommend.doubt import Doubt
from costcalc.recommend.margin import Margin
from costcalc.recommend.pool import Sorted, upkeep_usd
from costcalc.recommend.question import Candidate, Fired, Question

Verdict = Literal["decided", "too close to call", "nothing is left"]


class Baseline(NamedTuple):
    """What the answer is compared with, so that a saving means something.

    Args:
        option: The option's id.
        why: Why it is this one: named by the caller, the current option, or the frontier API.
        usd: What it costs [USD/month].
    """

    option: str
    why: str
    usd: Decimal


class Again(NamedTuple):
    """When the answer should be asked for again.

    Args:
        what: ``volume``, ``date`` or ``price``.
        at: The volume [Mtok/month], the day, or the factor on the answer's cost.
        change: What changes then.
        usd: What the answer costs from then on, where that is the change [USD/month].
    """

    what: Literal["volume", "date", "price"]
    at: Decimal | date
    change: str
    usd: Decimal | None = None

    def because(self, money: Money = USD) -> str:
        """Say what changes then."""
        return self.change if self.usd is None else f"{self.change} {money.text(self.usd)} a month"


class Asked(NamedTuple):
    """How the question was put.

    Args:
        options: The options to choose from, or None for all of the catalog.
        against: The baseline of the saving, or None.
        current: The option that serves the workload today, or None.
        costs: What self-hosting is priced with: its whole bill, or its machines alone.
    """

    options: tuple[str, ...] | None = None
    against: str | None = None
    current: str | None = None
    costs: Costs = "all"


class Recommendation(NamedTuple):
    """The answer.

    Args:
        question: What was asked.
        verdict: Whether the evidence decides it.
        choice: The answer, or the best guess where it is too close to call; None where nothing is left.
        runner_up: The next best; choosing it costs the difference, the regret.
        sorted: Every option by what the rules made of it.
        close: Why the evidence does not decide it.
        measure: What to measure first.
        cheaper_if: Options that would be cheaper if what is not known of them were so.
        committed: Options to build that would be cheaper for whoever commits to machines, by the length of the term.
        doubt: How sure it is that the answer is cheaper than the runner-up.
        range: Where the answer's cost may lie.
        baseline: What it is compared with.
        margin: Where the break-even lies.
        fired: The rules that fired and speak of the answer.
        again: When to ask again.
        case: The workload and the catalog with every option that was composed.
        pool: What the answer was chosen from, the answer first.
        costs: What self-hosting is priced with.
        chances: The probability of being the cheapest, by option, where it was simulated.
    """

    question: Question
    verdict: Verdict
    choice: Candidate | None
    runner_up: Candidate | None
    sorted: Sorted
    close: tuple[str, ...]
    measure: tuple[str, ...]
    cheaper_if: tuple[Candidate, ...]
    committed: tuple[Commitment, ...]
    doubt: Doubt | None
    range: Range | None
    baseline: Baseline | None
    margin: Margin | None
    fired: tuple[Fired, ...]
    again: tuple[Again, ...]
    case: Case
    pool: tuple[Candidate, ...]
    costs: Costs
    chances: dict[str, float]

    @property
    def router_usd(self) -> Decimal:
        """What keeping the router of a mix takes of people, which no cost has [USD/month]; 0 without a router."""
        option = self.choice.named.option if self.choice is not None else None
        routes = isinstance(option, BlendOption) and option.routes is not None
        return upkeep_usd(self.case.catalog) if routes and self.costs == "all" else Decimal(0)

    @property
    def owed_to(self) -> tuple[str, ...]:
        """The providers to whom something is owed whatever is chosen, of which the answer's cost has nothing unused."""
        return tuple(each.provider for each in self.case.owed if each.unused({}, self.case.as_of))

    def in_all_usd(self, option: str) -> Decimal:
        """What an option comes to with what it leaves unused of commitments [USD/month]."""
        return with_unused(self.case.estimate(option), self.case.owed, self.case.as_of)

    @property
    def ahead(self) -> Ahead | None:
        """What announced prices will make of the answer, among what has evidence as well."""
        choices = [candidate.priced for candidate in self.pool]
        return ahead(self.case, choices, self.choice.priced if self.choice is not None else None)

    @property
    def regret_usd(self) -> Decimal | None:
        """What choosing the runner-up costs more [USD/month]."""
        if self.choice is None or self.runner_up is None:
            return None
        return self.runner_up.usd - self.choice.usd
