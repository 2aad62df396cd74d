"""``costcalc project``: options over months, with growth, price changes, commitments, purchases and payback."""

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from costcalc.cli import complete
from costcalc.cli.answer import Answer
from costcalc.cli.flags import (
    OPTIONS_PANEL,
    OUTPUT_PANEL,
    TIME_PANEL,
    Chart,
    MoneyFlags,
    PriceFlags,
    ServingFlags,
    TrafficFlags,
)
from costcalc.cli.question import Question, question
from costcalc.cli.values import decline, times_a_year, usd, yearly
from costcalc.errors import FlagError, UndecidableError
from costcalc.units import decimal, whole

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from costcalc.analysis.projection import Move, Projection
    from costcalc.case.case import Case
    from costcalc.catalog.catalog import Catalog
    from costcalc.cost.cash import Cash, Course
    from costcalc.render.report import Json

MAX_MONTHS = 120  # ten years: beyond it no machine and no model of today is in use
Months = Annotated[int, typer.Option(min=1, max=MAX_MONTHS, help="The horizon.", rich_help_panel=TIME_PANEL)]
Growth = Annotated[
    Decimal,
    typer.Option(parser=yearly, metavar="RATE", help="Growth of the traffic per year.", rich_help_panel=TIME_PANEL),
]
PriceDecline = Annotated[
    Decimal | None,
    typer.Option(
        parser=decline,
        metavar="RATE",
        help="Yearly fall of the list price of the same model, below 0 for a rise (default: the assumption, 0).",
        rich_help_panel=TIME_PANEL,
    ),
]
RequalifyEvery = Annotated[
    int | None,
    typer.Option(
        min=1,
        max=MAX_MONTHS,
        metavar="MONTHS",
        help="Switch to cheaper models of the same capability.",
        rich_help_panel=TIME_PANEL,
    ),
]
CapabilityDecline = Annotated[
    Fraction | None,
    typer.Option(
        parser=times_a_year,
        metavar="FACTOR",
        help="How many times cheaper the same capability is after a year (default: the assumption).",
        rich_help_panel=TIME_PANEL,
    ),
]
RequalifyUsd = Annotated[
    Fraction | None,
    typer.Option(
        "--requalify-cost",
        parser=usd,
        metavar="USD",
        help="What each switch costs, 0 too (default: work and evaluation, by the assumptions).",
        rich_help_panel=TIME_PANEL,
    ),
]
HardwareChange = Annotated[
    Decimal,
    typer.Option(
        parser=yearly,
        metavar="RATE",
        help="Change of rents and prices of GPUs per year; they have gone both ways.",
        rich_help_panel=TIME_PANEL,
    ),
]
DiscountRate = Annotated[
    Decimal | None,
    typer.Option(
        parser=yearly,
        metavar="RATE",
        help="Cost of capital per year (default: the assumption).",
        rich_help_panel=TIME_PANEL,
    ),
]
Against = Annotated[
    str | None,
    typer.Option(
        "--against",
        metavar="ID",
        help="The baseline (default: what serves today, else the best to buy).",
        autocompletion=complete.option,
        rich_help_panel=OPTIONS_PANEL,
    ),
]
Leaving = Annotated[
    str | None,
    typer.Option(
        "--from",
        metavar="ID",
        help="What is used today: the baseline. Leaving it costs work, a time of two bills, and the wait for machines"
        " that are bought.",
        autocompletion=complete.option,
        rich_help_panel=OPTIONS_PANEL,
    ),
]
Monthly = Annotated[bool, typer.Option("--monthly", help="Show every month.", rich_help_panel=OUTPUT_PANEL)]


def project_command(
    traffic: TrafficFlags,
    serving: ServingFlags,
    prices: PriceFlags,
    shown: MoneyFlags,
    against: Against = None,
    leaving: Leaving = None,
    months: Months = 36,
    growth: Growth = "0",  # type: ignore[assignment]  # typer parses defaults too
    price_decline: PriceDecline = None,
    requalify_every: RequalifyEvery = None,
    capability_decline: CapabilityDecline = None,
    requalify_cost: RequalifyUsd = None,
    hardware_change: HardwareChange = "0",  # type: ignore[assignment]
    discount_rate: DiscountRate = None,
    monthly: Monthly = False,
    chart: Chart = False,
) -> Answer:
    """Follow options over months: totals, present value, payback.

    Prices are those in force in each month, announced changes among them. Machines of one's own are bought
    when they are needed; a reservation is paid whether it is used or not.
    """
    from costcalc.analysis.projection import project
    from costcalc.render.project import projection_report

    switching = _Switching(requalify_every, capability_decline, requalify_cost)
    _check_flags(switching, against=against, leaving=leaving)
    asked = question(traffic, serving, prices, shown)
    case, catalog = asked.case, asked.case.catalog
    course = _course(catalog, months, growth, price_decline, hardware_change, switching)
    names, left_out = _chosen(asked)
    follow = _followed(case, course, leaving)
    result = project(
        names,
        follow,
        baseline=leaving or against or _serving(asked.today, follow),
        move=_move(catalog) if leaving is not None else None,
        rate=discount_rate if discount_rate is not None else catalog.assumption("discount_rate").value,
        decline=_steady_decline(course),
        as_of=case.as_of,
    )
    report = projection_report(
        result._replace(left_out=(*left_out, *result.left_out)),
        case.workload,
        catalog,
        course,
        inputs={**asked.inputs, **_inputs(course, result.rate, leaving)},
        said=asked.said,
        money=asked.money,
        monthly=monthly,
        chart=chart,
    )
    return Answer(report, catalog=catalog)


def usual_projection(case: "Case", options: "Sequence[str]", *, months: int) -> "tuple[Projection, Course]":
    """Follow options with nothing said of how traffic and prices move: unchanged, but for announced prices."""
    from costcalc.analysis.projection import project

    course = _course(case.catalog, months, Decimal(0), None, Decimal(0), _Switching(None, None, None))
    rate = case.catalog.assumption("discount_rate").value
    followed = _followed(case, course, None)
    found = project(options, followed, rate=rate, decline=_steady_decline(course), as_of=case.as_of)
    return found, course


class _Switching(NamedTuple):
    """Switching to cheaper models of the same capability, as flags say it."""

    every: int | None
    times_cheaper: Fraction | None
    usd: Fraction | None


def _check_flags(switching: _Switching, *, against: str | None, leaving: str | None) -> None:
    if against is not None and leaving is not None:
        raise FlagError("--from is the baseline; leave out --against")
    if switching.every is None and (switching.times_cheaper is not None or switching.usd is not None):
        raise FlagError("--capability-decline and --requalify-cost are of switching; say how often: --requalify-every")


def _course(
    catalog: "Catalog",
    months: int,
    growth: Decimal,
    price_decline: Decimal | None,
    hardware_change: Decimal,
    switching: _Switching,
) -> "Course":
    """Say how traffic and prices move; what no flag says, the assumptions do."""
    from costcalc.cost.cash import Course, Requalify, requalification_usd

    def figure(given: Fraction | None, assumed: Decimal) -> Decimal:
        return decimal(whole(given)) if given is not None else assumed

    own = catalog.assumption("api_price_decline_same_model").value
    requalify = None
    if switching.every is not None:
        cheaper = figure(switching.times_cheaper, catalog.assumption("api_price_decline_same_capability").value)
        requalify = Requalify(switching.every, cheaper, figure(switching.usd, requalification_usd(catalog)))
    return Course(months, growth, own if price_decline is None else price_decline, hardware_change, requalify)


def _chosen(asked: Question) -> tuple[list[str], tuple[tuple[str, str], ...]]:
    """Take the options that were named; of the usual ones, those that somebody can choose for this workload."""
    names = asked.compared(asked.case.usual)
    if asked.options is not None:
        return names, ()
    priced = asked.case.priced(names).to_choose()
    return list(priced.options), priced.reasons


def _followed(case: "Case", course: "Course", leaving: str | None) -> "Callable[[str], Cash]":
    """Give what follows an option's payments; whoever leaves another one waits for machines that are bought."""
    from costcalc.cost.cash import cash_of

    def follow(name: str) -> "Cash":
        moving = leaving is not None and name != leaving
        return cash_of(case.catalog.option(name), case.workload, case.catalog, course, as_of=case.as_of, moving=moving)

    return follow


def _serving(today: str | None, follow: "Callable[[str], Cash]") -> str | None:
    """Take what serves today as the baseline, where it can be followed; else nobody said which it is."""
    try:
        return follow(today).option if today is not None else None
    except UndecidableError:
        return None


def _move(catalog: "Catalog") -> "Move":
    from costcalc.analysis.projection import Move

    spend, both = (catalog.assumption(name).value for name in ("migration_months", "dual_running_months"))
    return Move(spend, both)


def _steady_decline(course: "Course") -> Decimal | None:
    """The yearly fall of what is bought, where nothing else moves."""
    still = not course.growth and not course.hardware_change and course.requalify is None
    return course.price_decline if still else None


def _inputs(course: "Course", rate: Decimal, leaving: str | None) -> "dict[str, Json]":
    requalify = course.requalify
    return {
        "months": course.months,
        "growth": course.growth,
        "price_decline": course.price_decline,
        "requalify_every": requalify.every if requalify is not None else None,
        "capability_decline": requalify.times_cheaper if requalify is not None else None,
        "requalify_usd": requalify.usd if requalify is not None else None,
        "hardware_change": course.hardware_change,
        "discount_rate": rate,
        "from": leaving,
    }
