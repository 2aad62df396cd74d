"""The forms of subscriptions: what a seat costs, how much it holds, and what the vendor may do with the data."""

from datetime import date
from typing import Annotated, Literal, Self

from costcalc.catalog.forms.assumptions import Judged
from costcalc.catalog.forms.entry import NOT_EMPTY, Entry, form_check
from costcalc.catalog.forms.scalars import Day, Factor, Items, Text, UnitUsd, Whole, check_oldest_first
from costcalc.catalog.forms.schema import Source
from costcalc.errors import UndecidableError

Limit = Literal["hard", "overage"]
DataPolicy = Literal["may_train_by_default", "no_training", "unknown"]


class SeatPrice(Entry):
    """What a seat costs from one day on. A new price is a new entry.

    Args:
        effective: The first day on which the price is known to hold.
        usd_per_seat: The fee of one seat [USD/month].
        source: Where the price was read, and when.
        note: What else is to be known, such as sources that contradict each other.
    """

    effective: Day
    usd_per_seat: UnitUsd
    source: Source
    note: Text | None = None


class Allowance(Judged):
    """How much of a month's work one seat holds, with its 90 % interval; nearly always an estimate.

    Args:
        value: The best single value.
        low: The lower end of the 90 % interval.
        high: The upper end of the 90 % interval.
        unit: Of what: output tokens, visible ones and reasoning, or dollars of usage at API prices.
        pooled: Whether the allowances of all seats are one pool; else each is one person's.
        basis: What it rests on.
        source: Where it was read; a judgement may lack one.
        checked: For a figure without a source: the day on which it was last thought over.
        note: How it was got.
    """

    value: Factor
    low: Factor
    high: Factor
    unit: Literal["output_tokens", "usd"] = "output_tokens"
    pooled: bool = False


class Plan(Entry):
    """One subscription: seats for people at a tool, never for a server.

    Args:
        name: How its vendor calls it.
        users: Who may use a seat: a person at a tool; work of a server needs the API.
        prices: Dated fees, oldest first.
        allowance: How much a seat holds in a month; left out where nobody has published or measured it.
        limit: What work above it does: ``hard`` needs another seat, ``overage`` is billed at an API model's rates.
        overage: The API model, as provider/model, at whose rates it is billed unless an option names another.
        min_seats: The fewest seats that are sold.
        periods: The limits of shorter periods, in words, such as those of 5 hours and of a week.
        data_policy: Whether the vendor may train on what is sent.
        note: What else is to be known.
    """

    name: Text
    users: Literal["person"] = "person"
    prices: Annotated[tuple[SeatPrice, ...], NOT_EMPTY, Items]
    allowance: Allowance | None = None
    limit: Limit
    overage: Text | None = None
    min_seats: Whole = 1
    periods: Text | None = None
    data_policy: DataPolicy
    note: Text | None = None

    @form_check
    def _is_dated(self) -> Self:
        check_oldest_first(price.effective for price in self.prices)
        return self

    def price_on(self, day: date, *, subject: str) -> tuple[int, SeatPrice]:
        """Find the fee in force on a day, with its index.

        Raises:
            UndecidableError: No entry is as old as that day.
        """
        for index in range(len(self.prices) - 1, -1, -1):
            if self.prices[index].effective <= day:
                return index, self.prices[index]
        first = self.prices[0].effective
        raise UndecidableError(f"no fee is known for {day}; the earliest is of {first}", subject=subject)


class PlansFile(Entry):
    """A vendor's subscriptions: ``pricing/plans/<provider>.yaml``.

    Args:
        provider: The vendor's id; the name of the file.
        name: How the vendor calls itself.
        note: What else is to be known of this file.
        plans: The subscriptions by id.
    """

    provider: Text
    name: Text | None = None
    note: Text | None = None
    plans: Annotated[dict[str, Plan], NOT_EMPTY]
