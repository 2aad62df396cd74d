"""A self-hosted option for one mix of requests: a replica sized once, then a fleet and its bill for any month."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from costcalc.catalog.catalog import Catalog
from costcalc.catalog.forms.options import SelfHostOption
from costcalc.cost.assumed import value
from costcalc.cost.availability import cold_start_of
from costcalc.cost.estimate import CostLine, Demand, exact_usd
from costcalc.cost.fleet import Fleet, Terms, hours_of, spares_of, terms_of
from costcalc.cost.interruptions import cold_start_s, restart_ids
from costcalc.cost.machines import Price, applied, applied_usd, listed_price, owned_lines, rent_lines, rent_usd
from costcalc.cost.replica import Replica, alone_s, replica_of
from costcalc.errors import UndecidableError
from costcalc.units import SECONDS_PER_HOUR, Count, exact, plural, whole
from costcalc.workload import Workload

if TYPE_CHECKING:
    from costcalc.cost.warmth import Warmth

MONTHS_PER_YEAR = 12
_MICRO = 10**6  # the time of a request ends in whole microseconds, so that all that follows is exact


class HostedMonth(NamedTuple):
    """A month of requests on GPUs of one's own; its price and the lines of rent are made when somebody asks for them.

    Args:
        hosting: What is priced.
        catalog: With the assumptions of this month.
        fleet: How many GPUs are paid for.
        owned: The lines that pay for machines that are owned.
        others: The lines of whatever the bill has beside the machines.
    """

    hosting: "Hosting"
    catalog: Catalog
    fleet: Fleet
    owned: tuple[CostLine, ...]
    others: tuple[CostLine, ...]

    @property
    def price(self) -> Price:
        """What one GPU costs."""
        return applied(self.hosting.listed, self.catalog)

    @property
    def machines(self) -> tuple[CostLine, ...]:
        """The lines that pay for the machines."""
        return self.owned or rent_lines(self.price, self.fleet, self.hosting.option, self.catalog)

    @property
    def lines(self) -> tuple[CostLine, ...]:
        """Everything that is paid for."""
        return (*self.machines, *self.others)

    @property
    def exact_usd(self) -> Fraction:
        """The exact sum of the lines [USD/month]."""
        if self.owned:
            machines = exact_usd(self.owned)
        else:
            usd, listed = applied_usd(self.hosting.listed, self.catalog), self.hosting.listed
            machines = rent_usd(usd, listed, self.fleet, self.hosting.option, self.catalog)
        return machines + exact_usd(self.others) if self.others else machines

    @property
    def assumptions(self) -> tuple[str, ...]:
        """Ids of the assumptions that it rests on."""
        rests_on = self.hosting.rests_on
        if not self.owned and not self.others:
            return rests_on
        return tuple(dict.fromkeys([*rests_on, *_priced_by(self.owned), *_priced_by(self.others)]))


def _priced_by(lines: tuple[CostLine, ...]) -> Iterator[str]:
    """Name the assumptions that lines rest on."""
    for line in lines:
        yield from (str(path[1]) for path in (line.path, *line.also) if path[0] == "assumptions")


@dataclass(frozen=True, eq=False)
class Hosting:
    """An option for a mix of requests, ready to be priced for any volume, any peak and any assumptions.

    What none of them moves is found once: the listed price, and what one replica serves. An analysis asks for the
    same mix thousands of times.

    Args:
        option: The option.
        workload: The mix of requests; how many there are, and how they peak, does not matter.
        catalog: Open models, GPUs and prices.
        listed: What is listed for one GPU.
    """

    option: SelfHostOption
    workload: Workload
    catalog: Catalog
    listed: Price
    _replicas: dict[Decimal, Replica] = field(default_factory=dict, repr=False)

    def month(self, demand: Demand, catalog: Catalog) -> HostedMonth:
        """Price a month of the mix.

        Args:
            demand: How much of it.
            catalog: The catalog, or one that differs from it in assumptions alone.

        Raises:
            UndecidableError: The model does not fit, or a fixed fleet is too small.
        """
        return self.priced(self.fleet(demand, catalog), catalog)

    def fleet(self, demand: Demand, catalog: Catalog) -> Fleet:
        """Size a fleet for a month of the mix.

        Raises:
            UndecidableError: The model does not fit, or a fixed fleet is too small.
        """
        warmth = self.warmth(catalog) if self.terms.scales_to_zero else None
        return fleet_for(self.option, self.terms, demand, self.capacity(catalog), catalog, warmth=warmth)

    def warmth(self, catalog: Catalog) -> "Warmth":
        """Say how long a request keeps a replica up that scales to zero, and how long it takes to start.

        Raises:
            UndecidableError: The model does not fit.
        """
        from costcalc.cost.warmth import Warmth

        option = self.option
        alone = self._alone_s
        # what was measured is of a busy replica: by itself a request takes no less than its share of that
        taken = 1 / self._predicted(catalog).requests_per_s if alone is None else alone
        warm = option.warm_s if option.warm_s is not None else value(catalog, "scale_to_zero_warm")
        return Warmth(
            alone_s=Fraction(max(1, round(taken / self._factor(catalog) * _MICRO)), _MICRO),
            cold_s=Fraction(cold_start_s(option, catalog)),
            warm_s=Fraction(exact(warm)),
            month_s=Fraction(hours_of(option) * SECONDS_PER_HOUR),
        )

    def priced(self, fleet: Fleet, catalog: Catalog) -> HostedMonth:
        """Price a month of a fleet, however it was sized."""
        option = self.option
        others: tuple[CostLine, ...] = ()
        if option.costs == "all":
            served = replace(self.workload, requests=fleet.requests)
            months = exact(value(catalog, "horizon")) * MONTHS_PER_YEAR
            from costcalc.cost.bill import bill_lines  # most comparisons are of the hardware alone

            others = bill_lines(option, fleet, served, catalog, months=months)
        owned = owned_lines(option, applied(self.listed, catalog), fleet, catalog) if option.tenure == "own" else ()
        return HostedMonth(self, catalog, fleet, owned, others)

    def replica(self, catalog: Catalog) -> Replica:
        """Say what one replica serves.

        Raises:
            UndecidableError: The model does not fit.
        """
        return self._predicted(catalog).times(self._factor(catalog))

    def capacity(self, catalog: Catalog) -> int:
        """Requests that one replica serves in a month at full load; physics ends here, in an integer.

        Raises:
            UndecidableError: The model does not fit, or one replica does not finish a single request.
        """
        requests_per_s = self._predicted(catalog).requests_per_s * self._factor(catalog)
        full = requests_per_s * self._hours * SECONDS_PER_HOUR
        capacity = int(full * (1 + 1e-12))  # a float just below a whole number is that number
        if capacity < 1:
            raise UndecidableError("one replica does not finish a single request of this workload in a month")
        return capacity

    def _predicted(self, catalog: Catalog) -> Replica:
        """Give the replica as the model predicts it: for each target once, since that alone moves the prediction."""
        target = self.option.tpot_ms if self.option.tpot_ms is not None else value(catalog, "tpot_target")
        found = self._replicas.get(target)
        if found is None:
            found = self._replicas[target] = replica_of(self.option, self.workload, catalog)
        return found

    def _factor(self, catalog: Catalog) -> float:
        """By what the prediction is multiplied; a measurement is taken at its word."""
        return 1.0 if self.option.tokens_per_s is not None else float(value(catalog, "throughput_factor"))

    @cached_property
    def terms(self) -> Terms:
        """How its GPUs are had."""
        return terms_of(self.option, self.catalog)

    @cached_property
    def _alone_s(self) -> float | None:
        """What a request takes by itself, as the model predicts it [s]."""
        return alone_s(self.option, self.workload, self.catalog)

    @cached_property
    def _hours(self) -> float:
        """Hours in which the replicas run [h/month]."""
        return float(hours_of(self.option))

    @cached_property
    def rests_on(self) -> tuple[str, ...]:
        """Name the assumptions behind the fleet, its availability, the horizon of one-off work and the GPU's price."""
        option = self.option
        predicted = option.tokens_per_s is None
        rows = (
            (predicted, "throughput_factor"),
            (predicted and option.tpot_ms is None, "tpot_target"),
            (option.headroom is None, "headroom"),
            (option.spares is None and not self.terms.scales_to_zero, "spare_replicas"),
            (True, "replica_availability"),
            (option.costs == "all", "horizon"),
        )
        named = [name for holds, name in rows if holds]
        return tuple(dict.fromkeys([*named, *self._rests_on_starts, *self.listed.also]))

    @property
    def _rests_on_starts(self) -> Iterator[str]:
        """Name the assumptions on starts: after an interruption, or of a replica that scales to zero."""
        if self.listed.is_interrupted:
            yield from restart_ids(self.option, self.catalog)
        if self.terms.scales_to_zero:
            if self.option.warm_s is None:
                yield "scale_to_zero_warm"
            if self.option.cold_start_s is None:
                yield cold_start_of(self.option, self.catalog)


def hosting_for(name: str, option: SelfHostOption, workload: Workload, catalog: Catalog, *, as_of: date) -> Hosting:
    """Make an option ready for a mix of requests.

    Raises:
        UndecidableError: A price is missing.
    """
    listed = listed_price(name, option, catalog, as_of=as_of, interruptible=workload.batchable_share == 1)
    return Hosting(option, workload, catalog, listed)


def room_over_mean(option: SelfHostOption, peak: Count, catalog: Catalog, *, follows: bool = False) -> Fraction:
    """Capacity to hold over the mean load: the peak with headroom, and never less than what the mean keeps busy.

    Args:
        option: The option.
        peak: The busiest hour's rate of requests over the mean rate.
        catalog: Where the assumption stands.
        follows: Whether replicas follow the load: then their mean is paid, not their peak.

    Example:
        A peak of twice the mean, with a quarter on top of it:

        >>> from costcalc.catalog.layers.load import load_catalog
        >>> room_over_mean(load_catalog().options["r1-distill-32b-h100"], 2, load_catalog())
        Fraction(5, 2)
    """
    return Fraction(*_room_over_mean(option, peak, catalog, follows=follows))


def _room_over_mean(option: SelfHostOption, peak: Count, catalog: Catalog, *, follows: bool) -> tuple[int, int]:
    """Give the same as numerator and denominator, not in lowest terms: to reduce a fraction takes longer than to size.

    Raises:
        UndecidableError: The headroom is not a factor.
    """
    headroom = option.headroom if option.headroom is not None else value(catalog, "headroom")
    if headroom <= 0:
        raise UndecidableError(f"headroom is a factor above 0, found {headroom} (assumption headroom)")
    top, bottom = headroom.as_integer_ratio()
    if not follows:
        top, bottom = top * peak.numerator, bottom * peak.denominator
    return max(top, bottom), bottom


def fleet_for(
    option: SelfHostOption,
    terms: Terms,
    demand: Demand,
    capacity: int,
    catalog: Catalog,
    *,
    warmth: "Warmth | None" = None,
) -> Fleet:
    """Size a fleet.

    Args:
        option: The option.
        terms: How its GPUs are had.
        demand: What it serves.
        capacity: Requests that one replica serves in a month.
        catalog: Where the assumptions stand.
        warmth: For how much of the month a replica is up, where it scales to zero.

    Raises:
        UndecidableError: A fleet of fixed size cannot serve the peak.
    """
    requests = demand.requests
    spares = 0 if terms.scales_to_zero else spares_of(option, catalog)
    # whole numbers, because a Fraction takes three times as long: the peak keeps top ÷ bottom replicas busy
    room, over = _room_over_mean(option, demand.peak, catalog, follows=terms.follows)
    top, bottom = requests.numerator * room, requests.denominator * capacity * over
    needed = max(1, -(-top // bottom))
    if terms.follows:
        least = Fraction(terms.least) if warmth is None else warmth.up(requests)
        replicas: Count = whole(max(least, Fraction(top, bottom)))
    else:
        replicas = option.replicas or needed
        if needed > replicas:
            peak = float(Fraction(top, bottom))
            raise UndecidableError(
                f"too few: {replicas} {plural(replicas, 'replica')}, and the peak needs {peak:,.2f} with headroom"
            )
    gpus = terms.gpus_for(replicas + spares)
    return Fleet(replicas, spares, gpus, hours_of(option), terms.gpus, requests, capacity)
