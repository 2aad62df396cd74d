"""Valid catalogs of any content, drawn from the forms' own schemas; what a form checks beyond its schema is mended."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from costcalc.catalog.forms.assumptions import AssumptionsFile
from costcalc.catalog.forms.capacity import MIG_PATTERN
from costcalc.catalog.forms.contracts import ContractsFile
from costcalc.catalog.forms.hardware import GpuFile
from costcalc.catalog.forms.json_schema import schema_of
from costcalc.catalog.forms.open_models import OpenModelFile
from costcalc.catalog.forms.options import OptionsFile
from costcalc.catalog.forms.plans import PlansFile
from costcalc.catalog.forms.rates import RATE_TABLES
from costcalc.catalog.forms.schema import ApiFile

Tree = dict[str, Any]
Draw = Callable[[st.SearchStrategy[Any]], Any]
NAMES = ["m-1", "017", "NO", "@cf/meta/x", "a: b", "ü 🦙", "12:30", "<<", "null", "1e6", "- x", "gpt-5.2"]
_ODD = st.characters(exclude_categories=["Cs"])
_TEXT = st.one_of(
    st.sampled_from(
        ["a b", "2026-01-01", "0.50", "true", "~", "it's", 'a "b"', "x\u2028y", "x\x85", "a #b", "x:", "*a"]
    ),
    st.text(_ODD, min_size=1, max_size=20).filter(lambda text: bool(text.strip())),
)
_DAY = st.dates(date(2020, 1, 1), date(2030, 12, 31)).map(date.isoformat)


def api_files() -> st.SearchStrategy[Tree]:
    """Draw what ``api`` holds: price lists of providers that costcalc does not ship."""
    return _some(_form(ApiFile, without=("provider",)), "zz ")


def catalogs() -> st.SearchStrategy[Tree]:
    """Draw a layer: price lists, subscriptions, GPUs, open models, assumptions, options and contracts."""
    return _catalogs()


@st.composite
def _catalogs(draw: Draw) -> Tree:
    tree: Tree = {
        "api": draw(api_files()),
        "plans": draw(_some(_form(PlansFile, without=("provider",)), "zz ")),
        "gpus": draw(_some(_form(GpuFile, without=("gpu",)), "zz ")),
        "models": draw(_some(_form(OpenModelFile, without=("model", "shape_of")), "zz ")),
        "assumptions": draw(_form(AssumptionsFile))["assumptions"],
        "contracts": draw(_form(ContractsFile))["contracts"],
        "options": draw(_form(OptionsFile))["options"],
    }
    _lead_somewhere(draw, tree)
    return {key: value for key, value in tree.items() if value}


def _lead_somewhere(draw: Draw, tree: Tree) -> None:
    """Let every name lead to what is drawn or shipped."""
    sold = [f"{provider}/{name}" for provider, file in tree["api"].items() for name in file["models"]]
    sold = [*sold, "openai/gpt-5.2"]
    plans = [f"{vendor}/{name}" for vendor, file in tree["plans"].items() for name in file["plans"]]
    for file in tree["plans"].values():
        for plan in file["plans"].values():
            plan.update({"overage": draw(st.sampled_from(sold))} if "overage" in plan else {})
    named = {"model": sold, "plan": [*plans, "openai/chatgpt-plus"]}
    tree["options"] = {f"o {name}": _option(draw, option, named) for name, option in tree["options"].items()}
    providers = dict(zip([*tree["api"], "openai"], tree["contracts"].values(), strict=False))
    for provider, contract in providers.items():
        models = list(tree["api"].get(provider, {"models": {"gpt-5.2": {}}})["models"])
        contract["models"] = dict(zip(models, contract.get("models", {}).values(), strict=False))
    tree["contracts"] = providers


def _option(draw: Draw, option: Tree, named: dict[str, list[str]]) -> Tree:
    if option["kind"] == "blend":
        return {
            "kind": "blend",
            "routes": [{"option": "gpt-5.2-api", "share": Decimal("0.25")}, {"option": "openai/gpt-5.4"}],
        }
    if option["kind"] == "self_host":
        figures = {
            key: value for key, value in option.items() if key in {"tenure", "weights", "headroom", "note", "source"}
        }
        return {
            **figures,
            "kind": "self_host",
            "model": "llama-3.1-8b",
            "gpu": "h100",
            "usd_per_gpu_hour": "2.0 to 4.0",
        }
    if "implies" in option:
        option["implies"]["gpu"] = "H100 SXM"
    return option | {key: draw(st.sampled_from(names)) for key, names in named.items() if key in option}


def _form(form: Any, *, without: tuple[str, ...] = ()) -> st.SearchStrategy[Any]:  # noqa: ANN401
    schema = schema_of(form)
    properties = {key: value for key, value in schema["properties"].items() if key not in without}
    required = [*schema.get("required", ()), *schema.get("else", {}).get("required", ())]
    return _object({**schema, "properties": properties, "required": required}, schema["definitions"], form.__name__)


def _some(entries: st.SearchStrategy[Any], prefix: str) -> st.SearchStrategy[Tree]:
    names = [
        f"{prefix}{name}".replace("/", "-") for name in NAMES
    ]  # no file is called so, and provider/model is cut there
    return st.dictionaries(st.sampled_from(names), entries, max_size=2)


def _value(schema: Tree, known: Tree, key: str = "") -> st.SearchStrategy[Any]:
    """Draw a value of a JSON Schema, as far as the forms use it."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[-1]
        return st.deferred(lambda: _object(known[name], known, name))
    members = [one for one in (*schema.get("anyOf", ()), *schema.get("oneOf", ())) if one.get("type") != "null"]
    if "allOf" in schema:
        drawn = _value(schema["allOf"][0], known, key)
    elif members and "properties" not in schema:
        drawn = st.one_of([_value(one, known, key) for one in members])
    elif "const" in schema or "enum" in schema:
        drawn = st.sampled_from([schema["const"]] if "const" in schema else schema["enum"])
    elif isinstance(schema["type"], list):  # a number, or a text that is read as one
        number = {**schema, "type": schema["type"][0]}
        drawn = st.one_of(_number(number), _string(schema)) if " +to +" in schema["pattern"] else _number(number)
    else:
        drawn = _TYPED[schema["type"]](schema, known, key)
    return drawn


def _array(schema: Tree, known: Tree, key: str) -> st.SearchStrategy[Any]:
    items = st.lists(_value(schema["items"], known), min_size=schema.get("minItems", 0), max_size=3)
    return items.map(_oldest_first) if key == "prices" else items


_TYPED: dict[str, Callable[[Tree, Tree, str], st.SearchStrategy[Any]]] = {
    "object": lambda schema, known, _: _object(schema, known, ""),
    "array": _array,
    "boolean": lambda *_: st.booleans(),
    "string": lambda schema, *_: _string(schema),
    "number": lambda schema, *_: _number(schema),
    "integer": lambda schema, *_: _number(schema),
}


def _string(schema: Tree) -> st.SearchStrategy[str]:
    pattern = schema.get("pattern", "")
    if schema.get("format") == "date":
        return _DAY
    if " +to +" in pattern:
        return st.just("0.25 to 0.5")
    if pattern == MIG_PATTERN:
        return st.sampled_from(["1g.10gb", "7g.80gb"])
    if pattern.startswith("^https"):
        return st.text("abc/?#:=&%-", max_size=20).map(lambda text: f"https://{text}")
    return st.just("01:00-04:00") if ":" in pattern else _TEXT


def _number(schema: Tree) -> st.SearchStrategy[Any]:
    least = schema.get("minimum", 0 if "exclusiveMinimum" in schema else -(10**6))
    most = schema.get("maximum", 10**6)
    whole = st.integers(1 if "exclusiveMinimum" in schema else least, schema.get("maximum", 10**18))
    if schema["type"] == "integer":
        return whole
    parts = st.decimals(least, most, places=9, allow_nan=False).map(lambda number: number.normalize())
    return whole | parts.filter(lambda number: number > 0 or "exclusiveMinimum" not in schema)


def _object(schema: Tree, known: Tree, name: str) -> st.SearchStrategy[Tree]:
    extra = schema.get("additionalProperties")
    if isinstance(extra, dict):
        least = schema.get("minProperties", 1)
        return st.dictionaries(st.sampled_from(NAMES), _value(extra, known), min_size=least, max_size=3)
    properties = schema.get("properties", {})
    fixed = {key: _value(properties[key], known, key) for key in schema.get("required", ()) if key in properties}
    free = {key: _value(one, known, key) for key, one in properties.items() if key not in fixed}
    drawn = st.fixed_dictionaries(fixed, optional=free)
    if schema.get("minProperties"):
        drawn = drawn.filter(bool)
    return drawn.map(_MENDED[name]) if name in _MENDED else drawn


def _oldest_first(prices: list[Tree]) -> list[Tree]:
    return sorted({price["effective"]: price for price in prices}.values(), key=lambda price: str(price["effective"]))


def _source(tree: Tree) -> Tree:
    if "seen" in tree:
        tree["seen"] = min(tree["seen"], tree["checked"])
    return tree if {"url", "title"} & set(tree) else tree | {"title": "a page"}


def _dated(tree: Tree) -> Tree:
    """State rates in USD, each meter once, and what is free once."""
    tree = _once({key: value for key, value in tree.items() if key != "currency"})
    for meter in tree.get("free_per_month") or {}:
        (tree.get("free_per_day") or {}).pop(meter, None)
    if not tree.get("free_per_day"):
        tree.pop("free_per_day", None)
    if "counted" in tree:  # its keys are meters
        tree["counted"] = {"input_duration": {"least": 10}}
    return tree if set(tree) & {*RATE_TABLES} else tree | {"usd_per_mtok": {"output": Decimal("1.50")}}


def _once(tree: Tree) -> Tree:
    tree = {key: value for key, value in tree.items() if not key.startswith("per_")}
    seen: set[str] = set()
    for table in RATE_TABLES:
        rates = {meter: usd for meter, usd in (tree.get(table) or {}).items() if meter not in seen}
        seen |= rates.keys()
        tree |= {table: rates} if rates else {}
        if not rates:
            tree.pop(table, None)
    return tree


def _price(tree: Tree) -> Tree:
    tree = _dated({key: value for key, value in tree.items() if key != "billed_as"})
    tree.setdefault("usd_per_mtok", {"output": Decimal("1.50")})
    if "cache_write" not in tree["usd_per_mtok"] and "input" in tree["usd_per_mtok"]:
        tree["billed_as"] = {"cache_write": "input"}
    for when in tree.get("when", ()):
        if isinstance(when.get("multiply"), dict):
            when["multiply"] = {"output": 2}
            tree["usd_per_mtok"].setdefault("output", 3)
    return tree


def _tools(tree: Tree) -> Tree:
    return tree | {"prices": tree["prices"][:1]}  # of several, each has a day of its own


def _when(tree: Tree) -> Tree:
    if "region" in tree:
        tree.pop("region_other_than", None)
    if "prompt_tokens_above" in tree:
        tree.pop("prompt_tokens_from", None)
    tree = _once(tree)
    if not set(tree) - {*RATE_TABLES, "multiply"}:
        tree["region"] = "eu"
    if not set(tree) & {*RATE_TABLES, "multiply"}:
        tree["multiply"] = Decimal("1.1")
    return tree


def _model(tree: Tree) -> Tree:
    tree.pop("superseded", None)  # it names another model of the same provider, and often only one is drawn
    for day in ("retired", "last_listed"):
        if day in tree:
            tree.setdefault(f"{day}_source", {"title": "a page", "checked": "2026-01-01"})
    return tree


def _interval(tree: Tree) -> Tree:
    key = "usd" if "usd" in tree else "value"
    tree |= dict(zip(("low", key, "high"), sorted((tree["low"], tree[key], tree["high"])), strict=True))
    return tree | ({"basis": "user"} if key == "value" and "source" not in tree else {})


def _assumption(tree: Tree) -> Tree:
    tree = _interval(tree)
    return tree | {"unit": "fall/year"} if tree["low"] < 0 else tree  # nothing else is below 0


def _attention(tree: Tree) -> Tree:
    of_kind = {
        "full": {"kv_heads": 8, "index_dim": 16},
        "sliding": {"kv_heads": 8, "window": 128},
        "latent": {},
        "compressed": {"tokens_per_entry": 4, "window": 128},
        "linear": {"state_dim": 64},
    }
    optional = {"kv_heads", "window", "tokens_per_entry", "index_dim", "state_dim"}
    kept = {key: value for key, value in tree.items() if key not in optional} | {"layers": 2}
    return {**kept, **of_kind[tree["kind"]]}


def _open_model(tree: Tree) -> Tree:
    tree |= {"layers": 2 * len(tree["attention"]), "experts": 8, "experts_per_token": 2}
    active, part, whole = sorted((tree["active_parameters_b"], tree["non_expert_parameters_b"], tree["parameters_b"]))
    return tree | {"active_parameters_b": active, "non_expert_parameters_b": part, "parameters_b": whole}


def _gpu(tree: Tree) -> Tree:
    if tree.get("rentals"):
        return tree | {"reference": next(iter(tree["rentals"]))}
    return {key: value for key, value in tree.items() if key not in {"rentals", "reference"}}


def _unit(tree: Tree) -> Tree:
    price, carried = tree.get("usd_per_hour", 1), tree.get("tokens_per_minute", 1_000)
    return {"usd_per_hour": price, "tokens_per_minute": carried, "weights": {"output": 4}}


def _provisioned(tree: Tree) -> Tree:
    left_out = {"size_for", "hours_per_month", "overflow"}
    units = {name.replace(".", "-"): unit for name, unit in tree["units"].items()}
    return {key: value for key, value in tree.items() if key not in left_out} | {"units": units}


def _contract(tree: Tree) -> Tree:
    return {key: value for key, value in tree.items() if key != "until"}


_MENDED: dict[str, Callable[[Tree], Tree]] = {
    "Source": _source,
    "Price": _price,
    "DatedRates": _dated,
    "ContractedModel": _dated,
    "CapacityUnit": _unit,
    "ProvisionedOption": _provisioned,
    "Tools": _tools,
    "When": _when,
    "Model": _model,
    "Assumption": _assumption,
    "Allowance": _interval,
    "PurchasePrice": _interval,
    "AttentionEntry": _attention,
    "OpenModelFile": _open_model,
    "GpuFile": _gpu,
    "Contract": _contract,
}
