"""What `diff` says: what each workload costs more or less, and whether prices, traffic or the option did it."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from costcalc.budget.diff import Difference, LineChange, Part, WorkloadChange
from costcalc.budget.later import Later
from costcalc.findings import Finding
from costcalc.limits import Increase
from costcalc.money import USD, Money
from costcalc.render.check import number
from costcalc.render.numbers import percent
from costcalc.render.report import Block, Column, Heading, Json, Report, Table, Verdict, listed, marker_of
from costcalc.units import decimal, short

_COLUMNS = (
    Column("workload"),
    Column("before", "right"),
    Column("after", "right"),
    Column("change", "right"),
    Column("by price", "right", rank=1, means="is what other prices of the old option did"),
    Column("by volume", "right", rank=1, means="what other traffic did, at new prices"),
    Column("by option", "right", rank=1, means="what another option did"),
)
_PARTS: tuple[Part, ...] = ("base", "head", "change", "price", "volume", "option")


class Gate(NamedTuple):
    """By how much the total may grow, and whether it grew by more; None where that is not known."""

    most: Increase
    over: bool | None

    @property
    def text(self) -> str:
        """Say what is allowed."""
        return f"the limit is {self.most} more (--fail-on-increase)"


def difference_report(
    found: Difference,
    later: Sequence[Later] = (),
    *,
    inputs: Mapping[str, Json],
    gate: Gate | None = None,
    money: Money = USD,
    every: bool = False,
) -> Report:
    """Put a difference into words and data.

    Args:
        found: The difference.
        later: The days from which on it is another one.
        inputs: What was asked.
        gate: By how much the total may grow; None for no gate.
        money: In which currency amounts are shown.
        every: Whether workloads that did not change have a row each.
    """
    records = tuple(_workload(one) for one in found.workloads)
    share = _share(found.total("base"), found.total("change"))
    return Report(
        money=money,
        command="diff",
        as_of=None,
        digest_of=None,
        inputs=inputs,
        result={
            "base": found.base,
            "head": found.head,
            **{f"{part}_usd": number(found.total(part)) for part in _PARTS},
            "change_percent": short(decimal(share * 100), 4) if share is not None else None,
            "later": [_day(one) for one in later],
            "workloads": records,
            "limits": [
                {"budget": budget, "limit": limited, "change": change} for (budget, limited), change in found.loosened
            ],
        },
        records=tuple({key: value for key, value in one.items() if key != "lines"} for one in records),
        blocks=(_verdict(found, later, gate, money), *_blocks(found, later, money, every=every)),
        diagnostics=tuple(_findings(found, later, gate)),
        marker=marker_of("diff"),
    )


def _day(one: Later) -> dict[str, Json]:
    return {
        "day": one.day.isoformat(),
        "base_usd": number(one.base),
        "head_usd": number(one.head),
        "change_usd": number(one.change),
    }


def _share(base: Fraction | None, change: Fraction | None) -> Fraction | None:
    """Give a change as a share of what it began with; None where that is nothing, or not known."""
    return change / base if base and change is not None else None


def _findings(found: Difference, later: Sequence[Later], gate: Gate | None) -> Iterator[Finding]:
    for one in found.workloads:
        if one.change is None:
            yield Finding("price-missing", "error", f"workload '{one.workload}': {one.note}", subject=one.workload)
    for (budget, limited), message in found.loosened:
        yield Finding("limit-loosened", "warning", message, subject=f"{budget}.{limited}")
    if gate is None:
        return
    if gate.over:
        grown = f"the total grows from {_ends(found.total('base'), found.total('head'), USD)}"
        yield Finding("increase", "error", f"{grown}; {gate.text}", subject="total")
        return
    for then in later:
        if then.base is not None and then.change is not None and then.change > gate.most.over(then.base):
            grown = f"from {then.day} the total grows from {_ends(then.base, then.head, USD)}"
            yield Finding("increase-later", "warning", f"{grown}; {gate.text}", subject="total")


def _verdict(found: Difference, later: Sequence[Later], gate: Gate | None, money: Money) -> Verdict:
    """Say what both sides cost, whether that is inside the limit, and when it changes."""
    base, head = found.total("base"), found.total("head")
    if base is None or head is None:
        sentence = "The change of the total is not known: a price is missing"
    elif all(one.status == "same" for one in found.workloads):
        now = "Nothing changes today" if later else "Nothing changes"
        sentence = f"{now}: the total is {money.named(_amount(base, money))} a month on both sides"
    else:
        sentence = f"The total goes from {_ends(base, head, money)}"
    if gate is not None:
        stands = {None: "Undecided", True: "Over the limit", False: "Inside the limit"}[gate.over]
        sentence = f"{stands}: {sentence[0].lower()}{sentence[1:]}; {gate.text}"
    return Verdict((f"{sentence}.", *(f"From {one.day} on: {_then(one, money)}." for one in later[:2])))


def _ends(base: Fraction | None, head: Fraction | None, money: Money) -> str:
    """Write what was paid and what is, with the change in money and as a share."""
    before, after = (money.named(_amount(end, money)) for end in (base, head))
    change = head - base if base is not None and head is not None else None
    share = _share(base, change)
    relative = f", {'+' if share > 0 else ''}{percent(decimal(share))}" if share is not None else ""
    return f"{before} to {after} a month ({_signed(change, money, names=True)}{relative})"


def _then(one: Later, money: Money) -> str:
    return _ends(one.base, one.head, money)


def _workload(one: WorkloadChange) -> dict[str, Json]:
    return {
        "workload": one.workload,
        "status": one.status,
        "base_option": one.base_option,
        "head_option": one.head_option,
        "base_usd": number(one.base),
        "head_usd": number(one.head),
        "change_usd": number(one.change),
        "price_usd": number(one.price),
        "volume_usd": number(one.volume),
        "option_usd": number(one.option),
        "lines": [
            {"item": each.item, "base_usd": number(each.base), "head_usd": number(each.head)} for each in one.lines
        ],
        "note": one.note or None,
    }


def _blocks(found: Difference, later: Sequence[Later], money: Money, *, every: bool) -> Iterator[Block]:
    yield Heading(f"From {found.base} to {found.head}, {money.code} a month")
    changes = _shown(found)
    same = [one for one in found.workloads if one.status == "same"] if every else []
    rows = (_row(_named(one), [getattr(one, part) for part in _PARTS], money) for one in (*changes, *same))
    total = _row("all of them", [found.total(part) for part in _PARTS], money)
    yield Table(_COLUMNS, (*rows, *(() if every else _unchanged(found, money)), total))
    yield from listed("Days on which that changes", [f"{one.day}: {_then(one, money)}" for one in later[2:]])
    pairs = ((one.workload, line) for one in changes for line in one.lines)
    changed = [f"{name}: {_line(line, money)}" for name, line in pairs if line.base != line.head]
    yield from listed("Lines that changed", changed)
    served = [
        f"{one.workload}: {one.base_option} → {one.head_option}"
        for one in changes
        if one.status == "changed" and one.base_option != one.head_option
    ]
    yield from listed("Options that changed", served)
    notes = [f"{one.workload}: {one.note}" for one in changes if one.note]
    yield from listed("Notes", notes)
    yield from listed("Limits that let more pass", [message for _, message in found.loosened])


def _shown(found: Difference) -> list[WorkloadChange]:
    """Give what changed, what is not known first and then the largest change."""
    changed = (one for one in found.workloads if one.status != "same")
    return sorted(changed, key=lambda one: (one.change is not None, -abs(one.change or Fraction(0))))


def _unchanged(found: Difference, money: Money) -> Iterator[tuple[str, ...]]:
    """Put the workloads that did not change into one row."""
    same = found._replace(workloads=tuple(one for one in found.workloads if one.status == "same"))
    if same.workloads:
        yield _row(f"{len(same.workloads)} unchanged", [same.total(part) for part in _PARTS], money)


def _row(name: str, parts: Sequence[Fraction | None], money: Money) -> tuple[str, ...]:
    return name, *(_amount(end, money) for end in parts[:2]), *(_signed(effect, money) for effect in parts[2:])


def _named(one: WorkloadChange) -> str:
    return f"{one.workload} ({one.status})" if one.status in {"added", "removed"} else one.workload


def _amount(amount: Fraction | None, money: Money) -> str:
    return money.cell(decimal(amount)) if amount is not None else "unknown"


def _signed(amount: Fraction | None, money: Money, *, names: bool = False) -> str:
    """Write a change with its sign; in a sentence, which names no currency elsewhere, with that too."""
    if amount is None:
        return "unknown"
    number = _amount(abs(amount), money)
    return f"{'+' if amount > 0 else '-' if amount < 0 else ''}{money.named(number) if names else number}"


def _line(line: LineChange, money: Money) -> str:
    if line.base is None:
        return f"{line.item}: added, {money.named(_amount(line.head, money))}"
    if line.head is None:
        return f"{line.item}: removed, {money.named(_amount(line.base, money))}"
    before, after = (money.named(_amount(end, money)) for end in (line.base, line.head))
    return f"{line.item}: {before} → {after} ({_signed(line.head - line.base, money, names=True)})"
