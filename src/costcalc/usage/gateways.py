"""What gateways, observers and bills write of calls to models of many sellers."""

from dataclasses import replace

from costcalc.usage.reader import (
    ALL_METERS,
    ANY_LENGTH,
    MODEL_OF_PROVIDER,
    NO_AMOUNT,
    REGION,
    REGION_OF_HOST,
    TIERS,
    UNTIL,
    Reader,
    by_meter,
    less,
    marks,
    none_of,
    part,
)

_USED = ("metadata/usage_object", "metadata/additional_usage_values")


def _used(*names: str) -> tuple[str, ...]:
    return tuple(f"{place}/{name}" for place in _USED for name in names)


# LiteLLM_SpendLogs: the prompt holds what was read and written; messages, responses and the key's hash are never read
LITELLM = Reader(
    marks=marks("spend prompt_tokens completion_tokens startTime"),
    texts={
        "model": ("model",), "provider": ("custom_llm_provider",), "status": ("status",), "hit": ("cache_hit",),
        "tier": _used("service_tier"), "host": ("api_base",), "place": _used("inference_geo"),
        "id": ("request_id",),
    },
    numbers={
        "prompt": ("prompt_tokens",), "generated": ("completion_tokens",),
        "cached": _used("cache_read_input_tokens", "prompt_tokens_details/cached_tokens"),
        "written": _used("cache_creation_input_tokens", "prompt_tokens_details/cache_creation_tokens"),
        "hour": _used("prompt_tokens_details/cache_creation_token_details/ephemeral_1h_input_tokens"),
        "thought": _used("completion_tokens_details/reasoning_tokens"),
        "searches": _used("server_tool_use/web_search_requests", "prompt_tokens_details/web_search_requests"),
    },
    times={"moment": ("startTime",)},
    amounts={"recorded": ("spend",)},
    packed=("metadata", "request_tags"),
    labels={
        "team": ("metadata/user_api_key_team_alias", "team_id"), "key": ("metadata/user_api_key_alias",),
        "tag": ("request_tags",), "user": ("end_user", "user"), "project": ("organization_id",),
        "session": ("session_id",),
    },
    row={
        "model": MODEL_OF_PROVIDER,
        "input": less("prompt", "cached", "written"), "cache_read": part("cached"),
        "cache_write": less("COALESCE(written, 0)", "hour"), "cache_write_1h": part("hour"),
        "output": less("generated", "thought"), "reasoning": part("thought"), "web_search": part("searches"),
        "recorded_nano_usd": "recorded", **TIERS,
        "region": f"COALESCE({REGION_OF_HOST['region']}, {REGION['region']})",
    },
    needs=("prompt", "generated"),
    once_by="id",
    # its own cache of responses answered: no seller was asked, and none is paid
    asides={"gateway cache": "lower(hit) = 'true'", "no usage": "lower(status) = 'failure'"},
)  # fmt: skip

_LANGFUSE: dict[str, tuple[str, ...]] = {
    "input": ("input", "prompt_tokens", "input_tokens"),
    "read": (
        "input_cached_tokens", "input_cache_read", "cache_read_input_tokens", "input_cached", "input_cache_read_tokens",
        "input_cache_read_input_tokens",
    ),
    "written": (
        "input_cache_creation", "cache_creation_input_tokens", "input_cache_write", "input_cache_creation_tokens",
        "input_cache_creation_input_tokens",
    ),
    "minutes": ("input_cache_creation_5m", "input_cache_creation_ephemeral_5m_input_tokens"),
    "hour": ("input_cache_creation_1h", "input_cache_creation_ephemeral_1h_input_tokens"),
    "heard": ("input_audio_tokens", "input_audio"),
    "output": ("output", "completion_tokens", "output_tokens"),
    "thought": ("output_reasoning_tokens", "output_reasoning"),
    "spoken": ("output_audio_tokens", "output_audio"),
    "all": ("total", "total_tokens"),
}  # fmt: skip
_DETAILS = ("usageDetails", "usage_details")
_LANGFUSE_WORDS = tuple(word for words in _LANGFUSE.values() for word in words)
_LANGFUSE_WRITES = "COALESCE(minutes, CASE WHEN hour IS NULL THEN written ELSE written - hour END, 0)"
# each key of usageDetails is priced by itself, so that "input" should not hold what was cached; some senders' does
LANGFUSE = Reader(
    marks=marks("usageDetails", "usage_details", "traceId internalModelId"),
    texts={
        "model": ("model", "providedModelName", "provided_model_name"), "kind": ("type",),
        "details": _DETAILS, "id": ("id",),
    },
    numbers={
        name: tuple(f"{place}/{word}" for place in _DETAILS for word in words)
        for name, words in _LANGFUSE.items() if name != "all"
    },
    times={"moment": ("startTime", "start_time")},
    amounts={"recorded": ("totalCost", "total_cost")},
    packed=(*_DETAILS, "tags"),
    labels={
        "user": ("userId", "user_id"), "session": ("sessionId", "session_id"), "environment": ("environment",),
        "project": ("projectId", "project_id"), "tag": ("tags",),
    },
    row={
        "input": "input", "cache_read": part("read"), "cache_write": _LANGFUSE_WRITES, "cache_write_1h": part("hour"),
        "input_audio": part("heard"), "output": part("output"), "reasoning": part("thought"),
        "output_audio": part("spoken"), "recorded_nano_usd": "recorded",
    },
    cached="beside",
    otherwise={"input": f"input - COALESCE(read, 0) - {_LANGFUSE_WRITES} - COALESCE(hour, 0)"},
    once_by="id",
    needs=("input", "output"),
    # a key that nobody knows may be a part of the input or stand beside it
    asides={
        "unknown meter": "len(list_filter(json_keys(TRY_CAST(details AS JSON)), lambda each: each NOT IN ("
        + ", ".join(f"'{word}'" for word in _LANGFUSE_WORDS) + "))) > 0",
    },
    # spans and events of a trace ask no model
    keep="COALESCE(upper(kind), 'GENERATION') IN ('GENERATION', 'EMBEDDING') OR COALESCE(input, output) IS NOT NULL",
)  # fmt: skip
_ATTRIBUTES: dict[str, tuple[str, ...]] = {
    "prompt": (
        "gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens", "llm.token_count.prompt", "llm.usage.prompt_tokens",
    ),
    "cached": (
        "gen_ai.usage.cache_read.input_tokens", "gen_ai.usage.cache_read_input_tokens",
        "llm.token_count.prompt_details.cache_read",
    ),
    "written": (
        "gen_ai.usage.cache_creation.input_tokens", "gen_ai.usage.cache_creation_input_tokens",
        "llm.token_count.prompt_details.cache_write",
    ),
    "generated": (
        "gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens", "llm.token_count.completion",
        "llm.usage.completion_tokens",
    ),
    "thought": (
        "gen_ai.usage.reasoning.output_tokens", "gen_ai.usage.reasoning_tokens",
        "llm.token_count.completion_details.reasoning",
    ),
    "model": (
        "gen_ai.response.model", "gen_ai.request.model", "llm.model_name", "llm.response.model", "llm.request.model",
    ),
    "provider": ("gen_ai.provider.name", "gen_ai.system", "llm.provider"),
    "operation": ("gen_ai.operation.name",), "tier": ("gen_ai.openai.response.service_tier",),
    "host": ("server.address",),
}  # fmt: skip
# our names of what OpenTelemetry calls providers
_PROVIDERS = {
    "aws.bedrock": "bedrock", "azure.ai.inference": "azure_ai", "azure.ai.openai": "azure", "gcp.gemini": "gemini",
    "gcp.gen_ai": "gemini", "gcp.vertex_ai": "vertex_ai", "mistral_ai": "mistral", "x_ai": "xai",
    "az.ai.openai": "azure", "az.ai.inference": "azure_ai", "vertex_ai": "vertex_ai", "google": "gemini",
}  # fmt: skip
_PROVIDER = "CASE provider {} ELSE provider END".format(
    " ".join(f"WHEN '{theirs}' THEN '{ours}'" for theirs, ours in _PROVIDERS.items())
)
_ENVIRONMENT = ("deployment.environment.name", "deployment.environment")
_WORDS = ("model", "provider", "operation", "tier", "host")


def _spans(*above: str, moments: tuple[str, ...], resource: tuple[str, ...]) -> Reader:
    """Read spans whose attributes stand in any of some places.

    Args:
        above: What stands before the name of an attribute.
        moments: Where a span says when it began.
        resource: What stands before the name of an attribute of the process that wrote it.
    """
    places = {name: tuple(f"{head}{key}" for head in above for key in keys) for name, keys in _ATTRIBUTES.items()}
    of_process = (*resource, *above)
    return Reader(
        marks=tuple(frozenset({path}) for name in ("prompt", "generated") for path in places[name]),
        texts={**{name: places[name] for name in _WORDS}, "id": ("spanId", "span_id", "SpanId", "context/span_id")},
        numbers={name: paths for name, paths in places.items() if name not in _WORDS},
        times={"moment": moments},
        labels={
            "user": tuple(f"{head}{key}" for head in above for key in ("user.id", "enduser.id")),
            "session": tuple(f"{head}{key}" for head in above for key in ("session.id", "gen_ai.conversation.id")),
            "project": tuple(f"{head}service.name" for head in of_process),
            "environment": tuple(f"{head}{key}" for head in of_process for key in _ENVIRONMENT),
        },
        row={
            "model": MODEL_OF_PROVIDER.replace("provider", f"({_PROVIDER})"),
            "input": less("prompt", "cached", "written"), "cache_read": part("cached"), "cache_write": part("written"),
            "output": less("COALESCE(generated, 0)", "thought"), "reasoning": part("thought"), **TIERS,
            **REGION_OF_HOST,
        },
        needs=("prompt", "CASE WHEN operation = 'embeddings' THEN 0 ELSE generated END"),
        # the span of an agent adds up the calls below it, which are spans of their own
        keep="COALESCE(operation NOT IN ('invoke_agent', 'create_agent', 'invoke_workflow', 'execute_tool'), TRUE)"
        " AND (COALESCE(prompt, generated) IS NOT NULL"
        " OR COALESCE(operation IN ('chat', 'generate_content', 'text_completion', 'embeddings'), FALSE))",
        otherwise={"input": "prompt"},
        once_by="id",
    )  # fmt: skip


_FLAT = ("", "attributes/", "span_attributes/")
OTEL_SPANS = _spans(
    *_FLAT,
    moments=(
        "startTimeUnixNano", "start_time_unix_nano", "startTime", "start_time", "timestamp", "@timestamp", "time",
    ),
    resource=("resource/", "resource_attributes/"),
)  # fmt: skip
# the Collector's table in ClickHouse
OTEL_TABLE = _spans("SpanAttributes/", moments=("Timestamp",), resource=("ResourceAttributes/",))
_OTLP = _spans("attributes/", moments=("startTimeUnixNano",), resource=("resource/attributes/",))
OTLP = replace(
    _OTLP,
    marks=marks("resourceSpans scopeSpans spans"),
    within=("resourceSpans", "scopeSpans", "spans"),
    pairs=("attributes", "resource/attributes"),
)

# /api/v1/activity: a day of an endpoint a record
OPENROUTER = Reader(
    marks=marks("date model_permaslug prompt_tokens completion_tokens requests"),
    texts={"model": ("model_permaslug", "model")},
    numbers={
        "prompt": ("prompt_tokens",), "cached": ("cached_tokens",), "generated": ("completion_tokens",),
        "thought": ("reasoning_tokens",), "requests": ("requests",),
    },
    times={"moment": ("date",)},
    amounts={"recorded": ("usage",)},
    row={
        "input": less("prompt", "cached"), "cache_read": part("cached"),
        "output": less("generated", "thought"), "reasoning": part("thought"), "requests": part("requests"),
        "recorded_nano_usd": "recorded", "until_s": "moment + 86400",
    },
    needs=("prompt", "generated"),
    within=("data",),
    is_pooled=True,
)  # fmt: skip

_NOT_CACHED = "00000000-0000-0000-0000-000000000000"
# request_response_rmt: whether prompt_tokens holds the cached tokens is nowhere written
HELICONE = Reader(
    marks=marks("request_created_at prompt_tokens completion_tokens"),
    texts={
        "model": ("request_model", "model"), "status": ("status",), "copied": ("cache_reference_id",),
        "nano": ("cost",), "id": ("request_id",),
    },
    numbers={
        "prompt": ("prompt_tokens",), "cached": ("prompt_cache_read_tokens",),
        "written": ("prompt_cache_write_tokens",), "generated": ("completion_tokens",),
        "thought": ("reasoning_tokens",),
    },
    times={"moment": ("request_created_at",)},
    packed=("properties",),
    labels={
        "user": ("user_id",), "team": ("properties/Team", "properties/team"),
        "tag": ("properties/Tag", "properties/tag"),
        "project": ("properties/Project", "properties/project"), "session": ("properties/Helicone-Session-Id",),
        "environment": ("properties/Environment", "properties/environment"),
    },
    row={
        "input": "prompt", "cache_read": part("cached"), "cache_write": part("written"),
        "output": less("generated", "thought"), "reasoning": part("thought"),
        # the table keeps whole 1e-9 USD; some exports divide them
        "recorded_nano_usd": "CASE WHEN nano IS NULL THEN NULL WHEN contains(nano, '.') THEN"
        f" COALESCE(TRY_CAST(ROUND(TRY_CAST(nano AS DOUBLE) * 1e9) AS BIGINT), {NO_AMOUNT})"
        f" ELSE COALESCE(TRY_CAST(nano AS BIGINT), {NO_AMOUNT}) END",
    },
    cached="beside",
    otherwise={"input": less("prompt", "cached", "written")},
    once_by="id",
    must_say=True,
    needs=("prompt", "generated"),
    asides={
        "gateway cache": f"copied <> '{_NOT_CACHED}'",
        "no usage": "NOT starts_with(status, '2') AND COALESCE(prompt, 0) + COALESCE(generated, 0) = 0",
    },
)  # fmt: skip

# FOCUS, one row a meter; what it calls a token's meter is a key of its writer's until 1.5, and ours are our own names
FOCUS = Reader(
    marks=marks(
        "ChargePeriodStart ConsumedQuantity ConsumedUnit x_Meter", "ChargePeriodStart ServiceCategory ConsumedUnit",
    ),
    texts={
        "model": ("x_Model",), "meter": ("x_Meter",), "unit": ("ConsumedUnit",), "charge": ("ChargeCategory",),
        "service": ("ServiceCategory",), "processing": ("x_Processing",), "tier": ("x_ServiceTier",),
        "place": ("RegionId",),
    },
    numbers={"amount": ("ConsumedQuantity",), "requests": ("x_Requests",)},
    times={"moment": ("ChargePeriodStart",), "until": ("ChargePeriodEnd",)},
    amounts={"recorded": ("EffectiveCost", "BilledCost")},
    packed=("Tags",),
    labels={
        "team": ("x_Team", "Tags/team"), "project": ("SubAccountName", "SubAccountId", "Tags/project"),
        "environment": ("Tags/environment",), "tag": ("x_Label", "Tags/tag"),
    },
    row={
        **by_meter({meter: meter for meter in ALL_METERS}),
        # each row of a model and a period says how many requests these are
        "requests": "CASE WHEN meter = 'output' THEN COALESCE(requests, 0) ELSE 0 END",
        "service_tier": TIERS["service_tier"], "recorded_nano_usd": "recorded", "prompt_length": str(ANY_LENGTH),
        **REGION, **UNTIL,
    },
    needs=("amount",),
    asides={"unknown meter": none_of("meter", ALL_METERS)},
    hints={
        "unknown meter": "FOCUS has no columns for tokens and models before 1.5: write the meter (input, cache_read,"
        " output, …) into x_Meter and the model into x_Model",
    },
    # a bill has other services, and hours of machines, people, taxes and credits, which are no requests
    keep="COALESCE(service, 'AI and Machine Learning') = 'AI and Machine Learning'"
    " AND COALESCE(charge, 'Usage') = 'Usage' AND "
    f"(COALESCE(unit, '') = 'Tokens' OR NOT {none_of('meter', ALL_METERS)})",
    is_pooled=True,
    cached="beside",
)  # fmt: skip
