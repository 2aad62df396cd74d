"""Every format of benchmark results: its sample is read, and what is no measurement is refused with the reason."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hostile import HOSTILE
from hypothesis import given, settings
from hypothesis import strategies as st

from costcalc import InputError, load_catalog
from costcalc.catalog.bench.figures import MOST
from costcalc.catalog.bench.formats import FORMATS, format_of
from costcalc.catalog.bench.layer import as_yaml
from costcalc.catalog.bench.load import load_of
from costcalc.catalog.bench.measure import measurements_of
from costcalc.catalog.bench.names import gpu_named, model_named, told_by
from costcalc.catalog.bench.reading import Known
from costcalc.catalog.forms.hardware import Measurement
from costcalc.errors import UnknownNameError
from costcalc.files import parse_yaml, read_document
from costcalc.findings import Document

SAMPLES = Path(__file__).parents[1] / "data" / "bench"
DAY = date(2026, 11, 22)
ENGINE = Known(gpu="H100", weights="fp8", engine="vllm")
QWEN = Known(model="Qwen3-32B", gpu="H100", weights="fp8", input_tokens=1024, output_tokens=256)


def read(text: str, known: Known = ENGINE, name: str = "run.json") -> dict[str, Measurement]:
    return measurements_of(Document(name, text), known, load_catalog(), day=DAY)


def refused(data: object, known: Known = ENGINE) -> list[str]:
    with pytest.raises(InputError) as caught:
        read(data if isinstance(data, str) else json.dumps(data), known)
    return [problem.message.partition(": ")[2].removeprefix("run: ") for problem in caught.value.problems]


def told(one: Measurement) -> tuple[object, ...]:
    return one.model, one.engine, one.gpus, float(one.input_tokens), float(one.output_tokens), one.concurrency and float(one.concurrency), float(one.output_tokens_per_s)  # fmt: skip


# sample, flags, what each of its runs says: model, engine, GPUs, tokens in and out, in flight, output tokens/s
READ: dict[str, tuple[Known, list[tuple[object, ...]]]] = {
    "vllm-bench-serve.json": (ENGINE._replace(engine=None), [("Qwen3-32B", "vllm", 1, 1024, 256, 64, 1024)]),
    # 20 requests/s × 256 tokens out; with 1024 in they make the 25,600 tokens/s together
    "vllm-throughput.json": (QWEN, [("Qwen3-32B", "vllm", 1, 1024, 256, None, 5120)]),
    # 8 × 256 tokens out in 4 s
    "vllm-latency.json": (QWEN._replace(concurrency=8), [("Qwen3-32B", "vllm", 1, 1024, 256, 8, 512)]),
    # the name says the precision: Qwen3-32B-FP8
    "sglang-serving.jsonl": (Known(gpu="H100"), [("Qwen3-32B", "sglang", 2, 1024, 256, 16, 819.2), ("Qwen3-32B", "sglang", 2, 1024, 256, 64, 2048)]),
    # 8 × 128 in 4 s; 32 × 128 in 6 s
    "sglang-one-batch.jsonl": (QWEN._replace(input_tokens=None, output_tokens=None), [("Qwen3-32B", "sglang", 1, 1024, 128, 8, 256), ("Qwen3-32B", "sglang", 1, 1024, 128, 32, 682.667)]),
    "aiperf.json": (ENGINE, [("Qwen3-32B", "vllm", 1, 1024, 512, 40, 2048)]),
    "genai-perf.json": (Known(gpu="H100", weights="fp8"), [("Llama-3.1-8B", "trtllm", 1, 550, 200, 24, 3000)]),
    # alone; 32 streams; 5 requests/s, at which 22.4 were in flight on average
    "guidellm.json": (ENGINE._replace(gpus=4), [("Llama-3.3-70B", "vllm", 4, 512, 256, 1, 76.8), ("Llama-3.3-70B", "vllm", 4, 512, 256, 32, 1664), ("Llama-3.3-70B", "vllm", 4, 512, 256, 22.4, 1280)]),
    # 4 requests/s × 5 s each = 20 in flight
    "inference-perf.json": (ENGINE._replace(model="Llama-3.1-8B"), [("Llama-3.1-8B", "vllm", 1, 500, 250, 20, 1000)]),
    # 223.6 tokens/s per GPU × 8
    "inferencex-site.json": (Known(), [("DeepSeek-R1-0528", "sglang", 8, 1024, 1024, 64, 1788.8)]),
    # 512 ÷ 8000 + 128 ÷ 128 = 1.064 s for 128 tokens
    "llama-bench.json": (Known(), [("Qwen2.5-7B", "llama.cpp", 1, 512, 128, 1, 120.301)]),
    # 512 ÷ 1024 + 128 ÷ 16 = 8.5 s
    "llama-bench.csv": (Known(), [("Llama-3.3-70B", "llama.cpp", 2, 512, 128, 1, 15.0588)]),
    "mlperf.csv": (Known(tp=2, input_tokens=294, output_tokens=294), [("Llama-2-70B", "trtllm", 8, 294, 294, None, 24000)]),
}  # fmt: skip


@pytest.mark.parametrize("name", READ)
def test_the_sample_of_each_format_is_read(name: str) -> None:
    known, expected = READ[name]
    found = measurements_of(read_document(SAMPLES / name, name=name), known, load_catalog(), day=DAY)
    assert [told(one) for one in found.values()] == [tuple(pytest.approx(part, rel=1e-5) if isinstance(part, float) else part for part in row) for row in expected]  # fmt: skip


def test_every_format_has_a_sample_and_every_sample_one_format() -> None:
    recognised = {}
    for path in SAMPLES.glob("*.json"):
        rows = json.loads(path.read_text())
        row = rows[0] if isinstance(rows, list) else rows
        recognised[path.name] = [form.name for form in FORMATS if form.fits(row)]
    assert all(len(names) == 1 for names in recognised.values()), recognised
    lines = [json.loads(path.read_text().splitlines()[0]) for path in SAMPLES.glob("*.jsonl")]
    assert {format_of(row).name for row in lines} | {name for (name,) in recognised.values()} | {"MLPerf Inference"} == {form.name for form in FORMATS}  # fmt: skip


def test_two_halves_on_two_gpus_are_a_pipeline_and_attention_in_parallel_is_data_parallel() -> None:
    (halves,) = measurements_of(read_document(SAMPLES / "llama-bench.csv"), Known(), load_catalog(), day=DAY).values()
    assert (halves.tp, halves.pp, halves.weights, halves.kv, halves.gpu) == (1, 2, "q4_k_m", "bf16", "RTX 4090")
    line = changed("sglang-serving.jsonl", server_info={"model_path": "deepseek-ai/DeepSeek-R1", "tp_size": 8, "dp_size": 8, "enable_dp_attention": True, "quantization": "fp8", "kv_cache_dtype": "fp8_e4m3"})  # fmt: skip
    (spread,) = read(json.dumps(line), Known(gpu="H200")).values()
    (silent,) = read(
        json.dumps(changed("sglang-serving.jsonl", server_info=None)),
        ENGINE._replace(model="Qwen3-32B", engine=None, gpus=2),
    ).values()
    assert (silent.gpus, silent.tp, silent.engine) == (2, None, "sglang")
    assert (spread.gpus, spread.tp, spread.dp, spread.weights, spread.kv) == (8, 1, 8, "fp8", "fp8")


def changed(sample: str, /, **values: object) -> dict[str, Any]:
    """Give the first row of a sample with some values set; a key may be a path with two underscores a step."""
    text = (SAMPLES / sample).read_text()
    found: Any = json.loads(text.splitlines()[0] if sample.endswith("l") else text)
    row: dict[str, Any] = found[0] if isinstance(found, list) else found
    for path, value in values.items():
        *steps, last = path.split("__")
        place: Any = row
        for step in steps:
            place = place[int(step)] if step.isdigit() else place[step]
        place[last] = value
    return row


PP, TG = json.loads((SAMPLES / "llama-bench.json").read_text())
MLPERF = {"Scenario": "Offline", "Units": "Tokens/s", "Result": "24000", "MlperfModel": "llama2-70b-99", "accelerator_model_name": "NVIDIA H100-SXM-80GB", "accelerators_per_node": "8", "number_of_nodes": "1", "framework": "vLLM 0.11", "weight_data_types": "fp8"}  # fmt: skip
SIZED = Known(tp=2, input_tokens=294, output_tokens=294)
PREFIX = "the prompts begin alike, and a prefix cache serves that part; measure with prompts that share nothing"

# what is no measurement of what a deployment can do, and why
REFUSED: list[tuple[object, Known, str]] = [
    (changed("vllm-throughput.json"), ENGINE._replace(model="Qwen3-32B"), "25600 tokens/s count prompts and outputs together; say the lengths with --shape IN:OUT"),
    (changed("vllm-throughput.json"), QWEN._replace(input_tokens=500), "5120 output tokens/s at 500 tokens in and 256 out make 15120 tokens/s together, and the file says 25600"),
    (changed("vllm-latency.json"), QWEN, "a batch took 4 s, and nothing says its size and lengths: --concurrency N --shape IN:OUT"),
    (changed("vllm-bench-serve.json") | {"spec_decode_acceptance_rate": 71.0}, ENGINE, "measured with speculative decoding (spec_decode_acceptance_rate 71), which the throughput model leaves out"),
    (changed("sglang-serving.jsonl", accept_length=2.7), Known(gpu="H100"), "measured with speculative decoding (accept_length 2.7), which the throughput model leaves out"),
    (changed("sglang-serving.jsonl", server_info__speculative_algorithm="EAGLE"), Known(gpu="H100"), "measured with speculative decoding (eagle), which the throughput model leaves out"),
    (changed("sglang-serving.jsonl", dataset_name="generated-shared-prefix"), Known(gpu="H100"), f"dataset generated-shared-prefix: {PREFIX}"),
    (changed("sglang-serving.jsonl", server_info__nnodes=2), Known(gpu="H100"), "measured with disaggregated prefill or over several nodes, which the model leaves out"),
    (changed("sglang-serving.jsonl", server_info__disaggregation_mode="decode"), Known(gpu="H100"), "measured with disaggregated prefill or over several nodes, which the model leaves out"),
    (changed("sglang-serving.jsonl", completed=0), Known(gpu="H100"), "0 requests were completed and 0 failed; expected all to be completed"),
    (changed("sglang-serving.jsonl", request_rate="trace", max_concurrency=None, mean_e2e_latency_ms=None), Known(gpu="H100"), "a run at 'trace' requests a second says what was asked for, not what can be served"),
    (changed("sglang-one-batch.jsonl", output_len=1), QWEN, "a batch of one token out measures the prompt alone; expected output_len above 1"),
    (changed("sglang-one-batch.jsonl", cache_hit_rate=0.5), QWEN, "512 tokens of the prompts (50%) were read from a prefix cache; measure with prompts that share nothing"),
    (changed("sglang-one-batch.jsonl", overall_throughput=256.0), QWEN._replace(input_tokens=None, output_tokens=None), "256 output tokens/s at 1024 tokens in and 128 out make 2304 tokens/s together, and the file says 256"),
    (changed("aiperf.json", output_token_throughput={"unit": "tokens/sec/user", "avg": 51.0}), ENGINE, "output_token_throughput: expected tokens/sec of the deployment, found tokens/sec/user"),
    (changed("aiperf.json", output_token_throughput__avg=6144.0), ENGINE, "6144 output tokens/s do not agree with 4 requests/s of 512 tokens out (2048 tokens/s)"),
    (changed("aiperf.json", output_token_throughput={"p99": 2048.0}), ENGINE, "output_token_throughput.avg is missing; expected a number above 0"),
    (changed("aiperf.json", error_request_count={"avg": 3}), ENGINE, "400 requests were completed and 3 failed; expected all to be completed"),
    (changed("aiperf.json", error_summary=[{"count": 1}]), ENGINE, "400 requests were completed and 1 failed; expected all to be completed"),
    (changed("aiperf.json", error_request_count=3), ENGINE, "400 requests were completed and 3 failed; expected all to be completed"),
    (changed("aiperf.json", input_config="x"), ENGINE, "input_config: expected an object, found 'x'"),
    (changed("inference-perf.json", failures=3), ENGINE._replace(model="Llama-3.1-8B"), "failures: expected an object, found 3"),
    (changed("genai-perf.json", input_config={"model": "Qwen3-32B", "concurrency": [24], "num_prefix_prompts": 3}), ENGINE, f"prefix prompts: {PREFIX}"),
    (changed("aiperf.json", error_summary="none"), ENGINE, "error_summary: expected a list, found 'none'"),
    (changed("aiperf.json", was_cancelled=True), ENGINE, "the run was cancelled before its end; expected a whole run"),
    (changed("aiperf.json", request_latency__unit="s"), ENGINE, "request_latency: expected ms, found s"),
    (changed("aiperf.json", input_config__phases__0__exclude_from_results=False), ENGINE, "input_config.phases: 2 phases count; expected one load for the whole run"),
    (changed("aiperf.json", input_config__models__items=[{"name": "a"}, {"name": "b"}]), ENGINE, "expected one model, found ['a', 'b']"),
    (changed("aiperf.json", input_config__input={"prompt": {"prefix_prompt": {"length": 100}}}), ENGINE, f"prefix prompts of 100 tokens: {PREFIX}"),
    (changed("genai-perf.json", input_config__perf_analyzer__stimulus={"request_rate": 15}, request_latency=None), ENGINE._replace(engine=None), "a run at 15 requests a second says what was asked for, not what can be served"),
    (changed("guidellm.json", benchmarks__1__metrics={}), ENGINE, "run-2: metrics.request_totals is missing; expected how many requests succeeded and failed"),
    (changed("guidellm.json", benchmarks=[]), ENGINE, "benchmarks: expected a benchmark for each load, found none"),
    (changed("guidellm.json", benchmarks__1__metrics__request_totals__errored=5), ENGINE, "run-2: 390 requests were completed and 5 failed; expected all to be completed"),
    (changed("guidellm.json", benchmarks__2__metrics__request_concurrency=None), ENGINE, "run-3: a run at 5 requests a second says what was asked for, not what can be served"),
    (changed("guidellm.json", benchmarks__2__metrics__request_concurrency__successful__mean=0.3), ENGINE, "run-3: 0.3 requests were in flight on average: the deployment was idle in between; expected 1 or more"),
    (changed("guidellm.json", args__data=["prompt_tokens=512,prefix_tokens=400"]), ENGINE, f"run-1: data with prefix_tokens: {PREFIX}"),
    (changed("inference-perf.json", failures__count=3), ENGINE._replace(model="Llama-3.1-8B"), "480 requests were completed and 3 failed; expected all to be completed"),
    (changed("inference-perf.json", successes__prompt_tokens__cached=120000), ENGINE._replace(model="Llama-3.1-8B"), "120000 tokens of the prompts (50%) were read from a prefix cache; measure with prompts that share nothing"),
    (changed("inference-perf.json", successes__throughput=None), ENGINE._replace(model="Llama-3.1-8B"), "requests_per_sec is missing; expected a number above 0"),
    (changed("inferencex.json", benchmark_type="agentic_traces"), Known(), "a run of agentic_traces, whose requests share prompts; expected fixed lengths"),
    (changed("inferencex.json", tp=0), Known(), "tp is missing; expected how many GPUs serve together"),
    (changed("inferencex.json", disagg="maybe"), Known(), "disagg: expected true or false, found 'maybe'"),
    (changed("inferencex.json", model="x" * 1000), Known(), f"model: expected text of at most 300 characters, found '{'x' * 59}…"),
    (changed("inferencex.json", tp=2.5), Known(), "tp: expected a whole number, found 2.5"),
    (changed("inferencex.json", conc=0), Known(), "concurrency: expected a number above 0, found 0, found '0'; say it with --concurrency"),
    (changed("sglang-serving.jsonl", server_info__dp_size=0), Known(gpu="H100"), "dp: "),
    ('{"model": "\\ud800"}', ENGINE, "half of a character"),
    (changed("inferencex.json", conc=1.5, isl=[1]), Known(), "isl: expected a number from 0 to 10^12, found [1]"),
    ([TG], Known(), "rows of prompts alone or outputs alone; run both for one configuration (-p 512 -n 128, or -pg 512,128)"),
    ([PP, TG | {"type_k": "q8_0"}], Known(), "rows of prompts alone or outputs alone; run both for one configuration (-p 512 -n 128, or -pg 512,128)"),
    ([one | {"n_gpu_layers": 20} for one in (PP, TG)], Known(), "n_gpu_layers 20: layers beyond them lie on the CPU, which the model leaves out; expected -ngl 99"),
    ([one | {"n_gpu_layers": "all"} for one in (PP, TG)], Known(), "n_gpu_layers: expected a whole number, found 'all'"),
    ([one | {"backends": "CPU"} for one in (PP, TG)], Known(), "backends: expected one that computes on a GPU, found 'CPU'"),
    ([one | {"n_cpu_moe": 8} for one in (PP, TG)], Known(), "n_cpu_moe: experts lie on the CPU, which the model leaves out"),
    ([one | {"tensor_buft_overrides": "exps=CPU"} for one in (PP, TG)], Known(), "tensor_buft_overrides: tensors lie elsewhere ('exps=CPU'), which the model leaves out"),
    ([one | {"gpu_info": "NVIDIA L4, NVIDIA A10G"} for one in (PP, TG)], Known(), "gpu_info: expected GPUs of one kind, found NVIDIA A10G, NVIDIA L4"),
    ([one | {"type_v": "q8_0"} for one in (PP, TG)], Known(), "type_k and type_v: expected one type of the KV cache, found f16 and q8_0"),
    (MLPERF | {"Units": "Samples/s"}, SIZED, "Units: expected Tokens/s, found 'Samples/s'"),
    (MLPERF | {"Scenario": "Server"}, SIZED, "scenario 'server': requests come at a rate; say how many were in flight with --concurrency"),
    (MLPERF | {"number_of_nodes": "2"}, SIZED, "measured with disaggregated prefill or over several nodes, which the model leaves out"),
    (MLPERF | {"inferred": "1"}, SIZED, "the result is inferred from another scenario's"),
    (MLPERF, SIZED._replace(tp=None), "a row does not say how many GPUs share the model: --tp"),
    ({"metadata": {}, "metrics": {}, "error": None}, ENGINE, "single requests, as AIPerf's profile_export.jsonl has them; give its profile_export_aiperf.json"),
    ("Metric,avg,min\nRequest Latency (ms),1,2\n", ENGINE, "run-1: a table of metrics, as AIPerf's CSV is, names neither model nor load; give the JSON beside it".removeprefix("run-1: ")),
    ("| model | size |\n", ENGINE, "a printed table; give llama-bench -o json"),
    ("============ Serving Benchmark Result ============\n", ENGINE, "printed text; give the file that the benchmark saves"),
    ({"output_throughput": 5.0}, ENGINE, "an output_throughput without the requests that were completed; give the result as vLLM or SGLang wrote it"),
    ("n_prompt,n_gen,avg_ts\n1,2,3,4\n", ENGINE, "row 2 has more cells than the head has names"),
    ('n_prompt,n_gen,avg_ts\n1,"2\n', ENGINE, "not CSV: unexpected end of data"),
]  # fmt: skip


@pytest.mark.parametrize(("data", "known", "reason"), REFUSED, ids=range(len(REFUSED)))
def test_what_is_no_measurement_is_refused_with_the_reason(data: object, known: Known, reason: str) -> None:
    assert any(found.startswith(reason) for found in refused(data, known)), refused(data, known)


@pytest.mark.parametrize(("described", "weights"), [("llama 8B Q4_K - Medium", "q4_k_m"), ("gpt-oss 20B MXFP4 MoE", "mxfp4"), ("llama 8B F16", "bf16"), ("llama 8B BF16", "bf16")])  # fmt: skip
def test_llama_cpp_describes_the_precision(described: str, weights: str) -> None:
    rows = [one | {"model_type": described, "model_filename": "D:\\m\\Llama-3.1-8B-Instruct-F16-00001-of-00002.gguf"} for one in (PP, TG)]  # fmt: skip
    (found,) = read(json.dumps(rows), Known()).values()
    assert (found.model, found.weights) == ("Llama-3.1-8B", weights)


def test_what_llama_cpp_does_not_describe_is_asked_for() -> None:
    rows = [one | {"model_type": "llama 8B all F32", "model_filename": "model.gguf"} for one in (PP, TG)]
    problems = refused(rows, Known())
    assert "unknown model 'model'" in problems[0]
    assert problems[1] == "run does not say its weights; say it with --weights"


def test_a_row_of_prompt_and_output_is_one_request() -> None:
    both = TG | {"n_prompt": 512, "avg_ts": 640.0}  # 640 tokens in 1 s, of which 128 were generated
    (found,) = read(json.dumps([both]), Known()).values()
    assert float(found.output_tokens_per_s) == 128
    rows = [
        PP,
        PP | {"n_depth": 512, "avg_ts": 1.0},
        TG,
        TG | {"n_depth": 512, "avg_ts": 64.0},
        PP | {"n_prompt": 1024},
    ]
    behind, none = read(json.dumps(rows), Known()).values()
    assert float(behind.output_tokens_per_s) == pytest.approx(
        128 / (512 / 8000 + 128 / 64), rel=1e-5
    )  # behind its prompt
    assert float(none.output_tokens_per_s) == pytest.approx(128 / (1024 / 8000 + 128 / 128), rel=1e-5)  # behind nothing


@pytest.mark.parametrize(
    ("devices", "split", "gpus", "tp", "pp"),
    [("auto", "layer", 2, 1, 2), ("auto", "row", 2, 2, 1), ("CUDA0", "layer", 1, 1, 1), ("auto", "none", 1, 1, 1)],
)
def test_how_llama_cpp_lies_on_its_gpus(devices: str, split: str, gpus: int, tp: int, pp: int) -> None:
    set_up = {"devices": devices, "split_mode": split, "gpu_info": "NVIDIA L4, NVIDIA L4"}
    (found,) = read(json.dumps([PP | set_up, TG | set_up]), Known()).values()
    assert (found.gpus, found.tp, found.pp) == (gpus, tp, pp)


def test_older_forms_of_a_file_are_read_too() -> None:
    loadgen = {"endpoint": {"model_names": ["Qwen/Qwen3-32B"]}, "loadgen": {"request_rate": 4.0}}
    (at_rate,) = read(json.dumps(changed("aiperf.json", input_config=loadgen))).values()
    assert at_rate.concurrency == Decimal("39.6")  # 4 requests/s × 9.9 s
    top = {"model": ["Qwen/Qwen3-32B"], "backend": "tensorrtllm", "service_kind": "openai", "concurrency": [24], "request_rate": None, "num_prefix_prompts": 0}  # fmt: skip
    (flat,) = read(json.dumps(changed("genai-perf.json", input_config=top))).values()
    assert told(flat)[:3] == ("Qwen3-32B", "vllm", 1)  # the backend is a default where the service is no Triton
    older = changed("inference-perf.json", successes__prompt_tokens=None, successes__output_tokens=None, successes__prompt_len={"mean": 500.0}, load_summary__concurrency=24)  # fmt: skip
    (summed,) = read(json.dumps(older), ENGINE._replace(model="Llama-3.1-8B")).values()
    assert told(summed)[3:6] == (500, 250, 24)
    report = changed("guidellm.json")
    one = report["benchmarks"][1]
    one["metrics"]["prompt_token_count"] = {"successful": {"total_sum": 76800, "count": 150}}
    (counted,) = read(json.dumps(report | {"benchmarks": [one]}), ENGINE).values()
    assert counted.input_tokens == 512
    totals = one["metrics"].pop("request_totals")
    before = {"args": {"strategy": one.pop("config")["strategy"]}, "worker": {"backend_model": "Qwen3-32B"}, "run_stats": {"requests_made": totals}}  # fmt: skip
    (first,) = read(json.dumps({"benchmarks": [one | before]}), ENGINE).values()
    assert told(first)[:1] + told(first)[5:6] == ("Qwen3-32B", 32)


@pytest.mark.parametrize(
    ("limit", "rate", "requests", "seconds", "in_flight"),
    [
        (64, None, 4.0, 10.0, 64),
        (None, "inf", 4.0, 10.0, None),
        (64, 8.0, 4.0, 10.0, 64),  # half of what was asked for: the limit held requests back
        (64, 4.0, 4.0, 10.0, 40),  # as many as were asked for: what was in flight is what it did
    ],
)
def test_what_was_in_flight(limit: float | None, rate: object, requests: float, seconds: float, in_flight: float | None) -> None:  # fmt: skip
    assert load_of(limit, rate, requests_per_s=requests, mean_s=seconds) == (in_flight, ())


GPUS = {
    "NVIDIA H100 80GB HBM3": "h100-sxm", "NVIDIA H100 NVL": "h100-nvl", "NVIDIA H100 PCIe": "h100-pcie", "NVIDIA_L4": "l4",
    "NVIDIA A100-SXM4-40GB": "a100-40gb-sxm", "NVIDIA A100-SXM4-80GB": "a100-80gb-sxm", "NVIDIA H100-SXM-80GB": "h100-sxm",
    "NVIDIA H200-SXM-141GB": "h200-sxm", "NVIDIA B200-SXM-180GB": "b200-sxm", "NVIDIA GeForce RTX 4080": "rtx-4080",
    "AMD Instinct MI300X": "mi300x", "h100-cw": "h100-sxm", "b200-nvl": "b200-sxm", "gb200-nv": "gb200-nvl72", "Tesla T4": "t4",
}  # fmt: skip


@pytest.mark.parametrize("name", GPUS)
def test_gpus_are_known_by_what_drivers_and_runners_call_them(name: str) -> None:
    assert gpu_named(name, load_catalog()).gpu == GPUS[name]


@pytest.mark.parametrize("name", ["NVIDIA H100 PCIe 40GB", "lab-7", "", "NVIDIA"])
def test_a_gpu_of_another_memory_is_another_gpu(name: str) -> None:
    with pytest.raises(UnknownNameError):
        gpu_named(name, load_catalog())


@pytest.mark.parametrize(
    ("name", "model", "precision"),
    [
        ("nvidia/DeepSeek-R1-0528-FP4-V2", "deepseek-r1-0528", "nvfp4"),
        ("amd/DeepSeek-R1-0528-MXFP4-Preview", "deepseek-r1-0528", "mxfp4"),
        ("Qwen/Qwen3-32B-AWQ", "qwen3-32b", "int4"),
        ("RedHatAI/Llama-3.3-70B-Instruct-FP8-dynamic", "llama-3.3-70b", "fp8"),
        ("llama2-70b", "llama-2-70b", None),
        ("openai/gpt-oss-120b", "gpt-oss-120b", None),
    ],
)
def test_models_are_known_by_their_checkpoints(name: str, model: str, precision: str | None) -> None:
    assert (model_named(name, load_catalog()).model, told_by(name, load_catalog())) == (model, precision)


def test_what_is_wrong_of_many_runs_is_said_once() -> None:
    rows = [changed("inferencex.json", disagg=True)] * 40
    assert refused(rows, Known()) == [
        "run-1 and 39 other runs: measured with disaggregated prefill or over several nodes, which the model leaves out"
    ]


WRONG: list[object] = [None, "x", [], {}, True, float("nan"), float("inf"), -1, 0, 1e300, MOST * 2, [{}], "−5"]


@settings(max_examples=60)
@given(data=st.data(), name=st.sampled_from(sorted(READ)))
def test_a_damaged_file_is_read_or_refused_and_never_a_bug(data: st.DataObject, name: str) -> None:
    text = (SAMPLES / name).read_text()
    if name.endswith(".json"):
        found = json.loads(text)
        place = found
        while isinstance(place, dict | list) and place:  # walk to some value and put a wrong one in its place
            keys = list(place) if isinstance(place, dict) else range(len(place))
            key = data.draw(st.sampled_from(list(keys)))
            if not isinstance(place[key], dict | list) or data.draw(st.booleans()):
                place[key] = data.draw(st.sampled_from(WRONG))
                break
            place = place[key]
        text = json.dumps(found)
    else:
        text = text[: data.draw(st.integers(0, len(text)))]
    try:
        for one in read(text, READ[name][0]).values():
            assert 0 < one.output_tokens_per_s <= MOST * 8
    except InputError as error:
        assert all(problem.message.startswith("run.json") for problem in error.problems)


@pytest.mark.parametrize("word", HOSTILE.values(), ids=HOSTILE)
def test_hostile_names_stay_names(word: str) -> None:
    row = changed("vllm-bench-serve.json", model_id=word, backend=word)
    found = read(json.dumps(row), Known("Qwen3-32B", "H100", weights="fp8", engine="vllm"), name=f"{word}.json")
    layer = parse_yaml(Document("mine.yaml", as_yaml(found))).plain()
    assert isinstance(layer, dict)
    assert list(layer["measurements"]) == list(found)
    (one,) = layer["measurements"].values()
    assert (one["model"], one["engine"]) == ("Qwen3-32B", "vllm")
    assert any("unknown model" in problem for problem in refused(row))
