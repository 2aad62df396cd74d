"""``costcalc project``: options over months, with growth, price changes, commitments, purchases and payback."""

from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

import typer

from costcalc.cli import complete
from costcalc.cli.answer import Answer
from costcalc.cli.flags import (
    OPTIONS_PANEL,
    OUTPUT_PANEL,
    Chart,
    MoneyFlags,
    PriceFlags,
    ServingFlags,
    TrafficFlags,
)
from costcalc.cli.question import Question, question
from costcalc.cli.time_flags import TimeFlags, course_inputs
from costcalc.errors import FlagError, UndecidableError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from costcalc.analysis.projection import Move, Projection
    from costcalc.case.case import Case
    from costcalc.catalog.catalog import Catalog
    from costcalc.cost.cash import Cash, Course

_MONTHS = 36  # the horizon where none is given
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
    time: TimeFlags,
    against: Against = None,
    leaving: Leaving = None,
    monthly: Monthly = False,
    chart: Chart = False,
) -> Answer:
    """Follow options over months: totals, present value, payback.

    Prices are those in force in each month, announced changes among them. Machines of one's own are bought
    when they are needed; a reservation is paid whether it is used or not.
    """
    from costcalc.analysis.projection import project
    from costcalc.render.project import projection_report

    if against is not None and leaving is not None:
        raise FlagError("--from is the baseline; leave out --against")
    time.check()
    asked = question(traffic, serving, prices, shown)
    case, catalog = asked.case, asked.case.catalog
    course = time.course(catalog, months=_MONTHS)
    names, left_out = _chosen(asked)
    follow = _followed(case, course, leaving)
    result = project(
        names,
        follow,
        baseline=leaving or against or _serving(asked.today, follow),
        move=_move(catalog) if leaving is not None else None,
        rate=time.rate(catalog),
        decline=_steady_decline(course),
        owed=case.owed,
        as_of=case.as_of,
    )
    report = projection_report(
        result._replace(left_out=(*left_out, *result.left_out)),
        case.workload,
        catalog,
        course,
        inputs={**asked.inputs, **course_inputs(course, result.rate), "from": leaving},
        said=asked.said,
        money=asked.money,
        monthly=monthly,
        chart=chart,
    )
    return Answer(report, catalog=catalog)


def projection_over(
    case: "Case", options: "Sequence[str]", time: TimeFlags, *, months: int
) -> "tuple[Projection, Course]":
    """Follow options as a page draws them, from the cheapest to buy; nothing is left for another."""
    from costcalc.analysis.projection import project

    course, rate = time.course(case.catalog, months=months), time.rate(case.catalog)
    followed = _followed(case, course, None)
    decline = _steady_decline(course)
    found = project(options, followed, rate=rate, decline=decline, owed=case.owed, as_of=case.as_of)
    return found, course


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
