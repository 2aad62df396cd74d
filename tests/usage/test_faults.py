"""What cannot be counted is counted as such, with its place; nothing is silently 0, and nothing of a line is shown."""

import gzip
import json
from pathlib import Path
from typing import Any

import duckdb
import pytest
from traffic import CALLS, KEY, KEY_HASH, PROMPT, SAMPLES, chat, lines, message, observation, spend, table

from costcalc.errors import CostcalcError, FlagError, InputError
from costcalc.usage.groups import Usage
from costcalc.usage.reader import Cached
from costcalc.usage.readers import READERS
from costcalc.usage.scan import scan

CALL = CALLS[1]  # 200 fresh, 800 read, 150 generated


def faults(usage: Usage) -> dict[str, tuple[int, tuple[str, ...]]]:
    return {
        fault.kind: (fault.rows, tuple(place.rpartition("/")[2] for place in fault.places)) for fault in usage.faults
    }


def with_usage(**usage: object) -> dict[str, Any]:
    record = {**chat(CALL, 1), "id": None}
    return {**record, "usage": {**record["usage"], **usage}}


GOOD = json.dumps(with_usage())


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        (GOOD[:-20], "broken"),
        ("not JSON at all", "broken"),
        ("[1, 2]", "broken"),
        ("17", "broken"),
        ('{"model": "gpt-5.2", "created": 1793577661}', "no usage"),
        ('{"model": "gpt-5.2", "created": 1793577661, "usage": null}', "no usage"),
        ('{"model": "gpt-5.2", "created": 1793577661, "usage": "12 tokens"}', "no usage"),
        (json.dumps(with_usage(prompt_tokens=None)), "no usage"),
        (json.dumps(with_usage(completion_tokens=None, total_tokens=None)), "no usage"),
        (json.dumps(with_usage(prompt_tokens="many")), "not a count"),
        (json.dumps(with_usage(prompt_tokens=True)), "not a count"),
        (json.dumps(with_usage(prompt_tokens=-1)), "not a count"),
        (json.dumps(with_usage(prompt_tokens=1000.5)), "not a count"),
        (json.dumps(with_usage(prompt_tokens=2**63)), "not a count"),
        (json.dumps(with_usage(prompt_tokens=[1000])), "not a count"),
        (json.dumps(with_usage(completion_tokens=-5)), "not a count"),
        (json.dumps(with_usage(prompt_tokens_details={"cached_tokens": "lots"})), "not a count"),
        (json.dumps(with_usage(prompt_tokens_details={"cached_tokens": -800})), "not a count"),
        (json.dumps(with_usage(completion_tokens_details={"reasoning_tokens": 151})), "not a count"),
        (json.dumps(with_usage(prompt_tokens_details={"cached_tokens": 1_001})), "cached exceeds input"),
        (json.dumps({**chat(CALL, 1), "created": None}), "no time"),
        (json.dumps({**chat(CALL, 1), "created": "yesterday"}), "no time"),
        (json.dumps({**chat(CALL, 1), "created": -5}), "no time"),
        (json.dumps({**chat(CALL, 1), "created": "99999-01-01"}), "no time"),
    ],
)
def test_a_line_that_cannot_be_counted_is_named(tmp_path: Path, line: str, kind: str) -> None:
    path = tmp_path / "log.jsonl"
    path.write_text(f"{GOOD}\n\n{line}\n{GOOD}\n")
    usage = scan([str(path)], thresholds=(200_000,))
    assert faults(usage) == {kind: (1, ("log.jsonl:3",))}
    # the two others are counted, and nothing of this one
    assert (usage.rows, usage.total("input"), usage.total("cache_read"), usage.total("output")) == (2, 400, 1_600, 300)


def test_counts_that_are_written_as_texts_or_with_a_zero_fraction_are_counts(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_text(json.dumps(with_usage(prompt_tokens="1000", completion_tokens=150.0)) + "\n")
    usage = scan([str(path)], thresholds=())
    assert (usage.faults, usage.total("input"), usage.total("output")) == ((), 200, 150)


def test_the_largest_counts_are_summed_without_an_overflow(tmp_path: Path) -> None:
    path = tmp_path / "calls.csv"
    path.write_text("at,model,input,cache_read,output\n" + f"2026-11-02,m,{10**17},{10**17},1\n" * 100)
    usage = scan([str(path)], thresholds=(200_000,))
    assert usage.total("input") == usage.total("cache_read") == 10**19  # over 2^63
    path.write_text(f"at,model,input,output\n2026-11-02,m,{10**17 + 1},1\n2026-11-02,m,{2**63 - 1},1\n")
    assert faults(scan([str(path)], thresholds=())) == {
        "not a count": (2, ("calls.csv: record 1", "calls.csv: record 2"))
    }


def test_a_gateways_own_answers_and_failed_calls_are_set_aside() -> None:
    usage = scan([str(SAMPLES / "litellm/spend.jsonl")], thresholds=())
    assert faults(usage) == {"no usage": (1, ("spend.jsonl:10",)), "gateway cache": (1, ("spend.jsonl:9",))}


def test_a_replayed_day_with_more_cached_than_asked_is_a_fault(tmp_path: Path) -> None:
    day = {"date": "2026-11-02", "model": "openai/gpt-5.2", "model_permaslug": "openai/gpt-5.2", "requests": 2}
    more = {"prompt_tokens": 10, "completion_tokens": 5, "reasoning_tokens": 0, "cached_tokens": 11, "usage": 0}
    path = tmp_path / "activity.json"
    path.write_text(json.dumps({"data": [day | more, day | more | {"cached_tokens": 10}]}))
    usage = scan([str(path)], thresholds=())
    assert faults(usage) == {"cached exceeds input": (1, ("activity.json: record 1",))}
    assert usage.total("cache_read") == 10


def test_a_meter_that_nobody_knows_is_a_fault(tmp_path: Path) -> None:
    record = observation(CALL, 1)
    path = tmp_path / "observations.jsonl"
    path.write_text(
        lines([{**record, "usageDetails": {**record["usageDetails"], "input_video_tokens": 7}}, observation(CALL, 2)])
    )
    assert faults(scan([str(path)], thresholds=())) == {"unknown meter": (1, ("observations.jsonl:1",))}
    sample = (SAMPLES / "deepseek/amount-2026-11.csv").read_text()
    export = tmp_path / "amount.csv"
    export.write_text(sample.replace("output_tokens", "thinking_tokens", 1))
    assert faults(scan([str(export)], thresholds=())) == {"unknown meter": (1, ("amount.csv: record 3",))}


def test_an_amount_that_is_no_number_is_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "spend.jsonl"
    path.write_text(lines([{**spend(CALL, 1), "spend": "n/a"}, spend(CALL, 2)]))
    usage = scan([str(path)], thresholds=())
    assert faults(usage) == {"not a count": (1, ("spend.jsonl:1",))}
    assert [group.recorded_nano_usd for group in usage.groups] == [12_500_000]


def test_rows_that_break_a_table_are_named_by_their_lines(tmp_path: Path) -> None:
    # a cell of two lines stands before them: the fourth record begins in the sixth line
    rows = 'at,model,input,output,note\n2026-11-02,m,1,2,"two\nlines"\n2026-11-02,m,1,2\n2026-11-02,m,1,2,\n'
    text = rows + "2026-11-02,m,1,2,a,b\n" * 6
    path = tmp_path / "calls.csv"
    path.write_text(text)
    expected = {"broken": (7, tuple(f"calls.csv:{line}" for line in (4, 6, 7, 8, 9)))}
    usage = scan([str(path)], thresholds=())
    assert (faults(usage), usage.rows) == (expected, 2)
    pack = tmp_path / "calls.csv.gz"
    pack.write_bytes(gzip.compress(text.encode()))
    assert scan([str(pack)], thresholds=()).faults[0].places[1].endswith("calls.csv.gz:6")


def test_a_line_that_is_no_text_does_not_stop_the_others(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_bytes(b"\n".join([GOOD.encode(), b'{"model": "\xff\xfe"}', GOOD.encode(), b"{broken", b""]))
    usage = scan([str(path)], thresholds=())
    assert (usage.rows, faults(usage)) == (2, {"broken": (2, ("log.jsonl:2", "log.jsonl:4"))})


def test_the_first_five_of_several_files_are_named(tmp_path: Path) -> None:
    for at in range(4):
        (tmp_path / f"{at}.jsonl").write_text(f"{GOOD}\n{{\n{{\n")
    usage = scan([str(tmp_path)], thresholds=())
    assert faults(usage) == {"broken": (8, ("0.jsonl:2", "0.jsonl:3", "1.jsonl:2", "1.jsonl:3", "2.jsonl:2"))}


@pytest.mark.parametrize("name", ["helicone/inside.jsonl", "helicone/beside.csv"])
def test_where_cached_tokens_lie_is_not_guessed(name: str) -> None:
    # 201,312 of gpt-5.2 and 154,096 of claude are read, 95,120 are written: 450,528
    with pytest.raises(InputError, match=r"has 450,528 cached tokens.*--cached inside or --cached beside"):
        scan([str(SAMPLES / name)], thresholds=())


def test_without_cached_tokens_nobody_is_asked(tmp_path: Path) -> None:
    path = tmp_path / "calls.csv"
    path.write_text("request_created_at,request_model,prompt_tokens,completion_tokens\n2026-11-02 00:00:00,m,5,2\n")
    assert scan([str(path)], thresholds=()).total("input") == 5


def test_a_senders_langfuse_may_be_overruled(tmp_path: Path) -> None:
    record = observation(CALL, 1)
    path = tmp_path / "observations.jsonl"
    path.write_text(lines([{**record, "usageDetails": {"input": 1_000, "input_cached_tokens": 800, "output": 150}}]))
    beside = scan([str(path)], thresholds=())
    inside = scan([str(path)], thresholds=(), cached="inside")
    assert (beside.total("input"), inside.total("input")) == (1_000, 200)


@pytest.mark.parametrize(
    ("name", "cached", "message"),
    [
        ("openai/chat.jsonl", "beside", "settles it: cached tokens lie inside its input"),
        ("anthropic/messages.jsonl", "inside", "settles it: cached tokens lie beside its input"),
    ],
)
def test_a_format_that_settles_it_is_not_overruled(name: str, cached: Cached, message: str) -> None:
    with pytest.raises(FlagError, match=message):
        scan([str(SAMPLES / name)], thresholds=(), cached=cached)


def test_a_label_that_a_format_does_not_have_is_refused() -> None:
    with pytest.raises(FlagError, match="openrouter has no 'team' to show costs by; it has none"):
        scan([str(SAMPLES / "openrouter/activity.json")], thresholds=(), label="team")
    with pytest.raises(FlagError, match="claude-code has no 'team' to show costs by; it has project, session"):
        scan(["no-such-file.jsonl"], thresholds=(), log_format="claude-code", label="team")


SECRETS = (PROMPT, KEY, KEY_HASH, "91234", "planted")


def shows_nothing(text: str) -> None:
    assert not [secret for secret in SECRETS if secret in text]


def test_every_sample_that_can_hold_a_secret_holds_one() -> None:
    clean = {
        str(path.relative_to(SAMPLES))
        for path in SAMPLES.rglob("*")
        if path.is_file() and not any(secret in path.read_text() for secret in SECRETS)
    }
    # reports, bills and activities are sums: they have no place for a prompt or a key
    assert clean == {
        "openai/usage.json", "openai/completions_usage_2026-11-02_2026-11-03.csv", "anthropic/usage_report.json",
        "anthropic/console.csv",
        "openrouter/activity.json", "focus/focus.csv",
    }  # fmt: skip


@pytest.mark.parametrize(
    "path", [path for path in sorted(SAMPLES.rglob("*")) if path.is_file()], ids=lambda path: path.name
)
def test_no_prompt_and_no_key_is_in_what_is_read(path: Path) -> None:
    cached: Cached | None = "inside" if "helicone" in path.parts else None
    shown = [repr(scan([str(path)], thresholds=(200_000,), cached=cached))]
    for label in {label for readers in READERS.values() for reader in readers for label in reader.labels}:
        try:
            shown.append(repr(scan([str(path)], thresholds=(), label=label, cached=cached)))
        except FlagError as error:  # another kind of record of the format has it
            shown.append(str(error))
    assert [secret for secret in SECRETS if any(secret in text for text in shown)] == []


def test_a_key_that_stands_where_a_name_belongs_is_not_shown(tmp_path: Path) -> None:
    path = tmp_path / "calls.csv"
    rows = [{"at": "2026-11-02", "model": "m", "input": 1, "output": 2, "key_name": name} for name in (KEY, KEY_HASH)]
    path.write_text(table(rows))
    usage = scan([str(path)], thresholds=(), label="key")
    assert {group.label for group in usage.groups} == {"(a secret, not shown)"}
    assert usage.requests == 2


@pytest.mark.parametrize("ending", ["jsonl", "json", "csv", "parquet", "jsonl.gz", "csv.gz", "json.gz", "jsonl.zst"])
def test_an_error_quotes_nothing_of_a_file(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"log.{ending}"
    secret = f'{PROMPT}"{KEY},{{"a": "{KEY}\n'.encode() * 50
    path.write_bytes(secret)
    with pytest.raises(InputError) as error:
        scan([str(path)], thresholds=())
    shows_nothing(str(error.value))
    assert str(path) in str(error.value)
    try:
        shows_nothing(repr(scan([str(path)], thresholds=(), log_format="openai")))
    except InputError as stated:
        shows_nothing(str(stated))


def test_a_broken_record_of_a_file_is_not_quoted(tmp_path: Path) -> None:
    path = tmp_path / "messages.jsonl"
    path.write_text(json.dumps(message(CALLS[0], 1)) + "\n" + json.dumps(message(CALLS[0], 1))[:-9] + "\n")
    usage = scan([str(path)], thresholds=())
    shows_nothing(repr(usage))
    assert faults(usage) == {"broken": (1, ("messages.jsonl:2",))}


def test_parquet_of_other_types_is_counted_or_refused_but_never_zero(tmp_path: Path) -> None:
    path = tmp_path / "calls.parquet"
    duckdb.sql(
        "SELECT 'm' AS model, DATE '2026-11-02' AS at, a AS input, b::HUGEINT AS output FROM"
        " (VALUES (1.0, 2), (1.5, 3), ('nan'::DOUBLE, 4), (-1.0, 5), (NULL, 6)) t(a, b)"
    ).write_parquet(str(path))  # type: ignore[union-attr]  # a query has an answer
    usage = scan([str(path)], thresholds=(5,))
    assert (usage.rows, usage.total("input"), usage.total("output")) == (1, 1, 2)
    assert faults(usage) == {
        "not a count": (3, tuple(f"calls.parquet: record {at}" for at in (2, 3, 4))),
        "no usage": (1, ("calls.parquet: record 5",)),
    }


def test_a_duckdb_that_overlooks_what_is_cut_off_reads_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = tmp_path / "log.jsonl"
    log.write_text(lines(chat(CALLS[0], 0)))
    monkeypatch.setattr(duckdb, "__version__", "1.5.6")
    with pytest.raises(CostcalcError, match=r"DuckDB 1\.5\.6 is too old to read a log: pip install -U"):
        scan([str(log)], thresholds=())
