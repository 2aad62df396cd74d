"""From a failed validation to findings that name file, line, what was found and a near name."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar

from costcalc.catalog.forms.entry import Entry
from costcalc.catalog.forms.json_schema import keys_at
from costcalc.catalog.forms.scalars import found
from costcalc.errors import InputError
from costcalc.findings import Finding, Node, Place, did_you_mean
from costcalc.units import two_readings

if TYPE_CHECKING:
    from pydantic import ValidationError

_Form = TypeVar("_Form", bound=Entry)


def validated(form: type[_Form], tree: Node, *, name: str = "the file") -> _Form:
    """Check a tree against a form.

    Args:
        form: The form.
        tree: What was written.
        name: What to call the tree in a message about all of it.

    Raises:
        InputError: With every problem, each at its place.
    """
    from pydantic import ValidationError

    empty, own = dict(_unread(tree, ())), list(form.findings_in(tree))
    try:
        checked = form.model_validate(tree.plain())
    except ValidationError as error:
        found = [*findings_of(error, tree, form, name=name), *own]
        told = {finding.place for finding in found}
        found += [finding for place, finding in empty.items() if not told & {place, finding.place}]
        raise InputError(found) from None
    if empty or own:
        raise InputError((*own, *empty.values()))
    return checked


def _unread(node: Node, path: tuple[str | int, ...]) -> Iterator[tuple[Place, Finding]]:
    """Find keys and items without a value, and counts that may be read in two ways, by where they stand.

    A limit or a price that is left empty is a mistake, never "none". A layer takes a lower layer's key away in this
    manner; what it takes away is gone before a form sees it.
    """
    if node.value is None and path:
        shown = ".".join(map(str, path))
        message = f"{shown}: expected a value, found nothing; give one, or leave the key out"
        yield node.place, Finding("empty", "error", message, node.key or node.place)
    elif isinstance(node.value, Decimal) and _is_counted(path) and (asked := two_readings(f"{node.value:f}")):
        shown = ".".join(map(str, path))
        yield node.place, Finding("ambiguous", "error", f"{shown}: {asked}", node.place)
    children = enumerate(node.value) if isinstance(node.value, list) else node.items()
    for step, child in children:
        yield from _unread(child, (*path, step))


_COUNTED = re.compile(r"(.*_)?(requests|tokens|seats|conversations)|(monthly|commitment)_usd|warn|deny")
_WHOLE_USD = {"usd_per_gpu", "usd_per_month"}


def _is_counted(path: tuple[str | int, ...]) -> bool:
    """Say whether a number is of things or of whole dollars, not a price of one unit."""
    of_unit = any(str(step).startswith("usd_per") for step in path)
    return str(path[-1]) in _WHOLE_USD or bool(_COUNTED.fullmatch(str(path[-1])) and not of_unit)


def findings_of(error: "ValidationError", root: Node, form: type[Entry], *, name: str = "the file") -> list[Finding]:
    """Turn each of pydantic's complaints about a tree into a finding at its place."""
    problems = error.errors(include_url=False)
    # pydantic also calls a list too short when its items are wrong; that says nothing
    telling = [problem for problem in problems if problem["type"] != "too_short" or not problem["input"]]
    return [_finding(problem, root, form, name) for problem in telling]


def _finding(problem: Any, root: Node, form: type[Entry], name: str) -> Finding:  # noqa: ANN401  # pydantic's ErrorDetails
    location = tuple(step for step in problem["loc"] if step != "[key]")
    path = real_path(root, location)
    kind = problem["type"]
    if kind == "union_tag_invalid":
        path = (*path, "kind")
    node = root.nearest(path)
    shown = ".".join(str(step) for step in path) or name
    is_key = problem["loc"][-1:] == ("[key]",) and kind != "value_error"  # a check of keys says itself what is wrong
    if kind == "extra_forbidden" or is_key:
        return _unknown_key(str(location[-1]), root, path, form, name)
    place = node.key if kind == "missing" or isinstance(node.value, dict | list) else node.place
    if kind == "missing":
        missing = location[-1]
        return Finding("missing-key", "error", f"{shown}: missing key '{missing}'", place or node.place)
    message = _message(problem)
    return Finding("value", "error", f"{shown}: {message}", place or node.place, _near_value(problem))


def real_path(root: Node, location: tuple[str | int, ...]) -> tuple[str | int, ...]:
    """Drop what pydantic adds to a location (names of union members) and a last key that is absent."""
    path: list[str | int] = []
    node = root
    for step in location:
        child = node.child(step)
        if child is not None:
            path.append(step)
            node = child
    return tuple(path)


def _unknown_key(key: str, root: Node, path: tuple[str | int, ...], form: type[Entry], name: str) -> Finding:
    node = root.nearest(path)
    parent = path[:-1]
    kind = root.nearest(parent).child("kind")
    allowed = keys_at(form, parent, kind=kind.value if kind else None)
    shown = ".".join(str(step) for step in parent) or name
    message = f"{shown}: unknown key '{key}'; expected one of: {', '.join(allowed)}"
    return Finding("unknown-key", "error", message, node.key or node.place, did_you_mean(key, allowed))


def _message(problem: Any) -> str:  # noqa: ANN401
    context, value = problem.get("ctx", {}), problem.get("input")
    match problem["type"]:
        case "value_error":
            return str(context["error"])
        case "literal_error" | "union_tag_invalid":
            expected = context.get("expected") or context.get("expected_tags")
            return f"expected {expected}, found {found(context.get('tag', value))}"
        case "union_tag_not_found":
            return "missing key 'kind'"
        case "model_type" | "dict_type" | "model_attributes_type":
            return f"expected a mapping, found {found(value)}"
        case "too_short":
            return "expected at least one entry, found none"
        case _:
            return f"{problem['msg']}, found {found(value)}"


def _near_value(problem: Any) -> str | None:  # noqa: ANN401
    """Offer the nearest of the values that were expected, where there is a set of them."""
    context = problem.get("ctx", {})
    expected = str(context.get("expected") or context.get("expected_tags") or "")
    value = context.get("tag", problem.get("input"))
    if not expected or not isinstance(value, str):
        return None
    return did_you_mean(value, expected.replace("'", "").replace(" or ", ", ").split(", "))
