"""Units of the field, and numbers as people write them.

Token counts are exact rationals (`int | Fraction`), because a month of 1e6 tokens in requests of
300 is 3,333 1/3 requests and must still cost what 1e6 tokens cost. Money is `Decimal`.
"""

import re
from contextlib import suppress
from datetime import date
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple, TypeVar

Count = int | Fraction
Number = float | Decimal | Fraction  # what callers may pass; to the type checker an int is a float

MTOK = 10**6  # list prices are per million tokens
MAX_SPARES = 1_000  # replicas beside those that a load needs; how often so many are up is a sum of as many terms
THOUSAND = 10**3  # fees are quoted per thousand calls
MAX_DIGITS = 30  # beyond it no price and no count is meant, and 1e999999999 would never finish
MAX_AMOUNT = 10**18  # a million times what all providers together serve in a month
LEAST_AMOUNT = Fraction(1, 10**12)  # a millionth of a millionth: what is smaller is a slip of the keyboard
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2199, 12, 31)  # a projection of ten years must end before the year 10000
SECONDS_PER_MINUTE = 60
MINUTES_PER_HOUR = 60
SECONDS_PER_HOUR = 3_600
HOURS_PER_MONTH = 730  # 8,760 h a year / 12
Z90 = Decimal("1.6449")  # a 90 % interval of a normal distribution reaches so many standard deviations to either side

_CENT = Decimal("0.01")
_MILLIONTH, _BILLIONTH = Decimal("1e-6"), Decimal("1e-9")
_WIDE = Context(prec=90)

_SUFFIXES = {"": 1, "k": 10**3, "m": 10**6, "b": 10**9, "t": 10**12}
_WRITTEN = re.compile(
    r"""(?P<digits>[1-9]\d{0,2}(?:,\d{3})+ | \d+(?:_\d+)*)   # 1,000,000 or 1_000_000 or 1000000
        (?P<fraction>\.\d+)? (?:[eE]\+?(?P<exponent>\d{1,2}))?
        (?P<suffix>[kKmMbBtT]?)""",
    re.VERBOSE,
)


class Volume(NamedTuple):
    """A month's volume, or the 90 % interval in which it lies; all three are equal where it is known.

    Args:
        low: The lower end.
        value: Its central value: what was given, or the median of a lognormal.
        high: The upper end.
    """

    low: Fraction
    value: Fraction
    high: Fraction


_COMMA_NUMBER = r"(?<![\w.])\$?(\d[\d_.]*(?:,\d+(?:\.\d+)?)+ ?[kKmMbBtT]?)(?![\w.])"
_POINT_THOUSANDS = r"[1-9]\d{0,2}(\.\d{3})+,\d+"
THOUSANDS = r"[1-9]\d{0,2}(,\d{3})+(\.\d+)?"  # the only commas that can be nothing else


def comma_number(line: str, column: int) -> tuple[str, str] | None:
    """Find the number with commas that spans a column of a line, and how YAML has it; None where there is none.

    Args:
        line: The line.
        column: A column of it, from 0.

    Example:
        >>> [comma_number(line, 10) for line in ("{usd: 1200,50}", "{usd: $30,000}", "{usd: 5, 7: 3}")]
        [('1200,50', '1200.50'), ('$30,000', '30_000'), None]
        >>> [comma_number(line, 8) for line in ("{usd: 1,5M}", "{usd: 1.200,50}")]
        [('1,5M', '1.5M'), ('1.200,50', '1200.50')]
    """
    start = max(0, column - MAX_DIGITS)  # a line may be as long as a file
    for found in re.finditer(_COMMA_NUMBER, line[start : column + MAX_DIGITS]):
        if found.start() < column - start < found.end():
            text = found[1]
            if re.fullmatch(_POINT_THOUSANDS, text):
                return found[0], text.replace(".", "").replace(",", ".")
            meant = text.replace(",", "_" if re.fullmatch(THOUSANDS, text) or text.count(",") > 1 else ".")
            return found[0], meant
    return None


def parse_amount(text: str) -> Count:
    """Read a non-negative amount as people type it on a command line.

    Raises:
        ValueError: It is not such a number (``nan``, ``-1``, ``1X``), it is above 1e18, or neither 0 nor 1e-12 or more.

    Example:
        >>> [parse_amount(text) for text in ("1e6", "1M", "1_000_000", "1,000,000", "2.5B", "250k")]
        [1000000, 1000000, 1000000, 1000000, 2500000000, 250000]
    """
    match = _WRITTEN.fullmatch(text.strip())
    if match is None or (match["exponent"] and match["suffix"]):
        # a comma groups thousands; read as a decimal sign, 4,5 would differ from what 4,500 means
        point = text.strip().replace(",", ".")
        hint = f"; write {point}" if re.fullmatch(r"\d+\.\d+[kKmMbBtT]?", point) and "," in text else ""
        raise ValueError(f"expected an amount such as 1e6, 1M, 1_000_000 or 2.5B, found '{text}'{hint}")
    mantissa = Fraction(match["digits"].replace(",", "").replace("_", "") + (match["fraction"] or ""))
    amount = mantissa * 10 ** int(match["exponent"] or 0) * _SUFFIXES[match["suffix"].lower()]
    if amount > MAX_AMOUNT:
        raise ValueError(f"expected at most 1e18, found '{text}'")
    if 0 < amount < LEAST_AMOUNT or len(match["digits"]) + len(match["fraction"] or "") > MAX_DIGITS:
        raise ValueError(f"expected 0 or at least 1e-12, in at most {MAX_DIGITS} digits, found '{text}'")
    return whole(amount)


def two_readings(written: str) -> str | None:
    """Say what a number of things or of whole dollars may be whose point may part thousands; None where it is clear.

    Three digits follow the point, and the last is a zero: so nobody writes a fraction of a request or of a cent, and
    so half of Europe writes thousands. A rent by the hour does have such zeros: it is not to be asked.

    Example:
        >>> two_readings("250.000"), two_readings("1155.330"), two_readings("2.125")
        ('250.000 may be 250_000 or 250; write the one that is meant', None, None)
    """
    if not re.fullmatch(r"[1-9]\d{0,2}\.\d\d0", written):
        return None
    number = Decimal(written)
    return f"{written} may be {int(number * THOUSAND):_} or {number.normalize():f}; write the one that is meant"


def parse_day(text: str, *, shown: str = "") -> date:
    """Read a day such as 2026-11-22.

    Args:
        text: The day.
        shown: What a message says was found, if that is not the text in quotes.

    Raises:
        ValueError: It is no day, or none on which a price could hold.

    Example:
        >>> parse_day("2026-11-22")
        datetime.date(2026, 11, 22)
    """
    day = None
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        with suppress(ValueError):
            day = date.fromisoformat(text)
    if day is None:
        raise ValueError(f"expected a day such as 2026-11-22, found {shown or repr(text)}")
    if not FIRST_DAY <= day <= LAST_DAY:
        raise ValueError(f"expected a day from {FIRST_DAY} to {LAST_DAY}, found {text}")
    return day


def exact(number: Number) -> Count:
    """Take a number from a caller without rounding: 0.1 becomes 1/10, as it was written.

    Raises:
        ValueError: It is negative, or not finite.

    Example:
        >>> exact(0.1), exact(2.0)
        (Fraction(1, 10), 2)
    """
    if type(number) is int and number >= 0:
        return number
    if type(number) is Fraction and number.numerator >= 0:
        return whole(number)
    if isinstance(number, Decimal) and number.is_finite():
        return _exact_decimal(number)
    return _exact(number)


@lru_cache(maxsize=4096)
def _exact_decimal(number: Decimal) -> Count:
    """Keep what a Decimal is exactly: each draw and each piece of a curve asks for the same assumptions again."""
    if abs(number.adjusted()) > MAX_DIGITS:
        raise ValueError(f"expected a number of at most {MAX_DIGITS} digits, found {number}")
    return _exact(number)


def _exact(number: Number) -> Count:
    try:
        fraction = Fraction(str(number)) if isinstance(number, float) else Fraction(number)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"expected a finite number, found {number}") from error
    if fraction < 0:
        raise ValueError(f"expected a number that is not negative, found {number}")
    return whole(fraction)


def whole(number: Count) -> Count:
    """Give an integral fraction back as an int, which is faster and prints better."""
    return number.numerator if number.denominator == 1 else number


def times(one: Count, other: Count) -> Count:
    """Multiply exactly, as ``whole(Fraction(one) * other)`` would in three times the time.

    Example:
        >>> times(2_000, Fraction(1, 4)), times(1, Fraction(1, 4))
        (500, Fraction(1, 4))
    """
    if type(one) is type(other) is int:
        return one * other
    top, bottom = one.numerator * other.numerator, one.denominator * other.denominator
    return Fraction(top, bottom) if top % bottom else top // bottom


def decimal(number: Count) -> Decimal:
    """Turn an exact count into a Decimal; a fraction that does not end is cut at 28 digits.

    Example:
        >>> decimal(Fraction(1, 4))
        Decimal('0.25')
    """
    return Decimal(number) if isinstance(number, int) else Decimal(number.numerator) / Decimal(number.denominator)


def cost_of(amount: Count, *, usd: Decimal, per: int) -> Decimal:
    """Cost of an exact amount at a price per so many units [USD]; rounded once, at 28 digits, if at all.

    Example:
        >>> cost_of(Fraction(10**6, 3), usd=Decimal("0.30"), per=MTOK)
        Decimal('0.10')
    """
    return amount.numerator * usd / (amount.denominator * per)


def usd(amount: Decimal) -> str:
    """Write an amount of USD to the cent, and below one dollar to three significant digits.

    Example:
        >>> [usd(Decimal(amount)) for amount in ("1234567.891", "0.5", "0.0379055", "0.000001234", "0")]
        ['1,234,567.89', '0.50', '0.0379', '0.00000123', '0.00']
    """
    places = _CENT if amount == 0 or abs(amount) >= 1 else min(_CENT, Decimal(1).scaleb(amount.adjusted() - 2))
    return _to_the_cent(rounded(amount, places))


def full_usd(amount: Decimal | Fraction) -> str:
    """Write a price or a line in full, to the cent at least; with more than nine decimals it is rounded.

    It is rounded to six decimals, and below one dollar to nine, so that sums can still be checked.

    Example:
        >>> [full_usd(Decimal(amount)) for amount in ("0.5", "4.1250", "0.003625", "2E+3", "1234.1234567891")]
        ['0.50', '4.125', '0.003625', '2,000.00', '1,234.123457']
        >>> full_usd(Fraction(2, 3))
        '0.666666667'
    """
    exact = decimal(amount) if isinstance(amount, Fraction) else amount
    short = rounded(exact, _BILLIONTH)
    if short != exact and abs(exact) >= 1:
        short = rounded(exact, _MILLIONTH)
    return _to_the_cent(short)


def rounded(number: Decimal, places: Decimal, *, rounding: str = ROUND_HALF_UP) -> Decimal:
    """Round half up, as bills do; a number that is too long for it stays as it is, so that nothing ever raises.

    `Decimal.quantize` and `round` raise beyond 28 digits: all rounding of an amount is done here.

    Example:
        >>> rounded(Decimal("0.125"), Decimal("0.01")), rounded(Decimal("1e99"), Decimal("0.01"))
        (Decimal('0.13'), Decimal('1E+99'))
    """
    if not number.is_finite() or number.adjusted() - places.adjusted() >= _WIDE.prec - 1:
        return number
    return number.quantize(places, rounding, _WIDE)


_AnyNumber = TypeVar("_AnyNumber", float, Decimal, Fraction)


def short(number: _AnyNumber, digits: int) -> _AnyNumber:
    """Cut a number to so many decimals for a document, half to even.

    Example:
        >>> short(Decimal("2.345678"), 3), short(Decimal("123456789012345678901234.5"), 6), short(2.5678, 2)
        (Decimal('2.346'), Decimal('123456789012345678901234.500000'), 2.57)
    """
    if isinstance(number, Decimal):
        return rounded(number, Decimal(1).scaleb(-digits), rounding=ROUND_HALF_EVEN)
    return round(number, digits)


def _to_the_cent(amount: Decimal) -> str:
    dollars, _, decimals = f"{amount:,f}".partition(".")
    return f"{dollars}.{decimals.rstrip('0').ljust(2, '0')}"


def how_many(number: int, noun: str) -> str:
    """Write a count with its noun, in the plural unless it is one.

    Example:
        >>> how_many(0, "option"), how_many(1, "option"), how_many(1_200, "option")
        ('0 options', '1 option', '1,200 options')
    """
    return f"{number:,} {plural(number, noun)}"


def plural(number: int | Decimal | Fraction, noun: str) -> str:
    """Give a noun in the plural unless there is one of it.

    Example:
        >>> plural(1, "GPU"), plural(2, "GPU")
        ('GPU', 'GPUs')
    """
    return noun if number == 1 else f"{noun}s"
