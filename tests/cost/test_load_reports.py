"""Weights as engines report that they loaded them: within 5 % of each report, over every kind of model."""

from __future__ import annotations

from collections import Counter

from load_reports import reported

from costcalc import Catalog

WITHIN = 0.05
LEAST = 25
KINDS = {"dense": 10, "MoE": 10, "MLA": 3, "hybrid": 5, "GGUF": 15, "FP8 mixed": 2, "MXFP4": 5, "NVFP4": 1, "tied": 5}


def test_our_weights_are_within_5_percent_of_what_engines_report(catalog: Catalog) -> None:
    rows = reported(catalog)
    assert len(rows) >= LEAST
    off = {f"{row.case['model']} {row.case['precision']}": row.error for row in rows if abs(row.error) > WITHIN}
    assert off == {}


def test_the_reports_are_about_every_kind_of_model(catalog: Catalog) -> None:
    rows = reported(catalog)
    counts = Counter(kind for row in rows for kind in row.case["kind"].split(", "))
    assert {kind: count for kind, count in KINDS.items() if counts[kind] < count} == {}
    assert all(row.case["source"].startswith("https://") for row in rows)
