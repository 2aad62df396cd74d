"""Shapes in counts, and usage records in their providers' names: tests/cases/usage.yaml."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from conftest import Cli, Write

from costcalc import Shape
from costcalc.catalog.forms.requests import ShapeEntry
from costcalc.files import parse_yaml
from costcalc.findings import Document

TABLE = Path(__file__).parents[1] / "cases" / "usage.yaml"
CASES: list[dict[str, Any]] = parse_yaml(Document(TABLE.name, TABLE.read_text())).plain()  # type: ignore[assignment]


@pytest.mark.parametrize("case", [case for case in CASES if "tokens" in case], ids=lambda case: case["name"])
def test_a_shape_is_read_into_disjoint_meters(case: dict[str, Any]) -> None:
    shape = ShapeEntry.model_validate(case["shape"]).to_shape()
    assert shape.tokens == case["tokens"]
    assert shape.units == case.get("calls", {})


@pytest.mark.parametrize("case", [case for case in CASES if "refused" in case], ids=lambda case: case["name"])
def test_a_shape_that_contradicts_itself_is_refused(case: dict[str, Any], cli: Cli, written: Write) -> None:
    shape = json.dumps(case["shape"], default=float)
    written(f"workloads: {{w: {{requests: 1, shapes: [{shape}]}}}}\n")
    run = cli("compare", "--workload", "costcalc.yaml", "--options", "gpt-5.2-api")
    assert run.status == 2
    assert case["refused"] in run.err


def test_a_medium_that_is_not_cached_needs_its_total() -> None:
    """Without it nobody knows how much text there was, and text would cost nothing."""
    with pytest.raises(ValueError, match="input_tokens is missing; audio, images and video are parts of that total"):
        Shape.from_usage(input_audio_tokens=1_000, output_tokens=1)
    cached = Shape.from_usage(
        cache_read_tokens=100, input_audio_tokens=100, cache_audio_read_tokens=100, output_tokens=1
    )
    assert cached.tokens == {"cache_read_audio": 100, "output": 1}


@pytest.mark.parametrize(
    ("shape", "option", "usd"),
    [
        # 19 × 3 + 37,000 × 0.30 + 2,000 × 3.75 + 120 × 15, in USD per million tokens
        (
            "{input_tokens: 19, cache_read_tokens: 37000, cache_creation_tokens: 2000, output_tokens: 120}",
            "claude-sonnet-4-5",
            "0.020457",
        ),
        # 10 × 2.00 + 225 × 12.00 + 1,120 × 120.00
        (
            "{input_tokens: 10, output_tokens: 1345, reasoning_tokens: 225, output_image_tokens: 1120}",
            "acme/pictures",
            "0.13712",
        ),
    ],
)
def test_a_shape_in_counts_is_priced_meter_by_meter(
    shape: str, option: str, usd: str, cli: Cli, written: Write
) -> None:
    written(
        f"""
api: {{acme: {{provider: acme, models: {{pictures: {{prices: [{{effective: 2025-11-20, usd_per_mtok: {{input: 2.00, output: 12.00,
  output_image: 120.00}}, source: {{title: t, checked: 2026-11-20}}}}]}}}}}}}}
workloads: {{w: {{requests: 1, shapes: [{shape}]}}}}
"""
    )
    run = cli("compare", "--workload", "costcalc.yaml", "--options", option, "--format", "csv", "--as-of", "2026-11-27")
    assert run.status == 0, run.err
    header, row = (line.split(",") for line in run.out.splitlines()[:2])
    assert Decimal(dict(zip(header, row, strict=False))["monthly_usd"]) == Decimal(usd)
