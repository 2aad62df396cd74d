"""The rates of one price entry under the conditions that hold, meter by meter.

The rule, in order: the plain rates, or the contracted ones in their place; every ``when`` entry all of whose
conditions hold, later ones winning meter by meter; then the multipliers, each on the absolute rate that won,
unless that rate was published for the multiplier's own conditions (a published absolute rate beats a
multiplier: Gemini 3.1 Pro's batch price does not halve cache reads); last the contract's discount.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import prod
from typing import NamedTuple

from costcalc.catalog.exchange import exchange_of
from costcalc.catalog.forms.contracts import Contract
from costcalc.catalog.forms.rates import RateEntry, RateTable
from costcalc.catalog.forms.schema import Price, Source, When
from costcalc.catalog.things import SoldModel
from costcalc.findings import Path
from costcalc.units import full_usd
from costcalc.week import WEEKDAYS, Window
from costcalc.workload import CALL_METERS, TOKEN_METERS, Meter

_TOKENS, _CALLS = frozenset(TOKEN_METERS), frozenset(CALL_METERS)
_TERMS = ("processing", "service_tier", "region", "region_other_than")


@dataclass(frozen=True, slots=True, eq=False)
class Rate:
    """The unit price of one meter under its conditions.

    Args:
        item: The meter as it is billed.
        unit: What the price is per.
        per: How many tokens, calls, seconds, characters or token-hours that is.
        usd: The price, contract applied [USD/unit].
        list_usd: The price without the contract [USD/unit].
        conditions: What decided it, in words; empty for the plain list price.
        path: Where it stands in the catalog.
        also: Where the multipliers and the discount stand that were applied to it.
        source: Where it was read.

    Attributes:
        ratio: What one token, call, second … costs, exactly, as a numerator and a denominator [USD].
    """

    item: str
    unit: str
    per: int
    usd: Decimal
    list_usd: Decimal
    conditions: str
    path: Path
    also: tuple[Path, ...]
    source: Source
    ratio: tuple[int, int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        top, bottom = self.usd.as_integer_ratio()
        object.__setattr__(self, "ratio", (Fraction(top, bottom) / self.per).as_integer_ratio())


class RateCard(dict[Meter, Rate]):
    """The rates that hold for some requests, by meter.

    Attributes:
        is_by_request: Whether a request has a price and no token has one.
        is_by_token: Whether nothing is billed of a request that is only tokens but these.
    """

    __slots__ = ("is_by_request", "is_by_token")

    def __init__(self, rates: Mapping[Meter, Rate]) -> None:
        super().__init__(rates)
        self.is_by_token = "request" not in rates
        self.is_by_request = not self.is_by_token and rates.keys() <= _CALLS


class _Absolute(NamedTuple):
    """An absolute rate: what it is, which entry of ``when`` said so (None: the plain rates), where and in what unit.

    What it is stands in USD, or in the currency of its exchange.
    """

    usd: Decimal
    by: When | None
    path: Path
    table: RateTable
    source: Source
    exchange: "_Exchange | None" = None


class _Exchange(NamedTuple):
    """How a price in another currency becomes USD: its code, units of it per USD, the day of the rate, its place."""

    code: str
    per_usd: Decimal
    day: date
    path: Path

    def words(self, amount: Decimal) -> str:
        """Say what the published price is, and at which rate it is converted."""
        return f"{self.code} {full_usd(amount)} at {self.per_usd.normalize():f} per USD of {self.day}"


class _Step(NamedTuple):
    """A factor on a rate: a multiplier, or a contract's discount."""

    factor: Decimal
    words: str
    path: Path


def rate_card(
    sold: SoldModel, index: int, active: tuple[int, ...], contract: Contract | None, *, day: date
) -> RateCard:
    """Work out every meter's rate.

    Args:
        sold: The model as the provider sells it.
        index: Which of its price entries is in force.
        active: Which of the entry's ``when`` entries hold.
        contract: The contract in force, or None.
        day: The day whose fees of tools, and whose rates of exchange, are in force.

    Raises:
        UndecidableError: Prices are in a currency of which no rate is known for the day.
    """
    price = sold.model.prices[index]
    path: Path = (*sold.path, "prices", index)
    listed = {**_tool_fees(sold, day), **_list_rates(price, path, active, _exchange(sold, price.currency, day))}
    own = _contracted_rates(sold, contract, day)
    card: dict[Meter, Rate] = {}
    for meter in (*listed, *(meter for meter in own if meter not in listed)):
        base = listed.get(meter)
        steps = _multipliers(price, path, active, meter, base.by if base else None)
        if meter in own and (base is None or base.by is None):
            card[meter] = _rate(meter, own[meter], steps, listed=base or own[meter])
        else:
            assert base is not None  # the meter is one or the other's
            card[meter] = _discounted(_rate(meter, base, steps, listed=base), sold, contract)
    for meter, same in (price.billed_as or {}).items():
        card.setdefault(meter, replace(card[same], item=meter))
    if "output" in card:
        card.setdefault("reasoning", card["output"])  # reasoning tokens bill as output
    # the same rate in two cards is one object, so that what it bills is one line
    return RateCard({meter: sold.rates.setdefault(_identity(rate), rate) for meter, rate in card.items()})


def _identity(rate: Rate) -> tuple[object, ...]:
    return rate.item, rate.path, rate.conditions, rate.usd, rate.list_usd, rate.also


def _tool_fees(sold: SoldModel, day: date) -> dict[Meter, _Absolute]:
    found = sold.tools_on(day)
    if found is None:
        return {}
    index, fees = found
    path: Path = ("api", sold.provider, "tools", "prices", index)
    return _absolute(fees, None, path, fees.source, _exchange(sold, fees.currency, day))


def _list_rates(
    price: Price, path: Path, active: tuple[int, ...], exchange: _Exchange | None
) -> dict[Meter, _Absolute]:
    """Let later entries win, meter by meter."""
    won = _absolute(price, None, path, price.source, exchange)
    for index in active:
        won |= _absolute(price.when[index], price.when[index], (*path, "when", index), price.source, exchange)
    return won


def _absolute(
    entry: RateEntry, by: When | None, path: Path, source: Source, exchange: _Exchange | None
) -> dict[Meter, _Absolute]:
    if exchange is None:
        rates = entry.rates()
        return {meter: _Absolute(usd, by, (*path, table.key, meter), table, source) for meter, usd, table in rates}
    return {
        meter: _Absolute(amount, by, (*path, table.own_key, meter), table, source, exchange)
        for meter, amount, table in entry.own_rates()
    }


def _exchange(sold: SoldModel, currency: str | None, day: date) -> _Exchange | None:
    """Find the rate at which prices of a day become USD; None where they are in USD.

    Raises:
        UndecidableError: No rate of that currency is known for the day.
    """
    rate = exchange_of(sold, currency, day)
    if rate is None or currency is None:
        return None
    index = sold.currencies()[currency].prices.index(rate)
    path: Path = ("exchange_rates", currency, "prices", index, "per_usd")
    return _Exchange(currency, rate.per_usd, rate.effective, path)


def _contracted_rates(sold: SoldModel, contract: Contract | None, day: date) -> dict[Meter, _Absolute]:
    names = (sold.id, *sold.model.aliases)
    name = next((name for name in names if contract is not None and name in contract.models), None)
    if contract is None or name is None:
        return {}
    own, path = contract.models[name], ("contracts", sold.provider, "models", name)
    return _absolute(own, None, path, contract.source, _exchange(sold, own.currency, day))


def _multipliers(price: Price, path: Path, active: tuple[int, ...], meter: Meter, by: When | None) -> list[_Step]:
    steps = []
    for index in active:
        when = price.when[index]
        factor = _factor(when, meter)
        if factor not in (None, 1) and not (by is not None and _implies(by, when)):
            words = f"{describe(when)} ×{factor.normalize():f}"
            steps.append(_Step(factor, words, (*path, "when", index, "multiply")))
    return steps


def _factor(when: When, meter: Meter) -> Decimal | None:
    if meter not in _TOKENS or when.multiply is None:
        return None
    factors: Mapping[Meter, Decimal] | Decimal = when.multiply  # type: ignore[assignment]  # keys are meters
    return factors if isinstance(factors, Decimal) else factors.get(meter)


def _implies(published: When, multiplier: When) -> bool:
    """Say whether a rate was published for the multiplier's own conditions, or for narrower ones."""
    needs = multiplier.hours
    return (
        published.longer_than >= multiplier.longer_than
        and (needs is None or (published.hours is not None and published.hours.within(needs)))
        and all(getattr(multiplier, key) in (None, getattr(published, key)) for key in _TERMS)
    )


def _rate(meter: Meter, paid: _Absolute, steps: list[_Step], *, listed: _Absolute) -> Rate:
    factor = prod((step.factor for step in steps), start=Decimal(1))
    per, exchange = paid.table.per, paid.exchange
    list_usd = _in_usd(listed) if listed.table.per == per else _in_usd(listed) * per / listed.table.per
    said = [describe(paid.by)] if paid.by is not None else ["contracted"] if paid.path[0] == "contracts" else []
    said += [exchange.words(paid.usd)] if exchange is not None else []
    return Rate(
        item=meter,
        unit=paid.table.unit_of(meter),
        per=per,
        usd=_in_usd(paid) * factor if steps else _in_usd(paid),
        list_usd=list_usd * factor if steps else list_usd,
        conditions=", ".join([*said, *(step.words for step in steps)]),
        path=paid.path,
        also=(*((exchange.path,) if exchange is not None else ()), *(step.path for step in steps)),
        source=paid.source,
    )


def _in_usd(rate: _Absolute) -> Decimal:
    return rate.usd if rate.exchange is None else rate.usd / rate.exchange.per_usd


def _discounted(rate: Rate, sold: SoldModel, contract: Contract | None) -> Rate:
    if contract is None or not contract.discount:
        return rate
    words = f"{(contract.discount * 100).normalize():f} % contract discount"
    return replace(
        rate,
        usd=rate.usd * (1 - contract.discount),
        conditions=f"{rate.conditions}, {words}" if rate.conditions else words,
        also=(*rate.also, ("contracts", sold.provider, "discount")),
    )


def describe(when: When) -> str:
    """Say an entry's conditions in words.

    Example:
        >>> describe(When(prompt_tokens_above=200_000, processing="batch", multiply=Decimal(2)))
        'prompt above 200,000 tokens, batch'
    """
    words = []
    if when.prompt_tokens_above is not None:
        words.append(f"prompt above {when.prompt_tokens_above:,} tokens")
    if when.prompt_tokens_from is not None:
        words.append(f"prompt from {when.prompt_tokens_from:,} tokens")
    if when.processing is not None:
        words.append(when.processing)
    if when.service_tier is not None:
        words.append(f"{when.service_tier} tier")
    if when.region is not None:
        words.append(f"region {when.region}")
    if when.region_other_than is not None:
        words.append(f"any region but {when.region_other_than}")
    if when.hours is not None:
        words.append(f"{_days(when.weekdays)} {_times(when.utc)}".strip())
    return ", ".join(words)


def _days(weekdays: tuple[str, ...] | None) -> str:
    if weekdays is None:
        return "daily"
    indices = sorted(WEEKDAYS.index(day) for day in weekdays)
    if len(indices) > 2 and indices == list(range(indices[0], indices[-1] + 1)):  # noqa: PLR2004  # a run of days
        return f"{WEEKDAYS[indices[0]]}-{WEEKDAYS[indices[-1]]}"
    return "+".join(WEEKDAYS[index] for index in indices)


def _times(windows: tuple[Window, ...] | None) -> str:
    return f"{' + '.join(str(window) for window in windows)} UTC" if windows else ""
