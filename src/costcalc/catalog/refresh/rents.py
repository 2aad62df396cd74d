"""What SkyPilot's lists say of the rents that a catalog has: a new dated price, renewed days, or why ours stays.

A rent is found by its cloud, machine, number of GPUs, region and terms. Offers that the catalog lacks are not added.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fnmatch import fnmatchcase
from typing import NamedTuple

from costcalc.catalog.catalog import Catalog
from costcalc.catalog.forms.hardware import Rental
from costcalc.catalog.refresh.accelerators import CLOUDS
from costcalc.catalog.refresh.dated import evidence, in_force
from costcalc.catalog.refresh.laid import Rule
from costcalc.catalog.refresh.merge import Change, Merged, Refused, slip
from costcalc.catalog.refresh.plan import Refreshed, Statement
from costcalc.catalog.refresh.record import Json, clean
from costcalc.catalog.refresh.skypilot import Key, Offers, Zones
from costcalc.errors import FlagError
from costcalc.findings import did_you_mean
from costcalc.units import rounded

METER = "usd_per_gpu_hour"
_STEP = Decimal("0.0001")  # [USD/GPU-hour]; rents are kept to it, so nearer than half of it is the same
_EVERYWHERE = "every "  # "every region of the list": one price, wherever the machine stands
_PLACES = {("verda", "Finland"): "FIN-"}  # what ours calls a region of which theirs numbers the sites
# Google's: the accelerator, and the machine around it or what it is attached to
_GOOGLE = re.compile(r"(?P<name>\S+)(?: \((?P<machine>[^()]+)\)| attached to .+)?")


class Quote(NamedTuple):
    """What a list says of one rent.

    Args:
        usd: The price, as exact as the division is [USD/GPU-hour].
        note: How it was got, where zones differ or the machine is billed apart.
        reason: Why it is none; empty where it is one.
    """

    usd: Decimal = Decimal(0)
    note: str = ""
    reason: str = ""


class Rents(NamedTuple):
    """One list of SkyPilot's with the rents of ours that are of its cloud.

    Args:
        offers: The list.
        stated: What it says of each rent, by GPU and id.
        unpriced: The rents of which it has no price that can be taken, and why.
        absent: The rents of ours that do not stand in it.
        not_added: How many offers it has that the catalog lacks, by GPU.
    """

    offers: Offers
    stated: Mapping[tuple[str, str], Quote]
    unpriced: Mapping[str, str]
    absent: tuple[str, ...]
    not_added: Mapping[str, int]


def rents_in(offers: Offers, catalog: Catalog, only: Sequence[str] = ()) -> Rents:
    """Find the rents of ours in a list.

    Args:
        offers: The list.
        catalog: Our catalog.
        only: Patterns such as ``h100-sxm/aws-*`` of the rents that are wanted; empty for all.

    Raises:
        FlagError: A pattern fits no rent.
    """
    ours = {
        (gpu.gpu, name): rental
        for gpu in catalog.gpus.values()
        for name, rental in gpu.rentals.items()
        if rental.provider == CLOUDS[offers.cloud] and rental.offer in {"on_demand", "spot"}
    }
    refs = ["/".join(ref) for ref in ours]
    for pattern in only:
        if not any(_is_wanted(ref, [pattern]) for ref in refs):
            hint = did_you_mean(pattern, refs)
            raise FlagError(f"no rent of {offers.title} fits '{pattern}'{f'; {hint}' if hint else ''}")
    index = _index(offers)
    taken: set[Key] = set()
    quotes: dict[tuple[str, str], Quote] = {}
    absent: list[str] = []
    for (gpu, name), rental in ours.items():
        found = _found(offers.cloud, gpu, rental, index)
        taken |= found.keys()
        if not _is_wanted(f"{gpu}/{name}", only):
            continue
        if found:
            quotes[gpu, name] = _quote(rental, found, offers)
        else:
            absent.append(f"{gpu}/{name}")
    stated = {ref: quote for ref, quote in quotes.items() if not quote.reason}
    unpriced = {"/".join(ref): quote.reason for ref, quote in quotes.items() if quote.reason}
    others = Counter(key.gpu for key, zones in offers.offers.items() if zones.usd and key not in taken)
    return Rents(offers, stated, unpriced, tuple(absent), dict(sorted(others.items())))


def _is_wanted(ref: str, only: Sequence[str]) -> bool:
    return not only or any(fnmatchcase(ref, pattern.lower()) for pattern in only)


_Place = tuple[str, str, int, str]  # GPU, machine, number of GPUs, terms
_Regions = dict[str, dict[Key, Zones]]


def _index(offers: Offers) -> dict[_Place, _Regions]:
    index: dict[_Place, _Regions] = {}
    for key, zones in offers.offers.items():
        for machine in _called(offers.cloud, key):
            regions = index.setdefault((key.gpu, machine, key.gpus, key.terms), {})
            regions.setdefault(key.region, {})[key] = zones
    return index


def _called(cloud: str, key: Key) -> Iterator[str]:
    """Give the names by which a rent of ours may call a machine of theirs."""
    if cloud == "azure":
        yield key.machine.lower().removeprefix("standard_")
    if cloud == "nebius":  # ours may leave out vCPUs and memory at the end: gpu-h100-sxm 8gpu
        name = key.machine.lower().replace("_", " ")
        yield from (name[: hyphen.start()] for hyphen in re.finditer("-", name))
        yield name
    yield key.machine.lower() or key.name.lower()


def _found(cloud: str, gpu: str, rental: Rental, index: Mapping[_Place, _Regions]) -> dict[Key, Zones]:
    """Find the offers that are a rent of ours; none where it does not say its machine and its region."""
    if rental.sku is None or rental.region is None or rental.gpus_in_sku is None:
        return {}
    machine = _google(rental)["name"] if cloud == "gcp" else rental.sku
    here = index.get((gpu, machine.lower(), rental.gpus_in_sku, rental.offer), {})
    wanted = [here[region] for region in _regions(cloud, rental.region, here)]
    return {key: zones for offers in wanted for key, zones in offers.items()}


def _regions(cloud: str, region: str, here: Collection[str]) -> list[str]:
    """Give the regions of theirs that one of ours stands for; none where one of several lacks."""
    if region.startswith(_EVERYWHERE):
        return list(here)
    site = _PLACES.get((cloud, region))
    if site is not None:
        return [name for name in here if name.startswith(site)]
    if region in here:
        return [region]
    several = region.split(", ")
    return several if all(name in here for name in several) else []


def _google(rental: Rental) -> re.Match[str]:
    found = _GOOGLE.match(rental.sku or "")
    assert found is not None  # a text has a first word
    return found


def _quote(rental: Rental, found: Mapping[Key, Zones], offers: Offers) -> Quote:
    """Give the price of a rent; several offers are one price only where they say the same."""
    quotes = [_of_offer(rental, key, zones, offers) for key, zones in found.items()]
    prices = {quote.usd for quote in quotes if not quote.reason}
    if not prices:
        return next(quote for quote in quotes if quote.reason)
    if len(prices) > 1:
        low, high = (clean(rounded(usd, _STEP)) for usd in (min(prices), max(prices)))
        return Quote(reason=f"{len(quotes)} offers of it ask from {low:f} to {high:f}: which is it?")
    return next(quote for quote in quotes if not quote.reason)


def _of_offer(rental: Rental, key: Key, zones: Zones, offers: Offers) -> Quote:
    if not zones.usd:
        return Quote(reason=zones.reason)
    usd, note = zones.usd, ""
    machine = _google(rental)["machine"] if offers.cloud == "gcp" and not rental.host_apart else None
    if machine is not None:  # theirs bills the GPUs and the machine around them apart; ours is for both
        around = offers.machines.get((machine, key.region, key.terms), Zones()).usd
        usd = {zone: zones.usd[zone] + around[zone] for zone in zones.usd if zone in around}
        if not usd:
            return Quote(reason=f"no price of {machine}, the machine around it, in a zone that has the GPU")
        zone = min(usd, key=lambda each: usd[each])
        note = f"; {zones.usd[zone]} for the GPU and {around[zone]} for the machine around it"
    elif offers.cloud == "gcp" and not rental.host_apart and not key.name.startswith("tpu-"):
        return Quote(reason="the price of the GPU alone; the rent is with the machine, and does not say which")
    low, high = min(usd.values()), max(usd.values())
    if low != high:
        note += f"; {low}–{high} for all GPUs by zone, of which the lowest is taken"
    return Quote(low / key.gpus, note)


class RentRefresh(NamedTuple):
    """A refresh of rents before anything is written.

    Args:
        lists: The lists, each of another cloud.
        catalog: Our catalog.
        today: The day on which they are compared.
        effective: The first day of new prices, where it is not the day of the list.
    """

    lists: tuple[Rents, ...]
    catalog: Catalog
    today: date
    effective: date | None = None

    def rents(self) -> Iterator[Refreshed]:
        """Walk the rents of ours of which the lists say something."""
        for each in self.lists:
            for (gpu, name), quote in sorted(each.stated.items()):
                yield self._of_rent(each.offers, gpu, name, quote)

    def _of_rent(self, offers: Offers, gpu: str, name: str, quote: Quote) -> Refreshed:
        prices: list[Json] = self.catalog.entry(("gpus", gpu, "rentals", name))["prices"]
        base = in_force(prices, self.today.isoformat())
        if base is None:
            return Refreshed(gpu, name, (), kind="gpus")
        done = _laid(Decimal(base[METER]), quote)
        seen, first_day = offers.seen, (self.effective or offers.seen).isoformat()
        behind = Rule("", seen.isoformat(), replaces=False).behind(base, first_day, max(map(evidence, prices)))
        statement = Statement(offers.title, seen, done, behind if done.changes else "", ())
        entries: tuple[Json, ...] = ()
        confirmed = None
        if not behind and (done.changes or (done.confirms and "date" in base)):
            entries = (self._entry(base, done, quote, offers, first_day),)
        elif done.confirms and seen.isoformat() > max(map(evidence, prices)):
            confirmed = (str(base["effective"]), seen)
        return Refreshed(gpu, name, (statement,), entries, confirmed, kind="gpus")

    def _entry(self, base: Json, done: Merged, quote: Quote, offers: Offers, first_day: str) -> Json:
        """Write the entry that follows ours; where the day of ours is unknown, also for the same price: it has one."""
        after = done.changes[0].after if done.changes else Decimal(base[METER])
        moved = f"{base[METER]} → {after:f}" if done.changes else f"{after:f}, as in the entry of an unknown day"
        seen = {"seen": offers.seen.isoformat()} if offers.seen != self.today else {}
        return {
            "effective": first_day,
            METER: after,
            "source": {"title": offers.title, **seen, "checked": self.today.isoformat()},
            "note": f"{offers.title}: {moved}{quote.note}",
        }


def _laid(ours: Decimal, quote: Quote) -> Merged:
    """Lay a price over ours; what rounds to ours is the same."""
    if abs(quote.usd - ours) <= _STEP / 2:
        return Merged({}, (), (), ())
    usd = clean(rounded(quote.usd, _STEP))
    why = slip(ours, usd)
    if why:
        return Merged({}, (), (Refused(METER, {}, ours, usd, why),), ())
    return Merged({}, (Change(METER, {}, ours, usd),), (), ())
