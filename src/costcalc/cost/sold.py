"""What must be said of capacity as it is sold: which replicas run, what scales to zero, what is paid and not used."""

from collections.abc import Iterator
from fractions import Fraction

from costcalc.cost.estimate import total_usd
from costcalc.cost.hosting import HostedMonth
from costcalc.units import SECONDS_PER_HOUR, Count, decimal, how_many, plural, usd, whole
from costcalc.workload import Workload


def policy_of(month: HostedMonth) -> str:
    """Say how many replicas run, and on what that rests.

    Example:
        >>> from datetime import date
        >>> from costcalc import Workload, load_catalog
        >>> from costcalc.cost.estimate import Demand
        >>> from costcalc.cost.hosting import hosting_for
        >>> shipped, mix = load_catalog(), Workload.single(requests=1_000, output_tokens=300)
        >>> name = "r1-distill-32b-h100"
        >>> hosting = hosting_for(name, shipped.options[name], mix, shipped, as_of=date(2026, 11, 22))
        >>> policy_of(hosting.month(Demand(1_000, peak=3), shipped))
        '1 replica for the peak, no spare'
    """
    option, fleet, terms = month.hosting.option, month.fleet, month.hosting.terms
    if terms.scales_to_zero:
        return "follows the load, to zero"
    spare = f"{how_many(fleet.spares, 'spare')}" if fleet.spares else "no spare"
    if terms.follows:
        return f"follows the load, at least {terms.least}, {spare}"
    replicas = f"{fleet.replicas} {plural(fleet.replicas, 'replica')}"
    why = "as the option says" if option.replicas is not None else "for the peak"
    return f"{replicas} {why}, {spare}"


def capacity_caveats(month: HostedMonth, workload: Workload) -> Iterator[str]:
    """Say what a reader must know of how the GPUs are sold."""
    option, terms, fleet = month.hosting.option, month.hosting.terms, month.fleet
    if terms.scales_to_zero:
        yield from _to_zero(month, workload)
    elif terms.follows:
        yield "follows the load: requests wait while a replica starts, for seconds (8B) to minutes (70B)"
    if terms.follows and fleet.replicas > max(1, terms.least):
        yield _whole_by_the_hour(month)
    needed = Fraction((fleet.replicas + fleet.spares) * terms.gpus)
    if terms.together > 1 and needed < fleet.gpus:
        paid, used = _count(fleet.gpus), _count(needed)
        yield f"{paid} GPUs are paid for and {used} needed: they come {terms.together} at a time"
    yield from _of_a_larger_machine(month)
    if terms.gpus < 1:
        slower = "its neighbours may slow it" if option.mig is None else "its neighbours do not share it"
        yield f"a part of a GPU, with that part of its memory, bandwidth and speed; {slower}"
    if month.hosting.listed.is_interrupted and workload.batchable_share != 1:
        yield "on spot without machines on demand to fall back on: where spot has none, it is down"


def _whole_by_the_hour(month: HostedMonth) -> str:
    """Say what rounding up adds: each hour runs whole replicas, and their mean is half of one above the mean load."""
    mean, spares = Fraction(month.fleet.replicas), month.fleet.spares
    half = total_usd(month.machines) * decimal(whole(Fraction(1, 2) / (mean + spares)))
    return (
        f"{float(mean):.3g} replicas are a mean: each hour runs whole ones, which adds about half of one"
        f" (${usd(half)} a month, not counted)"
    )


def _of_a_larger_machine(month: HostedMonth) -> Iterator[str]:
    """Say that a price which was not asked for by name is that of a machine with more GPUs than are paid for."""
    path, option = month.hosting.listed.path, month.hosting.option
    if path[0] != "gpus" or path[2] != "rentals" or option.rental is not None or option.node_gpus is not None:
        return
    rental = month.catalog.gpu(str(path[1])).rentals[str(path[3])]
    size = rental.gpus_in_sku or 1
    if size > month.fleet.gpus and size == 1:
        yield f"the rent is a share of a whole GPU's, {rental.where}; that cloud rents whole ones"
    elif size > month.fleet.gpus:
        yield f"the rent is that of a machine of {size} GPUs, {rental.where}: node_gpus: {size} pays for all of it"


def _to_zero(month: HostedMonth, workload: Workload) -> Iterator[str]:
    """Say how long a replica is up that scales to zero, and between which bounds its bill lies."""
    fleet, warmth = month.fleet, month.hosting.warmth(month.catalog)
    each, start, warm = (f"{float(seconds):.3g} s" for seconds in (warmth.alone_s, warmth.cold_s, warmth.warm_s))
    yield (
        f"scales to zero: a request takes {each} by itself, a start {start}, and a replica stays warm for {warm};"
        f" {float(fleet.replicas) * 100:.3g} % of a replica's hours are paid"
    )
    low, high = (_usd(month, workload, seconds) for seconds in (warmth.alone_s, warmth.longest_s))
    yield f"from {low} if nothing is started or kept warm, to {high} if each request starts a replica by itself"
    if fleet.replicas < 1:
        off = 1 - float(warmth.up(workload.requests))
        yield f"{off * 100:.2g} % of the requests find no replica up, and wait {start} for one to start"


def _usd(month: HostedMonth, workload: Workload, seconds: Fraction) -> str:
    """What the month costs if each request keeps a replica up for so long by itself, at most all month [USD]."""
    hours = min(Fraction(workload.requests) * seconds / SECONDS_PER_HOUR, Fraction(month.fleet.hours))
    share = hours / (Fraction(month.fleet.replicas) * month.fleet.hours)
    return f"${usd(total_usd(month.machines) * decimal(share))}"


def _count(number: Count) -> str:
    return f"{float(number):,.4g}"
