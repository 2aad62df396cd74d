"""What a shell offers: names of the catalog in force, in the letters that were typed."""

from __future__ import annotations

import pytest

from costcalc.cli import complete


@pytest.mark.parametrize(
    ("offer", "typed", "some"),
    [
        (complete.among("breakdown", "breakeven", "map"), "break", ["breakdown", "breakeven"]),
        (complete.kinds, "customer", ["customer_service"]),
        (complete.options, "gpt-5.4-api,gpt-5.2", ["gpt-5.4-api,gpt-5.2-api"]),
        (complete.option, "openai/gpt-5.2", ["openai/gpt-5.2"]),
        (complete.things, "openai/gpt-5.2", ["openai/gpt-5.2", "openai/gpt-5.2-pro"]),
        (complete.things, "gpt-5.2", ["gpt-5.2", "gpt-5.2-api"]),
        (complete.things, "spot", ["spot_discount"]),
        (complete.things, "qwen3-32", ["qwen3-32b"]),
        (complete.currencies, "E", ["EUR"]),
        (complete.open_models, "Qwen3-3", ["Qwen3-30b-a3b", "Qwen3-32b"]),
        (complete.gpus, "H1", ["H100-nvl", "H100-pcie", "H100-sxm"]),
        (complete.benchmarks, "SWE-bench-v", ["SWE-bench-verified"]),
        (complete.option, "nobody/", []),
    ],
)
def test_what_begins_so_is_offered(offer: object, typed: str, some: list[str]) -> None:
    assert callable(offer)
    offered = offer(typed)
    assert set(some) <= set(offered)
    assert all(name.startswith(typed) for name in offered)  # a shell drops what does not begin as it was typed
    assert offered or not some
