"""A scenario's workloads with the options that serve them, priced at the values that their ranges may have."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import NamedTuple

from costcalc.budget.verdict import Spent, place_of
from costcalc.case.case import Case
from costcalc.case.file import case_of
from costcalc.case.inputs import Input
from costcalc.case.shared import Apart, Fleet, Served, Use, apart, fleets_of, served, sharing
from costcalc.catalog.catalog import Catalog
from costcalc.errors import UndecidableError, UnknownNameError
from costcalc.findings import Node
from costcalc.limits import Percentile
from costcalc.scenario import Scenario
from costcalc.workload import Workload

Values = Mapping[str, Decimal]  # of ranges, by path; those of a workload stand under its name
CENTRAL: Values = {}
_Key = tuple[tuple[str, ...], frozenset[tuple[str, Decimal]]]  # workloads, and their ranges that are not central


class Priced(NamedTuple):
    """A workload, priced.

    Args:
        spent: What it costs with its option.
        usd: The same, exactly [USD/month]; None where that is not known.
        served: How that came to be.
    """

    spent: Spent
    usd: Fraction | None
    served: Served


@dataclass(frozen=True)
class Plan:
    """What is to be judged, each workload priced once for the same values of its ranges.

    Args:
        scenario: Workloads and budgets.
        tree: Its tree, for places.
        catalog: Prices and options.
        cases: The workloads as cases, by name.
    """

    scenario: Scenario
    tree: Node
    catalog: Catalog
    cases: Mapping[str, Case]
    _priced: dict[_Key, dict[str, Priced]] = field(default_factory=dict, repr=False)
    _ranges: dict[str, Mapping[str, Input]] = field(default_factory=dict, repr=False)

    @cached_property
    def _fellows(self) -> Mapping[str, tuple[str, ...]]:
        """The workloads that each one shares a fleet with, itself included."""
        return {name: names for names in sharing(self._uses, self.catalog) for name in names}

    @property
    def _uses(self) -> Mapping[str, Use]:
        return {name: self._use(name, case.workload) for name, case in self.cases.items()}

    def _use(self, name: str, workload: Workload) -> Use:
        return Use(workload, self.scenario.workloads[name].option or "")

    def spent(self, name: str, values: Values = CENTRAL) -> Spent:
        """Price a workload with its option, some of its ranges at other values than their central ones."""
        return self._costs(name, values).spent

    def usd(self, name: str, values: Values = CENTRAL) -> Fraction | None:
        """What a workload costs, exactly [USD/month]; None where that is not known."""
        return self._costs(name, values).usd

    @property
    def fleets(self) -> tuple[Fleet, ...]:
        """What several workloads share."""
        return fleets_of({name: self._costs(name, CENTRAL).served for name in self.scenario.workloads})

    @property
    def apart(self) -> tuple[Apart, ...]:
        """The workloads that name the same machines and do not share them."""
        return apart(self._uses, self.catalog)

    def _costs(self, name: str, values: Values) -> Priced:
        known = self.ranges(name) if values else {}
        own = {path: value for path, value in values.items() if path in known}
        key = self._fellows[name], frozenset(own.items())
        if key not in self._priced:
            self._priced[key] = self._price(self._fellows[name], own)
        return self._priced[key][name]

    def _price(self, names: tuple[str, ...], values: Values) -> dict[str, Priced]:
        """Price the workloads of one fleet, and what they cost with these values of their ranges."""
        uses = {name: self._use(name, self.cases[name].workload) for name in names}
        found: dict[str, Served] = {}
        shared: dict[str, Decimal] = {}
        for name in names:
            own = {one.path: values[path] for path, one in self._own_ranges(name).items() if path in values}
            shared |= {path: value for path, value in own.items() if not path.startswith("workload.")}
            try:
                uses[name] = self._use(name, self.cases[name].at(own).workload)
            except ValueError as error:  # ends of ranges that contradict each other
                found[name] = Served(None, UndecidableError(str(error)))
        case = replace(self.cases[names[0]], traffic=())
        catalog = case.at(shared).catalog if shared else self.catalog
        found |= served({name: use for name, use in uses.items() if name not in found}, catalog, as_of=case.as_of)
        return {name: self._priced_as(name, uses[name].workload, each) for name, each in found.items()}

    def _priced_as(self, name: str, workload: Workload, found: Served) -> Priced:
        if isinstance(found.error, UnknownNameError):  # a tier or a region that the option has not
            raise found.error
        entry, estimate = self.scenario.workloads[name], found.estimate
        unfit = "the option leaves out a part of it, or cannot hold its requests" if estimate and estimate.unfit else ""
        spent = Spent(
            workload,
            self.catalog.resolved(entry.option or ""),
            entry.tags,
            estimate,
            str(found.error) if found.error is not None else unfit,
            place_of(self.tree, "workloads", name, "option"),
            found.share,
        )
        return Priced(spent, spent.usd, found)

    def ranges(self, name: str) -> Mapping[str, Input]:
        """Find the ranges that the user's own files state and that a workload's cost depends on.

        Those of all workloads that it shares a fleet with are among them. Ranges of the shipped catalog (of
        assumptions, of what a seat holds) stay at their central values, as in every other command: they are how sure
        costcalc is, not what the plan leaves open.
        """
        return {path: one for each in self._fellows[name] for path, one in self._own_ranges(each).items()}

    def _own_ranges(self, name: str) -> Mapping[str, Input]:
        if name not in self._ranges:
            self._ranges[name] = {_path_in_plan(name, one): one for one in self._inputs(name)}
        return self._ranges[name]

    def _inputs(self, name: str) -> Iterator[Input]:
        case = self.cases[name]
        if not any(self.catalog.laid.get(room) for room in ("options", "assumptions", "plans")):
            yield from (one for one in case.traffic if one.path.startswith("workload."))
            return
        try:
            found = case.inputs([self.scenario.workloads[name].option or ""])
        except UndecidableError:
            return  # it has no price, and its limits are undecided whatever the ranges
        yield from (one for one in found if one.path.startswith("workload.") or self._is_own(one))

    def _is_own(self, one: Input) -> bool:
        room, _, rest = one.path.partition(".")
        if room == "plans":
            vendor, _, plan = rest.removesuffix(".allowance").partition("/")
            return bool(self.catalog.own(("plans", vendor, "plans", plan)))
        if room == "options":  # an option's id may hold dots
            return any(rest.startswith(f"{name}.") for laid in self.catalog.laid["options"] for name, _ in laid.items())
        return bool(self.catalog.own((room, rest)))


def plan_of(scenario: Scenario, tree: Node, catalog: Catalog, *, as_of: date) -> Plan:
    """Make the plan that a scenario describes."""
    cases = {name: case_of(entry, name, catalog, as_of=as_of) for name, entry in scenario.workloads.items()}
    return Plan(scenario, tree, catalog, cases)


def _path_in_plan(name: str, one: Input) -> str:
    """Name a range among those of all workloads: an option's and an assumption's is the same for all."""
    return f"{name}/{one.path}" if one.path.startswith("workload.") else one.path


def ends_at(one: Input, at: Percentile) -> tuple[Decimal, Decimal]:
    """Give the values of a range that its distribution falls below, and exceeds, with the same small probability.

    Example:
        The ends of a 90 % interval are its P5 and its P95:

        >>> rent = Input("rent", Decimal("2.8284"), Decimal(2), Decimal(4))
        >>> [str(end) for end in (*ends_at(rent, "p95"), *ends_at(rent, "p90"))]
        ['2', '4', '2.15910429', '3.70522450']
    """
    if at == "p95":
        return one.low, one.high
    from costcalc.analysis.distribution import quantile_of  # most files state no range

    probability = int(at[1:]) / 100
    quantile = quantile_of(one)
    return quantile(1 - probability), quantile(probability)
