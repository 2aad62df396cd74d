"""How many estimates a second one core makes through the Python API, with the catalog loaded."""

import statistics
import time
from datetime import date

from costcalc import Shape, Workload, estimate, load_catalog

TIMES, RUNS = 20_000, 5
DAY = date(2026, 11, 22)
WORKLOADS = {
    "one shape": Workload.single(requests=1_000, input_tokens=10_000, cached_share=0.5, output_tokens=1_000),
    "three shapes, half batchable": Workload(
        1_000,
        tuple(
            Shape.of(input_tokens=size, cached_share=0.5, output_tokens=500, share=share)
            for size, share in ((1_000, 0.5), (20_000, 0.25), (300_000, 0.25))
        ),
        batchable_share=0.5,  # type: ignore[arg-type]  # made exact by the workload
    ),
}


def main() -> None:
    """Print the median rate for each workload and option."""
    catalog = load_catalog()
    for name, workload in WORKLOADS.items():
        for model in ("gpt-5.2-api", "gpt-5.4-api", "deepseek-v4-pro-api", "deepseek-r1-32b-self-hosted"):
            option = catalog.option(model)
            rates = []
            for _ in range(RUNS):
                started = time.process_time()
                for _ in range(TIMES):
                    _ = estimate(option, workload, catalog, as_of=DAY).monthly_usd
                rates.append(TIMES / (time.process_time() - started))
            print(f"{name:30} {model:30} {statistics.median(rates):10,.0f} estimates/s")


if __name__ == "__main__":
    main()
