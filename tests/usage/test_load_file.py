"""A load curve as a table: what is read of it, what is refused, and the published table of policies."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import Cli

from costcalc.errors import InputError
from costcalc.usage.load_file import RequestSize, load_usage

TRACES = Path(__file__).parents[3] / "shared" / "traces"
SERVEGEN = TRACES / "servegen_hourly.csv"
beside_traces = pytest.mark.skipif(not TRACES.is_dir(), reason="the public traces are not beside this checkout")
SIZE = RequestSize(100, 600)
# one replica makes 1 token a second, so a request of 600 tokens keeps one busy for ten minutes
CURVE = "minute,requests\n0,1\n10,1\n20,0\n30,4\n40,2\n"
SLOW = ("--own", "1x H100 @ 2/h, tokens/s=1, name=slow")
TEN = ("--shape", "100:600", "--as-of", "2026-11-27")


@pytest.fixture
def curve(tmp_path: Path) -> Path:
    path = tmp_path / "load.csv"
    path.write_text(CURVE)
    return path


def test_each_row_is_a_window(curve: Path) -> None:
    usage = load_usage(curve, size=SIZE)
    assert [(group.start_s, group.requests) for group in usage.groups] == [(0, 1), (600, 1), (1800, 4), (2400, 2)]
    assert (usage.bucket_s, usage.first_s, usage.last_s, usage.rows) == (600, 0, 2999, 5)
    assert usage.groups[2].counts == {"input": 400, "output": 2_400}


def test_a_table_may_have_hours_tokens_and_several_models(tmp_path: Path) -> None:
    path = tmp_path / "hours.csv"
    path.write_text("category,hour,requests,input_tokens,output_tokens\na,1,10,1000,500\nb,0,2.4,9,7\na,0,1,2,3\n")
    usage = load_usage(path, size=None)
    assert [(group.model, group.start_s, group.requests) for group in usage.groups] == [
        ("a", 3600, 10), ("b", 0, 2), ("a", 0, 1),
    ]  # fmt: skip
    assert usage.groups[0].counts == {"input": 1000, "output": 500}
    # a gap is a window without requests, and the first window is the first
    path.write_text("hour,requests\n5,1\n7,1\n6,1\n11,1\n")
    usage = load_usage(path, size=SIZE)
    assert ([group.start_s for group in usage.groups], usage.last_s) == ([0, 7200, 3600, 21600], 7 * 3600 - 1)
    path.write_text("hour,requests\n5,1\n")
    assert load_usage(path, size=SIZE).bucket_s == 3600


@pytest.mark.parametrize(
    ("text", "size", "message"),
    [
        ("request\n1\n", SIZE, "a load curve has a column 'requests', found request; did you mean 'request'?"),
        ("", SIZE, "found none"),
        ("requests\n1\n", SIZE, "nothing says when a window begins: it needs a column minute or hour; found requests"),
        ("hour,requests\n0,1\n", None, "give --shape IN:OUT, or the columns input_tokens and output_tokens"),
        ("hour,requests\n0,1\n1,many\n", SIZE, "load.csv:3: requests: expected an amount such as 1e6"),
        ("requests,hour\n1,\n", SIZE, "load.csv:2: hour: expected an amount"),
        ("hour,requests\n0,0\n", SIZE, "no request in it"),
        ("hour,requests\n0,1\n2,1\n5,1\n", SIZE, "windows begin every 2, so 5 is in the middle of one (hour)"),
    ],
)
def test_what_is_no_load_curve_is_refused(tmp_path: Path, text: str, size: RequestSize | None, message: str) -> None:
    path = tmp_path / "load.csv"
    path.write_text(text)
    with pytest.raises(InputError, match=r"load\.csv") as caught:
        load_usage(path, size=size)
    assert message in str(caught.value)


def test_a_fleet_is_sized_from_it(cli: Cli, curve: Path) -> None:
    run = cli("usage", "size", "--load", str(curve), *SLOW, *TEN)
    assert (run.status, run.err) == (0, "")
    # 8 requests × 600 tokens ÷ 3,000 s: a mean of 1.6 replicas, and a peak of 4: 4 × 730 h × $2
    assert " ".join(run.out.split()).startswith(
        "slow: 4 replicas (for the busiest window) cost $5,840.00 a month, busy 40 % of the time."
    )
    twice = json.loads(cli("usage", "size", "--load", str(curve), "--mean", "3.2", *SLOW, *TEN, "--format", "json").out)
    assert twice["result"]["options"][0]["mean_load"] == 3.2
    assert twice["inputs"]["mean_load"] == 3.2
    peak = next(each for each in twice["result"]["options"][0]["policies"] if each["policy"] == "peak")
    assert (peak["replicas"], peak["utilisation"]) == (8, 0.4)


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ((), "give logs, or a load curve: --load FILE"),
        (("--shape", "1:1"), "--shape is of the requests of a load curve: give --load FILE"),
        (("log.csv", "--load", "load.csv"), "give logs or --load, not both"),
        (("--load", "load.csv", "--shape", "1000"), "such as 1000:300, found '1000'"),
        (("--load", "load.csv", "--shape", "1:0"), "a request generates at least 1 token"),
        (("--load", "load.csv", "--shape", "1:1", "--model", "x"), "the log has no model 'x'"),
    ],
)
@pytest.mark.usefixtures("curve")
def test_flags_that_do_not_go_together_are_refused(args: tuple[str, ...], message: str, cli: Cli) -> None:
    run = cli("usage", "size", *args, *SLOW)
    assert (run.status, run.out) == (2, "")
    assert message in run.err


@beside_traces
def test_the_published_table_comes_out_of_its_file(cli: Cli) -> None:
    """ServeGen's hours at a mean load of 4 replicas: 1.75 × ideal for 95 % of them, 2.00 for 99 %, 1.12 with hindsight."""
    of = (
        "--model",
        "language/m-large",
        "--mean",
        "4",
        "--shape",
        "1155:211",
        "--cold-start",
        "20",
        "--as-of",
        "2026-11-27",
    )
    run = cli("usage", "size", "--load", str(SERVEGEN), *of, *SLOW, "--format", "json")
    policies = {each["policy"]: each for each in json.loads(run.out)["result"]["options"][0]["policies"]}
    shown = {name: (f"{each['cost_over_ideal']:.2f}", f"{each['utilisation']:.2f}") for name, each in policies.items()}
    assert [shown[name] for name in ("p95", "p99", "hindsight")] == [
        ("1.75", "0.57"),
        ("2.00", "0.50"),
        ("1.12", "0.89"),
    ]
