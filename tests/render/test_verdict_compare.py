"""The verdict of `compare`: true to the data, and the data true to the other commands."""

from __future__ import annotations

import json
import random
from decimal import Decimal
from typing import Any

import pytest
from conftest import Cli, Write
from endings import LONG_RUN
from verdicts import DAY, check, documents, months

from costcalc.units import usd

pytestmark = pytest.mark.no_cover  # many runs of what others cover

TODAY = ("gpt-6.1-terra-api", "claude-opus-5.5-api", "claude-haiku-5.5-api", "gpt-5.2-api", "r1-distill-32b-h100")
WORKLOADS = 50 if LONG_RUN else 25


def file_of(draw: random.Random) -> str:
    """Draw a workload of a file that says what serves it today."""
    tokens_in, tokens_out = draw.choice([200, 1_000, 4_000]), draw.choice([50, 200, 800])
    requests = round(10 ** draw.uniform(3, 7))
    shape = f"{{input_tokens: {tokens_in}, output_tokens: {tokens_out}, cached_share: {draw.choice([0, 0.5])}}}"
    kind = draw.choice(["customer_service", "extraction", "general"])
    return (
        f"workloads: {{bot: {{requests: {requests}, shapes: [{shape}], kind: {kind}, option: {draw.choice(TODAY)}}}}}"
    )


def choosable(result: dict[str, Any]) -> dict[str, float]:
    """The month of every option that somebody can choose, with prompts where output alone is counted."""
    kinds = {"api", "self_host", "plan"}
    fit = [e for e in result["estimates"] if e["kind"] in kinds and not e["retired"] and not e["not_comparable"]]
    return {e["option"]: e["monthly_usd"] if e["with_prompts_usd"] is None else e["with_prompts_usd"] for e in fit}


def test_the_verdict_of_a_workload_is_true(cli: Cli, written: Write) -> None:
    for seed in range(WORKLOADS):
        written(file_of(random.Random(seed)))  # noqa: S311  # a test's draws
        document = documents(cli, "compare", "--workload", "costcalc.yaml#bot", *DAY)
        check(document)
        result, answer = document["result"], document["result"]["answer"]
        costs = choosable(result)
        least = min(costs.values())
        assert answer["cheapest"]["monthly_usd"] == least
        today = answer["today"]
        assert result["verdict"][0] == f"Today ${usd(Decimal(str(today['monthly_usd'])))} a month on {today['option']}."
        if least < today["monthly_usd"]:
            change = (least / today["monthly_usd"] - 1) * 100
            assert answer["cheapest"]["change_percent"] == pytest.approx(change, abs=1e-4)
            assert answer["cheapest"]["option"] in result["verdict"][1]
        else:
            assert result["verdict"][1] == f"Of {len(costs)} options, none costs less."


def test_the_verdict_of_bare_tokens_rests_on_prompts(cli: Cli) -> None:
    for draw, _ in months(20):
        tokens = str(round(10 ** draw.uniform(5, 10)))
        document = documents(cli, "compare", "--tokens", tokens, *DAY)
        check(document)
        result = document["result"]
        costs = choosable(result)
        assert result["answer"]["cheapest"]["monthly_usd"] == min(costs.values())
        least = min(costs, key=lambda option: costs[option])
        assert result["verdict"][0].startswith(f"Cheapest of {len(costs)} options with typical prompts")
        assert f": {least}, $" in result["verdict"][0]


def test_building_begins_where_the_verdict_says(cli: Cli) -> None:
    options = ("--options", "claude-opus-5.5-api,r1-distill-32b-h100")
    shape = ("--shape", "1000:1000", *DAY, *options)
    answer = documents(cli, "compare", "--requests", "1000", *shape)["result"]["answer"]
    begins = answer["build_from_mtok"] * 1000  # requests of 1,000 tokens out
    sides = []
    for requests in (int(begins) - 1, int(begins) + 2):
        run = cli("compare", "--requests", str(requests), *shape, "--format", "json")
        sides.append(json.loads(run.out)["result"]["answer"]["cheapest"]["option"])
    assert sides == ["claude-opus-5.5-api", "r1-distill-32b-h100"]
