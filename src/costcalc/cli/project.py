"""``costcalc project``: options over months, with growth, price changes, commitments, purchases and payback."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from costcalc.cli.context import day_in_force, load
from costcalc.cli.options import (
    OPTIONS_PANEL,
    AsOf,
    CatalogPath,
    Chart,
    NoColor,
    OptionIds,
    OutputFiles,
    OutputFormat,
    WholeBill,
    amount,
    decline,
    named_options,
    positive,
    yearly,
)
from costcalc.cli.output import draws_unicode, emit
from costcalc.cli.traffic import (
    CachedShare,
    InputTokens,
    OutputPerRequest,
    PeakToMean,
    Sizes,
    Tokens,
    WorkloadName,
    asked_for,
    check_sizes,
    with_peak,
)
from costcalc.errors import FlagError
from costcalc.units import decimal, whole

if TYPE_CHECKING:
    from collections.abc import Callable

    from costcalc.analysis.projection import Move
    from costcalc.catalog.catalog import Catalog
    from costcalc.cost.cash import Cash, Course
    from costcalc.render.report import Json
    from costcalc.workload import Workload

MAX_MONTHS = 120  # ten years: beyond it no machine and no model of today is in use
TIME_PANEL = "How traffic and prices move"

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
        help="Yearly fall of the list price of the same model (default: the assumption).",
        rich_help_panel=TIME_PANEL,
    ),
]
RequalifyEvery = Annotated[
    int | None,
    typer.Option(
        min=1, metavar="MONTHS", help="Switch to cheaper models of the same capability.", rich_help_panel=TIME_PANEL
    ),
]
CapabilityDecline = Annotated[
    Fraction | None,
    typer.Option(
        parser=positive,
        metavar="FACTOR",
        help="How many times cheaper the same capability is after a year (default: the assumption).",
        rich_help_panel=TIME_PANEL,
    ),
]
RequalifyUsd = Annotated[
    Fraction | None,
    typer.Option(
        "--requalify-cost",
        parser=amount,
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
        "--against", metavar="ID", help="The baseline (default: the best to buy).", rich_help_panel=OPTIONS_PANEL
    ),
]
Leaving = Annotated[
    str | None,
    typer.Option(
        "--from",
        metavar="ID",
        help="What is used today: the baseline. Leaving it costs work, a time of two bills, and the wait for machines"
        " that are bought.",
        rich_help_panel=OPTIONS_PANEL,
    ),
]
Monthly = Annotated[bool, typer.Option("--monthly", help="Show every month.", rich_help_panel="Output")]


def project_command(
    tokens: Tokens = None,
    input_tokens: InputTokens = None,
    cached_share: CachedShare = None,
    output_per_request: OutputPerRequest = None,
    workload: WorkloadName = None,
    peak_to_mean: PeakToMean = None,
    months: Months = 36,
    growth: Growth = "0",  # type: ignore[assignment]  # typer parses defaults too
    price_decline: PriceDecline = None,
    requalify_every: RequalifyEvery = None,
    capability_decline: CapabilityDecline = None,
    requalify_cost: RequalifyUsd = None,
    hardware_change: HardwareChange = "0",  # type: ignore[assignment]
    discount_rate: DiscountRate = None,
    options: OptionIds = None,
    against: Against = None,
    leaving: Leaving = None,
    whole_bill: WholeBill = False,
    monthly: Monthly = False,
    chart: Chart = False,
    as_of: AsOf = None,
    catalog: CatalogPath = None,
    form: OutputFormat = "text",
    output: OutputFiles = None,
    no_color: NoColor = False,
) -> int:
    """Follow options over months: totals, present value, payback.

    Prices are those in force on each month's first day, announced changes among them. Machines of one's own are bought
    when they are needed; a reservation is paid whether it is used or not.
    """
    from costcalc.analysis.projection import project
    from costcalc.cost.option import with_whole_bill
    from costcalc.render.projection import projection_report

    switching = _Switching(requalify_every, capability_decline, requalify_cost)
    _check_flags(switching, against=against, leaving=leaving)
    sizes = Sizes(tokens, input_tokens, cached_share, output_per_request)
    traffic = check_sizes(sizes, workload)
    loaded = load(catalog, project=(traffic.file or None) if traffic else None)
    asked = with_peak(asked_for(loaded, sizes, traffic), peak_to_mean)
    known = with_whole_bill(loaded.catalog) if whole_bill else loaded.catalog
    day = day_in_force(loaded, as_of)
    course = _course(known, months, growth, price_decline, hardware_change, switching)
    names, left_out = _chosen(named_options(options), asked.workload, known, day)
    result = project(
        names,
        _followed(asked.workload, known, course, day, leaving),
        baseline=leaving or against,
        move=_move(known) if leaving is not None else None,
        rate=discount_rate if discount_rate is not None else known.assumption("discount_rate").value,
        decline=_steady_decline(course),
        as_of=day,
    )
    result = result._replace(left_out=(*left_out, *result.left_out))
    report = projection_report(
        result,
        asked.workload,
        known,
        course,
        inputs=_inputs(course, result.rate, asked.workload, whole_bill=whole_bill, leaving=leaving),
        said=asked.said,
        monthly=monthly,
        unicode=draws_unicode() if chart else None,
    )
    emit(report, form, output, no_color=no_color)
    return 0


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


def _chosen(
    named: list[str] | None, workload: "Workload", catalog: "Catalog", day: date
) -> tuple[list[str], tuple[tuple[str, str], ...]]:
    """Take the options that were named; of the headline, those that somebody offers for this workload."""
    from costcalc.analysis.breakeven import offered

    if named is not None:
        return named, ()
    return offered(catalog.headline, workload, catalog, as_of=day)


def _followed(
    workload: "Workload", catalog: "Catalog", course: "Course", day: date, leaving: str | None
) -> "Callable[[str], Cash]":
    """Give what follows an option's payments; whoever leaves another one waits for machines that are bought."""
    from costcalc.cost.cash import cash_of

    def follow(name: str) -> "Cash":
        moving = leaving is not None and name != leaving
        return cash_of(catalog.option(name), workload, catalog, course, as_of=day, moving=moving)

    return follow


def _move(catalog: "Catalog") -> "Move":
    from costcalc.analysis.projection import Move

    spend, both = (catalog.assumption(name).value for name in ("migration_months", "dual_running_months"))
    return Move(spend, both)


def _steady_decline(course: "Course") -> Decimal | None:
    """The yearly fall of what is bought, where nothing else moves."""
    still = not course.growth and not course.hardware_change and course.requalify is None
    return course.price_decline if still else None


def _inputs(
    course: "Course", rate: Decimal, workload: "Workload", *, whole_bill: bool, leaving: str | None
) -> "dict[str, Json]":
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
        "whole_bill": whole_bill,
        "from": leaving,
        "workload": workload.name,
        "output_tokens": decimal(workload.output_tokens),
        "input_tokens": decimal(workload.input_tokens),
        "peak_to_mean": decimal(workload.peak),
    }
