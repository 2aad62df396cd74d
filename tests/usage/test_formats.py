"""The same traffic in every format and container is the same usage, whether its input holds the cached tokens or not."""

import gzip
import shutil
from collections import Counter
from pathlib import Path

import duckdb
import pytest
from traffic import CALLS, DAY_1, READS, SAMPLES, files

from costcalc.errors import InputError
from costcalc.usage.groups import SET_ASIDE, Usage
from costcalc.usage.reader import Cached, LogFormat
from costcalc.usage.readers import LOG_FORMATS, READERS
from costcalc.usage.scan import scan

DAY = 86_400
Counts = dict[tuple[str, int], dict[str, int]]


def counted(usage: Usage, day_s: int = DAY) -> Counts:
    """Tokens by model and day; what was reasoned is a part of the output, since some formats do not tell it apart."""
    found: dict[tuple[str, int], Counter[str]] = {}
    for group in usage.groups:
        counts = found.setdefault((group.model.rpartition("/")[2], group.start_s // day_s * day_s), Counter())
        counts["requests"] += group.requests
        for meter, amount in group.counts.items():
            counts["output" if meter == "reasoning" else meter] += amount
    return {key: dict(counts) for key, counts in found.items()}


def expected(*, reads_only: bool = False, one_write: bool = False, day_s: int = DAY) -> Counts:
    found: dict[tuple[str, int], Counter[str]] = {}
    for call in CALLS:
        if reads_only and call.model != READS:
            continue
        counts = found.setdefault((call.model, call.at // day_s * day_s), Counter())
        counts.update(
            {
                "requests": 1, "input": call.input, "cache_read": call.read, "output": call.output,
                "cache_write": call.write + (call.write_1h if one_write else 0),
                "cache_write_1h": 0 if one_write else call.write_1h,
            }
        )  # fmt: skip
    return {key: {meter: amount for meter, amount in counts.items() if amount} for key, counts in found.items()}


# format, sample, what the format cannot tell: the time to live of a write, or writes at all; where cached tokens lie
TOLD: list[tuple[LogFormat, str, bool, bool, Cached | None]] = [
    ("openai", "openai/chat.jsonl", False, True, None),
    ("openai", "openai/responses.json", False, True, None),
    ("openai", "openai/batch.jsonl", False, True, None),
    ("openai", "openai/usage.json", False, True, None),
    ("openai", "openai/completions_usage_2026-11-02_2026-11-03.csv", False, True, None),
    ("anthropic", "anthropic/messages.jsonl", False, False, None),
    ("litellm", "litellm/spend.csv", False, False, None),
    ("litellm", "litellm/spend.jsonl", False, False, None),
    ("langfuse", "langfuse/observations.csv", False, False, None),
    ("langfuse", "langfuse/observations.jsonl", False, False, None),
    ("otel", "otel/otlp.json", False, True, None),
    ("otel", "otel/spans.jsonl", False, True, None),
    ("otel", "otel/legacy.csv", False, True, None),
    ("openrouter", "openrouter/activity.json", True, False, None),
    ("deepseek", "deepseek/amount-2026-11.csv", True, False, None),
    ("claude-code", "claude-code", False, False, None),
    ("helicone", "helicone/inside.jsonl", False, True, "inside"),
    ("helicone", "helicone/beside.csv", False, True, "beside"),
    ("focus", "focus/focus.csv", False, False, None),
    ("csv", "csv/calls.csv", False, False, None),
]


def test_every_format_has_a_sample() -> None:
    assert {name for name, *_ in TOLD} | {"mooncake"} == {*LOG_FORMATS} == {*READERS}


def test_the_samples_are_those_that_the_traffic_writes() -> None:
    kept = {str(path.relative_to(SAMPLES)): path.read_bytes().decode() for path in SAMPLES.rglob("*") if path.is_file()}
    assert kept == files()


@pytest.mark.parametrize("stated", [False, True])
@pytest.mark.parametrize(("log_format", "name", "reads_only", "one_write", "cached"), TOLD)
def test_the_same_traffic_is_the_same_usage(
    log_format: LogFormat, name: str, reads_only: bool, one_write: bool, cached: Cached | None, stated: bool
) -> None:
    usage = scan([str(SAMPLES / name)], thresholds=(200_000,), log_format=log_format if stated else None, cached=cached)
    assert usage.formats == (log_format,)
    assert counted(usage) == expected(reads_only=reads_only, one_write=one_write)
    assert {fault.kind for fault in usage.faults} <= SET_ASIDE


def test_the_consoles_csv_of_anthropic_is_the_report(tmp_path: Path) -> None:
    usage = scan([str(SAMPLES / "anthropic/console.csv")], thresholds=(), bucket_s=DAY, label="team")
    tokens = {key: {**counts, "requests": 0} for key, counts in counted(usage).items()}
    assert tokens == {key: {**counts, "requests": 0} for key, counts in expected().items()}
    assert {(group.label, group.region) for group in usage.groups} == {("Default", "global")}
    assert usage.last_s == DAY_1 + 2 * DAY  # each row lasts a day
    head, *rows = (SAMPLES / "anthropic/console.csv").read_text().splitlines()
    short = tmp_path / "short.csv"
    short.write_text("\n".join([head, *(row.replace(",standard,,", ",standard,≤ 200k,") for row in rows)]))
    assert {group.above for group in scan([str(short)], thresholds=(10, 200_000)).groups} == {1}


@pytest.mark.parametrize(
    ("head", "seller"),
    [
        ("start_time,end_time,start_time_iso,end_time_iso,amount_value,amount_currency,line_item", "OpenAI"),
        ("usage_date_utc,model,workspace,api_key,usage_type,context_window,token_type,cost_usd", "Anthropic"),
    ],
)
def test_an_export_of_costs_says_what_to_export(head: str, seller: str, tmp_path: Path) -> None:
    log = tmp_path / "cost.csv"
    log.write_text(f"{head}\n1,2,3,4,5,6,7,8\n")
    with pytest.raises(InputError, match=f"is {seller}'s export of costs, which has no tokens"):
        scan([str(log)], thresholds=())


def test_a_report_of_anthropic_has_the_same_tokens_and_knows_which_prompts_are_long() -> None:
    usage = scan([str(SAMPLES / "anthropic/usage_report.json")], thresholds=(128_000, 200_000, 272_000), bucket_s=DAY)
    tokens = {key: {**counts, "requests": 0} for key, counts in counted(usage).items()}
    assert tokens == {key: {**counts, "requests": 0} for key, counts in expected().items()}
    # prompts of 240,000 and of 240,007 tokens are over 200k and may be over 272k; no other is over 128k
    long = {(group.model, group.day.day, group.above, group.is_pooled, group.requests) for group in usage.groups}
    assert long == {
        ("gpt-5.2", 2, 2, False, 1), ("claude-sonnet-4-5", 3, 2, False, 1),
        ("gpt-5.2", 2, 1, True, 0), ("gpt-5.2", 3, 1, True, 0), ("claude-sonnet-4-5", 2, 1, True, 0),
    }  # fmt: skip


def test_requests_cross_the_thresholds_that_their_whole_prompts_exceed() -> None:
    # 40,000 fresh + 200,000 read = 240,000; 7 + 150,000 + 90,000 = 240,007
    for name in (
        "openai/chat.jsonl",
        "anthropic/messages.jsonl",
        "litellm/spend.csv",
        "otel/otlp.json",
        "csv/calls.csv",
    ):
        usage = scan([str(SAMPLES / name)], thresholds=(200_000, 240_000))
        assert not usage.is_pooled
        assert Counter({0: 6, 1: 1, 2: 1}) == sum(
            (Counter({group.above: group.requests}) for group in usage.groups), Counter()
        )


@pytest.mark.parametrize(
    ("name", "length"),
    [
        ("openai/usage.json", 1),
        ("deepseek/amount-2026-11.csv", 2),
        ("focus/focus.csv", 2),
        ("openrouter/activity.json", 1),
    ],
)
def test_sums_say_only_how_many_thresholds_a_prompt_may_exceed(name: str, length: int) -> None:
    # no prompt of a sum is longer than the sum; a table with one row a meter does not even have that
    usage = scan([str(SAMPLES / name)], thresholds=(200_000, 500_000))
    assert {group.is_pooled for group in usage.groups} == {True}
    assert max(group.above for group in usage.groups) == length


def test_what_is_recorded_is_summed_as_whole_billionths_of_a_dollar() -> None:
    # $0.0125 a call; gateway hits and failures are not counted, and cost nothing
    for name, cached in (
        ("litellm/spend.csv", None), ("langfuse/observations.jsonl", None), ("csv/calls.csv", None),
        ("helicone/beside.csv", "beside"),
    ):  # fmt: skip
        usage = scan([str(SAMPLES / name)], thresholds=(), cached=cached)  # type: ignore[arg-type]  # a literal
        assert sum(group.recorded_nano_usd or 0 for group in usage.groups) == len(CALLS) * 12_500_000
    usage = scan([str(SAMPLES / "openai/chat.jsonl")], thresholds=())
    assert {group.recorded_nano_usd for group in usage.groups} == {None}


@pytest.mark.parametrize(
    ("name", "label", "labels"),
    [
        ("litellm/spend.csv", "team", {"search", "support"}),
        ("litellm/spend.csv", "key", {"search-key", "support-key"}),
        ("litellm/spend.jsonl", "tag", {"prod, eu"}),
        ("litellm/spend.csv", "tag", {"prod, eu"}),
        ("litellm/spend.jsonl", "user", {"ann", "bob", "cy"}),
        ("langfuse/observations.jsonl", "session", {"s-search", "s-support"}),
        ("langfuse/observations.csv", "environment", {"prod"}),
        ("otel/otlp.json", "project", {"shop"}),
        ("otel/spans.jsonl", "user", {"ann", "bob", "cy"}),
        ("openai/usage.json", "key", {"key_abc"}),
        ("openai/responses.json", "team", {"search", "support"}),
        ("anthropic/usage_report.json", "team", {"wrkspc_1"}),
        ("deepseek/amount-2026-11.csv", "key", {"prod"}),
        ("claude-code", "project", {"/home/ann/shop"}),
        ("csv/calls.csv", "team", {"search", "support"}),
    ],
)
def test_groups_are_labelled_by_what_the_format_has(name: str, label: str, labels: set[str]) -> None:
    usage = scan([str(SAMPLES / name)], thresholds=(), label=label)
    assert {group.label for group in usage.groups} == labels


def test_a_finished_batch_and_a_batch_of_the_report_are_processed_as_batches() -> None:
    usage = scan([str(SAMPLES / "openai/batch.jsonl")], thresholds=())
    assert {group.processing for group in usage.groups} == {"batch"}


def test_repeats_of_streaming_and_of_side_chains_are_counted_once() -> None:
    # one message was streamed in two lines, and another one is replayed by a side chain under a new request
    usage = scan([str(SAMPLES / "claude-code")], thresholds=())
    assert (usage.rows, usage.repeated, usage.files) == (len(CALLS), 2, 2)


def packed(source: Path, target: Path) -> Path:
    if target.suffix == ".gz":
        target.write_bytes(gzip.compress(source.read_bytes()))
    else:  # the engine packs lines as they are
        reading = "columns = {'line': 'VARCHAR'}, delim = '\x01', quote = '', escape = '', header = false"
        writing = "FORMAT csv, DELIMITER '\x01', QUOTE '', ESCAPE '', HEADER false, COMPRESSION zstd"
        duckdb.sql(f"COPY (FROM read_csv('{source}', {reading}, auto_detect = false)) TO '{target}' ({writing})")
    return target


@pytest.mark.parametrize("ending", [".gz", ".zst"])
@pytest.mark.parametrize(
    "name", ["openai/chat.jsonl", "openai/usage.json", "litellm/spend.csv", "deepseek/amount-2026-11.csv"]
)
def test_a_packed_file_is_read_as_it_was(tmp_path: Path, name: str, ending: str) -> None:
    plain = SAMPLES / name
    usage = scan([str(packed(plain, tmp_path / f"{plain.name}{ending}"))], thresholds=(200_000,))
    assert usage.groups == scan([str(plain)], thresholds=(200_000,)).groups


@pytest.mark.parametrize(
    ("name", "cached"),
    [
        ("litellm/spend.csv", None), ("litellm/spend.jsonl", None), ("langfuse/observations.jsonl", None),
        ("langfuse/observations.csv", None), ("otel/spans.jsonl", None), ("otel/legacy.csv", None),
        ("openai/chat.jsonl", None), ("anthropic/messages.jsonl", None), ("helicone/inside.jsonl", "inside"),
        ("focus/focus.csv", None), ("csv/calls.csv", None), ("deepseek/amount-2026-11.csv", None),
    ],
)  # fmt: skip
def test_parquet_has_what_the_text_had(tmp_path: Path, name: str, cached: Cached | None) -> None:
    # structs, maps, lists, numbers and times in types of their own, instead of texts
    plain = SAMPLES / name
    target = tmp_path / "log.parquet"
    duckdb.sql(f"COPY (FROM '{plain}') TO '{target}' (FORMAT parquet)")
    usage = scan([str(target)], thresholds=(200_000,), cached=cached)
    assert usage.groups == scan([str(plain)], thresholds=(200_000,), cached=cached).groups


def test_a_list_of_records_is_read_as_lines_are(tmp_path: Path) -> None:
    for name in ("openai/chat.jsonl", "litellm/spend.jsonl", "langfuse/observations.jsonl", "otel/spans.jsonl"):
        plain = SAMPLES / name
        target = tmp_path / "log.json"
        target.write_text("[" + ",".join(plain.read_text().splitlines()) + "]")
        assert scan([str(target)], thresholds=()).groups == scan([str(plain)], thresholds=()).groups


def test_lines_in_a_file_that_is_called_json_are_lines(tmp_path: Path) -> None:
    target = shutil.copy(SAMPLES / "openai/chat.jsonl", tmp_path / "log.json")
    plain = scan([str(SAMPLES / "openai/chat.jsonl")], thresholds=())
    assert scan([str(target)], thresholds=()).groups == plain.groups


def test_a_trace_without_models_or_days_says_so(tmp_path: Path) -> None:
    path = tmp_path / "trace.jsonl"
    path.write_text('{"timestamp": 27482, "input_length": 6955, "output_length": 52, "hash_ids": [1]}\n')
    usage = scan([str(path)], thresholds=())
    assert [(group.model, group.start_s, group.counts) for group in usage.groups] == [
        ("", 0, {"input": 6_955, "output": 52})
    ]
    assert (usage.first_s, usage.is_dated) == (27, False)
    assert scan([str(SAMPLES / "csv/calls.csv")], thresholds=()).first_s == DAY_1 + 60


def test_the_table_of_the_collector_in_clickhouse_is_read(tmp_path: Path) -> None:
    target = tmp_path / "otel_traces.parquet"
    duckdb.sql(
        "COPY (SELECT TIMESTAMP '2026-11-02 00:01:00' AS Timestamp, map {'gen_ai.usage.input_tokens': '70',"
        " 'gen_ai.usage.output_tokens': '3', 'gen_ai.request.model': 'gpt-5.2', 'gen_ai.provider.name': 'azure.ai.openai'}"
        f" AS SpanAttributes, map {{'service.name': 'shop'}} AS ResourceAttributes) TO '{target}' (FORMAT parquet)"
    )
    (group,) = scan([str(target)], thresholds=(), label="project").groups
    assert (group.model, group.label, group.counts) == ("azure/gpt-5.2", "shop", {"input": 70, "output": 3})


def test_a_table_may_be_lines_of_json_whose_input_includes_the_cached_tokens(tmp_path: Path) -> None:
    path = tmp_path / "calls.jsonl"
    path.write_text(
        '{"timestamp": 1793577660, "model": "m", "input_tokens": 70, "cached_tokens": 60, "output_tokens": 3}\n'
    )
    (group,) = scan([str(path)], thresholds=()).groups
    assert (group.start_s, group.counts) == (1_793_577_600, {"input": 10, "cache_read": 60, "output": 3})


def test_a_sender_of_spans_that_leaves_cached_tokens_out_may_be_overruled() -> None:
    usage = scan([str(SAMPLES / "otel/spans.jsonl")], thresholds=(), cached="beside")
    assert usage.total("input") == sum(call.prompt for call in CALLS)
    assert usage.total("cache_read") == sum(call.read for call in CALLS)
