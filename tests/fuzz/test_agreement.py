"""Commands that answer the same question agree, whatever the traffic: the winner, the amounts, the first month."""

from __future__ import annotations

import csv
import json
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from endings import document, ended, folder_of_its_own, often
from hypothesis import given
from hypothesis import strategies as st

pytestmark = pytest.mark.no_cover  # many draws of what other tests cover

DAY = "--as-of=2026-11-22"
NAMES = ("gpt-5.2-api", "gpt-6.1-sol-api", "gemma-4-31b-novita", "r1-distill-32b-h100", "gemma-4-31b-h100", "claude-haiku-5.5-api")  # fmt: skip
volumes = st.integers(4, 11).flatmap(lambda power: st.integers(10**power, 10 ** (power + 1))).map(str)
mixes = st.sampled_from(("1000:300", "4000:100", "200:900", "30000:1000"))
options = st.lists(st.sampled_from(NAMES), min_size=2, max_size=4, unique=True).map(",".join)


def _asked(tokens: str, mix: str, named: str) -> tuple[str, ...]:
    return (f"--tokens={tokens}", f"--shape={mix}", f"--options={named}", DAY)


def _costs(found: dict[str, Any]) -> dict[str, float]:
    """Give what can be compared, cheapest first."""
    rows = found["result"]["estimates"]
    return {row["option"]: row["monthly_usd"] for row in rows if row["times_cheapest"] is not None}


@often(4)
@given(tokens=volumes, mix=mixes, named=options)
def test_the_winner_of_compare_is_that_of_break_even_and_first_of_recommend(tokens: str, mix: str, named: str) -> None:
    with folder_of_its_own():
        asked = _asked(tokens, mix, named)
        costs = _costs(document("compare", "--costs=all", *asked))
        stretches = document("breakeven", "--costs=all", *asked)["result"]["at_your_volume"]
        answer = document("recommend", *asked)["result"]
    cheapest = min(costs, key=lambda name: costs[name])
    assert costs[cheapest] == pytest.approx(costs[stretches[0]["cheapest"]])
    priced = [
        row
        for row in [*answer["considered"], *answer["set_aside"]]
        if row["monthly_usd"] is not None and row["option"] in costs
    ]
    assert {row["option"]: row["monthly_usd"] for row in priced} == pytest.approx({row["option"]: costs[row["option"]] for row in priced})  # fmt: skip


@often(4)
@given(tokens=volumes, mix=mixes, named=options)
def test_the_first_month_of_project_is_compare_of_that_day(tokens: str, mix: str, named: str) -> None:
    with folder_of_its_own():
        asked = _asked(tokens, mix, named)
        found = document("compare", *asked)
        months = document("project", "--months=3", "--monthly", *asked)["result"]["options"]
    rows = {row["option"]: row for row in found["result"]["estimates"]}
    for option in months:
        month = option["months"][0]
        assert month["running_usd"] + month["upfront_usd"] == pytest.approx(
            rows[option["option"]]["monthly_usd"], abs=1e-6
        )


@often(4)
@given(requests=st.integers(1, 10**9), tokens_in=st.integers(0, 10**5), tokens_out=st.integers(1, 10**4), option=st.sampled_from(NAMES))  # fmt: skip
def test_what_check_finds_is_what_compare_says(requests: int, tokens_in: int, tokens_out: int, option: str) -> None:
    plan = f"""
workloads:
  bot: {{requests: {requests}, option: {option}, shapes: [{{input_tokens: {tokens_in}, output_tokens: {tokens_out}}}]}}
budgets: {{all: {{monthly_usd: 100}}}}
"""
    with folder_of_its_own(costcalc_yaml=plan.encode()):
        checked = document("check", DAY)["result"]
        rows = document("compare", "--workload=costcalc.yaml#bot", f"--options={option}", DAY)["result"]["estimates"]
    assert [row["monthly_usd"] for row in rows] == pytest.approx([each["actual_usd"] for each in checked["budgets"]])


@often(4)
@given(tokens=volumes, mix=mixes, named=options)
def test_every_format_carries_the_same_amounts(tokens: str, mix: str, named: str) -> None:
    with folder_of_its_own():
        asked = _asked(tokens, mix, named)
        rows = json.loads(ended("compare", *asked, "--format=json").out, parse_float=Decimal)["result"]["estimates"]
        lines = [json.loads(line, parse_float=Decimal) for line in ended("compare", *asked, "--format=jsonl").out.splitlines()]  # fmt: skip
        table = list(csv.DictReader(StringIO(ended("compare", *asked, "--format=csv").out)))
        pages = [ended("compare", *asked, *form).out for form in (("--format=markdown",), ())]
    exact = {row["option"]: Decimal(row["monthly_usd"]) for row in rows}
    assert {line["option"]: Decimal(line["monthly_usd"]) for line in lines if "option" in line} == exact
    assert {row["option"]: Decimal(row["monthly_usd"]) for row in table} == exact
    for page in pages:
        for name, usd in exact.items():
            assert any(_writes(line, usd) for line in page.splitlines() if name in line), (name, usd, page)


def _writes(line: str, usd: Decimal) -> bool:
    """Say whether a line writes an amount, to as many digits as it shows."""
    shown = [Decimal(word.strip("$|*").replace(",", "")) for word in line.split() if word.strip("$|*").replace(",", "").replace(".", "", 1).isdigit()]  # fmt: skip
    return any(abs(each - usd) <= Decimal("0.5") * Decimal(1).scaleb(int(each.as_tuple().exponent)) for each in shown)
