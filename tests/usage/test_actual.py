"""What a log says of the month that runs."""

from datetime import UTC, date, datetime
from fractions import Fraction

import pytest

from costcalc import Catalog
from costcalc.errors import UndecidableError
from costcalc.limits import BudgetEntry
from costcalc.scenario import Scenario
from costcalc.usage.actual import actual, part_of
from costcalc.usage.groups import Group, Usage

HOUR = 3600


def group(
    day: int, hour: int = 0, *, month: int = 11, model: str = "openai/gpt-5.4", label: str | None = None
) -> Group:
    start = int(datetime(2026, month, day, hour, tzinfo=UTC).timestamp())
    return Group(model, start, 0, False, None, None, label, 10, {"input": 1_000_000}, None)  # $2.50 at GPT-5.4


def log(*groups: Group, label: str | None = None) -> Usage:
    starts = [each.start_s for each in groups]
    return Usage(groups, HOUR, (272_000,), min(starts), max(starts) + HOUR, len(groups), label=label)


def test_a_month_goes_on_at_the_pace_of_its_log(catalog: Catalog) -> None:
    found = actual(log(group(1), group(10, 23), group(31, month=10)), catalog, date(2026, 11, 11), lambda _: True)
    # two of November's requests, $5.00 in ten of thirty days
    assert (found.so_far_usd, found.at_end_usd, found.requests) == (Fraction(5), Fraction(15), Fraction(60))
    assert (found.month, found.begins_late, found.output_tokens) == (date(2026, 11, 1), None, Fraction(0))


def test_a_log_that_begins_late_says_so(catalog: Catalog) -> None:
    found = actual(log(group(11), group(20, 23)), catalog, date(2026, 11, 21), lambda _: True)
    # $5.00 in ten days, and ten days more at that pace; the first ten days are in no figure
    assert (found.so_far_usd, found.at_end_usd, found.begins_late) == (Fraction(5), Fraction(10), date(2026, 11, 11))


def test_a_month_that_is_over_has_no_pace(catalog: Catalog) -> None:
    found = actual(log(group(1, month=10), group(31, 23, month=10)), catalog, date(2026, 10, 31), lambda _: True)
    assert found.so_far_usd == found.at_end_usd == 5


def test_what_has_no_price_is_named_and_counted_nowhere(catalog: Catalog) -> None:
    found = actual(log(group(1), group(2, model="our-llama")), catalog, date(2026, 11, 3), lambda _: True)
    assert (found.so_far_usd, found.unpriced) == (Fraction("2.5"), ("our-llama",))


def test_another_month_is_no_answer(catalog: Catalog) -> None:
    with pytest.raises(UndecidableError, match="no request of 2026-12"):
        actual(log(group(1)), catalog, date(2026, 12, 1), lambda _: True)


def test_a_trace_without_days_is_of_no_month(catalog: Catalog) -> None:
    usage = Usage((group(1)._replace(start_s=0),), HOUR, (), 0, 60, 1)
    with pytest.raises(UndecidableError, match="no days"):
        actual(usage, catalog, date(2026, 11, 1), lambda _: True)


SCENARIO = Scenario.model_validate({
    "workloads": {
        name: {"requests": 1, "shapes": [{"output_tokens": 1}], "option": "gpt-5.2-api", "tags": [f"{name}s"]}
        for name in ("bot", "mail")
    }
})  # fmt: skip
LABELLED = log(group(1, label="bot"), group(2, label="mail"), group(3), label="team")


@pytest.mark.parametrize(
    ("scope", "days"),
    [
        ({}, [1, 2, 3]),
        ({"workloads": ["bot"]}, [1]),
        ({"tag": "mails"}, [2]),  # the tag of a workload whose name is a label
        ({"workloads": ["bot", "mail"]}, [1, 2]),
        ({"option": "openai/gpt-5.4"}, [1, 2, 3]),
        ({"option": "gpt-5.2-api"}, []),  # no request of the log is of that model
    ],
)
def test_a_budget_is_about_its_own_requests(scope: dict[str, object], days: list[int], catalog: Catalog) -> None:
    budget = BudgetEntry.model_validate({"monthly_usd": 1, **scope})
    keep = part_of(budget, SCENARIO, catalog, LABELLED)
    assert [each.day.day for each in LABELLED.groups if keep(each)] == days


@pytest.mark.parametrize(
    ("scope", "usage", "words"),
    [
        ({"workloads": ["bot"]}, log(group(1)), "does not say which requests are of bot"),
        ({"tag": "other"}, LABELLED, "no request of the log has the team other; it has bot, mail"),
        ({"option": "r1-distill-32b-h100"}, LABELLED, "none that is sold by the token"),
    ],
)
def test_what_a_log_does_not_tell_apart_stays_undecided(
    scope: dict[str, object], usage: Usage, words: str, catalog: Catalog
) -> None:
    with pytest.raises(UndecidableError, match=words):
        part_of(BudgetEntry.model_validate({"monthly_usd": 1, **scope}), SCENARIO, catalog, usage)
