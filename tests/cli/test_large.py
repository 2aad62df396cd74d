"""The largest amounts that the forms admit: every command and format shows them, to the last digit."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from conftest import Cli, Write

SHAPES = "shapes: [{input_tokens: 1_000, output_tokens: 1_000}]"
PRICES = (
    "api: {acme: {models: {m: {context_window: 200_000, prices: [{effective: 2026-01-01,"
    " usd_per_mtok: {input: AMOUNT, output: AMOUNT}, source: {title: t, checked: 2026-11-26}}]}}}}\n"
)
FILES = {  # a budget, the requests or a price is AMOUNT
    "budget": (
        f"workloads: {{w: {{requests: 1_000, option: gpt-5.2-api, {SHAPES}}}}}\n"
        "budgets: {b: {monthly_usd: AMOUNT, usd_per_mtok: AMOUNT, usd_per_request: AMOUNT}}\n"
    ),
    "requests": f"workloads: {{w: {{requests: AMOUNT, option: gpt-5.2-api, {SHAPES}}}}}\nbudgets: {{b: {{monthly_usd: 1}}}}\n",
    "price": f"{PRICES}workloads: {{w: {{requests: 1_000_000, option: acme/m, {SHAPES}}}}}\nbudgets: {{b: {{monthly_usd: 1}}}}\n",
}
SPENT = {
    "budget": Decimal("15.75"),  # 1 Mtok in × $1.75 + 1 Mtok out × $14
    "requests": Decimal("15.75") / 1_000,  # for each request
    "price": Decimal(2_000),  # 1,000 Mtok in and 1,000 out, for each $ per Mtok
}
OPTIONS = ("--workload", "costcalc.yaml", "--options", "gpt-5.2-api,gpt-5.4-api")
COMMANDS = (
    ("check",),
    ("diff", "costcalc.yaml", "other.yaml"),
    ("compare", "--workload", "costcalc.yaml", "--explain", "--notes"),
    ("project", *OPTIONS),
    ("breakeven", *OPTIONS, "--notes"),
    ("sensitivity", *OPTIONS, "--chart"),
)


MOST = {"budget": "1e15", "requests": "1e18", "price": "1e9"}  # as the forms bound them


@pytest.mark.no_cover  # a table of what other tests cover
@pytest.mark.parametrize(
    ("kind", "amount"),
    [
        *MOST.items(),
        ("budget", "999999999999999.99"),
        ("requests", "999999999999999999.99"),
        ("price", "999999999.99"),
    ],
)
def test_what_the_forms_admit_is_shown(kind: str, amount: str, cli: Cli, written: Write) -> None:
    text = f"as_of: 2026-11-27\n{FILES[kind].replace('AMOUNT', amount)}"
    written(text)
    written(text.replace("1_000", "2_000"), "other.yaml")
    for at, command in enumerate(COMMANDS):
        for form in ("text", ("csv", "markdown", "json")[at % 3]):
            run = cli(*command, "--format", form)
            assert run.status in {0, 1}, (command, form, run.err)
            assert run.out
    budget = json.loads(cli("check", "--format", "json").out, parse_float=Decimal, parse_int=Decimal)["result"][
        "budgets"
    ][0]
    times = 1 if kind == "budget" else Decimal(amount)
    assert budget["actual_usd"] == SPENT[kind] * times
