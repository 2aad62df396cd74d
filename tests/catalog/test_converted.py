"""Amounts of a user's file in another currency: every case of cases/converted.yaml, and what has no day."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from conftest import Cli, Write

from costcalc import load_project
from costcalc.catalog.catalog import Catalog
from costcalc.catalog.forms.exchange_rates import Currency
from costcalc.catalog.layers.currencies import Rates, in_usd
from costcalc.errors import InputError, UndecidableError
from costcalc.files import parse_yaml
from costcalc.findings import Document, Finding

PATH = Path(__file__).parents[1] / "cases" / "converted.yaml"
TABLE: list[dict[str, Any]] = parse_yaml(Document("converted.yaml", PATH.read_text())).plain()  # type: ignore[assignment]
SOURCE = {"title": "t", "checked": date(2026, 11, 20)}
EURO = Currency.model_validate(
    {
        "prices": [
            {"effective": date(2026, 10, 1), "per_usd": Decimal("0.8"), "source": SOURCE},
            {"effective": date(2026, 11, 20), "per_usd": Decimal("0.5"), "source": SOURCE},
        ]
    }
)


def converted(text: str, catalog: Catalog) -> list[Finding]:
    tree = parse_yaml(Document("x.yaml", text))
    own = tree.child("as_of")
    day = date.fromisoformat(str(own.value)) if own is not None else date(2026, 11, 22)
    rates = Rates(lambda: {"EUR": EURO}, lambda _: day, lambda: catalog.assumptions)
    return [each for key, node in tree.items() for each in in_usd(node, (key,), rates)]


@pytest.mark.parametrize("case", TABLE, ids=lambda case: case["name"])
def test_worked_case(case: dict[str, Any], catalog: Catalog) -> None:
    if "undecided" in case:
        with pytest.raises(UndecidableError, match=case["undecided"]):
            converted(case["text"], catalog)
        return
    found = converted(case["text"], catalog)
    said: str = case.get("says") or case.get("error") or ""
    assert [said in each.message for each in found] == ([True] if said else [])
    assert [each.level == "error" for each in found] == (["error" in case] if said else [])
    assert [each.level == "warning" for each in found] == (["stale" in said] if said else [])


def test_a_limit_in_euros_is_judged_in_dollars(cli: Cli, written: Write) -> None:
    # 1 Mtok of output × $14 is $14; EUR 10 at the shipped rate of 0.887390 per USD are $11.27
    written(
        "workloads: {a: {option: gpt-5.2-api, requests: 1k, shapes: [{output_tokens: 1k}]}}\n"
        "budgets: {all: {monthly_usd: EUR 10}}\n"
    )
    run = cli("check", "--as-of", "2026-11-20")
    assert run.status == 1
    text = " ".join(run.out.split())
    assert "$14.00 a month is $2.73 over the limit of $11.27" in text
    assert "budgets.all.monthly_usd: EUR 10 is $11.27 at 0.88739 EUR per USD of 2026-10-06" in text


def test_from_python_a_file_names_its_day(written: Write) -> None:
    path = written("budgets: {all: {monthly_usd: EUR 10}}\n")
    with pytest.raises(InputError, match=r"EUR 10 needs a day for its rate: give as_of"):
        load_project(path)
    path = written("as_of: nonsense\nbudgets: {all: {monthly_usd: EUR 10}}\n")
    with pytest.raises(InputError, match="as_of: expected a day"):
        load_project(path)
    path = written("as_of: 2026-11-20\nbudgets: {all: {monthly_usd: EUR 10}}\n")
    limit = load_project(path).scenario.budgets["all"].monthly_usd
    assert limit is not None
    assert round(limit.deny or 0, 2) == Decimal("11.27")


@pytest.mark.parametrize(("text", "usd"), [("USD 5", "5"), ("EUR 5", None), ("5€", None), ("5 GBP", None)])
def test_a_flag_takes_dollars(text: str, usd: str | None, cli: Cli) -> None:
    run = cli("project", "--tokens", "1e6", "--requalify-every", "12", "--requalify-cost", text, "--months", "2")
    assert run.status == (0 if usd else 2)
    assert ("a flag takes USD; another currency stands in a costcalc.yaml: EUR 500" in run.err) is (usd is None)
