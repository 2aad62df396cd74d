"""Prices of OpenRouter: the answer of ``/api/v1/models``, USD per token as text.

There "-1" means that the price depends on the model that a request is routed to, and "0" of anything but
prompt and completion that there is no such price.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation

from costcalc.catalog.refresh.record import FREE, Json, Rates, Reading, Taken, items, text, whole_number
from costcalc.findings import Node
from costcalc.units import MTOK, THOUSAND
from costcalc.workload import CALL_METERS, Meter

_PAGE = "https://openrouter.ai/models"
_METERS: dict[str, Meter] = {
    "prompt": "input",
    "completion": "output",
    "input_cache_read": "cache_read",
    "input_cache_write": "cache_write",
    "internal_reasoning": "reasoning",
    "request": "request",
    "web_search": "web_search",
    "audio": "input_audio",
}
_LAST_SECOND = 253_402_300_800  # the end of the year 9999
_ALWAYS = ("prompt", "completion")


def looks_like(root: Node) -> bool:
    """Say whether a file is OpenRouter's."""
    return any(one.child("pricing") is not None for one in items(root.child("data")))


def days(root: Node) -> Iterator[str]:
    """Walk the days by which the age of a file shows: those on which its models were added [s since 1970]."""
    for model in items(root.child("data")):
        created = whole_number(model.child("created"))
        if created is not None and created < _LAST_SECOND:
            yield datetime.fromtimestamp(created, UTC).date().isoformat()


def read(root: Node, reading: Reading) -> Iterator[Taken]:
    """Read every model that has a price of its own."""
    for node in items(root.child("data")):
        name, pricing = text(node.child("id")), node.child("pricing")
        reading.names[name] = f"openrouter/{name}"
        rates = Rates()
        reason = _put_all(rates, pricing, name, reading) if pricing is not None else ""
        if not reason and not rates.plain:
            reason = "no price"
        if not reason and rates.is_free and not name.endswith(":free"):
            reason = "no price per token" if reading.has_left(name) else FREE
        if reason:
            reading.refuse(name, reason, node)
        else:
            yield Taken("openrouter", name, name, _entry(node, name, rates, reading), None, node.place)


def _entry(node: Node, name: str, rates: Rates, reading: Reading) -> Json:
    slug, window = text(node.child("canonical_slug")), whole_number(node.child("context_length"))
    price: Json = {"effective": reading.day.isoformat(), **rates.entry(written_as_input=False)}
    return {
        # a variant such as :free has the slug of the model that it is a variant of
        **({"aliases": [slug]} if slug not in {"", name} and ":" not in name else {}),
        **({"context_window": window} if window else {}),
        "prices": [price | {"source": reading.source(_PAGE)}],
    }


def _put_all(rates: Rates, pricing: Node, name: str, reading: Reading) -> str:
    """Take all prices of a model; gives why it has none, where it depends on the route."""
    for key, node in pricing.items():
        number = _number(node)
        if number.value == -1:
            return "its price depends on the model that a request is routed to"
        if not number.value and key not in _ALWAYS:
            continue
        if key not in _METERS:
            reading.leave(name, key, "no meter for it", node)
            continue
        meter = _METERS[key]
        usd = reading.amount(number, f"{name}.pricing.{key}", per=THOUSAND if meter in CALL_METERS else MTOK)
        if usd is not None:
            rates.put(meter, usd)
    return ""


def _number(node: Node) -> Node:
    """Read a price that is written as text."""
    if not isinstance(node.value, str):
        return node
    try:
        number = Decimal(node.value)
    except InvalidOperation:
        return node
    return Node(number, node.at, node.key_at) if number.is_finite() else node
