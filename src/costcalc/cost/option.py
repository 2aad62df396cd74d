"""The closed set of ways of serving: one arm per kind, and the type checker names what was forgotten."""

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, assert_never

from costcalc.catalog.catalog import Catalog
from costcalc.catalog.forms.options import ApiOption, BlendOption, PlanOption, RateOption, SelfHostOption
from costcalc.catalog.forms.provisioned import ProvisionedOption
from costcalc.catalog.things import NamedOption, SoldModel
from costcalc.cost.api import api_curve, api_estimate
from costcalc.cost.estimate import Demand, Estimate, Month, Monthly
from costcalc.cost.rate import rate_estimate
from costcalc.cost.tokens import counted_by, is_counted, monthly_counted
from costcalc.workload import Workload

if TYPE_CHECKING:
    from costcalc.cost.curve import CostCurve


def estimate(option: str | NamedOption, workload: Workload, catalog: Catalog, *, as_of: date) -> Estimate:
    """Price one option for a workload.

    Args:
        option: An option's id, a model's name, or what `Catalog.option` gave for it.
        workload: What is to be served in a month.
        catalog: Prices and assumptions.
        as_of: The day whose prices are in force.

    Raises:
        UndecidableError: A price that is needed is missing.
        UnsuitableError: The option does not serve a workload of this kind.
        UnknownNameError: The option, its model, or a tier or region of it, does not exist.
    """
    named = catalog.option(option) if isinstance(option, str) else option
    # each part of a blend counts tokens for itself
    if is_counted(workload) or isinstance(named.option, BlendOption):
        return _estimate(named, workload, catalog, as_of=as_of)
    counted = counted_by(named, workload, catalog)
    found = _estimate(named, counted.workload, catalog, as_of=as_of)
    if not counted.caveats:
        return found
    assumptions = tuple(dict.fromkeys([*found.assumptions, *counted.assumptions]))
    return replace(found, caveats=(*found.caveats, *counted.caveats), assumptions=assumptions)


def _estimate(named: NamedOption, workload: Workload, catalog: Catalog, *, as_of: date) -> Estimate:
    """Price one option for a workload in the tokens of its own model."""
    name, kind = named
    match kind:
        case ApiOption():
            sold = catalog.sold_model(kind.model)
            window = _open_window(sold, catalog)
            return api_estimate(name, kind, sold, workload, as_of=as_of, open_window=window)
        case RateOption():
            return rate_estimate(name, kind, workload, gpu=catalog.gpu, as_of=as_of)
        case SelfHostOption():
            from costcalc.cost.selfhost import self_host_estimate  # only the build side needs its physics

            return self_host_estimate(name, kind, workload, catalog, as_of=as_of)
        case PlanOption():
            from costcalc.cost.plan import plan_estimate  # only seats need it

            return plan_estimate(name, kind, workload, catalog, as_of=as_of)
        case ProvisionedOption():
            from costcalc.cost.provisioned import provisioned_estimate  # only capacity needs it

            return provisioned_estimate(name, kind, workload, catalog, as_of=as_of)
        case BlendOption():
            from costcalc.cost.blend import blend_estimate  # only blends need it

            def priced(part: NamedOption, served: Workload) -> Estimate:
                return estimate(part, served, catalog, as_of=as_of)

            return blend_estimate(name, kind, workload, catalog, priced, as_of=as_of)
        case _:
            assert_never(kind)


def _open_window(sold: SoldModel, catalog: Catalog) -> int | None:
    """The context window of the open model behind a seller who publishes none: he sells no more than that."""
    if sold.model.context_window is not None:
        return None
    name = sold.model.open_weights
    return catalog.models[name].context_window if name is not None and name in catalog.models else None


def monthly(option: str | NamedOption, workload: Workload, catalog: Catalog, *, as_of: date) -> Monthly:
    """Make an option ready to be priced thousands of times: for one mix, at any volume, peak and assumptions.

    What none of them moves is found once. Each month costs what `estimate` says of it.

    Args:
        option: An option's id, a model's name, or what `Catalog.option` gave for it.
        workload: The mix of requests; how many there are, and how they peak, does not matter.
        catalog: Prices and options.
        as_of: The day whose prices are in force.

    Raises:
        UndecidableError: A price that is needed is missing.
        UnknownNameError: The option, its model, or a tier or region of it, does not exist.

    Example:
        >>> from costcalc.catalog.layers.load import load_catalog
        >>> from costcalc.cost.estimate import Demand, total_usd
        >>> shipped, mix = load_catalog(), Workload.single(requests=1, input_tokens=1_000, output_tokens=300)
        >>> month = monthly("r1-distill-32b-h100", mix, shipped, as_of=date(2026, 11, 22))
        >>> [total_usd(month(Demand(requests, peak=2), shipped).lines) for requests in (1, 100_000)]
        [Decimal('1963.70'), Decimal('1963.70')]
    """
    named = catalog.option(option) if isinstance(option, str) else option
    name, kind = named
    if not isinstance(kind, BlendOption) and counted_by(named, workload, catalog).workload is not workload:
        return monthly_counted(named, workload, lambda served: monthly(named, served, catalog, as_of=as_of))
    match kind:
        case SelfHostOption():
            from costcalc.cost.hosting import hosting_for

            return hosting_for(name, kind, workload, catalog, as_of=as_of).month
        case ProvisionedOption():
            from costcalc.cost.provisioned import provisioned_monthly

            return provisioned_monthly(name, kind, workload, catalog, as_of=as_of)
        case BlendOption():
            from costcalc.cost.blend import blend_monthly

            def part_of(part: NamedOption, served: Workload) -> Monthly:
                return monthly(part, served, catalog, as_of=as_of)

            return blend_monthly(name, kind, workload, catalog, part_of, as_of=as_of)
        case ApiOption() | RateOption() | PlanOption():

            def month(demand: Demand, at: Catalog) -> Month:
                served = replace(workload, requests=demand.requests, peak_to_mean=demand.peak)
                return estimate(named, served, at, as_of=as_of)

            return month
        case _:
            assert_never(kind)


def cost_curve(
    option: str | NamedOption, workload: Workload, catalog: Catalog, *, as_of: date, known: Estimate | None = None
) -> "CostCurve":
    """Give one option's cost as an exact function of the requests a month, for the workload's mix.

    Args:
        option: An option's id, a model's name, or what `Catalog.option` gave for it.
        workload: The mix of requests; how many there are does not matter.
        catalog: Prices and assumptions.
        as_of: The day whose prices are in force.
        known: Its estimate for this very workload, where there is one already.

    Raises:
        UndecidableError: A price that is needed is missing.
        UnknownNameError: The option, its model, or a tier or region of it, does not exist.

    Example:
        >>> from costcalc.catalog.layers.load import load_catalog
        >>> mix = Workload.single(requests=1, output_tokens=1_000)
        >>> curve = cost_curve("gpt-5.2-api", mix, load_catalog(), as_of=date(2026, 11, 22))
        >>> curve.slope  # $14 per million output tokens, a thousand a request
        Fraction(7, 500)
    """
    named = catalog.option(option) if isinstance(option, str) else option
    if not isinstance(named.option, BlendOption):
        workload = counted_by(named, workload, catalog).workload
    return _curve(named, workload, catalog, as_of=as_of, known=known)


def _curve(
    named: NamedOption, workload: Workload, catalog: Catalog, *, as_of: date, known: Estimate | None
) -> "CostCurve":
    """Give the curve of an option for a mix in the tokens of its own model."""
    from costcalc.cost.stairs import self_host_curve, straight  # only break-even and the like need curves

    name, kind = named
    match kind:
        case ApiOption():
            sold = catalog.sold_model(kind.model)
            return api_curve(name, kind, sold, workload, as_of=as_of, lines=known.lines if known is not None else None)
        case RateOption():
            found = known or rate_estimate(name, kind, workload, gpu=catalog.gpu, as_of=as_of)
            return straight(name, found.lines, workload)
        case SelfHostOption():
            return self_host_curve(name, kind, workload, catalog, as_of=as_of)
        case PlanOption():
            from costcalc.cost.plan import plan_curve

            return plan_curve(name, kind, workload, catalog, as_of=as_of)
        case ProvisionedOption():
            from costcalc.cost.provisioned_curve import provisioned_curve

            return provisioned_curve(name, kind, workload, catalog, as_of=as_of)
        case BlendOption():
            from costcalc.cost.blend import blend_curve

            def curve_of(part: NamedOption, served: Workload) -> "CostCurve":
                return cost_curve(part, served, catalog, as_of=as_of)

            return blend_curve(name, kind, workload, catalog, curve_of)
        case _:
            assert_never(kind)
