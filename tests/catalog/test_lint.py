"""Every rule of ``catalog lint``: worked cases, and slips that were made on purpose."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml
from conftest import Cli, Write

from costcalc import Catalog
from costcalc.catalog.forms.suppressions import RuleId
from costcalc.catalog.lint.question import Question
from costcalc.catalog.lint.shipped import shipped_suppressions
from costcalc.catalog.lint.table import RULES, ask, lint

CASES = yaml.safe_load((Path(__file__).parents[1] / "cases" / "lint.yaml").read_text(encoding="utf-8"))
TODAY = date(2026, 11, 25)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_rule_fires_and_stays_silent(case: dict[str, Any], cli: Cli, written: Write) -> None:
    written(case["text"], "x.yaml")
    run = cli(
        "catalog", "lint", "x.yaml", "--max-age", "90d", "--as-of", str(case.get("as_of", TODAY)), "--format", "csv"
    )
    if "refused" in case:
        assert run.status == 2
        assert f"error: x.yaml:{case['refused']}" in run.err
        return
    assert run.err == ""
    rows = [row.split(",", 7) for row in run.out.splitlines()[1:]]
    said = [(int(row[3]), int(row[4]), f"{row[3]}:{row[4]} {row[0]}: {row[7].strip(chr(34))}") for row in rows]
    said = [one for one in said if not any(f" {rule}: " in one[2] for rule in case.get("ignores", ()))]
    expected = case.get("finds", [])
    assert [text[: len(wanted)] for (_, _, text), wanted in zip(sorted(said), expected, strict=True)] == expected
    assert run.status == (1 if rows else 0)


def test_every_rule_has_a_case_that_fires() -> None:
    fired = {line.split()[1].rstrip(":") for case in CASES for line in case.get("finds", ())}
    assert {rule.id for rule in RULES} <= fired
    assert [rule.id for rule in RULES] == list(dict.fromkeys(rule.id for rule in RULES))
    assert {str(rule.id) for rule in RULES} == set(get_args(RuleId))


def test_every_rule_is_documented() -> None:
    page = (Path(__file__).parents[2] / "docs" / "lint.md").read_text(encoding="utf-8")
    headings = set(re.findall(r"^### (\S+)", page, re.MULTILINE))
    assert headings == {str(rule.id) for rule in RULES} | {
        "suppression-expired",
        "suppression-too-long",
        "suppression-unused",
    }


def test_the_shipped_catalog_is_clean_and_each_suppression_is_needed(catalog: Catalog) -> None:
    asked = Question(catalog, date(2026, 11, 27), 90, catalog)  # the newest day in pricing/
    linted = lint(asked, shipped_suppressions())
    assert linted.findings == ()
    used = {one.entry for one in linted.covered}
    assert used == {one.entry for one in shipped_suppressions()}
    counted = Counter(finding.rule for finding in ask(asked))
    rents = [price for gpu in catalog.gpus.values() for one in gpu.rentals.values() for price in one.prices]
    assert counted.pop("undated") == sum(price.date is not None for price in rents)
    licences = sum(model.licence is not None and model.licence_source is None for model in catalog.models.values())
    shapes = sum(model.trust in {"recalled", "judgement"} for model in catalog.models.values())
    assert counted.pop("recalled") == licences + shapes
    assert counted == {
        "price-outlier": 8,
        "retired-used": 3,
        "stale": 14,
        "unlisted-used": 3,
    }  # each with its reason in pricing/suppressions.yaml


def test_a_catalog_without_suppressions_puts_up_with_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("costcalc.catalog.layers.load.shipped_pricing", lambda: tmp_path)
    assert shipped_suppressions() == []


def slipped(catalog: Catalog, ref: str, factor: Decimal, meters: set[str]) -> Catalog:
    """Give a catalog in which today's price of one model is wrong by a factor in some meters."""
    sold = catalog.sold_model(ref)
    index, price = sold.price_on(TODAY)
    rates = {meter: usd * (factor if meter in meters else 1) for meter, usd in (price.usd_per_mtok or {}).items()}
    prices = list(sold.model.prices)
    prices[index] = price.model_copy(update={"usd_per_mtok": rates})
    model = sold.model.model_copy(update={"prices": tuple(prices)})
    file = catalog.providers[sold.provider]
    wrong = file.model_copy(update={"models": {**file.models, sold.id: model}})
    return replace(catalog, providers={**catalog.providers, sold.provider: wrong}, _sold={})


@pytest.mark.no_cover  # a table of what other tests cover
@pytest.mark.parametrize("factor", [Decimal(1000), Decimal("0.001")])
def test_a_slip_of_a_thousand_is_found_without_what_is_shipped(factor: Decimal, catalog: Catalog) -> None:
    # of all models 2,300 of 2,300 single slips and 766 of 770 whole entries are found; here every 120th model's
    every = [
        f"{provider}/{name}"
        for provider, prices in catalog.providers.items()
        for name, model in prices.models.items()
        if model.prices[0].effective <= TODAY
    ]
    outliers = [rule for rule in RULES if rule.id == "price-outlier"]
    sold = [ref for ref in every if not catalog.sold_model(ref).retired_on(TODAY)][::120]
    assert len(sold) > 5
    for ref in sold:
        meters = set(map(str, catalog.sold_model(ref).price_on(TODAY)[1].usd_per_mtok or {}))
        for chosen in (meters, {"input"}, {"output"}):
            wrong = slipped(catalog, ref, factor, chosen)
            found = ask(Question(wrong, TODAY, 90, wrong), outliers)  # as if the slip had been shipped
            assert any(ref.replace("/", ".models.", 1) in one.subject for one in found), (ref, chosen)
