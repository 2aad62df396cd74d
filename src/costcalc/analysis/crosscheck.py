"""Where two price lists disagree: every rate of the models that both have, under every condition of either.

List prices are compared, as a request of each kind would pay them: the plain rates, a prompt beyond each
threshold, a batch, each tier, region and hour that one of the two knows.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import product
from typing import NamedTuple

from costcalc.catalog.forms.schema import Price, When
from costcalc.catalog.things import SoldModel
from costcalc.cost.rates import Rate
from costcalc.cost.tariff import Tariff, Terms, tariff_on
from costcalc.errors import UndecidableError
from costcalc.week import WEEKDAYS
from costcalc.workload import Meter

_DAY = 24 * 60  # [minutes]


class Offered(NamedTuple):
    """A model as one price list has it.

    Args:
        sold: The model.
        since: The first day of its price, where ``is_dated`` is not set and the list says it.
        is_dated: Whether the price's own day is that day.
    """

    sold: SoldModel
    since: date | None = None
    is_dated: bool = True


class Gap(NamedTuple):
    """One rate that differs.

    Args:
        model: The model, as ``provider/model``.
        meter: What is billed.
        condition: Under which condition, in words; empty for the plain rate.
        base: What the one list says [USD/Mtok, or per thousand calls]; None where it has no such rate.
        head: What the other one says.
        base_since: From when on, where that is known.
        head_since: The same of the other list.
    """

    model: str
    meter: Meter
    condition: str
    base: Decimal | None
    head: Decimal | None
    base_since: date | None
    head_since: date | None

    @property
    def change(self) -> Fraction | None:
        """The other list's rate over the one's, less 1; None where there is none, or it is 0."""
        if self.base is None or self.head is None or not self.base:
            return None
        return Fraction(self.head) / Fraction(self.base) - 1


class Crosscheck(NamedTuple):
    """What a comparison of two price lists found.

    Args:
        compared: The models that both lists have with a price of the day.
        gaps: Rates of both that differ by more than the tolerance.
        one_sided: Rates that only one of them has, of models that both have.
        only_base: Models that only the one list has.
        only_head: Models that only the other list has.
        unpriced: Models of both, without a price of the day in one of them.
    """

    compared: tuple[str, ...]
    gaps: tuple[Gap, ...]
    one_sided: tuple[Gap, ...]
    only_base: tuple[str, ...]
    only_head: tuple[str, ...]
    unpriced: tuple[str, ...]


def crosscheck(
    base: Mapping[str, Offered], head: Mapping[str, Offered], *, as_of: date, tolerance: Fraction = Fraction(0)
) -> Crosscheck:
    """Compare two price lists.

    Args:
        base: The models of the one, by ``provider/model``.
        head: The models of the other.
        as_of: The day whose prices are compared.
        tolerance: How far rates may lie apart, relative to the one's, and still be the same.
    """
    compared, unpriced = [], []
    gaps: list[Gap] = []
    for ref in sorted(base.keys() & head.keys()):
        try:
            gaps += _gaps(ref, base[ref], head[ref], as_of)
        except UndecidableError:
            unpriced.append(ref)
        else:
            compared.append(ref)
    both = [gap for gap in gaps if gap.base is not None and gap.head is not None]
    return Crosscheck(
        compared=tuple(compared),
        gaps=tuple(gap for gap in both if gap.change is None or abs(gap.change) > tolerance),
        one_sided=tuple(gap for gap in gaps if gap.base is None or gap.head is None),
        only_base=tuple(sorted(base.keys() - head.keys())),
        only_head=tuple(sorted(head.keys() - base.keys())),
        unpriced=tuple(unpriced),
    )


class _Probe(NamedTuple):
    """A kind of request whose rates are compared."""

    words: tuple[str, ...]
    terms: Terms
    prompt_tokens: int
    minute: int


def _gaps(ref: str, base: Offered, head: Offered, day: date) -> Iterator[Gap]:
    sides = (base, head)
    prices = [side.sold.price_on(day)[1] for side in sides]
    since = [price.effective if side.is_dated else side.since for side, price in zip(sides, prices, strict=True)]
    said: list[tuple[set[str], Meter, Decimal | None, Decimal | None]] = []
    for probe in _probes(prices):
        cards = [_card(side.sold, day, price, probe) for side, price in zip(sides, prices, strict=True)]
        for meter in dict.fromkeys((*cards[0], *cards[1])):
            one, other = (card[meter].list_usd if meter in card else None for card in cards)
            # what holds under fewer conditions already need not be said again
            if one != other and not any(
                known[1:] == (meter, one, other) and known[0] <= set(probe.words) for known in said
            ):
                said.append((set(probe.words), meter, one, other))
                yield Gap(ref, meter, ", ".join(probe.words), one, other, since[0], since[1])


def _card(sold: SoldModel, day: date, price: Price, probe: _Probe) -> Mapping[Meter, Rate]:
    """Give the rates of one list; none under terms that it does not know."""
    for key, wanted in probe.terms._asdict().items():
        if wanted is not None and all(getattr(when, key) != wanted for when in price.when):
            return {}
    tariff = tariff_on(sold, day, probe.terms)
    card = dict(tariff.card(probe.prompt_tokens, _held(tariff, probe.minute)))
    if card.get("reasoning") is card.get("output"):  # it follows output
        card.pop("reasoning", None)
    return card


def _held(tariff: Tariff, minute: int) -> tuple[bool, ...]:
    return tuple(hours.holds(minute) for hours in tariff.hours)


def _probes(prices: list[Price]) -> Iterator[_Probe]:
    whens = [when for price in prices for when in price.when]
    above = {when.prompt_tokens_above + 1 for when in whens if when.prompt_tokens_above is not None}
    lengths = sorted({1, *above, *(when.prompt_tokens_from for when in whens if when.prompt_tokens_from is not None)})
    terms = [Terms()]
    terms += [Terms(processing="batch")] if any(when.processing for when in whens) else []
    terms += [Terms(service_tier=tier) for tier in sorted({when.service_tier for when in whens if when.service_tier})]
    terms += [Terms(region=region) for region in _regions(whens)]
    for term, (length, minute) in product(terms, _moments(prices, lengths)):
        words = [word for word in (term.processing, term.service_tier, term.region) if word]
        words += [f"prompt {length:,}"] if length > 1 else []
        words += [f"{WEEKDAYS[minute // _DAY]} {minute % _DAY // 60:02}:{minute % 60:02} UTC"] if minute else []
        yield _Probe(tuple(words), term, length, minute)


def _regions(whens: list[When]) -> list[str]:
    """Name every region of which a price speaks, and some other one where the rest have a price of their own."""
    named = {region for when in whens for region in when.regions}
    return sorted(named | ({"elsewhere"} if any(when.region_other_than for when in whens) else set()))


def _moments(prices: list[Price], lengths: list[int]) -> Iterator[tuple[int, int]]:
    """Pair every length with one minute of the week for each set of hours that hold; the first one is Monday's."""
    hours = [when.hours for price in prices for when in price.when if when.hours is not None]
    seen: dict[tuple[bool, ...], int] = {}
    for minute in sorted({0, *(edge for each in hours for edge in each.edges())}):
        seen.setdefault(tuple(each.holds(minute) for each in hours), minute)
    yield from product(lengths, seen.values())
