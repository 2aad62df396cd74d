"""What contracts bill for the time of a log however little is used, and so what leaving a seller would not save."""

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from costcalc.catalog.catalog import Catalog
from costcalc.usage.reprice import Cost


class Owed(NamedTuple):
    """A commitment to a seller whose models the log used.

    Args:
        provider: The seller.
        exact_usd: What it bills for the time of the log, whatever is used [USD].
        used_usd: What the log's requests used of it, or beyond it [USD].
    """

    provider: str
    exact_usd: Fraction
    used_usd: Fraction

    @property
    def saved_usd(self) -> Fraction:
        """What leaving would save while the contract holds: what is used beyond it [USD]."""
        return max(Fraction(0), self.used_usd - self.exact_usd)


def owed(cost: Cost, catalog: Catalog, *, months: Fraction, as_of: date) -> Iterator[Owed]:
    """Find the commitments to the sellers of a log.

    Leaves out what other workloads use of them, which the log does not tell.

    Args:
        cost: What the log did cost.
        catalog: The contracts.
        months: How long the log is [months].
        as_of: The day on which a contract must hold.
    """
    for provider, contract in catalog.contracts.items():
        lines = [
            line
            for served in cost.served if served.ref.startswith(f"{provider}/")
            for each in served.estimates for line in each.lines if line.part == "meter"
        ]  # fmt: skip  # a surcharge on payments uses up nothing
        if contract.commitment_usd is not None and contract.in_force(as_of) and lines:
            used = sum((Fraction(line.usd) for line in lines), start=Fraction(0))
            yield Owed(provider, Fraction(contract.commitment_usd) * months, used)
