"""A price of theirs over ours: what it states is taken, what it is silent about stays, what would be a guess is refused."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from costcalc.catalog.refresh.conditions import cell_of, rate
from costcalc.catalog.refresh.merge import merged
from costcalc.files import parse_yaml
from costcalc.findings import Document

Json = dict[str, Any]
BATCH: Json = {"processing": "batch"}
LONG: Json = {"prompt_tokens_above": 200_000}
PEAK = 'weekdays: [mon, tue, wed, thu, fri], utc: ["01:00-04:00", "06:00-10:00"]'


def price(text: str) -> Json:
    plain = parse_yaml(Document("a price", text)).plain()
    assert isinstance(plain, dict)
    return plain


def usd(of: Json, conditions: Json, meter: str = "input") -> Decimal | None:
    return rate(of, cell_of(conditions), meter)


OURS = """
effective: 2026-03-01
usd_per_mtok: {input: 3.00, cache_read: 0.30, output: 15.00}
billed_as: {cache_write: input}
usd_per_thousand: {web_search: 10.00}
when:
  - {prompt_tokens_above: 200_000, usd_per_mtok: {input: 6.00, output: 22.50}}
  - {processing: batch, multiply: 0.5}
  - {region: eu, multiply: 1.10}
source: {title: T, checked: 2026-11-22}
"""


@pytest.mark.parametrize(
    ("theirs", "conditions", "meter", "expected"),
    [
        ("{usd_per_mtok: {input: 2.00}}", {}, "input", "2.00"),
        ("{usd_per_mtok: {input: 2.00}}", BATCH, "input", "1.000"),  # a multiplier follows: 2 x 0.5
        ("{usd_per_mtok: {input: 2.00}}", LONG, "input", "6.00"),
        ("{usd_per_mtok: {input: 2.00}}", {}, "web_search", "10.00"),
        ("{usd_per_mtok: {cache_write: 3.75}}", {}, "cache_write", "3.75"),  # and no longer what input costs
        ("{usd_per_mtok: {cache_write_1h: 6.00}}", {}, "cache_write_1h", "6.00"),
        # their batch price is absolute and beats our multiplier; a long batch is none of theirs: 6 x 0.5 stays
        ("{usd_per_mtok: {}, when: [{processing: batch, usd_per_mtok: {input: 1.20}}]}", BATCH, "input", "1.20"),
        ("{usd_per_mtok: {}, when: [{processing: batch, usd_per_mtok: {input: 1.20}}]}", {**BATCH, **LONG}, "input", "3.000"),
        ("{usd_per_mtok: {}, when: [{processing: batch, usd_per_mtok: {input: 1.20}}]}", BATCH, "output", "7.500"),
        # a tier from a length is our tier above it
        ("{usd_per_mtok: {}, when: [{prompt_tokens_from: 200_000, usd_per_mtok: {input: 5.00}}]}", LONG, "input", "5.00"),
        ("{usd_per_mtok: {}, when: [{service_tier: flex, usd_per_mtok: {input: 1.50}}]}", {"service_tier": "flex"}, "input", "1.50"),
        ("{usd_per_mtok: {}, when: [{region: eu, multiply: 1.20}]}", {"region": "eu"}, "input", "3.6000"),  # 3 x 1.2
        ("{usd_per_mtok: {}, when: [{region: us, multiply: 1.10}]}", {"region": "us"}, "input", "3.3000"),
    ],
)  # fmt: skip
def test_what_theirs_states_is_taken_and_the_rest_stays(
    theirs: str, conditions: Json, meter: str, expected: str
) -> None:
    done = merged(price(OURS), price(theirs))
    assert done.refused == ()
    assert usd(done.price, conditions, meter) == Decimal(expected)
    assert done.price["source"] == price(OURS)["source"]


@pytest.mark.parametrize(
    ("theirs", "changed"),
    [
        ("3.00002", ()),  # worked out from another unit: 42.8574 units of 0.07
        ("3.003", ()),  # a thousandth
        ("3.004", ("input",)),
    ],
)
def test_a_thousandth_is_a_rounding_and_more_is_a_change(theirs: str, changed: tuple[str, ...]) -> None:
    done = merged(price(OURS), price(f"{{usd_per_mtok: {{input: {theirs}}}}}"))
    assert tuple(change.shown for change in done.changes) == changed
    assert usd(done.price, {}) == Decimal(theirs if changed else "3.00")


@pytest.mark.parametrize(
    ("theirs", "billed_as", "plain", "long"),
    [
        ("{usd_per_mtok: {input: 3.00, input_image: 3.00}}", {"cache_write": "input", "input_image": "input"}, "3.00", "6.00"),
        ("{usd_per_mtok: {input: 2.00, input_image: 2.00}}", {"cache_write": "input", "input_image": "input"}, "2.00", "6.00"),
        ("{usd_per_mtok: {input: 3.00, input_image: 3.00003}}", {"cache_write": "input", "input_image": "input"}, "3.00", "6.00"),
        ("{usd_per_mtok: {input: 3.00, input_image: 4.00}}", {"cache_write": "input"}, "4.00", "4.00"),  # a price of its own
        ("{usd_per_mtok: {input_image: 3.00}, when: [{prompt_tokens_above: 200_000, usd_per_mtok: {input_image: 5.00}}]}",
         {"cache_write": "input"}, "3.00", "5.00"),
    ],
)  # fmt: skip
def test_a_new_meter_at_the_price_of_input_has_the_tiers_of_input(
    theirs: str, billed_as: Json, plain: str, long: str
) -> None:
    done = merged(price(OURS), price(theirs))
    assert done.price["billed_as"] == billed_as
    assert [usd(done.price, at, "input_image") for at in ({}, LONG)] == [Decimal(plain), Decimal(long)]
    assert merged(done.price, price(theirs)).changes == ()


def test_tiers_of_theirs_alone_keep_their_order() -> None:
    theirs = price(
        "{usd_per_mtok: {input: 1}, when: [{prompt_tokens_above: 200_000, usd_per_mtok: {input: 2}},"
        " {processing: batch, usd_per_mtok: {input: 0.5}}]}"
    )
    done = merged({"usd_per_mtok": {"input": 1}, "source": {}}, theirs)
    assert usd(done.price, {**BATCH, **LONG}) == usd(theirs, {**BATCH, **LONG}) == Decimal("0.5")


@pytest.mark.parametrize(
    ("ours", "theirs", "reason"),
    [
        (f"{{usd_per_mtok: {{input: 1}}, when: [{{{PEAK}, usd_per_mtok: {{input: 2}}}}]}}", "{usd_per_mtok: {input: 2}}",
         "ours goes by the hour, theirs has one price for all of them"),
        (f"{{usd_per_mtok: {{input: 1}}, when: [{{{PEAK}, usd_per_mtok: {{input: 2}}}}]}}",
         '{usd_per_mtok: {input: 1.5}, when: [{utc: "01:00-05:00", usd_per_mtok: {input: 2}}]}', "theirs goes by other hours than ours"),
        (OURS, "{usd_per_mtok: {}, when: [{prompt_tokens_above: 128_000, usd_per_mtok: {input: 4}}]}", "ours has its tiers at 200,000 tokens"),
        (OURS, "{usd_per_mtok: {input: 0}}", "0 in theirs: free and unknown look alike"),
        ("{usd_per_thousand: {request: 2}}", "{usd_per_mtok: {output: 0}}", "0 in theirs: free and unknown look alike"),  # rerank
        (OURS, "{usd_per_mtok: {input: 30}}", "ten times off ours: a slip of the unit or of the decimal point looks so"),
        (OURS, "{usd_per_mtok: {input: 0.3}}", "ten times off ours: a slip of the unit or of the decimal point looks so"),
        (OURS, "{usd_per_mtok: {}, when: [{region_other_than: global, multiply: 1.10}]}", "ours has other prices there"),
        ("{usd_per_mtok: {input: 1}, when: [{region: eu, multiply: {input: 2}}]}",
         "{usd_per_mtok: {}, when: [{region: eu, multiply: 1.10}]}", "ours has other prices there"),
    ],
)  # fmt: skip
def test_a_guess_is_refused(ours: str, theirs: str, reason: str) -> None:
    done = merged(price(ours), price(theirs))
    assert {each.reason for each in done.refused} == {reason}
    assert (done.changes, done.price) == ((), merged(price(ours), {}).price)


@pytest.mark.parametrize(
    "theirs",
    [
        # the peak as the base, and off-peak below it
        (
            '{usd_per_mtok: {input: 2}, when: [{utc: "00:00-01:00", usd_per_mtok: {input: 1}}, {utc: "04:00-06:00", usd_per_mtok: {input: 1}},'
            ' {utc: "10:00-24:00", usd_per_mtok: {input: 1}}, {weekdays: [sat, sun], usd_per_mtok: {input: 1}}]}'
        ),
        f"{{usd_per_mtok: {{input: 1}}, when: [{{{PEAK}, usd_per_mtok: {{input: 2}}}}]}}",
    ],
)
def test_a_tariff_by_the_hour_is_the_same_however_it_is_written(theirs: str) -> None:
    ours = price(f"{{usd_per_mtok: {{input: 1}}, when: [{{{PEAK}, usd_per_mtok: {{input: 2}}}}]}}")
    done = merged(ours, price(theirs))
    assert (done.changes, done.refused, done.price) == ((), (), ours)


def test_a_tariff_by_the_same_hours_may_move() -> None:
    ours = price(f"{{usd_per_mtok: {{input: 1}}, when: [{{{PEAK}, usd_per_mtok: {{input: 2}}}}]}}")
    done = merged(ours, price(f"{{usd_per_mtok: {{input: 2}}, when: [{{{PEAK}, usd_per_mtok: {{input: 3}}}}]}}"))
    assert [rate(done.price, {"minute": minute}, "input") for minute in (0, 60)] == [2, 3]  # Monday 00:00 and 01:00


def test_a_rate_joins_the_entry_of_its_conditions_only_where_it_wins_there() -> None:
    ours = price("{usd_per_mtok: {input: 1, output: 4}, when: [{prompt_tokens_above: 200_000, usd_per_mtok: {input: 2}}, {processing: batch, usd_per_mtok: {output: 2}}]}")  # fmt: skip
    done = merged(
        ours, price("{usd_per_mtok: {}, when: [{processing: batch, usd_per_mtok: {input: 0.5, cache_read: 0.1}}]}")
    )
    assert usd(done.price, BATCH) == Decimal("0.5")
    assert usd(done.price, {**BATCH, **LONG}) == 2  # a long batch is none of theirs: our tier holds
    assert len(done.price["when"]) == 3


def test_other_meters_that_are_billed_as_input_stay_so() -> None:
    ours = price("{usd_per_mtok: {input: 3}, billed_as: {cache_write: input, cache_read: input}}")
    assert merged(ours, price("{usd_per_mtok: {cache_write: 4}}")).price["billed_as"] == {"cache_read": "input"}


def test_reasoning_at_the_price_of_output_is_no_price_of_its_own() -> None:
    ours = price("{usd_per_mtok: {input: 1, output: 4}}")
    assert merged(ours, price("{usd_per_mtok: {output: 5, reasoning: 5}}")).price["usd_per_mtok"] == {
        "input": 1,
        "output": 5,
    }
    assert merged(ours, price("{usd_per_mtok: {output: 4, reasoning: 6}}")).price["usd_per_mtok"]["reasoning"] == 6


def test_what_stays_is_said_and_only_a_full_statement_confirms() -> None:
    done = merged(price(OURS), price("{usd_per_mtok: {input: 3, cache_read: 0.3, output: 15}}"))
    assert not done.confirms
    assert done.kept == "web_search; prompt above 200,000 (input, output); batch (multiply); region eu (multiply)"
    assert merged(price(OURS), price(OURS)).confirms


def test_an_objection_keeps_a_rate_from_being_taken() -> None:
    done = merged(
        price(OURS),
        price("{usd_per_mtok: {input: 2, output: 14}}"),
        [lambda _, meter, __: "no" if meter == "input" else ""],
    )
    assert [(each.shown, each.reason) for each in done.refused] == [("input", "no")]
    assert [each.shown for each in done.changes] == ["output"]
