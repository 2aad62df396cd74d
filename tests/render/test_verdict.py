"""The verdict of every page: at most three sentences, true to the data, on a page of at most 40 lines."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import pytest
from conftest import Cli
from endings import LONG_RUN
from verdicts import DAY, check, documents, months

from costcalc import load_catalog
from costcalc.units import usd

pytestmark = pytest.mark.no_cover  # many runs of what others cover

SHIPPED = load_catalog().options
LONG = 24  # characters of a name: the third of the options whose names are the longest
BUILD = sorted(name for name, option in SHIPPED.items() if option.kind == "self_host")
BUY = sorted(name for name, option in SHIPPED.items() if option.kind == "api")
BLENDS = sorted(name for name, option in SHIPPED.items() if option.kind == "blend")
MODELS = ("DeepSeek-R1-Distill-Qwen-32B", "DeepSeek-R1-Distill-Llama-70B", "Llama-3.3-70B", "Gemma 4 31B")
KINDS = ("customer_service", "research", "general")
WORKLOADS = 50 if LONG_RUN else 25


def named(draw: random.Random, names: Sequence[str]) -> str:
    """Draw a name: every second time one of the long ones, which a sentence has least room for."""
    long = [name for name in names if len(name) >= LONG]
    return draw.choice(long if long and draw.random() < 0.5 else names)


def pair(draw: random.Random) -> list[str]:
    return ["--build", named(draw, BUILD), "--buy", named(draw, BUY)]


def some(draw: random.Random) -> list[str]:
    names = {named(draw, BUILD), named(draw, BUILD), named(draw, BUY), named(draw, BUY)}
    return ["--options", ",".join(sorted(names))]


def policy(draw: random.Random) -> list[str]:
    return draw.choice([[], ["--costs", "all"], ["--spares", "1", "--headroom", "1.5"]])


def test_the_numbers_of_a_break_even_are_in_its_data(cli: Cli) -> None:
    for draw, month in months(WORKLOADS):
        check(documents(cli, "breakeven", *month, *some(draw), *policy(draw)))


def test_a_verdict_says_who_is_cheaper_at_the_users_volume(cli: Cli) -> None:
    for draw, month in months(WORKLOADS):
        document = documents(cli, "breakeven", *month, *pair(draw), *policy(draw))
        check(document)
        result = document["result"]
        (here,) = result["at_your_volume"]
        costs = {name: cost for name, cost in here["monthly_usd"].items() if cost is not None}
        least = min(costs, key=lambda name: costs[name])
        yours = f"where {least} costs ${usd(Decimal(str(costs[least])))} a month"
        assert yours in result["verdict"][-1] or result["announced"] is not None
        assert here["lead_usd"] == pytest.approx(max(costs.values()) - costs[least])


def test_the_numbers_of_a_trade_off_are_in_its_data(cli: Cli) -> None:
    for draw, month in months(WORKLOADS):
        asked = draw.choice([[], ["--at-least", "60"], ["--cost-of-failure", "2"], ["--cost-of-failure", "0.01 to 9"]])
        whose = draw.choice([[], ["--reporter", "any"], ["--reporter", "vendor"]])
        score = draw.choice(["gpqa-diamond", "swe-bench-verified", "mmlu-pro"])
        some_options = draw.choice([[], some(draw), ["--blend", "claude-opus-4.6-api:10%", "--reporter", "any"]])
        whose = [] if "--reporter" in some_options else whose
        check(documents(cli, "capability", *month, *asked, *whose, "--score", score, *some_options))


def test_the_numbers_of_a_projection_are_in_its_data(cli: Cli) -> None:
    for draw, month in months(WORKLOADS):
        growth = draw.choice(["0", "50%", "-20%"])
        asked = [*some(draw), *policy(draw), "--months", draw.choice(["6", "12"]), "--growth", growth]
        check(documents(cli, "project", *month, *asked))


def test_the_numbers_of_a_bill_are_in_its_data(cli: Cli) -> None:
    for draw, month in months(WORKLOADS):
        option = named(draw, BUILD)
        bought = ["own"] if "h100" in option else []  # of an L40S nobody publishes what it costs to buy
        check(documents(cli, "tco", option, *month, "--tenure", draw.choice(["on_demand", "reserved_3y", *bought])))


def test_the_numbers_of_a_tornado_and_of_a_simulation_are_in_their_data(cli: Cli) -> None:
    for draw, month in months(WORKLOADS):
        options = [*some(draw), *policy(draw)]
        of = options[1].split(",")[0]
        check(documents(cli, "sensitivity", *month, *options, *draw.choice([[], ["--of", of]])))
        check(documents(cli, "simulate", *month, *options, "--draws", "100", "--seed", "0"))


def test_the_numbers_of_a_recommendation_are_in_its_data(cli: Cli) -> None:
    for draw, month in months(WORKLOADS):
        check(documents(cli, "recommend", "--workload", draw.choice(KINDS), *month, *policy(draw)))


def _month(current: str) -> str:
    shapes = "[{input_tokens: 2500, output_tokens: 350}]"
    return f"workloads: {{mine: {{option: {current}, requests: 120_000, shapes: {shapes}}}}}\n"


@pytest.mark.parametrize(
    ("current", "options", "why"),
    [
        ("gpt-5.2-api", "gpt-5.2-api", "which does not suffice for all of it (rule premium-tasks)"),
        ("deepseek-r1-api", "gpt-5.2-api,deepseek-r1-api", "which the rule retired excludes"),
        (
            "gemma-4-31b-novita",
            "gpt-5.2-api,gemma-4-31b-novita",
            "gemma-4-31b-novita costs $58.80, if your own test passes",
        ),
        ("gemma-4-31b-novita", "gpt-5.2-api", "which --options leaves out"),
    ],
)
def test_a_verdict_that_costs_more_says_why(current: str, options: str, why: str, cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(_month(current))
    run = cli(
        "recommend", "--workload", str(file), "--options", f"claude-opus-5.5-api,{options}", "--as-of", "2026-11-27"
    )
    verdict = " ".join(run.out.split("\n\n")[0].split())
    assert "Use claude-opus-5.5-api" in verdict
    assert "the cheapest way with at least 4.2 % of the work on a frontier model, of 2 options with evidence" in verdict
    assert verdict.endswith(f"{why}.")
    assert len(run.out.split("\n\n")[0].splitlines()) <= 3


def test_the_numbers_of_a_size_are_in_its_data(cli: Cli) -> None:
    for seed, (draw, _) in enumerate(months(WORKLOADS)):
        shape = f"{draw.choice([100, 1000, 8000])}:{draw.choice([100, 1000])}"
        gpu = ["--gpu", draw.choice(["H100", "L40S", "RTX 4090", "Apple M2 Ultra 76c"])]
        way = [*gpu, "--weights", draw.choice(["bf16", "fp8", "int4"]), "--tp", draw.choice(["1", "2"])]
        # to rank every GPU takes ten times as long as to size one
        check(documents(cli, "size", draw.choice(MODELS), "--shape", shape, *DAY, *(way if seed % 5 else [])))


def test_a_long_name_of_an_option_leaves_the_verdict_in_three_lines(cli: Cli) -> None:
    """Every shipped option with a long name, and every blend, in every command that prices it."""
    asked = ("--tokens", "1.2345e10", "--input-tokens", "4.321e10", *DAY)  # amounts of millions of dollars
    for name in [name for name in SHIPPED if len(name) >= LONG or name in BLENDS]:
        other = next(option for option in ("gpt-5.2-api", "r1-distill-32b-2x-h100-bf16") if option != name)
        both = ("--options", f"{name},{other}")
        check(documents(cli, "compare", *asked, *both))
        check(documents(cli, "breakeven", *asked, "--build", other, "--buy", name))
        check(documents(cli, "project", *asked, *both, "--months", "6"))
        if SHIPPED[name].kind != "rate":  # which nobody sells, so nobody can choose it
            check(documents(cli, "sensitivity", *asked, "--options", f"{name},{other}", "--of", name))


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
    ("size", "Gemma 4 31B", "--gpu", "H100", "--weights", "fp8", *DAY),
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
    assert len(lines) <= 40
    assert max(len(line) for line in lines if "https://" not in line) <= 80
    rule = next(index for index, line in enumerate(lines) if line.startswith("---"))
    assert 1 <= lines[rule + 1 :].index("") <= (19 if args[0] == "tco" else 12)  # a bill shows each of its lines
