"""JSON that somebody else wrote, with numbers that can be reckoned with and texts that can be written again."""

import json
import re
from decimal import Decimal
from typing import Any, NoReturn

from costcalc.units import MAX_DIGITS


def parse_figures(text: str, *, exact: bool) -> Any:  # noqa: ANN401  # whatever the JSON holds
    """Read JSON whose texts can be written again.

    Args:
        text: The JSON.
        exact: Whether numbers become Decimal and must be finite, as money is; else they are int and float, and
            ``NaN`` and ``Infinity`` are read, which benchmarks write.

    Raises:
        ValueError: It is not JSON, or holds a number that is none.
        UnicodeError: It holds half a character.
        RecursionError: It is nested too deep.
    """
    found = json.loads(text, **_EXACT) if exact else json.loads(text)
    if "\\u" in text and _SURROGATE.search(json.dumps(found, ensure_ascii=False, default=str)):
        raise UnicodeError("half of a character, such as \\ud83d without what follows it")
    return found


def _figure(word: str) -> Decimal:
    """Read a number; one that no figure can be would make the next sum take for ever."""
    number = Decimal(word)
    if number and not -MAX_DIGITS <= number.adjusted() <= MAX_DIGITS:
        raise ValueError(f"expected a number of at most {MAX_DIGITS} digits, found {word[:MAX_DIGITS]}")
    return number


def _no_figure(word: str) -> NoReturn:
    raise ValueError(f"{word} is no number")


_EXACT: dict[str, Any] = {"parse_float": _figure, "parse_int": _figure, "parse_constant": _no_figure}
_SURROGATE = re.compile("[\ud800-\udfff]")  # a pair of them has been read as one character
