"""What ``catalog history`` says: dated prices as a table, and a line for each meter."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal

from costcalc.catalog.catalog import Catalog
from costcalc.catalog.forms.contracts import Contract
from costcalc.catalog.history import Dated, History, Series
from costcalc.cost.rates import describe
from costcalc.render.charts.sparkline import sparkline
from costcalc.render.numbers import percent
from costcalc.render.report import Block, Column, Heading, Json, Report, Table, listed
from costcalc.units import full_usd, short

_COLUMNS = (
    Column("meter"),
    Column("from"),
    Column("until", rank=2),
    Column("USD", "right"),
    Column("change", "right"),
    Column("status", rank=1),
    Column("checked", rank=5),
    Column("place", rank=3),
    Column("layer", rank=4),
)
_LINES = (
    Column("meter"),
    Column("first", "right", rank=2),
    Column("now", "right"),
    Column("since then", "right", rank=1),
    Column("line"),
)
_LINE_WIDTH = 24  # columns of a line, one for every so many days


def history_report(
    catalog: Catalog, found: History, *, name: str, conditions: bool, as_of: date, unicode: bool
) -> Report:
    """Show what one thing cost from which day on.

    Args:
        catalog: The catalog, for the places.
        found: The prices.
        name: What was asked for.
        conditions: Whether people see rates under conditions too; data holds them either way.
        as_of: The day, for what is past, in force and announced.
        unicode: Whether blocks can be shown.
    """
    rows = [_row(catalog, series, price, as_of) for series in found.series for price in series.prices]
    result: dict[str, Json] = {
        "name": found.ref,
        "retired": found.retired.isoformat() if found.retired else None,
        "contract": _contract_row(catalog, found),
        "prices": rows,
    }
    shown = [series for series in found.series if conditions or series.when is None]
    blocks = tuple(_blocks(catalog, found, shown, as_of, unicode=unicode))
    inputs: dict[str, Json] = {"name": name, "conditions": conditions}
    return Report("catalog-history", as_of, catalog.digest_of, inputs, result, tuple(rows), blocks)


def _row(catalog: Catalog, series: Series, price: Dated, day: date) -> dict[str, Json]:
    place = catalog.place(price.path)
    change = price.change
    return {
        "meter": series.meter,
        "conditions": describe(series.when) if series.when is not None else "",
        "unit": series.unit,
        "effective": price.effective.isoformat(),
        "is_dated": price.is_dated,
        "until": price.until.isoformat() if price.until else None,
        "usd": price.usd,
        "change_percent": short(change * 100, 4).normalize() if change is not None else None,
        "status": price.status(day),
        "source": str(price.source),
        "checked": price.source.checked.isoformat(),
        "layer": place.document.layer,
        "path": place.document.name,
        "line": place.line,
        "column": place.column,
    }


def _blocks(catalog: Catalog, found: History, shown: Sequence[Series], day: date, *, unicode: bool) -> Iterator[Block]:
    yield Heading(f"What {found.ref} cost, as known on {day}")
    yield _prices(catalog, shown, day)
    yield _lines(shown, day, unicode=unicode)
    yield from listed("Not as costcalc ships it", _own(catalog, found))
    yield from listed("To know", _to_know(catalog, found, shown))
    yield from listed("Sources", _sources(shown))


def _prices(catalog: Catalog, shown: Sequence[Series], day: date) -> Table:
    rows = []
    for series in shown:
        for price in series.prices:
            place = catalog.place(price.path)
            until = price.until.isoformat() if price.until else "–"
            rows.append(
                (
                    _label(series),
                    f"{'' if price.is_dated else '≥ '}{price.effective}",
                    until,
                    full_usd(price.usd),
                    _change(price),
                    price.status(day),
                    price.source.checked.isoformat(),
                    f"{place.document.name}:{place.line}",
                    place.document.layer,
                )
            )
    units = ", ".join(dict.fromkeys(f"per {series.unit}" for series in shown))
    return Table(_COLUMNS, tuple(rows), (f"USD {units}", "change is against the price before"))


def _label(series: Series) -> str:
    return series.meter if series.when is None else f"{series.meter}, {describe(series.when)}"


def _change(price: Dated) -> str:
    if price.before is None:
        return "first"
    return _signed(price.change) if price.change is not None else "was free"


def _signed(share: Decimal) -> str:
    """Write a change as a percentage with its sign.

    Example:
        >>> _signed(Decimal("0.125")), _signed(Decimal("-0.5")), _signed(Decimal(0))
        ('+12.5 %', '-50.0 %', 'same')
    """
    return f"{'+' if share > 0 else ''}{percent(share)}" if share else "same"


def _lines(shown: Sequence[Series], day: date, *, unicode: bool) -> Table:
    """Draw every meter over the same days, from the first price to the last one, or to the day."""
    first = min(price.effective for series in shown for price in series.prices)
    last = max(day, *(price.effective for series in shown for price in series.prices))
    span = (last - first).days
    days = [first + timedelta(days=span * column // (_LINE_WIDTH - 1)) for column in range(_LINE_WIDTH)]
    coming = next((column for column, one in enumerate(days) if one > day), None)
    rows = [
        (
            _label(series),
            full_usd(series.prices[0].usd),
            _usd(series.on(day)),
            _since(series, day),
            sparkline([_height(series.on(one)) for one in days], unicode=unicode, now=coming),
        )
        for series in shown
    ]
    legend = f"line {first} to {last}, each to its own scale from $0, dots where no price is known"
    mark = f"{'┊' if unicode else '|'} {day}"
    return Table(_LINES, tuple(rows), (legend, mark) if coming else (legend,))


def _height(usd: Decimal | None) -> float | None:
    return float(usd) if usd is not None else None


def _usd(usd: Decimal | None) -> str:
    return full_usd(usd) if usd is not None else "–"


def _since(series: Series, day: date) -> str:
    now, first = series.on(day), series.prices[0].usd
    return _signed(now / first - 1) if now is not None and first else "–"


def _own(catalog: Catalog, found: History) -> Iterator[str]:
    """Say which prices a layer of the user's has set."""
    for series in found.series:
        for price in series.prices:
            place = catalog.place(price.path)
            if place.document.layer != "shipped":
                yield f"{_label(series)} from {price.effective}: {place} ({place.document.layer})"


def _to_know(catalog: Catalog, found: History, shown: Sequence[Series]) -> Iterator[str]:
    if found.retired is not None:
        yield f"retired on {found.retired}: no longer sold from that day on"
    last_listed = found.sold.model.last_listed if found.sold is not None else None
    if last_listed is not None:
        yield f"no list of prices has had it since {last_listed}: ask whether it is still sold"
    contract = _contract(found)
    if contract is not None and found.sold is not None:
        place = catalog.place(("contracts", found.sold.provider))
        yield f"these are list prices; a contract is in {place}: {_terms(contract, found)}"
    for day, meters in _ended(found).items():
        yield f"no price from {day} on: {', '.join(meters)}; the entry of that day is the whole price and has none"
    hidden = len(found.series) - len(shown)
    if hidden:
        yield f"{hidden} more rates hold under conditions (batch, tiers, long prompts, hours): --conditions shows them"


def _ended(found: History) -> dict[date, list[str]]:
    """Find the plain meters that the newest entries no longer have, by the day from which on they have no price."""
    ended: dict[date, list[str]] = {}
    for series in found.series:
        until = series.prices[-1].until
        is_sold = until is not None and (found.retired is None or until + timedelta(days=1) < found.retired)
        if until is not None and is_sold and series.when is None:
            ended.setdefault(until + timedelta(days=1), []).append(series.meter)
    return ended


def _contract(found: History) -> Contract | None:
    return found.sold.contract if found.sold is not None else None


def _terms(contract: Contract, found: History) -> str:
    until = f" to {contract.until}" if contract.until is not None else ""
    names = {found.sold.id, *found.sold.model.aliases} if found.sold is not None else set()
    prices = ["contracted prices for this model"] if names & set(contract.models) else []
    discount = [f"{percent(contract.discount)} off the list"] if contract.discount else []
    owed = contract.commitment_usd
    committed = [f"${full_usd(owed)} a month committed"] if owed is not None else []
    said = " and ".join([*prices, *discount, *committed]) or "nothing for this model"
    return f"{said}, {contract.effective}{until}"


def _contract_row(catalog: Catalog, found: History) -> dict[str, Json] | None:
    contract = _contract(found)
    if contract is None or found.sold is None:
        return None
    return {
        "terms": _terms(contract, found),
        "effective": contract.effective.isoformat(),
        "until": contract.until.isoformat() if contract.until else None,
        "place": str(catalog.place(("contracts", found.sold.provider))),
    }


def _sources(shown: Sequence[Series]) -> Iterator[str]:
    said = dict.fromkeys((str(price.source), price.source.checked) for series in shown for price in series.prices)
    yield from (f"{source}, checked {checked}" for source, checked in said)
