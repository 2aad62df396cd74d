"""What a break-even means at its stretches and at the user's volumes: use, costs, lead, lasting caveats."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from conftest import Overlay

from costcalc import Workload
from costcalc.analysis.breakeven import break_even, cheapest
from costcalc.analysis.stretches import detail_of
from costcalc.case.case import Case

TODAY = date(2026, 11, 22)
QUOTE = "source: {title: a quote, checked: 2026-11-01}"
# a request generates 1,000 tokens; a replica of 100 tokens/s at $2 × 730 h = $1,460 serves 262,800 of them a month
ACME = f"""
api:
  acme:
    provider: acme
    models:
      line: {{prices: [{{effective: 2026-01-01, usd_per_mtok: {{output: 8}}, {QUOTE}}}]}}
options:
  line: {{kind: api, model: acme/line}}
  own: {{kind: self_host, tokens_per_s: 100, usd_per_gpu_hour: 2, spares: 0, headroom: 1, {QUOTE}}}
  fixed: {{kind: self_host, tokens_per_s: 100, usd_per_gpu_hour: 2, spares: 0, headroom: 1, replicas: 1, {QUOTE}}}
"""
MIX = Workload.single(requests=1_000, output_tokens=1_000)


@pytest.fixture
def acme(overlay: Overlay) -> Case:
    return Case(MIX, overlay(ACME), TODAY)


def test_machines_are_as_busy_as_the_volume_makes_them(acme: Case) -> None:
    detail = detail_of(break_even("own", "line", acme), acme)
    # $1,460 ÷ $0.008 = 182,500 requests are 182,500 ÷ 262,800 = 69.4 % of the first replica, which is full at 262,800
    first, second = detail.stretches[0], detail.stretches[1]
    assert (first.option, first.use_lo, first.use_hi, second.option) == ("line", None, None, "own")  # an API has none
    assert float(second.use_lo or 0) == pytest.approx(0.694444, abs=1e-6)
    assert float(second.use_hi or 0) == pytest.approx(1)
    # $2,920 ÷ $0.008 = 365,000 requests are 365,000 ÷ 525,600 = 69.4 % of two replicas
    assert (detail.stretches[2].option, detail.stretches[2].use_lo) == ("line", None)
    assert float(detail.stretches[3].use_lo or 0) == pytest.approx(0.694444, abs=1e-6)
    assert (detail.stretches[-1].hi, detail.stretches[-1].use_hi) == (None, None)


def test_a_volume_has_a_cheapest_a_runner_up_and_a_lead(acme: Case) -> None:
    found = break_even("own", "line", acme)
    low, high = detail_of(found, acme, [Fraction(200_000), Fraction(100_000), Fraction(200_000)]).at_volumes
    assert (low.cheapest, low.runner_up) == ("line", "own")
    assert low.requests == 100_000
    assert low.lead_usd == 660  # 100,000 × $0.008 = $800 against $1,460
    assert high.cheapest == "own"
    assert high.lead_usd == 140  # $1,460 against 200,000 × $0.008 = $1,600


def test_what_cannot_serve_has_neither_cost_nor_lead(acme: Case) -> None:
    found = cheapest(["fixed"], acme)
    (beyond,) = detail_of(found, acme, [Fraction(300_000)]).at_volumes
    assert (beyond.cheapest, beyond.costs, beyond.runner_up, beyond.lead_usd) == (None, {"fixed": None}, None, None)
    pair = break_even("fixed", "line", acme)
    (alone,) = detail_of(pair, acme, [Fraction(300_000)]).at_volumes
    assert (alone.cheapest, alone.costs["line"], alone.lead_usd) == ("line", Decimal(2_400), None)  # 300,000 × $0.008


def test_a_caveat_that_does_not_last_is_left_out(acme: Case) -> None:
    machines = "the machines alone: people, engineering and upkeep are on the whole bill (costcalc tco)"
    found = detail_of(break_even("own", "line", acme), acme)
    assert (machines, ("own",)) in found.caveats
    # at twice 200,000 requests a fleet of one replica cannot serve: nothing is known to hold there
    large = replace(acme, workload=Workload.single(requests=200_000, output_tokens=1_000))
    assert detail_of(break_even("fixed", "line", large), large).caveats == ()
