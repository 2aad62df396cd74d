"""What was read from another library's file as an overlay: prices over ours, and models that we lack.

Of a model that we have only the price is taken: a dated entry from the day on, over ours. Where ours has an
entry of the same day, what only ours says there is removed, so that theirs is taken whole.
"""

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from fnmatch import fnmatchcase
from typing import Any, Literal, NamedTuple

from costcalc.catalog.catalog import Catalog
from costcalc.catalog.edit.splice import set_value
from costcalc.catalog.refresh.read import TheirFile
from costcalc.catalog.refresh.record import Json, LeftOut, Taken, without_fields
from costcalc.errors import FlagError
from costcalc.findings import did_you_mean
from costcalc.workload import CALL_METERS

MARK = "# Imported by costcalc catalog import"  # the first words of a file that an import may replace


class Placed(NamedTuple):
    """A model of theirs with its place in our catalog.

    Args:
        taken: The model.
        ours: Our id of it, or None where we have no such model.
    """

    taken: Taken
    ours: str | None

    @property
    def ref(self) -> str:
        """How options name it."""
        return f"{self.taken.provider}/{self.ours or self.taken.name}"

    @property
    def effect(self) -> Literal["overrides", "adds"]:
        """What an overlay with it does."""
        return "adds" if self.ours is None else "overrides"


def placed(theirs: TheirFile, catalog: Catalog, only: Sequence[str] = ()) -> tuple[list[Placed], list[LeftOut]]:
    """Find every model's place in our catalog, and everything of the wanted models that is left out.

    Two names of theirs may be one model of ours; where their prices differ, one is left out.

    Args:
        theirs: What was read.
        catalog: Our catalog.
        only: Patterns such as ``openai/*`` of the models that are wanted; empty for all.

    Raises:
        FlagError: A pattern fits no model.
    """
    ours = {provider: _names(catalog, provider) for provider in {one.provider for one in theirs.taken}}
    found = [Placed(taken, _ours(taken, ours[taken.provider])) for taken in theirs.taken]
    for pattern in only:
        names = [name for one in found for name in _called(one)] + [one.model for one in theirs.left]
        if not _fit(names, [pattern]):
            hint = did_you_mean(pattern, names)
            raise FlagError(f"no model of {theirs.file} fits '{pattern}'{f'; {hint}' if hint else ''}")
    wanted, claims = _one_each([one for one in found if not only or _fit(_called(one), only)])
    about = {one.taken.theirs for one in wanted}
    left = [one for one in theirs.left if not only or one.model in about or _fit([one.model], only)]
    return wanted, [*without_fields(left, {one.model for one in claims}), *claims]


def _called(one: Placed) -> tuple[str, ...]:
    return one.ref, one.taken.theirs, f"{one.taken.provider}/{one.taken.name}"


def _fit(names: Sequence[str], patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(name.lower(), pattern.lower()) for name in names for pattern in patterns)


def _names(catalog: Catalog, provider: str) -> dict[str, str]:
    """Give a provider's ids by every name of theirs; case does not matter."""
    models = catalog.providers[provider].models if provider in catalog.providers else {}
    aliases = {alias.lower(): name for name, model in models.items() for alias in model.aliases}
    return aliases | {name.lower(): name for name in models}


def _ours(taken: Taken, ours: Mapping[str, str]) -> str | None:
    names = (taken.name, *taken.entry.get("aliases", ()))
    return next((ours[name.lower()] for name in names if name.lower() in ours), None)


def _one_each(found: Sequence[Placed]) -> tuple[list[Placed], list[LeftOut]]:
    """Let the entry that bears our own id stand for a model of ours; others must say the same, or are left out."""
    kept: dict[str, Placed] = {}
    left: list[LeftOut] = []
    for one in sorted(found, key=lambda each: (each.ours != each.taken.name, each.taken.name)):
        first = kept.setdefault(one.ref, one)
        if not first.taken.costs_as(one.taken):
            reason = f"a name of {one.ref}, as {first.taken.theirs} is, which has another price; that one is taken"
            left.append(LeftOut(one.taken.theirs, "", reason, one.taken.place))
    return [kept[ref] for ref in sorted(kept)], left


def kinds(models: Sequence[Placed]) -> dict[str, int]:
    """Count the rates in force by kind: plain ones, long context, batch, tiers, uplifts, hours."""
    counts = dict.fromkeys((*_PLAIN.values(), "other meters", *_KINDS.values()), 0)
    for one in models:
        price = one.taken.entry["prices"][0]
        for entry in (price, *price.get("when", ())):
            kind = next(words for key, words in _KINDS.items() if key in entry)
            rates = [*entry.get("usd_per_mtok", ()), *entry.get("usd_per_thousand", ())]
            for meter in rates or ["multiply"]:
                name = _PLAIN.get(meter, "other meters") if kind == "plain" else kind
                counts[name] += 1
    return {name: count for name, count in counts.items() if count}


_KINDS = {
    "prompt_tokens_above": "long context",
    "prompt_tokens_from": "long context",
    "processing": "batch",
    "service_tier": "tiers",
    "region": "regions",
    "region_other_than": "regions",
    "utc": "hours",
    "effective": "plain",
}
_PLAIN: dict[str, str] = {
    "input": "input",
    **dict.fromkeys(("cache_read", "cache_write", "cache_write_1h", "cache_write_12h"), "cached"),
    "output": "output",
    **dict.fromkeys(CALL_METERS, "calls"),
}


def stays(one: Placed, theirs: TheirFile, catalog: Catalog) -> tuple[str, ...]:
    """Name the later days of ours on which theirs has no price, so that ours takes over."""
    if one.ours is None:
        return ()
    dates = [price["effective"] for price in _model(one, theirs, catalog)["prices"]]
    ours = catalog.providers[one.taken.provider].models[one.ours].prices
    later = (price.effective.isoformat() for price in ours)
    return tuple(day for day in later if day > dates[0] and day not in dates)


def overlay_text(theirs: TheirFile, models: Sequence[Placed], catalog: Catalog) -> str:
    """Write models as an overlay that loads as it is."""
    api: dict[str, Any] = {}
    for one in models:
        provider = api.setdefault(one.taken.provider, _provider(theirs, one.taken.provider, catalog))
        provider["models"][one.ours or one.taken.name] = _model(one, theirs, catalog)
    head = (
        f"{MARK} {theirs.peer}: {theirs.file}, of {theirs.checked}, prices of {theirs.day}.\n"
        "# Lay it over the catalog with --catalog; a model's entry that you delete brings our own price back.\n"
    )
    return set_value(head, ("api",), api)


def _provider(theirs: TheirFile, provider: str, catalog: Catalog) -> Json:
    if provider in catalog.providers:
        return {"models": {}}
    return {"via": f"{theirs.peer} ({theirs.file})", "models": {}}


def _model(one: Placed, theirs: TheirFile, catalog: Catalog) -> Json:
    entry: Json = deepcopy(one.taken.entry)
    if one.ours is None:
        return entry
    prices = entry["prices"]
    prices[0]["effective"] = max(prices[0]["effective"], theirs.day.isoformat())
    ours = {price["effective"]: price for price in _our_prices(one, catalog)}
    return {"prices": [_whole(price, ours.get(price["effective"])) for price in prices]}


def _our_prices(one: Placed, catalog: Catalog) -> list[Json]:
    entry = catalog.entry(("api", one.taken.provider, "models", str(one.ours)))
    found: list[Json] = entry["prices"]
    return found


def _whole(price: Json, ours: Json | None) -> Json:
    """Remove what our entry of the same day says and theirs does not."""
    return price if ours is None else {**price, **dict(_removals(price, ours))}


def _removals(price: Json, ours: Json) -> Iterator[tuple[str, object]]:
    for key, value in ours.items():
        if key not in price:
            yield key, None
        elif isinstance(value, dict) and key != "source":
            yield key, price[key] | dict.fromkeys(meter for meter in value if meter not in price[key])
    if "url" in ours["source"] and "url" not in price["source"]:
        yield "source", {**price["source"], "url": None}
