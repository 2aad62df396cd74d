"""What the workloads of a plan cost together: those that name one fleet, or one purchase of capacity, share it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from costcalc.case.case import Case
from costcalc.case.file import TERMS, together
from costcalc.catalog.catalog import Catalog
from costcalc.catalog.forms.options import BlendOption
from costcalc.cost.estimate import Estimate
from costcalc.errors import UndecidableError, UnknownNameError
from costcalc.units import whole
from costcalc.workload import Workload

_CAPACITY = frozenset({"self_host", "provisioned"})
_ALL = Fraction(1)
Terms = tuple[str | None, ...]


class Use(NamedTuple):
    """A workload and the option that serves it."""

    workload: Workload
    option: str


class Served(NamedTuple):
    """A workload on the option that serves it.

    Args:
        estimate: What it costs; of an option that it shares, its share of the lines. None where that is not known.
        error: Why it is not known, or None.
        share: Its share of what it shares, 0 to 1; 1 where it shares nothing.
        alone: What the option would cost for it alone; None where that is not known.
    """

    estimate: Estimate | None
    error: UndecidableError | UnknownNameError | None = None
    share: Fraction = _ALL
    alone: Estimate | None = None

    @property
    def is_shared(self) -> bool:
        """Whether other workloads are served by the same machines, or the same capacity."""
        return self.estimate is not self.alone


def terms_of(workload: Workload) -> Terms:
    """Give what workloads must have in common to be served together."""
    return tuple(getattr(workload, term) for term in TERMS)


def sharing(uses: Mapping[str, Use], catalog: Catalog) -> tuple[tuple[str, ...], ...]:
    """Group workloads by what they share; one that shares nothing is a group by itself.

    An option of machines or of capacity is one fleet, however many workloads name it. A blend is priced for each
    workload by itself, and so is whatever is billed by what is used, where nothing is shared.

    Args:
        uses: The workloads by name.
        catalog: Where the options stand.
    """
    found: dict[tuple[str, Terms], list[str]] = {}
    for name, use in uses.items():
        key = (catalog.resolved(use.option), terms_of(use.workload)) if is_capacity(use.option, catalog) else (name, ())
        found.setdefault(key, []).append(name)
    return tuple(tuple(names) for names in found.values())


def is_capacity(option: str, catalog: Catalog) -> bool:
    """Say whether an option is paid for by what stands ready, and not by what is used."""
    try:
        return catalog.option(option).option.kind in _CAPACITY
    except UnknownNameError:
        return False  # pricing it says what is wrong with it


def served(uses: Mapping[str, Use], catalog: Catalog, *, as_of: date) -> dict[str, Served]:
    """Price the workloads of a plan, those that share a fleet together [USD/month].

    A fleet is sized for the sum of its workloads, whose peaks are taken to fall into the same hour. Each bears of it,
    spares and idle hours included, the share of the GPU time that it needs at full speed; of provisioned capacity the
    share of the tokens read and generated. A workload that the option cannot serve bears nothing.

    Leaves out that a workload with a high peak causes more idle hours than one that is even.

    Args:
        uses: The workloads by name.
        catalog: Prices and options.
        as_of: The day whose prices are in force.

    Source:
        docs/decisions/0144-one-option-is-one-fleet.md.
    """
    found: dict[str, Served] = {}
    for names in sharing(uses, catalog):
        found |= _together({name: uses[name] for name in names}, catalog, as_of)
    return {name: found[name] for name in uses}


def _together(uses: Mapping[str, Use], catalog: Catalog, as_of: date) -> dict[str, Served]:
    apart = {name: _tried(use, catalog, as_of) for name, use in uses.items()}
    alone = {name: each.alone for name, each in apart.items() if each.alone is not None and not each.alone.unfit}
    if len(alone) == 1 or not alone:
        return apart
    option = uses[next(iter(alone))].option
    fleet = _tried(Use(together([uses[name].workload for name in alone]), option), catalog, as_of)
    shares = _shares({name: (each, uses[name].workload) for name, each in alone.items()})
    shared = {
        name: Served(_part(fleet.estimate, shares[name]), fleet.error, shares[name], each)
        for name, each in alone.items()
    }
    return {**apart, **shared}


def _tried(use: Use, catalog: Catalog, as_of: date) -> Served:
    try:
        estimate = Case(use.workload, catalog, as_of).estimate(use.option)
    except (UndecidableError, UnknownNameError) as error:
        return Served(None, error)
    return Served(estimate, alone=estimate)


def _shares(alone: Mapping[str, tuple[Estimate, Workload]]) -> dict[str, Fraction]:
    """Say which share of a fleet each workload uses: of busy GPUs; of tokens where somebody else runs the machines."""
    weights = {name: _busy(estimate, workload) for name, (estimate, workload) in alone.items()}
    total = sum(weights.values(), start=Fraction(0))
    return {name: weight / total for name, weight in weights.items()}


def _busy(alone: Estimate, workload: Workload) -> Fraction:
    machines = alone.deployment
    if machines is not None:
        return Fraction(machines.utilisation) * Fraction(machines.gpus)
    return Fraction(workload.input_tokens) + Fraction(workload.output_tokens)


def _part(fleet: Estimate | None, share: Fraction) -> Estimate | None:
    """Give a share of every line of an estimate."""
    if fleet is None:
        return None
    lines = tuple(line._replace(amount=whole(Fraction(line.amount) * share)) for line in fleet.lines)
    return replace(fleet, lines=lines)


class Fleet(NamedTuple):
    """What several workloads share [USD/month].

    Args:
        option: The option.
        names: The workloads.
        usd: What it costs for all of them.
        apart_usd: What it would cost with a fleet for each.
        replicas: How many replicas run, spares included; None where that is not known.
    """

    option: str
    names: tuple[str, ...]
    usd: Fraction
    apart_usd: Fraction
    replicas: Fraction | None


def fleets_of(found: Mapping[str, Served]) -> tuple[Fleet, ...]:
    """Name what is shared, and what it would cost apart.

    Args:
        found: What `served` gave.
    """
    by_option: dict[str, list[str]] = {}
    for name, each in found.items():
        if each.is_shared and each.estimate is not None:
            by_option.setdefault(each.estimate.option, []).append(name)
    return tuple(_fleet(option, names, found) for option, names in by_option.items())


def _fleet(option: str, names: Sequence[str], found: Mapping[str, Served]) -> Fleet:
    shared = [found[name] for name in names]
    usd, apart = (
        sum((each.exact_usd for each in estimates if each is not None), start=Fraction(0))
        for estimates in ((one.estimate for one in shared), (one.alone for one in shared))
    )
    machines = shared[0].estimate.deployment if shared[0].estimate is not None else None
    replicas = Fraction(machines.replicas + machines.spares) if machines is not None else None
    return Fleet(option, tuple(names), usd, apart, replicas)


class Apart(NamedTuple):
    """Workloads that name the same machines, and are priced on a fleet each.

    Args:
        option: The option.
        names: The workloads.
        differ_in: In which terms they differ; "" where a blend stands between.
    """

    option: str
    names: tuple[str, ...]
    differ_in: str


def apart(uses: Mapping[str, Use], catalog: Catalog) -> tuple[Apart, ...]:
    """Find workloads that name the same machines or capacity and do not share it.

    Args:
        uses: The workloads by name.
        catalog: Where the options stand.
    """
    groups = {name: names for names in sharing(uses, catalog) for name in names}
    by_option: dict[str, list[str]] = {}
    for name, use in uses.items():
        for option in _capacities(use.option, catalog):
            by_option.setdefault(catalog.resolved(option), []).append(name)
    return tuple(
        Apart(option, tuple(names), _differing([uses[name] for name in names]))
        for option, names in by_option.items()
        if len({groups[name] for name in names}) > 1
    )


def _capacities(name: str, catalog: Catalog) -> tuple[str, ...]:
    """Name what an option keeps ready: itself, or what a blend is made of."""
    try:
        option = catalog.option(name).option
    except UnknownNameError:
        return ()
    members = option.members if isinstance(option, BlendOption) else (name,)
    return tuple(member for member in members if is_capacity(member, catalog))


def _differing(uses: Sequence[Use]) -> str:
    if len({use.option for use in uses}) > 1:
        return ""
    columns = zip(*(terms_of(use.workload) for use in uses), strict=True)
    return ", ".join(term for term, values in zip(TERMS, columns, strict=True) if len(set(values)) > 1)
