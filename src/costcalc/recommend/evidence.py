"""Which options have evidence for a kind of work: a published score or a rule that vouches for their model."""

from collections.abc import Iterable
from decimal import Decimal

from costcalc.case.case import Case
from costcalc.recommend.facts import workload_facts
from costcalc.recommend.grounds import Grounds
from costcalc.recommend.pool import sort_out
from costcalc.recommend.question import Question
from costcalc.scenario import Needs


def vouched_for(case: Case, needs: Needs, options: Iterable[str]) -> frozenset[str]:
    """Give the options that pass every gate of the workload and that a score or a rule vouches for.

    Args:
        case: The workload, the catalog and the day.
        needs: What the workload asks of whoever serves it.
        options: The options.
    """
    facts = workload_facts(case.workload, needs, case.catalog)
    grounds = Grounds.of(needs, case.workload, case.catalog, as_of=case.as_of)
    question = Question(case.workload, facts, case.catalog, grounds, case.as_of)
    candidates = [question.candidate(name) for name in dict.fromkeys(options)]
    # a premium part is the recommender's composition: here each option is judged for all of the work
    return frozenset(one.id for one in sort_out(question, candidates, Decimal(0)).contenders)
