"""What to change for each of several workloads, and what that comes to."""

from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from costcalc.cost.estimate import Estimate
from costcalc.cost.owed import Commitment, billed_by
from costcalc.recommend.answer import Recommendation
from costcalc.units import decimal


class Row(NamedTuple):
    """A workload: what serves it today, and the answer.

    Args:
        workload: Its name.
        answer: How it should be served.
        current: The option that serves it today; None where its file does not say.
        today: What that costs; None where that is not known.
    """

    workload: str
    answer: Recommendation
    current: str | None
    today: Estimate | None

    @property
    def usd(self) -> Decimal | None:
        """What the answer costs [USD/month]; None where nothing is left."""
        return self.answer.choice.usd if self.answer.choice is not None else None

    @property
    def today_usd(self) -> Decimal | None:
        """What is paid today [USD/month]; None where that is not known."""
        return self.today.monthly_usd if self.today is not None else None

    @property
    def saving_usd(self) -> Decimal | None:
        """What the change saves, below 0 where it costs more [USD/month]; None where either cost is not known."""
        return self.today_usd - self.usd if self.today_usd is not None and self.usd is not None else None

    @property
    def option(self) -> str | None:
        """The answer; what serves it today where that is as good and costs the same. None where nothing is left."""
        choice = self.answer.choice
        if choice is None:
            return None
        alike = {one.id for one in self.answer.pool if one.usd == choice.usd}
        return self.current if self.current in alike else choice.id

    @property
    def stays(self) -> bool:
        """Whether the answer is what serves it today."""
        return self.option is not None and self.option == self.current

    @property
    def is_untested(self) -> bool:
        """Whether the answer is to be tested first: nothing is known to suffice at its cost."""
        return self.answer.choice in self.answer.sorted.aside

    @property
    def why(self) -> str:
        """The reason for the answer, in a word or two: what speaks against the option of today, else for the answer."""
        if self.answer.choice is None:
            return "none left"
        if self.stays:
            return "stays"
        if self.is_untested:
            return "test first"
        return self._against_today() or ("too close" if self.answer.close else "cheapest")

    def _against_today(self) -> str:
        """Say what speaks against the option of today: a rule, its cost, or that it is not known to suffice."""
        found = self.answer.sorted
        rules = [gates[0].rule.id for one, gates in found.out if one.id == self.current and gates]
        if rules:
            return rules[0]
        if self.saving_usd is not None and self.saving_usd > 0:
            return "cheaper"
        if any(one.id == self.current for one in found.aside):
            return "unproven now"
        bases = found.premium.bases if found.premium is not None else ()
        return "falls short" if any(one.id == self.current for one in bases) else ""


class Plan(NamedTuple):
    """What to change for each of several workloads.

    Args:
        rows: The workloads, in the order of their file.
        together: The one option for all of them; None where they have no sum.
        apart: Why they have none, or "".
        owed: Commitments to providers that hold on the day; no row counts what is left unused of them.
    """

    rows: tuple[Row, ...]
    together: Recommendation | None
    apart: str = ""
    owed: tuple[Commitment, ...] = ()

    @property
    def usd(self) -> Decimal:
        """What the answers cost together, of the workloads that have one [USD/month]."""
        return _sum(row.usd for row in self.rows)

    @property
    def known(self) -> tuple[Row, ...]:
        """The workloads whose cost is known both of today and of the answer."""
        return tuple(row for row in self.rows if row.saving_usd is not None)

    @property
    def today_usd(self) -> Decimal:
        """What those cost today [USD/month]."""
        return _sum(row.today_usd for row in self.known)

    @property
    def planned_usd(self) -> Decimal:
        """What the answers for those cost [USD/month]."""
        return _sum(row.usd for row in self.known)

    @property
    def today_in_all_usd(self) -> Decimal:
        """What is paid today with what commitments leave unused [USD/month]."""
        return self.today_usd + self._unused(row.today for row in self.known)

    @property
    def planned_in_all_usd(self) -> Decimal:
        """What the answers come to with what commitments leave unused [USD/month]."""
        return self.planned_usd + self._unused(row.answer.choice.estimate for row in self.known if row.answer.choice)

    def _unused(self, estimates: Iterable[Estimate | None]) -> Decimal:
        lines = [line for estimate in estimates if estimate is not None for line in estimate.lines]
        billed = {provider: decimal(usd) for provider, usd in billed_by(lines).items()}
        return _sum(max(Decimal(0), each.usd - billed.get(each.provider, Decimal(0))) for each in self.owed)

    @property
    def untested(self) -> tuple[Row, ...]:
        """The workloads whose answer is to be tested first."""
        return tuple(row for row in self.rows if row.is_untested and not row.stays)

    @property
    def dearer(self) -> tuple[Row, ...]:
        """The workloads whose answer costs more than what serves them today."""
        return tuple(row for row in self.known if row.saving_usd is not None and row.saving_usd < 0)

    @property
    def stuck(self) -> tuple[Row, ...]:
        """The workloads for which nothing is left."""
        return tuple(row for row in self.rows if row.usd is None)


def _sum(amounts: Iterable[Decimal | None]) -> Decimal:
    return sum((usd for usd in amounts if usd is not None), start=Decimal(0))
