"""The odd command lines of tests/fuzz: how each ends, and none takes 5 s of a processor or 1 GB.

    python benchmarks/odd_commands.py

Prints the slowest, and every one that ended as none should, was slow or large.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from endings import Ended, ended, folder_of_its_own
from fuzz.test_command_lines import PROJECT, odd_lines

MOST_CPU_S = 5.0
MOST_KB = 2**20  # 1 GB


def main() -> int:
    """Run them all; the exit status says whether one failed."""
    runs = [_run(args) for args in odd_lines()]
    bad = [run for run in runs if run.wrong or run.cpu_s > MOST_CPU_S or run.grown_kb > MOST_KB]
    for run in bad:
        print(f"{run.cpu_s:.2f} s, {run.grown_kb:,} kB: {' '.join(run.args)[:120]} {run.wrong}")
    slowest = max(runs, key=lambda run: run.cpu_s)
    print(f"{len(runs):,} command lines; the slowest took {slowest.cpu_s:.2f} s ({' '.join(slowest.args)[:120]})")
    return 1 if bad else 0


def _run(args: tuple[str, ...]) -> Ended:
    with folder_of_its_own(costcalc_yaml=PROJECT):
        return ended(*args)


if __name__ == "__main__":
    sys.exit(main())
