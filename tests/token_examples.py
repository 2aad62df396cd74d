"""The catalog of the worked cases of tokens and of answers, read once."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from costcalc import Catalog, load_catalog


@cache
def loaded() -> Catalog:
    """Load it."""
    return load_catalog(Path(__file__).parent / "cases" / "example_tokens.yaml")
