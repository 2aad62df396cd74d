"""The flags that commands share, each with its check and its message."""

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Literal, TypeVar

import typer

from costcalc.units import Volume, parse_amount

Format = Literal["text", "json", "jsonl", "csv", "markdown", "github", "gitlab", "junit", "sarif"]

FOR_MACHINES: tuple[Format, ...] = ("json", "github", "gitlab", "junit", "sarif")  # they carry what went wrong

WORKLOAD_PANEL = "What is to be served"
OPTIONS_PANEL = "Which ways of serving"
PRICES_PANEL = "Which prices"
OUTPUT_PANEL = "Output"


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


def request_size(text: str) -> tuple[Fraction, Fraction]:
    """Read a request's size such as 1000:300, tokens in and tokens out."""
    parts = re.fullmatch(r"([^:]+):([^:]+)", text.strip())
    try:
        tokens = [Fraction(parse_amount(part)) for part in parts.groups()] if parts else []
    except ValueError as error:
        raise typer.BadParameter(f"expected IN:OUT such as 1000:300, found '{text}': {error}") from None
    if len(tokens) != 2 or tokens[1] < 1:  # noqa: PLR2004  # in and out
        raise typer.BadParameter(f"expected IN:OUT tokens such as 1000:300, at least 1 out, found '{text}'")
    return tokens[0], tokens[1]


def volume(text: str) -> Volume:
    """Read an amount above 0 such as 500M, or a range such as 100M to 2B."""
    if " to " not in text:
        number = positive(text)
        return Volume(number, number, number)
    from costcalc.catalog.forms.scalars import Interval

    try:
        interval = Interval.parse(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    return Volume(Fraction(interval.low), Fraction(interval), Fraction(interval.high))


def amount_or_range(text: str) -> Decimal:
    """Read an amount above 0 such as 500M, or a range such as 100M to 2B."""
    return _or_range(text, positive)


def share_or_range(text: str) -> Decimal:
    """Read a share such as 0.25 or 25%, or a range such as 20% to 60%."""
    return _or_range(text, share)


def factor_or_range(text: str) -> Decimal:
    """Read a factor of at least 1 such as 3, or a range such as 1.5 to 4."""
    return _or_range(text, _at_least_one)


def _at_least_one(text: str) -> Fraction:
    number = amount(text)
    if number < 1:
        raise typer.BadParameter(f"a peak is at least the mean: expected 1 or more, found {text}")
    return number


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


AsOf = Annotated[
    date | None,
    typer.Option(
        parser=day,
        metavar="DAY",
        envvar="COSTCALC_AS_OF",
        help="Take the prices in force on this day (default: today, UTC).",
        rich_help_panel=PRICES_PANEL,
    ),
]
MaxAge = Annotated[
    int,
    typer.Option(
        "--max-age",
        parser=age,
        metavar="90d|12w",
        help="How long ago a figure may have been checked.",
        rich_help_panel=PRICES_PANEL,
    ),
]
CatalogPath = Annotated[
    str | None,
    typer.Option(
        "--catalog",
        parser=filled,
        metavar="PATH",
        help="Lay this YAML file or directory over the catalog, above costcalc.yaml and $COSTCALC_CATALOG.",
        rich_help_panel=PRICES_PANEL,
    ),
]
OptionIds = Annotated[
    str | None,
    typer.Option(
        "--options",
        metavar="ID,ID,…",
        help="Only these options; a model's name (openai/gpt-5.4) is an option too.",
        rich_help_panel=OPTIONS_PANEL,
    ),
]
WholeBill = Annotated[
    bool,
    typer.Option(
        "--whole-bill",
        help="Price self-hosting with people, engineering and upkeep, not the machines alone.",
        rich_help_panel=OPTIONS_PANEL,
    ),
]
Chart = Annotated[bool, typer.Option("--chart", help="Draw it as well.", rich_help_panel=OUTPUT_PANEL)]
OutputFormat = Annotated[
    Format, typer.Option("--format", help="The format on standard output.", rich_help_panel=OUTPUT_PANEL)
]
OutputFiles = Annotated[
    list[str] | None,
    typer.Option(
        "--output",
        metavar="[FORMAT=]FILE",
        help="Also write the result to a file, by default in the format of its ending; as often as wanted.",
        rich_help_panel=OUTPUT_PANEL,
    ),
]
Strict = Annotated[
    bool,
    typer.Option(
        "--strict", help="Stale prices (unchecked for 180 days) end with exit status 3.", rich_help_panel=PRICES_PANEL
    ),
]
NoColor = Annotated[
    bool, typer.Option("--no-color", help="No colour, as with NO_COLOR=1.", rich_help_panel=OUTPUT_PANEL)
]
