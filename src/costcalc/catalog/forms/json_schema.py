"""JSON Schema for editors, generated from the types; draft-07, which yaml-language-server reads."""

import re
from functools import cache
from typing import Any

from costcalc.catalog.forms.entry import Entry

Schema = dict[str, Any]
DRAFT = "http://json-schema.org/draft-07/schema#"


def schema_of(form: type[Any]) -> Schema:
    """Give the draft-07 schema of a form, or of a document's pydantic model.

    Draft-07 ignores whatever stands beside a ``$ref`` and calls ``$defs`` ``definitions``; titles
    generated from field names say nothing and are left out.
    """
    key: Any = form  # mypy takes no class for hashable
    return _schema_of(key)


@cache
def _schema_of(form: Any) -> Schema:  # noqa: ANN401
    raw = form.model_json_schema(mode="validation", ref_template="#/definitions/{model}")
    definitions = raw.pop("$defs", {})
    tidied = {name: _described(_tidy(value)) for name, value in sorted(definitions.items())}
    return {"$schema": DRAFT, **_described(_tidy(raw)), "definitions": tidied}


def _tidy(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, list):
        return [_tidy(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "$ref" in value:
        return {"$ref": value["$ref"]}
    dropped = {"discriminator", "default"} | ({"title"} if isinstance(value.get("title"), str) else set())
    return {key: _tidy(child) for key, child in value.items() if key not in dropped}


def _described(schema: Schema) -> Schema:
    """Move what a docstring says of each argument to that property, where an editor shows it."""
    summary, _, args = schema.get("description", "").partition("\n\nArgs:\n")
    said = dict(re.findall(r"^    (\w+): (.*(?:\n {8}.*)*)", args, re.MULTILINE))
    properties = dict(schema.get("properties", {}))
    for name, text in said.items():
        alone = {"allOf": [properties[name]]} if "$ref" in properties[name] else properties[name]
        properties[name] = {**alone, "description": " ".join(text.split())}
    return {**schema, "description": " ".join(summary.split()), **({"properties": properties} if properties else {})}


def overlay_properties(forms: dict[str, type[Entry]]) -> tuple[Schema, Schema]:
    """Give what a layer may say of forms: the same keys, none of them required, ``null`` to remove one.

    Args:
        forms: The forms by the name of the definition that their overlay gets.

    Returns:
        The overlays' schemas by that name, and the definitions that they refer to.
    """
    overlays: Schema = {}
    definitions: Schema = {}
    for name, form in forms.items():
        schema = schema_of(form)
        overlays[name] = _loosened(schema)
        definitions |= {f"Overlay{key}": _loosened(value) for key, value in schema.get("definitions", {}).items()}
    return overlays, definitions


_DEMANDS = {"$schema", "definitions", "dependencies", "else", "if", "minProperties", "not", "required", "then"}


def _loosened(value: Any) -> Any:  # noqa: ANN401
    """Copy a schema without what it demands; one of several forms becomes any of them."""
    if isinstance(value, list):
        return [_loosened(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "$ref" in value:
        return {"$ref": value["$ref"].replace("#/definitions/", "#/definitions/Overlay")}
    kept = {"anyOf" if key == "oneOf" else key: child for key, child in value.items() if key not in _DEMANDS}
    for key in ("anyOf", "allOf"):
        kept[key] = [member for member in kept.get(key, ()) if not _demands(member)]
        if not kept[key]:
            del kept[key]
    loose = {key: _loosened(child) for key, child in kept.items() if key != "properties"}
    if "properties" in kept:
        nullable = {key: {"anyOf": [_loosened(child), {"type": "null"}]} for key, child in kept["properties"].items()}
        loose["properties"] = nullable
    return loose


def _demands(member: Schema) -> bool:
    """Say whether a member of a union only lists what must be there."""
    return set(member) == {"required"} or ("anyOf" in member and all(_demands(inner) for inner in member["anyOf"]))


def keys_at(form: type[Entry], path: tuple[str | int, ...], *, kind: object = None) -> tuple[str, ...]:
    """Name the keys that a form allows at a path (of that ``kind``, where forms differ by it), for messages.

    Example:
        >>> from costcalc.catalog.forms.schema import ApiFile
        >>> keys_at(ApiFile, ("models", "gpt-5.2", "prices", 0, "source"))
        ('url', 'title', 'checked', 'seen')
    """
    root = schema_of(form)
    nodes = _resolve(root, root)
    for step in path:
        nodes = [found for node in nodes for child in _children(node, step) for found in _resolve(child, root)]
    tables = [node.get("properties", {}) for node in nodes]
    return tuple(dict.fromkeys(key for table in tables if _is_kind(table, kind) for key in table))


def _is_kind(properties: Schema, kind: object) -> bool:
    const = properties.get("kind", {}).get("const")
    return kind is None or const is None or const == kind


def _children(node: Schema, step: str | int) -> list[Schema]:
    if isinstance(step, int):
        return [node["items"]] if "items" in node else []
    if step in node.get("properties", {}):
        return [node["properties"][step]]
    extra = node.get("additionalProperties")
    return [extra] if isinstance(extra, dict) else []


def _resolve(node: Schema, root: Schema) -> list[Schema]:
    """Follow references and open unions: every schema that a value here may have to meet."""
    if "$ref" in node:
        return _resolve(root["definitions"][node["$ref"].rsplit("/", 1)[-1]], root)
    members = [*node.get("anyOf", ()), *node.get("oneOf", ()), *node.get("allOf", ())]
    return [node, *(found for member in members for found in _resolve(member, root))]
