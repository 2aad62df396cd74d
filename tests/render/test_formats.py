"""Formats for machines: each is read back by its own reader's rules, and holds the same findings."""

from __future__ import annotations

import csv
import io
import json
import re
import xml.etree.ElementTree as ET
from typing import Any
from urllib.parse import unquote

import pytest
from conftest import Cli, Write
from hypothesis import given
from hypothesis import strategies as st

from costcalc.findings import Document, Finding, Level, Place, clean, printable
from costcalc.render.github import MOST, as_github
from costcalc.render.gitlab import as_gitlab
from costcalc.render.junit import as_junit
from costcalc.render.markdown import MOST_BYTES, as_markdown
from costcalc.render.report import Bullets, Column, Heading, Paragraph, Report, Table
from costcalc.render.sarif import as_sarif

NASTY = "a %25 b\nc, d: e | f ` g <script>alert(1)</script> =cmd() ::error::"
DOCUMENT = Document("dir, with: odd %/costcalc.yaml", "a: 1\n")


def same(path: str) -> str:
    return path


def report(*findings: Finding) -> Report:
    return Report("check", None, None, {}, {}, diagnostics=findings)


def finding(message: str = NASTY, *, level: Level = "error", line: int = 1, subject: str = "x") -> Finding:
    return Finding("budget-exceeded", level, message, Place(DOCUMENT, line, 1), subject=subject)


def read_github(text: str) -> list[dict[str, str]]:
    """Read workflow commands as the runner does (actions/runner, ActionCommand.cs)."""
    found = []
    for line in text.splitlines():
        match = re.fullmatch(r"::(\w+) (.*?)::(.*)", line)
        assert match is not None
        command = {"command": match[1], "message": data(match[3])}
        for pair in match[2].split(","):
            key, _, value = pair.partition("=")
            command[key] = data(value.replace("%3A", ":").replace("%2C", ","))
        found.append(command)
    return found


def data(text: str) -> str:
    return text.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")


def test_github_reads_back_what_was_found() -> None:
    text = as_github(report(finding()), path_of=same)
    assert len(text.splitlines()) == 1
    (one,) = read_github(text)
    assert one == {
        "command": "error",
        "message": NASTY,
        "file": DOCUMENT.name,
        "line": "1",
        "col": "1",
        "title": "costcalc budget-exceeded",
    }


def test_github_shows_the_worst_ten_and_counts_the_others() -> None:
    many = [finding(f"w{line}", level="warning", line=line) for line in range(1, 10)]
    many += [finding(f"e{line}", line=line) for line in range(1, 6)]
    rows = read_github(as_github(report(*many), path_of=same))
    assert [row["command"] for row in rows] == ["error"] * 5 + ["warning"] * 5 + ["notice"]
    assert rows[-1]["message"] == f"+{14 - MOST} more findings; see the report"


def test_junit_is_xml_that_reads_back() -> None:
    root = ET.fromstring(as_junit(report(finding(), finding("w", level="warning"))))  # noqa: S314  # our own
    assert (root.attrib["tests"], root.attrib["failures"], root[0].attrib["skipped"]) == ("2", "1", "1")
    failure = root.find(".//failure")
    assert failure is not None
    assert failure.attrib["message"] == NASTY
    noted = ET.fromstring(as_junit(report(finding("n < m", level="note"))._replace(passed=("all.monthly_usd",))))  # noqa: S314
    assert (noted.attrib["tests"], noted[0].attrib["skipped"]) == ("1", "0")
    assert [case.attrib["name"] for case in noted.iter("testcase")] == ["all.monthly_usd"]
    assert (noted.findtext(".//system-out") or "").startswith("note: n < m at ")
    empty = ET.fromstring(as_junit(report()))  # noqa: S314
    assert (empty.attrib["tests"], empty.attrib["failures"]) == ("1", "0")


@given(st.text(st.characters(), max_size=40))
def test_junit_is_xml_whatever_a_name_holds(name: str) -> None:
    failure = ET.fromstring(as_junit(report(finding(name, subject=name)))).find(".//failure")  # noqa: S314
    assert failure is not None
    assert failure.attrib["message"] == printable(name).encode("utf-8", "replace").decode()


SARIF_FORM = {  # what SARIF 2.1.0 requires of the parts that we write, from its specification, sections 3.13 to 3.52
    "log": ({"version", "runs"}, {"$schema"}),
    "run": ({"tool", "results"}, {"columnKind"}),
    "result": ({"message", "ruleId", "level"}, {"ruleIndex", "partialFingerprints", "locations"}),
}


def check_form(name: str, value: dict[str, Any]) -> None:
    required, optional = SARIF_FORM[name]
    assert required <= set(value) <= required | optional


def test_sarif_has_the_form_of_the_standard_and_stable_prints() -> None:
    log = json.loads(as_sarif(report(finding(), finding("n", level="note", subject="y")), path_of=same))
    check_form("log", log)
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    check_form("run", run)
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    for one in run["results"]:
        check_form("result", one)
        assert rules[one["ruleIndex"]] == one["ruleId"]
        assert one["level"] in {"none", "note", "warning", "error"}
        location = one["locations"][0]["physicalLocation"]
        assert unquote(location["artifactLocation"]["uri"]) == DOCUMENT.name
        assert " " not in location["artifactLocation"]["uri"]
        assert location["region"]["startLine"] >= 1
    assert run["results"][0]["message"]["text"] == NASTY
    moved = json.loads(as_sarif(report(finding("$5 more", line=99)), path_of=same))
    prints = [each["runs"][0]["results"][0]["partialFingerprints"] for each in (log, moved)]
    assert prints[0] == prints[1]  # another line and another amount


def test_gitlab_prints_survive_lines_and_amounts_and_differ_otherwise() -> None:
    rows = json.loads(as_gitlab(report(finding(), finding("other", line=2), finding(subject="y")), path_of=same))
    assert all(set(row) == {"description", "check_name", "fingerprint", "severity", "location"} for row in rows)
    assert {row["severity"] for row in rows} <= {"info", "minor", "major", "critical", "blocker"}
    assert len({row["fingerprint"] for row in rows}) == 3
    assert rows[0]["location"] == {"path": DOCUMENT.name, "lines": {"begin": 1}}
    (moved,) = json.loads(as_gitlab(report(finding("$7 more", line=7)), path_of=same))
    assert moved["fingerprint"] == rows[0]["fingerprint"]
    (nowhere,) = json.loads(as_gitlab(report(Finding("file", "error", "gone")), path_of=same))
    assert nowhere["location"]["path"] == "costcalc.yaml"


def test_markdown_of_a_comment_is_marked_folded_and_short_enough() -> None:
    table = Table((Column("name"),), tuple((f"{NASTY} {row}",) for row in range(30)))
    text = as_markdown(Report("check", None, None, {}, {}, blocks=(table,), marker="costcalc:check"))
    assert text.startswith("<!-- costcalc:check -->\n")
    assert "<details><summary>30 rows</summary>" in text
    assert "<script>" not in text
    assert len(re.findall(r"^\| .* \|$", text, re.MULTILINE)) == 32  # a header, a rule and 30 rows of one line
    lists = tuple(Bullets(f"part {number}", ("x" * 9_000,)) for number in range(20))
    long = as_markdown(Report("check", None, None, {}, {}, blocks=lists, marker="costcalc:check"))
    assert len(long.encode()) <= MOST_BYTES
    assert "17 more parts do not fit into a comment" in long  # 3 × 9,000 characters fit into 32,000


@pytest.mark.no_cover  # a table of what other tests cover
@pytest.mark.parametrize("rows", [20, 1_000, 100_000])
def test_markdown_of_a_comment_is_cut_at_a_row_and_says_so(rows: int) -> None:
    table = Table((Column("name"), Column("usd")), (*(("a" * 40, f"{row}") for row in range(rows)), ("total", "7")))
    blocks = (
        Heading("h"),
        table,
        Paragraph("below"),
        Bullets("Findings", tuple(f"finding {row}" for row in range(rows))),
    )
    text = as_markdown(Report("check", None, None, {}, {}, blocks=blocks, marker="costcalc:check"))
    assert len(text.encode()) <= MOST_BYTES
    shown = len(re.findall(r"^\| a+ \| \d+ \|$", text, re.MULTILINE))
    assert "\n| total | 7 |\n" in text
    assert "\nbelow\n" in text
    assert text.count("<details>") == text.count("</details>")
    left = rows - shown
    assert (f"{left:,} of {rows + 1:,} rows are left out" in text) is (rows > 20)
    assert (f"{left:,} of {rows:,} items are left out" in text) is (rows > 20)
    if rows > 20:
        assert "`costcalc check` prints them all" in text
        assert len(text.encode()) > MOST_BYTES - 400  # no more is left out than must be


NAMES = f"""
as_of: 2026-11-22
workloads:
  {json.dumps(NASTY)}: {{option: gpt-5.2-api, requests: 1_000, shapes: [{{output_tokens: 1_000}}]}}
budgets:
  {json.dumps(NASTY)}: {{monthly_usd: 1, usd_per_mtok: {{warn: 1}}}}
  "=cmd()": {{monthly_usd: 2}}
suppressions: [{{budget: "=cmd()", reason: {json.dumps(NASTY)}, expires: 2027-01-01}}]
"""


def test_every_format_of_one_run_holds_the_same_findings(cli: Cli, written: Write) -> None:
    written(NAMES)
    out = {form: cli("check", "--format", form).out for form in ("json", "junit", "sarif", "gitlab", "github")}
    findings = json.loads(out["json"])["diagnostics"]
    rules = ["budget-exceeded", "budget-warning", "budget-suppressed", "look-alike", "look-alike", "own-day"]
    assert [one["rule"] for one in findings] == rules
    messages = sorted(clean(one["message"]) for one in findings)  # JSON is exact, the others are for people
    assert messages == sorted(one["message"]["text"] for one in json.loads(out["sarif"])["runs"][0]["results"])
    assert messages == sorted(one["description"] for one in json.loads(out["gitlab"]))
    assert messages == sorted(row["message"] for row in read_github(out["github"]))
    suite = ET.fromstring(out["junit"])  # noqa: S314
    told = [case[0].attrib["message"] for case in suite.iter("testcase") if len(case)]
    noted = [message for message in messages if message in (suite.findtext(".//system-out") or "")]
    assert messages == sorted([*told, *noted])


def test_csv_opens_no_formula(cli: Cli, written: Write) -> None:
    written(NAMES)
    rows = list(csv.DictReader(io.StringIO(cli("check", "--format", "csv").out)))
    assert [row["budget"] for row in rows] == [clean(NASTY), clean(NASTY), "'=cmd()"]


@pytest.mark.parametrize("form", ["github", "gitlab", "junit", "sarif", "json"])
def test_an_input_error_is_a_document_of_its_format_too(form: str, cli: Cli, written: Write) -> None:
    written("budgets: {all: {monthly_usd: -5}}\n")
    run = cli("check", "--format", form)
    assert run.status == 2
    assert "expected a number of at least 0, found -5" in run.out
    assert "expected a number of at least 0, found -5" in run.err
    flag = cli("check", f"--format={form}", "--no-such-flag")
    assert flag.status == 2
    assert "No such option" in flag.out


def test_other_commands_have_these_formats_as_well(cli: Cli) -> None:
    assert json.loads(cli("compare", "--tokens", "1e6", "--format", "sarif").out)["runs"][0]["results"] == []
    assert cli("compare", "--tokens", "1e6", "--options", "gpt-6.1-sol-api", "--as-of", "2026-01-01", "--format", "github").out.startswith("::error")  # fmt: skip


def test_files_are_named_from_the_root_of_their_repository(cli: Cli, written: Write) -> None:
    written("", ".git/config")
    written(NAMES, "team/costcalc.yaml")
    assert "file=team/costcalc.yaml," in cli("check", "team/costcalc.yaml", "--format", "github").out
