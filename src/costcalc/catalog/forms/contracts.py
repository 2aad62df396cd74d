"""The form of contracts: what a provider agreed with the user."""

from datetime import date
from decimal import Decimal
from typing import Self

from costcalc.catalog.forms.currencies import CurrencyCode
from costcalc.catalog.forms.entry import EMPTY, Entry, form_check
from costcalc.catalog.forms.rates import ALL_TABLES, RATE_TABLES, RateEntry, any_of, check_currency
from costcalc.catalog.forms.scalars import Day, PositiveUsd, Share
from costcalc.catalog.forms.schema import Source


class ContractedModel(RateEntry, schema=any_of(*ALL_TABLES)):
    """Contracted unit prices of one model; they stand in place of the list price's own rates.

    Args:
        currency: In which currency they are, where it is not USD.
    """

    currency: CurrencyCode | None = None

    @form_check
    def _has_rates(self) -> Self:
        if not self.has_rates:
            raise ValueError(f"a contracted price needs a table of rates: {', '.join(RATE_TABLES)}")
        check_currency(self, self.currency)
        return self


class Contract(Entry):
    """What a provider agreed with the user: a discount on list prices, or prices of their own.

    Args:
        discount: Share off every list price that has no contracted one, 0 to 1.
        models: Contracted prices by the provider's model ids.
        commitment_usd: What is owed a month however little is used [USD/month].
        surcharge: Share that is added to whatever is paid for, in place of the provider's own; 0 adds nothing.
        effective: The first day on which the contract holds.
        until: Its last day, where it has one.
        source: Which agreement it is, and when it was read.
    """

    discount: Share = Decimal(0)
    models: dict[str, ContractedModel] = EMPTY
    commitment_usd: PositiveUsd | None = None
    surcharge: Share | None = None
    effective: Day
    until: Day | None = None
    source: Source

    @form_check
    def _ends_after_it_begins(self) -> Self:
        if self.until is not None and self.until < self.effective:
            raise ValueError(f"the contract ends on {self.until}, before it begins on {self.effective}")
        return self

    def in_force(self, day: date) -> bool:
        """Say whether the contract holds on a day; ``until`` is its last day."""
        return self.effective <= day and (self.until is None or day <= self.until)


class ContractsFile(Entry):
    """Contracts by provider: ``contracts.yaml`` of a layer; costcalc ships none.

    Args:
        contracts: The contracts by the provider's id.
    """

    contracts: dict[str, Contract]
