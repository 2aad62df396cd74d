"""Result files of benchmarks, read as measurements: what they say, what must be said beside them, what is refused."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from catalog.test_load import written

from costcalc import InputError, load_catalog
from costcalc.catalog.bench.layer import as_yaml
from costcalc.catalog.bench.measure import measurements_of
from costcalc.catalog.bench.reading import Known
from costcalc.catalog.forms.hardware import Measurement
from costcalc.files import read_document
from costcalc.findings import Document

SAMPLES = Path(__file__).parents[1] / "data" / "bench"
DAY = date(2026, 11, 22)
H100 = Known(gpu="H100 SXM", weights="fp8", gpus=1)
SERVED = json.loads((SAMPLES / "vllm-bench-serve.json").read_text())
DENSE, EXPERTS = json.loads((SAMPLES / "inferencex.json").read_text())


def read(data: object, known: Known = H100, name: str = "dir/run.json") -> dict[str, Measurement]:
    text = data if isinstance(data, str) else json.dumps(data)
    return measurements_of(Document(name, text), known, load_catalog(), day=DAY)


def refused(data: object, known: Known = H100) -> list[str]:
    with pytest.raises(InputError) as caught:
        read(data, known)
    return [problem.message for problem in caught.value.problems]


def of(one: Measurement, names: str) -> list[object]:
    return [getattr(one, name) for name in names.split()]


def sample(name: str, known: Known) -> dict[str, Measurement]:
    return measurements_of(read_document(SAMPLES / name, name=name), known, load_catalog(), day=DAY)


def test_a_run_of_bench_serve_says_its_mean_lengths_and_its_rate() -> None:
    (found,) = sample("vllm-bench-serve.json", H100).values()
    # 409,600 / 400 tokens in, 102,400 / 400 out
    assert of(found, "input_tokens output_tokens concurrency") == [1024, 256, 64]
    assert of(found, "model engine output_tokens_per_s") == ["Qwen3-32B", "vllm", 1024]
    assert of(found, "gpu gpus tp weights kv") == ["H100 SXM", 1, None, "fp8", "bf16"]
    assert found.source.title == "vllm-bench-serve.json, a measurement of your own"
    assert found.source.checked == DAY


def test_a_sweep_has_a_measurement_a_line() -> None:
    found = sample("vllm-sweep.jsonl", H100)
    assert {name: of(one, "concurrency output_tokens_per_s") for name, one in found.items()} == {
        "vllm-sweep-1": [16, Decimal("450.25")],
        "vllm-sweep-2": [32, Decimal("790.5")],
    }
    assert read([SERVED, SERVED]) == read(f"{json.dumps(SERVED)}\n\n{json.dumps(SERVED)}\n")
    assert list(read([SERVED])) == ["run"]


def test_inferencex_says_its_hardware_and_counts_by_gpu() -> None:
    dense, experts = sample("inferencex.json", Known()).values()
    assert of(dense, "gpu gpus tp dp ep weights") == ["H100 SXM", 2, 2, 1, 1, "fp8"]
    assert of(dense, "input_tokens output_tokens concurrency") == [1024, 1024, 32]
    assert dense.output_tokens_per_s == 1300  # 650 × 2 GPUs
    # attention in data parallel: each GPU takes its own requests, the experts are spread over all
    assert of(experts, "gpu gpus tp dp ep") == ["B200 SXM", 8, 1, 8, 8]
    assert of(experts, "weights engine output_tokens_per_s") == ["nvfp4", "trtllm", 6400]  # 800 × 8


def test_a_flag_says_what_the_file_does_not() -> None:
    (found,) = read(DENSE | {"hw": None, "precision": "", "framework": None, "conc": None}, Known(gpu="H200", weights="bf16", kv="fp8", engine="sglang", concurrency=8)).values()  # fmt: skip
    assert of(found, "gpu weights kv engine concurrency") == ["H200 SXM", "bf16", "fp8", "sglang", 8]


CONTRADICTIONS: list[tuple[Known, str]] = [
    (Known(model="Qwen3-32B"), "model is Llama-3.3-70B, and --model says Qwen3-32B"),
    (Known(gpu="H200"), "gpu is H100 SXM, and --gpu says H200 SXM"),
    (Known(gpus=4), "gpus is 2, and --gpus says 4"),
    (Known(tp=1), "tp is 2, and --tp says 1"),
    (Known(weights="bf16"), "weights is fp8, and --weights says bf16"),
    (Known(engine="sglang"), "engine is vllm, and --engine says sglang"),
    (Known(concurrency=64), "concurrency is 32, and --concurrency says 64"),
    (Known(output_tokens=500), "output_tokens is 1024, and --shape says 500"),
]


@pytest.mark.parametrize(("known", "message"), CONTRADICTIONS)
def test_a_flag_that_contradicts_the_file_is_an_error_that_names_both(known: Known, message: str) -> None:
    assert refused(DENSE, known) == [f"dir/run.json: run: the file says its {message}; leave the flag out"]


def test_a_flag_that_says_the_same_in_other_words_is_none() -> None:
    same = Known(
        "meta-llama/Llama-3.3-70B-Instruct", "NVIDIA H100 80GB HBM3", 2, 2, "fp8", None, "vllm", 1000, 1000, 32
    )
    assert read(DENSE, same) == read(DENSE, Known())


def test_models_of_one_shape_are_equally_fast_and_the_flag_chooses() -> None:
    later = DENSE | {"model": "deepseek-ai/DeepSeek-R1-0528", "tp": 8, "hw": "h200"}
    assert read(later, Known())["run"].model == "DeepSeek-R1-0528"
    assert read(later, Known(model="DeepSeek-R1"))["run"].model == "DeepSeek-R1"


def test_a_name_that_nothing_has_tells_nothing_so_that_a_flag_may_stand_for_it() -> None:
    odd = DENSE | {"model": "acme/finetuned", "hw": "lab-7", "precision": "w4a8", "framework": "mango"}
    (found,) = read(odd, Known(model="Qwen3-32B", gpu="L40S", weights="int4", engine="vllm")).values()
    assert of(found, "model gpu weights engine") == ["Qwen3-32B", "L40S", "int4", "vllm"]
    problems = refused(odd, Known())
    assert [problem.split(": ")[2] for problem in problems] == ["model", "gpu", "weights"]
    assert all(problem.endswith(f"--{flag} says which it is like") for problem, flag in zip(problems, ("model", "gpu", "weights"), strict=True))  # fmt: skip
    (mango,) = read(DENSE | {"framework": "mango"}, Known()).values()
    assert mango.engine == "mango"  # it counts as vLLM, with a wider interval
    assert "did you mean 'vllm'?" in refused(DENSE | {"framework": "vlm"}, Known())[0]


@pytest.mark.parametrize(
    ("backend", "engine"),
    [("vllm", "vllm"), ("openai", "vllm"), ("openai-chat", "vllm"), ("SGLang", "sglang"), ("tensorrt-llm", "trtllm"), ("trt", "trtllm")],
)  # fmt: skip
def test_an_engine_has_several_names(backend: str, engine: str) -> None:
    (found,) = read(SERVED | {"backend": backend}).values()
    assert found.engine == engine
    (older,) = read(SERVED | {"backend": None, "endpoint_type": backend}).values()
    assert older.engine == engine


@pytest.mark.parametrize(
    ("concurrency", "completed", "in_flight"),
    [(64, 400, 64), (512, 400, 400), (None, 400, None)],  # more than there are requests are never in flight
)
def test_concurrency_is_what_can_have_been_in_flight(
    concurrency: int | None, completed: int, in_flight: int | None
) -> None:
    (found,) = read(SERVED | {"max_concurrency": concurrency, "completed": completed}).values()
    assert found.concurrency == in_flight


@pytest.mark.parametrize(
    "rate", [{"request_rate": "inf"}, {"request_rate": float("inf")}, {"request_rate": 8.0, "max_concurrency": 64}, {"request_rate": None}]
)  # fmt: skip
def test_a_run_as_fast_as_possible_is_a_measurement(rate: dict[str, Any]) -> None:
    assert read(SERVED | {"max_concurrency": None} | rate)["run"].output_tokens_per_s == 1024


REFUSED: list[tuple[dict[str, Any], str]] = [
    (SERVED | {"completed": 0}, "dir/run.json: run: 0 requests were completed and 400 failed; expected all to be completed"),
    (SERVED | {"failed": 3}, "dir/run.json: run: 400 requests were completed and 3 failed; expected all to be completed"),
    (SERVED | {"completed": 390}, "dir/run.json: run: 390 requests were completed and 10 failed; expected all to be completed"),
    (SERVED | {"request_rate": 4.0, "max_concurrency": None}, "dir/run.json: run: a run at 4 requests a second says what was asked for, not what can be served; run it with a number of requests in flight"),
    (SERVED | {"request_rate": 4.0}, "dir/run.json: run: a run at 4 requests a second says what was asked for, not what can be served; run it with a number of requests in flight"),
    (SERVED | {"request_rate": [1]}, "dir/run.json: run: a run at [1] requests a second says what was asked for, not what can be served; run it with a number of requests in flight"),
    (SERVED | {"request_rate": 4.0, "mean_e2el_ms": 100.0}, "dir/run.json: run: 0.4 requests were in flight on average: the deployment was idle in between; expected 1 or more"),
    (DENSE | {"spec_decoding": "mtp"}, "dir/run.json: run: measured with speculative decoding (mtp), which the throughput model leaves out; measure without it, or give the option its measured tokens_per_s"),
    (DENSE | {"spec_decoding": "EAGLE3"}, "dir/run.json: run: measured with speculative decoding (eagle3), which the throughput model leaves out; measure without it, or give the option its measured tokens_per_s"),
    (DENSE | {"spec_decoding": "draft_model"}, "dir/run.json: run: measured with speculative decoding (draft_model), which the throughput model leaves out; measure without it, or give the option its measured tokens_per_s"),
    (DENSE | {"disagg": True}, "dir/run.json: run: measured with disaggregated prefill or over several nodes, which the model leaves out"),
    (DENSE | {"disagg": "true"}, "dir/run.json: run: measured with disaggregated prefill or over several nodes, which the model leaves out"),
    (DENSE | {"is_multinode": True}, "dir/run.json: run: measured with disaggregated prefill or over several nodes, which the model leaves out"),
    ({"tokens_per_s": 5}, "dir/run.json: run: no result of a benchmark that is read: vLLM bench serve, vLLM bench throughput, vLLM bench latency, SGLang bench_serving, SGLang bench_one_batch, AIPerf, GenAI-Perf, GuideLLM, inference-perf, InferenceX, llama-bench, MLPerf Inference"),
    (SERVED | {"total_output_tokens": 0}, "dir/run.json: run: total_output_tokens: expected a number above 0, found 0"),
    (SERVED | {"output_throughput": float("nan")}, "dir/run.json: run: output_throughput: expected a number from 0 to 10^12, found nan"),
    (SERVED | {"output_throughput": 5120.0, "total_token_throughput": None}, "dir/run.json: run: 5120 output tokens/s do not agree with 4 requests/s of 256 tokens out (1024 tokens/s)"),
    (DENSE | {"output_tput_per_gpu": 1300.0}, "dir/run.json: run: 2600 output tokens/s at 1024 tokens in and 1024 out make 5200 tokens/s together, and the file says 2600"),
]  # fmt: skip


@pytest.mark.parametrize(("data", "message"), REFUSED)
def test_what_is_no_measurement_of_a_deployment_is_refused(data: dict[str, Any], message: str) -> None:
    assert refused(data, Known() if "hw" in data else H100) == [message]


@pytest.mark.parametrize(
    ("data", "known", "messages"),
    [
        (SERVED, Known(), ["dir/run.json: run does not say its gpu; say it with --gpu", "dir/run.json: run does not say its weights; say it with --weights"]),
        (SERVED | {"model_id": None}, H100, ["dir/run.json: run does not say its model; say it with --model"]),
        (SERVED | {"backend": None, "endpoint_type": ""}, H100, ["dir/run.json: run does not say its engine; say it with --engine"]),
        (DENSE | {"hw": "", "precision": None, "isl": None}, Known(), ["dir/run.json: run does not say its gpu; say it with --gpu", "dir/run.json: run does not say its weights; say it with --weights", "dir/run.json: run does not say its lengths; say it with --shape IN:OUT"]),
    ],
)  # fmt: skip
def test_what_a_file_leaves_out_is_asked_for_by_flag_all_at_once(
    data: dict[str, Any], known: Known, messages: list[str]
) -> None:
    assert refused(data, known) == messages


def test_every_problem_of_a_file_is_named_with_its_run() -> None:
    found = refused([SERVED | {"failed": 1}, SERVED, {"x": 1}])
    assert [message.split(": ")[1] for message in found] == ["run-1", "run-3"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "dir/run.json: expected a result, or a list of results"),
        ("[]", "dir/run.json: expected a result, or a list of results"),
        ("7", "dir/run.json: expected a result, or a list of results"),
        ('[{"a": 1}, 7]', "dir/run.json: expected a result, or a list of results"),
        ("Serving Benchmark Result\n", "dir/run.json:1: not JSON: Expecting value"),
        ('{"a": 1', "dir/run.json:1: not JSON: Expecting ',' delimiter"),
        ("[" * 100_000, "dir/run.json: nested too deep, or a number of too many digits"),
        ('{"a": 1}\n{"a": ' + "9" * 5_000 + "}", "dir/run.json: nested too deep, or a number of too many digits"),
    ],
    ids=range(8),
)
def test_what_is_no_list_of_results_is_refused(text: str, message: str) -> None:
    assert refused(text) == [message]


@pytest.mark.parametrize(
    "data",
    [
        SERVED | {"completed": "four hundred"},
        SERVED | {"completed": [400]},
        SERVED | {"output_throughput": None},
        {key: value for key, value in SERVED.items() if key != "total_input_tokens"},
        {key: value for key, value in DENSE.items() if key != "tp"},
        DENSE | {"tp": "two"},
        DENSE | {"disagg": ["x"]},
        DENSE | {"output_tput_per_gpu": "fast"},
        DENSE | {"output_tput_per_gpu": {}},
        DENSE | {"model": 7},
    ],
)
def test_a_figure_that_is_missing_or_no_number_is_a_problem_of_the_file(data: dict[str, Any]) -> None:
    (message,) = refused(data, Known(gpu="H100", weights="fp8"))
    assert message.startswith("dir/run.json: run")


def test_a_number_in_quotes_is_read_where_it_is_one() -> None:
    quoted = {"completed": "400", "num_prompts": "400", "max_concurrency": "64", "output_throughput": "1024.0"}
    (found,) = read(SERVED | quoted).values()
    assert of(found, "input_tokens concurrency") == [1024, 64]


def test_measurements_are_written_as_a_layer_that_reads_back(tmp_path: Path) -> None:
    found = (
        sample("inferencex.json", Known()) | sample("vllm-bench-serve.json", H100) | read(SERVED, name='a "b": #c.json')
    )
    layer = written(tmp_path / "measured.yaml", as_yaml(found))
    assert load_catalog(layer).measurements == found
    assert load_catalog(written(tmp_path / "costcalc.yaml", as_yaml(found))).measurements == found
    assert load_catalog(written(tmp_path / "dir" / "measurements.yaml", as_yaml(found)).parent).measurements == found
