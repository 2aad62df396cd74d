"""Time of one prediction, and of sizing a model on every GPU, precision and width."""

import resource
import statistics
import time

from costcalc import load_catalog, throughput
from costcalc.analysis.sizing import Wish, ranked, setups
from costcalc.cost.hardware import Serving
from costcalc.cost.replica import Request
from costcalc.units import MTOK

CALLS, ROUNDS = 2_000, 5


def one_call() -> float:
    """Median CPU time of a call of `costcalc.throughput` over some rounds [s]."""
    rounds = []
    for _ in range(ROUNDS):
        started = time.process_time()
        for concurrency in range(1, CALLS + 1):
            throughput(
                model="Qwen3-32B",
                gpu="H100 SXM",
                weight_precision="fp8",
                input_tokens=1024,
                output_tokens=512,
                concurrency=concurrency,
            )
        rounds.append((time.process_time() - started) / CALLS)
    return statistics.median(rounds)


def sizing() -> tuple[float, int]:
    """CPU time of sizing a 32B model everywhere, files read for the first time [s], and how many ways fit."""
    from datetime import date
    from decimal import Decimal

    catalog = load_catalog()
    wish = Wish(Request(1000, 300), 50.0, None, Serving("bf16"), None, date(2026, 11, 22), Decimal("0.5"))
    before = resource.getrusage(resource.RUSAGE_SELF)
    model = catalog.open_model("DeepSeek-R1-Distill-Qwen-32B")
    found = ranked(setups(model, list(catalog.gpus.values()), wish), wish, catalog)
    after = resource.getrusage(resource.RUSAGE_SELF)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, len(found)


def main() -> None:
    """Print both."""
    seconds, ways = sizing()
    print(f"{'size on all GPUs × precisions × TP':45} {seconds:7.3f} s  {ways} ways fit")
    throughput(model="Qwen3-32B", gpu="H100 SXM", input_tokens=1, output_tokens=1)  # loads the catalog
    print(f"{'one call of costcalc.throughput':45} {one_call() * MTOK:7.0f} µs")


if __name__ == "__main__":
    main()
