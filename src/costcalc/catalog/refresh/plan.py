"""What a refresh does to a catalog: per model a new dated entry, renewed days of its source, or the end of its listing.

Theirs is taken where it is newer than the evidence of ours and no other list that is read with it contradicts it.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Literal, NamedTuple

from costcalc.catalog.catalog import Catalog
from costcalc.catalog.forms.disputed import Disputed
from costcalc.catalog.refresh.conditions import by_hour, cell_of, is_near, rate, same_by_hour
from costcalc.catalog.refresh.dated import evidence, in_force, successor
from costcalc.catalog.refresh.disputed import objection
from costcalc.catalog.refresh.laid import Rule
from costcalc.catalog.refresh.merge import Change, Merged, Objection, Refused, merged, states
from costcalc.catalog.refresh.places import Placed, named, placed
from costcalc.catalog.refresh.read import Peer, TheirFile
from costcalc.catalog.refresh.record import Json

Kind = Literal["api", "gpus"]  # the kinds of files that a refresh changes
# what lists all that a seller sells now; the others keep what has ended, or hold a choice
FULL_LISTS: tuple[Peer, ...] = ("models-dev", "openrouter")
_MANY = 10  # models of a seller, from which a list may be said to know it
_MOST = Decimal("0.75")  # of what we sell of it: then what is missing has gone


class Listed(NamedTuple):
    """One list of prices with the models of ours that stand in it.

    Args:
        theirs: The list.
        seen: The day of it.
        models: The models of ours of which it has a price, by ``provider/model``.
        names: The models of ours that it names, with a price or without.
        sellers: How many models it names of each seller.
    """

    theirs: TheirFile
    seen: date
    models: Mapping[str, Placed]
    names: frozenset[str]
    sellers: Mapping[str, int]


def listed(theirs: TheirFile, seen: date, catalog: Catalog, only: Sequence[str] = ()) -> Listed:
    """Find the models of ours in a list.

    Raises:
        FlagError: A pattern fits no model.
    """
    found, _ = placed(theirs, catalog, only)
    models = {one.ref: one for one in found if one.ours is not None}
    sellers = Counter(name.partition("/")[0] for name in theirs.names.values())
    return Listed(theirs, seen, models, named(theirs, catalog), {} if only else sellers)


class Statement(NamedTuple):
    """What one list says of one model of ours.

    Args:
        title: The list.
        seen: Its day.
        merge: What it comes to over our entry.
        behind: Why it is not taken although it differs; empty where it is.
        disagrees: The rates on which another list that is read with it says something else.
    """

    title: str
    seen: date
    merge: Merged
    behind: str
    disagrees: tuple[Refused, ...]


class Refreshed(NamedTuple):
    """What becomes of one model of ours.

    Args:
        provider: Who sells it.
        name: Its id.
        statements: What each list says of it, the newest first.
        entries: New dated entries, oldest first.
        confirmed: The entry of ours whose evidence is newer now, as (its first day, the day of the evidence), or None.
        ended: The list in which it stands no longer, or None.
        last_listed: The last day on which it is known to have been sold, where ``ended`` is a list.
        kind: Which kind of file has it: of a model, ``api``; of a rent, ``gpus``, and the GPU in place of the seller.
    """

    provider: str
    name: str
    statements: tuple[Statement, ...]
    entries: tuple[Json, ...] = ()
    confirmed: tuple[str, date] | None = None
    ended: Listed | None = None
    last_listed: str = ""
    kind: Kind = "api"

    @property
    def ref(self) -> str:
        """How options name it."""
        return f"{self.provider}/{self.name}"

    @property
    def changes(self) -> tuple[Change, ...]:
        """The rates that move."""
        return tuple(change for one in self.statements if not one.behind for change in one.merge.changes)


class _Ours(NamedTuple):
    """A model of ours: its name, its dated prices oldest first, and the one in force."""

    ref: str
    prices: list[Json]
    base: Json

    @property
    def looked(self) -> str:
        """The day of the newest evidence for any of its prices."""
        return max(map(evidence, self.prices))


class Refresh(NamedTuple):
    """A refresh before anything is written.

    Args:
        lists: The lists, each with its own day.
        catalog: Our catalog.
        today: The day on which they are compared.
        disputed: The discrepancies that somebody looked at.
        effective: The first day of new prices, where it is not the day of the list.
    """

    lists: tuple[Listed, ...]
    catalog: Catalog
    today: date
    disputed: tuple[Disputed, ...] = ()
    effective: date | None = None

    def models(self) -> Iterator[Refreshed]:
        """Walk the models of ours of which the lists say something, or say nothing any more."""
        for ref in sorted({ref for each in self.lists for ref in each.models if self._is_sold(ref)}):
            having = [each for each in self.lists if ref in each.models]
            yield self._of_model(ref, sorted(having, key=lambda each: each.seen, reverse=True))
        for each in self.lists:
            if each.theirs.peer in FULL_LISTS:
                yield from self._ended(each)

    def _is_sold(self, ref: str) -> bool:
        provider, _, name = ref.partition("/")
        retired = self.catalog.providers[provider].models[name].retired
        return retired is None or retired > self.today

    def _of_model(self, ref: str, having: Sequence[Listed]) -> Refreshed:
        placed = having[0].models[ref]
        provider, name = placed.taken.provider, str(placed.ours)
        prices = placed.prices(self.catalog)
        base = in_force(prices, self.today.isoformat())
        if base is None:
            return Refreshed(provider, name, ())
        ours = _Ours(ref, prices, base)
        statements: list[Statement] = []
        entry = base
        for each in having:
            statements.append(self._statement(each, ours, entry, having))
            if not statements[-1].behind:
                entry = statements[-1].merge.price
        new = tuple(self._entries(ours, having, statements))
        is_listed = self.catalog.providers[provider].models[name].last_listed is None
        # a list that keeps what has ended is no evidence that a model is sold that a full list has no longer
        able = [is_listed or each.theirs.peer in FULL_LISTS for each in having]
        confirmed = _confirmed(ours, statements, able)
        return Refreshed(provider, name, tuple(statements), new, confirmed)

    def _statement(self, each: Listed, ours: _Ours, entry: Json, having: Sequence[Listed]) -> Statement:
        """Lay one list over ours; a list that is no newer than our evidence has no say against another one."""
        price = _in_force(each, ours.ref)
        news = [other for other in having if other.seen.isoformat() > ours.looked]
        others = {
            other.theirs.title: _in_force(other, ours.ref) for other in news if other is not each and each in news
        }
        disagrees: list[Refused] = []
        decided = objection(self.disputed, each.theirs.peer, ours.ref)
        over = entry if each in news else ours.base
        done = merged(over, price, [decided, _disagreement(price, others, over, disagrees)])
        rule = Rule("", each.seen.isoformat(), replaces=False)
        behind = rule.behind(ours.base, self._first_day(each, ours), ours.looked) if done.changes else ""
        return Statement(each.theirs.title, each.seen, done, behind, tuple(disagrees))

    def _first_day(self, each: Listed, ours: _Ours) -> str:
        """Give the first day of a list's price: the one that it names, where ours was not looked at since."""
        if self.effective is not None:
            return self.effective.isoformat()
        since = each.models[ours.ref].taken.since
        if since is not None and since.isoformat() > max(ours.looked, ours.base["effective"]):
            return since.isoformat()
        return each.seen.isoformat()

    def _entries(self, ours: _Ours, having: Sequence[Listed], statements: Sequence[Statement]) -> Iterator[Json]:
        """Give the entry of now, where a rate moves, and those that are announced for days of which ours has none."""
        taken = [
            (each, one) for each, one in zip(having, statements, strict=True) if not one.behind and one.merge.changes
        ]
        last = ours.base
        if taken:
            changes = tuple(change for _, one in taken for change in one.merge.changes)
            done = taken[-1][1].merge._replace(changes=changes, silent=_silent(taken))
            source = dict(_in_force(taken[0][0], ours.ref)["source"], title=" and ".join(one.title for _, one in taken))
            first_day = max(self._first_day(each, ours) for each, _ in taken)
            last = successor(ours.base, done, effective=first_day, source=source)
            yield last
        known = [*ours.prices, last]
        for each in having:
            if each.seen.isoformat() > ours.looked:
                yield from self._announced(each, ours.ref, known)

    def _announced(self, each: Listed, ref: str, known: list[Json]) -> Iterator[Json]:
        for price in each.models[ref].taken.entry["prices"]:
            day = price["effective"]
            base = in_force(sorted(known, key=lambda entry: str(entry["effective"])), day)
            if day <= self.today.isoformat() or base is None or any(entry["effective"] == day for entry in known):
                continue
            done = merged(base, price, [objection(self.disputed, each.theirs.peer, ref)])
            if done.changes:
                known.append(successor(base, done, effective=day, source=price["source"]))
                yield known[-1]

    def _ended(self, each: Listed) -> Iterator[Refreshed]:
        """Walk what sellers have left off: the list has many models of one, most that we have, and not this one."""
        for provider, count in each.sellers.items():
            models = self.catalog.providers[provider].models if provider in self.catalog.providers else {}
            sold = [name for name in models if self._is_sold(f"{provider}/{name}")]
            gone = [name for name in sold if not any(f"{provider}/{name}" in other.names for other in self.lists)]
            if count < _MANY or Decimal(len(sold) - len(gone)) < _MOST * len(sold):
                continue
            for name in (name for name in gone if models[name].last_listed is None):
                prices = self.catalog.entry(("api", provider, "models", name))["prices"]
                base = in_force(prices, self.today.isoformat())
                if base is not None and evidence(base) < each.seen.isoformat():
                    yield Refreshed(provider, name, (), ended=each, last_listed=evidence(base))


def _in_force(each: Listed, ref: str) -> Json:
    prices = each.models[ref].taken.entry["prices"]
    return in_force(prices, each.seen.isoformat()) or prices[0]


def _silent(taken: Sequence[tuple[Listed, Statement]]) -> tuple[tuple[Json, str], ...]:
    """Give what none of the lists states."""
    first, *rest = (one.merge.silent for _, one in taken)
    return tuple(each for each in first if all(each in other for other in rest))


def _disagreement(price: Json, others: Mapping[str, Json], ours: Json, found: list[Refused]) -> Objection:
    """Give what keeps a rate from being taken of which another list says something else."""

    def object_to(conditions: Json, meter: str, usd: Decimal) -> str:
        cell = cell_of(conditions)
        for title, other in others.items():
            is_hourly = bool(by_hour(price, meter) or by_hour(other, meter))
            if not states(other, cell, meter) or (is_hourly and same_by_hour(price, other, meter)):
                continue
            theirs = rate(other, cell, meter)
            if theirs is not None and not is_near(theirs, usd):
                reason = f"{title} has {theirs:f}"
                found.append(Refused(meter, conditions, rate(ours, cell, meter), usd, reason))
                return reason
        return ""

    return object_to


def _confirmed(ours: _Ours, statements: Sequence[Statement], able: Sequence[bool]) -> tuple[str, date] | None:
    """Give the newest evidence for an entry that stays: an able list that states all of it, and the same."""
    days = [
        one.seen
        for one, can in zip(statements, able, strict=True)
        if can and one.merge.confirms and one.seen.isoformat() > ours.looked
    ]
    is_moved = any(one.merge.changes and not one.behind for one in statements)
    return (ours.base["effective"], max(days)) if days and not is_moved else None
