"""Break-even of two options, and the cheapest of many: what is found, and what is left out with its reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from conftest import Overlay

from costcalc import Catalog, Workload, estimate
from costcalc.analysis.breakeven import break_even, cheapest, estimate_at, reign_at, tokens_of
from costcalc.analysis.envelope import Reign
from costcalc.case.case import Case, Priced
from costcalc.catalog.forms.options import BlendOption
from costcalc.errors import FlagError, UnsuitableError

F = Fraction
TODAY = date(2026, 11, 22)
QUOTE = "source: {title: a quote, checked: 2026-11-01}"
# a request generates 1,000 tokens; a replica of 100 tokens/s at $2 × 730 h = $1,460 serves 262,800 of them a month
ACME = f"""
api:
  acme:
    provider: acme
    models:
      dear: {{prices: [{{effective: 2026-01-01, usd_per_mtok: {{output: 10}}, {QUOTE}}}]}}
      cheap: {{prices: [{{effective: 2026-01-01, usd_per_mtok: {{output: 8}}, {QUOTE}}}]}}
      small: {{context_window: 500, prices: [{{effective: 2026-01-01, usd_per_mtok: {{output: 1}}, {QUOTE}}}]}}
      gone: {{retired: 2026-10-01, retired_source: {{title: a letter, checked: 2026-11-01}}, prices: [{{effective: 2026-01-01, usd_per_mtok: {{output: 1}}, {QUOTE}}}]}}
      input-only: {{prices: [{{effective: 2026-01-01, usd_per_mtok: {{input: 1}}, {QUOTE}}}]}}
plans:
  acme:
    provider: acme
    plans:
      bare: {{name: Bare, prices: [{{effective: 2026-01-01, usd_per_seat: 39, {QUOTE}}}], limit: hard, data_policy: unknown}}
      full:
        {{name: Full, prices: [{{effective: 2026-01-01, usd_per_seat: 200, {QUOTE}}}], limit: hard, data_policy: unknown,
          allowance: {{value: 40_000_000, low: 30_000_000, high: 50_000_000, basis: judgement}}}}
options:
  dear: {{kind: api, model: acme/dear}}
  cheap: {{kind: api, model: acme/cheap}}
  small: {{kind: api, model: acme/small}}
  gone: {{kind: api, model: acme/gone}}
  input-only: {{kind: api, model: acme/input-only}}
  published: {{kind: rate, side: build, usd_per_mtok: {{output: 0.5}}, effective: 2026-01-01, {QUOTE}}}
  half: {{kind: rate, side: build, usd_per_mtok: {{input: 0.5}}, effective: 2026-01-01, {QUOTE}}}
  own: {{kind: self_host, tokens_per_s: 100, usd_per_gpu_hour: 2, spares: 0, headroom: 1, {QUOTE}}}
  fixed: {{kind: self_host, tokens_per_s: 100, usd_per_gpu_hour: 2, spares: 0, headroom: 1, replicas: 1, {QUOTE}}}
  bare: {{kind: plan, plan: acme/bare}}
  full: {{kind: plan, plan: acme/full}}
  routed: {{kind: blend, routes: [{{option: dear, share: 0.5}}, {{option: own, share: 0.5}}], router_usd_per_million_requests: 0}}
"""
MIX = Workload.single(requests=1_000, output_tokens=1_000)
PEOPLE = replace(MIX, kind="coding_assistant", seats=1)


def turns(reigns: Sequence[Reign]) -> list[tuple[str | None, Fraction | int]]:
    """Who reigns, and from which volume on."""
    return [(one.option, one.lo) for one in reigns]


@pytest.fixture
def acme(overlay: Overlay) -> Catalog:
    return overlay(ACME)


def test_two_options_change_places_where_their_costs_meet(acme: Catalog) -> None:
    found = break_even("own", "dear", Case(MIX, acme, TODAY))
    # $1,460 ÷ $0.01 = 146,000 requests; at 262,800 the second replica: 2,920 ÷ 0.01 = 292,000; then for good, as 3 carry
    # 788,400 and cost 438,000's worth
    assert turns(found.reigns) == [
        ("dear", 0),
        ("own", 146_000),
        ("dear", 262_800),
        ("own", 292_000),
    ]
    assert (found.first_win, found.durable_win, found.switches) == (F(146_000), F(292_000), 3)
    # 1,460 ÷ (0.01 − 1,460/262,800): above it for good; below 0 never
    assert found.bounds == (F(0), F(1460) / (F(1, 100) - F(1460, 262_800)))
    assert [found.cheaper_at(F(at)) for at in (146_000, 146_001, 10**9)] == ["dear", "own", "own"]
    assert not found.is_cut


def test_up_to_a_volume_nothing_is_said_of_what_comes_after(acme: Catalog) -> None:
    found = break_even("own", "dear", Case(MIX, acme, TODAY), up_to=F(200_000))
    assert (found.first_win, found.durable_win, found.bounds) == (F(146_000), None, None)
    assert found.is_cut
    assert reign_at(found.reigns, F(200_001)) is None


def test_an_option_does_not_break_even_with_itself(acme: Catalog) -> None:
    with pytest.raises(FlagError, match="'own' is named twice"):
        break_even("own", "own", Case(MIX, acme, TODAY))


def test_at_equal_cost_the_option_to_buy_counts_as_cheaper(acme: Catalog) -> None:
    same = replace(acme, options={**acme.options, "twin": acme.options["cheap"]})
    assert [one.option for one in break_even("twin", "cheap", Case(MIX, same, TODAY)).reigns] == ["cheap"]
    assert break_even("twin", "cheap", Case(MIX, same, TODAY)).bounds is None


def test_a_blend_breaks_even_as_the_sum_that_it_is(acme: Catalog) -> None:
    # half of it on a replica at $1,460, half at $0.01: 0.005 v + 1,460 = 0.008 v at 486,667 requests, where the replica
    # carries 243,333; at 525,600 the second: 0.005 v + 2,920 = 0.008 v at 973,333; full at 1,051,200
    found = break_even("routed", "cheap", Case(MIX, acme, TODAY))
    assert turns(found.reigns)[:4] == [
        ("cheap", 0), ("routed", F(1_460_000, 3)), ("cheap", 525_600), ("routed", F(2_920_000, 3)),
    ]  # fmt: skip


def test_seats_break_even_with_an_api(acme: Catalog) -> None:
    # $200 ÷ $0.008 = 25,000 requests; 40 Mtok fill the seat at 40,000: two cost $400 up to 80,000, 50,000 requests' worth
    found = break_even("full", "cheap", Case(PEOPLE, acme, TODAY))
    assert turns(found.reigns) == [
        ("cheap", 0),
        ("full", 25_000),
        ("cheap", 40_000),
        ("full", 50_000),
    ]
    with pytest.raises(UnsuitableError, match="full: a plan is for people at a tool"):
        break_even("full", "cheap", Case(MIX, acme, TODAY))


def test_the_cheapest_is_found_for_every_volume_and_the_rest_is_left_out_with_a_reason(acme: Catalog) -> None:
    names = ["dear", "cheap", "own", "small", "gone", "input-only", "published", "half", "bare", "full"]
    found = cheapest(names, Case(MIX, acme, TODAY))
    # $1,460 ÷ $0.008 = 182,500; at 262,800 the second replica: 2,920 ÷ 0.008 = 365,000; the third at 525,600: 547,500
    assert turns(found.reigns) == [
        ("cheap", 0), ("own", 182_500), ("cheap", 262_800), ("own", 365_000), ("cheap", 525_600), ("own", 547_500),
    ]  # fmt: skip
    reasons = dict(found.left_out)
    assert reasons.pop("input-only").startswith("no rate for 'output'")
    assert reasons.pop("half") == "it prices input, which the workload does not use"
    seats = "a plan is for people at a tool, never for a server: give the workload's seats"
    assert reasons == {
        "small": "a request exceeds its context",
        "gone": "retired on 2026-10-01",
        "published": "a published figure that nobody sells",
        "bare": seats,
        "full": seats,
    }
    assert [curve.option for curve in found.curves] == ["dear", "cheap", "own"]
    chosen = Case(MIX, acme, TODAY).priced(names).to_choose()
    assert (chosen.options, chosen.reasons) == (("dear", "cheap", "own"), found.left_out)


def test_seats_are_among_them_where_there_are_people(acme: Catalog) -> None:
    found = cheapest(["cheap", "bare", "full"], Case(PEOPLE, acme, TODAY), up_to=F(60_000))
    assert dict(found.left_out) == {"bare": "nobody publishes how much a seat holds"}
    assert [one.option for one in found.reigns] == ["cheap", "full", "cheap", "full"]


def test_a_blend_is_no_more_of_an_offer_than_its_parts(acme: Catalog) -> None:
    def left_out(*members: str) -> dict[str, str]:
        routes = [{"option": name, "share": Decimal(1) / len(members)} for name in members]
        blend = BlendOption.model_validate({"kind": "blend", "routes": routes})
        known = replace(acme, options={**acme.options, "blend": blend})
        return dict(cheapest(["blend"], Case(MIX, known, TODAY)).left_out)

    assert left_out("cheap", "own") == {}
    assert left_out("cheap", "published") == {"blend": "a published figure that nobody sells"}
    assert left_out("cheap", "gone") == {"blend": "retired on 2026-10-01"}
    assert left_out("cheap", "small") == {"blend": "a request exceeds its context"}


def test_estimates_that_are_known_are_not_made_again(acme: Catalog) -> None:
    known = replace(estimate("cheap", MIX, acme, as_of=TODAY), retired=date(2026, 1, 1))
    assert cheapest(["cheap"], Case(MIX, acme, TODAY), known=Priced((known,), ())).left_out == (
        ("cheap", "retired on 2026-01-01"),
    )


def test_cost_and_use_at_a_volume(acme: Catalog) -> None:
    case = Case(MIX, acme, TODAY)
    cheap, fixed = estimate_at("cheap", F(1_000), case), estimate_at("fixed", F(131_400), case)
    assert cheap is not None
    assert (cheap.monthly_usd, cheap.deployment) == (Decimal("8.00"), None)
    assert fixed is not None
    assert fixed.deployment is not None
    assert fixed.deployment.utilisation == F(1, 2)
    assert estimate_at("fixed", F(262_801), case) is None  # one replica is too few


def test_requests_of_a_mix_are_tokens() -> None:
    assert tokens_of(F(7, 2), MIX) == 3_500
