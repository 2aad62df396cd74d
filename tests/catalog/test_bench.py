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
from costcalc.catalog.bench import Known, as_yaml, measurements_of
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
    return measurements_of(Document(name, text), known, day=DAY)


def refused(data: object, known: Known = H100) -> list[str]:
    with pytest.raises(InputError) as caught:
        read(data, known)
    return [problem.message for problem in caught.value.problems]


def of(one: Measurement, names: str) -> list[object]:
    return [getattr(one, name) for name in names.split()]


def sample(name: str, known: Known) -> dict[str, Measurement]:
    return measurements_of(read_document(SAMPLES / name, name=name), known, day=DAY)


def test_a_run_of_bench_serve_says_its_mean_lengths_and_its_rate() -> None:
    (found,) = sample("vllm-bench-serve.json", H100).values()
    # 409,600 / 400 tokens in, 102,400 / 400 out
    assert of(found, "input_tokens output_tokens concurrency") == [1024, 256, 64]
    assert of(found, "model engine output_tokens_per_s") == ["Qwen/Qwen3-32B", "vllm", 1024]
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
    assert of(dense, "gpu gpus tp dp ep weights") == ["h100", 2, 2, 1, 1, "fp8"]
    assert of(dense, "input_tokens output_tokens concurrency") == [1024, 1024, 32]
    assert dense.output_tokens_per_s == 1300  # 650 × 2 GPUs
    # attention in data parallel: each GPU takes its own requests, the experts are spread over all
    assert of(experts, "gpu gpus tp dp ep") == ["b200", 8, 1, 8, 8]
    assert of(experts, "weights engine output_tokens_per_s") == ["nvfp4", "trtllm", 6400]  # 800 × 8


def test_what_is_said_by_hand_wins_over_the_file() -> None:
    known = Known("Llama-3.3-70B", "H200", 4, 2, "bf16", "fp8", "sglang")
    (found,) = read(DENSE | {"tp": 8, "dp_attention": "false"}, known).values()
    assert of(found, "model gpu gpus tp") == ["Llama-3.3-70B", "H200", 4, 2]
    assert of(found, "weights kv engine") == ["bf16", "fp8", "sglang"]
    assert found.output_tokens_per_s == 2600  # 650 × 4 GPUs
    (spread,) = read(DENSE, Known(gpus=4)).values()
    assert of(spread, "gpus tp") == [4, None]  # all four, not the file's two


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
    "rate", [{"request_rate": "inf"}, {"request_rate": float("inf")}, {"request_rate": 4.0, "max_concurrency": 64}, {"request_rate": None}]
)  # fmt: skip
def test_a_run_as_fast_as_possible_is_a_measurement(rate: dict[str, Any]) -> None:
    assert read(SERVED | {"max_concurrency": None} | rate)["run"].output_tokens_per_s == 1024


REFUSED: list[tuple[dict[str, Any], str]] = [
    (SERVED | {"completed": 0}, "dir/run.json: run: 0 requests were completed and 400 failed; expected all to be completed"),
    (SERVED | {"failed": 3}, "dir/run.json: run: 400 requests were completed and 3 failed; expected all to be completed"),
    (SERVED | {"completed": 390}, "dir/run.json: run: 390 requests were completed and 10 failed; expected all to be completed"),
    (SERVED | {"request_rate": 4.0, "max_concurrency": None}, "dir/run.json: run: a run at 4.0 requests a second says what was asked for, not what can be served"),
    (DENSE | {"spec_decoding": "mtp"}, "dir/run.json: run: measured with speculative decoding (mtp), which the throughput model leaves out"),
    (DENSE | {"spec_decoding": "EAGLE3"}, "dir/run.json: run: measured with speculative decoding (eagle3), which the throughput model leaves out"),
    (DENSE | {"spec_decoding": "draft_model"}, "dir/run.json: run: measured with speculative decoding (draft_model), which the throughput model leaves out"),
    (DENSE | {"disagg": True}, "dir/run.json: run: measured with disaggregated prefill or over several nodes, which the model leaves out"),
    (DENSE | {"disagg": "true"}, "dir/run.json: run: measured with disaggregated prefill or over several nodes, which the model leaves out"),
    (DENSE | {"is_multinode": True}, "dir/run.json: run: measured with disaggregated prefill or over several nodes, which the model leaves out"),
    ({"tokens_per_s": 5}, "dir/run.json: run: neither vLLM's bench serve (output_throughput) nor InferenceX (output_tput_per_gpu)"),
    (SERVED | {"total_output_tokens": 0}, "dir/run.json: run: output_tokens: expected a number above 0, found 0, found '0'"),
    (SERVED | {"output_throughput": float("nan")}, "dir/run.json: run: output_tokens_per_s: expected a finite number, found .nan, found 'NaN'"),
]  # fmt: skip


@pytest.mark.parametrize(("data", "message"), REFUSED)
def test_what_is_no_measurement_of_a_deployment_is_refused(data: dict[str, Any], message: str) -> None:
    assert refused(data) == [message]


@pytest.mark.parametrize(
    ("data", "known", "messages"),
    [
        (SERVED, Known(), ["dir/run.json: run does not say its gpu; say it with --gpu", "dir/run.json: run does not say its weights; say it with --weights"]),
        (SERVED | {"model_id": None}, H100, ["dir/run.json: run does not say its model; say it with --model"]),
        (SERVED | {"backend": None, "endpoint_type": ""}, H100, ["dir/run.json: run does not say its engine; say it with --engine"]),
        (DENSE | {"hw": "", "precision": None, "isl": None}, Known(), ["dir/run.json: run does not say its gpu; say it with --gpu", "dir/run.json: run does not say its weights; say it with --weights", "dir/run.json: run does not say its input_tokens"]),
    ],
)  # fmt: skip
def test_what_a_file_leaves_out_is_asked_for_by_flag_all_at_once(
    data: dict[str, Any], known: Known, messages: list[str]
) -> None:
    assert refused(data, known) == messages


def test_a_value_that_no_form_knows_names_its_flag() -> None:
    (engine,) = refused(SERVED | {"backend": "vlm"})
    assert engine.startswith("dir/run.json: run: engine: ")
    assert engine.endswith("found 'vlm'; say it with --engine")
    (weights,) = refused(DENSE | {"precision": "w4a8"}, Known())
    assert weights.endswith("found 'w4a8'; say it with --weights")


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


TEXT = {"total_input_tokens": "409600", "output_throughput": "1024.0"}


@pytest.mark.parametrize(
    "data",
    [
        SERVED | TEXT,
        SERVED | {"completed": "four hundred"},
        SERVED | {"completed": [400]},
        SERVED | {"output_throughput": None},
        SERVED | {"request_rate": [1]},
        {key: value for key, value in SERVED.items() if key != "total_input_tokens"},
        {key: value for key, value in DENSE.items() if key != "tp"},
        DENSE | {"tp": "two"},
        DENSE | {"disagg": ["x"]},
        DENSE | {"output_tput_per_gpu": "fast"},
        DENSE | {"output_tput_per_gpu": {}},
        DENSE | {"isl": "1024"},
        DENSE | {"model": 7},
    ],
)
def test_a_figure_that_is_missing_or_no_number_is_a_problem_of_the_file(data: dict[str, Any]) -> None:
    (message,) = refused(data, Known(gpu="H100", weights="fp8"))
    assert message.startswith("dir/run.json: run")


def test_a_number_in_quotes_is_read_where_it_is_one() -> None:
    (found,) = read(SERVED | {"completed": "400", "num_prompts": "400", "max_concurrency": "64"}).values()
    assert of(found, "input_tokens concurrency") == [1024, 64]


def test_measurements_are_written_as_a_layer_that_reads_back(tmp_path: Path) -> None:
    found = (
        sample("inferencex.json", Known()) | sample("vllm-bench-serve.json", H100) | read(SERVED, name='a "b": #c.json')
    )
    layer = written(tmp_path / "measured.yaml", as_yaml(found))
    assert load_catalog(layer).measurements == found
    assert load_catalog(written(tmp_path / "costcalc.yaml", as_yaml(found))).measurements == found
    assert load_catalog(written(tmp_path / "dir" / "measurements.yaml", as_yaml(found)).parent).measurements == found
