"""The form of one kind of request, as a workload's shapes and a blend's routes describe it."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import ROUND_CEILING, Decimal
from typing import Self

from costcalc.catalog.forms.entry import Entry, form_check
from costcalc.catalog.forms.rates import any_of
from costcalc.catalog.forms.scalars import Amount, Share, UncertainAmount, UncertainShare, high_of, low_of
from costcalc.catalog.forms.usage import Counts, UsageEntry
from costcalc.workload import UNIT_COUNTS, Shape

_NONE = Decimal(0)
_SHARES = ("cached_share", "cache_write_share", "cache_write_1h_share")
_COUNTS = ("cache_read_tokens", "cache_write_tokens", "cache_write_1h_tokens", "cache_creation_tokens")
_OF_OUTPUT = ("output_tokens", "reasoning_tokens", "output_audio_tokens", "output_image_tokens")
_TOTALS = ("input_tokens", "output_tokens", "answer_tokens")
# parts of a shape beside text and its cache, and what `Shape.from_usage` calls them
PARTS = {
    "input_audio_tokens": "input_audio_tokens",
    "cache_read_audio_tokens": "cache_audio_read_tokens",
    "input_image_tokens": "input_image_tokens",
    "cache_read_image_tokens": "cache_image_read_tokens",
    "input_video_tokens": "input_video_tokens",
    "output_audio_tokens": "output_audio_tokens",
    "output_image_tokens": "output_image_tokens",
    **{name: name for name in UNIT_COUNTS},
}


class ShapeEntry(Entry, schema=any_of("output_tokens", "answer_tokens", "usage", *UNIT_COUNTS)):
    """One kind of request; its share of the requests may be left out where there is only one.

    A total holds its parts: the prompt holds what is cached and every medium, the output holds reasoning and media.

    Args:
        share: Share of the workload's requests that have this shape, 0 to 1.
        usage: A usage record of such a request as its provider wrote it, in place of all that follows.
        input_tokens: The whole prompt of one request, cached tokens included [tokens].
        cached_share: Share of the prompt that is read from the prompt cache, 0 to 1.
        cache_write_share: Share of the prompt that is written to it at the vendor's default time to live, 0 to 1.
        cache_write_1h_share: Share of the prompt that is written to it for an hour, 0 to 1.
        cache_read_tokens: The part of the prompt that is read from the cache, in place of its share [tokens].
        cache_write_tokens: The part that is written to it, for whatever time, in place of the shares [tokens].
        cache_write_1h_tokens: The part of that which is written for an hour [tokens].
        cache_creation_tokens: What is written to the cache, as Anthropic counts: beside ``input_tokens``, and what is
            read from the cache likewise [tokens].
        input_audio_tokens: The part of the prompt that is audio [tokens].
        cache_read_audio_tokens: The part of that which is read from the cache [tokens].
        input_image_tokens: The part of the prompt that is pictures [tokens].
        cache_read_image_tokens: The part of that which is read from the cache [tokens].
        input_video_tokens: The part of the prompt that is video [tokens].
        output_tokens: Everything that one request generates, reasoning included [tokens].
        answer_tokens: The answer that a reader sees, in place of ``output_tokens``: what a model reasons is billed on
            top of it, by its own factor [tokens].
        reasoning_tokens: The part of the output that is reasoning [tokens].
        output_audio_tokens: The part of the output that is audio [tokens].
        output_image_tokens: The part of the output that is pictures [tokens].
        web_searches: Paid web searches per request.
        file_searches: Paid file searches per request.
        pages: Pages of documents that one request has read.
        input_pictures: Pictures that it has read, for a model that bills them by the piece.
        output_pictures: Pictures that it has made, for such a model.
        input_seconds: Seconds of sound or video that it has read, for a model that bills them by time [s].
        output_seconds: Seconds of sound or video that it has made, for such a model [s].
        input_characters: Characters that it has read, for a model that bills them, such as one that speaks.
        output_characters: Characters that it has made, for such a model.
        container_sessions: Sessions of a container in which the provider runs code.
        container_minutes: How long each of them is (default: a full one, where the tariff says how long that is) [min].
    """

    share: Share | None = None
    usage: UsageEntry | None = None
    input_tokens: UncertainAmount = _NONE
    cached_share: UncertainShare = _NONE
    cache_write_share: Share = _NONE
    cache_write_1h_share: Share = _NONE
    cache_read_tokens: Amount = _NONE
    cache_write_tokens: Amount = _NONE
    cache_write_1h_tokens: Amount = _NONE
    cache_creation_tokens: Amount | None = None
    input_audio_tokens: Amount = _NONE
    cache_read_audio_tokens: Amount = _NONE
    input_image_tokens: Amount = _NONE
    cache_read_image_tokens: Amount = _NONE
    input_video_tokens: Amount = _NONE
    output_tokens: UncertainAmount | None = None
    answer_tokens: UncertainAmount | None = None
    reasoning_tokens: Amount = _NONE
    output_audio_tokens: Amount = _NONE
    output_image_tokens: Amount = _NONE
    web_searches: UncertainAmount = _NONE
    file_searches: UncertainAmount = _NONE
    pages: UncertainAmount = _NONE
    input_pictures: UncertainAmount = _NONE
    output_pictures: UncertainAmount = _NONE
    input_seconds: UncertainAmount = _NONE
    output_seconds: UncertainAmount = _NONE
    input_characters: UncertainAmount = _NONE
    output_characters: UncertainAmount = _NONE
    container_sessions: UncertainAmount = _NONE
    container_minutes: UncertainAmount = _NONE

    @form_check
    def _is_consistent(self) -> Self:
        stated = self.model_fields_set - {"share", "usage"}
        if self.usage is not None and stated:
            raise ValueError(f"usage says the whole request; leave out {', '.join(sorted(stated))}")
        if self.usage is None:
            self._check_output(stated)
        shares, counts = ([name for name in names if name in stated] for names in (_SHARES, _COUNTS))
        if shares and counts:
            raise ValueError(f"{', '.join(shares)} beside {', '.join(counts)}: give shares or counts, not both")
        shape = self._tightest().to_shape()
        if not shape.tokens and not shape.units:
            raise ValueError("a request without tokens and without anything else costs nothing; give it a size")
        return self

    def _tightest(self) -> Self:
        """Give the request at those ends of its ranges at which its parts are hardest to fit into their totals."""
        ends = {name: low_of(getattr(self, name)) for name in _TOTALS if getattr(self, name) is not None}
        return self.model_copy(update=ends | {"cached_share": high_of(self.cached_share)})

    @property
    def least_prompt(self) -> Decimal:
        """The shortest prompt that holds its parts, whatever share of it is cached [tokens]."""
        media = self.input_audio_tokens + self.input_image_tokens + self.input_video_tokens
        if self.model_fields_set & {*_COUNTS}:
            return media + self.cache_read_tokens + self.cache_write_tokens
        cached = high_of(self.cached_share) + self.cache_write_share + self.cache_write_1h_share
        if not media:
            return _NONE  # all of a prompt that holds nothing else may be cached
        return (media / (1 - cached)).to_integral_value(ROUND_CEILING)

    @property
    def least_output(self) -> Decimal:
        """The shortest output that holds its parts, and a token at least [tokens]."""
        return max(Decimal(1), self.reasoning_tokens + self.output_audio_tokens + self.output_image_tokens)

    @property
    def most_cached(self) -> Decimal:
        """The largest share of the prompt that can be read from the cache, 0 to 1."""
        media = self.input_audio_tokens or self.input_image_tokens or self.input_video_tokens
        return high_of(self.cached_share) if media else 1 - self.cache_write_share - self.cache_write_1h_share

    def _check_output(self, stated: set[str]) -> None:
        if self.output_tokens is None and self.answer_tokens is None and not stated & {*UNIT_COUNTS}:
            raise ValueError("output_tokens is missing: how much one request generates; 0 where it generates nothing")
        if self.answer_tokens is None:
            return
        beside = [name for name in _OF_OUTPUT if name in stated]
        if beside:
            raise ValueError(
                f"answer_tokens are before reasoning, which each model adds; leave out {', '.join(beside)}"
            )

    def to_shape(self) -> Shape:
        """Give the shape; a part that exceeds its total is a ValueError."""
        shape = self._sized()
        return shape if self.answer_tokens is None else replace(shape, is_answer=True)

    def _sized(self) -> Shape:
        share = Decimal(1) if self.share is None else self.share
        if self.usage is not None:
            return Shape.from_usage(**self.usage.counts(), share=share)
        parts = {theirs: getattr(self, ours) for ours, theirs in PARTS.items()}
        generated = self.output_tokens if self.answer_tokens is None else self.answer_tokens
        parts |= {"output_tokens": generated or _NONE, "share": share}
        if self.model_fields_set & {*_COUNTS}:
            return Shape.from_usage(**self._counted(), output_reasoning_tokens=self.reasoning_tokens, **parts)
        return Shape.of(
            input_tokens=self.input_tokens,
            cached_share=self.cached_share,
            cache_write_share=self.cache_write_share,
            cache_write_1h_share=self.cache_write_1h_share,
            reasoning_tokens=self.reasoning_tokens,
            **parts,
        )

    def _counted(self) -> Counts:
        """Give the prompt and what of it is cached, as counts; the prompt of Anthropic's counts leaves that out."""
        beside = self.cache_creation_tokens
        written = self.cache_write_tokens if beside is None else beside
        return {
            "input_tokens": self.input_tokens + (_NONE if beside is None else self.cache_read_tokens + beside),
            "cache_read_tokens": self.cache_read_tokens,
            "cache_write_tokens": written,
            "cache_write_1h_tokens": self.cache_write_1h_tokens,
        }


def shapes_of(entries: Sequence[ShapeEntry]) -> tuple[Shape, ...]:
    """Give the shapes of several entries; of more than one, each must say its share.

    Raises:
        ValueError: A share is missing, or they do not sum to 1.
    """
    unshared = [shape for shape in entries if shape.share is None]
    if unshared and len(entries) > 1:
        raise ValueError(f"{len(entries)} shapes, and {len(unshared)} of them without a share; give each its own")
    shapes = tuple(entry.to_shape() for entry in entries)
    total = sum((shape.share for shape in shapes), start=0)
    if total != 1:
        raise ValueError(f"the shares of the shapes sum to {float(total):g}; expected 1")
    return shapes
