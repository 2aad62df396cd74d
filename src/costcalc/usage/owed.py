"""What contracts bill for the time of a log however little is used, and so what leaving a seller would not save."""

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from costcalc.catalog.catalog import Catalog
from costcalc.cost.owed import billed_by, commitments_of
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
    billed = billed_by(line for served in cost.served for each in served.estimates for line in each.lines)
    for one in commitments_of(catalog, {}):
        if one.holds_on(as_of) and one.provider in billed:
            yield Owed(one.provider, Fraction(one.usd) * months, billed[one.provider])
