"""Checked forms as JSON, and back: data alone, which can name no class and run nothing.

Written are the fields that were stated. What a value is, the types of the forms say, as they do for pydantic; so
there is no second description of the catalog. Read back, nothing is checked again: it was before it was written.
"""

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from costcalc.catalog.forms.entry import Entry
from costcalc.catalog.forms.scalars import Interval

_Read = Callable[[Any], Any]


def written(form: Entry) -> str:
    """Write a form as JSON, every Decimal as the number that it is.

    Example:
        >>> from costcalc.catalog.forms.schema import Source
        >>> text = written(Source(title="a page", checked=date(2026, 11, 1)))
        >>> text, read_back(Source, text) == Source(title="a page", checked=date(2026, 11, 1))
        ('{"title":"a page","checked":"2026-11-01"}', True)
    """
    return _text(form)


def _text(value: object) -> str:
    if isinstance(value, Entry):
        return _text({name: child for name, child in vars(value).items() if name in value.model_fields_set})
    if isinstance(value, dict):
        return f"{{{','.join(f'{json.dumps(key)}:{_text(child)}' for key, child in value.items())}}}"
    if isinstance(value, list | tuple):
        return f"[{','.join(map(_text, value))}]"
    return _number(value) if isinstance(value, Decimal) else json.dumps(value, default=date.isoformat)


def _number(value: Decimal) -> str:
    if isinstance(value, Interval):
        return json.dumps(f"{value.low} to {value.high}")
    # with a point or an exponent it is read back as a Decimal, digit by digit; without them, as an int
    return f"{value}E0" if str(value).lstrip("-").isdigit() else str(value)


def read_back(form: type[Entry], text: str) -> Any:  # noqa: ANN401  # the form that was asked for
    """Read what `written` wrote of a form.

    Raises:
        ValueError: It is something else.
    """
    try:
        return _of_form(form)(json.loads(text, parse_float=Decimal))
    except (TypeError, KeyError, AttributeError, ArithmeticError, RecursionError) as error:
        raise ValueError(f"not a {form.__name__}") from error


@cache  # a form is read once, wherever it stands
def _reader(hint: Any) -> _Read | None:  # noqa: ANN401  # a type, or what typing makes of types
    """Give what turns JSON into a value of a type; None where JSON is the value."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _reader(arguments[0])
    if origin in {Union, UnionType}:
        return _of_union(arguments)
    if origin is tuple:
        return _of_tuple(_reader(arguments[0]))
    if origin is dict:
        return _of_dict(_reader(arguments[1]))
    return _of_class(hint) if isinstance(hint, type) else None


def _of_class(hint: type) -> _Read | None:
    if issubclass(hint, Entry):
        return _of_form(hint)
    if hint is Decimal:
        return _decimal
    if hint is date:
        return date.fromisoformat
    return (lambda fields: hint(*fields)) if issubclass(hint, tuple) else None  # a NamedTuple, such as a Window


def _decimal(value: Decimal | str) -> Decimal:
    return value if isinstance(value, Decimal) else Interval.parse(value)


def _of_tuple(item: _Read | None) -> _Read:
    return tuple if item is None else lambda values: tuple(map(item, values))


def _of_dict(item: _Read | None) -> _Read | None:
    return None if item is None else lambda values: {key: item(value) for key, value in values.items()}


def _of_form(form: type[Entry]) -> _Read:
    readers = {name: _reader(hint) for name, hint in form.model_fields.items()}
    required, blank = form.required(), form.model_blank()

    def read(stated: dict[str, Any]) -> Entry:
        names = set(stated)
        if not required <= names:
            raise KeyError(form.__name__)
        values = blank.copy()
        for name, value in stated.items():
            reader = readers[name]  # a KeyError where the form has no such field
            values[name] = value if reader is None or value is None else reader(value)
        return form.model_filled(values, names)

    return read


def _of_union(members: tuple[Any, ...]) -> _Read | None:
    """Read what may be absent, a plain value, one of several forms by its ``kind``, or a number or a table of them."""
    others = [member for member in members if member is not NoneType]
    if set(others) == {int, Decimal}:
        return None  # a number is read back as it was written: whole, or with a point
    readers = [_reader(member) for member in others]
    if len(readers) == 1:
        return readers[0]
    if not any(readers):
        return None
    if all(isinstance(member, type) for member in others):
        by_kind = {get_args(form.model_fields["kind"])[0]: _of_form(form) for form in others}
        return lambda value: by_kind[value["kind"]](value)
    number, table = readers
    assert number is not None  # Decimals are read in a way of their own, and so are tables of them
    assert table is not None
    return lambda value: (table if isinstance(value, dict) else number)(value)
