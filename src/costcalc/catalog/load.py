"""Loading the catalog: layers stacked, merged and checked.

Only the shipped price lists that are asked for are parsed, since a command should cost what it uses; CI
validates all of them. Files of the user's own layers are always read whole, so that every problem of a run
is reported at once.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple, TypeVar

from pydantic import BaseModel

from costcalc.catalog.catalog import Catalog
from costcalc.catalog.diagnose import validated
from costcalc.catalog.layers import Layer, LayerTree, Problems, price_list, read_directory, read_layer
from costcalc.catalog.lint import reference_findings, unknown_model_findings
from costcalc.catalog.overrides import merge
from costcalc.catalog.schema import ApiFile, AssumptionsFile, ContractsFile, OptionsFile
from costcalc.errors import InputError
from costcalc.files import read_document
from costcalc.findings import Document, Finding, Node, Place

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
    base = read_directory(Layer("shipped", shipped, "pricing"), problems, price_lists=False)
    above = [read_layer(layer, problems) for layer in layers]
    for tree in above:
        if check_project is not None and tree.rest is not None:
            problems.attempt(partial(check_project, tree.rest))
    prices = PriceLists(shipped / "api", [tree.keys["api"] for tree in above if "api" in tree.keys])
    catalog = _merged(base, above, prices, problems)
    problems.found += reference_findings(catalog, overlaid_only=True)
    problems.stop_if_any()
    projects = (tree.rest for tree in above if tree.rest is not None and tree.documents[0].layer == "project")
    return Loaded(catalog, next(projects, None))


def _merged(base: LayerTree, above: Sequence[LayerTree], prices: "PriceLists", problems: Problems) -> Catalog:
    keys = ("options", "headline", "assumptions", "contracts")
    tables = {key: _stacked([base, *above], key, problems) for key in keys}

    def checked(form: type[_Form], *keys: str) -> _Form | None:
        tree = Node({key: tables[key] for key in keys}, tables[keys[0]].at)
        return problems.attempt(lambda: validated(form, tree))

    options = checked(OptionsFile, "options", "headline")
    assumptions = checked(AssumptionsFile, "assumptions")
    contracts = (
        checked(ContractsFile, "contracts")
        if tables["contracts"].value != {}
        else ContractsFile.model_construct(contracts={})
    )
    problems.attempt(prices.check_overlays)
    problems.stop_if_any()
    assert options is not None  # nothing failed
    assert assumptions is not None
    assert contracts is not None
    return Catalog(
        providers=prices,
        options=options.options,
        headline=options.headline,
        assumptions=assumptions.assumptions,
        contracts=contracts.contracts,
        trees=Trees(tables, prices),
        digest_of=lambda: _digest([document for layer in (base, *above) for document in layer.documents], prices),
    )


def _stacked(layers: Iterable[LayerTree], key: str, problems: Problems) -> Node:
    merged: Node | None = None
    for tree in layers:
        if key in tree.keys:
            merged = merge(merged, tree.keys[key], problems.found.append)
    return merged or Node([] if key == "headline" else {}, _NOWHERE)


def _digest(documents: Iterable[Document], prices: "PriceLists") -> str:
    """Hash every catalog file that could have had a say, by layer, name and content."""
    import hashlib  # only JSON shows the digest

    total = hashlib.sha256()
    for document in documents:
        total.update(f"{document.layer}\0{Path(document.name).name}\0{document.text}\0".encode())
    for path in prices.files.values():
        total.update(f"shipped\0{path.name}\0".encode() + path.read_bytes() + b"\0")
    return f"sha256:{total.hexdigest()}"


class PriceLists(Mapping[str, ApiFile]):
    """Price lists by provider; a shipped one is parsed when it is first asked for.

    Args:
        shipped: The directory of the shipped price lists.
        overlays: The ``api`` mappings of the user's layers, lowest first.
    """

    def __init__(self, shipped: Path, overlays: Sequence[Node]) -> None:
        self.files = {path.stem: path for path in sorted(shipped.glob("*.yaml"))}
        self._overlays = overlays
        self._names = sorted({*self.files, *(name for overlay in overlays for name, _ in overlay.items())})
        self._trees: dict[str, Node] = {}
        self._lists: dict[str, ApiFile] = {}

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __contains__(self, provider: object) -> bool:
        return provider in self._names

    def __getitem__(self, provider: str) -> ApiFile:
        if provider not in self._lists:
            if provider not in self._names:
                raise KeyError(provider)
            self._lists[provider] = validated(ApiFile, self.tree(provider))
        return self._lists[provider]

    def tree(self, provider: str) -> Node:
        """Give the merged tree of one provider's price list."""
        if provider not in self._trees:
            tree = self._shipped(provider)
            problems = Problems()
            for above in self._overlaid(provider):
                below = tree or Node({"provider": Node(provider, above.at)}, above.at)
                tree = merge(below, above, problems.found.append)
            problems.stop_if_any()
            assert tree is not None  # the name came from a file or from an overlay
            self._trees[provider] = tree
        return self._trees[provider]

    def _shipped(self, provider: str) -> Node | None:
        path = self.files.get(provider)
        if path is None:
            return None
        problems = Problems()
        document = read_document(path, name=f"pricing/api/{path.name}", layer="shipped")
        tree = price_list(document, provider, problems)
        problems.stop_if_any()
        return tree

    def _overlaid(self, provider: str) -> list[Node]:
        return [entry for overlay in self._overlays if (entry := overlay.child(provider)) is not None]

    def check_overlays(self) -> None:
        """Validate every price list that the user's layers touch.

        Raises:
            InputError: With every problem of all of them.
        """
        problems = Problems()
        for provider in dict.fromkeys(name for overlay in self._overlays for name, _ in overlay.items()):
            unknown = unknown_model_findings(self._shipped(provider), self._overlaid(provider))
            checked = Problems()
            checked.attempt(partial(self._checked, provider))
            said = {finding.place for finding in unknown}  # of an unknown model, that prices are missing is no news
            problems.found += [*unknown, *(one for one in checked.found if getattr(one, "place", None) not in said)]
        problems.stop_if_any()

    def _checked(self, provider: str) -> None:
        named = self[provider].provider
        if named != provider:
            message = f"provider: expected '{provider}', as the list is called, found '{named}'"
            raise InputError([Finding("value", "error", message, self.tree(provider).nearest(["provider"]).place)])


class Trees(Mapping[str, Node]):
    """The merged trees by ``options``, ``assumptions``, … and ``api/<provider>``, to find where a number stands."""

    def __init__(self, tables: Mapping[str, Node], prices: PriceLists) -> None:
        self._tables = tables
        self._prices = prices

    def __iter__(self) -> Iterator[str]:
        yield from self._tables
        yield from (f"api/{provider}" for provider in self._prices)

    def __len__(self) -> int:
        return len(self._tables) + len(self._prices)

    def __getitem__(self, key: str) -> Node:
        kind, _, provider = key.partition("/")
        return self._prices.tree(provider) if kind == "api" else self._tables[kind]
