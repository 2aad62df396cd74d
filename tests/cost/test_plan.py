"""What seats cost, from where on they pay, and for whom they are none."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from conftest import Overlay

from costcalc import Catalog, Estimate, Workload, compare, estimate
from costcalc.cost.option import cost_curve
from costcalc.cost.plan import pays_above, seats_of
from costcalc.errors import UndecidableError, UnsuitableError

TODAY = date(2026, 11, 22)
QUOTE = "source: {title: a quote, checked: 2026-11-01}"
# $5 per Mtok in, $25 out: a request of 1,000 tokens in and 1,000 out costs $0.03
ACME = f"""
api:
  acme:
    provider: acme
    models:
      frontier: {{prices: [{{effective: 2026-01-01, usd_per_mtok: {{input: 5, output: 25}}, {QUOTE}}}]}}
      free: {{prices: [{{effective: 2026-01-01, usd_per_mtok: {{input: 0, output: 0}}, {QUOTE}}}]}}
plans:
  acme:
    provider: acme
    plans:
      max:
        name: Max
        prices:
          - {{effective: 2026-01-01, usd_per_seat: 100, {QUOTE}}}
          - {{effective: 2026-06-01, usd_per_seat: 200, {QUOTE}}}
        allowance: {{value: 10_000_000, low: 5_000_000, high: 20_000_000, basis: measured, {QUOTE}}}
        limit: hard
        periods: 5 hours
        data_policy: may_train_by_default
      pro:
        name: Pro
        prices: [{{effective: 2026-01-01, usd_per_seat: 20, {QUOTE}}}]
        allowance: {{value: 30, low: 30, high: 30, unit: usd, basis: vendor, {QUOTE}}}
        limit: overage
        data_policy: no_training
      team:
        name: Team
        prices: [{{effective: 2026-01-01, usd_per_seat: 25, {QUOTE}}}]
        allowance: {{value: 30, low: 30, high: 30, unit: usd, basis: vendor, {QUOTE}}}
        limit: overage
        min_seats: 5
        data_policy: no_training
      bare:
        name: Bare
        prices: [{{effective: 2026-01-01, usd_per_seat: 39, source: {{title: t, checked: 2026-01-01}}}}]
        limit: hard
        data_policy: unknown
      pool:
        name: Pool
        prices: [{{effective: 2026-01-01, usd_per_seat: 200, {QUOTE}}}]
        allowance: {{value: 10_000_000, low: 5_000_000, high: 20_000_000, pooled: true, basis: measured, {QUOTE}}}
        limit: hard
        data_policy: unknown
      team-pool:
        name: Team with a pool
        prices: [{{effective: 2026-01-01, usd_per_seat: 25, {QUOTE}}}]
        allowance: {{value: 30, low: 30, high: 30, unit: usd, pooled: true, basis: vendor, {QUOTE}}}
        limit: overage
        min_seats: 5
        data_policy: unknown
      five:
        name: Five at least
        prices: [{{effective: 2026-01-01, usd_per_seat: 200, {QUOTE}}}]
        allowance: {{value: 10_000_000, low: 10_000_000, high: 10_000_000, basis: measured, {QUOTE}}}
        limit: hard
        min_seats: 5
        data_policy: unknown
options:
  max: {{kind: plan, plan: acme/max, model: acme/frontier}}
  pool: {{kind: plan, plan: acme/pool}}
  team-pool: {{kind: plan, plan: acme/team-pool, model: acme/frontier}}
  five: {{kind: plan, plan: acme/five}}
  max-alone: {{kind: plan, plan: acme/max}}
  max-metered: {{kind: plan, plan: acme/max, model: acme/frontier, limit: overage}}
  max-unmetered: {{kind: plan, plan: acme/max, limit: overage}}
  max-measured: {{kind: plan, plan: acme/max, allowance: 4M to 9M}}
  max-known: {{kind: plan, plan: acme/max, allowance: 4_000_000}}
  pro: {{kind: plan, plan: acme/pro, model: acme/frontier}}
  pro-alone: {{kind: plan, plan: acme/pro}}
  pro-of-nothing: {{kind: plan, plan: acme/pro, model: acme/free}}
  team: {{kind: plan, plan: acme/team, model: acme/frontier}}
  bare: {{kind: plan, plan: acme/bare, model: acme/frontier}}
  ten: {{kind: plan, plan: acme/bare, seats: 10}}
"""


@pytest.fixture
def acme(overlay: Overlay) -> Catalog:
    return overlay(ACME)


def work(requests: int, *, seats: int | None = 1, input_tokens: int = 1_000, output_tokens: int = 1_000) -> Workload:
    one = Workload.single(requests=requests, input_tokens=input_tokens, output_tokens=output_tokens)
    return replace(one, kind="coding_assistant", seats=seats)


def priced(option: str, workload: Workload, acme: Catalog) -> Estimate:
    return estimate(option, workload, acme, as_of=TODAY)


@pytest.mark.parametrize(
    ("option", "seats", "requests", "usd"),
    [
        ("max", 1, 1, "200.00"),  # a seat is paid whatever is done with it
        ("max", 1, 10_000, "200.00"),  # 10 Mtok of output fill it
        ("max", 1, 10_001, "400.00"),  # one more request needs another seat
        ("max", 3, 30_000, "600.00"),  # three people share the work evenly
        ("max", 3, 65_000, "1800.00"),  # 2.17 seats' worth each: three seats for each of the three
        ("max", 3, 30_001, "1200.00"),  # one request more, and each needs a second seat
        ("pool", 3, 65_000, "1400.00"),  # 6.5 seats' worth in one pool: 7
        ("pool", 3, 30_001, "800.00"),  # one request more needs one seat more
        ("max-metered", 1, 10_000, "200.00"),
        ("max-metered", 1, 10_100, "203.00"),  # 100 requests at $0.03 above it
        ("max-metered", 2, 30_000, "700.00"),  # 2 × $200 + 10,000 × $0.03
        ("max-known", 1, 8_001, "600.00"),  # 4 Mtok a seat: 3 of them
        ("pro", 1, 1_000, "20.00"),  # $30 of usage are 1,000 requests
        ("pro", 1, 1_500, "35.00"),  # and 500 at $0.03
        ("pro", 4, 5_000, "110.00"),  # 4 × $20 + 1,000 × $0.03
        ("team", 2, 1_000, "125.00"),  # five seats at least, for two people
        ("team", 2, 6_000, "245.00"),  # two people have 2,000 requests; 4,000 at $0.03 above them
        ("team-pool", 2, 6_000, "155.00"),  # five seats' pool holds 5,000 requests; 1,000 at $0.03 above it
        ("five", 2, 50_000, "1200.00"),  # 2.5 seats' worth each: three each are six, one more than the fewest sold
        ("five", 2, 40_000, "1000.00"),  # two each are four, and five are sold at least
        ("team", 6, 1_000, "150.00"),
        ("bare", 5, 10**6, "195.00"),
        ("ten", 5, 10**6, "390.00"),  # the option's seats stand in place of the workload's
    ],
)
def test_seats_cost_their_fee_and_what_exceeds_them(
    option: str, seats: int, requests: int, usd: str, acme: Catalog
) -> None:
    assert priced(option, work(requests, seats=seats), acme).monthly_usd == Decimal(usd)


def test_the_lines_say_what_is_paid(acme: Catalog) -> None:
    hard = priced("max", work(25_000, seats=2), acme)
    lines: list[tuple[object, ...]] = [(line.item, line.amount, line.unit, line.usd) for line in hard.lines]
    assert lines == [
        ("seats", 2, "seat-month", Decimal(400)),
        ("further seats, for work above the allowance", 2, "seat-month", Decimal(400)),
    ]
    assert hard.lines[0].path == ("plans", "acme", "plans", "max", "prices", 1, "usd_per_seat")
    metered = priced("max-metered", work(10_100), acme)
    assert [line.item for line in metered.lines] == ["seats", "overage: input", "overage: output"]
    assert (hard.kind, hard.side, hard.price_date) == ("plan", "buy", date(2026, 6, 1))


def test_a_fee_of_an_earlier_day_is_the_one_in_force_then(acme: Catalog) -> None:
    assert estimate("max", work(1), acme, as_of=date(2026, 5, 31)).monthly_usd == 100
    with pytest.raises(UndecidableError, match="max: no fee is known for 2025-12-31; the earliest is of 2026-01-01"):
        estimate("max", work(1), acme, as_of=date(2025, 12, 31))


def test_what_must_be_known_before_a_figure_is_trusted(acme: Catalog) -> None:
    assert priced("max", work(25_000, seats=2), acme).caveats == (
        "a seat holds 10 Mtok of output (5–20; measured): an estimate; a person's work, spread evenly, is 125 % of it",
        # 12.5 Mtok each: at 10 a seat two each, at 5 three each, at 20 one
        "a hard limit: work above it needs another seat for each person, here 2 beside the 2 (0 to 4 over the estimate's interval); check that the vendor sells one person several",
        "limits of shorter periods make people wait: 5 hours",
        "API-equivalent of this work: $750.00 a month at acme/frontier; nobody bills a subscriber for that",
        "a $200.00 seat pays above 6.67 Mtok of output a month of this mix, against acme/frontier",
        "the vendor may train on the data unless that is switched off; on the API it may not",
    )
    said = priced("max-metered", work(20_000), acme).caveats
    # half is above 10 Mtok; a quarter is above 15
    assert said[1] == (
        "above it work is billed at the rates of acme/frontier: 50 % of this work (0 % to 75 % over the estimate's interval)"
    )
    own = priced("max-measured", work(6_001), acme).caveats
    assert own[0].startswith(
        "a seat holds 6 Mtok of output (4–9; user): an estimate; a person's work, spread evenly, is 100 %"
    )
    assert "here 1 beside the 1 (0 to 1 over" in own[1]
    assert priced("max-known", work(100), acme).caveats[:2] == (
        "a seat holds 4 Mtok of output (user): an estimate; a person's work, spread evenly, is 2.5 % of it",
        "a hard limit: work above it needs another seat for each person, here none beside the 1",
    )


def test_a_pool_is_said(acme: Catalog) -> None:
    # 65 Mtok against 3 × 10; at 5 Mtok a seat 13 are needed, at 20 four
    assert priced("pool", work(65_000, seats=3), acme).caveats[:2] == (
        "a seat holds 10 Mtok of output (5–20; measured): an estimate; the allowances are one pool, and this work is 217 % of it",
        "a hard limit: work above it needs another seat, here 4 beside the 3 (1 to 10 over the estimate's interval)",
    )


def test_an_allowance_that_nobody_publishes_makes_a_fee_not_comparable(acme: Catalog) -> None:
    one = priced("bare", work(1_000), acme)
    assert (one.unfit, one.monthly_usd) == ("limit unknown", Decimal(39))
    assert one.caveats[0].startswith("no allowance in tokens is published")
    assert one.caveats[-1] == "stale: the price was last seen 325 days before 2026-11-22"
    assert one.caveats[-2] == "whether the vendor may train on the data is not known"
    rows = compare(work(1_000), acme, options=["bare", "acme/frontier"], as_of=TODAY).estimates
    assert [row.option for row in rows] == ["acme/frontier", "bare"]  # $30, and a fee that stands last


def test_a_plan_is_for_people_and_never_for_a_server(acme: Catalog) -> None:
    served = replace(work(1_000), kind="customer_service")
    reason = "a plan is for people at a tool, never for a server; the workload's kind is customer_service"
    for option in ("max", "ten"):
        with pytest.raises(UnsuitableError, match=reason) as found:
            priced(option, served, acme)
        assert found.value.exit_status == 2
        with pytest.raises(UnsuitableError, match=reason):
            cost_curve(option, served, acme, as_of=TODAY)
    with pytest.raises(
        UnsuitableError, match="max: a plan is for people at a tool, never for a server: give the workload's seats"
    ):
        priced("max", work(1_000, seats=None), acme)
    rest = compare(served, acme, options=["max", "acme/frontier"], as_of=TODAY)
    assert [(one.option, one.reason, one.exit_status) for one in rest.unpriced] == [("max", reason, 2)]


def test_plans_are_compared_by_default_where_there_are_seats(acme: Catalog) -> None:
    def plans(workload: Workload) -> set[str]:
        found = compare(workload, acme, as_of=TODAY)
        return {one.option for one in found.estimates if one.kind == "plan"}

    assert {"max", "pro", "claude-max-20x-seats"} <= plans(work(1_000, seats=2))
    assert plans(work(1_000, seats=None)) == set()
    assert plans(replace(work(1_000), kind="extraction")) == set()


def test_the_fewest_seats_are_said(acme: Catalog) -> None:
    assert "at least 5 seats are sold" in priced("team", work(1_000, seats=2), acme).caveats
    assert not any("seats are sold" in caveat for caveat in priced("pro", work(1_000, seats=2), acme).caveats)


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("pro-alone", "pro-alone: its allowance is in dollars at an API's prices: give its model"),
        ("pro-of-nothing", "its allowance is in dollars at an API's prices: give its model"),
        ("max-unmetered", "max-unmetered: overage is billed at an API model's rates: give its model"),
    ],
)
def test_what_is_missing_is_named(option: str, message: str, acme: Catalog) -> None:
    with pytest.raises(UndecidableError, match=message):
        priced(option, work(1), acme)


def test_an_allowance_of_output_says_nothing_of_work_without(acme: Catalog) -> None:
    with pytest.raises(UndecidableError, match="its allowance counts output tokens, and the workload generates none"):
        priced("max", work(1, output_tokens=0), acme)


@pytest.mark.parametrize(
    ("option", "requests", "words"),
    [
        ("max", Fraction(20_000, 3), "a $200.00 seat pays above 6.67 Mtok of output a month"),  # $200 ÷ $0.03
        ("pro", Fraction(2_000, 3), "a $20.00 seat pays above 0.667 Mtok of output a month"),
        ("bare", 1_300, "a $39.00 seat pays above 1.3 Mtok of output a month"),
        ("max-alone", None, None),  # no API to compare with
    ],
)
def test_a_seat_pays_above_its_fee_over_the_price_of_a_request(
    option: str, requests: Fraction | None, words: str | None, acme: Catalog
) -> None:
    named = acme.option(option)
    seats = seats_of(option, named.option, work(1_000), acme, as_of=TODAY)  # type: ignore[arg-type]
    assert pays_above(seats) == requests
    said = " / ".join(priced(option, work(1_000), acme).caveats)
    assert words in said if words is not None else "pays above" not in said


def test_a_seat_that_holds_too_little_never_pays(acme: Catalog) -> None:
    # 1,000 tokens in and 10,000 out cost $0.255, so $200 are 784 requests; the seat holds 1,000 of them
    assert "pays above 7.84 Mtok" in " ".join(priced("max", work(1, output_tokens=10_000), acme).caveats)
    # 1,000 in and 10 out cost $0.00525: the seat holds 1,000,000 of them, $200 are 38,095: 0.381 Mtok
    assert "pays above 0.381 Mtok" in " ".join(priced("max", work(1, output_tokens=10), acme).caveats)
    cheap = replace(
        acme, options={**acme.options, "max": acme.options["max"].model_copy(update={"allowance": Decimal(5_000_000)})}
    )
    # 5 Mtok are 5,000 requests, worth $150 on the API: less than the fee
    assert "a $200.00 seat never pays against acme/frontier on this mix" in priced("max", work(1), cheap).caveats


def test_work_without_output_is_counted_in_requests(acme: Catalog) -> None:
    # 1,000 tokens in at $5 per Mtok: $39 ÷ $0.005
    assert (
        "a $39.00 seat pays above 7,800 requests a month of this mix, against acme/frontier, if it holds so much"
        in (priced("bare", work(1, output_tokens=0), acme).caveats)
    )


def test_large_figures_are_written_out(acme: Catalog) -> None:
    said = priced("pro", work(1_000_000), acme).caveats[0]
    assert said == (
        "a seat holds $30.00 of usage at API prices (vendor): an estimate; a person's work, spread evenly, is 100,000 % of it"
    )
    big = acme.options["max"].model_copy(update={"allowance": Decimal(2_500_000_000)})
    known = replace(acme, options={**acme.options, "max": big})
    assert priced("max", work(1), known).caveats[0].startswith("a seat holds 2,500 Mtok of output (user)")


def test_a_shipped_allowance_gives_the_measured_equivalent(catalog: Catalog) -> None:
    # 85.2 Mtok of output at Opus's $25: $2,130 a month for $200
    named = catalog.options["claude-max-20x-seats"].model_copy(update={"model": "anthropic/claude-opus-4-6"})
    known = replace(catalog, options={**catalog.options, "x": named})
    one = priced("x", work(85_200, input_tokens=0), known)
    assert one.monthly_usd == 200
    assert "API-equivalent of this work: $2,130.00 a month at anthropic/claude-opus-4-6" in " ".join(one.caveats)
    assert "a person's work, spread evenly, is 100 % of it" in one.caveats[0]
