"""Where other libraries' lists differ from our current prices: each difference must be in pricing/disputed.yaml.

For whoever keeps the prices: install the newest packages into an environment with costcalc, then

    python benchmarks/differences.py                                  # litellm and genai-prices, as installed
    python benchmarks/differences.py models-dev=api.json litellm      # these, models.dev's from its file

Each rate that differs and is not in the list is printed, as is each entry that these lists do not say any more; then
the exit status is 1. With ``--candidates FILE`` the first are written as entries of the list, to which somebody adds
the reason, unless ours is wrong. A tier of ours for long prompts differs from one price of theirs at any length.
Prices of ours that began after the day of a list that dates its entries are not compared with it; meters of which ours
has no rate are counted.
"""

import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from costcalc.catalog.catalog import Catalog
from costcalc.catalog.edit.writing import as_block
from costcalc.catalog.forms.disputed import Disputed
from costcalc.catalog.layers.load import load_catalog, shipped_pricing
from costcalc.catalog.refresh.conditions import cell_of, figures, is_near, rate, rates_of, whens
from costcalc.catalog.refresh.dated import in_force
from costcalc.catalog.refresh.disputed import disputed_in, disputed_rate
from costcalc.catalog.refresh.installed import Found, installed
from costcalc.catalog.refresh.merge import FACTOR, Change, Merged, Refused, merged, states
from costcalc.catalog.refresh.plan import FULL_LISTS, Listed, listed
from costcalc.catalog.refresh.read import Peer, newest_day, opened, theirs_in
from costcalc.catalog.refresh.record import Json, Reading
from costcalc.paths import changed_on
from costcalc.workload import CALL_METERS

USUAL = ("litellm", "genai-prices")
SAME = Decimal("1e-6")  # relative: what floats leave; above it and yet near is a figure that one side has rounded


class Difference(NamedTuple):
    """A rate that a list has otherwise than ours."""

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


def main(arguments: list[str], today: date | None = None) -> int:
    """Compare the lists, print what is unexplained or explained in vain, and say whether there is any."""
    candidates = arguments.index("--candidates") if "--candidates" in arguments else len(arguments)
    today = today or datetime.now(UTC).date()  # noqa: TID251  # a script for maintainers
    catalog, disputed = load_catalog(), disputed_in(shipped_pricing(), "pricing")
    counts: Counter[str] = Counter()
    lists = [read(argument, catalog, today) for argument in arguments[:candidates] or USUAL]
    found = [difference for each in lists for difference in differences(each, catalog, today, counts)]
    new = [difference for difference in found if not any(explains(entry, difference) for entry in disputed)]
    for difference in new:
        rate = difference.rate.shown
        print(f"{difference.peer:13} {difference.model}: {rate}: ours {difference.ours}, theirs {difference.theirs}")
    dead = [*unused(disputed, found, {each.theirs.peer for each in lists})]
    for entry, peer, meter in dead:
        print(f"{peer:13} {entry.model}: {meter}: in pricing/disputed.yaml, and no difference any more")
    print("\n".join(f"{count:6,} {words}" for words, count in sorted(counts.items(), key=lambda each: each[0])))
    print(f"{len(found) - len(new):6,} differences are in pricing/disputed.yaml, {len(new):,} are not")
    print(f"{len(dead):6,} rates in pricing/disputed.yaml are no difference")
    if candidates < len(arguments):
        Path(arguments[candidates + 1]).write_text("\n".join(as_entries(new, today)) + "\n", encoding="utf-8")
    return 1 if new or dead else 0


def read(argument: str, catalog: Catalog, today: date) -> Listed:
    """Read one list: ``litellm`` for the installed package's, ``models-dev=FILE`` for a file."""
    name, _, file = argument.partition("=")
    peer: Peer = name  # type: ignore[assignment]  # another name is an error of its reader
    where = Found(Path(file), file, f"{name}, {Path(file).name}") if file else installed(name)
    root = opened(peer, where.path, shown=where.shown)
    # a file that was written after the day of the comparison says nothing of its own day
    seen = newest_day(peer, root, until=today) or min(changed_on(where.path) or today, today)
    reading = Reading(name, where.title, seen, today, seen)
    return listed(theirs_in(peer, root, where.path.name, reading), seen, catalog)


def differences(each: Listed, catalog: Catalog, today: date, counts: Counter[str]) -> Iterator[Difference]:
    """Walk the rates that a list has otherwise than our price in force."""
    title = each.theirs.title
    for ref, placed in sorted(each.models.items()):
        retired = catalog.providers[placed.taken.provider].models[str(placed.ours)].retired
        base = in_force(placed.prices(catalog), today.isoformat())
        if base is None or (retired is not None and retired <= today):
            continue
        if each.theirs.peer in FULL_LISTS and base["effective"] > each.seen.isoformat():
            counts[f"{title}: models not compared, since our price began after its day, {each.seen}"] += 1
            continue
        prices = placed.taken.entry["prices"]
        price = in_force(prices, each.seen.isoformat()) or prices[0]
        done = merged(base, price)
        flat = [*at_any_length(done, base, price)]
        rates: list[Change | Refused] = [*done.changes, *done.refused, *flat]
        found = [Difference(each.theirs.peer, ref, rate) for rate in rates]
        lacking = [difference for difference in found if difference.ours is None]
        differ = [difference for difference in found if difference.ours is not None]
        counts[f"{title}, of {each.seen}: models compared"] += 1
        counts[f"{title}: rates compared"] += stated(price) + len(flat) - len(lacking)
        counts[f"{title}: rates that differ"] += len(differ)
        counts[f"{title}: rates that one side has rounded, by a thousandth or less"] += rounded(base, price)
        counts[f"{title}: rates of which ours has none"] += len(lacking)
        yield from differ


def at_any_length(done: Merged, ours: Json, theirs: Json) -> Iterator[Refused]:
    """Walk our rates for long prompts where theirs has one rate at any length: each of these lists can state tiers."""
    for conditions, meter in done.silent:
        cell = cell_of(conditions)
        shorter = {key: value for key, value in cell.items() if key != "prompt"}
        tiers = (cell_of(when) for when in whens(theirs) if meter in rates_of(when))
        if "prompt" not in cell or not states(theirs, shorter, meter) or any("prompt" in tier for tier in tiers):
            continue
        our_rate, their_rate = rate(ours, cell, meter), rate(theirs, cell, meter)
        if our_rate is not None and their_rate is not None and not is_near(our_rate, their_rate):
            yield Refused(meter, conditions, our_rate, their_rate, "theirs has one rate at any length")


def stated(price: Json) -> int:
    """Count the rates and factors that a price states."""
    return len([*figures(price)]) + len([when for when in whens(price) if FACTOR in when])


def rounded(ours: Json, theirs: Json) -> int:
    """Count the rates that are the same but for a rounding of one side."""
    pairs = [(rate(ours, cell_of(conditions), meter), usd) for conditions, meter, usd in figures(theirs)]
    return len([usd for own, usd in pairs if own and is_near(own, usd) and abs(own - usd) > SAME * own])


def explains(entry: Disputed, difference: Difference) -> bool:
    """Say whether an entry of the list is about a difference, with the same figure."""
    if entry.model != difference.model or difference.peer not in entry.sources:
        return False
    theirs = disputed_rate(entry, difference.rate.conditions, difference.rate.meter)
    return theirs is not None and is_near(theirs, difference.theirs)


def unused(
    disputed: Iterable[Disputed], found: list[Difference], peers: set[str]
) -> Iterator[tuple[Disputed, str, str]]:
    """Walk the rates of the list, by source that was read, that are no difference."""
    for entry in disputed:
        meters = {*rates_of(entry.model_dump(exclude_none=True)), *([FACTOR] if entry.multiply is not None else [])}
        for peer in sorted(peers & {*entry.sources}):
            used = {each.rate.meter for each in found if each.peer == peer and explains(entry, each)}
            yield from ((entry, peer, meter) for meter in sorted(meters - used))


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
