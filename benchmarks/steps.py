"""Where the time of one cold start goes: the modules that it imports, by whose they are, and the rest."""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from benchmarks.measures import PASS, Figure, child_cpu, interleaved

RUN = "from costcalc.__main__ import run\nrun()"
_LINE = re.compile(r"import time:\s+(\d+) \|\s+\d+ \|\s*(\S+)")


def phases(arguments: tuple[str, ...], folder: Path, runs: int) -> list[Figure]:
    """Run a command in steps, each with all that goes before it."""
    begin = "from costcalc.cli.start import start\nstart()\n"
    app = f"{begin}import costcalc.cli.app\n"
    ours = ", ".join(name for name in _least(("-m", "costcalc", *arguments), 1) if name.startswith("costcalc."))
    codes = {
        PASS: "pass",
        "+ Typer": f"{begin}import typer",
        "+ the application": app,
        "+ the modules that it takes": f"{app}import {ours}",
        "+ the catalog": f"{app}import {ours}\nfrom costcalc import load_catalog\nload_catalog()",
        "+ reading flags, pricing, printing": f"import sys\nsys.argv[1:] = {[*arguments]}\n{RUN}",
    }
    work: dict[str, Callable[[], float]] = {
        name: lambda code=code: child_cpu([sys.executable, "-c", code], folder)  # type: ignore[misc]
        for name, code in codes.items()
    }
    return interleaved(work, (PASS,), runs)


def _least(arguments: tuple[str, ...], runs: int) -> dict[str, int]:
    """Give the modules that a command imports, each with its least time of some runs [µs]."""
    least: dict[str, int] = {}
    env = {**os.environ, "XDG_CONFIG_HOME": "/nonexistent"}
    command = [sys.executable, "-X", "importtime", *arguments]
    for _ in range(runs):
        said = subprocess.run(command, capture_output=True, text=True, check=True, env=env).stderr
        for us, module in _LINE.findall(said):
            least[module] = min(least.get(module, int(us)), int(us))
    return least


def imports(arguments: tuple[str, ...], runs: int) -> dict[str, tuple[int, float]]:
    """Give how many modules a command imports of whom, and their time [ms], each module's least of some runs."""
    least = _least(arguments, runs)
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
