"""What prices that are announced already will make of an answer: the first day on which it changes."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from costcalc.case.case import Case, why_unfit
from costcalc.catalog.forms.options import BlendOption
from costcalc.cost.changes import price_changes
from costcalc.cost.estimate import Estimate
from costcalc.cost.finance import MONTHS_PER_YEAR, months_later

if TYPE_CHECKING:
    from costcalc.analysis.compare import Comparison
    from costcalc.analysis.decision import Decision


class Ahead(NamedTuple):
    """A day on which an announced change alters an answer.

    Args:
        day: The first such day.
        option: The answer of today.
        usd: What it costs from then on [USD/month]; None where nobody can choose it any more.
        cheapest: The cheapest from then on; None where nothing can be chosen.
        cheapest_usd: What that costs [USD/month]; None likewise.
    """

    day: date
    option: str
    usd: Decimal | None
    cheapest: str | None
    cheapest_usd: Decimal | None


def ahead(case: Case, choices: Sequence[Estimate], chosen: Estimate | None) -> Ahead | None:
    """Find the first announced change within a year that alters an answer: its cost, or which option it is.

    The traffic stays as it is. A tie goes to the answer of today, then to the first by id.

    Args:
        case: The question.
        choices: What can be chosen, at the prices of the case's day.
        chosen: The answer; None where there is none.

    Example:
        Gemini 4 Argon costs twice as much from December 2026 on, as announced:

        >>> from costcalc import Workload, load_catalog
        >>> month = Workload.single(requests=1_000, output_tokens=1_000)
        >>> case = Case(month, load_catalog(), date(2026, 11, 28))
        >>> priced = case.priced(["gemini-4-argon-api", "gpt-5.2-api"]).estimates
        >>> found = ahead(case, priced, priced[0])
        >>> str(found.day), str(found.usd), found.cheapest
        ('2026-12-01', '20.00', 'gpt-5.2-api')
    """
    if chosen is None:
        return None
    costs: dict[str, Decimal | None] = {each.option: each.monthly_usd for each in (chosen, *choices)}
    changes = {name: days_ahead(name, case) for name in costs}
    for day in sorted(set().union(*changes.values())):
        moved = [name for name, days in changes.items() if day in days]
        later = replace(case, as_of=day).priced(moved).estimates
        costs |= dict.fromkeys(moved)
        # that a list no longer has a model is nothing that anybody announced
        costs |= {each.option: each.monthly_usd for each in later if each.last_listed or not why_unfit(each)}
        usd = costs[chosen.option]
        left = {name: cost for name, cost in costs.items() if cost is not None}
        cheapest = min(left, key=lambda name: (left[name], name != chosen.option, name), default=None)
        if usd != chosen.monthly_usd or cheapest != chosen.option:
            return Ahead(day, chosen.option, usd, cheapest, left[cheapest] if cheapest is not None else None)
    return None


def of_comparison(result: "Comparison", decision: "Decision", case: Case) -> Ahead | None:
    """Find what becomes of today's cost; else of the cheapest option, or of the one with evidence."""
    answers = ((decision.today, ()), (decision.cheapest, result.to_choose), (decision.vouched, ()))
    found = (ahead(case.at_peak, choices, chosen) for chosen, choices in answers)
    return next((each for each in found if each is not None), None)


def of_cheapest(case: Case, options: Sequence[str], *, pair: bool = False) -> Ahead | None:
    """Find what becomes of the cheapest option at the case's volume; of a pair, whether or not it can be chosen."""
    choices = [estimate for estimate in case.priced(options).estimates if pair or not why_unfit(estimate)]
    return ahead(case, choices, min(choices, key=lambda each: (each.monthly_usd, each.option), default=None))


def days_ahead(name: str, case: Case) -> frozenset[date]:
    """Give the days within a year on which an option's price may change, or its model is retired."""
    catalog, last = case.catalog, months_later(case.as_of, MONTHS_PER_YEAR)
    named = catalog.option(name)
    members = named.option.members if isinstance(named.option, BlendOption) else (named.id,)
    days = frozenset[date]().union(*(price_changes(catalog.option(member), catalog) for member in members))
    return frozenset(day for day in days if case.as_of < day <= last)
