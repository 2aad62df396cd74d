"""A workload: requests a month, the shapes that they have, and when in the week they come.

Meters are disjoint: a token is counted once, as fresh input, as a cache read, as a cache write or as
output. Vendors' usage records overlap (cached tokens are part of the input); `Shape.from_usage` takes
them apart at the door, so that pricing is a sum of quantity × unit price.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal, Self, get_args

from costcalc.units import SECONDS_PER_MINUTE, Count, Number, exact, times, whole
from costcalc.week import UNIFORM, Load

PromptMeter = Literal[
    "input", "cache_read", "cache_write", "cache_write_1h", "cache_write_12h",
    "input_audio", "cache_read_audio", "input_image", "cache_read_image", "input_video",
]  # fmt: skip
OutputMeter = Literal["output", "reasoning", "output_audio", "output_image"]
TokenMeter = Literal[PromptMeter, OutputMeter]
CallMeter = Literal[
    "request", "web_search", "file_search", "container_session", "page", "input_picture", "output_picture",
]  # fmt: skip
TimeMeter = Literal["input_duration", "output_duration", "container_duration"]  # in seconds
CharacterMeter = Literal["input_character", "output_character"]
StorageMeter = Literal["cache_storage"]  # in tokens × hours
UnitMeter = Literal[CallMeter, TimeMeter, CharacterMeter]
Meter = Literal[TokenMeter, UnitMeter, StorageMeter]
WorkloadKind = Literal[
    "customer_service", "research", "coding_swe_bench_critical", "coding_assistant", "content_moderation",
    "semantic_search", "extraction", "summarisation", "agentic", "batch_offline", "general",
]  # fmt: skip
Effort = Literal["low", "medium", "high"]  # of reasoning, where a request asks for one

PROMPT_METERS: tuple[PromptMeter, ...] = get_args(PromptMeter)
OUTPUT_METERS: tuple[OutputMeter, ...] = get_args(OutputMeter)
_PROMPT, _OUTPUT = frozenset(PROMPT_METERS), frozenset(OUTPUT_METERS)
TOKEN_METERS: tuple[TokenMeter, ...] = (*PROMPT_METERS, *OUTPUT_METERS)
CALL_METERS: tuple[CallMeter, ...] = get_args(CallMeter)
TIME_METERS: tuple[TimeMeter, ...] = get_args(TimeMeter)
CHARACTER_METERS: tuple[CharacterMeter, ...] = get_args(CharacterMeter)
STORAGE_METERS: tuple[StorageMeter, ...] = get_args(StorageMeter)
UNIT_METERS: tuple[UnitMeter, ...] = (*CALL_METERS, *TIME_METERS, *CHARACTER_METERS)
METERS: tuple[Meter, ...] = (*TOKEN_METERS, *UNIT_METERS, *STORAGE_METERS)
# what is cached, as what it is where nothing is
FRESH: dict[TokenMeter, TokenMeter] = {
    **dict.fromkeys(("cache_read", "cache_write", "cache_write_1h", "cache_write_12h"), "input"),
    "cache_read_audio": "input_audio",
    "cache_read_image": "input_image",
}
KINDS: tuple[WorkloadKind, ...] = get_args(WorkloadKind)
EFFORTS: tuple[Effort, ...] = get_args(Effort)
# a product asks the model, not a person at a tool: no subscription is sold for it
SERVER_KINDS: frozenset[WorkloadKind] = frozenset(
    {"customer_service", "content_moderation", "semantic_search", "extraction", "agentic", "batch_offline"}
)

_set = object.__setattr__  # records never change, but for what they work out when they are made


@dataclass(frozen=True, slots=True)
class Shape:
    """One kind of request, as disjoint meters.

    Args:
        tokens: Tokens of one request by meter; a meter that is absent is not used.
        units: What else of one request is billed, by meter: calls, pages and pictures by their number, durations in
            seconds, characters; ``request`` itself is implied.
        share: Share of the workload's requests that have this shape; a workload's shares sum to 1.
        batchable_share: Share of these requests that can wait for a batch, or None for the workload's.
        load: When in the week these requests come, or None for the workload's.
        is_answer: Whether ``output`` is the answer that a reader sees, so that what a model reasons comes on top.

    Raises:
        ValueError: A number is negative.

    Attributes:
        prompt_tokens: The whole prompt, cached tokens included: what chooses a long-context tier.
        output_tokens: Everything generated, reasoning included.
    """

    tokens: Mapping[TokenMeter, Count]
    units: Mapping[UnitMeter, Count] = field(default_factory=dict)
    share: Count = 1
    batchable_share: Count | None = None
    load: Load | None = None
    is_answer: bool = False

    prompt_tokens: Count = field(init=False, repr=False, compare=False)
    output_tokens: Count = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        prompt: Count = 0
        output: Count = 0
        for meter, amount in self.tokens.items():
            if meter in _PROMPT:
                prompt += amount
            elif meter in _OUTPUT:
                output += amount
        _set(self, "prompt_tokens", prompt)
        _set(self, "output_tokens", output)
        if min(self.share, *self.tokens.values(), *self.units.values(), 0) < 0:
            stated = (*self.tokens.items(), *self.units.items(), ("share", self.share))
            name, number = next(each for each in stated if each[1] < 0)
            raise ValueError(f"expected a number that is not negative, found {name} {number}")

    @classmethod
    def of(
        cls,
        *,
        input_tokens: Number = 0,
        output_tokens: Number = 0,
        cached_share: Number = 0,
        cache_write_share: Number = 0,
        cache_write_1h_share: Number = 0,
        reasoning_tokens: Number = 0,
        **parts: Number,
    ) -> Self:
        """Describe a request by its size and what share of its prompt is read from or written to the cache.

        Args:
            input_tokens: The whole prompt [tokens].
            output_tokens: Everything generated, reasoning included [tokens].
            cached_share: Share of the prompt that is read from the cache, 0 to 1.
            cache_write_share: Share of the prompt that is written to it at the default time to live, 0 to 1.
            cache_write_1h_share: Share of the prompt that is written to it for an hour, 0 to 1.
            reasoning_tokens: The part of the output that is reasoning [tokens].
            parts: What else `from_usage` takes: audio, pictures, video, searches, pages, the share of the requests.

        Raises:
            ValueError: A share is above 1, the cached parts exceed the prompt, or a number is negative.

        Example:
            >>> Shape.of(input_tokens=2_000, cached_share=0.25, output_tokens=300).tokens
            {'input': 1500, 'cache_read': 500, 'output': 300}
        """
        prompt, read = exact(input_tokens), exact(cached_share)
        written, hour = exact(cache_write_share), exact(cache_write_1h_share)
        total = read + written + hour if written or hour else read
        if total.numerator > total.denominator:
            raise ValueError(f"cached and written shares sum to {float(total):g}; at most 1 is a whole prompt")
        cached = times(prompt, read)
        if not (written or hour or reasoning_tokens or parts):  # most requests: there is nothing to take apart
            tokens: dict[TokenMeter, Count] = {"input": prompt - cached, "cache_read": cached}
            tokens["output"] = exact(output_tokens)
            return cls({meter: amount for meter, amount in tokens.items() if amount})
        return cls.from_usage(
            input_tokens=prompt,
            cache_read_tokens=cached,
            cache_write_tokens=times(prompt, written + hour),
            cache_write_1h_tokens=times(prompt, hour),
            output_tokens=output_tokens,
            output_reasoning_tokens=reasoning_tokens,
            **parts,
        )

    @classmethod
    def from_usage(
        cls,
        *,
        input_tokens: Number | None = None,
        output_tokens: Number = 0,
        cache_read_tokens: Number = 0,
        cache_write_tokens: Number | None = None,
        cache_write_5m_tokens: Number | None = None,
        cache_write_1h_tokens: Number = 0,
        cache_write_12h_tokens: Number = 0,
        input_audio_tokens: Number = 0,
        cache_audio_read_tokens: Number = 0,
        output_audio_tokens: Number = 0,
        output_image_tokens: Number = 0,
        input_image_tokens: Number = 0,
        cache_image_read_tokens: Number = 0,
        input_video_tokens: Number = 0,
        output_reasoning_tokens: Number = 0,
        share: Number = 1,
        **units: Number,
    ) -> Self:
        """Take an overlapping usage record apart into disjoint meters.

        Totals contain their parts: ``input_tokens`` is the whole prompt with cached, written, audio and image
        tokens; ``cache_read_tokens`` contains cached audio; ``cache_write_tokens`` contains every time to live;
        ``output_tokens`` contains reasoning, audio and images. Without ``input_tokens`` the prompt is the sum of its
        cached parts. All are [tokens].

        What is not counted in tokens comes as ``units``: ``web_searches``, ``file_searches``, ``pages``,
        ``input_pictures``, ``output_pictures``, ``input_seconds``, ``output_seconds``, ``input_characters``,
        ``output_characters``, ``container_sessions``, and ``container_minutes``, the length of each session.

        Raises:
            ValueError: A part exceeds its total, a split by time to live or a medium that is not cached has no total,
                or a number is negative.
            TypeError: There is no such count.

        Example:
            >>> Shape.from_usage(input_tokens=50_000, cache_read_tokens=10_000, cache_write_tokens=30_000,
            ...                  cache_write_1h_tokens=10_000).tokens
            {'input': 10000, 'cache_read': 10000, 'cache_write': 20000, 'cache_write_1h': 10000}
        """
        written = _cache_writes(
            cache_write_tokens, cache_write_5m_tokens, cache_write_1h_tokens, cache_write_12h_tokens
        )
        audio, cached_audio = _parts(
            "input_audio_tokens", input_audio_tokens, {"cache_read_audio": cache_audio_read_tokens}
        )
        image, cached_image = _parts(
            "input_image_tokens", input_image_tokens, {"cache_read_image": cache_image_read_tokens}
        )
        cached_media = {**cached_audio, **cached_image}
        read, _ = _parts("cache_read_tokens", cache_read_tokens, cached_media)
        media = {"input_audio": audio, "input_image": image, "input_video": input_video_tokens}
        if input_tokens is None and any(media.values()):
            raise ValueError("invalid usage: input_tokens is missing; audio, images and video are parts of that total")
        inside = {"cache_read": read, **written, **cached_media, **media}
        total = input_tokens if input_tokens is not None else sum(exact(part) for part in inside.values())
        fresh, prompt = _parts("input_tokens", total, inside)
        generated = {
            "reasoning": output_reasoning_tokens,
            "output_audio": output_audio_tokens,
            "output_image": output_image_tokens,
        }
        answer, output = _parts("output_tokens", output_tokens, generated)
        tokens = {"input": fresh, **prompt, "output": answer, **output}
        return cls({meter: tokens[meter] for meter in TOKEN_METERS if tokens.get(meter)}, _units(units), exact(share))


UNIT_COUNTS: dict[str, UnitMeter] = {
    "web_searches": "web_search",
    "file_searches": "file_search",
    "pages": "page",
    "input_pictures": "input_picture",
    "output_pictures": "output_picture",
    "input_seconds": "input_duration",
    "output_seconds": "output_duration",
    "input_characters": "input_character",
    "output_characters": "output_character",
    "container_sessions": "container_session",
    "container_minutes": "container_duration",
}


def _units(counts: Mapping[str, Number]) -> dict[UnitMeter, Count]:
    """Read the counts of what is not tokens; minutes of containers are those of each session."""
    if not counts:
        return {}
    unknown = next((name for name in counts if name not in UNIT_COUNTS), None)
    if unknown is not None:
        raise TypeError(f"unknown count '{unknown}'; expected one of: {', '.join(UNIT_COUNTS)}")
    units = {UNIT_COUNTS[name]: exact(count) for name, count in counts.items()}
    if minutes := units.get("container_duration"):
        sessions = units["container_session"] = units.get("container_session") or 1
        units["container_duration"] = sessions * minutes * SECONDS_PER_MINUTE
    return {meter: units[meter] for meter in UNIT_METERS if units.get(meter)}


def _parts(name: str, total: Number, parts: Mapping[str, Number]) -> tuple[Count, dict[str, Count]]:
    """Subtract the parts from their total; a part larger than its total is an invalid record.

    Returns:
        What they leave, and those that are not 0.
    """
    whole_total = exact(total)
    if not any(parts.values()):
        return whole_total, {}
    exact_parts = {part: exact(amount) for part, amount in parts.items() if amount != 0}
    inside = sum(exact_parts.values(), start=0)
    if inside > whole_total:
        named = " + ".join(f"{part} {float(amount):g}" for part, amount in exact_parts.items() if amount)
        raise ValueError(f"invalid usage: {named} exceeds {name} {float(whole_total):g}, which contains it")
    return whole_total - inside, exact_parts


def _cache_writes(total: Number | None, default: Number | None, hour: Number, half_day: Number) -> dict[str, Count]:
    """Split cache writes by time to live; the default is what the other parts of the total leave."""
    longer = {"cache_write_1h": hour, "cache_write_12h": half_day}
    if total is None and (exact(hour) or exact(half_day)):
        raise ValueError("invalid usage: cache_write_tokens is missing; a split by time to live needs its total")
    rest, parts = _parts("cache_write_tokens", total if total is not None else default or 0, longer)
    if default is not None and exact(default) != rest:
        raise ValueError(
            f"invalid usage: cache_write_5m_tokens {default} is not what the longer times to live leave"
            f" of cache_write_tokens {total}"
        )
    return {"cache_write": rest, **parts}


@dataclass(frozen=True, slots=True)
class Workload:
    """What is to be served in a month.

    Args:
        requests: Requests a month; a fraction is a mean.
        shapes: The kinds of request; their shares sum to 1. Prices have cliffs in the prompt length, so a
            few shapes say more than one mean, and a month's total is never priced as one prompt.
        batchable_share: Share of requests that can wait for a batch (about a day), 0 to 1.
        service_tier: The tier that every request needs, or None for the standard one.
        region: The region that it must be processed in, or None for any.
        load: When in the week requests come.
        peak_to_mean: The busiest hour's rate of requests over the mean rate, or None for what the load says.
        name: How it is called.
        kind: What it is for.
        seats: People who use it, each at a tool of their own; None where that is not said.
        tokens_as: Whose tokens the counts of text are: a model's or a tokenizer's; None for each model's own.
        effort: The effort of reasoning that requests ask for, or None for none in particular.
        stored: What a cache keeps in a month, however many requests read it [tokens × hours].
        has_usual_peak: Whether nobody stated its peak, so that ``peak_to_mean`` is what such work usually has.
        logged: Whether it is what a log says: ``here`` of the very model that is priced, where what was read from a
            cache is a fact; ``elsewhere`` of other models, where each model bills writes as it sells its cache.

    Raises:
        ValueError: Shares do not sum to 1, or a number is out of its range.
    """

    requests: Count
    shapes: tuple[Shape, ...]
    batchable_share: Count = 0
    service_tier: str | None = None
    region: str | None = None
    load: Load = UNIFORM
    name: str = "workload"
    peak_to_mean: Count | None = None
    kind: WorkloadKind = "general"
    seats: int | None = None
    tokens_as: str | None = None
    effort: Effort | None = None
    stored: Count = 0
    has_usual_peak: bool = False
    logged: Literal["here", "elsewhere"] | None = None

    def __post_init__(self) -> None:
        _set(self, "requests", exact(self.requests))
        _set(self, "stored", exact(self.stored))
        if self.peak_to_mean is not None:
            _set(self, "peak_to_mean", exact(self.peak_to_mean))
        _set(self, "batchable_share", exact(self.batchable_share))
        if (total := sum([shape.share for shape in self.shapes])) != 1:
            raise ValueError(f"the shares of the shapes sum to {float(total):g}; expected 1")
        if self.peak_to_mean is not None and self.peak_to_mean < 1:
            raise ValueError(f"a peak is at least the mean: expected 1 or more, found {float(self.peak_to_mean):g}")
        if self.batchable_share > 1:
            raise ValueError(f"expected a batchable share from 0 to 1, found {float(self.batchable_share):g}")
        if self.kind not in KINDS:
            raise ValueError(f"expected a kind of workload ({', '.join(KINDS)}), found '{self.kind}'")
        if self.seats is not None and self.seats < 1:
            raise ValueError(f"expected at least one seat, found {self.seats}")

    @classmethod
    def single(
        cls,
        *,
        requests: Number,
        input_tokens: Number = 0,
        output_tokens: Number = 0,
        cached_share: Number = 0,
        batchable_share: Number = 0,
        service_tier: str | None = None,
        region: str | None = None,
    ) -> Self:
        """A workload whose requests all have one shape: ``requests`` a month, tokens per request.

        Example:
            >>> Workload.single(requests=100, input_tokens=10_000, output_tokens=1_000).output_tokens
            100000
        """
        shape = Shape.of(input_tokens=input_tokens, output_tokens=output_tokens, cached_share=cached_share)
        return cls(exact(requests), (shape,), exact(batchable_share), service_tier, region)

    @property
    def is_seats(self) -> bool:
        """Whether people at a tool cause it, so that a subscription may serve it."""
        return self.seats is not None and self.kind not in SERVER_KINDS

    @property
    def peak(self) -> Count:
        """The busiest hour's rate of requests over the mean rate: as stated, else as the load says."""
        return self.load.peak_to_mean if self.peak_to_mean is None else self.peak_to_mean

    @property
    def longest_request(self) -> Count:
        """Tokens of the longest kind of request, prompt and output: what a context window must hold."""
        return max(shape.prompt_tokens + shape.output_tokens for shape in self.shapes)

    @property
    def input_tokens(self) -> Count:
        """Prompt tokens a month, cached ones included."""
        return whole(Fraction(self.requests * sum(shape.share * shape.prompt_tokens for shape in self.shapes)))

    @property
    def output_tokens(self) -> Count:
        """Output tokens a month, reasoning included."""
        return whole(Fraction(self.requests * sum(shape.share * shape.output_tokens for shape in self.shapes)))

    @property
    def counted_tokens(self) -> Count:
        """Tokens a month per million of which a cost is given: those generated or, where nothing is, those read."""
        return self.output_tokens or self.input_tokens
