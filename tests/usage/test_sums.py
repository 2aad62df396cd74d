"""Rows that are sums over many requests, as a team keeps them by day or by hour."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest

from costcalc import Catalog
from costcalc.usage.actual import actual
from costcalc.usage.aggregate import Alike
from costcalc.usage.scan import scan

NOVEMBER = datetime(2026, 11, 1, tzinfo=UTC)
OURS, TOTALS = "input,cache_read,output", "input_tokens,cached_tokens,output_tokens"


def sums(path: Path, times: list[datetime], *, header: str = TOTALS, count: str = "requests", of: int = 1_000) -> str:
    """Write one row a time: prompts of 1,500 tokens, 500 of them cached, and answers of 300."""
    fresh = of * (1_500 if header == TOTALS else 1_000)
    rows = [f"{at:%Y-%m-%dT%H:%M:%SZ},gpt-5.4,{of},{fresh},{of * 500},{of * 300}\n" for at in times]
    path.write_text(f"at,model,{count},{header}\n" + "".join(rows), encoding="utf-8")
    return str(path)


@pytest.mark.parametrize("count", ["requests", "request_count", "num_requests", "calls"])
@pytest.mark.parametrize("header", [OURS, TOTALS])
def test_a_row_of_many_requests_is_a_sum_under_every_spelling(header: str, count: str, tmp_path: Path) -> None:
    usage = scan([sums(tmp_path / "log.csv", [NOVEMBER], header=header, count=count)], thresholds=(272_000,))
    (group,) = usage.groups
    assert (group.requests, group.is_pooled, group.above) == (1_000, True, 1)  # it may hold one prompt of 1.5 Mtok
    assert group.counts == {"input": 1_000_000, "cache_read": 500_000, "output": 300_000}


@pytest.mark.parametrize("header", [OURS, TOTALS])
def test_a_row_of_one_request_is_that_request(header: str, tmp_path: Path) -> None:
    usage = scan([sums(tmp_path / "log.csv", [NOVEMBER], header=header, of=1)], thresholds=(272_000,))
    assert [(group.requests, group.is_pooled, group.above) for group in usage.groups] == [(1, False, 0)]


def test_lines_of_json_without_a_number_of_requests_are_single_requests(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    log.write_text('{"at": "2026-11-01", "model": "gpt-5.4", "input": 5, "output": 1}\n', encoding="utf-8")
    (group,) = scan([str(log)], thresholds=()).groups
    assert (group.requests, group.is_pooled) == (1, False)


DAYS = [NOVEMBER + timedelta(days=day) for day in range(27)]


@pytest.mark.parametrize(
    ("times", "hours"),
    [
        (DAYS, 27 * 24),
        (DAYS[:1], 24),
        ([at - timedelta(hours=1) for at in DAYS], 27 * 24),  # midnight in Central Europe
        ([NOVEMBER + timedelta(hours=hour) for hour in range(30)], 30),
        ([NOVEMBER + timedelta(hours=9)], 1),
        ([NOVEMBER, NOVEMBER + timedelta(minutes=30)], Fraction(1, 2)),  # nobody knows how long the last one is
    ],
)
@pytest.mark.parametrize("is_folded", [False, True])
def test_sums_last_until_the_end_of_their_last_day_or_hour(
    times: list[datetime], hours: Fraction, is_folded: bool, tmp_path: Path
) -> None:
    alike = Alike(3_600, (0,) * 168) if is_folded else None
    usage = scan([sums(tmp_path / "log.csv", times)], thresholds=(), alike=alike)
    assert usage.span_hours == hours


def test_an_end_that_is_stated_is_taken(tmp_path: Path) -> None:
    # two buckets of six hours of the Usage API
    begin = int(NOVEMBER.timestamp())
    head = "start_time,end_time,model,num_model_requests,input_tokens,output_tokens\n"
    rows = "".join(f"{begin + at},{begin + at + 21_600},gpt-5.4,9,900,90\n" for at in (0, 21_600))
    log = tmp_path / "log.csv"
    log.write_text(head + rows, encoding="utf-8")
    assert scan([str(log)], thresholds=()).span_hours == 12


def test_the_month_goes_on_from_the_end_of_the_last_day(catalog: Catalog, tmp_path: Path) -> None:
    # GPT-5.4: 1 Mtok × 2.50 + 0.5 × 0.25 + 0.3 × 15.00 = 7.125 a day; 27 of 30 days
    usage = scan([sums(tmp_path / "log.csv", DAYS)], thresholds=())
    found = actual(usage, catalog, date(2026, 11, 27), lambda _: True)
    assert (found.so_far_usd, found.at_end_usd) == (Fraction("7.125") * 27, Fraction("7.125") * 30)
