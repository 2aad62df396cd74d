"""Loading the catalog: layers stacked, merged and checked.

Only the shipped files that are asked for are read, since a command should cost what it uses; CI validates all of
them. Files of the user's own layers are always read whole, so that every problem of a run is reported at once.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date
from functools import cache, partial
from pathlib import Path
from typing import Any, NamedTuple

from costcalc.catalog.catalog import Catalog
from costcalc.catalog.forms.kinds import FILE_KEYS, FOLDER_KINDS, TABLE_KINDS
from costcalc.catalog.layers.folder import Folder
from costcalc.catalog.layers.kept import code, keep
from costcalc.catalog.layers.open_models import OpenModels
from costcalc.catalog.layers.stack import FITTED, Layer, LayerTree, Problems, read_layer
from costcalc.catalog.layers.table import Table
from costcalc.errors import CostcalcError, InputError
from costcalc.findings import Document, Finding, Node
from costcalc.units import parse_day


class Loaded(NamedTuple):
    """A catalog, what else the project file says (workloads and the like), not yet checked, and converted amounts."""

    catalog: Catalog
    project: Node | None
    converted: tuple[Finding, ...] = ()


def shipped_pricing() -> Path:
    """Find the shipped catalog: inside the installed package, or in the repository of an editable install.

    Raises:
        CostcalcError: There is neither, as in a package that Python imports from its archive.
    """
    package = Path(__file__).parents[2]
    for folder in (package / "pricing", package.parents[1] / "pricing"):
        if folder.is_dir():
            return folder
    raise CostcalcError(f"{package} has no pricing/: install costcalc as files (pip install), not as an archive")


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


def load_layers(
    layers: Iterable[Layer],
    *,
    check_project: Callable[[Node], object] | None = None,
    as_of: date | None = None,
    today: date | None = None,
) -> Loaded:
    """Load the shipped catalog with the given layers over it.

    Args:
        layers: The user's layers, lowest first.
        check_project: Checks what a project file says beside the catalog, in the same run.
        as_of: The day whose rates of exchange hold for amounts in another currency; None for the files' own.
        today: The same, where no file names a day.

    Raises:
        InputError: With every problem of every file.
    """
    problems = Problems()
    shipped = shipped_pricing()
    above = [read_layer(layer, problems) for layer in layers]
    converted = _converted(above, shipped, problems, as_of, today)
    for tree in above:
        if check_project is not None and tree.rest is not None:
            problems.attempt(partial(check_project, tree.rest))
    catalog = _merged(above, shipped, problems)
    if above:
        from costcalc.catalog.references import reference_findings

        problems.found += reference_findings(catalog, overlaid_only=True)
        problems.stop_if_any()
    projects = (tree.rest for tree in above if tree.rest is not None and tree.documents[0].layer == "project")
    return Loaded(catalog, next(projects, None), tuple(converted))


_FOREIGN = re.compile(r"\b[A-Z]{3} \d|\d ?[A-Z]{3}\b|[€£¥]")  # what may be an amount in another currency


def _converted(
    above: Sequence[LayerTree], shipped: Path, problems: Problems, as_of: date | None, today: date | None
) -> list[Finding]:
    """Convert the amounts of the user's layers that name a currency, and say so."""
    if not any(_FOREIGN.search(document.text) for tree in above for document in tree.documents):
        return []
    from costcalc.catalog.layers.currencies import Rates, in_usd

    rests = [tree.rest for tree in above if tree.rest is not None]

    def day(missing: Finding) -> date:
        own = next((found for rest in rests if (found := _day_of(rest)) is not None), None)
        if (known := as_of or own or today) is None:
            raise InputError([missing])
        return known

    rates = Rates(
        lambda: _tables(above, shipped)["exchange_rates"].said().exchange_rates,
        day,
        lambda: _tables((), shipped)["assumptions"].said().assumptions,
    )
    roots = [(node, (key,)) for tree in above for key, node in tree.keys.items()] + [(rest, ()) for rest in rests]
    found = [each for node, path in roots for each in problems.attempt(partial(_all, in_usd, node, path, rates)) or ()]
    problems.found += [each for each in found if each.level == "error"]
    return [each for each in found if each.level != "error"]


def _all(convert: Callable[..., Iterator[Finding]], *args: Any) -> list[Finding]:  # noqa: ANN401  # what it takes
    return [*convert(*args)]


def _day_of(rest: Node) -> date | None:
    """Give the day that a file names; a wrong one is a problem of its form."""
    node = rest.child("as_of")
    try:
        return parse_day(node.value) if node is not None and isinstance(node.value, str) else None
    except ValueError:
        return None


def keep_shipped() -> None:
    """Read every shipped file, and keep what it says.

    What is wrong with one is said when it is asked for, and where nothing may be written nothing is kept.
    """
    code()  # the hash of the code as it is now: what changes it while files are read makes what was kept worthless
    shipped = shipped_pricing()
    for folder in _folders((), shipped).values():
        for entry, path in folder.files.items():
            with suppress(InputError, OSError):
                keep(path, _parsed(folder.written_tree(entry)), folder.written(entry))
    for table in _tables((), shipped).values():
        if table.shipped is not None:
            with suppress(InputError, OSError):
                keep(table.shipped, _parsed(table.tree()), table.form())


def _parsed(tree: Node) -> bytes:
    """Give the bytes that a tree was parsed from; with a byte order mark they differ, and nothing kept agrees."""
    return tree.place.document.text.encode()


def _merged(above: Sequence[LayerTree], shipped: Path, problems: Problems) -> Catalog:
    folders, tables = _folders(above, shipped), _tables(above, shipped)
    for table in tables.values():
        if table.is_overlaid:
            problems.attempt(table.said)
    for folder in folders.values():
        problems.attempt(folder.check_overlays)
    problems.stop_if_any()
    options = tables["options"].said()
    return Catalog(
        providers=folders["api"],
        models=folders["models"],
        gpus=folders["gpus"],
        plans=folders["plans"],
        options=options.options,
        headline=options.headline,
        assumptions=tables["assumptions"].said().assumptions,
        contracts=_own(tables["contracts"]),
        measurements=_own(tables["measurements"]),
        evaluations=_own(tables["evaluations"]),
        quality=lambda: tables["quality"].said().quality,
        searched=lambda: tables["quality"].said().searched,
        exchange_rates=lambda: tables["exchange_rates"].said().exchange_rates,
        rules=tables["rules"].said,
        kinds=lambda: tables["kinds"].said().kinds,
        tokenizers=lambda: tables["tokens"].said().tokenizers,
        reasoning=lambda: tables["tokens"].said().reasoning,
        throughput_fit=cache(partial(_fit, shipped)),
        trees=Trees(folders, tables),
        own_assumptions={
            name: node.key or node.place
            for tree in above
            if "assumptions" in tree.keys
            for name, node in tree.keys["assumptions"].items()
        },
        laid={
            key: tuple(tree.keys[key] for tree in above if key in tree.keys)
            for key in dict.fromkeys(key for tree in above for key in tree.keys)
        },
        digest_of=lambda: _digest([each for layer in above for each in layer.documents], folders, shipped),
    )


_FOLDERS: dict[str, type[Folder[Any]]] = {"models": OpenModels}


def _folders(above: Sequence[LayerTree], shipped: Path) -> dict[str, Folder[Any]]:
    return {
        kind.name: _FOLDERS.get(kind.name, Folder)(
            kind, shipped, [tree.keys[kind.name] for tree in above if kind.name in tree.keys]
        )
        for kind in FOLDER_KINDS
    }


def _tables(above: Sequence[LayerTree], shipped: Path) -> dict[str, Table]:
    return {kind.name: Table(kind, shipped, above) for kind in TABLE_KINDS}


def _own(table: Table) -> Mapping[str, Any]:
    """Give what the user's layers say of a table that costcalc does not ship; its form is needed only then."""
    said: Mapping[str, Any] = getattr(table.said(), table.kind.name) if table.is_overlaid else {}
    return said


def _fit(shipped: Path) -> Mapping[str, Any]:
    """Read the coefficients of the throughput model, which a script of the repository has fitted."""
    import json

    fit: Mapping[str, Any] = json.loads((shipped / FITTED).read_text(encoding="utf-8"))
    return fit


def _digest(documents: Iterable[Document], folders: Mapping[str, Folder[Any]], shipped: Path) -> str:
    """Hash every catalog file that could have had a say, by layer, name and content."""
    import hashlib  # only JSON shows the digest

    total = hashlib.sha256()
    for document in documents:
        total.update(f"{document.layer}\0{Path(document.name).name}\0{document.text}\0".encode())
    single = [path for name in (*FILE_KEYS, FITTED) if (path := shipped / name).exists()]
    for path in (*(path for folder in folders.values() for path in folder.files.values()), *single):
        total.update(f"shipped\0{path.name}\0".encode() + path.read_bytes() + b"\0")
    return f"sha256:{total.hexdigest()}"


class Trees(Mapping[str, Node]):
    """The merged trees by ``options``, ``assumptions``, … and ``gpus/<gpu>``, to find where a number stands."""

    def __init__(self, folders: Mapping[str, Folder[Any]], tables: Mapping[str, Table]) -> None:
        self._tables = {key: table for table in tables.values() for key in table.kind.keys}
        self._folders = folders

    def __iter__(self) -> Iterator[str]:
        yield from self._tables
        yield from (f"{name}/{entry}" for name, folder in self._folders.items() for entry in folder)

    def __len__(self) -> int:
        return len(self._tables) + sum(len(folder) for folder in self._folders.values())

    def __getitem__(self, key: str) -> Node:
        kind, _, entry = key.partition("/")
        return self._folders[kind].tree(entry) if entry else self._tables[kind].tree().nearest([kind])
