"""What was read from another library's file as an overlay: prices over ours, and models that we lack.

Of a model that we have only what theirs says of the price is taken: a dated entry from the day on, laid over ours
meter by meter (`costcalc.catalog.refresh.merge`).
"""

from collections.abc import Iterator, Sequence
from typing import Any

from costcalc.catalog.catalog import Catalog
from costcalc.catalog.edit.splice import set_value
from costcalc.catalog.refresh.laid import Laid
from costcalc.catalog.refresh.read import TheirFile
from costcalc.catalog.refresh.record import Json

MARK = "# Imported by costcalc catalog import"  # the first words of a file that an import may replace


def overlay_text(theirs: TheirFile, models: Sequence[Laid], catalog: Catalog) -> str:
    """Write models as an overlay that loads as it is."""
    api: dict[str, Any] = {}
    for one in models:
        if one.prices:
            taken = one.placed.taken
            provider = api.setdefault(taken.provider, _provider(theirs, taken.provider, catalog))
            provider["models"][one.placed.ours or taken.name] = _model(one, catalog)
    head = (
        f"{MARK} {theirs.peer}: {theirs.file}, of {theirs.checked}, prices of {theirs.day}.\n"
        "# Lay it over the catalog with --catalog; a model's entry that you delete brings our own price back.\n"
    )
    return set_value(head, ("api",), api) if api else f"{head}# Nothing of it changes a price of ours.\napi: {{}}\n"


def _provider(theirs: TheirFile, provider: str, catalog: Catalog) -> Json:
    if provider in catalog.providers:
        return {"models": {}}
    return {"via": f"{theirs.peer} ({theirs.file})", "models": {}}


def _model(one: Laid, catalog: Catalog) -> Json:
    if one.placed.ours is None:
        return one.placed.taken.entry
    ours = {price["effective"]: price for price in one.placed.prices(catalog)}
    return {"prices": [_whole(price, ours.get(price["effective"])) for price in one.prices]}


def _whole(price: Json, ours: Json | None) -> Json:
    """Remove what our entry of the same day says and the merged one does not: its source, a meter billed as another."""
    return price if ours is None else {**price, **dict(_removals(price, ours))}


def _removals(price: Json, ours: Json) -> Iterator[tuple[str, object]]:
    for key, value in ours.items():
        if key not in price:
            yield key, None
        elif isinstance(value, dict):
            gone = dict.fromkeys(name for name in value if name not in price[key])
            if gone:
                yield key, price[key] | gone
