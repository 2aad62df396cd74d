"""The emitted JSON Schema and the loader say the same of good and bad files."""

from __future__ import annotations

import json
import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from catalog.test_hardware import GPU, MEASURED, MODEL, SCORE
from catalog.test_plans import PLAN
from hypothesis import given
from hypothesis import strategies as st

from costcalc import InputError, load_catalog
from costcalc.catalog.forms.assumptions import AssumptionsFile
from costcalc.catalog.forms.contracts import ContractsFile
from costcalc.catalog.forms.diagnose import validated
from costcalc.catalog.forms.entry import Entry
from costcalc.catalog.forms.hardware import GpuFile, MeasurementsFile
from costcalc.catalog.forms.json_schema import schema_of
from costcalc.catalog.forms.open_models import OpenModelFile
from costcalc.catalog.forms.options import OptionsFile
from costcalc.catalog.forms.plans import PlansFile
from costcalc.catalog.forms.quality import EvaluationsFile, QualityFile
from costcalc.catalog.forms.schema import ApiFile, Source
from costcalc.catalog.forms.tokens import TokensFile
from costcalc.files import parse_yaml, read_document
from costcalc.findings import Document
from costcalc.scenario import Scenario, project_schema

ROOT = Path(__file__).parents[2]
FORMS: dict[str, type[Entry]] = {
    "api": ApiFile,
    "models": OpenModelFile,
    "gpus": GpuFile,
    "plans": PlansFile,
    "options": OptionsFile,
    "assumptions": AssumptionsFile,
    "quality": QualityFile,
    "measurements": MeasurementsFile,
    "contracts": ContractsFile,
    "evaluations": EvaluationsFile,
    "tokens": TokensFile,
}
SHIPPED = sorted((ROOT / "pricing").glob("**/*.yaml"))


def form_of(path: Path) -> str:
    return path.parent.name if path.parent.name in FORMS else path.stem


def for_json(value: Any) -> Any:  # noqa: ANN401
    """Give plain data as an editor sees it: its numbers are floats."""
    return json.loads(json.dumps(value, default=float))


def schema_accepts(schema: dict[str, Any], data: object) -> bool:
    return bool(jsonschema.Draft7Validator(schema).is_valid(for_json(data)))


def loader_accepts(form: type[Entry], text: str) -> bool:
    try:
        validated(form, parse_yaml(Document("x.yaml", text)))
    except InputError:
        return False
    return True


@pytest.mark.no_cover  # a table of what other tests cover
@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_shipped_file_names_its_schema_and_meets_it(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    head, _, rest = text.partition("\n")
    declared = path.parent / head.removeprefix("# yaml-language-server: $schema=")
    assert declared.resolve() == ROOT / "pricing" / "schema" / f"{form_of(path)}.json"
    assert "yaml-language-server" not in rest
    data = parse_yaml(read_document(path)).plain()
    jsonschema.Draft7Validator(json.loads(declared.read_text())).validate(for_json(data))


@pytest.mark.parametrize("kind", [*FORMS, "costcalc"])
def test_the_schema_files_are_up_to_date_and_draft_07(kind: str) -> None:
    schema = schema_of(FORMS[kind]) if kind in FORMS else project_schema()
    jsonschema.Draft7Validator.check_schema(schema)
    assert json.loads((ROOT / "pricing" / "schema" / f"{kind}.json").read_text()) == schema
    text = json.dumps(schema)
    assert schema["$schema"] == "http://json-schema.org/draft-07/schema#"
    assert not [keyword for keyword in ("$defs", "prefixItems", "dependentSchemas", "unevaluated") if keyword in text]


GOOD_PRICE = "effective: 2026-01-01, usd_per_mtok: {input: 1.00}, source: {url: https://x.example, checked: 2026-01-01}"
GOOD = f"provider: x\nmodels: {{m: {{prices: [{{{GOOD_PRICE}}}]}}}}"
EDITS = [
    ("input: 1.00", "input: -1"),
    ("input: 1.00", "input: NO"),
    ("input: 1.00", "input: '$3'"),
    ("input: 1.00", "input: true"),
    ("input: 1.00", "input: 12:30"),
    ("input: 1.00", "inptu: 1.00"),
    ("{input: 1.00}", "{}"),
    ("effective: 2026-01-01, ", ""),
    ("effective: 2026-01-01", "effective: soon"),
    ("effective: 2026-01-01", "effective: 20260101"),
    ("checked: 2026-01-01", "checked: today"),
    ("https://x.example", "x.example"),
    ("https://x.example", "5"),
    ("provider: x", "provider: 4.10"),
    ("provider: x", "provider: ''"),
    ("provider: x\n", ""),
    ("models: {", "note: 7\nmodels: {"),
    ("[{", "[7, {"),
    (f"[{{{GOOD_PRICE}}}]", "[]"),
    (f"[{{{GOOD_PRICE}}}]", "7"),
    (f"{{prices: [{{{GOOD_PRICE}}}]}}", "7"),
    ("source:", "when: 7, source:"),
    ("source:", "when: [{region: 5, multiply: 2}], source:"),
    ("source:", "when: [{region: eu, multiply: 0}], source:"),
    ("source:", "when: [{region: eu, multiply: {outptu: 2}}], source:"),
    ("source:", "when: [{region: eu, multiply: {output: 0}}], source:"),
    ("source:", "when: [{utc: 12:30, multiply: 2}], source:"),
    ("source:", "when: [{utc: [], multiply: 2}], source:"),
    ("source:", "when: [{weekdays: [mondy], multiply: 2}], source:"),
    ("source:", "when: [{prompt_tokens_above: 1.5, multiply: 2}], source:"),
    ("source:", "when: [{processing: bacth, multiply: 2}], source:"),
    ("source:", "billed_as: {cache_write: inptu}, source:"),
    ("source:", "when: [{region: eu}], source:"),
    ("source:", "when: [{multiply: 2}], source:"),
    ("source:", "when: [{prompt_tokens_above: 1, prompt_tokens_from: 1, multiply: 2}], source:"),
    ("usd_per_mtok: {input: 1.00}, ", ""),
    ("url: https://x.example, ", ""),
    ("prices:", "retired: 2026-01-01, prices:"),
    ("prices:", "last_listed: 2026-01-01, prices:"),
]
HARMLESS = [
    ("input: 1.00", "input: 1e-6, output: 1_000"),
    ("source:", "when: [{region: eu, multiply: {input: 2}}, {utc: ['01:00-04:00'], multiply: 2}], source:"),
    ("source:", "when: [{utc: 22:00-24:00, weekdays: [mon], usd_per_thousand: {request: 1}}], source:"),
    ("source:", "note: n, billed_as: {cache_write: input}, source:"),
    ("url: https://x.example", "title: A price page"),
]


@pytest.mark.parametrize(("old", "new"), EDITS)
def test_both_refuse_a_bad_file(old: str, new: str) -> None:
    assert old in GOOD
    text = GOOD.replace(old, new, 1)
    assert not loader_accepts(ApiFile, text)
    assert not schema_accepts(schema_of(ApiFile), parse_yaml(Document("x.yaml", text)).plain())


def test_nothing_is_seen_after_it_was_checked() -> None:
    """A JSON Schema cannot compare two days."""
    day = re.search(r"checked: (\d{4}-\d\d-\d\d)", GOOD)
    assert day is not None
    assert loader_accepts(ApiFile, GOOD.replace("checked:", f"seen: {day[1]}, checked:", 1))
    assert not loader_accepts(ApiFile, GOOD.replace("checked:", "seen: 2999-01-01, checked:", 1))


@pytest.mark.parametrize(("old", "new"), [("provider: x", "provider: x"), *HARMLESS])
def test_both_accept_a_good_file(old: str, new: str) -> None:
    text = GOOD.replace(old, new, 1)
    assert loader_accepts(ApiFile, text)
    assert schema_accepts(schema_of(ApiFile), parse_yaml(Document("x.yaml", text)).plain())


@pytest.mark.parametrize(
    ("kind", "text", "good"),
    [
        ("options", "options: {a: {kind: api, model: m}}", True),
        ("options", "options: {a: {kind: apii, model: m}}", False),
        ("options", "options: {a: {kind: api}}", False),
        ("options", "options: {a: {kind: api, model: m, side: buy}}", False),
        ("options", "options: {}\nheadline: a", False),
        ("assumptions", "assumptions: {a: {value: 1, low: 0, high: 2, unit: x, basis: judgement}}", True),
        ("assumptions", "assumptions: {a: {value: 1, low: 0, high: 2, unit: x, basis: gut}}", False),
        ("assumptions", "assumptions: {a: {value: 1, low: 0, unit: x, basis: judgement}}", False),
        (
            "contracts",
            "contracts: {a: {discount: 0.1, effective: 2026-01-01, source: {title: t, checked: 2026-01-01}}}",
            True,
        ),
        (
            "contracts",
            "contracts: {a: {discount: 10, effective: 2026-01-01, source: {title: t, checked: 2026-01-01}}}",
            False,
        ),
        ("options", "options: {a: {kind: self_host, model: m, gpu: g}}", True),
        ("options", "options: {a: {kind: self_host, tokens_per_s: 5, usd_per_gpu_hour: 1, spares: 0}}", True),
        ("options", "options: {a: {kind: self_host, model: m, gpu: g, spares: -1}}", False),
        ("options", "options: {a: {kind: self_host, model: m, gpu: g, headroom: 0}}", False),
        ("options", "options: {a: {kind: self_host, model: m, gpu: g, tenure: owned}}", False),
        ("options", "options: {a: {kind: self_host, model: m, gpu: g, weights: fp9}}", False),
        ("options", "options: {a: {kind: self_host, model: m, gpu: g, gpus: 1.5}}", False),
        ("options", "options: {a: {kind: plan, plan: p/q, model: m, allowance: 1M to 2M, limit: overage}}", True),
        ("options", "options: {a: {kind: plan, plan: p/q, seats: 1.5}}", False),
        ("options", "options: {a: {kind: blend, routes: [{option: a, share: 0.4}, {option: b}]}}", True),
        ("options", "options: {a: {kind: blend, routes: [{option: a, share: 4}]}}", False),
        ("options", "options: {a: {kind: blend, escalation: {first: a, then: b, rate: 0.1 to 0.2}}}", True),
        ("options", "options: {a: {kind: blend, escalation: {first: a}}}", False),
        ("plans", PLAN, True),
        ("plans", PLAN.replace("limit: hard", "limit: soft"), False),
        ("plans", PLAN.replace("usd_per_seat: 30", "usd_per_seat: -30"), False),
        ("plans", PLAN.replace("data_policy: unknown", "data_policy: no"), False),
        ("gpus", GPU, True),
        ("gpus", GPU.replace("reference: shop", "reference: shop\nnote: n"), True),
        ("gpus", GPU.replace("reference: shop\n", ""), False),
        ("gpus", GPU.replace("offer: on_demand", "offer: ondemand"), False),
        ("gpus", GPU.replace("memory_gb: 96", "memory_gb: 0"), False),
        ("gpus", GPU.replace("{bf16: 1000}", "{fp8: 1000}"), False),
        ("gpus", GPU.replace("trust: recalled\n", ""), False),
        ("gpus", GPU.replace("usd_per_gpu_hour: 3", "usd_per_hour: 3"), False),
        ("models", MODEL, True),
        ("models", MODEL.replace("layers: 4\n", "layers: 4.5\n"), False),
        ("models", MODEL.replace("kind: full", "kind: ful"), False),
        ("models", MODEL.replace("trust:", "released: soon\ntrust:"), False),
        ("models", MODEL.replace("hidden_size: 512\n", ""), False),
        ("quality", f"quality: {{M: [{SCORE}]}}", True),
        ("quality", f"quality: {{M: [{SCORE.replace('2026-08', '2026-8')}]}}", False),
        ("quality", f"quality: {{M: [{SCORE.replace('2026-08', '2026')}]}}", False),  # a number is no date
        ("quality", "quality: {M: 7}", False),
        ("measurements", MEASURED, True),
        ("measurements", MEASURED.replace("engine: vllm", "engine: 7"), False),
        ("measurements", MEASURED.replace("input_tokens: 1000", "input_tokens: 0"), False),
    ],
)
def test_the_other_files_agree_too(kind: str, text: str, good: bool) -> None:
    assert loader_accepts(FORMS[kind], text) is good
    assert schema_accepts(schema_of(FORMS[kind]), parse_yaml(Document("x.yaml", text)).plain()) is good


def test_a_project_file_may_say_parts_of_the_catalog() -> None:
    schema = project_schema()
    overlay = "api: {openai: {models: {gpt-5.2: {context_window: null, prices: [{effective: 2026-01-01, usd_per_mtok: {output: 9}}]}}}}"
    workloads = "workloads: {a: {requests: 1, shapes: [{output_tokens: 1}]}}"
    for text in (overlay, workloads, f"{overlay}\n{workloads}\nheadline: [a]\noptions: {{a: {{model: b}}}}"):
        assert schema_accepts(schema, parse_yaml(Document("x.yaml", text)).plain()), text
    for text in (overlay.replace("output: 9", "outptu: 9"), workloads.replace("requests", "request"), "headline: 7"):
        assert not schema_accepts(schema, parse_yaml(Document("x.yaml", text)).plain()), text
    assert loader_accepts(Scenario, workloads)


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("assumptions: {pue: 1.4}", True),
        ("assumptions: {pue: 1.2 to 1.6}", True),
        ("assumptions: {pue: {value: 1.3}}", True),
        ("assumptions: {pue: true}", False),
        ("gpus: {h100-sxm: {memory_gb: 94, purchase: null}}", True),
        ("gpus: {h100-sxm: {memory_gb: 94GB}}", False),
        ("models: {qwen3-32b: {context_window: null}}", True),
        ("models: {qwen3-32b: {attention: 7}}", False),
        ("options: {r1-distill-32b-h100: {tenure: own}}", True),
        ("options: {r1-distill-32b-h100: {tenure: owned}}", False),
        (f"quality: {{M: [{SCORE}]}}", True),
        ("quality: {M: 7}", False),
        (MEASURED, True),
        ("measurements: {a: {weights: fp9}}", False),
    ],
)
def test_a_project_file_may_change_what_one_runs_oneself(text: str, good: bool, tmp_path: Path) -> None:
    """An editor and the command line judge a project file alike."""
    assert schema_accepts(project_schema(), parse_yaml(Document("x.yaml", text)).plain()) is good
    path = tmp_path / "costcalc.yaml"
    path.write_text(text, encoding="utf-8")
    try:
        load_catalog(path)
    except InputError:
        assert not good
    else:
        assert good


NUMBERS = st.one_of(st.integers(-5, 10**7), st.decimals("-1", "100", places=3), st.text("0123456789.eNO-_", max_size=6))


@given(NUMBERS)
def test_any_price_is_judged_alike(price: int | Decimal | str) -> None:
    """Hand both the same scalar: whatever one takes for a price, the other does."""
    text = GOOD.replace("input: 1.00", f"input: {price}", 1)
    try:
        data = parse_yaml(Document("x.yaml", text)).plain()
    except InputError:
        return
    if isinstance(price, str) and "e" in price:  # the bound of 1e18 stands in the loader and not in every schema
        return
    assert loader_accepts(ApiFile, text) is schema_accepts(schema_of(ApiFile), data)


@pytest.mark.parametrize("form", [*FORMS.values(), Scenario], ids=lambda form: form.__name__)
def test_every_key_is_explained_to_an_editor(form: type[Entry]) -> None:
    schema = schema_of(form)
    for name, definition in [(form.__name__, schema), *schema["definitions"].items()]:
        unexplained = [key for key, value in definition["properties"].items() if not value.get("description")]
        assert unexplained == [], name
        assert "Args:" not in definition["description"]


@pytest.mark.parametrize(
    ("url", "site"),
    [
        ("https://user@Example.com:8080/pricing", "example.com"),
        ("http://example.com#today", "example.com"),
        ("https:///pricing", "https:///pricing"),  # it names no site
        (None, "a quote"),
    ],
)
def test_a_source_is_called_by_its_site_else_by_its_title(url: str | None, site: str) -> None:
    assert Source(url=url, title="a quote", checked=date(2026, 11, 1)).site == site
