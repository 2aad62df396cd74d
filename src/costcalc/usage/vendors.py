"""What sellers of models write: responses of their APIs, reports of usage, exports, and traces without a seller."""

from dataclasses import replace

from costcalc.usage.reader import ANY_LENGTH, REGION, TIERS, UNTIL, Reader, by_meter, less, marks, none_of, part

_SHOWN_BY = {
    "team": ("team",), "key": ("key_name",), "tag": ("tag",), "user": ("user_id",), "project": ("project",),
    "environment": ("environment",), "session": ("session",),
}  # fmt: skip
_OTHERS = (
    "cache_read", "cache_write", "cache_write_1h", "reasoning", "input_audio", "cache_read_audio", "input_image",
    "cache_read_image", "output_audio", "output_image", "web_search",
)  # fmt: skip
# a row may be the sum of many requests, whatever its tokens are called; one that does not say so is one request
_REQUESTS = {"requests": ("requests", "request_count", "num_requests", "calls")}
_OF_MANY = {
    "requests": "COALESCE(requests, 1)",
    "is_pooled": "CASE WHEN COALESCE(requests, 1) <> 1 THEN TRUE ELSE FALSE END",
}
# our own names, those of packs: the meters are disjoint already
TABLE = Reader(
    marks=marks("input", "input output"),
    texts={
        "model": ("model",), "processing": ("processing",), "tier": ("service_tier",), "place": ("region",),
        "id": ("request_id",),
    },
    numbers={**{name: (name,) for name in ("input", "output", *_OTHERS)}, **_REQUESTS},
    times={"moment": ("at", "timestamp", "started", "start_time", "time", "created")},
    amounts={"recorded": ("cost_usd",)},
    labels=_SHOWN_BY,
    row={
        "input": "input", "output": "output", **{name: part(name) for name in _OTHERS},
        "service_tier": TIERS["service_tier"], "recorded_nano_usd": "recorded", **REGION, **_OF_MANY,
    },
    needs=("input", "output"),
    once_by="id",
    cached="beside",
)  # fmt: skip

# the names of public traces and of many a query: the input is the total
TOTALS = replace(
    TABLE,
    marks=marks("input_tokens output_tokens", "ContextTokens GeneratedTokens"),
    numbers={
        "prompt": ("input_tokens", "ContextTokens"), "cached": ("cached_tokens",),
        "generated": ("output_tokens", "GeneratedTokens"), **_REQUESTS,
    },
    times={"moment": (*TABLE.times["moment"], "TIMESTAMP")},
    row={
        "input": less("prompt", "cached"), "cache_read": part("cached"), "output": "generated",
        "service_tier": TIERS["service_tier"], "recorded_nano_usd": "recorded", **REGION, **_OF_MANY,
    },
    needs=("prompt", "generated"),
    cached="inside",
)  # fmt: skip

# Mooncake's traces: milliseconds since the beginning, and no model
MOONCAKE = Reader(
    marks=marks("timestamp input_length output_length"),
    texts={},
    numbers={"prompt": ("input_length",), "generated": ("output_length",)},
    times={"moment": ("timestamp",)},
    row={"at_s": "CAST(FLOOR(moment / 1000) AS BIGINT)", "input": "prompt", "output": "generated"},
    needs=("prompt", "generated"),
)

# one response of the API a record: Chat Completions and Responses; the prompt holds what was read and written
OPENAI_RESPONSE = Reader(
    marks=marks("usage/prompt_tokens", "usage/input_tokens usage/input_tokens_details"),
    texts={"model": ("model",), "tier": ("service_tier",), "id": ("id",)},
    numbers={
        "prompt": ("usage/prompt_tokens", "usage/input_tokens"),
        "cached": (
            "usage/prompt_tokens_details/cached_tokens", "usage/input_tokens_details/cached_tokens",
            "usage/prompt_cache_hit_tokens",
        ),
        "written": ("usage/prompt_tokens_details/cache_write_tokens", "usage/input_tokens_details/cache_write_tokens"),
        "heard": ("usage/prompt_tokens_details/audio_tokens", "usage/input_tokens_details/audio_tokens"),
        "generated": ("usage/completion_tokens", "usage/output_tokens"),
        "thought": (
            "usage/completion_tokens_details/reasoning_tokens", "usage/output_tokens_details/reasoning_tokens",
        ),
        "spoken": ("usage/completion_tokens_details/audio_tokens", "usage/output_tokens_details/audio_tokens"),
        "total": ("usage/total_tokens",),
    },
    times={"moment": ("created", "created_at", "timestamp")},
    labels={
        "team": ("metadata/team",), "tag": ("metadata/tag",), "user": ("metadata/user_id",),
        "project": ("metadata/project",), "environment": ("metadata/environment",), "session": ("metadata/session_id",),
    },
    row={
        "input": less("prompt", "cached", "written", "heard"),
        "cache_read": part("cached"), "cache_write": part("written"), "input_audio": part("heard"),
        # an embedding generates nothing, and says the total alone
        "output": less("COALESCE(generated, total - prompt)", "thought", "spoken"), "reasoning": part("thought"),
        "output_audio": part("spoken"), **TIERS,
    },
    needs=("prompt", "COALESCE(generated, total)"),
    once_by="id",
)  # fmt: skip


def _under(reader: Reader, above: str) -> Reader:
    """Read the same record inside another one."""

    def moved(fields: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        return {name: tuple(f"{above}/{path}" for path in paths) for name, paths in fields.items()}

    return replace(
        reader,
        marks=tuple(frozenset(f"{above}/{path}" for path in mark) for mark in reader.marks),
        texts=moved(dict(reader.texts)),
        numbers=moved(dict(reader.numbers)),
        times=moved(dict(reader.times)),
        labels=moved(dict(reader.labels)),
    )


# a line of a finished batch: the response lies in it, and a request that failed has none
OPENAI_BATCH = replace(
    _under(OPENAI_RESPONSE, "response/body"),
    row={**OPENAI_RESPONSE.row, "processing": "'batch'", "service_tier": "NULL"},
)

# /v1/organization/usage/completions: "input_tokens" includes what was read from the cache and written to it
OPENAI_USAGE = Reader(
    marks=marks(
        "input_tokens num_model_requests", "start_time end_time results",
        "start_time end_time start_time_iso end_time_iso",
    ),
    texts={"model": ("model",), "batch": ("batch",), "tier": ("service_tier",)},
    numbers={
        "prompt": ("input_tokens",), "cached": ("input_cached_tokens",), "written": ("input_cache_write_tokens",),
        "heard": ("input_audio_tokens",), "heard_before": ("input_cached_audio_tokens",),
        "seen": ("input_image_tokens",), "seen_before": ("input_cached_image_tokens",),
        "generated": ("output_tokens",), "spoken": ("output_audio_tokens",), "drawn": ("output_image_tokens",),
        "requests": ("num_model_requests",),
    },
    times={"moment": ("start_time", "start_time_iso"), "until": ("end_time", "end_time_iso")},
    labels={
        "key": ("api_key_id",), "user": ("user_id",), "project": ("project_name", "project_id"),
    },
    row={
        "input": less("prompt", "cached", "written", "heard", "seen"),
        "cache_read": less("COALESCE(cached, 0)", "heard_before", "seen_before"), "cache_write": part("written"),
        "input_audio": part("heard"), "cache_read_audio": part("heard_before"),
        "input_image": part("seen"), "cache_read_image": part("seen_before"),
        "output": less("COALESCE(generated, 0)", "spoken", "drawn"),
        "output_audio": part("spoken"), "output_image": part("drawn"), "requests": part("requests"),
        "processing": "CASE WHEN lower(batch) IN ('true', '1') THEN 'batch' END",
        "service_tier": TIERS["service_tier"], **UNTIL,
    },
    needs=("prompt",),
    within=("data", "results"),
    keep="COALESCE(prompt, generated, requests) IS NOT NULL",  # a bucket in which nothing was used has no results
    is_pooled=True,
)  # fmt: skip

# a faster answer of the same model has a price of its own, as a tier has
_FAST = {"service_tier": f"CASE WHEN speed = 'fast' THEN 'fast' ELSE {TIERS['service_tier']} END"}
# one message a record: the three parts of the prompt are disjoint, and writes are split by time to live
ANTHROPIC_MESSAGE = Reader(
    marks=marks("usage/input_tokens usage/cache_read_input_tokens", "type role usage/input_tokens"),
    texts={
        "model": ("model",), "tier": ("usage/service_tier",), "place": ("usage/inference_geo",),
        "speed": ("usage/speed",), "id": ("id",),
    },
    numbers={
        "input": ("usage/input_tokens",), "read": ("usage/cache_read_input_tokens",),
        "written": ("usage/cache_creation_input_tokens",),
        "minutes": ("usage/cache_creation/ephemeral_5m_input_tokens",),
        "hour": ("usage/cache_creation/ephemeral_1h_input_tokens",),
        "output": ("usage/output_tokens",), "searches": ("usage/server_tool_use/web_search_requests",),
    },
    times={"moment": ("created_at", "timestamp", "created", "time")},
    labels={"user": ("metadata/user_id",)},
    row={
        "input": "input", "cache_read": part("read"),
        "cache_write": less("COALESCE(written, COALESCE(minutes, 0) + COALESCE(hour, 0))", "hour"),
        "cache_write_1h": part("hour"), "output": "output", "web_search": part("searches"), **TIERS, **_FAST, **REGION,
    },
    needs=("input", "output"),
    once_by="id",
    cached="beside",
)  # fmt: skip

# Claude Code keeps every session as lines; replays and streaming repeat a message under its id, the last with its usage
CLAUDE_CODE = replace(
    ANTHROPIC_MESSAGE,
    marks=marks(
        "sessionId type message/usage/input_tokens", "requestId message/usage/input_tokens",
        "sessionId parentUuid type", "leafUuid summary type", "messageId snapshot type",
        "sessionId operation timestamp type",
    ),
    texts={
        "model": ("message/model",), "tier": ("message/usage/service_tier",), "kind": ("type",),
        "message": ("message/id",), "request": ("requestId",), "place": ("message/usage/inference_geo",),
        "speed": ("message/usage/speed",),
    },
    numbers={name: tuple(f"message/{path}" for path in paths) for name, paths in ANTHROPIC_MESSAGE.numbers.items()},
    times={"moment": ("timestamp",)},
    amounts={"recorded": ("costUSD",)},
    labels={"project": ("cwd",), "session": ("sessionId",)},
    row={**ANTHROPIC_MESSAGE.row, "recorded_nano_usd": "recorded"},
    # what the tool writes in a model's place has no model, and no seller was asked
    keep="COALESCE(input, output) IS NOT NULL AND COALESCE(kind, 'assistant') IN ('assistant', 'progress')"
    " AND COALESCE(model, '') <> '<synthetic>'",
    once_by="COALESCE(message, request)",
    grows=True,
)  # fmt: skip

_PROMPT = "COALESCE(input, 0) + COALESCE(read, 0) + COALESCE(minutes, 0) + COALESCE(hour, 0)"
# /v1/organizations/usage_report/messages: grouped by context window, the report tells which prompts are long
ANTHROPIC_USAGE = Reader(
    marks=marks("uncached_input_tokens output_tokens", "starting_at ending_at results"),
    texts={
        "model": ("model",), "tier": ("service_tier",), "reach": ("context_window",), "place": ("inference_geo",),
        "speed": ("speed",),
    },
    numbers={
        "input": ("uncached_input_tokens",), "read": ("cache_read_input_tokens",),
        "minutes": ("cache_creation/ephemeral_5m_input_tokens",),
        "hour": ("cache_creation/ephemeral_1h_input_tokens",), "output": ("output_tokens",),
        "searches": ("server_tool_use/web_search_requests",),
    },
    times={"moment": ("starting_at",), "until": ("ending_at",)},
    labels={"key": ("api_key_id",), "team": ("workspace_id",), "project": ("workspace_id",), "user": ("account_id",)},
    row={
        "input": "input", "cache_read": part("read"), "cache_write": part("minutes"), "cache_write_1h": part("hour"),
        "output": "output", "web_search": part("searches"), **TIERS, **_FAST, **REGION, **UNTIL,
        # it counts no requests: prompts of up to a million tokens are at least so many
        "requests": f"CASE WHEN reach = '200k-1M' THEN CAST(CEIL(({_PROMPT}) / 1000000) AS BIGINT) ELSE 0 END",
        "is_pooled": "COALESCE(reach, '') <> '200k-1M'",
        "prompt_length": f"CASE WHEN reach IN ('0-200k', '≤ 200k') THEN 200000 WHEN reach = '200k-1M' THEN 200001"
        f" ELSE {_PROMPT} END",
    },
    needs=("input", "output"),
    within=("data", "results"),
    keep="COALESCE(input, read, output) IS NOT NULL",
    cached="beside",
)  # fmt: skip

# the console's export of usage by day and key, as CSV; `api_key` is the key's name
ANTHROPIC_CONSOLE = replace(
    ANTHROPIC_USAGE,
    marks=marks("usage_date_utc model_version usage_output_tokens"),
    texts={
        "model": ("model_version",), "tier": ("usage_type",), "reach": ("context_window",), "place": ("inference_geo",),
        "speed": ("speed",),
    },
    numbers={
        "input": ("usage_input_tokens_no_cache",), "read": ("usage_input_tokens_cache_read",),
        "minutes": ("usage_input_tokens_cache_write_5m", "usage_input_tokens_cache_write"),
        "hour": ("usage_input_tokens_cache_write_1h",), "output": ("usage_output_tokens",),
        "searches": ("web_search_count",),
    },
    times={"moment": ("usage_date_utc",)},
    labels={"key": ("api_key",), "team": ("workspace",), "project": ("workspace",)},
    row={**ANTHROPIC_USAGE.row, "until_s": "moment + 86400"},
    within=(),
)  # fmt: skip

_DEEPSEEK = {
    "input": "input_cache_miss_tokens", "cache_read": "input_cache_hit_tokens", "output": "output_tokens",
    "requests": "request_count",
}  # fmt: skip
# the platform's export, one row a meter; `api_key` is a key, and is never read
DEEPSEEK = Reader(
    marks=marks("start_time_iso type amount api_key_name"),
    texts={"model": ("model",), "meter": ("type",)},
    numbers={"amount": ("amount",)},
    times={"moment": ("start_time_iso",), "until": ("end_time_iso",)},
    labels={"key": ("api_key_name",), "user": ("user_id",)},
    row={**by_meter(_DEEPSEEK), "prompt_length": str(ANY_LENGTH), **UNTIL},
    needs=("amount",),
    asides={"unknown meter": none_of("meter", tuple(_DEEPSEEK.values()))},
    is_pooled=True,
    cached="beside",
)
