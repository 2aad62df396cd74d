"""Amounts of a user's file in another currency, such as ``EUR 500``: converted to USD where the file is read."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from costcalc.catalog.exchange import exchange_rate_on, stale_rate
from costcalc.catalog.forms.assumptions import Assumption
from costcalc.catalog.forms.currencies import CURRENCIES
from costcalc.catalog.forms.exchange_rates import Currency
from costcalc.catalog.forms.scalars import counted
from costcalc.findings import Finding, Level, Node, did_you_mean
from costcalc.units import usd

_WRITTEN = re.compile(r"(?P<code>[A-Z]{3}) (?P<low>\d\S*)(?: to (?P<high>\d\S*))?")
_BEHIND = re.compile(r"(?P<amount>\d\S*(?: to \d\S*)?) ?(?P<code>[A-Z]{3})")
_SIGNS = {"€": ("EUR",), "£": ("GBP",), "¥": ("JPY", "CNY")}
_USD_KEY = re.compile(r"(^|_)usd(_|$)")
_NOTE: Level = "note"
_STALE: Level = "warning"
Path = tuple[str, ...]


class Rates(NamedTuple):
    """What amounts are converted with.

    Args:
        currencies: The rates of exchange in force, those of the user's layers among them.
        day: Gives the day whose rates hold; raises where there is none.
        assumptions: The shipped assumptions, whose units say which of them are money.
    """

    currencies: Callable[[], Mapping[str, Currency]]
    day: Callable[[Finding], date]
    assumptions: Callable[[], Mapping[str, Assumption]]


def in_usd(node: Node, path: Path, rates: Rates) -> Iterator[Finding]:
    """Put USD in the place of every amount of money that names its currency.

    A converted amount is a note with its rate, a warning where that is old. What names no currency stays as it is, and
    so does whatever stands where no money is asked for: its form says what is wrong with it.

    Args:
        node: A part of a file.
        path: Where it stands.
        rates: What amounts are converted with.

    Raises:
        UndecidableError: There is no rate of a currency on the day.
        InputError: There is no day.
    """
    if isinstance(node.value, dict):
        for key, child in node.value.items():
            yield from in_usd(child, (*path, key), rates)
    elif isinstance(node.value, list):
        for index, child in enumerate(node.value):
            yield from in_usd(child, (*path, str(index)), rates)
    elif isinstance(node.value, str) and (found := _said(node.value)) and _is_money(path, rates):
        finding = found(node, path, rates)
        if finding.level == "error":
            node.value = Decimal(1)  # nothing is loaded, and one message is enough
        yield finding


def _said(text: str) -> Callable[[Node, Path, Rates], Finding] | None:
    """Say what to do with a text: convert it, or say how it is written."""
    text = text.strip()
    if _WRITTEN.fullmatch(text):
        return _converted
    return _misspelt if _BEHIND.fullmatch(text) or text[:1] in _SIGNS or text[-1:] in _SIGNS else None


def _is_money(path: Path, rates: Rates) -> bool:
    if path[0] == "assumptions":
        known = rates.assumptions().get(path[1])
        return known is not None and known.unit.startswith("USD")
    is_named = path[-1] == "max_increase" or any(_USD_KEY.search(key) for key in path)
    return is_named and path[0] != "exchange_rates"


def _misspelt(node: Node, path: Path, _: Rates) -> Finding:
    text = str(node.value).strip()
    behind = _BEHIND.fullmatch(text)
    codes = (behind["code"],) if behind else next(codes for sign, codes in _SIGNS.items() if sign in text)
    amount = behind["amount"] if behind else text.strip("€£¥ ")
    forms = " or ".join(f"{code} {amount}" for code in codes)
    return Finding("value", "error", f"{'.'.join(path)}: write {forms}, found '{text}'", node.place)


def _converted(node: Node, path: Path, rates: Rates) -> Finding:
    text, where = str(node.value).strip(), ".".join(path)
    match = _WRITTEN.fullmatch(text)
    assert match is not None  # `_said` has matched it
    code, ends = match["code"], [_number(match[name]) for name in ("low", "high") if match[name]]
    if None in ends:
        return Finding("value", "error", f"{where}: expected an amount such as {code} 500, found '{text}'", node.place)
    if code != "USD" and code not in CURRENCIES:
        hint = did_you_mean(code, CURRENCIES)
        message = f"{where}: expected the code of a currency such as EUR (ISO 4217), found '{code}'"
        return Finding("value", "error", message, node.place, hint)
    per_usd, note, level = Decimal(1), "", _NOTE
    if code != "USD":
        day = rates.day(Finding("no-day", "error", f"{where}: {text} needs a day for its rate: give as_of", node.place))
        rate = exchange_rate_on(rates.currencies(), code, day, subject=where)
        per_usd, note = rate.per_usd, f" at {rate.per_usd.normalize():f} {code} per USD of {rate.effective}"
        if stale := stale_rate(rate, code, day):
            note, level = f"{note} ({stale})", _STALE
    amounts = [end / per_usd for end in ends if end is not None]
    node.value = amounts[0] if len(amounts) == 1 else " to ".join(f"{amount:f}" for amount in amounts)
    shown = " to ".join(f"${usd(amount)}" for amount in amounts)
    return Finding("converted", level, f"{where}: {text} is {shown}{note}", node.place, subject=where)


def _number(text: str) -> Decimal | None:
    value = counted(text)
    try:
        return value if isinstance(value, Decimal) else Decimal(text.replace("_", ""))
    except ArithmeticError:
        return None
