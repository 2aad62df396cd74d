"""Options over months: payments as they fall due, present values, paybacks."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from conftest import Overlay
from hypothesis import given
from hypothesis import strategies as st

from costcalc import Catalog, Workload, load_project
from costcalc.analysis.projection import Move, Moving, Payback, Projection, cumulative, npv, payback, project
from costcalc.cost.cash import Cash, Course, Flow, Requalify, cash_of, requalification_usd
from costcalc.cost.finance import after_months, change_per_year, declining_sum, months_later, present_value
from costcalc.cost.owed import Commitment
from costcalc.errors import UndecidableError
from costcalc.units import decimal

DAY = date(2026, 11, 22)
CASES = Path(__file__).parents[1] / "cases"
MONTH = Workload.single(requests=1_000, output_tokens=1_000)  # 1 Mtok


def flows(catalog: Catalog, option: str, course: Course, workload: Workload = MONTH) -> tuple[Flow, ...]:
    return cash_of(catalog.option(option), workload, catalog, course, as_of=DAY).flows


def paid(running: str, *, upfront: str = "0", months: int = 1, side: str = "buy", residual: str = "0") -> Cash:
    """Payments that stay the same, after something at the beginning."""
    rows = [Flow(months_later(DAY, month), 1, Decimal(0), Decimal(running)) for month in range(months)]
    rows[0] = rows[0]._replace(upfront=Decimal(upfront))
    return Cash("x", side, tuple(rows), Decimal(residual), ())


# --- what is owed anyway ----------------------------------------------------------------------------------------------


def billed(running: str, months: int, **providers: str) -> Cash:
    """Payments that use up what is owed to providers."""
    rows = paid(running, months=months).flows
    by = {name: Decimal(usd) for name, usd in providers.items()}
    return Cash("x", "buy", tuple(flow._replace(billed=by) for flow in rows), Decimal(0), ())


def test_leaving_a_provider_saves_nothing_while_its_commitment_is_owed() -> None:
    paths = {"stay": billed("400", 4, p="400"), "leave": paid("100", months=4)}
    until = Commitment("p", Decimal(500), DAY, until=months_later(DAY, 1))  # two of the four months
    named = {name: cash._replace(option=name) for name, cash in paths.items()}
    found = project([*named], named.__getitem__, baseline="stay", rate=Decimal(0), owed=[until], as_of=DAY)
    by_name = {one.cash.option: one for one in found.options}
    assert [flow.running for flow in by_name["stay"].cash.flows] == [500, 500, 400, 400]  # at least what is owed
    assert [flow.running for flow in by_name["leave"].cash.flows] == [600, 600, 100, 100]  # 100, and 500 unused
    assert [flow.owed for flow in by_name["leave"].cash.flows] == [500, 500, 0, 0]
    assert by_name["leave"].payback == Payback(3, 3)  # 600, 1,200, 1,300 against 500, 1,000, 1,400


def test_both_bills_of_a_move_use_a_commitment_up() -> None:
    paths = {"stay": billed("400", 2, p="400"), "other": billed("100", 2, p="100")}
    named = {name: cash._replace(option=name) for name, cash in paths.items()}
    move = Move(months_of_spend=Decimal(0), dual_running=Decimal(1))
    owed = [Commitment("p", Decimal(450), DAY)]
    found = project([*named], named.__getitem__, baseline="stay", move=move, rate=Decimal(0), owed=owed, as_of=DAY)
    other = next(one for one in found.options if one.cash.option == "other")
    # both: 400 + 100 are above 450; then 100 of its own, and 350 unused
    assert [flow.running for flow in other.cash.flows] == [500, 450]
    assert [flow.owed for flow in other.cash.flows] == [0, 350]
    assert other.payback is not None
    assert not other.payback.never


def test_what_is_billed_follows_the_prices(catalog: Catalog) -> None:
    found = flows(catalog, "gpt-5.2-api", Course(13, price_decline=Decimal("0.05")))
    assert [round(found[month].billed["openai"], 6) for month in (0, 12)] == [14, Decimal("13.3")]


# --- an API ----------------------------------------------------------------------------------------------------------


def test_an_announced_price_is_paid_from_its_day_on(catalog: Catalog) -> None:
    # Gemini 4 Argon: $10 per Mtok until 2026-11-30, $20 from 2026-12-01; the months begin on the 22nd
    # 9 of the 30 days from 2026-11-22 are before December: 0.3 x $10 + 0.7 x $20
    assert [flow.running for flow in flows(catalog, "gemini-4-argon-api", Course(3))] == [17, 20, 20]


def test_traffic_grows_by_the_month(catalog: Catalog) -> None:
    found = flows(catalog, "gpt-5.2-api", Course(13, growth=Decimal(1)))
    assert found[0].running == 14
    assert found[12].running == 28  # twice the traffic after a year
    assert round(found[6].running, 4) == Decimal("19.7990")  # 14 × √2


def test_the_same_model_gets_cheaper_slowly(catalog: Catalog) -> None:
    found = flows(catalog, "gpt-5.2-api", Course(13, price_decline=Decimal("0.05")))
    assert found[12].running == Decimal("13.3")  # 14 × 0.95


def test_the_same_capability_gets_cheaper_only_for_who_switches(catalog: Catalog) -> None:
    course = Course(25, price_decline=Decimal(0), requalify=Requalify(12, Decimal(10), Decimal(500)))
    found = flows(catalog, "gpt-5.2-api", course)
    assert [found[month].running for month in (0, 11, 12, 23, 24)] == [14, 14, Decimal("1.4"), Decimal("1.4"), Decimal("0.14")]  # fmt: skip
    assert [month for month, flow in enumerate(found) if flow.upfront] == [12, 24]
    assert found[12].upfront == 500


def test_between_two_switches_the_model_of_the_day_gets_cheaper_slowly(catalog: Catalog) -> None:
    course = Course(19, price_decline=Decimal("0.19"), requalify=Requalify(12, Decimal(10), Decimal(0)))
    # 14 ÷ 10 × 0.81^(6/12) = 1.4 × 0.9
    assert flows(catalog, "gpt-5.2-api", course)[18].running == Decimal("1.26")


def test_requalifying_costs_work_and_a_judge(catalog: Catalog) -> None:
    # 2 days × $225,000 ÷ 260 + 20 Mtok × $3
    assert round(requalification_usd(catalog), 2) == Decimal("1790.77")


def test_an_option_that_leaves_out_a_part_cannot_be_followed(catalog: Catalog) -> None:
    reads = Workload.single(requests=1, input_tokens=10, output_tokens=10)
    with pytest.raises(UndecidableError, match="leaves out a part"):
        flows(catalog, "deepseek-r1-32b-self-hosted", Course(1), reads)


# --- machines --------------------------------------------------------------------------------------------------------

BARE = """
assumptions: {electricity_price: 0, rack_space_and_remote_hands: 0, network_and_storage: 0, hardware_support: 0,
  server_share_of_gpu_price: 0, sales_tax: 0, economic_life: 2, residual_share_3y: 0.4, residual_share_5y: 0}
options:
  own: {kind: self_host, tokens_per_s: 100, tenure: own, usd_per_gpu: 3600, gpu_kw: 0.1, spares: 0, headroom: 1}
  rent: {kind: self_host, tokens_per_s: 100, usd_per_gpu_hour: 1, spares: 0, headroom: 1}
  whole: {kind: self_host, tokens_per_s: 100, usd_per_gpu_hour: 1, spares: 0, headroom: 1, costs: all}
  reserved: {kind: self_host, model: Qwen3-8B, gpu: H100 SXM, weights: fp8, tokens_per_s: 100, tenure: reserved_1y, spares: 0, headroom: 1}
"""
FULL = 100 * 730 * 3600  # tokens that one replica generates in a month


def busy(share: float) -> Workload:
    return Workload.single(requests=round(share * FULL / 1_000), output_tokens=1_000)


def test_a_machine_is_bought_replaced_and_worth_something_at_the_end(overlay: Overlay) -> None:
    catalog = overlay(BARE)
    cash = cash_of(catalog.option("own"), busy(0.5), catalog, Course(30), as_of=DAY)
    # after 2 years 1 − 0.6 × 2/3 = 60 % of $3,600 is left: 3,600 − 2,160 = 1,440 for the next one
    assert {month: flow.upfront for month, flow in enumerate(cash.flows) if flow.upfront} == {0: 3600, 24: 1440}
    assert {flow.running for flow in cash.flows} == {0}
    assert round(cash.residual, 6) == 3240  # half a year old: 1 − 0.6 × 0.5/3 = 90 %


def test_more_machines_are_bought_when_the_load_needs_them(overlay: Overlay) -> None:
    catalog = overlay(BARE)
    course = Course(13, growth=Decimal(1), hardware_change=Decimal("-0.5"))
    found = flows(catalog, "own", course, busy(0.9))
    (second,) = [month for month, flow in enumerate(found) if flow.upfront and month]
    assert second == 2  # 0.9 × 2^(2/12) = 1.01 replicas
    assert found[2].upfront == 3600 * after_months(Decimal("-0.5"), 2)  # and machines have become cheaper


def test_rent_follows_the_load_and_the_market(overlay: Overlay) -> None:
    catalog = overlay(BARE)
    found = flows(catalog, "rent", Course(13, growth=Decimal(1), hardware_change=Decimal("-0.19")), busy(0.9))
    assert found[0].running == 730
    assert found[12].running == Decimal("1182.6")  # 2 replicas × 730 × 0.81


def test_building_is_paid_at_the_beginning(overlay: Overlay) -> None:
    catalog = overlay(BARE)
    found = flows(catalog, "whole", Course(24), busy(0.5))
    # 6 weeks ÷ 52 × $225,000 = $25,961.54
    assert round(found[0].upfront, 2) == Decimal("25961.54")
    assert not any(flow.upfront for flow in found[1:])
    assert found[0].running == found[23].running > 730  # people and the rest, every month


def test_a_reservation_is_paid_whether_it_is_used_or_not(overlay: Overlay) -> None:
    catalog = overlay(BARE)
    falls = flows(catalog, "reserved", Course(13, growth=Decimal("-0.6")), busy(1.9))
    assert falls[0].running == falls[11].running  # two GPUs for a year, though one would do
    assert falls[12].running == pytest.approx(falls[0].running / 2)  # the next term is made for what is needed then
    grows = flows(catalog, "reserved", Course(12, growth=Decimal(1)), busy(0.9))
    on_demand = catalog.gpu("H100 SXM").rentals["runpod-secure"].prices[-1].usd_per_gpu_hour
    assert grows[11].running == pytest.approx(grows[0].running + 730 * on_demand)  # what is beyond it, on demand


QUOTED = """
options:
  quoted: {kind: self_host, model: Qwen3-8B, gpu: H100 SXM, weights: fp8, tokens_per_s: 100, tenure: reserved_1y,
    usd_per_gpu_hour: 1.00, spares: 0, headroom: 1}
  loaded: {kind: self_host, model: Qwen3-8B, gpu: H100 SXM, weights: fp8, tokens_per_s: 100, tenure: reserved_1y,
    usd_per_gpu_hour: 1.00, overhead: 0.1, spares: 0, headroom: 1}
  longer: {kind: self_host, model: Qwen3-8B, gpu: H100 SXM, weights: fp8, tokens_per_s: 100, tenure: reserved_3y,
    usd_per_gpu_hour: 1.00, spares: 0, headroom: 1}
  unlisted: {kind: self_host, tokens_per_s: 100, tenure: reserved_1y, usd_per_gpu_hour: 1.00, spares: 0, headroom: 1}
  unrented: {kind: self_host, model: Qwen3-8B, gpu: RTX 4070 Ti, weights: int4, tokens_per_s: 100, tenure: reserved_1y,
    usd_per_gpu_hour: 1.00, spares: 0, headroom: 1}
  leased: {kind: self_host, model: Qwen3-8B, gpu: MI325X, weights: fp8, tokens_per_s: 100, tenure: reserved_1y,
    usd_per_gpu_hour: 1.00, spares: 0, headroom: 1}
"""


def test_what_exceeds_a_quoted_reservation_is_rented_at_the_list_price(overlay: Overlay) -> None:
    catalog = overlay(QUOTED)
    cash = cash_of(catalog.option("quoted"), busy(0.9), catalog, Course(12, growth=Decimal(1)), as_of=DAY)
    assert cash.flows[0].running == 730  # one GPU at the quote, 730 h × $1
    # 0.9 × 2^(11/12) = 1.7 replicas: the second GPU on demand, at the list's $2.69 × 730 h = 1,963.70
    assert cash.flows[11].running == Decimal("2693.70")
    assert not [text for text in cash.caveats if "reservation" in text]
    longer = cash_of(catalog.option("longer"), busy(1.9), catalog, Course(37, growth=Decimal("-0.6")), as_of=DAY)
    assert longer.flows[35].running == 1460 > longer.flows[36].running  # two GPUs for three years
    loaded = cash_of(catalog.option("loaded"), busy(0.9), catalog, Course(12, growth=Decimal(1)), as_of=DAY)
    assert loaded.flows[11].running == Decimal("2963.07")  # a tenth comes on top of either


@pytest.mark.parametrize("option", ["unlisted", "unrented", "leased"])
def test_a_quote_is_taken_beyond_the_reservation_where_no_price_on_demand_is_known(
    option: str, overlay: Overlay
) -> None:
    catalog = overlay(QUOTED)
    text = "no price on demand is known: what exceeds the reservation is at your own quote for it"
    grown = cash_of(catalog.option(option), busy(0.9), catalog, Course(12, growth=Decimal(1)), as_of=DAY)
    assert grown.flows[11].running == 1460  # 2 × 730 h × $1
    assert text in grown.caveats
    still = cash_of(catalog.option(option), busy(0.9), catalog, Course(12), as_of=DAY)
    assert text not in still.caveats  # nothing exceeds it


MIXED = """
  half: {kind: blend, routes: [{option: reserved, share: 0.5}, {option: gpt-5.2-api}], router_usd_per_million_requests: 100}
  tried: {kind: blend, escalation: {first: own, then: gpt-5.2-api, rate: 0.25}}
"""


def test_a_blend_pays_for_the_reservation_of_its_member(overlay: Overlay) -> None:
    catalog = overlay(BARE + MIXED)
    found = flows(catalog, "half", Course(12, growth=Decimal("-0.6")), busy(3.8))
    parts = [
        flows(catalog, name, Course(12, growth=Decimal("-0.6")), busy(1.9)) for name in ("reserved", "gpt-5.2-api")
    ]
    # in the last month 0.4^(11/12) = 43 % of the traffic is left: two GPUs are still paid, the API for what it serves
    assert parts[0][11].running == parts[0][0].running
    assert parts[1][11].running < parts[1][0].running / 2
    for month in (0, 11):
        router = found[month].running - sum(part[month].running for part in parts)
        assert round(router, 6) == round(decimal(found[month].requests) / 10_000, 6)  # $100 per million requests


def test_a_blend_buys_the_machines_of_its_member_and_keeps_their_residual_value(overlay: Overlay) -> None:
    catalog = overlay(BARE + MIXED)
    cash = cash_of(catalog.option("tried"), busy(0.5), catalog, Course(30), as_of=DAY)
    # as above: $3,600 at the beginning, 3,600 − 60 % two years later, 90 % of $3,600 at the end
    assert {month: flow.upfront for month, flow in enumerate(cash.flows) if flow.upfront} == {0: 3600, 24: 1440}
    assert round(cash.residual, 6) == 3240
    requests = decimal(busy(0.5).requests)
    assert cash.flows[0].running == requests / 4 * Decimal("0.014")  # a quarter again on GPT-5.2, $14 per Mtok
    assert cash.flows[0].requests == requests


def test_each_model_of_a_blend_is_qualified_anew_at_a_switch(overlay: Overlay) -> None:
    catalog = overlay(
        "options: {two: {kind: blend, routes: [{option: gpt-5.2-api, share: 0.5}, {option: gemini-3.1-pro-api}]}}"
    )
    found = flows(catalog, "two", Course(13, requalify=Requalify(12, Decimal(10), Decimal(500))))
    assert found[12].upfront == 1000  # two models at $500


# --- models that are retired -----------------------------------------------------------------------------------------


def test_a_model_is_not_billed_after_its_retirement(catalog: Catalog) -> None:
    # retired on 2027-04-01, in the month from 2027-03-22 on, the fifth from 2026-11-22
    with pytest.raises(UndecidableError) as refused:
        flows(catalog, "gpt-5.4-nano", Course(36))
    expected = "retired on 2027-04-01, in month 5 of 36: --months 4 ends before, --requalify-every 4 switches before"
    assert refused.value.reason == expected
    assert len(flows(catalog, "gpt-5.4-nano", Course(4))) == 4
    with pytest.raises(UndecidableError, match="in month 5 of 5"):  # it would not serve all of the fifth
        flows(catalog, "gpt-5.4-nano", Course(5))
    with pytest.raises(UndecidableError, match=r"retired on 2026-07-24, in month 1 of 2$"):
        flows(catalog, "deepseek-r1-api", Course(2))


def test_who_switches_before_the_retirement_is_not_concerned_by_it(catalog: Catalog) -> None:
    switching = [Course(36, requalify=Requalify(every, Decimal(10), Decimal(0))) for every in (4, 5)]
    assert len(flows(catalog, "gpt-5.4-nano", switching[0])) == 36
    with pytest.raises(UndecidableError, match="retired on 2027-04-01"):
        flows(catalog, "gpt-5.4-nano", switching[1])


def test_a_blend_ends_with_the_model_of_its_member(overlay: Overlay) -> None:
    catalog = overlay(
        "options: {two: {kind: blend, routes: [{option: gpt-5.4-nano, share: 0.5}, {option: gpt-5.2-api}]}}"
    )
    with pytest.raises(UndecidableError) as refused:
        flows(catalog, "two", Course(36))
    assert refused.value.reason.startswith("gpt-5.4-nano: retired on 2027-04-01, in month 5 of 36")


def test_seats_do_not_end_with_the_model_that_their_work_is_compared_with(overlay: Overlay) -> None:
    catalog = overlay(
        "options: {seats: {kind: plan, plan: anthropic/claude-pro, model: openai/gpt-5.4-nano, limit: hard, seats: 4}}"
    )
    people = replace(MONTH, requests=10, kind="coding_assistant", seats=4)
    assert len(flows(catalog, "seats", Course(12), people)) == 12


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2027, 1, 31), 13, date(2028, 2, 29)),
        (date(2026, 11, 22), 1, date(2026, 12, 22)),
        (date(2026, 12, 31), 12, date(2027, 12, 31)),
    ],
)
def test_months_later(day: date, months: int, later: date) -> None:
    assert months_later(day, months) == later


# --- money over time -------------------------------------------------------------------------------------------------


def test_bills_come_at_the_end_of_a_month_and_machines_at_its_beginning() -> None:
    cash = paid("100", upfront="1000", months=12, residual="300")
    rate = Decimal("0.1")
    # 1,000 + 100 × Σ 1.1^(−k/12) for k = 1…12 − 300 ÷ 1.1 = 1,000 + 1,140.05 − 272.73
    bills = sum(100 / Decimal("1.1") ** (Decimal(month) / 12) for month in range(1, 13))
    assert npv(cash, rate) == pytest.approx(1000 + bills - Decimal(300) / Decimal("1.1"))
    assert round(npv(cash, rate), 2) == Decimal("1867.32")
    assert npv(cash, Decimal(0)) == 1900


def test_the_first_payback_and_the_last_one() -> None:
    mine = [Decimal(usd) for usd in (100, 100, 300, 300, 300)]
    theirs = [Decimal(usd) for usd in (80, 160, 240, 320, 400)]
    # ahead in month 2, behind again in month 3 by the second machine, and ahead for good from month 4 on
    assert payback(mine, theirs) == Payback(2, 4, behind=3)
    assert payback(theirs, theirs) == Payback(1, 1)
    assert payback([Decimal(9)], [Decimal(8)]) == Payback(None, None)
    assert payback([Decimal(7), Decimal(9)], [Decimal(8), Decimal(8)]) == Payback(1, None, behind=2)


@given(st.lists(st.integers(0, 50), min_size=1, max_size=30), st.lists(st.integers(0, 50), min_size=1, max_size=30))
def test_a_payback_is_what_one_would_count(mine: list[int], theirs: list[int]) -> None:
    months = min(len(mine), len(theirs))
    one, other = (list(map(Decimal, amounts[:months])) for amounts in (mine, theirs))
    found = payback(one, other)
    ahead = [month for month in range(1, months + 1) if one[month - 1] <= other[month - 1]]
    stays = [month for month in ahead if set(range(month, months + 1)) <= set(ahead)]
    assert (found.first, found.last) == (min(ahead, default=None), min(stays, default=None))
    lost = [month for month in range(1, months + 1) if ahead and month > ahead[0] and month not in ahead]
    assert found.behind == min(lost, default=None)


def test_what_a_declining_bill_can_ever_save() -> None:
    half = Decimal("0.5")
    assert declining_sum(Decimal(12), yearly_decline=half, months=1) == pytest.approx(12)
    assert declining_sum(Decimal(12), yearly_decline=half, months=13) < declining_sum(Decimal(12), yearly_decline=half)
    for wrong in ("0", "1", "-0.1"):
        with pytest.raises(ValueError, match="expected a decline between 0 and 1"):
            declining_sum(Decimal(12), yearly_decline=Decimal(wrong))


def test_a_change_per_year_compounds_to_the_whole() -> None:
    # a16z, "LLMflation", 2024-11: $60 to $0.06 per Mtok in three years is a factor of 10 a year
    yearly = change_per_year(Decimal(60), Decimal("0.06"), years=Decimal(3))
    assert 1 / (1 + yearly) == pytest.approx(10)
    assert present_value(Decimal(110), months=12, yearly_rate=Decimal("0.1")) == pytest.approx(100)


# --- whole projections -----------------------------------------------------------------------------------------------


def petrenko(name: str, decline: str, months: int) -> tuple[Projection, Projection]:
    """Project a machine against its API, with and without the knowledge that nothing else moves."""
    catalog, scenario = load_project(CASES / "petrenko.yaml")
    course = Course(months, price_decline=Decimal(decline))

    def follow(option: str) -> Cash:
        return cash_of(catalog.option(option), scenario.workload(name), catalog, course, as_of=DAY)

    found = [
        project([f"machine-{name}"], follow, baseline=name, rate=Decimal("0.09"), decline=known, as_of=DAY)
        for known in (Decimal(decline), None)
    ]
    return found[0], found[1]


def test_petrenko_a_machine_pays_back_before_the_api_has_become_cheap() -> None:
    found, _ = petrenko("a", "0.5", 36)
    machine = next(one for one in found.options if one.cash.option == "machine-a")
    assert machine.payback == Payback(8, 8)  # 615.6 × (1 − m^8) ÷ (1 − m) = 4,058 ≥ 3,999 with m = 0.5^(1/12)
    (bought,) = [one for one in found.options if one.cash.option == "a"]
    assert cumulative(bought.cash)[7] == pytest.approx(declining_sum(Decimal("615.6"), yearly_decline=Decimal("0.5"), months=8))  # fmt: skip
    ever = declining_sum(bought.cash.flows[0].running, yearly_decline=Decimal("0.5"))
    assert ever == pytest.approx(Decimal("10968.239845487116"))


def test_petrenko_a_slow_machine_never_does() -> None:
    found, unknowing = petrenko("b", "0.25", 24)
    (bought,) = [one for one in found.options if one.cash.option == "b"]
    assert bought.cash.flows[0].running == Decimal("41.36832")
    machine, same = (next(one for one in each.options if one.cash.option == "machine-b") for each in (found, unknowing))
    assert machine.payback == Payback(None, None, never=True)  # 41.37 ÷ (1 − 0.75^(1/12)) = 1,746 < 9,500
    assert same.payback == Payback(None, None)


def test_a_payback_after_the_horizon_is_not_called_never() -> None:
    found, _ = petrenko("a", "0.5", 5)
    machine = next(one for one in found.options if one.cash.option == "machine-a")
    assert machine.payback == Payback(None, None)


def test_the_baseline_is_the_best_to_buy_unless_one_is_named(catalog: Catalog) -> None:
    def follow(option: str) -> Cash:
        return cash_of(catalog.option(option), MONTH, catalog, Course(2), as_of=DAY)

    names = ["gpt-5.2-api", "gemini-3.1-pro-api", "r1-distill-32b-h100"]
    assert project(names, follow, rate=Decimal(0), as_of=DAY).baseline == "gemini-3.1-pro-api"
    assert project(names[2:], follow, rate=Decimal(0), as_of=DAY).baseline == "r1-distill-32b-h100"
    named = project(names, follow, baseline="claude-opus-5.5-api", rate=Decimal(0), as_of=DAY)
    assert [one.cash.option for one in named.options][-2:] == ["claude-opus-5.5-api", "r1-distill-32b-h100"]


def test_leaving_costs_work_and_a_time_of_two_bills(catalog: Catalog) -> None:
    def follow(option: str) -> Cash:
        return cash_of(catalog.option(option), MONTH, catalog, Course(3), as_of=DAY)

    found = project(["gemini-3.1-pro-api"], follow, baseline="gpt-5.2-api", move=Move(Decimal(3), Decimal(2)), rate=Decimal(0), as_of=DAY)  # fmt: skip
    moved = next(one for one in found.options if one.cash.option == "gemini-3.1-pro-api")
    assert moved.cash.flows[0].upfront == 42  # 3 × $14
    assert [flow.running for flow in moved.cash.flows] == [26, 26, 12]  # 12 + 14 while both run
    stayed = next(one for one in found.options if one.cash.option == "gpt-5.2-api")
    assert stayed.total == 42
    assert stayed.payback is None


def test_a_part_of_a_month_of_two_bills_is_a_part_of_a_bill() -> None:
    cash = {"new": paid("10", months=3), "old": paid("100", months=3)}
    cash = {name: each._replace(option=name) for name, each in cash.items()}
    found = project(["new"], cash.__getitem__, baseline="old", move=Move(Decimal(0), Decimal("1.5")), rate=Decimal(0), as_of=DAY)  # fmt: skip
    moved = next(each for each in found.options if each.cash.option == "new")
    assert [flow.running for flow in moved.cash.flows] == [110, 60, 10]  # 10 + 100, 10 + half of 100, 10
    assert moved.moving == Moving(Decimal(0), Decimal(0), Decimal(150))


WAITING = BARE.replace("network_and_storage: 0", "network_and_storage: 100").replace(
    "sales_tax: 0", "sales_tax: 0, lead_time: 1.5"
)


def leaving_rent(catalog: Catalog, option: str, months: int) -> Projection:
    def follow(name: str) -> Cash:
        return cash_of(catalog.option(name), busy(0.5), catalog, Course(months), as_of=DAY, moving=name != "rent")

    move = Move(Decimal(1), Decimal("1.5"))
    return project([option, "reserved"], follow, baseline="rent", move=move, rate=Decimal(0), as_of=DAY)


@pytest.mark.parametrize("option", ["own", "tried"])
def test_todays_option_is_paid_while_machines_are_awaited(option: str, overlay: Overlay) -> None:
    found = leaving_rent(overlay(WAITING + MIXED.replace("rate: 0.25", "rate: 0")), option, 4)
    moved = next(each for each in found.options if each.cash.option == option)
    # they arrive in the middle of month 2 and are paid then; the migration is paid at once: a month's $730
    assert [flow.upfront for flow in moved.cash.flows] == [730, 3600, 0, 0]
    # rent: 730, then 365 waiting + 365 running both, then 730 running both; own: half of $100, then $100
    assert [flow.running for flow in moved.cash.flows] == [730, 780, 830, 100]
    assert [flow.moving for flow in moved.cash.flows] == [1460, 730, 730, 0]
    assert moved.moving == Moving(migration=Decimal(730), waiting=Decimal(1095), dual_running=Decimal(1095))
    # bought 3 months before the horizon: 1 − 0.6 × 0.25 ÷ 3 = 95 % of $3,600
    assert round(moved.cash.residual, 6) == 3420
    reserved = next(each for each in found.options if each.cash.option == "reserved")
    assert reserved.moving is not None
    assert reserved.moving.waiting == 0  # nothing is bought


def test_machines_that_arrive_after_the_horizon_are_left_out(overlay: Overlay) -> None:
    catalog = overlay(WAITING)
    found = leaving_rent(catalog, "own", 1)
    assert found.left_out == (("own", "its machines arrive after 1.5 months (assumption lead_time); the horizon is 1"),)
    stays = cash_of(catalog.option("own"), busy(0.5), catalog, Course(1), as_of=DAY)
    assert (stays.waits, stays.flows[0].upfront) == (
        Decimal(0),
        Decimal(3600),
    )  # whoever leaves nothing waits for nothing


def test_building_begins_before_the_machines_arrive(overlay: Overlay) -> None:
    catalog = overlay(WAITING.replace("gpu_kw: 0.1,", "gpu_kw: 0.1, costs: all,"))
    found = cash_of(catalog.option("own"), busy(0.5), catalog, Course(24), as_of=DAY, moving=True).flows
    assert round(found[0].upfront, 2) == Decimal("25961.54")  # 6 weeks ÷ 52 × $225,000
    assert (found[0].running, found[1].upfront) == (Decimal(0), Decimal(3600))


def test_a_month_of_two_bills_does_not_say_that_a_payback_never_comes() -> None:
    cash = {"new": paid("10", months=2)._replace(option="new"), "old": paid("100", months=2)._replace(option="old")}
    for both, never in (("2", False), ("0", False)):
        move = Move(Decimal(3), Decimal(both))
        found = project(["new"], cash.__getitem__, baseline="old", move=move, rate=Decimal(0), decline=Decimal("0.05"), as_of=DAY)  # fmt: skip
        moved = next(each for each in found.options if each.cash.option == "new")
        assert moved.payback == Payback(None, None, never=never)


def test_what_cannot_be_followed_is_said(catalog: Catalog) -> None:
    def follow(option: str) -> Cash:
        return cash_of(catalog.option(option), MONTH, catalog, Course(2), as_of=date(2026, 1, 1))

    found = project(["gpt-5.2-api", "gpt-6.1-sol-api"], follow, rate=Decimal(0), as_of=DAY)
    ((name, reason),) = found.left_out
    assert (name, "no price is known for 2026-01-01" in reason) == ("gpt-6.1-sol-api", True)
    with pytest.raises(UndecidableError, match=r"gpt-6\.1-sol-api: no price"):
        project(["gpt-6.1-sol-api"], follow, rate=Decimal(0), as_of=DAY)
    with pytest.raises(UndecidableError, match="no price"):
        project(["gpt-5.2-api"], follow, baseline="gpt-6.1-sol-api", rate=Decimal(0), as_of=DAY)
