"""The uncertain numbers of a form: where its ranges stand, and the form with other values in their places."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

from costcalc.catalog.forms.assumptions import Assumption
from costcalc.catalog.forms.entry import Entry
from costcalc.catalog.forms.scalars import Interval
from costcalc.errors import UnknownNameError

Form = TypeVar("Form", bound=Entry)


class Input(NamedTuple):
    """One number that is not known exactly.

    Args:
        path: Where it stands: ``assumptions.pue``, ``options.mine.usd_per_gpu_hour``, ``workload.requests``.
        value: Its central value, the median.
        low: The lower end of its 90 % interval.
        high: The upper end of its 90 % interval.
        unit: The unit of all three, or "" where the path says it.
        least: What it can never be below; None where it may be negative.
        most: What it can never exceed, or None.
        whole: Whether it counts things, so that it is a whole number.
        digits: To how many significant digits it is drawn: fewer than platforms agree on.
    """

    path: str
    value: Decimal
    low: Decimal
    high: Decimal
    unit: str = ""
    least: Decimal | None = Decimal(0)
    most: Decimal | None = None
    whole: bool = False
    digits: int = 9


REQUEST_DIGITS = 3  # tokens of a request: nobody knows them better, and each size is asked of the throughput model
_OF_A_REQUEST = frozenset({"input_tokens", "output_tokens", "answer_tokens"})
_COUNTED = frozenset({"replicas", "persons"})
_OF_AN_ANSWER = "output tokens/"
_OF_A_MIX = ("tokens/token", _OF_AN_ANSWER)  # an assumption that changes how large requests are


def sizes_requests(one: "Input") -> bool:
    """Say whether an assumption changes how large requests are, so that each of its values is another mix of them."""
    return one.path.startswith("assumptions.") and one.unit.startswith(_OF_A_MIX)


def assumed_input(name: str, known: Assumption) -> Input:
    """Make an input of an assumption; its unit says what it can never be.

    A share lies between 0 and 1, a ratio (of a whole to its part, as in PUE; of what is billed to the answer) is never
    below 1, and replicas and persons are whole. None of them is negative.
    """
    if known.unit.startswith("share"):
        bounds: tuple[Decimal | None, Decimal | None] = Decimal(0), Decimal(1)
    elif known.unit == "ratio" or known.unit.startswith(_OF_AN_ANSWER):
        bounds = Decimal(1), None
    else:
        bounds = Decimal(0), None
    path = f"assumptions.{name}"
    return Input(path, known.value, known.low, known.high, known.unit, *bounds, whole=known.unit in _COUNTED)


def ranges_of(path: str, form: object) -> Iterator[Input]:
    """Walk a form, and the forms in it, for fields that hold a range.

    Example:
        >>> from costcalc.catalog.forms.options import SelfHostOption
        >>> mine = SelfHostOption.model_validate(
        ...     {"kind": "self_host", "tokens_per_s": 900, "usd_per_gpu_hour": "2.0 to 4.0"})
        >>> [(one.path, str(one.low), str(one.high)) for one in ranges_of("options.mine", mine)]
        [('options.mine.usd_per_gpu_hour', '2.0', '4.0')]
    """
    if isinstance(form, Entry):
        kind: Any = type(form)  # mypy takes no class for hashable
        for key, value in vars(form).items():
            if isinstance(value, Interval):
                ceiling = _ceilings(kind).get(key)
                one = Input(f"{path}.{key}", Decimal(value), value.low, value.high, most=ceiling)
                yield one._replace(digits=REQUEST_DIGITS) if key in _OF_A_REQUEST else one
            else:
                yield from ranges_of(f"{path}.{key}", value)
    elif isinstance(form, dict):
        for name, one in form.items():
            yield from ranges_of(f"{path}.{name}", one)
    elif isinstance(form, list | tuple):
        for index, one in enumerate(form):
            yield from ranges_of(f"{path}.{index}", one)


@lru_cache(maxsize=64)
def _ceilings(form: Any) -> Mapping[str, Decimal]:  # noqa: ANN401  # a form
    """Find which fields of a form are shares: their JSON Schema has the maximum 1."""
    fields = form.model_json_schema()["properties"]
    found = {key: _maximum(field) for key, field in fields.items()}
    return {key: Decimal(most) for key, most in found.items() if most == 1}


def _maximum(field: Mapping[str, Any]) -> int | None:
    own: int | None = field.get("maximum")
    nested = (_maximum(one) for one in field.get("anyOf", ()))
    return own if own is not None else next((most for most in nested if most is not None), None)


def changed(form: Form, steps: Sequence[str], value: Decimal) -> Form:
    """Give a form with another value at the end of a path.

    Raises:
        UnknownNameError: The path leads to no field.
    """
    key, *rest = steps
    if key not in type(form).model_fields:
        raise UnknownNameError(f"there is no '{key}'")
    return form.model_copy(update={key: _replaced(getattr(form, key), rest, value)})


def _replaced(old: object, steps: Sequence[str], value: Decimal) -> object:
    if not steps:
        return value
    if isinstance(old, Entry):
        return changed(old, steps, value)
    if isinstance(old, dict) and steps[0] in old:
        return {**old, steps[0]: _replaced(old[steps[0]], steps[1:], value)}
    if isinstance(old, tuple) and steps[0].isdigit() and int(steps[0]) < len(old):
        at = int(steps[0])
        return (*old[:at], _replaced(old[at], steps[1:], value), *old[at + 1 :])
    raise UnknownNameError(f"there is no '{steps[0]}'")
