"""The tornado: every uncertain input at its low and its high, all others at their central values."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from costcalc.case.case import Case, Priced
from costcalc.case.inputs import Input
from costcalc.cost.estimate import Estimate
from costcalc.errors import UndecidableError, UnknownNameError
from costcalc.units import Count

_STEPS = 10  # halvings: a flip is known to a thousandth of the way to the end


class Machines(NamedTuple):
    """How many replicas an option pays for, spares included, and how much of them the load keeps busy."""

    option: str
    replicas: Count
    utilisation: Count


class End(NamedTuple):
    """What holds with one input at one end.

    Args:
        value: The input's value there.
        usd: What the option costs [USD/month]; None where it cannot serve.
        lead_usd: How much less it costs than the best of the others [USD/month]: below 0 where another is cheaper;
            None where it or all others cannot serve, or there are none.
        winner: The cheapest option there, or None where none can serve.
        costs: What each option costs that rests on the input [USD/month]; None where it cannot serve.
        machines: Those of them that have machines.
    """

    value: Decimal
    usd: Decimal | None
    lead_usd: Decimal | None
    winner: str | None
    costs: tuple[tuple[str, Decimal | None], ...]
    machines: tuple["Machines", ...]


class Flip(NamedTuple):
    """Where an input alone makes another option the cheapest.

    Args:
        value: At about this value of the input.
        winner: Which option; None where none can serve.
        usd: What the option that the tornado is of costs there [USD/month]; None where it cannot serve.
    """

    value: Decimal
    winner: str | None
    usd: Decimal | None


class Swing(NamedTuple):
    """What one input does by itself.

    Args:
        input: The input.
        low: With the input at its low.
        high: With the input at its high.
        flips: Where the winner changes on the way to its low, and on the way to its high.
    """

    input: Input
    low: End
    high: End
    flips: tuple[Flip, ...]

    @property
    def usd(self) -> Decimal:
        """How far apart the option's costs are at the ends [USD/month]; 0 where one is unknown."""
        return _apart(self.low.usd, self.high.usd)

    @property
    def lead(self) -> Decimal:
        """How far apart its leads are at the ends [USD/month]; 0 where one is unknown."""
        return _apart(self.low.lead_usd, self.high.lead_usd)

    @property
    def width(self) -> Decimal:
        """What the tornado is sorted by: the wider of the two [USD/month]."""
        return max(self.usd, self.lead)

    @property
    def is_idle(self) -> bool:
        """Whether it changes no option's cost."""
        return self.low.costs == self.high.costs

    @property
    def is_hidden_by_stairs(self) -> bool:
        """Whether it changes how busy machines are, and no cost because as many of them are paid for."""
        low, high = self.low.machines, self.high.machines
        return self.is_idle and low != high and [one[:2] for one in low] == [one[:2] for one in high]


class Tornado(NamedTuple):
    """What each input does to one option's cost, and to its lead over the others.

    Args:
        case: What was asked.
        option: The option.
        runner_up: The cheapest of the others at central values, or None.
        central: Everything at its central value.
        swings: One for each input, the widest first.
        left_out: Options that were not compared, each with the reason.
        options: Those that were.
    """

    case: Case
    option: str
    runner_up: str | None
    central: End
    swings: tuple[Swing, ...]
    left_out: tuple[tuple[str, str], ...]
    options: tuple[str, ...]


def tornado(case: Case, options: Sequence[str], *, of: str | None = None, today: str | None = None) -> Tornado:
    """Move each uncertain input to its low and to its high, alone.

    Args:
        case: The workload with its ranges, the catalog and the day.
        options: The options to choose between.
        of: The option whose cost is asked for; None for what serves today where that can be chosen, else for the
            cheapest with every input at its central value.
        today: The option that serves the workload today; None where that is not known.

    Raises:
        UnknownNameError: There is no such option, or it is not one that can be chosen.
        UndecidableError: No option can be chosen.
    """
    chosen = case.priced(options if of is None else [*options, of]).to_choose()
    ranked = sorted(chosen.estimates, key=lambda one: (one.monthly_usd, one.option))
    option = of or (today if today in chosen.options else None) or ranked[0].option
    if option not in chosen.options:
        reason = dict(chosen.reasons).get(option, "it is not compared")
        raise UnknownNameError(f"'{option}' cannot be chosen: {reason}")
    others = [one.option for one in ranked if one.option != option]
    look = _Look(case, chosen, option)
    swings = [look.swing(one) for one in case.inputs(chosen.options)]
    swings.sort(key=lambda one: (-one.width, not one.flips, one.input.path))
    runner_up = others[0] if others else None
    return Tornado(case, option, runner_up, look.central, tuple(swings), chosen.reasons, chosen.options)


class _Look:
    """Prices all options with one input moved; those that do not rest on it keep their estimate."""

    def __init__(self, case: Case, chosen: Priced, option: str) -> None:
        self._case, self._option = case, option
        self._estimates: dict[str, Estimate | None] = {one.option: one for one in chosen.estimates}
        self._rest = {name: {one.path for one in case.inputs([name])} for name in chosen.options}
        self.central = self._end(Decimal(0), self._estimates, {})

    def swing(self, one: Input) -> Swing:
        """Move one input to its ends."""
        low, high = self._at(one, one.low), self._at(one, one.high)
        flips = [self._flip(one, end) for end in (low, high) if end.winner != self.central.winner]
        return Swing(one, low, high, tuple(flips))

    def _at(self, one: Input, value: Decimal) -> End:
        case = self._case.at({one.path: value})
        moved = {name: _priced(case, name) for name in self._estimates if one.path in self._rest[name]}
        return self._end(value, {**self._estimates, **moved}, moved)

    def _end(
        self, value: Decimal, estimates: Mapping[str, Estimate | None], moved: Mapping[str, Estimate | None]
    ) -> End:
        costs = {name: one.monthly_usd for name, one in estimates.items() if one is not None}
        asked = costs.get(self._option)
        best = min((cost for name, cost in costs.items() if name != self._option), default=None)
        lead = best - asked if best is not None and asked is not None else None
        winner = min(costs, key=lambda name: (costs[name], name), default=None)
        prices = tuple((name, one.monthly_usd if one is not None else None) for name, one in moved.items())
        return End(value, asked, lead, winner, prices, tuple(_machines(moved)))

    def _flip(self, one: Input, end: End) -> Flip:
        """Halve the way from the central value to an end until the change of the winner is known closely.

        Where the winner changes more than once on the way, one of the changes is found.
        """
        same, other = one.value, end
        for _ in range(_STEPS):
            middle = self._at(one, (same + other.value) / 2)
            if middle.winner == self.central.winner:
                same = middle.value
            else:
                other = middle
        return Flip(other.value, other.winner, other.usd)


def _priced(case: Case, option: str) -> Estimate | None:
    try:
        return case.estimate(option)
    except UndecidableError:
        return None


def _machines(estimates: Mapping[str, Estimate | None]) -> Iterator[Machines]:
    for name, one in estimates.items():
        if one is not None and one.deployment is not None:
            deployed = one.deployment
            yield Machines(name, deployed.replicas + deployed.spares, deployed.utilisation)


def _apart(one: Decimal | None, other: Decimal | None) -> Decimal:
    return abs(one - other) if one is not None and other is not None else Decimal(0)
