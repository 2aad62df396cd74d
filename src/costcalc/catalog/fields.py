"""Every single value of an entry, with the place that decided it and the source that stands behind it."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from costcalc.catalog.catalog import Catalog
from costcalc.findings import Node, Path, Place, Scalar


class Origin(NamedTuple):
    """Where the figures of a part of an entry come from.

    Args:
        part: The part, from the entry's root; empty for the whole.
        source: The source, in words; "" for a judgement or what nobody sourced.
        checked: The day on which somebody looked.
        place: Where that stands.
    """

    part: Path
    source: str
    checked: date | None
    place: Place | None

    def age(self, day: date) -> int | None:
        """Give the days since somebody looked [days]; None where nobody says."""
        return (day - self.checked).days if self.checked is not None else None


class Field(NamedTuple):
    """One value.

    Args:
        path: Where it stands, from the entry's root.
        value: The value.
        place: Where it was written, in whichever layer decided it.
        origin: Where it comes from.
    """

    path: Path
    value: Scalar
    place: Place
    origin: Origin


def fields_of(catalog: Catalog, path: Path) -> Iterator[Field]:
    """Walk the single values of an entry, all layers merged.

    A value's source is the nearest one that stands beside it or above it; the last day of a model has its own.

    Example:
        >>> from costcalc.catalog.layers.load import load_catalog
        >>> one = next(fields_of(load_catalog(), ("assumptions", "pue")))
        >>> (one.path, str(one.value), one.place.document.layer, one.origin.checked.isoformat())
        (('value',), '1.54', 'shipped', '2026-11-22')
    """
    yield from _walk(catalog.node(path), (), Origin((), "", None, None))


def _walk(node: Node, path: Path, origin: Origin) -> Iterator[Field]:
    if isinstance(node.value, dict):
        origin = _origin(node, path, "source") or _judged(node, path) or origin
        for key, child in node.value.items():
            yield from _walk(child, (*path, key), _apart(node, path, key) or origin)
    elif isinstance(node.value, list):
        for index, child in enumerate(node.value):
            yield from _walk(child, (*path, index), origin)
    else:
        yield Field(path, node.value, node.place, origin)


def _apart(node: Node, path: Path, key: str) -> Origin | None:
    """Give the origin of a part that the entry's own source says nothing of: a model's last day, a GPU's offers."""
    if path and path[-1] == "rentals":
        return Origin((*path, key), "", None, None)
    day = next((day for day in ("retired", "last_listed") if key.startswith(day)), None)
    return _origin(node, path, f"{day}_source") if day is not None else None


def _origin(node: Node, path: Path, key: str) -> Origin | None:
    source = node.child(key)
    if source is None or not isinstance(source.value, dict):
        return None
    part = (*path, key.removesuffix("_source")) if key != "source" else path
    return Origin(part, _said(source), _day(source), source.key or source.place)


def _said(source: Node) -> str:
    """Give the address, else the title; where layers have given one each, that of the layer which says the day."""
    checked, named = source.child("checked"), [source.child(key) for key in ("url", "title")]
    given = [one for one in named if one is not None]
    own = [one for one in given if checked is not None and one.place.document == checked.place.document]
    return str((own or given)[0].value)


def _judged(node: Node, path: Path) -> Origin | None:
    """Give the day of a figure that has no source and says when it was thought over."""
    checked, basis = node.child("checked"), node.child("basis")
    if basis is None:
        return None
    place = checked.place if checked is not None else basis.place
    return Origin(path, "", _day(node), place)


def _day(node: Node) -> date | None:
    checked = node.child("seen") or node.child("checked")
    return date.fromisoformat(str(checked.value)) if checked is not None else None
