"""What people type by mistake: refused with a sentence that holds the right form, never read as something else."""

from __future__ import annotations

import json
import re

import pytest
from conftest import Cli, Write

DAY = ("--as-of", "2026-11-22")
MONTH = ("--tokens", "1e6", *DAY)


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("compare", *MONTH, "--tokens", "2e6"), "--tokens is given twice; give it once"),
        (("size", "Qwen3-32B", "--gpu", "L40S", "--gpu", "H100"), "--gpu is given twice; give it once"),
        (("usage", "price", "x.jsonl", "--by", "team", "--by", "model"), "--by is given twice; give it once"),
        (("usage", "workload", "x.jsonl", "-o", "a.yaml", "--save", "b.yaml"), "--save is given twice; give it once"),
    ],
)  # fmt: skip
def test_a_flag_of_one_value_is_given_once(cli: Cli, args: tuple[str, ...], message: str) -> None:
    run = cli(*args)
    assert (run.status, run.out, run.err) == (2, "", f"error: {message}\n")


def test_a_flag_of_many_values_and_a_switch_may_be_repeated(cli: Cli) -> None:
    run = cli("compare", *MONTH, "--shape", "1000:300:50%", "--shape", "100:30:50%", "--notes", "--notes")
    assert (run.status, run.err) == (0, "")


@pytest.mark.parametrize(
    ("flag", "written", "message"),
    [
        ("--growth", "10", "a change of 100 % or more needs its %: write '10%' or '1000%'; found '10'"),
        ("--growth", "1", "a change of 100 % or more needs its %: write '1%' or '100%'; found '1'"),
        (
            "--growth",
            "200",
            "a change of 100 % or more needs its %: write '200%'; found '200'",
        ),  # 20000% is out of bounds
        ("--hardware-change", "-5", "a change of 100 % or more needs its %: write '-5%'; found '-5'"),
        ("--discount-rate", "8.50", "a change of 100 % or more needs its %: write '8.50%' or '850%'; found '8.50'"),
        ("--price-decline", "5", "a change of 100 % or more needs its %: write '5%'; found '5'"),
        ("--price-decline", "-1", "a change of 100 % or more needs its %: write '-1%' or '-100%'; found '-1'"),
    ],
)
def test_a_change_of_100_percent_says_so(cli: Cli, flag: str, written: str, message: str) -> None:
    run = cli("project", *MONTH, f"{flag}={written}")
    assert (run.status, message in run.err) == (2, True), run.err


def test_a_large_growth_is_printed_in_full(cli: Cli) -> None:
    run = cli("project", *MONTH, "--options", "gpt-5.2-api", "--months", "6", "--growth", "1000%", "--notes")
    assert "traffic +1,000 % a year" in run.out


@pytest.mark.parametrize(
    ("rent", "says"),
    [
        # 8 x 16.50; the list's H100 is cheaper by more than 3 times
        ("16.50/h", "mine: 8 × $16.50 a GPU-hour = $132.00 an hour, "),
        ("16.50/h total", "mine: 8 × $2.06 a GPU-hour = $16.50 an hour"),  # 16.50 / 8 = 2.0625
    ],
)
def test_a_rent_of_ones_own_is_multiplied_on_the_page(cli: Cli, rent: str, says: str) -> None:
    own = ("--own", f"8x H100 @ {rent}, model=Qwen3-32B, weights=fp8, name=mine")
    notes = json.loads(cli("compare", *MONTH, *own, "--format", "json").out)["result"]["notes"]
    (line,) = [line for line in notes if says in line]
    assert ("times the list's" in line) is (rent == "16.50/h")
    assert says in " ".join(cli("compare", *MONTH, *own).out.split())


def test_what_the_user_described_has_a_row_however_dear_it_is(cli: Cli) -> None:
    out = cli("compare", "--tokens", "1e8", "--own", "8x H100 @ 2.10/h, tokens/s=7600, name=mine").out
    assert "\nmine  " in out  # 8 × $2.10 × 730 = $12,264, dearer than the twelve that are shown
    assert "12,264.00" in out


def test_a_rent_of_one_gpu_far_from_the_list_is_named(cli: Cli) -> None:
    own = ("--own", "H100 @ 0.20/h, model=Qwen3-32B, weights=fp8, name=mine")
    assert "mine: $0.20 a GPU-hour, 0." in " ".join(cli("compare", *MONTH, *own).out.split())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{requests: 250.000, @}", "2:17: workloads.a.requests: 250.000 may be 250_000 or 250; write the one that is meant"),
        ("{requests: 1.200, @}", "2:17: workloads.a.requests: 1.200 may be 1_200 or 1.2; write the one that is meant"),
        ("{requests: 2.000.000, @}", "2:17: workloads.a.requests: expected a number, found text '2.000.000'; write 2_000_000"),
        ("{requests: 12%, @}", "2:17: workloads.a.requests: expected a number, found text '12%'; write 0.12"),
        ("{requests: 10% to 20%, @}", "2:17: workloads.a.requests: expected a number, found text '10%'; write 0.1"),
        ("{requests: 250kk, @}", "2:17: workloads.a.requests: expected a number, found text '250kk'"),
        ("{requests: 9, batchable_share: 120%, @}",
         "2:37: workloads.a.batchable_share: expected a share from 0 to 1, found 1.2"),
        ("{requests: 9, batchable_share: 1k, @}",
         "2:37: workloads.a.batchable_share: expected a share from 0 to 1, found 1000"),
        ("{requests: 1,200,000, @}", "2:19: a comma parts entries here: write 1_200_000, found 1,200,000"),
        ("{requests: $30,000, @}", "2:21: a comma parts entries here: write 30_000, found $30,000"),
        ("{requests: 1200,50, @}", "2:22: a comma parts entries here: write 1200.50, found 1200,50"),
    ],
)  # fmt: skip
def test_a_number_as_people_write_it_is_answered_with_its_right_form(
    cli: Cli, written: Write, text: str, message: str
) -> None:
    written(f"workloads:\n  a: {text.replace('@', 'option: gpt-5.2-api, shapes: [{output_tokens: 10}]')}\n")
    run = cli("check")
    assert (run.status, re.findall("error: (.*)", run.err)) == (2, [f"costcalc.yaml:{message}"])


def test_a_price_may_end_in_a_zero_and_a_key_may_be_a_number(cli: Cli, written: Write) -> None:
    written("workloads: {a: {requests: 1_250.500, option: gpt-5.2-api, shapes: [{output_tokens: 10}]}}\n"
            "budgets: {all: {usd_per_mtok: {deny: 25.000}}}\n")  # fmt: skip
    assert cli("check").status == 0


def test_the_workloads_of_the_nearest_file_are_offered(cli: Cli, written: Write) -> None:
    one = "{requests: 9, option: gpt-5.2-api, shapes: [{output_tokens: 10}]}"
    written(f"workloads: {{chat-production: {one}, batch: {one}}}\n")
    missing = (
        "say how much is to be served: --workload costcalc.yaml#chat-production or costcalc.yaml#batch, or by flags"
    )
    for command in ("compare", "project", "recommend"):
        run = cli(command, "--kind", "extraction")
        assert (run.status, missing in run.err) == (2, True), run.err
    for typed in ("chat-production", "chat-produktion"):
        run = cli("compare", "--workload", typed)
        assert (run.status, "did you mean 'costcalc.yaml#chat-production'?" in run.err) == (2, True), run.err
    written("workloads: [\n")
    assert "did you mean" not in cli("compare", "--workload", "chat-production").err


@pytest.mark.parametrize(
    ("args", "meant"),
    [
        (("size", "Qwen3-32B", "--quantization", "fp8"), "--weights"),
        (("size", "Qwen3-32B", "--tensor-parallel-size=2"), "--tp"),
        (("calibrate", "x.json", "--precision", "fp8"), "--weights"),
        (("compare", *MONTH, "--own", "H100 @ 2/h, model=Qwen3-32B, precision=fp8"), "weights"),
        (("compare", *MONTH, "--own", "H100 @ 2/h, tokens_per_s=450"), "tokens/s"),
        (("size", "Qwen3-32B", "--weigths", "fp8"), "--weights"),  # a slip is still answered by its nearest
    ],
)
def test_a_name_of_another_command_is_answered_with_the_one_that_is_meant(
    cli: Cli, args: tuple[str, ...], meant: str
) -> None:
    run = cli(*args)
    assert (run.status, f"did you mean '{meant}'?" in run.err) == (2, True), run.err


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("compare", "500M"), "Got unexpected extra argument(s) (500M); did you mean '--tokens 500M'?"),
        (("tco", "a", "b"), "Got unexpected extra argument(s) (b); costcalc tco --help has its flags"),
        (("compare", "--users", "40"), "No such option: --users; did you mean '--seats'?"),
        (("compare", "--hours", "8"), "No such option: --hours; costcalc compare --help has its flags"),
        (("compare", "--toknes", "8"), "No such option: --toknes; did you mean '--tokens'?"),
        (("cost",), "No such command 'cost'; did you mean 'costcalc compare'?"),
        (("recomend",), "No such command 'recomend'; did you mean 'recommend'?"),
        (("catalog", "xyz"), "No such command 'xyz'; costcalc catalog --help lists them"),
        (("catalog", "set", "openai", "discount=0.15"),
         ("'openai' is a provider: name one of its models (costcalc catalog list models), or write its terms into a"
         " costcalc.yaml, as contracts: {openai: {discount: 0.15, …}}")),
        (("catalog", "set", "H100 SXM", "usd_per_gpu_hour=2.20"),
         "usd_per_gpu_hour: unknown key 'usd_per_gpu_hour'; it stands in rentals.NAME.usd_per_gpu_hour"),
        (("catalog", "set", "H100 SXM", "usd=25_000"), "usd: unknown key 'usd'; it stands in purchase.usd"),
    ],
)  # fmt: skip
def test_what_was_meant_or_what_to_type_next_is_said(cli: Cli, args: tuple[str, ...], says: str) -> None:
    run = cli(*args)
    assert (run.status, run.err) == (2, f"error: {says}\n")


def test_a_plan_is_found_by_its_own_name(cli: Cli) -> None:
    assert cli("catalog", "show", "claude-max-5x").out.startswith("Claude Max 5x (anthropic/claude-max-5x):")


def test_a_number_of_a_file_is_written_as_in_a_flag(cli: Cli, written: Write) -> None:
    written(
        "as_of: 2026-11-20\nworkloads: {a: {option: gpt-5.2-api, requests: 0.25M, batchable_share: 12.5%,"
        " shapes: [{input_tokens: 2k, cached_share: 20 % to 60%, output_tokens: 300}]}}\n"
        "budgets: {all: {monthly_usd: {warn: 1.5k, deny: 2k}, max_increase: 1k}}\n"
    )
    found = json.loads(cli("check", "--no-baseline", "--format", "json").out)["result"]
    (limit, increase) = found["budgets"]
    assert (limit["warn_usd"], limit["deny_usd"], increase["max_increase"]["usd"]) == (1500, 2000, 1000)
    (spent,) = found["workloads"]
    assert spent["requests"] == 250_000
    # 12.5 % in batches; cached √(0.2 × 0.6) = 34.641 % of 500 Mtok
    read = sum(line["quantity"] for line in spent["lines"] if "cache" in line["item"])
    assert read == pytest.approx(173.205, rel=1e-5)
