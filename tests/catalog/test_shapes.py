"""Every shipped shape against its source, and how many of the open models that are sold can be sized."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from costcalc import Catalog, UnknownNameError
from costcalc.cost.hardware import AttentionLayers, shape_of
from costcalc.cost.memory import kv_bytes_per_token

FLOOR = 70  # of 81 that were sold on 2026-11-27
COUNTED = 0.02  # the catalog's figure against the count from the source's configuration
PUBLISHED = 0.15  # names round, and count encoders of pictures: Qwen3-VL-2B is 1.72B for text
ACTIVE = 0.20  # "A3B" is anything from 2.9 to 3.6
with (Path(__file__).parents[1] / "data" / "open_models.csv").open(encoding="utf-8", newline="") as opened:
    SOURCES = list(csv.DictReader(opened))
OF_UNKNOWN_SHAPE = {
    "deepseek-v4.1-flash", "gemma-4-e4b", "mimo-v2.5", "minimax-m3.1-flash", "muse-spark-open",
    "nvidia-nemotron-3.5-super-vl", "qwen3.7-max", "qwen3.8-2.4t-a95b", "qwen3.8-27b", "qwen3.8-max",
}  # fmt: skip


def is_sized(catalog: Catalog, name: str) -> bool:
    try:
        return catalog.open_model(name).parameters_b > 0
    except UnknownNameError:
        return False


def test_the_open_models_that_are_sold_can_be_sized(catalog: Catalog) -> None:
    sold = {
        model.open_weights
        for file in catalog.providers.values()
        for model in file.models.values()
        if model.open_weights
    }
    sized = {name for name in sold if is_sized(catalog, name)}
    assert len(sized) >= FLOOR, sorted(sold - sized)
    assert not sized & OF_UNKNOWN_SHAPE, "a shape was found: take it off the list"


@pytest.mark.parametrize("source", SOURCES, ids=[row["model"] for row in SOURCES])
def test_a_shape_is_as_its_source_has_it(source: dict[str, str], catalog: Catalog) -> None:
    model = catalog.models[source["model"]]
    assert float(model.parameters_b) == pytest.approx(float(source["counted_b"]), rel=COUNTED)
    assert float(model.active_parameters_b) == pytest.approx(float(source["counted_active_b"]), rel=ACTIVE)
    if source["published_b"]:
        assert float(model.parameters_b) == pytest.approx(float(source["published_b"]), rel=PUBLISHED)
    if source["published_active_b"]:
        assert float(model.active_parameters_b) == pytest.approx(float(source["published_active_b"]), rel=ACTIVE)
    assert model.hidden_size == int(source["hidden_size"])
    assert (model.experts or 0, model.experts_per_token or 0) == (
        int(source["experts"] or 0),
        int(source["experts_per_token"] or 0),
    )


# an index adds 128 numbers to the 576 of a latent; V4 keeps one vector of 512 per 4 or 128 tokens, beside a window
INDEXED = {"deepseek-v3.2": 61, "glm-5.1": 78, "glm-5.2": 21, "glm-5.3": 21, "minimax-m3": 57}


@pytest.mark.parametrize("source", SOURCES, ids=[row["model"] for row in SOURCES])
def test_a_token_takes_as_much_cache_as_the_source_says(source: dict[str, str], catalog: Catalog) -> None:
    model = shape_of(catalog.models[source["model"]])
    kept = model._replace(attention=tuple(map(_for_good, model.attention)))
    layers, numbers = int(source["layers_that_keep_all"]), int(source["numbers_a_token_and_layer"])
    expected = layers * numbers + 128 * INDEXED.get(source["model"], 0)
    if source["model"].startswith("deepseek-v4-flash"):
        expected = 3440  # 21 × 512/4 + 20 × 512/128 + 21 × 128/4
    elif source["model"].startswith("deepseek-v4-pro"):
        expected = 4924  # 30 × 512/4 + 31 × 512/128 + 30 × 128/4
    elif source["model"] == "glm-5.3-flash":
        expected += 11 * 8  # 128 numbers of its index per 16 tokens
    assert kv_bytes_per_token(kept) == 2 * expected  # two bytes a number


def _for_good(group: AttentionLayers) -> AttentionLayers:
    """Count what a layer keeps of a token that has left every window."""
    return group._replace(window=0 if group.window is not None else None, recent=0)
