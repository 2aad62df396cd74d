"""At which volumes building is cheaper than buying: all of them, and from where on it stays so."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from costcalc.analysis.envelope import Reign, contenders, envelope
from costcalc.case.case import Case, Priced, why_unfit
from costcalc.cost.curve import ZERO, CostCurve
from costcalc.cost.estimate import Estimate
from costcalc.errors import FlagError, UndecidableError
from costcalc.units import decimal
from costcalc.workload import Workload


class BreakEven(NamedTuple):
    """The volumes at which each of two options is cheaper [requests/month].

    Args:
        build: The option to build.
        buy: The option to buy.
        mix: The workload; how many requests it has does not matter.
        as_of: The day whose prices are in force.
        reigns: Who is cheaper on each (lo, hi], over all volumes up to the last change.
        curves: The two options' curves, build first.
        is_cut: Whether volumes end at a largest one, beyond which nobody looked.
    """

    build: str
    buy: str
    mix: Workload
    as_of: date
    reigns: tuple[Reign, ...]
    curves: tuple[CostCurve, CostCurve]
    is_cut: bool = False

    @property
    def first_win(self) -> Fraction | None:
        """The volume above which building is cheaper for the first time; None for never."""
        return next((reign.lo for reign in self.reigns if reign.option == self.build), None)

    @property
    def durable_win(self) -> Fraction | None:
        """The volume above which building stays cheaper; None where there is no durable break-even."""
        last = self.reigns[-1]
        return last.lo if last.option == self.build and last.hi is None else None

    @property
    def switches(self) -> int:
        """How often the cheaper option changes."""
        return len(self.reigns) - 1

    @property
    def bounds(self) -> tuple[Fraction, Fraction] | None:
        """Below the first volume building never wins, above the second it always does; None without a durable win.

        With p the price and m the running cost of a unit, g a replica of capacity c and F what is fixed, these are
        F ÷ (p − m − g/c) and (F + g) ÷ (p − m − g/c): where the buy line leaves the band of the stairs.
        """
        build, buy = (curve.band for curve in self.curves)
        ends = [at for at in (build.lower.meets(buy.upper), build.upper.meets(buy.lower)) if at is not None]
        return (max(ZERO, min(ends)), max(ZERO, *ends)) if ends and self.durable_win is not None else None

    def cheaper_at(self, requests: Fraction) -> str | None:
        """The cheaper option at a volume."""
        return reign_at(self.reigns, requests)


def reign_at(reigns: Sequence[Reign], requests: Fraction) -> str | None:
    """Find who reigns at a volume above 0; the upper end belongs to a reign."""
    return next((one.option for one in reigns if one.hi is None or requests <= one.hi), None)


def break_even(build: str, buy: str, case: Case, *, up_to: Fraction | None = None) -> BreakEven:
    """Find every volume at which the cheaper of two options changes, exactly.

    The mix of requests stays; only their number changes. At equal cost the option to buy counts as cheaper.

    Args:
        build: The option to build.
        buy: The option to buy.
        case: The mix, the catalog and the day.
        up_to: The largest volume that matters [requests/month]; None for all of them.

    Raises:
        FlagError: Both are the same option.
        UndecidableError: A price is missing, or the two cross without end.
        UnknownNameError: There is no such option.

    Example:
        >>> from costcalc.catalog.layers.load import load_catalog
        >>> mix = Workload.single(requests=1, input_tokens=1_000, output_tokens=1_000)
        >>> break_even("r1-distill-32b-h100", "gpt-5.2-api", Case(mix, load_catalog(), date(2026, 11, 22))).switches
        1
    """
    if build == buy:
        raise FlagError(f"give two different options: '{build}' is named twice")
    curves = (case.curve(build), case.curve(buy))
    reigns = envelope([curves[1], curves[0]], up_to=up_to)
    return BreakEven(build, buy, case.workload, case.as_of, reigns, curves, is_cut=up_to is not None)


class Cheapest(NamedTuple):
    """The cheapest option for every volume [requests/month].

    Args:
        options: Those that were compared.
        reigns: Who is cheapest on each (lo, hi].
        curves: The curves of those that were not left out.
        left_out: Options that cannot be cheapest for everybody, each with the reason.
        mix: The workload; how many requests it has does not matter.
        as_of: The day whose prices are in force.
    """

    options: tuple[str, ...]
    reigns: tuple[Reign, ...]
    curves: tuple[CostCurve, ...]
    left_out: tuple[tuple[str, str], ...]
    mix: Workload
    as_of: date


def cheapest(
    options: Sequence[str], case: Case, *, up_to: Fraction | None = None, known: Priced | None = None
) -> Cheapest:
    """Find the cheapest option for every volume.

    Left out are published figures that nobody sells, retired models, options that leave out a part of the workload or
    cannot hold its requests, and those without a price.

    Args:
        options: The options.
        case: The mix, the catalog and the day.
        up_to: The largest volume that matters [requests/month]; None for all of them.
        known: Estimates of this very case that were made already.

    Raises:
        UnknownNameError: There is no such option.
        UndecidableError: Two of them cross without end below the largest volume.
    """
    priced = known or case.priced(options)
    curves = [case.curve(each.option, known=each) for each in priced.estimates if not why_unfit(each)]
    unfit = ((each.option, reason) for each in priced.estimates if (reason := why_unfit(each)))
    by_id = sorted(curves, key=lambda curve: curve.option)  # a tie goes to the first by id, as in every ranking
    reigns = envelope(contenders(by_id), up_to=up_to) if curves else ()
    left_out = (*priced.reasons, *unfit)
    return Cheapest(tuple(options), reigns, tuple(curves), left_out, case.workload, case.as_of)


def estimate_at(option: str, requests: Fraction, case: Case) -> Estimate | None:
    """What an option costs at a volume; None where it cannot serve so much."""
    try:
        return replace(case, workload=replace(case.workload, requests=requests)).estimate(option)
    except UndecidableError:
        return None


def tokens_of(requests: Fraction, workload: Workload) -> Decimal:
    """Output tokens a month of so many requests of a mix or, where it generates nothing, those that it reads."""
    return decimal(requests * Fraction(workload.counted_tokens) / Fraction(workload.requests))
