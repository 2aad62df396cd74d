"""``costcalc usage size``: the verdict, a pack in place of a log, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from conftest import Cli
from usage.calls import MONDAY, Call, write_log

from costcalc.render.documents import document_schema

SLOW = ("--own", "1x H100 @ 2/h, tokens/s=1, name=slow")
SIZE = ("usage", "size", "log.csv", *SLOW, "--as-of", "2026-11-27")


@pytest.fixture
def log(tmp_path: Path) -> str:
    """Write four windows with a load of 1, 1, 4 and 2 replicas that make one token a second."""
    loads = (1, 1, 4, 2)
    calls = (Call(MONDAY + at * 600, 100, load * 600, model="a" if load < 4 else "b") for at, load in enumerate(loads))
    return write_log(tmp_path / "log.csv", calls)


@pytest.mark.usefixtures("log")
def test_the_verdict_comes_first(cli: Cli) -> None:
    run = cli(*SIZE)
    assert (run.status, run.err) == (0, "")
    # the peak's 4 replicas × 730 h × $2; the mean load is 2, so half of the time and twice the ideal
    assert " ".join(run.out.split()).startswith(
        "slow: 4 replicas (for the busiest window) cost $5,840.00 a month, busy 50 % of the time."
        " Load above capacity: 0 %; cost over ideal: 2×. An estimate takes it as --peak-to-mean 2 --headroom 1."
    )


@pytest.mark.usefixtures("log")
def test_its_document_has_its_schema_and_every_policy(cli: Cli) -> None:
    document = json.loads(cli(*SIZE, "--target", "50%", "--cold-start", "10", "--above", "25%", "--format", "json").out)
    jsonschema.Draft7Validator(document_schema("usage-size")).validate(document)
    (sized,) = document["result"]["options"]
    follows = sized["policies"][sized["chosen"]]
    # 2, 2, 2 and 8 replicas, 3.5 on average × 730 h × $2, and a quarter of the load above them
    assert (follows["policy"], follows["target"], follows["cold_start_s"]) == ("autoscaled", 0.5, 600)
    assert (follows["monthly_usd"], follows["above_capacity"], follows["headroom"]) == (5_110, 0.25, 1.75)
    assert (sized["mean_load"], sized["windows"], sized["measured"]) == (2, 4, True)
    assert document["result"]["log"]["requests"] == 4


@pytest.mark.usefixtures("log")
def test_a_pack_gives_the_answer_of_its_log(cli: Cli) -> None:
    assert cli("usage", "pack", "log.csv", "-o", "p.parquet").status == 0
    of_pack = cli("usage", "size", "p.parquet", *SIZE[3:])
    assert (of_pack.status, of_pack.out) == (0, cli(*SIZE).out)


@pytest.mark.usefixtures("log")
def test_one_model_of_the_log_is_sized_over_the_whole_time(cli: Cli) -> None:
    (sized,) = json.loads(cli(*SIZE, "--model", "b", "--format", "json").out)["result"]["options"]
    assert (sized["windows"], sized["mean_load"]) == (4, 1)  # 4 replicas in one of four windows
    (both,) = json.loads(cli(*SIZE, "--model", "b", "--model", "a", "--format", "json").out)["result"]["options"]
    assert both["mean_load"] == 2


@pytest.mark.usefixtures("log")
def test_an_option_that_cannot_be_sized_is_left_out(cli: Cli, tmp_path: Path) -> None:
    write_log(tmp_path / "long.csv", [Call(MONDAY, 900_000, 100)])
    args = ("usage", "size", "long.csv", "--option", "r1-distill-8b-l4", "--as-of", "2026-11-27")
    alone = cli(*args)
    assert (alone.status, alone.out) == (3, "")
    assert "r1-distill-8b-l4: requests of about 894,000 tokens in" in " ".join(alone.err.split())
    beside = cli(*args, *SLOW)
    assert beside.status == 0
    assert "Left out: - r1-distill-8b-l4: requests of about 894,000 tokens in" in " ".join(beside.out.split())


@pytest.mark.parametrize(
    ("args", "status", "words"),
    [
        (("--option", "gpt-5.4"), 2, "a fleet is sized for a self-hosted option: gpt-5.4 is of the kind api"),
        (("--option", "r1-distill-32b-h10"), 2, "did you mean 'r1-distill-32b-h100'"),
        (("--target", "0%"), 2, "--target is how busy replicas are kept: expected a share above 0, found 0"),
        (("--target", "120%"), 2, "expected a share from 0 to 1"),
        (("--cold-start", "2000"), 2, "--cold-start is in minutes: expected at most 1440, found 2000"),
        (("--above", "x"), 2, "expected a share from 0 to 1"),
        (("--model", "c"), 2, "the log has no model 'c'; it has a, b"),
        (("--currency", "XYZ"), 2, "XYZ"),
    ],
)
@pytest.mark.usefixtures("log")
def test_it_refuses(args: tuple[str, ...], status: int, words: str, cli: Cli) -> None:
    run = cli(*SIZE, *args)
    assert (run.status, run.out) == (status, "")
    assert words in " ".join(run.err.split())


@pytest.mark.usefixtures("log")
def test_without_an_option_it_says_what_to_name(cli: Cli) -> None:
    run = cli("usage", "size", "log.csv")
    assert run.status == 2
    assert "name what is sized: --option ID of a self-hosted option, such as r1-distill-32b-h100, or --own" in " ".join(
        run.err.split()
    )


@pytest.mark.usefixtures("log")
def test_owned_machines_have_no_policy_that_follows(cli: Cli) -> None:
    own = ("--own", "1x H100, buy=30000, tokens/s=1, name=ours")
    run = cli("usage", "size", "log.csv", *own, "--as-of", "2026-11-27")
    assert run.status == 0, run.err
    assert "follow" not in run.out
    assert "what is reserved or owned is paid for at all hours" in " ".join(run.out.split())


def test_requests_beyond_the_context_window_are_said_below_the_table(cli: Cli, tmp_path: Path) -> None:
    write_log(tmp_path / "log.csv", [Call(MONDAY, 131_072, 1), Call(MONDAY, 10, 10)])  # its window is 131,072
    run = cli("usage", "size", "log.csv", "--option", "r1-distill-32b-h100", "--as-of", "2026-11-27")
    assert "requests longer than the model's context window are counted as if it served them: 1." in " ".join(
        run.out.split()
    )


def test_its_help_fits_a_screen(cli: Cli) -> None:
    assert len(cli("usage", "size", "--help").out.strip().splitlines()) <= 41
