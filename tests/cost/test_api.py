"""Worked cases of API pricing, and what holds for any workload."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costcalc import Catalog, Estimate, Shape, UndecidableError, UnknownNameError, Workload, estimate, load_catalog
from costcalc.catalog.forms.options import ApiOption
from costcalc.catalog.things import NamedOption
from costcalc.files import parse_yaml
from costcalc.findings import Document
from costcalc.scenario import WorkloadEntry

TABLES = Path(__file__).parents[1] / "cases"
TODAY = date(2026, 11, 22)
CASES: list[dict[str, Any]] = parse_yaml(Document("api.yaml", (TABLES / "api.yaml").read_text())).plain()  # type: ignore[assignment]

SELLERS: list[dict[str, Any]] = parse_yaml(Document("sellers.yaml", (TABLES / "sellers.yaml").read_text())).plain()  # type: ignore[assignment]


@pytest.fixture(scope="module")
def examples() -> Catalog:
    return load_catalog(TABLES / "example_prices.yaml")


def priced(catalog: Catalog, model: str, workload: Workload, as_of: date = TODAY) -> Estimate:
    return estimate(catalog.option(model if "/" in model else f"example-ai/{model}"), workload, catalog, as_of=as_of)


def said(result: Estimate) -> list[str]:
    """What is said of what was priced, without what the workload is silent about (test_meters.py)."""
    return [text for text in result.caveats if not text.startswith("not counted")]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_worked_case(case: dict[str, Any], examples: Catalog) -> None:
    workload = WorkloadEntry.model_validate(case["workload"]).to_workload(case["name"])
    as_of = date.fromisoformat(case.get("as_of", "2026-11-22"))
    result = priced(examples, case["model"], workload, as_of)
    assert result.monthly_usd == Decimal(case["monthly_usd"]).quantize(Decimal(1).scaleb(-24))
    assert said(result) == case.get("caveats", [])


@pytest.mark.parametrize("case", SELLERS, ids=lambda case: case["name"])
def test_what_a_seller_charges(case: dict[str, Any], catalog: Catalog) -> None:
    workload = WorkloadEntry.model_validate(case["workload"]).to_workload(case["name"])
    as_of = date.fromisoformat(case.get("as_of", "2026-11-27"))
    result = estimate(catalog.option(case["model"]), workload, catalog, as_of=as_of)
    assert result.monthly_usd == Decimal(case["monthly_usd"]).quantize(Decimal(1).scaleb(-24))


def test_a_sum_of_parts_that_do_not_end_is_exact(examples: Catalog) -> None:
    # 1 008 requests of a third of an Mtok are 336 Mtok: 19/24 of them at $1 and 5/24 at $2 are 336 × 29/24
    month = Workload(1008, (Shape.of(input_tokens=Fraction(10**6, 3)),))
    assert priced(examples, "example-peak", month).monthly_usd == Decimal(406)


@pytest.mark.parametrize(
    ("model", "workload", "message"),
    [
        ("example-reads", Workload(1, (Shape.from_usage(input_tokens=9, cache_write_tokens=9),)), "no rate for 'cache_write'"),
        ("example-fee", Workload(1, (Shape.from_usage(web_searches=1),)), "no rate for 'web_search'"),
        ("example-large", Workload(1, (Shape.from_usage(input_tokens=9, input_audio_tokens=9),)), "no rate for 'input_audio'"),
    ],
)  # fmt: skip
def test_a_meter_without_a_rate_is_an_error_and_never_free(
    examples: Catalog, model: str, workload: Workload, message: str
) -> None:
    with pytest.raises(UndecidableError, match=message):
        priced(examples, model, workload)


def test_a_day_before_the_first_price_is_an_error(examples: Catalog) -> None:
    with pytest.raises(UndecidableError, match="no price is known for 2025-09-28; the earliest is of 2025-09-29"):
        priced(examples, "example-large", Workload.single(requests=1, output_tokens=1), date(2025, 9, 28))


@pytest.mark.parametrize(
    ("terms", "message"),
    [
        ({"service_tier": "priorty"}, r"unknown service tier 'priorty': it sells priority; did you mean 'priority'\?"),
        ({"region": "mars"}, "unknown region 'mars': it sells eu"),
    ],
)
def test_an_unknown_tier_or_region_is_never_priced_as_standard(
    examples: Catalog, terms: dict[str, str], message: str
) -> None:
    with pytest.raises(UnknownNameError, match=message):
        priced(examples, "example-large", Workload.single(requests=1, output_tokens=1, **terms))  # type: ignore[arg-type]


def test_a_tier_that_nobody_publishes(examples: Catalog) -> None:
    with pytest.raises(UnknownNameError, match="unknown service tier 'flex': it publishes no price by service tier"):
        priced(examples, "example-fee", Workload.single(requests=1, output_tokens=1, service_tier="flex"))


def test_an_option_may_be_bound_to_a_tier(examples: Catalog) -> None:
    bound = NamedOption("fast", ApiOption(kind="api", model="example-ai/example-large", service_tier="priority"))
    month = Workload.single(requests=1000, output_tokens=1000)
    assert estimate(bound, month, examples, as_of=TODAY).monthly_usd == 30  # 1 Mtok × $30
    waiting = estimate(
        bound, Workload.single(requests=1000, output_tokens=1000, batchable_share=1), examples, as_of=TODAY
    )
    assert waiting.monthly_usd == 30  # a priority request does not wait for a batch
    assert said(waiting) == ["needs the priority tier: batchable requests are priced as all others"]
    here = NamedOption("here", ApiOption(kind="api", model="example-ai/example-large", region="eu"))
    with pytest.raises(UnknownNameError, match="bound to region 'eu'; the workload asks for 'us'"):
        estimate(here, Workload.single(requests=1, output_tokens=1, region="us"), examples, as_of=TODAY)
    asked = Workload.single(requests=1000, output_tokens=1000, service_tier="flex")
    with pytest.raises(UnknownNameError, match="bound to service tier 'priority'; the workload asks for 'flex'"):
        estimate(bound, asked, examples, as_of=TODAY)


def test_every_line_says_where_its_price_stands(examples: Catalog) -> None:
    month = Workload.single(requests=1, input_tokens=300_000, output_tokens=1000, region="eu")
    read, written = priced(examples, "example-large", month).lines
    assert (read.item, read.conditions) == ("input", "prompt above 200,000 tokens, region eu ×1.1")
    place = examples.place(read.path)
    assert place.document.text.splitlines()[place.line - 1].strip().startswith("- {prompt_tokens_above: 200_000")
    assert str(written.source) == "https://example.com/pricing"


TOKENS = st.integers(0, 400_000)


@given(TOKENS, TOKENS, st.fractions(0, 1, max_denominator=100), st.integers(1, 10**6), st.integers(2, 9))
def test_cost_is_proportional_to_requests(size: int, output: int, cached: Fraction, requests: int, times: int) -> None:
    shape = Shape.of(input_tokens=size, output_tokens=output, cached_share=cached)
    once, often = (_cost(Workload(count, (shape,))) for count in (requests, requests * times))
    assert often == once * times


@given(TOKENS, TOKENS, st.fractions(0, 1, max_denominator=64))
def test_a_mix_of_shapes_costs_the_mix_of_their_costs(first: int, second: int, share: Fraction) -> None:
    shapes = [Shape.of(input_tokens=size, output_tokens=10) for size in (first, second)]
    mixed = (
        Shape.of(input_tokens=first, output_tokens=10, share=share),
        Shape.of(input_tokens=second, output_tokens=10, share=1 - share),
    )
    alone = [_cost(Workload(64, (shape,))) for shape in shapes]
    assert _cost(Workload(64, mixed)) == alone[0] * share + alone[1] * (1 - share)


def _cost(workload: Workload) -> Fraction:
    lines = priced(_EXAMPLES, "example-large", workload).lines
    return sum((Fraction(line.unit_price_usd) * line.amount / line.per for line in lines), start=Fraction(0))


_EXAMPLES = load_catalog(TABLES / "example_prices.yaml")
