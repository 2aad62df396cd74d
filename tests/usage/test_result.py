"""A warehouse's answer, taken back: what is odd in it is named, all of it, before anything is priced."""

from __future__ import annotations

from pathlib import Path

import pytest

from costcalc.errors import InputError
from costcalc.usage.groups import Fault, Group
from costcalc.usage.result import read_result

HEADER = "model,start_s,above,row_count,first_s,last_s,requests,input,output,bucket_s,thresholds,log_format,labelled_by"
HOW = "600,200000 272000,csv,"
ROW = f"m,1200,1,2,1201,1799,2,400000,20,{HOW}"


def written(folder: Path, *rows: str, header: str = HEADER) -> str:
    """Write an answer."""
    file = folder / "result.csv"
    file.write_bytes("\n".join([header, *rows, ""]).encode())
    return str(file)


def test_an_answer_says_itself_how_it_was_counted(tmp_path: Path) -> None:
    fault = f"m,,-4,3,,,3,,,{HOW}"
    usage = read_result(written(tmp_path, ROW, fault))
    counts = {"input": 400_000, "output": 20}
    assert usage.groups == (Group("m", 1200, 1, False, None, None, None, 2, counts, None),)  # type: ignore[arg-type]
    assert (usage.bucket_s, usage.thresholds, usage.formats, usage.label) == (600, (200_000, 272_000), ("csv",), None)
    assert (usage.rows, usage.first_s, usage.last_s, usage.faults) == (2, 1201, 1799, (Fault("no usage", 3),))


def test_warehouses_write_names_nulls_and_flags_in_their_own_ways(tmp_path: Path) -> None:
    header = "\ufeff" + HEADER.upper().replace("LABELLED_BY", "labelled_by,IS_POOLED,label,service_tier")
    file = written(
        tmp_path, '"o""x, y",1200,0,2,1201,1799,2,\\N,20,600,"200000 272000",csv,team,TRUE,eu,\\N', header=header
    )
    usage = read_result(file)
    assert usage.groups == (Group('o"x, y', 1200, 0, True, None, None, "eu", 2, {"output": 20}, None),)
    assert usage.label == "team"


@pytest.mark.parametrize(
    ("rows", "header", "problems"),
    [
        ((), HEADER, [": has a header and no rows: nothing was counted"]),
        (
            (ROW,), HEADER.replace("start_s", "starts").replace(",thresholds", ",cost"),
            [
                ":1: expected the column 'start_s', as costcalc usage sql selects it",
                ":1: expected the column 'thresholds', as costcalc usage sql selects it",
                ":1: an unknown column 'starts'; did you mean 'start_s'?",
                ":1: an unknown column 'cost'",
            ],
        ),
        ((ROW,), HEADER.replace("output", "input"), [":1: the column 'input' stands there twice"]),
        (
            (ROW.replace("400000", "4e5"), ROW.replace(",20,", ",20.0,"), ROW[:-1]), HEADER,
            [
                ":2: input: expected a whole number, found '4e5' (a spreadsheet may have changed it)",
                ":3: output: expected a whole number, found '20.0' (a spreadsheet may have changed it)",
                ":4: expected 13 cells, found 12",
            ],
        ),
        (
            (ROW.replace("200000 272000", "272000 200000"), ROW.replace(",csv,", ",xls,"), ROW.replace(",600,", ",,")), HEADER,
            [
                ":2: thresholds: expected prompt lengths, ascending, found '272000 200000'",
                ":3: log_format: expected one of",
                ":4: bucket_s: expected the seconds of a time bucket, found ''",
            ],
        ),
        (
            (
                ROW.replace(",1,2,", ",3,2,"), ROW.replace(",1,2,", ",-9,2,"), ROW.replace(",1,2,", ",,2,"),
                ROW.replace(",1,2,", ",1,0,"), ROW.replace("400000", "-5"), ROW.replace("1201", "1199"),
                ROW.replace("1799", "1800"), ROW.replace("1200", "1201"), ROW.replace("1201", ""),
            ), HEADER,
            [
                ":2: above: 3 is more than there are thresholds",
                ":3: above: -9 stands for no fault that this costcalc knows",
                ":4: above: expected a whole number, found nothing",
                ":5: row_count: expected a whole number from 1 on",
                ":6: input: expected a whole number from 0 on, found -5",
                ":7: start_s, first_s, last_s: 1199 to 1799 do not lie in a bucket of 600 s from 1200 on",
                ":8: start_s, first_s, last_s: 1201 to 1800 do not lie in a bucket of 600 s from 1200 on",
                ":9: start_s, first_s, last_s: 1201 to 1799 do not lie in a bucket of 600 s from 1201 on",
                ":10: start_s, first_s, last_s: expected the times of a bucket, found nothing",
            ],
        ),
        (
            (ROW, ROW.replace("200000 272000", "200000"), ROW.replace(",csv,", ",csv,team")), HEADER,
            [":3: is counted otherwise than line 2: bucket_s, thresholds, log_format, labelled_by differ"],
        ),
        (
            (f"{ROW},maybe",), f"{HEADER},is_pooled", [":2: is_pooled: expected true or false, found 'maybe'"],
        ),
        (('"' + ROW,), HEADER, [": is no CSV file of UTF-8: unexpected end of data"]),
    ],
)  # fmt: skip
def test_every_oddity_of_an_answer_is_named(
    rows: tuple[str, ...], header: str, problems: list[str], tmp_path: Path
) -> None:
    file = written(tmp_path, *rows, header=header)
    with pytest.raises(InputError) as raised:
        read_result(file)
    found = [problem.message.removeprefix(file) for problem in raised.value.problems]
    assert [text[: len(start)] for text, start in zip(found, problems, strict=True)] == problems


def test_an_answer_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nowhere\.csv: cannot be read: No such file"):
        read_result(str(tmp_path / "nowhere.csv"))
    (tmp_path / "latin.csv").write_bytes("modèle".encode("latin-1"))
    with pytest.raises(InputError, match=r"latin\.csv: is no CSV file of UTF-8"):
        read_result(str(tmp_path / "latin.csv"))


@pytest.mark.parametrize(("is_pooled", "is_read"), [("true", True), ("false", False)])
def test_a_sum_may_last_longer_than_the_bucket_in_which_it_begins(
    is_pooled: str, is_read: bool, tmp_path: Path
) -> None:
    header = "model,start_s,above,is_pooled,row_count,first_s,last_s,requests,input,bucket_s,thresholds,log_format,labelled_by"
    path = tmp_path / "result.csv"
    path.write_text(f"{header}\nm,86400,0,{is_pooled},1,86400,172800,9,5,600,200000,openai,\n")  # a day of requests
    if is_read:
        assert (read_result(str(path)).span_s, read_result(str(path)).is_pooled) == (86_400, True)
    else:
        with pytest.raises(InputError, match="do not lie in a bucket"):
            read_result(str(path))
