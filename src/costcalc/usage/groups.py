"""What an engine counts in a log: integer sums by model, time and the price conditions that a request meets.

Engines count and Python prices: a log of any length comes back as a few thousand groups, and nothing else of it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Literal, NamedTuple, Self, get_args

from costcalc.units import SECONDS_PER_HOUR
from costcalc.workload import PROMPT_METERS, TOKEN_METERS, Meter

CountedMeter = Literal[
    "input", "cache_read", "cache_write", "cache_write_1h", "output", "reasoning",
    "input_audio", "cache_read_audio", "input_image", "cache_read_image", "output_audio", "output_image", "web_search",
]  # fmt: skip
COUNTED: tuple[CountedMeter, ...] = get_args(CountedMeter)

FaultKind = Literal[
    "no time", "not a count", "cached exceeds input", "no usage", "gateway cache", "broken", "unknown meter"
]
# why a row is not counted, in the order of the negative numbers -1, -2, … that stand for it in a group's `above`
FAULTS: tuple[FaultKind, ...] = get_args(FaultKind)
# a gateway that answers from a cache of its own, and a call that failed before it was billed, are no faults of the log
SET_ASIDE: frozenset[FaultKind] = frozenset({"gateway cache", "no usage"})
ANYWHERE = "global"  # a region that is none: the seller processes where it likes
LEAST_S = 60  # a month is never made of less
_FIRST_DAY_S = 946_684_800  # 2000 began; nobody sold tokens before


class Group(NamedTuple):
    """Requests of a log that are priced alike.

    Args:
        model: The model as the log names it, with its provider where the log has one; "" where it names none.
        start_s: When their time bucket begins [s since 1970, UTC].
        above: How many of the thresholds each prompt exceeds; for sums, how many it may exceed.
        is_pooled: Whether the log has sums over several requests, so that no prompt's length is known.
        processing: ``batch``, or None.
        service_tier: The tier that served them, or None for the standard one.
        label: What they are shown by: a team, a key, a tag; None where nothing was asked for.
        requests: How many there are; 0 where the log has sums and does not say of how many.
        counts: What they use of each meter, together, by meter.
        recorded_nano_usd: What the log says that they cost [1e-9 USD], or None where it says nothing.
        region: Where they were processed (``global`` for wherever the seller likes), or None where nothing says it.
    """

    model: str
    start_s: int
    above: int
    is_pooled: bool
    processing: str | None
    service_tier: str | None
    label: str | None
    requests: int
    counts: Mapping[CountedMeter, int]
    recorded_nano_usd: int | None
    region: str | None = None

    @property
    def day(self) -> date:
        """The day on which they were made, in UTC."""
        return datetime.fromtimestamp(self.start_s, UTC).date()

    @property
    def prompt_tokens(self) -> int:
        """All prompts together [tokens]."""
        return sum(self.counts.get(meter, 0) for meter in COUNTED if meter in PROMPT_METERS)

    @property
    def tokens(self) -> int:
        """Prompts and answers together [tokens]."""
        return sum(amount for meter, amount in self.counts.items() if meter in TOKEN_METERS)


class Fault(NamedTuple):
    """Rows of one kind that are not counted.

    Args:
        kind: Why not.
        rows: How many.
        places: Where the first of them stand, ``file:line``, as far as that is known.
        found: What stands there in place of what is expected, where it may be shown.
    """

    kind: FaultKind
    rows: int
    places: tuple[str, ...] = ()
    found: str = ""


@dataclass(frozen=True, slots=True)
class Usage:
    """What a log says, counted.

    Args:
        groups: The counted requests.
        bucket_s: How long a time bucket is [s].
        thresholds: The prompt lengths above which some price differs [tokens], ascending.
        first_s: When the first counted row was made [s since 1970, UTC].
        last_s: When the last one was; of a sum, when its time ends.
        rows: How many rows are counted.
        faults: Those that are not.
        repeated: Rows that repeat an earlier one by their id, as retries and joined exports do, and are counted once.
        differing: How many ids stand in rows whose counts differ.
        files: How many files were read.
        formats: In which formats.
        label: By what the groups are labelled, or None.
        load: When each bucket begins and its requests, where the groups hold several buckets that are priced alike.
    """

    groups: tuple[Group, ...]
    bucket_s: int
    thresholds: tuple[int, ...]
    first_s: int
    last_s: int
    rows: int
    faults: tuple[Fault, ...] = ()
    repeated: int = 0
    differing: int = 0
    files: int = 1
    formats: tuple[str, ...] = ()
    label: str | None = None
    load: tuple[tuple[int, int], ...] = ()

    @property
    def is_dated(self) -> bool:
        """Whether the times are days of the calendar; some traces count from 0."""
        return self.first_s >= _FIRST_DAY_S

    @property
    def requests(self) -> int:
        """How many requests are counted."""
        return sum(group.requests for group in self.groups)

    @property
    def span_s(self) -> int:
        """From the first row to the last [s]; nothing is shorter than a second."""
        return max(self.last_s - self.first_s, 1)

    @property
    def makes_month(self) -> bool:
        """Whether it is long enough to go on at its pace."""
        return self.span_s >= LEAST_S

    @property
    def span_hours(self) -> Fraction:
        """The same [h]."""
        return Fraction(self.span_s, SECONDS_PER_HOUR)

    @property
    def is_pooled(self) -> bool:
        """Whether some of it are sums over several requests."""
        return any(group.is_pooled for group in self.groups)

    def total(self, meter: CountedMeter) -> int:
        """What all requests together use of a meter."""
        return sum(group.counts.get(meter, 0) for group in self.groups)

    def only(self, groups: Iterable[Group]) -> Self:
        """Give a part of it, over the same time."""
        return replace(self, groups=tuple(groups))

    def in_region(self, region: str | None) -> Self:
        """Say where those requests were processed of which the log does not say it."""
        if region is None:
            return self
        return self.only(group if group.region is not None else group._replace(region=region) for group in self.groups)

    @property
    def models(self) -> tuple[str, ...]:
        """The models as the log names them, most tokens first."""
        tokens: dict[str, int] = {}
        for group in self.groups:
            tokens[group.model] = tokens.get(group.model, 0) + group.tokens
        return tuple(sorted(tokens, key=lambda model: (-tokens[model], model)))


def added(groups: Sequence[Group]) -> dict[Meter, int]:
    """Add up what groups use of every meter; a meter that none of them uses is left out.

    Example:
        >>> one = Group("m", 0, 0, False, None, None, None, 1, {"input": 5, "output": 2}, None)
        >>> added([one, one])
        {'input': 10, 'output': 4}
    """
    totals: dict[Meter, int] = {}
    for group in groups:
        for meter, amount in group.counts.items():
            totals[meter] = totals.get(meter, 0) + amount
    return {meter: totals[meter] for meter in COUNTED if totals.get(meter)}


def merged(groups: Iterable[Group]) -> tuple[Group, ...]:
    """Add up groups that are priced alike, in an order that does not depend on where they come from.

    What the log says of its cost is added up only with its like: beside requests of which it says nothing, the sum
    would pass for the cost of all.

    Example:
        >>> one = Group("m", 0, 0, False, None, None, None, 1, {"input": 5}, 7)
        >>> silent = one._replace(recorded_nano_usd=None)
        >>> [(group.requests, group.recorded_nano_usd) for group in merged([one, silent, one])]
        [(2, 14), (1, None)]
    """
    found: dict[tuple[object, ...], Group] = {}
    for group in groups:
        key = (*group[:7], group.region, group.recorded_nano_usd is None)
        found[key] = _sum(found[key], group) if key in found else group
    return tuple(sorted(found.values(), key=_order))


def _sum(group: Group, other: Group) -> Group:
    recorded = group.recorded_nano_usd
    counts = {meter: group.counts.get(meter, 0) + other.counts.get(meter, 0) for meter in COUNTED}
    return group._replace(
        requests=group.requests + other.requests,
        counts={meter: amount for meter, amount in counts.items() if amount},
        recorded_nano_usd=recorded + (other.recorded_nano_usd or 0) if recorded is not None else None,
    )


def _order(group: Group) -> tuple[object, ...]:
    return group.start_s, group.model, group.above, str((*group[3:7], group.region)), group.recorded_nano_usd is None
