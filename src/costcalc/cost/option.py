"""The closed set of ways of serving: one arm per kind, and the type checker names what was forgotten."""

from datetime import date
from typing import assert_never

from costcalc.catalog.catalog import Catalog, NamedOption
from costcalc.catalog.schema import ApiOption, RateOption
from costcalc.cost.api import api_estimate
from costcalc.cost.estimate import Estimate
from costcalc.cost.rate import rate_estimate
from costcalc.workload import Workload


def estimate(named: NamedOption, workload: Workload, catalog: Catalog, *, as_of: date) -> Estimate:
    """Price one option for a workload.

    Args:
        named: The option, from `Catalog.option`.
        workload: What is to be served in a month.
        catalog: Prices and assumptions.
        as_of: The day whose prices are in force.

    Raises:
        UndecidableError: A price that is needed is missing.
        UnknownNameError: The option's model, or a tier or region of it, does not exist.
    """
    name, option = named
    match option:
        case ApiOption():
            return api_estimate(name, option, catalog.sold_model(option.model), workload, as_of=as_of)
        case RateOption():
            return rate_estimate(name, option, workload, assumption=catalog.assumption, as_of=as_of)
        case _:
            assert_never(option)
