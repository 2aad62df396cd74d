"""What the ``catalog`` commands say of subscriptions."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from costcalc.catalog.catalog import Catalog
from costcalc.catalog.forms.plans import Allowance, SeatPrice
from costcalc.catalog.things import SoldPlan
from costcalc.errors import UndecidableError
from costcalc.render.numbers import quantity
from costcalc.render.report import Block, Bullets, Column, Json, Table
from costcalc.units import MTOK, full_usd

_COLUMNS = (
    Column("plan"),
    Column("$/seat", "right"),
    Column("a seat holds", "right"),
    Column("above it", rank=1),
    Column("data", rank=2),
)
_ABOVE = {"hard": "another seat", "overage": "API rates"}
_DATA = {
    "may_train_by_default": "vendor may train",
    "no_training": "no training",
    "unknown": "not known",
}


def plans_named(catalog: Catalog, pattern: str) -> Iterator[SoldPlan]:
    """Walk the subscriptions whose ``provider/plan`` or name contains a text."""
    for provider, file in catalog.plans.items():
        for name, plan in file.plans.items():
            if pattern in f"{provider}/{name} {plan.name}".lower():
                yield SoldPlan(provider, name, plan)


def plan_row(sold: SoldPlan, day: date) -> dict[str, Json]:
    """Give a subscription as data, with the fee of the day."""
    price, held = _fee(sold, day), sold.plan.allowance
    return {
        "plan": sold.ref,
        "usd_per_seat": price.usd_per_seat if price is not None else None,
        "allowance": held.value if held is not None else None,
        "allowance_unit": held.unit if held is not None else None,
        "basis": held.basis if held is not None else None,
        "limit": sold.plan.limit,
        "data_policy": sold.plan.data_policy,
    }


def _fee(sold: SoldPlan, day: date) -> SeatPrice | None:
    try:
        return sold.plan.price_on(day, subject=sold.ref)[1]
    except UndecidableError:
        return None


def plan_table(plans: Sequence[SoldPlan], day: date) -> Table:
    """List subscriptions."""
    rows = []
    for sold in plans:
        price, plan = _fee(sold, day), sold.plan
        fee = full_usd(price.usd_per_seat) if price is not None else "–"
        holds = _amount(plan.allowance.value, plan.allowance) if plan.allowance is not None else "not published"
        rows.append((sold.ref, fee, holds, _ABOVE[plan.limit], _DATA[plan.data_policy]))
    return Table(_COLUMNS, tuple(rows), ("USD a month and seat", "what a seat holds in a month is an estimate"))


def _amount(number: Decimal, held: Allowance) -> str:
    return f"{quantity(number / MTOK)} Mtok" if held.unit == "output_tokens" else f"${full_usd(number)} of usage"


def plan_blocks(catalog: Catalog, sold: SoldPlan) -> Iterator[Block]:
    """Show a subscription with the place of every fee."""
    plan = sold.plan
    facts = [f"place: {catalog.place(sold.path)}", "for people at a tool, never for a server"]
    facts += _holds(plan.allowance)
    facts += [f"at least {plan.min_seats:,} seats"] if plan.min_seats > 1 else []
    facts += [f"limits of shorter periods: {plan.periods}"] if plan.periods else []
    facts += [f"work above a seat's allowance: {_ABOVE[plan.limit]}", f"data: {_DATA[plan.data_policy]}"]
    facts += [plan.note] if plan.note else []
    note = catalog.plans[sold.provider].note
    facts += [note] if note else []
    yield Bullets(f"{plan.name} ({sold.ref})", tuple(facts))
    for index, price in reversed(list(enumerate(plan.prices))):
        place = catalog.place((*sold.path, "prices", index))
        lines = [
            f"${full_usd(price.usd_per_seat)} a month",
            f"source: {price.source}, {price.source.looked_at}",
        ]
        lines += [price.note] if price.note else []
        yield Bullets(f"Fee of a seat from {price.effective} on ({place})", tuple(lines))


def _holds(held: Allowance | None) -> list[str]:
    if held is None:
        return ["what a seat holds is not published"]
    ends = f"{_amount(held.low, held)} to {_amount(held.high, held)}, {held.basis}"
    lines = [f"a seat holds {_amount(held.value, held)} a month (estimate; {ends})"]
    lines += [f"read at {held.source}, {held.source.looked_at}"] if held.source is not None else []
    lines += ["the allowances of all seats are one pool"] if held.pooled else []
    return lines + ([held.note] if held.note else [])
