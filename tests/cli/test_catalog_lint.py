"""``catalog lint`` and ``catalog validate --strict`` as a user and a pipeline call them."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from collections import Counter

import jsonschema
import pytest
from conftest import Cli, Write

from costcalc.render.documents import document_schema

DAY = ("--as-of", "2026-11-27")
SLIP = """contracts: {openai: {effective: 2026-01-01, models: {gpt-5.2: {usd_per_mtok: {input: 0.00175}}}, source: {title: t, checked: 2026-11-01}}}
"""
OLD = "contracts: {openai: {discount: 0.1, effective: 2025-01-01, source: {title: t, checked: 2025-01-01}}}\n"
GONE = "options: {old: {kind: api, model: deepseek/deepseek-r1}}\n"
TWICE = "api: {openai: {models: {gpt-5.2: {aliases: [gpt-5.4]}}}}\n"
BAD = "assumptions: {pue: x}\n"


@pytest.mark.no_cover  # a table of what other tests cover
@pytest.mark.parametrize(
    ("text", "lint", "strict", "plain"),
    [
        ("assumptions: {pue: 1.2}\n", 0, 0, 0),
        (SLIP, 1, 1, 0),
        (GONE, 1, 1, 0),
        (OLD, 1, 3, 0),  # stale is 3 under --strict, as everywhere
        (OLD + GONE, 1, 3, 0),  # 3 says more than 1
        (TWICE, 1, 2, 2),  # a catalog with an error is refused
        (BAD, 2, 2, 2),
    ],
    ids=["clean", "slip", "retired", "stale", "stale and retired", "error", "unreadable"],
)
def test_exit_statuses(text: str, lint: int, strict: int, plain: int, cli: Cli, written: Write) -> None:
    written(text)
    assert cli("catalog", "lint", *DAY).status == lint
    assert cli("catalog", "validate", "--strict", *DAY).status == strict
    assert cli("catalog", "validate", *DAY).status == plain


def test_the_shipped_catalog_is_clean(cli: Cli) -> None:
    run = cli("catalog", "lint", "--max-age", "90d", *DAY)
    assert (run.status, run.err) == (0, "")
    assert run.out.endswith("assumptions: clean\n")
    assert "retired-used at headline.2 until 2027-05-31: " in run.out
    assert (cli("catalog", "validate", "--strict", *DAY).status, cli("catalog", "validate", *DAY).status) == (0, 0)


def test_what_was_named_is_judged_alone_and_the_rest_with_it_otherwise(cli: Cli, written: Write) -> None:
    written(OLD, "ours.yaml")
    later = ("--as-of", "2027-06-01")  # the shipped sources are of 2026-11-22: 191 days
    alone = json.loads(cli("catalog", "lint", "ours.yaml", *later, "--format", "json").out)["diagnostics"]
    assert [(one["rule"], one["path"]) for one in alone] == [("stale", "ours.yaml")]
    together = json.loads(cli("catalog", "lint", "--catalog", "ours.yaml", *later, "--format", "json").out)
    counts = {one["rule"]: one["findings"] for one in together["result"]["rules"]}
    assert counts["stale"] > 500
    assert counts["suppression-expired"] == 26  # costcalc's own are looked at again too
    assert cli("catalog", "lint", "ours.yaml", "--catalog", "ours.yaml").status == 2


@pytest.mark.no_cover  # a table of what other tests cover
@pytest.mark.parametrize(
    ("age", "status"),
    [("690d", 1), ("694d", 0), ("99w", 1), ("100w", 0), ("x", 2), ("0d", 2), ("90", 2), ("-3d", 2), ("99999d", 2)],
)
def test_how_old_is_too_old(age: str, status: int, cli: Cli, written: Write) -> None:
    written(OLD)  # 2025-01-01 to 2026-11-25: 693 days, 99 weeks exactly
    day = ("--as-of", "2026-11-26")  # 694
    run = cli("catalog", "lint", "costcalc.yaml", "--max-age", age, *day)
    assert run.status == status
    if status == 2:
        assert "expected days or weeks such as 90d or 12w" in " ".join(run.err.split())
    assert cli("catalog", "validate", "costcalc.yaml", "--strict", "--max-age", age, *day).status == (
        3 if status == 1 else status
    )


@pytest.mark.no_cover  # a table of what other tests cover
def test_every_format_carries_the_findings(cli: Cli, written: Write) -> None:
    written(SLIP)

    def said(form: str) -> str:
        run = cli("catalog", "lint", *DAY, "--format", form)
        assert (run.status, run.err) == (1, "")
        return run.out

    message = (
        "contracts.openai.models.gpt-5.2.usd_per_mtok.input: $0.00175 is 1,000 times less than the $1.75 of the list"
    )
    document = json.loads(said("json"))
    jsonschema.Draft7Validator(document_schema("catalog-lint")).validate(document)
    (one,) = document["diagnostics"]
    assert (one["rule"], one["level"], one["path"], one["line"], one["column"]) == ("price-outlier", "warning", "costcalc.yaml", 1, 86)  # fmt: skip
    assert one["message"].startswith(message)
    counted = Counter(one["rule"] for one in document["result"]["suppressed"])
    assert (counted["retired-used"], counted["price-outlier"]) == (3, 8)
    assert min(counted["undated"], counted["recalled"]) > 100
    assert said("github").startswith(
        "::warning file=costcalc.yaml,line=1,col=86,title=costcalc price-outlier::" + message
    )
    (issue,) = json.loads(said("gitlab"))
    assert (issue["check_name"], issue["location"]["lines"]["begin"]) == ("price-outlier", 1)
    (result,) = json.loads(said("sarif"))["runs"][0]["results"]
    assert (result["ruleId"], result["locations"][0]["physicalLocation"]["region"]["startColumn"]) == ("price-outlier", 86)  # fmt: skip
    assert message in ET.fromstring(said("junit")).find(".//testcase/skipped").attrib["message"]  # type: ignore[union-attr]  # noqa: S314
    assert said("csv").splitlines()[1].startswith("price-outlier,warning,costcalc.yaml,1,86,project,contracts.openai.")
    assert json.loads(said("jsonl").splitlines()[1])["rule"] == "price-outlier"
    assert "price-outlier (warning)" in said("markdown")


def test_a_project_may_put_up_with_budgets_and_findings_alike(cli: Cli, written: Write) -> None:
    written(
        GONE + "workloads: {bot: {option: gpt-5.2-api, requests: 1, shapes: [{input_tokens: 1, output_tokens: 1}]}}\n"
        "budgets: {all: {monthly_usd: 5}}\n"
        "suppressions:\n"
        "  - {rule: retired-used, at: options.old, reason: until the move, expires: 2026-11-30}\n"
        "  - {budget: all, reason: launch, expires: 2026-11-30}\n"
    )
    run = cli("catalog", "lint", "costcalc.yaml", *DAY)
    assert run.status == 0
    assert "retired-used at options.old.model until 2026-11-30: until the move" in run.out
    assert cli("check", *DAY).status == 0
    after = ("--as-of", "2026-12-01")
    assert "suppression-expired" in cli("catalog", "lint", "costcalc.yaml", *after).out
    said = cli("check", *after, "--format", "json").out
    assert [one["rule"] for one in json.loads(said)["diagnostics"]] == ["suppression-expired"]  # the budget's alone


def test_a_misspelt_rule_has_a_near_name(cli: Cli, written: Write) -> None:
    written("suppressions: [{rule: retired-usd, at: options.old, reason: r, expires: 2026-11-30}]\n")
    run = cli("catalog", "lint", *DAY)
    assert run.status == 2
    assert "did you mean 'retired-used'" in run.err


def test_nobody_is_told_of_a_shipped_suppression_that_a_layer_made_idle(cli: Cli, written: Write) -> None:
    written("headline: [gpt-5.2-api]\n")  # there is no headline.2 any more
    run = cli("catalog", "lint", *DAY)
    assert run.status == 0
    assert "headline.2" not in run.out
