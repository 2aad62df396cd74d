"""One policy for every self-hosted option, shipped or the user's own: spares, headroom, how much of the bill counts."""

from dataclasses import replace
from decimal import Decimal
from typing import Any, NamedTuple

from costcalc.catalog.catalog import Catalog
from costcalc.catalog.forms.options import BlendOption, Costs, Option, SelfHostOption


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


def costs_of(catalog: Catalog, *options: str) -> Costs | None:
    """Say what the machines of options, or of their parts, are priced with; None where nothing is self-hosted.

    Where they differ they count as those without the whole bill.

    Example:
        >>> from costcalc.catalog.layers.load import load_catalog
        >>> shipped = load_catalog()
        >>> costs_of(shipped, "r1-distill-32b-h100"), costs_of(shipped, "gpt-5.2-api")
        ('hardware', None)
    """
    named = [catalog.option(name).option for name in options]
    parts: list[Option] = [each for each in named if not isinstance(each, BlendOption)]
    parts += [catalog.option(name).option for each in named if isinstance(each, BlendOption) for name in each.members]
    stated = {part.costs for part in parts if isinstance(part, SelfHostOption)}
    return "hardware" if "hardware" in stated else next(iter(stated), None)


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
