"""What becomes of the models of another library's file over ours: dated entries, and what stays as it is and why."""

from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from costcalc.catalog.catalog import Catalog
from costcalc.catalog.forms.rates import RATE_TABLES
from costcalc.catalog.refresh.dated import evidence, in_force, successor
from costcalc.catalog.refresh.merge import Merged, Objection, merged
from costcalc.catalog.refresh.places import Placed, placed
from costcalc.catalog.refresh.read import TheirFile
from costcalc.catalog.refresh.record import Json, LeftOut
from costcalc.workload import UNIT_METERS

Effect = Literal["overrides", "adds", "agrees", "stays"]


class Laid(NamedTuple):
    """What becomes of a model of theirs over ours.

    Args:
        placed: The model.
        prices: The dated entries that are to be written; none where ours stays as it is.
        merges: What was laid over which entry of ours; none of a model that is new here.
        behind: Why theirs is not taken although it differs: ours is newer; else empty.
        base: The entry of ours that was in force, or None.
    """

    placed: Placed
    prices: tuple[Json, ...]
    merges: tuple[Merged, ...] = ()
    behind: str = ""
    base: Json | None = None

    @property
    def effect(self) -> Effect:
        """What writing the entries does."""
        if self.prices:
            return "overrides" if self.placed.ours else "adds"
        return "stays" if self.behind or any(merge.refused for merge in self.merges) else "agrees"

    @property
    def kept(self) -> str:
        """What of ours stays since theirs does not say it, where something else changes."""
        return "; ".join(dict.fromkeys(merge.kept for merge in self.merges if merge.changes and merge.kept))


class Rule(NamedTuple):
    """When theirs is newer than ours.

    Args:
        day: The first day of the price that theirs has now.
        seen: The day of the evidence for it.
        replaces: Whether an entry of the same day, or one that was looked at on the same day, may be laid over: an
            overlay can be taken away again, an entry in place stays.
    """

    day: str
    seen: str
    replaces: bool

    def behind(self, base: Json, effective: str, looked: str = "") -> str:
        """Say why an entry of ours is newer than theirs; empty where it is not.

        Args:
            base: The entry.
            effective: The first day of what would follow it.
            looked: The day of the newest evidence for any entry of the model; left out: of this one.
        """
        looked = looked or evidence(base)
        if looked > self.seen or (looked == self.seen and not self.replaces):
            return f"ours was looked at on {looked}, theirs is of {self.seen}"
        if not self.replaces and base["effective"] >= effective:
            return f"ours has an entry of {base['effective']}"
        return ""


def laid(one: Placed, ours: Sequence[Json], rule: Rule, objections: Iterable[Objection] = ()) -> Laid:
    """Lay a model of theirs over ours, meter by meter; one that we lack is taken as it is.

    Args:
        one: The model.
        ours: Our dated prices of it, oldest first.
        rule: When theirs is newer than ours.
        objections: What else keeps a rate from being taken.
    """
    if one.ours is None:
        return Laid(one, tuple(one.taken.entry["prices"]))
    first, *later = one.taken.entry["prices"]
    dated = [(max(first["effective"], rule.day), first), *((price["effective"], price) for price in later)]
    written: list[Json] = []
    merges: list[Merged] = []
    behind = ""
    for day, price in dated:
        base = in_force(sorted([*ours, *written], key=_effective), day)
        if base is None:
            written.append({**price, "effective": day})
            continue
        done = merged(base, price, objections)
        merges.append(done)
        newer = rule.behind(base, day) if done.changes and base not in written else ""
        if done.changes and not newer:
            written.append(successor(base, done, effective=day, source=price["source"]))
        behind = behind or newer
    return Laid(one, tuple(written), tuple(merges), behind, in_force(ours, dated[0][0]))


def overlaid(theirs: TheirFile, catalog: Catalog, only: Sequence[str] = ()) -> tuple[list[Laid], list[LeftOut]]:
    """Lay the wanted models of a file over a catalog, from the file's day on; with what of them is left out.

    Raises:
        FlagError: A pattern fits no model.
    """
    found, left = placed(theirs, catalog, only)
    rule = Rule(theirs.day.isoformat(), theirs.checked.isoformat(), replaces=True)
    return [laid(one, one.prices(catalog), rule) for one in found], left


def _effective(price: Json) -> str:
    return str(price["effective"])


def stays(one: Laid, ours: Sequence[Json]) -> tuple[str, ...]:
    """Name the later days of ours on which theirs has no price, so that ours takes over."""
    dates = [price["effective"] for price in one.prices]
    return tuple(day for day in map(_effective, ours) if dates and day > dates[0] and day not in dates)


def kinds(models: Sequence[Laid]) -> dict[str, int]:
    """Count the rates of theirs in force by kind: plain ones, long context, batch, tiers, uplifts, hours."""
    counts = dict.fromkeys((*_PLAIN.values(), "other meters", *_KINDS.values()), 0)
    for one in models:
        price = one.placed.taken.entry["prices"][0]
        for entry in (price, *price.get("when", ())) if one.prices else ():
            kind = next(words for key, words in _KINDS.items() if key in entry)
            rates = [meter for table in RATE_TABLES for meter in entry.get(table, ())]
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
    **dict.fromkeys(UNIT_METERS, "calls"),
}
