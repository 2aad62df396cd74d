"""The codes of currencies."""

from typing import Annotated

from costcalc.catalog.forms.entry import Checked, JsonSchema
from costcalc.catalog.forms.scalars import found
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
CURRENCIES = tuple(_CODES.split())


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
