"""The layers of the catalog and their files, each layer read into one tree of placed values."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import NamedTuple, TypeVar

from costcalc.catalog.forms.kinds import CATALOG_KEYS, DISPUTED, FILE_KEYS, FOLDERS, SUPPRESSIONS
from costcalc.errors import InputError, Problem
from costcalc.findings import Document, Finding, Node, did_you_mean
from costcalc.paths import listed, look

PROJECT_FILES = ("costcalc.yaml", "costcalc.yml")  # the first is meant where a folder has both
PROJECT_KEYS = (
    "as_of",
    "workloads",
    "budgets",
    "suppressions",
)  # what a costcalc.yaml says beside the catalog: costcalc.scenario
_PROJECTS = ("project", "overlay")  # the layers that may say it: a project file, and a file that Python names
FITTED = "throughput.json"  # the fitted coefficients of the throughput model
_NOT_LAID = (
    "schema",
    FITTED,
    f"{SUPPRESSIONS.name}.yaml",
    f"{DISPUTED.name}.yaml",
)  # beside the data, and never laid over anything

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


class Problems:
    """What went wrong so far: every problem of a run is reported at once, not only the first."""

    def __init__(self, found: Iterable[Problem] = ()) -> None:
        self.found = [*found]

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
    *, cwd: Path, env: Mapping[str, str], project: str | None = None, catalog: list[str] | None = None
) -> tuple[Layer, ...]:
    """List the user's layers, lowest first: user, project, ``$COSTCALC_CATALOG``, ``--catalog``.

    Args:
        cwd: Where the search for ``costcalc.yaml`` begins, upwards.
        env: The environment variables.
        project: A scenario file to take in place of the nearest ``costcalc.yaml``.
        catalog: What each ``--catalog`` names; later ones win.
    """
    layers = []
    config = env.get("XDG_CONFIG_HOME") or (f"{env['HOME']}/.config" if env.get("HOME") else "")
    if config and is_there(user := Path(config) / "costcalc"):
        layers.append(Layer("user", user, str(user)))
    candidates = (up / name for up in (cwd, *cwd.parents) for name in PROJECT_FILES)
    nearest = next(filter(is_there, candidates), None)
    if project:
        layers.append(Layer("project", cwd / project, project))
    elif nearest:
        layers.append(Layer("project", nearest, nearest.name))  # the same name from every folder below it
    named = [("--catalog", path) for path in catalog or ()]
    for name, path in (("$COSTCALC_CATALOG", env.get("COSTCALC_CATALOG")), *named):
        if path:
            layers.append(Layer(name, cwd / path, path))
    return tuple(layers)


def is_there(path: Path) -> bool:
    """Say whether something stands at a path that nobody named, if only a link to nowhere.

    What stands in a folder that this user may not search is not the user's: a container runs with a HOME like that.
    """
    seen = look(path)
    return seen.is_link or seen.kind not in {"nothing", "unknown"}


def read_layer(layer: Layer, problems: Problems) -> LayerTree:
    """Read a layer's directory or file as far as it can be read.

    Args:
        layer: The layer.
        problems: Takes what is wrong with it.
    """
    if look(layer.path).kind == "folder":
        return _read_directory(layer, problems)
    own_keys = PROJECT_KEYS if layer.name in _PROJECTS else ()
    return problems.attempt(lambda: _read_file(layer, own_keys, problems)) or LayerTree({}, ())


def _read_file(layer: Layer, own_keys: tuple[str, ...], problems: Problems) -> LayerTree:
    document = document_at(layer.path, name=layer.shown, layer=layer.name)
    root = mapping_root(document, problems)
    for folder, key in FOLDERS.items():
        if (named := root.child(key)) is not None:
            of = "plans" if folder == "api" and root.child("plans") is not None else folder  # both name a provider
            return LayerTree({of: Node({str(named.value): root}, root.at)}, (document,))
    allowed = (*own_keys, *CATALOG_KEYS)
    problems.found += unknown_key_findings(root, allowed)
    keys = {key: node for key, node in root.items() if key in CATALOG_KEYS and not _is_misplaced(key, node, problems)}
    rest = {key: node for key, node in root.items() if key in own_keys}
    return LayerTree(keys, (document,), Node(rest, root.at))


def _is_misplaced(key: str, node: Node, problems: Problems) -> bool:
    """Find a key whose value has not the form that layers merge: a list of ids, or mappings by id."""
    form, words = (list, "a list") if key == "headline" else (dict, "a mapping")
    if isinstance(node.value, form):
        wrong = [(name, child) for name, child in node.items() if key in FOLDERS and not isinstance(child.value, dict)]
        for name, child in wrong:
            words = f"{key}.{name}: expected what {key}/{name}.yaml holds, a mapping"
            problems.found.append(Finding("value", "error", words, child.place))
        return bool(wrong)
    problems.found.append(Finding("value", "error", f"{key}: expected {words}", node.place))
    return True


def _read_directory(layer: Layer, problems: Problems) -> LayerTree:
    """Read a directory of catalog files, as far as they can be read."""
    documents: list[Document] = []
    keys: dict[str, Node] = {}
    inside = [path for path in _inside(layer, layer.path, problems) if path.name not in _NOT_LAID]
    folders = [path for path in inside if look(path).kind == "folder"]
    problems.found += [_unknown_file(layer, path, FOLDERS) for path in folders if path.name not in FOLDERS]
    for path in (path for path in inside if path not in folders):
        _join(keys, problems.attempt(lambda path=path: _read_part(layer, path, documents, problems)) or {}, problems)  # type: ignore[misc]
    for folder in (path.name for path in folders if path.name in FOLDERS):
        entries = _read_folder(layer, folder, documents, problems)
        if entries:
            _join(keys, {folder: Node(entries, (documents[-1], 1, 1, 1))}, problems)
    if not documents and not problems.found and layer.name != "user":  # a user may have made the folder for later
        named = ", ".join(f"{folder}/<{key}>.yaml" for folder, key in FOLDERS.items())
        expected = f"expected {', '.join(FILE_KEYS)} or {named}"
        problems.found.append(Finding("empty", "error", f"{layer.shown}: no catalog files; {expected}"))
    return LayerTree(keys, tuple(documents))


def _inside(layer: Layer, folder: Path, problems: Problems) -> list[Path]:
    """List a folder of a layer; one that cannot be listed is a problem, never an empty layer."""
    found = listed(folder)
    if found.why:
        shown = layer.shown if folder == layer.path else f"{layer.shown}/{folder.name}"
        problems.found.append(Finding("file", "error", f"{shown}: cannot be read: {found.why}"))
    return [path for path in found.paths if not path.name.startswith(".")]


def _join(keys: dict[str, Node], more: Mapping[str, Node], problems: Problems) -> None:
    """Add what one more file of a directory holds; none of its files is above another, so each entry has one place."""
    for key, node in more.items():
        below = keys.setdefault(key, node)
        if below is node:
            continue
        if not isinstance(node.value, dict) or not isinstance(below.value, dict):
            message = f"{key} stands in {below.place.document.name} too; give it once"
            problems.found.append(Finding("value", "error", message, node.key or node.place))
            continue
        twice = [(name, child) for name, child in node.items() if name in below.value]
        for name, child in twice:
            message = f"{key}.{name} stands in {below.value[name].place.document.name} too; give it once"
            problems.found.append(Finding("value", "error", message, child.key or child.place))
        keys[key] = Node({**node.value, **below.value}, below.at)


def _read_part(layer: Layer, path: Path, documents: list[Document], problems: Problems) -> Mapping[str, Node]:
    """Read a file of a directory: one of the catalog's own names holds its table, any other what it says."""
    if path.suffix != ".yaml":
        raise InputError([_unknown_file(layer, path, FILE_KEYS)])
    shown = f"{layer.shown}/{path.name}"
    if path.name not in FILE_KEYS:
        tree = _read_file(Layer(layer.name, path, shown), (), problems)
        documents += tree.documents
        return tree.keys
    document = document_at(path, name=shown, layer=layer.name)
    documents.append(document)
    root, allowed = mapping_root(document, problems), FILE_KEYS[path.name]
    problems.found += unknown_key_findings(root, allowed)
    return {key: node for key, node in root.items() if key in allowed and not _is_misplaced(key, node, problems)}


def _read_folder(layer: Layer, folder: str, documents: list[Document], problems: Problems) -> dict[str, Node]:
    entries: dict[str, Node] = {}
    for path in _inside(layer, layer.path / folder, problems):
        tree = problems.attempt(lambda path=path: _read_entry(layer, path, documents, problems))  # type: ignore[misc]
        if tree is not None:
            entries[path.stem] = tree
    return entries


def _read_entry(layer: Layer, path: Path, documents: list[Document], problems: Problems) -> Node:
    if path.suffix != ".yaml":
        raise InputError([_unknown_file(layer, path, (f"{path.stem}.yaml",))])
    folder = path.parent.name
    document = document_at(path, name=f"{layer.shown}/{folder}/{path.name}", layer=layer.name)
    documents.append(document)
    return named_entry(document, FOLDERS[folder], path.stem, problems)


def _unknown_file(layer: Layer, path: Path, expected: Iterable[str]) -> Finding:
    shown = f"{layer.shown}/{path.relative_to(layer.path)}"
    message = f"{shown}: not part of a catalog; expected one of: {', '.join(expected)}"
    return Finding("unknown-file", "error", message, help=did_you_mean(path.name, expected))


def document_at(path: Path, *, name: str, layer: str) -> Document:
    """Read a file of the catalog.

    Raises:
        InputError: It cannot be read as text.
    """
    from costcalc.files import read_document  # a run that finds every shipped file kept needs no YAML

    return read_document(path, name=name, layer=layer)


def mapping_root(document: Document, problems: Problems) -> Node:
    """Parse a document whose root is a mapping.

    Raises:
        InputError: It is not YAML, or something else than a mapping.
    """
    from costcalc.files import parse_yaml

    root = parse_yaml(document, problems.found.append)
    if not isinstance(root.value, dict):
        raise InputError([Finding("value", "error", "expected a mapping at the top of the file", root.place)])
    return root


def named_entry(document: Document, key: str, name: str, problems: Problems) -> Node:
    """Parse one file of a folder; its ``provider``, ``model`` or ``gpu`` must be the name of the file.

    Raises:
        InputError: It is not YAML, or not a mapping.
    """
    root = mapping_root(document, problems)
    named = root.child(key)
    if named is None or named.value != name:
        shown = "nothing" if named is None else f"'{named.value}'"
        message = f"{key}: expected '{name}', as the file is called, found {shown}"
        problems.found.append(Finding("value", "error", message, (named or root).place))
    return root


def unknown_key_findings(root: Node, allowed: tuple[str, ...]) -> list[Finding]:
    """Find keys of a file that no form knows."""
    return [_unknown_key(key, node, allowed) for key, node in root.items() if key not in allowed]


def _unknown_key(key: str, node: Node, allowed: tuple[str, ...]) -> Finding:
    message = f"unknown key '{key}'; expected one of: {', '.join(allowed)}"
    return Finding("unknown-key", "error", message, node.key, did_you_mean(key, allowed))
