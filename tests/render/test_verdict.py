"""The verdict of every page: at most three sentences, true to the data, on a page of at most 40 lines."""

from __future__ import annotations

import json
import random
from decimal import Decimal
from pathlib import Path

import pytest
from conftest import Cli
from verdicts import DAY, check, documents, months

from costcalc.units import usd

BUILD = ("r1-distill-32b-h100", "r1-distill-32b-2x-l40s", "llama-3.3-70b-2x-h100", "gemma-4-31b-h100")
BUY = ("gpt-5.2-api", "gemini-4-argon-api", "claude-haiku-5.5-api", "r1-distill-32b-novita", "gemma-4-31b-novita")
MODELS = ("DeepSeek-R1-Distill-Qwen-32B", "Llama-3.3-70B", "Gemma 4 31B")
KINDS = ("customer_service", "research", "general")
WORKLOADS = 50  # of the quick commands; of the slow ones fewer, so that all take seconds


def pair(draw: random.Random) -> list[str]:
    return ["--build", draw.choice(BUILD), "--buy", draw.choice(BUY)]


def some(draw: random.Random) -> list[str]:
    return ["--options", ",".join((*draw.sample(BUILD, 2), *draw.sample(BUY, 2)))]


def test_the_numbers_of_a_break_even_are_in_its_data(cli: Cli) -> None:
    for draw, month in months(WORKLOADS):
        check(documents(cli, "breakeven", *month, *(pair(draw) if draw.random() < 0.7 else some(draw))))


def test_a_verdict_says_who_is_cheaper_at_the_users_volume(cli: Cli) -> None:
    for draw, month in months(WORKLOADS):
        result = documents(cli, "breakeven", *month, *pair(draw))["result"]
        (here,) = result["at_your_volume"]
        costs = {name: cost for name, cost in here["monthly_usd"].items() if cost is not None}
        least = min(costs, key=lambda name: costs[name])
        assert f"where {least} costs ${usd(Decimal(str(costs[least])))} a month" in result["verdict"][-1]
        assert here["lead_usd"] == pytest.approx(max(costs.values()) - costs[least])


def test_the_numbers_of_a_projection_are_in_its_data(cli: Cli) -> None:
    for draw, month in months(25):
        growth = draw.choice(["0", "50%", "-20%"])
        check(documents(cli, "project", *month, *some(draw), "--months", "12", "--growth", growth))


def test_the_numbers_of_a_bill_are_in_its_data(cli: Cli) -> None:
    for draw, month in months(20):
        check(documents(cli, "tco", draw.choice(BUILD), *month))


def test_the_numbers_of_a_tornado_and_of_a_simulation_are_in_their_data(cli: Cli) -> None:
    for draw, month in months(8):
        options = some(draw)
        check(documents(cli, "sensitivity", *month, *options))
        check(documents(cli, "simulate", *month, *options, "--draws", "100", "--seed", "0"))


def test_the_numbers_of_a_recommendation_are_in_its_data(cli: Cli) -> None:
    for draw, month in months(8):
        check(documents(cli, "recommend", "--workload", draw.choice(KINDS), *month))


def test_the_numbers_of_a_size_are_in_its_data(cli: Cli) -> None:
    for draw, _ in months(8):
        shape = f"{draw.choice([100, 1000, 8000])}:{draw.choice([100, 1000])}"
        check(documents(cli, "size", draw.choice(MODELS), "--shape", shape, *DAY))


SHAPE = ("--tokens", "500M", "--input-tokens", "1500M", *DAY)
PAGES = [
    ("compare", "--tokens", "1e6", *DAY),
    ("compare", "--tokens", "5e9", *DAY, "--spares", "1"),
    ("compare", *SHAPE),
    ("compare", "--seats", "40", "--kind", "coding_assistant", *DAY),
    ("compare", "--conversations", "40k", "--turns", "6", *DAY),
    ("breakeven", *DAY),
    ("breakeven", *SHAPE),
    ("breakeven", "--build", "r1-distill-32b-h100", "--buy", "gpt-5.2-api", *SHAPE),
    ("project", *SHAPE),
    ("project", *SHAPE, "--requalify-every", "12", "--from", "gpt-5.2-api", "--costs", "all"),
    ("simulate", *SHAPE, "--draws", "100", "--seed", "0"),
    ("simulate", *SHAPE, "--draws", "100", "--seed", "0", "--costs", "all"),
    ("sensitivity", "--tokens", "100M to 2B", "--input-tokens", "1500M", *DAY),
    ("sensitivity", *SHAPE, "--of", "r1-distill-32b-h100", "--costs", "all"),
    ("size", "Gemma 4 31B", *DAY),
    ("size", "Gemma 4 31B", "--gpu", "H100", "--precision", "fp8", *DAY),
    ("tco", "r1-distill-32b-h100", *SHAPE),
    ("tco", "r1-distill-32b-h100", "--tenure", "own", *SHAPE),
    *(("recommend", "--workload", kind, "--tokens", "500M", *DAY) for kind in KINDS),
    ("recommend", "--workload", "coding_swe_bench_critical", "--tokens", "500M", *DAY),
    ("recommend", "--workload", "customer_service", "--tokens", "1M", "--data", "private", *DAY),
]


@pytest.mark.parametrize("args", PAGES, ids=" ".join)
def test_a_page_begins_with_its_verdict_and_has_at_most_40_lines(
    args: tuple[str, ...], cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    data = tmp_path / "page.json"
    page = cli(*args, "--output", f"json={data}").out
    result = json.loads(data.read_text())["result"]
    verdict = " ".join(result.get("verdict_sentences", result["verdict"]))
    assert " ".join(page.split()).startswith(verdict)
    lines = page.splitlines()
    assert len(lines) <= (44 if "own" in args else 40)  # machines of one's own have 18 lines, and a bill shows each
    assert max(len(line) for line in lines if "https://" not in line) <= 80
    rule = next(index for index, line in enumerate(lines) if line.startswith("---"))
    assert 1 <= lines[rule + 1 :].index("") <= (19 if args[0] == "tco" else 12)  # a bill shows each of its lines
