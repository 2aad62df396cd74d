"""What a seller adds to payments: a line of its own on the sum of the meters, wherever a cost is asked for."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from conftest import Cli, Overlay, Write

from costcalc import Catalog, Estimate, InputError, Shape, Workload, estimate, load_catalog
from costcalc.cost.estimate import total_usd
from costcalc.cost.option import cost_curve
from costcalc.files import parse_yaml
from costcalc.findings import Document
from costcalc.scenario import WorkloadEntry

TABLES = Path(__file__).parents[1] / "cases"
TODAY = date(2026, 11, 27)
CASES: list[dict[str, Any]] = parse_yaml(Document("surcharge.yaml", (TABLES / "surcharge.yaml").read_text())).plain()  # type: ignore[assignment]
MONTH = Workload.single(requests=1000, input_tokens=1_000, output_tokens=1_000)


@pytest.fixture(scope="module")
def sellers() -> Catalog:
    return load_catalog(TABLES / "example_surcharge.yaml")


def fee(found: Estimate) -> Decimal:
    return total_usd([line for line in found.lines if line.part == "fee"])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_worked_case(case: dict[str, Any], sellers: Catalog) -> None:
    workload = WorkloadEntry.model_validate(case["workload"]).to_workload(case["name"])
    found = estimate(case["model"], workload, sellers, as_of=TODAY)
    assert found.monthly_usd == Decimal(case["monthly_usd"]).quantize(Decimal(1).scaleb(-24))
    assert [line.item for line in found.lines if line.part == "fee"] == (["surcharge"] if "surcharge" in case else [])
    assert fee(found) == Decimal(case.get("surcharge", 0))
    assert all(line.source is not None for line in found.lines)
    assert set(case.get("caveats", ())) <= set(found.caveats)
    assert any("it is counted" in caveat for caveat in found.caveats) is ("surcharge" in case)


def test_the_curve_has_it_exactly(sellers: Catalog) -> None:
    curve = cost_curve("reseller/small", MONTH, sellers, as_of=TODAY)
    assert curve.slope == Fraction("0.004") * Fraction("1.055")  # a request of 1,000 + 1,000 tokens costs 0.4 cents
    assert curve.at(Fraction(7, 3)) == Fraction(7, 3) * Fraction("0.00422")


def test_the_curve_of_an_allowance_has_it_too(sellers: Catalog) -> None:
    searches = Workload(1, (Shape.of(web_searches=1),))
    curve = cost_curve("generous/small", searches, sellers, as_of=TODAY)
    assert [curve.at(Fraction(requests)) for requests in (500, 1000, 3000)] == [0, 0, 22]  # 2 thousand × $10 × 1.10


def test_the_line_says_on_what_and_where(sellers: Catalog) -> None:
    line = estimate("reseller/small", MONTH, sellers, as_of=TODAY).lines[-1]
    assert (str(line.quantity), line.unit, line.unit_price_usd, line.usd) == (
        "4",
        "USD",
        Decimal("0.055"),
        Decimal("0.22"),
    )
    assert line.conditions == "5.5 % on credits bought by card"
    assert sellers.place(line.path).line == 4
    contracted = estimate("agreed/small", MONTH, sellers, as_of=TODAY).lines[-1]
    assert (contracted.conditions, contracted.path) == ("1 % on what is used, by contract", ("contracts", "agreed", "surcharge"))  # fmt: skip


def test_a_contract_holds_on_its_days_alone(overlay: Overlay) -> None:
    text = (TABLES / "example_surcharge.yaml").read_text().replace("surcharge: 0, effective: 2026-01-01", "surcharge: 0, effective: 2027-01-01")  # fmt: skip
    assert fee(estimate("waived/small", MONTH, overlay(text), as_of=TODAY)) == Decimal("0.40")


def test_openrouter_adds_what_its_page_says(catalog: Catalog) -> None:
    found = estimate("openrouter/google/gemini-3.8-flash", MONTH, catalog, as_of=TODAY)
    # 1 Mtok × $0.75 + 1 Mtok × $3.75 = 4.50, and 5.5 % of it
    assert (found.monthly_usd, fee(found)) == (Decimal("4.7475"), Decimal("0.2475"))
    assert "openrouter adds 5.5 % on credits bought by card: it is counted" in found.caveats


@pytest.mark.parametrize(("share", "usd"), [("0", "4.50"), ("0.05", "4.725"), ("5 %", "4.725")])
def test_a_layer_changes_it_or_takes_it_away(share: str, usd: str, overlay: Overlay) -> None:
    laid = overlay(f"api: {{openrouter: {{surcharge: {{share: {share}}}}}}}")
    assert estimate("openrouter/google/gemini-3.8-flash", MONTH, laid, as_of=TODAY).monthly_usd == Decimal(usd)
    removed = overlay("api: {openrouter: {surcharge: null}}")
    assert estimate("openrouter/google/gemini-3.8-flash", MONTH, removed, as_of=TODAY).monthly_usd == Decimal("4.50")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{share: 5.5}", "expected a share from 0 to 1, found 5.5"),
        ("{share: -0.01}", "expected a number of at least 0, found -0.01"),
        ("{share: 5 percent}", "expected a number, found text '5 percent'"),
        ("{share: 5k}", "expected a share from 0 to 1, found 5000"),
        ("{shares: 0.05}", "unknown key 'shares'; expected one of: share, on, source, note"),
        ("0.055", "expected a mapping, found the number 0.055"),
    ],
)
def test_a_share_that_cannot_be_is_refused(text: str, says: str, overlay: Overlay) -> None:
    with pytest.raises(InputError) as raised:
        overlay(f"api: {{openrouter: {{surcharge: {text}}}}}")
    assert says in str(raised.value)


def test_a_new_one_needs_its_source(overlay: Overlay) -> None:
    with pytest.raises(InputError, match="surcharge: missing key 'source'"):
        overlay("api: {openai: {surcharge: {share: 0.05, on: payments}}}")


def test_it_falls_with_list_prices_over_time(cli: Cli, written: Write) -> None:
    written((TABLES / "example_surcharge.yaml").read_text())
    flags = ("project", "--requests", "1000000", "--shape", "1000:1000", "--months", "13", "--price-decline", "50%")
    run = cli(*flags, "--options", "reseller/small,agreed/small", "--format", "json", "--as-of", "2026-11-27")
    months = {one["option"]: one["months"] for one in json.loads(run.out)["result"]["options"]}
    # 4,220 a month; half of it a year later, surcharge included
    assert [round(month["running_usd"], 2) for month in (months["reseller/small"][0], months["reseller/small"][12])] == [4220, 2110]  # fmt: skip


def test_a_commitment_is_used_up_by_what_is_bought(overlay: Overlay) -> None:
    text = (TABLES / "example_surcharge.yaml").read_text().replace("{discount: 0.25,", "{discount: 0.25, commitment_usd: 3.10,")  # fmt: skip
    found = estimate("contracted/small", MONTH, overlay(text), as_of=TODAY)
    assert any("this month uses $3.00 of it: $0.10 is owed" in caveat for caveat in found.caveats)


def test_a_row_names_the_model_and_not_the_surcharge(cli: Cli) -> None:
    run = cli("compare", "--tokens", "1e6", "--options", "openrouter/google/gemini-3.8-flash", "--format", "json")
    (row,) = json.loads(run.out)["result"]["estimates"]
    assert row["models"] == ["openrouter/google/gemini-3.8-flash"]
    assert row["lines"][-1]["part"] == "fee"


def test_it_is_shown_and_explained(cli: Cli) -> None:
    shown = " ".join(cli("catalog", "show", "openrouter/google/gemini-3.8-flash").out.split())
    assert "openrouter adds 5.5 % on credits bought by card, by https://openrouter.ai/docs/faq (at least $0.80" in shown
    run = cli("compare", "--tokens", "1e6", "--input-tokens", "1e6", "--options", "openrouter/google/gemini-3.8-flash", "--explain")  # fmt: skip
    assert "surcharge (5.5 % on credits bought by card): 4.5 USD × $0.055 = $0.2475" in " ".join(run.out.split())
