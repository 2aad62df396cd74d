"""At which volumes building is cheaper than buying: all of them, and from where on it stays so."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from costcalc.analysis.envelope import Reign, contenders, envelope
from costcalc.catalog.catalog import Catalog
from costcalc.cost.curve import ZERO, CostCurve
from costcalc.cost.estimate import Estimate, Unfit
from costcalc.cost.option import cost_curve, estimate
from costcalc.errors import FlagError, UndecidableError
from costcalc.units import decimal
from costcalc.workload import Workload

_UNFIT: dict[Unfit, str] = {
    "": "",
    "part": "it leaves out a part of the workload",
    "too long": "a request exceeds its context",
    "limit unknown": "nobody publishes how much a seat holds",
}


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


def break_even(
    build: str, buy: str, workload: Workload, catalog: Catalog, *, as_of: date, up_to: Fraction | None = None
) -> BreakEven:
    """Find every volume at which the cheaper of two options changes, exactly.

    The mix of requests stays; only their number changes. At equal cost the option to buy counts as cheaper.

    Args:
        build: The option to build.
        buy: The option to buy.
        workload: The mix.
        catalog: Prices and assumptions.
        as_of: The day whose prices are in force.
        up_to: The largest volume that matters [requests/month]; None for all of them.

    Raises:
        FlagError: Both are the same option.
        UndecidableError: A price is missing, or the two cross without end.
        UnknownNameError: There is no such option.

    Example:
        >>> from costcalc.catalog.layers.load import load_catalog
        >>> break_even("r1-distill-32b-h100", "gpt-5.2-api",
        ...            Workload.single(requests=1, input_tokens=1_000, output_tokens=1_000), load_catalog(),
        ...            as_of=date(2026, 11, 22)).switches
        1
    """
    if build == buy:
        raise FlagError(f"give two different options: '{build}' is named twice")
    curves = (
        cost_curve(build, workload, catalog, as_of=as_of),
        cost_curve(buy, workload, catalog, as_of=as_of),
    )
    reigns = envelope([curves[1], curves[0]], up_to=up_to)
    return BreakEven(build, buy, workload, as_of, reigns, curves, is_cut=up_to is not None)


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
    options: Sequence[str],
    workload: Workload,
    catalog: Catalog,
    *,
    as_of: date,
    up_to: Fraction | None = None,
    known: Sequence[Estimate] = (),
) -> Cheapest:
    """Find the cheapest option for every volume.

    Left out are published figures that nobody sells, retired models, options that leave out a part of the workload or
    cannot hold its requests, and those without a price.

    Args:
        options: The options.
        workload: The mix.
        catalog: Prices and assumptions.
        as_of: The day whose prices are in force.
        up_to: The largest volume that matters [requests/month]; None for all of them.
        known: Estimates for this very workload that were made already.

    Raises:
        UnknownNameError: There is no such option.
        UndecidableError: Two of them cross without end below the largest volume.
    """
    made = {one.option: one for one in known}
    curves: list[CostCurve] = []
    left_out: list[tuple[str, str]] = []
    for name in options:
        named = catalog.option(name)
        try:
            one = made.get(named.id) or estimate(named, workload, catalog, as_of=as_of)
            reason = why_unfit(one)
            if not reason:
                curves.append(cost_curve(named, workload, catalog, as_of=as_of, known=one))
        except UndecidableError as error:
            reason = error.reason
        if reason:
            left_out.append((name, reason))
    reigns = envelope(contenders(curves), up_to=up_to) if curves else ()
    return Cheapest(tuple(options), reigns, tuple(curves), tuple(left_out), workload, as_of)


def offered(
    options: Sequence[str], workload: Workload, catalog: Catalog, *, as_of: date
) -> tuple[list[str], tuple[tuple[str, str], ...]]:
    """Split options into those that somebody offers for a workload, and the others, each with the reason."""
    kept: list[str] = []
    left_out: list[tuple[str, str]] = []
    for name in options:
        try:
            one = estimate(name, workload, catalog, as_of=as_of)
            reason = why_unfit(one)
        except UndecidableError as error:
            reason = error.reason
        if reason:
            left_out.append((name, reason))
        else:
            kept.append(name)
    return kept, tuple(left_out)


def why_unfit(one: Estimate) -> str:
    """Say why nobody can choose an option for a workload that it has a price for; "" where somebody can."""
    if not one.is_offer:
        return "a published figure that nobody sells"
    if one.retired is not None:
        return f"retired on {one.retired}"
    return _UNFIT[one.unfit]


def cost_at(option: str, requests: Fraction, mix: Workload, catalog: Catalog, *, as_of: date) -> Decimal | None:
    """What an option costs at a volume [USD/month]; None where it cannot serve so much."""
    try:
        return estimate(option, replace(mix, requests=requests), catalog, as_of=as_of).monthly_usd
    except UndecidableError:
        return None


def use_at(option: str, requests: Fraction, mix: Workload, catalog: Catalog, *, as_of: date) -> Decimal | None:
    """How much of an option's machines a volume keeps busy, 0 to 1; None for an option without machines."""
    try:
        deployment = estimate(option, replace(mix, requests=requests), catalog, as_of=as_of).deployment
    except UndecidableError:
        return None
    return decimal(deployment.utilisation) if deployment is not None else None


def tokens_of(requests: Fraction, workload: Workload) -> Decimal:
    """Output tokens a month of so many requests of a mix."""
    return decimal(requests * Fraction(workload.output_tokens) / Fraction(workload.requests))
