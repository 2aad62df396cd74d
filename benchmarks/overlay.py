"""CPU and peak memory of validating an overlay of 3,000 models, in a child process."""

import os
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

MODELS, RUNS = 3_000, 5
MODEL = """\
  model-{0}:
    context_window: 1_000_000
    prices:
      - effective: 2026-01-01
        usd_per_mtok: {{input: 5.00, cache_read: 0.50, output: 25.00}}
        when:
          - {{prompt_tokens_above: 200_000, usd_per_mtok: {{input: 6.00, cache_read: 0.60, output: 22.50}}}}
          - {{processing: batch, usd_per_mtok: {{input: 1.50, output: 7.50}}}}
          - {{service_tier: priority, usd_per_mtok: {{input: 6.00, output: 30.00}}}}
        source: {{url: "https://example.com/pricing", checked: 2026-11-01}}
        note: One of many.
"""


def main() -> None:
    """Validate the overlay several times and print the median."""
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch, "overlay.yaml")
        path.write_text("provider: many\nmodels:\n" + "".join(MODEL.format(number) for number in range(MODELS)))
        command = [sys.executable, "-m", "costcalc", "catalog", "validate", str(path), "--as-of", "2026-11-22"]
        seconds = []
        for _ in range(RUNS):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            subprocess.run(command, stdout=subprocess.DEVNULL, check=True, env={**os.environ, "HOME": scratch})
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            seconds.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        size = path.stat().st_size / 1e6
        print(f"{MODELS} models, {size:.1f} MB: {statistics.median(seconds):.2f} s CPU, {peak:.0f} MB at most")


if __name__ == "__main__":
    main()
