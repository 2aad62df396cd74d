"""CPU time of 10,000 draws over six options, one of them self-hosted, and of a tornado over the headline."""

import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import partial

from costcalc import load_catalog
from costcalc.analysis.montecarlo import simulate
from costcalc.analysis.sensitivity import tornado
from costcalc.case.case import Case
from costcalc.case.month import Traffic
from costcalc.case.traffic import traffic_case
from costcalc.catalog.catalog import Catalog
from costcalc.catalog.forms.scalars import Interval

DAY = date(2026, 11, 22)
SIX = (
    "gpt-5.2-api",
    "gemini-3.1-pro-api",
    "claude-haiku-5.5-api",
    "deepseek-v4-pro-api",
    "r1-distill-32b-novita",
    "r1-distill-32b-h100",
)
ROUNDS = 3


def month(catalog: Catalog, *, assumed: bool) -> Case:
    """300M to 5B output tokens a month and 10B input tokens, of a known or an assumed size of request."""
    traffic = Traffic(
        output_tokens=Interval.parse("300M to 5B"),
        input_tokens=Decimal(10**10),
        output_per_request=None if assumed else Decimal(211),
        peak_to_mean=Decimal(1),
    )
    return traffic_case(traffic, catalog, as_of=DAY)


def best(ask: Callable[[], object]) -> float:
    """Least CPU time over some rounds [s]; other work on the machine only ever adds to it."""
    seconds = []
    for _ in range(ROUNDS):
        started = time.process_time()
        ask()
        seconds.append(time.process_time() - started)
    return min(seconds)


def main() -> None:
    """Print a line per figure."""
    catalog = load_catalog()
    known, assumed = month(catalog, assumed=False), month(catalog, assumed=True)
    for name, case in (("requests of a known size", known), ("requests of an assumed size", assumed)):
        seconds = best(partial(simulate, case, SIX, draws=10_000, seed=0))
        print(f"{f'10,000 draws, six options, {name}':60} {seconds:6.2f} s")
    seconds = best(partial(tornado, assumed, catalog.headline))
    print(f"{'a tornado over the headline options':60} {seconds:6.2f} s")


if __name__ == "__main__":
    main()
