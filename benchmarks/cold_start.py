"""Child CPU of whole commands, as a multiple of ``python -c pass``; medians over interleaved runs."""

import os
import resource
import statistics
import subprocess
import sys

RUNS = 25
BARE = (
    "import typer\nfrom rich.console import Console\nfrom rich.table import Table\n"
    "app = typer.Typer()\n@app.command()\ndef hello(name: str = 'x') -> None:\n"
    "    table = Table('option', 'USD')\n    table.add_row(name, '1')\n    Console().print(table)\napp([])"
)
COSTCALC = [sys.executable, "-m", "costcalc"]
ADVICE = ["recommend", "--workload", "customer_service", "--tokens", "5e8"]
COMMANDS = {
    "python -c pass": [sys.executable, "-c", "pass"],
    "a bare Typer command with a rich table": [sys.executable, "-c", BARE],
    "import typer, pydantic, yaml": [sys.executable, "-c", "import typer, yaml\nfrom pydantic import BaseModel, Field"],
    "costcalc --version": [*COSTCALC, "--version"],
    "costcalc compare --tokens 1e6": [*COSTCALC, "compare", "--tokens", "1e6"],
    "costcalc compare --tokens 1e6 --format json": [*COSTCALC, "compare", "--tokens", "1e6", "--format", "json"],
    "costcalc size": [*COSTCALC, "size", "DeepSeek-R1-Distill-Qwen-32B"],
    "costcalc project --tokens 1e6": [*COSTCALC, "project", "--tokens", "1e6"],
    "costcalc recommend": [*COSTCALC, *ADVICE],
    "costcalc recommend --simulate": [*COSTCALC, *ADVICE, "--simulate"],
    "costcalc catalog validate": [*COSTCALC, "catalog", "validate"],
}


def child_cpu(command: list[str]) -> float:
    """CPU time, user and system, of one run [s]."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    env = {**os.environ, "XDG_CONFIG_HOME": "/nonexistent"}
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False, env=env)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Run every command in turn, often, and print medians."""
    for command in COMMANDS.values():
        child_cpu(command)  # warm the disk cache and the byte code
    runs = [{name: child_cpu(command) for name, command in COMMANDS.items()} for _ in range(RUNS)]
    for name in COMMANDS:
        ratio = statistics.median(run[name] / run["python -c pass"] for run in runs)
        seconds = statistics.median(run[name] for run in runs)
        print(f"{name:45} {1000 * seconds:7.1f} ms  {ratio:5.1f} ×")


if __name__ == "__main__":
    main()
