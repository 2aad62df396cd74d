"""The GitHub Action, the GitLab snippet and the pre-commit hooks, run as far as they run without a hosted service."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import venv
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from costcalc.files import parse_yaml
from costcalc.findings import Document

pytestmark = pytest.mark.clock

ROOT = Path(__file__).parents[1]
RUN = "https://github.com/a/b/actions/runs/1"
GONE = "0123456789abcdef0123456789abcdef01234567"  # a commit that was not fetched
PLAN = (
    "as_of: 2026-11-27\nworkloads: {bot: {option: gpt-5.2-api, requests: 1_000, shapes: [{output_tokens: 1_000}]}}\n"
    "budgets: {all: {monthly_usd: 20}, growth: {max_increase: 50%}}\n"
)


def yaml_of(path: Path) -> Any:  # noqa: ANN401  # YAML
    return parse_yaml(Document(path.name, path.read_text(encoding="utf-8"))).plain()


def environment(**more: str) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("COSTCALC", "COV", "GITHUB"))}
    return {**kept, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}", **more}


def git(folder: Path, *args: str) -> str:
    ran = subprocess.run(["git", "-C", str(folder), *args], check=True, capture_output=True, text=True)
    return ran.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "repo"
    folder.mkdir()
    (folder / "costcalc.yaml").write_text(PLAN)
    git(folder, "init", "-q", "-b", "main")
    git(folder, "config", "user.email", "a@example.com")
    git(folder, "config", "user.name", "a")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "base")
    return folder


def step(name: str) -> Any:  # noqa: ANN401  # YAML
    return next(each for each in yaml_of(ROOT / "action.yml")["runs"]["steps"] if each["name"] == name)


@pytest.fixture(scope="session")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the interpreter that the action's first step makes, of what is installed here and without pip."""
    folder = tmp_path_factory.mktemp("python") / "venv"
    venv.create(folder, symlinks=True)
    (packages,) = folder.glob("lib/python*/site-packages")
    installed = [path for path in sys.path if Path(path).name == "site-packages"]
    (packages / "here.pth").write_text("\n".join([str(ROOT / "src"), *installed]))
    return folder / "bin" / "python"


class Ran(NamedTuple):
    """What a step printed and wrote."""

    status: int
    annotations: list[str]
    comment: str
    summary: str
    folder: Path
    log: str


Action = Callable[..., Ran]


def run_step(name: str, folder: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """Run a step as the runner does, with the step's own fixed variables."""
    fixed = {key: str(value) for key, value in step(name).get("env", {}).items() if "${{" not in str(value)}
    command = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", step(name)["run"]]
    environ = {**environment(), **fixed, **env}
    return subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, check=False, timeout=900)


@pytest.fixture
def action(repository: Path, tmp_path: Path, python: Path) -> Action:
    """Give the action's check: its status and the files that it wrote."""

    def run(**inputs: str) -> Ran:
        out, summary = tmp_path / "output", tmp_path / "summary"
        out.write_text("")
        summary.write_text("")
        given = {"FILE": "costcalc.yaml", "BASE": "main", "STRICT": "false", "INCREASE": "", "ID": "", "RUN": RUN}
        files = {"GITHUB_OUTPUT": str(out), "GITHUB_STEP_SUMMARY": str(summary), "RUNNER_TEMP": str(tmp_path / "temp")}
        ran = run_step("Check", repository, PYTHON=str(python), **{**given, **files, **inputs})
        assert ran.returncode == 0, ran.stderr
        outputs = dict(line.split("=", 1) for line in out.read_text().splitlines())
        folder = Path(outputs["folder"])
        log = run_step("Report", repository, FOLDER=str(folder))
        assert log.returncode == 0, log.stderr
        comment = (folder / "comment.md").read_text()
        return Ran(int(outputs["status"]), ran.stdout.splitlines(), comment, summary.read_text(), folder, log.stdout)

    return run


def test_an_unchanged_plan_passes(action: Action) -> None:
    ran = action(COSTCALC_AS_OF="2026-11-27")  # prices age, and the check says so
    assert (ran.status, ran.annotations) == (0, [])
    assert ran.comment.startswith("<!-- costcalc:check -->")
    assert "<!-- costcalc:diff -->" in ran.comment
    assert f"in the step Report of [this run]({RUN})" in ran.comment
    assert ran.summary == ran.comment


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
    requests: str, inputs: dict[str, str], status: int, repository: Path, action: Action
) -> None:
    (repository / "costcalc.yaml").write_text(PLAN.replace("1_000, shapes", f"{requests}, shapes"))
    ran = action(**inputs)
    assert ran.status == status
    errors = [line for line in ran.annotations if line.startswith("::error")]
    assert bool(errors) is (status > 0)
    assert len(set(ran.annotations)) == len(ran.annotations)


def test_a_plan_that_is_new_has_no_base(repository: Path, action: Action) -> None:
    for name in ("new.yaml", "teams/a/new.yaml"):
        (repository / name).parent.mkdir(parents=True, exist_ok=True)
        (repository / name).write_text(PLAN)
        ran = action(FILE=name, INCREASE="5%")
        assert ran.status == 0
        assert "<!-- costcalc:diff -->" not in ran.comment
        assert "no-baseline" in "".join(ran.annotations)


GROWN = PLAN.replace("1_000, shapes", "1_400, shapes")  # 40 % more, inside $20 and inside max_increase: 50%
FREE = GROWN.replace(", growth: {max_increase: 50%}", "")


@pytest.mark.parametrize(
    ("plan", "inputs", "status", "message"),
    [
        (GROWN, {"BASE": GONE, "INCREASE": "5%"}, 2, "::error title=costcalc base::fail-on-increase: the base cannot be read. Give actions/checkout fetch-depth: 0"),
        (GROWN, {"BASE": GONE}, 2, "max_increase of 'growth' needs --baseline"),
        (FREE, {"BASE": GONE, "INCREASE": "5%"}, 2, "fetch-depth: 0"),
        (FREE, {"BASE": GONE}, 0, "::warning title=costcalc base::The base cannot be read, so nothing is compared"),
        (FREE, {"BASE": "", "INCREASE": "5%"}, 2, "::error title=costcalc base::fail-on-increase: there is no base. Set base: to a revision, such as github.event.before on push"),
        (FREE, {"BASE": "--help", "INCREASE": "5%"}, 2, "fetch-depth: 0"),
        (FREE, {"BASE": "broken", "INCREASE": "5%"}, 2, "monthly_usd"),
        (GROWN, {"BASE": "broken"}, 2, "::warning title=costcalc base::The file of the base cannot be checked"),
        (FREE, {"FILE": "costcalc.yam*", "INCREASE": "5%"}, 2, "name a single file in file:"),
        (FREE, {"FILE": ".", "INCREASE": "5%"}, 2, "name a single file in file:"),
    ],
)  # fmt: skip
def test_a_limit_of_growth_is_never_off(
    plan: str, inputs: dict[str, str], status: int, message: str, repository: Path, action: Action
) -> None:
    git(repository, "checkout", "-q", "-b", "broken")
    (repository / "costcalc.yaml").write_text(PLAN.replace("monthly_usd: 20", "monthly_usd: -5"))
    git(repository, "commit", "-qam", "broken")
    git(repository, "checkout", "-q", "main")
    (repository / "costcalc.yaml").write_text(plan)
    ran = action(**inputs)
    assert ran.status == status
    assert message in "\n".join(ran.annotations)


def test_a_shallow_clone_has_no_base(repository: Path, tmp_path: Path, action: Action) -> None:
    base = git(repository, "rev-parse", "main")
    (repository / "costcalc.yaml").write_text(GROWN)
    git(repository, "commit", "-qam", "more")
    shallow = tmp_path / "shallow"
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{repository}", str(shallow))
    shutil.rmtree(repository)
    shallow.rename(repository)
    ran = action(BASE=base, INCREASE="5%")
    assert ran.status == 2
    assert "fetch-depth: 0" in ran.comment


def test_each_annotation_appears_once(repository: Path, action: Action) -> None:
    """What cannot be read or priced is found by the check and by the comparison."""
    for plan, status, rule in (
        (PLAN.replace("20}", "-5}"), 2, "value"),
        (PLAN.replace("gpt-5.2-api", "gpt-6.1-sol-api").replace("2026-11-27", "2026-01-01"), 3, "price-missing"),
    ):
        (repository / "costcalc.yaml").write_text(plan)
        ran = action()
        assert ran.status == status
        assert sum(f"title=costcalc {rule}::" in line for line in ran.annotations) == 1, ran.annotations


def test_errors_take_the_place_of_the_old_comment(repository: Path, action: Action) -> None:
    before = action()
    (repository / "costcalc.yaml").write_text(PLAN.replace("20}", "-5}"))
    shutil.rmtree(before.folder)  # the next push runs on a new machine
    ran = action()
    assert ran.comment.splitlines()[0] == before.comment.splitlines()[0]
    assert "could not start: 1 error" in ran.comment
    assert "expected a number of at least 0, found -5" in ran.comment
    assert "inside" not in ran.comment
    assert "found -5" in ran.log


def test_two_uses_in_a_job_keep_apart(repository: Path, action: Action) -> None:
    (repository / "other.yaml").write_text(PLAN)
    uses = [action(), action(FILE="other.yaml"), action(ID="nightly"), action()]
    assert len({ran.folder for ran in uses}) == 4
    assert len({ran.comment.splitlines()[0] for ran in uses}) == 4
    assert all((ran.folder / "comment.md").read_text() == ran.comment for ran in uses)


def test_a_long_comment_is_cut_at_a_row(repository: Path, action: Action) -> None:
    workloads = "".join(
        f"  a-workload-of-some-team-{number}: {{option: gpt-5.2-api, requests: 1_000, shapes: [{{output_tokens: 10}}]}}\n"
        for number in range(400)
    )
    plan = f"as_of: 2026-11-27\nworkloads:\n{workloads}budgets: {{all: {{monthly_usd: 200}}}}\n"
    (repository / "costcalc.yaml").write_text(plan)
    git(repository, "commit", "-qam", "400")
    (repository / "costcalc.yaml").write_text(plan.replace("1_000, ", "1_001, "))
    ran = action()
    assert ran.status == 0
    assert 60_000 < len(ran.comment) <= 65_536  # GitHub's limit
    assert "of 401 rows are left out" in ran.comment
    assert "of 400 items are left out" in ran.comment  # the lines that changed
    assert "Nothing is left out in the step Report" in ran.comment
    assert "a-workload-of-some-team-399" in ran.log
    assert ran.comment.count("<details>") == ran.comment.count("</details>")


def test_the_report_in_the_log_gives_the_runner_no_command(repository: Path, action: Action) -> None:
    (repository / "costcalc.yaml").write_text(PLAN.replace("bot:", '"::set-output name=a::b":'))
    first, *_, last = action().log.splitlines()
    token = first.removeprefix("::stop-commands::")
    assert re.fullmatch("[0-9a-f]{32}", token)
    assert last == f"::{token}::"


MODULES = ("costcalc", "yaml", "pip", "venv", "ensurepip", "typer", "pydantic", "rich", "hashlib", "os", "sitecustomize", "usercustomize")  # fmt: skip


def plant(repository: Path) -> Path:
    """Lay modules and a configuration of git into a checkout; whatever starts one leaves a file behind."""
    trace = repository.parent / "started"
    for name in MODULES:
        (repository / f"{name}.py").write_text(
            f"open({str(trace)!r}, 'a').write({name!r} + ' ')\nraise SystemExit(9)\n"
        )
    program = repository / "program"
    program.write_text(f"#!/bin/sh\necho git >> {trace}\nexit 1\n")
    program.chmod(0o755)
    hooks = repository / "hooks"
    hooks.mkdir()
    (hooks / "post-index-change").symlink_to(program)
    config = repository / ".git" / "config"
    config.write_text(
        f"{config.read_text()}[core]\n fsmonitor = {program}\n hooksPath = {hooks}\n pager = {program}\n"
        f'[diff]\n external = {program}\n[remote "origin"]\n url = ext::{program}\n promisor = true\n'
        "[protocol]\n allow = always\n[extensions]\n partialClone = origin\n"
    )
    return trace


def test_no_code_of_the_checkout_runs(repository: Path, action: Action) -> None:
    trace = plant(repository)
    assert action(PYTHONPATH=str(repository), PYTHONSTARTUP="yaml.py").status == 0
    assert not trace.exists(), trace.read_text()
    file_of_base = git(repository, "rev-parse", "main:costcalc.yaml")
    (repository / ".git" / "objects" / file_of_base[:2] / file_of_base[2:]).unlink()  # git would ask the promisor
    ran = action(PYTHONPATH=str(repository), INCREASE="5%")
    assert (ran.status, "fetch-depth: 0" in ran.comment) == (2, True)
    assert not trace.exists(), trace.read_text()


BACKEND = """
import zipfile

def build_wheel(folder, config_settings=None, metadata_directory=None):
    with zipfile.ZipFile(f"{folder}/costcalc-9-py3-none-any.whl", "w") as wheel:
        wheel.writestr("costcalc/__main__.py", "print('from the action')")
        wheel.writestr("costcalc-9.dist-info/METADATA", "Metadata-Version: 2.1\\nName: costcalc\\nVersion: 9\\n")
        wheel.writestr("costcalc-9.dist-info/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr("costcalc-9.dist-info/RECORD", "")
    return "costcalc-9-py3-none-any.whl"
"""


def test_nothing_of_the_checkout_runs_while_costcalc_is_installed(repository: Path, tmp_path: Path) -> None:
    """The action's own folder is built by a back end that pip installs in a process of its own."""
    trace = plant(repository)
    own, wheels, out, temp = (tmp_path / name for name in ("own", "wheels", "output", "temp"))
    for made in (own, wheels, temp):
        made.mkdir()
    (own / "pyproject.toml").write_text('[build-system]\nrequires = ["backend"]\nbuild-backend = "backend"\n')
    with zipfile.ZipFile(wheels / "backend-1-py3-none-any.whl", "w") as wheel:
        wheel.writestr("backend.py", BACKEND)
        wheel.writestr("backend-1.dist-info/METADATA", "Metadata-Version: 2.1\nName: backend\nVersion: 1\n")
        wheel.writestr("backend-1.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr("backend-1.dist-info/RECORD", "")
    index = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(wheels)}
    given = {"GITHUB_OUTPUT": str(out), "RUNNER_TEMP": str(temp), "PYTHONPATH": str(repository), **index}
    # no moved clock: pip's timers overflow under one now and then, and what it installs has no day
    ran = run_step("Install", repository, WANTED="", OWN=str(own), LD_PRELOAD="", **given)
    assert ran.returncode == 0, ran.stderr
    python = Path(out.read_text().strip().removeprefix("python="))
    assert temp in python.parents
    shown = subprocess.run([python, "-I", "-m", "costcalc"], cwd=repository, capture_output=True, text=True, check=True)
    assert shown.stdout == "from the action\n"
    assert not trace.exists(), trace.read_text()


GH = """#!/bin/sh
echo "$@" >> "$LOG"
case "$*" in
  *graphql*) if [ -n "$ME" ]; then echo "$ME"; else exit 1; fi ;;
  *--paginate*)
    while [ "$1" != --jq ]; do shift; done
    jq -r "$2" "$COMMENTS" ;;
  *) if [ -n "$REFUSED" ]; then echo "gh: $REFUSED" >&2; exit 1; fi ;;
esac
"""
MARK = "<!-- costcalc:check --><!-- costcalc:action 0123456789abcdef-1 -->"
BOT = "github-actions[bot]"
Posted = Callable[..., tuple[list[str], str]]


def comment(number: int, login: str, body: str) -> dict[str, Any]:
    return {"id": number, "user": {"login": login}, "body": body}


@pytest.fixture
def posted(tmp_path: Path) -> Posted:
    """Give the step that comments, run with a stand-in for GitHub's command line, which filters with jq as gh does."""
    if shutil.which("jq") is None:
        pytest.skip("jq is not installed")
    tools, log, comments, folder = (tmp_path / name for name in ("bin", "log", "comments.json", "check"))
    for made in (tools, folder):
        made.mkdir()
    (tools / "gh").write_text(GH)
    (tools / "gh").chmod(0o755)
    (folder / "comment.md").write_text(f"{MARK}\nthe report\n")

    def run(*there: dict[str, Any], me: str = "", refused: str = "") -> tuple[list[str], str]:
        log.write_text("")
        comments.write_text(json.dumps(there))
        ran = run_step(
            "Comment", tmp_path, FOLDER=str(folder), REPOSITORY="a/b", NUMBER="7", LOG=str(log), COMMENTS=str(comments),
            ME=me, REFUSED=refused, PATH=f"{tools}{os.pathsep}{environment()['PATH']}",
        )  # fmt: skip
        assert ran.returncode == 0, ran.stderr
        return [line for line in log.read_text().splitlines() if "--method" in line], ran.stdout

    return run


POST = "api --method POST repos/a/b/issues/7/comments --field body=@{folder}/check/comment.md --silent"
PATCH = "api --method PATCH repos/a/b/issues/comments/{number} --field body=@{folder}/check/comment.md --silent"


@pytest.mark.parametrize(
    ("there", "me", "patched"),
    [
        ([], "", None),
        ([comment(41, BOT, "hello"), comment(42, BOT, f"{MARK}\nold"), comment(43, BOT, f"{MARK}\nolder")], "", 42),
        ([comment(42, BOT, f"{MARK}\r\nold")], BOT, 42),
        ([comment(42, "mallory", f"{MARK}\nold")], "", None),
        ([comment(42, "mallory", f"{MARK}\nold"), comment(43, BOT, f"{MARK}\nold")], BOT, 43),
        ([comment(42, BOT, f"{MARK}\nold")], "our-robot", None),
        ([comment(42, "our-app[bot]", f"{MARK}\nold")], "our-app[bot]", 42),
        ([comment(42, BOT, f"quoted: {MARK}")], "", None),
        ([comment(42, BOT, MARK.replace("-1 -->", "-2 -->"))], "", None),
        ([comment(42, "x", f"{MARK}\nold")], 'x" or true or "', None),
    ],
)
def test_only_a_comment_of_our_own_is_updated(
    there: list[dict[str, Any]],
    me: str,
    patched: int | None,
    posted: Posted,
    tmp_path: Path,
) -> None:
    calls, _ = posted(*there, me=me)
    assert calls == [(POST if patched is None else PATCH).format(folder=tmp_path, number=patched)]


def test_the_pull_request_of_a_fork_is_not_red_for_want_of_a_comment(posted: Posted) -> None:
    _, printed = posted(refused="Resource not accessible by integration (HTTP 403)")
    assert (
        printed == "::notice title=costcalc::The comment could not be posted; the summary of the job has the report.\n"
    )
    _, printed = posted(refused="Bad gateway (HTTP 502)")
    assert printed.startswith("::warning title=costcalc::")


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


CONTRACT = (
    "contracts: {openai: {discount: 0.1, effective: 2026-01-01, source: {title: Agreement 17, checked: 2026-11-20}}}\n"
)
MODEL = "options: {mine: {kind: api, model: acme/x1}}\n"
ACME = (
    "provider: acme\nmodels: {x1: {context_window: 1_000, prices: [{effective: 2026-11-01,"
    " usd_per_mtok: {input: 1, output: 2}, source: {url: https://example.com, checked: 2026-11-20}}]}}\n"
)
PRICES = {"pricing/options.yaml": MODEL, "pricing/api/acme.yaml": ACME}


@pytest.mark.parametrize(
    ("hook", "files", "changed", "status", "message"),
    [
        ("validate", {"teams/a/costcalc.yaml": PLAN.replace("20}", "-5}")}, None, 2, "found -5"),
        ("validate", {"teams/a/pricing/options.yaml": MODEL}, None, 2, "acme/x1"),
        ("validate", PRICES, ["pricing/options.yaml"], 0, ""),  # with the folder, which has the model
        ("validate", {f"{team}/costcalc.yaml": f"options: {{mine: {{kind: {kind}}}}}\n" for team, kind in (("a", "api, model: openai/gpt-5.4"), ("b", "plan, plan: cursor/cursor-pro"))}, None, 0, ""),
        ("validate", {"a/costcalc.yml": PLAN, "b/costcalc.yaml": "workloads: 5\n", "c/costcalc.yaml": "budgets: 6\n"}, None, 2, "c/costcalc.yaml:1:10"),
        ("check", {"costcalc.yaml": CONTRACT}, None, 0, "neither workloads nor budgets"),
        ("check", {"costcalc.yaml": CONTRACT, "teams/costcalc.yml": PLAN}, None, 0, "neither workloads nor budgets"),
        ("check", {"costcalc.yaml": CONTRACT, "teams/costcalc.yaml": PLAN.replace("20}", "1}")}, None, 1, "neither workloads nor budgets"),
        ("check", {"costcalc.yaml": CONTRACT + PLAN.partition("budgets")[0]}, None, 2, "the file has no budgets"),
        ("check", {"costcalc.yaml": CONTRACT + "budgets: {}\n"}, None, 2, "the file has no budgets"),
        ("check", {"costcalc.yaml": CONTRACT.replace("0.1", "-1")}, None, 2, "found -1"),
    ],
)  # fmt: skip
def test_the_hooks_judge_nested_files_and_set_contracts_aside(
    hook: str, files: dict[str, str], changed: list[str] | None, status: int, message: str, tmp_path: Path
) -> None:
    (definition,) = (each for each in yaml_of(ROOT / ".pre-commit-hooks.yaml") if each["id"].endswith(hook))
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
        assert re.search(definition["files"], name)
    passed = [] if definition.get("pass_filenames") is False else changed or files
    command = [*definition["entry"].split(), *passed]
    ran = subprocess.run(command, cwd=tmp_path, env=environment(), capture_output=True, text=True, check=False)
    assert (ran.returncode, message in ran.stdout + ran.stderr) == (status, True), ran.stdout + ran.stderr


def test_the_hook_needs_the_files_of_the_commit(tmp_path: Path) -> None:
    command = ["costcalc", "catalog", "validate", "--changed"]
    ran = subprocess.run(command, cwd=tmp_path, env=environment(), capture_output=True, text=True, check=False)
    assert (ran.returncode, "--changed needs the files that changed" in ran.stderr) == (2, True)


def blocks_of_the_docs() -> list[str]:
    page = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
    return re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)


def test_the_snippets_of_the_docs_are_yaml_and_name_what_there_is() -> None:
    plan, github, _, hooks = (parse_yaml(Document("ci.md", text)).plain() for text in blocks_of_the_docs())
    assert isinstance(plan, dict)
    assert set(plan) == {"workloads", "budgets", "suppressions"}
    inputs = set(yaml_of(ROOT / "action.yml")["inputs"])
    steps: list[Any] = github["jobs"]["budget"]["steps"]  # type: ignore[index]
    assert set(steps[-1]["with"]) <= inputs
    known = {hook["id"] for hook in yaml_of(ROOT / ".pre-commit-hooks.yaml")}
    assert {one["id"] for one in hooks["repos"][0]["hooks"]} == known  # type: ignore[index]


CURL = """#!/bin/sh
printf '%s\\n' "$@" >> asked
for each; do case "$each" in *'?per_page=100') echo "$NOTES" ;; esac; done
"""


@pytest.mark.parametrize(
    ("requests", "status", "notes", "asked"),
    [
        ("250_000", 0, "[]", "--data-urlencode\nbody@note.md\nhttps://lab/projects/7/merge_requests/3/notes\n"),
        # twice the traffic breaks the budgets and grows by more than 5 %: the note of an earlier push is updated
        ("500_000", 1, '[{"id": 8, "body": "hm"}, {"id": 9, "body": "<!-- costcalc:diff -->"}]', "PUT\n--data-urlencode\nbody@note.md\nhttps://lab/projects/7/merge_requests/3/notes/9\n"),
    ],
)  # fmt: skip
def test_the_gitlab_job_of_the_docs_runs(
    requests: str, status: int, notes: str, asked: str, repository: Path, tmp_path: Path
) -> None:
    plan, _, job, _ = blocks_of_the_docs()
    (repository / "costcalc.yaml").write_text(f"as_of: 2026-11-27\n{plan}")
    git(repository, "commit", "-qam", "the plan of the docs")
    (repository / "costcalc.yaml").write_text(f"as_of: 2026-11-27\n{plan.replace('250_000', requests)}")
    steps: Any = parse_yaml(Document("ci.md", job)).plain()["llm-budget"]  # type: ignore[index]
    (tmp_path / "curl").write_text(CURL)
    (tmp_path / "curl").chmod(0o755)
    variables = {
        "CI_MERGE_REQUEST_DIFF_BASE_SHA": git(repository, "rev-parse", "HEAD"),
        "CI_API_V4_URL": "https://lab",
        "CI_MERGE_REQUEST_PROJECT_ID": "7",
        "CI_MERGE_REQUEST_IID": "3",
        "LLM_BUDGET_TOKEN": "secret",
        "NOTES": notes,
        "COSTCALC_AS_OF": "2026-11-27",  # the page's suppression expires
    }
    env = environment(**variables)
    env["PATH"] = f"{tmp_path}{os.pathsep}{env['PATH']}"
    ran = [  # as the runner starts a job: one shell for the lines of a part, which ends with the first that fails
        subprocess.run(["bash", "-eo", "pipefail", "-c", "\n".join(part)], cwd=repository, env=env, capture_output=True, text=True, check=False)
        for part in (steps["script"][1:], steps["after_script"])
    ]  # fmt: skip
    assert [each.returncode for each in ran] == [status, 0], ran
    written = [*steps["artifacts"]["paths"], *steps["artifacts"]["reports"].values()]
    assert [name for name in written if not (repository / name).stat().st_size] == []
    assert (repository / "asked").read_text().endswith(asked)
    note = (repository / "note.md").read_text()
    assert note.startswith("<!-- costcalc:diff -->")
    assert ("Over the limit: the total goes from" in note, "<!-- costcalc:check -->" in note) == (bool(status), True)


def test_what_the_docs_install_and_use_is_pinned_to_a_commit() -> None:
    """The name costcalc is nobody's on the package index: whoever takes it would run in every pipeline."""
    page = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
    named = re.findall(r"(?:uses: |rev: |pip install )(\S+)", page)
    assert len(named) == 5  # three actions, a pip and a hook
    assert all(re.search(r"(?:^|@)[0-9a-f]{40}$", name) for name in named), named
    shown = [*ROOT.glob("docs/**/*.md"), ROOT / "README.md", ROOT / "action.yml"]
    assert not [path.name for path in shown if re.search(r"pip install costcalc|costcalc==", path.read_text())]
