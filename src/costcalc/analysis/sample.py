"""One sample for all options: every input's draws, and every option's cost in each draw."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from math import inf
from typing import NamedTuple

from costcalc.analysis.case import Case, with_assumptions
from costcalc.analysis.distribution import draws_of
from costcalc.analysis.ranges import Input
from costcalc.catalog.catalog import Catalog
from costcalc.cost.estimate import Month, Monthly
from costcalc.cost.option import monthly
from costcalc.errors import UndecidableError

# Every mix of requests is priced and sized anew. To round a draw to a sixth of the way from the value to an end of the
# interval adds (1.645 ÷ 6)² ÷ 12 = 0.6 % to a variance that 10,000 draws tell to √(2 ÷ 10,000) = 1.4 %.
_STEPS = 6
_ASSUMED = "assumptions."
Progress = Callable[[float], None]  # takes the share of the work that is done


class Draw(NamedTuple):
    """One draw: what its options have in common.

    Args:
        number: Which one, from 0 on.
        mix: Which mix of requests: draws with the same values of the traffic, the volume excepted, have the same.
        case: The case of that mix, which other draws of the mix share.
        requests: Requests of the month.
    """

    number: int
    mix: int
    case: Case
    requests: Fraction


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
        self._assumed: dict[str, tuple[Decimal, ...]] = {}  # those of the drawn that no mix holds already, by id
        self.add([one for one in case.traffic if one.path == case.volume])
        self.add([one for one in case.traffic if one.path != case.volume], steps=_STEPS)
        self._assumed.clear()
        self._mix = [one.path for one in case.traffic if one.path != case.volume]
        self._mixes: dict[tuple[Decimal, ...], tuple[int, Case]] = {}
        self._made_for: tuple[int, int] | None = None
        self._catalog = case.catalog

    def add(self, inputs: Sequence[Input], *, steps: int | None = None) -> None:
        """Draw further inputs; those that were drawn stand."""
        for one in inputs:
            if one.path not in self.inputs:
                self.inputs[one.path] = one
                self.drawn[one.path] = draws_of(one, self._draws, self._seed, steps=steps)
                if one.path.startswith(_ASSUMED):
                    self._assumed[one.path.removeprefix(_ASSUMED)] = self.drawn[one.path]

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

    def _each(self) -> Iterator[Draw]:
        values = [self.drawn[path] for path in self._mix]
        volume = self.inputs.get(self._case.volume)
        for number in range(self._draws):
            mix, case = self._mix_of(tuple(column[number] for column in values))
            requests = Fraction(case.workload.requests)
            if volume is not None:
                # the volume scales the number of requests and nothing else, so that a mix stands for all its volumes
                requests *= Fraction(self.drawn[volume.path][number]) / Fraction(volume.value)
            yield Draw(number, mix, case, requests)

    def _mix_of(self, values: tuple[Decimal, ...]) -> tuple[int, Case]:
        """Number a mix, and give the case of it at the central volume."""
        if values not in self._mixes:
            volume = self.inputs.get(self._case.volume)
            central = {volume.path: volume.value} if volume is not None else {}
            case = self._case.at({**central, **dict(zip(self._mix, values, strict=True))})
            self._mixes[values] = len(self._mixes), case
        return self._mixes[values]

    def _column(self, option: str) -> Callable[[Draw], float]:
        """Choose how an option is priced, by what it rests on beside the traffic."""
        inputs = self._case.inputs([option])
        self.add(inputs)
        traffic = {one.path for one in self._case.traffic}
        rest = [one.path for one in inputs if one.path not in traffic]
        if not rest:
            return _Curves(option).cost
        own = [path for path in rest if not path.startswith(_ASSUMED)]
        return _Months(self, option, own, {path.removeprefix(_ASSUMED) for path in rest}).cost

    def catalog(self, draw: Draw) -> Catalog:
        """Give the catalog of a draw: with every assumption that was drawn, whichever option rests on it.

        It is made once for all options; an assumption that an option does not rest on does not move its cost.
        """
        made_for = draw.number, len(self._assumed)
        if made_for != self._made_for:
            values = {name: column[draw.number] for name, column in self._assumed.items()}
            self._made_for, self._catalog = made_for, with_assumptions(draw.case.catalog, values)
        return self._catalog

    def wanted(self, names: Sequence[str]) -> list[Input]:
        """Give those assumptions that are uncertain and were not drawn yet."""
        return [one for one in self._case.assumed(names) if one.path not in self.inputs]


class _Curves:
    """An option that rests on the traffic alone: priced once for each mix, as the exact curve of its cost."""

    def __init__(self, option: str) -> None:
        self._option = option
        self._prices: dict[int, Callable[[Fraction], float]] = {}

    def cost(self, draw: Draw) -> float:
        """Give its cost in a draw [USD/month]."""
        price = self._prices.get(draw.mix)
        if price is None:
            price = self._prices[draw.mix] = self._price(draw.case)
        try:
            return price(draw.requests)
        except UndecidableError:
            return inf

    def _price(self, case: Case) -> Callable[[Fraction], float]:
        try:
            curve = case.curve(self._option)
        except UndecidableError:
            return lambda _: inf
        if not curve.is_straight:
            return lambda requests: float(curve.at(requests))
        # what an API bills: one division of whole numbers, the float that is nearest to the exact product
        usd, per = curve.slope.as_integer_ratio()
        return lambda requests: usd * requests.numerator / (per * requests.denominator)


class _Months:
    """An option that rests on assumptions, or on ranges of its own: made ready once for each mix and their values."""

    def __init__(self, sample: Sample, option: str, own: list[str], assumed: set[str]) -> None:
        self._sample, self._option, self._own = sample, option, own
        self._seen = assumed  # ids; those of its own ranges beside them are nobody's id
        self._ready: dict[int, Monthly] = {}

    def cost(self, draw: Draw) -> float:
        """Give its cost in a draw [USD/month].

        A draw may make an option rest on assumptions on which no draw before it did. Those are drawn then, and
        earlier draws stand: their costs did not rest on them.
        """
        try:
            month = self._month(draw)
            while not self._seen.issuperset(month.assumptions):
                self._seen.update(month.assumptions)
                more = self._sample.wanted(month.assumptions)
                if more:
                    self._sample.add(more)
                    month = self._month(draw)
        except (UndecidableError, ValueError):  # ValueError: a value that its form would not have taken beside others
            return inf
        return float(month.exact_usd)

    def _month(self, draw: Draw) -> Month:
        catalog = self._sample.catalog(draw)
        if self._own:
            values = {path: self._sample.drawn[path][draw.number] for path in self._own}
            case = replace(draw.case, catalog=catalog).at(values)
            return self._made_ready(case)(draw.requests, case.catalog)
        if draw.mix not in self._ready:
            self._ready[draw.mix] = self._made_ready(draw.case)
        return self._ready[draw.mix](draw.requests, catalog)

    def _made_ready(self, case: Case) -> Monthly:
        return monthly(self._option, case.workload, case.catalog, as_of=case.as_of)
