"""A month in which nothing has changed is not priced again; whatever changes, and when, is found."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from conftest import Overlay

from costcalc import Catalog, Workload
from costcalc.cost import cash as paying
from costcalc.cost.cash import Course, Requalify, cash_of
from costcalc.cost.changes import price_changes

DAY = date(2026, 1, 15)
EVERY_DAY = frozenset(DAY + timedelta(days=number) for number in range(1_500))
MONTH = Workload.single(requests=1_000_000, input_tokens=1_000, output_tokens=1_000)
PRICES = "prices: [{effective: 2025-01-01, %s, source: {title: t, checked: 2025-01-01}}, {effective: %s, %s, source: {title: t, checked: 2025-01-01}}]"  # fmt: skip
CHANGING = f"""
api: {{acme: {{models: {{
  m: {{{PRICES % ("usd_per_mtok: {input: 1, output: 2}", "2026-07-16", "usd_per_mtok: {input: 3, output: 4}")}}},
  plain: {{prices: [{{effective: 2025-01-01, usd_per_mtok: {{input: 1, output: 2}}, source: {{title: t, checked: 2025-01-01}}}}]}}}}}}}}
contracts: {{acme: {{discount: 0.5, effective: 2026-04-15, until: 2026-09-14, source: {{title: t, checked: 2026-01-01}}}}}}
plans: {{acme: {{plans: {{seat: {{name: Seat, limit: overage, overage: acme/m, data_policy: no_training, allowance: {{value: 1e6, low: 1e6, high: 1e6, basis: judgement, checked: 2025-01-01}},
  {PRICES % ("usd_per_seat: 10", "2026-05-15", "usd_per_seat: 30")}}}}}}}}}
gpus: {{h100-sxm: {{rentals: {{mine: {{provider: acme, offer: on_demand, {PRICES % ("usd_per_gpu_hour: 1", "2026-06-01", "usd_per_gpu_hour: 5")}}}}}}}}}
options:
  listed: {{kind: api, model: acme/m}}
  contracted: {{kind: api, model: acme/plain}}
  seats: {{kind: plan, plan: acme/seat, seats: 5}}
  rented: {{kind: self_host, model: llama-3.1-8b, gpu: h100-sxm, rental: mine}}
  mixed: {{kind: blend, routes: [{{option: listed, share: 0.3}}, {{option: rented}}]}}
"""  # a catalog in which everything changes once
COURSES = {
    "as it is": Course(18),
    "growing": Course(18, growth=Course(18).growth + 1),
    "switching": Course(18, requalify=Requalify(5, Course(18).growth + 10, Course(18).growth + 500)),
}


@pytest.fixture
def changing(overlay: Overlay) -> Catalog:
    return overlay(CHANGING)


@pytest.mark.parametrize("course", COURSES.values(), ids=list(COURSES))
@pytest.mark.parametrize("option", ["listed", "contracted", "seats", "rented", "mixed"])
def test_what_is_not_priced_again_would_have_cost_the_same(
    option: str, course: Course, changing: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = replace(MONTH, kind="coding_assistant", seats=5) if option == "seats" else MONTH
    found = cash_of(changing.option(option), work, changing, course, as_of=DAY)
    monkeypatch.setattr(paying, "price_changes", lambda *_: EVERY_DAY)
    assert found == cash_of(changing.option(option), work, changing, course, as_of=DAY)
    if course.requalify is None:
        assert len({flow.running for flow in found.flows}) > 1  # it did change


def test_a_term_that_ends_counts_on_the_day_after(changing: Catalog) -> None:
    found = price_changes(changing.option("contracted"), changing)
    assert {date(2026, 4, 15), date(2026, 9, 14), date(2026, 9, 15)} <= found


def test_the_headline_costs_the_same_when_every_month_is_priced(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [name for name in catalog.headline if catalog.option(name).option.kind in {"api", "self_host", "blend"}]
    names.remove("deepseek-r1-api")  # retired
    found = [cash_of(catalog.option(name), MONTH, catalog, Course(24), as_of=date(2026, 11, 22)) for name in names]
    monkeypatch.setattr(paying, "price_changes", lambda *_: EVERY_DAY)
    again = [cash_of(catalog.option(name), MONTH, catalog, Course(24), as_of=date(2026, 11, 22)) for name in names]
    assert found == again


def test_a_published_figure_depends_on_the_prices_of_the_machines_behind_it(catalog: Catalog) -> None:
    rates = [name for name, option in catalog.options.items() if option.kind == "rate" and option.implies is not None]
    found = price_changes(catalog.option(rates[0]), catalog)
    gpu = catalog.gpu(catalog.options[rates[0]].implies.gpu)  # type: ignore[union-attr]
    assert {price.effective for rental in gpu.rentals.values() for price in rental.prices} <= found


def test_a_blend_depends_on_the_prices_of_its_members(catalog: Catalog) -> None:
    blends = [name for name, option in catalog.options.items() if option.kind == "blend"]
    named = catalog.option(blends[0])
    members = named.option.members  # type: ignore[union-attr]
    assert all(price_changes(catalog.option(member), catalog) <= price_changes(named, catalog) for member in members)
