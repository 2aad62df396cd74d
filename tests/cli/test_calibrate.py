"""``costcalc calibrate`` as a user types it: a benchmark beside the model, and saved for later runs."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from conftest import Cli

from costcalc import load_catalog
from costcalc.render.documents import document_schema

SAMPLES = Path(__file__).parents[1] / "data" / "bench"
SERVED, SWEPT, INFERENCEX = (str(SAMPLES / name) for name in ("vllm-bench-serve.json", "vllm-sweep.jsonl", "inferencex.json"))  # fmt: skip
DAY = ("--as-of", "2026-11-22")
CHECKED = ("--as-of", "2026-11-27")  # the newest day on which a figure of pricing/ was looked at
HARDWARE = ("--gpu", "H100", "--weights", "fp8", *DAY)
SAME = ("size", "Qwen3-32B", "--gpu", "H100", "--weights", "fp8", "--kv", "bf16", "--shape", "1024:256", "--concurrency", "64", *DAY)  # fmt: skip


def answer(cli: Cli, *args: str) -> dict[str, Any]:
    run = cli(*args, "--format", "json")
    document = json.loads(run.out)
    jsonschema.Draft7Validator(document_schema("calibrate")).validate(document)
    assert run.status == 0
    result: dict[str, Any] = document["result"]
    return result


def sized(cli: Cli, *args: str) -> dict[str, Any]:
    (one,) = json.loads(cli(*args, "--format", "json").out)["result"]["deployments"]
    found: dict[str, Any] = one
    return found


def flat(text: str) -> str:
    return " ".join(text.split())


def test_measured_stands_beside_predicted(cli: Cli) -> None:
    (one,) = answer(cli, "calibrate", SERVED, *HARDWARE)["measurements"]
    assert (one["measurement"], one["measured"], one["concurrency"]) == ("vllm-bench-serve", 1024, 64)
    assert one["low"] < one["predicted"] < one["high"]
    assert one["ratio"] == pytest.approx(1024 / one["predicted"], abs=1e-4)
    # what was measured moves the model, but not all the way: one benchmark is not the truth
    assert min(1, one["ratio"]) <= one["factor"] <= max(1, one["ratio"])
    assert one["interval_after_percent"] < one["interval_before_percent"]
    run = cli("calibrate", SERVED, *HARDWARE)
    assert (run.status, run.err) == (0, "")
    assert "What the model learns:" in run.out
    assert "Nothing is saved yet: --save FILE.yaml" in flat(run.out)


def test_a_cache_that_nobody_named_is_said_and_saved_as_assumed(cli: Cli, tmp_path: Path) -> None:
    (one,) = answer(cli, "calibrate", SERVED, *HARDWARE)["measurements"]
    assert one["caveats"][0].startswith("the precision of its cache is not stated and taken to be bf16; size and")
    assert one["caveats"][0].endswith("say --kv fp8 or --kv bf16")
    saved = str(tmp_path / "mine.yaml")
    page = flat(cli("calibrate", SERVED, *HARDWARE, "--save", saved).out)
    assert "Check first: - vllm-bench-serve: the precision of its cache" in page
    assert "kv: bf16  # assumed: the file does not say it" in Path(saved).read_text()
    for said in (("--kv", "fp8"), ("--kv", "bf16"), ("--weights", "bf16", "--gpus", "2")):
        flags = ("--gpu", "H100", "--weights", "fp8", *DAY) if "--kv" in said else ("--gpu", "H100", *DAY)
        (one,) = answer(cli, "calibrate", SERVED, *flags, *said)["measurements"]
        assert not any("cache" in text for text in one["caveats"])
    said_so = str(tmp_path / "said.yaml")
    cli("calibrate", SERVED, *HARDWARE, "--kv", "bf16", "--save", said_so)
    assert "    kv: bf16\n" in Path(said_so).read_text()


def test_several_files_are_one_answer(cli: Cli) -> None:
    found = answer(cli, "calibrate", SERVED, SWEPT, *HARDWARE)["measurements"]
    assert [one["measurement"] for one in found] == ["vllm-bench-serve", "vllm-sweep-1", "vllm-sweep-2"]
    learnt = flat(cli("calibrate", SERVED, SWEPT, *HARDWARE).out)
    assert learnt.count("predictions ×") == len({one["factor"] for one in found})  # one lesson, said once


def test_inferencex_needs_no_flags(cli: Cli) -> None:
    dense, experts = answer(cli, "calibrate", INFERENCEX, *DAY)["measurements"]
    assert (dense["model"], dense["gpu"], dense["gpus"]) == ("Llama-3.3-70B", "H100 SXM", 2)
    assert (experts["model"], experts["gpu"], experts["gpus"], experts["engine"]) == ("DeepSeek-R1", "B200 SXM", 8, "trtllm")  # fmt: skip


def test_every_problem_of_every_file_at_once(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_text("not JSON")
    (tmp_path / "failed.json").write_text('{"output_throughput": 5, "completed": 3, "failed": 2, "num_prompts": 5}')
    run = cli("calibrate", SERVED, "bad.json", "failed.json", "gone.json", *DAY)
    assert (run.status, run.out) == (2, "")
    assert "vllm-bench-serve does not say its gpu; say it with --gpu" in run.err
    assert "vllm-bench-serve does not say its weights; say it with --weights" in run.err
    assert "bad.json:1: not JSON: Expecting value" in run.err
    assert "failed.json: failed: 3 requests were completed and 2 failed" in run.err
    assert "gone.json: cannot be read: No such file or directory" in run.err
    assert run.err.count("error: ") == 5
    document = json.loads(cli("calibrate", SERVED, "bad.json", *DAY, "--format", "json").out)
    jsonschema.Draft7Validator(document_schema("calibrate")).validate(document)
    assert (len(document["diagnostics"]), document["result"]) == (3, None)


def test_what_is_saved_is_a_layer_and_a_measured_configuration_wins(cli: Cli, tmp_path: Path) -> None:
    before = sized(cli, *SAME)
    run = cli("calibrate", SERVED, *HARDWARE, "--save", "mine.yaml")
    assert run.status == 0
    assert "Saved to mine.yaml: lay it over with --catalog mine.yaml" in flat(run.out)
    assert list(load_catalog(tmp_path / "mine.yaml").measurements) == ["vllm-bench-serve"]
    assert cli("catalog", "validate", "mine.yaml", *CHECKED).status == 0
    after = sized(cli, *SAME, "--catalog", "mine.yaml")
    was, measured = before["output_tokens_per_s"], 1024
    assert abs(after["output_tokens_per_s"] / measured - 1) < abs(was / measured - 1) / 2  # nearer by more than half
    assert after["high"] / after["low"] < before["high"] / before["low"]
    # another load of the same deployment is moved as well, but less surely
    other = tuple({"1024:256": "2000:500", "64": "16"}.get(part, part) for part in SAME)
    moved, still = sized(cli, *other, "--catalog", "mine.yaml"), sized(cli, *other)
    assert (moved["output_tokens_per_s"] < still["output_tokens_per_s"]) == (after["output_tokens_per_s"] < was)
    assert moved["high"] / moved["low"] > after["high"] / after["low"]
    # another GPU learns nothing
    elsewhere = (*SAME[:3], "H200", *SAME[4:])
    assert sized(cli, *elsewhere) == sized(cli, *elsewhere, "--catalog", "mine.yaml")


def test_what_is_saved_moves_compare_and_tco(cli: Cli, tmp_path: Path) -> None:
    slow = json.loads(Path(SERVED).read_text()) | {
        "model_id": "R1-Distill-32B",
        "output_throughput": 300.0,
        "request_throughput": 300 / 256,
        "total_token_throughput": 1500.0,
    }
    (tmp_path / "slow.json").write_text(json.dumps(slow))
    assert cli("calibrate", "slow.json", *HARDWARE, "--save", "costcalc.yaml").status == 0
    with_it = json.loads(cli("tco", "r1-distill-32b-h100", "--tokens", "5e8", "--format", "json", *DAY).out)
    (tmp_path / "costcalc.yaml").unlink()
    without = json.loads(cli("tco", "r1-distill-32b-h100", "--tokens", "5e8", "--format", "json", *DAY).out)
    slower, faster = (one["result"]["deployment"]["output_tokens_per_s"] for one in (with_it, without))
    assert slower < faster


def test_a_benchmark_of_several_loads_is_saved_and_moves_compare(cli: Cli) -> None:
    flags = ("--gpu", "H100", "--gpus", "4", "--weights", "fp8", "--engine", "vllm", *DAY)
    report = str(SAMPLES / "guidellm.json")
    assert [one["concurrency"] for one in answer(cli, "calibrate", report, *flags)["measurements"]] == [1, 32, 22.4]
    assert cli("calibrate", report, *flags, "--save", "mine.yaml").status == 0
    own = (
        "--own",
        "4x H100 @ 3/h, model=Llama-3.3-70B, weights=fp8, engine=vllm, name=mine",
        "--options",
        "gpt-5.2-api",
    )
    ask = ("compare", "--tokens", "3e10", "--shape", "512:256", *own, "--format", "json", *DAY)
    before, after = (json.loads(cli(*ask, *more).out)["result"]["estimates"] for more in ((), ("--catalog", "mine.yaml")))  # fmt: skip
    costs = [next(float(row["monthly_usd"]) for row in rows if row["option"] == "mine") for rows in (before, after)]
    assert costs[0] != costs[1]  # what was measured is slower than predicted, so that more replicas are needed


FLAGS = [
    ("--shape", "1000", "expected IN:OUT tokens such as 1000:300"),
    ("--shape", "1000:0", "expected IN:OUT tokens above 0 such as 1000:300"),
    ("--shape", "0:300", "expected IN:OUT tokens above 0 such as 1000:300"),
    ("--shape", "1000:300:80%", "expected IN:OUT tokens above 0 such as 1000:300"),
    ("--shape", "1000 to 2000:300", "expected IN:OUT tokens above 0 such as 1000:300"),
    ("--concurrency", "0", "expected"),
]


@pytest.mark.parametrize(("flag", "text", "message"), FLAGS)
def test_a_load_is_a_load(flag: str, text: str, message: str, cli: Cli) -> None:
    run = cli("calibrate", str(SAMPLES / "vllm-latency.json"), flag, text)
    assert (run.status, run.out) == (2, "")
    assert message in flat(run.err)


def test_lengths_and_load_of_a_batch_are_said_by_flags(cli: Cli) -> None:
    batch = (str(SAMPLES / "vllm-latency.json"), "--model", "Qwen3-32B", "--shape", "1024:256", "--concurrency", "8")
    (one,) = answer(cli, "calibrate", *batch, *HARDWARE)["measurements"]
    assert (one["measured"], one["input_tokens"], one["concurrency"]) == (512, 1024, 8)  # 8 × 256 tokens in 4 s


def test_save_writes_a_new_file_only(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("mine")
    (tmp_path / "link.yaml").symlink_to("nowhere.yaml")
    for name in ("mine.yaml", "link.yaml", "."):
        run = cli("calibrate", SERVED, *HARDWARE, "--save", name)
        assert (run.status, run.out) == (2, "")
        assert "exists already; name a new file" in run.err
    assert (tmp_path / "mine.yaml").read_text() == "mine"
    assert not (tmp_path / "nowhere.yaml").exists()
    run = cli("calibrate", SERVED, *HARDWARE, "--save", "no/such/mine.yaml")
    assert (run.status, f"make it: mkdir -p {tmp_path}/no/such" in run.err) == (2, True)
    assert cli("calibrate", SERVED, "--gpu", "H1000", "--weights", "fp8", "--save", "new.yaml").status == 2
    assert not (tmp_path / "new.yaml").exists()  # what is wrong is not saved


def test_a_model_that_does_not_fit_learns_nothing(cli: Cli) -> None:
    (one,) = answer(cli, "calibrate", SERVED, "--gpu", "RTX 4070 Ti", "--weights", "bf16", *DAY)["measurements"]
    assert (one["predicted"], one["ratio"], one["factor"]) == (0, 0, 1)
    run = cli("calibrate", SERVED, "--gpu", "RTX 4070 Ti", "--weights", "bf16", *DAY)
    assert run.status == 0
    assert "does not fit, says the model, and learns nothing" in flat(run.out)


def test_measurements_in_force_are_taken_in(cli: Cli) -> None:
    assert cli("calibrate", SERVED, *HARDWARE, "--save", "costcalc.yaml").status == 0
    (alone,) = answer(cli, "calibrate", SERVED, *HARDWARE)["measurements"]
    third = answer(cli, "calibrate", SWEPT, *HARDWARE)["measurements"]
    assert third[0]["interval_after_percent"] < alone["interval_after_percent"]  # three runs say more than one


def test_files_of_one_name_from_two_folders_are_both_read(cli: Cli, tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        shutil.copy(SERVED, tmp_path / folder / "run.json")
    found = answer(cli, "calibrate", "a/run.json", "b/run.json", *HARDWARE)["measurements"]
    assert [one["measurement"] for one in found] == ["run", "run-2"]


BAD = [
    (("calibrate",), "Missing argument 'files'"),
    (("calibrate", SERVED, "--gpu", "H1000", "--weights", "fp8"), "unknown GPU 'H1000'; did you mean 'H100' or"),
    (("calibrate", SERVED, *HARDWARE, "--model", "Qwen3-23B"), "unknown model 'Qwen3-23B'; did you mean"),
    (("calibrate", SERVED, "--gpu", "H100", "--weights", "fp9"), "Invalid value for '--weights': expected one of bf16, fp8, int8, int4, nvfp4, mxfp4, q2_k, q3_k_s, q3_k_m, q3_k_l, q4_0, q4_1, q4_k_s, q4_k_m, q5_0, q5_1, q5_k_s, q5_k_m, q6_k, q8_0, iq1_s, iq1_m, iq2_xxs, iq2_xs, iq2_s, iq2_m, iq3_xxs, iq3_xs, iq3_s, iq3_m, iq4_xs, iq4_nl, found 'fp9'; did you mean 'fp8'?"),
    (("calibrate", SERVED, *HARDWARE, "--kv", "int8"), "Invalid value for '--kv': expected one of bf16, fp8, q8_0, q4_0, found 'int8'"),
    (("calibrate", SERVED, *HARDWARE, "--engine", "vlm"), "Invalid value for '--engine': expected vllm, sglang, trtllm, llama.cpp or another engine, found 'vlm'; did you mean 'vllm'?"),
    (("calibrate", SERVED, *HARDWARE, "--gpus", "0"), "Invalid value for '--gpus': 0 is not in the range"),
    (("calibrate", SERVED, "--gpu", "", "--weights", "fp8"), "Invalid value for '--gpu': expected a name, found an empty text"),
    (("calibrate", str(SAMPLES), *HARDWARE), "a folder; expected a file"),
]  # fmt: skip


@pytest.mark.parametrize(("args", "message"), BAD)
def test_bad_input_ends_with_2_and_is_one_json_document_too(args: tuple[str, ...], message: str, cli: Cli) -> None:
    run = cli(*args)
    assert (run.status, run.out) == (2, "")
    assert message in run.err
    as_data = cli(*args, "--format", "json")
    document = json.loads(as_data.out)
    jsonschema.Draft7Validator(document_schema("calibrate")).validate(document)
    assert (as_data.status, document["result"], document["schema"]) == (2, None, "costcalc/calibrate@1")


def test_every_format_says_the_same(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    args = ("calibrate", SERVED, SWEPT, *HARDWARE)
    found = answer(cli, *args)["measurements"]
    table = list(csv.DictReader(cli(*args, "--format", "csv").out.splitlines()))
    head, *records = (json.loads(line) for line in cli(*args, "--format", "jsonl").out.splitlines())
    assert head["schema"] == "costcalc/calibrate@1"
    assert records == found
    assert [float(row["ratio"]) for row in table] == [one["ratio"] for one in found]
    assert "| vllm-sweep-2 |" in cli(*args, "--format", "markdown").out
    for width in ("40", "80", "120"):
        monkeypatch.setenv("COLUMNS", width)
        printed = cli(*args).out
        assert all(f"{one['ratio']:.2f}" in printed for one in found)
        assert "\x1b" not in printed


def test_a_run_without_a_limit_is_at_full_load(cli: Cli, tmp_path: Path) -> None:
    free = json.loads(Path(SERVED).read_text()) | {"max_concurrency": None}
    (tmp_path / "free.json").write_text(json.dumps(free))
    (one,) = answer(cli, "calibrate", "free.json", *HARDWARE)["measurements"]
    assert one["concurrency"] is None
    assert " all " in cli("calibrate", "free.json", *HARDWARE).out
