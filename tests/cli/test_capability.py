"""``costcalc capability``, and scores in ``compare``: what is said, what is refused, and how it ends."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from capability_world import MONTH, OPTIONS, WORLD
from conftest import Cli

from costcalc.cli.complete import benchmarks
from costcalc.render.documents import document_schema

NAMED = ("--options", ",".join(OPTIONS))
ASKED = (*MONTH, *NAMED, "--score", "bench-one")
TESTS = """
evaluations:
  new-2026-11: {model: acme/new, passed: 90, of: 100, date: 2026-11-20}
  tiny-2026-11: {model: acme/tiny, passed: 50, of: 100, date: 2026-11-20}
"""


@pytest.fixture
def market(cli: Cli, tmp_path: Path) -> Cli:
    (tmp_path / "costcalc.yaml").write_text(WORLD)
    return cli


def result(cli: Cli, command: str, *args: str, status: int = 0) -> Any:  # noqa: ANN401  # JSON
    run = cli(command, *args, "--format", "json")
    assert run.status == status, run.err
    document = json.loads(run.out)
    jsonschema.Draft7Validator(document_schema(command)).validate(document)
    return document["result"]


def page(cli: Cli, *args: str) -> str:
    """Give a page of text in one line."""
    return " ".join(cli("capability", *args).out.split())


def verdict(cli: Cli, *args: str, status: int = 0) -> str:
    return " ".join(result(cli, "capability", *args, status=status)["verdict"])


def test_the_answer_names_the_frontier_and_its_last_step(market: Cli) -> None:
    found = result(market, "capability", *ASKED)
    assert " ".join(found["verdict"]) == (
        "On Bench One 4 of 7 scored options are beaten by none: tiny (60, $1.00 a month) to large (80, $100.00). "
        "The last 5 points cost $90.00 more (10×), $18.00 each. "
        "1 more has scores on other boards only; 1 has none."
    )
    steps = [(step["from"], step["to"], step["usd_per_point"], step["times"]) for step in found["steps"]]
    assert steps == [("tiny", "equal", 0.6, 10), ("equal", "large", 18, 10)]  # $9 / 15 points; $90 / 5 points
    by_option = {option["option"]: option for option in found["options"]}
    assert by_option["beaten"]["beaten_by"] == "large"
    assert by_option["small"]["results"][0]["effort"] == "high"
    assert by_option["small"]["results"][0]["place"]["path"].endswith("costcalc.yaml")
    assert (by_option["new"]["score"], by_option["new"]["stands"]) == (None, "no_evidence")
    assert by_option["other"]["stands"] == "not_comparable"
    assert found["boards"][0]["reported_by"] == "Lab"


@pytest.mark.parametrize(
    ("bar", "status", "begins", "holds"),
    [
        ("76", 0, "Cheapest with at least 76 on Bench One: large (80, $100.00 a month).", "equal ($10.00) and 4 more"),
        ("75", 0, "Cheapest with at least 75 on Bench One: equal (75, $10.00 a month).", "other ($2.00) and 1 more"),
        ("81", 3, "No option is known to reach 81 on Bench One; the best is large", "other ($2.00) and 1 more"),
    ],
)
def test_the_cheapest_above_a_bar(market: Cli, bar: str, status: int, begins: str, holds: str) -> None:
    said = verdict(market, *ASKED, "--at-least", bar, status=status)
    assert said.startswith(begins)
    assert holds in said


def test_failures_have_a_price(market: Cli) -> None:
    """1,000 requests: tiny $1 + 400 × $1, small and equal $10 + 250 × $1, large $100 + 200 × $1."""
    found = result(market, "capability", *ASKED, "--cost-of-failure", "1")
    expected = {each["option"]: each["with_failures_usd"] for each in found["options"]}
    assert expected["tiny"] == {"low": 401, "value": 401, "high": 401}
    assert (expected["small"]["value"], expected["large"]["value"]) == (260, 300)
    assert expected["mix"]["value"] == 390.9  # $10.90 + 1,000 × 38 % × $1
    assert expected["new"] is None
    assert found["failures"]["cheapest"] == ["equal"] * 3
    # ($10 − $1) / (1,000 × 15 %); ($100 − $10) / (1,000 × 5 %)
    assert [reign["above_usd"] for reign in found["failures"]["reigns"]] == [0, 0.06, 1.8]
    assert "below $0.06 tiny, above $1.80 large" in " ".join(found["verdict"])


def test_failures_may_be_a_range(market: Cli) -> None:
    found = result(market, "capability", *ASKED, "--cost-of-failure", "1 to 5")
    assert " ".join(found["verdict"]).startswith("With failures at $1.00 each equal is cheapest, at $5.00 large.")
    tiny = next(each for each in found["options"] if each["option"] == "tiny")["with_failures_usd"]
    assert (tiny["low"], tiny["high"]) == (401, 2001)
    assert tiny["value"] == pytest.approx(1 + 400 * 5**0.5, abs=1e-2)  # the median of a lognormal: √(1 × 5)
    same = verdict(market, *ASKED, "--cost-of-failure", "0.1 to 1")
    assert same.startswith("With failures at $0.10 to $1.00 each, cheapest is equal: $89.06 a month")  # 10 + 250 × √0.1
    free = result(market, "capability", *ASKED, "--cost-of-failure", "0")
    assert free["failures"]["cheapest"] == ["tiny"] * 3


def test_a_bar_holds_for_failures_too(market: Cli) -> None:
    found = result(market, "capability", *ASKED, "--cost-of-failure", "0.01", "--at-least", "76")
    assert found["failures"]["reigns"] == [{"option": "large", "above_usd": 0}]
    assert "No other cost of a failure changes that." in found["verdict"]


def test_tests_of_ones_own_come_first(market: Cli, tmp_path: Path) -> None:
    (tmp_path / "costcalc.yaml").write_text(WORLD + TESTS)
    found = result(market, "capability", *MONTH, *NAMED, "--cost-of-failure", "1")
    assert (found["benchmark"], found["basis"]) == ("your test", "own")
    new = next(each for each in found["options"] if each["option"] == "new")
    assert (new["score"], new["stands"], new["your_tests"][0]["passed"]) == (90, "frontier", 90)
    assert new["with_failures_usd"]["value"] == 105  # $5 + 1,000 × 10 % × $1
    # Wilson's 90 % interval of 90 of 100: 0.8396 to 0.9393
    assert new["with_failures_usd"]["low"] == pytest.approx(5 + 1_000 * (1 - 0.9393), abs=0.06)
    assert new["with_failures_usd"]["high"] == pytest.approx(5 + 1_000 * (1 - 0.8396), abs=0.06)
    assert page(market, *MONTH, *NAMED).startswith(
        "By your own tests 2 of 2 scored options are beaten by none: tiny (50, $1.00 a month)"
    )
    assert page(market, *ASKED).startswith("On Bench One")  # a benchmark that is named is meant


def test_scores_that_are_not_comparable_stand_side_by_side_with_a_warning(market: Cli) -> None:
    text = page(market, *ASKED, "--reporter", "any")
    # Lab's plain and other way; the rival's plain
    assert text.startswith(
        "2 reporters, 2 variants: not comparable. On Bench One 2 of 8 scored options are beaten by none"
    )
    assert "(a) plain, reported by Lab;" in text
    found = result(market, "capability", *ASKED, "--reporter", "any")
    assert [(step["to"], step["comparable"], step["usd_per_point"]) for step in found["steps"]] == [
        ("other", False, None)  # 98 by a rival for $2, 60 by the lab for $1
    ]
    assert "vendor" in result(market, "capability", *ASKED, "--reporter", "vendor")["basis"]


def test_a_blend_is_asked_for_by_a_flag(market: Cli) -> None:
    found = result(market, "capability", *ASKED, "--blend", "large:10%")
    blend = next(each for each in found["options"] if each["option"] == "10%-large")
    assert blend["score"] == 62  # 10 % × 80 + 90 % × 60 of tiny, the cheapest of the frontier
    assert blend["monthly_usd"] == pytest.approx(10.9, abs=0.1)  # and what the router costs
    assert "10%-large: the rest of the requests goes to tiny, the cheapest of the frontier" in found["notes"]


@pytest.mark.parametrize(
    ("args", "status", "message"),
    [
        (("--score", "bench-oni"), 2, "no score is of a benchmark 'bench-oni'; did you mean 'Bench One'"),
        (("--reporter", "Lub"), 2, "nobody called 'Lub' reports Bench One; did you mean 'Lab'"),
        (("--cost-of-failure", "-5"), 2, "'--cost-of-failure'"),
        (("--cost-of-failure", "nan"), 2, "'--cost-of-failure'"),
        (("--cost-of-failure", "5 to 1"), 2, "a range goes from its low to its high end"),
        (("--at-least", "nan"), 2, "'--at-least'"),
        (("--blend", "large"), 2, "expected ID:SHARE"),
        (("--blend", ":10%"), 2, "expected ID:SHARE"),
        (("--blend", "large:x"), 2, "found 'large:x'"),
        (("--blend", "large:0"), 2, "a share above 0 and below 1"),
        (("--blend", "large:100%"), 2, "a share above 0 and below 1"),
        (("--blend", "tiny:10%"), 2, "and that is 'tiny' itself"),
        (("--blend", "mix:10%"), 2, "'mix' is a blend itself"),
        (("--blend", "lerge:10%"), 2, "unknown option 'lerge'"),
        (("--reporter", "own", "--blend", "large:10%"), 3, "no option stands on it"),
        (("--all",), 2, "not both"),
    ],
)
def test_what_cannot_be_meant_is_refused(market: Cli, args: tuple[str, ...], status: int, message: str) -> None:
    base = [*MONTH, *NAMED, *([] if "--score" in args else ["--score", "bench-one"])]
    run = market("capability", *base, *args)
    assert (run.status, run.out) == (status, "")
    assert message in run.err


def test_points_of_an_index_are_no_failures(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "costcalc.yaml").write_text(WORLD.replace("score: 80,", "score: 80, unit: index_points,"))
    run = cli("capability", *ASKED, "--cost-of-failure", "5")
    assert run.status == 2
    assert "Bench One is measured in index points; name a benchmark in per cent with --score" in run.err
    assert "pays above" not in cli("capability", *ASKED).out


def test_without_any_evidence_it_cannot_be_decided(market: Cli) -> None:
    run = market("capability", *MONTH, "--options", "new,other", "--score", "bench-one", "--reporter", "Lab")
    assert run.status == 3
    assert " ".join(run.out.split()).startswith(
        "None of the 2 options has a score on Bench One that may be compared; --reporter any"
    )
    nothing = market("capability", *MONTH, "--options", "new", "--score", "bench-one", "--chart")
    assert nothing.status == 3
    assert "Choose another benchmark with --score" in " ".join(nothing.out.split())
    own = market("capability", *ASKED, "--reporter", "own")
    assert (own.status, "has a test of yours" in own.out) == (3, True)


def test_one_option_is_beside_none(market: Cli) -> None:
    alone = page(market, *MONTH, "--options", "large", "--score", "bench-one")
    assert alone.startswith("On Bench One: large (80, $100.00 a month); no other option has a score beside it.")
    pair = page(market, *MONTH, "--options", "large,new", "--score", "bench-one")
    assert pair.startswith("Bench One has no board with two of these models: large (80, $100.00 a month)")


def test_an_option_without_a_price_is_left_out(market: Cli) -> None:
    run = market("capability", *MONTH, "--options", "tiny,claude-pro-seats", "--score", "bench-one")
    assert run.status == 2
    assert "claude-pro-seats is not compared" in run.err
    rows = list(csv.DictReader(io.StringIO(market("capability", *ASKED, "--format", "csv").out)))
    assert {row["option"]: row["score"] for row in rows}["tiny"] == "60"
    unpriced = market("capability", *MONTH, "--options", "claude-pro-seats", "--score", "bench-one")
    assert (unpriced.status, unpriced.out.startswith("None of the options has a price for this traffic.")) == (2, True)


def test_names_with_markup_stay_names(cli: Cli, tmp_path: Path) -> None:
    text = WORLD.replace("reported_by: Lab", 'reported_by: "Lab | <b> [x](http://a.b)"')
    (tmp_path / "costcalc.yaml").write_text(text)
    text = cli("capability", *ASKED, "--format", "markdown").out
    assert "<b>" not in text
    assert "\\|" in text
    assert "](http" not in text


def test_a_chart_has_its_names_beside_the_points(market: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C")
    lines = market("capability", *ASKED, "--chart").out.splitlines()
    drawn = lines[lines.index("Bench One (plain, reported by Lab)", 5) : lines.index("Assumed:")]
    assert "# tiny" in "\n".join(drawn)
    assert all(len(line) <= 80 for line in drawn)
    assert all(ord(letter) < 128 for line in drawn for letter in line)
    alike = market("capability", *MONTH, "--options", "small,equal", "--score", "bench-one", "--chart").out
    assert any({"small", "equal"} <= set(line.split()) for line in alike.splitlines() if "#" in line)


def test_every_score_is_explained(market: Cli) -> None:
    text = page(market, *ASKED, "--explain")
    assert "75 (plain, reported by Lab, high effort, 2026-06, high confidence); project costcalc.yaml:" in text
    assert "a page, checked 2026-11-01" in text


def test_compare_shows_scores_beside_costs(market: Cli) -> None:
    text = market("compare", *ASKED).out
    table = text.split("\n\n")[2]
    rows = {line.split()[0]: line.split() for line in table.splitlines()[2:]}
    assert (rows["tiny"][2], rows["new"][2], rows["other"][2]) == ("60", "–", "other")
    assert "score is of Bench One (plain, reported by Lab)" in text
    found = result(market, "compare", *ASKED)
    assert found["scores"]["board"]["reported_by"] == "Lab"
    by_option = {each["option"]: each["evidence"] for each in found["estimates"]}
    assert (by_option["mix"]["score"], by_option["other"]["score"]) == (62, None)
    assert [each["score"] for each in by_option["other"]["elsewhere"]] == [99, 98]
    rows_of = csv.DictReader(io.StringIO(market("compare", *ASKED, "--format", "csv").out))
    assert {row["option"]: (row["score"], row["score_comparable"]) for row in rows_of}["tiny"] == ("60", "true")
    plain = result(market, "compare", *MONTH, *NAMED)
    assert "scores" not in plain
    assert "evidence" not in plain["estimates"][0]
    run = market("compare", *MONTH, *NAMED, "--reporter", "any")
    assert (run.status, "give --score BENCHMARK as well" in run.err) == (2, True)


@pytest.mark.usefixtures("market")
def test_a_benchmark_completes(tmp_path: Path) -> None:
    assert benchmarks("bench") == ["bench-one"]
    assert "SWE-bench-verified" in benchmarks("SWE")
    (tmp_path / "costcalc.yaml").write_text("options: 5\n")
    assert benchmarks("bench") == []


def test_where_a_benchmark_compares_no_two_models_others_are_named(cli: Cli, tmp_path: Path) -> None:
    second = WORLD + "".join(
        f"  {name}:\n    - {{benchmark: Bench Two, score: {score}, reported_by: Lab, variant: plain, confidence: high,"
        " source: {title: a page, checked: 2026-11-01}}\n"
        for name, score in (("new", 1), ("other-too", 2))
    )
    priced = second.replace("options:\n", "options:\n  other-too: {kind: api, model: acme/other-too}\n", 1)
    one = "      new: {prices"
    assert one in priced
    line = next(text for text in priced.splitlines() if text.startswith(one))
    (tmp_path / "costcalc.yaml").write_text(priced.replace(line, f"{line}\n{line.replace('new', 'other-too', 1)}"))
    text = page(cli, *MONTH, "--options", "tiny,new,other-too", "--score", "bench-one")
    assert text.startswith(
        "Bench One has no board with two of these models: tiny (60, $1.00 a month) is the cheapest of one. "
        "--score bench-two compares 2 of them."
    )
    nothing = page(cli, *MONTH, "--options", "new,other-too", "--score", "bench-one")
    assert nothing.startswith("None of the 2 options has a score on Bench One. --score bench-two compares 2 of them.")
    found = result(cli, "capability", *MONTH, "--options", "tiny,new,other-too", "--score", "bench-one")
    assert [board["benchmark"] for board in found["larger_boards"]] == ["Bench Two"]
    assert (
        result(cli, "capability", *MONTH, "--options", "new,other-too", "--score", "bench-two")["larger_boards"] == []
    )


def test_the_missions_claim_of_a_fifth_of_a_point_at_28_times_the_cost(cli: Cli) -> None:
    """By output alone, at the prices of the article's day; docs/method/capability.md tells the story."""
    options = "deepseek-r1-32b-self-hosted,gemini-3.1-pro-api,gpt-5.2-api,claude-opus-4.6-api"
    month = ("--tokens", "1e6", "--input-tokens", "0", "--as-of", "2026-03-01", "--options", options)
    found = result(cli, "capability", *month, "--score", "swe-bench-verified", "--reporter", "vendor")
    (step,) = found["steps"]
    assert (step["from"], step["to"]) == ("gemini-3.1-pro-api", "claude-opus-4.6-api")
    assert (step["points"], step["usd"], step["times"]) == (0.2, 13, 2.0833)  # 80.8 − 80.6; $25 − $12; 25 / 12
    assert (step["comparable"], step["usd_per_point"]) == (False, None)  # each vendor's own figure
    by_option = {each["option"]: each for each in found["options"]}
    figure = by_option["deepseek-r1-32b-self-hosted"]
    assert by_option["gpt-5.2-api"]["monthly_usd"] / figure["monthly_usd"] == 28  # $14 / $0.50
    assert (figure["score"], figure["no_evidence_of"]) == (None, ["deepseek-r1-32b-self-hosted"])
    assert figure["cannot_be_chosen"] == "a published figure that nobody sells"
