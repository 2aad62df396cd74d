"""A small market with scores, of which every figure can be checked by hand, and the month that it is asked for."""

from __future__ import annotations

from pathlib import Path

# A month is 1,000 requests × 1,000 tokens = 1 Mtok, so that a model costs what a million tokens of it do.
MONTH = ("--requests", "1000", "--shape", "0:1000", "--as-of", "2026-11-22")
OPTIONS = ("tiny", "small", "equal", "large", "beaten", "new", "other", "mix", "sent-on")
WORLD = (Path(__file__).parent / "data" / "layers" / "market.yaml").read_text(encoding="utf-8")
