"""The form of rates of exchange: what a US dollar costs in another currency, day by day."""

from typing import Annotated, Self

from costcalc.catalog.forms.currencies import CurrencyCode
from costcalc.catalog.forms.entry import NOT_EMPTY, Entry, form_check
from costcalc.catalog.forms.scalars import Day, Factor, Items, Text, check_oldest_first
from costcalc.catalog.forms.schema import Source


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
        check_oldest_first(price.effective for price in self.prices)
        return self


class ExchangeRatesFile(Entry):
    """Rates of exchange: ``pricing/exchange_rates.yaml``.

    Args:
        exchange_rates: The currencies by their ISO 4217 code.
    """

    exchange_rates: dict[CurrencyCode, Currency]
