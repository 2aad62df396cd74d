from __future__ import annotations

import time
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costcalc.errors import InputError
from costcalc.files import MAX_BYTES, parse_yaml, read_document
from costcalc.findings import Document, Finding, Node


def parsed(text: str) -> object:
    return parse_yaml(Document("x.yaml", text)).plain()


def findings(text: str) -> list[str]:
    with pytest.raises(InputError) as caught:
        parsed(text)
    problems = [problem for problem in caught.value.problems if isinstance(problem, Finding)]
    return [f"{problem.place}: {problem.message}" for problem in problems]


@pytest.mark.parametrize(
    ("scalar", "value"),
    [
        # numbers that PyYAML reads as text
        ("1e6", Decimal("1e6")),
        ("3e-6", Decimal("0.000003")),
        ("1.5e3", Decimal("1.5e3")),
        ("1_000", 1000),
        ("1_000.5", Decimal("1000.5")),
        (".5", Decimal("0.5")),
        ("-1", -1),
        ("0x1F", 31),
        ("0o17", 15),
        ("0.10", Decimal("0.10")),
        # texts that PyYAML reads as something else
        ("NO", "NO"),
        ("on", "on"),
        ("yes", "yes"),
        ("12:30", "12:30"),
        ("017", "017"),
        ("2026-03-01", "2026-03-01"),
        ("1,000", "1,000"),
        ("0b11", "0b11"),
        ("'4.10'", "4.10"),
        ("!!str 4.10", "4.10"),
        # booleans and nothing
        ("true", True),
        ("FALSE", False),
        ("~", None),
        ("", None),
        ("Null", None),
    ],
)
def test_scalars_by_the_core_rules(scalar: str, value: object) -> None:
    read = parsed(f"a: {scalar}")
    assert read == {"a": value}
    assert isinstance(read, dict)
    assert type(read["a"]) is type(value)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a: 1\nb: {c: 1, c: 2}\na: 3", ["x.yaml:2:11: duplicate key 'c'; it stands first in line 2", "x.yaml:3:1: duplicate key 'a'; it stands first in line 1"]),
        ("4.10: 1", ['x.yaml:1:1: the key 4.10 is a number; quote it: "4.10"']),
        ("true: 1", ['x.yaml:1:1: the key true is not a text; quote it: "true"']),
        ("? \n: 1", ['x.yaml:1:2: the key (empty) is not a text; quote it: ""']),
        ("? [a]\n: 1", ["x.yaml:1:3: expected a text as key, found a mapping, list or alias"]),
        ("a: 1\n---\nb: 2", ["x.yaml:2:1: a second YAML document; expected one document per file"]),
        ("", ["x.yaml:1:1: the file is empty; expected a mapping"]),
        ("# nothing", ["x.yaml:1:1: the file is empty; expected a mapping"]),
        ("a:\n\t- 1", ["x.yaml:2:1: a tab; YAML is indented with spaces"]),
        ("a: [1, 2", ["x.yaml:1:4: [ is not closed; expected ] behind its last value"]),
        ("a: !!python/object:os.system x", ["x.yaml:1:4: unknown tag '!!python/object:os.system'; costcalc files hold plain values only"]),
        ("a: !x {b: 1}\nc: !y [1]", ["x.yaml:1:4: unknown tag '!x'; costcalc files hold plain values only", "x.yaml:2:4: unknown tag '!y'; costcalc files hold plain values only"]),
        ("a: *b", ["x.yaml:1:4: no anchor '&b' stands before this alias"]),
        ("a: &a [*a]", ["x.yaml:1:8: no anchor '&a' stands before this alias"]),
        ("a: \x00", ["x.yaml:1:4: not YAML: a control character, 0x0000"]),
    ],
)  # fmt: skip
def test_what_people_do_not_mean_is_a_finding_with_its_place(text: str, found: list[str]) -> None:
    assert findings(text) == found


@pytest.mark.parametrize("text", ["9" * 5000, "1e99", "1e999999999", "1e-999999999"])
def test_a_number_that_nobody_means_is_not_finite(text: str) -> None:
    assert parsed(f"a: {text}") == {"a": Decimal("Infinity")}


def test_nothing_is_nothing_whatever_its_exponent() -> None:
    assert parsed("a: 0e99") == {"a": Decimal(0)}


def test_nesting_and_unfolding_are_bounded() -> None:
    started = time.process_time()
    assert findings("[" * 100) == ["x.yaml:1:42: nested deeper than 40 levels"]
    (deep,) = findings("[" * 100_000)  # where it stops depends on how far the parser reads ahead
    assert deep.startswith("x.yaml:1:")
    assert deep.endswith(": nested deeper than 40 levels")
    bomb = "a0: &a0 [x]\n" + "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 30))
    assert findings(bomb)[-1].endswith("aliases unfold to more than 10,000 values")
    assert time.process_time() - started < 60  # the promise is about hanging, not about speed


def test_aliases_share_what_they_name() -> None:
    assert parsed("a: &x {b: 1}\nc: *x\nd: [*x]") == {"a": {"b": 1}, "c": {"b": 1}, "d": [{"b": 1}]}


def test_every_value_knows_its_place() -> None:
    root = parse_yaml(Document("x.yaml", "a:\n  b: [1, 22]\n"))
    node = root.nearest(["a", "b", 1])
    assert (node.value, str(node.place), node.place.width) == (22, "x.yaml:2:10", 2)
    assert str(root.nearest(["a", "b"]).key) == "x.yaml:2:3"
    assert root.key is None
    assert root.nearest(["a", "missing", "b", 7]).plain() == [1, 22]
    assert list(node.items()) == []


@pytest.mark.parametrize("data", [b"\xef\xbb\xbfa: 1\r\nb: 2\r\n", b"a: 1\nb: 2"], ids=["BOM and CRLF", "LF"])
def test_byte_order_mark_and_crlf_load(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(data)
    assert parse_yaml(read_document(path)).plain() == {"a": 1, "b": 2}


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"a: 1\nb: \xff\n", r"x\.yaml:2: not UTF-8 at byte 8: found 0xff"),
        (b"#" * (MAX_BYTES + 1), r"16,777,217 bytes; at most 16,777,216 are read"),
    ],
)
def test_files_that_are_not_text_are_refused(data: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(data)
    with pytest.raises(InputError, match=message):
        read_document(path, name="x.yaml")


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"gone\.yaml: cannot be read: No such file"):
        read_document(tmp_path / "gone.yaml")


YAMLISH = st.text(alphabet="ab:-[]{}&*!?|>'\"#%@`, \n\t0159.e_~", max_size=60)


@given(YAMLISH)
def test_any_text_gives_a_tree_or_findings(text: str) -> None:
    try:
        assert isinstance(parse_yaml(Document("x.yaml", text)), Node)
    except InputError as error:
        assert error.problems
