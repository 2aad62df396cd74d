"""What figures rest on beside the shipped catalog: prices, options, assumptions and the day of a user's file."""

from collections.abc import Iterator, Sequence
from datetime import date

from costcalc.budget.commitments import Owed
from costcalc.budget.verdict import Spent, place_of
from costcalc.catalog.catalog import Catalog
from costcalc.catalog.forms.options import BlendOption
from costcalc.findings import Finding, Level, Node, Path
from costcalc.scenario import Scenario

_DEPTHS = {"api": 4, "plans": 4}  # how long the path of an entry is: provider and model; of the other kinds it is 2


def own_prices(
    spent: Sequence[Spent], owed: Sequence[Owed], catalog: Catalog, *, shipped_only: bool
) -> Iterator[Finding]:
    """Name each entry of a layer of the user's that a figure rests on, changed or new.

    The entry is named and not the number: what a layer takes away from an entry decides too.

    Args:
        spent: The workloads, priced.
        owed: The commitments in force.
        catalog: Prices and options.
        shipped_only: Whether nothing but the shipped catalog may decide.
    """
    if not catalog.laid:
        return
    level: Level = "error" if shipped_only else "note"
    owing: list[Path] = [("contracts", commitment.provider) for commitment in owed]
    for entry in dict.fromkeys((*owing, *entries_of(spent, catalog))):
        for node in catalog.own(entry):
            place, shown = node.key or node.place, ".".join(map(str, entry))
            layer = place.document.layer
            message = f"{shown} is given in {place.document.name} ({layer} layer), and figures rest on it"
            yield Finding("own-price", level, message, place, subject=f"{shown} {layer}")


def entries_of(spent: Sequence[Spent], catalog: Catalog) -> tuple[Path, ...]:
    """Give the entries of the catalog that the costs of some workloads rest on, each once."""
    return tuple(dict.fromkeys(entry for one in spent for entry in _entries(one, catalog)))


def _entries(one: Spent, catalog: Catalog) -> Iterator[Path]:
    """Walk the entries of the catalog that a workload's cost rests on."""
    named = catalog.option(one.option)
    yield "options", named.id
    yield from (("options", member) for member in _members(named.option))
    yield "kinds", one.workload.kind
    yield from (("assumptions", name) for name in catalog.own_assumptions if name in catalog.assumptions_read)
    if one.estimate is None:
        return
    for line in one.estimate.lines:
        for path in (line.path, *line.also):
            yield path[: _DEPTHS.get(str(path[0]), 2)]
        if line.path[0] == "api":
            yield "contracts", line.path[1]
    deployment = one.estimate.deployment
    if deployment is not None:
        yield from _hardware(deployment.model, deployment.gpu, catalog)


def _members(option: object) -> tuple[str, ...]:
    return option.members if isinstance(option, BlendOption) else ()


def _hardware(model: str | None, gpu: str | None, catalog: Catalog) -> Iterator[Path]:
    if model is not None:
        yield "models", catalog.open_model(model).model
    if gpu is not None:
        yield "gpus", catalog.gpu(gpu).gpu
    yield ("measurements",)


def own_day(scenario: Scenario, tree: Node, *, as_of: date, today: date, shipped_only: bool) -> Iterator[Finding]:
    """Say that a file, and not the clock, chooses the day whose prices are in force."""
    if scenario.as_of is not None and scenario.as_of == as_of != today:
        level: Level = "error" if shipped_only else "note"
        message = f"as_of: the file chooses the prices of {as_of}; the day of this check is {today}"
        yield Finding("own-day", level, message, place_of(tree, "as_of"), subject="as_of")
