"""Which seller bills which meter: the table in docs/method/api.md, made from the shipped catalog."""

from collections.abc import Iterator
from decimal import Decimal

from costcalc.catalog.catalog import Catalog
from costcalc.catalog.forms.rates import USUAL_TABLE, in_usual
from costcalc.catalog.forms.schema import ApiFile, DatedRates
from costcalc.units import full_usd
from costcalc.workload import Meter

_HEAD = "| Meter | Unit of its price | Sellers (models that bill it): from the least to the most [USD] |\n|---|---|---|"


def bills(catalog: Catalog) -> str:
    """Write each meter, its unit, and each seller with its number of models and the span of its list prices."""
    return "\n".join([_HEAD, *(row for meter in USUAL_TABLE if (row := _row(meter, catalog)))])


def _row(meter: Meter, catalog: Catalog) -> str:
    sellers = [words for name, file in catalog.providers.items() if (words := _seller(name, file, meter))]
    return f"| `{meter}` | {USUAL_TABLE[meter].unit_of(meter)} | {', '.join(sellers)} |" if sellers else ""


def _seller(name: str, file: ApiFile, meter: Meter) -> str:
    found = {model: rates for model, of in file.models.items() if (rates := [*_rates(of.prices[-1], meter)])}
    tools = [*_rates(file.tools.prices[-1], meter)] if file.tools is not None else []
    usd = sorted([*tools, *(one for rates in found.values() for one in rates)])
    if not usd:
        return ""
    span = full_usd(usd[0]) if usd[0] == usd[-1] else f"{full_usd(usd[0])} to {full_usd(usd[-1])}"
    return f"{name} ({len(found) or 'tools'}): {span}"


def _rates(entry: DatedRates, meter: Meter) -> Iterator[Decimal]:
    return (in_usual(meter, rate.usd, rate.table) for rate in entry.rates() if rate.meter == meter)
