"""genai-prices ships its data as Python: what is data is read, anything else is refused, and nothing runs."""

from __future__ import annotations

from decimal import Decimal

import pytest

from costcalc.catalog.refresh.python_text import parse_python
from costcalc.errors import InputError
from costcalc.findings import Document, Finding


def plain(text: str) -> object:
    return parse_python(Document("data.py", f"providers = {text}")).plain()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[1, 'a', None, ()]", [1, "a", None, []]),
        ("{'processing': 'batch'}", {"processing": "batch"}),
        ("StartDateConstraint(start_date=datetime.date(2026, 11, 9))", {"start_date": "2026-11-09"}),
        ("datetime.time(16, 30, tzinfo=datetime.timezone.utc)", "16:30:00"),
        ("ClauseOr(or_=[ClauseEquals(equals='a')])", {"or": [{"equals": "a"}]}),
        ("Provider(id='a', extractors=[anything()], price_comments='long')", {"id": "a"}),
        ("Tier(start=200000, price=Decimal('0.125'))", {"start": 200000, "price": Decimal("0.125")}),
    ],
)
def test_data_is_read_as_the_json_of_its_repository_has_it(text: str, expected: object) -> None:
    assert plain(text) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Decimal('nan')", "data.py:1:13: expected data as genai-prices ships it, found Call"),
        ("Decimal('a lot')", "data.py:1:13: expected data as genai-prices ships it, found Call"),
        ("{x: 1}", "data.py:1:14: expected data as genai-prices ships it, found Name"),
        ("{**x}", "data.py:1:13: expected data as genai-prices ships it, found Dict"),
        ("f(**x)", "data.py:1:13: expected data as genai-prices ships it, found Call"),
        ("[1.5]", "data.py:1:14: expected data as genai-prices ships it, found Constant"),
        ("x + 1", "data.py:1:13: expected data as genai-prices ships it, found BinOp"),
        ("(\n f(\n1))", "data.py:2:2: expected data as genai-prices ships it, found Call"),
        ("[", "data.py: no Python: "),
    ],
)
def test_what_is_no_data_is_refused_with_its_line(text: str, message: str) -> None:
    with pytest.raises(InputError) as refused:
        plain(text)
    (problem,) = refused.value.problems
    assert isinstance(problem, Finding)
    where = f"data.py:{problem.place.line}:{problem.place.column}: " if problem.place else ""
    assert f"{where}{problem.message}".startswith(message)


def test_a_module_without_the_list_or_without_its_value_is_refused() -> None:
    for text in ("import os", "providers: list"):
        with pytest.raises(InputError):
            parse_python(Document("data.py", text))
