"""CPU and peak memory of an overlay of 3,000 models: validated, laid over `compare`, and step by step."""

import gc
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import yaml
from yaml._yaml import CParser

from costcalc.catalog.forms.diagnose import validated
from costcalc.catalog.forms.schema import ApiFile
from costcalc.files import parse_yaml
from costcalc.findings import Document

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
    """Measure the overlay several times and print medians."""
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch, "overlay.yaml")
        text = "provider: many\nmodels:\n" + "".join(MODEL.format(number) for number in range(MODELS))
        path.write_text(text)
        seconds = _child(scratch, "-m", "costcalc", "catalog", "validate", str(path), "--as-of", "2026-11-27")
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        print(f"{MODELS} models, {len(text) / 1e6:.1f} MB: validated in {seconds:.2f} s CPU, {peak:.0f} MB at most")
        laid = Path(scratch, "laid.yaml")
        laid.write_text("api:\n  many:\n" + "".join(f"    {line}\n" for line in text.splitlines()))
        one = _child(scratch, "-c", "pass")
        compare = ("-m", "costcalc", "compare", "--tokens", "1e6")
        plain, over = _child(scratch, *compare), _child(scratch, *compare, "--catalog", str(laid))
        steps = ", ".join(f"{name} {took / one:.1f}" for name, took in _steps(text))
        print(
            f"compare {plain / one:.1f}, with it as --catalog {over / one:.1f}, of which {steps} (x `python -c pass`)"
        )


def _child(home: str, *args: str) -> float:
    """Run Python several times and give the median of its CPU [s]."""
    seconds = []
    for _ in range(RUNS):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        env = {**os.environ, "HOME": home}
        subprocess.run(
            [sys.executable, *args], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True, env=env
        )
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return statistics.median(seconds)


def _steps(text: str) -> list[tuple[str, float]]:
    """Give the CPU of what a price list goes through, without collections of garbage, as in a command [s]."""
    gc.disable()
    tree = parse_yaml(Document("overlay.yaml", text))
    events = _median(lambda: _events(text))
    parsed = _median(lambda: parse_yaml(Document("overlay.yaml", text)))
    return [
        ("libyaml's events", events),
        ("the tree with its places", parsed - events),
        ("its checks", _median(lambda: validated(ApiFile, tree))),
    ]


def _events(text: str) -> None:
    next_event = CParser(text).get_event
    while not isinstance(next_event(), yaml.StreamEndEvent):
        pass


def _median(step: Callable[[], object]) -> float:
    seconds = []
    for _ in range(RUNS):
        began = time.process_time()
        step()
        seconds.append(time.process_time() - began)
    return statistics.median(seconds)


if __name__ == "__main__":
    main()
