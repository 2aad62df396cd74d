"""One sample for all options: every input's draws, and every option's cost in each draw."""

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import fields, replace
from decimal import Decimal
from fractions import Fraction
from math import inf
from typing import NamedTuple

from costcalc.analysis.distribution import draws_of
from costcalc.case.case import Case
from costcalc.case.inputs import Input, sizes_requests
from costcalc.case.usual import PEAK, USUAL_PEAK
from costcalc.catalog.catalog import Catalog
from costcalc.catalog.forms.options import BlendOption, SelfHostOption
from costcalc.catalog.forms.provisioned import ProvisionedOption
from costcalc.cost.estimate import Demand, Month, Monthly
from costcalc.cost.option import monthly
from costcalc.errors import UndecidableError
from costcalc.units import Count
from costcalc.workload import Shape, Workload

# Every mix of requests is priced and sized anew. To round a draw to a fifth of the way from the value to an end of the
# interval adds (1.645 ÷ 5)² ÷ 12 = 0.9 % to a variance that 10,000 draws tell to √(2 ÷ 10,000) = 1.4 %.
_STEPS = 5
_ASSUMED = "assumptions."
_OF_THE_MONTH = frozenset({"requests", "peak_to_mean"})  # what a mix of requests does not say
Progress = Callable[[float], None]  # takes the share of the work that is done


class Draw(NamedTuple):
    """One draw: what its options have in common.

    Args:
        number: Which one, from 0 on.
        mix: Which mix: workloads that differ only in the number of requests and in their peak have the same.
        case: The case of that mix, which other draws of the mix share.
        demand: How much of it is served.
    """

    number: int
    mix: int
    case: Case
    demand: Demand


class Sample:
    """Draws of a case.

    Args:
        case: The workload with its ranges, the catalog and the day.
        draws: How many.
        seed: Where the streams of random numbers begin.

    Attributes:
        inputs: What was drawn, by path; an option that rests on more adds to it.
        drawn: The values, by path.
    """

    def __init__(self, case: Case, draws: int, seed: int) -> None:
        self._case, self._draws, self._seed = case, draws, seed
        self.inputs: dict[str, Input] = {}
        self.drawn: dict[str, tuple[Decimal, ...]] = {}
        self._peak = _peak_of(case)
        for one in case.traffic:
            self.add([one], steps=None if one.path in {case.volume, self._peak} else _STEPS)
        self._traffic = [one.path for one in case.traffic if one.path not in {case.volume, self._peak}]
        self._assumed: dict[str, tuple[Decimal, ...]] = {}  # those that options rest on, by id
        self._months: dict[tuple[Decimal, ...], tuple[int, Fraction, Count]] = {}
        self._mixes: dict[Hashable, int] = {}
        self._cases: list[Case] = []
        self._made_for: tuple[int, int] | None = None
        self._catalog = case.catalog

    def add(self, inputs: Sequence[Input], *, steps: int | None = None) -> None:
        """Draw further inputs; those that were drawn stand."""
        for one in inputs:
            if one.path not in self.inputs:
                self.inputs[one.path] = one
                self.drawn[one.path] = draws_of(one, self._draws, self._seed, steps=steps)

    def costs(self, options: Sequence[str], progress: Progress | None = None) -> dict[str, list[float]]:
        """Price options in every draw [USD/month]; infinite where one cannot serve.

        Args:
            options: The options.
            progress: Takes the share of the draws that are done, after each of them.
        """
        costs: dict[str, list[float]] = {name: [] for name in options}
        columns = [(costs[name], self._column(name)) for name in options]
        for draw in self._each():
            for column, price in columns:
                column.append(price(draw))
            if progress is not None:
                progress((draw.number + 1) / self._draws)
        return costs

    def costs_by_volume(self, options: Sequence[str], volumes: Sequence[Fraction]) -> dict[str, list[list[float]]]:
        """Price options in every draw at each of some volumes in place of the drawn one [USD/month].

        Args:
            options: The options.
            volumes: Output tokens a month, or requests of a mix that generates none.

        Returns:
            For each option, and each volume, its cost in every draw; infinite where it cannot serve.
        """
        costs: dict[str, list[list[float]]] = {name: [[] for _ in volumes] for name in options}
        columns = [(costs[name], self._column(name)) for name in options]
        for draw in self._each():
            per_request = Fraction(draw.case.workload.output_tokens) or Fraction(1)  # the mix is of a single request
            for number, volume in enumerate(volumes):
                at_volume = draw._replace(demand=Demand(volume / per_request, draw.demand.peak))
                for column, price in columns:
                    column[number].append(price(at_volume))
        return costs

    def _each(self) -> Iterator[Draw]:
        columns = [self.drawn[path] for path in self._traffic]
        volume = self.inputs.get(self._case.volume)
        for number in range(self._draws):
            mix, requests, peak = self._month(tuple(column[number] for column in columns))
            if volume is not None:
                # the volume scales the number of requests and nothing else, so that a mix stands for all its volumes
                requests = _scaled(requests, self.drawn[volume.path][number], volume.value)
            if self._peak is not None:
                peak = Fraction(self.drawn[self._peak][number])
            yield Draw(number, mix, self._cases[mix], Demand(requests, peak))

    def _month(self, values: tuple[Decimal, ...]) -> tuple[int, Fraction, Count]:
        """Say which mix some values of the traffic make, its requests at the central volume, and its peak."""
        if values not in self._months:
            volume = self.inputs.get(self._case.volume)
            central = {volume.path: volume.value} if volume is not None else {}
            traffic = {**central, **dict(zip(self._traffic, values, strict=True))}
            workload = self._case.month(traffic)
            mix = self._mixes.setdefault(_mix_of(workload), len(self._cases))
            if mix == len(self._cases):
                case = self._case.at(traffic)
                # of a single request: a mix is priced by its shapes alone, and whole numbers multiply sooner
                self._cases.append(replace(case, workload=replace(case.workload, requests=1)))
            self._months[values] = mix, Fraction(workload.requests), workload.peak
        return self._months[values]

    def _column(self, option: str) -> Callable[[Draw], float]:
        """Choose how an option is priced, by what it rests on beside the traffic."""
        inputs = self._case.inputs([option])
        traffic = {one.path for one in self._case.traffic}
        rest = [one for one in inputs if one.path not in traffic]
        if not rest and not self._runs_machines(option):
            return _Curves(option).cost
        return _Months(self, option, rest).cost

    def resting_on(self, path: str, options: Sequence[str]) -> set[str]:
        """Give the options that rest on an input; an assumption that only some draws asked for may be anybody's."""
        if path == self._peak:
            return {option for option in options if self._runs_machines(option)}
        found = {option for option in options if any(one.path == path for one in self._case.inputs([option]))}
        return found or set(options)

    def _runs_machines(self, option: str) -> bool:
        """Say whether an option's cost follows the peak, too."""
        _, kind = self._case.catalog.option(option)
        members = kind.members if isinstance(kind, BlendOption) else ()
        kinds = (kind, *(self._case.catalog.option(member).option for member in members))
        return any(isinstance(each, SelfHostOption | ProvisionedOption) for each in kinds)

    def assume(self, names: Sequence[str]) -> bool:
        """Draw what is uncertain of some assumptions, and say whether a price without them is too early."""
        new = [one for one in self._case.assumed(names) if one.path not in self.inputs]
        for one in new:
            self.add([one], steps=_STEPS if sizes_requests(one) else None)
            self._assumed[one.path.removeprefix(_ASSUMED)] = self.drawn[one.path]
        return bool(new)

    def catalog(self, draw: Draw) -> Catalog:
        """Give the catalog of a draw: with every assumption that was drawn, whichever option rests on it.

        It is made once for all options; an assumption that an option does not rest on does not move its cost.
        """
        made_for = draw.number, len(self._assumed)
        if made_for != self._made_for:
            values = {name: column[draw.number] for name, column in self._assumed.items()}
            self._made_for, self._catalog = made_for, draw.case.catalog.with_assumptions(values)
        return self._catalog


def _scaled(requests: Fraction, drawn: Decimal, central: Decimal) -> Fraction:
    """Give requests × drawn ÷ central: as whole numbers, so that one fraction is reduced and not four."""
    (top, bottom), (over, under) = drawn.as_integer_ratio(), central.as_integer_ratio()
    return Fraction(requests.numerator * top * under, requests.denominator * bottom * over)


def _peak_of(case: Case) -> str | None:
    """Find the input that is the peak and nothing else; of a sum of workloads that peak differently there is none."""
    for one in case.traffic:
        if one.path in {PEAK, USUAL_PEAK}:
            low, high = (case.month({one.path: end}) for end in (one.low, one.high))
            if (low.peak, replace(low, peak_to_mean=high.peak)) == (Fraction(one.low), high):
                return one.path
    return None


def _mix_of(workload: Workload) -> Hashable:
    """Give what two workloads have in common that differ only in the number of requests and in their peak."""
    terms = [getattr(workload, field.name) for field in fields(workload) if field.name not in _OF_THE_MONTH]
    return tuple(_frozen(term) for term in terms)


def _frozen(term: object) -> Hashable:
    if isinstance(term, dict):
        return tuple(term.items())
    if isinstance(term, tuple):
        return tuple(map(_frozen, term))
    if isinstance(term, Shape):
        return tuple(_frozen(getattr(term, field.name)) for field in fields(term))
    assert isinstance(term, Hashable)  # hours, names and numbers
    return term


class _Curves:
    """An option that rests on the traffic alone: priced once for each mix, as the exact curve of its cost."""

    def __init__(self, option: str) -> None:
        self._option = option
        self._prices: dict[int, Callable[[Count], float]] = {}

    def cost(self, draw: Draw) -> float:
        """Give its cost in a draw [USD/month]."""
        price = self._prices.get(draw.mix)
        if price is None:
            price = self._prices[draw.mix] = self._price(draw.case)
        try:
            return price(draw.demand.requests)
        except UndecidableError:
            return inf

    def _price(self, case: Case) -> Callable[[Count], float]:
        try:
            curve = case.curve(self._option)
        except UndecidableError:
            return lambda _: inf
        if not curve.is_straight:
            return lambda requests: float(curve.at(Fraction(requests)))
        # what an API bills: one division of whole numbers, the float that is nearest to the exact product
        usd, per = curve.slope.as_integer_ratio()
        return lambda requests: usd * requests.numerator / (per * requests.denominator)


class _Months:
    """An option that rests on assumptions or ranges of its own, or on the peak: made ready once for each mix."""

    def __init__(self, sample: Sample, option: str, inputs: Sequence[Input]) -> None:
        self._sample, self._option = sample, option
        self._own = [one.path for one in inputs if not one.path.startswith(_ASSUMED)]
        self._rests_on = {one.path.removeprefix(_ASSUMED) for one in inputs if one.path.startswith(_ASSUMED)}
        sample.add([one for one in inputs if not one.path.startswith(_ASSUMED)])
        sample.assume(tuple(self._rests_on))
        self._ready: dict[int, Monthly] = {}

    def cost(self, draw: Draw) -> float:
        """Give its cost in a draw [USD/month].

        A draw may make an option rest on assumptions on which no draw before it did. Those are drawn then, and
        earlier draws stand: their costs did not rest on them.
        """
        try:
            month = self._month(draw)
            while not self._rests_on.issuperset(month.assumptions):
                self._rests_on.update(month.assumptions)
                if self._sample.assume(month.assumptions):
                    month = self._month(draw)
        except (UndecidableError, ValueError):  # ValueError: a value that its form would not have taken beside others
            return inf
        return float(month.exact_usd)

    def _month(self, draw: Draw) -> Month:
        catalog = self._sample.catalog(draw)
        if self._own:
            values = {path: self._sample.drawn[path][draw.number] for path in self._own}
            case = replace(draw.case, catalog=catalog).at(values)
            return self._made_ready(case)(draw.demand, case.catalog)
        if draw.mix not in self._ready:
            self._ready[draw.mix] = self._made_ready(draw.case)
        return self._ready[draw.mix](draw.demand, catalog)

    def _made_ready(self, case: Case) -> Monthly:
        return monthly(self._option, case.workload, case.catalog, as_of=case.as_of)
