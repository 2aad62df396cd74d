"""How amounts of US dollars are written for people: in USD, or in another currency at a dated rate of exchange."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from costcalc.units import decimal, full_usd, usd


class Money(NamedTuple):
    """In which currency amounts are shown; all arithmetic stays in USD.

    Another currency is named by its code, not by a sign: ¥ is two currencies, and a pipe in ASCII has no €.

    Args:
        code: The ISO 4217 code of the currency.
        per_usd: Units of it for one US dollar [currency/USD].
        day: The day of that rate; None for the US dollar itself.
        source: Where the rate was read.
        caveat: Why the rate should not be trusted, or "".

    Example:
        >>> yuan = Money("CNY", Decimal("7.12"), date(2026, 10, 6), "example.com")
        >>> Money().text(Decimal("54.0618")), yuan.text(Decimal("54.0618"))
        ('$54.06', 'CNY 384.92')
        >>> yuan.cell(Decimal("0.5")), yuan.per("month")
        ('3.56', 'CNY/month')
        >>> print(yuan.note)
        ; in CNY, 7.12 per USD on 2026-10-06 (example.com); caveats, findings and list prices in $
    """

    code: str = "USD"
    per_usd: Decimal = Decimal(1)
    day: date | None = None
    source: str = ""
    caveat: str = ""

    @property
    def is_usd(self) -> bool:
        """Whether nothing is converted."""
        return self.code == "USD"

    @property
    def sign(self) -> str:
        """What stands for the currency in the title of a column."""
        return "$" if self.is_usd else self.code

    @property
    def note(self) -> str:
        """What a heading says of the rate; nothing of the US dollar."""
        if self.is_usd:
            return ""
        rate = f"{self.per_usd.normalize():f} per USD on {self.day}"
        caveat = f"; {self.caveat}" if self.caveat else ""
        return f"; in {self.code}, {rate} ({self.source}){caveat}; caveats, findings and list prices in $"

    def of(self, amount: Decimal | Fraction) -> Decimal:
        """Convert an amount of USD."""
        exact = decimal(amount) if isinstance(amount, Fraction) else amount
        return exact if self.is_usd else exact * self.per_usd

    def cell(self, amount: Decimal | Fraction) -> str:
        """Write an amount of USD for a column that names the currency: to two decimals, and small ones to 3 digits."""
        return usd(self.of(amount))

    def text(self, amount: Decimal | Fraction) -> str:
        """Write an amount of USD in a sentence, with its currency."""
        return self.named(self.cell(amount))

    def full_text(self, amount: Decimal | Fraction) -> str:
        """Write an amount of USD in full in a sentence."""
        return self.named(full_usd(self.of(amount)))

    def named(self, number: str) -> str:
        """Put the currency before a number that is written already."""
        return f"${number}" if self.is_usd else f"{self.code} {number}"

    def per(self, unit: str) -> str:
        """Title a column of amounts per unit, such as ``$/month``."""
        return f"{self.sign}/{unit}"


USD = Money()
