"""What git counts of an edit of a shipped price file: one line for a corrected figure, only added ones for a new entry."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from copy import deepcopy
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from costcalc.catalog.edit.splice import add_item, set_value
from costcalc.catalog.forms.rates import RATE_TABLES
from costcalc.files import parse_yaml
from costcalc.findings import Document
from costcalc.findings import Path as Steps

PRICING = Path(__file__).parents[2] / "pricing"
PRICED = [path for kind in ("api", "gpus", "plans") for path in sorted(PRICING.glob(f"{kind}/*.yaml")) if "prices:" in path.read_text()]  # fmt: skip
RATES = (*RATE_TABLES, "usd_per_seat", "usd_per_gpu_hour", "usd")
Found = tuple[tuple[str, ...], list[dict[str, Any]]]


def price_lists(tree: object, path: tuple[str, ...] = ()) -> Iterator[Found]:
    for key, child in tree.items() if isinstance(tree, dict) else ():
        yield from [((*path, key), child)] if key == "prices" else price_lists(child, (*path, key))


def newest_rate(prices: list[dict[str, Any]]) -> tuple[tuple[str, ...], Decimal]:
    """Give where the first rate of the newest entry stands in it, and what it is."""
    key = next(key for key in RATES if key in prices[-1])
    rate = prices[-1][key]
    meter = next(iter(rate)) if isinstance(rate, dict) else None
    return ((key, meter), rate[meter]) if meter is not None else ((key,), rate)


def numstat(old: str, new: str, folder: Path) -> tuple[int, int]:
    for name, text in (("old", old), ("new", new)):
        (folder / name).write_bytes(text.encode())
    command = ["git", "diff", "--no-index", "--numstat", str(folder / "old"), str(folder / "new")]
    counted = subprocess.run(command, capture_output=True, text=True, check=False).stdout.split()
    return int(counted[0]), int(counted[1])


@pytest.mark.no_cover  # a table of what other tests cover
@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize("path", PRICED, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_an_edit_of_a_shipped_file_is_a_splice(path: Path, newline: str, tmp_path: Path) -> None:
    text = path.read_text(encoding="utf-8").replace("\n", newline)
    found = list(price_lists(parse_yaml(Document("x", text)).plain()))
    for where, prices in (found[0], found[-1]):
        steps, rate = newest_rate(prices)
        newest: Steps = (*where, len(prices) - 1, *steps)
        assert set_value(text, newest, rate) == text
        assert numstat(text, set_value(text, newest, Decimal("123.45")), tmp_path) == (1, 1)
        entry = deepcopy(prices[-1]) | {"effective": "2029-01-01"}
        added, removed = numstat(text, add_item(text, where, len(prices), entry), tmp_path)
        assert (added > 0, removed) == (True, 0)
