"""What knowing more would be worth: expected value of perfect information, of all inputs and of each alone."""

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from itertools import pairwise
from math import dist, fsum, sqrt
from operator import le, sub
from statistics import NormalDist
from typing import NamedTuple

BINS = 20
MIN_IN_BIN = 50
_NORMAL = NormalDist()


class Worth(NamedTuple):
    """What some knowledge is worth before choosing [USD/month].

    Args:
        usd: The estimate.
        error: Its Monte Carlo standard error.
        bias: What the estimate is too high by, to first order.
    """

    usd: float
    error: float
    bias: float = 0.0

    @property
    def is_noise(self) -> bool:
        """Whether it cannot be told from 0: it lies within its bias and two standard errors."""
        return self.usd <= self.bias + 2 * self.error


Costs = Mapping[str, Sequence[float]]  # every option's cost in every draw, the draws in the same order


def worth_of_all(costs: Costs) -> Worth:
    """Expected value of perfect information [USD/month]: what choosing after the draw saves on choosing before it.

    EVPI = min_d E[c_d] − E[min_d c_d].

    Source:
        Raiffa and Schlaifer, "Applied Statistical Decision Theory", 1961, chapter 4.

    Example:
        Two options at 10 and at 0 or 30, equally likely; the choice is 10, hindsight has 0 and 10 in turn:

        >>> worth_of_all({"sure": [10.0] * 4, "bet": [0.0, 30.0, 0.0, 30.0]}).usd
        5.0
    """
    contenders = undominated(costs)
    chosen = _cheapest(contenders)
    saved = list(map(sub, chosen, map(min, zip(*contenders, strict=True))))
    return Worth(*mean_of(saved))


def that_can_change_the_choice(costs: Costs, resting: Collection[str]) -> Costs:
    """Leave out options that no knowledge of an input can make the choice.

    Inputs are independent, so what an option costs on average does not depend on an input that it does not rest on: of
    those options only the cheapest on average can be the choice, whatever the input is. The others' means differ
    between bins by chance alone, and that chance would be taken for information.

    Args:
        costs: Every option's cost in every draw.
        resting: The options that rest on the input.

    Example:
        >>> sorted(that_can_change_the_choice({"api": [2.0, 4.0], "other": [3.0, 5.0], "own": [1.0, 9.0]}, {"own"}))
        ['api', 'own']
        >>> sorted(that_can_change_the_choice({"api": [2.0, 4.0], "other": [3.0, 5.0]}, {"own"}))
        ['api']
    """
    apart = [name for name in costs if name not in resting]
    best = min(apart, key=lambda name: fsum(costs[name]), default=None)
    return {name: column for name, column in costs.items() if name in resting or name == best}


def worth_of_one(costs: Costs, values: Sequence[Decimal]) -> Worth:
    """Expected value of knowing one input alone [USD/month], from the one sample that there is.

    The draws are sorted by the input and cut into bins of equal size; in each bin the option with the least mean cost
    is chosen: EVPPI = min_d E[c_d] − mean over bins of min_d (mean of c_d in the bin). With few bins the input is
    known too coarsely and the estimate is too low; with many, the means are noisy and it is too high. The bias that
    the noise makes is worked out from the means' standard errors as if they were normal: a bin's choice picks up
    s·φ(δ/s) − δ·Φ(−δ/s) for every other option whose mean lies δ higher with the standard error s of the difference.

    Args:
        costs: Every option's cost in every draw.
        values: The input in every draw.

    Source:
        Strong and Oakley, "An efficient method for computing single-parameter partial expected value of perfect
        information", Medical Decision Making 33(6), 2013, doi:10.1177/0272989X12465123.

    Example:
        The input alone decides whether the bet costs 0 or 30, so knowing it is worth as much as knowing everything:

        >>> coin = [Decimal(0), Decimal(1)] * 500
        >>> bet = [30.0 * float(side) for side in coin]
        >>> worth_of_one({"sure": [10.0] * 1000, "bet": bet}, coin).usd
        5.0
    """
    order = sorted(range(len(values)), key=values.__getitem__)
    contenders = [list(map(column.__getitem__, order)) for column in undominated(costs)]
    chosen = _cheapest(contenders)
    saved: list[float] = []
    biases: list[float] = []
    for start, end in _bins(len(order)):
        parts = [column[start:end] for column in contenders]
        winner = _cheapest(parts)
        saved += map(sub, chosen[start:end], winner)
        biases.append(fsum(_picked_up(other, winner) for other in parts if other is not winner))
    return Worth(*mean_of(saved), bias=fsum(biases) / len(biases))


def not_told_apart(costs: Costs, chosen: str) -> tuple[str, ...]:
    """Name the options whose expected cost the sample cannot tell from that of the chosen one.

    All see the same draws, so what counts is the difference in each draw: its mean must exceed two of its standard
    errors. What two options have in common moves both and blurs nothing.

    Args:
        costs: Every option's cost in every draw.
        chosen: The option with the least mean cost.

    Example:
        A dollar more in every draw is told apart, however far the draws lie apart; one that wins and loses is not:

        >>> costs = {"a": [1.0, 50.0, 9.0], "b": [2.0, 51.0, 10.0], "c": [9.0, 45.0, 7.0]}
        >>> not_told_apart(costs, "a")
        ('c',)
    """
    others = {name: mean_of(list(map(sub, column, costs[chosen]))) for name, column in costs.items() if name != chosen}
    return tuple(name for name, (more, error) in others.items() if more <= 2 * error)


def undominated(costs: Costs) -> list[Sequence[float]]:
    """Leave out options that another one beats or equals in every draw: nobody would ever choose them.

    Example:
        >>> undominated({"a": [1, 3], "b": [2, 4], "c": [3, 2]})
        [[1, 3], [3, 2]]
    """
    kept: list[Sequence[float]] = []
    for column in sorted(costs.values(), key=fsum):
        if not any(all(map(le, other, column)) for other in kept):
            kept.append(column)
    return kept


def _cheapest(columns: Sequence[Sequence[float]]) -> Sequence[float]:
    return min(columns, key=fsum)


def _bins(draws: int) -> list[tuple[int, int]]:
    bins = max(2, min(BINS, draws // MIN_IN_BIN))
    edges = [draws * index // bins for index in range(bins + 1)]
    return list(pairwise(edges))


def mean_of(numbers: Sequence[float]) -> tuple[float, float]:
    """Give the mean of a sample, and its standard error.

    Example:
        >>> mean_of([1.0, 2.0, 3.0])[0]
        2.0
    """
    count = len(numbers)
    mean = fsum(numbers) / count
    # the distance from the mean, all at once, is the root of the sum of the squares
    return mean, dist(numbers, [mean] * count) / sqrt((count - 1) * count)


def _picked_up(other: Sequence[float], winner: Sequence[float]) -> float:
    """How much lower than the truth the winner's mean is, because the other one might have been chosen."""
    higher, error = mean_of(list(map(sub, other, winner)))
    if not error:
        return 0.0
    z = higher / error
    return error * _NORMAL.pdf(z) - higher * _NORMAL.cdf(-z)
