"""Other libraries' price lists, as the tests read them: the samples in tests/data/imports, and small texts."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from costcalc.catalog.refresh.read import Peer, TheirFile, read_theirs
from costcalc.catalog.refresh.record import Taken

SAMPLES = Path(__file__).parent / "data" / "imports"
DAY = date(2026, 11, 25)
PEERS: tuple[Peer, ...] = ("litellm", "genai-prices", "models-dev", "openrouter")


def sample(peer: Peer, day: date = DAY) -> TheirFile:
    return read_theirs(peer, SAMPLES / f"{peer}.json", day=day, checked=day)


def from_text(peer: Peer, text: str, folder: Path, day: date = DAY) -> TheirFile:
    path = folder / "theirs.json"
    path.write_text(text, encoding="utf-8")
    return read_theirs(peer, path, day=day, checked=day)


def named(theirs: TheirFile, name: str) -> Taken:
    return next(one for one in theirs.taken if one.theirs == name)


def reasons(theirs: TheirFile, name: str) -> dict[str, str]:
    return {one.field: one.reason for one in theirs.left if one.model == name}
