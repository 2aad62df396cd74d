"""Every option's cost as a curve of its volume [requests/month], for a fixed mix of requests."""

from collections.abc import Callable, Sequence
from datetime import date
from fractions import Fraction
from math import ceil, floor, gcd, lcm

from costcalc.catalog.catalog import Catalog
from costcalc.catalog.forms.options import SelfHostOption
from costcalc.cost.assumed import value
from costcalc.cost.curve import Breaks, CostCurve, Ladder, Regular, common_multiple
from costcalc.cost.estimate import CostLine, Demand, exact_usd
from costcalc.cost.hosting import hosting_for, room_over_mean
from costcalc.cost.machines import gpus_per_node, placement_of
from costcalc.units import Count, exact
from costcalc.workload import Workload


def straight(name: str, lines: Sequence[CostLine], workload: Workload) -> CostCurve:
    """The curve of an option that bills request by request: a line through the origin and one of its estimates.

    Args:
        name: The option's id.
        lines: What the option costs for the workload.
        workload: The mix, with a number of requests above 0.
    """
    slope = exact_usd(lines) / Fraction(workload.requests)
    return CostCurve(name, lambda requests: slope * requests)


def self_host_curve(
    name: str, option: SelfHostOption, workload: Workload, catalog: Catalog, *, as_of: date
) -> CostCurve:
    """The stairs of whole replicas: a break wherever the peak fills one more.

    A replica carries capacity ÷ (peak-to-mean × headroom) requests of a month, so the breaks are its multiples. A
    fleet of fixed size has none, and an end; one that follows the load has one, where its mean exceeds one replica.
    The curve repeats itself after as many replicas as fill whole nodes, once the people who run it grow with the
    number of GPUs, where they do.

    Raises:
        UndecidableError: The model does not fit, or a price is missing.
    """
    hosting = hosting_for(name, option, workload, catalog, as_of=as_of)
    capacity = hosting.capacity(catalog)

    peak = workload.peak

    def evaluate(requests: Fraction) -> Fraction:
        return hosting.month(Demand(requests, peak), catalog).exact_usd

    step = capacity / room_over_mean(option, peak, catalog)
    if option.autoscale:
        return _following(name, option, evaluate, step, catalog)
    if option.replicas is not None:
        return CostCurve(name, evaluate, Breaks(end=option.replicas * step))
    cycle = _cycle(option, catalog)
    regular = Regular(_regular_replicas(option, catalog, cycle) * step, cycle * step)
    return CostCurve(name, evaluate, Breaks(ladders=(Ladder(step, step),)), regular)


def _following(
    name: str, option: SelfHostOption, evaluate: Callable[[Fraction], Fraction], one: Fraction, catalog: Catalog
) -> CostCurve:
    """The curve of a fleet that follows the load: flat up to one replica, then rising with it.

    It breaks where the one replica is full, where people by size come in, and where a further node is filled.
    """
    spares = option.spares if option.spares is not None else int(value(catalog, "spare_replicas"))
    by_size = [Fraction(full) / option.gpus - spares for full in _gpus_of_one_person(option, catalog)]
    points = {one, *(replicas * one for replicas in by_size if replicas > 1)}
    widths = {width for width in _widths(option, catalog) if width > 1}
    ladders = tuple(_ladder(Fraction(width, option.gpus), spares, one) for width in sorted(widths))
    regular = None
    if ladders:
        period = common_multiple(ladder.step for ladder in ladders)
        regular = Regular(max(points) + period, period)
    return CostCurve(name, evaluate, Breaks(points=tuple(sorted(points)), ladders=ladders), regular)


def _ladder(step: Fraction, spares: int, one: Fraction) -> Ladder:
    """Breaks wherever replicas and spares together fill a node, above one replica."""
    first = (floor((1 + spares) / step) + 1) * step - spares
    return Ladder(first * one, step * one)


def _widths(option: SelfHostOption, catalog: Catalog) -> tuple[int, int]:
    """GPUs that come together: those rented or bought at a time, and those of an owned node, which pays for a rack."""
    if option.tenure != "own" or placement_of(option, catalog) != "datacenter":
        return option.node_gpus, 1
    return option.node_gpus, gpus_per_node(option, catalog)


def _cycle(option: SelfHostOption, catalog: Catalog) -> int:
    """After how many replicas whole nodes are filled again."""
    together = lcm(*_widths(option, catalog))
    return together // gcd(option.gpus, together)


def _gpus_of_one_person(option: SelfHostOption, catalog: Catalog) -> tuple[Count, ...]:
    """Numbers of GPUs from which people are counted by the GPU, for a single replica and for more."""
    if option.costs == "hardware" or option.people_fte is not None:
        return ()
    per_person = exact(value(catalog, "gpus_per_fte"))
    return tuple(exact(value(catalog, name)) * per_person for name in ("fte_share_small", "fte_share_production"))


def _regular_replicas(option: SelfHostOption, catalog: Catalog, cycle: int) -> int:
    """From how many replicas on every further cycle costs the same."""
    sizes = _gpus_of_one_person(option, catalog)
    return ceil(Fraction(max(sizes)) / option.gpus) + cycle + 1 if sizes else 0
