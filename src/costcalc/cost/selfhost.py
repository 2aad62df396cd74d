"""What it costs to run an open model on GPUs of one's own."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from math import ceil
from typing import NamedTuple

from costcalc.catalog.catalog import Catalog
from costcalc.catalog.forms.options import SelfHostOption
from costcalc.cost.assumed import value
from costcalc.cost.bill import bill_lines
from costcalc.cost.estimate import CostLine, Deployment, Estimate, total_usd
from costcalc.cost.machines import Fleet, Price, applied, hours_of, listed_price, machine_lines
from costcalc.cost.replica import Replica, replica_of
from costcalc.errors import UndecidableError
from costcalc.units import MTOK, Count, decimal, exact, whole
from costcalc.workload import Workload

SECONDS_PER_HOUR = 3600
MONTHS_PER_YEAR = 12


def self_host_estimate(
    name: str, option: SelfHostOption, workload: Workload, catalog: Catalog, *, as_of: date
) -> Estimate:
    """Price a month of requests on GPUs of one's own [USD/month].

    Whole replicas are paid for, whatever they serve: replicas = peak load × headroom ÷ what one replica serves,
    rounded up, plus spares, in whole nodes where GPUs come in nodes. With ``autoscale`` the mean load decides and
    a fraction of a replica is a mean over the month, but never less than one replica. Idle hours and spares are
    lines of their own. ``costs: all`` adds people, engineering and whatever else the bill has.

    Leaves out batches (work that can wait could fill idle hours), several regions, and disaggregated prefill.

    Args:
        name: The option's id.
        option: The option.
        workload: Requests a month, their shapes, and how they peak.
        catalog: Open models, GPUs, prices and assumptions.
        as_of: The day whose prices are in force.

    Raises:
        UndecidableError: The model does not fit, a fixed fleet is too small, or a price is missing.

    Source:
        docs/method/selfhost.md.

    Example:
        One H100 at $2.69 an hour is paid for 730 hours, $1,963.70, even for a single request:

        >>> from costcalc.catalog.layers.load import load_catalog
        >>> one = SelfHostOption(kind="self_host", tokens_per_s=Decimal(3000), usd_per_gpu_hour=Decimal("2.69"),
        ...                      spares=Decimal(0), headroom=Decimal(1))
        >>> from costcalc.catalog.forms.schema import Source
        >>> priced = one.model_copy(update={"source": Source(title="a quote", checked=date(2026, 11, 1))})
        >>> self_host_estimate("mine", priced, Workload.single(requests=1, output_tokens=500), load_catalog(),
        ...                    as_of=date(2026, 11, 22)).monthly_usd.normalize()
        Decimal('1963.7')
    """
    month = hosting_for(name, option, workload, catalog, as_of=as_of).month(workload.requests, catalog)
    price, replica, fleet = month.price, month.replica, month.fleet
    full = Fraction(month.capacity) * fleet.gpus / option.gpus * workload.output_tokens / workload.requests
    deployment = _deployment(option, replica, fleet, full_mtok=decimal(full) / MTOK)._replace(
        machines_usd=total_usd(month.machines),
        upfront_usd=price.usd * decimal(fleet.gpus) if option.tenure == "own" else Decimal(0),
    )
    return Estimate(
        option=name,
        kind="self_host",
        side="build",
        lines=month.lines,
        caveats=tuple(_caveats(option, replica, price, workload)),
        price_date=price.since,
        source=price.source,
        assumptions=month.assumptions,
        deployment=deployment,
    )


class HostedMonth(NamedTuple):
    """A month of requests on GPUs of one's own.

    Args:
        price: What one GPU costs.
        replica: What one replica serves.
        capacity: Requests that one replica serves in a month.
        fleet: How many GPUs are paid for.
        machines: The lines that pay for them.
        others: The lines of whatever else the bill has.
        sized_by: Assumptions that the number of GPUs rests on.
    """

    price: Price
    replica: Replica
    capacity: int
    fleet: Fleet
    machines: tuple[CostLine, ...]
    others: tuple[CostLine, ...]
    sized_by: tuple[str, ...]

    @property
    def lines(self) -> tuple[CostLine, ...]:
        """Everything that is paid for."""
        return (*self.machines, *self.others)

    @property
    def assumptions(self) -> tuple[str, ...]:
        """Ids of the assumptions that it rests on."""
        paths = dict.fromkeys(path for line in self.lines for path in (line.path, *line.also))
        priced_by = (str(path[1]) for path in paths if path[0] == "assumptions")
        return tuple(dict.fromkeys([*self.sized_by, *priced_by]))


@dataclass(frozen=True, eq=False)
class Hosting:
    """An option for a mix of requests, ready to be priced for any volume and any assumptions.

    What neither of the two moves is found once: the listed price, and what one replica serves. An analysis asks for
    the same mix thousands of times.

    Args:
        option: The option.
        workload: The mix of requests; how many there are does not matter.
        catalog: Open models, GPUs and prices.
        listed: What is listed for one GPU.
    """

    option: SelfHostOption
    workload: Workload
    catalog: Catalog
    listed: Price
    _replicas: dict[Decimal, Replica] = field(default_factory=dict, repr=False)
    _rooms: dict[Decimal, Fraction] = field(default_factory=dict, repr=False)

    def month(self, requests: Count, catalog: Catalog) -> HostedMonth:
        """Price so many requests a month.

        Args:
            requests: How many.
            catalog: The catalog, or one that differs from it in assumptions alone.

        Raises:
            UndecidableError: The model does not fit, or a fixed fleet is too small.
        """
        option, price, replica = self.option, applied(self.listed, catalog), self.replica(catalog)
        capacity = capacity_of(replica, option)
        fleet = fleet_for(option, requests, capacity, self.room(catalog), catalog)
        others: tuple[CostLine, ...] = ()
        if option.costs == "all":
            served = replace(self.workload, requests=requests)
            months = exact(value(catalog, "horizon")) * MONTHS_PER_YEAR
            others = bill_lines(option, fleet, served, catalog, months=months)
        machines = machine_lines(option, price, fleet, catalog)
        return HostedMonth(price, replica, capacity, fleet, machines, others, self._sized_by)

    def replica(self, catalog: Catalog) -> Replica:
        """Say what one replica serves.

        Raises:
            UndecidableError: The model does not fit.
        """
        target = value(catalog, "tpot_target")
        found = self._replicas.get(target)
        if found is None:
            found = self._replicas[target] = replica_of(self.option, self.workload, catalog)
        return found if found.measured else found.times(float(value(catalog, "throughput_factor")))

    def room(self, catalog: Catalog) -> Fraction:
        """Capacity to hold over the mean load: for the peak with headroom, and never less than the mean keeps busy."""
        headroom = self.option.headroom if self.option.headroom is not None else value(catalog, "headroom")
        found = self._rooms.get(headroom)
        if found is None:
            # who follows the load pays for its mean
            peak = 1 if self.option.autoscale else self.workload.peak
            found = self._rooms[headroom] = max(Fraction(1), Fraction(peak) * exact(headroom))
        return found

    @cached_property
    def _sized_by(self) -> tuple[str, ...]:
        """Name the assumptions that the number of GPUs rests on, and the horizon that one-off work is spread over."""
        option = self.option
        predicted = option.tokens_per_s is None
        rows = (
            (predicted, "throughput_factor"),
            (predicted and option.tpot_ms is None, "tpot_target"),
            (option.headroom is None, "headroom"),
            (option.spares is None, "spare_replicas"),
            (option.costs == "all", "horizon"),
        )
        return tuple(name for holds, name in rows if holds)


def hosting_for(name: str, option: SelfHostOption, workload: Workload, catalog: Catalog, *, as_of: date) -> Hosting:
    """Make an option ready for a mix of requests.

    Raises:
        UndecidableError: A price is missing.
    """
    return Hosting(option, workload, catalog, listed_price(name, option, catalog, as_of=as_of))


def capacity_of(replica: Replica, option: SelfHostOption) -> int:
    """Requests that one replica serves in a month at full load; physics ends here, in an integer.

    Raises:
        UndecidableError: It does not finish a single one.
    """
    full = replica.requests_per_s * float(hours_of(option)) * SECONDS_PER_HOUR
    capacity = int(full * (1 + 1e-12))  # a float just below a whole number is that number
    if capacity < 1:
        raise UndecidableError("one replica does not finish a single request of this workload in a month")
    return capacity


def fleet_for(option: SelfHostOption, requests: Count, capacity: int, room: Fraction, catalog: Catalog) -> Fleet:
    """Size a fleet.

    Args:
        option: The option.
        requests: Requests of the month.
        capacity: Requests that one replica serves in a month.
        room: Capacity to hold over the mean load.
        catalog: Where the assumptions stand.

    Raises:
        UndecidableError: A fleet of fixed size cannot serve the peak.
    """
    mean = Fraction(requests.numerator, requests.denominator * capacity)  # replicas kept busy by the mean load
    spares = option.spares if option.spares is not None else int(value(catalog, "spare_replicas"))
    needed = mean * room
    if option.replicas is not None and needed > option.replicas:
        raise UndecidableError(
            f"{option.replicas} replicas are too few: the peak needs {float(needed):,.2f} with headroom"
        )
    if option.autoscale:
        replicas: Count = whole(max(Fraction(1), needed))
    else:
        replicas = option.replicas or max(1, ceil(needed))
    hours = hours_of(option)
    bare = (replicas + spares) * option.gpus
    gpus = ceil(Fraction(bare) / option.node_gpus) * option.node_gpus if option.node_gpus > 1 else whole(bare)
    used = whole(mean * (option.gpus * hours))
    return Fleet(replicas, spares, gpus, hours, used, whole(spares * option.gpus * hours))


def _deployment(option: SelfHostOption, replica: Replica, fleet: Fleet, *, full_mtok: Decimal) -> Deployment:
    return Deployment(
        model=option.model,
        gpu=option.gpu,
        weights=option.weights if option.model is not None else None,
        gpus=fleet.gpus,
        gpus_per_replica=option.gpus,
        replicas=fleet.replicas,
        spares=fleet.spares,
        utilisation=fleet.utilisation,
        output_tokens_per_s=replica.tokens_per_s,
        low=replica.low,
        high=replica.high,
        measured=replica.measured,
        tpot_ms=replica.tpot_ms,
        bottleneck=replica.bottleneck,
        full_mtok=full_mtok,
    )


def _caveats(option: SelfHostOption, replica: Replica, price: Price, workload: Workload) -> Iterator[str]:
    yield from price.caveats
    if option.costs == "hardware":
        yield "the machines alone: people, engineering and upkeep are on the whole bill (costcalc tco)"
    if not workload.input_tokens and not replica.measured:
        yield "sized for requests without a prompt: with --input-tokens it serves fewer"
    if option.autoscale:
        yield "follows the load: requests wait while a replica starts, for seconds (8B) to minutes (70B)"
    yield from replica.caveats
