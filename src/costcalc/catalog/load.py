"""Loading the catalog: layers stacked, merged and checked.

Only the shipped price lists that are asked for are parsed, since a command should cost what it uses; CI
validates all of them. Files of the user's own layers are always read whole, so that every problem of a run
is reported at once.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from pydantic import BaseModel

from costcalc.catalog.catalog import Catalog
from costcalc.catalog.diagnose import validated
from costcalc.catalog.folder import Folder
from costcalc.catalog.layers import (
    FOLDERS,
    LAZY_FILES,
    Layer,
    LayerTree,
    Problems,
    mapping_root,
    read_directory,
    read_layer,
)
from costcalc.catalog.options import OptionsFile
from costcalc.catalog.overrides import intervals, merge
from costcalc.catalog.references import reference_findings
from costcalc.catalog.schema import ApiFile, AssumptionsFile, ContractsFile
from costcalc.files import read_document
from costcalc.findings import Document, Node, Place

if TYPE_CHECKING:
    from costcalc.catalog.hardware import GpuFile, Measurement, OpenModelFile, QualityFile
    from costcalc.catalog.plans import PlansFile
    from costcalc.catalog.rules import KindEntry
    from costcalc.catalog.verdicts import Rule
    from costcalc.workload import WorkloadKind

_NOWHERE = Place(Document("(no file)", ""), 1, 1)
_Form = TypeVar("_Form", bound=BaseModel)


class Loaded(NamedTuple):
    """A catalog, and what else the project file says (workloads and the like), not yet checked."""

    catalog: Catalog
    project: Node | None


def shipped_pricing() -> Path:
    """Find the shipped catalog: inside the installed package, or in the repository of an editable install."""
    package = Path(__file__).parents[1]
    installed = package / "pricing"
    return installed if installed.is_dir() else package.parents[1] / "pricing"


def load_catalog(*overlays: str | Path) -> Catalog:
    """Load the shipped catalog, with files or directories of your own laid over it, later ones winning.

    Nothing is picked up from the environment: what the command line finds by itself is named here.

    Raises:
        InputError: A file is missing or wrong; with every problem of every file.

    Example:
        >>> load_catalog().sold_model("openai/gpt-5.2").model.prices[0].usd_per_mtok["output"]
        Decimal('14.00')
    """
    return load_layers([Layer("overlay", Path(path), str(path)) for path in overlays]).catalog


def load_layers(layers: Iterable[Layer], *, check_project: Callable[[Node], object] | None = None) -> Loaded:
    """Load the shipped catalog with the given layers over it.

    Args:
        layers: The user's layers, lowest first.
        check_project: Checks what a project file says beside the catalog, in the same run.

    Raises:
        InputError: With every problem of every file.
    """
    problems = Problems()
    shipped = shipped_pricing()
    base = read_directory(Layer("shipped", shipped, "pricing"), problems, folders=False)
    above = [read_layer(layer, problems) for layer in layers]
    for tree in above:
        if check_project is not None and tree.rest is not None:
            problems.attempt(partial(check_project, tree.rest))
    catalog = _merged(base, above, shipped, problems)
    problems.found += reference_findings(catalog, overlaid_only=True)
    problems.stop_if_any()
    projects = (tree.rest for tree in above if tree.rest is not None and tree.documents[0].layer == "project")
    return Loaded(catalog, next(projects, None))


class _Folders(NamedTuple):
    """The catalog's folders."""

    api: Folder[ApiFile]
    models: "Folder[OpenModelFile]"
    gpus: "Folder[GpuFile]"
    plans: "Folder[PlansFile]"


def _folders(above: Sequence[LayerTree], shipped: Path) -> _Folders:
    def overlays(name: str) -> list[Node]:
        return [tree.keys[name] for tree in above if name in tree.keys]

    return _Folders(
        Folder("api", lambda: ApiFile, shipped / "api", overlays("api")),
        Folder("models", _open_model_form, shipped / "models", overlays("models")),
        Folder("gpus", _gpu_form, shipped / "gpus", overlays("gpus")),
        Folder("plans", _plans_form, shipped / "plans", overlays("plans")),
    )


def _open_model_form() -> "type[OpenModelFile]":
    from costcalc.catalog.hardware import OpenModelFile  # only the build side needs it

    return OpenModelFile


def _gpu_form() -> "type[GpuFile]":
    from costcalc.catalog.hardware import GpuFile

    return GpuFile


def _plans_form() -> "type[PlansFile]":
    from costcalc.catalog.plans import PlansFile

    return PlansFile


def _merged(base: LayerTree, above: Sequence[LayerTree], shipped: Path, problems: Problems) -> Catalog:
    folders = _folders(above, shipped)
    keys = ("options", "headline", "assumptions", "contracts", "measurements")
    tables = {key: _stacked([base, *above], key, problems) for key in keys}

    def checked(form: type[_Form], *keys: str) -> _Form | None:
        if all(not tables[key].value for key in keys):
            return form.model_construct(None, **{key: {} for key in keys})
        tree = Node({key: tables[key] for key in keys}, tables[keys[0]].at)
        return problems.attempt(lambda: validated(form, tree))

    options = checked(OptionsFile, "options", "headline")
    assumptions = checked(AssumptionsFile, "assumptions")
    contracts = checked(ContractsFile, "contracts")
    measurements = _measurements(tables["measurements"], problems)
    later = _later_of(shipped, above)
    later.check(above, problems)
    for folder in folders:
        problems.attempt(folder.check_overlays)
    problems.stop_if_any()
    assert options is not None  # nothing failed
    assert assumptions is not None
    assert contracts is not None
    return Catalog(
        providers=folders.api,
        models=folders.models,
        gpus=folders.gpus,
        plans=folders.plans,
        options=options.options,
        headline=options.headline,
        assumptions=assumptions.assumptions,
        contracts=contracts.contracts,
        measurements=measurements,
        quality=lambda: later.quality().form.quality,
        rules=lambda: later.rules().form,
        kinds=lambda: later.kinds().form,
        throughput_fit=cache(partial(_fit, shipped)),
        trees=Trees(tables, folders, later),
        digest_of=lambda: _digest([each for layer in (base, *above) for each in layer.documents], folders, shipped),
    )


def _measurements(tree: Node, problems: Problems) -> "Mapping[str, Measurement]":
    if not tree.value:
        return {}
    from costcalc.catalog.hardware import MeasurementsFile

    whole = Node({"measurements": tree}, tree.at)
    form = problems.attempt(lambda: validated(MeasurementsFile, whole))
    return form.measurements if form is not None else {}


class _Scores(NamedTuple):
    """The published scores, and where they stand."""

    tree: Node
    form: "QualityFile"


def _quality(shipped: Path, above: Sequence[LayerTree]) -> _Scores:
    """Read the published scores; only some commands want them."""
    from costcalc.catalog.hardware import QualityFile

    tree = _later("quality", shipped, above)
    return _Scores(tree, validated(QualityFile, Node({"quality": tree}, tree.at)))


class _Rules(NamedTuple):
    """The recommender's rules, and where they stand."""

    tree: Node
    form: "Mapping[str, Rule]"


def _rules(shipped: Path, above: Sequence[LayerTree]) -> _Rules:
    """Read the rules and run their examples; only the recommender wants them."""
    from costcalc.catalog.rules import RulesFile
    from costcalc.catalog.verdicts import understood

    tree = _later("rules", shipped, above)
    form = validated(RulesFile, Node({"rules": tree}, tree.at))
    return _Rules(tree, understood(form.rules, tree))


class _Kinds(NamedTuple):
    """The kinds of workload, and where they stand."""

    tree: Node
    form: "Mapping[WorkloadKind, KindEntry]"


def _kinds(shipped: Path, above: Sequence[LayerTree]) -> _Kinds:
    from costcalc.catalog.rules import KindsFile

    tree = _later("kinds", shipped, above)
    return _Kinds(tree, validated(KindsFile, Node({"kinds": tree}, tree.at)).kinds)


class _Later(NamedTuple):
    """What is read when it is asked for, each with its tree."""

    quality: "Callable[[], _Scores]"
    rules: "Callable[[], _Rules]"
    kinds: "Callable[[], _Kinds]"

    def check(self, above: Sequence[LayerTree], problems: Problems) -> None:
        """Read now whatever a layer of the user's has a say in."""
        for key, read in self._asdict().items():
            if any(key in tree.keys for tree in above):
                problems.attempt(read)

    def tree(self, key: str) -> Node:
        """Give the merged tree of one of them."""
        found: _Scores | _Rules | _Kinds = getattr(self, key)()
        return found.tree


def _later_of(shipped: Path, above: Sequence[LayerTree]) -> _Later:
    return _Later(
        cache(partial(_quality, shipped, above)),
        cache(partial(_rules, shipped, above)),
        cache(partial(_kinds, shipped, above)),
    )


def _later(key: str, shipped: Path, above: Sequence[LayerTree]) -> Node:
    """Read a shipped file that most commands do not need, with what the layers say of it."""
    problems = Problems()
    name = f"{key}.yaml"
    document = read_document(shipped / name, name=f"pricing/{name}", layer="shipped")
    base = LayerTree(dict(mapping_root(document, problems).items()), (document,))
    tree = _stacked([base, *above], key, problems)
    problems.stop_if_any()
    return tree


def _fit(shipped: Path) -> Mapping[str, Any]:
    """Read the coefficients of the throughput model, which a script of the repository has fitted."""
    import json

    fit: Mapping[str, Any] = json.loads((shipped / "throughput.json").read_text(encoding="utf-8"))
    return fit


def _stacked(layers: Iterable[LayerTree], key: str, problems: Problems) -> Node:
    merged: Node | None = None
    for tree in layers:
        if key in tree.keys:
            above = intervals(merged, tree.keys[key], problems.found.append) if key == "assumptions" else tree.keys[key]
            merged = merge(merged, above, problems.found.append)
    return merged or Node([] if key == "headline" else {}, _NOWHERE)


def _digest(documents: Iterable[Document], folders: _Folders, shipped: Path) -> str:
    """Hash every catalog file that could have had a say, by layer, name and content."""
    import hashlib  # only JSON shows the digest

    total = hashlib.sha256()
    for document in documents:
        total.update(f"{document.layer}\0{Path(document.name).name}\0{document.text}\0".encode())
    lazy = [shipped / name for name in LAZY_FILES]
    for path in (*(path for folder in folders for path in folder.files.values()), *lazy):
        total.update(f"shipped\0{path.name}\0".encode() + path.read_bytes() + b"\0")
    return f"sha256:{total.hexdigest()}"


class Trees(Mapping[str, Node]):
    """The merged trees by ``options``, ``assumptions``, … and ``gpus/<gpu>``, to find where a number stands."""

    def __init__(self, tables: Mapping[str, Node], folders: _Folders, later: "_Later") -> None:
        self._tables = tables
        self._later = later
        self._folders: dict[str, Folder[Any]] = dict(zip(FOLDERS, folders, strict=True))

    def __iter__(self) -> Iterator[str]:
        yield from (*self._tables, *_Later._fields)
        yield from (f"{name}/{entry}" for name, folder in self._folders.items() for entry in folder)

    def __len__(self) -> int:
        return len(self._tables) + len(_Later._fields) + sum(len(folder) for folder in self._folders.values())

    def __getitem__(self, key: str) -> Node:
        kind, _, entry = key.partition("/")
        if kind in _Later._fields:
            return self._later.tree(kind)
        return self._folders[kind].tree(entry) if entry else self._tables[kind]
