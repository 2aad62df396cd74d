from __future__ import annotations

from pathlib import Path

import pytest

from costcalc import Catalog
from costcalc.catalog.layers.load import shipped_pricing
from costcalc.catalog.layers.standalone import sold_in, standing_alone

PRICE = "prices: [{effective: 2026-01-01, usd_per_mtok: {input: 1.00}, source: {title: T, checked: 2026-01-01}}]"


def test_the_shipped_prices_stand_alone(catalog: Catalog) -> None:
    alone = standing_alone(shipped_pricing(), "pricing")
    assert alone is not None
    assert {ref: sold.model for ref, sold in alone.items()} == {
        ref: sold.model for ref, sold in sold_in(catalog.providers).items()
    }


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (f"provider: sail\nmodels: {{m: {{{PRICE}}}}}\n", ["sail/m"]),
        (f"api: {{sail: {{models: {{m: {{{PRICE}}}, n: {{{PRICE}}}}}}}}}\n", ["sail/m", "sail/n"]),
        ("api: {openai: {models: {gpt-5.2: {context_window: 5}}}}\n", None),  # a change of ours, no whole
        ("assumptions: {pue: 1.2}\n", None),
        ("api: [\n", None),
    ],
)
def test_what_is_whole_stands_alone(text: str, names: list[str] | None, tmp_path: Path) -> None:
    path = tmp_path / "prices.yaml"
    path.write_text(text, encoding="utf-8")
    alone = standing_alone(path, "prices.yaml")
    assert (None if alone is None else list(alone)) == names
