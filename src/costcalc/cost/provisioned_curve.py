"""The exact cost curve of provisioned capacity: stairs of units, and lines where requests spill over."""

from datetime import date
from fractions import Fraction

from costcalc.catalog.catalog import Catalog
from costcalc.catalog.forms.provisioned import ProvisionedOption
from costcalc.cost.capacity import Capacity, peaks_of
from costcalc.cost.curve import ZERO, Affine, Breaks, CostCurve, Ladder, Regular, combined, common_multiple
from costcalc.cost.estimate import exact_usd
from costcalc.cost.provisioned import Offer, Spill, offer_of
from costcalc.units import Count
from costcalc.workload import Workload


def provisioned_curve(
    name: str, option: ProvisionedOption, workload: Workload, catalog: Catalog, *, as_of: date
) -> CostCurve:
    """The curve of capacity: stairs where one more step of units is needed, and a line where requests spill over.

    Raises:
        UndecidableError: A price or a weight is missing.
        UnsuitableError: What overflows is to be billed by an option that is not over an API.
    """
    offer = offer_of(name, option, workload, catalog, as_of=as_of)
    times = offer.sized_for(workload.peak)
    if offer.spill is None:
        return _stairs(offer, times)
    return _spilling(offer, offer.spill, workload.peak, times)


def _stairs(offer: Offer, times: Fraction) -> CostCurve:
    """Add up the stairs of every kind of unit; a fixed number of units is flat, and ends where the mean fills it."""
    capacity = offer.capacity
    if capacity.is_fixed:
        numbers = capacity.bought(ZERO)
        usd, limit = capacity.usd(numbers), capacity.carried(numbers)
        end = limit * capacity.minutes if limit is not None else None
        return CostCurve(offer.name, lambda _: usd, Breaks(end=end))
    parts = [(_stairs_of(offer.name, capacity, at, times), Fraction(1)) for at in range(len(capacity.units))]
    return combined(offer.name, parts, fixed=Affine(ZERO, ZERO))


def _stairs_of(name: str, capacity: Capacity, at: int, times: Fraction) -> CostCurve:
    """The stairs of one kind of unit: flat up to what the fewest units carry, then a stair for every step."""
    unit = capacity.units[at]
    usd = capacity.usd([int(index == at) for index in range(len(capacity.units))])

    def evaluate(requests: Fraction) -> Fraction:
        return usd * unit.bought(capacity.rate(requests) * times)

    ladder = _ladder(capacity, at, times)
    if ladder is None:
        return CostCurve(name, evaluate)
    return CostCurve(
        name, evaluate, Breaks(ladders=(ladder,)), Regular(max(ZERO, ladder.first - ladder.step), ladder.step)
    )


def _ladder(capacity: Capacity, at: int, times: Fraction) -> Ladder | None:
    """Give the volumes at which a rate over the mean fills the units of each number that is sold, of one kind."""
    unit = capacity.units[at]
    least, step = unit.carried(unit.entry.least), unit.carried(unit.entry.step)
    if not unit.is_used or least is None or step is None:
        return None
    per_rate = capacity.minutes / times
    return Ladder(least * per_rate, step * per_rate)


def _spilling(offer: Offer, spill: Spill, peak: Count, times: Fraction) -> CostCurve:
    """The curve of units with overflow: it breaks wherever a level of the load fills the units that are bought.

    With a fixed number of units these are single volumes. Units that follow the mean come in steps, and each level
    above the mean fills every number of units at its own volumes. From where every such level spills over, the curve
    repeats itself: a step more of volume fills a step more of units, and what spills over grows by the same amount.
    """
    capacity, levels = offer.capacity, peaks_of(offer.workload, peak).levels
    each_usd = exact_usd(spill.lines(offer.workload, 1, as_of=offer.as_of))

    def evaluate(requests: Fraction) -> Fraction:
        numbers = capacity.bought(capacity.rate(requests) * times)
        return capacity.usd(numbers) + each_usd * capacity.spilled(requests, numbers, levels)

    if capacity.is_fixed:
        limit = capacity.carried(capacity.bought(ZERO))
        full = limit * capacity.minutes if limit is not None else None
        points = {full / level.times for level in levels if level.times} if full is not None else set()
        return CostCurve(offer.name, evaluate, Breaks(points=tuple(sorted(points))))
    above = [level.times for level in levels if level.times > times]
    found = {rate: _ladders(capacity, rate) for rate in (times, *above)}
    own = found[times]
    if not own:
        return CostCurve(offer.name, evaluate)
    everywhere = tuple(dict.fromkeys(ladder for ladders in found.values() for ladder in ladders))
    # a number of units carries less than the mean and a step more; a level above the mean is then more than that
    narrow = min(ladder.step for ladder in own) * times
    starts = [*(ladder.first for ladder in own), *(narrow / (rate - times) for rate in above)]
    period = common_multiple(ladder.step for ladder in own)
    return CostCurve(offer.name, evaluate, Breaks(ladders=everywhere), Regular(max(starts), period))


def _ladders(capacity: Capacity, times: Fraction) -> list[Ladder]:
    found = (_ladder(capacity, at, times) for at in range(len(capacity.units)))
    return [ladder for ladder in found if ladder is not None]
