"""``costcalc breakeven``: the intervals, the two wins, the user's volume, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from conftest import Cli, Write

from costcalc.errors import UndecidableError
from costcalc.render.documents import document_schema

DAY = ("--as-of", "2026-11-22")
EVEN = ("--peak-to-mean", "1")  # the stairs below are those of an even load
# One replica of 2.5 × 730 = $1,825 a month generates 1,500 Mtok: 1.5e9 ÷ (730 × 3,600) tokens/s
STAIRS = """
api:
  acme:
    provider: acme
    models:
      large: {prices: [{effective: 2026-01-01, usd_per_mtok: {output: 2.40}, source: {title: a quote, checked: 2026-11-01}}]}
      small: {prices: [{effective: 2026-01-01, usd_per_mtok: {output: 1.00}, source: {title: a quote, checked: 2026-11-01}}]}
options:
  mine: {kind: self_host, tokens_per_s: 570.77625571, usd_per_gpu_hour: 2.50, spares: 0, headroom: 1}
  two: {kind: self_host, tokens_per_s: 570.77625571, usd_per_gpu_hour: 2.50, spares: 0, headroom: 1, replicas: 2}
"""


@pytest.fixture
def stairs(cli: Cli, tmp_path: Path) -> Cli:
    (tmp_path / "costcalc.yaml").write_text(STAIRS)
    return cli


def result(cli: Cli, *args: str) -> Any:  # noqa: ANN401  # JSON
    run = cli("breakeven", *args, *DAY, "--format", "json")
    assert (run.status, run.err) == (0, "")
    document = json.loads(run.out)
    jsonschema.Draft7Validator(document_schema("breakeven")).validate(document)
    return document["result"]


def test_stairs_and_a_line_cross_again_and_again(stairs: Cli) -> None:
    found = result(stairs, "--build", "mine", "--buy", "large", "--shape", "0:1000", *EVEN)
    # $1,825 ÷ $2.40 = 760.4 Mtok; the second replica at 1,500: 3,650 ÷ 2.4 = 1,520.8; the third at 3,000 is worth it
    pair = found["pair"]
    assert pair["first_win"] == pytest.approx(760.4167e6)
    assert pair["durable_win"] == pytest.approx(1520.8333e6)
    assert pair["switches"] == 3
    assert [one["option"] for one in found["intervals"]] == ["large", "mine", "large", "mine"]
    ends = [one["to"] for one in found["intervals"]]
    assert ends[1] == pytest.approx(1500e6, rel=1e-6)  # a jump: one more token needs the second replica
    assert ends[3] is None
    assert found["intervals"][1]["utilisation_to"] == pytest.approx(1, abs=1e-5)
    # F = 0: (F + g) ÷ (p − g/c) = 1,825 ÷ (2.40 − 1.216667) = 1,542.25
    assert (pair["never_below"], pair["always_above"]) == (0, pytest.approx(1542.25e6, rel=1e-4))
    assert pair["build_usd_per_unit"] == pytest.approx(1.216667, rel=1e-5)
    assert pair["buy_usd_per_unit"] == 2.4


def test_without_a_durable_break_even_the_reason_is_said(stairs: Cli) -> None:
    run = stairs("breakeven", "--build", "mine", "--buy", "small", "--shape", "0:1000", *EVEN, *DAY)
    text = " ".join(run.out.split())
    assert (
        "mine without people is never cheaper than small, at any volume." in text
    )  # $1.22 on full machines against $1.00
    assert "In the long run a further Mtok costs $1.22 on mine with every machine full, and $1.00" in text


def test_a_peak_says_how_full_machines_are_and_which_one_would_change_the_answer(stairs: Cli) -> None:
    # a replica carries 1,500 Mtok at an even rate and a third of that at a peak of 3: 3 x $1.2167 = $3.65 against $2.40;
    # at 2 it is $2.43, still more; at 1 it pays for good from 1,520.8 Mtok on, as above
    pair = ("--build", "mine", "--buy", "large", "--shape", "0:1000", "--peak-to-mean", "3")
    found = result(stairs, *pair)["pair"]
    assert found["wins_at_peak"] == {"peak_to_mean": 1, "from": pytest.approx(1520.8333e6)}
    assert found["full_utilisation"] == pytest.approx(1 / 3, abs=1e-5)
    text = " ".join(stairs("breakeven", *pair, *DAY, "--notes").out.split())
    assert (
        "mine without people is never cheaper than large, at any volume (with --peak-to-mean 1: above 1,520.8 Mtok)."
        in text
    )
    assert (
        "a further Mtok costs $3.65 on mine with machines 33 % busy, the most at this peak, and $2.40 on large" in text
    )


def test_a_peak_at_which_nothing_can_be_decided_is_passed_over(stairs: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def crossing(*_: object) -> None:
        raise UndecidableError("they cross without end")

    monkeypatch.setattr("costcalc.analysis.stretches.break_even", crossing)
    found = result(stairs, "--build", "mine", "--buy", "large", "--shape", "0:1000", "--peak-to-mean", "3")
    assert found["pair"]["wins_at_peak"] is None


def test_a_fleet_of_fixed_size_has_an_end(stairs: Cli) -> None:
    found = result(stairs, "--build", "two", "--buy", "large", "--shape", "0:1000", *EVEN)
    assert [one["option"] for one in found["intervals"]] == ["large", "two", "large"]  # 3,650 ÷ 2.4; then 3,000 Mtok
    text = " ".join(
        stairs("breakeven", "--build", "two", "--buy", "large", "--shape", "0:1000", *EVEN, *DAY).out.split()
    )
    assert "but not for good." in text
    assert "Its fleet serves no more than 3,000 Mtok." in text


def test_the_users_volume_falls_into_an_interval(stairs: Cli) -> None:
    found = result(stairs, "--build", "mine", "--buy", "large", "--shape", "0:1000", *EVEN, "--tokens", "1B to 1.51B")
    low, _, high = found["at_your_volume"]
    assert (low["volume"], low["cheapest"], low["monthly_usd"]) == (1e9, "mine", {"mine": 1825, "large": 2400})
    assert (high["cheapest"], high["monthly_usd"]["large"]) == ("large", 3624)  # 1,510 × 2.4 < 2 × 1,825


def test_up_to_cuts_what_is_looked_at(stairs: Cli) -> None:
    found = result(stairs, "--build", "mine", "--buy", "large", "--shape", "0:1000", *EVEN, "--up-to", "1B")
    assert [one["to"] for one in found["intervals"]][-1] == 1e9
    assert found["pair"]["durable_win"] is None


def test_many_changes_are_folded_in_text_and_whole_in_csv(stairs: Cli, tmp_path: Path) -> None:
    # at $1.30 against $1.2167 on full machines the line leaves each step late: replica n wins on
    # (n × 1,825 ÷ 1.30, n × 1,500], first where n × 1,403.8 < n × 1,500, with a gap until the steps overlap at n = 15
    (tmp_path / "costcalc.yaml").write_text(STAIRS.replace("output: 2.40", "output: 1.30"))
    args = ("--build", "mine", "--buy", "large", "--shape", "0:1000", *EVEN)
    found = result(stairs, *args)
    assert found["pair"]["switches"] == 29  # 14 gaps: n × 1,500 < (n + 1) × 1,403.85 for n ≤ 14
    assert found["pair"]["durable_win"] == pytest.approx(21057.7e6, rel=1e-4)  # 15 × 1,825 ÷ 1.30
    text = stairs("breakeven", *args, *DAY).out
    assert "… 19 more: --notes" in text  # 30 stretches: 8 from the beginning and 3 from the end
    assert "all stretches (30)" in text
    assert len(stairs("breakeven", *args, *DAY, "--format", "csv").out.splitlines()) == 31
    month = ("--tokens", "1e6", "--input-tokens", "0", *EVEN)
    compared = stairs("compare", *month, "--options", "large,mine", "--notes", *DAY)
    assert "then 28 changes up to 21,058 (costcalc breakeven lists them); above 21,058: mine" in " ".join(compared.out.split())  # fmt: skip


def test_a_dearer_api_loses_at_every_volume(stairs: Cli) -> None:
    run = stairs("breakeven", "--build", "gemma-4-31b-novita", "--buy", "gpt-5.2-api", *DAY)
    assert "gemma-4-31b-novita is cheaper than gpt-5.2-api at every volume." in run.out


def test_a_mix_that_generates_nothing_is_counted_in_requests(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "costcalc.yaml").write_text(
        "workloads: {read: {requests: 1_000, shapes: [{input_tokens: 1_000, output_tokens: 0}]}}\n"
    )
    found = result(cli, "--workload", "costcalc.yaml", "--options", "gpt-5.2-api,gemini-3.1-pro-api")
    assert found["unit"] == "requests"
    assert found["at_your_volume"][0]["monthly_usd"] == {
        "gpt-5.2-api": 1.75,
        "gemini-3.1-pro-api": 2,
    }  # 1 Mtok of input


def test_beyond_what_was_looked_at_nobody_is_named(stairs: Cli) -> None:
    run = stairs(
        "breakeven",
        "--build",
        "two",
        "--buy",
        "mine",
        "--shape",
        "0:1000",
        *EVEN,
        "--tokens",
        "9B",
        "--up-to",
        "1B",
        *DAY,
    )
    assert "You: 9,000 Mtok, where no option serves so much, or it is above --up-to." in " ".join(run.out.split())


def test_a_single_line_of_compare_for_a_single_winner(cli: Cli) -> None:
    run = cli("compare", "--tokens", "1e6", "--options", "gpt-5.2-api,gemini-3.1-pro-api", "--notes", *DAY)
    assert "cheapest at every volume: gemini-3.1-pro-api" in run.out
    alone = cli("compare", "--tokens", "1e6", "--options", "gpt-5.2-api", "--notes", *DAY)
    assert "cheapest at" not in alone.out


def test_cached_input_is_said(cli: Cli) -> None:
    run = cli("breakeven", "--shape", "1000:300", "--cached-share", "50%", *DAY)
    assert "requests of 1,000 tokens in and 300 out, 50.0 % of the input read from the cache" in " ".join(
        run.out.split()
    )


def test_without_names_the_cheapest_of_all_is_found(cli: Cli) -> None:
    found = result(cli)
    assert found["pair"] is None
    assert found["intervals"][0]["option"] == "claude-haiku-5.5-api"
    assert {one["option"] for one in found["left_out"]} == {"deepseek-r1-api", "deepseek-r1-32b-self-hosted"}
    starts = [one["from"] for one in found["intervals"]]
    assert starts[1:] == [one["to"] for one in found["intervals"][:-1]]


def test_the_line_of_compare_says_the_same(cli: Cli) -> None:
    month = ("--tokens", "500M", "--input-tokens", "2B", *EVEN)
    text = " ".join(cli("compare", *month, "--notes", *DAY).out.split())
    found = result(cli, *month)
    first = found["intervals"][0]
    assert f"cheapest up to {first['to'] / 1e6:,.5g} Mtok a month of this mix: {first['option']};" in text
    assert f"above {found['intervals'][-1]['from'] / 1e6:,.5g}: {found['intervals'][-1]['option']}" in text


def test_the_whole_bill_moves_the_break_even(cli: Cli) -> None:
    pair = ("--build", "r1-distill-32b-h100", "--buy", "gpt-5.2-api")
    bare, whole = (result(cli, *pair, *more)["pair"]["first_win"] for more in ((), ("--costs", "all")))
    assert whole > 3 * bare  # people cost more than one GPU


def test_a_workload_of_a_file_brings_its_mix_and_its_volume(stairs: Cli, tmp_path: Path) -> None:
    text = STAIRS + "workloads: {bot: {requests: 1_000_000, shapes: [{output_tokens: 1_000}]}}\n"
    (tmp_path / "costcalc.yaml").write_text(text)
    found = result(stairs, "--build", "mine", "--buy", "large", "--workload", "costcalc.yaml#bot")
    assert found["at_your_volume"][0]["volume"] == 1e9


@pytest.mark.parametrize(
    ("env", "walls"), [({"LC_ALL": "C"}, "|+-"), ({"LC_ALL": "C.UTF-8"}, "│└─")]
)  # fmt: skip
def test_a_chart_is_ascii_where_the_locale_is(
    env: dict[str, str], walls: str, stairs: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", env["LC_ALL"])
    run = stairs("breakeven", "--build", "mine", "--buy", "large", "--shape", "0:1000", *EVEN, "--chart", *DAY)
    drawing = run.out[run.out.rindex("USD a month") : run.out.index("both axes")]
    assert all(sign in drawing for sign in walls)
    assert max(map(len, drawing.splitlines())) <= 80
    if walls == "|+-":
        assert drawing.isascii()


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("--build", "mine"), "--build is one side; give --buy as well, or neither"),
        (("--buy", "large"), "--buy is one side; give --build or --own as well, or neither"),
        (("--build", "mine", "--buy", "mine"), "give two different options: 'mine' is named twice"),
        (("--build", "mine", "--buy", "lage"), "unknown option 'lage': neither an option nor a model; did you mean 'large'"),
        (("--build", "mine", "--buy", "large", "--options", "small"), "--build and --buy name the options; leave out --options"),
        (("--options", ","), "Invalid value for '--options': names no option"),
        (("--tokens", "4 to 2"), "a range goes from its low to its high end, found 4 to 2"),
        (("--tokens", "0 to 2"), "expected an amount above 0, found 0"),
        (("--tokens", "nan"), "expected an amount such as 1e6"),
        (("--shape", "10:0.5"), "Invalid value for '--shape': expected no token out, or at least 1"),
        (("--shape", "10:1", "--input-tokens", "5"), "--shape is the whole request; leave out"),
        (("--input-tokens", "5"), "--input-tokens are a month's: give --tokens as well"),
        (("--workload", "x.yaml", "--input-tokens", "5", "--tokens", "1"), "--workload says what is to be served; leave out --tokens, --input-tokens"),
        (("--up-to", "-5"), "expected an amount such as 1e6"),
    ],
)  # fmt: skip
def test_bad_input_ends_with_2(args: tuple[str, ...], message: str, stairs: Cli) -> None:
    run = stairs("breakeven", *args, *DAY)
    assert (run.status, run.out) == (2, "")
    assert message in run.err


def test_sides_the_other_way_round_say_up_to_where_the_first_is_cheaper(cli: Cli) -> None:
    pair = ("gpt-5.2-api", "r1-distill-32b-h100")
    asked = ("breakeven", "--tokens", "500M", "--as-of", "2026-11-22")
    text = " ".join(cli(*asked, "--build", pair[0], "--buy", pair[1]).out.split())
    turned = json.loads(cli(*asked, "--build", pair[1], "--buy", pair[0], "--format", "json").out)["result"]["pair"]
    at = f"{turned['durable_win'] / 1e6:.2f}"  # below it the API is cheaper, above it the machines
    assert text.startswith(
        f"gpt-5.2-api is cheaper than r1-distill-32b-h100 up to {at} Mtok of output a month, and never"
    )


def test_it_says_where_it_assumes_no_peak_and_no_spare(cli: Cli) -> None:
    page = cli("breakeven", "--build", "r1-distill-32b-h100", "--buy", "gpt-5.4-api", "--peak-to-mean", "1").out
    said = " ".join(page.split())
    assert "peak 1: no hour has more than the mean traffic" in said
    assert "self-hosting: no spare replica (--spares)" in said


def test_what_is_sold_by_the_second_costs_the_same_a_token_at_any_volume(cli: Cli, written: Write) -> None:
    written(
        "options: {mine: {kind: self_host, tokens_per_s: 1_000, usd_per_gpu_second: 0.001, headroom: 1, warm_s: 0,"
        " cold_start_s: 0, source: {title: q, checked: 2026-11-01}}, theirs: {kind: rate, side: buy,"
        " usd_per_mtok: {output: 0.9}, effective: 2026-01-01, source: {title: q, checked: 2026-11-01}}}",
    )
    args = ("--build", "mine", "--buy", "theirs", "--shape", "0:1000", "--as-of", "2026-11-22")
    # 1,000 tokens/s at $0.001 a second are $1 per Mtok, whatever the volume: $0.90 is less
    said = " ".join(cli("breakeven", *args).out.split())
    assert said.startswith(
        "mine without people is never cheaper than theirs, at any volume. In the long run a further Mtok costs $1.00"
    )
