"""``costcalc simulate`` and ``costcalc sensitivity``: ranges in flags and files, seeds, formats, and what is refused."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from analysis.uncertain import CATALOG
from conftest import Cli

from costcalc.cli import progress
from costcalc.render.documents import document_schema

DAY = ("--as-of", "2026-11-22")
PLAIN = ("--input-tokens", "0", "--peak-to-mean", "1")  # no prompts, an even load: the arithmetic stays short
MONTH = ("--tokens", "250M to 4B", "--output-per-request", "1000", *PLAIN, *DAY)
PAIR = ("--options", "large,mine")
WORKLOADS = """
workloads:
  bot:
    requests: 200k to 800k
    peak_to_mean: 1 to 3
    shapes: [{input_tokens: 1000 to 4000, cached_share: 0.2 to 0.6, output_tokens: 500}]
  bad:
    requests: 1000
    shapes: [{output_tokens: 500}]
"""


@pytest.fixture
def small(cli: Cli, tmp_path: Path) -> Cli:
    (tmp_path / "costcalc.yaml").write_text(CATALOG + WORKLOADS)
    return cli


def document(cli: Cli, command: str, *args: str) -> Any:  # noqa: ANN401  # JSON
    run = cli(command, *args, "--format", "json")
    assert (run.status, run.err) == (0, "")
    found = json.loads(run.out)
    jsonschema.Draft7Validator(document_schema(command)).validate(found)
    return found


def test_a_simulation_says_who_is_probably_cheapest_and_what_to_measure(small: Cli) -> None:
    text = " ".join(small("simulate", *MONTH, *PAIR, "--draws", "2000", "--seed", "1").out.split())
    assert text.startswith("mine has the lowest expected cost, $")
    assert "prices of 2026-11-22; 2,000 draws of 2 uncertain inputs, seed 1" in text
    assert "Measure workload.output_tokens first: to know it would save $" in text
    assert "what to measure first (2)" in text


def test_leaders_that_the_draws_cannot_tell_apart_are_named(cli: Cli, tmp_path: Path) -> None:
    twin = "  twin: {kind: self_host, tokens_per_s: 570.77625571, usd_per_gpu_hour: 2.0 to 4.0, spares: 0, headroom: 1}"
    (tmp_path / "costcalc.yaml").write_text(f"{CATALOG}{twin}\n")
    asked = (*MONTH, "--options", "mine,twin", "--draws", "500", "--seed", "0")
    text = " ".join(cli("simulate", *asked).out.split())
    result = document(cli, "simulate", *asked)["result"]
    (other,) = {"mine", "twin"} - {result["choice"]}
    assert result["not_told_apart"] == [other]
    assert f"{result['choice']} has the lowest expected cost, $" in text
    assert f" a month (equal within the error: {other})" in text
    chosen = next(each for each in result["options"] if each["option"] == result["choice"])
    assert 0 < chosen["below_central"] < 1  # the central cost is one of those that are drawn between
    assert "the first two are not told apart: their shares lie within the sampling error" in text


@pytest.mark.clock
def test_the_same_seed_gives_the_same_bytes_whatever_the_hash_seed(tmp_path: Path) -> None:
    (tmp_path / "costcalc.yaml").write_text(CATALOG)
    command = [sys.executable, "-m", "costcalc", "simulate", *MONTH, *PAIR, "--draws", "500", "--seed", "7", "--format", "json"]  # fmt: skip
    base = {key: value for key, value in os.environ.items() if not key.startswith(("COSTCALC", "COV"))}
    printed = {
        subprocess.run(
            command, cwd=tmp_path, capture_output=True, check=True, env={**base, "PYTHONHASHSEED": seed}
        ).stdout
        for seed in ("0", "1")
    }
    assert len(printed) == 1


def test_without_a_seed_it_is_0_and_shown(small: Cli) -> None:
    first = document(small, "simulate", *MONTH, *PAIR, "--draws", "200")
    assert first["inputs"]["seed"] == 0
    assert document(small, "simulate", *MONTH, *PAIR, "--draws", "200", "--seed", "0") == first
    assert "seed 0\n" in small("simulate", *MONTH, *PAIR, "--draws", "200").out


def test_work_that_takes_over_a_second_shows_its_progress_on_a_terminal_alone(
    small: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = ("simulate", *MONTH, *PAIR, "--draws", "200")
    piped = small(*command)
    assert piped.err == ""
    monkeypatch.setattr(progress, "WAIT_S", 0.0)
    assert small(*command).err == ""  # however long it takes, nobody reads a pipe's progress
    monkeypatch.setattr(progress, "EVERY_S", 0.0)
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    seen = small(*command)
    lines = seen.err.split("\r")
    assert lines[:3] == ["", "200 draws: 0%", "200 draws: 1%"]  # 1 and 2 of 200 are 0.5 % and 1 %
    assert lines[-3:] == ["200 draws: 100%", " " * len("200 draws: 100%"), ""]  # the line is blank at the end
    assert "\x1b" not in seen.err
    assert seen.out == piped.out
    monkeypatch.setattr(progress, "WAIT_S", 3600.0)
    assert small(*command).err == ""  # and nothing is shown of what is done sooner


def test_a_probability_has_no_more_digits_than_its_error_supports(small: Cli) -> None:
    for draws, digits in (("200", 2), ("10000", 3)):  # the error of p near 0.4 is 0.035, then 0.005
        found = document(small, "simulate", *MONTH, *PAIR, "--draws", draws, "--seed", "0")["result"]
        for one in found["options"]:
            assert round(one["cheapest"]["value"], digits) == one["cheapest"]["value"]
    text = small("simulate", *MONTH, "--options", "large,small", "--draws", "200", "--seed", "0").out
    assert "> 98 %" in text  # none in 200 draws: below 3 / 200 = 1.5 %, which has one digit
    assert "< 2 %" in text
    assert "small is the cheapest in every draw" in " ".join(text.split())


def test_ranges_may_stand_in_every_amount(small: Cli) -> None:
    args = ("--tokens", "1M to 4M", "--input-tokens", "2M to 8M", "--cached-share", "20% to 80%", "--peak-to-mean", "1.5 to 6", "--output-per-request", "100 to 400")  # fmt: skip
    found = document(small, "simulate", *args, *DAY, "--options", "mine,gpt-5.4-api", "--draws", "100", "--seed", "0")
    assert [one["input"] for one in found["result"]["inputs"]]
    assert {one["input"] for one in found["result"]["inputs"]} == {
        "workload.output_tokens",
        "workload.input_tokens",
        "workload.cached_share",
        "workload.output_per_request",
        "workload.peak_to_mean",
        "options.mine.usd_per_gpu_hour",
    }
    assert found["inputs"]["tokens"] == [1_000_000, 2_000_000, 4_000_000]
    assert found["inputs"]["peak_to_mean"] == [1.5, 3, 6]


def test_a_workloads_own_ranges_are_drawn(small: Cli) -> None:
    found = document(small, "simulate", "--workload", "costcalc.yaml#bot", *DAY, *PAIR, "--draws", "100", "--seed", "0")
    paths = {one["input"] for one in found["result"]["inputs"]}
    assert {"workload.requests", "workload.peak_to_mean", "workload.shapes.0.cached_share"} < paths


def test_terms_hold_in_every_draw(small: Cli) -> None:
    batch = document(small, "simulate", *MONTH, "--options", "gpt-5.4-api", "--draws", "100", "--seed", "0", "--batch")
    plain = document(small, "simulate", *MONTH, "--options", "gpt-5.4-api", "--draws", "100", "--seed", "0")
    half, full = (one["result"]["options"][0]["central_usd"] for one in (batch, plain))
    assert half == full / 2


def test_the_whole_bill_is_drawn_with_its_assumptions(small: Cli) -> None:
    found = document(small, "simulate", *MONTH, *PAIR, "--draws", "100", "--seed", "0", "--costs", "all")
    assert "assumptions.mlops_engineer_cost" in {one["input"] for one in found["result"]["inputs"]}


def test_what_cannot_serve_is_said(small: Cli) -> None:
    args = ("simulate", *MONTH, "--options", "large,fixed,deepseek-r1-api", "--draws", "200", "--seed", "0")
    assert "– it cannot serve in so many of the draws" in " ".join(small(*args).out.split())
    run = small(*args, "--format", "markdown")
    assert run.status == 0
    assert "Cannot serve in some draws:\n\n- fixed in " in run.out
    assert "Left out:\n\n- deepseek-r1-api: retired on 2026-07-24" in run.out
    alone = small("simulate", *MONTH, "--options", "fixed", "--draws", "200", "--seed", "0")
    assert "No option serves the workload in every draw" in alone.out
    found = document(small, "simulate", *MONTH, "--options", "fixed", "--draws", "200", "--seed", "0")["result"]
    assert (found["choice"], found["perfect_information"], found["options"][0]["p90_usd"]) == (None, None, None)


@pytest.mark.parametrize("form", ["csv", "jsonl", "markdown"])
def test_other_formats_have_a_row_for_each_option(small: Cli, form: str) -> None:
    out = small("simulate", *MONTH, *PAIR, "--draws", "100", "--seed", "0", "--format", form).out
    assert "mine" in out
    assert "large" in out


@pytest.mark.parametrize(
    ("args", "status", "message"),
    [
        (("--tokens", "4 to 2"), 2, "a range goes from its low to its high end, found 4 to 2"),
        (("--tokens", "0 to 3"), 2, "expected an amount above 0, found 0"),
        (("--tokens", "1M to"), 2, "expected an amount such as 1e6, 1M, 1_000_000 or 2.5B, found '1M to'"),
        (("--tokens", "1M to many"), 2, "expected an amount such as 1e6, 1M, 1_000_000 or 2.5B, found 'many'"),
        (("--tokens", "1M", "--input-tokens", "1M", "--cached-share", "0 to 0.5"), 2, "a range is lognormal and begins above 0, found 0 to 0.5"),
        (("--tokens", "1M", "--input-tokens", "1M", "--cached-share", "0.5 to 1.5"), 2, "expected a share from 0 to 1 such as 0.25 or 25%, found '1.5'"),
        (("--tokens", "1M", "--peak-to-mean", "0.5 to 2"), 2, "a peak is at least the mean: expected 1 or more, found '0.5'"),
        (("--tokens", "1M", "--conversations", "5", "--turns", "2"), 2, "--tokens and --conversations say the same thing twice"),
        (("--tokens", "1M", "--draws", "10"), 2, "10 is not in the range 100<=x<=1000000"),
        (("--tokens", "1M", "--seed", "-1"), 2, "-1 is not in the range"),
        (("--tokens", "1M", "--batch", "--service-tier", "flex"), 2, "a batch has no service tier"),
        (("--tokens", "1M", "--options", "larg"), 2, "unknown option 'larg'"),
        (("--tokens", "9e9", "--options", "fixed"), 3, "no option can be chosen: fixed: too few: 1 replica"),
        ((), 2, "say how much is to be served"),
        (("--tokens", "1M", "--workload", "costcalc.yaml#bot"), 2, "--workload says what is to be served"),
    ],
)  # fmt: skip
def test_what_cannot_be_simulated_is_refused_with_its_reason(small: Cli, args: tuple[str, ...], status: int, message: str) -> None:  # fmt: skip
    run = small("simulate", *args, *DAY)
    assert (run.status, run.out) == (status, "")
    said = " ".join(run.err.replace("│", " ").split())
    assert message in said


@pytest.mark.parametrize("bad", ["requests: 4 to 2", "requests: 0 to 3"])
def test_bad_ranges_of_a_file_are_refused_at_their_place(cli: Cli, tmp_path: Path, bad: str) -> None:
    (tmp_path / "costcalc.yaml").write_text(f"workloads:\n  bot:\n    {bad}\n    shapes: [{{output_tokens: 5}}]\n")
    run = cli("simulate", "--workload", "costcalc.yaml#bot", *DAY)
    assert run.status == 2
    assert "costcalc.yaml:3:15: " in run.err


# --- sensitivity ------------------------------------------------------------------------------------------------------


def test_a_tornado_has_the_widest_first_and_marks_what_flips(small: Cli) -> None:
    run = small("sensitivity", *MONTH, *PAIR)
    text = " ".join(run.out.split())
    # at 1,000 Mtok mine costs 730 × √8 = $2,064.75 and large $2,400
    assert text.startswith("mine costs $2,064.75 a month, $335.25 less than large.")
    assert "workload.output_tokens at most about 860M tokens/month: large is the cheapest" in text  # 2,064.75 ÷ 2.40
    notes = " ".join(small("sensitivity", *MONTH, *PAIR, "--format", "markdown").out.split())
    assert "options.mine.usd_per_gpu_hour at least about 3.29: large is the cheapest" in notes


def test_a_tornado_as_data(small: Cli) -> None:
    found = document(small, "sensitivity", *MONTH, *PAIR)["result"]
    rent = next(one for one in found["inputs"] if one["input"] == "options.mine.usd_per_gpu_hour")
    assert (rent["low"]["monthly_usd"], rent["high"]["lead_usd"], rent["flips"][0]["winner"]) == (1460, -520, "large")
    rows = small("sensitivity", *MONTH, *PAIR, "--format", "csv").out.splitlines()
    assert rows[0].startswith("input,unit,low,value,high,usd_at_low,usd_at_high,lead_usd_at_low")
    assert len(rows) == 3


def test_a_chart_is_ascii_where_nothing_else_can_be_shown(small: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C")
    out = small("sensitivity", *MONTH, *PAIR, "--chart").out
    chart = [line for line in out.splitlines() if "|" in line]
    assert len(chart) == 2  # a bar and the legend; in the other bar the flip stands on the central line
    assert [line.split()[0] for line in out.splitlines() if "!" in line][:2] == [
        "workload.output_tokens",
        "options.mine.usd_per_gpu_hour",
    ]
    assert all(line.isascii() and len(line) <= 80 for line in chart)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    assert "█" in small("sensitivity", *MONTH, *PAIR, "--chart").out


def test_one_option_alone_has_a_cost_and_no_lead(small: Cli) -> None:
    out = small("sensitivity", *MONTH, "--options", "mine", "--chart").out
    assert "USD a month of mine" in out
    assert "lead" not in out
    assert "No input alone changes the winner within its range." in " ".join(out.split())


def test_what_moves_nothing_is_said_with_its_reason(small: Cli) -> None:
    args = (
        "--tokens",
        "1B",
        "--output-per-request",
        "1000",
        *PLAIN,
        *DAY,
        "--options",
        "large,a.b",
        "--format",
        "markdown",
    )
    text = " ".join(small("sensitivity", *args).out.split())
    assert "No input changes a cost within its range." in text
    assert "No change: - options.a.b.tokens_per_s: same number of replicas" in text.replace("\\", "")
    text = " ".join(
        small(
            "sensitivity", *MONTH, "--options", "large,small", "--of", "mine", "--costs", "all", "--format", "markdown"
        ).out.split()
    )
    assert "label_cost, labels_per_refresh" in text
    assert "no cost depends on it here" in text
    assert "more than small" in text
    dearer = " ".join(
        small(
            "sensitivity", "--tokens", "1M", *DAY, "--options", "small,large,mine", "--format", "markdown"
        ).out.split()
    )
    assert "options.mine.usd_per_gpu_hour: it moves only options that cost more anyway" in dearer


def test_an_end_that_cannot_be_served_has_a_dash(small: Cli) -> None:
    run = small("sensitivity", "--tokens", "800M to 2B", "--output-per-request", "1000", *PLAIN, *DAY, "--options", "fixed", "--chart")  # fmt: skip
    assert run.status == 0
    assert "–" in run.out
    assert "no option can serve" in " ".join(run.out.split())


def test_an_option_that_cannot_be_chosen_is_refused(small: Cli) -> None:
    run = small("sensitivity", *MONTH, *PAIR, "--of", "deepseek-r1-api")
    assert (run.status, "'deepseek-r1-api' cannot be chosen: retired on 2026-07-24" in run.err) == (2, True)


@pytest.mark.parametrize("seed", ["0", "1", "2"])
def test_an_input_that_neither_leader_rests_on_is_worth_nothing(seed: str, cli: Cli) -> None:
    # both are APIs: neither the peak nor a GPU's rent can change which of them is cheaper
    pair = ("--options", "r1-distill-32b-openrouter,claude-haiku-5.5-api,r1-distill-32b-h100", "--seed", seed)
    found = document(cli, "simulate", "--tokens", "100M", *pair, "--draws", "2000", *DAY)["result"]
    by_path = {each["input"]: each["information"] for each in found["inputs"]}
    for path in ("assumptions.rental_price_spread", "assumptions.peak_to_mean"):
        assert by_path[path]["is_noise"] or by_path[path]["value"] < found["perfect_information"]["value"] / 10
