"""The closed set of ways of serving: one arm per kind, and the type checker names what was forgotten."""

from datetime import date
from typing import assert_never

from costcalc.catalog.catalog import Catalog, NamedOption
from costcalc.catalog.schema import ApiOption, RateOption
from costcalc.cost.api import api_estimate
from costcalc.cost.estimate import Estimate
from costcalc.cost.rate import rate_estimate
from costcalc.workload import Workload


def estimate(option: str | NamedOption, workload: Workload, catalog: Catalog, *, as_of: date) -> Estimate:
    """Price one option for a workload.

    Args:
        option: An option's id, a model's name, or what `Catalog.option` gave for it.
        workload: What is to be served in a month.
        catalog: Prices and assumptions.
        as_of: The day whose prices are in force.

    Raises:
        UndecidableError: A price that is needed is missing.
        UnknownNameError: The option, its model, or a tier or region of it, does not exist.
    """
    name, kind = catalog.option(option) if isinstance(option, str) else option
    match kind:
        case ApiOption():
            return api_estimate(name, kind, catalog.sold_model(kind.model), workload, as_of=as_of)
        case RateOption():
            return rate_estimate(name, kind, workload, assumption=catalog.assumption, as_of=as_of)
        case _:
            assert_never(kind)
