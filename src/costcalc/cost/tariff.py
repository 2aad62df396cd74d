"""Which price entry is in force for requests, and which of its conditions they meet."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from datetime import date
from fractions import Fraction
from typing import Literal, NamedTuple

from costcalc.catalog.forms.schema import DatedRates, When
from costcalc.catalog.things import SoldModel
from costcalc.cost.fees import surcharge_share
from costcalc.cost.rates import RateCard, rate_card
from costcalc.errors import UnknownNameError
from costcalc.findings import did_you_mean
from costcalc.units import HOURS_PER_MONTH, Count, exact
from costcalc.workload import Meter

DAYS_PER_MONTH = Fraction(HOURS_PER_MONTH, 24)
STANDARD = (None, "standard", "default")  # how vendors call the tier that needs no asking


class Terms(NamedTuple):
    """How requests are to be processed; None is the standard way."""

    processing: Literal["batch"] | None = None
    service_tier: str | None = None
    region: str | None = None


class Tariff:
    """A model's rates on one day and one set of terms, for any prompt length and hour.

    Args:
        sold: The model as the provider sells it.
        day: The day whose prices are in force.
        terms: How the requests are processed.

    Attributes:
        free: What of a meter costs nothing in a month [unit of the meter].
        daily: The meters of which that is free by the day, and counted as if each day used all of it.
        counted: How the units of one request are counted, by meter.
        session: How long a full session of a container is, where that is said [s].
        cacheable_from: The shortest prompt that is cached [tokens].
        is_of_meters: Whether a bill has its meters, and nothing on top of them.

    Raises:
        UndecidableError: No price is known for that day.
        UnknownNameError: The provider sells no such tier or region of this model.
    """

    __slots__ = (
        "_cards", "_day", "_hours_of", "_steps", "cacheable_from", "contract", "counted", "daily", "free", "hours",
        "index", "is_of_meters", "price", "sells_batch", "session", "sold", "terms",
    )  # fmt: skip

    def __init__(self, sold: SoldModel, day: date, terms: Terms) -> None:
        self.sold = sold
        self.index, self.price = sold.price_on(day)
        self.terms, self._day = terms, day
        tools = sold.tools_on(day)
        entries = (*((tools[1],) if tools is not None else ()), self.price)
        self.free = {meter: amount for entry in entries for meter, amount in _free(entry)}
        self.daily = frozenset(meter for entry in entries for meter in entry.free_per_day or ())
        self.counted = {meter: how for entry in entries for meter, how in (entry.counted or {}).items()}
        container = self.counted.get("container_duration")
        self.session = exact(container.session) if container is not None and container.session is not None else None
        self.contract = sold.contract if sold.contract is not None and sold.contract.in_force(day) else None
        self.cacheable_from = sold.cacheable_from
        self.is_of_meters = not surcharge_share(sold, self.contract) and sold.lines_rounded_to_usd is None
        if terms.service_tier not in STANDARD:
            tiers = {when.service_tier for when in self.price.when if when.service_tier is not None}
            _check_sold(sold, "service tier", terms.service_tier, tiers)
        if terms.region is not None and not self.price.sold_in(terms.region):
            _check_sold(sold, "region", terms.region, self.price.regions)
        self.sells_batch = any(when.processing == "batch" for when in self.price.when)
        hours = [when.hours for when in self.price.when]
        self.hours = tuple(dict.fromkeys(each for each in hours if each is not None))
        self._hours_of = tuple(None if each is None else self.hours.index(each) for each in hours)
        lengths = {(when.prompt_tokens_above, when.prompt_tokens_from) for when in self.price.when}
        self._steps = tuple(length for length in lengths if length != (None, None))
        self._cards: dict[tuple[int, tuple[bool, ...]], RateCard] = {}

    def card(self, prompt_tokens: Count, held: tuple[bool, ...]) -> RateCard:
        """Give the rates for a prompt length, given which of ``hours`` hold."""
        # conditions on the length hold one after the other as it grows, so their number names the tier
        tier = 0
        for above, least in self._steps:
            if (above is None or prompt_tokens > above) and (least is None or prompt_tokens >= least):
                tier += 1
        card = self._cards.get((tier, held))
        if card is None:
            active = tuple(
                index
                for index, (when, hours) in enumerate(zip(self.price.when, self._hours_of, strict=True))
                if (hours is None or held[hours]) and _reached(when, prompt_tokens) and _met(when, self.terms)
            )
            card = self._cards[tier, held] = rate_card(self.sold, self.index, active, self.contract, day=self._day)
        return card


def _free(entry: DatedRates) -> Iterator[tuple[Meter, Count]]:
    """Walk what an entry gives away in a month; of what is free by the day, as much as its mean month has days."""
    yield from ((meter, exact(amount)) for meter, amount in (entry.free_per_month or {}).items())
    yield from ((meter, exact(amount) * DAYS_PER_MONTH) for meter, amount in (entry.free_per_day or {}).items())


def tariff_on(sold: SoldModel, day: date, terms: Terms) -> Tariff:
    """Give the tariff of a day, from the model's own cache where it was asked for before.

    Raises:
        UndecidableError: No price is known for that day.
        UnknownNameError: The provider sells no such tier or region of this model.
    """
    key = (day, terms)
    tariff: Tariff | None = sold.tariffs.get(key)
    if tariff is None:
        tariff = sold.tariffs[key] = Tariff(sold, day, terms)
    return tariff


def _check_sold(sold: SoldModel, word: str, wanted: str | None, sells: AbstractSet[str]) -> None:
    if wanted in sells:
        return
    known = sorted(sells)
    offer = f"it sells {', '.join(known)}" if known else f"it publishes no price by {word}"
    hint = did_you_mean(str(wanted), known)
    raise UnknownNameError(f"unknown {word} '{wanted}': {offer}{f'; {hint}' if hint else ''}", subject=sold.ref)


def _reached(when: When, prompt_tokens: Count) -> bool:
    """Say whether a prompt is long enough; it is the whole prompt that counts, cached tokens included."""
    above, least = when.prompt_tokens_above, when.prompt_tokens_from
    return (above is None or prompt_tokens > above) and (least is None or prompt_tokens >= least)


def _met(when: When, terms: Terms) -> bool:
    return (
        (when.processing is None or when.processing == terms.processing)
        and (when.service_tier is None or when.service_tier == terms.service_tier)
        and (when.region is None or when.region == terms.region)
        # requests that are bound to no region go where the seller likes: the price of "global"
        and (when.region_other_than is None or terms.region not in (None, when.region_other_than))
    )
