"""Where the money goes: each option's cost in parts, what idle GPUs cost apart from the others."""

from collections.abc import Sequence
from decimal import Decimal

from costcalc.catalog.forms.rates import METER_WORDS
from costcalc.cost.estimate import CostLine, Estimate, Part
from costcalc.money import Money
from costcalc.render.charts.pictures import IDLE_GPUS, Bar, Breakdown
from costcalc.render.charts.pictures import Part as Segment
from costcalc.units import decimal

BUSY = "GPUs at work"
BILLED = "billed by the sellers of a mix"
_MACHINES: frozenset[Part] = frozenset({"rent", "purchase", "power", "site", "support"})
_METERS: dict[str, str] = {**dict(METER_WORDS.items()), "cache_read": "cache read", "cache_write": "cache write"}
_WORDS: dict[Part, str] = {
    "fee": "fees of the seller",
    "rounding": "rounding",
    "seats": "seats",
    "capacity": "reserved capacity",
    "routing": "routing",
    "people": "people",
    "build": "engineering to build",
    "upkeep": "upkeep",
    "tuning": "fine-tuning",
    "evaluation": "evaluation",
}


def breakdown(estimates: Sequence[Estimate], money: Money) -> Breakdown:
    """Stack what each option costs.

    GPUs are paid for their busiest hour: the share that the mean load does not keep busy is idle.

    Args:
        estimates: What the options cost, cheapest first; at least one.
        money: In which currency amounts are shown.
    """
    bars = tuple(Bar(estimate.option, _parts(estimate, money)) for estimate in estimates)
    labels = dict.fromkeys(part.label for bar in bars for part in bar.parts)
    idle = [label for label in labels if label == IDLE_GPUS]
    ordered = (*(label for label in labels if label != IDLE_GPUS), *idle)
    return Breakdown(_finding(estimates, money), bars, ordered, money.code)


def _parts(estimate: Estimate, money: Money) -> tuple[Segment, ...]:
    """Add up the lines of each label; what costs nothing is no segment."""
    sums: dict[str, Decimal] = {}
    for line in estimate.lines:
        for label, usd in _labelled(line, estimate):
            sums[label] = sums.get(label, Decimal(0)) + usd
    return tuple(Segment(label, float(money.of(usd))) for label, usd in sums.items() if usd > 0)


def _labelled(line: CostLine, estimate: Estimate) -> tuple[tuple[str, Decimal], ...]:
    if line.part in _MACHINES and estimate.deployment is not None:
        busy = line.usd * decimal(min(estimate.deployment.utilisation, 1))
        return (BUSY, busy), (IDLE_GPUS, line.usd - busy)
    if estimate.kind == "blend" and line.part == "meter":  # each route has its own, too many to tell apart
        return ((BILLED, line.usd),)
    return ((_WORDS.get(line.part, _METERS.get(line.item, line.item)), line.usd),)


def _finding(estimates: Sequence[Estimate], money: Money) -> str:
    """Say what most of the cheapest option's cost is, and what idle GPUs cost where there are any."""
    cheapest = estimates[0]
    parts = _parts(cheapest, money)
    total = sum(part.amount for part in parts)
    if not total:
        return f"{cheapest.option} costs nothing"
    widest = max(parts, key=lambda part: part.amount)
    said = f"{widest.amount / total * 100:.0f} % of what {cheapest.option} costs is {widest.label}"
    built = next((each for each in estimates if each.deployment is not None), None)
    idle = [part.amount for part in _parts(built, money) if part.label == IDLE_GPUS] if built is not None else []
    if built is None or not idle or widest.label == IDLE_GPUS:
        return said
    return f"{said}; idle GPUs of {built.option} cost {money.named(f'{idle[0]:,.0f}')} a month"
