"""The rates of one price entry under the conditions that hold, meter by meter.

The rule, in order: the plain rates, or the contracted ones in their place; every ``when`` entry all of whose
conditions hold, later ones winning meter by meter; then the multipliers, each on the absolute rate that won,
unless that rate was published for the multiplier's own conditions (a published absolute rate beats a
multiplier: Gemini 3.1 Pro's batch price does not halve cache reads); last the contract's discount.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import NamedTuple

from costcalc.catalog.catalog import SoldModel
from costcalc.catalog.schema import Contract, Price, Source, When
from costcalc.findings import Path
from costcalc.week import WEEKDAYS, Window
from costcalc.workload import Meter

_CALL_UNITS: dict[Meter, str] = {
    "request": "thousand requests",
    "web_search": "thousand searches",
    "file_search": "thousand file searches",
}


@dataclass(frozen=True, slots=True, eq=False)
class Rate:
    """The unit price of one meter under its conditions.

    Args:
        item: The meter as it is billed.
        unit: What the price is per.
        usd: The price, contract applied [USD/unit].
        list_usd: The price without the contract [USD/unit].
        conditions: The conditions that decided it, in words; empty for the plain list price.
        path: Where it stands in the catalog.
        source: Where it was read.
    """

    item: str
    unit: str
    usd: Decimal
    list_usd: Decimal
    conditions: str
    path: Path
    source: Source


RateCard = Mapping[Meter, Rate]


class _Won(NamedTuple):
    """The absolute rate that won a meter, and the entry of ``when`` that it came from (None: the plain rates)."""

    usd: Decimal
    by: int | None


def rate_card(sold: SoldModel, index: int, active: tuple[int, ...], contract: Contract | None) -> RateCard:
    """Work out every meter's rate.

    Args:
        sold: The model as the provider sells it.
        index: Which of its price entries is in force.
        active: Which of the entry's ``when`` entries hold.
        contract: The contract in force, or None.
    """
    price = sold.model.prices[index]
    path: Path = (*sold.path, "prices", index)
    listed = {
        meter: _list_rate(price, path, meter, won, active) for meter, won in _absolute_rates(price, active).items()
    }
    card = listed if contract is None else _contracted(sold, listed, contract)
    for meter, same in (price.billed_as or {}).items():
        card.setdefault(meter, replace(card[same], item=meter))
    if "output" in card:
        card.setdefault("reasoning", card["output"])  # reasoning tokens bill as output
    return card


def _absolute_rates(price: Price, active: tuple[int, ...]) -> dict[Meter, _Won]:
    won: dict[Meter, _Won] = {}
    entries: list[tuple[int | None, Price | When]] = [(None, price), *((index, price.when[index]) for index in active)]
    for by, entry in entries:
        for meter, usd in (entry.usd_per_mtok or {}).items():
            won[meter] = _Won(usd, by)
        for call, usd in (entry.usd_per_thousand or {}).items():
            won[call] = _Won(usd, by)
    return won


def _list_rate(price: Price, path: Path, meter: Meter, won: _Won, active: tuple[int, ...]) -> Rate:
    decided = price.when[won.by] if won.by is not None else None
    usd, conditions = won.usd, [describe(decided)] if decided else []
    for index in active:
        when = price.when[index]
        factor = _factor(when, meter)
        if factor is not None and not (decided and set(when.conditions) <= set(decided.conditions)):
            usd *= factor
            conditions.append(f"{describe(when)} ×{factor.normalize():f}")
    step: Path = ("when", won.by) if won.by is not None else ()
    table = "usd_per_thousand" if meter in _CALL_UNITS else "usd_per_mtok"
    unit = _CALL_UNITS.get(meter, "Mtok")
    return Rate(meter, unit, usd, usd, ", ".join(conditions), (*path, *step, table, meter), price.source)


def _factor(when: When, meter: Meter) -> Decimal | None:
    if meter in _CALL_UNITS or when.multiply is None:
        return None
    factors: Mapping[Meter, Decimal] | Decimal = when.multiply  # type: ignore[assignment]  # keys are meters
    return factors if isinstance(factors, Decimal) else factors.get(meter)


def _contracted(sold: SoldModel, listed: Mapping[Meter, Rate], contract: Contract) -> dict[Meter, Rate]:
    """Apply a contract: its own prices stand in for the plain list prices, its discount lowers all others."""
    terms = contract.models.get(sold.id)
    own: dict[Meter, Decimal] = {meter: usd for meter, usd in terms.usd_per_mtok.items()} if terms else {}  # noqa: C416
    path: Path = ("contracts", sold.provider)
    card: dict[Meter, Rate] = {}
    for meter, rate in listed.items():
        if meter in own and not rate.conditions:
            at: Path = (*path, "models", sold.id, "usd_per_mtok", meter)
            paid = replace(rate, usd=own[meter], conditions="contracted", path=at, source=contract.source)
        elif contract.discount:
            words = f"{(contract.discount * 100).normalize():f} % contract discount"
            conditions = f"{rate.conditions}, {words}" if rate.conditions else words
            paid = replace(rate, usd=rate.usd * (1 - contract.discount), conditions=conditions)
        else:
            paid = rate
        card[meter] = paid
    return card


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
