"""The GitHub Action, the GitLab snippet and the pre-commit hooks, run as far as they run without a hosted service."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from costcalc.files import parse_yaml
from costcalc.findings import Document

pytestmark = pytest.mark.clock

ROOT = Path(__file__).parents[1]
PLAN = (
    "as_of: 2026-11-27\nworkloads: {bot: {option: gpt-5.2-api, requests: 1_000, shapes: [{output_tokens: 1_000}]}}\n"
    "budgets: {all: {monthly_usd: 20}, growth: {max_increase: 50%}}\n"
)


def yaml_of(path: Path) -> Any:  # noqa: ANN401  # YAML
    return parse_yaml(Document(path.name, path.read_text(encoding="utf-8"))).plain()


def environment(**more: str) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("COSTCALC", "COV", "GITHUB"))}
    return {**kept, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}", **more}


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "repo"
    folder.mkdir()
    (folder / "costcalc.yaml").write_text(PLAN)
    commands = (
        ("init", "-q", "-b", "main"),
        ("config", "user.email", "a@example.com"),
        ("config", "user.name", "a"),
        ("add", "-A"),
        ("commit", "-qm", "base"),
    )
    for args in commands:
        subprocess.run(["git", "-C", str(folder), *args], check=True, capture_output=True)
    return folder


def step(name: str) -> Any:  # noqa: ANN401  # YAML
    return next(one for one in yaml_of(ROOT / "action.yml")["runs"]["steps"] if one["name"] == name)


def run_check(repository: Path, tmp_path: Path, **inputs: str) -> tuple[int, dict[str, str]]:
    """Run the action's check as the runner would, and give its status and the files that it wrote."""
    out, summary, temp = (tmp_path / name for name in ("output", "summary", "temp"))
    out.write_text("")
    summary.write_text("")
    given = {"FILE": "costcalc.yaml", "BASE": "main", "STRICT": "false", "INCREASE": "", **inputs}
    ran = subprocess.run(
        ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", step("Check")["run"]],
        cwd=repository,
        env=environment(GITHUB_OUTPUT=str(out), GITHUB_STEP_SUMMARY=str(summary), RUNNER_TEMP=str(temp), **given),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    status = int(out.read_text().strip().removeprefix("status="))
    comment = (temp / "costcalc" / "comment.md").read_text()
    return status, {"annotations": ran.stdout, "comment": comment, "summary": summary.read_text()}


def test_an_unchanged_plan_passes(repository: Path, tmp_path: Path) -> None:
    status, wrote = run_check(repository, tmp_path)
    assert status == 0
    assert wrote["comment"].startswith("<!-- costcalc:check -->")
    assert "<!-- costcalc:diff -->" in wrote["comment"]
    assert wrote["summary"] == wrote["comment"]
    assert wrote["annotations"] == ""


@pytest.mark.parametrize(
    ("requests", "inputs", "status"),
    [
        ("1_400", {}, 0),  # $19.60 of 20, and 40 % more
        ("1_429", {}, 1),  # $20.006
        ("1_400", {"INCREASE": "30%"}, 1),
        ("1_400", {"INCREASE": "5.60"}, 0),
        ("1_600", {"BASE": ""}, 1),
        ("-5", {}, 2),
    ],
)
def test_a_change_is_gated(
    requests: str, inputs: dict[str, str], status: int, repository: Path, tmp_path: Path
) -> None:
    (repository / "costcalc.yaml").write_text(PLAN.replace("1_000, shapes", f"{requests}, shapes"))
    found, wrote = run_check(repository, tmp_path, **inputs)
    assert found == status
    assert ("::error" in wrote["annotations"]) is (status > 0)


def test_a_plan_that_is_new_has_no_base(repository: Path, tmp_path: Path) -> None:
    (repository / "new.yaml").write_text(PLAN)
    status, wrote = run_check(repository, tmp_path, FILE="new.yaml")
    assert status == 0
    assert "<!-- costcalc:diff -->" not in wrote["comment"]
    assert "no-baseline" in wrote["annotations"]


def test_the_comment_is_found_again_and_updated(tmp_path: Path) -> None:
    """A stand-in for GitHub's command line records what it is asked for."""
    tools = tmp_path / "bin"
    tools.mkdir()
    log = tmp_path / "log"
    (tools / "gh").write_text(
        f'#!/bin/sh\necho "$@" >> {log}\ncase "$*" in *--paginate*) printf "%s" "$FOUND";; esac\n'
    )
    (tools / "gh").chmod(0o755)
    (tmp_path / "costcalc").mkdir()
    (tmp_path / "costcalc" / "comment.md").write_text("<!-- costcalc:check -->\n")
    for found, wanted in (("", "--method POST repos/a/b/issues/7/comments"), ("42\n", "--method PATCH repos/a/b/issues/comments/42")):  # fmt: skip
        env = environment(RUNNER_TEMP=str(tmp_path), REPOSITORY="a/b", NUMBER="7", FOUND=found)
        env["PATH"] = f"{tools}{os.pathsep}{env['PATH']}"
        subprocess.run(["bash", "-c", step("Comment")["run"]], env=env, check=True)
        assert wanted in log.read_text()


def test_the_gate_ends_as_the_check_did() -> None:
    for status in ("0", "1", "2", "3"):
        ran = subprocess.run(["bash", "-c", step("Gate")["run"]], env=environment(STATUS=status), check=False)
        assert ran.returncode == int(status)
    assert subprocess.run(["bash", "-c", step("Gate")["run"]], env=environment(STATUS=""), check=False).returncode == 70


def test_no_input_is_pasted_into_a_script() -> None:
    action = yaml_of(ROOT / "action.yml")
    assert all("${{" not in one["run"] for one in action["runs"]["steps"])  # they come as variables
    assert all(one["shell"] == "bash" for one in action["runs"]["steps"])


def test_the_hooks_run_on_the_files_that_they_name(repository: Path) -> None:
    for hook in yaml_of(ROOT / ".pre-commit-hooks.yaml"):
        assert re.search(hook["files"], "costcalc.yaml")
        assert not re.search(hook["files"], "other.yaml")
        files = [] if hook.get("pass_filenames") is False else ["costcalc.yaml"]
        for text, status in ((PLAN, 0), (PLAN.replace("20}", "-5}"), 2)):
            (repository / "costcalc.yaml").write_text(text)
            command = [*hook["entry"].split(), *files]
            ran = subprocess.run(command, cwd=repository, env=environment(), capture_output=True, check=False)
            assert ran.returncode == status, ran.stderr


def test_the_snippets_of_the_docs_are_yaml_and_run(repository: Path) -> None:
    page = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
    snippets = [
        parse_yaml(Document("ci.md", text)).plain() for text in re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    ]
    plan, github, gitlab, hooks = snippets
    assert isinstance(plan, dict)
    assert set(plan) == {"workloads", "budgets", "suppressions"}
    (text,) = re.findall(r"```yaml\n(workloads:.*?)```", page, re.DOTALL)
    (repository / "costcalc.yaml").write_text("as_of: 2026-11-27\n" + text)
    script: list[str] = gitlab["llm-budget"]["script"]  # type: ignore[index]
    ran = subprocess.run(
        script[1].split(), cwd=repository, env=environment(), capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    assert (repository / "gl-code-quality.json").exists()
    assert (repository / "costcalc.xml").exists()
    inputs = set(yaml_of(ROOT / "action.yml")["inputs"])
    steps: list[Any] = github["jobs"]["budget"]["steps"]  # type: ignore[index]
    assert set(steps[-1]["with"]) <= inputs
    known = {hook["id"] for hook in yaml_of(ROOT / ".pre-commit-hooks.yaml")}
    assert {one["id"] for one in hooks["repos"][0]["hooks"]} == known  # type: ignore[index]
