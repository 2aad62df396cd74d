"""Comparisons: the four figures of the mission, savings with a named baseline, errors together."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from conftest import Overlay

from costcalc import Catalog, UnknownNameError, Workload, compare

MONTH = Workload.single(requests=2_000, output_tokens=500)  # 1 Mtok of output
MISSION = ("deepseek-r1-32b-self-hosted", "deepseek-r1-api", "gemini-3.1-pro-api", "gpt-5.2-api")


@pytest.mark.parametrize("day", [date(2026, 3, 1), date(2026, 11, 22)])
def test_the_four_figures_of_the_mission(catalog: Catalog, day: date) -> None:
    result = compare(MONTH, catalog, as_of=day)
    priced = {one.option: one.monthly_usd for one in result.estimates}
    assert [priced[option] for option in MISSION] == [Decimal("0.5"), Decimal("2.19"), Decimal(12), Decimal(14)]


def test_frontier_is_28_times_the_published_rate(catalog: Catalog) -> None:
    result = compare(MONTH, catalog, options=MISSION, as_of=date(2026, 11, 22))
    assert [one.option for one in result.estimates] == list(MISSION)
    assert [result.times_cheapest(one) for one in result.estimates] == [1, Decimal("4.38"), 24, 28]
    assert [result.usd_per_mtok(one) for one in result.estimates] == [one.monthly_usd for one in result.estimates]


def test_savings_name_their_baseline_and_are_computed(catalog: Catalog) -> None:
    savings = {one.baseline: one for one in compare(MONTH, catalog, options=MISSION, as_of=date(2026, 11, 22)).savings}
    assert round(savings["gpt-5.2-api"].share, 3) == Decimal("0.964")  # 1 − 0.50/14.00
    assert round(savings["deepseek-r1-api"].share, 3) == Decimal("0.772")  # 1 − 0.50/2.19
    assert {one.option for one in savings.values()} == {"deepseek-r1-32b-self-hosted"}


def test_a_hosted_model_that_undercuts_the_published_rate_is_seen(catalog: Catalog) -> None:
    result = compare(MONTH, catalog, as_of=date(2026, 11, 22))
    assert result.estimates[0].option == "r1-distill-32b-novita"
    assert result.reference == "deepseek-r1-32b-self-hosted"
    undercut = [one for one in result.savings if one.baseline == result.reference]
    assert undercut[0].option == "r1-distill-32b-novita"
    assert undercut[0].share == Decimal("0.4")  # 1 − 0.30/0.50


def test_without_a_build_option_savings_are_the_cheapest_ones(catalog: Catalog) -> None:
    result = compare(MONTH, catalog, options=["gpt-5.2-api", "gemini-3.1-pro-api"], as_of=date(2026, 11, 22))
    assert [(one.option, one.baseline, one.times) for one in result.savings] == [
        ("gemini-3.1-pro-api", "gpt-5.2-api", Decimal(14) / 12)
    ]


def test_the_retired_endpoint_is_flagged_with_its_date(catalog: Catalog) -> None:
    r1 = compare(MONTH, catalog, options=["deepseek-r1-api"], as_of=date(2026, 11, 22)).estimates[0]
    assert r1.retired == date(2026, 7, 24)
    assert r1.caveats == ("retired by deepseek on 2026-07-24: cannot be bought any more",)


def test_free_options_make_no_multiples(catalog: Catalog) -> None:
    result = compare(MONTH, catalog, options=["google/gemma-4-31b-it", "gpt-5.2-api"], as_of=date(2026, 11, 22))
    free, paid = result.estimates
    assert free.monthly_usd == 0
    assert result.times_cheapest(paid) is None
    assert result.savings[0].share == 1
    assert result.savings[0].times is None


def test_where_nothing_is_generated_a_cost_is_per_token_that_is_read(catalog: Catalog) -> None:
    day = date(2026, 11, 22)
    read = compare(Workload.single(requests=1, input_tokens=1), catalog, options=["gpt-5.2"], as_of=day)
    assert read.usd_per_mtok(read.estimates[0]) == Decimal("1.75")  # the price of a million input tokens
    neither = compare(Workload.single(requests=1), catalog, options=["gpt-5.2"], as_of=day)
    assert neither.usd_per_mtok(neither.estimates[0]) is None


def test_options_without_a_price_are_kept_with_their_reason(catalog: Catalog) -> None:
    result = compare(MONTH, catalog, options=["gpt-6.1-sol-api", "gpt-5.2-api"], as_of=date(2026, 3, 1))
    assert [one.option for one in result.estimates] == ["gpt-5.2-api"]
    assert [(one.option, one.exit_status) for one in result.unpriced] == [("gpt-6.1-sol-api", 3)]
    nothing = compare(MONTH, catalog, options=["gpt-6.1-sol-api"], as_of=date(2026, 3, 1))
    assert (nothing.savings, nothing.reference) == ((), None)


def test_all_unknown_options_are_named_at_once(catalog: Catalog) -> None:
    with pytest.raises(UnknownNameError) as caught:
        compare(MONTH, catalog, options=["gtp-5.2-api", "gemini-3.1-por", "gpt-5.2-api"], as_of=date(2026, 11, 22))
    first, second = str(caught.value).splitlines()
    assert first.startswith("unknown option 'gtp-5.2-api': neither an option nor a model; did you mean 'gpt-5.2-api'")
    assert second.startswith("unknown option 'gemini-3.1-por': neither an option nor a model; did you mean")


def test_ties_stand_by_name(overlay: Overlay) -> None:
    twins = overlay("options: {zeta: {kind: api, model: gpt-5.2}, alpha: {kind: api, model: openai/gpt-5.2}}")
    result = compare(MONTH, twins, options=["zeta", "alpha"], as_of=date(2026, 11, 22))
    assert [one.option for one in result.estimates] == ["alpha", "zeta"]


@pytest.mark.parametrize(
    ("requests", "size", "usd"),
    [
        (100, 10_000, "4.00"),  # 1 Mtok × $2.50 + 0.1 Mtok × $15
        (1, 1_000_000, "7.25"),  # one prompt above 272 000 tokens: 1 Mtok × $5 + 0.1 Mtok × $22.50
    ],
)
def test_an_aggregate_is_never_priced_as_one_prompt(catalog: Catalog, requests: int, size: int, usd: str) -> None:
    month = Workload.single(requests=requests, input_tokens=size, output_tokens=100_000 // requests)
    result = compare(month, catalog, options=["gpt-5.4"], as_of=date(2026, 11, 22))
    assert result.estimates[0].monthly_usd == Decimal(usd)


@pytest.mark.parametrize(("day", "usd"), [(date(2026, 11, 30), 40), (date(2026, 12, 1), 80)])
def test_gemini_4_argon_doubles_on_the_first_of_december(catalog: Catalog, day: date, usd: int) -> None:
    # 10 Mtok in and 2 Mtok out: 10 × $2 + 2 × $10, then 10 × $4 + 2 × $20
    month = Workload.single(requests=1_000, input_tokens=10_000, output_tokens=2_000)
    assert compare(month, catalog, options=["gemini-4-argon-api"], as_of=day).estimates[0].monthly_usd == usd
