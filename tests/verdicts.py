"""What tests of verdicts share: random months, and a look for a verdict's figures in its data."""

from __future__ import annotations

import json
import random
import re
import textwrap
from collections.abc import Iterator
from typing import Any

from conftest import Cli

DAY = ("--as-of", "2026-11-22")
AMOUNT = r"\d[\d,]*(?:\.\d+)?"


def months(workloads: int) -> Iterator[tuple[random.Random, list[str]]]:
    """Draw a month of 1 Mtok to 100,000 Mtok of output, with up to ten times as much input."""
    for seed in range(workloads):
        draw = random.Random(seed)  # noqa: S311  # a test's draws
        output = round(10 ** draw.uniform(6, 11))
        read = round(output * draw.choice([0.5, 1, 3, 10]))
        yield draw, ["--tokens", str(output), "--input-tokens", str(read), *DAY]


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
    lines = textwrap.wrap(text, 80, break_long_words=False, break_on_hyphens=False)
    assert len(lines) <= 3, "\n".join(lines)
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
