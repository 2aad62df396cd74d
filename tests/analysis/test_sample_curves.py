"""Options that the traffic alone moves: their curves, where they are stairs, end, or cannot be made."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from math import inf

import pytest

from costcalc import Catalog
from costcalc.analysis.sample import Sample
from costcalc.case.case import Case
from costcalc.case.month import Traffic
from costcalc.case.traffic import traffic_case
from costcalc.catalog.forms.options import BlendOption, PlanOption
from costcalc.catalog.forms.plans import Allowance
from costcalc.catalog.forms.scalars import Interval
from costcalc.errors import UndecidableError

DAY = date(2026, 11, 27)
DRAWS = 100


def seats(catalog: Catalog) -> Case:
    traffic = Traffic(requests=Interval.parse("1k to 1M"), seats=Decimal(2), kind="coding_assistant")
    return traffic_case(traffic, catalog, as_of=DAY)


def test_seats_cost_their_stairs_in_every_draw(catalog: Catalog) -> None:
    plan = catalog.options["claude-pro-seats"]
    assert isinstance(plan, PlanOption)
    sold = catalog.plan(plan.plan).plan
    held = sold.allowance
    assert isinstance(held, Allowance)
    fixed = plan.model_copy(update={"allowance": held.value})  # nothing but the traffic moves it
    case = seats(replace(catalog, options={**catalog.options, "mine": fixed}))
    sample = Sample(case, DRAWS, seed=0)
    column = sample.costs(["mine"])["mine"]
    for number, usd in enumerate(column):
        case_at = case.at({path: drawn[number] for path, drawn in sample.drawn.items()})
        try:
            expected = float(case_at.cost("mine"))
        except UndecidableError:
            expected = inf
        assert usd == pytest.approx(expected)
    assert len(set(column)) > 1


def test_an_option_without_a_curve_cannot_serve(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_curve(*_: object, **__: object) -> None:
        raise UndecidableError("no price")

    case = seats(catalog)
    sample = Sample(case, DRAWS, seed=0)
    monkeypatch.setattr("costcalc.case.case.cost_curve", no_curve)
    assert set(sample.costs(["gpt-5.2-api"])["gpt-5.2-api"]) == {inf}


def test_a_curve_that_ends_cannot_serve_beyond(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    class Ended:
        is_straight = False

        def at(self, requests: object) -> None:
            raise UndecidableError(f"{requests} are too many")

    monkeypatch.setattr("costcalc.case.case.cost_curve", lambda *_, **__: Ended())
    assert set(Sample(seats(catalog), DRAWS, seed=0).costs(["gpt-5.2-api"])["gpt-5.2-api"]) == {inf}


def test_what_was_drawn_stands(catalog: Catalog) -> None:
    case = seats(catalog)
    sample = Sample(case, DRAWS, seed=0)
    before = dict(sample.drawn)
    sample.add(case.traffic)
    assert all(sample.drawn[path] is drawn for path, drawn in before.items())


def test_an_input_that_only_some_draws_asked_for_may_be_anybodys(catalog: Catalog) -> None:
    case = seats(catalog)
    sample = Sample(case, DRAWS, seed=0)
    pair = ("gpt-5.2-api", "r1-distill-32b-h100")
    assert sample.resting_on("assumptions.pue", pair) == set(pair)
    assert sample.resting_on("assumptions.throughput_factor", pair) == {"r1-distill-32b-h100"}
    assert sample.resting_on("assumptions.peak_to_mean", pair) == {"r1-distill-32b-h100"}


def test_a_leg_without_requests_costs_nothing(catalog: Catalog) -> None:
    routes = [{"option": "gpt-5.2-api", "share": 0}, {"option": "gemini-3.1-pro-api"}]
    blend = BlendOption.model_validate({"kind": "blend", "routes": routes, "router_usd_per_million_requests": 0})
    case = seats(replace(catalog, options={**catalog.options, "all-on-one": blend}))
    assert case.cost("all-on-one") == case.cost("gemini-3.1-pro-api")


def test_an_escalation_of_no_request_is_the_first_option_alone(catalog: Catalog) -> None:
    escalation = {"first": "gpt-5.2-api", "then": "claude-opus-4.6-api", "rate": 0}
    blend = BlendOption.model_validate({"kind": "blend", "escalation": escalation})
    case = seats(replace(catalog, options={**catalog.options, "never-sent-on": blend}))
    assert case.cost("never-sent-on") == case.cost("gpt-5.2-api")


def test_a_leg_without_requests_costs_nothing_in_a_draw_either(catalog: Catalog) -> None:
    routes = [{"option": "gpt-5.2-api", "share": 0}, {"option": "r1-distill-32b-h100"}]
    blend = BlendOption.model_validate({"kind": "blend", "routes": routes, "router_usd_per_million_requests": 0})
    case = seats(replace(catalog, options={**catalog.options, "all-on-one": blend}))
    columns = Sample(case, DRAWS, seed=0).costs(["all-on-one", "r1-distill-32b-h100"])
    assert columns["all-on-one"] == pytest.approx(columns["r1-distill-32b-h100"])
