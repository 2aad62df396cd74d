"""Prices in the vendor's own currency become USD at the rate of exchange of the day, and the row says so."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from conftest import Cli, Overlay, Write

from costcalc import Catalog, InputError, UndecidableError, Workload, estimate, load_catalog
from costcalc.catalog.exchange import money_in
from costcalc.catalog.forms.rates import OWN_TABLES, RATE_TABLES
from costcalc.catalog.forms.schema import Price
from costcalc.cost.option import cost_curve
from costcalc.files import parse_yaml
from costcalc.findings import Document
from costcalc.scenario import WorkloadEntry

TABLES = Path(__file__).parents[1] / "cases"
CASES: list[dict[str, Any]] = parse_yaml(
    Document("own_currency.yaml", (TABLES / "own_currency.yaml").read_text())
).plain()  # type: ignore[assignment]
DAY = date(2026, 11, 2)
MONTH = Workload.single(requests=10_000, input_tokens=9_171, output_tokens=113)
SOURCE = "source: {title: t, checked: 2026-11-01}"


@pytest.fixture(scope="module")
def sellers() -> Catalog:
    return load_catalog(TABLES / "example_own_currency.yaml")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_worked_case(case: dict[str, Any], sellers: Catalog) -> None:
    workload, day = (
        WorkloadEntry.model_validate(case["workload"]).to_workload(case["name"]),
        date.fromisoformat(case["as_of"]),
    )
    found = estimate(case["model"], workload, sellers, as_of=day)
    assert f"{found.monthly_usd:.2f}" == f"{Decimal(case['usd']):.2f}"
    assert money_in(sellers, "CNY", day).cell(found.monthly_usd) == f"{Decimal(case['cny']):.2f}"
    curve = cost_curve(case["model"], workload, sellers, as_of=day)
    assert float(curve.at(workload.requests)) == pytest.approx(float(found.monthly_usd), rel=1e-15)  # type: ignore[arg-type]


def test_a_line_says_the_published_price_the_rate_and_its_day(sellers: Catalog) -> None:
    found = estimate("yuan/chat", MONTH, sellers, as_of=DAY)
    first = found.lines[0]
    assert first.conditions == "CNY 4.00 at 7.12 per USD of 2026-11-01"
    assert [sellers.place(path).line for path in (first.path, *first.also)] == [14, 5]
    assert "its prices are in CNY: 7.12 per USD on 2026-11-01 (worked example)" in found.caveats
    assert found.exchange_day == date(2026, 11, 1)


def test_every_table_may_be_in_another_currency() -> None:
    assert [key.removeprefix("usd_") for key in RATE_TABLES] == list(OWN_TABLES)
    assert {*RATE_TABLES, *OWN_TABLES} <= set(Price.model_fields)


def test_a_price_to_come_may_be_in_another_currency(sellers: Catalog) -> None:
    found = estimate("yuan/changing", Workload.single(requests=1, input_tokens=1, output_tokens=0), sellers, as_of=DAY)
    assert "another price holds from 2027-01-01 on: input CNY 4.00 → $0.60" in found.caveats


def test_without_a_rate_of_exchange_there_is_no_cost(sellers: Catalog) -> None:
    with pytest.raises(
        UndecidableError, match=r"^yuan/zloty: no rate of exchange is known for PLN; add it to costcalc\.yaml"
    ):
        estimate("yuan/zloty", Workload.single(requests=1, input_tokens=1, output_tokens=0), sellers, as_of=DAY)
    with pytest.raises(UndecidableError, match="CNY is known on 2026-03-01, the earliest is of 2026-05-08"):
        estimate("yuan/chat", MONTH, sellers, as_of=date(2026, 3, 1))


@pytest.mark.parametrize(
    ("price", "says"),
    [
        ("currency: CNY, per_mtok: {input: 4}, usd_per_mtok: {output: 1}", "usd_per_mtok is in USD and per_mtok in another currency; give one of them"),
        ("per_mtok: {input: 4}", "per_mtok needs the currency of its prices (currency: CNY); prices in USD stand in usd_per_mtok"),
        ("currency: CNY, usd_per_mtok: {input: 4}", "prices in CNY stand in per_mtok, per_thousand, per_second, per_minute, per_hour, per_million_characters, per_mtok_hour, not in those of USD"),
        ("currency: cny, per_mtok: {input: 4}", "expected the code of a currency such as EUR (ISO 4217), found text 'cny'; write CNY"),
        ("currency: YUAN, per_mtok: {input: 4}", "expected the code of a currency such as EUR (ISO 4217), found text 'YUAN'"),
        ("currency: USD, per_mtok: {input: 4}", "USD is what all amounts are counted in"),
        ("currency: CNY", "a price needs a table of rates"),
        ("currency: CNY, per_mtok: {input: -4}", "expected a number of at least 0, found -4"),
        ("currency: CNY, per_mtok: {inputs: 4}", "unknown key 'inputs'"),
        ("currency: CNY, per_mtok: {input: 4}, when: [{processing: batch, usd_per_mtok: {input: 1}}]", "prices in CNY stand in per_mtok"),
        ("usd_per_mtok: {input: 4}, when: [{processing: batch, per_mtok: {input: 1}}]", "per_mtok needs the currency"),
        ("currency: CNY, per_minute: {input_duration: 1}, per_hour: {input_duration: 60}", "input_duration stands in usd_per_minute and in usd_per_hour; give it one rate"),
    ],
)  # fmt: skip
def test_a_price_that_does_not_say_its_currency_is_refused(price: str, says: str, overlay: Overlay) -> None:
    with pytest.raises(InputError) as raised:
        overlay(
            f"api: {{v: {{provider: v, models: {{m: {{prices: [{{effective: 2026-01-01, {price}, {SOURCE}}}]}}}}}}}}"
        )
    assert says in str(raised.value)


def test_the_public_case_by_flags_and_by_a_file(cli: Cli, written: Write) -> None:
    """lobehub/lobehub#9834: CNY 4.00 in and 16.00 out per Mtok, at 7.12 CNY per USD: 384.92 CNY, 54.06 USD."""
    prices = (TABLES / "example_own_currency.yaml").read_text()
    shapes = "shapes: [{input_tokens: 9_171, output_tokens: 113}]"
    written(f"{prices}workloads: {{bot: {{requests: 10_000, option: yuan/chat, {shapes}}}}}\n")
    traffic = ("--requests", "10000", "--shape", "9171:113", "--options", "yuan/chat", "--as-of", "2026-11-02")
    file = ("--workload", "costcalc.yaml#bot", "--options", "yuan/chat", "--as-of", "2026-11-02")
    for flags in (traffic, file):
        assert "$54.06" in cli("compare", *flags).out
        assert "CNY 384.92" in cli("compare", *flags, "--currency", "CNY").out
        (row,) = json.loads(cli("compare", *flags, "--format", "json").out)["result"]["estimates"]
        assert round(row["monthly_usd"], 2) == 54.06
    undecided = cli("compare", *traffic[:6], "--as-of", "2026-03-01")
    assert undecided.status == 3
    assert "yuan/chat is not compared: no rate of exchange for CNY is known on 2026-03-01" in undecided.err


def test_a_stale_rate_of_exchange_is_a_stale_price(cli: Cli, written: Write) -> None:
    written(
        "exchange_rates: {SEK: {prices: [{effective: 2026-11-01, per_usd: 10, source: {title: t, checked: 2026-11-01}}]}}\n"
        "api: {v: {provider: v, models: {m: {prices: [{effective: 2026-01-01, currency: SEK, per_mtok: {input: 10, output: 10},"
        " source: {title: t, checked: 2027-06-01}}]}}}}\n"
        "options: {mine: {kind: api, model: v/m}}\n"
        "workloads: {w: {requests: 1000, option: mine, shapes: [{input_tokens: 500, output_tokens: 500}]}}\n"
        "budgets: {all: {monthly_usd: 1.00}}\n"
    )
    day = ("--as-of", "2027-06-01", "--strict")
    run = cli("compare", "--workload", "costcalc.yaml#w", "--options", "mine", "--notes", *day)
    assert (run.status, "stale: the rate of SEK is 212 days older than 2027-06-01" in " ".join(run.out.split())) == (
        3,
        True,
    )
    checked = cli("check", "--no-baseline", *day)
    assert checked.status == 3
    assert "nobody has seen the price of mine for 212 days" in " ".join(checked.out.split())


def test_prices_are_listed_in_usd_and_shown_as_published(cli: Cli, written: Write) -> None:
    written((TABLES / "example_own_currency.yaml").read_text())
    listed = cli("catalog", "list", "models", "yuan/", "--as-of", "2026-11-02").out
    assert "0.561798" in listed  # 4 ÷ 7.12
    assert "2.247191" in listed  # 16 ÷ 7.12
    shown = " ".join(cli("catalog", "show", "yuan/chat").out.split())
    assert "CNY per million tokens, per thousand for calls: - standard: input 4.00, output 16.00" in shown
    history = cli("catalog", "history", "yuan/chat")
    assert (history.status, "'yuan/chat' has no prices in USD; catalog show has those" in history.err) == (2, True)
    several = cli("compare", "--tokens", "1", "--options", "chat").err
    assert "yuan/chat (CNY 4.00 in, CNY 16.00 out)" in several
