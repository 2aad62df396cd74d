"""What a log's traffic did cost, and what it would cost on any option.

There is one way to price, `costcalc.cost`: this room only says what the requests were. Sums of tokens are integers and
shares are fractions, so that a log priced in groups costs, to the last decimal, what its rows cost one by one.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from costcalc.catalog.catalog import Catalog
from costcalc.catalog.forms.options import ApiOption
from costcalc.catalog.things import NamedOption, SoldModel
from costcalc.cost.estimate import Estimate
from costcalc.cost.option import estimate
from costcalc.errors import UndecidableError, UnknownNameError
from costcalc.usage.groups import ANYWHERE, Group, Usage
from costcalc.usage.mix import Spread, workload_of

NANO = Decimal("1e-9")


class Served(NamedTuple):
    """What requests of one model did cost, at the prices of their days.

    Args:
        model: The model as the log names it.
        label: What they are shown by, or None.
        ref: The model of the catalog that it is.
        estimates: Its cost lines: one estimate for each stretch of days with the same prices, and each tier.
        high: The same, where sums leave open how long prompts were: all tokens of a sum in one request.
        requests: How many requests.
        tokens: Prompts and answers [tokens].
        recorded_usd: What the log says that they cost, or None where it does not say.
        under_contract: Whether a contract of the user's held: True and False where it did on some days only.
        regions: The regions with prices of their own, where the log does not say in which they were processed.
        day: The day of them, where it was asked for.
    """

    model: str
    label: str | None
    ref: str
    estimates: tuple[Estimate, ...]
    high: tuple[Estimate, ...]
    requests: int
    tokens: int
    recorded_usd: Decimal | None
    under_contract: frozenset[bool] = frozenset({False})
    regions: frozenset[str] = frozenset()
    day: date | None = None

    @property
    def exact_usd(self) -> Fraction:
        """What they cost [USD]; the least where that is not certain."""
        return min(self._sums)

    @property
    def exact_high_usd(self) -> Fraction:
        """The most that they can have cost [USD]."""
        return max(self._sums)

    @property
    def at_list_usd(self) -> Fraction:
        """What they cost without the user's contract [USD]; the least where that is not certain."""
        lines = [line for each in self.estimates for line in each.lines]
        return sum(
            (Fraction(line.amount) * Fraction(line.list_unit_price_usd) / line.per for line in lines), Fraction(0)
        )

    @property
    def _sums(self) -> tuple[Fraction, Fraction]:
        low, high = (sum((each.exact_usd for each in side), start=Fraction(0)) for side in (self.estimates, self.high))
        return low, high


class Unpriced(NamedTuple):
    """Requests whose model has no price, so that no total holds them.

    Args:
        model: The model as the log names it; "" where it names none.
        reason: Why it has none.
        requests: How many requests.
        tokens: Prompts and answers [tokens].
    """

    model: str
    reason: str
    requests: int
    tokens: int


class Cost(NamedTuple):
    """What a log did cost.

    Args:
        served: By model, and by label where one was asked for.
        unpriced: What is in no total.
    """

    served: tuple[Served, ...]
    unpriced: tuple[Unpriced, ...]

    @property
    def exact_usd(self) -> Fraction:
        """What it cost [USD]; the least where that is not certain."""
        return sum((each.exact_usd for each in self.served), start=Fraction(0))

    @property
    def exact_high_usd(self) -> Fraction:
        """The most that it can have cost [USD]."""
        return sum((each.exact_high_usd for each in self.served), start=Fraction(0))

    @property
    def recorded_usd(self) -> Decimal | None:
        """What the log says that the priced requests cost [USD], or None where it does not say of all."""
        found = [each.recorded_usd for each in self.served]
        return None if not found or None in found else sum((each for each in found if each is not None), Decimal(0))


def cost_of_log(usage: Usage, catalog: Catalog, *, as_of: date, own: bool = True, by_day: bool = False) -> Cost:
    """Price every request on the model that served it, at the prices of its day.

    Args:
        usage: The log.
        catalog: Prices; a contract in it is applied.
        as_of: The day whose prices hold where the log has no days, only times since its beginning.
        own: Whether the prices are those of each request's day; otherwise those of ``as_of``.
        by_day: Whether each day is told apart from the others.
    """
    by_model: dict[tuple[str, str | None, date | None], list[Group]] = defaultdict(list)
    for group in usage.groups:
        by_model[group.model, group.label, group.day if by_day else None].append(group)
    served, unpriced = list[Served](), list[Unpriced]()
    typical = catalog.assumption("input_tokens_per_request").value
    dated = own and usage.is_dated
    for (model, _, day), groups in by_model.items():
        try:
            of_day = _served(usage, groups, catalog, typical, None if dated else as_of)
            served.append(of_day._replace(day=day))
        except (UnknownNameError, UndecidableError) as error:
            reason = "the log names no model" if not model else error.reason
            tokens, requests = sum(group.tokens for group in groups), sum(group.requests for group in groups)
            unpriced.append(Unpriced(model, reason, requests, tokens))
    return Cost(tuple(served), tuple(unpriced))


def _served(usage: Usage, groups: Sequence[Group], catalog: Catalog, typical: Decimal, day: date | None) -> Served:
    first = groups[0]
    sold = catalog.sold_model(first.model)
    option = NamedOption(sold.ref, ApiOption(kind="api", model=sold.ref))
    hours = tuple(dict.fromkeys(when.hours for price in sold.model.prices for when in price.when if when.hours))
    stretches: dict[tuple[object, ...], list[Group]] = defaultdict(list)
    for group in groups:
        place = _place(sold, group.region, day or group.day)
        stretches[(*_prices_in_force(sold, day or group.day), group.service_tier, place)].append(group)

    def priced(spread: Spread) -> tuple[Estimate, ...]:
        found = []
        for same in stretches.values():
            workload = workload_of(usage, same, hours, typical_prompt=typical, spread=spread)
            one, on = same[0], day or same[0].day
            asked = replace(workload, logged="here", service_tier=one.service_tier, region=_place(sold, one.region, on))
            found.append(estimate(option, asked, catalog, as_of=on))
        return tuple(found)

    recorded = [group.recorded_nano_usd for group in groups]
    known = [each for each in recorded if each is not None]
    even = priced("even")
    return Served(
        model=first.model,
        label=first.label,
        ref=sold.ref,
        estimates=even,
        high=priced("one") if any(group.is_pooled for group in groups) else even,
        requests=sum(group.requests for group in groups),
        tokens=sum(group.tokens for group in groups),
        recorded_usd=sum(known) * NANO if len(known) == len(recorded) else None,
        under_contract=frozenset(
            sold.contract is not None and sold.contract.in_force(day or group.day) for group in groups
        ),
        regions=frozenset(
            place for group in groups if group.region is None for place in _dearer_in(sold, day or group.day)
        ),
    )


def _place(sold: SoldModel, region: str | None, day: date) -> str | None:
    """Give the region that decides the price: none where the model has one price for all of them."""
    regions = sold.price_on(day)[1].regions
    return region if regions and (region != ANYWHERE or ANYWHERE in regions) else None


def _dearer_in(sold: SoldModel, day: date) -> Iterator[str]:
    """Walk the regions whose price is another than that of requests that are bound to none."""
    for when in sold.price_on(day)[1].when:
        if when.multiply != 1:
            yield from (f"any but {when.region_other_than}",) if when.region_other_than is not None else ()
            yield from (when.region,) if when.region is not None else ()


def _prices_in_force(sold: SoldModel, day: date) -> tuple[object, ...]:
    """Tell one stretch of days with the same prices from the next.

    Raises:
        UndecidableError: No price is known for the day.
    """
    tools = sold.tools_on(day)
    contract = sold.contract is not None and sold.contract.in_force(day)
    index, price = sold.price_on(day)
    # a price in another currency moves with every day's rate of exchange
    return index, tools[0] if tools is not None else None, contract, day if price.currency is not None else None
