"""The terms that flags state of every request, checked against what sellers have."""

import re
from typing import TYPE_CHECKING

import typer

from costcalc.cli.flags import TrafficFlags

if TYPE_CHECKING:
    from costcalc.catalog.catalog import Catalog

_CLOUD_REGION = re.compile(r"[a-z]+(?:-[a-z]+)+-?\d[a-z]?")  # us-east-1, europe-west4: a seller may price "every other"


def check_terms(catalog: "Catalog", traffic: TrafficFlags) -> None:
    """Check that sellers have the tier and the region, and that a model counts the tokens, that flags name.

    A tier or region that no seller names is a mistyped one, not one that nobody sells.

    Raises:
        BadParameter: They have not.
    """
    from costcalc.cost.tariff import STANDARD
    from costcalc.findings import did_you_mean

    prices = [
        price
        for term in (traffic.service_tier, traffic.region)
        if term is not None
        for file in catalog.providers.values()
        for model in file.models.values()
        for price in model.prices
    ]
    _check_counted(catalog, traffic.tokens_as)
    tiers = {when.service_tier for price in prices for when in price.when} | {*STANDARD}
    regions = {region for price in prices for region in price.regions}
    region = traffic.region
    for flag, wanted, known in (
        ("--service-tier", traffic.service_tier, tiers),
        ("--region", None if region is None or _CLOUD_REGION.fullmatch(region) else region, regions),
    ):
        names = sorted(name for name in known if name is not None)
        if wanted is not None and wanted not in names:
            hint = did_you_mean(wanted, names)
            message = f"no seller of the catalog has '{wanted}'; expected one of {', '.join(names)}"
            raise typer.BadParameter(f"{message}{f'; {hint}' if hint else ''}", param_hint=f"'{flag}'")


def _check_counted(catalog: "Catalog", tokens_as: str | None) -> None:
    from costcalc.cost.tokens import counter_named
    from costcalc.errors import UnknownNameError

    if tokens_as is None:
        return
    try:
        counter_named(tokens_as, catalog)
    except UnknownNameError as error:
        raise typer.BadParameter(error.reason, param_hint="'--tokens-as'") from None
