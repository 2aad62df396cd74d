"""What docs/reference/catalog.md says: a table of keys for every form of a catalog file and of a costcalc.yaml."""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from costcalc.catalog.forms.entry import Entry
from costcalc.catalog.forms.json_schema import Schema, schema_of
from costcalc.catalog.forms.kinds import FOLDERS, KINDS
from costcalc.catalog.forms.rates import ALL_TABLES, RateEntry
from costcalc.catalog.rules.vocabulary import FACTS
from costcalc.scenario import Scenario
from costcalc.workload import METERS

_HEAD = ["| Key | Value | Default | Means |", "|---|---|---|---|"]
_MOST_KEYS = 4  # a table with more of them, all alike, is a table by meter
_PROJECT = "costcalc.yaml"
_UNSHIPPED = {"measurements", "contracts", "evaluations"}
_LINKS = {  # what a table's keys are, where other pages list them
    frozenset(METERS): "[meter](../nomenclature.md#meters)",
    frozenset(FACTS): "[fact](rules.md#facts)",
}


def page() -> str:
    """Give the text of the page, below its heading."""
    files = {name: kind.form for name, kind in KINDS.items()} | {_PROJECT: Scenario}
    used: dict[str, list[str]] = {}
    for name, form in files.items():
        for part in schema_of(form)["definitions"]:
            used.setdefault(part, []).append(name)
    lines = ["| File | Holds |", "|---|---|"]
    lines += [f"| {_link(name)} | {words(schema_of(form)['description'])} |" for name, form in files.items()]
    for name, form in files.items():
        schema = schema_of(form)
        lines += ["", f"## {_title(name)}", "", *_form(form, schema), *(_layers() if name == _PROJECT else [])]
        for part in (part for part in schema["definitions"] if used[part] == [name]):
            lines += ["", f"### {part}", "", *_form(forms()[part], schema["definitions"][part])]
    lines += ["", "## Shared forms", "", "Forms that stand in several kinds of file."]
    for part in sorted(part for part, names in used.items() if len(names) > 1):
        schema = schema_of(files[used[part][0]])["definitions"][part]
        where = ", ".join(_link(name) for name in used[part])
        lines += ["", f"### {part}", "", f"In {where}.", "", *_form(forms()[part], schema)]
    price = schema_of(KINDS["api"].form)["definitions"]["DatedRates"]
    rows = [_row(name, price["properties"][name], None, "optional") for name in RateEntry.model_fields]
    return "\n".join([*lines, "", "### Rate tables", "", _RATES, "", *_HEAD, *rows])


_RATES = (
    "Each table states rates by [meter](../nomenclature.md#meters) in one unit. Prices in another currency than USD "
    "stand in the tables without `usd_`, beside `currency`."
)
_RATE_ROW = "| `usd_per_mtok`, … | [rate tables](#rate-tables) | optional | Rates by meter, each table in one unit. |"


def _layers() -> list[str]:
    """Write what a project file may lay over the catalog, and in which form."""
    kind_of = {key: kind.name for kind in KINDS.values() for key in kind.keys}
    rows = [f"| `{key}` | as in {_link(kind)} |" for key, kind in kind_of.items()]
    return ["", "Beside these, whatever it lays over the catalog:", "", "| Key | Value |", "|---|---|", *rows]


def forms() -> dict[str, type[Entry]]:
    """Find every form by the name that schemas give it."""
    return {form.__name__: form for form in _below(Entry)}


def _below(form: type[Entry]) -> Iterator[type[Entry]]:
    for child in form.__subclasses__():
        yield child
        yield from _below(child)


def _title(name: str) -> str:
    if name == _PROJECT:
        return _PROJECT
    path = f"{name}/" if name in FOLDERS else f"{name}.yaml"
    return path if name in _UNSHIPPED else f"pricing/{path}"


def _link(name: str) -> str:
    return f"[{_title(name)}](#{_anchor(_title(name))})"


def _anchor(title: str) -> str:
    """Make of a heading the anchor that GitHub makes of it."""
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


def _form(form: type[Entry], schema: Schema) -> list[str]:
    """Write what a form is, what it demands of several keys together, and a row for each key."""
    tables = issubclass(form, RateEntry) and form is not RateEntry
    keys = {name: value for name, value in schema["properties"].items() if not (tables and name in ALL_TABLES)}
    defaults = form.model_construct()
    rows = [
        _row(name, value, getattr(defaults, name), "required" if name in form.required() else "")
        for name, value in keys.items()
    ]
    if tables:
        rows.append(_RATE_ROW)
    demands = " ".join(_demands(schema))
    return [words(schema["description"]), "", *([demands, ""] if demands else []), *_HEAD, *rows]


def _row(name: str, schema: Schema, default: object, needed: str) -> str:
    shown = needed or _default(default)
    return f"| `{name}` | {_value(schema)} | {shown} | {words(schema.get('description', ''))} |"


def _default(value: object) -> str:
    if value is None or value in ((), {}):
        return "none"
    if isinstance(value, Entry):
        return "all defaults"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _demands(schema: Schema) -> Iterator[str]:
    """Say which keys need which others."""
    for several in (schema, *schema.get("allOf", ())):
        if names := _required(several.get("anyOf", ())):
            yield f"It needs {'at least one of ' if len(names) > 1 else ''}{_or(names)}."
        if names := _required(several.get("oneOf", ())):
            yield f"Exactly one of {_or(names)}."
    for pair in schema.get("not", {}).get("anyOf", ()):
        yield f"Not {' and '.join(f'`{key}`' for key in pair['required'])} together."
    for key, others in schema.get("dependencies", {}).items():
        yield f"`{key}` needs {_or(f'`{other}`' for other in others)}."

    if "if" in schema:
        (key,) = schema["if"]["required"]
        without = [f"`{name}`" for name in schema["else"]["required"]]
        beside = [f"`{name}`" for name in schema["then"]["properties"]]
        yield f"Without `{key}` it needs {', '.join(without)}; with it none of {', '.join(beside)} may stand there."


def _required(members: Iterable[Schema]) -> list[str]:
    """Name the keys of which some must be there; rate tables go by one name."""
    alternatives = [member.get("required", []) for member in members]
    named = [" with ".join(f"`{key}`" for key in keys) for keys in alternatives if keys and keys[0] not in ALL_TABLES]
    tables = any(keys and keys[0] in ALL_TABLES for keys in alternatives)
    return [*(["a [rate table](#rate-tables)"] if tables else []), *named]


def _or(names: Iterable[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} or {last}" if first else last


def _value(schema: Schema) -> str:
    """Say in words what a schema lets pass."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[-1]
        return f"[{name}](#{_anchor(name)})"
    members = [*schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("allOf", ())]
    if members:
        return _or(dict.fromkeys(_value(member) for member in members if member.get("type") != "null"))
    if "enum" in schema:
        is_meter = len(schema["enum"]) > _MOST_KEYS and set(METERS) >= set(schema["enum"])
        return _LINKS[frozenset(METERS)] if is_meter else _or(f"`{value}`" for value in schema["enum"])
    if "const" in schema:
        return f"`{schema['const']}`"
    return _PLAIN[schema["type"]](schema)


def _number(schema: Schema) -> str:
    kind = "whole number" if schema["type"] == "integer" else "number"
    if (schema.get("minimum"), schema.get("maximum")) == (0, 1):
        return "0 to 1"
    for key, sign in (("minimum", "≥"), ("exclusiveMinimum", ">")):
        if key in schema:
            return f"{kind} {sign} {schema[key]}"
    return kind


def _text(schema: Schema) -> str:
    pattern = schema.get("pattern", "")
    known = {r"^\S+ +to +\S+$": "`low to high`", "^https?://": "address", "^[A-Z]{3}$": "currency", r"\S": "text"}
    if schema.get("format") == "date":
        return "day"
    if pattern.startswith(r"^\d{4}(-"):
        return "year, month or day"
    if pattern.startswith("^([01]"):
        return 'hours, "07:00-17:00"'
    if pattern.startswith(r"^(\$|USD)"):
        return "`$500`"
    return "`5%`" if pattern.endswith("%$") else known.get(pattern, "text")


def _table(schema: Schema) -> str:
    if "patternProperties" in schema:
        (inside,) = schema["patternProperties"].values()
        return f"table of {_value(inside)} by currency"
    keys: dict[str, Any] = schema.get("properties", {})
    if not keys:
        return f"table of {_value(schema['additionalProperties'])}"
    for every, link in _LINKS.items():
        if keys.keys() <= every and (len(keys) > _MOST_KEYS or every == frozenset(FACTS)):
            values = {_value(value) for value in keys.values()}
            return f"table by {link}{f': {values.pop()}' if len(values) == 1 else ''}"
    inside = dict.fromkeys(_value(value) for value in keys.values())
    return f"table of {_or(f'`{key}`' for key in keys)}: {_or(inside)}"


def words(text: str) -> str:
    """Write code as Markdown has it, and keep what it would read in running text: a bar ends a cell, <…> is a tag."""
    parts = " ".join(text.replace("``", "`").split()).split("`")
    return "`".join(part if index % 2 else re.sub(r"([|<>])", r"\\\1", part) for index, part in enumerate(parts))


_PLAIN: dict[str, Callable[[Schema], str]] = {
    "array": lambda schema: f"list of {_value(schema['items'])}",
    "boolean": lambda _: "true or false",
    "integer": _number,
    "number": _number,
    "object": _table,
    "string": _text,
}
