"""CPU of ``costcalc check`` on 200 workloads and 50 budgets, as a whole process; the median of several runs."""

import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

RUNS = 7
OPTIONS = ("gpt-5.2-api", "gemini-3.1-pro-api", "claude-opus-5.5-api", "deepseek-v4-pro-api", "r1-distill-32b-h100")


def scenario() -> str:
    """Write the file."""
    lines = ["as_of: 2026-11-22", "workloads:"]
    lines += [
        f"  w{index}: {{option: {OPTIONS[index % len(OPTIONS)]}, tags: [t{index % 10}], requests: {1_000 + index},"
        f" shapes: [{{input_tokens: {1_000 + index}, output_tokens: 300}}]}}"
        for index in range(200)
    ]
    lines.append("budgets:")
    lines += [f"  b{index}: {{tag: t{index % 10}, monthly_usd: {100_000 + index}}}" for index in range(50)]
    return "\n".join([*lines, ""])


def main() -> None:
    """Print the median CPU of a run."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "costcalc.yaml"
        path.write_text(scenario(), encoding="utf-8")
        command = [sys.executable, "-m", "costcalc", "check", str(path), "--format", "json"]
        seconds = []
        for _ in range(RUNS + 1):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            seconds.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        print(f"check of 200 workloads and 50 budgets: {statistics.median(seconds[1:]):.2f} s CPU")


if __name__ == "__main__":
    main()
