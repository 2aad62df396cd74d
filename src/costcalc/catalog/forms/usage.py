"""A usage record of one request as its provider writes it, read into counts of which each total holds its parts.

Providers use the same words for different things: OpenAI's ``input_tokens`` hold what was cached, Anthropic's leave it
out. So a record is read by the names that only one of them has.
"""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Annotated, Literal, Self

from costcalc.catalog.forms.entry import Entry, form_check
from costcalc.catalog.forms.scalars import Amount, Items, Text

Counts = dict[str, Decimal]
_NONE = Decimal(0)


class CachedDetails(Entry):
    """What of a prompt was read from the cache, by medium, in the names of OpenAI's Realtime API.

    Args:
        text_tokens: Text; what the other parts leave, so it is not read [tokens].
        audio_tokens: Audio [tokens].
        image_tokens: Pictures [tokens].
    """

    text_tokens: Amount = _NONE
    audio_tokens: Amount = _NONE
    image_tokens: Amount = _NONE


class PromptDetails(Entry):
    """Parts of a prompt, in OpenAI's names.

    Args:
        cached_tokens: Read from the cache [tokens].
        cached_tokens_details: The same by medium.
        cache_write_tokens: Written to the cache [tokens].
        text_tokens: Text; what the other parts leave, so it is not read [tokens].
        audio_tokens: Audio [tokens].
        image_tokens: Pictures [tokens].
    """

    cached_tokens: Amount = _NONE
    cached_tokens_details: CachedDetails | None = None
    cache_write_tokens: Amount = _NONE
    text_tokens: Amount = _NONE
    audio_tokens: Amount = _NONE
    image_tokens: Amount = _NONE


class OutputDetails(Entry):
    """Parts of an answer, in OpenAI's names.

    Args:
        reasoning_tokens: Reasoning [tokens].
        text_tokens: Text; what the other parts leave, so it is not read [tokens].
        audio_tokens: Audio [tokens].
        image_tokens: Pictures [tokens].
        accepted_prediction_tokens: Part of the text of the answer; not read [tokens].
        rejected_prediction_tokens: Billed as text of the answer, and a part of it; not read [tokens].
    """

    reasoning_tokens: Amount = _NONE
    text_tokens: Amount = _NONE
    audio_tokens: Amount = _NONE
    image_tokens: Amount = _NONE
    accepted_prediction_tokens: Amount = _NONE
    rejected_prediction_tokens: Amount = _NONE


class CacheCreation(Entry):
    """Cache writes by time to live, in Anthropic's names.

    Args:
        ephemeral_5m_input_tokens: For five minutes [tokens].
        ephemeral_1h_input_tokens: For an hour [tokens].
    """

    ephemeral_5m_input_tokens: Amount = _NONE
    ephemeral_1h_input_tokens: Amount = _NONE


class ServerTools(Entry):
    """Calls of tools that the provider runs, in Anthropic's names.

    Args:
        web_search_requests: Paid web searches.
        web_fetch_requests: Pages fetched; they cost their tokens alone, so they are not read.
    """

    web_search_requests: Amount = _NONE
    web_fetch_requests: Amount = _NONE


class OfModality(Entry):
    """Tokens of one modality, in Gemini's names.

    Args:
        modality: Which one; pages of documents cost what text costs.
        tokenCount: How many [tokens].
    """

    modality: Literal["TEXT", "AUDIO", "IMAGE", "VIDEO", "DOCUMENT"]
    tokenCount: Amount  # noqa: N815  # the provider's spelling


_Modalities = Annotated[tuple[OfModality, ...], Items]


class UsageEntry(Entry):
    """A usage record in the names of OpenAI (Chat Completions or Responses), DeepSeek, Anthropic or Gemini.

    Args:
        prompt_tokens: OpenAI's chat: the whole prompt [tokens].
        completion_tokens: OpenAI's chat: everything generated.
        prompt_tokens_details: Parts of the prompt.
        completion_tokens_details: Parts of what was generated.
        prompt_cache_hit_tokens: DeepSeek: the part of the prompt that was read from the cache.
        prompt_cache_miss_tokens: DeepSeek: the other part.
        input_tokens: OpenAI's Responses: the whole prompt; Anthropic: what was neither read from the cache nor written.
        output_tokens: Everything generated.
        input_tokens_details: Parts of the prompt, OpenAI's.
        output_tokens_details: Parts of what was generated, OpenAI's.
        input_token_details: The same as ``input_tokens_details`` in OpenAI's Realtime and transcription APIs.
        output_token_details: The same as ``output_tokens_details`` there.
        type: OpenAI's transcriptions: whether they are billed by ``tokens`` or by ``duration``.
        seconds: OpenAI's transcriptions: how long the recording is [s].
        cache_read_input_tokens: Anthropic: read from the cache, beside ``input_tokens``.
        cache_creation_input_tokens: Anthropic: written to the cache, beside ``input_tokens``.
        cache_creation: Anthropic: the same by time to live.
        server_tool_use: Anthropic: calls of its own tools.
        service_tier: Anthropic and OpenAI: the tier; a workload says its own.
        promptTokenCount: Gemini: the whole prompt, cached content included.
        cachedContentTokenCount: Gemini: the part that was read from the cache.
        candidatesTokenCount: Gemini: the answer, thoughts left out.
        thoughtsTokenCount: Gemini: reasoning.
        toolUsePromptTokenCount: Gemini: what tools put into the prompt, beside ``promptTokenCount``.
        promptTokensDetails: Gemini: the prompt by modality.
        cacheTokensDetails: Gemini: what was cached, by modality.
        candidatesTokensDetails: Gemini: the answer by modality.
        total_tokens: Prompt and answer; not read.
        totalTokenCount: The same; not read.
    """

    prompt_tokens: Amount | None = None
    completion_tokens: Amount | None = None
    prompt_tokens_details: PromptDetails | None = None
    completion_tokens_details: OutputDetails | None = None
    prompt_cache_hit_tokens: Amount | None = None
    prompt_cache_miss_tokens: Amount | None = None
    input_tokens: Amount | None = None
    output_tokens: Amount | None = None
    input_tokens_details: PromptDetails | None = None
    output_tokens_details: OutputDetails | None = None
    input_token_details: PromptDetails | None = None
    output_token_details: OutputDetails | None = None
    type: Literal["tokens", "duration"] | None = None
    seconds: Amount | None = None
    cache_read_input_tokens: Amount | None = None
    cache_creation_input_tokens: Amount | None = None
    cache_creation: CacheCreation | None = None
    server_tool_use: ServerTools | None = None
    service_tier: Text | None = None
    promptTokenCount: Amount | None = None  # noqa: N815
    cachedContentTokenCount: Amount | None = None  # noqa: N815
    candidatesTokenCount: Amount | None = None  # noqa: N815
    thoughtsTokenCount: Amount | None = None  # noqa: N815
    toolUsePromptTokenCount: Amount | None = None  # noqa: N815
    promptTokensDetails: _Modalities = ()  # noqa: N815
    cacheTokensDetails: _Modalities = ()  # noqa: N815
    candidatesTokensDetails: _Modalities = ()  # noqa: N815
    total_tokens: Amount | None = None
    totalTokenCount: Amount | None = None  # noqa: N815

    @form_check
    def _is_of_one_provider(self) -> Self:
        if self.service_tier not in {None, "standard", "default"}:
            raise ValueError(f"served as '{self.service_tier}': say so of the workload (service_tier, batchable_share)")
        self.counts()
        return self

    def counts(self) -> Counts:
        """Give the counts as `Shape.from_usage` takes them: totals that hold their parts.

        Raises:
            ValueError: It has the names of several providers or of none, or a total is missing.

        Example:
            >>> record = UsageEntry(input_tokens=19, cache_read_input_tokens=37_000, output_tokens=120)
            >>> {name: int(count) for name, count in record.counts().items() if count}
            {'input_tokens': 37019, 'cache_read_tokens': 37000, 'output_tokens': 120}
        """
        stated = self.model_fields_set
        found = [(maker, read) for maker, (names, read) in _READERS.items() if names & stated]
        if len(found) > 1:
            makers = " and of ".join(maker for maker, _ in found)
            raise ValueError(f"a usage record has the names of one provider; these are of {makers}")
        if found:
            return found[0][1](self)
        if {"input_tokens", "output_tokens"} <= stated:  # nothing was cached, so both conventions agree
            return _responses(self)
        raise ValueError("expected a usage record with its totals, as OpenAI, DeepSeek, Anthropic or Gemini write it")


def _total(record: UsageEntry, name: str) -> Decimal:
    """Give a total that a record must have.

    Raises:
        ValueError: It is missing.
    """
    count: Decimal | None = getattr(record, name)
    if count is None:
        raise ValueError(f"the usage record has no {name}")
    return count


def _chat(record: UsageEntry) -> Counts:
    prompt = record.prompt_tokens_details or PromptDetails.model_construct()
    cached = record.prompt_cache_hit_tokens
    read = prompt.cached_tokens if cached is None else cached
    answer = record.completion_tokens_details or OutputDetails.model_construct()
    return _openai(_total(record, "prompt_tokens"), prompt, read, _total(record, "completion_tokens"), answer)


def _responses(record: UsageEntry) -> Counts:
    prompt = record.input_tokens_details or record.input_token_details or PromptDetails.model_construct()
    answer = record.output_tokens_details or record.output_token_details or OutputDetails.model_construct()
    total, generated = _total(record, "input_tokens"), _total(record, "output_tokens")
    return _openai(total, prompt, prompt.cached_tokens, generated, answer)


def _duration(record: UsageEntry) -> Counts:
    if record.type == "tokens":
        raise ValueError("the usage record is of type tokens and states seconds: which of them is billed?")
    return {"input_seconds": _total(record, "seconds")}


def _openai(total: Decimal, prompt: PromptDetails, read: Decimal, generated: Decimal, answer: OutputDetails) -> Counts:
    cached = prompt.cached_tokens_details or CachedDetails.model_construct()
    return {
        "input_tokens": total,
        "cache_read_tokens": read,
        "cache_audio_read_tokens": cached.audio_tokens,
        "cache_image_read_tokens": cached.image_tokens,
        "cache_write_tokens": prompt.cache_write_tokens,
        "input_audio_tokens": prompt.audio_tokens,
        "input_image_tokens": prompt.image_tokens,
        "output_tokens": generated,
        "output_reasoning_tokens": answer.reasoning_tokens,
        "output_audio_tokens": answer.audio_tokens,
        "output_image_tokens": answer.image_tokens,
    }


def _anthropic(record: UsageEntry) -> Counts:
    read, by_life = record.cache_read_input_tokens or _NONE, record.cache_creation
    short, hour = (by_life.ephemeral_5m_input_tokens, by_life.ephemeral_1h_input_tokens) if by_life else (_NONE, _NONE)
    stated = record.cache_creation_input_tokens
    written = short + hour if stated is None else stated
    if by_life is not None and written != short + hour:
        raise ValueError(f"cache_creation sums to {short + hour}, and cache_creation_input_tokens is {written}")
    return {
        "input_tokens": _total(record, "input_tokens") + read + written,
        "cache_read_tokens": read,
        "cache_write_tokens": written,
        "cache_write_1h_tokens": hour,
        "output_tokens": _total(record, "output_tokens"),
        "web_searches": record.server_tool_use.web_search_requests if record.server_tool_use else _NONE,
    }


def _gemini(record: UsageEntry) -> Counts:
    prompt, cached = _by_modality(record.promptTokensDetails), _by_modality(record.cacheTokensDetails)
    answer, thoughts = _by_modality(record.candidatesTokensDetails), record.thoughtsTokenCount or _NONE
    return {
        "input_tokens": _total(record, "promptTokenCount") + (record.toolUsePromptTokenCount or _NONE),
        "cache_read_tokens": record.cachedContentTokenCount or _NONE,
        "input_audio_tokens": prompt["AUDIO"],
        "cache_audio_read_tokens": cached["AUDIO"],
        "input_image_tokens": prompt["IMAGE"],
        "cache_image_read_tokens": cached["IMAGE"],
        "input_video_tokens": prompt["VIDEO"] - cached["VIDEO"],  # cached video costs what cached text costs
        "output_tokens": _total(record, "candidatesTokenCount") + thoughts,
        "output_reasoning_tokens": thoughts,
        "output_audio_tokens": answer["AUDIO"],
        "output_image_tokens": answer["IMAGE"],
    }


def _by_modality(details: tuple[OfModality, ...]) -> Mapping[str, Decimal]:
    found = dict.fromkeys(("AUDIO", "IMAGE", "VIDEO", "TEXT", "DOCUMENT"), _NONE)
    for one in details:
        found[one.modality] += one.tokenCount
    return found


def _names(*prefixes: str) -> frozenset[str]:
    return frozenset(_starting_with(prefixes))


def _starting_with(prefixes: tuple[str, ...]) -> Iterator[str]:
    return (name for name in UsageEntry.model_fields if name.startswith(prefixes))


# the names that only one provider has, and what reads its records
_READERS: dict[str, tuple[frozenset[str], Callable[[UsageEntry], Counts]]] = {
    "OpenAI's Chat Completions or DeepSeek": (_names("prompt_", "completion_"), _chat),
    "OpenAI's Responses": (_names("input_tokens_details", "output_tokens_details"), _responses),
    "OpenAI's Realtime": (_names("input_token_details", "output_token_details"), _responses),
    "OpenAI's transcriptions": (_names("seconds"), _duration),
    "Anthropic": (_names("cache_read_", "cache_creation", "server_tool_use"), _anthropic),
    "Gemini": (_names("promptT", "cachedC", "cacheT", "candidatesT", "thoughts", "toolUse"), _gemini),
}
