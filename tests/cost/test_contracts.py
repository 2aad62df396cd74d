"""Contracts: list price and contracted price are both kept, and both are on the line."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from conftest import Overlay

from costcalc import Catalog, Estimate, Shape, Workload, estimate

CONTRACT = """
contracts:
  openai:
    discount: 0.15
    effective: 2026-01-01
    until: 2026-12-31
    models:
      gpt-5.4: {usd_per_mtok: {output: 12.00}}
    source: {title: Master agreement 17, checked: 2026-01-15}
"""


@pytest.fixture
def agreed(overlay: Overlay) -> Catalog:
    return overlay(CONTRACT)


def priced(catalog: Catalog, model: str = "gpt-5.4", day: date = date(2026, 11, 22), size: int = 10_000) -> Estimate:
    month = Workload(1000, (Shape.of(input_tokens=size, output_tokens=1_000),))
    return estimate(catalog.option(f"openai/{model}"), month, catalog, as_of=day)


def test_a_contracted_price_stands_in_and_the_discount_lowers_the_rest(agreed: Catalog) -> None:
    result = priced(agreed)
    # input 10 Mtok × $2.50 × 0.85 = $21.25, output 1 Mtok × $12
    assert result.monthly_usd == Decimal("33.25")
    read, written = result.lines
    assert (read.unit_price_usd, read.list_unit_price_usd) == (Decimal("2.125"), Decimal("2.50"))
    assert (written.unit_price_usd, written.list_unit_price_usd) == (Decimal("12.00"), Decimal("15.00"))
    assert (read.conditions, written.conditions) == ("15 % contract discount", "contracted")
    assert str(written.source) == "Master agreement 17"
    assert agreed.place(written.path).line == 8


def test_a_contracted_price_is_the_plain_one_only(agreed: Catalog) -> None:
    # above 272 000 tokens: input 300 Mtok × $5 × 0.85 = $1 275, output 1 Mtok × $22.50 × 0.85 = $19.125
    assert priced(agreed, size=300_000).monthly_usd == Decimal("1294.125")
    assert priced(agreed, size=300_000).lines[1].conditions == "prompt above 272,000 tokens, 15 % contract discount"


def test_multipliers_apply_to_a_contracted_price_too(agreed: Catalog) -> None:
    # in the EU: input 10 Mtok × $2.50 × 1.1 × 0.85, output 1 Mtok × $12 × 1.1
    month = Workload.single(requests=1000, input_tokens=10_000, output_tokens=1_000, region="eu")
    result = estimate("openai/gpt-5.4", month, agreed, as_of=date(2026, 11, 22))
    assert result.monthly_usd == Decimal("36.575")
    assert result.lines[1].conditions == "contracted, region eu ×1.1"
    assert [agreed.place(path).document.name for path in result.lines[1].also] == ["pricing/api/openai.yaml"]
    assert "contract 'Master agreement 17': at list prices it would be $44.00" in result.caveats


def test_a_contract_may_name_an_alias_and_price_what_the_list_does_not(overlay: Overlay) -> None:
    named = CONTRACT.replace(
        "gpt-5.4: {usd_per_mtok: {output: 12.00}}", "gpt-5.4-2026-03-05: {usd_per_mtok: {cache_write: 1.00}}"
    )
    month = Workload(1000, (Shape.of(input_tokens=10_000, cache_write_share=1),))
    assert estimate("openai/gpt-5.4", month, overlay(named), as_of=date(2026, 11, 22)).monthly_usd == 10  # 10 Mtok × $1


def test_other_models_get_the_discount_alone(agreed: Catalog) -> None:
    # (10 Mtok × $1.75 + 1 Mtok × $14) × 0.85
    assert priced(agreed, "gpt-5.2").monthly_usd == Decimal("26.775")


@pytest.mark.parametrize("day", [date(2027, 1, 1), date(2026, 3, 5)])
def test_a_contract_holds_from_its_first_day_to_its_last(agreed: Catalog, day: date) -> None:
    # after 2026-12-31 the list price: 10 × $2.50 + 1 × $15
    assert priced(agreed, day=day).monthly_usd == (Decimal(40) if day.year > 2026 else Decimal("33.25"))


def test_a_contract_that_is_not_in_force_is_said(agreed: Catalog, overlay: Overlay) -> None:
    assert (
        priced(agreed, day=date(2027, 1, 1)).caveats[0]
        == "the contract 'Master agreement 17' ended on 2026-12-31: these are list prices"
    )
    begins = overlay(CONTRACT.replace("effective: 2026-01-01", "effective: 2026-12-01"))
    assert "the contract 'Master agreement 17' begins on 2026-12-01: these are list prices" in priced(begins).caveats


def test_the_list_price_is_that_of_the_day_whatever_was_asked_before(overlay: Overlay) -> None:
    catalog = overlay(
        CONTRACT
        + "api: {openai: {models: {gpt-5.4: {prices: [{effective: 2026-06-01, usd_per_mtok: {input: 2.50, output: 100},"
        " source: {title: t, checked: 2026-06-01}}]}}}}"
    )
    for day, listed in ((date(2026, 5, 1), 15), (date(2026, 7, 1), 100)):
        assert priced(catalog, day=day).lines[1].list_unit_price_usd == listed


def test_a_contract_without_a_discount_touches_only_what_it_names(overlay: Overlay) -> None:
    catalog = overlay(CONTRACT.replace("    discount: 0.15\n", ""))
    assert priced(catalog).monthly_usd == Decimal(37)  # 10 × $2.50 + 1 × $12
    assert priced(catalog, "gpt-5.2").monthly_usd == Decimal("31.5")  # 10 × $1.75 + 1 × $14


@pytest.mark.parametrize(
    ("committed", "says"),
    [
        # the month uses $33.25
        ("100", "and this month uses $33.25 of it: $66.75 is owed whatever you choose, unless other workloads use it"),
        ("33.25", "this month uses it up"),
        ("20", "this month uses it up"),
    ],
)
def test_what_a_commitment_leaves_unused_is_said_and_added_to_no_option(
    committed: str, says: str, overlay: Overlay
) -> None:
    catalog = overlay(CONTRACT.replace("    discount:", f"    commitment_usd: {committed}\n    discount:"))
    result = priced(catalog)
    assert result.monthly_usd == Decimal("33.25")
    (caveat,) = (one for one in result.caveats if "commits" in one)
    assert caveat.startswith("contract 'Master agreement 17' commits you to $")
    assert caveat.endswith(says)
    ended = priced(catalog, day=date(2027, 1, 1))
    assert not [one for one in ended.caveats if "commits" in one]
    other = estimate("anthropic/claude-opus-5-5", Workload.single(requests=1, output_tokens=1), catalog, as_of=date(2026, 11, 22))  # fmt: skip
    assert not [one for one in other.caveats if "commits" in one]
