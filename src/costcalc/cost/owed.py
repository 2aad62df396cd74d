"""What is owed to a provider a month however little is used, and what an option leaves unused of it."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from costcalc.catalog.catalog import Catalog
from costcalc.cost.estimate import CostLine, Estimate, exact_usd
from costcalc.units import decimal


class Commitment(NamedTuple):
    """A contract's commitment, as far as other workloads leave it [USD/month].

    Args:
        provider: To whom it is owed.
        usd: How much of it other workloads do not use.
        effective: Its first day.
        until: Its last day, where it has one.
        elsewhere: What other workloads use of it.
    """

    provider: str
    usd: Decimal
    effective: date
    until: date | None = None
    elsewhere: Decimal = Decimal(0)

    def holds_on(self, day: date) -> bool:
        """Say whether the contract holds on a day."""
        return self.effective <= day and (self.until is None or day <= self.until)

    def unused(self, billed: Mapping[str, Decimal], day: date) -> Decimal:
        """Say how much of it is paid and not used [USD/month].

        Args:
            billed: What an option pays to each provider a month [USD/month].
            day: A day of that month; on one on which the contract does not hold nothing is owed.

        Example:
            Of $5,000 an option uses $1,200:

            >>> commitment = Commitment("openai", Decimal(5000), date(2026, 1, 1))
            >>> commitment.unused({"openai": Decimal(1200)}, date(2026, 11, 1))
            Decimal('3800')
        """
        left = self.usd - billed.get(self.provider, Decimal(0))
        return max(Decimal(0), left) if self.holds_on(day) else Decimal(0)


def billed_by(lines: Iterable[CostLine]) -> dict[str, Fraction]:
    """Add up what uses commitments, by provider; a surcharge on payments buys nothing [USD/month]."""
    found: dict[str, list[CostLine]] = {}
    for line in lines:
        if line.part == "meter" and line.path[0] in {"api", "contracts"}:
            found.setdefault(str(line.path[1]), []).append(line)
    return {provider: exact_usd(billed) for provider, billed in found.items()}


def with_unused(estimate: Estimate, owed: Iterable[Commitment], day: date) -> Decimal:
    """What is paid a month with an option: its cost, and what it leaves unused of commitments [USD/month]."""
    billed = {provider: decimal(usd) for provider, usd in billed_by(estimate.lines).items()}
    return estimate.monthly_usd + sum((each.unused(billed, day) for each in owed), start=Decimal(0))


def commitments_of(catalog: Catalog, elsewhere: Mapping[str, Decimal]) -> tuple[Commitment, ...]:
    """List the commitments that a catalog's contracts hold, less what other workloads use.

    Args:
        catalog: Where the contracts stand.
        elsewhere: What other workloads pay to each provider [USD/month].
    """
    return tuple(
        Commitment(
            provider,
            max(Decimal(0), contract.commitment_usd - elsewhere.get(provider, Decimal(0))),
            contract.effective,
            contract.until,
            min(contract.commitment_usd, elsewhere.get(provider, Decimal(0))),
        )
        for provider, contract in catalog.contracts.items()
        if contract.commitment_usd is not None
    )
