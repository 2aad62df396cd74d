"""One policy for every self-hosted option, shipped or the user's own: spares, headroom, how much of the bill counts."""

from dataclasses import replace
from decimal import Decimal
from typing import Any, NamedTuple

from costcalc.catalog.catalog import Catalog
from costcalc.catalog.forms.options import Costs, SelfHostOption


class Policy(NamedTuple):
    """What holds for every self-hosted option; None leaves it to the option, and then to the assumption.

    Args:
        spares: Replicas beside those that the load needs.
        headroom: Capacity over the peak, above 0.
        costs: ``hardware`` for the rent or the machines alone, ``all`` for the whole bill.
    """

    spares: int | None = None
    headroom: Decimal | None = None
    costs: Costs | None = None


def with_policy(catalog: Catalog, policy: Policy) -> Catalog:
    """Give the catalog with a policy in place of what its self-hosted options say.

    Example:
        >>> from costcalc.catalog.layers.load import load_catalog
        >>> safe = with_policy(load_catalog(), Policy(spares=1, costs="all")).options["r1-distill-32b-h100"]
        >>> safe.spares, safe.headroom, safe.costs
        (1, None, 'all')
    """
    stated: dict[str, Any] = {name: value for name, value in policy._asdict().items() if value is not None}
    if not stated:
        return catalog
    options = {
        name: option.model_copy(update=stated) if isinstance(option, SelfHostOption) else option
        for name, option in catalog.options.items()
    }
    return replace(catalog, options=options)
