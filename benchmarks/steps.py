"""Where the time of one cold start goes: the modules that it imports, by whose they are, and the rest."""

import os
import re
import subprocess
import sys
from collections.abc import Mapping

_LINE = re.compile(r"import time:\s+(\d+) \|\s+\d+ \|\s*(\S+)")


def imports(arguments: tuple[str, ...], runs: int) -> dict[str, tuple[int, float]]:
    """Give how many modules a command imports of whom, and their time [ms], each module's least of some runs."""
    least: dict[str, int] = {}
    env = {**os.environ, "XDG_CONFIG_HOME": "/nonexistent"}
    command = [sys.executable, "-X", "importtime", *arguments]
    for _ in range(runs):
        said = subprocess.run(command, capture_output=True, text=True, check=True, env=env).stderr
        for us, module in _LINE.findall(said):
            least[module] = min(least.get(module, int(us)), int(us))
    found: dict[str, tuple[int, float]] = {}
    for module, us in least.items():
        count, total = found.get(_whose(module), (0, 0.0))
        found[_whose(module)] = (count + 1, total + us / 1_000)
    return found


def _whose(module: str) -> str:
    top, _, rest = module.partition(".")
    return (
        f"costcalc.{rest.partition('.')[0]}"
        if top == "costcalc" and rest
        else top
        if top == "typer"
        else "Python's own"
    )


def table(of: Mapping[str, tuple[int, float]], bare: Mapping[str, tuple[int, float]]) -> list[tuple[str, str, str]]:
    """Write the rows: whose, how many, how long; Python's own apart for what it imports to do nothing."""
    idle_count, idle_ms = bare.get("Python's own", (0, 0.0))
    rows = []
    for name, (count, ms) in sorted(of.items(), key=lambda each: -each[1][1]):
        if name == "Python's own":
            rows.append((f"{name}, which `pass` imports too", str(idle_count), f"{idle_ms:.1f} ms"))
            rows.append((f"{name}, for the others", str(count - idle_count), f"{ms - idle_ms:.1f} ms"))
        else:
            rows.append((name, str(count), f"{ms:.1f} ms"))
    return rows
