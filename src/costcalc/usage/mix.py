"""A log's groups as a workload of many shapes: one for each set of price conditions that its requests meet."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import Literal, NamedTuple

from costcalc.catalog.catalog import Catalog
from costcalc.units import HOURS_PER_MONTH, SECONDS_PER_HOUR, SECONDS_PER_MINUTE, Count, whole
from costcalc.usage.aggregate import Alike
from costcalc.usage.groups import Group, Usage, added
from costcalc.week import UNIFORM, WEEK, Hours, Load
from costcalc.workload import Meter, Shape, Workload

MONTH_S = HOURS_PER_MONTH * SECONDS_PER_HOUR
_MONDAY = 3 * 24 * 60  # 1970 began on a Thursday [minutes from the Monday before]

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


def alike_of(catalog: Catalog) -> Alike:
    """Say which times of the week every price of the catalog treats alike."""
    hours, slot_s = hours_of(catalog), bucket_of(catalog)
    step = slot_s // SECONDS_PER_MINUTE
    numbers: dict[tuple[bool, ...], int] = {}
    slots = [tuple(each.holds(minute) for each in hours) for minute in range(0, WEEK, step)]
    return Alike(slot_s, tuple(numbers.setdefault(held, len(numbers)) for held in slots))


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


def day_of(seconds: int) -> date:
    """Give the day of a moment, in UTC."""
    return datetime.fromtimestamp(seconds, UTC).date()
