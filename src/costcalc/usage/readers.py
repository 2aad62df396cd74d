"""The formats of logs: one mapping for each kind of record, to canonical rows whose meters are disjoint.

Vendors disagree on what "input" holds: OpenAI's holds what was cached, Anthropic's does not. Each mapping takes its own
apart, so that the rest of costcalc never asks. To add a format is to add a mapping, and a sample to
tests/usage/samples.
"""

from collections.abc import Mapping

from costcalc.usage import gateways, vendors
from costcalc.usage.reader import LOG_FORMATS, Cached, LogFormat, Reader

__all__ = ["LOG_FORMATS", "READERS", "Cached", "LogFormat", "Reader"]

READERS: Mapping[LogFormat, tuple[Reader, ...]] = {
    "openai": (vendors.OPENAI_RESPONSE, vendors.OPENAI_BATCH, vendors.OPENAI_USAGE),
    "anthropic": (vendors.ANTHROPIC_MESSAGE, vendors.ANTHROPIC_USAGE, vendors.ANTHROPIC_CONSOLE),
    "litellm": (gateways.LITELLM,),
    "langfuse": (gateways.LANGFUSE,),
    "otel": (gateways.OTLP, gateways.OTEL_SPANS, gateways.OTEL_TABLE),
    "openrouter": (gateways.OPENROUTER,),
    "deepseek": (vendors.DEEPSEEK,),
    "claude-code": (vendors.CLAUDE_CODE,),
    "helicone": (gateways.HELICONE,),
    "focus": (gateways.FOCUS,),
    "csv": (vendors.TABLE, vendors.TOTALS),
    "mooncake": (vendors.MOONCAKE,),
}
