"""One door for traffic: however the same month is said, every command gives the same answer."""

from __future__ import annotations

import json
from typing import Any

import pytest
from conftest import Cli, Write

# A thousand requests of 1,155 tokens in and 211 out: 211,000 tokens out and 1,155,000 in
FILE = """
workloads:
  bot: {requests: 1_000, shapes: [{input_tokens: 1_155, output_tokens: 211}]}
"""
SPLIT = """
workloads:
  bot:
    requests: 1e3
    shapes: [{share: 0.25, input_tokens: 1155, output_tokens: 211}, {share: 0.75, input_tokens: 1155, output_tokens: 211}]
  other: {requests: 5, shapes: [{output_tokens: 1}]}
"""
WAYS: dict[str, tuple[str, ...]] = {
    "requests of a shape": ("--requests", "1000", "--shape", "1155:211"),
    "the same with suffixes": ("--requests", "1k", "--shape", "1.155k:211"),
    "a shape with its share": ("--requests", "1_000", "--shape", "1155:211:100%"),
    "two shapes of one size": ("--requests", "1000", "--shape", "1155:211:0.4", "--shape", "1155:211:60%"),
    "tokens in requests of a shape": ("--tokens", "211k", "--shape", "1155:211"),
    "tokens of so many requests": ("--tokens", "211,000", "--requests", "1000", "--input-tokens", "1155k"),
    "tokens of a size": ("--tokens", "211_000", "--output-per-request", "211", "--input-tokens", "1.155M"),
    "requests of a size": ("--requests", "1e3", "--output-per-request", "211", "--input-tokens", "1_155_000"),
    "conversations of one turn": (
        *("--conversations", "1000", "--turns", "1", "--shape", "1155:211", "--cached-share", "0%"),
    ),
    "a kind of work": ("--requests", "1000", "--shape", "1155:211", "--kind", "general"),
    "a workload of a file": ("--workload", "costcalc.yaml#bot"),
    "the only workload of a file": ("--workload", "only.yaml"),
    "one of several, in two shapes": ("--workload", "split.yaml#bot"),
}
COMMANDS: dict[str, tuple[str, ...]] = {
    "compare": (),
    "breakeven": (),
    "capability": ("--score", "gpqa-diamond", "--cost-of-failure", "0.1 to 5"),
    "project": ("--months", "4"),
    "sensitivity": (),
    "simulate": ("--draws", "100"),
    "recommend": ("--options", "r1-distill-32b-h100,r1-distill-32b-novita,gpt-6.1-terra-api"),
    "tco": ("r1-distill-32b-h100",),
    "size": ("DeepSeek-R1-Distill-Qwen-32B", "--gpu", "H100"),
}
FEW = ("--options", "r1-distill-32b-h100,r1-distill-32b-novita,gpt-6.1-terra-api")
TAKES_OPTIONS = {"breakeven", "project", "sensitivity", "simulate"}


def answer(cli: Cli, command: str, *traffic: str) -> dict[str, Any]:
    """Run a command on some traffic, and give the result of its document."""
    more = FEW if command in TAKES_OPTIONS else ()
    run = cli(command, *COMMANDS[command], *traffic, *more, "--format", "json", "--as-of", "2026-11-22")
    assert run.status == 0, run.err
    result: dict[str, Any] = json.loads(run.out)["result"]
    return result


@pytest.mark.no_cover  # a table of what other tests cover
@pytest.mark.parametrize("command", COMMANDS)
def test_the_same_traffic_gives_the_same_answer_however_it_is_said(command: str, cli: Cli, written: Write) -> None:
    for name, text in (("costcalc.yaml", FILE), ("only.yaml", FILE), ("split.yaml", SPLIT)):
        written(text, name)
    answers = {way: answer(cli, command, *traffic) for way, traffic in WAYS.items()}
    first = answers.pop("requests of a shape")
    assert first["verdict"]
    differing = {way: other for way, other in answers.items() if other != first}
    assert not differing, {
        way: [key for key in other if other[key] != first.get(key)] for way, other in differing.items()
    }


RANGES: tuple[tuple[str, ...], ...] = (
    ("--tokens", "100M to 2B"),
    ("--requests", "100k to 2M", "--shape", "1000 to 2000:200 to 400"),
    ("--conversations", "10k to 40k", "--turns", "2 to 6"),
    ("--seats", "20 to 80", "--kind", "coding_assistant"),
    ("--tokens", "1M", "--input-tokens", "2M to 8M", "--cached-share", "20% to 60%", "--peak-to-mean", "2 to 5"),
    ("--tokens", "1M", "--output-per-request", "100 to 400", "--cache-write-share", "5% to 10%"),
    ("--tokens", "1M", "--batchable-share", "10% to 30%"),
)


@pytest.mark.no_cover  # a table of what other tests cover
@pytest.mark.parametrize("traffic", RANGES)
@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_takes_ranges(command: str, traffic: tuple[str, ...], cli: Cli) -> None:
    assert answer(cli, command, *traffic)


def test_the_commands_agree_on_bare_tokens(cli: Cli) -> None:
    compared = answer(cli, "compare", "--tokens", "500M")
    costs = {each["option"]: each["with_prompts_usd"] for each in compared["estimates"]}
    followed = answer(cli, "project", "--tokens", "500M")
    months = {each["option"]: each["months"][0]["running_usd"] for each in followed["options"]}
    drawn = answer(cli, "simulate", "--tokens", "500M")
    central = {each["option"]: each["central_usd"] for each in drawn["options"]}
    for option in FEW[1].split(","):
        assert costs[option] == pytest.approx(months[option]) == pytest.approx(central[option])


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("--requests", "1k", "--shape", "3:4:80%", "--shape", "6:1:30%"), "the shares of --shape sum to 110 %"),
        (("--requests", "1k", "--shape", "3:4:80%", "--shape", "6:1"), "give every --shape its share"),
        (("--requests", "1k", "--shape", "3:4:80%"), "the shares of --shape sum to 80 %"),
        (("--tokens", "1e6", "--cached-share", "70%", "--cache-write-share", "50%"), "are up to 120 % together"),
        (
            ("--tokens", "1M", "--cached-share", "60% to 90%", "--cache-write-share", "20% to 40%"),
            "are up to 130 % together",
        ),
        (("--seats", "1.5"), "--seats: expected a whole number of people, found 1.5"),
        (("--tokens", "1M", "--region", "mars"), "no seller of the catalog has 'mars'; expected one of"),
        (("--tokens", "1M", "--service-tier", "priorty"), "did you mean 'priority'"),
        (("--tokens", "1M", "--headroom", "0.5"), "expected 1 or more, found '0.5'"),
        (("--conversations", "5"), "--conversations and --turns go together"),
        (("--conversations", "5", "--turns", "2.5"), "--turns: expected a whole number from 1 to 100"),
        (("--conversations", "5", "--turns", "2", "--cached-share", "20%"), "--conversations derives what is read"),
        (("--tokens", "1M", "--requests", "5", "--shape", "1:1"), "say the same thing twice"),
        (("--seats", "5", "--kind", "extraction"), "nobody knows how much a person sends for 'extraction'"),
        (("--kind", "extracton", "--tokens", "1M"), "did you mean 'extraction'"),
        (("--batch", "--batchable-share", "20%", "--tokens", "1M"), "leave out --batchable-share"),
        (("--workload", "research", "--kind", "general", "--tokens", "1M"), "name two kinds of work"),
    ],
)
@pytest.mark.parametrize("command", ["compare", "breakeven", "project", "recommend"])
def test_traffic_that_cannot_be_is_refused_everywhere(
    command: str, args: tuple[str, ...], message: str, cli: Cli
) -> None:
    run = cli(command, *args)
    assert (run.status, run.out) == (2, "")
    assert message in run.err


SUM = """
workloads:
  chat: {requests: 3000, shapes: [{input_tokens: 1000, output_tokens: 100}], option: gpt-6.1-terra-api}
  night: {requests: 1000, batchable_share: 1, shapes: [{input_tokens: 2000, output_tokens: 500}], option: gpt-6.1-terra-api}
"""


def test_a_file_without_a_name_is_the_sum_of_its_workloads(cli: Cli, written: Write) -> None:
    written(SUM)
    options = ("--options", "gpt-6.1-terra-api,claude-haiku-5.5-api,r1-distill-32b-h100")
    day = ("--as-of", "2026-11-27", "--format", "json")
    found = json.loads(cli("compare", "--workload", "costcalc.yaml", *options, *day).out)["result"]
    parts = {
        each["workload"]: {o["option"]: o["monthly_usd"] for o in each["estimates"]} for each in found["workloads"]
    }
    assert set(parts) == {"chat", "night"}
    for each in found["estimates"]:
        apart = [part[each["option"]] for part in parts.values()]
        # an API bills each request by itself, the batch of the night too; one machine serves both
        assert each["monthly_usd"] == pytest.approx(sum(apart) if each["kind"] == "api" else apart[0])
    assert found["answer"]["today"]["option"] == "gpt-6.1-terra-api"


def test_workloads_of_different_regions_have_no_sum(cli: Cli, written: Write) -> None:
    written(SUM.replace("batchable_share: 1", "region: eu"))
    run = cli("compare", "--workload", "costcalc.yaml")
    assert (run.status, run.out) == (2, "")
    assert "the workloads differ in region (chat: none, night: eu), so they have no sum; name one with #" in run.err


OWN_TERMS = """
options:
  plain: {kind: self_host, tokens_per_s: 1000, usd_per_gpu_hour: 2}
  spared: {kind: self_host, tokens_per_s: 1000, usd_per_gpu_hour: 2, spares: 1}
  roomy: {kind: self_host, tokens_per_s: 1000, usd_per_gpu_hour: 2, headroom: 2}
  whole: {kind: self_host, tokens_per_s: 1000, usd_per_gpu_hour: 2, costs: all}
"""
UNLESS = "unless an option says otherwise"


@pytest.mark.parametrize(
    ("options", "flags", "terms"),
    [
        (
            "plain",
            (),
            "no spare replica (--spares), capacity 1.25 × the peak (--headroom), without people (--costs all)",
        ),
        ("spared", (), f"no spare replica (--spares) {UNLESS}, capacity 1.25 × the peak (--headroom), without"),
        ("spared", ("--spares", "2"), "2 spares, capacity"),
        ("roomy", (), f"no spare replica (--spares), capacity 1.25 × the peak (--headroom) {UNLESS}, without"),
        ("whole", (), f"(--headroom), without people (--costs all) {UNLESS}"),
    ],
)
def test_what_is_assumed_of_machines_leaves_room_for_an_options_own_terms(
    options: str, flags: tuple[str, ...], terms: str, cli: Cli, written: Write
) -> None:
    written(OWN_TERMS, "mine.yaml")
    run = cli("compare", "--catalog", "mine.yaml", "--tokens", "1M", "--options", f"{options},gpt-5.2-api", *flags)
    said = " ".join(run.out.split())
    assert f"self-hosting: {terms}" in said or (options == "whole" and terms in said)
    assert (UNLESS in said) == (UNLESS in terms)


@pytest.mark.parametrize(
    ("line", "flags"),
    [
        # what a flag's parser refuses, and an option that the catalog lacks
        ("--tokens 1X --options nosuch --as-of 2026-13-01", ["'--tokens'", "'--as-of'", "unknown option 'nosuch'"]),
        # what the catalog refuses
        (
            "--tokens 1e6 --options nosuch,nosuch-2 --region mars --effort hih --service-tier x --tokens-as y",
            ["'--service-tier'", "'--region'", "'--effort'", "'--tokens-as'", "option 'nosuch'", "option 'nosuch-2'"],
        ),
        ("--workload costcalc.yaml# --region mars", ["'--workload'", "'--region'"]),
        # no catalog is read for options that a file may define
        (
            "--workload a.yaml#b --peak-to-mean 0 --cached-share 2 --options nosuch",
            ["'--cached-share'", "'--peak-to-mean'"],
        ),
        ("--tokens 1X --catalog nowhere.yaml --options nosuch", ["'--tokens'"]),
        ("--tokens 1X --options gpt-5.2-api", ["'--tokens'"]),
    ],
)
def test_everything_that_is_wrong_with_a_line_is_said_at_once(line: str, flags: list[str], cli: Cli) -> None:
    run = cli("compare", *line.split())
    assert run.status == 2
    said = run.err.splitlines()
    assert len(said) == len(flags), run.err
    assert all(any(flag in message for message in said) for flag in flags), run.err
    found = json.loads(cli("compare", *line.split(), "--format", "json").out)["diagnostics"]
    assert [f"error: {one['message']}" for one in found] == said
