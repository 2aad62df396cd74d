"""The rates of one price entry under the conditions that hold, meter by meter.

The rule, in order: the plain rates, or the contracted ones in their place; every ``when`` entry all of whose
conditions hold, later ones winning meter by meter; then the multipliers, each on the absolute rate that won,
unless that rate was published for the multiplier's own conditions (a published absolute rate beats a
multiplier: Gemini 3.1 Pro's batch price does not halve cache reads); last the contract's discount.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from math import prod
from typing import NamedTuple

from costcalc.catalog.forms.schema import Contract, Price, Source, When
from costcalc.catalog.things import SoldModel
from costcalc.findings import Path
from costcalc.week import WEEKDAYS, Window
from costcalc.workload import Meter

_CALL_UNITS: dict[Meter, str] = {
    "request": "thousand requests",
    "web_search": "thousand searches",
    "file_search": "thousand file searches",
}


_TERMS = ("processing", "service_tier", "region", "region_other_than")


@dataclass(frozen=True, slots=True, eq=False)
class Rate:
    """The unit price of one meter under its conditions.

    Args:
        item: The meter as it is billed.
        unit: What the price is per.
        usd: The price, contract applied [USD/unit].
        list_usd: The price without the contract [USD/unit].
        conditions: What decided it, in words; empty for the plain list price.
        path: Where it stands in the catalog.
        also: Where the multipliers and the discount stand that were applied to it.
        source: Where it was read.
    """

    item: str
    unit: str
    usd: Decimal
    list_usd: Decimal
    conditions: str
    path: Path
    also: tuple[Path, ...]
    source: Source


RateCard = Mapping[Meter, Rate]


class _Absolute(NamedTuple):
    """An absolute rate: what it is, which entry of ``when`` said so (None: the plain rates), and where it stands."""

    usd: Decimal
    by: When | None
    path: Path


class _Step(NamedTuple):
    """A factor on a rate: a multiplier, or a contract's discount."""

    factor: Decimal
    words: str
    path: Path


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
    listed = _list_rates(price, path, active)
    own = _contracted_rates(sold, contract)
    card: dict[Meter, Rate] = {}
    for meter in (*listed, *(meter for meter in own if meter not in listed)):
        base = listed.get(meter)
        steps = _multipliers(price, path, active, meter, base.by if base else None)
        if meter in own and (base is None or base.by is None):
            assert contract is not None  # it has a price of its own
            card[meter] = _rate(meter, own[meter], steps, listed=base or own[meter], source=contract.source)
        else:
            assert base is not None  # the meter is one or the other's
            card[meter] = _discounted(_rate(meter, base, steps, listed=base, source=price.source), sold, contract)
    for meter, same in (price.billed_as or {}).items():
        card.setdefault(meter, replace(card[same], item=meter))
    if "output" in card:
        card.setdefault("reasoning", card["output"])  # reasoning tokens bill as output
    # the same rate in two cards is one object, so that what it bills is one line
    return {meter: sold.rates.setdefault(_identity(rate), rate) for meter, rate in card.items()}


def _identity(rate: Rate) -> tuple[object, ...]:
    return rate.item, rate.path, rate.conditions, rate.usd, rate.list_usd, rate.also


def _list_rates(price: Price, path: Path, active: tuple[int, ...]) -> dict[Meter, _Absolute]:
    """Let later entries win, meter by meter."""
    won: dict[Meter, _Absolute] = {}
    plain: list[tuple[When | None, Price | When, Path]] = [(None, price, path)]
    for by, entry, at in plain + [(price.when[i], price.when[i], (*path, "when", i)) for i in active]:
        for meter, usd in (entry.usd_per_mtok or {}).items():
            won[meter] = _Absolute(usd, by, (*at, "usd_per_mtok", meter))
        for call, usd in (entry.usd_per_thousand or {}).items():
            won[call] = _Absolute(usd, by, (*at, "usd_per_thousand", call))
    return won


def _contracted_rates(sold: SoldModel, contract: Contract | None) -> dict[Meter, _Absolute]:
    names = (sold.id, *sold.model.aliases)
    name = next((name for name in names if contract is not None and name in contract.models), None)
    if contract is None or name is None:
        return {}
    path: Path = ("contracts", sold.provider, "models", name, "usd_per_mtok")
    return {meter: _Absolute(usd, None, (*path, meter)) for meter, usd in contract.models[name].usd_per_mtok.items()}


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
    if meter in _CALL_UNITS or when.multiply is None:
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


def _rate(meter: Meter, paid: _Absolute, steps: list[_Step], *, listed: _Absolute, source: Source) -> Rate:
    factor = prod((step.factor for step in steps), start=Decimal(1))
    said = [describe(paid.by)] if paid.by is not None else ["contracted"] if paid.path[0] == "contracts" else []
    return Rate(
        item=meter,
        unit=_CALL_UNITS.get(meter, "Mtok"),
        usd=paid.usd * factor if steps else paid.usd,
        list_usd=listed.usd * factor if steps else listed.usd,
        conditions=", ".join([*said, *(step.words for step in steps)]),
        path=paid.path,
        also=tuple(step.path for step in steps),
        source=source,
    )


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
