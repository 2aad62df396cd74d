"""The form of rates of exchange: what a US dollar costs in another currency, day by day."""

import re
from itertools import pairwise
from typing import Annotated, Self

from costcalc.catalog.forms.entry import NOT_EMPTY, Checked, Entry, JsonSchema, form_check
from costcalc.catalog.forms.scalars import Day, Factor, Items, Text, found
from costcalc.catalog.forms.schema import Source
from costcalc.findings import did_you_mean

# ISO 4217, the codes of money that is legal tender in 2026; funds, metals and test codes are left out
_CODES = """
AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY COP
CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR
IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU
MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG
SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND VUV WST
XAF XCD XCG XOF XPF YER ZAR ZMW ZWG
"""
CURRENCIES = tuple(re.findall("[A-Z]{3}", _CODES))


def currency_code(value: object) -> str:
    """Check the code of a currency.

    Raises:
        ValueError: No currency has it, or it is the US dollar, in which all amounts are counted anyway.

    Example:
        >>> currency_code("EUR")
        'EUR'
        >>> currency_code("eur")
        Traceback (most recent call last):
        ValueError: expected the code of a currency such as EUR (ISO 4217), found text 'eur'; write EUR
    """
    if value == "USD":
        raise ValueError("expected the code of another currency: USD is what all amounts are counted in")
    if isinstance(value, str) and value in CURRENCIES:
        return value
    upper = value.strip().upper() if isinstance(value, str) else ""
    hint = f"write {upper}" if upper in CURRENCIES else did_you_mean(upper, CURRENCIES) if upper else None
    expected = f"expected the code of a currency such as EUR (ISO 4217), found {found(value)}"
    raise ValueError(f"{expected}; {hint}" if hint else expected)


CurrencyCode = Annotated[
    str, Checked(currency_code), JsonSchema({"type": "string", "pattern": "^[A-Z]{3}$", "not": {"const": "USD"}})
]


class ExchangeRate(Entry):
    """What a US dollar cost on one day. Never edited afterwards: a new rate is a new entry.

    Args:
        effective: The day of the rate; it holds until the day of the next entry.
        per_usd: Units of the currency for one US dollar [currency/USD].
        source: Where it was read, and when.
        note: What else is to be known, such as how it was got from rates against the euro.
    """

    effective: Day
    per_usd: Factor
    source: Source
    note: Text | None = None

    @form_check
    def _was_known(self) -> Self:
        if self.effective > self.source.evidence_day:
            seen = f"its evidence is of {self.source.evidence_day}"
            raise ValueError(f"a rate of exchange of {self.effective} cannot be known before that day: {seen}")
        return self


class Currency(Entry):
    """One currency: what a US dollar costs in it, oldest first.

    Args:
        name: What it is called.
        prices: What a US dollar costs in it, by the day.
    """

    name: Text | None = None
    prices: Annotated[tuple[ExchangeRate, ...], NOT_EMPTY, Items]

    @form_check
    def _is_dated(self) -> Self:
        for earlier, later in pairwise(price.effective for price in self.prices):
            if earlier >= later:
                raise ValueError(f"prices stand oldest first, one a day: {later} stands after {earlier}")
        return self


class ExchangeRatesFile(Entry):
    """Rates of exchange: ``pricing/exchange_rates.yaml``.

    Args:
        exchange_rates: The currencies by their ISO 4217 code.
    """

    exchange_rates: dict[CurrencyCode, Currency]
