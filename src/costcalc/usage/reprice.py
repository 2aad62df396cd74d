"""What a log's traffic did cost, and what it would cost on any option: its groups as workloads of many shapes.

There is one way to price, `costcalc.cost`: this room only says what the requests were. Sums of tokens are integers and
shares are fractions, so that a log priced in groups costs, to the last decimal, what its rows cost one by one.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import Literal, NamedTuple

from costcalc.case.case import Case, LeftOut
from costcalc.catalog.catalog import Catalog
from costcalc.catalog.forms.options import ApiOption
from costcalc.catalog.things import NamedOption, SoldModel
from costcalc.cost.estimate import Estimate
from costcalc.cost.option import estimate
from costcalc.errors import UndecidableError, UnknownNameError
from costcalc.units import HOURS_PER_MONTH, SECONDS_PER_HOUR, SECONDS_PER_MINUTE, Count, whole
from costcalc.usage.groups import Group, Usage, added
from costcalc.week import UNIFORM, WEEK, Hours, Load
from costcalc.workload import Meter, Shape, Workload

MONTH_S = HOURS_PER_MONTH * SECONDS_PER_HOUR
_MONDAY = 3 * 24 * 60  # 1970 began on a Thursday [minutes from the Monday before]
NANO = Decimal("1e-9")

Spread = Literal["even", "one"]  # how the tokens of a sum lie in its requests: as evenly as can be, or all in one


def thresholds_of(catalog: Catalog) -> tuple[int, ...]:
    """Give every prompt length above which some price of the catalog differs, or a prompt is cached [tokens].

    Example:
        >>> from costcalc.catalog.layers.load import load_catalog
        >>> 200_000 in thresholds_of(load_catalog())
        True
    """
    found: set[int] = set()
    for file in catalog.providers.values():
        kept = [file.cacheable, *(model.cacheable for model in file.models.values())]
        found |= {each.from_tokens - 1 for each in kept if each is not None}
        prices = (price for model in file.models.values() for price in model.prices)
        # reaching a whole number of tokens is exceeding the one before
        found |= {int(when.longer_than) for price in prices for when in price.when}
    return tuple(sorted(found - {0, -1}))


def hours_of(catalog: Catalog) -> tuple[Hours, ...]:
    """Give the hours of the week in which some price of the catalog differs."""
    models = (model for file in catalog.providers.values() for model in file.models.values())
    found = (when.hours for model in models for price in model.prices for when in price.when)
    return tuple(dict.fromkeys(each for each in found if each is not None))


def bucket_of(catalog: Catalog) -> int:
    """Give the longest time bucket that no change of a price by the hour falls into: an hour, or a part of one [s]."""
    edges = {edge % (SECONDS_PER_HOUR // SECONDS_PER_MINUTE) for hours in hours_of(catalog) for edge in hours.edges()}
    minutes = next(size for size in (60, 30, 15, 10, 5, 1) if all(edge % size == 0 for edge in edges))
    return minutes * SECONDS_PER_MINUTE


class Counts(NamedTuple):
    """Requests that every price treats alike.

    Args:
        requests: How many.
        shape: What each of them uses, on average.
    """

    requests: Count
    shape: Shape


def workload_of(
    usage: Usage,
    groups: Sequence[Group],
    hours: Sequence[Hours],
    *,
    typical_prompt: Decimal,
    scale: Fraction = Fraction(1),
    spread: Spread = "even",
    peak: Count | None = None,
) -> Workload:
    """Make a workload of groups: one shape for each set of price conditions that its requests meet.

    Args:
        usage: The log, for its buckets.
        groups: The groups, of which there is at least one.
        hours: The hours of the week in which some price differs.
        typical_prompt: The prompt of a request [tokens], where a sum does not say how many requests it is of.
        scale: How many times the log's requests are served.
        spread: How the tokens of sums lie in their requests, where that decides a price.
        peak: The busiest time's rate of requests over the mean rate; None where nothing is sized.

    Example:
        Two requests of 100 tokens and one of 300,000, which pays the price of long prompts:

        >>> short = Group("m", 0, 0, False, None, None, None, 2, {"input": 200, "output": 20}, None)
        >>> long = Group("m", 0, 1, False, None, None, None, 1, {"input": 300_000, "output": 10}, None)
        >>> log = Usage((short, long), 600, (200_000,), 0, 60, 3)
        >>> mix = workload_of(log, log.groups, (), typical_prompt=Decimal(1_155))
        >>> mix.requests, [(shape.share, shape.tokens) for shape in mix.shapes]
        (3, [(Fraction(2, 3), {'input': 100, 'output': 10}), (Fraction(1, 3), {'input': 300000, 'output': 10})])
    """
    counted = list(_counts(usage, groups, hours, typical_prompt, spread))
    total = sum(counts.requests for counts in counted)
    shapes = [counts.shape for counts in counted]
    shares = [Fraction(counts.requests) / Fraction(total) for counts in counted]
    return Workload(
        requests=whole(Fraction(total) * scale),
        shapes=tuple(_shared(shape, share) for shape, share in zip(shapes, shares, strict=True)),
        name="log",
        peak_to_mean=peak,
    )


def _shared(shape: Shape, share: Fraction) -> Shape:
    return Shape(shape.tokens, shape.units, share, shape.batchable_share, shape.load)


class _Alike(NamedTuple):
    """What decides the price of a request, beside its model and its tier."""

    above: int
    is_pooled: bool
    is_batch: bool
    held: tuple[bool, ...] | None


def _counts(
    usage: Usage, groups: Sequence[Group], hours: Sequence[Hours], typical: Decimal, spread: Spread
) -> Iterator[Counts]:
    alike: dict[_Alike, list[Group]] = defaultdict(list)
    minutes: dict[tuple[bool, ...] | None, int] = {}
    for group in groups:
        # nobody knows when in its bucket the requests of a sum came
        minute = None if group.is_pooled or not hours else _minute(group.start_s)
        held = tuple(each.holds(minute) for each in hours) if minute is not None else None
        if minute is not None:
            minutes.setdefault(held, minute)
        alike[_Alike(group.above, group.is_pooled, group.processing == "batch", held)].append(group)
    for key, same in alike.items():
        load = UNIFORM if key.held is None else _in_bucket(minutes[key.held], usage.bucket_s)
        split = key.is_pooled and key.above > 0 and spread == "one"
        for requests, amounts in _split(same, typical) if split else ((_requests(same, typical), added(same)),):
            yield _alike_counts(requests, amounts, is_batch=key.is_batch, load=load)


def _alike_counts(requests: int, amounts: Mapping[Meter, int], *, is_batch: bool, load: Load) -> Counts:
    each = {meter: whole(Fraction(amount, requests)) for meter, amount in amounts.items()}
    units = {meter: each.pop(meter) for meter in ("web_search",) if meter in each}
    return Counts(requests, Shape(each, units, 1, 1 if is_batch else 0, load))  # type: ignore[arg-type]  # meters


def _split(same: Sequence[Group], typical: Decimal) -> Iterator[tuple[int, Mapping[Meter, int]]]:
    """Put all tokens of a sum into one request: no other spread has as many of them at the price of long prompts."""
    requests = _requests(same, typical)
    yield 1, added(same)
    if requests > 1:
        yield requests - 1, {}


def _requests(same: Iterable[Group], typical: Decimal) -> int:
    """Count requests; a sum that does not say of how many it is, is of typical ones."""
    return sum(group.requests or max(1, ceil(group.prompt_tokens / typical)) for group in same)


def _minute(start_s: int) -> int:
    return (start_s // SECONDS_PER_MINUTE + _MONDAY) % WEEK


def _in_bucket(minute: int, bucket_s: int) -> Load:
    return Load(((minute, minute + max(1, bucket_s // SECONDS_PER_MINUTE), 1),), "as the log says")


class Served(NamedTuple):
    """What requests of one model did cost, at the prices of their days.

    Args:
        model: The model as the log names it.
        label: What they are shown by, or None.
        ref: The model of the catalog that it is.
        estimates: Its cost lines: one estimate for each stretch of days with the same prices, and each tier.
        high: The same, where sums leave open how long prompts were: all tokens of a sum in one request.
        requests: How many requests.
        tokens: Prompts and answers [tokens].
        recorded_usd: What the log says that they cost, or None where it does not say.
    """

    model: str
    label: str | None
    ref: str
    estimates: tuple[Estimate, ...]
    high: tuple[Estimate, ...]
    requests: int
    tokens: int
    recorded_usd: Decimal | None

    @property
    def exact_usd(self) -> Fraction:
        """What they cost [USD]; the least where that is not certain."""
        return min(self._sums)

    @property
    def exact_high_usd(self) -> Fraction:
        """The most that they can have cost [USD]."""
        return max(self._sums)

    @property
    def _sums(self) -> tuple[Fraction, Fraction]:
        low, high = (sum((each.exact_usd for each in side), start=Fraction(0)) for side in (self.estimates, self.high))
        return low, high


class Unpriced(NamedTuple):
    """Requests whose model has no price, so that no total holds them.

    Args:
        model: The model as the log names it; "" where it names none.
        reason: Why it has none.
        requests: How many requests.
        tokens: Prompts and answers [tokens].
    """

    model: str
    reason: str
    requests: int
    tokens: int


class Cost(NamedTuple):
    """What a log did cost.

    Args:
        served: By model, and by label where one was asked for.
        unpriced: What is in no total.
    """

    served: tuple[Served, ...]
    unpriced: tuple[Unpriced, ...]

    @property
    def exact_usd(self) -> Fraction:
        """What it cost [USD]; the least where that is not certain."""
        return sum((each.exact_usd for each in self.served), start=Fraction(0))

    @property
    def exact_high_usd(self) -> Fraction:
        """The most that it can have cost [USD]."""
        return sum((each.exact_high_usd for each in self.served), start=Fraction(0))

    @property
    def recorded_usd(self) -> Decimal | None:
        """What the log says that the priced requests cost [USD], or None where it does not say of all."""
        found = [each.recorded_usd for each in self.served]
        return None if not found or None in found else sum((each for each in found if each is not None), Decimal(0))


def cost_of_log(usage: Usage, catalog: Catalog, *, as_of: date, own: bool = True) -> Cost:
    """Price every request on the model that served it, at the prices of its day.

    Args:
        usage: The log.
        catalog: Prices; a contract in it is applied.
        as_of: The day whose prices hold where the log has no days, only times since its beginning.
        own: Whether the prices are those of each request's day; otherwise those of ``as_of``.
    """
    by_model: dict[tuple[str, str | None], list[Group]] = defaultdict(list)
    for group in usage.groups:
        by_model[group.model, group.label].append(group)
    served, unpriced = list[Served](), list[Unpriced]()
    typical = catalog.assumption("input_tokens_per_request").value
    dated = own and usage.is_dated
    for (model, _), groups in by_model.items():
        try:
            served.append(_served(usage, groups, catalog, typical, None if dated else as_of))
        except (UnknownNameError, UndecidableError) as error:
            reason = "the log names no model" if not model else error.reason
            tokens, requests = sum(group.tokens for group in groups), sum(group.requests for group in groups)
            unpriced.append(Unpriced(model, reason, requests, tokens))
    return Cost(tuple(served), tuple(unpriced))


def _served(usage: Usage, groups: Sequence[Group], catalog: Catalog, typical: Decimal, day: date | None) -> Served:
    first = groups[0]
    sold = catalog.sold_model(first.model)
    option = NamedOption(sold.ref, ApiOption(kind="api", model=sold.ref))
    hours = tuple(dict.fromkeys(when.hours for price in sold.model.prices for when in price.when if when.hours))
    stretches: dict[tuple[object, ...], list[Group]] = defaultdict(list)
    for group in groups:
        stretches[(*_prices_in_force(sold, day or group.day), group.service_tier)].append(group)

    def priced(spread: Spread) -> tuple[Estimate, ...]:
        found = []
        for same in stretches.values():
            workload = workload_of(usage, same, hours, typical_prompt=typical, spread=spread)
            on_tier = _on_tier(workload, same[0].service_tier)
            found.append(estimate(option, on_tier, catalog, as_of=day or same[0].day))
        return tuple(found)

    recorded = [group.recorded_nano_usd for group in groups]
    known = [each for each in recorded if each is not None]
    even = priced("even")
    return Served(
        model=first.model,
        label=first.label,
        ref=sold.ref,
        estimates=even,
        high=priced("one") if any(group.is_pooled for group in groups) else even,
        requests=sum(group.requests for group in groups),
        tokens=sum(group.tokens for group in groups),
        recorded_usd=sum(known) * NANO if len(known) == len(recorded) else None,
    )


def _on_tier(workload: Workload, tier: str | None) -> Workload:
    return replace(workload, service_tier=tier) if tier is not None else workload


def _prices_in_force(sold: SoldModel, day: date) -> tuple[object, ...]:
    """Tell one stretch of days with the same prices from the next.

    Raises:
        UndecidableError: No price is known for the day.
    """
    tools = sold.tools_on(day)
    contract = sold.contract is not None and sold.contract.in_force(day)
    index, price = sold.price_on(day)
    # a price in another currency moves with every day's rate of exchange
    return index, tools[0] if tools is not None else None, contract, day if price.currency is not None else None


class Repriced(NamedTuple):
    """What the log's traffic costs on some options, for the time of the log.

    Args:
        usage: The log.
        case: The month that it makes at its pace.
        cost: What it did cost.
        estimates: A month at its pace, of each option that has a price.
        high: The same, where sums leave open how long prompts were, by option; empty where they do not.
        left_out: The options without a price.
    """

    usage: Usage
    case: Case
    cost: Cost
    estimates: tuple[Estimate, ...]
    high: Mapping[str, Estimate]
    left_out: tuple[LeftOut, ...]

    @property
    def months(self) -> Fraction:
        """How long the log is [months]."""
        return Fraction(self.usage.span_s, MONTH_S)

    def in_period(self, month: Estimate) -> Estimate:
        """Give an estimate for the time of the log: every line of it, exactly."""
        lines = tuple(line._replace(amount=whole(Fraction(line.amount) * self.months)) for line in month.lines)
        return month._replace(lines=lines)

    def low_and_high(self, month: Estimate) -> tuple[Fraction, Fraction]:
        """Give the least and the most that an option costs for the time of the log [USD]."""
        sides = (month, self.high.get(month.option, month))
        found = [self.in_period(each).exact_usd for each in sides]
        return min(found), max(found)


def case_of_usage(usage: Usage, catalog: Catalog, *, as_of: date, peak: Count, spread: Spread = "even") -> Case:
    """Make the month that a log makes at its pace the case of any command.

    Args:
        usage: The log.
        catalog: Prices, options and assumptions.
        as_of: The day whose prices are in force.
        peak: The busiest time's rate of requests over the mean rate.
        spread: How the tokens of sums lie in their requests.
    """
    workload = workload_of(
        usage,
        usage.groups,
        hours_of(catalog),
        typical_prompt=catalog.assumption("input_tokens_per_request").value,
        scale=Fraction(MONTH_S, usage.span_s),
        spread=spread,
        peak=peak,
    )
    return Case(workload, catalog, as_of)


def reprice(usage: Usage, case: Case, options: Sequence[str], *, peak: Count) -> Repriced:
    """Price a log on the models that served it, and on options.

    Raises:
        UnknownNameError: An option of that name does not exist; with all such names.
    """
    priced = case.priced(options)
    high: Mapping[str, Estimate] = {}
    if any(group.is_pooled and group.above > 0 for group in usage.groups):
        skewed = case_of_usage(usage, case.catalog, as_of=case.as_of, peak=peak, spread="one")
        high = {each.option: each for each in skewed.priced(priced.options).estimates}
    cost = cost_of_log(usage, case.catalog, as_of=case.as_of)
    estimates = tuple(sorted(priced.estimates, key=lambda each: (bool(each.unfit), each.monthly_usd, each.option)))
    return Repriced(usage, case, cost, estimates, high, priced.left_out)


def peak_to_mean(usage: Usage) -> Fraction:
    """Give the rate of requests in the busiest bucket over the mean rate, over the time from the first to the last."""
    by_bucket: dict[int, int] = {}
    for group in usage.groups:
        by_bucket[group.start_s] = by_bucket.get(group.start_s, 0) + group.requests
    rate = Fraction(max(by_bucket.values()), min(usage.bucket_s, usage.span_s))
    return max(Fraction(1), rate / Fraction(max(1, usage.requests), usage.span_s))


def day_of(seconds: int) -> date:
    """Give the day of a moment, in UTC."""
    return datetime.fromtimestamp(seconds, UTC).date()
