"""The values of ``--blend``: a share of the requests on one option, the rest on another."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

import typer

from costcalc.catalog.forms.options import BlendOption
from costcalc.cli.values import share
from costcalc.errors import FlagError
from costcalc.units import decimal, whole

if TYPE_CHECKING:
    from costcalc.catalog.catalog import Catalog

FLAG = "--blend"


class Premium(NamedTuple):
    """An option that takes a share of the requests.

    Args:
        option: The option.
        share: Its share, between 0 and 1.
    """

    option: str
    share: Decimal


def premium(text: str) -> Premium:
    """Read ID:SHARE, such as claude-opus-5.5-api:10%."""
    option, _, part = text.rpartition(":")
    expected = f"expected ID:SHARE such as gpt-5.4-api:10%, a share above 0 and below 1, found '{text}'"
    if not option.strip():
        raise typer.BadParameter(expected)
    try:
        number = decimal(whole(share(part)))
    except typer.BadParameter:
        raise typer.BadParameter(expected) from None
    if not 0 < number < 1:
        raise typer.BadParameter(expected)
    return Premium(option.strip(), number)


class WithBlends(NamedTuple):
    """The blends by name, and the catalog that has them."""

    names: tuple[str, ...]
    catalog: "Catalog"


def with_blends(asked: Sequence[Premium], base: str, catalog: "Catalog") -> WithBlends:
    """Add a blend to the catalog for each premium option: its share there, the rest at the base.

    Raises:
        FlagError: An option is the base itself, or a blend.
        UnknownNameError: There is no such option.
    """
    blends: dict[str, BlendOption] = {}
    for each in asked:
        name = catalog.resolved(each.option)
        if isinstance(catalog.option(name).option, BlendOption):
            raise FlagError(f"{FLAG} mixes two options, and '{name}' is a blend itself")
        if name == base:
            raise FlagError(f"{FLAG} sends the rest to the cheapest of the frontier, and that is '{name}' itself")
        routes = [{"option": name, "share": each.share}, {"option": base, "share": 1 - each.share}]
        blend = BlendOption.model_validate({"kind": "blend", "routes": routes})
        blends[f"{(each.share * 100).normalize():f}%-{name}"] = blend
    return WithBlends(tuple(blends), replace(catalog, options={**catalog.options, **blends}))
