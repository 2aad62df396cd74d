"""What it costs to run an open model on GPUs of one's own."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import chain
from math import ceil

from costcalc.catalog.catalog import Catalog
from costcalc.catalog.forms.options import SelfHostOption
from costcalc.catalog.forms.rates import METER_WORDS
from costcalc.cost.assumed import value
from costcalc.cost.availability import availability
from costcalc.cost.bill import staff_step
from costcalc.cost.estimate import Demand, Deployment, Estimate, too_long, total_usd
from costcalc.cost.fleet import hours_of
from costcalc.cost.hosting import HostedMonth, hosting_for
from costcalc.cost.replica import Replica
from costcalc.cost.sold import capacity_caveats, policy_of
from costcalc.units import MTOK, Count, decimal
from costcalc.workload import Workload


def self_host_estimate(
    name: str, option: SelfHostOption, workload: Workload, catalog: Catalog, *, as_of: date
) -> Estimate:
    """Price a month of requests on GPUs of one's own [USD/month].

    Whole replicas are paid for, whatever they serve: replicas = peak load × headroom ÷ what one replica serves,
    rounded up, plus spares, in whole nodes where GPUs come in nodes. With ``autoscale`` the mean load decides and
    a fraction of a replica is a mean over the month, but never less than ``min_replicas``; where that is 0, as of what
    is sold by the second, one replica is up for as long as it serves, starts and stays warm (`Warmth`). Idle hours and
    spares are lines of their own. ``costs: all`` adds people, engineering and whatever else the bill has.

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
    month, replica = hosting.month(Demand(workload.requests, workload.peak), catalog), hosting.replica(catalog)
    per_gpu = Fraction(month.fleet.capacity) / month.fleet.gpus_per_replica
    full = per_gpu * month.fleet.gpus * workload.counted_tokens / workload.requests
    deployment = _deployment(
        month,
        replica,
        full_mtok=decimal(full) / MTOK,
        replica_availability=value(catalog, "replica_availability"),
    )
    window = catalog.open_model(option.model).context_window if option.model is not None else None
    exceeds = window is not None and workload.longest_request > window
    caveats: Iterator[str] = chain(
        _caveats(month, replica, deployment, catalog), capacity_caveats(month, workload), replica.caveats
    )
    beside = dict.fromkeys(METER_WORDS.get(meter, meter) for shape in workload.shapes for meter in shape.units)
    if beside:
        caveats = chain(caveats, [f"not comparable here: it serves tokens, and leaves out {', '.join(beside)}"])
    return Estimate(
        option=name,
        kind="self_host",
        side="build",
        lines=month.lines,
        caveats=(*caveats, *([too_long(workload, window)] if window is not None and exceeds else [])),
        unfit="too long" if exceeds else "part" if beside else "",
        price_date=month.price.since,
        source=month.price.source,
        assumptions=month.assumptions,
        deployment=deployment,
    )


def _deployment(
    month: HostedMonth, replica: Replica, *, full_mtok: Decimal, replica_availability: Decimal
) -> Deployment:
    option, fleet = month.hosting.option, month.fleet
    return Deployment(
        model=option.model,
        gpu=option.gpu,
        weights=option.weights if option.model is not None else None,
        gpus=fleet.gpus,
        gpus_per_replica=fleet.gpus_per_replica,
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
        counts="output" if month.hosting.workload.output_tokens else "input",
        # replicas that follow the load are a fraction, a mean; whole machines are up or down
        availability=availability(ceil(fleet.replicas), fleet.spares, replica_availability),
        machines_usd=total_usd(month.machines),
        upfront_usd=month.price.usd * decimal(fleet.gpus) if option.tenure == "own" else Decimal(0),
        policy=policy_of(month),
        scales_to_zero=month.hosting.terms.scales_to_zero,
    )


def _caveats(month: HostedMonth, replica: Replica, deployment: Deployment, catalog: Catalog) -> Iterator[str]:
    option = month.hosting.option
    yield from month.price.caveats
    if option.costs == "hardware":
        yield "the machines alone: people, engineering and upkeep are on the whole bill (costcalc tco)"
    else:
        yield from staff_step(option, month.fleet, catalog)
    if not month.hosting.workload.input_tokens and not replica.measured:
        yield "sized for requests without a prompt: with --input-tokens it serves fewer"
    if not deployment.spares and not deployment.scales_to_zero:
        yield _down_without_spare(deployment, hours_of(option))


def _down_without_spare(deployment: Deployment, hours: Count) -> str:
    down, replicas = float(1 - deployment.availability), ceil(deployment.replicas)
    what = "it is down" if replicas == 1 else f"at least 1 of its {replicas:,} replicas is down"
    often = f"{down * float(hours):.3g} hours a month ({down * 100:.3g} % of {float(hours):g})"
    return f"without a spare {what} about {often}: --spares 1"
