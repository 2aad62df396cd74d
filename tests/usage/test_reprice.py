"""A log priced in groups costs, to the last decimal, what its rows cost one by one."""

import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import pytest

from costcalc import Catalog
from costcalc.case.case import Case
from costcalc.cost.option import estimate
from costcalc.usage.curve import peak_to_mean
from costcalc.usage.groups import Group, Usage
from costcalc.usage.mix import bucket_of, thresholds_of, workload_of
from costcalc.usage.reprice import cost_of_log
from costcalc.usage.repriced import case_of_usage, reprice
from costcalc.usage.scan import scan
from costcalc.week import Load
from costcalc.workload import Shape, Workload

DAY = date(2026, 11, 27)
OPTIONS = ("gpt-5.2-api", "gemini-3.1-pro-api", "deepseek-v4-pro-api", "claude-haiku-5.5-api", "deepseek/deepseek-chat")
TRACES = Path(__file__).parents[3] / "shared" / "traces"


class Row(NamedTuple):
    """One request of a log."""

    at: datetime
    model: str
    input: int
    cache_read: int
    output: int

    @property
    def shape(self) -> Shape:
        """What it uses, where its prompt has been taken apart already."""
        parts = {"input": self.input, "cache_read": self.cache_read, "output": self.output}
        return Shape({meter: amount for meter, amount in parts.items() if amount})  # type: ignore[misc]  # meters


def written(rows: Sequence[Row], folder: Path) -> str:
    """Write rows as a log."""
    lines = [f"{row.at:%Y-%m-%dT%H:%M:%SZ},{row.model},{row.input},{row.cache_read},{row.output}" for row in rows]
    file = folder / "log.csv"
    file.write_text("\n".join(["at,model,input,cache_read,output", *lines]), encoding="utf-8")
    return str(file)


def one_by_one(option: str, rows: Sequence[Row], catalog: Catalog, *, on: date | None = None) -> Fraction:
    """Price every row by itself, at the moment at which it came; without a day, on the model that served it."""
    total = Fraction(0)
    for row in rows:
        workload = Workload(1, (row.shape,), load=Load.at(row.at), logged="here" if on is None else None)
        total += estimate(option, workload, catalog, as_of=on or row.at.date()).exact_usd
    return total


def odd_rows(count: int, models: Sequence[str] = ("openai/gpt-5.4",)) -> list[Row]:
    """Draw requests at odd times, of sizes at and around every length at which a price differs."""
    draw = random.Random(16)  # noqa: S311  # the same rows in every run
    edges = [1, 300, 511, 512, 1_023, 1_024, 4_096, 32_000, 128_001, 199_999, 200_000, 200_001, 272_000, 272_001]
    begin = datetime(2026, 11, 2, tzinfo=UTC)
    return [
        Row(
            begin + timedelta(seconds=draw.randrange(9 * 86_400)),
            draw.choice(models),
            (prompt := draw.choice(edges)) - (cached := draw.choice((0, 0, prompt // 3))),
            cached,
            draw.randrange(900),
        )
        for _ in range(count)
    ]


def counted(log: str, catalog: Catalog) -> Usage:
    return scan([log], thresholds=thresholds_of(catalog), bucket_s=bucket_of(catalog))


@pytest.mark.parametrize("option", OPTIONS)
def test_groups_cost_what_their_rows_cost_one_by_one(option: str, catalog: Catalog, tmp_path: Path) -> None:
    rows = odd_rows(400)
    usage = counted(written(rows, tmp_path), catalog)
    result = reprice(usage, case_of_usage(usage, catalog, as_of=DAY, peak=1), [option], peak=1)
    (found,) = result.estimates
    exact = one_by_one(option, rows, catalog, on=DAY)
    assert result.in_period(found).exact_usd == exact
    assert result.low_and_high(found) == (exact, exact)


def test_what_it_did_cost_is_at_the_prices_of_each_day(catalog: Catalog, tmp_path: Path) -> None:
    models = ("openai/gpt-5.4", "google/gemini-3.1-pro-preview", "anthropic/claude-sonnet-4-6", "deepseek-chat")
    rows = odd_rows(300, models)
    cost = cost_of_log(counted(written(rows, tmp_path), catalog), catalog, as_of=DAY)
    assert {served.model for served in cost.served} == set(models)
    for served in cost.served:
        own = [row for row in rows if row.model == served.model]
        assert served.exact_usd == one_by_one(served.ref, own, catalog), served.model


def test_a_change_of_prices_within_a_log_splits_it(catalog: Catalog, tmp_path: Path) -> None:
    # DeepSeek's prices of 2025-09-05: before it $0.27 a Mtok of input at full hours, after it $0.56
    rows = [Row(datetime(2025, 9, day, 12, tzinfo=UTC), "deepseek/deepseek-chat", 1_000_000, 0, 0) for day in (4, 5)]
    (served,) = cost_of_log(counted(written(rows, tmp_path), catalog), catalog, as_of=DAY).served
    before, after = sorted(each.exact_usd for each in served.estimates)
    assert before != after
    assert served.exact_usd == one_by_one(served.ref, rows, catalog)


def test_machines_are_sized_for_the_months_pace_and_paid_for_the_logs_time(catalog: Catalog, tmp_path: Path) -> None:
    rows = odd_rows(200)
    usage = counted(written(rows, tmp_path), catalog)
    case = case_of_usage(usage, catalog, as_of=DAY, peak=2)
    result = reprice(usage, case, ["r1-distill-32b-h100"], peak=2)
    (month,) = result.estimates
    as_rows = Workload(
        requests=len(rows) / Fraction(usage.span_s, 730 * 3600),
        shapes=tuple(Shape(row.shape.tokens, share=Fraction(1, len(rows))) for row in rows),
        peak_to_mean=2,
    )
    assert month.monthly_usd == Case(as_rows, catalog, DAY).cost("r1-distill-32b-h100")
    assert result.in_period(month).exact_usd == month.exact_usd * Fraction(usage.span_s, 730 * 3600)


def test_an_unknown_model_is_listed_and_never_free(catalog: Catalog, tmp_path: Path) -> None:
    rows = [row._replace(model=model) for row in odd_rows(5) for model in ("gpt-5.4", "our-own-llama")]
    cost = cost_of_log(counted(written(rows, tmp_path), catalog), catalog, as_of=DAY)
    assert [served.model for served in cost.served] == ["gpt-5.4"]
    (left,) = cost.unpriced
    assert (left.model, left.requests) == ("our-own-llama", 5)
    assert left.tokens == sum(row.input + row.cache_read + row.output for row in rows if row.model == "our-own-llama")


def pooled(requests: int, prompt: int, *, above: int) -> Usage:
    group = Group("openai/gpt-5.4", 1_793_000_000, above, True, None, None, None, requests, {"input": prompt}, None)
    return Usage((group,), 3600, (272_000,), 1_793_000_000, 1_793_000_000, 1, formats=("openai",))


@pytest.mark.parametrize(
    ("requests", "prompt", "above", "low", "high"),
    [  # GPT-5.4: $2.50 a Mtok, $5.00 for a prompt above 272,000 tokens
        (10, 200_000, 0, "0.50", "0.50"),  # 0.2 Mtok × 2.50: together they are too short for the dearer price
        (10, 400_000, 1, "1.00", "2.00"),  # 0.4 × 2.50 if evenly, 0.4 × 5.00 if one request has all
        (1, 400_000, 1, "2.00", "2.00"),  # one request has all of it
    ],
)
def test_a_sum_that_cannot_decide_a_tier_gives_a_range(
    requests: int, prompt: int, above: int, low: str, high: str, catalog: Catalog
) -> None:
    (served,) = cost_of_log(pooled(requests, prompt, above=above), catalog, as_of=DAY).served
    assert (served.exact_usd, served.exact_high_usd) == (Fraction(low), Fraction(high))


def test_a_sum_without_a_number_of_requests_is_of_typical_ones(catalog: Catalog) -> None:
    usage = pooled(0, 115_500, above=0)
    mix = workload_of(usage, usage.groups, (), typical_prompt=catalog.assumption("input_tokens_per_request").value)
    assert (mix.requests, mix.input_tokens) == (100, 115_500)  # 115,500 / the 1,155 tokens of a typical prompt


def test_sums_have_no_peak_and_machines_are_sized_for_the_usual_one(catalog: Catalog) -> None:
    usage = pooled(1_000, 400_000, above=0)
    assert peak_to_mean(usage) is None
    case = case_of_usage(usage, catalog, as_of=DAY, peak=None)
    assert (case.workload.peak, case.workload.has_usual_peak) == (
        Fraction(catalog.assumption("peak_to_mean").value),
        True,
    )
    assert [each.path for each in case.traffic] == ["assumptions.peak_to_mean"]
    moved = case.at({"assumptions.peak_to_mean": Decimal(5)})
    assert (moved.workload.peak, moved.workload.shapes) == (5, case.workload.shapes)


def test_a_peak_is_the_busiest_bucket_over_the_mean() -> None:
    groups = tuple(
        Group("m", start, 0, False, None, None, None, requests, {"input": 1}, None)
        for start, requests in ((0, 30), (600, 60), (1200, 30))
    )
    # 60 in 600 s against 120 in 1,800 s: 0.1 against 0.0667 a second
    assert peak_to_mean(Usage(groups, 600, (), 0, 1799, 120)) == Fraction(3, 2)


@pytest.mark.no_cover  # many rows of what other tests cover
@pytest.mark.skipif(not TRACES.is_dir(), reason="the public traces are not beside this checkout")
@pytest.mark.parametrize("name", ["AzureLLMInferenceTrace_code.csv", "mooncake_conversation_trace.jsonl"])
def test_a_public_trace_costs_what_its_rows_cost(name: str, catalog: Catalog) -> None:
    import csv
    import json

    file = TRACES / name
    lines = file.read_text(encoding="utf-8").splitlines()
    if file.suffix == ".csv":
        sizes = [(int(row["ContextTokens"]), int(row["GeneratedTokens"])) for row in csv.DictReader(lines)]
        moments = [datetime.fromisoformat(line.split(",")[0][:26] + "+00:00") for line in lines[1:]]
    else:
        records = [json.loads(line) for line in lines]
        sizes = [(record["input_length"], record["output_length"]) for record in records]
        moments = [datetime.fromtimestamp(record["timestamp"] / 1000, UTC) for record in records]
    rows = [Row(at, "", size[0], 0, size[1]) for at, size in zip(moments, sizes, strict=True)]
    usage = counted(str(file), catalog)
    names = OPTIONS[:3]
    result = reprice(usage, case_of_usage(usage, catalog, as_of=DAY, peak=1), names, peak=1)
    assert len(result.estimates) == len(names)
    for found in result.estimates:
        assert result.in_period(found).exact_usd == one_by_one(found.option, rows, catalog, on=DAY), found.option
