"""Monte Carlo: what options may cost, how probably each is the cheapest, and what choosing it may be regretted by."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from decimal import Decimal
from math import ceil, inf, isinf, sqrt
from operator import sub
from typing import NamedTuple

from costcalc.analysis.information import (
    Worth,
    mean_of,
    not_told_apart,
    that_can_change_the_choice,
    worth_of_all,
    worth_of_one,
)
from costcalc.analysis.sample import Progress, Sample
from costcalc.case.case import Case
from costcalc.case.inputs import Input

MIN_DRAWS = 100
QUANTILES = (0.10, 0.50, 0.90)


class Measured(NamedTuple):
    """A figure from a sample, with its Monte Carlo standard error."""

    value: float
    error: float


class Outcome(NamedTuple):
    """What an option came to.

    Args:
        option: The option.
        central_usd: What it costs with every input at its central value [USD/month].
        quantiles: P10, P50 and P90 of its cost [USD/month]; infinite where it cannot serve in so many draws.
        mean_usd: Its expected cost [USD/month]; None where it cannot serve in some draws.
        cheapest: The probability that it is the cheapest.
        regret: Its expected cost above the cheapest of each draw [USD/month]; None likewise.
        regret_p90: What that is at most in nine draws of ten [USD/month]; None likewise.
        unserved: The share of draws in which it cannot serve the workload.
        below_central: The share of draws in which it costs less than with every input at its central value.
    """

    option: str
    central_usd: Decimal
    quantiles: tuple[Measured, Measured, Measured]
    mean_usd: Measured | None
    cheapest: Measured
    regret: Measured | None
    regret_p90: Measured | None
    unserved: float
    below_central: float


class Simulation(NamedTuple):
    """The result of a simulation.

    Args:
        case: What was asked.
        draws: How often.
        seed: From where the streams of random numbers begin.
        inputs: What was drawn.
        outcomes: One for each option, the most probably cheapest first.
        left_out: Options that were not compared, each with the reason.
        information: What knowing everything would be worth; None where no option serves in every draw.
        by_input: What knowing each input alone would be worth, the most first.
        alike: Options whose expected cost the draws cannot tell from that of the choice.
    """

    case: Case
    draws: int
    seed: int
    inputs: tuple[Input, ...]
    outcomes: tuple[Outcome, ...]
    left_out: tuple[tuple[str, str], ...]
    information: Worth | None
    by_input: tuple[tuple[Input, Worth], ...]
    alike: tuple[str, ...] = ()

    @property
    def choice(self) -> str | None:
        """The option with the lowest expected cost, which is that with the least regret; None without one."""
        return _choice(self.outcomes)

    @property
    def has_clear_leader(self) -> bool:
        """Whether the draws tell the option that is most often the cheapest from the next.

        Both are shares of the same n draws, so their difference has the variance (p + q − (p − q)²) ÷ n.
        """
        if len(self.outcomes) == 1:
            return True
        first, second = (outcome.cheapest.value for outcome in self.outcomes[:2])
        return first - second > 2 * sqrt((first + second - (first - second) ** 2) / self.draws)


def _choice(outcomes: Sequence[Outcome]) -> str | None:
    expected = [(one.mean_usd.value, one.option) for one in outcomes if one.mean_usd is not None]
    return min(expected)[1] if expected else None


def simulate(
    case: Case, options: Sequence[str], *, draws: int, seed: int, progress: Progress | None = None
) -> Simulation:
    """Draw every uncertain input, and price every option for each draw.

    Options see the same draws, so what they have in common (traffic, rents, wages) moves them together; inputs are
    independent of each other. Every input has a stream of its own: one more input, or one more option, moves nothing
    else. The scalar cost model is asked for each draw; an option that depends on the traffic alone is priced once for
    each mix of requests, as its exact curve. At equal cost the first option by id is the cheapest.

    Args:
        case: The workload with its ranges, the catalog and the day.
        options: The options.
        draws: How many draws; the standard errors fall with their square root.
        seed: Where the streams begin: the same seed gives the same result.
        progress: Takes the share of the draws that are done, after each of them.

    Raises:
        ValueError: Fewer than a hundred draws.
        UnknownNameError: There is no such option.
        UndecidableError: No option can be chosen.

    Example:
        >>> from datetime import date
        >>> from costcalc.case.month import Size, Traffic
        >>> from costcalc.case.traffic import traffic_case
        >>> from costcalc.catalog.forms.scalars import Interval
        >>> from costcalc.catalog.layers.load import load_catalog
        >>> answers = (Size(input_tokens=Decimal(100), output_tokens=Decimal(1_000)),)
        >>> traffic = Traffic(output_tokens=Interval.parse("1M to 100M"), sizes=answers)
        >>> case = traffic_case(traffic, load_catalog(), as_of=date(2026, 11, 22))
        >>> found = simulate(case, ["gpt-5.2-api", "gemini-3.1-pro-api"], draws=1000, seed=0)
        >>> [(one.option, one.cheapest.value) for one in found.outcomes]
        [('gemini-3.1-pro-api', 1.0), ('gpt-5.2-api', 0.0)]
    """
    if draws < MIN_DRAWS:
        raise ValueError(f"expected at least {MIN_DRAWS} draws, found {draws}")
    chosen = case.priced(options).to_choose()
    sample = Sample(case, draws, seed)
    costs = sample.costs(sorted(chosen.options), progress)
    always = {name: column for name, column in costs.items() if inf not in column}
    best = list(map(min, *always.values())) if len(always) > 1 else next(iter(always.values()), [])
    wins = wins_of(costs)
    outcomes = [
        _outcome(one.option, one.monthly_usd, costs[one.option], best, wins[one.option]) for one in chosen.estimates
    ]
    outcomes.sort(key=lambda one: (-one.cheapest.value, one.central_usd, one.option))
    inputs, choice = tuple(sample.inputs.values()), _choice(outcomes)
    return Simulation(
        case=case,
        draws=draws,
        seed=seed,
        inputs=inputs,
        outcomes=tuple(outcomes),
        left_out=chosen.reasons,
        information=worth_of_all(always) if always else None,
        by_input=_by_input(sample, always, inputs) if always else (),
        alike=not_told_apart(always, choice) if choice is not None else (),
    )


def wins_of(costs: Mapping[str, Sequence[float]]) -> dict[str, int]:
    """Count the draws in which each option is the cheapest."""
    wins = dict.fromkeys(costs, 0)
    names = list(costs)
    for row in zip(*costs.values(), strict=True):
        least = min(row)
        if least < inf:
            wins[names[row.index(least)]] += 1
    return wins


def _outcome(option: str, central: Decimal, costs: Sequence[float], best: Sequence[float], wins: int) -> Outcome:
    """Sum up one option's column of costs."""
    draws = len(costs)
    ranked = sorted(costs)
    serves = not isinf(ranked[-1])
    regrets = list(map(sub, costs, best)) if serves else []
    low, middle, high = (_quantile(ranked, share) for share in QUANTILES)
    share = wins / draws
    return Outcome(
        option=option,
        central_usd=central,
        quantiles=(low, middle, high),
        mean_usd=Measured(*mean_of(costs)) if serves else None,
        cheapest=Measured(share, sqrt(max(share * (1 - share), 1 / draws) / draws)),  # at 0 and 1, that of one draw
        regret=Measured(*mean_of(regrets)) if serves else None,
        regret_p90=_quantile(sorted(regrets), QUANTILES[-1]) if serves else None,
        unserved=0.0 if serves else sum(map(isinf, costs)) / draws,
        below_central=bisect_left(ranked, float(central)) / draws,
    )


def _quantile(ranked: Sequence[float], share: float) -> Measured:
    """Take a quantile of a sorted sample: one of its values, so that steps stay steps.

    The standard error is half the distance between the values one standard deviation of the rank, √(n·p·(1 − p)),
    below and above.

    Source:
        David and Nagaraja, "Order Statistics", 3rd edition, 2003, section 7.1.
    """
    draws = len(ranked)
    at = ceil(draws * share) - 1
    spread = ceil(sqrt(draws * share * (1 - share)))
    below, above = ranked[max(0, at - spread)], ranked[min(draws - 1, at + spread)]
    value = ranked[at]
    return Measured(value, 0.0 if isinf(value) else (min(above, ranked[-1]) - below) / 2)


def _by_input(
    sample: Sample, costs: Mapping[str, Sequence[float]], inputs: Sequence[Input]
) -> tuple[tuple[Input, Worth], ...]:
    names = tuple(costs)
    worths = [
        (
            one,
            worth_of_one(that_can_change_the_choice(costs, sample.resting_on(one.path, names)), sample.drawn[one.path]),
        )
        for one in inputs
    ]
    return tuple(sorted(worths, key=lambda pair: (pair[1].is_noise, -pair[1].usd, pair[0].path)))
