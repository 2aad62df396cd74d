"""A log as workloads: the totals are kept, so are the lengths at which prices change, and what is written loads."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
import yaml
from usage.calls import MONDAY, Call, write_log

from costcalc import Catalog
from costcalc.catalog.forms.requests import ShapeEntry
from costcalc.errors import UndecidableError
from costcalc.render.usage_workload import workload_text
from costcalc.usage.groups import CountedMeter, Group, Usage
from costcalc.usage.scan import scan
from costcalc.usage.shapes import Hours, fields_of, hours_of_week, logged_workloads

DAY = date(2026, 11, 27)
HOUR = 3_600


def log(tmp_path: Path, *calls: Call, label: str | None = None, thresholds: tuple[int, ...] = (1_000,)) -> Usage:
    return scan([write_log(tmp_path / "log.csv", calls)], thresholds=thresholds, label=label)


def group(requests: int = 3, **counts: int) -> Group:
    named: dict[CountedMeter, int] = counts  # type: ignore[assignment]  # the names of meters
    return Group("m", MONDAY, 0, False, None, None, None, requests, named, None)


def test_requests_are_a_months_at_the_logs_pace(tmp_path: Path) -> None:
    usage = log(tmp_path, Call(MONDAY, 100, 10), Call(MONDAY + 5 * HOUR, 300, 30, cached=100))
    (workload,) = logged_workloads(usage, by_model=False)
    assert workload.requests == 292  # 2 × 730 h ÷ 5 h
    # 400 ÷ 2 tokens in, a quarter of them cached, 40 ÷ 2 out
    shape = {"input_tokens": Decimal(200), "cached_share": Decimal("0.25"), "output_tokens": Decimal(20)}
    assert list(map(dict, workload.shapes)) == [shape]
    assert (workload.name, workload.model, workload.load, workload.peak_to_mean) == ("log", "gpt-5.4", (), Decimal("15.5"))  # fmt: skip  # 1 of 2 requests in 1 of 31 windows


def test_prompts_on_both_sides_of_a_threshold_are_two_shapes(tmp_path: Path) -> None:
    usage = log(tmp_path, Call(MONDAY, 1_000, 10), Call(MONDAY, 1_001, 10), Call(MONDAY + 9, 5_001, 10))
    (workload,) = logged_workloads(usage, by_model=False)
    first, second = workload.shapes
    assert first["input_tokens"] == 1_000
    assert second["input_tokens"] == 3_001  # (1,001 + 5,001) ÷ 2
    assert first["share"] == Decimal("0.333333333")
    assert first["share"] + second["share"] == 1


def test_a_prompt_at_a_threshold_is_not_rounded_above_it() -> None:
    # thirds of 600,000 tokens, whose parts alone would be rounded to 200,000.0001
    written = dict(fields_of([group(input=266_666 + 133_334 - 1, cache_read=200_001)]))
    assert written["input_tokens"] == 200_000
    parts = dict(fields_of([group(7, input=3_000_003 * 7 // 3, cache_read=7)]))
    assert parts["cached_share"] < Decimal("0.000001")


@pytest.mark.parametrize(
    "counts",
    [
        {"input": 10, "output": 4},
        {"input": 1, "cache_read": 1, "cache_write": 1, "output": 1},
        {"cache_read": 1, "cache_write": 1, "cache_write_1h": 1, "output": 7},  # nothing fresh: shares of a third each
        {"input": 5, "output": 10, "reasoning": 7, "output_audio": 3, "output_image": 1, "web_search": 2},
        {"input": 5, "input_audio": 7, "cache_read_audio": 11, "input_image": 1, "cache_read_image": 2, "output": 1},
        {"cache_read": 4, "cache_read_audio": 11, "cache_write": 2, "cache_write_1h": 5, "output": 1},
    ],
)
@pytest.mark.parametrize("requests", [1, 3, 7])
def test_a_shape_that_is_read_back_has_the_same_meters(counts: dict[str, int], requests: int) -> None:
    shape = ShapeEntry.model_validate(dict(fields_of([group(requests, **counts)]))).to_shape()
    read: dict[str, float] = {meter: float(amount) for meter, amount in (*shape.tokens.items(), *shape.units.items())}
    for meter, amount in counts.items():
        assert read[meter] == pytest.approx(amount / requests, rel=1e-7)
    assert {meter for meter, amount in read.items() if amount > 1e-7} == {*counts}


def test_requests_without_tokens_are_no_shape_of_their_own() -> None:
    nothing, some = group(2), group(2, input=400, output=40)._replace(above=1)
    usage = Usage((nothing, some), 600, (1_000,), MONDAY, MONDAY + HOUR, 4)
    (workload,) = logged_workloads(usage, by_model=False)
    assert list(map(dict, workload.shapes)) == [{"input_tokens": Decimal(100), "output_tokens": Decimal(10)}]  # of four
    with pytest.raises(UndecidableError, match="have no tokens"):
        logged_workloads(usage.only([nothing]), by_model=False)


def test_sums_are_one_shape_and_have_no_peak(tmp_path: Path) -> None:
    usage = log(tmp_path, Call(MONDAY, 100, 10), Call(MONDAY + 9, 5_000, 10))
    pooled = usage.only(each._replace(is_pooled=True) for each in usage.groups)
    (workload,) = logged_workloads(pooled, by_model=False)
    assert (len(workload.shapes), workload.peak_to_mean) == (1, None)
    assert "how long single prompts are is not known" in workload_text([workload], pooled, options={}, day=DAY)
    with pytest.raises(UndecidableError, match="of how many requests"):
        logged_workloads(pooled.only(each._replace(requests=0) for each in pooled.groups), by_model=False)


def test_batches_tiers_models_and_labels_are_workloads(tmp_path: Path) -> None:
    calls = (
        Call(MONDAY, 100, 10),
        Call(MONDAY, 100, 10, model=""),
        Call(MONDAY, 100, 10, processing="batch"),
        Call(MONDAY + 9, 100, 10, service_tier="priority", team=""),
        Call(MONDAY + 9, 100, 10, service_tier="default"),
    )
    by_model = logged_workloads(log(tmp_path, *calls), by_model=True)
    found = [(each.name, each.batchable_share, each.service_tier) for each in by_model]
    assert found == [
        ("gpt-5.4", 0, None),
        ("gpt-5.4 priority", 0, "priority"),
        ("gpt-5.4 batch", 1, None),
        ("no model", 0, None),
    ]
    by_team = logged_workloads(log(tmp_path, *calls, label="team"), by_model=False)
    assert [each.name for each in by_team] == ["no team priority", "red", "red batch"]
    text = workload_text(by_model, log(tmp_path, *calls), options={}, day=DAY)
    written = yaml.safe_load(text)["workloads"]
    assert (written["gpt-5.4 batch"]["batchable_share"], written["gpt-5.4 priority"]["service_tier"]) == (1, "priority")


def week(*hours: int, days: int = 7) -> list[Call]:
    """Write a call in some hours of each of so many days."""
    return [Call(MONDAY + (day * 24 + hour) * HOUR, 100, 10) for day in range(days) for hour in hours]


def test_hours_of_the_week_are_those_that_differ(tmp_path: Path) -> None:
    weekdays = [call for call in week(*range(24), 8, 9, 9) if (call.at_s - MONDAY) // (24 * HOUR) < 5]
    usage = log(tmp_path, *weekdays, Call(MONDAY + 167 * HOUR, 100, 10))
    # 5 × 27 + 1 requests in 168 h are 0.81 an hour. An hour of a weekday has 1 ÷ 0.81 = 1.2 times that, two and three
    # times as much at 8 and at 9; on weekends there is one request in the two last hours, 0.5 ÷ 0.81 = 0.6
    workdays, weekend = ("mon", "tue", "wed", "thu", "fri"), ("sat", "sun")
    assert list(hours_of_week(usage)) == [
        Hours(workdays, ("00:00-08:00", "10:00-24:00"), Decimal("1.2")),
        Hours(workdays, ("08:00-09:00",), Decimal("2.5")),
        Hours(workdays, ("09:00-10:00",), Decimal("3.7")),
        Hours(weekend, ("00:00-23:00",), Decimal(0)),
        Hours(weekend, ("23:00-24:00",), Decimal("0.6")),
    ]


@pytest.mark.parametrize(
    ("days", "hours"),
    [
        (6, 0),  # less than a week
        (7, 2),  # every day alike: hours 0 to 11 have two requests, the others one
    ],
)
def test_less_than_a_week_has_no_hours(days: int, hours: int, tmp_path: Path) -> None:
    found = list(hours_of_week(log(tmp_path, *week(*range(24), *range(12), days=days))))
    assert len(found) == hours
    assert {each.weekdays for each in found} <= {()}


def test_what_is_written_costs_what_the_log_costs_row_by_row(catalog: Catalog, tmp_path: Path) -> None:
    """Prompts on both sides of every threshold, with a cache, over models whose prices have cliffs there."""
    from costcalc.catalog.layers.load import load_layers
    from costcalc.catalog.layers.stack import Layer
    from costcalc.cost.option import estimate
    from costcalc.scenario import parse_scenario
    from costcalc.usage.mix import thresholds_of
    from costcalc.usage.source import LENGTHS
    from costcalc.workload import Workload

    lengths = (700, 1_100, 5_000, 199_999, 200_000, 200_001, 272_000, 272_001)
    calls = [Call(MONDAY + at * 977, lengths[at % 8], 10 + at % 37, cached=at % 3 * 300) for at in range(400)]
    usage = log(tmp_path, *calls, thresholds=(*thresholds_of(catalog), *LENGTHS))
    path = tmp_path / "costcalc.yaml"
    path.write_text(workload_text(logged_workloads(usage, by_model=False), usage, options={}, day=DAY), "utf-8")
    loaded = load_layers([Layer("project", path, str(path))], check_project=lambda _rest: None)
    assert loaded.project is not None
    written = parse_scenario(loaded.project).workload("log")
    months = Fraction(730 * 3_600, usage.span_s)
    for name in ("openai/gpt-5.4", "google/gemini-3.1-pro-preview", "anthropic/claude-opus-4-6"):
        rows = sum(
            Fraction(
                estimate(
                    name,
                    Workload.single(
                        requests=1,
                        input_tokens=call.prompt,
                        cached_share=Fraction(call.cached, call.prompt),
                        output_tokens=call.output,
                    ),
                    catalog,
                    as_of=DAY,
                ).monthly_usd
            )
            for call in calls
        )
        found = Fraction(estimate(name, written, catalog, as_of=DAY).monthly_usd)
        assert abs(found / (rows * months) - 1) < Fraction(1, 10**6), name
