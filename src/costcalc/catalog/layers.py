"""The layers of the catalog and their files, each layer read into one tree of placed values."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, TypeVar

from costcalc.errors import InputError, Problem
from costcalc.files import parse_yaml, read_document
from costcalc.findings import Document, Finding, Node, did_you_mean

PROJECT_FILE = "costcalc.yaml"
FILE_KEYS = {
    "options.yaml": ("options", "headline"),
    "assumptions.yaml": ("assumptions",),
    "contracts.yaml": ("contracts",),
}
CATALOG_KEYS = ("api", "options", "headline", "assumptions", "contracts")
PROJECT_KEYS = ("as_of", "workloads")  # what a costcalc.yaml says beside the catalog: costcalc.scenario

_Result = TypeVar("_Result")


class Layer(NamedTuple):
    """One place that catalog values come from: a directory like ``pricing/``, or one YAML file."""

    name: str
    path: Path
    shown: str


class LayerTree(NamedTuple):
    """A layer as one tree.

    Args:
        keys: The catalog's keys (``api``, ``options``, …) that the layer holds.
        documents: Every document read, for the digest.
        rest: What else a project file holds: workloads and the like.
    """

    keys: dict[str, Node]
    documents: tuple[Document, ...]
    rest: Node | None = None


@dataclass
class Problems:
    """What went wrong so far: every problem of a run is reported at once, not only the first."""

    found: list[Problem] = field(default_factory=list)

    def attempt(self, step: Callable[[], _Result]) -> _Result | None:
        """Run a step; keep its problems and go on without its result."""
        try:
            return step()
        except InputError as error:
            self.found += error.problems
            return None

    def stop_if_any(self) -> None:
        """End here if anything went wrong.

        Raises:
            InputError: With all of it.
        """
        if self.found:
            raise InputError(tuple(dict.fromkeys(self.found)))


def layers_in_force(
    *, cwd: Path, env: Mapping[str, str], project: str | None = None, catalog: str | None = None
) -> tuple[Layer, ...]:
    """List the user's layers, lowest first: user, project, ``$COSTCALC_CATALOG``, ``--catalog``.

    Args:
        cwd: Where the search for ``costcalc.yaml`` begins, upwards.
        env: The environment variables.
        project: A scenario file to take in place of the nearest ``costcalc.yaml``.
        catalog: What ``--catalog`` names.
    """
    layers = []
    config = env.get("XDG_CONFIG_HOME") or (f"{env['HOME']}/.config" if env.get("HOME") else "")
    if config and (user := Path(config) / "costcalc").is_dir():
        layers.append(Layer("user", user, str(user)))
    nearest = next((up / PROJECT_FILE for up in (cwd, *cwd.parents) if (up / PROJECT_FILE).is_file()), None)
    if project:
        layers.append(Layer("project", cwd / project, project))
    elif nearest:
        layers.append(Layer("project", nearest, os.path.relpath(nearest, cwd)))
    for name, path in (("$COSTCALC_CATALOG", env.get("COSTCALC_CATALOG")), ("--catalog", catalog)):
        if path:
            layers.append(Layer(name, cwd / path, path))
    return tuple(layers)


def read_layer(layer: Layer, problems: Problems) -> LayerTree:
    """Read a layer's directory or file.

    Args:
        layer: The layer.
        problems: Takes what is wrong but does not keep the rest from being read.

    Raises:
        InputError: A file cannot be read, or is not YAML.
    """
    return read_directory(layer, problems) if layer.path.is_dir() else _read_file(layer, problems)


def _read_file(layer: Layer, problems: Problems) -> LayerTree:
    document = read_document(layer.path, name=layer.shown, layer=layer.name)
    root = mapping_root(document, problems)
    if (provider := root.child("provider")) is not None:
        return LayerTree({"api": Node({str(provider.value): root}, root.at)}, (document,))
    keys = {key: node for key, node in root.items() if key in CATALOG_KEYS}
    lists = keys.get("api")
    if lists is not None and not isinstance(lists.value, dict | None):
        message = "api: expected a mapping of providers to their price lists"
        problems.found.append(Finding("value", "error", message, lists.place))
    own_keys = PROJECT_KEYS if layer.name == "project" else ()
    rest = {key: node for key, node in root.items() if key in own_keys}
    allowed = (*own_keys, *CATALOG_KEYS)
    problems.found += [_unknown_key(key, node, allowed) for key, node in root.items() if key not in allowed]
    return LayerTree(keys, (document,), Node(rest, root.at))


def read_directory(layer: Layer, problems: Problems, *, price_lists: bool = True) -> LayerTree:
    """Read a directory of catalog files, with or without its price lists.

    Raises:
        InputError: It holds no catalog files, or one cannot be read or is not YAML.
    """
    documents: list[Document] = []
    keys: dict[str, Node] = {}
    for file, allowed in FILE_KEYS.items():
        if (layer.path / file).is_file():
            document = read_document(layer.path / file, name=f"{layer.shown}/{file}", layer=layer.name)
            documents.append(document)
            root = dict(mapping_root(document, problems).items())
            problems.found += [_unknown_key(key, node, allowed) for key, node in root.items() if key not in allowed]
            keys |= {key: node for key, node in root.items() if key in allowed}
    lists: dict[str, Node] = {}
    for path in sorted((layer.path / "api").glob("*.yaml")) if price_lists else ():
        document = read_document(path, name=f"{layer.shown}/api/{path.name}", layer=layer.name)
        documents.append(document)
        lists[path.stem] = price_list(document, path.stem, problems)
    if not documents:
        expected = f"expected {', '.join(FILE_KEYS)} or api/<provider>.yaml"
        raise InputError([Finding("empty", "error", f"{layer.shown}: no catalog files; {expected}")])
    if lists:
        keys["api"] = Node(lists, (documents[-1], 1, 1, 1))
    return LayerTree(keys, tuple(documents))


def mapping_root(document: Document, problems: Problems) -> Node:
    """Parse a document whose root is a mapping.

    Raises:
        InputError: It is not YAML, or something else than a mapping.
    """
    root = parse_yaml(document, problems.found.append)
    if not isinstance(root.value, dict):
        raise InputError([Finding("value", "error", "expected a mapping at the top of the file", root.place)])
    return root


def price_list(document: Document, provider: str, problems: Problems) -> Node:
    """Parse one provider's price list; its ``provider`` must be the name of its file.

    Raises:
        InputError: It is not YAML, or not a mapping.
    """
    root = mapping_root(document, problems)
    named = root.child("provider")
    if named is None or named.value != provider:
        shown = "nothing" if named is None else f"'{named.value}'"
        message = f"provider: expected '{provider}', as the list is called, found {shown}"
        problems.found.append(Finding("value", "error", message, (named or root).place))
    return root


def _unknown_key(key: str, node: Node, allowed: tuple[str, ...]) -> Finding:
    message = f"unknown key '{key}'; expected one of: {', '.join(allowed)}"
    return Finding("unknown-key", "error", message, node.key, did_you_mean(key, allowed))
