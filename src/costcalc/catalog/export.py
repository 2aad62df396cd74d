"""The catalog as one YAML text that, laid over the shipped one, says the same again."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from costcalc.catalog.catalog import Catalog
from costcalc.catalog.edit.writing import as_block
from costcalc.catalog.forms.kinds import CATALOG_KEYS, FIELDS, FOLDERS
from costcalc.catalog.forms.open_models import SHAPE_KEYS
from costcalc.findings import Path


def exported(catalog: Catalog, shipped: Catalog, names: Sequence[str] = ()) -> str:
    """Write what the catalog says of some names, or of everything, all layers merged.

    A key that a layer has removed is written as ``null``, so that it is removed again.

    Args:
        catalog: The catalog in force.
        shipped: The shipped catalog alone, over which the text is to be laid.
        names: Models, GPUs, plans, options and assumptions; empty for the whole catalog.

    Raises:
        UnknownNameError: Nothing has one of the names.
    """
    paths = [catalog.thing(name).path for name in names] or list(_all(catalog))
    tree: dict[str, Any] = {}
    for path in dict.fromkeys(paths):
        value = _over(_at(shipped, path), _at(catalog, path))
        if value not in ({}, []):
            _put(tree, path, value)
        if path[0] in FOLDERS and path[1] not in getattr(shipped, FIELDS[str(path[0])]):
            _name(tree, catalog, path)
    lines = (line for key, part in tree.items() for line in _section(key, part))
    return "".join(f"{line}\n" for line in lines)


def _section(key: str, part: object) -> list[str]:
    return [f"{key}:", *as_block(part, 2)] if isinstance(part, dict) else as_block({key: part})


def _all(catalog: Catalog) -> Iterator[Path]:
    for key in CATALOG_KEYS:
        if key in FOLDERS:
            yield from ((key, entry) for entry in getattr(catalog, FIELDS[key]))
        else:
            yield (key,)


def _at(catalog: Catalog, path: Path) -> Any:  # noqa: ANN401  # plain YAML
    node = catalog.find(path)
    value = node.plain() if node is not None else None
    if isinstance(value, dict) and path[0] == "models" and "shape_of" in value:
        return {key: child for key, child in value.items() if key not in SHAPE_KEYS}  # that stands in another entry
    return value


def _over(below: Any, above: Any, key: str = "") -> Any:  # noqa: ANN401
    """Give what must be laid over one tree to get another; layers merge as `costcalc.catalog.layers.overrides` says."""
    if isinstance(below, dict) and isinstance(above, dict):
        gone = dict.fromkeys(name for name in below if name not in above)
        return {name: _over(below.get(name), child, name) for name, child in above.items()} | gone
    if key == "prices" and isinstance(below, list) and isinstance(above, list):
        days = {entry["effective"]: entry for entry in below}
        return [_over(days.get(entry["effective"]), entry) for entry in above]
    return above


def _put(tree: dict[str, Any], path: Path, value: object) -> None:
    for step in path[:-1]:
        tree = tree.setdefault(str(step), {})
    tree[str(path[-1])] = value


def _name(tree: dict[str, Any], catalog: Catalog, path: Path) -> None:
    """Say of an entry's file, which costcalc does not ship, what stands beside the entry."""
    whole: Mapping[str, Any] = _at(catalog, path[:2])
    for key, value in whole.items():
        if not isinstance(value, dict):
            tree[str(path[0])][str(path[1])].setdefault(key, value)
