from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costcalc.catalog.refresh.json_text import parse_json
from costcalc.errors import InputError
from costcalc.findings import Document

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.text() | st.decimals(-100, 100, places=4),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


def as_json(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)}:\n {as_json(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(as_json, value)) + "]"
    return str(value) if isinstance(value, Decimal) else json.dumps(value)


@given(VALUES)
def test_json_is_read_as_the_standard_parser_reads_it_with_exact_numbers(value: object) -> None:
    text = as_json(value)
    assert parse_json(Document("x.json", text)).plain() == json.loads(text, parse_float=Decimal)


@pytest.mark.parametrize(
    ("text", "message", "at"),
    [
        ('{"a": 1,}', "nothing stands after the last comma before '}'", "1:9"),
        ('{"a": 1\n "b": 2}', "expected ',' or '}', found 'b'", "2:2"),
        ("[1 2]", "expected ',' or ']', found '2'", "1:4"),
        ('{"a": "\\ud83d"}', "half of a character, such as \\ud83d without what follows it", "1:7"),
        ('{"a" 1}', "expected ':' after the key, found '1'", "1:6"),
        ("{a: 1}", "expected a key in quotes, found 'None'", "1:2"),
        ("{1: 1}", "expected a key in quotes, found '1'", "1:2"),
        ("", "expected a value, found the end of the file", "1:1"),
        ("[", "expected a value, found the end of the file", "1:2"),
        ("[1] [2]", "the document ends here; found more", "1:5"),
        ('["a\n"]', "a text without its closing quote, or with a control character or escape in it", "1:2"),
        ('["\\q"]', "a text without its closing quote, or with a control character or escape in it", "1:2"),
        ("[" * 50, "nested deeper than 40 levels", "1:42"),
        ('{"a": [{"b": ]}', "expected a value, found ']'", "1:14"),
    ],
)
def test_broken_json_has_its_line_and_column(text: str, message: str, at: str) -> None:
    with pytest.raises(InputError) as raised:
        parse_json(Document("x.json", text))
    last = raised.value.problems[-1]
    assert (last.message, str(last.place)) == (f"not JSON: {message}", f"x.json:{at}")  # type: ignore[attr-defined]


def test_what_is_no_number_and_what_stands_twice_is_said_at_once() -> None:
    text = '{"a": NaN, "b": 01,\n "a": 1, "c": 1e999999999, "d": 0e99, "e": 1234567890123456789012345678901234}'
    with pytest.raises(InputError) as raised:
        parse_json(Document("x.json", text))
    assert [one.message for one in raised.value.problems] == [
        "not JSON: expected a value, found 'NaN'",
        "not JSON: expected a value, found '01'",
        "duplicate key 'a'; it stands first in line 1",
        "expected a number of at most 30 digits, found 1e999999999",
        "expected a number of at most 30 digits, found 123456789012345678901234567890",
    ]
