"""What a shell offers when a name is completed: names of the catalog that is in force here."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from costcalc.errors import CostcalcError
from costcalc.findings import clean

if TYPE_CHECKING:
    from costcalc.catalog.catalog import Catalog
    from costcalc.catalog.layers.load import Loaded


def among(*words: str) -> Callable[[str], list[str]]:
    """Complete one of a few words."""

    def complete(incomplete: str) -> list[str]:
        return _beginning(incomplete, words)

    return complete


def kinds(incomplete: str) -> list[str]:
    """Complete a kind of work."""
    from costcalc.workload import KINDS

    return _beginning(incomplete, KINDS)


def options(incomplete: str) -> list[str]:
    """Complete the last of several options; a model's name is an option too."""
    first, comma, last = incomplete.rpartition(",")
    return [f"{first}{comma}{name}" for name in option(last)]


def option(incomplete: str) -> list[str]:
    """Complete an option's id, or a model as a provider sells it."""
    loaded = _loaded()
    return _beginning(incomplete, _options(loaded.catalog, incomplete)) if loaded is not None else []


def things(incomplete: str) -> list[str]:
    """Complete whatever stands in the catalog: GPUs and open models by their ids, which have no spaces."""
    loaded = _loaded()
    if loaded is None:
        return []
    catalog = loaded.catalog
    names = (*_options(catalog, incomplete), *catalog.names("model"), *catalog.names("plan"))
    return _beginning(incomplete, {*names, *catalog.assumptions, *catalog.models, *catalog.gpus})


def currencies(incomplete: str) -> list[str]:
    """Complete a currency of which the catalog has a rate of exchange."""
    loaded = _loaded()
    return _beginning(incomplete, ("USD", *loaded.catalog.exchange_rates())) if loaded is not None else []


def counted(incomplete: str) -> list[str]:
    """Complete whose tokens are counted: a tokenizer, or a model that is known to have one."""
    loaded = _loaded()
    return _beginning(incomplete, loaded.catalog.tokenizers().names()) if loaded is not None else []


def benchmarks(incomplete: str) -> list[str]:
    """Complete a benchmark of which the catalog has scores."""
    loaded = _loaded()
    if loaded is None:
        return []
    from costcalc.catalog.boards import benchmarks_of
    from costcalc.catalog.scores import folded

    return _in_any_case(incomplete, map(folded, benchmarks_of(loaded.catalog.quality())))


def open_models(incomplete: str) -> list[str]:
    """Complete an open model."""
    loaded = _loaded()
    return _in_any_case(incomplete, loaded.catalog.models) if loaded is not None else []


def gpus(incomplete: str) -> list[str]:
    """Complete a GPU."""
    loaded = _loaded()
    return _in_any_case(incomplete, loaded.catalog.gpus) if loaded is not None else []


def workloads(incomplete: str) -> list[str]:
    """Complete FILE#NAME, once the file is named."""
    file, hash_sign, name = incomplete.partition("#")
    loaded = _loaded(file) if hash_sign else None
    entries = loaded.project.child("workloads") if loaded is not None and loaded.project is not None else None
    return [f"{file}#{one}" for one in _beginning(name, (str(key) for key, _ in entries.items()))] if entries else []


def _loaded(project: str | None = None) -> "Loaded | None":
    """Load the catalog; where it is broken nothing is offered, since a completion cannot say why."""
    from costcalc.cli.context import load

    try:
        return load(None, project=project)
    except CostcalcError:
        return None


def _options(catalog: "Catalog", incomplete: str) -> Iterable[str]:
    provider, slash, _ = incomplete.partition("/")
    if not slash:
        return catalog.options
    models = catalog.providers[provider].models if provider in catalog.providers else ()
    return (f"{provider}/{model}" for model in models)


def _beginning(incomplete: str, names: Iterable[str]) -> list[str]:
    # a shell shows what it is offered as it is: a name with controls is left to be typed
    return sorted(name for name in names if name.startswith(incomplete) and clean(name) == name)


def _in_any_case(incomplete: str, ids: Iterable[str]) -> list[str]:
    """Complete an id that commands read in any case; the letters that were typed stay, or a shell drops the offer."""
    return [incomplete + name[len(incomplete) :] for name in _beginning(incomplete.lower(), ids)]
