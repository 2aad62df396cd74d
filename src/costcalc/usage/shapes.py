"""A log as workloads of a costcalc.yaml: requests a month, shapes that keep the cliffs of prices, and when."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, Decimal, localcontext
from fractions import Fraction
from itertools import groupby
from typing import NamedTuple

from costcalc.cost.tariff import STANDARD
from costcalc.errors import UndecidableError
from costcalc.units import HOURS_PER_MONTH, SECONDS_PER_HOUR, rounded
from costcalc.usage.curve import peak_to_mean
from costcalc.usage.groups import ANYWHERE, Group, Usage, added
from costcalc.week import WEEKDAYS
from costcalc.workload import Meter

DIGITS = 9  # of every number that is written: what they leave out is below a millionth of a bill
_WEEK_H = 7 * 24
_SHARE = Decimal(1).scaleb(-DIGITS)
_TENTH = Decimal("0.1")
_MEDIA: tuple[Meter, ...] = ("input_audio", "cache_read_audio", "input_image", "cache_read_image")

Fields = Mapping[str, Decimal]


class Hours(NamedTuple):
    """Hours of the week in which requests come more or less often.

    Args:
        weekdays: On these days; all where it is empty.
        utc: In these hours, such as "07:00-17:00".
        weight: Their rate over the mean rate.
    """

    weekdays: tuple[str, ...]
    utc: tuple[str, ...]
    weight: Decimal


class LoggedWorkload(NamedTuple):
    """What a part of a log is as a workload.

    Args:
        name: How it is called.
        model: The model as the log names it, where all of it is of one.
        requests: Requests a month at the log's pace.
        shapes: The kinds of request, as the fields of a shape in a costcalc.yaml.
        batchable_share: 1 for what was sent as a batch, else 0.
        service_tier: The tier that served it, or None for the standard one.
        region: Where it was processed, or None where that is not said, or is wherever the seller likes.
        load: When in the week requests come; nothing where that cannot be told, or where no hour differs.
        peak_to_mean: The busiest ten minutes over the mean, or None where the log has sums.
    """

    name: str
    model: str | None
    requests: Decimal
    shapes: tuple[Fields, ...]
    batchable_share: int
    service_tier: str | None
    region: str | None
    load: tuple[Hours, ...]
    peak_to_mean: Decimal | None


def logged_workloads(usage: Usage, *, by_model: bool) -> tuple[LoggedWorkload, ...]:
    """Give the workloads of a log: one for each model or label, and for what was sent as a batch or to another tier.

    Args:
        usage: What was counted; it is split by its labels where it has them.
        by_model: Whether it is split by model instead.

    Raises:
        UndecidableError: A sum does not say of how many requests it is.
    """
    parts: dict[_Key, list[Group]] = {}
    for group in usage.groups:
        tier = None if group.service_tier in STANDARD else group.service_tier
        region = None if group.region == ANYWHERE else group.region
        key = _Key(_name(group, usage, by_model=by_model), group.processing, tier, region)
        parts.setdefault(key, []).append(group)
    return tuple(_workload(key, parts[key], usage) for key in sorted(parts, key=_sorting))


class _Key(NamedTuple):
    """What is one workload."""

    name: str
    processing: str | None
    tier: str | None
    region: str | None


def _sorting(key: _Key) -> tuple[str, ...]:
    return tuple(part or "" for part in key)


def _name(group: Group, usage: Usage, *, by_model: bool) -> str:
    if by_model:
        return group.model or "no model"
    return "log" if usage.label is None else group.label or f"no {usage.label}"


def _workload(key: _Key, groups: Sequence[Group], usage: Usage) -> LoggedWorkload:
    requests = sum(group.requests for group in groups)
    if not requests or any(not group.requests for group in groups):
        raise UndecidableError(f"{key.name}: the log has sums that do not say of how many requests they are")
    part = usage.only(groups)
    peak, models = peak_to_mean(part), {group.model for group in groups}
    return LoggedWorkload(
        name=" ".join(filter(None, key)),
        model=models.pop() if len(models) == 1 else None,
        requests=digits(Fraction(requests * HOURS_PER_MONTH * SECONDS_PER_HOUR, usage.span_s)),
        shapes=tuple(_shapes(groups)),
        batchable_share=1 if key.processing == "batch" else 0,
        service_tier=key.tier,
        region=key.region,
        load=tuple(hours_of_week(part)),
        peak_to_mean=digits(peak, 4) if peak is not None else None,
    )


def digits(number: Fraction, places: int = DIGITS) -> Decimal:
    """Round a number to so many significant digits.

    Example:
        >>> digits(Fraction(2, 3)), digits(Fraction(1_234_567_890_123)), digits(Fraction(3, 2))
        (Decimal('0.666666667'), Decimal('1234567890000'), Decimal('1.5'))
    """
    with localcontext(prec=places, rounding=ROUND_HALF_EVEN):
        rounded = Decimal(number.numerator) / Decimal(number.denominator)
    return Decimal(f"{rounded.normalize():f}")


def _shapes(groups: Sequence[Group]) -> Iterator[Fields]:
    """Give a shape for each class of prompts, its share such that all of them sum to 1 as they are written."""
    classes = _classes(groups)
    total = sum(group.requests for group in groups)
    sizes = [sum(group.requests for group in alike) for alike in classes]
    shares = [digits(Fraction(size, total)) for size in sizes]
    largest = sizes.index(max(sizes))
    shares[largest] = 1 - (sum(shares) - shares[largest])
    for alike, share in zip(classes, shares, strict=True):
        yield {**({"share": share} if len(classes) > 1 else {}), **dict(fields_of(alike))}


def _classes(groups: Sequence[Group]) -> list[list[Group]]:
    """Put requests together whose prompts exceed the same thresholds; of sums nobody knows it: they are one class.

    Requests without anything that is billed are no shape of their own, since a request must have a size.
    """
    classes: dict[int, list[Group]] = {}
    for group in groups:
        classes.setdefault(-1 if group.is_pooled else group.above, []).append(group)
    empty = [key for key, alike in classes.items() if not added(alike)]
    if empty and len(classes) > len(empty):
        fullest = max(classes, key=lambda key: sum(group.requests for group in classes[key] if key not in empty))
        for key in empty:
            classes[fullest] += classes.pop(key)
    elif empty:
        raise UndecidableError("its requests have no tokens, and nothing else that is billed")
    return [classes[key] for key in sorted(classes)]


def fields_of(groups: Sequence[Group]) -> Iterator[tuple[str, Decimal]]:
    """Write the mean request of some groups as the fields of a shape.

    The prompt is rounded as a whole: rounded part by part, one at a threshold could come to lie above it.
    """
    requests, counts = sum(group.requests for group in groups), added(groups)
    mean = {meter: digits(Fraction(amount, requests)) for meter, amount in counts.items()}

    def of(*meters: Meter) -> Decimal:
        return sum((mean.get(meter, Decimal(0)) for meter in meters), start=Decimal(0))

    prompt = digits(Fraction(sum(group.prompt_tokens for group in groups), requests))
    if any(meter in mean for meter in _MEDIA):  # what is cached of a medium is a count, so what is cached of all is one
        prompt = max(prompt, of("cache_read", "cache_write", "cache_write_1h", *_MEDIA))
        parts: tuple[tuple[str, Decimal], ...] = (
            ("cache_read_tokens", of("cache_read", "cache_read_audio", "cache_read_image")),
            ("cache_write_tokens", of("cache_write", "cache_write_1h")),
            ("cache_write_1h_tokens", of("cache_write_1h")),
            ("input_audio_tokens", of("input_audio", "cache_read_audio")),
            ("cache_read_audio_tokens", of("cache_read_audio")),
            ("input_image_tokens", of("input_image", "cache_read_image")),
            ("cache_read_image_tokens", of("cache_read_image")),
        )
    else:
        parts = (
            ("cached_share", _share(of("cache_read"), prompt)),
            ("cache_write_share", _share(of("cache_write"), prompt)),
            ("cache_write_1h_share", _share(of("cache_write_1h"), prompt)),
        )
    yield "input_tokens", prompt
    yield from ((name, amount) for name, amount in parts if amount)
    yield "output_tokens", of("output", "reasoning", "output_audio", "output_image")
    yield from ((name, mean[meter]) for meter, name in _BESIDE.items() if meter in mean)


_BESIDE: dict[Meter, str] = {
    "reasoning": "reasoning_tokens",
    "output_audio": "output_audio_tokens",
    "output_image": "output_image_tokens",
    "web_search": "web_searches",
}


def _share(part: Decimal, prompt: Decimal) -> Decimal:
    """Write a share of the prompt; rounded down, the shares of a prompt never exceed it."""
    return rounded(part / prompt, _SHARE, rounding=ROUND_DOWN).normalize() if part else Decimal(0)


def hours_of_week(usage: Usage) -> Iterator[Hours]:
    """Say in which hours requests come more or less often than on average, to a tenth of the mean rate.

    A log of a week or more is asked; weekdays and weekends are told apart where they differ, single days are not: a
    log of a few weeks has each of them a few times.
    """
    hours = usage.last_s // SECONDS_PER_HOUR - usage.first_s // SECONDS_PER_HOUR + 1
    if not usage.is_dated or usage.is_pooled or hours < _WEEK_H:
        return
    weekdays, weekend = _weights(usage)
    kinds = [((), weekdays)] if weekdays == weekend else [(WEEKDAYS[:5], weekdays), (WEEKDAYS[5:], weekend)]
    for days, weights in kinds:
        for weight in sorted(set(weights) - {Decimal(1)}):
            yield Hours(days, tuple(_windows(weights, weight)), weight)


def _weights(usage: Usage) -> tuple[tuple[Decimal, ...], tuple[Decimal, ...]]:
    """Give the rate of each hour of the day over the mean rate, of weekdays and of weekends."""
    asked: dict[tuple[bool, int], int] = {}
    for group in usage.groups:
        kind = _kind_of_hour(group.start_s)
        asked[kind] = asked.get(kind, 0) + group.requests
    first, last = usage.first_s // SECONDS_PER_HOUR, usage.last_s // SECONDS_PER_HOUR
    lasted: dict[tuple[bool, int], int] = {}
    for hour in range(first, last + 1):
        kind = _kind_of_hour(hour * SECONDS_PER_HOUR)
        lasted[kind] = lasted.get(kind, 0) + 1
    mean = Fraction(sum(asked.values()), last + 1 - first)

    rates = {kind: Fraction(asked.get(kind, 0), hours) / mean for kind, hours in lasted.items()}
    weights = {
        kind: rounded(digits(rate, 28), _TENTH, rounding=ROUND_HALF_EVEN).normalize() for kind, rate in rates.items()
    }
    weekdays, weekend = (tuple(weights[kind, hour] for hour in range(24)) for kind in (False, True))
    return weekdays, weekend


def _kind_of_hour(moment_s: int) -> tuple[bool, int]:
    """Say whether a moment lies in a weekend, and in which hour of the day, UTC."""
    moment = datetime.fromtimestamp(moment_s, UTC)
    return moment.weekday() >= 5, moment.hour  # noqa: PLR2004  # Saturday is the fifth from Monday


def _windows(weights: Sequence[Decimal], weight: Decimal) -> Iterator[str]:
    """Write the hours of one weight, those that follow each other together."""
    for is_it, hours in groupby(range(24), lambda hour: weights[hour] == weight):
        if is_it:
            first, *rest = hours
            yield f"{first:02}:00-{(rest[-1] if rest else first) + 1:02}:00"
