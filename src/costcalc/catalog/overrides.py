"""How layers stack: a later layer wins, per key path.

Mappings merge key by key; ``null`` removes a key; dated prices merge by their ``effective`` day; any
other list is replaced. Every value keeps the place where it was written, so an error or an explanation
can name the file and line that decided it.
"""

from costcalc.findings import Node


def merge(below: Node | None, above: Node, *, key: str = "") -> Node:
    """Lay one tree over another.

    Example:
        >>> from costcalc.findings import Document, Place
        >>> here = Place(Document("x.yaml", ""), 1, 1)
        >>> def node(value):
        ...     mapping = isinstance(value, dict)
        ...     return Node({key: node(child) for key, child in value.items()} if mapping else value, here)
        >>> merge(node({"input": 3, "output": 15}), node({"output": 12, "input": None})).plain()
        {'output': 12}
    """
    if isinstance(above.value, dict):
        return _merge_mapping(below, above)
    if key == "prices" and below is not None and isinstance(below.value, list) and isinstance(above.value, list):
        return _merge_dated(below.value, above.value, above)
    return above


def _merge_mapping(below: Node | None, above: Node) -> Node:
    base = below.value if below is not None and isinstance(below.value, dict) else {}
    merged = dict(base)
    for key, child in above.items():
        if child.value is None:
            merged.pop(key, None)
        else:
            merged[key] = merge(base.get(key), child, key=key)
    return Node(merged, above.at, above.key_at)


def _merge_dated(below: list[Node], above: list[Node], parent: Node) -> Node:
    """Merge price lists by day: the same day is the same entry, another day is one more."""

    def effective(entry: Node) -> str:
        day = entry.child("effective")
        return str(day.plain()) if day is not None else ""

    entries = {effective(entry): entry for entry in below}
    for entry in above:
        day = effective(entry)
        entries[day] = merge(entries.get(day), entry) if day else entry
    return Node([entries[day] for day in sorted(entries)], parent.at, parent.key_at)
