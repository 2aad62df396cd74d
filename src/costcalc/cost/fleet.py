"""How many GPUs are paid for in a month: replicas, spares, what comes together, what stays when nothing is asked."""

from fractions import Fraction
from math import ceil
from typing import NamedTuple

from costcalc.catalog.catalog import Catalog
from costcalc.catalog.forms.options import SelfHostOption
from costcalc.cost.assumed import value
from costcalc.cost.slices import part_of
from costcalc.errors import UndecidableError
from costcalc.units import HOURS_PER_MONTH, Count, exact, whole


class Fleet(NamedTuple):
    """How many GPUs are paid for in a month, and how many of their hours are used.

    Args:
        replicas: Replicas that the load needs; a fraction is a mean over the month, when they follow the load.
        spares: Replicas beside those.
        gpus: GPUs paid for, whole nodes where they come in nodes.
        hours: Hours in the month in which they run.
        gpus_per_replica: GPUs of one replica; below 1 a part of one.
        requests: Requests that they serve in the month.
        capacity: Requests that one replica serves in a month at full speed.
    """

    replicas: Count
    spares: int
    gpus: Count
    hours: Count
    gpus_per_replica: Count
    requests: Count
    capacity: int

    @property
    def paid(self) -> Count:
        """GPU-hours paid for in a month."""
        return self.gpus * self.hours

    @property
    def used(self) -> Count:
        """GPU-hours that the load needs at full speed: requests ÷ capacity is the mean number of busy replicas."""
        return whole(Fraction(self.requests * self.gpus_per_replica) / self.capacity * self.hours)

    @property
    def spare(self) -> Count:
        """GPU-hours of the spares."""
        return whole(Fraction(self.spares * self.gpus_per_replica * self.hours))

    @property
    def utilisation(self) -> Count:
        """Share of the paid GPU-hours that the load needs at full speed."""
        return whole(Fraction(self.used) / self.paid)


class Terms(NamedTuple):
    """How an option's GPUs are had; none of it depends on the load or on an assumption.

    Args:
        gpus: GPUs that one replica pays for; below 1 a part of one.
        together: GPUs that are paid for together; 0 where each, or each part of one, is by itself.
        by_second: Whether they are sold by the second.
        follows: Whether replicas follow the load.
        least: Replicas that stay when nothing is asked.
    """

    gpus: Count
    together: int
    by_second: bool
    follows: bool
    least: int

    @property
    def scales_to_zero(self) -> bool:
        """Whether no replica stays when nothing is asked."""
        return self.least == 0

    def gpus_for(self, replicas: Count) -> Count:
        """GPUs of so many replicas, whole nodes where GPUs come in nodes; of a mean below 1, that share of one's.

        Example:
            Replicas of 3 GPUs in nodes of 8: one takes a node, three take two, and half of the time one takes 4:

            >>> nodes = Terms(gpus=3, together=8, by_second=False, follows=False, least=1)
            >>> [nodes.gpus_for(replicas) for replicas in (1, 3, Fraction(1, 2))]
            [8, 16, 4]
        """
        if not self.together:
            return whole(Fraction(replicas * self.gpus))
        full = max(Fraction(1), Fraction(replicas))
        nodes = ceil(full * self.gpus / self.together) * self.together
        return whole(nodes * min(Fraction(1), Fraction(replicas)))


def terms_of(option: SelfHostOption, catalog: Catalog) -> Terms:
    """Say how an option's GPUs are had.

    Raises:
        UndecidableError: The GPU has no such slice, or a rental's terms and the option's contradict each other.
    """
    part = part_of(option, catalog)
    gpus = part.paid if part is not None else int(option.gpus)
    by_second = is_by_second(option, catalog)
    follows = option.autoscale or (by_second and option.replicas is None)
    least = 1 if not follows else option.min_replicas if option.min_replicas is not None else int(not by_second)
    if option.min_replicas is not None and not follows:
        raise UndecidableError("min_replicas is for replicas that follow the load: give autoscale: true")
    return Terms(whole(Fraction(gpus)), _together(option, catalog), by_second, follows, least)


def is_by_second(option: SelfHostOption, catalog: Catalog) -> bool:
    """Say whether an option's GPUs are sold by the second: at such a rent of its own, or of the rental it names."""
    if option.usd_per_gpu_second is not None:
        return True
    if option.gpu is None or option.rental is None or option.tenure == "own":
        return False
    return catalog.gpu(option.gpu).rentals[option.rental].offer == "serverless"


def _together(option: SelfHostOption, catalog: Catalog) -> int:
    """GPUs that are paid for together: as stated, else those of the machine that is named, or rented by the month."""
    if option.node_gpus is not None:
        return option.node_gpus
    if option.usd_per_month is not None:
        return option.devices
    if option.gpu is not None and option.rental is not None and option.tenure != "own":
        rental = catalog.gpu(option.gpu).rentals[option.rental]
        return (rental.gpus_in_sku or 0) if rental.offer != "serverless" else 0
    return 0


def spares_of(option: SelfHostOption, catalog: Catalog) -> int:
    """Replicas that stand beside those that the load needs; none where the service starts another itself.

    Raises:
        UndecidableError: There are fewer than none.
    """
    spares = option.spares if option.spares is not None else int(value(catalog, "spare_replicas"))
    if spares < 0:
        raise UndecidableError(f"spare replicas are 0 or more, found {spares} (assumption spare_replicas)")
    return spares


def hours_of(option: SelfHostOption) -> Count:
    """Hours of the month in which the replicas run and are paid."""
    return exact(option.hours_per_month) if option.hours_per_month is not None else HOURS_PER_MONTH
