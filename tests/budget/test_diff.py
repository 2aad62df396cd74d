"""What changed, split into price, volume and option: always exactly."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from costcalc import Workload, load_catalog
from costcalc.budget.diff import (
    Difference,
    Recorded,
    RecordedLine,
    State,
    difference,
    is_over,
    recorded_difference,
)
from costcalc.case.shared import Use
from costcalc.limits import increase_of
from costcalc.workload import Shape

CATALOG = load_catalog()
OPTIONS = ["gpt-5.2-api", "gpt-5.4-api", "gemini-3.1-pro-api", "deepseek-v4-pro-api", "r1-distill-32b-h100", "gemini-4-argon-api"]  # fmt: skip


def state(name: str, day: date, **uses: Use) -> State:
    return State(name, uses, CATALOG, day)


def use(option: str, requests: int, output: int = 1_000, prompt: int = 0) -> Use:
    return Use(Workload(requests, (Shape.of(input_tokens=prompt, output_tokens=output),)), option)


BEFORE, AFTER = date(2026, 11, 30), date(2026, 12, 1)  # Gemini 4 Argon: $10 per Mtok, then $20


def parts(found: Difference) -> list[Fraction | None]:
    return [found.total(part) for part in ("price", "volume", "option", "change")]


def test_a_price_change_is_the_old_traffic_at_new_prices() -> None:
    # 1 Mtok from $10 to $20, then 2 Mtok at $20, then GPT-5.2 at $14
    found = difference(
        state("a", BEFORE, bot=use("gemini-4-argon-api", 1_000)), state("b", AFTER, bot=use("gpt-5.2-api", 2_000))
    )
    assert parts(found) == [10, 20, -12, 18]


def test_what_was_added_or_removed_is_volume() -> None:
    found = difference(
        state("a", AFTER, old=use("gpt-5.2-api", 1_000)), state("b", AFTER, new=use("gpt-5.2-api", 3_000))
    )
    assert [(one.workload, str(one.status), one.volume) for one in found.workloads] == [
        ("new", "added", Fraction(42)),
        ("old", "removed", Fraction(-14)),
    ]
    assert [(one.base_option, one.head_option, one.note) for one in found.workloads] == [
        (None, "gpt-5.2-api", ""),
        ("gpt-5.2-api", None, ""),
    ]
    assert parts(found) == [0, 28, 0, 28]


@pytest.mark.parametrize(
    ("after", "effects"),
    [
        # 10 Mtok at $1 and 5 % of it are 10.50; at $2 they are 21, and 20 Mtok are 42
        ({"output": (20, 2), "surcharge": (40, "0.05")}, [Fraction("10.5"), 21]),
        # the same traffic at 10 % is 11
        ({"output": (10, 1), "surcharge": (10, "0.10")}, [Fraction("0.5"), 0]),
    ],
)
def test_a_surcharge_follows_the_prices_that_it_is_on(
    after: dict[str, tuple[int, str]], effects: list[Fraction]
) -> None:
    def recorded(lines: dict[str, tuple[int, str]]) -> Recorded:
        parts = {"output": "meter", "surcharge": "fee"}
        each = {
            item: RecordedLine(Fraction(much), Fraction(price), much * Fraction(price), parts[item])
            for item, (much, price) in lines.items()
        }
        return Recorded("a", sum((line.usd for line in each.values()), start=Fraction(0)), each)

    before = recorded({"output": (10, "1"), "surcharge": (10, "0.05")})
    found = recorded_difference({"bot": before}, {"bot": recorded(after)}, names=("a", "b"))
    assert parts(found)[:2] == effects


def test_the_same_is_the_same_and_says_so() -> None:
    same = state("a", AFTER, bot=use("gpt-5.2-api", 1_000))
    (one,) = difference(same, same).workloads
    assert one.status == "same"
    assert one.change == 0


def test_without_a_price_there_is_no_change_to_tell() -> None:
    early = date(2026, 1, 1)  # before GPT-6.1 Sol
    found = difference(
        state("a", early, bot=use("gpt-6.1-sol-api", 1)), state("b", AFTER, bot=use("gpt-6.1-sol-api", 1))
    )
    assert parts(found) == [None, None, None, None]
    assert "a: " in found.workloads[0].note
    assert is_over(found, increase_of(5)) is None


def test_an_option_that_is_gone_takes_its_price_effect_with_it() -> None:
    base = state("a", AFTER, bot=use("gpt-6.1-sol-api", 1_000))  # $10
    head = State("b", {"bot": use("gpt-5.2-api", 2_000)}, CATALOG, date(2026, 1, 1))
    (one,) = difference(base, head).workloads
    assert [one.price, one.volume, one.option, one.change] == [0, 10, 8, 18]  # to $20 of the old, then $28
    assert "cannot be told apart" in one.note


def test_lines_stand_on_both_sides() -> None:
    found = difference(
        state("a", AFTER, bot=use("gpt-5.2-api", 1_000, prompt=100)), state("b", AFTER, bot=use("gpt-5.2-api", 1_000))
    )
    lines = {one.item: (one.base, one.head) for one in found.workloads[0].lines}
    assert lines == {"input": (Fraction("0.175"), None), "output": (14, 14)}  # 0.1 Mtok × $1.75


@pytest.mark.parametrize(
    ("most", "over"),
    [(28, False), (27, True), ("200%", False), ("190%", True)],  # $28 more than $14: 200 % of it
)
def test_the_gate_of_an_increase_is_exact(most: int | str, over: bool) -> None:
    found = difference(
        state("a", AFTER, bot=use("gpt-5.2-api", 1_000)), state("b", AFTER, bot=use("gpt-5.2-api", 3_000))
    )
    assert is_over(found, increase_of(most)) is over


USES = st.builds(use, st.sampled_from(OPTIONS), st.integers(1, 10**7), st.integers(1, 5_000), st.integers(0, 300_000))
UsesByName = st.dictionaries(st.sampled_from("abcd"), USES, max_size=4)
DAYS = st.sampled_from([date(2026, 10, 20), BEFORE, AFTER])


@settings(max_examples=120)
@given(UsesByName, UsesByName, DAYS, DAYS)
def test_the_effects_sum_to_the_change_exactly(
    before: dict[str, Use], after: dict[str, Use], first: date, last: date
) -> None:
    found = difference(state("a", first, **before), state("b", last, **after))
    for one in found.workloads:
        if one.change is not None:
            assert one.price is not None
            assert one.volume is not None
            assert one.option is not None
            assert one.price + one.volume + one.option == one.change
    if found.total("change") is not None:
        price, volume, option, change = parts(found)
        assert price is not None
        assert volume is not None
        assert option is not None
        assert price + volume + option == change
