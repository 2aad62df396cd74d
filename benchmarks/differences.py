"""Where other libraries' lists differ from our current prices: each difference must be in pricing/disputed.yaml.

For whoever keeps the prices: install the newest packages into an environment with costcalc, then

    python benchmarks/differences.py                                  # litellm and genai-prices, as installed
    python benchmarks/differences.py models-dev=api.json litellm      # these, models.dev's from its file

Each rate that differs and is not in the list is printed, and the exit status is 1. With ``--candidates FILE`` they are
written as entries of the list, to which somebody adds the reason, unless ours is wrong. Prices of ours that began after
the day of a list that dates its entries are not compared with it; meters of which ours has no rate are counted.
"""

import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NamedTuple

from costcalc.catalog.catalog import Catalog
from costcalc.catalog.edit.writing import as_block
from costcalc.catalog.forms.disputed import Disputed
from costcalc.catalog.layers.load import load_catalog, shipped_pricing
from costcalc.catalog.refresh.dated import in_force
from costcalc.catalog.refresh.disputed import disputed_in, objection
from costcalc.catalog.refresh.installed import Found, installed
from costcalc.catalog.refresh.merge import FACTOR, Change, Refused, merged
from costcalc.catalog.refresh.plan import FULL_LISTS, Listed, listed
from costcalc.catalog.refresh.read import Peer, newest_day, opened, theirs_in
from costcalc.catalog.refresh.record import Reading
from costcalc.paths import changed_on
from costcalc.workload import CALL_METERS

USUAL = ("litellm", "genai-prices")


class Difference(NamedTuple):
    """A rate that a list has otherwise than ours, and that is not in the list of discrepancies."""

    peer: str
    model: str
    rate: Change | Refused

    @property
    def theirs(self) -> Any:  # noqa: ANN401  # a Decimal
        """What the list has."""
        return self.rate.after if isinstance(self.rate, Change) else self.rate.theirs

    @property
    def ours(self) -> Any:  # noqa: ANN401  # a Decimal, or None
        """What ours has."""
        return self.rate.before if isinstance(self.rate, Change) else self.rate.ours


def main(arguments: list[str]) -> int:
    """Compare the lists, print what is unexplained, and say whether there is any."""
    candidates = arguments.index("--candidates") if "--candidates" in arguments else len(arguments)
    today = datetime.now(UTC).date()  # noqa: TID251  # a script for maintainers
    catalog, decided = load_catalog(), disputed_in(shipped_pricing(), "pricing")
    counts: Counter[str] = Counter()
    found = [
        difference
        for argument in arguments[:candidates] or USUAL
        for difference in differences(read(argument, catalog, today), catalog, decided, today, counts)
    ]
    for one in found:
        print(f"{one.peer:13} {one.model}: {one.rate.shown}: ours {one.ours}, theirs {one.theirs}")
    print("\n".join(f"{count:6,} {words}" for words, count in sorted(counts.items())))
    print(f"{len(found):6,} differences are not in pricing/disputed.yaml")
    if candidates < len(arguments):
        Path(arguments[candidates + 1]).write_text("\n".join(as_entries(found, today)) + "\n", encoding="utf-8")
    return 1 if found else 0


def read(argument: str, catalog: Catalog, today: date) -> Listed:
    """Read one list: ``litellm`` for the installed package's, ``models-dev=FILE`` for a file."""
    name, _, file = argument.partition("=")
    peer: Peer = name  # type: ignore[assignment]  # another name is an error of its reader
    where = Found(Path(file), file, f"{name}, {Path(file).name}") if file else installed(name)
    root = opened(peer, where.path, shown=where.shown)
    seen = newest_day(peer, root, until=today) or changed_on(where.path) or today
    reading = Reading(name, where.title, seen, today, seen)
    return listed(theirs_in(peer, root, where.path.name, reading), seen, catalog)


def differences(
    each: Listed, catalog: Catalog, decided: tuple[Disputed, ...], today: date, counts: Counter[str]
) -> Iterator[Difference]:
    """Walk the rates that a list has otherwise than our price in force."""
    for ref, placed in sorted(each.models.items()):
        retired = catalog.providers[placed.taken.provider].models[str(placed.ours)].retired
        base = in_force(placed.prices(catalog), today.isoformat())
        if base is None or (retired is not None and retired <= today):
            continue
        if each.theirs.peer in FULL_LISTS and base["effective"] > each.seen.isoformat():
            counts[f"models of {each.theirs.title} whose price of ours began after its day, {each.seen}"] += 1
            continue
        counts[f"models of {each.theirs.title}, of {each.seen}, compared"] += 1
        prices = placed.taken.entry["prices"]
        price = in_force(prices, each.seen.isoformat()) or prices[0]
        object_to = objection(decided, each.theirs.peer, ref)
        done = merged(base, price, [object_to])
        rates: list[Change | Refused] = [*done.changes, *done.refused]
        for rate in rates:
            one = Difference(each.theirs.peer, ref, rate)
            if one.ours is None:
                counts[f"rates of {each.theirs.title} of which ours has none"] += 1
            elif object_to(rate.conditions, rate.meter, one.theirs):
                counts[f"rates of {each.theirs.title} that are in pricing/disputed.yaml"] += 1
            else:
                yield one


def as_entries(found: list[Difference], today: date) -> Iterator[str]:
    """Write differences as entries of the list, those of several lists that say the same as one."""
    groups: defaultdict[tuple[str, str, str], dict[str, Any]] = defaultdict(dict)
    for one in found:
        entry = groups[one.peer, one.model, str(one.rate.conditions)]
        lengths = {"prompt_tokens_from": "prompt_tokens_above"}  # one length is one tier, however it is written
        entry.setdefault("conditions", {lengths.get(key, key): value for key, value in one.rate.conditions.items()})
        table = "usd_per_thousand" if one.rate.meter in CALL_METERS else "usd_per_mtok"
        if one.rate.meter == FACTOR:
            entry[FACTOR] = one.theirs
        else:
            entry.setdefault(table, {})[one.rate.meter] = one.theirs
    sources: defaultdict[str, list[str]] = defaultdict(list)
    entries: dict[str, dict[str, Any]] = {}
    for (peer, model, _), said in groups.items():
        rates = {key: value for key, value in said.items() if key != "conditions"}
        entry = {"model": model, "sources": sources[str((model, said))], **said["conditions"], **rates}
        sources[str((model, said))].append(peer)
        entries[str((model, said))] = {**entry, "reason": "", "checked": today.isoformat()}
    yield from as_block({"disputed": list(entries.values())})


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
