"""One mapping for each format of a log, to canonical rows whose meters are disjoint.

A mapping says where a record has its raw fields, and how they become a row. Vendors disagree on what "input" holds:
OpenAI's holds what was cached, Anthropic's does not. Each mapping takes its own apart, so that the rest of costcalc
never asks. To add a format is to add a mapping here, and a sample to tests/usage/samples.
"""

from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple, get_args

LogFormat = Literal["csv", "mooncake", "openai", "anthropic"]
LOG_FORMATS: tuple[LogFormat, ...] = get_args(LogFormat)


class Reader(NamedTuple):
    """How one format becomes rows.

    Args:
        marks: Paths that tell the format: a record of it has all paths of at least one of these sets.
        texts: Raw fields that are words: the paths at which each may stand, the first that is there wins.
        numbers: Raw fields that are counts, likewise.
        times: Raw fields that are moments, likewise: seconds, milliseconds or microseconds since 1970, or ISO 8601.
        row: The canonical columns, in SQL over the raw fields; a raw field that is absent is NULL.
        within: The lists in which a file of JSON holds its records, outermost first.
        keep: Which records are requests, in SQL over the raw fields; the others are no faults, and are passed over.
        once_by: What tells a record that repeats an earlier one, in SQL over the raw fields, or "".
        labels: What costs can be shown by, and where it stands; names and ids only, never a key itself.
        is_pooled: Whether a record is a sum over several requests.
    """

    marks: tuple[frozenset[str], ...]
    texts: Mapping[str, tuple[str, ...]]
    numbers: Mapping[str, tuple[str, ...]]
    times: Mapping[str, tuple[str, ...]]
    row: Mapping[str, str]
    within: tuple[str, ...] = ()
    keep: str = ""
    once_by: str = ""
    labels: Mapping[str, tuple[str, ...]] = {}
    is_pooled: bool = False

    def paths(self, label: str | None) -> Iterator[str]:
        """Walk every path that is read."""
        for fields in (self.texts, self.numbers, self.times):
            for paths in fields.values():
                yield from paths
        yield from self.labels[label] if label is not None else ()


def _any(*fields: str) -> str:
    """Count a part that may be absent as 0."""
    return f"COALESCE({fields[0]}, 0)" if len(fields) == 1 else f"COALESCE({', '.join(fields)}, 0)"


READERS: dict[LogFormat, Reader] = {
    # our own names, those of packs and of public traces; the meters are disjoint already, or the input is the whole
    "csv": Reader(
        marks=(
            frozenset({"input"}), frozenset({"input_tokens", "output_tokens"}),
            frozenset({"ContextTokens", "GeneratedTokens"}),
        ),
        texts={
            "model": ("model",), "processing": ("processing",), "service_tier": ("service_tier",),
        },
        numbers={
            "input": ("input",), "whole": ("input_tokens", "ContextTokens"),
            "cache_read": ("cache_read", "cached_tokens"), "cache_write": ("cache_write",),
            "cache_write_1h": ("cache_write_1h",), "output": ("output", "output_tokens", "GeneratedTokens"),
            "requests": ("requests",),
        },
        times={"moment": ("at", "timestamp", "started", "start_time", "time", "created", "TIMESTAMP")},
        labels={"team": ("team",), "key": ("key_name",), "tag": ("tag",), "user": ("user_id",)},
        row={
            "input": f"COALESCE(input, whole - {_any('cache_read')} - {_any('cache_write')}"
            f" - {_any('cache_write_1h')})",
            "cache_read": _any("cache_read"), "cache_write": _any("cache_write"),
            "cache_write_1h": _any("cache_write_1h"), "output": _any("output"), "requests": _any("requests"),
        },
    ),
    # Mooncake's traces: milliseconds since the beginning, and no model
    "mooncake": Reader(
        marks=(frozenset({"timestamp", "input_length", "output_length"}),),
        texts={},
        numbers={"whole": ("input_length",), "generated": ("output_length",)},
        times={"moment": ("timestamp",)},
        row={"at_s": "CAST(FLOOR(moment / 1000) AS BIGINT)", "input": "whole", "output": "generated"},
    ),
    # one response of the API a record: Chat Completions and Responses; the prompt holds what was read and written
    "openai": Reader(
        marks=(
            frozenset({"usage/prompt_tokens"}), frozenset({"usage/input_tokens", "usage/input_tokens_details"}),
        ),
        texts={"model": ("model",), "service_tier": ("service_tier",)},
        numbers={
            "whole": ("usage/prompt_tokens", "usage/input_tokens"),
            "cached": (
                "usage/prompt_tokens_details/cached_tokens", "usage/input_tokens_details/cached_tokens",
                "usage/prompt_cache_hit_tokens",
            ),
            "written": (
                "usage/prompt_tokens_details/cache_write_tokens", "usage/input_tokens_details/cache_write_tokens",
            ),
            "generated": ("usage/completion_tokens", "usage/output_tokens"),
            "thought": (
                "usage/completion_tokens_details/reasoning_tokens", "usage/output_tokens_details/reasoning_tokens",
            ),
        },
        times={"moment": ("created", "created_at")},
        row={
            "input": f"whole - {_any('cached')} - {_any('written')}",
            "cache_read": _any("cached"), "cache_write": _any("written"),
            "output": f"generated - {_any('thought')}", "reasoning": _any("thought"),
        },
    ),
    # one message a record: the three parts of the prompt are disjoint, and writes are split by time to live
    "anthropic": Reader(
        marks=(
            frozenset({"usage/input_tokens", "usage/cache_read_input_tokens"}),
            frozenset({"type", "role", "usage/input_tokens"}),
        ),
        texts={"model": ("model",), "service_tier": ("usage/service_tier",)},
        numbers={
            "input": ("usage/input_tokens",), "read": ("usage/cache_read_input_tokens",),
            "written": ("usage/cache_creation_input_tokens",),
            "hour": ("usage/cache_creation/ephemeral_1h_input_tokens",),
            "output": ("usage/output_tokens",), "searches": ("usage/server_tool_use/web_search_requests",),
        },
        times={"moment": ("created_at", "timestamp")},
        row={
            "input": "input", "cache_read": _any("read"), "cache_write": f"{_any('written')} - {_any('hour')}",
            "cache_write_1h": _any("hour"), "output": "output", "web_search": _any("searches"),
        },
    ),
}  # fmt: skip
