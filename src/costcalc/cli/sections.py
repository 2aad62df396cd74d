"""The sections of ``report``: each analysis of one question as its own command would say it, with its picture."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from costcalc.cli.pictures import (
    Drawn,
    breakdown_picture,
    breakeven_picture,
    map_picture,
    projection_of,
    tradeoff_of,
)
from costcalc.errors import UndecidableError
from costcalc.render.report import Said

if TYPE_CHECKING:
    from costcalc.analysis.sensitivity import Tornado
    from costcalc.analysis.what_if import WhatIf
    from costcalc.render.charts.pictures import Picture
    from costcalc.render.full import Section
    from costcalc.render.report import Report

_DRIVERS = 3  # of the what-if: each triples its settings


class _Page(NamedTuple):
    """What every section is made of."""

    drawn: Drawn
    tornado: "Tornado"
    said: Said
    vouched: frozenset[str]


_Made = tuple["Picture | None", "Report | None"]


def sections_of(drawn: Drawn, tornado: "Tornado", said: Said, *, vouched: frozenset[str]) -> "tuple[Section, ...]":
    """Make the sections; one that cannot be decided says why, and the others stand.

    Args:
        drawn: What is drawn.
        tornado: What each uncertain input does by itself.
        said: What there is to say of the traffic and of the terms of machines, which comes last.
        vouched: The options with evidence that they suffice.
    """
    page = _Page(drawn, tornado, said._replace(notes=said.notes[-1:]), vouched)  # on which terms machines are priced
    return tuple(_section(name, title, make, page) for name, (title, make) in _SECTIONS.items())


def _section(name: str, title: str, make: Callable[[_Page], _Made], page: _Page) -> "Section":
    from costcalc.render.full import Section

    try:
        picture, report = make(page)
    except UndecidableError as error:
        return Section(name, title, missing=error.reason, has_command=name not in NOTHING)
    missing = "" if picture or report else NOTHING[name]
    return Section(name, title, picture, report, missing, has_command=name not in NOTHING)


def _comparison(page: _Page) -> _Made:
    from costcalc.analysis.ahead import of_comparison
    from costcalc.analysis.breakeven import cheapest
    from costcalc.analysis.compare import comparison
    from costcalc.analysis.decision import decide
    from costcalc.render.ahead import with_announced
    from costcalc.render.compare import Shown, comparison_report

    drawn = page.drawn
    result = comparison(drawn.case, drawn.options)
    by_volume = cheapest(drawn.options, drawn.case)
    decision = decide(result, drawn.case, by_volume, vouched=page.vouched)
    shown = Shown(every_row=True)
    report = comparison_report(
        result, drawn.case, decision, by_volume, inputs={}, said=page.said, shown=shown, money=drawn.money
    )
    return breakdown_picture(drawn), with_announced(report, of_comparison(result, decision, drawn.case))


def _breakeven(page: _Page) -> _Made:
    from costcalc.analysis.ahead import of_cheapest
    from costcalc.analysis.breakeven import cheapest
    from costcalc.analysis.stretches import detail_of
    from costcalc.render.ahead import with_announced
    from costcalc.render.breakeven import cheapest_report

    drawn = page.drawn
    found = cheapest(drawn.options, drawn.case)
    detail = detail_of(found, drawn.case, drawn.scale.volumes)
    report = cheapest_report(
        found, detail, drawn.case.catalog, drawn.scale, inputs={}, said=page.said, chart=False, money=drawn.money
    )
    return breakeven_picture(drawn), with_announced(report, of_cheapest(drawn.case, drawn.options))


def _capability(page: _Page) -> _Made:
    from costcalc.render.capability import capability_report
    from costcalc.render.pictures.capability import frontier

    drawn = page.drawn
    found = tradeoff_of(drawn, list(dict.fromkeys((*drawn.options, *drawn.case.usual))))
    report = capability_report(
        found, inputs={}, said=page.said, every_row=False, explain=False, chart=False, money=drawn.money
    )
    return frontier(found, drawn.money), report


def _sensitivity(page: _Page) -> _Made:
    from costcalc.render.pictures.tornado import swings
    from costcalc.render.sensitivity import tornado_report

    money = page.drawn.money
    return swings(page.tornado, money), tornado_report(
        page.tornado, inputs={}, said=page.said, chart=False, money=money
    )


def _projection(page: _Page) -> _Made:
    from costcalc.render.pictures.projection import paths
    from costcalc.render.project import projection_report

    drawn = page.drawn
    found, course = projection_of(drawn)
    report = projection_report(
        found,
        drawn.case.workload,
        drawn.case.catalog,
        course,
        inputs={},
        said=page.said,
        monthly=False,
        chart=False,
        money=drawn.money,
    )
    return paths(found, drawn.money), report


def _map(page: _Page) -> _Made:
    return map_picture(page.drawn), None


_SECTIONS: Mapping[str, tuple[str, Callable[[_Page], _Made]]] = {
    "compare": ("Where the money goes", _comparison),
    "breakeven": ("Where the answer changes with volume", _breakeven),
    "map": ("Who is cheapest, by volume and by how busy GPUs are", _map),
    "capability": ("Cost against capability", _capability),
    "sensitivity": ("What moves the cost", _sensitivity),
    "project": ("Over the months", _projection),
}
NOTHING = {"map": "no option to build is among these options"}  # of sections that are a picture alone


def assumptions_of(drawn: Drawn, said: Said) -> tuple[str, ...]:
    """List the ids of the assumptions that any drawn option's cost, or the traffic, rests on."""
    used = dict.fromkeys(said.assumptions)
    for estimate in drawn.case.priced(drawn.options).estimates:
        used |= dict.fromkeys(estimate.assumptions)
    return tuple(used)


def what_if_of(drawn: Drawn, tornado: "Tornado") -> "WhatIf":
    """Offer volumes around the user's own, and the drivers that move a cost most, each at its low, base and high."""
    from costcalc.analysis.what_if import offered_volumes, what_if

    case, scale = drawn.case, drawn.scale
    home = scale.units(Fraction(case.workload.requests))
    moving = [swing.input for swing in tornado.swings if swing.width and swing.input.path != case.volume]
    return what_if(case, drawn.options, moving[:_DRIVERS], offered_volumes(home), home=home)
