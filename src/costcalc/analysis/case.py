"""A question with its uncertain inputs: what higher-order analysis varies, and the cost that it asks for."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from costcalc.analysis.breakeven import why_unfit
from costcalc.analysis.ranges import REQUEST_DIGITS, Input, assumed_input, changed, ranges_of
from costcalc.catalog.catalog import Catalog
from costcalc.catalog.forms.options import BlendOption, Option, PlanOption
from costcalc.catalog.forms.scalars import Interval
from costcalc.cost.estimate import Estimate
from costcalc.cost.option import cost_curve, estimate
from costcalc.errors import UndecidableError, UnknownNameError
from costcalc.scenario import WorkloadEntry
from costcalc.workload import Shape, Workload

if TYPE_CHECKING:
    from costcalc.cost.curve import CostCurve

Rebuild = Callable[[Mapping[str, Decimal]], Workload]
_ROOMS = ("assumptions", "options", "plans", "workload")
PEAK = "workload.peak_to_mean"


@dataclass(frozen=True, eq=False)
class Case:
    """A workload, a catalog and a day: everything that an option's cost depends on.

    Args:
        workload: What is to be served.
        catalog: Prices, options and assumptions.
        as_of: The day whose prices are in force.
        traffic: The uncertain numbers of the workload.
        rebuild: Makes the workload anew with other values of those, by their paths.
        volume: The path of the one that scales the number of requests and nothing else, or "".
    """

    workload: Workload
    catalog: Catalog
    as_of: date
    traffic: tuple[Input, ...] = ()
    rebuild: Rebuild | None = None
    volume: str = ""
    _changed: Mapping[str, Decimal] = field(default_factory=dict, repr=False)

    def estimate(self, option: str) -> Estimate:
        """Price an option.

        Raises:
            UndecidableError: A price that is needed is missing, it cannot serve so much, or its numbers contradict
                each other.
        """
        try:
            return estimate(option, self.workload, self.catalog, as_of=self.as_of)
        except ValueError as error:  # a value that its form would not have taken beside the others
            raise UndecidableError(str(error), subject=option) from error

    def cost(self, option: str) -> Decimal:
        """What an option costs [USD/month]."""
        return self.estimate(option).monthly_usd

    def at(self, values: Mapping[str, Decimal]) -> "Case":
        """Give the case with other values of some inputs, by their paths.

        Raises:
            UnknownNameError: A path leads to no input.
        """
        by_room: dict[str, dict[str, Decimal]] = {room: {} for room in _ROOMS}
        for path, value in values.items():
            room, _, rest = path.partition(".")
            if room not in by_room:
                raise UnknownNameError(f"'{path}' is no input; inputs begin with {', '.join(_ROOMS)}")
            by_room[room][rest] = value
        catalog = _with_options(with_assumptions(self.catalog, by_room["assumptions"]), by_room["options"])
        catalog = _with_allowances(catalog, by_room["plans"])
        known = {one.path for one in self.traffic}
        unknown = next((f"workload.{rest}" for rest in by_room["workload"] if f"workload.{rest}" not in known), None)
        if unknown is not None:
            raise UnknownNameError(f"'{unknown}' is no uncertain number of the workload")
        moved = {path: value for path, value in values.items() if path in known}
        if not moved or self.rebuild is None:
            return replace(self, catalog=catalog)
        moved = {**self._changed, **moved}
        return replace(self, catalog=catalog, workload=self.rebuild(moved), _changed=moved)

    def demanding(self, **terms: Any) -> "Case":  # noqa: ANN401  # the fields of a workload
        """Give the case with other terms of its workload (a region, a share that can wait), whatever else moves."""
        rebuild = self.rebuild
        again: Rebuild | None = (lambda values: replace(rebuild(values), **terms)) if rebuild is not None else None
        return replace(self, workload=replace(self.workload, **terms), rebuild=again)

    def with_peak(self, peak: Decimal) -> "Case":
        """Give the case with another peak-to-mean ratio, which may be a range; the workload's own one is gone."""
        rest = tuple(one for one in self.traffic if one.path != PEAK)
        before = replace(self, traffic=rest).demanding(peak_to_mean=Fraction(peak))
        if not isinstance(peak, Interval):
            return before
        one = Input(PEAK, Decimal(peak), peak.low, peak.high, "ratio", least=Decimal(1))

        def rebuild(values: Mapping[str, Decimal]) -> Workload:
            others = {path: value for path, value in values.items() if path != PEAK}
            same = self.rebuild(others) if self.rebuild is not None and others else self.workload
            return replace(same, peak_to_mean=Fraction(values.get(PEAK, one.value)))

        return replace(before, traffic=(*rest, one), rebuild=rebuild)

    def inputs(self, options: Iterable[str]) -> tuple[Input, ...]:
        """List the uncertain inputs that some options depend on: traffic, the options' own ranges, assumptions.

        Raises:
            UndecidableError: An option cannot be priced.
        """
        found = {one.path: one for one in self.traffic}
        for name in options:
            found |= {one.path: one for one in self._of(name)}
        return tuple(found.values())

    def _of(self, name: str) -> list[Input]:
        """List what an option depends on beside the traffic; its estimate says which assumptions and options."""
        named = self.catalog.option(name)
        own = list(_within_routes(ranges_of(f"options.{named.id}", named.option), named.option))
        members = named.option.members if isinstance(named.option, BlendOption) else ()
        parts = [self.catalog.option(member) for member in members]
        own += [one for part in parts for one in ranges_of(f"options.{part.id}", part.option)]
        own += [one for part in (named, *parts) for one in _allowance_of(part.option, self.catalog)]
        return [*own, *self.assumed(self.estimate(name).assumptions)]

    def assumed(self, names: Iterable[str]) -> list[Input]:
        """Make inputs of those assumptions that have a range; what the user decides is no uncertainty."""
        known = [(name, self.catalog.assumption(name)) for name in names]
        return [assumed_input(name, one) for name, one in known if one.low < one.high and not one.choice]

    def curve(self, option: str) -> "CostCurve":
        """Give an option's exact cost by the number of requests, so that it need be priced once for the mix.

        Raises:
            UndecidableError: It cannot be priced.
        """
        return cost_curve(option, self.workload, self.catalog, as_of=self.as_of)


def _allowance_of(option: Option, catalog: Catalog) -> Iterator[Input]:
    """Give what a seat holds, where the option leaves that to its plan."""
    if isinstance(option, PlanOption) and option.allowance is None:
        sold = catalog.plan(option.plan)
        held = sold.plan.allowance
        if held is not None and held.low < held.high:
            path = f"plans.{sold.provider}/{sold.id}.allowance"
            yield Input(path, held.value, held.low, held.high, f"{held.unit}/seat".replace("_", " "))


def _within_routes(inputs: Iterable[Input], option: Option) -> Iterator[Input]:
    """Keep a blend's routes within all requests: what their highs leave of them is shared between the ranges."""
    routes = (option.routes or ()) if isinstance(option, BlendOption) else ()
    shares = [route.share for route in routes if route.share is not None]
    ranges = sum(isinstance(share, Interval) for share in shares)
    highs = sum((share.high if isinstance(share, Interval) else share for share in shares), start=Decimal(0))
    for one in inputs:
        is_share = ranges and one.path.endswith(".share")
        yield one._replace(most=one.high + max(Decimal(0), 1 - highs) / ranges) if is_share else one


class Contest(NamedTuple):
    """The options that can be chosen between, and those that were left out.

    Args:
        estimates: What each of them costs with every input at its central value, in the order asked for.
        left_out: The others, each with the reason.
    """

    estimates: tuple[Estimate, ...]
    left_out: tuple[tuple[str, str], ...]

    @property
    def options(self) -> tuple[str, ...]:
        """The ids of those that can be chosen."""
        return tuple(one.option for one in self.estimates)


def contest(case: Case, options: Sequence[str]) -> Contest:
    """Price options, and leave out those that nobody can choose: as `costcalc breakeven` does, and for its reasons.

    Raises:
        UnknownNameError: There is no such option.
        UndecidableError: None is left.
    """
    estimates: list[Estimate] = []
    left_out: list[tuple[str, str]] = []
    for name in dict.fromkeys(options):
        case.catalog.option(name)
        try:
            one = case.estimate(name)
            reason = why_unfit(one)
        except (UndecidableError, UnknownNameError) as error:
            left_out.append((name, error.reason))
            continue
        if reason:
            left_out.append((name, reason))
        else:
            estimates.append(one)
    if not estimates:
        reasons = "; ".join(f"{name}: {reason}" for name, reason in left_out)
        raise UndecidableError(f"no option can be chosen: {reasons}")
    return Contest(tuple(estimates), tuple(left_out))


def with_assumptions(catalog: Catalog, values: Mapping[str, Decimal]) -> Catalog:
    """Give a catalog with other values of some assumptions, by their ids."""
    if not values:
        return catalog
    moved = {
        name: catalog.assumption(name).model_copy(update={"value": value, "low": value, "high": value})
        for name, value in values.items()
    }
    return replace(catalog, assumptions={**catalog.assumptions, **moved})


def _with_options(catalog: Catalog, values: Mapping[str, Decimal]) -> Catalog:
    """Change fields of options; an option's id may hold dots, so the longest id that fits is the one."""
    if not values:
        return catalog
    options = dict(catalog.options)
    for path, value in values.items():
        name = max((one for one in options if path.startswith(f"{one}.")), key=len, default=None)
        if name is None:
            raise UnknownNameError(f"'options.{path}' is no input: there is no such option")
        try:
            options[name] = changed(options[name], path.removeprefix(f"{name}.").split("."), value)
        except UnknownNameError as error:
            raise UnknownNameError(f"'options.{path}' is no input: {error}") from None
    return replace(catalog, options=options)


def _with_allowances(catalog: Catalog, values: Mapping[str, Decimal]) -> Catalog:
    """Change what a seat of some plans holds."""
    plans = dict(catalog.plans) if values else catalog.plans
    for path, value in values.items():
        ref, _, key = path.rpartition(".")
        sold = catalog.plan(ref)
        if key != "allowance" or sold.plan.allowance is None:
            raise UnknownNameError(f"'plans.{path}' is no input: the plan has no '{key}'")
        held = sold.plan.allowance.model_copy(update={"value": value, "low": value, "high": value})
        moved = {**plans[sold.provider].plans, sold.id: sold.plan.model_copy(update={"allowance": held})}
        plans = {**plans, sold.provider: plans[sold.provider].model_copy(update={"plans": moved})}
    return replace(catalog, plans=plans) if values else catalog


def case_of(entry: WorkloadEntry, name: str, catalog: Catalog, *, as_of: date) -> Case:
    """Make a case of a workload of a project file, with the ranges that it states."""
    traffic = tuple(_within(one, entry) for one in ranges_of("workload", entry))
    volume = next((one.path for one in traffic if one.path == "workload.requests"), "")

    def rebuild(values: Mapping[str, Decimal]) -> Workload:
        moved = entry
        for path, value in values.items():
            moved = changed(moved, path.split(".")[1:], value)
        return moved.to_workload(name)

    return Case(entry.to_workload(name), catalog, as_of, traffic, rebuild, volume)


def _within(one: Input, entry: WorkloadEntry) -> Input:
    """Keep an input of a workload where the workload stays one: a peak is at least the mean, a prompt is whole."""
    *_, index, key = one.path.split(".")
    if one.path == PEAK:
        return one._replace(least=Decimal(1))
    if key == "cached_share":
        shape = entry.shapes[int(index)]
        return one._replace(most=1 - shape.cache_write_share - shape.cache_write_1h_share)
    if key == "output_tokens":
        return one._replace(least=max(Decimal(1), entry.shapes[int(index)].reasoning_tokens))
    return one


class Month(NamedTuple):
    """A month's traffic as flags give it; each number may be a range.

    Args:
        output_tokens: Output tokens a month.
        input_tokens: Input tokens of such a month, cached ones included; where the volume differs, so do they.
        cached_share: Share of the input that is read from the cache, 0 to 1.
        output_per_request: Output tokens of one request.
    """

    output_tokens: Decimal
    input_tokens: Decimal
    cached_share: Decimal
    output_per_request: Decimal


VOLUME = "workload.output_tokens"
_MOST = {"cached_share": Decimal(1)}
_UNITS = {"output_tokens": "tokens/month", "input_tokens": "tokens/month", "output_per_request": "tokens"}


def month_case(base: Workload, month: Month, catalog: Catalog, *, as_of: date, assumed: str | None = None) -> Case:
    """Make a case of a month's traffic from flags.

    Args:
        base: The workload with every number at its central value.
        month: The numbers, as ranges where they are uncertain.
        catalog: Prices, options and assumptions.
        as_of: The day whose prices are in force.
        assumed: The assumption from which the size of a request was taken, where it was.
    """
    ranges = {name: one for name, one in month._asdict().items() if isinstance(one, Interval)}
    traffic = [
        Input(f"workload.{name}", Decimal(one), one.low, one.high, _UNITS.get(name, ""), most=_MOST.get(name))
        for name, one in ranges.items()
    ]
    traffic = [one if one.path == VOLUME else one._replace(digits=REQUEST_DIGITS) for one in traffic]
    size = f"assumptions.{assumed}"
    if assumed is not None:
        known = catalog.assumption(assumed)
        one = assumed_input(assumed, known)._replace(least=Decimal(1), digits=REQUEST_DIGITS)
        traffic += [one] if known.low < known.high else []

    @lru_cache(maxsize=4096)
    def shape(input_tokens: Decimal, cached_share: Decimal, per_request: Decimal) -> Shape:
        prompt = Fraction(input_tokens) * Fraction(per_request) / Fraction(month.output_tokens)
        return Shape.of(input_tokens=prompt, cached_share=cached_share, output_tokens=per_request)

    def rebuild(values: Mapping[str, Decimal]) -> Workload:
        at = month._replace(**{name: values[f"workload.{name}"] for name in ranges if f"workload.{name}" in values})
        per_request = values.get(size, at.output_per_request)
        shapes = (shape(Decimal(at.input_tokens), Decimal(at.cached_share), per_request),)
        return replace(base, requests=Fraction(at.output_tokens) / Fraction(per_request), shapes=shapes)

    return Case(base, catalog, as_of, tuple(traffic), rebuild, VOLUME if "output_tokens" in ranges else "")
