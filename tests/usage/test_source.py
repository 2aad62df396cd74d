"""Packs and logs together: a pack stands for its log under any of its thresholds, and says where it cannot."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from usage.calls import MONDAY, Call, write_log

from costcalc import Catalog
from costcalc.errors import InputError
from costcalc.usage.groups import Group
from costcalc.usage.mix import thresholds_of
from costcalc.usage.pack import write_pack
from costcalc.usage.scan import scan
from costcalc.usage.source import How, fitted, usage_of

STEPS = (1_000, 5_000, 200_000)
CALLS = [
    *(Call(MONDAY + at * 70, 300 * at**2, at + 1, team="red" if at % 3 else "blue") for at in range(40)),
    Call(MONDAY + 5, 1_000, 1),  # the threshold itself is not above it
    Call(MONDAY + 6, 1_001, 1),
]


@pytest.mark.parametrize("steps", [STEPS, (1_000,), (5_000, 200_000), ()])
@pytest.mark.parametrize("label", ["team", None])
@pytest.mark.parametrize("bucket_s", [600, 1_800])
def test_a_pack_stands_for_its_log(steps: tuple[int, ...], label: str | None, bucket_s: int, tmp_path: Path) -> None:
    log, path = write_log(tmp_path / "log.csv", CALLS), tmp_path / "pack.parquet"
    write_pack(scan([log], thresholds=STEPS, label="team"), path)
    found, expected = (usage_of([each], steps, How(label=label), bucket_s=bucket_s) for each in (str(path), log))
    assert found == expected


def test_packs_and_logs_add_up_to_what_one_log_says(tmp_path: Path) -> None:
    logs = [write_log(tmp_path / f"{name}.csv", CALLS[begin::3]) for begin, name in enumerate("abc")]
    write_pack(scan(logs[:1], thresholds=STEPS), tmp_path / "pack.parquet")
    together = usage_of([str(tmp_path / "pack.parquet"), *logs[1:]], STEPS)
    assert together == replace(scan([write_log(tmp_path / "all.csv", CALLS)], thresholds=STEPS), files=3)
    folder = tmp_path / "folder"
    folder.mkdir()
    (tmp_path / "pack.parquet").rename(folder / "pack.parquet")
    for log in logs[1:]:
        Path(log).rename(folder / Path(log).name)
    assert usage_of([str(folder)], STEPS) == together  # a folder may hold both


def test_a_name_that_is_no_file_is_complained_of_beside_a_pack(tmp_path: Path) -> None:
    write_pack(scan([write_log(tmp_path / "log.csv", CALLS)], thresholds=STEPS), tmp_path / "pack.parquet")
    with pytest.raises(InputError, match=r"no\.csv: no such file"):
        usage_of([str(tmp_path / "pack.parquet"), "no.csv"], STEPS)


@pytest.mark.parametrize(
    ("steps", "bucket_s", "label", "words"),
    [
        ((1_000, 7_000), 600, None, "it does not tell prompts above 7,000 tokens apart, where a price changes: make the pack anew (costcalc usage pack LOG…)"),
        ((), 60, None, "it was counted by 600 s, and 60 s are needed: make the pack anew"),
        ((), 600, "team", "it was counted by no label, not by team: make the pack anew (costcalc usage pack LOG… --by team)"),
    ],
)  # fmt: skip
def test_a_pack_that_cannot_say_it_is_refused(
    steps: tuple[int, ...], bucket_s: int, label: str | None, words: str, tmp_path: Path
) -> None:
    path = tmp_path / "pack.parquet"
    write_pack(scan([write_log(tmp_path / "log.csv", CALLS)], thresholds=STEPS), path)
    with pytest.raises(InputError) as refused:
        usage_of([str(path)], steps, How(label=label), bucket_s=bucket_s)
    assert words in str(refused.value)


def test_prompts_that_nobody_knows_may_be_above_every_threshold_still(tmp_path: Path) -> None:
    usage = scan([write_log(tmp_path / "log.csv", CALLS)], thresholds=STEPS)
    sums = Group("m", 0, len(STEPS), True, None, None, None, 0, {"input": 9}, 7)
    kept = fitted(usage.only([sums, sums]), "p", (1_000,), bucket_s=600, label=None)
    assert kept.groups == (sums._replace(above=1, counts={"input": 18}, recorded_nano_usd=14),)


def test_the_thresholds_are_those_of_every_price_and_of_every_cache(catalog: Catalog) -> None:
    steps = thresholds_of(catalog)
    # GPT-5.4's long context is above 272,000, Gemini's "from 200,000" is above 199,999, Claude caches from 1,024 on
    assert {272_000, 199_999, 1_023} <= set(steps)
    assert list(steps) == sorted(set(steps))
