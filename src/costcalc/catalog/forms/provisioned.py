"""The forms of provisioned capacity: units of a model's throughput that are paid for by the time, used or not."""

from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from costcalc.catalog.forms.entry import NOT_EMPTY, Checked, Entry, JsonSchema, form_check
from costcalc.catalog.forms.scalars import (
    Amount,
    Day,
    Factor,
    Text,
    UncertainFactor,
    UncertainPositiveUnitUsd,
    Whole,
)
from costcalc.catalog.forms.schema import Source
from costcalc.units import HOURS_PER_MONTH, how_many
from costcalc.workload import OUTPUT_METERS, PROMPT_METERS, TokenMeter

# hours that one price pays for: a year is 8,760 hours and a month the twelfth of it
HOURS_OF = {
    "usd_per_hour": 1,
    "usd_per_day": 24,
    "usd_per_week": 168,
    "usd_per_month": HOURS_PER_MONTH,
    "usd_per_year": 12 * HOURS_PER_MONTH,
}
SizeFor = Literal["mean", "peak"]

_APART = ("input_tokens_per_minute", "output_tokens_per_minute")
_CAPACITIES = ("tokens_per_minute", "tokens_per_second", *_APART)


def _overflow(value: object) -> object:
    if isinstance(value, bool) or (isinstance(value, str) and value.strip()):
        return value
    raise ValueError(f"expected true, or the name of an option over an API, found {value!r}")


_WEIGHT: dict[str, Any] = {"type": "number", "minimum": 0}
Weights = Annotated[
    dict[TokenMeter, Amount],
    NOT_EMPTY,
    JsonSchema(
        {
            "type": "object",
            "properties": dict.fromkeys((*PROMPT_METERS, *OUTPUT_METERS), _WEIGHT),
            "additionalProperties": False,
            "minProperties": 1,
        }
    ),
]
Overflow = Annotated[
    bool | str, Checked(_overflow), JsonSchema({"anyOf": [{"type": "boolean"}, {"type": "string", "pattern": r"\S"}]})
]


class CapacityUnit(Entry):
    """One unit of capacity that is sold: what it costs, what it carries, and in which numbers it is sold.

    Args:
        usd_per_hour: The price of one unit; exactly one of the five [USD/hour].
        usd_per_day: The same [USD/day].
        usd_per_week: The same [USD/week].
        usd_per_month: The same [USD/month].
        usd_per_year: The same [USD/year].
        tokens_per_minute: What one unit carries, in tokens of weight 1 [tokens/minute].
        tokens_per_second: The same [tokens/s].
        input_tokens_per_minute: What it carries of prompts, where outputs are limited apart [tokens/minute].
        output_tokens_per_minute: What it carries of outputs, likewise [tokens/minute].
        weights: How much of that capacity one token takes, by meter: 4 for output that counts four times, 0 for what
            is free. Cached input without a weight counts as input, reasoning as output; a meter that no unit weighs
            cannot be served.
        least: The fewest units that are sold.
        step: By how many units more is sold.
        count: The number that is bought, in place of one that is sized for the requests.
    """

    usd_per_hour: UncertainPositiveUnitUsd | None = None
    usd_per_day: UncertainPositiveUnitUsd | None = None
    usd_per_week: UncertainPositiveUnitUsd | None = None
    usd_per_month: UncertainPositiveUnitUsd | None = None
    usd_per_year: UncertainPositiveUnitUsd | None = None
    tokens_per_minute: UncertainFactor | None = None
    tokens_per_second: UncertainFactor | None = None
    input_tokens_per_minute: UncertainFactor | None = None
    output_tokens_per_minute: UncertainFactor | None = None
    weights: Weights | None = None
    least: Whole = 1
    step: Whole = 1
    count: Whole | None = None

    @property
    def price_key(self) -> str:
        """Which of the prices is given."""
        return next(key for key in HOURS_OF if getattr(self, key) is not None)

    @property
    def usd(self) -> Decimal:
        """What one unit costs for the hours that its price pays for [USD]."""
        return Decimal(getattr(self, self.price_key))

    @property
    def hours(self) -> int:
        """Hours that one price pays for."""
        return HOURS_OF[self.price_key]

    @form_check
    def _is_complete(self) -> Self:
        prices = [key for key in HOURS_OF if getattr(self, key) is not None]
        if len(prices) != 1:
            raise ValueError(f"give one price, {' or '.join(HOURS_OF)}; found {_listed(prices)}")
        self._check_capacity()
        if self.count is not None and (self.count < self.least or (self.count - self.least) % self.step):
            numbers = ", ".join(str(self.least + step * self.step) for step in range(3))
            raise ValueError(f"{how_many(self.count, 'unit')} cannot be bought: the numbers are {numbers} and so on")
        return self

    def _check_capacity(self) -> None:
        given = [key for key in _CAPACITIES if getattr(self, key) is not None]
        if len(given) != 1 and given != list(_APART):
            raise ValueError(
                "give what one unit carries, once: tokens_per_minute, or tokens_per_second, or input_tokens_per_minute"
                f" and output_tokens_per_minute; found {_listed(given)}"
            )
        if self.weights is None and given[0] not in _APART:
            raise ValueError(f"{given[0]} needs weights, such as {{input: 1, output: 4}}: what a token takes of it")
        sides = {"input_tokens_per_minute": PROMPT_METERS, "output_tokens_per_minute": OUTPUT_METERS}
        limited = [meter for key in given for meter in sides.get(key, (*PROMPT_METERS, *OUTPUT_METERS))]
        stray = next((meter for meter in self.weights or {} if meter not in limited), None)
        if stray is not None:
            raise ValueError(f"a weight of '{stray}' says nothing: {given[0]} does not limit it")


def _listed(keys: list[str]) -> str:
    return " and ".join(keys) or "none"


class ProvisionedOption(Entry):
    """Buy: capacity of a closed model by the hour, month or year, paid for whether it is used or not.

    Args:
        kind: An option of this form.
        model: Which model, as provider/model: the one that the same requests would pay for by the token.
        units: The units that are sold, by their name; nearly always one kind.
        size_for: The rate of requests that the units carry: of the ``mean`` or of the ``peak`` (default: the peak
            where the workload states one and nothing spills over, else the mean).
        overflow: Whether what the units do not carry is billed by the token: ``true`` for the model, or the name of
            another option over an API.
        hours_per_month: Hours in which the units are kept, where they are paid by the hour (default 730) [h/month].
        commitment_months: For how long they are bought [months].
        longest_prompt: The longest prompt that they take, where it is shorter than the model's [tokens].
        effective: The first day on which the prices are known to hold.
        source: Where prices and capacities were read, and when.
        note: What else is to be known.
    """

    kind: Literal["provisioned"]
    model: Text
    units: Annotated[dict[str, CapacityUnit], NOT_EMPTY]
    size_for: SizeFor | None = None
    overflow: Overflow = False
    hours_per_month: Factor | None = None
    commitment_months: Whole | None = None
    longest_prompt: Whole | None = None
    effective: Day | None = None
    source: Source | None = None
    note: Text | None = None

    @form_check
    def _is_consistent(self) -> Self:
        dotted = next((name for name in self.units if "." in name), None)
        if dotted is not None:
            raise ValueError(f"the name of a unit has no dots, found '{dotted}'")
        counted = [name for name, unit in self.units.items() if unit.count is not None]
        if counted and len(counted) < len(self.units):
            raise ValueError(f"give the count of every kind of unit, or of none; found that of {_listed(counted)}")
        if counted and self.size_for is not None:
            raise ValueError("a fixed count is not sized: give count or size_for")
        if self.hours_per_month is not None:
            self._check_hours(self.hours_per_month)
        return self

    def _check_hours(self, hours: Decimal) -> None:
        if hours > HOURS_PER_MONTH:
            raise ValueError(f"hours_per_month: a month has {HOURS_PER_MONTH} hours, found {hours:f}")
        longer = next((unit.price_key for unit in self.units.values() if unit.price_key != "usd_per_hour"), None)
        if longer is not None:
            raise ValueError(f"hours_per_month goes with usd_per_hour; {longer} is paid for all hours")
