"""Rules about use: what is no longer sold or listed, and is still named."""

from collections.abc import Iterator

from costcalc.catalog.catalog import Catalog
from costcalc.catalog.forms.options import ApiOption, BlendOption, Option, PlanOption
from costcalc.catalog.forms.provisioned import ProvisionedOption
from costcalc.catalog.lint.question import Found, Question
from costcalc.catalog.things import SoldModel
from costcalc.findings import Path

_Use = tuple[Path, SoldModel]


def retired_used(asked: Question) -> Iterator[Found]:
    """Find options, the headline, blends, overage and contracts that name a model which is retired on the day."""
    for path, sold in _uses(asked.catalog):
        if sold.retired_on(asked.today):
            yield Found(path, f"names {sold.ref}, which was retired on {sold.model.retired}")


def unlisted_used(asked: Question) -> Iterator[Found]:
    """Find where a model is named that no current list of prices has on the day."""
    for path, sold in _uses(asked.catalog):
        if sold.unlisted_on(asked.today) and not sold.retired_on(asked.today):
            yield Found(path, f"names {sold.ref}, which no list of prices has had since {sold.model.last_listed}")


def retired_successor(asked: Question) -> Iterator[Found]:
    """Find models whose named successor is itself retired on the day, while they are still sold."""
    for provider, file in asked.catalog.providers.items():
        for name in file.models:
            sold = asked.catalog.sold_model(f"{provider}/{name}")
            successor = sold.superseded_by(asked.today)
            if successor is None or sold.retired_on(asked.today):
                continue
            retired = asked.catalog.sold_model(successor)
            if retired.retired_on(asked.today):
                path = (*sold.path, "superseded", "by")
                message = f"names {retired.ref}, which was retired on {retired.model.retired}"
                yield Found(path, message, help="name the model that the vendor recommends now, with a new since")


def _uses(catalog: Catalog) -> Iterator[_Use]:
    for name, option in catalog.options.items():
        for step, model in _models_of(option):
            yield ("options", name, *step), catalog.sold_model(model)
        if isinstance(option, BlendOption):
            yield from _members(catalog, name, option)
        if isinstance(option, ProvisionedOption) and isinstance(option.overflow, str):
            yield from _behind(catalog, ("options", name, "overflow"), option.overflow)
    for index, name in enumerate(catalog.headline):
        yield from _behind(catalog, ("headline", index), name)
    yield from _billed(catalog)


def _billed(catalog: Catalog) -> Iterator[_Use]:
    """Walk the models at whose rates plans and contracts bill."""
    for vendor, file in catalog.plans.items():
        for name, plan in file.plans.items():
            if plan.overage is not None:
                yield ("plans", vendor, "plans", name, "overage"), catalog.sold_model(plan.overage)
    for provider, contract in catalog.contracts.items():
        for name in contract.models:
            own = catalog.own_model(provider, name)
            yield ("contracts", provider, "models", name), catalog.sold_model(f"{provider}/{own}")


def _models_of(option: Option) -> Iterator[tuple[Path, str]]:
    if isinstance(option, ApiOption | PlanOption | ProvisionedOption) and option.model is not None:
        yield ("model",), option.model


def _members(catalog: Catalog, name: str, option: BlendOption) -> Iterator[_Use]:
    steps: tuple[Path, ...]
    if option.escalation is not None:
        steps = (("escalation", "first"), ("escalation", "then"))
    else:
        steps = tuple(("routes", index, "option") for index in range(len(option.routes or ())))
    for step, member in zip(steps, option.members, strict=True):
        yield from _behind(catalog, ("options", name, *step), member)


def _behind(catalog: Catalog, path: Path, name: str) -> Iterator[_Use]:
    """Walk the model behind an option that is named somewhere else."""
    for _, model in _models_of(catalog.option(name).option):
        yield path, catalog.sold_model(model)
