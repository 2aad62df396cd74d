"""Open models and GPUs of one's own: laid over the shipped ones, looked up, checked, traced and dated."""

from __future__ import annotations

import os
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from catalog.test_load import problems, written
from conftest import Overlay

from costcalc import Catalog, InputError, UnknownNameError, load_catalog
from costcalc.catalog.forms.entry import Entry
from costcalc.catalog.forms.hardware import GpuFile
from costcalc.catalog.forms.open_models import OpenModelFile
from costcalc.catalog.forms.schema import Source
from costcalc.catalog.names import slug
from costcalc.catalog.sources import sources
from costcalc.catalog.validate import validate
from costcalc.files import read_document
from costcalc.findings import Document

TODAY = date(2026, 11, 27)
READ = "source: {title: t, checked: 2026-11-01}"
GPU = f"""
gpu: mine
name: Mine 96
aliases: [M96]
vendor: Nobody
architecture: "9.0"
memory_gb: 96
bandwidth_gb_per_s: 4000
dense_tflops: {{bf16: 1000}}
trust: recalled
{READ}
rentals:
  shop:
    provider: p
    offer: on_demand
    prices:
      - {{effective: 2026-01-01, usd_per_gpu_hour: 3, {READ}}}
reference: shop
purchase:
  prices:
    - {{effective: 2026-01-01, usd: 30000, low: 25000, high: 40000, {READ}}}
""".lstrip()
MODEL = f"""
model: tiny
name: Tiny 1B
aliases: [acme/Tiny-1B]
parameters_b: 1.0
active_parameters_b: 0.9
non_expert_parameters_b: 1.0
embedding_parameters_b: 0.1
layers: 4
hidden_size: 512
attention:
  - {{kind: full, layers: 4, query_heads: 8, kv_heads: 2, head_dim: 64}}
trust: recalled
{READ}
""".lstrip()


def edited(text: str, old: str, new: str) -> str:
    """Make one edit that must not come to nothing."""
    assert old in text
    return text.replace(old, new, 1)


def indented(text: str) -> str:
    return "".join(f"    {line}\n" for line in text.splitlines())


# --- layers -----------------------------------------------------------------------------------------------------------


def test_a_gpu_and_a_model_of_ones_own_may_be_one_file_each(tmp_path: Path) -> None:
    catalog = load_catalog(written(tmp_path / "a.yaml", GPU), written(tmp_path / "b.yaml", MODEL))
    assert (catalog.gpu("m96").gpu, catalog.open_model("Acme/tiny 1b").model) == ("mine", "tiny")
    assert (len(catalog.gpus), len(catalog.models)) == (len(load_catalog().gpus) + 1, len(load_catalog().models) + 1)
    assert "mine" in catalog.gpus
    assert validate(catalog, today=TODAY) == ()


def test_a_directory_holds_them_as_the_shipped_one_does(tmp_path: Path) -> None:
    written(tmp_path / "gpus" / "mine.yaml", GPU)
    written(tmp_path / "models" / "tiny.yaml", MODEL)
    catalog = load_catalog(tmp_path)
    assert (catalog.gpus["mine"].name, catalog.models["tiny"].name) == ("Mine 96", "Tiny 1B")
    assert catalog.place(("gpus", "mine", "memory_gb")).document.name.endswith("gpus/mine.yaml")


def test_a_project_file_holds_them_by_id(overlay: Overlay) -> None:
    catalog = overlay(f"gpus:\n  mine:\n{indented(GPU)}models:\n  tiny:\n{indented(MODEL)}")
    assert catalog.gpus["mine"].memory_gb == 96
    assert catalog.models["tiny"].layers == 4
    short = overlay(f"gpus:\n  mine:\n{indented(GPU).replace('    gpu: mine', '')}")  # the key says it already
    assert short.gpus["mine"].gpu == "mine"


def test_an_override_changes_its_one_figure_and_says_where_it_stands(overlay: Overlay) -> None:
    catalog = overlay("gpus: {h100-sxm: {memory_gb: 94}}\nmodels: {qwen3-32b: {context_window: null}}")
    shipped = load_catalog()
    assert catalog.gpus["h100-sxm"].memory_gb == 94
    assert catalog.gpus["h100-sxm"].bandwidth_gb_per_s == shipped.gpus["h100-sxm"].bandwidth_gb_per_s
    assert (catalog.models["qwen3-32b"].context_window, shipped.models["qwen3-32b"].context_window) == (None, 40_960)
    assert catalog.place(("gpus", "h100-sxm", "memory_gb")).document.name.endswith("overlay.yaml")
    assert catalog.place(("gpus", "h100-sxm", "tdp_w")).document.name == "pricing/gpus/h100-sxm.yaml"
    assert catalog.entry(("gpus", "h100-sxm"))["memory_gb"] == 94


def test_a_rent_of_ones_own_keeps_its_day_and_names_whose_it_was(overlay: Overlay) -> None:
    catalog = overlay(
        "gpus: {h100-sxm: {rentals: {runpod-secure: {prices: [{effective: 2026-05-22, usd_per_gpu_hour: 2.5}]}}}}"
    )
    offer = catalog.gpus["h100-sxm"].rentals["runpod-secure"]
    found = offer.price_on(TODAY)
    assert found is not None
    assert (found[0], found[1].usd_per_gpu_hour) == (1, Decimal("2.5"))
    assert str(found[1].source).endswith("overlay.yaml:1, over https://www.spheron.network/blog/runpod-h100-pricing-2026/")  # fmt: skip


def test_later_layers_win_in_folders_too(tmp_path: Path) -> None:
    first = written(tmp_path / "a.yaml", GPU)
    second = written(tmp_path / "b" / "gpus" / "mine.yaml", "gpu: mine\nmemory_gb: 141").parents[1]
    third = written(tmp_path / "c.yaml", "gpus: {mine: {purchase: null}}")
    gpu = load_catalog(first, second, third).gpu("Mine 96")
    assert gpu.memory_gb == 141
    assert gpu.purchase is None
    assert gpu.tdp_w is None


def test_every_file_of_the_folders_counts_for_the_digest(tmp_path: Path) -> None:
    digests = {load_catalog().digest_of()}
    for folder, name, text in (("gpus", "mine", GPU), ("models", "tiny", MODEL)):
        path = written(tmp_path / folder / f"{name}.yaml", text)
        digests.add(load_catalog(path).digest_of())
        written(path, f"{text}# a comment\n")
        digests.add(load_catalog(path).digest_of())
    scores = f"quality: {{Q: [{{benchmark: b, score: 1, reported_by: r, confidence: low, {READ}}}]}}"
    digests.add(load_catalog(written(tmp_path / "q.yaml", scores)).digest_of())
    digests.add(load_catalog(written(tmp_path / "m.yaml", MEASURED)).digest_of())
    assert len(digests) == 1 + 2 * 2 + 2


@pytest.mark.parametrize(
    "changed",
    ["gpus/g.yaml", "models/m.yaml", "quality.yaml", "rules.yaml", "kinds.yaml", "tokens.yaml", "throughput.json"],
)
def test_a_shipped_file_that_no_command_asked_for_counts_for_the_digest(
    changed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("options", "assumptions", "quality", "rules", "kinds"):
        written(tmp_path / f"{name}.yaml", f"{name}: {{}}")
    written(tmp_path / "tokens.yaml", "tokenizers: {}")
    for name in ("api/a.yaml", "gpus/g.yaml", "models/m.yaml", "throughput.json"):
        written(tmp_path / name, "{}")
    monkeypatch.setattr("costcalc.catalog.layers.load.shipped_pricing", lambda: tmp_path)
    before = load_catalog().digest_of()
    written(tmp_path / changed, f"{(tmp_path / changed).read_text()}\n")
    assert load_catalog().digest_of() != before


# --- what is wrong with a layer ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("gpus: {h100-sxmm: {memory_gb: 96}}", "x.yaml:1:8: unknown gpu 'h100-sxmm': nothing to override, and a new one needs its name and figures [did you mean 'h100-sxm' or 'h200-sxm' or 'b300-sxm'?]"),
        ("gpus: {H100 SXM: {memory_gb: 96}}", "x.yaml:1:8: unknown gpu 'H100 SXM': nothing to override, and a new one needs its name and figures [did you mean 'h100-sxm' or 'h200-sxm' or 'b300-sxm'?]"),
        ("models: {zzzzzzzz: {layers: 9}}", "x.yaml:1:10: unknown model 'zzzzzzzz': nothing to override, and a new one needs its name and figures"),
        ("gpu: mien\nmemory_gb: 9", "x.yaml:1:1: unknown gpu 'mien': nothing to override, and a new one needs its name and figures"),
        ("gpus: {h100-sxm: 7}", "x.yaml:1:18: gpus.h100-sxm: expected what gpus/h100-sxm.yaml holds, a mapping"),
        ("models: [a]", "x.yaml:1:9: models: expected a mapping"),
        ("gpus: {h100-sxm: {gpu: other}}", "x.yaml:1:24: gpu: expected 'h100-sxm', as the file is called, found 'other'"),
        ("gpus: {h100-sxm: {rentals: null}}", "x.yaml:1:8: the file: a GPU with rentals names the one that estimates take: reference"),
        ("gpus: {h100-sxm: {purchase: {price: 7}}}", "x.yaml:1:30: purchase: unknown key 'price'; expected one of: prices [did you mean 'prices'?]"),
        ("gpus: {rtx-4070-ti: {purchase: null}}", "x.yaml:1:22: purchase: nothing stands here, and no lower layer has it to be removed"),
    ],
)  # fmt: skip
def test_what_a_layer_says_in_vain_is_named(text: str, message: str, tmp_path: Path) -> None:
    assert problems(written(tmp_path / "x.yaml", text)) == [message]


def test_a_file_of_a_folder_is_called_as_what_it_holds(tmp_path: Path) -> None:
    written(tmp_path / "gpus" / "yours.yaml", GPU)
    written(tmp_path / "models" / "tiny.yml", MODEL)
    written(tmp_path / "gpu" / "mine.yaml", GPU)
    found = [message.split(": ", 1)[1] for message in problems(tmp_path)]
    assert found == [
        "not part of a catalog; expected one of: api, models, gpus, plans [did you mean 'gpus'?]",
        "gpu: expected 'yours', as the file is called, found 'mine'",
        "not part of a catalog; expected one of: tiny.yaml [did you mean 'tiny.yaml'?]",
    ]


def test_every_missing_figure_of_a_new_gpu_is_named_at_once(tmp_path: Path) -> None:
    found = problems(written(tmp_path / "x.yaml", "gpus: {mine: {gpu: mine, name: Mine}}"))
    keys = ("vendor", "architecture", "memory_gb", "bandwidth_gb_per_s", "dense_tflops", "trust", "source")
    assert found == [f"x.yaml:1:8: the file: missing key '{key}'" for key in keys]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("reference: shop\n", "", "1:1: the file: a GPU with rentals names the one that estimates take: reference"),
        ("reference: shop", "reference: shpo", "1:1: the file: reference 'shpo' is none of the rentals: shop"),
        ("reference: shop", "reference: shpo\nnote: 7", '18:7: note: expected text, found the number 7; quote it: "7"'),
        ("low: 25000", "low: 35000", "20:7: purchase.prices.0: expected low ≤ usd ≤ high, found 35000, 30000, 40000"),
        ("high: 40000", "high: 20000", "20:7: purchase.prices.0: expected low ≤ usd ≤ high, found 25000, 30000, 20000"),
        ("usd_per_gpu_hour: 3", "usd_per_gpu_hour: 0", "16:51: rentals.shop.prices.0.usd_per_gpu_hour: expected a number above 0, found 0"),
        ("offer: on_demand", "offer: ondemand", "14:12: rentals.shop.offer: expected 'on_demand', 'reserved_1y', 'reserved_3y', 'spot', 'serverless' or 'owner_cost', found text 'ondemand' [did you mean 'on_demand'?]"),
        ("trust: recalled", "trust: guessed", "9:8: trust: expected 'primary', 'secondary', 'recalled' or 'judgement', found text 'guessed'"),
        ("memory_gb: 96", "memory_gb: 96GB", "6:12: memory_gb: expected a number, found text '96GB'"),
        ("gpu: mine", "gpu: 4090", '1:6: gpu: expected text, found the number 4090; quote it: "4090"'),
        ("gpu: mine", "gpu: [a]", "1:1: gpu: expected text, found a list"),
        ("aliases: [M96]", "aliases: M96", "3:10: aliases: expected a list, found text 'M96'"),
        ('"9.0"', "9.0", '5:15: architecture: expected text, found the number 9.0; quote it: "9.0"'),
        ("{bf16: 1000}", "{fp8: 1000}", "8:1: dense_tflops: missing key 'bf16'"),
        (f"      - {{effective: 2026-01-01, usd_per_gpu_hour: 3, {READ}}}\n", "      []\n", "15:5: rentals.shop.prices: expected at least one entry, found none"),
    ],
)  # fmt: skip
def test_a_gpu_is_checked_where_it_stands(old: str, new: str, message: str, tmp_path: Path) -> None:
    assert problems(written(tmp_path / "x.yaml", edited(GPU, old, new))) == [f"x.yaml:{message}"]


@pytest.mark.parametrize("key", ["usd_per_gpu_hour: 3", "usd: 30000, low: 25000, high: 40000"])
def test_rents_and_purchase_prices_stand_oldest_first(key: str, tmp_path: Path) -> None:
    entry = f"- {{effective: 2026-01-01, {key}, {READ}}}"
    line = next(line for line in GPU.splitlines() if entry in line)
    (message,) = problems(written(tmp_path / "x.yaml", edited(GPU, line, f"{line}\n{line}")))
    assert message.endswith("prices stand oldest first, one a day: 2026-01-01 stands after 2026-01-01")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("layers: 4\nh", "layers: 5\nh", "1:1: the file: attention describes 4 layers; the model has 5"),
        ("kv_heads: 2, ", "", "11:5: attention.0: full and sliding layers have kv_heads; latent, compressed and linear ones have none"),
        ("kind: full", "kind: latent", "11:5: attention.0: full and sliding layers have kv_heads; latent, compressed and linear ones have none"),
        ("kind: full", "kind: linear", "11:5: attention.0: full and sliding layers have kv_heads; latent, compressed and linear ones have none"),
        ("kind: full", "kind: sliding", "11:5: attention.0: sliding and compressed layers have a window, and only they"),
        ("head_dim: 64", "head_dim: 64, tokens_per_entry: 4", "11:5: attention.0: compressed layers have tokens_per_entry, and only they"),
        ("full, layers: 4, query_heads: 8, kv_heads: 2", "compressed, layers: 4, query_heads: 8, window: 9", "11:5: attention.0: compressed layers have tokens_per_entry, and only they"),
        ("full, layers: 4, query_heads: 8, kv_heads: 2", "linear, layers: 4, query_heads: 8, index_dim: 9", "11:5: attention.0: a linear layer keeps no entries to choose from: no index_dim"),
        ("head_dim: 64", "head_dim: 64, state_dim: 9", "11:5: attention.0: only linear layers keep a state: state_dim"),
        ("head_dim: 64", "head_dim: 64, window: 5", "11:5: attention.0: sliding and compressed layers have a window, and only they"),
        ("kind: full", "kind: ful", "11:12: attention.0.kind: expected 'full', 'sliding', 'latent', 'compressed' or 'linear', found text 'ful' [did you mean 'full'?]"),
        ("hidden_size: 512", "hidden_size: 512\nexperts: 4", "1:1: the file: a mixture of experts has both experts and experts_per_token"),
        ("hidden_size: 512", "hidden_size: 512\nexperts_per_token: 4", "1:1: the file: a mixture of experts has both experts and experts_per_token"),
        ("active_parameters_b: 0.9", "active_parameters_b: 1.9", "1:1: the file: active and non-expert parameters are part of parameters_b"),
        ("non_expert_parameters_b: 1.0", "non_expert_parameters_b: 1.5", "1:1: the file: active and non-expert parameters are part of parameters_b"),
        ("non_expert_parameters_b: 1.0", "non_expert_parameters_b: 0.5", "1:1: the file: a dense model has no parameters outside non_expert_parameters_b"),
        ("trust:", "published_weights: fp7\ntrust:", "12:20: published_weights: expected 'bf16', 'fp8', 'int8', 'int4', 'nvfp4', 'mxfp4', 'q2_k', 'q3_k_s', 'q3_k_m', 'q3_k_l', 'q4_0', 'q4_1', 'q4_k_s', 'q4_k_m', 'q5_0', 'q5_1', 'q5_k_s', 'q5_k_m', 'q6_k', 'q8_0', 'iq1_s', 'iq1_m', 'iq2_xxs', 'iq2_xs', 'iq2_s', 'iq2_m', 'iq3_xxs', 'iq3_xs', 'iq3_s', 'iq3_m', 'iq4_xs' or 'iq4_nl', found text 'fp7' [did you mean 'fp8'?]"),
        ("trust:", "released: soon\ntrust:", "12:11: released: expected a day such as 2026-11-22, found text 'soon'"),
        ("trust:", "sparse_attention: maybe\ntrust:", "12:19: sparse_attention: Input should be a valid boolean, unable to interpret input, found text 'maybe'"),
    ],
)  # fmt: skip
def test_a_model_is_checked_where_it_stands(old: str, new: str, message: str, tmp_path: Path) -> None:
    assert problems(written(tmp_path / "x.yaml", edited(MODEL, old, new))) == [f"x.yaml:{message}"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("kind: full, layers: 4, query_heads: 8, kv_heads: 2", "kind: latent, layers: 4, query_heads: 8"),
        ("kind: full, layers: 4, query_heads: 8, kv_heads: 2", "kind: linear, layers: 4, query_heads: 8"),
        ("kind: full, layers: 4, query_heads: 8, kv_heads: 2", "kind: linear, state_dim: 64, layers: 4, query_heads: 8"),
        ("full, layers: 4, query_heads: 8, kv_heads: 2", "compressed, layers: 4, query_heads: 8, tokens_per_entry: 4, window: 9"),
        ("kind: full", "kind: full, index_dim: 32"),
        ("kind: full", "kind: sliding, window: 128"),
        ("non_expert_parameters_b: 1.0", "non_expert_parameters_b: 0.5\nexperts: 8\nexperts_per_token: 2"),
    ],
)  # fmt: skip
def test_every_kind_of_model_has_its_form(old: str, new: str, tmp_path: Path) -> None:
    assert load_catalog(written(tmp_path / "x.yaml", edited(MODEL, old, new))).models["tiny"].layers == 4


def test_a_gpu_that_nobody_rents_out_needs_no_reference(tmp_path: Path) -> None:
    rentals = GPU[GPU.index("rentals:") : GPU.index("purchase:")]
    gpu = load_catalog(written(tmp_path / "x.yaml", edited(GPU, rentals, ""))).gpus["mine"]
    assert (gpu.rentals, gpu.reference) == ({}, None)


# --- names ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "found"),
    [("h100-sxm", "h100-sxm"), ("H100 SXM", "h100-sxm"), ("h100", "h100-sxm"), ("H100_80GB HBM3", "h100-sxm"), ("rtx4070ti", "rtx-4070-ti")],
)  # fmt: skip
def test_a_gpu_is_found_by_id_name_and_alias(name: str, found: str, catalog: Catalog) -> None:
    assert catalog.gpu(name).gpu == found
    assert catalog.gpu(name) is catalog.gpus[found]


@pytest.mark.parametrize("name", ["deepseek-r1-distill-qwen-32b", "DeepSeek-R1-Distill-Qwen-32B", "deepseek-ai/DeepSeek-R1-Distill-Qwen-32B", "R1 Distill 32b"])  # fmt: skip
def test_an_open_model_is_found_by_id_name_and_alias(name: str, catalog: Catalog) -> None:
    assert catalog.open_model(name).model == "deepseek-r1-distill-qwen-32b"


def test_near_names_are_of_the_same_kind(catalog: Catalog) -> None:
    with pytest.raises(UnknownNameError, match=r"^unknown GPU 'H1000'; did you mean 'H100' or"):
        catalog.gpu("H1000")
    with pytest.raises(UnknownNameError, match=r"^unknown model 'Qwen3-23B'; did you mean 'Qwen3-"):
        catalog.open_model("Qwen3-23B")
    for find in (catalog.gpu, catalog.open_model):
        with pytest.raises(
            UnknownNameError,
            match=r"^unknown (GPU|model) 'zzzzzzzz'; costcalc catalog list [a-z-]+ names them all; .*tokens_per_s",
        ):
            find("zzzzzzzz")
        with pytest.raises(UnknownNameError, match=r"^unknown (GPU|model) ''; costcalc"):
            find("")
    with pytest.raises(KeyError):
        catalog.gpus["nothing"]
    assert "nothing" not in catalog.gpus


def test_the_shipped_ids_are_their_names_as_slugs_or_at_least_slugs(catalog: Catalog) -> None:
    ids = [*catalog.gpus, *catalog.models]
    assert [slug(one) for one in ids] == ids


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (edited(GPU, "[M96]", "[H100]"), "2:7: gpus.mine: 'h100' is h100-sxm already; a name belongs to one of them"),
        (edited(GPU, "Mine 96", "H100-SXM"), "2:7: gpus.mine: 'h100-sxm' is h100-sxm already; a name belongs to one of them"),
        (edited(MODEL, "acme/Tiny-1B", "Qwen/Qwen3-32B"), "2:7: models.tiny: 'qwen-qwen3-32b' is qwen3-32b already; a name belongs to one of them"),
    ],
)  # fmt: skip
def test_a_name_belongs_to_one_gpu_or_model(text: str, message: str, tmp_path: Path) -> None:
    catalog = load_catalog(written(tmp_path / "x.yaml", text))
    with pytest.raises(InputError) as caught:
        validate(catalog, today=TODAY)
    (finding,) = caught.value.problems
    assert f"{finding.place.line}:{finding.place.column}: {finding.message}" == message  # type: ignore[attr-defined]


def test_a_gpu_may_repeat_its_own_name(tmp_path: Path) -> None:
    text = edited(GPU, "[M96]", '[mine 96, "MINE-96", mine]')
    assert validate(load_catalog(written(tmp_path / "x.yaml", text)), today=TODAY) == ()


# --- what options and measurements refer to ---------------------------------------------------------------------------


MEASURED = f"measurements: {{a: {{model: Qwen3-32B, gpu: H100, weights: fp8, engine: vllm, input_tokens: 1000, output_tokens: 300, output_tokens_per_s: 900, {READ}}}}}"
OFFERS = ", ".join(load_catalog().gpus["h100-sxm"].rentals)


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("model: Qwen3-23B, gpu: H100", "1:39: options.a.model: unknown model 'Qwen3-23B'; did you mean 'Qwen3-"),
        ("model: Qwen3-32B, gpu: H1000", "1:55: options.a.gpu: unknown GPU 'H1000'; did you mean 'H100' or"),
        ("model: Qwen3-32B, gpu: H100, rental: runpod", f"1:69: options.a.rental: H100 has no rental 'runpod'; its offers are {OFFERS}"),
        ("model: Qwen3-32B, gpu: RTX 4070 Ti, rental: x", "1:76: options.a.rental: RTX 4070 Ti has no rental 'x'; its offers are none"),
        ("model: Qwen3-32B", "1:11: options.a: give model and gpu, or the tokens_per_s that one replica was measured at"),
        ("gpu: H100", "1:11: options.a: give model and gpu, or the tokens_per_s that one replica was measured at"),
        ("tokens_per_s: 5", "1:11: options.a: without a gpu the price is unknown: give usd_per_gpu_hour"),
        ("tokens_per_s: 5, usd_per_gpu_hour: 2, tenure: own", "1:11: options.a: without a gpu the price is unknown: give usd_per_gpu"),
        ("model: Qwen3-32B, gpu: H100, gpus: 2, tp: 3", "1:11: options.a: tp × dp × pp is 3 × 1 × 1; a replica has 2 GPUs"),
        ("model: Qwen3-32B, gpu: H100, gpus: 3, dp: 2", "1:11: options.a: tp × dp × pp is 1 × 2 × 1; a replica has 3 GPUs"),
        ("model: Qwen3-32B, gpu: H100, replicas: 2, autoscale: true", "1:11: options.a: a fleet of fixed size does not follow the load: give replicas or autoscale"),
        ("model: Qwen3-32B, gpu: H100, spares: -1", "1:69: options.a.spares: expected a number of at least 0, found -1"),
        ("model: Qwen3-32B, gpu: H100, spares: 0.5", "1:69: options.a.spares: expected a whole number, found 0.5"),
        ("model: Qwen3-32B, gpu: H100, headroom: 0", "1:71: options.a.headroom: expected a number above 0, found 0"),
        ("model: Qwen3-32B, gpu: H100, tenure: owned", "1:69: options.a.tenure: expected 'on_demand', 'reserved_1y', 'reserved_3y', 'spot' or 'own', found text 'owned' [did you mean 'own'?]"),
    ],
)  # fmt: skip
def test_a_self_hosted_option_is_complete_and_leads_somewhere(option: str, message: str, tmp_path: Path) -> None:
    (found,) = problems(written(tmp_path / "x.yaml", f"options: {{a: {{kind: self_host, {option}}}}}"))
    assert found.startswith(f"x.yaml:{message}")


@pytest.mark.parametrize(
    ("option", "tensor_parallel"),
    [
        ("model: Qwen3-32B, gpu: H100", 1),
        ("model: Qwen3-32B, gpu: H100, gpus: 8", 8),
        ("model: Qwen3-32B, gpu: H100, gpus: 8, dp: 2, pp: 2", 2),
        ("model: Qwen3-32B, gpu: H100, gpus: 8, tp: 4, dp: 2, ep: 8, rental: vast-spot, tenure: spot, spares: 0", 4),
        (f"tokens_per_s: 5, usd_per_gpu_hour: 2, {READ}", 1),
        (f"tokens_per_s: 5, usd_per_gpu: 2, tenure: own, {READ}", 1),
    ],
)
def test_a_self_hosted_option_takes_all_its_gpus_for_one_layer(
    option: str, tensor_parallel: int, overlay: Overlay
) -> None:
    catalog = overlay(f"options: {{a: {{kind: self_host, {option}}}}}")
    found = catalog.option("a").option
    assert found.kind == "self_host"
    assert found.tensor_parallel == tensor_parallel
    assert validate(catalog, today=TODAY) == ()


def test_a_measurement_names_a_model_and_a_gpu_that_exist(tmp_path: Path) -> None:
    text = edited(edited(MEASURED, "Qwen3-32B", "Qwen3-23B"), "gpu: H100", "gpu: H1000")
    first, second = problems(written(tmp_path / "x.yaml", text))
    assert first.startswith("x.yaml:1:27: measurements.a.model: unknown model 'Qwen3-23B'; did you mean")
    assert second.startswith("x.yaml:1:43: measurements.a.gpu: unknown GPU 'H1000'; did you mean")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("weights: fp8", "weights: fp9", "1:58: measurements.a.weights: expected 'bf16', 'fp8', 'int8', 'int4', 'nvfp4', 'mxfp4', 'q2_k', 'q3_k_s', 'q3_k_m', 'q3_k_l', 'q4_0', 'q4_1', 'q4_k_s', 'q4_k_m', 'q5_0', 'q5_1', 'q5_k_s', 'q5_k_m', 'q6_k', 'q8_0', 'iq1_s', 'iq1_m', 'iq2_xxs', 'iq2_xs', 'iq2_s', 'iq2_m', 'iq3_xxs', 'iq3_xs', 'iq3_s', 'iq3_m', 'iq4_xs' or 'iq4_nl', found text 'fp9' [did you mean 'fp8'?]"),
        ("engine: vllm", "engine: vlm", "1:71: measurements.a.engine: expected vllm, sglang, trtllm, llama.cpp or another engine, found 'vlm'; did you mean 'vllm'?"),
        ("input_tokens: 1000", "input_tokens: 0", "1:91: measurements.a.input_tokens: expected a number above 0, found 0"),
        (", output_tokens_per_s: 900", "", "1:16: measurements.a: missing key 'output_tokens_per_s'"),
        ("measurements: {a: {", "measurements: {a: {concurrency: 0, ", "1:33: measurements.a.concurrency: expected a number above 0, found 0"),
    ],
)  # fmt: skip
def test_a_measurement_is_checked_where_it_stands(old: str, new: str, message: str, tmp_path: Path) -> None:
    assert problems(written(tmp_path / "x.yaml", edited(MEASURED, old, new))) == [f"x.yaml:{message}"]


def test_measurements_of_two_layers_stand_together(tmp_path: Path) -> None:
    first = written(tmp_path / "a.yaml", MEASURED)
    second = written(tmp_path / "b" / "measurements.yaml", MEASURED.replace("{a:", "{b:")).parent
    catalog = load_catalog(first, second)
    assert list(catalog.measurements) == ["a", "b"]
    assert catalog.measurements["b"].output_tokens_per_s == 900
    assert load_catalog().measurements == {}
    assert catalog.place(("measurements", "b", "gpu")).document.name.endswith("b/measurements.yaml")


# --- published scores -------------------------------------------------------------------------------------------------


SCORE = f"{{benchmark: MMLU, score: 71.5, reported_by: us, date: 2026-08, confidence: high, {READ}}}"


@pytest.mark.reads_anew
def test_scores_are_read_when_they_are_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def read(path: Path, **named: str) -> Document:
        asked.append(path.name)
        return read_document(path, **named)

    monkeypatch.setattr("costcalc.catalog.layers.table.document_at", read)
    monkeypatch.setattr("costcalc.catalog.layers.kept._KEPT", tmp_path)  # nothing is kept there
    catalog = load_catalog()
    assert asked == ["options.yaml", "assumptions.yaml"]
    assert catalog.quality() is catalog.quality()
    assert catalog.trees["quality"].child("DeepSeek-R1") is not None
    assert asked == ["options.yaml", "assumptions.yaml", "quality.yaml"]


def test_scores_of_ones_own_are_checked_at_once(tmp_path: Path) -> None:
    good = load_catalog(written(tmp_path / "x.yaml", f"quality: {{Mine: [{SCORE}]}}"))
    assert [(one.benchmark, one.score, one.date) for one in good.quality()["Mine"]] == [("MMLU", Decimal("71.5"), "2026-08")]  # fmt: skip
    assert set(good.quality()) == {*load_catalog().quality(), "Mine"}
    assert problems(written(tmp_path / "x.yaml", f"quality: {{Mine: [{SCORE.replace('71.5', '-1')}]}}")) == [
        "x.yaml:1:43: quality.Mine.0.score: expected a number of at least 0, found -1"
    ]
    assert problems(written(tmp_path / "x.yaml", "quality: {Mine: 7}")) == [
        "x.yaml:1:17: quality.Mine: expected a list, found the number 7"
    ]
    (found,) = problems(written(tmp_path / "x.yaml", f"quality: {{Mine: [{SCORE.replace('2026-08', 'summer')}]}}"))
    assert found.startswith("x.yaml:1:72: quality.Mine.0.date: ")


def test_a_shipped_file_of_scores_that_is_broken_is_found_by_validation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("options", "assumptions"):
        written(tmp_path / f"{name}.yaml", f"{name}: {{}}")
    written(tmp_path / "quality.yaml", "quality: {A: [{benchmark: b}]}")
    for name in ("rules", "kinds"):
        written(tmp_path / f"{name}.yaml", f"{name}: {{}}")
    monkeypatch.setattr("costcalc.catalog.layers.load.shipped_pricing", lambda: tmp_path)
    catalog = load_catalog()  # nobody has asked for them
    with pytest.raises(InputError, match=r"quality\.A\.0: missing key 'score'"):
        validate(catalog, today=TODAY)


# --- sources ----------------------------------------------------------------------------------------------------------


def stale(catalog: Catalog) -> list[str]:
    return [finding.message for finding in validate(catalog, today=TODAY) if finding.rule == "stale"]


def test_the_newest_rent_goes_stale_and_what_was_before_does_not(tmp_path: Path) -> None:
    # 2026-11-27 is 330 days after 2026-01-01; 180 are allowed
    old = "source: {title: t, checked: 2026-01-01}"
    everything = load_catalog(written(tmp_path / "x.yaml", GPU.replace(READ, old)))
    assert stale(everything) == [
        "gpus.mine.rentals.shop.prices.0.source: last seen 330 days ago, on 2026-01-01",
        "gpus.mine.purchase.prices.0.source: last seen 330 days ago, on 2026-01-01",
    ]  # its specification was published once
    entry = f"      - {{effective: 2026-01-01, usd_per_gpu_hour: 3, {old}}}\n"
    newer = f"{entry}      - {{effective: 2026-06-01, usd_per_gpu_hour: 2, {READ}}}\n"
    text = edited(GPU.replace(READ, old), entry, newer)
    assert stale(load_catalog(written(tmp_path / "x.yaml", text))) == [
        "gpus.mine.purchase.prices.0.source: last seen 330 days ago, on 2026-01-01"
    ]


def test_what_was_measured_or_published_once_never_goes_stale(tmp_path: Path) -> None:
    texts = (MODEL, MEASURED, f"quality: {{Mine: [{SCORE}]}}")
    files = [
        written(tmp_path / f"{index}.yaml", text.replace("2026-11-01", "2020-01-01"))
        for index, text in enumerate(texts)
    ]
    catalog = load_catalog(*files)
    assert stale(catalog) == []
    seen = {read.path for read in sources(catalog)}
    assert {("models", "tiny", "source"), ("measurements", "a", "source"), ("quality", "Mine", 0, "source")} <= seen


@pytest.mark.parametrize("text", [GPU, MODEL, MEASURED, f"quality: {{Mine: [{SCORE}]}}"])
def test_a_day_that_is_to_come_was_not_checked(text: str, tmp_path: Path) -> None:
    catalog = load_catalog(written(tmp_path / "x.yaml", text.replace("checked: 2026-11-01", "checked: 2026-12-01")))
    with pytest.raises(InputError, match=r"checked on 2026-12-01, which is after 2026-11-27"):
        validate(catalog, today=TODAY)


def test_an_option_with_figures_of_its_own_has_a_source_that_ages(overlay: Overlay) -> None:
    catalog = overlay("options: {a: {kind: self_host, tokens_per_s: 5, usd_per_gpu_hour: 2, source: {title: t, checked: 2026-01-01}}}")  # fmt: skip
    assert stale(catalog) == ["options.a.source: last seen 330 days ago, on 2026-01-01"]


def stated(value: object) -> list[Source]:
    """Walk a form and everything in it, whatever its fields are called."""
    if isinstance(value, Source):
        return [value]
    if isinstance(value, Entry):
        return [found for child in vars(value).values() for found in stated(child)]
    children = value.values() if isinstance(value, dict) else value if isinstance(value, tuple) else ()
    return [found for child in children for found in stated(child)]


def test_the_walk_of_sources_passes_over_nothing(catalog: Catalog) -> None:
    folders = (catalog.providers, catalog.gpus, catalog.models, catalog.plans)
    counts = (catalog.tokenizers().entries, catalog.reasoning().entries)
    tables = (*folders, catalog.exchange_rates(), catalog.options, catalog.assumptions, catalog.quality(), *counts)
    found = {id(source) for table in tables for form in table.values() for source in stated(form)}
    assert len(found) > 700
    assert found == {id(one.source) for one in sources(catalog)}


def test_every_shipped_gpu_and_model_has_a_source_and_a_day(catalog: Catalog) -> None:
    forms: list[GpuFile | OpenModelFile] = [*catalog.gpus.values(), *catalog.models.values()]
    for form in forms:
        assert form.source in stated(form)
        assert all((one.url or one.title) and one.checked <= TODAY for one in stated(form))


def test_a_price_before_the_first_is_unknown(catalog: Catalog) -> None:
    gpu = catalog.gpu("H100")
    assert gpu.purchase is not None
    assert gpu.purchase.price_on(date(2000, 1, 1)) is None
    assert gpu.rentals["runpod-secure"].price_on(date(2000, 1, 1)) is None
    found = gpu.rentals["runpod-secure"].price_on(date(2026, 3, 31))
    assert found is not None
    assert (found[0], found[1].effective) == (0, date(2026, 3, 10))


def test_a_file_that_cannot_be_read_hides_no_other(tmp_path: Path) -> None:
    written(tmp_path / "gpus" / "a.yaml", "gpu: [")
    written(tmp_path / "models" / "b.yaml", "- 1")
    os.mkfifo(tmp_path / "gpus" / "c.yaml")
    found = problems(tmp_path)
    assert len(found) == 3
    assert "b.yaml:1:1: expected a mapping at the top of the file" in found
    assert any("a named pipe; expected a file" in message for message in found)
