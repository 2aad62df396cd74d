"""A form is a plain class: pydantic is imported when there is something to check, and then says all that is wrong."""

import subprocess
import sys
from decimal import Decimal
from typing import ClassVar

import pytest
from pydantic import ValidationError

from costcalc.catalog.forms.entry import EMPTY, Entry, form_check
from costcalc.catalog.forms.schema import Source, When


class Point(Entry):
    """Two numbers in order.

    Args:
        x: The smaller one.
        y: The larger one.
        names: What it is called.
        inside: Another one.
    """

    kinds: ClassVar[int] = 7
    x: int
    y: int = 5
    names: dict[str, str] = EMPTY
    inside: tuple[Source, ...] | None = None

    @form_check
    def _is_ordered(self) -> "Point":
        if self.x > self.y:
            raise ValueError("x comes before y")
        return self


class Wide(Point):
    """One with a further number."""

    z: int = 0


@pytest.mark.parametrize(
    ("data", "kind"),
    [({"x": 6}, "value_error"), ({"z": 1, "x": 1}, "extra_forbidden"), ({}, "missing"), (7, "model_type")],
)
def test_what_is_wrong_is_said_in_the_words_of_pydantic(data: object, kind: str) -> None:
    with pytest.raises(ValidationError) as raised:
        Point.model_validate(data)
    assert [problem["type"] for problem in raised.value.errors()] == [kind]


def test_a_form_that_is_made_in_code_is_checked_too() -> None:
    assert Point(x=1).y == 5
    with pytest.raises(ValidationError, match="x comes before y"):
        Point(x=6)
    with pytest.raises(ValidationError, match="x comes before y"):
        Wide(x=6)  # the check of the form that it is one of


def test_a_form_never_changes() -> None:
    point = Point(x=1)
    with pytest.raises(AttributeError, match="a Point never changes: x"):
        point.x = 2  # type: ignore[misc]
    with pytest.raises(AttributeError, match="a Point never changes: x"):
        del point.x
    assert point.model_copy(update={"x": 3}) == Point(x=3)
    assert point == Point(x=1)


def test_forms_are_equal_by_their_values_and_of_one_type() -> None:
    assert Point(x=1) == Point(x=1, y=5)
    assert Point(x=1) != Wide(x=1)
    assert Point.model_construct(x=1) == Point(x=1)
    assert hash(When(region="eu", multiply=Decimal(2))) == hash(When(region="eu", multiply=Decimal(2)))
    assert repr(Source(title="t", checked="2026-01-01")) == (  # type: ignore[arg-type]
        "Source(url=None, title='t', checked=datetime.date(2026, 1, 1), seen=None)"
    )


def test_what_was_stated_is_told_from_what_is_a_default() -> None:
    point = Point(x=1, y=5, names={"a": "b"})
    assert point.model_fields_set == {"x", "y", "names"}
    assert Point.required() == {"x"}
    assert point.model_dump(exclude_none=True, exclude={"x"}) == {"y": 5, "names": {"a": "b"}}
    assert point.model_dump(exclude_unset=True) == {"x": 1, "y": 5, "names": {"a": "b"}}
    assert point.model_dump(exclude_defaults=True) == {"x": 1, "names": {"a": "b"}}
    assert point.model_copy(update={"inside": None}).model_fields_set == {"x", "y", "names", "inside"}


@pytest.mark.clock
@pytest.mark.parametrize(
    "command",
    [
        ["compare", "--tokens", "1e6"],
        ["compare", "--tokens", "1e6", "--format", "json"],
        ["project", "--tokens", "1e6"],
        ["recommend", "--workload", "customer_service", "--tokens", "5e8"],
        ["size", "DeepSeek-R1-Distill-Qwen-32B"],
    ],
)
def test_a_run_over_what_is_kept_imports_neither_pydantic_nor_yaml(command: list[str]) -> None:
    program = (
        "import sys, tempfile, pathlib\n"
        "import costcalc.catalog.layers.kept as keeping\n"
        "from costcalc.catalog.layers.load import keep_shipped\n"
        "keeping._KEPT = pathlib.Path(sys.argv[1])\n"
        "if len(sys.argv) == 2:\n    keep_shipped()\n    sys.exit()\n"
        "from costcalc.cli.app import main\n"
        "assert main(sys.argv[2:]) == 0\n"
        "wrong = {'pydantic', 'pydantic_core', 'yaml', 'pickle'} & sys.modules.keys()\n"
        "assert not wrong, wrong\n"
    )
    import tempfile

    with tempfile.TemporaryDirectory() as place:
        for arguments in ([], command):
            ran = subprocess.run(
                [sys.executable, "-c", program, place, *arguments],
                capture_output=True,
                text=True,
                check=False,
                env={"PATH": "/usr/bin:/bin", "PYTHONPATH": ":".join(sys.path)},
            )
            assert ran.returncode == 0, ran.stderr
