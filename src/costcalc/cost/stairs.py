"""Every option's cost as a curve of its volume [requests/month], for a fixed mix of requests."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor, lcm
from typing import TYPE_CHECKING, NamedTuple

from costcalc.catalog.catalog import Catalog
from costcalc.catalog.forms.options import SelfHostOption
from costcalc.cost.assumed import value
from costcalc.cost.curve import Breaks, CostCurve, Ladder, Regular, common_multiple
from costcalc.cost.estimate import CostLine, Demand, exact_usd
from costcalc.cost.fleet import Terms, spares_of
from costcalc.cost.hosting import hosting_for, room_over_mean
from costcalc.cost.machines import gpus_per_node, placement_of
from costcalc.units import Count, exact
from costcalc.workload import Workload

if TYPE_CHECKING:
    from costcalc.cost.warmth import Warmth


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
    fleet of fixed size has none, and an end; one that follows the load has one, where its mean exceeds the replicas
    that stay, or the points of a bent line where none stays.
    The curve repeats itself after as many replicas as fill whole nodes, once the people who run it grow with the
    number of GPUs, where they do.

    Raises:
        UndecidableError: The model does not fit, or a price is missing.
    """
    hosting = hosting_for(name, option, workload, catalog, as_of=as_of)
    capacity, terms = hosting.capacity(catalog), hosting.terms

    peak = workload.peak

    def evaluate(requests: Fraction) -> Fraction:
        return hosting.month(Demand(requests, peak), catalog).exact_usd

    step = capacity / room_over_mean(option, peak, catalog, follows=terms.follows)
    if terms.follows:
        warmth = hosting.warmth(catalog) if terms.scales_to_zero else None
        return _following(name, option, evaluate, _Following(step, terms, warmth), catalog)
    if option.replicas is not None:
        return CostCurve(name, evaluate, Breaks(end=option.replicas * step))
    cycle = _cycle(option, terms, catalog)
    regular = Regular(_regular_replicas(option, terms, catalog, cycle) * step, cycle * step)
    return CostCurve(name, evaluate, Breaks(ladders=(Ladder(step, step),)), regular)


class _Following(NamedTuple):
    """Replicas that follow the load, by its volume.

    Args:
        one: Requests a month that keep one replica, with its headroom [requests].
        terms: How GPUs are had, and how many replicas stay.
        warmth: For how much of the time a replica is up, where none stays.
    """

    one: Fraction
    terms: Terms
    warmth: "Warmth | None"

    def bends(self) -> Iterator[Fraction]:
        """Walk the volumes at which the number of replicas bends: where the load exceeds what stays or is still up."""
        if self.warmth is None:
            yield self.terms.least * self.one
            return
        last = Fraction(0)
        for at in self.warmth.points():
            yield at
            yield from self._crossing(last, at)
            last = at
        yield max(last, self.one)

    def _crossing(self, lo: Fraction, hi: Fraction) -> Iterator[Fraction]:
        """Find where, between two points, the load becomes or ceases to be more than what is up."""
        assert self.warmth is not None  # asked only of what scales to zero
        below, above = (self.warmth.up(at) - at / self.one for at in (lo, hi))
        if below * above < 0:
            yield lo + (hi - lo) * below / (below - above)

    def volume_of(self, replicas: Fraction) -> Fraction:
        """Give the volume at which so many replicas are paid, more than stay."""
        if self.warmth is None or replicas >= 1:
            return replicas * self.one
        paid = [(at, max(self.warmth.up(at), at / self.one)) for at in (Fraction(0), *sorted(self.bends()))]
        # at the last bend one is up all of the time, so some pair of bends has the number between them
        (lo, low), (hi, high) = next(pair for pair in pairwise(paid) if pair[1][1] >= replicas)
        return lo + (hi - lo) * (replicas - low) / (high - low)


def _following(
    name: str,
    option: SelfHostOption,
    evaluate: Callable[[Fraction], Fraction],
    following: _Following,
    catalog: Catalog,
) -> CostCurve:
    """The curve of a fleet that follows the load: flat, or rising ever more slowly, up to what stays; then rising.

    It breaks where the replicas that stay are full, where people by size come in, and where a further node is filled.
    """
    terms, one = following.terms, following.one
    spares = 0 if terms.scales_to_zero else spares_of(option, catalog)
    by_size = [Fraction(full) / terms.gpus - spares for full in _gpus_of_one_person(option, catalog)]
    stay = Fraction(terms.least)
    people = (following.volume_of(replicas) for replicas in by_size if replicas > stay)
    # the first of them is a person for one replica, and more than one need a share for production
    several = (one,) if terms.least <= 1 else ()
    points = {at for at in (*following.bends(), *several, *people) if at > 0}
    widths = {width for width in _widths(option, terms, catalog) if width > 1}
    ladders = tuple(_ladder(Fraction(width) / terms.gpus, spares, one, max(1, terms.least)) for width in sorted(widths))
    regular = None
    if ladders:
        period = common_multiple(ladder.step for ladder in ladders)
        regular = Regular(max(points) + period, period)
    return CostCurve(name, evaluate, Breaks(points=tuple(sorted(points)), ladders=ladders), regular)


def _ladder(step: Fraction, spares: int, one: Fraction, stay: int) -> Ladder:
    """Breaks wherever replicas and spares together fill a node, above those that stay."""
    first = (floor((stay + spares) / step) + 1) * step - spares
    return Ladder(first * one, step * one)


def _widths(option: SelfHostOption, terms: Terms, catalog: Catalog) -> tuple[int, int]:
    """GPUs that come together: those rented or bought at a time, and those of an owned node, which pays for a rack."""
    if option.tenure != "own" or placement_of(option, catalog) != "datacenter":
        return terms.together, 1
    return terms.together, gpus_per_node(option, catalog)


def _cycle(option: SelfHostOption, terms: Terms, catalog: Catalog) -> int:
    """After how many replicas whole nodes are filled again; at once where parts of GPUs are by themselves."""
    if not terms.together and terms.gpus < 1:
        return 1
    together = lcm(*(max(1, width) for width in _widths(option, terms, catalog)))
    return (Fraction(terms.gpus) / together).denominator


def _gpus_of_one_person(option: SelfHostOption, catalog: Catalog) -> tuple[Count, ...]:
    """Numbers of GPUs from which people are counted by the GPU, for a single replica and for more."""
    if option.costs == "hardware" or option.people_fte is not None:
        return ()
    per_person = exact(value(catalog, "gpus_per_fte"))
    return tuple(exact(value(catalog, name)) * per_person for name in ("fte_share_small", "fte_share_production"))


def _regular_replicas(option: SelfHostOption, terms: Terms, catalog: Catalog, cycle: int) -> int:
    """From how many replicas on every further cycle costs the same."""
    sizes = _gpus_of_one_person(option, catalog)
    return ceil(Fraction(max(sizes)) / terms.gpus) + cycle + 1 if sizes else 0
