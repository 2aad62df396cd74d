"""What is said of a model that does not fit: its weights, how it is published, what to try."""

from __future__ import annotations

import re

import pytest

from costcalc import Catalog, Shape, UndecidableError
from costcalc.catalog.forms.options import SelfHostOption
from costcalc.cost.replica import replica_of
from costcalc.cost.setup import check_split
from costcalc.errors import UnsuitableError
from costcalc.workload import Workload


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        # 32.8 billion parameters at two bytes are 65.5 GB, at one 34 and at four bits about 19
        (
            {"gpu": "L4", "weights": "bf16"},
            r"take 65\.\d GB of each GPU's 24 \(published in bf16\); try weights=int4 or 4 GPUs",
        ),
        ({"gpu": "L40S", "weights": "bf16"}, r"of each GPU's 48 \(published in bf16\); try weights=fp8 or 2 GPUs$"),
        ({"gpu": "RTX 3090", "weights": "bf16"}, r"of each GPU's 24 .*; try weights=int4( or \d GPUs)?$"),  # has no fp8
        ({"gpu": "RTX 4090", "weights": "q8_0", "engine": "llama.cpp"}, r"; try weights=q4_k_m or 2 GPUs$"),
        ({"gpu": "L4", "weights": "int4", "weights_gb": 40}, r"weights take 40\.0 GB .*; try 2 GPUs$"),
        ({"gpu": "L4", "weights": "bf16", "model": "DeepSeek-R1"}, r"\(published in fp8\); try GPUs with more memory$"),
    ],
)
def test_what_does_not_fit_says_what_to_try(fields: dict[str, object], said: str, catalog: Catalog) -> None:
    option = SelfHostOption.model_validate({"kind": "self_host", "model": "Qwen3-32B", **fields})
    load = Workload(requests=1, shapes=(Shape.of(input_tokens=1_000, output_tokens=100),))
    with pytest.raises(UndecidableError, match=said):
        replica_of(option, load, catalog)


@pytest.mark.parametrize(
    ("model", "tp", "engine", "said"),
    [
        ("Qwen2.5-7B", 8, "vllm", "28 query and 4 key-value heads of Qwen2.5-7B, and vllm would not start: tp of 1, 2, 4"),
        ("Phi-4", 4, "sglang", "40 query and 10 key-value heads of Phi-4, and sglang would not start: tp of 1, 2, 5 does"),
        ("Qwen3-32B", 3, "vllm", "tensor parallel 3 does not divide the 64 query and 8 key-value heads"),
        ("Qwen3-32B", 8, "vllm", ""),
        ("Qwen3-32B", 16, "vllm", ""),  # each of the 8 key-value heads is kept by two GPUs
        ("Qwen2.5-7B", 8, "llama.cpp", ""),
        ("DeepSeek-R1", 8, "vllm", ""),  # 128 heads on one latent
    ],
)  # fmt: skip
def test_heads_must_divide_among_the_gpus_of_a_group(
    model: str, tp: int, engine: str, said: str, catalog: Catalog
) -> None:
    if not said:
        check_split(catalog.open_model(model), tp, engine)
        return
    with pytest.raises(UnsuitableError, match=re.escape(said)):
        check_split(catalog.open_model(model), tp, engine)
