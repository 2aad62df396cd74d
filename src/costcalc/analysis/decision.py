"""What a comparison comes to: what today costs, what is cheapest, and from which volume one's own GPUs are."""

from collections.abc import Collection
from decimal import Decimal
from typing import NamedTuple

from costcalc.analysis.breakeven import Cheapest, tokens_of
from costcalc.analysis.compare import Comparison
from costcalc.case.case import Case
from costcalc.catalog.forms.options import Costs
from costcalc.cost.estimate import Estimate
from costcalc.cost.policy import costs_of
from costcalc.units import MTOK, decimal


class InAll(NamedTuple):
    """What is paid a month with what is owed anyway [USD/month].

    Args:
        providers: To whom it is owed.
        cheapest: The cheapest option so.
        usd: What it comes to.
        today_usd: What today's option comes to; None without one.
    """

    providers: tuple[str, ...]
    cheapest: Estimate
    usd: Decimal
    today_usd: Decimal | None


class Decision(NamedTuple):
    """The figures of a verdict; costs are those with prompts, which a decision rests on.

    Args:
        choices: How many options somebody can choose, at a known price.
        today: What the option of today costs, or None.
        cheapest: The cheapest that somebody can choose, or None.
        vouched: The cheapest of those with evidence for this work; None without one, or where nobody asked.
        asked_for_evidence: Whether evidence was asked for.
        output_alone: The cheapest to choose where output alone is counted; None where prompts are counted as well.
        build: The cheapest to build, or None.
        costs: What that one is priced with: its whole bill, or its machines alone.
        build_from_mtok: From which volume an option to build is the cheapest of all [Mtok/month]; None for never.
        counts: Which tokens a volume is of: ``output``, or ``input`` where nothing is generated.
        your_mtok: The workload's own volume [Mtok/month].
        in_all: The cheapest with what commitments leave unused counted in, and what today's comes to so; None where
            nothing is owed.
        if_even: Units of capacity that would cost less than that, if the load were even: for the mean; None for none.
        at_peak: The same, for the usual peak.
        peak: The busiest hour's rate of requests over the mean.
        equal: Others that cost as much as the cheapest.
    """

    choices: int
    today: Estimate | None
    cheapest: Estimate | None
    vouched: Estimate | None
    asked_for_evidence: bool
    output_alone: Estimate | None
    build: Estimate | None
    costs: Costs | None
    build_from_mtok: Decimal | None
    counts: str
    your_mtok: Decimal
    in_all: "InAll | None" = None
    if_even: Estimate | None = None
    at_peak: Estimate | None = None
    peak: Decimal = Decimal(1)
    equal: tuple[str, ...] = ()

    @property
    def builds_now(self) -> bool:
        """Whether an option to build is the cheapest at the workload's own volume."""
        return self.cheapest is not None and self.cheapest.side == "build"


def decide(
    comparison: Comparison,
    case: Case,
    by_volume: Cheapest | None,
    *,
    today: str | None = None,
    vouched: Collection[str] | None = None,
) -> Decision:
    """Find the figures of a verdict.

    Args:
        comparison: What each option costs.
        case: The case that it answers.
        by_volume: Who is the cheapest at which volume; None where that cannot be said.
        today: The option that serves the workload today.
        vouched: The options with evidence for this work; None where nobody asked.
    """
    choices = comparison.to_choose
    current = case.catalog.option(today).id if today is not None else None
    alone = [each for each in comparison.estimates if not each.unfit and each.is_for_sale]
    build = next((each for each in choices if each.side == "build"), None)
    serving = next((each for each in _decisive(comparison) if each.option in {today, current}), None)
    even = next((each for each in alone if each.option in comparison.at_peak), None)
    if even is not None and choices and even.monthly_usd >= choices[0].monthly_usd:
        even = None
    return Decision(
        choices=len(choices),
        today=serving,
        cheapest=next(iter(choices), None),
        vouched=next((each for each in choices if vouched is not None and each.option in vouched), None),
        asked_for_evidence=vouched is not None,
        output_alone=next(iter(alone), None) if comparison.with_prompts else None,
        build=build,
        costs=costs_of(case.catalog, build.option) if build is not None else None,
        build_from_mtok=_build_from(by_volume, case, {each.option for each in choices if each.side == "build"}),
        counts="output" if case.workload.output_tokens or not case.workload.input_tokens else "input",
        your_mtok=decimal(case.workload.counted_tokens) / MTOK,
        in_all=_in_all(comparison, serving),
        if_even=even,
        at_peak=comparison.at_peak[even.option] if even is not None else None,
        peak=decimal(case.workload.peak),
        equal=tuple(each.option for each in choices[1:] if each.monthly_usd == choices[0].monthly_usd),
    )


def _in_all(comparison: Comparison, today: Estimate | None) -> InAll | None:
    providers = tuple(each.provider for each in comparison.owed if each.unused({}, comparison.as_of))
    if not providers or not comparison.to_choose:
        return None
    choices = [*([today] if today is not None else []), *comparison.to_choose]  # a tie is no reason to leave
    cheapest = min(choices, key=comparison.in_all)
    today_usd = comparison.in_all(today) if today is not None else None
    return InAll(providers, cheapest, comparison.in_all(cheapest), today_usd)


def _decisive(comparison: Comparison) -> list[Estimate]:
    found = (comparison.decisive(each) for each in comparison.estimates)
    return [each for each in found if each is not None]


def _build_from(by_volume: Cheapest | None, case: Case, builds: Collection[str]) -> Decimal | None:
    """The first volume above which an option to build is the cheapest of all [Mtok/month]."""
    reigns = by_volume.reigns if by_volume is not None else ()
    first = next((reign.lo for reign in reigns if reign.option in builds), None)
    return tokens_of(first, case.workload) / MTOK if first is not None else None
