"""How layers stack: a later layer wins, per key path.

Mappings merge key by key; ``null`` removes a key; dated prices merge by their ``effective`` day; any
other list is replaced. Every value keeps the place where it was written, so an error or an explanation
can name the file and line that decided it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from costcalc.catalog.forms.scalars import Interval
from costcalc.findings import Finding, Node, did_you_mean

Report = Callable[[Finding], None]


def merge(below: Node | None, above: Node, report: Report) -> Node:
    """Lay one tree over another.

    Args:
        below: The lower layers' tree, or None where they say nothing.
        above: The layer to lay over it.
        report: Takes what the layer says in vain: a ``null`` that removes nothing, a day twice.

    Example:
        >>> from costcalc.findings import Document
        >>> here = (Document("x.yaml", ""), 1, 1, 1)
        >>> def node(value):
        ...     mapping = isinstance(value, dict)
        ...     return Node({key: node(child) for key, child in value.items()} if mapping else value, here)
        >>> merge(node({"input": 3, "output": 15}), node({"output": 12, "input": None}), print).plain()
        {'output': 12}
    """
    return _Merge(report).merge(below, above)


def intervals(below: Node | None, above: Node, report: Report) -> Node:
    """Write out a layer's short form of an assumption: a number, or ``low to high``; the old one's source is gone.

    A range's value is its geometric mean, the median of a lognormal; one that holds 0 is written out in full. A range
    over what is decided (``drawn: false``), in either form, is what the user does not know: it is drawn, unless the
    layer says otherwise.

    Args:
        below: The lower layers' assumptions.
        above: The layer's own.
        report: Takes what is no number and no range.

    Example:
        >>> from costcalc.findings import Document
        >>> here = (Document("x.yaml", ""), 1, 1, 1)
        >>> written = intervals(None, Node({"pue": Node("1.2 to 1.6", here)}, here), print).plain()
        >>> {key: str(value) for key, value in written["pue"].items()}
        {'value': '1.38564', 'low': '1.2', 'high': '1.6', 'basis': 'user'}
    """
    written: dict[str, Node] = {}
    for name, child in above.items():
        try:
            numbers = _numbers(child.value)
        except ValueError as error:
            report(Finding("value", "error", f"assumptions.{name}: {error}", child.place))
            continue
        old = below.child(name) if below is not None else None
        if numbers is None:
            written[name] = _drawn(child, old)
            continue
        if below is not None and old is None:
            # a new assumption needs a unit, which the short form has not: it is rather a name that was mistyped
            message = f"unknown assumption '{name}': nothing to override, and a new one is written out in full"
            hint = did_you_mean(name, [known for known, _ in below.items()])
            report(Finding("unknown-name", "error", message, child.key, hint))
            continue
        entry = {key: Node(number, child.at, child.key_at) for key, number in zip(_PARTS, numbers, strict=True)}
        entry["basis"] = Node("user", child.at, child.key_at)
        gone = [key for key in ("source", "checked", "note") if old is not None and old.child(key) is not None]
        entry |= {key: Node(None, child.at, child.key_at) for key in gone}
        written[name] = _drawn(Node(entry, child.at, child.key_at), old)
    return Node(written, above.at, above.key_at)


def _drawn(entry: Node, old: Node | None) -> Node:
    """Say of a range that stands over what is decided that it is drawn."""
    if old is None or old.nearest(["drawn"]).value is not False or entry.child("drawn") is not None:
        return entry
    children = dict(entry.items())
    low, high = (str((entry.child(end) or old.nearest([end])).plain()) for end in ("low", "high"))
    if low == high or not children.keys() & {"low", "high"}:
        return entry
    return Node({**children, "drawn": Node(value=True, at=entry.at, key_at=entry.key_at)}, entry.at, entry.key_at)


_PARTS = ("value", "low", "high")


def _numbers(value: object) -> tuple[int | Decimal, int | Decimal, int | Decimal] | None:
    """Give value, low and high of a short form; None for anything else, which the form then judges."""
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return value, value, value
    if not isinstance(value, str):
        return None
    interval = Interval.parse(value)
    return Decimal(interval), interval.low, interval.high


@dataclass(frozen=True)
class _Merge:
    report: Report

    def merge(self, below: Node | None, above: Node, *, key: str = "") -> Node:
        if isinstance(above.value, dict):
            return self.mapping(below, above)
        if key == "prices" and below is not None and isinstance(below.value, list) and isinstance(above.value, list):
            return self.dated(below.value, above.value, above)
        return above

    def mapping(self, below: Node | None, above: Node) -> Node:
        base = below.value if below is not None and isinstance(below.value, dict) else {}
        merged = dict(base)
        for key, child in above.items():
            if child.value is not None:
                merged[key] = self.merge(base.get(key), child, key=key)
            elif merged.pop(key, None) is None:
                message = f"{key}: nothing stands here, and no lower layer has it to be removed"
                self.report(Finding("empty", "error", message, child.key, did_you_mean(key, base)))
        return Node(merged, above.at, above.key_at)

    def dated(self, below: list[Node], above: list[Node], parent: Node) -> Node:
        """Merge price lists by day: the same day is the same entry, another day is one more."""
        entries = {_effective(entry): entry for entry in below}
        undated = [entry for entry in above if not _effective(entry)]
        seen: set[str] = set()
        for entry in above:
            day = _effective(entry)
            if day in seen:
                self.report(Finding("duplicate-day", "error", f"prices: a second entry of {day}", entry.place))
            elif day:
                seen.add(day)
                entries[day] = self.entry(entries.get(day), entry)
        return Node([*(entries[day] for day in sorted(entries)), *undated], parent.at, parent.key_at)

    def entry(self, below: Node | None, above: Node) -> Node:
        """Merge one price entry; what a layer changes without a source of its own is the layer's, not the vendor's."""
        merged = self.merge(below, above)
        source = below.child("source") if below is not None else None
        if source is not None and above.child("source") is None and isinstance(merged.value, dict):
            was = source.nearest(["url"] if source.child("url") else ["title"]).plain()
            title = Node(f"{above.place.document.name}:{above.place.line}, over {was}", above.at)
            kept = {key: node for key, node in source.items() if key == "checked"}
            merged.value["source"] = Node({"title": title, **kept}, above.at)
        return merged


def _effective(entry: Node) -> str:
    day = entry.child("effective")
    return str(day.plain()) if day is not None else ""
