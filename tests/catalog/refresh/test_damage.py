"""Damaged files of other libraries: a diagnosis or an overlay that loads, never a traceback."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from endings import LONG_RUN
from theirs import DAY, PEERS, SAMPLES, from_text

from costcalc import Catalog, load_catalog
from costcalc.catalog.refresh.laid import overlaid
from costcalc.catalog.refresh.overlay import overlay_text
from costcalc.catalog.refresh.read import Peer
from costcalc.errors import CostcalcError, InputError

pytestmark = pytest.mark.no_cover  # many draws of what other tests cover

STRANGE: tuple[Any, ...] = (
    None,
    True,
    -1,
    0,
    3,
    1e9,
    "",
    "x",
    "3",
    [],
    {},
    [1],
    {"a": 1},
    "2026-01-01",
    "a: b\n- c",
    "\u200b{é",
    [[]],
)
CUTS = 20 if LONG_RUN else 8
SWAPS = 50 if LONG_RUN else 20


def slots(value: Any) -> Iterator[tuple[Any, Any]]:  # noqa: ANN401
    """Walk every place of a JSON value that can hold another one."""
    for key, child in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield value, key
        yield from slots(child)


def outcome(peer: Peer, text: str, folder: Path, catalog: Catalog) -> str:
    """What comes of a file: a diagnosis, or an overlay that has been loaded."""
    try:
        theirs = from_text(peer, text, folder)
        models, _ = overlaid(theirs, catalog)
        (folder / "o.yaml").write_text(overlay_text(theirs, models, catalog), encoding="utf-8")
    except CostcalcError as error:
        return str(error)
    load_catalog(folder / "o.yaml").sold_model(models[0].placed.ref).price_on(DAY)
    return "an overlay"


@pytest.mark.parametrize("peer", PEERS)
def test_a_damaged_file_is_diagnosed_or_taken(peer: Peer, tmp_path: Path, catalog: Catalog) -> None:
    text = (SAMPLES / f"{peer}.json").read_text(encoding="utf-8")
    rng = random.Random(peer)  # noqa: S311
    for _ in range(SWAPS):
        root = json.loads(text)
        for _ in range(3):
            holder, key = rng.choice(list(slots(root)))
            holder[key] = deepcopy(rng.choice(STRANGE))
        assert outcome(peer, json.dumps(root), tmp_path, catalog)
    for _ in range(CUTS):
        at = rng.randrange(len(text))
        cut = text[:at] + rng.choice(("", "}", '"', ",", "\x00", "\ufeff", "9")) + text[at + rng.randrange(40) :]
        assert outcome(peer, cut, tmp_path, catalog)


def test_a_name_that_yaml_would_not_take_is_escaped_or_refused(tmp_path: Path, catalog: Catalog) -> None:
    names = (
        "no",
        "1",
        "a: b",
        "# c",
        "é\u2028x",
        "'\"",
        "-",
        "a\nb",
        "\t",
        " x ",
        "null",
        "1e6",
        "&a",
        "*b",
        "!c",
        "%",
        "@d",
    )
    for name in names:
        entry = {"litellm_provider": "sail", "input_cost_per_token": 1e-6}
        assert outcome("litellm", json.dumps({name: entry}), tmp_path, catalog)


def test_a_file_of_16_mib_is_not_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="at most 16,777,216 are read"):
        from_text("litellm", " " * (16 * 2**20 + 1), tmp_path)
