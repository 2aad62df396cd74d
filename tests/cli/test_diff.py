"""``costcalc diff``: files, catalogs, revisions and results; its gate; what it refuses."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from conftest import Cli, Write

from costcalc.render.documents import document_schema

BASE = "as_of: 2026-11-22\nworkloads: {bot: {option: gpt-5.2-api, requests: 1_000, shapes: [{output_tokens: 1_000}]}}\n"
HEAD = BASE.replace("1_000, shapes", "2_000, shapes")
CHECKED = "budgets: {all: {monthly_usd: 999}}\n"


def result(cli: Cli, *args: str, status: int = 0) -> Any:  # noqa: ANN401  # JSON
    run = cli("diff", *args, "--format", "json")
    assert run.status == status
    found = json.loads(run.out)
    jsonschema.Draft7Validator(document_schema("diff")).validate(found)
    return found["result"]


def effects(found: Any) -> list[float]:  # noqa: ANN401
    return [found[f"{part}_usd"] for part in ("price", "volume", "option", "change")]


@pytest.fixture
def both(written: Write) -> None:
    written(BASE, "base.yaml")
    written(HEAD, "head.yaml")


@pytest.mark.usefixtures("both")
def test_two_files(cli: Cli) -> None:
    found = result(cli, "base.yaml", "head.yaml")
    assert effects(found) == [0, 14, 0, 14]
    assert found["change_percent"] == 100
    assert found["workloads"][0]["lines"] == [{"item": "output", "base_usd": 14, "head_usd": 28}]
    text = cli("diff", "base.yaml", "head.yaml").out
    assert text.startswith("The total goes from $14.00 to $28.00 a month (+$14.00, +100.0 %).")
    assert "bot: output: $14.00 → $28.00 (+$14.00)" in text


@pytest.mark.usefixtures("both")
@pytest.mark.parametrize(("most", "status"), [("100%", 0), ("99.9%", 1), ("$14", 0), ("USD13.99", 1)])
def test_the_gate_fails_on_more_than_it_allows(most: str, status: int, cli: Cli) -> None:
    run = cli("diff", "base.yaml", "head.yaml", "--fail-on-increase", most, "--format", "github")
    assert run.status == status
    assert run.out.startswith("::error") is bool(status)
    assert cli("diff", "head.yaml", "base.yaml", "--fail-on-increase", "0").status == 0  # a decrease never fails


@pytest.mark.usefixtures("both")
@pytest.mark.parametrize(
    ("most", "begins"),
    [
        (
            "5%",
            "Over the limit: the total goes from $14.00 to $28.00 a month (+$14.00, +100.0 %); the limit is 5 % more",
        ),
        (
            "USD 14",
            "Inside the limit: the total goes from $14.00 to $28.00 a month (+$14.00, +100.0 %); the limit is $14.00 more",
        ),
    ],
)
def test_the_gate_says_first_what_decides_it(most: str, begins: str, cli: Cli) -> None:
    text = cli("diff", "base.yaml", "head.yaml", "--fail-on-increase", most).out
    assert " ".join(text.split()).startswith(begins)


def test_two_results_are_compared_without_pricing_anything(cli: Cli, written: Write) -> None:
    dearer = "contracts: {openai: {discount: 0.5, effective: 2026-01-01, source: {title: x, checked: 2026-01-01}}}\n"
    written(BASE + CHECKED, "base.yaml")
    written(HEAD + CHECKED + dearer, "head.yaml")
    for name in ("base", "head"):
        written(cli("check", f"{name}.yaml", "--format", "json").out, f"{name}.json")
    assert effects(result(cli, "base.json", "head.json")) == [-7, 7, 0, 0]  # half the price, twice the traffic
    assert effects(result(cli, "base.yaml", "head.yaml")) == [-7, 7, 0, 0]  # the same, priced again
    other = HEAD.replace("gpt-5.2-api", "gemini-3.1-pro-api") + CHECKED
    written(
        other.replace("bot:", "pad: {option: gpt-5.2-api, requests: 1_000, shapes: [{output_tokens: 1_000}]}, bot:"),
        "other.yaml",
    )
    written(cli("check", "other.yaml", "--format", "json").out, "other.json")
    found = result(cli, "base.json", "other.json")
    assert effects(found) == [0, 14, 10, 24]  # an added workload, and another option: 24 − 14
    assert {one["workload"]: one["status"] for one in found["workloads"]} == {"pad": "added", "bot": "changed"}
    assert result(cli, "base.json", "base.json")["workloads"][0]["status"] == "same"
    assert effects(result(cli, "other.json", "base.json")) == [0, -14, -10, -24]


def test_a_result_without_a_price_is_not_a_saving(cli: Cli, written: Write) -> None:
    written(BASE + CHECKED, "base.yaml")
    written((BASE + CHECKED).replace("gpt-5.2-api", "gpt-6.1-sol-api").replace("11-22", "01-01"), "head.yaml")
    for name in ("base", "head"):
        written(cli("check", f"{name}.yaml", "--format", "json").out, f"{name}.json")
    found = result(cli, "base.json", "head.json", status=3)
    assert effects(found) == [None, None, None, None]
    assert result(cli, "base.yaml", "head.yaml", status=3)["change_usd"] is None
    assert "unknown" in cli("diff", "base.yaml", "head.yaml").out


def test_two_catalogs_under_one_scenario(cli: Cli, written: Write) -> None:
    written(BASE)
    price = "api: {{openai: {{models: {{gpt-5.2: {{prices: [{{effective: 2026-06-01, usd_per_mtok: {{input: 1, output: {}}}, source: {{title: x, checked: 2026-06-01}}}}]}}}}}}}}\n"
    written(price.format(20), "a.yaml")
    written(price.format(21), "b.yaml")
    assert effects(result(cli, "a.yaml", "b.yaml")) == [1, 0, 0, 1]
    written(HEAD, "elsewhere/plan.yaml")
    assert effects(result(cli, "a.yaml", "b.yaml", "--scenario", "elsewhere/plan.yaml")) == [2, 0, 0, 2]


@pytest.fixture
def repository(written: Write, tmp_path: Path) -> Path:
    def git(*args: str) -> None:
        subprocess.run(["git", "-C", str(tmp_path), *args], check=True, capture_output=True)

    git("init", "-q", "-b", "main")
    git("config", "user.email", "a@example.com")
    git("config", "user.name", "a")
    written(BASE)
    git("add", "-A")
    git("commit", "-qm", "base")
    git("tag", "v1")
    written(HEAD)
    git("commit", "-qam", "head")
    written(HEAD.replace("2_000", "3_000"))
    return tmp_path


@pytest.mark.usefixtures("repository")
def test_revisions_are_read_from_git(cli: Cli) -> None:
    assert effects(result(cli, "git:v1", "git:main")) == [0, 14, 0, 14]
    assert effects(result(cli, "git:v1", "costcalc.yaml")) == [0, 28, 0, 28]
    assert effects(result(cli, "git:v1:costcalc.yaml", "git:main")) == [0, 14, 0, 14]


@pytest.mark.usefixtures("repository")
@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("git:gone", "costcalc.yaml"), "git:gone: fatal: invalid object name 'gone'"),
        (("git:v1:gone.yaml", "costcalc.yaml"), "git:v1:gone.yaml: fatal: path 'gone.yaml'"),
        (("git:", "costcalc.yaml"), "git:: expected git:REVISION:FILE"),
        (("git:--output=x", "costcalc.yaml"), "no revision begins with a hyphen"),
        (("gone.yaml", "costcalc.yaml"), "gone.yaml: cannot be read"),
        (("costcalc.yaml", "gone.json"), "a JSON result compares with another one"),
        (("gone.json", "gone.json"), "gone.json: cannot be read"),
        (
            ("costcalc.yaml", "costcalc.yaml", "--fail-on-increase", "-5%"),
            "expected an amount such as 1e6, 1M, 1_000_000 or 2.5B, found '-5'",
        ),
        (
            ("costcalc.yaml", "costcalc.yaml", "--fail-on-increase", "nan"),
            "expected a share such as 5%, or USD a month such as $500 or USD 500, found text 'nan'",
        ),
        (("costcalc.yaml", "costcalc.yaml", "--fail-on-increase", "0.05"), "found text '0.05': write 5% or USD0.05"),
        (("costcalc.yaml", "costcalc.yaml", "--fail-on-increase", "5"), "found text '5': write 5% or USD5"),
    ],
)
def test_bad_input_ends_with_2(args: tuple[str, ...], message: str, cli: Cli) -> None:
    run = cli("diff", *args)
    assert (run.status, run.out) == (2, "")
    assert message in run.err


def test_from_a_subfolder_the_nearest_file_is_meant(
    repository: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    (repository / "sub" / "deeper").mkdir(parents=True)
    monkeypatch.chdir(repository / "sub" / "deeper")
    assert effects(result(cli, "git:v1")) == [0, 28, 0, 28]
    assert effects(result(cli, "git:v1", "git:main")) == [0, 14, 0, 14]
    assert effects(result(cli, "git:v1:costcalc.yaml")) == [0, 28, 0, 28]  # from the root, as git means it
    assert effects(result(cli, "git:v1:../../costcalc.yaml")) == [0, 28, 0, 28]
    (repository / "sub" / "costcalc.yaml").write_text(HEAD)
    run = cli("diff", "git:v1")  # the file of this folder is new: that of the root is another one
    assert (run.status, "git:v1: fatal: path 'sub/costcalc.yaml' exists on disk, but not in 'v1'" in run.err) == (
        2,
        True,
    )


def test_a_pattern_compares_each_file_with_itself(
    repository: Path, cli: Cli, written: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    def git(*args: str) -> None:
        subprocess.run(["git", "-C", str(repository), *args], check=True, capture_output=True)

    written(BASE, "teams/a/costcalc.yaml")
    written(BASE, "teams/gone/costcalc.yaml")
    git("add", "-A")
    git("commit", "-qm", "teams")
    git("tag", "v2")
    written(HEAD, "teams/a/costcalc.yaml")
    written(BASE, "teams/new/costcalc.yaml")
    (repository / "teams" / "gone" / "costcalc.yaml").unlink()
    (repository / "teams" / "gone").rmdir()
    found = result(cli, "git:v2", "teams/*/costcalc.yaml")
    # a: 14 more; gone: 14 less; new: 14 more
    assert {one["workload"]: (one["status"], one["change_usd"]) for one in found["workloads"]} == {
        "teams/a/costcalc.yaml#bot": ("changed", 14),
        "teams/gone/costcalc.yaml#bot": ("removed", -14),
        "teams/new/costcalc.yaml#bot": ("added", 14),
    }
    assert (found["base"], found["head"], found["base_usd"], found["head_usd"]) == ("git:v2", "teams/*/costcalc.yaml", 28, 42)  # fmt: skip
    assert cli("diff", "git:v2", "teams/*/costcalc.yaml", "--fail-on-increase", "$13").status == 1
    monkeypatch.chdir(repository / "teams")
    assert effects(result(cli, "git:v2", "*/costcalc.yaml")) == [0, 14, 0, 14]
    assert effects(result(cli, "git:v2:*/costcalc.yaml", "git:v2")) == [0, 0, 0, 0]
    for args, message in (
        (("git:v2", "x*.yaml"), "'x*.yaml' names no file on either side"),
        (("a/costcalc.yaml", "*/costcalc.yaml"), "a pattern is compared with the same files of a revision"),
        (("git:gone", "*/costcalc.yaml"), "git:gone: fatal: bad revision 'gone'"),
    ):
        run = cli("diff", *args)
        assert (run.status, message in run.err) == (2, True), run.err


def test_without_git_it_is_said(cli: Cli, written: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    written(BASE)
    monkeypatch.setenv("PATH", "/nonexistent")
    run = cli("diff", "git:main", "costcalc.yaml")
    assert (run.status, run.out) == (2, "")
    assert "git cannot be started" in run.err


def test_every_workload_needs_its_option(cli: Cli, written: Write) -> None:
    written(BASE.replace("option: gpt-5.2-api, ", ""), "base.yaml")
    run = cli("diff", "base.yaml", "base.yaml")
    assert run.status == 2
    assert "base.yaml: workloads without an option: bot" in run.err
    written("workloads: {}\n", "empty.yaml")
    assert "empty.yaml: no workloads" in cli("diff", "empty.yaml", "empty.yaml").err


def test_a_result_that_is_none_is_2(cli: Cli, written: Write) -> None:
    written('{"schema": "costcalc/check@1", "result": {"workloads": [{}]}}', "a.json")
    run = cli("diff", "a.json", "a.json")
    assert run.status == 2
    assert "a.json: its workloads lack 'monthly_usd'" in run.err


def hostile_config(repository: Path) -> Path:
    """Write a configuration that starts a program wherever git would start it; gives the file that it leaves behind."""
    trace = repository / "started"
    program = repository / "program"
    program.write_text(f"#!/bin/sh\necho $0 $@ >> {trace}\nexit 1\n")
    program.chmod(0o755)
    hooks = repository / "hooks"
    hooks.mkdir()
    for hook in ("post-checkout", "post-index-change", "reference-transaction", "pre-auto-gc"):
        (hooks / hook).symlink_to(program)
    (repository / ".gitattributes").write_text("*.yaml diff=own filter=own\n")
    config = (repository / ".git" / "config").read_text()
    (repository / ".git" / "config").write_text(f"""{config}
[core]
  fsmonitor = {program}
  hooksPath = {hooks}
  pager = {program}
  sshCommand = {program}
  alternateRefsCommand = {program}
[diff]
  external = {program}
[diff "own"]
  textconv = {program}
  command = {program}
[filter "own"]
  smudge = {program}
  clean = {program}
[gpg]
  program = {program}
[log]
  showSignature = true
[pager]
  show = {program}
  diff = {program}
[protocol]
  allow = always
[remote "origin"]
  url = ext::{program}
  promisor = true
  uploadpack = {program}
[extensions]
  partialClone = origin
""")
    return trace


@pytest.mark.parametrize("remote", ["ext", "file"])
def test_git_starts_no_program_that_the_repository_names(remote: str, cli: Cli, repository: Path) -> None:
    trace = hostile_config(repository)
    config = repository / ".git" / "config"
    if remote == "file":
        config.write_text(config.read_text().replace("ext::", str(repository) + "#"))
    assert effects(result(cli, "git:v1", "git:main")) == [0, 14, 0, 14]
    assert effects(result(cli, "git:v1", "costcalc.yam*")) == [0, 28, 0, 28]
    blob = subprocess.run(["git", "-C", str(repository), "rev-parse", "v1:costcalc.yaml"], check=True, capture_output=True, text=True).stdout.strip()  # fmt: skip
    (repository / ".git" / "objects" / blob[:2] / blob[2:]).unlink()  # git would ask the promisor for it
    assert cli("diff", "git:v1", "git:main").status == 2
    assert not trace.exists(), trace.read_text()


def test_a_bare_repository_inside_the_checkout_is_not_obeyed(cli: Cli, repository: Path) -> None:
    """A pull request can hold one, with a configuration of its own, as ordinary files."""
    bare = repository / "teams"
    subprocess.run(["git", "clone", "-q", "--bare", str(repository), str(bare)], check=True, capture_output=True)
    (bare / "costcalc.yaml").write_text(HEAD)
    run = cli("diff", "git:main", "teams/costcalc.yaml")
    assert (run.status, "cannot use bare repository" in run.err) == (2, True)


PLAN = BASE.replace("bot:", "same: {option: gpt-5.2-api, requests: 500, shapes: [{output_tokens: 1_000}]}, bot:")


def test_what_changed_comes_first_and_the_rest_is_one_row(cli: Cli, written: Write) -> None:
    written(PLAN, "base.yaml")
    written(PLAN.replace("1_000, shapes", "2_000, shapes"), "head.yaml")
    rows = [line.split() for line in cli("diff", "base.yaml", "head.yaml").out.splitlines()]
    assert [row[:3] for row in rows[6:8]] == [["bot", "14.00", "28.00"], ["1", "unchanged", "7.00"]]
    every = [line.split() for line in cli("diff", "base.yaml", "head.yaml", "--all").out.splitlines()]
    assert [row[:2] for row in every[6:9]] == [["bot", "14.00"], ["same", "7.00"], ["all", "of"]]
    same = cli("diff", "base.yaml", "base.yaml").out
    assert same.startswith("Nothing changes: the total is $21.00 a month on both sides.")


def test_another_option_at_the_same_cost_is_a_change(cli: Cli, written: Write) -> None:
    written(BASE, "base.yaml")
    written(BASE.replace("gpt-5.2-api", "openai/gpt-5.2"), "head.yaml")
    assert result(cli, "base.yaml", "head.yaml")["workloads"][0]["status"] == "changed"


LATER = "contracts: {openai: {discount: -0.5, effective: 2027-01-01, until: 2027-03-31, source: {title: x, checked: 2026-01-01}}}\n"


def test_a_change_that_begins_later_is_said(cli: Cli, written: Write) -> None:
    written(BASE, "base.yaml")
    written(BASE + LATER.replace("-0.5", "0.5"), "head.yaml")  # half of $14, for a quarter
    found = result(cli, "base.yaml", "head.yaml")
    assert (found["change_usd"], found["workloads"][0]["status"]) == (0, "same")
    assert found["later"] == [
        {"day": "2027-01-01", "base_usd": 14, "head_usd": 7, "change_usd": -7},
        {"day": "2027-04-01", "base_usd": 14, "head_usd": 14, "change_usd": 0},
    ]
    assert " ".join(cli("diff", "base.yaml", "head.yaml").out.split()).startswith(
        "Nothing changes today: the total is $14.00 a month on both sides."
        " From 2027-01-01 on: $14.00 to $7.00 a month (-$7.00, -50.0 %)."
        " From 2027-04-01 on: $14.00 to $14.00 a month ($0.00, 0.0 %)."
    )


def test_an_increase_that_begins_later_is_a_warning_of_the_gate(cli: Cli, written: Write) -> None:
    written(BASE + LATER.replace("-0.5", "0.5").replace("2027-01-01", "2026-01-01"), "base.yaml")
    written(BASE + LATER.replace("-0.5", "0.5").replace("2027-01-01", "2026-01-01").replace("2027-03", "2027-01"), "head.yaml")  # fmt: skip
    run = cli("diff", "base.yaml", "head.yaml", "--fail-on-increase", "5%", "--format", "json")
    (warned,) = json.loads(run.out)["diagnostics"]
    assert (run.status, warned["rule"], warned["level"]) == (0, "increase-later", "warning")
    assert warned["message"] == (
        "from 2027-02-01 the total grows from $7.00 to $14.00 a month (+$7.00, +100.0 %);"
        " the limit is 5 % more (--fail-on-increase)"
    )


def test_what_a_commitment_leaves_unused_is_said_to_be_left_out(cli: Cli, written: Write) -> None:
    owed = LATER.replace("discount: -0.5", "commitment_usd: 500").replace("effective: 2027", "effective: 2026")
    written(BASE + owed, "base.yaml")
    written(HEAD + owed, "head.yaml")
    wanted = "commitment to openai: what is owed and not used is not part of the difference; costcalc check has it"
    assert wanted in " ".join(cli("diff", "base.yaml", "head.yaml").out.split())
    for name in ("base", "head"):
        written((BASE if name == "base" else HEAD) + owed + CHECKED, f"{name}.yaml")
        written(cli("check", f"{name}.yaml", "--format", "json").out, f"{name}.json")
    found = json.loads(cli("diff", "base.json", "head.json", "--format", "json").out)
    assert [one["message"] for one in found["diagnostics"]] == [wanted]


def test_an_unknown_option_has_no_days_to_come(cli: Cli, written: Write) -> None:
    written(BASE, "base.yaml")
    written(BASE.replace("gpt-5.2-api", "gone-api"), "head.yaml")
    assert cli("diff", "base.yaml", "head.yaml").status == 3


def test_later_days_beyond_two_are_listed(cli: Cli, written: Write) -> None:
    prices = ", ".join(
        f"{{effective: 2027-0{month}-01, usd_per_mtok: {{input: 1, output: {10 + month}}}, source: {{title: x, checked: 2026-01-01}}}}"
        for month in (1, 2, 3)
    )
    written(BASE, "base.yaml")
    written(f"{BASE}api: {{openai: {{models: {{gpt-5.2: {{prices: [{prices}]}}}}}}}}\n", "head.yaml")
    text = " ".join(cli("diff", "base.yaml", "head.yaml").out.split())
    assert "Days on which that changes: - 2027-03-01: $14.00 to $13.00 a month (-$1.00, -7.1 %)" in text
