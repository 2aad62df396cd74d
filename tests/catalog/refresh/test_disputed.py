"""The discrepancies that were decided: none is dead, and the script that holds the lists against ours reports those that are."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from costcalc import Catalog, load_catalog
from costcalc.catalog.forms.disputed import Disputed
from costcalc.catalog.layers.load import shipped_pricing
from costcalc.catalog.refresh.conditions import rates_of, stated
from costcalc.catalog.refresh.dated import in_force
from costcalc.catalog.refresh.disputed import disputed_in, disputed_rate
from costcalc.catalog.refresh.merge import FACTOR, merged

SCRIPT = Path(__file__).parents[3] / "benchmarks" / "differences.py"
DISPUTED = disputed_in(shipped_pricing(), "pricing")
LOOKED = max(entry.checked for entry in DISPUTED).isoformat()
GPT = {"litellm_provider": "openai", "input_cost_per_token": 2e-6, "output_cost_per_token": 8e-6}
SEARCH = {"search_context_size_low": 0.025, "search_context_size_medium": 0.025, "search_context_size_high": 0.025}


@pytest.fixture(scope="module")
def shipped() -> Catalog:
    return load_catalog()


def meters(rates: dict[str, Any]) -> set[str]:
    return {*rates_of(rates), *([FACTOR] if FACTOR in rates else [])}


@pytest.mark.parametrize("entry", DISPUTED, ids=lambda entry: f"{entry.model}-{'+'.join(entry.sources)}")
def test_a_disputed_rate_is_of_a_model_of_ours_and_not_ours(entry: Disputed, shipped: Catalog) -> None:
    provider, _, name = entry.model.partition("/")
    assert name in shipped.providers[provider].models
    base = in_force(shipped.entry(("api", provider, "models", name))["prices"], LOOKED)
    assert base is not None
    plain = entry.model_dump(exclude_none=True)
    rates = {key: plain[key] for key in ("usd_per_mtok", "usd_per_thousand", FACTOR) if key in plain}
    conditions = stated(plain)
    done = merged(base, {"when": [{**conditions, **rates}]} if conditions else rates)
    differ = {change.meter for change in done.changes} | {refused.meter for refused in done.refused}
    assert differ == meters(rates)  # what is ours is not disputed


def script() -> Callable[[list[str], date], int]:
    spec = importlib.util.spec_from_file_location("differences", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    main: Callable[[list[str], date], int] = module.main
    return main


@pytest.mark.parametrize(
    ("fields", "printed"),
    [
        ({"search_context_cost_per_query": SEARCH}, ""),  # 25 per thousand searches: in the list, with its reason
        ({"input_cost_per_token": 3e-6}, "input: ours 2.00, theirs 3.00"),
        # the list says something else than what was refused: it has to be looked at again
        ({"search_context_cost_per_query": dict.fromkeys(SEARCH, 0.03)}, "web_search: ours 10.00, theirs 30.00"),
        ({"input_cost_per_token": 2.0005e-6}, ""),  # a fortieth of a per cent: rounded
    ],
)
def test_the_script_prints_what_is_unexplained_and_what_is_explained_in_vain(
    fields: dict[str, Any], printed: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "litellm.json"
    path.write_text(json.dumps({"gpt-4.1": {**GPT, **fields}}), encoding="utf-8")
    assert script()([f"litellm={path}"], date(2026, 11, 27)) == 1  # later it is retired, and nothing is compared
    lines = [line for line in capsys.readouterr().out.splitlines() if "openai/gpt-4.1:" in line]
    in_vain = [line for line in lines if line.endswith("in pricing/disputed.yaml, and no difference any more")]
    assert [line.partition("openai/gpt-4.1: ")[2] for line in lines if line not in in_vain] == [
        *filter(None, [printed])
    ]
    says_25 = fields.get("search_context_cost_per_query") == SEARCH
    assert len(in_vain) == (0 if says_25 else 1)  # 25 per thousand searches is in the list; not said, it is dead


def test_a_tier_of_ours_differs_from_one_price_at_any_length(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "litellm.json"
    fields = {"litellm_provider": "openai", "input_cost_per_token": 2.5e-6, "output_cost_per_token": 15e-6}
    path.write_text(json.dumps({"gpt-5.4": fields}), encoding="utf-8")
    script()([f"litellm={path}"], date(2026, 11, 27))
    lines = [line for line in capsys.readouterr().out.splitlines() if "openai/gpt-5.4: " in line]
    # twice 2.50 of input and one and a half times 15.00 of output above 272,000 tokens
    assert [line.partition("above ")[2] for line in lines] == [
        "272,000: ours 5.00, theirs 2.50",
        "272,000: ours 22.50, theirs 15.00",
    ]


def test_an_entry_speaks_of_its_own_conditions_alone() -> None:
    plain = next(entry for entry in DISPUTED if entry.model == "mistral/ministral-8b-latest")
    assert disputed_rate(plain, {}, "input") == Decimal("0.10")
    assert disputed_rate(plain, {"processing": "batch"}, "input") is None
