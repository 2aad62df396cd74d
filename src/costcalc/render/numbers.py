"""Numbers for people."""

from decimal import Decimal
from fractions import Fraction

from costcalc.units import MTOK, Count, decimal, rounded

_MILLIONTH = Decimal("0.000001")


def times(ratio: Decimal | None) -> str:
    """Write a multiple to three significant digits.

    Example:
        >>> [times(Decimal(ratio)) for ratio in ("1", "4.38", "28", "77.777", "12345.6")]
        ['1×', '4.38×', '28×', '77.8×', '12,346×']
    """
    if ratio is None:
        return "–"
    places = Decimal(1) if ratio.adjusted() > 1 else Decimal(1).scaleb(ratio.adjusted() - 2)
    return f"{_plain(rounded(ratio, places))}×"


def percent(share: Decimal) -> str:
    """Write a share as a percentage with one decimal.

    Example:
        >>> percent(Decimal("0.9642857"))
        '96.4 %'
    """
    return f"{rounded((share * 100), Decimal('0.1'))} %"


def change(after: Decimal, before: Decimal) -> str:
    """Write the change of a cost against today's, in whole per cent.

    Example:
        >>> change(Decimal(75), Decimal(100)), change(Decimal(100), Decimal(100)), change(Decimal(5), Decimal(0))
        ('−25 %', '±0 %', 'today is free')
    """
    if not before:
        return "today is free"
    share = round((after / before - 1) * 100)
    return f"{share:+d} %".replace("-", "−") if share else "±0 %"


def count(number: Count) -> str:
    """Write a count with thousands separators; a fraction to one decimal, which says nothing of a million.

    Example:
        >>> count(1_000_000), count(Fraction(10000, 3)), count(Fraction(10_000_000, 3))
        ('1,000,000', '3,333.3', '3,333,333')
    """
    if isinstance(number, Fraction) and number < 1:
        return f"{float(number):.3g}"
    if isinstance(number, Fraction) and number >= MTOK:
        return f"{round(number):,}"
    if isinstance(number, Fraction):
        return f"{rounded(decimal(number), Decimal('0.1')):,f}"
    return f"{number:,}"


def significant(number: Decimal, digits: int = 5) -> str:
    """Write a number to so many significant digits; whole thousands stay whole.

    Example:
        >>> [significant(Decimal(number)) for number in ("2770.8333", "12345678.9", "0.000123456", "3000", "0")]
        ['2,770.8', '12,345,679', '0.00012346', '3,000', '0']
    """
    if not number:
        return "0"
    return _plain(rounded(number, Decimal(1).scaleb(min(0, number.adjusted() - digits + 1))))


_SUFFIXES = ((10**12, "T"), (10**9, "B"), (10**6, "M"), (10**3, "k"))


def compact(number: Decimal) -> str:
    """Write a number to three significant digits, a large one with the suffix that the command line takes.

    Example:
        >>> [compact(Decimal(number)) for number in ("5000000000", "12345", "8400", "0.55", "-0.1", "0")]
        ['5B', '12.3k', '8,400', '0.55', '-0.1', '0']
    """
    size, suffix = next(((size, suffix) for size, suffix in _SUFFIXES if abs(number) >= max(size, 10**4)), (1, ""))
    scaled = number / size
    return f"{significant(rounded(scaled, Decimal(1).scaleb(scaled.adjusted() - 2)))}{suffix}"


def to_error(number: Decimal, error: Decimal) -> Decimal:
    """Round a number to the place of the first digit of its standard error; without an error it stays.

    Example:
        >>> [str(to_error(Decimal(number), Decimal(error)))
        ...  for number, error in (("0.7678", "0.0042"), ("19402.1", "203"), ("12.00", "0"))]
        ['0.768', '1.94E+4', '12.00']
    """
    return rounded(number, Decimal(1).scaleb(error.adjusted())) if error else number


def quantity(number: Decimal) -> str:
    """Write a quantity to six decimals, without zeros that say nothing.

    Example:
        >>> quantity(Decimal("1234.500000")), quantity(Decimal(1) / 3)
        ('1,234.5', '0.333333')
    """
    return _plain(rounded(number, _MILLIONTH) if _decimals(number) > _decimals(_MILLIONTH) else number)


def _decimals(number: Decimal) -> int:
    exponent = number.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _plain(number: Decimal) -> str:
    text = f"{number:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
