"""Whose tokens a workload counts: worked cases, what holds for any, and names that lead nowhere."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from conftest import Cli, Overlay, Write
from hypothesis import given
from hypothesis import strategies as st
from token_examples import loaded

from costcalc import Catalog, Shape, UnknownNameError, Workload, compare, estimate, load_project
from costcalc.case.case import Case
from costcalc.catalog.ids import key
from costcalc.catalog.tokenizers import Ratio, Step
from costcalc.cost.estimate import Demand
from costcalc.cost.option import cost_curve, monthly
from costcalc.cost.tokens import TEXT_METERS, counter_named, counter_of
from costcalc.errors import InputError
from costcalc.files import parse_yaml
from costcalc.findings import Document
from costcalc.scenario import WorkloadEntry
from costcalc.workload import TOKEN_METERS

TABLES = Path(__file__).parents[1] / "cases"
TODAY = date(2026, 11, 27)
CASES: list[dict[str, Any]] = parse_yaml(Document("tokens.yaml", (TABLES / "tokens.yaml").read_text())).plain()  # type: ignore[assignment]
RATIO = "claude_4_7_tokens_per_claude_3"
TURN = Workload.single(requests=1_000, input_tokens=4_437, output_tokens=800)


@pytest.fixture(scope="module")
def examples() -> Catalog:
    return loaded()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_worked_case(case: dict[str, Any], examples: Catalog) -> None:
    workload = WorkloadEntry.model_validate(case["workload"]).to_workload(case["name"])
    result = estimate(case["option"], workload, examples, as_of=TODAY)
    assert result.monthly_usd == Decimal(case["monthly_usd"])
    assert list(result.caveats) == case.get("caveats", [])


# --- what holds for any workload --------------------------------------------------------------------------------------

RATIOS = st.decimals(Decimal("0.05"), Decimal(20), places=3)


@given(first=st.lists(RATIOS, min_size=3, max_size=3), second=st.lists(RATIOS, min_size=3, max_size=3))
def test_the_way_back_undoes_the_way_there(first: list[Decimal], second: list[Decimal]) -> None:
    ends = [sorted(figures) for figures in (first, second)]
    there = Ratio.of((Step("x", inverted=False), middle, low, high) for low, middle, high in ends)
    back = Ratio.of((Step("x", inverted=True), middle, low, high) for low, middle, high in reversed(ends))
    assert there.low <= there.value <= there.high
    assert back.low <= back.value <= back.high
    assert [there.value * back.value, there.low * back.high, there.high * back.low] == [1, 1, 1]


@given(tokens=st.dictionaries(st.sampled_from(["input", "output"]), st.integers(1, 10**5), min_size=1))
def test_a_tariff_without_steps_costs_the_ratio_times_as_much(tokens: dict[Any, int]) -> None:
    month = Workload(1_000, (Shape(tokens),))
    plain, counted = (
        estimate("acme/twice", replace(month, tokens_as=whose), loaded(), as_of=TODAY).exact_usd
        for whose in (None, "claude-opus-4-7")
    )
    assert counted == 2 * plain


def test_every_meter_is_text_or_a_medium() -> None:
    media = ("audio", "image", "video")
    assert {meter for meter in TOKEN_METERS if not any(one in meter for one in media)} == TEXT_METERS


# --- the ways to ask ----------------------------------------------------------------------------------------------------

OWN_HARDWARE = "own-measured"


def _rests(catalog: Catalog, option: str, workload: Workload) -> list[str]:
    return [one.path for one in Case(workload, catalog, TODAY).inputs([option])]


def test_a_ratio_is_an_uncertain_input_of_whatever_rests_on_it(examples: Catalog) -> None:
    counted = replace(TURN, tokens_as="claude-3")
    assert _rests(examples, "acme/claude-opus-4-7", counted) == [f"assumptions.{RATIO}"]
    assert _rests(examples, "half-and-half", counted) == [f"assumptions.{RATIO}"]
    assert f"assumptions.{RATIO}" in _rests(examples, OWN_HARDWARE, counted)
    assert _rests(examples, "acme/claude-opus-4-6", counted) == []
    assert _rests(examples, "acme/claude-opus-4-7", TURN) == []


@pytest.mark.parametrize(
    "option", ["acme/claude-opus-4-7", "half-and-half", OWN_HARDWARE, "acme/twice", "own-capacity"]
)
@pytest.mark.parametrize("ratio", ["1.2", "1.25", "1.3"])
def test_a_month_made_ready_and_a_curve_cost_what_the_estimate_says(option: str, ratio: str, examples: Catalog) -> None:
    counted = replace(TURN, tokens_as="claude-3")
    at = examples.with_assumptions({RATIO: Decimal(ratio)})
    expected = estimate(option, counted, at, as_of=TODAY)
    month = monthly(option, counted, examples, as_of=TODAY)(Demand(counted.requests, counted.peak), at)
    assert month.exact_usd == expected.exact_usd
    assert set(month.assumptions) == set(expected.assumptions)
    assert [line.usd for line in month.lines] == [line.usd for line in expected.lines]
    assert cost_curve(option, counted, at, as_of=TODAY).at(Fraction(counted.requests)) == expected.exact_usd


def test_a_deployment_is_sized_for_its_own_models_tokens(examples: Catalog) -> None:
    # 9 GPUs at 1,000 tokens/s are 23,652 Mtok of output a month; twice counts 2.5 of them for each of Claude 3's
    month = Workload.single(requests=1_000_000, output_tokens=1_000)
    plain, counted = (
        estimate(OWN_HARDWARE, replace(month, tokens_as=whose), examples, as_of=TODAY).deployment
        for whose in (None, "claude-3")
    )
    assert plain is not None
    assert counted is not None
    assert float(counted.utilisation / plain.utilisation) == pytest.approx(2.5, rel=1e-3)


def test_the_tokens_of_a_seat_and_of_a_published_cost(overlay: Overlay) -> None:
    catalog = overlay(
        "tokenizers: {r1: {models: [deepseek-r1-distill-qwen-32b], than: claude-3, times: r1, source: {title: t, checked: 2026-11-27}}}\n"
        "assumptions: {r1: {value: 2, low: 2, high: 2, unit: tokens/token, basis: user}}\n"
    )
    counted = replace(TURN, tokens_as="claude-3")
    published = estimate("deepseek-r1-32b-self-hosted", counted, catalog, as_of=TODAY)
    assert published.monthly_usd == Decimal("0.80")  # 0.8 Mtok × 2 × $0.50
    assert published.caveats[-1] == "its tokenizer counts 2.00 times the tokens of claude-3 for the same text"
    nobody_s = estimate("deepseek-r1-32b-self-hosted", replace(TURN, tokens_as="mistral-large-3"), catalog, as_of=TODAY)
    assert nobody_s.monthly_usd == Decimal("0.40")
    assert nobody_s.caveats[-1].startswith("token counts are those of mistral-large-3")
    people = replace(TURN, seats=1, kind="coding_assistant", tokens_as="claude-opus-4-6")
    seat = estimate("claude-max-20x-seats", people, catalog, as_of=TODAY)
    assert [text for text in seat.caveats if "tokens of claude-opus-4-6" in text]


@pytest.mark.no_cover  # a table of what other tests cover
@pytest.mark.parametrize("command", ["compare", "breakeven", "project", "simulate", "sensitivity"])
def test_every_command_has_the_flag(command: str, cli: Cli) -> None:
    asked = ("--requests", "1000", "--shape", "4437:800", "--options", "claude-opus-4-6,claude-opus-4-7")
    said = [cli(command, *asked, *more, "--as-of", "2026-11-27") for more in ((), ("--tokens-as", "Claude Opus 4.6"))]
    assert [run.status for run in said] == [0, 0]
    assert said[0].out != said[1].out


def test_the_bill_of_a_deployment_counts_as_well(cli: Cli, written: Write) -> None:
    text = (TABLES / "example_tokens.yaml").read_text()
    path = written(text)
    asked = ("tco", OWN_HARDWARE, "--requests", "1e6", "--shape", "0:1000", "--catalog", str(path))
    plain, counted = (cli(*asked, *more, "--format", "json").out for more in ((), ("--tokens-as", "claude-3")))
    assert plain != counted


# --- the public case: equal counts at models whose tokenizers differ -----------------------------------------------------


def test_the_same_text_costs_more_at_the_newer_model_though_its_price_is_the_same(catalog: Catalog) -> None:
    older, newer = (
        estimate(model, replace(TURN, tokens_as="claude-opus-4-6"), catalog, as_of=TODAY)
        for model in ("claude-opus-4-6", "claude-opus-4-7")
    )
    assert older.monthly_usd == Decimal("42.185")  # 4.437 Mtok × $5 + 0.8 Mtok × $25
    assert newer.monthly_usd == Decimal("58.2153")  # × 1.38
    assert "1.38 times (1.30 to 1.47) the tokens of claude-opus-4-6" in newer.caveats[-1]
    ends = [catalog.with_assumptions({RATIO: Decimal(end)}) for end in ("1.30", "1.47")]
    low, high = (
        estimate("claude-opus-4-7", replace(TURN, tokens_as="claude-opus-4-6"), at, as_of=TODAY) for at in ends
    )
    assert (low.monthly_usd, high.monthly_usd) == (Decimal("54.8405"), Decimal("62.01195"))


@pytest.mark.parametrize(
    ("seller", "usd"),
    [
        ("anthropic/claude-opus-4-7", "58.2153"),  # 42.185 × 1.38
        ("aws/global.anthropic.claude-opus-4-7", "58.2153"),
        ("aws/us.anthropic.claude-opus-4-7", "64.03683"),  # 10 % more in a geography
        ("openrouter/anthropic/claude-opus-4.7", "61.41714"),  # and 5.5 % on what is paid
        ("vertex-ai/claude-opus-4-7", "58.2153"),
        ("databricks/databricks-claude-opus-4-7", "58.215300"),
        ("claude-opus-4-7-20260416", "58.2153"),
    ],
)
def test_whoever_sells_it_it_is_the_same_model(seller: str, usd: str, catalog: Catalog) -> None:
    priced = estimate(seller, replace(TURN, tokens_as="claude-opus-4-6"), catalog, as_of=TODAY)
    assert round(priced.monthly_usd, 5) == Decimal(usd)


def test_equal_counts_are_compared_with_a_caveat(catalog: Catalog) -> None:
    result = compare(TURN, catalog, options=["claude-opus-4-6", "claude-opus-4-7", "gpt-5.2-api"], as_of=TODAY)
    said = {one.option: [text for text in one.caveats if "same text" in text] for one in result.estimates}
    assert said["claude-opus-4-7"] == [
        "the same text is 1.38 times (1.30 to 1.47) as many tokens here as for claude-opus-4-6: counts are taken as each model's own (--tokens-as)"
    ]
    assert said["claude-opus-4-6"] == []


def test_the_caveat_is_against_the_tokenizer_of_the_fewest_where_its_own_comparison_is_not_there(
    examples: Catalog,
) -> None:
    case = Case(TURN, examples, TODAY)
    alone = case.priced(["acme/twice"])
    assert not [text for one in alone.estimates for text in one.caveats if "same text" in text]
    some = case.priced(["acme/twice", "acme/claude-opus-4-6", "acme/somebody-s", OWN_HARDWARE, "half-and-half"])
    said = {one.option: [text for text in one.caveats if "same text" in text] for one in some.estimates}
    # 1.25 × 2, over a range of 1.2 × 1.6 to 1.3 × 2.5
    assert said["acme/twice"] == said[OWN_HARDWARE]
    assert said["acme/twice"][0].startswith(
        "the same text is 2.50 times (1.92 to 3.25) as many tokens here as for acme/claude-opus-4-6"
    )
    assert said["acme/claude-opus-4-6"] == said["acme/somebody-s"] == said["half-and-half"] == []


def test_no_headline_option_has_a_word_more(catalog: Catalog) -> None:
    case = Case(TURN, catalog, TODAY)
    assert not [text for one in case.priced(catalog.headline).estimates for text in one.caveats if "same text" in text]


# --- names ----------------------------------------------------------------------------------------------------------------


def test_every_listed_model_is_sold_or_is_an_earlier_one_of_its_maker(catalog: Catalog) -> None:
    """A name that is mistyped in the shipped file would be found here: whatever has the maker's word has a tokenizer."""
    sold = [sold for file in catalog.providers for model in catalog.providers[file].models for sold in catalog.sold_as(f"{file}/{model}")]  # fmt: skip
    claudes = [one for one in sold if "claude" in one.id]
    assert len(claudes) > 80
    tokenizers = {one.ref: counter_of(catalog.option(one.ref).option, catalog) for one in claudes}
    assert [ref for ref, counter in tokenizers.items() if counter is None or counter.tokenizer is None] == []
    assert not [one for one in sold if "claude" not in one.id and catalog.tokenizers().of((one.id,))]


@pytest.mark.parametrize(
    ("text", "tokenizer"),
    [
        ("claude-opus-4-7", "claude-4.7"),
        ("Claude Opus 4.7", "claude-4.7"),
        ("anthropic/claude-opus-4.7", "claude-4.7"),
        ("bedrock/us.anthropic.claude-opus-4-6-v1", "claude-3"),
        ("claude-sonnet-4-5@20250929", "claude-3"),
        ("claude-3", "claude-3"),
        ("gpt-5.4", None),
        ("Qwen3-32B", None),
        ("llama-3.3-70b", None),  # several sell it, and it is one model
    ],
)
def test_whose_tokens_may_be_said_in_any_spelling(text: str, tokenizer: str | None, catalog: Catalog) -> None:
    assert counter_named(text, catalog).tokenizer == tokenizer


@pytest.mark.parametrize(
    ("sold", "tokenizer"),
    [
        ("claude-opus-4-7-fast", "claude-4.7"),  # a variant by another word
        ("claude-sonnet-4-5-20250929-v1:0", "claude-3"),  # a snapshot
        ("claude-opus-4-77", None),  # another version, of which nobody has said anything
        ("claude-opus-5-7", None),
        ("claude-opus-6", None),
    ],
)
def test_another_version_is_another_model(sold: str, tokenizer: str | None, catalog: Catalog) -> None:
    assert catalog.tokenizers().of((sold,)) == tokenizer


@pytest.mark.parametrize("text", ["claude-opus-4-77", "claude-opus-4-7x", "gpt-5.2-api", ""])
def test_an_unknown_name_is_an_error_and_never_each_models_own(text: str, catalog: Catalog) -> None:
    with pytest.raises(UnknownNameError, match="tokens_as says whose tokens the counts are"):
        estimate("claude-opus-4-7", replace(TURN, tokens_as=text), catalog, as_of=TODAY)
    with pytest.raises(UnknownNameError, match="unknown model"):  # not a reason to leave each option out
        compare(replace(TURN, tokens_as=text), catalog, options=["claude-opus-4-7"], as_of=TODAY)


FILE = """\
workloads:
  agent:
    requests: 1_000
    tokens_as: {0}
    option: claude-opus-4-7
    shapes: [{{input_tokens: 4437, output_tokens: 800}}]
  other:
    requests: 1_000
    option: claude-opus-4-7
    shapes: [{{input_tokens: 4437, output_tokens: 800}}]
budgets: {{all: {{workloads: [agent], monthly_usd: 100}}}}
"""


@pytest.mark.parametrize("command", [("compare", "--workload", "costcalc.yaml#agent"), ("check",), ("compare", "--tokens", "1e6")])  # fmt: skip
def test_an_unknown_name_in_a_file_is_shown_at_its_place(command: tuple[str, ...], cli: Cli, written: Write) -> None:
    written(FILE.format("claude-opus-4.66"))
    ran = cli(*command)
    assert ran.status == 2
    assert "costcalc.yaml:4:16: workloads.agent.tokens_as: unknown model 'claude-opus-4.66'" in ran.err
    assert "did you mean" in ran.err


def test_an_unknown_name_in_a_file_that_python_loads(tmp_path: Path) -> None:
    path = tmp_path / "costcalc.yaml"
    path.write_text(FILE.format("claude-opus-4.66"))
    with pytest.raises(InputError, match="unknown model"):
        load_project(path)
    path.write_text(FILE.format("claude-opus-4.6"))
    assert load_project(path).scenario.workload("agent").tokens_as == "claude-opus-4.6"


def test_an_unknown_name_in_a_flag(cli: Cli) -> None:
    ran = cli("compare", "--tokens", "1e6", "--tokens-as", "claud-opus-4.6")
    assert ran.status == 2
    assert "'--tokens-as': unknown model 'claud-opus-4.6'" in ran.err
    assert "did you mean 'claude-opus-4" in ran.err


def test_workloads_in_different_tokens_have_no_sum(cli: Cli, written: Write) -> None:
    written(FILE.format("claude-opus-4.6"))
    ran = cli("compare", "--workload", "costcalc.yaml")
    assert ran.status == 2
    assert "differ in tokens_as (agent: claude-opus-4.6, other: none)" in ran.err


def test_a_budget_judges_converted_counts(cli: Cli, written: Write) -> None:
    written(FILE.format("claude-opus-4.6").replace("monthly_usd: 100", "monthly_usd: 50"))
    assert cli("check", "--no-baseline").status == 1  # 58.22, not 42.19
    written(FILE.format("claude-opus-4.7").replace("monthly_usd: 100", "monthly_usd: 50"))
    assert cli("check", "--no-baseline").status == 0


SOURCE = "source: {title: t, checked: 2026-11-27}"


@pytest.mark.parametrize(
    ("tokenizers", "message"),
    [
        ("x: {models: [a]}", "tokenizers.x: missing key 'source'"),
        (f"x: {{models: [], {SOURCE}}}", "tokenizers.x.models"),
        (f"x: {{models: [a], than: claude-3, {SOURCE}}}", "than and times go together"),
        (f"x: {{models: [a], than: claud-3, times: pue, {SOURCE}}}", "there is no tokenizer 'claud-3'"),
        (f"x: {{models: [a], than: claude-3, times: puee, {SOURCE}}}", "tokenizers.x.times: unknown assumption 'puee'; did you mean 'pue'"),
        (f"x: {{models: [a], than: y, times: pue, {SOURCE}}}\n  y: {{models: [b], than: x, times: pue, {SOURCE}}}", "'y' is itself compared with 'x'"),
        (f"x: {{models: [a], than: x, times: pue, {SOURCE}}}", "'x' is itself compared with 'x'"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_tokenizer_is_said_at_its_place(tokenizers: str, message: str, overlay: Overlay) -> None:
    with pytest.raises(InputError) as caught:
        overlay(f"tokenizers:\n  {tokenizers}\n")
    found = [problem.message for problem in caught.value.problems]
    assert any(message in text for text in found), found
    assert all(problem.place is not None for problem in caught.value.problems)  # type: ignore[attr-defined]


def test_a_tokenizer_of_ones_own_holds_before_a_shipped_one(overlay: Overlay) -> None:
    mine = overlay(
        f"tokenizers: {{mine: {{models: [claude-opus-4.7], than: claude-3, times: mine, {SOURCE}}}}}\n"
        "assumptions: {mine: {value: 1.1, low: 1, high: 1.2, unit: tokens/token, basis: user}}\n"
    )
    counted = replace(TURN, tokens_as="claude-opus-4-6")
    assert estimate("claude-opus-4-7", counted, mine, as_of=TODAY).monthly_usd == Decimal("46.4035")  # 42.185 × 1.1
    assert estimate("claude-opus-4-8", counted, mine, as_of=TODAY).monthly_usd == Decimal("58.2153")  # × 1.38


def test_two_tokenizers_that_nothing_connects_have_no_ratio(overlay: Overlay) -> None:
    apart = overlay(f"tokenizers: {{apart: {{models: [gpt-5.2], {SOURCE}}}}}\n")
    found = estimate("gpt-5.2-api", replace(TURN, tokens_as="claude-opus-4-6"), apart, as_of=TODAY)
    assert found.caveats[-1].startswith("token counts are those of claude-opus-4-6")
    result = compare(TURN, apart, options=["gpt-5.2-api", "claude-opus-4-6"], as_of=TODAY)
    assert not [text for one in result.estimates for text in one.caveats if "same text" in text]


def test_a_shipped_model_stands_once(catalog: Catalog) -> None:
    for entries in (catalog.tokenizers().entries, catalog.reasoning().entries):
        keys = [key(model) for entry in entries.values() for model in entry.models]
        assert len(set(keys)) == len(keys)


def test_a_ratio_cannot_be_zero(overlay: Overlay) -> None:
    with pytest.raises(InputError, match="tokens/token"):
        overlay("assumptions: {r: {value: 1, low: 0, high: 2, unit: tokens/token, basis: user}}\n")
