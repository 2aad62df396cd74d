"""What a break-even means at some volumes: how busy machines are, what each option costs, what holds at all of them."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import NamedTuple

from costcalc.analysis.breakeven import BreakEven, Cheapest, break_even, estimate_at, reign_at
from costcalc.analysis.envelope import Reign
from costcalc.case.case import Case
from costcalc.errors import UndecidableError
from costcalc.units import decimal
from costcalc.week import UNIFORM

_HIGHEST = 24  # a peak of all of a day in one hour
_JUST_ABOVE = 1 + Fraction(1, 10**9)  # a stretch is open at its lower end


class Stretch(NamedTuple):
    """The volumes above ``lo`` up to and including ``hi``, on which one option is the cheapest.

    Args:
        option: That option; None where none can serve so much.
        lo: Where it begins [requests/month].
        hi: Where it ends; None for never.
        use_lo: How busy the machines are just above its beginning, 0 to 1; None without machines.
        use_hi: How busy they are at its end; None likewise, or without an end.
    """

    option: str | None
    lo: Fraction
    hi: Fraction | None
    use_lo: Decimal | None
    use_hi: Decimal | None


class AtVolume(NamedTuple):
    """What holds at one volume.

    Args:
        requests: The volume [requests/month].
        cheapest: The cheapest option; None where none can serve so much.
        costs: What each option costs there [USD/month]; None where it cannot serve so much.
        today: What serves the workload now; None where that is not known.
    """

    requests: Fraction
    cheapest: str | None
    costs: dict[str, Decimal | None]
    today: str | None = None

    @property
    def runner_up(self) -> str | None:
        """What the cheapest is set against: what serves today, else the next; None where no other serves so much."""
        if self.today != self.cheapest and self.costs.get(self.today or "") is not None:
            return self.today
        others = [(cost, name) for name, cost in self.costs.items() if name != self.cheapest and cost is not None]
        return min(others)[1] if others else None

    @property
    def lead_usd(self) -> Decimal | None:
        """How much less the cheapest costs than the runner-up [USD/month]; None without one of them."""
        if self.cheapest is None or self.runner_up is None:
            return None
        mine, other = self.costs[self.cheapest], self.costs[self.runner_up]
        return other - mine if mine is not None and other is not None else None


class AtPeak(NamedTuple):
    """A lower peak at which the option to build of a pair would be cheaper for good, and from where on.

    Args:
        peak: The busiest hour's rate of requests over the mean.
        requests: The volume above which it is cheaper [requests/month].
    """

    peak: int
    requests: Fraction


class Detail(NamedTuple):
    """What a break-even means at its stretches and at the user's own volumes.

    Args:
        stretches: One for each stretch.
        at_volumes: One for each volume of the user's, ascending.
        caveats: What holds at every volume, each with the options that it holds for.
        full_use: Of a pair, how busy the machines are on average when every one is as full as the peak allows, 0 to 1.
        at_peak: Of a pair whose build is never cheaper, the highest peak at which it would be; None for none.
    """

    stretches: tuple[Stretch, ...]
    at_volumes: tuple[AtVolume, ...]
    caveats: tuple[tuple[str, tuple[str, ...]], ...]
    full_use: Decimal | None = None
    at_peak: AtPeak | None = None


def detail_of(
    found: BreakEven | Cheapest, case: Case, volumes: Sequence[Fraction] = (), *, today: str | None = None
) -> Detail:
    """Price the options of a break-even where it matters to the reader.

    The machines are those of the cheapest option; one that has none keeps nothing busy.

    Args:
        found: The break-even of two options, or the cheapest of many.
        case: The case that it answers.
        volumes: The user's own volumes [requests/month].
        today: What serves the workload now; None where that is not known.
    """
    build = found.build if isinstance(found, BreakEven) else None
    names = tuple(curve.option for curve in found.curves)
    winners = tuple(dict.fromkeys(reign.option for reign in found.reigns if reign.option is not None))
    at_volumes = (
        AtVolume(
            requests,
            reign_at(found.reigns, requests),
            {name: _cost_at(name, requests, case) for name in names},
            today,
        )
        for requests in sorted(set(volumes))
    )
    return Detail(
        tuple(_stretch(reign, case) for reign in found.reigns),
        tuple(at_volumes),
        _caveats(names if build else winners, case),
        _full_use(found, case) if isinstance(found, BreakEven) else None,
        _at_peak(found, case) if isinstance(found, BreakEven) else None,
    )


def _full_use(pair: BreakEven, case: Case) -> Decimal | None:
    ladders = pair.curves[0].breaks.ladders
    estimate = estimate_at(pair.build, ladders[0].first, case) if ladders and ladders[0].first else None
    deployment = estimate.deployment if estimate is not None else None
    return decimal(deployment.utilisation) if deployment is not None else None


def _at_peak(pair: BreakEven, case: Case) -> AtPeak | None:
    """Look for a whole number below the peak at which a build that is never cheaper would be, the highest first."""
    if pair.first_win is not None or pair.is_cut or case.workload.load != UNIFORM:  # stated hours say the peak
        return None
    for peak in range(min(ceil(case.workload.peak) - 1, _HIGHEST), 0, -1):
        try:
            durable = break_even(pair.build, pair.buy, case.with_peak(Decimal(peak))).durable_win
        except UndecidableError:  # the two cross without end at that one
            continue
        if durable is not None:
            return AtPeak(peak, durable)
    return None


def _cost_at(option: str, requests: Fraction, case: Case) -> Decimal | None:
    estimate = estimate_at(option, requests, case)
    return estimate.monthly_usd if estimate is not None else None


def _stretch(reign: Reign, case: Case) -> Stretch:
    def use(at: Fraction | None) -> Decimal | None:
        estimate = estimate_at(reign.option, at, case) if reign.option and at else None
        deployment = estimate.deployment if estimate is not None else None
        return decimal(deployment.utilisation) if deployment is not None else None

    return Stretch(reign.option, reign.lo, reign.hi, use(reign.lo * _JUST_ABOVE), use(reign.hi))


def _caveats(names: Sequence[str], case: Case) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Collect the caveats that an option has at the given volume and at twice that: those hold at every volume."""
    by_text: dict[str, list[str]] = {}
    for name in names:
        small, large = (estimate_at(name, Fraction(case.workload.requests) * times, case) for times in (1, 2))
        if small is None or large is None:
            continue
        for text in (text for text in small.caveats if text in large.caveats):
            by_text.setdefault(text, []).append(name)
    return tuple((text, tuple(options)) for text, options in by_text.items())
