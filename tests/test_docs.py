"""The docs test themselves: what is generated is current, what is code runs, what is linked exists."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import Cli

from costcalc.scenario import Needs
from costcalc.workload import METERS

ROOT = Path(__file__).parents[1]
GENERATED = [
    "README.md",
    "docs/cli.md",
    "docs/calibrate.md",
    "examples/README.md",
    "docs/method/api.md",
    "docs/method/capability.md",
    "docs/method/memory.md",
    "docs/usage.md",
    "docs/usage/engines.md",
    "docs/report.md",
    "docs/reference/catalog.md",
    "docs/reference/rules.md",
    "docs/quickstart.md docs/concepts.md docs/faq.md",  # together, since they run their commands in one process
]


@pytest.mark.clock
@pytest.mark.parametrize("pages", GENERATED)
def test_generated_output_is_current(pages: str) -> None:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    env = {key: value for key, value in os.environ.items() if not key.startswith(("COSTCALC", "COV", "GITHUB"))}
    command = [sys.executable, "-m", "cogapp", "--check", "--diff", *pages.split()]
    checked = subprocess.run(command, cwd=ROOT, env={**env, "PATH": path, "COLUMNS": "80"}, capture_output=True, text=True, check=False)  # fmt: skip
    how = "to generate it anew: COLUMNS=80 cog -r {' '.join(GENERATED)}"
    assert checked.returncode == 0, f"{checked.stdout[-3000:]}{checked.stderr[-1000:]}\n{how}"


def test_the_calibrate_line_of_the_readme_runs_as_it_stands() -> None:
    (line,) = re.findall(r"^(costcalc calibrate .*?) +#", (ROOT / "README.md").read_text(), re.MULTILINE)
    # the page shows what it prints, and is checked to be current above
    assert f"```text\n$ {line}\nMeasured beside predicted" in (ROOT / "docs" / "calibrate.md").read_text()


def test_the_price_change_of_contributing_runs_as_it_stands(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    (block,) = re.findall(r"five minutes\n\n```sh\n(.*?)```", (ROOT / "CONTRIBUTING.md").read_text(), re.DOTALL)
    assert "pip install -e ." in block  # or another pricing/ than that of the clone is in force
    (line,) = re.findall(r"^costcalc (catalog set .*)$", block, re.MULTILINE)
    monkeypatch.chdir(ROOT)
    run = cli(*shlex.split(line), "--dry-run")
    assert (run.status, run.err) == (0, "")
    assert run.out.startswith("pricing/api/openai.yaml: not written")


def test_the_pictures_of_the_docs_are_current(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (block,) = re.findall(r"```sh pictures\n(.*?)```", (ROOT / "docs" / "report.md").read_text(), re.DOTALL)
    monkeypatch.chdir(ROOT)
    drawn = []
    for line in block.splitlines():
        *command, name = shlex.split(line)
        run = cli(*command[1:], str(tmp_path / Path(name).name))
        assert (run.status, run.err) == (0, "")
        assert (tmp_path / Path(name).name).read_text() == (ROOT / name).read_text(), f"to draw it anew: {line}"
        drawn.append(Path(name).name)
    assert sorted(drawn) == sorted(path.name for path in (ROOT / "docs" / "pictures").iterdir())


@pytest.mark.parametrize(
    "page", ["README.md", "docs/method/api.md", "docs/method/throughput.md", "docs/usage/focus.md"]
)
def test_python_in_the_docs_prints_what_it_says(page: str, capsys: pytest.CaptureFixture[str]) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", (ROOT / page).read_text(), re.DOTALL)
    exec(compile(code, page, "exec"), {})  # noqa: S102  # the documentation is the program under test
    said = re.findall(r"^ *print.*# (.*)$", code, re.MULTILINE)
    assert [", ".join(capsys.readouterr().out.splitlines())] == (said or [""])


def test_readmes_yaml_is_a_valid_project_file(cli: Cli, tmp_path: Path) -> None:
    (text,) = re.findall(r"```yaml\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    (tmp_path / "costcalc.yaml").write_text(text)
    run = cli("compare", "--workload", "costcalc.yaml#support-bot", "--as-of", "2026-11-22")
    assert (run.status, run.err) == (0, "")
    assert (
        "15 % contract discount"
        in cli("compare", "--workload", "costcalc.yaml", "--options", "gpt-5.4", "--explain").out
    )


def test_every_meter_is_in_the_nomenclature() -> None:
    text = (ROOT / "docs" / "nomenclature.md").read_text()
    assert [meter for meter in METERS if f"`{meter}`" not in text] == []


def test_everything_that_a_workload_can_ask_is_documented(cli: Cli) -> None:
    text = (ROOT / "docs" / "method" / "recommend.md").read_text()
    rows = dict(re.findall(r"^\| `(\w+)` \| (?:`(--[\w-]+)`)? ?\|", text, re.MULTILINE))
    asked = {key: flag for key, flag in rows.items() if key in Needs.model_fields}
    assert set(asked) == set(Needs.model_fields)
    shown = cli("recommend", "--help").out
    assert [flag for flag in asked.values() if flag and flag not in shown] == []


def test_the_rule_and_the_test_in_the_docs_are_valid(cli: Cli, tmp_path: Path) -> None:
    blocks = re.findall(r"```yaml\n(.*?)```", (ROOT / "docs" / "method" / "recommend.md").read_text(), re.DOTALL)
    assert [block.split(":")[0] for block in blocks] == ["rules", "evaluations"]
    (tmp_path / "costcalc.yaml").write_text("\n".join(blocks))
    assert cli("catalog", "validate", "--as-of", "2026-11-27").status == 0


def test_the_changelog_counts_the_catalog_right(cli: Cli) -> None:
    counted = cli("catalog", "validate").out
    stated = re.search(
        r"([\d,]+) providers, ([\d,]+) models, ([\d,]+) dated prices", (ROOT / "CHANGELOG.md").read_text()
    )
    assert stated is not None
    assert counted.startswith(f"{stated[1]} providers, {stated[2]} models, {stated[3]} prices")


def test_ci_runs_readmes_own_test_command() -> None:
    assert "pip install -e '.[dev]' && pytest" in (ROOT / "README.md").read_text()
    assert "set -euo pipefail" in (ROOT / ".ci" / "run").read_text().splitlines()[2]


@pytest.mark.no_cover  # a table of what other tests cover
def test_the_guide_to_the_catalog_runs_as_it_stands(cli: Cli, tmp_path: Path) -> None:
    text = (ROOT / "docs" / "catalog.md").read_text()
    project, *layers = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    (tmp_path / "costcalc.yaml").write_text(project)
    assert len(layers) == 4
    for layer in layers:
        (tmp_path / "layer.yaml").write_text(layer)
        run = cli("catalog", "lint", "layer.yaml", "--as-of", "2026-11-27")
        assert (run.status, run.err) == (0, ""), layer
    lines = [line for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL) for line in block.splitlines()]
    assert len(lines) > 10
    for line in lines:
        command, *words = shlex.split(line.partition(" #")[0])  # shlex would end costcalc.yaml#bot at its #
        assert command == "costcalc"
        run = cli(*words)
        assert (run.status, run.err) == (0, ""), line
