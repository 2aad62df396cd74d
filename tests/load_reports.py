"""Weights as engines report them, against ours: the table of docs/method/memory.md.

python benchmarks/load_reports.py
"""

from __future__ import annotations

from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import yaml

from costcalc import Catalog
from costcalc.cost.hardware import shape_of
from costcalc.cost.memory import weight_bytes

REPORTS = Path(__file__).parent / "cases" / "load_reports.yaml"
GIB = 2**30


class Reported(NamedTuple):
    """One report against our figure.

    Args:
        case: What the file says of it.
        theirs: What is reported, over all GPUs [GB].
        ours: What we say [GB].
    """

    case: dict[str, Any]
    theirs: float
    ours: float

    @property
    def error(self) -> float:
        """How far off we are, as a share of what is reported."""
        return self.ours / self.theirs - 1


def reported(catalog: Catalog) -> list[Reported]:
    """Weigh the model of each report."""
    rows = []
    for case in yaml.safe_load(REPORTS.read_text(encoding="utf-8")):
        theirs = case.get("gpus", 1) * (case["gib"] * GIB / 1e9 if "gib" in case else case["gb"])
        loaded = weight_bytes(shape_of(catalog.open_model(case["model"])), case["precision"], engine=case["engine"])
        rows.append(Reported(case, theirs, (loaded.total + (loaded.host if case.get("file") else 0.0)) / 1e9))
    return rows


def table(rows: list[Reported]) -> str:
    """Write the reports as a Markdown table."""
    lines = ["| Model | Weights | Engine | Kind | Reported GB | Ours GB | Off |", "|---|---|---|---|---:|---:|---:|"]
    for case, theirs, ours in rows:
        source = f"[{case['precision']}]({case['source']})"
        off = f"{ours / theirs - 1:+.1%}"
        lines.append(
            f"| {case['model']} | {source} | {case['engine']} | {case['kind']} | {theirs:.2f} | {ours:.2f} | {off} |"
        )
    errors = [abs(row.error) for row in rows]
    lines += ["", f"{len(rows)} reports: off by {median(errors):.1%} in the median and {max(errors):.1%} at most."]
    return "\n".join(lines)
