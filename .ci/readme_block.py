"""Gate: README's first block, run verbatim in a fresh clone and a fresh virtual environment, prints README's output."""

import os
import re
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

DAY = "2026-11-22"  # the day of the prices that README shows


def main() -> int:
    """Run the block and look in what it prints for the block that follows it."""
    readme = Path("README.md").read_text(encoding="utf-8")
    command, expected = re.findall(r"```(?:sh|text)\n(.*?)```", readme, re.DOTALL)[:2]
    with tempfile.TemporaryDirectory() as scratch:
        clone, environment = Path(scratch, "clone"), Path(scratch, "venv")
        subprocess.run(["git", "clone", "-q", ".", str(clone)], check=True)
        venv.create(environment, with_pip=True)
        path = f"{environment / 'bin'}{os.pathsep}{os.environ['PATH']}"
        env = {**os.environ, "PATH": path, "COSTCALC_AS_OF": DAY, "COLUMNS": "80", "XDG_CONFIG_HOME": scratch}
        ran = subprocess.run(["bash", "-euc", command], cwd=clone, env=env, capture_output=True, text=True, check=False)
        left = subprocess.run(
            ["git", "status", "--porcelain"], cwd=clone, capture_output=True, text=True, check=True
        ).stdout
    if ran.returncode != 0 or expected not in ran.stdout or left:
        print(f"README's first block: exit {ran.returncode}\n{ran.stdout[-4000:]}\n{ran.stderr[-2000:]}")
        print(f"left behind: {left or 'nothing'}")
        return 1
    print("README's first block prints README's output in a fresh clone")
    return 0


if __name__ == "__main__":
    sys.exit(main())
