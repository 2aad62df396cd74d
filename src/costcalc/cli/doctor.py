"""``costcalc doctor``: what this installation has, which files are in force, and how old its prices are."""

import os
from datetime import date
from typing import TYPE_CHECKING

from costcalc.cli.answer import Answer
from costcalc.cli.context import day_of_check, load
from costcalc.cli.flags import PriceFlags
from costcalc.errors import InputError
from costcalc.paths import here

if TYPE_CHECKING:
    from costcalc.catalog.catalog import Catalog
    from costcalc.render.doctor import Ages

BROKEN = 1


def doctor_command(prices: PriceFlags) -> Answer:
    """Say what is installed, in force and broken, and how old prices are.

    Exit status 0: all can be used. 1: a file of yours cannot be read.
    """
    from costcalc.catalog.layers.load import load_catalog, shipped_pricing
    from costcalc.catalog.layers.stack import layers_in_force
    from costcalc.findings import Finding
    from costcalc.render.doctor import Installed, LayerSeen, doctor_report

    day = day_of_check(prices.as_of)
    problems: tuple[Finding, ...] = ()
    try:
        catalog = load(prices.catalog, as_of=prices.as_of).catalog
    except InputError as error:  # what is broken is an answer here
        problems = tuple(one for one in error.problems if isinstance(one, Finding))
        catalog = load_catalog()
    layers = layers_in_force(cwd=here(), env=os.environ, catalog=prices.catalog)
    seen = [LayerSeen("shipped", str(shipped_pricing())), *(LayerSeen(one.name, one.shown) for one in layers)]
    report = doctor_report(Installed.here(), seen, _ages(catalog, day), catalog, day=day, problems=problems)
    return Answer(report, BROKEN if problems else 0, problems)


def _ages(catalog: "Catalog", day: date) -> "Ages":
    """Count the sources that still say what somebody would be billed, and those that nobody looked at for long."""
    from costcalc.catalog.catalog import MAX_AGE_DAYS
    from costcalc.catalog.sources import sources
    from costcalc.render.doctor import Ages

    checked = [read.source.checked for read in sources(catalog) if read.is_current(day)]
    stale = sum((day - one).days > MAX_AGE_DAYS for one in checked)
    return Ages(len(checked), stale, min(checked), max(checked), MAX_AGE_DAYS)
