"""How each figure of `compare` comes about: quantity × unit price, with the place and the source of every price."""

from collections.abc import Iterator

from costcalc.analysis.compare import Comparison
from costcalc.catalog.catalog import Catalog
from costcalc.catalog.forms.schema import Source
from costcalc.cost.estimate import CostLine
from costcalc.money import USD, Money
from costcalc.render.numbers import quantity
from costcalc.render.report import Block, Bullets, Heading, Said, listed


def explained(comparison: Comparison, catalog: Catalog, said: Said, money: Money) -> Iterator[Block]:
    """List every line of every option, and the assumptions that they rest on."""
    yield Heading("How each figure comes about: quantity × unit price, summed over the lines")
    for estimate in comparison.estimates:
        lines = [explained_line(line, catalog) for line in estimate.lines]
        title = f"{estimate.option}: {money.text(estimate.monthly_usd)} a month, price of {estimate.price_date}"
        yield Bullets(title, tuple(lines))
    used = dict.fromkeys([*said.assumptions, *(name for one in comparison.estimates for name in one.assumptions)])
    yield from listed("Assumptions used", [_explained_assumption(name, catalog) for name in used])


def explained_line(line: CostLine, catalog: Catalog) -> str:
    """Say of a line what it multiplies, where its price stands and where that was read."""
    conditions = f" ({line.conditions})" if line.conditions else ""
    listed = (
        f" (list {USD.full_text(line.list_unit_price_usd)})" if line.list_unit_price_usd != line.unit_price_usd else ""
    )
    places = ", ".join(f"{place.document.layer} {place}" for place in map(catalog.place, (line.path, *line.also)))
    return (
        f"{line.item}{conditions}: {quantity(line.quantity)} {line.unit} × {USD.full_text(line.unit_price_usd)}{listed}"
        f" = {USD.full_text(line.usd)}; {places}; {origin(line.source)}"
    )


def origin(source: Source | None) -> str:
    """Say where a figure was read, or that nobody can be quoted for it."""
    return f"{source}, {source.looked_at}" if source is not None else "no citable source"


def _explained_assumption(name: str, catalog: Catalog) -> str:
    one = catalog.assumption(name)
    place = catalog.place(("assumptions", name, "value"))
    interval = f"90 % interval {quantity(one.low)} to {quantity(one.high)}, {one.basis}"
    return (
        f"{name} = {quantity(one.value)} {one.unit} ({interval}); {place.document.layer} {place}; {origin(one.source)}"
    )
