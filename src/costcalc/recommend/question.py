"""The question that the recommender answers, and the options that could be the answer: priced, with their facts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from costcalc.case.case import Case
from costcalc.catalog.catalog import Catalog
from costcalc.catalog.forms.options import BlendOption, Route
from costcalc.catalog.rules.verdicts import Rule
from costcalc.catalog.scores import names_of_option, stated
from costcalc.catalog.things import NamedOption
from costcalc.cost.estimate import Estimate, Side
from costcalc.cost.option import estimate
from costcalc.recommend.facts import combined_facts, cost_facts, option_facts
from costcalc.recommend.grounds import Facts, Grounds
from costcalc.workload import Workload

if TYPE_CHECKING:
    from costcalc.catalog.forms.quality import Score


class Fired(NamedTuple):
    """A rule that fired, and what it saw.

    Args:
        rule: The rule.
        facts: Every fact that its conditions and its sentence name, as it was.
        option: The option that it was about, or None where it was about the workload alone.
    """

    rule: Rule
    facts: Facts
    option: str | None


class Open(NamedTuple):
    """A gate that could not be decided.

    Args:
        rule: The gate's id.
        missing: The facts that nobody knows.
    """

    rule: str
    missing: tuple[str, ...]


class Candidate(NamedTuple):
    """One way of serving the workload.

    Args:
        named: The option, its whole bill counted.
        facts: What is known of it.
        estimate: What it costs, or None where a price is missing.
    """

    named: NamedOption
    facts: Facts
    estimate: Estimate | None

    @property
    def id(self) -> str:
        """Its id."""
        return self.named.id

    @property
    def priced(self) -> Estimate:
        """What it costs; asked only of what passed the gates."""
        assert self.estimate is not None  # the gate `unpriced`, or `eligible`, has stopped the others
        return self.estimate

    @property
    def usd(self) -> Decimal:
        """What it costs [USD/month]."""
        return self.priced.monthly_usd

    @property
    def side(self) -> Side:
        """Whether it is to build or to buy."""
        return self.priced.side

    @property
    def order(self) -> tuple[Decimal, str]:
        """Cheapest first, and at equal cost by id."""
        return self.usd, self.id


@dataclass(frozen=True, eq=False)
class Question:
    """What is to be served, and everything that the answer depends on.

    Args:
        workload: What is to be served.
        asked: What is known of it.
        catalog: Prices, options, assumptions and rules; self-hosting priced as the question says.
        grounds: Published scores, and what the user says of models.
        as_of: The day on which it is chosen.
    """

    workload: Workload
    asked: Facts
    catalog: Catalog
    grounds: Grounds
    as_of: date

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """The rules in force, by id, so that no answer depends on the order of files."""
        return tuple(rule for _, rule in sorted(self.catalog.rules().items()))

    def of(self, *levels: str, effects: Sequence[str | None]) -> Iterator[Rule]:
        """Give the rules of some levels that have some effects."""
        yield from (rule for rule in self.rules if rule.entry.level in levels and rule.entry.effect in effects)

    def candidate(self, name: str) -> Candidate:
        """Find out what is known of an option, and price it.

        Raises:
            UnknownNameError: There is no such option.
        """
        named = self.catalog.option(name)
        facts = option_facts(named, self.workload, self.catalog, self.grounds, as_of=self.as_of)
        estimates, left_out = Case(self.workload, self.catalog, self.as_of).priced([name])
        for each in left_out:
            return Candidate(named, facts | {"priced": False, "reason": each.reason}, None)
        estimate = estimates[0]
        return Candidate(named, facts | cost_facts(estimate), estimate)

    def blended(self, premium: Candidate, base: Candidate, share: Decimal) -> Candidate:
        """Route a share of the requests to a premium option and the rest to a base, and price both."""
        routes = (Route(option=premium.id, share=share), Route(option=base.id))
        option = BlendOption(kind="blend", routes=routes)
        named = NamedOption(f"{premium.id}+{base.id}", option)
        one = estimate(named, self.workload, self.catalog, as_of=self.as_of)
        known = combined_facts([premium.facts, base.facts])
        facts = {"option": named.id, "option_kind": "blend", **known, **cost_facts(one), "suited": True}
        return Candidate(named, facts, one)

    def score(self, one: Candidate, benchmark: str) -> "Score | None":
        """Find the score that speaks for an option's model on a benchmark."""
        return stated(self.grounds.scores.on(benchmark, names_of_option(one.named.option, self.catalog)))

    def with_option(self, named: NamedOption) -> Catalog:
        """Give the catalog with one more option."""
        return replace(self.catalog, options={**self.catalog.options, named.id: named.option})


def fired(rule: Rule, facts: Facts, option: str | None) -> Fired:
    """Note that a rule fired, with what it saw."""
    seen = dict.fromkeys((*rule.facts, *rule.said))
    return Fired(rule, {name: facts[name] for name in seen if name in facts}, option)
