"""What a model bills for an answer: worked cases, what holds for any, and what nobody knows."""

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

from costcalc import Catalog, Shape, UndecidableError, Workload, compare, estimate
from costcalc.analysis.montecarlo import simulate
from costcalc.case.case import Case
from costcalc.cost.estimate import Demand
from costcalc.cost.option import cost_curve, monthly
from costcalc.cost.tokens import counter_of
from costcalc.errors import InputError
from costcalc.files import parse_yaml
from costcalc.findings import Document
from costcalc.scenario import WorkloadEntry

TABLES = Path(__file__).parents[1] / "cases"
TODAY = date(2026, 11, 27)
CASES: list[dict[str, Any]] = parse_yaml(Document("reasoning.yaml", (TABLES / "reasoning.yaml").read_text())).plain()  # type: ignore[assignment]
FACTOR = "reasoning_token_multiplier"
ANSWER = Workload(1_000, (replace(Shape.of(input_tokens=4_000, output_tokens=300), is_answer=True),))
THINKS = "acme/claude-opus-4-7-turbo"


@pytest.fixture(scope="module")
def examples() -> Catalog:
    return loaded()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_worked_case(case: dict[str, Any], examples: Catalog) -> None:
    workload = WorkloadEntry.model_validate(case["workload"]).to_workload(case["name"])
    result = estimate(case["option"], workload, examples, as_of=TODAY)
    assert result.monthly_usd == Decimal(case["monthly_usd"])
    assert list(result.caveats) == case.get("caveats", [])


@given(answer=st.integers(1, 10**6), factor=st.decimals(1, 50, places=2))
def test_what_is_billed_is_the_answer_times_the_factor(answer: int, factor: Decimal) -> None:
    examples = loaded().with_assumptions({"thinks": factor})
    month = Workload(1, (Shape({"output": answer}, is_answer=True),))
    billed = estimate(THINKS, month, examples, as_of=TODAY)
    assert billed.exact_usd == Fraction(answer) * Fraction(factor) * 5 / 10**6
    assert sum(line.amount for line in billed.lines) == answer * Fraction(factor)


# --- models of the shipped catalog -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("option", "output_usd"),
    [
        ("gpt-5.2-api", "12.60"),  # 0.3 Mtok × 3 × $14
        ("gpt-4.1", "2.40"),  # 0.3 Mtok × $8: it does not reason
        ("deepseek-r1-api", "4.3362"),  # 0.3 Mtok × 6.6, measured, × $2.19
        ("openai/gpt-5.4", "13.50"),  # 0.3 Mtok × 3 × $15
        ("openrouter/anthropic/claude-sonnet-4.5", "14.2425"),  # whoever sells it; 5.5 % on what is paid
    ],
)
def test_the_same_answer_is_more_output_at_a_model_that_reasons(option: str, output_usd: str, catalog: Catalog) -> None:
    month = Workload(1_000, (Shape({"output": 300}, is_answer=True),))
    assert estimate(option, month, catalog, as_of=TODAY).monthly_usd == Decimal(output_usd)


def test_a_deployment_is_sized_for_what_is_thought(catalog: Catalog) -> None:
    month = replace(ANSWER, requests=10_000_000)
    plain = replace(month, shapes=(replace(month.shapes[0], is_answer=False),))
    thinks, answers = (estimate("r1-distill-32b-h100", each, catalog, as_of=TODAY) for each in (month, plain))
    assert thinks.monthly_usd > answers.monthly_usd  # three times the tokens to generate, as much prompt to read
    assert FACTOR in thinks.assumptions
    assert FACTOR not in answers.assumptions


@pytest.mark.parametrize("option", ["claude-max-20x-seats", "deepseek-r1-32b-self-hosted"])
def test_seats_and_published_costs_have_reasoning_added_too(option: str, catalog: Catalog) -> None:
    month = replace(ANSWER, seats=1, kind="coding_assistant")
    assert [text for text in estimate(option, month, catalog, as_of=TODAY).caveats if "for reasoning" in text]


def test_no_model_is_in_both_tables_and_none_in_a_table_is_unknown(catalog: Catalog) -> None:
    entries = catalog.reasoning().entries
    assert len(entries["plain"].models) > 80
    assert len(entries["reasoning"].models) > 180
    assert [entries[name].times for name in ("plain", "reasoning")] == [None, FACTOR]
    found = {}
    for seller, file in catalog.providers.items():
        for model in file.models:
            counter = counter_of(catalog.option(f"{seller}/{model}").option, catalog)
            assert counter is not None
            found[f"{seller}/{model}"] = catalog.reasoning().of(counter.names)
    assert sum(entry is not None for entry in found.values()) > 800  # of 909
    listed = {name for entry in entries.values() for name in entry.models}
    assert len(listed) == sum(len(entry.models) for entry in entries.values())


# --- what nobody knows --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("option", ["acme/claude-opus-4-7", "own-measured", "half-and-half", "acme/claude-opus-4-6"])
def test_where_it_is_not_known_whether_a_model_reasons_there_is_no_price(option: str, overlay: Overlay) -> None:
    text = (TABLES / "example_tokens.yaml").read_text()
    unknown = overlay(text.replace("reasoning:\n", "reasoning:\n  plain: null\n  reasoning: null\n", 1))
    with pytest.raises(UndecidableError, match="not known whether its model reasons"):
        estimate(option, ANSWER, unknown, as_of=TODAY)
    result = compare(ANSWER, unknown, options=[option, THINKS], as_of=TODAY)
    assert [one.option for one in result.estimates] == [THINKS]
    assert [(one.option, one.exit_status) for one in result.unpriced] == [(option, 3)]


def test_a_row_without_a_price_says_what_to_do(cli: Cli) -> None:
    asked = ("compare", "--requests", "1000", "--answer-tokens", "300", "--options", "gpt-4.1,mistral-large-4")
    ran = cli(*asked, "--notes")
    assert ran.status == 3
    said = " ".join(ran.out.split())
    assert "mistral-large-4: it is not known whether its model reasons" in said
    assert "say output_tokens, or list it under reasoning in a costcalc.yaml" in said


def test_a_file_of_ones_own_says_whether_a_model_reasons(overlay: Overlay) -> None:
    mine = overlay(
        "reasoning: {mine: {models: [mistral-large-4], times: pue, source: {title: our log, checked: 2026-11-27}}}\n"
    )
    usd = estimate("mistral-large-4", ANSWER, mine, as_of=TODAY).monthly_usd
    plain = replace(ANSWER, shapes=(replace(ANSWER.shapes[0], is_answer=False),))
    assert usd > estimate("mistral-large-4", plain, mine, as_of=TODAY).monthly_usd


def test_an_entry_of_ones_own_holds_before_a_shipped_one(overlay: Overlay) -> None:
    mine = overlay(
        "reasoning: {mine: {models: [gpt-5.2], times: mine, effort: {high: hard}, source: {title: our log, checked: 2026-11-27}}}\n"
        "assumptions:\n"
        "  mine: {value: 2, low: 2, high: 2, unit: output tokens/visible output token, basis: user}\n"
        "  hard: {value: 5, low: 4, high: 7, unit: output tokens/visible output token, basis: user}\n"
    )
    month = Workload(1_000, (Shape({"output": 300}, is_answer=True),))
    own = estimate("gpt-5.2-api", month, mine, as_of=TODAY)
    assert own.monthly_usd == Decimal("8.40")  # 0.3 Mtok × 2 × $14
    assert own.caveats[-1] == "output is the answer of 300 tokens × 2 for reasoning (user)"
    hard = estimate("gpt-5.2-api", replace(month, effort="high"), mine, as_of=TODAY)
    assert hard.monthly_usd == Decimal("21.00")  # 0.3 Mtok × 5 × $14
    assert hard.caveats[-1] == "output is the answer of 300 tokens × 5 (4 to 7) for reasoning at high effort (user)"


def test_a_factor_below_one_is_refused(catalog: Catalog) -> None:
    with pytest.raises(UndecidableError, match=r"at least the answer; assumption reasoning_token_multiplier is 0\.5"):
        estimate("gpt-5.2-api", ANSWER, catalog.with_assumptions({FACTOR: Decimal("0.5")}), as_of=TODAY)


# --- the ways to ask ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("option", [THINKS, "thinks-or-not", "r1-distill-32b-h100", "r1-distill-32b-escalated"])
@pytest.mark.parametrize("factor", ["1", "3", "4.5"])
def test_a_month_made_ready_and_a_curve_cost_what_the_estimate_says(
    option: str, factor: str, examples: Catalog
) -> None:
    if option == "r1-distill-32b-escalated":
        option = "r1-32b-escalated-to-opus-4.6"
    at = examples.with_assumptions({"thinks": Decimal(factor), FACTOR: Decimal(factor)})
    expected = estimate(option, ANSWER, at, as_of=TODAY)
    month = monthly(option, ANSWER, examples, as_of=TODAY)(Demand(ANSWER.requests, ANSWER.peak), at)
    assert month.exact_usd == expected.exact_usd
    assert set(month.assumptions) == set(expected.assumptions)
    assert cost_curve(option, ANSWER, at, as_of=TODAY).at(Fraction(ANSWER.requests)) == expected.exact_usd


def test_the_factor_is_drawn_with_its_quantiles_and_never_below_one(catalog: Catalog) -> None:
    case = Case(ANSWER, catalog, TODAY)
    paths = [one.path for one in case.inputs(["gpt-5.2-api"])]
    assert paths == [f"assumptions.{FACTOR}"]
    assert case.inputs(["gpt-5.2-api"])[0].least == 1
    found = simulate(case, ["gpt-5.2-api", "gpt-4.1"], draws=2_000, seed=0)
    costs = {outcome.option: [measured.value for measured in outcome.quantiles] for outcome in found.outcomes}
    # 4 Mtok × $1.75 + 0.3 Mtok × 3 × $14 = $19.60; the factor's low of 1 is $11.20
    low, middle, high = costs["gpt-5.2-api"]
    assert middle == pytest.approx(19.60)
    assert 11.20 <= low < middle < high
    assert len(set(costs["gpt-4.1"])) == 1  # it rests on nothing that is uncertain


def test_the_flag_and_the_file_say_the_same(cli: Cli, written: Write) -> None:
    written(
        "workloads: {bot: {requests: 1000, peak_to_mean: 3, effort: low, shapes: [{input_tokens: 4000, answer_tokens: 300}]}}"
    )
    of = ("--options", "gpt-5.2-api,gpt-4.1,deepseek-r1-api", "--format", "csv", "--as-of", "2026-11-27")
    file = cli("compare", "--workload", "costcalc.yaml#bot", *of)
    flags = cli("compare", "--requests", "1000", "--input-tokens", "4M", "--answer-tokens", "300", "--effort", "low", "--peak-to-mean", "3", *of)  # fmt: skip
    assert (file.status, file.err) == (0, "")
    assert flags.out == file.out


def test_an_answer_may_be_a_range(cli: Cli, written: Write) -> None:
    written("workloads: {bot: {requests: 1000, shapes: [{input_tokens: 4000, answer_tokens: 100 to 900}]}}")
    for asked in (("--workload", "costcalc.yaml"), ("--requests", "1000", "--answer-tokens", "100 to 900")):
        ran = cli("sensitivity", *asked, "--options", "gpt-5.2-api,gpt-4.1", "--of", "gpt-5.2-api")
        assert ran.status == 0
        assert "answer_tokens" in ran.out
        assert FACTOR in ran.out


def test_conversations_and_seats_have_answers_too(cli: Cli) -> None:
    asked = ("compare", "--conversations", "1000", "--turns", "2", "--options", "gpt-4.1,gpt-5.2-api")
    said = [
        cli(*asked, *more, "--format", "csv") for more in (("--answer-tokens", "300"), ("--output-per-request", "300"))
    ]
    assert [run.status for run in said] == [0, 0]
    assert said[0].out != said[1].out


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (("--tokens", "1e6", "--answer-tokens", "300"), "leave out --tokens"),
        (("--requests", "1e3", "--shape", "10:20", "--answer-tokens", "300"), "leave out --shape"),
        (
            ("--requests", "1e3", "--output-per-request", "9", "--answer-tokens", "300"),
            "leave out --output-per-request",
        ),
        (("--requests", "1e3", "--reasoning", "--answer-tokens", "300"), "leave out --reasoning"),
        (("--requests", "1e3", "--effort", "hihg"), "did you mean 'high'"),
    ],
)
def test_what_says_output_twice_is_refused(flags: tuple[str, ...], message: str, cli: Cli) -> None:
    ran = cli("compare", *flags, "--options", "gpt-4.1")
    assert ran.status == 2
    assert message in " ".join(ran.err.split())


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ("{answer_tokens: 10, output_tokens: 20}", "leave out output_tokens"),
        ("{answer_tokens: 10, reasoning_tokens: 20}", "leave out reasoning_tokens"),
        ("{answer_tokens: 10, output_image_tokens: 5}", "leave out output_image_tokens"),
        ("{answer_tokens: 10, usage: {prompt_tokens: 1, completion_tokens: 1}}", "leave out answer_tokens"),
        ("{answer_tokens: -1}", "answer_tokens"),
        ("{input_tokens: 10}", "output_tokens is missing"),
    ],
)
def test_a_shape_says_its_output_once(shape: str, message: str, cli: Cli, written: Write) -> None:
    written(f"workloads: {{bot: {{requests: 1000, shapes: [{shape}]}}}}\n")
    ran = cli("compare", "--workload", "costcalc.yaml", "--options", "gpt-4.1")
    assert ran.status == 2
    assert "costcalc.yaml:1:" in ran.err
    assert message in " ".join(ran.err.split())


SOURCE = "source: {title: t, checked: 2026-11-27}"


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (f"x: {{models: [a], times: puee, {SOURCE}}}", "reasoning.x.times: unknown assumption 'puee'"),
        (f"x: {{models: [a], times: pue, effort: {{high: puee}}, {SOURCE}}}", "reasoning.x.effort.high: unknown assumption"),
        (f"x: {{models: [a], effort: {{high: pue}}, {SOURCE}}}", "effort needs times"),
        ("x: {models: [a]}", "missing key 'source'"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_an_entry_is_said_at_its_place(entry: str, message: str, overlay: Overlay) -> None:
    with pytest.raises(InputError) as caught:
        overlay(f"reasoning:\n  {entry}\n")
    assert any(message in problem.message for problem in caught.value.problems)
