"""An announced price is part of an answer: from which day on it is another, and what the verdict says of it."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest
from conftest import Cli, Overlay

from costcalc import Catalog, Workload
from costcalc.analysis.ahead import Ahead, ahead
from costcalc.case.case import Case

DAY = date(2026, 6, 15)
SOURCE = "source: {title: t, checked: 2026-01-01}"


def model(name: str, *prices: tuple[str, int], more: str = "") -> str:
    dated = ", ".join(f"{{effective: {day}, usd_per_mtok: {{output: {usd}}}, {SOURCE}}}" for day, usd in prices)
    return f"  {name}: {{{more}prices: [{dated}]}}\n"


WORLD = (
    "api: {acme: {provider: acme, models: {\n"
    + ",\n".join(
        text.rstrip()
        for text in (
            model("doubles", ("2026-01-01", 10), ("2026-07-01", 20)),
            model("halves", ("2026-01-01", 16), ("2026-08-01", 8)),
            model("steady", ("2026-01-01", 12)),
            model("ends", ("2026-01-01", 9), more="retired: 2026-09-01, retired_source: {title: t, checked: 2026-01-01}, "),
            model("far", ("2026-01-01", 5), ("2027-06-16", 50)),
            model("seen", ("2026-01-01", 10), ("2026-07-01", 10)),
        )
    )
    + "}}}\n"
    "options:\n"
    + "".join(f"  {name}: {{kind: api, model: acme/{name}}}\n" for name in ("doubles", "halves", "steady", "ends", "far", "seen"))
    + "  mixed: {kind: blend, routes: [{option: doubles, share: 0.5}, {option: seen}], router_usd_per_million_requests: 0}\n"
)  # fmt: skip


@pytest.fixture
def case(overlay: Overlay) -> Case:
    catalog: Catalog = overlay(WORLD)
    return Case(Workload.single(requests=1_000, output_tokens=1_000), catalog, DAY)  # 1 Mtok of output


@pytest.mark.parametrize(
    ("options", "day", "usd", "cheapest", "cheapest_usd"),
    [
        (["doubles", "steady"], "2026-07-01", 20, "steady", 12),  # another option wins
        (["doubles"], "2026-07-01", 20, "doubles", 20),  # its own price changes
        (["steady", "halves"], "2026-08-01", 12, "halves", 8),  # a dearer one falls below it
        (["ends", "steady"], "2026-09-01", None, "steady", 12),  # it can no longer be bought
        (["ends"], "2026-09-01", None, None, None),  # and nothing else can
        (["mixed", "steady"], "2026-07-01", 15, "steady", 12),  # half of a mix doubles
        (["seen", "doubles"], None, None, None, None),  # the same price seen again, and a dearer one: nothing changes
        (["far", "steady"], None, None, None, None),  # a year and a day ahead
        (["steady"], None, None, None, None),
    ],
)
def test_the_first_day_on_which_the_answer_changes(
    options: list[str], day: str | None, usd: int | None, cheapest: str | None, cheapest_usd: int | None, case: Case
) -> None:
    priced = case.priced(options).estimates
    found = ahead(case, priced, priced[0])
    if day is None:
        assert found is None
        return
    costs = [Decimal(each) if each is not None else None for each in (usd, cheapest_usd)]
    assert found == Ahead(date.fromisoformat(day), options[0], costs[0], cheapest, costs[1])


def test_no_answer_has_no_change(case: Case) -> None:
    assert ahead(case, (), None) is None


MONTH = ("--tokens", "1e6", "--input-tokens", "0", "--as-of", "2026-11-28")
COMMANDS = {
    # argon $10 now, $20 from December; gpt-5.2 $14; opus $25
    "compare": (
        ("--options", "gemini-4-argon-api,gpt-5.2-api"),
        "From 2026-12-01 gemini-4-argon-api costs $20.00 (announced); the cheapest is then gpt-5.2-api, $14.00.",
    ),
    "breakeven": (
        ("--build", "r1-distill-32b-h100", "--buy", "gemini-4-argon-api"),
        "From 2026-12-01 gemini-4-argon-api costs $20.00 (announced).",
    ),
    "recommend": (
        ("--kind", "coding_assistant", "--options", "gemini-4-argon-api,claude-opus-5.5-api"),
        "From 2026-12-01 gemini-4-argon-api costs $20.00 (announced).",
    ),
}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_verdict_says_what_an_announced_price_makes_of_it(command: str, cli: Cli) -> None:
    args, sentence = COMMANDS[command]
    run = cli(command, *MONTH, *args, "--format", "json")
    result = json.loads(run.out)["result"]
    verdict = result.get("verdict_sentences", result["verdict"])
    assert (verdict[-1], len(verdict) <= 3, run.err) == (sentence, True, "")
    assert (result["announced"]["day"], result["announced"]["monthly_usd"]) == ("2026-12-01", 20)


def test_what_serves_today_and_what_has_evidence_are_looked_at_too(cli: Cli) -> None:
    args = ("--options", "gemini-4-argon-api,claude-haiku-5.5-api", "--kind", "research", "--format", "json")
    result = json.loads(cli("compare", *MONTH, *args).out)["result"]
    assert result["answer"]["cheapest"]["option"] == "claude-haiku-5.5-api"
    vouched = result["answer"]["cheapest_with_evidence"]
    assert vouched is None or result["announced"]["option"] == vouched["option"]


def test_nothing_announced_is_nothing_said(cli: Cli) -> None:
    result = json.loads(cli("compare", *MONTH, "--options", "gpt-5.2-api", "--format", "json").out)["result"]
    assert result["announced"] is None
    mix = json.loads(
        cli("breakeven", *MONTH[4:], "--options", "gemini-4-argon-api", "--shape", "1000:1000", "--format", "json").out
    )
    assert mix["result"]["announced"] is None  # a mix without an amount costs nothing yet
