"""Child CPU of `costcalc simulate` over the default headline, and CPU of a tornado over it.

``--against DIR`` runs the sources of another version (its ``src`` folder) in turn with these, and prints the ratio.
"""

import argparse
import os
import resource
import statistics
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

from costcalc import load_catalog
from costcalc.analysis.sensitivity import tornado
from costcalc.case.month import Traffic
from costcalc.case.traffic import traffic_case
from costcalc.catalog.forms.scalars import Interval

ROUNDS = 3
VOLUME = "100M to 2B"
SIMULATE = [sys.executable, "-m", "costcalc", "simulate", "--tokens", VOLUME, "--seed", "0"]
HERE = Path(__file__).parents[1] / "src"


def child_cpu(command: list[str], sources: Path) -> float:
    """CPU time, user and system, of one run with the sources of some version [s]."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    env = {**os.environ, "PYTHONPATH": str(sources), "XDG_CONFIG_HOME": "/nonexistent"}
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True, env=env)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Print a line per figure."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--against", type=Path, metavar="DIR")
    other = parser.parse_args().against
    versions = {"here": HERE, **({"there": other} if other is not None else {})}
    runs = [{name: child_cpu(SIMULATE, sources) for name, sources in versions.items()} for _ in range(ROUNDS)]
    for name in versions:
        seconds = statistics.median(run[name] for run in runs)
        print(f"{f'10,000 draws over the headline, {name}':60} {seconds:6.2f} s")
    if other is not None:
        ratio = statistics.median(run["there"] / run["here"] for run in runs)
        print(f"{'there ÷ here':60} {ratio:6.1f} ×")
    catalog = load_catalog()
    case = traffic_case(Traffic(output_tokens=Interval.parse(VOLUME)), catalog, as_of=date(2026, 11, 22))
    started = time.process_time()
    tornado(case, catalog.headline)
    print(f"{'a tornado over the headline':60} {time.process_time() - started:6.2f} s")


if __name__ == "__main__":
    main()
