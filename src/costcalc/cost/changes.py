"""The days on which what an option costs may change: every day that its prices, contracts and terms name."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from types import NoneType

from costcalc.catalog.catalog import Catalog
from costcalc.catalog.forms.entry import Entry
from costcalc.catalog.forms.options import ApiOption, BlendOption, PlanOption, RateOption, SelfHostOption
from costcalc.catalog.forms.provisioned import ProvisionedOption
from costcalc.catalog.things import NamedOption

_ONE = timedelta(days=1)


def price_changes(named: NamedOption, catalog: Catalog) -> frozenset[date]:
    """Give every day on which an option's price may be another than on the day before.

    Between two of them an option costs the same for the same traffic. They may be too many, and never too few: a term
    begins on the day that is named, or ends with it, and then the day after counts.

    Example:
        Gemini 4 Argon costs twice as much from December 2026 on, as announced:

        >>> from costcalc.catalog.layers.load import load_catalog
        >>> catalog = load_catalog()
        >>> date(2026, 12, 1) in price_changes(catalog.option("gemini-4-argon-api"), catalog)
        True
    """
    days = {day for term in _terms(named, catalog) for day in _days(term)}
    return frozenset({*days, *(day + _ONE for day in days if day < date.max)})


def _terms(named: NamedOption, catalog: Catalog) -> Iterator[object]:
    """Give what an option's price is looked up in; of a blend, what the price of each member is."""
    option = named.option
    yield option
    for member in option.members if isinstance(option, BlendOption) else ():
        yield from _terms(catalog.option(member), catalog)
    model = option.model if isinstance(option, ApiOption | PlanOption | ProvisionedOption) else None
    if isinstance(option, PlanOption):
        plan = catalog.plan(option.plan).plan
        yield plan
        model = model or plan.overage
    if model is not None:
        sold = catalog.sold_model(model)
        yield from (sold.model, sold.contract)
    if isinstance(option, ProvisionedOption) and isinstance(option.overflow, str):
        yield from _terms(catalog.option(option.overflow), catalog)
    gpu = option.gpu if isinstance(option, SelfHostOption) else None
    if isinstance(option, RateOption) and option.implies is not None:
        gpu = option.implies.gpu
    if gpu is not None:
        yield catalog.gpu(gpu)


_LEAVES = frozenset({Decimal, str, int, bool, NoneType})
_NO_TERMS = frozenset({"source", "usd_per_mtok", "aliases"})  # without a day on which a price begins or ends


def _days(term: object) -> Iterator[date]:
    """Walk the days that a term names; that somebody looked at a page on some day changes no price."""
    left = [term]
    while left:
        value = left.pop()
        if isinstance(value, date):
            yield value
        elif isinstance(value, Entry | dict):
            named = vars(value) if isinstance(value, Entry) else value
            left += [each for name, each in named.items() if type(each) not in _LEAVES and name not in _NO_TERMS]
        elif isinstance(value, tuple):
            left += value
