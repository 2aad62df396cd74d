"""Reading the values of flags, each with its check and its message."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple, TypeVar

import typer

from costcalc.units import MAX_AMOUNT, parse_amount, parse_day, two_readings

ADAPTER_RANK = 16  # of LoRA adapters where none is said: vllm/config/lora.py: max_lora_rank


def filled(text: str) -> str:
    """Read a name or path; an empty one is an unset variable of a script, not a wish."""
    if not text.strip():
        raise typer.BadParameter("expected a name, found an empty text")
    return text


def number(text: str) -> Fraction:
    """Read a number such as 1e6, 1M or 2.490: a price of one unit, a factor, a time."""
    try:
        return Fraction(parse_amount(text))
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


def amount(text: str) -> Fraction:
    """Read a count such as 1e6, 1M or 1_000_000, or whole dollars; 250.000 may be either of two."""
    if asked := two_readings(text.strip()):
        raise typer.BadParameter(asked)
    return number(text)


def positive(text: str) -> Fraction:
    """Read a count above 0."""
    return _not_nothing(amount(text))


def above_zero(text: str) -> Fraction:
    """Read a number above 0 that is no count: a time, a size, a factor."""
    return _not_nothing(number(text))


def _not_nothing(found: Fraction) -> Fraction:
    if found == 0:
        raise typer.BadParameter("expected an amount above 0, found 0")
    return found


class _Bounds(NamedTuple):
    """What a number of some kind may be, and what to expect of it in words."""

    least: Fraction
    most: Fraction
    words: str
    most_words: str = ""

    def check(self, number: Fraction | Decimal | None, text: str) -> None:
        if number is not None and self.least <= number <= self.most:
            return
        is_above = number is not None and number > self.most
        raise typer.BadParameter(f"{(is_above and self.most_words) or self.words}, found '{text}'")


# one table for every flag, its number alone and each end of a range: beyond these no answer would mean anything
_SHARE = _Bounds(Fraction(0), Fraction(1), "expected a share from 0 to 1 such as 0.25 or 25%")
_YEARLY = _Bounds(
    Fraction(-99, 100), Fraction(99), "expected a change per year such as 50% or -0.2, from -99% to 9900%"
)
_DECLINE = _Bounds(
    Fraction(-1), Fraction(99, 100), "expected a fall per year such as 5%, or -5% for a rise, from -100% to 99%"
)
_TIMES = _Bounds(Fraction(1, 100), Fraction(10_000), "expected a factor per year from 0.01 to 10,000")
_COUNT = _Bounds(Fraction(1), Fraction(MAX_AMOUNT), "expected 1 or more")
_FACTOR = _Bounds(Fraction(1), Fraction(10**6), "expected 1 or more", "expected at most 1,000,000")
_PEAK = _FACTOR._replace(words="a peak is at least the mean: expected 1 or more")
_PRICE = _Bounds(Fraction(0), Fraction(10**9), "expected a price of at most 1e9 USD")
_USD = _Bounds(Fraction(0), Fraction(10**15), "expected at most 1e15 USD")


_CODE = re.compile(r"[A-Z]{3}\b|\b[A-Z]{3}$|[€£¥]")


def _within(bounds: _Bounds, found: Fraction, text: str) -> Fraction:
    bounds.check(found, text)
    return found


def _in_usd(text: str) -> str:
    """Take USD from before an amount of money; another currency stands in a file, where its rate has a day."""
    bare = text.removeprefix("USD ")
    if _CODE.search(bare):
        raise typer.BadParameter(
            f"a flag takes USD; another currency stands in a costcalc.yaml: EUR 500, found '{text}'"
        )
    return bare


def usd(text: str) -> Fraction:
    """Read an amount of US dollars, 0 too."""
    return _within(_USD, amount(_in_usd(text)), text)


def price(text: str) -> Fraction:
    """Read a price of one unit, above 0 [USD]."""
    return _within(_PRICE, above_zero(_in_usd(text)), text)


def share(text: str) -> Fraction:
    """Read a share such as 0.25 or 25%."""
    match = re.fullmatch(r"(\d{1,20}(?:\.\d{1,20})?|\.\d{1,20}) ?(%?)", text.strip())
    found = Fraction(match[1]) / (100 if match[2] else 1) if match else Fraction(-1)
    return _within(_SHARE, found, text)


_NO_NUMBER = Decimal(-(10**9))  # outside the bounds of every rate


def yearly(text: str) -> Decimal:
    """Read a change per year such as 50%, -0.2 or 0."""
    return _rate(text, _YEARLY)


def decline(text: str) -> Decimal:
    """Read a fall per year such as 5%; a rise is below 0."""
    return _rate(text, _DECLINE)


def _rate(text: str, bounds: _Bounds) -> Decimal:
    """Read a change per year; from 1 on a number alone may be a share or a percentage, so that it needs its sign."""
    match = re.fullmatch(r"([-+]?(?:\d{1,9}(?:\.\d{1,12})?|\.\d{1,12})) ?(%?)", text.strip())
    number = Decimal(match[1]) / (100 if match[2] else 1) if match else _NO_NUMBER
    if match and not match[2] and abs(number) >= 1:
        shares = {f"{match[1]}%": number / 100, f"{(number * 100).normalize():f}%": number}
        meant = [f"'{written}'" for written, share in shares.items() if bounds.least <= share <= bounds.most]
        if meant:
            raise typer.BadParameter(
                f"a change of 100 % or more needs its %: write {' or '.join(meant)}; found '{text}'"
            )
    bounds.check(number, text)
    return number


def times_a_year(text: str) -> Fraction:
    """Read how many times cheaper something is after a year."""
    return _within(_TIMES, number(text), text)


def day(text: str) -> date:
    """Read a day such as 2026-11-22."""
    try:
        return parse_day(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


_Choice = TypeVar("_Choice", bound=str)


def one_of(text: str, known: tuple[_Choice, ...], flag: str) -> _Choice:
    """Check a choice that a form names, so that typer need not import the form to show its help."""
    for choice in known:
        if choice == text.lower():
            return choice
    from costcalc.findings import did_you_mean

    hint = did_you_mean(text, known)
    message = f"expected one of {', '.join(known)}, found '{text}'{f'; {hint}' if hint else ''}"
    raise typer.BadParameter(message, param_hint=f"'{flag}'")


def amount_or_range(text: str) -> Decimal:
    """Read an amount above 0 such as 500M, or a range such as 100M to 2B."""
    return _or_range(text, positive)


def share_or_range(text: str) -> Decimal:
    """Read a share such as 0.25 or 25%, or a range such as 20% to 60%."""
    return _or_range(text, share)


def peak_or_range(text: str) -> Decimal:
    """Read the peak's factor over the mean, at least 1, such as 3, or a range such as 1.5 to 4."""
    return _or_range(text, _peak)


def price_or_range(text: str) -> Decimal:
    """Read a price above 0 such as 0.34, or a range such as 0.30 to 0.50 [USD]."""
    return _or_range(text, price)


def usd_or_range(text: str) -> Decimal:
    """Read an amount of US dollars, 0 too, such as 5, or a range such as 5 to 20."""
    return _or_range(text, usd)


def at_least_one(text: str) -> Fraction:
    """Read a number of things, at least 1."""
    return _within(_COUNT, amount(text), text)


def factor(text: str) -> Fraction:
    """Read a factor of at least 1."""
    return _within(_FACTOR, number(text), text)


def _peak(text: str) -> Fraction:
    return _within(_PEAK, number(text), text)


def count_or_range(text: str) -> Decimal:
    """Read a number of people or turns, at least 1, such as 50, or a range such as 10 to 40."""
    return _or_range(text, at_least_one)


def _or_range(text: str, read: Callable[[str], Fraction]) -> Decimal:
    """Read a number, or both ends of a range; a range is lognormal, so it begins above 0."""
    from costcalc.units import decimal, whole

    low, to, high = text.partition(" to ")
    if not to:
        return decimal(whole(read(text)))
    from costcalc.catalog.forms.scalars import Interval

    try:
        return Interval.of(*(decimal(whole(read(end))) for end in (low, high)))
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


def age(text: str) -> int:
    """Read a duration such as 90d or 12w [days]."""
    match = re.fullmatch(r"(\d{1,5}) ?([dw])", text.strip())
    days = int(match[1]) * (7 if match[2] == "w" else 1) if match else 0
    if not 1 <= days <= 36_500:  # noqa: PLR2004  # a hundred years
        raise typer.BadParameter(f"expected days or weeks such as 90d or 12w, at least 1d, found '{text}'")
    return days


def named_options(text: str | None, flag: str = "--options") -> list[str] | None:
    """Take ``--options ID,ID,…`` apart; None where it was not given."""
    if text is None:
        return None
    named = [one.strip() for one in text.split(",") if one.strip()]
    if not named:
        raise typer.BadParameter("names no option", param_hint=f"'{flag}'")
    return named


def zero_or_more(text: str) -> Decimal:
    """Read an amount such as 4M, 0 included, or a range such as 1M to 8M."""
    return _or_range(text, amount)


def size(text: str) -> tuple[Decimal, Decimal, Decimal | None]:
    """Read a request's size such as 1000:300, tokens in and out, with its share of the requests: 1000:300:80%."""
    parts = text.split(":")
    if len(parts) not in {2, 3}:
        message = "expected IN:OUT tokens such as 1000:300, or IN:OUT:SHARE such as 1000:300:80%"
        raise typer.BadParameter(f"{message}, found '{text}'")
    tokens_in, tokens_out = zero_or_more(parts[0]), zero_or_more(parts[1])
    if 0 < tokens_out < 1:
        raise typer.BadParameter(f"expected no token out, or at least 1, found '{text}'")
    share_of_all = _or_range(parts[2], share) if len(parts) == 3 else None  # noqa: PLR2004  # with its share
    if share_of_all is not None and hasattr(share_of_all, "low"):
        raise typer.BadParameter(f"the shares of several shapes are no ranges, found '{text}'")
    return tokens_in, tokens_out, share_of_all


def mean_size(text: str) -> tuple[Decimal, Decimal]:
    """Read the mean size of requests that were measured, such as 1000:300: tokens in and out, above 0, no range."""
    tokens_in, tokens_out, share_of_all = size(text)
    is_range = any(hasattr(tokens, "low") for tokens in (tokens_in, tokens_out))
    if share_of_all is not None or is_range or not tokens_in or not tokens_out:
        raise typer.BadParameter(f"expected IN:OUT tokens above 0 such as 1000:300, found '{text}'")
    return tokens_in, tokens_out


def per_request(text: str) -> tuple[str, Decimal]:
    """Read what one request uses beside its text, such as input_seconds=60; the amount may be a range."""
    from costcalc.catalog.forms.requests import PARTS
    from costcalc.findings import did_you_mean

    name, equals, number = text.partition("=")
    name = name.strip().replace("-", "_")
    if not equals or not number.strip():
        raise typer.BadParameter(f"expected NAME=AMOUNT such as input_seconds=60, found '{text}'")
    if name not in PARTS:
        hint = did_you_mean(name, PARTS) or f"expected one of: {', '.join(PARTS)}"
        raise typer.BadParameter(f"unknown count '{name}'; {hint}")
    return name, zero_or_more(number.strip())
