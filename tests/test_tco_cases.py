"""Published build-versus-buy calculations, reproduced with costcalc's own model from the scenarios of cases/tco.

Months of payback on a purchase are divided here: hardware is paid once, and seats or an API by the month. Prices that fall
over time (a16z-llmflation, petrenko-decline, petrenko-never) are in analysis/test_projection.py.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from math import ceil
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from costcalc import Deployment, Estimate, Project, estimate, load_project
from costcalc.analysis.breakeven import BreakEven, break_even
from costcalc.analysis.tco import Bill, bill_of
from costcalc.case.case import Case
from costcalc.catalog.forms.options import PlanOption
from costcalc.cost.estimate import total_usd
from costcalc.cost.finance import MACRS_5_YEARS, depreciation
from costcalc.cost.plan import pays_above, seats_of
from costcalc.files import parse_yaml
from costcalc.findings import Document
from costcalc.units import HOURS_PER_MONTH, MTOK, decimal

CASES = Path(__file__).parent / "cases"
TODAY = date(2026, 11, 22)
TABLE: list[dict[str, Any]] = parse_yaml(Document("tco.yaml", (CASES / "tco.yaml").read_text())).plain()  # type: ignore[assignment]

Figures = dict[str, Decimal]


class Pair(NamedTuple):
    """Two options and the volumes at which the cheaper one changes [requests/month]."""

    found: BreakEven

    @property
    def first(self) -> Decimal:
        assert self.found.first_win is not None
        return decimal(self.found.first_win)


class Scene(NamedTuple):
    """One scenario, and what the case takes beside it."""

    project: Project
    inputs: dict[str, Decimal]

    def priced(self, option: str, workload: str | None = None) -> Estimate:
        catalog, scenario = self.project
        return estimate(option, scenario.workload(workload), catalog, as_of=TODAY)

    def deployed(self, option: str, workload: str | None = None) -> Deployment:
        deployment = self.priced(option, workload).deployment
        assert deployment is not None
        return deployment

    def pair(self, build: str, buy: str) -> Pair:
        catalog, scenario = self.project
        return Pair(break_even(build, buy, Case(scenario.workload(None), catalog, TODAY)))

    def bill(self, option: str, *, months: int, **values: str) -> Bill:
        catalog, scenario = self.project
        for name, value in values.items():
            catalog = catalog.with_assumptions({name: Decimal(value)})
        return bill_of(option, Case(scenario.workload(None), catalog, TODAY), months=months)


def power(of: Estimate) -> Decimal:
    return total_usd([line for line in of.lines if line.item.startswith("electricity")])


def pan(scene: Scene) -> Figures:
    owned = scene.priced("owned", "served")
    apis = {name: scene.priced(name, "bought").monthly_usd for name in ("gpt5", "opus4", "sonnet4", "grok4")}
    hardware = scene.deployed("owned", "served")
    months = {f"months_{name}": hardware.upfront_usd / (usd - power(owned)) for name, usd in apis.items()}
    return {"capacity_mtok": hardware.full_mtok, "power_usd": power(owned), **months}


def lenovo_on_demand(scene: Scene) -> Figures:
    owned, cloud = (usd / HOURS_PER_MONTH for usd in (power(scene.priced("owned")), scene.priced("cloud").monthly_usd))
    hours = scene.deployed("owned").upfront_usd / (cloud - owned)
    return {"owned_usd_per_h": owned, "cloud_usd_per_h": cloud, "breakeven_h": hours}


def lenovo_5y(scene: Scene) -> Figures:
    cloud = scene.priced("cloud").monthly_usd
    first = scene.bill("owned", months=60, hardware_support="0.012").estimate
    running = total_usd([line for line in first.lines if not line.item.startswith("hardware, annuity")])
    return {
        "owned_5y": scene.bill("owned", months=60).total_usd,
        "owned_first_year": scene.deployed("owned").upfront_usd + 12 * running,
        "cloud_year": 12 * cloud,
        "cloud_5y": 60 * cloud,
    }


def power_hourly(scene: Scene) -> Figures:
    return {"usd_per_h": power(scene.priced("owned")) / HOURS_PER_MONTH}


def macrs(scene: Scene) -> Figures:
    years = depreciation(scene.deployed("owned").upfront_usd, MACRS_5_YEARS)
    return {**{f"year_{index}": usd for index, usd in enumerate(years, start=1)}, "total": sum(years, start=Decimal(0))}


def manning(scene: Scene) -> Figures:
    requests = decimal(scene.project.scenario.workload(None).requests)
    cost, api = (scene.priced(name).monthly_usd / requests for name in ("escalated", "api"))
    assert scene.deployed("small").utilisation == 1
    return {
        "requests_per_h": scene.pair("small", "api").first / HOURS_PER_MONTH,
        "with_escalations_per_h": scene.pair("escalated", "api").first / HOURS_PER_MONTH,
        "usd_per_request": cost,
        "saving": 1 - cost / api,
    }


def routellm(scene: Scene) -> Figures:
    routed, strong = (scene.priced(name).monthly_usd for name in ("routed", "strong"))  # of a Mtok
    return {"usd_per_mtok": routed, "times": strong / routed}


def plan_daily(scene: Scene) -> Figures:
    catalog, scenario = scene.project
    workload, found = scenario.workload(None), {}
    for name in ("pro", "max-5x", "max-20x"):
        option = catalog.option(name).option
        assert isinstance(option, PlanOption)
        requests = pays_above(seats_of(name, option, workload, catalog, as_of=TODAY))
        assert requests is not None
        month = estimate("acme/frontier", replace(workload, requests=requests), catalog, as_of=TODAY)
        found[name] = month.monthly_usd / 30
    return found


def rerank(scene: Scene) -> Figures:
    queries = decimal(scene.project.scenario.workload(None).requests)
    query = scene.priced("bought").monthly_usd / queries
    return {
        "usd_per_query": query,
        "breakeven_per_day": scene.pair("built", "bought").first / 30,
        "naive_per_day": scene.pair("droplet", "bought").first / 30,  # the rerank on one side alone
    }


def stairs(scene: Scene) -> Figures:
    pair = scene.pair("build", "buy").found
    assert pair.durable_win is not None
    assert pair.bounds is not None
    ends = {"first_win": pair.first_win, "jump": pair.reigns[1].hi, "durable_win": pair.durable_win}
    bounds = dict(zip(("never_below", "always_above"), pair.bounds, strict=True))
    return {name: decimal(at or 0) / 1000 for name, at in {**ends, **bounds}.items()}


def deepseek(scene: Scene) -> Figures:
    cost, revenue = (scene.priced(name).monthly_usd / 30 for name in ("followed", "sold"))
    return {
        "cost_day": cost,
        "revenue_day": revenue,
        "margin_percent": (revenue / cost - 1) * 100,
        "mean_nodes": decimal(scene.deployed("followed").replicas),
        "peak_nodes": decimal(scene.deployed("for-the-peak").replicas),
    }


def lmsys(scene: Scene) -> Figures:
    return {"usd_per_mtok": scene.deployed("decode").full_usd_per_mtok}


def llm_speed(scene: Scene) -> Figures:
    # the workload is one Mtok
    return {"breakeven_mtok": scene.deployed("owned").upfront_usd / scene.priced("hosted").monthly_usd}


def dreaming(scene: Scene) -> Figures:
    workloads = {name: scene.project.scenario.workload(name) for name in ("full", "tenth")}
    paid = {
        name: scene.priced("rented", name).monthly_usd * MTOK / decimal(workload.output_tokens)
        for name, workload in workloads.items()
    }
    return {
        "always_busy": scene.deployed("rented", "tenth").full_usd_per_mtok,
        "full_month": paid["full"],
        "tenth": paid["tenth"],
    }


def tabby(scene: Scene) -> Figures:
    hardware = scene.deployed("owned", "one").upfront_usd
    one, ten, fifteen = (scene.priced("seats", name).monthly_usd for name in ("one", "ten", "fifteen"))
    return {
        "hardware_usd": hardware,
        "months_15": hardware / fifteen,
        "months_10": hardware / ten,
        "seats_for_4_months": Decimal(ceil(hardware / (4 * one))),
    }


def finetune(scene: Scene) -> Figures:
    figures = {}
    for name, run_usd in scene.inputs.items():
        bill = scene.bill("tuned", months=12, finetune_price=str(run_usd / 15)).estimate
        training = total_usd([line for line in bill.lines if line.item == "fine-tuning and refreshes"])
        figures[name] = 12 * (training + scene.priced(name).monthly_usd)
    return figures


MODELS: dict[str, Callable[[Scene], Figures]] = {
    "pan2025-kimi-k2": pan,
    "pan2025-glm-4.5-air": pan,
    "pan2025-llama-3.3-70b": pan,
    "pan2025-exaone-4.0-32b": pan,
    "lenovo-lp2225-on-demand": lenovo_on_demand,
    "lenovo-5y-tco-with-fte": lenovo_5y,
    "power-pue-hourly": power_hourly,
    "macrs-5y": macrs,
    "manning-breakeven-escalation": manning,
    "deepseek-545": deepseek,
    "lmsys-96h100": lmsys,
    "llm-speed-2k-gpu": llm_speed,
    "dreaming-utilisation": dreaming,
    "tabby-vs-tabnine-seats": tabby,
    "routellm-blended": routellm,
    "claude-plan-daily": plan_daily,
    "gist-rerank-both-sides": rerank,
    "step-three-crossings": stairs,
    "finetune-year1": finetune,
}


BY_NAME = {case["name"]: case for case in TABLE}


@cache
def figures_of(name: str) -> Figures:
    scene = Scene(load_project(CASES / "tco" / f"{name}.yaml"), BY_NAME[name].get("inputs", {}))
    return MODELS[name](scene)


@pytest.mark.parametrize("case", TABLE, ids=lambda case: case["name"])
def test_a_published_calculation_comes_out(case: dict[str, Any]) -> None:
    found, expected = figures_of(case["name"]), case["expected"]
    assert set(found) == set(expected)
    within: dict[str, Any] = {"abs": 0, "rel": 0, **{kind: float(one) for kind, one in case["within"].items()}}
    printed = {name: pytest.approx(float(value), **within) for name, value in expected.items()}
    assert {name: float(value) for name, value in found.items()} == printed


def test_every_scenario_is_a_case() -> None:
    assert {path.stem for path in (CASES / "tco").glob("*.yaml")} == set(MODELS) == {case["name"] for case in TABLE}


@pytest.mark.parametrize("case", TABLE, ids=lambda case: case["name"])
def test_a_wrong_figure_would_be_seen(case: dict[str, Any]) -> None:
    for name, value in case["expected"].items():
        wrong = {**case, "expected": {**case["expected"], name: value * Decimal("1.5")}}
        with pytest.raises(AssertionError):
            test_a_published_calculation_comes_out(wrong)
