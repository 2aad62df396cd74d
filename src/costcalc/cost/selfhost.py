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
from costcalc.cost.estimate import CostLine, Deployment, Estimate, exact_usd, total_usd
from costcalc.cost.machines import Fleet, Price, applied, hours_of, listed_price, machine_lines, machines_usd
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
    hosting = hosting_for(name, option, workload, catalog, as_of=as_of)
    month, replica = hosting.month(workload.requests, catalog), hosting.replica(catalog)
    price, fleet = month.price, month.fleet
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
    """A month of requests on GPUs of one's own; its lines are made when somebody wants to see them.

    Args:
        hosting: What is priced.
        catalog: Where the assumptions stand.
        price: What one GPU costs.
        capacity: Requests that one replica serves in a month.
        fleet: How many GPUs are paid for.
        others: The lines of whatever the bill has beside the machines.
    """

    hosting: "Hosting"
    catalog: Catalog
    price: Price
    capacity: int
    fleet: Fleet
    others: tuple[CostLine, ...]

    @property
    def machines(self) -> tuple[CostLine, ...]:
        """The lines that pay for the machines."""
        return machine_lines(self.hosting.option, self.price, self.fleet, self.catalog)

    @property
    def lines(self) -> tuple[CostLine, ...]:
        """Everything that is paid for."""
        return (*self.machines, *self.others)

    @property
    def exact_usd(self) -> Fraction:
        """The exact sum of the lines [USD/month]."""
        machines = machines_usd(self.hosting.option, self.price, self.fleet, self.catalog)
        return machines + exact_usd(self.others) if self.others else machines

    @property
    def assumptions(self) -> tuple[str, ...]:
        """Ids of the assumptions that it rests on."""
        machines = _priced_by(self.machines) if self.hosting.option.tenure == "own" else self.price.also
        return tuple(dict.fromkeys([*self.hosting.sized_by, *machines, *_priced_by(self.others)]))


def _priced_by(lines: tuple[CostLine, ...]) -> Iterator[str]:
    """Name the assumptions that lines rest on."""
    for line in lines:
        yield from (str(path[1]) for path in (line.path, *line.also) if path[0] == "assumptions")


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
        option, price = self.option, applied(self.listed, catalog)
        capacity = self.capacity(catalog)
        fleet = fleet_for(option, requests, capacity, self.room(catalog), catalog)
        others: tuple[CostLine, ...] = ()
        if option.costs == "all":
            served = replace(self.workload, requests=requests)
            months = exact(value(catalog, "horizon")) * MONTHS_PER_YEAR
            others = bill_lines(option, fleet, served, catalog, months=months)
        return HostedMonth(self, catalog, price, capacity, fleet, others)

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
        full = requests_per_s * float(hours_of(self.option)) * SECONDS_PER_HOUR
        capacity = int(full * (1 + 1e-12))  # a float just below a whole number is that number
        if capacity < 1:
            raise UndecidableError("one replica does not finish a single request of this workload in a month")
        return capacity

    def _predicted(self, catalog: Catalog) -> Replica:
        """Give the replica as the model predicts it: for each target once, since that alone moves the prediction."""
        target = value(catalog, "tpot_target")
        found = self._replicas.get(target)
        if found is None:
            found = self._replicas[target] = replica_of(self.option, self.workload, catalog)
        return found

    def _factor(self, catalog: Catalog) -> float:
        """By what the prediction is multiplied; a measurement is taken at its word."""
        return 1.0 if self.option.tokens_per_s is not None else float(value(catalog, "throughput_factor"))

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
    def sized_by(self) -> tuple[str, ...]:
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
    spares = option.spares if option.spares is not None else int(value(catalog, "spare_replicas"))
    served = requests.denominator * capacity  # the mean load keeps requests.numerator ÷ served replicas busy
    if option.autoscale:
        replicas: Count = whole(max(Fraction(1), Fraction(requests.numerator, served) * room))
    else:
        # whole numbers, because a Fraction takes three times as long
        needed = max(1, -(-requests.numerator * room.numerator // (served * room.denominator)))
        replicas = option.replicas or needed
        if needed > replicas:
            peak = requests.numerator * room / served
            raise UndecidableError(f"{replicas} replicas are too few: the peak needs {float(peak):,.2f} with headroom")
    hours = hours_of(option)
    bare = (replicas + spares) * option.gpus
    gpus = ceil(Fraction(bare) / option.node_gpus) * option.node_gpus if option.node_gpus > 1 else whole(bare)
    used = Fraction(requests.numerator * option.gpus * hours.numerator, served * hours.denominator)
    return Fleet(replicas, spares, gpus, hours, whole(used), whole(spares * option.gpus * hours))


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
