"""The numbers of a month, said or assumed, by their paths; and the workload that they make."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import ROUND_CEILING, Decimal
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from costcalc.case.inputs import REQUEST_DIGITS, Input, assumed_input
from costcalc.case.usual import PEAK, USUAL_PEAK, UsualPeak, assumed, peak_inputs, peak_of_kind
from costcalc.catalog.catalog import Catalog
from costcalc.catalog.forms.scalars import Interval, high_of
from costcalc.errors import FlagError
from costcalc.units import whole
from costcalc.workload import Shape, Workload, WorkloadKind

if TYPE_CHECKING:
    from costcalc.catalog.rules.entries import KindEntry, SeatRequests

INPUT_SIZE = "assumptions.input_tokens_per_request"
OUTPUT_SIZE = "assumptions.output_tokens_per_request"
RETRIES = "assumptions.retry_rate"
REASONING = "assumptions.reasoning_token_multiplier"
TOKENS, REQUESTS, PER_SEAT = "workload.output_tokens", "workload.requests", "workload.requests_per_seat"
PER_REQUEST = "workload.per_request."
CONVERSATIONS, SEATS = "workload.conversations", "workload.seats"
_OF_A_REQUEST = ("input_tokens", "output_per_request", "answer_tokens", "cached_share", "cache_write_share")
_UNITS = {
    "output_tokens": "tokens/month",
    "input_tokens": "tokens/month",
    "output_per_request": "tokens",
    "answer_tokens": "tokens",
    "peak_to_mean": "ratio",
}
_ONE = Decimal(1)
_NONE = Decimal(0)


class Size(NamedTuple):
    """One kind of request as it is said on a command line; a number may be a range.

    Args:
        input_tokens: The whole prompt [tokens]; in a conversation, what each turn adds to it.
        output_tokens: What is generated [tokens].
        share: Share of the requests, or None where there is one size only.
    """

    input_tokens: Decimal
    output_tokens: Decimal
    share: Decimal | None = None


class Traffic(NamedTuple):
    """A month's traffic as flags give it; what is None was not said, and each number may be a range.

    Args:
        output_tokens: Output tokens a month.
        input_tokens: Input tokens of such a month, cached ones included.
        requests: Requests a month.
        conversations: Conversations a month, each of `turns` requests that read the whole history again.
        turns: Requests of one conversation.
        seats: Number of people, each with a seat.
        sizes: The kinds of request, with their shares.
        output_per_request: Output tokens of one request.
        answer_tokens: What a reader sees of the output of one request, to which each model adds its own reasoning.
        cached_share: Share of the prompt that is read from the cache, 0 to 1.
        cache_write_share: Share of the prompt that is written to it, 0 to 1.
        peak_to_mean: The busiest hour's rate of requests over the mean rate.
        kind: What it is for.
        reasons: Whether the sizes are what a reader sees, so that the model's reasoning comes on top.
        per_request: What else each request uses, by the names that `Shape.from_usage` takes.
    """

    output_tokens: Decimal | None = None
    input_tokens: Decimal | None = None
    requests: Decimal | None = None
    conversations: Decimal | None = None
    turns: Decimal | None = None
    seats: Decimal | None = None
    sizes: tuple[Size, ...] = ()
    output_per_request: Decimal | None = None
    answer_tokens: Decimal | None = None
    cached_share: Decimal | None = None
    cache_write_share: Decimal | None = None
    peak_to_mean: Decimal | None = None
    kind: WorkloadKind | None = None
    reasons: bool = False
    per_request: tuple[tuple[str, Decimal], ...] = ()

    @property
    def counts_output_alone(self) -> bool:
        """Whether nothing but a number of output tokens was said of the requests."""
        said = (self.input_tokens, self.requests, self.conversations, self.cached_share, self.cache_write_share)
        bare = not self.sizes and not self.per_request and self.kind is None
        return self.output_tokens is not None and bare and set(said) == {None}

    @property
    def media_read(self) -> Decimal:
        """Tokens of a prompt that are no text."""
        names = ("input_audio_tokens", "input_image_tokens", "input_video_tokens")
        return sum((number for name, number in self.per_request if name in names), start=_NONE)

    @property
    def media_made(self) -> Decimal:
        """Tokens of an output that are no text."""
        names = ("output_audio_tokens", "output_image_tokens")
        return sum((number for name, number in self.per_request if name in names), start=_NONE)


class _Request(NamedTuple):
    """One kind of request with every number known [tokens]."""

    prompt: Decimal | Fraction
    output: Decimal
    share: Decimal


class Month:
    """The numbers of a month by their paths.

    Args:
        traffic: What was said, checked by `traffic_case`.
        catalog: Where the rest comes from.

    Attributes:
        numbers: Every number, at its central value or as a range.
    """

    def __init__(self, traffic: Traffic, catalog: Catalog) -> None:
        self._traffic, self._catalog = traffic, catalog
        self._kind: WorkloadKind = traffic.kind or "general"
        self._entry: KindEntry | None = catalog.kinds()[traffic.kind] if traffic.kind is not None else None
        self._per_seat: SeatRequests | None = None
        self._peak: UsualPeak | None = None
        self.numbers: dict[str, Decimal] = dict(_said(traffic))
        self._add_assumed()

    def _add_assumed(self) -> None:
        """Take from the kind of work, else from the assumptions, what was not said."""
        said, kind = self._traffic, self._entry
        if not said.sizes:
            own = said.output_per_request is not None or said.answer_tokens is not None
            if not own and (said.output_tokens is None or said.requests is None):
                self._usual(OUTPUT_SIZE, "workload.output_per_request", kind.output_tokens if kind else None)
            if said.input_tokens is None:
                self._usual(INPUT_SIZE, "workload.input_per_request", kind.input_tokens if kind else None)
        if said.peak_to_mean is None:
            self._peak = peak_of_kind(self._kind, self._catalog)
            self.numbers[USUAL_PEAK if self._peak.assumed else PEAK] = self._peak.value
        if not {TOKENS, REQUESTS, CONVERSATIONS} & self.numbers.keys():
            self._add_seats()
        if said.reasons:
            self._usual(REASONING, "", None)

    def _usual(self, assumption: str, path: str, of_kind: Decimal | None) -> None:
        if of_kind is not None:
            self.numbers[path] = of_kind
            return
        # a request generates at least a token, and reasoning only adds to it; a prompt and a retry may be missing
        least = _ONE if assumption in {OUTPUT_SIZE, REASONING} else _NONE
        self.numbers[assumption] = assumed(assumption, self._catalog, least=least)

    def _add_seats(self) -> None:
        """A person's requests are those of the kind of work; those that fail are sent again, and paid."""
        self._per_seat = self._entry.requests_per_seat if self._entry is not None else None
        if self._per_seat is None:
            known = [name for name, entry in self._catalog.kinds().items() if entry.requests_per_seat is not None]
            why = (
                f"nobody knows how much a person sends for '{self._kind}'" if self._entry else "say what seats are for"
            )
            raise FlagError(f"{why}: give --kind {' or '.join(known)}, or how much is to be served (--requests)")
        self.numbers[PER_SEAT] = self._per_seat.value
        self._usual(RETRIES, "", None)

    def inputs(self) -> tuple[Input, ...]:
        """List the numbers that are not known exactly."""
        return tuple(self._uncertain())

    def _uncertain(self) -> Iterator[Input]:
        for path, number in self.numbers.items():
            room, _, name = path.partition(".")
            if path in {USUAL_PEAK, PEAK} and self._peak is not None:
                yield from peak_inputs(self._peak, self._catalog)
            elif room == "assumptions":
                known = self._catalog.assumption(name)
                if known.drawn and known.low < known.high:
                    least = _NONE if path == RETRIES else _ONE  # a request has at least a token
                    yield assumed_input(name, known)._replace(least=least, digits=REQUEST_DIGITS)
            elif isinstance(number, Interval):
                yield self._bounded(_input_of(path, number))
        if self._per_seat is not None and self._per_seat.low < self._per_seat.high:
            yield Input(PER_SEAT, self._per_seat.value, self._per_seat.low, self._per_seat.high, "requests/seat-month")

    def _bounded(self, one: Input) -> Input:
        """Keep a size where its parts fit into it, and shares of a prompt where they are at most all of it."""
        written = high_of(self.numbers.get("workload.cache_write_share", _NONE))
        cached = high_of(self.numbers.get("workload.cached_share", _NONE)) + written
        read, made = self._traffic.media_read, self._traffic.media_made
        name = one.path.rpartition(".")[2]
        if name == "cache_write_share":
            return one._replace(most=written)
        if name == "cached_share":
            return one._replace(most=cached - written if read else 1 - written)
        if one.path.startswith("workload.shapes.") and name == "input_tokens" and read:
            return one._replace(least=(read / (1 - cached)).to_integral_value(ROUND_CEILING))
        return one._replace(least=max(_ONE, made)) if one.path.startswith("workload.shapes.") and made else one

    @property
    def volume(self) -> str:
        """The path of the number that scales the requests and nothing else, where it is uncertain."""
        if TOKENS in self.numbers and REQUESTS in self.numbers:
            return ""  # either moves the tokens of a request
        found = (path for path in (REQUESTS, TOKENS, CONVERSATIONS, SEATS) if path in self.numbers)
        path = next(found, "")
        return path if isinstance(self.numbers.get(path), Interval) and path != SEATS else ""

    def workload(self, values: Mapping[str, Decimal]) -> Workload:
        """Make the workload, with other values of some numbers by their paths."""
        at = {**self.numbers, **values}
        kind, seats = self._entry, at.get(SEATS)
        requests = self._requests(at)
        peak = at[PEAK] if PEAK in at else at[USUAL_PEAK]
        return Workload(
            requests=whole(requests),
            shapes=tuple(self._shapes(at)) if self._traffic.answer_tokens is None else tuple(self._answers(at)),
            batchable_share=Fraction(kind.batchable_share) if kind is not None else 0,
            name="flags",
            peak_to_mean=Fraction(peak),
            kind=self._kind,
            seats=max(1, round(seats)) if seats is not None else None,
            has_usual_peak=self._peak is not None,
        )

    def _sizes(self, at: Mapping[str, Decimal]) -> Iterator[_Request]:
        """Give the kinds of request as a reader sees them, without reasoning."""
        for index, size in enumerate(self._traffic.sizes):
            prompt, output = (at[f"workload.shapes.{index}.{name}"] for name in ("input_tokens", "output_tokens"))
            yield _Request(prompt, output, _ONE if size.share is None else size.share)
        if not self._traffic.sizes:
            yield _Request(self._prompt(at), self._output(at), _ONE)

    def _output(self, at: Mapping[str, Decimal]) -> Decimal:
        for path in ("workload.output_per_request", "workload.answer_tokens"):
            if path in at:
                return at[path]
        return at[OUTPUT_SIZE] if OUTPUT_SIZE in at else at[TOKENS] / at[REQUESTS]

    def _prompt(self, at: Mapping[str, Decimal]) -> Decimal | Fraction:
        """A month's input tokens are those of the central volume; where the volume moves, they move along."""
        if "workload.input_tokens" not in at:
            return at["workload.input_per_request"] if "workload.input_per_request" in at else at[INPUT_SIZE]
        central = {**at, **{path: self.numbers[path] for path in (TOKENS, REQUESTS, SEATS) if path in self.numbers}}
        return Fraction(at["workload.input_tokens"]) / self._requests(central)

    def _requests(self, at: Mapping[str, Decimal]) -> Fraction:
        if REQUESTS in at:
            return Fraction(at[REQUESTS])
        if CONVERSATIONS in at:
            return Fraction(at[CONVERSATIONS]) * round(at["workload.turns"])
        if TOKENS not in at:
            return Fraction(at[SEATS]) * Fraction(at[PER_SEAT]) * (1 + Fraction(at[RETRIES]))
        if not self._traffic.sizes:
            mean = Fraction(self._output(at))
        else:
            mean = sum((Fraction(size.output) * Fraction(size.share) for size in self._sizes(at)), start=Fraction(0))
        return Fraction(at[TOKENS]) / (mean * Fraction(at.get(REASONING, _ONE)))

    def _answers(self, at: Mapping[str, Decimal]) -> Iterator[Shape]:
        """Give the shapes whose output is the answer that a reader sees."""
        return (replace(shape, is_answer=True) for shape in self._shapes(at))

    def _shapes(self, at: Mapping[str, Decimal]) -> Iterator[Shape]:
        usual = self._entry.cached_share if self._entry is not None else _NONE
        cached = at.get("workload.cached_share", usual)
        written = at.get("workload.cache_write_share", _NONE)
        reasoning = at.get(REASONING, _ONE)
        beside = tuple((name, at[PER_REQUEST + name]) for name, _ in self._traffic.per_request)
        for size in self._sizes(at):
            if CONVERSATIONS in at:
                caches = "workload.cached_share" not in at  # 0 % was said: nothing is cached
                turns = round(at["workload.turns"])
                yield from _conversation(size, turns, reasoning, dict(beside), caches=caches)
            else:
                yield _shape(size.prompt, size.output * reasoning, size.share, cached, written, beside)


def _said(traffic: Traffic) -> Iterator[tuple[str, Decimal]]:
    for name, value in traffic._asdict().items():
        if isinstance(value, Decimal):
            yield f"workload.{name}", value
    yield from ((PER_REQUEST + name, number) for name, number in traffic.per_request)
    for index, size in enumerate(traffic.sizes):
        yield f"workload.shapes.{index}.input_tokens", size.input_tokens
        yield f"workload.shapes.{index}.output_tokens", size.output_tokens


def _input_of(path: str, number: Interval) -> Input:
    """Make an input of a range that was said."""
    name = path.rpartition(".")[2]
    found = Input(path, Decimal(number), number.low, number.high, _UNITS.get(name, ""))
    if name in {"peak_to_mean", "output_per_request", "answer_tokens"} or path.startswith("workload.shapes."):
        found = found._replace(least=_ONE if name != "input_tokens" else _NONE)
    if path.startswith(PER_REQUEST):
        found = found._replace(unit="/request")
    if name.endswith("_share"):
        found = found._replace(most=_ONE)
    if name in {"turns", "seats"}:
        found = found._replace(least=_ONE, whole=True)
    return found._replace(digits=REQUEST_DIGITS) if name in _OF_A_REQUEST or "shapes" in path else found


@lru_cache(maxsize=4096)
def _shape(  # noqa: PLR0917  # its cache takes no names
    prompt: Decimal | Fraction,
    output: Decimal,
    share: Decimal,
    cached: Decimal,
    written: Decimal,
    beside: tuple[tuple[str, Decimal], ...],
) -> Shape:
    return Shape.of(
        input_tokens=prompt,
        output_tokens=output,
        cached_share=cached,
        cache_write_share=written,
        share=share,
        **dict(beside),
    )


def _conversation(
    size: _Request, turns: int, reasoning: Decimal, beside: Mapping[str, Decimal], *, caches: bool
) -> Iterator[Shape]:
    """Give the requests of a conversation: each sends the whole history again, and a new text.

    Turn k has a prompt of k texts and k − 1 answers. With caching it reads from the cache what the turn before sent,
    and writes the rest: the answer to that and the new text. Reasoning is billed as output and not sent again.

    Example:
        Three turns of 100 tokens in and 50 out, the second of which reads 100 and writes 50 + 100:

        >>> size = _Request(Decimal(100), Decimal(50), Decimal(1))
        >>> [(shape.prompt_tokens, dict(shape.tokens).get("cache_read", 0), dict(shape.tokens)["cache_write"])
        ...  for shape in _conversation(size, 3, Decimal(1), {}, caches=True)]
        [(100, 0, 100), (250, 100, 150), (400, 250, 150)]
    """
    text, answer = Fraction(size.prompt), Fraction(size.output)
    for turn in range(1, turns + 1):
        prompt = turn * text + (turn - 1) * answer
        read = (turn - 1) * text + (turn - 2) * answer if turn > 1 else Fraction(0)
        yield Shape.from_usage(
            input_tokens=prompt,
            cache_read_tokens=read if caches else 0,
            cache_write_tokens=prompt - read if caches else 0,
            output_tokens=size.output * reasoning,
            share=Fraction(size.share) / turns,
            **beside,
        )
