"""How traffic and prices move, as flags: of every command that follows options over months."""

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from costcalc.cli.flags import TIME_PANEL
from costcalc.cli.values import decline, times_a_year, usd, yearly
from costcalc.errors import FlagError
from costcalc.units import decimal, whole

if TYPE_CHECKING:
    from costcalc.catalog.catalog import Catalog
    from costcalc.cost.cash import Course
    from costcalc.render.report import Json

MAX_MONTHS = 120  # ten years: beyond it no machine and no model of today is in use


class TimeFlags(NamedTuple):
    """How traffic and prices move over the months."""

    months: Annotated[
        int | None,
        typer.Option(
            min=1, max=MAX_MONTHS, help="The horizon (default: 36; of report, 24).", rich_help_panel=TIME_PANEL
        ),
    ] = None
    growth: Annotated[
        Decimal | None,
        typer.Option(
            parser=yearly,
            metavar="RATE",
            help="Growth of the traffic per year (default: 0).",
            rich_help_panel=TIME_PANEL,
        ),
    ] = None
    price_decline: Annotated[
        Decimal | None,
        typer.Option(
            parser=decline,
            metavar="RATE",
            help="Yearly fall of the list price of the same model, below 0 for a rise (default: the assumption, 0).",
            rich_help_panel=TIME_PANEL,
        ),
    ] = None
    requalify_every: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=MAX_MONTHS,
            metavar="MONTHS",
            help="Switch to cheaper models of the same capability.",
            rich_help_panel=TIME_PANEL,
        ),
    ] = None
    capability_decline: Annotated[
        Fraction | None,
        typer.Option(
            parser=times_a_year,
            metavar="FACTOR",
            help="How many times cheaper the same capability is after a year (default: the assumption).",
            rich_help_panel=TIME_PANEL,
        ),
    ] = None
    requalify_cost: Annotated[
        Fraction | None,
        typer.Option(
            "--requalify-cost",
            parser=usd,
            metavar="USD",
            help="What each switch costs, 0 too (default: work and evaluation, by the assumptions).",
            rich_help_panel=TIME_PANEL,
        ),
    ] = None
    hardware_change: Annotated[
        Decimal | None,
        typer.Option(
            parser=yearly,
            metavar="RATE",
            help="Change of rents and prices of GPUs per year; they have gone both ways (default: 0).",
            rich_help_panel=TIME_PANEL,
        ),
    ] = None
    discount_rate: Annotated[
        Decimal | None,
        typer.Option(
            parser=yearly,
            metavar="RATE",
            help="Cost of capital per year (default: the assumption).",
            rich_help_panel=TIME_PANEL,
        ),
    ] = None

    def check(self) -> None:
        """Check that what is said of switching is said of something.

        Raises:
            FlagError: Nobody switches.
        """
        if self.requalify_every is None and (self.capability_decline is not None or self.requalify_cost is not None):
            raise FlagError(
                "--capability-decline and --requalify-cost are of switching; say how often: --requalify-every"
            )

    def course(self, catalog: "Catalog", *, months: int) -> "Course":
        """Say how traffic and prices move; what no flag says, the assumptions do.

        Args:
            catalog: The assumptions.
            months: The horizon of the command, where no flag says one.
        """
        from costcalc.cost.cash import Course, Requalify, requalification_usd

        def figure(given: Fraction | None, assumed: Decimal) -> Decimal:
            return decimal(whole(given)) if given is not None else assumed

        own = catalog.assumption("api_price_decline_same_model").value
        requalify = None
        if self.requalify_every is not None:
            cheaper = figure(self.capability_decline, catalog.assumption("api_price_decline_same_capability").value)
            requalify = Requalify(
                self.requalify_every, cheaper, figure(self.requalify_cost, requalification_usd(catalog))
            )
        return Course(
            self.months or months,
            self.growth or Decimal(0),
            own if self.price_decline is None else self.price_decline,
            self.hardware_change or Decimal(0),
            requalify,
        )

    def rate(self, catalog: "Catalog") -> Decimal:
        """Give the cost of capital [share a year]."""
        return self.discount_rate if self.discount_rate is not None else catalog.assumption("discount_rate").value


def course_inputs(course: "Course", rate: Decimal) -> "dict[str, Json]":
    """Say how traffic and prices move, for the document."""
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
    }
