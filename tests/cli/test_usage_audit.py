"""`usage price` under a contract: what is billed anyway, why a record differs, and where each price stands."""

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Cli, Run

LOG = """at,model,input,output,cost_usd,region
2026-11-01T00:00:00Z,gpt-5.4,200000,10000,0.65,global
2026-11-15T05:00:00Z,gpt-5.4,200000,10000,0.65,global
"""  # 14.2 days: 341 h of 730; 2 × (0.2 × $2.50 + 0.01 × $15.00) = $1.30 at list, × 0.88 = $1.144
CONTRACT = """contracts:
  openai:
    {{discount: 0.12, commitment_usd: {usd}, effective: 2026-01-01, source: {{title: EA, checked: 2026-01-01}}}}
"""


@pytest.fixture
def priced(cli: Cli, tmp_path: Path) -> Callable[..., Run]:
    def run(log: str, usd: str, *more: str) -> Run:
        (tmp_path / "log.csv").write_text(log, encoding="utf-8")
        (tmp_path / "cat").mkdir(exist_ok=True)
        (tmp_path / "cat" / "contracts.yaml").write_text(CONTRACT.format(usd=usd), encoding="utf-8")
        where = ("--catalog", str(tmp_path / "cat"), "--as-of", "2026-11-27", "--options", "claude-haiku-5.5-api")
        return cli("usage", "price", str(tmp_path / "log.csv"), *where, *more)

    return run


@pytest.mark.parametrize(
    ("usd", "due", "saved"),
    [
        ("50000", "23356.1643", "0"),  # $50,000 × 341 ÷ 730; all of $1.144 is used of it
        ("1", "0.46712", "0.67687"),  # 1.144 - 0.467123
    ],
)
def test_a_commitment_is_billed_whatever_is_used(usd: str, due: str, saved: str, priced: Callable[..., Run]) -> None:
    (found,) = json.loads(priced(LOG, usd, "--format", "json").out)["result"]["did_cost"]["commitments"]
    assert (found["provider"], found["used_usd"]) == ("openai", 1.144)
    assert found["usd"] == pytest.approx(float(due), rel=1e-5)
    assert found["saved_by_leaving_usd"] == pytest.approx(float(saved), rel=1e-4)


def test_the_verdict_says_what_leaving_saves(priced: Callable[..., Run]) -> None:
    words = " ".join(priced(LOG, "50000").out.split())
    assert "did cost $1.14 at your contract's prices (recorded: $1.30, +13.6 %). By contract openai bills" in words
    assert "bills $23,356.16 for this time whatever is used: leaving saves nothing while it holds." in words
    assert "leaving saves only $0.677 while it holds." in " ".join(priced(LOG, "1").out.split())


@pytest.mark.parametrize(
    ("recorded", "words"),
    [
        ("0.65", "recorded $1.30, your contract $1.14 (as with list prices, without your contract)"),
        ("0.50", "recorded $1.00, your contract $1.14 (no known cause: credits or other prices)"),
    ],
)
def test_a_record_is_held_against_the_contract(recorded: str, words: str, priced: Callable[..., Run]) -> None:
    assert words in " ".join(priced(LOG.replace("0.65", recorded), "1", "--notes").out.split())


def test_each_price_has_its_place_and_source(priced: Callable[..., Run]) -> None:
    words = " ".join(priced(LOG, "1", "--explain").out.split())
    assert "gpt-5.4 did cost $1.14, price of 2026-03-05: - input (12 % contract discount): 0.4 Mtok × $2.20" in words
    assert "cat/contracts.yaml:3:" in words
    did_cost = json.loads(priced(LOG, "1", "--explain", "--format", "json").out)["result"]["did_cost"]
    line = did_cost["by"][0]["lines"][0]
    assert (line["item"], line["quantity"], line["list_unit_price_usd"], line["usd"]) == ("input", 0.4, 2.5, 0.88)
    assert [place["layer"] for place in line["places"]] == ["shipped", "--catalog"]


def test_two_things_at_once(cli: Cli, tmp_path: Path) -> None:
    calls = [("01", "red"), ("02", "red"), ("02", "blue"), ("02", "")]
    rows = [f"2026-11-{day}T10:00:00Z,gpt-5.4,200000,10000,{team}" for day, team in calls]  # $0.50 + $0.15 each
    (tmp_path / "log.csv").write_text("\n".join(["at,model,input,output,team", *rows]), encoding="utf-8")
    log = str(tmp_path / "log.csv")
    run = cli("usage", "price", log, "--as-of", "2026-11-27", "--by", "Team, day", "--format", "csv")
    found = [(row["team"], row["day"], row["usd"]) for row in csv.DictReader(run.out.splitlines())]
    assert found == [
        ("(no team)", "2026-11-02", "0.65"), ("blue", "2026-11-02", "0.65"),
        ("red", "2026-11-01", "0.65"), ("red", "2026-11-02", "0.65"),
    ]  # fmt: skip
    by = json.loads(cli("usage", "price", log, "--as-of", "2026-11-27", "--by", "model,day", "--format", "json").out)
    first = by["result"]["did_cost"]["by"][0]
    assert (first["name"], first["names"]) == ("gpt-5.4, 2026-11-01", {"model": "gpt-5.4", "day": "2026-11-01"})
    for wrong, what in (("team,key", "team, key"), (",", "nothing")):
        refused = cli("usage", "price", log, "--by", wrong)
        assert (refused.status, f"one label of the log, beside model and day: found {what}" in refused.err) == (2, True)


def test_a_label_that_each_log_names_otherwise(cli: Cli, tmp_path: Path) -> None:
    openai = {"model": "gpt-5.4", "input_tokens": 200_000, "output_tokens": 0, "num_model_requests": 1}
    claude = {"model": "claude-haiku-4-5", "uncached_input_tokens": 1_000_000, "output_tokens": 0}
    day = {"start_time": 1_793_577_600, "end_time": 1_793_664_000, "results": [{**openai, "project_id": "shop"}]}
    of_claude = {"starting_at": "2026-11-02T00:00:00Z", "ending_at": "2026-11-03T00:00:00Z"}
    pages = {
        "openai.json": {"data": [day]},
        "claude.json": {"data": [{**of_claude, "results": [{**claude, "service_account_id": "shop"}]}]},
    }
    for name, page in pages.items():
        (tmp_path / name).write_text(json.dumps(page), encoding="utf-8")
    logs = [str(tmp_path / name) for name in pages]
    run = cli("usage", "price", *logs, "--as-of", "2026-11-27", "--by", "team", "--label",
              "team=project_id,service_account_id", "--format", "csv")  # fmt: skip
    (row,) = csv.DictReader(run.out.splitlines())
    assert (row["team"], row["usd"]) == ("shop", "1.5")  # 0.2 × $2.50 + 1 × $1
    refused = cli("usage", "price", *logs, "--by", "team")
    assert "a log of the format openai has no 'team' to show costs by" in refused.err
    for label, words in (
        ("team", "expected --label NAME=FIELD"),
        ("org=a", "says where 'org' stands: ask for it with"),
    ):
        refused = cli("usage", "price", *logs, "--by", "team", "--label", label)
        assert (refused.status, words in refused.err) == (2, True)


def test_sums_without_requests_are_told_in_tokens(priced: Callable[..., Run]) -> None:
    log = "usage_date_utc,model_version,usage_input_tokens_no_cache,usage_output_tokens\n2026-11-02,claude-haiku-4-5,4000000,1000000\n"
    words = " ".join(priced(log, "1").out.split())
    assert words.startswith("The log's 5 Mtok did cost $9.00")  # 4 × $1 + 1 × $5
    assert "requests, 4,000,000" not in words
