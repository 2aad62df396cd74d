"""What seats of a subscription cost, and from how much work on a seat pays against an API."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import NamedTuple

from costcalc.catalog.catalog import MAX_AGE_DAYS, Catalog
from costcalc.catalog.forms.options import ApiOption, PlanOption
from costcalc.catalog.forms.plans import Allowance, Limit, SeatPrice
from costcalc.catalog.forms.scalars import Interval
from costcalc.catalog.things import SoldPlan
from costcalc.cost.api import metered_lines
from costcalc.cost.curve import Breaks, CostCurve, Ladder, Regular
from costcalc.cost.estimate import CostLine, Estimate, exact_usd
from costcalc.errors import UndecidableError, UnsuitableError
from costcalc.findings import Path
from costcalc.units import MTOK, Count, decimal, full_usd, usd, whole
from costcalc.workload import SERVER_KINDS, Workload

_LARGE = 1000  # from here on a figure is written without decimals, and never as a power of ten
_POLICIES = {
    "may_train_by_default": "the vendor may train on the data unless that is switched off; on the API it may not",
    "no_training": "the vendor does not train on the data",
    "unknown": "whether the vendor may train on the data is not known",
}


class Held(NamedTuple):
    """What one seat holds in a month: requests of the mix, best value and the ends of the 90 % interval.

    Args:
        value: The best single value [requests/seat and month].
        low: The lower end.
        high: The upper end.
        said: The same in tokens or dollars, with its basis.
        path: Where it stands in the catalog.
    """

    value: Fraction
    low: Fraction
    high: Fraction
    said: str
    path: Path


class Seats(NamedTuple):
    """Everything of a plan that does not depend on the volume.

    Args:
        name: The option's id.
        sold: The subscription.
        entry: Which of its fees is in force.
        fee: That fee.
        people: Who does the work, each with a seat.
        paid: Seats that are paid for whatever is done with them: one a person, or the fewest that are sold.
        is_pooled: Whether the allowances of all seats are one pool; else each is one person's.
        held: What one seat holds; None where nobody knows.
        limit: What work above it does.
        model: The API model that its work is equivalent to; None where none is named.
        api_usd: What one request of the mix costs there [USD/request]; None likewise.
    """

    name: str
    sold: SoldPlan
    entry: int
    fee: SeatPrice
    people: int
    paid: int
    is_pooled: bool
    held: Held | None
    limit: Limit
    model: str | None
    api_usd: Fraction | None

    @property
    def group(self) -> int:
        """How many further seats are bought at once: one into the pool, else one for each person."""
        return 1 if self.is_pooled else self.people

    def further(self, requests: Count, held: Fraction) -> int:
        """Seats beyond those paid for that a hard limit makes necessary.

        Example:
            40 people whose work is 61 seats' worth need two each, since nobody can use what another's seat has left.
        """
        needed = self.group * ceil(requests / (held * self.group))
        return max(0, needed - self.paid) if self.limit == "hard" else 0

    def metered(self, requests: Count, held: Fraction) -> Fraction:
        """Requests that are billed at the API's rates."""
        return max(Fraction(0), requests - self.covered(held)) if self.limit == "overage" else Fraction(0)

    def covered(self, held: Fraction) -> Fraction:
        """Requests within the allowances: the pool of all seats, else each person's own."""
        return held * (self.paid if self.is_pooled else self.people)


def plan_estimate(name: str, option: PlanOption, workload: Workload, catalog: Catalog, *, as_of: date) -> Estimate:
    """Price a month of seats [USD/month].

    Every seat is paid whatever is done with it. Work is taken to be spread evenly over the people. An allowance is one
    person's, unless the plan says that all are a pool. Work above it needs further seats under a hard limit, and is
    billed at an API model's rates where the plan sells overage. Where nobody knows the allowance, the fee stands alone
    and is not comparable.

    Leaves out waiting for the limits of 5 hours and of a week, yearly prepayment and taxes.

    Args:
        name: The option's id.
        option: The option.
        workload: The people's requests in a month.
        catalog: Plans, and the API's prices.
        as_of: The day whose prices are in force.

    Raises:
        UnsuitableError: The workload is a server's, or does not say how many people there are.
        UndecidableError: A fee or a rate is missing.

    Source:
        docs/method/plan.md.
    """
    seats = seats_of(name, option, workload, catalog, as_of=as_of)
    return Estimate(
        option=name,
        kind="plan",
        side="buy",
        lines=plan_lines(seats, workload, catalog, as_of=as_of),
        caveats=tuple(_caveats(seats, workload, as_of)),
        price_date=seats.fee.effective,
        source=seats.fee.source,
        unfit="" if seats.held is not None else "limit unknown",
    )


def seats_of(name: str, option: PlanOption, workload: Workload, catalog: Catalog, *, as_of: date) -> Seats:
    """Find the fee in force, how many seats there are, and what one holds.

    Raises:
        UnsuitableError: The workload is a server's, or does not say how many people there are.
        UndecidableError: A fee or a rate is missing.
    """
    sold = catalog.plan(option.plan)
    people = _people(name, option, workload)
    index, fee = sold.plan.price_on(as_of, subject=name)
    limit = option.limit or sold.plan.limit
    model = option.model or sold.plan.overage
    api_usd = None if model is None else exact_usd(_metered(model, workload, 1, catalog, as_of=as_of))
    held = _held(name, option, sold, workload, api_usd)
    if limit == "overage" and held is not None and model is None:
        raise UndecidableError("overage is billed at an API model's rates: give its model", subject=name)
    return Seats(
        name=name,
        sold=sold,
        entry=index,
        fee=fee,
        people=people,
        paid=max(people, sold.plan.min_seats),
        is_pooled=sold.plan.allowance is not None and sold.plan.allowance.pooled,
        held=held,
        limit=limit,
        model=model,
        api_usd=api_usd,
    )


def _people(name: str, option: PlanOption, workload: Workload) -> int:
    if workload.kind in SERVER_KINDS:
        reason = f"a plan is for people at a tool, never for a server; the workload's kind is {workload.kind}"
        raise UnsuitableError(reason, subject=name)
    people = option.seats or workload.seats
    if people is None:
        raise UnsuitableError(
            "a plan is for people at a tool, never for a server: give the workload's seats", subject=name
        )
    return people


def _metered(model: str, workload: Workload, requests: Count, catalog: Catalog, *, as_of: date) -> tuple[CostLine, ...]:
    """Price some requests of the mix at an API model's rates, exactly."""
    some = replace(workload, requests=requests)
    return metered_lines(ApiOption(kind="api", model=model), catalog.sold_model(model), some, as_of=as_of)


def _held(name: str, option: PlanOption, sold: SoldPlan, workload: Workload, api_usd: Fraction | None) -> Held | None:
    """Say how many requests of the mix one seat holds."""
    own, found = option.allowance, sold.plan.allowance
    if own is not None:
        ends = (own.low, own.high) if isinstance(own, Interval) else (own, own)
        figures = Allowance(value=Decimal(own), low=ends[0], high=ends[1], basis="user")
        return _of_output(name, workload, figures, ("options", name, "allowance"))
    if found is None:
        return None
    path = (*sold.path, "allowance", "value")
    if found.unit == "output_tokens":
        return _of_output(name, workload, found, path)
    if not api_usd:
        raise UndecidableError("its allowance is in dollars at an API's prices: give its model", subject=name)
    value, low, high = (Fraction(one) / api_usd for one in (found.value, found.low, found.high))
    return Held(value, low, high, f"${full_usd(found.value)} of usage at API prices ({found.basis})", path)


def _of_output(name: str, workload: Workload, found: Allowance, path: Path) -> Held:
    each = output_per_request(workload)
    if not each:
        raise UndecidableError("its allowance counts output tokens, and the workload generates none", subject=name)
    interval = f"{_mtok(found.low)}–{_mtok(found.high)}; " if found.low != found.high else ""
    said = f"{_mtok(found.value)} Mtok of output ({interval}{found.basis})"
    value, low, high = (Fraction(number) / each for number in (found.value, found.low, found.high))
    return Held(value, low, high, said, path)


def output_per_request(workload: Workload) -> Fraction:
    """Output tokens of the mean request."""
    return Fraction(workload.output_tokens) / Fraction(workload.requests)


def _mtok(tokens: Count | Decimal) -> str:
    number = float(tokens) / MTOK
    return f"{number:.3g}" if number < _LARGE else f"{number:,.0f}"


def plan_lines(seats: Seats, workload: Workload, catalog: Catalog, *, as_of: date) -> tuple[CostLine, ...]:
    """Give the lines of a month: the seats paid for in any case, further ones, and overage."""
    own = _seat_line("seats", seats.paid, seats)
    if seats.held is None:
        return (own,)
    lines = [own]
    if further := seats.further(workload.requests, seats.held.value):
        lines.append(_seat_line("further seats, for work above the allowance", further, seats))
    if above := seats.metered(workload.requests, seats.held.value):
        assert seats.model is not None  # checked with the limit
        billed = _metered(seats.model, workload, whole(above), catalog, as_of=as_of)
        lines += [line._replace(item=f"overage: {line.item}") for line in billed]
    return tuple(lines)


def _seat_line(item: str, amount: int, seats: Seats) -> CostLine:
    return CostLine(
        item=item,
        part="seats",
        amount=amount,
        per=1,
        unit="seat-month",
        unit_price_usd=seats.fee.usd_per_seat,
        list_unit_price_usd=seats.fee.usd_per_seat,
        source=seats.fee.source,
        conditions=seats.sold.plan.name,
        path=(*seats.sold.path, "prices", seats.entry, "usd_per_seat"),
        also=() if seats.held is None else (seats.held.path,),
    )


def plan_curve(name: str, option: PlanOption, workload: Workload, catalog: Catalog, *, as_of: date) -> CostCurve:
    """The curve of seats: flat while the allowance lasts, then stairs, or a line at the API's rates.

    A stair is one seat for each person, or one seat where the allowances are a pool.

    Raises:
        UnsuitableError: The workload is a server's, or does not say how many people there are.
        UndecidableError: A fee or a rate is missing.
    """
    seats = seats_of(name, option, workload, catalog, as_of=as_of)

    def evaluate(requests: Fraction) -> Fraction:
        return exact_usd(plan_lines(seats, replace(workload, requests=requests), catalog, as_of=as_of))

    if seats.held is None:
        return CostCurve(name, evaluate)
    if seats.limit == "overage":
        return CostCurve(name, evaluate, Breaks(points=(seats.covered(seats.held.value),)))
    step = seats.group * seats.held.value
    full = seats.paid // seats.group * step  # the fewest seats that are sold may be no whole number for each person
    return CostCurve(name, evaluate, Breaks(ladders=(Ladder(full, step),)), Regular(full, step))


def pays_above(seats: Seats) -> Fraction | None:
    """The requests of a month above which one seat costs less than the API [requests/seat]; None if it never does.

    The fee over what a request costs at the API's prices, exactly; never, where the seat does not hold so many.

    Example:
        $200 against output at $25 per million, 1,000 tokens a request: 8,000 requests, 8 million tokens.
    """
    if not seats.api_usd:
        return None
    least = Fraction(seats.fee.usd_per_seat) / seats.api_usd
    return None if seats.held is not None and least >= seats.held.value else least


def _caveats(seats: Seats, workload: Workload, day: date) -> Iterator[str]:
    plan = seats.sold.plan
    if seats.held is None:
        yield "no allowance in tokens is published: how much of this work a seat holds is unknown, so not comparable"
    else:
        yield f"a seat holds {seats.held.said}: an estimate; {_used(seats, seats.held, workload)}"
        yield _above(seats, seats.held, workload)
    if plan.min_seats > 1:
        yield f"at least {plan.min_seats:,} seats are sold"
    if plan.periods:
        yield f"limits of shorter periods make people wait: {plan.periods}"
    if seats.api_usd is not None:
        api = decimal(whole(seats.api_usd * workload.requests))
        yield f"API-equivalent of this work: ${usd(api)} a month at {seats.model}; nobody bills a subscriber for that"
        yield _break_even(seats, workload)
    yield _POLICIES[plan.data_policy]
    if (age := (day - seats.fee.source.evidence_day).days) > MAX_AGE_DAYS:
        yield f"stale: the price was last seen {age} days before {day}"


def _used(seats: Seats, held: Held, workload: Workload) -> str:
    share = _percent(workload.requests / seats.covered(held.value))
    if seats.is_pooled:
        return f"the allowances are one pool, and this work is {share} of it"
    return f"a person's work, spread evenly, is {share} of it"


def _percent(share: Fraction) -> str:
    number = float(share) * 100
    return f"{number:.3g} %" if number < _LARGE else f"{number:,.0f} %"


def _above(seats: Seats, held: Held, workload: Workload) -> str:
    """Say which rule holds above the allowance, and what its interval does to it."""
    if seats.limit == "overage":
        above = [seats.metered(workload.requests, end) for end in (held.low, held.value, held.high)]
        shares = [_percent(one / workload.requests) for one in above]
        spread = f" ({shares[2]} to {shares[0]} over the estimate's interval)" if shares[0] != shares[2] else ""
        return f"above it work is billed at the rates of {seats.model}: {shares[1]} of this work{spread}"
    most, some, least = (seats.further(workload.requests, end) for end in (held.low, held.value, held.high))
    spread = f" ({least:,} to {most:,} over the estimate's interval)" if most != least else ""
    further = f"{some:,}" if some else "none"
    rule, check = "another seat", ""
    if not seats.is_pooled:
        rule = "another seat for each person"
        check = "; check that the vendor sells one person several" if some else ""
    return f"a hard limit: work above it needs {rule}, here {further} beside the {seats.paid:,}{spread}{check}"


def _break_even(seats: Seats, workload: Workload) -> str:
    fee, least = full_usd(seats.fee.usd_per_seat), pays_above(seats)
    if least is None:
        return f"a ${fee} seat never pays against {seats.model} on this mix"
    each = output_per_request(workload)
    much = f"{_mtok(least * each)} Mtok of output" if each else f"{float(least):,.0f} requests"
    unknown = ", if it holds so much" if seats.held is None else ""
    return f"a ${fee} seat pays above {much} a month of this mix, against {seats.model}{unknown}"
