"""What is owed to a provider a month however little is used, and whose cost the unused rest of it is."""

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from costcalc.budget.verdict import Spent
from costcalc.catalog.catalog import Catalog
from costcalc.cost.owed import billed_by


class Owed(NamedTuple):
    """A commitment in force [USD/month].

    Args:
        provider: To whom it is owed.
        committed: How much is owed however little is used.
        used: What the workloads use of it, each by name; those without a price use nothing.
    """

    provider: str
    committed: Fraction
    used: Mapping[str, Fraction]

    @property
    def unused(self) -> Fraction:
        """What is paid and not used."""
        return max(Fraction(0), self.committed - sum(self.used.values(), start=Fraction(0)))

    def unused_of(self, names: Sequence[str], *, every: bool) -> Fraction:
        """Give the part of the unused rest that some workloads bear: as much of it as they use of the commitment.

        What nobody uses at all is borne by nobody: it counts in the total, and in budgets on everything.

        Args:
            names: The workloads.
            every: Whether they are all of them.

        Example:
            Of $100, a uses $10 and b $30; a bears a quarter of the other $60:

            >>> owed = Owed("openai", Fraction(100), {"a": Fraction(10), "b": Fraction(30)})
            >>> owed.unused_of(["a"], every=False)
            Fraction(15, 1)
        """
        if every:
            return self.unused
        total = sum(self.used.values(), start=Fraction(0))
        return self.unused * sum((self.used.get(name, Fraction(0)) for name in names), start=Fraction(0)) / (total or 1)


def unused_name(provider: str) -> str:
    """Name the row of what a commitment leaves unused."""
    return f"commitment to {provider}, unused"


def owed_by(spent: Sequence[Spent], catalog: Catalog, *, as_of: date) -> tuple[Owed, ...]:
    """Find the commitments in force on a day, and what workloads use of them.

    Args:
        spent: Every workload of the plan.
        catalog: Where the contracts stand.
        as_of: The day.
    """
    billed = {one.workload.name: billed_by(one.estimate.lines) for one in spent if one.estimate is not None}
    return tuple(
        Owed(
            provider,
            Fraction(contract.commitment_usd),
            {name: used[provider] for name, used in billed.items() if provider in used},
        )
        for provider, contract in catalog.contracts.items()
        if contract.commitment_usd is not None and contract.in_force(as_of)
    )
