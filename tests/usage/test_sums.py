"""Rows that are sums over many requests, as a team keeps them by day or by hour."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

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
