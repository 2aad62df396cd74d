"""What a log says of the calendar month that runs: what was spent so far, and what it comes to at the present pace."""

from calendar import monthrange
from collections.abc import Callable
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import NamedTuple

from costcalc.catalog.catalog import Catalog
from costcalc.catalog.forms.options import ApiOption
from costcalc.errors import UndecidableError, UnknownNameError
from costcalc.limits import BudgetEntry
from costcalc.scenario import Scenario
from costcalc.usage.groups import LEAST_S, Group, Usage
from costcalc.usage.reprice import Cost, cost_of_log
from costcalc.workload import OUTPUT_METERS

DAY_S = 86_400


class Actual(NamedTuple):
    """What requests of one calendar month did cost, and what the month comes to.

    Args:
        month: Its first day.
        until_s: When the last of them was made [s since 1970, UTC].
        begins_late: The day of the log's first request, where it does not reach back to the first of the month.
        so_far_usd: What they did cost, exactly [USD]; the least, where sums leave open how long prompts were.
        at_end_usd: What the month comes to at the pace of these requests [USD]; the most, likewise.
        requests: Requests of the month at that pace.
        output_tokens: What they generate [tokens].
        unpriced: Models without a price, whose requests are in no figure.
    """

    month: date
    until_s: int
    begins_late: date | None
    so_far_usd: Fraction
    at_end_usd: Fraction
    requests: Fraction
    output_tokens: Fraction
    unpriced: tuple[str, ...]


def actual(usage: Usage, catalog: Catalog, today: date, keep: Callable[[Group], bool]) -> Actual:
    """Add up what a part of a log did cost in the month of a day, and go on at its pace to the month's end.

    The pace is that of the time from the log's first request of the month to its last, over all its requests, so that
    a part that pauses has a pace of its own. What was not logged before that is in no figure.

    Args:
        usage: The log, of which some part is asked for.
        catalog: Prices; a contract in it is applied.
        today: A day of the month.
        keep: Which requests are meant.

    Raises:
        UndecidableError: The log has no days, or no request of that month.
    """
    if not usage.is_dated:
        raise UndecidableError("the log has times since its beginning and no days: it is of no month")
    begin, end = _bounds(today)
    of_month = [group for group in usage.groups if begin <= group.start_s < end]
    if not of_month:
        raise UndecidableError(f"the log has no request of {today:%Y-%m}")
    first = max(begin, min(group.start_s for group in of_month), usage.first_s)
    last = min(end, max(usage.last_s, first + 1))  # a log that goes on past the month's end has all of it
    if last < end and last - first < LEAST_S:
        raise UndecidableError(f"the log has {last - first} s of {today:%Y-%m}: a pace needs at least {LEAST_S} s")
    kept = [group for group in of_month if keep(group)]
    cost = cost_of_log(usage.only(kept), catalog, as_of=today) if kept else Cost((), ())
    rest = 1 + Fraction(end - last, last - first)
    output = sum(group.counts.get(meter, 0) for group in kept for meter in OUTPUT_METERS)
    return Actual(
        month=today.replace(day=1),
        until_s=last,
        begins_late=datetime.fromtimestamp(first, UTC).date() if first - begin >= DAY_S else None,
        so_far_usd=cost.exact_usd,
        at_end_usd=cost.exact_high_usd * rest,
        requests=sum(group.requests for group in kept) * rest,
        output_tokens=output * rest,
        unpriced=tuple(dict.fromkeys(each.model or "(no model)" for each in cost.unpriced)),
    )


def _bounds(today: date) -> tuple[int, int]:
    begin = int(datetime(today.year, today.month, 1, tzinfo=UTC).timestamp())
    return begin, begin + monthrange(today.year, today.month)[1] * DAY_S


def part_of(budget: BudgetEntry, scenario: Scenario, catalog: Catalog, usage: Usage) -> Callable[[Group], bool]:
    """Say which requests of a log a budget is about: by the label that the log was read with, or by the model.

    Raises:
        UndecidableError: The log does not tell them from the others.
    """
    keeps: list[Callable[[Group], bool]] = []
    if budget.option is not None:
        keeps.append(_of_option(budget.option, catalog))
    names = {*(budget.workloads or ()), *((budget.tag,) if budget.tag is not None else ())}
    if budget.tag is not None:
        names |= {name for name, entry in scenario.workloads.items() if budget.tag in entry.tags}
    if names and not (len(scenario.workloads) == 1 and usage.label is None):
        keeps.append(_labelled(names, usage))
    return lambda group: all(keep(group) for keep in keeps)


def _labelled(names: set[str], usage: Usage) -> Callable[[Group], bool]:
    found = {group.label for group in usage.groups if group.label is not None}
    if usage.label is None:
        raise UndecidableError(
            f"the log does not say which requests are of {', '.join(sorted(names))}: name what does, with --by"
        )
    if not names & found:
        raise UndecidableError(
            f"no request of the log has the {usage.label} {', '.join(sorted(names))}; it has"
            f" {', '.join(sorted(found)[:8]) or 'none'}"
        )
    return lambda group: group.label in names


def _of_option(name: str, catalog: Catalog) -> Callable[[Group], bool]:
    option = catalog.option(name).option
    if not isinstance(option, ApiOption):
        raise UndecidableError(f"a log names models, and the option {name} is none that is sold by the token")
    ref = catalog.sold_model(option.model).ref
    refs: dict[str, str | None] = {}

    def of(model: str) -> str | None:
        if model not in refs:
            try:
                refs[model] = catalog.sold_model(model).ref
            except UnknownNameError:
                refs[model] = None
        return refs[model]

    return lambda group: of(group.model) == ref
