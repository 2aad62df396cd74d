"""What flags ask of whoever serves, checked against the catalog, with everything that is wrong said at once."""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING, TypeVar

import typer

from costcalc.cli.flags import TrafficFlags
from costcalc.cli.values import one_of
from costcalc.errors import CostcalcError, FlagError

if TYPE_CHECKING:
    from costcalc.catalog.catalog import Catalog

_CLOUD_REGION = r"[a-z]+(?:-[a-z]+)+-?\d[a-z]?"  # us-east-1, europe-west4: a seller may price "every other"
_Read = TypeVar("_Read")


class Slips:
    """What several checks of a command line find wrong, so that a reader mends all of it at once."""

    def __init__(self) -> None:
        self._found: list[typer.BadParameter | CostcalcError] = []

    def of(self, check: Callable[[], _Read]) -> _Read | None:
        """Run a check; give what it reads, or None and keep what is wrong."""
        try:
            return check()
        except (typer.BadParameter, CostcalcError) as error:
            self._found.append(error)
            return None

    def end(self) -> None:
        """Raise what was found.

        Raises:
            TyperException: Several things are wrong.
            CostcalcError: One thing is wrong; a BadParameter where a flag's value is.
        """
        if len(self._found) == 1:
            raise self._found[0]
        if self._found:
            from costcalc.cli.slips import Several

            raise Several(self._found)


def check_terms(catalog: "Catalog", traffic: TrafficFlags, options: Iterable[str], slips: Slips) -> None:
    """Look up every name that flags give: tier, region, effort, whose tokens, options.

    Args:
        catalog: The catalog in force, with hardware of one's own.
        traffic: What is to be served.
        options: The options that were named.
        slips: Where what is wrong goes.
    """
    for check in sold_checks(catalog, service_tier=traffic.service_tier, region=traffic.region):
        slips.of(check)
    slips.of(partial(_effort, traffic))
    slips.of(partial(_counted, catalog, traffic.tokens_as))
    for name in options:
        slips.of(partial(catalog.option, name))


def _effort(traffic: TrafficFlags) -> None:
    from costcalc.workload import EFFORTS

    if traffic.effort is not None:
        one_of(traffic.effort, EFFORTS, "--effort")


def check_alone(traffic: TrafficFlags) -> None:
    """Refuse flags that contradict each other, whatever the catalog holds."""
    if traffic.batch and traffic.service_tier is not None:
        raise FlagError("a batch has no service tier: give --batch or --service-tier, not both")
    if traffic.batch and traffic.batchable_share is not None:
        raise FlagError("--batch is a batchable share of 1; leave out --batchable-share")


def sold_checks(
    catalog: "Catalog", *, service_tier: str | None = None, region: str | None = None
) -> Iterator[Callable[[], None]]:
    """Give the checks of a tier and a region, each against what sellers name."""
    from costcalc.cost.tariff import STANDARD

    prices = [
        price
        for term in (service_tier, region)
        if term is not None
        for file in catalog.providers.values()
        for model in file.models.values()
        for price in model.prices
    ]
    tiers = {when.service_tier for price in prices for when in price.when} | {*STANDARD}
    regions = {region for price in prices for region in price.regions}
    if service_tier is not None:
        yield partial(_one_that_is_sold, "--service-tier", service_tier, {tier for tier in tiers if tier is not None})
    if region is not None and not re.fullmatch(_CLOUD_REGION, region):
        yield partial(_one_that_is_sold, "--region", region, regions)


def check_region(catalog: "Catalog", region: str | None) -> None:
    """Check a region alone, against what sellers name."""
    for check in sold_checks(catalog, region=region):
        check()


def _one_that_is_sold(flag: str, wanted: str, known: set[str]) -> None:
    """A tier or region that no seller names is a mistyped one, not one that nobody sells."""
    if wanted not in known:
        from costcalc.findings import did_you_mean

        names = sorted(known)
        hint = did_you_mean(wanted, names)
        message = f"no seller of the catalog has '{wanted}'; expected one of {', '.join(names)}"
        raise typer.BadParameter(f"{message}{f'; {hint}' if hint else ''}", param_hint=f"'{flag}'")


def _counted(catalog: "Catalog", tokens_as: str | None) -> None:
    from costcalc.cost.tokens import counter_named
    from costcalc.errors import UnknownNameError

    if tokens_as is None:
        return
    try:
        counter_named(tokens_as, catalog)
    except UnknownNameError as error:
        raise typer.BadParameter(error.reason, param_hint="'--tokens-as'") from None
