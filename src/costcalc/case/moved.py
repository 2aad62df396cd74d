"""A catalog with other values of some of its numbers: what an analysis varies beside the traffic."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from costcalc.case.inputs import changed
from costcalc.catalog.catalog import Catalog
from costcalc.errors import UnknownNameError

ROOMS = ("assumptions", "options", "plans")


def moved(catalog: Catalog, by_room: Mapping[str, Mapping[str, Decimal]]) -> Catalog:
    """Give a catalog with other values of assumptions, of fields of options and of what a seat of a plan holds.

    Args:
        catalog: The catalog.
        by_room: The values by their paths within ``assumptions``, ``options`` and ``plans``.

    Raises:
        UnknownNameError: A path leads to no such number.
    """
    catalog = catalog.with_assumptions(by_room["assumptions"])
    return _with_allowances(_with_options(catalog, by_room["options"]), by_room["plans"])


def _with_options(catalog: Catalog, values: Mapping[str, Decimal]) -> Catalog:
    """Change fields of options; an option's id may hold dots, so the longest id that fits is the one."""
    if not values:
        return catalog
    options = dict(catalog.options)
    for path, value in values.items():
        name = max((one for one in options if path.startswith(f"{one}.")), key=len, default=None)
        if name is None:
            raise UnknownNameError(f"'options.{path}' is no input: there is no such option")
        try:
            options[name] = changed(options[name], path.removeprefix(f"{name}.").split("."), value)
        except UnknownNameError as error:
            raise UnknownNameError(f"'options.{path}' is no input: {error}") from None
    return replace(catalog, options=options)


def _with_allowances(catalog: Catalog, values: Mapping[str, Decimal]) -> Catalog:
    """Change what a seat of some plans holds."""
    plans = dict(catalog.plans) if values else catalog.plans
    for path, value in values.items():
        ref, _, key = path.rpartition(".")
        sold = catalog.plan(ref)
        if key != "allowance" or sold.plan.allowance is None:
            raise UnknownNameError(f"'plans.{path}' is no input: the plan has no '{key}'")
        held = sold.plan.allowance.model_copy(update={"value": value, "low": value, "high": value})
        moved = {**plans[sold.provider].plans, sold.id: sold.plan.model_copy(update={"allowance": held})}
        plans = {**plans, sold.provider: plans[sold.provider].model_copy(update={"plans": moved})}
    return replace(catalog, plans=plans) if values else catalog
