"""Changing one value of a text: no other byte moves, and what would move one is refused."""

from __future__ import annotations

from decimal import Decimal

import pytest

from costcalc.catalog.edit.splice import add_item, set_value
from costcalc.errors import CostcalcError

ODD = (
    "# Preise für 2026\r\n"
    "a: {x: 'one', y: \"two\"}   # mixed\r\n"
    "b:\r\n"
    "  price: 14.00     # aligned\r\n"
    "  per:   1_000     # aligned\r\n"
    "  # the end of b\r\n"
    "\r\n"
    "c: &shared [1, 2]\r\n"
    "d: *shared\r\n"
    "e:   # nothing yet"
)


@pytest.mark.parametrize(
    ("path", "value", "old", "new"),
    [
        (("b", "price"), Decimal("9.5"), "price: 14.00     #", "price: 9.5       #"),  # the comment keeps its column
        (("b", "price"), Decimal("1234567.25"), "14.00     #", "1234567.25 #"),  # no room: one space stays
        (("a", "x"), "it", "'one'", "'it'"),
        (("a", "x"), "it's", "'one'", '"it\'s"'),
        (("a", "y"), "zwei ü", '"two"', '"zwei ü"'),
        (("e",), 5, "e:   #", "e: 5   #"),
        (("a", "z"), 3, '"two"}', '"two", z: 3}'),
        (("b", "unit"), "Mtok", "  # the end of b\r\n", "  # the end of b\r\n  unit: Mtok\r\n"),
        (("f", "g"), True, "# nothing yet", "# nothing yet\r\nf: {g: true}\r\n"),
    ],
)
def test_only_the_span_changes(path: tuple[str, ...], value: object, old: str, new: str) -> None:
    assert set_value(ODD, path, value) == ODD.replace(old, new)


def test_the_same_value_changes_no_byte() -> None:
    assert set_value(ODD, ("b", "price"), Decimal(14)) == ODD
    assert set_value(ODD, ("b", "per"), 1000) == ODD


@pytest.mark.parametrize("path", [("d", 0), ("c", 0), ("c",), ("b",), ("b", "price", "x")])
def test_what_would_change_more_is_left_to_a_hand(path: tuple[str, ...]) -> None:
    with pytest.raises(CostcalcError, match="by hand"):
        set_value(ODD, path, 7)


@pytest.mark.parametrize(("text", "path"), [("a: []\n", ("a",)), ("a: 1\n", ("a",)), ("a: 1\n", ("b",))])
def test_only_a_list_with_entries_gets_one_more(text: str, path: tuple[str, ...]) -> None:
    with pytest.raises(CostcalcError, match="by hand"):
        add_item(text, path, 0, {"x": 1})


@pytest.mark.parametrize("text", ["a: {x: 1 # open\n  }\n", "a: {x: 1,}\n"])  # swallowed; a second comma
def test_a_splice_that_says_something_else_is_refused(text: str) -> None:
    with pytest.raises(CostcalcError, match="by hand"):
        set_value(text, ("a", "y"), 2)


def test_a_file_without_values_gets_its_first() -> None:
    assert set_value("", ("a", "b"), "x") == "a: {b: x}\n"
    assert set_value("# mine", ("a",), None) == "# mine\na: null\n"


@pytest.mark.parametrize(
    ("text", "index", "new"),
    [
        ("p:\n- {d: 1}\n- {d: 3}\nq: 1\n", 1, "p:\n- {d: 1}\n- {d: 2}\n- {d: 3}\nq: 1\n"),
        ("p:\n  - d: 3\n    e: 4\n", 0, "p:\n  - {d: 2}\n  - d: 3\n    e: 4\n"),
        ("p:\n  - d: 1\n    # why\n\nq: 1\n", 1, "p:\n  - d: 1\n    # why\n  - {d: 2}\n\nq: 1\n"),
        (
            "p:\n  - d: 1\n    # of 1\n  # of 3\n  - d: 3\n",
            1,
            "p:\n  - d: 1\n    # of 1\n  - {d: 2}\n  # of 3\n  - d: 3\n",
        ),
        ("p:\n- d: 1\n# of q\nq: 1\n", 1, "p:\n- d: 1\n- {d: 2}\n# of q\nq: 1\n"),
        ("p: [{d: 3}]\n", 0, "p: [{d: 2}, {d: 3}]\n"),
        ("p: [{d: 1}]\n", 1, "p: [{d: 1}, {d: 2}]\n"),
    ],
)
def test_an_entry_is_only_added_lines(text: str, index: int, new: str) -> None:
    assert add_item(text, ("p",), index, {"d": 2}) == new


@pytest.mark.parametrize(
    ("text", "path", "new"),
    [
        # what is commented out below the last key is the last key's
        ("a:\n  b: 1\n  # c: 2\n", ("z",), "a:\n  b: 1\n  # c: 2\nz: 5\n"),
        ("a:\n  b: 1\n\n  # c: 2\n    # d: 3\n", ("z",), "a:\n  b: 1\n\n  # c: 2\n    # d: 3\nz: 5\n"),
        # a commented-out key at the end of the file stays whole, and is no heading of the new one
        ("a: 1\n\n# d:\n#   - x\n", ("z",), "a: 1\n\n# d:\n#   - x\n\nz: 5\n"),
        ("a: 1\n# the end", ("z",), "a: 1\n# the end\n\nz: 5\n"),
        ("a: 1\r\n# the end\r\n", ("z",), "a: 1\r\n# the end\r\n\r\nz: 5\r\n"),
        ("a: 1\n  # indented deeper than anything\n", ("z",), "a: 1\n  # indented deeper than anything\nz: 5\n"),
        ("a: [1,\n  2]\n  # of a\n\n\n", ("z",), "a: [1,\n  2]\n  # of a\nz: 5\n\n\n"),
        # each comment stays with the mapping that it is indented under
        ("a:\n  b:\n    c: 1\n    # of b\n  # of a\n# of z\nz: 1\n", ("a", "b", "d"), "a:\n  b:\n    c: 1\n    # of b\n    d: 5\n  # of a\n# of z\nz: 1\n"),
        ("a:\n  b:\n    c: 1\n    # of b\n  # of a\n# of z\nz: 1\n", ("a", "d"), "a:\n  b:\n    c: 1\n    # of b\n  # of a\n  d: 5\n# of z\nz: 1\n"),
    ],
)  # fmt: skip
def test_a_new_key_stands_behind_the_comments_that_belong_to_the_last_one(
    text: str, path: tuple[str, ...], new: str
) -> None:
    assert set_value(text, path, 5) == new


def test_a_price_is_written_as_the_house_does() -> None:
    entry = {"effective": "2026-12-01", "when": [{"weekdays": ["mon"], "utc": "01:00-04:00"}], "url": "https://x.org"}
    assert set_value("", ("prices",), [entry]) == (
        "prices:\n"
        "  - effective: 2026-12-01\n"
        "    when:\n"
        '      - {weekdays: [mon], utc: "01:00-04:00"}\n'
        '    url: "https://x.org"\n'
    )


def test_an_item_needs_a_list_to_stand_in() -> None:
    with pytest.raises(CostcalcError, match="cannot be changed here"):
        add_item("", ("prices",), 0, {"effective": "2026-01-01"})
