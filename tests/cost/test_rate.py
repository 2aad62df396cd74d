"""Published unit costs: priced like any other, and never left to mislead."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from conftest import Overlay

from costcalc import Catalog, Shape, UndecidableError, Workload, estimate

TODAY = date(2026, 11, 22)
RATE = "deepseek-r1-32b-self-hosted"


def test_the_caveats_say_how_busy_the_hardware_must_be(catalog: Catalog) -> None:
    result = estimate(catalog.option(RATE), Workload.single(requests=2_000, output_tokens=500), catalog, as_of=TODAY)
    assert result.monthly_usd == Decimal("0.50")
    assert (result.kind, result.side) == ("rate", "build")
    # $2.69/h ÷ $0.50/Mtok = 5.38 Mtok/h = 1 494 tokens/s; × 730 h = 3 927 Mtok; 1 / 3 927 = 0.025 %; 2.69 × 730 = 1 963.70
    assert result.caveats == (
        "a published unit cost, not a deployment: nobody bills it, and only busy hardware reaches it",
        "at $2.69 an hour it needs 1,494 output tokens/s around the clock, 3,927 Mtok a month; this workload has 1 Mtok, 0.025 % of it",
        "that hardware alone costs $1,963.70 a month however little it serves",
    )
    assert result.assumptions == ("gpu_usd_per_hour_h100",)


def test_what_it_leaves_out_is_named(catalog: Catalog) -> None:
    month = Workload.single(requests=1, input_tokens=100, cached_share=0.5, output_tokens=1, batchable_share=1)
    result = estimate(catalog.option(RATE), month, catalog, as_of=TODAY)
    assert result.caveats[-2:] == (
        "it says nothing of batches, service tiers and regions",
        "not comparable here: it leaves out input, cache_read; the publication prices output only",
    )


def test_reasoning_is_output_and_paid_calls_are_left_out(catalog: Catalog) -> None:
    thinking = Workload(1_000, (Shape.of(output_tokens=1_000, reasoning_tokens=900),))
    result = estimate(RATE, thinking, catalog, as_of=TODAY)
    assert (result.monthly_usd, result.unfit) == (Decimal("0.50"), "")  # 1 Mtok × $0.50, reasoning included
    searching = Workload(1_000, (Shape.of(output_tokens=1_000, web_searches=2),))
    result = estimate(RATE, searching, catalog, as_of=TODAY)
    assert (result.monthly_usd, result.unfit) == (Decimal("0.50"), "part")
    assert result.caveats[-1] == "not comparable here: it leaves out web_search; the publication prices output only"


def test_it_cannot_price_what_it_does_not_name(catalog: Catalog) -> None:
    with pytest.raises(UndecidableError, match="it prices output, which the workload does not use"):
        estimate(catalog.option(RATE), Workload.single(requests=1, input_tokens=100), catalog, as_of=TODAY)


def test_before_its_publication_there_is_no_figure(catalog: Catalog) -> None:
    with pytest.raises(UndecidableError, match="published on 2026-03-01; no figure is known for 2026-02-28"):
        estimate(catalog.option(RATE), Workload.single(requests=1, output_tokens=1), catalog, as_of=date(2026, 2, 28))


def test_a_rate_without_hardware_behind_it(overlay: Overlay) -> None:
    catalog = overlay(
        """
options:
  quoted:
    kind: rate
    side: buy
    usd_per_mtok: {input: 0.10}
    effective: 2026-01-01
    source: {title: A quotation, checked: 2026-11-01}
"""
    )
    result = estimate(catalog.option("quoted"), Workload.single(requests=10, input_tokens=10**6), catalog, as_of=TODAY)
    assert result.monthly_usd == 1  # 10 Mtok × $0.10
    assert len(result.caveats) == 1
    assert result.assumptions == ()


def test_free_hardware_needs_no_traffic(overlay: Overlay) -> None:
    catalog = overlay("assumptions: {gpu_usd_per_hour_h100: {value: 0, low: 0}}")
    result = estimate(RATE, Workload.single(requests=2_000, output_tokens=500), catalog, as_of=TODAY)
    assert len(result.caveats) == 1
