"""Which rate of exchange is in force on a day, and how amounts are shown at it."""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from costcalc.catalog.catalog import MAX_AGE_DAYS, Catalog
from costcalc.catalog.forms.currencies import CURRENCIES
from costcalc.catalog.forms.exchange_rates import Currency, ExchangeRate
from costcalc.catalog.names import with_hint
from costcalc.errors import UndecidableError, UnknownNameError
from costcalc.findings import did_you_mean
from costcalc.money import USD, Money

if TYPE_CHECKING:
    from costcalc.catalog.things import SoldModel


def exchange_rate_on(currencies: Mapping[str, Currency], code: str, day: date, *, subject: str = "") -> ExchangeRate:
    """Find the newest rate of a currency on or before a day; a later one was not known then.

    Args:
        currencies: The catalog's currencies by code.
        code: The currency.
        day: The day.
        subject: What is to be converted, for the message.

    Raises:
        UnknownNameError: No currency has that code.
        UndecidableError: The catalog has no rate of it, or none as old as that day.

    Example:
        >>> from costcalc.catalog.layers.load import load_catalog
        >>> exchange_rate_on(load_catalog().exchange_rates(), "EUR", date(2026, 11, 27)).per_usd
        Decimal('0.887390')
    """
    if code not in currencies:
        if code not in CURRENCIES:
            near = did_you_mean(code, [*currencies, *CURRENCIES])
            message = f"unknown currency '{code}': expected a code of ISO 4217; the catalog has {', '.join(currencies)}"
            raise UnknownNameError(with_hint(message, near))
        raise UndecidableError(f"no rate of exchange is known for {code}; {_to_add(code, day)}", subject=subject)
    prices = currencies[code].prices
    in_force = [price for price in prices if price.effective <= day]
    if not in_force:
        first = f"the earliest is of {prices[0].effective}"
        message = f"no rate of exchange for {code} is known on {day}, {first}; {_to_add(code, day)}"
        raise UndecidableError(message, subject=subject)
    return in_force[-1]


def exchange_of(sold: "SoldModel", currency: str | None, day: date) -> ExchangeRate | None:
    """Find the rate at which a model's prices become USD; None where they are in USD.

    Raises:
        UndecidableError: No rate of that currency is known for the day.
    """
    if currency is None:
        return None
    return exchange_rate_on(sold.currencies(), currency, day, subject=sold.ref)


def _to_add(code: str, day: date) -> str:
    """Say what a user writes to give a rate."""
    source = f"source: {{title: YOUR BANK, checked: {day}}}"
    entry = f"{{effective: {day}, per_usd: {code} PER USD, {source}}}"
    return f"add it to costcalc.yaml: exchange_rates: {{{code}: {{prices: [{entry}]}}}}"


def money_in(catalog: Catalog, code: str | None, day: date) -> Money:
    """Give how amounts are shown in a currency, at the rate in force on a day; None is USD.

    Raises:
        UnknownNameError: No currency has that code.
        UndecidableError: There is no rate of it for that day.
    """
    if code is None or (wanted := code.strip().upper()) == USD.code:
        return USD
    rate = exchange_rate_on(catalog.exchange_rates(), wanted, day)
    return Money(wanted, rate.per_usd, rate.effective, rate.source.site, stale_rate(rate, wanted, day))


def stale_rate(rate: ExchangeRate, code: str, day: date) -> str:
    """Say that a rate is too old to be trusted, counted from its own day; "" where it is not."""
    age = (day - rate.effective).days
    return f"stale: the rate of {code} is {age} days older than {day}" if age > MAX_AGE_DAYS else ""
