"""The same traffic in every format: run this file to write tests/usage/samples anew.

Every record carries a prompt, an answer and a key wherever its format has a place for them, so that a test can show
that nothing of them is read. Each writer follows the documented schema of its format, not our mapping of it.
"""

import csv
import io
import json
import shutil
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

SAMPLES = Path(__file__).parent / "usage" / "samples"
PROMPT = "planted prompt: my salary is 91234"
KEY = "sk-planted0123456789abcdefghijkl"
KEY_HASH = "9b5e" * 16
DAY_1 = 1_793_577_600  # 2026-11-02 00:00 UTC


class Call(NamedTuple):
    at: int
    model: str
    input: int  # neither read from the cache nor written to it
    read: int
    write: int  # for five minutes
    write_1h: int
    output: int  # with what was reasoned
    thought: int
    team: str
    user: str

    @property
    def prompt(self) -> int:
        return self.input + self.read + self.write + self.write_1h

    @property
    def written(self) -> int:
        return self.write + self.write_1h

    @property
    def iso(self) -> str:
        return datetime.fromtimestamp(self.at, UTC).isoformat().replace("+00:00", "Z")

    @property
    def seller(self) -> str:
        return "anthropic" if self.model.startswith("claude") else "openai"


READS = "gpt-5.2"  # a model whose cache writes nobody pays: every format can hold its calls
WRITES = "claude-sonnet-4-5"
CALLS = (
    Call(DAY_1 + 60, READS, 1_000, 0, 0, 0, 300, 0, "search", "ann"),
    Call(DAY_1 + 125, READS, 200, 800, 0, 0, 150, 0, "search", "bob"),
    Call(DAY_1 + 3_700, READS, 40_000, 200_000, 0, 0, 1_200, 700, "support", "ann"),
    Call(DAY_1 + 86_400 + 10, READS, 5, 0, 0, 0, 1, 0, "support", "cy"),
    Call(DAY_1 + 86_400 + 7_200, READS, 0, 512, 0, 0, 64, 64, "search", "ann"),
    Call(DAY_1 + 61, WRITES, 12, 0, 4_096, 0, 500, 0, "search", "ann"),
    Call(DAY_1 + 90, WRITES, 30, 4_096, 0, 1_024, 250, 0, "support", "bob"),
    Call(DAY_1 + 86_400 + 59, WRITES, 7, 150_000, 90_000, 0, 2_000, 0, "search", "cy"),
)


def chat(call: Call, at: int) -> dict[str, Any]:
    """https://platform.openai.com/docs/api-reference/chat/object."""
    return {
        "id": f"chatcmpl-{at}", "object": "chat.completion", "created": call.at, "model": call.model,
        "choices": [{"index": 0, "message": {"role": "assistant", "content": PROMPT}, "finish_reason": "stop"}],
        "usage": {
            "prompt_tokens": call.prompt, "completion_tokens": call.output, "total_tokens": call.prompt + call.output,
            "prompt_tokens_details": {"cached_tokens": call.read, "audio_tokens": 0, "cache_write_tokens": call.written},
            "completion_tokens_details": {"reasoning_tokens": call.thought, "audio_tokens": 0},
        },
        "service_tier": "default",
    }  # fmt: skip


def response(call: Call, at: int) -> dict[str, Any]:
    """https://platform.openai.com/docs/api-reference/responses/object."""
    return {
        "id": f"resp_{at}", "object": "response", "created_at": call.at, "status": "completed", "model": call.model,
        "instructions": PROMPT, "output": [{"type": "message", "content": [{"type": "output_text", "text": PROMPT}]}],
        "usage": {
            "input_tokens": call.prompt,
            "input_tokens_details": {"cached_tokens": call.read, "cache_write_tokens": call.written},
            "output_tokens": call.output, "output_tokens_details": {"reasoning_tokens": call.thought},
            "total_tokens": call.prompt + call.output,
        },
        "user": KEY, "metadata": {"team": call.team}, "service_tier": "default",
    }  # fmt: skip


def batch_line(call: Call, at: int) -> dict[str, Any]:
    return {
        "id": f"batch_req_{at}", "custom_id": PROMPT,
        "response": {"status_code": 200, "request_id": f"r{at}", "body": chat(call, at)}, "error": None,
    }  # fmt: skip


def buckets(calls: Iterable[Call], seconds: int) -> Iterator[tuple[int, str, list[Call]]]:
    together: dict[tuple[int, str], list[Call]] = defaultdict(list)
    for call in calls:
        together[call.at // seconds * seconds, call.model].append(call)
    yield from ((start, model, same) for (start, model), same in sorted(together.items()))


def total(calls: Iterable[Call], name: str) -> int:
    return sum(getattr(call, name) for call in calls)


def openai_page(calls: Sequence[Call]) -> dict[str, Any]:
    """GET /v1/organization/usage/completions, grouped by project, key, model and batch."""
    days: dict[int, list[dict[str, Any]]] = {DAY_1 - 86_400: []}
    for start, model, same in buckets(calls, 86_400):
        days.setdefault(start, []).append(
            {
                "object": "organization.usage.completions.result", "model": model, "batch": False,
                "input_tokens": total(same, "prompt"), "input_cached_tokens": total(same, "read"),
                "input_cache_write_tokens": total(same, "written"), "output_tokens": total(same, "output"),
                "num_model_requests": len(same), "project_id": "proj_1", "api_key_id": "key_abc", "user_id": None,
                "service_tier": None,
            }
        )  # fmt: skip
    data = [
        {"object": "bucket", "start_time": start, "end_time": start + 86_400, "results": results}
        for start, results in days.items()
    ]
    return {"object": "page", "data": data, "has_more": False, "next_page": None}


def openai_dashboard(calls: Sequence[Call]) -> str:
    rows = [
        {
            "start_time": start, "end_time": start + 60,
            "start_time_iso": datetime.fromtimestamp(start, UTC).isoformat(),
            "end_time_iso": datetime.fromtimestamp(start + 60, UTC).isoformat(),
            "input_tokens": total(same, "prompt"), "output_tokens": total(same, "output"),
            "input_cached_tokens": total(same, "read"), "input_cache_write_tokens": total(same, "written"),
            "num_model_requests": f"{len(same)}.0", "project_id": "proj_1", "user_id": "", "api_key_id": "key_abc",
            "model": model, "batch": "False", "service_tier": "",
        }
        for start, model, same in buckets(calls, 60)
    ]  # fmt: skip
    return table(rows)


def message(call: Call, at: int) -> dict[str, Any]:
    """https://docs.anthropic.com/en/api/messages; the time is what a logger adds."""
    return {
        "id": f"msg_{at}", "type": "message", "role": "assistant", "model": call.model,
        "content": [{"type": "text", "text": PROMPT}], "stop_reason": "end_turn",
        "usage": {
            "input_tokens": call.input, "cache_creation_input_tokens": call.written, "cache_read_input_tokens": call.read,
            "cache_creation": {
                "ephemeral_5m_input_tokens": call.write, "ephemeral_1h_input_tokens": call.write_1h,
            },
            "output_tokens": call.output, "service_tier": "standard", "server_tool_use": {"web_search_requests": 0},
        },
        "created_at": call.iso,
    }  # fmt: skip


def anthropic_report(calls: Sequence[Call]) -> dict[str, Any]:
    """GET /v1/organizations/usage_report/messages, grouped by model and context window."""
    data = []
    for start, model, same in buckets(calls, 86_400):
        windows = {
            "0-200k": [call for call in same if call.prompt <= 200_000],
            "200k-1M": [call for call in same if call.prompt > 200_000],
        }
        results = [
            {
                "uncached_input_tokens": total(these, "input"), "cache_read_input_tokens": total(these, "read"),
                "cache_creation": {
                    "ephemeral_5m_input_tokens": total(these, "write"),
                    "ephemeral_1h_input_tokens": total(these, "write_1h"),
                },
                "output_tokens": total(these, "output"), "server_tool_use": {"web_search_requests": 0},
                "api_key_id": None, "workspace_id": "wrkspc_1", "model": model, "service_tier": "standard",
                "context_window": window,
            }
            for window, these in windows.items() if these
        ]  # fmt: skip
        ends = datetime.fromtimestamp(start + 86_400, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        begins = datetime.fromtimestamp(start, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        data.append({"starting_at": begins, "ending_at": ends, "results": results})
    return {"data": data, "has_more": False, "next_page": None}


def anthropic_console(calls: Sequence[Call]) -> str:
    """The export of the console's page of usage, by day, model, key and workspace."""
    rows = [
        {
            "usage_date_utc": f"{datetime.fromtimestamp(start, UTC):%Y-%m-%d}", "model_version": model, "api_key": "shop",
            "workspace": "Default", "usage_type": "standard", "context_window": "",
            "usage_input_tokens_no_cache": total(same, "input"), "usage_input_tokens_cache_write_5m": total(same, "write"),
            "usage_input_tokens_cache_write_1h": total(same, "write_1h"),
            "usage_input_tokens_cache_read": total(same, "read"), "usage_output_tokens": total(same, "output"),
            "web_search_count": 0, "inference_geo": "not_available", "speed": "",
        }
        for start, model, same in buckets(calls, 86_400)
    ]  # fmt: skip
    return table(rows)


def spend(call: Call, at: int) -> dict[str, Any]:
    """LiteLLM_SpendLogs: schema.prisma; Postgres writes times without a zone, in UTC."""
    usage = {
        "prompt_tokens": call.prompt, "completion_tokens": call.output, "total_tokens": call.prompt + call.output,
        "prompt_tokens_details": {
            "cached_tokens": call.read, "cache_creation_tokens": call.written,
            "cache_creation_token_details": {
                "ephemeral_5m_input_tokens": call.write, "ephemeral_1h_input_tokens": call.write_1h,
            },
        },
        "completion_tokens_details": {"reasoning_tokens": call.thought},
        "cache_read_input_tokens": call.read, "cache_creation_input_tokens": call.written,
    }  # fmt: skip
    when = datetime.fromtimestamp(call.at, UTC).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
    return {
        "request_id": f"req-{at}", "call_type": "acompletion", "api_key": KEY_HASH, "spend": 0.0125,
        "total_tokens": call.prompt + call.output, "prompt_tokens": call.prompt, "completion_tokens": call.output,
        "startTime": when, "endTime": when, "model": call.model, "custom_llm_provider": call.seller, "user": call.user,
        "metadata": {
            "usage_object": usage, "user_api_key": KEY_HASH, "user_api_key_alias": f"{call.team}-key",
            "user_api_key_team_alias": call.team, "requester_metadata": {"note": PROMPT},
        },
        "cache_hit": "False", "cache_key": "Cache OFF", "request_tags": ["prod", "eu"], "team_id": f"id-{call.team}",
        "end_user": call.user, "status": "success", "messages": {"content": PROMPT}, "response": {"content": PROMPT},
        "proxy_server_request": {"key": KEY},
    }  # fmt: skip


def observation(call: Call, at: int) -> dict[str, Any]:
    """https://langfuse.com/docs/api-and-data-platform/features/blob-storage-export-fields."""
    details = {
        "input": call.input, "input_cached_tokens": call.read, "input_cache_creation_5m": call.write,
        "input_cache_creation_1h": call.write_1h, "output": call.output - call.thought,
        "output_reasoning_tokens": call.thought, "total": call.prompt + call.output,
    }  # fmt: skip
    when = datetime.fromtimestamp(call.at, UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    return {
        "id": f"obs-{at}", "traceId": f"trace-{at}", "startTime": when, "endTime": when, "type": "GENERATION",
        "name": "call", "model": call.model, "internalModelId": "m1",
        "usageDetails": {key: tokens for key, tokens in details.items() if tokens or key in {"input", "output"}},
        "costDetails": {"total": 0.0125}, "totalCost": 0.0125, "userId": call.user, "sessionId": f"s-{call.team}",
        "environment": "prod", "input": PROMPT, "output": PROMPT, "metadata": {"key": KEY},
    }  # fmt: skip


def span_of_trace(at: int) -> dict[str, Any]:
    return {
        "id": f"span-{at}", "traceId": "trace-0", "startTime": "2026-11-02 00:00:00.000000", "endTime": None,
        "type": "SPAN", "name": "chain", "model": None, "internalModelId": None, "usageDetails": {}, "costDetails": {},
        "totalCost": 0, "userId": "ann", "sessionId": "s", "environment": "prod", "input": PROMPT, "output": PROMPT,
        "metadata": {},
    }  # fmt: skip


def attributes(call: Call) -> dict[str, Any]:
    """https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/."""
    return {
        "gen_ai.operation.name": "chat", "gen_ai.provider.name": call.seller, "gen_ai.request.model": call.model,
        "gen_ai.response.model": call.model, "gen_ai.usage.input_tokens": call.prompt,
        "gen_ai.usage.output_tokens": call.output, "gen_ai.usage.cache_read.input_tokens": call.read,
        "gen_ai.usage.cache_creation.input_tokens": call.written,
        "gen_ai.usage.reasoning.output_tokens": call.thought, "gen_ai.conversation.id": f"s-{call.team}",
        "gen_ai.input.messages": PROMPT, "gen_ai.output.messages": PROMPT, "http.request.header.authorization": KEY,
        "user.id": call.user,
    }  # fmt: skip


def otlp_value(value: str | int) -> dict[str, str]:
    return {"intValue": str(value)} if isinstance(value, int) else {"stringValue": value}


def otlp(calls: Sequence[Call]) -> dict[str, Any]:
    """opentelemetry.proto.trace.v1, as JSON: 64-bit integers are texts."""
    agent: dict[str, Any] = {
        "gen_ai.operation.name": "invoke_agent",
        "gen_ai.usage.input_tokens": 999_999,
        "gen_ai.usage.output_tokens": 9,
    }
    http: dict[str, Any] = {"http.request.method": "POST", "url.full": f"https://example.com/?key={KEY}"}
    spans = [
        {
            "traceId": "5b8efff798038103d269b633813fc60c", "spanId": f"{at:016x}", "name": "chat", "kind": 3,
            "startTimeUnixNano": str(at_s * 10**9 + 5), "endTimeUnixNano": str((at_s + 1) * 10**9),
            "attributes": [{"key": key, "value": otlp_value(value)} for key, value in held.items()],
        }
        for at, (at_s, held) in enumerate([(DAY_1, agent), (DAY_1, http), *((call.at, attributes(call)) for call in calls)])
    ]  # fmt: skip
    resource = {"attributes": [{"key": "service.name", "value": {"stringValue": "shop"}}]}
    return {"resourceSpans": [{"resource": resource, "scopeSpans": [{"scope": {"name": "genai"}, "spans": spans}]}]}


def flat_span(call: Call, at: int) -> dict[str, Any]:
    return {"span_id": f"{at:016x}", "start_time": call.iso, "attributes": attributes(call)}


def legacy_span(call: Call) -> dict[str, Any]:
    """OpenLLMetry before the conventions, which had prompts in attributes of their own."""
    return {
        "timestamp": call.iso, "gen_ai.system": call.seller, "gen_ai.response.model": call.model,
        "gen_ai.usage.prompt_tokens": call.prompt, "gen_ai.usage.completion_tokens": call.output,
        "gen_ai.usage.cache_read_input_tokens": call.read, "gen_ai.usage.cache_creation_input_tokens": call.written,
        "gen_ai.prompt.0.content": PROMPT,
    }  # fmt: skip


def openrouter(calls: Sequence[Call]) -> dict[str, Any]:
    """https://openrouter.ai/docs/api-reference/analytics/get-activity."""
    data = [
        {
            "date": datetime.fromtimestamp(start, UTC).strftime("%Y-%m-%d"), "model": f"openai/{model}",
            "model_permaslug": f"openai/{model}", "endpoint_id": "550e8400-e29b-41d4-a716-446655440000",
            "provider_name": "OpenAI", "usage": 0.0125, "byok_usage_inference": 0, "requests": len(same),
            "prompt_tokens": total(same, "prompt"), "completion_tokens": total(same, "output"),
            "reasoning_tokens": total(same, "thought"), "cached_tokens": total(same, "read"),
        }
        for start, model, same in buckets(calls, 86_400)
    ]  # fmt: skip
    return {"data": data}


def deepseek(calls: Sequence[Call]) -> str:
    """amount-YYYY-M.csv of the platform."""
    rows = []
    for start, model, same in buckets(calls, 3_600):
        amounts = {
            "input_cache_miss_tokens": total(same, "input"), "input_cache_hit_tokens": total(same, "read"),
            "output_tokens": total(same, "output"), "request_count": len(same),
        }  # fmt: skip
        for kind, amount in amounts.items():
            begins = datetime.fromtimestamp(start, UTC).isoformat()
            rows.append(
                {
                    "user_id": "u1", "start_time_iso": begins,
                    "end_time_iso": datetime.fromtimestamp(start + 3_600, UTC).isoformat(), "model": model,
                    "api_key_name": "prod", "api_key": KEY, "type": kind, "price": "0.00000028", "amount": amount,
                }
            )  # fmt: skip
    return "\ufeff" + table(rows, end="\r\n")


def session_line(call: Call, at: int, **more: object) -> dict[str, Any]:
    return {
        "parentUuid": None, "isSidechain": False, "cwd": "/home/ann/shop", "sessionId": f"s-{call.team}",
        "version": "2.0.1", "type": "assistant", "uuid": f"u{at}", "requestId": f"req_{at}",
        "message": message(call, at), "timestamp": call.iso, **more,
    }  # fmt: skip


def claude_code(calls: Sequence[Call]) -> tuple[list[Any], list[Any]]:
    """~/.claude/projects: a session, and a side chain that replays its parent under a new request id."""
    session: list[Any] = [
        {"type": "summary", "summary": PROMPT, "leafUuid": "u0"},
        {"parentUuid": None, "sessionId": "s", "type": "user", "message": {"role": "user", "content": PROMPT},
         "uuid": "u", "timestamp": "2026-11-02T00:00:00Z"},
    ]  # fmt: skip
    for at, call in enumerate(calls):
        if at == 0:  # streamed: the first lines have a part of the output alone
            session.append(session_line(call._replace(output=1), at))
        session.append(session_line(call, at))
    session.append({**session_line(calls[0], 77), "message": {**message(calls[0], 77), "model": "<synthetic>"}})
    replayed = [session_line(calls[1], 1, isSidechain=True, requestId="req_side", sessionId="s-side")]
    return session, replayed


def helicone(call: Call, at: int, *, inside: bool) -> dict[str, Any]:
    """HQL: request_response_rmt."""
    return {
        "request_id": f"h{at}", "request_created_at": datetime.fromtimestamp(call.at, UTC).strftime("%Y-%m-%d %H:%M:%S"),
        "request_model": call.model, "provider": call.seller.upper(), "status": 200, "user_id": call.user,
        "cost": 12_500_000, "prompt_tokens": call.prompt if inside else call.input,
        "completion_tokens": call.output, "prompt_cache_read_tokens": call.read,
        "prompt_cache_write_tokens": call.written, "cache_reference_id": "00000000-0000-0000-0000-000000000000",
        "properties": {"Team": call.team}, "request_body": PROMPT, "response_body": PROMPT, "proxy_key_id": KEY,
    }  # fmt: skip


def focus(calls: Sequence[Call]) -> str:
    """FOCUS 1.4, one row a meter, with rows of a bill that are no tokens."""
    shared = {"BillingAccountId": "estimate", "ChargeCategory": "Usage", "ServiceSubcategory": "Generative AI"}
    rows: list[dict[str, Any]] = [
        {**shared, "ServiceCategory": "Compute", "ChargePeriodStart": "2026-11-02T00:00:00Z", "ConsumedUnit": "Hours",
         "ConsumedQuantity": 5, "BilledCost": 9, "x_Model": "", "x_Meter": "", "x_Requests": ""},
        {**shared, "ServiceCategory": "AI and Machine Learning", "ChargePeriodStart": "2026-11-02T00:00:00Z",
         "ConsumedUnit": "Person-Months", "ConsumedQuantity": 0.5, "BilledCost": 6_000, "x_Model": "m",
         "x_Meter": "people", "x_Requests": ""},
    ]  # fmt: skip
    names = {
        "input": "input",
        "read": "cache_read",
        "write": "cache_write",
        "write_1h": "cache_write_1h",
        "output": "output",
    }
    for start, model, same in buckets(calls, 86_400):
        begins = datetime.fromtimestamp(start, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        for name, meter in names.items():
            if total(same, name):
                rows.append(
                    {**shared, "ServiceCategory": "AI and Machine Learning", "ChargePeriodStart": begins,
                     "ConsumedUnit": "Tokens", "ConsumedQuantity": total(same, name), "BilledCost": 0.0025,
                     "x_Model": model, "x_Meter": meter, "x_Requests": len(same)}
                )  # fmt: skip
    return table(rows)


def own(calls: Sequence[Call]) -> str:
    rows = [
        {
            "at": call.iso, "model": call.model, "input": call.input, "cache_read": call.read,
            "cache_write": call.write, "cache_write_1h": call.write_1h, "output": call.output - call.thought,
            "reasoning": call.thought, "team": call.team, "cost_usd": "0.0125", "prompt": PROMPT, "key": KEY,
        }
        for call in calls
    ]  # fmt: skip
    return table(rows)


def table(rows: Sequence[dict[str, Any]], end: str = "\n") -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(rows[0]), lineterminator=end)
    writer.writeheader()
    writer.writerows(
        {name: json.dumps(cell) if isinstance(cell, dict | list) else cell for name, cell in row.items()}
        for row in rows
    )
    return text.getvalue()


def lines(records: Iterable[Any]) -> str:
    return "".join(json.dumps(record) + "\n" for record in records)


def files() -> dict[str, str]:
    """Every sample, by its path below the samples."""
    reads = tuple(call for call in CALLS if call.model == READS)
    writes = tuple(call for call in CALLS if call.model == WRITES)
    five_minutes = tuple(call._replace(write=call.written, write_1h=0) for call in CALLS)
    session, replayed = claude_code(CALLS)
    spends = [spend(call, at) for at, call in enumerate(CALLS)]
    hit = {**spend(CALLS[0], 90), "cache_hit": "True", "spend": 0}
    failed = {**spend(CALLS[0], 91), "status": "failure", "prompt_tokens": 0, "completion_tokens": 0, "spend": 0}
    observations = [span_of_trace(0), *(observation(call, at) for at, call in enumerate(CALLS))]
    return {
        "openai/chat.jsonl": lines(chat(call, at) for at, call in enumerate(CALLS)),
        "openai/responses.json": json.dumps([response(call, at) for at, call in enumerate(CALLS)], indent=1),
        "openai/batch.jsonl": lines(batch_line(call, at) for at, call in enumerate(CALLS)),
        "openai/usage.json": json.dumps(openai_page(CALLS), indent=1),
        "openai/completions_usage_2026-11-02_2026-11-03.csv": openai_dashboard(CALLS),
        "anthropic/messages.jsonl": lines(message(call, at) for at, call in enumerate(CALLS)),
        "anthropic/usage_report.json": json.dumps(anthropic_report(CALLS), indent=1),
        "anthropic/console.csv": anthropic_console(CALLS),
        "litellm/spend.csv": table([*spends, hit, failed]),
        "litellm/spend.jsonl": lines([*spends, hit, failed]),
        "langfuse/observations.csv": table(observations),
        "langfuse/observations.jsonl": lines(observations),
        "otel/otlp.json": json.dumps(otlp(CALLS)),
        "otel/spans.jsonl": lines(flat_span(call, at) for at, call in enumerate(CALLS)),
        "otel/legacy.csv": table([legacy_span(call) for call in CALLS]),
        "openrouter/activity.json": json.dumps(openrouter(reads), indent=1),
        "deepseek/amount-2026-11.csv": deepseek(reads),
        "claude-code/projects/-home-ann-shop/s.jsonl": lines(session),
        "claude-code/projects/-home-ann-shop/side.jsonl": lines(replayed),
        "helicone/inside.jsonl": lines(helicone(call, at, inside=True) for at, call in enumerate(five_minutes)),
        "helicone/beside.csv": table([helicone(call, at, inside=False) for at, call in enumerate(five_minutes)]),
        "focus/focus.csv": focus((*reads, *writes)),
        "csv/calls.csv": own(CALLS),
    }


def write() -> None:
    shutil.rmtree(SAMPLES, ignore_errors=True)
    for name, text in files().items():
        path = SAMPLES / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")


if __name__ == "__main__":
    write()
