"""A rule about prices of models: ten times off its neighbours, which is how a slip of the unit looks.

Neighbours of a rate: the same meter of the price before it; the same model at other providers (their median,
today's prices of models still sold); the same meter of every other model (only beyond the dearest or the cheapest);
other models of the provider (a hundred times off their median); what costcalc ships for the same day, where a layer
says something else; the input of the same entry, within the spread that is usual for the meter; for a rate under
conditions, the rate of the same entry with fewer of them. What is free has no neighbours: only a price that becomes $0
is found.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import NamedTuple

from costcalc.catalog.forms.schema import Price, When
from costcalc.catalog.lint.neighbours import FACTOR, FAMILY, Crowd, Neighbour, beyond, off, typical
from costcalc.catalog.lint.question import Found, Question
from costcalc.catalog.names import slug
from costcalc.catalog.things import SoldModel
from costcalc.errors import UndecidableError
from costcalc.findings import Path
from costcalc.units import full_usd

HELP = "a slip of the unit? prices are USD per million tokens, and per thousand calls"

_SPREAD = {  # a meter, relative to the input of the same entry: the shipped catalog's own spread, with room
    "output": (Decimal("0.4"), Decimal(40)),  # 1 to 10 there, but for two spells of one router
    "cache_read": (Decimal("0.005"), Decimal(1)),  # 0.0083 to 0.99
    "cache_write": (Decimal("0.1"), Decimal(10)),  # 0.6 to 1.25
    "cache_write_1h": (Decimal("0.1"), Decimal(10)),  # 1.6 to 2
    "cache_write_12h": (Decimal("0.1"), Decimal(10)),  # 2.5
}
_RESELLER = re.compile(r"^(?:(?:global|us|eu|apac|jp|au)\.)?(?:[a-z]+\.)?(?=[a-z])")  # us.anthropic.claude-…


class _Sold(NamedTuple):
    """Today's rate of a model that is still sold."""

    usd: Decimal
    provider: str
    who: str
    generates: bool


class _Sales:
    """Today's rates of one meter, by provider and by model, so that each is compared without a walk over all."""

    def __init__(self, sold: list[_Sold]) -> None:
        self._by_who, self._by_provider = defaultdict[str, list[_Sold]](list), defaultdict[str, list[_Sold]](list)
        for one in sold:
            self._by_who[one.who].append(one)
            self._by_provider[one.provider].append(one)
        self._paid = sorted(one for one in sold if one.usd)

    def elsewhere(self, own: _Sold) -> list[Decimal]:
        """The same model at other providers."""
        return [one.usd for one in self._by_who[own.who] if one.provider != own.provider]

    def family(self, own: _Sold) -> list[Decimal]:
        """Other models of the same provider, those that generate text apart from those that only read it."""
        others = (one for one in self._by_provider[own.provider] if one.who != own.who)
        return [one.usd for one in others if one.generates is own.generates]

    def strangers(self, own: _Sold) -> Crowd | None:
        """Every other model, wherever it is sold; None where there is none."""
        size = len(self._paid) - sum(1 for one in self._by_who[own.who] if one.usd)
        if not size:
            return None
        cheapest = next(one.usd for one in self._paid if one.who != own.who)
        return Crowd(size, cheapest, next(one.usd for one in reversed(self._paid) if one.who != own.who))


_Market = Mapping[str, _Sales]  # by meter


def outlying_models(asked: Question) -> Iterator[Found]:
    """Find rates of models that are ten times off their neighbours."""
    every = [
        asked.catalog.sold_model(f"{provider}/{name}")
        for provider, prices in asked.catalog.providers.items()
        for name in prices.models
    ]
    market = _market(every, asked)
    for sold in every:
        current = _current(sold, asked)
        suspect: set[str] = set()  # meters whose price before was found itself
        for index, price in enumerate(sold.model.prices):
            found = list(_plain(sold, index, suspect, asked, market if index == current else None))
            apart = list(_spread(sold, index, {one.path for one in found}))
            suspect = {str(one.path[-1]) for one in (*found, *apart)} | ({"input"} if apart else set())
            yield from (*found, *apart)
            yield from _conditions((*sold.path, "prices", index), price)


def _path(sold: SoldModel, index: int, meter: str) -> Path:
    return (*sold.path, "prices", index, sold.model.prices[index].table_of(meter).key, meter)


def _current(sold: SoldModel, asked: Question) -> int | None:
    """Give the index of the price in force, if it is sold at all, as far as anybody can see."""
    try:
        return None if sold.retired_on(asked.today) or sold.unlisted_on(asked.today) else sold.price_on(asked.today)[0]
    except UndecidableError:
        return None


def _market(every: list[SoldModel], asked: Question) -> _Market:
    market: dict[str, list[_Sold]] = defaultdict(list)
    for sold in every:
        index = _current(sold, asked)
        for meter, usd in sold.model.prices[index].as_usual().items() if index is not None else ():
            assert index is not None  # else there was no rate
            market[meter].append(_sold(usd, sold, index))
    return {meter: _Sales(sales) for meter, sales in market.items()}


def _sold(usd: Decimal, sold: SoldModel, index: int) -> _Sold:
    return _Sold(usd, sold.provider, _who(sold), "output" in (sold.model.prices[index].usd_per_mtok or {}))


def _who(sold: SoldModel) -> str:
    """Name a model alike at every provider: its open weights, else its id without reseller and region.

    Example:
        us.anthropic.claude-opus-5-5 of one provider is claude-opus-5-5 of another.
    """
    return sold.model.open_weights or slug(_RESELLER.sub("", sold.id.rsplit("/", 1)[-1]))


def _plain(sold: SoldModel, index: int, suspect: set[str], asked: Question, market: _Market | None) -> Iterator[Found]:
    """Compare the plain rates of an entry with the entry before it and, today's one, with what others take."""
    before = sold.model.prices[index - 1] if index else None
    old = before.as_usual() if before is not None else {}
    shipped = _shipped(sold, index, asked)
    for meter, usd in sold.model.prices[index].as_usual().items():
        neighbours: list[Neighbour | None] = []
        if before is not None and meter in old and meter not in suspect:
            neighbours.append(Neighbour(old[meter], f"of {before.effective} before it"))
        if meter in shipped:
            neighbours.append(Neighbour(shipped[meter], "that costcalc ships for that day"))
        if market is not None and usd:
            neighbours += _others(_sold(usd, sold, index), market[meter], meter)
        message = off(usd, neighbours)
        if message:
            yield Found(_path(sold, index, meter), message, help=HELP)


def _shipped(sold: SoldModel, index: int, asked: Question) -> dict[str, Decimal]:
    """Give the shipped rates of the same model and day, where a layer has a say in them."""
    if asked.catalog.place((*sold.path, "prices", index)).document.layer == "shipped":
        return {}
    prices = asked.shipped.providers.get(sold.provider)
    model = prices.models.get(sold.id) if prices is not None else None
    day = sold.model.prices[index].effective
    same = (one for one in (model.prices if model is not None else ()) if one.effective == day)
    return next((one.as_usual() for one in same), {})


def _others(own: _Sold, sales: _Sales, meter: str) -> Iterator[Neighbour | None]:
    elsewhere, family = sales.elsewhere(own), sales.family(own)
    yield typical(elsewhere, f"of the same model elsewhere (median of {len(elsewhere)})")
    yield typical(family, f"of {own.provider}'s other models (median of {len(family)})", FAMILY)
    yield beyond(own.usd, sales.strangers(own), f"other {meter}")


def _spread(sold: SoldModel, index: int, found: set[Path]) -> Iterator[Found]:
    """Compare the meters of one entry with its input, unless one of the two was found already."""
    rates = sold.model.prices[index].as_usual()
    base = rates.get("input")
    if not base or _path(sold, index, "input") in found:
        return
    for meter, (low, high) in _SPREAD.items():
        usd = rates.get(meter)
        if usd and not low <= usd / base <= high and (path := _path(sold, index, meter)) not in found:
            message = f"${full_usd(usd)} is {usd / base:.4g} times the input of ${full_usd(base)}"
            yield Found(path, f"{message}; {low:f} to {high:f} times is usual", help=HELP)


def _conditions(path: Path, price: Price) -> Iterator[Found]:
    """Compare each rate under conditions with the same meter under fewer of them, and look at the multipliers."""
    for index, when in enumerate(price.when):
        at: Path = (*path, "when", index)
        for meter, usd in when.as_usual().items():
            message = off(usd, [_broader(price, when, meter)])
            if message:
                key = when.table_of(meter).key
                yield Found((*at, key, meter), message, help=HELP)
        factors = when.multiply if isinstance(when.multiply, dict) else {"": when.multiply or Decimal(1)}
        if any(not 1 < factor * FACTOR < FACTOR * FACTOR for factor in factors.values()):
            shown = ", ".join(f"{factor:f}" for factor in factors.values())
            yield Found((*at, "multiply"), f"a condition makes a price {shown} times what it was", help=HELP)


def _broader(price: Price, when: When, meter: str) -> Neighbour | None:
    """Find the rate with most of the entry's conditions and not all of them; the plain one where there is none."""
    wider = [one for one in price.when if set(one.conditions) < set(when.conditions) and meter in one.as_usual()]
    nearest: Price | When = max(wider, key=lambda one: len(one.conditions), default=price)
    usd = nearest.as_usual().get(meter)
    return Neighbour(usd, "with fewer conditions" if wider else "without conditions") if usd else None
