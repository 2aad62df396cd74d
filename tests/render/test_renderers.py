"""What each format must escape, and what it must never cut."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costcalc.errors import InputError
from costcalc.files import parse_yaml
from costcalc.findings import Document, Finding, Place, did_you_mean
from costcalc.render.as_json import as_json, as_jsonl, dumps
from costcalc.render.csv import as_csv
from costcalc.render.diagnostics import as_diagnostics
from costcalc.render.markdown import as_markdown, escape
from costcalc.render.numbers import quantity, times
from costcalc.render.report import Bullets, Column, Heading, Paragraph, Report, Table
from costcalc.render.text import as_text, fitted
from costcalc.units import full_usd, usd

HOSTILE = "a|b `c` <script> *d* [e](f) _g_\n=h"
TABLE = Table(
    (Column("option"), Column("$/month", "right"), Column("note", rank=1)), ((HOSTILE, "1,234.56", "n" * 60),)
)
REPORT = Report("compare", None, None, {}, {"x": None}, ({"name": "=cmd()", "usd": Decimal("0.10"), "none": None, "yes": True},), (Heading("h"), TABLE, Paragraph("p"), Bullets("b", ("c", HOSTILE))))  # fmt: skip


def test_markdown_shows_names_as_they_are() -> None:
    rendered = as_markdown(REPORT)
    assert r"| a\|b \`c\` &lt;script&gt; \*d\* \[e\](f) \_g\_ =h | 1,234.56 |" in rendered
    assert "<script>" not in rendered
    assert escape("quick_start") == "quick_start"


def test_csv_cells_are_no_formulas() -> None:
    rows = list(csv.reader(io.StringIO(as_csv(REPORT))))
    assert rows == [["name", "usd", "none", "yes"], ["'=cmd()", "0.10", "", "true"]]


def test_json_is_exact_and_one_document() -> None:
    assert json.loads(as_json(REPORT, version="1"))["result"] == {"x": None}
    head, record = (json.loads(line) for line in as_jsonl(REPORT, version="1").splitlines())
    assert "result" not in head
    assert record == {"name": "=cmd()", "usd": 0.1, "none": None, "yes": True}
    assert dumps({}) == "{}"
    assert dumps([], indent=2) == "[]"
    assert dumps({"a": [1, Decimal("1E-7")]}, indent=2) == '{\n  "a": [\n    1,\n    0.0000001\n  ]\n}'


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text()
    | st.decimals(allow_nan=False, allow_infinity=False, places=6),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(JSON, st.sampled_from([0, 2]))
def test_any_data_reads_back_exactly(value: object, indent: int) -> None:
    text = dumps(value, indent=indent)  # type: ignore[arg-type]  # any JSON is
    assert text.isascii()
    assert json.loads(text, parse_float=Decimal, parse_int=Decimal) == json.loads(
        json.dumps(value, default=lambda number: {"number": str(number)}),
        parse_int=Decimal,
        object_hook=lambda data: Decimal(data["number"]) if set(data) == {"number"} else data,
    )


@given(st.integers(1, 200))
def test_no_amount_is_ever_cut(width: int) -> None:
    assert "1,234.56" in as_text(REPORT, width=width, color=False)
    assert "1,234.56" in as_text(REPORT, width=width, color=True)


def test_columns_give_way_by_rank() -> None:
    assert [column.title for column in fitted(TABLE, 40).columns] == ["option", "$/month"]
    assert [column.title for column in fitted(TABLE, 120).columns] == ["option", "$/month", "note"]
    assert (
        as_text(Report("x", None, None, {}, None, blocks=(Table((Column("a"),), ()),)), width=80, color=False)
        == "a\n-\n"
    )


def test_words_wrap_before_a_column_gives_way() -> None:
    columns = (Column("model"), Column("licence", wraps=True), Column("note", rank=1))
    table = Table(columns, (("a", "Community License 3", "x"), ("b", "", "y")))
    narrow = fitted(table, 5 + 2 + 9 + 2 + 4)  # 9 characters are left of the 19 of the licence
    assert narrow.rows == (("a", "Community", "x"), ("", "License 3", ""), ("b", "", "y"))
    assert "License 3" in as_text(Report("x", None, None, {}, None, blocks=(table,)), width=22, color=True)
    # 7 characters are too few to wrap: the column of rank 1 goes, and then there is room
    assert [column.title for column in fitted(table, 20).columns] == ["model", "licence"]


def test_a_finding_shows_its_line_and_a_caret() -> None:
    document = Document("x.yaml", "a: 1\n\tb: " + "y" * 300 + "\n")
    far = Finding("r", "error", "far", Place(document, 2, 290, 5))
    near = Finding("r", "warning", "near", Place(document, 1, 4), help="did you mean 2?")
    gone = Finding("r", "note", "gone", Place(document, 9, 1))
    text = as_diagnostics((far, Finding("r", "error", "nowhere"), near, gone))
    lines = text.splitlines()
    assert lines[:5] == [
        "error: nowhere",
        "warning: x.yaml:1:4: near",
        " 1 | a: 1",
        "   |    ^",
        "   = did you mean 2?",
    ]
    assert lines[5] == "error: x.yaml:2:290: far"
    assert lines[7].index("^") - len("   | ") == 99
    assert lines[-1] == "note: x.yaml:9:1: gone"


@pytest.mark.parametrize("text", ["a: {b: 1, b: 2}", "é: [1, 2\n", "\ufeff"])
def test_a_caret_stands_under_what_it_means(text: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_yaml(Document("x.yaml", text))
    assert "^" in as_diagnostics(tuple(one for one in caught.value.problems if isinstance(one, Finding)))


@pytest.mark.parametrize(
    ("amount", "shown"),
    [("0.999", "0.999"), ("-1234.5", "-1,234.50"), ("0.005", "0.005"), ("0.00012345", "0.000123"), ("1.005", "1.01"), ("99999999999.999", "100,000,000,000.00")],
)  # fmt: skip
def test_amounts_are_rounded_to_the_cent_or_three_digits(amount: str, shown: str) -> None:
    assert usd(Decimal(amount)) == shown


def test_other_numbers() -> None:
    assert (times(None), times(Decimal("999.5")), times(Decimal("0.5"))) == ("–", "1,000×", "0.5×")
    assert (quantity(Decimal("1E+3")), full_usd(Decimal("2E+1"))) == ("1,000", "20.00")
    assert usd(Decimal("1e40")).startswith("10,000,000,000")


def test_a_near_name_among_many_costs_little(monkeypatch: pytest.MonkeyPatch) -> None:
    measured: list[int] = []

    def counting(word: str, names: list[str], **limits: Any) -> list[str]:  # noqa: ANN401  # as difflib has it
        measured.append(len(names))
        return get_close_matches(word, names, **limits)

    monkeypatch.setattr("difflib.get_close_matches", counting)
    names = [f"{provider}/model-{number}" for provider in ("acme", "other") for number in range(2_000)]
    hint = did_you_mean("acme/modle-1999", names)
    assert hint is not None
    assert hint.startswith("did you mean 'acme/model-1999' or ")
    assert did_you_mean("x" * 1_000_000, names) is None
    assert measured == [24]  # not 4,000
