"""One workload, many options: what each costs, against which baseline another saves, what the answer is."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from costcalc.analysis.published import HoldsAt, holds_at
from costcalc.case.case import Case, LeftOut, why_unfit
from costcalc.catalog.catalog import MAX_AGE_DAYS, Catalog
from costcalc.catalog.forms.options import ApiOption, BlendOption, Option, PlanOption, SelfHostOption
from costcalc.catalog.forms.provisioned import ProvisionedOption
from costcalc.cost.estimate import Estimate
from costcalc.units import MTOK, decimal
from costcalc.workload import Workload

if TYPE_CHECKING:
    from costcalc.cost.owed import Commitment


class Saving(NamedTuple):
    """How much less one option costs than a named baseline.

    Args:
        option: The cheaper option.
        baseline: What it is compared with.
        share: 1 − cost / baseline's cost.
        times: The baseline's cost / cost, or None where the option is free.
    """

    option: str
    baseline: str
    share: Decimal
    times: Decimal | None


class Comparison(NamedTuple):
    """What every option costs for one workload, cheapest first; what cannot be compared stands last.

    Args:
        workload: What was priced.
        as_of: The day whose prices are in force.
        estimates: One for each option that has a price: those that fit by cost and then by id, then the others.
        unpriced: The options that have none, each with its reason.
        asked: The options in the order in which they were asked for.
        published: How busy each deployment must be for a published unit cost of its model to hold.
        with_prompts: The estimates with the prompts of typical requests, by option, where the others count output
            alone; empty where they count the prompts themselves.
        at_peak: What options with units of capacity cost where these carry the usual peak, which nobody stated; by
            option, those that cost something else then.
        owed: Commitments to providers; no estimate counts them.
    """

    workload: Workload
    as_of: date
    estimates: tuple[Estimate, ...]
    unpriced: tuple[LeftOut, ...]
    asked: tuple[str, ...]
    published: tuple[HoldsAt, ...] = ()
    with_prompts: Mapping[str, Estimate] = {}
    at_peak: Mapping[str, Estimate] = {}
    owed: "tuple[Commitment, ...]" = ()

    def in_all(self, estimate: Estimate) -> Decimal:
        """What is paid a month with an option: its cost, and what it leaves unused of commitments [USD/month]."""
        from costcalc.cost.owed import with_unused  # few have a commitment, and only they ask

        return with_unused(estimate, self.owed, self.as_of)

    def decisive(self, estimate: Estimate) -> Estimate | None:
        """Give the estimate that a decision rests on: with prompts and for the peak; None where that has no price."""
        if estimate.option in self.at_peak:
            return self.at_peak[estimate.option]
        return self.with_prompts.get(estimate.option) if self.with_prompts else estimate

    @property
    def to_choose(self) -> tuple[Estimate, ...]:
        """The estimates that a decision rests on, of the options that somebody can choose; cheapest first."""
        found = [decisive for estimate in self.estimates if (decisive := self.decisive(estimate)) is not None]
        return tuple(sorted((each for each in found if not why_unfit(each)), key=lambda each: each.monthly_usd))

    def usd_per_mtok(self, one: Estimate) -> Decimal | None:
        """Cost per million output tokens or, where nothing is generated, input tokens [USD/Mtok]; None without any."""
        tokens = decimal(self.workload.counted_tokens)
        return one.monthly_usd * MTOK / tokens if tokens else None

    def times_cheapest(self, one: Estimate) -> Decimal | None:
        """Cost as a multiple of the cheapest option's; None where that is free, or this one is not comparable."""
        least = self.estimates[0].monthly_usd
        return one.monthly_usd / least if least and not one.unfit else None

    @property
    def stale(self) -> tuple[str, ...]:
        """The options whose price nobody has checked for long before the day."""
        return tuple(one.option for one in self.estimates if (self.as_of - one.evidence_day).days > MAX_AGE_DAYS)

    @property
    def reference(self) -> str | None:
        """The option that savings are about: the cheapest build option, else the cheapest of all."""
        fit = [one for one in self.estimates if not one.unfit]
        return next((one.option for one in fit if one.side == "build"), fit[0].option if fit else None)

    @property
    def savings(self) -> tuple[Saving, ...]:
        """What the reference saves against each dearer option, and each cheaper one against it, in the order asked."""
        fit = [one for one in self.estimates if not one.unfit]
        own = [one for one in fit if one.option == self.reference]
        others = sorted(fit, key=lambda one: self.asked.index(one.option))
        pairs = [sorted((one, other), key=lambda each: each.monthly_usd) for one in own for other in others]
        return tuple(_saving(cheap, dear) for cheap, dear in pairs if cheap.monthly_usd < dear.monthly_usd)


def _saving(cheap: Estimate, dear: Estimate) -> Saving:
    times = dear.monthly_usd / cheap.monthly_usd if cheap.monthly_usd else None
    return Saving(cheap.option, dear.option, 1 - cheap.monthly_usd / dear.monthly_usd, times)


def compare(workload: Workload, catalog: Catalog, *, options: Sequence[str] | None = None, as_of: date) -> Comparison:
    """Price one workload on many options.

    Args:
        workload: What is to be served in a month.
        catalog: Prices and assumptions, from `costcalc.load_catalog`.
        options: Ids of options or names of models; None for the catalog's headline options, its plans where the
            workload is of people at a tool, and those that only read where nothing is generated.
        as_of: The day whose prices are in force.

    Returns:
        The estimates, cheapest first, and the options that have no price, with the reason.

    Raises:
        UnknownNameError: An option of that name does not exist; with all such names.

    Example:
        >>> from costcalc.catalog.layers.load import load_catalog
        >>> month = Workload.single(requests=2_000, output_tokens=500)
        >>> result = compare(month, load_catalog(), options=["gpt-5.2-api", "gemini-3.1-pro-api"],
        ...                  as_of=date(2026, 3, 1))
        >>> [(one.option, str(one.monthly_usd)) for one in result.estimates]
        [('gemini-3.1-pro-api', '12.00'), ('gpt-5.2-api', '14.00')]
    """
    case = Case(workload, catalog, as_of)
    return comparison(case, usual_options(case) if options is None else options)


def comparison(case: Case, options: Iterable[str]) -> Comparison:
    """Price a case on many options; where output alone was asked for, that beside the month with typical prompts.

    Machines are sized for the requests as they come, with their prompts, in both.

    Raises:
        UnknownNameError: An option of that name does not exist; with all such names.
    """
    asked = tuple(dict.fromkeys(options))
    priced = case.priced(asked)
    estimates, left_out, with_prompts = list(priced.estimates), priced.left_out, dict[str, Estimate]()
    if case.counted is not None:
        with_prompts = {estimate.option: estimate for estimate in priced.estimates}
        sized = [name for name in asked if name in with_prompts and is_sized(name, case.catalog)]
        alone = replace(case, workload=case.counted, rebuild=None).priced(name for name in asked if name not in sized)
        estimates = [*alone.estimates, *(with_prompts[name] for name in sized)]
        left_out = tuple(each for each in (*alone.left_out, *left_out) if each.option not in with_prompts)
        left_out = tuple({each.option: each for each in left_out}.values())
    estimates.sort(key=lambda estimate: (bool(estimate.unfit), estimate.monthly_usd, estimate.option))
    published = holds_at(estimates, case.catalog)
    workload = case.counted or case.workload
    at_peak = dict(_at_peak(priced.estimates, case))
    return Comparison(
        workload=workload,
        as_of=case.as_of,
        estimates=tuple(estimates),
        unpriced=left_out,
        asked=asked,
        published=published,
        with_prompts=with_prompts,
        at_peak=at_peak,
        owed=case.owed,
    )


def _at_peak(priced: Sequence[Estimate], case: Case) -> Iterator[tuple[str, Estimate]]:
    """Price for the usual peak what is sized for the mean where nobody states a peak: only units of capacity are."""
    carries = case.at_peak
    if carries is case:
        return
    for estimate in priced:
        if any(isinstance(part, ProvisionedOption) for part in _parts(estimate.option, case.catalog)):
            carried = carries.estimate(estimate.option)
            if carried.monthly_usd != estimate.monthly_usd:
                yield estimate.option, carried


def is_sized(name: str, catalog: Catalog) -> bool:
    """Say whether an option has machines or units, which must be large enough for prompts too."""
    return any(isinstance(part, SelfHostOption | ProvisionedOption) for part in _parts(name, catalog))


def _parts(name: str, catalog: Catalog) -> list[Option]:
    """Give an option, or the members of a blend."""
    option = catalog.option(name).option
    return [catalog.option(member).option for member in option.members] if isinstance(option, BlendOption) else [option]


def usual_options(case: Case) -> tuple[str, ...]:
    """Give what is compared by default; subscriptions are, where the workload has seats."""
    plans = (name for name, option in case.catalog.options.items() if isinstance(option, PlanOption))
    return (*case.usual, *plans) if case.workload.is_seats else case.usual


def model_behind(name: str, catalog: Catalog) -> str:
    """Name the open model that an option sells, so that its sellers can be told apart; else the option itself."""
    option = catalog.option(name).option
    sold = catalog.sold_model(option.model).model if isinstance(option, ApiOption) else None
    return sold.open_weights or name if sold is not None else name
