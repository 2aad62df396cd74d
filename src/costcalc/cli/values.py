"""Reading the values of flags, each with its check and its message."""

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TypeVar

import typer

from costcalc.units import parse_amount


def filled(text: str) -> str:
    """Read a name or path; an empty one is an unset variable of a script, not a wish."""
    if not text.strip():
        raise typer.BadParameter("expected a name, found an empty text")
    return text


def amount(text: str) -> Fraction:
    """Read a token count such as 1e6, 1M or 1_000_000."""
    try:
        return Fraction(parse_amount(text))
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


def positive(text: str) -> Fraction:
    """Read a token count above 0."""
    number = amount(text)
    if number == 0:
        raise typer.BadParameter("expected an amount above 0, found 0")
    return number


def share(text: str) -> Fraction:
    """Read a share such as 0.25 or 25%."""
    match = re.fullmatch(r"(\d{1,20}(?:\.\d{1,20})?|\.\d{1,20}) ?(%?)", text.strip())
    number = Fraction(match[1]) / (100 if match[2] else 1) if match else Fraction(-1)
    if not 0 <= number <= 1:
        raise typer.BadParameter(f"expected a share from 0 to 1 such as 0.25 or 25%, found '{text}'")
    return number


def yearly(text: str) -> Decimal:
    """Read a change per year such as 50%, -0.2 or 0; above -100 %."""
    match = re.fullmatch(r"([-+]?(?:\d{1,9}(?:\.\d{1,12})?|\.\d{1,12})) ?(%?)", text.strip())
    number = Decimal(match[1]) / (100 if match[2] else 1) if match else Decimal(-1)
    if number <= -1:
        raise typer.BadParameter(f"expected a change per year such as 50% or -0.2, above -100%, found '{text}'")
    return number


def decline(text: str) -> Decimal:
    """Read a fall per year such as 5%: from 0 to less than 100 %."""
    number = yearly(text)
    if not 0 <= number < 1:
        raise typer.BadParameter(f"expected a fall per year from 0 to less than 100%, found '{text}'")
    return number


def day(text: str) -> date:
    """Read a day such as 2026-11-22."""
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        with suppress(ValueError):
            return date.fromisoformat(text)
    raise typer.BadParameter(f"expected a day such as 2026-11-22, found '{text}'")


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


def at_least_one(text: str) -> Fraction:
    """Read a factor of at least 1."""
    number = amount(text)
    if number < 1:
        raise typer.BadParameter(f"expected 1 or more, found {text}")
    return number


def _peak(text: str) -> Fraction:
    number = amount(text)
    if number < 1:
        raise typer.BadParameter(f"a peak is at least the mean: expected 1 or more, found {text}")
    return number


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


def named_options(text: str | None) -> list[str] | None:
    """Take ``--options ID,ID,…`` apart; None where it was not given."""
    if text is None:
        return None
    named = [one.strip() for one in text.split(",") if one.strip()]
    if not named:
        raise typer.BadParameter("names no option", param_hint="'--options'")
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
    if tokens_out < 1:
        raise typer.BadParameter(f"expected at least 1 token out, found '{text}'")
    share_of_all = _or_range(parts[2], share) if len(parts) == 3 else None  # noqa: PLR2004  # with its share
    if share_of_all is not None and hasattr(share_of_all, "low"):
        raise typer.BadParameter(f"the shares of several shapes are no ranges, found '{text}'")
    return tokens_in, tokens_out, share_of_all
