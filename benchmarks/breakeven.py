"""CPU time of exact break-even: ten options up to 10^13 tokens, and 36 months of the headline."""

import statistics
import time
from collections.abc import Callable
from datetime import date
from fractions import Fraction

from costcalc import Workload, load_catalog
from costcalc.analysis.breakeven import break_even, cheapest
from costcalc.case.case import Case
from costcalc.cost.cash import Course, cash_of

DAY = date(2026, 11, 22)
RUNS = 7
TEN = (
    "r1-distill-32b-h100",
    "r1-distill-32b-2x-l40s",
    "r1-distill-32b-a100-int4",
    "gemma-4-31b-h100",
    "llama-3.3-70b-2x-h100",
    "gpt-oss-120b-h100",
    "r1-distill-32b-novita",
    "gpt-5.2-api",
    "deepseek-v4-pro-api",
    "claude-haiku-5.5-api",
)


def cpu(work: Callable[[], object]) -> float:
    """CPU time of one run [s]."""
    started = time.process_time()
    work()
    return time.process_time() - started


def main() -> None:
    """Print a line per figure: the first run, which loads files, and the median of the others."""
    catalog = load_catalog()
    mix = Workload.single(requests=1_000, input_tokens=1_000, output_tokens=1_000)
    ceiling = Fraction(10**13, 1_000)
    rows: dict[str, Callable[[], object]] = {
        "cheapest of ten options up to 10^13 tokens": lambda: cheapest(TEN, Case(mix, catalog, DAY), up_to=ceiling),
        "cheapest of ten options, all volumes": lambda: cheapest(TEN, Case(mix, catalog, DAY)),
        "one pair, all volumes": lambda: break_even(TEN[0], TEN[6], Case(mix, catalog, DAY)),
        "36 months of ten options": lambda: [
            cash_of(catalog.option(name), mix, catalog, Course(36), as_of=DAY) for name in TEN
        ],
    }
    for name, work in rows.items():
        first = cpu(work)
        median = statistics.median(cpu(work) for _ in range(RUNS))
        print(f"{name:45} {first:6.3f} s at first, {median:6.3f} s then")
    print(len(cheapest(TEN, Case(mix, catalog, DAY), up_to=ceiling).reigns), "intervals up to 10^13 tokens")


if __name__ == "__main__":
    main()
