"""A published unit cost beside the deployments of its model: how busy each must be."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from conftest import Overlay

from costcalc import Catalog, Workload, compare
from costcalc.analysis.published import HoldsAt

TODAY = date(2026, 11, 22)
MONTH = Workload.single(requests=1_314_000, output_tokens=1_000)
OPTIONS = """
options:
  quoted:
    {kind: rate, side: build, serves: Qwen3-32B, usd_per_mtok: {output: 2.00}, effective: 2026-01-01,
     source: {title: A quotation, checked: 2026-11-01}}
  unnamed:
    {kind: rate, side: build, usd_per_mtok: {output: 2.00}, effective: 2026-01-01,
     source: {title: A quotation, checked: 2026-11-01}}
  prompts:
    {kind: rate, side: build, serves: Qwen3-32B, usd_per_mtok: {input: 2.00}, effective: 2026-01-01,
     source: {title: A quotation, checked: 2026-11-01}}
  measured: {kind: self_host, model: qwen/qwen3-32b, tokens_per_s: 1000, usd_per_gpu_hour: 3.60, spares: 0, headroom: 1}
  slow: {kind: self_host, model: Qwen3-32B, tokens_per_s: 250, usd_per_gpu_hour: 3.60, spares: 0, headroom: 1}
  other: {kind: self_host, model: Qwen3-14B, tokens_per_s: 1000, usd_per_gpu_hour: 3.60, spares: 0, headroom: 1}
  nameless: {kind: self_host, tokens_per_s: 1000, usd_per_gpu_hour: 3.60, spares: 0, headroom: 1}
"""
NAMES = ("quoted", "unnamed", "measured", "slow", "other", "nameless", "gpt-5.2-api")


def test_it_holds_where_the_deployment_is_as_busy_as_it_says(overlay: Overlay) -> None:
    result = compare(MONTH, overlay(OPTIONS), options=NAMES, as_of=TODAY)
    # $3.60/h ÷ 3.6 Mtok/h = $1.00/Mtok always busy, half of $2.00; at a quarter of the speed twice of it: never
    assert set(result.published) == {
        HoldsAt("quoted", "measured", Decimal(2), Decimal("0.5")),
        HoldsAt("quoted", "slow", Decimal(2), Decimal(2)),
    }


def test_a_rate_that_prices_no_output_implies_nothing(overlay: Overlay) -> None:
    prompts = Workload.single(requests=1_000, input_tokens=1_000, output_tokens=1_000)
    result = compare(prompts, overlay(OPTIONS), options=["prompts", "measured"], as_of=TODAY)
    assert {one.option for one in result.estimates} == {"prompts", "measured"}
    assert result.published == ()


def test_it_does_not_depend_on_how_much_is_asked(overlay: Overlay) -> None:
    catalog = overlay(OPTIONS)
    found = [
        compare(Workload.single(requests=requests, output_tokens=1_000), catalog, options=NAMES, as_of=TODAY).published
        for requests in (1, 2_628_000, 26_280_000)
    ]
    assert found[0] == found[1] == found[2]


def test_the_articles_half_dollar_is_set_beside_each_of_its_deployments(catalog: Catalog) -> None:
    month = Workload.single(requests=1_000, input_tokens=1_000, output_tokens=1_000)
    found = compare(month, catalog, as_of=TODAY).published
    assert {one.rate for one in found} == {"deepseek-r1-32b-self-hosted"}
    assert {one.usd_per_mtok for one in found} == {Decimal("0.50")}
    assert {one.deployment for one in found} == {
        "r1-distill-32b-h100",
        "r1-distill-32b-2x-l40s",
        "r1-distill-32b-a100-int4",
    }
