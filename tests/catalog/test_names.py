"""Names as people hold them, and what the catalog makes of them."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import Overlay
from hypothesis import given
from hypothesis import strategies as st

from costcalc import Catalog
from costcalc.catalog.forms.options import ApiOption
from costcalc.catalog.ids import key
from costcalc.catalog.layers.load import load_catalog
from costcalc.errors import AmbiguousNameError, InputError, UnknownNameError

CASES: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parents[1] / "cases" / "ids.yaml").read_text("utf-8"))
REFS = [f"{seller}/{model}" for seller, file in load_catalog().providers.items() for model in file.models]


def model_of(catalog: Catalog, name: str) -> str:
    option = catalog.option(name).option
    assert isinstance(option, ApiOption)
    return option.model


@pytest.mark.parametrize("case", [case for case in CASES if "is" in case], ids=lambda case: case["id"])
def test_an_id_means_one_model(case: dict[str, Any], catalog: Catalog) -> None:
    assert model_of(catalog, case["id"]) == case["is"]


@pytest.mark.parametrize("case", [case for case in CASES if "is" not in case], ids=lambda case: case["id"])
def test_what_an_id_does_not_tell_is_refused(case: dict[str, Any], catalog: Catalog) -> None:
    with pytest.raises(UnknownNameError) as caught:
        catalog.option(case["id"])
    several = isinstance(caught.value, AmbiguousNameError)
    assert several == ("sellers" in case)
    for words in case.get("sellers", [case.get("says")]):
        assert words in str(caught.value)


@given(st.sampled_from(REFS), st.data())
@pytest.mark.no_cover
def test_no_spelling_becomes_another_model(catalog: Catalog, ref: str, data: st.DataObject) -> None:
    """Whatever is done to case and separators: the same model, or a refusal."""
    seller, _, model = ref.partition("/")
    spelling = "".join(data.draw(st.sampled_from([char.lower(), char.upper()])) for char in model)
    separator = data.draw(st.sampled_from(".-_"))
    spelling = spelling.replace(".", separator)
    try:
        found = model_of(catalog, f"{seller}/{spelling}")
    except UnknownNameError:
        return
    assert key(found) == key(ref)


def test_every_model_is_found_by_its_own_names(catalog: Catalog) -> None:
    for ref in REFS:
        seller, _, model = ref.partition("/")
        for name in (model, *catalog.providers[seller].models[model].aliases):
            assert catalog.sold_model(f"{seller}/{name}").ref == ref


def test_a_row_is_named_as_the_model_that_it_was_read_as(catalog: Catalog) -> None:
    assert catalog.resolved("gpt-5.2") == "gpt-5.2"
    assert catalog.resolved("GPT-5.2") == "openai/gpt-5.2"
    assert catalog.resolved("bedrock/eu.anthropic.claude-sonnet-4-6") == "aws/us.anthropic.claude-sonnet-4-6"
    assert catalog.resolved("gpt-5.2-api") == "gpt-5.2-api"
    assert catalog.resolved("azure/gpt-5.2") == "azure/gpt-5.2"


def test_a_fine_tuned_model_costs_what_its_own_base_costs(overlay: Overlay) -> None:
    mine = overlay(
        """
api:
  openai:
    models:
      "ft:gpt-4o-mini-2024-07-18":
        prices:
          - {effective: 2024-07-23, usd_per_mtok: {input: 0.30, output: 1.20}, source: {title: t, checked: 2026-11-20}}
"""
    )
    for name in ("ft:gpt-4o-mini-2024-07-18:acme::abc123", "openai/ft:gpt-4o-mini-2024-07-18:acme:suffix:abc123"):
        assert model_of(mine, name) == "openai/ft:gpt-4o-mini-2024-07-18"


def test_a_seller_of_ones_own_is_a_seller(overlay: Overlay) -> None:
    mine = overlay(
        """
api:
  azure:
    name: Azure
    models:
      gpt-5.6-luna:
        prices:
          - {effective: 2026-08-01, usd_per_mtok: {input: 1, output: 6}, source: {title: t, checked: 2026-11-20}}
"""
    )
    assert model_of(mine, "azure/GPT-5.6-luna") == "azure/gpt-5.6-luna"
    assert model_of(mine, "gpt-5.6-luna") == "openai/gpt-5.6-luna"  # a bare name means its maker's price


def test_a_name_without_a_kind_is_read_in_any_spelling(catalog: Catalog) -> None:
    assert catalog.thing("GPT-5.2").ref == "openai/gpt-5.2"
    # an open model's own name comes before a seller's spelling of it, cerebras/llama-3.3-70b
    assert catalog.thing("Llama-3.3-70B").kind == "open model"


def test_a_price_names_a_region_or_all_but_one(overlay: Overlay) -> None:
    with pytest.raises(InputError, match="give region or region_other_than, not both"):
        overlay(
            """
api:
  acme:
    models:
      m:
        prices:
          - effective: 2026-01-01
            usd_per_mtok: {input: 1}
            when: [{region: eu, region_other_than: global, multiply: 1.1}]
            source: {title: t, checked: 2026-11-20}
"""
        ).sold_model("acme/m")


@pytest.mark.parametrize(
    ("ref", "day", "successor"),
    [
        ("anthropic/claude-sonnet-4-5", "2026-11-27", "anthropic/claude-sonnet-5-5"),
        ("anthropic/claude-sonnet-4-5", "2026-11-26", None),  # nobody had seen it named before the 27th
        ("openai/gpt-4o", "2026-11-27", "openai/gpt-6-luna"),
        ("openai/gpt-5-mini", "2027-03-01", "openai/gpt-5.6-terra"),
        ("google/gemini-2.5-pro", "2026-11-27", "google/gemini-3.8-flash"),
        ("google/gemini-2.5-flash", "2026-11-27", "google/gemini-3.5-flash-lite"),
        ("aws/zai.glm-4.7", "2026-11-27", "aws/zai.glm-5"),
        ("zai/glm-4.7", "2026-11-27", None),  # what a host says of its offer is no word of the maker's
        ("azure/gpt-5.1", "2026-11-27", "azure/gpt-5.2"),  # each seller names its own: OpenAI names gpt-6-sol
        ("openai/gpt-5.1", "2026-11-27", "openai/gpt-6-sol"),
        ("anthropic/claude-opus-5-5", "2026-11-27", None),
    ],
)
def test_a_vendor_names_the_successor_of_a_model(ref: str, day: str, successor: str | None, catalog: Catalog) -> None:
    assert catalog.sold_model(ref).superseded_by(date.fromisoformat(day)) == successor


@pytest.mark.parametrize(
    ("ref", "reads", "tools"),
    [
        ("anthropic/claude-haiku-5-5", ("image",), True),  # Claude reads no speech and no video
        ("anthropic/claude-haiku-4-5", ("image",), True),
        ("openai/gpt-6.1-terra", ("image",), True),
        ("openai/o3-mini", (), True),
        ("openai/gpt-audio", ("audio",), True),
        ("google/gemini-4-argon", ("image", "audio", "video"), True),
        ("deepseek/deepseek-v4-pro", (), True),
        ("deepseek/deepseek-flash", ("image",), True),  # V4.1 Flash sees, V4 Pro does not
        ("moonshotai/kimi-k3", ("image", "video"), True),
        ("mistral/codestral-2508", (), True),
        ("x-ai/grok-4.7", ("image",), True),
        ("zai/glm-5.3", (), True),
        ("aws/us.anthropic.claude-opus-5-5", ("image",), True),
        ("aws/deepseek.r1-v1:0", (), False),  # said to call none there
        ("deepseek/deepseek-r1", None, None),  # the lists disagree
        ("openai/text-embedding-3-large", None, None),  # nobody asks it of an embedding
    ],
)
def test_what_a_model_reads_and_whether_it_calls_tools(
    ref: str, reads: tuple[str, ...] | None, tools: bool | None, catalog: Catalog
) -> None:
    model = catalog.sold_model(ref).model
    assert (model.reads, model.tools) == (reads, tools)


def test_of_every_maker_that_an_option_names_it_is_known_what_models_read(catalog: Catalog) -> None:
    unknown = [
        option.model
        for option in catalog.options.values()
        if isinstance(option, ApiOption)
        and option.model.partition("/")[0] in {"anthropic", "openai", "google", "deepseek"}
        for known in [catalog.sold_model(option.model).model]
        if known.reads is None or known.tools is None
    ]
    assert unknown == ["deepseek/deepseek-r1"]
