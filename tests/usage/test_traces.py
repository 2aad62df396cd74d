"""Real traces, read as they were published; they lie beside the project, and not in it."""

from pathlib import Path

import pytest

from costcalc.usage.scan import scan

TRACES = Path(__file__).parents[3] / "shared" / "traces"
pytestmark = pytest.mark.skipif(not TRACES.is_dir(), reason="the public traces are not beside this checkout")


@pytest.mark.parametrize(
    ("name", "rows", "read", "generated", "minutes"),
    [  # facts/traces.md
        ("AzureLLMInferenceTrace_code.csv", 8_819, 18_059_974, 245_896, 57),
        ("AzureLLMInferenceTrace_conv.csv", 19_366, 22_361_870, 4_088_665, 58),
        ("mooncake_conversation_trace.jsonl", 12_031, 144_793_823, 4_122_048, 59),
    ],
)
def test_a_public_trace_has_the_rows_and_tokens_that_were_published(
    name: str, rows: int, read: int, generated: int, minutes: int
) -> None:
    usage = scan([str(TRACES / name)], thresholds=(200_000,))
    assert (usage.rows, usage.requests, usage.total("input"), usage.total("output")) == (rows, rows, read, generated)
    assert usage.span_s // 60 in {minutes - 1, minutes}  # the file says whole minutes
