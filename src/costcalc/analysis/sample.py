"""One sample for all options: every input's draws, and every option's cost in each draw."""

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from math import inf

from costcalc.analysis.distribution import draws_of
from costcalc.case.case import Case
from costcalc.case.inputs import Input
from costcalc.errors import UndecidableError

Mix = tuple[tuple[str, Decimal], ...]  # other values of the traffic, the volume excepted, by their paths
Price = Callable[[Fraction], float]  # what an option costs by the volume, as a multiple of its central value


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
        self._add(case.traffic)
        self._mixes: dict[Mix, Case] = {}
        volume = self.inputs.get(case.volume)
        self._volumes = [Fraction(one) / Fraction(volume.value) for one in self.drawn[volume.path]] if volume else []

    def _add(self, inputs: Sequence[Input]) -> None:
        for one in inputs:
            if one.path not in self.inputs:
                self.inputs[one.path] = one
                self.drawn[one.path] = draws_of(one, self._draws, self._seed)

    def costs_of(self, option: str) -> list[float]:
        """Price an option in every draw [USD/month]; infinite where it cannot serve.

        One that depends on the traffic alone is priced once for each mix of requests, as the exact curve of its cost.
        """
        own = self._case.inputs([option])
        self._add(own)
        paths = [one.path for one in own]
        if not paths:
            return [float(self._case.cost(option))] * self._draws
        if self._volumes and {one.path for one in self._case.traffic}.issuperset(paths):
            return list(self._by_mix(option, [path for path in paths if path != self._case.volume]))
        seen: set[str] = set()
        return [self._priced(option, index, paths, seen) for index in range(self._draws)]

    def _by_mix(self, option: str, paths: list[str]) -> Iterator[float]:
        prices: dict[Mix, Price] = {}
        for index, volume in enumerate(self._volumes):
            mix = tuple((path, self.drawn[path][index]) for path in paths)
            if mix not in prices:
                prices[mix] = _price(self._mixed(mix), option)
            yield prices[mix](volume)

    def _mixed(self, mix: Mix) -> Case:
        """Give the case of a mix, which all options share."""
        if mix not in self._mixes:
            self._mixes[mix] = self._case.at(dict(mix))
        return self._mixes[mix]

    def _priced(self, option: str, index: int, paths: list[str], seen: set[str]) -> float:
        """Price one draw; it may make an option rest on assumptions on which no draw before it did.

        Those are drawn then, and earlier draws stand: their costs did not rest on them.
        """
        try:
            one = self._case.at({path: self.drawn[path][index] for path in paths}).estimate(option)
        except UndecidableError:
            return inf
        if seen.issuperset(one.assumptions):
            return float(one.monthly_usd)
        seen.update(one.assumptions)
        more = [known for known in self._case.assumed(one.assumptions) if known.path not in paths]
        if not more:
            return float(one.monthly_usd)
        self._add(more)
        paths += [known.path for known in more]
        return self._priced(option, index, paths, seen)


def _price(case: Case, option: str) -> Price:
    """Give an option's cost by the volume for one mix of requests."""
    try:
        curve = case.curve(option)
    except UndecidableError:
        return lambda _: inf
    requests = Fraction(case.workload.requests)

    def served(volume: Fraction) -> float:
        try:
            return float(curve.at(requests * volume))
        except UndecidableError:
            return inf

    return served
