"""Options over months: totals, present values, and when one has paid for itself. Knows payments, nothing of tokens."""

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from itertools import accumulate
from typing import NamedTuple

from costcalc.cost.cash import Cash, Flow, added
from costcalc.cost.finance import declining_sum, present_value
from costcalc.cost.owed import Commitment
from costcalc.errors import UndecidableError

_NOTHING = Decimal(0)


class Payback(NamedTuple):
    """When an option has cost no more than the baseline, all payments since the beginning added up.

    Args:
        first: The first such month, counted from 1; None for none within the horizon.
        last: The month from which on that stays so up to the horizon; None where it does not.
        never: Whether it cannot happen after the horizon either.
        behind: The first month after ``first`` by which it has cost more again; None for none.
    """

    first: int | None
    last: int | None
    never: bool = False
    behind: int | None = None


class Move(NamedTuple):
    """What leaving the option of today costs.

    Args:
        months_of_spend: One-off work, in months of what today's option costs.
        dual_running: For how many months both are paid, in parts of a month too.
    """

    months_of_spend: Decimal
    dual_running: Decimal


class Moving(NamedTuple):
    """What leaving the option of today adds to an option's payments [USD].

    Args:
        migration: One-off work, paid at the beginning.
        waiting: Today's bills until machines that are bought arrive.
        dual_running: Today's bills while both run.
    """

    migration: Decimal
    waiting: Decimal
    dual_running: Decimal


class Projected(NamedTuple):
    """An option over the horizon.

    Args:
        cash: Its payments, a move to it among them.
        npv: What they are worth today, residual value taken off [USD].
        payback: When it has paid for itself against the baseline; None for the baseline itself.
        discounted: The same in today's money.
        moving: What the move to it costs, in its payments already; None where nothing is left.
    """

    cash: Cash
    npv: Decimal
    payback: Payback | None
    discounted: Payback | None
    moving: Moving | None = None

    @property
    def total(self) -> Decimal:
        """All payments less the residual value [USD]."""
        paid = sum((flow.upfront + flow.running for flow in self.cash.flows), start=_NOTHING)
        return paid - self.cash.residual


class Projection(NamedTuple):
    """Options over the horizon, least present value first.

    Args:
        options: One for each option that could be followed.
        baseline: What the others are compared with.
        left_out: Options that could not be followed, each with the reason.
        rate: The discount rate [1/year].
        as_of: The first day.
        owed: Commitments to providers: what an option leaves unused of them is among its payments.
    """

    options: tuple[Projected, ...]
    baseline: str
    left_out: tuple[tuple[str, str], ...]
    rate: Decimal
    as_of: date
    owed: tuple[Commitment, ...] = ()


def project(
    options: Sequence[str],
    follow: Callable[[str], Cash],
    *,
    baseline: str | None = None,
    move: Move | None = None,
    rate: Decimal,
    decline: Decimal | None = None,
    owed: Sequence[Commitment] = (),
    as_of: date,
) -> Projection:
    """Follow options over a horizon, and set them against a baseline.

    Bills are paid at the end of their month, purchases and one-off work at the beginning; what machines still fetch
    comes in at the end, and is not counted for the payback. What is owed to a provider is paid whichever option is
    chosen: each pays, while a contract holds, what it leaves unused of it, so that leaving a provider saves only what
    exceeds the commitment.

    Args:
        options: Their ids.
        follow: Gives an option's payments; raises UndecidableError for one that cannot be followed.
        baseline: What the others are compared with; None for the option to buy with the least present value.
        move: What leaving the baseline costs, where it is what is used today.
        rate: The discount rate [1/year].
        decline: By how much the baseline's bill falls a year, where nothing else changes; then a payback that
            never comes can be told from one that comes later.
        owed: Commitments to providers.
        as_of: The first day.

    Raises:
        UndecidableError: The baseline, or every option, could not be followed.
    """
    paths: dict[str, Cash] = {}
    left_out: list[tuple[str, str]] = []
    for name in dict.fromkeys([*options, *([baseline] if baseline is not None else [])]):
        try:
            paths[name] = follow(name)
        except UndecidableError as error:
            if name == baseline:
                raise
            left_out.append((name, error.reason))
    if not paths:
        raise UndecidableError("; ".join(f"{name}: {reason}" for name, reason in left_out))
    chosen = baseline or _least({name: _owing(cash, owed) for name, cash in paths.items()}, rate)
    today, found = paths[chosen], []
    for name, cash in paths.items():
        moved, moving = (cash, None) if move is None or name == chosen else _moved(cash, today, move)
        found.append(_projected(_owing(moved, owed), _owing(today, owed), rate, decline)._replace(moving=moving))
    by_worth = sorted(found, key=lambda projected: (projected.npv, projected.cash.option))
    return Projection(tuple(by_worth), chosen, tuple(left_out), rate, as_of, tuple(owed))


def _owing(cash: Cash, owed: Sequence[Commitment]) -> Cash:
    """Add to each month's payments what is owed in it and not used."""
    flows = []
    for flow in cash.flows:
        unused = sum((each.unused(flow.billed, flow.day) for each in owed), start=_NOTHING)
        flows.append(flow._replace(running=flow.running + unused, owed=unused))
    return cash._replace(flows=tuple(flows))


def _least(paths: dict[str, Cash], rate: Decimal) -> str:
    bought = {name: cash for name, cash in paths.items() if cash.side == "buy"} or paths
    return min(bought, key=lambda name: (npv(bought[name], rate), name))


def _moved(cash: Cash, today: Cash, move: Move) -> tuple[Cash, Moving]:
    """Add the work of moving, and today's bills until the option's machines arrive and while both run."""
    migration = today.flows[0].running * move.months_of_spend
    flows, waiting, both, until = [], _NOTHING, _NOTHING, cash.waits + move.dual_running
    for month, (flow, old) in enumerate(zip(cash.flows, today.flows, strict=True)):
        awaited = old.running * _share(month, cash.waits)
        overlapping = old.running * _share(month, until) - awaited
        waiting, both = waiting + awaited, both + overlapping
        once = migration if month == 0 else _NOTHING
        flows.append(
            flow._replace(
                upfront=flow.upfront + once,
                running=flow.running + awaited + overlapping,
                moving=once + awaited + overlapping,
                billed=added(flow.billed, {name: usd * _share(month, until) for name, usd in old.billed.items()}),
            )
        )
    return cash._replace(flows=tuple(flows)), Moving(migration, waiting, both)


def _share(month: int, until: Decimal) -> Decimal:
    """Share of a month, counted from 0, that lies before a point in time [0 to 1]."""
    return min(Decimal(1), max(_NOTHING, until - month))


def npv(cash: Cash, rate: Decimal) -> Decimal:
    """Give what an option's payments are worth today, its residual value taken off [USD].

    Source:
        The net present value of any textbook, with the monthly rate (1 + yearly)^(1/12) − 1.
    """
    paid = sum(_discounted(cash.flows, rate), start=_NOTHING)
    return paid - present_value(cash.residual, months=len(cash.flows), yearly_rate=rate)


def _discounted(flows: Sequence[Flow], rate: Decimal) -> list[Decimal]:
    return [
        present_value(flow.upfront, months=month, yearly_rate=rate)
        + present_value(flow.running, months=month + 1, yearly_rate=rate)
        for month, flow in enumerate(flows)
    ]


def _projected(cash: Cash, baseline: Cash, rate: Decimal, decline: Decimal | None) -> Projected:
    if cash.option == baseline.option:
        return Projected(cash, npv(cash, rate), None, None)
    plain, worth = (payback(_paid(cash, yearly), _paid(baseline, yearly)) for yearly in (_NOTHING, rate))
    if plain.first is None and decline is not None and _is_out_of_reach(cash, baseline, decline):
        plain, worth = plain._replace(never=True), worth._replace(never=True)
    return Projected(cash, npv(cash, rate), plain, worth)


def _paid(cash: Cash, rate: Decimal) -> list[Decimal]:
    return list(accumulate(_discounted(cash.flows, rate)))


def cumulative(cash: Cash) -> list[Decimal]:
    """Add up what has been paid after each month [USD]."""
    return _paid(cash, _NOTHING)


def payback(paid: Sequence[Decimal], baseline: Sequence[Decimal]) -> Payback:
    """Find when one running total is no longer above another.

    Args:
        paid: What has been paid after each month [USD].
        baseline: What would have been paid otherwise.

    Example:
        A machine of $1,000 against bills of $400: after 3 months $1,000 is less than $1,200:

        >>> payback([1000, 1000, 1000, 1000], [400, 800, 1200, 1600])
        Payback(first=3, last=3, never=False, behind=None)
    """
    ahead = [mine <= theirs for mine, theirs in zip(paid, baseline, strict=True)]
    first = ahead.index(True) + 1 if True in ahead else None
    last = len(ahead) - ahead[::-1].index(False) + 1 if False in ahead else 1
    behind = first + ahead[first:].index(False) + 1 if first is not None and False in ahead[first:] else None
    return Payback(first, last if last <= len(ahead) else None, behind=behind)


def _is_out_of_reach(cash: Cash, baseline: Cash, decline: Decimal) -> bool:
    """Say whether what is still missing exceeds all later savings, of which each is less than the one before."""
    last = cash.flows[-1]
    # a month in which both are paid, one in which something is owed, or a rising bill says nothing of later
    if last.moving or last.owed or baseline.flows[-1].owed or decline < 0:
        return False
    missing = cumulative(cash)[-1] - cumulative(baseline)[-1]
    saving = baseline.flows[-1].running - last.running
    if saving <= 0:
        return True
    return 0 < decline < 1 and missing >= declining_sum(saving, yearly_decline=decline) - saving
