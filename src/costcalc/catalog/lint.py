"""What a form alone cannot see: names that lead nowhere, figures that nobody has looked at for long."""

from collections.abc import Callable, Iterator
from datetime import date
from functools import partial

from costcalc.catalog.catalog import MAX_AGE_DAYS, Catalog
from costcalc.catalog.schema import ApiOption, Model, Source
from costcalc.errors import UnknownNameError
from costcalc.findings import Finding, Node, Path, did_you_mean


def unknown_model_findings(known: Node | None, overlays: list[Node]) -> list[Finding]:
    """Find overlays that change a model which does not exist: one without prices of its own adds nothing."""
    if known is None:
        return []
    models = dict(known.nearest(["models"]).items())
    findings = []
    for overlay in overlays:
        entry = overlay.child("models")
        for name, model in entry.items() if entry else ():
            if name not in models and isinstance(model.value, dict) and "prices" not in model.value:
                message = f"unknown model '{name}': nothing to override, and a new model needs prices"
                findings.append(Finding("unknown-model", "error", message, model.key, did_you_mean(name, models)))
            models.setdefault(name, model)
    return findings


def reference_findings(catalog: Catalog, *, overlaid_only: bool = False) -> list[Finding]:
    """Find names that lead nowhere: options' models and assumptions, the headline, contracts.

    Args:
        catalog: The catalog.
        overlaid_only: Look only at what a layer of the user's says; the shipped files are checked in CI.
    """
    findings = []
    for path, lookup in _references(catalog):
        place = catalog.place(path)
        if overlaid_only and place.document.layer == "shipped":
            continue
        try:
            lookup()
        except UnknownNameError as error:
            shown = ".".join(str(step) for step in path)
            findings.append(Finding("unknown-name", "error", f"{shown}: {error}", place))
    return findings


def _references(catalog: Catalog) -> Iterator[tuple[Path, Callable[[], object]]]:
    for name, option in catalog.options.items():
        if isinstance(option, ApiOption):
            yield ("options", name, "model"), partial(catalog.sold_model, option.model)
        elif option.implies is not None:
            lookup = partial(catalog.assumption, option.implies.gpu_usd_per_hour)
            yield ("options", name, "implies", "gpu_usd_per_hour"), lookup
    for index, name in enumerate(catalog.headline):
        yield ("headline", index), partial(catalog.option, name)
    for provider, contract in catalog.contracts.items():
        yield ("contracts", provider), partial(catalog.provider, provider)
        if provider in catalog.providers:
            seen: dict[str, str] = {}
            for model in contract.models:
                yield ("contracts", provider, "models", model), partial(_contracted, catalog, provider, model, seen)


def _contracted(catalog: Catalog, provider: str, name: str, seen: dict[str, str]) -> None:
    """Find the model that a contract names; one contract names a model once, by whichever of its names."""
    model = catalog.own_model(provider, name)
    if model in seen:
        raise UnknownNameError(f"'{name}' and '{seen[model]}' are one model; give its prices once")
    seen[model] = name


def dated_findings(catalog: Catalog, *, today: date, max_age_days: int = MAX_AGE_DAYS) -> list[Finding]:
    """Find sources that were checked too long ago, or on a day that is still to come."""
    findings = []
    for path, source, is_history in _sources(catalog):
        age = (today - source.checked).days
        shown = ".".join(str(step) for step in path)
        place = catalog.place((*path, "checked"))
        if age < 0:
            message = f"{shown}: checked on {source.checked}, which is after {today}"
            findings.append(Finding("future-checked", "error", message, place))
        elif age > max_age_days and not is_history:
            message = f"{shown}: last checked {age} days ago, on {source.checked}"
            findings.append(Finding("stale", "warning", message, place))
    return findings


def _sources(catalog: Catalog) -> Iterator[tuple[Path, Source, bool]]:
    """Walk every source with its path, and whether it is history, which nobody needs to check again."""
    for provider, prices in catalog.providers.items():
        for name, model in prices.models.items():
            yield from _model_sources(("api", provider, "models", name), model)
    for name, option in catalog.options.items():
        if not isinstance(option, ApiOption):
            yield ("options", name, "source"), option.source, False
    for name, assumption in catalog.assumptions.items():
        if assumption.source is not None:
            yield ("assumptions", name, "source"), assumption.source, False
    for provider, contract in catalog.contracts.items():
        yield ("contracts", provider, "source"), contract.source, False


def _model_sources(path: Path, model: Model) -> Iterator[tuple[Path, Source, bool]]:
    for index, price in enumerate(model.prices):
        yield (*path, "prices", index, "source"), price.source, index < len(model.prices) - 1
    if model.retired_source is not None:
        yield (*path, "retired_source"), model.retired_source, True
