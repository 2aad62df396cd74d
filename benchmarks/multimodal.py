"""Multimodal usage records, priced by us and by the calculators of genai-prices and litellm, each beside the other.

For whoever keeps the prices, in an environment with both packages installed (what they say of a model comes from their
installed lists, no network):

    LITELLM_LOCAL_MODEL_COST_MAP=True PYTHONPATH=src python benchmarks/multimodal.py [RECORDS]

Records are drawn with a fixed seed over the models of the catalog that bill audio, pictures, video, seconds,
characters or searches, and that a peer knows by the same name. Each that is not equal to a thousandth is printed with
both figures; those whose reason is known are counted by it.
"""

import random
import sys
import warnings
from collections import Counter
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from datetime import date
from decimal import Decimal
from importlib import import_module
from typing import Any, NamedTuple

from costcalc import Catalog, Shape, UndecidableError, Workload, estimate, load_catalog

genai_prices: Any = import_module("genai_prices")  # no checker knows them
litellm: Any = import_module("litellm")
theirs_of: Any = import_module("litellm.types.utils")
DAY = date(2026, 11, 27)
NEAR = Decimal("0.001")
MEDIA = (
    "input_audio", "cache_read_audio", "input_image", "cache_read_image", "input_video", "output_audio", "output_image",
)  # fmt: skip
UNITS = ("input_duration", "output_duration", "input_character")
GENAI = {"openai": "openai", "google": "google", "mistral": "mistral", "groq": "groq", "azure": "azure"}
LITELLM = {**GENAI, "google": "gemini", "deepgram": "deepgram", "elevenlabs": "elevenlabs"}
Counts = dict[str, int]


class Record(NamedTuple):
    """One request: counts whose totals hold their parts, as `Shape.from_usage` takes them."""

    provider: str
    model: str
    counts: Counts


def records(catalog: Catalog, number: int) -> Iterator[Record]:
    """Draw requests that use what their model bills."""
    chance = random.Random(15)  # noqa: S311
    known = [
        (provider, name, meters)
        for provider in LITELLM
        for name, model in catalog.providers[provider].models.items()
        if (meters := {rate.meter for rate in model.prices[-1].rates()} & {*MEDIA, *UNITS})
        and model.prices[-1].effective <= DAY
    ]
    for _ in range(number):
        provider, name, meters = chance.choice(known)
        yield Record(provider, name, drawn(meters, catalog, f"{provider}/{name}", chance))


def drawn(meters: AbstractSet[str], catalog: Catalog, ref: str, chance: random.Random) -> Counts:
    """Draw the counts of one request."""
    if "input_duration" in meters and "input_audio" not in meters:
        return {"input_seconds": chance.randint(1, 600)}
    if "output_duration" in meters:
        return {"output_seconds": chance.randint(1, 20)}
    if "input_character" in meters:
        return {"input_characters": chance.randint(50, 4_000)}
    plain = {rate.meter for rate in catalog.sold_model(ref).price_on(DAY)[1].rates()}
    audio = chance.randint(0, 3_000) if "input_audio" in meters else 0
    image = chance.randint(0, 3_000) if "input_image" in meters else 0
    video = chance.randint(0, 3_000) if "input_video" in meters else 0
    cached_audio = chance.randint(0, audio) if "cache_read_audio" in meters else 0
    cached_image = chance.randint(0, image) if "cache_read_image" in meters else 0
    text = chance.randint(1, 5_000)
    cached = chance.randint(0, text) if "cache_read" in plain else 0
    spoken = chance.randint(0, 2_000) if "output_audio" in meters else 0
    painted = 1_120 * chance.randint(0, 2) if "output_image" in meters else 0
    said = chance.randint(0, 1_000) if "output" in plain else 0
    counts = {
        "input_tokens": text + audio + image + video,
        "cache_read_tokens": cached + cached_audio + cached_image,
        "input_audio_tokens": audio,
        "cache_audio_read_tokens": cached_audio,
        "input_image_tokens": image,
        "cache_image_read_tokens": cached_image,
        "input_video_tokens": video,
        "output_tokens": said + spoken + painted,
        "output_audio_tokens": spoken,
        "output_image_tokens": painted,
    }
    return {name: count for name, count in counts.items() if count}


def by_genai(record: Record) -> Decimal | None:
    """Price a record by genai-prices; None where it does not know the model."""
    if record.provider not in GENAI:
        return None
    names = {"input_seconds": "input_audio_seconds", "output_seconds": "output_audio_seconds"}
    counts = {names.get(name, name): count for name, count in record.counts.items()}
    seconds = sum(count for name, count in counts.items() if name.endswith("_seconds"))
    usage = genai_prices.Usage(**counts, **({"audio_seconds": seconds} if seconds else {}))
    try:
        found = genai_prices.calc_price(usage, record.model, provider_id=GENAI[record.provider])
    except (LookupError, ValueError):  # unknown, or a total that it needs
        return None
    total: Decimal | None = found.total_price or None
    return total  # what has no rate there costs nothing


def by_litellm(record: Record) -> Decimal | None:
    """Price a record by litellm; None where it does not know the model."""
    provider, counts = LITELLM[record.provider], record.counts
    how: dict[str, Any] = {"model": record.model, "custom_llm_provider": provider}
    if "input_seconds" in counts:
        how |= {"call_type": "transcription", "audio_transcription_file_duration": counts["input_seconds"]}
    elif "input_characters" in counts:
        how |= {"call_type": "speech", "prompt_characters": counts["input_characters"]}
    elif "output_seconds" in counts:
        return None  # its calculator of videos takes a whole answer
    else:
        how["usage_object"] = _usage(counts)
    try:
        return sum((Decimal(str(part)) for part in litellm.cost_per_token(**how)), start=Decimal(0)) or None
    except Exception:  # noqa: BLE001  # it raises whatever comes
        return None


def _usage(counts: Counts) -> object:
    media = {name: counts.get(f"input_{name}", 0) for name in ("audio_tokens", "image_tokens", "video_tokens")}
    text = counts["input_tokens"] - sum(media.values())
    made = {name: counts.get(f"output_{name}", 0) for name in ("audio_tokens", "image_tokens")}
    said = counts.get("output_tokens", 0) - sum(made.values())
    return theirs_of.Usage(
        prompt_tokens=counts["input_tokens"],
        completion_tokens=counts.get("output_tokens", 0),
        total_tokens=counts["input_tokens"] + counts.get("output_tokens", 0),
        prompt_tokens_details=theirs_of.PromptTokensDetailsWrapper(
            cached_tokens=counts.get("cache_read_tokens", 0), text_tokens=text, **media
        ),
        completion_tokens_details=theirs_of.CompletionTokensDetailsWrapper(text_tokens=said, **made),
    )


def reason(record: Record, peer: str) -> str:
    """Say why a peer differs, where that is known; "" where it is not."""
    counts = record.counts
    cached = counts.get("cache_audio_read_tokens", 0) + counts.get("cache_image_read_tokens", 0)
    if peer == "litellm" and cached:
        return "litellm bills media that were read from the cache as text: its record has one count of cached tokens"
    if peer == "litellm" and record.model.endswith("-transcribe") and counts.get("input_audio_tokens"):
        return "litellm's own entry has audio at the price of text; its Azure entry and genai-prices have it at ours"
    if (peer, record.provider, record.model) == ("litellm", "azure", "tts-1-hd"):
        return "litellm has Azure's tts-1-hd 10 % above the maker's price, genai-prices at it"
    if record.provider == "groq" and counts.get("input_seconds", 10) < 10:  # noqa: PLR2004
        return "Groq bills at least ten seconds a request"
    return ""


def main(arguments: list[str]) -> None:
    """Print where a peer differs, and the counts."""
    warnings.simplefilter("ignore")
    catalog, counts = load_catalog(), Counter[str]()
    for record in records(catalog, int(arguments[0]) if arguments else 400):
        month = Workload(1, (Shape.from_usage(**record.counts),))
        try:
            ours = estimate(f"{record.provider}/{record.model}", month, catalog, as_of=DAY).monthly_usd
        except UndecidableError as error:
            print(f"{record.model}: {error}")
            continue
        for peer, theirs in (("genai-prices", by_genai(record)), ("litellm", by_litellm(record))):
            if theirs is None:
                counts[f"{peer}: it does not know the model or the meter"] += 1
            elif abs(ours - theirs) <= NEAR * max(ours, theirs):
                counts[f"{peer}: equal"] += 1
            elif words := reason(record, peer):
                counts[f"{peer}: {words}"] += 1
            else:
                counts[f"{peer}: not explained"] += 1
                print(f"{peer} {record.provider}/{record.model} {record.counts}: ours {ours:f}, theirs {theirs:f}")
    for words, count in sorted(counts.items()):
        print(f"{count:6,} {words}")


if __name__ == "__main__":
    main(sys.argv[1:])
