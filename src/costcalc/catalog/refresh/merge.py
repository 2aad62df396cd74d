"""Laying a price of theirs over one of ours, meter by meter and condition by condition; nothing of ours disappears.

What theirs states is taken; what it is silent about stays. A figure that would be a guess is refused with a reason: a
plain price where ours goes by the hour, a tier at another length than ours, 0 where ours has a price, a price ten
times off ours, and whatever an objection says (a discrepancy that was decided, two sources that disagree).
"""

from collections.abc import Callable, Iterable, Iterator
from copy import deepcopy
from decimal import Decimal
from typing import NamedTuple

from costcalc.catalog.forms.rates import RATE_TABLES, USUAL_TABLE
from costcalc.catalog.refresh.conditions import (
    Cell,
    by_hour,
    cell_of,
    figures,
    holds,
    hours_of,
    is_near,
    rate,
    rates_of,
    same_by_hour,
    stated,
    whens,
    words,
)
from costcalc.catalog.refresh.record import Json
from costcalc.workload import METERS, PROMPT_METERS, TOKEN_METERS

_TIMES = 10  # as lint has it: a price ten times off is a slip of the unit more often than a change
_ORDER = ("effective", "usd_per_mtok", "billed_as", *(table for table in RATE_TABLES if table != "usd_per_mtok"))
FACTOR = "multiply"  # what a factor is called where a meter is expected
_REGION = frozenset({"region", "region_other_than"})

Objection = Callable[[Json, str, Decimal], str]


class Change(NamedTuple):
    """A rate that theirs changes or adds.

    Args:
        meter: The meter; ``multiply`` for a factor.
        conditions: The conditions as an entry of ``when`` states them; none for the plain rate.
        before: What ours had, or None.
        after: What theirs has.
    """

    meter: str
    conditions: Json
    before: Decimal | None
    after: Decimal

    @property
    def shown(self) -> str:
        """The meter with its conditions."""
        return ", ".join(text for text in (self.meter, words(self.conditions)) if text)


class Refused(NamedTuple):
    """A rate of theirs that is not taken, with the reason."""

    meter: str
    conditions: Json
    ours: Decimal | None
    theirs: Decimal
    reason: str

    @property
    def shown(self) -> str:
        """The meter with its conditions."""
        return ", ".join(text for text in (self.meter, words(self.conditions)) if text)


class Merged(NamedTuple):
    """What a merge gives.

    Args:
        price: Our price with what theirs states laid over it.
        changes: The rates that differ from ours.
        refused: The rates of theirs that were not taken.
        silent: The rates of ours of which theirs says nothing, as (conditions, meter).
    """

    price: Json
    changes: tuple[Change, ...]
    refused: tuple[Refused, ...]
    silent: tuple[tuple[Json, str], ...]

    @property
    def confirms(self) -> bool:
        """Whether theirs states every rate of ours, and the same."""
        return not (self.changes or self.refused or self.silent)

    @property
    def kept(self) -> str:
        """What stays as ours has it, in words."""
        return "; ".join(grouped(self.silent))


def merged(ours: Json, theirs: Json, objections: Iterable[Objection] = ()) -> Merged:
    """Lay a price of theirs over one of ours.

    Args:
        ours: Our dated price, as plain data.
        theirs: Theirs, in our form.
        objections: Each gives the reason why a rate is not to be taken; empty where it may.

    Example:
        >>> batch = {"processing": "batch", "multiply": Decimal("0.5")}
        >>> ours = {"usd_per_mtok": {"input": Decimal(3)}, "when": [batch]}
        >>> done = merged(ours, {"usd_per_mtok": {"input": Decimal(2)}})
        >>> done.price["usd_per_mtok"], done.price["when"] == [batch], done.changes[0].shown
        ({'input': Decimal('2')}, True, 'input')
    """
    merge = _Merge(ours, theirs, tuple(objections))
    for conditions, meter, usd in figures(theirs):
        if not (_follows(theirs, ours, conditions, meter, usd) or merge.is_same_by_hour(conditions, meter)):
            merge.take(conditions, meter, usd)
    for when in whens(theirs):
        if isinstance(when.get(FACTOR), int | Decimal):
            merge.take_factor(stated(when), Decimal(when[FACTOR]))
    return Merged(_in_order(merge.price), tuple(merge.changes), tuple(merge.refused), tuple(silent(ours, theirs)))


def silent(ours: Json, theirs: Json) -> Iterator[tuple[Json, str]]:
    """Walk the rates of ours of which theirs says nothing."""
    for conditions, meter, _ in figures(ours):
        if not states(theirs, cell_of(conditions), meter):
            yield conditions, meter
    for when in whens(ours):
        if FACTOR in when and not any(states(theirs, cell_of(when), meter) for meter in (*rates_of(ours), FACTOR)):
            yield stated(when), FACTOR


def states(price: Json, cell: Cell, meter: str) -> bool:
    """Say whether a price states a rate of a meter under exactly these conditions; of hours, in a part of them."""
    if not cell:
        return meter in rates_of(price)
    hours = {key: value for key, value in cell.items() if isinstance(value, frozenset)}
    for when in whens(price):
        other = cell_of(when)
        same = {**cell, **{key: other[key] for key in hours if key in other and other[key] <= hours[key]}}
        if other == same and (meter in rates_of(when) or FACTOR in when):
            return True
    return False


def grouped(rates: Iterable[tuple[Json, str]]) -> list[str]:
    """Say rates in words, those under the same conditions together.

    Example:
        >>> grouped([({}, "web_search"), ({"processing": "batch"}, "input"), ({"processing": "batch"}, "output")])
        ['web_search', 'batch (input, output)']
    """
    groups: dict[str, list[str]] = {}
    for conditions, meter in rates:
        groups.setdefault(words(conditions), []).append(meter)
    return [f"{group} ({', '.join(meters)})" if group else ", ".join(meters) for group, meters in groups.items()]


class _Merge:
    """Our price while rates of theirs are laid over it."""

    def __init__(self, ours: Json, theirs: Json, objections: tuple[Objection, ...]) -> None:
        self.ours = ours
        self.theirs = theirs
        self.price: Json = deepcopy(ours)
        self.objections = objections
        self.changes: list[Change] = []
        self.refused: list[Refused] = []
        self._added: list[int] = []  # the identities of the entries of ``when`` that this merge has added

    def is_same_by_hour(self, conditions: Json, meter: str) -> bool:
        """Say whether a plain rate, or that of some hours, belongs to a tariff by the hour that ours has too."""
        is_hourly = not (cell_of(conditions).keys() - {"utc", "weekdays"})
        return is_hourly and bool(by_hour(self.theirs, meter)) and same_by_hour(self.ours, self.theirs, meter)

    def take(self, conditions: Json, meter: str, usd: Decimal) -> None:
        """Lay one rate over ours, or refuse it."""
        cell = cell_of(conditions)
        now = rate(self.price, cell, meter)
        if now is not None and is_near(now, usd):
            return
        reason = self._reason(conditions, meter, now, usd)
        if reason:
            self.refused.append(Refused(meter, conditions, now, usd, reason))
            return
        if now is None and not conditions and self._is_input(meter, usd):
            self.price["billed_as"] = {**(self.price.get("billed_as") or {}), meter: "input"}
        else:
            self._set(conditions, meter, usd)
        self.changes.append(Change(meter, conditions, rate(self.ours, cell, meter), usd))

    def take_factor(self, conditions: Json, factor: Decimal) -> None:
        """Lay a multiplier over ours; where ours says the same in rates, or has rates of its own there, ours stays."""
        cell = cell_of(conditions)
        plain = {meter: usd for meter, usd in rates_of(self.price).items() if meter in TOKEN_METERS}
        now = {meter: rate(self.price, cell, meter) for meter in plain}
        if all(is_near(now[meter] or Decimal(0), usd * factor) for meter, usd in plain.items()):
            return
        same = next((when for when in whens(self.price) if cell_of(when) == cell and not rates_of(when)), None)
        before = Decimal(same[FACTOR]) if same is not None and not isinstance(same[FACTOR], dict) else None
        others = [when for when in whens(self.price) if when is not same and _is_rival(cell_of(when), cell)]
        reason = "ours has other prices there" if others or (same is not None and before is None) else ""
        reason = reason or next(filter(None, (each(conditions, FACTOR, factor) for each in self.objections)), "")
        if reason:
            self.refused.append(Refused(FACTOR, conditions, before, factor, reason))
            return
        if same is None:
            self.price.setdefault("when", []).append({**conditions, FACTOR: factor})
        else:
            same[FACTOR] = factor
        self.changes.append(Change(FACTOR, conditions, before, factor))

    def _reason(self, conditions: Json, meter: str, now: Decimal | None, usd: Decimal) -> str:
        """Say why a rate is not taken; empty where it is."""
        said = next(filter(None, (each(conditions, meter, usd) for each in self.objections)), "")
        return said or self._guess(cell_of(conditions), meter) or slip(now, usd)

    def _guess(self, cell: Cell, meter: str) -> str:
        """Say why theirs does not tell what ours would have to become."""
        own = [cell_of(when) for when in whens(self.ours) if meter in rates_of(when)]
        hourly = [each for each in own if hours_of(each) is not None]
        if hourly and not by_hour(self.theirs, meter):
            return "ours goes by the hour, theirs has one price for all of them"
        if hourly and not all(states(self.theirs, each, meter) for each in hourly):
            return "theirs goes by other hours than ours"
        lengths = {each["prompt"] for each in own if "prompt" in each}
        if "prompt" in cell and lengths and cell["prompt"] not in lengths:
            return f"ours has its tiers at {', '.join(f'{length:,}' for length in sorted(lengths))} tokens"
        return ""

    def _is_input(self, meter: str, usd: Decimal) -> bool:
        """Say whether a new meter is input by another name, such as pictures: then it has the tiers of input too.

        As a rate of its own it would cost the plain price in a long prompt or a batch, where input has others.
        """
        has_own = any(meter in rates_of(when) for when in whens(self.theirs))
        input_usd = rates_of(self.price).get("input")
        is_same = input_usd is not None and is_near(input_usd, usd)
        return meter in PROMPT_METERS and is_same and not has_own

    def _set(self, conditions: Json, meter: str, usd: Decimal) -> None:
        entry = self._entry(conditions, meter) if conditions else self.price
        table = next((key for key in RATE_TABLES if meter in (entry.get(key) or {})), USUAL_TABLE[meter].key)  # type: ignore[index]  # theirs are meters
        usd = usd * RATE_TABLES[table].per / USUAL_TABLE[meter].per  # type: ignore[index]
        entry[table] = _sorted({**(entry.get(table) or {}), meter: usd})
        billed_as = self.price.get("billed_as") or {}
        if not conditions and meter in billed_as:
            self.price["billed_as"] = {name: same for name, same in billed_as.items() if name != meter}
            if not self.price["billed_as"]:
                del self.price["billed_as"]

    def _entry(self, conditions: Json, meter: str) -> Json:
        """Find the entry of ``when`` in which a rate is to stand, or add one.

        A new rate stands behind those that hold wherever it does, and before all others of ours: where both hold,
        theirs says nothing, and ours wins as before.
        """
        cell = cell_of(conditions)
        here = self.price.setdefault("when", [])
        own = [index for index, when in enumerate(here) if cell_of(when) == cell and meter in rates_of(when)]
        if own:
            found: Json = here[own[-1]]
            return found
        wider = [i for i, when in enumerate(here) if holds(cell_of(when), cell) and meter in rates_of(when)]
        at = wider[-1] + 1 if wider else 0
        while at < len(here) and id(here[at]) in self._added:  # theirs stand among themselves in their order
            at += 1
        for index, when in enumerate(here):
            between = here[min(index + 1, at) : max(index, at)]
            if cell_of(when) == cell and not any(meter in rates_of(other) for other in between):
                same: Json = when
                return same
        new: Json = dict(conditions)
        here.insert(at, new)
        self._added.append(id(new))
        return new


def _follows(theirs: Json, ours: Json, conditions: Json, meter: str, usd: Decimal) -> bool:
    """Say whether theirs repeats the price of output for reasoning, which ours bills as output without a word."""
    if meter != "reasoning" or any(own == meter for _, own, _ in figures(ours)):
        return False
    output = rate(theirs, cell_of(conditions), "output")
    return output is not None and is_near(output, usd)


def slip(now: Decimal | None, usd: Decimal) -> str:
    """Say why a price of theirs looks like a slip beside ours; empty where it does not."""
    if not usd:
        return "0 in theirs: free and unknown look alike"
    if now and not now / _TIMES < usd < now * _TIMES:
        return "ten times off ours: a slip of the unit or of the decimal point looks so"
    return ""


def _is_rival(other: Cell, cell: Cell) -> bool:
    """Say whether an entry of ours would be billed together with a factor of theirs, or in its place."""
    others = "region_other_than" in other or "region_other_than" in cell
    return other == cell or bool(others and _REGION & other.keys() and _REGION & cell.keys())


def _sorted(rates: dict[str, Decimal]) -> dict[str, Decimal]:
    return {meter: rates[meter] for meter in sorted(rates, key=METERS.index)}


def _in_order(price: Json) -> Json:
    """Write the keys in the house's order, the rest as they stood, conditions and the source last."""
    last = ("when", "source", "note")
    keys = [*_ORDER, *(key for key in price if key not in {*_ORDER, *last}), *last]
    return {key: price[key] for key in keys if key in price}
