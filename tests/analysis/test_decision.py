"""The figures of a verdict: what today costs, what is cheapest, and from which volume machines are."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from conftest import Overlay

from costcalc import Catalog, Workload
from costcalc.analysis.breakeven import cheapest
from costcalc.analysis.compare import comparison, usual_options
from costcalc.analysis.decision import decide
from costcalc.case.case import Case
from costcalc.case.month import Traffic
from costcalc.case.traffic import traffic_case

DAY = date(2026, 11, 22)
CATALOG = """
api:
  acme:
    provider: acme
    models:
      large: {prices: [{effective: 2026-01-01, usd_per_mtok: {input: 1, output: 2.40}, source: {title: a quote, checked: 2026-11-01}}]}
      free: {prices: [{effective: 2026-01-01, usd_per_mtok: {input: 0, output: 0}, source: {title: a quote, checked: 2026-11-01}}]}
options:
  large: {kind: api, model: acme/large}
  free: {kind: api, model: acme/free}
  mine: {kind: self_host, tokens_per_s: 570.77625571, usd_per_gpu_hour: 2.50, spares: 0, headroom: 1}
  mixed: {kind: blend, routes: [{option: mine, share: 0.5}, {option: large}]}
"""


@pytest.fixture
def acme(overlay: Overlay) -> Catalog:
    return overlay(CATALOG)


def test_building_begins_where_its_line_crosses(acme: Catalog) -> None:
    # a thousand tokens out, evenly: $2.40 per Mtok against $1,825 a replica: 760.4 Mtok
    case = Case(Workload.single(requests=1_000_000, output_tokens=1_000), acme, DAY)
    found = comparison(case, ["large", "mine"])
    decision = decide(found, case, cheapest(["large", "mine"], case), today="large", vouched={"large"})
    assert decision.build_from_mtok == pytest.approx(Decimal("760.4167"), abs=Decimal("0.001"))
    assert (decision.your_mtok, decision.builds_now) == (Decimal(1_000), True)
    assert decision.today is not None
    assert (decision.today.monthly_usd, decision.asked_for_evidence) == (Decimal(2_400), True)
    assert (decision.vouched, decision.output_alone) == (decision.today, None)


def test_without_curves_and_without_machines_nothing_is_built(acme: Catalog) -> None:
    case = Case(Workload.single(requests=1_000, output_tokens=1_000), acme, DAY)
    decision = decide(comparison(case, ["large"]), case, None)
    assert (decision.build, decision.build_from_mtok, decision.builds_now) == (None, None, False)
    assert (decision.today, decision.vouched, decision.asked_for_evidence) == (None, None, False)


def test_nothing_to_choose_decides_nothing(acme: Catalog) -> None:
    case = Case(Workload.single(requests=1_000, output_tokens=1_000), acme, DAY)
    decision = decide(comparison(case, ["deepseek-r1-32b-self-hosted"]), case, None)
    assert (decision.cheapest, decision.builds_now) == (None, False)


def test_output_alone_stands_beside_the_month_with_prompts(acme: Catalog) -> None:
    case = traffic_case(Traffic(output_tokens=Decimal(211_000_000)), acme, as_of=DAY)
    found = comparison(case, ["large", "mine", "mixed"])
    alone = {each.option: each.monthly_usd for each in found.estimates}
    prompts = {name: each.monthly_usd for name, each in found.with_prompts.items()}
    # 211 Mtok × $2.40, and with them 1,155 Mtok of input at $1
    assert (alone["large"], prompts["large"]) == (Decimal("506.40"), Decimal("1661.40"))
    assert alone["mine"] == prompts["mine"]  # machines are sized for the prompts in both
    assert alone["mixed"] == prompts["mixed"]  # and so is a blend with machines in it
    decision = decide(found, case, None)
    assert decision.output_alone is not None
    assert decision.output_alone.option == "large"


def test_an_option_without_a_price_for_prompts_is_said_once(overlay: Overlay) -> None:
    known = overlay(CATALOG.replace("{input: 1, output: 2.40}", "{output: 2.40}"))
    case = traffic_case(Traffic(output_tokens=Decimal(211_000)), known, as_of=DAY)
    found = comparison(case, ["large", "mine"])
    assert [each.option for each in found.estimates] == ["large", "mine"]
    assert [each.option for each in found.unpriced] == ["large"]  # its month of output alone has a price
    assert found.decisive(found.estimates[0]) is None
    assert [each.option for each in found.to_choose] == ["mine"]


def test_plans_are_compared_where_people_are(catalog: Catalog) -> None:
    month = Workload.single(requests=1_000, output_tokens=100)
    assert usual_options(Case(month, catalog, DAY)) == catalog.headline
    assert "claude-pro-seats" in usual_options(Case(replace(month, seats=3), catalog, DAY))
