"""What a form alone cannot see: names that lead nowhere. Every command asks it of the layers of the user's."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import assert_never

from costcalc.catalog.catalog import Catalog
from costcalc.catalog.forms.options import ApiOption, BlendOption, Option, PlanOption, RateOption, SelfHostOption
from costcalc.catalog.forms.provisioned import ProvisionedOption
from costcalc.catalog.scores import names_of_tested
from costcalc.errors import UnknownNameError
from costcalc.findings import Finding, Node, Path, did_you_mean

_Reference = tuple[Path, Callable[[], object]]


def unknown_model_findings(known: Node | None, overlays: list[Node]) -> list[Finding]:
    """Find overlays that change a model or plan which does not exist: one without prices of its own adds nothing."""
    if known is None:
        return []
    word = "plan" if known.child("plans") is not None else "model"
    models = dict(known.nearest([f"{word}s"]).items())
    findings = []
    for overlay in overlays:
        entry = overlay.child(f"{word}s")
        for name, model in entry.items() if entry else ():
            if name not in models and isinstance(model.value, dict) and "prices" not in model.value:
                message = f"unknown {word} '{name}': nothing to override, and a new {word} needs prices"
                findings.append(Finding(f"unknown-{word}", "error", message, model.key, did_you_mean(name, models)))
            models.setdefault(name, model)
    return findings


def reference_findings(catalog: Catalog, *, overlaid_only: bool = False) -> list[Finding]:
    """Find names that lead nowhere: options' models and assumptions, the headline, successors, contracts.

    Args:
        catalog: The catalog.
        overlaid_only: Look only at what a layer of the user's says; the shipped files are checked in CI.
    """
    findings = []
    for path, lookup in (*_references(catalog), *_of_files(catalog, overlaid_only=overlaid_only)):
        place = catalog.place(path)
        if overlaid_only and place.document.layer == "shipped":
            continue
        try:
            lookup()
        except UnknownNameError as error:
            shown = ".".join(str(step) for step in path)
            findings.append(Finding("unknown-name", "error", f"{shown}: {error}", place))
    return findings


def _references(catalog: Catalog) -> Iterator[_Reference]:
    for name, option in catalog.options.items():
        yield from _option_references(catalog, name, option)
    for name, measured in catalog.measurements.items():
        yield ("measurements", name, "model"), partial(catalog.open_model, measured.model)
        yield ("measurements", name, "gpu"), partial(catalog.gpu, measured.gpu)
    for name, test in catalog.evaluations.items():
        yield ("evaluations", name, "model"), partial(names_of_tested, test.model, catalog)
    for index, name in enumerate(catalog.headline):
        yield ("headline", index), partial(catalog.option, name)
    yield from _plan_references(catalog)
    yield from _factors(catalog)
    for provider, contract in catalog.contracts.items():
        yield ("contracts", provider), partial(catalog.provider, provider)
        if provider in catalog.providers:
            seen: dict[str, str] = {}
            for model in contract.models:
                yield ("contracts", provider, "models", model), partial(_contracted, catalog, provider, model, seen)


def _of_files(catalog: Catalog, *, overlaid_only: bool) -> Iterator[_Reference]:
    """Walk what stands in files that few commands need; of the layers alone, only those that a layer lies over."""
    laid = {key for node in catalog.laid.get("api", ()) for key, _ in node.items()}
    for provider in catalog.providers:
        if provider in laid or not overlaid_only:
            yield from _successors(catalog, provider)
    for name in catalog.searched() if "searched" in catalog.laid or not overlaid_only else ():
        yield ("searched", name), partial(names_of_tested, name, catalog)


def _successors(catalog: Catalog, provider: str) -> Iterator[_Reference]:
    for name, model in catalog.providers[provider].models.items():
        if model.superseded is not None:
            path = ("api", provider, "models", name, "superseded", "by")
            yield path, partial(_successor, catalog, provider, name, model.superseded.by)


def _successor(catalog: Catalog, provider: str, name: str, by: str) -> None:
    """Find the successor of a model among those of the same provider: nobody is told to go to another seller."""
    if catalog.own_model(provider, by) == name:
        raise UnknownNameError(f"'{by}' is this model itself; name the one that takes its place")


def _factors(catalog: Catalog) -> Iterator[_Reference]:
    for name, tokenizer in catalog.tokenizers().entries.items():
        if tokenizer.times is not None:
            yield ("tokenizers", name, "times"), partial(catalog.thing, tokenizer.times, "assumption")
    for name, entry in catalog.reasoning().entries.items():
        factors = {"times": entry.times, **(vars(entry.effort) if entry.effort is not None else {})}
        for key, factor in factors.items():
            if factor is not None:
                path = ("times",) if key == "times" else ("effort", key)
                yield ("reasoning", name, *path), partial(catalog.thing, factor, "assumption")


def _plan_references(catalog: Catalog) -> Iterator[_Reference]:
    for provider, file in catalog.plans.items():
        for name, plan in file.plans.items():
            if plan.overage is not None:
                yield ("plans", provider, "plans", name, "overage"), partial(catalog.sold_model, plan.overage)


def _option_references(catalog: Catalog, name: str, option: Option) -> Iterator[_Reference]:
    """Walk the names that an option holds, each with what looks it up."""
    for step, lookup in _named(catalog, name, option):
        yield ("options", name, *step), lookup


def _named(catalog: Catalog, name: str, option: Option) -> Iterator[_Reference]:
    match option:
        case ApiOption():
            yield ("model",), partial(catalog.sold_model, option.model)
        case RateOption():
            if option.implies is not None:
                yield ("implies", "gpu"), partial(catalog.gpu, option.implies.gpu)
        case PlanOption():
            yield from _of_plan(catalog, option)
        case ProvisionedOption():
            yield from _of_units(catalog, option)
        case BlendOption():
            yield from ((step, partial(_member, catalog, name, member)) for step, member in _members(option))
        case SelfHostOption():
            yield from _hosted(catalog, option)
        case _:
            assert_never(option)


def _of_plan(catalog: Catalog, option: PlanOption) -> Iterator[_Reference]:
    yield ("plan",), partial(catalog.plan, option.plan)
    if option.model is not None:
        yield ("model",), partial(catalog.sold_model, option.model)


def _of_units(catalog: Catalog, option: ProvisionedOption) -> Iterator[_Reference]:
    yield ("model",), partial(catalog.sold_model, option.model)
    if isinstance(option.overflow, str):
        yield ("overflow",), partial(_billing, catalog, option.overflow)


def _billing(catalog: Catalog, name: str) -> None:
    kind = catalog.option(name).option.kind
    if kind != "api":
        raise UnknownNameError(f"overflow is billed over an API; '{name}' is of kind {kind}")


def _hosted(catalog: Catalog, option: SelfHostOption) -> Iterator[_Reference]:
    if option.model is not None:
        yield ("model",), partial(catalog.open_model, option.model)
    if option.gpu is not None:
        yield ("gpu",), partial(catalog.gpu, option.gpu)
        if option.rental is not None:
            yield ("rental",), partial(_rental, catalog, option.gpu, option.rental)


def _members(option: BlendOption) -> Iterator[tuple[Path, str]]:
    """Walk the options of a blend, with where they are named."""
    if option.escalation is not None:
        yield ("escalation", "first"), option.escalation.first
        yield ("escalation", "then"), option.escalation.then
    for index, route in enumerate(option.routes or ()):
        yield ("routes", index, "option"), route.option


def _member(catalog: Catalog, blend: str, member: str) -> None:
    """Find the option that a blend names; a blend in a blend would hide who is paid for what."""
    if member == blend:
        raise UnknownNameError(f"'{member}' is this blend itself; name another option")
    if isinstance(catalog.option(member).option, BlendOption):
        raise UnknownNameError(f"'{member}' is a blend itself; name the options that it is made of")


def _rental(catalog: Catalog, gpu: str, rental: str) -> None:
    offers = catalog.gpu(gpu).rentals
    if rental not in offers:
        raise UnknownNameError(f"{gpu} has no rental '{rental}'; its offers are {', '.join(offers) or 'none'}")


def _contracted(catalog: Catalog, provider: str, name: str, seen: dict[str, str]) -> None:
    """Find the model that a contract names; one contract names a model once, by whichever of its names."""
    model = catalog.own_model(provider, name)
    if model in seen:
        raise UnknownNameError(f"'{name}' and '{seen[model]}' are one model; give its prices once")
    seen[model] = name
