"""What changed between two states of a plan, split into what prices, volumes and options did; exactly."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from fractions import Fraction
from typing import Literal, NamedTuple

from costcalc.budget.commitments import unused_name
from costcalc.budget.loosened import Bound, Key, loosened
from costcalc.budget.verdict import sum_of
from costcalc.case.shared import Use, served
from costcalc.catalog.catalog import Catalog
from costcalc.cost.estimate import Estimate, exact_usd
from costcalc.cost.owed import billed_by, commitments_of
from costcalc.limits import Increase
from costcalc.units import decimal

Change = Literal["added", "removed", "changed", "same"]
Part = Literal["base", "head", "change", "price", "volume", "option"]


class State(NamedTuple):
    """One state of a plan.

    Args:
        name: What it is called.
        uses: The workloads by name.
        catalog: Prices and options.
        as_of: The day whose prices are in force.
        bounds: How strict each limit of its budgets is.
    """

    name: str
    uses: Mapping[str, Use]
    catalog: Catalog
    as_of: date
    bounds: Mapping[Key, Bound] = {}


class LineChange(NamedTuple):
    """A line of a workload's cost on both sides [USD/month]; None where it does not stand."""

    item: str
    base: Fraction | None
    head: Fraction | None


class WorkloadChange(NamedTuple):
    """What changed in a workload's cost [USD/month]; the three effects sum to the change.

    Args:
        workload: Its name.
        status: Whether it was added, removed, changed or stayed the same.
        base_option: The option that served it.
        head_option: The option that serves it now.
        base: What it cost; 0 for one that was added, None where that is not known.
        head: What it costs; 0 for one that was removed, None where that is not known.
        price: What other prices of the old option for the old traffic did.
        volume: What the other traffic did, with the old option at new prices.
        option: What the other option did.
        lines: Every line on both sides.
        note: Why something is not known, or how the effects were told apart.
    """

    workload: str
    status: Change
    base_option: str | None
    head_option: str | None
    base: Fraction | None
    head: Fraction | None
    price: Fraction | None
    volume: Fraction | None
    option: Fraction | None
    lines: tuple[LineChange, ...]
    note: str = ""

    @property
    def change(self) -> Fraction | None:
        """What it costs more [USD/month]."""
        return self.head - self.base if self.base is not None and self.head is not None else None


class Difference(NamedTuple):
    """Two states of a plan, compared.

    Args:
        base: The name of the first.
        head: The name of the second.
        workloads: What changed in each workload, in the order of the second, then of the first; then in what each
            commitment leaves unused, which no option serves.
        loosened: Limits that let more pass than before, each with what changed.
    """

    base: str
    head: str
    workloads: tuple[WorkloadChange, ...]
    loosened: tuple[tuple[Key, str], ...] = ()

    def total(self, part: Part) -> Fraction | None:
        """Add a part up over all workloads [USD/month]; None where one of them is not known."""
        return sum_of(getattr(one, part) for one in self.workloads)


def difference(base: State, head: State) -> Difference:
    """Compare two states of a plan, workload by workload.

    The effects are taken one after the other: first prices change (old option, old traffic), then traffic (old option,
    new prices), then the option. So they sum to the change exactly. A workload that was added or removed is traffic.
    Where the old option has no price in the new state, its price effect cannot be told from the option's. What a
    commitment leaves unused changes with all of them.

    Args:
        base: The state before.
        head: The state after.
    """
    names = dict.fromkeys([*head.uses, *base.uses])
    stages = _stages(base, head)
    changes = (*(_changed(name, base, head, stages) for name in names), *_unused(base, head, stages))
    return Difference(base.name, head.name, changes, tuple(loosened(base.bounds, head.bounds)))


class _Priced(NamedTuple):
    """A workload in a state: its estimate, or why it has none."""

    estimate: Estimate | None
    reason: str

    @property
    def usd(self) -> Fraction | None:
        return self.estimate.exact_usd if self.estimate is not None else None


_NONE = _Priced(None, "")
_State = Mapping[str, _Priced]


class _Stages(NamedTuple):
    """All workloads of a plan, priced together in the states between two.

    Args:
        before: As they were.
        repriced: The old ones at new prices.
        grown: The new traffic on the old options, at new prices.
        grown_before: The new traffic on the old options, at old prices; asked where new prices lack an old option.
        after: As they are now.
    """

    before: _State
    repriced: _State
    grown: _State
    grown_before: _State
    after: _State


def _stages(base: State, head: State) -> _Stages:
    moved = {name: use._replace(option=base.uses.get(name, use).option) for name, use in head.uses.items()}
    repriced, grown = _priced(head, base.uses), _priced(head, moved)
    is_known = all(each.estimate is not None for each in (*repriced.values(), *grown.values()))
    grown_before = {} if is_known else _priced(base, moved)
    return _Stages(_priced(base, base.uses), repriced, grown, grown_before, _priced(head, head.uses))


def _unused(base: State, head: State, stages: _Stages) -> Iterator[WorkloadChange]:
    """Give what commitments leave unused, a row for each provider: leaving one does not save what is owed to it."""
    for provider in dict.fromkeys([*base.catalog.contracts, *head.catalog.contracts]):
        first, last = (_unused_of(provider, *side) for side in ((base, stages.before), (head, stages.after)))
        repriced, grown = (_unused_of(provider, head, stage) for stage in (stages.repriced, stages.grown))
        if first or last:
            yield WorkloadChange(
                workload=unused_name(provider),
                status="same" if first == last else "changed",
                base_option=None,
                head_option=None,
                base=first,
                head=last,
                price=repriced - first,
                volume=grown - repriced,
                option=last - grown,
                lines=(),
            )


def _unused_of(provider: str, state: State, stage: _State) -> Fraction:
    """Say how much of a commitment of a state some priced workloads leave unused [USD/month]."""
    lines = [line for each in stage.values() if each.estimate is not None for line in each.estimate.lines]
    billed = {name: decimal(usd) for name, usd in billed_by(lines).items()}
    owed = (one for one in commitments_of(state.catalog, {}) if one.provider == provider)
    return sum((Fraction(one.unused(billed, state.as_of)) for one in owed), start=Fraction(0))


def together(found: Mapping[str, Difference], *, names: tuple[str, str]) -> Difference:
    """Put the differences of several files into one, each workload named ``file#workload``."""
    changes = ((file, change) for file, difference in found.items() for change in difference.workloads)
    limits = (
        ((f"{file}#{budget}", limited), f"{file}: {message}")
        for file, difference in found.items()
        for (budget, limited), message in difference.loosened
    )
    renamed = tuple(change._replace(workload=f"{file}#{change.workload}") for file, change in changes)
    return Difference(*names, renamed, tuple(limits))


def _changed(name: str, base: State, head: State, stages: _Stages) -> WorkloadChange:
    before, after = base.uses.get(name), head.uses.get(name)
    old, new = stages.before.get(name, _NONE), stages.after.get(name, _NONE)
    first = old.usd if before is not None else Fraction(0)
    last = new.usd if after is not None else Fraction(0)
    price, volume, option, note = (
        _effects(name, stages, f"{before.option} has no price on {head.name}")
        if before is not None and after is not None
        else (Fraction(0), last - first if first is not None and last is not None else None, Fraction(0), "")
    )
    lines = _lines(old.estimate, new.estimate)
    options = (before.option if before is not None else None, after.option if after is not None else None)
    return WorkloadChange(
        workload=name,
        status=_status(options, lines, is_known=first is not None and last is not None),
        base_option=options[0],
        head_option=options[1],
        base=first,
        head=last,
        price=price,
        volume=volume,
        option=option,
        lines=lines,
        note=old.reason or new.reason or note,
    )


def _status(options: tuple[str | None, str | None], lines: Iterable[LineChange], *, is_known: bool) -> Change:
    before, after = options
    if before is None or after is None:
        return "added" if before is None else "removed"
    return "same" if is_known and before == after and all(one.base == one.head for one in lines) else "changed"


def _priced(state: State, uses: Mapping[str, Use]) -> _State:
    """Price workloads together, as a state has prices."""
    found = served(uses, state.catalog, as_of=state.as_of)
    return {name: _known(state, uses[name], each.estimate, each.error) for name, each in found.items()}


def _known(state: State, use: Use, estimate: Estimate | None, error: Exception | None) -> _Priced:
    if estimate is None:
        return _Priced(None, f"{state.name}: {error}")
    if estimate.unfit:
        return _Priced(None, f"{state.name}: {use.option} cannot serve it, or leaves out a part of it")
    return _Priced(estimate, "")


_Effects = tuple[Fraction | None, Fraction | None, Fraction | None, str]


def _effects(name: str, stages: _Stages, no_price: str) -> _Effects:
    """Split the change of a workload that both states have into what prices, traffic and the option did."""
    first, last = stages.before[name].usd, stages.after[name].usd
    if first is None or last is None:
        return None, None, None, ""
    repriced, grown = stages.repriced[name].usd, stages.grown[name].usd
    if repriced is not None and grown is not None:
        return repriced - first, grown - repriced, last - grown, ""
    note, zero = f"{no_price}: its price and the option's cannot be told apart", Fraction(0)
    grown = stages.grown_before[name].usd
    if grown is None:
        return zero, zero, last - first, f"{note}, nor can the traffic"
    return zero, grown - first, last - grown, note


def _lines(old: Estimate | None, new: Estimate | None) -> tuple[LineChange, ...]:
    before, after = (_by_item(one) for one in (old, new))
    names = dict.fromkeys([*after, *before])
    return tuple(LineChange(name, before.get(name), after.get(name)) for name in names)


def _by_item(one: Estimate | None) -> dict[str, Fraction]:
    """Add up the lines of an estimate by what they are; a discount or a tier is a change of their price."""
    items: dict[str, Fraction] = {}
    for line in one.lines if one is not None else ():
        items[line.item] = items.get(line.item, Fraction(0)) + exact_usd([line])
    return items


_SAME = Fraction(1, 10**9)  # what two results of 28 digits may differ by [USD]


class RecordedLine(NamedTuple):
    """A cost line as a result of ``check`` has it: amount × unit price = cost [USD/month].

    Args:
        quantity: How much of it; of a surcharge, the USD of the lines that it is a share of.
        unit_price: What one unit costs [USD/unit]; of a surcharge, the share.
        usd: The cost [USD/month].
        part: Which part of a bill it belongs to.
    """

    quantity: Fraction
    unit_price: Fraction
    usd: Fraction
    part: str = "meter"


class Recorded(NamedTuple):
    """A workload as a result of ``check`` has it.

    Args:
        option: The option that served it.
        usd: What it cost [USD/month]; None where that was not known.
        lines: Its lines by what they are.
    """

    option: str
    usd: Fraction | None
    lines: Mapping[str, RecordedLine]


def recorded_difference(
    base: Mapping[str, Recorded], head: Mapping[str, Recorded], *, names: tuple[str, str]
) -> Difference:
    """Compare two results that were recorded; nothing is priced again.

    With the same option, prices did Σ old quantity × (new − old unit price) over the lines that both have, and traffic
    did the rest. With another option, the whole change is the option's.

    Args:
        base: The workloads before, by name.
        head: The workloads after.
        names: What the two are called.
    """
    known = dict.fromkeys([*head, *base])
    return Difference(*names, tuple(_recorded(name, base.get(name), head.get(name)) for name in known))


def _recorded(name: str, before: Recorded | None, after: Recorded | None) -> WorkloadChange:
    first, last = (one.usd if one is not None else Fraction(0) for one in (before, after))
    old, new = (one.lines if one is not None else {} for one in (before, after))
    lines = tuple(
        LineChange(item, old[item].usd if item in old else None, new[item].usd if item in new else None)
        for item in dict.fromkeys([*new, *old])
    )
    change = last - first if first is not None and last is not None else None
    options = (before.option if before is not None else None, after.option if after is not None else None)
    price, volume, option = _recorded_effects(before, after, change)
    note = "" if change is not None else "a price was missing"
    status = _status(options, lines, is_known=change is not None)
    return WorkloadChange(name, status, *options, first, last, price, volume, option, lines, note)


def _recorded_effects(
    before: Recorded | None, after: Recorded | None, change: Fraction | None
) -> tuple[Fraction | None, Fraction | None, Fraction | None]:
    zero = Fraction(0)
    if change is None:
        return None, None, None
    if before is None or after is None:
        return zero, change, zero
    if before.option != after.option:
        return zero, zero, change
    both = [(before.lines[item], after.lines[item]) for item in before.lines if item in after.lines]
    metered = [(old, new) for old, new in both if old.part != "fee"]
    price = sum((old.quantity * (new.unit_price - old.unit_price) for old, new in metered), start=zero)
    paid = sum((line.usd for line in before.lines.values() if line.part != "fee"), start=zero)
    # a surcharge on all other lines is charged on the old amounts at their new prices; that of one route stays volume
    fees = [(old, new) for old, new in both if old.part == "fee" and abs(old.quantity - paid) < _SAME]
    price += sum(((paid + price) * new.unit_price - old.usd for old, new in fees), start=zero)
    return price, change - price, zero


def is_over(found: Difference, most: Increase) -> bool | None:
    """Say whether the total has grown by more than an amount, or than a share of the base; None where unknown."""
    base, change = found.total("base"), found.total("change")
    if base is None or change is None:
        return None
    return change > most.over(base)
