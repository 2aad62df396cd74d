"""What it costs to run an open model on GPUs of one's own."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import NamedTuple

from costcalc.catalog.catalog import Catalog
from costcalc.catalog.forms.options import SelfHostOption
from costcalc.cost.assumed import value
from costcalc.cost.availability import availability
from costcalc.cost.bill import bill_lines
from costcalc.cost.estimate import CostLine, Deployment, Estimate, total_usd
from costcalc.cost.machines import Fleet, Price, hours_of, machine_lines, price_of
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
    sized = sized_for(name, option, workload, catalog, as_of=as_of)
    fleet = fleet_for(option, workload, sized.capacity, catalog)
    machines = machine_lines(option, sized.price, fleet, catalog)
    lines = (*machines, *_others(option, fleet, workload, catalog))
    full = Fraction(sized.capacity) * fleet.gpus / option.gpus * workload.output_tokens / workload.requests
    deployment = _deployment(
        option,
        sized,
        fleet,
        full_mtok=decimal(full) / MTOK,
        machines_usd=total_usd(machines),
        replica_availability=value(catalog, "replica_availability"),
    )
    return Estimate(
        option=name,
        kind="self_host",
        side="build",
        lines=lines,
        caveats=tuple(_caveats(option, sized, workload, deployment)),
        price_date=sized.price.since,
        source=sized.price.source,
        assumptions=tuple(dict.fromkeys([*_sized_by(option, sized.replica), *_priced_by(lines)])),
        deployment=deployment,
    )


class Sized(NamedTuple):
    """What does not depend on the volume: the price of a GPU, one replica, and the requests that it serves a month."""

    price: Price
    replica: Replica
    capacity: int


def sized_for(name: str, option: SelfHostOption, workload: Workload, catalog: Catalog, *, as_of: date) -> Sized:
    """Find the price and size one replica for a mix of requests.

    Raises:
        UndecidableError: The model does not fit, or a price is missing.
    """
    replica = replica_of(option, workload, catalog)
    price = price_of(name, option, catalog, as_of=as_of, interruptible=workload.batchable_share == 1)
    return Sized(price, replica, capacity_of(replica, option))


def _others(option: SelfHostOption, fleet: Fleet, workload: Workload, catalog: Catalog) -> tuple[CostLine, ...]:
    if option.costs != "all":
        return ()
    return bill_lines(option, fleet, workload, catalog, months=exact(value(catalog, "horizon")) * MONTHS_PER_YEAR)


def lines_at(option: SelfHostOption, sized: Sized, workload: Workload, catalog: Catalog) -> tuple[CostLine, ...]:
    """Give the lines of a month for a replica that has been sized: what `self_host_estimate` adds up."""
    fleet = fleet_for(option, workload, sized.capacity, catalog)
    return (*machine_lines(option, sized.price, fleet, catalog), *_others(option, fleet, workload, catalog))


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


def fleet_for(option: SelfHostOption, workload: Workload, capacity: int, catalog: Catalog) -> Fleet:
    """Size a fleet for a workload.

    Raises:
        UndecidableError: A fleet of fixed size cannot serve the peak.
    """
    mean = Fraction(workload.requests) / capacity  # replicas kept busy by the mean load
    headroom = Fraction(exact(option.headroom if option.headroom is not None else value(catalog, "headroom")))
    spares = option.spares if option.spares is not None else int(value(catalog, "spare_replicas"))
    needed = mean * max(Fraction(1), Fraction(workload.peak) * headroom)  # never fewer than the mean load keeps busy
    if option.replicas is not None and needed > option.replicas:
        raise UndecidableError(
            f"{option.replicas} replicas are too few: the peak needs {float(needed):,.2f} with headroom"
        )
    if option.autoscale:
        replicas: Count = whole(max(Fraction(1), mean * max(Fraction(1), headroom)))
    else:
        replicas = option.replicas or max(1, ceil(needed))
    hours = hours_of(option)
    bare = (replicas + spares) * option.gpus
    gpus = whole(Fraction(ceil(Fraction(bare) / option.node_gpus) * option.node_gpus)) if option.node_gpus > 1 else bare
    used = whole(mean * option.gpus * hours)
    return Fleet(replicas, spares, whole(Fraction(gpus)), hours, used, whole(Fraction(spares * option.gpus * hours)))


def _deployment(
    option: SelfHostOption,
    sized: Sized,
    fleet: Fleet,
    *,
    full_mtok: Decimal,
    machines_usd: Decimal,
    replica_availability: Decimal,
) -> Deployment:
    replica = sized.replica
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
        # replicas that follow the load are a fraction, a mean; whole machines are up or down
        availability=availability(ceil(fleet.replicas), fleet.spares, replica_availability),
        machines_usd=machines_usd,
        upfront_usd=sized.price.usd * decimal(fleet.gpus) if option.tenure == "own" else Decimal(0),
    )


def _sized_by(option: SelfHostOption, replica: Replica) -> Iterator[str]:
    """Name what the fleet and its availability rest on, and the horizon over which one-off work is spread."""
    if not replica.measured:
        yield "throughput_factor"
        if option.tpot_ms is None:
            yield "tpot_target"
    if option.headroom is None:
        yield "headroom"
    if option.spares is None:
        yield "spare_replicas"
    yield "replica_availability"
    if option.costs == "all":
        yield "horizon"


def _priced_by(lines: tuple[CostLine, ...]) -> Iterator[str]:
    """Name the assumptions that the lines rest on."""
    for line in lines:
        yield from (str(path[1]) for path in (line.path, *line.also) if path[0] == "assumptions")


def _caveats(option: SelfHostOption, sized: Sized, workload: Workload, deployment: Deployment) -> Iterator[str]:
    replica = sized.replica
    yield from sized.price.caveats
    if option.costs == "hardware":
        yield "the machines alone: people, engineering and upkeep are on the whole bill (costcalc tco)"
    if not workload.input_tokens and not replica.measured:
        yield "sized for requests without a prompt: with --input-tokens it serves fewer"
    if option.autoscale:
        yield "follows the load: requests wait while a replica starts, for seconds (8B) to minutes (70B)"
    if not deployment.spares:
        yield _down_without_spare(deployment, hours_of(option))
    yield from replica.caveats


def _down_without_spare(deployment: Deployment, hours: Count) -> str:
    down, replicas = float(1 - deployment.availability), ceil(deployment.replicas)
    what = "it is down" if replicas == 1 else f"at least 1 of its {replicas:,} replicas is down"
    often = f"{down * float(hours):.3g} hours a month ({down * 100:.3g} % of {float(hours):g})"
    return f"without a spare {what} about {often}: --spares 1"
