"""What generates tokens, and what only reads."""

from __future__ import annotations

from datetime import date

import pytest
from conftest import Cli, Overlay

from costcalc.case.case import NOT_ASKED_FOR, Case
from costcalc.catalog.generating import generates, readers
from costcalc.workload import Workload

DAY = date(2026, 11, 27)
READS = Workload.single(requests=1_000_000, input_tokens=512)
WORLD = """
options:
  vectors: {kind: api, model: openai/text-embedding-3-small}
  chat: {kind: api, model: openai/gpt-5.2}
  reader: {kind: self_host, gpu: H100 SXM, model: Qwen3-Embedding-8B, usd_per_gpu_hour: 2}
  writer: {kind: self_host, gpu: H100 SXM, model: Gemma 4 31B, usd_per_gpu_hour: 2}
  measured: {kind: self_host, tokens_per_s: 1000, usd_per_gpu_hour: 2}
  both: {kind: blend, routes: [{option: reader, share: 0.5}, {option: chat, share: 0.5}]}
  reading: {kind: blend, routes: [{option: reader, share: 0.5}, {option: vectors, share: 0.5}]}
  unclear: {kind: blend, routes: [{option: reader, share: 0.5}, {option: measured, share: 0.5}]}
"""
OPTIONS = [
    ("vectors", False),
    ("chat", True),
    ("reader", False),
    ("writer", True),
    ("measured", None),
    ("both", True),
    ("reading", False),
    ("unclear", None),
    ("claude-pro-seats", True),
    ("deepseek-r1-32b-self-hosted", None),
]


@pytest.mark.parametrize(("name", "expected"), OPTIONS)
def test_an_option_generates_as_its_price_or_its_model_says(name: str, expected: bool | None, overlay: Overlay) -> None:
    catalog = overlay(WORLD)
    assert generates(catalog.option(name).option, catalog, as_of=DAY) is expected


def test_before_its_first_price_nothing_tells(overlay: Overlay) -> None:
    catalog = overlay(WORLD)
    assert generates(catalog.option("chat").option, catalog, as_of=date(2020, 1, 1)) is None


def test_by_default_only_readers_that_are_sold_are_compared(overlay: Overlay) -> None:
    catalog = overlay(WORLD)
    names = readers(catalog, as_of=DAY)
    assert {"vectors", "reader", "reading", "voyage/voyage-4"} <= {*names}
    assert not {"openai/text-embedding-3-small", "chat", "google/gemini-embedding-001"} & {
        *names
    }  # once; never; replaced
    assert Case(READS, catalog, DAY).usual == names
    assert Case(Workload.single(requests=1, output_tokens=1), catalog, DAY).usual == catalog.headline
    assert Case(READS, catalog, date(2019, 1, 1)).usual == (*(n for n in names if n == "reader"),)


def test_what_a_user_names_is_compared_with_its_caveat(overlay: Overlay) -> None:
    case = Case(READS, overlay(WORLD), DAY)
    priced = case.priced(["vectors", "chat", "writer", "reader"]).estimates
    said = {one.option: NOT_ASKED_FOR in one.caveats for one in priced}
    assert said == {"vectors": False, "chat": True, "writer": True, "reader": False}


@pytest.mark.parametrize("command", ["compare", "breakeven"])
def test_it_is_said_that_only_readers_are_compared(command: str, cli: Cli) -> None:
    run = cli(command, "--requests", "10M", "--shape", "512:0", "--as-of", "2026-11-27")
    assert "only embedding models and rerankers are compared" in " ".join(run.out.split())
    assert "claude" not in run.out


@pytest.mark.parametrize(
    "asked", [("--per-request", "input_seconds=60"), ("--per-request", "output_image_tokens=1120")]
)
def test_speech_and_pictures_are_not_only_read(asked: tuple[str, ...], cli: Cli) -> None:
    """Text of a recording and pictures are made, though no output token is asked for."""
    shown = cli("compare", "--requests", "1000", "--shape", "500:0", *asked, "--as-of", "2026-11-27").out
    assert "nothing is generated" not in shown
    assert NOT_ASKED_FOR not in cli("compare", "--requests", "1000", "--shape", "500:0", *asked, "--notes", "--as-of", "2026-11-27").out  # fmt: skip
