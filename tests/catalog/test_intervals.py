"""The short form of an assumption: a number, or ``low to high``; and the long form of the shipped ones."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from catalog.test_load import problems, written
from conftest import Cli, Overlay
from hypothesis import assume, given
from hypothesis import strategies as st

from costcalc import load_catalog
from costcalc.catalog.forms.assumptions import Assumption
from costcalc.catalog.layers.overrides import intervals
from costcalc.catalog.validate import validate
from costcalc.findings import Document, Finding, Node

HERE = (Document("x.yaml", ""), 1, 1, 1)
SHIPPED = load_catalog().assumptions


@pytest.mark.parametrize(
    ("short", "value", "low", "high"),
    [
        ("1.4", "1.4", "1.4", "1.4"),  # a number is certain
        ("1", "1", "1", "1"),
        ("1_000", "1000", "1000", "1000"),
        ("1.2 to 1.6", "1.38564", "1.2", "1.6"),  # √(1.2 × 1.6) = √1.92, the median of a lognormal
        ("1 to 4", "2", "1", "4"),  # √4
        ("1.25 to 1.25", "1.25", "1.25", "1.25"),
        ("1e3 to 4e3", "2000", "1000", "4000"),  # √4e6
        ("1_000 to 4_000", "2000", "1000", "4000"),
        ("200k to 1M", "447214", "200000", "1000000"),  # √(2e5 × 1e6) = 447,213.6
        ('" 1   to 4 "', "2", "1", "4"),
    ],
)
def test_the_short_form_is_written_out(short: str, value: str, low: str, high: str, overlay: Overlay) -> None:
    pue = overlay(f"assumptions: {{pue: {short}}}").assumption("pue")
    assert (pue.value, pue.low, pue.high) == (Decimal(value), Decimal(low), Decimal(high))
    assert (pue.basis, pue.unit, pue.source, pue.note) == ("user", SHIPPED["pue"].unit, None, None)


PROBLEMS = [
    ("4 to 2", "a range goes from its low to its high end, found 4 to 2"),
    ("3 to -3", "a range goes from its low to its high end, found 3 to -3"),
    ("0 to 3", "a range is lognormal and begins above 0, found 0 to 3; give value, low and high"),
    ("-3 to -1", "a range is lognormal and begins above 0, found -3 to -1; give value, low and high"),
    ("a to b", "expected a number at each end of a range, found 'a'"),
    ("1.2 to", "expected a number, or a range such as 2.0 to 4.0, found '1.2 to'"),
    ("1 to 2 to 3", "expected a number, or a range such as 2.0 to 4.0, found '1 to 2 to 3'"),
    ("1.2-1.6", "expected a number, or a range such as 2.0 to 4.0, found '1.2-1.6'"),
    ("'1.4'", "expected a number, or a range such as 2.0 to 4.0, found '1.4'"),
    ("true", "expected a mapping, found the boolean 'true'"),
    ("nan to 2", "expected a finite number, found .nan"),
    ("-inf to inf", "expected a finite number, found .inf, or a number of more than 30 digits"),
    ("1e999999 to 2e999999", "expected a number of at most 1e18, found 1E+999999"),
]


@pytest.mark.parametrize(("short", "message"), PROBLEMS)
def test_what_is_no_interval_is_an_error_at_its_place(short: str, message: str, tmp_path: Path) -> None:
    (found,) = problems(written(tmp_path / "x.yaml", f"assumptions: {{pue: {short}}}"))
    assert found.startswith(f"x.yaml:1:20: assumptions.pue: {message}")


@pytest.mark.parametrize("short", ["1 to inf", "inf to inf", ".nan", ".inf", "1 to 1e19"])
def test_an_end_is_a_finite_number_of_this_world(short: str, tmp_path: Path) -> None:
    found = problems(written(tmp_path / "x.yaml", f"assumptions: {{pue: {short}}}"))
    assert all("expected a finite number" in message or "at most 1e18" in message for message in found)


def test_a_command_says_it_with_file_and_line(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "costcalc.yaml").write_text("assumptions:\n  headroom: 1.1\n  pue: 4 to 2\n  egress_price: nan to 1\n")
    run = cli("compare", "--tokens", "1e6")
    assert (run.status, run.out) == (2, "")
    assert "costcalc.yaml:3:8: assumptions.pue: a range goes from its low to its high end, found 4 to 2" in run.err
    assert "costcalc.yaml:4:17: assumptions.egress_price: expected a finite number, found .nan" in run.err


def test_a_number_for_an_unknown_name_is_a_slip(tmp_path: Path) -> None:
    unknown = "unknown assumption 'puee': nothing to override, and a new one is written out in full"
    assert problems(written(tmp_path / "x.yaml", "assumptions: {puee: 1.4}")) == [
        f"x.yaml:1:15: {unknown} [did you mean 'pue'?]"
    ]


def test_the_long_form_changes_one_number_and_keeps_the_rest(overlay: Overlay) -> None:
    pue = overlay("assumptions: {pue: {value: 1.3}}").assumption("pue")
    shipped = SHIPPED["pue"]
    assert (pue.value, pue.low, pue.high, pue.source) == (Decimal("1.3"), shipped.low, shipped.high, shipped.source)


def test_an_interval_over_another_layers_interval(tmp_path: Path) -> None:
    first = written(tmp_path / "a.yaml", "assumptions: {pue: {value: 1.2, low: 1.1, high: 1.3, note: ours}}")
    second = written(tmp_path / "b.yaml", "assumptions: {pue: 1 to 4}")
    pue = load_catalog(first, second).assumption("pue")
    assert (pue.value, pue.low, pue.high) == (Decimal(2), Decimal(1), Decimal(4))
    assert pue.note is None
    assert pue.source is None
    back = load_catalog(second, first).assumption("pue")  # the long form over the short one keeps its basis
    assert (back.value, back.basis, back.note) == (Decimal("1.2"), "user", "ours")


def test_a_number_of_ones_own_stands_where_it_was_written(overlay: Overlay) -> None:
    catalog = overlay("assumptions:\n  pue: 1.2 to 1.6\n")
    for key in ("value", "low", "high", "basis"):
        place = catalog.place(("assumptions", "pue", key))
        assert (place.line, place.column) == (2, 8)
    assert catalog.place(("assumptions", "pue", "unit")).document.name == "pricing/assumptions.yaml"
    assert validate(catalog, today=date(2026, 11, 27)) == ()  # it needs no source


def test_an_assumption_may_be_removed(overlay: Overlay) -> None:
    assert "pue" not in overlay("assumptions: {pue: null}").assumptions


POSITIVE = st.decimals("0.001", "1e6", places=3)


@given(POSITIVE, POSITIVE)
def test_a_positive_interval_has_its_geometric_mean(one: Decimal, other: Decimal) -> None:
    assume(one != other)
    low, high = sorted((one, other))
    problems: list[Finding] = []
    written_out = intervals(None, Node({"a": Node(f"{low} to {high}", HERE)}, HERE), problems.append).child("a")
    assert not problems
    assert written_out is not None
    parts = {key: node.value for key, node in written_out.items()}
    value = parts["value"]
    assert isinstance(value, Decimal)
    assert abs(value * value / (low * high) - 1) < Decimal("0.0001")  # six digits of the root
    assert (parts["low"], parts["high"]) == (low, high)


def test_basis_user_is_shown(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "costcalc.yaml").write_text("assumptions: {headroom: 1.2 to 1.6}\n")
    shown = " ".join(cli("catalog", "show", "headroom").out.split())
    assert "basis: user" in shown
    assert "value: 1.38564" in shown
    assert "costcalc.yaml:1:15" in shown


# --- the shipped assumptions ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_assumption_has_unit_interval_basis_and_source(name: str) -> None:
    one = SHIPPED[name]
    assert one.low <= one.value <= one.high
    assert one.unit.strip()
    assert one.note is not None
    assert one.basis in {"measured", "vendor", "literature", "judgement"}
    assert (one.source is None) == (one.basis == "judgement")
    assert one.source is None or one.source.url or one.source.title


def test_a_basis_that_can_be_quoted_needs_its_source(tmp_path: Path) -> None:
    for basis in ("measured", "vendor", "literature"):
        text = f"assumptions: {{a: {{value: 1, low: 1, high: 1, unit: x, basis: {basis}}}}}"
        assert problems(written(tmp_path / "x.yaml", text)) == [
            f"x.yaml:1:15: assumptions.a: basis '{basis}' needs a source; without one the basis is 'judgement'"
        ]
    for basis in ("judgement", "user"):
        one = {"value": 1, "low": 1, "high": 1, "unit": "x", "basis": basis}
        assert Assumption.model_validate(one).basis == basis
