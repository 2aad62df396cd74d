"""A scenario's workloads with the options that serve them, priced at the values that their ranges may have."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction

from costcalc.budget.verdict import Spent, place_of
from costcalc.case.case import Case
from costcalc.case.file import case_of
from costcalc.case.inputs import Input
from costcalc.catalog.catalog import Catalog
from costcalc.errors import UndecidableError
from costcalc.findings import Node
from costcalc.limits import Percentile
from costcalc.scenario import Scenario

Values = Mapping[str, Decimal]  # of ranges, by path; those of a workload stand under its name
CENTRAL: Values = {}
_Key = tuple[str, frozenset[tuple[str, Decimal]]]  # a workload, and its ranges that are not central


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
    _priced: dict[_Key, tuple[Spent, Fraction | None]] = field(default_factory=dict, repr=False)
    _ranges: dict[str, Mapping[str, Input]] = field(default_factory=dict, repr=False)

    def spent(self, name: str, values: Values = CENTRAL) -> Spent:
        """Price a workload with its option, some of its ranges at other values than their central ones."""
        return self._costs(name, values)[0]

    def usd(self, name: str, values: Values = CENTRAL) -> Fraction | None:
        """What a workload costs, exactly [USD/month]; None where that is not known."""
        return self._costs(name, values)[1]

    def _costs(self, name: str, values: Values) -> tuple[Spent, Fraction | None]:
        known = self.ranges(name) if values else {}
        own = {path: value for path, value in values.items() if path in known}
        key = name, frozenset(own.items())
        if key not in self._priced:
            spent = self._spent(name, {known[path].path: value for path, value in own.items()})
            self._priced[key] = spent, spent.usd
        return self._priced[key]

    def _spent(self, name: str, values: Values) -> Spent:
        entry, case = self.scenario.workloads[name], self.cases[name]
        option = self.catalog.resolved(entry.option or "")
        place = place_of(self.tree, "workloads", name, "option")
        try:
            case = case.at(values) if values else case
            estimate = case.estimate(option)
        except (UndecidableError, ValueError) as error:  # the second: ends of ranges that contradict each other
            return Spent(case.workload, option, entry.tags, None, str(error), place)
        reason = "the option leaves out a part of it, or cannot hold its requests" if estimate.unfit else ""
        return Spent(case.workload, option, entry.tags, estimate, reason, place)

    def ranges(self, name: str) -> Mapping[str, Input]:
        """Find the ranges that the user's own files state and that a workload's cost depends on.

        Ranges of the shipped catalog (of assumptions, of what a seat holds) stay at their central values, as in every
        other command: they are how sure costcalc is, not what the plan leaves open.
        """
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
