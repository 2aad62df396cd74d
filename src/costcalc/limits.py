"""The forms of budgets: what may be spent, on what, how strictly."""

import re
from collections.abc import Collection
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, Literal, NamedTuple, Self

from costcalc.catalog.forms.entry import NOT_EMPTY, Checked, Entry, JsonSchema, form_check
from costcalc.catalog.forms.scalars import MAX_USD, Items, Text, Usd, found
from costcalc.units import decimal, full_usd, parse_amount

Severity = Literal["warn", "deny"]
Percentile = Literal["p50", "p75", "p90", "p95"]
Measure = Literal["monthly_usd", "usd_per_mtok", "usd_per_request"]
MEASURES: tuple[Measure, ...] = ("monthly_usd", "usd_per_mtok", "usd_per_request")


class Increase(NamedTuple):
    """How much more than on the baseline may be spent: USD a month, or a share of it.

    Args:
        usd: The increase [USD/month], or None where it is a share.
        share: The share, 0.05 for 5 %, or None where it is an amount.
    """

    usd: Decimal | None
    share: Decimal | None

    def over(self, base: Fraction) -> Fraction:
        """Give how much more than a base it allows [USD]."""
        return Fraction(self.usd) if self.usd is not None else base * Fraction(self.share or 0)

    def __str__(self) -> str:
        """Write it with its unit: ``$500.00`` or ``5 %``."""
        return f"${full_usd(self.usd)}" if self.usd is not None else f"{float((self.share or 0) * 100):g} %"


INCREASE_FORMS = "a share such as 5%, or USD a month such as $500 or USD 500"
_INCREASE = re.compile(r"(?P<share>\S+) ?%|(?:\$|USD) ?(?P<usd>\S+)")


def increase_of(value: object) -> Increase:
    """Read how much more may be spent; a number alone could be either, and only 0 is the same as both.

    Raises:
        ValueError: It is neither a share nor an amount, or does not say which.

    Example:
        >>> [str(part) for part in increase_of("5%")], [str(part) for part in increase_of("$500")]
        (['None', '0.05'], ['500', 'None'])
    """
    if isinstance(value, Increase):
        return value
    if value == "0" or (isinstance(value, int | Decimal) and not isinstance(value, bool) and not value):
        return Increase(Decimal(0), None)
    match = _INCREASE.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        raise ValueError(f"expected {INCREASE_FORMS}, found {found(value)}{_without_sign(value)}")
    number = decimal(parse_amount(match["share"] or match["usd"]))
    if match["share"]:
        return Increase(None, number / 100)
    if number > MAX_USD:
        raise ValueError(f"expected an amount of money of at most ${MAX_USD:,}, found {value}")
    return Increase(number, None)


def _without_sign(value: object) -> str:
    """Say what is missing from a number alone."""
    if isinstance(value, bool) or not re.fullmatch(r"\d+(\.\d+)?", str(value)):
        return ""
    if str(value).startswith("00"):  # what a shell leaves of an unquoted $500
        return ": quote '$500', or write USD500"
    number = Decimal(str(value))
    return f": write {(number * 100).normalize() if number < 1 else number:f}% or USD{value}"


IncreaseField = Annotated[
    Increase,
    Checked(increase_of),
    JsonSchema(
        {
            "anyOf": [
                {"const": 0},
                {"type": "string", "pattern": r"^\S+ ?%$"},
                {"type": "string", "pattern": r"^(\$|USD) ?\S+$"},
            ]
        }
    ),
]


class Levels(Entry):
    """Two levels of one limit [USD].

    Args:
        warn: Above it is a warning.
        deny: Above it the budget is broken.
    """

    warn: Usd | None = None
    deny: Usd | None = None

    @form_check
    def _is_ordered(self) -> Self:
        if self.warn is None and self.deny is None:
            raise ValueError("expected warn, deny or both")
        if self.warn is not None and self.deny is not None and self.warn > self.deny:
            raise ValueError(f"warn comes before deny, found {self.warn} above {self.deny}")
        return self


def _levels(value: object) -> object:
    """Let a single number be the level that breaks the budget."""
    if isinstance(value, dict | Levels):
        return value
    return {"deny": value}


def _limit_schema() -> dict[str, Any]:
    amount = {"type": "number", "minimum": 0, "maximum": MAX_USD}
    levels = {
        "type": "object",
        "properties": {"warn": amount, "deny": amount},
        "additionalProperties": False,
        "minProperties": 1,
    }
    return {"anyOf": [amount, levels]}


def _as_levels(value: object) -> Levels:
    from pydantic import ValidationError

    try:
        return Levels.model_validate(_levels(value))
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        if problem["type"] == "extra_forbidden":
            raise ValueError(f"unknown key '{problem['loc'][-1]}'; expected warn or deny") from None
        raise ValueError(str(problem.get("ctx", {}).get("error", problem["msg"]))) from None


Limit = Annotated[Levels, Checked(_as_levels), JsonSchema(_limit_schema())]


class BudgetEntry(Entry):
    """What may be spent, on everything or on a part of it.

    Args:
        workloads: Only these workloads.
        option: Only workloads that use this option.
        tag: Only workloads with this tag.
        monthly_usd: The limit on what they cost together [USD/month].
        usd_per_mtok: The limit on that per million output tokens [USD/Mtok].
        usd_per_request: The limit on that per request [USD/request].
        max_increase: How much more than on the baseline they may cost together.
        at: At which percentile ranges are judged, each range at its own: p95 is the end that costs more.
        severity: ``warn`` makes a breach a warning.
        note: What else is to be known.
    """

    workloads: Annotated[tuple[Text, ...], NOT_EMPTY, Items] | None = None
    option: Text | None = None
    tag: Text | None = None
    monthly_usd: Limit | None = None
    usd_per_mtok: Limit | None = None
    usd_per_request: Limit | None = None
    max_increase: IncreaseField | None = None
    at: Percentile = "p95"
    severity: Severity = "deny"
    note: Text | None = None

    @form_check
    def _limits_something(self) -> Self:
        if not self.limits and self.max_increase is None:
            raise ValueError(f"a budget limits something: give {', '.join(MEASURES)} or max_increase")
        return self

    def takes(self, workload: str, option: str | None, tags: Collection[str]) -> bool:
        """Say whether a workload with an option and tags is in all of its scopes."""
        return (
            (self.workloads is None or workload in self.workloads)
            and (self.option is None or self.option == option)
            and (self.tag is None or self.tag in tags)
        )

    @property
    def limits(self) -> dict[Measure, Levels]:
        """The limits by what they are about."""
        every: dict[Measure, Levels | None] = {
            "monthly_usd": self.monthly_usd,
            "usd_per_mtok": self.usd_per_mtok,
            "usd_per_request": self.usd_per_request,
        }
        return {measure: levels for measure, levels in every.items() if levels is not None}
