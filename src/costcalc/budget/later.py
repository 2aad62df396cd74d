"""On which days to come two states of a plan differ by another amount than today."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from fractions import Fraction
from typing import NamedTuple

from costcalc.budget.diff import Difference
from costcalc.catalog.catalog import Catalog
from costcalc.cost.changes import price_changes
from costcalc.errors import UnknownNameError

AHEAD = timedelta(days=365)


class Later(NamedTuple):
    """What both states cost from a day on [USD/month]; None where that is not known.

    Args:
        day: The day.
        base: What the first costs.
        head: What the second costs.
    """

    day: date
    base: Fraction | None
    head: Fraction | None

    @property
    def change(self) -> Fraction | None:
        """What the second costs more [USD/month]."""
        return self.head - self.base if self.base is not None and self.head is not None else None


def days_of(options: Iterable[str], catalog: Catalog, *, after: date) -> Iterator[date]:
    """Give the days of the next twelve months on which a price or a contract of some options may change."""
    for option in options:
        try:
            days = price_changes(catalog.option(option), catalog)
        except UnknownNameError:
            continue  # it has no price today either, and the difference says so
        yield from (day for day in days if after < day <= after + AHEAD)


def later_changes(
    found: Difference, days: Iterable[date], difference_on: Callable[[date], Difference]
) -> Iterator[Later]:
    """Find the days from which on the change is another one than before.

    Args:
        found: The difference at the prices of today.
        days: The days on which it may change.
        difference_on: Gives the difference at the prices of a day.
    """
    change = found.total("change")
    for day in sorted(set(days)):
        then = difference_on(day)
        if then.total("change") != change:
            change = then.total("change")
            yield Later(day, then.total("base"), then.total("head"))
