"""Measure everything that is told of speed, and write docs/performance.md.

    pip install ".[usage,sql,png]" genai-prices litellm  # a plain install; the two others are measured where they are
    python -m benchmarks.performance

It takes some minutes. The figures are ratios within one run, and medians, because machines are noisy; they are no test.
"""

import argparse
import os
import platform
import tempfile
import time
from collections.abc import Iterable, Sequence
from importlib import metadata
from pathlib import Path

from benchmarks import measures, steps
from benchmarks.measures import BARE, COMPARE, PASS, ROOT, TERMINAL, Figure

PAGE = ROOT / "docs" / "performance.md"
RUNS = 7
BARS = {COMPARE: ("into a pipe", 10), TERMINAL: ("on a terminal", 12)}


def main() -> None:
    """Measure, and write the page."""
    read = argparse.ArgumentParser(description=main.__doc__)
    read.add_argument("--runs", type=int, default=RUNS, help="interleaved runs of each figure")
    read.add_argument("--rows", type=int, default=20_000_000, help="rows of the log that is repriced")
    read.add_argument("--page", type=Path, default=PAGE)
    asked = read.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        text = page(measures.at_work(Path(scratch, "work")), runs=asked.runs, rows=asked.rows)
    asked.page.write_text(text, encoding="utf-8")


def page(folder: Path, *, runs: int, rows: int) -> str:
    """Write the page out of fresh measurements."""
    parts = (
        _opening(runs),
        starting(measures.starts(folder, runs)),
        going(folder, runs),
        calling(measures.estimates(2_000, runs)),
        loading(measures.loads(folder, (500, 3_000), runs)),
        computing([*measures.analyses(runs), *measures.commands(folder, runs)]),
        repricing(folder, rows),
    )
    return "\n".join(parts)


def _opening(runs: int) -> str:
    return f"""# Performance

`python -m benchmarks.performance` writes this page. Last on {time.strftime("%Y-%m-%d")}:
Python {platform.python_version()}, {os.cpu_count()} cores, a plain install of costcalc with byte code.
Medians of {runs} interleaved runs; CPU time, user and system; a ratio is the median of the ratios within a run.
Compare ratios: milliseconds are those of that machine in that hour, which others used too.
"""


def _table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    rule = ["---", *("---:" for _ in titles[1:])]
    return "".join(f"| {' | '.join(row)} |\n" for row in (titles, rule, *rows))


def _named(name: str) -> str:
    command, comma, how = name.partition(", ") if name.startswith(COMPARE) else (name, "", "")
    return f"`{command}`{comma}{how}" if name.startswith("costcalc") else name


def starting(found: Sequence[Figure]) -> str:
    """Write how long each command takes from nothing."""
    by_name = {each.name: each for each in found}
    bars = ", ".join(f"{where} {by_name[name].ratios[PASS]:.1f} × (bar {bar} ×)" for name, (where, bar) in BARS.items())
    rows = (
        (
            _named(each.name),
            f"{1_000 * each.value:.0f} ms",
            f"{each.ratios[PASS]:.1f} ×",
            f"{each.ratios[BARE]:.1f} ×",
        )
        for each in found
    )
    table = _table(("Command", "CPU", f"÷ {PASS}", "÷ bare Typer with rich"), rows)
    return f"""## A cold start of every command

`{COMPARE}`: {bars}.
Every other command runs the first example of its help page, in a folder with logs and a `costcalc.yaml`, a file of the
user's, which is read and checked in full: that takes PyYAML and pydantic.

{table}"""


def going(folder: Path, runs: int) -> str:
    """Write what the steps of a `compare` cost, and the modules that it imports."""
    arguments = tuple(COMPARE.split()[1:])
    found = steps.phases(arguments, folder.with_name("empty"), runs)
    sums = [0.0, *(each.ratios[PASS] for each in found)]
    own = (
        (each.name, f"{1_000 * each.value:.0f} ms", f"{each.ratios[PASS]:.1f} ×", f"{each.ratios[PASS] - before:.1f} ×")
        for each, before in zip(found, sums, strict=False)
    )
    phases = _table(("Step, with all before it", "CPU", f"÷ {PASS}", "of which its own"), own)
    imported = steps.imports(("-m", "costcalc", *arguments), runs)
    modules = _table(
        ("Whose modules", "How many", "Import"), steps.table(imported, steps.imports(("-c", "pass"), runs))
    )
    return f"""## Where a start goes

`{COMPARE}` into a pipe, step by step. Why it is no less: [0137](decisions/0137-where-a-start-goes.md).

{phases}
Its modules by `python -X importtime`, which makes imports look slower than they are; each one's least of {runs} runs:

{modules}"""


def calling(found: Sequence[Figure]) -> str:
    """Write how many estimates a second one core makes."""
    peers = [peer for peer in ("genai-prices", "litellm") if any(peer in each.ratios for each in found)]
    missing = [peer for peer in ("genai-prices", "litellm") if peer not in peers]
    rows = ((each.name, f"{each.value:,.0f}", *(f"{each.ratios[peer]:.1f} ×" for peer in peers)) for each in found)
    versions = ", ".join(f"{peer} {metadata.version(peer)}" for peer in peers)
    said = f"Against {versions}: `calc_price`, `cost_per_token`." if peers else ""
    said += f" Not measured, since not installed: {', '.join(missing)}." if missing else ""
    table = _table(("One request shape", "calls a second", *(f"÷ {peer}" for peer in peers)), rows)
    return f"""## Estimates a second

One core, the catalog loaded: `estimate(model, workload, catalog, as_of=day).monthly_usd`, the plain call, of 2,000
workloads of which no two are alike, with input, cached input and output. The others get the same counts; their usage
records are made in their calls, as their users make them. {said}

{table}
The second row of each model makes its `Workload` too. Lines and caveats are written when somebody reads them
([0136](decisions/0136-priced-at-once-written-when-read.md)); who reads them of each estimate pays for that.
"""


def loading(found: Sequence[Figure]) -> str:
    """Write how long catalogs take to load."""
    rows = (
        (each.name, f"{1_000 * each.value:.0f} ms", f"{each.ratios['CSafeLoader']:.1f} ×" if each.ratios else "")
        for each in found
    )
    table = _table(("Catalog", "CPU", "÷ `yaml.CSafeLoader` of the same file"), rows)
    return f"""## Loading a catalog

`load_catalog` in a warm process: the shipped one, and with a price list of your own laid over it, which is checked in
full, with the place of every value.

{table}"""


def computing(found: Sequence[Figure]) -> str:
    """Write what long computations take."""
    rows = (
        (each.name, f"{each.value:.2f} s", *(f"{ratio:.0f} ×" for ratio in each.ratios.values() or ()))
        for each in found
    )
    table = _table(("What", "CPU", f"÷ {PASS}"), ((*row, "") if len(row) < 3 else row for row in rows))  # noqa: PLR2004
    return f"""## What computes for long

The first two in a process with its catalog loaded, the others as whole commands beside a `costcalc.yaml`.

{table}"""


def repricing(folder: Path, rows: int) -> str:
    """Write what it costs to price a log under ten options."""
    try:
        from benchmarks import usage
    except ImportError:
        return "## Repricing a log\n\nNot measured: DuckDB is not installed.\n"
    table = _table(("What", "CPU", "÷ a bare scan"), usage.figures(folder, rows))
    return f"""## Repricing a log

{rows:,} rows of Parquet, read and priced under ten options, against DuckDB's bare sum of two columns of the same file.
ccusage is not measured here: it prices one vendor's logs.

{table}"""


if __name__ == "__main__":
    main()
