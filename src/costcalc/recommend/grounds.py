"""What speaks for a model: published scores of the day, and above them what the user tested or takes for granted."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from costcalc.catalog.catalog import Catalog
from costcalc.catalog.forms.quality import Evaluation
from costcalc.catalog.rules.vocabulary import Value
from costcalc.catalog.scores import Scale, Scores, evaluation_of, names_of_option
from costcalc.catalog.things import NamedOption
from costcalc.scenario import Needs, QualityFloor
from costcalc.workload import Workload

Facts = dict[str, Value]
Given = Iterator[tuple[str, Value | None]]

INDEX = "AA Intelligence Index"
_ALL = Decimal(100)


class Grounds(NamedTuple):
    """What is published of models, and what the user says of them.

    Args:
        scores: The published scores of the day, with the benchmark of the workload's floor.
        frontier: The scale of the index that tells frontier models.
        floor: The scale of the floor's benchmark; scores of older ones decide nothing.
        least: Share of the user's own tasks that must be right, where a test does not say it; None for nothing.
        taken: Options that the user takes to suffice.
    """

    scores: Scores
    frontier: Scale | None = None
    floor: Scale | None = None
    least: Decimal | None = None
    taken: frozenset[str] = frozenset()

    @classmethod
    def of(cls, needs: Needs, workload: Workload, catalog: Catalog, *, as_of: date) -> "Grounds":
        """Collect what is known on a day of the models that a workload could use.

        Args:
            needs: The least score that the workload asks for, and what the user takes for granted.
            workload: What is to be served.
            catalog: Where scores, tests and kinds stand.
            as_of: The day; what was published later is not known.
        """
        asked = floor_of(needs, workload, catalog)
        scores = Scores.of(catalog.quality(), asked.benchmark if asked is not None else None, as_of=as_of)
        floor = scores.scale(asked.benchmark) if asked is not None else None
        # only where the benchmark counts tasks can its least score be asked of the user's own tasks as well
        counts = needs.at_least is not None and needs.at_least <= _ALL and (floor is None or floor.unit == "percent")
        least = needs.at_least / _ALL if counts and needs.at_least is not None else None
        return cls(scores, scores.scale(INDEX), floor, least, frozenset(needs.assume_suffices))


def floor_of(needs: Needs, workload: Workload, catalog: Catalog) -> QualityFloor | None:
    """Give the least score that is asked for: on a benchmark of the user's choice, else on that of the kind."""
    if needs.quality is not None or needs.at_least is None:
        return needs.quality
    benchmark = catalog.kinds()[workload.kind].quality.benchmark
    return QualityFloor.model_construct(benchmark=benchmark, least=needs.at_least)


def evidence_facts(named: NamedOption, workload: Workload, catalog: Catalog, grounds: Grounds, *, as_of: date) -> Given:
    """Say what speaks for an option: a test of the user's own, and where none decides, published scores.

    Args:
        named: The option.
        workload: What is to be served; a test may be of this one, of its kind, or of any.
        catalog: Where the tests and the models stand.
        grounds: Published scores, and what the user says.
        as_of: The day; a test that was made later is not known.
    """
    yield "taken_to_suffice", bool({named.id, named.id.rpartition("@")[0]} & grounds.taken)  # on whatever terms
    test = evaluation_of(named.option, catalog, kind=workload.kind, workload=workload.name, as_of=as_of)
    least = _least(test, grounds)
    yield "own_tested", least is not None
    if test is not None and least is not None:
        low, high = test.interval
        yield from (("own_pass_rate", test.rate), ("own_pass_low", low), ("own_pass_high", high))
        yield from (("own_tasks", Decimal(test.of)), ("own_least", least))
        return
    yield from _scored(grounds, names_of_option(named.option, catalog))


def _least(test: Evaluation | None, grounds: Grounds) -> Decimal | None:
    """Give the share of tasks that suffices by a test: its own, else what the user asks of every model."""
    if test is None:
        return None
    return test.least if test.least is not None else grounds.least


def _scored(grounds: Grounds, names: list[str]) -> Given:
    if grounds.floor is not None:
        floor = [score.score for score in grounds.scores.on(None, names) if grounds.floor.holds(score)]
        if floor:
            yield "score_low", min(floor)
            yield "score_high", max(floor)
    if grounds.frontier is None:
        return
    index = grounds.scores.on(INDEX, names)
    now, then = grounds.frontier.lead(index), grounds.frontier.lead_then(index)
    if now is not None:
        yield from (("intelligence_index", now.score), ("index_behind", now.behind))
    if then is not None and then != now:  # what leads today need not be said to have led
        yield from (("index_then", then.score), ("index_behind_then", then.behind))
