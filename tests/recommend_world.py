"""The small world of the worked cases, asked from Python."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

from costcalc.case.case import Case
from costcalc.case.month import Traffic
from costcalc.case.traffic import traffic_case
from costcalc.catalog.catalog import Catalog
from costcalc.catalog.forms.options import ApiOption, SelfHostOption
from costcalc.catalog.layers.load import load_catalog
from costcalc.project import load_project
from costcalc.recommend.answer import Asked, Recommendation
from costcalc.recommend.recommend import recommend
from costcalc.scenario import Needs
from costcalc.workload import Workload, WorkloadKind

FOLDER = Path(__file__).parent / "cases" / "recommend"
DAY = date(2026, 11, 22)


@cache
def pencil() -> Catalog:
    """The small world alone: without the shipped options, which a question would price for its baseline."""
    catalog = load_project(FOLDER / "costcalc.yaml").catalog
    own = {name for layer in catalog.laid["options"] for name, _ in layer.items()}
    return only(catalog, own)


def only(catalog: Catalog, names: Collection[str]) -> Catalog:
    """Give the catalog with some of its options alone."""
    return replace(catalog, options={name: catalog.options[name] for name in names})


@cache
def shipped() -> Catalog:
    return load_catalog()


def month(kind: WorkloadKind, tokens: float, catalog: Catalog) -> Workload:
    traffic = Traffic(output_tokens=Decimal(str(tokens)), kind=kind)
    return replace(traffic_case(traffic, catalog, as_of=DAY).workload, batchable_share=0, name="workload")


def ask(
    catalog: Catalog,
    kind: WorkloadKind,
    tokens: float,
    options: tuple[str, ...] | None = None,
    needs: Needs | None = None,
    *,
    day: date = DAY,
) -> Recommendation:
    case = Case(month(kind, tokens, catalog), catalog, day)
    return recommend(case, needs or Needs(), Asked(options))


def dearer(catalog: Catalog, name: str, factor: Decimal) -> Catalog:
    """Multiply every price of one option."""
    option = catalog.option(name).option
    if isinstance(option, SelfHostOption):
        assert option.usd_per_gpu_hour is not None
        changed = option.model_copy(update={"usd_per_gpu_hour": option.usd_per_gpu_hour * factor})
        return replace(catalog, options={**catalog.options, name: changed}, _sold={})
    assert isinstance(option, ApiOption)
    sold = catalog.sold_model(option.model)
    prices = tuple(
        price.model_copy(
            update={"usd_per_mtok": {key: usd * factor for key, usd in (price.usd_per_mtok or {}).items()}}
        )
        for price in sold.model.prices
    )
    file = catalog.providers[sold.provider]
    models = {**file.models, sold.id: sold.model.model_copy(update={"prices": prices})}
    providers = {**catalog.providers, sold.provider: file.model_copy(update={"models": models})}
    return replace(catalog, providers=providers, _sold={})
