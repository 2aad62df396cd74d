"""A small log for tests: rows of our own CSV, and the file that holds them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

MONDAY = int(datetime(2026, 11, 2, tzinfo=UTC).timestamp())  # a Monday, 00:00 UTC


class Call(NamedTuple):
    """One request of a log."""

    at_s: int
    prompt: int
    output: int
    cached: int = 0
    model: str = "gpt-5.4"
    team: str = "red"
    user: str = "ada@example.com"
    processing: str = ""
    service_tier: str = ""


def write_log(path: Path, calls: Iterable[Call]) -> str:
    """Write calls as CSV."""
    head = "timestamp,model,input_tokens,cached_tokens,output_tokens,team,user_id,processing,service_tier,prompt_text"
    rows = (
        f"{call.at_s},{call.model},{call.prompt},{call.cached},{call.output},{call.team},{call.user},"
        f"{call.processing},{call.service_tier},sk-planted-secret"
        for call in calls
    )
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return str(path)
