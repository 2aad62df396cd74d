"""One sample for all options: every input's draws, and every option's cost in each draw."""

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from math import inf
from typing import NamedTuple

from costcalc.analysis.case import Case
from costcalc.analysis.distribution import draws_of
from costcalc.analysis.ranges import Input
from costcalc.cost.estimate import Month, Monthly, exact_usd
from costcalc.cost.option import monthly
from costcalc.errors import UndecidableError

Mix = tuple[Decimal, ...]  # the drawn values of the traffic, the volume excepted
Progress = Callable[[float], None]  # takes the share of the work that is done


class Draw(NamedTuple):
    """One draw: what its options have in common.

    Args:
        number: Which one, from 0 on.
        mix: Its values of the traffic, the volume excepted.
        case: The case of that mix, which other draws of the mix share.
        requests: Requests of the month.
    """

    number: int
    mix: Mix
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
        self.add(case.traffic)
        self._mix = [one.path for one in case.traffic if one.path != case.volume]
        self._cases: dict[Mix, Case] = {}
        self._at: tuple[int, int, Case] | None = None

    def add(self, inputs: Sequence[Input]) -> None:
        """Draw further inputs; those that were drawn stand."""
        for one in inputs:
            if one.path not in self.inputs:
                self.inputs[one.path] = one
                self.drawn[one.path] = draws_of(one, self._draws, self._seed)

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
            mix = tuple(column[number] for column in values)
            if mix not in self._cases:
                central = {volume.path: volume.value} if volume is not None else {}
                self._cases[mix] = self._case.at({**central, **dict(zip(self._mix, mix, strict=True))})
            case, requests = self._cases[mix], Fraction(self._cases[mix].workload.requests)
            if volume is not None:
                # the volume scales the number of requests and nothing else, so that a mix stands for all its volumes
                requests *= Fraction(self.drawn[volume.path][number]) / Fraction(volume.value)
            yield Draw(number, mix, case, requests)

    def _column(self, option: str) -> Callable[[Draw], float]:
        """Choose how an option is priced, by what it rests on beside the traffic."""
        inputs = self._case.inputs([option])
        self.add(inputs)
        traffic = {one.path for one in self._case.traffic}
        rest = [one.path for one in inputs if one.path not in traffic]
        if not rest:
            return _Curves(option).cost
        own = [path for path in rest if not _is_assumed(path)]
        return _Months(self, option, own, [path for path in rest if _is_assumed(path)]).cost

    def moved(self, draw: Draw) -> Case:
        """Give the case of a draw with all assumptions that any option rests on; what it does not, moves it not."""
        if self._at is None or self._at[:2] != (draw.number, len(self.inputs)):
            drawn = {path: column[draw.number] for path, column in self.drawn.items() if _is_assumed(path)}
            values = {path: drawn[path] for path in drawn if path not in self._mix}
            self._at = draw.number, len(self.inputs), draw.case.at(values)
        return self._at[2]

    def wanted(self, names: Sequence[str]) -> list[Input]:
        """Give those assumptions that are uncertain and were not drawn yet."""
        return [one for one in self._case.assumed(names) if one.path not in self.inputs]


def _is_assumed(path: str) -> bool:
    return path.startswith("assumptions.")


class _Curves:
    """An option that rests on the traffic alone: priced once for each mix, as the exact curve of its cost."""

    def __init__(self, option: str) -> None:
        self._option = option
        self._prices: dict[Mix, Callable[[Fraction], Fraction] | None] = {}

    def cost(self, draw: Draw) -> float:
        """Give its cost in a draw [USD/month]."""
        if draw.mix not in self._prices:
            try:
                self._prices[draw.mix] = draw.case.curve(self._option).at
            except UndecidableError:
                self._prices[draw.mix] = None
        price = self._prices[draw.mix]
        try:
            return float(price(draw.requests)) if price is not None else inf
        except UndecidableError:
            return inf


class _Months:
    """An option that rests on assumptions, or on ranges of its own: made ready once for each mix and their values."""

    def __init__(self, sample: Sample, option: str, own: list[str], assumed: list[str]) -> None:
        self._sample, self._option, self._own = sample, option, own
        self._seen = {path.removeprefix("assumptions.") for path in assumed}
        self._ready: dict[Mix, Monthly] = {}

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
        return float(exact_usd(month.lines))

    def _month(self, draw: Draw) -> Month:
        case = self._sample.moved(draw)
        if self._own:
            case = case.at({path: self._sample.drawn[path][draw.number] for path in self._own})
            return self._made_ready(case)(draw.requests, case.catalog)
        if draw.mix not in self._ready:
            self._ready[draw.mix] = self._made_ready(draw.case)
        return self._ready[draw.mix](draw.requests, case.catalog)

    def _made_ready(self, case: Case) -> Monthly:
        return monthly(self._option, case.workload, case.catalog, as_of=case.as_of)
