"""A user's copy of a shipped self-hosted option costs what the shipped one costs, to the cent, in every command."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from conftest import Cli, Write

from costcalc.catalog.layers.load import shipped_pricing
from costcalc.files import parse_yaml
from costcalc.findings import Document

DAY = ("--as-of", "2026-11-27")
PATH = Path(shipped_pricing()) / "options.yaml"
OPTIONS: Any = parse_yaml(Document("options.yaml", PATH.read_text(encoding="utf-8"))).plain()
SHIPPED = {name: entry for name, entry in OPTIONS["options"].items() if entry["kind"] == "self_host"}
COPIES = {f"my-{name}": {**entry, "note": "mine"} for name, entry in SHIPPED.items()}
MONTH = ("--requests", "20M", "--shape", "1155:211")  # some need several replicas


def result(cli: Cli, *args: str) -> dict[str, Any]:
    run = cli(*args, *DAY, "--format", "json")
    assert run.status == 0, run.err
    found: dict[str, Any] = json.loads(run.out)["result"]
    return found


@pytest.fixture
def copied(request: pytest.FixtureRequest, cli: Cli, written: Write) -> Cli:
    """Run where a costcalc.yaml holds a copy of the option that the test is about, or else of every self-hosted one."""
    name = request.node.callspec.params.get("name")
    copies = {f"my-{name}": COPIES[f"my-{name}"]} if name else COPIES
    written(json.dumps({"options": copies}, default=str))
    assert len(SHIPPED) >= 10
    return cli


@pytest.mark.no_cover  # a table of what other tests cover
@pytest.mark.parametrize("policy", [(), ("--spares", "1", "--headroom", "1.5", "--costs", "all")])
def test_in_compare_and_project(policy: tuple[str, ...], copied: Cli) -> None:
    names = ",".join((*SHIPPED, *COPIES))
    compared = result(copied, "compare", *MONTH, *policy, "--options", names)
    usd = {each["option"]: each["monthly_usd"] for each in compared["estimates"]}
    followed = result(copied, "project", *MONTH, *policy, "--options", names, "--months", "3")
    npv = {each["option"]: each["npv_usd"] for each in followed["options"]}
    for name in SHIPPED:
        assert usd[name] == usd[f"my-{name}"]
        assert npv[name] == npv[f"my-{name}"]


@pytest.mark.no_cover  # a table of what other tests cover
@pytest.mark.parametrize("name", SHIPPED)
def test_in_breakeven_tco_and_recommend(name: str, copied: Cli) -> None:
    pairs = [
        result(copied, "breakeven", "--build", each, "--buy", "gpt-5.2-api")["pair"] for each in (name, f"my-{name}")
    ]
    assert [pair["first_win"] for pair in pairs] == [pairs[0]["first_win"]] * 2
    assert pairs[0]["durable_win"] == pairs[1]["durable_win"]
    bills = [result(copied, "tco", each, *MONTH)["monthly_usd"] for each in (name, f"my-{name}")]
    assert bills[0] == bills[1]
    run = copied("recommend", *MONTH, "--options", f"{name},my-{name}", *DAY, "--format", "json", "--explain")
    found = json.loads(run.out)["result"]
    options = {each["option"]: each["monthly_usd"] for each in (*found["considered"], *found["set_aside"])}
    assert options[name] == options[f"my-{name}"]
