"""The conformance cases of API pricing, through the public Python API."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from conformance import price_list
from conftest import Overlay

from costcalc import Catalog, Load, Shape, UnknownNameError, Workload, estimate
from costcalc.cost.estimate import total_usd

CASES: list[dict[str, Any]] = json.loads((Path(__file__).parent / "cases" / "pricing_cases.json").read_text())
NOT_REPRODUCED = {
    # the expectation holds only if the part above 200k alone is dearer; every provider's tier prices the whole request
    "semantics-marginal-300k": Decimal("1.8"),
}
RATES_OF_ANOTHER_DAY = {
    "tod-deepseek-v4-pro-hist-peak-hours",  # its rates are those after 2026-08-17, its expectation is the flat rate before
    "base-google-gemma-4-31b-free",  # its rates are empty: a free model has no meter there
}
PRICED = [case for case in CASES if case["expected_usd"] is not None]
ERRORS = [case for case in CASES if case["expected_usd"] is None]


def moment(case: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(case["date"]) if case["date"] else datetime(2026, 11, 22, 12, tzinfo=UTC)


def workload(case: dict[str, Any], *, terms: bool) -> Workload:
    """Build one case's requests, at their moment; `terms` says whether the rates still depend on tier and region."""
    return Workload(
        requests=case.get("requests", 1),
        shapes=(Shape.from_usage(**case["usage"]),),
        batchable_share=1 if terms and case.get("processing") == "batch" else 0,
        service_tier=case.get("service_tier") if terms else None,
        region=case.get("data_residency") if terms else None,
        load=Load.at(moment(case)),
    )


def cost(catalog: Catalog, option: str, asked: Workload, case: dict[str, Any]) -> Decimal:
    """Add up the meters: what a seller takes for payments, the other calculators leave out."""
    found = estimate(catalog.option(option), asked, catalog, as_of=moment(case).date())
    return total_usd([line for line in found.lines if line.part == "meter"])


@pytest.mark.parametrize("case", [case for case in PRICED if "rate_card" not in case], ids=lambda case: case["id"])
def test_case_from_the_shipped_catalog(case: dict[str, Any], catalog: Catalog) -> None:
    priced = cost(catalog, f"{case['provider']}/{case['model']}", workload(case, terms=True), case)
    assert priced == Decimal(case["expected_usd"])


@pytest.mark.no_cover  # a table of what other tests cover
@pytest.mark.parametrize(
    "case",
    [
        case
        for case in PRICED
        if case["id"] not in RATES_OF_ANOTHER_DAY and ("rate_card" in case or "rates_at_date" in case)
    ],
    ids=lambda case: case["id"],
)
def test_case_from_its_own_rates(case: dict[str, Any], overlay: Overlay) -> None:
    card = case.get("rate_card") or case["rates_at_date"]
    region_is_in_the_card = any("regional" in key for key in card)
    asked = workload(case, terms=region_is_in_the_card)
    priced = cost(overlay(price_list("model", card)), "case/model", asked, case)
    assert priced == NOT_REPRODUCED.get(case["id"], Decimal(case["expected_usd"]))


@pytest.mark.parametrize("case", ERRORS, ids=lambda case: case["id"])
def test_invalid_usage_is_an_error_and_never_a_price(case: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"exceeds|missing|negative"):
        Shape.from_usage(**case["usage"])


def test_unknown_model_and_tier_are_errors_with_near_names(catalog: Catalog) -> None:
    with pytest.raises(UnknownNameError, match=r"did you mean 'openai/gpt-5\.4'"):
        catalog.option("openai/gpt-5.44")
    month = Workload.single(requests=1, output_tokens=1, service_tier="priorty")
    with pytest.raises(UnknownNameError, match="did you mean 'priority'"):
        estimate(catalog.option("openai/gpt-5.4"), month, catalog, as_of=datetime(2026, 11, 22, tzinfo=UTC).date())
