"""A gate that cannot be talked round: every case of cases/gate.yaml, and what takes more than one file."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from conftest import Cli, StoppedClock, Write

from costcalc.files import parse_yaml
from costcalc.findings import Document
from costcalc.render.documents import document_schema

CASES = Path(__file__).parents[1] / "cases" / "gate.yaml"
TABLE: list[dict[str, Any]] = parse_yaml(Document("gate.yaml", CASES.read_text())).plain()  # type: ignore[assignment]
BOT = "bot: {option: gpt-5.2-api, requests: 1_000, shapes: [{output_tokens: 1_000}]}"


def file_of(case: dict[str, Any], budgets: str, workloads: str) -> str:
    return f"workloads: {{{workloads}}}\nbudgets: {{{budgets}}}\n{case.get('more', '')}\n"


def with_base(case: dict[str, Any], workloads: str, cli: Cli, written: Write) -> tuple[str, ...]:
    """Check the base of a case, and name the result."""
    if "base" not in case:
        return ()
    fewer = workloads.replace("1_000,", f"{case.get('base_requests', 1000)},")
    written(file_of({}, case["base"], fewer), "base.yaml")
    result = cli("check", "base.yaml", "--no-baseline", "--format", "json")
    return ("--baseline", str(written(result.out, "base.json")))


@pytest.mark.parametrize("case", TABLE, ids=lambda case: case["name"])
def test_a_gate_is_never_off_without_saying_so(
    case: dict[str, Any], cli: Cli, written: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    if "clock" in case:
        monkeypatch.setattr("costcalc.cli.context.datetime", clock_of(case["clock"]))
    workloads = case.get("workloads", BOT)
    written(file_of(case, case.get("budgets", "all: {monthly_usd: 99}"), workloads))
    args = ("check", "costcalc.yaml", *case.get("args", ()), *with_base(case, workloads, cli, written))
    run = cli(*args, "--format", "json")
    assert run.status == case.get("status", 0), run.err
    found = json.loads(run.out)
    jsonschema.Draft7Validator(document_schema("check")).validate(found)
    text = cli(*args)
    told = " ".join(f"{text.out} {text.err} {[one['message'] for one in found['diagnostics']]}".split())
    for sentence in case.get("says", ()):
        assert sentence in told or sentence in told.replace("\\\\", "\\")
    assert [sentence for sentence in case.get("never", ()) if sentence in told] == []
    assert [one for one in found["diagnostics"] if one["line"] is None] == []  # each at its place
    by_level = [(one["level"] == "note", one["rule"]) for one in found["diagnostics"]]
    if "rules" in case:
        assert sorted(rule for is_note, rule in by_level if not is_note) == sorted(case["rules"])
    if "notes" in case:
        notes = {rule for is_note, rule in by_level if is_note}
        assert notes - {"caveat"} == {*case["notes"]} - {"caveat"}
        assert "caveat" in notes or "caveat" not in case["notes"]
    if "actual" in case:
        actual = {one["budget"]: one["actual_usd"] for one in found["result"]["budgets"]}
        assert actual == pytest.approx({name: float(usd) for name, usd in case["actual"].items()}, rel=1e-5)
    if "total" in case:
        assert found["result"]["total_usd"] == float(case["total"])


def clock_of(day: str) -> type[datetime]:
    class Later(StoppedClock):
        @classmethod
        def now(cls, tz: Any = None) -> Later:  # noqa: ANN401  # as datetime has it
            return cls.fromisoformat(day).replace(tzinfo=tz)

    return Later


CHEAP = "api: {openai: {models: {gpt-5.2: {prices: [{effective: 2026-11-01, usd_per_mtok: {input: 1, output: 1}, source: {title: a, checked: 2026-11-01}}]}}}}"
LAYERS = [("user", "config/costcalc"), ("$COSTCALC_CATALOG", "prices.yaml"), ("--catalog", "prices.yaml")]


@pytest.mark.parametrize(("layer", "place"), LAYERS)
def test_every_layer_that_decided_a_figure_is_named(
    layer: str, place: str, cli: Cli, written: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(file_of({}, "all: {monthly_usd: 99}", BOT))
    if layer == "user":
        written(
            "provider: openai\n" + CHEAP.removeprefix("api: {openai: {").removesuffix("}}") + "\n",
            f"{place}/api/openai.yaml",
        )
        monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    else:
        written(CHEAP, place)
    if layer == "$COSTCALC_CATALOG":
        monkeypatch.setenv("COSTCALC_CATALOG", place)
    args = ("check", *(("--catalog", place) if layer == "--catalog" else ()), "--format", "json")
    run = cli(*args)
    (note,) = [one for one in json.loads(run.out)["diagnostics"] if one["rule"] == "own-price"]
    assert (run.status, note["level"]) == (0, "note")
    assert f"({layer} layer)" in note["message"]
    assert cli(*args, "--shipped-prices-only").status == 1


def test_diff_names_limits_that_let_more_pass(cli: Cli, written: Write) -> None:
    written(file_of({}, "all: {monthly_usd: 15}, gone: {usd_per_mtok: 15}", BOT), "base.yaml")
    written(file_of({}, "all: {monthly_usd: 99}", BOT), "head.yaml")
    run = cli("diff", "base.yaml", "head.yaml", "--format", "json")
    found = json.loads(run.out)
    jsonschema.Draft7Validator(document_schema("diff")).validate(found)
    limits = [
        {
            "budget": "all",
            "limit": "monthly_usd",
            "change": "budget 'all': monthly_usd is raised from $15.00 to $99.00",
        },
        {"budget": "gone", "limit": "usd_per_mtok", "change": "budget 'gone': usd_per_mtok is removed"},
    ]
    assert (run.status, found["result"]["limits"]) == (0, limits)
    assert [one["rule"] for one in found["diagnostics"]] == ["limit-loosened"] * 2
    assert "Limits that let more pass" in cli("diff", "base.yaml", "head.yaml").out
    for side in ("base", "head"):
        written(cli("check", f"{side}.yaml", "--format", "json").out, f"{side}.json")
    again = json.loads(cli("diff", "base.json", "head.json", "--format", "json").out)
    assert again["result"]["limits"] == limits


def test_unknown_names_of_one_file_stand_beside_wrong_values_of_another(cli: Cli, written: Write) -> None:
    written(file_of({}, "all: {monthly_usd: '$5'}", BOT), "a.yaml")
    written(file_of({}, "all: {monthly_usd: 5, tag: prd}", BOT), "b.yaml")
    err = cli("check", "a.yaml", "b.yaml").err
    assert "a.yaml:2:" in err
    assert "b.yaml:2:" in err


def test_a_file_that_is_no_yaml_has_no_names_to_look_up(cli: Cli, written: Write) -> None:
    written("workloads: {bot: [", "a.yaml")
    run = cli("check", "a.yaml")
    assert (run.status, run.out) == (2, "")


def test_the_same_inputs_and_day_give_the_same_bytes(cli: Cli, written: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    written(file_of({"more": CHEAP}, "all: {monthly_usd: 99}", BOT))
    first = cli("check", "--as-of", "2026-11-27", "--format", "json").out
    monkeypatch.setattr("costcalc.cli.context.datetime", clock_of("2027-09-01"))
    assert cli("check", "--as-of", "2026-11-27", "--format", "json").out == first


def test_what_is_missing_is_told_once(cli: Cli, written: Write) -> None:
    written(file_of({}, "all: {monthly_usd: 99, severity: , note: }", BOT))
    assert cli("check").err.count("error: ") == 2


def test_a_misspelt_flag_has_one_suggestion(cli: Cli) -> None:
    assert cli("compare", "--tokns", "1e6").err == "error: No such option: --tokns; did you mean '--tokens'?\n"
