"""Every command's SARIF, JUnit and code quality documents, against the schemas of those who read them."""

from __future__ import annotations

import json
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, get_type_hints

import jsonschema
import pytest
import xmlschema
from conftest import Cli, Write

from costcalc.cli.answer import Answer
from costcalc.cli.commands import CATALOG, COMMANDS, USAGE

SCHEMAS = Path(__file__).parents[1] / "data" / "schemas"
IMPORTED = str(SCHEMAS.parent / "imports" / "litellm.json")
LOG = str(SCHEMAS.parent / "usage" / "two-weeks.csv")
PLAN = """
as_of: 2026-11-27
workloads: {bot: {option: gpt-5.2-api, requests: 1_000, shapes: [{output_tokens: 1_000}]}}
budgets: {all: {monthly_usd: 20}}
"""  # 1,000 requests × 1,000 tokens × $14/Mtok = $14
OVER = """
as_of: 2026-11-27
workloads:
  bot: {option: gpt-5.2-api, requests: 1_000, shapes: [{output_tokens: 1_000}]}
  late: {option: gpt-6.1-sol-api, requests: 1_000, shapes: [{output_tokens: 1_000}]}
budgets:
  all: {monthly_usd: 1}
  "a <b> & 'c' ]]> \\u0007": {workloads: [bot], monthly_usd: 1, severity: warn}
  soon: {workloads: [bot], monthly_usd: {warn: 1, deny: 20}}
  later: {workloads: [late], monthly_usd: 1}
suppressions: [{budget: all, reason: launch, expires: 2026-12-01}]
"""
FORMS = ("junit", "sarif", "gitlab")
TRAFFIC = ("--tokens", "1e6")
FEW = ("--options", "gpt-5.2-api,gpt-5.4-api")
COMMAND_LINES: dict[str, tuple[str, ...]] = {
    "compare": (*TRAFFIC, *FEW),
    "capability": (*TRAFFIC, *FEW),
    "breakeven": FEW,
    "project": (*TRAFFIC, *FEW),
    "sensitivity": (*TRAFFIC, *FEW, "--input-tokens", "1M to 4M"),
    "simulate": (*TRAFFIC, *FEW, "--draws", "100", "--input-tokens", "1M to 4M"),
    "recommend": (*TRAFFIC, *FEW),
    "report": (*TRAFFIC, *FEW),
    "chart": ("breakeven", *TRAFFIC, *FEW),
    "size": ("Qwen3-32B", "--gpu", "H100", "--weights", "fp8"),
    "tco": ("r1-distill-32b-h100", *TRAFFIC),
    "doctor": (),
    "calibrate": (str(SCHEMAS.parent / "bench" / "inferencex.json"),),
    "init": ("new.yaml",),
    "check": (),
    "diff": ("costcalc.yaml", "costcalc.yaml", "--fail-on-increase", "5%"),
    "catalog list": ("claude",),
    "catalog show": ("openai/gpt-5.4",),
    "catalog history": ("openai/gpt-5.4",),
    "catalog diff": (f"litellm:{IMPORTED}",),
    "catalog lint": (),
    "catalog validate": ("--strict", "--max-age", "1d"),
    "catalog import": ("litellm", IMPORTED),
    "catalog refresh": ("--from", "litellm", IMPORTED, "--file", "costcalc.yaml", "--dry-run"),
    "catalog set": (
        "gpt-5.2",
        "output=12.00",
        "--effective",
        "2026-12-01",
        "--source",
        "https://example.com",
        "--checked",
        "2026-11-27",
    ),
    "usage price": (LOG, "--options", "gpt-5.2-api,r1-distill-32b-h100"),
    "usage size": (LOG, "--option", "r1-distill-32b-h100"),
    "usage workload": (LOG, "-o", "written.yaml", "--force"),
    "usage pack": (LOG, "-o", "pack.parquet", "--force"),
    "catalog add": ("option", "mine", "kind=api", "model=openai/gpt-5.4"),
}
DAY = ("--as-of", "2026-11-27")
DAYLESS = {"usage pack"}


def commands_with_formats() -> set[str]:
    found = set()
    for prefix, table in (("", COMMANDS), ("catalog ", CATALOG), ("usage ", USAGE)):
        for name, where in table.items():
            command = getattr(import_module(f"costcalc.cli.{where.file}"), where.function)
            if not isinstance(command, type) and get_type_hints(command)["return"] is Answer:
                found.add(prefix + name)
    return found


@cache
def junit_schema() -> xmlschema.XMLSchema:
    return xmlschema.XMLSchema(SCHEMAS / "junit-10.xsd")


@cache
def json_validator(form: str) -> Any:  # noqa: ANN401  # jsonschema makes the class
    file = "sarif-2.1.0-rtm.5.json" if form == "sarif" else "gitlab-code-quality.json"
    schema: Any = json.loads((SCHEMAS / file).read_text(encoding="utf-8"))
    validator = jsonschema.validators.validator_for(schema)
    return validator(schema, format_checker=validator.FORMAT_CHECKER)


def problems_of(form: str, text: str) -> list[str]:
    """Give what the reader of a format would refuse."""
    if form == "junit":
        return [str(error.reason) for error in junit_schema().iter_errors(text)]
    return [error.message for error in json_validator(form).iter_errors(json.loads(text))]


def test_every_command_that_has_formats_is_checked_here() -> None:
    assert set(COMMAND_LINES) == commands_with_formats()


@pytest.mark.no_cover  # a table of what other tests cover
@pytest.mark.parametrize("command", COMMAND_LINES)
def test_every_document_is_valid(command: str, cli: Cli, written: Write, tmp_path: Path) -> None:
    """A plan that is inside, one with findings of all levels, a file and a flag that cannot be used."""
    outputs = [f"--output={form}={form}" for form in FORMS]
    cases: tuple[tuple[str, tuple[str, ...], set[int]], ...] = (
        (PLAN, (), {0, 1, 3}),
        (OVER, (), {0, 1, 3}),
        ("workloads: 5\n", (), {0, 1, 2, 3}),  # some commands read no costcalc.yaml
        (PLAN, ("--no-such-<flag>",), {2}),
    )
    for text, more, statuses in cases:
        written(text)
        (tmp_path / "new.yaml").unlink(missing_ok=True)  # what init wrote
        day = () if command in DAYLESS else DAY
        run = cli(*command.split(), *COMMAND_LINES[command], *day, *more, *outputs)
        assert run.status in statuses, run.err
        for form in FORMS:
            assert problems_of(form, (tmp_path / form).read_text(encoding="utf-8")) == [], (form, run.err)


def test_the_samples_hold_findings_of_every_level(cli: Cli, written: Write) -> None:
    written(OVER)
    levels = {one["level"] for one in json.loads(cli("check", "--format", "json").out)["diagnostics"]}
    assert levels == {"error", "warning", "note"}


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("junit", '<testsuites skipped="0"/>'),
        ("junit", '<testsuites><testsuite name="a"/></testsuites>'),
        ("sarif", '{"version": "2.1.0", "runs": [{"tool": {"driver": {}}}]}'),
        ("sarif", '{"version": "2.1.0"}'),
        ("gitlab", '[{"description": "a"}]'),
        ("gitlab", "{}"),
    ],
)
def test_the_schemas_refuse_what_their_readers_would(form: str, text: str) -> None:
    assert problems_of(form, text)
