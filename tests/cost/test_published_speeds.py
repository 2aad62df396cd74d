"""What was measured where the model knows least: the published figure lies inside the 80 % interval."""

import pytest

from costcalc import Throughput, load_catalog, throughput
from costcalc.cost.hardware import AttentionLayers, Layout, ModelShape, Serving, spec_of
from costcalc.cost.reading import reader
from costcalc.cost.replica import fitted

R1: dict[str, object] = {"model": "DeepSeek-R1", "weight_precision": "fp8", "kv_precision": "fp8"}
TWO_NODES = {**R1, "gpu": "H100 SXM", "n_gpus": 16, "tp": 16, "input_tokens": 128, "output_tokens": 1024}
A10G: dict[str, object] = {
    "model": "Llama-3.1-8B",
    "gpu": "A10G",
    "n_gpus": 2,
    "tp": 2,
    "input_tokens": 215.2,
    "output_tokens": 43.14,
}


def speed(**of: object) -> Throughput:
    return throughput(**of)  # type: ignore[arg-type]  # a table holds values of several types


@pytest.mark.parametrize("engine", ["sglang", "vllm", "trtllm"])
@pytest.mark.parametrize("measured", [32.0, 43.15])  # tenstorrent/tt-inference-server#356, both tables
def test_one_request_over_two_nodes(engine: str, measured: float) -> None:
    answer = speed(**TWO_NODES, engine=engine, concurrency=1)
    assert answer.low < measured < answer.high
    assert answer.bottleneck == "communication"


def test_two_cards_without_peer_to_peer() -> None:
    # arc53/llm-price-compass#6: vLLM of 2024; without its year the interval is wide enough all the same
    assert speed(**A10G).low < 441.76 < speed(**A10G).high
    old = speed(**A10G, engine_year=2024)
    assert old.low < 441.76 < old.high
    assert old.output_tokens_per_s < speed(**A10G).output_tokens_per_s


def test_two_chips_of_trainium_are_faster_than_one() -> None:
    of: dict[str, object] = {
        "model": "Llama-3.1-8B",
        "gpu": "Trainium2",
        "input_tokens": 1_000,
        "output_tokens": 500,
        "concurrency": 16,
    }
    assert speed(**of, n_gpus=2, tp=2).output_tokens_per_s > speed(**of, n_gpus=1).output_tokens_per_s


# --- speculative decoding ---------------------------------------------------------------------------------------


def _speculated(concurrency: float, **stated: float) -> float:
    of = {**R1, "gpu": "H200 SXM", "n_gpus": 8, "input_tokens": 500, "output_tokens": 300, "concurrency": concurrency}
    return speed(**of).tpot_s / speed(**of, **stated).tpot_s


def test_one_draft_token_speeds_up_a_request_alone_most() -> None:
    # vllm-project/vllm#12755: 81 % of one draft token accepted, × 1.63 at 1 request/s and × 1.18 at 2, 8 GPUs;
    # sgl-project/sglang#3582: 1.9 accepted tokens, × 1.76 for one request
    alone, few = _speculated(1, accepted_tokens=1.81), _speculated(8, accepted_tokens=1.81)
    assert 1.63 / 1.25 < alone < 1.81
    assert 1.18 / 1.1 < few < 1.18 * 1.1
    assert 1.76 / 1.25 < _speculated(1, accepted_tokens=1.9) < 1.9


def test_a_measured_speedup_is_taken_at_its_word() -> None:
    assert _speculated(1, speculative_speedup=1.63) == pytest.approx(1.63)


# --- embeddings -------------------------------------------------------------------------------------------------

ARCTIC_M = ModelShape(  # BERT base, 109 million parameters, of which 23 are the table
    "arctic-embed-m", 0.109e9, 0.086e9, 0.109e9, 0.0234e9, 12, 768, (AttentionLayers(12, 1536, 12, None, 12, 64),)
)


@pytest.mark.parametrize(
    ("model", "gpu", "tokens", "measured"),
    [
        # michaelfeil/infinity, docs/docs/benchmarking.md: requests of 256 sentences and 115,000 tokens a second
        ("bge-large-en-v1.5", "L4", 449, 0.54 * 115_000),  # text-embeddings-inference
        ("bge-large-en-v1.5", "L4", 449, 0.51 * 115_000),  # infinity
        # huggingface/text-embeddings-inference#392: 5.4 requests/s of 23 passages of 512 on 2 of 7 slices of an A100
        ("bge-reranker-v2-m3", "A100 80GB SXM", 512, 5.4 * 23 * 512 * 7 / 2),
    ],
)
def test_published_embedding_rates_lie_in_the_interval(model: str, gpu: str, tokens: int, measured: float) -> None:
    answer = speed(model=model, gpu=gpu, input_tokens=tokens, output_tokens=0)
    assert answer.low < measured < answer.high
    assert (answer.counts, answer.tpot_s, answer.bottleneck) == ("input", 0.0, "prefill")


def test_a_small_encoder_on_a_small_card() -> None:
    # snowflake.com, "Scaling vLLM for Embeddings" (2025): 230,000 tokens/s in production on an A10G
    catalog = load_catalog()
    fit = fitted(catalog)
    ask, two = (
        reader(
            ARCTIC_M,
            spec_of(catalog.gpu("A10G")),
            Serving("bf16"),
            Layout(),
            n_gpus=gpus,
            input_tokens=512,
            coefficients=fit.coefficients,
            spread=fit.spread,
        )
        for gpus in (1, 2)
    )
    assert two(None).output_tokens_per_s == pytest.approx(2 * ask(None).output_tokens_per_s)
    assert ask(None).low < 230_000 < ask(None).high
    # one request at a time shares no pass with another one
    assert ask(1).output_tokens_per_s < ask(None).output_tokens_per_s
    assert ask(1e9).output_tokens_per_s == pytest.approx(ask(None).output_tokens_per_s)
    assert ask(0).output_tokens_per_s == 0


def test_what_reads_and_does_not_fit_serves_nothing() -> None:
    answer = speed(model="Qwen3-Embedding-8B", gpu="T4", input_tokens=512, output_tokens=0)
    assert (answer.output_tokens_per_s, answer.bottleneck) == (0.0, "does not fit")


def test_a_prefix_is_not_read_again() -> None:
    of: dict[str, object] = {
        "model": "Qwen3-Embedding-8B",
        "gpu": "H100 SXM",
        "input_tokens": 1_000,
        "output_tokens": 0,
    }
    assert speed(**of, cached_tokens=500).output_tokens_per_s > 1.5 * speed(**of).output_tokens_per_s
