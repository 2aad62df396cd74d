"""A question with its uncertain inputs: what higher-order analysis varies, and the cost that it asks for."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

from costcalc.case.inputs import Input, assumed_input, ranges_of
from costcalc.case.moved import ROOMS, moved
from costcalc.case.usual import PEAK, USUAL_PEAK
from costcalc.catalog.catalog import Catalog
from costcalc.catalog.forms.options import BlendOption, Option, PlanOption
from costcalc.catalog.forms.scalars import Interval
from costcalc.catalog.generating import generates, readers
from costcalc.cost.estimate import Estimate, Unfit
from costcalc.cost.option import cost_curve, estimate
from costcalc.cost.tokens import counter_named, differing
from costcalc.errors import UndecidableError, UnknownNameError
from costcalc.workload import Workload

if TYPE_CHECKING:
    from costcalc.cost.curve import CostCurve
    from costcalc.cost.owed import Commitment

Rebuild = Callable[[Mapping[str, Decimal]], Workload]
_ROOMS = (*ROOMS, "workload")
_COMPARED = 2  # a single option is compared with none
NOT_ASKED_FOR = "generates text; these requests ask for none"


def only_reads(workload: Workload) -> bool:
    """Say whether a workload asks for text to be read and for nothing else: no output, no pictures, speech or searches.

    Example:
        >>> only_reads(Workload.single(requests=1, input_tokens=500)), only_reads(Workload.single(requests=1))
        (True, False)
    """
    return (
        bool(workload.input_tokens) and not workload.output_tokens and not any(each.units for each in workload.shapes)
    )


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
        counted: What is counted where output tokens alone were asked for: the same requests without their prompts.
        owed: What is owed to providers whatever is chosen; no estimate counts it.
    """

    workload: Workload
    catalog: Catalog
    as_of: date
    traffic: tuple[Input, ...] = ()
    rebuild: Rebuild | None = None
    volume: str = ""
    counted: Workload | None = None
    owed: "tuple[Commitment, ...]" = ()
    _changed: Mapping[str, Decimal] = field(default_factory=dict, repr=False)

    @property
    def usual(self) -> tuple[str, ...]:
        """The options that are compared by default: the headline's; where nothing is generated, those that only read.

        Where the catalog has none that only read, the headline's stay.
        """
        if not only_reads(self.workload):
            return self.catalog.headline
        return readers(self.catalog, as_of=self.as_of) or self.catalog.headline

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

    def priced(self, options: Iterable[str]) -> "Priced":
        """Price options, and say of those without a price why they have none.

        Raises:
            UnknownNameError: There is no option of some names, with all of them; or no model of which the workload
                counts the tokens.
        """
        if self.workload.tokens_as is not None:
            counter_named(self.workload.tokens_as, self.catalog)  # an unknown one is no option's fault
        estimates: list[Estimate] = []
        left_out: list[LeftOut] = []
        unknown: list[str] = []
        for name in dict.fromkeys(options):
            try:
                self.catalog.option(name)
            except UnknownNameError as error:
                unknown.append(str(error))
                continue
            try:
                estimates.append(self._asked_for(self.estimate(name)))
            except (UndecidableError, UnknownNameError) as error:  # the second: a tier or region that it has not
                left_out.append(LeftOut(name, error.reason, error.exit_status))
        if unknown:
            raise UnknownNameError(unknown[0], more=unknown[1:])
        return Priced(tuple(self._compared(estimates)), tuple(left_out))

    def _asked_for(self, priced: Estimate) -> Estimate:
        """Add to an estimate of requests without output that its option generates."""
        option = self.catalog.option(priced.option).option
        if not only_reads(self.workload) or not generates(option, self.catalog, as_of=self.as_of):
            return priced
        return replace(priced, caveats=(*priced.caveats, NOT_ASKED_FOR))

    def _compared(self, estimates: Sequence[Estimate]) -> Iterator[Estimate]:
        """Add to estimates at equal counts of tokens that one model makes more of them of the same text."""
        if self.workload.tokens_as is not None or len(estimates) < _COMPARED:
            yield from estimates
            return
        more = differing([self.catalog.option(priced.option) for priced in estimates], self.catalog)
        for priced in estimates:
            text = more.get(priced.option)
            yield priced if text is None else replace(priced, caveats=(*priced.caveats, text))

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
        catalog = moved(self.catalog, by_room)
        known = {one.path for one in self.traffic}
        unknown = next((f"workload.{rest}" for rest in by_room["workload"] if f"workload.{rest}" not in known), None)
        if unknown is not None:
            raise UnknownNameError(f"'{unknown}' is no uncertain number of the workload")
        traffic = {path: value for path, value in values.items() if path in known}
        if not traffic or self.rebuild is None:
            return replace(self, catalog=catalog)
        return replace(self, catalog=catalog, workload=self.month(traffic), _changed={**self._changed, **traffic})

    def month(self, traffic: Mapping[str, Decimal]) -> Workload:
        """Make the workload with other values of its uncertain numbers, by their paths."""
        return self.rebuild({**self._changed, **traffic}) if self.rebuild is not None else self.workload

    def demanding(self, **terms: Any) -> "Case":  # noqa: ANN401  # the fields of a workload
        """Give the case with other terms of its workload (a region, a share that can wait), whatever else moves."""

        def asked_of(workload: Workload) -> Workload:
            if "batchable_share" not in terms:
                return replace(workload, **terms)
            shapes = tuple(replace(shape, batchable_share=None) for shape in workload.shapes)
            return replace(workload, shapes=shapes, **terms)

        rebuild = self.rebuild
        again: Rebuild | None = (lambda values: asked_of(rebuild(values))) if rebuild is not None else None
        counted = asked_of(self.counted) if self.counted is not None else None
        return replace(self, workload=asked_of(self.workload), rebuild=again, counted=counted)

    @property
    def at_peak(self) -> "Case":
        """The case with capacity for its peak, though nobody stated it: machines are sized for that as well."""
        return self.demanding(has_usual_peak=False) if self.workload.has_usual_peak else self

    def with_peak(self, peak: Decimal) -> "Case":
        """Give the case with another peak-to-mean ratio, which may be a range; the workload's own one is gone."""
        rest = tuple(one for one in self.traffic if one.path not in {PEAK, USUAL_PEAK})
        stated = {"peak_to_mean": Fraction(peak), "has_usual_peak": False}
        before = replace(self, traffic=rest).demanding(**stated)
        if not isinstance(peak, Interval):
            return before
        one = Input(PEAK, Decimal(peak), peak.low, peak.high, "ratio", least=Decimal(1))

        def rebuild(values: Mapping[str, Decimal]) -> Workload:
            others = {path: value for path, value in values.items() if path != PEAK}
            same = self.rebuild(others) if self.rebuild is not None and others else self.workload
            return replace(same, peak_to_mean=Fraction(values.get(PEAK, one.value)), has_usual_peak=False)

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
        """Make inputs of those assumptions that are uncertain: they are drawn, and have a range."""
        known = [(name, self.catalog.assumption(name)) for name in names]
        return [assumed_input(name, one) for name, one in known if one.drawn and one.low < one.high]

    def curve(self, option: str, *, known: Estimate | None = None) -> "CostCurve":
        """Give an option's exact cost by the number of requests, so that it need be priced once for the mix.

        Args:
            option: The option.
            known: Its estimate, where it was priced already.

        Raises:
            UndecidableError: It cannot be priced.
        """
        return cost_curve(option, self.workload, self.catalog, as_of=self.as_of, known=known)


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


class LeftOut(NamedTuple):
    """An option without an answer.

    Args:
        option: The option, as it was asked for.
        reason: Why.
        exit_status: What its error would end a command with; 0 where it has a price that cannot be compared.
    """

    option: str
    reason: str
    exit_status: int = 0


class Priced(NamedTuple):
    """What some options cost, and those that have no answer.

    Args:
        estimates: What each costs with every input at its central value, in the order asked for.
        left_out: The others, each with its reason.
    """

    estimates: tuple[Estimate, ...]
    left_out: tuple[LeftOut, ...]

    @property
    def options(self) -> tuple[str, ...]:
        """The ids of those that have an estimate."""
        return tuple(estimate.option for estimate in self.estimates)

    @property
    def reasons(self) -> tuple[tuple[str, str], ...]:
        """The options that have no answer, each with its reason."""
        return tuple((each.option, each.reason) for each in self.left_out)

    def to_choose(self) -> "Priced":
        """Leave out what has a price but that nobody can choose.

        Raises:
            UndecidableError: Nothing is left.
        """
        reasons = {estimate.option: why_unfit(estimate) for estimate in self.estimates}
        unfit = tuple(LeftOut(option, reason) for option, reason in reasons.items() if reason)
        left_out = (*self.left_out, *unfit)
        estimates = tuple(estimate for estimate in self.estimates if not reasons[estimate.option])
        if not estimates:
            listed = "; ".join(f"{each.option}: {each.reason}" for each in left_out)
            raise UndecidableError(f"no option can be chosen: {listed}")
        return Priced(estimates, left_out)


_UNFIT: dict[Unfit, str] = {
    "": "",
    "part": "it leaves out a part of the workload",
    "too long": "a request exceeds its context",
    "too small": "its units carry fewer requests than the mean rate",
    "limit unknown": "nobody publishes how much a seat holds",
    "bound": "its term ends after its model is retired",
}


def why_unfit(estimate: Estimate) -> str:
    """Say why nobody can choose an option for a workload that it has a price for; "" where somebody can."""
    if not estimate.is_offer:
        return "a published figure that nobody sells"
    if estimate.retired is not None:
        return f"retired on {estimate.retired}"
    if estimate.last_listed is not None:
        return f"in no current list of prices, last seen in one on {estimate.last_listed}"
    return _UNFIT[estimate.unfit]
