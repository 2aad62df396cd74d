"""Prices of another library's list that were looked at and not taken: a refresh leaves ours as it is, and says why."""

from typing import Annotated, Literal

from costcalc.catalog.forms.entry import NOT_EMPTY, Entry
from costcalc.catalog.forms.rates import RATE_TABLES, RateEntry, any_of
from costcalc.catalog.forms.scalars import Day, Factor, Items, Text, Whole


class Disputed(RateEntry, schema=any_of(*RATE_TABLES, "multiply")):
    """What some lists say of one model under some conditions, and is not so.

    Args:
        model: The model, as provider/id.
        sources: The lists that say it: litellm, genai-prices, models-dev, openrouter.
        prompt_tokens_above: Of a prompt of more tokens than this, where that is meant [tokens].
        processing: Of requests that wait for a batch.
        service_tier: Of requests of this tier.
        region: Of requests that must be processed in this region.
        region_other_than: Of requests that must be processed in any one region but this.
        multiply: The factor that they say.
        reason: Why it was not taken.
        checked: The day on which somebody looked.
    """

    model: Text
    sources: Annotated[tuple[Text, ...], NOT_EMPTY, Items]
    prompt_tokens_above: Whole | None = None
    processing: Literal["batch"] | None = None
    service_tier: Text | None = None
    region: Text | None = None
    region_other_than: Text | None = None
    multiply: Factor | None = None
    reason: Text
    checked: Day


class DisputedFile(Entry):
    """Where lists of others and this catalog differ, and why: ``disputed.yaml`` beside the prices.

    Args:
        disputed: The prices that were not taken.
    """

    disputed: tuple[Disputed, ...]
