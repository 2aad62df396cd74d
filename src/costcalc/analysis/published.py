"""How busy a real deployment must be for a published unit cost to hold."""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from costcalc.catalog.catalog import Catalog
from costcalc.catalog.forms.options import RateOption, SelfHostOption
from costcalc.catalog.names import slug
from costcalc.cost.estimate import Estimate


class HoldsAt(NamedTuple):
    """Where a deployment reaches a published unit cost.

    Args:
        rate: The published unit cost's option.
        deployment: The self-hosted option of the same model.
        usd_per_mtok: The published cost of output [USD/Mtok].
        utilisation: Share of full load at which the deployment costs as much; above 1 it never does.
    """

    rate: str
    deployment: str
    usd_per_mtok: Decimal
    utilisation: Decimal


def holds_at(estimates: Sequence[Estimate], catalog: Catalog) -> tuple[HoldsAt, ...]:
    """Set every published unit cost of self-hosting beside the deployments of the same model."""
    found: list[HoldsAt] = []
    for rate in estimates:
        option = catalog.option(rate.option).option
        if not isinstance(option, RateOption) or option.serves is None or not option.usd_per_mtok.get("output"):
            continue
        usd = option.usd_per_mtok["output"]
        found += [
            HoldsAt(rate.option, one.option, usd, one.deployment.utilisation_at(usd))
            for one in estimates
            if one.deployment is not None and _model_of(one, catalog) == slug(option.serves)
        ]
    return tuple(found)


def _model_of(one: Estimate, catalog: Catalog) -> str | None:
    option = catalog.option(one.option).option
    named = option.model if isinstance(option, SelfHostOption) else None
    return catalog.open_model(named).model if named is not None else None
