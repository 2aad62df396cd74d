"""What `project` says: options over months, and when one has paid for itself."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from costcalc.analysis.projection import Payback, Projected, Projection, cumulative
from costcalc.catalog.catalog import Catalog
from costcalc.cost.cash import Course
from costcalc.money import USD, Money
from costcalc.render.numbers import significant
from costcalc.render.owed import owed_data, owed_words
from costcalc.render.pictures.projection import MOST_PATHS, paths
from costcalc.render.report import (
    ASSUMED_LINES,
    Block,
    Column,
    Figure,
    Heading,
    Json,
    Paragraph,
    Report,
    Said,
    Table,
    at_most,
    listed,
)
from costcalc.render.traffic import month_of
from costcalc.render.verdict import fitting
from costcalc.units import decimal, how_many, plural, short
from costcalc.workload import Workload

_SHOWN = 12  # options in the table of a page; --notes, CSV and JSON have all


def _columns(money: Money) -> tuple[Column, ...]:
    """Title what is said of an option."""
    return (
        Column("option"),
        Column("side", rank=3),
        Column(f"{money.sign} in all", "right", means="is all payments, less what machines still sell for at the end"),
        Column(f"NPV {money.sign}", "right", means="the same, discounted to today"),
        Column("first month", "right", rank=4, means="its payments, purchases, one-off work and moving included"),
        Column("last month", "right", rank=2),
        Column("payback", "right", rank=1, means="the month by which it has cost no more than the baseline in all"),
        Column("for good", "right", rank=5, means="the month from which that stays so"),
        Column("discounted", "right", rank=6, means="the payback, all payments discounted to today"),
    )


def projection_report(
    projection: Projection,
    workload: Workload,
    catalog: Catalog,
    course: Course,
    *,
    inputs: Mapping[str, Json],
    said: Said,
    monthly: bool,
    chart: bool,
    money: Money = USD,
) -> Report:
    """Put a projection into words and data.

    Args:
        projection: The result.
        workload: The traffic of the first month.
        catalog: The catalog that it was priced with.
        course: How traffic and prices move.
        inputs: What was asked, after defaults were filled in.
        said: What the command has to say of its inputs.
        monthly: Whether to show every month.
        chart: Whether to draw it as well.
        money: In which currency amounts are shown.
    """
    per_request = decimal(workload.output_tokens) / decimal(workload.requests)
    found = [_option(projected, per_request) for projected in projection.options]
    records = tuple({"option": one["option"], **month} for one in found for month in one["months"])  # type: ignore[union-attr,dict-item]
    # the heading says the requests; on which terms machines are priced decides more
    *traffic, policy = said.notes
    assumed = (
        *owed_words(projection.owed, projection.as_of, money),
        *_moving_words(projection, money),
        "; ".join(_moves(projection, course, money)),
        policy,
        *traffic,
    )
    shown = _shown(projection)
    return Report(
        money=money,
        command="project",
        as_of=projection.as_of,
        digest_of=catalog.digest_of,
        inputs=inputs,
        result=_result(projection, found, said),
        records=records,
        verdict=fitting(
            _verdict(projection, course.months, brief=False, money=money),
            _verdict(projection, course.months, brief=True, money=money),
        ),
        blocks=(
            Heading(
                f"{how_many(course.months, 'month')} from {projection.as_of} against {projection.baseline}; the first"
                f" with {month_of(workload)}; list prices as announced, else {_change(-course.price_decline)}"
            ),
            _table(projection, shown, course.months, money),
            *(_monthly(projection, money) if monthly else ()),
            *(_drawn(projection, money) if chart else ()),
        ),
        assumed=assumed[:ASSUMED_LINES],
        more=tuple(_more(projection, assumed[ASSUMED_LINES:], course.months, shown, money)),
    )


def _result(projection: Projection, options: list[dict[str, Json]], said: Said) -> dict[str, Json]:
    return {
        "baseline": projection.baseline,
        "options": [*options],
        "owed": owed_data(projection.owed),
        "left_out": [{"option": name, "reason": reason} for name, reason in projection.left_out],
        "notes": list(said.notes),
    }


def _verdict(projection: Projection, months: int, *, brief: bool, money: Money) -> Iterator[str]:
    """Say who is cheapest over the horizon, and when it, or the best of the other side, has paid for itself."""
    best, *others = projection.options
    now = "NPV" if brief else "in today's money (NPV)"
    is_owed = any(flow.owed for projected in projection.options for flow in projected.cash.flows)
    counted = ", what you owe anyway included" if is_owed else ""
    yield f"Cheapest over {how_many(months, 'month')}{counted}: {best.cash.option}, {money.text(best.npv)} {now}."
    base = next(projected for projected in projection.options if projected.cash.option == projection.baseline)
    if best is not base:
        npv = "" if brief else f" (NPV {money.text(base.npv)})"
        yield f"Against {projection.baseline}{npv} it {_paid_back(best, base, months)}."
    rival = next((other for other in others if other.cash.side != best.cash.side), others[0] if others else None)
    if rival is not None and rival is not base:
        what = f"the cheapest to {rival.cash.side}" if rival.cash.side != best.cash.side else "the next"
        word = "as" if _is_equal(rival, base) else "against"
        against = "" if best is not base or brief else f" {word} {best.cash.option}"
        npv = "" if brief else f" (NPV {money.text(rival.npv)})"
        yield f"{rival.cash.option}, {what}{npv}, {_paid_back(rival, base, months)}{against}."


def _is_equal(projected: Projected, base: Projected) -> bool:
    """Say whether an option pays in every month what the baseline does."""
    mine, theirs = ([(flow.upfront, flow.running) for flow in each.cash.flows] for each in (projected, base))
    return mine == theirs


def _paid_back(projected: Projected, base: Projected, months: int) -> str:
    if _is_equal(projected, base):
        return "costs the same"
    payback = projected.payback
    assert payback is not None  # asked only of what is set against the baseline
    if payback.first is None:
        return "never pays back" if payback.never else f"does not pay back within {how_many(months, 'month')}"
    if payback.last is None:
        return f"is ahead in month {payback.first} but behind again from month {payback.behind}"
    return "is ahead from the first month on" if payback.last == 1 else f"pays back for good in month {payback.last}"


def _option(projected: Projected, tokens_per_request: Decimal) -> dict[str, Json]:
    sums = cumulative(projected.cash)
    return {
        "option": projected.cash.option,
        "side": projected.cash.side,
        "total_usd": short(projected.total, 6),
        "npv_usd": short(projected.npv, 6),
        "residual_usd": short(projected.cash.residual, 6),
        "moving": _moving(projected),
        "payback": _payback(projected.payback),
        "discounted_payback": _payback(projected.discounted),
        "months": [
            {
                "month": month,
                "day": flow.day.isoformat(),
                "output_tokens": short(decimal(flow.requests) * tokens_per_request, 6),
                "upfront_usd": short(flow.upfront, 6),
                "running_usd": short(flow.running, 6),
                "cumulative_usd": short(paid, 6),
                "moving_usd": short(flow.moving, 6),
                "owed_usd": short(flow.owed, 6),
            }
            for month, (flow, paid) in enumerate(zip(projected.cash.flows, sums, strict=True), start=1)
        ],
        "caveats": list(projected.cash.caveats),
    }


def _moving(projected: Projected) -> dict[str, Json] | None:
    if projected.moving is None:
        return None
    return {
        "migration_usd": short(projected.moving.migration, 6),
        "waiting_months": projected.cash.waits,
        "waiting_usd": short(projected.moving.waiting, 6),
        "dual_running_usd": short(projected.moving.dual_running, 6),
    }


def _payback(payback: Payback | None) -> Json:
    return payback._asdict() if payback is not None else None


def _shown(projection: Projection) -> list[Projected]:
    """Give the options of a page: the cheapest, and the baseline in any case."""
    return at_most(projection.options, _SHOWN, lambda each: each.cash.option == projection.baseline)


def _table(projection: Projection, options: Sequence[Projected], months: int, money: Money) -> Table:
    more = len(projection.options) - len(options)
    notes = (f"{more} more options with --notes",) if more else ()
    base = next(each for each in projection.options if each.cash.option == projection.baseline)
    return Table(_columns(money), tuple(_row(projected, base, months, money) for projected in options), notes)


def _more(
    projection: Projection, notes: Sequence[str], months: int, shown: Sequence[Projected], money: Money
) -> Iterator[Block]:
    if len(shown) < len(projection.options):
        yield Heading("All options")
        yield _table(projection, projection.options, months, money)
    yield from listed("Left out", [f"{name}: {reason}" for name, reason in projection.left_out])
    yield from listed("Notes", [*notes, "--monthly shows every month; CSV and JSON have it"])
    yield from listed("Caveats", _caveats(projection))


def _row(projected: Projected, base: Projected, months: int, money: Money) -> tuple[str, ...]:
    first, last = projected.cash.flows[0], projected.cash.flows[-1]
    equal = projected is not base and _is_equal(projected, base)
    return (
        projected.cash.option,
        projected.cash.side,
        money.cell(projected.total),
        money.cell(projected.npv),
        money.cell(first.upfront + first.running),
        money.cell(last.running),
        "equal" if equal else _said_payback(projected.payback, months),
        _month(projected.payback.last if projected.payback is not None else None),
        "equal" if equal else _said_payback(projected.discounted, months),
    )


def _said_payback(payback: Payback | None, months: int) -> str:
    if payback is None:
        return "baseline"
    if payback.first is None:
        return "never" if payback.never else f"not in {months}"
    if payback.behind is not None:
        return f"month {payback.first}, behind from {payback.behind}"
    return "at once" if payback.first == 1 else f"month {payback.first}"


def _month(number: int | None) -> str:
    return f"month {number}" if number is not None else "–"


def _monthly(projection: Projection, money: Money) -> Iterator[Block]:
    """Show what is paid in every month, a column for each option; the last options give way on a narrow page."""
    columns = [Column("month"), Column("from"), *(
        Column(projected.cash.option, "right", rank=place) for place, projected in enumerate(projection.options)
    )]  # fmt: skip
    days = [flow.day for flow in projection.options[0].cash.flows]
    rows = [
        (
            str(month + 1),
            day.isoformat(),
            *(
                money.cell(projected.cash.flows[month].upfront + projected.cash.flows[month].running)
                for projected in projection.options
            ),
        )
        for month, day in enumerate(days)
    ]
    yield Table(tuple(columns), tuple(rows))


def _drawn(projection: Projection, money: Money) -> Iterator[Block]:
    yield Figure(paths(projection, money))
    if len(projection.options) > MOST_PATHS:
        yield Paragraph(f"Drawn are {MOST_PATHS}: the options that cost the least in all, and the baseline.")


def _moving_words(projection: Projection, money: Money) -> list[str]:
    """Say what the move costs, once for all options of which the same holds."""
    by_text: dict[str, list[str]] = {}
    for projected in projection.options:
        if (moving := projected.moving) is not None:
            parts = [f"{money.text(moving.migration)} of work at the beginning (migration_months)"]
            if months := projected.cash.waits:
                wait = f"{months:f} {plural(months, 'month')}"
                parts.append(f"{money.text(moving.waiting)} of today's bills for {wait} of waiting (lead_time)")
            parts.append(f"{money.text(moving.dual_running)} of today's bills while both run (dual_running_months)")
            by_text.setdefault(", ".join(parts), []).append(projected.cash.option)
    left = f"leaving {projection.baseline}, in these figures"
    if len(by_text) == 1:  # the same holds of every option
        return [f"{left}: {text}" for text in by_text]
    return [f"{left}: {text}; of {', '.join(options)}" for text, options in by_text.items()]


def _change(yearly: Decimal) -> str:
    return f"{'+' if yearly > 0 else ''}{significant(yearly * 100, 3)} % a year" if yearly else "unchanged"


def _moves(projection: Projection, course: Course, money: Money) -> tuple[str, str]:
    machines, models = _change(course.hardware_change), _change(-course.price_decline)
    moves = (
        f"traffic {_change(course.growth)} (--growth), GPU prices {machines} (--hardware-change), list price of the"
        f" same model {models} beside announced changes (--price-decline)"
    )
    discount = f"payments discounted by {significant(projection.rate * 100, 3)} % a year (--discount-rate)"
    if course.requalify is None:
        return moves, f"{discount}; the buyer stays with the model (--requalify-every MONTHS)"
    every, cheaper, cost = course.requalify
    return moves, (
        f"{discount}; every {how_many(every, 'month')} the buyer switches to a model of the same capability for"
        f" {money.text(cost)}, which is {float(cheaper):.3g} times cheaper a year (--capability-decline)"
    )


def _caveats(projection: Projection) -> list[str]:
    by_text: dict[str, list[str]] = {}
    for projected in projection.options:
        for text in projected.cash.caveats:
            by_text.setdefault(text, []).append(projected.cash.option)
    return [f"{', '.join(options)}: {text}" for text, options in by_text.items()]
