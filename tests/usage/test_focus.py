"""Cost lines as rows of FOCUS: quantities, prices and costs that multiply, under the names of each version."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from costcalc import Catalog
from costcalc.cost.estimate import CostLine, Estimate
from costcalc.cost.option import estimate
from costcalc.errors import FlagError
from costcalc.render.csv import as_csv
from costcalc.render.report import Report
from costcalc.usage.focus import ACCOUNT, VERSIONS, Cell, Version, focus_rows, focus_version
from costcalc.usage.scan import scan
from costcalc.workload import Shape, Workload

DAY = date(2026, 11, 27)
NOVEMBER = (datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 27, 5, tzinfo=UTC))
# specification, dataset Cost and Usage: feature level Mandatory
MANDATORY = {
    "BilledCost", "BillingAccountId", "BillingAccountName", "BillingCurrency", "BillingPeriodEnd", "BillingPeriodStart",
    "ChargeCategory", "ChargeClass", "ChargeDescription", "ChargePeriodEnd", "ChargePeriodStart", "ContractedCost",
    "EffectiveCost", "InvoiceIssuerName", "ListCost", "PricingQuantity", "PricingUnit", "ServiceCategory", "ServiceName",
}  # fmt: skip
OWNERS = {
    "1.2": {"ProviderName", "PublisherName"},
    "1.3": {"ProviderName", "PublisherName", "ServiceProviderName", "HostProviderName"},
    "1.4": {"ServiceProviderName", "HostProviderName"},
}
ALL_OWNERS = OWNERS["1.3"]


def rows_of(option: str, catalog: Catalog, version: Version = "1.4") -> tuple[dict[str, Cell], ...]:
    """Price a thousand requests and write the rows."""
    shape = Shape({"input": 1_000, "cache_read": 500, "output": 300}, {"web_search": 1})
    priced = estimate(option, Workload(1_000, (shape,)), catalog, as_of=DAY)
    return focus_rows([("a-model", priced)], period=NOVEMBER, version=version, requests={"a-model": 1_000})


def test_each_meter_is_a_row_whose_quantity_times_price_is_its_cost(catalog: Catalog) -> None:
    found = [
        (
            row["x_Meter"], row["ConsumedQuantity"], row["ConsumedUnit"], row["PricingQuantity"], row["PricingUnit"],
            row["ListUnitPrice"], row["EffectiveCost"], row["x_Requests"],
        )
        for row in rows_of("openai/gpt-5.4", catalog)
    ]  # fmt: skip
    tokens, per = "Tokens", "1000000 Tokens"
    assert found == [
        ("input", 1_000_000, tokens, 1, per, Decimal("2.50"), Decimal("2.50"), None),  # 1,000 × 1,000 tokens × $2.50/M
        ("cache_read", 500_000, tokens, Decimal("0.5"), per, Decimal("0.25"), Decimal("0.125"), None),
        ("output", 300_000, tokens, Decimal("0.3"), per, Decimal("15.00"), Decimal("4.5"), 1_000),
        ("web_search", 1_000, "Searches", 1, "1000 Searches", Decimal("10.00"), Decimal("10.00"), None),
    ]


def test_a_contract_shows_beside_the_list_price(catalog: Catalog) -> None:
    line = CostLine(
        "input", "meter", Fraction(7, 2), 1_000_000, "Mtok", Decimal("1.70"), Decimal(2), None,
        "15 % contract discount", ("api", "acme", "models", "large"),
    )  # fmt: skip
    priced = estimate("openai/gpt-5.4", Workload(1, (Shape({"input": 1}),)), catalog, as_of=DAY)
    (row,) = focus_rows([("large", replace(priced, option="acme/large", lines=(line,)))], period=NOVEMBER)
    # 3.5 tokens: 0.0000035 Mtok × $2.00 list, × $1.70 contracted
    assert (row["ListCost"], row["ContractedCost"], row["BilledCost"]) == (
        Decimal("0.0000070"), Decimal("0.00000595"), Decimal("0.00000595"),
    )  # fmt: skip
    assert (row["ListUnitPrice"], row["ContractedUnitPrice"]) == (2, Decimal("1.70"))
    assert (row["ServiceProviderName"], row["SkuId"], row["SkuMeter"]) == ("acme", "acme/large", "Input")
    assert row["SkuPriceId"] == "acme/large/input (15 % contract discount)"
    assert json.loads(str(row["SkuPriceDetails"])) == {"x_Conditions": "15 % contract discount"}


@pytest.mark.parametrize("version", VERSIONS)
def test_every_version_has_its_mandatory_columns_and_its_own_names_of_sellers(
    version: Version, catalog: Catalog
) -> None:
    for row in rows_of("openai/gpt-5.4", catalog, version):
        assert MANDATORY - row.keys() == set()
        assert ALL_OWNERS & row.keys() == OWNERS[version]
        assert {row[name] for name in OWNERS[version]} == {"openai"}
        assert [name for name in sorted(MANDATORY | OWNERS[version]) if row[name] is None] == ["ChargeClass"]
        assert ("InvoiceId" in row) == (version != "1.4")
        names = list(row)
        assert names == [*sorted(names[:-6]), *names[-6:]]
        assert all(name.startswith("x_") == (at >= len(names) - 6) for at, name in enumerate(names))


def test_a_row_says_that_it_is_an_estimate_of_a_time_in_a_month(catalog: Catalog) -> None:
    row = rows_of("openai/gpt-5.4", catalog)[0]
    assert (row["BillingAccountId"], row["BillingCurrency"], row["ChargeCategory"]) == (ACCOUNT, "USD", "Usage")
    assert row["ChargeDescription"] == "Estimate, no bill: input of a-model on openai/gpt-5.4"
    assert (row["ChargePeriodStart"], row["ChargePeriodEnd"]) == ("2026-11-01T00:00:00Z", "2026-11-27T05:00:00Z")
    assert (row["BillingPeriodStart"], row["BillingPeriodEnd"]) == ("2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z")


def test_a_month_ends_where_the_next_begins_in_utc(catalog: Catalog) -> None:
    kathmandu = timezone(timedelta(hours=5, minutes=45))
    period = (datetime(2026, 12, 1, 5, 45, tzinfo=kathmandu), datetime(2027, 1, 1, 5, 45, tzinfo=kathmandu))
    priced = estimate("openai/gpt-5.4", Workload(1, (Shape({"input": 1}),)), catalog, as_of=DAY)
    (row,) = focus_rows([("", priced)], period=period)
    for name in ("Charge", "Billing"):
        both = row[f"{name}PeriodStart"], row[f"{name}PeriodEnd"]
        assert both == ("2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z")
    assert row["ChargeDescription"] == "Estimate, no bill: input of no model on openai/gpt-5.4"


def test_machines_are_hours_and_a_fee_only_a_cost(catalog: Catalog) -> None:
    priced = estimate("openai/gpt-5.4", Workload(1, (Shape({"input": 1}),)), catalog, as_of=DAY)

    def line(item: str, part: str, amount: Fraction | int, per: int, unit: str, usd: str) -> CostLine:
        price = Decimal(usd)
        return CostLine(item, part, amount, per, unit, price, price, None, "", ("gpus", "h100"))  # type: ignore[arg-type]

    lines = (
        line("GPU rent", "rent", 1_460, 1, "GPU-hour", "2.69"),  # two GPUs × 730 h
        line("PTU", "capacity", 10_950, 730, "PTU-month", "260"),  # 15 units × 730 h
        line("router", "routing", 1_000, 1_000_000, "M requests", "3.2"),
        line("evaluation", "evaluation", 5, 1_000_000, "Mtok", "1"),
        line("people", "people", Fraction(1, 2), 1, "person-month", "12000"),
        line("seat", "seats", 3, 1, "seat-month", "25"),
        line("surcharge", "fee", Fraction(87, 500), 1, "USD", "0.055"),
    )
    build: Estimate = replace(priced, option="mine", kind="self_host", side="build", lines=lines)
    rows = focus_rows([("m", build)], period=NOVEMBER)
    names = ("ChargeCategory", "ConsumedQuantity", "ConsumedUnit", "PricingQuantity", "PricingUnit", "BilledCost")
    assert [tuple(row[name] for name in names) for row in rows] == [
        ("Usage", 1_460, "Hours", 1_460, "Hours", Decimal("3927.40")),
        ("Usage", 10_950, "Hours", 15, "730 Hours", 3_900),
        ("Usage", 1_000, "Requests", Decimal("0.001"), "1000000 Requests", Decimal("0.0032")),
        ("Usage", 5, "Tokens", Decimal("0.000005"), "1000000 Tokens", Decimal("0.000005")),
        ("Usage", Decimal("0.5"), "Person-Months", Decimal("0.5"), "Person-Months", 6_000),
        ("Purchase", None, None, 3, "Seat-Months", 75),
        ("Adjustment", None, None, None, None, Decimal("0.00957")),  # 5.5 % of $0.174
    ]
    assert {row["ServiceProviderName"] for row in rows} == {"self-hosted"}
    assert [row["x_Meter"] for row in rows] == ["rent", "capacity", "routing", "evaluation", "people", "seats", "fee"]
    fee = rows[-1]
    priced_columns = ("ListUnitPrice", "ContractedUnitPrice", "PricingCategory", "SkuId", "SkuMeter", "SkuPriceId")
    assert {fee[name] for name in priced_columns} == {None}


def test_the_rows_are_a_table_that_adds_up_to_the_estimate(catalog: Catalog) -> None:
    for option in catalog.options:
        priced = estimate_or_none(option, catalog)
        if priced is not None:
            rows = focus_rows([("m", priced)], period=NOVEMBER)
            report = Report("usage-price", DAY, None, {}, None, records=rows)
            cells = list(csv.DictReader(io.StringIO(as_csv(report))))
            total = sum((Decimal(row["BilledCost"]) for row in cells), start=Decimal(0))
            assert abs(total - priced.monthly_usd) < Decimal("1e-20"), option
            assert {row["BillingAccountId"] for row in cells} == {ACCOUNT}


def estimate_or_none(option: str, catalog: Catalog) -> Estimate | None:
    """Price a chat of any option that serves one."""
    from costcalc.errors import CostcalcError

    try:
        return estimate(option, Workload(1_000, (Shape({"input": 1_000, "output": 300}),)), catalog, as_of=DAY)
    except CostcalcError:
        return None


def test_requests_are_stated_once_for_a_model_of_several_estimates(catalog: Catalog) -> None:
    priced = estimate("openai/gpt-5.4", Workload(1, (Shape({"input": 1, "output": 2}),)), catalog, as_of=DAY)
    served = {"a": 5, "b": 7}
    rows = focus_rows([("a", priced), ("a", priced), ("b", priced)], period=NOVEMBER, requests=served)
    assert [(row["x_Model"], row["x_Requests"]) for row in rows] == [
        ("a", None), ("a", 5), ("a", None), ("a", None), ("b", None), ("b", 7),
    ]  # fmt: skip


def test_an_unknown_version_is_refused() -> None:
    assert [focus_version(version) for version in VERSIONS] == list(VERSIONS)
    with pytest.raises(FlagError, match=r"expected FOCUS 1\.2, 1\.3, 1\.4, found '1\.5'"):
        focus_version("1.5")


def test_a_bill_of_another_writer_is_told_what_it_lacks(tmp_path: Path) -> None:
    head = "BilledCost,ChargeCategory,ChargePeriodStart,ChargePeriodEnd,ConsumedQuantity,ConsumedUnit,ServiceCategory,SkuId,SkuMeter,RegionId"
    row = "12.5,Usage,2026-11-01T00:00:00Z,2026-11-02T00:00:00Z,5000000,Tokens,AI and Machine Learning,gpt-5.4,Input,eu"
    log = tmp_path / "bill.csv"
    log.write_text(f"{head}\n{row}\n", encoding="utf-8")
    (fault,) = scan([str(log)], thresholds=()).faults
    assert (fault.kind, fault.rows) == ("unknown meter", 1)
    assert fault.found.startswith("FOCUS has no columns for tokens and models before 1.5: write the meter")
    log.write_text(f"{head},x_Meter,x_Model\n{row},input,gpt-5.4\n", encoding="utf-8")
    (group,) = scan([str(log)], thresholds=()).groups
    assert (group.model, group.region, group.counts) == ("gpt-5.4", "eu", {"input": 5_000_000})
