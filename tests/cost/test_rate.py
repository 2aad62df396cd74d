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
        "a published figure that nobody sells; only busy hardware reaches it",
        "at $2.69 an hour (1× H100 SXM, RunPod secure cloud, 2026-05-22) it needs 1,494 output tokens/s around the clock, 3,927 Mtok a month; this workload has 1 Mtok, 0.025 % of it",
        "that hardware alone costs $1,963.70 a month however little it serves",
    )
    assert result.assumptions == ()


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


QUOTED = """
options:
  quoted:
    kind: rate
    side: build
    usd_per_mtok: {output: %s}
    implies: {gpu: %s, gpus: %s}
    effective: 2025-01-01
    source: {title: A quotation, checked: 2026-11-01}
"""
CARD = """
gpus:
  h100-sxm:
    rentals:
      ours:
        provider: Example Cloud
        offer: on_demand
        prices:
          - {effective: 2026-01-01, usd_per_gpu_hour: 3.60, source: {title: A quote, checked: 2026-11-01}}
          - {effective: 2026-07-01, usd_per_gpu_hour: 1.80, source: {title: A quote, checked: 2026-11-01}}
    reference: ours
"""


@pytest.mark.parametrize(
    ("day", "gpus", "hired", "needed"),
    [
        # $1.80/h ÷ $0.50/Mtok = 3.6 Mtok/h = 1,000 tokens/s; × 730 h = 2,628 Mtok
        (TODAY, 1, "1.80 an hour (1× H100 SXM, Example Cloud, 2026-07-01)", "1,000 output tokens/s around the clock, 2,628 Mtok"),
        (TODAY, 2, "3.60 an hour (2× H100 SXM, Example Cloud, 2026-07-01)", "2,000 output tokens/s around the clock, 5,256 Mtok"),
        (date(2026, 6, 30), 1, "3.60 an hour (1× H100 SXM, Example Cloud, 2026-01-01)", "2,000 output tokens/s"),
        # before its first price the hardware is taken at that one, and the day stands beside it
        (date(2025, 6, 1), 1, "3.60 an hour (1× H100 SXM, Example Cloud, 2026-01-01)", "2,000 output tokens/s"),
    ],
)  # fmt: skip
def test_the_hardware_is_hired_at_the_price_of_the_day(
    overlay: Overlay, day: date, gpus: int, hired: str, needed: str
) -> None:
    catalog = overlay(QUOTED % ("0.50", "h100", gpus) + CARD)
    result = estimate("quoted", Workload.single(requests=1_000, output_tokens=1_000), catalog, as_of=day)
    assert result.caveats[1].startswith(f"at ${hired} it needs {needed}")
    # 1.80 × 730 = 1,314 and 3.60 × 730 = 2,628
    monthly = "1,314.00" if hired.startswith("1.80") else "2,628.00"
    assert result.caveats[2] == f"that hardware alone costs ${monthly} a month however little it serves"


@pytest.mark.parametrize(
    ("usd", "gpu"),
    [
        ("0.50", "L40"),  # nobody rents it out
        ("0", "H100 SXM"),  # a cost of nothing implies nothing
    ],
)
def test_without_a_rent_or_a_cost_it_implies_nothing(overlay: Overlay, usd: str, gpu: str) -> None:
    unsold = "gpus: {l40: {gpu: l40, name: L40, vendor: NVIDIA, architecture: '8.9', memory_gb: 48, bandwidth_gb_per_s: 864, dense_tflops: {bf16: 181}, trust: primary, source: {title: A sheet, checked: 2026-11-01}}}"
    catalog = overlay(QUOTED % (usd, gpu, 1) + unsold)
    result = estimate("quoted", Workload.single(requests=1_000, output_tokens=1_000), catalog, as_of=TODAY)
    assert len(result.caveats) == 1
