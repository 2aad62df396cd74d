"""Prices of models.dev: its ``api.json``, providers by id with their models by id, USD per million tokens."""

from collections.abc import Iterator
from decimal import Decimal

from costcalc.catalog.refresh.record import FREE, Json, Rates, Reading, Taken, items, text, whole_number
from costcalc.catalog.sellers import our_provider
from costcalc.findings import Node
from costcalc.workload import Meter

_METERS: dict[str, Meter] = {
    "input": "input",
    "output": "output",
    "reasoning": "reasoning",
    "cache_read": "cache_read",
    "cache_write": "cache_write",
    "input_audio": "input_audio",
    "output_audio": "output_audio",
}
_OVER_200K = 200_000  # what context_over_200k says; the list of tiers is its newer form


def looks_like(root: Node) -> bool:
    """Say whether a file is models.dev's."""
    return any(isinstance(one.nearest(["models"]).value, dict) and one.child("models") for _, one in root.items())


def days(root: Node) -> Iterator[str]:
    """Walk the days by which the age of a file shows: those on which its entries were changed."""
    for _, provider in root.items():  # noqa: PERF102  # a Node has no values()
        for _, model in provider.nearest(["models"]).items():  # noqa: PERF102
            yield text(model.child("last_updated"))


def read(root: Node, reading: Reading) -> Iterator[Taken]:
    """Read every model of every provider that has a price."""
    for provider, node in root.items():
        for name, model in node.nearest(["models"]).items():
            if (taken := _taken(provider, name, model, text(node.child("doc")), reading)) is not None:
                yield taken


def _taken(provider: str, name: str, node: Node, page: str, reading: Reading) -> Taken | None:
    theirs, cost = f"{provider}/{name}", node.child("cost")
    reading.names[theirs] = f"{our_provider(provider)}/{name}"
    rates = Rates()
    if cost is not None:
        _put(rates, cost, theirs, reading)
        _tiers(rates, cost, theirs, reading)
    if not rates.plain or rates.is_free:
        reason = FREE if rates.plain and not reading.has_left(theirs) else "no price per token" if cost else "no price"
        reading.refuse(theirs, reason, node)
        return None
    price: Json = {
        "effective": reading.day.isoformat(),
        **rates.entry(written_as_input=False),
        "source": reading.source(page),
    }
    window = whole_number(node.nearest(["limit"]).child("context"))
    entry: Json = ({"context_window": window} if window else {}) | {
        "prices": [price | {"source": reading.source(page)}]
    }
    return Taken(our_provider(provider), name, theirs, entry, None, node.place)


def _tiers(rates: Rates, cost: Node, theirs: str, reading: Reading) -> None:
    tiers = list(items(cost.child("tiers")))
    for tier in tiers:
        kind, size = text(tier.nearest(["tier"]).child("type")), whole_number(tier.nearest(["tier"]).child("size"))
        if kind == "context" and size is not None:
            _put(rates, tier, theirs, reading, ("prompt_tokens_above", size))
        else:
            reading.leave(theirs, "tiers", "a tier by something else than the prompt's length", tier)
    older = cost.child("context_over_200k")
    if older is not None and not tiers:
        _put(rates, older, theirs, reading, ("prompt_tokens_above", _OVER_200K))


def _put(rates: Rates, node: Node, theirs: str, reading: Reading, *conditions: tuple[str, int]) -> None:
    for key, rate in node.items():
        if key in _METERS:
            usd = reading.amount(rate, f"{theirs}.cost.{key}")
            if usd is not None:
                rates.put(_METERS[key], usd, *conditions)
        elif isinstance(rate.value, int | Decimal) and rate.value:
            reading.leave(theirs, key, "no meter for it", rate)
