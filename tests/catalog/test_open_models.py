"""Models that have the shape of another model: what is taken from it, what is refused, and what a build keeps."""

from __future__ import annotations

from pathlib import Path

import pytest
from catalog.test_hardware import MODEL, READ
from catalog.test_load import problems, written
from conftest import Cli, Overlay

from costcalc import load_catalog
from costcalc.catalog.forms.open_models import SHAPE_KEYS
from costcalc.cost.hardware import shape_of

TWIN = f"model: twin\nname: Twin 1B\nlicence: MIT\nshape_of: tiny\npublished_weights: fp8\ntrust: secondary\n{READ}\n"


def both(folder: Path, twin: str = TWIN) -> Path:
    written(folder / "models" / "tiny.yaml", MODEL)
    return written(folder / "models" / "twin.yaml", twin).parents[1]


def test_a_model_has_the_shape_of_another_and_its_own_terms(tmp_path: Path) -> None:
    catalog = load_catalog(both(tmp_path))
    twin, tiny = catalog.open_model("Twin 1B"), catalog.open_model("tiny")
    assert shape_of(twin)._replace(name="tiny", published="bf16") == shape_of(tiny)._replace(name="tiny")
    assert (twin.name, twin.licence, twin.published_weights, twin.trust) == ("Twin 1B", "MIT", "fp8", "secondary")
    assert tiny.licence is None
    assert (twin.shape_of, tiny.shape_of) == ("tiny", None)


def test_every_figure_says_in_whose_file_it_stands(tmp_path: Path) -> None:
    catalog = load_catalog(both(tmp_path))
    for model, key, place in (
        ("twin", "hidden_size", "models/tiny.yaml:9:14"),
        ("twin", "licence", "models/twin.yaml:3:10"),
        ("tiny", "hidden_size", "models/tiny.yaml:9:14"),
    ):
        assert str(catalog.place(("models", model, key))).endswith(place)
    assert catalog.entry(("models", "twin"))["layers"] == 4


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("shape_of: tiny", "shape_of: tniy", "4:11: shape_of: unknown model 'tniy'; expected the id of an entry in models/ [did you mean 'tiny'?]"),
        ("shape_of: tiny", "shape_of: twin", "4:11: shape_of: the shape would be that of itself; name the model that has the figures"),
        ("shape_of: tiny", "shape_of: kimi-k2.6", "4:11: shape_of: the shape would be that of 'kimi-k2.6', which takes its own from 'kimi-k2'; name the model that has the figures"),
        ("shape_of: tiny", "shape_of: tiny\nlayers: 4", "5:1: layers: the shape is that of 'tiny' (shape_of); give all of it here, or none of it"),
        ("shape_of: tiny", "shape_of: tiny\nsparse_attention: true", "5:1: sparse_attention: the shape is that of 'tiny' (shape_of); give all of it here, or none of it"),
        ("shape_of: tiny", "shape_of: 7", '4:11: shape_of: expected text, found the number 7; quote it: "7"'),
    ],
)  # fmt: skip
def test_a_shape_that_cannot_be_taken_is_refused(old: str, new: str, message: str, tmp_path: Path) -> None:
    assert old in TWIN
    found = problems(both(tmp_path, TWIN.replace(old, new)))
    assert [text.rpartition("twin.yaml:")[2] for text in found] == [message]


def test_two_models_that_name_each_other_are_both_refused(tmp_path: Path) -> None:
    written(tmp_path / "models" / "tiny.yaml", TWIN.replace("twin", "tiny").replace("of: tiny", "of: twin"))
    found = problems(written(tmp_path / "models" / "twin.yaml", TWIN).parents[1])
    assert [text.partition(": ")[2] for text in found] == [
        "shape_of: the shape would be that of 'twin', which takes its own from 'tiny'; name the model that has the figures",
        "shape_of: the shape would be that of 'tiny', which takes its own from 'twin'; name the model that has the figures",
    ]


def test_every_missing_figure_of_a_new_model_is_named_at_once(tmp_path: Path) -> None:
    text = f"model: twin\nname: Twin 1B\ntrust: guess\n{READ}\n"
    found = [one.split("x.yaml:")[1] for one in problems(written(tmp_path / "x.yaml", text))]
    assert found[0].startswith("3:8: trust: expected 'primary'")
    assert found[1:] == [f"1:1: the file: missing key '{key}'" for key in SHAPE_KEYS[:8] if key != "tied_embeddings"]


def test_a_shape_of_ones_own_replaces_the_one_that_was_taken(overlay: Overlay) -> None:
    figures = "".join(
        f"    {line}\n" for line in MODEL.splitlines()[3:] if line.split(":")[0] not in ("trust", "source")
    )
    catalog = overlay(f"models:\n  kimi-k2.6:\n    shape_of: null\n{figures}")
    assert (catalog.open_model("kimi-k2.6").layers, catalog.open_model("kimi-k2").layers) == (4, 61)


def test_a_change_of_the_shape_reaches_the_models_that_take_it(overlay: Overlay) -> None:
    catalog = overlay("models: {kimi-k2: {hidden_size: 8192}}")
    assert catalog.open_model("kimi-k2.6").hidden_size == 8192
    assert load_catalog().open_model("kimi-k2.6").hidden_size == 7168


def test_what_a_build_keeps_of_a_file_is_that_file_alone() -> None:
    models = load_catalog().models
    assert models["kimi-k2.6"].layers == 61
    assert models.written("kimi-k2.6").layers is None  # type: ignore[attr-defined]  # the folder behind the mapping


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("GLM-5.3", ("Z.ai, MIT (a judgement: no source was read; its model card decides)", "shape of GLM-5.2 (pricing/models/glm-5.2.yaml:", "shape primary: ")),
        ("DeepSeek-V4-Pro-0813", ("30 compressed (one entry per 4 tokens, window 128) with an index of 128", "shape a judgement, from its name and the note below: ")),
        ("Granite-4.0-H-Micro", ("IBM, Apache-2.0, by https://github.com/ibm-granite/", "75 MB of state a sequence", "shape a judgement, recalled and not read: ")),
        ("models/kimi-k3", ("Moonshot AI, licence unknown",)),
    ],
)  # fmt: skip
def test_whose_shape_it_is_and_what_is_a_judgement_is_shown(name: str, lines: tuple[str, ...], cli: Cli) -> None:
    shown = " ".join(cli("catalog", "show", name, "--as-of", "2026-11-27").out.split())
    for line in lines:
        assert line in shown
