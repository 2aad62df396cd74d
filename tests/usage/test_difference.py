"""Why a log records another cost than list prices give."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from costcalc import Catalog
from costcalc.usage.difference import differences
from costcalc.usage.groups import Group, Usage
from costcalc.usage.reprice import cost_of_log

DAY = date(2026, 11, 27)
# GPT-5.4: input $2.50, read from the cache $0.25, output $15.00 a Mtok; half of input and output in a batch
READ = {"input": 1_000_000, "cache_read": 1_000_000, "output": 100_000}  # 2.50 + 0.25 + 1.50 = 4.25


def recorded(usd: str, *, model: str = "openai/gpt-5.4", start: str = "2026-11-02") -> Usage:
    seconds = (date.fromisoformat(start) - date(1970, 1, 1)).days * 86_400
    group = Group(model, seconds, 0, False, None, None, None, 100, READ, int(Decimal(usd) * 10**9))  # type: ignore[arg-type]
    return Usage((group,), 3600, (272_000,), seconds, seconds + 60, 100)


@pytest.mark.parametrize(
    ("usd", "cause"),
    [
        ("6.50", "cached input billed as fresh input"),  # 2 × 2.50 + 1.50
        ("4.00", "cached input left out"),  # 2.50 + 1.50
        ("6.75", "cached input counted twice, as fresh and as cached"),  # 2 × 2.50 + 0.25 + 1.50
        ("2.125", "the price of a batch"),  # half of 4.25
        ("0", "the log records no cost for it"),
        ("3.40", ""),  # a fifth off: a contract, perhaps
    ],
)
def test_a_cause_that_is_known_is_named(usd: str, cause: str, catalog: Catalog) -> None:
    usage = recorded(usd)
    cost = cost_of_log(usage, catalog, as_of=DAY)
    (found,) = differences(usage, cost, catalog, as_of=DAY)
    assert (found.exact_usd, found.recorded_usd, found.cause) == (Fraction("4.25"), Decimal(usd), cause)


@pytest.mark.parametrize("usd", ["4.25", "4.24", "4.27"])
def test_half_a_per_cent_is_no_difference(usd: str, catalog: Catalog) -> None:
    usage = recorded(usd)
    assert list(differences(usage, cost_of_log(usage, catalog, as_of=DAY), catalog, as_of=DAY)) == []


def test_a_log_without_records_has_no_differences(catalog: Catalog) -> None:
    usage = recorded("1")
    usage = usage.only(group._replace(recorded_nano_usd=None) for group in usage.groups)
    cost = cost_of_log(usage, catalog, as_of=DAY)
    assert cost.recorded_usd is None
    assert list(differences(usage, cost, catalog, as_of=DAY)) == []


def test_the_prices_of_today_are_a_cause(catalog: Catalog) -> None:
    # DeepSeek's chat cost other prices in August 2025 than today's
    usage = recorded("1", model="deepseek/deepseek-chat", start="2025-08-04")
    today = cost_of_log(usage, catalog, as_of=date(2025, 12, 1), own=False)
    nano = round(today.exact_usd * 10**9)
    usage = usage.only(group._replace(recorded_nano_usd=nano) for group in usage.groups)
    cost = cost_of_log(usage, catalog, as_of=date(2025, 12, 1))
    (found,) = differences(usage, cost, catalog, as_of=date(2025, 12, 1))
    assert found.cause == "the prices of 2025-12-01, not those of its days"
