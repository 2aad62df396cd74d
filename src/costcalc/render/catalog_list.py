"""What ``catalog list`` says: what there is of each kind, with what one needs to choose."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Literal, NamedTuple, assert_never, get_args

from costcalc.catalog.catalog import Catalog
from costcalc.catalog.exchange import exchange_of
from costcalc.catalog.forms.exchange_rates import Currency
from costcalc.catalog.forms.options import BlendOption, Option, PlanOption, RateOption
from costcalc.catalog.forms.schema import Price
from costcalc.catalog.things import SoldModel
from costcalc.errors import UndecidableError
from costcalc.render.catalog_hardware import gpu_row, gpu_table, open_model_row, open_model_table
from costcalc.render.catalog_plans import plan_row, plan_table, plans_named
from costcalc.render.numbers import quantity
from costcalc.render.report import Block, Column, Heading, Json, Paragraph, Report, Table
from costcalc.units import full_usd, how_many, short
from costcalc.workload import TokenMeter

ListKind = Literal["options", "models", "open-models", "gpus", "plans", "assumptions", "currencies"]
LIST_KINDS: tuple[ListKind, ...] = get_args(ListKind)

_MODEL_COLUMNS = (
    Column("model"),
    Column("input", "right"),
    Column("cached", "right", rank=2),
    Column("output", "right"),
    Column("since", rank=3),
    Column("checked", rank=4),
    Column("status", rank=1),
)
_OPTION_COLUMNS = (Column("option"), Column("kind"), Column("serves", rank=2), Column("headline", rank=1))
_PROVIDER_COLUMNS = (Column("provider"), Column("models", "right"), Column("name", rank=1))
_ASSUMPTION_COLUMNS = (
    Column("assumption"),
    Column("value", "right"),
    Column("low–high", "right"),
    Column("unit", wraps=True),
)
_CURRENCY_COLUMNS = (
    Column("currency"),
    Column("per USD", "right"),
    Column("of"),
    Column("checked", rank=2),
    Column("name", rank=1),
)


class _Listed(NamedTuple):
    """One kind's entries.

    Args:
        rows: As data.
        blocks: For people.
        about: What a heading says of them.
    """

    rows: tuple[Mapping[str, Json], ...]
    blocks: tuple[Block, ...]
    about: str


def list_report(catalog: Catalog, kind: ListKind | None, pattern: str, *, as_of: date) -> Report:
    """List what there is, at the day's list prices.

    Args:
        catalog: The catalog.
        kind: What to list; None for an overview, or for everything whose name contains the text.
        pattern: Only what has this text in its name, whatever its case; empty for all.
        as_of: The day whose prices are listed.
    """
    listed = {
        each: _listed(each, catalog, pattern.lower(), as_of) for each in (LIST_KINDS if kind is None else (kind,))
    }
    result: dict[str, Json] = {
        each.replace("-", "_"): listed[each].rows if each in listed else () for each in LIST_KINDS
    }
    records = listed[kind or "models"].rows
    if kind is not None:
        blocks = _of_kind(listed[kind])
    else:
        blocks = _found(listed, pattern, as_of) if pattern else _overview(catalog, listed, as_of)
    inputs: dict[str, Json] = {"kind": kind, "pattern": pattern}
    return Report("catalog-list", as_of, catalog.digest_of, inputs, result, records, tuple(blocks))


def _listed(kind: ListKind, catalog: Catalog, pattern: str, day: date) -> _Listed:  # noqa: PLR0911  # an arm a kind
    match kind:
        case "options":
            rows = tuple(_option_row(catalog, name) for name in catalog.options if pattern in name.lower())
            return _Listed(rows, (Table(_OPTION_COLUMNS, tuple(map(_cells, rows))),), "options")
        case "models":
            rows = tuple(_model_row(sold, day) for sold in _models(catalog, pattern))
            note = Paragraph("USD per million tokens, standard processing, the shortest prompt.")
            table = Table(_MODEL_COLUMNS, tuple(map(_cells, rows)))
            return _Listed(rows, (table, note), f"models at the list prices of {day}")
        case "open-models":
            models = [model for model in catalog.models.values() if pattern in model.name.lower()]
            return _Listed(
                tuple(map(open_model_row, models)), (open_model_table(models),), "open models to run yourself"
            )
        case "gpus":
            gpus = [gpu for gpu in catalog.gpus.values() if pattern in gpu.name.lower()]
            rows = tuple(gpu_row(gpu, day) for gpu in gpus)
            return _Listed(rows, (gpu_table(gpus, day),), f"GPUs at the list rents of {day}")
        case "plans":
            plans = list(plans_named(catalog, pattern))
            rows = tuple(plan_row(sold, day) for sold in plans)
            return _Listed(rows, (plan_table(plans, day),), f"plans at the fees of {day}")
        case "assumptions":
            rows = tuple(_assumption_row(catalog, name) for name in catalog.assumptions if pattern in name.lower())
            return _Listed(rows, tuple(_by_basis(rows)), "assumptions, each with its 90 % range")
        case "currencies":
            currencies = catalog.exchange_rates().items()
            rows = tuple(
                _currency_row(*each, day) for each in currencies if pattern in f"{each[0]} {each[1].name}".lower()
            )
            table = Table(_CURRENCY_COLUMNS, tuple(map(_cells, rows)))
            return _Listed(rows, (table,), f"currencies with a rate of exchange, on {day}")
        case _:
            assert_never(kind)


def _of_kind(listed: _Listed) -> Iterator[Block]:
    yield Heading(f"{len(listed.rows)} {listed.about}")
    yield from listed.blocks


def _overview(catalog: Catalog, listed: Mapping[ListKind, _Listed], day: date) -> Iterator[Block]:
    counts = f"{how_many(len(listed['options'].rows), 'option')} and {how_many(len(listed['models'].rows), 'model')}"
    yield Heading(f"{counts} at the list prices of {day}")
    yield from listed["options"].blocks
    providers = [(name, str(len(prices.models)), prices.name or "") for name, prices in catalog.providers.items()]
    yield Table(_PROVIDER_COLUMNS, tuple(providers))
    others = ", ".join(f"{len(listed[kind].rows)} {kind.replace('-', ' ')}" for kind in LIST_KINDS[2:])
    yield Paragraph(f"Also: {others.replace('gpus', 'GPUs')}.")
    yield Paragraph(
        f"costcalc catalog list KIND lists one kind ({', '.join(LIST_KINDS)}); costcalc catalog list TEXT lists what"
        " has TEXT in its name."
    )


def _found(listed: Mapping[ListKind, _Listed], pattern: str, day: date) -> Iterator[Block]:
    found = [kind for kind in LIST_KINDS if listed[kind].rows]
    counts = ", ".join(f"{kind} ({len(listed[kind].rows)})" for kind in found)
    yield Heading(f"With '{pattern}' in its name, at the prices of {day}: {counts}")
    for kind in found:
        yield from listed[kind].blocks


def _models(catalog: Catalog, pattern: str) -> Iterator[SoldModel]:
    for provider, prices in catalog.providers.items():
        for name in prices.models:
            if pattern in f"{provider}/{name}".lower():
                yield catalog.sold_model(f"{provider}/{name}")


def _status(sold: SoldModel, day: date) -> str:
    if sold.retired_on(day):
        return "retired"
    if sold.unlisted_on(day):
        return "unlisted"
    return "sold" if sold.model.prices[0].effective <= day else "no price yet"


def _model_row(sold: SoldModel, day: date) -> dict[str, Json]:
    try:
        price: Price | None = sold.price_on(day)[1]
    except UndecidableError:
        price = None
    rates = _in_usd(sold, price, day) if price is not None else {}
    return {
        "model": sold.ref,
        "input": rates.get("input"),
        "cache_read": rates.get("cache_read"),
        "output": rates.get("output"),
        "since": price.effective.isoformat() if price else None,
        "checked": price.source.checked.isoformat() if price else None,
        "status": _status(sold, day),
    }


def _in_usd(sold: SoldModel, price: Price, day: date) -> Mapping[TokenMeter, Decimal]:
    """Give a price's plain rates of tokens [USD/Mtok]; nothing where its currency has no rate of exchange."""
    try:
        rate = exchange_of(sold, price.currency, day)
    except UndecidableError:
        return {}
    if rate is None:
        return price.usd_per_mtok or {}
    return {meter: short(amount / rate.per_usd, 6) for meter, amount in (price.per_mtok or {}).items()}


def _option_row(catalog: Catalog, name: str) -> dict[str, Json]:
    option = catalog.options[name]
    row: dict[str, Json] = {"option": name, "kind": option.kind, "serves": _serves(option)}
    return {**row, "headline": name in catalog.headline}


def _serves(option: Option) -> str | None:
    """Say what stands behind an option: a model, a subscription, or the options of a blend."""
    match option:
        case RateOption():
            return option.serves
        case PlanOption():
            return option.plan
        case BlendOption():
            return ", ".join(option.members)
        case _:
            return option.model


def _cells(row: Mapping[str, Json]) -> tuple[str, ...]:
    return tuple(_cell(value) for value in row.values())


def _cell(value: Json) -> str:
    if isinstance(value, bool):
        return "yes" if value else ""
    return full_usd(value) if isinstance(value, Decimal) else "–" if value is None else str(value)


def _assumption_row(catalog: Catalog, name: str) -> dict[str, Json]:
    held = catalog.assumptions[name]
    figures: dict[str, Json] = {"value": held.value, "low": held.low, "high": held.high}
    return {"assumption": name, **figures, "unit": held.unit, "basis": held.basis}


def _currency_row(code: str, currency: Currency, day: date) -> dict[str, Json]:
    rate = next((price for price in reversed(currency.prices) if price.effective <= day), None)
    return {
        "currency": code,
        "per_usd": rate.per_usd if rate else None,
        "since": rate.effective.isoformat() if rate else None,
        "checked": rate.source.checked.isoformat() if rate else None,
        "name": currency.name,
    }


def _by_basis(rows: Iterable[Mapping[str, Json]]) -> Iterator[Block]:
    """Give a table of each basis, so that a judgement does not look like a measurement."""
    groups: dict[str, list[tuple[str, ...]]] = {}
    for row in rows:
        value, low, high = (quantity(Decimal(str(row[key]))) for key in ("value", "low", "high"))
        cells = (str(row["assumption"]), value, f"{low}–{high}", str(row["unit"]))
        groups.setdefault(str(row["basis"]), []).append(cells)
    for basis, table in groups.items():
        yield Heading(f"Basis: {basis}")
        yield Table(_ASSUMPTION_COLUMNS, tuple(table))
