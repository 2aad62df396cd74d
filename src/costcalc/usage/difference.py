"""Why a log's own record of its cost differs from ours: the known causes, each tried on the requests."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from costcalc.catalog.catalog import Catalog
from costcalc.usage.groups import CountedMeter, Group, Usage
from costcalc.usage.reprice import Cost, Served, cost_of_log

_SAME = Fraction(1, 200)  # half a per cent: recorders round, and leave out searches
_FRESH: Mapping[CountedMeter, CountedMeter] = {
    "cache_read": "input",
    "cache_write": "input",
    "cache_write_1h": "input",
    "cache_read_audio": "input_audio",
    "cache_read_image": "input_image",
}


class Difference(NamedTuple):
    """A model of which the log records another cost than list prices, or the user's contract, give.

    Args:
        model: The model as the log names it.
        recorded_usd: What the log says [USD].
        exact_usd: What its requests cost at the prices that hold for the user [USD].
        list_usd: What they cost at list prices [USD].
        under_contract: Whether a contract of the user's holds for them.
        cause: What would give the recorded cost, in words; "" where nothing that is known does.
    """

    model: str
    recorded_usd: Decimal
    exact_usd: Fraction
    list_usd: Fraction
    under_contract: bool
    cause: str


def differences(usage: Usage, cost: Cost, catalog: Catalog, *, as_of: date) -> Iterator[Difference]:
    """Find the models whose recorded cost is not ours, and try what is known to cause it.

    Args:
        usage: The log.
        cost: What it did cost.
        catalog: Prices.
        as_of: The day whose prices a recorder may have used for every day.
    """
    by_model: dict[str, list[Served]] = {}
    for served in cost.served:
        by_model.setdefault(served.model, []).append(served)
    for model, parts in by_model.items():
        recorded = [each.recorded_usd for each in parts if each.recorded_usd is not None]
        ours = sum((each.exact_usd for each in parts), start=Fraction(0))
        at_list = sum((each.at_list_usd for each in parts), start=Fraction(0))
        written = sum(recorded, Decimal(0))
        if len(recorded) < len(parts) or _alike(Fraction(written), ours):
            continue
        contracted = any(True in each.under_contract for each in parts)
        if contracted and _alike(Fraction(written), at_list):
            cause = "list prices, without your contract"
        else:
            own = usage.only(group for group in usage.groups if group.model == model)
            cause = _cause(own, Fraction(written), catalog, as_of)
        yield Difference(model, written, ours, at_list, contracted, cause)


def _alike(amount: Fraction, other: Fraction) -> bool:
    return abs(amount - other) <= _SAME * max(abs(amount), abs(other))


def _cause(usage: Usage, recorded: Fraction, catalog: Catalog, as_of: date) -> str:
    if not recorded:
        return "the log records no cost for it"
    for words, changed in _CAUSES.items():
        other = usage.only(changed(group) for group in usage.groups)
        if other.groups != usage.groups and _alike(recorded, cost_of_log(other, catalog, as_of=as_of).exact_usd):
            return words
    today = cost_of_log(usage, catalog, as_of=as_of, own=False).exact_usd
    return f"the prices of {as_of}, not those of its days" if _alike(recorded, today) else ""


def _fresh(group: Group) -> Group:
    counts: dict[CountedMeter, int] = {}
    for meter, amount in group.counts.items():
        to = _FRESH.get(meter, meter)
        counts[to] = counts.get(to, 0) + amount
    return group._replace(counts=counts)


def _free(group: Group) -> Group:
    return group._replace(counts={meter: amount for meter, amount in group.counts.items() if meter not in _FRESH})


def _twice(group: Group) -> Group:
    fresh = _fresh(group).counts
    return group._replace(counts={**group.counts, **{to: fresh[to] for to in _FRESH.values() if to in fresh}})


_CAUSES: dict[str, Callable[[Group], Group]] = {
    "cached input billed as fresh input": _fresh,
    "cached input left out": _free,
    "cached input counted twice, as fresh and as cached": _twice,
    "the price of a batch": lambda group: group._replace(processing="batch"),
    "the price of single requests, not of a batch": lambda group: group._replace(processing=None),
    "the standard tier": lambda group: group._replace(service_tier=None),
    "the price of no particular region": lambda group: group._replace(region=None),
}
