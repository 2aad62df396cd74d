"""What an option pays month by month: bills at each month's end, purchases and one-off work when they fall due."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from costcalc.catalog.catalog import Catalog
from costcalc.catalog.forms.options import ApiOption, BlendOption, PlanOption, SelfHostOption
from costcalc.catalog.forms.provisioned import ProvisionedOption
from costcalc.catalog.things import NamedOption
from costcalc.cost.assumed import value
from costcalc.cost.bill import WORKDAYS_PER_YEAR
from costcalc.cost.changes import price_changes
from costcalc.cost.estimate import CostLine, Estimate, total_usd
from costcalc.cost.finance import MONTHS_PER_YEAR, after_months, months_later
from costcalc.cost.option import estimate
from costcalc.cost.owed import billed_by
from costcalc.cost.tenure import TERMS, Machines, Month, beyond_reservation, machines_of, usd_of
from costcalc.errors import UndecidableError
from costcalc.units import MTOK, Count, decimal, exact, plural, rounded, short
from costcalc.workload import Workload

_NONE = Fraction(0)


class Requalify(NamedTuple):
    """Switching to the cheapest model of the same capability, again and again.

    Args:
        every: Months between two switches.
        times_cheaper: How many times cheaper the same capability is a year later.
        usd: What qualifying another model costs each time [USD].
    """

    every: int
    times_cheaper: Decimal
    usd: Decimal


class Course(NamedTuple):
    """How traffic and prices move. Rates are effective, per year; 0 is no change.

    Args:
        months: The horizon [months].
        growth: Growth of the traffic, -1 excluded [1/year].
        price_decline: By how much the list price of one and the same model falls, beside what is announced; below 0 it
            rises [1/year].
        hardware_change: By how much rents and prices of GPUs change [1/year].
        requalify: Whether the buyer switches to cheaper models of the same capability.
    """

    months: int
    growth: Decimal = Decimal(0)
    price_decline: Decimal = Decimal(0)
    hardware_change: Decimal = Decimal(0)
    requalify: Requalify | None = None


class Flow(NamedTuple):
    """What is paid in a month [USD].

    Args:
        day: The month's first day, whose prices are in force.
        requests: How many requests are served in it.
        upfront: Paid at its beginning: machines, one-off work; negative for what a machine still fetches.
        running: Paid at its end.
        moving: What of both is for leaving today's option: work, and its bill while one waits or pays both.
        billed: What uses commitments up, by the provider that they are owed to.
        owed: What of ``running`` is owed to providers and not used.
    """

    day: date
    requests: Count
    upfront: Decimal
    running: Decimal
    moving: Decimal = Decimal(0)
    billed: Mapping[str, Decimal] = {}
    owed: Decimal = Decimal(0)


class Cash(NamedTuple):
    """An option's payments.

    Args:
        option: The option's id.
        side: Whether it is to build or to buy.
        flows: Month by month.
        residual: What its machines still fetch at the end [USD].
        caveats: What must be known of its first month's estimate.
        waits: For how many months its machines are awaited, in which it serves nothing and costs no bill [months].
    """

    option: str
    side: str
    flows: tuple[Flow, ...]
    residual: Decimal
    caveats: tuple[str, ...]
    waits: Decimal = Decimal(0)


def cash_of(
    named: NamedOption, workload: Workload, catalog: Catalog, course: Course, *, as_of: date, moving: bool = False
) -> Cash:
    """Follow an option's payments month by month [USD].

    Every month has its own traffic, and the prices in force in it, announced changes among them: where one falls within
    a month, each price counts for the days on which it holds; rents hold from the first day of a month. Beside these,
    two kinds of decline are kept apart: the list price of the same model falls by ``price_decline``; the price
    of the same capability falls much faster, but only for who switches, every so often and at a cost (``requalify``).

    Machines that are owned are bought when the load needs them and replaced at the end of their life; what they still
    fetch comes back then, or at the horizon. A reservation is made for what the first month of each term needs: it is
    paid whether used or not, and what is needed beyond it is rented on demand. Building is paid at the beginning. A
    blend pays what its members pay, each with its own share of the traffic.

    Leaves out taxes, and machines that are sold early: a fleet that has become too large is kept.

    Args:
        named: The option.
        workload: The traffic of the first month.
        catalog: Prices and assumptions.
        course: How traffic and prices move.
        as_of: The first day.
        moving: Whether it replaces another option that serves until then: then machines that are bought are awaited
            for the assumption lead_time, and paid when they arrive.

    Raises:
        UndecidableError: A price that is needed is missing in some month, its model is retired within the horizon, or
            its machines arrive after it.

    Example:
        Gemini 4 Argon costs twice as much from December 2026 on, as announced; of the 30 days from 22 November, 9 are
        before that:

        >>> from costcalc.catalog.layers.load import load_catalog
        >>> catalog = load_catalog()
        >>> month = Workload.single(requests=1_000, output_tokens=1_000)
        >>> cash = cash_of(catalog.option("gemini-4-argon-api"), month, catalog, Course(3), as_of=date(2026, 11, 22))
        >>> [str(flow.running) for flow in cash.flows]
        ['17.00', '20.00', '20.00']
    """
    waits = value(catalog, "lead_time") if moving and _is_bought(named, catalog) else Decimal(0)
    if waits >= course.months:
        wait = f"{waits:f} {plural(waits, 'month')}"
        reason = f"its machines arrive after {wait} (assumption lead_time); the horizon is {course.months}"
        raise UndecidableError(reason, subject=named.id)
    # one-off work is spread over the horizon, so that its monthly line × the months is all of it
    spread = catalog.with_assumptions({"horizon": Decimal(course.months) / MONTHS_PER_YEAR})
    return _cash(named, _Setting(workload, spread, course, as_of, waits))


def _is_bought(named: NamedOption, catalog: Catalog) -> bool:
    """Say whether any of an option's machines are owned."""
    if isinstance(named.option, BlendOption):
        return any(_is_bought(catalog.option(name), catalog) for name in named.option.members)
    return isinstance(named.option, SelfHostOption) and named.option.tenure == "own"


class _Setting(NamedTuple):
    """What every option is followed under: traffic, prices, course and first day, and how long machines are awaited."""

    workload: Workload
    catalog: Catalog
    course: Course
    as_of: date
    waits: Decimal

    def served(self, month: int) -> Decimal:
        """Share of a month in which the option serves: none of it before its machines arrive, 0 to 1."""
        return min(Decimal(1), max(Decimal(0), month + 1 - self.waits))


def _cash(named: NamedOption, setting: _Setting) -> Cash:
    if isinstance(named.option, BlendOption):
        return _blended(named, named.option, setting)
    months = _months(named, setting)
    first = months[0].estimate
    _check_served(first)
    _check_retirement(named, months, setting)
    machines = machines_of(named, months, setting.catalog, change=setting.course.hardware_change)
    flows = (*_awaited(months[0], setting), *(_flow(month, machines, setting) for month in months))
    caveats = tuple(dict.fromkeys([*first.caveats, *machines.caveats]))
    return Cash(first.option, first.side, flows, machines.residual, caveats, setting.waits)


def _check_served(first: Estimate) -> None:
    if first.unfit:
        raise UndecidableError("it cannot serve this workload, or leaves out a part of it", subject=first.option)


def _blended(named: NamedOption, option: BlendOption, setting: _Setting) -> Cash:
    """Add up what the members of a blend pay, and its router."""
    from costcalc.cost.blend import parts_of, router_usd  # only blends need it

    first = estimate(named, setting.workload, setting.catalog, as_of=setting.as_of)
    _check_served(first)
    parts = parts_of(option, setting.workload, setting.catalog)
    try:
        members = [_cash(part.option, setting._replace(workload=part.workload)) for part in parts]
    except UndecidableError as error:  # it names the member; whoever reads it looks for the blend
        raise UndecidableError(str(error), subject=named.id) from None
    route = router_usd(option, setting.catalog) / MTOK
    flows = []
    for month, paid in enumerate(zip(*(member.flows for member in members), strict=True)):
        requests = _grown(setting, month).requests
        routed = decimal(requests * route) * setting.served(month)
        upfront, running = (
            sum(usd, start=Decimal(0)) for usd in zip(*((f.upfront, f.running) for f in paid), strict=True)
        )
        flows.append(
            Flow(paid[0].day, requests, upfront, _plain(running + routed), billed=added(*(f.billed for f in paid)))
        )
    residual = sum((member.residual for member in members), start=Decimal(0))
    # the blend's estimate names the member in a caveat of a member likewise
    own = [f"{member.option}: {text}" for member in members for text in member.caveats]
    caveats = tuple(dict.fromkeys([*first.caveats, *own]))
    return Cash(first.option, first.side, tuple(flows), residual, caveats, setting.waits)


def requalification_usd(catalog: Catalog) -> Decimal:
    """Give what qualifying another model costs: an engineer's days, and the judge's tokens of one suite [USD]."""
    days = value(catalog, "model_upgrade_effort") * value(catalog, "mlops_engineer_cost") / WORKDAYS_PER_YEAR
    return days + value(catalog, "evaluation_tokens") * value(catalog, "judge_price")


def _grown(setting: _Setting, month: int) -> Workload:
    factor = exact(after_months(setting.course.growth, month))
    return replace(setting.workload, requests=Fraction(setting.workload.requests) * factor)


def _months(named: NamedOption, setting: _Setting) -> list[Month]:
    """Price every month in which the option serves; one in which nothing has changed costs what the last one did."""
    course = setting.course
    changes = sorted(price_changes(named, setting.catalog))
    months: list[Month] = []
    for number in range(int(setting.waits), course.months):
        day = months_later(setting.as_of, number)
        switches = course.requalify is not None and number == course.requalify.every
        within = [each for each in changes if day < each < months_later(setting.as_of, number + 1)]
        moves = bool(within) or switches or bool(course.growth)
        if not months or moves or _any_between(changes, months[-1].day, day):
            months.append(_month(named, setting, number, day, within))
        else:
            months.append(months[-1]._replace(number=number, day=day))
    return months


def _any_between(days: Sequence[date], after: date, until: date) -> bool:
    """Say whether any of some sorted days lies after one day, and not after another."""
    return bisect_right(days, after) < bisect_right(days, until)


def _month(named: NamedOption, setting: _Setting, month: int, day: date, changes: Sequence[date]) -> Month:
    requalify = setting.course.requalify
    switched = requalify is not None and month >= requalify.every
    grown = _grown(setting, month)
    # who has switched no longer pays what the first model costs on that day, but a share of what it cost on the first
    found = estimate(named, grown, setting.catalog, as_of=setting.as_of if switched else day)
    if not switched and found.deployment is None:
        later = [(each, estimate(named, grown, setting.catalog, as_of=each)) for each in changes]
        found = _by_days(found, later, day, months_later(setting.as_of, month + 1))
    option, beyond = named.option, None
    if isinstance(option, SelfHostOption) and option.tenure in TERMS:
        beyond = beyond_reservation(named.id, option, setting.catalog, day)
    return Month(month, day, grown, found, beyond)


def _by_days(first: Estimate, later: Sequence[tuple[date, Estimate]], day: date, end: date) -> Estimate:
    """Let each of a month's prices count for the days on which it holds: its quantities by its share of the days."""
    parts = [(day, first)]
    parts += [(since, found) for since, found in later if found.exact_usd != first.exact_usd or len(parts) > 1]
    if len(parts) == 1:
        return first
    lines: list[CostLine] = []
    for (since, found), until in zip(parts, [*(since for since, _ in parts[1:]), end], strict=True):
        share = Fraction((until - since).days, (end - day).days)
        lines += [line._replace(amount=line.amount * share) for line in found.lines]
    return replace(first, lines=tuple(lines))


def _check_retirement(named: NamedOption, months: Sequence[Month], setting: _Setting) -> None:
    """Refuse an option whose model is retired before the horizon, or before the buyer first switches to another.

    Nothing is billed after the first day on which a model cannot be bought, and no cost over fewer months can be
    compared with the others'.
    """
    model = named.option.model if isinstance(named.option, ApiOption | PlanOption | ProvisionedOption) else None
    lines = (line for month in months for line in month.estimate.lines)
    billed = any(line.part in {"meter", "capacity"} for line in lines)  # seats alone serve no model
    if model is None or not billed:
        return
    course, retired = setting.course, setting.catalog.sold_model(model).model.retired
    needed = course.months if course.requalify is None else min(course.months, course.requalify.every)
    if retired is None or retired >= months_later(setting.as_of, needed):
        return
    full = next(month for month in range(needed) if retired < months_later(setting.as_of, month + 1))
    before = f": --months {full} ends before, --requalify-every {full} switches before" if full else ""
    raise UndecidableError(f"retired on {retired}, in month {full + 1} of {course.months}{before}", subject=named.id)


def _awaited(first: Month, setting: _Setting) -> list[Flow]:
    """The months before machines arrive: what is built is paid at the beginning, and nothing is served."""
    flows = [
        Flow(months_later(setting.as_of, month), _grown(setting, month).requests, Decimal(0), Decimal(0))
        for month in range(first.number)
    ]
    return [flows[0]._replace(upfront=_built(first, setting)), *flows[1:]] if flows else []


def _built(month: Month, setting: _Setting) -> Decimal:
    return usd_of(month.estimate, "build") * setting.course.months


def _flow(month: Month, machines: Machines, setting: _Setting) -> Flow:
    found, course, number = month.estimate, setting.course, month.number
    listed = _listed(found.lines)
    usual = found.deployment.machines_usd if found.deployment is not None else Decimal(0)
    others = found.monthly_usd - usd_of(found, "build") - listed - usual
    running = others + listed * _price_factor(course, number)
    running += usual if machines.running is None else machines.running[number]
    upfront = _built(month, setting) if number == 0 else Decimal(0)
    if course.requalify is not None and listed and number and number % course.requalify.every == 0:
        upfront += course.requalify.usd
    paid = upfront + machines.upfront.get(number, Decimal(0))
    billed = {name: usd * setting.served(number) for name, usd in _billed(found.lines, _price_factor(course, number))}
    return Flow(month.day, month.workload.requests, paid, _plain(running * setting.served(number)), billed=billed)


def _billed(lines: Sequence[CostLine], factor: Decimal) -> Iterator[tuple[str, Decimal]]:
    """Give what uses commitments up: list prices fall, what a contract says stays."""
    listed, contracted = (
        billed_by(line for line in lines if (line.path[0] == "api") is is_listed) for is_listed in (True, False)
    )
    for provider in {**listed, **contracted}:
        yield provider, decimal(listed.get(provider, _NONE)) * factor + decimal(contracted.get(provider, _NONE))


def added(*amounts: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """Add up amounts by their names."""
    return {
        name: sum((each.get(name, Decimal(0)) for each in amounts), start=Decimal(0))
        for name in dict.fromkeys(name for each in amounts for name in each)
    }


def _listed(lines: Sequence[CostLine]) -> Decimal:
    """Add up what is paid at list prices, with surcharges: that falls; what a contract or a publication says stays."""
    surcharges = {line.path[1]: line.unit_price_usd for line in lines if line.part == "fee"}  # by provider
    listed = [line for line in lines if line.part == "meter" and line.path[0] == "api"]
    with_fees = [(line, 1 + surcharges.get(line.path[1], 0)) for line in listed]
    return total_usd([line._replace(unit_price_usd=line.unit_price_usd * factor) for line, factor in with_fees])


def _plain(usd: Decimal) -> Decimal:
    """Keep cents, and no more digits than a bill could ever need."""
    return total if (total := rounded(usd, Decimal("0.01"))) == usd else short(usd, 9)


def _price_factor(course: Course, month: int) -> Decimal:
    """What an API costs in a month, over what its dated prices say."""
    last = month - month % course.requalify.every if course.requalify is not None else 0
    same_model = after_months(-course.price_decline, month - last)
    if course.requalify is None or not last:
        return same_model
    return same_model * after_months(1 / course.requalify.times_cheaper - 1, last)
