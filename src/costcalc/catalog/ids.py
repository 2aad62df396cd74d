"""Ids of models as logs, gateways and clouds write them, read into a seller and a name.

An id is read, never guessed: what it cannot say (the model behind a deployment's own name, the price of a variant)
is refused with the reason. Which models of the catalog have the name is `costcalc.catalog.resolve`'s to find.
"""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import NamedTuple

from costcalc.catalog.sellers import UNLISTED, our_provider
from costcalc.errors import UnknownNameError


class HeldId(NamedTuple):
    """What an id says.

    Args:
        seller: Our id of who sells the model, or None where the id does not say so.
        name: The model's name at that seller.
    """

    seller: str | None
    name: str


# Patterns are text, which Python compiles when it is first used: a start needs two of them.
# Bedrock: [geography.]maker.model; the geography of a cross-region profile decides the price, so it stays in the name
_BEDROCK = (
    r"(?:(?:us|eu|apac|jp|au|ca|us-gov|global)\.)?"
    r"(?:ai21|amazon|anthropic|cohere|deepseek|google|meta|minimax|mistral|moonshot(?:ai)?|nvidia|openai|qwen|writer|zai)"
    r"\.[a-z].*"
)
# the same in front of a model, and Databricks' own word
_OF_A_MAKER = r"(?:(?:[a-z-]+\.)?[a-z0-9]+\.|databricks-)([a-z].*)"
# Bedrock bills Claude 1.1 times the global price in every geography but us-gov; us. stands for all of them
_CLAUDE_ELSEWHERE = r"(?:(?:eu|apac|jp|au|ca)\.)?(anthropic\.claude.*)"
_ARN = r"arn:aws[\w-]*:bedrock:[a-z0-9-]*:\d*:([a-z-]+)/(.+)"
_PUBLISHER = r"(?:projects/[^/]+/locations/([^/]+)/)?publishers/[^/]+/models/(.+)"
# places inside an id that are priced by the region, not as the plain name is: Azure's data zones
_DATA_ZONE = r"(us|eu|apac|us-gov)/(.+)"
# words between the seller and the model that choose an endpoint and no other price
_ROUTES = r"(?:converse|invoke|converse_like|responses|chat|(?:us|eu|ap|ca|sa|me|af|il)-[a-z]+-\d)/(.+)"
# OpenRouter's variants go to other endpoints or add a tool, at other prices
_VARIANT = r".*:(free|nitro|floor|online|exacto|extended|thinking|beta)"
# OpenAI: ft:base:organisation:suffix:id; all but the base is the owner's
_FINE_TUNED = r"(ft:[^:]+):.*"
# Bedrock's and Vertex's own version of a name; a model's own stands behind a letter: DeepSeek-V3, whisper-large-v3
_SELLERS_VERSION = r"(?:[-@]v1|(?<=\d)[-@]v\d+)(?::\d+)*$"
_LONG_CONTEXT = r"(claude.*)\[1m\]"  # a client's switch: the prompt's length decides the price, not the id
_DATED = r"(.*?[a-z0-9])[-@](20\d\d-?(?:0[1-9]|1[0-2])-?(?:0[1-9]|[12]\d|3[01]))((?:-v\d+(?::\d+)*)?)"


def read_id(text: str, is_seller: Callable[[str], bool]) -> HeldId:
    """Read an id into who sells the model and its name there.

    Args:
        text: The id as somebody holds it.
        is_seller: Whether the catalog has a price list of that provider.

    Raises:
        UnknownNameError: The id names something whose model or price it does not tell.

    Example:
        >>> ours = {"aws", "google", "openai", "openrouter"}.__contains__
        >>> read_id("bedrock/converse/us.anthropic.claude-sonnet-4-6", ours)
        HeldId(seller='aws', name='us.anthropic.claude-sonnet-4-6')
        >>> read_id("models/gemini-2.5-pro", ours), read_id("openrouter/anthropic/claude-sonnet-4.6", ours).name
        (HeldId(seller='google', name='gemini-2.5-pro'), 'anthropic/claude-sonnet-4.6')
    """
    seller, name = _seller_of(text.strip(), is_seller)
    while route := re.fullmatch(_ROUTES, name) if seller is not None else None:
        name = route[1]
    if seller == "aws" and name.startswith("arn:"):
        seller, name = _of_arn(name)
    if zone := re.fullmatch(_DATA_ZONE, name) if seller == "azure" else None:
        raise _priced_by_region(text, "azure", zone[1], zone[2])
    if fine_tuned := re.fullmatch(_FINE_TUNED, name):
        return HeldId(seller, fine_tuned[1])
    if variant := re.fullmatch(_VARIANT, name):
        raise UnknownNameError(
            f"'{text}': the variant ':{variant[1]}' has a price of its own, which the catalog does not have; "
            "name the plain model, or add yours with costcalc catalog add model"
        )
    if long_context := re.fullmatch(_LONG_CONTEXT, name):
        name = long_context[1]
    return HeldId(seller, name)


def _seller_of(text: str, is_seller: Callable[[str], bool]) -> HeldId:
    """Take the seller from the front of an id."""
    if text.startswith("arn:"):
        return _of_arn(text)
    if publisher := re.fullmatch(_PUBLISHER, text):
        if publisher[1] not in {None, "global"}:
            raise _priced_by_region(text, "vertex-ai", publisher[1], publisher[2])
        return HeldId("vertex-ai", publisher[2])
    if text.startswith("models/"):
        return HeldId("google", text.removeprefix("models/"))
    prefix, slash, name = text.partition("/")
    seller = our_provider(prefix.lower())
    if slash and (is_seller(seller) or seller in UNLISTED):
        return HeldId(seller, name)
    return HeldId("aws" if re.fullmatch(_BEDROCK, text.lower()) else None, text)


def _priced_by_region(text: str, seller: str, region: str, name: str) -> UnknownNameError:
    return UnknownNameError(f"'{text}': its price depends on the region; name {seller}/{name}, with --region {region}")


def _of_arn(text: str) -> HeldId:
    arn = re.fullmatch(_ARN, text)
    if arn is None:
        raise UnknownNameError(f"'{text}' is not the ARN of a model on Bedrock")
    kind, name = arn[1], arn[2]
    if kind not in {"foundation-model", "inference-profile"}:
        raise UnknownNameError(f"'{text}' does not tell which model stands behind it; name that model: aws/MODEL")
    return HeldId("aws", name)


@lru_cache(maxsize=8192)
def key(name: str) -> str:
    """Write a name so that spellings of one model are equal: case, dots, dashes and other separators.

    Separators between digits stay, since ``4-5`` is no ``45``. Fireworks writes a dot as ``p``; Bedrock and Vertex add
    a version of their own: ``-v1``, or any behind a date or a number (a model's own ``-v3`` stays); Claude's version
    stood before its size once.

    Example:
        >>> {key(name) for name in ("claude-sonnet-4.6", "Claude-Sonnet-4-6", "claude-4.6-sonnet")}
        {'claudesonnet4-6'}
        >>> key("deepseek-v3p2") == key("DeepSeek-V3.2"), key("llama-3.3-70b") == key("Llama3.3-70B")
        (True, True)
        >>> key("anthropic.claude-haiku-4-5-20251001-v1:0")
        'anthropicclaudehaiku4-5-20251001'
        >>> key("DeepSeek-V3"), key("whisper-large-v2") == key("whisper-large-v3")
        ('deepseekv3', False)
    """
    low = re.sub(r"@(?:default|latest)$", "", name.lower())
    low = re.sub(_SELLERS_VERSION, "", low)
    low = re.sub(r"(?<=[-@]v\d):\d+$", "", low)
    low = re.sub(r"(?<=\d)p(?=\d)", "-", low)
    low = re.sub(r"claude-(\d(?:[-.]\d)?)-(fable|haiku|opus|sonnet)", r"claude-\2-\1", low)
    dashed = re.sub(r"[^a-z0-9]+", "-", low).strip("-")
    return re.sub(r"(?<!\d)-|-(?!\d)", "", dashed)


def same_price(seller: str, name: str) -> str | None:
    """Give the id that costs the same by the seller's own rule, or None where there is no such rule.

    Example:
        >>> same_price("aws", "eu.anthropic.claude-sonnet-4-6"), same_price("aws", "us-gov.anthropic.claude-sonnet-4-6")
        ('us.anthropic.claude-sonnet-4-6', None)
    """
    elsewhere = re.fullmatch(_CLAUDE_ELSEWHERE, name.lower()) if seller == "aws" else None
    return f"us.{elsewhere[1]}" if elsewhere else None


def without_date(name: str) -> str | None:
    """Give a name without the date of its snapshot, or None where it has none.

    Example:
        >>> [without_date(name) for name in ("gpt-6-sol-2026-09-22", "claude-opus-5@20260612", "deepseek-v4-pro-0813")]
        ['gpt-6-sol', 'claude-opus-5', None]
    """
    dated = re.fullmatch(_DATED, name)
    return dated[1] + dated[3] if dated else None


def model_keys(name: str) -> Iterator[str]:
    """Walk the keys of the model that a name means, whoever sells it: without seller, maker and a snapshot's date.

    Example:
        >>> sold = ("us.anthropic.claude-opus-4-6-v1", "databricks-claude-opus-4-6", "anthropic/claude-opus-4.6")
        >>> all("claudeopus4-6" in model_keys(name) for name in (*sold, "claude-opus-4-6-20260205"))
        True
    """
    for part in parts(name):
        made = re.fullmatch(_OF_A_MAKER, part.lower())
        for spelling in (part, made[1]) if made is not None else (part,):
            yield key(spelling)
            if (plain := without_date(spelling)) is not None:
                yield key(plain)


def parts(name: str) -> Iterator[str]:
    """Walk what a name may be called by: whole, and without the company or folder before its last slash."""
    yield name
    if "/" in name:
        yield name.rpartition("/")[2]
