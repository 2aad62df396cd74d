"""Worked cases: a command line, the answer that a person would give, and why. The figures are in the cases' comments."""

from __future__ import annotations

import json
import shlex
import shutil
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from conftest import Cli

from costcalc import Catalog
from costcalc.files import parse_yaml, read_document
from costcalc.units import usd
from costcalc.workload import KINDS

FOLDER = Path(__file__).parents[1] / "cases" / "recommend"
DAY = "2026-11-22"


def cases() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for path in sorted(FOLDER.glob("*.yaml")):
        if path.name != "costcalc.yaml":
            tree = parse_yaml(
                read_document(path, name=path.name, layer="test"), lambda finding: pytest.fail(str(finding))
            )
            found += tree.plain()  # type: ignore[arg-type]  # a list of cases
    return found


CASES = cases()


_ANSWERS: dict[str, dict[str, Any]] = {}


def answered(case: dict[str, Any], cli: Cli) -> dict[str, Any]:
    """Ask once for each case."""
    if case["name"] not in _ANSWERS:
        _ANSWERS[case["name"]] = _asked(case, cli)
    return _ANSWERS[case["name"]]


def _plain(value: object) -> float | str:
    return float(value) if isinstance(value, Decimal) else str(value)


def _asked(case: dict[str, Any], cli: Cli) -> dict[str, Any]:
    if not case.get("shipped"):
        shutil.copy(FOLDER / "costcalc.yaml", "costcalc.yaml")
    args = shlex.split(case["run"])
    if "more" in case:
        Path("more.yaml").write_text(json.dumps(case["more"], default=_plain))  # JSON is YAML
        args += ["--catalog", "more.yaml"]
    day = () if "--as-of" in args else ("--as-of", DAY)
    run = cli("recommend", *args, *day, "--format", "json")
    document = json.loads(run.out, parse_float=Decimal)
    # the world sets costs of people and of routing, which an answer of machines or APIs alone does not read
    assert {each["rule"] for each in document["diagnostics"]} <= {"unread-override"}
    assert (run.status, bool(run.err)) == (case.get("status", 0), bool(document["diagnostics"]))
    result: dict[str, Any] = document["result"]
    return result


@pytest.mark.no_cover  # a table of what other tests cover
@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_the_answer_is_what_a_person_would_say(case: dict[str, Any], cli: Cli) -> None:
    result = answered(case, cli)
    chosen = result["recommendation"]
    fired = {rule["id"]: rule for rule in result["rules"]}
    assert (chosen["option"] if chosen else None) == case["answer"], case["why"]
    assert result["verdict"] == case.get("verdict", "decided"), chosen
    assert [rule for rule in case.get("fires", ()) if rule not in fired] == []
    stopping = {row["rule"] for row in result["excluded"]}
    assert [rule for rule in case.get("silent", ()) if rule in fired or rule in stopping] == []
    aside = {row["option"] for row in result["set_aside"]}
    assert aside >= set(case.get("aside", ())) if case.get("shipped") else aside == set(case.get("aside", ()))
    out = {(row["option"], row["rule"]) for row in result["excluded"]}
    assert [pair for pair in case.get("excluded", {}).items() if pair not in out] == []
    for rule, facts in case.get("facts", {}).items():
        assert {name: fired[rule]["facts"][name] for name in facts} == facts


@pytest.mark.no_cover  # a table of what other tests cover
@pytest.mark.parametrize(
    "case", [case for case in CASES if "usd" in case or "flip" in case], ids=lambda case: case["name"]
)
def test_the_figures_are_those_of_the_pencil(case: dict[str, Any], cli: Cli) -> None:
    result = answered(case, cli)
    if "usd" in case:
        assert usd(Decimal(result["recommendation"]["monthly_usd"])).replace(",", "") == case["usd"]
    if "flip" in case:
        durable = result["break_even"]["durable_mtok"]
        assert (f"{durable:.2f}" if durable is not None else None) == case["flip"]


@pytest.mark.no_cover  # a table of what other tests cover
@pytest.mark.parametrize(
    "case", [case for case in CASES if "baseline" in case or "again" in case], ids=lambda case: case["name"]
)
def test_it_says_against_what_it_saves_and_when_to_look_again(case: dict[str, Any], cli: Cli) -> None:
    chosen = answered(case, cli)["recommendation"]
    if "baseline" in case:
        assert chosen["saving"]["baseline"] == case["baseline"]
    if "again" in case:
        assert case["again"] in [one["at"] for one in chosen["look_again"]]


def test_there_are_a_hundred_cases_and_more_each_with_its_reason() -> None:
    assert len(CASES) >= 100
    assert [case["name"] for case in CASES if not case["why"].strip()] == []
    assert len({case["name"] for case in CASES}) == len(CASES)


def test_every_rule_fires_in_a_case_and_is_silent_in_another(catalog: Catalog) -> None:
    fires = {rule for case in CASES for rule in (*case.get("fires", ()), *case.get("excluded", {}).values())}
    fires |= {"no-evidence" for case in CASES if case.get("aside")}
    assert sorted(set(catalog.rules()) - fires) == []
    silent = {rule for case in CASES for rule in case.get("silent", ())}
    assert sorted(set(catalog.rules()) - silent - {"no-evidence"}) == []  # that one is silent wherever nothing is aside


def test_every_kind_has_a_case() -> None:
    runs = " ".join(case["run"] for case in CASES)
    assert [kind for kind in KINDS if kind not in runs] == []
