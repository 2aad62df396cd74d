"""Load → show → load is the identity: what is exported, laid over the shipped catalog, says the same again."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from catalog.generated import Tree, catalogs
from conftest import Cli, Overlay
from endings import often
from hypothesis import given

import costcalc.catalog.layers.load
from costcalc import Catalog, load_catalog
from costcalc.catalog.edit.writing import as_block
from costcalc.catalog.export import exported
from costcalc.catalog.forms.kinds import CATALOG_KEYS, FIELDS
from costcalc.errors import UnknownNameError

PRICING = Path(__file__).parents[2] / "pricing"
FEW = ("api/openai.yaml", "plans/openai.yaml", "gpus/h100-sxm.yaml", "models/llama-3.1-8b.yaml", "kinds.yaml", "throughput.json")  # fmt: skip


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Catalog:
    """Ship a small catalog, so that a few hundred can be loaded."""
    for name in FEW:
        (tmp_path / "few" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(PRICING / name, tmp_path / "few" / name)
    texts = {
        "options": "options: {gpt-5.2-api: {kind: api, model: openai/gpt-5.2}}\nheadline: [gpt-5.2-api]\n",
        "assumptions": "assumptions: {pue: {value: 1.5, low: 1.1, high: 1.8, unit: ratio, basis: judgement}}\n",
        "quality": "quality: {}\n",
        "rules": "rules: {}\n",
    }
    for name, text in texts.items():
        (tmp_path / "few" / f"{name}.yaml").write_text(text)
    monkeypatch.setattr(costcalc.catalog.layers.load, "shipped_pricing", lambda: tmp_path / "few")
    return load_catalog()


def said(catalog: Catalog) -> dict[str, Any]:
    """Give everything that a catalog says, as its forms hold it."""
    parts = {key: getattr(catalog, FIELDS[key]) for key in CATALOG_KEYS}
    parts = {key: part() if callable(part) else part for key, part in parts.items()}
    parts = {key: getattr(part, "entries", part) for key, part in parts.items()}
    return {key: part if isinstance(part, tuple) else dict(part) for key, part in parts.items()}


def again(catalog: Catalog, folder: Path, shipped: Catalog, *names: str) -> Catalog:
    path = folder / "again.yaml"
    path.write_text(exported(catalog, shipped, names), encoding="utf-8")
    return load_catalog(path)


@pytest.mark.no_cover
def test_any_valid_catalog_comes_back(tmp_path: Path, small: Catalog) -> None:
    @given(catalogs())
    @often(10)
    def comes_back(tree: Tree) -> None:
        (tmp_path / "any.yaml").write_text("\n".join(as_block(tree)), encoding="utf-8")
        loaded = load_catalog(tmp_path / "any.yaml")
        back = again(loaded, tmp_path, small)
        assert said(back) == said(loaded)
        assert exported(back, small) == exported(loaded, small)

    comes_back()


@pytest.mark.no_cover  # a table of what other tests cover
def test_the_shipped_catalog_comes_back_whole(tmp_path: Path, catalog: Catalog) -> None:
    back = again(catalog, tmp_path, catalog)
    assert said(back) == said(catalog)
    for kind in ("api", "gpus", "models", "plans"):  # no file was left out
        assert sorted(said(back)[kind]) == sorted(path.stem for path in PRICING.glob(f"{kind}/*.yaml"))
    assert exported(back, catalog) == exported(catalog, catalog)


LAID = """
api:
  openai: {models: {gpt-5.2: {context_window: null, prices: [{effective: 2025-12-11, usd_per_mtok: {output: 12}}]}}}
  mine:
    name: Ours
    via: an invoice
    models: {m: {prices: [{effective: 2026-01-01, usd_per_mtok: {output: 1}, source: {title: t, checked: 2026-01-01}}]}}
assumptions: {pue: 1.2 to 1.4}
options: {o: {kind: self_host, model: llama-3.1-8b, gpu: h100, usd_per_gpu_hour: 2.0 to 4.0}}
"""


@pytest.mark.parametrize(
    "name", ["gpt-5.2", "mine/m", "pue", "o", "gpt-5.2-api", "h100", "llama-3.1-8b", "openai/chatgpt-plus"]
)
def test_an_entry_comes_back_without_the_layers_that_made_it(name: str, tmp_path: Path, small: Catalog) -> None:
    (tmp_path / "laid.yaml").write_text(LAID)
    loaded = load_catalog(tmp_path / "laid.yaml")
    path = loaded.thing(name).path
    assert again(loaded, tmp_path, small, name).entry(path) == loaded.entry(path)


def test_what_a_layer_removed_is_removed_again(tmp_path: Path, overlay: Overlay, catalog: Catalog) -> None:
    laid = overlay("options: {gpt-5.2-api: null}\nheadline: [gpt-5.4]\nassumptions: {pue: {note: null}}\n")
    text = exported(laid, catalog)
    assert "  gpt-5.2-api: null\n" in text
    assert said(again(laid, tmp_path, catalog)) == said(laid)


def test_a_provider_of_ones_own_keeps_its_name(tmp_path: Path, small: Catalog) -> None:
    (tmp_path / "laid.yaml").write_text(LAID)
    back = again(load_catalog(tmp_path / "laid.yaml"), tmp_path, small, "mine/m")
    assert (back.providers["mine"].name, back.providers["mine"].via) == ("Ours", "an invoice")


def test_an_unknown_name_is_said(catalog: Catalog) -> None:
    with pytest.raises(UnknownNameError, match=r"did you mean 'gpt-5\.2'"):
        exported(catalog, catalog, ["gpt-5.22"])


def test_the_command_prints_what_can_be_loaded(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "costcalc.yaml").write_text("assumptions: {pue: 1.3}\n")
    run = cli("catalog", "export", "pue", "gpt-5.2-api")
    said = """assumptions:
  pue: {value: 1.3, low: 1.3, high: 1.3, unit: ratio, basis: user, source: null, note: null}
options:
  gpt-5.2-api: {kind: api, model: openai/gpt-5.2}
"""
    assert (run.status, run.out) == (0, said)
    (tmp_path / "costcalc.yaml").write_text(run.out)
    assert cli("catalog", "export", "pue", "gpt-5.2-api").out == run.out
    assert cli("catalog", "export", "nothing-like-it").status == 2
