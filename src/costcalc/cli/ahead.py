"""What commands ask of announced prices: whether they alter the answer, and whose cost that is about."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from costcalc.analysis.ahead import Ahead, ahead
from costcalc.case.case import why_unfit

if TYPE_CHECKING:
    from costcalc.analysis.compare import Comparison
    from costcalc.analysis.decision import Decision
    from costcalc.case.case import Case
    from costcalc.recommend.answer import Recommendation


def of_comparison(result: "Comparison", decision: "Decision", case: "Case") -> Ahead | None:
    """Find what becomes of today's cost; else of the cheapest option, or of the one with evidence."""
    answers = ((decision.today, ()), (decision.cheapest, result.to_choose), (decision.vouched, ()))
    found = (ahead(case.at_peak, choices, chosen) for chosen, choices in answers)
    return next((each for each in found if each is not None), None)


def of_cheapest(case: "Case", options: Sequence[str], *, pair: bool = False) -> Ahead | None:
    """Find what becomes of the cheapest option at the case's volume; of a pair, whether or not it can be chosen."""
    choices = [estimate for estimate in case.priced(options).estimates if pair or not why_unfit(estimate)]
    return ahead(case, choices, min(choices, key=lambda each: (each.monthly_usd, each.option), default=None))


def of_recommendation(answer: "Recommendation") -> Ahead | None:
    """Find what becomes of the answer among what has evidence as well."""
    choices = [candidate.priced for candidate in answer.pool]
    return ahead(answer.case, choices, answer.choice.priced if answer.choice is not None else None)
