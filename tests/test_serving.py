"""Throughput by the names of the catalog: every name is looked up, and what is left out has its usual value."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import Overlay

from costcalc import Catalog, Throughput, UnknownNameError, throughput
from costcalc.cost.hardware import Layout, Serving
from costcalc.cost.replica import Request, predicted
from costcalc.cost.setup import Setup, trust_of
from costcalc.errors import UndecidableError

ASKED: dict[str, Any] = {
    "model": "Qwen3-32B",
    "gpu": "H100 SXM",
    "weight_precision": "fp8",
    "input_tokens": 1_024,
    "output_tokens": 512,
    "concurrency": 64,
}


def ask(**of: object) -> Throughput:
    return throughput(**{**ASKED, **of})


@pytest.mark.parametrize(
    "names",
    [
        {"model": "qwen/qwen3-32b", "gpu": "h100"},
        {"model": "QWEN3 32B", "gpu": "H100 80GB HBM3"},
        {"weight_precision": "FP8", "kv_precision": "BF16", "engine": "vLLM 0.11.0"},
    ],
)
def test_names_are_looked_up_however_they_are_written(names: dict[str, str]) -> None:
    assert ask(**names) == ask()


def test_the_answer_is_the_models_with_what_must_be_known(catalog: Catalog) -> None:
    setup = Setup(catalog.open_model("qwen3-32b"), catalog.gpu("h100-sxm"), Serving("fp8"), Layout(), 1)
    model = predicted(setup, Request(1_024, 512), catalog, 64)
    assert ask(catalog=catalog) == model._replace(caveats=(*model.caveats, *trust_of(setup)))


def test_the_shipped_catalog_is_asked_unless_another_is_given(overlay: Overlay) -> None:
    halved = overlay("gpus: {h100-sxm: {bandwidth_gb_per_s: 1675, trust: recalled}}")
    answer = ask(catalog=halved)
    assert answer.output_tokens_per_s < ask().output_tokens_per_s
    assert "the figures of H100 SXM are recalled, not read: check them" in answer.caveats


@pytest.mark.parametrize(
    ("left_out", "written"),
    [
        ({"n_gpus": 8}, {"n_gpus": 8, "tp": 8}),  # all GPUs share every layer
        ({"n_gpus": 8, "dp": 2}, {"n_gpus": 8, "tp": 4, "dp": 2}),
        ({"n_gpus": 8, "pp": 4}, {"n_gpus": 8, "tp": 2, "pp": 4}),
        ({"n_gpus": 8, "tp": 2}, {"n_gpus": 8, "tp": 2, "dp": 1, "ep": 1, "pp": 1}),  # four replicas
        ({"cached_tokens": 0}, {}),
    ],
)
def test_a_layout_is_completed(left_out: dict[str, int], written: dict[str, int]) -> None:
    assert ask(**left_out) == ask(**written)


def test_more_parallel_groups_than_gpus_are_no_deployment() -> None:
    answer = ask(n_gpus=2, dp=4)
    assert (answer.output_tokens_per_s, answer.bottleneck) == (0, "does not fit")
    assert answer.caveats[0] == "one replica takes 4 GPUs, there are 2"


@pytest.mark.parametrize(
    ("written", "engine"), [("TensorRT-LLM 1.0", "trtllm"), ("tensorrt", "trtllm"), ("SGLang", "sglang")]
)
def test_an_engine_has_several_names(written: str, engine: str) -> None:
    assert ask(engine=written) == ask(engine=engine)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"model": "Qwen4-32B"}, "unknown model 'Qwen4-32B'; did you mean 'Qwen3-32B'"),
        ({"gpu": "H1000 SXM"}, "unknown GPU 'H1000 SXM'; did you mean"),
        (
            {"engine": "vlm"},
            r"unknown engine 'vlm': expected vllm, .* or another engine, found 'vlm'; did you mean 'vllm'",
        ),
        ({"engine": "  "}, r"unknown engine '  ': expected vllm, .* or another engine, found ''$"),
        ({"weight_precision": "fp3"}, "expected a weight precision of bf16, fp8, .*, found 'fp3'"),
        ({"kv_precision": "fp3"}, "expected a KV precision of bf16, fp8, q8_0, q4_0, found 'fp3'"),
    ],
)
def test_an_unknown_name_is_an_error_with_what_is_known(wrong: dict[str, str], message: str) -> None:
    with pytest.raises(UnknownNameError, match=message):
        ask(**wrong)


def test_a_build_is_its_engine_and_an_unknown_engine_counts_as_vllm() -> None:
    of = {
        "model": "Qwen3-32B",
        "gpu": "H100 SXM",
        "weight_precision": "fp8",
        "input_tokens": 1024,
        "output_tokens": 512,
    }
    vllm, build, other, near = (
        throughput(**of, concurrency=16, engine=name)  # type: ignore[arg-type]  # a table of several types
        for name in ("vllm", "vllm-rocm", "mango 1.2", "triton")
    )
    assert build == vllm
    assert other.output_tokens_per_s == near.output_tokens_per_s == vllm.output_tokens_per_s
    assert other.spread > vllm.spread
    assert "mango was never measured; it is taken for vLLM, with a wider interval" in other.caveats


@pytest.mark.parametrize(
    ("model", "into", "out", "message"),
    [
        ("Qwen3-32B", 0, 0, "the throughput model is about tokens; a shape has neither a prompt nor an output"),
        ("bge-m3", 512, 10, "bge-m3 reads text and generates nothing"),
    ],
)
def test_what_no_deployment_can_do_is_refused(model: str, into: float, out: float, message: str) -> None:
    with pytest.raises(UndecidableError, match=message):
        throughput(model=model, gpu="H100 SXM", input_tokens=into, output_tokens=out)
