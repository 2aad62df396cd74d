"""Prices that an edit makes ten times dearer or cheaper: a slip of the unit or of the decimal point looks so."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from costcalc.catalog.catalog import MAX_AGE_DAYS, Catalog
from costcalc.catalog.forms.kinds import FOLDERS
from costcalc.catalog.lint.neighbours import Neighbour, off
from costcalc.catalog.lint.question import Found, Question, dotted
from costcalc.catalog.lint.table import PRICE_OUTLIER
from costcalc.findings import Finding, Node, Path

_HELP = "a slip of the unit, or of the decimal point?"


def outliers(entry: Path, before: Catalog, after: Catalog, shipped: Catalog, *, today: date) -> Iterator[Finding]:
    """Find prices that an edit has set ten times off the last ones, meter by meter, or off what others take.

    Args:
        entry: What was edited, as a path of the catalog.
        before: The catalog without the edit.
        after: The catalog with it.
        shipped: What costcalc ships.
        today: The day, for what others take.
    """
    old, new = _figures(before, entry), _figures(after, entry)
    changed: set[Path] = set()
    for key, figure in new.items():
        last = _last(key, old, new)
        if last is not None and last.usd == figure.usd:
            continue
        message = off(figure.usd, [last])
        if message:
            yield _finding(Found(figure.path, message, help=_HELP), after)
        else:
            changed.add(figure.path)
    if changed and entry[0] in FOLDERS:  # a new thing has no last price; what others take says as much
        for found in PRICE_OUTLIER.find(Question(after, today, MAX_AGE_DAYS, shipped)):
            if found.path in changed:
                yield _finding(found, after)


class _Figure(NamedTuple):
    """One price of an entry, and where it stands."""

    path: Path
    usd: Decimal


_Key = tuple[object, ...]  # a path with the day of a dated entry in place of its index, which an edit may change


def _figures(catalog: Catalog, entry: Path) -> dict[_Key, _Figure]:
    node = catalog.find(entry)
    return dict(_walk(node, entry, entry)) if node is not None else {}


def _walk(node: Node, path: Path, key: _Key) -> Iterator[tuple[_Key, _Figure]]:
    if isinstance(node.value, dict):
        for name, child in node.value.items():
            yield from _walk(child, (*path, name), (*key, name))
    elif isinstance(node.value, list):
        for index, child in enumerate(node.value):
            day = child.child("effective")
            step = index if day is None else date.fromisoformat(str(day.value))
            yield from _walk(child, (*path, index), (*key, step))
    elif isinstance(node.value, int | Decimal) and any(str(step).startswith("usd") for step in path[-2:]):
        yield key, _Figure(path, Decimal(node.value))


def _last(key: _Key, old: Mapping[_Key, _Figure], new: Mapping[_Key, _Figure]) -> Neighbour | None:
    """Give the price that a price replaces: what stood in its place, else that of the entry before it."""
    if key in old:
        return Neighbour(old[key].usd, "that stood there")
    day = next((step for step in key if isinstance(step, date)), None)
    if day is None:
        return None
    at = key.index(day)
    days = {step for other in new for step in other[at : at + 1] if isinstance(step, date) and step < day}
    prices = ((earlier, new.get((*key[:at], earlier, *key[at + 1 :]))) for earlier in sorted(days, reverse=True))
    befores = (Neighbour(price.usd, f"of {earlier} before it") for earlier, price in prices if price is not None)
    return next(befores, None)


def _finding(found: Found, catalog: Catalog) -> Finding:
    shown = dotted(found.path)
    place = catalog.place(found.path)
    return Finding(PRICE_OUTLIER.id, PRICE_OUTLIER.level, f"{shown}: {found.message}", place, found.help, shown)
