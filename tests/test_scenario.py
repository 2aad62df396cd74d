"""Workloads of a costcalc.yaml: what they mean, and what is wrong with them."""

from __future__ import annotations

from fractions import Fraction

import pytest

from costcalc.errors import InputError, UnknownNameError
from costcalc.files import parse_yaml
from costcalc.findings import Document, Finding
from costcalc.scenario import Scenario, parse_scenario

CHAT = "requests: 100_000, shapes: [{input_tokens: 2_000, cached_share: 0.5, output_tokens: 300}]"


def parsed(text: str) -> Scenario:
    return parse_scenario(parse_yaml(Document("costcalc.yaml", text)))


def findings(text: str) -> list[str]:
    with pytest.raises(InputError) as caught:
        parsed(text)
    problems = [problem for problem in caught.value.problems if isinstance(problem, Finding)]
    return [f"{problem.place}: {problem.message}" for problem in problems]


def test_the_only_workload_needs_no_name() -> None:
    chat = parsed(f"workloads: {{chat: {{{CHAT}}}}}").workload(None)
    assert (chat.name, chat.requests, chat.input_tokens, chat.output_tokens) == (
        "chat",
        100_000,
        200_000_000,
        30_000_000,
    )
    assert chat.shapes[0].tokens == {"input": 1000, "cache_read": 1000, "output": 300}


def test_several_workloads_need_one() -> None:
    scenario = parsed(
        f"workloads: {{chat: {{{CHAT}}}, code: {{{CHAT}, batchable_share: 0.25, region: eu, service_tier: flex}}}}"
    )
    code = scenario.workload("code")
    assert (code.batchable_share, code.region, code.service_tier) == (Fraction(1, 4), "eu", "flex")
    with pytest.raises(UnknownNameError, match="several workloads; name one with #: chat, code"):
        scenario.workload(None)
    with pytest.raises(UnknownNameError, match=r"unknown workload 'cod'; it has chat, code; did you mean 'code'\?"):
        scenario.workload("cod")
    with pytest.raises(UnknownNameError, match=r"unknown workload 'zzz'; it has chat, code$"):
        scenario.workload("zzz")


def test_a_file_without_workloads_has_none() -> None:
    with pytest.raises(UnknownNameError, match="the file has no workloads"):
        parsed("as_of: 2026-11-22").workload(None)


def test_peak_hours_come_from_the_load() -> None:
    busy = parsed(f"workloads: {{a: {{{CHAT}, load: [{{utc: 00:00-12:00, weight: 3}}]}}}}").workload("a")
    assert sum(share for start, _, share in busy.load.segments if start % 1440 < 720) == Fraction(3, 4)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("as_of: soon", ["costcalc.yaml:1:8: as_of: expected a day such as 2026-11-22, found text 'soon'"]),
        ("workloads: {a: {requests: 0, shapes: [{output_tokens: 1}]}}", ["costcalc.yaml:1:27: workloads.a.requests: expected a number above 0, found 0"]),
        ("workloads: {a: {requests: 1, shapes: [{output_tokens: 0}]}}", ["costcalc.yaml:1:39: workloads.a.shapes.0: a request without tokens and without anything else costs nothing; give it a size"]),
        ("workloads: {a: {requests: 1e999999999, shapes: [{output_tokens: 1}]}}", ["costcalc.yaml:1:27: workloads.a.requests: expected a finite number, found .inf, or a number of more than 30 digits"]),
        ("workloads: {a: {requests: 1, shapes: []}}", ["costcalc.yaml:1:30: workloads.a.shapes: expected at least one entry, found none"]),
        ("workloads: {a: {requests: 1, shapes: [{output_tokens: 1}, {output_tokens: 1, share: 0.5}]}}", ["costcalc.yaml:1:13: workloads.a: 2 shapes, and 1 of them without a share; give each its own"]),
        ("workloads: {a: {requests: 1, shapes: [{output_tokens: 1, share: 0.4}, {output_tokens: 1, share: 0.5}]}}", ["costcalc.yaml:1:13: workloads.a: the shares of the shapes sum to 0.9; expected 1"]),
        ("workloads: {a: {requests: 1, shapes: [{output_tokens: 1, reasoning_tokens: 2}]}}", ["costcalc.yaml:1:39: workloads.a.shapes.0: invalid usage: reasoning 2 exceeds output_tokens 1, which contains it"]),
        ("workloads: {a: {requests: 1, shapes: [{output_tokens: 1, cached_share: 50}]}}", ["costcalc.yaml:1:72: workloads.a.shapes.0.cached_share: expected a share from 0 to 1, found 50"]),
        ("workloads: {a: {requests: 1, shapes: [{output_tokens: 1}], load: [{weight: 2}]}}", ["costcalc.yaml:1:67: workloads.a.load.0: a load entry needs weekdays or utc"]),
        ("workloads: {a: {requests: 1, shapes: [{output_tokens: 1}], load: [{utc: 00:00-24:00, weight: 0}]}}", ["costcalc.yaml:1:13: workloads.a: every hour of the load profile weighs 0: no request would ever come"]),
        ("workload: 1", ["costcalc.yaml:1:1: the file: unknown key 'workload'; expected one of: as_of, workloads, budgets, suppressions"]),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_workload(text: str, found: list[str]) -> None:
    assert findings(text) == found
