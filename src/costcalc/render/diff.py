"""What `diff` says: what each workload costs more or less, and whether prices, traffic or the option did it."""

from collections.abc import Iterator, Mapping
from fractions import Fraction

from costcalc.budget.diff import Difference, LineChange, WorkloadChange
from costcalc.findings import Finding
from costcalc.money import USD, Money
from costcalc.render.check import number
from costcalc.render.numbers import percent
from costcalc.render.report import Block, Column, Heading, Json, Paragraph, Report, Table, Verdict, listed, marker_of
from costcalc.units import decimal, short

_COLUMNS = (
    Column("workload"),
    Column("before", "right", rank=1),
    Column("after", "right", rank=1),
    Column("change", "right"),
    Column("by price", "right", means="is what other prices of the old option did"),
    Column("by volume", "right", means="what other traffic did, at new prices"),
    Column("by option", "right", means="what another option did"),
)


def difference_report(
    found: Difference, *, inputs: Mapping[str, Json], allowed: str | None, over: bool | None, money: Money = USD
) -> Report:
    """Put a difference into words and data.

    Args:
        found: The difference.
        inputs: What was asked.
        allowed: By how much the total may grow, as the user wrote it; None for no gate.
        over: Whether it grew by more; None where that is not known.
        money: In which currency amounts are shown.
    """
    records = tuple(_workload(one) for one in found.workloads)
    base, change = found.total("base"), found.total("change")
    share = change / base if base and change is not None else None
    return Report(
        money=money,
        command="diff",
        as_of=None,
        digest_of=None,
        inputs=inputs,
        result={
            "base": found.base,
            "head": found.head,
            "base_usd": number(base),
            "head_usd": number(found.total("head")),
            "change_usd": number(change),
            "change_percent": short(decimal(share * 100), 4) if share is not None else None,
            "price_usd": number(found.total("price")),
            "volume_usd": number(found.total("volume")),
            "option_usd": number(found.total("option")),
            "workloads": records,
            "limits": [
                {"budget": budget, "limit": limited, "change": change} for (budget, limited), change in found.loosened
            ],
        },
        records=tuple({key: value for key, value in one.items() if key != "lines"} for one in records),
        blocks=(
            *((_gate(found, allowed, money, over=over),) if allowed is not None else ()),
            *_blocks(found, share, money),
        ),
        diagnostics=tuple(_findings(found, allowed, over)),
        marker=marker_of("diff"),
    )


def _findings(found: Difference, allowed: str | None, over: bool | None) -> Iterator[Finding]:
    for one in found.workloads:
        if one.change is None:
            yield Finding("price-missing", "error", f"workload '{one.workload}': {one.note}", subject=one.workload)
    for (budget, limited), message in found.loosened:
        yield Finding("limit-loosened", "warning", message, subject=f"{budget}.{limited}")
    change = found.total("change")
    if over and change is not None:
        message = f"the total grows by {USD.text(change)} a month{_growth(found)}; up to {allowed} is allowed"
        yield Finding("increase", "error", message, subject="total")


def _gate(found: Difference, allowed: str, money: Money, *, over: bool | None) -> Verdict:
    """Say whether the total stays inside the increase that the user allows, and what decides it."""
    change, limit = found.total("change"), f"the limit is {allowed} more (--fail-on-increase)"
    if change is None:
        return Verdict((f"Undecided: the change of the total is not known; {limit}.",))
    stands = "Over the limit" if over else "Inside the limit"
    ends = [money.named(_amount(found.total(end), money)) for end in ("base", "head")]
    return Verdict((f"{stands}: the total goes from {ends[0]} to {ends[1]} a month{_growth(found)}; {limit}.",))


def _growth(found: Difference) -> str:
    """Write the change of the total as a share of it; nothing where it was nothing."""
    base, change = found.total("base"), found.total("change")
    return f" ({'+' if change > 0 else ''}{percent(decimal(change / base))})" if base and change is not None else ""


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


def _blocks(found: Difference, share: Fraction | None, money: Money) -> Iterator[Block]:
    yield Heading(f"From {found.base} to {found.head}, {money.code} a month")
    rows = [_row(one, money) for one in found.workloads]
    parts = [_signed(found.total(part), money) for part in ("change", "price", "volume", "option")]
    ends = [_amount(found.total(part), money) for part in ("base", "head")]
    yield Table(_COLUMNS, (*rows, ("all of them", *ends, *parts)))
    if share is not None:
        yield Paragraph(f"The total changes by {'+' if share > 0 else ''}{percent(decimal(share))}.")
    pairs = ((one.workload, line) for one in found.workloads for line in one.lines)
    changed = [f"{name}: {_line(line, money)}" for name, line in pairs if line.base != line.head]
    yield from listed("Lines that changed", changed)
    served = [
        f"{one.workload}: {one.base_option} → {one.head_option}"
        for one in found.workloads
        if one.status == "changed" and one.base_option != one.head_option
    ]
    yield from listed("Options that changed", served)
    notes = [f"{one.workload}: {one.note}" for one in found.workloads if one.note]
    yield from listed("Notes", notes)
    yield from listed("Limits that let more pass", [message for _, message in found.loosened])


def _row(one: WorkloadChange, money: Money) -> tuple[str, ...]:
    effects = (one.change, one.price, one.volume, one.option)
    return (
        _named(one),
        _amount(one.base, money),
        _amount(one.head, money),
        *(_signed(effect, money) for effect in effects),
    )


def _named(one: WorkloadChange) -> str:
    return f"{one.workload} ({one.status})" if one.status in {"added", "removed"} else one.workload


def _amount(amount: Fraction | None, money: Money) -> str:
    return money.cell(decimal(amount)) if amount is not None else "unknown"


def _signed(amount: Fraction | None, money: Money) -> str:
    if amount is None:
        return "unknown"
    return f"{'+' if amount > 0 else '-' if amount < 0 else ''}{money.cell(decimal(abs(amount)))}"


def _line(line: LineChange, money: Money) -> str:
    if line.base is None:
        return f"{line.item}: added, {money.named(_amount(line.head, money))}"
    if line.head is None:
        return f"{line.item}: removed, {money.named(_amount(line.base, money))}"
    before, after = (money.named(_amount(end, money)) for end in (line.base, line.head))
    return f"{line.item}: {before} → {after} ({_signed(line.head - line.base, money)})"
