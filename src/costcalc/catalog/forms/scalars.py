"""The values that catalog files hold, each with its check, its message and its JSON Schema."""

import re
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Any, Literal, Self, get_args

from costcalc.catalog.forms.engines import ENGINES, engine_named
from costcalc.catalog.forms.entry import Before, Checked, JsonSchema
from costcalc.units import MAX_SPARES, THOUSANDS, parse_day
from costcalc.week import WINDOW_PATTERN, Window

DAY_PATTERN = r"^\d{4}-\d\d-\d\d$"
MAX_NUMBER = 10**18  # a million times what all providers together serve in a month
LEAST_NUMBER = Decimal("1e-12")  # a millionth of a cent for a million; what is smaller is a slip of the keyboard
MAX_UNIT_USD = 10**9  # a thousand times the dearest machine that is sold by the piece
MAX_USD = 10**15  # ten times what the world produces in a year


def found(value: object) -> str:
    """Say what stands where something else was expected.

    Example:
        >>> found("three"), found(True), found(None)
        ("text 'three'", "the boolean 'true'", 'nothing')
    """
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return f"the boolean '{str(value).lower()}'"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list | tuple):
        return "a list"
    return f"text '{value}'" if isinstance(value, str) else f"the number {value}"


def _number(value: object) -> Decimal:
    value = counted(value)
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise ValueError(f"expected a number, found {found(value)}{_number_hint(value)}")  # noqa: TRY004
    number = Decimal(value)
    if not number.is_finite():
        shown = ".nan" if number.is_nan() else ".inf, or a number of more than 30 digits"
        raise ValueError(f"expected a finite number, found {shown}")
    if abs(number) > MAX_NUMBER:
        raise ValueError(f"expected a number of at most 1e18, found {number}")
    if 0 < abs(number) < LEAST_NUMBER:
        raise ValueError(f"expected 0, or a number of at least 1e-12, found {number}")
    return number


SUFFIXED = r"\d[\d_,]*(\.\d+)? ?[kKmMbBtT]"  # 250k, 2.5B: as people write a count, here as in a flag
_PERCENT = r"(\d{1,9}(?:\.\d{1,9})?) ?%"


def counted(value: object) -> object:
    """Read a number that is written with the suffix of a thousand or more; whatever else stands there stays.

    Example:
        >>> counted("250k"), counted("2.5 B"), counted("k")
        (Decimal('250000'), Decimal('2500000000'), 'k')
    """
    return _amount(value) if isinstance(value, str) and re.fullmatch(SUFFIXED, value.strip()) else value


def _amount(text: str) -> Decimal:
    """Read an amount as the command line takes it."""
    from costcalc.units import decimal, parse_amount

    return decimal(parse_amount(text.replace(" ", "")))


def without_commas(text: str) -> str:
    """Write a number that holds commas as it is meant; "" where that cannot be told.

    Example:
        >>> [without_commas(text) for text in ("1,000.50", "4,5", "1.000,50", "0,125", "1,2,3")]
        ['1000.50', '4.5', '1000.50', '0.125', '']
    """
    if re.fullmatch(THOUSANDS, text):
        return text.replace(",", "")
    return text.replace(".", "").replace(",", ".") if text.count(",") == 1 else ""


def _number_hint(value: object) -> str:
    if not isinstance(value, str):
        return ""
    if share := re.fullmatch(_PERCENT, value.strip()):
        return f"; write {(Decimal(share[1]) / 100).normalize():f}"
    if re.fullmatch(r"\d{1,3}(\.\d{3}){2,}", value.strip()):
        return f"; write {value.strip().replace('.', '_')}"
    bare = value.strip().removeprefix("$")
    bare = without_commas(bare) if "," in bare else bare
    try:
        number = Decimal(bare)
    except ArithmeticError:
        return ""
    return f"; write {number:f} without quotes or currency sign" if number.is_finite() else ""


def _not_negative(value: object) -> Decimal:
    number = _number(value)
    if number < 0:
        raise ValueError(f"expected a number of at least 0, found {number}")
    return number


def _share(value: object) -> Decimal:
    percent = re.fullmatch(_PERCENT, value.strip()) if isinstance(value, str) else None
    number = Decimal(percent[1]) / 100 if percent is not None else _not_negative(value)
    if number > 1:
        raise ValueError(f"expected a share from 0 to 1, found {number}")
    return number


def _change(value: object) -> Decimal:
    number = _number(value)
    if number <= -1:  # what is above it may be a fall by the year, as its unit tells
        raise ValueError(f"expected a number of at least 0, found {number}")
    return number


def _positive(value: object) -> Decimal:
    number = _number(value)
    if number <= 0:
        raise ValueError(f"expected a number above 0, found {number}")
    return number


def _at_most(check: Callable[[object], Decimal], most: int, what: str) -> Callable[[object], Decimal]:
    """Bound what a check lets pass, with the reason in the message."""

    def bounded(value: object) -> Decimal:
        number = check(value)
        if number > most:
            raise ValueError(f"expected {what} of at most ${most:,}, found {number}")
        return number

    return bounded


_unit_usd = _at_most(_not_negative, MAX_UNIT_USD, "a price of one unit")
_positive_unit_usd = _at_most(_positive, MAX_UNIT_USD, "a price of one unit")
_usd = _at_most(_not_negative, MAX_USD, "an amount of money")
_positive_usd = _at_most(_positive, MAX_USD, "an amount of money")
_INTERVAL = re.compile(r"(?P<low>\S+(?: ?%)?)\s+to\s+(?P<high>\S+(?: ?%)?)(?P<rest>.*)")


class Interval(Decimal):
    """A positive number that is known by its 90 % interval; as a number it is the median of a lognormal.

    Example:
        >>> interval = Interval.parse("2.0 to 4.0")
        >>> f"{interval:.4f}", str(interval.low), str(interval.high)
        ('2.8284', '2.0', '4.0')
    """

    __slots__ = ("high", "low")
    low: Decimal
    high: Decimal

    @classmethod
    def of(cls, low: Decimal, high: Decimal) -> Self:
        """Make an interval; its median is the geometric mean of its ends, to six digits.

        Raises:
            ValueError: The ends stand in the wrong order, or the lower one is not above 0.
        """
        if low <= 0:
            raise ValueError(
                f"a range is lognormal and begins above 0, found {low} to {high}; give value, low and high"
            )
        if low > high:
            raise ValueError(f"a range goes from its low to its high end, found {low} to {high}")
        made = cls(f"{(low * high).sqrt():.6g}" if low != high else low)
        made.low, made.high = low, high
        return made

    @classmethod
    def around(cls, value: Decimal, low: Decimal, high: Decimal) -> Self:
        """Make an interval whose best single value somebody has named, in order already."""
        made = cls(value)
        made.low, made.high = low, high
        return made

    @classmethod
    def parse(cls, text: str, read: Callable[[str], Decimal] | None = None) -> Self:
        """Read ``2.0 to 4.0``; the ends are written like any amount, 200k or 1e6.

        Args:
            text: The range.
            read: Reads an end, where not every number will do.

        Raises:
            ValueError: It is no such range.
        """
        match = _INTERVAL.fullmatch(text.strip())
        if match is None or match["rest"].strip():
            raise ValueError(f"expected a number, or a range such as 2.0 to 4.0, found '{text}'")
        return cls.of(*(Decimal(str((read or _end)(match[name]))) for name in ("low", "high")))


def check_oldest_first(days: Iterable[date]) -> None:
    """Check that dated prices stand oldest first, one a day.

    Raises:
        ValueError: A day stands after one that is no earlier.
    """
    for earlier, later in pairwise(days):
        if earlier >= later:
            raise ValueError(f"prices stand oldest first, one a day: {later} stands after {earlier}")


def low_of(number: Decimal) -> Decimal:
    """The lower end of a number's interval, or the number."""
    return number.low if isinstance(number, Interval) else number


def high_of(number: Decimal) -> Decimal:
    """The upper end of a number's interval, or the number."""
    return number.high if isinstance(number, Interval) else number


def _end(text: str) -> Decimal:
    """Read one end of a range."""
    try:
        return _number(Decimal(text.replace("_", "")))
    except ArithmeticError:
        pass
    try:
        return _amount(text)  # 200k, 2.5B
    except ValueError:
        raise ValueError(f"expected a number at each end of a range, found '{text}'") from None


def _or_interval(check: Callable[[object], Decimal]) -> Callable[[object], Decimal]:
    """Let a number also be a range, both ends of which must pass its check."""

    def checked(value: object) -> Decimal:
        if not isinstance(value, str) or " to " not in value:
            return value if isinstance(value, Interval) else check(value)
        return Interval.parse(value, lambda end: check(end if end.endswith("%") else _end(end)))

    return checked


def _whole(value: object) -> int:
    number = _positive(value)
    if number != number.to_integral_value():
        raise ValueError(f"expected a whole number, found {number}")
    return int(number)


def _natural(value: object) -> int:
    number = _not_negative(value)
    if number != number.to_integral_value():
        raise ValueError(f"expected a whole number, found {number}")
    return int(number)


def _spares(value: object) -> int:
    number = _natural(value)
    if number > MAX_SPARES:
        raise ValueError(f"expected at most {MAX_SPARES} spare replicas, found {number}")
    return number


def _gpu_count(value: object) -> int | Decimal:
    """Read a number of GPUs: whole ones, or a part of one."""
    number = _positive(value)
    if number > 1 and number != number.to_integral_value():
        raise ValueError(f"expected a whole number, or a part of one GPU such as 0.25, found {number}")
    return int(number) if number == number.to_integral_value() else number


def _day(value: object) -> date:
    if isinstance(value, date):
        return value
    if not isinstance(value, str):
        raise ValueError(f"expected a day such as 2026-11-22, found {found(value)}")  # noqa: TRY004
    return parse_day(value, shown=found(value))


def _text(value: object) -> str:
    if isinstance(value, str) and value.strip():
        return value
    quote = f'; quote it: "{value}"' if isinstance(value, int | Decimal) and not isinstance(value, bool) else ""
    raise ValueError(f"expected text, found {found(value) if value != '' else 'an empty text'}{quote}")


def _engine(value: object) -> str:
    return engine_named(_text(value))


def _url(value: object) -> str:
    text = _text(value)
    if not text.startswith(("https://", "http://")):
        raise ValueError(f"expected an address that begins with https://, found '{text}'")
    return text


def _windows(value: object) -> tuple[Window, ...]:
    texts = value if isinstance(value, list | tuple) else [value]
    if not texts:
        raise ValueError('expected UTC hours such as "01:00-04:00", found an empty list')
    return tuple(item if isinstance(item, Window) else Window.parse(_text(item)) for item in texts)


def _schema(**keywords: Any) -> JsonSchema:  # noqa: ANN401  # JSON Schema is JSON
    return JsonSchema(keywords)


IN_CURRENCY = r"[A-Z]{3} \d\S*( to \d\S*)?"  # EUR 500: a layer of the user's is converted when it is read
_PERCENTAGE = r"\d+(\.\d+)? ?%"
_RANGE = r"\S+( ?%)? +to +\S+( ?%)?"


def _written(*texts: str, kind: str = "number", **bounds: Any) -> JsonSchema:  # noqa: ANN401  # JSON Schema is JSON
    """Describe a number with the texts that it may be written as; bounds are of numbers, the pattern is of texts."""
    return _schema(type=[kind, "string"], pattern=f"^({'|'.join(texts)})$", **bounds)


Amount = Annotated[Decimal, Checked(_not_negative), _written(SUFFIXED, minimum=0)]
Change = Annotated[Decimal, Checked(_change), _written(SUFFIXED, exclusiveMinimum=-1)]
Factor = Annotated[Decimal, Checked(_positive), _written(SUFFIXED, exclusiveMinimum=0)]
Share = Annotated[Decimal, Checked(_share), _written(_PERCENTAGE, minimum=0, maximum=1)]
_UNIT = {"minimum": 0, "maximum": MAX_UNIT_USD}
_POSITIVE_UNIT = {"exclusiveMinimum": 0, "maximum": MAX_UNIT_USD}
UnitUsd = Annotated[Decimal, Checked(_unit_usd), _written(SUFFIXED, IN_CURRENCY, **_UNIT)]
PositiveUnitUsd = Annotated[Decimal, Checked(_positive_unit_usd), _written(SUFFIXED, IN_CURRENCY, **_POSITIVE_UNIT)]
UncertainUnitUsd = Annotated[
    Decimal, Checked(_or_interval(_unit_usd)), _written(SUFFIXED, IN_CURRENCY, _RANGE, **_UNIT)
]
UncertainPositiveUnitUsd = Annotated[
    Decimal, Checked(_or_interval(_positive_unit_usd)), _written(SUFFIXED, IN_CURRENCY, _RANGE, **_POSITIVE_UNIT)
]
Usd = Annotated[Decimal, Checked(_usd), _written(SUFFIXED, IN_CURRENCY, minimum=0, maximum=MAX_USD)]
PositiveUsd = Annotated[
    Decimal, Checked(_positive_usd), _written(SUFFIXED, IN_CURRENCY, exclusiveMinimum=0, maximum=MAX_USD)
]
UncertainAmount = Annotated[Decimal, Checked(_or_interval(_not_negative)), _written(SUFFIXED, _RANGE, minimum=0)]
UncertainFactor = Annotated[Decimal, Checked(_or_interval(_positive)), _written(SUFFIXED, _RANGE, exclusiveMinimum=0)]
UncertainShare = Annotated[Decimal, Checked(_or_interval(_share)), _written(_PERCENTAGE, _RANGE, minimum=0, maximum=1)]
Whole = Annotated[int, Checked(_whole), _written(SUFFIXED, kind="integer", minimum=1)]
Natural = Annotated[int, Checked(_natural), _written(SUFFIXED, kind="integer", minimum=0)]
Spares = Annotated[int, Checked(_spares), _written(SUFFIXED, kind="integer", minimum=0, maximum=MAX_SPARES)]
GpuCount = Annotated[
    int | Decimal,
    Checked(_gpu_count),
    _schema(anyOf=[{"type": "integer", "minimum": 1}, {"type": "number", "exclusiveMinimum": 0, "maximum": 1}]),
]
Day = Annotated[date, Checked(_day), _schema(type="string", format="date", pattern=DAY_PATTERN)]
Text = Annotated[str, Checked(_text), _schema(type="string", pattern=r"\S")]
Engine = Annotated[str, Checked(_engine), _schema(type="string", pattern=r"\S", examples=list(ENGINES))]
Url = Annotated[str, Checked(_url), _schema(type="string", pattern="^https?://")]

_WINDOW_TEXT = {"type": "string", "pattern": WINDOW_PATTERN}
Windows = Annotated[
    tuple[Window, ...],
    Checked(_windows),
    _schema(anyOf=[_WINDOW_TEXT, {"type": "array", "items": _WINDOW_TEXT, "minItems": 1}]),
]
_LlamaCppType = Literal[
    "q2_k", "q3_k_s", "q3_k_m", "q3_k_l", "q4_0", "q4_1", "q4_k_s", "q4_k_m", "q5_0", "q5_1", "q5_k_s", "q5_k_m",
    "q6_k", "q8_0", "iq1_s", "iq1_m", "iq2_xxs", "iq2_xs", "iq2_s", "iq2_m", "iq3_xxs", "iq3_xs", "iq3_s", "iq3_m",
    "iq4_xs", "iq4_nl",
]  # fmt: skip
Precision = Literal["bf16", "fp8", "int8", "int4", "nvfp4", "mxfp4", _LlamaCppType]
KvPrecision = Literal["bf16", "fp8", "q8_0", "q4_0"]
LLAMA_CPP_TYPES: tuple[str, ...] = get_args(_LlamaCppType)  # no other engine has these
LLAMA_CPP_CACHES = ("q8_0", "q4_0")
OF_LLAMA_CPP = frozenset({"bf16", "mxfp4", *LLAMA_CPP_TYPES})  # and it has no others
Trust = Literal["primary", "secondary", "recalled", "judgement"]
Items = Before(lambda value: value if isinstance(value, list | tuple) else _no_list(value))


def _no_list(value: object) -> None:
    raise ValueError(f"expected a list, found {found(value)}")
