"""What machines cost for whoever commits to them: reserved for a year or three, or bought."""

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from costcalc.catalog.catalog import Catalog
from costcalc.catalog.forms.capacity import rents_of
from costcalc.catalog.forms.options import SelfHostOption, Tenure
from costcalc.catalog.things import NamedOption
from costcalc.recommend.facts import bound_months
from costcalc.recommend.question import Candidate, Question

COMMITTED: tuple[Tenure, ...] = ("reserved_1y", "reserved_3y", "own")


class Commitment(NamedTuple):
    """An option to build on terms that bind.

    Args:
        candidate: The option, on those terms.
        base: The id of the option to build, which is paid as it is used.
        tenure: On which terms its machines are had.
        months: For how long they bind [months].
    """

    candidate: Candidate
    base: str
    tenure: str
    months: Decimal


def names_within(names: Sequence[str], catalog: Catalog, months: Decimal) -> list[str]:
    """Name options, and those to build on every term that binds no longer than so many months."""
    return [
        *names,
        *(each for name in names for each, bound in _terms_of(catalog.option(name), catalog) if bound <= months),
    ]


def cheaper_committed(
    question: Question, builds: Sequence[Candidate], serving: Callable[[Candidate], Candidate], below_usd: Decimal
) -> tuple[Commitment, ...]:
    """Find the cheapest option to build on each term that binds, where it costs less than an answer that does not.

    Args:
        question: The workload.
        builds: Options to build that may serve it.
        serving: Gives the candidate that an option serves the workload as: itself, or with its premium part.
        below_usd: What the answer costs [USD/month].
    """
    found: dict[Decimal, Commitment] = {}
    for one in builds:
        for name, months in _terms_of(one.named, question.catalog):
            tenured = question.candidate(name)
            if tenured.estimate is None or (candidate := serving(tenured)).usd >= below_usd:
                continue
            best = found.get(months)
            if best is None or candidate.order < best.candidate.order:
                found[months] = Commitment(candidate, one.id, str(tenured.facts["tenure"]), months)
    return tuple(commitment for _, commitment in sorted(found.items()))


def _terms_of(named: NamedOption, catalog: Catalog) -> Iterator[tuple[str, Decimal]]:
    """Walk the terms on which an option could be had besides; one with a rent of its own has that one alone."""
    option = named.option
    if not isinstance(option, SelfHostOption) or option.tenure != "on_demand" or option.gpu is None:
        return
    if rents_of(option) or option.rental is not None:
        return
    for tenure in COMMITTED:
        yield f"{named.id}@{tenure}", bound_months(option.model_copy(update={"tenure": tenure}), catalog)
