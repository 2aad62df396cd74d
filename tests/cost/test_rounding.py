"""Bills whose lines are rounded: the estimate as billed, the curve exact."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from conftest import Overlay

from costcalc import Catalog, InputError, estimate, load_catalog
from costcalc.cost.estimate import total_usd
from costcalc.cost.option import cost_curve
from costcalc.files import parse_yaml
from costcalc.findings import Document
from costcalc.scenario import WorkloadEntry

TABLES = Path(__file__).parents[1] / "cases"
TODAY = date(2026, 11, 27)
CASES: list[dict[str, Any]] = parse_yaml(Document("rounding.yaml", (TABLES / "rounding.yaml").read_text())).plain()  # type: ignore[assignment]


@pytest.fixture(scope="module")
def sellers() -> Catalog:
    return load_catalog(TABLES / "example_rounding.yaml")


@pytest.mark.parametrize("known", [False, True], ids=["alone", "of the estimate"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_worked_case(case: dict[str, Any], known: bool, sellers: Catalog) -> None:
    workload = WorkloadEntry.model_validate(case["workload"]).to_workload(case["name"])
    found = estimate(case["model"], workload, sellers, as_of=TODAY)
    assert found.monthly_usd == Decimal(case["monthly_usd"])
    assert total_usd([line for line in found.lines if line.part != "rounding"]) == Decimal(case["exact_usd"])
    assert sum(line.part == "rounding" for line in found.lines) == 1
    assert any("rounds each line of its bill to $" in caveat for caveat in found.caveats)
    curve = cost_curve(case["model"], workload, sellers, as_of=TODAY, known=found if known else None)
    assert curve.at(Fraction(workload.requests)) == Fraction(Decimal(case["exact_usd"]))


def test_the_line_says_to_what(sellers: Catalog) -> None:
    workload = WorkloadEntry.model_validate(CASES[3]["workload"]).to_workload("w")
    line = estimate("dollarwise/small", workload, sellers, as_of=TODAY).lines[-1]
    assert (line.item, line.conditions, line.usd) == ("rounding of each line", "to $1.00", Decimal("-0.84"))
    assert sellers.place(line.path).line == 14


@pytest.mark.parametrize("step", ["0", "-0.01", "cents"])
def test_a_step_that_cannot_be_is_refused(step: str, overlay: Overlay) -> None:
    with pytest.raises(InputError, match=r"api/openai.*lines_rounded_to_usd|lines_rounded_to_usd: expected"):
        overlay(f"api: {{openai: {{lines_rounded_to_usd: {step}}}}}")
