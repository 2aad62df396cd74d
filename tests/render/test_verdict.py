"""The verdict of every page: at most three sentences, true to the data, on a page of at most 40 lines."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from conftest import Cli

from costcalc.units import usd

DAY = ("--as-of", "2026-11-22")
BUILD = ("r1-distill-32b-h100", "r1-distill-32b-2x-l40s", "llama-3.3-70b-2x-h100", "gemma-4-31b-h100")
BUY = ("gpt-5.2-api", "gemini-4-argon-api", "claude-haiku-5.5-api", "r1-distill-32b-novita", "gemma-4-31b-novita")
MODELS = ("DeepSeek-R1-Distill-Qwen-32B", "Llama-3.3-70B", "Gemma 4 31B")
KINDS = ("customer_service", "research", "general")
WORKLOADS = 50  # of the quick commands; of the slow ones fewer, so that all take seconds
AMOUNT = r"\d[\d,]*(?:\.\d+)?"


def months(workloads: int) -> Iterator[tuple[random.Random, list[str]]]:
    """Draw a month of 1 Mtok to 100,000 Mtok of output, with up to ten times as much input."""
    for seed in range(workloads):
        draw = random.Random(seed)  # noqa: S311  # a test's draws
        output = round(10 ** draw.uniform(6, 11))
        read = round(output * draw.choice([0.5, 1, 3, 10]))
        yield draw, ["--tokens", str(output), "--input-tokens", str(read), *DAY]


def pair(draw: random.Random) -> list[str]:
    return ["--build", draw.choice(BUILD), "--buy", draw.choice(BUY)]


def some(draw: random.Random) -> list[str]:
    return ["--options", ",".join((*draw.sample(BUILD, 2), *draw.sample(BUY, 2)))]


def numbers_of(value: Any) -> Iterator[float]:  # noqa: ANN401  # JSON
    match value:
        case bool() | None | str():
            return
        case int() | float():
            yield abs(value)
        case dict():
            for child in value.values():
                yield from numbers_of(child)
        case _:
            for child in value:
                yield from numbers_of(child)


def holds(written: str, numbers: set[float]) -> bool:
    """Whether a number is there that is written so: to its last digit, in units or in millions."""
    decimals = len(written.partition(".")[2])
    shown, slack = float(written.replace(",", "")), 0.5 * 10**-decimals + 1e-9
    return any(abs(shown - number) <= slack or abs(shown - number / 1e6) <= slack for number in numbers)


def check(document: dict[str, Any]) -> None:
    result = document["result"]
    verdict = result.get("verdict_sentences", result["verdict"])  # recommend's own verdict is a word
    assert 1 <= len(verdict) <= 3
    text = " ".join(verdict)
    spans = [end for span in re.findall(rf"({AMOUNT}) to ({AMOUNT}) Mtok", text) for end in span]
    found = [*re.findall(rf"\$({AMOUNT})", text), *re.findall(rf"({AMOUNT}) Mtok", text), *spans]
    found += re.findall(r"month (\d+)", text)
    numbers = set(numbers_of({key: value for key, value in result.items() if not key.startswith("verdict")}))
    assert [written for written in found if not holds(written, numbers)] == [], text


def documents(cli: Cli, *args: str) -> dict[str, Any]:
    run = cli(*args, "--format", "json")
    assert run.err == ""
    found: dict[str, Any] = json.loads(run.out)
    return found


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
