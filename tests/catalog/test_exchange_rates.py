"""Rates of exchange: which is in force, what a file of them may say, and how amounts are shown."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from conftest import Cli, Overlay, Write

from costcalc import Catalog, InputError, UndecidableError, UnknownNameError, load_catalog
from costcalc.catalog.exchange import exchange_rate_on, money_in
from costcalc.files import parse_yaml
from costcalc.findings import Document
from costcalc.money import USD, Money

TABLES = Path(__file__).parents[1] / "cases"
CASES: list[dict[str, Any]] = parse_yaml(Document("currency.yaml", (TABLES / "currency.yaml").read_text())).plain()  # type: ignore[assignment]
ENTRY = "{effective: 2026-11-01, per_usd: 0.80, source: {title: t, checked: 2026-11-01}}"


@pytest.fixture(scope="module")
def rates() -> Catalog:
    return load_catalog(TABLES / "example_rates.yaml")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_worked_case(case: dict[str, Any], rates: Catalog) -> None:
    money = money_in(rates, case.get("currency"), date.fromisoformat(case.get("as_of", "2026-11-01")))
    assert money.text(Decimal(case["usd"])) == case["text"]


def test_dollars_are_shown_as_they_were_before_there_were_currencies(rates: Catalog) -> None:
    assert money_in(rates, "usd", date(2000, 1, 1)) is USD  # no rate is needed, on any day
    assert (USD.note, USD.per("month"), USD.full_text(Fraction(2, 3))) == ("", "$/month", "$0.666666667")


def test_a_fraction_is_converted_like_a_decimal() -> None:
    yuan = Money("CNY", Decimal("7.5"), date(2026, 11, 1), "here")
    assert yuan.full_text(Fraction(2, 3)) == "CNY 5.00"  # 2/3 × 7.5
    assert yuan.of(Decimal(2)) == Decimal(15)


@pytest.mark.parametrize(
    ("code", "day", "error", "says"),
    [
        ("EUR", date(2020, 12, 31), UndecidableError, "no rate of exchange for EUR is known on 2020-12-31, the earliest is of 2026-04-01; add it"),
        ("PLN", date(2026, 11, 1), UndecidableError, "no rate of exchange is known for PLN; add it to costcalc.yaml: exchange_rates: {PLN: {prices: [{effective: 2026-11-01,"),
        ("EURO", date(2026, 11, 1), UnknownNameError, "unknown currency 'EURO': expected a code of ISO 4217; the catalog has EUR, CNY, GBP, JPY, INR, CHF; did you mean 'EUR'?"),
        ("XYZ", date(2026, 11, 1), UnknownNameError, "unknown currency 'XYZ'"),
    ],
)  # fmt: skip
def test_no_rate_is_undecidable_and_no_currency_is_an_error(
    code: str, day: date, error: type[Exception], says: str, rates: Catalog
) -> None:
    with pytest.raises(error) as raised:
        exchange_rate_on(rates.exchange_rates(), code, day)
    assert str(raised.value).startswith(says)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("EUR: {prices: [{effective: 2026-11-01, per_usd: 0, source: {title: t, checked: 2026-11-01}}]}", "exchange_rates.EUR.prices.2.per_usd: expected a number above 0, found 0"),
        ("EUR: {prices: [{effective: 2026-11-01, per_usd: -0.8, source: {title: t, checked: 2026-11-01}}]}", "expected a number above 0, found -0.8"),
        ("EUR: {prices: [{effective: 2026-11-01, per_usd: '0.8', source: {title: t, checked: 2026-11-01}}]}", "expected a number, found text '0.8'; write 0.8 without quotes"),
        ("EUR: {prices: [{effective: 2026-11-01, per_usd: .nan, source: {title: t, checked: 2026-11-01}}]}", "expected a finite number, found .nan"),
        ("EUR: {prices: [{effective: 2026-11-02, per_usd: 0.8, source: {title: t, checked: 2026-11-01}}]}", "a rate of exchange of 2026-11-02 cannot be known before that day: its evidence is of 2026-11-01"),
        ("EUR: {prices: [{effective: 2026-10-07, per_usd: 0.8, source: {title: t, checked: 2026-11-01, seen: 2026-10-06}}]}", "its evidence is of 2026-10-06"),
        ("SEK: {prices: [{effective: 2026-11-01, per_usd: 10}]}", "exchange_rates.SEK.prices.0: missing key 'source'"),
        ("SEK: {prices: []}", "prices"),
        (f"SEK: {{prices: [{ENTRY}], rate: 3}}", "unknown key 'rate'"),
        (f"eur: {{prices: [{ENTRY}]}}", "expected the code of a currency such as EUR (ISO 4217), found text 'eur'; write EUR"),
        (f"EURO: {{prices: [{ENTRY}]}}", "found text 'EURO'; did you mean"),
        (f"QQQ: {{prices: [{ENTRY}]}}", "expected the code of a currency such as EUR (ISO 4217), found text 'QQQ'"),
        (f"USD: {{prices: [{ENTRY}]}}", "USD is what all amounts are counted in"),
        (f"SEK: {{prices: [{ENTRY}, {ENTRY}]}}", "prices stand oldest first, one a day: 2026-11-01 stands after 2026-11-01"),
    ],
)  # fmt: skip
def test_a_rate_that_cannot_be_is_refused_at_its_line(text: str, says: str, overlay: Overlay) -> None:
    with pytest.raises(InputError) as raised:
        overlay(f"exchange_rates:\n  {text}\n")
    assert says in str(raised.value)


def test_a_layer_adds_a_day_and_a_currency(overlay: Overlay, catalog: Catalog) -> None:
    laid = overlay(f"exchange_rates: {{EUR: {{prices: [{ENTRY}]}}, SEK: {{prices: [{ENTRY}]}}}}")
    days = [price.effective.isoformat() for price in laid.exchange_rates()["EUR"].prices]
    assert days == [*(price.effective.isoformat() for price in catalog.exchange_rates()["EUR"].prices), "2026-11-01"]
    assert exchange_rate_on(laid.exchange_rates(), "SEK", date(2026, 11, 2)).per_usd == Decimal("0.80")


def test_the_shipped_rates_are_quotients_of_the_bank_s_own(catalog: Catalog) -> None:
    currencies = catalog.exchange_rates()
    euro = {price.effective: price.per_usd for price in currencies["EUR"].prices}
    for code, currency in currencies.items():
        for price in currency.prices:
            words = (price.note or "").split()  # "1 EUR was 7.5554 CNY and 1.1269 USD", "1 EUR was 1.1269 USD"
            per_euro = Decimal(words[3]) if code != "EUR" else Decimal(1)
            assert price.per_usd == (per_euro / Decimal(words[-2])).quantize(price.per_usd)
            assert len(price.per_usd.as_tuple().digits) == 6
            assert price.effective in euro
            assert price.source.seen == price.effective


@pytest.mark.parametrize(("day", "stale"), [("2027-04-30", False), ("2027-05-01", True)])
def test_after_half_a_year_a_rate_is_stale(day: str, stale: bool, rates: Catalog) -> None:
    money = money_in(rates, "EUR", date.fromisoformat(day))  # its rate is of 2026-11-01: 180 and 181 days before
    assert bool(money.caveat) is stale
    assert ("; stale: the rate of EUR is 181 days older than 2027-05-01;" in money.note) is stale


def test_lint_finds_a_rate_that_nobody_renewed(cli: Cli, written: Write) -> None:
    written(f"exchange_rates: {{SEK: {{prices: [{ENTRY}]}}}}")
    run = cli("catalog", "lint", "--as-of", "2027-11-01")
    assert "exchange_rates.SEK.prices.0.source: last seen 365 days ago, on 2026-11-01" in " ".join(run.out.split())


def test_currencies_are_listed_shown_and_set(cli: Cli, written: Write) -> None:
    listed = cli("catalog", "list", "currencies", "--as-of", "2026-06-01")
    assert "EUR       0.850268  2026-05-08" in listed.out
    assert "–" in cli("catalog", "list", "currencies", "--as-of", "2026-01-01").out
    assert "note 1 EUR was 1.1269 USD" in " ".join(cli("catalog", "show", "EUR").out.split())
    path = written("as_of: 2026-11-27\n")
    edit = (
        "per_usd=0.91",
        "--effective",
        "2026-11-27",
        "--source",
        "https://example.com/fx",
        "--checked",
        "2026-11-27",
    )
    assert cli("catalog", "set", "EUR", *edit).status == 0
    assert "per_usd: 0.91" in path.read_text()
    assert "EUR           0.91  2026-11-27" in cli("catalog", "list", "currencies").out
    unknown = cli("catalog", "list", "currencies", "yuen")
    assert (unknown.status, "none of the currencies has 'yuen' in its name" in unknown.err) == (2, True)
