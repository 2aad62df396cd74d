"""The dated entries of ours that a price of theirs meets: which is in force, how fresh it is, what follows it."""

from collections.abc import Iterable, Sequence

from costcalc.catalog.refresh.merge import Change, Merged
from costcalc.catalog.refresh.record import Json


def in_force(prices: Sequence[Json], day: str) -> Json | None:
    """Give the entry that holds on a day; entries stand oldest first."""
    return next((price for price in reversed(prices) if price["effective"] <= day), None)


def evidence(price: Json) -> str:
    """Give the day of the evidence for an entry: when it was seen, else when somebody compared it."""
    source = price["source"]
    return str(source.get("seen") or source["checked"])


def successor(base: Json, done: Merged, *, effective: str, source: Json) -> Json:
    """Write the entry that follows one of ours: what was merged, from a day on, with where that was read."""
    entry = {key: value for key, value in done.price.items() if key not in {"effective", "source", "note"}}
    return {"effective": effective, **entry, "source": source, "note": _note(base, done, str(source["title"]))}


def _note(base: Json, done: Merged, title: str) -> str:
    moved = f"{title}: {_shown(done.changes)}"
    return f"{moved}; as in the entry of {base['effective']}: {done.kept}" if done.silent else moved


def _shown(changes: Iterable[Change]) -> str:
    return "; ".join(
        f"{change.shown} {change.after:f}"
        if change.before is None
        else f"{change.shown} {change.before:f} → {change.after:f}"
        for change in changes
    )
