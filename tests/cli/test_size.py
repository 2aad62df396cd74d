"""``costcalc size`` as a user types it: does it fit, what would, in which order, in every format."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from checkpoint_files import GEMMA as HEADER
from checkpoint_files import a_gguf, a_safetensors
from conftest import Cli, Write

from costcalc.render.documents import document_schema

MODEL = "DeepSeek-R1-Distill-Qwen-32B"
DAY = ("--as-of", "2026-11-22")
FITS = ("size", MODEL, "--gpu", "H100", "--weights", "fp8", *DAY)
REFUSED = ("size", MODEL, "--gpu", "RTX 4070 Ti", "--weights", "int4", *DAY)
RANKED = ("size", MODEL, *DAY)
GPU = """
gpu: mine
name: Mine {gb}
vendor: Nobody
architecture: "9.0"
memory_gb: {gb}
bandwidth_gb_per_s: 4000
dense_tflops: {{bf16: 1000}}
gpus_per_node: {node}
trust: recalled
source: {{title: t, checked: 2026-11-01}}
"""


def answer(cli: Cli, *args: str) -> dict[str, Any]:
    document = json.loads(cli(*args, "--format", "json").out)
    jsonschema.Draft7Validator(document_schema("size")).validate(document)
    result: dict[str, Any] = document["result"]
    return result


def flat(text: str) -> str:
    return " ".join(text.split())


def rows_of(page: str) -> list[str]:
    """Find the table's rows; the verdict may break before a number of GPUs too."""
    return [line for line in page.splitlines() if re.match(r"\d+× .*  ", line)]


def test_what_fits_ends_with_0(cli: Cli) -> None:
    run = cli(*FITS)
    assert (run.status, run.err) == (0, "")
    assert run.out.startswith(f"{MODEL} at fp8 on 1× H100 SXM fits and generates ")
    said = (
        "the machines cost $1,963.70 a month, however little they serve.",
        "$2.69 an hour: ",
        "1,155 tokens in and 211 out",
    )
    for part in ("Fits:", "Speed:", "100 %", "30 %", "10 %", *said):
        assert part in flat(run.out)  # $2.69 × 730 h
    (one,) = answer(cli, *FITS)["deployments"]
    assert one["fits"] is True
    assert one["low"] < one["output_tokens_per_s"] < one["high"]
    assert one["needed_gb"] <= one["memory_gb"] == 80
    # the same hour costs twice as much per token at half the use
    assert one["usd_per_mtok"]["50%"] == pytest.approx(2 * one["usd_per_mtok"]["100%"])
    assert one["usd_per_mtok"]["100%"] == pytest.approx(2.69e6 / 3600 / one["output_tokens_per_s"], rel=1e-3)


def test_a_context_window_that_is_too_short_is_said_in_the_verdict_and_as_a_caveat(cli: Cli) -> None:
    asked = ("size", "bge-large-en-v1.5", "--weights", "bf16", *DAY)
    short = "a request of 1,000 tokens exceeds its context window of 512: it cannot serve this workload"
    one = answer(cli, *asked, "--gpu", "L4", "--shape", "1000:0")
    assert one["verdict"][-1] == f"But {short}."
    assert short in one["deployments"][0]["caveats"]
    assert answer(cli, *asked, "--shape", "1000:0")["verdict"][0] == f"bge-large-en-v1.5: {short}."
    longest = answer(cli, *asked, "--gpu", "L4", "--shape", "10:0:99%", "--shape", "1000:0:1%")  # not the mean one
    assert short in longest["deployments"][0]["caveats"]
    fits = answer(cli, *asked, "--gpu", "L4", "--shape", "512:0")
    assert not any("exceeds" in text for text in (*fits["verdict"], *fits["deployments"][0]["caveats"]))


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (("--concurrency", "1"), "1 sequence decoded together ("),
        (("--concurrency", "6"), "6 sequences decoded together ("),
        (("--concurrency", "6", "--dp", "2", "--pp", "3"), "1 sequence decoded together on each of 6 groups ("),
    ],
)
def test_sequences_are_counted_by_group(cli: Cli, flags: tuple[str, ...], said: str) -> None:
    assert said in f"{flat(cli(*FITS, *flags).out)}".replace("together -", "together (").replace("groups -", "groups (")


def test_what_does_not_fit_ends_with_1_and_says_what_is_needed_and_what_would(cli: Cli) -> None:
    run = cli(*REFUSED)
    assert (run.status, run.err) == (1, "")
    needed = re.search(
        r"does not fit: each GPU would need (\S+) GB and has 12 GB.*: (\S+) GB of weights,", flat(run.out)
    )
    assert needed is not None
    # 31.2 G parameters × 0.52 bytes and two tables of 1.56 GB are 19.3 GB, with cache and the engine 20 to 21
    assert 20 <= float(needed[1]) <= 21
    assert 16.4 <= float(needed[2]) < float(needed[1])
    assert "It fits on 2× RTX 4070 Ti: --tp 2." in flat(run.out)
    assert "What would fit" in run.out
    result = answer(cli, *REFUSED)
    (one,) = result["deployments"]
    assert (one["fits"], one["sequences"], one["output_tokens_per_s"], one["bottleneck"]) == (False, 0, None, None)
    assert set(one["usd_per_mtok"].values()) == {None}
    assert (result["alternatives"][0]["gpu"], result["alternatives"][0]["gpus"]) == ("RTX 4070 Ti", 2)
    rents = [each["usd_per_hour"] for each in result["alternatives"][1:]]
    assert rents == sorted(rents)
    assert all(each["fits"] and each["weights"] == "int4" for each in result["alternatives"])


def test_more_gpus_of_the_kind_make_room(cli: Cli) -> None:
    assert cli(*REFUSED, "--tp", "2").status == 0


def test_without_a_gpu_the_cheapest_token_stands_first(cli: Cli) -> None:
    run = cli(*RANKED)
    assert run.status == 0
    found = answer(cli, *RANKED)["deployments"]
    costs = [(one["offer"], one["usd_per_mtok"]["100%"]) for one in found]
    on_demand = sorted(cost for offer, cost in costs if offer == "on_demand")
    others = sorted(cost for offer, cost in costs if offer in {"reserved_3y", "spot"})  # MI325X; Trainium2
    last = [cost for _, cost in costs[len(on_demand) + len(others) :]]
    assert [cost for _, cost in costs] == [*on_demand, *others, *last]
    assert set(last) == {None}
    unpriced = [one["output_tokens_per_s"] for one in found if one["usd_per_mtok"]["100%"] is None]
    assert unpriced == sorted(unpriced, reverse=True)
    assert all(one["fits"] for one in found)
    shown = [line.split("  ")[0] for line in rows_of(run.out)]
    first = {one["gpu"]: f"{one['gpus']}× {one['gpu']}" for one in reversed(found)}  # the cheapest way of each GPU
    order = list(dict.fromkeys(one["gpu"] for one in found))
    assert shown == [first[gpu] for gpu in order[:12]]


def test_a_gpu_without_a_price_stands_last(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(GPU.format(gb=1000, node=1))
    found = answer(cli, *RANKED, "--catalog", "mine.yaml")["deployments"]
    mine = [index for index, one in enumerate(found) if one["gpu"] == "Mine 1000"]
    priced = [index for index, one in enumerate(found) if one["usd_per_hour"] is not None]
    assert max(priced) < min(mine)
    run = cli(*FITS[:3], "mine", "--weights", "bf16", *DAY, "--catalog", "mine.yaml")
    assert (run.status, "No rental price of Mine 1000 is known, so its cost is not known." in flat(run.out)) == (
        0,
        True,
    )
    assert "the figures of Mine 1000 are recalled, not read: check them" in flat(run.out)
    assert "Least a month" not in cli("size", MODEL, "--gpu", "mine", *DAY, "--catalog", "mine.yaml").out


def test_all_shows_every_way(cli: Cli) -> None:
    short, whole = cli(*RANKED), cli(*RANKED, "--all")
    count = re.search(r"(\d+) ways fit, here the cheapest of each GPU", flat(short.out))
    assert count is not None
    assert len(rows_of(whole.out)) == int(count[1]) == len(answer(cli, *RANKED)["deployments"])
    assert "ways fit" not in whole.out


def test_a_gpu_alone_lists_its_precisions_and_widths(cli: Cli) -> None:
    found = answer(cli, "size", MODEL, "--gpu", "h100", *DAY)["deployments"]
    assert {one["gpu"] for one in found} == {"H100 SXM"}
    assert {one["weights"] for one in found} == {"bf16", "fp8", "int4"}  # it has no units for 4-bit floats
    assert {one["gpus"] for one in found} == {1, 2, 4, 8}
    only = answer(cli, "size", MODEL, "--weights", "fp8", "--tp", "4", *DAY)["deployments"]
    assert {(one["weights"], one["tp"], one["gpus"]) for one in only} == {("fp8", 4, 4)}


def test_where_nothing_of_a_gpu_fits_others_that_do_are_named(cli: Cli) -> None:
    run = cli("size", "DeepSeek-R1", "--gpu", "RTX 4070 Ti", *DAY)
    assert run.status == 1
    text = flat(run.out)
    assert text.startswith("DeepSeek-R1 fits on no node of RTX 4070 Ti, nor on 8 of them.")
    others = json.loads(cli("size", "DeepSeek-R1", "--gpu", "RTX 4070 Ti", *DAY, "--format", "json").out)["result"]
    least = min(other["monthly_usd"] for other in others["alternatives"])
    assert f"has the least rent: ${least:,.2f} a month" in text
    assert others["deployments"] == []
    assert "where" not in run.err
    assert cli("size", "DeepSeek-R1", "--gpu", "RTX 4070 Ti", "--format", "csv", *DAY).status == 1


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        # 673 GB of weights and the engine's 5 GB a GPU: 8 × 78.8 GB are too few, 16 are enough
        (("H100", "--weights", "fp8"), "It fits on 16× H100 SXM on 2 nodes: --tp 8 --pp 2."),
        (("L40S",), "fits on no node of L40S. It fits on 16× L40S on 2 nodes: --tp 8 --pp 2 --weights int4."),
        # GPUs that come one to a machine have no network between them that is known
        (("GH200",), "fits on no node of GH200. Of what it fits on"),
    ],
)
def test_what_fits_on_no_node_is_laid_over_the_fewest_that_hold_it(asked: tuple[str, ...], said: str, cli: Cli) -> None:
    run = cli("size", "DeepSeek-R1", "--gpu", *asked, *DAY)
    assert (run.status, said in flat(run.out)) == (1, True)


def test_the_flags_for_several_nodes_are_ready_to_copy_and_the_fewest(cli: Cli) -> None:
    named = ("size", "DeepSeek-R1", "--gpu", "H100", "--weights", "fp8", "--tp", "8", *DAY)
    assert cli(*named, "--pp", "2").status == 0
    alternatives = json.loads(cli(*named, "--format", "json").out)["result"]["alternatives"]
    assert [alternatives[0][key] for key in ("gpu", "gpus", "tp", "pp")] == ["H100 SXM", 16, 8, 2]


def test_wider_ways_that_generate_less_are_listed_under_all_alone(cli: Cli) -> None:
    # an RTX 4090 has no link but PCIe: two of them generate less than one, at twice the rent
    asked = ("size", "Qwen3-4B", "--gpu", "RTX 4090", *DAY)
    found = answer(cli, *asked)["deployments"]
    rates = {(one["weights"], one["gpus"]): one["output_tokens_per_s"] for one in found}
    beaten = {
        key
        for key, rate in rates.items()
        if any(other[0] == key[0] and other[1] < key[1] and rates[other] >= rate for other in rates)
    }
    assert beaten
    short, whole = flat(cli(*asked).out), cli(*asked, "--all").out
    assert len(rows_of(whole)) == len(found)
    assert f"{len(found)} ways fit, here those that no smaller one beats: --all shows every one" in short
    assert len(rows_of(cli(*asked).out)) == len(found) - len(beaten)


def test_the_weights_have_one_name_and_their_former_one_still_works(cli: Cli) -> None:
    named = ("size", "Qwen3-32B", "--gpu", "H100", *DAY)
    assert cli(*named, "--precision", "fp8").out == cli(*named, "--weights", "fp8").out
    assert "--weights is given twice" in cli(*named, "--weights", "fp8", "--precision", "int4").err


def test_concurrency_and_target_are_taken(cli: Cli) -> None:
    (eight,) = answer(cli, *FITS, "--concurrency", "8")["deployments"]
    (many,) = answer(cli, *FITS, "--concurrency", "32")["deployments"]
    assert (eight["batch"] <= 8, many["batch"] <= 32) == (True, True)
    assert eight["output_tokens_per_s"] < many["output_tokens_per_s"]
    assert "8 in flight" in cli(*FITS, "--concurrency", "8").out
    (strict,) = answer(cli, *FITS, "--tpot", "25")["deployments"]
    (loose,) = answer(cli, *FITS, "--tpot", "100")["deployments"]
    assert strict["tpot_ms"] <= 25 < loose["tpot_ms"] <= 100
    assert "(target 25)" in cli(*FITS, "--tpot", "25").out
    assert "at 8 in flight" in cli(*RANKED, "--concurrency", "8").out


def test_a_target_that_nothing_meets_is_said(cli: Cli) -> None:
    run = cli(*FITS, "--tpot", "0.1")
    assert run.status == 0
    assert re.search(r"even alone a request takes \d+ ms per token; the target is", flat(run.out))


def test_ways_that_miss_the_target_are_not_listed_where_others_meet_it(cli: Cli) -> None:
    met, all_of_them = answer(cli, *RANKED, "--tpot", "9"), answer(cli, *RANKED)
    assert all(way["tpot_ms"] <= 9 for way in met["deployments"])
    assert 0 < len(met["deployments"]) < len(all_of_them["deployments"])


def test_where_all_miss_the_target_the_verdict_says_so_first(cli: Cli) -> None:
    out = flat(cli(*RANKED, "--tpot", "0.1").out)
    assert out.startswith("Nothing that fits takes 0.1 ms per output token or less, even for one request alone.")
    assert "or of one request alone where that is missed" in out
    assert "where that is missed" not in flat(cli(*RANKED, "--tpot", "9").out)


def test_the_target_is_an_assumption_that_a_layer_may_change(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "costcalc.yaml").write_text("assumptions: {tpot_target: 25}\n")
    assert "(target 25)" in cli(*FITS).out


def test_a_request_has_a_shape(cli: Cli) -> None:
    run = cli(*FITS, "--shape", "2k:1_000")
    assert "2,000 tokens in and 1,000 out" in flat(run.out)
    document = json.loads(cli(*FITS, "--shape", "0:1", "--format", "json").out)
    assert (document["inputs"]["input_tokens"], document["inputs"]["output_tokens"]) == (0, 1)


def test_kv_and_engine_are_taken(cli: Cli) -> None:
    (bf16,) = answer(cli, *FITS, "--kv", "bf16")["deployments"]
    (fp8,) = answer(cli, *FITS, "--kv", "FP8", "--engine", "sglang")["deployments"]
    assert (bf16["kv"], fp8["kv"], fp8["engine"]) == ("bf16", "fp8", "sglang")
    assert bf16["kv_mb_per_sequence"] == pytest.approx(2 * fp8["kv_mb_per_sequence"], rel=1e-4)  # two bytes a number


def test_the_least_a_month_stands_in_the_table(cli: Cli) -> None:
    run = cli("size", MODEL, "--gpu", "L40S", *DAY)
    rows = rows_of(run.out)
    # $0.79 × 730 h; the cheapest token is on two cards, $1,153.40
    assert "Least a month: int4 on 1× L40S, $576.70, however little it serves." in flat(run.out)
    rents = [float(row.split()[-3].replace(",", "")) for row in rows]
    assert (rents[0], min(rents)) == (1153.4, 576.7)


def test_a_price_of_ones_own_is_named_so(cli: Cli) -> None:
    (listed,) = answer(cli, *FITS)["deployments"]
    (own,) = answer(cli, *FITS, "--gpu-price", "1.34")["deployments"]
    assert (own["usd_per_hour"], own["price_source"]) == (1.34, "--gpu-price")
    assert own["usd_per_mtok"]["100%"] == pytest.approx(listed["usd_per_mtok"]["100%"] * 1.34 / 2.69)
    page = flat(cli(*FITS, "--gpu-price", "1.34").out)
    assert "the machines cost $978.20 a month" in page  # $1.34 × 730 h
    assert "$1.34 an hour: your own figure (--gpu-price)" in page
    unpriced = answer(cli, "size", MODEL, "--gpu", "M3 Ultra", "--gpu-price", "0.5", *DAY)["deployments"]
    assert {way["usd_per_hour"] / way["gpus"] for way in unpriced} == {0.5}
    refused = answer(cli, *REFUSED, "--gpu-price", "0.1")["alternatives"]
    assert (refused[0]["gpu"], refused[0]["usd_per_hour"]) == ("RTX 4070 Ti", 0.2)  # two of them
    assert all(way["price_source"] != "--gpu-price" for way in refused[1:])


def test_what_an_option_can_say_of_its_layout_size_can_be_told(cli: Cli) -> None:
    r1 = ("size", "DeepSeek-R1", "--gpu", "H100", "--weights", "fp8", *DAY)
    passed, crossed = "a replica lies on 2 nodes; they pass activations only", "layers lie on 2 nodes"
    for degrees, gpus, words, caveat in (
        (("--tp", "8", "--pp", "2"), 16, "fp8 on 16× H100 SXM (tp 8, pp 2)", passed),
        (("--tp", "8", "--dp", "2"), 16, "fp8 on 16× H100 SXM (tp 8, dp 2)", crossed),
        (("--tp", "16", "--ep", "16"), 16, "fp8 on 16× H100 SXM (tp 16, ep 16)", crossed),
    ):
        run = cli(*r1, *degrees)
        assert (run.status, words in flat(run.out)) == (0, True)
        assert caveat in flat(run.out)
        (way,) = answer(cli, *r1, *degrees)["deployments"]
        asked = dict(zip((flag[2:] for flag in degrees[::2]), map(int, degrees[1::2]), strict=True))
        assert {name: way[name] for name in ("tp", "dp", "ep", "pp")} == {"dp": 1, "ep": 1, "pp": 1, **asked}
        assert (way["gpus"], way["fits"]) == (gpus, True)
    tried = answer(cli, "size", "DeepSeek-R1", "--gpu", "H200", "--pp", "2", *DAY)["deployments"]
    assert {(way["tp"], way["pp"], way["gpus"]) for way in tried} <= {(tp, 2, 2 * tp) for tp in (1, 2, 4, 8)}


def test_what_is_known_of_the_engine_moves_its_speed(cli: Cli) -> None:
    r1 = ("size", "DeepSeek-R1", "--gpu", "H100", "--weights", "fp8", "--tp", "16", "--concurrency", "1", *DAY)
    rates = [
        answer(cli, *r1, *flags)["deployments"][0]["output_tokens_per_s"]
        for flags in ((), ("--network", "12.5"), ("--accepted-tokens", "1.81"), ("--engine-year", "2024"))
    ]
    assert rates[1] < rates[0] < rates[2]
    assert rates[3] <= rates[0]
    run = cli(*r1, "--engine", "mango")
    assert "mango was never measured; it is taken for vLLM, with a wider interval" in flat(run.out)


def test_a_model_that_embeds_is_sized_by_what_it_reads(cli: Cli) -> None:
    run = cli("size", "Qwen3-Embedding-0.6B", "--gpu", "L4", "--weights", "bf16", "--shape", "512:0", *DAY)
    assert "fits and reads" in flat(run.out)
    assert "per Mtok of input at 50 % use" in flat(run.out)
    assert "decoded together" not in run.out
    (way,) = answer(cli, "size", "bge-m3", "--gpu", "L4", "--weights", "bf16", "--shape", "512:0", *DAY)["deployments"]
    assert (way["counts"], way["tpot_ms"], way["bottleneck"]) == ("input", 0, "prefill")
    assert "is input at full load" in cli("size", "bge-m3", "--shape", "512:0", *DAY).out


def test_a_token_is_quoted_at_the_planned_utilisation(cli: Cli, written: Write) -> None:
    assert "machines are busy 50 % of the time (target_utilisation)" in flat(cli(*RANKED).out)
    written("assumptions: {target_utilisation: 0.65}")
    run = cli(*RANKED)
    assert "at 65 %" in run.out
    (way,) = answer(cli, *FITS)["deployments"]
    assert list(way["usd_per_mtok"]) == ["100%", "65%", "30%", "10%"]
    assert way["usd_per_mtok"]["65%"] == pytest.approx(way["usd_per_mtok"]["100%"] / 0.65)
    written("assumptions: {target_utilisation: 1}")
    assert "at 30 %" in cli(*RANKED).out
    written("assumptions: {target_utilisation: 0}")
    assert (cli(*FITS).status, "expected a share of full load above 0" in cli(*FITS).err) == (3, True)


BAD = [
    (("size",), "say which model: its name, or --config with its config.json, folder or .gguf"),
    (("size", MODEL, "--save", "x.yaml"), "--save writes the model of --config; give --config"),
    (("size", MODEL, "--weights", "q4_k_m", "--engine", "vllm"), "q4_k_m is a type of llama.cpp alone; give engine llama.cpp"),
    (("size", MODEL, "--kv", "q8_0", "--engine", "sglang"), "a q8_0 cache is llama.cpp's alone; give engine llama.cpp"),
    (("size", MODEL, "--weights", "fp8", "--engine", "llama.cpp"), "llama.cpp has no fp8; expected bf16, mxfp4 or a type of its own"),
    (("size", MODEL, "--kv", "fp8", "--engine", "llama.cpp"), "llama.cpp has no fp8 cache; expected bf16, q8_0 or q4_0"),
    (("size", "DeepSeek-R1", "--adapters", "4"), "--adapters: DeepSeek-R1 has layers that keep a latent or a state"),
    (("size", MODEL, "--draft", "Qwen9-0.5B"), "unknown model 'Qwen9-0.5B'"),
    (("size", "mine", "--config", "gone.json"), "gone.json: cannot be read: No such file or directory"),
    (("size", MODEL, "--weights-gb", "0"), "Invalid value for '--weights-gb': expected an amount above 0, found 0"),
    (("size", "DeepSeek-R1-Distil-Qwen-32B"), "unknown model 'DeepSeek-R1-Distil-Qwen-32B'; did you mean 'DeepSeek-R1-Distill-Qwen-32B'"),
    (("size", "zzzzzz"), "or read it: costcalc size --config its-config.json --save mine.yaml, then --catalog mine.yaml"),
    (("size", MODEL, "--gpu", "H1000"), "unknown GPU 'H1000'; did you mean 'H100' or"),
    (("size", MODEL, "--gpu", "4070Ti Super Duper"), "unknown GPU '4070Ti Super Duper'"),
    (("size", MODEL, "--weights", "fp9"), "Invalid value for '--weights': expected one of bf16, fp8, int8, int4, nvfp4, mxfp4, q2_k, q3_k_s,"),
    (("size", MODEL, "--kv", "int4"), "Invalid value for '--kv': expected one of bf16, fp8, q8_0, q4_0, found 'int4'"),
    (("size", MODEL, "--engine", "vlm"), "Invalid value for '--engine': expected vllm, sglang, trtllm, llama.cpp or another engine, found 'vlm'; did you mean 'vllm'?"),
    (("size", MODEL, "--accepted-tokens", "0.81"), "accepted_tokens counts the model's own token too: expected at least 1, found 0.81; with one draft token of which 81% are accepted it is 1.81"),
    (("size", MODEL, "--accepted-tokens", "1.81", "--speculative-speedup", "1.6"), "give accepted_tokens or speculative_speedup, not both"),
    (("size", MODEL, "--speculative-speedup", "200"), "speculative_speedup: expected at most 20, found 200"),
    (("size", "bge-m3", "--shape", "512:10"), "bge-m3 reads text and generates nothing: give a --shape without output, such as 512:0"),
    (("size", MODEL, "--shape", "1000"), "Invalid value for '--shape': expected IN:OUT tokens such as 1000:300, or IN:OUT:SHARE such as 1000:300:80%, found '1000'"),
    (("size", MODEL, "--shape", "0:0", "--per-request", "web_searches=1"), "what fits and how fast it is goes by tokens: expected a --shape with at least 1 token"),
    (("size", MODEL, "--shape", "1:2:3"), "Invalid value for '--shape': expected a share from 0 to 1 such as 0.25 or 25%, found '3'"),
    (("size", MODEL, "--shape", "a:b"), "Invalid value for '--shape': expected an amount such as 1e6, 1M, 1_000_000 or 2.5B, found 'a'"),
    (("size", MODEL, "--shape", "-1:300"), "Invalid value for '--shape': expected an amount such as 1e6, 1M, 1_000_000 or 2.5B, found '-1'"),
    (("size", MODEL, "--shape", "nan:300"), "Invalid value for '--shape': expected an amount such as 1e6, 1M, 1_000_000 or 2.5B, found 'nan'"),
    (("size", MODEL, "--concurrency", "0"), "Invalid value for '--concurrency': expected 1 or more, found '0'"),
    (("size", MODEL, "--concurrency", "-4"), "Invalid value for '--concurrency': expected an amount"),
    (("size", MODEL, "--tpot", "0"), "Invalid value for '--tpot': expected an amount above 0, found 0"),
    (("size", MODEL, "--tpot", "inf"), "Invalid value for '--tpot': expected an amount"),
    (("size", MODEL, "--tp", "0"), "Invalid value for '--tp': 0 is not in the range"),
    (("size", MODEL, "--tp", "two"), "Invalid value for '--tp': 'two' is not a valid"),
    (("size", MODEL, "--gpu-price", "2.5"), "--gpu-price is what one GPU costs; say which: --gpu"),
    (("size", MODEL, "--gpu", "H100", "--gpu-price", "0"), "Invalid value for '--gpu-price': expected an amount above 0, found 0"),
    (("size", MODEL, "--ep", "4"), "DeepSeek-R1-Distill-Qwen-32B has no experts to spread; leave out --ep"),
    (("size", "DeepSeek-R1", "--gpu", "H100", "--weights", "fp8", "--tp", "8", "--ep", "16"), "--ep 16 spreads experts over more GPUs than the replica has: tp × dp × pp is 8"),
    (("size", MODEL, "--as-of", "today"), "expected a day such as 2026-11-22, found 'today'"),
    (("size", MODEL, "--catalog", "gone.yaml"), "gone.yaml: cannot be read: No such file or directory"),
]  # fmt: skip


@pytest.mark.parametrize(("args", "message"), BAD)
def test_bad_input_ends_with_2_and_is_one_json_document_too(args: tuple[str, ...], message: str, cli: Cli) -> None:
    run = cli(*args)
    assert (run.status, run.out) == (2, "")
    assert run.err.startswith("error: ")
    assert message in run.err
    as_data = cli(*args, "--format", "json")
    document = json.loads(as_data.out)
    jsonschema.Draft7Validator(document_schema("size")).validate(document)
    assert (as_data.status, document["result"], document["schema"]) == (2, None, "costcalc/size@1")
    assert message in "\n".join(one["message"] for one in document["diagnostics"])


@pytest.mark.parametrize(("args", "rows"), [(FITS, 1), (REFUSED, 1), (RANKED, None)])
def test_every_format_says_the_same(args: tuple[str, ...], rows: int | None, cli: Cli) -> None:
    deployments = answer(cli, *args)["deployments"]
    assert rows is None or len(deployments) == rows
    table = list(csv.DictReader(cli(*args, "--format", "csv").out.splitlines()))
    head, *lines = (json.loads(line) for line in cli(*args, "--format", "jsonl").out.splitlines())
    assert head["schema"] == "costcalc/size@1"
    assert len(table) == len(lines) == len(deployments)
    for one, line, row in zip(deployments, lines, table, strict=True):
        assert (row["gpu"], line["gpu"], int(row["gpus"])) == (one["gpu"], one["gpu"], one["gpus"])
        assert line["usd_per_mtok_at_100"] == one["usd_per_mtok"]["100%"]
        assert row["fits"] == str(one["fits"]).lower()
    markdown = cli(*args, "--format", "markdown").out
    assert MODEL in markdown
    assert "| ---" in markdown


@pytest.mark.no_cover  # a table of what other tests cover
@pytest.mark.parametrize("width", [40, 60, 80, 100, 120, 200])
@pytest.mark.parametrize("args", [FITS, REFUSED, RANKED])
def test_no_width_cuts_an_amount(width: int, args: tuple[str, ...], cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "1000")
    whole = cli(*args).out
    monkeypatch.setenv("COLUMNS", str(width))
    narrow = cli(*args).out
    amounts = re.compile(r"\d[\d,]*(?:\.\d+)?")
    assert set(amounts.findall(narrow)) <= set(amounts.findall(whole))
    assert "…" not in narrow
    assert "\x1b" not in narrow
    assert max(len(line) for line in narrow.splitlines() if "https://" not in line) <= max(width, 60)


def test_a_file_beside_the_answer(cli: Cli, tmp_path: Path) -> None:
    assert cli(*REFUSED, "--output", "json=a.json", "--output", "csv=b.csv").status == 1
    assert json.loads((tmp_path / "a.json").read_text())["result"]["deployments"][0]["fits"] is False
    assert (tmp_path / "b.csv").read_text().startswith("gpu,")


def test_the_least_rent_is_that_of_every_way_that_fits(cli: Cli) -> None:
    for args in (RANKED, ("size", MODEL, "--gpu", "h100", *DAY)):
        result = answer(cli, *args)
        rents = [one["monthly_usd"] for one in result["deployments"] if one["monthly_usd"] is not None]
        assert f"${min(rents):,.2f}" in " ".join(result["verdict"])
    # every way on H100s costs $2.69 × 730 h × its number of GPUs; the cheapest token has the least rent too: one GPU
    assert min(rents) == 1963.70


@pytest.mark.parametrize(
    ("model", "gpu", "marks"),
    [
        ("Kimi-K3", None, ("* no price on demand is known: this one is for a reservation of 3 years", "† no GPU like it was measured with batches", "‡ from a list without a day")),
        ("Qwen3-8B", "T4", ("† no GPU like it was measured with batches", "‡ from a list without a day")),
        ("Qwen3-8B", "Inferentia2", ("† no GPU like it was measured with batches",)),
        ("Qwen3-8B", "H100", ()),
    ],
)  # fmt: skip
def test_a_ranking_marks_what_is_no_plain_price_and_no_measured_ground(
    model: str, gpu: str | None, marks: tuple[str, ...], cli: Cli
) -> None:
    page = cli("size", model, *(("--gpu", gpu) if gpu else ()), *DAY).out
    for mark in "*†‡":
        found = [text for text in marks if text.startswith(mark)]
        rows = [line for line in page.splitlines() if re.match(r"\d+× ", line)]
        assert any(mark in row for row in rows) == bool(found)
        assert all(text in flat(page) for text in found)


def test_what_holds_for_every_row_is_said_once(cli: Cli) -> None:
    page = flat(cli("size", "DeepSeek-V4-Pro-0813", *DAY).out)
    assert page.count("the shape of DeepSeek-V4-Pro-0813 is a judgement: its own was not found") == 1
    assert page.count("DeepSeek-V4-Pro-0813 attends sparsely, which the throughput model leaves out") == 1


def test_a_price_of_an_unknown_day_has_none_in_the_data(cli: Cli) -> None:
    undated, dated = (
        answer(cli, "size", MODEL, "--gpu", gpu, "--weights", "fp8", *DAY)["deployments"][0] for gpu in ("B300", "H100")
    )
    assert (undated["price_date"], dated["price_date"]) == (None, "2026-05-22")
    page = flat(cli("size", MODEL, "--gpu", "B300", "--weights", "fp8", "--tp", "1", *DAY).out)
    assert "Verda 1B300.30V, Finland, on demand of an unknown day, not before 2025-10-01" in page


# --- a model of one's own, and what is loaded beside it ----------------------------------------------------------------

GEMMA = {"hidden_size": 5376, "num_hidden_layers": 62, "num_attention_heads": 32, "num_key_value_heads": 16, "head_dim": 128, "sliding_window": 1024, "sliding_window_pattern": 6, "vocab_size": 262208, "intermediate_size": 21504, "tie_word_embeddings": True}  # fmt: skip
LONG = ("--shape", "130048:1024", "--concurrency", "1", *DAY)


def one(cli: Cli, *args: str) -> dict[str, Any]:
    (deployment,) = answer(cli, "size", *args)["deployments"]
    assert isinstance(deployment, dict)
    return deployment


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        # E1: 69.2 GB of weights, 4.84 of cache and 5.2 for the engine are more than the 78.8 that can be used
        (("gpt-oss-120b", "--gpu", "H100", "--weights", "mxfp4", *LONG), {"weights_gb": 69.2, "padding_gb": 4.06, "fits": False}),
        # E3: the tied table once more; the engine follows from the type
        (("Qwen3.5-4B", "--gpu", "RTX 4070 Ti", "--weights", "Q4_K_M", *DAY), {"weights_gb": 2.67, "engine": "llama.cpp"}),
        (("Qwen3.5-4B", "--gpu", "RTX 4070 Ti", "--weights", "bf16", "--engine", "llama.cpp", *DAY), {"weights_gb": 8.42}),
        # E5: 8.5 bits a number: 1,366 × 16 × 2 × 4 × 256 × 8.5/8 bytes, and 151 MB of state
        (("Qwen3.5-27B", "--gpu", "A40", "--weights", "q4_k_m", "--kv", "q8_0", *DAY), {"kv_mb_per_sequence": 198.6}),
        # F8: 16 × 40.0M × 2 bytes; (78.8 − 13.5 − 5.2 − 1.28) ÷ 0.682
        (("llama-2-7b", "--gpu", "H100", "--weights", "bf16", "--shape", "1000:300", "--adapters", "16", *DAY), {"adapters_gb": 1.28, "sequences": 86}),
        # a draft of 0.596 GB × 2 bytes, and its cache of 114,688 bytes a token beside 262,144
        (("Qwen3-32B", "--gpu", "H100", "--weights", "fp8", "--kv", "bf16", "--draft", "Qwen3-0.6B", "--shape", "1000:300", *DAY), {"draft_gb": 1.192, "kv_mb_per_sequence": 489.9}),
        (("Qwen3-32B", "--gpu", "H100", "--weights-gb", "40", *DAY), {"weights_gb": 40.0, "weights": "bf16"}),
        (("Qwen3-32B", "--gpu", "H100", "--weights-gb", "40", "--weights", "q8_0", *DAY), {"weights_gb": 40.0, "engine": "llama.cpp"}),
    ],
)  # fmt: skip
def test_memory_is_as_engines_load_it(args: tuple[str, ...], expected: dict[str, Any], cli: Cli) -> None:
    deployment = one(cli, *args)
    found = {key: deployment[key] for key in expected}
    assert found == {key: pytest.approx(value, rel=0.005) if isinstance(value, float) else value for key, value in expected.items()}  # fmt: skip


def test_a_configuration_is_sized_saved_and_known_from_then_on(cli: Cli, tmp_path: Path) -> None:
    config, saved = tmp_path / "config.json", tmp_path / "mine" / "models" / "my-gemma.yaml"
    config.write_text(json.dumps(GEMMA))
    saved.parent.mkdir(parents=True)
    where = ("--gpu", "H100", "--weights", "bf16", "--tp", "2", *LONG)
    mine = one(cli, "my Gemma", "--config", str(config), "--save", str(saved), *where)
    # E6: 10 × 2 × 16 × 128 × 2 bytes × 131,072 + 52 × the same × 1,024 = 11.17 GB, half of it on each GPU
    assert mine["kv_mb_per_sequence"] == pytest.approx(5587, rel=0.001)
    assert one(cli, "my-gemma", "--catalog", str(tmp_path / "mine"), *where) == mine
    page = cli("size", "my Gemma", "--config", str(config), *where, "--notes").out
    assert flat(page).count("num_hidden_layers: 62") == 1
    assert "by part: tables 1.41 GB (2 %), shared weights 25.60 GB (32 %), engine 5.20 GB" in flat(page)
    again = cli("size", "m", "--config", str(config), "--save", str(saved), *where)
    assert (again.status, "exists already" in again.err) == (2, True)


def test_a_file_of_weights_decides_precision_and_engine(cli: Cli, tmp_path: Path) -> None:
    path = a_gguf(tmp_path / "g.gguf", HEADER, {"token_embd.weight": (14, [256, 1000])}, room=400_000)
    found = one(cli, "--config", str(path), "--gpu", "RTX 4090", *DAY)
    assert (found["weights"], found["engine"], found["weights_gb"]) == ("q4_k_m", "llama.cpp", 0.0)
    wrong = cli("size", "--config", str(path), "--engine", "vllm")
    assert (wrong.status, "is a GGUF file, which llama.cpp loads; leave out --engine vllm" in wrong.err) == (2, True)
    (tmp_path / "config.json").write_text(json.dumps({**GEMMA, "quantization_config": {"quant_method": "fp8"}}))
    a_safetensors(tmp_path / "model.safetensors", {"lm_head.weight": ("BF16", [10**6, 1000], 2 * 10**9)})
    of_folder = ("--config", str(tmp_path), "--gpu", "H100", *DAY)
    held = one(cli, *of_folder)
    assert (held["weights"], held["weights_gb"]) == ("fp8", 2.0)
    assert one(cli, *of_folder, "--weights", "bf16")["weights_gb"] == pytest.approx(
        54.0, abs=0.02
    )  # another is asked for
    assert one(cli, *of_folder, "--engine", "llama.cpp", "--weights", "bf16")["weights_gb"] == pytest.approx(
        54.0, abs=0.02
    )
    assert "output, BF16: 2.00 GB" in flat(cli("size", *of_folder, "--notes").out)


def test_what_a_configuration_does_not_say_stands_below_the_answer(cli: Cli, tmp_path: Path) -> None:
    config = {key: value for key, value in GEMMA.items() if key not in {"num_key_value_heads", "head_dim"}}
    (tmp_path / "config.json").write_text(json.dumps(config))
    page = flat(cli("size", "--config", str(tmp_path / "config.json"), "--gpu", "H100", *DAY).out)
    heads = GEMMA["num_attention_heads"]
    assert f"config.json: num_key_value_heads = {heads} (as many as query heads); head_dim = " in page


@pytest.mark.parametrize(
    ("file", "status", "said"),
    [
        ("no where/m.yaml", 2, "Invalid value for '--save': cannot write {at}/no where/m.yaml: its folder is missing;"),
        ("no where/m.yaml", 2, "make it: mkdir -p '{at}/no where'"),
        ("models/m.yaml", 0, "Saved to {at}/models/m.yaml: --catalog {at} Assumed"),
        ("m.yaml", 0, "Saved to {at}/m.yaml: --catalog {at}/m.yaml Assumed"),
    ],
)
def test_a_saved_model_says_how_to_use_it(cli: Cli, tmp_path: Path, file: str, status: int, said: str) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "config.json").write_text(json.dumps(GEMMA))
    where = ("--gpu", "H100", "--weights", "fp8", "--save", str(tmp_path / file), *DAY)
    run = cli("size", "m", "--config", str(tmp_path / "config.json"), *where)
    assert run.status == status
    assert said.format(at=tmp_path).replace(" ", "") in f"{run.out}{run.err}".replace("\n", "").replace(" ", "")


def test_a_part_of_a_gpu_has_its_memory_and_its_share_of_the_rent(cli: Cli) -> None:
    """A quarter of 80 GB is 20; two sevenths of $2.69 are $0.769 an hour."""
    model = ("size", "Llama-3.1-8B", "--gpu", "H100", "--weights", "int4")
    quarter = answer(cli, *model, "--gpu-share", "0.25", *DAY)["deployments"][0]
    assert (quarter["gpu"], quarter["memory_gb"], quarter["usd_per_hour"]) == ("H100 SXM × 0.25", 20, 0.6725)
    cut = answer(cli, *model, "--mig", "2g.20gb", "--gpu-price", "3.50", *DAY)["deployments"][0]
    assert (cut["gpu"], cut["memory_gb"], cut["usd_per_hour"]) == ("H100 SXM 2g.20gb", 20, 1)
    small = cli("size", "Llama-3.1-8B", "--gpu", "H100", "--weights", "bf16", "--mig", "1g.10gb", *DAY)
    assert small.status == 1
    assert "each GPU would need 17.0 GB and has 10 GB" in flat(small.out)
    assert "1× H100 SXM " in small.out  # what would fit is whole


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("--gpu-share", "0.25"), "--gpu-share and --mig are of one GPU; say which: --gpu"),
        (("--gpu", "H100", "--gpu-share", "1"), "expected above 0 and below 1, found 1"),
        (("--gpu", "H100", "--gpu-share", "0"), "expected above 0 and below 1, found 0"),
        (("--gpu", "H100", "--gpu-share", "0.5", "--mig", "1g.10gb"), "give --gpu-share or --mig, not both"),
        (("--gpu", "H100", "--mig", "1g.12gb"), "--mig: H100 SXM has no slice '1g.12gb'; its slices are 1g.10gb,"),
        (("--gpu", "L4", "--mig", "1g.10gb"), "--mig: L4 has no slice '1g.10gb'; no slices of it are known"),
        (("--gpu", "H100", "--gpu-share", "0.5", "--tp", "2"), "a replica lies on one part of a GPU"),
    ],
)
def test_a_part_of_a_gpu_that_cannot_be_is_refused(args: tuple[str, ...], message: str, cli: Cli) -> None:
    run = cli("size", "Llama-3.1-8B", *args, *DAY)
    assert (run.status, run.out) == (2, "")
    assert message in run.err


def test_what_is_only_read_has_no_time_per_token(cli: Cli) -> None:
    asked = (("bge-m3", "--shape", "512:0"), ("Qwen3-4B",))
    read, generated = (cli("size", *model, "--gpu", "L4", *DAY).out for model in asked)
    assert "ms/token" not in read
    assert "ms/token" in generated


def test_a_month_that_is_said_has_its_fleet(cli: Cli) -> None:
    asked = ("Qwen3-32B", "--gpu", "H100", "--weights", "fp8", "--requests", "3M", "--shape", "2500:350", *DAY)
    own = ("--own", "H100 @ 2.69/h, model=Qwen3-32B, weights=fp8, name=mine")
    priced = json.loads(cli("compare", *asked[5:], *own, "--options", "mine", "--format", "json").out)["result"]
    found = json.loads(cli("size", *asked, "--format", "json").out)["result"]
    (mine,), (sized,) = priced["estimates"], found["deployments"]
    # the fleet of `compare`: the peak, headroom and spares are the same
    assert (sized["fleet_usd"], sized["fleet_replicas"]) == (mine["monthly_usd"], mine["deployment"]["replicas"])
    assert f"3M requests a month take {sized['fleet_replicas']} replicas: " in " ".join(found["verdict"])
    without = json.loads(cli("size", *asked[:5], *DAY, "--format", "json").out)["result"]["deployments"][0]
    assert without["fleet_usd"] is None
    assert "requests a month take at least" in cli("size", "Qwen3-32B", *asked[5:]).out
