"""What `project` says: options over months, and when one has paid for itself."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from costcalc.analysis.projection import Payback, Projected, Projection, cumulative
from costcalc.catalog.catalog import Catalog
from costcalc.cost.cash import Course
from costcalc.render.charts.lines import Axis, Series, line_chart
from costcalc.render.numbers import count, usd
from costcalc.render.report import Block, Column, Drawing, Heading, Json, Paragraph, Report, Said, Table, listed
from costcalc.units import decimal, whole
from costcalc.workload import Workload

_COLUMNS = (
    Column("option"),
    Column("side", rank=3),
    Column("$ in all", "right", means="is all that is paid, less what machines still fetch at the end"),
    Column("NPV $", "right", means="the same in today's money"),
    Column("first month", "right", rank=4, means="what is paid in it, purchases, one-off work and moving among it"),
    Column("last month", "right", rank=2),
    Column(
        "payback",
        "right",
        rank=1,
        means="the month by which it has cost no more than the baseline",
    ),
    Column("for good", "right", rank=5, means="the month from which that stays so"),
    Column("in today's $", "right", rank=6, means="the payback in today's money"),
)
_CHART_COLUMNS = 60
_DRAWN = 6  # options in one chart


def projection_report(
    projection: Projection,
    workload: Workload,
    catalog: Catalog,
    course: Course,
    *,
    inputs: Mapping[str, Json],
    said: Said,
    monthly: bool,
    unicode: bool | None,
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
        unicode: Whether to draw a chart, and with which characters; None for no chart.
    """
    per_request = decimal(workload.output_tokens) / decimal(workload.requests)
    found = [_option(one, per_request) for one in projection.options]
    records = tuple({"option": one["option"], **month} for one in found for month in one["months"])  # type: ignore[union-attr,dict-item]
    return Report(
        command="project",
        as_of=projection.as_of,
        digest_of=catalog.digest_of,
        inputs=inputs,
        result={
            "baseline": projection.baseline,
            "options": found,
            "left_out": [{"option": name, "reason": reason} for name, reason in projection.left_out],
            "notes": list(said.notes),
        },
        records=records,
        blocks=tuple(_blocks(projection, workload, course, said, monthly=monthly, unicode=unicode)),
    )


def _option(one: Projected, tokens_per_request: Decimal) -> dict[str, Json]:
    sums = cumulative(one.cash)
    return {
        "option": one.cash.option,
        "side": one.cash.side,
        "total_usd": round(one.total, 6),
        "npv_usd": round(one.npv, 6),
        "residual_usd": round(one.cash.residual, 6),
        "moving": _moving(one),
        "payback": _payback(one.payback),
        "discounted_payback": _payback(one.discounted),
        "months": [
            {
                "month": month,
                "day": flow.day.isoformat(),
                "output_tokens": round(decimal(flow.requests) * tokens_per_request, 6),
                "upfront_usd": round(flow.upfront, 6),
                "running_usd": round(flow.running, 6),
                "cumulative_usd": round(paid, 6),
                "moving_usd": round(flow.moving, 6),
            }
            for month, (flow, paid) in enumerate(zip(one.cash.flows, sums, strict=True), start=1)
        ],
        "caveats": list(one.cash.caveats),
    }


def _moving(one: Projected) -> dict[str, Json] | None:
    if one.moving is None:
        return None
    return {
        "migration_usd": round(one.moving.migration, 6),
        "waiting_months": one.cash.waits,
        "waiting_usd": round(one.moving.waiting, 6),
        "dual_running_usd": round(one.moving.dual_running, 6),
    }


def _payback(one: Payback | None) -> Json:
    return one._asdict() if one is not None else None


def _blocks(
    projection: Projection, workload: Workload, course: Course, said: Said, *, monthly: bool, unicode: bool | None
) -> Iterator[Block]:
    yield Heading(
        f"{course.months} months from {projection.as_of}, {count(whole(workload.output_tokens))} output tokens in the"
        f" first, against {projection.baseline}"
    )
    rows = tuple(_row(one, course.months) for one in projection.options)
    yield Table(_COLUMNS, rows, (f"{float(projection.rate) * 100:.3g} % a year turn later money into today's",))
    if monthly:
        yield from _monthly(projection)
    if unicode is not None:
        yield from _drawn(projection, unicode=unicode)
    yield from listed(f"Moving away from {projection.baseline}, in the figures above", _moving_words(projection))
    yield from listed("How traffic and prices move", _moves(course))
    yield from listed("Left out", [f"{name}: {reason}" for name, reason in projection.left_out])
    yield from listed("Notes", said.notes)
    yield from listed("Caveats", _caveats(projection))
    if not monthly:
        yield Paragraph("--monthly shows every month; CSV and JSON have it.")


def _row(one: Projected, months: int) -> tuple[str, ...]:
    first, last = one.cash.flows[0], one.cash.flows[-1]
    return (
        one.cash.option,
        one.cash.side,
        usd(one.total),
        usd(one.npv),
        usd(first.upfront + first.running),
        usd(last.running),
        _said_payback(one.payback, months),
        _month(one.payback.last if one.payback is not None else None),
        _said_payback(one.discounted, months),
    )


def _said_payback(one: Payback | None, months: int) -> str:
    if one is None:
        return "baseline"
    if one.first is None:
        return "never" if one.never else f"not in {months}"
    if one.behind is not None:
        return f"month {one.first}, behind from {one.behind}"
    return "at once" if one.first == 1 else f"month {one.first}"


def _moving_words(projection: Projection) -> list[str]:
    """Say what the move costs, once for all options of which the same holds."""
    by_text: dict[str, list[str]] = {}
    for projected in projection.options:
        if (moving := projected.moving) is not None:
            parts = [f"${usd(moving.migration)} of work at the beginning (assumption migration_months)"]
            if months := projected.cash.waits:
                parts.append(f"${usd(moving.waiting)} of today's bills for {months:f} months of waiting (lead_time)")
            parts.append(f"${usd(moving.dual_running)} of today's bills while both run (dual_running_months)")
            by_text.setdefault(", ".join(parts), []).append(projected.cash.option)
    return [f"{', '.join(options)}: {text}" for text, options in by_text.items()]


def _month(number: int | None) -> str:
    return f"month {number}" if number is not None else "–"


def _monthly(projection: Projection) -> Iterator[Block]:
    """Show what is paid in every month, a column for each option; the last options give way on a narrow page."""
    columns = [Column("month"), Column("from"), *(
        Column(one.cash.option, "right", rank=place) for place, one in enumerate(projection.options)
    )]  # fmt: skip
    days = [flow.day for flow in projection.options[0].cash.flows]
    rows = [
        (
            str(month + 1),
            day.isoformat(),
            *(usd(one.cash.flows[month].upfront + one.cash.flows[month].running) for one in projection.options),
        )
        for month, day in enumerate(days)
    ]
    yield Table(tuple(columns), tuple(rows))


def _drawn(projection: Projection, *, unicode: bool) -> Iterator[Block]:
    chosen = projection.options[:_DRAWN]
    months = len(chosen[0].cash.flows)
    wide = max(1, _CHART_COLUMNS // months)
    step = max(1, -(-months // _CHART_COLUMNS))
    series = [
        Series(one.cash.option, tuple(float(paid) for paid in cumulative(one.cash)[::step] for _ in range(wide)))
        for one in chosen
    ]
    yield Drawing(line_chart(series, Axis("month", "1", str(months)), "USD paid since the beginning", unicode=unicode))
    if len(projection.options) > len(chosen):
        yield Paragraph(f"Drawn are the {_DRAWN} options of least present value.")


def _moves(course: Course) -> list[str]:
    def change(yearly: Decimal) -> str:
        return f"{float(yearly) * 100:+.3g} % a year" if yearly else "unchanged"

    said = [
        f"traffic: {change(course.growth)} (--growth)",
        f"list price of the same model: {change(-course.price_decline)}, beside what is announced (--price-decline)",
        f"price of GPUs: {change(course.hardware_change)} (--hardware-change)",
    ]
    if course.requalify is None:
        return [*said, "the buyer stays with the model (--requalify-every MONTHS switches to cheaper ones)"]
    every, cheaper, cost = course.requalify
    switch = f"every {every} months the buyer switches to a model of the same capability, ${usd(cost)} each time"
    return [*said, f"{switch}; it is {float(cheaper):.3g} times cheaper a year (--capability-decline)"]


def _caveats(projection: Projection) -> list[str]:
    by_text: dict[str, list[str]] = {}
    for one in projection.options:
        for text in one.cash.caveats:
            by_text.setdefault(text, []).append(one.cash.option)
    return [f"{', '.join(options)}: {text}" for text, options in by_text.items()]
